"""What a fresh tenant holds: its people, and everything else that is there on the first day.

The rows come in a fixed order, people first, so that links can say where they lead by number (see ``Store.seed``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from . import people, skus, untidy
from .people import DEPARTMENTS, days_before, guid, plain

Row = tuple[str, str | None, dict[str, Any]]  # kind, alternate key, document
Link = tuple[int, str, int]  # number of a row, name, number of a row
REPORTS = 8  # people that report to one manager
TALKERS = 400  # the first people: those who are in the sign-in log and have devices

# The roles that are active from the start, and which of the people have them.
ROLES = (
    ("62e90394-69f5-4237-9190-012177145e10", "Global Administrator", (0,)),
    ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator", (5,)),
    ("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator", (1, 2)),
    ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers", ()),
)
# What can be bought is there in these numbers beyond what is used: of F3 there is only one left.
SPARE = {skus.E5.id: 10, skus.E3.id: 25, skus.F3.id: 1, skus.FLOW.id: 10_000}
APPS = (
    (
        "1b730954-1685-4b74-9bfd-dac224a7b894",
        "Azure Active Directory PowerShell",
        "Mobile Apps and Desktop clients",
    ),
    ("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online", "Browser"),
    ("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams", "Mobile Apps and Desktop clients"),
)
SYSTEMS = (("Windows", "10.0.22631.4460"), ("Windows", "10.0.26100.2314"), ("MacMDM", "15.1"), ("iPhone", "18.1"))


class Plan(NamedTuple):
    """What to fill a tenant with. ``now`` is in seconds: what happened of late is so long before it."""

    seed: object
    users: int
    tenant: str
    domain: str
    now: float


def fresh(plan: Plan, more: Iterable[Row] = ()) -> tuple[Iterator[Row], Iterator[Link]]:
    """Return the rows, ``more`` at the end, and the links between them. Take all rows before the first link.

    Bytes in a document are to be kept as the content of a file, and their hash in their place.
    """
    filling = _Filling(plan)
    return filling.rows(more), filling.links()


class _Filling:
    """Makes the rows one by one, and remembers of them what the links need."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.guests: set[int] = set()
        self.first: list[dict[str, Any]] = []
        self.licenses: Counter[str] = Counter()
        self.linked: list[Link] = []
        self.at = 0  # the number of the row that was made last
        self.untidy = plan.users >= untidy.FROM

    def rows(self, more: Iterable[Row]) -> Iterator[Row]:
        for row in chain(
            self._users(),
            self._groups(),
            self._roles(),
            self._units(),
            self._devices(),
            self._organization(),
            self._skus(),
            self._sign_ins(),
            self._untidy() if self.untidy else (),
            self._apps(more),
        ):
            yield row
            self.at += 1

    def links(self) -> Iterator[Link]:
        yield from self.linked
        for n in range(1, self.plan.users):
            if n not in self.guests:
                yield n + 1, "manager", self._manager(n) + 1

    def _manager(self, n: int) -> int:
        """Return who somebody reports to: always an earlier one, so that nobody comes above himself."""
        boss = (n - 1) // REPORTS
        while boss in self.guests:
            boss = (boss - 1) // REPORTS
        return boss

    def _guid(self, *parts: object) -> str:
        return guid(self.plan.seed, *parts)

    def _users(self) -> Iterator[Row]:
        plan = self.plan
        for n, user in enumerate(people.users(plan.seed, plan.users, plan.domain, plan.now)):
            if user["userType"] == "Guest":
                self.guests.add(n)
            if self.untidy and user["userType"] == "Member":
                untidy.with_group_licenses(plan.seed, n, user)
            if n < TALKERS:
                self.first.append(user)
            for each in user.get("assignedLicenses", ()):
                self.licenses[each["skuId"]] += 1
            yield "user", user["userPrincipalName"], user

    def _groups(self) -> Iterator[Row]:
        """One for every department, one that is made of two of them, and one that fills itself."""
        if not self.first:
            return
        begin = self.at + 1
        for n, (department, _) in enumerate(DEPARTMENTS):
            members = range(n, self.plan.users, len(DEPARTMENTS))[:1000]
            self.linked += [(begin + n, "members", member + 1) for member in members]
            owner = next((member for member in members if member not in self.guests), None)
            if owner is not None:
                self.linked.append((begin + n, "owners", owner + 1))
            yield "group", None, self._group(n, department, f"Everybody in {department}", unified=n % 2 == 0)
        offices = self._group(len(DEPARTMENTS), "Back Office", "Everybody in Finance and IT")
        nested = [n for n, (name, _) in enumerate(DEPARTMENTS) if name in ("Finance", "IT")]
        self.linked += [(self.at + 1, "members", begin + n) for n in nested]
        yield "group", None, offices
        guests = self._group(len(DEPARTMENTS) + 1, "Guests", "Everybody from outside")
        guests |= {
            "groupTypes": ["DynamicMembership"],
            "membershipRule": '(user.userType -eq "Guest")',
            "membershipRuleProcessingState": "On",
        }
        self.linked += [(self.at + 1, "members", guest + 1) for guest in sorted(self.guests)[:1000]]
        yield "group", None, guests

    def _group(self, n: int, name: str, description: str, *, unified: bool = False) -> dict[str, Any]:
        nickname = plain(name).replace("&", "and")
        made = f"2023-02-{n + 1:02}T08:00:00Z"
        doc = {
            "id": self._guid("group", n),
            "createdDateTime": made,
            "displayName": name,
            "description": description,
            "groupTypes": [],
            "mailEnabled": unified,
            "mailNickname": nickname,
            "renewedDateTime": made,
            "securityEnabled": not unified,
        }
        if unified:
            mail = f"{nickname}@{self.plan.domain}"
            doc |= {"groupTypes": ["Unified"], "mail": mail, "visibility": "Private"}
            doc["proxyAddresses"] = [f"SMTP:{mail}"]
        return doc

    def _untidy(self) -> Iterator[Row]:
        for group, members, owners in untidy.groups(self.plan.seed, self.plan.domain):
            self._link("members", members)
            self._link("owners", owners)
            yield "group", None, group
        for device, owner in untidy.devices(self.plan.seed, self.plan.now):
            for name in ("registeredOwners", "registeredUsers"):
                self._link(name, () if owner is None else (owner,))
            yield "device", device["deviceId"], device
        for n in untidy.WITH_PHOTO:
            if n < self.plan.users:
                id_ = guid(self.first[n]["id"], "photo")
                yield "profilePhoto", None, {"id": id_, "contentType": "image/png", "content": untidy.photo(n)}

    def _link(self, name: str, numbers: Iterable[int]) -> None:
        """Link the row that is made now to people by their numbers."""
        self.linked += [(self.at + 1, name, n + 1) for n in numbers if n < self.plan.users]

    def _apps(self, rows: Iterable[Row]) -> Iterator[Row]:
        known = {app.name: app for app in untidy.APPS} if self.untidy else {}
        for kind, name, doc in rows:
            app = known.get(doc.get("displayName", "")) if kind == "application" else None
            if app is not None:
                self._link("owners", () if app.owner is None else (app.owner,))
                doc["keyCredentials"] = untidy.certificates(app, self.plan.now)
            yield kind, name, doc

    def _roles(self) -> Iterator[Row]:
        for template, name, people_ in ROLES:
            self.linked += [(self.at + 1, "members", n + 1) for n in people_ if n < self.plan.users]
            doc = {"id": self._guid("role", template), "displayName": name, "description": name}
            yield "directoryRole", template, {**doc, "roleTemplateId": template}

    def _units(self) -> Iterator[Row]:
        berlin = [n for n, user in enumerate(self.first) if user.get("city") == "Berlin"]
        self.linked += [(self.at + 1, "members", n + 1) for n in berlin]
        doc = {"id": self._guid("unit"), "displayName": "Berlin", "description": "Everybody in Berlin"}
        yield "administrativeUnit", None, doc

    def _devices(self) -> Iterator[Row]:
        """Every second member has one."""
        today = days_before(self.plan.now, 100)
        for n, user in enumerate(self.first):
            if n % 2 or n in self.guests:
                continue
            system, version = SYSTEMS[n // 2 % len(SYSTEMS)]
            device = self._guid("device", n)
            self.linked += [(self.at + 1, name, n + 1) for name in ("registeredOwners", "registeredUsers")]
            doc = {
                "id": self._guid("device object", n),
                "accountEnabled": True,
                "alternativeSecurityIds": [],
                "approximateLastSignInDateTime": f"{today[1 + n % 90]}T09:00:00Z",
                "createdDateTime": user["createdDateTime"],
                "deviceId": device,
                "displayName": f"{user['mailNickname'][:11].upper().rstrip('.')}-{n:03}",
                "isCompliant": n % 8 != 0,
                "isManaged": True,
                "operatingSystem": system,
                "operatingSystemVersion": version,
                "physicalIds": [],
                "profileType": "RegisteredDevice",
                "registrationDateTime": user["createdDateTime"],
                "trustType": "AzureAd",
            }
            yield "device", device, doc

    def _organization(self) -> Iterator[Row]:
        domain = self.plan.domain
        name = domain.partition(".")[0].title()
        verified = {"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": True, "isInitial": True}
        yield (
            "organization",
            None,
            {
                "id": self.plan.tenant,
                "city": "Berlin",
                "country": "Germany",
                "countryLetterCode": "DE",
                "createdDateTime": "2020-01-01T08:00:00Z",
                "displayName": name,
                "preferredLanguage": "en",
                "technicalNotificationMails": [f"admin@{domain}"],
                "tenantType": "AAD",
                "verifiedDomains": [{**verified, "name": domain, "type": "Managed"}],
            },
        )
        yield (
            "domain",
            None,
            {
                "id": domain,
                "authenticationType": "Managed",
                "isAdminManaged": True,
                "isDefault": True,
                "isInitial": True,
                "isRoot": True,
                "isVerified": True,
                "passwordNotificationWindowInDays": 14,
                "passwordValidityPeriodInDays": 2147483647,
                "supportedServices": ["Email", "OfficeCommunicationsOnline"],
            },
        )

    def _skus(self) -> Iterator[Row]:
        for sku in skus.SKUS.values():
            doc = subscription(sku, self.plan.tenant, self.plan.domain)
            used = self.licenses[sku.id]
            doc["prepaidUnits"]["enabled"] = used + SPARE[sku.id]
            yield "subscribedSku", None, {**doc, "consumedUnits": used}

    def _sign_ins(self) -> Iterator[Row]:
        """The last ones of the first people, as far as the log reaches back: 30 days."""
        days = days_before(self.plan.now, 400)
        back = {day: n for n, day in enumerate(days[:30])}
        for n, user in enumerate(self.first):
            last = user.get("signInActivity", {}).get("lastSignInDateTime", "")
            for number in range(3):
                day = back.get(last[:10], 30) + number * 2
                if day < 30:
                    yield "signIn", None, self._sign_in(n, number, user, f"{days[day]}{last[10:]}")

    def _sign_in(self, n: int, number: int, user: dict[str, Any], at: str) -> dict[str, Any]:
        app, name, client = APPS[(n + number) % len(APPS)]
        failed = (n + number) % 11 == 10
        why = "Invalid username or password or Invalid on-premise username or password."
        status = {"errorCode": 50126 if failed else 0, "failureReason": why if failed else None}
        system, version = SYSTEMS[n // 2 % len(SYSTEMS)]
        return {
            "id": self._guid("sign-in", n, number),
            "appDisplayName": name,
            "appId": app,
            "appliedConditionalAccessPolicies": [],
            "clientAppUsed": client,
            "conditionalAccessStatus": "notApplied",
            "correlationId": self._guid("correlation", n, number),
            "createdDateTime": at,
            "deviceDetail": _device_detail(f"{system} {version}", "Edge 130.0.0" if client == "Browser" else None),
            "ipAddress": f"192.0.2.{1 + n % 254}",
            "isInteractive": True,
            "location": {
                "city": user.get("city"),
                "state": None,
                "countryOrRegion": user.get("usageLocation"),
                "geoCoordinates": {"altitude": None, "latitude": None, "longitude": None},
            },
            "resourceDisplayName": "Microsoft Graph",
            "resourceId": "00000003-0000-0000-c000-000000000000",
            "riskDetail": "none",
            "riskEventTypes": [],
            "riskEventTypes_v2": [],
            "riskLevelAggregated": "none",
            "riskLevelDuringSignIn": "none",
            "riskState": "none",
            "status": {**status, "additionalDetails": None},
            "userDisplayName": user["displayName"],
            "userId": user["id"],
            "userPrincipalName": user["userPrincipalName"],
        }


def subscription(sku: skus.Sku, tenant: str, domain: str) -> dict[str, Any]:
    """Return a product as a tenant that has bought no seat of it shows it."""
    return {
        "id": f"{tenant}_{sku.id}",
        "accountId": tenant,
        "accountName": domain.partition(".")[0],
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": 0,
        "prepaidUnits": {"enabled": 0, "lockedOut": 0, "suspended": 0, "warning": 0},
        "servicePlans": [
            {
                "appliesTo": "User",
                "provisioningStatus": "Success",
                "servicePlanId": plan.id,
                "servicePlanName": plan.name,
            }
            for plan in sku.plans
        ],
        "skuId": sku.id,
        "skuPartNumber": sku.part_number,
        "subscriptionIds": [guid(tenant, "subscription", sku.id)],
    }


def _device_detail(system: str, browser: str | None) -> dict[str, Any]:
    return {
        "deviceId": "",
        "displayName": None,
        "operatingSystem": system,
        "browser": browser,
        "isCompliant": None,
        "isManaged": None,
        "trustType": None,
    }
