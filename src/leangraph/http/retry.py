"""Whether to repeat a request, and how long to wait before: pure functions of plain values."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from leangraph import clouds
from leangraph.errors import ConfigurationError

if TYPE_CHECKING:
    from leangraph.settings import Settings

NO_CONNECTION: Final = 0  # stands for a status where no connection was made: nothing has been sent
REFUSED: Final = frozenset(
    {NO_CONNECTION, 425, 429, 503, 509}
)  # turned away before any work: every method may try again
UNCERTAIN: Final = frozenset({None, 408, 500, 502, 504})  # perhaps done: only where repeating does no harm
REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "PATCH"})
FIRST_PAUSE: Final = 1.0  # seconds
LONGEST_PAUSE: Final = 60.0  # seconds, where Graph does not ask for more


class RetryPolicy(NamedTuple):
    """One rule for single requests and batch items alike.

    Attributes:
        max_retries: how often one request may be repeated.
        patience: longest total wait of one request, in seconds.
        random: a number from 0 to 1; spreads the callers that failed together.
        deadline: longest time of one call in all, in seconds: every attempt, answer and wait.
    """

    max_retries: int = clouds.MAX_RETRIES
    patience: float = clouds.PATIENCE
    random: Callable[[], float] = random.random
    deadline: float = clouds.DEADLINE

    @classmethod
    def of(cls, settings: Settings) -> RetryPolicy:
        """Return the policy that settings decide."""
        return cls(settings.max_retries, settings.patience, deadline=settings.deadline)

    def check(self) -> None:
        """Raise ``ConfigurationError`` if a part of it is none that it can be."""
        for name in ("max_retries", "patience", "deadline"):
            value = getattr(self, name)
            kinds = int if name == "max_retries" else (int, float)
            if isinstance(value, bool) or not isinstance(value, kinds) or not value >= (name == "deadline") * 1e-9:
                least = "above 0" if name == "deadline" else "0 or more"
                raise ConfigurationError(f"RetryPolicy({name}={value!r}): it must be a number, {least}")
        if not callable(self.random):
            raise ConfigurationError(f"RetryPolicy(random={self.random!r}): it must be a function")

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
        if attempt > self.max_retries:
            return None
        uncertain = status in UNCERTAIN or (asked is not None and status is not None and status >= 500)
        if status not in REFUSED and not uncertain:
            return None
        if status not in REFUSED and not (method in REPEATABLE if repeatable is None else repeatable):
            return None
        pause = asked
        if pause is None:
            pause = min(FIRST_PAUSE * 2 ** min(attempt - 1, 10), LONGEST_PAUSE)
        if not math.isfinite(pause) or waited + pause > self.patience:
            return None
        spread = self.random() * max(pause, FIRST_PAUSE) / 4
        return max(pause, min(pause + spread, self.patience - waited))  # chance never makes us give up


class Attempt:
    """What one piece of work has cost so far: a request, an item of a batch, a range of an upload, or a job.

    It decides whether the work is tried again, and after how many seconds. It neither sends nor sleeps.

    Attributes:
        failed: how many attempts have failed since the last progress.
        waited: seconds that were spent waiting since then, for whatever reason.
        uncertain: whether an attempt may have been done though no answer says so.
        token: that was sent last, to tell what it lacks.
    """

    __slots__ = ("failed", "method", "policy", "repeatable", "token", "uncertain", "waited")

    def __init__(self, policy: RetryPolicy, method: str = "GET", *, repeatable: bool | None = None) -> None:
        self.policy = policy
        self.method = method
        self.repeatable = repeatable  # None: the method decides
        self.uncertain = False
        self.failed = 0
        self.waited = 0.0
        self.token = ""

    def progress(self) -> None:
        """Forget what failed: the work got on."""
        self.failed = 0
        self.waited = 0.0

    @property
    def patience(self) -> float:
        """How many seconds may still be waited."""
        return max(0.0, self.policy.patience - self.waited)

    def again(
        self,
        status: int | None,
        retry_after: float | None = None,
        *,
        transient: bool = True,
        left: float = math.inf,
    ) -> float | None:
        """Count a failed attempt; return the seconds until the next one, ``None`` if there is to be none.

        The seconds returned count as waited.

        Args:
            status: of the answer; ``None`` if it was lost, ``NO_CONNECTION`` if nothing was sent.
            retry_after: seconds that the answer asks for: the wait is never shorter.
            transient: ``False`` if the same request cannot succeed in a moment.
            left: seconds until the work has to be done.
        """
        self.failed += 1
        pause = None
        if transient:
            pause = self.policy.wait(
                self.failed, self.method, status, retry_after, waited=self.waited, repeatable=self.repeatable
            )
        if pause is not None and pause >= left:
            pause = None
        self.uncertain = self.uncertain or status in UNCERTAIN
        self.waited += pause or 0.0
        return pause
