"""The one ``requests.Session`` for Graph and MSAL: trust, proxies, timeouts, and what failed.

``requests`` spends most of a call on environment look-ups, cookies and merging. The prepared request
is made here and handed to the mounted adapter, which keeps everything that matters (pools, TLS,
proxies) and the places where test doubles and tracing hook in.
"""

from __future__ import annotations

import logging
import math
import ssl
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies, select_proxy, should_bypass_proxies
from urllib3.util import Timeout, parse_url

from leangraph import clouds
from leangraph.errors import ConfigurationError
from leangraph.net import origin
from leangraph.net.adapter import POOL_SIZE, Adapter
from leangraph.net.content import PIECE, Damaged, decoded, start, whole
from leangraph.net.failures import cut, explain
from leangraph.net.framing import Answer, here
from leangraph.net.redact import HIDDEN
from leangraph.net.trust import tls_context, trusted
from leangraph.system import fork

MOST_AT_ONCE = 1024 * 1024  # bytes that are read at a time where they are kept
SMALL = 1024 * 1024  # bytes: no error, and no answer of a sign-in service, is as long as that
ANSWER = 5  # times ``timeout``: how long a whole answer that is kept in memory may take
NEVER_PROXIED = "169.254.169.254"  # the instance metadata service refuses what a proxy forwards


_UNREAD: dict[str, Any] = {
    "retries": urllib3.Retry(0, read=False),
    "redirect": False,
    "assert_same_host": False,
    "preload_content": False,
    "decode_content": False,
}


class HttpSession:
    """Sends requests over HTTPS. Threads can share it, and it can be used after ``fork``.

    Args:
        session: your own ``requests.Session``. Each request goes through its ``request`` method, with its headers,
            hooks, ``auth``, cookies, adapters, proxies and ``cert``. ``close`` leaves it open. After ``fork``,
            renew its connections yourself.
        ca_bundle: PEM file or directory of authorities to trust besides the public ones, or ``system`` for the
            operating system's trust store.
        proxy: the proxy for every host except this machine, instead of the one in the environment.
        timeout: seconds to wait for the next bytes of a reply. A whole reply may take five times as long.
        max_body: the most bytes of one reply, after decompression, that are kept in memory.

    Raises:
        ConfigurationError: the CA bundle cannot be read, truststore is not installed, the proxy is malformed, or
            your session would replace the token.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        ca_bundle: str | None = None,
        proxy: str | None = None,
        timeout: float = clouds.TIMEOUT,
        max_body: int = clouds.MAX_BODY,
    ) -> None:
        self._owned = session is None
        self._session = session if session is not None else requests.Session()
        self._timeout = Timeout(connect=min(clouds.CONNECT_TIMEOUT, timeout), read=timeout)
        self._longest = timeout * ANSWER
        self._max_body = max_body
        self._trust = trusted(ca_bundle, self._session, owned=self._owned)
        self._verify = self._trust.verify
        self._proxy, proxy = proxy, None  # it may have a password, which no frame is to show
        if _is_malformed(self._proxy):
            raise ConfigurationError(_MALFORMED)
        self._proxies: dict[str, dict[str, str]] = {}  # by origin
        self._pools: dict[str, Any] = {}  # urllib3's, by origin
        named = isinstance(self._verify, str) and self._verify != "system" and (self._owned or ca_bundle)
        context = tls_context(self._verify) if named else None  # a file that is no bundle is told at once
        if self._owned:
            self._mount(context)
        else:
            _refuse_rivals(self._session)
        _watch_urllib3()
        fork.register(self)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        timeout: Timeout | None = None,
        within: float = math.inf,
        repeatable: bool = True,
        secret: bool = False,
    ) -> Received:
        """Send one request and return its answer, with the body not yet read. Redirects are not followed.

        Args:
            headers: each name once.
            within: seconds until the whole answer must have arrived.
            repeatable: whether the request may be sent twice. If not, no long-idle connection is used for it.
            secret: whether the address is a credential. If so, no log shows it.

        Raises:
            TransportError: no response came. The error and its traceback hold neither the request nor the
                exception of the library, because these contain the token or the client secret.
            ConfigurationError: the address of a proxy in the environment is malformed.
        """
        timeout = timeout or self._timeout
        if within < self._longest:
            timeout = _at_most(timeout, within)
        outer, root = sys.exception(), url  # what the caller is busy with
        here.ours, here.secret, here.repeatable = True, secret, repeatable
        here.deadline, here.sent = time.monotonic() + min(within, self._longest), None
        try:
            end = url.find("/", 8)  # behind https://
            root = url[:end] if end > 0 else url
            if end < 0 or "?" in root or "#" in root:
                scheme, host, rest = origin.split(url)
                root = f"{scheme}://{host}"
                url, end = f"{root}/{rest}", len(root)
            if body is None and method not in ("GET", "HEAD"):
                headers = {**headers, "Content-Length": "0"}
            pool: Any = self._pools.get(root)
            is_usable = pool is not None and pool.pool is not None and _is_untouched(self._session)
            if not is_usable and (pool := self._pool_for(root)) is None:
                return self._by_requests(method, url, headers, body, timeout, self._proxies[root])
            raw = pool.urlopen(method, url[end:], body, headers, timeout=timeout, **_UNREAD)
            return Received(raw.status, raw.headers, raw, url)
        except BaseException as error:  # noqa: BLE001 - raised below, without frames and causes
            failure: Any = explain(error, outer, url, self._proxies.get(root, {}), body, self._trust)
        finally:
            here.ours, here.secret, here.deadline = False, False, math.inf
        cut(failure, outer)
        del url, headers, body, root, outer  # some log the variables of every frame
        raise failure

    def _by_requests(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
        proxies: dict[str, str],
    ) -> Received:
        """Send a request where others have a say: a session that was handed in, a proxy, tracing, test doubles."""
        if not self._owned:
            return _received(self._through_theirs(method, url, headers, body, timeout, proxies))
        request = _request(url)
        request.method, request.body, request.headers = method, body, CaseInsensitiveDict(headers)
        if body is not None:
            request.headers["Content-Length"] = str(len(body))
        request._cookies = RequestsCookieJar()  # type: ignore[attr-defined]
        options: dict[str, Any] = {"stream": True, "timeout": timeout, "verify": self._verify, "proxies": proxies}
        if getattr(type(self._session).send, "__globals__", None) is _SESSIONS:
            return _received(self._session.get_adapter(url).send(request, **options))
        return _received(self._session.send(request, allow_redirects=False, **options))

    def _through_theirs(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
        proxies: dict[str, str],
    ) -> requests.Response:
        """Send a request through a session that was handed in, by its own ``request``."""
        session = self._session
        _refuse_rivals(session)
        if not proxies and session.trust_env:  # or requests would add those of the environment
            proxies = {"http": "", "https": ""}
        responses: list[requests.Response] = []
        hooks = session.hooks.get("response") or []
        hooks = [hooks] if callable(hooks) else hooks
        try:
            return session.request(
                method,
                url,
                headers=dict(headers),
                data=body,
                auth=_Beside(session.auth, headers.get("Authorization")),
                timeout=timeout,  # type: ignore[arg-type]
                verify=self._verify,
                proxies=proxies,
                hooks={"response": [lambda response, **_: responses.append(response), *hooks]},
                stream=True,
                allow_redirects=False,
            )
        except BaseException:
            for response in responses:  # a hook failed: nobody will read what came
                response.close()
            raise

    def read(self, response: Received, limit: int | None = None) -> bytes:
        """Return the whole decoded body. The connection returns to the pool.

        Args:
            limit: the most bytes. The body of an error answer is cut there.

        Raises:
            TransportError: the body is incomplete, does not fit its headers, or is too long to keep.
        """
        outer = sys.exception()
        most = self._max_body if limit is None else min(limit, self._max_body)
        try:
            if response.content is not None:
                return response.content
            pieces = _raw(response, most)
            if coding := response.headers.get("Content-Encoding"):
                pieces = decoded(pieces, coding)
            if response.status_code < 400:
                body = whole(pieces, most)
                _refuse_open_end(response, body)
                return body
            body = start(pieces, most)
            if len(body) >= most:
                response.close()
            return body
        except BaseException as error:  # noqa: BLE001 - raised below
            failure = explain(error, outer, response.url, {}, None)
        response.close()
        cut(failure, outer)
        del response, outer  # which know requests
        raise failure

    def pieces(self, response: Received) -> Iterator[bytes]:
        """Yield the decoded body piece by piece. Raises ``TransportError`` as ``read`` does."""
        outer = sys.exception()
        failure: BaseException | None = None
        try:
            if response.content is not None:
                yield response.content
            else:
                yield from decoded(_raw(response, PIECE), response.headers.get("Content-Encoding", ""))
            return
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001 - raised below
            failure = explain(error, outer, response.url, {}, None)
        finally:
            response.close()
        cut(failure, outer)
        del response, outer
        raise failure

    def renew_connections(self) -> None:
        """Close the idle connections. After a 503, Graph wants the next attempt on a new connection.

        Source: https://learn.microsoft.com/graph/best-practices-concept
        """
        if self._owned:
            self._pools = {}
            self._adapter.close()

    def close(self) -> None:
        """Close the connections, unless the session is your own."""
        if self._owned:
            self._pools = {}
            self._session.close()

    def _mount(self, context: ssl.SSLContext | None = None) -> None:
        self._adapter = Adapter(self._verify, context)
        self._session.mount("https://", self._adapter)
        self._session.mount("http://", self._adapter)
        self._pools = {}

    def after_fork(self) -> None:
        if self._owned:
            # The parent's sockets must be neither used nor closed here, and a pool lock may have been
            # held by a thread that does not exist any more: the old adapters are set aside, untouched.
            _ABANDONED.append(self._adapter)
            self._mount()

    def _proxies_for(self, root: str) -> dict[str, str]:
        if len(self._proxies) >= POOL_SIZE:  # whose pools the adapter forgets as well
            self._proxies.clear()
            self._pools.clear()
        if root not in self._proxies:
            self._proxies[root] = self._find_proxies(root)
        return self._proxies[root]

    def _pool_for(self, root: str) -> Any:
        """Return urllib3's pool for an origin; ``None`` if others have a say in what is sent."""
        proxies = self._proxies_for(root)
        if not self._owned or select_proxy(root, proxies) or not _is_untouched(self._session):
            return None
        # anew where it is closed: another thread renewed the connections meanwhile
        pool = self._pools[root] = self._adapter.get_connection_with_tls_context(_request(f"{root}/"), True)
        return pool

    def _find_proxies(self, root: str) -> dict[str, str]:
        host = urlsplit(root).hostname or ""
        if clouds.is_loopback(host) or host == NEVER_PROXIED:
            return {}
        found = {name: value for name, value in self._session.proxies.items() if value}
        if self._proxy:
            found = {"http": self._proxy, "https": self._proxy}
        elif found:
            found = {} if should_bypass_proxies(root, no_proxy=found.get("no_proxy")) else found
        elif self._session.trust_env:
            found = get_environ_proxies(root)
        if _is_malformed(select_proxy(root, found)):
            raise ConfigurationError(_MALFORMED)
        return found


def _at_most(timeout: Timeout, seconds: float) -> Timeout:
    connect, read = (
        min(float(part or 0.001), max(seconds, 0.001))  # type: ignore[arg-type]
        for part in (timeout.connect_timeout, timeout.read_timeout)
    )
    return Timeout(connect=connect, read=read)


def _request(url: str) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.url = url
    return request


class Received:
    """An answer to be read or closed; ``content`` is its body where somebody else has read that already."""

    __slots__ = ("content", "headers", "raw", "status_code", "url")

    def __init__(
        self, status: int, headers: Mapping[str, str], raw: Any, url: str, content: bytes | None = None
    ) -> None:
        self.status_code, self.headers, self.raw, self.url, self.content = status, headers, raw, url, content

    def close(self) -> None:
        """Let its connection go."""
        for name in ("close", "release_conn"):
            getattr(self.raw, name, bool)()


def _received(response: requests.Response) -> Received:
    is_read = vars(response).get("_content", False) is not False or not hasattr(response.raw, "read")
    content = (response.content or b"") if is_read else None
    return Received(response.status_code, response.headers, response.raw, response.url, content)


def _raw(response: Received, most: int) -> Iterator[bytes]:
    """Yield the bytes of a body as they came, encoded as they are."""
    size = min(most, MOST_AT_ONCE) + 1
    raw = response.raw
    while piece := raw.read(size, decode_content=False):
        yield piece
        if raw.closed:  # with its last byte, as an answer of ours does
            return


def _refuse_open_end(response: Received, body: bytes) -> None:
    """Refuse what ended with its connection, if nothing else tells that it was whole: JSON does, and a coding."""
    answer = getattr(response.raw, "_original_response", None)
    if not isinstance(answer, Answer) or answer.delimited or not body or "Content-Encoding" in response.headers:
        return
    if "json" not in response.headers.get("Content-Type", "").lower():
        raise Damaged("it does not say where it ends", short=True)


class _Beside(requests.auth.AuthBase):
    """The ``auth`` of a session that was handed in, beside our token and never instead of it."""

    def __init__(self, theirs: Any, authorization: str | None) -> None:
        self._theirs = theirs
        self._authorization = authorization

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._theirs is None:
            return request
        request = self._theirs(request)
        if request.headers.get("Authorization") != self._authorization:
            raise ConfigurationError(_RIVAL.format("its auth"))
        return request


def _refuse_rivals(session: requests.Session) -> None:
    """Refuse a session whose own ``Authorization`` would replace the token, or be replaced by it."""
    if "Authorization" in session.headers:
        raise ConfigurationError(_RIVAL.format("its headers"))
    if session.auth is not None and not callable(session.auth):
        raise ConfigurationError(_RIVAL.format("its auth"))


_RIVAL = (
    "the session that was handed in sets Authorization by {}, where the token belongs: take that out, and for a "
    "token that you have use TokenHolder.fixed()"
)


_ABANDONED: list[Any] = []


class _OwnRecords(logging.Filter):
    """Takes the addresses out of what urllib3 says of our own requests; others' records stay as they are."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not here.ours:
            return True
        if here.secret:
            return False
        if isinstance(record.args, tuple):
            record.args = tuple(_without_query(arg) for arg in record.args)
        return True


def _without_query(value: object) -> object:
    if isinstance(value, str) and "?" in value:
        return f"{value.partition('?')[0]}?{HIDDEN}"
    return value


_OWN_RECORDS = _OwnRecords()


def _watch_urllib3() -> None:
    logging.getLogger("urllib3.connectionpool").addFilter(_OWN_RECORDS)  # once, however often


def _is_untouched(session: requests.Session) -> bool:
    """Tell whether nobody has replaced what sends: requests-mock, responses, OpenTelemetry and subclasses do."""
    kind: Any = type(session)
    return (
        getattr(kind.send, "__globals__", None) is _SESSIONS
        and getattr(kind.get_adapter, "__globals__", None) is _SESSIONS
        and getattr(HTTPAdapter.send, "__globals__", None) is _ADAPTERS
    )


_SESSIONS, _ADAPTERS = requests.sessions.__dict__, requests.adapters.__dict__


_MALFORMED = (
    "the address of the proxy is malformed: correct GRAPH_PROXY or HTTPS_PROXY to http://host:port, or "
    "http://user:password@host:port with the special characters of both percent-encoded"
)


def _is_malformed(proxy: str | None) -> bool:
    if not proxy:
        return False
    try:
        return not parse_url(proxy if "://" in proxy else f"http://{proxy}").host
    except urllib3.exceptions.LocationParseError:
        return True
