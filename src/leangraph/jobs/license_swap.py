"""Swap one license for another, where there are seats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.errors import ConfigurationError
from leangraph.http.options import odata
from leangraph.http.target import Request
from leangraph.jobs.step import Note, Step, Total, quoted

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /subscribedSkus", "GET /users")
_SELECT = "id,userPrincipalName,usageLocation,assignedLicenses,licenseAssignmentStates"


def plan(
    graph: GraphClient,
    old: str,
    new: str,
    *,
    usage_location: Annotated[str | None, "Country code for users who have none."] = None,
    limit: Annotated[int | None, "Change at most this many users."] = None,
) -> Iterator[Step | Note | Total]:
    """Replace license OLD with NEW (part numbers such as SPE_E3, or ids). Switched-off plans stay switched off."""
    skus = list(graph.list("/subscribedSkus"))
    one, other = _sku(skus, old), _sku(skus, new)
    text = odata("assignedLicenses/any(x:x/skuId eq {})", one["skuId"])
    users = list(graph.list("/users", filter=text.replace("'", ""), select=_SELECT))
    yield Total(len(users), "users with the license")
    ready: list[dict[str, Any]] = []
    for user in users:
        if any(state["skuId"] == one["skuId"] and state.get("assignedByGroup") for state in
               user.get("licenseAssignmentStates") or []):  # fmt: skip
            yield Note(quoted(user["userPrincipalName"]), f"left alone: has {old} from a group")
        elif not user.get("usageLocation") and not usage_location:
            yield Note(quoted(user["userPrincipalName"]), "left alone: has no usageLocation, see --usage-location")
        else:
            ready.append(user)
    ready = ready[:limit]
    needed = sum(all(each["skuId"] != other["skuId"] for each in user["assignedLicenses"]) for user in ready)
    units = other["prepaidUnits"]
    free = units["enabled"] + units["warning"] - other["consumedUnits"]
    if needed > free:
        raise ConfigurationError(
            f"{needed} users need {new}, and {max(free, 0)} are free: buy more, or --limit {free}"
        )
    yield Note(f"{free - needed} of {new}", "stay free")
    for user in ready:
        yield from _swap(user, one["skuId"], other, f"{old} becomes {new}", usage_location)


def _sku(skus: list[dict[str, Any]], name: str) -> dict[str, Any]:
    for sku in skus:
        if name.lower() in (sku["skuPartNumber"].lower(), sku["skuId"].lower()):
            return sku
    raise ConfigurationError(f"the tenant has no {name}: it has {', '.join(sku['skuPartNumber'] for sku in skus)}")


def _swap(user: dict[str, Any], old: str, new: dict[str, Any], what: str, location: str | None) -> Iterator[Step]:
    path, name = f"/users/{user['id']}", quoted(user["userPrincipalName"])
    first: list[Step] = []
    if not user.get("usageLocation"):
        request = Request("PATCH", path, {"usageLocation": location})  # which cannot be cleared again
        first = [Step(request, f"{name} is in {location}", expects={path: {"usageLocation": None}})]
        yield from first
    held = {each["skuId"]: each.get("disabledPlans") or [] for each in user["assignedLicenses"]}
    plans = {plan["servicePlanId"] for plan in new["servicePlans"]}
    off = [plan for plan in held[old] if plan in plans]
    add = [] if new["skuId"] in held else [{"skuId": new["skuId"], "disabledPlans": off}]
    change = {"addLicenses": add, "removeLicenses": [old]}
    undo = {
        "addLicenses": [{"skuId": old, "disabledPlans": held[old]}],
        "removeLicenses": [each["skuId"] for each in add],
    }
    yield Step(
        Request("POST", f"{path}/assignLicense", change),
        f"{name}: {what}",
        needs=first,
        undo=Request("POST", f"{path}/assignLicense", undo),
        expects={path: {"assignedLicenses": user["assignedLicenses"]}},
    )
