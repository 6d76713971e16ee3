"""``leangraph batch``: a file of requests on a journal that outlives a crash."""

from __future__ import annotations

import csv
import json
import sqlite3
import stat
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from disk import posix
from processes import eventually, started

from leangraph import ConfigurationError, GraphClient, Sandbox
from leangraph.cli import bulk, main
from leangraph.rows.journal import Journal

TEMPLATE = "PATCH /users/{userPrincipalName}"


@pytest.fixture
def names(tenant: Sandbox, graph_client: GraphClient) -> list[str]:
    return [user["userPrincipalName"] for user in graph_client.users.list(select="userPrincipalName")]


def csv_of(file: Path, columns: list[str], rows: list[list[str]]) -> Path:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([columns, *rows])
    return file


def titles(folder: Path, names: list[str]) -> Path:
    rows = [[name, f"Title {n}"] for n, name in enumerate(names)]
    return csv_of(folder / "titles.csv", ["userPrincipalName", "jobTitle"], rows)


def results(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def written(tenant: Sandbox, method: str = "PATCH") -> Counter[str]:
    done = (request for request in tenant.requests if request.method == method and request.batched)
    return Counter(request.path.lower() for request in done if request.status and request.status < 300)


def test_every_row_is_sent_and_its_result_is_printed(
    tenant: Sandbox,
    names: list[str],
    graph_client: GraphClient,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["batch", str(titles(tmp_path, names)), TEMPLATE, "--yes"]) == 0

    out, err = capsys.readouterr()
    assert [(row["row"], row["state"], row["status"]) for row in results(out)] == [
        (n, "done", 204) for n in range(1, 51)
    ]
    assert "50 done, 0 failed, 0 unknown" in err
    assert [user["jobTitle"] for user in graph_client.users.list(select="jobTitle")] == [
        f"Title {n}" for n in range(50)
    ]


def test_a_row_that_fails_costs_no_other_and_the_exit_code_says_partial(
    tenant: Sandbox, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = titles(tmp_path, [names[0], "nobody@contoso.example", names[1]])

    assert main(["batch", str(file), TEMPLATE, "--yes", "--to", str(tmp_path / "results.csv")]) == 7
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as found:
        rows = list(csv.DictReader(found))
    assert [row["state"] for row in rows] == ["done", "failed", "done"]
    assert rows[1]["status"] == "404"
    assert "nobody@contoso.example" in rows[1]["error"]
    assert "2 done, 1 failed" in capsys.readouterr().err


def test_cells_become_what_their_property_is(tmp_path: Path) -> None:
    columns = [
        "id",
        "accountEnabled",
        "businessPhones",
        "employeeId",
        "jobTitle",
        "passwordProfile[password]",
        "city",
    ]
    file = csv_of(tmp_path / "x.csv", columns, [["a/b", "FALSE", "1;2", "007", "null", "Geheim-1", ""]])
    item = next(bulk.items(bulk.Source(file, "patch /users/{id}")))

    assert (item.method, item.path) == ("PATCH", "/users/a%2Fb")
    assert item.body == {
        "accountEnabled": False,
        "businessPhones": ["1", "2"],
        "employeeId": "007",
        "jobTitle": None,
        "passwordProfile": {"password": "Geheim-1"},
    }


def test_json_lines_say_everything_themselves(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    lines = [
        {"method": "post", "path": "/groups", "body": {"a": [1]}, "headers": {"Prefer": "x"}},
        {"url": "https://graph.microsoft.com/v1.0/users/a"},
    ]
    file.write_text("\n\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    assert list(bulk.items(bulk.Source(file))) == [
        bulk.Item(1, "POST", "/groups", {"a": [1]}, {"Prefer": "x"}),
        bulk.Item(2, "GET", "/v1.0/users/a", None, {}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "template", "said"),
    [
        ("x.csv", "id\na\n", None, "needs a template"),
        ("x.csv", "id\na\n", "/users/{id}", "must be a method and a path"),
        ("x.csv", "id\na\n", "PATCH /users/{upn}", "has no column upn"),
        ("x.csv", "id,city\na\n", "PATCH /users/{id}", "row 1 has a different number of cells"),
        ("x.csv", "id,city\na,b,c\n", "PATCH /users/{id}", "row 1 has a different number of cells"),
        ("x.csv", "id,city\na,b\n ,c\n", "PATCH /users/{id}", "row 2 has nothing in id"),
        ("x.csv", "id,accountEnabled\na,maybe\n", "PATCH /users/{id}", "must be true or false"),
        ("x.jsonl", "{", None, "line 1 is not JSON"),
        ("x.jsonl", "[]", None, "line 1 is no request"),
        ("x.jsonl", '{"method": "BREW", "path": "/x"}', None, "line 1 is no request"),
        ("x.jsonl", '{"path": "/x", "headers": 1}', None, "headers must be an object"),
    ],
)
def test_a_file_at_fault_is_told_by_its_row_and_nothing_is_sent(
    tenant: Sandbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: str,
    template: str | None,
    said: str,
) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")

    assert main(["batch", str(file), *([template] if template else []), "--yes"]) == 2
    assert said in capsys.readouterr().err
    assert tenant.requests == []
    assert list(tmp_path.iterdir()) == [file]


def test_a_dry_run_prints_the_plan_without_passwords(
    tenant: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_of(tmp_path / "x.csv", ["id", "passwordProfile[password]"], [["a", "Canary-1"]])

    assert main(["batch", str(file), "PATCH /users/{id}", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert results(out)[0]["body"] == {"passwordProfile": {"password": "***"}}
    assert "Canary" not in out
    assert tenant.requests == []


def test_writes_want_a_yes_where_nobody_can_be_asked(
    tenant: Sandbox, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    file = titles(tmp_path, names[:1])

    assert main(["batch", str(file), TEMPLATE]) == 2
    assert "add --yes" in capsys.readouterr().err
    reading = csv_of(tmp_path / "get.csv", ["id"], [[names[0]]])
    assert main(["batch", str(reading), "GET /users/{id}"]) == 0


def test_a_journal_that_is_there_is_neither_overwritten_nor_forgotten(
    tenant: Sandbox, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = titles(tmp_path, names[:3])
    assert main(["batch", str(file), TEMPLATE, "--resume", "--yes"]) == 2
    assert "no journal" in capsys.readouterr().err
    assert main(["batch", str(file), TEMPLATE, "--yes"]) == 0
    assert main(["batch", str(file), TEMPLATE, "--yes"]) == 2
    assert "--resume" in capsys.readouterr().err
    assert main(["batch", str(file), TEMPLATE, "--yes", "--resume"]) == 0

    assert set(written(tenant).values()) == {1}


def test_an_input_that_changed_is_not_resumed(
    tenant: Sandbox, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["batch", str(titles(tmp_path, names[:3])), TEMPLATE, "--yes"])
    file = titles(tmp_path, names[3:6])

    assert main(["batch", str(file), TEMPLATE, "--yes", "--resume"]) == 2
    assert "row 1 is not what it was" in capsys.readouterr().err


def test_what_was_turned_away_is_tried_again_on_resume_and_what_is_wrong_is_not(
    tenant: Sandbox, names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPH_MAX_RETRIES", "0")
    file = titles(tmp_path, [names[0], "nobody@contoso.example"])
    tenant.fail("PATCH", f"/users/{names[0]}", status=429)

    assert main(["batch", str(file), TEMPLATE, "--yes"]) == 7
    assert main(["batch", str(file), TEMPLATE, "--yes", "--resume"]) == 7

    asked = Counter(request.path for request in tenant.requests if request.method == "PATCH")
    assert asked == {f"/users/{names[0]}": 2, "/users/nobody@contoso.example": 1}


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_kill_9_and_resume_repeat_no_finished_row(
    tenant: Sandbox, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    if method == "PATCH":
        file, template = titles(tmp_path, names), TEMPLATE
    else:
        rows = [[f"Group {n}", f"group-{n}", "false", "true"] for n in range(50)]
        file = csv_of(tmp_path / "g.csv", ["displayName", "mailNickname", "mailEnabled", "securityEnabled"], rows)
        template = "POST /groups"
    tenant.fail("POST", "/$batch", stall=600, after=1, times=9)  # the first go through, the others hang
    command = [sys.executable, "-m", "leangraph", "batch", str(file), template, "--yes"]
    journal = tmp_path / f"{file.name}.journal"
    with started(*command):
        assert eventually(lambda: journal.exists() and _done(journal) == sum(written(tenant, method).values()) > 0)
    first = sum(written(tenant, method).values())
    assert 0 < first < 50
    tenant._pipeline.script.clear()

    code = main(["batch", str(file), template, "--yes", "--resume"])

    found = written(tenant, method)
    if method == "PATCH":  # repeated where that does no harm
        assert code == 0
        assert len(found) == 50
    else:  # told, where it might
        assert code == 7
        unknown = [row["row"] for row in results(capsys.readouterr().out) if row["state"] == "unknown"]
        assert unknown
        assert sum(found.values()) == 50 - len(unknown)
    with Journal(journal, resume=True) as kept:
        done = {row.number for row in kept.rows("done")}
    assert len(done) == (50 if method == "PATCH" else sum(found.values()))
    assert first <= len(done)
    assert max(found.values()) == 1 or method == "POST"


def _done(journal: Path) -> int:
    """Count what is done while another process owns the journal."""
    try:
        with closing(sqlite3.connect(journal)) as database:
            return int(database.execute("SELECT count(*) FROM rows WHERE state = 'done'").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # it is being made


@pytest.mark.parametrize("resume", [True, False])
def test_a_second_run_on_a_journal_sends_nothing_and_says_who_runs(
    tenant: Sandbox, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], resume: bool
) -> None:
    rows = [[f"Group {n}", f"group-{n}", "false", "true"] for n in range(50)]
    file = csv_of(tmp_path / "g.csv", ["displayName", "mailNickname", "mailEnabled", "securityEnabled"], rows)
    journal = tmp_path / f"{file.name}.journal"
    tenant.fail("POST", "/$batch", stall=600, after=1, times=9)  # the first go through, the others hang
    with started(sys.executable, "-m", "leangraph", "batch", str(file), "POST /groups", "--yes") as process:
        assert eventually(lambda: journal.exists() and _done(journal) > 0)
        sent = len(tenant.requests)
        assert main(["batch", str(file), "POST /groups", "--yes", *(["--resume"] if resume else [])]) == 2

        said = capsys.readouterr()
        assert f"in use by process {process.pid} on " in said.err
        assert said.out == ""
        assert len(tenant.requests) == sent
        assert _done(journal) > 0


def test_a_journal_has_one_owner_from_its_opening_to_its_close(tmp_path: Path) -> None:
    file = tmp_path / "x.journal"
    with Journal(file):
        for resume in (True, False):
            with pytest.raises(ConfigurationError, match="in use by process"):
                Journal(file, resume=resume)
    for wrong in (False, True):
        with pytest.raises(ConfigurationError, match=r"is there already|no journal"):
            Journal(file.with_name("none") if wrong else file, resume=wrong)
    with Journal(file, resume=True):
        pass  # who failed to open it does not own it

    assert [path.name for path in tmp_path.iterdir()] == ["x.journal"]


def test_a_journal_that_was_killed_before_it_began_is_begun(tmp_path: Path) -> None:
    (tmp_path / "x.journal").touch()

    with Journal(tmp_path / "x.journal") as journal:
        assert journal.count("done") == 0


@posix
def test_a_journal_is_named_by_its_link_or_from_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "link").symlink_to("target")
    with (
        Journal(tmp_path / "link") as journal,
        pytest.raises(ConfigurationError, match="in use by"),
        Journal("~/target", resume=True),
    ):
        pass

    assert journal.file == tmp_path / "target"
    assert (tmp_path / "link").is_symlink()


@posix
def test_the_journal_is_for_its_owner_only_and_holds_no_bodies(tmp_path: Path) -> None:
    with Journal(tmp_path / "a.journal") as journal:
        journal.sent(1, ["POST", "/users", {"password": "Canary-1"}])
    with Journal(tmp_path / "b.journal", keep_bodies=True) as journal:
        journal.sent(1, ["POST", "/users", {"password": "Canary-1"}])

    assert b"Canary" not in (tmp_path / "a.journal").read_bytes()
    assert b"Canary" in (tmp_path / "b.journal").read_bytes()
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_a_file_that_is_no_journal_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "x.journal"
    for content in (b"text", b"SQLite format 3\x00" + b"\0" * 100):
        file.write_bytes(content)
        with pytest.raises(ConfigurationError, match="is no journal"):
            Journal(file, resume=True)
        assert file.read_bytes() == content


def test_what_is_sent_is_known_as_such_until_it_is_answered(tmp_path: Path) -> None:
    with Journal(tmp_path / "x") as journal:
        journal.sent(1, "a")
        journal.sent(2, "b")
        journal.answered(1, "done", 201, "id-1", None)
        assert [(row.number, row.state) for row in journal.rows("sent", "done")] == [(1, "done"), (2, "sent")]
    with Journal(tmp_path / "x", resume=True) as journal:
        row = journal.seen(1, "a")
        assert row is not None
        assert (row.state, row.status, row.id) == ("done", 201, "id-1")
        assert journal.seen(3, "c") is None
        with pytest.raises(ConfigurationError, match="row 2 is not what it was"):
            journal.seen(2, "other")


def test_columns_of_the_same_name_are_refused_before_anything_is_sent(
    tenant: Sandbox, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_of(tmp_path / "x.csv", ["userPrincipalName", "city", "city"], [[names[0], "London", "Rome"]])
    sent = len(tenant.requests)

    assert main(["batch", str(file), TEMPLATE, "--yes"]) == 2
    assert "more than one column city" in capsys.readouterr().err
    assert len(tenant.requests) == sent
