"""One request: token, retry, redirect, error, log. The way we do HTTP."""

from __future__ import annotations

import json as jsonlib
import logging
import re
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from requests.structures import CaseInsensitiveDict

from leangraph import __version__
from leangraph.auth.holder import TokenHolder
from leangraph.errors import ConfigurationError, Error, GraphError, TransportError, failures
from leangraph.http import retry
from leangraph.http.options import body_of
from leangraph.http.pace import Clock, Pace
from leangraph.http.retry import RetryPolicy
from leangraph.http.target import admit, followed, segments
from leangraph.knowledge import permissions
from leangraph.net.headers import retry_after
from leangraph.net.origin import host_of, is_safe, same_origin
from leangraph.net.session import HttpSession

if TYPE_CHECKING:
    import requests

log = logging.getLogger("leangraph")

MAX_REDIRECTS: Final = 5
ELSEWHERE: Final = "an address on "  # and the host: all that is said of a pre-authenticated one
PERCENTAGE: Final = "x-ms-throttle-limit-percentage"
_HEADERS: Final = {
    "Accept": "application/json, */*;q=0.5",  # photos, reports and counts are no JSON
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": f"leangraph/{__version__}",
}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HARMLESS: Final = frozenset({"accept", "accept-encoding", "user-agent", "range", "if-none-match"})


class Reply:
    """What Graph answered.

    Attributes:
        status: HTTP status code; ``None`` where no answer came, which only an item of a batch tells so.
        headers: a mapping that ignores case.
        body: the JSON value, ``bytes`` for any other media type, ``None`` for no body.
        error: of an item of a batch: the exception that it would have raised by itself; else ``None``.
        request: of an item of a batch: what was asked, as it was given; else ``None``.
    """

    __slots__ = ("body", "error", "headers", "request", "status")

    def __init__(
        self,
        status: int | None,
        headers: Mapping[str, str],
        body: Any,
        *,
        error: Exception | None = None,
        request: Any = None,
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.error = error
        self.request = request

    @property
    def ok(self) -> bool:
        """Whether it is no error: 2xx, but not a 207 that lists failures, or the 304 of a conditional GET."""
        if self.status == 207:
            return not failures(self.body)
        return self.status is not None and (self.status < 300 or self.status == 304)

    def __repr__(self) -> str:
        return f"<Reply {self.status}>"


class Transport:
    """Sends requests to Graph's own origin with the current token, as often as it takes."""

    def __init__(
        self,
        http: HttpSession,
        holder: TokenHolder,
        root: str,
        *,
        policy: RetryPolicy,
        pace: Pace,
        clock: Clock,
        read_only: bool = False,
    ) -> None:
        self.http = http
        self.pace = pace
        self.policy = policy
        self.read_only = read_only
        self.clock = clock
        self.holder = holder
        self._root = root

    def send(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
        stream: bool = False,
    ) -> Reply:
        """Send one request and return its reply, after as many attempts as the policy allows.

        Args:
            url: on Graph's origin, as ``address`` or a ``nextLink`` gives it.
            json: the body as a JSON value; ``None`` sends no body.
            data: the body as bytes, instead of ``json``.
            idempotent: whether doing it twice does no harm, if the method does not say.
            stream: make the body of a GET a ``Stream``, or the ``Elsewhere`` that Graph redirects to.

        Raises:
            ConfigurationError: refused before it left: a write while read-only, or a deletion that would
                delete the member instead of the membership.
            GraphError: Graph answered with an error.
            TransportError, AuthError: no whole answer, or no token.
        """
        url = followed(url)
        path = f"/{url.partition('://')[2].partition('/')[2].partition('?')[0]}"
        if headers or method != "GET" or self.read_only:
            admit(method, path, json, headers, read_only=self.read_only)
        sent = {**_HEADERS, "client-request-id": _new_id()}
        data = body_of(json, data)
        if json is not None:
            sent["Content-Type"] = "application/json"
        if headers:
            sent.update(headers)  # the session ignores case, and the last one wins
        if idempotent is None and method == "PATCH" and data is not None and b"@odata.bind" in data:
            idempotent = False  # adds relations: a second time is an error, not a repetition
        try:
            return self._attempts(method, url, path, sent, data, idempotent, stream=stream)
        except Error as error:
            failure = error.with_traceback(None)  # the frames below know the token, and some log their variables
        sent.clear()
        raise failure

    def _attempts(
        self,
        method: str,
        url: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        harmless: bool | None,
        *,
        stream: bool,
    ) -> Reply:
        where = f"{method} {path}"
        attempt, waited, arrived = 0, 0.0, False
        # The token that Graph did not take, and what the next one must have: that is tried once.
        refused: str | None = None
        claims: str | None = None
        failure: GraphError | TransportError | None = None
        units = 0 if path.endswith("/$batch") else 1  # its items are counted one by one
        while True:
            token = self.holder.token if refused is None else self.holder.renew(refused, claims)
            if token == refused and failure is not None:  # a fixed one: there is no other
                raise failure.with_traceback(None)
            attempt += 1
            headers["Authorization"] = f"Bearer {token}"
            begun = self.pace.wait(path, units)
            started = time.perf_counter()
            try:
                reply = self._once(method, url, path, headers, body, stream=stream)
            except (GraphError, TransportError) as error:
                failure = error
            else:
                self.pace.heard(path, begun, passed=units, percentage=reply.headers.get(PERCENTAGE))
                _log(where, reply.status, reply.headers.get("request-id"), started, attempt)
                return reply
            pause = None
            status, asked, headers_back, request_id = _facts(failure)
            if status == 429 or (status == 503 and asked is not None):
                self.pace.heard(path, begun, passed=0, refused=1, asked=asked)
            if status == 401 and refused is None:
                refused, claims, pause = token, challenge(headers_back), 0.0
            elif getattr(failure, "transient", True):
                tries = attempt - (refused is not None)
                pause = self.policy.wait(tries, method, status, asked, waited=waited, repeatable=harmless)
            _log(where, status or failure, request_id, started, attempt, pause or 0)
            _advise(failure, method, path, token, arrived=arrived)
            if status == 404 and method == "DELETE" and arrived:
                return Reply(204, headers_back, None)
            if pause is None:
                raise failure.with_traceback(None)
            arrived = arrived or status in retry.UNCERTAIN
            if status == 503:
                self.http.renew_connections()
            if pause:
                self.clock.sleep(pause)
                waited += pause

    def _once(
        self, method: str, url: str, path: str, headers: dict[str, str], body: bytes | None, *, stream: bool
    ) -> Reply:
        """Send once; a GET follows redirects, off Graph's origin without the token."""
        home = True
        for left in range(MAX_REDIRECTS, -1, -1):
            response = self.http.send(method, url, headers, body) if home else self._secretly("GET", url, headers)
            status = response.status_code
            if stream and status < 300:
                return Reply(status, response.headers, Stream(self.http, response))
            content = self.http.read(response)
            target = response.headers.get("Location")
            if method != "GET" or status not in _REDIRECTS or not target or not left:
                break
            url = urljoin(url, target)
            if not same_origin(url, self._root):
                if not is_safe(url):
                    raise TransportError("Graph redirects to an address that is not https", transient=False)
                if stream:
                    return Reply(status, _without_location(response.headers), Elsewhere(url))
                home = False
                headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
        if not home and status == 401:  # says nothing about our token, which was not sent
            raise TransportError(f"{host_of(url)} refused the address that Graph redirected to", transient=False)
        kind = response.headers.get("Content-Type", "") if home else "a file"  # which is never parsed
        body = _decode(status, kind, content)
        reply = Reply(status, response.headers, body)
        if reply.ok:
            return reply
        raise failure_of(status, response.headers, body, method, path)

    def elsewhere(
        self,
        method: str,
        address: Elsewhere,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        expected: Collection[int] = (),
        stream: bool = False,
    ) -> Reply:
        """Send one request to a pre-authenticated address, once: without the token, and named in no log or error.

        A GET follows redirects, but not back to Graph's own origin: that is an answer, its ``Location`` complete.

        Args:
            expected: the statuses from 300 on that are an answer too.
            stream: make the body of a success a ``Stream``.

        Raises:
            ConfigurationError: it would write, while read-only.
            GraphError, TransportError: no such answer; 401 and 403 say nothing about our token or its permissions.
        """
        if self.read_only and method != "GET":
            raise ConfigurationError(
                f"{method} to {address.host} writes, and GRAPH_READ_ONLY refuses that: nothing was sent"
            )
        where = f"{method} {ELSEWHERE}{address.host}"
        sent = {**_HEADERS, **(headers or {})}
        started = time.perf_counter()
        try:
            reply = self._once_elsewhere(method, address, sent, data, expected, stream=stream)
        except (GraphError, TransportError) as error:
            failure = error.with_traceback(None)  # the frames below know the address
        else:
            _log(where, reply.status, reply.headers.get("request-id"), started, 1)
            return reply
        status, _, _, request_id = _facts(failure)
        _log(where, status or failure, request_id, started, 1)
        raise failure

    def _once_elsewhere(
        self,
        method: str,
        address: Elsewhere,
        headers: dict[str, str],
        data: bytes | None,
        expected: Collection[int],
        *,
        stream: bool,
    ) -> Reply:
        url = address.url
        for left in range(MAX_REDIRECTS, -1, -1):
            response = self._secretly(method, url, headers, data)
            status, given = response.status_code, response.headers
            if stream and status < 300:
                return Reply(status, given, Stream(self.http, response))
            content = self.http.read(response)
            target = given.get("Location")
            if method != "GET" or status not in _REDIRECTS or not target:
                break
            url = urljoin(url, target)
            if same_origin(url, self._root):
                given["Location"] = url
                break
            if not is_safe(url) or not left:
                raise TransportError(
                    f"{address.host} redirects too often, or to no https address", transient=False
                )
        body = _decode(status, given.get("Content-Type", ""), content)
        reply = Reply(status, given, body)
        if reply.ok or status in expected:
            return reply
        if status in (401, 403):
            raise TransportError(f"{address.host} refused its own address, with {status}", transient=False)
        if address.is_quoted(body):
            body = None
        raise failure_of(status, _without_location(given), body, method, f"{ELSEWHERE}{address.host}")

    def ask(self, address: Elsewhere, *, expected: Collection[int] = ()) -> Reply:
        """GET a pre-authenticated address, as often as the policy allows."""
        patience = self.patience()
        while True:
            try:
                return self.elsewhere("GET", address, expected=expected)
            except (GraphError, TransportError) as error:
                failure = error
            patience.wait(failure)

    def patience(self) -> Patience:
        """Return the policy, for something that takes several requests."""
        return Patience(self)

    def _secretly(
        self, method: str, url: str, headers: Mapping[str, str], data: bytes | None = None
    ) -> requests.Response:
        """Ask a pre-authenticated address: whoever sees it has the file, and urllib3 logs every address."""
        _here.secret = True
        try:
            return self.http.send(method, url, headers, data)
        finally:
            _here.secret = False


class Elsewhere:
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

    def is_quoted(self, body: object) -> bool:
        """Tell whether an answer repeats what was asked."""
        return self.url.partition("://")[2].partition("/")[2] in str(body)

    def __repr__(self) -> str:
        return f"<Elsewhere on {self.host}>"

    def __reduce__(self) -> Any:
        raise TypeError("a pre-authenticated address is not pickled")


class Stream:
    """The unread body of an answer: its pieces, once. Whoever does not read it to the end has to close it."""

    __slots__ = ("_http", "_response")

    def __init__(self, http: HttpSession, response: requests.Response) -> None:
        self._http = http
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._http.pieces(self._response)

    def close(self) -> None:
        self._response.close()


class Patience:
    """The policy, for something that takes several requests: what it has cost since it last got on."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.renew()

    def renew(self) -> None:
        """Forget what failed: there was progress."""
        self._attempt, self._waited = 0, 0.0

    def wait(self, failure: GraphError | TransportError, method: str = "GET") -> None:
        """Wait before another attempt, or raise the failure if there is to be none."""
        self._attempt += 1
        status, asked, _, _ = _facts(failure)
        pause = None
        if getattr(failure, "transient", True):
            pause = self._transport.policy.wait(self._attempt, method, status, asked, waited=self._waited)
        if pause is None:
            raise failure.with_traceback(None)
        if status == 503:
            self._transport.http.renew_connections()
        self._transport.clock.sleep(pause)
        self._waited += pause


_CHALLENGE: Final = re.compile(
    r"""[\s,]*(?:(?P<name>[\w.-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,"]*))|(?P<scheme>[\w.-]+))"""
)


def challenge(headers: Mapping[str, str]) -> str | None:
    """Return the claims that a 401 asks for, as the JSON text that MSAL takes; ``None`` if it asks for none.

    Several schemes may share the header, and only Bearer's parameters count; the claims are base64 of either
    alphabet, padded or not. ``headers`` must ignore case.
    Source: https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    text = headers.get("WWW-Authenticate", "")
    scheme, found, at = "", "", 0
    while match := _CHALLENGE.match(text, at):
        at = match.end()
        if match["scheme"]:
            scheme = match["scheme"].lower()
        elif scheme == "bearer" and match["name"].lower() == "claims":
            found = match["quoted"] or match["bare"] or ""
    try:
        claims = b64decode(found.translate(_STANDARD).rstrip("=") + "=" * (-len(found.rstrip("=")) % 4))
        return claims.decode() if isinstance(jsonlib.loads(claims), dict) else None
    except (ValueError, RecursionError):
        return None


_STANDARD: Final = str.maketrans("-_", "+/")


def _new_id() -> str:
    from uuid import uuid4

    return str(uuid4())


def _facts(
    failure: GraphError | TransportError,
) -> tuple[int | None, float | None, CaseInsensitiveDict[str], str | None]:
    """Return a failure's status, the seconds it asks to wait, its headers and its request-id."""
    if isinstance(failure, GraphError):
        return failure.status, failure.retry_after, CaseInsensitiveDict(failure.headers), failure.request_id
    return None if failure.sent else retry.NO_CONNECTION, None, CaseInsensitiveDict(), None


def _advise(failure: GraphError | TransportError, method: str, path: str, token: str, *, arrived: bool) -> None:
    """Say what only this request's history tells: ``arrived`` if an earlier attempt may have been done."""
    if isinstance(failure, GraphError) and failure.status == 403:
        failure.because(permissions.explain(method, path, token))
    elif isinstance(failure, GraphError) and failure.status == 412 and arrived:
        failure.because("an attempt before, whose answer was lost, may have made the change: read it again")


def failure_of(status: int, headers: Mapping[str, str], body: object, method: str, path: str) -> GraphError:
    """Make the exception for an answer, be it to one request or to an item of a batch."""
    asked = retry_after(headers, datetime.now(UTC))
    error = GraphError.of(status, headers, body, method=method, path=path, retry_after=asked)
    if status < 400:
        error.because("Graph redirects: a GET follows that, at most five times, and nothing else does")
    elif status == 400 and "not found for the segment" in error.message:
        from leangraph.knowledge import schema

        if near := schema.alternatives(path):
            error.because(f"did you mean {' or '.join(near)}?")
    elif status in (400, 401, 403) and segments(path)[:1] == ["me"]:
        error.because(
            "/me is the signed-in user, and an app that signs in by itself has none: use /users/{id or name}"
        )
    return error


def _log(where: str, what: object, request_id: str | None, started: float, attempt: int, pause: float = 0) -> None:
    if log.isEnabledFor(logging.DEBUG):
        took = (time.perf_counter() - started) * 1000
        again = f"; again in {pause:.1f} s" if pause else ""
        line = "%s %s, %.0f ms, attempt %d, request-id %s%s"
        log.debug(line, where, what, took, attempt, request_id or "-", again)


_here = threading.local()
logging.getLogger("urllib3.connectionpool").addFilter(lambda _: not getattr(_here, "secret", False))


def _without_location(headers: Mapping[str, str]) -> CaseInsensitiveDict[str]:
    return CaseInsensitiveDict((name, value) for name, value in headers.items() if name.lower() != "location")


@cache
def _parsers() -> tuple[Callable[[bytes], Any], ...]:
    """Return what reads JSON, loaded when there is some; orjson refuses lone surrogates, as of a cut emoji."""
    try:
        from orjson import loads
    except ImportError:
        return (jsonlib.loads,)
    return loads, jsonlib.loads


def _decode(status: int, kind: str, content: bytes) -> Any:
    if not content:
        return None
    promised = "json" in kind.lower()
    if promised or not kind or status >= 400:  # requests-mock, for one, sends JSON without saying so
        for parse in _parsers():
            try:
                return parse(content)
            except (ValueError, RecursionError):
                continue
    if promised and status < 400:
        raise TransportError("the answer says it is JSON and is not: it was cut short, or something rewrote it")
    return content
