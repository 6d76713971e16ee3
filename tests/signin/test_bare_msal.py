"""What bare MSAL does, and what the holder makes of it: nine facts, each seen in both."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msal
import pytest
import requests
from processes import LIMIT, eventually, forks, in_fork
from requests.adapters import HTTPAdapter
from signin import DEFAULT, LOGIN, asked

from leangraph import AuthError, Sandbox, Settings, TokenHolder
from leangraph.auth.choose import flow_for
from leangraph.net.session import HttpSession

HOUR = 3600.0
multi_threaded = pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")


class Clock:
    """Both clocks, and how far the wall clock is off."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.off = 0.0
        self.began = time.time()

    def monotonic(self) -> float:
        return self.passed

    def wall(self) -> float:
        return self.began + self.passed + self.off


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bare(graph_sandbox: Sandbox, web: requests.Session) -> Callable[..., Any]:
    """Make MSAL's application as its documentation does, on a session that trusts the sandbox."""

    def make(secret: str = "", session: Any = None, **options: Any) -> Any:
        return msal.ConfidentialClientApplication(
            graph_sandbox.client_id,
            client_credential=secret or graph_sandbox.client_secret,
            authority=f"{graph_sandbox.url}/{graph_sandbox.tenant_id}",
            http_client=session or web,
            **{"instance_discovery": False, "azure_region": False, **options},
        )

    return make


@pytest.fixture
def ours(graph_sandbox: Sandbox, clock: Clock) -> Iterator[Callable[..., TokenHolder]]:
    sessions: list[HttpSession] = []

    def make(session: Any = None) -> TokenHolder:
        http = HttpSession(session, ca_bundle=graph_sandbox.ca_bundle)
        sessions.append(http)
        flow = flow_for(Settings.from_mapping(graph_sandbox.env), http)
        holder = TokenHolder(flow, monotonic=clock.monotonic, wall=clock.wall, sleep=lambda _: None)
        holder._random = lambda: 0.0
        return holder

    yield make
    landed()
    for http in sessions:
        http.close()


def landed() -> None:
    for thread in threading.enumerate():
        if thread.name == "leangraph-token":
            thread.join(LIMIT)


def ask(app: Any) -> dict[str, Any]:
    return dict(app.acquire_token_for_client([DEFAULT]))


def together(number: int, work: Callable[[], str]) -> list[str]:
    barrier = threading.Barrier(number)

    def one(_: int) -> str:
        barrier.wait(LIMIT)
        return work()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


class Ticking:
    """MSAL reads ``time.time``; this sets it, for want of another way to steer its clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0.0
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + self.ahead)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Ticking:
    return Ticking(monkeypatch)


class Spy(HTTPAdapter):
    """Passes requests on, notes their time limits, and can hold back or lose the answers of the login host."""

    def __init__(self) -> None:
        super().__init__(pool_maxsize=64)
        self.timeouts: list[Any] = []
        self.asked = threading.Event()
        self.released = threading.Event()
        self.released.set()
        self.onto = ""  # the address in place of login.microsoftonline.com

    def send(self, request: Any, *args: Any, **options: Any) -> Any:
        self.timeouts.append(options.get("timeout"))
        if self.onto and "/common/discovery/" in request.url:
            raise requests.ConnectionError("the firewall lets nobody there")
        if self.onto:
            request.url = request.url.replace("https://login.microsoftonline.com", self.onto)
        if request.method == "POST":
            self.asked.set()
            assert self.released.wait(LIMIT)
        return super().send(request, *args, **options)


@pytest.fixture
def spied(graph_sandbox: Sandbox) -> Iterator[tuple[requests.Session, Spy]]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = graph_sandbox.ca_bundle
        spy = Spy()
        session.mount("https://", spy)
        yield session, spy


# -- 1: no single flight --------------------------------------------------------------------------------------


def test_msal_asks_once_for_each_cold_thread(bare: Callable[..., Any], graph_sandbox: Sandbox) -> None:
    app = bare()
    graph_sandbox.fail("POST", LOGIN, times=20, slow=0.1)

    assert len(set(together(20, lambda: ask(app)["access_token"]))) > 1
    assert graph_sandbox.token_requests > 1


def test_fifty_cold_threads_are_one_request(ours: Callable[..., TokenHolder], graph_sandbox: Sandbox) -> None:
    holder = ours()

    assert len(set(together(50, lambda: holder.token))) == 1
    assert graph_sandbox.token_requests == 1


# -- 2: renewal ahead of expiry is waited for -----------------------------------------------------------------


def test_msal_lets_the_caller_wait_while_the_old_token_is_good(
    bare: Callable[..., Any], graph_sandbox: Sandbox, spied: tuple[requests.Session, Spy], ticking: Ticking
) -> None:
    session, spy = spied
    graph_sandbox.refresh_in = 60
    app = bare(session=session)
    first = ask(app)["access_token"]
    ticking.ahead = 120
    spy.asked.clear()
    spy.released.clear()

    with ThreadPoolExecutor(1) as pool:
        caller = pool.submit(ask, app)
        assert spy.asked.wait(LIMIT)
        assert not caller.done()  # as long as the server likes
        spy.released.set()
        assert caller.result(LIMIT)["access_token"] != first


def test_nobody_waits_for_a_renewal_ahead_of_expiry(
    ours: Callable[..., TokenHolder], graph_sandbox: Sandbox, spied: tuple[requests.Session, Spy], clock: Clock
) -> None:
    session, spy = spied
    graph_sandbox.refresh_in = 60
    holder = ours(session)
    first = holder.token
    clock.passed = 120
    spy.asked.clear()
    spy.released.clear()

    assert holder.token == first
    assert spy.asked.wait(LIMIT)
    assert holder.token == first
    spy.released.set()
    landed()
    assert holder.token != first


# -- 3: a failing service, while the old token is good --------------------------------------------------------


def test_msal_raises_at_a_5xx_while_the_old_token_is_good(
    bare: Callable[..., Any], graph_sandbox: Sandbox, ticking: Ticking
) -> None:
    graph_sandbox.refresh_in = 60
    app = bare()
    ask(app)
    ticking.ahead = 120
    graph_sandbox.fail("POST", LOGIN, status=503)

    with pytest.raises(Exception, match="503"):  # requests' or MSAL's own, from version to version
        ask(app)


def test_the_old_token_is_served_while_the_service_fails(
    ours: Callable[..., TokenHolder], graph_sandbox: Sandbox, clock: Clock
) -> None:
    graph_sandbox.refresh_in = 60
    holder = ours()
    first = holder.token
    clock.passed = 120
    graph_sandbox.fail("POST", LOGIN, status=503, times=99)

    for _ in range(3):
        assert holder.token == first
        landed()
        clock.passed += 900
    assert holder.last_error


# -- 4: no renewal before five minutes are left ---------------------------------------------------------------


def test_msal_does_not_renew_before_the_last_five_minutes(
    bare: Callable[..., Any], graph_sandbox: Sandbox, ticking: Ticking
) -> None:
    app = bare()
    first = ask(app)["access_token"]
    ticking.ahead = 3250
    assert ask(app)["access_token"] == first
    assert graph_sandbox.token_requests == 1

    ticking.ahead = 3350
    assert ask(app)["access_token"] != first  # and the caller has waited for it


def test_a_token_is_renewed_when_a_tenth_of_its_life_is_left(
    ours: Callable[..., TokenHolder], graph_sandbox: Sandbox, clock: Clock
) -> None:
    holder = ours()
    first = holder.token
    clock.passed = 3250
    assert holder.token == first
    landed()

    assert graph_sandbox.token_requests == 2
    assert holder.token != first


# -- 5: errors are remembered ---------------------------------------------------------------------------------


def test_msal_repeats_an_error_from_memory(bare: Callable[..., Any], graph_sandbox: Sandbox) -> None:
    app = bare()
    graph_sandbox.fail("POST", LOGIN, status=400)

    assert "error" in ask(app)
    assert "error" in ask(app)  # the service would have said yes
    assert graph_sandbox.token_requests == 1


def test_an_error_is_not_repeated_once_the_service_is_well(
    ours: Callable[..., TokenHolder], graph_sandbox: Sandbox, clock: Clock
) -> None:
    holder = ours()
    graph_sandbox.fail("POST", LOGIN, status=400)

    with pytest.raises(AuthError):
        _ = holder.token
    clock.passed += 1.1  # within a second all threads share the failure
    assert holder.token
    assert graph_sandbox.token_requests == 2


# -- 6: no time limit, and a lost request is not repeated -----------------------------------------------------


def test_msal_sets_no_time_limit(bare: Callable[..., Any], spied: tuple[requests.Session, Spy]) -> None:
    session, spy = spied
    ask(bare(session=session))

    assert spy.timeouts == [None, None]


def test_every_request_has_a_time_limit(
    ours: Callable[..., TokenHolder], spied: tuple[requests.Session, Spy]
) -> None:
    session, spy = spied
    _ = ours(session).token

    assert [(limit.connect_timeout, limit.read_timeout) for limit in spy.timeouts] == [(3.05, 10)] * 2


def test_msal_does_not_repeat_a_request_whose_answer_was_lost(
    bare: Callable[..., Any], graph_sandbox: Sandbox
) -> None:
    app = bare()
    graph_sandbox.fail("POST", LOGIN, reset="after")

    with pytest.raises(requests.ConnectionError) as caught:
        ask(app)

    assert caught.value.request is not None
    assert graph_sandbox.client_secret in str(caught.value.request.body)  # and the secret travels along


def test_a_request_whose_answer_was_lost_is_repeated(
    ours: Callable[..., TokenHolder], graph_sandbox: Sandbox
) -> None:
    graph_sandbox.fail("POST", LOGIN, reset="after")

    assert ours().token
    assert graph_sandbox.token_requests == 2


# -- 7: a second request, whose failure hides the first -------------------------------------------------------


def test_msal_hides_a_wrong_secret_behind_a_firewall(
    bare: Callable[..., Any], graph_sandbox: Sandbox, spied: tuple[requests.Session, Spy]
) -> None:
    session, spy = spied
    spy.onto = graph_sandbox.url
    app = msal.ConfidentialClientApplication(
        graph_sandbox.client_id,
        client_credential="wrong",
        authority=f"https://login.microsoftonline.com/{graph_sandbox.tenant_id}",
        http_client=session,
        azure_region=False,
    )

    with pytest.raises(requests.ConnectionError, match="firewall"):
        ask(app)


def test_a_wrong_secret_is_told_behind_a_firewall(
    graph_sandbox: Sandbox, spied: tuple[requests.Session, Spy]
) -> None:
    session, spy = spied
    spy.onto = graph_sandbox.url
    settings = Settings.from_mapping(
        {"tenant_id": graph_sandbox.tenant_id, "client_id": graph_sandbox.client_id, "client_secret": "wrong"}
    )
    flow = flow_for(settings, HttpSession(session))

    with pytest.raises(AuthError, match="the secret's Value, not its Secret ID"):
        flow()
    assert len(asked(graph_sandbox)) == 2


# -- 8: the wall clock alone ----------------------------------------------------------------------------------


def test_msal_serves_a_token_two_hours_too_long_if_the_clock_was_fast(
    bare: Callable[..., Any], graph_sandbox: Sandbox, ticking: Ticking
) -> None:
    app = bare()
    ticking.ahead = 7200
    first = ask(app)["access_token"]
    ticking.ahead = 4000  # set right, and more than the token's life later

    assert ask(app)["access_token"] == first


def test_a_token_is_not_served_too_long_whichever_clock_was_wrong(
    ours: Callable[..., TokenHolder], clock: Clock
) -> None:
    clock.off = 7200
    holder = ours()
    first = holder.token
    clock.off, clock.passed = 0, 4000
    second = holder.token
    assert second != first

    clock.off = 4000  # and a laptop that slept: the monotonic clock stood still
    assert holder.token not in (first, second)


# -- 9: fork --------------------------------------------------------------------------------------------------


@forks
@multi_threaded
def test_msal_hangs_in_a_child_if_its_lock_was_held_at_the_fork(bare: Callable[..., Any]) -> None:
    app = bare()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with app.token_cache._lock:
            held.set()
            done.wait(LIMIT)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(LIMIT)
    assert in_fork(lambda: ask(app), 1) == -signal.SIGALRM
    done.set()
    thread.join(LIMIT)


@forks
@multi_threaded
def test_a_child_gets_its_token_whoever_held_the_locks(
    ours: Callable[..., TokenHolder], spied: tuple[requests.Session, Spy], graph_sandbox: Sandbox
) -> None:
    holder = ours()
    graph_sandbox.fail("POST", LOGIN, stall=1)
    thread = threading.Thread(target=holder)
    thread.start()
    assert eventually(lambda: graph_sandbox.token_requests)

    assert in_fork(lambda: holder.token) == 0

    thread.join(LIMIT)
    assert holder.token
