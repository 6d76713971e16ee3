"""``leangraph sandbox``: a tenant that stays up, and the lines that lead a script to it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from processes import LIMIT, python, started

from leangraph import GraphClient, Settings
from leangraph.cli.sandbox import bash, dotenv, powershell

ON_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no Ctrl-C to one process")


@contextmanager
def tenant(*words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the command until it has said everything."""
    command = [sys.executable, "-W", "error", "-m", "leangraph", "sandbox", *words]
    with started(*command, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said + process.stderr.read()
            said += line
        yield said, process


def exported(said: str) -> dict[str, str]:
    lines = [shlex.split(line)[1] for line in said.splitlines() if line.startswith("export ")]
    return dict(line.split("=", 1) for line in lines)


@ON_POSIX
def test_the_lines_lead_a_script_to_a_tenant_that_ends_with_ctrl_c() -> None:
    with tenant("--users", "3") as (said, process):
        env = exported(said)
        with GraphClient(settings=Settings.from_mapping(env)) as graph:
            assert graph.users.count() == 3
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)

        assert (process.returncode, out, err) == (0, "", "")
        assert not Path(env["GRAPH_CA_BUNDLE"]).exists()


def test_the_lines_for_a_env_file_are_read_as_they_are_meant(tmp_path: Path) -> None:
    with tenant("--users", "2") as (said, _):
        block = said.partition("# .env\n")[2].partition("\n\n")[0]
        tmp_path.joinpath("my.env").write_text(block + "\n", encoding="utf-8")
        with GraphClient(settings=Settings(_env_file=str(tmp_path / "my.env"))) as graph:
            assert graph.users.count() == 2


def test_a_tenant_is_kept_in_a_file_and_taken_up_again(tmp_path: Path) -> None:
    file = str(tmp_path / "tenant.db")
    for number in (4, 3):
        with tenant("--users", "4", "--store", file) as (said, _):
            with GraphClient(settings=Settings.from_mapping(exported(said))) as graph:
                assert graph.users.count() == number
                graph.delete("/users/ada.lovelace@contoso.example") if number == 4 else None
            assert f"with {number} users" in said


def test_a_port_that_is_taken_is_said() -> None:
    with tenant("--users", "0") as (said, _):
        port = re.search(r"https://127\.0\.0\.1:(\d+)", said)
        assert port
        done = python("-m", "leangraph", "sandbox", "--port", port[1])
    assert done.returncode == 2
    assert port[1] in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("value", ["plain", "with 'quote'", r"C:\new\table\'s", 'with "$HOME" `x`', "ünï"])
def test_values_are_quoted_for_each_shell(value: str, tmp_path: Path) -> None:
    assert shlex.split(bash("N", value)) == ["export", f"N={value}"]
    assert powershell("N", value) == "$env:N = '" + value.replace("'", "''") + "'"
    tmp_path.joinpath("x.env").write_text(dotenv("AZURE_CLIENT_SECRET", value) + "\n", encoding="utf-8")
    settings = Settings(_env_file=str(tmp_path / "x.env"), tenant_id="t", client_id="c")
    assert settings.client_secret.get_secret_value() == value


def test_a_program_that_knows_nothing_of_it_finds_it_by_the_proxy(tmp_path: Path) -> None:
    export = tmp_path / "users.json"
    eve = {"userPrincipalName": "eve@contoso.example", "displayName": "Eve", "shoeSize": 40}
    export.write_text(json.dumps({"value": [eve]}), encoding="utf-8")
    with tenant("--users", "2", "--proxy", "--load", str(export)) as (said, _):
        assert "taken: 1 user\nnot taken: shoeSize of user eve@contoso.example" in said
        env = exported(said)
        assert "GRAPH_URL" not in env
        code = "import requests; print(requests.get('https://graph.microsoft.com/v1.0/users').status_code)"
        done = python("-c", code, env={**os.environ, **env})
        assert (done.stdout.strip(), done.stderr) == ("401", "")


def test_a_file_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("users.csv").write_text("id,name\n", encoding="utf-8")
    done = python("-m", "leangraph", "sandbox", "--load", str(tmp_path / "users.csv"))
    assert done.returncode == 2
    assert "users.csv, line 1: neither JSON nor JSON lines" in done.stderr
