"""The logs of Entra ID: who changed what in the directory, and who signed in.

Sources: "List directoryAudits" and "List signIns" with the pages of their resources, which say what each property
can be filtered by; names of activities from "Audit log activities" of Entra ID.
"""

from __future__ import annotations

import json
from uuid import uuid4

from ..odata import query as odata
from ..odata import rules, sql
from ..wire.server import Reply
from . import engine
from .call import ONE, Call, missing
from .endpoints import on
from .engine import Items
from .model import Entity, entity
from .store import Doc, Order, of_kind

AUDIT = entity(Entity(kind="directoryAudit", collection="auditLogs/directoryAudits"))
SIGN_IN = entity(Entity(kind="signIn", collection="auditLogs/signIns"))

CATEGORIES = {  # of what was changed
    "user": "UserManagement",
    "group": "GroupManagement",
    "application": "ApplicationManagement",
    "servicePrincipal": "ApplicationManagement",
    "device": "Device",
    "directoryRole": "RoleManagement",
    "administrativeUnit": "AdministrativeUnit",
}
TITLES = {  # as the log calls things: "Add service principal", and the type of what was changed
    "servicePrincipal": ("service principal", "ServicePrincipal"),
    "directoryRole": ("role", "Role"),
    "administrativeUnit": ("administrative unit", "AdministrativeUnit"),
}


def title(kind: str) -> str:
    """Return what the log calls a kind, ``service principal``."""
    return TITLES.get(kind, (kind, ""))[0]


def record(
    call: Call,
    activity: str,
    kind: str,
    *changed: tuple[str, Doc],
    before: Doc | None = None,
    after: Doc | None = None,
) -> None:
    """Log that something was done, by whoever asked for it.

    Args:
        kind: what kind of object it was done to, for the category.
        changed: kind and document of each object, the one that matters most first.
        before, after: of the first object; properties that differ are listed.
    """
    directory = call.directory
    targets = [_target(of, doc) for of, doc in changed]
    if targets and after is not None:
        targets[0]["modifiedProperties"] = _modified(before or {}, after)
    directory.store.insert(
        AUDIT.kind,
        {
            "id": f"Directory_{uuid4()}",
            "activityDateTime": directory.now(),
            "activityDisplayName": activity,
            "additionalDetails": [],
            "category": CATEGORIES.get(kind, "DirectoryManagement"),
            "correlationId": call.request.headers.get("client-request-id") or str(uuid4()),
            "initiatedBy": _initiator(call),
            "loggedByService": "Core Directory",
            "operationType": _operation(activity),
            "result": "success",
            "resultReason": "",
            "targetResources": targets,
        },
    )


def _operation(activity: str) -> str:
    verb = activity.partition(" ")[0]
    if " to " in activity or " from " in activity:
        return "Assign" if verb == "Add" else "Unassign"
    return {"Add": "Add", "Delete": "Delete", "Remove": "Delete", "Hard": "Delete"}.get(verb, "Update")


def _target(kind: str, doc: Doc) -> Doc:
    return {
        "id": doc["id"],
        "displayName": doc.get("displayName"),
        "type": TITLES.get(kind, ("", kind[:1].upper() + kind[1:]))[1],
        "userPrincipalName": doc.get("userPrincipalName"),
        "groupType": _group_type(doc) if kind == "group" else None,
        "modifiedProperties": [],
    }


def _group_type(group: Doc) -> str:
    return "unifiedGroups" if "Unified" in group.get("groupTypes", []) else "azureAD"


def _modified(before: Doc, after: Doc) -> list[Doc]:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [
        {
            "displayName": name[:1].upper() + name[1:],
            "oldValue": json.dumps([before.get(name)], ensure_ascii=False),
            "newValue": json.dumps([after.get(name)], ensure_ascii=False),
        }
        for name in names
        if name != "passwordProfile"
    ]


def _initiator(call: Call) -> Doc:
    if call.token.user is not None:
        user = call.directory.store.get("user", call.token.user) or {}
        who = {
            "id": call.token.user,
            "displayName": user.get("displayName"),
            "userPrincipalName": user.get("userPrincipalName"),
            "ipAddress": "127.0.0.1",
        }
        return {"app": None, "user": who}
    principal = call.directory.store.get("servicePrincipal", call.token.app) or {}
    return {
        "app": {
            "appId": call.token.app,
            "displayName": principal.get("displayName"),
            "servicePrincipalId": principal.get("id"),
            "servicePrincipalName": None,
        },
        "user": None,
    }


# -- reading ------------------------------------------------------------------------------------------


def _log(of: Entity, when: str, partly: str) -> None:
    """Register a log: the newest entry first, a thousand on a page."""
    types = rules.TYPES[of.kind]
    ((newest, _), _) = sql.order_by([odata.Order(when)], types)
    items = Items(
        of,
        of_kind(of.kind),
        free=True,
        context=of.collection,
        sized="signIns",
        orders=(Order(newest, descending=True),),
    )

    @on("GET", f"/{of.collection}", partly=partly, options=("filter", "orderby", "top", "skiptoken", "select"))
    def page(call: Call) -> Reply:
        rules.refuse_plain(of.kind, call.query)
        return engine.page(call, items)

    @on("GET", f"/{of.collection}/{{id}}", options=ONE)
    def one(call: Call) -> Reply:
        doc = call.store.get(of.kind, call.key)
        if doc is None:
            raise missing(call.key)
        return engine.one(call, of, doc)


_log(AUDIT, "activityDateTime", "what Graph has changed, not what a test has")
_log(SIGN_IN, "createdDateTime", "those of the last 30 days before the start; signing in to the sandbox adds none")
