"""Licenses: what the tenant has bought, and who may use it.

Sources: "subscribedSku", "licenseDetails" and "user: assignLicense" in the API reference; the words of refusals as
quoted in public.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from ..core import engine
from ..core.actions import parameters
from ..core.audit import record
from ..core.call import ONE, Call, bad_request, missing, reply
from ..core.deleted import FOLLOWERS, Event
from ..core.endpoints import on
from ..core.engine import Items
from ..core.model import USER, Entity, entity
from ..core.objects import keep
from ..core.store import Doc, Store, of_kind
from ..odata import sql
from ..seed import skus
from ..wire.server import Reply

SKU = entity(Entity(kind="subscribedSku", collection="subscribedSkus"))
DETAILS = entity(Entity(kind="licenseDetails", collection="licenseDetails"))
_NOT_DIRECT = "User license is inherited from a group membership and it cannot be removed directly from the user."
_BAD_LOCATION = "License assignment cannot be done for user with invalid usage location."


@on("GET", "/subscribedSkus", options=("select",))
def subscribed_skus(call: Call) -> Reply:
    return engine.page(call, Items(SKU, of_kind(SKU.kind), free=True, sized="directoryRoles"))


@on("GET", "/subscribedSkus/{id}", options=ONE)
def subscribed_sku(call: Call) -> Reply:
    doc = call.store.get(SKU.kind, call.key)
    if doc is None:
        raise missing(call.key)
    return engine.one(call, SKU, doc)


@on(
    "POST",
    "/users/{id}/assignLicense",
    partly="plans that need one another are not looked at; who joins a group with licenses gets none by it",
)
def assign_license(call: Call) -> Reply:
    asked = parameters(call, USER.kind, "addLicenses", "removeLicenses")
    with call.store.atomic():
        user = engine.find(call, USER, call.key)
        before = user.get("assignedLicenses", [])
        held: dict[str, Doc] = {each["skuId"]: each for each in before}
        bought = {row.doc["skuId"]: row.doc for row in call.store.select(of_kind(SKU.kind))}
        for sku in asked["removeLicenses"]:
            if sku.lower() not in bought:
                _refuse(f"License {sku} does not correspond to a valid company License.")
            if sku.lower() not in held:
                _refuse("User does not have a corresponding license.")
            if sku.lower() in _inherited(user):
                _refuse(_NOT_DIRECT)
            del held[sku.lower()]
        added = [_checked(each, bought) for each in asked["addLicenses"]]
        if added and not user.get("usageLocation"):
            _refuse(_BAD_LOCATION)
        held |= {each["skuId"]: each for each in added}
        count(call.store, before, held.values())
        after = {**user, "assignedLicenses": list(held.values())}
        keep(call.directory, USER, after)
        record(call, "Change user license", USER.kind, (USER.kind, user), before=user, after=after)
    shown = engine.shown(after, USER.kind)
    return reply({"@odata.context": f"{call.root}/$metadata#users/$entity", **shown})


def _inherited(user: Doc) -> set[str]:
    """Return the SKUs that a user has from a group."""
    return {each["skuId"] for each in user.get("licenseAssignmentStates", []) if each["state"] == "Active"}


def _refuse(message: str) -> None:
    bad_request(message, "Request_BadRequest")


def _checked(asked: Doc, bought: dict[str, Doc]) -> Doc:
    """Return an assignedLicense as it is kept; raises Graph's 400."""
    off = asked.get("disabledPlans") or []
    sku = str(asked.get("skuId"))
    if sku.lower() not in bought:
        bad_request(f"License {sku} does not correspond to a valid company License.", "Request_BadRequest")
    plans = {plan["servicePlanId"] for plan in bought[sku.lower()]["servicePlans"]}
    for plan in off:
        if plan.lower() not in plans:
            bad_request(f"The service plan {plan} is not part of license {sku}.", "Request_BadRequest")
    return {"disabledPlans": [plan.lower() for plan in off], "skuId": sku.lower()}


def take(store: Store, licenses: Iterable[Doc]) -> None:
    """Count the units that a new user consumes; raises Graph's 400 for a product without a seat left."""
    bought = {row.doc["skuId"] for row in store.select(of_kind(SKU.kind))}
    for each in licenses:
        if each.get("skuId") not in bought:
            _refuse(f"License {each.get('skuId')} does not correspond to a valid company License.")
    count(store, [], licenses)


def count(store: Store, before: Iterable[Doc], after: Iterable[Doc]) -> None:
    """Count the units that a user begins and ceases to consume; raises Graph's 400 where there are none left."""
    old, new = ({each["skuId"] for each in licenses} for licenses in (before, after))
    for row in store.select(of_kind(SKU.kind)) if old != new else ():
        sku = row.doc
        change = (sku["skuId"] in new) - (sku["skuId"] in old)
        used = sku["consumedUnits"] + change
        if change > 0 and used > sku["prepaidUnits"]["enabled"] + sku["prepaidUnits"]["warning"]:
            _refuse(f"Subscription with SKU {sku['skuId']} does not have any available licenses.")
        if change:
            store.update(SKU.kind, {**sku, "consumedUnits": used})


def _follow(call: Call, user: Doc, event: Event) -> None:
    """A deleted user consumes nothing; a restored one has the licenses back, if there are any left."""
    licenses = user.get("assignedLicenses", [])
    if event == "deleted":
        count(call.store, licenses, [])
    elif event == "restored":
        count(call.store, [], licenses)


FOLLOWERS[USER.kind] = _follow


@on("GET", "/users/{id}/licenseDetails", options=("select",))
def license_details(call: Call) -> Reply:
    user = engine.find(call, USER, call.key)
    bought = {row.doc["skuId"]: row.doc for row in call.store.select(of_kind(SKU.kind))}
    names = engine.select(call.query, DETAILS, single=False)
    value = [
        engine.shown(_details(user, each, bought[each["skuId"]]), DETAILS.kind, names)
        for each in user.get("assignedLicenses", [])
        if each["skuId"] in bought
    ]
    context = f"{call.root}/$metadata#users('{user['id']}')/licenseDetails"
    return reply({"@odata.context": context, "value": value})


def _details(user: Doc, license_: Doc, sku: Doc) -> Doc:
    ids = UUID(user["id"]).bytes_le + UUID(license_["skuId"]).bytes_le
    off = set(license_.get("disabledPlans", ()))
    plans = [
        {**plan, "provisioningStatus": "Disabled" if plan["servicePlanId"] in off else "Success"}
        for plan in sku["servicePlans"]
    ]
    id_ = base64.urlsafe_b64encode(ids).decode().rstrip("=")
    return {"id": id_, "servicePlans": plans, "skuId": license_["skuId"], "skuPartNumber": sku["skuPartNumber"]}


# -- what follows from the licenses of a user ---------------------------------------------------------


def assigned_plans(user: Doc) -> list[Doc]:
    """Return the plans that are switched on."""
    return _plans(user.get("assignedLicenses", []), user.get("createdDateTime"))


def _plans(licenses: list[Doc], since: str | None) -> list[Doc]:
    return [
        {
            "assignedDateTime": since,
            "capabilityStatus": "Enabled",
            "service": plan.service,
            "servicePlanId": plan.id,
        }
        for plan in skus.plans(licenses)
    ]


def assignment_states(user: Doc) -> list[Doc]:
    """Return how each license came to the user, or why it did not: those of groups stand in the document."""
    by_group = _inherited(user)
    direct = [
        {
            "assignedByGroup": None,
            "disabledPlans": each.get("disabledPlans", []),
            "error": "None",
            "lastUpdatedDateTime": user.get("createdDateTime"),
            "skuId": each["skuId"],
            "state": "Active",
        }
        for each in user.get("assignedLicenses", [])
        if each["skuId"] not in by_group
    ]
    return [*direct, *user.get("licenseAssignmentStates", [])]


USER.derived.update({"assignedPlans": assigned_plans, "licenseAssignmentStates": assignment_states})


def has_mailbox(user: Doc) -> bool:
    """Tell whether a license of the user brings a mailbox."""
    return any(plan.service == "exchange" for plan in skus.plans(user.get("assignedLicenses", [])))


def _graph_plans(licenses: Any) -> str:
    return json.dumps(_plans(json.loads(licenses), None)) if licenses else "[]"


sql.FUNCTIONS["graph_plans"] = _graph_plans
