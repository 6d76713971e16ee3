"""The fixtures that the package brings for tests of other people's scripts."""

from __future__ import annotations

import subprocess
from pathlib import Path

from processes import python

SCRIPT = """
import os
import pytest
from leangraph import Conflict, Throttled

os.environ["GRAPH_READ_ONLY"] = "1"  # is not meant for the tenant of a test
PORTS = set()


@pytest.mark.parametrize("time", range(3))
def test_each_test_finds_the_tenant_as_new(graph_sandbox, graph_client, time):
    PORTS.add(graph_sandbox.url)
    assert graph_sandbox.requests == []
    assert graph_client.users.count() == 7
    assert graph_sandbox.pending_faults == 0
    graph_client.delete("/users/ada.lovelace@contoso.example")
    graph_sandbox.fail("*", "*", status=500, times=99)
    graph_sandbox.advance(9999)
    graph_sandbox.page_size = 1


def test_there_is_one_server(graph_sandbox):
    assert PORTS == {graph_sandbox.url}
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python("-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments, cwd=folder)


def test_a_test_elsewhere_gets_a_tenant_and_a_client_without_any_set_up(tmp_path: Path) -> None:
    tmp_path.joinpath("test_script.py").write_text(SCRIPT, encoding="utf-8")
    tmp_path.joinpath("pytest.ini").write_text("[pytest]\ngraph_sandbox_users = 7\n", encoding="utf-8")
    done = run(tmp_path, "-W", "error")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_who_asks_for_no_fixture_pays_for_nothing(tmp_path: Path) -> None:
    body = (
        "import sys\n\n\ndef test_nothing_is_loaded():\n"
        "    heavy = {'msal', 'pydantic', 'leangraph.sandbox', 'leangraph.client'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    tmp_path.joinpath("test_light.py").write_text(body, encoding="utf-8")
    done = run(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
