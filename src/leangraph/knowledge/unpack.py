"""Makes of the files what ``leangraph.knowledge`` hands out; ``tools/pack_data.py`` says the same the other way.

In the files nothing is said twice that is said often:

* ``paths.json`` has the members of a type as one text, ``id mail employeeHireDate:d manager:directoryObject``.
  After the colon stands a letter of ``KINDS`` or a type, ``*`` before it for a collection. No colon means
  ``Edm.String``, nothing after the colon that the type has the member's name. The parameters of an operation are
  written so too. ``references`` are places in ``navigation``.
* ``enums.json`` has the members of an enum as one text.
* ``values.json`` has a row for each type of ``paths.json``, in that order: places in its properties and
  navigation.
* ``permissions.json`` has places in ``names`` in its ``choices``, of those in its ``needs`` (application,
  delegated, personal), of those in its ``methods``, and of those in ``paths``, a tree of segments: "" stands for
  the path itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

KINDS: Final = {
    "b": "Edm.Boolean",
    "d": "Edm.DateTimeOffset",
    "i": "Edm.Int32",
    "l": "Edm.Int64",
    "f": "Edm.Double",
    "g": "Edm.Guid",
    "s": "Edm.String",
}
SCHEMES: Final = ("application", "delegated", "personal")


class _Kinds(dict[str, str]):
    """From what stands after a colon to the type."""

    def __missing__(self, code: str) -> str:
        kind = self[code] = f"Collection({self[code[1:]]})" if code[0] == "*" else code
        return kind


def members(text: str, kinds: _Kinds) -> dict[str, str]:
    """Return the members that a text names, with their types."""
    found = {}
    for word in text.split():
        name, colon, code = word.partition(":")
        found[name] = "Edm.String" if not colon else kinds[code] if code else name
    return found


def paths(file: dict[str, Any]) -> dict[str, Any]:
    """Change the content of ``paths.json`` into what it stands for."""
    kinds = _Kinds(KINDS)
    for record in file["types"].values():
        for part in ("properties", "navigation"):
            if part in record:
                record[part] = members(record[part], kinds)
        if "references" in record:
            names = [*record["navigation"]]
            record["references"] = [names[place] for place in record["references"]]
    for named in file["operations"].values():
        for overloads in named.values():
            for overload in overloads:
                if "parameters" in overload:
                    overload["parameters"] = members(overload["parameters"], kinds)
    return file


def enums(file: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``enums.json`` stands for."""
    return {**file, "members": {name: text.split() for name, text in file["members"].items()}}


def values(file: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``values.json`` stands for. ``types`` are those of ``paths``."""
    return {
        part: {
            name: [known[place] for place in places]
            for places, (name, record) in zip(rows, types.items(), strict=True)
            if places and (known := [*record.get("properties", ()), *record.get("navigation", ())])
        }
        for part, rows in file.items()
    }


def permissions(file: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``permissions.json`` stands for; what is the same is one object."""
    alone = [[name] for name in file["names"]]

    def options(row: Iterable[int | list[int]]) -> list[list[str]]:
        return [alone[way] if isinstance(way, int) else [alone[place][0] for place in way] for way in row]

    choices = [{"least": options(least), "others": options(others)} for least, others in file["choices"]]
    needs = [dict(zip(SCHEMES, map(choices.__getitem__, row), strict=True)) for row in file["needs"]]
    methods = [{method: needs[place] for method, place in row.items()} for row in file["methods"]]
    found: dict[str, Any] = {}

    def walk(above: str, tree: Mapping[str, Any]) -> None:
        for segment, inside in tree.items():
            path = f"{above}/{segment}" if segment else above
            if isinstance(inside, int):
                found[path] = methods[inside]
            else:
                walk(path, inside)

    walk("", file["paths"])
    return {"rsc": file["rsc"], "paths": found}
