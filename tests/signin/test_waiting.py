"""Threads, locks and closing: a holder that never waits for itself, and lets go of what it opened."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from canned import Canned, canned
from processes import LIMIT, forks, in_fork

from leangraph import (
    AuthError,
    ConfigurationError,
    Grant,
    GraphClient,
    Sandbox,
    Settings,
    TokenHolder,
    oauth2_client_credentials,
    oauth2_refresh_token,
    on_behalf_of,
    workload_identity,
)
from leangraph.auth.choose import flow_for
from leangraph.auth.flow import Flow
from leangraph.auth.managed import managed_identity
from leangraph.auth.store import RefreshTokenFile, Sealed, share_between_processes
from leangraph.auth.users import Memory
from leangraph.net.session import HttpSession


@pytest.fixture
def service() -> Iterator[Canned]:
    with canned() as server:
        server.answer = lambda _: (200, {"access_token": "t", "expires_in": 3600})
        yield server


class Reporting(logging.Handler):
    """Reports by a call that needs a token, as handlers that send mail do."""

    def __init__(self, holder: TokenHolder) -> None:
        super().__init__()
        self.holder = holder
        self.outcomes: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.outcomes.append(outcome_of(self.holder))


def in_time(work: Any) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(LIMIT)


def test_a_log_handler_that_needs_a_token_itself_blocks_nobody() -> None:
    """When a renewal fails, and when one succeeds again: both are logged."""
    steps: list[Any] = [AuthError("no"), AuthError("no"), Grant("t", 3600)]
    now = [0.0]
    holder = TokenHolder(lambda: said(steps.pop(0)), monotonic=lambda: now[0], wall=lambda: now[0])
    handler = Reporting(holder)
    logger = logging.getLogger("leangraph")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        outcomes = []
        for _ in range(3):
            outcomes.append(in_time(lambda: outcome_of(holder)))
            now[0] += 5
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)

    assert outcomes == ["AuthError", "AuthError", "t"]
    assert handler.outcomes == ["AuthError", "t"]


def said(step: Any) -> Grant:
    if isinstance(step, Exception):
        raise step
    return step  # type: ignore[no-any-return]


def outcome_of(holder: TokenHolder) -> str:
    try:
        return holder.token
    except AuthError as error:
        return type(error).__name__


def test_a_source_that_asks_its_own_holder_is_told_at_once() -> None:
    holders: list[TokenHolder] = []
    holder = TokenHolder(lambda: Grant(holders[0].token, 3600), sleep=lambda _: pytest.fail("it waited"))
    holders.append(holder)

    with pytest.raises(AuthError, match="while it is getting that token") as caught:
        in_time(lambda: holder.token)
    assert not caught.value.transient


def test_a_refresh_token_file_that_asks_for_itself_is_told_at_once(tmp_path: Path) -> None:
    kept = RefreshTokenFile(tmp_path / "mine")
    with kept.lock(), pytest.raises(AuthError, match="asks itself"), kept.lock():
        pass
    with kept.lock() as held:
        assert held


def test_who_waits_for_a_function_waits_as_long_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody but the function knows how long a user takes to type a code."""
    reached, go = threading.Event(), threading.Event()

    def acquire() -> Grant:
        reached.set()
        assert go.wait(LIMIT)
        return Grant("t", 3600)

    monkeypatch.setattr("leangraph.auth.holder.PIECE", 0.001)
    monkeypatch.setattr("leangraph.auth.holder.LONGEST_PAUSES", -1e9)  # whoever counted would give up at once
    holder = TokenHolder(acquire)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: holder.token)
        assert reached.wait(LIMIT)
        second = pool.submit(lambda: holder.token)
        assert not second.done()
        go.set()
        assert (first.result(LIMIT), second.result(LIMIT)) == ("t", "t")


def test_every_flow_of_ours_states_its_longest_time(graph_sandbox: Sandbox, service: Canned) -> None:
    app = graph_sandbox.env
    user = {name: value for name, value in app.items() if name != "AZURE_CLIENT_SECRET"}
    http = HttpSession(ca_bundle=graph_sandbox.ca_bundle)
    settings = Settings.from_mapping(app)
    flows = {
        "secret": flow_for(settings, http),
        "device": flow_for(Settings.from_mapping({**user, "GRAPH_SIGN_IN": "device"}), http),
        "browser": flow_for(Settings.from_mapping({**user, "GRAPH_SIGN_IN": "browser"}), http),
        "managed": managed_identity("system", settings.token_scopes),
        "oauth2": oauth2_client_credentials(service.url, "c", "s"),
        "refresh": oauth2_refresh_token(service.url, "c", None, "r"),
        "behalf": on_behalf_of("t", settings, http=http),
        "workload": workload_identity(lambda: "a.b.c", tenant_id="t", client_id="c"),
    }
    longest = {name: flow.longest for name, flow in flows.items()}  # type: ignore[attr-defined]

    assert all(isinstance(seconds, float | int) for seconds in longest.values())
    assert longest["browser"] > 300
    assert longest["device"] > 900
    http.close()


def test_a_function_need_not_take_claims() -> None:
    holder = TokenHolder(lambda: Grant("t", 3600))

    assert holder.token == "t"
    with pytest.raises(AuthError, match="the token source failed: TypeError"):
        holder.renew("t", "{}")


# -- closing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["holder", "with", "flow", "refresh", "shared"])
def test_what_a_flow_opened_is_closed(service: Canned, how: str, tmp_path: Path) -> None:
    closed: list[Any] = []
    flow: Any = oauth2_client_credentials(service.url, "c", "s")
    if how == "refresh":
        flow = oauth2_refresh_token(service.url, "c", None, "r")
    if how == "shared":
        from leangraph.auth.store import FileStore

        flow = share_between_processes(flow, FileStore(tmp_path / "store"), "n", "k" * 32)
    holder = TokenHolder(flow)
    assert holder.token == "t"
    original = HttpSession.close
    try:
        HttpSession.close = lambda self: (closed.append(self), original(self))[1]  # type: ignore[method-assign]
        if how == "with":
            with holder:
                pass
        elif how == "flow":
            with flow:
                pass
        else:
            holder.close()
    finally:
        HttpSession.close = original  # type: ignore[method-assign]

    assert len(closed) == 1
    holder.invalidate("t")
    assert holder.token == "t"  # it opens again
    holder.close()


def test_a_session_that_was_handed_in_stays_open(service: Canned) -> None:
    http = HttpSession()
    http.close = lambda: pytest.fail("closed")  # type: ignore[method-assign]
    with TokenHolder(oauth2_client_credentials(service.url, "c", "s", http=http)) as holder:
        assert holder.token == "t"
    HttpSession.close(http)


@pytest.mark.parametrize("own", [True, False])
def test_a_client_closes_the_holder_that_it_made_and_no_other(graph_sandbox: Sandbox, own: bool) -> None:
    closed: list[Any] = []
    holder = None if own else TokenHolder(Flow("f", lambda _: Grant("t", 60), close=lambda: closed.append(1)))
    client = GraphClient(holder, settings=Settings.from_mapping(graph_sandbox.env))
    if own:
        assert client.token_holder._flow is not None
        client.token_holder._flow._close = lambda: closed.append(1)
    client.close()

    assert len(closed) == own


# -- a refresh token that was refused -------------------------------------------------------------------------


@pytest.mark.parametrize("keep", ["file", "sealed", "memory"])
def test_a_refused_refresh_token_is_asked_again_once_another_is_kept(
    service: Canned, tmp_path: Path, keep: str
) -> None:
    kept: Any = Memory() if keep == "memory" else RefreshTokenFile(tmp_path / "mine")
    if keep == "sealed":
        kept = RefreshTokenFile(tmp_path / "mine", sealed=Sealed("k" * 32))
    kept.save("old")

    def answer(seen: Any) -> Any:
        return (200, {"access_token": "t"}) if b"=new" in seen.body else (400, {"error": "invalid_grant"})

    service.answer = answer
    flow = oauth2_refresh_token(service.url, "c", None, kept)
    for _ in range(3):
        with pytest.raises(AuthError, match="invalid_grant"):
            flow()
    assert len(service.requests) == 1  # the refused one is not sent again

    kept.save("new")  # leangraph login in another shell, or a vault
    assert flow().token == "t"


def test_a_missing_refresh_token_names_its_file_and_variable(tmp_path: Path, service: Canned) -> None:
    file = RefreshTokenFile(tmp_path / "mine", variable="GRAPH_REFRESH_TOKEN_FILE")
    with pytest.raises(AuthError, match=r"no refresh token in .*mine \(GRAPH_REFRESH_TOKEN_FILE\)"):
        oauth2_refresh_token(service.url, "c", None, file)()
    (tmp_path / "mine").write_bytes("token".encode("utf-16"))
    (tmp_path / "mine").chmod(0o600)
    with pytest.raises(ConfigurationError, match="UTF-8 text on one line"):
        oauth2_refresh_token(service.url, "c", None, file)()
    assert service.requests == []


@forks
def test_a_child_uses_a_refresh_token_file_whose_lock_the_parent_held(tmp_path: Path, service: Canned) -> None:
    kept = RefreshTokenFile(tmp_path / "mine", patience=0.1)
    kept.save("r")
    flow = oauth2_refresh_token(service.url, "c", None, kept)
    holding, go = threading.Event(), threading.Event()

    def hold() -> None:
        with kept.lock():
            holding.set()
            go.wait(LIMIT)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(LIMIT)
    try:
        assert in_fork(lambda: flow().token == "t") == 0
    finally:
        go.set()
        thread.join()
