"""``graph.batch``: any number of requests in twenties, each with a life of its own."""

from __future__ import annotations

import base64
import gc
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from canned import Arrived, Canned, canned
from processes import LIMIT

from leangraph import (
    BadRequest,
    ConfigurationError,
    GraphClient,
    NotFound,
    Request,
    Sandbox,
    ServiceError,
    Throttled,
    TokenHolder,
    TransportError,
)

GROUP = Request("POST", "/groups", {}, id="g")
OWNER = Request("POST", "/groups/x/owners/$ref", {}, depends_on="g")
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def batching(answer: Answer) -> Callable[[Arrived], tuple[Any, ...]]:
    """Serve ``$batch``: ``answer`` makes a reply of each item; they come back in reverse."""

    def serve(arrived: Arrived) -> tuple[Any, ...]:
        if not arrived.target.endswith("/$batch"):
            return 200, answer({"method": arrived.method, "url": arrived.target.partition("/v1.0")[2]}).get("body")
        items = json.loads(arrived.body)["requests"]
        return 200, {"responses": [{"id": item["id"], **answer(item)} for item in reversed(items)]}

    return serve


def echo(item: dict[str, Any]) -> dict[str, Any]:
    return {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"url": item["url"]}}


@pytest.fixture
def server() -> Iterator[Canned]:
    with canned(batching(echo)) as served:
        yield served


def chunks(server: Canned) -> list[list[dict[str, Any]]]:
    return [json.loads(each.body)["requests"] for each in server.requests if each.target.endswith("/$batch")]


def sent(server: Canned) -> list[str]:
    return [item["url"] for chunk in chunks(server) for item in chunk]


# --- order, number, laziness


@pytest.mark.parametrize("number", [0, 1, 19, 20, 21, 399, 1000])
def test_every_request_gets_its_reply_in_the_order_of_the_input(
    graph: GraphClient, server: Canned, number: int
) -> None:
    replies = list(graph.batch(graph.users[n] for n in range(number)))

    assert [reply.body["url"] for reply in replies] == [f"/users/{n}" for n in range(number)]
    assert all(len(chunk) <= 20 for chunk in chunks(server))
    assert len(chunks(server)) == -(-number // 20)


def test_replies_may_come_as_they_come(graph: GraphClient, server: Canned) -> None:
    hold = threading.Event()

    def slow(item: dict[str, Any]) -> dict[str, Any]:
        if item["url"] == "/users/0":
            hold.wait(LIMIT)
        return echo(item)

    server.answer = batching(slow)
    replies = graph.batch((graph.users[n] for n in range(60)), ordered=False)

    first = next(replies).body["url"]
    hold.set()

    assert first != "/users/0"
    assert {first, *(reply.body["url"] for reply in replies)} == {f"/users/{n}" for n in range(60)}


def test_each_reply_knows_its_request(graph: GraphClient) -> None:
    requests = [graph.users["a"], Request("GET", "/users/b"), "/users/c"]

    assert [reply.request for reply in graph.batch(requests)] == requests


def test_an_endless_input_is_read_no_further_than_needed(graph: GraphClient) -> None:
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        for n in itertools.count():
            read = n
            yield f"/users/{n}"

    replies = graph.batch(endless())

    assert [next(replies).body["url"] for _ in range(100)] == [f"/users/{n}" for n in range(100)]
    replies.close()
    assert read < 1000


def test_nothing_is_sent_before_the_first_reply_is_asked_for(graph: GraphClient, server: Canned) -> None:
    graph.batch(["/users/a"])

    assert server.requests == []


def test_requests_and_replies_do_not_pile_up(graph: GraphClient) -> None:
    alive = 0
    for number, _ in enumerate(graph.batch(f"/users/{n}" for n in range(4000))):
        if number % 500 == 499:
            alive = max(alive, sum(isinstance(each, Request) for each in gc.get_objects()))

    assert 0 < alive < 1000


def test_the_threads_end_with_the_batch(graph: GraphClient) -> None:
    def crew() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "leangraph-batch"]

    list(graph.batch(f"/users/{n}" for n in range(200)))
    early = graph.batch(f"/users/{n}" for n in itertools.count())
    next(early)
    early.close()
    for thread in crew():
        thread.join(LIMIT)

    assert crew() == []


def test_an_input_that_fails_fails_where_it_is_iterated(graph: GraphClient) -> None:
    def broken() -> Iterator[str]:
        yield "/users/a"
        raise KeyError("the spreadsheet")

    with pytest.raises(KeyError, match="spreadsheet"):
        list(graph.batch(broken()))


def test_several_batches_are_in_flight_and_no_more_than_asked_for(graph: GraphClient, server: Canned) -> None:
    lock, together, most = threading.Lock(), 0, 0
    gate = threading.Barrier(3, timeout=LIMIT)
    serve = batching(echo)

    def busy(arrived: Arrived) -> tuple[Any, ...]:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        gate.wait()
        with lock:
            together -= 1
        return serve(arrived)

    server.answer = busy

    assert len(list(graph.batch((f"/users/{n}" for n in range(180)), concurrency=3))) == 180
    assert most == 3


@pytest.mark.parametrize("number", [0, -1, 1.5, True, None])
def test_a_concurrency_that_is_no_number_of_batches_is_refused(graph: GraphClient, number: Any) -> None:
    with pytest.raises(ConfigurationError, match="concurrency="):
        graph.batch([], concurrency=number)


# --- what an item says


def test_an_item_is_written_as_graph_wants_it(graph: GraphClient, server: Canned) -> None:
    requests = [
        Request("GET", graph.users, select=["id", "mail"], filter="endswith(mail,'x')"),
        Request("PATCH", "/users/a b", {"jobTitle": None}, headers={"If-Match": "*"}),
        Request("put", "/me/photo/$value", data=b"\xff\xfe?", headers={"content-type": "image/png"}),
        Request("PUT", "/x", data=b"text", headers={"Content-Type": "text/plain"}),
        Request("POST", "/users/a/revokeSignInSessions", {}),
        Request("DELETE", "/users/a"),
    ]
    list(graph.batch(requests))

    assert chunks(server) == [
        [
            {
                "id": "1",
                "method": "GET",
                "url": "/users?$select=id,mail&$filter=endswith(mail,'x')&$count=true",
                "headers": {"ConsistencyLevel": "eventual"},
            },
            {
                "id": "2",
                "method": "PATCH",
                "url": "/users/a%20b",
                "headers": {"If-Match": "*", "Content-Type": "application/json"},
                "body": {"jobTitle": None},
            },
            {
                "id": "3",
                "method": "PUT",
                "url": "/me/photo/$value",
                "headers": {"content-type": "image/png"},
                "body": base64.urlsafe_b64encode(b"\xff\xfe?").decode(),
            },
            {
                "id": "4",
                "method": "PUT",
                "url": "/x",
                "headers": {"Content-Type": "text/plain"},
                "body": "text",
            },
            {
                "id": "5",
                "method": "POST",
                "url": "/users/a/revokeSignInSessions",
                "headers": {"Content-Type": "application/json"},
                "body": {},
            },
            {"id": "6", "method": "DELETE", "url": "/users/a"},
        ]
    ]


def test_versions_do_not_share_a_batch(graph: GraphClient, server: Canned) -> None:
    replies = list(graph.batch(["/users/a", "/beta/users/b", "/users/c"]))

    assert [reply.body["url"] for reply in replies] == ["/users/a", "/users/b", "/users/c"]
    assert sorted(target for target in server.targets) == ["/beta/$batch", "/v1.0/$batch"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (7, "takes addresses and Request"),
        (None, "takes addresses and Request"),
        (b"/users", "takes addresses and Request"),
        ("https://elsewhere.example/v1.0/users", "token may go"),
        (Request("GET", "/users/../me"), "dot segment"),
        (Request("POST", "/x", {}, data=b"x"), "one body"),
        (Request("DELETE", "/groups/g/members/m"), "append /\\$ref"),
        (Request("GET", "/b", id="b", depends_on="a"), "depends on 'a'"),
    ],
)
def test_what_cannot_be_sent_is_a_reply_with_an_error_and_loses_no_other(
    graph: GraphClient, server: Canned, given: Any, said: str
) -> None:
    before, failed, after = graph.batch(["/users/a", given, "/users/b"])

    assert (before.ok, after.ok) == (True, True)
    assert (failed.ok, failed.status, failed.request) == (False, None, given)
    with pytest.raises(ConfigurationError, match=said):
        raise failed.error
    assert sent(server) == ["/users/a", "/users/b"]


def test_while_read_only_reads_go_and_writes_do_not(server: Canned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPH_READ_ONLY", "1")
    with GraphClient(TokenHolder.fixed("t"), url=server.url) as graph:
        read, write = graph.batch(["/users/a", Request("DELETE", "/users/b")])

    assert read.ok
    assert isinstance(write.error, ConfigurationError)
    assert sent(server) == ["/users/a"]


@pytest.mark.parametrize("text", ["//4/", "__4_", "//4/=", "__4_="])
def test_a_body_that_is_neither_json_nor_text_is_bytes(graph: GraphClient, server: Canned, text: str) -> None:
    server.answer = batching(lambda _: {"status": 200, "headers": {"content-type": "image/png"}, "body": text})

    assert next(graph.batch(["/me/photo/$value"])).body == b"\xff\xfe\x3f"


def test_headers_of_a_reply_ignore_case_and_a_missing_body_is_none(graph: GraphClient, server: Canned) -> None:
    server.answer = batching(lambda _: {"status": 204, "headers": {"eTag": "x"}})
    reply = next(graph.batch([Request("PATCH", "/users/a", {})]))

    assert (reply.ok, reply.status, reply.body, reply.headers["ETag"], reply.error) == (True, 204, None, "x", None)


def test_a_request_shows_neither_body_nor_query() -> None:
    request = Request("patch", "/users/a?$filter=secret", {"passwordProfile": {"password": "Canary-1"}})

    assert repr(request) == "<Request PATCH /users/a>"


# --- errors and retries of single items


def failing(*statuses: int, **headers: str) -> Answer:
    """Answer every item of ``/users/bad`` with these statuses, one after another, and then 200."""
    left = list(statuses)

    def answer(item: dict[str, Any]) -> dict[str, Any]:
        if item["url"] == "/users/bad" and left:
            body = {"error": {"code": "Odd", "message": "told"}}
            return {"status": left.pop(0), "headers": headers, "body": body}
        return echo(item)

    return answer


def test_a_failure_is_told_with_its_reply_and_not_raised(graph: GraphClient, server: Canned) -> None:
    server.answer = batching(failing(404))
    replies = list(graph.batch(["/users/a", "/users/bad", "/users/c"]))

    assert [reply.status for reply in replies] == [200, 404, 200]
    assert isinstance(replies[1].error, NotFound)
    assert (replies[1].error.code, replies[1].error.path) == ("Odd", "/v1.0/users/bad")
    assert replies[1].body == {"error": {"code": "Odd", "message": "told"}}


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_refused_item_is_repeated_by_itself_after_the_time_it_was_told(
    graph: GraphClient, server: Canned, naps: list[float], method: str, status: int
) -> None:
    server.answer = batching(failing(status, **{"Retry-After": "7.5"}))
    body = None if method in ("GET", "DELETE") else {}
    replies = list(graph.batch([Request("GET", "/users/a"), Request(method, "/users/bad", body)]))

    assert [reply.ok for reply in replies] == [True, True]
    assert sent(server) == ["/users/a", "/users/bad", "/users/bad"]
    assert sum(naps) == pytest.approx(7.5, abs=0.2)


def test_items_wait_each_for_its_own_time(graph: GraphClient, server: Canned, naps: list[float]) -> None:
    waits = {"/users/x": "1", "/drives/y": "9", "/sites/z": "4"}

    def answer(item: dict[str, Any]) -> dict[str, Any]:
        wait = waits.pop(item["url"], None)
        return {"status": 429, "headers": {"Retry-After": wait}} if wait else echo(item)

    server.answer = batching(answer)
    replies = list(graph.batch(["/users/x", "/drives/y", "/sites/z"]))

    assert all(reply.ok for reply in replies)
    assert sent(server)[3:] == ["/users/x", "/sites/z", "/drives/y"]
    assert sum(naps) == pytest.approx(9, abs=0.3)


def test_an_item_is_given_up_when_patience_ends(graph: GraphClient, server: Canned, naps: list[float]) -> None:
    server.answer = batching(failing(*[429] * 9, **{"Retry-After": "301"}))
    good, bad = graph.batch(["/users/a", "/users/bad"])

    assert good.ok
    assert (bad.status, type(bad.error), naps) == (429, Throttled, [])


@pytest.mark.parametrize(("method", "number"), [("GET", 2), ("PUT", 2), ("DELETE", 2), ("PATCH", 2), ("POST", 1)])
def test_an_uncertain_item_is_repeated_only_where_that_does_no_harm(
    graph: GraphClient, server: Canned, method: str, number: int
) -> None:
    server.answer = batching(failing(500))
    body = None if method in ("GET", "DELETE") else {}
    reply = next(graph.batch([Request(method, "/users/bad", body)]))

    assert len(sent(server)) == number
    assert reply.ok == (number == 2)
    assert isinstance(reply.error, ServiceError) == (number == 1)


def test_a_patch_that_binds_is_not_repeated_and_an_idempotent_post_is(graph: GraphClient, server: Canned) -> None:
    server.answer = batching(failing(504))
    bind = Request("PATCH", "/users/bad", {"members@odata.bind": ["x"]})
    assert not next(graph.batch([bind])).ok

    server.answer = batching(failing(504))
    assert next(graph.batch([Request("POST", "/users/bad", {}, idempotent=True)])).ok


def test_an_item_without_an_answer_is_lost_and_a_read_is_repeated(graph: GraphClient, server: Canned) -> None:
    def forgetful(arrived: Arrived) -> tuple[Any, ...]:
        items = json.loads(arrived.body)["requests"]
        first = len(server.requests) == 1
        kept = [item for item in items if not (first and "lost" in item["url"])]
        return 200, {"responses": [{"id": item["id"], **echo(item)} for item in kept]}

    server.answer = forgetful
    read, write = graph.batch(["/lost/a", Request("POST", "/lost/b", {})])

    assert read.ok
    assert (write.status, type(write.error)) == (None, TransportError)
    assert sent(server) == ["/lost/a", "/lost/b", "/lost/a"]


# --- the whole batch fails


def test_a_batch_whose_answer_was_lost_repeats_its_reads_and_tells_of_its_writes(
    graph: GraphClient, server: Canned
) -> None:
    serve = batching(echo)

    def cut(arrived: Arrived) -> tuple[Any, ...]:
        if len(server.requests) == 1:
            return 200, b'{"responses": [{"id', {"Content-Type": "application/json"}
        return serve(arrived)

    server.answer = cut
    read, write, patch, other = graph.batch(
        ["/users/a", Request("POST", "/users", {}), Request("PATCH", "/users/b", {}), "/users/c"]
    )

    assert (read.ok, other.ok) == (True, True)
    for reply in (write, patch):
        assert (reply.ok, reply.status, type(reply.error)) == (False, None, TransportError)
    assert sent(server) == ["/users/a", "/users", "/users/b", "/users/c", "/users/a", "/users/c"]


@pytest.mark.parametrize("status", [500, 502, 504])
def test_an_uncertain_status_of_the_whole_is_a_lost_answer(
    graph: GraphClient, server: Canned, status: int
) -> None:
    serve = batching(echo)
    server.answer = lambda arrived: (status, b"<html>") if len(server.requests) == 1 else serve(arrived)
    read, write = graph.batch(["/users/a", Request("POST", "/users", {})])

    assert read.ok
    assert (write.status, type(write.error)) == (None, TransportError)


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_of_the_whole_is_waited_out_and_everything_is_sent_again(
    graph: GraphClient, server: Canned, naps: list[float], status: int
) -> None:
    serve = batching(echo)
    server.answer = lambda arrived: (
        (status, {}, {"Retry-After": "3"}) if len(server.requests) == 1 else serve(arrived)
    )
    replies = list(graph.batch([Request("POST", "/users", {}), "/users/a"]))

    assert [reply.ok for reply in replies] == [True, True]
    assert sum(naps) == pytest.approx(3, abs=0.2)


def test_a_batch_that_graph_does_not_understand_is_halved_until_the_one_to_blame_is_found(
    graph: GraphClient, server: Canned
) -> None:
    serve = batching(echo)

    def strict(arrived: Arrived) -> tuple[Any, ...]:
        if any("bad" in item["url"] for item in json.loads(arrived.body)["requests"]):
            return 400, {"error": {"code": "BadRequest", "message": "told"}}
        return serve(arrived)

    server.answer = strict
    replies = list(graph.batch(f"/users/{'bad' if n == 13 else n}" for n in range(20)))

    assert [n for n, reply in enumerate(replies) if not reply.ok] == [13]
    assert (replies[13].status, type(replies[13].error)) == (400, BadRequest)


def test_a_batch_without_permission_tells_every_item(graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}})
    replies = list(graph.batch(["/users/a", Request("POST", "/users", {})]))

    assert [reply.status for reply in replies] == [403, 403]
    assert len(server.requests) == 1


# --- dependencies


def test_what_depends_on_each_other_shares_a_batch(graph: GraphClient, server: Canned) -> None:
    requests: list[Any] = [f"/users/{n}" for n in range(18)]
    requests += [Request("POST", "/groups", {}, id="g"), "/users/18"]
    requests += [Request("POST", "/groups/x/members/$ref", {}, id="m", depends_on="g")]
    requests += [Request("GET", "/groups/x", depends_on=["m"])]
    requests += [f"/users/{n}" for n in range(19, 60)]
    replies = list(graph.batch(requests))

    assert len(replies) == len(requests)
    assert all(reply.ok for reply in replies)
    home = next(chunk for chunk in chunks(server) if any(item["url"] == "/groups" for item in chunk))
    ids = {item["url"]: item["id"] for item in home}
    depends = {item["url"]: item["dependsOn"] for item in home if "dependsOn" in item}
    assert depends == {
        "/groups/x/members/$ref": [ids["/groups"]],
        "/groups/x": [ids["/groups/x/members/$ref"]],
    }


def test_a_chain_of_twenty_goes_and_one_of_twenty_one_is_refused(graph: GraphClient, server: Canned) -> None:
    def chain(length: int) -> Iterator[Request]:
        for n in range(length):
            yield Request("POST", f"/x/{n}", {}, id=f"i{n}", depends_on=f"i{n - 1}" if n else ())

    assert all(reply.ok for reply in graph.batch(chain(20)))
    assert len(server.requests) == 1
    replies = list(graph.batch(chain(21)))
    assert [reply.ok for reply in replies] == [True] * 20 + [False]
    assert isinstance(replies[20].error, ConfigurationError)


def test_a_dependent_goes_along_when_what_it_needs_is_repeated(
    graph: GraphClient, server: Canned, naps: list[float]
) -> None:
    def answer(item: dict[str, Any]) -> dict[str, Any]:
        if len(server.requests) == 1:
            status = 429 if item["url"] == "/groups" else 424
            return {"status": status, "headers": {"Retry-After": "2"} if status == 429 else {}}
        return echo(item)

    server.answer = batching(answer)
    requests = [
        Request("POST", "/groups", {}, id="g"),
        Request("POST", "/groups/x/owners/$ref", {}, depends_on="g"),
    ]
    replies = list(graph.batch(requests))

    assert [reply.status for reply in replies] == [200, 200]
    assert [len(chunk) for chunk in chunks(server)] == [2, 2]
    assert chunks(server)[1][1]["dependsOn"] == [chunks(server)[1][0]["id"]]


def test_a_dependent_that_is_throttled_is_repeated_without_what_has_succeeded(
    graph: GraphClient, server: Canned
) -> None:
    def answer(item: dict[str, Any]) -> dict[str, Any]:
        if len(server.requests) == 1 and "owners" in item["url"]:
            return {"status": 429, "headers": {"Retry-After": "1"}}
        return echo(item)

    server.answer = batching(answer)
    requests = [
        Request("POST", "/groups", {}, id="g"),
        Request("POST", "/groups/x/owners/$ref", {}, depends_on="g"),
    ]

    assert [reply.status for reply in graph.batch(requests)] == [200, 200]
    assert [item["url"] for item in chunks(server)[1]] == ["/groups/x/owners/$ref"]
    assert "dependsOn" not in chunks(server)[1][0]


def test_the_dependent_of_a_failure_fails_with_it(graph: GraphClient, server: Canned) -> None:
    server.answer = batching(lambda item: {"status": 403 if item["url"] == "/groups" else 424})
    requests = [Request("POST", "/groups", {}, id="g"), Request("GET", "/groups/x", depends_on="g")]

    assert [reply.status for reply in graph.batch(requests)] == [403, 424]
    assert len(server.requests) == 1


# --- pages and redirects


def paged(item: dict[str, Any]) -> dict[str, Any]:
    number = int(item["url"].partition("page=")[2] or 0)
    link = {"@odata.nextLink": f"{paged.url}/v1.0/groups/g/members?page={number + 1}"} if number < 2 else {}
    return {"status": 200, "body": {"value": [number] * (number != 1), **link}}


def test_all_pages_come_into_one_value(graph: GraphClient, server: Canned) -> None:
    paged.url = server.url  # type: ignore[attr-defined]
    server.answer = batching(paged)
    reply = next(graph.batch([graph.groups["g"].members]))

    assert reply.body == {"value": [0, 2]}
    assert sent(server) == ["/groups/g/members", "/groups/g/members?page=1", "/groups/g/members?page=2"]


def test_who_does_not_want_all_pages_gets_the_link(graph: GraphClient, server: Canned) -> None:
    paged.url = server.url  # type: ignore[attr-defined]
    server.answer = batching(paged)
    reply = next(graph.batch([graph.groups["g"].members], follow=False))

    assert reply.body["@odata.nextLink"].endswith("page=1")
    assert len(server.requests) == 1


@pytest.mark.parametrize("link", ["https://evil.example/v1.0/x", "{url}/v1.0/users"])
def test_a_link_that_leads_astray_is_an_error_with_what_there_is(
    graph: GraphClient, server: Canned, link: str
) -> None:
    link = link.format(url=server.url)
    server.answer = batching(lambda _: {"status": 200, "body": {"value": [1], "@odata.nextLink": link}})
    reply = next(graph.batch(["/users"]))

    assert isinstance(reply.error, TransportError)
    assert reply.body["value"][0] == 1
    assert all(arrived.target == "/v1.0/$batch" for arrived in server.requests)


def test_a_redirect_is_resolved(graph: GraphClient, server: Canned) -> None:
    with canned(lambda _: (200, b"the photo")) as elsewhere:
        serve = batching(lambda _: {"status": 302, "headers": {"location": f"{elsewhere.url}/pre-authenticated"}})
        server.answer = lambda arrived: (
            serve(arrived)
            if arrived.target.endswith("$batch")
            else (302, None, {"Location": f"{elsewhere.url}/pre-authenticated"})
        )
        reply = next(graph.batch([graph.drives["d"].root / "content"]))

    assert (reply.status, reply.body) == (200, b"the photo")
    assert "authorization" not in elsewhere.requests[0].headers


# --- mailboxes


def test_at_most_four_requests_of_a_mailbox_are_in_flight(graph: GraphClient, server: Canned) -> None:
    requests = [f"/users/{name}/messages/{n}" for n in range(10) for name in ("ada@x", "Ada@X", "bob@x")]
    lock, flying, most = threading.Lock(), 0, 0
    serve = batching(echo)

    def count(arrived: Arrived) -> tuple[Any, ...]:
        nonlocal flying, most
        number = sum(item["url"].lower().startswith("/users/ada") for item in json.loads(arrived.body)["requests"])
        with lock:
            flying += number
            most = max(most, flying)
        answer = serve(arrived)
        with lock:
            flying -= number
        return answer

    server.answer = count
    replies = list(graph.batch(requests))

    assert [reply.body["url"] for reply in replies] == requests
    assert most == 4


# --- on a tenant


def test_a_tenant_answers_a_thousand_requests_in_order(graph_sandbox: Sandbox, graph_client: GraphClient) -> None:
    names = [user["userPrincipalName"] for user in graph_client.users.list()] * 20
    replies = list(graph_client.batch(graph_client.users[name] for name in names))

    assert [reply.body["userPrincipalName"] for reply in replies] == names
    assert sum(request.path == "/$batch" for request in graph_sandbox.requests) == 50


@pytest.mark.parametrize("retry_after", [2, 0.25, None])
def test_a_storm_of_429_loses_nothing_and_does_nothing_twice(
    graph_sandbox: Sandbox, graph_client: GraphClient, retry_after: float | None
) -> None:
    names = [user["userPrincipalName"] for user in graph_client.users.list()]
    graph_sandbox.fail("PATCH", "/users/*", status=429, times=37, retry_after=retry_after)
    replies = list(
        graph_client.batch(Request("PATCH", graph_client.users[name], {"jobTitle": name}) for name in names)
    )

    assert [reply.status for reply in replies] == [204] * 50
    done = [
        request.path for request in graph_sandbox.requests if request.method == "PATCH" and request.status == 204
    ]
    assert len(done) == len(set(done)) == 50
    assert {user["jobTitle"] for user in graph_client.users.list(select="jobTitle")} == set(names)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reset_loses_no_reply_and_writes_nothing_twice(
    graph_sandbox: Sandbox, graph_client: GraphClient, when: Any
) -> None:
    names = [user["userPrincipalName"] for user in graph_client.users.list()][:30]
    graph_sandbox.fail("POST", "/$batch", reset=when)
    requests = [
        Request("PATCH", graph_client.users[name], {"city": "X"}) if n % 2 else graph_client.users[name]
        for n, name in enumerate(names)
    ]
    replies = list(graph_client.batch(requests, concurrency=1))

    assert all(reply.ok for reply in replies[::2])
    lost = [reply for reply in replies if not reply.ok]
    assert 0 < len(lost) <= 10
    assert all(isinstance(reply.error, TransportError) and reply.status is None for reply in lost)
    written = [request.path for request in graph_sandbox.requests if request.method == "PATCH"]
    assert len(written) == len(set(written))


@pytest.mark.parametrize(
    ("depends", "sent_as"),
    [
        ({"b": ["a"], "c": ["b"], "d": ["c"]}, {"b": "a", "c": "b", "d": "c"}),  # each on the one before
        ({"b": ["a"], "c": ["a"], "d": ["a"]}, {"b": "a", "c": "a", "d": "a"}),  # all on the first
        ({"b": ["a"], "c": ["a", "b"], "d": ["b"]}, {"b": "a", "c": "b", "d": "c"}),  # anything else: in a row
    ],
)
def test_dependencies_are_sent_in_the_two_shapes_that_graph_takes(
    graph: GraphClient, server: Canned, depends: dict[str, list[str]], sent_as: dict[str, str]
) -> None:
    requests = [Request("POST", f"/{name}", {}, id=name, depends_on=depends.get(name, ())) for name in "abcd"]
    replies = list(graph.batch([*requests, "/users/alone"]))

    assert all(reply.ok for reply in replies)
    home = next(chunk for chunk in chunks(server) if chunk[0]["url"] == "/a")
    names = {item["id"]: item["url"][1:] for item in home}
    assert {names[item["id"]]: names[item["dependsOn"][0]] for item in home if "dependsOn" in item} == sent_as
    assert sorted(names.values()) == ["a", "b", "c", "d"]  # and nobody else


def test_who_only_stood_behind_a_failure_is_sent_again(graph: GraphClient, server: Canned) -> None:
    def serve(arrived: Arrived) -> tuple[Any, ...]:
        items, answers, failed = json.loads(arrived.body)["requests"], [], set()
        for item in items:
            bad = item["url"] == "/b" or bool(failed & set(item.get("dependsOn", [])))
            failed |= {item["id"]} if bad else set()
            status = 200 if not bad else 403 if item["url"] == "/b" else 424
            answers.append({"id": item["id"], "status": status})
        return 200, {"responses": answers}

    server.answer = serve
    depends = {"b": ["a"], "c": ["a"], "d": ["c", "a"], "e": ["b"]}
    requests = [Request("POST", f"/{name}", {}, id=name, depends_on=depends.get(name, ())) for name in "abcde"]

    assert [reply.status for reply in graph.batch(requests)] == [200, 403, 200, 200, 424]
    assert sent(server).count("/a") == sent(server).count("/b") == 1


def test_a_tenant_takes_a_chain_among_others(graph_sandbox: Sandbox, graph_client: GraphClient) -> None:
    ada, grace = "ada.lovelace@contoso.example", "grace.hopper@contoso.example"
    requests: list[Any] = [
        graph_client.users[grace],
        Request("PATCH", graph_client.users[ada], {"city": "X"}, id="1"),
        graph_client.users[grace],
        Request("PATCH", graph_client.users[ada], {"city": "Y"}, id="2", depends_on="1"),
        Request("GET", graph_client.users[ada], select="city", depends_on=["1", "2"]),
    ]
    replies = list(graph_client.batch(requests))

    assert [reply.status for reply in replies] == [200, 204, 200, 204, 200]
    assert replies[-1].body["city"] == "Y"
