"""``leangraph diff``: what came, went and changed, between two databases or between one and its past."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from leangraph import GraphClient, Sandbox
from leangraph.cli import main, output
from leangraph.rows import compare

Run = pytest.CaptureFixture[str]
Rows = list[dict[str, Any]]
USERS = ["sync", "/users", "--to"]


def export(file: str, rows: Rows, name: str = "users", *, append: bool = False) -> None:
    output.write(rows, output.Shape(to=Path(file), append=append), name=name, warn=print)


def diff(capsys: Run, *words: str) -> Rows:
    capsys.readouterr()
    assert main(["diff", *words, "-o", "jsonl"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def brief(rows: Rows) -> list[tuple[Any, ...]]:
    return [(row["change"], row["name"], row["property"], row["before"], row["after"]) for row in rows]


CASES: list[tuple[Any, Any, list[tuple[Any, Any, Any]]]] = [
    ({"a": 1}, {"a": 1}, []),
    ({"a": 1}, {"a": 2}, [("a", 1, 2)]),
    ({"a": 1}, {}, [("a", 1, None)]),
    ({}, {"a": None}, []),
    ({"a": 1}, {"a": True}, [("a", 1, True)]),
    ({"a": "1"}, {"a": 1}, [("a", "1", 1)]),
    ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}, []),
    ({"a": {"x": 1}}, {"a": {"x": 2}}, [("a", {"x": 1}, {"x": 2})]),
    ({"a": ["x", "y"]}, {"a": ["y"]}, [("a", ["x", "y"], ["y"])]),
    ({"@odata.etag": "1"}, {"@odata.etag": "2"}, []),
    ({"é\U0001f600": "\u202e"}, {"é\U0001f600": "\0"}, [("é\U0001f600", "\u202e", "\0")]),
    ({"a": 2**70}, {"a": 2**70 + 1}, [("a", 2**70, 2**70 + 1)]),
    (
        {"members": [{"id": "1", "n": 1}, {"id": "2"}]},
        {"members": [{"id": "3"}, {"id": "1", "n": 2}]},
        [("members", {"id": "1", "n": 1}, {"id": "1", "n": 2}), ("members", {"id": "2"}, None),
         ("members", None, {"id": "3"})],
    ),
    ({"members": [{"id": "1"}]}, {}, [("members", {"id": "1"}, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_a_property_that_changed_is_a_row(
    capsys: Run, before: dict[str, Any], after: dict[str, Any], expected: list[tuple[Any, Any, Any]]
) -> None:
    before, after = ({"id": "x", "displayName": "Ada", **row} for row in (before, after))
    export("a.db", [before])
    export("b.db", [after])

    assert brief(diff(capsys, "a.db", "b.db")) == [("changed", "Ada", *each) for each in expected]


def test_what_came_and_what_went_is_a_row(capsys: Run) -> None:
    export("a.db", [{"id": "1", "mail": "one"}, {"id": "2", "displayName": "Two"}])
    export("b.db", [{"id": "2", "displayName": "Two"}, {"id": "3"}])
    export("b.db", [{"id": "g"}], "groups")

    assert main(["diff", "a.db", "b.db"]) == 0
    assert capsys.readouterr().err == "groups is in b.db only, and is not compared\n"
    assert diff(capsys, "a.db", "b.db", "--of", "users") == [
        {
            "change": "added", "collection": "users", "name": "3", "property": None, "before": None,
            "after": {"id": "3"}, "id": "3",
        },
        {
            "change": "removed", "collection": "users", "name": "one", "property": None,
            "before": {"id": "1", "mail": "one"}, "after": None, "id": "1",
        },
    ]  # fmt: skip


def test_people_get_names_and_programs_everything(capsys: Run) -> None:
    export("a.db", [{"id": "1", "displayName": "A", "members": []}, {"id": "2", "displayName": "Gone", "x": 1}])
    export("b.db", [{"id": "1", "displayName": "A", "members": [{"id": "m", "displayName": "Ada"}]}])

    assert main(["diff", "a.db", "b.db", "-o", "md"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| removed | users | Gone |  |  |  | 2 |",
        "| changed | users | A | members |  | Ada | 1 |",
    ]
    assert main(["diff", "a.db", "b.db", "-o", "csv"]) == 0
    assert '""x"": 1' in capsys.readouterr().out


def test_a_table_begins_with_what_has_changed(capsys: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    export("a.db", [{"id": "1" * 36, "displayName": "Ada", "title": "a"}])
    export("b.db", [{"id": "1" * 36, "displayName": "Ada", "title": "b"}])
    monkeypatch.setenv("COLUMNS", "80")

    assert main(["diff", "a.db", "b.db", "-o", "table"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()[::2]] == [
        ["change", "collection", "name", "property", "before", "after", "id"],
        ["changed", "users", "Ada", "title", "a", "b", f"{'1' * 27}…"],
    ]


def test_rows_that_were_appended_twice_count_once(capsys: Run) -> None:
    export("a.db", [{"id": "1", "x": 1}])
    export("a.db", [{"id": "1", "x": 2}], append=True)
    export("b.db", [{"id": "1", "x": 2}])

    assert diff(capsys, "a.db", "b.db") == []
    assert main(["diff", "a.db", "b.db"]) == 0
    assert capsys.readouterr().err == "no difference\n"
    assert main(["diff", "a.db", "b.db", "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_two_copies_are_compared(tenant: Sandbox, graph_client: GraphClient, capsys: Run) -> None:
    assert main([*USERS, "monday.db"]) == 0
    ada, grace = (graph_client.get(f"/users/{name}@contoso.example") for name in ("ada.lovelace", "grace.hopper"))
    graph_client.users[ada["id"]].patch({"jobTitle": "Countess"})
    graph_client.users[grace["id"]].delete()
    tenant.add_user(displayName="Extra")
    assert main([*USERS, "tuesday.db"]) == 0

    rows = diff(capsys, "monday.db", "tuesday.db")
    assert brief(rows[2:]) == [("changed", "Ada Lovelace", "jobTitle", "Laboratory Assistant", "Countess")]
    assert [(row["change"], row["name"]) for row in rows[:2]] == [("added", "Extra"), ("removed", "Grace Hopper")]


def past(number: int) -> Rows:
    with closing(sqlite3.connect(":memory:", uri=True)) as db:
        compare._attach(db, "old", Path("t.db"))
        found = db.execute(compare._state(db, "old", "users", number))
        return sorted((json.loads(doc) for _, doc in found), key=lambda row: row["id"])


@pytest.mark.parametrize("reset", [False, True])
def test_the_past_of_a_copy_is_what_it_was(
    tenant: Sandbox, graph_client: GraphClient, capsys: Run, reset: bool
) -> None:
    words = [*USERS, "t.db", "--select", "displayName,jobTitle"]
    assert main([*words, "--keep-history"]) == 0
    states = {1: past(1)}
    ids = [row["id"] for row in states[1]]
    for number in range(2, 6):
        graph_client.users[ids[number]].patch({"jobTitle": f"Title {number}"})
        graph_client.users[ids[2]].patch({"displayName": f"Name {number}"})
        graph_client.users[ids[10 + number]].delete()
        if number == 4:
            graph_client.post(f"/directory/deletedItems/{ids[12]}/restore")
        if reset and number in (3, 5):
            tenant.expire_delta_tokens()
        assert main(words) == 0
        states[number] = past(number)

    assert len(states[1]) == 50
    assert [len(state) for state in states.values()] == [50, 49, 48, 48, 47]
    assert {number: past(number) for number in states} == states
    assert states[5] == sorted(
        (
            {key: value for key, value in user.items() if key in words[-1] + "id" and value}
            for user in graph_client.users.list(select="id,displayName,jobTitle")
        ),
        key=lambda row: row["id"],
    )
    rows = brief(diff(capsys, "t.db"))
    assert ("changed", "Name 5", "displayName", "Name 4", "Name 5") in rows
    assert len(rows) == 3
    assert len(diff(capsys, "t.db", "--since", "2000-01-01", "--of", "users")) == 47
    assert diff(capsys, "t.db", "--since", "2100-01-01") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.db"], "none.db cannot be read as a database: there is no such file"),
        (["text.db", "a.db"], "text.db cannot be read as a database: "),
        (["a.db", "g.db"], "have no collection in common"),
        (["a.db", "a.db", "--of", "groups"], "--of groups: it is not in both; users would be"),
        (["a.db"], "a.db has no history of users"),
        (["a.db", "a.db", "--since", "1"], "leave NEW out"),
        (["h.db", "--since", "9"], "the history of users begins with round 1"),
        (["h.db", "a.db", "--append"], "--append"),
    ],
)
def test_what_cannot_be_compared_is_said(tenant: Sandbox, capsys: Run, words: list[str], said: str) -> None:
    export("a.db", [{"id": "1"}])
    export("g.db", [{"id": "1"}], "groups")
    Path("text.db").write_text("no database, but a text " * 100, encoding="utf-8")
    if "h.db" in words:
        assert main([*USERS, "h.db", "--keep-history"]) == 0

    assert main(["diff", *words]) == 2
    assert said in capsys.readouterr().err
    assert not Path("none.db").exists()


def test_nothing_is_written_to_what_is_compared(capsys: Run) -> None:
    export("it's 100% #1?.db", [{"id": "1"}])
    export("b.db", [{"id": "2"}])
    before = {file.name: file.read_bytes() for file in Path().iterdir()}

    assert len(diff(capsys, "it's 100% #1?.db", "b.db")) == 2
    assert {file.name: file.read_bytes() for file in Path().iterdir()} == before


def test_copies_with_other_properties_are_told(tenant: Sandbox, capsys: Run) -> None:
    assert main([*USERS, "a.db", "--select", "displayName"]) == 0
    assert main([*USERS, "b.db", "--select", "displayName,mail"]) == 0

    assert main(["diff", "a.db", "b.db"]) == 0
    assert "different properties (displayName and displayName,mail)" in capsys.readouterr().err


def test_a_view_of_somebody_else_is_not_replaced(tenant: Sandbox, capsys: Run) -> None:
    for words in (["list", "/users", "--to", "x.db"], ["sync", "/users", "--to", "x.db"]):
        with closing(sqlite3.connect("x.db")) as db:
            db.execute("CREATE VIEW IF NOT EXISTS users AS SELECT 'mine' AS name")

        assert main(words) == 2
        assert "of its own, which stays" in capsys.readouterr().err
        with closing(sqlite3.connect("x.db")) as db:
            assert db.execute("SELECT * FROM users").fetchall() == [("mine",)]
