"""What the names of ``leangraph.types`` are at run time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leangraph import knowledge as data

_TEXT = frozenset("Date DateTime Duration Guid TimeOfDay".split())


def names(space: str = "") -> Callable[[str], Any]:
    """Return the ``__getattr__`` of the module of a namespace, ``security`` for ``microsoft.graph.security``."""

    def has(is_one: Callable[[str], bool], name: str) -> bool:
        spelled = (f"{space}{'.' * bool(space)}{first}{name[1:]}" for first in (name[:1].lower(), name[:1]))
        return any(map(is_one, spelled))

    def find(name: str) -> Any:
        if not name[:1].isupper():  # what import machinery and editors probe for
            raise AttributeError(name)
        if name in _TEXT or has(data.is_enum, name) or has(data.is_type, name.removesuffix("Field")):
            return dict[str, Any] if has(data.is_type, name) else str
        if has(data.is_type, name.removeprefix("Partial")):
            return dict[str, Any]
        if has(data.is_type, name.removesuffix("es").removesuffix("Address")):
            from leangraph.address import Address

            return Address
        raise AttributeError(f"Graph v1.0 has no type {'.'.join(filter(None, (space, name)))}")

    return find
