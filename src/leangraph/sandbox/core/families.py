"""Rules of Graph for objects that the typed engine keeps: what a new one needs, what may change, what follows.

A family is one file in ``sandbox/graph`` that registers a :class:`Family` for each of its types. Everything else
about them (lists, filters, ``$expand``, keys, references) is the engine's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from leangraph.knowledge import schema

from ..odata.paths import inner, place
from ..wire.faults import Refusal
from ..wire.server import Reply
from .call import LIST, ONE, Call
from .endpoints import ENDPOINTS, Endpoint
from .store import Doc

TAILS = ("$count", "$ref", "$value")
Method = Literal["GET", "POST", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Write:
    """A write under way. ``before`` is ``None`` for a new object; ``home`` is where it is, by ids;
    ``body`` is what was sent, ``changes`` what of it can be kept.
    """

    call: Call
    kind: str
    home: str
    before: Doc | None
    changes: Doc
    body: Doc

    @property
    def doc(self) -> Doc:
        """The object as it will be."""
        return {**(self.before or {}), **self.changes}


@dataclass(frozen=True)
class Family:
    """The rules of one type below one path.

    Attributes:
        path: of the collection, or of the single object: ``/identity/conditionalAccess/policies``.
        required: what a new object must bring.
        read_only: what no request may set.
        check: raises :class:`Refusal` for what Graph refuses; returns what is kept besides the changes.
        after: what else happens once the object is kept.
        remove: the same when it is about to go; raises what Graph answers if it may not.
        fill: puts there what Graph brings along; called before anything is read, so it has to be quick.
        silent: a change is answered with 204, without the object.
        methods: what is acted out of CRUD.
        partly: what is not.
    """

    kind: str
    path: str
    required: tuple[str, ...] = ()
    read_only: frozenset[str] = frozenset()
    check: Callable[[Write], Doc] | None = None
    after: Callable[[Write, Doc], None] | None = None
    remove: Callable[[Call, Doc], None] | None = None
    fill: Callable[[Call, str], None] | None = None
    silent: bool = True
    single: bool = False
    methods: tuple[Method, ...] = ("GET", "POST", "PATCH", "DELETE")
    partly: str = ""

    @property
    def title(self) -> str:
        return self.kind[:1].upper() + self.kind[1:]

    def kept(self, write: Write) -> Doc:
        """Return what is kept of a write; raises Graph's 400s."""
        for name in self.required:
            if (name in write.changes or write.before is None) and write.changes.get(name) in (None, ""):
                message = f"A value is required for property '{name}' of resource '{self.title}'."
                raise Refusal(400, "Request_BadRequest", message)
        for name in self.read_only & write.changes.keys():
            raise Refusal(400, "Request_BadRequest", f"Property '{name}' is read-only and cannot be set.")
        return {**write.changes, **(self.check(write) if self.check else {})}


FAMILIES: dict[tuple[str, str], Family] = {}  # by kind and by the template of the collection, in lower case


def family(new: Family) -> Family:
    """Make the rules of a type known, and list its endpoints."""
    FAMILIES[new.kind, new.path.lower()] = new
    one = new.path if new.single else f"{new.path}/{{id}}"
    paths = {"GET": {new.path, one}, "POST": {new.path}, "PATCH": {one}, "DELETE": {one}}
    for method in new.methods:
        for path in sorted(paths[method]):
            options = () if method != "GET" else ONE if path == one else LIST
            ENDPOINTS.append(Endpoint(method, path, _engine, new.partly if method != "GET" else "", options))
    return new


def _engine(call: Call) -> Reply:
    raise NotImplementedError(f"{call.template} is answered by the typed engine")


def at(template: str, kind: str) -> Family | None:
    """Return the rules of a type, or of what it derives from, at a path with ``{id}`` for every key."""
    below = f"/users/{{id}}{template[3:]}" if template.startswith("/me/") else template
    below = below.lower().removesuffix("/{id}")
    return next((found for name in schema.lineage(kind) if (found := FAMILIES.get((name, below)))), None)


def of_home(home: str, kind: str) -> Family | None:
    """Return the rules of a type at a place by ids, ``users/<id>/contacts``."""
    try:
        return at(place(home.split("/")).template, kind)
    except Refusal:  # a key with a slash in it
        return None


def filled(call: Call, home: str, kind: str) -> None:
    """Put there what Graph brings along."""
    rules = of_home(home, kind)
    if rules and rules.fill:
        rules.fill(call, home)


def acted(call: Call) -> bool | None:
    """Tell whether a family carries out the rules of what a call asks for: ``False``: it has no such method.

    ``None``: no family has it. Raises Graph's 400 for no path.
    """
    segments = call.segments
    tail = segments[-1].lower() if segments[-1].lower() in TAILS else ""
    spot = place(segments[:-1] if tail else segments)
    known = at(spot.template, inner(spot.type))
    method = "PATCH" if call.request.method == "PUT" else call.request.method
    if known is None or (tail and method != "GET"):
        return None
    return method in known.methods
