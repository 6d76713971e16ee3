"""Groups: making, changing and deleting them, their members and owners.

Sources: the API reference of groups; "Group membership in Entra ID" for what can be a member of what.
"""

from __future__ import annotations

import re
from typing import Any

from ..core import engine
from ..core.call import Call, bad_request
from ..core.deleted import keep_deleted
from ..core.endpoints import on
from ..core.engine import collection
from ..core.model import GROUP, conflict
from ..core.objects import (
    CONTAINERS,
    PRINCIPALS,
    keep,
    remove,
    store_new,
    update,
)
from ..core.relations import (
    Relation,
    back,
    back_all,
    relation,
    to,
    to_all,
)
from ..core.store import Doc, Row, Where, of_kind
from ..wire.faults import Refusal
from ..wire.server import Reply

_NICKNAME = re.compile(r'[^@()\\\[\]";:<>, ]{1,64}')
TYPES = frozenset({"Unified", "DynamicMembership"})


def _is_unified(group: Doc) -> bool:
    return "Unified" in (group.get("groupTypes") or [])


def _is_dynamic(group: Doc) -> bool:
    return "DynamicMembership" in (group.get("groupTypes") or [])


collection(GROUP)
keep_deleted(GROUP, _is_unified)


@on("POST", "/groups", partly="a dynamic group stays empty: its rule is not carried out")
def create_group(call: Call) -> Reply:
    body = call.json()
    changes = GROUP.checked(body)
    GROUP.needs(changes)
    for name in GROUP.alone & changes.keys():
        bad_request(f"Property '{name}' cannot be set when a group is created.", "Request_BadRequest")
    _check(call, changes)
    made: dict[str, Any] = {"renewedDateTime": call.directory.now(), "groupTypes": [], **changes}
    if _is_unified(made):
        mail = f"{made['mailNickname']}@{call.directory.domain}"
        made = {"mail": mail, "proxyAddresses": [f"SMTP:{mail}"], "visibility": "Public", **made}
    with call.store.atomic():
        doc = store_new(call, GROUP, made, body)
        if call.token.user is not None and not any(name.lower().startswith("owners@") for name in body):
            call.store.link(doc["id"], "owners", call.token.user)
    return engine.created(call, GROUP, doc)


@on("PATCH", "/groups/{id}")
def update_group(call: Call) -> Reply:
    body = call.json()
    changes = GROUP.checked(body)
    if "isAssignableToRole" in changes:
        bad_request("Property 'isAssignableToRole' is read-only and cannot be set.", "Request_BadRequest")
    _check(call, {**engine.find(call, GROUP, call.key), **changes})
    return update(call, GROUP, changes, body)


on("DELETE", "/groups/{id}")(lambda call: remove(call, GROUP))


@on("POST", "/groups/{id}/renew")
def renew(call: Call) -> Reply:
    group = engine.find(call, GROUP, call.key)
    keep(call.directory, GROUP, {**group, "renewedDateTime": call.directory.now()})
    return Reply(204)


def _check(call: Call, group: Doc) -> None:
    nickname = str(group.get("mailNickname"))
    if not _NICKNAME.fullmatch(nickname) or not nickname.isascii():
        _invalid("mailNickname")
    if len(group["displayName"]) > 256:
        _invalid("displayName")
    kinds = group.get("groupTypes") or []
    if not TYPES.issuperset(kinds):
        _invalid("groupTypes")
    if _is_unified(group):
        if not group.get("mailEnabled"):
            _invalid("mailEnabled")
        _refuse_a_second(call, nickname, group.get("id"))
    elif group.get("mailEnabled") or not group.get("securityEnabled"):
        bad_request(
            "Mail-enabled security groups and distribution lists cannot be created or changed through Graph.",
            "Request_BadRequest",
        )
    if _is_dynamic(group) and not group.get("membershipRule"):
        bad_request("A value is required for property 'membershipRule' of resource 'Group'.", "Request_BadRequest")


def _invalid(name: str) -> None:
    bad_request(f"Invalid value specified for property '{name}' of resource 'Group'.", "Request_BadRequest")


def _refuse_a_second(call: Call, nickname: str, id_: str | None) -> None:
    """Raise Graph's 400 where another Microsoft 365 group has the same mail alias."""
    same = Where("lower(json_extract(doc, '$.mailNickname')) = ? AND id IS NOT ?", (nickname.lower(), id_))
    if any(_is_unified(row.doc) for row in call.store.select(of_kind("group") & same)):
        raise conflict("mailNickname")


# -- members and owners -------------------------------------------------------------------------------


def _refuse_dynamic(call: Call, group: Row) -> None:
    if _is_dynamic(group.doc):
        raise Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def _takes_member(call: Call, group: Row, member: Row) -> None:
    if (_is_unified(group.doc) and member.kind != "user") or (member.kind == "group" and _is_unified(member.doc)):
        bad_request(
            f"A {member.kind} cannot be a member of a group of this type.",
            "Request_BadRequest",
        )


def _keeps_an_owner(call: Call, group: Row, owner: Row) -> None:
    owners = call.store.select(to("owners")(group.doc["id"]))
    if owner.kind == "user" and [row.kind for row in owners].count("user") == 1:
        bad_request(
            "The group must have at least one owner, hence this owner cannot be removed.", "Request_BadRequest"
        )


relation(
    Relation(
        GROUP,
        "members",
        PRINCIPALS,
        to("members"),
        link="members",
        check=_refuse_dynamic,
        takes=_takes_member,
        noun="member",
    )
)
relation(Relation(GROUP, "transitiveMembers", PRINCIPALS, to_all("members")))
relation(
    Relation(
        GROUP,
        "owners",
        ("user", "servicePrincipal"),
        to("owners"),
        link="owners",
        lets_go=_keeps_an_owner,
        noun="owner",
    )
)
relation(Relation(GROUP, "memberOf", CONTAINERS, back("members")))
relation(Relation(GROUP, "transitiveMemberOf", CONTAINERS, back_all("members")))
