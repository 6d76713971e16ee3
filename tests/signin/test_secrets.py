"""What comes out of a sign-in: text without secrets, no frames, and exceptions from outside as they are."""

from __future__ import annotations

import gc
import itertools
import json
import logging
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import rich.console
import rich.traceback
import sentry_sdk
from canned import canned
from processes import LIMIT
from shares import sample
from signin import DEFAULT

from leangraph import (
    AuthError,
    ConfigurationError,
    Error,
    Grant,
    GraphClient,
    Sandbox,
    Settings,
    TokenHolder,
    TransportError,
    oauth2_client_credentials,
    token_credential,
)
from leangraph.auth import refusals
from leangraph.auth.choose import flow_for
from leangraph.auth.flow import Flow, quote, strip
from leangraph.auth.store import FileStore, Sealed, share_between_processes
from leangraph.net.redact import redacted
from leangraph.net.session import HttpSession

KEY = "k" * 32
CANARY = "hunter2-canary"
LEAKS = [
    "POST https://login/?client_secret=hunter2-canary failed",
    'answer: {"access_token": "hunter2-canary"}',
    "Authorization: Bearer hunter2-canary",
    "see https://x/file?sig=hunter2-canary'&x=1",
    "got eyJ0eXAi.eyJodW50ZXIy.hunter2-canary",
]


class Theirs(Exception):
    """Somebody else's."""


def failing(error: BaseException) -> Callable[..., Any]:
    def acquire(claims: str | None = None) -> Grant:
        secret = CANARY  # noqa: F841 - what a crash reporter shows of this frame
        raise error

    return acquire


class Credential:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_token(self, *scopes: str, **options: Any) -> Any:
        raise self.error


SOURCES: dict[str, Callable[[Exception], Any]] = {
    "function": failing,
    "flow": lambda error: Flow("a flow", failing(error), quotes=True),
    "credential": lambda error: token_credential(Credential(error), "scope"),
}


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("kind", [RuntimeError, AuthError, ConfigurationError, TransportError, Theirs])
@pytest.mark.parametrize("source", list(SOURCES))
def test_whatever_text_a_source_fails_with_shows_no_secret(
    source: str, kind: type[Exception], leak: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    holder = TokenHolder(SOURCES[source](kind(leak)), sleep=lambda _: None)

    with pytest.raises(Error) as caught:
        _ = holder.token

    assert CANARY not in str(caught.value) + str(holder.last_error) + caplog.text
    assert caught.value.__context__ is None


def test_a_message_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    holder = TokenHolder(failing(RuntimeError("x" * 1_000_000)))

    with pytest.raises(AuthError) as caught:
        _ = holder.token

    assert len(str(caught.value)) < 1000


def test_no_advice_of_ours_is_damaged_by_redaction() -> None:
    """Redaction must not take away what the reader has to do."""
    texts = [
        *refusals._BY_NUMBER.values(),
        *refusals._BY_CODE.values(),
        *[str(refusals.unusable("login.example", 200))],
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app 'x'.",
        "is this identity assigned to the machine (GRAPH_MANAGED_IDENTITY), and GRAPH_CLOUD right?",
        "127.0.0.1 gives tokens of type 'mac', and only bearer tokens can be used",
    ]

    assert [text for text in texts if redacted(text) != text] == []


# -- crash reporters ------------------------------------------------------------------------------------------


class Recorder(sentry_sdk.transport.Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.events.append(envelope.get_event())


def reported(error: BaseException) -> str:
    """What three crash reporters record of an exception, with the variables of every frame."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next  # frames of a test are not ours to clean
    error = error.with_traceback(trace)
    plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    recorder = Recorder()
    with sentry_sdk.new_scope() as scope:
        scope.set_client(
            sentry_sdk.Client(dsn="https://k@sentry.invalid/1", transport=recorder, default_integrations=False)
        )
        sentry_sdk.capture_exception(error)
    console = rich.console.Console(record=True, width=200, file=None, stderr=True, quiet=True)
    console.print(
        rich.traceback.Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True)
    )
    event = json.dumps(recorder.events, default=str)
    assert type(error).__name__ in event
    return plain + event + console.export_text()


@pytest.fixture
def quiet() -> Iterator[None]:
    """A program in which nobody else reports."""
    with sentry_sdk.isolation_scope():
        yield


class Late(Exception):
    """A soft time limit."""


@contextmanager
def interrupted_by(error: BaseException) -> Iterator[None]:
    """Raise an error from outside, soon."""

    def handler(*_: Any) -> None:
        raise error

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(sys.platform == "win32", reason="has no timer signals")
@pytest.mark.parametrize(
    ("way", "kind"),
    sample([*itertools.product(("msal", "oauth2"), (Late, KeyboardInterrupt, SystemExit, GeneratorExit))], 5),
)
def test_an_exception_from_outside_reaches_its_owner_and_shows_no_secret(
    graph_sandbox: Sandbox, quiet: None, kind: type[BaseException], way: str
) -> None:
    released = threading.Event()

    def hang(seen: Any) -> Any:
        released.wait(LIMIT)
        return (200, {})

    with canned() as server:
        server.answer = hang
        if way == "msal":
            settings = Settings.from_mapping({**graph_sandbox.env, "AZURE_CLIENT_SECRET": CANARY})
            graph_sandbox.fail("POST", "/oauth2/v2.0/token", stall=2)
            http = HttpSession(ca_bundle=settings.ca_bundle)
            flow: Any = flow_for(settings, http)
        else:
            flow = oauth2_client_credentials(server.url, "app", CANARY)
        holder = TokenHolder(flow)
        mine = kind()
        try:
            with pytest.raises(kind) as caught, interrupted_by(mine):
                _ = holder.token
        finally:
            released.set()
        assert caught.value is mine
        assert CANARY not in reported(mine)
        holder.close()


def test_no_crash_reporter_sees_the_secret_of_a_flow_that_fails(graph_sandbox: Sandbox, quiet: None) -> None:
    settings = Settings.from_mapping({**graph_sandbox.env, "AZURE_CLIENT_SECRET": CANARY})
    http = HttpSession(ca_bundle=settings.ca_bundle)
    store = FileStore("store")
    holders = [
        TokenHolder(flow_for(settings, http)),
        TokenHolder(share_between_processes(flow_for(settings, http), store, "n", CANARY + KEY)),
        TokenHolder(failing(RuntimeError("no"))),
        TokenHolder(token_credential(Credential(RuntimeError("no")), "s")),
    ]
    for holder in holders:
        with pytest.raises(Error) as caught:
            _ = holder.token
        here = reported(caught.value)
        assert CANARY not in here
    http.close()


def test_no_crash_reporter_sees_the_token_that_a_holder_has(quiet: None) -> None:
    tokens = iter([Grant(CANARY, 3600)])

    def acquire(claims: str | None = None) -> Grant:
        return next(tokens)

    holder = TokenHolder(acquire)
    assert holder.token == CANARY

    with pytest.raises(AuthError) as caught:
        refuse(holder)
    assert CANARY not in reported(caught.value)


def refuse(holder: TokenHolder) -> None:
    holder.renew(holder.token)


def test_frames_of_what_the_caller_was_busy_with_are_kept() -> None:
    holder = TokenHolder(failing(RuntimeError("no")))

    def be_busy() -> None:
        try:
            failing(Theirs())()
        except Theirs:
            with pytest.raises(AuthError):
                _ = holder.token
            raise

    with pytest.raises(Theirs) as caught:
        be_busy()
    assert [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)][-1] == "acquire"


def test_chains_that_lead_back_to_themselves_are_stripped_too() -> None:
    one, other = Theirs(), Theirs()
    one.__context__, other.__context__ = other, one
    strip(one)
    assert quote(Unprintable()) == "its text cannot be read"


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError


# -- parts of a holder ----------------------------------------------------------------------------------------


def test_no_part_of_a_holder_can_be_pickled_with_the_token_in_it(graph_sandbox: Sandbox) -> None:
    with GraphClient(settings=Settings.from_mapping(graph_sandbox.env)) as client:
        holder = client.token_holder
        token = holder.token
        known: dict[int, Any] = {}
        waiting: list[Any] = [holder]
        while waiting and len(known) < 5000:
            part = waiting.pop()
            if id(part) not in known and not isinstance(part, (str, bytes, type)) and not callable(part):
                known[id(part)] = part
                waiting += gc.get_referents(part)
        for part in known.values():
            if isinstance(part, dict):
                continue
            try:
                dumped = pickle.dumps(part)
            except Exception:  # noqa: BLE001 - which is what is wanted
                continue
            assert token.encode() not in dumped, type(part)


def test_a_key_of_a_store_has_its_length_at_every_entrance() -> None:
    for enter in (
        lambda: Sealed("abc"),
        lambda: share_between_processes(failing(RuntimeError()), FileStore("x"), "n", "abc"),
        lambda: Sealed("k" * 31),
    ):
        with pytest.raises(ConfigurationError, match="32 characters"):
            enter()
    Sealed("k" * 32)


def test_scopes_of_a_function_are_known() -> None:
    assert TokenHolder(Flow("f", lambda _: Grant("t", 60), (DEFAULT,))).get_token(DEFAULT).token == "t"
