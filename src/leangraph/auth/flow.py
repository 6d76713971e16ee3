"""A way to sign in, and the one place where what comes out of it is judged: text redacted and cut, frames removed.

The frames and causes of an exception hold the request, and with it the secret: crash reporters record them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn

from leangraph.auth.grant import Grant, TokenSource
from leangraph.errors import AuthError, Error
from leangraph.net.redact import quote, redacted

LONGEST_TEXT = 2000  # characters of a message of ours

# What a flow of ours calls. Whatever is raised elsewhere comes from outside: a signal handler, a time limit.
_LIBRARIES = {"leangraph", "msal", "requests", "urllib3", "jwt", "cryptography", "certifi", "idna", "dotenv"}
_LIBRARIES |= sys.stdlib_module_names


class Flow:
    """A way to sign in, as an ``acquire``: whatever fails inside, no frame and no secret of it gets out.

    Args:
        ask: gets claims (a JSON text or ``None``) and returns a grant.
        longest: the seconds that one call can take at most, ``None`` if nobody knows.
        close: lets go of what the flow opened; it can be used again afterwards.
        quotes: whether the text of a foreign exception is worth showing; MSAL's and its like are not.
        explain: what to say of an exception that is neither ours nor from outside, behind "… failed".

    Attributes:
        name: what ``repr`` shows.
        scopes: what the tokens are for, if the flow knows.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[str | None], Grant],
        scopes: tuple[str, ...] = (),
        *,
        longest: float | None = None,
        close: Callable[[], object] | None = None,
        quotes: bool = False,
        explain: Callable[[Exception], str] | None = None,
    ) -> None:
        self.name = name
        self.scopes = scopes
        self.longest = longest
        self._ask = ask
        self._close = close
        self._quotes = quotes
        self._explain = explain or self._told

    @classmethod
    def of(cls, source: TokenSource) -> Flow:
        """Return a flow as it is, and any other function as one; it need not take claims."""
        if isinstance(source, Flow):
            return source

        def ask(claims: str | None) -> Grant:
            return source() if claims is None else source(claims=claims)  # type: ignore[call-arg]

        return cls("the token source", ask, tuple(getattr(source, "scopes", ())), quotes=True)

    def __call__(self, claims: str | None = None) -> Grant:
        outer = sys.exception()  # what the caller is busy with is not ours to touch
        failure: BaseException
        try:
            return self._ask(claims)
        except Error as error:
            failure = _without_secrets(error)
        except Exception as error:  # noqa: BLE001 - MSAL has no common base class
            own = self._quotes or not _is_from_outside(error)
            failure = AuthError(f"{self.name} failed{self._explain(error)}") if own else error
        except BaseException as error:  # noqa: BLE001 - Ctrl-C and its like reach whoever waits for them
            failure = error
        strip(failure, outer)
        raise failure

    def close(self) -> None:
        """Close the connections that the flow opened itself."""
        if self._close is not None:
            self._close()

    def __enter__(self) -> Flow:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _told(self, error: Exception) -> str:
        kind = type(error).__name__
        if isinstance(error, OSError) and error.strerror:
            where = f": {error.filename}" if error.filename else ""
            return f" ({kind}, {error.strerror}{where})"
        return f": {kind}: {quote(error)}" if self._quotes else f" ({kind})"

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sign-in flow holds a secret and is not pickled")


def strip(error: BaseException, outer: BaseException | None = None) -> None:
    """Remove an exception's frames, and those of what it stands for; ``outer`` was there before and is kept."""
    if isinstance(error, Error):
        error.__cause__ = error.__context__ = None
    error.__traceback__ = None
    known = {id(outer), id(error)}
    waiting = [error.__cause__, error.__context__]
    while waiting:
        other = waiting.pop()
        if other is not None and id(other) not in known:
            known.add(id(other))
            other.__traceback__ = None
            waiting += [other.__cause__, other.__context__]


def _without_secrets(error: Error) -> Error:
    first, *rest = error.args or ("",)
    text = redacted(str(first))
    error.args = (text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} …", *rest)
    return error


def _is_from_outside(error: BaseException) -> bool:
    """Tell whether an exception was raised by code that no flow of ours calls."""
    frames = error.__traceback__
    if frames is None:
        return False
    while frames.tb_next is not None:
        frames = frames.tb_next
    return str(frames.tb_frame.f_globals.get("__name__", "")).partition(".")[0] not in _LIBRARIES
