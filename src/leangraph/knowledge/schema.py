"""Look-ups in the type data that follow inheritance. Names as in ``leangraph.knowledge``.

A name the metadata lacks has no members and no relatives: no function here raises for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from leangraph.knowledge import Operation, paths, values


def item_of(kind: str) -> str:
    """Return the type of the items of a collection, of anything else the type itself."""
    return kind.removeprefix("Collection(").removesuffix(")")


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
def filled(name: str) -> frozenset[str]:
    """Return the properties that always have a value, inherited ones too."""
    return frozenset(key for ancestor in lineage(name) for key in values()["filled"].get(ancestor, ()))


@cache
def computed(name: str) -> frozenset[str]:
    """Return the properties that no request sets, inherited ones too."""
    return frozenset(key for ancestor in lineage(name) for key in values()["computed"].get(ancestor, ()))


@cache
def operations(bound_to: str) -> Mapping[str, Sequence[Operation]]:
    """Return what can be called on ``user`` or on ``Collection(user)``: name -> overloads.

    What is bound to an ancestor comes after what is bound to the type itself: of two overloads with the
    same parameters (``/applications/delta``), the first is the one that Graph calls.
    """
    collection = bound_to.startswith("Collection(")
    item = item_of(bound_to)
    known = paths()["operations"]
    found: dict[str, list[Operation]] = {}
    for ancestor in lineage(item):
        for name, overloads in known.get(f"Collection({ancestor})" if collection else ancestor, {}).items():
            found.setdefault(name, []).extend(overloads)
    return found


# --- paths --------------------------------------------------------------------------------------------

_HEAD = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?/?(?:(?:v1\.0|beta)(?=/|$))?")
_SEGMENT = re.compile(r"(?:[(=,]'(?:[^']|'')*'|[^/])+")  # a quoted argument may hold slashes
_FILE = re.compile(r":/+[^:]*(:?)")  # root:/a/b.txt:/content
_AFTER = {"$count": "Edm.Int32", "$ref": "", "$value": "Edm.Stream"}
_LOOKS_LIKE_A_KEY = re.compile(r"[\d@{]")


class Step(NamedTuple):
    """One segment of a path, and where it leads.

    Attributes:
        text: the segment as it is in the path.
        role: what it is; ``unknown`` where the metadata has nothing of the kind.
        name: the segment in Graph's own spelling, ``{id}`` for a key and ``{path}`` for a file's path;
            arguments are ``{value}``: ``getEmailActivityCounts(period={value})``.
        kind: the type it leads to, "" if nothing comes back, ``None`` if it is unknown.
    """

    text: str
    role: Literal["member", "operation", "cast", "key", "file", "special", "unknown"]
    name: str
    kind: str | None


@lru_cache(maxsize=1024)
def steps(path: str) -> tuple[Step, ...]:
    """Follow a path from segment to segment: every question about a path is answered from here.

    The path may be a whole address; its version and query do not count, nor does case. What follows a collection
    and is nothing else is a key. Behind what the metadata does not know, every segment is unknown, and one with a
    digit, an ``@`` or braces is called ``{id}``.
    """
    followed: list[Step] = []
    kind: str | None = None
    for text in _split(path):
        step = _step(kind, text) if kind or not followed else None
        if step is None:
            step = Step(text, "unknown", "{id}" if _LOOKS_LIKE_A_KEY.search(text) else text, None)
        kind = step.kind
        followed.append(step)
    return tuple(followed)


def leads_to(path: str) -> str | None:
    """Return the type that a path leads to, "" if nothing comes back, ``None`` if there is no such path.

    ``leads_to("/users/ada@contoso.com/messages") == "Collection(message)"``.
    """
    followed = steps(path)
    return followed[-1].kind if followed else None


def spelled(path: str) -> str:
    """Return a path in Graph's own spelling, with ``{id}`` for its keys: ``/auditLogs/signIns/{id}``."""
    names: list[str] = []
    for step in steps(path):
        if step.role == "file":
            names[-1] += f":/{step.name}"
        else:
            names.append(step.name)
    return "/" + "/".join(names)


def following(kind: str | None) -> frozenset[str]:
    """Return the names that may follow, ``None`` being the root; of casts, none."""
    if kind is None:
        return frozenset(paths()["roots"])
    if kind.startswith("Collection("):
        return frozenset(operations(kind))
    return frozenset({*properties(kind), *navigation(kind), *operations(kind)})


def alternatives(path: str) -> list[str]:
    """Return what resembles the segment at which a path goes astray, the most similar name first."""
    before = None
    for step in steps(path):
        if step.kind is None:
            return _similar(step.text, following(before))
        before = step.kind
    return []


def similar(word: str, kind: str) -> list[str]:
    """Return the properties and relations of a type whose names resemble a word, the most similar first."""
    return _similar(word, {*properties(kind), *navigation(kind)})


def _similar(word: str, names: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    known = {name.lower(): name for name in sorted(names)}
    return [known[match] for match in get_close_matches(word.lower(), known, n=3, cutoff=0.6)]


@cache
def named(name: str) -> Sequence[Operation]:
    """Return every action and function of a name, whatever it is bound to."""
    bound = paths()["operations"].values()
    return [operation for calls in bound for operation in calls.get(name, ())]


def bound(kind: str, name: str) -> Sequence[Operation]:
    """Return the overloads of an action or function that can be called on a type, or on what derives from it."""
    item = item_of(kind)
    for other in (item, *sorted(derived(item))):
        if found := operations(kind.replace(item, other)).get(name):
            return found
    return ()


def _split(path: str) -> list[str]:
    """Return the segments of a path; a file's path is one of them: ``root``, ``:/a/b.txt:``, ``content``."""
    text = _HEAD.sub("", path.partition("?")[0], count=1)
    found: list[str] = []
    while text:
        before, mark, _ = text.partition(":/")
        found += _SEGMENT.findall(before)
        if not mark or not found:
            break
        file = _FILE.match(text, len(before))
        assert file is not None  # it begins with :/
        found.append(file[0])
        text = text[file.end() :]
    return found


def _step(kind: str | None, text: str) -> Step | None:
    """Return the step that one more segment is, ``None`` if the metadata has no such segment there."""
    if text.startswith(":/"):
        return Step(text, "file", "{path}" + ":" * text.endswith(":"), kind) if kind else None
    name, _, arguments = text.partition("(")
    low = name.lower()
    if kind is not None and text.startswith("$"):
        return Step(text, "special", low, _AFTER.get(low))
    member = _members(kind).get(low)
    if member is not None:
        return _keyed(Step(text, "member", *member), arguments)
    if kind is not None and low.startswith("microsoft.graph."):
        item = item_of(kind)
        for other in (item, *derived(item)):
            if other.lower() == low.removeprefix("microsoft.graph."):
                return Step(text, "cast", f"microsoft.graph.{other}", kind.replace(item, other))
    called = _calls(kind).get(low.rpartition(".")[2])
    if called is not None:
        given = [one.partition("=")[0].strip() for one in arguments.rstrip(")").split(",") if "=" in one]
        written = f"({','.join(f'{one}={{value}}' for one in given)})" if given else ""
        return Step(text, "operation", called[0] + written, called[1])
    if kind is not None and kind.startswith("Collection(") and lineage(item_of(kind)):
        return Step(text, "key", "{id}", item_of(kind))
    return None


def _keyed(step: Step, arguments: str) -> Step:
    """Return the step with a key in parentheses: ``users('ada@contoso.com')``, ``applications(appId='…')``."""
    if not arguments or step.kind is None:
        return step
    other = re.fullmatch(r"(\w+)='?[^']*'?\)", arguments)
    name = f"{step.name}({other[1]}={{value}})" if other else f"{step.name}/{{id}}"
    return step._replace(name=name, kind=item_of(step.kind))


@cache
def _members(kind: str | None) -> Mapping[str, tuple[str, str]]:
    """Return what belongs to a type, the root for ``None``: name in lower case -> its spelling and its type."""
    if kind is None:
        known: Mapping[str, str] = paths()["roots"]
    else:
        known = {} if kind.startswith("Collection(") else {**properties(kind), **navigation(kind)}
    return {name.lower(): (name, target) for name, target in known.items()}


@cache
def _calls(kind: str | None) -> Mapping[str, tuple[str, str]]:
    """Return what can be called on a type, the root for ``None``; as ``_members``, with what comes back."""
    known = paths()["operations"].get("", {}) if kind is None else operations(kind)
    return {name.lower(): (name, calls[0].get("returns", "")) for name, calls in known.items()}
