"""The token holder: how often it asks, what it hands out and when, and what nobody gets to see of it."""

from __future__ import annotations

import copy
import io
import itertools
import logging
import math
import pickle
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from canned import Arrived, Canned, canned
from processes import LIMIT, eventually, forks, in_fork, python

from leangraph import AuthError, ConfigurationError, Error, Grant, Sandbox, Settings, TokenHolder, TransportError
from leangraph.auth import holder as token
from leangraph.auth.choose import flow_for
from leangraph.auth.flow import Flow as AuthFlow
from leangraph.net.session import HttpSession

LOGIN = "/oauth2/v2.0/token"
HOUR = 3600.0
FAR = 365 * 24 * HOUR
Hold = Callable[..., TokenHolder]


class Clock:
    """Both clocks of a machine; they stand still until a test moves them."""

    def __init__(self) -> None:
        self.mono = 5000.0
        self.wall = datetime(2030, 1, 1, tzinfo=UTC).timestamp()
        self.before_reading: Callable[[], object] = lambda: None

    def advance(self, seconds: float) -> None:
        self.mono += seconds
        self.wall += seconds

    def monotonic(self) -> float:
        self.before_reading()
        return self.mono

    def time(self) -> float:
        self.before_reading()
        return self.wall


class Watched:
    """A lock that lets something happen just before it is taken."""

    def __init__(self, lock: Any, before_taking: Callable[[], object]) -> None:
        self.lock = lock
        self.before_taking = before_taking

    def __enter__(self) -> None:
        self.before_taking()
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


class Source:
    """Does as scripted, the last step again and again: grants a token of so many seconds, returns, raises."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.claims: list[str | None] = []

    @property
    def asked(self) -> int:
        return len(self.claims)

    def __call__(self, claims: str | None = None) -> Any:
        self.claims.append(claims)
        number = self.asked
        step = self.script[min(number, len(self.script)) - 1]
        if callable(step):
            step = step()
        if isinstance(step, BaseException):
            raise step
        return Grant(f"canary-token-{number}", step) if isinstance(step, int | float) else step


class Closed(threading.Event):
    """A step of a source that takes until a test opens it; then, what ``result`` says."""

    def __init__(self, result: Any) -> None:
        super().__init__()
        self.result = result
        self.reached = threading.Event()

    def __call__(self) -> Any:
        self.reached.set()
        assert self.wait(LIMIT)
        return self.result


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hold(clock: Clock, naps: list[float]) -> Iterator[Hold]:
    """Make a holder on the test's clocks, without chance."""

    def make(*script: Any, **options: Any) -> TokenHolder:
        source = script[0] if isinstance(script[0], Source) else Source(*script)
        options.setdefault("sleep", naps.append)
        made = TokenHolder(source, monotonic=clock.monotonic, wall=clock.time, **options)
        made._random = lambda: 0.0
        return made

    yield make
    landed()


@pytest.fixture
def holder(sandbox_settings: Settings, clock: Clock, naps: list[float]) -> Iterator[TokenHolder]:
    """A holder that signs in to the sandbox through MSAL; its tokens live 3599 s."""
    http = HttpSession(ca_bundle=sandbox_settings.ca_bundle)
    yield signed_in(sandbox_settings, clock, naps, http)
    landed()
    http.close()


def signed_in(settings: Settings, clock: Clock, naps: list[float], http: HttpSession | None = None) -> TokenHolder:
    flow = flow_for(settings, http or HttpSession(ca_bundle=settings.ca_bundle))
    made = TokenHolder(
        flow, scopes=settings.token_scopes, monotonic=clock.monotonic, wall=clock.time, sleep=naps.append
    )
    made._random = lambda: 0.0
    return made


def landed() -> None:
    """Wait for what goes on in the background."""
    for thread in threading.enumerate():
        if thread.name == "leangraph-token":
            thread.join(LIMIT)
            assert not thread.is_alive()


def waiting_for(holder: TokenHolder) -> int:
    """Return how many threads wait for the one that asks."""
    renewal = holder._renewal
    return len(renewal.done._cond._waiters) if renewal else 0


def together(count: int, work: Callable[[], Any]) -> list[Any]:
    """Do the same in many threads at once; an error is a result."""
    gate = threading.Barrier(count)

    def one(_: int) -> Any:
        gate.wait(LIMIT)
        try:
            return work()
        except Error as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def failure_of(work: Callable[[], Any]) -> Error:
    try:
        work()
    except Error as error:
        return error
    raise AssertionError("it did not fail")


# -- how often it asks ----------------------------------------------------------------------------------------


def test_nothing_is_asked_before_somebody_needs_a_token(holder: TokenHolder, graph_sandbox: Sandbox) -> None:
    assert (holder.expires_in, holder.expires_at, holder.refresh_count, holder.last_error) == (0.0, None, 0, None)
    assert "no token yet" in repr(holder)
    assert graph_sandbox.requests == []


def test_fifty_cold_threads_make_one_request(holder: TokenHolder, graph_sandbox: Sandbox) -> None:
    graph_sandbox.fail("POST", LOGIN, stall=0.3)  # time for all of them to arrive

    [had] = set(together(50, lambda: holder.token))

    assert graph_sandbox.token_requests == 1
    assert holder() == holder.token == had
    assert holder.refresh_count == 1


def test_fifty_threads_that_find_it_expired_make_one_request(
    holder: TokenHolder, graph_sandbox: Sandbox, clock: Clock
) -> None:
    first = holder.token
    clock.advance(HOUR)
    graph_sandbox.fail("POST", LOGIN, stall=0.3)

    [second] = set(together(50, lambda: holder.token))

    assert second != first
    assert graph_sandbox.token_requests == 2


def test_a_token_is_renewed_ahead_of_expiry_while_nobody_waits(clock: Clock, naps: list[float]) -> None:
    with Sandbox(users=1) as tenant:
        holder = signed_in(Settings(_env_file=None, **tenant.env), clock, naps)
        first = holder.token
        tenant.fail("POST", LOGIN, stall=600, status=503, times=9)
        clock.advance(3300)

        assert together(50, lambda: holder.token) == [first] * 50

        assert eventually(lambda: tenant.token_requests == 2)
        assert holder.refresh_count == 1  # the renewal goes on
        assert holder.token == first
    landed()  # the stall ends with the sandbox
    assert holder.last_error
    assert holder.token == first
    assert naps == []


def test_fifty_readers_at_the_time_of_renewal_make_one_request(
    holder: TokenHolder, graph_sandbox: Sandbox, clock: Clock
) -> None:
    first = holder.token
    clock.advance(3300)

    seen = set(together(50, lambda: holder.token))
    landed()

    assert seen <= {first, holder.token}
    assert holder.token != first
    assert graph_sandbox.token_requests == 2
    assert holder.refresh_count == 2


@pytest.mark.parametrize("outcome", [HOUR, AuthError("no")], ids=["renewed", "failed"])
@pytest.mark.parametrize("step", range(1, 8))
def test_a_reader_that_was_held_up_does_not_renew_once_more(
    hold: Hold, clock: Clock, step: int, outcome: Any
) -> None:
    """Between any two steps of one reader another one may have done everything."""
    source = Source(HOUR, outcome, HOUR)
    holder = hold(source)
    _ = holder.token
    clock.advance(3300)
    left = step
    reader = threading.current_thread()

    def another_reader() -> None:
        nonlocal left
        left -= threading.current_thread() is reader
        if left == 0:
            left -= 1
            _ = holder.token
            landed()

    clock.before_reading = another_reader
    holder._lock = Watched(holder._lock, another_reader)
    _ = holder.token
    landed()
    _ = holder.token
    landed()

    assert source.asked == 2


def test_nobody_renews_while_somebody_asks_already(hold: Hold, clock: Clock) -> None:
    asking = Closed(HOUR)
    source = Source(HOUR, asking)
    holder = hold(source)
    first = holder.token
    clock.advance(3300)
    with ThreadPoolExecutor(1) as pool:
        claiming = pool.submit(lambda: holder.get_token(claims="{}").token)
        assert asking.reached.wait(LIMIT)

        assert holder.token == first
        asking.set()
        assert claiming.result(LIMIT) == holder.token == "canary-token-2"

    landed()
    assert source.asked == 2


# -- when it renews, and until when it serves -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("life", "refresh_in", "chance", "due"),
    [
        (3600, None, 0, 3240),  # a tenth ahead
        (3600, None, 1, 3204),  # and up to a tenth of that more, lest all machines come at once
        (86400, None, 0, 77760),
        (1200, None, 0, 900),  # five minutes, at least
        (600, None, 0, 300),
        (600, None, 1, 270),
        (599, None, 0, 299.5),  # short-lived: half
        (60, None, 0, 30),
        (60, None, 1, 27),
        (3600, 1800, 1, 1800),  # the issuer knows best
        (3600, 100, 0, 100),
        (3600, 3600, 0, 3240),  # beyond the life of the token, and other nonsense
        (3600, 0, 0, 3240),
        (3600, -5, 0, 3240),
    ],
)
def test_renewal_is_due_in_time(
    hold: Hold, clock: Clock, life: float, refresh_in: float | None, chance: float, due: float
) -> None:
    source = Source(Grant("a", life, refresh_in), Closed(Grant("b", life)))
    holder = hold(source)
    holder._random = lambda: chance
    assert holder.token == "a"

    clock.advance(due - 0.01)
    assert holder.token == "a"
    assert source.asked == 1
    clock.advance(0.02)
    assert holder.token == "a"
    assert eventually(lambda: source.asked == 2)
    source.script[1].set()
    landed()
    assert holder.token == "b"


@pytest.mark.parametrize(("mono", "wall"), [(3300, 3300), (3300, -7200), (0, 3300)])
def test_renewal_is_due_by_either_clock(hold: Hold, clock: Clock, mono: float, wall: float) -> None:
    holder = hold(HOUR)
    assert holder.token == "canary-token-1"
    clock.mono += mono
    clock.wall += wall

    assert holder.token == "canary-token-1"
    landed()
    assert holder.token == "canary-token-2"


def test_tokens_of_a_few_seconds_are_renewed_in_the_background_each(hold: Hold, clock: Clock) -> None:
    holder = hold(10)
    _ = holder.token
    for number in range(1, 9):
        clock.advance(6)
        assert holder.token == f"canary-token-{number}"
        landed()

    assert holder.refresh_count == 9


def test_the_time_that_entra_gives_for_renewal_is_kept(
    holder: TokenHolder, graph_sandbox: Sandbox, clock: Clock
) -> None:
    graph_sandbox.refresh_in = 1200
    first = holder.token

    clock.advance(1199)
    assert holder.token == first
    landed()
    assert graph_sandbox.token_requests == 1
    clock.advance(2)
    assert holder.token == first
    landed()
    assert holder.token != first


@pytest.mark.parametrize(
    ("life", "refresh_in", "until"),
    [(3600, None, 3570), (300, None, 270), (200, None, 180), (10, None, 9), (3600, 3599, 3570)],
)
@pytest.mark.parametrize("set_back", [0, 2 * HOUR, 2 * FAR], ids=["", "clock set back 2 h", "clock reset"])
def test_a_token_that_cannot_be_renewed_is_served_until_just_before_its_real_end(
    hold: Hold, clock: Clock, life: float, refresh_in: float | None, until: float, set_back: float
) -> None:
    holder = hold(Grant("a", life, refresh_in), AuthError("no"))
    first = holder.token
    clock.wall -= set_back

    clock.advance(until - 0.01)
    assert holder.token == first
    landed()
    assert holder.expires_in == pytest.approx(life - until + 0.01)
    assert holder.get_token().expires_on == pytest.approx(clock.wall + life - until, abs=1)
    clock.advance(0.02)
    with pytest.raises(AuthError):
        _ = holder.token


@pytest.mark.parametrize("ahead", [HOUR, 2 * HOUR, FAR])
def test_a_wall_clock_that_jumps_forward_costs_one_new_token(
    holder: TokenHolder, graph_sandbox: Sandbox, clock: Clock, ahead: float
) -> None:
    """The clock was corrected, or the machine slept, while the monotonic clock stood still."""
    first = holder.token
    clock.wall += ahead

    second = holder.token

    assert second != first
    assert holder.token == second
    assert graph_sandbox.token_requests == 2
    clock.wall -= ahead  # and back again
    assert holder.token == second
    landed()
    assert graph_sandbox.token_requests == 2


def test_the_life_of_a_token_begins_before_its_request(hold: Hold, clock: Clock) -> None:
    def slowly() -> Grant:
        clock.advance(8)
        return Grant("a", HOUR)

    holder = hold(slowly)
    _ = holder.token

    assert holder.expires_in == HOUR - 8


def test_expiry_is_told_without_asking(hold: Hold, clock: Clock) -> None:
    source = Source(HOUR)
    holder = hold(source)
    end = datetime.fromtimestamp(clock.wall, UTC) + timedelta(hours=1)
    _ = holder.token

    for passed in (0, 1000, 2000):
        clock.advance(passed)
        assert holder.expires_at == end
        assert holder.expires_in == end.timestamp() - clock.wall
    assert "600 s left, renewed 1 times" in repr(holder)
    clock.advance(HOUR)
    assert holder.expires_in == 0
    assert holder.expires_at == end
    assert source.asked == 1


def test_a_token_without_end_is_never_renewed(hold: Hold, clock: Clock) -> None:
    source = Source(math.inf)
    holder = hold(source)
    first = holder.token
    clock.advance(100 * FAR)

    assert (holder.token, holder.expires_in, holder.expires_at, source.asked) == (first, math.inf, None, 1)


def test_a_renewal_under_way_does_not_keep_a_process_from_ending() -> None:
    script = """
import threading
from leangraph import Grant, TokenHolder

def source(claims=None):
    if holder.refresh_count:
        threading.Event().wait(600)
    return Grant("a", 3600)

now = 0
holder = TokenHolder(source, monotonic=lambda: now, wall=lambda: now)
print(holder.token)
now = 3300
print(holder.token, threading.active_count())
"""
    ended = python("-c", script)

    assert (ended.stdout.split(), ended.stderr, ended.returncode) == (["a", "a", "2"], "", 0)


# -- failing while the old token is good ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 503, "retry_after": 5},
        {"status": 429},
        {"status": 502, "html": True},
        {"html": True},
        {"empty": True, "status": 200},
        {"body": "{}"},
        {"status": 401},
        {"reset": "before"},
        {"reset": "after"},
        {"truncate": True},
    ],
    ids=str,
)
def test_a_renewal_that_fails_leaves_the_old_token_and_waits_before_the_next(
    holder: TokenHolder,
    graph_sandbox: Sandbox,
    clock: Clock,
    naps: list[float],
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any],
) -> None:
    caplog.set_level(logging.INFO)
    first = holder.token
    graph_sandbox.fail("POST", LOGIN, times=2, **fault)
    clock.advance(3300)

    for _ in range(20):
        assert holder.token == first
        landed()
        clock.advance(1.49)  # 29.8 s in all: within the back-off
    assert isinstance(holder.last_error, AuthError | TransportError)
    assert graph_sandbox.token_requests == 2
    clock.advance(0.3)
    assert holder.token == first
    landed()
    assert graph_sandbox.token_requests == 3
    clock.advance(60)
    assert holder.token == first
    landed()

    assert holder.token != first
    assert (holder.last_error, holder.refresh_count) == (None, 2)
    assert graph_sandbox.token_requests == 4
    assert naps == []
    lines = [line.getMessage()[:22] for line in caplog.records if line.name == "leangraph"]
    assert lines == ["token renewal failed: ", "token renewed, after i"]


@pytest.mark.parametrize(
    ("chance", "pauses"), [(0.0, [30, 60, 120, 240, 480, 600, 600]), (1.0, [60, 120, 240, 480, 960, 1200, 1200])]
)
def test_the_back_off_doubles_up_to_a_limit_and_begins_anew_after_a_success(
    hold: Hold, clock: Clock, chance: float, pauses: list[float]
) -> None:
    times: list[float] = []

    def fail() -> Exception:
        times.append(clock.mono)
        return AuthError("no")

    def read() -> None:
        _ = holder.token
        landed()
        clock.advance(30)

    holder = hold(24 * HOUR, *[fail] * 8, 24 * HOUR, fail)
    holder._random = lambda: chance
    while holder.refresh_count < 2:
        read()
    while len(times) < 10:
        read()

    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[:7] == pauses
    assert gaps[8] == pauses[0]


@pytest.mark.parametrize("asked", [100, 5000])
def test_a_renewal_is_not_tried_again_before_entra_said(hold: Hold, clock: Clock, asked: float) -> None:
    source = Source(24 * HOUR, AuthError("busy", retry_after=asked, transient=True), HOUR)
    holder = hold(source)
    first = holder.token
    clock.advance(22 * HOUR)
    assert holder.token == first
    landed()

    clock.advance(asked - 0.01)
    assert holder.token == first
    landed()
    assert source.asked == 2
    clock.advance(0.02)
    assert holder.token == first
    landed()
    assert source.asked == 3


def test_a_machine_that_cannot_start_threads_serves_the_old_token(
    hold: Hold, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = 0

    class NoThread(threading.Thread):
        def start(self) -> None:
            nonlocal started
            started += 1
            raise RuntimeError("can't start new thread")

    source = Source(HOUR)
    holder = hold(source)
    first = holder.token
    monkeypatch.setattr(token.threading, "Thread", NoThread)
    clock.advance(3300)

    assert [holder.token for _ in range(9)] == [first] * 9
    assert started == 1  # and is not asked at every turn
    clock.advance(300)
    assert holder.token == "canary-token-2"  # where nothing else is left, the reader asks


def test_who_has_no_token_does_not_suffer_from_a_failure_in_the_background(
    hold: Hold, clock: Clock, naps: list[float]
) -> None:
    """A renewal in the background is one attempt; who needs a token now has three."""
    failing = Closed(AuthError("busy", transient=True))
    source = Source(HOUR, failing, HOUR)
    holder = hold(source)
    first = holder.token
    clock.advance(3300)
    assert holder.token == first
    assert failing.reached.wait(LIMIT)
    holder.invalidate(first)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: holder.token)
        assert eventually(lambda: waiting_for(holder) == 1)
        failing.set()
        assert waiting.result(LIMIT) == "canary-token-3"

    assert naps == []


# -- failing without a token ----------------------------------------------------------------------------------


def test_fifty_waiters_share_one_refusal(
    holder: TokenHolder, graph_sandbox: Sandbox, clock: Clock, naps: list[float]
) -> None:
    graph_sandbox.fail("POST", LOGIN, status=401, times=9, stall=0.3)

    errors = together(50, lambda: holder.token)

    assert {(type(error), error.status, error.error_codes) for error in errors} == {(AuthError, 401, (7000222,))}
    assert graph_sandbox.token_requests == 1
    assert len({id(error) for error in errors}) == 50  # raised by two threads, one would get two tracebacks
    assert naps == []
    clock.advance(0.99)
    assert str(failure_of(holder)) == str(errors[0])
    assert graph_sandbox.token_requests == 1
    clock.advance(0.02)
    assert failure_of(holder)
    assert graph_sandbox.token_requests == 2


def test_fifty_waiters_share_one_outage(holder: TokenHolder, graph_sandbox: Sandbox, naps: list[float]) -> None:
    graph_sandbox.fail("POST", LOGIN, status=503, times=3, stall=0.1)

    errors = together(50, lambda: holder.token)

    assert {(type(error), error.status, error.transient) for error in errors} == {(AuthError, 503, True)}
    assert graph_sandbox.token_requests == 3
    assert naps == [0.5, 2.0]


@pytest.mark.parametrize(
    ("fault", "pauses"),
    [
        ({"status": 500}, [0.5, 2.0]),
        ({"status": 503, "retry_after": 7}, [7, 7]),
        ({"status": 429, "retry_after": 37}, [37, 37]),
        ({"status": 429}, [0.5, 2.0]),
        ({"html": True}, [0.5, 2.0]),
        ({"body": "[]"}, [0.5, 2.0]),
        ({"reset": "before"}, [0.5, 2.0]),
        ({"reset": "after"}, [0.5, 2.0]),
        ({"truncate": True}, [0.5, 2.0]),
    ],
    ids=str,
)
def test_what_passes_by_itself_is_waited_for(
    holder: TokenHolder, graph_sandbox: Sandbox, naps: list[float], fault: dict[str, Any], pauses: list[float]
) -> None:
    graph_sandbox.fail("POST", LOGIN, times=2, **fault)

    assert holder.token

    assert naps == pauses
    assert graph_sandbox.token_requests == 3
    assert holder.last_error is None


@pytest.mark.parametrize(
    ("status", "retry_after", "attempts"),
    [(429, 38, 2), (429, 76, 1), (503, 3600, 1), (400, None, 1), (403, 1, 1)],
)
def test_what_does_not_pass_or_not_soon_is_told_at_once(
    holder: TokenHolder, graph_sandbox: Sandbox, clock: Clock, status: int, retry_after: int | None, attempts: int
) -> None:
    graph_sandbox.fail("POST", LOGIN, status=status, retry_after=retry_after, times=attempts)

    with pytest.raises(AuthError) as caught:
        _ = holder.token

    assert caught.value.status == status
    assert graph_sandbox.token_requests == attempts
    if caught.value.retry_after:
        clock.advance(caught.value.retry_after - 0.01)
        with pytest.raises(AuthError):
            _ = holder.token
        assert graph_sandbox.token_requests == attempts
        clock.advance(0.02)
        assert holder.token


@pytest.mark.parametrize(
    ("rubbish", "told"),
    [
        (None, "returned NoneType, not a Grant"),
        ("canary-token", "returned str, not a Grant"),
        (("canary-token", HOUR), "returned tuple, not a Grant"),
        ({"access_token": "canary-token"}, "returned dict, not a Grant"),
        (Grant("", HOUR), "one word"),
        (Grant(None, HOUR), "one word"),
        (Grant(b"canary-token", HOUR), "one word"),
        (Grant("canary-token\n", HOUR), "one word"),  # http.client quotes a header that it refuses
        (Grant("canary-töken", HOUR), "one word"),
        (Grant("canary-token", 0), "expired already"),
        (Grant("canary-token", -5), "expired already"),
        (Grant("canary-token", math.nan), "expired already"),
        (Grant("canary-token", "soon"), "expires_in is a str, no number"),
        (Grant("canary-token", None), "expires_in is a NoneType, no number"),
        (RuntimeError("out of luck"), "the token source failed: RuntimeError: out of luck"),
    ],
    ids=str,
)
def test_a_source_that_returns_rubbish_is_told_so_without_showing_it(hold: Hold, rubbish: Any, told: str) -> None:
    source = Source(rubbish, HOUR)
    holder = hold(source)

    error = failure_of(holder)

    assert isinstance(error, AuthError)
    assert told in str(error)
    assert not error.transient
    assert source.asked == 1
    assert "canary" not in everything_of(error)


def test_an_exception_of_ones_own_reaches_every_waiter_as_it_is(hold: Hold) -> None:
    class Locked(AuthError):
        def __init__(self, who: str, why: str) -> None:
            super().__init__(f"{who} is locked: {why}", code="locked")

    failing = Closed(Locked("ada", "lost the key"))
    holder = hold(failing)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(failure_of, holder) for _ in range(3)]
        assert eventually(lambda: waiting_for(holder) == 2)
        failing.set()
        errors = [one.result(LIMIT) for one in waiting]

    assert [(type(error), str(error), error.code) for error in errors] == [
        (Locked, "ada is locked: lost the key", "locked")
    ] * 3


def test_the_error_that_is_remembered_keeps_nothing_of_its_caller(hold: Hold) -> None:
    holder = hold(AuthError("no"))
    try:
        {}["canary of the caller"]
    except KeyError:
        raised = failure_of(holder)

    assert raised.__traceback__ is not None
    assert failure_of(holder).__traceback__ is not None  # told from memory
    assert holder.last_error is not None
    assert holder.last_error.__traceback__ is None
    assert holder.last_error.__context__ is None


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interruption_of_the_one_who_asks_leaves_nobody_waiting(
    hold: Hold, interruption: type[BaseException]
) -> None:
    interrupted = Closed(interruption())
    source = Source(interrupted, HOUR)
    holder = hold(source)

    def leader() -> Any:
        try:
            return holder.token
        except BaseException as error:  # noqa: BLE001 - what is asked for
            return type(error)

    with ThreadPoolExecutor(11) as pool:
        first = pool.submit(leader)
        assert interrupted.reached.wait(LIMIT)
        others = [pool.submit(lambda: holder.token) for _ in range(10)]
        assert eventually(lambda: waiting_for(holder) == 10)
        interrupted.set()
        assert first.result(LIMIT) is interruption
        assert {other.result(LIMIT) for other in others} == {"canary-token-2"}  # one of them asks for all

    assert (source.asked, holder.refresh_count, holder.last_error) == (2, 1, None)


def test_nobody_waits_for_ever_for_one_who_hangs(hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = Closed(HOUR)
    source = Source(hanging)
    flow = AuthFlow("slow", lambda _: source(), longest=10.0)
    holder = TokenHolder(flow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: holder.token)
        assert hanging.reached.wait(LIMIT)
        monkeypatch.setattr(token, "PIECE", 0.01)
        monkeypatch.setattr(token, "LONGEST_PAUSES", -30.0)  # beside three attempts of ten seconds
        with pytest.raises(AuthError, match="hangs") as caught:
            _ = holder.token
        hanging.set()
        assert first.result(LIMIT) == holder.token

    assert caught.value.transient


# -- invalidation ---------------------------------------------------------------------------------------------


def test_exactly_the_refused_token_is_dropped(holder: TokenHolder, graph_sandbox: Sandbox) -> None:
    first = holder.token
    holder.invalidate("another")
    assert holder.token == first

    holder.invalidate(first)
    assert (holder.expires_in, holder.expires_at) == (0.0, None)
    second = holder.token
    holder.invalidate(first)  # one who comes late

    assert holder.token == second != first
    assert graph_sandbox.token_requests == 2


def test_twenty_threads_that_refuse_the_same_token_get_one_new_one(
    holder: TokenHolder, graph_sandbox: Sandbox
) -> None:
    first = holder.token
    graph_sandbox.fail("POST", LOGIN, stall=0.2)

    def refuse() -> str:
        holder.invalidate(first)
        return holder.token

    [second] = set(together(20, refuse))

    assert second != first
    assert graph_sandbox.token_requests == 2


# -- a token you already have ---------------------------------------------------------------------------------


def test_a_fixed_token_is_never_renewed() -> None:
    holder = TokenHolder.fixed(" canary-token ")
    holder.invalidate("canary-token")

    assert holder.token == holder() == holder.get_token("any/.default").token == "canary-token"
    assert (holder.expires_in, holder.expires_at, holder.refresh_count) == (math.inf, None, 0)
    assert repr(holder) == "<TokenHolder: fixed, renewed 0 times>"


@pytest.mark.parametrize(
    "value",
    [
        *["", " ", "canary\n", "canary\r\nX: y", "\tcanary", "canary\x00", "canäry", "Bearer canary", "can ary"],
        *[None, 5, b"canary", ["canary"], Grant("canary", HOUR)],
    ],
    ids=ascii,
)
def test_a_fixed_token_that_cannot_be_one_is_refused_without_showing_it(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="itself") as caught:
        TokenHolder.fixed(value)

    assert "canary" not in str(caught.value)


# -- for other libraries --------------------------------------------------------------------------------------


def test_get_token_has_the_shape_of_azure_core(
    holder: TokenHolder, graph_sandbox: Sandbox, sandbox_settings: Settings, clock: Clock
) -> None:
    [scope] = sandbox_settings.token_scopes
    access = holder.get_token(scope, claims=None, tenant_id=None, enable_cae=True, anything="else")

    assert access.token == holder.token == holder.get_token().token
    assert access.expires_on == clock.wall + 3599
    assert type(access.expires_on) is int
    assert tuple(access) == (access.token, access.expires_on)
    assert access.token not in f"{access} {access!r}"
    assert graph_sandbox.token_requests == 1


def test_get_token_refuses_a_foreign_scope_and_asks_nobody(holder: TokenHolder, graph_sandbox: Sandbox) -> None:
    for scopes in (["https://vault.azure.net/.default"], [*holder._scopes, "https://vault.azure.net/.default"]):
        with pytest.raises(ConfigurationError, match="vault"):
            holder.get_token(*scopes)

    assert graph_sandbox.requests == []


@pytest.mark.parametrize("scopes", ["a/.default", ["a/.default"], {"a/.default", "b"}, iter(["a/.default"])])
def test_scopes_are_one_or_many(hold: Hold, scopes: Any) -> None:
    holder = hold(HOUR, scopes=scopes)

    assert holder.get_token("a/.default").token
    with pytest.raises(ConfigurationError):
        holder.get_token("a")


def test_claims_are_asked_for_past_a_good_token(hold: Hold) -> None:
    source = Source(HOUR)
    holder = hold(source)
    _ = holder.token

    assert holder.get_token(claims='{"a": 1}').token == holder.token == "canary-token-2"
    assert source.claims == [None, '{"a": 1}']


def test_claims_are_asked_for_even_while_another_request_is_under_way(hold: Hold) -> None:
    plain = Closed(HOUR)
    source = Source(plain, HOUR)
    holder = hold(source)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: holder.token)
        assert plain.reached.wait(LIMIT)
        claiming = pool.submit(lambda: holder.get_token(claims="{}").token)
        assert eventually(lambda: waiting_for(holder) == 1)
        plain.set()

        assert first.result(LIMIT) == "canary-token-1"
        assert claiming.result(LIMIT) == "canary-token-2"
    assert source.claims == [None, "{}"]


def test_twenty_threads_with_the_same_claims_make_one_request(hold: Hold) -> None:
    closed = Closed(HOUR)
    source = Source(closed, HOUR)
    holder = hold(source)
    with ThreadPoolExecutor(20) as pool:
        claiming = [pool.submit(lambda: holder.get_token(claims="{}").token) for _ in range(20)]
        assert eventually(lambda: waiting_for(holder) == 19)
        closed.set()
        assert {one.result(LIMIT) for one in claiming} == {"canary-token-1"}

    assert source.claims == ["{}"]


def test_claims_that_fail_leave_the_token_that_is_good(hold: Hold) -> None:
    holder = hold(HOUR, AuthError("no such claim"))
    first = holder.token

    with pytest.raises(AuthError, match="no such claim"):
        holder.get_token(claims="{}")

    assert holder.token == first


def test_a_fixed_token_takes_no_claims() -> None:
    with pytest.raises(ConfigurationError, match="claims"):
        TokenHolder.fixed("a").get_token(claims="{}")


@pytest.fixture
def server() -> Iterator[Canned]:
    with canned(lambda _: (200, {})) as served:
        yield served


@pytest.fixture
def elsewhere() -> Iterator[Canned]:
    with canned(lambda _: (200, {})) as served:
        yield served


@pytest.fixture
def web(hold: Hold) -> Iterator[requests.Session]:
    """A session of ``requests`` as anybody has it, with our tokens."""
    with requests.Session() as session:
        session.auth = hold(HOUR).auth
        yield session


def tokens_of(server: Canned) -> list[str]:
    return [seen.headers.get("authorization", "").removeprefix("Bearer canary-") for seen in server.requests]


def refusing(*numbers: int) -> Callable[[Arrived], tuple[Any, ...]]:
    refused = [f"token-{number}" for number in numbers]
    return lambda seen: (401,) if seen.headers.get("authorization", "")[-7:] in refused else (200, {})


def test_requests_gets_the_token_with_every_request(server: Canned, web: requests.Session) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert web.request(method, server.url).status_code == 200

    assert tokens_of(server) == ["token-1"] * 3


@pytest.mark.parametrize(
    ("data", "sent"),
    [
        (None, b""),
        (b"bytes", b"bytes"),
        ("text", b"text"),
        ({"a": "1"}, b"a=1"),
        (lambda: io.BytesIO(b"a file"), b"a file"),
        (lambda: moved(io.BytesIO(b"read: the rest")), b"the rest"),
    ],
    ids=["none", "bytes", "text", "form", "file", "rest of a file"],
)
def test_after_a_401_requests_sends_the_same_once_more_with_a_new_token(
    server: Canned, web: requests.Session, data: Any, sent: bytes
) -> None:
    server.answer = refusing(1)

    response = web.post(server.url, data=data() if callable(data) else data, timeout=LIMIT)

    assert [response.status_code, *(earlier.status_code for earlier in response.history)] == [200, 401]
    assert tokens_of(server) == ["token-1", "token-2"]
    assert [seen.body for seen in server.requests] == [sent, sent]
    assert response.request.headers["Authorization"] == "Bearer canary-token-2"


def moved(file: io.BytesIO) -> io.BytesIO:
    file.seek(6)
    return file


class Pipe(io.BytesIO):
    """What can be read once."""

    def tell(self) -> int:
        raise io.UnsupportedOperation


@pytest.mark.parametrize("body", [Pipe(b"once"), iter([b"once"])], ids=["pipe", "generator"])
def test_a_body_that_can_be_read_once_is_sent_once_but_its_token_is_not_used_again(
    server: Canned, web: requests.Session, body: Any
) -> None:
    server.answer = refusing(1)

    assert web.post(server.url, data=body, timeout=LIMIT).status_code == 401
    assert tokens_of(server) == ["token-1"]
    web.close()  # the server has not read that body
    assert web.get(server.url).status_code == 200
    assert tokens_of(server) == ["token-1", "token-2"]


def test_a_second_401_is_the_answer(server: Canned, web: requests.Session) -> None:
    server.answer = refusing(1, 2, 3)

    assert web.get(server.url).status_code == 401
    assert tokens_of(server) == ["token-1", "token-2"]


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_another_answer_than_401_costs_no_token(server: Canned, web: requests.Session, status: int) -> None:
    server.answer = lambda _: (status,)

    assert [web.get(server.url).status_code for _ in range(2)] == [status] * 2
    assert tokens_of(server) == ["token-1", "token-1"]


def test_a_fixed_token_is_sent_once_and_its_401_is_the_answer(server: Canned) -> None:
    server.answer = lambda _: (401,)

    assert (
        requests.get(server.url, auth=TokenHolder.fixed("canary-token-1").auth, timeout=LIMIT).status_code == 401
    )
    assert tokens_of(server) == ["token-1"]


def test_another_host_gets_neither_the_token_nor_a_second_request(
    server: Canned, elsewhere: Canned, web: requests.Session
) -> None:
    server.answer = lambda _: (302, None, {"Location": f"{elsewhere.url}/file"})
    elsewhere.answer = lambda _: (401,)

    assert web.get(server.url).status_code == 401
    assert tokens_of(elsewhere) == [""]
    assert web.get(server.url).status_code == 401
    assert tokens_of(server) == ["token-1", "token-1"]  # a 401 from there says nothing about it


def test_no_new_token_goes_where_a_careless_session_took_the_old_one(
    server: Canned, elsewhere: Canned, hold: Hold
) -> None:
    class Careless(requests.Session):
        def rebuild_auth(self, *_: Any) -> None:  # where requests takes the header off
            pass

    server.answer = lambda _: (302, None, {"Location": f"{elsewhere.url}/file"})
    elsewhere.answer = lambda _: (401,)
    with Careless() as session:
        assert session.get(server.url, auth=hold(HOUR).auth, timeout=LIMIT).status_code == 401

    assert tokens_of(elsewhere) == ["token-1"]


def test_a_401_to_a_request_that_lost_its_token_on_the_way_says_nothing_about_it(
    server: Canned, elsewhere: Canned, web: requests.Session
) -> None:
    home = {"/": (302, None, {"Location": f"{elsewhere.url}/"}), "/back": (401,)}
    server.answer = lambda seen: home[seen.target]
    elsewhere.answer = lambda _: (302, None, {"Location": f"{server.url}/back"})

    assert web.get(server.url).status_code == 401
    assert tokens_of(server) == ["token-1", ""]
    assert web.get(server.url).status_code == 401
    assert tokens_of(server) == ["token-1", "", "token-1", ""]


def test_no_new_token_after_a_401_is_what_the_sign_in_says(server: Canned, hold: Hold) -> None:
    server.answer = lambda _: (401, b"x" * 100_000)
    with requests.Session() as session, pytest.raises(AuthError, match="no more"):
        session.get(server.url, auth=hold(HOUR, AuthError("no more")).auth, stream=True)


# -- fork -----------------------------------------------------------------------------------------------------

multi_threaded = pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")


@forks
@multi_threaded
def test_a_child_gets_a_token_though_the_lock_was_held_at_the_fork(
    holder: TokenHolder, graph_sandbox: Sandbox
) -> None:
    with holder._lock:
        assert in_fork(lambda: holder.token.count(".") == 2) == 0

    assert graph_sandbox.token_requests == 1
    assert holder.token
    assert graph_sandbox.token_requests == 2


@forks
@multi_threaded
def test_a_child_gets_a_token_though_a_request_was_under_way_at_the_fork(clock: Clock, naps: list[float]) -> None:
    """The holder's, the flow's, MSAL's and the pool's locks may all be held by a thread that is no more."""
    with Sandbox(users=1) as tenant, ThreadPoolExecutor(1) as pool:
        tenant.fail("POST", LOGIN, stall=600, status=401)
        holder = signed_in(Settings(_env_file=None, **tenant.env), clock, naps)
        waiting = pool.submit(failure_of, holder)
        assert eventually(lambda: tenant.token_requests == 1)

        assert in_fork(lambda: holder.token.count(".") == 2) == 0

        assert tenant.token_requests == 2
        tenant.close()
        assert waiting.result(LIMIT)


@forks
@multi_threaded
def test_a_child_keeps_the_token_of_its_parent(holder: TokenHolder, graph_sandbox: Sandbox) -> None:
    first = holder.token

    assert in_fork(lambda: holder.token == first) == 0
    assert graph_sandbox.token_requests == 1


# -- what nobody gets to see ----------------------------------------------------------------------------------


def everything_of(error: BaseException) -> str:
    """All that a log, a debugger or a crash reporter gets to see of an exception."""
    with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "\n".join(
        [
            str(error),
            repr(error),
            repr(vars(error)),
            *traceback.format_exception(error),
            *with_locals.format(),
            pickle.dumps(error).decode("latin-1"),
        ]
    )


def free_port() -> int:
    with canned() as served:
        return int(served.url.rpartition(":")[2])


@pytest.mark.parametrize("way", ["holder", "flow"])
@pytest.mark.parametrize(
    ("fault", "changes", "kind"),
    [
        (None, {}, AuthError),
        ({"status": 500}, {}, AuthError),
        ({"status": 429, "retry_after": 1}, {}, AuthError),
        ({"html": True}, {}, AuthError),
        ({"body": "[1]"}, {}, AuthError),
        ({"reset": "before"}, {}, TransportError),
        ({"reset": "after"}, {}, TransportError),
        ({"truncate": True}, {}, TransportError),
        (None, {"GRAPH_CA_BUNDLE": ""}, TransportError),
        (None, {"AZURE_AUTHORITY_HOST": "https://127.0.0.1:{free}"}, TransportError),
    ],
    ids=[
        *["wrong secret", "500", "429", "HTML", "list", "reset before", "reset after", "truncated"],
        *["unknown CA", "no connection"],
    ],
)
def test_no_failure_shows_the_secret(
    graph_sandbox: Sandbox,
    clock: Clock,
    naps: list[float],
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any] | None,
    changes: dict[str, str],
    kind: type[Error],
    way: str,
) -> None:
    if fault:
        graph_sandbox.fail("POST", LOGIN, times=9, **fault)
    changes = {name: value.format(free=free_port()) for name, value in changes.items()}
    env = {**graph_sandbox.env, "AZURE_CLIENT_SECRET": "canary-secret", **changes}
    caplog.set_level(logging.DEBUG)
    settings = Settings(_env_file=None, **env)
    http = HttpSession(ca_bundle=settings.ca_bundle)
    holder = signed_in(settings, clock, naps, http)
    flow: Any = holder._flow

    error = failure_of(holder if way == "holder" else flow)

    assert type(error) is kind
    assert (error.__cause__, error.__context__) == (None, None)
    shown = [everything_of(error), repr(holder), repr(flow), repr(holder.last_error), caplog.text]
    assert [text for text in shown if "canary" in text] == []
    assert "urllib3" in caplog.text or "msal" in caplog.text  # it was on
    if way == "holder":
        assert holder.last_error is not error
        assert everything_of(holder.last_error or error).count("\n  File") == 0
    http.close()


def test_nothing_that_is_said_or_logged_has_a_token(
    holder: TokenHolder, graph_sandbox: Sandbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = [holder.token]
    graph_sandbox.fail("POST", LOGIN, status=500)
    clock.advance(3300)
    tokens.append(holder.token)
    landed()
    shown = shown_of(holder)
    clock.advance(31)
    tokens.append(holder.token)
    landed()
    tokens.append(holder.token)
    graph_sandbox.fail("POST", LOGIN, status=401)
    clock.advance(HOUR)
    shown += [everything_of(failure_of(holder)), *shown_of(holder), caplog.text]

    assert len(set(tokens)) == 2
    assert [text for text in shown for secret in {*tokens, graph_sandbox.client_secret} if secret in text] == []
    assert "token renewed, after it had failed" in caplog.text


def shown_of(holder: TokenHolder) -> list[str]:
    grant = Grant(holder._current.token, 5) if holder._current else None
    return [f"{thing} {thing!r}" for thing in (holder, holder.auth, holder._current, holder._renewal, grant)]


@pytest.mark.parametrize("reading", range(1, 6))
def test_a_crash_report_of_a_reader_has_no_token(hold: Hold, clock: Clock, reading: int) -> None:
    """The frames of the holder itself, with all of their local names, as crash reporters send them."""
    holder = hold(HOUR)
    assert holder.token
    clock.advance(3300)
    left = iter(range(reading - 1, -1, -1))
    clock.before_reading = lambda: next(left, 1) or 1 / 0

    with pytest.raises(ZeroDivisionError) as caught:
        assert holder.token

    shown = everything_of(caught.value)
    assert "canary" not in shown


@pytest.mark.parametrize(
    "copied",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        lambda holder: pickle.dumps(holder.auth),
        lambda holder: copy.deepcopy(holder.auth),
    ],
)
def test_a_holder_is_neither_pickled_nor_copied(hold: Hold, copied: Callable[[TokenHolder], object]) -> None:
    holder = hold(HOUR)
    assert holder.token

    with pytest.raises(TypeError, match="holds a secret"):
        copied(holder)


def test_a_holder_has_no_place_for_what_is_not_its_own(hold: Hold) -> None:
    with pytest.raises(AttributeError):
        hold(HOUR).tokne = "a slip"
