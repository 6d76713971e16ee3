"""Writes the tables of knowledge as short as ``leangraph.knowledge.unpack`` reads them, which describes how."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from leangraph.knowledge.unpack import KINDS, SCHEMES

_CODES = {kind: code for code, kind in KINDS.items()}


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def members(known: Mapping[str, str]) -> str:
    return " ".join(name + _kind(name, kind) for name, kind in known.items())


def _kind(name: str, kind: str) -> str:
    if kind == "Edm.String":
        return ""
    if kind == name:
        return ":"
    inner = kind.removeprefix("Collection(").removesuffix(")")
    return f":{'*' if inner != kind else ''}{_CODES.get(inner, inner)}"


def paths(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **data,
        "types": {name: _type(record) for name, record in data["types"].items()},
        "operations": {
            binding: {name: [_texts(one, "parameters") for one in overloads] for name, overloads in named.items()}
            for binding, named in data["operations"].items()
        },
    }


def _type(record: Mapping[str, Any]) -> dict[str, Any]:
    packed = _texts(record, "properties", "navigation")
    if "references" in record:
        packed["references"] = _places(record["navigation"], record["references"])
    return packed


def _texts(record: Mapping[str, Any], *parts: str) -> dict[str, Any]:
    return {key: members(value) if key in parts else value for key, value in record.items()}


def _places(known: Iterable[str], names: Iterable[str]) -> list[int]:
    where = {name: place for place, name in enumerate(known)}
    return [where[name] for name in names]


def enums(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "members": {name: " ".join(words) for name, words in data["members"].items()}}


def values(data: Mapping[str, Mapping[str, Any]], types: Mapping[str, Any]) -> dict[str, Any]:
    return {
        part: [
            _places([*record.get("properties", ()), *record.get("navigation", ())], known.get(name, ()))
            for name, record in types.items()
        ]
        for part, known in data.items()
    }


class _Places(dict[str, int]):
    """The place of each value, as JSON; a new one comes last."""

    def of(self, value: Any) -> int:
        return self.setdefault(compact(value), len(self))

    def rows(self) -> list[Any]:
        return [json.loads(text) for text in self]


def permissions(data: Mapping[str, Any]) -> dict[str, Any]:
    known = {
        name
        for need in data["needs"]
        for choice in need.values()
        for options in choice.values()
        for option in options
        for name in option
    }
    names = {name: place for place, name in enumerate(sorted(known))}
    choices, needs, methods = _Places(), _Places(), _Places()

    def ways(options: Iterable[Iterable[str]]) -> list[Any]:
        rows = [[names[name] for name in option] for option in options]
        return [row[0] if len(row) == 1 else row for row in rows]

    def need(place: int) -> int:
        row = [data["needs"][place][scheme] for scheme in SCHEMES]
        return needs.of([choices.of([ways(each["least"]), ways(each["others"])]) for each in row])

    tree: dict[str, Any] = {}
    for path, answers in data["paths"].items():
        node = tree
        for segment in path.split("/")[1:]:
            node = node.setdefault(segment, {})
        node[""] = methods.of({method: need(place) for method, place in answers.items()})
    return {
        "rsc": data["rsc"],
        "names": [*names],
        "choices": choices.rows(),
        "needs": needs.rows(),
        "methods": methods.rows(),
        "paths": _leaves(tree),
    }


def _leaves(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tree in which a path that leads no further is a place alone."""
    found: dict[str, Any] = {}
    for segment, inside in tree.items():
        if isinstance(inside, int):
            found[segment] = inside
        else:
            found[segment] = inside[""] if inside.keys() == {""} else _leaves(inside)
    return found
