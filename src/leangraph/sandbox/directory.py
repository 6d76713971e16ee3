"""Microsoft Graph's directory: paths, query options and rules, over :mod:`.store`.

Strict on purpose: what Graph refuses is refused in Graph's words, and what is not acted out says so
with 501. Sources: the API reference and "Advanced query capabilities" of the Graph documentation.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NoReturn
from urllib.parse import quote, unquote, unquote_plus
from uuid import uuid4

from .faults import Refusal
from .people import DOMAIN, words
from .server import Reply, Request
from .store import EVERYTHING, Doc, Duplicate, Order, Row, Store, Where
from .tokens import Issued

JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
MAX_JSON = 4 * 1024 * 1024  # bytes of one JSON request
MAX_PAGE = 999
OPTIONS = frozenset(
    {"count", "expand", "filter", "format", "orderby", "search", "select", "skip", "skiptoken", "top"}
)
OPERATORS = frozenset({"eq", "ne", "gt", "ge", "lt", "le", "in", "has"})
MISSING = "Resource '{}' does not exist or one of its queried reference-property objects are not present."
NEEDS_ADVANCED = (
    "Operator '{}' is not supported because the required parameters might be missing. Try adding $count=true "
    "query parameter and ConsistencyLevel:eventual header. Refer to "
    "https://aka.ms/graph-docs/advanced-queries for more information"
)


# -- what an entity looks like ------------------------------------------------------------------------


@dataclass(frozen=True)
class Entity:
    """One entity type: its scalar properties by Edm type, and which of them answer unasked."""

    kind: str
    title: str  # as error messages name it
    collection: str
    properties: dict[str, str]
    default: tuple[str, ...]  # empty: all of them
    required: tuple[str, ...]
    read_only: frozenset[str]
    alone: frozenset[str] = frozenset()  # only on a single object, never in a list
    alternate: str | None = None  # the property that is a second key
    canonical: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "canonical", {name.lower(): name for name in self.properties})

    def empty(self, name: str) -> Any:
        """Return what a property without a value looks like: a new empty list, or ``None``."""
        return [] if self.properties[name].startswith("Collection") else None


def _typed(**names: str) -> dict[str, str]:
    return {name: kind for kind, text in names.items() for name in text.split()}


_STRINGS = "Collection(Edm.String)"
_OBJECTS = "Collection(Edm.ComplexType)"

USER = Entity(
    kind="user",
    title="User",
    collection="users",
    properties={
        "id": "String",
        **_typed(
            String="aboutMe ageGroup city companyName consentProvidedForMinor country creationType department "
            "displayName employeeId employeeType externalUserState faxNumber givenName jobTitle "
            "legalAgeGroupClassification mail mailNickname mobilePhone mySite officeLocation "
            "onPremisesDistinguishedName onPremisesDomainName onPremisesImmutableId onPremisesSamAccountName "
            "onPremisesSecurityIdentifier onPremisesUserPrincipalName passwordPolicies postalCode "
            "preferredDataLocation preferredLanguage preferredName securityIdentifier state streetAddress "
            "surname usageLocation userPrincipalName userType",
            Boolean="accountEnabled isManagementRestricted isResourceAccount onPremisesSyncEnabled "
            "showInAddressList",
            DateTimeOffset="birthday createdDateTime deletedDateTime employeeHireDate employeeLeaveDateTime "
            "externalUserStateChangeDateTime hireDate lastPasswordChangeDateTime onPremisesLastSyncDateTime "
            "signInSessionsValidFromDateTime",
            ComplexType="authorizationInfo customSecurityAttributes employeeOrgData mailboxSettings "
            "onPremisesExtensionAttributes passwordProfile print signInActivity",
        ),
        **dict.fromkeys(
            words(
                "businessPhones imAddresses interests otherMails pastProjects proxyAddresses "
                "responsibilities schools skills"
            ),
            _STRINGS,
        ),
        **dict.fromkeys(
            words(
                "assignedLicenses assignedPlans identities licenseAssignmentStates "
                "onPremisesProvisioningErrors provisionedPlans serviceProvisioningErrors"
            ),
            _OBJECTS,
        ),
    },
    default=(
        "businessPhones",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
        "id",
    ),
    required=("accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"),
    read_only=frozenset(
        words(
            "id assignedLicenses assignedPlans authorizationInfo createdDateTime creationType "
            "deletedDateTime externalUserState externalUserStateChangeDateTime imAddresses "
            "isManagementRestricted lastPasswordChangeDateTime legalAgeGroupClassification "
            "licenseAssignmentStates onPremisesDistinguishedName onPremisesDomainName "
            "onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName "
            "onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName "
            "provisionedPlans proxyAddresses securityIdentifier serviceProvisioningErrors "
            "signInActivity signInSessionsValidFromDateTime"
        )
    ),
    alone=frozenset(
        words(
            "aboutMe birthday hireDate interests mailboxSettings mySite pastProjects preferredName "
            "responsibilities schools skills"
        )
    ),
    alternate="userPrincipalName",
)

GROUP = Entity(
    kind="group",
    title="Group",
    collection="groups",
    properties={
        "id": "String",
        **_typed(
            String="classification description displayName mail mailNickname membershipRule "
            "membershipRuleProcessingState onPremisesDomainName onPremisesNetBiosName onPremisesSamAccountName "
            "onPremisesSecurityIdentifier preferredDataLocation preferredLanguage securityIdentifier theme "
            "uniqueName visibility",
            Boolean="isAssignableToRole isManagementRestricted mailEnabled onPremisesSyncEnabled securityEnabled",
            DateTimeOffset="createdDateTime deletedDateTime expirationDateTime onPremisesLastSyncDateTime "
            "renewedDateTime",
        ),
        **dict.fromkeys(
            ["groupTypes", "proxyAddresses", "resourceBehaviorOptions", "resourceProvisioningOptions"], _STRINGS
        ),
        **dict.fromkeys(["onPremisesProvisioningErrors", "serviceProvisioningErrors"], _OBJECTS),
    },
    default=(),
    required=("displayName", "mailEnabled", "mailNickname", "securityEnabled"),
    read_only=frozenset(),
)
ENTITIES = {entity.kind: entity for entity in (USER, GROUP)}


# -- one call -----------------------------------------------------------------------------------------


@dataclass
class Call:
    """One authorised request below a version root."""

    request: Request
    version: str
    segments: list[str]
    token: Issued
    keys: list[str] = field(default_factory=list)
    options: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.options = {}
        for name, value in pairs(self.request.query):
            bare = name.lower().removeprefix("$")
            if not name.startswith("$") and not (self.version == "beta" and bare in OPTIONS):
                continue  # v1.0 takes an option without its dollar sign for somebody else's
            if bare not in OPTIONS:
                _bad_query(f"The query option '{name}' is not recognized.")
            if bare in self.options:
                _bad_query(
                    f"Query option '${bare}' was specified more than once, but it must be specified at most once."
                )
            self.options[bare] = value

    @property
    def root(self) -> str:
        return f"{self.request.origin}/{self.version}"

    @property
    def eventual(self) -> bool:
        return self.request.headers.get("ConsistencyLevel", "").lower() == "eventual"

    @property
    def count(self) -> bool:
        text = self.options.get("count", "false").lower()
        if text not in {"true", "false"}:
            _bad_query(f"Invalid value '{text}' for $count query option found. Valid values are true or false.")
        return text == "true"

    def allow(self, *names: str) -> None:
        """Refuse the options that this path does not know, and those the sandbox does not act out."""
        for name in self.options.keys() - set(names):
            if name in {"search", "expand", "format"}:
                not_acted_out(f"${name}")
            _bad_query(f"'${name}' is not supported by the service.", "Request_BadRequest")

    def select(self, entity: Entity, *, single: bool) -> list[str]:
        """Return the properties asked for, as the metadata spells them, or the default set."""
        text = self.options.get("select")
        if text is None:
            return [name for name in entity.default or entity.properties if name not in entity.alone]
        names: list[str] = []
        for part in text.split(","):
            asked = part.strip()
            if asked == "*":
                names += [name for name in entity.properties if name not in entity.alone]
                continue
            name = entity.canonical.get(asked.lower())
            if name is None:
                _bad_query(
                    "Parsing OData Select and Expand failed: Could not find a property named "
                    f"'{asked}' on type 'microsoft.graph.{entity.kind}'."
                )
            if name in entity.alone and not single:
                raise Refusal(
                    501, "NotImplemented", f"Property '{name}' can only be requested for a single {entity.kind}."
                )
            names.append(name)
        return list(dict.fromkeys(names))

    def json(self) -> Doc:
        """Return the body, an object. Raises Graph's 400s and 413."""
        body = self.request.body
        if not body:
            _bad_query("Empty Payload. JSON content expected.")
        kind = self.request.headers.get("Content-Type")
        if kind is None:
            _bad_query("Write requests (excluding DELETE) must contain the Content-Type header declaration.")
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
            _bad_query(
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


def _bad_query(message: str, code: str = "BadRequest") -> NoReturn:
    raise Refusal(400, code, message)


def not_acted_out(what: str) -> NoReturn:
    raise Refusal(501, "NotImplemented", f"The sandbox does not act this out: {what}.")


# -- $filter ------------------------------------------------------------------------------------------


def condition(text: str, entity: Entity, *, advanced: bool) -> Where:
    """Return a ``$filter`` as SQL: ``eq``, ``startswith``, ``and``, ``or`` and parentheses."""
    return _Filter(text, entity, advanced).whole()


class _Filter:
    TOKENS = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w/.]*)|(-?\d+)|([(),]))")

    def __init__(self, text: str, entity: Entity, advanced: bool) -> None:
        self._entity = entity
        self._advanced = advanced
        self._tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = self.TOKENS.match(text, at)
            if match is None or len(self._tokens) > 500:
                self._invalid(f"Syntax error at position {at} in '{text[:100]}'.")
            self._tokens.append(match.group().strip())
            at = match.end()
        self._tokens.reverse()

    def whole(self) -> Where:
        found = self._any(0)
        if self._tokens:
            self._invalid(f"Syntax error at '{self._tokens[-1]}'.")
        return found

    def _any(self, depth: int) -> Where:
        found = self._all(depth)
        while self._peek() == "or":
            self._tokens.pop()
            other = self._all(depth)
            found = Where(f"({found.sql}) OR ({other.sql})", found.values + other.values)
        return found

    def _all(self, depth: int) -> Where:
        found = self._one(depth)
        while self._peek() == "and":
            self._tokens.pop()
            found &= self._one(depth)
        return found

    def _one(self, depth: int) -> Where:
        word = self._peek()
        if word == "(":
            if depth > 50:
                self._invalid("The node count limit has been exceeded.")
            self._tokens.pop()
            found = self._any(depth + 1)
            self._expect(")")
            return found
        if word == "startswith":
            self._tokens.pop()
            self._expect("(")
            column = self._property()
            self._expect(",")
            value = self._literal()
            self._expect(")")
            if not isinstance(value, str):
                self._invalid("No function signature for the function with name 'startswith' matches.")
            return Where(f"substr({column}, 1, ?) = ? COLLATE NOCASE", (len(value), value))
        if word in {"endswith", "not"}:
            self._beyond({"endswith": "endsWith", "not": "not"}[word])
        column = self._property()
        operator = self._peek()
        if operator == "ne":
            self._beyond("ne")
        if operator not in OPERATORS:
            self._invalid("Syntax error: an operator was expected.")
        if operator != "eq":
            not_acted_out(f"'{operator}' in $filter")
        self._tokens.pop()
        value = self._literal()
        if value is None:
            return Where(f"{column} IS NULL")
        return Where(f"{column} = ? COLLATE NOCASE", (value,))

    def _beyond(self, operator: str) -> NoReturn:
        if not self._advanced:
            _bad_query(NEEDS_ADVANCED.format(operator), "Request_UnsupportedQuery")
        not_acted_out(f"'{operator}' in $filter")

    def _property(self) -> str:
        asked = self._tokens.pop() if self._tokens else ""
        if "/" in asked:
            not_acted_out(f"'{asked}' in $filter")
        name = self._entity.canonical.get(asked.lower())
        if name is None:
            self._invalid(
                f"Could not find a property named '{asked}' on type 'microsoft.graph.{self._entity.kind}'."
            )
        return f"json_extract(doc, '$.{name}')"

    def _literal(self) -> str | bool | int | None:
        word = self._tokens.pop() if self._tokens else ""
        if word[:1] == "'":
            return word[1:-1].replace("''", "'")
        if re.fullmatch(r"-?\d{1,18}", word):
            return int(word)
        try:
            return {"true": True, "false": False, "null": None}[word.lower()]
        except KeyError:
            self._invalid(f"Syntax error: a literal was expected instead of '{word}'.")

    def _peek(self) -> str:
        return self._tokens[-1].lower() if self._tokens else ""

    def _expect(self, token: str) -> None:
        if self._peek() != token:
            self._invalid(f"Syntax error: '{token}' expected.")
        self._tokens.pop()

    def _invalid(self, why: str) -> NoReturn:
        _bad_query(f"Invalid filter clause: {why}")


# -- paths --------------------------------------------------------------------------------------------

Handler = Callable[["Directory", Call], Reply]
Position = tuple[Any, int]  # the sort key and the number of the last row that was shown


@dataclass
class _Node:
    """One step of the paths that are known; the key ``""`` stands for any key."""

    steps: dict[str, "_Node"] = field(default_factory=dict)
    methods: dict[str, Handler] = field(default_factory=dict)


_PATHS = _Node()


def on(method: str, path: str) -> Callable[[Handler], Handler]:
    """Register the handler of a path such as ``/groups/{id}/members``."""

    def register(handler: Handler) -> Handler:
        node = _PATHS
        for step in path.strip("/").split("/"):
            node = node.steps.setdefault("" if step.startswith("{") else step.lower(), _Node())
        node.methods[method] = handler
        return handler

    return register


def split(raw_path: str) -> list[str]:
    """Return decoded segments; ``users('a')`` is ``users`` and ``a``, its quotes undoubled."""
    segments = [unquote(part) for part in raw_path.strip("/").split("/")]
    found: list[str] = []
    for segment in segments:
        match = re.fullmatch(r"([^()']+)\('(.*)'\)", segment, re.DOTALL)
        found += [match[1], match[2].replace("''", "'")] if match else [segment]
    return found


class Directory:
    """The tenant as Graph shows it. ``clock`` returns seconds since the epoch."""

    def __init__(self, store: Store, clock: Callable[[], float], seed: int) -> None:
        self._store = store
        self._clock = clock
        self._page_key = blake2b(f"{seed}/pages".encode()).digest()
        self.reset()

    def reset(self) -> None:
        self.page_size = 100
        self.page_lifetime = 600.0  # seconds until a nextLink expires
        self.empty_pages = False

    def answer(self, call: Call) -> Reply:
        """Return the reply; raises :class:`Refusal`."""
        node = _PATHS
        for segment in call.segments:
            step = node.steps.get(segment.lower())
            if step is None:
                step = node.steps.get("")
                if step is None or not segment:
                    raise Refusal(400, "BadRequest", f"Resource not found for the segment '{segment}'.")
                call.keys.append(segment)
            node = step
        handler = node.methods.get(call.request.method)
        if handler is None:
            if not node.methods:
                not_acted_out(f"{call.request.method} /{'/'.join(call.segments)}")
            raise Refusal.of(405)
        return handler(self, call)

    @property
    def number_of_users(self) -> int:
        return self._store.count(_OF_KIND["user"])

    # -- collections ------------------------------------------------------------------------------

    def page(self, call: Call, entity: Entity, where: Where = EVERYTHING, *, mixed: bool = False) -> Reply:
        """Answer one page of a collection. ``mixed`` collections name each object's type."""
        call.allow("select", "top", "filter", "count", "orderby", "skiptoken")
        names = call.select(entity, single=False)
        order = self._order(call, entity)
        size = self._size(call)
        advanced = call.eventual and call.count
        if "filter" in call.options:
            where &= condition(call.options["filter"], entity, advanced=advanced)
        if order and "filter" in call.options and not advanced:
            _bad_query("Sorting not supported for current query.", "Request_UnsupportedQuery")

        after, blank = self._resume(call)
        rows: list[Row] = []
        if not blank:
            rows = self._store.select(where, order=order, after=after, limit=size + 1)
        context = "directoryObjects" if mixed else entity.collection
        if "select" in call.options:
            context += f"({','.join(names)})"
        body: Doc = {"@odata.context": f"{call.root}/$metadata#{context}"}
        if advanced and "skiptoken" not in call.options:
            body["@odata.count"] = self._store.count(where)
        if blank:
            body["@odata.nextLink"] = self._next(call, after, blank=False)
        elif len(rows) > size:
            rows.pop()
            body["@odata.nextLink"] = self._next(call, (rows[-1].key, rows[-1].seq), blank=self.empty_pages)
        body["value"] = [self._shown(row.doc, row.kind, names, mixed=mixed) for row in rows]
        return _json(body)

    def count(self, call: Call, entity: Entity, where: Where = EVERYTHING) -> Reply:
        call.allow("filter")
        if not call.eventual:
            _bad_query("$count is not currently supported.", "Request_BadRequest")
        if "filter" in call.options:
            where &= condition(call.options["filter"], entity, advanced=True)
        return Reply(200, str(self._store.count(where)).encode(), {"Content-Type": "text/plain"})

    def _size(self, call: Call) -> int:
        text = call.options.get("top")
        if text is None:
            return self.page_size
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            _bad_query(
                f"Invalid value '{text}' for $top query option found. The $top query option requires a "
                "non-negative integer value."
            )
        if not 1 <= int(text) <= MAX_PAGE:
            _bad_query(
                f"Invalid page size specified: '{text}'. Must be between 1 and {MAX_PAGE} inclusive.",
                "Request_UnsupportedQuery",
            )
        return int(text)

    def _order(self, call: Call, entity: Entity) -> Order | None:
        text = call.options.get("orderby")
        if text is None:
            return None
        match = re.fullmatch(r"\s*(\w+)(?:\s+(asc|desc))?\s*", text, re.IGNORECASE)
        name = entity.canonical.get(match[1].lower()) if match else None
        if match is None or name is None:
            _bad_query(f"Invalid $orderby clause '{text}'.")
        sortable = {"displayName"} if entity is GROUP else {"displayName", "userPrincipalName"}
        if call.eventual and call.count:
            sortable |= {"createdDateTime"} if entity is USER else set()
        if name not in sortable:
            _bad_query(f"Unsupported sort property '{name}' for '{entity.title}'.", "Request_UnsupportedQuery")
        return Order(f"$.{name}", (match[2] or "").lower() == "desc")

    # A page token says where to go on, until when, and whether an empty page comes first. It is
    # sealed together with the query it belongs to, so that another query cannot use it.

    def _next(self, call: Call, after: Position | None, *, blank: bool) -> str:
        state = json.dumps([after, blank, self._clock() + self.page_lifetime]).encode()
        token = base64.urlsafe_b64encode(self._seal(call, state) + state).decode()
        kept = [part for part in call.request.query.split("&") if part and not _is_skiptoken(part)]
        query = "&".join([*kept, f"$skiptoken={quote(token)}"])
        return f"{call.request.origin}{call.request.raw_path}?{query}"

    def _resume(self, call: Call) -> tuple[Position | None, bool]:
        token = call.options.get("skiptoken")
        if token is None:
            return None, False
        try:
            data = base64.urlsafe_b64decode(token)
        except (binascii.Error, ValueError):
            data = b""
        seal, state = data[:16], data[16:]
        if seal == self._seal(call, state):
            after, blank, expires = json.loads(state)
            if self._clock() < expires:
                return (after[0], after[1]), blank
        _bad_query(
            "The specified page token value has expired and can no longer be included in your request.",
            "Directory_ExpiredPageToken",
        )

    def _seal(self, call: Call, state: bytes) -> bytes:
        query = sorted((name, value) for name, value in call.options.items() if name != "skiptoken")
        path = [segment.lower() for segment in call.segments]
        bound = json.dumps([path, query, call.eventual]).encode() + b"\0" + state
        return blake2b(bound, key=self._page_key, digest_size=16).digest()

    # -- single objects ---------------------------------------------------------------------------

    def get(self, call: Call, entity: Entity) -> Reply:
        call.allow("select")
        names = call.select(entity, single=True)
        doc = self.find(entity, call.keys[-1])
        context = f"{entity.collection}({','.join(names)})" if "select" in call.options else entity.collection
        return _json(
            {
                "@odata.context": f"{call.root}/$metadata#{context}/$entity",
                **self._shown(doc, entity.kind, names),
            }
        )

    def find(self, entity: Entity, key: str) -> Doc:
        """Return a live object by its id or alternate key; raises Graph's 404."""
        doc = self._store.get(entity.kind, key)
        if doc is None:
            raise Refusal(404, "Request_ResourceNotFound", MISSING.format(key))
        return doc

    def create_user(self, call: Call) -> Reply:
        call.allow()
        changes = _checked(USER, call.json())
        for name in USER.required:
            if changes.get(name) is None:
                _bad_query(f"A value is required for property '{name}' of resource 'User'.", "Request_BadRequest")
        doc = self.add_user(changes)
        shown = self._shown(doc, "user", [*USER.default])
        reply = _json({"@odata.context": f"{call.root}/$metadata#users/$entity", **shown}, 201)
        reply.headers["Location"] = f"{call.root}/users/{doc['id']}"
        return reply

    def add_user(self, properties: Doc) -> Doc:
        """Store a new user and return the document."""
        now = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        doc = {"id": str(uuid4()), "createdDateTime": now, "userType": "Member", **_kept(properties)}
        with _no_twins("userPrincipalName"):
            self._store.insert("user", doc, doc["userPrincipalName"])
        return doc

    def update_user(self, call: Call) -> Reply:
        call.allow()
        changes = _checked(USER, call.json())
        for name in ("accountEnabled", "displayName", "mailNickname", "usageLocation", "userPrincipalName"):
            if name in changes and changes[name] is None:
                _bad_query(
                    f"Invalid value specified for property '{name}' of resource 'User'.", "Request_BadRequest"
                )
        for name in USER.alone & changes.keys():
            not_acted_out(f"changing '{name}' of a user")
        with self._store.atomic(), _no_twins("userPrincipalName"):
            doc = _kept({**self.find(USER, call.keys[-1]), **changes})
            self._store.update("user", doc, doc["userPrincipalName"])
        return Reply(204)

    def delete_user(self, call: Call) -> Reply:
        call.allow()
        now = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with self._store.atomic():
            self._store.delete("user", self.find(USER, call.keys[-1])["id"], now)
        return Reply(204)

    def _shown(self, doc: Doc, kind: str, names: list[str], *, mixed: bool = False) -> Doc:
        entity = ENTITIES[kind]
        head = {"@odata.type": f"#microsoft.graph.{kind}"} if mixed else {}
        known = entity.properties
        return {
            **head,
            **{name: doc[name] if name in doc else entity.empty(name) for name in names if name in known},
        }


def _is_skiptoken(part: str) -> bool:
    return unquote_plus(part.partition("=")[0]).lower().lstrip("$") == "skiptoken"


def _json(body: Doc, status: int = 200) -> Reply:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Reply(status, text.encode(), {"Content-Type": JSON})


class _no_twins:  # noqa: N801 - used like a function
    """Turn a duplicate alternate key into Graph's 400."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if isinstance(error, Duplicate):
            message = f"Another object with the same value for property {self._name} already exists."
            detail = {"code": "ObjectConflict", "target": self._name, "message": message}
            raise Refusal(400, "Request_BadRequest", message, details=[detail]) from None


def _kept(doc: Doc) -> Doc:
    """Return what is stored: no nulls, and never a password."""
    return {name: value for name, value in doc.items() if value is not None and name != "passwordProfile"}


def _checked(entity: Entity, body: Doc) -> Doc:
    """Return the properties of a create or update as the metadata spells them; raises 400."""
    changes: Doc = {}
    for asked, value in body.items():
        if asked.startswith("@odata."):
            continue
        if "@odata.bind" in asked:
            not_acted_out(f"'{asked}'")
        name = entity.canonical.get(asked.lower())
        if name is None:
            _bad_query(
                f"The property '{asked}' does not exist on type 'microsoft.graph.{entity.kind}'. Make sure to "
                "only use property names that are defined by the type."
            )
        if name in entity.read_only:
            _bad_query(f"Property '{name}' is read-only and cannot be set.", "Request_BadRequest")
        if value is not None and not _fits(entity.properties[name], value):
            _bad_query(f"Cannot convert the value of property '{name}' to type '{entity.properties[name]}'.")
        changes[name] = value
    if entity is USER:
        _check_user(changes)
    return changes


def _fits(kind: str, value: object) -> bool:
    match kind:
        case "String":
            return isinstance(value, str)
        case "Boolean":
            return isinstance(value, bool)
        case "DateTimeOffset":
            return isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value) is not None
        case "ComplexType":
            return isinstance(value, dict)
    kinds = str if kind == _STRINGS else dict
    return isinstance(value, list) and all(isinstance(item, kinds) for item in value)


def _check_user(changes: Doc) -> None:
    upn = changes.get("userPrincipalName")
    if upn is not None:
        local, _, domain = upn.rpartition("@")
        if not re.fullmatch(r"[A-Za-z0-9'.\-_!#^~$]+", local):
            _bad_query("Property userPrincipalName is invalid.", "Request_BadRequest")
        if domain.lower() != DOMAIN:
            _bad_query(
                "The domain portion of the userPrincipalName property is invalid. You must use one of the "
                "verified domain names in your organization.",
                "Request_BadRequest",
            )
    profile = changes.get("passwordProfile")
    if profile is not None and "password" in profile and not _strong(profile["password"]):
        _bad_query(
            "The specified password does not comply with password complexity requirements. Please provide a "
            "different password.",
            "Request_BadRequest",
        )


def _strong(password: object) -> bool:
    """Return whether Entra's default policy takes it: 8 to 256 characters of three kinds in four."""
    if not isinstance(password, str) or not 8 <= len(password) <= 256:
        return False
    kinds = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
    return sum(re.search(kind, password) is not None for kind in kinds) >= 3


# -- the paths that are acted out ---------------------------------------------------------------------

_OF_KIND = {kind: Where("kind = ?", (kind,)) for kind in ENTITIES}


def _collection(entity: Entity) -> None:
    path = f"/{entity.collection}"
    everything = _OF_KIND[entity.kind]
    on("GET", path)(lambda directory, call: directory.page(call, entity, everything))
    on("GET", f"{path}/$count")(lambda directory, call: directory.count(call, entity, everything))
    on("GET", f"{path}/{{id}}")(lambda directory, call: directory.get(call, entity))


_collection(USER)
_collection(GROUP)
on("POST", "/users")(Directory.create_user)
on("PATCH", "/users/{id}")(Directory.update_user)
on("DELETE", "/users/{id}")(Directory.delete_user)


@on("GET", "/me")
def _me(directory: Directory, call: Call) -> Reply:
    raise Refusal(400, "BadRequest", "/me request is only valid with delegated authentication flow.")


@on("GET", "/groups/{id}/members")
def _members(directory: Directory, call: Call) -> Reply:
    where = _members_of(directory.find(GROUP, call.keys[-1])["id"])
    return directory.page(call, USER, where, mixed=True)


@on("GET", "/groups/{id}/members/$count")
def _members_count(directory: Directory, call: Call) -> Reply:
    return directory.count(call, USER, _members_of(directory.find(GROUP, call.keys[-1])["id"]))


def _members_of(group_id: str) -> Where:
    return Where("id IN (SELECT target FROM links WHERE source = ? AND name = 'members')", (group_id,))


def _later(method: str, path: str) -> None:
    """Say 501 rather than 400 or 404: Graph knows this path."""
    on(method, path)(lambda directory, call: not_acted_out(f"{method} {path}"))


_later("POST", "/$batch")
_later("POST", "/groups")
for _method in ("PATCH", "DELETE"):
    _later(_method, "/groups/{id}")
for _path in (
    "/users/delta",
    "/groups/delta",
    "/users/{id}/manager",
    "/users/{id}/memberOf",
    "/groups/{id}/owners",
):
    _later("GET", _path)
