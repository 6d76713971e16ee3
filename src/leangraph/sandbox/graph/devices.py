"""Devices that are registered or joined, and whose they are. Source: the API reference of devices."""

from __future__ import annotations

from ..core.call import Call
from ..core.endpoints import on
from ..core.engine import collection
from ..core.model import Entity, entity
from ..core.objects import CONTAINERS, create, remove, update
from ..core.relations import (
    Relation,
    back,
    back_all,
    relation,
    to,
)
from ..seed.people import words
from ..wire.server import Reply

DEVICE = entity(
    Entity(
        kind="device",
        collection="devices",
        required=(
            "accountEnabled",
            "alternativeSecurityIds",
            "deviceId",
            "displayName",
            "operatingSystem",
            "operatingSystemVersion",
        ),
        read_only=frozenset(
            words(
                "id approximateLastSignInDateTime complianceExpirationDateTime deletedDateTime enrollmentType "
                "isManagementRestricted managementType onPremisesLastSyncDateTime onPremisesSecurityIdentifier "
                "onPremisesSyncEnabled registrationDateTime"
            )
        ),
        fixed=frozenset(words("accountEnabled deviceId displayName operatingSystem operatingSystemVersion")),
        alternate="deviceId",
        extra={"extensionAttributes": "onPremisesExtensionAttributes"},
        named=True,
    )
)

collection(DEVICE)


@on("POST", "/devices")
def create_device(call: Call) -> Reply:
    body = call.json()
    changes = DEVICE.checked(body)
    DEVICE.needs(changes)
    return create(call, DEVICE, {"registrationDateTime": call.directory.now(), **changes}, body)


@on("PATCH", "/devices/{id}")
def update_device(call: Call) -> Reply:
    body = call.json()
    return update(call, DEVICE, DEVICE.checked(body), body)


on("DELETE", "/devices/{id}")(lambda call: remove(call, DEVICE))

for _name, _noun in {"registeredOwners": "registered owner", "registeredUsers": "registered user"}.items():
    relation(Relation(DEVICE, _name, ("user",), to(_name), link=_name, noun=_noun))
relation(Relation(DEVICE, "memberOf", CONTAINERS, back("members")))
relation(Relation(DEVICE, "transitiveMemberOf", CONTAINERS, back_all("members")))
