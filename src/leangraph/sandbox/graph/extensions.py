"""What a tenant adds to Microsoft's objects: directory, schema and open extensions, and security attributes.

Sources: "extensionProperty", "schemaExtension", "openTypeExtension", "attributeSet" and
"customSecurityAttributeDefinition" in the API reference.
"""

from __future__ import annotations

import re
import secrets
import string

from ..core import engine
from ..core.call import Call, bad_request, missing, reply
from ..core.endpoints import on
from ..core.families import Family, Write, family
from ..core.model import invalid
from ..core.store import Doc, Where, of_kind
from ..wire.server import Reply
from .applications import APPLICATION

TYPES = ("Binary", "Boolean", "DateTime", "Integer", "LargeInteger", "String")
TARGETS = (
    "Administrative unit",
    "AdministrativeUnit",
    "Application",
    "Device",
    "Group",
    "Organization",
    "User",
)
SCHEMA_TARGETS = (
    "administrativeUnit",
    "contact",
    "device",
    "event",
    "group",
    "message",
    "organization",
    "post",
    "todoTask",
    "todoTaskList",
    "user",
)
SECURITY_TYPES = ("Boolean", "Integer", "String")
STATES = ("InDevelopment", "Available", "Deprecated")  # of a schema, which goes forward only


def _refuse(kind: str, name: str) -> None:
    bad_request(f"Invalid value specified for property '{name}' of resource '{kind}'.", "Request_BadRequest")


# -- directory extensions -------------------------------------------------------------------------------------


def _new_property(write: Write) -> Doc:
    app = engine.find(write.call, APPLICATION, write.home.split("/")[1])
    name, targets = write.doc["name"], write.doc["targetObjects"]
    if not re.fullmatch(r"\w{1,120}", name, re.ASCII):
        raise invalid("name", APPLICATION)
    if write.doc["dataType"] not in TYPES:
        _refuse("ExtensionProperty", "dataType")
    if not targets or any(target not in TARGETS for target in targets):
        _refuse("ExtensionProperty", "targetObjects")
    full = f"extension_{app['appId'].replace('-', '')}_{name}"
    if write.call.directory.store.count(_named("extensionProperty", full)):
        bad_request("An extension property exists with the name " + full + ".", "Request_BadRequest")
    return {"name": full, "appDisplayName": app.get("displayName"), "isSyncedFromOnPremises": False}


def _named(kind: str, name: str) -> Where:
    return of_kind(kind) & Where("lower(json_extract(doc, '$.name')) = lower(?)", (name,))


family(
    Family(
        "extensionProperty",
        "/applications/{id}/extensionProperties",
        required=("name", "dataType", "targetObjects"),
        read_only=frozenset({"appDisplayName", "isSyncedFromOnPremises"}),
        check=_new_property,
        methods=("GET", "POST", "DELETE"),
        partly="values that objects have of it stay where they are",
    )
)


@on("POST", "/directoryObjects/getAvailableExtensionProperties")
def available(call: Call) -> Reply:
    asked = call.json() if call.request.body else {}
    where = of_kind("extensionProperty")
    if asked.get("isSyncedFromOnPremises"):
        where &= Where("0")
    value = [row.doc for row in call.store.select(where)]
    return reply({"@odata.context": f"{call.root}/$metadata#directoryObjects", "value": value})


# -- schema extensions ----------------------------------------------------------------------------------------


def _schema(write: Write) -> Doc:
    for each in write.doc.get("properties", []):
        if each.get("type") not in TYPES or not re.fullmatch(r"\w{1,128}", str(each.get("name")), re.ASCII):
            _refuse("SchemaExtension", "properties")
    if write.before is not None:
        return _schema_changed(write, write.before)
    id_ = str(write.body.get("id", ""))
    if not re.fullmatch(r"[A-Za-z]\w{0,100}", id_, re.ASCII):
        _refuse("SchemaExtension", "id")
    targets = [
        next((known for known in SCHEMA_TARGETS if known.lower() == str(each).lower()), "")
        for each in write.doc["targetTypes"]
    ]
    if not all(targets) or not targets:
        _refuse("SchemaExtension", "targetTypes")
    letters = string.ascii_lowercase + string.digits
    prefix = "ext" + "".join(secrets.choice(letters) for _ in range(8))
    owner = write.changes.get("owner") or write.call.token.app
    return {"id": f"{prefix}_{id_}", "owner": owner, "status": STATES[0]}


def _schema_changed(write: Write, before: Doc) -> Doc:
    """Source: "Update schemaExtension": states go forward only, and properties are only added."""
    state = write.changes.get("status", before["status"])
    if state not in STATES or STATES.index(state) < STATES.index(before["status"]):
        _refuse("SchemaExtension", "status")
    names = {each["name"] for each in write.changes.get("properties") or before["properties"]}
    if before["status"] == "Available" and not {each["name"] for each in before["properties"]} <= names:
        _refuse("SchemaExtension", "properties")
    return {}


def _schema_gone(call: Call, schema: Doc) -> None:
    if schema["status"] == "Available":  # "Delete schemaExtension": only InDevelopment and Deprecated
        _refuse("SchemaExtension", "status")


family(
    Family(
        "schemaExtension",
        "/schemaExtensions",
        required=("description", "targetTypes", "properties"),
        check=_schema,
        remove=_schema_gone,
        partly="an id with the name of a domain gets a prefix as any other",
    )
)


# -- open extensions ------------------------------------------------------------------------------------------


def _open(write: Write) -> Doc:
    name = write.doc.get("extensionName") or (write.before or {}).get("@key")
    if not isinstance(name, str) or not re.fullmatch(r"[\w.]{1,128}", name, re.ASCII):
        _refuse("OpenTypeExtension", "extensionName")
    return {"@key": name, "extensionName": name}


for _path in (
    "/users/{id}",
    "/groups/{id}",
    "/devices/{id}",
    "/organization/{id}",
    "/users/{id}/events/{id}",
    "/groups/{id}/events/{id}",
    "/users/{id}/messages/{id}",
    "/users/{id}/contacts/{id}",
    "/users/{id}/todo/lists/{id}",
    "/users/{id}/todo/lists/{id}/tasks/{id}",
):
    family(Family("extension", f"{_path}/extensions", check=_open))


# -- security attributes --------------------------------------------------------------------------------------


def _set(write: Write) -> Doc:
    if write.before is not None:
        return {}
    id_ = str(write.body.get("id", ""))
    if not re.fullmatch(r"[A-Za-z]\w{0,31}", id_, re.ASCII):
        _refuse("AttributeSet", "id")
    return {"id": id_, "maxAttributesPerSet": write.doc.get("maxAttributesPerSet", 25)}


def _definition(write: Write) -> Doc:
    if write.before is not None:
        for name in ("name", "attributeSet", "type", "isCollection"):
            if name in write.changes:
                _refuse("CustomSecurityAttributeDefinition", name)
        return {}
    owner = str(write.doc["attributeSet"])
    found = [
        row for row in write.call.store.select(of_kind("attributeSet")) if row.doc["id"].lower() == owner.lower()
    ]
    if not found:
        raise missing(owner)
    if write.doc["type"] not in SECURITY_TYPES or not re.fullmatch(r"\w{1,32}", write.doc["name"], re.ASCII):
        _refuse("CustomSecurityAttributeDefinition", "type" if write.doc["type"] not in SECURITY_TYPES else "name")
    return {"id": f"{found[0].doc['id']}_{write.doc['name']}"}


family(
    Family(
        "attributeSet",
        "/directory/attributeSets",
        check=_set,
        methods=("GET", "POST", "PATCH"),
    )
)
family(
    Family(
        "customSecurityAttributeDefinition",
        "/directory/customSecurityAttributeDefinitions",
        required=(
            "attributeSet",
            "isCollection",
            "isSearchable",
            "name",
            "status",
            "type",
            "usePreDefinedValuesOnly",
        ),
        check=_definition,
        methods=("GET", "POST", "PATCH"),
        partly="values that users have of it are not looked at",
    )
)
