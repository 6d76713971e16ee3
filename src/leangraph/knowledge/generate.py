"""The model behind the stubs of Microsoft Graph's types, and where its metadata comes from.

v1.0's stubs ship with the package; ``leangraph types`` writes those of beta, or of any metadata, on your machine.
Only names and types are taken, no text that describes them, and the same input gives the same bytes.
"""

from __future__ import annotations

import io
import keyword
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import IO, Any
from xml.etree import ElementTree as ET

from leangraph import knowledge
from leangraph.errors import ConfigurationError, TransportError
from leangraph.knowledge import schema
from leangraph.knowledge.csdl import EDM, Metadata

SOURCE = "Written by `make types` from Microsoft's metadata: names and types, nothing to run."
VERBS = frozenset(
    "get list count post patch put delete request delta upload download report add remove send_message".split()
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
KINDS = "AnyAddress Bytes Callable Changing Many One Page Value Values Wrapped".split()  # of addresses and answers
TAKEN = frozenset(
    [*KINDS, *ALIASES, *"Address Any Literal Object PartialObject Roots TypeAlias TypedDict overload".split()]
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
    def loose(self) -> frozenset[str]:
        """The entity types that take any property and have but an ``id``, with what derives from them."""
        bare = frozenset(
            name
            for name, record in self.types.items()
            if record.get("open") and "complex" not in record
            if all(key == "id" for ancestor in self.line(name) for key in self.members(ancestor))
        )
        return frozenset(name for name in self.types if not bare.isdisjoint(self.line(name)))

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
        """The names that are both an action and a function somewhere."""
        kinds: dict[str, set[str]] = defaultdict(set)
        for named in self.operations.values():
            for name, overloads in named.items():
                kinds[name].update(one["kind"] for one in overloads)
        return sorted(name for name, found in kinds.items() if len(found) > 1)

    def is_ambiguous(self, binding: str, name: str) -> bool:
        """Tell whether what a name calls on a type, or on what it inherits from, is an action and a function."""
        bare = inner(binding)
        kinds = {
            one["kind"]
            for ancestor in self.line(bare)
            for one in self.operations.get(binding.replace(bare, ancestor), {}).get(name, ())
        }
        return len(kinds) > 1

    def changes(self, name: str) -> bool:
        """Tell whether an object of a type has a delta function of its own."""
        return any("delta" in self.operations.get(ancestor, {}) for ancestor in self.line(name))

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


def written() -> frozenset[str]:
    """Return the types that can be created or changed somewhere, by Microsoft's permission table."""
    found = set()
    for path, methods in knowledge.permission_table()["paths"].items():
        kind = schema.leads_to(path) or ""
        if methods.keys() & ({"POST"} if inner(kind) != kind else {"PATCH", "PUT"}):
            found.add(inner(kind))
    return frozenset(found)


def read(source: str) -> Model:
    """Return the model of some metadata.

    Args:
        source: a file, or an address such as https://graph.microsoft.com/beta/$metadata, which takes no token.

    Raises:
        ConfigurationError: there is no such file, or no metadata in it.
        TransportError: the address does not answer.
    """
    content: str | IO[bytes] = source
    if source.startswith(("https://", "http://")):
        import requests

        try:
            answer = requests.get(source, timeout=300)  # seconds: beta's metadata is 8 MB
            answer.raise_for_status()
        except requests.RequestException as error:
            raise TransportError(f"no metadata from {source}: {error}") from None
        content = io.BytesIO(answer.content)
    try:
        model = Model(content, written())
    except (OSError, ET.ParseError) as error:
        raise ConfigurationError(f"no metadata in {source}: {error}") from None
    if not model.roots:
        raise ConfigurationError(f"no metadata in {source}: it names no entity set")
    return model
