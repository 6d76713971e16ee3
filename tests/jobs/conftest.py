"""What the tests of jobs share: a tenant that the command line finds, and what was written in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leangraph import Sandbox

Written = Callable[[], list[tuple[str, str, int | None]]]


@pytest.fixture
def written(graph_sandbox: Sandbox) -> Written:
    """Every write that arrived so far, as the request log has it: method, path, status."""

    def log() -> list[tuple[str, str, int | None]]:
        return [
            (each.method, each.path, each.status)
            for each in graph_sandbox.requests
            if each.method != "GET" and not each.path.endswith(("/$batch", "/token", "/getByIds"))
        ]

    return log


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let standard input be a terminal on which somebody answers."""
    import io

    class Typed(io.StringIO):
        def isatty(self) -> bool:
            return True

    def answer(text: str) -> None:
        monkeypatch.setattr("sys.stdin", Typed(f"{text}\n"))

    return answer
