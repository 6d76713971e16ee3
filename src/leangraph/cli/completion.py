"""Completion of commands, options and paths. A path's next segment comes from Microsoft's metadata."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class


def script(commands: click.Command, shell: str) -> str:
    """Return what a shell has to evaluate."""
    found = get_completion_class(shell)
    assert found is not None
    return found(commands, {}, "leangraph", "_LEANGRAPH_COMPLETE").source()


def paths(_context: Any, _parameter: Any, incomplete: str) -> list[CompletionItem]:
    """Return the paths that go on from what has been typed; a key is offered as ``{id}``."""
    from leangraph.knowledge import schema

    before, _, last = incomplete.rpartition("/")
    kind = (schema.leads_to(before) or "") if before.strip("/") else ""
    names = candidates(kind) if kind or not before.strip("/") else []
    return [CompletionItem(f"{before}/{name}") for name in names if name.lower().startswith(last.lower())]


def candidates(kind: str) -> list[str]:
    """Return the segments that may follow a type; for "" the roots."""
    from leangraph import knowledge as data
    from leangraph.knowledge import schema

    if not kind:
        return sorted(data.paths()["roots"])
    if kind.startswith("Collection("):
        return ["{id}", "$count", *sorted(schema.operations(kind))]
    return [*sorted(schema.navigation(kind)), *sorted(schema.operations(kind))]
