"""The pace of requests, and budgets of calls: against quotas of several kinds, in a time that only tests pass."""

from __future__ import annotations

import copy
import math
import pickle
import struct
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from processes import forks, in_fork
from shares import share
from virtual import VirtualTime

from leangraph import Budget, ConfigurationError, FileBudget, Throttled
from leangraph.http.pace import LONGEST, NAMES, SLOWEST, Clock, Pace
from leangraph.http.target import mailbox, service

LATENCY = 0.05


def delay(pace: Pace, path: str) -> float:
    """Return how many seconds ``wait`` would take now; takes nothing."""
    lane = pace._lane(path)
    return copy.copy(lane).reserve(pace._now(), 1) if lane is not None else 0.0


class VirtualClock(Clock):
    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time.sleep)
        self.now = time.now  # type: ignore[method-assign]
        self.sleep = time.sleep  # type: ignore[method-assign,assignment]


class Quota:
    """A bucket, or a window that starts anew every so often; refused calls count or do not."""

    def __init__(
        self, now: Callable[[], float], rate: float, *, per: float = 1.0, window: bool = False, counts: bool = True
    ) -> None:
        self.now = now
        self.rate, self.per, self.window, self.counts = rate, per, window, counts
        self.level, self.at, self.calls, self.refused = 0.0, now(), 0, 0

    def take(self) -> int:
        """Count a call; return the whole seconds that it has to wait, 0 if it is let through."""
        now, most = self.now(), self.rate * self.per
        self.calls += 1
        if self.window:
            if now // self.per != self.at // self.per:
                self.level = 0.0
        else:
            self.level = max(0.0, self.level - (now - self.at) * self.rate)
        self.at = now
        passes = self.level + 1 <= most
        if passes or self.counts:
            self.level = min(self.level + 1, 1.8 * most)
        if passes:
            return 0
        self.refused += 1
        left = self.per - now % self.per if self.window else (self.level + 1 - most) / self.rate
        return max(1, math.ceil(left))


class World:
    """Workers that share a pace and a quota."""

    def __init__(self, **quota: Any) -> None:
        self.time = VirtualTime()
        self.pace = Pace(VirtualClock(self.time))
        self.quota = Quota(self.time.now, **quota)

    def run(self, calls: int, *, workers: int = 16, each: int = 1, latency: float = LATENCY) -> float:
        """Make calls, several in each request if that is a batch; return the seconds it took."""
        left = deque([each] * (calls // each))

        def work() -> None:
            while left:
                units = left.popleft()
                while units:
                    units = self.request(units, latency)

        return self.time.run(*[work] * workers)

    def request(self, units: int, latency: float) -> int:
        """Send calls together; return how many are to be sent again, after the wait that was asked for."""
        begun = self.pace.wait("/v1.0/users", units)
        self.time.sleep(latency / 2)
        waits = [wait for wait in (self.quota.take() for _ in range(units)) if wait]
        self.time.sleep(latency / 2)
        self.pace.heard("/v1.0/users", begun, passed=units - len(waits))
        if waits:
            self.pace.heard("/v1.0/users", begun, passed=0, refused=len(waits), asked=float(max(waits)))
            self.time.sleep(max(waits) * 1.1)
        return len(waits)


# -- what is learned ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quota", "work"),
    [
        ({"rate": 200}, {"calls": 2000}),
        ({"rate": 200}, {"calls": 2000, "workers": 64}),
        ({"rate": 200}, {"calls": 2000, "workers": 4, "each": 20}),
        ({"rate": 200}, {"calls": 4000, "latency": 0.01}),
        ({"rate": 200, "counts": False}, {"calls": 2000}),
        ({"rate": 200, "per": 10}, {"calls": 20_000, "workers": 64}),
        ({"rate": 30}, {"calls": 3000}),
        ({"rate": 1000}, {"calls": 30_000, "workers": 100}),
    ],
    ids=str,
)
def test_a_quota_is_used_up_and_hardly_met(quota: dict[str, Any], work: dict[str, Any]) -> None:
    world = World(**quota)

    took = world.run(**work)

    assert took <= 1.05 * work["calls"] / quota["rate"]
    assert world.quota.refused <= 0.05 * work["calls"]


def test_from_afar_a_refusal_costs_what_was_on_its_way_and_no_more() -> None:
    world = World(rate=200)

    took = world.run(calls=8000, workers=100, latency=0.3)

    assert took <= (1.02 + world.quota.refused / 8000) * 8000 / 200
    assert world.quota.refused <= 0.05 * 8000


def test_a_window_that_starts_anew_is_lived_with() -> None:
    world = World(rate=200, per=10, window=True)

    took = world.run(calls=10_000, workers=64)

    assert took <= 1.2 * 10_000 / 200
    assert world.quota.refused <= 0.05 * 10_000


def test_a_script_that_asks_one_by_one_loses_only_the_pause_to_a_stray_refusal() -> None:
    world = World(rate=1e6)
    pace, time = world.pace, world.time

    def script() -> None:
        for number in range(200):
            begun = pace.wait("/v1.0/users")
            time.sleep(LATENCY)
            if number == 100:
                pace.heard("/v1.0/users", begun, passed=0, refused=1, asked=2.0)
                time.sleep(2.0)
            else:
                pace.heard("/v1.0/users", begun, passed=1)

    assert time.run(script) == pytest.approx(200 * LATENCY + 2.0, rel=0.01)


def test_a_quota_that_grows_is_used_again() -> None:
    world = World(rate=50)
    world.run(calls=1000)
    world.quota.rate = 200

    took = world.run(calls=20_000)

    assert took <= 1.6 * 20_000 / 200


def test_what_has_recovered_is_forgotten() -> None:
    world = World(rate=50)
    world.run(calls=1000)
    assert world.pace._lanes
    world.quota.rate = 1e9

    world.run(calls=30_000)

    assert world.pace._lanes == {}


# -- who waits ------------------------------------------------------------------------------------------------


def test_all_who_share_a_client_wait_as_long_as_graph_asked_one_of_them() -> None:
    world = World(rate=1e6)
    pace, time = world.pace, world.time
    begun = time.now()
    pace.heard("/v1.0/users/a", begun, passed=0, refused=1, asked=7.0)
    went: list[float] = []

    time.run(*[lambda: went.append(pace.wait("/v1.0/users/b"))] * 4)

    assert min(went) == begun + 7.0


def test_a_longer_wait_that_is_heard_meanwhile_counts() -> None:
    world = World(rate=1e6)
    pace, time = world.pace, world.time
    begun = time.now()
    pace.heard("/v1.0/users", begun, passed=0, refused=1, asked=2.0)
    went: list[float] = []

    def another() -> None:
        time.sleep(1.0)
        pace.heard("/v1.0/users", begun, passed=0, refused=1, asked=9.0)

    time.run(lambda: went.append(pace.wait("/v1.0/users")), another)

    assert went == [begun + 10.0]


def test_a_shorter_wait_that_is_heard_later_does_not_count() -> None:
    world = World(rate=1e6)
    for asked in (9.0, 1.0):
        world.pace.heard("/v1.0/users", world.time.now(), passed=0, refused=1, asked=asked)

    assert delay(world.pace, "/v1.0/users") == 9.0


@pytest.mark.parametrize(
    ("refused", "free"),
    [
        ("/v1.0/users/a/messages", "/v1.0/users/b/messages"),
        ("/v1.0/users/a/messages", "/v1.0/users/a"),
        ("/v1.0/sites/x/lists", "/v1.0/users"),
        ("/v1.0/users/a/drive/root", "/v1.0/users/a"),
    ],
)
def test_a_service_that_refuses_does_not_hold_up_another(refused: str, free: str) -> None:
    world = World(rate=1e6)
    world.pace.heard(refused, world.time.now(), passed=0, refused=1, asked=60.0)

    assert delay(world.pace, refused) == 60.0
    assert delay(world.pace, free) == 0.0
    assert world.pace.wait(free) == world.time.now()


def test_no_time_to_wait_is_a_second() -> None:
    world = World(rate=1e6)
    world.pace.heard("/v1.0/users", world.time.now(), passed=0, refused=1)

    assert delay(world.pace, "/v1.0/users") == 1.0


@pytest.mark.parametrize("said", ["0.8", "0.99", "", "much", "nan", "inf", "-1"])
def test_a_percentage_below_the_whole_or_of_nothing_slows_nobody(said: str) -> None:
    world = World(rate=1e6)
    for _ in range(100):
        world.pace.heard("/v1.0/users", world.time.now(), passed=1, percentage=said)

    assert delay(world.pace, "/v1.0/users") == 0.0
    assert world.pace._lanes == {}


@pytest.mark.parametrize(("said", "slower"), [("1.0", 1.0), ("1.25", 1.25), ("1.8", 1.8), ("90", 1.8)])
def test_a_percentage_above_the_whole_slows_all_by_as_much(said: str, slower: float) -> None:
    world = World(rate=1e6)
    pace, time = world.pace, world.time
    begun = time.now()

    def at_a_hundred_a_second() -> None:
        for _ in range(1000):
            pace.heard("/v1.0/users", pace.wait("/v1.0/users"), passed=1)
            time.sleep(0.01)

    time.run(at_a_hundred_a_second)
    pace.heard("/v1.0/users", time.now(), passed=0, percentage=said)
    begun = time.now()
    time.run(*[lambda: pace.wait("/v1.0/users")] * 100)

    assert time.now() - begun == pytest.approx(slower, rel=0.15)


def test_while_nobody_is_refused_no_lock_is_taken() -> None:
    class Forbidden:
        def __enter__(self) -> None:
            raise AssertionError("the fast path took the lock")

        acquire = __exit__ = __enter__

    world = World(rate=1e6)
    world.pace._lock = Forbidden()  # type: ignore[assignment]

    begun = world.pace.wait("/v1.0/users")
    world.pace.heard("/v1.0/users", begun, passed=1, percentage="0.9")

    with pytest.raises(AssertionError):
        world.pace.heard("/v1.0/users", begun, passed=0, refused=1, asked=1.0)


# -- whose limits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "box"),
    [
        ("/v1.0/me/messages", "me"),
        ("/v1.0/me/sendMail", "me"),
        ("/v1.0/users/Ada@Contoso.com/events/x", "users:ada@contoso.com"),
        ("/v1.0/users/ada/MailFolders('inbox')/messages", "users:ada"),
        ("/v1.0/groups/1/calendar", "groups:1"),
        ("/v1.0/users('ada')/messages", "users:ada"),
        ("/v1.0/me", ""),
        ("/v1.0/users/messages", ""),
        ("/v1.0/users/ada/manager", ""),
        ("/v1.0/teams/1/messages", ""),
        ("/v1.0/groups/1/conversations", ""),
        ("/v1.0/groups/1/threads", ""),
        ("/v1.0/", ""),
    ],
)
def test_whose_mailbox_a_path_is_of(path: str, box: str) -> None:
    assert mailbox(path) == box


@pytest.mark.parametrize(
    ("path", "of"),
    [
        ("/v1.0/users", "directory"),
        ("/beta/users/ada/manager", "directory"),
        ("/v1.0/me", "directory"),
        ("/v1.0/directoryObjects/1", "directory"),
        ("/v1.0/me/messages", "me"),
        ("/v1.0/users/ada/events", "users:ada"),
        ("/v1.0/me/drive/root/children", "drives"),
        ("/v1.0/sites/1/drives", "drives"),
        ("/v1.0/groups/1/drive", "drives"),
        ("/v1.0/drives/1/items/2", "drives"),
        ("/v1.0/sites/1/lists", "sites"),
        ("/v1.0/reports/getEmailActivityCounts(period='D7')", "reports"),
        ("/v1.0/teams/1/channels", "teams"),
        ("/v1.0/auditLogs/signIns", "auditlogs"),
        ("/v1.0", ""),
    ],
)
def test_which_service_a_path_is_of(path: str, of: str) -> None:
    assert service(path) == of


# -- budgets --------------------------------------------------------------------------------------------------

KINDS = pytest.mark.parametrize("kind", ["memory", "file"])


def budget(kind: str, time: VirtualTime, folder: Path, rate: float, burst: float | None = None) -> Any:
    if kind == "memory":
        return Budget(rate, burst, clock=time.now, sleep=time.sleep)
    return FileBudget(folder / "budget", rate, burst, clock=time.now, sleep=time.sleep)


@KINDS
@given(
    rate=st.floats(0.1, 1000),
    burst=st.none() | st.floats(0.5, 100),
    takers=st.lists(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 20)), max_size=8), min_size=1, max_size=4),
)
@settings(max_examples=share(60))
def test_a_budget_is_never_exceeded(
    kind: str, rate: float, burst: float | None, takers: list[list[tuple[float, int]]], tmp_path_factory: Any
) -> None:
    time = VirtualTime()
    shared = budget(kind, time, tmp_path_factory.mktemp("budget"), rate, burst)
    spent: list[tuple[float, int]] = []

    def taker(turns: list[tuple[float, int]]) -> None:
        for think, units in turns:
            time.sleep(think)
            shared.take(units)
            spent.append((time.now(), units))

    time.run(*[lambda turns=turns: taker(turns) for turns in takers])

    most = rate if burst is None else burst
    for first, (begun, _) in enumerate(spent):
        for last in range(first, len(spent)):
            inner = sum(units for _, units in spent[first : last + 1])
            # the first of a stretch may have been saved up for before it: it counts from its end on
            allowed = most + rate * (spent[last][0] - begun) + spent[first][1]
            assert inner <= allowed + 1e-6 * (1 + allowed)


@KINDS
def test_a_budget_that_is_asked_for_more_is_used_to_the_full(kind: str, tmp_path: Path) -> None:
    time = VirtualTime()
    shared = budget(kind, time, tmp_path, rate=100, burst=10)

    took = time.run(*[lambda: [shared.take() for _ in range(100)]] * 10)

    assert took == pytest.approx((1000 - 10) / 100)


@KINDS
def test_what_was_saved_up_in_a_rest_is_no_more_than_the_burst(kind: str, tmp_path: Path) -> None:
    time = VirtualTime()
    shared = budget(kind, time, tmp_path, rate=10, burst=5)
    time.run(lambda: time.sleep(1000))

    took = time.run(lambda: [shared.take() for _ in range(15)])

    assert took == pytest.approx(1.0)


@KINDS
@pytest.mark.parametrize(("rate", "burst"), [(0, None), (-1, None), (math.inf, None), (math.nan, None), (1, 0)])
def test_a_budget_of_nothing_or_everything_is_refused(
    kind: str, rate: float, burst: float | None, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="above 0"):
        budget(kind, VirtualTime(), tmp_path, rate, burst)


def test_shares_of_a_budget_are_even_and_travel() -> None:
    time = VirtualTime()
    shares = [Budget(100, 10, clock=time.now, sleep=time.sleep).split(4) for _ in range(4)]

    took = time.run(*[lambda share=share: [share.take() for _ in range(100)] for share in shares])

    assert took == pytest.approx((400 - 10) / 100)
    assert pickle.loads(pickle.dumps(shares[0]))._rate == 25
    assert pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(shares[0]))))._burst == 2.5


def test_a_whole_budget_does_not_travel_and_says_what_does() -> None:
    with pytest.raises(TypeError, match="split"):
        pickle.dumps(Budget(100))
    for workers in (0, -1, 1.5, True):
        with pytest.raises(ConfigurationError, match="workers"):
            Budget(100).split(workers)  # type: ignore[arg-type]


def test_a_file_budget_is_one_for_all_who_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    time = VirtualTime()
    one = FileBudget("budget", 10, 1, clock=time.now, sleep=time.sleep)
    other = FileBudget(tmp_path / "budget", 10, 1, clock=time.now, sleep=time.sleep)

    took = time.run(lambda: [one.take() for _ in range(50)], lambda: [other.take() for _ in range(51)])

    assert took == pytest.approx(10.0)
    assert pickle.loads(pickle.dumps(FileBudget("budget", 10)))._path == str(tmp_path / "budget")


def test_threads_lose_nothing_of_a_file_budget(tmp_path: Path) -> None:
    shared = FileBudget(tmp_path / "budget", rate=1e-9, burst=10_000)
    threads = [threading.Thread(target=lambda: [shared.take() for _ in range(200)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert struct.unpack("<dd", (tmp_path / "budget").read_bytes())[0] == pytest.approx(10_000 - 8 * 200)


@pytest.mark.parametrize("content", [b"", b"short", struct.pack("<dd", math.nan, 0), b"x" * 40])
def test_a_file_that_is_no_budget_becomes_one(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "budget").write_bytes(content)
    time = VirtualTime()
    shared = FileBudget(tmp_path / "budget", 10, 5, clock=time.now, sleep=time.sleep)

    assert time.run(lambda: [shared.take() for _ in range(25)]) == pytest.approx(2.0, abs=0.6)


def test_a_clock_that_was_set_back_stops_a_file_budget_for_no_longer_than_its_own_debt(tmp_path: Path) -> None:
    time = VirtualTime()
    now = [5000.0]
    shared = FileBudget(tmp_path / "budget", 10, 5, clock=lambda: now[0], sleep=time.sleep)
    time.run(lambda: [shared.take() for _ in range(5)])
    now[0] = 1.0

    assert time.run(shared.take) == pytest.approx(0.1)


# -- whatever the pace is told --------------------------------------------------------------------------------

PATHS = ["/v1.0/users", "/v1.0/users/a/messages", "/v1.0/sites/x/drive", "/v1.0/me/events"]
SHARES = st.sampled_from(["0.8", "1.0", "1.2", "1.8", "nan", "inf", "-inf", "1e308", "x", ""]) | st.text(
    max_size=4
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("idle"), st.floats(0, 1e6)),
        st.tuples(st.just("passed"), st.sampled_from(PATHS), st.integers(1, 20), st.none() | SHARES),
        st.tuples(st.just("refused"), st.sampled_from(PATHS), st.none() | st.floats(0, 1e9)),
    ),
    max_size=30,
)


class Alone:
    """A clock of one thread, and what it waited."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.naps: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.at += seconds


@settings(max_examples=share(300))
@given(EVENTS, st.floats(0, 300))
@example([("passed", PATHS[0], 1, "1.2"), ("passed", PATHS[0], 1, None)], 300.0)
@example([("refused", PATHS[0], 1e9), ("idle", 3601.0)], 300.0)
def test_whatever_the_pace_is_told_no_wait_exceeds_its_limit(events: list[Any], limit: float) -> None:
    clock = Alone()
    pace = Pace(clock)  # type: ignore[arg-type]
    for kind, *event in events:
        if kind == "idle":
            clock.at += event[0]
            continue
        path, begun, waited = event[0], clock.at, len(clock.naps)
        refusal: Throttled | None = None
        try:
            begun = pace.wait(path, event[1] if kind == "passed" else 1, limit=limit)
        except Throttled as error:
            refusal = error
        if refusal is not None:
            assert (refusal.retry_after or 0.0) > 0
            assert len(clock.naps) == waited  # told at once
        assert sum(clock.naps[waited:]) <= limit * (1 + 1e-9)
        clock.at += 0.05
        if kind == "passed":
            pace.heard(path, begun, passed=event[1], percentage=event[2])
        else:
            pace.heard(path, begun, passed=0, refused=1, asked=event[1])
        assert 0 <= delay(pace, path) <= LONGEST + 1 / SLOWEST + 1

    clock.at += 2 * LONGEST  # and none of it lasts
    assert pace.wait(PATHS[0], limit=limit) == clock.at or limit < 1 / SLOWEST


@pytest.mark.parametrize("idle", [0.0, 3.0, 60.0, 3600.0, 1e6])
@pytest.mark.parametrize("before", [1, 4, 50])
def test_time_in_which_nobody_asked_slows_nothing_down(idle: float, before: int) -> None:
    def slowed(idle: float) -> float:
        clock = Alone()
        pace = Pace(clock)  # type: ignore[arg-type]
        for refusal in range(3):
            for _ in range(before):
                begun = pace.wait(PATHS[0])
                clock.at += 0.1
                pace.heard(PATHS[0], begun, passed=1)
            if refusal == 1:
                clock.at += idle
            begun = pace.wait(PATHS[0])
            clock.at += 0.1
            pace.heard(PATHS[0], begun, passed=0, refused=1, asked=1.0)
        clock.at += 1.0
        started = clock.at
        for _ in range(20):
            begun = pace.wait(PATHS[0])
            pace.heard(PATHS[0], begun, passed=1)
        return clock.at - started

    assert slowed(idle) <= slowed(0.0) * 1.2 + 2.0


def test_after_mailboxes_were_throttled_once_their_limits_are_forgotten() -> None:
    clock = Alone()
    pace = Pace(clock)  # type: ignore[arg-type]
    for number in range(2000):
        begun = pace.wait(f"/v1.0/users/{number}/messages")
        pace.heard(f"/v1.0/users/{number}/messages", begun, passed=0, refused=1, asked=1.0)
    assert len(pace._lanes) > 1000
    clock.at += 60
    pace.wait("/v1.0/users")
    assert not pace._lanes
    assert len(pace._names) <= NAMES


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_budget_waits_no_longer_than_its_caller(kind: str, tmp_path: Path) -> None:
    clock = Alone()
    options: dict[str, Any] = {"clock": clock.now, "sleep": clock.sleep}
    budget: Any = Budget(1, **options) if kind == "memory" else FileBudget(tmp_path / "b", 1, **options)
    budget.take()
    with pytest.raises(Throttled, match="budget"):
        budget.take(10, limit=9.0)
    assert clock.naps == []
    budget.take(10, limit=10.0)  # what was refused was not spent
    assert clock.naps == [10.0]
    pace = Pace(clock, budget)  # type: ignore[arg-type]
    with pytest.raises(Throttled):
        pace.wait("/v1.0/users", limit=0.5)


@forks
def test_a_budget_is_not_spent_once_more_by_each_child() -> None:
    own, share = Budget(50, 1), Budget(50, 2).split(2)

    def refused() -> bool:
        with pytest.raises(ConfigurationError, match="split"):
            own.take()
        share.take()
        return True

    assert in_fork(refused) == 0
    own.take()


@forks
@pytest.mark.parametrize("name", ["budget", "pace", "clock"])
def test_a_lock_that_is_held_while_the_process_forks_does_not_stop_the_child(name: str) -> None:
    clock = Clock(lambda _: None)
    pace = Pace(clock)
    budget = Budget(1, 5).split(1)
    pace.heard("/v1.0/users", pace.wait("/v1.0/users"), passed=0, refused=1, asked=0.0)
    owner: Any = {"budget": budget, "pace": pace, "clock": clock}[name]

    def go_on() -> bool:
        pace.wait("/v1.0/users")
        clock.sleep(1.0)
        budget.take()
        return True

    with owner._lock:
        assert in_fork(go_on) == 0
