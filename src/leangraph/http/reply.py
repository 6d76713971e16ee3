"""What Graph answered: bytes to a value, or to an error with the advice that fits."""

from __future__ import annotations

import json as jsonlib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from leangraph.errors import GraphError, TransportError, failures
from leangraph.http.target import segments, service
from leangraph.knowledge import advice, permissions
from leangraph.net.headers import retry_after
from leangraph.net.session import HttpSession

if TYPE_CHECKING:
    from leangraph.net.session import Received

_QUERYING = frozenset({"filter", "orderby", "search", "count"})
Hint = str | Callable[[], str]  # advice, or what makes it when it is read


class Reply:
    """What Graph answered.

    Attributes:
        status: HTTP status code; ``None`` where no answer came, which only an item of a batch tells so.
        headers: a mapping that ignores case.
        body: the JSON value; ``str`` if it is ``text/*`` and no stream, ``bytes`` for anything else; ``None`` for
            no body.
        error: of an item of a batch: the exception that it would have raised by itself; else ``None``.
        request: of an item of a batch: what was asked, as it was given; else ``None``.
        url: where the request went; "" if that is not known.
        next_links: how often a JSON body says ``@odata.nextLink``; what one object holds may go on elsewhere too.
    """

    __slots__ = ("body", "error", "headers", "next_links", "request", "status", "url")

    def __init__(
        self,
        status: int | None,
        headers: Mapping[str, str],
        body: Any,
        *,
        error: Exception | None = None,
        request: Any = None,
        url: str = "",
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.error = error
        self.request = request
        self.url = url
        self.next_links = 0

    @property
    def ok(self) -> bool:
        """Whether it is no error: 2xx, but not a 207 that lists failures, or the 304 of a conditional GET."""
        if self.status == 207:
            return not failures(self.body)
        return self.status is not None and (self.status < 300 or self.status == 304)

    def __repr__(self) -> str:
        return f"<Reply {self.status}>"


class Stream:
    """The unread body of an answer: its pieces, once. Whoever does not read it to the end has to close it."""

    __slots__ = ("_http", "_response")

    def __init__(self, http: HttpSession, response: Received) -> None:
        self._http = http
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._http.pieces(self._response)

    def close(self) -> None:
        self._response.close()


def failure_of(
    status: int,
    headers: Mapping[str, str],
    body: object,
    method: str,
    path: str,
    *,
    query: str = "",
    sent: Mapping[str, str] | None = None,
) -> GraphError:
    """Make the exception for an answer, be it to one request or to an item of a batch.

    What is advised is looked up when the message is read.

    Args:
        query: what was asked, of which the names of the options count.
        sent: the headers of the request; likewise.
    """
    asked = retry_after(headers, datetime.now(UTC))
    error = GraphError.of(status, headers, body, method=method, path=path, retry_after=asked)
    if status < 400:
        error.because("Graph redirects: a GET follows that, at most five times, and nothing else does")
    elif status == 400:
        names = {pair.partition("=")[0].lower().lstrip("$") for pair in unquote(query).split("&")}
        queried = service(path) == "directory" and not names.isdisjoint(_QUERYING)
        advanced = "consistencylevel" in map(str.lower, sent or ()) if queried else None
        code, message = error.code, error.message
        error.because(lambda: advice.of_refusal(code, message, path, advanced))
    if status in (400, 401, 403) and segments(path)[:1] == ["me"] and "for the segment" not in error.message:
        error.because(
            "/me is the signed-in user, and an app that signs in by itself has none: use /users/{id or name}"
        )
    return error


def lacks(method: str, url: str, token: str, body: bytes | str | None = None) -> Callable[[], str]:
    """Return what tells, when it is called, which permission a request needs and which ones its token has."""
    has = permissions.held(token)  # of the token itself, nothing is kept
    names: frozenset[str] = frozenset()
    with suppress(Exception):  # advice never hides what it explains
        names = permissions.properties_of(url, _object(body))  # nor of the values in query and body
    path = url.partition("?")[0]
    return lambda: advice.explain(method, path, has, names)


def _object(body: bytes | str | None) -> object:
    """Return the JSON of a body, nothing if it is none or long."""
    try:
        return jsonlib.loads(body) if body and len(body) < 100_000 else None
    except (ValueError, RecursionError):
        return None


@cache
def parsers() -> tuple[Callable[[bytes], Any], ...]:
    """Return what reads JSON, loaded when there is some; orjson refuses lone surrogates, as of a cut emoji."""
    strict = partial(jsonlib.loads, parse_constant=_refuse, parse_float=_finite)
    try:
        from orjson import loads
    except ImportError:
        return (strict,)
    return loads, strict


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def decode(status: int, kind: str, content: bytes, path: str = "") -> Any:
    """Return the value of a body: JSON, text where the answer is ``text/*``, else bytes; ``None`` for no body.

    What the metadata calls a stream (``/content``, a message's or a photo's ``/$value``) is always bytes.

    Args:
        path: what was asked for, on Graph's own host; without one, nothing is text.

    Raises:
        TransportError: it says that it is JSON and is not.
    """
    if not content:
        return None
    promised = "json" in kind.lower()
    problems: list[Exception] = []
    if promised or not kind or status >= 400:  # requests-mock, for one, sends JSON without saying so
        for parse in parsers():
            try:
                return parse(content)
            except (ValueError, RecursionError) as error:
                problems.append(error)
    if promised and status < 400:
        raise _damaged(problems, content)
    if path and kind.lower().startswith("text/") and (status >= 400 or not _is_stream(path)):
        charset = re.search(r"charset=\"?([\w.:-]+)", kind, re.IGNORECASE)
        with suppress(LookupError, ValueError):
            return content.decode(charset[1] if charset and charset[1].lower() != "utf-8" else "utf-8-sig")
    return content


def _is_stream(path: str) -> bool:
    """Tell whether a path leads to bytes, whatever type they say they are; one that nobody knows does."""
    from leangraph.knowledge import schema

    path, _, last = path.rstrip("/").rpartition("/")
    if last == "$count":
        return False
    if last != "$value":
        return schema.leads_to(f"{path}/{last}") in ("Edm.Stream", None)
    kind = schema.leads_to(path)
    return kind is None or kind == "Edm.Stream" or not kind.startswith("Edm.")


def _damaged(problems: list[Exception], content: bytes) -> TransportError:
    """Tell why an answer is no JSON: one that ends too early may be whole the next time, others will not be."""
    end = len(content.decode(errors="replace").rstrip())
    if any(getattr(problem, "pos", -1) >= end or "Unterminated" in str(problem) for problem in problems):
        return TransportError("the answer says it is JSON and is not: it was cut short, or something rewrote it")
    reason = "it is nested too deeply"
    if isinstance(problems[-1], ValueError):
        reason = re.split(r"[:;]", str(problems[-1]))[0]  # Python's own words: none of the answer is in them
    return TransportError(
        f"the answer says it is JSON and is not ({reason}): something rewrote it, or it is not what Graph sends",
        transient=False,
    )
