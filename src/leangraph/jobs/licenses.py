"""Which licenses are bought, used and wasted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

from leangraph.jobs import people

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /subscribedSkus", "GET /users?$select=signInActivity")
# Source: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
NAMES: Final = {
    "SPE_E3": "Microsoft 365 E3", "SPE_E5": "Microsoft 365 E5", "SPE_F1": "Microsoft 365 F3",
    "SPB": "Microsoft 365 Business Premium", "O365_BUSINESS_PREMIUM": "Microsoft 365 Business Standard",
    "O365_BUSINESS_ESSENTIALS": "Microsoft 365 Business Basic", "Microsoft_365_Copilot": "Microsoft 365 Copilot",
    "ENTERPRISEPACK": "Office 365 E3", "ENTERPRISEPREMIUM": "Office 365 E5", "STANDARDPACK": "Office 365 E1",
    "EMS": "Enterprise Mobility + Security E3", "EMSPREMIUM": "Enterprise Mobility + Security E5",
    "AAD_PREMIUM": "Microsoft Entra ID P1", "AAD_PREMIUM_P2": "Microsoft Entra ID P2",
    "FLOW_FREE": "Power Automate Free", "POWER_BI_PRO": "Power BI Pro", "VISIOCLIENT": "Visio Plan 2",
    "PROJECTPROFESSIONAL": "Project Plan 3", "EXCHANGESTANDARD": "Exchange Online Plan 1",
}  # fmt: skip


def rows(
    graph: GraphClient, *, days: Annotated[int, "Days without a sign-in after which a license is wasted."] = 90
) -> Iterator[dict[str, Any]]:
    """Count the bought, used, free and wasted licenses. Wasted: the user is blocked or does not sign in."""
    before = people.days_ago(days)
    blocked: dict[str, int] = {}
    unused: dict[str, int] = {}
    select = "id,accountEnabled,createdDateTime,assignedLicenses,signInActivity"
    for user in graph.list("/users", select=select):
        since = people.last_sign_in(user) or people.moment(user.get("createdDateTime"))
        for each in user.get("assignedLicenses") or []:
            if user.get("accountEnabled") is False:
                blocked[each["skuId"]] = blocked.get(each["skuId"], 0) + 1
            elif since is not None and since < before:
                unused[each["skuId"]] = unused.get(each["skuId"], 0) + 1
    for sku in graph.list("/subscribedSkus"):
        id_, units = sku["skuId"], sku["prepaidUnits"]
        bought = units["enabled"] + units["warning"]
        yield {
            "license": NAMES.get(sku["skuPartNumber"], sku["skuPartNumber"]),
            "sku": sku["skuPartNumber"],
            "bought": bought,
            "used": sku["consumedUnits"],
            "free": bought - sku["consumedUnits"],
            "blockedUsers": blocked.get(id_, 0),
            "unusedUsers": unused.get(id_, 0),
            "wasted": blocked.get(id_, 0) + unused.get(id_, 0),
        }
