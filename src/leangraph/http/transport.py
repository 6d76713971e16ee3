"""One request: gate, token, pace, send, retry, log. The way we do HTTP."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from requests.structures import CaseInsensitiveDict

from leangraph._version import __version__
from leangraph.auth.holder import TokenHolder
from leangraph.errors import ConfigurationError, Error, GraphError, TransportError
from leangraph.http import retry
from leangraph.http.options import body_of
from leangraph.http.pace import Clock, Pace
from leangraph.http.reply import Reply, Stream, decode, failure_of, lacks, parsers
from leangraph.http.retry import Attempt, RetryPolicy
from leangraph.http.signed import SignedUrl
from leangraph.http.target import admit, followed, merged, repeatable
from leangraph.net.failures import cut, is_foreign
from leangraph.net.headers import challenge
from leangraph.net.origin import host_of, is_safe, same_origin
from leangraph.net.session import SMALL, HttpSession
from leangraph.system.log import log

if TYPE_CHECKING:
    from leangraph.net.session import Received


MAX_REDIRECTS: Final = 5
PERCENTAGE: Final = "x-ms-throttle-limit-percentage"
_HEADERS: Final = {
    "Accept": "application/json, */*;q=0.5",  # photos, reports and counts are no JSON
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": f"leangraph/{__version__}",
}
_OF_JSON: Final = {"Content-Type": "application/json"}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HARMLESS: Final = frozenset({"accept", "accept-encoding", "user-agent", "range", "if-none-match"})


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
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.http = http
        self.pace = pace
        self.policy = policy
        self.read_only = read_only
        self.clock = clock
        self.holder = holder
        self.root = root
        self.shared = dict(headers or {})  # of every request, and of every item of a batch
        parsers()  # loaded here: no thread is to import anything for the first time

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
        work: Attempt | None = None,
    ) -> Reply:
        """Send one request and return its reply, after as many attempts as the policy allows.

        Args:
            url: on Graph's origin, as ``address`` or a ``nextLink`` gives it.
            json: the body as a JSON value; ``None`` sends no body.
            data: the body as bytes, instead of ``json``.
            idempotent: whether doing it twice does no harm, if the request does not say.
            stream: make the body of a GET a ``Stream``, or the ``SignedUrl`` that Graph redirects to.
            work: what this request is a part of: what has been waited counts, and it learns which token was sent.

        Raises:
            ConfigurationError: refused before it left: another origin, a write while read-only, or a deletion
                that would delete the member instead of the membership.
            GraphError: Graph answered with an error.
            TransportError, AuthError: no whole answer, or no token.
        """
        outer = sys.exception()  # what the caller is busy with
        if "#" in url:
            url = followed(url)
        if not url.startswith(f"{self.root}/") and not same_origin(url, self.root):
            raise ConfigurationError(f"{host_of(url)!r} is not {host_of(self.root)!r}, where this token may go")
        where, _, query = url.partition("?")
        path = f"/{where.partition('://')[2].partition('/')[2]}"
        headers = merged(self.shared, headers) if self.shared else headers
        if headers or method != "GET" or self.read_only:
            admit(method, path, json, headers, read_only=self.read_only)
        if json is not None or data is not None:
            data = body_of(json, data)
        if work is None:
            if idempotent is None:
                idempotent = method == "GET" or repeatable(method, path, query, headers or {}, data)
            work = Attempt(self.policy, method, repeatable=idempotent)
        digits = os.urandom(16).hex()  # a random UUID: the module of that name would be loaded for this alone
        its_id = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
        sent = {**_HEADERS, "client-request-id": its_id, **(_OF_JSON if json is not None else {})}
        if headers:
            sent = merged(sent, headers)
        try:
            return _Call(self, method, url, path, sent, data, work, stream=stream).reply()
        except BaseException as error:  # noqa: BLE001 - raised below, without the frames that know the token
            failure = error
        cut(failure, outer)
        del outer
        raise failure

    def signed(
        self,
        method: str,
        address: SignedUrl,
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
        outer = sys.exception()
        sent = merged(_HEADERS, headers)
        started = time.perf_counter()
        try:
            reply = self._signed(method, address, sent, data, expected, stream=stream)
        except BaseException as error:  # noqa: BLE001 - raised below, without the frames that know the address
            failure = error
        else:
            _log(method, address.shown, reply.status, reply.headers, started, 1)
            return reply
        if isinstance(failure, (GraphError, TransportError)):
            _log(method, address.shown, *_said(failure), started, 1)
        cut(failure, outer)
        del outer
        raise failure

    def _signed(
        self,
        method: str,
        address: SignedUrl,
        headers: dict[str, str],
        data: bytes | None,
        expected: Collection[int],
        *,
        stream: bool,
    ) -> Reply:
        url = address.url
        for left in range(MAX_REDIRECTS, -1, -1):
            again = method == "GET" or data is not None  # a range is asked for again, if it was kept
            response = self.http.send(method, url, headers, data, secret=True, repeatable=again)
            status, given = response.status_code, CaseInsensitiveDict(response.headers)
            if stream and status < 300:
                return Reply(status, given, Stream(self.http, response))
            content = self.http.read(response, SMALL if status >= 400 else None)
            target = given.get("Location")
            if method != "GET" or status not in _REDIRECTS or not target:
                break
            url = _joined(url, target)
            if same_origin(url, self.root):
                given["Location"] = url
                break
            if not is_safe(url) or not left:
                raise TransportError(
                    f"{address.host} redirects too often, or to no https address", transient=False
                )
        reply = Reply(status, given, decode(status, given.get("Content-Type", ""), content))
        if reply.ok or status in expected:
            return reply
        if status in (401, 403):
            raise TransportError(f"{address.host} refused its own address, with {status}", transient=False)
        if address.is_quoted(reply.body):
            reply.body = None
        raise failure_of(status, _without_location(given), reply.body, method, address.shown)

    def ask(self, address: SignedUrl, *, expected: Collection[int] = ()) -> Reply:
        """GET a pre-authenticated address, as often as the policy allows."""
        patience = self.patience()
        while True:
            try:
                return self.signed("GET", address, expected=expected)
            except (GraphError, TransportError) as error:
                failure = error
            patience.wait(failure)

    def __reduce__(self) -> Any:
        raise TypeError("what belongs to a GraphClient is not pickled: take list(...) of it, or its path")

    def patience(self) -> Patience:
        """Return the policy, for something that takes several requests."""
        return Patience(self)


class _Call:
    """One request on its way to a reply. Its frames may know the token, and none of them outlives it."""

    __slots__ = (
        "attempts", "begun", "body", "claims", "ends", "headers", "method", "path", "refused", "stream",
        "transport", "units", "url", "work",
    )  # fmt: skip

    def __init__(
        self,
        transport: Transport,
        method: str,
        url: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        work: Attempt,
        *,
        stream: bool,
    ) -> None:
        self.transport = transport
        self.method, self.url, self.path = method, url, path
        self.headers, self.body, self.stream = dict(headers), body, stream  # a copy: the token goes in
        self.work = work
        self.attempts = 0
        self.ends: float | None = None  # on the transport's clock
        # The token that Graph did not take, and what the next one must have: that is tried once.
        self.refused: str | None = None
        self.claims: str | None = None
        self.units = 0 if path.endswith("/$batch") else 1  # its items are counted one by one

    def reply(self) -> Reply:
        """Return the reply, or raise why there is none, after as many attempts as it takes."""
        transport, work, failure = self.transport, self.work, None
        while True:
            holder, refused = transport.holder, self.refused
            work.token = holder.token if refused is None else holder.renew(refused, self.claims)
            if work.token == refused and failure is not None:  # a fixed one: there is no other
                raise failure
            self.attempts += 1
            self.headers["Authorization"] = f"Bearer {work.token}"
            now = transport.clock.now()
            if self.ends is None:
                self.ends = now + transport.policy.deadline
            limit = min(transport.policy.patience - work.waited, self.ends - now)
            self.begun = transport.pace.wait(self.path, self.units, now=now, limit=limit)
            work.waited += self.begun - now
            started = time.perf_counter()
            try:
                response = transport.http.send(
                    self.method, self.url, self.headers, self.body,
                    within=self.ends - self.begun, repeatable=work.repeatable is not False,
                )  # fmt: skip
                reply = self.judged(response)
            except (GraphError, TransportError) as error:
                failure = error
            except Exception as error:
                if is_foreign(error) or isinstance(error, Error):
                    raise
                what = f"the answer cannot be read ({type(error).__name__}): it is not what Graph sends"
                failure = TransportError(what, transient=False)
            else:
                used = reply.headers.get(PERCENTAGE)
                transport.pace.heard(self.path, self.begun, passed=self.units, percentage=used)
                if log.isEnabledFor(logging.DEBUG):
                    _log(self.method, self.path, reply.status, reply.headers, started, self.attempts)
                return reply
            done = self.failed(failure, started)
            if done is not None:
                return done

    def failed(self, failure: GraphError | TransportError, started: float) -> Reply | None:
        """Wait before the next attempt; raise if there is none; return a reply if it was done before."""
        transport, work = self.transport, self.work
        status, headers = _said(failure)
        code = _status(failure)
        uncertain = work.uncertain
        asked = failure.retry_after if isinstance(failure, GraphError) else None
        if code == 429 or (code in (503, 509) and asked is not None):
            transport.pace.heard(self.path, self.begun, passed=0, refused=1, asked=asked)
        pause: float | None = None
        if code == 401 and self.refused is None:
            self.refused, self.claims, pause = work.token, challenge(headers), 0.0
        else:
            left = (self.ends or 0.0) - transport.clock.now()
            pause = work.again(code, asked, transient=getattr(failure, "transient", True), left=left)
        _log(self.method, self.path, status, headers, started, self.attempts, pause or 0)
        self.advise(failure, uncertain=uncertain)
        if code == 404 and self.method == "DELETE" and uncertain:
            return Reply(204, headers, None)
        if pause is None:
            raise failure
        if code == 503:
            transport.http.renew_connections()
        if pause:
            transport.clock.sleep(pause)
        return None

    def judged(self, response: Received) -> Reply:
        """Read an answer; a GET follows redirects, off Graph's origin without the token."""
        http, url, headers, home = self.transport.http, self.url, self.headers, True
        for left in range(MAX_REDIRECTS, -1, -1):
            status, given = response.status_code, response.headers
            if self.stream and status < 300:
                return Reply(status, given, Stream(http, response))
            content = http.read(response, SMALL if status >= 400 else None)
            target = given.get("Location") if status in _REDIRECTS else None
            if self.method != "GET" or not target or not left:
                break
            url = _joined(url, target)
            if not same_origin(url, self.transport.root):
                if not is_safe(url):
                    raise TransportError("Graph redirects to an address that is not https", transient=False)
                if self.stream:
                    return Reply(status, _without_location(given), SignedUrl(url))
                home = False
                headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
            within = (self.ends or 0.0) - self.transport.clock.now()
            response = http.send("GET", url, headers, self.body, within=within, secret=not home)
        if not home and status == 401:  # says nothing about our token, which was not sent
            raise TransportError(f"{host_of(url)} refused the address that Graph redirected to", transient=False)
        kind = given.get("Content-Type", "") if home else "a file"  # which is never parsed
        reply = Reply(status, given, decode(status, kind, content, self.path))
        if isinstance(reply.body, dict):
            reply.next_links = content.count(b"@odata.nextLink")
        if reply.ok:
            return reply
        query = self.url.partition("?")[2]
        raise failure_of(status, given, reply.body, self.method, self.path, query=query, sent=self.headers)

    def advise(self, failure: GraphError | TransportError, *, uncertain: bool) -> None:
        """Say what only this request's history tells: ``uncertain`` if an earlier attempt may have been done."""
        if isinstance(failure, GraphError) and failure.status == 403:
            failure.because(lacks(self.method, self.url, self.work.token, self.body))
        elif isinstance(failure, GraphError) and failure.status == 412 and uncertain:
            failure.because("an attempt before, whose answer was lost, may have made the change: read it again")


class Patience:
    """The policy, for something that takes several requests: what it has cost since it last got on."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.work = Attempt(transport.policy)

    def renew(self) -> None:
        """Forget what failed: there was progress."""
        self.work.progress()

    def wait(self, failure: GraphError | TransportError, method: str = "GET") -> None:
        """Wait before another attempt, or raise the failure if there is to be none."""
        self.work.method = method
        code = _status(failure)
        asked = failure.retry_after if isinstance(failure, GraphError) else None
        pause = self.work.again(code, asked, transient=getattr(failure, "transient", True))
        if pause is None:
            raise failure.with_traceback(None)
        if code == 503:
            self._transport.http.renew_connections()
        self._transport.clock.sleep(pause)


def _status(failure: GraphError | TransportError) -> int | None:
    """Return a failure's status as ``retry`` counts: ``None`` for a lost answer, 0 if nothing was sent."""
    if isinstance(failure, GraphError):
        return failure.status
    return None if failure.sent else retry.NO_CONNECTION


def _said(failure: GraphError | TransportError) -> tuple[object, CaseInsensitiveDict[str]]:
    """Return what the log says of a failure, and the headers that came with it."""
    if isinstance(failure, GraphError):
        return failure.status, CaseInsensitiveDict(failure.headers)
    return failure, CaseInsensitiveDict()


def _log(
    method: str,
    path: str,
    outcome: object,
    headers: Mapping[str, str],
    started: float,
    attempt: int,
    pause: float = 0,
) -> None:
    if log.isEnabledFor(logging.DEBUG):
        ms = (time.perf_counter() - started) * 1000
        request_id = headers.get("request-id") or ""
        again = f"; again in {pause:.1f} s" if pause else ""
        line = "%s %s %s, %.0f ms, attempt %d, request-id %s%s"
        status = outcome if isinstance(outcome, int) else None
        fields = {"method": method, "path": path, "status": status, "ms": ms, "attempt": attempt}
        fields["request_id"] = request_id
        log.debug(line, method, path, outcome, ms, attempt, request_id or "-", again, extra=fields)


def _joined(url: str, target: str) -> str:
    """Return where a redirect leads; what is no address leads nowhere safe."""
    try:
        return urljoin(url, target)
    except ValueError:
        return ""


def _without_location(headers: Mapping[str, str]) -> CaseInsensitiveDict[str]:
    return CaseInsensitiveDict((name, value) for name, value in headers.items() if name.lower() != "location")
