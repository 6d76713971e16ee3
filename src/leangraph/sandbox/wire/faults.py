"""Everything that says no: Graph's error envelope, and the faults that a test scripts."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal

from .server import Reply, Spoil

# The code Graph is most often seen with, for faults that name only a status (graph-protocol §7).
CODES = {
    400: ("Request_BadRequest", "Invalid request."),
    401: ("InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
    403: ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    404: ("Request_ResourceNotFound", "Resource not found."),
    405: ("Request_BadRequest", "Specified HTTP method is not allowed for the request target."),
    409: ("Request_MultipleObjectsWithSameKeyValue", "A conflicting object is present."),
    410: ("resyncRequired", "Resync required."),
    412: ("preconditionFailed", "ETag does not match current item's value."),
    423: ("resourceLocked", "The resource you are attempting to access is locked."),
    429: ("TooManyRequests", "Please retry again later."),
    500: ("InternalServerError", "An error occurred while processing the request."),
    501: ("NotImplemented", "Not implemented."),
    502: ("BadGateway", "Bad gateway."),
    503: ("serviceNotAvailable", "The service is temporarily unavailable."),
    504: ("UnknownError", "Gateway timeout."),
    507: ("quotaLimitReached", "Insufficient space available."),
}
HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
BOM = b"\xef\xbb\xbf"


class Refusal(Exception):
    """Graph's no. ``details``, ``headers`` and what is known for ``innerError`` are sent as they are."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        inner: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})
        self.inner = dict(inner or {})

    def reply(self, ids: Mapping[str, str], now: datetime) -> Reply:
        """Return the error envelope; ``ids`` are the reply's ``request-id`` and client twin."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            error["details"] = self.details
        error["innerError"] = {**self.inner, "date": now.strftime("%Y-%m-%dT%H:%M:%S"), **ids}
        body = json.dumps({"error": error}, separators=(",", ":")).encode()
        return Reply(self.status, body, {"Content-Type": "application/json", **self.headers})

    @classmethod
    def of(cls, status: int) -> "Refusal":
        return cls(status, *CODES.get(status, ("UnknownError", "")))


@dataclass
class Fault:
    """One scripted misfortune. Matches ``times`` requests after letting ``after`` of them pass.

    ``status`` is ``None`` where the real work is done and only its reply suffers.
    """

    method: str
    path: str
    status: int | None = None
    times: int = 1
    after: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    bom: bool = False
    stall: float = 0.0
    reset: Literal["before", "after"] | None = None
    spoil: Spoil | None = None

    def concerns(self, method: str, path: str) -> bool:
        return self.method in {"*", method.upper()} and fnmatchcase(path.lower(), self.path)

    def spoiled(self, reply: Reply) -> Reply:
        """Return what is left of ``reply`` after this fault."""
        body = reply.body if self.body is None else self.body
        return replace(
            reply,
            body=BOM + body if self.bom else body,
            headers={**reply.headers, **self.headers},
            spoil=Spoil(reset=True) if self.reset else self.spoil,
        )


def content(
    body: bytes | str | dict[str, Any] | None, content_type: str | None
) -> tuple[dict[str, str], bytes | None]:
    """Return the bytes of a body and the header that names their type."""
    if isinstance(body, dict):
        body, content_type = json.dumps(body), content_type or "application/json"
    return (
        {"Content-Type": content_type} if content_type else {},
        body.encode() if isinstance(body, str) else body,
    )


class Script:
    """The faults still to come. The oldest one that concerns a request takes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.let_go = threading.Event()  # ends the stalls under way: their requests are dropped

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, and count it."""
        with self._lock:
            for fault in self._faults:
                if not fault.concerns(method, path):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    @property
    def pending(self) -> int:
        """Return how many requests are still to suffer."""
        with self._lock:
            return sum(fault.times for fault in self._faults)

    def clear(self) -> None:
        """Forget all faults, and drop the requests that are stalled."""
        with self._lock:
            self._faults.clear()
            self.let_go.set()
            self.let_go = threading.Event()
