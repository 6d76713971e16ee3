"""How objects go, and how they come back: the deleted items of the directory.

Sources: "List deletedItems", "Get", "Restore" and "Permanently delete" deleted item in the API reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ..wire.server import Reply
from . import engine
from .actions import parameters
from .audit import record, title
from .call import COUNT, LIST, ONE, Call, missing, reply
from .endpoints import on
from .engine import Items
from .model import (
    DIRECTORY_OBJECT,
    ENTITIES,
    USER,
    Entity,
    conflict,
    invalid,
)
from .store import (
    Doc,
    Duplicate,
    Row,
    Where,
    of_kind,
)

DAYS = 30  # that a deleted object can be restored
KEPT: dict[str, Callable[[Doc], bool]] = {}  # by kind: which objects go to the deleted items
Event = Literal["deleted", "restored", "purged"]
FOLLOWERS: dict[str, Callable[[Call, Doc, Event], None]] = {}  # by kind: what else happens then


def discard(call: Call, row: Row) -> None:
    """Delete an object as Graph does: into the deleted items, or for good."""
    with call.store.atomic():
        if row.kind in KEPT and KEPT[row.kind](row.doc):
            call.store.delete(row.kind, row.doc["id"], call.directory.now())
            _follow(call, row, "deleted")
        else:
            _purge(call, row)
        verb = "Remove" if row.kind == "servicePrincipal" else "Delete"
        record(call, f"{verb} {title(row.kind)}", row.kind, (row.kind, row.doc))


def _purge(call: Call, row: Row) -> None:
    call.store.purge(row.kind, row.doc["id"])
    _follow(call, row, "purged")


def _follow(call: Call, row: Row, event: Event) -> None:
    if row.kind in FOLLOWERS:
        FOLLOWERS[row.kind](call, row.doc, event)


def _in_time(call: Call) -> Where:
    return Where("deleted > ?", (call.directory.at(call.directory.clock() - DAYS * 86_400),))


def _find(call: Call) -> Row:
    """Return the deleted object of the path; raises Graph's 404."""
    row = call.store.find(call.key, deleted=True)
    if row is None or row.kind not in KEPT or not call.store.count(_in_time(call) & _by_id(row), deleted=True):
        raise missing(call.key)
    return row


def _by_id(row: Row) -> Where:
    return Where("id = ?", (row.doc["id"],))


def keep_deleted(entity: Entity, which: Callable[[Doc], bool] = lambda doc: True) -> None:
    """Let the objects of a type be restored after they were deleted; where only some can be, say which."""
    KEPT[entity.kind] = which
    path = f"/directory/deletedItems/microsoft.graph.{entity.kind}"

    def items(call: Call) -> Items:
        where = of_kind(entity.kind) & _in_time(call)
        return Items(entity, where, deleted=True, sized=entity.collection)

    on("GET", path, options=LIST)(lambda call: engine.page(call, items(call)))
    on("GET", f"{path}/$count", options=COUNT)(lambda call: engine.count(call, items(call)))


@on("GET", "/directory/deletedItems/{id}", options=ONE)
def deleted_item(call: Call) -> Reply:
    row = _find(call)
    return engine.one(call, ENTITIES[row.kind], row.doc, DIRECTORY_OBJECT.collection, mixed=True)


@on("DELETE", "/directory/deletedItems/{id}")
def delete_for_good(call: Call) -> Reply:
    row = _find(call)
    with call.store.atomic():
        _purge(call, row)
        record(call, f"Hard Delete {title(row.kind)}", row.kind, (row.kind, row.doc))
    return Reply(204)


@on("POST", "/directory/deletedItems/{id}/restore", partly="autoReconcileProxyConflict has nothing to do")
def restore(call: Call) -> Reply:
    row = _find(call)
    asked = parameters(call, row.kind)
    with call.store.atomic():
        try:
            call.store.restore(row.kind, row.doc["id"])
            if asked.get("newUserPrincipalName") is not None:
                _rename(call, row, asked["newUserPrincipalName"])
        except Duplicate:
            raise conflict(str(ENTITIES[row.kind].alternate)) from None
        found = call.store.find(row.doc["id"])
        assert found is not None
        _follow(call, found, "restored")
        record(call, f"Restore {title(row.kind)}", row.kind, (row.kind, row.doc))
    shown = engine.shown(found.doc, found.kind, mixed=True)
    return reply({"@odata.context": f"{call.root}/$metadata#directoryObjects/$entity", **shown})


def _rename(call: Call, row: Row, name: str) -> None:
    if row.kind != "user" or name.lower().rpartition("@")[2] not in call.directory.domains:
        raise invalid("userPrincipalName", USER)
    doc = call.store.get("user", row.doc["id"]) or {}
    call.store.update("user", {**doc, "userPrincipalName": name}, name)
