"""What a sign-in gives, and what everybody who signs in needs."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NoReturn, Protocol

TOKEN_LIFE = 600.0  # seconds of a token whose issuer did not say: MSAL assumes ten minutes too


class Grant:
    """One access token as its issuer gave it.

    Attributes:
        token: the bearer token itself.
        expires_in: seconds of life, counted from the moment the request was sent.
        refresh_in: seconds after which the issuer wants it renewed, ``None`` if it did not say.
    """

    # No tuple and no dataclass: crash reporters show what is in those, whatever their repr says.
    __slots__ = ("expires_in", "refresh_in", "token")

    def __init__(self, token: str, expires_in: float, refresh_in: float | None = None) -> None:
        self.token = token
        self.expires_in = expires_in
        self.refresh_in = refresh_in

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Grant):
            return NotImplemented
        return (self.token, self.expires_in, self.refresh_in) == (other.token, other.expires_in, other.refresh_in)

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return f"Grant(token=<hidden>, expires_in={self.expires_in!r}, refresh_in={self.refresh_in!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Grant holds a token and is not pickled")


class Acquire(Protocol):
    """What a flow returns and a ``TokenHolder`` takes.

    ``claims`` is a decoded claims challenge (a JSON text), ``None`` without one. Raises ``AuthError`` if
    the sign-in is refused and ``TransportError`` if there was no answer.
    """

    def __call__(self, claims: str | None = None) -> Grant: ...


TokenSource = Acquire | Callable[[], Grant]  # without ``claims`` it cannot answer a claims challenge


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


def grant_of(answer: Any, refresh_in: float | None = None) -> Grant:
    """Make a grant of an OAuth2 answer, whose ``expires_in`` may be a number, a text or missing."""
    expires_in = seconds(answer.get("expires_in"))
    return Grant(str(answer["access_token"]), TOKEN_LIFE if expires_in is None else expires_in, refresh_in)


def seconds(value: Any) -> float | None:
    """Return a number of seconds out of a number or a text; ``None`` if it is neither, or not finite."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
