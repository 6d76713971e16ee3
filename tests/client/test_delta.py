"""Delta: what comes when, when the state moves, what makes it start over, and that no kill loses a change."""

from __future__ import annotations

import itertools
import json
import logging
import math
import os
import random
import re
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from canned import Arrived, Canned, canned
from disk import posix
from processes import python
from shares import FULL, sample

from leangraph import (
    BadRequest,
    ConfigurationError,
    Error,
    Gone,
    GraphClient,
    GraphError,
    RetryPolicy,
    Sandbox,
    Settings,
    TokenHolder,
    TransportError,
)
from leangraph.protocols import delta, paging

TOKEN = "canary-token"


class Log:
    """A delta function on a canned server: numbered changes, two a page; ``t<n>`` is the state after n of them."""

    def __init__(self, server: Canned, changes: int = 3) -> None:
        self.server = server
        self.changes = changes
        self.faults: dict[
            str, tuple[Any, ...]
        ] = {}  # by the token asked with, "" for the first request; used once
        server.answer = self.answer

    def answer(self, arrived: Arrived) -> tuple[Any, ...]:
        where, _, options = arrived.target.partition("?")
        token = parse_qs(options, keep_blank_values=True).get("$deltatoken", [""])[0]
        if token in self.faults:
            return self.faults.pop(token)
        begun = int(token.removeprefix("t").partition("-")[0] or 0)
        rows = [{"id": str(number)} for number in range(begun + 1, self.changes + 1)][:2]
        end = begun + len(rows)
        more = end < self.changes
        link = f"{self.server.url}{where}?$deltatoken=t{end}{'-page' if more else ''}"
        return 200, {"value": rows, "@odata.nextLink" if more else "@odata.deltaLink": link}


def client_on(server: Canned, **options: Any) -> GraphClient:
    retry = RetryPolicy(random=lambda: 0.0, max_retries=2)
    return GraphClient(TokenHolder.fixed(TOKEN), url=server.url, retry=retry, sleep=lambda _: None, **options)


@pytest.fixture(autouse=True)
def _no_page_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch nothing ahead because this machine happens to be busy."""
    monkeypatch.setattr(paging, "SLOW", math.inf)


@pytest.fixture
def elsewhere() -> Iterator[Canned]:
    with canned() as served:
        yield served


@pytest.fixture
def graph(server: Canned) -> Iterator[GraphClient]:
    with client_on(server) as client:
        yield client


@pytest.fixture
def users(server: Canned) -> Log:
    return Log(server)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "users.delta.json"


def ids(changes: Any) -> list[int]:
    return [int(change["id"]) for change in changes]


def tokens(server: Canned) -> list[str]:
    return [parse_qs(urlsplit(target).query).get("$deltatoken", [""])[0] for target in server.targets]


def refused(status: int, code: str, inner: str = "", **headers: str) -> tuple[Any, ...]:
    error: dict[str, Any] = {"code": code, "message": "start over"}
    if inner:
        error["innerError"] = {"code": inner}
    return status, {"error": error}, headers


# -- rounds -----------------------------------------------------------------------------------------------------


def test_a_first_round_brings_everything_and_the_next_only_what_changed(
    graph: GraphClient, users: Log, state: Path
) -> None:
    assert ids(graph.users.delta(state=state)) == [1, 2, 3]
    users.changes = 6
    assert ids(graph.users.delta(state=state)) == [4, 5, 6]
    assert ids(graph.users.delta(state=state)) == []


def test_options_go_with_the_first_request_only_and_headers_with_every_one(
    graph: GraphClient, users: Log, server: Canned, state: Path
) -> None:
    for _ in range(2):
        users.changes += 3
        list(graph.users.delta(state=state, select=["id", "mail"], prefer="return=minimal"))

    assert server.targets == [
        "/v1.0/users/delta?$select=id,mail",
        "/v1.0/users/delta?$deltatoken=t2-page",
        "/v1.0/users/delta?$deltatoken=t4-page",
        "/v1.0/users/delta?$deltatoken=t6",
        "/v1.0/users/delta?$deltatoken=t8-page",
    ]
    assert {seen.headers["prefer"] for seen in server.requests} == {"return=minimal"}
    assert {seen.headers["authorization"] for seen in server.requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/users", "/users/delta"),
        ("/users/", "/users/delta"),
        ("/users/delta", "/users/delta"),
        ("/users/microsoft.graph.delta()", "/users/microsoft.graph.delta()"),
        ("/users/delta()", "/users/delta()"),
        ("/users?$select=id", "/users/delta?$select=id"),
        ("/drives/1/root:/a delta:", "/drives/1/root:/a delta:/delta"),
        ("/me/drive/root/delta(token='1')", "/me/drive/root/delta(token='1')"),
        ("/me/calendarView/delta?startDateTime=1", "/me/calendarView/delta?startDateTime=1"),
    ],
)
def test_the_delta_function_may_be_named_or_not(path: str, asked: str) -> None:
    assert delta.path_of(path) == asked


def test_changes_come_as_graph_sends_them_replays_and_empty_pages_included(
    graph: GraphClient, server: Canned
) -> None:
    rows: list[list[dict[str, Any]]] = [
        [{"id": "1", "mail": None}, {"id": "2"}],
        [],
        [{"id": "1", "@removed": {"reason": "changed"}}, {"id": "g", "members@delta": [{"id": "7"}]}],
        [{"id": "f", "deleted": {"state": "deleted"}}, {"id": "2"}],
    ]

    def answer(_: Arrived) -> tuple[Any, ...]:
        number = len(server.requests)
        name = "@odata.nextLink" if number < len(rows) else "@odata.deltaLink"
        return 200, {"value": rows[number - 1], name: f"{server.url}/v1.0/x/delta?$deltatoken={number}"}

    server.answer = answer

    assert list(graph.delta("/groups")) == [row for page in rows for row in page]


def test_a_page_is_asked_for_when_it_is_needed(graph: GraphClient, users: Log, server: Canned) -> None:
    changes = graph.users.delta()
    assert server.requests == []

    walk = iter(changes)
    next(walk)
    next(walk)
    assert len(server.requests) == 1
    next(walk)
    assert len(server.requests) == 2


def test_without_a_file_the_next_iteration_goes_on_where_the_last_complete_one_ended(
    graph: GraphClient, users: Log
) -> None:
    changes = graph.users.delta()

    assert changes.link is None
    next(iter(changes))
    assert ids(changes) == [1, 2, 3]
    users.changes = 5
    assert ids(changes) == [4, 5]
    assert ids(graph.delta(changes.link or "")) == []


# -- when the state moves ---------------------------------------------------------------------------------------


def test_the_state_moves_once_the_last_change_was_dealt_with_and_not_before(
    graph: GraphClient, users: Log, state: Path
) -> None:
    walk = iter(graph.users.delta(state=state))
    for _ in range(3):
        next(walk)
        assert not state.exists()

    assert next(walk, None) is None
    assert state.exists()


def test_who_breaks_off_gets_the_same_changes_again(graph: GraphClient, users: Log, state: Path) -> None:
    list(graph.users.delta(state=state))
    users.changes = 6
    for change in graph.users.delta(state=state):
        if change["id"] == "6":
            break
    with pytest.raises(ZeroDivisionError):
        list(map(lambda change: 1 / (int(change["id"]) - 6), graph.users.delta(state=state)))  # noqa: C417

    assert ids(graph.users.delta(state=state)) == [4, 5, 6]


def test_who_stores_the_changes_first_saves_the_state_afterwards(
    graph: GraphClient, users: Log, state: Path
) -> None:
    changes = graph.users.delta(state=state, save=False)
    assert ids(changes) == [1, 2, 3]
    assert not state.exists()
    assert ids(changes) == [1, 2, 3]  # nobody said that they are stored

    changes.save()
    users.changes = 4

    assert ids(changes) == [4]
    assert ids(graph.users.delta(state=state)) == [4]


def test_there_is_nothing_to_save_before_the_end(graph: GraphClient, users: Log, state: Path) -> None:
    changes = graph.users.delta(state=state, save=False)
    next(iter(changes))
    with pytest.raises(ConfigurationError, match="not complete"):
        changes.save()
    with pytest.raises(ConfigurationError, match="no file"):
        graph.users.delta(save=False).save()
    assert not state.exists()


def test_the_link_that_a_database_would_keep_is_that_of_the_complete_round(
    graph: GraphClient, users: Log, server: Canned, state: Path
) -> None:
    changes = graph.users.delta(state=state, save=False)
    next(iter(changes))
    assert changes.link is None
    list(changes)
    assert changes.link == f"{server.url}/v1.0/users/delta?$deltatoken=t3"
    changes.save()
    assert graph.users.delta(state=state).link == changes.link


@pytest.mark.parametrize("token", ["t3", "t5-page"])
@pytest.mark.parametrize(
    "answer",
    [
        (403, {"error": {"code": "Authorization_RequestDenied"}}),
        (404, {"error": {"code": "Request_ResourceNotFound"}}),
        (429, {"error": {"code": "TooManyRequests"}}),
        (500,),
        (200, b'{"value": [', {"Content-Type": "application/json"}),
        (200, {"error": "what"}),
    ],
    ids=repr,
)
def test_a_round_that_fails_leaves_the_state_as_it_was(
    server: Canned, users: Log, state: Path, token: str, answer: tuple[Any, ...]
) -> None:
    with client_on(server) as graph:
        list(graph.users.delta(state=state))
    before = state.read_bytes()
    users.changes = 6
    users.faults = {token: answer}
    once = GraphClient(TokenHolder.fixed(TOKEN), url=server.url, retry=RetryPolicy(max_retries=0))
    with once, pytest.raises(Error):
        list(once.users.delta(state=state))
    assert state.read_bytes() == before

    assert ids(once.users.delta(state=state)) == [4, 5, 6]


@pytest.mark.parametrize(
    "link",
    [
        "http://{elsewhere}/v1.0/users/delta?$deltatoken=1",
        "http://{server}@{elsewhere}/v1.0/users/delta",
        "https://{server}/v1.0/users/delta",
        "/v1.0/users/delta",
        "",
        7,
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", ["@odata.nextLink", "@odata.deltaLink"])
def test_a_link_to_anywhere_else_is_refused_the_token_stays_and_the_state_too(
    graph: GraphClient, users: Log, server: Canned, elsewhere: Canned, state: Path, name: str, link: Any
) -> None:
    list(graph.users.delta(state=state))
    before = state.read_bytes()
    if isinstance(link, str):
        link = link.format(server=server.url[7:], elsewhere=elsewhere.url[7:])
    users.faults = {"t3": (200, {"value": [{"id": "4"}], name: link})}

    with pytest.raises(TransportError, match="token is for"):
        list(graph.users.delta(state=state))

    assert elsewhere.requests == []
    assert state.read_bytes() == before


def test_a_last_page_that_leads_nowhere_is_an_error(graph: GraphClient, users: Log, state: Path) -> None:
    users.faults = {"": (200, {"value": []})}

    with pytest.raises(TransportError, match="last page"):
        list(graph.users.delta(state=state))

    assert not state.exists()


# -- starting over ----------------------------------------------------------------------------------------------


RESETS = [
    (410, "resyncRequired", ""),
    (410, "resyncRequired", "resyncChangesApplyDifferences"),
    (410, "resyncChangesUploadDifferences", ""),
    (410, "", ""),
    (400, "syncStateNotFound", ""),
    (400, "SyncStateNotFound", "somethingDeeper"),
    (404, "SyncStateInvalid", ""),
    (409, "generalException", "resyncRequired"),
    (400, "Directory_ExpiredPageToken", ""),
    (400, "Request_UnsupportedQuery", ""),
    (400, "Request_BadRequest", ""),
]


@pytest.mark.parametrize(("status", "code", "inner"), RESETS)
def test_a_reset_brings_everything_and_says_so_with_the_first_change(
    graph: GraphClient, users: Log, server: Canned, state: Path, status: int, code: str, inner: str
) -> None:
    list(graph.users.delta(state=state, select="id"))
    users.changes = 4
    users.faults = {"t3": refused(status, code, inner)}
    changes = graph.users.delta(state=state, select="id")

    walk = iter(changes)
    first = next(walk)

    assert (changes.resynced, changes.resync) == (True, inner or code or "resyncRequired")
    assert ids([first, *walk]) == [1, 2, 3, 4]
    assert server.targets[-2] == "/v1.0/users/delta?$select=id"
    users.changes = 5
    assert ids(changes) == [5]
    assert not changes.resynced


@pytest.mark.parametrize(
    "location",
    [
        "{server}/v1.0/users/delta?$select=id&$deltatoken=",
        "{server}/v1.0/users/delta?$deltaToken=&%24select=id",
        "/v1.0/users/delta?$select=id&$deltatoken=",
        "/users/delta?$select=id&$deltatoken=",
        "users/delta?$select=id&$deltatoken=",
    ],
)
def test_a_reset_starts_over_where_graph_says(
    graph: GraphClient, users: Log, server: Canned, state: Path, location: str
) -> None:
    list(graph.users.delta(state=state, select="id"))
    users.faults = {"t3": refused(410, "resyncRequired", location=location.format(server=server.url))}

    assert ids(graph.users.delta(state=state, select="id")) == [1, 2, 3]
    assert server.targets[-2].startswith("/v1.0/users/delta?")
    assert "oken=" in server.targets[-2]


def test_a_new_start_that_forgets_our_options_is_made_with_them(
    graph: GraphClient, users: Log, server: Canned, state: Path
) -> None:
    list(graph.users.delta(state=state, select="id"))
    location = f"{server.url}/v1.0/users/delta?$deltatoken="
    users.faults = {"t3": refused(410, "resyncRequired", Location=location)}

    list(graph.users.delta(state=state, select="id"))

    assert server.targets[-2] == "/v1.0/users/delta?$select=id"


def test_a_new_start_elsewhere_is_refused_and_the_token_stays(
    graph: GraphClient, users: Log, elsewhere: Canned, state: Path
) -> None:
    list(graph.users.delta(state=state))
    users.faults = {"t3": refused(410, "resyncRequired", Location=f"{elsewhere.url}/v1.0/users/delta")}

    with pytest.raises(TransportError, match="token is for"):
        list(graph.users.delta(state=state))

    assert elsewhere.requests == []


def test_a_request_that_graph_does_not_understand_is_no_reset(
    graph: GraphClient, users: Log, server: Canned, state: Path
) -> None:
    users.faults = {"": refused(400, "Request_UnsupportedQuery")}
    with pytest.raises(BadRequest):
        list(graph.users.delta(state=state, orderby="id"))
    assert len(server.requests) == 1

    users.changes = 2
    list(graph.users.delta(state=state))
    users.changes = 5
    users.faults = {"t4-page": refused(400, "Request_UnsupportedQuery")}
    with pytest.raises(BadRequest):
        list(graph.users.delta(state=state))
    assert ids(graph.users.delta(state=state)) == [3, 4, 5]


def test_a_second_reset_in_a_round_is_an_error(
    graph: GraphClient, users: Log, server: Canned, state: Path
) -> None:
    list(graph.users.delta(state=state))
    before = state.read_bytes()
    users.faults = {"t3": refused(410, "resyncRequired"), "t2-page": refused(410, "resyncRequired")}

    with pytest.raises(Gone):
        list(graph.users.delta(state=state))

    assert state.read_bytes() == before


def test_a_page_token_that_expires_repeats_the_round_and_is_no_reset(
    graph: GraphClient, users: Log, server: Canned, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    list(graph.users.delta(state=state))
    users.changes = 6
    users.faults = {"t5-page": refused(400, "Directory_ExpiredPageToken")}
    changes = graph.users.delta(state=state)

    assert ids(changes) == [4, 5, 4, 5, 6]
    assert not changes.resynced
    assert tokens(server)[-4:] == ["t3", "t5-page", "t3", "t5-page"]
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        "this round again: Directory_ExpiredPageToken"
    ]


def test_a_page_token_that_always_expires_is_an_error(graph: GraphClient, users: Log, state: Path) -> None:
    def answer(arrived: Arrived) -> tuple[Any, ...]:
        if "page" in arrived.target:
            return refused(400, "Directory_ExpiredPageToken")
        return Log.answer(users, arrived)

    users.server.answer = answer

    with pytest.raises(GraphError, match="start again"):
        list(graph.users.delta(state=state))
    assert not state.exists()


def test_a_reset_amid_a_round_turns_the_flag_before_everything_comes(
    graph: GraphClient, users: Log, state: Path
) -> None:
    list(graph.users.delta(state=state))
    users.changes = 6
    users.faults = {"t5-page": refused(400, "SyncStateNotFound")}
    changes = graph.users.delta(state=state)

    assert [(int(change["id"]), changes.resynced) for change in changes] == [
        (4, False),
        (5, False),
        *((number, True) for number in range(1, 7)),
    ]


def test_a_reset_is_in_the_log(
    graph: GraphClient, users: Log, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    list(graph.users.delta(state=state))
    users.faults = {"t3": refused(410, "resyncRequired")}
    with caplog.at_level(logging.WARNING, "leangraph"):
        list(graph.users.delta(state=state))
        list(graph.users.delta(state=state, select="id"))

    assert [record.getMessage() for record in caplog.records] == [
        "<Delta of /v1.0/users/delta>: everything comes again: resyncRequired",
        f"<Delta of /v1.0/users/delta>: everything comes again: {state.resolve()} does not fit: options changed",
    ]


def test_a_link_of_ones_own_that_is_gone_is_an_error(graph: GraphClient, users: Log, server: Canned) -> None:
    server.answer = lambda _: refused(410, "resyncRequired")

    with pytest.raises(Gone):
        list(graph.delta(f"{server.url}/v1.0/users/delta?$deltatoken=t3"))


# -- from now on ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "option"),
    [
        ("/users", "$deltatoken=latest"),
        ("/groups?$select=id", "$deltatoken=latest"),
        ("/drives/1/root", "token=latest"),
        ("/users/ada@contoso.com/drive/root", "token=latest"),
        ("/sites", "token=latest"),
        ("/sites/1/lists/2/items", "token=latest"),
    ],
)
def test_latest_asks_in_the_words_of_the_service(
    graph: GraphClient, server: Canned, path: str, option: str
) -> None:
    link = f"{server.url}/v1.0/there?token=1"
    server.answer = lambda _: (200, {"value": [], "@odata.deltaLink": link})

    changes = graph.delta(path)
    changes.latest()

    assert server.targets[0].partition("?")[2].split("&")[-1] == option
    assert changes.link == link


def test_latest_skips_what_is_there_and_keeps_to_save(graph: GraphClient, server: Canned, state: Path) -> None:
    link = f"{server.url}/v1.0/users/delta?$deltatoken=t3"
    server.answer = lambda _: (200, {"value": [], "@odata.deltaLink": link})
    changes = graph.users.delta(state=state, save=False)
    changes.latest()
    assert not state.exists()
    changes.save()
    Log(server, 4)

    assert ids(graph.users.delta(state=state)) == [4]


def test_latest_does_not_overwrite_what_is_no_state(graph: GraphClient, server: Canned, state: Path) -> None:
    state.write_bytes(b"my diary")

    with pytest.raises(ConfigurationError):
        graph.users.delta(state=state).latest()

    assert state.read_bytes() == b"my diary"
    assert server.requests == []


# -- the file ---------------------------------------------------------------------------------------------------


def change_of(part: str) -> dict[str, Any]:
    """Return the arguments of a second run that differ in one part from the first."""
    first: dict[str, Any] = {"path": "/users", "select": ["id"], "headers": {"Prefer": "odata.maxpagesize=5"}}
    other = {
        "path": {"path": "/groups"},
        "version": {"path": "/beta/users"},
        "select": {"select": ["id", "mail"]},
        "no select": {"select": None},
        "filter": {"filter": "id eq '1'"},
        "prefer": {"headers": {"Prefer": 'IdType="ImmutableId"'}},
    }
    return {**first, **other.get(part, {})}


@pytest.mark.parametrize("part", ["path", "version", "select", "no select", "filter", "prefer"])
def test_a_state_of_something_else_starts_over(
    graph: GraphClient, users: Log, server: Canned, state: Path, part: str
) -> None:
    list(graph.delta(state=state, **change_of("")))
    changes = graph.delta(state=state, **change_of(part))

    assert ids(changes) == [1, 2, 3]
    assert (changes.resynced, changes.resync) == (True, "state")
    assert ids(graph.delta(state=state, **change_of(part))) == []


def test_a_state_fits_whatever_does_not_change_the_rows(graph: GraphClient, users: Log, state: Path) -> None:
    list(graph.users.delta(state=state, select=["id"], top=5, headers={"Prefer": "odata.maxpagesize=5"}))
    changes = graph.users.delta(state=state, params={"$top": "5", "$select": "id"}, prefer="return=minimal")

    assert (ids(changes), changes.resynced) == ([], False)


@pytest.mark.parametrize("other", ["00000000-0000-0000-0000-00000000000b", None])
def test_a_state_of_another_tenant_starts_over(server: Canned, users: Log, state: Path, other: str | None) -> None:
    def client(tenant: str | None) -> GraphClient:
        if tenant is None:
            return client_on(server)
        secret = {"client_id": "app", "client_secret": "canary-secret"}
        settings = Settings(_env_file=None, tenant_id=tenant, url=server.url, **secret)
        return client_on(server, settings=settings)

    with client("00000000-0000-0000-0000-00000000000a") as graph:
        list(graph.users.delta(state=state))
        assert ids(graph.users.delta(state=state)) == []
    with client(other) as graph:
        changes = graph.users.delta(state=state)
        assert (ids(changes), changes.resync) == ([1, 2, 3], "state")


def test_a_state_of_another_origin_starts_over(
    graph: GraphClient, users: Log, elsewhere: Canned, state: Path
) -> None:
    list(graph.users.delta(state=state))
    Log(elsewhere)
    with client_on(elsewhere) as other:
        changes = other.users.delta(state=state)
        assert (ids(changes), changes.resync) == ([1, 2, 3], "state")


def test_an_empty_file_starts_over_and_says_so(graph: GraphClient, users: Log, state: Path) -> None:
    state.touch()
    changes = graph.users.delta(state=state)

    assert (ids(changes), changes.resynced) == ([1, 2, 3], True)


def damaged(content: bytes) -> list[bytes]:
    whole = json.loads(content)
    parts: list[Any] = [
        {**whole, "kind": "something else"},
        {**whole, "deltaLink": None},
        {**whole, "deltaLink": ["x"]},
        {**whole, "of": None},
        [whole],
        "text",
        {},
    ]
    return [content[: len(content) // 2], b"my diary", b"\xff\xfe\x00", b"[" * 100_000] + [
        json.dumps(part).encode() for part in parts
    ]


def test_a_file_that_is_no_state_is_left_alone_and_nothing_is_sent(
    graph: GraphClient, users: Log, server: Canned, state: Path
) -> None:
    list(graph.users.delta(state=state))
    server.requests.clear()
    for content in damaged(state.read_bytes()):
        state.write_bytes(content)
        with pytest.raises(ConfigurationError, match=r"users\.delta\.json is not a delta state.*delete it"):
            list(graph.users.delta(state=state))
        assert state.read_bytes() == content
    assert server.requests == []


def test_a_state_that_leads_elsewhere_is_refused_and_nothing_is_sent(
    graph: GraphClient, users: Log, server: Canned, elsewhere: Canned, state: Path
) -> None:
    list(graph.users.delta(state=state))
    server.requests.clear()
    text = state.read_text(encoding="utf-8")
    state.write_text(text.replace(f'"{server.url}/v1.0', f'"{elsewhere.url}/v1.0'), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1.*delete it"):
        list(graph.users.delta(state=state))

    assert [*server.requests, *elsewhere.requests] == []


@pytest.mark.parametrize("place", ["no/such/dir/x.json", "file/x.json", "dir"])
def test_a_place_that_cannot_hold_a_state_shows_before_anything_is_sent(
    graph: GraphClient, server: Canned, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dir").mkdir()

    for begin in (list, lambda changes: changes.latest()):
        with pytest.raises(ConfigurationError, match="the state"):
            begin(graph.users.delta(state=tmp_path / place))

    assert server.requests == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dir", "file"]


@pytest.mark.parametrize("what", ["directory", "file"])
def test_a_state_that_may_not_be_written_shows_before_anything_is_sent(
    graph: GraphClient, server: Canned, users: Log, state: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    list(graph.users.delta(state=state))
    server.requests.clear()
    if what == "file":  # root may write anywhere: the answer of the system is all that can be changed here
        monkeypatch.setattr(os, "access", lambda *_: False)
    else:

        def claim(*_: Any) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("leangraph.system.files._claim", claim)

    with pytest.raises(ConfigurationError, match="cannot be written"):
        list(graph.users.delta(state=state))

    assert server.requests == []


def test_a_state_that_cannot_be_written_in_the_end_says_that_all_comes_again(
    graph: GraphClient, users: Log, tmp_path: Path
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    walk = iter(graph.users.delta(state=folder / "x.json"))
    assert [next(walk)["id"] for _ in range(3)] == ["1", "2", "3"]
    folder.rmdir()
    with pytest.raises(Error, match="will bring them again") as caught:
        next(walk)

    assert not isinstance(caught.value, ConfigurationError)
    folder.mkdir()
    assert ids(graph.users.delta(state=folder / "x.json")) == [1, 2, 3]


@posix
def test_only_its_owner_can_read_the_state(graph: GraphClient, users: Log, state: Path) -> None:
    old = os.umask(0)
    try:
        for _ in range(2):
            list(graph.users.delta(state=state))
            assert stat.S_IMODE(state.stat().st_mode) == 0o600
            state.chmod(0o644)
    finally:
        os.umask(old)


def test_the_state_holds_the_link_and_what_it_is_for_and_no_secret(
    graph: GraphClient, users: Log, server: Canned, state: Path
) -> None:
    list(graph.users.delta(state=state, select=["id"]))

    assert json.loads(state.read_bytes()) == {
        "kind": "leangraph delta state 1",
        "of": {
            "origin": server.url,
            "tenant": "",
            "path": "/v1.0/users/delta",
            "options": "$select=id",
            "prefer": "",
        },
        "deltaLink": f"{server.url}/v1.0/users/delta?$deltatoken=t3",
    }
    assert [path.name for path in state.parent.iterdir()] == [state.name]


def test_a_state_is_on_the_disk_before_it_takes_the_place_of_the_old_one(
    graph: GraphClient, users: Log, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(number: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else f"{os.fstat(number).st_size} bytes")
        fsync(number)

    def replaced(new: Path, old: Path) -> Path:
        steps.append("replace")
        return replace(new, old)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    list(graph.users.delta(state=state))

    assert steps == [f"{state.stat().st_size} bytes", "replace", *(["folder"] if os.name == "posix" else [])]


def test_a_state_behind_a_link_stays_behind_it(graph: GraphClient, users: Log, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir()
    link = tmp_path / "state.json"
    try:
        link.symlink_to(volume / "real.json")
    except OSError:  # Windows asks for a privilege
        pytest.skip("this system makes no symbolic links for us")

    list(graph.users.delta(state=str(link)))
    assert ids(graph.users.delta(state=str(link))) == []

    assert link.is_symlink()
    assert (volume / "real.json").exists()


# -- on a tenant ------------------------------------------------------------------------------------------------


DAY = 86_400


def everybody(graph: GraphClient) -> list[str]:
    return sorted(user["id"] for user in graph.users.list(select="id"))


@pytest.mark.parametrize("page", range(5))
@pytest.mark.parametrize(
    "trouble",
    [
        {"truncate": True},
        {"reset": "before"},
        {"reset": "after"},
        {"status": 401},
        {"status": 429, "retry_after": 2.5},
        {"status": 503},
        {"status": 504, "html": True},
    ],
    ids=repr,
)
def test_trouble_at_any_page_loses_and_doubles_nothing(
    graph_client: GraphClient, graph_sandbox: Sandbox, state: Path, page: int, trouble: dict[str, Any]
) -> None:
    graph_sandbox.page_size = 10
    graph_sandbox.fail("GET", "/users/delta", after=page, **trouble)

    found = [change["id"] for change in graph_client.users.delta(state=state)]

    assert graph_sandbox.pending_faults == 0
    assert sorted(found) == everybody(graph_client)
    assert list(graph_client.users.delta(state=state)) == []


def test_a_token_that_is_revoked_amid_a_round_is_renewed_once(
    graph_client: GraphClient, graph_sandbox: Sandbox, state: Path
) -> None:
    graph_sandbox.page_size = 10
    found = []
    for number, change in enumerate(graph_client.users.delta(state=state)):
        found.append(change["id"])
        if number == 15:
            graph_sandbox.revoke_tokens()

    assert sorted(found) == everybody(graph_client)
    assert graph_sandbox.token_requests == 2


@pytest.mark.parametrize(
    ("expire", "resync"),
    [
        (lambda sandbox: sandbox.expire_delta_tokens(), "resyncRequired"),
        (lambda sandbox: sandbox.expire_delta_tokens(location=False), "resyncRequired"),
        (
            lambda sandbox: sandbox.expire_delta_tokens(
                status=400, code="Request_UnsupportedQuery", location=False
            ),
            "Request_UnsupportedQuery",
        ),
        (lambda sandbox: sandbox.advance(8 * DAY), "syncStateNotFound"),
    ],
    ids=["410 with Location", "410", "400", "seven days"],
)
def test_a_token_that_expired_brings_everything_with_the_same_options(
    graph_client: GraphClient, graph_sandbox: Sandbox, state: Path, expire: Callable[[Sandbox], None], resync: str
) -> None:
    list(graph_client.users.delta(state=state, select=["displayName"]))
    expire(graph_sandbox)
    changes = graph_client.users.delta(state=state, select=["displayName"])

    found = list(changes)

    assert changes.resync == resync
    assert sorted(change["id"] for change in found) == everybody(graph_client)
    assert {frozenset(change) for change in found} == {frozenset({"id", "displayName"})}


def test_pages_that_expire_amid_a_round_bring_it_again(
    graph_client: GraphClient, graph_sandbox: Sandbox, state: Path
) -> None:
    graph_sandbox.page_size = 20
    changes = graph_client.users.delta(state=state)
    walk = iter(changes)
    found = [next(walk)["id"] for _ in range(15)]
    graph_sandbox.advance(8 * DAY)

    found += [change["id"] for change in walk]

    assert len(found) == 20 + 50
    assert sorted(found[20:]) == everybody(graph_client)
    assert list(graph_client.users.delta(state=state)) == []


def test_latest_brings_what_comes_after_it(graph_client: GraphClient, graph_sandbox: Sandbox, state: Path) -> None:
    changes = graph_client.users.delta(state=state, select="displayName")
    changes.latest()
    assert list(changes) == []

    new = graph_sandbox.add_user(displayName="Ada")

    assert list(changes) == [{"id": new["id"], "displayName": "Ada"}]


def test_who_left_a_group_is_marked_as_removed(graph_client: GraphClient, state: Path) -> None:
    group = graph_client.groups.post(
        {"displayName": "New", "mailEnabled": False, "mailNickname": "new", "securityEnabled": True}
    )["id"]
    one, two = everybody(graph_client)[:2]
    list(graph_client.groups.delta(state=state))
    graph_client.groups[group].members.add([one, two])
    graph_client.groups[group].members.remove(two)

    [change] = graph_client.groups.delta(state=state)

    assert {member["id"]: "@removed" in member for member in change["members@delta"]} == {one: False, two: True}


@pytest.mark.parametrize("code", ["resyncChangesApplyDifferences", "resyncChangesUploadDifferences"])
def test_a_drive_is_followed_by_its_own_rules(
    graph_client: GraphClient, graph_sandbox: Sandbox, state: Path, code: str
) -> None:
    root = graph_client.users[everybody(graph_client)[0]].drive.root
    changes = root.delta(state=state)
    changes.latest()
    file = (root / ":/a file.txt:" / "content").put(data=b"text", headers={"Content-Type": "text/plain"})
    assert [change["name"] for change in changes if "file" in change] == ["a file.txt"]

    graph_client.delete(f"/drives/{file['parentReference']['driveId']}/items/{file['id']}")
    assert [change["id"] for change in changes if "deleted" in change] == [file["id"]]

    graph_sandbox.expire_delta_tokens(code=code)
    assert [change["name"] for change in changes] == ["root"]
    assert changes.resync == code


def test_the_examples_of_the_page_run(
    graph_client: GraphClient, graph_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text(encoding="utf-8")
    section = page.partition("## Changes since the last run\n")[2].partition("\n## ")[0]
    follow, begin = re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    space: dict[str, Any] = {"graph": graph_client}

    exec(follow, space)
    assert sorted(space["table"]) == everybody(graph_client)
    exec(begin, space)
    new = graph_sandbox.add_user(displayName="Ada")
    exec(begin, space)
    assert [change["id"] for change in space["changes"]] == [new["id"]]


class Copy:
    """A script's own table of users, kept by delta."""

    def __init__(self, graph: GraphClient, state: Path) -> None:
        self.graph, self.state = graph, state
        self.rows: dict[str, Any] = {}

    def follow(self, until: int | None = None) -> None:
        """Apply the changes; break off after so many."""
        changes = self.graph.users.delta(state=self.state, select=["displayName"])
        fresh = False
        for number, change in enumerate(changes):
            if number == until:
                return
            if changes.resynced and not fresh:  # what does not come now no longer exists
                self.rows.clear()
                fresh = True
            if "@removed" in change:
                self.rows.pop(change["id"], None)
            else:
                self.rows[change["id"]] = change["displayName"]


@pytest.mark.parametrize("seed", range(6) if FULL else (1, 4))
def test_whatever_happens_the_copy_ends_up_like_the_tenant(
    graph_client: GraphClient, graph_sandbox: Sandbox, state: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    if seed >= 3:
        monkeypatch.setattr(paging, "SLOW", -1)  # the next page is always fetched ahead
    copy = Copy(graph_client, state)
    graph_sandbox.page_size = 7
    graph_sandbox.empty_pages = bool(seed % 2)
    for step in range(61):
        there = everybody(graph_client)
        who = graph_client.users[chance.choice(there)]
        match chance.randrange(9) if step < 60 else 8:
            case 0 | 1:
                graph_sandbox.add_user(displayName=f"new {step}")
            case 2 | 3:
                who.patch({"displayName": f"renamed {step}"})
            case 4:
                who.delete()
            case 5:
                copy.follow(until=chance.randrange(12))
            case 6:
                chance.choice([lambda: graph_sandbox.advance(8 * DAY), graph_sandbox.expire_delta_tokens])()
            case 7:
                kind = chance.choice([{"truncate": True}, {"reset": "after"}, {"status": 503}])
                graph_sandbox.fail("GET", "/users/delta", after=chance.randrange(4), **kind)
            case 8:
                copy.follow()
                now = {user["id"]: user["displayName"] for user in graph_client.users.list()}
                assert copy.rows == now


# -- kill -9 ----------------------------------------------------------------------------------------------------


CHILD = """
import os, pathlib, signal, sys
from leangraph import GraphClient, TokenHolder
from leangraph.system import files

url, state, stored, point = sys.argv[1:]

def die(*_, **__):
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

def fatal(owner, name, after=False):
    real = getattr(owner, name)
    def call(*arguments, **named):
        if after:
            real(*arguments, **named)
        die()
    setattr(owner, name, call)

def arm():
    if point == "new":
        fatal(files, "_claim", after=True)
    elif point == "sync":
        fatal(os, "fsync")
    elif point == "synced":
        fatal(os, "fsync", after=True)
    elif point == "replaced":
        fatal(pathlib.Path, "replace", after=True)

with GraphClient(TokenHolder.fixed("canary-token"), url=url) as graph, open(stored, "ab", buffering=0) as file:
    for change in graph.users.delta(state=state):
        if point == f"before {change['id']}":
            die()
        file.write(f"{change['id']}\\n".encode())
        if point == f"after {change['id']}":
            die()
        arm()
"""


POINTS = ("before 7", "after 7", "before 9", "after 9", "new", "sync", "synced", "replaced")


@pytest.mark.parametrize(("first", "point"), sample([*itertools.product((True, False), POINTS)], 9))
def test_a_kill_at_any_point_loses_no_change(
    graph: GraphClient, users: Log, state: Path, point: str, first: bool
) -> None:
    stored = state.with_name("stored")

    def follow() -> None:
        with stored.open("ab", buffering=0) as file:
            for change in graph.users.delta(state=state):
                file.write(f"{change['id']}\n".encode())

    if not first:
        users.changes = 4
        follow()
    users.changes = 9
    killed = python("-c", CHILD, users.server.url, state, stored, point)
    assert killed.returncode == (-signal.SIGKILL if os.name == "posix" else signal.SIGTERM), killed.stderr
    users.changes = 10
    follow()

    assert {int(line) for line in stored.read_text(encoding="utf-8").split()} == set(range(1, 11))
    if point == "replaced":  # from there on it counts
        assert stored.read_text(encoding="utf-8").split()[-2:] == ["9", "10"]
