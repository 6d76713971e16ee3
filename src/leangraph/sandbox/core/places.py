"""Where a path leads among the objects of a tenant: any path of v1.0's metadata, walked segment by segment.

An object has one home whatever the path: keys become ids first, an object whose type has an entity set of its own
lives there (``teams/{id}``), and the few other paths that are two names of one place stand in ``SAME``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote

from leangraph.knowledge import Operation, paths, schema

from ..odata.paths import inner, split
from ..wire.server import Headers, Request
from . import engine, families
from .call import Call, bad_request, missing
from .endpoints import found_by
from .model import ENTITIES, PROPERTY_OF_KEY
from .store import Doc, Row, Where, of_kind

TAILS = ("$count", "$ref", "$value")
SAME = tuple(  # paths that are names of one place
    (re.compile(pattern, re.IGNORECASE), place)
    for pattern, place in (
        (r"^(users|groups)/([^/]+)/calendar/(events|calendarview)$", r"\1/\2/\3"),
        (r"^(users|groups)/([^/]+)/calendarview$", r"\1/\2/events"),
        (r"^groups/([^/]+)/team(?=/|$)", r"teams/\1"),
        (r"^policies/conditionalaccesspolicies$", "identity/conditionalaccess/policies"),
        (r"^identitygovernance/termsofuse/agreements$", "agreements"),
    )
)


@dataclass(frozen=True)
class Spot:
    """A place in a tenant.

    Attributes:
        kind: the type there, ``Collection(contact)``.
        home: its place by ids, in lower case: ``users/<id>/contacts``.
        row: the object there; ``None`` for a collection, and for what nobody has set yet.
        owner, name: the object that it is a member of, and the member's name.
        linked: it holds references to objects that live elsewhere.
        value: it is a structural property of its owner.
        calls: the overloads of the action or function that it is; with ``arguments`` as they stand in the path.
        tail: ``$count``, ``$ref`` or ``$value`` at its end.
    """

    kind: str
    home: str
    row: Row | None = None
    owner: Spot | None = None
    name: str = ""
    linked: bool = False
    value: bool = False
    calls: Sequence[Operation] = ()
    arguments: str = ""
    tail: str = ""

    @property
    def many(self) -> bool:
        return self.kind.startswith("Collection(")

    @property
    def type(self) -> str:
        return inner(self.kind)


def walk(call: Call, segments: Sequence[str]) -> Spot:
    """Return where segments lead that the metadata knows; raises Graph's 404 for a key that nothing has."""
    first, *rest = segments
    if first.lower() == "me":
        if call.token.user is None:
            bad_request("/me request is only valid with delegated authentication flow.")
        first, rest = "users", [call.token.user, *rest]
    root = next((name for name in paths()["roots"] if name.lower() == first.lower()), None)
    if root is None:
        spot = _operation(Spot("", ""), first)
    else:
        spot = Spot(paths()["roots"][root], root.lower(), name=root)
        families.filled(call, spot.home, spot.type)
    for segment in rest:
        spot = _follow(call, spot, segment)
    return spot


def find(call: Call, url: str) -> Row | None:
    """Return the object that an ``@odata.id`` names, ``None`` for a URL that names none."""
    found = re.fullmatch(r"(?:https?://[^/]+)?/*(?:v1\.0|beta)?/*(.+?)/*", url, re.IGNORECASE)
    segments = split(found[1]) if found else []
    if not segments or not all(segments):
        return None
    if segments[0].lower() == "directoryobjects" and len(segments) == 2:
        return call.store.find(segments[1])
    spot = walk(call, segments)
    return None if spot.many or spot.calls else spot.row


def family(kind: str) -> tuple[str, ...]:
    """Return a type and everything that derives from it."""
    return (kind, *sorted(schema.derived(kind)))


def inside(spot: Spot) -> Where:
    """Return the condition on the objects of a collection."""
    first, last = name_in(spot.home, "").casefold(), f"{spot.home}\1".casefold()
    home = Where("name >= ? AND name < ?", (first, last)) & of_kind(*family(spot.type))
    if not spot.linked or spot.owner is None or spot.owner.row is None:
        return home
    owner = spot.owner.row.doc["id"]
    links = "seq IN (SELECT target FROM links WHERE source = (SELECT seq FROM objects WHERE id = ?) AND name = ?)"
    return Where(f"({home.sql}) OR {links}", (*home.values, owner, spot.name))


def name_in(home: str, key: str) -> str:
    """Return by which name the store knows an object of a collection."""
    return f"{home}\0{key}"


def key_of(kind: str, doc: Doc) -> str:
    """Return the key of an object: nearly always its id, which for some is only theirs in one collection."""
    if "@key" in doc:
        return str(doc["@key"])
    return ",".join(str(doc.get(name, "")) for name in keys(kind))


@cache
def keys(kind: str) -> tuple[str, ...]:
    """Return the properties that are a type's key."""
    types = paths()["types"]
    declared = (types[ancestor].get("keys") for ancestor in schema.lineage(kind))
    return tuple(next((names for names in declared if names), ("id",)))


@cache
def root_of(kind: str) -> str:
    """Return the entity set in which objects of a type live, "" if they live below others."""
    roots: Mapping[str, str] = paths()["roots"]
    return next((name.lower() for name, of in roots.items() if of == f"Collection({kind})"), "")


def _follow(call: Call, spot: Spot, segment: str) -> Spot:
    low = segment.lower()
    if low in TAILS:
        return replace(spot, tail=low)
    cast = low.removeprefix("microsoft.graph.")
    if cast != low:
        for other in family(spot.type):
            if other.lower() == cast:
                return replace(spot, kind=spot.kind.replace(spot.type, other))
    if not spot.many:
        for members, value in ((schema.navigation(spot.kind), False), (schema.properties(spot.kind), True)):
            for name, kind in members.items():
                if name.lower() == low:
                    return _member(call, spot, name, kind, value=value)
    if any(low.partition("(")[0].removeprefix("microsoft.graph.") in known for known in _called(spot.kind)):
        return _operation(spot, segment)
    return _object(call, spot, segment)


@cache
def _called(kind: str) -> tuple[frozenset[str], ...]:
    names = schema.operations(kind)
    full = {f"{one['namespace']}.{name}" for name, calls in names.items() for one in calls if "namespace" in one}
    return frozenset(name.lower() for name in names), frozenset(name.lower() for name in full)


def _operation(spot: Spot, segment: str) -> Spot:
    asked, _, arguments = segment.partition("(")
    low = asked.lower().removeprefix("microsoft.graph.").rpartition(".")[2]
    known = schema.operations(spot.kind) if spot.kind else paths()["operations"][""]
    name, calls = next((name, calls) for name, calls in known.items() if name.lower() == low)
    returns = calls[0].get("returns", "")
    home = f"{spot.home}/{low}".strip("/")
    return Spot(returns, home, owner=spot, name=name, calls=calls, arguments=arguments.removesuffix(")"))


def _member(call: Call, spot: Spot, name: str, kind: str, *, value: bool) -> Spot:
    home = f"{spot.home}/{name.lower()}"
    for pattern, place in SAME:
        home = pattern.sub(place, home)
    linked = not value and name in schema.references(spot.kind)
    here = Spot(kind, home, owner=spot, name=name, linked=linked, value=value)
    if not value:
        families.filled(call, home, here.type)
    if value or here.many:
        return here
    row = _asked(call, home.split("/"), kind) or call.store.named(family(kind), home)
    if row is None and linked and spot.row is not None:
        row = referred(call, spot.row, name)
    return here if row is None else _at(here, row)


def referred(call: Call, owner: Row, name: str) -> Row | None:
    """Return the object that a single reference leads to: by a link, or by an id beside it (``principalId``)."""
    targets = call.store.targets(owner.doc["id"], name)
    id_ = targets[0] if targets else owner.doc.get(f"{name}Id")
    return call.store.find(str(id_).rpartition("/")[2]) if id_ else None


def _object(call: Call, spot: Spot, key: str) -> Spot:
    row = _acted(call, spot, key) or call.store.named(family(spot.type), name_in(spot.home, _key(spot.type, key)))
    if row is None:
        named = PROPERTY_OF_KEY.fullmatch(key)
        where = inside(spot)
        if named:
            value = Where(f"json_extract(doc, '$.{named[1]}') = ?", (named[2].strip("'"),))
            where &= value
        else:
            where &= Where("id = ?", (key,))
        row = next(iter(call.store.select(where, limit=1)), None)
    if row is None:
        raise missing(key)
    return _at(replace(spot, kind=spot.type, linked=False), row, key_of(row.kind, row.doc) or key)


def _key(kind: str, text: str) -> str:
    """Return a key as :func:`key_of` writes it: ``a='x',b='y'`` is ``x,y``."""
    if len(keys(kind)) == 1:
        return text
    return ",".join(part.partition("=")[2].strip("'") for part in text.split(","))


def _at(spot: Spot, row: Row, key: str = "") -> Spot:
    """Return the place of an object: its type's own entity set, or where it was found."""
    kind = row.kind if row.kind in family(spot.type) else spot.type
    root = root_of(kind)
    home = f"{root}/{row.doc['id']}" if root else f"{spot.home}/{key}" if key else spot.home
    return replace(spot, kind=kind, row=row, home=home)


def _acted(call: Call, spot: Spot, key: str) -> Row | None:
    """Return an object that is acted out; raises its family's 404."""
    entity = next((one for one in ENTITIES.values() if one.collection.lower() == spot.home), None)
    if entity is not None:
        return Row(0, entity.kind, None, engine.find(call, entity, key))
    return _asked(call, [*spot.home.split("/"), key], spot.type)


def _asked(call: Call, segments: Sequence[str], kind: str) -> Row | None:
    """Return an object that is acted out as a client would get it, ``None`` if the path is not acted out."""
    found = found_by(list(segments))
    endpoint = found and found[0].methods.get("GET")
    if not found or not endpoint or endpoint.path.endswith("(…)"):
        return None
    target = f"/{call.version}/" + "/".join(quote(segment, safe="") for segment in segments)
    request = Request("GET", target, Headers([("Host", call.request.headers["Host"])]))
    asked = Call(call.directory, request, call.version, list(segments), call.token, found[1], endpoint.path)
    answer = endpoint.handler(asked)
    body: Any = json.loads(answer.body) if answer.status == 200 and answer.body[:1] == b"{" else None
    if not isinstance(body, dict) or "id" not in body:
        return None
    return call.store.find(str(body["id"])) or Row(0, kind, None, body)
