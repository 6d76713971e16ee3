"""``leangraph sync``: a local copy kept by delta, whose link is as old as its rows."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from processes import eventually, started

from leangraph import GraphClient, Sandbox
from leangraph.cli import main

SELECT = "displayName,jobTitle,accountEnabled"


def sync(file: Path, *more: str) -> int:
    return main(["sync", "/users", "--to", str(file), "--select", SELECT, *more])


def rows(
    file: Path, sql: str = "SELECT id, displayName, jobTitle FROM users ORDER BY id"
) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(sql).fetchall()


def truth(graph: GraphClient) -> list[tuple[object, ...]]:
    users = graph.users.list(select=["id", "displayName", "jobTitle"])
    return sorted((user["id"], user["displayName"], user["jobTitle"]) for user in users)


def test_everything_comes_first_and_changes_later(
    tenant: Sandbox, graph_client: GraphClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tenant.db"
    assert sync(file) == 0
    assert capsys.readouterr().out.startswith("everything: 50 changed, 0 removed, 50 rows")
    assert rows(file) == truth(graph_client)

    users = [user["id"] for user in graph_client.users.list(select="id")]
    graph_client.users[users[0]].patch({"jobTitle": "New"})
    graph_client.users[users[1]].patch({"city": "not tracked"})
    graph_client.users[users[2]].delete()
    tenant.add_user(displayName="Extra")
    asked = len(tenant.requests)
    assert sync(file) == 0

    assert capsys.readouterr().out.startswith("changes: 2 changed, 1 removed, 50 rows")
    assert rows(file) == truth(graph_client)
    assert len([r for r in tenant.requests[asked:] if r.path.startswith("/users/delta")]) == 1
    assert rows(file, "SELECT removed FROM users_docs WHERE removed IS NOT NULL") == [("changed",)]


@pytest.mark.parametrize("how", ["seven days", "410", "410 with Location", "400"])
def test_a_reset_brings_everything_and_marks_what_is_gone(
    tenant: Sandbox, graph_client: GraphClient, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    file = tmp_path / "tenant.db"
    sync(file)
    users = [user["id"] for user in graph_client.users.list(select="id")]
    graph_client.users[users[0]].delete()
    graph_client.delete(f"/directory/deletedItems/{users[0]}")
    if how == "seven days":
        tenant.advance(8 * 24 * 3600)
    elif how == "400":
        tenant.expire_delta_tokens(status=400, code="Request_UnsupportedQuery", location=False)
    else:
        tenant.expire_delta_tokens(location="Location" in how)
    capsys.readouterr()

    assert sync(file) == 0
    assert capsys.readouterr().out.startswith("everything: ")
    assert rows(file) == truth(graph_client)
    assert rows(file, "SELECT count(*) FROM users_docs WHERE removed IS NOT NULL") == [(1,)]


def test_another_selection_is_refused_and_the_copy_stays(
    tenant: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tenant.db"
    sync(file)
    before = rows(file)

    assert main(["sync", "/users", "--to", str(file), "--select", "mail"]) == 2
    assert "a different path, --select or tenant" in capsys.readouterr().err
    assert rows(file) == before


def test_a_file_that_is_no_database_is_refused(
    tenant: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tenant.db"
    file.write_text("no database, but a text that is long enough to be looked at" * 20, encoding="utf-8")

    assert sync(file) == 2
    assert "no SQLite database" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8").startswith("no database")


def test_a_failure_in_the_middle_changes_nothing(
    tenant: Sandbox, graph_client: GraphClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tenant.db"
    sync(file)
    before = rows(file, "SELECT * FROM users_docs ORDER BY id"), rows(file, "SELECT * FROM leangraph_sync")
    for user in graph_client.users.list(select="id"):
        graph_client.users[user["id"]].patch({"jobTitle": "New"})
    tenant.page_size = 10
    tenant.fail("GET", "/users/delta", status=403, after=2)

    assert sync(file) == 5
    assert (
        rows(file, "SELECT * FROM users_docs ORDER BY id"),
        rows(file, "SELECT * FROM leangraph_sync"),
    ) == before
    assert sync(file) == 0
    assert rows(file) == truth(graph_client)


def test_kill_9_in_the_middle_and_the_next_run_is_right(
    tenant: Sandbox, graph_client: GraphClient, tmp_path: Path
) -> None:
    file = tmp_path / "tenant.db"
    tenant.page_size = 10
    tenant.fail("GET", "/users/delta", stall=600, after=3)
    command = [sys.executable, "-m", "leangraph", "sync", "/users", "--to", str(file), "--select", SELECT]
    with started(*command):
        assert eventually(lambda: sum(request.path == "/users/delta" for request in tenant.requests) >= 4)
    tenant._pipeline.script.clear()

    assert rows(file, "SELECT count(*) FROM users_docs") == [(0,)]
    assert sync(file) == 0
    assert rows(file) == truth(graph_client)


def test_members_of_groups_are_kept_up_to_date(tenant: Sandbox, graph_client: GraphClient, tmp_path: Path) -> None:
    file = tmp_path / "groups.db"
    command = ["sync", "/groups", "--to", str(file), "--select", "displayName,members"]
    assert main(command) == 0
    group = next(iter(graph_client.groups.list(select="id")))["id"]
    members = [user["id"] for user in graph_client.groups[group].members.list(select="id")]
    graph_client.delete(f"/groups/{group}/members/{members[0]}/$ref")
    other = next(u["id"] for u in graph_client.users.list(select="id") if u["id"] not in members)
    graph_client.post(
        f"/groups/{group}/members/$ref", {"@odata.id": f"{graph_client.url}/v1.0/directoryObjects/{other}"}
    )
    assert main(command) == 0

    found = rows(file, f"SELECT members FROM groups WHERE id = '{group}'")[0][0]
    assert {each["id"] for each in json.loads(str(found))} == {*members[1:], other}
