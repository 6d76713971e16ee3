"""What a sign-in gives, and what everybody who signs in needs."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, NoReturn, Protocol

from leangraph.errors import AuthError, ConfigurationError, Error, TransportError


class Grant(NamedTuple):
    """One access token as its issuer gave it.

    Attributes:
        token: the bearer token itself.
        expires_in: seconds of life, counted from the moment the request was sent.
        refresh_in: seconds after which the issuer wants it renewed, ``None`` if it did not say.
    """

    token: str
    expires_in: float
    refresh_in: float | None = None

    def __repr__(self) -> str:
        return f"Grant(token=<hidden>, expires_in={self.expires_in!r}, refresh_in={self.refresh_in!r})"


class Acquire(Protocol):
    """What a flow returns and a ``TokenHolder`` takes.

    ``claims`` is a decoded claims challenge (a JSON text), ``None`` without one. Raises ``AuthError`` if
    the sign-in is refused and ``TransportError`` if there was no answer.
    """

    def __call__(self, claims: str | None = None) -> Grant: ...


class Secret(Protocol):
    """Pydantic's ``SecretStr``, or anything else that shows its content on request only."""

    def get_secret_value(self) -> str: ...


class Keep(Protocol):
    """Where a refresh token lives between two uses.

    ``save`` is called before the access token is handed out that came with it. ``lock`` is held from the
    reading to the writing, so that two processes do not use the same one.
    """

    def load(self) -> str | None: ...
    def save(self, refresh_token: str) -> object: ...
    def lock(self) -> AbstractContextManager[object]: ...


class Hidden:
    """A secret that nothing shows: a frame of ours in a traceback with variables does not, either."""

    __slots__ = ("_value",)

    def __init__(self, value: str | Secret) -> None:
        self._value = value if isinstance(value, str) else value.get_secret_value()

    def get_secret_value(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "<hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


class Flow:
    """A way to sign in, as an ``acquire``: whatever fails inside, no frame or context of it gets out.

    Attributes:
        name: what ``repr`` shows.
        scopes: what the tokens are for, if the flow knows.
    """

    def __init__(self, name: str, ask: Callable[[str | None], Grant], scopes: tuple[str, ...] = ()) -> None:
        self.name = name
        self.scopes = scopes
        self._ask = ask

    def __call__(self, claims: str | None = None) -> Grant:
        failure: Error
        try:
            return self._ask(claims)
        except (AuthError, ConfigurationError, TransportError) as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - MSAL has no common base class, and its frames hold the secret
            failure = AuthError(f"{self.name} failed ({_what(error)})")
        failure.__cause__ = failure.__context__ = None
        raise failure.with_traceback(None)

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sign-in flow holds a secret and is not pickled")


def _what(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return f"{type(error).__name__}, {error.strerror}{where}"
    return type(error).__name__


def grant(result: Any, refresh_in: float | None = None) -> Grant:
    """Make a grant of an OAuth2 answer, whose ``expires_in`` may be a number, a text or missing."""
    expires_in = seconds(result.get("expires_in"))
    if expires_in is None:
        expires_in = 600.0  # unsaid: MSAL assumes ten minutes too
    return Grant(str(result["access_token"]), expires_in, refresh_in)


def seconds(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
