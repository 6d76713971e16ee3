"""What a test may put into the tenant: users, groups, devices, licenses, domains, and what Graph has exported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from ..core.model import GROUP, USER, Entity
from ..core.store import Doc, of_kind
from ..graph import licenses, organization
from ..graph.devices import DEVICE
from ..seed import contents, skus
from .base import Controls, Reference
from .checked import checked
from .kept import link, store_object
from .loading import Loaded, Loader


class SeedControls(Controls):
    """The part of a sandbox that fills the tenant. ``reset()`` undoes everything since the last snapshot.

    Names and types of properties are checked against Microsoft's metadata; a ValueError says what is wrong. You
    may set properties that are read-only in Graph (``approximateLastSignInDateTime``), and times may be datetimes.
    """

    @property
    def users(self) -> int:
        """How many users there are now."""
        return self._running().store.count(of_kind("user"))

    def add_user(self, *, manager: Reference | None = None, **properties: Any) -> dict[str, Any]:
        """Add a user and return all of its properties. Required properties that you do not give are made up.

        ``assignedLicenses`` take seats. Raises ValueError if the tenant has no free seat: see ``buy``.
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
        """Add a security group, or with ``groupTypes=["Unified"]`` a Microsoft 365 group. Returns the group.

        Args:
            members, owners: ids, user names, or objects as ``add_user`` and Graph return them.
            more: other properties of the group; ``resourceProvisioningOptions=["Team"]`` makes it a team.
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
        """Add a device and return all of its properties. ``owner`` is its registered owner and user."""
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
        """Add seats of a product and return the subscribedSku. ``sku`` is a part number (``SPE_E5``) or an id.

        A negative number takes seats away. Raises ValueError if the sandbox does not know the product;
        ``load`` takes the products of a real tenant, as ``/subscribedSkus`` returns them.
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
        """Add a domain and return its properties. User names may use it if it is verified."""
        return organization.add_domain(self._directory, name.lower(), verified=verified)

    def load(self, source: object, kind: str = "", *, add_domains: bool = False) -> Loaded:
        """Add objects that Graph returned, and report what was not taken.

        Annotations (``@odata.…``) are left out. Relations may lead to objects of the source or of the tenant. An
        object that exists already (by id or key) is changed. Required properties that the source lacks are made
        up; for example, a user is enabled.

        Args:
            source: a file of JSON or JSON lines, a page with ``value``, objects or pages in any iterable, or a
                dict with a list for each collection. Users, groups with ``members`` and ``owners``, devices,
                applications, servicePrincipals, directoryRoles, administrativeUnits, domains and subscribedSkus.
            kind: what the objects are (``users``), if neither ``@odata.type`` nor their properties say so.
            add_domains: add unknown domains of user names. Without it, those users are refused.

        Raises:
            ValueError: the file is neither JSON nor JSON lines.
        """
        return Loader(self._directory, add_domains=add_domains).load(source, kind)

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
