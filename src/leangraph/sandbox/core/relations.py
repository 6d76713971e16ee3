"""Relationships between directory objects: lists, counts, casts, ``$ref``, ``$expand``.

Sources: "List members", "Add members", "Remove member" and their kin in the API reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..odata import paths, rules
from ..wire.faults import Refusal
from ..wire.server import Reply
from . import engine
from .audit import record, title
from .call import COUNT, LIST, ONE, Call, bad_request, missing, reply
from .deleted import discard
from .endpoints import on
from .engine import EXPANSIONS, Expansion, Items
from .model import DIRECTORY_OBJECT, ENTITIES, Entity
from .store import Row, Where, of_kind

MAX_BOUND = 20  # references in one request
TWICE = "One or more added object references already exist for the following modified properties: '{}'."
ABSENT = "One or more removed object references do not exist for the following modified properties: '{}'."


@dataclass(frozen=True)
class Relation:
    """A navigation property of the directory.

    Attributes:
        kinds: what may stand at its other end.
        where: the condition on the objects at the other end, given the owner's id.
        link: the name of the link that ``$ref`` writes, from the owner; "" where it cannot be written.
        single: it leads to one object at most.
        check: raises :class:`Refusal` where this owner takes no such change.
        takes: raises :class:`Refusal` for an object that this owner does not take.
        lets_go: raises :class:`Refusal` for an object that has to stay.
        sized: the collection in ``rules.PAGE_SIZES``.
        noun: what the audit log calls one at the other end, ``member``; "" for what is not logged.
    """

    owner: Entity
    name: str
    kinds: tuple[str, ...]
    where: Callable[[str], Where]
    link: str = ""
    single: bool = False
    check: Callable[[Call, Row], None] | None = None
    takes: Callable[[Call, Row, Row], None] | None = None
    lets_go: Callable[[Call, Row, Row], None] | None = None
    sized: str = "relation"
    noun: str = ""

    @property
    def entity(self) -> Entity:
        return ENTITIES[self.kinds[0]] if len(self.kinds) == 1 else DIRECTORY_OBJECT

    @property
    def path(self) -> str:
        return f"/{self.owner.collection}/{{id}}/{self.name}"


RELATIONS: dict[tuple[str, str], Relation] = {}  # by the owner's kind and the name in lower case


def to(link: str) -> Callable[[str], Where]:
    """Return the condition for what the owner links to."""
    return lambda owner: Where(_TO, (owner, link))


def back(link: str) -> Callable[[str], Where]:
    """Return the condition for what links to the owner."""
    return lambda owner: Where(_BACK, (owner, link))


def to_all(link: str) -> Callable[[str], Where]:
    """Return the condition for what the owner links to, at any remove."""
    return lambda owner: Where(_TO_ALL, (owner, link, link))


def back_all(link: str) -> Callable[[str], Where]:
    """Return the condition for what links to the owner, at any remove."""
    return lambda owner: Where(_BACK_ALL, (owner, link, link))


_OWNER = "(SELECT seq FROM objects WHERE id = ?)"
_TO = f"seq IN (SELECT target FROM links WHERE source = {_OWNER} AND name = ?)"  # noqa: S608 - our own text
_BACK = f"seq IN (SELECT source FROM links WHERE target = {_OWNER} AND name = ?)"  # noqa: S608
_TO_ALL = (
    f"seq IN (WITH RECURSIVE found(at) AS (SELECT target FROM links WHERE source = {_OWNER} AND name = ? "  # noqa: S608
    "UNION SELECT target FROM links JOIN found ON source = at WHERE name = ?) SELECT at FROM found)"
)
_BACK_ALL = (
    f"seq IN (WITH RECURSIVE found(at) AS (SELECT source FROM links WHERE target = {_OWNER} AND name = ? "  # noqa: S608
    "UNION SELECT source FROM links JOIN found ON target = at WHERE name = ?) SELECT at FROM found)"
)


def relation(new: Relation) -> Relation:
    """Register everything that can be asked of a relationship."""
    RELATIONS[new.owner.kind, new.name.lower()] = new
    EXPANSIONS[new.owner.kind, new.name.lower()] = Expansion(new.name, new.where, new.single)
    if not new.single:
        rules.counted(new.owner.kind, new.name, _number_of(new))
    path = new.path
    if new.single:
        on("GET", path, options=ONE)(lambda call: _single(call, new))
        on("GET", f"{path}/$ref")(lambda call: _single_reference(call, new))
        if new.link:
            on("PUT", f"{path}/$ref")(lambda call: _set(call, new))
            on("DELETE", f"{path}/$ref")(lambda call: _unset(call, new))
        return new
    mixed = len(new.kinds) > 1
    on("GET", path, options=LIST)(lambda call: engine.page(call, _items(call, new)))
    on("GET", f"{path}/$count", options=COUNT)(lambda call: engine.count(call, _items(call, new)))
    on("GET", f"{path}/$ref")(lambda call: _references(call, new))
    if mixed:
        for kind in new.kinds:
            _cast_to(new, kind)
    if new.link:
        on("POST", f"{path}/$ref")(lambda call: _add(call, new))
        on("DELETE", f"{path}/{{id}}/$ref")(lambda call: _remove(call, new))
        on("DELETE", f"{path}/{{id}}")(lambda call: _delete_the_object_itself(call, new))
    return new


def _number_of(relation: Relation) -> str:
    """Return the SQL that counts what the row of ``objects`` that is looked at is related to."""
    where = relation.where("")
    text = where.sql.replace(_OWNER, "objects.seq")
    for link in where.values[1:]:
        text = text.replace("?", f"'{link}'", 1)
    return f"(SELECT count(*) FROM objects AS far WHERE far.deleted IS NULL AND far.{text})"  # noqa: S608 - our own text


def _cast_to(relation: Relation, kind: str) -> None:
    path = f"{relation.path}/microsoft.graph.{kind}"
    on("GET", path, options=LIST)(lambda call: _cast(call, relation, kind))
    on("GET", f"{path}/$count", options=COUNT)(lambda call: engine.count(call, _items(call, relation, kind)))


def owner_of(call: Call, relation: Relation) -> Row:
    """Return the object that the relationship belongs to; raises Graph's 404."""
    doc = engine.find(call, relation.owner, call.keys[0])
    return Row(0, relation.owner.kind, None, doc)


def _items(call: Call, relation: Relation, kind: str = "") -> Items:
    where = relation.where(owner_of(call, relation).doc["id"])
    if kind:
        return Items(ENTITIES[kind], where & of_kind(kind), relation=True, sized=relation.sized)
    mixed = len(relation.kinds) > 1
    return Items(
        relation.entity,
        where & of_kind(*relation.kinds),
        relation=True,
        mixed=True,
        context="directoryObjects" if mixed else relation.entity.collection,
        sized=relation.sized,
    )


def _cast(call: Call, relation: Relation, kind: str) -> Reply:
    if not call.advanced:
        bad_request(
            "OData cast is not supported because the required parameters might be missing. Try adding $count=true "
            "query parameter and ConsistencyLevel:eventual header. Refer to "
            "https://aka.ms/graph-docs/advanced-queries for more information",
            "Request_UnsupportedQuery",
        )
    return engine.page(call, _items(call, relation, kind))


def _references(call: Call, relation: Relation) -> Reply:
    rows = call.store.select(_items(call, relation).where)
    context = f"{call.root}/$metadata#Collection($ref)"
    return reply({"@odata.context": context, "value": [{"@odata.id": _url(call, row.doc["id"])} for row in rows]})


def _url(call: Call, id_: str) -> str:
    return f"{call.root}/directoryObjects/{id_}"


def _target(call: Call, relation: Relation) -> Row | None:
    where = relation.where(owner_of(call, relation).doc["id"])
    return next(iter(call.store.select(where, limit=1)), None)


def _single(call: Call, relation: Relation) -> Reply:
    row = _target(call, relation)
    if row is None:
        raise missing(relation.name)
    return engine.one(call, ENTITIES[row.kind], row.doc, "directoryObjects", mixed=True)


def _single_reference(call: Call, relation: Relation) -> Reply:
    row = _target(call, relation)
    if row is None:
        raise missing(relation.name)
    return reply({"@odata.context": f"{call.root}/$metadata#$ref", "@odata.id": _url(call, row.doc["id"])})


def referenced(call: Call, url: object, kinds: Iterable[str]) -> Row:
    """Return the object that an ``@odata.id`` or ``@odata.bind`` names; raises Graph's 400 or 404.

    Graph takes its own absolute URLs, of ``directoryObjects`` or of the object's own collection, and paths.
    """
    try:
        segments = paths.split(urlsplit(url if isinstance(url, str) else "").path)
    except ValueError:  # http://[
        segments = [""]
    if segments[0].lower() in ("v1.0", "beta"):
        segments = segments[1:]
    if len(segments) != 2 or not segments[1]:
        bad_request("Invalid URL specified in the reference.", "Request_BadRequest")
    collection, key = segments
    known = {one.collection.lower(): one for one in ENTITIES.values()}
    row: Row | None = None
    if collection.lower() == "directoryobjects":
        row = call.directory.store.find(key)
    elif collection.lower() in known:
        entity = known[collection.lower()]
        row = Row(0, entity.kind, None, engine.find(call, entity, key))
    if row is None:
        raise missing(key)
    if row.kind not in kinds:
        bad_request(
            f"A reference to an object of type '{row.kind}' is not valid here.",
            "Request_BadRequest",
        )
    return row


def _body_reference(call: Call, relation: Relation) -> Row:
    body = call.json()
    if "@odata.id" not in body:
        bad_request("A value is required for property '@odata.id'.", "Request_BadRequest")
    return referenced(call, body["@odata.id"], relation.kinds)


def add(call: Call, relation: Relation, owner: Row, targets: Iterable[Row]) -> None:
    """Relate the owner to each target, all or nothing; raises Graph's 400 for one that is related already."""
    if relation.check:
        relation.check(call, owner)
    with call.store.atomic():
        for target in targets:
            _refuse_itself(owner, target)
            if relation.takes:
                relation.takes(call, owner, target)
            if not call.store.link(owner.doc["id"], relation.link, target.doc["id"]):
                bad_request(TWICE.format(relation.name), "Request_BadRequest")
            _log(call, relation, owner, target, "Add {} to {}")


def _log(call: Call, relation: Relation, owner: Row, target: Row, activity: str) -> None:
    if relation.noun:
        text = activity.format(relation.noun, title(owner.kind))
        record(call, text, owner.kind, (owner.kind, owner.doc), (target.kind, target.doc))


def _refuse_itself(owner: Row, target: Row) -> None:
    if owner.doc["id"] == target.doc["id"]:
        bad_request("An object cannot be related to itself.", "Request_BadRequest")


def bind(call: Call, owner: Row, body: dict[str, object]) -> None:
    """Act out the ``name@odata.bind`` of a create or update: 20 references in all, all or nothing."""
    bound = {name.partition("@")[0]: value for name, value in body.items() if name.endswith("@odata.bind")}
    number = sum(len(value) if isinstance(value, list) else 1 for value in bound.values())
    if number > MAX_BOUND:
        bad_request(f"The number of references in one request must not exceed {MAX_BOUND}.", "Request_BadRequest")
    for name, value in bound.items():
        found = RELATIONS.get((owner.kind, name.lower()))
        if found is None or not found.link or isinstance(value, list) == found.single:
            bad_request(f"The property '{name}' cannot be bound.", "Request_BadRequest")
        urls = value if isinstance(value, list) else [value]
        targets = [referenced(call, url, found.kinds) for url in urls]
        if found.single:
            _replace(call, found, owner, targets[0])
        else:
            add(call, found, owner, targets)


def _add(call: Call, relation: Relation) -> Reply:
    owner = owner_of(call, relation)
    add(call, relation, owner, [_body_reference(call, relation)])
    return Reply(204)


def _remove(call: Call, relation: Relation) -> Reply:
    owner = owner_of(call, relation)
    if relation.check:
        relation.check(call, owner)
    target = _other_end(call, relation)
    with call.store.atomic():
        if not call.store.is_linked(owner.doc["id"], relation.link, target.doc["id"]):
            bad_request(ABSENT.format(relation.name), "Request_BadRequest")
        if relation.lets_go:
            relation.lets_go(call, owner, target)
        call.store.unlink(owner.doc["id"], relation.link, target.doc["id"])
        _log(call, relation, owner, target, "Remove {} from {}")
    return Reply(204)


def _other_end(call: Call, relation: Relation) -> Row:
    row = call.store.find(call.keys[1])
    if row is None:
        for kind in relation.kinds:
            doc = call.store.get(kind, call.keys[1])
            if doc is not None:
                return Row(0, kind, None, doc)
        raise missing(call.keys[1])
    return row


def _delete_the_object_itself(call: Call, relation: Relation) -> Reply:
    """Do what Graph does, and nobody means: without ``/$ref``, the member is deleted, not the membership."""
    target = _other_end(call, relation)
    owner = owner_of(call, relation)
    if not call.store.is_linked(owner.doc["id"], relation.link, target.doc["id"]):
        raise missing(call.keys[1])
    discard(call, target)
    return Reply(204)


def _replace(call: Call, relation: Relation, owner: Row, target: Row) -> None:
    _refuse_itself(owner, target)
    with call.store.atomic():
        for old in call.store.targets(owner.doc["id"], relation.link):
            call.store.unlink(owner.doc["id"], relation.link, old)
        call.store.link(owner.doc["id"], relation.link, target.doc["id"])
        record(call, f"Update {title(owner.kind)}", owner.kind, (owner.kind, owner.doc))


def _set(call: Call, relation: Relation) -> Reply:
    owner = owner_of(call, relation)
    _replace(call, relation, owner, _body_reference(call, relation))
    return Reply(204)


def _unset(call: Call, relation: Relation) -> Reply:
    owner = owner_of(call, relation)
    targets = call.store.targets(owner.doc["id"], relation.link)
    if not targets:
        raise Refusal(
            404,
            "Request_ResourceNotFound",
            f"Resource '{relation.name}' does not exist or one of its queried reference-property objects are not "
            "present.",
        )
    with call.store.atomic():
        for target in targets:
            call.store.unlink(owner.doc["id"], relation.link, target)
        record(call, f"Update {title(owner.kind)}", owner.kind, (owner.kind, owner.doc))
    return Reply(204)
