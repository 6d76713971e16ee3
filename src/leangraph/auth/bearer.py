"""The current token for ``requests`` and httpx, and for no other host than its own."""

from __future__ import annotations

import sys
from collections.abc import Generator
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from leangraph import clouds
from leangraph.auth.grant import Hidden
from leangraph.errors import ConfigurationError
from leangraph.net.origin import Origin, is_safe, origin_of

if TYPE_CHECKING:
    import requests


class Tokens(Protocol):
    """What a ``TokenHolder`` is to this file."""

    @property
    def token(self) -> str: ...
    def invalidate(self, token: str) -> None: ...


class BearerAuth:
    """Authentication for ``requests`` and httpx: the current token, and once more with a new one after a 401.

    The token goes over https, or to this machine, and only to a host that it is meant for.

    Args:
        hosts: those the tokens are for, if that is known.
        origin: the one origin that may have them, in place of ``hosts``.
    """

    def __init__(self, holder: Tokens, hosts: frozenset[str] = frozenset(), origin: Origin | None = None) -> None:
        self._holder = holder
        self._hosts = hosts
        self._origin = origin

    def __reduce__(self) -> NoReturn:
        raise TypeError("what adds a token holds a secret and is not pickled: make one where it is needed")

    def __call__(self, request: Any) -> Any:
        """Add the token to a request; one of ``requests`` is repeated once after a 401."""
        self._judge(str(request.url))
        sent = Hidden(self._holder.token)
        request.headers["Authorization"] = f"Bearer {sent.get_secret_value()}"
        if hasattr(request, "register_hook"):
            self._repeat_after_401(request, sent)
        return request

    def auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """Part of httpx's interface: yield the request with its token, and once more after a 401."""
        self(request)
        sent = Hidden(request.headers["Authorization"].removeprefix("Bearer "))
        response = yield request
        if response.status_code == 401:
            self._holder.invalidate(sent.get_secret_value())
            fresh = Hidden(self._holder.token)
            if fresh.get_secret_value() != sent.get_secret_value() and _can_be_sent_again(request):
                request.headers["Authorization"] = f"Bearer {fresh.get_secret_value()}"
                yield request

    def _repeat_after_401(self, request: requests.PreparedRequest, sent: Hidden) -> None:
        body: Any = request.body
        position = _position(body)
        repeatable = body is None or isinstance(body, (bytes, str)) or position is not None
        origin = origin_of(str(request.url))

        def repeat(response: requests.Response, **options: Any) -> requests.Response:
            asked = response.request
            if response.status_code != 401 or asked.headers.get("Authorization") != _header(sent):
                return response  # after a redirect to another host, it says nothing about the token
            self._holder.invalidate(sent.get_secret_value())
            if not repeatable or origin_of(str(asked.url)) != origin:
                return response
            _ = response.content  # the connection is free again
            fresh = Hidden(self._holder.token)
            if fresh.get_secret_value() == sent.get_secret_value():
                return response
            copy = asked.copy()
            if position is not None:
                body.seek(position)
            copy.headers["Authorization"] = _header(fresh)
            second: requests.Response = response.connection.send(copy, **options)
            second.history.append(response)
            return second

        request.register_hook("response", repeat)  # type: ignore[no-untyped-call]

    def _judge(self, url: str) -> None:
        origin = origin_of(url)
        if origin is None or not is_safe(url):
            raise ConfigurationError(
                f"the token is not sent to {origin.host if origin else 'a malformed address'}: it goes over https "
                "only (plain http is for this machine only)"
            )
        if self._origin is not None:
            if origin != self._origin:
                raise ConfigurationError(
                    f"the token is not sent to {origin.shown()}: this auth is for {self._origin.shown()}"
                )
        elif self._hosts and origin.host not in self._hosts and not clouds.is_loopback(origin.host):
            raise ConfigurationError(
                f"the token is not sent to {origin.host}: it is for {', '.join(sorted(self._hosts))}. If "
                f'{origin.host} takes such tokens, use holder.auth_for("{origin.scheme}://{origin.host}")'
            )

    def __repr__(self) -> str:
        return f"BearerAuth({self._holder!r})"


@cache
def _kind_for(httpx_auth: Any) -> type[BearerAuth]:
    """Return our class, or where httpx is loaded one that httpx takes for its own: only those may repeat."""
    if httpx_auth is None:
        return BearerAuth
    return type("BearerAuth", (BearerAuth, httpx_auth), {"__repr__": BearerAuth.__repr__})


def bearer_auth(holder: Tokens, hosts: frozenset[str] = frozenset(), origin: Origin | None = None) -> BearerAuth:
    """Make the authentication for whichever of the two libraries is in use."""
    return _kind_for(getattr(sys.modules.get("httpx"), "Auth", None))(holder, hosts, origin)


def hosts_of(scopes: frozenset[str]) -> frozenset[str]:
    """Return the hosts that tokens of these scopes are for; empty if one does not say, as in ``User.Read``."""
    origins = [origin_of(scope) for scope in scopes]
    return frozenset(origin.host for origin in origins if origin is not None)


def _header(token: Hidden) -> str:
    return f"Bearer {token.get_secret_value()}"


def _position(body: Any) -> int | None:
    """Return where a file is to be read from a second time, ``None`` if it is none or can be read once."""
    try:
        return int(body.tell())
    except (AttributeError, OSError):
        return None


def _can_be_sent_again(request: Any) -> bool:
    """Tell whether an httpx request's body is at hand; one that was streamed is gone."""
    try:
        return isinstance(request.content, bytes)
    except RuntimeError:  # httpx.RequestNotRead
        return False
