"""Managed devices and their actions."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import Graph

DEVICES = "/deviceManagement/managedDevices"
ADA = "/users/ada.lovelace@contoso.example/managedDevices"


@pytest.mark.parametrize("home", [DEVICES, ADA])
@pytest.mark.parametrize(
    ("action", "body", "state"),
    [
        ("retire", None, "retirePending"),
        ("wipe", {"keepUserData": True}, "wipePending"),
        ("syncDevice", None, "managed"),
        ("rebootNow", {}, "managed"),
        ("windowsDefenderScan", {"quickScan": True}, "managed"),
        ("cleanWindowsDevice", {"keepUserData": True}, "managed"),
    ],
)
def test_what_is_asked_of_a_device_is_noted(graph: Graph, home: str, action: str, body: Any, state: str) -> None:
    made = graph("POST", home, json={"deviceName": "Laptop", "operatingSystem": "Windows"})
    assert made.status_code == 201, made.text
    path = f"{home}/{made.json()['id']}"
    assert graph("POST", f"{path}/{action}", json=body).status_code == 204
    now = graph("GET", path).json()
    assert (now["managementState"], now["deviceName"]) == (state, "Laptop")
    assert [(each["actionName"], each["actionState"]) for each in now["deviceActionResults"]] == [
        (action, "pending")
    ]
    changed = graph("PATCH", path, json={"notes": "lent"})
    assert (changed.status_code, changed.json()["notes"]) == (200, "lent")
    assert graph("POST", f"{path}/{action}", json={"nonsense": 1}).status_code == 400
    assert graph("DELETE", path).status_code == 204
    assert graph("POST", f"{path}/{action}").status_code == 404
