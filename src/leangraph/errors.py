"""What can go wrong. Every message says what happened and what to do next."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self


class Error(Exception):
    """Base class of all errors that leangraph raises on purpose.

    Attributes:
        exit_code: the exit code of the command line when this error ends a command.
    """

    exit_code: ClassVar[int] = 1


class ConfigurationError(Error):
    """A setting, a path or an argument is wrong; nothing was sent."""

    exit_code = 2


class MissingPermission(ConfigurationError):
    """``GraphClient.check`` found that the token does not allow the requests; nothing was sent.

    If Graph itself refuses a request, the error is ``Forbidden``.

    Attributes:
        lacking: for each request that is not allowed, what it needs and what the token has.
    """

    exit_code = 5

    def __init__(self, *lacking: str) -> None:
        super().__init__(*lacking)
        self.lacking = lacking

    def __str__(self) -> str:
        return "\n  ".join(["the token lacks permissions; nothing was sent", *self.lacking])


class AuthError(Error):
    """No token: the sign-in was refused, or the sign-in service gave no usable answer.

    Attributes:
        code: OAuth2 error name such as ``invalid_client``, or empty.
        error_codes: Entra's numbers, ``7000215`` for ``AADSTS7000215``.
        status: HTTP status of the answer, ``None`` if unknown.
        trace_id, correlation_id: what Microsoft support asks for.
        retry_after: seconds the service asked us to wait, ``None`` if it did not say.
        transient: whether the same request may succeed in a moment.
        claims: what the next interactive sign-in must ask for (JSON text), or empty.
    """

    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        error_codes: tuple[int, ...] = (),
        status: int | None = None,
        trace_id: str = "",
        correlation_id: str = "",
        retry_after: float | None = None,
        transient: bool = False,
        claims: str = "",
    ) -> None:
        super().__init__(message)  # alone in ``args``: that, and ``__dict__``, is what a pickle carries
        self.code = code
        self.error_codes = error_codes
        self.status = status
        self.trace_id = trace_id
        self.correlation_id = correlation_id
        self.retry_after = retry_after
        self.transient = transient
        self.claims = claims


class TransportError(Error):
    """No complete answer came: no connection, a lost connection, or damaged data.

    Attributes:
        sent: whether the server may have received the request and carried it out.
        transient: whether the same request may succeed in a moment; false for an untrusted certificate.
        item: if an uploaded file arrived changed, the item in the drive, as Graph sent it; else ``None``.
    """

    def __init__(self, message: str, *, sent: bool = True, transient: bool = True) -> None:
        super().__init__(message)
        self.sent = sent
        self.transient = transient
        self.item: Any = None


class GraphError(Error):
    """Graph answered, and the answer was an error.

    Attributes:
        status: HTTP status code.
        code: the innermost error code that Graph gave, for example ``Request_ResourceNotFound``.
        message: Graph's own sentence.
        request_id, client_request_id, date: what Microsoft support asks for first.
        details: Graph's list of details, each a dict with ``code``, ``target`` and ``message``.
        retry_after: seconds that Graph asked us to wait, ``None`` if it did not say.
        method, path: of the request, without query values.
        headers, body: the answer as it came.
    """

    status: int = 0

    def __init__(self, message: str, /, **attributes: Any) -> None:
        super().__init__(message)
        self.code: str = ""
        self.message: str = message
        self.request_id: str = ""
        self.client_request_id: str = ""
        self.date: str = ""
        self.details: list[Any] = []
        self.retry_after: float | None = None
        self.method: str = ""
        self.path: str = ""
        self.headers: dict[str, str] = {}
        self.body: Any = None
        self._hints: list[Callable[[], str]] = []
        self.__dict__.update(attributes)

    @classmethod
    def of(
        cls,
        status: int,
        headers: Mapping[str, str],
        body: object,
        *,
        method: str = "",
        path: str = "",
        retry_after: float | None = None,
    ) -> GraphError:
        """Make the exception for a reply: a response, or one item of a batch.

        ``body`` may be anything: gateways send HTML, services send ``[]``, ``null`` or text.
        ``headers`` must ignore case.
        """
        kind = cls if cls is not GraphError else _BY_STATUS.get(status, ServiceError if status >= 500 else cls)
        error, codes, inner = _unfold(_summary(body) if status == 207 else body)
        message = _sentence(error.get("message")) or _text(body) or "no explanation came with it"
        found = {
            "status": status,
            "code": codes[-1] if codes else "",
            "message": message,
            "request_id": _first(inner.get("request-id"), headers.get("request-id")),
            "client_request_id": _first(inner.get("client-request-id"), headers.get("client-request-id")),
            "date": _first(inner.get("date"), headers.get("Date")),
            "details": error["details"] if isinstance(error.get("details"), list) else [],
            "retry_after": retry_after,
            "method": method,
            "path": path,
            "headers": {name: value for name, value in headers.items() if name.lower() != "set-cookie"},
            "body": body,
        }
        return kind(_report(kind, codes, found), **found)

    def because(self, hint: str | Callable[[], str]) -> Self:
        """Return the same error with one more sentence of advice; a function is called when the error is read."""
        self._hints.append(hint if callable(hint) else lambda: hint)
        return self

    @property
    def args(self) -> tuple[Any, ...]:
        """The message with all advice. It is made only when it is read, because few errors are read."""
        hints, self._hints = self._hints, []
        if hints:
            message, *others = super().args
            lines = [str(message), *(f"  {text}" for text in map(_told, hints) if text)]
            BaseException.args.__set__(self, ("\n".join(lines), *others))  # type: ignore[attr-defined]
        return super().args

    @args.setter
    def args(self, value: tuple[Any, ...]) -> None:
        BaseException.args.__set__(self, value)  # type: ignore[attr-defined]

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.args))})"

    def __reduce__(self) -> Any:
        _ = self.args  # what waits to be told stays in this process
        return super().__reduce__()


def _told(hint: Callable[[], str]) -> str:
    """Return a sentence of advice, "" if it cannot be had: it must never hide what it explains."""
    try:
        return hint()
    except Exception:
        logging.getLogger("leangraph").debug("advice for an error could not be made", exc_info=True)
        return ""


class BadRequest(GraphError):
    """400: Graph does not understand or does not support the request."""


class Unauthorized(GraphError):
    """401: Graph refused the token, and then a new one too (or no new one could be obtained)."""

    exit_code = 4


class Forbidden(GraphError):
    """403: the token is valid, but a permission is missing."""

    exit_code = 5


class NotFound(GraphError):
    """404."""

    exit_code = 3


class Conflict(GraphError):
    """409: the object exists already, or somebody else is changing it."""


class Gone(GraphError):
    """410: the state you refer to has expired; start over."""


class PreconditionFailed(GraphError):
    """412: the object no longer has the ETag in ``If-Match``: it has changed."""


class Throttled(GraphError):
    """429: too many requests, and a longer wait would exceed ``GRAPH_PATIENCE``."""

    exit_code = 6


class ServiceError(GraphError):
    """5xx: Graph failed, and repeating did not help or was not safe."""


class PartialFailure(GraphError):
    """207: Graph did only a part of the request."""

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The parts that were not done, as Graph sent them, each with its ``error``. ``body`` has all parts."""
        return failures(self.body)


class OperationFailed(GraphError):
    """Graph accepted a job, but the job failed."""


class StillRunning(Error):
    """A job was not done within the timeout. It continues, and you can wait for it again."""


class NotOne(Error):
    """There was no item or more than one, but exactly one was expected."""

    exit_code = 3


_BY_STATUS: dict[int, type[GraphError]] = {
    207: PartialFailure,
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    412: PreconditionFailed,
    429: Throttled,
}

_NEXT_STEP: dict[type[GraphError], str] = {
    Unauthorized: "Graph refused the token: it is expired, revoked or meant for another API or cloud",
    Forbidden: "grant the app the permission this call needs in the Entra portal (API permissions), "
    "then have an admin consent to it",
    Throttled: "ask for less at once, or be more patient: GRAPH_PATIENCE (seconds), GRAPH_MAX_RETRIES",
    PreconditionFailed: "read the object again and repeat the change with its new ETag",
}
_NEXT_STEP_BY_CODE = {
    "directory_expiredpagetoken": "the page token has expired or does not fit: the listing must start again",
}
_IDS = ("request-id", "client-request-id", "date")


def _report(kind: type[GraphError], codes: list[str], found: Mapping[str, Any]) -> str:
    where = f"{found['method']} {found['path']}".strip()
    code = " / ".join(dict.fromkeys(codes))
    lines = [f"{found['status']} {code}".strip() + (f" for {where}" if where else "") + f": {found['message']}"]
    particulars = [
        " ".join(filter(None, (_sentence(item.get(key)) for key in ("target", "code", "message"))))
        for item in found["details"]
        if isinstance(item, dict)
    ]
    lines += [f"  {text}" for text in particulars if text]
    hint = _NEXT_STEP_BY_CODE.get(str(found["code"]).lower()) or _NEXT_STEP.get(kind)
    if hint:
        lines.append(f"  {hint}")
    ids = [f"{name}={found[name]}" for name in ("request_id", "client_request_id", "date") if found[name]]
    if ids:
        lines.append("  " + " ".join(ids))
    return "\n".join(lines)


def _unfold(body: object) -> tuple[dict[str, Any], list[str], dict[str, Any]]:
    """Return the error object, its codes from outermost to innermost, and the ids found on the way.

    Graph spells it ``innerError`` or ``innererror``, nests it, and sends codes as text or number.
    Source: https://learn.microsoft.com/graph/errors
    """
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str) and isinstance(body, dict):  # the shape of OAuth2, from gateways
        error = {"code": error, "message": body.get("error_description")}
    if not isinstance(error, dict):
        return {}, [], {}
    codes: list[str] = []
    ids: dict[str, Any] = {}
    level: Any = error
    for _ in range(20):  # a hostile or broken body may nest without end
        if not isinstance(level, dict):
            break
        code = level.get("code")
        if code not in (None, "") and not isinstance(code, (dict, list)):
            codes.append(str(code))
        ids.update({key: text for key in _IDS if (text := _sentence(level.get(key)))})
        level = level.get("innerError") or level.get("innererror")
    named = [code for code in codes if not code.isdigit()]  # "429" inside says less than its parent
    return error, named or codes, ids


def failures(body: object) -> list[dict[str, Any]]:
    """Return the entries of a 207 that were not done: those with an ``error``.

    Source: https://learn.microsoft.com/graph/api/conversationmembers-add
    """
    entries = body.get("value") if isinstance(body, dict) else None
    return [entry for entry in entries if isinstance(entry, dict) and entry.get("error")] if entries else []


def _summary(body: object) -> dict[str, Any]:
    """Return a 207 in the shape of an error."""
    failed = failures(body)
    entries = body.get("value") if isinstance(body, dict) else None
    details = []
    for entry in failed:
        error = entry["error"] if isinstance(entry["error"], dict) else {"message": str(entry["error"])}
        target = next((entry[name] for name in ("userId", "id", "email") if isinstance(entry.get(name), str)), "")
        details.append({"code": error.get("code"), "message": error.get("message"), "target": target})
    return {"error": {"message": f"{len(failed)} of {len(entries or ())} were not done", "details": details}}


def _sentence(value: object) -> str:
    if isinstance(value, dict):  # OData v3 spelled it {"lang": …, "value": …}
        value = value.get("value")
    return value.strip() if isinstance(value, str) else ""


def _first(*values: str | None) -> str:
    return next((value for value in values if value), "")


def _text(body: object, limit: int = 200) -> str:
    """Return the start of what came instead of an error object, on one line."""
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    try:
        text = "" if body is None else " ".join(str(body).removeprefix("\ufeff").split())
    except RecursionError:
        return "the answer is nested too deeply to be shown"
    if isinstance(body, str) and text.startswith("<"):
        title = re.search(r"<title\b[^<>]*>([^<]*)", text, re.IGNORECASE)
        heading = title[1].strip()[:limit] if title else ""
        return f"an HTML page came instead of Graph's answer{': ' + heading if heading else ''}"
    return text if len(text) <= limit else text[:limit] + " …"
