"""Which paths Microsoft Graph v1.0 has, by its own metadata; and a path's text as segments."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from leangraph import knowledge as data
from leangraph.knowledge import schema

from ..wire.faults import Refusal

BY_PATH = ":"  # the segment that says: what follows is a path of files, not an id

_KEYED = re.compile(r"([^()']+)\((?:[A-Za-z]\w*=)?'(.*)'\)", re.DOTALL)  # users('a'), applications(appId='a')
_ALTERNATE = re.compile(r"([^()']+)\(([A-Za-z]\w*)='(.*)'\)", re.DOTALL)
_CALL = re.compile(r"([^()]+)\((.*)\)", re.DOTALL)
_FILES = re.compile(r"(.*?/(?:root|items/[^/:]+)):/(.*?)(?::(?:/(.*))?)?", re.DOTALL | re.IGNORECASE)
_ENCODED = re.compile(r"/(?:root|items/[^/:%]+)(?:%3A|:)", re.IGNORECASE)


class Place(NamedTuple):
    """Where a path leads: the type there, and the path with ``{id}`` for every key."""

    type: str
    template: str


def split(raw_path: str) -> list[str]:
    """Return decoded segments; ``users('a')`` is ``users`` and ``a``, its quotes undoubled.

    ``root:/a/b:/content`` is ``root``, ``:``, ``a/b``, ``content``; ``applications(appId='x')`` is
    ``applications`` and ``appId='x'``.
    """
    raw_path = re.sub("/{2,}", "/", raw_path)  # a root that ends in a slash, and a path that begins with one
    if _ENCODED.search(raw_path):  # a file's path as a template's one variable: items/root%3A%2Fa.txt%3A/content
        raw_path = re.sub("%3A", ":", re.sub("%2F", "/", raw_path, flags=re.IGNORECASE), flags=re.IGNORECASE)
    files = _FILES.fullmatch(raw_path)
    if files:
        rest = split(files[3]) if files[3] else []
        return [*split(files[1]), BY_PATH, unquote(files[2]).strip("/"), *rest]
    found: list[str] = []
    for segment in map(unquote, raw_path.strip("/").split("/")):
        alternate, keyed = _ALTERNATE.fullmatch(segment), _KEYED.fullmatch(segment)
        if alternate and _is_key(alternate[1], alternate[2]):
            found += [alternate[1], f"{alternate[2]}={alternate[3]}"]
        elif keyed and not alternate:
            found += [keyed[1], keyed[2].replace("''", "'")]
        else:
            found.append(_unaliased(segment))
    return found


def _unaliased(segment: str) -> str:
    """Return ``graph.user`` as ``microsoft.graph.user``: the metadata's alias, in which the SDKs write casts."""
    alias, dot, name = segment.partition(".")
    if alias.lower() == "graph" and dot and name.partition("(")[0].lower() in _names():
        return f"microsoft.graph.{name}"
    return segment


@cache
def _names() -> frozenset[str]:
    """Return every name that may stand behind a namespace, in lower case."""
    bound = data.paths()["operations"].values()
    return frozenset(name.lower() for names in (data.paths()["types"], *bound) for name in names)


@cache
def operations_of_collections() -> frozenset[str]:
    """Return the names by which something is called on a collection: ``delta``."""
    bound = data.paths()["operations"]
    return frozenset(name for kind, names in bound.items() if kind.startswith("Collection(") for name in names)


def is_called(segments: list[str]) -> bool:
    """Tell whether a path ends in what is called on its collection, which is no key of it: ``groups/delta``."""
    if segments[-1] not in operations_of_collections():
        return False
    try:
        return segments[-1] in schema.operations(place(segments[:-1]).type)
    except Refusal:
        return True


def _is_key(collection: str, name: str) -> bool:
    """Tell whether a root's objects have this alternate key; else the parentheses are a function's."""
    return any(
        name.lower() in (part.lower() for part in key)
        for root, kind in data.paths()["roots"].items()
        if root.lower() == collection.lower()
        for ancestor in schema.lineage(inner(kind))
        for key in data.paths()["types"][ancestor].get("alternate", ())
    )


def place(segments: list[str]) -> Place:
    """Return where segments (without a version) lead in v1.0.

    Raises :class:`Refusal` with Graph's 400, which names the first segment that does not exist.
    """
    kind, template = "", ""
    keyed = True  # a collection whose key has not come yet takes one
    for number, segment in enumerate(segments):
        if segment == BY_PATH:
            continue
        if number and segments[number - 1] == BY_PATH:
            template += ":/{path}:"
            continue
        following = _step(kind, segment) if kind or not number else None
        if following is not None:
            kind, name = following
            template, keyed = f"{template}/{name}", False
        elif not keyed and kind.startswith("Collection(") and segment:
            kind, keyed = inner(kind), True
            template += "/{id}"
        else:
            raise Refusal(400, "BadRequest", f"Resource not found for the segment '{segment}'.")
    return Place(kind, template.removesuffix(":"))


def is_known(segments: list[str]) -> bool:
    """Tell whether v1.0's metadata has a path."""
    try:
        place(segments)
    except Refusal:
        return False
    return True


def inner(kind: str) -> str:
    return kind.removeprefix("Collection(").removesuffix(")")


def _step(kind: str, segment: str) -> tuple[str, str] | None:
    """Return the type and the proper name that a segment leads to from a type, if it is no key."""
    low = segment.lower()
    if not kind:
        roots = {name.lower(): (target, name) for name, target in data.paths()["roots"].items()}
        return roots.get(low) or _operation("", segment)
    if low in ("$count", "$ref", "$value"):
        return {"$count": "Edm.Int32", "$ref": "reference", "$value": "Edm.Stream"}[low], low
    item = inner(kind)
    cast = low.removeprefix("microsoft.graph.")
    if cast != low:
        for other in (item, *schema.derived(item)):
            if other.lower() == cast:
                return kind.replace(item, other), f"microsoft.graph.{other}"
    if not kind.startswith("Collection("):
        for members in (schema.navigation(kind), schema.properties(kind)):
            for name, target in members.items():
                if name.lower() == low:
                    return target, name
    return _operation(kind, segment)


def _operation(kind: str, segment: str) -> tuple[str, str] | None:
    call = _CALL.fullmatch(segment)
    asked = (call[1] if call else segment).lower().removeprefix("microsoft.graph.")
    for name, overloads in (
        schema.operations(kind).items() if kind else data.paths()["operations"].get("", {}).items()
    ):
        full = {f"{one['namespace']}.{name}" if "namespace" in one else name for one in overloads}
        if asked in {known.lower() for known in full} | {name.lower()}:
            return overloads[0].get("returns", "Edm.Untyped"), f"{name}({call[2]})" if call else name
    return None
