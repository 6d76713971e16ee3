"""What lies on another host than Graph: upload and download addresses, monitors, reports.

Such an address carries its own permission. Whoever sends a token along is refused: a token has no business there.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

from .faults import Refusal
from .server import Reply, Request

LIFETIME = 3600.0  # seconds; Microsoft promises minutes for downloads and days for uploads
MANY = 1_000  # addresses; with more of them, it is time to look which are over

Answer = Callable[[Request], Reply]


class SignedUrls:
    """Addresses that are good for whoever knows them. ``root`` returns the origin, ``clock`` seconds."""

    def __init__(self, root: Callable[[], str], clock: Callable[[], float]) -> None:
        self._root = root
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Answer, float]] = {}
        self._many = MANY

    def reset(self) -> None:
        with self._lock:
            self._open.clear()

    def issue(self, kind: str, answer: Answer, lifetime: float = LIFETIME) -> str:
        """Return a new address; ``kind`` begins its path: ``upload``, ``download``, ``monitor``, ``report``."""
        path = f"/{kind}/{secrets.token_urlsafe(24)}"
        now = self._clock()
        with self._lock:
            if len(self._open) >= self._many:  # forget what is over
                self._open = {key: entry for key, entry in self._open.items() if entry[1] > now}
                self._many = MANY + 2 * len(self._open)
            self._open[path] = (answer, now + lifetime)
        return f"{self._root()}{path}"

    def keep(self, url: str, answer: Answer, lifetime: float = LIFETIME) -> None:
        """Let an address that was forgotten be answered again."""
        with self._lock:
            self._open[url.removeprefix(self._root())] = (answer, self._clock() + lifetime)

    def revoke(self, url: str) -> None:
        """Forget an address: from now on it is 404."""
        with self._lock:
            self._open.pop(url.removeprefix(self._root()), None)

    def answer(self, request: Request) -> Reply:
        """Answer a request to one of the addresses; raises :class:`Refusal`."""
        with self._lock:
            answer, until = self._open.get(request.path, (None, 0.0))
        if answer is None or self._clock() >= until:
            raise Refusal(404, "itemNotFound", "The resource could not be found.")
        if "Authorization" in request.headers:
            raise Refusal(401, "unauthenticated", "The address is pre-authenticated: send no token to it.")
        return answer(request)
