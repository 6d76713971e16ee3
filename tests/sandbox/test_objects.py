"""Objects of the sandbox's directory whatever their type, and what they are members of."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import Graph, error, signed_in

from leangraph.sandbox import Sandbox
from leangraph.sandbox.seed.people import guid

ADA = "ada.lovelace@contoso.example"
NOBODY = "00000000-0000-4000-8000-000000000000"


def one_of_each(graph: Graph) -> dict[str, str]:
    collections = ("users", "groups", "devices", "applications", "servicePrincipals", "directoryRoles")
    found = {}
    for name in collections:
        row = graph.get(f"/{name}").json()["value"][0]
        found[name] = row["id"]
    found["administrativeUnits"] = graph.get("/directory/administrativeUnits").json()["value"][0]["id"]
    return found


def test_any_object_is_found_by_its_id(graph: Graph) -> None:
    for name, id_ in one_of_each(graph).items():
        found = graph.get(f"/directoryObjects/{id_}").json()
        kind = found["@odata.type"].removeprefix("#microsoft.graph.")
        assert f"{kind}s" == name
        assert found["id"] == id_
        assert found["@odata.context"].endswith("#directoryObjects/$entity")
    assert error(graph.get(f"/directoryObjects/{NOBODY}"))[:2] == (404, "Request_ResourceNotFound")
    sign_in = graph.get("/auditLogs/signIns", top="1").json()["value"][0]["id"]
    assert graph.get(f"/directoryObjects/{sign_in}").status_code == 404


def test_an_object_may_be_selected_from_and_deleted(graph: Graph) -> None:
    ada = graph.get(f"/users/{ADA}").json()["id"]
    found = graph.get(f"/directoryObjects/{ada}", select="displayName").json()
    assert found["displayName"] == "Ada Lovelace"
    assert "mail" not in found
    assert graph("DELETE", f"/directoryObjects/{ada}").status_code == 204
    assert graph.get(f"/users/{ada}").status_code == 404
    assert graph("DELETE", f"/directoryObjects/{ada}").status_code == 404


# -- many at once -------------------------------------------------------------------------------------


def by_ids(graph: Graph, ids: list[str], query: str = "", **more: Any) -> Any:
    return graph("POST", f"/directoryObjects/getByIds{query}", json={"ids": ids, **more})


def test_ids_of_any_type_are_looked_up_and_unknown_ones_left_out(graph: Graph) -> None:
    each = one_of_each(graph)
    page = by_ids(graph, [*each.values(), NOBODY]).json()
    assert page["@odata.context"].endswith("#directoryObjects")
    assert {row["id"] for row in page["value"]} == set(each.values())
    only = by_ids(graph, list(each.values()), types=["user", "group"]).json()["value"]
    assert {row["@odata.type"] for row in only} == {"#microsoft.graph.user", "#microsoft.graph.group"}
    assert len(by_ids(graph, list(each.values()), types=["directoryObject"]).json()["value"]) == len(each)
    assert by_ids(graph, list(each.values()), types=["orgContact"]).json()["value"] == []


def test_looking_up_can_be_selected_from(graph: Graph) -> None:
    each = one_of_each(graph)
    rows = by_ids(graph, [each["users"], each["groups"]], "?$select=id,mail").json()["value"]
    assert [set(row) for row in rows] == [{"@odata.type", "id", "mail"}] * 2
    assert by_ids(graph, [each["users"]], "?$filter=id eq 'x'").status_code == 400


@pytest.mark.parametrize(("number", "status"), [(0, 200), (1000, 200), (1001, 400)])
def test_a_thousand_ids_and_not_one_more(graph: Graph, number: int, status: int) -> None:
    assert by_ids(graph, [guid("nobody", n) for n in range(number)]).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": None},
        {"ids": "x"},
        {"ids": ["no guid"]},
        {"ids": [], "types": ["nonsense"]},
        {"ids": [], "x": 1},
    ],
)
def test_what_is_wrong_with_a_look_up_is_a_400(graph: Graph, body: dict[str, Any]) -> None:
    assert graph("POST", "/directoryObjects/getByIds", json=body).status_code == 400


def test_a_missing_parameter_is_named(graph: Graph) -> None:
    message = (
        "One or more parameters of the operation 'getByIds' are missing from the request payload. The missing "
        "parameters are: ids."
    )
    assert error(graph("POST", "/directoryObjects/getByIds", json={})) == (400, "Request_BadRequest", message)


# -- memberships --------------------------------------------------------------------------------------


def nested(graph: Graph) -> tuple[str, str, str]:
    """Return a user, a group the user is in, and a group which that one is in."""
    outer = graph.get("/groups", filter="displayName eq 'Back Office'").json()["value"][0]["id"]
    inner = graph.get(f"/groups/{outer}/members").json()["value"][0]["id"]
    user = graph.get(f"/groups/{inner}/members").json()["value"][0]["id"]
    return user, inner, outer


def values(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.json()["@odata.context"].endswith("#Collection(Edm.String)")
    return list(answer.json()["value"])


@pytest.mark.parametrize("root", ["users", "directoryObjects"])
def test_memberships_are_checked_at_any_remove(graph: Graph, root: str) -> None:
    user, inner, outer = nested(graph)
    asked = [outer, NOBODY, inner.upper()]
    path = f"/{root}/{user}/checkMemberGroups"
    assert values(graph("POST", path, json={"groupIds": asked})) == [outer, inner.upper()]
    assert values(graph("POST", f"/{root}/{user}/checkMemberObjects", json={"ids": asked})) == [
        outer,
        inner.upper(),
    ]


@pytest.mark.parametrize(("number", "status"), [(0, 200), (20, 200), (21, 400)])
@pytest.mark.parametrize(("action", "name"), [("checkMemberGroups", "groupIds"), ("checkMemberObjects", "ids")])
def test_twenty_are_checked_at_once(graph: Graph, number: int, status: int, action: str, name: str) -> None:
    answer = graph("POST", f"/users/{ADA}/{action}", json={name: [NOBODY] * number})
    assert answer.status_code == status


def test_roles_count_as_objects_but_not_as_groups(graph: Graph) -> None:
    ada = graph.get(f"/users/{ADA}").json()["id"]
    role = graph.get("/directoryRoles", filter="displayName eq 'Global Administrator'").json()["value"][0]["id"]
    assert values(graph("POST", f"/users/{ada}/checkMemberObjects", json={"ids": [role]})) == [role]
    assert values(graph("POST", f"/users/{ada}/checkMemberGroups", json={"groupIds": [role]})) == []
    everything = values(graph("POST", f"/users/{ada}/getMemberObjects", json={"securityEnabledOnly": False}))
    groups = values(graph("POST", f"/users/{ada}/getMemberGroups", json={"securityEnabledOnly": False}))
    assert role in everything
    assert set(groups) < set(everything)


def test_only_security_groups_may_be_asked_for(graph: Graph) -> None:
    user, inner, outer = nested(graph)
    unified = graph.get("/groups", filter="groupTypes/any(x:x eq 'Unified')").json()["value"][0]["id"]
    graph("POST", f"/groups/{unified}/members/$ref", json={"@odata.id": f"/users/{user}"})
    path = f"/users/{user}/getMemberGroups"
    assert set(values(graph("POST", path, json={"securityEnabledOnly": True}))) == {inner, outer}
    assert set(values(graph("POST", path, json={"securityEnabledOnly": False}))) == {inner, outer, unified}
    assert graph("POST", f"/groups/{inner}/getMemberGroups", json={"securityEnabledOnly": True}).status_code == 400
    assert values(graph("POST", f"/groups/{inner}/getMemberGroups", json={"securityEnabledOnly": False})) == [
        outer
    ]


@pytest.mark.parametrize(("number", "status"), [(2_046, 200), (2_047, 400)])
def test_2046_memberships_and_not_one_more(graph_sandbox: Sandbox, graph: Graph, number: int, status: int) -> None:
    user = graph_sandbox.add_user()["id"]
    store = graph_sandbox._live.store  # type: ignore[union-attr]
    with store.atomic():
        for n in range(number):
            group = guid("many", n)
            store.insert("group", {"id": group, "displayName": f"G{n}", "securityEnabled": True})
            store.link(group, "members", user)
    answer = graph("POST", f"/users/{user}/getMemberGroups", json={"securityEnabledOnly": False})
    assert answer.status_code == status
    if status == 400:
        assert error(answer)[1] == "Directory_ResultSizeLimitExceeded"
    else:
        assert len(values(answer)) == number


def test_other_objects_have_memberships_too(graph: Graph) -> None:
    _, inner, outer = nested(graph)
    device = graph.get("/devices", top="1").json()["value"][0]["id"]
    principal = graph.get("/servicePrincipals", top="1").json()["value"][0]["id"]
    for root, id_ in (("devices", device), ("servicePrincipals", principal)):
        assert values(graph("POST", f"/{root}/{id_}/getMemberGroups", json={})) == []
        graph("POST", f"/groups/{inner}/members/$ref", json={"@odata.id": f"/directoryObjects/{id_}"})
        assert set(values(graph("POST", f"/{root}/{id_}/getMemberGroups", json={}))) == {inner, outer}
        found = graph.get(f"/{root}/{id_}/transitiveMemberOf").json()["value"]
        assert {row["id"] for row in found} == {inner, outer}
    assert graph("POST", f"/users/{NOBODY}/getMemberGroups", json={}).status_code == 404


@pytest.mark.usefixtures("acted")
def test_what_is_acted_out_of_users_is_so_of_the_one_signed_in(graph_sandbox: Sandbox, graph: Graph) -> None:
    ada = graph.get(f"/users/{ADA}").json()["id"]
    expected = {
        path: graph.get(f"/users/{ada}{path}").json()["value"]
        for path in ("/memberOf", "/directReports", "/licenseDetails", "/authentication/methods")
    }
    groups = [row["id"] for row in expected["/memberOf"]]
    graph.token = signed_in(graph_sandbox, graph.web, "User.Read")[1]["access_token"]
    for path, value in expected.items():
        assert graph.get(f"/me{path}").json()["value"] == value
    assert values(graph("POST", "/me/checkMemberObjects", json={"ids": groups})) == groups
    first = graph.get("/me/directReports", top="1").json()
    assert first["@odata.nextLink"].startswith(f"{graph_sandbox.url}/v1.0/me/directReports?")
    assert graph.get(first["@odata.nextLink"]).json()["value"] == expected["/directReports"][1:2]
    assert graph("PUT", "/me").status_code == 405
    assert graph("GET", "/me/nonsense").status_code == 400
