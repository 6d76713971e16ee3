"""Grant in, current token out: the only token cache there is."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import copy_context
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NoReturn

from leangraph.auth.azure import AccessToken, AccessTokenInfo, access_token
from leangraph.auth.bearer import BearerAuth, bearer_auth, hosts_of
from leangraph.auth.flow import Flow
from leangraph.auth.grant import Grant, Hidden, TokenSource
from leangraph.errors import AuthError, ConfigurationError, Error
from leangraph.net.origin import is_safe, origin_of
from leangraph.system import fork
from leangraph.system.log import log

SKEW = 30.0  # seconds before its expiry at which a token is no longer handed out
PAUSES = (0.5, 2.0)  # seconds before the second and third attempt, when nothing but waiting helps
LONGEST_PAUSES = 75.0  # seconds of all pauses together: Entra asks a throttled app to wait 60
BACK_OFF = (30.0, 600.0)  # seconds between renewals that fail while the old token is good: first, most
LONGEST_RETRY_AFTER = 86400.0  # seconds for which a service can keep us from asking, whatever it says
PIECE = 0.5  # seconds of one wait: on Windows, Ctrl-C gets through only between two waits
REPEAT_FAILURE = 1.0  # seconds for which a failure answers later callers too, without asking again


class _Current:
    """The published token with its deadlines on both clocks.

    The monotonic clock stands still while a laptop sleeps; the wall clock can be set back. A token is
    good only while both agree.
    """

    __slots__ = ("refresh_mono", "refresh_wall", "skew", "token", "until_mono", "until_wall")

    def __init__(self, token: str, mono: float, wall: float, *, refresh: float, until: float, skew: float) -> None:
        self.token = token
        self.refresh_mono, self.refresh_wall = mono + refresh, wall + refresh
        self.until_mono, self.until_wall = mono + until, wall + until
        self.skew = skew  # seconds from there to the expiry

    def __repr__(self) -> str:
        return "<a token>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not pickled")


class _Renewal:
    """One request for a token, and the threads that wait for its outcome.

    Neither ``current`` nor ``error``: the thread that asked was interrupted, and one that waits asks anew.
    """

    __slots__ = ("background", "claims", "current", "done", "error", "thread")

    def __init__(self, *, background: bool, claims: str | None = None) -> None:
        self.background = background
        self.claims = claims
        self.thread = 0 if background else threading.get_ident()  # which asks
        self.done = threading.Event()
        self.current: _Current | None = None
        self.error: Error | None = None


class TokenHolder:
    """The current access token. Making a holder does no I/O; reading ``token`` may.

    MSAL requests tokens from Entra ID. The holder adds what MSAL lacks: one request for all threads,
    renewal in the background before the token expires, the old token as long as it is valid if a
    renewal fails, and an exception instead of an error dict.

    A holder is a context manager; ``close`` closes what the sign-in opened.

    Args:
        acquire: a function that returns a ``Grant``. One thread at a time calls it, with the keyword ``claims`` if
            an API asks for claims.
        scopes: the scopes of the tokens, if ``acquire`` does not say; ``get_token`` refuses any other scope.
        monotonic, wall, sleep: the clocks, in seconds; tests pass their own.

    Attributes:
        last_error: why the last renewal failed; ``None`` after a successful one.
        refresh_count: how many tokens the holder has received so far.
    """

    __slots__ = (
        "__weakref__",
        "_back_off",
        "_current",
        "_failed_until",
        "_flow",
        "_lock",
        "_monotonic",
        "_random",
        "_renew_at",
        "_renewal",
        "_scopes",
        "_sleep",
        "_wall",
        "last_error",
        "refresh_count",
    )

    def __init__(
        self,
        acquire: TokenSource | None,
        *,
        scopes: Iterable[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._flow = Flow.of(acquire) if acquire is not None else None
        scopes = [scopes] if isinstance(scopes, str) else scopes
        self._scopes = frozenset(scopes or (self._flow.scopes if self._flow else ()))
        self._monotonic = monotonic
        self._wall = wall
        self._sleep = sleep
        self._random = random.random
        self._current: _Current | None = None
        self._lock = threading.Lock()
        self._renewal: _Renewal | None = None
        self._renew_at = -math.inf  # no background renewal before this, on the monotonic clock
        self._failed_until = -math.inf  # until then a failure is repeated without asking
        self._back_off = BACK_OFF[0]
        self.last_error: Error | None = None
        self.refresh_count = 0
        fork.register(self)

    @classmethod
    def fixed(cls, token: str) -> TokenHolder:
        """Hold a token that you already have. It is never renewed: a 401 raises ``Unauthorized``."""
        token = token.strip(" ") if isinstance(token, str) else token
        if not _is_sendable(token):
            del token
            raise ConfigurationError("a fixed token must be the bearer token itself: no Bearer, no line breaks")
        holder = cls(None)
        holder._current = _Current(token, 0.0, 0.0, refresh=math.inf, until=math.inf, skew=0.0)
        return holder

    @property
    def token(self) -> str:
        """A valid bearer token.

        Raises:
            AuthError: the sign-in was refused.
            TransportError: the sign-in service could not be reached.
        """
        current = self._current  # one read: another thread may publish a newer one at any time
        if (
            current is not None
            and self._monotonic() < current.refresh_mono
            and self._wall() < current.refresh_wall
        ):
            return current.token
        return self._get().token

    def __call__(self) -> str:
        """Return ``token``, for APIs that take a function that returns a token."""
        return self.token

    @property
    def expires_in(self) -> float:
        """Seconds until the token expires: 0 without a token, infinite for a fixed one. Sends no request."""
        current = self._current
        return 0.0 if current is None else max(0.0, self._left(current))

    @property
    def expires_at(self) -> datetime | None:
        """When the token expires, in UTC; ``None`` without a token or for a fixed one. Sends no request."""
        current = self._current
        if current is None or math.isinf(current.until_wall):
            return None
        return datetime.fromtimestamp(round(self._wall() + self._left(current)), UTC)

    @property
    def auth(self) -> BearerAuth:
        """For ``requests`` and httpx: ``requests.get(url, auth=holder.auth)``.

        The token is sent only over https (or to this machine) and, if its scopes name a host, only to that host.
        Any other request raises ``ConfigurationError``.
        """
        return bearer_auth(self, hosts_of(self._scopes))

    def auth_for(self, url: str) -> BearerAuth:
        """Return ``auth`` for one origin (scheme, host and port of ``url``) and no other.

        Raises:
            ConfigurationError: ``url`` is neither https nor on this machine.
        """
        origin = origin_of(url)
        if origin is None or not is_safe(url):
            raise ConfigurationError("auth_for takes an address, https://host (plain http is for this machine)")
        return bearer_auth(self, origin=origin)

    def invalidate(self, token: str) -> None:
        """Drop this token because an API refused it; a newer token stays."""
        with self._lock:
            if self._flow is not None and self._current is not None and self._current.token == token:
                self._current = None

    def renew(self, token: str, claims: str | None = None) -> str:
        """Return a new token for one that an API refused; threads with the same token share one request.

        Args:
            claims: the decoded claims challenge (JSON text), if the refusal had one.

        Raises:
            AuthError, TransportError: as for ``token``. A fixed token is returned unchanged.
        """
        if self._flow is None:
            return self.token
        self.invalidate(token)
        refused = Hidden(token)
        del token
        return self._renew(claims, refused).token

    def get_token(self, *scopes: str, claims: str | None = None, **_: Any) -> AccessToken:
        """Return the token as azure-core's ``TokenCredential`` does.

        Raises:
            ConfigurationError: this holder's tokens are not for that scope, or you pass claims for a fixed token.
        """
        foreign = set(scopes) - self._scopes if self._scopes else set()
        if foreign:
            raise ConfigurationError(
                f"this TokenHolder is for {' '.join(sorted(self._scopes))}, not for {' '.join(sorted(foreign))}: "
                "make another holder with those scopes"
            )
        if claims is not None and self._flow is None:
            raise ConfigurationError("a fixed token cannot be replaced by one with the claims that Graph asks for")
        current = self._get() if claims is None else self._renew(claims)
        return access_token(current.token, self._wall() + self._left(current))

    def get_token_info(self, *scopes: str, options: Mapping[str, Any] | None = None) -> AccessTokenInfo:
        """Return the token as azure-core's ``SupportsTokenInfo`` does. Raises the errors of ``get_token``."""
        return AccessTokenInfo(*self.get_token(*scopes, claims=(options or {}).get("claims")))

    def close(self) -> None:
        """Close the connections that the sign-in opened itself; the next token opens them again."""
        if self._flow is not None:
            self._flow.close()

    def __enter__(self) -> TokenHolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _get(self) -> _Current:
        current = self._current
        if current is not None and self._is_good(current):
            if self._monotonic() >= current.refresh_mono or self._wall() >= current.refresh_wall:
                self._renew_in_background(current)
            return current
        return self._renew()

    def _is_good(self, current: _Current) -> bool:
        return self._monotonic() < current.until_mono and self._wall() < current.until_wall

    def _left(self, current: _Current) -> float:
        """Return the seconds until it expires, by the clock that gives it less; negative afterwards."""
        return min(current.until_mono - self._monotonic(), current.until_wall - self._wall()) + current.skew

    def _renew(self, claims: str | None = None, refused: Hidden | None = None) -> _Current:
        """Wait for a new token: ask for it, or share what the thread that asks already gets.

        With claims, a token that was asked for without them does not do; nor does the one that was refused.
        """
        while True:
            with self._lock:
                current, renewal = self._current, self._renewal
                is_newer = (
                    refused is not None and current is not None and current.token != refused.get_secret_value()
                )
                if (claims is None or is_newer) and current is not None and self._is_good(current):
                    return current
                leads = renewal is None
                if renewal is None:
                    if self.last_error is not None and self._monotonic() < self._failed_until:
                        raise _copy_of(self.last_error)
                    renewal = self._renewal = _Renewal(background=False, claims=claims)
            if leads:
                self._run(renewal)
            else:
                self._wait_for(renewal)
            if renewal.current is not None and renewal.claims == claims:
                return renewal.current
            if renewal.error is not None and not renewal.background:
                raise _copy_of(renewal.error)

    def _wait_for(self, renewal: _Renewal) -> None:
        if renewal.thread == threading.get_ident():
            raise AuthError(
                "this thread asks its TokenHolder for a token while it is getting that token: a token source, or "
                "a log handler that it runs, must not use the holder that it serves"
            )
        longest = self._flow.longest if self._flow else None
        if longest is not None:  # seconds: each attempt, and the pauses between them
            longest = longest * (len(PAUSES) + 1) + LONGEST_PAUSES
        deadline = math.inf if longest is None else time.monotonic() + longest
        while not renewal.done.wait(PIECE):
            if time.monotonic() < deadline:
                continue
            raise AuthError(f"no token after {longest:.0f} s: the thread that asks for it hangs", transient=True)

    def _renew_in_background(self, old: _Current) -> None:
        now = self._monotonic()
        if now < self._renew_at:
            return
        with self._lock:  # look again: while this thread was held up, another may have done it all
            if self._renewal is not None or self._current is not old or now < self._renew_at:
                return
            self._renew_at = now + BACK_OFF[0]  # should nothing at all come of it
            renewal = self._renewal = _Renewal(background=True)
        target = copy_context().run
        try:
            threading.Thread(target=target, args=(self._run, renewal), name="leangraph-token", daemon=True).start()
        except RuntimeError:  # no more threads, or the interpreter is shutting down: the old token is good
            self._finish(renewal)

    def _run(self, renewal: _Renewal) -> None:
        renewal.thread = threading.get_ident()
        try:
            renewal.current, renewal.error = self._ask(renewal.claims, () if renewal.background else PAUSES)
        finally:  # a Ctrl-C in the thread that asks must not leave the others waiting
            self._finish(renewal)

    def _finish(self, renewal: _Renewal) -> None:
        """Publish the outcome, then wake whoever waits, then log: a log handler may need a token itself."""
        recovered = failed = False
        with self._lock:
            if self._renewal is renewal:
                self._renewal = None
                recovered = renewal.current is not None and self.last_error is not None
                failed = renewal.error is not None and self.last_error is None
                if renewal.current is not None:
                    self._publish(renewal.current)
                elif renewal.error is not None:
                    self._remember(renewal.error, 0.0 if renewal.background else REPEAT_FAILURE)
        renewal.done.set()
        if recovered:
            log.info("token renewed, after it had failed")
        if failed:
            log.warning("token renewal failed: %s", renewal.error)

    def _publish(self, current: _Current) -> None:
        self._current = current
        self.last_error = None
        self.refresh_count += 1
        self._renew_at = -math.inf
        self._back_off = BACK_OFF[0]

    def _remember(self, error: Error, repeat: float) -> None:
        self.last_error = error
        now = self._monotonic()
        retry_after = min(getattr(error, "retry_after", None) or 0.0, LONGEST_RETRY_AFTER)
        self._failed_until = now + max(retry_after, repeat)
        self._renew_at = now + max(retry_after, self._back_off * (1 + self._random()))
        self._back_off = min(self._back_off * 2, BACK_OFF[1])

    def _ask(self, claims: str | None, pauses: tuple[float, ...]) -> tuple[_Current | None, Error | None]:
        """Ask the source until it answers or refuses, or waiting does not help any more."""
        assert self._flow is not None
        waited = 0.0
        for pause in (*pauses, None):
            mono, wall = self._monotonic(), self._wall()  # the life of a token begins before the request
            try:
                return self._from(self._flow(claims=claims), mono, wall), None
            except Error as error:
                failure = error.with_traceback(None)
            failure.__context__ = failure.__cause__ = None
            if pause is None or not getattr(failure, "transient", False):
                break
            retry_after = getattr(failure, "retry_after", None) or 0.0
            pause = max(retry_after, pause) + pause * self._random() / 2  # noqa: PLW2901
            if waited + pause > LONGEST_PAUSES:
                break
            self._sleep(pause)
            waited += pause
        return None, failure

    def _from(self, grant: Grant, mono: float, wall: float) -> _Current:
        if not isinstance(grant, Grant) or not _is_sendable(grant.token):
            raise AuthError(
                f"the token source returned {type(grant).__name__}, not a Grant with a token that is one word"
            )
        life = grant.expires_in
        if not isinstance(life, (int, float)):
            raise AuthError(
                f"the token source returned a Grant whose expires_in is a {type(life).__name__}, no number of "
                "seconds"
            )
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
        return _Current(grant.token, mono, wall, refresh=min(refresh, until), until=until, skew=skew)

    def after_fork(self) -> None:
        """In a forked child: the lock may be held, and the request be made, by threads that are gone."""
        self._lock = threading.Lock()
        self._renewal = None

    def __repr__(self) -> str:
        left = self.expires_in
        state = "fixed" if self._flow is None else f"{left:.0f} s left" if left else "no token yet"
        return f"<TokenHolder: {state}, renewed {self.refresh_count} times>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a TokenHolder holds a secret and is not pickled: make one where it is needed")


def _is_sendable(token: object) -> bool:
    """Tell whether a token can stand in a header: ``http.client`` quotes what it refuses, in its exception."""
    return isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token and token != ""


def _copy_of(error: Error) -> Error:
    """Return a copy of a failure for one more thread: an exception raised twice mixes its tracebacks."""
    copy = type(error).__new__(type(error), *error.args)  # whatever arguments its class may want
    copy.__dict__.update(error.__dict__)
    return copy
