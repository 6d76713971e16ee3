"""One request: what is repeated and what never is, where the token goes, what comes back, what is logged."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from canned import TOKEN, Arrived, Canned, canned, client_on
from processes import LIMIT

from leangraph import (
    AuthError,
    BadRequest,
    ConfigurationError,
    Error,
    Forbidden,
    Grant,
    GraphClient,
    GraphError,
    NotFound,
    PreconditionFailed,
    RetryPolicy,
    Sandbox,
    ServiceError,
    Settings,
    Throttled,
    TokenHolder,
    TransportError,
    Unauthorized,
)
from leangraph.http import reply

NEW = {
    "accountEnabled": True,
    "displayName": "Ada",
    "mailNickname": "ada",
    "userPrincipalName": "ada.new@contoso.com",
    "passwordProfile": {"password": "canary-Passw0rd!"},
}


@pytest.fixture
def elsewhere() -> Iterator[Canned]:
    with canned(lambda _: (200, b"the file")) as served:
        yield served


@pytest.fixture
def graph(server: Canned, naps: list[float]) -> Iterator[GraphClient]:
    with client_on(server, naps) as client:
        yield client


@pytest.fixture
def new_user(graph_sandbox: Sandbox) -> dict[str, Any]:
    domain = graph_sandbox.add_user()["userPrincipalName"].partition("@")[2]
    return {**NEW, "userPrincipalName": f"ada.new@{domain}"}


def work_of(sandbox: Sandbox, method: str) -> list[int | None]:
    return [seen.status for seen in sandbox.requests if seen.method == method and seen.version]


# -- what is sent ---------------------------------------------------------------------------------------------


def test_a_request_says_who_asks_for_what(graph: GraphClient, server: Canned) -> None:
    graph.get("/users", headers={"Prefer": 'outlook.timezone="UTC"', "x-mine": "1"})
    graph.post("/users", {"a": "ü"})

    first, second = server.requests
    assert first.headers["authorization"] == f"Bearer {TOKEN}"
    assert first.headers["user-agent"].startswith("leangraph/")
    assert "gzip" in first.headers["accept-encoding"]
    assert first.headers["accept"].startswith("application/json,")
    assert first.headers["prefer"] == 'outlook.timezone="UTC"'
    assert first.headers["x-mine"] == "1"
    assert "content-type" not in first.headers
    assert first.headers["client-request-id"] != second.headers["client-request-id"]
    assert second.headers["content-type"] == "application/json"
    assert second.body == b'{"a":"\\u00fc"}'


def test_headers_of_the_caller_replace_ours_in_any_spelling(graph: GraphClient, server: Canned) -> None:
    graph.put("/me/photo/$value", data=b"jpeg", headers={"content-type": "image/jpeg", "ACCEPT": "image/*"})

    assert server.requests[0].headers["content-type"] == "image/jpeg"
    assert server.requests[0].headers["accept"] == "image/*"
    assert server.requests[0].body == b"jpeg"


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer mine"},
        {"Prefer": "a\r\nX-Injected: b"},
        {"Prefer": None},
        {"Prefer": 5},
        {"Prefer": "☃"},
        {"Pre fer": "a"},
        {"Prefer:": "a"},
        {"": "a"},
    ],
    ids=repr,
)
def test_a_header_that_cannot_be_sent_is_refused_before_anything_is(
    graph: GraphClient, server: Canned, headers: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError):
        graph.get("/users", headers=headers)

    assert server.requests == []


@pytest.mark.parametrize("bodies", [{"json": {"a": 1}, "data": b"x"}, {"data": "text"}, {"data": {"a": 1}}])
def test_a_request_has_one_body_and_data_is_bytes(
    graph: GraphClient, server: Canned, bodies: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError, match="one body"):
        graph.post("/users", **bodies)

    assert server.requests == []


@pytest.mark.parametrize("body", [[], {}, 0, False, ""], ids=repr)
def test_a_body_that_is_empty_or_false_is_a_body(graph: GraphClient, server: Canned, body: Any) -> None:
    graph.post("/x", body)

    assert server.requests[0].headers["content-type"] == "application/json"
    assert server.requests[0].body in (b"[]", b"{}", b"0", b"false", b'""')


# -- 401 ------------------------------------------------------------------------------------------------------


def test_a_refused_token_is_renewed_once(
    graph_client: GraphClient, graph_sandbox: Sandbox, naps: list[float]
) -> None:
    graph_client.get("/users")
    graph_sandbox.revoke_tokens()

    graph_client.get("/users")

    assert graph_sandbox.token_requests == 2
    assert work_of(graph_sandbox, "GET") == [200, 401, 200]
    assert naps == []


def test_a_second_refusal_is_unauthorized(
    graph_client: GraphClient, graph_sandbox: Sandbox, naps: list[float]
) -> None:
    graph_sandbox.fail("POST", "/users", status=401, times=5)

    with pytest.raises(Unauthorized):
        graph_client.post("/users", NEW)

    assert work_of(graph_sandbox, "POST") == [401, 401]
    assert graph_sandbox.token_requests == 2
    assert naps == []


def test_a_fixed_token_is_sent_once(graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (401, {"error": {"code": "InvalidAuthenticationToken", "message": "no"}})

    with pytest.raises(Unauthorized, match="InvalidAuthenticationToken"):
        graph.get("/users")

    assert len(server.requests) == 1


def test_a_401_does_not_count_as_a_retry(server: Canned, naps: list[float]) -> None:
    replies = iter([(401,), (429, None, {"Retry-After": "3"}), (200, {})])
    server.answer = lambda _: next(replies)
    tokens = iter("abc")
    holder = TokenHolder(lambda claims=None: Grant(next(tokens), 3600))
    with GraphClient(
        holder, url=server.url, retry=RetryPolicy(max_retries=1, random=lambda: 0.0), sleep=naps.append
    ) as graph:
        graph.post("/x")

    assert [seen.headers["authorization"][-1] for seen in server.requests] == ["a", "b", "b"]
    assert naps == [3.0]


def test_twenty_threads_with_the_same_401_get_one_new_token(
    graph_client: GraphClient, graph_sandbox: Sandbox
) -> None:
    graph_client.get("/users?$top=1")
    graph_sandbox.revoke_tokens()
    together = threading.Barrier(20)

    def ask(_: int) -> Any:
        together.wait(LIMIT)
        return graph_client.get("/users?$top=1")

    with ThreadPoolExecutor(20) as pool:
        assert len(list(pool.map(ask, range(20)))) == 20
    assert graph_sandbox.token_requests == 2


def test_no_new_token_after_a_401_is_what_the_sign_in_says(
    graph_client: GraphClient, graph_sandbox: Sandbox
) -> None:
    graph_client.get("/users")
    graph_sandbox.revoke_tokens()
    graph_sandbox.fail("POST", "/oauth2/v2.0/token", status=401, times=5)

    with pytest.raises(AuthError):
        graph_client.get("/users")


# -- what is repeated -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["2.5", "0", "30,120"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_is_repeated_whatever_the_method_after_exactly_the_time_asked_for(
    graph: GraphClient, server: Canned, naps: list[float], method: str, status: int, asked: str
) -> None:
    replies = iter([(status, None, {"Retry-After": asked}), (200, {})])
    server.answer = lambda _: next(replies)

    graph.request(method, "/users/x")

    assert naps == [wait for wait in [{"2.5": 2.5, "0": 0.0, "30,120": 120.0}[asked]] if wait]
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [500, 502, 504])
@pytest.mark.parametrize(
    ("method", "body", "idempotent", "times"),
    [
        ("GET", None, None, 2),
        ("PUT", {"a": 1}, None, 2),
        ("DELETE", None, None, 2),
        ("PATCH", {"a": 1}, None, 2),
        ("PATCH", {"members@odata.bind": ["x"]}, None, 1),
        ("PATCH", {"members@odata.bind": ["x"]}, True, 2),
        ("PATCH", {"a": 1}, False, 1),
        ("POST", {"a": 1}, None, 1),
        ("POST", {"a": 1}, True, 2),
        ("GET", None, False, 1),
    ],
)
def test_an_uncertain_failure_is_repeated_only_where_that_does_no_harm(
    graph: GraphClient, server: Canned, status: int, method: str, body: Any, idempotent: bool | None, times: int
) -> None:
    server.answer = lambda _: (status,) if len(server.requests) == 1 else (200, {})

    if times == 1:
        with pytest.raises(ServiceError):
            graph.request(method, "/groups/x", body, idempotent=idempotent)
    else:
        graph.request(method, "/groups/x", body, idempotent=idempotent)

    assert len(server.requests) == times


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 423, 501, 507])
def test_other_errors_are_not_repeated(graph: GraphClient, server: Canned, status: int) -> None:
    server.answer = lambda _: (status,)

    with pytest.raises(GraphError):
        graph.get("/users")

    assert len(server.requests) == 1


def test_a_post_whose_answer_was_lost_is_not_done_twice(
    graph_client: GraphClient, graph_sandbox: Sandbox, new_user: dict[str, Any]
) -> None:
    before = graph_sandbox.users
    graph_sandbox.fail("POST", "/users", reset="after")

    with pytest.raises(TransportError) as caught:
        graph_client.post("/users", new_user)

    assert caught.value.sent
    assert graph_sandbox.users == before + 1
    assert len(work_of(graph_sandbox, "POST")) == 1


def test_a_patch_whose_answer_was_lost_is_repeated(
    graph_client: GraphClient, graph_sandbox: Sandbox, new_user: dict[str, Any]
) -> None:
    upn = graph_sandbox.add_user(**new_user)["userPrincipalName"]
    graph_sandbox.fail("PATCH", "/users/*", reset="after")

    assert graph_client.users[upn].patch({"jobTitle": "Countess"}) is None

    assert graph_client.users[upn].get(select="jobTitle")["jobTitle"] == "Countess"
    assert len(work_of(graph_sandbox, "PATCH")) == 2


@pytest.mark.parametrize("fault", [{"reset": "after"}, {"reset": "before"}, {"status": 504}, {"status": 429}])
def test_a_delete_is_done_once_and_gone_already_is_success(
    graph_client: GraphClient, graph_sandbox: Sandbox, new_user: dict[str, Any], fault: dict[str, Any]
) -> None:
    upn = graph_sandbox.add_user(**new_user)["userPrincipalName"]
    before = graph_sandbox.users
    graph_sandbox.fail("DELETE", "/users/*", **fault)

    reply = graph_client.request("DELETE", f"/users/{upn}")

    assert (reply.status, reply.body) == (204, None)
    assert graph_sandbox.users == before - 1


def test_a_delete_of_what_never_was_is_not_found(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    graph_client.get("/users")
    graph_sandbox.revoke_tokens()  # a 401 in between is no attempt at the work

    with pytest.raises(NotFound):
        graph_client.delete("/users/nobody@contoso.com")

    assert work_of(graph_sandbox, "DELETE") == [401, 404]


@pytest.mark.parametrize(("method", "times"), [("GET", 2), ("POST", 1)])
def test_a_truncated_answer_is_repeated_only_where_that_does_no_harm(
    graph_client: GraphClient, graph_sandbox: Sandbox, new_user: dict[str, Any], method: str, times: int
) -> None:
    before = graph_sandbox.users
    graph_sandbox.fail(method, "/users", truncate=True)

    if method == "GET":
        assert len(graph_client.get("/users")["value"]) == before
    else:
        with pytest.raises(TransportError):
            graph_client.post("/users", new_user)
        assert graph_sandbox.users == before + 1

    assert len(work_of(graph_sandbox, method)) == times


def test_json_cut_short_by_a_middlebox_counts_as_a_lost_answer(graph: GraphClient, server: Canned) -> None:
    cut = (200, b'{"value": [{"id"', {"Content-Type": "application/json"})
    server.answer = lambda seen: (200, {"value": []}) if len(server.requests) == 2 else cut

    assert graph.get("/users") == {"value": []}
    server.requests.clear()
    with pytest.raises(TransportError, match="JSON"):
        graph.post("/users", {})

    assert len(server.requests) == 1


def test_a_post_that_met_no_connection_is_repeated(naps: list[float]) -> None:
    with canned() as server:
        port = int(server.url.rpartition(":")[2])
    with ExitStack() as later, client_on(server, naps) as graph:

        def nap(seconds: float) -> None:
            naps.append(seconds)
            if len(naps) == 2:
                server.requests = later.enter_context(canned(port=port)).requests

        graph._core.transport.clock._sleep = nap
        graph.post("/users", NEW)

    assert naps == [1.0, 2.0]
    assert len(server.requests) == 1


def test_after_a_503_the_next_attempt_is_on_a_new_connection(server: Canned) -> None:
    ports: list[int] = []
    server.answer = lambda _: (503,) if len(server.requests) == 2 else (200, {})
    with client_on(server) as graph:
        pool = graph._core.transport.http._session.get_adapter(server.url).poolmanager
        for _ in range(2):
            graph.get("/users")
            [kept] = pool.pools._container.values()
            ports.append(kept.num_connections)

    assert len(server.requests) == 3
    assert ports == [1, 1]  # the second pool is another one, with a connection of its own
    assert kept.num_requests == 1


@pytest.mark.parametrize("asked", ["301", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_beyond_our_patience_is_throttled_at_once(
    graph: GraphClient, server: Canned, naps: list[float], asked: str
) -> None:
    server.answer = lambda _: (429, None, {"Retry-After": asked})

    with pytest.raises(Throttled) as caught:
        graph.get("/users")

    assert naps == []
    assert len(server.requests) == 1
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 301


def test_patience_counts_all_waits_of_a_request(graph: GraphClient, server: Canned, naps: list[float]) -> None:
    server.answer = lambda _: (429, None, {"Retry-After": "120"})

    with pytest.raises(Throttled):
        graph.get("/users")

    assert naps == [120.0, 120.0]


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_max_retries_is_how_often_a_request_is_repeated(server: Canned, naps: list[float], retries: int) -> None:
    server.answer = lambda _: (503,)
    with (
        client_on(server, naps, retry=RetryPolicy(max_retries=retries, random=lambda: 0.0)) as graph,
        pytest.raises(ServiceError),
    ):
        graph.get("/users")

    assert len(server.requests) == 1 + retries
    assert naps == [1.0, 2.0, 4.0][:retries]


# -- redirects ------------------------------------------------------------------------------------------------


def test_a_get_follows_five_redirects_on_graphs_own_origin_with_the_token(
    graph: GraphClient, server: Canned
) -> None:
    def answer(seen: Arrived) -> tuple[Any, ...]:
        return (307, None, {"Location": "/hop"}) if len(server.requests) <= hops else (200, {"id": 1})

    server.answer, hops = answer, 5
    assert graph.get("/users") == {"id": 1}
    assert {seen.headers["authorization"] for seen in server.requests} == {f"Bearer {TOKEN}"}

    server.requests.clear()
    hops = 6
    with pytest.raises(GraphError, match="at most five"):
        graph.get("/users")
    assert len(server.requests) == 6


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_elsewhere_is_followed_without_the_token_and_what_is_there_is_a_file(
    graph: GraphClient, server: Canned, elsewhere: Canned, status: int
) -> None:
    location = f"{elsewhere.url}/a%2fb?sig=canary-signature"
    server.answer = lambda _: (status, None, {"Location": location})
    elsewhere.answer = lambda _: (200, b'{"not": "parsed', {"Content-Type": "application/json"})

    headers = {"ConsistencyLevel": "eventual", "x-secret": "canary", "range": "bytes=0-9", "Cookie": "canary"}
    content = graph.get("/drive/root:/a.json:/content", headers=headers)

    assert content == b'{"not": "parsed'
    [seen] = elsewhere.requests
    assert "canary" not in str(seen.headers)
    assert not {"authorization", "consistencylevel", "client-request-id", "x-secret"} & set(seen.headers)
    assert seen.headers["range"] == "bytes=0-9"


def test_a_redirect_that_leads_back_does_not_get_the_token_back(
    graph: GraphClient, server: Canned, elsewhere: Canned
) -> None:
    server.answer = lambda seen: (
        (302, None, {"Location": f"{elsewhere.url}/a"}) if "users" in seen.target else (200, b"seen")
    )
    elsewhere.answer = lambda _: (302, None, {"Location": f"{server.url}/v1.0/me"})

    assert graph.get("/users") == b"seen"
    assert [("authorization" in seen.headers) for seen in server.requests] == [True, False]


@pytest.mark.parametrize(
    "location",
    [
        "http://cdn.contoso.com/file",
        "ftp://cdn.contoso.com/file",
        "https://evil\\@graph.microsoft.com/file",
        "https://user:password@cdn.contoso.com/file",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_anything_but_https_is_refused_at_once(
    graph: GraphClient, server: Canned, location: str
) -> None:
    server.answer = lambda _: (302, None, {"Location": location})

    with pytest.raises(TransportError, match="not https") as caught:
        graph.get("/users")

    assert "contoso" not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_no_other_method_follows_a_redirect(
    graph: GraphClient, server: Canned, elsewhere: Canned, method: str
) -> None:
    server.answer = lambda _: (307, None, {"Location": f"{elsewhere.url}/a?sig=canary"})

    with pytest.raises(GraphError, match="redirects") as caught:
        graph.request(method, "/users/x", {"a": 1})

    assert caught.value.status == 307
    assert "canary" not in str(caught.value)
    assert elsewhere.requests == []
    assert len(server.requests) == 1


def test_a_401_from_elsewhere_costs_no_token(
    graph_client: GraphClient, graph_sandbox: Sandbox, elsewhere: Canned
) -> None:
    graph_sandbox.fail("GET", "/drive/x", status=302, headers={"Location": elsewhere.url + "/a"}, times=9)
    elsewhere.answer = lambda _: (401, {"error": "expired"})

    with pytest.raises(TransportError, match="refused the address"):
        graph_client.get("/drive/x")

    assert graph_sandbox.token_requests == 1
    assert len(elsewhere.requests) == 1


def test_a_download_that_is_throttled_waits_and_begins_at_graph_again(
    graph: GraphClient, server: Canned, elsewhere: Canned, naps: list[float]
) -> None:
    server.answer = lambda _: (302, None, {"Location": elsewhere.url + "/a"})
    elsewhere.answer = lambda _: (
        (429, None, {"Retry-After": "7"}) if len(elsewhere.requests) == 1 else (200, b"file")
    )

    assert graph.get("/drive/x/content") == b"file"
    assert naps == [7.0]
    assert len(server.requests) == 2


# -- what comes back ------------------------------------------------------------------------------------------

JSON = {"Content-Type": "application/json;odata.metadata=minimal;charset=utf-8"}


@pytest.mark.parametrize(
    ("status", "content", "headers", "body"),
    [
        (200, b'{"a": 1}', JSON, {"a": 1}),
        (200, b'{"a": 1}', {"Content-Type": "Application/JSON"}, {"a": 1}),
        (200, b"\xef\xbb\xbf" + b'{"a": 1}', JSON, {"a": 1}),
        (200, b'{"preview": "cut \\ud83d"}', JSON, {"preview": "cut \ud83d"}),
        (200, b"null", JSON, None),
        (200, b"[1, 2]", JSON, [1, 2]),
        (200, b"7", JSON, 7),
        (200, b"", JSON, None),
        (200, b"", {}, None),
        (204, None, {}, None),
        (202, b"", {}, None),
        (207, b'{"value": []}', JSON, {"value": []}),
        (304, None, {}, None),
        (200, b"\xff\xd8\xff", {"Content-Type": "image/jpeg"}, b"\xff\xd8\xff"),
        (200, b"a,b", {"Content-Type": "text/csv"}, b"a,b"),
        (200, b'{"a": 1}', {}, {"a": 1}),
        (200, b'{"a": 1', {}, b'{"a": 1'),
        (200, b'{"a": 1}', {"Content-Type": "application/octet-stream"}, b'{"a": 1}'),
    ],
)
def test_a_body_is_json_bytes_or_nothing(
    graph: GraphClient, server: Canned, status: int, content: bytes | None, headers: dict[str, str], body: Any
) -> None:
    server.answer = lambda _: (status, content, headers)

    reply = graph.request("GET", "/x")

    assert (reply.status, reply.body, reply.ok) == (status, body, True)
    assert type(reply.body) is type(body)


@pytest.mark.parametrize("parsers", [reply.parsers(), reply.parsers()[-1:]])
def test_any_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch, parsers: Any) -> None:
    monkeypatch.setattr(reply, "parsers", lambda: parsers)

    assert reply.decode(200, "application/json", b'\xef\xbb\xbf{"a": "\\ud83d", "b": 1.5}') == {
        "a": "\ud83d",
        "b": 1.5,
    }
    with pytest.raises(TransportError, match="JSON"):
        reply.decode(200, "application/json", b"[" * 100_000)


@pytest.mark.parametrize(
    ("content", "headers", "told"),
    [
        (b'{"error": {"code": "Odd", "message": "told"}}', JSON, "told"),
        (b'{"error": {"code": "Odd", "message": "told"}}', {"Content-Type": "text/plain"}, "told"),
        (b"<html><title>Blocked by told</title></html>", {"Content-Type": "text/html"}, "HTML page .* told"),
        (b"<html><title>Blocked by told</title></html>", JSON, "HTML page .* told"),
        (b'\xef\xbb\xbf{"error": {"message": "told"}}', JSON, "told"),
        (b"told", {}, "told"),
        (b'{"error": "told', JSON, "told"),
        (b"null", JSON, "no explanation"),
        (b'["told"]', JSON, "told"),
        (b"", JSON, "no explanation"),
        (b"\xff\xfe", {}, "403"),
    ],
)
def test_every_error_body_becomes_a_useful_error(
    graph: GraphClient, server: Canned, content: bytes, headers: dict[str, str], told: str
) -> None:
    server.answer = lambda _: (403, content, {**headers, "request-id": "r-1"})

    with pytest.raises(Forbidden, match=told) as caught:
        graph.get("/users?$filter=canary")

    assert (caught.value.request_id, caught.value.method, caught.value.path) == ("r-1", "GET", "/v1.0/users")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("path", ["/me", "/Me/messages", "/beta/me"])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_me_without_a_user_explains_itself(graph: GraphClient, server: Canned, path: str, status: int) -> None:
    server.answer = lambda _: (status, {"error": {"message": "no"}})

    with pytest.raises(GraphError, match=r"/users/\{id or name\}"):
        graph.get(path)


def test_other_paths_do_not_speak_of_me(graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (400, {"error": {"message": "no"}})

    with pytest.raises(BadRequest) as caught:
        graph.get("/users/me")

    assert "signed-in" not in str(caught.value)


@pytest.mark.parametrize("failing", ["graph", "token", "transport"])
def test_an_exception_brings_no_other_along(
    graph_client: GraphClient, graph_sandbox: Sandbox, failing: str
) -> None:
    if failing == "token":
        graph_sandbox.fail("POST", "/oauth2/v2.0/token", status=401)
    elif failing == "graph":
        graph_sandbox.fail("GET", "/users", status=403)
    else:
        graph_sandbox.fail("GET", "/users", reset="after", times=99)

    with pytest.raises(Error) as caught:
        graph_client.get("/users")

    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


# -- the log --------------------------------------------------------------------------------------------------


def test_each_request_is_one_line(graph: GraphClient, server: Canned, caplog: pytest.LogCaptureFixture) -> None:
    replies = iter([(429, None, {"Retry-After": "2", "request-id": "r-1"}), (200, {}, {"request-id": "r-2"})])
    server.answer = lambda _: next(replies)
    with caplog.at_level(logging.DEBUG, "leangraph"):
        graph.get("/users?$filter=canary")

    lines = [record.getMessage() for record in caplog.records if record.name == "leangraph"]
    first, second = lines
    assert first.startswith("GET /v1.0/users 429, ")
    assert first.endswith(" ms, attempt 1, request-id r-1; again in 2.0 s")
    assert second.startswith("GET /v1.0/users 200, ")
    assert second.endswith(" ms, attempt 2, request-id r-2")


def test_a_lost_answer_is_one_line_too(
    graph_client: GraphClient, graph_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    graph_sandbox.fail("POST", "/users", reset="after")
    _ = graph_client.token_holder.token
    with caplog.at_level(logging.DEBUG, "leangraph"), pytest.raises(TransportError):
        graph_client.post("/users", NEW)

    [line] = [record.getMessage() for record in caplog.records if record.name == "leangraph"]
    assert line.startswith("POST /v1.0/users the connection to 127.0.0.1 broke off")
    assert "\n" not in line


def test_no_log_of_anybody_has_a_secret_a_body_or_a_pre_authenticated_address(
    sandbox_settings: Settings, graph_sandbox: Sandbox, elsewhere: Canned, caplog: pytest.LogCaptureFixture
) -> None:
    location = f"{elsewhere.url}/canary-path?sig=canary-signature"
    graph_sandbox.fail("GET", "/drive/root/content", status=302, headers={"Location": location})
    graph_sandbox.fail("GET", "/users", status=401)
    with caplog.at_level(logging.DEBUG), GraphClient(settings=sandbox_settings, sleep=lambda _: None) as graph:
        assert graph.get("/drive/root/content") == b"the file"
        graph.get("/users")
        with pytest.raises(GraphError):
            graph.post("/users", {"canary-property": "canary-body"}, headers={"x-canary": "canary-header"})
        token = graph.token_holder.token

    assert len(elsewhere.requests) == 1
    assert "canary" not in caplog.text
    assert token not in caplog.text
    assert graph_sandbox.client_secret not in caplog.text
    assert "urllib3" in caplog.text  # the log was on, and is again after the download
    assert caplog.records[-1].name.startswith(("leangraph", "urllib3"))


@pytest.mark.parametrize("origin", ["upper", "port"])
def test_the_path_in_the_log_does_not_depend_on_how_a_link_spells_the_host(
    origin: str, elsewhere: Canned, caplog: pytest.LogCaptureFixture
) -> None:
    port = elsewhere.url.rpartition(":")[2]
    link = {
        "upper": f"http://LOCALHOST:{port}/v1.0/users?a=canary",
        "port": f"http://localhost:0{port}/v1.0/users",
    }
    elsewhere.answer = lambda _: (200, {})
    with (
        caplog.at_level(logging.DEBUG, "leangraph"),
        GraphClient(TokenHolder.fixed(TOKEN), url=f"http://localhost:{port}") as graph,
    ):
        graph._core.transport.send("GET", link[origin])

    assert "GET /v1.0/users 200" in caplog.text


def test_a_412_after_a_lost_answer_says_that_it_may_be_done(graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (
        (504,) if len(server.requests) == 1 else (412, {"error": {"code": "x", "message": "etag"}})
    )
    with pytest.raises(PreconditionFailed, match="may have made the change"):
        graph.patch("/users/x", NEW, headers={"If-Match": "1"}, idempotent=True)

    server.answer = lambda _: (412, {"error": {"code": "x", "message": "etag"}})
    with pytest.raises(PreconditionFailed) as caught:
        graph.patch("/users/x", NEW, headers={"If-Match": "1"})
    assert "may have made" not in str(caught.value)
