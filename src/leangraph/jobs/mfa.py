"""Who can sign in with a password alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /reports/authenticationMethods/userRegistrationDetails",)
_WEAK: Final = frozenset({"mobilePhone", "officePhone", "alternateMobilePhone", "email", "securityQuestion"})


def rows(
    graph: GraphClient, *, missing: Annotated[bool, "Only who has no second factor."] = False
) -> Iterator[dict[str, Any]]:
    """Say who has a second factor and which: admins without one come first, then others without one."""
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
