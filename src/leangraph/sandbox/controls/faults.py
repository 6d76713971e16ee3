"""What a test may say about requests that fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..wire.faults import HTML, Fault, content
from ..wire.server import Spoil
from .base import Controls


class FaultControls(Controls):
    """The part of a sandbox that is about faults. ``reset()`` undoes all of it."""

    def fail(
        self,
        method: str,
        path: str,
        *,
        status: int | None = None,
        times: int = 1,
        after: int = 0,
        retry_after: float | str | None = None,
        body: bytes | str | dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str | None = None,
        html: bool = False,
        empty: bool = False,
        bom: bool = False,
        reset: Literal["before", "after"] | None = None,
        truncate: bool = False,
        slow: float = 0.0,
        stall: float = 0.0,
    ) -> None:
        """Let requests fail: the next ``times`` that match, once ``after`` of them have passed.

        ``method`` may be ``"*"``; ``path`` starts below the version or the tenant (``/users``,
        ``/oauth2/v2.0/token``) and may have the wildcards of :mod:`fnmatch`. Faults scripted first
        come first. Without ``status`` and ``body`` the work is done and only its reply suffers.

        Args:
            status: answer with it, without doing the work; the body is Graph's (or Entra's) own.
            retry_after: the header's value, verbatim.
            body, html, empty: answer with this, a gateway's page or nothing; status 200 unless given.
            bom: put a byte order mark before the body.
            reset: drop the connection ``"before"`` or ``"after"`` the work was done.
            truncate: stop half-way through the body, short of Content-Length.
            slow: take so many seconds to send the reply, piece by piece.
            stall: wait so many seconds before doing anything.
        """
        if html:
            body = HTML.format(status or "Sign in to the network")
        sent, data = content(b"" if empty and not html else body, content_type or ("text/html" if html else None))
        sent |= headers or {}
        if retry_after is not None:
            sent["Retry-After"] = str(retry_after)
        if not (status or sent or data is not None or bom or reset or truncate or slow or stall):
            raise ValueError("say what goes wrong, for example status=429 or reset='before'")
        if status is None and data is not None:
            status = 200  # a captive portal's page: it answers in Graph's place
        spoil = Spoil(truncate=truncate, slow=slow) if truncate or slow else None
        self._pipeline.script.add(
            Fault(method.upper(), path.lower(), status, times, after, sent, data, bom, stall, reset, spoil)
        )

    @property
    def pending_faults(self) -> int:
        """How many requests are still to suffer from :meth:`fail`."""
        return self._pipeline.script.pending
