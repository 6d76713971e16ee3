"""Licenses of the sandbox: what there is, who has it, and when there is no more."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import requests
from graph_calls import EVENTUAL, Graph, error

from leangraph.sandbox import Sandbox
from leangraph.sandbox.seed import skus

E5, E3, F3 = skus.E5.id, skus.E3.id, skus.F3.id
NOBODYS = "0118a350-71fc-4ec3-8f0c-6a1cb8867561"


def assign(graph: Graph, user: str, *add: Any, remove: tuple[str, ...] = ()) -> requests.Response:
    added = [each if isinstance(each, dict) else {"skuId": each, "disabledPlans": []} for each in add]
    body = {"addLicenses": added, "removeLicenses": list(remove)}
    return graph("POST", f"/users/{user}/assignLicense", json=body)


def units(graph: Graph) -> dict[str, tuple[int, int]]:
    rows = graph.get("/subscribedSkus").json()["value"]
    return {row["skuId"]: (row["consumedUnits"], row["prepaidUnits"]["enabled"]) for row in rows}


def held(graph: Graph, user: str) -> set[str]:
    found = graph.get(f"/users/{user}", select="assignedLicenses").json()["assignedLicenses"]
    return {each["skuId"] for each in found}


@pytest.fixture
def nobody(graph_sandbox: Sandbox) -> str:
    """A user without any license."""
    return str(graph_sandbox.add_user(usageLocation="DE")["id"])


def test_what_is_consumed_is_what_users_have(graph: Graph) -> None:
    people = graph.get("/users", select="assignedLicenses,userType", top="999").json()["value"]
    counted = Counter(each["skuId"] for person in people for each in person["assignedLicenses"])
    assert {sku: used for sku, (used, _) in units(graph).items() if used} == counted
    assert not any(person["assignedLicenses"] for person in people if person["userType"] == "Guest")
    assert any(not person["assignedLicenses"] for person in people if person["userType"] == "Member")


def test_a_sku_is_found_by_its_id(graph_sandbox: Sandbox, graph: Graph) -> None:
    sku = graph.get(f"/subscribedSkus/{graph_sandbox.tenant_id}_{E5}").json()
    assert (sku["skuPartNumber"], sku["capabilityStatus"], sku["appliesTo"]) == ("SPE_E5", "Enabled", "User")
    assert graph.get(f"/subscribedSkus/{E5}").status_code == 404
    assert list(graph.get("/subscribedSkus", select="skuId").json()["value"][0]) == ["skuId"]
    assert graph.get("/subscribedSkus", filter="skuPartNumber eq 'SPE_E5'").status_code == 400


def test_a_license_is_assigned_counted_and_removed(graph: Graph, nobody: str) -> None:
    before = units(graph)
    answer = assign(graph, nobody, E5)
    assert (answer.status_code, answer.json()["id"]) == (200, nobody)
    assert answer.json()["@odata.context"].endswith("#users/$entity")
    assert held(graph, nobody) == {E5}
    assert units(graph)[E5] == (before[E5][0] + 1, before[E5][1])
    assert assign(graph, nobody, E5).status_code == 200  # which changes nothing
    assert units(graph)[E5][0] == before[E5][0] + 1
    assert assign(graph, nobody, E3, remove=(E5,)).status_code == 200
    assert held(graph, nobody) == {E3}
    assert units(graph)[E5] == before[E5]
    assert units(graph)[E3][0] == before[E3][0] + 1


@pytest.mark.parametrize("missing", ["addLicenses", "removeLicenses"])
def test_both_keys_are_needed(graph: Graph, nobody: str, missing: str) -> None:
    body = {"addLicenses": [], "removeLicenses": []}
    del body[missing]
    message = (
        "One or more parameters of the operation 'assignLicense' are missing from the request payload. "
        f"The missing parameters are: {missing}."
    )
    assert error(graph("POST", f"/users/{nobody}/assignLicense", json=body)) == (
        400,
        "Request_BadRequest",
        message,
    )
    assert graph("POST", f"/users/{nobody}/assignLicense", json={**body, missing: None}).status_code == 400
    assert graph("POST", f"/users/{nobody}/assignLicense", json={**body, missing: "x"}).status_code == 400


def test_the_usage_location_comes_first(graph_sandbox: Sandbox, graph: Graph) -> None:
    user = graph_sandbox.add_user()["id"]
    message = "License assignment cannot be done for user with invalid usage location."
    assert error(assign(graph, user, E5)) == (400, "Request_BadRequest", message)
    assert graph("PATCH", f"/users/{user}", json={"usageLocation": "DE"}).status_code == 204
    assert assign(graph, user, E5).status_code == 200


def test_one_is_left_of_f3_and_then_none(graph_sandbox: Sandbox, graph: Graph, nobody: str) -> None:
    other = graph_sandbox.add_user(usageLocation="DE")["id"]
    used, enabled = units(graph)[F3]
    assert enabled - used == 1
    assert assign(graph, nobody, F3).status_code == 200
    message = f"Subscription with SKU {F3} does not have any available licenses."
    assert error(assign(graph, other, E5, F3)) == (400, "Request_BadRequest", message)
    assert held(graph, other) == set()  # all or nothing
    assert assign(graph, nobody, remove=(F3,)).status_code == 200
    assert assign(graph, other, F3).status_code == 200


def test_licenses_that_there_are_not(graph: Graph, nobody: str) -> None:
    message = f"License {NOBODYS} does not correspond to a valid company License."
    assert error(assign(graph, nobody, NOBODYS)) == (400, "Request_BadRequest", message)
    assert error(assign(graph, nobody, remove=(NOBODYS,)))[2] == message
    assert error(assign(graph, nobody, remove=(E5,)))[2] == "User does not have a corresponding license."
    for wrong in ({"skuId": "x"}, {}, {"skuId": E5, "disabledPlans": [NOBODYS]}, {"skuId": E5, "nonsense": 1}):
        assert assign(graph, nobody, wrong).status_code == 400
    assert assign(graph, "nobody@contoso.example", E5).status_code == 404


def test_plans_can_be_switched_off(graph: Graph, nobody: str) -> None:
    off = skus.YAMMER.id
    assert assign(graph, nobody, {"skuId": E5, "disabledPlans": [off.upper()]}).status_code == 200
    (details,) = graph.get(f"/users/{nobody}/licenseDetails").json()["value"]
    assert (details["skuId"], details["skuPartNumber"]) == (E5, "SPE_E5")
    status = {plan["servicePlanId"]: plan["provisioningStatus"] for plan in details["servicePlans"]}
    assert status.pop(off) == "Disabled"
    assert set(status.values()) == {"Success"}
    plans = graph.get(f"/users/{nobody}", select="assignedPlans").json()["assignedPlans"]
    assert {plan["servicePlanId"] for plan in plans} == set(status)
    before = units(graph)[E5]
    assert assign(graph, nobody, {"skuId": E5, "disabledPlans": []}).status_code == 200
    assert len(graph.get(f"/users/{nobody}", select="assignedPlans").json()["assignedPlans"]) == len(status) + 1
    assert units(graph)[E5] == before


def test_a_user_that_a_test_adds_is_counted(graph_sandbox: Sandbox, graph: Graph) -> None:
    before = units(graph)[F3]
    for _ in range(before[1] - before[0]):  # as many as there are
        graph_sandbox.add_user(assignedLicenses=[{"skuId": F3, "disabledPlans": []}])
    assert units(graph)[F3] == (before[1], before[1])
    with pytest.raises(ValueError, match="does not have any available licenses"):
        graph_sandbox.add_user(assignedLicenses=[{"skuId": F3, "disabledPlans": []}])


def test_how_a_license_came_is_shown(graph: Graph, nobody: str) -> None:
    assign(graph, nobody, E5)
    (state,) = graph.get(f"/users/{nobody}", select="licenseAssignmentStates").json()["licenseAssignmentStates"]
    assert (state["skuId"], state["assignedByGroup"], state["state"], state["error"]) == (
        E5,
        None,
        "Active",
        "None",
    )


def test_users_are_found_by_license_and_plan(graph: Graph, nobody: str) -> None:
    assign(graph, nobody, E5)
    everybody = graph.get("/users", select="id,assignedLicenses", top="999").json()["value"]
    with_e5 = {row["id"] for row in everybody if E5 in {each["skuId"] for each in row["assignedLicenses"]}}
    query = {"filter": f"assignedLicenses/any(x:x/skuId eq {E5})", "top": "999"}
    assert {row["id"] for row in graph.get("/users", **query).json()["value"]} == with_e5
    plan = {"filter": f"assignedPlans/any(x:x/servicePlanId eq {skus.ENTRA_P2.id})", "top": "999"}
    assert graph.get("/users", **plan).status_code == 400  # without the pair
    found = graph.get("/users", EVENTUAL, count="true", **plan).json()
    assert {row["id"] for row in found["value"]} == with_e5
    assert found["@odata.count"] == len(with_e5)
    none = graph.get("/users", EVENTUAL, filter="assignedLicenses/$count eq 0", count="true", top="999").json()
    assert {row["id"] for row in none["value"]} == {row["id"] for row in everybody if not row["assignedLicenses"]}


def test_a_deleted_user_consumes_nothing(graph: Graph, nobody: str) -> None:
    before = units(graph)
    assign(graph, nobody, F3)
    graph("DELETE", f"/users/{nobody}")
    assert units(graph) == before
    assert graph("POST", f"/directory/deletedItems/{nobody}/restore").status_code == 200
    assert held(graph, nobody) == {F3}
    assert units(graph)[F3][0] == before[F3][0] + 1


def test_a_restored_user_needs_a_license_that_is_left(graph_sandbox: Sandbox, graph: Graph, nobody: str) -> None:
    assign(graph, nobody, F3)
    graph("DELETE", f"/users/{nobody}")
    assign(graph, graph_sandbox.add_user(usageLocation="DE")["id"], F3)
    answer = graph("POST", f"/directory/deletedItems/{nobody}/restore")
    assert error(answer)[2] == f"Subscription with SKU {F3} does not have any available licenses."
    assert graph.get(f"/users/{nobody}").status_code == 404


@pytest.mark.usefixtures("acted")
def test_licenses_of_groups_are_not_acted_out(graph: Graph) -> None:
    group = graph.get("/groups", top="1").json()["value"][0]["id"]
    body: dict[str, Any] = {"addLicenses": [], "removeLicenses": []}
    assert graph("POST", f"/groups/{group}/assignLicense", json=body).status_code == 501
