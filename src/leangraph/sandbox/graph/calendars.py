"""Calendars: the one that everybody has, events with what Outlook adds to them, and views in which series unfold.

Sources: "event", "calendar", "List calendarView", "List instances" and "recurrencePattern" in the API reference.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from urllib.parse import urlencode
from uuid import uuid4

from ..core import engine
from ..core.call import Call, bad_request, missing, pairs, reply
from ..core.endpoints import on
from ..core.families import Family, Write, family
from ..core.model import ENTITIES, USER
from ..core.places import name_in
from ..core.store import Doc, Where, of_kind
from ..seed.people import guid
from ..wire.server import Reply

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEXES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
MOST = 1_000  # occurrences of one series in one view


def _calendars(call: Call, home: str) -> None:
    """Give a mailbox the calendar that cannot be deleted."""
    owner = home.split("/")[1]
    id_ = guid(owner, "calendar")
    store = call.directory.store
    if store.find(id_) is not None:
        return
    user = store.get(USER.kind, owner) or {}
    doc = {"id": id_, "name": "Calendar", "color": "auto", "isDefaultCalendar": True, "isRemovable": False}
    rights = {"canEdit": True, "canShare": True, "canViewPrivateItems": True}
    whose = {"owner": {"name": user.get("displayName"), "address": user.get("mail")}}
    store.insert("calendar", {**doc, **rights, **whose}, name_in(home, id_))


def _new_calendar(write: Write) -> Doc:
    if write.before is not None:
        return {}
    rights = {"canEdit": True, "canShare": True, "canViewPrivateItems": True}
    return {"isDefaultCalendar": False, "isRemovable": True, **rights}


def _keep_default(call: Call, doc: Doc) -> None:
    if doc.get("isDefaultCalendar"):
        bad_request("The default calendar cannot be deleted.", "ErrorDeleteDistinguishedFolder")


family(
    Family(
        "calendar",
        "/users/{id}/calendars",
        required=("name",),
        check=_new_calendar,
        remove=_keep_default,
        fill=_calendars,
        silent=False,
    )
)


@on("GET", "/users/{id}/calendar", options=("select",))
def default_calendar(call: Call) -> Reply:
    user = engine.find(call, USER, call.key)
    _calendars(call, f"users/{user['id']}/calendars")
    found = call.directory.store.find(guid(user["id"], "calendar"))
    assert found is not None
    names = {name.lower() for name in call.query.select}
    shown = {name: each for name, each in found.doc.items() if not names or name.lower() in names or name == "id"}
    return reply({"@odata.context": f"{call.root}/$metadata#users('{user['id']}')/calendar/$entity", **shown})


# -- events ---------------------------------------------------------------------------------------------------


def _event(write: Write) -> Doc:
    doc = write.doc
    for name in ("start", "end"):
        if doc.get(name) is not None:
            _at(doc[name])
    series = "seriesMaster" if doc.get("recurrence") else "singleInstance"
    if write.before is not None:
        return {"type": series}
    user = write.call.directory.store.get(USER.kind, write.home.split("/")[1]) or {}
    whose = {"emailAddress": {"name": user.get("displayName"), "address": user.get("mail")}}
    made = {
        "allowNewTimeProposals": True,
        "hasAttachments": False,
        "iCalUId": uuid4().hex.upper(),
        "importance": "normal",
        "isAllDay": False,
        "isCancelled": False,
        "isDraft": False,
        "isOnlineMeeting": False,
        "isOrganizer": True,
        "isReminderOn": True,
        "organizer": whose,
        "reminderMinutesBeforeStart": 15,
        "responseRequested": True,
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        "sensitivity": "normal",
        "showAs": "busy",
        "type": series,
    }
    text = (doc.get("body") or {}).get("content") or ""
    return {**{name: each for name, each in made.items() if doc.get(name) is None}, "bodyPreview": text[:255]}


def _at(value: Doc) -> datetime:
    """Return a dateTimeTimeZone as a moment; raises Outlook's 400. Zones other than UTC are taken for UTC."""
    try:
        when = datetime.fromisoformat(str(value["dateTime"])[:26])
    except (KeyError, ValueError):
        bad_request("At least one property failed validation.", "ErrorPropertyValidationFailure")
    return when if when.tzinfo else when.replace(tzinfo=UTC)


for _owner in ("/users/{id}", "/groups/{id}"):
    family(
        Family(
            "event",
            f"{_owner}/events",
            check=_event,
            silent=False,
            partly="nobody is invited; times of every zone are taken for UTC; one occurrence cannot be changed",
        )
    )


# -- recurrence -----------------------------------------------------------------------------------------------


def days(recurrence: Doc) -> Iterator[date]:
    """Yield the days of a series, in order, within its range."""
    pattern, range_ = recurrence.get("pattern") or {}, recurrence.get("range") or {}
    first = date.fromisoformat(range_["startDate"])
    last = date.fromisoformat(range_["endDate"]) if range_.get("type") == "endDate" else date.max
    most = range_.get("numberOfOccurrences") if range_.get("type") == "numbered" else None
    number = 0
    for day in _pattern(pattern, first):
        if day < first:
            continue
        if day > last or (most is not None and number >= most):
            return
        number += 1
        yield day


def _pattern(pattern: Doc, first: date) -> Iterator[date]:
    kind, every = pattern.get("type", "daily"), max(int(pattern.get("interval") or 1), 1)
    wanted = [DAYS.index(day.lower()) for day in pattern.get("daysOfWeek", ()) if day.lower() in DAYS]
    if kind == "daily":
        yield from (first + timedelta(days=every * n) for n in range((date.max - first).days // every))
    elif kind == "weekly":
        begin = DAYS.index(str(pattern.get("firstDayOfWeek") or "sunday").lower())
        week = first - timedelta(days=(first.weekday() - begin) % 7)
        ordered = sorted((day - begin) % 7 for day in wanted or [first.weekday()])
        for n in range((date.max - week).days // (7 * every) - 1):
            yield from (week + timedelta(days=7 * every * n + day) for day in ordered)
    else:
        yield from _monthly(pattern, kind, every, wanted or [first.weekday()], first)


def _monthly(pattern: Doc, kind: str, every: int, wanted: list[int], first: date) -> Iterator[date]:
    yearly = kind.endswith("Yearly")
    month = int(pattern.get("month") or first.month) if yearly else first.month
    for n in count():
        months = first.year * 12 + month - 1 + n * every * (12 if yearly else 1)
        year, at = months // 12, months % 12 + 1
        if year > 9_000:
            return
        size = calendar.monthrange(year, at)[1]
        if kind.startswith("absolute"):
            yield date(year, at, min(int(pattern.get("dayOfMonth") or first.day), size))
        else:
            possible = [
                date(year, at, day) for day in range(1, size + 1) if date(year, at, day).weekday() in wanted
            ]
            yield possible[INDEXES.get(str(pattern.get("index") or "first"), 0)]


def occurrences(event: Doc, start: datetime, end: datetime) -> list[Doc]:
    """Return what of an event lies between two moments: itself, or the occurrences of its series."""
    if event.get("start") is None or event.get("end") is None:
        return []
    begins, ends = _at(event["start"]), _at(event["end"])
    if not event.get("recurrence"):
        return [event] if begins < end and ends > start else []
    found: list[Doc] = []
    for day in days(event["recurrence"]):
        at = begins.replace(year=day.year, month=day.month, day=day.day)
        if at >= end or len(found) >= MOST:
            break
        if at + (ends - begins) > start:
            found.append(_occurrence(event, at, at + (ends - begins)))
    return found


def _occurrence(event: Doc, at: datetime, until: datetime) -> Doc:
    text = "%Y-%m-%dT%H:%M:%S.0000000"
    own = {name: each for name, each in event.items() if name not in ("recurrence", "iCalUId")}
    return {
        **own,
        "id": guid(event["id"], at.isoformat()),
        "seriesMasterId": event["id"],
        "type": "occurrence",
        "start": {**event["start"], "dateTime": at.strftime(text)},
        "end": {**event["end"], "dateTime": until.strftime(text)},
    }


def _window(call: Call) -> tuple[datetime, datetime]:
    given = {name.lower(): value for name, value in pairs(call.request.query)}
    found = []
    for name in ("startDateTime", "endDateTime"):
        try:
            when = datetime.fromisoformat(given[name.lower()].replace(" ", "+")[:32])
        except (KeyError, ValueError):
            message = "This request requires a time window specified by the query string parameters "
            bad_request(f"{message}StartDateTime and EndDateTime.", "ErrorInvalidParameter")
        found.append(when if when.tzinfo else when.replace(tzinfo=UTC))
    return found[0], found[1]


def _chosen(event: Doc, names: set[str]) -> Doc:
    plain = {name: each for name, each in event.items() if not name.startswith("@")}
    return {name: each for name, each in plain.items() if not names or name.lower() in names or name == "id"}


def _view(call: Call, events: list[Doc], name: str) -> Reply:
    start, end = _window(call)
    shown = [each for event in events for each in occurrences(event, start, end)]
    for order in reversed(call.query.orderby or ()):
        if order.path.lower().startswith("start"):
            shown.sort(key=lambda each: _at(each["start"]), reverse=order.descending)
    skip = call.query.skip or 0
    top = call.query.top or 10
    names = {each.lower() for each in call.query.select}
    page = [_chosen(event, names) for event in shown[skip : skip + top]]
    body: Doc = {"@odata.context": f"{call.root}/$metadata#users/{name}", "value": page}
    if call.query.count:
        body["@odata.count"] = len(shown)
    if skip + top < len(shown):
        query = [pair for pair in pairs(call.request.query) if pair[0].lower() != "$skip"]
        query.append(("$skip", str(skip + top)))
        body["@odata.nextLink"] = f"{call.request.origin}{call.request.raw_path}?{urlencode(query, safe='$')}"
    return reply(body)


OPTIONS = ("select", "orderby", "top", "skip", "count")
for _owner, _kind in (("users", "user"), ("groups", "group")):
    for _path in ("calendarView", "calendar/calendarView"):

        @on("GET", f"/{_owner}/{{id}}/{_path}", options=OPTIONS, partly="sorted by start only; no $filter")
        def view(call: Call, kind: str = _kind, owner: str = _owner) -> Reply:
            doc = engine.find(call, ENTITIES[kind], call.key)
            home = f"{owner}/{doc['id']}/events"
            inside = Where("name >= ? AND name < ?", (f"{home}\0", f"{home}\1"))
            return _view(call, [row.doc for row in call.store.select(of_kind("event") & inside)], "calendarView")


@on("GET", "/users/{id}/events/{id}/instances", options=OPTIONS)
def instances(call: Call) -> Reply:
    engine.find(call, USER, call.keys[0])
    found = call.store.find(call.keys[1])
    if found is None or found.kind != "event":
        raise missing(call.keys[1])
    return _view(call, [found.doc] if found.doc.get("recurrence") else [], "events/instances")
