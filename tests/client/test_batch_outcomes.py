"""``graph.batch`` loses no outcome: whatever an item, its answer, the input, the budget or the token raises."""

from __future__ import annotations

import base64
import gc
import itertools
import json
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from canned import Arrived, Canned, canned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import eventually

from leangraph import (
    AuthError,
    ConfigurationError,
    Forbidden,
    Grant,
    GraphClient,
    GraphError,
    Request,
    RetryPolicy,
    Sandbox,
    Throttled,
    TokenHolder,
    TransportError,
)

Answer = Callable[[dict[str, Any]], dict[str, Any]]


def batching(answer: Answer) -> Callable[[Arrived], tuple[Any, ...]]:
    def serve(arrived: Arrived) -> tuple[Any, ...]:
        items = json.loads(arrived.body)["requests"]
        return 200, {"responses": [{"id": item["id"], **answer(item)} for item in items]}

    return serve


def done(_: dict[str, Any]) -> dict[str, Any]:
    return {"status": 201, "body": {"id": "made"}}


def groups(number: int) -> Iterator[Request]:
    for n in range(number):
        yield Request("POST", "/groups", {"displayName": f"g{n}"})


@pytest.fixture
def server() -> Iterator[Canned]:
    with canned(batching(done)) as served:
        yield served


def sent(server: Canned) -> int:
    return sum(len(json.loads(each.body)["requests"]) for each in server.requests)


# -- the input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [RuntimeError, OSError, ConfigurationError, SystemExit, MemoryError])
@pytest.mark.parametrize("number", [0, 1, 19, 20, 21, 40, 150])
@pytest.mark.parametrize("ordered", [True, False])
def test_an_error_of_the_input_comes_after_the_replies_to_all_before_it(
    graph: GraphClient, server: Canned, error: type[BaseException], number: int, ordered: bool
) -> None:
    def source() -> Iterator[Request]:
        yield from groups(number)
        raise error("line 41 of the CSV is broken")

    replies = []
    with pytest.raises(error, match="line 41"):
        replies.extend(graph.batch(source(), ordered=ordered))

    assert [reply.status for reply in replies] == [201] * number
    assert sent(server) == number


class Awkward:
    """What no batch takes; looking at it raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    @property
    def _path(self) -> str:
        raise self.error


@pytest.mark.parametrize(
    "bad",
    [
        Request("POST", "/groups", {"when": object()}),
        Request("POST", "/groups", {("a", "b"): 1}),
        Request("PUT", "/x", data=b"\xff", headers={"Content-Type": "text/plain"}),
        Request("POST", "/groups", json=float("nan"), data=b"x"),
        Awkward(RuntimeError("odd")),
        Awkward(RecursionError()),
        object(),
        ("PATCH", "/users/x", {}),
    ],
    ids=lambda bad: type(bad).__name__,
)
def test_an_item_that_cannot_be_written_costs_itself_and_no_other(
    graph: GraphClient, server: Canned, bad: Any
) -> None:
    requests = [*groups(25), bad, *groups(25)]
    replies = list(graph.batch(requests))

    assert [number for number, reply in enumerate(replies) if not reply.ok] == [25]
    assert isinstance(replies[25].error, Exception)
    assert replies[25].request is bad
    assert sent(server) == 50


# -- the gate -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "options"),
    [
        ("PATCH", None, {}, {}),
        ("PATCH", {"id": "x"}, {}, {}),
        ("PATCH", "/users/../me", {}, {}),
        ("PATCH", "https://elsewhere.example/v1.0/users/x", {}, {}),
        ("PATCH", "/users/x", {"when": object()}, {}),
        ("PATCH", "/users/x", {"when": float("nan")}, {}),
        ("PATCH", "/users/x", {"nested": {("a", "b"): 1}}, {}),
        ("PATCH", "/users/x", {}, {"headers": {"Authorization": "Bearer stolen"}}),
        ("PATCH", "/users/x", {}, {"headers": {"X-Two": "a\r\nb: c"}}),
        ("PATCH", "/users/x", {}, {"headers": {"X-Number": 7}}),
        ("DELETE", "/groups/g/members/m", None, {}),
        ("GET", "/users?=accountEnabled eq false", None, {}),
        ("GET", "/users", None, {"filter": ""}),
    ],
)
def test_what_a_single_request_refuses_an_item_refuses_in_the_same_words(
    graph: GraphClient, server: Canned, method: str, path: Any, body: Any, options: dict[str, Any]
) -> None:
    with pytest.raises(Exception) as alone:
        graph.request(method, path, body, **options)
    [reply] = graph.batch([Request(method, path, body, **options)])

    assert type(reply.error) is type(alone.value)
    assert str(reply.error) == str(alone.value)
    assert server.requests == []


def test_an_address_of_another_client_is_refused_in_every_place(graph: GraphClient, server: Canned) -> None:
    with GraphClient(TokenHolder.fixed("other"), url=server.url) as other:
        replies = list(graph.batch([other.users["a"], Request("PATCH", other.users["a"], {}), graph.users["a"]]))

    assert [reply.ok for reply in replies] == [False, False, True]
    for reply in replies[:2]:
        with pytest.raises(ConfigurationError, match="another client"):
            raise reply.error
    assert sent(server) == 1


def test_what_is_sent_is_what_was_given_whatever_becomes_of_it_later(graph: GraphClient, server: Canned) -> None:
    body: dict[str, Any] = {}

    def requests() -> Iterator[Request]:
        for n in range(50):
            body["displayName"] = f"g{n}"  # one dict for all
            yield Request("POST", "/groups", body)

    assert all(reply.ok for reply in graph.batch(requests()))
    items = [item for each in server.requests for item in json.loads(each.body)["requests"]]
    assert sorted(item["body"]["displayName"] for item in items) == sorted(f"g{n}" for n in range(50))


def test_an_item_is_written_as_a_single_request_writes_it(graph: GraphClient, server: Canned) -> None:
    body = {
        "when": datetime(2024, 5, 1, 12, tzinfo=UTC),
        "day": date(2024, 5, 1),
        "id": UUID(int=7),
        "price": Decimal("0.10000000000000000001"),
        "text": "é\ud800",
    }
    serve = server.answer
    server.answer = lambda seen: serve(seen) if seen.target.endswith("$batch") else (204, None)
    graph.request("PATCH", "/users/x", body)
    [reply] = graph.batch([Request("PATCH", "/users/x", body)])

    assert reply.ok
    alone, batched = (each.body.decode() for each in server.requests)
    assert f'"body":{alone}}}' in batched


# -- answers --------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
STATUS = st.sampled_from([200, 201, 204, 302, 304, 400, 403, 404, 409, 412, 424, 429, 500, 503])
ERROR = st.fixed_dictionaries(
    {}, optional={"code": JSON, "message": JSON, "innerError": JSON, "details": JSON | st.lists(JSON, max_size=2)}
)
BODY = JSON | st.fixed_dictionaries(
    {}, optional={"error": ERROR | JSON, "value": JSON, "@odata.nextLink": JSON, "id": JSON}
)
HEADERS = JSON | st.dictionaries(
    st.sampled_from(["Retry-After", "Location", "Content-Type", "content-type", "RateLimit-Reset", "Date"]), JSON
)
ITEM = JSON | st.fixed_dictionaries({}, optional={"status": STATUS | JSON, "headers": HEADERS, "body": BODY})
REQUESTS = [
    Request("POST", "/groups", {}),
    Request("GET", "/users/a"),
    Request("DELETE", "/users/b"),
    Request("PATCH", "/users/c", {}),
]


@given(items=st.lists(ITEM, min_size=4, max_size=4), more=st.lists(JSON, max_size=2))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_an_item_is_answered_costs_that_item_at_most(items: list[Any], more: list[Any]) -> None:
    """Four requests are answered by anything at all, and ten by what is documented."""

    def answer(arrived: Arrived) -> tuple[Any, ...]:
        if not arrived.target.endswith("$batch"):
            return 200, {}
        responses: list[Any] = [*more]
        for request in json.loads(arrived.body)["requests"]:
            place = next((n for n, each in enumerate(REQUESTS) if request["url"] == each.path), None)
            item = done(request) if place is None or request["url"] == "/good" else items[place]
            responses.append({"id": request["id"], **item} if isinstance(item, dict) else item)
        return 200, {"responses": responses}

    with canned(answer) as server:
        policy = RetryPolicy(max_retries=2, random=lambda: 0.0)
        with GraphClient(TokenHolder.fixed("t"), url=server.url, retry=policy, sleep=lambda _: None) as graph:
            good = [Request("POST", "/good", {}) for _ in range(5)]
            replies = list(graph.batch([*good, *REQUESTS, *good]))

    assert [reply.status for reply in (*replies[:5], *replies[9:])] == [201] * 10
    for reply in replies[5:9]:
        assert reply.ok or isinstance(reply.error, (GraphError, TransportError))
        assert reply.status is None or 200 <= reply.status <= 599
        str(reply.error)


@pytest.mark.parametrize("status", [-1, 0, 1, 99, 100, 199, 600, 1000, True, False, None, "200", 200.0, [], {}])
def test_a_status_that_is_none_is_an_unknown_outcome(graph: GraphClient, server: Canned, status: Any) -> None:
    server.answer = batching(lambda _: {"status": status})
    [reply] = graph.batch([Request("POST", "/groups", {})])

    assert (reply.ok, reply.status, type(reply.error)) == (False, None, TransportError)
    assert "unknown" in str(reply.error)


@pytest.mark.parametrize("other", [200, 404, 201])
def test_two_answers_to_one_request_are_an_unknown_outcome(graph: GraphClient, server: Canned, other: int) -> None:
    server.answer = lambda _: (
        200,
        {"responses": [{"id": "1", "status": 201}, {"id": "1", "status": other}, {"id": "2", "status": 204}]},
    )
    twice, once = graph.batch(groups(2))

    assert (twice.ok, twice.status, type(twice.error)) == (False, None, TransportError)
    assert once.status == 204


def test_a_424_for_what_depends_on_nothing_is_an_answer(
    graph: GraphClient, server: Canned, naps: list[float]
) -> None:
    server.answer = batching(lambda _: {"status": 424})
    [reply] = graph.batch([Request("GET", "/users/1")])

    assert (reply.status, reply.ok) == (424, False)
    assert sent(server) == 1


@pytest.mark.parametrize("status", [424, 429, 500, 503])
def test_every_repetition_waits(graph: GraphClient, server: Canned, naps: list[float], status: int) -> None:
    """What goes before is repeated without end; what depends on it is never sent again at once."""

    def answer(item: dict[str, Any]) -> dict[str, Any]:
        return {"status": 429 if item["url"] == "/first" else status}

    server.answer = batching(answer)
    list(graph.batch([Request("GET", "/first", id="a"), Request("GET", "/second", depends_on="a")]))

    assert len(server.requests) > 3
    assert len([nap for nap in naps if nap > 0.9]) >= len(server.requests) - 1


# -- the budget, the token, the clock -------------------------------------------------------------------------


class Breaking:
    """A budget that fails once it was asked so often."""

    def __init__(self, error: BaseException, after: int) -> None:
        self.error, self.left, self.lock = error, after, threading.Lock()

    def take(self, units: float = 1.0) -> None:
        with self.lock:
            self.left -= 1
            if self.left < 0:
                raise self.error


@pytest.mark.parametrize("error", [OSError("disk full"), ConnectionError("Redis away"), ZeroDivisionError()])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_budget_that_fails_is_an_error_of_the_items_it_was_asked_for(
    server: Canned, error: Exception, after: int
) -> None:
    with GraphClient(TokenHolder.fixed("t"), url=server.url, budget=Breaking(error, after)) as graph:
        replies = list(graph.batch(groups(100)))

    assert [reply.status for reply in replies].count(201) == sent(server) == 20 * after
    assert {reply.error for reply in replies if not reply.ok} == {error}


def test_what_the_pace_holds_up_too_long_keeps_no_other_service(server: Canned, naps: list[float]) -> None:
    """Drives are closed for longer than the patience; the directory goes on, and nothing waits for drives."""

    def answer(item: dict[str, Any]) -> dict[str, Any]:
        closed = item["url"].startswith("/drives")
        return {"status": 429, "headers": {"Retry-After": "1000"}} if closed else {"status": 201}

    server.answer = batching(answer)
    with GraphClient(TokenHolder.fixed("t"), url=server.url, sleep=naps.append) as graph:
        list(graph.batch([Request("POST", "/drives/d/items", {})]))
        before = sent(server)
        requests = [Request("POST", "/drives/d/items" if n % 2 else "/groups", {}) for n in range(40)]
        replies = list(graph.batch(requests))

    assert [reply.status for reply in replies[::2]] == [201] * 20
    assert {type(reply.error) for reply in replies[1::2]} == {Throttled}
    assert sent(server) - before == 20
    assert sum(naps) < 300


def test_an_exit_is_raised_after_the_replies_of_what_was_done(server: Canned) -> None:
    with GraphClient(TokenHolder.fixed("t"), url=server.url, budget=Breaking(SystemExit(3), 2)) as graph:
        replies = []
        with pytest.raises(SystemExit):
            replies.extend(graph.batch(groups(1000)))

    assert sum(reply.status == 201 for reply in replies) == sent(server) >= 40
    assert all(reply.status == 201 or isinstance(reply.error, TransportError) for reply in replies)


def test_without_a_token_every_item_says_so_and_what_was_done_is_told(server: Canned) -> None:
    tokens = itertools.chain(["t"] * 2)

    class Holder(TokenHolder):
        @property
        def token(self) -> str:
            token = next(tokens, None)
            if token is None:
                raise AuthError("the secret has expired")
            return token

    holder = Holder(lambda claims=None: None)  # type: ignore[arg-type, return-value]
    with GraphClient(holder, url=server.url) as graph:
        replies = list(graph.batch(groups(60), concurrency=1))

    assert {type(reply.error) for reply in replies if not reply.ok} == {AuthError}
    assert sum(reply.ok for reply in replies) == sent(server)


def test_what_is_forbidden_is_explained_by_the_token_that_was_sent(server: Canned) -> None:
    """Whatever the holder does after the request has left, the reply is there."""
    server.answer = batching(lambda item: {"status": 403 if item["url"] == "/users/x" else 204})
    asked: list[None] = []

    class Holder(TokenHolder):
        @property
        def token(self) -> str:
            if server.requests:
                asked.append(None)
                raise AuthError("no more")
            return "t"

    with GraphClient(Holder(lambda claims=None: None), url=server.url) as graph:  # type: ignore[arg-type, return-value]
        replies = list(graph.batch([*(Request("PATCH", f"/users/{n}", {}) for n in range(19)), "/users/x"]))

    assert [reply.status for reply in replies] == [204] * 19 + [403]
    assert isinstance(replies[19].error, Forbidden)
    assert "User.Read" in str(replies[19].error)
    assert asked == []


def test_a_token_that_the_batch_had_renewed_is_the_one_that_explains(server: Canned) -> None:
    def token(role: str) -> str:
        claims = json.dumps({"roles": [role], "idtyp": "app"}).encode()
        return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.e30"

    def serve(arrived: Arrived) -> tuple[Any, ...]:
        if arrived.headers["authorization"] == f"Bearer {token('Mail.Read')}":
            return 401, {"error": {"code": "InvalidAuthenticationToken"}}
        return batching(lambda _: {"status": 403})(arrived)

    server.answer = serve
    tokens = iter([token("Mail.Read"), token("Files.Read.All")])
    with GraphClient(TokenHolder(lambda claims=None: Grant(next(tokens), 3600.0)), url=server.url) as graph:
        [reply] = graph.batch(["/users/x"])

    assert "the token has Files.Read.All" in str(reply.error)


@pytest.mark.parametrize("first", [429, 503, 509])
@pytest.mark.parametrize("then", [429, 503, 500])
@pytest.mark.parametrize("seconds", [1.0, 4.0, 6.0, 10.0, 11.0])
def test_what_a_whole_batch_waited_is_of_the_patience_of_its_items(
    server: Canned, naps: list[float], first: int, then: int, seconds: float
) -> None:
    item = {"status": then, "headers": {"Retry-After": f"{seconds:.0f}"}}

    def serve(arrived: Arrived) -> tuple[Any, ...]:
        if len(server.requests) % 2:
            return first, {"error": {"code": "x"}}, {"Retry-After": f"{seconds:.0f}"}
        return batching(lambda _: item)(arrived)

    server.answer = serve
    policy = RetryPolicy(patience=10.0, random=lambda: 0.0)
    with GraphClient(TokenHolder.fixed("t"), url=server.url, retry=policy, sleep=naps.append) as graph:
        [reply] = graph.batch(["/users/x"])

    assert reply.error is not None
    assert sum(naps) <= 10.0 + 0.1  # a nap is shorter by what has passed


def test_a_pace_that_fails_is_raised_after_what_was_done(
    graph: GraphClient, server: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **about: Any) -> None:
        if "percentage" not in about:  # of items, and not of the request that carried them
            raise ZeroDivisionError

    monkeypatch.setattr(graph._core.transport.pace, "heard", broken)
    replies = []
    with pytest.raises(ZeroDivisionError):
        replies.extend(graph.batch(groups(1000), concurrency=1))

    assert len(replies) == sent(server) == 20


# -- left early, or never begun -------------------------------------------------------------------------------


def leave_by_close(replies: Any) -> None:
    next(replies)
    replies.close()


def leave_by_break(replies: Any) -> None:
    for _ in replies:
        break


def leave_by_exception(replies: Any) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        for _ in replies:
            raise ZeroDivisionError


LEAVE = pytest.mark.parametrize("leave", [leave_by_close, leave_by_break, leave_by_exception])


@LEAVE
def test_whoever_leaves_writes_behind_is_told_what_is_unknown(
    graph: GraphClient, server: Canned, leave: Callable[[Any], None]
) -> None:
    gate, serve = threading.Event(), batching(done)

    def stalled(arrived: Arrived) -> tuple[Any, ...]:
        if json.loads(arrived.body)["requests"][0]["body"]["displayName"] != "g0":
            gate.wait(30)
        return serve(arrived)

    server.answer = stalled
    with pytest.warns(RuntimeWarning, match="left early") as caught:  # noqa: PT031
        leave(graph.batch(groups(1000)))
        gc.collect()
    gate.set()

    assert len(caught) == 1
    [flying, answered] = map(int, re.findall(r"(\d+) writes", str(caught[0].message)))
    assert answered == 19
    assert eventually(lambda: sent(server) == 20 + flying)


@given(
    number=st.integers(0, 150),
    read=st.integers(0, 150),
    ordered=st.booleans(),
    stalled=st.sets(st.integers(0, 7)),
    writes=st.booleans(),
)
@settings(deadline=None)
def test_what_is_told_and_what_was_read_is_all_that_was_sent(
    number: int, read: int, ordered: bool, stalled: set[int], writes: bool
) -> None:
    gate, lock, arrivals = threading.Event(), threading.Lock(), itertools.count()
    serve = batching(done)

    def answer(arrived: Arrived) -> tuple[Any, ...]:
        with lock:
            place = next(arrivals)
        if place in stalled:
            gate.wait(0.05)  # long enough for others to overtake it
        return serve(arrived)

    with canned(answer) as server, GraphClient(TokenHolder.fixed("t"), url=server.url) as graph:
        requests = groups(number) if writes else (f"/users/{n}" for n in range(number))
        replies = graph.batch(requests, ordered=ordered)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            had = len(list(itertools.islice(replies, read)))
            replies.close()
        told = sum(int(n) for each in caught for n in re.findall(r"(\d+) writes", str(each.message)))
        gate.set()

        assert had == min(read, number)
        if writes:
            assert eventually(lambda: sent(server) == had + told)
        else:
            assert told == 0


@LEAVE
def test_whoever_leaves_reads_behind_is_told_nothing(graph: GraphClient, leave: Callable[[Any], None]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        leave(graph.batch(f"/users/{n}" for n in range(1000)))
        gc.collect()


@pytest.mark.parametrize(
    ("requests", "told"),
    [
        ([Request("PATCH", "/users/a", {})], True),
        (["/users/a", Request("delete", "/users/a")], True),
        (iter([Request("PATCH", "/users/a", {})]), True),
        (["/users/a", Request("GET", "/users/a")], False),
        ([], False),
    ],
    ids=["PATCH", "DELETE", "iterator", "GET", "empty"],
)
def test_a_batch_of_writes_that_nobody_reads_says_so(
    graph: GraphClient, server: Canned, requests: Any, told: bool
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        graph.batch(requests)
        gc.collect()

    assert [warning.category for warning in caught] == ([RuntimeWarning] if told else [])
    assert server.requests == []


def test_all_sends_everything_and_returns_the_replies(graph: GraphClient, server: Canned) -> None:
    assert [reply.status for reply in graph.batch(groups(45)).all()] == [201] * 45
    assert sent(server) == 45


# -- a page size is a limit -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        "/users?$top=1&$select=id",
        "/users?$select=id&$TOP=1",
        "/users?%24top=1",
        Request("GET", "/users?$top=1"),
        Request("GET", "/users", top=1),
        Request("GET", "/users", params={"$top": 1}),
    ],
    ids=repr,
)
def test_a_page_size_in_an_item_is_a_limit_as_it_is_for_get(
    graph_client: GraphClient, graph_sandbox: Sandbox, item: Any
) -> None:
    [reply] = graph_client.batch([item])

    assert len(reply.body["value"]) == 1
    assert "@odata.nextLink" in reply.body
    assert [request.path for request in graph_sandbox.requests].count("/$batch") == 1


def test_a_page_size_inside_an_expansion_limits_that_only(graph: GraphClient, server: Canned) -> None:
    link = f"{server.url}/v1.0/groups?next"
    server.answer = batching(
        lambda item: {
            "status": 200,
            "body": {"value": [1], **({} if "next" in item["url"] else {"@odata.nextLink": link})},
        }
    )
    [reply] = graph.batch(["/groups?$expand=members($top=1)"])

    assert reply.body["value"] == [1, 1]
