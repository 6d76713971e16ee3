"""Servers that say what a test tells them to, beside the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from canned import Canned, canned


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
