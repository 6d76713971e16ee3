"""The tenant itself and its domains. Sources: "organization" and "domain" in the API reference."""

from __future__ import annotations

from ..core import engine
from ..core.audit import record
from ..core.call import ONE, Call, missing
from ..core.directory import Directory
from ..core.endpoints import on
from ..core.engine import Items
from ..core.model import Entity, entity
from ..core.objects import keep
from ..core.store import Doc, of_kind
from ..seed.people import words
from ..wire.server import Reply

ORGANIZATION = entity(
    Entity(
        kind="organization",
        collection="organization",
        read_only=frozenset(
            words(
                "id assignedPlans businessPhones city country countryLetterCode createdDateTime "
                "defaultUsageLocation deletedDateTime displayName mobileDeviceManagementAuthority "
                "onPremisesLastSyncDateTime onPremisesSyncEnabled partnerTenantType postalCode preferredLanguage "
                "provisionedPlans state street tenantType verifiedDomains"
            )
        ),
    )
)
DOMAIN = entity(Entity(kind="domain", collection="domains"))


@on("GET", "/organization", options=("select",))
def organizations(call: Call) -> Reply:
    items = Items(ORGANIZATION, of_kind(ORGANIZATION.kind), free=True, sized="directoryRoles")
    return engine.page(call, items)


@on("GET", "/organization/{id}", options=ONE)
def organization(call: Call) -> Reply:
    return engine.one(call, ORGANIZATION, engine.find(call, ORGANIZATION, call.key))


@on("PATCH", "/organization/{id}")
def update_organization(call: Call) -> Reply:
    changes = ORGANIZATION.checked(call.json())
    with call.store.atomic():
        before = engine.find(call, ORGANIZATION, call.key)
        after = {**before, **changes}
        keep(call.directory, ORGANIZATION, after)
        target = (ORGANIZATION.kind, before)
        record(call, "Set Company Information", ORGANIZATION.kind, target, before=before, after=after)
    return Reply(204)


def add_domain(directory: Directory, name: str, *, verified: bool) -> Doc:
    """Store a domain; the organization names it once it is verified. Raises ValueError for one that is there."""
    store = directory.store
    if store.find(name) is not None:
        raise ValueError(f"there is a domain {name} already")
    doc = {
        "id": name,
        "authenticationType": "Managed",
        "isAdminManaged": True,
        "isDefault": False,
        "isInitial": False,
        "isRoot": True,
        "isVerified": verified,
        "passwordNotificationWindowInDays": 14,
        "passwordValidityPeriodInDays": 2147483647,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"] if verified else [],
    }
    with store.atomic():
        keep(directory, DOMAIN, doc, new=True)
        organization = store.get(ORGANIZATION.kind, directory.tenant) if verified else None
        if organization is not None:
            shown = {"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": False, "isInitial": False}
            domains = [*organization["verifiedDomains"], {**shown, "name": name, "type": "Managed"}]
            keep(directory, ORGANIZATION, {**organization, "verifiedDomains": domains})
    return doc


@on("GET", "/domains", partly="no other can be added, but by a test", options=("select", "top"))
def domains(call: Call) -> Reply:
    return engine.page(call, Items(DOMAIN, of_kind(DOMAIN.kind), free=True, sized="relation"))


@on("GET", "/domains/{id}", options=ONE)
def domain(call: Call) -> Reply:
    doc = call.store.get(DOMAIN.kind, call.key.lower())
    if doc is None:
        raise missing(call.key)
    return engine.one(call, DOMAIN, doc)
