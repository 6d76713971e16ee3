"""Users: making, changing and deleting them, who is whose manager, and the end of their sign-ins.

Sources: the API reference of users; "revokeSignInSessions" says when which token ends.
"""

from __future__ import annotations

import re
from uuid import uuid4

from ..core import engine
from ..core.actions import parameters
from ..core.audit import record
from ..core.call import ONE, Call, bad_request, not_acted_out, reply
from ..core.deleted import keep_deleted
from ..core.directory import Directory
from ..core.endpoints import on
from ..core.engine import collection
from ..core.model import GUID, USER, invalid
from ..core.objects import (
    CONTAINERS,
    create,
    keep,
    remove,
    signed_in,
    update,
)
from ..core.relations import (
    Relation,
    back,
    back_all,
    relation,
    to,
)
from ..core.store import Doc
from ..seed.people import guid
from ..wire.server import Reply
from . import licenses

_UPN = re.compile(r"[A-Za-z0-9'.\-_!#^~$]+")


def _check_key(call: Call) -> None:
    """Refuse what the sign-in log cannot be asked for: it knows users by their id only."""
    asks = any(name.lower().startswith("signinactivity") for name in call.query.select)
    if asks and not GUID.fullmatch(call.key):
        bad_request("Get By Key only supports UserId and the key has to be a valid Guid")


collection(USER, _check_key)
keep_deleted(USER)


@on("POST", "/users")
def create_user(call: Call) -> Reply:
    body = call.json()
    changes = USER.checked(body)
    if changes.get("identities"):
        changes = _local_account(call, changes)
    USER.needs(changes)
    _check(call, changes)
    return create(call, USER, {"userType": "Member", **changes}, body)


def _local_account(call: Call, changes: Doc) -> Doc:
    """Return a consumer who signs in with identities of their own; Graph names them in the directory.

    Source: https://learn.microsoft.com/graph/api/user-post-users, example "Create a user with social and local
    account identities".
    """
    name = str(uuid4())
    made = {
        "accountEnabled": True,
        "mailNickname": name,
        "userPrincipalName": f"{name}@{call.directory.domain}",
        "creationType": "LocalAccount",
    }
    return {**made, **changes}


@on("PATCH", "/users/{id}", partly="properties that live in SharePoint (aboutMe, skills, ...) cannot be changed")
def update_user(call: Call) -> Reply:
    body = call.json()
    changes = USER.checked(body)
    _check(call, changes)
    for name in USER.alone & changes.keys():
        not_acted_out(f"changing '{name}' of a user")
    return update(call, USER, changes, body)


on("DELETE", "/users/{id}")(lambda call: remove(call, USER))


@on("GET", "/me", options=(*ONE, "count"))
def me(call: Call) -> Reply:
    return engine.one(call, USER, signed_in(call), "users")


def add_user(directory: Directory, properties: Doc) -> Doc:
    """Store a user without asking whether Graph would, but for keys and seats; return the document."""
    doc = {"id": str(uuid4()), "createdDateTime": directory.now(), "userType": "Member", **properties}
    with directory.store.atomic():
        keep(directory, USER, doc, new=True)
        licenses.take(directory.store, doc.get("assignedLicenses") or [])
    return directory.store.get("user", doc["id"]) or {}


def _check(call: Call, changes: Doc) -> None:
    upn = changes.get("userPrincipalName")
    if upn is not None:
        local, _, domain = upn.rpartition("@")
        if not _UPN.fullmatch(local):
            bad_request("Property userPrincipalName is invalid.", "Request_BadRequest")
        if domain.lower() not in call.directory.domains:
            bad_request(
                "The domain portion of the userPrincipalName property is invalid. You must use one of the "
                "verified domain names in your organization.",
                "Request_BadRequest",
            )
    profile = changes.get("passwordProfile")
    if profile is not None and "password" in profile and not strong(profile["password"]):
        bad_request(
            "The specified password does not comply with password complexity requirements. Please provide a "
            "different password.",
            "Request_BadRequest",
        )
    for name, pattern in _PATTERNS.items():
        if changes.get(name) is not None and not re.fullmatch(pattern, changes[name]):
            raise invalid(name, USER)


_PATTERNS = {"usageLocation": "[A-Za-z]{2}", "userType": "Member|Guest", "mailNickname": ".{1,64}"}


def strong(password: object) -> bool:
    """Tell whether Entra's default policy takes it: 8 to 256 characters of three kinds in four."""
    if not isinstance(password, str) or not 8 <= len(password) <= 256:
        return False
    kinds = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
    return sum(re.search(kind, password) is not None for kind in kinds) >= 3


def _sign_in_activity(user: Doc) -> Doc | None:
    """Return when a user last signed in, by whatever way: the sandbox remembers one time for all of them."""
    at = (user.get("signInActivity") or {}).get("lastSignInDateTime")
    if at is None:
        return None
    ways = ("lastSignIn", "lastNonInteractiveSignIn", "lastSuccessfulSignIn")
    return {
        **{f"{way}DateTime": at for way in ways},
        **{f"{way}RequestId": guid(user["id"], way, at) for way in ways},
    }


USER.derived["signInActivity"] = _sign_in_activity


@on("POST", "/users/{id}/revokeSignInSessions")
def revoke(call: Call) -> Reply:
    parameters(call, "user")
    with call.store.atomic():
        user = engine.find(call, USER, call.key)
        keep(call.directory, USER, {**user, "signInSessionsValidFromDateTime": call.directory.now()})
        record(call, "Update StsRefreshTokenValidFrom Timestamp", "user", ("user", user))
    call.directory.ledger.revoke(user["id"])
    return reply({"@odata.context": f"{call.root}/$metadata#Edm.Boolean", "value": True})


relation(Relation(USER, "manager", ("user", "orgContact"), to("manager"), link="manager", single=True))
relation(Relation(USER, "directReports", ("user", "orgContact"), back("manager")))
relation(Relation(USER, "memberOf", CONTAINERS, back("members")))
relation(Relation(USER, "transitiveMemberOf", CONTAINERS, back_all("members")))
relation(Relation(USER, "ownedObjects", ("group", "application", "servicePrincipal", "device"), back("owners")))
relation(Relation(USER, "ownedDevices", ("device",), back("registeredOwners")))
relation(Relation(USER, "registeredDevices", ("device",), back("registeredUsers")))
