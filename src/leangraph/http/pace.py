"""How many requests at once, and how fast: what Graph's throttle answers teach, and budgets set beforehand.

A 429 tells one request to wait. The others that share its client and its quota would run into the same wall,
so they wait too, and then go on at the rate that Graph let through before.
"""

from __future__ import annotations

import math
import os
import struct
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO, Final, Protocol

from leangraph.errors import ConfigurationError, Throttled
from leangraph.http.target import service
from leangraph.system import files, fork

MOST: Final = 1.8  # of a quota: Graph reports no more
FULL: Final = 1.0  # of a quota, as x-ms-throttle-limit-percentage counts: from here on calls are refused
GROWTH: Final = 0.02  # a second: how fast a rate that was measured recovers
GUESSING: Final = 1.25  # times, every second: how fast a rate that was guessed does
RESERVE: Final = 0.5  # of what Graph would let through at once after a pause: the rest forgives errors of ours
CAUTION: Final = 0.97  # of the rate that Graph let through
IDLE: Final = 2.0  # seconds without a request: what was counted before says nothing of the rate
FORGET: Final = 3.0  # times its first value: a rate that has recovered so far limits nothing any more
FEWEST: Final = 5  # requests counted: a rate is not told from less, and the pause is all there is
SHORTEST: Final = 0.25  # seconds: a rate is not told from less
UNASKED: Final = 1.0  # seconds to pause where Graph does not say how long
LONGEST: Final = 3600.0  # seconds that one refusal holds up the others, however long it asked for
SLOWEST: Final = 1 / 30  # requests a second: a rate below that says more of us than of the quota
NAMES: Final = 512  # paths whose service is remembered
MAILBOX_CONCURRENCY: Final = 4  # requests at once, per app and mailbox


class CallBudget(Protocol):
    """What a budget of calls has to do: see ``Budget``."""

    def take(self, units: float = 1.0) -> None: ...


class Clock:
    """What a client waits by, in seconds. A ``sleep`` that does not really wait sets it forward."""

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        self._sleep = sleep
        self._lock = threading.Lock()
        self._ahead = 0.0
        fork.register(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def now(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        begun = time.monotonic()
        self._sleep(seconds)
        missing = begun + seconds - time.monotonic()
        if missing > 0:
            with self._lock:
                self._ahead += missing


class Pace:
    """The pace of one client's requests, per service; safe to share between threads.

    While nobody was refused it costs one look. After a 429 all wait as long as Graph asked; then a rate holds.
    The first is a guess (as much again in the time that Graph asked for) and grows by a quarter every second; from
    the next refusal on it is what Graph let through since the one before, pauses included, and recovers by 2 % a
    second.

    No wait is longer than its caller allows, and time in which nobody asked for anything is no part of a rate.

    Args:
        budget: taken from before every request; see ``Budget``.
    """

    def __init__(self, clock: Clock, budget: CallBudget | None = None) -> None:
        self.budget = budget
        self._now = clock.now
        self._sleep = clock.sleep
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}
        self._names: dict[str, str] = {}  # services by path
        self._sweep_at = -math.inf
        self._passed = 0  # while nobody is refused: requests since ``_busy_since``
        self._busy_since = self._latest = -math.inf
        fork.register(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def wait(self, path: str, units: int = 1, *, limit: float = math.inf, now: float | None = None) -> float:
        """Wait until ``units`` requests may go to a path; return when that is, for ``heard``.

        Args:
            limit: seconds that the caller is ready to wait.
            now: what the clock says, if the caller has just looked.

        Raises:
            Throttled: it would take longer. Nothing was sent, and nothing waited for.
        """
        begun = self._now() if now is None else now
        if self.budget is None and not self._lanes:
            return begun
        if self.budget is not None and units:
            if isinstance(self.budget, (Budget, FileBudget)):
                self.budget.take(units, limit=limit)
            else:
                self.budget.take(units)
        if self._lanes and (lane := self._lane(path)) is not None:
            seen = None
            while seen != lane.resume:  # else another refusal came while this one slept
                with self._lock:
                    now = self._now()
                    pause, seen = lane.reserve(now, units), lane.resume
                    late = pause > 0 and now + pause - begun > limit
                    if late:
                        lane.give_back(units)
                if late:
                    raise _too_long(f"calls to {service(path)!r} were refused, and", pause, limit, path)
                if pause > 0:
                    self._sleep(pause)
        return self._now()

    def heard(
        self,
        path: str,
        started: float,
        *,
        passed: int,
        refused: int = 0,
        asked: float | None = None,
        percentage: str | None = None,
    ) -> None:
        """Learn from answers to requests that went off at ``started``.

        Args:
            passed, refused: how many were let through, how many answered 429 (or 503 with a time to wait).
            asked: the longest ``Retry-After`` of the refused.
            percentage: ``x-ms-throttle-limit-percentage``: 1.2 means that a fifth of the calls is refused now.
        """
        if started - self._latest > IDLE:
            self._busy_since, self._passed = started, 0
        self._latest = started
        self._passed += passed
        used = 0.0 if percentage is None else _share_of_quota(percentage)
        if not refused and not used and not self._lanes:
            return
        lane = self._lane(path)
        if lane is None and not refused and not used:
            return
        name = self._names.get(path) or service(path)
        with self._lock:
            now = self._now()
            if lane is None:
                lane = self._lanes.setdefault(name, _Lane(self._busy_since, self._passed - passed))
            lane.counted += passed
            lane.busy_until = max(lane.busy_until, now)
            if refused:
                lane.cut(now, started, asked)
                lane.counted += refused  # https://learn.microsoft.com/graph/throttling: they count as well
            elif used:
                lane.slow(now, started, used)
            elif lane.has_recovered(now):
                self._lanes.pop(name, None)

    def _lane(self, path: str) -> _Lane | None:
        """Return the limit that a path meets, of those there are."""
        now = self._now()
        if now >= self._sweep_at:
            self._sweep(now)
        name = self._names.get(path)
        if name is None:
            if len(self._names) >= NAMES:
                self._names.clear()
            name = self._names[path] = service(path)
        return self._lanes.get(name)

    def _sweep(self, now: float) -> None:
        """Forget the limits that have recovered without being met again: as of mailboxes read once."""
        with self._lock:
            for name in [name for name, lane in self._lanes.items() if lane.has_recovered(now)]:
                del self._lanes[name]
            self._sweep_at = now + 1.0 + len(self._lanes) / 1000  # it takes a thousandth of the time


def _share_of_quota(percentage: str) -> float:
    """Return what part of a quota is used; 0 if it is not used up, or if that cannot be read."""
    try:
        used = float(percentage)
    except ValueError:
        return 0.0
    return used if FULL <= used < math.inf else 0.0


def _too_long(why: str, pause: float, limit: float, path: str) -> Throttled:
    return Throttled(
        f"not sent: {why} it would take {pause:.0f} s until this one may go, of {limit:.0f} s that are left to it "
        "(GRAPH_PATIENCE, GRAPH_DEADLINE)",
        status=429,
        retry_after=pause,
        path=path,
    )


class _Lane:
    """The limit of one service. All times are on the clock of its Pace, which also holds its lock.

    The rate is kept as Graph keeps it, by a bucket that fills while nobody draws: a pause is no loss.
    """

    def __init__(self, begun: float, passed: int) -> None:
        self.counted = passed  # against the quota since the last refusal
        self._since = begun  # of that refusal, later by the time in which nobody asked
        self.resume = -math.inf  # nobody goes before this
        self.busy_until = -math.inf  # the last answer, or when the last of those that wait will go
        self._rate = math.inf  # requests a second, as it was cut
        self._cut_at = begun
        self._episodes = 0
        self._tokens = 0.0
        self._filled = begun
        self._depth = 1.0  # seconds' worth of requests that the bucket holds

    def rate(self, now: float) -> float:
        if math.isinf(self._rate):
            return self._rate
        age = max(0.0, now - self._cut_at)
        return self._rate * (GUESSING ** min(age, 30.0) if self._episodes == 1 else 1 + GROWTH * age)

    def has_recovered(self, now: float) -> bool:
        return now >= self.resume and (math.isinf(self._rate) or self.rate(now) > FORGET * self._rate)

    def reserve(self, now: float, units: int) -> float:
        """Take ``units`` and return the seconds to wait for them; who comes next waits behind."""
        busy_until = max(self.busy_until, self.resume)
        if now - busy_until > IDLE and self.busy_until > -math.inf:
            self._since += now - busy_until
        self._fill(now)
        pause = max(0.0, self.resume - now)
        self._tokens -= units
        if self._tokens < 0:
            pause += -self._tokens / self.rate(now)
        self.busy_until = max(self.busy_until, now + pause)
        return pause

    def give_back(self, units: int) -> None:
        """Undo a reservation that nobody waits for."""
        self._tokens += units

    def _fill(self, now: float) -> None:
        if now > self._filled:
            rate = self.rate(now)
            self._tokens = min(self._tokens + (now - self._filled) * rate, max(1.0, rate * self._depth))
        self._filled = max(now, self._filled)

    def cut(self, now: float, started: float, asked: float | None) -> None:
        """Take note of a refusal. One of a request that went off before all went on again is no news."""
        pause = UNASKED if asked is None else min(asked, LONGEST)
        known = started < self.resume
        self.resume = max(self.resume, now + pause)
        if known:
            return
        took = max(now - self._since, SHORTEST, 0.0 if self._episodes else pause)
        if self.counted >= FEWEST or not math.isinf(self._rate):
            self._rate = max(SLOWEST, CAUTION * max(self.counted, 1) / took)
        self._depth = max(1.0, min(pause, 10.0)) * RESERVE
        self._tokens = max(
            1.0, min(pause * RESERVE, self._depth) * self._rate
        )  # what there will be when all go on
        self._episodes += 1
        self._since = now
        self._cut_at = self._filled = self.resume
        self.counted = 0

    def slow(self, now: float, started: float, used: float) -> None:
        """Go so much slower that nothing would be refused; requests that went off before say nothing new."""
        if started < self._cut_at:
            return
        rate = self.rate(now)
        if math.isinf(rate):
            rate = max(self.counted, 1) / max(now - self._since, SHORTEST)
            self._episodes, self._tokens, self._filled = 1, 0.0, now
        self._rate = max(SLOWEST, CAUTION * rate / min(used, MOST))
        self._cut_at = now


class Budget:
    """A limit on units a second that you set yourself, so that Graph does not have to answer 429.

    ``GraphClient(…, budget=Budget(200))`` spends one unit per request; ``take(units)`` spends more. All clients
    that get the same budget share it. It counts within one process. For several processes, ``split`` it or use a
    ``FileBudget``.

    Args:
        rate: units a second.
        burst: units that may be spent at once after a pause; default: the units of one second.
    """

    _share = False  # of a budget: only that may go to another process, which then has one of its own

    def __init__(
        self,
        rate: float,
        burst: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._rate = _positive(rate, "rate")
        self._burst = self._rate if burst is None else _positive(burst, "burst")
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._tokens = self._burst
        self._filled = clock()
        self._forked = False
        fork.register(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self._forked = not self._share

    def take(self, units: float = 1.0, *, limit: float = math.inf) -> None:
        """Wait until ``units`` may be spent, and spend them.

        Raises:
            Throttled: the wait would be longer than ``limit`` seconds; nothing was spent.
            ConfigurationError: this process was forked from the process that the budget belongs to.
        """
        if self._forked:
            raise ConfigurationError(f"{_ONE_PROCESS}: nothing was sent")
        with self._lock:
            now = self._clock()
            tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
            self._filled = now
            pause = (units - tokens) / self._rate
            self._tokens = tokens - units if pause <= limit else tokens
        if pause > limit:
            raise _too_long("by its budget", pause, limit, "")
        if pause > 0:
            self._sleep(pause)

    def split(self, workers: int) -> Budget:
        """Return the share of one of ``workers`` processes. It can be pickled and sent to each of them."""
        if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
            raise ConfigurationError(f"workers={workers!r} must be a number of processes, 1 or more")
        share = Budget(self._rate / workers, self._burst / workers, clock=self._clock, sleep=self._sleep)
        share._share = True
        return share

    def __reduce__(self) -> tuple[Any, ...]:
        if not self._share:
            raise TypeError(_ONE_PROCESS)
        return _share, (self._rate, self._burst)


_ONE_PROCESS: Final = (
    "a Budget counts within one process, and a copy in each would spend it many times: use "
    "Budget(...).split(processes), or a FileBudget"
)


def _share(rate: float, burst: float) -> Budget:
    return Budget(rate, burst).split(1)


class FileBudget:
    """A ``Budget`` that all processes of one host share through a small file.

    Each call locks the file for a moment. It can be pickled. A killed process returns no units, but blocks nobody.

    Args:
        path: the file, on a local disk. It is created if needed; you may delete it while no process uses it.
        rate, burst: as for ``Budget``, and the same in every process that shares the file.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        rate: float,
        burst: float | None = None,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._path = os.path.abspath(files.expand(path))  # noqa: PTH100 - for a worker that runs elsewhere
        self._rate = _positive(rate, "rate")
        self._burst = self._rate if burst is None else _positive(burst, "burst")
        self._clock = clock  # the one that all processes share
        self._sleep = sleep

    def take(self, units: float = 1.0, *, limit: float = math.inf) -> None:
        """Wait until ``units`` may be spent, and spend them.

        Raises:
            Throttled: the wait would be longer than ``limit`` seconds; nothing was spent.
            ConfigurationError: the file cannot be used.
        """
        with files.told(f"the budget {self._path} cannot be used"), files.open_locked(self._path) as file:
            now = self._clock()
            tokens, filled = _read(file, (self._burst, now))
            passed = max(0.0, now - filled)  # a clock that was set back stands still for a moment
            tokens = min(self._burst, tokens + passed * self._rate)
            pause = (units - tokens) / self._rate
            file.seek(0)
            file.write(_STATE.pack(tokens - units if pause <= limit else tokens, now))
            file.flush()
        if pause > limit:
            raise _too_long("by its budget", pause, limit, "")
        if pause > 0:
            self._sleep(pause)


_STATE: Final = struct.Struct("<dd")  # tokens, and when there were so many


def _read(file: BinaryIO, new: tuple[float, float]) -> tuple[float, float]:
    """Return what a file says; what is said by no budget is a new one."""
    data = file.read(_STATE.size)
    if len(data) != _STATE.size:
        return new
    tokens, filled = _STATE.unpack(data)
    return (tokens, filled) if math.isfinite(tokens) and math.isfinite(filled) else new


def _positive(number: float, name: str) -> float:
    if not 0 < number < math.inf:
        raise ConfigurationError(f"{name}={number!r} must be a number above 0")
    return float(number)
