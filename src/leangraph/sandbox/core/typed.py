"""Any path of v1.0's metadata, answered by the metadata alone: names and types hold, business rules do not.

Nothing is made up: an object shows what was written to it, collections that nobody filled are empty, and what is
never null by the metadata is ``false`` or ``0``. A property that nobody set is left out, rather than null.

Sources: OData 4.01 part 1 (protocol), 11.4; the CSDL of https://graph.microsoft.com/v1.0/$metadata.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from uuid import uuid4

from leangraph.knowledge import enums, paths, schema

from ..odata import rules, sql
from ..odata.paths import BY_PATH, inner
from ..odata.query import Expand
from ..wire.faults import Refusal
from ..wire.server import Reply
from . import engine
from .call import COUNT, LIST, ONE, Call, bad_request, missing, not_acted_out, reply
from .endpoints import Endpoint, found_by
from .engine import Items
from .model import Entity
from .places import Spot, family, find, inside, key_of, keys, name_in, walk
from .relations import ABSENT, TWICE
from .store import Doc, Duplicate, Order, Row, Where
from .typed_calls import result

NUMBERS = ("Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Byte", "Edm.Double", "Edm.Single", "Edm.Decimal")
# Where a PATCH is answered 204; everywhere else with the object (the "Update …" pages of the API reference).
SILENT = frozenset(
    "applications contracts devices directory directoryobjects directoryroles domains groups groupsettings "
    "identity identitygovernance identityproviders identityprotection oauth2permissiongrants organization "
    "permissiongrants policies rolemanagement schemaextensions security serviceprincipals".split()
)


def endpoint(call: Call) -> Endpoint:
    """Return what answers a request that no family has; raises Graph's 404 and 405."""
    if BY_PATH in call.segments:
        not_acted_out(f"{call.request.method} {call.template}")
    spot = walk(call, call.segments)
    handler, options = _handler(call, spot)
    return Endpoint(
        call.request.method, call.template, lambda call: handler(call, spot), options=options, fidelity="typed"
    )


Handler = Callable[[Call, Spot], Reply]


def _handler(call: Call, spot: Spot) -> tuple[Handler, tuple[str, ...]]:
    method = call.request.method
    if spot.calls:
        return _call, (*LIST, "deltatoken") if spot.many else ONE
    if spot.tail == "$ref":
        known: dict[str, Handler] = {"GET": _references, "POST": _add, "PUT": _add, "DELETE": _remove}
    elif spot.tail == "$count":
        known = {"GET": lambda call, spot: engine.count(call, _items(spot))}
    elif spot.tail == "$value" or spot.kind == "Edm.Stream":
        known = {"GET": _bytes, "PUT": _keep, "PATCH": _keep}
    elif spot.value:
        known = {"GET": _property, "PUT": _set_property, "PATCH": _set_property, "DELETE": _set_property}
    elif spot.many:
        known = {"GET": _list, "POST": _create}
    else:
        known = {"GET": _get, "PATCH": _update, "PUT": _update, "DELETE": _delete}
    if method not in known:
        raise Refusal.of(405)
    home = spot.home.split("/")
    if method == "POST" and known[method] is _create and any(_is_acted(at) for at in (home, [*home, "x"])):
        not_acted_out(f"POST {call.template}")  # a family has these objects, and would not find one made here
    options = COUNT if spot.tail == "$count" else LIST if spot.many else ONE
    return known[method], options if method == "GET" and not spot.value and spot.tail in ("", "$count") else ()


def _is_acted(segments: list[str]) -> bool:
    found = found_by(segments)
    return found is not None and "GET" in found[0].methods


# -- reading --------------------------------------------------------------------------------------------------


@cache
def entity_of(kind: str) -> Entity:
    """Return a type as the engine knows it."""
    return Entity(kind, kind, read_only=frozenset())


def shown(kind: str, row: Row, names: tuple[str, ...] | None = None) -> Doc:
    """Return an object as a reply shows it; ``kind`` is what the collection is declared as."""
    head: Doc = {} if row.kind == kind else {"@odata.type": f"#microsoft.graph.{row.kind}"}
    known, filled = schema.properties(row.kind), schema.filled(row.kind)
    for name, of in known.items():
        if names is not None and name not in names:
            continue
        if name in row.doc:
            head[name] = row.doc[name]
        elif of.startswith("Collection("):
            head[name] = []
        elif name in filled and of in ("Edm.Boolean", *NUMBERS):
            head[name] = False if of == "Edm.Boolean" else 0
    extra = {name: value for name, value in row.doc.items() if name not in known and not name.startswith("@")}
    return {**head, **(extra if names is None else {})}


def _items(spot: Spot) -> Items:
    return Items(
        entity_of(spot.type),
        inside(spot),
        free=True,
        context=_context(spot),
    )


def _context(spot: Spot) -> str:
    if spot.owner is None:
        return spot.name
    at, owner = spot.owner, spot.owner.row
    where = (
        f"{_context(at)}('{owner.doc.get('id', '')}')" if owner is not None and at.owner is None else _context(at)
    )
    return f"{where}/{spot.name}"


def _list(call: Call, spot: Spot) -> Reply:
    _exists(spot)
    items = _items(spot)
    names = engine.select(call.query, items.entity, single=False, mixed=False)

    def show(row: Row) -> Doc:
        return {**shown(spot.type, row, names), **_expanded(call, spot, row)}

    return engine.page(call, Items(**{**vars(items), "show": show}))


def _get(call: Call, spot: Spot) -> Reply:
    _exists(spot)
    if spot.row is None and spot.linked:
        raise missing(spot.name)
    row = spot.row or Row(0, spot.kind, None, {})
    entity = entity_of(row.kind)
    names = engine.select(call.query, entity, single=True)
    context = f"{call.root}/$metadata#{_context(spot)}" + ("/$entity" if spot.row is not None else "")
    return reply({"@odata.context": context, **shown(spot.type, row, names), **_expanded(call, spot, row)})


def _expanded(call: Call, spot: Spot, row: Row, wanted: tuple[Expand, ...] | None = None, depth: int = 0) -> Doc:
    members = schema.navigation(row.kind)
    home = spot.home if not spot.many else f"{spot.home}/{key_of(row.kind, row.doc)}"
    owner = Spot(row.kind, home, row, name=spot.name)
    found: Doc = {}
    for expand in call.query.expand if wanted is None else wanted:
        head = expand.name.partition("/")[0].lower()
        names = list(members) if head == "*" else [name for name in members if name.lower() == head]
        if not names and depth == 0:
            bad_request(
                f"Parsing OData Select and Expand failed: Could not find a property named '{expand.name}' on type "
                f"'microsoft.graph.{row.kind}'."
            )
        for name in names if depth < engine.MAX_DEPTH else ():
            linked = name in schema.references(row.kind)
            below = Spot(members[name], f"{home}/{name}", owner=owner, name=name, linked=linked)
            values = [
                {
                    **shown(below.type, each, expand.select or None),
                    **_expanded(call, below, each, expand.deeper, depth + 1),
                }
                for each in _related(call, below, expand)
            ]
            if below.many:
                found[name] = values
            elif values:
                found[name] = values[0]
    return found


def _related(call: Call, below: Spot, expand: Expand) -> list[Row]:
    if not below.many:
        row = call.store.named(family(below.type), below.home)
        owner = below.owner.row if below.owner is not None and below.linked else None
        ids = call.store.targets(owner.doc["id"], below.name) if row is None and owner is not None else []
        row = row or (call.store.find(ids[0]) if ids else None)
        return [] if row is None else [row]
    where, types = inside(below), rules.types_of(below.type)
    if expand.filter is not None:
        text, values = sql.to_sql(expand.filter, types)
        where &= Where(text, tuple(values))
    orders = [Order(text, descending) for text, descending in sql.order_by(expand.orderby, types)[:-1]]
    return call.store.select(where, orders=orders, limit=-1 if expand.top is None else expand.top)


def _exists(spot: Spot) -> None:
    """Raise Graph's 404 for what lies below an object that a single reference does not lead to."""
    owner = spot.owner
    if owner is not None and owner.linked and not owner.many and owner.row is None:
        raise missing(owner.name)


# -- writing --------------------------------------------------------------------------------------------------


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
    checked = entity_of(kind).checked({name: value for name, value in plain.items() if name not in loose})
    nulls = [name for name, value in checked.items() if value is None and name in schema.filled(kind)]
    if nulls and call.request.method == "PATCH" and not paths()["types"].get(kind, {}).get("open"):
        checked = {name: value for name, value in checked.items() if name not in nulls}
    ignored = {*schema.computed(kind), *(("id",) if keys(kind) == ("id",) else ())}
    return kind, {**loose, **{name: value for name, value in checked.items() if name not in ignored}}, related


def _create(call: Call, spot: Spot) -> Reply:
    _exists(spot)
    body = call.json()
    with call.store.atomic():
        row = store_new(call, spot, body)
    location = f"{call.request.origin}{call.request.raw_path.rstrip('/')}/{key_of(row.kind, row.doc)}"
    context = f"{call.root}/$metadata#{_context(spot)}/$entity"
    return reply({"@odata.context": context, **shown(spot.type, row)}, 201, {"Location": location})


def store_new(call: Call, spot: Spot, body: Doc) -> Row:
    """Keep a new object of a collection, and those that its body brings along."""
    kind, changes, related = _checked(call, spot, body)
    now, known = call.directory.now(), schema.properties(kind)
    made = {"id": str(uuid4()), "createdDateTime": now, "lastModifiedDateTime": now}
    doc = {**{name: value for name, value in made.items() if name in known}, **changes}
    doc = {"id": made["id"], **{name: value for name, value in doc.items() if value is not None}}
    try:
        call.store.insert(kind, doc, name_in(spot.home, key_of(kind, doc)))
    except Duplicate:
        raise Refusal(409, "Conflict", "An object with the same key already exists.") from None
    row = Row(0, kind, None, doc)
    _relate(call, Spot(kind, f"{spot.home}/{key_of(kind, doc)}", row, name=spot.name), related)
    return row


def _relate(call: Call, owner: Spot, related: Doc) -> None:
    members = schema.navigation(owner.kind)
    for name, value in related.items():
        below = Spot(members[name], f"{owner.home}/{name}", owner=owner, name=name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and below.many:
                store_new(call, below, each)
            elif isinstance(each, dict):
                _write(call, below, each)


def _write(call: Call, spot: Spot, body: Doc) -> Row:
    """Change an object, or make the one that was always there."""
    kind, changes, related = _checked(call, spot, body)
    doc = spot.row.doc if spot.row is not None else {"id": str(uuid4())}
    merged = {name: value for name, value in {**doc, **changes}.items() if value is not None}
    if "lastModifiedDateTime" in schema.properties(kind):
        merged["lastModifiedDateTime"] = call.directory.now()
    known = call.store.find(str(doc["id"])) if spot.row is not None else None
    if known is not None:
        kind = known.kind
        call.store.update(kind, merged, call.store.name_of(str(doc["id"])))
    else:
        call.store.insert(kind, merged, spot.home)
    row = Row(0, kind, None, merged)
    _relate(call, Spot(kind, spot.home, row, name=spot.name), related)
    return row


def _update(call: Call, spot: Spot) -> Reply:
    _exists(spot)
    if spot.row is None and spot.linked:
        raise missing(spot.name)
    with call.store.atomic():
        row = _write(call, spot, call.json())
    if call.segments[0].lower() in SILENT:
        return Reply(204)
    context = f"{call.root}/$metadata#{_context(spot)}/$entity"
    return reply({"@odata.context": context, **shown(spot.type, row)})


def _delete(call: Call, spot: Spot) -> Reply:
    if spot.row is None:
        raise missing(spot.name)
    stored = call.store.find(str(spot.row.doc["id"]))
    if stored is None:
        not_acted_out(f"{call.request.method} {call.template}")
    if spot.linked and spot.owner is not None and spot.owner.row is not None:
        call.store.unlink(spot.owner.row.doc["id"], spot.name, stored.doc["id"])
    call.store.purge(stored.kind, stored.doc["id"], spot.home.rpartition("/")[0].casefold())
    return Reply(204)


# -- properties and bytes -------------------------------------------------------------------------------------


def _property(call: Call, spot: Spot) -> Reply:
    owner = spot.owner
    doc = owner.row.doc if owner is not None and owner.row is not None else {}
    value = doc.get(spot.name)
    context = f"{call.root}/$metadata#{_context(spot)}"
    if value is None and spot.many:
        value = []
    if value is None and not _complex(spot.kind):
        return Reply(204)
    if isinstance(value, dict) or value is None:
        return reply({"@odata.context": context, **(value or {})})
    return reply({"@odata.context": context, "value": value})


def _complex(kind: str) -> bool:
    return bool(schema.lineage(inner(kind))) and kind not in enums()["members"]


def _set_property(call: Call, spot: Spot) -> Reply:
    owner = spot.owner
    if owner is None:
        raise Refusal.of(405)
    if call.request.method == "DELETE":
        _write(call, owner, {spot.name: None})
        return Reply(204)
    body = call.json()
    before = owner.row.doc.get(spot.name) if owner.row is not None else None
    if _complex(spot.kind) and not spot.many:
        merged = {**(before or {}), **{name: each for name, each in body.items() if not name.startswith("@odata")}}
        with call.store.atomic():
            _write(call, owner, {spot.name: merged})
        return reply({"@odata.context": f"{call.root}/$metadata#{_context(spot)}", **merged})
    _write(call, owner, {spot.name: body.get("value")})
    return Reply(204)


def _bytes(call: Call, spot: Spot) -> Reply:
    owner = spot if not spot.value else spot.owner
    row = owner.row if owner is not None else None
    kept = (row.doc.get("@streams") or {}).get(spot.name) if row is not None else None
    if spot.value and spot.kind != "Edm.Stream" and row is not None:
        value = row.doc.get(spot.name)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return Reply(204) if value is None else Reply(200, text.encode(), {"Content-Type": "text/plain"})
    if row is None and spot.linked:
        raise missing(spot.name)
    data = call.store.content(kept["hash"]) if kept else b""
    return Reply(200, data, {"Content-Type": kept["type"] if kept else "application/octet-stream"})


def _keep(call: Call, spot: Spot) -> Reply:
    owner = spot if not spot.value else spot.owner
    if owner is None:
        raise Refusal.of(405)
    kind = call.request.headers.get("Content-Type", "application/octet-stream")
    with call.store.atomic():
        kept = {"hash": call.store.keep(call.request.body), "type": kind}
        row = _write(call, owner, {})
        streams = {**(row.doc.get("@streams") or {}), spot.name: kept}
        doc = {**row.doc, "@streams": streams}
        call.store.update(row.kind, doc, call.store.name_of(str(doc["id"])))
    return Reply(204)


# -- references -----------------------------------------------------------------------------------------------


def _references(call: Call, spot: Spot) -> Reply:
    rows = call.store.select(inside(spot)) if spot.many else [spot.row] if spot.row is not None else []
    ids = [{"@odata.id": f"{call.root}/directoryObjects/{row.doc['id']}"} for row in rows]
    if spot.many:
        return reply({"@odata.context": f"{call.root}/$metadata#Collection($ref)", "value": ids})
    if not ids:
        raise missing(spot.name)
    return reply({"@odata.context": f"{call.root}/$metadata#$ref", **ids[0]})


def _add(call: Call, spot: Spot) -> Reply:
    body = call.json()
    if not isinstance(body.get("@odata.id"), str):
        bad_request("A value is required for property '@odata.id'.", "Request_BadRequest")
    target = find(call, body["@odata.id"])
    if target is None or call.store.find(str(target.doc["id"])) is None:
        raise missing(body["@odata.id"].rpartition("/")[2])
    with call.store.atomic():
        owner = _stored_owner(call, spot)
        if not spot.many:
            for old in call.store.targets(owner.doc["id"], spot.name):
                call.store.unlink(owner.doc["id"], spot.name, old)
        if not call.store.link(owner.doc["id"], spot.name, target.doc["id"]):
            bad_request(TWICE.format(spot.name), "Request_BadRequest")
    return Reply(204)


def _stored_owner(call: Call, spot: Spot) -> Row:
    """Return the object that a reference belongs to; a singleton is kept from now on."""
    owner = spot.owner
    if owner is None:
        raise Refusal.of(405)
    known = call.store.find(str(owner.row.doc["id"])) if owner.row is not None else None
    return known or _write(call, owner, {})


def _remove(call: Call, spot: Spot) -> Reply:
    owner = spot.owner.row if spot.owner is not None else None
    target = find(call, call.query.id) if call.query.id else spot.row  # …/$ref?$id=… of OData, or …/{id}/$ref
    if owner is None or target is None:
        raise missing(spot.name)
    if not call.store.unlink(owner.doc["id"], spot.name, target.doc["id"]):
        bad_request(ABSENT.format(spot.name), "Request_BadRequest")
    return Reply(204)


# -- actions and functions ------------------------------------------------------------------------------------


def _call(call: Call, spot: Spot) -> Reply:
    if spot.owner is not None and spot.owner.kind:
        _exists(spot.owner)
    return result(call, spot)
