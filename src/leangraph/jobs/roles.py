"""Who has a role, and who may take one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from leangraph.errors import BadRequest, Forbidden

if TYPE_CHECKING:
    from leangraph.client import GraphClient

_ROOT = "/roleManagement/directory"
READS = (
    f"GET {_ROOT}/roleDefinitions",
    f"GET {_ROOT}/roleAssignments",
    f"GET {_ROOT}/roleEligibilityScheduleInstances",
    "POST /directoryObjects/getByIds",
)


def rows(graph: GraphClient) -> Iterator[dict[str, Any]]:
    """List who has a role (standing) and who may activate one (eligible), Global Administrators first."""
    definitions = {each["id"]: each["displayName"] for each in graph.list(f"{_ROOT}/roleDefinitions")}
    standing = list(graph.list(f"{_ROOT}/roleAssignments"))
    try:
        eligible = list(graph.list(f"{_ROOT}/roleEligibilityScheduleInstances"))
    except (BadRequest, Forbidden):  # without a P2 license there are none
        eligible = []
    ids = sorted({each["principalId"] for each in (*standing, *eligible)})
    names: dict[str, dict[str, Any]] = {}
    for at in range(0, len(ids), 1000):
        found = graph.post("/directoryObjects/getByIds", {"ids": ids[at : at + 1000]})["value"]
        names |= {each["id"]: each for each in found}
    all_rows = []
    for kind, assignments in (("standing", standing), ("eligible", eligible)):
        for each in assignments:
            who = names.get(each["principalId"], {})
            all_rows.append(
                {
                    "role": definitions.get(each["roleDefinitionId"], each["roleDefinitionId"]),
                    "kind": kind,
                    "who": who.get("userPrincipalName") or who.get("displayName") or each["principalId"],
                    "type": who.get("@odata.type", "").rpartition(".")[2] or "deleted",
                    "scope": each.get("directoryScopeId") or each.get("appScopeId"),
                    "until": each.get("endDateTime"),
                }
            )
    yield from sorted(all_rows, key=lambda row: (row["role"] != "Global Administrator", row["role"], row["who"]))
