"""Devices of the sandbox."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import EVENTUAL, Graph, error

DEVICE = {
    "accountEnabled": True,
    "alternativeSecurityIds": [{"type": 2, "key": "base64Y3YxN2E1MWFlYw=="}],
    "deviceId": "4c299165-6e8f-4b45-a5ba-c5d250a707ff",
    "displayName": "Test device",
    "operatingSystem": "linux",
    "operatingSystemVersion": "1",
}


def test_devices_have_owners_and_users(graph: Graph) -> None:
    devices = graph.get("/devices").json()["value"]
    assert devices
    for device in devices[:3]:
        (owner,) = graph.get(f"/devices/{device['id']}/registeredOwners").json()["value"]
        (user,) = graph.get(f"/devices/{device['id']}/registeredUsers").json()["value"]
        assert owner == user
        for name in ("ownedDevices", "registeredDevices"):
            (back,) = graph.get(f"/users/{owner['id']}/{name}").json()["value"]
            assert back["id"] == device["id"]


def test_a_device_is_made_changed_and_deleted(graph: Graph) -> None:
    made = graph("POST", "/devices", json=DEVICE)
    assert made.status_code == 201
    path = f"/devices/{made.json()['id']}"
    by_key = f"/devices(deviceId='{DEVICE['deviceId']}')"
    assert graph.get(by_key).json()["id"] == made.json()["id"]
    assert graph.get(f"/devices/{DEVICE['deviceId']}").status_code == 404  # that is no object's id
    assert graph("PATCH", by_key, json={"accountEnabled": False}).status_code == 204
    assert graph.get(path).json()["accountEnabled"] is False
    again = graph("POST", "/devices", json=DEVICE)
    assert error(again)[2] == "Another object with the same value for property deviceId already exists."
    assert graph("DELETE", path).status_code == 204
    assert graph.get(path).status_code == 404
    assert graph("POST", "/devices", json=DEVICE).status_code == 201


@pytest.mark.parametrize("missing", list(DEVICE))
def test_a_device_needs_what_graph_needs(graph: Graph, missing: str) -> None:
    body = {name: value for name, value in DEVICE.items() if name != missing}
    assert error(graph("POST", "/devices", json=body))[2].startswith(
        f"A value is required for property '{missing}'"
    )


@pytest.mark.parametrize("change", [{"displayName": None}, {"nonsense": 1}, {"isCompliant": "yes"}, {"id": "x"}])
def test_bad_values_are_refused(graph: Graph, change: dict[str, Any]) -> None:
    device = graph.get("/devices", top="1").json()["value"][0]["id"]
    assert graph("PATCH", f"/devices/{device}", json=change).status_code == 400


def test_an_owner_is_added_and_removed(graph: Graph) -> None:
    device = graph("POST", "/devices", json=DEVICE).json()["id"]
    user, group = (graph.get(f"/{root}", top="1").json()["value"][0]["id"] for root in ("users", "groups"))
    path = f"/devices/{device}/registeredOwners"
    assert graph("POST", f"{path}/$ref", json={"@odata.id": f"/users/{user}"}).status_code == 204
    assert graph("POST", f"{path}/$ref", json={"@odata.id": f"/users/{user}"}).status_code == 400
    assert graph("POST", f"{path}/$ref", json={"@odata.id": f"/groups/{group}"}).status_code == 400
    assert graph("DELETE", f"{path}/{user}/$ref").status_code == 204
    assert graph.get(path).json()["value"] == []


def test_devices_are_filtered_by_what_graph_lets(graph: Graph) -> None:
    windows = graph.get("/devices", filter="operatingSystem eq 'Windows'").json()["value"]
    assert windows
    assert {device["operatingSystem"] for device in windows} == {"Windows"}
    assert graph.get("/devices", filter="isCompliant eq false").json()["value"]
    assert graph.get("/devices", filter="model eq 'x'").status_code == 501
    assert graph.get("/devices", orderby="displayName").status_code == 400
    assert graph.get("/devices", EVENTUAL, orderby="displayName", count="true").status_code == 200
