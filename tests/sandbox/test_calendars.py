"""Calendars: the default one, events, and views in which series unfold; and the mailbox's settings."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Any

import pytest
from graph_calls import Graph, error

from leangraph.sandbox.graph.calendars import days

ADA = "/users/ada.lovelace@contoso.example"
SETTINGS = f"{ADA}/mailboxSettings"
ALWAYS = {"type": "noEnd", "startDate": "2026-12-01"}  # a Tuesday
SERIES = {
    "pattern": {"type": "daily", "interval": 1},
    "range": {**ALWAYS, "type": "numbered", "numberOfOccurrences": 3},
}


def event(graph: Graph, **more: Any) -> dict[str, Any]:
    times = {
        "start": {"dateTime": "2026-12-01T10:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-12-01T11:00:00", "timeZone": "UTC"},
    }
    answer = graph("POST", f"{ADA}/events", json={"subject": "Tea", **times, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def view(graph: Graph, start: str, end: str, **more: str) -> Any:
    query = {"startDateTime": start, "endDateTime": end, **more}
    return graph("GET", f"{ADA}/calendarView", params=query)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"type": "daily", "interval": 2}, ["2026-12-01", "2026-12-03", "2026-12-05"]),
        (
            {"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "thursday"]},
            ["2026-12-03", "2026-12-07", "2026-12-10"],
        ),
        ({"type": "weekly", "interval": 2, "daysOfWeek": ["tuesday"]}, ["2026-12-01", "2026-12-15", "2026-12-29"]),
        ({"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31}, ["2026-12-31", "2027-01-31", "2027-02-28"]),
        (
            {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"},
            ["2026-12-25", "2027-01-29", "2027-02-26"],
        ),
        (
            {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 24, "month": 12},
            ["2026-12-24", "2027-12-24", "2028-12-24"],
        ),
        (
            {"type": "relativeYearly", "interval": 1, "daysOfWeek": ["thursday"], "index": "fourth", "month": 11},
            ["2027-11-25", "2028-11-23", "2029-11-22"],
        ),
    ],
)
def test_a_pattern_has_its_days(pattern: dict[str, Any], expected: list[str]) -> None:
    found = islice(days({"pattern": pattern, "range": ALWAYS}), 3)
    assert list(found) == [date.fromisoformat(each) for each in expected]


@pytest.mark.parametrize(
    ("range_", "number"),
    [
        ({"type": "numbered", "numberOfOccurrences": 4}, 4),
        ({"type": "endDate", "endDate": "2026-12-02"}, 2),
        ({"type": "endDate", "endDate": "2026-11-30"}, 0),
    ],
)
def test_a_range_ends(range_: dict[str, Any], number: int) -> None:
    recurrence = {"pattern": {"type": "daily", "interval": 1}, "range": {**ALWAYS, **range_}}
    assert len(list(days(recurrence))) == number


def test_a_view_unfolds_a_series(graph: Graph) -> None:
    master = event(graph, recurrence=SERIES)
    single = event(graph, subject="Cake")
    assert (master["type"], single["type"], single["showAs"]) == ("seriesMaster", "singleInstance", "busy")

    shown = view(graph, "2026-12-01T00:00:00Z", "2026-12-10T00:00:00Z", **{"$orderby": "start/dateTime"}).json()[
        "value"
    ]
    assert [(each["type"], each["start"]["dateTime"][:10]) for each in shown] == [
        ("occurrence", "2026-12-01"),
        ("singleInstance", "2026-12-01"),
        ("occurrence", "2026-12-02"),
        ("occurrence", "2026-12-03"),
    ]
    assert {each["seriesMasterId"] for each in shown if each["type"] == "occurrence"} == {master["id"]}
    assert view(graph, "2026-12-01T11:00:00Z", "2026-12-02T10:00:00Z").json()["value"] == []
    page = view(
        graph, "2026-12-01T00:00:00Z", "2026-12-10T00:00:00Z", **{"$top": "3", "$select": "subject"}
    ).json()
    rest = graph("GET", page["@odata.nextLink"]).json()
    assert (len(page["value"]), len(rest["value"]), "@odata.nextLink" in rest) == (3, 1, False)
    assert set(page["value"][0]) == {"id", "subject"}
    window = "startDateTime=2026-12-02T00:00:00Z&endDateTime=2026-12-03T00:00:00Z"
    instances = graph("GET", f"{ADA}/events/{master['id']}/instances?{window}").json()["value"]
    assert [each["start"]["dateTime"][:10] for each in instances] == ["2026-12-02"]
    assert error(graph("GET", f"{ADA}/calendarView"))[:2] == (400, "ErrorInvalidParameter")


def test_an_event_is_changed_and_deleted(graph: Graph) -> None:
    one = f"{ADA}/events/{event(graph)['id']}"
    changed = graph("PATCH", one, json={"subject": "Coffee", "recurrence": SERIES})
    assert (changed.status_code, changed.json()["subject"], changed.json()["type"]) == (
        200,
        "Coffee",
        "seriesMaster",
    )
    assert graph("PATCH", one, json={"start": {"dateTime": "noon", "timeZone": "UTC"}}).status_code == 400
    assert graph("DELETE", one).status_code == 204


def test_everybody_has_a_calendar(graph: Graph) -> None:
    own = graph("GET", f"{ADA}/calendar").json()
    assert (own["name"], own["isDefaultCalendar"]) == ("Calendar", True)
    assert [each["id"] for each in graph("GET", f"{ADA}/calendars").json()["value"]] == [own["id"]]
    assert graph("DELETE", f"{ADA}/calendars/{own['id']}").status_code == 400
    second = graph("POST", f"{ADA}/calendars", json={"name": "Birds"})
    assert (second.status_code, second.json()["isRemovable"]) == (201, True)
    assert graph("DELETE", f"{ADA}/calendars/{second.json()['id']}").status_code == 204


def test_the_settings_of_a_mailbox(graph: Graph) -> None:
    before = graph("GET", SETTINGS).json()
    assert (before["timeZone"], before["automaticRepliesSetting"]["status"]) == ("UTC", "disabled")
    away = {"automaticRepliesSetting": {"status": "alwaysEnabled", "internalReplyMessage": "away"}}
    assert graph("PATCH", SETTINGS, json=away).status_code == 200
    replies = graph("GET", f"{SETTINGS}/automaticRepliesSetting").json()
    assert (replies["status"], replies["externalAudience"]) == ("alwaysEnabled", "none")
    assert graph("GET", f"{SETTINGS}/timeZone").json()["value"] == "UTC"
    assert set(graph.get(SETTINGS, select="language").json()) == {"@odata.context", "language"}
    assert graph("PATCH", SETTINGS, json={"nonsense": 1}).status_code == 400
    assert graph("PATCH", SETTINGS, json={"userPurpose": "room"}).status_code == 400


def test_a_guest_is_invited(graph: Graph) -> None:
    body = {"invitedUserEmailAddress": "bob@fabrikam.com", "inviteRedirectUrl": "https://fabrikam.com"}
    made = graph("POST", "/invitations", json=body)
    assert (made.status_code, made.json()["status"]) == (201, "PendingAcceptance")
    guest = graph(
        "GET", f"/users/{made.json()['invitedUser']['id']}?$select=userType,externalUserState,mail"
    ).json()
    assert (guest["userType"], guest["externalUserState"], guest["mail"]) == (
        "Guest",
        "PendingAcceptance",
        "bob@fabrikam.com",
    )
    again = graph("POST", "/invitations", json=body).json()
    assert again["invitedUser"] == made.json()["invitedUser"]
    for wrong in ({"invitedUserEmailAddress": "x"}, {"invitedUserEmailAddress": "x@contoso.example"}):
        assert graph("POST", "/invitations", json={**body, **wrong}).status_code == 400
    assert graph("POST", "/invitations", json={"invitedUserEmailAddress": "a@b.c"}).status_code == 400
