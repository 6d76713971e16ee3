"""What all objects of the directory share: how they are made, changed, deleted, and logged.

Sources: the API reference of users, groups and their kin; facts on directory writes from the Graph documentation.
"""

from __future__ import annotations

from uuid import uuid4

from ..wire.server import Reply
from . import engine
from .audit import record, title
from .call import Call, bad_request
from .custom import is_custom, merged, refuse_unknown
from .deleted import discard
from .directory import Directory
from .model import USER, Entity, conflict
from .relations import bind
from .store import Doc, Duplicate, Row

PRINCIPALS = ("user", "group", "device", "servicePrincipal")
CONTAINERS = ("group", "directoryRole", "administrativeUnit")  # what somebody can be a member of


def keep(directory: Directory, entity: Entity, doc: Doc, *, new: bool = False) -> None:
    """Store a document, new or changed; raises Graph's 400 for a second object with the same alternate key."""
    name = doc.get(entity.alternate) if entity.alternate else None
    kept = {key: value for key, value in doc.items() if value is not None and key != "passwordProfile"}
    try:
        (directory.store.insert if new else directory.store.update)(entity.kind, kept, name)
    except Duplicate:
        raise conflict(str(entity.alternate)) from None


def create(call: Call, entity: Entity, made: Doc, body: Doc) -> Reply:
    """Answer a POST to a collection: store what was asked for with what is ``made`` up, bind, answer 201."""
    return engine.created(call, entity, store_new(call, entity, made, body))


def store_new(call: Call, entity: Entity, made: Doc, body: Doc) -> Doc:
    """Store a new object, relate it to what the body binds, log it, and return its document."""
    doc = {"id": str(uuid4()), "createdDateTime": call.directory.now(), **made}
    refuse_unknown(call, entity.kind, doc)
    doc = {name: value for name, value in doc.items() if name in entity.properties or is_custom(name)}
    with call.store.atomic():
        keep(call.directory, entity, doc, new=True)
        record(call, f"Add {title(entity.kind)}", entity.kind, (entity.kind, doc), after=doc)
        bind(call, Row(0, entity.kind, None, doc), body)
    return doc


def update(call: Call, entity: Entity, changes: Doc, body: Doc) -> Reply:
    """Answer a PATCH of an object: 204, all of it or nothing."""
    with call.store.atomic():
        before = engine.find(call, entity, call.key)
        refuse_unknown(call, entity.kind, changes)
        doc = {**before, **merged(before, changes)}
        keep(call.directory, entity, doc)
        if changes:
            activity = f"Update {title(entity.kind)}"
            record(call, activity, entity.kind, (entity.kind, doc), before=before, after=doc)
        bind(call, Row(0, entity.kind, None, doc), body)
    return Reply(204)


def remove(call: Call, entity: Entity) -> Reply:
    """Answer a DELETE of an object: it goes to the deleted items, if they take such an object."""
    discard(call, Row(0, entity.kind, None, engine.find(call, entity, call.key)))
    return Reply(204)


def signed_in(call: Call) -> Doc:
    """Return the user whose token it is; raises Graph's 400 for an app's own token."""
    user = call.token.user
    if user is None:
        bad_request("/me request is only valid with delegated authentication flow.")
    return engine.find(call, USER, user)
