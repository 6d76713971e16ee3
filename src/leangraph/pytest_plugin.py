"""Fixtures for tests of Graph scripts: a tenant on this machine, and a client on it.

Installed with the package; nothing is loaded before a test asks for a fixture. A test changes the tenant as it
likes: data, faults, clock and log are rolled back before the next one.

    def test_guests_are_counted(graph_sandbox, graph_client):
        graph_sandbox.fail("GET", "/users", status=429, retry_after=0.1)
        assert graph_client.users.count(filter="userType eq 'Guest'") == 3

``graph_sandbox_users`` in pytest's configuration is the number of users, 50 by default; the marker
``graph_sandbox(users=1000, seed=3)`` makes it another number for a test, a class or (``pytestmark``) a module.

A scenario that many tests begin with is built once, in a fixture of their class or module:

    @pytest.fixture(scope="module", autouse=True)
    def scenario(graph_sandbox_module):
        graph_sandbox_module.add_group("Everybody", members=[...])
        graph_sandbox_module.snapshot()  # graph_sandbox is rolled back to this before each test
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from leangraph.client import GraphClient
    from leangraph.sandbox import Sandbox


class TypedAnswer(UserWarning):
    """A test's requests were answered by the metadata alone; told once of each family."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("graph_sandbox_users", "How many users the tenant of graph_sandbox has.", default="50")


def pytest_configure(config: pytest.Config) -> None:
    text = "graph_sandbox(users=50, seed=0): how many users the tenant of graph_sandbox has, and which they are."
    config.addinivalue_line("markers", text)


@pytest.fixture(scope="session")
def _graph_tenants(pytestconfig: pytest.Config) -> Iterator[Callable[[pytest.FixtureRequest], Sandbox]]:
    from leangraph.sandbox import Sandbox

    running: dict[tuple[int, int], Sandbox] = {}
    with ExitStack() as stack:

        def tenant(request: pytest.FixtureRequest) -> Sandbox:
            size = (int(pytestconfig.getini("graph_sandbox_users")), 0)
            marker = request.node.get_closest_marker("graph_sandbox")
            if marker is not None:
                size = _size(*marker.args, **{"users": size[0], **marker.kwargs})
            if size not in running:
                running[size] = stack.enter_context(Sandbox(users=size[0], seed=size[1]))
            return running[size]

        yield tenant


def _size(*args: object, users: object = 50, seed: object = 0, **unknown: object) -> tuple[int, int]:
    if args or unknown or not isinstance(users, int) or not isinstance(seed, int) or users < 0:
        raise pytest.UsageError("the marker is graph_sandbox(users=1000, seed=0), and both are whole numbers")
    return users, seed


@contextmanager
def _rolled_back(tenant: Sandbox) -> Iterator[Sandbox]:
    """Lend out a tenant as new, or as the last snapshot has it; snapshots made meanwhile are forgotten."""
    before, told_before = tenant.snapshots, tenant.on_typed
    told: list[str] = []
    tenant.reset()
    tenant.on_typed = told.append
    yield tenant
    tenant.on_typed = told_before
    for family in told:
        message = f"the sandbox answers {family} by its types alone: Graph's rules are not carried out"
        warnings.warn(message, TypedAnswer, stacklevel=1)
    while tenant.snapshots > before:
        tenant.forget_snapshot()


@contextmanager
def _client(tenant: Sandbox) -> Iterator[GraphClient]:
    from leangraph.client import GraphClient
    from leangraph.settings import Settings

    with GraphClient(settings=Settings.from_mapping(tenant.env)) as client:
        yield client


@pytest.fixture
def graph_sandbox(
    request: pytest.FixtureRequest, _graph_tenants: Callable[[pytest.FixtureRequest], Sandbox]
) -> Iterator[Sandbox]:
    """A Graph tenant, as new: one server a session, rolled back before each test."""
    with _rolled_back(_graph_tenants(request)) as tenant:
        yield tenant


@pytest.fixture(scope="class")
def graph_sandbox_class(
    request: pytest.FixtureRequest, _graph_tenants: Callable[[pytest.FixtureRequest], Sandbox]
) -> Iterator[Sandbox]:
    """The tenant of ``graph_sandbox``, for a scenario that a class shares: end it with ``snapshot()``."""
    with _rolled_back(_graph_tenants(request)) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def graph_sandbox_module(
    request: pytest.FixtureRequest, _graph_tenants: Callable[[pytest.FixtureRequest], Sandbox]
) -> Iterator[Sandbox]:
    """The tenant of ``graph_sandbox``, for a scenario that a module shares: end it with ``snapshot()``."""
    with _rolled_back(_graph_tenants(request)) as tenant:
        yield tenant


@pytest.fixture
def graph_client(graph_sandbox: Sandbox) -> Iterator[GraphClient]:
    """A client on ``graph_sandbox``, whatever the environment says."""
    with _client(graph_sandbox) as client:
        yield client


@pytest.fixture(scope="class")
def graph_client_class(graph_sandbox_class: Sandbox) -> Iterator[GraphClient]:
    """A client on ``graph_sandbox_class``."""
    with _client(graph_sandbox_class) as client:
        yield client


@pytest.fixture(scope="module")
def graph_client_module(graph_sandbox_module: Sandbox) -> Iterator[GraphClient]:
    """A client on ``graph_sandbox_module``."""
    with _client(graph_sandbox_module) as client:
        yield client
