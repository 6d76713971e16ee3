"""The fixtures that the package brings for tests of other people's scripts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from processes import python

pytestmark = pytest.mark.xdist_group("pytest plugin")  # one worker: they share a run

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


def test_who_asks_for_no_fixture_pays_for_nothing(tmp_path: Path) -> None:
    body = (
        "import sys\n\n\ndef test_nothing_is_loaded():\n"
        "    heavy = {'msal', 'pydantic', 'leangraph.sandbox', 'leangraph.client'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    tmp_path.joinpath("test_light.py").write_text(body, encoding="utf-8")
    done = run(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


SCENARIO = """
import pytest

pytestmark = pytest.mark.graph_sandbox(users=9, seed=4)
BUILT = []


@pytest.fixture(scope="module", autouse=True)
def scenario(graph_sandbox_module, graph_client_module):
    BUILT.append(graph_sandbox_module.users)
    group = {"displayName": "Scene", "mailNickname": "s", "mailEnabled": False, "securityEnabled": True}
    graph_client_module.groups.post(group)
    graph_sandbox_module.snapshot()


def scenes(client):
    return list(client.groups.list(filter="startsWith(displayName, 'Scene')", select="displayName"))


@pytest.mark.parametrize("time", range(2))
def test_each_test_begins_with_the_scenario(graph_sandbox, graph_client, time):
    assert (BUILT, len(scenes(graph_client))) == ([9], 1)
    graph_sandbox.add_group("Scene of a test")
    graph_sandbox.snapshot()  # is the test's own


@pytest.fixture(scope="class")
def more(graph_sandbox_class, graph_client_class):
    assert len(scenes(graph_client_class)) == 1
    graph_sandbox_class.add_group("Scene of a class")
    graph_sandbox_class.snapshot()


@pytest.mark.usefixtures("more")
class TestMore:
    @pytest.mark.parametrize("time", range(2))
    def test_a_class_adds_to_it(self, graph_sandbox, graph_client, time):
        assert len(scenes(graph_client)) == 2
        graph_sandbox.add_group("Scene of a test")


def test_what_a_class_added_is_gone(graph_client):
    assert len(scenes(graph_client)) == 1


@pytest.mark.graph_sandbox(users=3)
def test_a_marker_says_how_many_users(graph_client):
    assert (graph_client.users.count(), scenes(graph_client)) == (3, [])


"""


WIDENED = """
import pytest


@pytest.fixture(scope="module")
def graph_sandbox(graph_sandbox_module):
    return graph_sandbox_module


@pytest.mark.parametrize("time", range(2))
def test_a_module_may_share_one_state(graph_sandbox, time):
    assert graph_sandbox.users == 7 + time
    graph_sandbox.add_user()
"""


AFTER = """
def test_nothing_is_left_of_a_scenario(graph_sandbox):
    assert graph_sandbox.snapshots == 0
"""
WRONG = """
import pytest


@pytest.mark.graph_sandbox(user=3)
def test_the_marker_is_wrong(graph_sandbox):
    pass
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of each test elsewhere, all in one run: most of its time is to start."""
    folder = tmp_path_factory.mktemp("elsewhere")
    folder.joinpath("pytest.ini").write_text("[pytest]\ngraph_sandbox_users = 7\n", encoding="utf-8")
    for name, source in {"a": SCRIPT, "b": SCENARIO, "c": AFTER, "d": WRONG, "e": WIDENED}.items():
        folder.joinpath(f"test_{name}.py").write_text(source, encoding="utf-8")
    done = run(folder, "-rA", "-W", "error", "--strict-markers", "-p", "no:randomly")
    return done.stdout + done.stderr


def passed(said: str, file: str) -> int:
    assert f"FAILED {file}" not in said, said
    return said.count(f"PASSED {file}")


def test_a_test_elsewhere_gets_a_tenant_and_a_client_without_any_set_up(said: str) -> None:
    assert passed(said, "test_a.py") == 4, said


def test_a_scenario_is_built_once_for_a_module_or_a_class(said: str) -> None:
    assert (passed(said, "test_b.py"), passed(said, "test_c.py")) == (6, 1), said


def test_a_fixture_can_be_widened(said: str) -> None:
    assert passed(said, "test_e.py") == 2, said


def test_a_marker_that_is_wrong_is_told(said: str) -> None:
    assert "the marker is graph_sandbox(users=1000, seed=0)" in said
    assert passed(said, "test_d.py") == 0
