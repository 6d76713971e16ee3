"""Throttling as Graph documents it: what a call costs, what it counts against, when it is refused.

:data:`LIMITS` has the numbers. Identity and access is "based on a token bucket algorithm", so whatever is
counted in units is a bucket here: it holds one quota, fills up evenly, and lets a burst through when full.
Everything else is "N requests in T", read strictly: never more than N in *any* T seconds. Rejected calls
count as well ("all requests accrue against your usage limits"), so only waiting helps.

Not acted out: limits per user (SharePoint's 3,000 requests in 5 minutes), OneNote's for delegated tokens,
Teams' per hour or day, priorities (``x-ms-throttle-priority``), and what Graph does under load of its own.
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ..wire.faults import Refusal

Scope = Literal["Tenant_Application", "Tenant", "Application"]  # the words of x-ms-throttle-scope
WARNING = 0.8  # of a quota: from here on replies say how much of it is used
CEILING = 1.8  # of a quota: more is neither reported nor held against a caller
SLACK = 1e-6  # seconds; clocks are floats, and who waited as long as we said has waited enough
OUTLOOK_CONCURRENCY = 4  # requests at once, per app and mailbox; per app whatever the mailbox until 2023
OUTLOOK_WAIT = 1.0  # seconds; not documented


class Quota(NamedTuple):
    """So many calls, or whatever a limit counts, in so many seconds."""

    calls: float
    per: float


class Limit(NamedTuple):
    """One row of Microsoft's tables. Its fields are those of the table plus where it comes from.

    Attributes:
        service: what calls it counts; see :class:`Use`.
        quotas: one; or one for each size of tenant, the smallest first.
        each: every mailbox, team or report has this limit to itself.
        waits: a refusal says how long to wait.
    """

    service: str
    scope: Scope
    counts: Literal["calls", "units", "writes", "bytes"]
    quotas: tuple[Quota, ...]
    source: str
    each: bool = False
    waits: bool = True


SOURCES = {  # date of the text read, and where it stands
    "graph": ("2025-01-14", "https://learn.microsoft.com/graph/throttling-limits"),
    "graph, before": ("2023", "https://learn.microsoft.com/graph/throttling-limits"),
    "sharepoint": (
        "2025-10",
        "https://learn.microsoft.com/sharepoint/dev/general-development/"
        "how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online",
    ),
}
# The largest tenant of each size but the last: users (S, M, L); for SharePoint licenses, here one a user.
SIZES = {"graph": (49, 500), "sharepoint": (1_000, 5_000, 15_000, 50_000)}


def _sharepoint(smallest: int, per: float) -> tuple[Quota, ...]:
    return tuple(Quota(smallest * size, per) for size in range(1, 6))


MB = 1024 * 1024
S_M_L = (Quota(3_500, 10), Quota(5_000, 10), Quota(8_000, 10))
LIMITS = (
    Limit("", "Application", "calls", (Quota(130_000, 10),), "graph"),
    Limit("identity", "Tenant_Application", "units", S_M_L, "graph"),
    Limit("identity", "Tenant_Application", "writes", (Quota(3_000, 150),), "graph"),
    Limit("identity", "Application", "units", (Quota(150_000, 20),), "graph"),
    Limit("identity", "Application", "writes", (Quota(35_000, 300),), "graph"),
    Limit("identity", "Tenant", "writes", (Quota(18_000, 300),), "graph"),
    Limit("audit", "Tenant_Application", "calls", (Quota(5, 10),), "graph"),
    Limit("audit", "Application", "calls", (Quota(122, 10),), "graph"),
    Limit("signInActivity", "Tenant_Application", "calls", (Quota(10, 60),), "graph"),
    Limit("protection", "Tenant", "calls", (Quota(1, 1),), "graph", waits=False),
    Limit("invitations", "Tenant", "calls", (Quota(150, 5),), "graph"),
    Limit("outlook", "Tenant_Application", "calls", (Quota(10_000, 600),), "graph", each=True),
    Limit("outlook", "Tenant_Application", "bytes", (Quota(150 * MB, 300),), "graph", each=True),
    Limit("usage", "Tenant_Application", "calls", (Quota(14, 600),), "graph", each=True),
    Limit("usage", "Tenant", "calls", (Quota(40, 600),), "graph", each=True),
    Limit("usage as JSON", "Tenant_Application", "calls", (Quota(100, 600),), "graph", each=True),
    Limit("subscriptions", "Tenant_Application", "calls", (Quota(500, 20),), "graph"),
    Limit("list of subscriptions", "Tenant_Application", "calls", (Quota(25, 20),), "graph"),
    Limit("reauthorize", "Tenant_Application", "calls", (Quota(1_000, 20),), "graph"),
    Limit("teams", "Tenant_Application", "calls", (Quota(30, 1),), "graph, before"),
    Limit("chat message", "Tenant_Application", "calls", (Quota(20, 1),), "graph, before"),
    Limit("one team", "Application", "calls", (Quota(4, 1),), "graph, before", each=True),
    Limit("excel", "Tenant_Application", "calls", (Quota(1_500, 10),), "graph"),
    Limit("excel", "Application", "calls", (Quota(5_000, 10),), "graph"),
    Limit("onenote", "Application", "calls", (Quota(240, 60),), "graph", waits=False),
    Limit("onenote", "Application", "calls", (Quota(800, 3_600),), "graph", waits=False),
    Limit("extensions", "Tenant_Application", "calls", (Quota(455, 10),), "graph"),
    Limit("files", "Tenant_Application", "units", _sharepoint(1_250, 60), "sharepoint"),
    Limit("files", "Tenant_Application", "units", _sharepoint(1_200_000, 86_400), "sharepoint"),
    Limit("files", "Tenant", "units", _sharepoint(18_750, 300), "sharepoint"),
)


# -- what a call is -----------------------------------------------------------------------------------


def _by(**names: str) -> dict[str, str]:
    return {name: service for service, text in names.items() for name in text.split()}


_ROOTS = _by(
    identity="administrativeunits applications contacts contracts devices directory directoryobjects "
    "directoryroles directoryroletemplates domains groups groupsettings groupsettingtemplates me "
    "oauth2permissiongrants organization permissiongrants policies serviceprincipals subscribedskus users",
    audit="auditlogs",
    protection="identityprotection",
    files="drive drives shares sites",
    teams="appcatalogs chats teams teamwork",
    invitations="invitations",
    subscriptions="subscriptions",
)
_BELOW_OWNERS = _by(  # what stands below a user or a group and is another service's
    outlook="calendar calendargroups calendars calendarview contactfolders contacts conversations events "
    "findmeetingtimes getmailtips inferenceclassification mailboxsettings mailfolders messages outlook people "
    "photo photos sendmail threads todo",
    files="drive drives followedsites sites",
    teams="chats installedapps joinedteams team teamwork",
    onenote="onenote",
    extensions="extensions",
)
_READING = {  # POSTs that change nothing, with what they cost
    "checkmembergroups": 4,
    "checkmemberobjects": 4,
    "getbyids": 5,
    "getmembergroups": 2,
    "getmemberobjects": 2,
    "getobjectsbyid": 5,
    "ismemberof": 4,
}
_GETS: dict[tuple[str, ...], int] = {  # GETs that cost more than 1; "" is any key
    ("applications",): 2,
    ("applications", "", "extensionproperties"): 2,
    ("contracts",): 3,
    ("domains", "", "domainnamereferences"): 4,
    ("groups", "", "members"): 3,
    ("groups", "", "transitivemembers"): 5,
    ("oauth2permissiongrants",): 2,
    ("oauth2permissiongrants", ""): 2,
    ("serviceprincipals", "", "approleassignments"): 2,
    ("subscribedskus",): 3,
    ("users",): 2,
    **{("users", "", name): 2 for name in ("licensedetails", "memberof", "ownedobjects", "transitivememberof")},
}
_LISTS = frozenset(
    "activities bundles children columns contenttypes drives following items lists sharedwithme sites "
    "subscriptions thumbnails versions".split()
)
_SHARING = frozenset("createlink grant invite permission permissions".split())


class Use(NamedTuple):
    """What a call is, as far as limits go.

    Attributes:
        service: the one behind it: ``identity``, ``outlook``, ``files``; "" for none that has limits here.
        limits: the services of :class:`Limit` that it counts against.
        resource: the mailbox, team or report whose own limits it meets, in lower case; or "".
        units, writes: what it costs.
    """

    service: str
    limits: tuple[str, ...]
    resource: str
    units: int = 1
    writes: int = 0


def workload(path: Sequence[str]) -> str:
    """Return the service behind a path's segments; "" for none that has limits here."""
    return _service([name.lower() for name in path])


def use(method: str, path: Sequence[str], query: Mapping[str, str]) -> Use:
    """Return what a call is. See :meth:`Limits.charge` for the arguments."""
    names = [name.lower() for name in path]
    if ":" in names:  # what follows is the path of a file, which may be called anything
        at = names.index(":") + 1
        del names[at : at + 1]
    service = _service(names)
    match service:
        case "identity":
            return _use_of_identity(method, names, query)
        case "files":
            return Use(service, ("", service), "", _price_of_files(method, names, query))
        case "outlook":
            return Use(service, ("", service), names[0] if names[0] == "me" else names[1])
        case "teams":
            team = names[1] if names[0] == "teams" and len(names) > 1 else ""
            sends = method == "POST" and names[0] == "chats" and names[-1] == "messages"
            more = (*(["chat message"] if sends else []), *(["one team"] if team else []))
            return Use(service, ("", service, *more), team)
        case "usage":
            as_json = query.get("format", "").lower() == "application/json"
            return Use(service, ("", "usage as JSON" if as_json else service), names[1].partition("(")[0])
        case "subscriptions" if names[-1] == "reauthorize":
            return Use(service, ("", "reauthorize"), "")
        case "subscriptions" if method == "GET" and len(names) == 1:
            return Use(service, ("", "list of subscriptions"), "")
    return Use(service, ("", service) if service else ("",), "")


def _service(names: list[str]) -> str:
    root = names[0] if names else ""
    if root in ("me", "users", "groups"):
        below = names[1:2] if root == "me" else names[2:3]
        found = _BELOW_OWNERS.get(below[0], "identity") if below else "identity"
    elif root == "reports":
        found = "usage" if names[1:] and names[1].startswith("get") else "audit"
    elif root == "identity":
        found = "protection" if names[1:2] == ["conditionalaccess"] else ""
    else:
        found = _ROOTS.get(root, "")
    return "excel" if found == "files" and "workbook" in names else found


def _use_of_identity(method: str, names: list[str], query: Mapping[str, str]) -> Use:
    writes = 0
    if method == "GET":
        if names[0] == "me":
            names = ["users", "", *names[1:]]
        elif len(names) > 1 and names[1] != "delta":
            names[1] = ""
        if names[-1].startswith("microsoft.graph."):  # a cast: the same list, filtered
            names.pop()
        units = _GETS.get(tuple(names), 1)
    else:
        units = _READING.get(names[-1], 1)
        writes = 0 if names[-1] in _READING else 1
    limits: tuple[str, ...] = ("", "identity")
    if query:
        if "select" in query:
            units -= 3 if names[-1] == "getbyids" else 1  # 5, and 2 with $select
        if "expand" in query:
            units += 1
        top = query.get("top", "")
        if top.isascii() and top.isdigit() and int(top[:6]) < 20:
            units -= 1
        if "signinactivity" in f"{query.get('select')} {query.get('filter')}".lower():
            limits = (*limits, "signInActivity")
    return Use("identity", limits, "", max(units, 1), writes)


def _price_of_files(method: str, names: list[str], query: Mapping[str, str]) -> int:
    if not _SHARING.isdisjoint(names) or "permissions" in query.get("expand", "").lower():
        return 5
    last = names[-1]
    if method != "GET" or last in _LISTS or last.startswith("search("):
        return 2
    if last.partition("(")[0] == "delta":
        return 1 if "(" in last or "token" in query or "deltatoken" in query or "skiptoken" in query else 2
    return 1


# -- how it is counted --------------------------------------------------------------------------------


class _Bucket:
    """How much of a quota is used; it drains evenly."""

    __slots__ = ("at", "level", "limit")

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.level = 0.0
        self.at = 0.0

    def take(self, quota: Quota, amount: float, now: float) -> float:
        """Count a call; return the seconds until it would be let through, 0 if it is now."""
        calls, per = quota
        before = self.level - (now - self.at) * calls / per if now > self.at else self.level
        after = (before if before > 0.0 else 0.0) + amount
        self.at = now
        self.level = min(after, CEILING * calls)
        if after <= calls * (1 + SLACK / per):
            return 0.0
        return (self.level + amount - calls) * per / calls


class _Window:
    """The times of the last N calls: one more must find the first of them gone."""

    __slots__ = ("limit", "times")
    level = 0.0  # not reported

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.times: deque[float] = deque(maxlen=int(limit.quotas[0].calls))

    def take(self, quota: Quota, amount: float, now: float) -> float:
        """Count a call (its ``amount`` is 1); return the seconds until it would be let through, 0 if it is now."""
        times, per = self.times, quota[1]
        full = len(times) == times.maxlen and now - times[0] < per - SLACK
        times.append(now)
        return times[0] + per - now if full else 0.0


@dataclass(slots=True)
class Charge:
    """What a call was charged.

    Attributes:
        cost: resource units.
        percentage: the used part of the fullest quota, 0.8 to 1.8; ``None`` while there is less to report.
        refusal: raise it instead of doing the work. It has ``headers`` too.
        headers: what the reply says about all this.
    """

    cost: int
    percentage: float | None = None
    refusal: Refusal | None = None
    headers: dict[str, str] = field(default_factory=dict)


_OVERRIDE = Limit("override", "Tenant_Application", "units", (), "")
_REASONS = {"units": "ResourceUnitLimitExceeded", "writes": "WriteLimitExceeded"}


class Limits:
    """Counts calls against every limit that concerns them. ``clock`` returns seconds.

    Attributes:
        enabled: off until somebody turns it on; calls have their price until then, but nobody counts.
        users: how many the tenant has; its size decides some quotas.
        override: so many calls in so long, per app and tenant, in place of every limit of :data:`LIMITS`.
        retry_after: how a 429 says how long to wait: ``whole`` seconds, a ``fractional`` number, or not at all.
        concurrent: requests at once, per app and mailbox.
    """

    def __init__(self, clock: Callable[[], float], *, users: int) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.users = users
        self.reset()

    def reset(self) -> None:
        """Forget who used how much, and every setting but the number of users."""
        self.enabled = False
        self.override: Quota | None = None
        self.retry_after: Literal["whole", "fractional", "absent"] = "whole"
        self.concurrent = OUTLOOK_CONCURRENCY
        with self._lock:
            self._counters: dict[tuple[object, ...], _Bucket | _Window] = {}
            self._by_call: dict[tuple[tuple[str, ...], str, str, str], tuple[_Bucket | _Window, ...]] = {}
            self._running: dict[tuple[str, str], int] = {}

    def charge(
        self, app: str, tenant: str, method: str, path: Sequence[str], query: Mapping[str, str], size: int = 0
    ) -> Charge:
        """Count a call, be it let through or not.

        Args:
            path: decoded segments below the version.
            query: the query options, by their names in lower case without ``$``.
            size: bytes of the request's body.
        """
        what = use(method, path, query)
        charge = Charge(what.units)
        if what.service == "identity":
            charge.headers["x-ms-resource-unit"] = str(what.units)
        if not self.enabled or (path and path[0].lower() == "$batch"):  # a batch's items are charged one by one
            return charge
        override = self.override
        names, units = (what.limits, what.units) if override is None else (("override",), 1)
        amounts = {"calls": 1, "units": units, "writes": what.writes, "bytes": size}
        longest, refusing = 0.0, None
        now = self._clock()
        with self._lock:
            for counter in self._counters_of(names, app, tenant, what.resource):
                limit = counter.limit
                amount = amounts[limit.counts]
                if not amount:
                    continue
                quota = override or self._quota(limit)
                wait = counter.take(quota, amount, now)
                if counter.level >= WARNING * quota.calls and limit.counts != "bytes":
                    self._warn(charge, what, quota, counter.level / quota.calls)
                if wait > longest:
                    longest, refusing = wait, limit
        if refusing is not None:
            whom = f"{app}/{what.resource if refusing.each else tenant}"
            charge.refusal = self._refusal(refusing, whom, longest, what, charge.headers)
        return charge

    @contextmanager
    def mailbox(self, app: str, user: str) -> Iterator[None]:
        """Hold one of the few places there are in a mailbox; raises :class:`Refusal` when all are taken."""
        if not self.enabled:
            yield
            return
        key = (app, user.lower())
        with self._lock:
            running = self._running.get(key, 0)
            if running >= self.concurrent:
                raise Refusal(
                    429,
                    "ApplicationThrottled",
                    "Application is over its MailboxConcurrency limit.",
                    headers=self._wait(OUTLOOK_WAIT),
                )
            self._running[key] = running + 1
        try:
            yield
        finally:
            with self._lock:
                left = self._running.pop(key, 1) - 1
                if left > 0:
                    self._running[key] = left

    def _counters_of(
        self, names: tuple[str, ...], app: str, tenant: str, resource: str
    ) -> tuple[_Bucket | _Window, ...]:
        known = self._by_call.get((names, app, tenant, resource))
        if known is None:
            limits = [_OVERRIDE] if names == ("override",) else [one for one in LIMITS if one.service in names]
            known = tuple(self._counter(limit, app, tenant, resource) for limit in limits)
            self._by_call[names, app, tenant, resource] = known
        return known

    def _counter(self, limit: Limit, app: str, tenant: str, resource: str) -> _Bucket | _Window:
        """Return what counts for this limit: shared by all calls that it lumps together."""
        holder = {"Tenant_Application": (app, tenant), "Tenant": (tenant,), "Application": (app,)}[limit.scope]
        key = (limit, *holder, resource if limit.each else "")
        if key not in self._counters:
            self._counters[key] = (_Window if limit.counts == "calls" else _Bucket)(limit)
        return self._counters[key]

    def _quota(self, limit: Limit) -> Quota:
        quotas = limit.quotas
        return quotas[0] if len(quotas) == 1 else quotas[bisect_left(SIZES[limit.source], self.users)]

    @staticmethod
    def _warn(charge: Charge, what: Use, quota: Quota, used: float) -> None:
        """Say how much of a quota is used, in Graph's way or in SharePoint's (draft 3 of the IETF's)."""
        if what.service != "files":
            charge.percentage = max(charge.percentage or 0.0, round(used, 2))
            charge.headers["x-ms-throttle-limit-percentage"] = str(charge.percentage)
        elif quota.per == 60:
            charge.headers["RateLimit-Limit"] = str(int(quota.calls))
            charge.headers["RateLimit-Remaining"] = str(max(0, math.floor((1 - used) * quota.calls + SLACK)))
            charge.headers["RateLimit-Reset"] = str(math.ceil(used * quota.per))  # seconds until it is whole again

    def _refusal(self, limit: Limit, whom: str, wait: float, what: Use, headers: Mapping[str, str]) -> Refusal:
        kind = "Write" if limit.counts == "writes" else "ReadWrite"
        told = {
            **headers,
            **(self._wait(wait) if limit.waits else {}),
            "x-ms-throttle-scope": f"{limit.scope}/{kind}/{whom}",
            "x-ms-throttle-information": _REASONS.get(limit.counts, "RequestLimitExceeded"),
        }
        if what.service == "files":
            inner, text = {"code": "throttledRequest"}, "The request has been throttled"
            return Refusal(429, "activityLimitReached", text, headers=told, inner=inner)
        inner = {"code": "429", "message": "Please retry after", "status": "429"}
        return Refusal(429, "TooManyRequests", "Please retry again later.", headers=told, inner=inner)

    def _wait(self, seconds: float) -> dict[str, str]:
        if self.retry_after == "absent":
            return {}
        if self.retry_after == "fractional":
            return {"Retry-After": f"{math.ceil(seconds * 1000) / 1000:.3f}"}
        return {"Retry-After": str(max(1, math.ceil(seconds - SLACK)))}
