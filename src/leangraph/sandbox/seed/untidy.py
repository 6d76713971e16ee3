"""What an admin has to tidy up, in any tenant of some size: the default tenant has a little of each.

Expired and expiring secrets, stale devices, teams without an owner, licenses that come from a group or failed to,
and photos of a few people. Guests that never came stand among the people.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from . import skus
from .people import days_before, guid, plain

Doc = dict[str, Any]
FROM = 8  # users that a tenant needs to have before anything in it gets out of hand
DAY = 86400.0  # seconds

# By the number of the person.
LICENSED_BY_GROUP = (10, 14, 19)
NOT_LICENSED = 26  # the group's license did not reach this one: none was left, and one was freed since
WITH_PHOTO = (2, 8, 9, 10, 11)


class Secrets(NamedTuple):
    """An app whose credentials want looking after: days until its secrets and its certificate end, and its owner.

    Days below 0 have passed. ``owner`` is the number of a person; ``enabled``: whether it may still sign in.
    """

    name: str
    secrets: tuple[int, ...] = ()
    certificate: int | None = None
    owner: int | None = None
    enabled: bool = True
    roles: tuple[str, ...] = ()


APPS = (
    Secrets("Payroll Sync", (-40,), owner=5, roles=("User.Read.All",)),
    Secrets("HR Connector", (12, -200), roles=("User.ReadWrite.All", "Group.Read.All")),
    Secrets("Backup Agent", (400,), certificate=25, owner=11, roles=("Files.Read.All", "Mail.Read")),
    Secrets("Badge Printer", (), enabled=False),
)


class Team(NamedTuple):
    """A team: who is in it and who owns it, by number of the person."""

    name: str
    members: tuple[int, ...] = ()
    owners: tuple[int, ...] = ()


TEAMS = (
    Team("Project Apollo", (8, 9, 11, 15), owners=(8,)),
    Team("Summer Party 2023", (9, 15, 16)),  # nobody owns it
    Team("Old Website", (5, 6), owners=(5,)),  # whose only owner cannot sign in any more
)


class Device(NamedTuple):
    """A device, how many days ago it was last seen (``None``: never), and whose it is."""

    name: str
    seen: int | None
    owner: int | None
    system: str = "Windows"
    enabled: bool = True


DEVICES = (
    Device("LOANER-OLD-01", 210, None),
    Device("LOANER-OLD-02", 380, None, enabled=False),
    Device("SPARE-IPHONE-8", 150, 11, system="iPhone"),
    Device("NEVER-USED-01", None, None),
)


def groups(seed: object, domain: str) -> Iterator[tuple[Doc, tuple[int, ...], tuple[int, ...]]]:
    """Yield groups with their members and owners: teams, one nobody is in, and two that give licenses."""
    for n, team in enumerate(TEAMS):
        nickname = plain(team.name)
        mail = f"{nickname}@{domain}"
        made = f"2023-0{n + 3}-01T08:00:00Z"
        doc = {
            **_group(seed, team.name, made),
            "groupTypes": ["Unified"],
            "mail": mail,
            "mailEnabled": True,
            "proxyAddresses": [f"SMTP:{mail}"],
            "resourceProvisioningOptions": ["Team"],
            "securityEnabled": False,
            "visibility": "Private",
        }
        yield doc, team.members, team.owners
    yield _group(seed, "Temporary Access", "2023-06-01T08:00:00Z"), (), ()
    power = _group(seed, "License Power Automate", "2023-06-02T08:00:00Z")
    yield {**power, "assignedLicenses": [_license(skus.FLOW.id)]}, LICENSED_BY_GROUP, (14,)
    frontline = _group(seed, "License Frontline", "2023-06-03T08:00:00Z")
    errors = {"assignedLicenses": [_license(skus.F3.id)], "hasMembersWithLicenseErrors": True}
    yield {**frontline, **errors}, (NOT_LICENSED,), (14,)


def with_group_licenses(seed: object, n: int, user: Doc) -> None:
    """Give the n-th user what comes from a group."""
    if n in LICENSED_BY_GROUP:
        held = user.get("assignedLicenses", [])
        if all(each["skuId"] != skus.FLOW.id for each in held):
            user["assignedLicenses"] = [*held, _license(skus.FLOW.id)]
        user["licenseAssignmentStates"] = [_state(seed, user, "License Power Automate", skus.FLOW.id)]
    elif n == NOT_LICENSED:
        state = _state(seed, user, "License Frontline", skus.F3.id)
        user["licenseAssignmentStates"] = [{**state, "error": "CountViolation", "state": "Error"}]


def devices(seed: object, now: float) -> Iterator[tuple[Doc, int | None]]:
    """Yield devices that are out of use, each with the number of its owner."""
    days = days_before(now, 400)
    for device in DEVICES:
        doc = {
            "id": guid(seed, "stale device object", device.name),
            "accountEnabled": device.enabled,
            "alternativeSecurityIds": [],
            "createdDateTime": "2022-05-01T08:00:00Z",
            "deviceId": guid(seed, "stale device", device.name),
            "displayName": device.name,
            "isCompliant": False,
            "isManaged": device.owner is not None,
            "operatingSystem": device.system,
            "operatingSystemVersion": "16.7.1" if device.system == "iPhone" else "10.0.19042.1288",
            "physicalIds": [],
            "profileType": "RegisteredDevice",
            "registrationDateTime": "2022-05-01T08:00:00Z",
            "trustType": "AzureAd",
        }
        if device.seen is not None:
            doc["approximateLastSignInDateTime"] = f"{days[device.seen]}T09:00:00Z"
        yield doc, device.owner


def certificates(app: Secrets, now: float) -> list[Doc]:
    """Return the certificate of an app, as Graph shows it; nobody has its key."""
    if app.certificate is None:
        return []
    end = datetime.fromtimestamp(now + app.certificate * DAY, UTC)
    return [
        {
            "customKeyIdentifier": guid(app.name, "thumbprint").replace("-", "").upper() + "00000000",
            "displayName": f"CN={plain(app.name)}",
            "endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "key": None,
            "keyId": guid(app.name, "certificate"),
            "startDateTime": f"{end - timedelta(days=365):%Y-%m-%dT%H:%M:%SZ}",
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
        }
    ]


def photo(n: int) -> bytes:
    """Return a picture: 48 by 48 pixels of one color."""
    rows = (b"\0" + bytes((40 * n % 256, 90, 160)) * 48) * 48
    head = struct.pack(">IIBBBBB", 48, 48, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _group(seed: object, name: str, made: str) -> Doc:
    return {
        "id": guid(seed, "group", name),
        "createdDateTime": made,
        "displayName": name,
        "description": name,
        "groupTypes": [],
        "mailEnabled": False,
        "mailNickname": plain(name),
        "renewedDateTime": made,
        "securityEnabled": True,
    }


def _license(sku: str) -> Doc:
    return {"disabledPlans": [], "skuId": sku}


def _state(seed: object, user: Doc, group: str, sku: str) -> Doc:
    return {
        "assignedByGroup": guid(seed, "group", group),
        "disabledPlans": [],
        "error": "None",
        "lastUpdatedDateTime": user["createdDateTime"],
        "skuId": sku,
        "state": "Active",
    }
