"""Look-ups in the type data that follow inheritance. Names as in ``leangraph.data``.

A name the metadata lacks has no members and no relatives: no function here raises for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from leangraph.data import Operation, paths


@cache
def lineage(name: str) -> tuple[str, ...]:
    """Return the type and its ancestors, nearest first: ``user, directoryObject, entity``."""
    found = paths()["types"].get(name)
    if found is None:
        return ()
    return (name, *lineage(found["base"])) if "base" in found else (name,)


@cache
def derived(name: str) -> frozenset[str]:
    """Return every type below this one: where ``/microsoft.graph.x`` may cast to."""
    return frozenset(other for other in paths()["types"] if name in lineage(other)[1:])


@cache
def properties(name: str) -> Mapping[str, str]:
    """Return the structural properties, inherited ones first: name -> type."""
    types = paths()["types"]
    own = (types[ancestor].get("properties", {}) for ancestor in reversed(lineage(name)))
    return {key: kind for members in own for key, kind in members.items()}


@cache
def navigation(name: str) -> Mapping[str, str]:
    """Return the navigation properties, inherited ones first: name -> type they lead to."""
    types = paths()["types"]
    own = (types[ancestor].get("navigation", {}) for ancestor in reversed(lineage(name)))
    return {key: kind for members in own for key, kind in members.items()}


@cache
def references(name: str) -> frozenset[str]:
    """Return the navigation properties that take ``/$ref``."""
    types = paths()["types"]
    return frozenset(key for ancestor in lineage(name) for key in types[ancestor].get("references", ()))


@cache
def operations(bound_to: str) -> Mapping[str, Sequence[Operation]]:
    """Return what can be called on ``user`` or on ``Collection(user)``: name -> overloads.

    What is bound to an ancestor comes after what is bound to the type itself: of two overloads with the
    same parameters (``/applications/delta``), the first is the one that Graph calls.
    """
    collection = bound_to.startswith("Collection(")
    inner = bound_to.removeprefix("Collection(").removesuffix(")")
    known = paths()["operations"]
    found: dict[str, list[Operation]] = {}
    for ancestor in lineage(inner):
        for name, overloads in known.get(f"Collection({ancestor})" if collection else ancestor, {}).items():
            found.setdefault(name, []).extend(overloads)
    return found
