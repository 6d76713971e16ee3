"""Usage reports of Microsoft 365: a redirect to a CSV file on another host.

Sources: "reportRoot: getOffice365ActiveUserDetail" and its kin, each of which lists its columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

from ..core.call import Call, bad_request
from ..core.endpoints import on
from ..core.store import Doc, Store, Where, of_kind
from ..seed import skus
from ..seed.people import guid
from ..wire.server import Reply, Request

PERIODS = {"D7": 7, "D30": 30, "D90": 90, "D180": 180}
DAYS = 30  # that a report of one day can go back
BEHIND = 2  # days that reports are behind
LIFETIME = 300.0  # seconds of an address: "only valid for a short period of time (a few minutes)"
SERVICES = {  # as the reports call them, and what service plans call them
    "Exchange": "exchange",
    "OneDrive": "SharePoint",
    "SharePoint": "SharePoint",
    "Skype For Business": "",
    "Yammer": "YammerEnterprise",
    "Teams": "TeamspaceAPI",
}
PRODUCTS = {skus.E5.id: "MICROSOFT 365 E5", skus.E3.id: "MICROSOFT 365 E3", skus.F3.id: "MICROSOFT 365 F3"}
MEGABYTE = 1024 * 1024
CHUNK = 1_000  # users read at once


class View(NamedTuple):
    """What a report is about. ``since`` is the first day of its period, or its only day."""

    refreshed: date
    since: date
    period: int  # days; 0 for a report of one day

    def active(self, day: str) -> bool:
        if not day:
            return False
        return day == self.since.isoformat() if not self.period else day >= self.since.isoformat()


class Person(NamedTuple):
    """A user as reports see one."""

    doc: Doc
    deleted: str  # the day, "" if not
    last: str  # the day of the last activity, "" if none
    services: frozenset[str]  # that a license brings
    assigned: str  # the products
    luck: int  # of 32 bits: what numbers are made of

    def has(self, service: str) -> bool:
        return service in self.services


Lines = Iterator[Iterable[object]]


def _people(users: Iterable[Doc], view: View) -> Iterator[Person]:
    refreshed = view.refreshed.isoformat()
    for user in users:
        licenses = tuple(
            (each["skuId"], *each.get("disabledPlans", ())) for each in user.get("assignedLicenses", ())
        )
        services, assigned = _brought(licenses)
        last = ((user.get("signInActivity") or {}).get("lastSignInDateTime") or "")[:10] if services else ""
        yield Person(
            user,
            (user.get("deletedDateTime") or "")[:10],
            min(last, refreshed),  # what came later is in a later report
            services,
            assigned,
            crc32(user["id"].encode()),
        )


@lru_cache(maxsize=256)
def _brought(licenses: tuple[tuple[str, ...], ...]) -> tuple[frozenset[str], str]:
    """Return the services, as reports call them, and the products that licenses bring."""
    plans = skus.plans([{"skuId": sku, "disabledPlans": off} for sku, *off in licenses])
    have = {plan.service for plan in plans}
    services = frozenset(name for name, plan in SERVICES.items() if plan in have)
    return services, "+".join(PRODUCTS[sku] for sku, *_ in licenses if sku in PRODUCTS)


# -- the reports --------------------------------------------------------------------------------------


def _active_user_detail(people: Iterable[Person], view: View) -> Lines:
    yield (
        *("Report Refresh Date", "User Principal Name", "Display Name", "Is Deleted", "Deleted Date"),
        *(f"Has {service} License" for service in SERVICES),
        *(f"{service} Last Activity Date" for service in SERVICES),
        *(f"{service} License Assign Date" for service in SERVICES),
        "Assigned Products",
    )
    for person in people:
        if not view.period and not view.active(person.last):
            continue
        created = (person.doc.get("createdDateTime") or "")[:10]
        yield (
            *(view.refreshed, person.doc["userPrincipalName"], person.doc.get("displayName")),
            *(bool(person.deleted), person.deleted),
            *(person.has(service) for service in SERVICES),
            *(person.last if person.has(service) else "" for service in SERVICES),
            *(created if person.has(service) else "" for service in SERVICES),
            person.assigned,
        )


def _active_user_counts(people: Iterable[Person], view: View) -> Lines:
    yield "Report Refresh Date", "Office 365", *SERVICES, "Report Date", "Report Period"
    active = [person for person in people if person.last]
    for back in range(view.period):
        day = (view.refreshed - timedelta(back)).isoformat()
        that_day = [person for person in active if person.last == day]
        yield (
            *(view.refreshed, len(that_day)),
            *(sum(person.has(service) for person in that_day) for service in SERVICES),
            *(day, view.period),
        )


def _services_user_counts(people: Iterable[Person], view: View) -> Lines:
    sides = ("Active", "Inactive")
    yield (
        "Report Refresh Date",
        *(f"{service} {side}" for service in SERVICES for side in sides),
        "Report Period",
    )
    counts = dict.fromkeys(((service, side) for service in SERVICES for side in (True, False)), 0)
    for person in people:
        for service in SERVICES:
            if person.has(service):
                counts[service, view.active(person.last)] += 1
    yield view.refreshed, *counts.values(), view.period


def _email_activity_user_detail(people: Iterable[Person], view: View) -> Lines:
    yield (
        *("Report Refresh Date", "User Principal Name", "Display Name", "Is Deleted", "Deleted Date"),
        *("Last Activity Date", "Send Count", "Receive Count", "Read Count"),
        *("Meeting Created Count", "Meeting Interacted Count", "Assigned Products", "Report Period"),
    )
    for person in people:
        if not person.has("Exchange") or (not view.period and not view.active(person.last)):
            continue
        busy = view.active(person.last) * (view.period or 1)
        yield (
            *(view.refreshed, person.doc["userPrincipalName"], person.doc.get("displayName")),
            *(bool(person.deleted), person.deleted, person.last),
            *(busy * (person.luck >> bits) % 32 for bits in (0, 4, 8)),
            *(busy * (person.luck >> bits) % 4 for bits in (12, 16)),
            *(person.assigned, view.period or 1),
        )


def _mailbox_usage_detail(people: Iterable[Person], view: View) -> Lines:
    yield (
        *("Report Refresh Date", "User Principal Name", "Display Name", "Is Deleted", "Deleted Date"),
        *("Created Date", "Last Activity Date", "Item Count", "Storage Used (Byte)"),
        *("Issue Warning Quota (Byte)", "Prohibit Send Quota (Byte)", "Prohibit Send/Receive Quota (Byte)"),
        *("Deleted Item Count", "Deleted Item Size (Byte)", "Deleted Item Quota (Byte)", "Has Archive"),
        "Report Period",
    )
    for person in people:
        if person.has("Exchange"):
            items = person.luck % 60_000
            yield (
                *(view.refreshed, person.doc["userPrincipalName"], person.doc.get("displayName")),
                *(bool(person.deleted), person.deleted, (person.doc.get("createdDateTime") or "")[:10]),
                *(person.last, items, items * 75_000, 98 * 1024 * MEGABYTE, 99 * 1024 * MEGABYTE),
                *(100 * 1024 * MEGABYTE, items // 20, items * 3_000, 30 * 1024 * MEGABYTE),
                *(person.luck % 4 == 0, view.period),
            )


def _drive_usage_detail(people: Iterable[Person], view: View) -> Lines:
    yield (
        *("Report Refresh Date", "Site Id", "Site URL", "Owner Display Name", "Is Deleted", "Last Activity Date"),
        *("File Count", "Active File Count", "Storage Used (Byte)", "Storage Allocated (Byte)"),
        *("Owner Principal Name", "Report Period"),
    )
    for person in people:
        if person.has("OneDrive") and (view.period or view.active(person.last)):
            files = person.luck % 4_000
            yield (
                *(view.refreshed, guid(person.doc["id"], "site"), "", person.doc.get("displayName")),
                *(bool(person.deleted), person.last, files, files // 9 * view.active(person.last)),
                *(files * 350_000, 1024 * 1024 * MEGABYTE, person.doc["userPrincipalName"], view.period or 1),
            )


class Report(NamedTuple):
    lines: Callable[[Iterable[Person], View], Lines]
    by_day: bool = False  # may be asked for one day


REPORTS = {
    "getOffice365ActiveUserDetail": Report(_active_user_detail, by_day=True),
    "getOffice365ActiveUserCounts": Report(_active_user_counts),
    "getOffice365ServicesUserCounts": Report(_services_user_counts),
    "getEmailActivityUserDetail": Report(_email_activity_user_detail, by_day=True),
    "getMailboxUsageDetail": Report(_mailbox_usage_detail),
    "getOneDriveUsageAccountDetail": Report(_drive_usage_detail, by_day=True),
}


# -- asking for one -----------------------------------------------------------------------------------


def _today(call: Call) -> date:
    return datetime.fromtimestamp(call.directory.clock(), UTC).date()


def _view(call: Call, report: Report) -> View:
    """Return what the arguments of the function say; raises Graph's 400."""
    asked = re.fullmatch(r"\s*(?:period\s*=\s*'(\w+)'|date\s*=\s*(\d{4}-\d\d-\d\d))\s*", call.key, re.IGNORECASE)
    today = _today(call)
    refreshed = today - timedelta(BEHIND)
    if asked and asked[1] and asked[1].upper() in PERIODS:
        days = PERIODS[asked[1].upper()]
        return View(refreshed, refreshed - timedelta(days - 1), days)
    if not (asked and asked[2] and report.by_day):
        more = ", or date=YYYY-MM-DD." if report.by_day else "."
        bad_request(f"Invalid period value specified: it must be D7, D30, D90 or D180{more}", "InvalidArgument")
    days_of_month = {(today - timedelta(back)).isoformat(): back for back in range(DAYS + 1)}
    if asked[2] not in days_of_month:
        bad_request(f"The date must be one of the past {DAYS} days.", "InvalidArgument")
    return View(refreshed, today - timedelta(days_of_month[asked[2]]), 0)


def _written(store: Store, report: Report, view: View) -> bytes:
    content = io.BytesIO()
    with io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as file:
        lines = report.lines(_people(_users(store, view), view), view)
        csv.writer(file, lineterminator="\r\n").writerows(lines)
        file.flush()
        return content.getvalue()


def _users(store: Store, view: View) -> Iterator[Doc]:
    """Yield everybody, and those who were deleted since the report's first day; not all at once in memory."""
    lately = of_kind("user") & Where("deleted >= ?", (view.since.isoformat(),))
    for where, deleted in ((of_kind("user"), False), (lately, True)):
        after: tuple[None, int] | None = (None, 0)
        while after is not None:
            rows = store.select(where, after=after, limit=CHUNK, deleted=deleted)
            yield from (row.doc for row in rows)
            after = (None, rows[-1].seq) if len(rows) == CHUNK else None


def _register(name: str, report: Report) -> None:
    @on("GET", f"/reports/{name}(…)", partly="numbers are made up, and go by the last sign-in")
    def redirect(call: Call) -> Reply:
        view, store = _view(call, report), call.store
        version = f"{name} {call.key} {view} {store.last_change}"  # of what it is made of
        tag = f'"{blake2b(version.encode(), digest_size=8).hexdigest()}"'
        if call.request.headers.get("If-None-Match") == tag:
            return Reply(304, headers={"ETag": tag})
        file = f'attachment; filename="{name.removeprefix("get")}{call.directory.now()}.csv"'
        headers = {"Content-Type": "application/octet-stream", "Content-Disposition": file, "ETag": tag}

        def answer(request: Request) -> Reply:
            if request.method != "GET":
                bad_request("The address can be read only.", "invalidRequest")
            return Reply(200, _written(store, report, view), dict(headers))

        url = call.directory.signed_urls.issue("report", answer, LIFETIME)
        return Reply(302, headers={"Content-Type": "text/plain", "Location": url})


for _name, _report in REPORTS.items():
    _register(_name, _report)
