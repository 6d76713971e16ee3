"""Every type of Microsoft Graph v1.0, for annotations: ``from leangraph.types import User``.

The stubs beside this module say what is in them, and cost nothing at run time: there, an object is a ``dict``,
and what an enumeration, a date or a word of ``select`` is made of is a ``str``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leangraph import data

_TEXT = frozenset("Date DateTime Duration Guid TimeOfDay".split())


def names(space: str = "") -> Callable[[str], Any]:
    """Return the ``__getattr__`` of the module of a namespace, ``security`` for ``microsoft.graph.security``."""

    def find(name: str) -> Any:
        bare = name.removeprefix("Partial")
        if name in _TEXT or any(map(data.is_enum, _spelled(space, bare))):
            return str
        if any(map(data.is_type, _spelled(space, bare))):
            return dict[str, Any]
        if bare.endswith("Field") and any(map(data.is_type, _spelled(space, bare.removesuffix("Field")))):
            return str
        raise AttributeError(f"Graph v1.0 has no type {'.'.join(filter(None, (space, name)))}")

    return find


def _spelled(space: str, name: str) -> list[str]:
    """Return what Graph may call a class."""
    return [f"{space}{'.' * bool(space)}{first}{name[1:]}" for first in (name[:1].lower(), name[:1])]


__getattr__ = names()
