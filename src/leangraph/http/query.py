"""The origin of a URL: pure functions on text."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from leangraph import clouds

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")
_NETLOC = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\x00-\x20\x7f\\@%:\[\]]+)(?::[0-9]*)?")


def same_origin(url: str, root: str) -> bool:
    """Tell whether a URL leads to ``root``'s scheme, host and port, as the connection will see them.

    ``urlsplit`` and the connection disagree on ``https://evil\\@graph…``: whatever has a backslash, a user, a
    control character or brackets amid the host before its path is no origin of ours.
    """
    return _origin(url) is not None and _origin(url) == _origin(root)


def is_safe(url: str) -> bool:
    """Tell whether a URL may be asked at all, without the token: https, or plain http to this machine."""
    origin = _origin(url)
    return origin is not None and (origin[0] == "https" or clouds.is_loopback(origin[1]))


def host_of(url: str) -> str:
    """Return the host of a URL for a message, never its path or query."""
    origin = _origin(url)
    return origin[1] if origin else "a malformed URL"


def _origin(url: str) -> tuple[str, str, int] | None:
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
    return scheme, parts.hostname, default if port is None else port  # port 0 is asked for, if it is named
