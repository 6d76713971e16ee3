"""How the typed engine keeps what a body brings: checked by the metadata, and by the rules of a family."""

from __future__ import annotations

from functools import cache
from uuid import uuid4

from leangraph.knowledge import paths, schema

from ..rules.limits import workload
from ..wire.faults import Refusal
from . import families
from .call import Call
from .model import Entity
from .places import Spot, family, find, key_of, keys, name_in
from .store import Doc, Duplicate, Row


@cache
def entity_of(kind: str) -> Entity:
    """Return a type as the engine knows it."""
    return Entity(kind, kind, read_only=frozenset())


def _checked(call: Call, spot: Spot, body: Doc) -> tuple[str, Doc, Doc]:
    """Return the type that a body says it is, its properties, and its related objects."""
    named = str(body.get("@odata.type", "")).removeprefix("#").removeprefix("microsoft.graph.")
    kind = next((one for one in family(spot.type) if one.lower() == named.lower()), spot.type)
    members = {name.lower(): name for name in schema.navigation(kind)}
    related = {members[name.lower()]: value for name, value in body.items() if name.lower() in members}
    plain = {name: value for name, value in body.items() if name.lower() not in members}
    if any(paths()["types"].get(one, {}).get("open") for one in schema.lineage(kind)):
        known = entity_of(kind).canonical
        loose = {name: value for name, value in plain.items() if name.lower() not in known and "@" not in name}
    else:
        loose = {}
    declared = {name: value for name, value in plain.items() if name not in loose}
    if workload(call.segments) == "outlook":
        declared = {name: _boolean(kind, name, value) for name, value in declared.items()}
    checked = entity_of(kind).checked(declared)
    nulls = [name for name, value in checked.items() if value is None and name in schema.filled(kind)]
    if nulls and call.request.method == "PATCH" and not paths()["types"].get(kind, {}).get("open"):
        checked = {name: value for name, value in checked.items() if name not in nulls}
    ignored = {*schema.computed(kind), *(("id",) if keys(kind) == ("id",) else ())}
    return kind, {**loose, **{name: value for name, value in checked.items() if name not in ignored}}, related


def _boolean(kind: str, name: str, value: object) -> object:
    """Return what Exchange makes of "false" where a boolean belongs: O365 sends that with every event."""
    known = entity_of(kind)
    is_boolean = known.properties.get(known.canonical.get(name.lower(), "")) == "Edm.Boolean"
    return value == "true" if is_boolean and value in ("true", "false") else value


def store_new(call: Call, spot: Spot, body: Doc) -> Row:
    """Keep a new object of a collection, and those that its body brings along."""
    kind, changes, related = _checked(call, spot, body)
    now, known = call.directory.now(), schema.properties(kind)
    made = {"id": str(uuid4()), "createdDateTime": now, "lastModifiedDateTime": now}
    doc = {**{name: value for name, value in made.items() if name in known}, **changes}
    rules = families.of_home(spot.home, kind)
    new = families.Write(call, kind, spot.home, None, doc, body)
    if rules:
        doc = {**doc, **rules.kept(new)}
    doc = {"id": made["id"], **{name: value for name, value in doc.items() if value is not None}}
    try:
        call.store.insert(kind, doc, name_in(spot.home, key_of(kind, doc)))
    except Duplicate:
        raise Refusal(409, "Conflict", "An object with the same key already exists.") from None
    if rules and rules.after:
        rules.after(new, doc)
    row = Row(0, kind, None, doc)
    owner = Spot(kind, f"{spot.home}/{key_of(kind, doc)}", row, name=spot.name)
    _relate(call, owner, related)
    _bind(call, owner, body)
    return row


def _bind(call: Call, owner: Spot, body: Doc) -> None:
    """Act out ``name@odata.bind``; raises Graph's 404 for an object that a family does not have."""
    for name, value in body.items():
        relation = name.removesuffix("@odata.bind")
        if relation == name or relation not in schema.references(owner.kind) or owner.row is None:
            continue
        for url in value if isinstance(value, list) else [value]:
            target = find(call, str(url))
            if target is not None:  # else it is something that only Microsoft has: a template of Teams
                call.store.link(owner.row.doc["id"], relation, target.doc["id"])


def _relate(call: Call, owner: Spot, related: Doc) -> None:
    members = schema.navigation(owner.kind)
    for name, value in related.items():
        below = Spot(members[name], f"{owner.home}/{name.lower()}", owner=owner, name=name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and below.many:
                store_new(call, below, each)
            elif isinstance(each, dict):
                write(call, below, each)


def write(call: Call, spot: Spot, body: Doc) -> Row:
    """Change an object, or make the one that was always there."""
    kind, changes, related = _checked(call, spot, body)
    doc = spot.row.doc if spot.row is not None else {"id": str(uuid4())}
    rules = families.of_home(spot.home, kind)
    change = families.Write(call, kind, spot.home, doc, changes, body)
    if rules:
        changes = {**changes, **rules.kept(change)}
    merged = {name: value for name, value in {**doc, **changes}.items() if value is not None}
    if "lastModifiedDateTime" in schema.properties(kind):
        merged["lastModifiedDateTime"] = call.directory.now()
    known = call.store.find(str(doc["id"])) if spot.row is not None else None
    if known is not None:
        kind = known.kind
        call.store.update(kind, merged, call.store.name_of(str(doc["id"])))
    else:
        call.store.insert(kind, merged, spot.home)
    if rules and rules.after:
        rules.after(change, merged)
    row = Row(0, kind, None, merged)
    here = Spot(kind, spot.home, row, name=spot.name)
    _relate(call, here, related)
    _bind(call, here, body)
    return row
