"""Whether to repeat a request, and how long to wait before: pure functions of plain values."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from leangraph import clouds

NO_CONNECTION: Final = 0  # stands for a status where no connection was made: nothing has been sent
REFUSED: Final = frozenset({NO_CONNECTION, 429, 503})  # turned away before any work: every method may try again
UNCERTAIN: Final = frozenset({None, 500, 502, 504})  # perhaps done: only where repeating does no harm
REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "PATCH"})
FIRST_PAUSE: Final = 1.0  # seconds
LONGEST_PAUSE: Final = 60.0  # seconds, where Graph does not ask for more


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds Graph asks us to wait, or ``None`` if it does not say.

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


class RetryPolicy(NamedTuple):
    """One rule for single requests and batch items alike.

    Attributes:
        max_retries: how often one request may be repeated.
        patience: longest total wait of one request, in seconds.
        random: a number from 0 to 1; spreads the callers that failed together.
    """

    max_retries: int = clouds.MAX_RETRIES
    patience: float = clouds.PATIENCE
    random: Callable[[], float] = random.random

    def wait(
        self,
        attempt: int,
        method: str,
        status: int | None,
        asked: float | None,
        *,
        waited: float = 0.0,
        repeatable: bool | None = None,
    ) -> float | None:
        """Return the seconds to wait before the next attempt, ``None`` if there is to be none.

        Args:
            attempt: how many attempts have failed already, 1 or more.
            status: of the answer; ``None`` if it was lost, ``NO_CONNECTION`` if nothing was sent.
            asked: what ``retry_after`` found: the wait is never shorter.
            waited: seconds spent waiting so far.
            repeatable: whether doing it twice does no harm; ``None`` judges by the method.
        """
        if attempt > self.max_retries or status not in REFUSED | UNCERTAIN:
            return None
        if status in UNCERTAIN and not (method in REPEATABLE if repeatable is None else repeatable):
            return None
        pause = asked
        if pause is None:
            pause = min(FIRST_PAUSE * 2 ** min(attempt - 1, 10), LONGEST_PAUSE)
        if not math.isfinite(pause) or waited + pause > self.patience:
            return None
        spread = self.random() * max(pause, FIRST_PAUSE) / 4
        return max(pause, min(pause + spread, self.patience - waited))  # chance never makes us give up
