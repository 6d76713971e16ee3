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
    assert graph_sandbox.users == 50 + time
    graph_sandbox.add_user()
"""


def test_a_scenario_is_built_once_for_a_module_or_a_class(tmp_path: Path) -> None:
    tmp_path.joinpath("test_a.py").write_text(SCENARIO, encoding="utf-8")
    after = "def test_it_is_gone(graph_sandbox):\n    assert graph_sandbox.snapshots == 0\n"
    wrong = "import pytest\n@pytest.mark.graph_sandbox(user=3)\ndef test_x(graph_sandbox): pass\n"
    tmp_path.joinpath("test_b.py").write_text(after, encoding="utf-8")
    tmp_path.joinpath("test_d.py").write_text(WIDENED, encoding="utf-8")
    tmp_path.joinpath("test_c.py").write_text(wrong, encoding="utf-8")
    done = run(tmp_path, "-W", "error", "--strict-markers", "-p", "no:randomly")

    assert "9 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "the marker is graph_sandbox(users=1000, seed=0)" in done.stdout
