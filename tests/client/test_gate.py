"""What is refused before it is sent, whatever the verb: options, paths, addresses, bodies, headers."""

from __future__ import annotations

import copy
import enum
import io
import json
import math
import pickle
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from canned import Arrived, Canned, canned
from hypothesis import given
from hypothesis import strategies as st

from leangraph import ConfigurationError, GraphClient, Request, RetryPolicy, Sandbox, TokenHolder, literal
from leangraph.http.options import NAMES, SYSTEM_OPTIONS, json_text

HERE = timezone(timedelta(hours=5, minutes=30))
UPN = "ada.lovelace@contoso.example"


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Word(enum.StrEnum):
    YES = "yes"


def answer(seen: Arrived) -> tuple[Any, ...]:
    if seen.target.endswith("$batch"):
        items = json.loads(seen.body)["requests"]
        return 200, {"responses": [{"id": item["id"], "status": 200, "body": {"value": []}} for item in items]}
    page = {"value": [], "@odata.deltaLink": f"http://{seen.headers['host']}/v1.0/users/delta?$deltatoken=z"}
    return (200, b"0", {"Content-Type": "text/plain"}) if "$count" in seen.target else (200, page)


@pytest.fixture
def server() -> Iterator[Canned]:
    with canned(answer) as served:
        yield served


@pytest.fixture
def graph(server: Canned) -> Iterator[GraphClient]:
    with GraphClient(TokenHolder.fixed("canary-token"), url=server.url) as client:
        yield client


# Every way to send one request to a path, alone or in a batch
VERBS: dict[str, Callable[..., Any]] = {
    "get": lambda graph, path, **options: graph.get(path, **options),
    "list": lambda graph, path, **options: list(graph.list(path, **options)),
    "delta": lambda graph, path, **options: list(graph.delta(path, **options)),
    "count": lambda graph, path, **options: graph.count(path, **options),
    "post": lambda graph, path, **options: graph.post(path, {}, **options),
    "patch": lambda graph, path, **options: graph.patch(path, {}, **options),
    "put": lambda graph, path, **options: graph.put(path, {}, **options),
    "delete": lambda graph, path, **options: graph.delete(path, **options),
    "request": lambda graph, path, **options: graph.request("GET", path, **options),
    "download": lambda graph, path, **options: graph.download(path, "never", **options),
    "Request": lambda graph, path, **options: raised(graph, Request("GET", path, **options)),
}
verbs = pytest.mark.parametrize("verb", VERBS)


def raised(graph: GraphClient, *requests: Any) -> list[Any]:
    """Send a batch, and raise what went wrong with its items, as a single request does."""
    replies = list(graph.batch(requests))
    for reply in replies:
        if reply.error:
            raise reply.error
    return replies


# -- options --------------------------------------------------------------------------------------------------


@verbs
@pytest.mark.parametrize(
    ("option", "meant"),
    [
        ({"fitler": "accountEnabled eq false"}, "did you mean filter="),
        ({"filters": "x"}, "did you mean filter="),
        ({"Filter": "x"}, "did you mean filter="),
        ({"_filter": "x"}, "did you mean filter="),
        ({"order": "x"}, "did you mean orderby="),
        ({"orderBy": "x"}, "did you mean orderby="),
        ({"order_by": "x"}, "did you mean orderby="),
        ({"fields": "x"}, "did you mean select="),
        ({"skip_token": "x"}, "did you mean skiptoken="),
        ({"timeout": 5}, "GraphClient"),
        ({"max_retries": 0}, "RetryPolicy"),
        ({"idempotant": True}, "idempotent="),
        ({"header": {}}, "did you mean headers="),
        ({"param": {}}, "did you mean params="),
        ({"startDateTime": "2024-01-01"}, "params="),
        ({"q": "x"}, "params="),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_option_that_nobody_knows_is_refused(
    graph: GraphClient, server: Canned, verb: str, option: dict[str, Any], meant: str
) -> None:
    with pytest.raises(TypeError, match=r"Other query parameters go in params=\{…\}") as caught:
        VERBS[verb](graph, "/users", **option)

    assert next(iter(option)) in str(caught.value)
    assert meant in str(caught.value)
    assert server.requests == []


@given(name=st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,12}\Z"))
def test_no_other_name_passes(name: str) -> None:
    if name not in NAMES and name not in (
        "self",
        "method",
        "path",
        "json",
        "data",
        "id",
        "depends_on",
        "idempotent",
    ):
        with pytest.raises(TypeError, match="there is no option"):
            Request("GET", "/users", **{name: "x"})  # type: ignore[misc]


def test_the_options_are_those_of_the_promise() -> None:
    words = (
        "select filter expand orderby search top skip count format skiptoken deltatoken etag prefer headers params"
    )

    assert set(words.split()) == NAMES
    assert SYSTEM_OPTIONS < NAMES


@verbs
@pytest.mark.parametrize("name", ["filter", "Select", "expand", "orderBy", "top", "count", "skiptoken"])
def test_an_option_of_odata_without_its_dollar_is_refused_in_params(
    graph: GraphClient, server: Canned, verb: str, name: str
) -> None:
    with pytest.raises(TypeError, match=r"\$"):
        VERBS[verb](graph, "/users", params={name: "x"})

    assert server.requests == []


@verbs
@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/users?=accountEnabled eq false", {}),
        ("/users?$top=5&=x", {}),
        ("/users?$filter=", {}),
        ("/users?$filter", {}),
        ("/users?%24filter=%20", {}),
        ("/users?$FILTER=+&$top=1", {}),
        ("/users?filter=", {}),
        ("/users", {"filter": ""}),
        ("/users", {"filter": " "}),
        ("/users", {"params": {"$filter": ""}}),
        ("/users", {"params": {"": "accountEnabled eq false"}}),
    ],
    ids=str,
)
def test_a_filter_that_a_shell_swallowed_is_noticed(
    graph: GraphClient, server: Canned, verb: str, path: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError, match="single quotes"):
        VERBS[verb](graph, path, **options)

    assert server.requests == []


@pytest.mark.parametrize(
    "path", ["/users?$filter=a eq ''", "/users?$search=", "/users?x=", "/users?a=b=", "/users?$filter=x&y="]
)
def test_other_empty_values_are_sent(graph: GraphClient, server: Canned, path: str) -> None:
    graph.get(path)

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("path", "options", "query"),
    [
        ("/sites", {"search": "contoso"}, "search=contoso"),
        ("/users", {"search": '"displayName:x"'}, "$search=%22displayName:x%22&$count=true"),
        ("/sites/s/lists/l/items", {"search": "x"}, "$search=x"),
        ("/drives/d/items/i/content", {"format": "pdf"}, "format=pdf"),
        ("/me/drive/root:/a.docx:/content", {"format": "pdf"}, "format=pdf"),
        ("/reports/getX(period='D7')", {"format": "application/json"}, "$format=application/json"),
        ("/users", {"select": {"mail", "id"}}, "$select=id,mail"),
    ],
)
def test_an_option_has_the_name_that_the_path_gives_it(
    graph: GraphClient, server: Canned, path: str, options: dict[str, Any], query: str
) -> None:
    graph.get(path, **options)

    assert server.targets[0].partition("?")[2] in (query, query.removesuffix("&$count=true"))


# -- paths ----------------------------------------------------------------------------------------------------


def _circle() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


@pytest.mark.parametrize(
    "ask",
    [
        *[lambda graph, odd=odd: graph.batch(odd) for odd in (None, 5, object(), b"x")],
        *[lambda _, odd=odd: Request("GET", "/x", depends_on=odd) for odd in (None, 5, object())],
        *[lambda graph, name=name: graph.get("/x", **{name: _circle()}) for name in ("select", "filter", "top")],
        lambda graph: graph.get("/x", params={"a": [["b"]]}),
        lambda _: GraphClient(TokenHolder.fixed("t"), timeout=10**400),
        lambda _: GraphClient(TokenHolder.fixed("t"), timeout=1e300),
    ],
)
def test_an_argument_that_cannot_be_used_is_refused_by_name(
    graph: GraphClient, server: Canned, ask: Callable[[Any], Any]
) -> None:
    with pytest.raises(ConfigurationError):
        ask(graph)
    assert server.requests == []


def test_a_name_that_was_cut_can_stand_in_params(graph: GraphClient, server: Canned) -> None:
    graph.get("/x", params={"a\ud83d": "b"})
    assert "a%ED%A0%BD=b" in server.requests[0].target


@verbs
@pytest.mark.parametrize(
    "path",
    [None, {"id": "x"}, b"/users", 5, ["users"], ("GET", "/users"), object(), True, GraphClient],
    ids=lambda value: type(value).__name__,
)
def test_a_path_is_text_or_an_address(graph: GraphClient, server: Canned, verb: str, path: Any) -> None:
    with pytest.raises(ConfigurationError, match="a path is text or an address"):
        VERBS[verb](graph, path)

    assert server.requests == []


@verbs
def test_an_address_of_another_client_is_refused(graph: GraphClient, server: Canned, verb: str) -> None:
    with (
        GraphClient(TokenHolder.fixed("other"), url=server.url) as other,
        pytest.raises(ConfigurationError, match="this address belongs to another client"),
    ):
        VERBS[verb](graph, other.users["x"])

    assert server.requests == []


def test_a_batch_of_addresses_judges_each(graph: GraphClient, server: Canned) -> None:
    with (
        GraphClient(TokenHolder.fixed("other"), url=server.url) as other,
        pytest.raises(ConfigurationError, match="this address belongs to another client"),
    ):
        raised(graph, other.users["x"])

    assert server.requests == []


def test_the_addresses_of_two_tenants_are_kept_apart(graph_client: GraphClient) -> None:
    with Sandbox(users=3) as sandbox:
        from leangraph import Settings

        other = GraphClient(settings=Settings.from_mapping(sandbox.env))
        theirs = other.users[UPN]

        with pytest.raises(ConfigurationError, match="another client"):
            graph_client.patch(theirs, {"city": "Rome"})
        assert theirs != graph_client.users[UPN]
        assert len({theirs, graph_client.users[UPN]}) == 2
        theirs.patch({"city": "Rome"})

        assert theirs.get(select="city")["city"] == "Rome"
        assert graph_client.users[UPN].get(select="city")["city"] != "Rome"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("http://127.0.0.1:1/v1.0/me", "'http://127.0.0.1:1'"),
        ("127.0.0.1:1/v1.0/me", "'http://127.0.0.1:1'"),
        ("https://graph.microsoft.com/v1.0/me", "'https://graph.microsoft.com'"),
        ("graph.microsoft.com/v1.0/me", "'http://graph.microsoft.com'"),
        ("graph.microsoft.com", "'http://graph.microsoft.com'"),
        ("localhost:99/me", "'http://localhost:99'"),
    ],
)
def test_a_message_names_the_part_that_differs(graph: GraphClient, server: Canned, path: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        graph.get(path)

    assert named in str(caught.value)
    assert repr(server.url) in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("scheme", ["", "http://", "HTTP://"])
def test_the_clients_own_host_is_no_segment(graph: GraphClient, server: Canned, scheme: str) -> None:
    host = server.url.partition("://")[2]
    graph.get(f"{scheme}{host}/v1.0/me")
    graph.get(f"{scheme}{host}/beta/me?$top=1")

    assert server.targets == ["/v1.0/me", "/beta/me?$top=1"]


@pytest.mark.parametrize(
    "path", ["v1.0/me", "beta/me", "V1.0/me", "me/drive/root:/a.b", "users/a.b", "microsoft.graph.x()/y", "/a.b/c"]
)
def test_a_dot_makes_no_host(graph: GraphClient, server: Canned, path: str) -> None:
    graph.get(path)

    assert len(server.requests) == 1


@pytest.mark.parametrize("follow", ["list", "batch", "delta", "get"])
def test_a_link_of_the_service_goes_out_whole(follow: str) -> None:
    def paged(seen: Arrived) -> tuple[Any, ...]:
        last = "RT" in seen.target or "RT" in str(seen.body)
        page: dict[str, Any] = {"value": [{"id": "1"}]}
        if not last:
            page["@odata.nextLink"] = f"http://{seen.headers['host']}/v1.0/users?$skiptoken=a==#RT:1"
        elif follow == "delta":
            page["@odata.deltaLink"] = f"http://{seen.headers['host']}/v1.0/users/delta?$deltatoken=z"
        if seen.target.endswith("$batch"):
            return 200, {"responses": [{"id": "1", "status": 200, "body": page}]}
        return 200, page

    with canned(paged) as server, GraphClient(TokenHolder.fixed("x"), url=server.url) as graph:
        if follow == "list":
            assert len(list(graph.users.list())) == 2
        elif follow == "delta":
            assert len(list(graph.users.delta())) == 2
        elif follow == "get":
            graph.get(f"{server.url}/v1.0/users?$skiptoken=a==#RT:1")
        else:
            [reply] = graph.batch([graph.users])
            assert len(reply.body["value"]) == 2
        sent = [seen.target + seen.body.decode() for seen in server.requests]

    assert "$skiptoken=a==%23RT:1" in sent[-1]


# -- bodies ---------------------------------------------------------------------------------------------------

WRITES: dict[str, Callable[..., Any]] = {
    "post": lambda graph, body: graph.post("/users", body),
    "patch": lambda graph, body: graph.patch("/users/x", body),
    "put": lambda graph, body: graph.put("/users/x", body),
    "delete": lambda graph, body: graph.request("DELETE", "/users/x", body),
    "get": lambda graph, body: graph.request("GET", "/users/x", body),
    "action": lambda graph, body: graph.users["x"].assignLicense(addLicenses=body),
    "Request": lambda graph, body: raised(graph, Request("PATCH", "/users/x", body)),
    "$batch": lambda graph, body: graph.post(
        "/$batch", {"requests": [{"id": "1", "method": "PATCH", "url": "/x", "body": body}]}
    ),
}
writes = pytest.mark.parametrize("write", WRITES)


@writes
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2027, 1, 1, tzinfo=UTC), '"2027-01-01T00:00:00Z"'),
        (datetime(2027, 1, 1, 5, 30, tzinfo=HERE), '"2027-01-01T00:00:00Z"'),
        (date(2027, 1, 1), '"2027-01-01"'),
        (UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
        (Decimal("0.10000000000000000000000001"), "0.10000000000000000000000001"),
        (Colour.RED, '"red"'),
        (Level.HIGH, "3"),
        (Word.YES, '"yes"'),
        (("a", "b"), '["a","b"]'),
        ("\ud83d", '"\\ud83d"'),
        (1.5, "1.5"),
        (10**30, "1" + "0" * 30),
    ],
    ids=str,
)
def test_a_body_is_written_as_odata_writes_its_values(
    graph: GraphClient, server: Canned, write: str, value: Any, text: str
) -> None:
    WRITES[write](graph, {"outer": [{"inner": value}]})

    assert f'{{"outer":[{{"inner":{text}}}]}}'.encode() in server.requests[0].body


@pytest.mark.parametrize(
    "value", [datetime(2027, 1, 1, 3, 4, 5, 678, tzinfo=HERE), date(1, 1, 1), UUID(int=9), Decimal("-1.50")]
)
def test_a_body_and_a_filter_agree(value: Any) -> None:
    assert json_text(value).strip('"') == literal(value)


SELF: list[Any] = []
SELF.append(SELF)


@writes
@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (datetime(2027, 1, 1), "time zone"),
        (timedelta(1), "timedelta"),
        (b"bytes", "bytes"),
        ({1, 2}, "set"),
        (object(), "object"),
        (float("nan"), "float"),
        (float("-inf"), "float"),
        (Decimal("NaN"), "Decimal"),
        (1j, "complex"),
        ({None: 1}, "keys of text"),
        ({True: 1}, "keys of text"),
        ({("a", "b"): 1}, "keys of text"),
        (SELF, "holds itself"),
        (Sandbox, "type"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_cannot_hold_is_refused_by_its_field(
    graph: GraphClient, server: Canned, write: str, value: Any, kind: str
) -> None:
    with pytest.raises(ConfigurationError, match=kind) as caught:
        WRITES[write](graph, {"outer": [{"inner": value}]})

    assert kind == "holds itself" or "outer[0].inner" in str(caught.value)
    assert server.requests == []


def test_a_value_that_is_refused_is_not_shown(graph: GraphClient) -> None:
    with pytest.raises(ConfigurationError, match=r"passwordProfile\.password") as caught:
        graph.patch("/users/x", {"passwordProfile": {"password": b"hunter2"}})

    assert "hunter2" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=JSON)
def test_what_is_json_is_sent_as_it_is(value: Any) -> None:
    assert json.loads(json_text(value)) == value
    assert json.loads(json_text({"x": value, "day": date(2027, 1, 1)})) == {"x": value, "day": "2027-01-01"}


@pytest.mark.parametrize("both", [{"json": {}, "data": b""}, {"data": "text"}, {"data": bytearray(b"x")}], ids=str)
def test_a_request_has_one_body(graph: GraphClient, server: Canned, both: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="one body"):
        graph.request("POST", "/users", **both)
    with pytest.raises(ConfigurationError, match="one body"):
        raised(graph, Request("POST", "/users", **both))

    assert server.requests == []


# -- headers --------------------------------------------------------------------------------------------------


@verbs
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer mine"},
        {"authorization": "x"},
        {"X": "a\r\nEvil: b"},
        {"X": 5},
        {"X": None},
        {"X": "ł"},
        {"a b": "x"},
        {"": "x"},
        {5: "x"},
        {None: "x"},
        {b"X": b"y"},
        "X: y",
        ["X"],
        [("X", "y")],
        5,
        {"Content-Length": "5"},
        {"transfer-encoding": "chunked"},
        {"Host": "evil.example"},
        {"Connection": "close"},
        {"Expect": "100-continue"},
        {"Upgrade": "h2c"},
        {"Proxy-Authorization": "x"},
    ],
    ids=str,
)
def test_a_header_that_cannot_be_sent_is_refused(
    graph: GraphClient, server: Canned, verb: str, headers: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError, match=r"header|TokenHolder"):
        VERBS[verb](graph, "/users", headers=headers)

    assert server.requests == []


@verbs
@pytest.mark.parametrize(
    "options",
    [
        {"params": "x"},
        {"params": [("a", "b")]},
        {"params": {5: "x"}},
        {"params": {"a": b"x"}},
        {"params": {"a": math.nan}},
        {"prefer": 5},
        {"prefer": {"a"}},
        {"prefer": (text for text in "ab")},
        {"prefer": ["a", None]},
        {"etag": 5},
        {"etag": b"x"},
        {"etag": ["x"]},
        {"top": math.nan},
        {"skip": math.inf},
        {"top": Decimal("NaN")},
        {"select": b"id"},
        {"select": {"id": True}},
        {"select": (name for name in ["id"])},
        {"orderby": object()},
    ],
    ids=lambda options: re.sub(r" at 0x\w+", "", str(options)),
)
def test_an_option_of_a_wrong_type_is_named(
    graph: GraphClient, server: Canned, verb: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError, match=r"header|a=|" + "|".join(options)):
        VERBS[verb](graph, "/users", **options)

    assert server.requests == []


@pytest.mark.parametrize(
    ("what", "call"),
    [
        ("headers", lambda graph: graph.upload("/me/drive/root:/a", b"x", headers="x")),
        ("headers", lambda graph: graph.upload("/me/drive/root:/a", b"x", headers=[("a", "b")])),
        ("headers", lambda graph: graph.download("/me/drive/root:/a", io.BytesIO(), headers=5)),
        ("headers", lambda graph: graph.report("getEmailActivityCounts", headers="x")),
        ("progress", lambda graph: graph.upload("/me/drive/root:/a", b"x", progress=5)),
        ("progress", lambda graph: graph.download("/me/drive/root:/a", io.BytesIO(), progress=5)),
        ("HTTP method", lambda graph: graph.request(None, "/users")),
        ("HTTP method", lambda graph: graph.request(5, "/users")),
        ("as text", lambda graph: graph.check(5)),
    ],
)
def test_a_wrong_argument_is_named_before_anything_is_sent(
    graph: GraphClient, server: Canned, what: str, call: Any
) -> None:
    with pytest.raises(ConfigurationError, match=what):
        call(graph)

    assert server.requests == []


@pytest.mark.parametrize("copied", [pickle.dumps, copy.deepcopy])
def test_what_belongs_to_a_client_says_that_it_does_not_travel(graph: GraphClient, copied: Any) -> None:
    for each in (graph, graph.users.list(), graph.users.delta()):
        with pytest.raises(TypeError, match=r"GraphClient .* not pickled"):
            copied(each)


@pytest.mark.parametrize("requests", ["/users", b"/users", {"/users": 1}])
def test_one_request_is_no_list_of_letters(graph: GraphClient, server: Canned, requests: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"\[request\]"):
        graph.batch(requests)

    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("holder", ["eyJ0.token", 5, lambda: "token"]),
        ("url", [5, b"https://graph.microsoft.com", "ftp://x", "https://x/v1.0", "https://u:p@x"]),
        ("version", [5, "v2", b"beta"]),
        ("timeout", ["5", 0, -1, math.nan, math.inf, True]),
        ("settings", [5, {"AZURE_TENANT_ID": "x"}]),
        ("session", [5, "x"]),
        ("retry", [5, {"max_retries": 1}]),
        ("retry", [RetryPolicy(max_retries=value) for value in (-1, "x", 2.5, True, None)]),  # type: ignore[arg-type]
        ("retry", [RetryPolicy(patience=value) for value in (-1, "x", math.nan, None)]),  # type: ignore[arg-type]
        ("retry", [RetryPolicy(deadline=value) for value in (0, -1, "x", math.nan)]),  # type: ignore[arg-type]
        ("retry", [RetryPolicy(random=0.5)]),  # type: ignore[arg-type]
        ("budget", [5, "200"]),
        ("sleep", [5, None]),
    ],
)
def test_an_argument_of_the_client_of_a_wrong_kind_is_named(name: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(ConfigurationError, match=name if name != "retry" else "Retry|number|function"):
            GraphClient(**{"holder": TokenHolder.fixed("t"), name: value})


# -- a Request ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GIT", "", "get /users", None, 5, "GETT", "PO ST"])
def test_a_request_has_a_method_that_graph_knows(method: Any) -> None:
    with pytest.raises(ConfigurationError, match="GET, POST, PATCH, PUT, DELETE"):
        Request(method, "/users")


def test_a_request_says_its_path(graph: GraphClient) -> None:
    request = Request("get", graph.users["a b"] / "manager?$select=id")

    assert (request.method, request.path) == ("GET", "/users/a%20b/manager?$select=id")
    assert repr(request) == "<Request GET /users/a%20b/manager>"


# -- what every request has -----------------------------------------------------------------------------------


@verbs
def test_headers_of_the_client_go_with_every_request_and_every_item(server: Canned, verb: str) -> None:
    shared = {"X-Team": "ops", "Prefer": "return=minimal"}
    with GraphClient(TokenHolder.fixed("x"), url=server.url, headers=shared) as graph:
        if verb != "download":
            VERBS[verb](graph, "/users")
            VERBS[verb](graph, "/users", headers={"x-team": "dev"})
        else:
            graph.download("/me/photo/$value", io.BytesIO())
            graph.download("/me/photo/$value", io.BytesIO(), headers={"x-team": "dev"})

    first, second = server.requests
    assert (first.headers["x-team"], first.headers["prefer"]) == ("ops", "return=minimal")
    if verb == "Request":
        items = [json.loads(seen.body)["requests"][0]["headers"] for seen in (first, second)]
        assert items == [shared, {"Prefer": "return=minimal", "x-team": "dev"}]
    else:
        assert (second.headers["x-team"], second.headers["prefer"]) == ("dev", "return=minimal")


@pytest.mark.parametrize("headers", [{"Authorization": "x"}, {"X": "a\nb"}, {"X": 1}, "X: y", ["X"]], ids=str)
def test_headers_of_the_client_are_judged_when_it_is_made(headers: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"header|TokenHolder"):
        GraphClient(TokenHolder.fixed("x"), headers=headers)


@pytest.mark.parametrize("tenants", ["contoso.com", "", b"contoso.com"])
def test_one_tenant_is_no_list_of_letters(tenants: Any) -> None:
    with pytest.raises(ConfigurationError, match="must be a list of tenants"):
        GraphClient.for_tenants(tenants)


# -- what comes back ------------------------------------------------------------------------------------------

TEXT = "1,é\r\n"


@pytest.mark.parametrize(
    ("path", "kind", "body", "value"),
    [
        ("/users/x/displayName/$value", "text/plain", TEXT.encode(), TEXT),
        ("/users/$count", "text/plain", b"\xef\xbb\xbf25", "25"),
        ("/users/x/displayName/$value", "text/plain;charset=utf-8", b"\xef\xbb\xbfAda", "Ada"),
        ("/users/x/displayName/$value", 'TEXT/PLAIN; charset="latin-1"', b"\xe9", "é"),
        ("/users/x/displayName/$value", "text/plain; charset=nothing", b"x", b"x"),
        ("/users/x/displayName/$value", "text/plain", b"\xff", b"\xff"),
        ("/me/messages/m/$value", "text/plain", TEXT.encode(), TEXT.encode()),
        ("/me/photo/$value", "text/plain", b"x", b"x"),
        ("/users/x/photos/48x48/$value", "text/plain", b"x", b"x"),
        ("/me/drive/items/i/content", "text/csv", b"x", b"x"),
        ("/me/drive/root:/a.txt:/content", "text/plain", b"x", b"x"),
        ("/me/onenote/pages/p/content", "text/html", b"x", b"x"),
        ("/nowhere/that/is/known", "text/plain", b"x", b"x"),
        ("/me/photo/$value", "image/jpeg", b"x", b"x"),
        ("/users/x/displayName/$value", "", b"x", b"x"),
    ],
)
def test_text_is_text_and_a_stream_is_bytes(path: str, kind: str, body: bytes, value: object) -> None:
    with (
        canned(lambda _: (200, body, {"Content-Type": kind} if kind else {})) as server,
        GraphClient(TokenHolder.fixed("x"), url=server.url) as graph,
    ):
        assert graph.get(path) == value


@pytest.mark.parametrize("verb", ["post", "patch", "put", "delete"])
@pytest.mark.parametrize("name", ["Location", "Operation-Location"])
def test_a_verb_loses_no_location(verb: str, name: str) -> None:
    with (
        canned(lambda _: (202, None, {name: "/teams('t')/operations('o')"})) as server,
        GraphClient(TokenHolder.fixed("x"), url=server.url) as graph,
    ):
        reply = getattr(graph, verb)("/teams")
        other = getattr(graph.teams, verb)()

    assert reply.status == other.status == 202
    assert reply.headers[name] == "/teams('t')/operations('o')"


def test_an_answer_without_anything_is_none() -> None:
    with canned(lambda _: (204, None)) as server, GraphClient(TokenHolder.fixed("x"), url=server.url) as graph:
        assert graph.patch("/users/x", {}) is None


# -- names that are Graph's and ours --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda graph: graph.drives["d"].items["i"].workbook.tables.add(address="Sheet1!A1:D5"),
        lambda graph: graph.drives["d"].items["i"].workbook.names.add(name="x", reference="y"),
        lambda graph: graph.drives["d"].items["i"].workbook.tables.add(),
        lambda graph: graph.users["x"].followedSites.remove(value=[]),
        lambda graph: graph.drives["d"].items["i"].workbook.functions.count(values=[1]),
    ],
)
def test_a_verb_that_takes_the_place_of_a_segment_says_how_to_reach_it(
    graph: GraphClient, server: Canned, call: Callable[[Any], Any]
) -> None:
    with pytest.raises(TypeError, match=r"\(address / '\w+'\)\(…\)"):
        call(graph)

    assert server.requests == []


def test_a_key_in_parentheses_is_told_from_a_call(graph: GraphClient, server: Canned) -> None:
    with pytest.raises(TypeError, match=r"say \['x'\]"):
        graph.users("x")

    assert server.requests == []
