"""Rows out: every form, whole files or none, flat memory, and nothing that a terminal or a spreadsheet obeys."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from processes import eventually, started
from shares import FULL

from leangraph import ConfigurationError, Sandbox
from leangraph.cli import main, output
from leangraph.cli.progress import Progress
from leangraph.rows import database
from leangraph.rows import write as forms

ROWS: list[dict[str, Any]] = [
    {"@odata.type": "x", "id": 1, "name": "Łukasz 小龍", "on": True, "tags": ["a", "b"], "none": None},
    {"id": 2, "name": '=HYPERLINK("x")', "on": False, "tags": [], "mail": "m|x\ny"},
]


@pytest.fixture
def told() -> list[str]:
    return []


def write(rows: Any, file: Path, told: list[str], **shape: Any) -> None:
    output.write(rows, output.Shape(to=file, **shape), name="users", warn=told.append)


def test_json_lines_and_json_hold_the_rows_as_they_came(tmp_path: Path, told: list[str]) -> None:
    write(ROWS, tmp_path / "x.jsonl", told)
    write(ROWS, tmp_path / "x.json", told)
    write([], tmp_path / "empty.json", told)

    lines = (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == ROWS
    assert json.loads((tmp_path / "empty.json").read_text(encoding="utf-8")) == []


def test_csv_has_a_column_for_each_property_and_json_for_what_has_parts(tmp_path: Path, told: list[str]) -> None:
    write(ROWS, tmp_path / "x.csv", told)
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))

    assert found[0] == ["id", "name", "on", "tags", "none", "mail"]
    assert found[1] == ["1", "Łukasz 小龍", "true", '["a", "b"]', "", ""]
    assert found[2][-1] == "m|x\ny"


def test_safe_csv_has_no_formulas(tmp_path: Path, told: list[str]) -> None:
    rows = [{"x": text} for text in ("=1", "+1", "-1", "@x", "\tx", "\rx", "fine", "1-2")]
    write(rows, tmp_path / "x.csv", told, safe=True)
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        found = [row[0] for row in csv.reader(file)][1:]

    assert found == ["'=1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "fine", "1-2"]


def test_markdown_keeps_its_columns_apart(tmp_path: Path, told: list[str]) -> None:
    write(ROWS, tmp_path / "x.md", told, jmespath="[].{name: name, mail: mail}")
    lines = (tmp_path / "x.md").read_text(encoding="utf-8").splitlines()

    assert lines == ["| name | mail |", "| --- | --- |", "| Łukasz 小龍 |  |", '| =HYPERLINK("x") | m\\|x<br>y |']


def test_text_in_a_workbook_is_text(tmp_path: Path, told: list[str]) -> None:
    write([*ROWS, {"id": 3, "name": "https://x.example", "tags": "007"}], tmp_path / "x.xlsx", told)
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet.lower()
    assert ">007<" in sheet
    assert 't="b"' in sheet


def test_parquet_is_read_back(tmp_path: Path, told: list[str]) -> None:
    write(ROWS, tmp_path / "it's.parquet", told)
    with duckdb.connect() as reader:
        name = str(tmp_path / "it's.parquet").replace("'", "''")
        found = reader.execute(f"SELECT id, name, tags FROM '{name}' ORDER BY id").fetchall()

    assert found == [(1, "Łukasz 小龍", ["a", "b"]), (2, '=HYPERLINK("x")', [])]
    assert [file.name for file in tmp_path.iterdir()] == ["it's.parquet"]
    with pytest.raises(ConfigurationError, match="no rows"):
        write([], tmp_path / "empty.parquet", told)


def test_sqlite_has_documents_and_a_view_with_every_property(tmp_path: Path, told: list[str]) -> None:
    rows = [{"id": 1, "mail": "a", "Mail": "b", "odd \"name'": [1], "select": None}, {"id": 2, "extra": True}]
    write(rows, tmp_path / "x.db", told)
    with closing(sqlite3.connect(tmp_path / "x.db")) as reader:
        assert [json.loads(doc) for (doc,) in reader.execute("SELECT doc FROM users_docs")] == rows
        found = reader.execute('SELECT id, mail, Mail_2, "odd ""name\'", "select", extra FROM users ORDER BY id')
        assert found.fetchall() == [(1, "a", "b", "[1]", None, None), (2, None, None, None, None, 1)]


def test_a_query_reshapes_all_rows_together(tmp_path: Path, told: list[str]) -> None:
    write(ROWS, tmp_path / "a.json", told, jmespath="[?on].{n: name}")
    write(ROWS, tmp_path / "b.csv", told, jmespath="[].id")
    write(ROWS, tmp_path / "c.json", told, jmespath="length(@)")

    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == [{"n": "Łukasz 小龍"}]
    assert (tmp_path / "b.csv").read_text(encoding="utf-8").split() == ["value", "1", "2"]
    assert json.loads((tmp_path / "c.json").read_text(encoding="utf-8")) == [2]
    with pytest.raises(ConfigurationError, match="--query"):
        write(ROWS, tmp_path / "d.json", told, jmespath="[")


def test_the_form_is_told_by_the_ending_or_must_be_said(tmp_path: Path, told: list[str]) -> None:
    with pytest.raises(ConfigurationError, match=r"ending names no format.*\.csv"):
        write(ROWS, tmp_path / "x.odd", told)
    write(ROWS, tmp_path / "x.odd", told, form="csv")
    for form in output.FILES:
        with pytest.raises(ConfigurationError, match="needs a file"):
            output.write(ROWS, output.Shape(form), name="x", warn=told.append)


def test_a_file_is_whole_or_it_is_the_old_one(tmp_path: Path, told: list[str]) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        yield ROWS[0]
        raise KeyboardInterrupt

    for name in ("x.csv", "x.json", "x.xlsx", "x.db", "x.parquet"):
        file = tmp_path / name
        if name == "x.db":
            write(ROWS, file, told)
        else:
            file.write_text("old", encoding="utf-8")
        old = file.read_bytes()
        with pytest.raises(KeyboardInterrupt):
            write(broken(), file, told)
        assert file.read_bytes() == old
        assert len(list(tmp_path.iterdir())) == 1, name
        file.unlink()
        with pytest.raises(KeyboardInterrupt):
            write(broken(), file, told)
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path, told: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write(ROWS, tmp_path / "none" / "x.csv", told)


@pytest.mark.parametrize("late", [1, 100, 150, 2500])
def test_a_column_that_comes_late_is_there(tmp_path: Path, told: list[str], late: int) -> None:
    rows = [{"id": n} if n < late else {"id": n, "late": 1} for n in range(3000)]
    write(rows, tmp_path / "x.csv", told)
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))

    assert found == [{"id": str(n), "late": "" if n < late else "1"} for n in range(3000)]
    assert told == []


@pytest.mark.parametrize("ending", ["jsonl", "csv", "md", "xlsx", "db"])
def test_a_million_rows_take_no_more_memory_than_a_few(tmp_path: Path, told: list[str], ending: str) -> None:
    number = 30_000 if FULL else 10_000  # of a million: memory that grows with rows shows by then
    row = {"id": "x" * 36, "displayName": "y" * 20, "mail": "z" * 30}

    def peak(rows: int) -> int:
        tracemalloc.start()
        write((dict(row) for _ in range(rows)), tmp_path / f"{rows}.{ending}", told)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(number) < peak(number // 30) + 500_000


def test_an_extra_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: list[str]
) -> None:
    monkeypatch.setattr(forms.importlib.util, "find_spec", lambda _: None)
    for ending, extra in (("xlsx", "xlsx"), ("parquet", "parquet")):
        with pytest.raises(ConfigurationError, match=rf"pip install 'leangraph\[{extra}\]'"):
            write(ROWS, tmp_path / f"x.{ending}", told)


def test_a_terminal_obeys_nothing_of_a_message(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)
    graph_sandbox.fail("GET", "/users", status=400, body={"error": {"code": "x", "message": "a\x1b[2Jb\x07"}})

    assert main(["get", "/users"]) == 1
    err = capsys.readouterr().err
    assert "a\ufffd[2Jb\ufffd" in err
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/users", "users"),
        ("/users/delta?$select=id", "users"),
        ("/groups/x/members", "members"),
        ("/groups/x/members/microsoft.graph.user", "user"),
        ("/users/$count", "users"),
        ("/", "rows"),
    ],
)
def test_a_table_is_named_by_its_path(path: str, name: str) -> None:
    assert database.name_of(path) == name


def test_bytes_come_out_as_they_are(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    output.write_one(b"\x00\xff", output.Shape(), name="x", warn=print)
    output.write_one(b"\x00\xff", output.Shape(to=tmp_path / "photo.jpg"), name="x", warn=print)

    assert capsysbinary.readouterr().out == b"\x00\xff"
    assert (tmp_path / "photo.jpg").read_bytes() == b"\x00\xff"


def test_rows_are_written_as_they_come() -> None:
    out = io.StringIO()
    forms.jsonl(({"n": n} for n in range(3)), out)

    assert out.getvalue() == '{"n": 0}\n{"n": 1}\n{"n": 2}\n'


def test_kill_9_leaves_the_old_file_and_the_next_run_the_whole_one(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "users.csv"
    file.write_text("old", encoding="utf-8")
    graph_sandbox.fail("GET", "/users", stall=600, after=2)
    words = ["list", "/users", "--top", "10", "--to", str(file)]
    with started(sys.executable, "-m", "leangraph", *words):
        assert eventually(lambda: sum(request.path == "/users" for request in graph_sandbox.requests) >= 3)
    graph_sandbox._pipeline.script.clear()

    assert file.read_text(encoding="utf-8") == "old"
    assert main(words) == 0
    assert len(file.read_text(encoding="utf-8").splitlines()) == 51


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, now = _Terminal(), [0.0]
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    told = Progress(total=64)
    for _ in told.counted(range(64)):
        now[0] += 0.1
    told.close()

    assert "[######..................] 16 of 64 rows, 11/s" in screen.getvalue()
    assert screen.getvalue().endswith("[########################] 64 of 64 rows, 10/s\n")


def test_quiet_says_nothing_and_a_pipe_is_told_at_the_end_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for quiet, terminal, expected in ((True, _Terminal(), ""), (False, io.StringIO(), "64 rows, 10/s\n")):
        now = [0.0]
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr(time, "monotonic", lambda now=now: now[0])
        told = Progress(quiet=quiet)
        for _ in told.counted(range(64)):
            now[0] += 0.1
        if quiet:
            told.say("a warning")
        told.close()
        assert terminal.getvalue() == expected


GUID = "1f2e3d4c-0000-4000-8000-00000000000a"
CROWDED = {
    "ids make room first": (
        {"app": "HR Connector", "appId": GUID, "kind": "secret", "ends": "2026-12-01", "owners": "ada@x.y"},
        forms.PLAIN,
        ["app", "kind", "ends", "owners"],
    ),
    "wide columns become narrower": (
        {"when": "2026-12-01T00:00:00Z", "user": "a" * 50, "why": "b" * 50},
        forms.PLAIN,
        ["when", "user", "why"],
    ),
    "what was expanded stays": (
        {**{f"column{number}": "c" * 30 for number in range(9)}, "manager": {"displayName": "Ada"}},
        forms.Layout(select=[f"column{number}" for number in range(9)], expand=["manager($select=displayName)"]),
        ["column0", "column1", "manager"],
    ),
    "more was expanded than there is room for": (
        {f"column{number}": {"displayName": "d" * 30} for number in range(9)},
        forms.Layout(expand=[f"column{number}" for number in range(9)]),
        ["column0"],
    ),
    "ids that were asked for stay": (
        {"displayName": "d" * 40, "id": GUID},
        forms.Layout(select=["displayName", "id"]),
        ["displayName", "id"],
    ),
}


@pytest.mark.parametrize("case", CROWDED)
def test_what_matters_finds_room(case: str) -> None:
    row, layout, shown = CROWDED[case]

    lines = list(output.table([row], 60, layout))

    assert lines[0].split() == shown
    assert all(len(line) <= 60 for line in lines)
