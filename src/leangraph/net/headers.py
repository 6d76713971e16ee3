"""What a header of an answer says, for Graph and the sign-in service alike: pure functions of plain values."""

from __future__ import annotations

import json
import math
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a service asks us to wait, or ``None`` if it does not say.

    Seen in the wild: ``120``, ``2.542``, ``30,120`` (the longer one counts) and an HTTP date; SharePoint
    adds ``RateLimit-Reset`` to a 429, and the longer of the two counts. Anything else, more than a float
    can hold included, is silence, and the policy backs off by itself. ``headers`` must ignore case.
    Source: https://learn.microsoft.com/graph/throttling and RFC 9110 §10.2.3
    """
    text = headers.get("Retry-After", "").strip()
    asked = _seconds(text) if text[:1].isdigit() else _seconds_until(text, now)
    reset = _seconds(headers.get("RateLimit-Reset", ""))
    return max((seconds for seconds in (asked, reset) if seconds is not None), default=None)


def _seconds(text: str) -> float | None:
    numbers = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"[0-9]+(\.[0-9]+)?", number) for number in numbers):
        return None
    longest = max(float(number) for number in numbers)
    return longest if math.isfinite(longest) else None


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):  # the last for a year of twenty digits
        return None
    if moment.tzinfo is None:  # a date in "-0000" is UTC too
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


_CHALLENGE: Final = re.compile(
    r"""[\s,]*(?:(?P<name>[\w.-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,"]*))|(?P<scheme>[\w.-]+))"""
)


def challenge(headers: Mapping[str, str]) -> str | None:
    """Return the claims that a 401 asks for, as the JSON text that MSAL takes; ``None`` if it asks for none.

    Several schemes may share the header, and only Bearer's parameters count; the claims are base64 of either
    alphabet, padded or not. ``headers`` must ignore case.
    Source: https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    text = headers.get("WWW-Authenticate", "")
    scheme, found, at = "", "", 0
    while match := _CHALLENGE.match(text, at):
        at = match.end()
        if match["scheme"]:
            scheme = match["scheme"].lower()
        elif scheme == "bearer" and match["name"].lower() == "claims":
            found = match["quoted"] or match["bare"] or ""
    try:
        claims = b64decode(found.translate(_STANDARD).rstrip("=") + "=" * (-len(found.rstrip("=")) % 4))
        return claims.decode() if isinstance(json.loads(claims), dict) else None
    except (ValueError, RecursionError):
        return None


_STANDARD: Final = str.maketrans("-_", "+/")
