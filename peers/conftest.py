"""A tenant for other people's clients: what they do must work, since the sandbox is Graph and not our client's twin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leangraph.sandbox import Sandbox


@pytest.fixture(autouse=True)
def _nothing_breaks_inside(graph_sandbox: Sandbox) -> Iterator[None]:
    yield
    assert graph_sandbox.errors == []
