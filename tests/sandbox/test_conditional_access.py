"""Conditional access policies and named locations."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import Graph, error

ROOT = "/identity/conditionalAccess"
USERS = {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}}
MFA = {"operator": "OR", "builtInControls": ["mfa"]}
POLICY = {"displayName": "MFA", "state": "disabled", "conditions": USERS, "grantControls": MFA}
IP = {"@odata.type": "#microsoft.graph.ipNamedLocation", "displayName": "Office"}
RANGES = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}]
COUNTRY = {"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Home"}


def without(name: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in {**POLICY, **more}.items() if key != name}


@pytest.mark.parametrize(
    "body",
    [
        without("displayName"),
        without("state"),
        without("conditions"),
        without("grantControls"),
        {**POLICY, "state": "on"},
        {**POLICY, "conditions": {"users": {"includeUsers": ["All"]}}},
        {**POLICY, "conditions": {"applications": {"includeApplications": ["All"]}}},
        {**POLICY, "conditions": {**USERS, "platforms": {"includePlatforms": ["unknownFutureValue"]}}},
        {**POLICY, "conditions": {**USERS, "clientAppTypes": ["fax"]}},
        {**POLICY, "grantControls": {"operator": "OR", "builtInControls": []}},
        {**POLICY, "grantControls": {"operator": "XOR", "builtInControls": ["mfa"]}},
        {**POLICY, "grantControls": {"operator": "OR", "builtInControls": ["pray"]}},
    ],
)
def test_a_policy_that_is_not_whole_is_refused(graph: Graph, body: dict[str, Any]) -> None:
    status, code, message = error(graph("POST", f"{ROOT}/policies", json=body))
    assert (status, code, message[:5]) == (400, "BadRequest", "1007:")


def test_a_policy_is_shown_whole_and_changed_in_parts(graph: Graph) -> None:
    made = graph("POST", f"{ROOT}/policies", json={**POLICY, "id": "x", "createdDateTime": "2020-01-01T00:00:00Z"})
    assert made.status_code == 201, made.text
    policy = made.json()
    assert policy["id"] != "x"
    assert policy["conditions"]["clientAppTypes"] == ["all"]
    assert policy["conditions"]["users"]["excludeGroups"] == []
    assert policy["grantControls"]["termsOfUse"] == []
    path = f"{ROOT}/policies/{policy['id']}"
    change = {"state": "enabledForReportingButNotEnforced", "conditions": {"signInRiskLevels": ["high"]}}
    assert graph("PATCH", path, json=change).status_code == 204
    now = graph("GET", path).json()
    assert now["conditions"]["signInRiskLevels"] == ["high"]
    assert now["conditions"]["users"] == policy["conditions"]["users"]
    assert (now["state"], now["createdDateTime"]) == (change["state"], policy["createdDateTime"])
    assert error(graph("PATCH", path, json={"state": "off"}))[0] == 400
    found = graph.get(f"{ROOT}/policies", filter="displayName eq 'MFA'", select="state").json()["value"]
    assert [each["state"] for each in found] == [change["state"]]
    assert graph("DELETE", path).status_code == 204
    assert graph("GET", path).status_code == 404


def test_session_controls_are_enough(graph: Graph) -> None:
    body = without("grantControls", sessionControls={"persistentBrowser": {"mode": "never", "isEnabled": True}})
    assert graph("POST", f"{ROOT}/policies", json=body).status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**IP, "ipRanges": RANGES}, 201),
        ({**IP, "ipRanges": [{**RANGES[0], "cidrAddress": "203.0.113.300/24"}]}, 400),
        ({**IP, "ipRanges": [{**RANGES[0], "cidrAddress": "203.0.113.1"}]}, 400),
        ({**IP, "ipRanges": []}, 400),
        (IP, 400),
        ({"displayName": "Office"}, 400),
        ({**COUNTRY, "countriesAndRegions": ["DE", "FR"]}, 201),
        ({**COUNTRY, "countriesAndRegions": ["Germany"]}, 400),
        (COUNTRY, 400),
        ({**COUNTRY, "countriesAndRegions": ["DE"], "displayName": ""}, 400),
    ],
)
def test_locations_are_checked_by_their_type(graph: Graph, body: dict[str, Any], status: int) -> None:
    answer = graph("POST", f"{ROOT}/namedLocations", json=body)
    assert answer.status_code == status, answer.text


def test_a_trusted_location_stays_until_it_is_not_trusted(graph: Graph) -> None:
    made = graph("POST", f"{ROOT}/namedLocations", json={**IP, "ipRanges": RANGES, "isTrusted": True}).json()
    path = f"{ROOT}/namedLocations/{made['id']}"
    assert error(graph("DELETE", path))[0] == 400
    assert graph("PATCH", path, json={"@odata.type": IP["@odata.type"], "isTrusted": False}).status_code == 204
    assert graph("GET", path).json()["ipRanges"] == RANGES
    assert graph("DELETE", path).status_code == 204
