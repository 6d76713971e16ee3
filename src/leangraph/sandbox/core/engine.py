"""What answers most requests: the right endpoint, pages of a collection, single objects.

Strict on purpose: what Graph refuses is refused in Graph's words, and what is not acted out says so
with 501. What the paths do stands in the modules that register them with :func:`on`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, NoReturn
from urllib.parse import quote

from leangraph.knowledge import schema

from ..odata import paths, rules, sql
from ..odata import query as odata
from ..rules import permits
from ..wire.faults import Refusal
from ..wire.server import Reply
from .call import COUNT, LIST, ONE, Call, bad_request, missing, not_acted_out, reply
from .custom import is_custom
from .endpoints import Endpoint, found_by, on
from .model import ENTITIES, Entity
from .page_tokens import Position, next_link, resume
from .store import Doc, Order, Row, Where, of_kind

STORED = frozenset({"passwordProfile"})  # complex properties that are empty where they are not there
MAX_DEPTH = 20  # levels of $levels=max
MAX_EXPANDED = 20  # objects of an expanded relationship


@dataclass(frozen=True)
class Items:
    """The objects of a collection: which ones, and by which rules they are asked for.

    Attributes:
        entity: their type; ``DIRECTORY_OBJECT`` where they are mixed.
        relation: they are the other end of a relationship, which filters and sorts with the pair only.
        mixed: each says of what type it is.
        sized: the collection in ``rules.PAGE_SIZES``.
        free: not of the directory: none of the rules for advanced queries hold.
        show: returns an object as a reply shows it, where that is not what is stored of it.
    """

    entity: Entity
    where: Where
    relation: bool = False
    mixed: bool = False
    deleted: bool = False
    free: bool = False
    context: str = ""
    sized: str = ""
    orders: tuple[Order, ...] = ()
    show: Callable[[Row], Doc] | None = None


class Expansion(NamedTuple):
    """What ``$expand`` of a relationship brings."""

    name: str
    where: Callable[[str], Where]
    single: bool


EXPANSIONS: dict[tuple[str, str], Expansion] = {}  # by kind and by the relationship's name in lower case
TYPED: list[Callable[[Call, Row, odata.Expand], Doc]] = []  # what expands the relationships that no family has


def resolve(call: Call) -> Endpoint | None:
    """Return what acts the call out, ``None`` if nothing does, and fill in its keys and template.

    What the metadata does not know is Graph's 400.
    """
    if not any(call.segments):
        not_acted_out("the service document")
    return _registered(call) or _a_property(call)


def _registered(call: Call) -> Endpoint | None:
    own = call.segments[0].lower() == "me"
    found = found_by(call.segments)
    if own and not (found and call.request.method in found[0].methods):
        # What is acted out of any user is so of the one signed in.
        found = found_by(["users", call.token.user or "nobody", *call.segments[1:]]) or found
    if not found or not found[0].methods:
        return None
    endpoint = found[0].methods.get(call.request.method)
    if endpoint is None:
        some = next(iter(found[0].methods.values()))
        if not paths.is_known(call.segments) or permits.needs(call.request.method, some.path) is None:
            raise Refusal.of(405)
        return None
    call.keys, call.template = found[1], endpoint.path
    if own and not endpoint.path.startswith("/me"):
        call.template = endpoint.path.replace("/users/{id}", "/me", 1)
        if call.token.user is None:
            bad_request("/me request is only valid with delegated authentication flow.")
    return endpoint


def _a_property(call: Call) -> Endpoint | None:
    """Return what answers ``/users/{id}/displayName``; raises Graph's 400 for what the metadata does not know."""
    call.template = paths.place(call.segments).template
    if call.request.method != "GET" or len(call.segments) not in (3, 4):
        return None
    low = call.segments[0].lower()
    known = next((one for one in ENTITIES.values() if one.collection.lower() == low), None)
    name = known.canonical.get(call.segments[2].lower()) if known else None
    raw = call.segments[3:] == ["$value"]
    if known is None or name is None or not (raw or len(call.segments) == 3):
        return None
    whole = known.properties[name]
    if schema.lineage(whole) and whole not in STORED and name not in find(call, known, call.segments[1]):
        return None  # nobody sets it here: that it is empty would be made up
    call.keys = [call.segments[1]]
    return Endpoint("GET", call.template, partial(_property, entity=known, name=name, raw=raw))


def page(call: Call, items: Items) -> Reply:
    """Answer one page of a collection."""
    query = call.query
    if not items.free:
        rules.refuse(items.entity.kind, query, eventual=call.eventual, relation=items.relation)
    names = select(query, items.entity, single=False, mixed=items.mixed)
    size = rules.page_size(items.sized, query.top, query.select)
    if query.top is None and call.directory.page_size is not None and size is not None:
        size = call.directory.page_size
    types = rules.types_of(items.entity.kind)
    where = items.where
    if query.where:
        text, values = sql.to_sql(query.where, types)
        where &= Where(text, tuple(values))
    keys = sql.order_by(query.orderby, types)[:-1]
    orders = [Order(sql, descending) for sql, descending in keys] or list(items.orders)

    after, blank = resume(call)
    rows: list[Row] = []
    if not blank:
        skip = query.skip or 0
        if after is not None and len(orders) > 1:
            skip, after = after[1], None
        limit = -1 if size is None else size + 1
        rows = call.store.select(where, orders=orders, after=after, limit=limit, skip=skip, deleted=items.deleted)
    body: Doc = {"@odata.context": f"{call.root}/$metadata#{_context(query, items, names)}"}
    counted = query.count if items.free else call.advanced
    if counted and not query.skiptoken:
        body["@odata.count"] = call.store.count(where, deleted=items.deleted)
    if blank:
        body["@odata.nextLink"] = next_link(call, after, blank=False)
    elif size is not None and len(rows) > size:
        rows.pop()
        last: Position = (rows[-1].key, rows[-1].seq)
        if len(orders) > 1:
            last = (None, skip + size)
        body["@odata.nextLink"] = next_link(call, last, blank=call.directory.empty_pages)
    show = items.show or _presenter(call, items, names)
    body["value"] = [show(row) for row in rows]
    return reply(body)


def _presenter(call: Call, items: Items, names: tuple[str, ...] | None) -> Callable[[Row], Doc]:
    """Return what makes of a row what a page shows; most lists need no more than a few of its properties."""
    entity = items.entity
    asked = entity.shown if names is None else names
    own = any(name not in entity.properties for name in asked)
    if items.mixed or call.query.expand or own or not entity.derived.keys().isdisjoint(asked):
        return lambda row: _expanded(
            call, entity, row.doc, row.kind, shown(row.doc, row.kind, names, mixed=items.mixed)
        )
    empty = [(name, entity.empty(name)) for name in asked]

    def present(row: Row) -> Doc:
        get = row.doc.get
        return {name: get(name, nothing) for name, nothing in empty}

    return present


def count(call: Call, items: Items) -> Reply:
    """Answer ``/$count`` of a collection."""
    query = call.query
    if not items.free:
        rules.refuse(items.entity.kind, query, eventual=call.eventual, counting=True, relation=items.relation)
    where = items.where
    if query.where:
        text, values = sql.to_sql(query.where, rules.types_of(items.entity.kind))
        where &= Where(text, tuple(values))
    number = call.store.count(where, deleted=items.deleted)
    return Reply(200, str(number).encode(), {"Content-Type": "text/plain"})


def _context(query: odata.Query, items: Items, names: Iterable[str] | None) -> str:
    context = items.context or items.entity.collection
    return f"{context}({','.join(names)})" if query.select and names is not None else context


def select(query: odata.Query, entity: Entity, *, single: bool, mixed: bool = False) -> tuple[str, ...] | None:
    """Return the properties asked for as the metadata spells them; ``None`` for each type's own default."""
    if not query.select:
        return None
    names: list[str] = []
    for asked in query.select:
        if asked == "*":
            names += [name for name in entity.properties if name not in entity.alone]
            continue
        known = [entity, *(ENTITIES.values() if mixed else ())]
        name = next((one.canonical[asked.lower()] for one in known if asked.lower() in one.canonical), None)
        if name is None and is_custom(asked):
            name = asked
        if name is None:
            bad_request(
                "Parsing OData Select and Expand failed: Could not find a property named "
                f"'{asked}' on type 'microsoft.graph.{entity.kind}'."
            )
        if name in entity.alone and not single:
            raise Refusal(
                501, "NotImplemented", f"Property '{name}' can only be requested for a single {entity.kind}."
            )
        names.append(name)
    return tuple(dict.fromkeys(names))


def shown(doc: Doc, kind: str, names: Iterable[str] | None = None, *, mixed: bool = False) -> Doc:
    """Return a document as a reply shows it; a ``mixed`` collection names each object's type."""
    entity = ENTITIES[kind]
    known = entity.properties
    head = {"@odata.type": f"#microsoft.graph.{kind}"} if mixed else {}
    asked = entity.shown if names is None else [name for name in names if name in known]
    head |= {name: doc[name] for name in names or () if name not in known and name in doc}
    if not entity.derived.keys().isdisjoint(asked):
        return {**head, **{name: entity.value(doc, name) for name in asked}}
    return {**head, **{name: doc[name] if name in doc else entity.empty(name) for name in asked}}


def _expanded(call: Call, entity: Entity, doc: Doc, kind: str, body: Doc) -> Doc:
    return {**body, **expansions(call, entity, kind, doc, call.query.expand)}


def expansions(
    call: Call, entity: Entity, kind: str, doc: Doc, wanted: Iterable[odata.Expand], depth: int = 0
) -> Doc:
    """Return the expanded relationships of an object, and what is expanded of theirs."""
    shown_too: Doc = {}
    for expand in wanted:
        names = [name for of, name in EXPANSIONS if of == kind] if expand.name == "*" else [expand.name.lower()]
        for name in names:
            if (kind, name) not in EXPANSIONS and TYPED:
                shown_too |= TYPED[0](call, Row(0, kind, None, doc), expand)
                continue
            relation = EXPANSIONS.get((kind, name)) or no_expansion(entity, expand.name)
            values = [
                {
                    **shown(row.doc, row.kind, expand.select or None, mixed=True),
                    **expansions(
                        call, ENTITIES[row.kind], row.kind, row.doc, _known(row, expand.deeper), depth + 1
                    ),
                }
                for row in (_related(call, relation, doc, expand) if depth < MAX_DEPTH else ())
            ]
            if not relation.single:
                shown_too[relation.name] = values
            elif values:
                shown_too[relation.name] = values[0]
    return shown_too


def _below(call: Call, row: Row, expand: odata.Expand, depth: int) -> Doc:
    return expansions(call, ENTITIES[row.kind], row.kind, row.doc, _known(row, expand.deeper), depth + 1)


def _known(row: Row, wanted: Iterable[odata.Expand]) -> list[odata.Expand]:
    """Return what a type has of the relationships that are expanded at every level."""
    return [one for one in wanted if one.levels == 1 or (row.kind, one.name.lower()) in EXPANSIONS]


def _related(call: Call, relation: Expansion, doc: Doc, expand: odata.Expand) -> list[Row]:
    where = relation.where(doc["id"])
    types = rules.types_of("directoryObject")
    if expand.filter is not None:
        text, values = sql.to_sql(expand.filter, types)
        where &= Where(text, tuple(values))
    orders = [Order(text, descending) for text, descending in sql.order_by(expand.orderby, types)[:-1]]
    limit = MAX_EXPANDED if expand.top is None else min(expand.top, MAX_EXPANDED)
    return call.store.select(where, orders=orders, limit=limit)


def no_expansion(entity: Entity, name: str) -> NoReturn:
    if name.lower() in {known.lower() for known in schema.navigation(entity.kind)}:
        not_acted_out(f"$expand={name} of a {entity.kind}")
    bad_request(
        f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type "
        f"'microsoft.graph.{entity.kind}'."
    )


# -- single objects ---------------------------------------------------------------------------


def one(call: Call, entity: Entity, doc: Doc, context: str = "", *, mixed: bool = False) -> Reply:
    """Answer with a single object."""
    names = select(call.query, entity, single=True, mixed=mixed)
    context = context or entity.collection
    if names is not None:
        context = f"{context}({','.join(names)})"
    return reply(
        {
            "@odata.context": f"{call.root}/$metadata#{context}/$entity",
            **_expanded(call, entity, doc, entity.kind, shown(doc, entity.kind, names, mixed=mixed)),
        }
    )


def created(call: Call, entity: Entity, doc: Doc) -> Reply:
    """Answer 201 with what was made."""
    location = f"{call.root}/{entity.collection}/{doc['id']}"
    context = f"{call.root}/$metadata#{entity.collection}/$entity"
    body = {"@odata.context": context, **shown(doc, entity.kind)}
    return reply(body, 201, {"Location": location})


def find(call: Call, entity: Entity, key: str) -> Doc:
    """Return a live object by its id or alternate key; raises Graph's 404."""
    name, equals, value = key.partition("=")
    named = bool(equals) and name.lower() == (entity.alternate or "").lower()
    doc = call.store.get(entity.kind, value if named else key)
    if doc is None or (entity.named and not named and doc["id"].lower() != key.lower()):
        raise missing(value if named else key)
    return doc


def _property(call: Call, entity: Entity, name: str, *, raw: bool) -> Reply:
    doc = find(call, entity, call.key)
    value = entity.value(doc, name)
    if raw:
        if value is None:
            return Reply(204)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return Reply(200, text.encode(), {"Content-Type": "text/plain"})
    if value is None:
        return Reply(204)
    context = f"{call.root}/$metadata#{entity.collection}('{quote(doc['id'])}')/{name}"
    return reply({"@odata.context": context, **(value if isinstance(value, dict) else {"value": value})})


def collection(entity: Entity, check: Callable[[Call], None] = lambda call: None) -> None:
    """Register what every collection of the directory has: its list, its count, and each object in it.

    ``check`` raises :class:`Refusal` where a single object cannot be asked for like this.
    """

    def answer(call: Call) -> Reply:
        check(call)
        return one(call, entity, find(call, entity, call.key))

    path = f"/{entity.collection}"
    items = Items(entity, of_kind(entity.kind), sized=entity.collection)
    on("GET", path, options=LIST)(lambda call: page(call, items))
    on("GET", f"{path}/$count", options=COUNT)(lambda call: count(call, items))
    on("GET", f"{path}/{{id}}", options=(*ONE, "count"))(answer)  # $levels needs $count
