"""What ends early inside an answer: every sign of it, by every verb, is told once, or the rest is brought."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from processes import python

from leangraph import GraphClient, Request, RetryPolicy, Sandbox, Settings, TransportError
from leangraph.cli import main
from leangraph.cli.sync import sync

NAME = "leangraph.completeness"
A, B, C = {"id": "a"}, {"id": "b"}, {"id": "c"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(users=200) as tenant:
        yield tenant


@pytest.fixture
def graph(sandbox: Sandbox) -> Iterator[GraphClient]:
    sandbox.reset()
    settings = Settings.from_mapping(sandbox.env)
    with GraphClient(settings=settings, retry=RetryPolicy(max_retries=0)) as client:
        yield client
    assert sandbox.errors == []


@pytest.fixture
def group(graph: GraphClient) -> dict[str, Any]:
    """A group with more members than ``$expand`` brings."""
    return dict(graph.groups.list(filter="displayName eq 'Engineering'").one())


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == NAME]


# What one object looks like that goes on elsewhere, and where in it the rest belongs
SIGNS: dict[str, tuple[Callable[[str], dict[str, Any]], Callable[[Any], Any]]] = {
    "beside what was expanded": (
        lambda link: {"id": "1", "members": [A], "members@odata.nextLink": link},
        lambda row: row["members"],
    ),
    "without a first part": (
        lambda link: {"id": "1", "members@odata.nextLink": link},
        lambda row: [A, *row["members"]],
    ),
    "below an object": (
        lambda link: {"id": "1", "team": {"channels": [A], "channels@odata.nextLink": link}},
        lambda row: row["team"]["channels"],
    ),
    "below a list": (
        lambda link: {"id": "1", "sets": [{"id": "s"}, {"id": "t", "terms": [A], "terms@odata.nextLink": link}]},
        lambda row: row["sets"][1]["terms"],
    ),
    "a page of its own": (
        lambda link: {"id": "1", "children": {"value": [A], "@odata.nextLink": link}},
        lambda row: row["children"]["value"],
    ),
}
ROWS: dict[str, Callable[[GraphClient, bool], Any]] = {
    "list": lambda graph, follow: list(graph.list("/places/x/rooms", follow=follow))[-1],
    "first": lambda graph, follow: graph.list("/places/x/rooms", follow=follow).first(),
    "pages": lambda graph, follow: next(graph.list("/places/x/rooms", follow=follow).pages())["value"][0],
    "get a page": lambda graph, follow: graph.get("/places/x/rooms", follow=follow)["value"][0],
    "delta": lambda graph, follow: list(graph.delta("/places/x/rooms/delta", follow=follow))[-1],
    "batch a page": lambda graph, follow: (
        graph.batch(["/places/x/rooms"], follow=follow).all()[0].body["value"][0]
    ),
    "request a page": lambda graph, follow: graph.request("GET", "/places/x/rooms", follow=follow).body["value"][
        0
    ],
}
SINGLES: dict[str, Callable[[GraphClient, bool], Any]] = {
    "get": lambda graph, follow: graph.places["x"].get(follow=follow),
    "batch": lambda graph, follow: graph.batch([Request("GET", "/places/x")], follow=follow).all()[0].body,
    "post": lambda graph, follow: graph.places["x"].post({}),
    "patch": lambda graph, follow: graph.places["x"].patch({}),
}
ONLY_TOLD = {"post", "patch"}  # what they answer is given as it came


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("verb", [*ROWS, *SINGLES])
def test_what_has_a_link_to_its_rest_is_told_or_brought_whatever_the_verb(
    sandbox: Sandbox, graph: GraphClient, caplog: pytest.LogCaptureFixture, verb: str, sign: str, follow: bool
) -> None:
    written, part = SIGNS[sign]
    row = written(f"{sandbox.url}/v1.0/rest?$skiptoken=1")
    method = {"post": "POST", "patch": "PATCH"}.get(verb, "GET")
    body = row if verb in SINGLES else {"value": [row], "@odata.deltaLink": f"{sandbox.url}/v1.0/x/delta?t=1"}
    sandbox.fail(method, "/places/*", body=body)
    if follow and verb not in ONLY_TOLD:
        sandbox.fail("GET", "/rest", body={"value": [B], "@odata.nextLink": f"{sandbox.url}/v1.0/rest?t=2"})
        sandbox.fail("GET", "/rest", body={"value": [C]})

    found = (ROWS | SINGLES)[verb](graph, follow)

    if follow and verb not in ONLY_TOLD:
        assert part(found) == [A, B, C]
        assert "nextLink" not in str(found)
        assert told(caplog) == []
    else:
        assert found == row
        [line] = told(caplog)
        assert line.startswith("/v1.0/places/x")
        assert "follow=True" in line


CAPPED: dict[str, Callable[[GraphClient, str, dict[str, Any]], Any]] = {
    "list": lambda graph, id_, more: graph.groups.list(filter=f"id eq '{id_}'", expand="members", **more).one(),
    "get": lambda graph, id_, more: graph.groups[id_].get(expand="members", **more),
    "select": lambda graph, id_, more: graph.groups[id_].get(expand=["members($select=id,displayName)"], **more),
    "all": lambda graph, id_, more: graph.groups[id_].get(expand="*", **more),
    "in the path": lambda graph, id_, more: graph.get(f"/groups/{id_}?$expand=members", **more),
    "batch": lambda graph, id_, more: (
        graph.batch([Request("GET", graph.groups[id_], expand="members")], **more).all()[0].body
    ),
}


@pytest.mark.parametrize("verb", CAPPED)
def test_twenty_expanded_objects_are_told_or_all_of_them_brought(
    graph: GraphClient, group: dict[str, Any], caplog: pytest.LogCaptureFixture, verb: str
) -> None:
    everyone = {member["id"] for member in graph.groups[group["id"]].members.list(select="id")}
    assert len(everyone) > 20

    assert len(CAPPED[verb](graph, group["id"], {})["members"]) == 20

    [line] = told(caplog)
    assert "'members' inside it has 20 objects" in line
    caplog.clear()
    members = CAPPED[verb](graph, group["id"], {"follow": True})["members"]
    assert {member["id"] for member in members} == everyone
    assert told(caplog) == []
    if verb == "select":
        assert {tuple(sorted(member.keys() - {"@odata.type"})) for member in members} == {("displayName", "id")}


TWENTY = [{"id": str(number)} for number in range(20)]


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/groups?$expand=members", {"id": "1", "members": TWENTY[1:]}),
        ("/groups?$expand=members", {"id": "1", "members": [*TWENTY, A]}),
        ("/groups?$expand=members($top=20)", {"id": "1", "members": TWENTY}),  # that many were asked for
        ("/groups?$expand=owners", {"id": "1", "members": TWENTY}),
        ("/groups", {"id": "1", "proxyAddresses": [str(number) for number in range(20)]}),
        ("/me/messages?$expand=attachments", {"id": "1", "attachments": TWENTY}),  # no directory object
        ("/groups", {"id": "1", "description": '"members@odata.nextLink": "https://x"'}),
        ("/groups", {"id": "1", "members@odata.nextLink": None}),
    ],
)
def test_what_is_complete_is_not_told(
    sandbox: Sandbox, graph: GraphClient, caplog: pytest.LogCaptureFixture, path: str, row: dict[str, Any]
) -> None:
    sandbox.fail("GET", path.partition("?")[0], body={"value": [row]}, times=3)

    found = [
        list(graph.list(path)),
        list(graph.list(path, follow=True)),
        graph.batch([path]).all()[0].body["value"],
    ]

    assert (found, told(caplog)) == ([[row]] * 3, [])


UNITS, FEW = "/directory/administrativeUnits", "members($select=id;$filter=accountEnabled eq true)"


@pytest.mark.parametrize(
    ("path", "kind", "asked"),
    [
        ("/groups?$expand=members", "", "/v1.0/groups/1/members"),
        ("/beta/groups?$expand=members", "", "/beta/groups/1/members"),
        ("/me/memberOf?$expand=members", "#microsoft.graph.group", "/v1.0/groups/1/members"),
        ("/me/memberOf/microsoft.graph.group?$expand=members", "", "/v1.0/groups/1/members"),
        ("/directory/administrativeUnits?$expand=members", "", "/v1.0/directory/administrativeUnits/1/members"),
        (
            "/groups?$expand=owners,members($select=id;$filter=accountEnabled eq true)",
            "",
            "/v1.0/groups/1/members",
        ),
    ],
)
def test_what_is_related_is_asked_for_below_the_object_itself(
    sandbox: Sandbox, graph: GraphClient, path: str, kind: str, asked: str
) -> None:
    row = {"id": "1", "members": TWENTY} | ({"@odata.type": kind} if kind else {})
    version, below = asked[1:].partition("/")[::2]
    sandbox.fail("GET", path.partition("?")[0].removeprefix("/beta"), body={"value": [row]})
    sandbox.fail("GET", f"/{below}", body={"value": [*TWENTY, A]})

    [found] = graph.list(path, follow=True)

    assert found["members"] == [*TWENTY, A]
    assert (sandbox.requests[-1].version, sandbox.requests[-1].path) == (version, f"/{below}")
    if "$filter" in path:
        assert sandbox.requests[-1].query["$filter"] == "accountEnabled eq true"
        assert sandbox.requests[-1].headers["ConsistencyLevel"] == "eventual"


def test_an_object_without_id_is_told_where_it_cannot_be_completed(
    sandbox: Sandbox, graph: GraphClient, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.fail("GET", "/groups", body={"value": [{"displayName": "x", "members": TWENTY}]})

    assert len(list(graph.groups.list(expand="members", follow=True))) == 1

    [line] = told(caplog)
    assert "select id as well" in line


def test_one_listing_is_told_of_once_however_many_rows_and_pages_are_cut(
    sandbox: Sandbox, graph: GraphClient, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [{"id": str(number), "members": TWENTY} for number in range(5)]
    for link in ({"@odata.nextLink": f"{sandbox.url}/v1.0/groups?$expand=members&$skiptoken=1"}, {}):
        sandbox.fail("GET", "/groups", body={"value": rows, **link})
    sandbox.fail("GET", "/groups/*", body=rows[0], times=50)

    assert len(list(graph.groups.list(expand="members"))) == 10
    assert len(told(caplog)) == 1
    graph.batch(Request("GET", f"/groups/{number}", expand="members") for number in range(50)).all()
    assert len(told(caplog)) == 2


def test_only_the_rows_that_are_needed_are_completed(sandbox: Sandbox, graph: GraphClient) -> None:
    rows = [{"id": str(number), "members": TWENTY} for number in range(5)]
    sandbox.fail("GET", "/groups", body={"value": rows})
    sandbox.fail("GET", "/groups/*/members", body={"value": []}, times=2)

    assert len(list(graph.groups.list(expand="members", follow=True, limit=2))) == 2

    assert [request.path for request in sandbox.requests[-2:]] == ["/groups/0/members", "/groups/1/members"]
    assert not sandbox.pending_faults


def test_get_brings_all_pages_in_one_if_it_is_to_follow(graph: GraphClient, sandbox: Sandbox) -> None:
    page = graph.users.get(top=50, select="id", follow=True)

    assert len(page["value"]) == len(list(graph.users.list(select="id")))
    assert "@odata.nextLink" not in page


def test_a_rest_on_another_host_is_not_asked_for_and_not_kept_quiet(sandbox: Sandbox, graph: GraphClient) -> None:
    row = {"id": "1", "members": [A], "members@odata.nextLink": "https://elsewhere.example/v1.0/x"}
    sandbox.fail("GET", "/groups/1", body=row, times=2)

    with pytest.raises(TransportError, match="said to be at"):
        graph.groups["1"].get(follow=True)
    [reply] = graph.batch(["/groups/1"], follow=True)
    assert isinstance(reply.error, TransportError)


@pytest.mark.parametrize("link", [5, True, [], {}, ["x"], {"a": 1}, "", 0.5])
@pytest.mark.parametrize(
    "body", [{"value": [A]}, {"id": "1", "members": [A]}, {"value": [{"id": "1", "members": [A]}]}]
)
def test_a_link_that_leads_nowhere_is_not_the_end(
    sandbox: Sandbox, graph: GraphClient, body: dict[str, Any], link: Any
) -> None:
    node = body["value"][0] if "members" in json.dumps(body) and "value" in body else body
    holder = {**node, f"{'members' if 'members' in node else ''}@odata.nextLink": link}
    body = {"value": [holder]} if node is not body else holder
    sandbox.fail("GET", "/groups", body=body, times=3)

    with pytest.raises(TransportError):
        graph.groups.get(follow=True)
    [reply] = graph.batch(["/groups"], follow=True)
    assert isinstance(reply.error, TransportError)
    with pytest.raises(TransportError):
        list(graph.groups.list(follow=True))


@pytest.mark.parametrize("follow", [False, True])
def test_members_that_come_in_slices_are_told_or_come_together(
    graph: GraphClient, sandbox: Sandbox, group: dict[str, Any], caplog: pytest.LogCaptureFixture, follow: bool
) -> None:
    room, sandbox.delta_relations = sandbox.delta_relations, 10
    try:
        changes = list(graph.groups.delta(select=["displayName", "members"], follow=follow))
    finally:
        sandbox.delta_relations = room

    everyone = {member["id"] for member in graph.groups[group["id"]].members.list(select="id")}
    mine = [change for change in changes if change["id"] == group["id"]]
    assert {member["id"] for change in mine for member in change["members@delta"]} == everyone
    assert (len(mine) == 1) is follow
    assert len(told(caplog)) == (not follow)


def test_a_group_that_was_deleted_amid_its_slices_comes_as_removed_and_no_more(
    sandbox: Sandbox, graph: GraphClient
) -> None:
    slice_ = {"id": "1", "members@delta": [A]}
    changes = [
        slice_,
        {"id": "2"},
        {"id": "1", "displayName": "x"},
        {"id": "1", "@removed": {"reason": "deleted"}},
    ]
    sandbox.fail("GET", "/groups/delta", body={"value": changes, "@odata.deltaLink": f"{sandbox.url}/v1.0/d?t=1"})

    assert list(graph.groups.delta(follow=True)) == [changes[1], changes[3]]


def test_a_script_that_has_set_up_no_logging_is_told_on_stderr(sandbox: Sandbox) -> None:
    script = (
        "from leangraph import GraphClient\n"
        "groups = GraphClient.from_env().groups\n"
        "group = groups.list(filter=\"displayName eq 'Engineering'\", expand='members').one()\n"
        "print(len(group['members']))"
    )

    done = python("-c", script, env=os.environ | sandbox.env)

    assert done.stdout.strip() == "20"
    assert "'members' inside it has 20 objects" in done.stderr


@pytest.mark.parametrize("words", [["list", "/groups"], ["get", "/groups/{id}"]], ids=["list", "get"])
@pytest.mark.parametrize("form", ["screen", "json", "jsonl", "csv", "db"])
def test_the_command_line_and_its_exports_tell_and_complete_too(
    graph: GraphClient,
    sandbox: Sandbox,
    group: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    words: list[str],
    form: str,
) -> None:
    for name, value in sandbox.env.items():
        monkeypatch.setenv(name, value)
    members = [member["id"] for member in graph.groups[group["id"]].members.list(select="id")]
    words = [word.format(id=group["id"]) for word in words]
    words += ["--expand", "members", *(["--filter", f"id eq '{group['id']}'"] if words[0] == "list" else [])]
    file = tmp_path / f"groups.{form}"

    def run(*more: str) -> str:
        assert main([*words, *(["-o", "json"] if form == "screen" else ["--to", str(file)]), *more]) == 0
        text = capsys.readouterr().out
        if form == "db":
            with closing(sqlite3.connect(file)) as db:
                return "".join(db.iterdump())
        return text if form == "screen" else file.read_text(encoding="utf-8")

    cut = run()
    assert sum(id_ in cut for id_ in members) == 20
    assert len(told(caplog)) == 1
    caplog.clear()
    whole = run("--follow")
    assert sum(id_ in whole for id_ in members) == len(members)
    assert told(caplog) == []


def test_a_local_copy_has_every_member_and_tells_of_nothing(
    graph: GraphClient, sandbox: Sandbox, group: dict[str, Any], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    room, sandbox.delta_relations = sandbox.delta_relations, 10
    try:
        sync(graph, "/groups", tmp_path / "copy.db", "displayName,members")
    finally:
        sandbox.delta_relations = room

    members = [member["id"] for member in graph.groups[group["id"]].members.list(select="id")]
    with closing(sqlite3.connect(tmp_path / "copy.db")) as db:
        [doc] = db.execute("SELECT doc FROM groups_docs WHERE id = ?", (group["id"],)).fetchone()
    assert sorted(member["id"] for member in json.loads(doc)["members"]) == sorted(members)
    assert told(caplog) == []
