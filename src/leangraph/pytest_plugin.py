"""Fixtures for tests of Graph scripts: a tenant on this machine, and a client on it.

Installed with the package; nothing is loaded before a test asks for a fixture. A test changes the tenant as it
likes: data, faults, clock and log are rolled back before the next one.

    def test_guests_are_counted(graph_sandbox, graph_client):
        graph_sandbox.fail("GET", "/users", status=429, retry_after=0.1)
        assert graph_client.users.count(filter="userType eq 'Guest'") == 3

``graph_sandbox_users`` in pytest's configuration is the number of users, 50 by default.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from leangraph.client import GraphClient
    from leangraph.sandbox import Sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("graph_sandbox_users", "How many users the tenant of graph_sandbox has.", default="50")


@pytest.fixture(scope="session")
def _graph_tenant(pytestconfig: pytest.Config) -> Iterator[Sandbox]:
    from leangraph.sandbox import Sandbox

    with Sandbox(users=int(pytestconfig.getini("graph_sandbox_users"))) as sandbox:
        yield sandbox


@pytest.fixture
def graph_sandbox(_graph_tenant: Sandbox) -> Sandbox:
    """A Graph tenant, as new: one server a session, rolled back before each test."""
    _graph_tenant.reset()
    return _graph_tenant


@pytest.fixture
def graph_client(graph_sandbox: Sandbox) -> Iterator[GraphClient]:
    """A client on ``graph_sandbox``, whatever the environment says."""
    from leangraph.client import GraphClient
    from leangraph.settings import Settings

    with GraphClient(settings=Settings.from_mapping(graph_sandbox.env)) as client:
        yield client
