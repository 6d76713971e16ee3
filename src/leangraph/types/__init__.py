"""Every type of Microsoft Graph v1.0, for annotations: ``from leangraph.types import User, UserAddress``.

The stubs beside this module say what is in them, and cost nothing at run time. There, an object is a ``dict``;
what an enumeration, a date or a word of ``select`` is made of, a ``str``; and all addresses are ``Address``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leangraph import data

_TEXT = frozenset("Date DateTime Duration Guid TimeOfDay".split())


def names(space: str = "") -> Callable[[str], Any]:
    """Return the ``__getattr__`` of the module of a namespace, ``security`` for ``microsoft.graph.security``."""

    def has(is_one: Callable[[str], bool], name: str) -> bool:
        spelled = (f"{space}{'.' * bool(space)}{first}{name[1:]}" for first in (name[:1].lower(), name[:1]))
        return any(map(is_one, spelled))

    def find(name: str) -> Any:
        if name in _TEXT or has(data.is_enum, name) or has(data.is_type, name.removesuffix("Field")):
            return dict[str, Any] if has(data.is_type, name) else str
        if has(data.is_type, name.removeprefix("Partial")):
            return dict[str, Any]
        if has(data.is_type, name.removesuffix("es").removesuffix("Address")):
            from leangraph.address import Address

            return Address
        raise AttributeError(f"Graph v1.0 has no type {'.'.join(filter(None, (space, name)))}")

    return find


__getattr__ = names()
