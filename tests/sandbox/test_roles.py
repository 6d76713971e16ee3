"""Roles of the sandbox's directory, and its administrative units."""

from __future__ import annotations

import pytest
from graph_calls import EVENTUAL, Graph, error

ADA = "ada.lovelace@contoso.example"
GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"


def test_active_roles_are_listed_on_one_page(graph: Graph) -> None:
    page = graph.get("/directoryRoles", top="1").json()
    assert "@odata.nextLink" not in page
    assert {"Global Administrator", "User Administrator"} <= {role["displayName"] for role in page["value"]}


@pytest.mark.parametrize("key", ["(roleTemplateId='{}')", "/roleTemplateId={}"])
def test_a_role_is_found_by_its_template(graph: Graph, key: str) -> None:
    role = graph("GET", f"/directoryRoles{key.format(GLOBAL)}").json()
    assert role["displayName"] == "Global Administrator"
    assert graph.get(f"/directoryRoles/{role['id']}").json()["roleTemplateId"] == GLOBAL
    assert graph("GET", f"/directoryRoles{key.format(READER)}").status_code == 404  # not active
    assert graph.get(f"/directoryRoles/{GLOBAL}").status_code == 404


def test_a_role_is_activated_once(graph: Graph) -> None:
    made = graph("POST", "/directoryRoles", json={"roleTemplateId": READER})
    assert (made.status_code, made.json()["displayName"]) == (201, "Global Reader")
    message = "A conflicting object with one or more of the specified property values is present in the directory."
    again = graph("POST", "/directoryRoles", json={"roleTemplateId": READER.upper()})
    assert error(again) == (400, "Request_BadRequest", message)
    assert graph("POST", "/directoryRoles", json={"roleTemplateId": "0" * 8}).status_code == 404
    assert graph("POST", "/directoryRoles", json={}).status_code == 400
    assert graph("POST", "/directoryRoles", json={"displayName": "x"}).status_code == 400


def test_somebody_is_given_a_role_and_loses_it(graph: Graph) -> None:
    user = graph.get("/users/grace.hopper@contoso.example").json()["id"]
    path = f"/directoryRoles/roleTemplateId={GLOBAL}/members"
    assert graph("POST", f"{path}/$ref", json={"@odata.id": f"/users/{user}"}).status_code == 204
    assert user in [row["id"] for row in graph.get(path).json()["value"]]
    roles = graph.get(f"/users/{user}/memberOf").json()["value"]
    assert "Global Administrator" in [row["displayName"] for row in roles]
    assert graph("DELETE", f"{path}/{user}/$ref").status_code == 204
    assert graph("DELETE", f"{path}/{user}/$ref").status_code == 400


def test_templates_are_there_whether_active_or_not(graph: Graph) -> None:
    templates = graph.get("/directoryRoleTemplates").json()["value"]
    assert {GLOBAL, READER} <= {template["id"] for template in templates}
    assert graph.get(f"/directoryRoleTemplates/{READER}").json()["displayName"] == "Global Reader"
    assert list(graph.get("/directoryRoleTemplates", select="id").json()["value"][0]) == ["id"]
    assert graph.get("/directoryRoleTemplates/x").status_code == 404
    assert graph.get("/directoryRoleTemplates", top="1").status_code == 400


# -- administrative units -----------------------------------------------------------------------------

UNITS = "/directory/administrativeUnits"


def test_a_unit_has_members(graph: Graph) -> None:
    (unit,) = graph.get(UNITS).json()["value"]
    members = graph.get(f"{UNITS}/{unit['id']}/members").json()["value"]
    assert members
    mine = graph.get(f"/users/{members[0]['id']}/memberOf").json()["value"]
    assert "#microsoft.graph.administrativeUnit" in {row["@odata.type"] for row in mine}


def test_a_unit_is_made_filled_changed_and_deleted(graph: Graph) -> None:
    made = graph("POST", UNITS, json={"displayName": "Seattle", "visibility": "HiddenMembership"})
    assert made.status_code == 201
    path = f"{UNITS}/{made.json()['id']}"
    user, group, device = (
        graph.get(f"/{root}", top="1").json()["value"][0]["id"] for root in ("users", "groups", "devices")
    )
    for member in (user, group, device):
        added = graph("POST", f"{path}/members/$ref", json={"@odata.id": f"/directoryObjects/{member}"})
        assert added.status_code == 204
    assert {row["id"] for row in graph.get(f"{path}/members").json()["value"]} == {user, group, device}
    assert graph("DELETE", f"{path}/members/{user}/$ref").status_code == 204
    assert graph("PATCH", path, json={"description": "by the sea"}).status_code == 204
    assert graph.get(path).json()["description"] == "by the sea"
    assert graph("DELETE", path).status_code == 204
    assert graph.get(path).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"displayName": None}, {"displayName": "x", "visibility": "Secret"}, {"x": 1}]
)
def test_what_is_wrong_with_a_unit_is_a_400(graph: Graph, body: dict[str, str]) -> None:
    assert graph("POST", UNITS, json=body).status_code == 400


@pytest.mark.usefixtures("acted")
def test_a_group_made_inside_a_unit_is_not_acted_out(graph: Graph) -> None:
    (unit,) = graph.get(UNITS).json()["value"]
    body = {"@odata.type": "#microsoft.graph.group", "displayName": "x"}
    assert graph("POST", f"{UNITS}/{unit['id']}/members", json=body).status_code == 501


def test_units_are_sorted_with_the_pair_only(graph: Graph) -> None:
    assert graph.get(UNITS, orderby="displayName").status_code == 400
    assert graph.get(UNITS, EVENTUAL, orderby="displayName", count="true").status_code == 200
