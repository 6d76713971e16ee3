"""A tenant for other people's clients: what Graph does for them, the sandbox must do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leangraph.sandbox import Sandbox


@pytest.fixture(autouse=True)
def _nothing_breaks_inside(graph_sandbox: Sandbox) -> Iterator[None]:
    yield
    assert graph_sandbox.errors == []
