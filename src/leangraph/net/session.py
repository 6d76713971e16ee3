"""The one ``requests.Session`` for Graph and MSAL: trust, proxies, timeouts, and what failed.

``requests`` spends most of a call on environment look-ups, cookies and merging. The prepared request
is made here and handed to the mounted adapter, which keeps everything that matters (pools, TLS,
proxies) and the places where test doubles and tracing hook in.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import math
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, select_proxy, should_bypass_proxies
from urllib3.util import Timeout, parse_url

from leangraph import clouds
from leangraph.errors import ConfigurationError
from leangraph.net import origin
from leangraph.net.content import PIECE, Damaged, decoded, start, whole
from leangraph.net.failures import cut, explain
from leangraph.net.framing import POOLS, Answer, here
from leangraph.net.redact import HIDDEN
from leangraph.system import fork

POOL_SIZE = 64  # 10, the default, threw away connections at 32 threads
MOST_AT_ONCE = 1024 * 1024  # bytes that are read at a time where they are kept
SMALL = 1024 * 1024  # bytes: no error, and no answer of a sign-in service, is as long as that
ANSWER = 5  # times ``timeout``: how long a whole answer that is kept in memory may take
NEVER_PROXIED = "169.254.169.254"  # the instance metadata service refuses what a proxy forwards


class HttpSession:
    """Sends prepared requests; safe to share between threads and across ``fork``.

    Args:
        session: one of your own: each request goes through its ``request``, with its headers, hooks, ``auth``,
            cookies, adapters, proxies and ``cert``; ``close`` leaves it open. After ``fork`` its connections are
            yours to renew.
        ca_bundle: PEM file or directory of authorities to trust besides the public ones, or ``system`` for the
            operating system's trust store.
        proxy: for every host but this machine, instead of what the environment says.
        timeout: seconds to wait for bytes of a reply; a whole reply may take ``ANSWER`` times as long.
        max_body: the most bytes of one reply, decoded, that are kept in memory.

    Raises:
        ConfigurationError: the CA bundle cannot be read, truststore is not installed, the proxy is malformed, or
            the session handed in would replace the token.
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
        self._verify = _trusted(ca_bundle, self._session, owned=self._owned)
        self._proxy, proxy = proxy, None  # it may have a password, which no frame is to show
        if _is_malformed(self._proxy):
            raise ConfigurationError(_MALFORMED)
        self._proxies: dict[str, dict[str, str]] = {}
        named = isinstance(self._verify, str) and self._verify != "system" and (self._owned or ca_bundle)
        context = _tls_context(self._verify) if named else None  # a file that is no bundle is told at once
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
    ) -> requests.Response:
        """Send one request, follow nothing, and return its unread response.

        Args:
            within: seconds until the whole answer has to be there.
            repeatable: whether it may be sent again: if not, no connection is used that has rested for long.
            secret: whether its address is a credential, which no log may show.

        Raises:
            TransportError: no response came. It holds neither the request nor the library's exception,
                which would carry the token or the client secret along; nor do the frames of its traceback.
            ConfigurationError: the address of a proxy in the environment is malformed.
        """
        timeout = timeout or self._timeout
        within = min(within, self._longest)
        if within < self._longest:
            timeout = Timeout(*(min(part, max(within, 0.001)) for part in _parts(timeout)))
        outer = sys.exception()  # what the caller is busy with
        here.ours, here.secret, here.repeatable = True, secret, repeatable
        here.deadline, here.sent = time.monotonic() + within, None
        proxies: dict[str, str] = {}
        try:
            proxies = self._proxies_for(url)
            return self._exchange(method, url, headers, body, timeout, proxies)
        except BaseException as error:  # noqa: BLE001 - raised below, without frames and causes
            failure: BaseException = explain(error, outer, url, proxies, body)
        finally:
            here.ours = here.secret = False
            here.deadline = math.inf
        cut(failure, outer)
        del url, headers, body, proxies, outer  # some log the variables of every frame
        raise failure

    def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
        proxies: dict[str, str],
    ) -> requests.Response:
        if not self._owned:
            return self._through_theirs(method, url, headers, body, timeout, proxies)
        request = requests.PreparedRequest()
        request.method = method
        request.url = url
        request.headers = CaseInsensitiveDict(headers)
        request.body = body
        if body is not None:
            request.headers["Content-Length"] = str(len(body))
        elif method not in ("GET", "HEAD"):
            request.headers["Content-Length"] = "0"
        options: dict[str, Any] = {
            "stream": True,
            "timeout": timeout,
            "verify": self._verify,
            "cert": None,
            "proxies": proxies,
        }
        if _is_original(self._session):
            return self._session.get_adapter(url).send(request, **options)
        request._cookies = RequestsCookieJar()  # type: ignore[attr-defined]
        return self._session.send(request, allow_redirects=False, **options)

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

    def read(self, response: requests.Response, limit: int | None = None) -> bytes:
        """Return the whole decoded body; its connection goes back to the pool.

        Args:
            limit: the most bytes; of an answer that is an error, the rest is left out.

        Raises:
            TransportError: the body is not whole, not what the headers promise, or longer than may be kept.
        """
        outer = sys.exception()
        most = self._max_body if limit is None else min(limit, self._max_body)
        try:
            if vars(response).get("_content", False) is not False or not hasattr(response.raw, "read"):
                return response.content or b""
            pieces = decoded(_raw(response, most), response.headers.get("Content-Encoding", ""))
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

    def pieces(self, response: requests.Response) -> Iterator[bytes]:
        """Yield the decoded body as it comes. Raises ``TransportError`` as ``read`` does."""
        outer = sys.exception()
        failure: BaseException | None = None
        try:
            if vars(response).get("_content", False) is not False or not hasattr(response.raw, "read"):
                yield from response.iter_content(PIECE)
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
        """Drop the idle connections: after a 503 Graph wants the next attempt on a new one.

        Source: https://learn.microsoft.com/graph/best-practices-concept
        """
        if self._owned:
            for adapter in self._session.adapters.values():
                adapter.close()

    def close(self) -> None:
        """Close the connections, unless the session was handed in."""
        if self._owned:
            self._session.close()

    def _mount(self, context: ssl.SSLContext | None = None) -> None:
        adapter = _Adapter(self._verify, context)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def after_fork(self) -> None:
        if self._owned:
            # The parent's sockets must be neither used nor closed here, and a pool lock may have been
            # held by a thread that does not exist any more: the old adapters are set aside, untouched.
            _ABANDONED.extend(self._session.adapters.values())
            self._mount()

    def _proxies_for(self, url: str) -> dict[str, str]:
        scheme, host, _ = origin.split(url)
        root = f"{scheme}://{host}"
        found = self._proxies.get(root)
        if found is None:
            found = self._proxies[root] = self._find_proxies(root)
        return found

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


def _parts(timeout: Timeout) -> tuple[float, float]:
    connect, read = timeout.connect_timeout, timeout.read_timeout
    return float(connect or 0.001), float(read or 0.001)  # type: ignore[arg-type]


def _raw(response: requests.Response, most: int) -> Iterator[bytes]:
    """Yield the bytes of a body as they came, encoded as they are."""
    size = min(most, MOST_AT_ONCE) + 1
    while piece := response.raw.read(size, decode_content=False):
        yield piece


def _refuse_open_end(response: requests.Response, body: bytes) -> None:
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


class _Adapter(HTTPAdapter):
    """An adapter that makes its TLS context once and finds its pool with one look-up.

    ``requests`` loads the CA bundle anew for every connection: 10 to 20 ms each.
    """

    def __init__(self, verify: bool | str, context: ssl.SSLContext | None) -> None:
        self._trust = verify
        self._context = context
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str, str], Any] = {}
        super().__init__(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, socket_options=_SOCKET, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, socket_options=_SOCKET, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        scheme, host, _ = origin.split(request.url)
        key = (scheme, host, proxies.get(scheme, "") if proxies else "")
        pool = self._pools.get(key)
        if pool is None or pool.pool is None:  # closed: another thread renewed the connections meanwhile
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            self._pools[key] = pool
        return pool

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            pool.pop("ca_certs", None)
            pool.pop("ca_cert_dir", None)
            pool["ssl_context"] = self._tls()
        return host, pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Do nothing: the context knows whom to trust."""

    def request_url(self, request: Any, proxies: Any) -> str:
        if proxies:
            return super().request_url(request, proxies)
        return f"/{origin.split(request.url)[2]}"

    def build_response(self, req: Any, resp: Any) -> requests.Response:
        """Build the response without a look for cookies, of which none are kept."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = resp
        response.reason = resp.reason
        response.url = req.url
        response.request = req
        response.connection = self
        return response

    def close(self) -> None:
        self._pools.clear()
        super().close()

    def _tls(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = _tls_context(self._trust)
            return self._context


_ABANDONED: list[Any] = []


def _keepalive() -> list[tuple[int, int, int]]:
    """Return the options of a socket: probes that keep a load balancer from forgetting an idle connection."""
    options = [*urllib3.connection.HTTPConnection.default_socket_options]
    options.append((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1))
    for name, seconds in (("TCP_KEEPIDLE", 60), ("TCP_KEEPALIVE", 60), ("TCP_KEEPINTVL", 30)):
        if hasattr(socket, name):  # the second is macOS's name for the first
            options.append((socket.IPPROTO_TCP, getattr(socket, name), seconds))

    return options


_SOCKET = _keepalive()


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


def _is_original(session: requests.Session) -> bool:
    """Tell whether nobody has replaced ``send``: requests-mock, OpenTelemetry and subclasses do."""
    send = getattr(session.send, "__func__", None)
    return getattr(send, "__globals__", None) is requests.sessions.__dict__


def _trusted(ca_bundle: str | None, session: requests.Session, *, owned: bool) -> bool | str:
    """Return what ``verify`` is to be: ``True`` for certifi, a path, or ``system``."""
    if ca_bundle is None:
        if session.verify is not True or not session.trust_env:
            return session.verify if session.verify is not None else True
        source = next((name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)), "")
        if not source:
            return True
        ca_bundle = os.environ[source]
    else:
        source = "GRAPH_CA_BUNDLE"
    if ca_bundle == "system":
        if not owned:
            raise ConfigurationError("GRAPH_CA_BUNDLE=system needs our own session, not one that is handed in")
        _truststore()
        return "system"
    if not Path(ca_bundle).exists():
        raise ConfigurationError(
            f"{source} names {ca_bundle!r}, which does not exist: give the path of a PEM file"
        )
    return ca_bundle


def _truststore() -> Any:
    if importlib.util.find_spec("truststore") is None:
        raise ConfigurationError("GRAPH_CA_BUNDLE=system needs truststore: pip install truststore")
    return importlib.import_module("truststore")


def _tls_context(verify: bool | str) -> ssl.SSLContext:
    if verify == "system":
        context: ssl.SSLContext = _truststore().SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return context
    context = urllib3.util.ssl_.create_urllib3_context()
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context.verify_mode = ssl.CERT_REQUIRED
    for text in dict.fromkeys(
        (DEFAULT_CA_BUNDLE_PATH, verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH)
    ):
        path = Path(text)
        try:
            context.load_verify_locations(**{"capath" if path.is_dir() else "cafile": str(path)})
        except (ssl.SSLError, OSError) as error:
            problem = f"{path} cannot be read as CA certificates in PEM form ({error.strerror or error})"
        else:
            continue
        raise ConfigurationError(problem)
    return context


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
