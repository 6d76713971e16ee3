"""Roles as ``/roleManagement/directory`` shows them: definitions, who has them, and who may have them for a while.

An assignment for the whole tenant and a membership in ``/directoryRoles`` are one thing; each shows the other.

Sources: "unifiedRoleDefinition", "unifiedRoleAssignment", "unifiedRoleEligibilityScheduleRequest" and
"unifiedRoleAssignmentScheduleRequest" in the API reference. Words of refusals: "A conflicting object …" in
dod-ccpo/atat#1554, RoleAssignmentExists in hashicorp/terraform-provider-azuread#1306.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID, uuid4

from ..core.call import Call, bad_request, missing, reply
from ..core.endpoints import on
from ..core.families import Family, Write, family
from ..core.objects import PRINCIPALS, keep
from ..core.places import name_in
from ..core.relations import RELATIONS, add
from ..core.store import Doc, Row, Where, of_kind
from ..odata import sql
from ..seed.roles import TEMPLATES
from ..wire.faults import Refusal
from ..wire.server import Reply
from .roles import ROLE, TAKEN

ROOT = "/roleManagement/directory"
DEFINITION, ASSIGNMENT = "unifiedRoleDefinition", "unifiedRoleAssignment"
TENANT = "/"  # the scope that is the whole tenant
SAME = ("principalId", "roleDefinitionId", "directoryScopeId")  # by which two assignments are one
HOMES = {
    kind: f"{ROOT}/{name}".strip("/").lower()
    for kind, name in {
        DEFINITION: "roleDefinitions",
        ASSIGNMENT: "roleAssignments",
        "unifiedRoleAssignmentSchedule": "roleAssignmentSchedules",
        "unifiedRoleAssignmentScheduleInstance": "roleAssignmentScheduleInstances",
        "unifiedRoleEligibilitySchedule": "roleEligibilitySchedules",
        "unifiedRoleEligibilityScheduleInstance": "roleEligibilityScheduleInstances",
    }.items()
}


def _store(call: Call, kind: str, doc: Doc) -> None:
    call.directory.store.insert(kind, doc, name_in(HOMES[kind], doc["id"]))


def _equal(kind: str, **values: object) -> Where:
    where = of_kind(kind)
    for name, value in values.items():
        where &= Where(f"lower(json_extract(doc, '$.{name}')) = lower(?)", (value,))
    return where


# -- definitions ----------------------------------------------------------------------------------------------


def _built_in(call: Call, home: str) -> None:
    store = call.directory.store
    first = next(iter(TEMPLATES))
    if store.named((DEFINITION,), name_in(home, first)) is not None:
        return
    for id_, name in TEMPLATES.items():
        doc = {"id": id_, "templateId": id_, "displayName": name, "description": name, "version": "1"}
        rest = {"isBuiltIn": True, "isEnabled": True, "resourceScopes": [TENANT], "rolePermissions": []}
        store.insert(DEFINITION, {**doc, **rest}, name_in(home, id_))


def _check_definition(write: Write) -> Doc:
    if write.before is None:
        id_ = str(uuid4())
        made: Doc = {"id": id_, "templateId": id_, "resourceScopes": [TENANT]}
        own = {name: write.changes[name] for name in made if name in write.changes and name != "id"}
        return {**made, **own, "isBuiltIn": False}
    _refuse_built_in(write.call, write.before)
    return {}


def _refuse_built_in(call: Call, definition: Doc) -> None:
    """Source: "Update unifiedRoleDefinition": "You cannot update built-in roles." The words are ours."""
    if definition.get("isBuiltIn"):
        bad_request("A built-in role can be neither changed nor deleted.", "Request_BadRequest")


family(
    Family(
        DEFINITION,
        f"{ROOT}/roleDefinitions",
        required=("displayName", "isEnabled", "rolePermissions"),
        read_only=frozenset({"isBuiltIn"}),
        check=_check_definition,
        remove=_refuse_built_in,
        fill=_built_in,
        partly="the permissions of the built-in roles are left out; names of permissions are not looked at",
    )
)


# -- assignments ----------------------------------------------------------------------------------------------


def assignment_id(role: str, principal: str, scope: str) -> str:
    """Return an id as Graph makes it: of the role, of the principal, and of the scope if it is not the tenant."""
    parts = [UUID(role).bytes_le, UUID(principal).bytes_le]
    if scope != TENANT:
        parts.append(scope.encode())
    return f"{base64.urlsafe_b64encode(b''.join(parts)).decode().rstrip('=')}-1"


def settle(call: Call, home: str = "") -> None:
    """Let the assignments be what ``/directoryRoles`` says, once activations that have ended are taken away."""
    store = call.directory.store
    _built_in(call, HOMES[DEFINITION])
    _end(call)
    held = {
        (role.doc["roleTemplateId"], principal)
        for role in store.select(of_kind(ROLE.kind))
        for principal in store.targets(role.doc["id"], "members")
        if store.find(principal) is not None
    }
    known = {
        (row.doc["roleDefinitionId"], row.doc["principalId"]): row.doc["id"]
        for row in store.select(_equal(ASSIGNMENT, directoryScopeId=TENANT))
        if row.doc["roleDefinitionId"] in TEMPLATES
    }
    for pair in sorted(held - known.keys()):
        doc = dict(zip(SAME, (pair[1], pair[0], TENANT), strict=True))
        _store(call, ASSIGNMENT, {"id": assignment_id(pair[0], pair[1], TENANT), **doc})
    for pair in known.keys() - held:
        store.purge(ASSIGNMENT, known[pair])
    _settle_schedules(call)


def _settle_schedules(call: Call) -> None:
    """Give every assignment a schedule and its instance, and take those away whose assignment is gone."""
    store = call.directory.store
    assigned = {_same(row.doc): row.doc for row in store.select(of_kind(ASSIGNMENT))}
    for kind in ("unifiedRoleAssignmentSchedule", "unifiedRoleAssignmentScheduleInstance"):
        known = {_same(row.doc): row.doc["id"] for row in store.select(of_kind(kind))}
        for one in sorted(assigned.keys() - known.keys()):
            _schedule(call, kind, assigned[one], assigned[one]["id"], {})
        for one in known.keys() - assigned.keys():
            store.purge(kind, known[one])


def _same(doc: Doc) -> tuple[str, ...]:
    return tuple(str(doc.get(name)) for name in SAME)


def _schedule(call: Call, kind: str, of: Doc, id_: str, more: Doc) -> None:
    """Keep one side of an assignment that has a time: its schedule, or the instance that is in force."""
    doc: Doc = {"id": f"{id_}-s" if kind.endswith("Schedule") else f"{id_}-i", "memberType": "Direct"}
    doc |= {name: of[name] for name in SAME} | more
    if "Assignment" in kind:
        doc.setdefault("assignmentType", "Assigned")
    if kind.endswith("Schedule"):
        doc.setdefault("status", "Provisioned")
        doc.setdefault("createdDateTime", call.directory.now())
        doc.setdefault("scheduleInfo", {"expiration": {"type": "noExpiration"}})
    elif "Eligibility" in kind:
        doc.setdefault("roleEligibilityScheduleId", f"{id_}-s")
    else:
        doc |= {"roleAssignmentScheduleId": f"{id_}-s", "roleAssignmentOriginId": id_}
    _store(call, kind, doc)


def _end(call: Call) -> None:
    """Take away what has ended by the tenant's clock."""
    store, now = call.directory.store, call.directory.now()
    for kind in ("unifiedRoleAssignmentScheduleInstance", "unifiedRoleEligibilityScheduleInstance"):
        ended = Where("json_extract(doc, '$.endDateTime') <= ?", (now,))
        for row in store.select(of_kind(kind) & ended):
            _take_away(call, row.doc, eligible="Eligibility" in kind)


def _checked(call: Call, doc: Doc) -> Doc:
    """Return who is given what and where, by ids; raises Graph's 404 and 400."""
    definition = call.directory.store.named((DEFINITION,), name_in(HOMES[DEFINITION], doc["roleDefinitionId"]))
    principal = call.directory.store.find(doc["principalId"])
    if definition is None:
        raise missing(doc["roleDefinitionId"])
    if principal is None or principal.kind not in PRINCIPALS:
        raise missing(doc["principalId"])
    if principal.kind == "group" and not principal.doc.get("isAssignableToRole"):
        # Source: "Use Microsoft Entra groups to manage role assignments"; the words are ours.
        bad_request("Only a group with isAssignableToRole can have a role.", "Request_BadRequest")
    scope = doc.get("directoryScopeId") or TENANT
    if scope != TENANT and call.directory.store.find(scope.rpartition("/")[2]) is None:
        raise missing(scope.rpartition("/")[2])
    return {
        "principalId": principal.doc["id"],
        "roleDefinitionId": definition.doc["id"],
        "directoryScopeId": scope,
    }


def _check_assignment(write: Write) -> Doc:
    settle(write.call)
    if write.changes.get("directoryScopeId") is None and write.changes.get("appScopeId") is None:
        message = f"A value is required for property 'directoryScopeId' of resource '{ASSIGNMENT}'."
        bad_request(message, "Request_BadRequest")
    asked = _checked(write.call, write.changes)
    if write.call.directory.store.count(_equal(ASSIGNMENT, **asked)):
        bad_request(TAKEN, "Request_BadRequest")
    return {
        "id": assignment_id(asked["roleDefinitionId"], asked["principalId"], asked["directoryScopeId"]),
        **asked,
    }


def _link(call: Call, doc: Doc) -> None:
    """Make somebody a member of the role, which becomes active with it."""
    template = doc["roleDefinitionId"]
    if doc["directoryScopeId"] != TENANT or template not in TEMPLATES:
        return
    role = call.store.get(ROLE.kind, template)
    if role is None:
        name = TEMPLATES[template]
        role = {"id": str(uuid4()), "description": name, "displayName": name, "roleTemplateId": template}
        keep(call.directory, ROLE, role, new=True)
    principal = call.store.find(doc["principalId"])
    assert principal is not None
    add(call, RELATIONS[ROLE.kind, "members"], Row(0, ROLE.kind, None, role), [principal])


def _unlink(call: Call, doc: Doc) -> None:
    role = call.directory.store.get(ROLE.kind, doc["roleDefinitionId"])
    if doc["directoryScopeId"] == TENANT and role is not None:
        call.directory.store.unlink(role["id"], "members", doc["principalId"])


family(
    Family(
        ASSIGNMENT,
        f"{ROOT}/roleAssignments",
        required=("principalId", "roleDefinitionId"),
        check=_check_assignment,
        after=lambda write, doc: _link(write.call, doc),
        remove=_unlink,
        fill=settle,
        methods=("GET", "POST", "DELETE"),
        partly="what an assignment allows is not judged; an appScopeId is kept as it is",
    )
)
for _name in ("roleAssignmentSchedule", "roleEligibilitySchedule"):
    for _each in (f"{_name}s", f"{_name}Instances"):
        _kind = f"unifiedR{_each[1:-1]}"
        family(Family(_kind, f"{ROOT}/{_each}", fill=settle, methods=("GET",)))


# -- requests -------------------------------------------------------------------------------------------------


def _expires(call: Call, info: Doc) -> str | None:
    """Return when something ends that begins as asked; raises Graph's 400 for a text that is no duration."""
    expiration = info.get("expiration") or {}
    if expiration.get("type") == "afterDateTime" and expiration.get("endDateTime"):
        return str(expiration["endDateTime"])
    if expiration.get("type") == "afterDuration" and expiration.get("duration"):
        start = datetime.fromisoformat(info.get("startDateTime") or call.directory.now())
        return (start + _duration(expiration["duration"])).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    if found is None:
        bad_request(f"The value '{text[:100]}' is not a valid duration.", "InvalidRequest")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _exists() -> NoReturn:
    raise Refusal(400, "RoleAssignmentExists", "The Role assignment already exists.")


def _absent() -> NoReturn:
    raise Refusal(400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")


def _give(call: Call, asked: Doc, info: Doc, id_: str, *, eligible: bool, activated: bool = False) -> None:
    now = call.directory.now()
    ends = _expires(call, info)
    word = "Eligibility" if eligible else "Assignment"
    if not eligible and not call.directory.store.count(_equal(ASSIGNMENT, **asked)):
        _store(call, ASSIGNMENT, {"id": assignment_id(*_role_first(asked)), **asked})
        _link(call, asked)
    schedule: Doc = {"scheduleInfo": info, "createdUsing": id_}
    times: Doc = {"startDateTime": info.get("startDateTime") or now}
    if ends:
        times["endDateTime"] = ends
    if activated:
        schedule["assignmentType"] = times["assignmentType"] = "Activated"
    _schedule(call, f"unifiedRole{word}Schedule", asked, id_, schedule)
    _schedule(call, f"unifiedRole{word}ScheduleInstance", asked, id_, times)


def _role_first(asked: Doc) -> tuple[str, str, str]:
    return asked["roleDefinitionId"], asked["principalId"], asked["directoryScopeId"]


def _take_away(call: Call, asked: Doc, *, eligible: bool) -> None:
    store, same = call.directory.store, {name: asked[name] for name in SAME}
    word = "Eligibility" if eligible else "Assignment"
    kinds = [f"unifiedRole{word}Schedule", f"unifiedRole{word}ScheduleInstance"]
    if not eligible:
        _unlink(call, asked)
        kinds.append(ASSIGNMENT)
    for kind in kinds:
        for row in store.select(_equal(kind, **same)):
            store.purge(kind, row.doc["id"])


def _request(kind: str, *, eligible: bool) -> Callable[[Write], Doc]:
    """Return what carries out a request: for an eligibility, or for an assignment."""
    word = "Eligibility" if eligible else "Assignment"

    def check(write: Write) -> Doc:
        call = write.call
        settle(call)
        action, id_ = write.changes["action"], str(uuid4())
        asked = _checked(call, write.changes)
        store, own = call.directory.store, call.token.user
        has = store.count(_equal(f"unifiedRole{word}Schedule", **asked)) > 0
        info = write.changes.get("scheduleInfo") or {"expiration": {"type": "noExpiration"}}
        if action in ("selfActivate", "selfDeactivate") and own != asked["principalId"]:
            message = 'The following policy rules failed: ["EligibilityRule"]'
            raise Refusal(400, "RoleAssignmentRequestPolicyValidationFailed", message)
        if action == "selfActivate" and not store.count(_equal("unifiedRoleEligibilitySchedule", **asked)):
            message = 'The following policy rules failed: ["EligibilityRule"]'
            raise Refusal(400, "RoleAssignmentRequestPolicyValidationFailed", message)
        if action in ("adminAssign", "selfActivate"):
            if has:
                _exists()
            if not write.changes.get("isValidationOnly"):
                _give(call, asked, info, id_, eligible=eligible, activated=action == "selfActivate")
        elif not has:
            _absent()
        elif not write.changes.get("isValidationOnly"):
            _take_away(call, asked, eligible=eligible)
            if action not in ("adminRemove", "selfDeactivate"):  # updated, extended, renewed
                _give(call, asked, info, id_, eligible=eligible)
        status = "Revoked" if action in ("adminRemove", "selfDeactivate") else "Provisioned"
        now = call.directory.now()
        done: Doc = {"id": id_, "status": status, "createdDateTime": now, "completedDateTime": now, **asked}
        return {**done, "scheduleInfo": info, "targetScheduleId": f"{id_}-s", "createdBy": _who(call)}

    return check


def _who(call: Call) -> Doc:
    if call.token.user is not None:
        return {"user": {"displayName": None, "id": call.token.user}, "application": None, "device": None}
    return {"application": {"displayName": None, "id": call.token.app}, "user": None, "device": None}


for _name, _is_eligible in (("roleAssignmentScheduleRequest", False), ("roleEligibilityScheduleRequest", True)):
    family(
        Family(
            f"unifiedR{_name[1:]}",
            f"{ROOT}/{_name}s",
            required=("action", "principalId", "roleDefinitionId"),
            check=_request(_name, eligible=_is_eligible),
            methods=("GET", "POST"),
            fill=settle,
            partly="carried out at once: policies ask for no approval, and nothing waits for its start",
        )
    )
    for _each in (f"{_name}s", _name.replace("Request", "s"), _name.replace("Request", "Instances")):

        @on("GET", f"{ROOT}/{_each}/filterByCurrentUser(…)", options=("filter", "select", "expand"))
        def own(call: Call, kind: str = f"unifiedR{_each[1:-1]}", name: str = _each) -> Reply:
            if call.token.user is None:
                bad_request("The request is only valid with a user's own token.", "InvalidRequest")
            settle(call)
            where = _equal(kind, principalId=call.token.user)
            if call.query.where:
                text, values = sql.to_sql(call.query.where)
                where &= Where(text, tuple(values))
            value: list[Any] = [row.doc for row in call.store.select(where)]
            return reply({"@odata.context": f"{call.root}/$metadata#Collection({kind})", "value": value})


@on("POST", f"{ROOT}/roleAssignmentScheduleRequests/{{id}}/cancel")
@on("POST", f"{ROOT}/roleEligibilityScheduleRequests/{{id}}/cancel")
def cancel(call: Call) -> Reply:
    """Refuse: nothing waits here. Source: "unifiedRoleAssignmentScheduleRequest: cancel" takes only what waits."""
    if call.store.find(call.key) is None:
        raise missing(call.key)
    bad_request("The request is not in a state in which it can be canceled.", "InvalidRequest")
