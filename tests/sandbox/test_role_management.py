"""Roles by ``/roleManagement/directory``: definitions, assignments, and what somebody may have for a while."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import Graph, error, signed_in, token_call

ROOT = "/roleManagement/directory"
GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
GRACE = "grace.hopper@contoso.example"


def user(graph: Graph, name: str = GRACE) -> str:
    return str(graph.get(f"/users/{name}", select="id").json()["id"])


def assignment(graph: Graph, role: str = READER, **more: Any) -> dict[str, Any]:
    return {"principalId": user(graph), "roleDefinitionId": role, "directoryScopeId": "/", **more}


def test_definitions_are_there_and_the_built_in_ones_stay(graph: Graph) -> None:
    roles = f"{ROOT}/roleDefinitions"
    found = graph.get(roles, filter="displayName eq 'Global Reader'")
    assert found.headers["x-sandbox-fidelity"] == "acted"
    assert [each["id"] for each in found.json()["value"]] == [READER]
    assert graph.get(f"{roles}/{READER}").json()["isBuiltIn"] is True
    assert graph("PATCH", f"{roles}/{READER}", json={"displayName": "x"}).status_code == 400
    assert graph("DELETE", f"{roles}/{READER}").status_code == 400

    assert graph("POST", roles, json={"displayName": "Own"}).status_code == 400
    allowed = [{"allowedResourceActions": ["microsoft.directory/applications/basic/read"]}]
    own = graph("POST", roles, json={"displayName": "Own", "isEnabled": True, "rolePermissions": allowed})
    assert (own.status_code, own.json()["isBuiltIn"], own.json()["templateId"]) == (201, False, own.json()["id"])
    assert graph("PATCH", f"{roles}/{own.json()['id']}", json={"description": "mine"}).status_code == 204
    assert graph("DELETE", f"{roles}/{own.json()['id']}").status_code == 204


def test_an_assignment_and_a_membership_are_one_thing(graph: Graph) -> None:
    path, grace = f"{ROOT}/roleAssignments", user(graph)
    before = graph.get(path, filter=f"roleDefinitionId eq '{GLOBAL}'", expand="principal,roleDefinition").json()
    role = graph.get(f"/directoryRoles/roleTemplateId={GLOBAL}").json()["id"]
    members = graph("GET", f"/directoryRoles/{role}/members").json()["value"]
    assert [each["principal"]["id"] for each in before["value"]] == [each["id"] for each in members]
    assert before["value"][0]["roleDefinition"]["displayName"] == "Global Administrator"

    made = graph("POST", path, json=assignment(graph))
    assert made.status_code == 201, made.text
    reader = graph.get(f"/directoryRoles/roleTemplateId={READER}").json()["id"]
    assert [each["id"] for each in graph("GET", f"/directoryRoles/{reader}/members").json()["value"]] == [grace]
    assert error(graph("POST", path, json=assignment(graph)))[:2] == (400, "Request_BadRequest")

    assert graph("DELETE", f"{path}/{made.json()['id']}").status_code == 204
    assert graph("GET", f"/directoryRoles/{reader}/members").json()["value"] == []
    link = {"@odata.id": f"{graph.sandbox.url}/v1.0/users/{grace}"}
    assert graph("POST", f"/directoryRoles/{reader}/members/$ref", json=link).status_code == 204
    shown = graph.get(path, filter=f"principalId eq '{grace}'").json()["value"]
    assert made.json()["id"] in [each["id"] for each in shown]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"principalId": "00000000-0000-4000-8000-000000000000"}, 404),
        ({"roleDefinitionId": "00000000-0000-4000-8000-000000000000"}, 404),
        ({"directoryScopeId": "/administrativeUnits/00000000-0000-4000-8000-000000000000"}, 404),
        ({"directoryScopeId": None}, 400),
        ({"roleDefinitionId": None}, 400),
    ],
)
def test_what_an_assignment_names_has_to_be_there(graph: Graph, changes: dict[str, Any], status: int) -> None:
    assert graph("POST", f"{ROOT}/roleAssignments", json=assignment(graph, **changes)).status_code == status


def test_a_group_needs_to_be_made_for_roles(graph: Graph) -> None:
    plain = graph("GET", "/groups").json()["value"][0]["id"]
    assert graph("POST", f"{ROOT}/roleAssignments", json=assignment(graph, principalId=plain)).status_code == 400


def test_an_assignment_in_a_unit_is_no_membership(graph: Graph) -> None:
    unit = graph("GET", "/directory/administrativeUnits").json()["value"][0]["id"]
    scope = f"/administrativeUnits/{unit}"
    made = graph("POST", f"{ROOT}/roleAssignments", json=assignment(graph, directoryScopeId=scope))

    assert made.status_code == 201
    shown = graph.get(f"{ROOT}/roleAssignments/{made.json()['id']}", expand="directoryScope").json()
    assert shown["directoryScope"]["id"] == unit
    assert graph("GET", f"/directoryRoles/roleTemplateId={READER}").status_code == 404


def request(graph: Graph, kind: str, action: str, **more: Any) -> Any:
    return graph("POST", f"{ROOT}/role{kind}ScheduleRequests", json=assignment(graph, action=action, **more))


def test_who_is_eligible_may_activate_a_role_for_a_while(graph: Graph) -> None:
    made = request(graph, "Eligibility", "adminAssign", scheduleInfo={"expiration": {"type": "noExpiration"}})
    assert (made.status_code, made.json()["status"]) == (201, "Provisioned")
    again = request(graph, "Eligibility", "adminAssign")
    assert error(again) == (400, "RoleAssignmentExists", "The Role assignment already exists.")
    eligible = graph.get(f"{ROOT}/roleEligibilityScheduleInstances", expand="principal").json()["value"]
    assert [each["principal"]["userPrincipalName"] for each in eligible] == [GRACE]
    assert graph.get(f"{ROOT}/roleAssignments", filter=f"roleDefinitionId eq '{READER}'").json()["value"] == []

    refused = request(graph, "Assignment", "selfActivate")  # an app is not the principal
    assert error(refused)[1] == "RoleAssignmentRequestPolicyValidationFailed"
    enabled = graph("PATCH", f"/users/{GRACE}", json={"accountEnabled": True})
    assert enabled.status_code == 204
    graph.sandbox.user = GRACE
    _, tokens = signed_in(graph.sandbox, graph.web, "RoleManagement.ReadWrite.Directory")
    assert "access_token" in tokens, tokens
    own = Graph(graph.sandbox, graph.web, tokens["access_token"])
    hour = {"expiration": {"type": "afterDuration", "duration": "PT1H"}}
    active = request(own, "Assignment", "selfActivate", scheduleInfo=hour)
    assert active.status_code == 201, active.text
    [instance] = own.get(
        f"{ROOT}/roleAssignmentScheduleInstances", filter=f"roleDefinitionId eq '{READER}'"
    ).json()["value"]
    assert instance["assignmentType"] == "Activated"
    mine = own("GET", f"{ROOT}/roleEligibilitySchedules/filterByCurrentUser(on='principal')").json()["value"]
    assert [each["roleDefinitionId"] for each in mine] == [READER]

    graph.sandbox.advance(3_500)
    assert graph.get(f"{ROOT}/roleAssignments", filter=f"roleDefinitionId eq '{READER}'").json()["value"]
    graph.sandbox.advance(200)
    graph = Graph(graph.sandbox, graph.web, _token(graph))
    assert graph.get(f"{ROOT}/roleAssignments", filter=f"roleDefinitionId eq '{READER}'").json()["value"] == []
    assert request(graph, "Eligibility", "adminRemove").json()["status"] == "Revoked"
    assert graph("GET", f"{ROOT}/roleEligibilitySchedules").json()["value"] == []
    assert error(request(graph, "Eligibility", "adminRemove"))[1] == "RoleAssignmentDoesNotExist"


def _token(graph: Graph) -> str:
    return str(token_call(graph.sandbox, graph.web).json()["access_token"])
