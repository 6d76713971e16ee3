"""Streams that are closed, full or left by their reader, and disks that are full: one line, nothing half made."""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from processes import run

from leangraph import ConfigurationError, Sandbox
from leangraph.cli import main, output
from leangraph.rows.journal import Journal

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the streams of a POSIX shell")
LEANGRAPH = f"{shlex.quote(sys.executable)} -m leangraph"


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return run("bash", "-c", line.replace("leangraph", LEANGRAPH))


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("leangraph delete /users/x <&-", 2, "there is no terminal to ask on: add --yes"),
        ("leangraph patch /users/x --input - <&-", 2, "standard input is closed"),
        ("leangraph upload - /users/x/drive/root:/a.txt <&-", 2, "standard input is closed"),
        ("leangraph list /users >&-", 1, "standard output is closed: name a file with --to"),
        ("leangraph get /users >&-", 1, "standard output is closed"),
        ("leangraph count /users >&-", 1, "standard output is closed"),
        ("leangraph --help >&-", 1, "standard output is closed"),
        ("leangraph get /users >/dev/full", 1, "No space left on device"),
        ("leangraph list /users -o csv >/dev/full", 1, "No space left on device"),
        ("leangraph --help >/dev/full", 1, "No space left on device"),
        ("leangraph list /users --to x.csv >&- <&-", 0, "50 rows in x.csv"),
        ("leangraph list /users --to x.xlsx >&- <&-", 0, "50 rows in x.xlsx"),
    ],
)
def test_a_stream_that_is_closed_or_full_is_one_line(tenant: Sandbox, line: str, code: int, said: str) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    done = shell(line)

    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= (4 if code == 2 else 1)


@pytest.mark.parametrize("line", ["leangraph count /users 2>&-", "leangraph count /users -v 2>/dev/full"])
def test_nobody_has_to_read_what_is_told(tenant: Sandbox, line: str) -> None:
    done = shell(line)

    assert (done.returncode, done.stdout) == (0, "50\n")


@pytest.mark.parametrize(
    "line", ["leangraph --help | true", "leangraph list /users -o jsonl | head -0", "leangraph get /users | true"]
)
def test_a_reader_that_has_gone_is_no_failure(tenant: Sandbox, line: str) -> None:
    done = shell(f"{line}; echo ${{PIPESTATUS[0]}}")

    assert (done.stdout, done.stderr) == ("0\n", "")


FULL = "trap '' XFSZ; ulimit -f 2; export PYTHONDONTWRITEBYTECODE=1; "  # else bytecode would be cut off, and stay
ROWS = [{"method": "PATCH", "path": "/users/x", "body": {"city": "x" * 40}}] * 200


@pytest.mark.parametrize("kind", ["o.xlsx", "o.db", "o.csv", "o.parquet"])
def test_a_full_disk_leaves_nothing_half_made(tenant: Sandbox, kind: str) -> None:
    done = shell(f"{FULL} leangraph list /users --to {kind}")

    assert done.returncode == 2
    assert kind in done.stderr
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(Path().iterdir()) == []


def test_a_copy_on_a_full_disk_stays_as_it_was(tenant: Sandbox) -> None:
    done = shell(f"{FULL} leangraph sync /users --to s.db")

    assert done.returncode == 2
    assert "s.db cannot be written: " in done.stderr
    assert list(Path().iterdir()) == []
    assert main(["sync", "/users", "--to", "s.db"]) == 0
    size = Path("s.db").stat().st_size
    tenant.add_user(displayName="Extra")
    assert shell(f"{FULL} leangraph sync /users --to s.db").returncode == 2
    with closing(sqlite3.connect("s.db")) as db:
        assert db.execute("SELECT count(*) FROM users").fetchone() == (50,)
    assert Path("s.db").stat().st_size == size
    assert main(["sync", "/users", "--to", "s.db"]) == 0


def test_a_run_whose_journal_finds_no_room_sends_nothing_and_leaves_none(tenant: Sandbox) -> None:
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    done = shell(f"{FULL} leangraph batch in.jsonl --yes")

    assert done.returncode == 2
    assert "in.jsonl.journal cannot be" in done.stderr
    assert "Traceback" not in done.stderr
    assert [file.name for file in Path().iterdir()] == ["in.jsonl"]
    assert tenant.requests == []


def test_a_journal_that_finds_no_more_room_says_how_to_go_on(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        journal._db.execute("PRAGMA max_page_count = 10")
        numbers = iter(range(10_000))
        with pytest.raises(ConfigurationError, match=r"journal .*j cannot be written: .*full.*--resume"):
            [journal.sent(number, ["PATCH", "/users/x"]) for number in numbers]


def test_a_temporary_folder_that_is_full_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    rows = ({"id": number} for number in range(1_001))

    with pytest.raises(ConfigurationError, match=r"temporary files, .* does not take the rows: No space left"):
        output.write(rows, output.Shape("csv"), name="x", warn=print)
