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

TEMPLATES = {
    template: name
    for template, _, name in (
        line.partition(" ")
        for line in """
62e90394-69f5-4237-9190-012177145e10 Global Administrator
f2ef992c-3afb-46b9-b7cf-a126ee74c451 Global Reader
fe930be7-5e62-47db-91af-98c3a49a38b1 User Administrator
729827e3-9c14-49f7-bb1b-9608f156bbb8 Helpdesk Administrator
966707d0-3269-4727-9be2-8c3a10f19b9d Password Administrator
c4e39bd9-1100-46d3-8c65-fb160da0071f Authentication Administrator
7be44c8a-adaf-4e2a-84d6-ab2649e08a13 Privileged Authentication Administrator
e8611ab8-c189-46e8-94e1-60213ab1f814 Privileged Role Administrator
9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3 Application Administrator
158c047a-c907-4556-b7ef-446551a6b5f7 Cloud Application Administrator
cf1c38e5-3621-4004-a7cb-879624dced7c Application Developer
fdd7a751-b60b-444a-984c-02652fe8fa1c Groups Administrator
4d6ac14f-3453-41d0-bef9-a3e0c569773a License Administrator
b0f54661-2d74-4c50-afa3-1ec803f12efe Billing Administrator
88d8e3e3-8f55-4a1e-953a-9b9898b8876b Directory Readers
9360feb5-f418-4baa-8175-e2a00bac4301 Directory Writers
4a5d8f65-41da-4de4-8968-e035b65339cf Reports Reader
194ae4cb-b126-40b2-bd5b-6091b380977d Security Administrator
5d6b6bb7-de71-4623-b4af-96380a352509 Security Reader
5f2222b1-57c3-48ba-8ad5-d4759f1fde6f Security Operator
b1be1c3e-b65d-4f19-8427-f6fa0d97feb9 Conditional Access Administrator
17315797-102d-40b4-93e0-432062caca18 Compliance Administrator
29232cdf-9323-42fd-ade2-1d097af3e4de Exchange Administrator
f28a1f50-f6e7-4571-818b-6a12f2af6b6c SharePoint Administrator
69091246-20e8-4a56-aa4d-066075b2a7a8 Teams Administrator
3a2c62db-5318-420d-8d74-23affee5d9d5 Intune Administrator
7698a772-787b-4ac8-901f-60d6b08affd2 Cloud Device Administrator
95e79109-95c0-4d8e-aee3-d01accf2d47b Guest Inviter
45d8d3c5-c802-45c6-b32a-1d70b5e1e86e Identity Governance Administrator
f023fd81-a637-4b56-95fd-791ac0226033 Service Support Administrator
""".strip().splitlines()
    )
}

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
        bad_request(
            "A conflicting object with one or more of the specified property values is present in the directory.",
            "Request_BadRequest",
        )
    name = TEMPLATES[template]
    doc = {"id": str(uuid4()), "description": name, "displayName": name, "roleTemplateId": template}
    with call.store.atomic():
        keep(call.directory, ROLE, doc, new=True)
        record(call, "Add role from template", ROLE.kind, (ROLE.kind, doc))
    return engine.created(call, ROLE, doc)


@on("GET", "/directoryRoleTemplates", partly="30 of the templates", options=("select",))
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
