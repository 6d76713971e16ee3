"""Any path of v1.0's metadata, answered by the metadata alone: names and types hold, business rules do not.

Nothing is made up: an object shows what was written to it, collections that nobody filled are empty, and what is
never null by the metadata is ``false`` or ``0``. A property that nobody set is left out, rather than null.

Sources: OData 4.01 part 1 (protocol), 11.4; the CSDL of https://graph.microsoft.com/v1.0/$metadata.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

from leangraph.knowledge import enums, schema

from ..odata import rules, sql
from ..odata.paths import BY_PATH, inner, place
from ..odata.query import Expand
from ..wire.faults import Refusal
from ..wire.server import Reply
from . import engine, families
from .call import COUNT, LIST, ONE, Call, bad_request, missing, not_acted_out, reply
from .endpoints import Endpoint, found_by
from .engine import Items
from .model import ENTITIES
from .places import Spot, family, find, inside, key_of, referred, root_of, walk
from .relations import ABSENT, TWICE
from .store import Doc, Order, Row, Where
from .typed_calls import result
from .typed_writes import entity_of, store_new, write

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
    options = _options(call)
    call.allow(*options)
    acted = families.acted(call)
    if acted is False:
        not_acted_out(f"{call.request.method} {call.template}")
    spot = walk(call, call.segments)
    handler = _handler(call, spot)
    known: Literal["acted", "typed"] = "acted" if acted else "typed"
    return Endpoint(
        call.request.method, call.template, lambda call: handler(call, spot), options=options, fidelity=known
    )


Handler = Callable[[Call, Spot], Reply]


def _options(call: Call) -> tuple[str, ...]:
    """Return the query options that a path takes, by what it leads to."""
    last, kind = call.segments[-1].lower(), place(call.segments).type
    before = place(call.segments[:-1]).type if len(call.segments) > 1 else ""
    called = last.partition("(")[0].rpartition(".")[2] in map(str.lower, schema.operations(before))
    many = kind.startswith("Collection(")
    if called:
        return (*LIST, "deltatoken") if many else ONE
    if call.request.method != "GET" or last in ("$ref", "$value") or kind == "Edm.Stream":
        return ()
    if last == "$count":
        return COUNT
    if schema.properties(inner(before)).keys() & {call.template.rpartition("/")[2]}:
        return ()
    return LIST if many else ONE


def _handler(call: Call, spot: Spot) -> Handler:
    method = call.request.method
    if spot.calls:
        return _call
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
    return known[method]


def _is_acted(segments: list[str]) -> bool:
    found = found_by(segments)
    return found is not None and "GET" in found[0].methods


# -- reading --------------------------------------------------------------------------------------------------


def shown(kind: str, row: Row, names: tuple[str, ...] | None = None) -> Doc:
    """Return an object as a reply shows it; ``kind`` is what the collection is declared as."""
    if row.kind in ENTITIES:
        return engine.shown(row.doc, row.kind, names, mixed=row.kind != kind)
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
    if "@key" in row.doc:
        head["id"] = row.doc["@key"]
    if "@odata.etag" in row.doc:
        head["@odata.etag"] = row.doc["@odata.etag"]
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


def _beyond(call: Call, row: Row, expand: Expand) -> Doc:
    """Return a relationship of an object that is acted out, where the relationship itself is not."""
    entity, home = ENTITIES[row.kind], f"{root_of(row.kind)}/{row.doc['id']}"
    name = expand.name.lower()
    known = any(name == each.lower() for each in schema.navigation(row.kind))
    if not known or not root_of(row.kind) or _is_acted([*home.split("/"), name]) or call.fidelity == "acted":
        engine.no_expansion(entity, expand.name)
    return _expanded(call, Spot(row.kind, home, row), row, (expand,))


engine.TYPED.append(_beyond)


def _related(call: Call, below: Spot, expand: Expand) -> list[Row]:
    if not below.many:
        row = call.store.named(family(below.type), below.home)
        owner = below.owner.row if below.owner is not None and below.linked else None
        row = row or (referred(call, owner, below.name) if owner is not None else None)
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


def _create(call: Call, spot: Spot) -> Reply:
    _exists(spot)
    body = call.json()
    with call.store.atomic():
        row = store_new(call, spot, body)
    location = f"{call.request.origin}{call.request.raw_path.rstrip('/')}/{key_of(row.kind, row.doc)}"
    context = f"{call.root}/$metadata#{_context(spot)}/$entity"
    return reply({"@odata.context": context, **shown(spot.type, row)}, 201, {"Location": location})


def _update(call: Call, spot: Spot) -> Reply:
    _exists(spot)
    if spot.row is None and spot.linked:
        raise missing(spot.name)
    with call.store.atomic():
        row = write(call, spot, call.json())
    rules = families.of_home(spot.home, spot.type)
    silent = rules.silent if rules else call.segments[0].lower() in SILENT
    if silent and call.prefers("return") != "representation":
        return Reply(204)
    context = f"{call.root}/$metadata#{_context(spot)}/$entity"
    return reply({"@odata.context": context, **shown(spot.type, row)})


def _delete(call: Call, spot: Spot) -> Reply:
    if spot.row is None:
        raise missing(spot.name)
    stored = call.store.find(str(spot.row.doc["id"]))
    if stored is None:
        not_acted_out(f"{call.request.method} {call.template}")
    rules = families.of_home(spot.home, spot.type)
    with call.store.atomic():
        if rules and rules.remove:
            rules.remove(call, stored.doc)
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
        write(call, owner, {spot.name: None})
        return Reply(204)
    body = call.json()
    before = owner.row.doc.get(spot.name) if owner.row is not None else None
    if _complex(spot.kind) and not spot.many:
        merged = {**(before or {}), **{name: each for name, each in body.items() if not name.startswith("@odata")}}
        with call.store.atomic():
            write(call, owner, {spot.name: merged})
        return reply({"@odata.context": f"{call.root}/$metadata#{_context(spot)}", **merged})
    write(call, owner, {spot.name: body.get("value")})
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
        row = write(call, owner, {})
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
    return known or write(call, owner, {})


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
