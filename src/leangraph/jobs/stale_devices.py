"""Disable devices that nobody uses, and delete them later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from leangraph.http.target import Request
from leangraph.jobs import people
from leangraph.jobs.step import Note, Step, Total, quoted

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /devices",)
_SELECT = "id,displayName,accountEnabled,approximateLastSignInDateTime,registrationDateTime,trustType,isManaged"


def plan(
    graph: GraphClient,
    *,
    days: Annotated[int, "Days without a sign-in."] = 90,
    delete: Annotated[
        bool, "Delete disabled devices. This cannot be undone, and deletes their BitLocker keys."
    ] = False,
) -> Iterator[Step | Note | Total]:
    """Disable devices that were not used for --days. With --delete, delete the devices that are disabled."""
    before = people.days_ago(days)
    devices = list(graph.list("/devices", select=_SELECT))
    yield Total(len(devices), "devices")
    for device in devices:
        path, name = f"/devices/{device['id']}", quoted(device.get("displayName") or device["id"])
        last = people.moment(device.get("approximateLastSignInDateTime"))
        since = last or people.moment(device.get("registrationDateTime"))
        enabled = device.get("accountEnabled") is not False
        if since is not None and since >= before:
            continue
        if since is None:
            yield Note(name, "left alone: when it was used is not known")
        elif device.get("trustType") == "ServerAd":
            yield Note(name, "left alone: comes from a local directory, remove it there")
        elif delete and enabled:
            yield Note(name, "is not disabled yet: run this without --delete first")
        elif delete or enabled:
            why = f"last used {last:%Y-%m-%d}" if last else f"registered {since:%Y-%m-%d} and never used"
            expects = {path: {key: device.get(key) for key in ("accountEnabled", "approximateLastSignInDateTime")}}
            off, on = (Request("PATCH", path, {"accountEnabled": value}) for value in (False, True))
            if delete:
                yield Step(Request("DELETE", path), f"delete {name}, {why}", expects=expects)
            else:
                yield Step(off, f"disable {name}, {why}", undo=on, expects=expects)
