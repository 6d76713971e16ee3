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
        """Let the first ``after`` matching requests pass, and make the next ``times`` fail.

        ``method`` may be ``"*"``. ``path`` starts after the version or the tenant (``/users``,
        ``/oauth2/v2.0/token``) and may have the wildcards of ``fnmatch``. The fault that you add first comes
        first. Without ``status`` and ``body``, the work is done and only the reply is damaged.

        Args:
            status: answer with this status and do not do the work; the body is that of Graph (or Entra ID).
            retry_after: the value of the header, sent as it is.
            body, html, empty: answer with this body, with a gateway's page, or with no body; default status: 200.
            bom: put a byte order mark before the body.
            reset: drop the connection ``"before"`` or ``"after"`` the work is done.
            truncate: stop in the middle of the body, before Content-Length is reached.
            slow: seconds that it takes to send the reply, piece by piece.
            stall: seconds to wait before anything is done.
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
        """How many requests ``fail`` will still make fail."""
        return self._pipeline.script.pending
