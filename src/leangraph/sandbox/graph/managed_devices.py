"""Managed devices, and what is asked of them: each request is noted on the device, and some begin its end.

Sources: "managedDevice", "deviceActionResult" and "managementState" in the API reference; "Create
managedDevice", whose answer has what the request brought along, read-only or not; the pages of the actions.
"""

from __future__ import annotations

from ..core.actions import parameters
from ..core.call import Call, missing
from ..core.endpoints import on
from ..core.families import Family, Write, family
from ..core.store import Doc
from ..core.typed_writes import entity_of
from ..wire.server import Reply

PATHS = ("/deviceManagement/managedDevices", "/users/{id}/managedDevices")
ACTIONS = (
    "bypassActivationLock cleanWindowsDevice deleteUserFromSharedAppleDevice disableLostMode locateDevice "
    "logoutSharedAppleDeviceActiveUser rebootNow recoverPasscode remoteLock requestRemoteAssistance resetPasscode "
    "retire shutDown syncDevice updateWindowsDeviceAccount windowsDefenderScan windowsDefenderUpdateSignatures "
    "wipe"
).split()
STATES = {"retire": "retirePending", "wipe": "wipePending"}


def _device(write: Write) -> Doc:
    if write.before is not None:
        return {}
    made: Doc = {"managementState": "managed", "complianceState": "unknown", "deviceActionResults": []}
    return {**made, **entity_of("managedDevice").checked(write.body), "id": write.doc["id"]}


for _path in PATHS:
    family(Family("managedDevice", _path, check=_device, silent=False))


def _register(path: str, action: str) -> None:
    @on("POST", f"{path}/{{id}}/{action}", partly="noted as pending: no device carries it out")
    def act(call: Call) -> Reply:
        store = call.directory.store
        row = store.find(call.key)
        if row is None or row.kind != "managedDevice":
            raise missing(call.key)
        parameters(call, "managedDevice")
        now = call.directory.now()
        result = {
            "actionName": action,
            "actionState": "pending",
            "startDateTime": now,
            "lastUpdatedDateTime": now,
        }
        doc = {**row.doc, "deviceActionResults": [*row.doc.get("deviceActionResults", []), result]}
        if action in STATES:
            doc["managementState"] = STATES[action]
        store.update("managedDevice", doc, store.name_of(str(doc["id"])))
        return Reply(204)


for _path in PATHS:
    for _action in ACTIONS:
        _register(_path, _action)
