"""Which apps may do what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from leangraph.http.target import Request

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = (
    "GET /servicePrincipals",
    "GET /servicePrincipals/{id}/appRoleAssignments",
    "GET /oauth2PermissionGrants",
    "POST /directoryObjects/getByIds",
)
# What lets an app take over the tenant, and what lets it read or change what belongs to everybody.
_CRITICAL: Final = re.compile(
    r"^(RoleManagement\.ReadWrite|AppRoleAssignment\.ReadWrite|Application\.ReadWrite\.All|Policy\.ReadWrite|"
    r"Directory\.ReadWrite|Directory\.AccessAsUser|UserAuthenticationMethod\.ReadWrite|full_access_as_app)",
    re.IGNORECASE,
)
_HIGH: Final = re.compile(
    r"\.ReadWrite|FullControl|^Mail\.|^Files\.|^Sites\.|^Chat\.|Manage|Send|AccessAsUser", re.IGNORECASE
)


def risk(name: str, kind: str) -> str:
    """Return how much harm a permission can do: ``critical``, ``high`` or ``low``."""
    if _CRITICAL.search(name):
        return "critical"
    return "high" if _HIGH.search(name) and (kind == "application" or ".All" in name) else "low"


def rows(graph: GraphClient) -> Iterator[dict[str, Any]]:
    """List the permissions of apps, application and delegated ones, with risky ones first."""
    select = "id,appId,displayName,appRoles,appOwnerOrganizationId,accountEnabled"
    principals = {each["id"]: each for each in graph.list("/servicePrincipals", select=select)}
    roles = {
        (id_, role["id"]): role["value"] for id_, each in principals.items() for role in each.get("appRoles") or []
    }
    found: list[dict[str, Any]] = []

    def add(app: str, kind: str, name: str, resource: str, who: str) -> None:
        owner = principals.get(app, {})
        row = {"risk": risk(name, kind), "app": owner.get("displayName") or app, "appId": owner.get("appId")}
        row |= {"kind": kind, "permission": name, "resource": resource, "who": who}
        found.append({**row, "enabled": owner.get("accountEnabled")})

    requests = [Request("GET", f"/servicePrincipals/{id_}/appRoleAssignments") for id_ in principals]
    for reply in graph.batch(requests):
        if reply.error is not None:
            raise reply.error
        for each in reply.body["value"]:
            resource, role = each["resourceId"], each["appRoleId"]
            name = roles.get((resource, role)) or ("(default access)" if role == _DEFAULT else role)
            add(
                each["principalId"],
                "application",
                name,
                each.get("resourceDisplayName") or resource,
                "itself",
            )
    grants = list(graph.list("/oauth2PermissionGrants"))
    ids = sorted({each["principalId"] for each in grants if each.get("principalId")})
    people: dict[str, str] = {}
    for at in range(0, len(ids), 1000):
        body = {"ids": ids[at : at + 1000], "types": ["user"]}
        people |= {each["id"]: each["userPrincipalName"] for each in
                   graph.post("/directoryObjects/getByIds", body)["value"]}  # fmt: skip
    for each in grants:
        resource = principals.get(each["resourceId"], {}).get("displayName") or each["resourceId"]
        who = "all users" if each["consentType"] == "AllPrincipals" else people.get(each["principalId"]) or "?"
        for name in (each.get("scope") or "").split():
            add(each["clientId"], "delegated", name, resource, who)
    order = ("critical", "high", "low")
    yield from sorted(found, key=lambda row: (order.index(row["risk"]), row["app"].lower(), row["permission"]))


_DEFAULT: Final = "00000000-0000-0000-0000-000000000000"
