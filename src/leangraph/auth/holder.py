"""Grant in, current token out: the only token cache there is."""

from __future__ import annotations

import logging
import math
import os
import random
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

from leangraph.auth import Acquire, Grant
from leangraph.errors import AuthError, ConfigurationError, Error, TransportError

if TYPE_CHECKING:
    import requests

log = logging.getLogger("leangraph")

SKEW = 30.0  # seconds before its expiry at which a token is no longer handed out
PAUSES = (0.5, 2.0)  # seconds before the second and third attempt, when nothing but waiting helps
PATIENCE = 75.0  # seconds in all: Entra asks a throttled app to wait 60
WAIT = 150.0  # seconds a thread waits for the one that asks: longer than that one can possibly take
BACK_OFF = (30.0, 600.0)  # seconds between renewals that fail while the old token is good: first, most
REPEAT_FAILURE = 1.0  # seconds for which a failure answers later callers too, without asking again


class AccessToken(NamedTuple):
    """What azure-core expects of ``get_token``; ``expires_on`` counts seconds since 1970."""

    token: str
    expires_on: int

    def __repr__(self) -> str:
        return f"AccessToken(token=<hidden>, expires_on={self.expires_on})"


@cache
def _as_azure_knows_it(theirs: Any) -> type[AccessToken]:
    """Return our class, or where azure-core is loaded one of its kind: the official SDK takes no other."""
    if theirs is None:
        return AccessToken
    return type("AccessToken", (theirs,), {"__slots__": (), "__repr__": AccessToken.__repr__})


class AccessTokenInfo(NamedTuple):
    """What azure-core expects of ``get_token_info``; the times count seconds since 1970."""

    token: str
    expires_on: int
    token_type: str = "Bearer"  # noqa: S105 - a kind, no secret
    refresh_on: int | None = None

    def __repr__(self) -> str:
        return f"AccessTokenInfo(token=<hidden>, expires_on={self.expires_on})"


class _Held(NamedTuple):
    """The published token with its deadlines on both clocks.

    The monotonic clock stands still while a laptop sleeps; the wall clock can be set back. A token is
    good only while both agree.
    """

    token: str
    refresh_mono: float
    refresh_wall: float
    until_mono: float
    until_wall: float
    skew: float  # seconds from there to the expiry

    def __repr__(self) -> str:
        return "_Held(<hidden>)"


class _Flight:
    """One request for a token, and the threads that wait for its outcome.

    Neither ``held`` nor ``error``: whoever made it was interrupted, and one who waits asks anew.
    """

    def __init__(self, *, background: bool, claims: str | None = None) -> None:
        self.background = background
        self.claims = claims
        self.done = threading.Event()
        self.held: _Held | None = None
        self.error: Error | None = None


class TokenHolder:
    """The current access token. Building one does no I/O; reading ``token`` may.

    MSAL knows how to ask Entra ID. This adds what MSAL leaves to us: one request however many
    threads ask, renewal ahead of expiry in the background, the old token for as long as it is good
    when renewal fails, and an exception in place of an error dict.

    Args:
        acquire: returns a ``Grant``; called by one thread at a time, with ``claims`` as keyword.
        scopes: what the tokens are for, if the flow does not say; ``get_token`` refuses any other.
        monotonic, wall, sleep: the clocks, in seconds; tests bring their own.

    Attributes:
        last_error: why the last renewal failed, ``None`` after one that did not.
        refresh_count: how many tokens have been had so far.
    """

    __slots__ = (
        "__weakref__",
        "_acquire",
        "_back_off",
        "_failed_until",
        "_flight",
        "_held",
        "_lock",
        "_monotonic",
        "_random",
        "_renew_at",
        "_scopes",
        "_sleep",
        "_wall",
        "last_error",
        "refresh_count",
    )

    def __init__(
        self,
        acquire: Acquire | Callable[..., Grant] | None,
        *,
        scopes: Iterable[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._acquire = acquire
        scopes = [scopes] if isinstance(scopes, str) else scopes
        self._scopes = frozenset(scopes or getattr(acquire, "scopes", ()))
        self._monotonic = monotonic
        self._wall = wall
        self._sleep = sleep
        self._random = random.random
        self._held: _Held | None = None
        self._lock = threading.Lock()
        self._flight: _Flight | None = None
        self._renew_at = -math.inf  # no background renewal before this, on the monotonic clock
        self._failed_until = -math.inf  # until then a failure is repeated without asking
        self._back_off = BACK_OFF[0]
        self.last_error: Error | None = None
        self.refresh_count = 0
        _HOLDERS.add(self)

    @classmethod
    def fixed(cls, token: str) -> TokenHolder:
        """Hold a token you already have. It is never renewed: its 401 is ``Unauthorized``."""
        token = token.strip(" ") if isinstance(token, str) else token
        if not _is_sendable(token):
            raise ConfigurationError("a fixed token must be the bearer token itself: no Bearer, no line breaks")
        holder = cls(None)
        holder._held = _Held(token, math.inf, math.inf, math.inf, math.inf, 0.0)
        return holder

    @property
    def token(self) -> str:
        """A valid bearer token.

        Raises:
            AuthError: the sign-in was refused.
            TransportError: the sign-in service could not be reached.
        """
        held = self._held  # one read: another thread may publish a newer one at any time
        if held is not None and self._monotonic() < held.refresh_mono and self._wall() < held.refresh_wall:
            return held.token
        return self._current().token

    def __call__(self) -> str:
        """Return ``token``: for APIs that take a function which returns one."""
        return self.token

    @property
    def expires_in(self) -> float:
        """Seconds until the token expires, 0 if there is none, infinite for a fixed one. Asks nobody."""
        held = self._held
        return 0.0 if held is None else max(0.0, self._left(held))

    @property
    def expires_at(self) -> datetime | None:
        """When the token expires, in UTC; ``None`` if there is none, or it is a fixed one. Asks nobody."""
        held = self._held
        if held is None or math.isinf(held.until_wall):
            return None
        return datetime.fromtimestamp(round(self._wall() + self._left(held)), UTC)

    @property
    def auth(self) -> BearerAuth:
        """For ``requests``: ``requests.get(url, auth=holder.auth)``."""
        return BearerAuth(self)

    def invalidate(self, token: str) -> None:
        """Drop exactly this token, because an API refused it; a newer one stays."""
        with self._lock:
            if self._acquire is not None and self._held is not None and self._held.token == token:
                self._held = None

    def renew(self, token: str, claims: str | None = None) -> str:
        """Return a token in place of one that an API refused; threads with the same one share one request.

        Args:
            claims: a decoded claims challenge (a JSON text), if the refusal came with one.

        Raises:
            AuthError, TransportError: as ``token``. A fixed token is returned as it is.
        """
        if self._acquire is None:
            return self.token
        self.invalidate(token)
        return self._renew(claims, token).token

    def get_token(self, *scopes: str, claims: str | None = None, **_: Any) -> AccessToken:
        """Return the token in the shape of azure-core's ``TokenCredential``.

        Raises:
            ConfigurationError: a scope that this holder's tokens are not for, or claims for a fixed token.
        """
        foreign = set(scopes) - self._scopes if self._scopes else set()
        if foreign:
            raise ConfigurationError(
                f"this TokenHolder is for {' '.join(sorted(self._scopes))}, not for {' '.join(sorted(foreign))}: "
                "make another holder with those scopes"
            )
        if claims is not None and self._acquire is None:
            raise ConfigurationError("a fixed token cannot be had anew with the claims that are asked for")
        held = self._current() if claims is None else self._renew(claims)
        kind = _as_azure_knows_it(getattr(sys.modules.get("azure.core.credentials"), "AccessToken", None))
        return kind(held.token, round(min(self._wall() + self._left(held), 2**53)))

    def get_token_info(self, *scopes: str, options: Mapping[str, Any] | None = None) -> AccessTokenInfo:
        """Return the token in the shape of azure-core's ``SupportsTokenInfo``. Raises as ``get_token`` does."""
        return AccessTokenInfo(*self.get_token(*scopes, claims=(options or {}).get("claims")))

    def _current(self) -> _Held:
        held = self._held
        if held is not None and self._good(held):
            if self._monotonic() >= held.refresh_mono or self._wall() >= held.refresh_wall:
                self._renew_in_background(held)
            return held
        return self._renew()

    def _good(self, held: _Held) -> bool:
        return self._monotonic() < held.until_mono and self._wall() < held.until_wall

    def _left(self, held: _Held) -> float:
        """Return the seconds until it expires, by the clock that gives it less; negative afterwards."""
        return min(held.until_mono - self._monotonic(), held.until_wall - self._wall()) + held.skew

    def _renew(self, claims: str | None = None, refused: str | None = None) -> _Held:
        """Wait for a new token: ask for it, or share what the thread that asks already gets.

        With claims, one that was asked for without them does not do; nor does the one that was refused.
        """
        while True:
            with self._lock:
                held, flight = self._held, self._flight
                wanted = claims is None or (refused is not None and held is not None and held.token != refused)
                if wanted and held is not None and self._good(held):
                    return held
                leader = flight is None
                if flight is None:
                    if self.last_error is not None and self._monotonic() < self._failed_until:
                        raise _again(self.last_error)
                    flight = self._flight = _Flight(background=False, claims=claims)
            if leader:
                self._fly(flight)
            elif not flight.done.wait(WAIT):
                raise AuthError(f"no token after {WAIT:.0f} s: the thread that asks for it hangs", transient=True)
            if flight.held is not None and flight.claims == claims:
                return flight.held
            if flight.error is not None and not flight.background:
                raise _again(flight.error)

    def _renew_in_background(self, old: _Held) -> None:
        now = self._monotonic()
        if now < self._renew_at:
            return
        with self._lock:  # look again: while this thread was held up, another may have done it all
            if self._flight is not None or self._held is not old or now < self._renew_at:
                return
            self._renew_at = now + BACK_OFF[0]  # should nothing at all come of it
            flight = self._flight = _Flight(background=True)
        try:
            threading.Thread(target=self._fly, args=(flight,), name="leangraph-token", daemon=True).start()
        except RuntimeError:  # no more threads, or the interpreter is shutting down: the old token is good
            self._land(flight)

    def _fly(self, flight: _Flight) -> None:
        try:
            flight.held, flight.error = self._ask(flight.claims, PAUSES if not flight.background else ())
        finally:  # a Ctrl-C in the thread that asks must not leave the others waiting
            self._land(flight)

    def _land(self, flight: _Flight) -> None:
        with self._lock:
            if self._flight is flight:
                if flight.held is not None:
                    self._publish(flight.held)
                elif flight.error is not None:
                    self._remember(flight.error, 0.0 if flight.background else REPEAT_FAILURE)
                self._flight = None
        flight.done.set()

    def _publish(self, held: _Held) -> None:
        if self.last_error is not None:
            log.info("token renewed, after it had failed")
        self._held = held
        self.last_error = None
        self.refresh_count += 1
        self._renew_at = -math.inf
        self._back_off = BACK_OFF[0]

    def _remember(self, error: Error, repeat: float) -> None:
        if self.last_error is None:
            log.warning("token renewal failed: %s", error)
        self.last_error = error
        now = self._monotonic()
        asked = getattr(error, "retry_after", None) or 0.0
        self._failed_until = now + max(asked, repeat)
        self._renew_at = now + max(asked, self._back_off * (1 + self._random()))
        self._back_off = min(self._back_off * 2, BACK_OFF[1])

    def _ask(self, claims: str | None, pauses: tuple[float, ...]) -> tuple[_Held | None, Error | None]:
        """Ask the source until it answers or refuses, or waiting does not help any more."""
        waited = 0.0
        for pause in (*pauses, None):
            mono, wall = self._monotonic(), self._wall()  # the life of a token begins before the request
            failure: Error
            try:
                assert self._acquire is not None
                grant = self._acquire(claims=claims)
                return self._hold(grant, mono, wall), None
            except (AuthError, TransportError, ConfigurationError) as error:
                failure = error
            except Exception as error:  # noqa: BLE001 - the source may be anybody's function
                failure = AuthError(f"the token source failed: {type(error).__name__}: {error}")
            failure.__context__ = failure.__cause__ = None
            failure = failure.with_traceback(None)
            if pause is None or not getattr(failure, "transient", False):
                break
            asked = getattr(failure, "retry_after", None) or 0.0
            pause = max(asked, pause) + pause * self._random() / 2  # noqa: PLW2901
            if waited + pause > PATIENCE:
                break
            self._sleep(pause)
            waited += pause
        return None, failure

    def _hold(self, grant: Grant, mono: float, wall: float) -> _Held:
        if not isinstance(grant, Grant) or not _is_sendable(grant.token):
            raise AuthError(
                f"the token source returned {type(grant).__name__}, not a Grant with a token that is one word"
            )
        life = grant.expires_in
        if not life > 0:
            raise AuthError(
                "the sign-in service gave a token that has expired already: is this machine's clock right?"
            )
        skew = min(SKEW, life / 10)
        until = life - skew
        if grant.refresh_in is not None and 0 < grant.refresh_in < life:
            refresh = grant.refresh_in
        else:
            lead = life / 2 if life < 600 else max(300.0, life / 10)
            refresh = life - lead * (1 + self._random() / 10)
        refresh = min(refresh, until)
        return _Held(grant.token, mono + refresh, wall + refresh, mono + until, wall + until, skew)

    def _after_fork(self) -> None:
        """In a forked child: the lock may be held, and the request be made, by threads that are gone."""
        self._lock = threading.Lock()
        self._flight = None

    def __repr__(self) -> str:
        left = self.expires_in
        state = "fixed" if self._acquire is None else f"{left:.0f} s left" if left else "no token yet"
        return f"<TokenHolder: {state}, renewed {self.refresh_count} times>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a TokenHolder holds a secret and is not pickled: make one where it is needed")


class BearerAuth:
    """Authentication for ``requests``: the current token, and once more with a new one after a 401.

    For httpx as well, which takes any function of a request: there a 401 is returned as it is.
    """

    def __init__(self, holder: TokenHolder) -> None:
        self._holder = holder

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        token = self._holder.token
        sent = request.headers["Authorization"] = f"Bearer {token}"
        if not hasattr(request, "register_hook"):  # httpx: it has no place to repeat from
            return request
        body: Any = request.body
        position = _position(body)
        repeatable = body is None or isinstance(body, (bytes, str)) or position is not None
        origin = _origin(str(request.url))

        def once_more(response: requests.Response, **options: Any) -> requests.Response:
            asked = response.request
            if response.status_code != 401 or asked.headers.get("Authorization") != sent:
                return response  # after a redirect elsewhere, it says nothing about the token
            self._holder.invalidate(token)
            if not repeatable or _origin(str(asked.url)) != origin:
                return response
            _ = response.content  # the connection is free again
            fresh = self._holder.token
            if fresh == token:
                return response
            again = asked.copy()
            if position is not None:
                body.seek(position)
            again.headers["Authorization"] = f"Bearer {fresh}"
            second: requests.Response = response.connection.send(again, **options)
            second.history.append(response)
            return second

        request.register_hook("response", once_more)  # type: ignore[no-untyped-call]
        return request

    def __repr__(self) -> str:
        return f"BearerAuth({self._holder!r})"


def _position(body: Any) -> int | None:
    """Return where a file is to be read from a second time, ``None`` if it is none or can be read once."""
    try:
        return int(body.tell())
    except (AttributeError, OSError):
        return None


def _is_sendable(token: object) -> bool:
    """Tell whether a token can stand in a header: ``http.client`` quotes what it refuses, in its exception."""
    return isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token and token != ""


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _again(error: Error) -> Error:
    """Return a copy of a failure for one more thread: an exception raised twice mixes its tracebacks."""
    copy = type(error).__new__(type(error), *error.args)  # whatever arguments its class may want
    copy.__dict__.update(error.__dict__)
    return copy


_HOLDERS: weakref.WeakSet[TokenHolder] = weakref.WeakSet()


def _renew_after_fork() -> None:
    for holder in list(_HOLDERS):
        holder._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_after_fork)
