"""Who can sign in with a password alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /reports/authenticationMethods/userRegistrationDetails",)
_WEAK: Final = frozenset({"mobilePhone", "officePhone", "alternateMobilePhone", "email", "securityQuestion"})


def rows(
    graph: GraphClient, *, missing: Annotated[bool, "Only users without a second factor."] = False
) -> Iterator[dict[str, Any]]:
    """List who has which second factor: first admins without one, then other users without one."""
    details = graph.list("/reports/authenticationMethods/userRegistrationDetails")
    found = [
        {
            "user": each["userPrincipalName"],
            "name": each.get("userDisplayName"),
            "isAdmin": bool(each.get("isAdmin")),
            "mfa": bool(each.get("isMfaRegistered")),
            "passwordless": bool(each.get("isPasswordlessCapable")),
            "weakOnly": bool(methods := each.get("methodsRegistered") or []) and set(methods) <= _WEAK,
            "methods": methods,
        }
        for each in details
        if not (missing and each.get("isMfaRegistered"))
    ]
    yield from sorted(found, key=lambda row: (row["mfa"], not row["isAdmin"], row["user"].lower()))
