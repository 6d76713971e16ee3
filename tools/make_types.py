"""Write the stubs of every type, address, action and function of Microsoft Graph: ``make types``.

The v1.0 metadata goes in (a file, or https://graph.microsoft.com/v1.0/$metadata itself), out come the stubs and
the few run-time modules under ``src/leangraph/types`` and the lists in ``docs/types.md``. Only names and types are
taken, no text that describes them, and the same input gives the same bytes. Beta's metadata makes stubs of beta.

What is written, and why so (the numbers stand in ``docs/types.md``):

* a TypedDict per entity and complex type: properties required, ``| None`` unless the metadata rules it out;
  navigation ``NotRequired`` and shallow, since what ``$expand`` brings is mostly of a derived type
* ``PartialUser`` beside ``User`` for each body that an address accepts: nothing is required. Where the body may be
  of a derived type, it takes the properties of all of them
* ``UserAddress`` per type, with an attribute for each segment that may follow; ``One``, ``Many`` and the rest of
  what they are made of stand in ``types/_verbs.pyi``, which is written by hand
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

TYPES = "src/leangraph/types"
SOURCE = "Written by `make types` from Microsoft's metadata: names and types, nothing to run."
VERBS = frozenset(
    (
        "get list count post patch put delete request batch delta upload download content report add remove "
        "wait check"
    ).split()
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


class Model(Metadata):
    """The metadata with what only types need, and what can be said of it."""

    def _type(self, kind: str, element: ET.Element) -> dict[str, Any]:
        return super()._type(kind, element) | {"firm": _firm(element, "Property")}

    def _operation(self, kind: str, name: str, element: ET.Element) -> tuple[str, dict[str, Any]]:
        binding, record = super()._operation(kind, name, element)
        return binding, record | {"firm": _firm(element, "Parameter")}

    @cached_property
    def derived(self) -> Mapping[str, list[str]]:
        """The types below each type."""
        found = defaultdict(list)
        for name in self.types:
            for ancestor in self.lineage(name)[:-1]:
                found[ancestor].append(name)
        return found

    @cached_property
    def free(self) -> frozenset[str]:
        """The types that take any property and have none of their own."""
        return frozenset(
            name
            for name, record in self.types.items()
            if record.get("open") and "complex" in record and not self.derived.get(name)
            if not any(self.types[a].get("properties") or self.types[a].get("navigation") for a in self.line(name))
        )

    def line(self, name: str) -> list[str]:
        """Return the type and its ancestors, as far as they are known, the most general one first."""
        return [ancestor for ancestor in self.lineage(name) if ancestor in self.types]

    def is_entity(self, name: str) -> bool:
        return name in self.types and "complex" not in self.types[name]

    def reached(self, *, casts: bool) -> frozenset[str]:
        """Return the types to which an address leads."""
        found: set[str] = set()
        ahead = [inner(kind) for kind in self.roots.values()]
        while ahead:
            name = ahead.pop()
            if name in found or name not in self.types or name in self.free:
                continue
            found.add(name)
            for ancestor in self.line(name):
                record = self.types[ancestor]
                ahead += map(inner, record.get("properties", {}).values())
                ahead += map(inner, record.get("navigation", {}).values())
                for binding in (ancestor, f"Collection({ancestor})"):
                    for overloads in self.operations.get(binding, {}).values():
                        ahead += [inner(o.get("returns", "")) for o in overloads if o["kind"] == "function"]
            if casts and self.is_entity(name):
                ahead += self.derived.get(name, [])
        return frozenset(found)

    def near(self) -> frozenset[str]:
        """Return the types within two segments of a root: those whose properties ``select`` knows."""
        first = {inner(kind) for kind in self.roots.values()}
        second = {
            inner(kind)
            for name in first
            for ancestor in self.line(name)
            for kind in self.types[ancestor].get("navigation", {}).values()
        }
        return frozenset(name for name in first | second if self.is_entity(name))


def _firm(element: ET.Element, tag: str) -> frozenset[str]:
    """Return the properties or parameters that are never null."""
    return frozenset(e.attrib["Name"] for e in element.iterfind(f"{EDM}{tag}") if e.get("Nullable") == "false")


# --- names --------------------------------------------------------------------------------------------


def inner(kind: str) -> str:
    return kind.removeprefix("Collection(").removesuffix(")")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def module(name: str) -> str:
    """Return the module of a type, "" for the main one: ``security`` for ``security.alert``."""
    return name.rpartition(".")[0].replace(".", "_")


def title(name: str) -> str:
    """Return the class of a type, inside its module: ``Alert`` for ``security.alert``."""
    return capital(name.rpartition(".")[2])


def flat(name: str) -> str:
    """Return what the classes of addresses are called by: ``SecurityAlert`` for ``security.alert``."""
    return capital(module(name)) + title(name)


# --- types --------------------------------------------------------------------------------------------


class Types:
    """The stubs of the types: one module per namespace."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.direct = model.reached(casts=False)
        self.near = model.near()
        self.bodies: set[str] = set()  # what ``body`` was asked for, and so has to exist

    def name(self, name: str, here: str | None, prefix: str = "") -> str:
        """Return how a type is written in a module; ``None`` is a module that has no types itself."""
        space = module(name)
        where = "" if space == here else f"_t.{space}." if space else "_t."
        return f"{where}{prefix}{title(name)}"

    def written(self, kind: str, here: str | None, *, partial: bool = False) -> str:
        """Return the type of a value, as it is read or as a body takes it."""
        name = inner(kind)
        if name in SCALARS:
            text = SCALARS[name]
            text = f"_t.{text}" if here is None and text in ALIASES else text
        elif name in self.model.enums:
            text = self.name(name, here)
        elif name == "Json" or name not in self.model.types:
            text = "Any"
        else:
            text = self.body(name, here) if partial else self.name(name, here)
        return f"list[{text}]" if name != kind else text

    def body(self, name: str, here: str | None) -> str:
        """Return the type of a body for a type or for what derives from it."""
        if self.model.is_entity(name) and name not in self.direct:  # only a cast leads here
            name = next((a for a in reversed(self.model.line(name)) if a in self.direct), name)
        if name in self.model.free or len(self.model.derived.get(name, ())) > FAMILY:
            return ANYTHING
        self.bodies.add(name)
        return self.name(name, here, "Partial")

    def properties(self, name: str) -> str:
        """Return the type of one word in ``select``, as a module of addresses writes it."""
        return self.name(name, None) + "Field" if name in self.near else "str"

    def modules(self) -> dict[str, str]:
        """Return the text of every module; call it when all addresses are written, which asks for bodies."""
        lines: dict[str, list[str]] = defaultdict(list)
        for name, members in sorted(self.model.enums.items()):
            choice = " | ".join(filter(None, [_literal(members) if len(members) <= FEW else "", "str"]))
            lines[module(name)].append(f"{title(name)}: TypeAlias = {choice}")
        for name in sorted(self.model.types, key=self.model.lineage):
            lines[module(name)] += self._type(name)
        for name in self._closure():
            lines[module(name)] += self._partial(name)
        for name in sorted(self.near):
            known = (p for a in self.model.line(name) for p in self.model.types[a].get("properties", ()))
            words = _literal(dict.fromkeys(known)) or "str"
            lines[module(name)].append(f"{title(name)}Field: TypeAlias = {words}")
        spaces = sorted(space for space in lines if space)
        return {space or "__init__": self._module(space, spaces, lines[space]) for space in ["", *spaces]}

    def _module(self, space: str, spaces: list[str], lines: list[str]) -> str:
        where = f", namespace {space}" if space else ""
        head = [
            f'"""Microsoft Graph\'s types{where}.\n\n{SOURCE}\n"""',
            "",
            "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict",
            "",
            "from leangraph import types as _t",
            *(f"from leangraph.types import {other} as {other}" for other in ([] if space else spaces)),
            *(f"from leangraph.types._base import {alias} as {alias}" for alias in [*ALIASES, "Object"]),
            "",
        ]
        return "\n".join([*head, *lines, ""])

    def _type(self, name: str) -> Iterator[str]:
        record, here = self.model.types[name], module(name)
        if name == "Json" or name in self.model.free:
            yield f"{title(name)}: TypeAlias = {'Any' if name == 'Json' else ANYTHING}"
            return
        fields = {}
        for key, kind in record.get("properties", {}).items():
            text = self.written(kind, here)
            fields[key] = text if key in record["firm"] or inner(kind) != kind else _or_none(text)
        for key, kind in record.get("navigation", {}).items():
            fields[key] = f"NotRequired[{ANYTHING if inner(kind) == kind else f'list[{ANYTHING}]'}]"
        base = record.get("base", "")
        known = base in self.model.types and base not in self.model.free
        yield from _typed_dict(title(name), self.name(base, here) if known else "Object", fields)

    def _closure(self) -> list[str]:
        """Return every type of which a partial twin has to exist: the bodies, what is in them, their ancestors."""
        done: set[str] = set()
        while ahead := self.bodies - done:
            for name in sorted(ahead):
                done.add(name)
                list(self._partial(name))  # asks for the bodies inside this one
        return sorted({a for name in done for a in self.model.line(name)}, key=self.model.lineage)

    def _partial(self, name: str) -> Iterator[str]:
        """Yield the twin of one type and, where derived types are accepted as well, that of its family."""
        here, base = module(name), self.model.types[name].get("base", "")
        above = self.name(base, here, self._plain(base)) if base in self.model.types else "Object"
        yield from _typed_dict(self._plain(name) + title(name), above, self._accepted(name), total=False)
        if name in self.bodies and self.model.derived.get(name):
            own = {key for ancestor in self.model.line(name) for key in self._accepted(ancestor)}
            family: dict[str, str] = {}
            for other in self.model.derived[name]:
                for key, text in self._accepted(other, here).items():
                    family[key] = "Any" if family.get(key, text) != text else text
            family = {key: text for key, text in family.items() if key not in own}
            yield from _typed_dict(
                f"Partial{title(name)}", self.name(name, here, self._plain(name)), family, total=False
            )

    def _plain(self, name: str) -> str:
        """Return the prefix of the twin that has no properties of derived types."""
        return "_Partial" if self.model.derived.get(name) else "Partial"

    def _accepted(self, name: str, here: str | None = None) -> dict[str, str]:
        """Return what the twin of a type adds to that of its base."""
        record, here = self.model.types[name], module(name) if here is None else here
        fields = {}
        for key, kind in record.get("properties", {}).items():
            text = self.written(kind, here, partial=True)
            fields[key] = _or_none(text) if inner(kind) == kind else text
        for key, kind in record.get("navigation", {}).items():
            many = inner(kind) != kind
            fields[key] = f"list[{ANYTHING}]" if many else ANYTHING
            if key in record.get("references", ()):
                fields[f"{key}@odata.bind"] = "list[str]" if many else "str"
        return fields


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
    yield f"class {name}({base}{part}):"
    yield from [f"    {key}: {text}" for key, text in fields.items() if key not in odd] or ["    pass"]


# --- addresses ----------------------------------------------------------------------------------------

Steps = dict[str, str]  # segment -> class of the addresses it leads to


class Addresses:
    """The stub of the addresses: a class per type, with an attribute for each segment that may follow."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.model = types.model
        self.reached = self.model.reached(casts=True)
        self.calls: dict[str, list[str]] = {}  # the classes of the actions and functions, by name
        kinds: dict[str, set[str]] = defaultdict(set)
        for named in self.model.operations.values():
            for name, overloads in named.items():
                kinds[name].update(one["kind"] for one in overloads)
        self.ambiguous = sorted(name for name, found in kinds.items() if len(found) > 1)

    def hidden(self) -> dict[str, list[str]]:
        """Return the segments that cannot be attributes: name -> the types that they follow."""
        found: dict[str, set[str]] = defaultdict(set)
        for name in self.reached:
            record = self.model.types[name]
            for key in (*record.get("properties", ()), *record.get("navigation", ())):
                found[key].add(name)
        for binding, named in self.model.operations.items():
            for key in named.keys() - OURS:
                found[key].add(binding)
        return {key: sorted(found[key]) for key in sorted(found) if _is_hidden(key)}

    def module(self) -> str:
        """Return the text of the module."""
        bases = {ancestor for name in self.reached for ancestor in self.model.line(name)[:-1]}
        classes: list[str] = []
        for name in sorted(bases | self.reached, key=self.model.lineage):
            classes += self._of(name, is_base=name in bases)
        roots = {name: self._leads_to(kind) for name, kind in sorted(self.model.roots.items())}
        calls = [line for lines in self.calls.values() for line in lines]
        return "\n".join([_HEAD, *calls, *classes, *_class("Roots", [], _attributes(roots)), ""])

    def _of(self, name: str, *, is_base: bool) -> Iterator[str]:
        """Yield the classes of one type: what others inherit, one object, a collection that can do more."""
        own, base = flat(name), self.model.types[name].get("base", "")
        above = [f"{flat(base)}Segments"] if base in self.model.types else []
        steps = _attributes(self._following(name))
        if is_base:
            yield from _class(f"{own}Segments", above, steps)
            above, steps = [f"{own}Segments"], []
        if name not in self.reached:
            return
        value, body, words = self._content(name)
        one, many = f"One[{value}, {body}, {words}]", f"Collection({name})"
        yield from _class(f"{own}Address", [*above, one], [*steps, *self._casts(name)])
        if self._has_collection(name):
            steps = _attributes(self._following(many))
            yield from _class(f"{own}Collection", [self._many(name)], [*steps, *self._casts(many)])

    def _following(self, kind: str) -> Steps:
        """Return what a type adds to the segments of its base; a collection inherits none, so all of them."""
        steps: Steps = {}
        name = inner(kind)
        if name == kind:
            record = self.model.types[name]
            members = {**record.get("properties", {}), **record.get("navigation", {})}
            steps = {key: self._leads_to(target) for key, target in members.items()}
        for ancestor in [name] if name == kind else self.model.line(name):
            owner = flat(ancestor) + ("" if name == kind else "Collection")
            for key, overloads in self.model.operations.get(kind.replace(name, ancestor), {}).items():
                if key not in OURS:
                    steps[key] = self._call(owner, key, overloads)
        return steps

    def _casts(self, kind: str) -> Iterator[str]:
        """Yield the overloads of ``/``: of the names that cannot be attributes, and of the derived types."""
        name = inner(kind)
        steps: Steps = {}
        for ancestor in self.model.line(name):
            following = self._following(kind.replace(name, ancestor))
            steps |= {key: target for key, target in following.items() if _is_hidden(key)}
        if self._is_cast(name):
            for other in self.model.derived[name]:
                steps[f"microsoft.graph.{other}"] = self._leads_to(kind.replace(name, other))
        for key, target in steps.items():
            yield from ("    @overload", f'    def __truediv__(self, text: Literal["{key}"]) -> {target}: ...')
        if steps:
            yield from ("    @overload", "    def __truediv__(self, text: str) -> AnyAddress: ...")

    def _is_cast(self, name: str) -> bool:
        return self.model.is_entity(name) and name != EVERYTHING and name in self.model.derived

    def _has_collection(self, name: str) -> bool:
        """Tell whether anything but a key may follow a collection of this type."""
        bound = (self.model.operations.get(f"Collection({ancestor})", {}) for ancestor in self.model.line(name))
        return self.model.is_entity(name) and (self._is_cast(name) or any(named.keys() - OURS for named in bound))

    def _content(self, name: str) -> tuple[str, str, str]:
        """Return the types of what is there, of a body, and of the words of ``select``."""
        return self.types.written(name, None), self.types.body(name, None), self.types.properties(name)

    def _many(self, name: str) -> str:
        value, body, words = self._content(name)
        return f"Many[{value}, {flat(name)}Address, {body}, {words}]"

    def _leads_to(self, kind: str) -> str:
        """Return the class of the addresses that lead to a kind of value."""
        name = inner(kind)
        if name in REPORTS:
            return "Address"
        if name == "Edm.Stream":
            return "Stream"
        if name not in self.reached or not (name == kind or self.model.is_entity(name)):
            value = self.types.written(name, None)
            if name in self.model.free and name == kind:
                return f"One[{value}, {ANYTHING}, str]"
            return f"Value[{value}]" if name == kind else f"Values[{value}]"
        if name == kind:
            return f"{flat(name)}Address"
        return f"{flat(name)}Collection" if self._has_collection(name) else self._many(name)

    def _call(self, owner: str, name: str, overloads: list[dict[str, Any]]) -> str:
        """Return the class of an action or function; calling it posts, or gives the address of a result."""
        if name in self.ambiguous:
            return "Address"  # takes explicit verbs
        own = f"{owner}_{name}"
        if own not in self.calls:
            self.calls[own] = []  # before anything else asks for it
            bare = [one for one in overloads if one["kind"] == "function" and "parameters" not in one]
            signatures = [text for one in overloads for text in self._signatures(one)]
            lines = []
            for text in signatures:
                lines += ["    @overload"] * (len(signatures) > 1) + [f"    def __call__{text}: ..."]
            self.calls[own] += _class(own, [self._leads_to(bare[0]["returns"]) if bare else "Address"], lines)
        return own

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
        text = self.types.written(operation["parameters"][name], None, partial=True)
        needed = operation["kind"] == "function" or name in operation["firm"]
        return text if needed and name not in operation.get("optional", ()) else f"{_or_none(text)} = ..."

    def _result(self, operation: Mapping[str, Any]) -> str:
        """Return the address that a function gives, or the body that an action answers with."""
        kind = operation.get("returns", "")
        if operation["kind"] == "function":
            return self._leads_to(kind)
        name = inner(kind)
        if not kind or name == "Edm.Stream":
            return "bytes" if kind else "None"
        value = self.types.written(name, None)
        if name != kind:
            return f"Page[{value}]"
        return value if name in self.model.types else f"Wrapped[{value}]"


_HEAD = f'''"""Where addresses lead: ``graph.users[id].manager`` is a ``DirectoryObjectAddress``.

{SOURCE}
"""

# mypy: disable-error-code="assignment, misc, overload-overlap"
# pyright: reportIncompatibleVariableOverride=false, reportOverlappingOverload=false
# (the operations of a derived type may differ from those of its base, and a cast overlaps with any other text)
from typing import Any, Literal, overload

from leangraph import types as _t
from leangraph.address import Address
from leangraph.types._verbs import AnyAddress, Many, One, Page, Stream, Value, Values, Wrapped
'''


def _is_hidden(segment: str) -> bool:
    return segment in VERBS or keyword.iskeyword(segment)


def _attributes(steps: Steps) -> list[str]:
    return [f"    {key}: {leads_to}" for key, leads_to in steps.items() if not _is_hidden(key)]


def _class(name: str, bases: Iterable[str], lines: Iterable[str]) -> list[str]:
    listed = ", ".join(bases)
    return [f"class {name}({listed}):" if listed else f"class {name}:", *(list(lines) or ["    pass"])]


# --- writing ------------------------------------------------------------------------------------------

RUN_TIME = '''"""The stub beside this module says what is in it."""

from leangraph.types import names

__getattr__ = names("{space}")
'''


def files(model: Model, guide: str) -> dict[str, str]:
    """Return every generated file: path inside the project -> text. ``guide`` is the page with the lists."""
    types = Types(model)
    addresses = Addresses(types)
    made = {f"{TYPES}/addresses.pyi": addresses.module()}
    spaces = {module(name): name.rpartition(".")[0] for name in (*model.types, *model.enums)}
    for name, text in types.modules().items():
        made[f"{TYPES}/{name}.pyi"] = text
        if name != "__init__":
            made[f"{TYPES}/{name}.py"] = RUN_TIME.format(space=spaces[name])
    return made


def read(source: str) -> Model:
    """Return the metadata of a file or of an address."""
    if source.startswith(("https://", "http://")):
        with urllib.request.urlopen(source, timeout=300) as answer:
            return Model(io.BytesIO(answer.read()))
    return Model(Path(source))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Rewrite the stubs from Microsoft's metadata.")
    parser.add_argument(
        "--metadata", default=str(INPUTS / "graph-v1.0.csdl"), metavar="FILE or https://…/$metadata"
    )
    parser.add_argument("--into", type=Path, default=PROJECT, metavar="DIR", help="project to write to")
    args = parser.parse_args(argv)
    try:
        model = read(args.metadata)
    except (OSError, ET.ParseError) as error:
        print(
            f"error: no metadata in {args.metadata}: {error}\n"
            "Name a file or https://graph.microsoft.com/v1.0/$metadata with --metadata. Nothing was changed.",
            file=sys.stderr,
        )
        return 2
    for name, content in files(model, "").items():
        target: Path = args.into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")
        print(f"{name}: {len(content.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
