"""Roles of the directory and administrative units: who administers what.

Sources: "directoryRole", "directoryRoleTemplate" and "administrativeUnit" in the API reference; ids of templates
from "Microsoft Entra built-in roles".
"""

from __future__ import annotations

from uuid import uuid4

from ..core import engine
from ..core.audit import record
from ..core.call import ONE, Call, bad_request, missing, reply
from ..core.deleted import keep_deleted
from ..core.endpoints import on
from ..core.engine import collection
from ..core.model import Entity, entity, invalid
from ..core.objects import create, keep, remove, update
from ..core.relations import Relation, relation, to
from ..seed.people import words
from ..seed.roles import TEMPLATES
from ..wire.server import Reply

ROLE = entity(
    Entity(
        kind="directoryRole",
        collection="directoryRoles",
        required=("roleTemplateId",),
        read_only=frozenset(words("id deletedDateTime description displayName")),
        alternate="roleTemplateId",
        named=True,
    )
)
TEMPLATE = entity(Entity(kind="directoryRoleTemplate", collection="directoryRoleTemplates"))
UNIT = entity(
    Entity(
        kind="administrativeUnit",
        collection="directory/administrativeUnits",
        required=("displayName",),
        read_only=frozenset({"id", "deletedDateTime"}),
        fixed=frozenset({"displayName"}),
    )
)

TAKEN = "A conflicting object with one or more of the specified property values is present in the directory."

collection(ROLE)


@on("POST", "/directoryRoles")
def activate(call: Call) -> Reply:
    """Activate a role: before, nobody can have it."""
    asked = ROLE.checked(call.json())
    ROLE.needs(asked)
    template = asked["roleTemplateId"].lower()
    if template not in TEMPLATES:
        raise missing(template)
    if call.store.get(ROLE.kind, template) is not None:
        bad_request(TAKEN, "Request_BadRequest")
    name = TEMPLATES[template]
    doc = {"id": str(uuid4()), "description": name, "displayName": name, "roleTemplateId": template}
    with call.store.atomic():
        keep(call.directory, ROLE, doc, new=True)
        record(call, "Add role from template", ROLE.kind, (ROLE.kind, doc))
    return engine.created(call, ROLE, doc)


@on(
    "GET",
    "/directoryRoleTemplates",
    partly="the templates that Microsoft lists for everybody; descriptions are their names",
    options=("select",),
)
def templates(call: Call) -> Reply:
    names = engine.select(call.query, TEMPLATE, single=False)
    asked = f"({','.join(names)})" if names else ""
    context = f"{call.root}/$metadata#{TEMPLATE.collection}{asked}"
    docs = [{"id": id_, "description": name, "displayName": name} for id_, name in TEMPLATES.items()]
    value = [engine.shown(doc, TEMPLATE.kind, names) for doc in docs]
    return reply({"@odata.context": context, "value": value})


@on("GET", "/directoryRoleTemplates/{id}", options=ONE)
def template(call: Call) -> Reply:
    id_ = call.key.lower()
    if id_ not in TEMPLATES:
        raise missing(call.key)
    name = TEMPLATES[id_]
    return engine.one(call, TEMPLATE, {"id": id_, "description": name, "displayName": name})


HOLDERS = ("user", "group", "servicePrincipal")
relation(Relation(ROLE, "members", HOLDERS, to("members"), link="members", sized="directoryRoles", noun="member"))


# -- administrative units -----------------------------------------------------------------------------

collection(UNIT)
keep_deleted(UNIT)


@on("POST", "/directory/administrativeUnits", partly="dynamic membership is not carried out")
def create_unit(call: Call) -> Reply:
    body = call.json()
    changes = UNIT.checked(body)
    UNIT.needs(changes)
    if changes.get("visibility") not in (None, "Public", "HiddenMembership"):
        raise invalid("visibility", UNIT)
    return create(call, UNIT, changes, body)


@on("PATCH", "/directory/administrativeUnits/{id}")
def update_unit(call: Call) -> Reply:
    body = call.json()
    return update(call, UNIT, UNIT.checked(body), body)


on("DELETE", "/directory/administrativeUnits/{id}")(lambda call: remove(call, UNIT))


relation(Relation(UNIT, "members", ("user", "group", "device"), to("members"), link="members", noun="member"))
