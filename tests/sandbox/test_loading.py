"""Exports of Graph are taken into the tenant, and what was not taken is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graph_calls import Graph

from leangraph import Sandbox

EVE = {
    "@odata.type": "#microsoft.graph.user",
    "id": "11111111-1111-4111-8111-111111111111",
    "displayName": "Eve",
    "userPrincipalName": "eve@contoso.example",
    "businessPhones": [],
    "mail": None,
}
TEAM = {
    "id": "22222222-2222-4222-8222-222222222222",
    "displayName": "Old team",
    "groupTypes": ["Unified"],
    "mailEnabled": True,
    "mailNickname": "oldteam",
    "securityEnabled": False,
    "createdDateTime": "2019-01-01T00:00:00Z",
}
E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
ROOT = "https://graph.microsoft.com/v1.0/$metadata"


def told(sandbox: Sandbox, source: object, kind: str = "", **options: Any) -> list[tuple[str, str, str]]:
    return [tuple(each) for each in sandbox.load(source, kind, **options).not_taken]  # type: ignore[misc]


def forms(folder: Path) -> Iterator[tuple[str, object]]:
    """Yield every form in which Graph's answers come."""
    plain = {name: value for name, value in EVE.items() if "@" not in name}
    yield "one", EVE
    yield "a list", [EVE]
    yield "a generator", (each for each in [EVE])
    yield "a page", {"@odata.context": f"{ROOT}#users", "value": [plain]}
    yield "pages", [{"value": [EVE]}, {"value": []}]
    yield "of a select", {"@odata.context": f"{ROOT}#users(id,userPrincipalName)/$entity", **plain}
    yield "collections", {"users": [plain], "groups": []}
    for name, text in {
        "a.json": json.dumps({"value": [EVE]}),
        "b.json": "\ufeff" + json.dumps([EVE], indent=2),
        "c.jsonl": f"{json.dumps(EVE)}\n\n{json.dumps({'value': []})}\n",
    }.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
        yield name, folder / name
    yield "a name", str(folder / "a.json")


@pytest.mark.parametrize("number", range(11))
def test_every_form_of_an_answer_is_taken(
    graph_sandbox: Sandbox, graph: Graph, tmp_path: Path, number: int
) -> None:
    every = list(forms(tmp_path))
    assert len(every) == 11
    report = graph_sandbox.load(every[number][1])

    assert (report.taken, report.not_taken) == ({"user": 1}, [])
    eve = graph.get(f"/users/{EVE['id']}", select="displayName,accountEnabled,userType").json()
    assert (eve["displayName"], eve["accountEnabled"], eve["userType"]) == ("Eve", True, "Member")


def test_groups_come_with_their_members_and_owners(graph_sandbox: Sandbox, graph: Graph) -> None:
    ada = graph.get("/users/ada.lovelace@contoso.example").json()
    members = [ada, EVE, {"id": "nobody"}]
    export = {
        "groups": [{**TEAM, "members": members, "owners": [{"id": ada["id"]}], "memberOf": [{"id": "x"}]}],
        "users": [{"userPrincipalName": "boss@contoso.example", "displayName": "Boss", "manager": EVE}],
    }
    report = graph_sandbox.load(export)

    assert report.taken == {"group": 1, "user": 2}
    assert [(each.what, each.why) for each in report.not_taken] == [
        ("memberOf", "it cannot be set from this end"),
        (
            "",
            "nothing says what it is, so pass kind=; what can be loaded: domains, subscribedSkus, users, devices, "
            "applications, servicePrincipals, groups, directoryRoles, directory/administrativeUnits",
        ),
        ("members", "there is no object 'nobody' in the tenant"),
    ]
    names = [each["displayName"] for each in graph.get(f"/groups/{TEAM['id']}/members").json()["value"]]
    assert sorted(names) == ["Ada Lovelace", "Eve"]
    (owner,) = graph.get(f"/groups/{TEAM['id']}/owners").json()["value"]
    assert owner["id"] == ada["id"]
    assert graph.get("/users/boss@contoso.example/manager").json()["displayName"] == "Eve"
    assert graph.get(f"/groups/{TEAM['id']}").json()["createdDateTime"] == TEAM["createdDateTime"]


def test_a_page_of_delta_has_members_too(graph_sandbox: Sandbox, graph: Graph) -> None:
    page = {"value": [{**TEAM, "members@delta": [{"@odata.type": "#microsoft.graph.user", **EVE}]}]}

    assert told(graph_sandbox, {**page, "@odata.deltaLink": "https://x"}) == []
    assert len(graph.get(f"/groups/{TEAM['id']}/members").json()["value"]) == 1


@pytest.mark.parametrize(
    ("given", "what", "why"),
    [
        ({"displayNme": "x"}, "displayNme", "did you mean displayName"),
        ({"displayName": 5}, "displayName", "of type Edm.String, not 5"),
        ({"extension_0_costCenter": "x"}, "extension_0_costCenter", "has no property"),
        ({"userPrincipalName": "eve@fabrikam.com"}, "userPrincipalName", "add_domain('fabrikam.com')"),
        ({"userPrincipalName": None}, "", "it has no userPrincipalName"),
        ({"assignedPlans": [{"service": "exchange"}]}, "assignedPlans", "follows from other properties"),
        ({"assignedLicenses": [{"skuId": "aaaaaaaa-0000-0000-0000-000000000000"}]}, "assignedLicenses", "company"),
        ({"memberOf": [TEAM]}, "memberOf", "cannot be set from this end"),
        ({"manager": {"id": "x"}}, "manager", "there is no object 'x'"),
        ({"directReports@odata.nextLink": "https://x"}, "directReports", "goes on"),
        ({"@odata.type": "#microsoft.graph.contact"}, "", "'contact' cannot be loaded"),
    ],
)
def test_what_is_not_taken_is_told(graph_sandbox: Sandbox, given: dict[str, Any], what: str, why: str) -> None:
    notes = told(graph_sandbox, [{**EVE, **given}])

    assert [note for note in notes if note[1] == what and why in note[2]], notes


def test_what_is_no_object_and_what_goes_on_is_told(graph_sandbox: Sandbox) -> None:
    for source in (["eve@contoso.example"], [5], [{"a": 1}], 5, {"value": [], "@odata.nextLink": "https://x"}):
        assert told(graph_sandbox, source), source
    assert told(graph_sandbox, [{"id": "1", "displayName": "Bare"}], "groups") == []


def test_a_report_says_each_reason_once(graph_sandbox: Sandbox) -> None:
    people = [{**EVE, "id": None, "userPrincipalName": f"u{n}@contoso.example", "nope": n} for n in range(3)]
    report = graph_sandbox.load(people)

    assert str(report).splitlines() == [
        "taken: 3 user",
        "not taken: nope of user u0@contoso.example and 2 more: a user has no property 'nope'",
    ]


def test_domains_can_be_taken_with_the_users(graph_sandbox: Sandbox, graph: Graph) -> None:
    people = [{**EVE, "userPrincipalName": "eve@fabrikam.com"}]

    assert told(graph_sandbox, people, add_domains=True) == []
    assert graph.get("/users/eve@fabrikam.com").status_code == 200
    assert told(graph_sandbox, [{"id": "tailspin.com", "isVerified": True}]) == []
    assert told(graph_sandbox, [{**EVE, "id": None, "userPrincipalName": "eve@tailspin.com"}]) == []


def test_seats_come_with_the_products_and_are_taken_by_users(graph_sandbox: Sandbox, graph: Graph) -> None:
    sku = {
        "skuId": "aaaaaaaa-1111-4111-8111-111111111111",
        "skuPartNumber": "OWN_PRODUCT",
        "consumedUnits": 900,
        "prepaidUnits": {"enabled": 1, "suspended": 0, "warning": 0, "lockedOut": 0},
    }
    held = [{"skuId": sku["skuId"], "disabledPlans": []}]
    people = [{"userPrincipalName": f"u{n}@contoso.example", "assignedLicenses": held} for n in range(2)]
    notes = told(graph_sandbox, [*people, sku])

    assert [note[:2] for note in notes] == [("user u1@contoso.example", "assignedLicenses")]
    skus = {each["skuPartNumber"]: each for each in graph.get("/subscribedSkus").json()["value"]}
    assert skus["OWN_PRODUCT"]["consumedUnits"] == 1
    assert told(graph_sandbox, [{**people[0], "assignedLicenses": []}]) == []
    skus = {each["skuPartNumber"]: each for each in graph.get("/subscribedSkus").json()["value"]}
    assert skus["OWN_PRODUCT"]["consumedUnits"] == 0


def test_an_app_comes_with_its_service_principal(graph_sandbox: Sandbox, graph: Graph) -> None:
    app = {"id": None, "appId": "33333333-3333-4333-8333-333333333333", "displayName": "Robot"}
    secret = {"displayName": "old", "endDateTime": "2020-01-01T00:00:00Z", "keyId": EVE["id"], "hint": "abc"}
    applications = [{**app, "signInAudience": "AzureADMyOrg", "passwordCredentials": [secret]}]
    principals = [{**app, "servicePrincipalType": "Application", "owners": [EVE]}]

    assert told(graph_sandbox, {"applications": applications, "servicePrincipals": principals}) == []
    shown = graph.get(f"/applications(appId='{app['appId']}')").json()
    assert shown["passwordCredentials"][0]["endDateTime"] == "2020-01-01T00:00:00Z"
    made = graph("POST", f"/applications/{shown['id']}/addPassword", json={}).json()
    form = {"grant_type": "client_credentials", "client_id": app["appId"], "client_secret": made["secretText"]}
    form["scope"] = "https://graph.microsoft.com/.default"
    url = f"{graph_sandbox.url}/{graph_sandbox.tenant_id}/oauth2/v2.0/token"
    assert graph.web.post(url, data=form).status_code == 200


def test_what_a_tenant_exports_another_takes(graph_sandbox: Sandbox, graph: Graph) -> None:
    export = {
        "users": graph.get("/users", top="999", select="id,userPrincipalName,displayName,userType").json()[
            "value"
        ],
        "groups": graph.get("/groups", expand="members").json()["value"],
        "devices": graph.get("/devices", top="999").json()["value"],
        "servicePrincipals": graph.get("/servicePrincipals", filter="accountEnabled eq true").json()["value"][1:],
        "applications": graph.get("/applications").json()["value"],
    }
    with Sandbox(users=0, seed=1) as other:
        report = other.load(json.loads(json.dumps(export)))
        assert other.users == 50
    assert report.not_taken == []
    assert report.taken == {
        "user": 50,
        "group": len(export["groups"]),
        "device": len(export["devices"]),
        "application": 5,
        "servicePrincipal": len(export["servicePrincipals"]),
    }


def test_a_file_that_is_no_json_is_named_with_its_line(graph_sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "users.jsonl"
    file.write_text(f"{json.dumps(EVE)}\nid,name\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"users\.jsonl, line 2: neither JSON nor JSON lines"):
        graph_sandbox.load(file)
    assert graph_sandbox.users == 50
    with pytest.raises(FileNotFoundError):
        graph_sandbox.load(tmp_path / "missing.json")
