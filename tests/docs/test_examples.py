"""Every script in examples/ runs from its command line, against a tenant."""

from __future__ import annotations

import csv
import runpy
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from leangraph import GraphClient, Sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
ADA, GRACE = "ada.lovelace@contoso.example", "grace.hopper@contoso.example"


class Script:
    """One example, run as ``python example.py WORDS`` is, in a tenant named by the environment."""

    def __init__(self, sandbox: Sandbox, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.sandbox, self.patch, self.capsys = sandbox, patch, capsys
        self.ran: set[str] = set()

    def __call__(self, name: str, *words: object) -> tuple[object, str]:
        for variable, value in self.sandbox.env.items():
            self.patch.setenv(variable, value)
        self.patch.setattr(sys, "argv", [name, *map(str, words)])
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        said = self.capsys.readouterr()
        return end.value.code, said.out + said.err


@pytest.fixture
def script(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Script:
    monkeypatch.chdir(tmp_path)
    return Script(graph_sandbox, monkeypatch, capsys)


def test_the_nightly_export_is_complete(script: Script, graph_client: GraphClient) -> None:
    assert script("nightly_export", "users.csv") == (0, f"{graph_client.users.count()} users in users.csv\n")
    with Path("users.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["userPrincipalName"] for row in rows} == {
        user["userPrincipalName"] for user in graph_client.users.list()
    }


def test_an_export_that_breaks_off_leaves_the_old_file(script: Script) -> None:
    Path("users.csv").write_text("of yesterday", encoding="utf-8")
    script.sandbox.fail("GET", "/users", status=403)
    code, said = script("nightly_export", "users.csv")
    assert code == 1
    assert said.startswith("error: 403")
    assert Path("users.csv").read_text(encoding="utf-8") == "of yesterday"


def test_the_licence_report_is_sent(script: Script, graph_client: GraphClient) -> None:
    assert script("licence_report", ADA, GRACE)[0] == 0
    body = graph_client.users[GRACE].messages.list().first()
    assert body is None or "Licences" in body["subject"]
    assert any(request.path.endswith("/sendMail") for request in script.sandbox.requests)


def test_the_database_follows_the_tenant(script: Script, graph_client: GraphClient) -> None:
    assert script("delta_into_sqlite", "tenant.db")[0] == 0
    graph_client.patch(f"/users/{ADA}", {"department": "Analytical Engines"})
    graph_client.delete(f"/users/{GRACE}")
    assert script("delta_into_sqlite", "tenant.db") == (0, "2 changes\n")
    with closing(sqlite3.connect("tenant.db")) as database:
        names = dict(
            database.execute("SELECT document ->> 'userPrincipalName', document ->> 'department' FROM users")
        )
    assert names[ADA] == "Analytical Engines"
    assert GRACE not in names


def test_the_group_becomes_the_file(script: Script, graph_client: GraphClient) -> None:
    group = next(iter(graph_client.groups.list(filter="securityEnabled eq true and mailEnabled eq false")))["id"]
    Path("people.csv").write_text(f"userPrincipalName\n{ADA}\n{GRACE}\n", encoding="utf-8")
    before = {member["id"] for member in graph_client.groups[group].members.list()}

    assert script("group_sync", group, "people.csv")[0] == 0
    assert {member["id"] for member in graph_client.groups[group].members.list()} == before

    assert script("group_sync", group, "people.csv", "--yes")[0] == 0
    members = graph_client.groups[group].members.list(select="userPrincipalName")
    assert {member["userPrincipalName"] for member in members} == {ADA, GRACE}


def test_a_file_with_a_stranger_changes_nothing(script: Script, graph_client: GraphClient) -> None:
    group = next(iter(graph_client.groups.list()))["id"]
    Path("people.csv").write_text("userPrincipalName\nnobody@contoso.example\n", encoding="utf-8")
    code, _ = script("group_sync", group, "people.csv", "--yes")
    assert "nobody@contoso.example cannot be read" in str(code)


def test_many_tenants_answer(script: Script) -> None:
    tenant = script.sandbox.env["AZURE_TENANT_ID"]
    code, said = script("many_tenants", tenant, "nowhere.example")
    assert code == 1
    assert f"{tenant}: " in said
    assert "guests" in said
    assert "nowhere.example: " in said


def test_every_example_has_a_test() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    assert {file.stem for file in EXAMPLES.glob("*.py") if f'script("{file.stem}"' not in tests} == set()
