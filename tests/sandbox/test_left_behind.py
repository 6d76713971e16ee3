"""What sandboxes leave behind, and what they say of what they do not carry out."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from graph_calls import Graph
from processes import python

from leangraph import Sandbox
from leangraph.cli import main


def test_the_folders_of_dead_processes_go_and_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = python("-c", "import os; print(os.getpid())").stdout.strip()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in (f"leangraph-sandbox-{dead}-a", f"leangraph-sandbox-{os.getpid()}-b", "leangraph-sandbox-x", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ca.pem").write_text("x", encoding="utf-8")

    with Sandbox(users=0) as sandbox:
        there = {path.name for path in tmp_path.iterdir()}
        own = Path(sandbox.ca_bundle).parent.name
        assert there == {f"leangraph-sandbox-{os.getpid()}-b", "leangraph-sandbox-x", "c", own}
    assert not (tmp_path / own).exists()


def test_a_family_that_is_merely_typed_is_told_once(graph: Graph) -> None:
    told: list[str] = []
    graph.sandbox.on_typed = told.append
    for path in ("/print/shares", "/print/shares", "/print/printers", "/users", "/print/shares/$count"):
        graph("GET", path)

    assert told == ["/print/shares", "/print/printers"]


def test_the_command_line_tells_it_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "/identityGovernance/lifecycleWorkflows/workflows", "--sandbox"]) == 0
    assert "sandbox: /identityGovernance/lifecycleWorkflows is answered by its types" in capsys.readouterr().err


def test_a_test_is_warned_of_it(tmp_path: Path) -> None:
    script = "def test_it(graph_client):\n" + "    graph_client.get('/print/shares')\n" * 2
    tmp_path.joinpath("test_it.py").write_text(script, encoding="utf-8")
    done = python("-m", "pytest", "-p", "no:cacheprovider", "-q", cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    assert done.stdout.count("TypedAnswer: the sandbox answers /print/shares by its types alone") == 1
