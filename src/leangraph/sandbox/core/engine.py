"""From a request to its reply: the registered paths, the query options, pages, single objects.

Strict on purpose: what Graph refuses is refused in Graph's words, and what is not acted out says so
with 501. What the paths do stands in the modules that register them with :func:`on`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote, unquote_plus

from leangraph.knowledge import schema

from ..login.ledger import Issued, Ledger
from ..odata import paths, rules
from ..odata import query as odata
from ..rules import permits
from ..wire.faults import Refusal
from ..wire.server import Reply, Request
from ..wire.signed_urls import SignedUrls
from .model import ENTITIES, Entity
from .store import (
    Doc,
    Order,
    Row,
    Store,
    Where,
    of_kind,
)

JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
MAX_JSON = 4 * 1024 * 1024  # bytes of one JSON request
MAX_EXPANDED = 20  # objects of an expanded relationship
MISSING = "Resource '{}' does not exist or one of its queried reference-property objects are not present."
COLLECTION_OPTIONS = (
    "count",
    "expand",
    "filter",
    "format",
    "orderby",
    "search",
    "select",
    "skip",
    "skiptoken",
    "top",
)


# -- one call -----------------------------------------------------------------------------------------


@dataclass
class Call:
    """One authorised request below a version root.

    Attributes:
        segments: the decoded path without its version, as :func:`paths.split` gives it.
        keys: the keys in it, in order: the ``{id}`` of its template.
        template: the path as it was registered, ``/groups/{id}/members``.
        again: answers another request with the same token: what a batch does with its items.
    """

    directory: Directory
    request: Request
    version: str
    segments: list[str]
    token: Issued
    keys: list[str] = field(default_factory=list)
    template: str = ""
    again: Callable[[Request], Reply] | None = None

    @property
    def key(self) -> str:
        return self.keys[-1]

    @cached_property
    def store(self) -> Store:
        """The tenant's objects; a GET may see them as they were a few reads ago."""
        store = self.directory.store
        return store.as_read() if self.request.method == "GET" else store

    @cached_property
    def query(self) -> odata.Query:
        """The query options. Raises :class:`odata.ODataError`."""
        named = pairs(self.request.query)
        if self.version == "beta":  # which knows them without the dollar sign too
            known = {f"${name}" for name in COLLECTION_OPTIONS}
            named = [(f"${name}" if f"${name.lower()}" in known else name, value) for name, value in named]
        return odata.parse(named)

    @cached_property
    def given(self) -> frozenset[str]:
        """The names of the options that were given, without ``$`` and in lower case."""
        _ = self.query
        names = (name.lower() for name, _ in pairs(self.request.query))
        beta = self.version == "beta"
        return frozenset(name.lstrip("$") for name in names if name.startswith("$") or beta)

    @property
    def root(self) -> str:
        return f"{self.request.origin}/{self.version}"

    @property
    def eventual(self) -> bool:
        return self.request.headers.get("ConsistencyLevel", "").lower() == "eventual"

    @property
    def advanced(self) -> bool:
        """Whether both parts of the advanced pair are there."""
        return self.eventual and self.query.count

    def prefers(self, name: str) -> str | None:
        """Return the value of a preference, "" if it has none, ``None`` if it is not asked for."""
        for part in self.request.headers.get("Prefer", "").split(","):
            asked, _, value = part.strip().partition("=")
            if asked.lower() == name.lower():
                return value.strip('"')
        return None

    def allow(self, *names: str) -> None:
        """Refuse the query options that this path does not take."""
        for name in sorted(self.given - {*names, "format"}):
            if name in COLLECTION_OPTIONS or name == "deltatoken":
                bad_request(f"'${name}' is not supported by the service.", "Request_BadRequest")

    def json(self) -> Doc:
        """Return the body, an object. Raises Graph's 400s and 413."""
        body = self.request.body
        if not body:
            bad_request("Empty Payload. JSON content expected.")
        kind = self.request.headers.get("Content-Type")
        if kind is None:
            bad_request("Write requests (excluding DELETE) must contain the Content-Type header declaration.")
        if len(body) > MAX_JSON:
            raise Refusal(413, "RequestEntityTooLarge", "The request body is larger than 4 MB.")
        value: object = None
        if kind.partition(";")[0].strip().lower() == "application/json":
            try:
                value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
                json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is no text
            except (ValueError, RecursionError):
                value = None
        if not isinstance(value, dict):
            bad_request(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of "
                "valid JSON format."
            )
        return value


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)  # NaN and Infinity are Python's, not JSON's


def pairs(query: str) -> list[tuple[str, str]]:
    """Return decoded names and values; ``+`` is a space, as Graph reads it."""
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in parts]


def bad_request(message: str, code: str = "BadRequest") -> NoReturn:
    raise Refusal(400, code, message)


def not_acted_out(what: str) -> NoReturn:
    raise Refusal(501, "NotImplemented", f"The sandbox does not act this out: {what}.")


def missing(key: str) -> Refusal:
    """Return Graph's 404 for a directory object."""
    return Refusal(404, "Request_ResourceNotFound", MISSING.format(key))


def reply(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a JSON answer as Graph writes it."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Reply(status, text.encode(), {"Content-Type": JSON, **(headers or {})})


# -- paths --------------------------------------------------------------------------------------------

Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Endpoint:
    """A method on a path that is acted out. ``partly`` says what of it is not; empty where nothing lacks."""

    method: str
    path: str
    handler: Handler
    partly: str = ""


@dataclass
class _Node:
    """One step of the registered paths; the key ``""`` stands for any key."""

    steps: dict[str, _Node] = field(default_factory=dict)
    methods: dict[str, Endpoint] = field(default_factory=dict)


_PATHS = _Node()
ENDPOINTS: list[Endpoint] = []


def on(method: str, *templates: str, partly: str = "") -> Callable[[Handler], Handler]:
    """Register the handler of a path such as ``/groups/{id}/members`` or ``/drives/{id}/root:/{path}:/content``.

    A step ``name(…)`` stands for a function with any arguments: ``/reports/getEmailActivityCounts(…)``.
    """

    def register(handler: Handler) -> Handler:
        for template in templates:
            node = _PATHS
            for step in _steps(template):
                node = node.steps.setdefault(step, _Node())
            if method in node.methods:
                raise ValueError(f"{method} {template} is registered twice")
            node.methods[method] = Endpoint(method, template, handler, partly)
            ENDPOINTS.append(node.methods[method])
        return handler

    return register


def _steps(template: str) -> list[str]:
    by_path = template.replace("{path}:", "{path}").replace(":/{path}", "/:/{path}")
    return ["" if step.startswith("{") else step.lower() for step in by_path.strip("/").split("/")]


_RESERVED = frozenset({"$count", "$ref", "$value"})  # no keys, though a name may begin with a dollar sign


def _found(segments: list[str]) -> tuple[_Node, list[str]] | None:
    node, keys = _PATHS, []
    no_keys = paths.operations_of_collections()
    for before, segment in pairwise(["", *segments]):
        low = segment.lower()
        names = (low, low.removesuffix("()").removeprefix("microsoft.graph."))
        step = next((node.steps[name] for name in names if name and name in node.steps), None)
        if step is None and "(" in low:
            step = node.steps.get(f"{low.partition('(')[0].removeprefix('microsoft.graph.')}(…)")
            if step is not None:
                keys.append(segment.partition("(")[2].removesuffix(")"))
        if step is None:
            step = node.steps.get("")
            named = before == paths.BY_PATH  # the path of a file, which may be called anything
            if step is None or not (named or (segment and low not in _RESERVED and segment not in no_keys)):
                return None
            keys.append(segment)
        node = step
    return node, keys


# -- the directory of one tenant ----------------------------------------------------------------------

Position = tuple[Any, int]  # the sort key and the number of the last row that was shown; or None and rows skipped


class Directory:
    """One tenant as Graph shows it. ``clock`` returns seconds since the epoch, ``ledger`` knows its tokens."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        seed: int,
        *,
        tenant: str,
        domain: str,
        signed_urls: SignedUrls,
        ledger: Ledger,
    ) -> None:
        self.store = store
        self.signed_urls = signed_urls
        self.ledger = ledger
        self.clock = clock
        self.tenant = tenant
        self.domain = domain
        self._page_key = blake2b(f"{seed}/{tenant}/pages".encode()).digest()
        self.reset()

    def reset(self) -> None:
        self.page_size: int | None = None  # objects on a page without $top; None: what Graph has
        self.page_lifetime = 600.0  # seconds until a nextLink expires
        self.empty_pages = False
        self.memory: dict[str, Any] = {}  # what the modules of the paths keep besides objects

    def now(self) -> str:
        """Return the time as Graph writes it."""
        return self.at(self.clock())

    @staticmethod
    def at(seconds: float) -> str:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def resolve(self, call: Call) -> Handler:
        """Return what answers the call, and fill in its keys and template; raises :class:`Refusal`.

        What the metadata knows and nobody registered is 501; what the metadata does not know is Graph's 400.
        """
        if not any(call.segments):
            not_acted_out("the service document")
        own = call.segments[0].lower() == "me"
        found = _found(call.segments)
        if own and not (found and call.request.method in found[0].methods):
            # What is acted out of any user is so of the one signed in.
            found = _found(["users", call.token.user or "nobody", *call.segments[1:]]) or found
        if found and found[0].methods:
            endpoint = found[0].methods.get(call.request.method)
            if endpoint is None:
                some = next(iter(found[0].methods.values()))
                if permits.needs(call.request.method, some.path) is not None:
                    not_acted_out(f"{call.request.method} {some.path}")
                raise Refusal.of(405)
            call.keys, call.template = found[1], endpoint.path
            if own and not endpoint.path.startswith("/me"):
                call.template = endpoint.path.replace("/users/{id}", "/me", 1)
                if call.token.user is None:
                    bad_request("/me request is only valid with delegated authentication flow.")
            return endpoint.handler
        place = paths.place(call.segments)
        call.template = place.template
        known = next(
            (one for one in ENTITIES.values() if one.collection.lower() == call.segments[0].lower()), None
        )
        if known and call.request.method == "GET" and len(call.segments) in (3, 4):
            name = known.canonical.get(call.segments[2].lower())
            raw = call.segments[3:] == ["$value"]
            if name and (raw or len(call.segments) == 3):
                call.keys = [call.segments[1]]
                return lambda call: self._property(call, known, name, raw=raw)
        not_acted_out(f"{call.request.method} {place.template}")

    # -- collections ------------------------------------------------------------------------------

    def page(self, call: Call, items: Items) -> Reply:
        """Answer one page of a collection."""
        query = call.query
        call.allow(*COLLECTION_OPTIONS)
        if not items.free:
            rules.refuse(items.entity.kind, query, eventual=call.eventual, relation=items.relation)
        names = self.select(query, items.entity, single=False, mixed=items.mixed)
        size = rules.page_size(items.sized, query.top, query.select)
        if query.top is None and self.page_size is not None and size is not None:
            size = self.page_size
        types = rules.TYPES.get(items.entity.kind, {})
        where = items.where
        if query.where:
            sql, values = odata.to_sql(query.where, types)
            where &= Where(sql, tuple(values))
        keys = odata.order_by(query.orderby, types)[:-1]
        orders = [Order(sql, descending) for sql, descending in keys] or list(items.orders)

        after, blank = self._resume(call)
        rows: list[Row] = []
        if not blank:
            skip = query.skip or 0
            if after is not None and len(orders) > 1:
                skip, after = after[1], None
            limit = -1 if size is None else size + 1
            rows = call.store.select(
                where, orders=orders, after=after, limit=limit, skip=skip, deleted=items.deleted
            )
        body: Doc = {"@odata.context": f"{call.root}/$metadata#{self._context(query, items, names)}"}
        counted = query.count if items.free else call.advanced
        if counted and not query.skiptoken:
            body["@odata.count"] = call.store.count(where, deleted=items.deleted)
        if blank:
            body["@odata.nextLink"] = self._next(call, after, blank=False)
        elif size is not None and len(rows) > size:
            rows.pop()
            last: Position = (rows[-1].key, rows[-1].seq)
            if len(orders) > 1:
                last = (None, skip + size)
            body["@odata.nextLink"] = self._next(call, last, blank=self.empty_pages)
        show = items.show or self._presenter(call, items, names)
        body["value"] = [show(row) for row in rows]
        return reply(body)

    def _presenter(self, call: Call, items: Items, names: tuple[str, ...] | None) -> Callable[[Row], Doc]:
        """Return what makes of a row what a page shows; most lists need no more than a few of its properties."""
        entity = items.entity
        asked = entity.shown if names is None else names
        if items.mixed or call.query.expand or not entity.derived.keys().isdisjoint(asked):
            return lambda row: self._expanded(
                call, entity, row.doc, row.kind, self.shown(row.doc, row.kind, names, mixed=items.mixed)
            )
        empty = [(name, entity.empty(name)) for name in asked]

        def present(row: Row) -> Doc:
            get = row.doc.get
            return {name: get(name, nothing) for name, nothing in empty}

        return present

    def count(self, call: Call, items: Items) -> Reply:
        """Answer ``/$count`` of a collection."""
        query = call.query
        call.allow("filter", "search", "count")
        rules.refuse(items.entity.kind, query, eventual=call.eventual, counting=True, relation=items.relation)
        where = items.where
        if query.where:
            sql, values = odata.to_sql(query.where, rules.TYPES.get(items.entity.kind, {}))
            where &= Where(sql, tuple(values))
        number = call.store.count(where, deleted=items.deleted)
        return Reply(200, str(number).encode(), {"Content-Type": "text/plain"})

    def _context(self, query: odata.Query, items: Items, names: Iterable[str] | None) -> str:
        context = items.context or items.entity.collection
        return f"{context}({','.join(names)})" if query.select and names is not None else context

    def select(
        self, query: odata.Query, entity: Entity, *, single: bool, mixed: bool = False
    ) -> tuple[str, ...] | None:
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

    def shown(self, doc: Doc, kind: str, names: Iterable[str] | None = None, *, mixed: bool = False) -> Doc:
        """Return a document as a reply shows it; a ``mixed`` collection names each object's type."""
        entity = ENTITIES[kind]
        known = entity.properties
        head = {"@odata.type": f"#microsoft.graph.{kind}"} if mixed else {}
        asked = entity.shown if names is None else [name for name in names if name in known]
        if not entity.derived.keys().isdisjoint(asked):
            return {**head, **{name: entity.value(doc, name) for name in asked}}
        return {**head, **{name: doc[name] if name in doc else entity.empty(name) for name in asked}}

    def _expanded(self, call: Call, entity: Entity, doc: Doc, kind: str, shown: Doc) -> Doc:
        expand = call.query.expand
        if expand is None:
            return shown
        found = EXPANSIONS.get((kind, expand.name.lower()))
        if found is None:
            if expand.name.lower() in {name.lower() for name in schema.navigation(entity.kind)}:
                raise Refusal(400, "ExpandNotSupported", f"'{expand.name}' cannot be expanded.")
            bad_request(
                f"Parsing OData Select and Expand failed: Could not find a property named '{expand.name}' on type "
                f"'microsoft.graph.{entity.kind}'."
            )
        rows = call.store.select(found.where(doc["id"]), limit=MAX_EXPANDED)
        names = expand.select or None
        values = [self.shown(row.doc, row.kind, names, mixed=True) for row in rows]
        if found.single:
            return {**shown, found.name: values[0]} if values else shown
        return {**shown, found.name: values}

    # A page token says where to go on, until when, and whether an empty page comes first. It is
    # sealed together with the query it belongs to, so that another query cannot use it.

    def _next(self, call: Call, after: Position | None, *, blank: bool) -> str:
        token = self.sealed(call, [after, blank, self.clock() + self.page_lifetime])
        kept = [part for part in call.request.query.split("&") if part and not _is_token(part)]
        query = "&".join([*kept, f"$skiptoken={quote(token)}"])
        return f"{call.request.origin}{call.request.raw_path}?{query}"

    def _resume(self, call: Call) -> tuple[Position | None, bool]:
        if not call.query.skiptoken:
            return None, False
        state = self.opened(call, call.query.skiptoken)
        if state is not None:
            after, blank, expires = state
            if self.clock() < expires:
                return (after[0], after[1]), blank
        bad_request(
            "The specified page token value has expired and can no longer be included in your request.",
            "Directory_ExpiredPageToken",
        )

    def sealed(self, call: Call, state: Any) -> str:
        """Return an opaque token of a JSON value, good for this call's path and query only."""
        text = json.dumps(state).encode()
        return base64.urlsafe_b64encode(self._seal(call, text) + text).decode().rstrip("=")

    def opened(self, call: Call, token: str) -> Any:
        """Return the value inside a token, ``None`` if it is not ours or belongs to another query."""
        try:
            content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return None
        seal, text = content[:16], content[16:]
        return json.loads(text) if seal == self._seal(call, text) else None

    def _seal(self, call: Call, state: bytes) -> bytes:
        query = sorted((name.lower(), value) for name, value in pairs(call.request.query) if not _is_token(name))
        path = [segment.lower() for segment in call.segments]
        bound = json.dumps([path, query, call.eventual]).encode() + b"\0" + state
        return blake2b(bound, key=self._page_key, digest_size=16).digest()

    # -- single objects ---------------------------------------------------------------------------

    def one(self, call: Call, entity: Entity, doc: Doc, context: str = "", *, mixed: bool = False) -> Reply:
        """Answer with a single object."""
        call.allow("select", "expand")
        names = self.select(call.query, entity, single=True, mixed=mixed)
        context = context or entity.collection
        if names is not None:
            context = f"{context}({','.join(names)})"
        shown = self.shown(doc, entity.kind, names, mixed=mixed)
        return reply(
            {
                "@odata.context": f"{call.root}/$metadata#{context}/$entity",
                **self._expanded(call, entity, doc, entity.kind, shown),
            }
        )

    def created(self, call: Call, entity: Entity, doc: Doc) -> Reply:
        """Answer 201 with what was made."""
        location = f"{call.root}/{entity.collection}/{doc['id']}"
        shown = self.shown(doc, entity.kind)
        body = {"@odata.context": f"{call.root}/$metadata#{entity.collection}/$entity", **shown}
        return reply(body, 201, {"Location": location})

    def find(self, call: Call, entity: Entity, key: str) -> Doc:
        """Return a live object by its id or alternate key; raises Graph's 404."""
        name, equals, value = key.partition("=")
        named = bool(equals) and name.lower() == (entity.alternate or "").lower()
        doc = call.store.get(entity.kind, value if named else key)
        if doc is None or (entity.named and not named and doc["id"].lower() != key.lower()):
            raise missing(value if named else key)
        return doc

    def _property(self, call: Call, entity: Entity, name: str, *, raw: bool) -> Reply:
        call.allow()
        doc = self.find(call, entity, call.key)
        value = entity.value(doc, name)
        if raw:
            if value is None:
                return Reply(204)
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            return Reply(200, text.encode(), {"Content-Type": "text/plain"})
        if value is None:
            return Reply(204)
        context = f"{call.root}/$metadata#{entity.collection}('{quote(doc['id'])}')/{name}"
        return reply({"@odata.context": context, "value": value})


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


def _is_token(part: str) -> bool:
    return unquote_plus(part.partition("=")[0]).lower().lstrip("$") in ("skiptoken", "deltatoken")


def collection(entity: Entity, check: Callable[[Call], None] = lambda call: None) -> None:
    """Register what every collection of the directory has: its list, its count, and each object in it.

    ``check`` raises :class:`Refusal` where a single object cannot be asked for like this.
    """

    def one(call: Call) -> Reply:
        check(call)
        return call.directory.one(call, entity, call.directory.find(call, entity, call.key))

    path = f"/{entity.collection}"
    items = Items(entity, of_kind(entity.kind), sized=entity.collection)
    on("GET", path)(lambda call: call.directory.page(call, items))
    on("GET", f"{path}/$count")(lambda call: call.directory.count(call, items))
    on("GET", f"{path}/{{id}}")(one)
