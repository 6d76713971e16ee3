"""Who changed what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.http.options import odata
from leangraph.jobs import logs

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /auditLogs/directoryAudits",)


def rows(
    graph: GraphClient,
    *,
    days: Annotated[int, "Days back: 30 with a P1 license, 7 without."] = 7,
    activity: Annotated[str | None, "Only this activity, such as 'Add member to group'."] = None,
    keep: Annotated[Path | None, "Keep the entries in this private file, and continue from it next time."] = None,
) -> Iterator[dict[str, Any]]:
    """List changes in the directory, the oldest first: who changed what, the old value and the new."""
    more = odata("activityDisplayName eq {}", activity) if activity else ""
    for entry in logs.read(graph, "/auditLogs/directoryAudits", "activityDateTime", days, more, keep):
        by = entry.get("initiatedBy") or {}
        user, app = by.get("user") or {}, by.get("app") or {}
        targets = entry.get("targetResources") or []
        yield {
            "at": entry["activityDateTime"],
            "activity": entry.get("activityDisplayName"),
            "by": user.get("userPrincipalName") or app.get("displayName") or user.get("id") or app.get("appId"),
            "target": [
                each.get("userPrincipalName") or each.get("displayName") or each.get("id") for each in targets
            ],
            "result": entry.get("result"),
            "changes": [
                {"name": change.get("displayName"), "from": change.get("oldValue"), "to": change.get("newValue")}
                for each in targets
                for change in each.get("modifiedProperties") or []
            ],
            "correlationId": entry.get("correlationId"),
        }
