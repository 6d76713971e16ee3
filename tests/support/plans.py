"""How tests look at a plan."""

from __future__ import annotations

from typing import Any


def shown(plan: Any) -> list[tuple[str, str]]:
    """Return the steps of a plan as their reason and request."""
    return [(row["why"], row["request"]) for row in plan.table() if row["step"]]
