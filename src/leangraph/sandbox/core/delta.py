"""Delta queries: everything there is, and from then on what has changed.

A state token holds where its round is, and the ``$select`` and ``$filter`` that the first request had; nothing is
kept here, so the same link can be asked again. The first round shows what there is, the later ones what the change
log of the store has, up to where it ended when they began.

Sources: https://learn.microsoft.com/graph/delta-query-overview, delta-query-users, delta-query-groups, and "delta"
of each resource; 200 objects a page as observed in public.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Literal, NamedTuple, NoReturn
from urllib.parse import quote
from uuid import uuid4

from leangraph import knowledge as data

from ..odata import query as odata
from ..wire.faults import Refusal
from ..wire.server import Headers, Reply, Request
from . import engine, page_tokens
from .call import Call, bad_request, reply
from .directory import Directory, Memory
from .endpoints import on
from .model import Entity
from .relations import RELATIONS, Relation
from .store import (
    Change,
    Doc,
    Store,
    Where,
    of_kind,
)

LIFETIME = 7 * 86_400.0  # seconds that a token of the directory lives
PAGE = 200  # objects
MAX_IDS = 50  # in a $filter
TRACKED = dict.fromkeys(("administrativeUnit", "directoryRole", "group"), ("members",))  # relations, unasked

Link = tuple[str, str, bool]  # a relation's name, the id at its other end, and whether that one left


@dataclass(frozen=True)
class Round:
    """What a token holds.

    Attributes:
        generation: which life of the tenant it belongs to; see :class:`Tokens`.
        issued: when, in seconds on the sandbox's clock.
        select: the properties that are tracked; ``None`` for the default ones.
        relations: those that are tracked.
        ids: the only objects that are tracked; ``None`` for all.
        since: the last change that was seen when the next round begins.
        until: the last change of this round; ``None`` in the first one, which shows what there is.
        after: what has been shown: the last object's number in the first round, the last change's later.
        skip: how many changed objects after that have been shown as well.
        split: the object whose relations did not fit, and the last of them that was shown.
        size: objects on a page.
        blank: an empty page comes first.
    """

    generation: str
    issued: float
    select: list[str] | None
    relations: list[str]
    ids: list[str] | None
    since: int
    until: int | None = None
    after: int = 0
    skip: int = 0
    split: list[str] | None = None
    size: int = PAGE
    blank: bool = False


class Shown(NamedTuple):
    """An object of a page; a round that begins with it has this ``after`` and ``skip``."""

    after: int
    skip: int
    doc: Doc
    links: list[Link]


@dataclass
class Tokens:
    """Which tokens of a tenant are good. Resetting the sandbox, or expiring them, begins a new generation."""

    generation: str
    gone: dict[str, tuple[Refusal, bool]] = field(default_factory=dict)
    room: int = 1_000  # relations on a page


OPTIONS = ("select", "filter", "deltatoken", "skiptoken")
_TOKENS = Memory(lambda directory: Tokens("" if directory.store.lasting else uuid4().hex))


def tokens_of(directory: Directory) -> Tokens:
    """Return the state of a tenant's tokens. Those of a tenant in a file outlive this run, as their changes do."""
    return _TOKENS.of(directory)


def expire(directory: Directory, refusal: Refusal, *, location: bool) -> None:
    """Refuse every token issued so far; ``location`` says where to start over."""
    tokens = tokens_of(directory)
    tokens.gone[tokens.generation] = (refusal, location)
    tokens.generation = uuid4().hex


def track(entities: Iterable[Entity]) -> None:
    """Register the delta function of each collection that has one."""
    for entity in entities:
        if entity.collection.partition("/")[0] in data.paths()["roots"] and _has_delta(entity.kind):
            partly = "what follows from other properties (assignedPlans) is shown, and does not count as a change"
            path = f"/{entity.collection}/delta"
            on("GET", path, options=OPTIONS, partly=partly)(partial(_delta, entity))


def _has_delta(kind: str) -> bool:
    return "delta" in data.paths()["operations"].get(f"Collection({kind})", {})


def _delta(entity: Entity, call: Call) -> Reply:
    query = call.query
    if query.deltatoken.lower() == "latest":
        return _page(call, entity, _begun(call, entity), [], None)
    if query.deltatoken or query.skiptoken:
        here = _continued(call, entity, "deltatoken" if query.deltatoken else "skiptoken")
    else:
        here = _begun(call, entity)
    if here.blank:
        return _page(call, entity, here, [], replace(here, blank=False))
    window, following = _first(call, entity, here) if here.until is None else _later(call, entity, here)
    shown, following = _fitted(window, following, here, tokens_of(call.directory).room)
    if following and call.directory.empty_pages:
        following = replace(following, blank=True)
    return _page(call, entity, here, _annotated(call.store, shown), following)


# -- rounds -------------------------------------------------------------------------------------------


def _begun(call: Call, entity: Entity) -> Round:
    """Return the round that a request without a token begins; raises Graph's 400 for options it cannot have."""
    query = call.query
    known = {name.lower(): relation for (kind, name), relation in RELATIONS.items() if kind == entity.kind}
    asked = [known[name.lower()] for name in query.select if name.lower() in known]
    relations = [relation.name for relation in asked if relation.link]
    properties = tuple(name for name in query.select if name.lower() not in {one.lower() for one in relations})
    select = None
    if query.select:
        select = list(engine.select(replace(query, select=properties), entity, single=False) or ())
    return Round(
        tokens_of(call.directory).generation,
        call.directory.clock(),
        select,
        relations if query.select else list(TRACKED.get(entity.kind, ())),
        None if query.filter is None else _few(query.filter),
        call.store.last_change,
        size=call.directory.page_size or PAGE,
    )


def _few(node: odata.Node) -> list[str]:
    ids = list(_ids(node))
    if len(ids) > MAX_IDS:
        bad_request(f"A delta query can filter by {MAX_IDS} ids at most.", "Request_UnsupportedQuery")
    return ids


def _ids(node: odata.Node) -> Iterator[str]:
    """Yield the ids of ``id eq '…' or id eq '…'``, the one filter that a delta query takes."""
    if isinstance(node, odata.Or):
        for part in node.parts:
            yield from _ids(part)
    elif isinstance(node, odata.Compare) and node.path.lower() == "id" and isinstance(node.value, str):
        if node.op != "eq":
            _bad_filter()
        yield node.value.lower()
    else:
        _bad_filter()


def _bad_filter() -> NoReturn:
    bad_request("A delta query can filter by id only: id eq '…' or id eq '…'.", "Request_UnsupportedQuery")


def _continued(call: Call, entity: Entity, name: Literal["deltatoken", "skiptoken"]) -> Round:
    """Return the round that a token leads to; raises Graph's 400 or 410."""
    if call.given - {"format"} != {name}:
        bad_request(
            "The options of a delta query are part of its token: only the first request names them.",
            "Request_BadRequest",
        )
    now, store = call.directory.clock(), call.store
    tokens = tokens_of(call.directory)
    named, state = page_tokens.opened(_home(call, entity), getattr(call.query, name)) or (name, None)
    here = Round(**state) if state and named == name else None
    if here and here.generation in tokens.gone:
        refusal, location = tokens.gone[here.generation]
        headers = {**refusal.headers, **({"Location": _start(call, entity, here)} if location else {})}
        raise Refusal(refusal.status, refusal.code, refusal.message, headers=headers)
    if not here or here.generation != tokens.generation or now >= here.issued + LIFETIME:
        raise Refusal(400, *LOST[name])
    if here.since > store.last_change:  # a file of the same name, and another tenant
        raise Refusal(400, *LOST[name])
    if name == "deltatoken":
        size = call.directory.page_size or PAGE
        return replace(here, until=store.last_change, after=here.since, size=size)
    return here


LOST = {  # what is answered to a token that is too old, of another tenant or collection, or no token at all
    "deltatoken": (
        "syncStateNotFound",
        "The sync state is not found: begin again without a token and take everything.",
    ),
    "skiptoken": (
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included in your request.",
    ),
}


def _home(call: Call, entity: Entity) -> Call:
    """Return the call that a token is sealed for, however this one spells the function and its options."""
    path = [entity.collection, "delta"]
    return Call(call.directory, Request("GET", "/" + "/".join(path), Headers()), call.version, path, call.token)


def _start(call: Call, entity: Entity, here: Round) -> str:
    """Return the URL to start over from: as the first request, with an empty token."""
    names = [*(here.select or ()), *here.relations] if here.select is not None else []
    ids = " or ".join(f"id eq '{id_}'" for id_ in here.ids or ())
    options = {"$select": ",".join(names), "$filter": ids}
    parts = [f"{name}={quote(value, safe=',')}" for name, value in options.items() if value]
    return f"{call.root}/{entity.collection}/delta?{'&'.join([*parts, '$deltatoken='])}"


# -- pages --------------------------------------------------------------------------------------------


def _first(call: Call, entity: Entity, here: Round) -> tuple[list[Shown], Round | None]:
    """Return a page of what there is, and the round that goes on after it."""
    where = of_kind(entity.kind)
    if here.ids is not None:
        where &= _among(here.ids)
    rows = call.store.select(where, after=(None, here.after), limit=here.size + 1)
    names = _names(entity, here)
    window: list[Shown] = []
    after = here.after
    for row in rows[: here.size]:
        doc, links = _present(entity, row.doc, names), _links(call.store, entity, here, row.doc["id"])
        window.append(Shown(after, 0, doc, links))
        after = row.seq
    return window, replace(here, after=after, split=None) if len(rows) > here.size else None


def _later(call: Call, entity: Entity, here: Round) -> tuple[list[Shown], Round | None]:
    """Return a page of what has changed, and the round that goes on after it."""
    until = here.until or 0
    changes, end = call.store.changes(entity.kind, here.after, until, here.size)
    ours = of_kind(entity.kind) & _among(change.id for change in changes)
    live = {row.doc["id"]: row.doc for row in call.store.select(ours)}
    deleted = {row.doc["id"] for row in call.store.select(ours, deleted=True)}
    window: list[Shown] = []
    for number, change in enumerate(changes):
        if number < here.skip or not _concerns(change, entity, here):
            continue
        if change.id in live:
            doc = _changed(call, entity, here, change, live[change.id])
            window.append(Shown(here.after, number, doc, _links(call.store, entity, here, change.id, change)))
        else:
            reason = (
                "changed" if change.id in deleted else "deleted"
            )  # still in the deleted items, or gone for good
            window.append(Shown(here.after, number, {"id": change.id, "@removed": {"reason": reason}}, []))
    return window, replace(here, after=end, skip=0, split=None) if end < until else None


def _concerns(change: Change, entity: Entity, here: Round) -> bool:
    """Tell whether something changed that is tracked."""
    if here.ids is not None and change.id not in here.ids:
        return False
    relations = {relation.link for relation in _relations(entity, here)}
    return not change.names.isdisjoint({"*", "-", *_names(entity, here)}) or any(
        link in relations for link, _, _ in change.links
    )


def _changed(call: Call, entity: Entity, here: Round, change: Change, doc: Doc) -> Doc:
    """Return a changed object as it is now: all that is tracked, or with ``return=minimal`` what has changed."""
    names = _names(entity, here)
    shown = _present(entity, doc, names)
    if "*" in change.names:  # made, or restored
        return shown
    shown.update({name: entity.empty(name) for name in names if name in change.names and name not in doc})
    if _minimal(call):
        return {name: value for name, value in shown.items() if name in change.names or name == "id"}
    return shown


def _names(entity: Entity, here: Round) -> Iterable[str]:
    return entity.shown if here.select is None else here.select


def _relations(entity: Entity, here: Round) -> list[Relation]:
    return [RELATIONS[entity.kind, name.lower()] for name in here.relations]


def _present(entity: Entity, doc: Doc, names: Iterable[str]) -> Doc:
    """Return what is tracked of an object; a property that was never set is absent."""
    return {name: entity.value(doc, name) for name in (*names, "id") if name in doc or name in entity.derived}


def _minimal(call: Call) -> bool:
    return call.prefers("return") == "minimal"


def _among(ids: Iterable[str]) -> Where:
    return Where("id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))


def _links(store: Store, entity: Entity, here: Round, id_: str, change: Change | None = None) -> list[Link]:
    """Return the relations to show with an object, in an order that holds from page to page.

    All of a new or restored object, else those that came or went; of several changes to one the last counts.
    """
    found: dict[tuple[str, str], bool] = {}
    for relation in _relations(entity, here):
        events = [(target, gone) for link, target, gone in change.links if link == relation.link] if change else []
        found.update({(relation.name, target): gone for target, gone in events})
        if change is None or "*" in change.names:
            found.update({(relation.name, target): False for target in store.targets(id_, relation.link)})
    return [(name, target, gone) for (name, target), gone in sorted(found.items())]


def _fitted(
    window: list[Shown], following: Round | None, here: Round, room: int
) -> tuple[list[Shown], Round | None]:
    """Return what fits on a page of so many relations, and the round that goes on after it.

    An object with more of them comes again on the next page, with the rest.
    """
    shown: list[Shown] = []
    for each in window:
        id_, links = each.doc["id"], each.links
        if here.split and here.split[0] == id_:
            links = [link for link in links if link[:2] > (here.split[1], here.split[2])]
        part = links[:room]
        room -= len(part)
        if part or not links:
            shown.append(each._replace(links=part))
        if len(part) < len(links):
            split = [id_, *part[-1][:2]] if part else None
            return shown, replace(here, after=each.after, skip=each.skip, split=split)
    return shown, following


def _annotated(store: Store, shown: list[Shown]) -> list[Doc]:
    """Return the objects with their relations as ``members@delta``."""
    kinds = store.kinds({target for each in shown for _, target, _ in each.links})
    docs = []
    for each in shown:
        doc = dict(each.doc)
        for name, target, gone in each.links:
            link: Doc = {"@odata.type": f"#microsoft.graph.{kinds.get(target, 'directoryObject')}", "id": target}
            doc.setdefault(f"{name}@delta", []).append(
                {**link, "@removed": {"reason": "deleted"}} if gone else link
            )
        docs.append(doc)
    return docs


def _page(call: Call, entity: Entity, here: Round, value: list[Doc], following: Round | None) -> Reply:
    """Answer one page; without a ``following`` one the round is complete, and the link leads to the next."""
    name, option, state = "@odata.nextLink", "skiptoken", following
    if state is None:
        seen = here.since if here.until is None else here.until
        name, option = "@odata.deltaLink", "deltatoken"
        state = replace(here, since=seen, until=None, after=0, skip=0, split=None, blank=False)
    sealed = [option, asdict(replace(state, issued=call.directory.clock()))]
    token = page_tokens.sealed(_home(call, entity), sealed)
    context = entity.collection if here.select is None else f"{entity.collection}({','.join(here.select)})"
    body = {
        "@odata.context": f"{call.root}/$metadata#{context}",
        name: f"{call.root}/{entity.collection}/delta?${option}={quote(token)}",
        "value": value,
    }
    applied = {"Preference-Applied": "return=minimal"} if _minimal(call) and here.until is not None else None
    return reply(body, headers=applied)
