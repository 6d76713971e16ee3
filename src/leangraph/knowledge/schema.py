"""Look-ups in the type data that follow inheritance. Names as in ``leangraph.knowledge``.

A name the metadata lacks has no members and no relatives: no function here raises for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from leangraph.knowledge import Operation, paths


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
    inner = _inner(bound_to)
    known = paths()["operations"]
    found: dict[str, list[Operation]] = {}
    for ancestor in lineage(inner):
        for name, overloads in known.get(f"Collection({ancestor})" if collection else ancestor, {}).items():
            found.setdefault(name, []).extend(overloads)
    return found


# --- paths --------------------------------------------------------------------------------------------

_VERSION = re.compile(r"/?(v1\.0|beta)(?=/)")
_FILES = re.compile(r":/[^:]*(?::|$)")  # drive/root:/a/b.txt:/content is drive/root/content
_AFTER = {"$count": "Edm.Int32", "$ref": "", "$value": "Edm.Stream"}


def leads_to(path: str) -> str | None:
    """Return the type that a path leads to, "" if nothing comes back, ``None`` if there is no such path.

    ``leads_to("/users/ada@contoso.com/messages") == "Collection(message)"``. The path has no query; case does
    not count. What stands behind a collection and is nothing else is a key.
    """
    return walk(path)[0]


def walk(path: str) -> tuple[str | None, str, str | None]:
    """Follow a path as far as it goes.

    Returns:
        The type it leads to or ``None``, the segment at which it ended, and the type before that one, ``None``
        for the root.
    """
    kind, before, segment = None, None, ""
    for number, segment in enumerate(_FILES.sub("", _VERSION.sub("", path)).strip("/").split("/")):
        before, kind = kind, _step(kind, segment) if kind or not number else None
        if kind is None:
            break
    return kind, segment, before


def following(kind: str | None) -> frozenset[str]:
    """Return the names that may follow, ``None`` being the root; of casts, none."""
    if kind is None:
        return frozenset(paths()["roots"])
    if kind.startswith("Collection("):
        return frozenset(operations(kind))
    return frozenset({*properties(kind), *navigation(kind), *operations(kind)})


def alternatives(path: str) -> list[str]:
    """Return what resembles the segment at which a path goes astray, the most similar name first."""
    kind, segment, before = walk(path)
    if kind is not None:
        return []
    from difflib import get_close_matches

    known = {name.lower(): name for name in sorted(following(before))}
    return [known[match] for match in get_close_matches(segment.lower(), known, n=3, cutoff=0.6)]


@cache
def named(name: str) -> Sequence[Operation]:
    """Return every action and function of a name, whatever it is bound to."""
    bound = paths()["operations"].values()
    return [operation for calls in bound for operation in calls.get(name, ())]


def bound(kind: str, name: str) -> Sequence[Operation]:
    """Return the overloads of an action or function that can be called on a type, or on what derives from it."""
    inner = _inner(kind)
    for other in (inner, *sorted(derived(inner))):
        if found := operations(kind.replace(inner, other)).get(name):
            return found
    return ()


def _step(kind: str | None, segment: str) -> str | None:
    """Return the type that one more segment leads to."""
    name, _, arguments = segment.lower().partition("(")
    if kind is None:
        found = _following(None).get(name)
        return _inner(found) if found and arguments else found  # users('ada@contoso.com')
    if name in _AFTER:
        return _AFTER[name]
    inner = _inner(kind)
    many = inner != kind
    bare = name.removeprefix("microsoft.graph.")
    for other in derived(inner) if bare != name else ():
        if other.lower() == bare:
            return kind.replace(inner, other)
    found = _following(kind).get(bare.rpartition(".")[2] if bare != name else name)
    if found is None:
        return inner if many and lineage(inner) else None
    return _inner(found) if arguments.startswith("'") else found


@cache
def _following(kind: str | None) -> Mapping[str, str]:
    """Return what may follow a type, by its name in lower case, and where that leads."""
    if kind is None:
        found = dict(paths()["roots"])
    else:
        found = {name: calls[0].get("returns", "") for name, calls in operations(kind).items()}
        if not kind.startswith("Collection("):
            found |= {**properties(kind), **navigation(kind)}
    return {name.lower(): target for name, target in found.items()}


def _inner(kind: str) -> str:
    return kind.removeprefix("Collection(").removesuffix(")")
