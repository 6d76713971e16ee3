"""What the tests of signing in share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leangraph import Sandbox
from leangraph.net.session import HttpSession


@pytest.fixture
def http(graph_sandbox: Sandbox) -> Iterator[HttpSession]:
    """A session that trusts the sandbox."""
    session = HttpSession(ca_bundle=graph_sandbox.ca_bundle)
    yield session
    session.close()
