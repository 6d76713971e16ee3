"""What a test may put into the tenant: users, groups, devices, licenses, domains, and what Graph has exported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from ..core.directory import Directory
from ..core.model import GROUP, USER, Entity
from ..core.objects import keep
from ..core.relations import RELATIONS
from ..core.store import Doc, Row, of_kind
from ..graph import licenses, organization, users
from ..graph.devices import DEVICE
from ..seed import contents, skus
from ..wire.faults import Refusal
from .base import Controls, Reference
from .checked import checked


class SeedControls(Controls):
    """The part of a sandbox that fills the tenant. ``reset()`` undoes all of it, down to the last snapshot.

    Properties have the names and types of Microsoft's metadata, or ValueError says what is wrong; what Graph calls
    read-only may be set (``approximateLastSignInDateTime`` makes a stale device), and times may be datetimes.
    """

    @property
    def users(self) -> int:
        """How many users there are now."""
        return self._running().store.count(of_kind("user"))

    def add_user(self, *, manager: Reference | None = None, **properties: Any) -> dict[str, Any]:
        """Add a user; what is not given is made up. Returns all of its properties.

        ``assignedLicenses`` take seats: ValueError where the tenant has none left, see :meth:`buy`.
        """
        alias = f"user-{uuid4().hex[:8]}"
        made_up = {
            "accountEnabled": True,
            "displayName": alias,
            "mailNickname": alias,
            "userPrincipalName": f"{alias}@{self._directory.domain}",
        }
        return self._add(USER, made_up, properties, manager=[] if manager is None else [manager])

    def add_group(
        self,
        display_name: str = "",
        *,
        members: Iterable[Reference] = (),
        owners: Iterable[Reference] = (),
        **more: Any,
    ) -> dict[str, Any]:
        """Add a security group, or with ``groupTypes=["Unified"]`` a Microsoft 365 group; returns all of it.

        Args:
            members, owners: by id, by user name, or as ``add_user`` and Graph return them.
            more: any property of a group: ``resourceProvisioningOptions=["Team"]`` makes it a team.
        """
        name = display_name or more.pop("displayName", "") or f"group-{uuid4().hex[:8]}"
        nickname = re.sub("[^a-z0-9]", "", name.lower())[:64] or "group"
        unified = "Unified" in more.get("groupTypes", ())
        made_up: Doc = {
            "displayName": name,
            "groupTypes": [],
            "mailEnabled": unified,
            "mailNickname": nickname,
            "renewedDateTime": self._directory.now(),
            "securityEnabled": not unified,
        }
        if unified:
            mail = f"{more.get('mailNickname', nickname)}@{self._directory.domain}"
            made_up |= {"mail": mail, "proxyAddresses": [f"SMTP:{mail}"], "visibility": "Private"}
        return self._add(GROUP, made_up, more, members=members, owners=owners)

    def add_device(
        self, display_name: str = "", *, owner: Reference | None = None, **properties: Any
    ) -> dict[str, Any]:
        """Add a device, which ``owner`` has registered and uses; returns all of its properties."""
        device = str(uuid4())
        now = self._directory.now()
        made_up = {
            "accountEnabled": True,
            "alternativeSecurityIds": [],
            "approximateLastSignInDateTime": now,
            "deviceId": device,
            "displayName": display_name or f"DEVICE-{device[:8].upper()}",
            "operatingSystem": "Windows",
            "operatingSystemVersion": "10.0.26100.2314",
            "physicalIds": [],
            "registrationDateTime": now,
            "trustType": "AzureAd",
        }
        whose = [] if owner is None else [owner]
        return self._add(DEVICE, made_up, properties, registeredOwners=whose, registeredUsers=whose)

    def buy(self, sku: str, seats: int) -> dict[str, Any]:
        """Add seats of a product, by its part number or id (``SPE_E5``); returns the subscribedSku.

        Raises ValueError for a product that the sandbox does not know; :meth:`load` takes those of a real tenant
        as ``/subscribedSkus`` shows them. Fewer than none takes seats away.
        """
        store = self._directory.store
        wanted = sku.lower()
        bought = [
            row.doc
            for row in store.select(of_kind(licenses.SKU.kind))
            if wanted in (row.doc["skuId"].lower(), row.doc["skuPartNumber"].lower())
        ]
        if not bought:
            known = next((one for one in skus.CATALOG if wanted in (one.id, one.part_number.lower())), None)
            if known is None:
                names = ", ".join(sorted(one.part_number for one in skus.CATALOG))
                raise ValueError(f"{sku!r} is none of the products that the sandbox knows: {names}")
            bought = [contents.subscription(known, self._directory.tenant, self._directory.domain)]
            store.insert(licenses.SKU.kind, bought[0])
        units = bought[0]["prepaidUnits"]
        doc = {**bought[0], "prepaidUnits": {**units, "enabled": max(0, units["enabled"] + seats)}}
        store.update(licenses.SKU.kind, doc)
        return doc

    def add_domain(self, name: str, *, verified: bool = True) -> dict[str, Any]:
        """Add a domain, in which users may then have their names once it is verified; returns its properties."""
        return organization.add_domain(self._directory, name.lower(), verified=verified)

    # -- how it is done ---------------------------------------------------------------------------

    def _add(self, entity: Entity, made_up: Doc, given: Doc, **links: Iterable[Reference]) -> Doc:
        """Check and store a new object with its links: all of it or nothing."""
        directory = self._directory
        doc = {**made_up, **checked(entity, given, directory.domains)}
        with directory.store.atomic():
            kept = store_object(directory, entity, doc)
            for name, targets in links.items():
                for target in targets:
                    link(directory, entity, kept, name, self._find(target))
        return directory.store.get(entity.kind, kept["id"]) or kept


def store_object(directory: Directory, entity: Entity, doc: Doc) -> Doc:
    """Store a new object; raises ValueError where another has its key, or no seat is left for its license."""
    try:
        if entity is USER:
            return users.add_user(directory, doc)
        kept = {"id": str(uuid4()), "createdDateTime": directory.now(), **doc}
        kept = {name: value for name, value in kept.items() if name in entity.properties}
        keep(directory, entity, kept, new=True)
    except Refusal as no:
        raise ValueError(no.message) from None
    return kept


def link(directory: Directory, entity: Entity, owner: Doc, name: str, target: Row) -> None:
    """Relate two objects; raises ValueError where Microsoft's metadata or Entra ID has no such relation."""
    relation = RELATIONS.get((entity.kind, name.lower()))
    if relation is None or not relation.link:
        raise ValueError(f"{name} of a {entity.kind} cannot be set")
    if target.kind not in relation.kinds:
        raise ValueError(f"a {target.kind} cannot be among the {name} of a {entity.kind}")
    if owner["id"] == target.doc["id"]:
        raise ValueError(f"an object cannot be among its own {name}")
    directory.store.link(owner["id"], relation.link, target.doc["id"])
