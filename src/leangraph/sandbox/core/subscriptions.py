"""Change notifications: subscriptions, and what they are told when a test asks for it.

Every resource of the documented table can be subscribed to; what is delivered are the changes of users and groups.
One that is made, changed, deleted or restored is ``updated``, one that is gone for good ``deleted``.

Sources: https://learn.microsoft.com/graph/change-notifications-overview and -lifecycle-events, the subscription
resource and its pages; texts of errors as quoted in public, else ours.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from ..odata.paths import split
from ..wire.faults import Refusal
from ..wire.server import Reply
from ..wire.webhooks import loopback, post, validate
from .call import Call, bad_request, not_acted_out, reply
from .directory import Directory, Memory
from .endpoints import on
from .model import Entity
from .objects import signed_in
from .store import (
    Change,
    Doc,
    Store,
    Where,
    of_kind,
)

SUBSCRIPTION = Entity(
    "subscription",
    "subscriptions",
    required=("changeType", "notificationUrl", "resource", "expirationDateTime"),
    read_only=frozenset({"id", "applicationId", "creatorId"}),
)
KINDS = {"users": "user", "groups": "group"}
CHANGES = ("created", "updated", "deleted")
MAX_TEXT = 128  # characters of clientState and encryptionCertificateId
MIN_MINUTES = 45
DELIVERY_SECONDS = 3.0
RETRY_SECONDS = 4 * 3_600.0  # a notification that nobody took is sent again for so long
TLS_VERSIONS = ("v1_0", "v1_1", "v1_2", "v1_3")

Event = Literal["reauthorizationRequired", "subscriptionRemoved", "missed"]


class Resource(NamedTuple):
    """What can be subscribed to.

    Attributes:
        paths: with ``*`` for any key, ``me`` written as ``users/*``.
        minutes: the longest that a subscription lives.
        changes: the change types there are.
        events: the lifecycle notifications beside ``reauthorizationRequired``.
    """

    paths: str
    minutes: int
    changes: tuple[str, ...] = CHANGES
    events: tuple[Event, ...] = ()


RESOURCES = (
    Resource("users users/* groups groups/* groups/*/members", 41_760, ("updated", "deleted")),
    Resource(
        "users/*/messages users/*/mailfolders/*/messages users/*/events users/*/contacts",
        10_080,
        events=("subscriptionRemoved", "missed"),
    ),
    Resource("users/*/drive/root drives/*/root sites/*/lists/*", 42_300, ("updated",)),
    Resource(
        "chats/getallmessages chats/*/messages users/*/chats/getallmessages teams/getallmessages "
        "teams/*/channels/*/messages",
        4_320,
        events=("subscriptionRemoved",),
    ),
    Resource(
        "chats chats/* chats/*/members chats/getallmembers teams teams/* teams/*/members teams/getallmembers "
        "teams/*/channels teams/getallchannels teams/*/channels/getallmembers",
        4_320,
    ),
    Resource(
        "communications/callrecords groups/*/conversations print/printers/*/jobs print/taskdefinitions/*/tasks "
        "users/*/todo/lists/*/tasks",
        4_230,
    ),
    Resource("security/alerts security/alerts_v2", 43_200),
    Resource("communications/presences communications/presences/*", 60),
)


def resource_of(path: str) -> Resource | None:
    """Return the row of the table that a subscription's ``resource`` belongs to."""
    segments = _segments(path)
    plain = "/".join(segments).lower()
    for row in RESOURCES:
        for pattern in row.paths.split():
            if re.fullmatch(re.escape(pattern).replace(r"\*", "[^/]+"), plain):
                return row
    return None


def _segments(path: str) -> list[str]:
    segments = split(path.partition("?")[0])
    return ["users", "me", *segments[1:]] if segments[0].lower() == "me" else segments


# -- what an app says -----------------------------------------------------------------------------------


@on(
    "POST",
    "/subscriptions",
    partly="loopback addresses only; what is delivered are changes of users and groups, without resource data",
)
def create(call: Call) -> Reply:
    changes = SUBSCRIPTION.checked(call.json())
    SUBSCRIPTION.needs(changes)
    row = _checked(call, changes)
    doc = {
        "latestSupportedTlsVersion": "v1_2",
        **{
            name: value for name, value in changes.items() if value is not None and name != "encryptionCertificate"
        },
        "expirationDateTime": _expiration(call, changes["expirationDateTime"], row),
        "id": str(uuid4()),
        "applicationId": call.token.app,
        "creatorId": call.token.user or _service_principal(call),
    }
    urls = [loopback(name, doc[name]) for name in ("notificationUrl", "lifecycleNotificationUrl") if name in doc]
    _refuse_twin(call, doc)
    for url in urls:  # the same one twice, if they are the same
        validate(url)
    call.store.insert("subscription", doc)
    inbox_of(call.directory).seen[doc["id"]] = call.store.last_change
    location = {"Location": f"{call.root}/subscriptions/{doc['id']}"}
    return reply(_shown(call, doc), 201, location)


@on("GET", "/subscriptions")
def list_all(call: Call) -> Reply:
    value = [_properties(doc) for doc in _own(call)]
    return reply({"@odata.context": f"{call.root}/$metadata#subscriptions", "value": value})


@on("GET", "/subscriptions/{id}")
def get(call: Call) -> Reply:
    return reply(_shown(call, _found(call)))


@on("PATCH", "/subscriptions/{id}")
def renew(call: Call) -> Reply:
    changes = SUBSCRIPTION.checked(call.json())
    doc = _found(call)
    for name in sorted(changes.keys() - {"expirationDateTime", "notificationUrl"}):
        bad_request(f"Property '{name}' of a subscription cannot be changed.", "InvalidRequest")
    SUBSCRIPTION.needs({**doc, **changes})
    if "expirationDateTime" in changes:
        row = resource_of(doc["resource"]) or RESOURCES[0]
        changes["expirationDateTime"] = _expiration(call, changes["expirationDateTime"], row)
    if "notificationUrl" in changes:
        validate(loopback("notificationUrl", changes["notificationUrl"]))
    call.store.update("subscription", {**doc, **changes})
    return reply(_shown(call, {**doc, **changes}))


@on("DELETE", "/subscriptions/{id}")
def delete(call: Call) -> Reply:
    call.store.purge("subscription", _found(call)["id"])
    return Reply(204)


@on("POST", "/subscriptions/{id}/reauthorize")
def reauthorize(call: Call) -> Reply:
    _found(call)
    return Reply(204)


def _shown(call: Call, doc: Doc) -> Doc:
    return {"@odata.context": f"{call.root}/$metadata#subscriptions/$entity", **_properties(doc)}


def _properties(doc: Doc) -> Doc:
    return {name: doc.get(name) for name in SUBSCRIPTION.properties}


def _own(call: Call) -> list[Doc]:
    """Return the live subscriptions of the token's app; of its user only, if it speaks for one."""
    app, user = call.token.app, call.token.user
    return [
        doc
        for doc in _live(call.store, call.directory.clock())
        if doc["applicationId"] == app and user in (None, doc["creatorId"])
    ]


def _live(store: Store, now: float) -> list[Doc]:
    docs = (row.doc for row in store.select(of_kind("subscription")))
    return [doc for doc in docs if _instant(doc["expirationDateTime"]).timestamp() > now]


def _found(call: Call) -> Doc:
    for doc in _own(call):
        if doc["id"] == call.key.lower():
            return doc
    raise Refusal(404, "ResourceNotFound", "The object was not found.")


def _service_principal(call: Call) -> str:
    here = of_kind("servicePrincipal") & Where("json_extract(doc, '$.appId') = ?", (call.token.app,))
    rows = call.store.select(here, limit=1)
    return str(rows[0].doc["id"]) if rows else call.token.app


def _refuse_twin(call: Call, doc: Doc) -> None:
    for other in _own(call):
        if (other["changeType"], other["resource"]) == (doc["changeType"], doc["resource"]):
            message = f"Subscription Id {other['id']} already exists for the requested combination"
            raise Refusal(409, "ObjectIdentifierInUse", message)


def _checked(call: Call, asked: Doc) -> Resource:
    """Return what is subscribed to; raises Graph's 400 for what cannot be, or not like this, or its 404."""
    row = resource_of(asked["resource"])
    if row is None:
        bad_request(f"Resource '{asked['resource']}' cannot be subscribed to.", "InvalidRequest")
    kinds = [kind.strip() for kind in asked["changeType"].split(",")]
    if not set(kinds) <= set(row.changes) or len(kinds) != len(set(kinds)):
        bad_request(f"changeType can be {', '.join(row.changes)} for this resource.", "InvalidRequest")
    for name in ("clientState", "encryptionCertificateId"):
        if len(asked.get(name) or "") > MAX_TEXT:
            bad_request(f"{name} can have {MAX_TEXT} characters at most.", "InvalidRequest")
    if asked.get("latestSupportedTlsVersion") not in (None, *TLS_VERSIONS):
        bad_request(f"latestSupportedTlsVersion is one of {', '.join(TLS_VERSIONS)}.", "InvalidRequest")
    if asked.get("encryptionCertificate") is not None:
        _check_certificate(asked["encryptionCertificate"])
    if asked.get("includeResourceData"):
        if row is RESOURCES[0]:
            bad_request("Users and groups are notified of without resource data.", "InvalidRequest")
        for name in ("encryptionCertificate", "encryptionCertificateId"):
            if not asked.get(name):
                bad_request(f"'{name}' is required for notifications with resource data.", "InvalidRequest")
        not_acted_out("change notifications with resource data")
    _check_owner(call, asked["resource"])
    return row


def _check_owner(call: Call, resource: str) -> None:
    if split(resource)[0].lower() == "me":
        signed_in(call)
        return
    root, *keys = _segments(resource)
    kind = KINDS.get(root.lower())
    if kind and keys and call.store.get(kind, keys[0]) is None:
        raise Refusal(404, "ResourceNotFound", f"Resource '{resource}' was not found.")


def _check_certificate(text: str) -> None:
    """Refuse what is not a certificate in base64 with an RSA key of 2,048 to 4,096 bits."""
    try:
        key = x509.load_der_x509_certificate(base64.b64decode(text, validate=True)).public_key()
    except ValueError:
        key = None
    if not (isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 4096):
        bad_request(
            "encryptionCertificate is not an X.509 certificate in base64 with an RSA key of 2,048 to 4,096 bits.",
            "InvalidRequest",
        )


def _instant(text: str) -> datetime:
    """Return a time; raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _expiration(call: Call, text: str, row: Resource) -> str:
    """Return when a subscription ends; less than 45 minutes become 45, and too much is refused."""
    now = call.directory.clock()
    try:
        when = _instant(text if re.search(r"[T ].*(Z|[+-]\d\d:?\d\d)$", text, re.IGNORECASE) else "")
    except ValueError:
        bad_request("expirationDateTime is not a time with an offset.", "InvalidRequest")
    seconds = when.timestamp() - now
    if seconds <= 0:
        bad_request("Subscription expiration has to be in the future.", "InvalidRequest")
    if seconds > 60 * row.minutes:
        bad_request(f"Subscription expiration can only be {row.minutes} minutes in the future.", "ExtensionError")
    if seconds < 60 * MIN_MINUTES:
        when = datetime.fromtimestamp(now + 60 * MIN_MINUTES, UTC)
    return when.isoformat(timespec="microseconds").replace("+00:00", "Z")


# -- what is sent ---------------------------------------------------------------------------------------


class Delivery(NamedTuple):
    """One request to a subscriber. ``status`` is ``None`` where no answer came within three seconds."""

    url: str
    status: int | None
    body: Doc

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass
class Inbox:
    """How far each subscription has been told: the last change, and since when nobody takes the next."""

    seen: dict[str, int] = field(default_factory=dict)
    failing: dict[str, float] = field(default_factory=dict)


_INBOX = Memory(lambda directory: Inbox())


def inbox_of(directory: Directory) -> Inbox:
    return _INBOX.of(directory)


def deliver(directory: Directory) -> list[Delivery]:
    """Tell every live subscription what has changed since it was told; return what was sent.

    What one address is to hear goes in one request. Where it fails, the next call sends it again, and what came
    since, for four hours.
    """
    inbox, store, now = inbox_of(directory), directory.store, directory.clock()
    last = store.last_change
    found: dict[str, dict[str, list[Doc]]] = {}
    for doc in _live(store, now):
        notes = list(_notes(directory, doc, inbox.seen.setdefault(doc["id"], last), last))
        if notes:
            found.setdefault(doc["notificationUrl"], {})[doc["id"]] = notes
        else:
            inbox.seen[doc["id"]] = last
    sent = []
    for url, by_subscription in found.items():
        sent.append(_send(url, [note for notes in by_subscription.values() for note in notes]))
        for id_ in by_subscription:
            if sent[-1].ok or now - inbox.failing.setdefault(id_, now) >= RETRY_SECONDS:
                inbox.seen[id_] = last
                inbox.failing.pop(id_, None)
    return sent


def send_event(directory: Directory, event: Event, subscription: str | None) -> list[Delivery]:
    """Send a lifecycle notification to those who asked for them and whose resource has it.

    Raises:
        ValueError: the subscription that was named is not among them.
    """
    docs = [
        doc
        for doc in _live(directory.store, directory.clock())
        if subscription in (None, doc["id"]) and "lifecycleNotificationUrl" in doc and event in _events(doc)
    ]
    if subscription is not None and not docs:
        raise ValueError(f"no live subscription {subscription} with a lifecycleNotificationUrl hears of {event}")
    found: dict[str, list[Doc]] = {}
    for doc in docs:
        found.setdefault(doc["lifecycleNotificationUrl"], []).append(
            {**_head(directory, doc), "lifecycleEvent": event}
        )
        if event == "subscriptionRemoved":
            directory.store.purge("subscription", doc["id"])
    return [_send(url, notes) for url, notes in found.items()]


def _events(doc: Doc) -> tuple[Event, ...]:
    row = resource_of(doc["resource"])
    return ("reauthorizationRequired", *(row.events if row else ()))


def _head(directory: Directory, doc: Doc) -> Doc:
    return {
        "subscriptionId": doc["id"],
        "subscriptionExpirationDateTime": doc["expirationDateTime"],
        "clientState": doc.get("clientState"),
        "tenantId": directory.tenant,
    }


def _notes(directory: Directory, doc: Doc, since: int, until: int) -> Iterator[Doc]:
    """Yield what a subscription has to hear of the changes after ``since``, up to ``until``."""
    root, *rest = _segments(doc["resource"])
    kind, key, below = KINDS.get(root.lower()), "".join(rest[:1]), [name.lower() for name in rest[1:]]
    if kind is None or below not in ([], ["members"]) or until <= since:
        return
    key = doc["creatorId"] if key == "me" else key
    ids = {key.lower(), (directory.store.get(kind, key) or {}).get("id")} if key else None
    wanted = {one.strip() for one in doc["changeType"].split(",")}
    for change in directory.store.changes(kind, since, until, until - since)[0]:
        members = [(target, gone) for link, target, gone in change.links if link == "members"]
        if (ids is not None and change.id not in ids) or (below == ["members"] and not members):
            continue
        path = f"{root.capitalize()}/{change.id}"
        data: Doc = {
            "@odata.type": f"#Microsoft.Graph.{kind.capitalize()}",
            "@odata.id": path,
            "id": change.id,
            "organizationId": directory.tenant,
            "eventTime": directory.now(),
            "sequenceNumber": until,
        }
        if members:
            data["members@delta"] = [
                {"id": id_, "@removed": "deleted"} if gone else {"id": id_} for id_, gone in members
            ]
        for type_ in _types(change):
            if type_ in wanted:
                yield {
                    "id": str(uuid4()),
                    **_head(directory, doc),
                    "changeType": type_,
                    "resource": path,
                    "resourceData": data,
                }


def _types(change: Change) -> Iterator[str]:
    if change.links or change.names != {"-"}:
        yield "updated"
    if "-" in change.names:
        yield "deleted"


def _send(url: str, notes: list[Doc]) -> Delivery:
    body: Doc = {"value": notes}
    parts = urlsplit(url)
    try:
        answer = post(parts, parts.query, json.dumps(body).encode(), "application/json", DELIVERY_SECONDS)
    except (OSError, http.client.HTTPException):
        return Delivery(url, None, body)
    return Delivery(url, answer.status, body)
