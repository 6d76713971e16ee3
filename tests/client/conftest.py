"""Servers that say what a test tells them to, beside the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from canned import Canned, canned, client_on

from leangraph import GraphClient


@pytest.fixture
def server() -> Iterator[Canned]:
    """Graph itself, where a test says word by word what it answers."""
    with canned() as served:
        yield served


@pytest.fixture
def host() -> Iterator[Canned]:
    """The host of addresses that carry their own permission: nobody shows it a token."""
    with canned() as served:
        yield served
        assert [seen for seen in served.requests if "authorization" in seen.headers] == []


@pytest.fixture
def graph(server: Canned, naps: list[float]) -> Iterator[GraphClient]:
    """A client of that server, without chance; its waits are only noted."""
    with client_on(server, naps) as client:
        yield client
