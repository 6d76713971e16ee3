"""The origin of a URL (scheme, host and port), read in one way only: it decides where a token may go."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from leangraph import clouds

_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f\\]")
_NETLOC: Final = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\x00-\x20\x7f\\@%:\[\]]+)(?::[0-9]*)?")
_URL: Final = re.compile(r"(?:(.*?)://)?([^/?#]*)/?(.*)", re.DOTALL)


class Origin(NamedTuple):
    """Scheme and host in lower case, and the port, the scheme's own if the URL names none."""

    scheme: str
    host: str
    port: int

    def shown(self) -> str:
        """Return it as a URL for a message, the port only where it is not the scheme's own."""
        own = self.port == {"http": 80, "https": 443}[self.scheme]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{'' if own else f':{self.port}'}"


def origin_of(url: str) -> Origin | None:
    """Return a URL's origin; ``None`` if it has none that every reader would agree on.

    ``urlsplit`` and the connection disagree on ``https://evil\\@graph…``: whatever has a backslash, a user, a
    control character, or brackets within the host, has no origin. A port of 0 counts if it is named.
    """
    scheme, mark, rest = url.partition("://")
    netloc = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not mark or not _NETLOC.fullmatch(netloc) or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(f"{scheme}://{netloc}")
        port = parts.port
    except ValueError:
        return None
    scheme = scheme.lower()
    if scheme not in ("http", "https") or not parts.hostname:
        return None
    default = 443 if scheme == "https" else 80
    return Origin(scheme, parts.hostname, default if port is None else port)


def same_origin(url: str, root: str) -> bool:
    """Tell whether a URL leads to ``root``'s scheme, host and port, as the connection will see them."""
    origin = origin_of(url)
    return origin is not None and origin == origin_of(root)


def is_safe(url: str) -> bool:
    """Tell whether a URL may be asked at all, without the token: https, or plain http to this machine."""
    origin = origin_of(url)
    return origin is not None and (origin.scheme == "https" or clouds.is_loopback(origin.host))


def host_of(url: str) -> str:
    """Return the host of a URL for a message, never its path or query."""
    origin = origin_of(url)
    return origin.host if origin else "a malformed URL"


def shown_origin(url: str) -> str:
    """Return scheme, host and port of a URL for a message: any of them may be what differs from another."""
    origin = origin_of(url)
    return origin.shown() if origin else "a malformed URL"


def split(url: str) -> tuple[str, str, str]:
    """Return scheme, host with port, and what follows the first slash, of any text: nothing is judged.

    A query may follow the host without a slash.
    """
    parts = _URL.match(url)
    assert parts is not None  # it matches everything
    scheme, host, rest = parts.groups("")
    return scheme, host, rest
