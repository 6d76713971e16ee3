"""Samples of the metadata and of the permission table, for the tests to compare the data files with.

Taken from Microsoft's files by the plainest route there is, and on purpose without a line of
``make_data``: a mistake there must not repeat itself here. Full type names, no encoding, no cleverness.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

SEED = 20240229
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
Step = tuple[str, str, bool]  # segment, type it leads to, whether anything may follow


def paths(source: Path, count: int = 2500) -> str:
    """Return ``count`` lines "path TAB type" found by walking at random; no type means no content."""
    choose = _chooser()
    walker = Walker(source.read_text(encoding="utf-8-sig"))
    found: dict[str, str] = {}
    for _ in range(10 * count):  # a small file has fewer than ``count`` paths
        if len(found) >= count:
            break
        path, kind, goes_on = "", "", True
        for depth in range(choose([1, 2, 3, 4, 4, 4, 5, 6])):
            groups = walker.roots if depth == 0 else walker.steps(kind)
            if not groups or not goes_on:
                break
            segment, kind, goes_on = choose(choose(groups))
            path += f"/{segment}"
        found[path] = kind
    return "".join(f"{path}\t{kind}\n" for path, kind in sorted(found.items()))


def filters(table: str) -> str:
    """Return the filter table's cells of every other property, as they are."""
    rows = [line for line in table.splitlines() if line and not line.startswith("#")]
    named = sorted({tuple(row.split("\t")[:2]) for row in rows})
    chosen = set(named[::2])
    return "".join(f"{row}\n" for row in rows if tuple(row.split("\t")[:2]) in chosen)


class Walker:
    """Where one can go from a type, straight from the XML; aliases are replaced in its text."""

    def __init__(self, xml: str) -> None:
        for namespace, alias in re.findall(r'<Schema Namespace="([\w.]+)" Alias="(\w+)"', xml):
            xml = re.sub(rf'(["(]){alias}\.(?=[\w]+[")])', rf"\g<1>{namespace}.", xml)
        self.named: dict[str, ET.Element] = {}
        self.bound: dict[str, list[tuple[str, ET.Element]]] = {}
        self.roots: list[list[Step]] = [[]]
        for schema in ET.fromstring(xml).iter(f"{EDM}Schema"):
            for element in schema:
                if element.tag in (f"{EDM}Action", f"{EDM}Function"):
                    target = element.find(f"{EDM}Parameter")
                    if element.get("IsBound") == "true" and target is not None:
                        binding = (schema.attrib["Namespace"], element)
                        self.bound.setdefault(target.attrib["Type"], []).append(binding)
                else:
                    self.named[f"{schema.get('Namespace')}.{element.get('Name')}"] = element
            for element in schema.iter(f"{EDM}EntitySet"):
                kind = f"Collection({element.attrib['EntityType']})"
                self.roots[0].append((element.attrib["Name"], kind, True))
            for element in schema.iter(f"{EDM}Singleton"):
                self.roots[0].append((element.attrib["Name"], element.attrib["Type"], True))

        self.below: dict[str, list[str]] = {}
        for name in self.named:
            for ancestor in self.line(name)[1:]:
                self.below.setdefault(ancestor, []).append(name)

    def steps(self, kind: str) -> list[list[Step]]:
        """Return what may follow, in groups: key, properties, navigation, casts, operations."""
        many = kind.startswith("Collection(")
        inner = kind[11:-1] if many else kind
        line = self.line(inner)
        if not line or (many and self.named[inner].tag != f"{EDM}EntityType"):
            return []
        shape = "Collection({})" if many else "{}"
        key = [("{id}", inner, True)] if many else []
        properties = [] if many else [s for name in line for s in self.members(name, "Property")]
        navigation = [] if many else [s for name in line for s in self.members(name, "NavigationProperty")]
        casts = [(name, shape.format(name), True) for name in self.below.get(inner, [])]
        nearest: dict[str, Step] = {}  # what is bound to the type itself hides what its ancestors have
        for name in line:
            for step in self.calls(shape.format(name)):
                nearest.setdefault(step[0], step)
        calls = list(nearest.values())
        return [group for group in (key, key, properties, navigation, navigation, casts, calls) if group]

    def line(self, name: str) -> list[str]:
        """Return a type and its ancestors; nothing for enums and primitives."""
        element = self.named.get(name)
        if element is None or element.tag not in (f"{EDM}EntityType", f"{EDM}ComplexType"):
            return []
        return [name, *self.line(element.get("BaseType", ""))]

    def members(self, name: str, tag: str) -> Iterator[Step]:
        for member in self.named[name].findall(f"{EDM}{tag}"):
            yield member.attrib["Name"], member.attrib["Type"], True

    def calls(self, kind: str) -> Iterator[Step]:
        for namespace, element in self.bound.get(kind, []):
            arguments = [p.attrib["Name"] for p in element.findall(f"{EDM}Parameter")[1:]]
            function = element.tag == f"{EDM}Function"
            result = element.find(f"{EDM}ReturnType")
            segment = element.attrib["Name"]
            if namespace != "microsoft.graph":
                segment = f"{namespace}.{segment}"
            if function and arguments:
                segment += "(" + ",".join(f"{name}={{value}}" for name in arguments) + ")"
            yield (
                segment,
                result.attrib["Type"] if result is not None else "",
                element.get("IsComposable") == "true",
            )


def permissions(table: Mapping[str, Any], count: int = 200) -> str:
    """Return ``count`` lines "method TAB path TAB application TAB delegated", the least of each.

    Alternatives have commas between them, permissions that are needed together " and ". ``?`` says that
    none is marked, ``-`` that none is listed.
    """
    entries = [
        (_plain(path), method, scheme, name, note)
        for name, permission in table["permissions"].items()
        for path_set in permission["pathSets"]
        for path, note in path_set["paths"].items()
        for method in path_set["methods"]
        for scheme in path_set["schemeKeys"]
        if _plain(path)
    ]
    choose = _chooser()
    doors = sorted({(path, method) for path, method, *_ in entries})
    lines = set()
    for _ in range(min(count, len(doors))):
        path, method = doors.pop(doors.index(choose(doors)))
        here = [entry for entry in entries if entry[0] == path]
        least = [_least(here, method, scheme) for scheme in ("Application", "DelegatedWork")]
        lines.add("\t".join([method, path, *least]))
    return "".join(f"{line}\n" for line in sorted(lines))


def _plain(path: str) -> str:
    """Return the path in lower case with ``{id}`` for each key; nothing for one of unusual spelling."""
    path = re.sub(r"/\{[\w-]+\}(?=/|$)", "/{id}", path.lower())
    return path if re.fullmatch(r"(/[\w.$-]+(\(\w+=\{value\}\))?|/\{id\})+", path) else ""


def _least(here: Sequence[tuple[str, str, str, str, str]], method: str, scheme: str) -> str:
    listed = [(name, note) for _, m, s, name, note in here if (m, s) == (method, scheme)]
    marked = [(name, note) for name, note in listed if re.search(rf"least=[\w,]*\b{scheme}\b", note)]
    if not marked:
        return "?" if listed else "-"
    if method == "GET":
        marked = [(name, n) for name, n in marked if ".Read" in name.replace(".ReadWrite", "")] or marked
    reach = {name: len({m for _, m, s, n, _ in here if (s, n) == (scheme, name)}) for name, _ in marked}
    together = set()
    for name, note in marked:
        if reach[name] == min(reach.values()):
            beside = re.search(r"AlsoRequires=([\w.-]+)", note)
            together.add(" and ".join(sorted([name, beside[1]] if beside else [name])))
    return ", ".join(sorted(together))


def _chooser() -> Callable[[Sequence[Any]], Any]:
    """Return what picks from a list; Python promises to keep the results of ``random()`` alone."""
    draw = random.Random(SEED).random
    return lambda options: options[int(draw() * len(options))]
