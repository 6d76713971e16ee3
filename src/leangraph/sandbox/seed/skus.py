"""What a tenant can buy: Microsoft's own products, and the service plans in them.

Source: "Product names and service plan identifiers for licensing"; of each product only the best known plans.
"""

from __future__ import annotations

from typing import NamedTuple


class Plan(NamedTuple):
    """A service plan. ``service`` is what ``assignedPlans`` calls the service behind it."""

    id: str
    name: str
    service: str


class Sku(NamedTuple):
    id: str
    part_number: str
    plans: tuple[Plan, ...]


EXCHANGE = Plan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE", "exchange")
EXCHANGE_KIOSK = Plan("4a82b400-a79f-41a4-b4e2-e94f5787b113", "EXCHANGE_S_DESKLESS", "exchange")
SHAREPOINT = Plan("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE", "SharePoint")
SHAREPOINT_KIOSK = Plan("902b47e5-dcb2-4fdc-858b-c63a90a2bdb9", "SHAREPOINTDESKLESS", "SharePoint")
TEAMS = Plan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1", "TeamspaceAPI")
INTUNE = Plan("c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "INTUNE_A", "SCO")
ENTRA_P1 = Plan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM", "AADPremiumService")
ENTRA_P2 = Plan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2", "AADPremiumService")
OFFICE = Plan("43de0ff5-c92c-492b-9116-175376d08c38", "OFFICESUBSCRIPTION", "MicrosoftOffice")
YAMMER = Plan("7547a3fe-08ee-4ccb-b430-5077c5041653", "YAMMER_ENTERPRISE", "YammerEnterprise")
FLOW_FREE = Plan("50e68c76-46c6-4674-81f9-75456511b170", "FLOW_P2_VIRAL", "ProcessSimple")

_ENTERPRISE = (EXCHANGE, SHAREPOINT, TEAMS, INTUNE, ENTRA_P1, OFFICE, YAMMER)
E5 = Sku("06ebc4ee-1bb5-47dd-8120-11324bc54e06", "SPE_E5", (*_ENTERPRISE, ENTRA_P2))
E3 = Sku("05e9a617-0261-4cee-bb44-138d3ef5d965", "SPE_E3", _ENTERPRISE)
F3 = Sku(
    "66b55226-6b4f-492c-910c-a3b7a3c9d993", "SPE_F1", (EXCHANGE_KIOSK, SHAREPOINT_KIOSK, TEAMS, ENTRA_P1, YAMMER)
)
FLOW = Sku("f30db892-07e9-47e9-837c-80727f46fd3d", "FLOW_FREE", (FLOW_FREE,))

_OFFICE = (EXCHANGE, SHAREPOINT, TEAMS, OFFICE, YAMMER)

SKUS = {sku.id: sku for sku in (E5, E3, F3, FLOW)}  # that a tenant has from the start
CATALOG = (  # that a tenant can buy
    *SKUS.values(),
    Sku("18181a46-0d4e-45cd-891e-60aabd171b4e", "STANDARDPACK", (EXCHANGE, SHAREPOINT, TEAMS, YAMMER)),
    Sku("6fd2c87f-b296-42f0-b197-1e91e994b900", "ENTERPRISEPACK", _OFFICE),
    Sku("c7df2760-2c81-4ef7-b578-5b5392b571df", "ENTERPRISEPREMIUM", _OFFICE),
    Sku("f245ecc8-75af-4f8e-b61f-27d8114de5f3", "O365_BUSINESS_PREMIUM", _OFFICE),
    Sku("cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46", "SPB", (*_OFFICE, INTUNE, ENTRA_P1)),
    Sku("efccb6f7-5641-4e0e-bd10-b4976e1bf68e", "EMS", (INTUNE, ENTRA_P1)),
    Sku("b05e124f-c7cc-45a0-a6aa-8cf78c946968", "EMSPREMIUM", (INTUNE, ENTRA_P1, ENTRA_P2)),
    Sku("078d2b04-f1bd-4111-bbd4-b4b1b354cef4", "AAD_PREMIUM", (ENTRA_P1,)),
    Sku("84a661c4-e949-4bd2-a560-ed7766fcaf2b", "AAD_PREMIUM_P2", (ENTRA_P2,)),
)
_BY_ID = {sku.id: sku for sku in CATALOG}


def plans(licenses: list[dict[str, object]]) -> list[Plan]:
    """Return the plans that are switched on by the licenses of a user (``assignedLicenses``)."""
    found: dict[str, Plan] = {}
    for each in licenses:
        sku, disabled = _BY_ID.get(str(each.get("skuId"))), each.get("disabledPlans")
        off = set(disabled) if isinstance(disabled, list) else set()
        found.update({plan.id: plan for plan in (sku.plans if sku else ()) if plan.id not in off})
    return list(found.values())
