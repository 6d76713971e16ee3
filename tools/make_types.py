"""Write the stubs of every type, address, action and function of Microsoft Graph: ``make types``.

The v1.0 metadata goes in (a file, or https://graph.microsoft.com/v1.0/$metadata itself), out come the stubs and
the few run-time modules under ``src/leangraph/types`` and the lists in ``docs/types.md``. Only names and types are
taken, no text that describes them, and the same input gives the same bytes. Beta's metadata makes stubs of beta.

What is written, and why so (the numbers stand in ``docs/types.md``):

* a TypedDict per entity and complex type: properties required, ``| None`` unless the metadata rules it out;
  navigation ``NotRequired`` and shallow, since what ``$expand`` brings is mostly of a derived type
* ``PartialUser`` beside ``User`` for each body that an address accepts: nothing is required. Where the body may be
  of a derived type, it takes the properties of all of them
* ``UserAddress`` per type, with an attribute for each segment that may follow, and ``UserAddresses`` where a
  collection has more than keys. ``One``, ``Many`` and the rest of what they are made of stand in
  ``types/_verbs.pyi``, which is written by hand

What belongs to a type stands together, which takes a fifth off the wheel.
"""

from __future__ import annotations

import argparse
import io
import keyword
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from make_data import EDM, INPUTS, PROJECT, Metadata

from leangraph import knowledge as data
from leangraph.knowledge import schema

TYPES = "src/leangraph/types"
GUIDE = "docs/types.md"
SOURCE = "Written by `make types` from Microsoft's metadata: names and types, nothing to run."
VERBS = frozenset(
    "get list count post patch put delete request delta upload download content report add remove".split()
)
ANYTHING = "dict[str, Any]"
FEW = 100  # members of an enum; with more, a Literal costs more than it tells
FAMILY = 30  # derived types whose properties one body takes; with more, it takes anything
SCALARS = {
    "Edm.Binary": "str",
    "Edm.Boolean": "bool",
    "Edm.Byte": "int",
    "Edm.Date": "Date",
    "Edm.DateTimeOffset": "DateTime",
    "Edm.Decimal": "float",
    "Edm.Double": "float",
    "Edm.Duration": "Duration",
    "Edm.Guid": "Guid",
    "Edm.Int16": "int",
    "Edm.Int32": "int",
    "Edm.Int64": "int",
    "Edm.SByte": "int",
    "Edm.Single": "float",
    "Edm.Stream": "str",
    "Edm.String": "str",
    "Edm.TimeOfDay": "TimeOfDay",
}
ALIASES = sorted({name for name in SCALARS.values() if name[0].isupper()})  # text, by what it means
UNFIT = frozenset("str int bool float list dict".split())  # as a name in a class, it would hide the built-in one
EVERYTHING = "entity"  # derives from it, and no address leads there: no casts
REPORTS = frozenset({"report"})  # what the metadata calls so comes as CSV: typed as whatever it is
OURS = frozenset({"count", "delta"})  # functions that our verbs of the same name ask for
KINDS = "AnyAddress Bytes Many One Page Value Values Wrapped".split()  # of addresses and answers
TAKEN = frozenset(
    [*KINDS, *ALIASES, *"Address Any Literal NotRequired Object Roots TypeAlias TypedDict overload".split()]
)


class Model(Metadata):
    """The metadata with what only types need, and what can be said of it.

    Args:
        written: the entity types that are known to be created or changed; of all others, a body is any dict.
    """

    def __init__(self, source: Any, written: Iterable[str]) -> None:
        super().__init__(source)
        self.written = frozenset(written)

    def _type(self, kind: str, element: ET.Element) -> dict[str, Any]:
        return super()._type(kind, element) | {"firm": _firm(element, "Property")}

    def _operation(self, kind: str, name: str, element: ET.Element) -> tuple[str, dict[str, Any]]:
        binding, record = super()._operation(kind, name, element)
        return binding, record | {"firm": _firm(element, "Parameter")}

    @cached_property
    def derived(self) -> Mapping[str, list[str]]:
        """The types below each type that has some."""
        found = defaultdict(list)
        for name in self.types:
            for ancestor in self.lineage(name)[:-1]:
                found[ancestor].append(name)
        return dict(found)

    @cached_property
    def free(self) -> frozenset[str]:
        """The complex types that take any property and have none of their own."""
        return frozenset(
            name
            for name, record in self.types.items()
            if record.get("open") and "complex" in record and name not in self.derived
            if not any(self.members(ancestor) for ancestor in self.line(name))
        )

    @cached_property
    def direct(self) -> frozenset[str]:
        """The types to which an address leads without a cast."""
        return self._reached(casts=False)

    @cached_property
    def reached(self) -> frozenset[str]:
        """The types to which an address leads."""
        return self._reached(casts=True)

    @cached_property
    def near(self) -> frozenset[str]:
        """The types within two segments of a root: those whose properties ``select`` knows."""
        first = {inner(kind) for kind in self.roots.values()}
        second = {
            inner(kind)
            for name in first
            for ancestor in self.line(name)
            for kind in self.types[ancestor].get("navigation", {}).values()
        }
        return frozenset(filter(self.is_entity, first | second))

    @cached_property
    def ambiguous(self) -> list[str]:
        """The names that are both an action and a function."""
        kinds: dict[str, set[str]] = defaultdict(set)
        for named in self.operations.values():
            for name, overloads in named.items():
                kinds[name].update(one["kind"] for one in overloads)
        return sorted(name for name, found in kinds.items() if len(found) > 1)

    def line(self, name: str) -> list[str]:
        """Return the type and its ancestors, as far as they are known, the most general one first."""
        return [ancestor for ancestor in self.lineage(name) if ancestor in self.types]

    def members(self, name: str) -> dict[str, str]:
        """Return what a type adds to its base, properties first."""
        record = self.types[name]
        return {**record.get("properties", {}), **record.get("navigation", {})}

    def calls(self, kind: str) -> dict[str, list[dict[str, Any]]]:
        """Return what is bound to a type or a collection, but for what our own verbs ask for."""
        return {name: calls for name, calls in self.operations.get(kind, {}).items() if name not in OURS}

    def is_entity(self, name: str) -> bool:
        return name in self.types and "complex" not in self.types[name]

    def _reached(self, *, casts: bool) -> frozenset[str]:
        found: set[str] = set()
        ahead = [inner(kind) for kind in self.roots.values()]
        while ahead:
            name = ahead.pop()
            if name in found or name not in self.types or name in self.free:
                continue
            found.add(name)
            for ancestor in self.line(name):
                ahead += map(inner, self.members(ancestor).values())
                for binding in (ancestor, f"Collection({ancestor})"):
                    for overloads in self.operations.get(binding, {}).values():
                        ahead += [inner(o.get("returns", "")) for o in overloads if o["kind"] == "function"]
            if casts and self.is_entity(name):
                ahead += self.derived.get(name, [])
        return frozenset(found)


def _firm(element: ET.Element, tag: str) -> frozenset[str]:
    """Return the properties or parameters that are never null."""
    return frozenset(e.attrib["Name"] for e in element.iterfind(f"{EDM}{tag}") if e.get("Nullable") == "false")


# --- names --------------------------------------------------------------------------------------------


def inner(kind: str) -> str:
    return kind.removeprefix("Collection(").removesuffix(")")


def module(name: str) -> str:
    """Return the module of a type, "" for the main one: ``security`` for ``security.alert``."""
    return name.rpartition(".")[0].replace(".", "_")


def title(name: str) -> str:
    """Return the class of a type, inside its module: ``Alert`` for ``security.alert``."""
    last = name.rpartition(".")[2]
    text = last[:1].upper() + last[1:]
    return f"{text}_" if text in TAKEN else text


def is_hidden(segment: str) -> bool:
    """Tell whether a segment cannot be an attribute: it is a verb of ours, or a word of Python's."""
    return segment in VERBS or keyword.iskeyword(segment)


# --- what a module is made of -------------------------------------------------------------------------

Steps = dict[str, str]  # segment -> class of the addresses it leads to


class Module:
    """The stub of one namespace.

    Args:
        bodies: the types whose partial twins are asked for, by this module and all others.
    """

    def __init__(self, model: Model, space: str, bodies: set[str]) -> None:
        self.model = model
        self.space = space
        self.bodies = bodies

    def text(self, spaces: Iterable[str], partial: Iterable[str]) -> str:
        """Return the whole stub.

        Args:
            spaces: all modules.
            partial: all types that have a partial twin.
        """
        twins = set(partial)
        lines: list[str] = []
        for name, members in sorted(self.model.enums.items()):
            if module(name) == self.space:
                choice = " | ".join(filter(None, [_literal(members) if len(members) <= FEW else "", "str"]))
                lines.append(f"{title(name)}: TypeAlias = {choice}")
        for name in sorted(self.model.types, key=self.model.lineage):
            if module(name) == self.space:
                lines += self.type(name)
                lines += self.partial(name) if name in twins else []
                lines += self.addresses(name)
        if not self.space:
            roots = {name: self.leads_to(kind) for name, kind in sorted(self.model.roots.items())}
            lines += _class("Roots", [], _attributes(roots))
        where = f", namespace {self.space}" if self.space else ""
        others = [space for space in spaces if space] if not self.space else []
        head = [
            f'"""Microsoft Graph\'s types{where}.\n\n{SOURCE}\n"""\n',
            "# A derived type's operation may differ from its base's; a cast overlaps with any other text:",
            '# mypy: disable-error-code="assignment, misc, overload-overlap"',
            "# pyright: reportIncompatibleVariableOverride=false, reportOverlappingOverload=false",
            "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, overload\n",
            "from leangraph import types as _t",
            "from leangraph.address import Address as Address",
            *(f"from leangraph.types import {space} as {space}" for space in others),
            *(f"from leangraph.types._base import {alias} as {alias}" for alias in [*ALIASES, "Object"]),
            *(f"from leangraph.types._verbs import {kind} as {kind}" for kind in KINDS),
            "",
        ]
        return "\n".join([*head, *lines, ""])

    def name(self, name: str, prefix: str = "", suffix: str = "") -> str:
        """Return how this module writes a class that belongs to a type."""
        space = module(name)
        where = "" if space == self.space else f"_t.{space}." if space else "_t."
        return f"{where}{prefix}{title(name)}{suffix}"

    def value(self, kind: str, *, partial: bool = False) -> str:
        """Return the type of a value, as it is read or as a body takes it."""
        name = inner(kind)
        if name in SCALARS:
            text = SCALARS[name]
        elif name in self.model.enums:
            text = self.name(name)
        elif name == "Json" or name not in self.model.types:
            text = "Any"
        else:
            text = self.body(name) if partial else self.name(name)
        return f"list[{text}]" if name != kind else text

    def body(self, name: str) -> str:
        """Return the type of a body for a type or for what derives from it."""
        if self.model.is_entity(name):
            if name not in self.model.direct:  # only a cast leads here, and what is sent goes to the base
                name = next((a for a in reversed(self.model.line(name)) if a in self.model.direct), name)
            if name not in self.model.written:
                return ANYTHING
        if name in self.model.free or len(self.model.derived.get(name, ())) > FAMILY:
            return ANYTHING
        self.bodies.add(name)
        return self.name(name, "Partial")

    # --- types

    def type(self, name: str) -> Iterator[str]:
        """Yield the class of a type, and what ``select`` knows of it."""
        record = self.model.types[name]
        if name == "Json" or name in self.model.free:
            yield f"{title(name)}: TypeAlias = {'Any' if name == 'Json' else ANYTHING}"
            return
        fields = {}
        for key, kind in record.get("properties", {}).items():
            text = self.value(kind)
            fields[key] = text if key in record["firm"] or inner(kind) != kind else _or_none(text)
        for key, kind in record.get("navigation", {}).items():
            fields[key] = f"NotRequired[{ANYTHING if inner(kind) == kind else f'list[{ANYTHING}]'}]"
        base = record.get("base", "")
        known = base in self.model.types and base not in self.model.free
        yield from _typed_dict(title(name), self.name(base) if known else "Object", fields)
        if name in self.model.near:
            words = (key for a in self.model.line(name) for key in self.model.types[a].get("properties", ()))
            yield f"{title(name)}Field: TypeAlias = {_literal(dict.fromkeys(words)) or 'str'}"

    def partial(self, name: str) -> Iterator[str]:
        """Yield the twin of a type and, where derived types are accepted as well, that of its family."""
        base = self.model.types[name].get("base", "")
        above = self.name(base, self._plain(base)) if base in self.model.types else "Object"
        plain = f"{self._plain(name)}{title(name)}"
        yield from _typed_dict(plain, above, self._accepted(name), total=False)
        if name in self.bodies and name in self.model.derived:
            own = {key for ancestor in self.model.line(name) for key in self._accepted(ancestor)}
            family: dict[str, str] = {}
            for other in self.model.derived[name]:
                for key, text in self._accepted(other).items():
                    family[key] = "Any" if family.get(key, text) != text else text
            family = {key: text for key, text in family.items() if key not in own}
            yield from _typed_dict(f"Partial{title(name)}", plain, family, total=False)

    def _plain(self, name: str) -> str:
        """Return the prefix of the twin that has no properties of derived types."""
        return "_Partial" if name in self.model.derived else "Partial"

    def _accepted(self, name: str) -> dict[str, str]:
        """Return what the twin of a type adds to that of its base."""
        record = self.model.types[name]
        fields = {}
        for key, kind in record.get("properties", {}).items():
            text = self.value(kind, partial=True)
            fields[key] = _or_none(text) if inner(kind) == kind else text
        for key, kind in record.get("navigation", {}).items():
            many = inner(kind) != kind
            fields[key] = f"list[{ANYTHING}]" if many else ANYTHING
            if key in record.get("references", ()):
                fields[f"{key}@odata.bind"] = "list[str]" if many else "str"
        return fields

    # --- addresses

    def addresses(self, name: str) -> Iterator[str]:
        """Yield the classes of the addresses that lead to a type, and of what can be called there."""
        model, many = self.model, f"Collection({name})"
        is_base = any(other in model.reached for other in model.derived.get(name, ()))
        if not is_base and name not in model.reached:
            return
        base = model.types[name].get("base", "")
        for kind, calls in ((name, model.calls(name)), (many, model.calls(many))):
            for key, overloads in calls.items():
                if key not in model.ambiguous:
                    yield from self._call(f"{self._owner(kind)}_{key}", overloads)
        above = [self.name(base, suffix="Segments")] if base in model.types else []
        steps = _attributes(self._following(name))
        if is_base:
            yield from _class(f"{title(name)}Segments", above, steps)
            above, steps = [f"{title(name)}Segments"], []
        if name in model.reached:
            one = f"One[{self.value(name)}, {self.body(name)}, {self._words(name)}]"
            yield from _class(f"{title(name)}Address", [*above, one], [*steps, *self._divisions(name)])
            if self._has_collection(name):
                steps = [*_attributes(self._following(many)), *self._divisions(many)]
                yield from _class(f"{title(name)}Addresses", [self._many(name)], steps)

    def _owner(self, kind: str) -> str:
        return title(inner(kind)) + ("s" if inner(kind) != kind else "")

    def _following(self, kind: str) -> Steps:
        """Return what a type adds to the segments of its base; a collection inherits none, so all of them."""
        name = inner(kind)
        if name == kind:
            steps = {key: self.leads_to(target) for key, target in self.model.members(name).items()}
            return steps | {key: self._called(kind, key) for key in self.model.calls(kind)}
        bound = [f"Collection({ancestor})" for ancestor in self.model.line(name)]
        return {key: self._called(binding, key) for binding in bound for key in self.model.calls(binding)}

    def _called(self, kind: str, key: str) -> str:
        """Return the class of an action or function; those that are both take explicit verbs."""
        if key in self.model.ambiguous:
            return "Address"
        return self.name(inner(kind)) + ("s" if inner(kind) != kind else "") + f"_{key}"

    def _divisions(self, kind: str) -> Iterator[str]:
        """Yield the overloads of ``/``: of the names that cannot be attributes, and of the derived types."""
        name = inner(kind)
        steps: Steps = {}
        for ancestor in self.model.line(name):
            following = self._following(kind.replace(name, ancestor))
            steps |= {key: target for key, target in following.items() if is_hidden(key)}
        if self._has_casts(name):
            for other in self.model.derived[name]:
                steps[f"microsoft.graph.{other}"] = self.leads_to(kind.replace(name, other))
        for key, target in steps.items():
            yield from ("    @overload", f'    def __truediv__(self, text: Literal["{key}"]) -> {target}: ...')
        if steps:
            yield from ("    @overload", "    def __truediv__(self, text: str) -> AnyAddress: ...")

    def _has_casts(self, name: str) -> bool:
        return self.model.is_entity(name) and name != EVERYTHING and name in self.model.derived

    def _has_collection(self, name: str) -> bool:
        """Tell whether anything but a key may follow a collection of this type."""
        bound = any(self.model.calls(f"Collection({ancestor})") for ancestor in self.model.line(name))
        return self.model.is_entity(name) and (bound or self._has_casts(name))

    def _words(self, name: str) -> str:
        return self.name(name, suffix="Field") if name in self.model.near else "str"

    def _many(self, name: str) -> str:
        inside = self.name(name, suffix="Address")
        return f"Many[{self.value(name)}, {inside}, {self.body(name)}, {self._words(name)}]"

    def leads_to(self, kind: str) -> str:
        """Return the class of the addresses that lead to a kind of value."""
        name = inner(kind)
        if name in REPORTS:
            return "Address"
        if name == "Edm.Stream":
            return "Bytes"
        if name not in self.model.reached or not (name == kind or self.model.is_entity(name)):
            if name in self.model.free and name == kind:
                return f"One[{self.value(name)}, {ANYTHING}, str]"
            return f"{'Value' if name == kind else 'Values'}[{self.value(name)}]"
        if name == kind:
            return self.name(name, suffix="Address")
        return self.name(name, suffix="Addresses") if self._has_collection(name) else self._many(name)

    def _call(self, own: str, overloads: list[dict[str, Any]]) -> Iterator[str]:
        """Yield the class of an action or function; calling it posts, or gives the address of the result."""
        bare = [one for one in overloads if one["kind"] == "function" and "parameters" not in one]
        signatures = [text for one in overloads for text in self._signatures(one)]
        lines: list[str] = []
        for text in signatures:
            lines += ["    @overload"] * (len(signatures) > 1) + [f"    def __call__{text}: ..."]
        yield from _class(own, [self.leads_to(bare[0]["returns"]) if bare else "Address"], lines)

    def _signatures(self, operation: Mapping[str, Any]) -> Iterator[str]:
        """Yield the ways to call one overload.

        Outlook's parameters are ``SaveToSentItems`` in the metadata and ``saveToSentItems`` on Microsoft's pages.
        It takes both, and so do we.
        """
        parameters = operation.get("parameters", {})
        spellings = [list(parameters)]
        if any(len(name) > 1 and name[0].isupper() for name in parameters):
            spellings.insert(0, [name[0].lower() + name[1:] for name in parameters])
        for spelling in spellings:
            fields = [
                f"{said}: {self._parameter(operation, name)}"
                for name, said in zip(parameters, spelling, strict=True)
                if not keyword.iskeyword(said)
            ]
            given = [
                "self",
                *(["*", *fields] if fields else []),
                *["**more: Any"] * (len(fields) < len(parameters)),
            ]
            yield f"({', '.join(given)}) -> {self._result(operation)}"

    def _parameter(self, operation: Mapping[str, Any], name: str) -> str:
        """Return the type of a parameter; an action's may be left out unless the metadata rules that out."""
        text = self.value(operation["parameters"][name], partial=True)
        needed = operation["kind"] == "function" or name in operation["firm"]
        return text if needed and name not in operation.get("optional", ()) else f"{_or_none(text)} = ..."

    def _result(self, operation: Mapping[str, Any]) -> str:
        """Return the address that a function gives, or the body that an action answers with."""
        kind = operation.get("returns", "")
        if operation["kind"] == "function":
            return self.leads_to(kind)
        name = inner(kind)
        if not kind or name == "Edm.Stream":
            return "bytes" if kind else "None"
        if name != kind:
            return f"Page[{self.value(name)}]"
        return self.value(name) if name in self.model.types else f"Wrapped[{self.value(name)}]"


def _or_none(text: str) -> str:
    return text if text == "Any" else f"{text} | None"


def _literal(words: Iterable[str]) -> str:
    listed = ", ".join(f'"{word}"' for word in words)
    return f"Literal[{listed}]" if listed else ""


def _typed_dict(name: str, base: str, fields: Mapping[str, str], *, total: bool = True) -> Iterator[str]:
    """Yield a class; keys that cannot stand in one (``from``, ``members@odata.bind``) come from a second base."""
    part = "" if total else ", total=False"
    odd = {k: v for k, v in fields.items() if not k.isidentifier() or keyword.iskeyword(k) or k in UNFIT}
    if odd:
        keys = ", ".join(f'"{key}": {text}' for key, text in odd.items())
        yield f'_{name}Keys = TypedDict("_{name}Keys", {{{keys}}}{part})'
        base += f", _{name}Keys"
    yield from _class(
        name, [base + part], [f"    {key}: {text}" for key, text in fields.items() if key not in odd]
    )


def _attributes(steps: Steps) -> list[str]:
    return [f"    {key}: {leads_to}" for key, leads_to in steps.items() if not is_hidden(key)]


def _class(name: str, bases: Iterable[str], lines: Iterable[str]) -> list[str]:
    listed = ", ".join(bases)
    return [f"class {name}({listed}):" if listed else f"class {name}:", *(list(lines) or ["    pass"])]


# --- the guide ----------------------------------------------------------------------------------------


def hidden(model: Model) -> dict[str, list[str]]:
    """Return the segments that cannot be attributes: name -> the types that they follow."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in model.reached:
        for key in model.members(name):
            found[key].add(name)
    for binding in model.operations:
        for key in model.calls(binding):
            found[key].add(binding)
    return {key: sorted(found[key]) for key in sorted(found) if is_hidden(key)}


def guide(model: Model, page: str) -> str:
    """Return the page with its lists written anew; everything outside them is written by hand."""
    rows = [f"| `{key}` | {', '.join(f'`{name}`' for name in names)} |" for key, names in hidden(model).items()]
    both = " ".join(f"`{name}`" for name in model.ambiguous)
    lists = {"hidden": "\n".join(["| segment | after |", "|---|---|", *rows]), "both": both}
    for name, text in lists.items():
        before, mark, rest = page.partition(f"<!-- {name}: written by make types -->\n")
        if mark:
            page = f"{before}{mark}\n{text}\n\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    return page


# --- writing ------------------------------------------------------------------------------------------

RUN_TIME = '''"""The stub beside this module says what is in it."""

from leangraph.types._names import names

__getattr__ = names("{space}")
'''


def files(model: Model, page: str) -> dict[str, str]:
    """Return every generated file: path inside the project -> text. ``page`` is the guide as it is."""
    spaces = {module(name): name.rpartition(".")[0] for name in sorted((*model.types, *model.enums))} | {"": ""}
    bodies: set[str] = set()
    modules = [Module(model, space, bodies) for space in sorted(spaces)]
    for made in modules:  # to learn which bodies are asked for
        made.text(spaces, ())
    done: set[str] = set()
    while ahead := bodies - done:  # and which ones those ask for
        done |= ahead
        for name in ahead:
            list(modules[0].partial(name))
    partial = {ancestor for name in done for ancestor in model.line(name)}
    made_files = {GUIDE: guide(model, page)} if page else {}
    for made in modules:
        made_files[f"{TYPES}/{made.space or '__init__'}.pyi"] = made.text(sorted(spaces), partial)
        if made.space:
            made_files[f"{TYPES}/{made.space}.py"] = RUN_TIME.format(space=spaces[made.space])
    return made_files


def written() -> frozenset[str]:
    """Return the types that can be created or changed somewhere, by Microsoft's permission table."""
    found = set()
    for path, methods in data.permission_table()["paths"].items():
        kind = schema.leads_to(path.replace("{path}", "x")) or ""
        if methods.keys() & ({"POST"} if inner(kind) != kind else {"PATCH", "PUT"}):
            found.add(inner(kind))
    return frozenset(found)


def read(source: str) -> Any:
    """Return the metadata, of a file or of an address, for ``Model``."""
    if source.startswith(("https://", "http://")):
        with urllib.request.urlopen(source, timeout=300) as answer:
            return io.BytesIO(answer.read())
    return source


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Rewrite the stubs from Microsoft's metadata.")
    parser.add_argument(
        "--metadata", default=str(INPUTS / "graph-v1.0.csdl"), metavar="FILE or https://…/$metadata"
    )
    parser.add_argument("--into", type=Path, default=PROJECT, metavar="DIR", help="project to write to")
    args = parser.parse_args(argv)
    try:
        model = Model(read(args.metadata), written())
        trouble = "" if model.roots else "it names no entity set"
    except (OSError, ET.ParseError) as error:
        trouble = str(error)
    if trouble:
        print(
            f"error: no metadata in {args.metadata}: {trouble}\n"
            "Name a file or https://graph.microsoft.com/v1.0/$metadata with --metadata. Nothing was changed.",
            file=sys.stderr,
        )
        return 2
    page = PROJECT / GUIDE
    for name, content in files(model, page.read_text(encoding="utf-8") if page.exists() else "").items():
        target: Path = args.into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")
        print(f"{name}: {len(content.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
