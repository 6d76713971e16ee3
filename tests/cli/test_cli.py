"""The command line: what it prints where, and what it exits with."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import LIMIT, python, started

from leangraph import Sandbox
from leangraph.cli import main, output
from leangraph.cli.demo import USERS, tell

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
LIST = ["list", "/users", "--select", "displayName,mail"]


@pytest.fixture
def in_tenant(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)
    return graph_sandbox


def run(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return python("-W", "error", "-m", "leangraph", *words, env=env)


def test_the_demo_lists_users_crosses_a_page_and_survives_a_429() -> None:
    lines: list[str] = []
    waits: list[float] = []

    tell(lines.append, waits.append)

    told = "\n".join(lines)
    assert "through MSAL" in told
    assert "page 1: 15 users, and a link to the next" in told
    assert "429 Too Many Requests" in told
    assert f"{USERS} users. On your own tenant: set AZURE_TENANT_ID" in told
    assert "Siobhán O'Brien" in told
    assert len(waits) == 1
    assert 1.0 <= waits[0] <= 1.5


def test_the_demo_runs_by_itself_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("AZURE_TENANT_ID=common\nGRAPH_TIMEOUT=never\n", encoding="utf-8")
    nowhere = "http://127.0.0.1:1"
    hostile = {"HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere, "GRAPH_PROXY": nowhere, "GRAPH_CLOUD": "moon"}

    done = run("demo", env={**os.environ, **hostile, "REQUESTS_CA_BUNDLE": str(Path(".env").resolve())})

    assert done.returncode == 0, done.stderr
    assert "25 users." in done.stdout
    assert not done.stderr


def test_a_list_in_a_pipe_is_json_lines_of_every_page(
    in_tenant: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*LIST, "--top", "20"]) == 0

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 50
    assert rows[0].keys() >= {"displayName", "mail"}


def test_limit_is_the_total(in_tenant: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*LIST, "--limit", "3", "-o", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 3


def test_get_prints_one_object(in_tenant: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["get", "/users/ada.lovelace@contoso.example", "--select", "displayName"]) == 0
    assert json.loads(capsys.readouterr().out)["displayName"] == "Ada Lovelace"


def test_the_sandbox_option_needs_no_tenant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*LIST, "--limit", "1", "--sandbox"]) == 0
    assert json.loads(capsys.readouterr().out)["displayName"] == "Ada Lovelace"


@pytest.mark.parametrize(
    ("fault", "exit_code"),
    [
        ({"status": 500, "times": 99}, 1),
        ({"status": 403}, 5),
        ({"status": 404}, 3),
        ({"status": 401, "times": 9}, 4),
    ],
)
def test_the_exit_code_says_what_went_wrong(
    in_tenant: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: dict[str, int],
    exit_code: int,
) -> None:  # fmt: skip
    monkeypatch.setenv("GRAPH_MAX_RETRIES", "0")
    in_tenant.fail("GET", "/users", **fault)

    assert main(LIST) == exit_code

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"error: {fault['status']}")


def test_more_throttling_than_patience_exits_with_6(
    in_tenant: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    in_tenant.fail("GET", "/users", status=429, retry_after=3600)
    assert main(LIST) == 6
    assert "GRAPH_PATIENCE" in capsys.readouterr().err


def test_a_wrong_secret_exits_with_4_and_says_which_value_is_meant(
    in_tenant: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "canary-secret")
    assert main(LIST) == 4
    captured = capsys.readouterr()
    assert "not its Secret ID" in captured.err
    assert "canary-secret" not in captured.err + captured.out


@pytest.mark.parametrize("words", [["lst"], ["list"], ["list", "/users", "--limit", "-1"], ["list", "/users"]])
def test_wrong_words_and_missing_settings_exit_with_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err


def test_without_click_the_command_prints_the_install_line_and_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfound = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'click' else found(name, *more)\n",
        encoding="utf-8",
    )

    done = run("demo", env={**os.environ, "PYTHONPATH": str(tmp_path)})

    assert done.returncode == 2
    for line in done.stderr.splitlines()[1:]:
        assert f"\n{line.strip()}\n" in DOCS.read_text(encoding="utf-8")
    assert len(done.stderr.splitlines()) == 4


def test_help_loads_neither_msal_nor_requests_nor_pydantic() -> None:
    script = (
        "import sys; from leangraph.cli import main; main(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    )
    done = python("-c", script)
    assert "Usage: leangraph" in done.stdout
    assert not {"'msal'", "'requests'", "'pydantic'"} & set(done.stderr.strip("[]\n").split(", "))


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe is closed differently there")
def test_a_closed_pipe_ends_quietly(in_tenant: Sandbox) -> None:
    with started(sys.executable, "-m", "leangraph", *LIST, "--top", "1", "--quiet") as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_ctrl_c_exits_with_130(in_tenant: Sandbox) -> None:
    in_tenant.fail("GET", "/users", stall=600, after=1)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with started(sys.executable, "-m", "leangraph", *LIST, "--top", "5", env=environment) as process:
        process.stdout.readline()

        process.send_signal(signal.SIGINT)

        _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert err.split() == ["interrupted"]


def test_a_table_is_no_wider_than_the_terminal() -> None:
    rows = [{"id": str(n), "displayName": "小龍 李" * n, "mail": "x" * n, "tags": ["a"] * n} for n in range(30)]
    lines = list(output.table(rows, 40))
    assert len(lines) == 32
    assert max(output._width(line, 1000)[0] for line in lines) <= 40
    assert lines[0].startswith("displayName")


def test_control_characters_of_a_value_never_reach_the_terminal() -> None:
    lines = list(output.table([{"displayName": "\x1b]0;evil\x07\u202etxt\x9b1m"}], 40))
    assert not any(set(line) & set("\x1b\x07\u202e\x9b") for line in lines)


def test_output_in_a_pipe_is_utf_8_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    output.prepare_streams()
    output.write([{"displayName": "Łukasz 小龍"}], output.Shape(), name="users", warn=print)
    stream.flush()
    assert "Łukasz 小龍" in stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
