"""Who signed in, where, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.http.options import odata
from leangraph.jobs import logs

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /auditLogs/signIns",)


def rows(
    graph: GraphClient,
    *,
    days: Annotated[int, "Days back: 30 with a P1 license, 7 without."] = 7,
    user: Annotated[str | None, "Only sign-ins of this user (user principal name)."] = None,
    failed: Annotated[bool, "Only those that failed."] = False,
    keep: Annotated[Path | None, "Keep the entries in this private file, and continue from it next time."] = None,
) -> Iterator[dict[str, Any]]:
    """List sign-ins, the oldest first. The job keeps to the log's limit of 5 requests in 10 seconds."""
    more = odata("userPrincipalName eq {}", user.lower()) if user else ""
    for entry in logs.read(graph, "/auditLogs/signIns", "createdDateTime", days, more, keep):
        status, location = entry.get("status") or {}, entry.get("location") or {}
        if failed and not status.get("errorCode"):
            continue
        yield {
            "at": entry["createdDateTime"],
            "user": entry.get("userPrincipalName"),
            "app": entry.get("appDisplayName"),
            "ok": not status.get("errorCode"),
            "why": status.get("failureReason"),
            "client": entry.get("clientAppUsed"),
            "ipAddress": entry.get("ipAddress"),
            "city": location.get("city"),
            "country": location.get("countryOrRegion"),
            "conditionalAccess": entry.get("conditionalAccessStatus"),
            "risk": entry.get("riskLevelDuringSignIn"),
        }
