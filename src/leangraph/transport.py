"""One request: token, retry, redirect, error, log. The way we do HTTP."""

from __future__ import annotations

import json as jsonlib
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from requests.structures import CaseInsensitiveDict

from leangraph import __version__, query, retry
from leangraph.errors import ConfigurationError, Error, GraphError, TransportError
from leangraph.retry import RetryPolicy
from leangraph.session import HttpSession
from leangraph.token import TokenHolder

if TYPE_CHECKING:
    import requests

log = logging.getLogger("leangraph")

MAX_REDIRECTS: Final = 5
_HEADERS: Final = {
    "Accept": "application/json, */*;q=0.5",  # photos, reports and counts are no JSON
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": f"leangraph/{__version__}",
}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HARMLESS: Final = frozenset({"accept", "accept-encoding", "user-agent", "range", "if-none-match"})
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\n[\t -~\xa0-\xff]*")

# Actions that are sent by POST and change nothing; every other POST counts as a write.
READING_ACTIONS: Final = frozenset(
    (
        "getbyids checkmembergroups checkmemberobjects getmembergroups getmemberobjects ismemberof "
        "getavailableextensionproperties getuserownedobjects validateproperties getmailtips findmeetingtimes "
        "getschedule getstaffavailability translateexchangeids getpresencesbyuserid runhuntingquery "
        "evaluatedynamicmembership checkgrantedpermissionsforapp extractsensitivitylabels"
    ).split()
)
_ITEM: Final = frozenset({"id", "method", "url", "headers", "body", "dependsOn", "atomicityGroup"})
# Where DELETE …/{id} without /$ref deletes the object at the other end.
MEMBERSHIPS: Final = frozenset(
    (
        "groups/members groups/owners groups/acceptedsenders groups/rejectedsenders directoryroles/members "
        "administrativeunits/members devices/registeredowners devices/registeredusers applications/owners "
        "serviceprincipals/owners"
    ).split()
)


class Reply:
    """What Graph answered.

    Attributes:
        status: HTTP status code.
        headers: a mapping that ignores case.
        body: the JSON value, ``bytes`` for any other media type, ``None`` for no body.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: Any) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def ok(self) -> bool:
        """Whether it is no error: 2xx, or the 304 of a conditional GET."""
        return self.status < 300 or self.status == 304

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
        read_only: bool = False,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.http = http
        self._holder = holder
        self._root = root
        self._policy = policy
        self._read_only = read_only
        self._sleep = sleep

    def send(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
    ) -> Reply:
        """Send one request and return its reply, after as many attempts as the policy allows.

        Args:
            url: on Graph's origin, as ``query.address`` or a ``nextLink`` gives it.
            json: the body as a JSON value; ``None`` sends no body.
            data: the body as bytes, instead of ``json``.
            idempotent: whether doing it twice does no harm, if the method does not say.

        Raises:
            ConfigurationError: refused before it left: a write while read-only, or a deletion that would
                delete the member instead of the membership.
            GraphError: Graph answered with an error.
            TransportError, AuthError: no whole answer, or no token.
        """
        path = f"/{url.partition('://')[2].partition('/')[2].partition('?')[0]}"
        if method != "GET" or self._read_only:
            check(method, path, json, headers, read_only=self._read_only)
        sent = {**_HEADERS, "client-request-id": _new_id()}
        if data is not None and (json is not None or not isinstance(data, bytes)):
            raise ConfigurationError("a request has one body: give either json, or data as bytes")
        if json is not None:
            data = jsonlib.dumps(json, separators=(",", ":")).encode()
            sent["Content-Type"] = "application/json"
        if headers:
            _refuse_unfit(headers)
            sent.update(headers)  # the session ignores case, and the last one wins
        if idempotent is None and method == "PATCH" and data is not None and b"@odata.bind" in data:
            idempotent = False  # adds relations: a second time is an error, not a repetition
        try:
            return self._attempts(method, url, path, sent, data, idempotent)
        except Error as error:
            failure = error.with_traceback(None)  # the frames below know the token, and some log their variables
        sent.clear()
        raise failure

    def _attempts(
        self, method: str, url: str, path: str, headers: dict[str, str], body: bytes | None, harmless: bool | None
    ) -> Reply:
        where = f"{method} {path}"
        attempt, waited, arrived = 0, 0.0, False
        refused = ""  # the token that Graph did not take: one new one is tried
        failure: GraphError | TransportError | None = None
        while True:
            token = self._holder.token
            if failure is not None and token == refused:  # a fixed one: there is no other
                raise failure.with_traceback(None)
            attempt += 1
            headers["Authorization"] = f"Bearer {token}"
            started = time.perf_counter()
            try:
                reply = self._once(method, url, path, headers, body)
            except (GraphError, TransportError) as error:
                failure = error
            else:
                _log(where, reply.status, reply.headers.get("request-id"), started, attempt)
                return reply
            pause = status = asked = request_id = None
            if isinstance(failure, GraphError):
                status, asked, request_id = failure.status, failure.retry_after, failure.request_id
            elif not failure.sent:
                status = retry.NO_CONNECTION
            if status == 401 and not refused:
                self._holder.invalidate(token)
                refused, pause = token, 0.0
            elif getattr(failure, "transient", True):
                tries = attempt - bool(refused)
                pause = self._policy.wait(tries, method, status, asked, waited=waited, repeatable=harmless)
            _log(where, status or failure, request_id, started, attempt, pause or 0)
            if status == 404 and method == "DELETE" and arrived:
                return Reply(204, CaseInsensitiveDict(getattr(failure, "headers", {})), None)
            if pause is None:
                raise failure.with_traceback(None)
            arrived = arrived or status not in (401, retry.NO_CONNECTION)
            if status == 503:
                self.http.renew_connections()
            if pause:
                self._sleep(pause)
                waited += pause

    def _once(self, method: str, url: str, path: str, headers: dict[str, str], body: bytes | None) -> Reply:
        """Send once; a GET follows redirects, off Graph's origin without the token."""
        home = True
        for left in range(MAX_REDIRECTS, -1, -1):
            response = self.http.send(method, url, headers, body) if home else _secretly(self.http, url, headers)
            content = self.http.read(response)
            status = response.status_code
            target = response.headers.get("Location")
            if method != "GET" or status not in _REDIRECTS or not target or not left:
                break
            url = urljoin(url, target)
            if not query.same_origin(url, self._root):
                if not query.is_safe(url):
                    raise TransportError("Graph redirects to an address that is not https", transient=False)
                home = False
                headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
        if not home and status == 401:  # says nothing about our token, which was not sent
            raise TransportError(
                f"{query.host_of(url)} refused the address that Graph redirected to", transient=False
            )
        kind = response.headers.get("Content-Type", "") if home else "a file"  # which is never parsed
        reply = Reply(status, response.headers, _decode(status, kind, content))
        if not reply.ok:
            raise _failure(reply, method, path)
        return reply


def _new_id() -> str:
    from uuid import uuid4

    return str(uuid4())


def _failure(reply: Reply, method: str, path: str) -> GraphError:
    asked = retry.retry_after(reply.headers, datetime.now(UTC))
    error = GraphError.of(reply.status, reply.headers, reply.body, method=method, path=path, retry_after=asked)
    if reply.status < 400:
        error.because("Graph redirects: a GET follows that, at most five times, and nothing else does")
    elif reply.status in (400, 401, 403) and query.segments(path)[:1] == ["me"]:
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


def _secretly(http: HttpSession, url: str, headers: Mapping[str, str]) -> requests.Response:
    """GET a pre-authenticated address: whoever sees it has the file, and urllib3 logs every address."""
    _here.secret = True
    try:
        return http.send("GET", url, headers)
    finally:
        _here.secret = False


def _refuse_unfit(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not isinstance(value, str) or not _HEADER.fullmatch(f"{name}\n{value}"):
            raise ConfigurationError(f"header {name!r} cannot be sent: give one line of text, latin-1 at most")
        if name.lower() == "authorization":
            raise ConfigurationError("the token comes from the TokenHolder: for one you have, TokenHolder.fixed()")


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


def check(
    method: str, path: str, json: Any = None, headers: Mapping[str, str] | None = None, *, read_only: bool = False
) -> None:
    """Refuse what must not leave: a write while read-only, and a deletion of what was to be removed.

    The items of a ``$batch`` are judged one by one.

    Raises:
        ConfigurationError: names the request and the remedy.
    """
    parts = query.segments(path)
    if method == "POST" and parts[-1:] == ["$batch"]:
        items = json.get("requests") if isinstance(json, dict) and len(json) == 1 else None
        for item in items if isinstance(items, (list, tuple)) else [None]:
            known = item if isinstance(item, dict) and item.keys() <= _ITEM else {}  # {} is judged a write
            check(
                str(known.get("method", "POST")).upper(),
                str(known.get("url", "an item without url")).partition("#")[0],
                known.get("body"),
                known.get("headers"),
                read_only=read_only,
            )
    elif read_only and _is_write(method, parts, headers):
        raise ConfigurationError(
            f"{method} {path} is a write, and GRAPH_READ_ONLY refuses writes: nothing was sent"
        )
    elif method == "DELETE" and _deletes_a_member(parts):
        raise ConfigurationError(
            f"DELETE {path} would delete the object itself, not its membership: append /$ref to take it "
            "out, or delete it under its own address. Nothing was sent"
        )


def _is_write(method: str, parts: list[str], headers: Mapping[str, str] | None) -> bool:
    if any(name.lower().startswith(("x-http-method", "x-method")) for name in headers or ()):
        return True
    if method != "POST":
        return method not in ("GET", "HEAD", "OPTIONS")
    action = parts[-1] if parts else ""
    if action.startswith("microsoft.graph."):
        action = action.rpartition(".")[2]
    return action not in READING_ACTIONS and parts != ["search", "query"]


def _deletes_a_member(parts: list[str]) -> bool:
    parts = [part for part in parts if not part.startswith("microsoft.graph.")]
    if parts[:1] == ["directory"]:
        parts = parts[1:]
    return len(parts) == 4 and f"{parts[0]}/{parts[2]}" in MEMBERSHIPS and parts[3] != "$ref"
