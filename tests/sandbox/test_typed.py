"""Any path of v1.0's metadata, answered by the metadata: a sweep over every type, and what the answers promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graph_calls import Graph, error
from shares import FULL

from leangraph.knowledge import paths, schema
from leangraph.sandbox.core.places import keys

ADA = "/users/ada.lovelace@contoso.example"
REVIEWS = "/identityGovernance/accessReviews/definitions"


def collections() -> Iterator[tuple[str, str]]:
    """Yield a path to a collection of each entity type that one can be made in, and the type: the shortest one."""
    seen: dict[str, str] = {}
    todo = [(f"/{name}", kind) for name, kind in paths()["roots"].items() if name != "me"]
    depth = 0
    while todo and depth < 5:
        following: list[tuple[str, str]] = []
        for path, kind in todo:
            inner = kind.removeprefix("Collection(").removesuffix(")")
            if inner in seen:
                continue
            below = path
            if inner != kind:
                seen[inner] = path
                below = f"{path}/{{id}}"
            contained = set(schema.navigation(inner)) - schema.references(inner)
            following += [(f"{below}/{name}", schema.navigation(inner)[name]) for name in sorted(contained)]
        todo, depth = following, depth + 1
    for kind, path in sorted(seen.items()):
        if not paths()["types"][kind].get("abstract"):
            yield path, kind


ALL = list(collections())
SHARE = ALL if FULL else ALL[::8]


def made(graph: Graph, path: str) -> str:
    """Return a path whose keys are those of objects, each made if there is none."""
    at = ""
    for segment in path.strip("/").split("/"):
        if segment != "{id}":
            at += f"/{segment}"
            continue
        found = graph("GET", at, {"ConsistencyLevel": "eventual"}).json().get("value")
        if not found:
            answer = graph("POST", at, json={})
            if answer.status_code != 201:
                pytest.skip(f"what is above cannot be made: {answer.text}")
            found = [answer.json()]
        at += f"/{found[0]['id']}"
    return at


@pytest.mark.parametrize(("path", "kind"), SHARE, ids=[kind for _, kind in SHARE])
def test_every_type_is_made_listed_filtered_read_changed_and_deleted(graph: Graph, path: str, kind: str) -> None:
    at = made(graph, path)
    text = next(
        (name for name, of in schema.properties(kind).items() if of == "Edm.String" and name != "id"), None
    )
    settable = text is not None and text not in schema.computed(kind) and text not in keys(kind)
    body: dict[str, Any] = {text: "Sandbox"} if settable else {}
    body |= {
        name: 1 if schema.properties(kind)[name] == "Edm.Int32" else "key" for name in keys(kind) if name != "id"
    }

    new = graph("POST", at, json=body)
    if new.headers["x-sandbox-fidelity"] != "typed":
        return  # a family acts it out, or refuses it, and has tests of its own
    assert new.status_code == 201, new.text
    key = ",".join(str(new.json()[name]) for name in keys(kind))
    if len(keys(kind)) > 1:
        return
    one = f"{at}/{key}"
    read = graph("GET", one)
    assert read.status_code == 200, read.text
    assert {**read.json(), "@odata.context": ""} == {**new.json(), "@odata.context": ""}
    listed = graph("GET", at).json()["value"]
    assert [each for each in listed if all(each.get(name) == new.json()[name] for name in keys(kind))]
    assert int(graph("GET", f"{at}/$count", {"ConsistencyLevel": "eventual"}).text.lstrip("\ufeff")) == len(listed)
    if settable:
        matched = graph.get(at, filter=f"{text} eq 'sandbox'").json()["value"]
        assert matched
        assert all(each[text] == "Sandbox" for each in matched)
        assert graph.get(at, filter=f"{text} eq 'nothing'").json()["value"] == []
        assert graph("PATCH", one, json={text: "Changed"}).status_code in (200, 204)
        assert graph.get(one, select=str(text)).json()[text] == "Changed"
    assert graph("DELETE", one).status_code == 204
    assert graph("GET", one).status_code == 404


def test_there_is_much_to_sweep() -> None:
    assert len(ALL) > 400


def test_fidelity_is_told(graph: Graph) -> None:
    acted, typed = graph("GET", "/users"), graph("GET", REVIEWS)
    refused = graph("GET", f"{ADA}/drive/root:/a.txt:/permissions")

    assert [each.headers["x-sandbox-fidelity"] for each in (acted, typed, refused)] == [
        "acted",
        "typed",
        "refused",
    ]
    assert refused.status_code == 501
    assert [each.path for each in graph.sandbox.typed_requests] == [REVIEWS]


def test_with_acted_what_is_merely_typed_is_refused(graph: Graph) -> None:
    graph.sandbox.fidelity = "acted"

    assert error(graph("GET", REVIEWS))[:2] == (501, "NotImplemented")
    graph.sandbox.reset()
    assert graph.sandbox.fidelity == "typed"
    with pytest.raises(ValueError, match="fidelity"):
        graph.sandbox.fidelity = "real"  # type: ignore[assignment]


def test_an_object_is_kept_with_all_that_stands_in_it(graph: Graph) -> None:
    settings = {"mailNotificationsEnabled": True, "instanceDurationInDays": 3}
    body = {"displayName": "Guests", "descriptionForAdmins": "new", "settings": settings}
    new = graph("POST", REVIEWS, json=body)

    assert new.status_code == 201
    assert new.headers["Location"].endswith(f"{REVIEWS}/{new.json()['id']}")
    assert {name: new.json()[name] for name in body} == body
    assert graph("PATCH", f"{REVIEWS}/{new.json()['id']}", json={"descriptionForAdmins": "old"}).status_code == 204
    found = graph.get(REVIEWS, filter="descriptionForAdmins eq 'old'").json()["value"]
    assert [each["descriptionForAdmins"] for each in found] == ["old"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"nonsense": 1}, "does not exist on type"),
        ({"displayName": 5}, "Cannot convert"),
        ({"descriptionForAdmins": "x"}, ""),
    ],
)
def test_names_and_types_hold(graph: Graph, body: dict[str, Any], why: str) -> None:
    answer = graph("POST", REVIEWS, json=body)

    if why:
        assert why in error(answer)[2]
    assert answer.status_code == (400 if why else 201)


def test_an_object_has_one_home_whatever_the_path(graph: Graph) -> None:
    ada = graph("GET", ADA).json()["id"]
    new = graph("POST", f"{ADA}/events", json={"subject": "Tea"}).json()

    for path in (
        f"{ADA}/events",
        f"/users/{ada}/events",
        f"{ADA}/calendar/events",
        f"/users('{ada}')/calendar/events",
    ):
        assert [each["id"] for each in graph("GET", path).json()["value"]] == [new["id"]], path
    assert graph("GET", "/users/grace.hopper@contoso.example/events").json()["value"] == []


def test_what_a_body_brings_along_is_made_too(graph: Graph) -> None:
    lists = f"{ADA}/todo/lists"
    new = graph("POST", lists, json={"displayName": "Home", "tasks": [{"title": "Sweep"}]}).json()

    assert [each["title"] for each in graph("GET", f"{lists}/{new['id']}/tasks").json()["value"]] == ["Sweep"]
    expanded = graph.get(f"{lists}/{new['id']}", expand="tasks").json()
    assert [each["title"] for each in expanded["tasks"]] == ["Sweep"]


def test_references_lead_to_objects_that_live_elsewhere(graph: Graph) -> None:
    policy = graph("POST", "/policies/tokenLifetimePolicies", json={"displayName": "Short"}).json()
    app = graph("GET", "/applications").json()["value"][0]["id"]
    path = f"/applications/{app}/tokenLifetimePolicies"
    link = {"@odata.id": f"{graph.sandbox.url}/v1.0/policies/tokenLifetimePolicies/{policy['id']}"}

    assert graph("POST", f"{path}/$ref", json=link).status_code == 204
    assert [each["displayName"] for each in graph("GET", path).json()["value"]] == ["Short"]
    assert graph("POST", f"{path}/$ref", json=link).status_code == 400
    assert graph("DELETE", f"{path}/{policy['id']}/$ref").status_code == 204
    assert graph("GET", path).json()["value"] == []
    assert graph("GET", f"/policies/tokenLifetimePolicies/{policy['id']}").status_code == 200


def test_delta_tells_what_was_made_changed_and_deleted(graph: Graph) -> None:
    folders = f"{ADA}/contactFolders"
    one = graph("POST", folders, json={"displayName": "A"}).json()["id"]
    first = graph("GET", f"{folders}/delta").json()
    assert [each["id"] for each in first["value"]] == [one]

    two = graph("POST", folders, json={"displayName": "B"}).json()["id"]
    graph("DELETE", f"{folders}/{one}")
    second = graph("GET", first["@odata.deltaLink"]).json()

    assert {each["id"]: each.get("displayName") for each in second["value"]} == {two: "B", one: None}
    assert [each["id"] for each in second["value"] if "@removed" in each] == [one]
    assert graph("GET", second["@odata.deltaLink"]).json()["value"] == []
    assert graph("GET", f"{folders}/delta?$deltatoken=x").status_code == 410


def test_a_null_is_not_made_up(graph: Graph) -> None:
    assert "displayName" not in graph("POST", REVIEWS, json={}).json()
    settings = graph("GET", f"{ADA}/print")
    assert settings.status_code == 200
    assert set(settings.json()) == {"@odata.context"}


def test_what_is_not_of_the_directory_is_counted_without_a_header(graph: Graph) -> None:
    for name in ("A", "B"):
        graph("POST", f"{ADA}/contacts", json={"displayName": name})

    assert graph("GET", f"{ADA}/contacts/$count").text.lstrip("\ufeff") == "2"
    assert graph("GET", f"{ADA}/contacts/$count?$filter=displayName eq 'A'").text.lstrip("\ufeff") == "1"
    assert graph("GET", "/users/$count").status_code == 400


def test_a_page_leads_to_the_next(graph: Graph) -> None:
    for number in range(7):
        graph("POST", f"{ADA}/contacts", json={"displayName": f"contact {number}"})
    first = graph.get(f"{ADA}/contacts", top="4", orderby="displayName desc", count="true").json()
    rest = graph("GET", first["@odata.nextLink"]).json()

    assert [each["displayName"][-1] for each in first["value"] + rest["value"]] == list("6543210")
    assert first["@odata.count"] == 7
    assert "@odata.nextLink" not in rest


def test_what_is_related_is_shown_at_any_depth(graph: Graph) -> None:
    lists = f"{ADA}/todo/lists"
    tasks = [{"title": title, "checklistItems": [{"displayName": f"{title} {n}"} for n in "12"]} for title in "BA"]
    new = graph("POST", lists, json={"displayName": "Home", "tasks": tasks}).json()["id"]

    nested = "tasks($select=title;$orderby=title;$filter=title ne 'C';$expand=checklistItems($top=1)),extensions"
    shown = graph.get(f"{lists}/{new}", expand=nested).json()

    assert [sorted(task) for task in shown["tasks"]] == [["checklistItems", "title"]] * 2
    assert [task["title"] for task in shown["tasks"]] == ["A", "B"]
    assert [[each["displayName"] for each in task["checklistItems"]] for task in shown["tasks"]] == [
        ["A 1"],
        ["B 1"],
    ]
    assert shown["extensions"] == []
    assert set(graph.get(f"{lists}/{new}", expand="*").json()) >= {"tasks", "extensions"}


def test_everybody_above_is_shown_at_all_levels(graph: Graph) -> None:
    headers = {"ConsistencyLevel": "eventual"}
    everybody = graph.get(
        "/users", headers, expand="manager($levels=max;$select=id)", count="true", top="999"
    ).json()

    def depth(user: dict[str, Any]) -> int:
        return 1 + depth(user["manager"]) if "manager" in user else 0

    depths = [depth(user) for user in everybody["value"]]
    assert max(depths) > 1
    last = everybody["value"][depths.index(max(depths))]["id"]
    for levels, wanted in (("max", max(depths)), ("1", 1), ("2", 2)):
        one = graph.get(f"/users/{last}", headers, expand=f"manager($levels={levels})", count="true").json()
        assert depth(one) == min(wanted, max(depths))


def test_objects_can_be_asked_for_by_type(graph: Graph) -> None:
    places = "/identity/conditionalAccess/namedLocations"
    ranges = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}]
    holds: dict[str, dict[str, Any]] = {
        "ipNamedLocation": {"ipRanges": ranges},
        "countryNamedLocation": {"countriesAndRegions": ["DE"]},
    }
    for kind in ("ipNamedLocation", "countryNamedLocation", "ipNamedLocation"):
        body = {"@odata.type": f"#microsoft.graph.{kind}", "displayName": kind, **holds[kind]}
        assert graph("POST", places, json=body).json()["@odata.type"] == body["@odata.type"]

    only = graph.get(places, filter="isof('microsoft.graph.ipNamedLocation')").json()["value"]
    assert [each["displayName"] for each in only] == ["ipNamedLocation"] * 2
    assert len(graph("GET", f"{places}/graph.countryNamedLocation").json()["value"]) == 1


@pytest.mark.parametrize(
    ("path", "action", "status"),
    [
        (f"{ADA}/events", "accept", 202),
        (f"{ADA}/events", "tentativelyAccept", 202),
        (f"{ADA}/managedDevices", "syncDevice", 204),
        ("/deviceManagement/managedDevices", "retire", 204),
        ("/policies/permissionGrantPolicies", "nothing", 400),
    ],
)
def test_an_action_has_its_documented_status(graph: Graph, path: str, action: str, status: int) -> None:
    key = graph("POST", path, json={}).json()["id"]

    answer = graph("POST", f"{path}/{key}/{action}", json={})
    assert answer.status_code == status
    assert graph("GET", f"{path}/{key}/{action}").status_code == (405 if status < 400 else 400)


def test_a_report_leads_to_a_table(graph: Graph) -> None:
    answer = graph("GET", "/reports/getTeamsUserActivityCounts(period='D7')", allow_redirects=False)

    assert answer.status_code == 302
    assert (
        graph.web.get(answer.headers["Location"]).text.lstrip("\ufeffï»¿")
        == "Report Refresh Date,Report Period\r\n"
    )


def test_a_local_account_needs_no_name_in_the_directory(graph: Graph) -> None:
    identity = {"signInType": "emailAddress", "issuer": "contoso.example", "issuerAssignedId": "a@b.example"}
    body = {"displayName": "A", "identities": [identity], "passwordProfile": {"password": "Correct-Horse-7"}}
    new = graph("POST", "/users", json=body)

    assert new.status_code == 201, new.text
    assert new.json()["userPrincipalName"].endswith("@contoso.example")
    assert graph("POST", "/users", json={**body, "identities": []}).status_code == 400


def test_exchange_takes_a_boolean_as_text(graph: Graph) -> None:
    """O365 sends ``"isOnlineMeeting": "false"`` with every event; the directory takes no such thing."""
    path = "/users/ada.lovelace@contoso.example"
    made = graph("POST", f"{path}/events", json={"subject": "x", "isOnlineMeeting": "false", "isAllDay": True})
    assert made.status_code == 201, made.text
    assert (made.json()["isOnlineMeeting"], made.json()["isAllDay"]) == (False, True)
    assert graph("POST", f"{path}/events", json={"subject": "x", "isOnlineMeeting": "no"}).status_code == 400
    assert graph("PATCH", path, json={"accountEnabled": "false"}).status_code == 400
