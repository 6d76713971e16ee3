"""Every page of a collection, each asked for once, and the next one early where that saves time."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from operator import length_hint
from typing import Any

import pytest
from canned import Arrived, Canned, canned
from processes import LIMIT, python

from leangraph import (
    BadRequest,
    ConfigurationError,
    Error,
    GraphClient,
    NotOne,
    Pages,
    RetryPolicy,
    Sandbox,
    ServiceError,
    Settings,
    TokenHolder,
    TransportError,
    fan_out,
)
from leangraph.http.reply import Reply

ROOT = "https://graph.microsoft.com"
FIRST = f"{ROOT}/v1.0/users"


@pytest.fixture
def graph(server: Canned) -> Iterator[GraphClient]:
    policy = RetryPolicy(max_retries=0)
    with GraphClient(TokenHolder.fixed("canary-token"), url=server.url, retry=policy) as client:
        yield client


class Collection:
    """Numbers in pages, as a function from link to page; remembers who asked for what."""

    def __init__(self, *pages: list[int], slow: bool = False) -> None:
        self.pages = {
            self.link(number): self.page(number, items, len(pages)) for number, items in enumerate(pages)
        }
        self.asked: list[str] = []
        self.threads: list[str] = []
        self.now = 0.0
        self.takes = 0.021 if slow else 0.019
        self.gate = threading.Event()
        self.gate.set()

    @staticmethod
    def link(number: int) -> str:
        return f"{FIRST}?$skiptoken={number}" if number else FIRST

    def page(self, number: int, items: list[int], pages: int) -> dict[str, Any]:
        more = {"@odata.nextLink": self.link(number + 1)} if number + 1 < pages else {}
        return {**({} if number else {"@odata.count": 7}), "value": items, **more}

    def __call__(self, method: str, link: str, **_: Any) -> Reply:
        self.asked.append(link)
        self.threads.append(threading.current_thread().name)
        self.now += self.takes
        if threading.current_thread() is not threading.main_thread():
            self.gate.wait(LIMIT)
        page = self.pages[link]
        if isinstance(page, BaseException):
            raise page
        return Reply(200, {}, page)

    def list(self, **options: Any) -> Pages[int]:
        return Pages(self, FIRST, ROOT, clock=lambda: self.now, **options)


def settle() -> None:
    """Wait for every page that is being fetched ahead."""
    for thread in threading.enumerate():
        if thread.name == "leangraph-page":
            thread.join(LIMIT)


# -- on a tenant ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("empty_pages", [False, True])
@pytest.mark.parametrize("top", [1, 7, 50, 999, None])
def test_every_user_comes_once(
    graph_client: GraphClient, graph_sandbox: Sandbox, top: int | None, empty_pages: bool
) -> None:
    graph_sandbox.empty_pages = empty_pages
    ids = [user["id"] for user in graph_client.users.list(top=top, select="id")]

    assert len(ids) == len(set(ids)) == graph_sandbox.users


def test_headers_are_sent_again_with_each_page(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    headers = {"Prefer": 'IdType="ImmutableId"'}
    pages = graph_client.users.list(count=True, top=10, headers=headers)
    headers.clear()  # what the caller does with it afterwards is his own affair
    assert len(list(pages)) > 10

    seen = [request for request in graph_sandbox.requests if request.path == "/users"]
    assert len(seen) > 1
    assert {request.headers["ConsistencyLevel"] for request in seen} == {"eventual"}
    assert {request.headers["Prefer"] for request in seen} == {'IdType="ImmutableId"'}


def test_a_throttled_page_is_waited_for(
    graph_client: GraphClient, graph_sandbox: Sandbox, naps: list[float]
) -> None:
    graph_sandbox.fail("GET", "/users", status=429, retry_after=3, after=2)

    assert len(list(graph_client.users.list(top=10))) == graph_sandbox.users
    assert naps == [3.0]


def test_an_expired_page_token_says_that_the_listing_must_start_again(
    graph_client: GraphClient, graph_sandbox: Sandbox
) -> None:
    users = iter(graph_client.users.list(top=10))
    next(users)
    settle()
    graph_sandbox.advance(100_000)
    with pytest.raises(BadRequest, match="Directory_ExpiredPageToken") as caught:
        list(users)

    assert str(caught.value).count("start again") == 1


@pytest.mark.parametrize("status", [400, 410])
def test_any_page_token_that_is_refused_says_that_the_listing_must_start_again(
    graph: GraphClient, server: Canned, status: int
) -> None:
    server.answer = lambda seen: (
        (status, {"error": {"code": "Odd"}})
        if "next" in seen.target
        else (200, {"value": [1], "@odata.nextLink": f"{server.url}/next"})
    )
    got: list[int] = []
    with pytest.raises(Error, match="start again"):
        got.extend(graph.list("/x"))

    assert got == [1]
    with pytest.raises(Error) as caught:
        list(graph.list("/next"))
    assert "start again" not in str(caught.value)


# -- links ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tail",
    [
        "/v1.0/users?$skiptoken=RFNwdAIAAQAA:/+==&$top=1&%24select=id%2CdisplayName",
        "/v1.0/users?$filter=a+eq+'b%20c'&x=%C3%A4",
        "/beta/x/y(z='1')?$skip=10&$skip=20",
        "/V1.0//users?",
    ],
)
def test_a_next_link_arrives_as_it_was_given(graph: GraphClient, server: Canned, tail: str) -> None:
    server.answer = lambda seen: (
        (200, {"value": [2]})
        if len(server.requests) > 1
        else (200, {"value": [1], "@odata.nextLink": server.url + tail})
    )

    assert list(graph.list("/users", top=1)) == [1, 2]
    assert server.targets == ["/v1.0/users?$top=1", tail]
    assert server.requests[1].headers["authorization"] == "Bearer canary-token"


@pytest.mark.parametrize(
    "link",
    [
        "http://{elsewhere}/v1.0/users",
        "https://{server}/v1.0/users",
        "http://{server}@{elsewhere}/v1.0/users",
        "http://user:password@{server}/v1.0/users",
        "http://{elsewhere}\\@{server}/v1.0/users",
        "http://{server}%2f@{elsewhere}/",
        "http://{server}.evil.example/v1.0/users",
        "//{elsewhere}/v1.0/users",
        "/v1.0/users?$skiptoken=1",
        "",
        ["http://{elsewhere}/"],
        7,
    ],
    ids=repr,
)
def test_a_next_link_to_anywhere_else_is_refused_and_the_token_stays(
    graph: GraphClient, server: Canned, link: Any
) -> None:
    with canned() as elsewhere:
        if isinstance(link, str):
            link = link.format(server=server.url[7:], elsewhere=elsewhere.url[7:])
        server.answer = lambda _: (200, {"value": [1, 2], "@odata.nextLink": link})
        got: list[int] = []
        with pytest.raises(TransportError, match="not complete") as caught:
            got.extend(graph.list("/users"))

        assert got == [1, 2]  # the page itself is good
        assert elsewhere.requests == []
        assert len(server.requests) == 1
        assert "password" not in str(caught.value)
        assert list(graph.list("/users", limit=2)) == [1, 2]  # nobody needs the link


@pytest.mark.parametrize("circle", [1, 2, 3])
def test_links_in_a_circle_end_with_an_error(circle: int) -> None:
    pages = [[number] for number in range(circle)]
    collection = Collection(*pages)
    collection.pages[Collection.link(circle - 1)]["@odata.nextLink"] = FIRST
    got: list[int] = []
    with pytest.raises(TransportError, match="never ends"):
        got.extend(collection.list())

    assert got == [*range(circle)]
    assert len(collection.asked) == circle


@pytest.mark.parametrize(
    "body", [{"id": "ada"}, {"value": True}, {"value": {}}, [1], "text", None, b"<html>", 7], ids=repr
)
def test_what_is_no_page_is_an_error_and_not_an_empty_list(graph: GraphClient, server: Canned, body: Any) -> None:
    server.answer = lambda _: (200, body)

    with pytest.raises(TransportError, match=r"use get\(\)"):
        list(graph.list("/users/ada"))

    assert len(server.requests) == 1


@pytest.mark.parametrize("slow", [False, True])
def test_a_value_that_is_null_is_an_empty_page(slow: bool) -> None:
    collection = Collection([1], [2], [3], slow=slow)
    collection.pages[Collection.link(1)]["value"] = None

    assert list(collection.list()) == [1, 3]
    collection.pages[FIRST]["value"] = None
    assert collection.list().first() == 3
    assert [page["value"] for page in collection.list().pages()] == [[], [], [3]]


# -- any, first, one ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("limit", [None, 0, 1, 2, 9])
@pytest.mark.parametrize(
    "pages", [[[]], [[], []], [[1]], [[], [1]], [[1, 2]], [[1], [2]], [[], [1], [], [2]], [[1], []], [[0]]]
)
def test_first_and_one_are_what_a_list_would_say_and_ask_for_no_page_too_many(
    pages: list[list[int]], limit: int | None, slow: bool
) -> None:
    items = [item for page in pages for item in page][:limit]
    collection = Collection(*pages, slow=slow)

    assert collection.list(limit=limit).first() == (items[0] if items else None)
    assert collection.list(limit=limit).first("none") == (items[0] if items else "none")
    settle()
    first = next((number for number, page in enumerate(pages, start=1) if page), len(pages))
    assert len(collection.asked) == (2 * first if limit != 0 else 0)

    if len(items) == 1:
        assert collection.list(limit=limit).one() == items[0]
    else:
        with pytest.raises(NotOne, match="several items" if items else "no item"):
            collection.list(limit=limit).one()


def test_first_leaves_the_listing_as_it_was() -> None:
    pages = Collection([1], [2, 3]).list()

    assert pages.first() == pages.first() == 1
    assert list(pages) == [1, 2, 3]
    assert len(pages._walks) == 0


@pytest.mark.parametrize(
    ("use", "advice"),
    [
        (bool, "first"),
        (lambda pages: not pages, "first"),
        (len, "list"),
        (lambda pages: pages[0], "first"),
        (lambda pages: pages[:2], "list"),
    ],
)
def test_what_a_list_could_do_is_refused_with_what_to_write_instead(
    graph: GraphClient, server: Canned, use: Callable[[Any], Any], advice: str
) -> None:
    """``DataFrame.from_records`` wants ``len``, and ``Table.from_pylist`` a truth value and an index."""
    with pytest.raises(TypeError, match=rf"{advice}\("):
        use(graph.users.list())

    assert server.requests == []


def test_a_listing_is_an_input_like_any_other(graph_client: GraphClient, sandbox_settings: Settings) -> None:
    users = graph_client.users.list(select="id", top=7)
    results = fan_out(
        lambda graph, user: graph.users[user["id"]].get()["id"] == user["id"], users, settings=sandbox_settings
    )

    assert [result.value for result in results] == [True] * 50
    assert len(list(graph_client.batch(graph_client.users[user["id"]] for user in users))) == 50


# -- limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "asked"), [(0, 0), (1, 1), (2, 1), (3, 3), (4, 3), (5, 4), (6, 4), (99, 4), (None, 4)]
)
@pytest.mark.parametrize("slow", [False, True])
def test_a_limit_is_the_total_and_asks_for_no_page_too_many(limit: int | None, asked: int, slow: bool) -> None:
    collection = Collection([1, 2], [], [3, 4], [5], slow=slow)

    assert list(collection.list(limit=limit)) == [1, 2, 3, 4, 5][:limit]
    settle()
    assert len(collection.asked) == asked
    assert len(list(collection.list(limit=limit).pages())) == asked


def test_limit_and_top_are_two_things(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    assert len(list(graph_client.users.list(limit=12, top=5))) == 12
    settle()

    seen = [request.query.get("$top") for request in graph_sandbox.requests if request.path == "/users"]
    assert seen == ["5", "5", "5"]


@pytest.mark.parametrize("limit", [-1, True, 2.5, "5"])
def test_a_limit_that_is_no_number_of_items_is_refused(graph: GraphClient, limit: Any) -> None:
    with pytest.raises(ConfigurationError, match="limit"):
        graph.users.list(limit=limit)


# -- probing, counting, again and again -----------------------------------------------------------------------


def test_nothing_is_asked_before_the_first_item_is(graph: GraphClient, server: Canned) -> None:
    pages = graph.users.list(top=5)
    iter(pages)
    assert "/v1.0/users" in repr(pages)
    assert length_hint(pages, -1) == -1
    pages.close()

    assert server.requests == []


def test_each_iteration_starts_anew() -> None:
    collection = Collection([1], [2, 3])
    pages = collection.list()

    assert list(pages) == sorted(pages) == [*pages] == [1, 2, 3]
    assert len(collection.asked) == 6
    assert [page["value"] for page in pages.pages()] == [[1], [2, 3]]


def test_count_asks_for_the_first_page_which_is_not_asked_for_again() -> None:
    collection = Collection([1], [2, 3])
    pages = collection.list()

    assert pages.count == pages.count == 7
    assert collection.asked == [FIRST]
    assert list(pages) == [1, 2, 3]
    assert len(collection.asked) == 2
    collection.pages[FIRST]["@odata.count"] = 8
    assert list(pages) == [1, 2, 3]
    assert pages.count == 8
    assert len(collection.asked) == 4


def test_no_count_is_none_and_asks_once() -> None:
    collection = Collection([1])
    del collection.pages[FIRST]["@odata.count"]
    pages = collection.list()

    assert pages.count is None
    assert list(pages) == [1]
    assert pages.count is None
    assert len(collection.asked) == 1


def test_graph_counts_what_a_listing_would_bring(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    pages = graph_client.users.list(top=5, params={"$count": "true"})

    assert pages.count == graph_sandbox.users == len(list(pages))


# -- ahead ----------------------------------------------------------------------------------------------------


def test_a_page_is_fetched_ahead_only_after_one_has_made_us_wait() -> None:
    quick, slow = Collection([1], [2], [3]), Collection([1], [2], [3], slow=True)

    assert list(quick.list()) == list(slow.list()) == [1, 2, 3]
    assert quick.threads == ["MainThread"] * 3
    assert slow.threads == ["MainThread", "leangraph-page", "leangraph-page"]


def test_the_next_page_comes_while_this_one_is_used() -> None:
    collection = Collection([1], [2], [3], slow=True)
    items = iter(collection.list())

    assert next(items) == 1
    settle()
    assert len(collection.asked) == 2  # one ahead, not all
    assert [*items] == [2, 3]


@pytest.mark.parametrize("slow", [False, True])
def test_an_error_surfaces_where_its_page_is_needed_and_only_there(slow: bool) -> None:
    collection = Collection([1, 2], [3], slow=slow)
    collection.pages[Collection.link(1)] = ServiceError("no", status=500)
    items = iter(collection.list())

    assert [next(items), next(items)] == [1, 2]
    settle()
    with pytest.raises(ServiceError):
        next(items)
    with pytest.raises(StopIteration):
        next(items)
    assert list(collection.list(limit=2)) == [1, 2]


def leave_by_break(pages: Pages[int]) -> None:
    for _ in pages:
        break


def leave_by_exception(pages: Pages[int]) -> None:
    with pytest.raises(KeyError):  # noqa: PT012
        for _ in pages:
            raise KeyError


def leave_by_close(pages: Pages[int]) -> None:
    items = iter(pages)
    next(items)
    pages.close()
    assert list(items) == []


def leave_by_closing_the_iterator(pages: Pages[int]) -> None:
    items = iter(pages)
    next(items)
    items.close()


def leave_by_forgetting(pages: Pages[int]) -> None:
    next(iter(pages))


@pytest.mark.parametrize(
    "leave",
    [leave_by_break, leave_by_exception, leave_by_close, leave_by_closing_the_iterator, leave_by_forgetting],
)
@pytest.mark.parametrize("slow", [False, True])
def test_who_leaves_early_asks_for_nothing_more_and_waits_for_nothing(
    leave: Callable[[Pages[int]], None], slow: bool
) -> None:
    collection = Collection([1, 2], [3], [4], slow=slow)
    collection.gate.clear()  # whoever waited for the page that is being fetched would hang here
    pages = collection.list()
    leave(pages)
    gc.collect()

    assert len(pages._walks) == 0
    collection.gate.set()
    settle()
    assert len(collection.asked) == 1 + slow


def test_without_another_thread_the_page_is_fetched_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    collection = Collection([1], [2], [3], slow=True)
    monkeypatch.setattr(threading.Thread, "start", no_more)

    assert list(collection.list()) == [1, 2, 3]
    assert collection.threads == ["MainThread"] * 3


SCRIPT = """
import sys
from leangraph import GraphClient, TokenHolder
graph = GraphClient(TokenHolder.fixed("token"), url=sys.argv[1])
for item in graph.list("/users"):
    break
while len(sys.argv) > 2:  # until the server has the request for the next page
    if graph.get("/asked")["value"]:
        break
print("left with", item)
"""


def test_a_page_that_is_being_fetched_does_not_delay_the_end_of_the_process(server: Canned) -> None:
    def answer(seen: Arrived) -> tuple[Any, ...]:
        if seen.target == "/stalled":
            server.released.wait(LIMIT)
            return (200, {"value": []})
        if seen.target.endswith("/asked"):
            return (200, {"value": "/stalled" in server.targets})
        threading.Event().wait(0.05)  # slow enough for the next page to be fetched ahead
        return (200, {"value": [1], "@odata.nextLink": f"{server.url}/stalled"})

    server.answer = answer
    ended = python("-c", SCRIPT, server.url, "wait")

    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "left with 1", "")
    assert "/stalled" in server.targets


def test_many_listings_at_once_do_not_mix(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    walks = [iter(graph_client.users.list(top=7, select="id")) for _ in range(4)]
    rows = list(zip(*walks, strict=True))

    assert len(rows) == graph_sandbox.users
    assert all(len({user["id"] for user in row}) == 1 for row in rows)
