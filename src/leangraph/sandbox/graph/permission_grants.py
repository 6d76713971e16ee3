"""What apps and people may do: app roles that are assigned, delegated permissions that are granted.

What is assigned to an app here stands in its next token. Sources: "appRoleAssignment" and "oAuth2PermissionGrant"
in the API reference.
"""

from __future__ import annotations

from ..core import engine
from ..core.audit import record
from ..core.call import LIST, ONE, Call, bad_request, missing, reply
from ..core.endpoints import on
from ..core.engine import Items
from ..core.model import GROUP, USER, Entity, entity
from ..core.objects import keep
from ..core.store import Doc, Row, of_kind
from ..seed.people import words
from ..wire.faults import Refusal
from ..wire.server import Reply
from .login_apps import (
    full_name,
    grant,
    new_assignment,
    new_grant,
    role_name,
    roles_of,
    scopes_of,
    where_of,
)
from .service_principals import PRINCIPAL

ASSIGNMENT = entity(
    Entity(
        kind="appRoleAssignment",
        collection="appRoleAssignments",
        required=("principalId", "resourceId", "appRoleId"),
        read_only=frozenset(
            words("id createdDateTime deletedDateTime principalDisplayName principalType resourceDisplayName")
        ),
    )
)
GRANT = entity(
    Entity(
        kind="oAuth2PermissionGrant",
        collection="oauth2PermissionGrants",
        required=("clientId", "consentType", "resourceId", "scope"),
    )
)
NO_ROLE = "00000000-0000-0000-0000-000000000000"  # access to an app that has no roles for people
HOLDERS = {
    "user": ("User", "User"),
    "group": ("Group", "User"),
    "servicePrincipal": ("ServicePrincipal", "Application"),
}


# -- app roles ----------------------------------------------------------------------------------------


def _assignments(owner: Entity, name: str, side: str) -> None:
    """Register a list of assignments. ``side`` is the property that holds the owner's id."""
    path = f"/{owner.collection}/{{id}}/{name}"
    noun = {"servicePrincipal": "service principal"}.get(owner.kind, owner.kind)

    @on("GET", path, options=LIST)
    def page(call: Call) -> Reply:
        own = engine.find(call, owner, call.key)
        where = where_of(ASSIGNMENT.kind, side, own["id"])
        return engine.page(call, Items(ASSIGNMENT, where, sized="relation"))

    @on("POST", path)
    def assign(call: Call) -> Reply:
        body = call.json()
        own = engine.find(call, owner, call.key)
        asked = ASSIGNMENT.checked(body)
        ASSIGNMENT.needs(asked)
        if asked[side].lower() != own["id"]:
            bad_request(f"The value of '{side}' is not the object of the path.", "Request_BadRequest")
        principal, resource = _holder(call, asked["principalId"]), _resource(call, asked["resourceId"])
        role = asked["appRoleId"].lower()
        doc = _assigned(call, principal, resource, role)
        context = f"{call.root}/$metadata#{owner.collection}('{own['id']}')/{name}/$entity"
        shown = {"@odata.context": context, **engine.shown(doc, ASSIGNMENT.kind)}
        return reply(shown, 201, {"Location": f"{call.root}/{owner.collection}/{own['id']}/{name}/{doc['id']}"})

    @on("DELETE", f"{path}/{{id}}")
    def unassign(call: Call) -> Reply:
        doc = _found(call, owner, side)
        with call.store.atomic():
            call.store.purge(ASSIGNMENT.kind, doc["id"])
            record(
                call, f"Remove app role assignment from {noun}", PRINCIPAL.kind, (owner.kind, {"id": doc[side]})
            )
        _tell(call, doc, given=False)
        return Reply(204)


def _found(call: Call, owner: Entity, side: str) -> Doc:
    own = engine.find(call, owner, call.keys[0])
    doc = call.store.get(ASSIGNMENT.kind, call.keys[1])
    if doc is None or doc[side] != own["id"]:
        raise missing(call.keys[1])
    return doc


def _holder(call: Call, id_: str) -> Row:
    row = call.store.find(id_)
    if row is None or row.kind not in HOLDERS:
        raise missing(id_)
    return row


def _resource(call: Call, id_: str) -> Doc:
    return engine.find(call, PRINCIPAL, id_)


def _assigned(call: Call, principal: Row, resource: Doc, role: str) -> Doc:
    """Store an assignment; raises Graph's 400 for a role that is not there, or is held already."""
    kind, member = HOLDERS[principal.kind]
    offered = [each for each in roles_of(resource) if each["id"].lower() == role]
    of_this_kind = [each for each in offered if member in each.get("allowedMemberTypes", ())]
    if not of_this_kind and not (role == NO_ROLE and member == "User"):
        bad_request(
            f"Permission being assigned was not found on application '{resource['appId']}'.", "Request_BadRequest"
        )
    same = where_of(ASSIGNMENT.kind, "principalId", principal.doc["id"])
    if any(
        (row.doc["resourceId"], row.doc["appRoleId"]) == (resource["id"], role) for row in call.store.select(same)
    ):
        bad_request("Permission being assigned already exists on the object", "Request_BadRequest")
    doc = new_assignment(principal.doc, kind, resource, role, call.directory.now())
    with call.store.atomic():
        keep(call.directory, ASSIGNMENT, doc, new=True)
        of = {"servicePrincipal": "service principal"}.get(principal.kind, principal.kind)
        activity = f"Add app role assignment to {of}"
        record(call, activity, PRINCIPAL.kind, (PRINCIPAL.kind, resource), (principal.kind, principal.doc))
    _tell(call, doc, given=True)
    return doc


def _tell(call: Call, assignment: Doc, *, given: bool) -> None:
    """Let the login host know what an app may do from now on."""
    principal = call.store.get(PRINCIPAL.kind, assignment["principalId"])
    resource = call.store.get(PRINCIPAL.kind, assignment["resourceId"])
    name = resource and role_name(resource, assignment["appRoleId"])
    if principal and resource and name:
        grant(call.directory, principal, "roles", full_name(resource, name), given=given)


_assignments(PRINCIPAL, "appRoleAssignments", "principalId")
_assignments(PRINCIPAL, "appRoleAssignedTo", "resourceId")
_assignments(USER, "appRoleAssignments", "principalId")
_assignments(GROUP, "appRoleAssignments", "principalId")


# -- delegated permissions ----------------------------------------------------------------------------

_EVERYBODY = "what is granted to one user holds for every user at the login host"


@on("GET", "/oauth2PermissionGrants", options=LIST)
def grants(call: Call) -> Reply:
    return engine.page(call, Items(GRANT, of_kind(GRANT.kind), sized="relation"))


@on("GET", "/oauth2PermissionGrants/{id}", options=ONE)
def one_grant(call: Call) -> Reply:
    return engine.one(call, GRANT, engine.find(call, GRANT, call.key))


@on("POST", "/oauth2PermissionGrants", partly=_EVERYBODY)
def create_grant(call: Call) -> Reply:
    asked = GRANT.checked({name: value for name, value in call.json().items() if name.lower() not in _OLD})
    GRANT.needs(asked)
    client, resource = (_resource(call, asked[name]) for name in ("clientId", "resourceId"))
    user = asked.get("principalId")
    if asked["consentType"] not in ("AllPrincipals", "Principal") or (asked["consentType"] == "Principal") != (
        user is not None
    ):
        _invalid("principalId" if asked["consentType"] in ("AllPrincipals", "Principal") else "consentType")
    if user is not None:
        user = engine.find(call, USER, user)["id"]
    _check_scope(resource, asked["scope"])
    doc = new_grant(client["id"], resource["id"], asked["scope"].strip(), user)
    if call.store.find(doc["id"]) is not None:
        raise Refusal(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")
    with call.store.atomic():
        keep(call.directory, GRANT, doc, new=True)
        record(call, "Add delegated permission grant", PRINCIPAL.kind, (PRINCIPAL.kind, resource))
    _tell_scopes(call, doc, "", doc["scope"])
    return engine.created(call, GRANT, doc)


@on("PATCH", "/oauth2PermissionGrants/{id}", partly=_EVERYBODY)
def update_grant(call: Call) -> Reply:
    changes = GRANT.checked(call.json())
    doc = engine.find(call, GRANT, call.key)
    for name in changes.keys() - {"scope"}:
        bad_request(f"Property '{name}' is read-only and cannot be set.", "Request_BadRequest")
    scope = str(changes.get("scope", doc["scope"]) or "")
    _check_scope(_resource(call, doc["resourceId"]), scope)
    with call.store.atomic():
        keep(call.directory, GRANT, {**doc, "scope": scope})
        record(call, "Update delegated permission grant", PRINCIPAL.kind)
    _tell_scopes(call, doc, doc["scope"], scope)
    return Reply(204)


@on("DELETE", "/oauth2PermissionGrants/{id}", partly=_EVERYBODY)
def delete_grant(call: Call) -> Reply:
    doc = engine.find(call, GRANT, call.key)
    with call.store.atomic():
        call.store.purge(GRANT.kind, doc["id"])
        record(call, "Remove delegated permission grant", PRINCIPAL.kind)
    _tell_scopes(call, doc, doc["scope"], "")
    return Reply(204)


_OLD = ("starttime", "expirytime")  # required on beta once, without a meaning


def _invalid(name: str) -> None:
    bad_request(
        f"Invalid value specified for property '{name}' of resource 'OAuth2PermissionGrant'.", "Request_BadRequest"
    )


def _check_scope(resource: Doc, scope: str) -> None:
    known = {each["value"] for each in scopes_of(resource)}
    if not scope.split() or not known.issuperset(scope.split()):
        _invalid("scope")


def _tell_scopes(call: Call, doc: Doc, before: str, after: str) -> None:
    client = call.store.get(PRINCIPAL.kind, doc["clientId"])
    resource = call.store.get(PRINCIPAL.kind, doc["resourceId"])
    if client is None or resource is None:
        return
    still = {
        name
        for row in call.store.select(where_of(GRANT.kind, "clientId", client["id"]))
        if row.doc["resourceId"] == resource["id"]
        for name in row.doc["scope"].split()
    }
    for name in {*before.split(), *after.split()}:
        grant(call.directory, client, "scopes", full_name(resource, name), given=name in still)


for _owner, _side in ((PRINCIPAL, "clientId"), (USER, "principalId")):

    def _owned(call: Call, owner: Entity = _owner, side: str = _side) -> Reply:
        own = engine.find(call, owner, call.key)
        return engine.page(call, Items(GRANT, where_of(GRANT.kind, side, own["id"]), sized="relation"))

    on("GET", f"/{_owner.collection}/{{id}}/oauth2PermissionGrants", options=LIST)(_owned)
