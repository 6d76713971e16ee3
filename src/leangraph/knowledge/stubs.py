"""Writes the stubs: a module for every namespace, from the model of ``generate``.

What is written, and why so (the numbers stand in ``docs/types.md``):

* a TypedDict per entity and complex type: what is in it required, ``| None`` unless the metadata rules it out;
  navigation shallow, since what ``$expand`` brings is mostly of a derived type
* ``PartialUser`` beside ``User`` for each body that an address accepts: nothing is required. Where the body may be
  of a derived type, it takes the properties of all of them; where the type is open, any other dict will do as well
* ``UserAddress`` per type, with an attribute for each segment that may follow, and ``UserAddresses`` where a
  collection has more than keys. ``One``, ``Many`` and the rest of what they are made of stand in
  ``types/_verbs.pyi``, which is written by hand

What belongs to a type stands together, which takes a fifth off the wheel; one space of indent takes a little more.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from leangraph.knowledge.generate import (
    ALIASES,
    ANYTHING,
    EVERYTHING,
    FAMILY,
    FEW,
    KINDS,
    REPORTS,
    SCALARS,
    SOURCE,
    UNFIT,
    Model,
    inner,
    is_hidden,
    module,
    title,
)

SHIPPED, BETA = "leangraph.types", "leangraph_beta"  # packages
# What a script of beta imports while it is checked
CLIENT = [
    "class GraphClient(Roots, _GraphClient): # type: ignore[misc]",
    " pass",
]
RUN_TIME = '''"""The stub beside this module says what is in it."""

from leangraph.types._names import names

__getattr__ = names("{space}")
'''

# --- what a module is made of -------------------------------------------------------------------------

Steps = dict[str, str]  # segment -> class of the addresses it leads to


class Module:
    """The stub of one namespace.

    Args:
        bodies: the types whose partial twins are asked for, by this module and all others.
        package: the one that it belongs to, ``leangraph.types``.
    """

    def __init__(self, model: Model, space: str, bodies: set[str], package: str) -> None:
        self.model = model
        self.package = package
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
            lines += CLIENT if self.package == BETA else []
        where = f", namespace {self.space}" if self.space else ""
        others = [space for space in spaces if space] if not self.space else []
        head = [
            f'"""Microsoft Graph\'s types{where}.\n\n{SOURCE}\n"""\n',
            "# A derived type's operation may differ from its base's; a cast overlaps with any other text:",
            '# mypy: disable-error-code="assignment, misc, overload-overlap"',
            "# pyright: reportIncompatibleVariableOverride=false, reportOverlappingOverload=false",
            "from typing import Any, Literal, TypeAlias, TypedDict, overload\n",
            f"import {self.package} as _t" if "." not in self.package else "from leangraph import types as _t",
            "from leangraph.address import Address as Address",
            *(["from leangraph import GraphClient as _GraphClient"] if self.package == BETA else []),
            *(f"from {self.package} import {space} as {space}" for space in others),
            *(
                f"from leangraph.types._base import {alias} as {alias}"
                for alias in [*ALIASES, "Object", "PartialObject"]
            ),
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
        """Return the type of a body for a type or for what derives from it; of an open type, any dict will do."""
        if self.model.is_entity(name):
            if name not in self.model.direct:  # only a cast leads here, and what is sent goes to the base
                name = next((a for a in reversed(self.model.line(name)) if a in self.model.direct), name)
            if name not in self.model.written:
                return ANYTHING
        if name in self.model.free | self.model.loose or len(self.model.derived.get(name, ())) > FAMILY:
            return ANYTHING
        self.bodies.add(name)
        twin = self.name(name, "Partial")
        return f"{twin} | {ANYTHING}" if self.model.types[name].get("open") else twin

    # --- types

    def type(self, name: str) -> Iterator[str]:
        """Yield the class of a type, and what ``select`` knows of it."""
        record = self.model.types[name]
        if name == "Json" or name in self.model.free | self.model.loose:
            yield f"{title(name)}: TypeAlias = {'Any' if name == 'Json' else ANYTHING}"
            return
        fields = {}
        for key, kind in record.get("properties", {}).items():
            text = self.value(kind)
            fields[key] = text if key in record["firm"] or inner(kind) != kind else _or_none(text)
        for key, kind in record.get("navigation", {}).items():
            fields[key] = ANYTHING if inner(kind) == kind else f"list[{ANYTHING}]"
        base = record.get("base", "")
        known = base in self.model.types and base not in self.model.free | self.model.loose
        yield from _typed_dict(title(name), self.name(base) if known else "Object", fields)
        if name in self.model.near:
            words = (key for a in self.model.line(name) for key in self.model.types[a].get("properties", ()))
            yield f"{title(name)}Field: TypeAlias = {_literal(dict.fromkeys(words)) or 'str'}"

    def partial(self, name: str) -> Iterator[str]:
        """Yield the twin of a type and, where derived types are accepted as well, that of its family."""
        base = self.model.types[name].get("base", "")
        above = self.name(base, self._plain(base)) if base in self.model.types else "PartialObject"
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
                if not model.is_ambiguous(kind, key):
                    yield from self._call(f"{self._owner(kind)}_{key}", overloads)
        above = [self.name(base, suffix="Segments")] if base in model.types else []
        steps = _attributes(self._following(name))
        if is_base:
            yield from _class(f"{title(name)}Segments", above, steps)
            above, steps = [f"{title(name)}Segments"], []
        if name in model.reached:
            one = f"One[{self.value(name)}, {self.body(name)}, {self._words(name)}]"
            bases = [*above, one, *([f"Changing[{self.value(name)}]"] if model.changes(name) else [])]
            yield from _class(f"{title(name)}Address", bases, [*steps, *self._divisions(name)])
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
        """Return the class of an action or function; what is both here takes explicit verbs."""
        if self.model.is_ambiguous(kind, key):
            return "Callable"
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
            yield from (" @overload", f' def __truediv__(self, text: Literal["{key}"]) -> {target}: ...')
        if steps:
            yield from (" @overload", " def __truediv__(self, text: str) -> AnyAddress: ...")

    def _has_casts(self, name: str) -> bool:
        return self.model.is_entity(name) and name != EVERYTHING and name in self.model.derived

    def _has_collection(self, name: str) -> bool:
        """Tell whether anything but a key may follow a collection of this type."""
        bound = any(self.model.calls(f"Collection({ancestor})") for ancestor in self.model.line(name))
        return self.model.is_entity(name) and (bound or self._has_casts(name))

    def _words(self, name: str) -> str:
        return self.name(name, suffix="Field") if name in self.model.near - self.model.loose else "str"

    def _many(self, name: str) -> str:
        inside = self.name(name, suffix="Address")
        return f"Many[{self.value(name)}, {inside}, {self.body(name)}, {self._words(name)}]"

    def leads_to(self, kind: str) -> str:
        """Return the class of the addresses that lead to a kind of value."""
        name = inner(kind)
        if name in REPORTS:
            return "AnyAddress"
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
            lines += [" @overload"] * (len(signatures) > 1) + [f" def __call__{text}: ..."]
        base = self.leads_to(bare[0]["returns"]) if bare else "Callable"
        yield from _class(own, ["Callable" if base == "AnyAddress" else base], lines)

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
    yield from _class(name, [base + part], [f" {key}: {text}" for key, text in fields.items() if key not in odd])


def _attributes(steps: Steps) -> list[str]:
    return [f" {key}: {leads_to}" for key, leads_to in steps.items() if not is_hidden(key)]


def _class(name: str, bases: Iterable[str], lines: Iterable[str]) -> list[str]:
    listed = ", ".join(bases)
    return [f"class {name}({listed}):" if listed else f"class {name}:", *(list(lines) or [" pass"])]


def files(model: Model, package: str = SHIPPED) -> dict[str, str]:
    """Return every stub of a package, and the modules that stand beside them at run time: file name -> text."""
    spaces = {module(name): name.rpartition(".")[0] for name in sorted((*model.types, *model.enums))} | {"": ""}
    bodies: set[str] = set()
    modules = [Module(model, space, bodies, package) for space in sorted(spaces)]
    for made in modules:  # to learn which bodies are asked for
        made.text(spaces, ())
    done: set[str] = set()
    while ahead := bodies - done:  # and which ones those ask for
        done |= ahead
        for name in ahead:
            list(modules[0].partial(name))
    partial = {ancestor for name in done for ancestor in model.line(name)}
    texts = {}
    for made in modules:
        texts[f"{made.space or '__init__'}.pyi"] = made.text(sorted(spaces), partial)
        if made.space and package == SHIPPED:
            texts[f"{made.space}.py"] = RUN_TIME.format(space=spaces[made.space])
    return texts
