"""Users and groups: making, changing and deleting them, and how they belong together.

Sources: the API reference of users and groups; facts on directory writes from the Graph documentation.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from .engine import Call, Directory, bad_request, collection, not_acted_out, on
from .faults import Refusal
from .model import GROUP, USER, Entity
from .relations import Relation, back, back_all, bind, relation, to, to_all
from .server import Reply
from .store import Doc, Duplicate, Row

PRINCIPALS = ("user", "group", "device", "servicePrincipal")
CONTAINERS = ("group", "directoryRole", "administrativeUnit")  # what somebody can be a member of


# -- what all directory objects share -----------------------------------------------------------------


def keep(directory: Directory, entity: Entity, doc: Doc, *, new: bool = False) -> None:
    """Store a document, new or changed; raises Graph's 400 for a second object with the same alternate key."""
    name = doc.get(entity.alternate) if entity.alternate else None
    kept = {key: value for key, value in doc.items() if value is not None and key != "passwordProfile"}
    try:
        (directory.store.insert if new else directory.store.update)(entity.kind, kept, name)
    except Duplicate:
        message = f"Another object with the same value for property {entity.alternate} already exists."
        detail = {"code": "ObjectConflict", "target": str(entity.alternate), "message": message}
        raise Refusal(400, "Request_BadRequest", message, details=[detail]) from None


def create(call: Call, entity: Entity, made: Doc, body: Doc) -> Reply:
    """Answer a POST to a collection: store what was asked for with what is ``made`` up, bind, answer 201."""
    doc = {"id": str(uuid4()), "createdDateTime": call.directory.now(), **made}
    doc = {name: value for name, value in doc.items() if name in entity.properties}
    with call.store.atomic():
        keep(call.directory, entity, doc, new=True)
        bind(call, Row(0, entity.kind, None, doc), body)
    return call.directory.created(call, entity, doc)


def update(call: Call, entity: Entity, changes: Doc, body: Doc) -> Reply:
    """Answer a PATCH of an object: 204, all of it or nothing."""
    with call.store.atomic():
        doc = {**call.directory.find(call, entity, call.key), **changes}
        keep(call.directory, entity, doc)
        bind(call, Row(0, entity.kind, None, doc), body)
    return Reply(204)


def remove(call: Call, entity: Entity) -> Reply:
    """Answer a DELETE of an object: it goes to the deleted items."""
    call.allow()
    with call.store.atomic():
        id_ = call.directory.find(call, entity, call.key)["id"]
        call.store.delete(entity.kind, id_, call.directory.now())
    return Reply(204)


# -- users --------------------------------------------------------------------------------------------

collection(USER)


@on("POST", "/users")
def create_user(call: Call) -> Reply:
    call.allow()
    body = call.json()
    changes = USER.checked(body)
    USER.needs(changes)
    _check_user(call, changes)
    return create(call, USER, {"userType": "Member", **changes}, body)


@on("PATCH", "/users/{id}", partly="properties that live in SharePoint (aboutMe, skills, ...) cannot be changed")
def update_user(call: Call) -> Reply:
    call.allow()
    body = call.json()
    changes = USER.checked(body)
    _check_user(call, changes)
    for name in USER.alone & changes.keys():
        not_acted_out(f"changing '{name}' of a user")
    return update(call, USER, changes, body)


on("DELETE", "/users/{id}")(lambda call: remove(call, USER))


@on("GET", "/me")
def me(call: Call) -> Reply:
    return call.directory.one(call, USER, signed_in(call), "users")


def signed_in(call: Call) -> Doc:
    """Return the user whose token it is; raises Graph's 400 for an app's own token."""
    user = getattr(call.token, "user", None)
    if user is None:
        bad_request("/me request is only valid with delegated authentication flow.")
    return call.directory.find(call, USER, user)


def add_user(directory: Directory, properties: Doc) -> Doc:
    """Store a user without asking whether Graph would; return the document."""
    doc = {"id": str(uuid4()), "createdDateTime": directory.now(), "userType": "Member", **properties}
    keep(directory, USER, doc, new=True)
    return directory.store.get("user", doc["id"]) or {}


def _check_user(call: Call, changes: Doc) -> None:
    upn = changes.get("userPrincipalName")
    if upn is not None:
        local, _, domain = upn.rpartition("@")
        if not re.fullmatch(r"[A-Za-z0-9'.\-_!#^~$]+", local):
            bad_request("Property userPrincipalName is invalid.", "Request_BadRequest")
        if domain.lower() != call.directory.domain:
            bad_request(
                "The domain portion of the userPrincipalName property is invalid. You must use one of the "
                "verified domain names in your organization.",
                "Request_BadRequest",
            )
    profile = changes.get("passwordProfile")
    if profile is not None and "password" in profile and not _strong(profile["password"]):
        bad_request(
            "The specified password does not comply with password complexity requirements. Please provide a "
            "different password.",
            "Request_BadRequest",
        )


def _strong(password: object) -> bool:
    """Tell whether Entra's default policy takes it: 8 to 256 characters of three kinds in four."""
    if not isinstance(password, str) or not 8 <= len(password) <= 256:
        return False
    kinds = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
    return sum(re.search(kind, password) is not None for kind in kinds) >= 3


relation(Relation(USER, "manager", ("user", "orgContact"), to("manager"), link="manager", single=True))
relation(Relation(USER, "directReports", ("user", "orgContact"), back("manager")))
relation(Relation(USER, "memberOf", CONTAINERS, back("members")))
relation(Relation(USER, "transitiveMemberOf", CONTAINERS, back_all("members")))
relation(Relation(USER, "ownedObjects", ("group", "application", "servicePrincipal", "device"), back("owners")))
relation(Relation(USER, "ownedDevices", ("device",), back("owners")))
relation(Relation(USER, "registeredDevices", ("device",), back("registeredUsers")))


# -- groups -------------------------------------------------------------------------------------------

collection(GROUP)
_NICKNAME = re.compile(r'[^@()\\\[\]";:<>, ]{1,64}')


@on("POST", "/groups")
def create_group(call: Call) -> Reply:
    call.allow()
    body = call.json()
    changes = GROUP.checked(body)
    GROUP.needs(changes)
    _check_group(changes)
    made: dict[str, Any] = {"renewedDateTime": call.directory.now(), "groupTypes": [], **changes}
    if "Unified" in made["groupTypes"]:
        made = {"mail": f"{made['mailNickname']}@{call.directory.domain}", "visibility": "Public", **made}
    return create(call, GROUP, made, body)


@on("PATCH", "/groups/{id}")
def update_group(call: Call) -> Reply:
    call.allow()
    body = call.json()
    changes = GROUP.checked(body)
    _check_group({**call.directory.find(call, GROUP, call.key), **changes})
    return update(call, GROUP, changes, body)


on("DELETE", "/groups/{id}")(lambda call: remove(call, GROUP))


def _check_group(group: Doc) -> None:
    if not _NICKNAME.fullmatch(str(group.get("mailNickname"))):
        bad_request(
            "Invalid value specified for property 'mailNickname' of resource 'Group'.", "Request_BadRequest"
        )
    kinds = group.get("groupTypes") or []
    if "Unified" not in kinds and (group.get("mailEnabled") or not group.get("securityEnabled")):
        bad_request(
            "Mail-enabled security groups and distribution lists cannot be created or changed through Graph.",
            "Request_BadRequest",
        )
    if "DynamicMembership" in kinds and not group.get("membershipRule"):
        bad_request("A value is required for property 'membershipRule' of resource 'Group'.", "Request_BadRequest")


def _refuse_dynamic(call: Call, group: Row) -> None:
    if "DynamicMembership" in group.doc.get("groupTypes", []):
        raise Refusal(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )


relation(Relation(GROUP, "members", PRINCIPALS, to("members"), link="members", check=_refuse_dynamic))
relation(Relation(GROUP, "transitiveMembers", PRINCIPALS, to_all("members")))
relation(Relation(GROUP, "owners", ("user", "servicePrincipal"), to("owners"), link="owners"))
relation(Relation(GROUP, "memberOf", CONTAINERS, back("members")))
relation(Relation(GROUP, "transitiveMemberOf", CONTAINERS, back_all("members")))
