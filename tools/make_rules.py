"""What ``make data`` says of Graph's rules: the content of ``rules.json``, whose shape ``knowledge.rules`` knows.

The rules are drawn from the metadata, the permission table and the filter table of directory objects; what
Microsoft publishes in none of them stands in ``knowledge.corrections``, with its source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from leangraph.knowledge import corrections
from leangraph.knowledge.csdl import Metadata

DEFAULT, ADVANCED = "default", "advanced"
_READS = re.compile(r"\.Read(?!Write)")
_DATES = re.compile(r"(?i)date(time)?$")


class Cell(NamedTuple):
    """One cell of the filter table: does a filter by this property with this operator need an advanced query?"""

    kind: str
    property: str
    operator: str
    where: str  # default, advanced, no


def cells(table: str) -> Iterator[Cell]:
    """Yield the cells of the filter table: lines of kind, property, operator and where it works.

    Properties are in lower case, without lambda variables and with ``#`` for a number: ``assignedplans/service``.
    """
    for line in table.splitlines():
        if line and not line.startswith("#"):
            kind, label, operator, where = line.split("\t")
            yield Cell(kind, _property(kind, label), operator.lower(), where)


def _property(kind: str, label: str) -> str:
    label = corrections.FILTER_LABELS.get((kind, label), label)
    path = re.sub(r"/any ?\((\w+):\1(/?)", r"\2", label).rstrip(")").lower()
    return re.sub(r"1-15$", "#", path)


def advanced(table: str) -> dict[str, dict[str, str]]:
    """Return type -> property -> the operators that need an advanced query; ``-null``: null does without one.

    ``provisionedplans/*`` stands for the parts that the table does not list.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    only_null = {cell[:2] for cell in cells(table) if cell.operator == "eq" and cell.where == "no"}
    for cell in cells(table):
        operator = cell.operator.removeprefix("eq ")
        if cell.where == ADVANCED and cell[:2] in only_null:  # what is allowed of it is advanced: null, ne, not
            found[cell.kind][cell.property].append("eq")
        elif cell.where == ADVANCED and operator != "null":  # null always does, unless the table says otherwise
            found[cell.kind][cell.property].append(operator)
        elif cell.where == DEFAULT and operator == "null":
            found[cell.kind][cell.property].append("-null")
    for kind, beginning in _wholly_advanced(table):
        found[kind][f"{beginning}/*"] = ["eq", "startswith", "ge", "le"]
    return {
        kind: {name: " ".join(operators) for name, operators in sorted(named.items())}
        for kind, named in sorted(found.items())
    }


def _wholly_advanced(table: str) -> set[tuple[str, str]]:
    """Return the properties of which every part that is listed needs an advanced query: so do the others."""
    listed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for cell in cells(table):
        if "/" in cell.property and cell.where != "no" and cell.operator != "eq null":
            listed[cell.kind, cell.property.partition("/")[0]].add(cell.where)
    return {owner for owner, where in listed.items() if where == {ADVANCED}}


def directory(metadata: Metadata) -> frozenset[str]:
    """Return the types whose objects the directory keeps."""
    return frozenset(name for name in metadata.types if "directoryObject" in metadata.lineage(name))


def relations(metadata: Metadata) -> list[str]:
    """Return the relations that lead from directory objects to directory objects."""
    kept = directory(metadata)
    found = {
        name
        for kind in kept & metadata.types.keys()
        for name, target in metadata.types[kind].get("navigation", {}).items()
        if target.startswith("Collection(") and _inner(target) in {*kept, "oAuth2PermissionGrant"}
    }
    return sorted(name.lower() for name in (found | corrections.RELATIONS) - corrections.RELATIONS_OF_EXCHANGE)


def roots(metadata: Metadata) -> dict[str, str]:
    """Return where directory objects are listed: root in lower case -> type."""
    listed = {
        name.lower(): _inner(kind)
        for name, kind in sorted(metadata.roots.items())
        if kind.startswith("Collection(") and _inner(kind) in corrections.ADVANCED_TYPES
    }
    return listed | {"administrativeunits": "administrativeUnit"}  # below /directory


def reading(metadata: Metadata, table: Mapping[str, Any]) -> list[str]:
    """Return the actions that change nothing, though they are sent by POST.

    Those of which every row of the permission table says that reading is enough, and which all return something;
    and those that return a file and are called get….
    """
    asked: dict[str, set[bool]] = defaultdict(set)
    for path, methods in table["paths"].items():
        if "POST" in methods:
            name = path.rpartition("/")[2].partition("(")[0].rpartition(".")[2]
            need = table["needs"][methods["POST"]]
            least = [(need[key]["least"] or need[key]["others"])[:1] for key in ("application", "delegated")]
            asked[name].add(all(_READS.search(each) for ways in least for way in ways for each in way))
    returned: dict[str, set[str]] = defaultdict(set)
    for named in metadata.operations.values():
        for name, overloads in named.items():
            returned[name] |= {one.get("returns", "") for one in overloads if one["kind"] == "action"}
    found = {
        name
        for name, kinds in returned.items()
        if kinds and "" not in kinds
        if asked.get(name.lower()) == {True} or (kinds == {"Edm.Stream"} and name.startswith("get"))
    }
    return sorted(name.lower() for name in found | corrections.READING)


def text_dates(metadata: Metadata) -> list[str]:
    """Return the dates that are text to Graph, as a filter names them: ``start/datetime``."""
    text: set[str] = set()
    real: set[str] = set()
    for record in metadata.types.values():
        for outer, target in record.get("properties", {}).items():
            if "complex" in record:  # a filter begins at an entity
                continue
            if _DATES.search(outer):
                (text if target == "Edm.String" else real).add(outer.lower())
            inside = metadata.types.get(_inner(target), {}).get("properties", {})
            for name, kind in inside.items():
                if _DATES.search(name):
                    (text if kind == "Edm.String" else real).add(f"{outer}/{name}".lower())
    return sorted(text - real)


def rule_data(metadata: Metadata, table: Mapping[str, Any], filters: str) -> dict[str, Any]:
    """Return the content of ``rules.json``. ``table`` is the content of ``permissions.json``."""
    return {
        "roots": roots(metadata),
        "advanced": advanced(filters),
        "relations": relations(metadata),
        "reading": reading(metadata, table),
        "text_dates": text_dates(metadata),
    }


def _inner(kind: str) -> str:
    return kind.removeprefix("Collection(").removesuffix(")")
