"""Addresses on another host that carry their own permission: no token goes there, and no log shows them."""

from __future__ import annotations

from typing import Any, Final

from leangraph.errors import TransportError
from leangraph.net.origin import host_of, is_safe

ELSEWHERE: Final = "an address on "  # and the host


class SignedUrl:
    """An address on another host that carries its own permission: whoever knows it needs no token.

    It is shown nowhere and does not pickle. No token goes there.

    Raises:
        TransportError: it is neither https nor on this machine.
    """

    __slots__ = ("host", "url")

    def __init__(self, url: object) -> None:
        if not isinstance(url, str) or not is_safe(url):
            raise TransportError("Graph gave an address that is not https: it is not used", transient=False)
        self.url = url
        self.host = host_of(url)

    @property
    def shown(self) -> str:
        """All that is said of it."""
        return f"{ELSEWHERE}{self.host}"

    def is_quoted(self, body: object) -> bool:
        """Tell whether an answer repeats what was asked."""
        return self.url.partition("://")[2].partition("/")[2] in str(body)

    def __repr__(self) -> str:
        return f"<SignedUrl on {self.host}>"

    def __reduce__(self) -> Any:
        raise TypeError("a pre-authenticated address is not pickled")
