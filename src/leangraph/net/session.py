"""The one ``requests.Session`` for Graph and MSAL: trust, proxies, timeouts, and what failed.

``requests`` spends most of a call on environment look-ups, cookies and merging. The prepared request
is made here and handed to the mounted adapter, which keeps everything that matters (pools, TLS,
proxies) and the places where test doubles and tracing hook in.
"""

from __future__ import annotations

import http.client
import importlib
import importlib.util
import os
import re
import ssl
import sys
import threading
import traceback
import weakref
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
from leangraph.errors import ConfigurationError, Error, TransportError
from leangraph.net import origin

POOL_SIZE = 64  # 10, the default, threw away connections at 32 threads
PIECE = 64 * 1024  # bytes of a body that is read piece by piece
NEVER_PROXIED = "169.254.169.254"  # the instance metadata service refuses what a proxy forwards


class HttpSession:
    """Sends prepared requests; safe to share between threads and across ``fork``.

    Args:
        session: one of your own; its adapters, ``verify``, ``proxies`` and ``cert`` are kept, and
            ``close`` leaves it open. After ``fork`` its connections are yours to renew.
        ca_bundle: PEM file or directory, or ``system`` for the operating system's trust store.
        proxy: for every host but this machine, instead of what the environment says.
        timeout: seconds to wait for bytes of a reply.

    Raises:
        ConfigurationError: the CA bundle cannot be read, truststore is not installed, or the proxy is malformed.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        ca_bundle: str | None = None,
        proxy: str | None = None,
        timeout: float = clouds.TIMEOUT,
    ) -> None:
        self._owned = session is None
        self._session = session if session is not None else requests.Session()
        self._timeout = Timeout(connect=min(clouds.CONNECT_TIMEOUT, timeout), read=timeout)
        self._verify = _trusted(ca_bundle, self._session, owned=self._owned)
        self._proxy, proxy = proxy, None  # it may have a password, which no frame is to show
        if _is_malformed(self._proxy):
            raise ConfigurationError(_MALFORMED)
        self._proxies: dict[str, dict[str, str]] = {}
        named = isinstance(self._verify, str) and self._verify != "system" and (self._owned or ca_bundle)
        context = _tls_context(self._verify) if named else None  # a file that is no bundle is told at once
        if self._owned:
            self._mount(context)
        _SESSIONS.add(self)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        timeout: Timeout | None = None,
    ) -> requests.Response:
        """Send one request, follow nothing, and return its unread response.

        Raises:
            TransportError: no response came. It holds neither the request nor the library's exception,
                which would carry the token or the client secret along; nor do the frames of its traceback.
            ConfigurationError: the address of a proxy in the environment is malformed.
        """
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
            "timeout": timeout or self._timeout,
            "verify": self._verify,
            "cert": self._session.cert,
            "proxies": {},
        }
        outer = sys.exception()  # what the caller is busy with
        failure: Error
        try:
            options["proxies"] = self._proxies_for(url)
            if _is_original(self._session):
                return self._session.get_adapter(url).send(request, **options)
            request._cookies = RequestsCookieJar()  # type: ignore[attr-defined]
            return self._session.send(request, allow_redirects=False, **options)
        except ConfigurationError as error:
            failure = error.with_traceback(None)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            failure = _explain(_causes(error, outer), url, options["proxies"], body)
        del request, url, headers, body, options, outer  # some log the variables of every frame
        raise failure

    def read(self, response: requests.Response) -> bytes:
        """Return the whole decoded body; its connection goes back to the pool.

        Raises:
            TransportError: the connection broke off, or the bytes are not what the headers promise.
        """
        outer = sys.exception()
        try:
            if vars(response).get("_content") is False and hasattr(response.raw, "read"):
                return bytes(response.raw.read(decode_content=True))
            return response.content or b""
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = _explain(_causes(error, outer), response.url, {}, None)
        response.close()
        del response, outer  # it knows its request
        raise failure

    def pieces(self, response: requests.Response) -> Iterator[bytes]:
        """Yield the decoded body as it comes. Raises ``TransportError`` as ``read`` does."""
        outer = sys.exception()
        try:
            yield from response.iter_content(PIECE)
            return
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = _explain(_causes(error, outer), response.url, {}, None)
        finally:
            response.close()
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

    def _after_fork(self) -> None:
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


_SESSIONS: weakref.WeakSet[HttpSession] = weakref.WeakSet()
_ABANDONED: list[Any] = []


def _renew_after_fork() -> None:
    for session in list(_SESSIONS):
        session._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_after_fork)


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
    path = Path(verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH)
    problem = ""
    try:
        context.load_verify_locations(**{"capath" if path.is_dir() else "cafile": str(path)})
    except (ssl.SSLError, OSError) as error:
        problem = f"{path} cannot be read as CA certificates in PEM form ({error.strerror or error})"
    if problem:
        raise ConfigurationError(problem)
    return context


def _explain(
    causes: list[BaseException], url: str, proxies: Mapping[str, str], body: bytes | None
) -> TransportError:
    """Say what failed and what to do, without anything of the request but its host."""
    host = re.sub(r"^.*@|:\d*$", "", origin.split(url)[1])
    proxy = select_proxy(url, dict(proxies)) or ""
    at = {frame.f_code.co_name for cause in causes for frame, _ in traceback.walk_tb(cause.__traceback__)}
    connected = at.isdisjoint(("_tunnel", "do_handshake"))  # until then nothing of the request can have left

    def is_a(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    unreached = is_a(urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
    # urllib3 calls it a ProxyError, too, when the answer to a request that was sent is lost in the tunnel
    if proxy and (unreached or not at.isdisjoint(("_tunnel", "_connect_tls_proxy"))):
        answer = re.search(r"Tunnel connection failed: (\d+)", " ".join(map(str, causes)))
        status = answer[1] if answer else ""
        reason = f"it refused with {status}" if status else "it refused or could not be reached"
        reason = "it asks for a user and password" if status == "407" else reason
        return TransportError(
            f"no connection to {host} through the proxy {_without_user(proxy)}: {reason}. Correct GRAPH_PROXY or "
            f"HTTPS_PROXY, or name {host} in NO_PROXY if it can be reached directly",
            sent=False,
            transient=status not in ("403", "407"),
        )
    if is_a(ssl.SSLCertVerificationError, urllib3.exceptions.SSLError, requests.exceptions.SSLError, ssl.SSLError):
        detail = next((cause.verify_message for cause in causes if hasattr(cause, "verify_message")), "")
        if detail:
            return TransportError(
                f"the certificate of {host} is not trusted ({detail}). If a company proxy inspects TLS, set "
                "GRAPH_CA_BUNDLE to its CA certificate (a PEM file), or to system for the operating system's "
                "trust store",
                sent=False,
                transient=False,
            )
        if not connected:
            return TransportError(
                f"TLS with {host} failed; is something else than Graph answering there?", sent=False
            )
    if is_a(urllib3.exceptions.NameResolutionError, urllib3.exceptions.LocationParseError):
        return TransportError(
            f"the name {host} cannot be resolved: is this machine online, and is the name right "
            "(GRAPH_CLOUD, GRAPH_URL, AZURE_AUTHORITY_HOST)? Behind a proxy, set HTTPS_PROXY",
            sent=False,
        )
    late = is_a(requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError, TimeoutError)
    if unreached or (late and not connected):
        return TransportError(
            f"no connection to {host}: nothing answers there, or a firewall is in the way. "
            "Behind a proxy, set HTTPS_PROXY",
            sent=False,
        )
    if late:
        return TransportError(f"{host} took the request but did not answer in time (GRAPH_TIMEOUT, seconds)")
    if is_a(urllib3.exceptions.ClosedPoolError):
        return TransportError(f"another thread renewed the connections to {host} just then", sent=False)
    if not any(_is_from_the_network(cause) for cause in causes):
        # A bad URL or header, or a test double that knows no answer. Its text may quote the body or the header.
        quoted = f": {causes[0]}" if not body and "putheader" not in at else ""
        return TransportError(
            f"the request to {host} was not sent ({type(causes[0]).__name__}){quoted}", sent=False, transient=False
        )
    return TransportError(f"the connection to {host} broke off before the whole answer was there", sent=connected)


def _is_from_the_network(cause: BaseException) -> bool:
    if isinstance(cause, requests.RequestException):  # an OSError itself, whatever the reason
        return isinstance(cause, requests.exceptions.ContentDecodingError)
    return isinstance(cause, (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException))


def _causes(error: BaseException, outer: BaseException | None) -> list[BaseException]:
    """Return an exception with those it wraps: as argument, as ``reason``, or as cause.

    ``outer`` was there before: Python makes it the context of all that is raised while it is handled.
    """
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(found) < 20:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and item not in found and item is not outer:
            found.append(item)
            waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
    return found


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


def _without_user(proxy: str) -> str:
    scheme, _, rest = proxy.rpartition("://")
    return f"{scheme or 'http'}://{rest.rpartition('@')[2]}"
