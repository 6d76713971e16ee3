"""Why no answer came, and the advice that fits. What passes on its way out loses what it knows of the request."""

from __future__ import annotations

import http.client
import re
import ssl
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final

import requests
import urllib3
from requests.utils import select_proxy

from leangraph.errors import ConfigurationError, Error, TransportError
from leangraph.net import origin
from leangraph.net.certificates import PUBLIC, Trust, advice
from leangraph.net.content import Damaged, TooLarge
from leangraph.net.framing import BadAnswer, OutOfTime, here
from leangraph.net.redact import quote

_LIBRARIES: Final = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException)
# Whose code runs below a request. Sockets may be gevent's or eventlet's; the rest of Python counts as well.
_BELOW: Final = frozenset(
    "leangraph requests urllib3 certifi idna charset_normalizer chardet truststore orjson OpenSSL socks gevent "
    "eventlet brotli zstandard".split()
)


def explain(
    error: BaseException,
    outer: BaseException | None,
    url: str,
    proxies: Mapping[str, str],
    body: bytes | None,
    trust: Trust = PUBLIC,
) -> BaseException:
    """Return what to raise for what went wrong: an error of ours, or what comes from outside, as it is.

    Args:
        outer: what the caller was busy with: Python makes it the context of all that is raised meanwhile.
        trust: whose certificates are accepted, for the advice.
    """
    causes = causes_of(error, outer)
    foreign = next((cause for cause in causes if is_foreign(cause) and _may_be_wrapped(cause, error)), None)
    if foreign is not None:
        return foreign
    if isinstance(error, Error):
        return error
    host = re.sub(r"^.*@|:\d*$", "", origin.split(url)[1])
    proxy = select_proxy(url, dict(proxies)) or ""
    failure = _of_content(causes, host) or (_of_proxy(causes, host, proxy, trust) if proxy else None)
    return failure or _of_tls(causes, host, trust) or _of_network(causes, host) or _of_rest(causes, host, body)


def _may_be_wrapped(cause: BaseException, error: BaseException) -> bool:
    """Tell whether a cause is the thing itself: urllib3 wraps each ``OSError``, a signal handler's too."""
    return cause is error or isinstance(cause, OSError)


def _is(causes: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _of_content(causes: list[BaseException], host: str) -> TransportError | None:
    """Explain an answer that came, and is of no use."""
    for cause in causes:
        if isinstance(cause, Damaged):
            return TransportError(f"the answer of {host} is not complete: {cause}", transient=cause.short)
        if isinstance(cause, TooLarge):
            return TransportError(
                f"the answer of {host} is too large to be kept in memory: {cause} (GRAPH_MAX_BODY); ask for less, "
                "or download it to a file",
                transient=False,
            )
        if isinstance(cause, BadAnswer):
            return TransportError(
                f"the answer of {host} is malformed: {cause}. Does something other than Graph answer there?",
                transient=False,
            )
        if isinstance(cause, OutOfTime):
            return TransportError(
                f"{host} did not answer in the time that one call may take, though bytes came (GRAPH_TIMEOUT, "
                "GRAPH_DEADLINE, in seconds)",
                transient=False,
            )
    return None


def _of_proxy(causes: list[BaseException], host: str, proxy: str, trust: Trust) -> Error | None:
    """Explain what stands in the way to the host: nothing of the request can have passed it."""
    if any("SOCKS" in str(cause) for cause in causes if isinstance(cause, requests.exceptions.InvalidSchema)):
        return ConfigurationError("a SOCKS proxy needs one more package: pip install requests[socks]")
    if _is(causes, urllib3.exceptions.ProxySchemeUnknown):
        return ConfigurationError(
            f"the proxy {without_user(proxy)} is of an unknown kind: http://, https://, socks5h:// and the like"
        )
    at_proxy = _is(causes, urllib3.exceptions.ProxyError)
    if here.sent or (_is(causes, ssl.SSLError) and not at_proxy):
        return None  # urllib3 calls it a ProxyError, too, when an answer is lost in the tunnel
    if here.sent is None and not at_proxy and not _is(causes, *_UNREACHED):
        return None
    refused = _of_certificate(causes, f"the proxy {without_user(proxy)}", trust)
    if refused is not None:
        return refused
    status, reason = _refusal(causes)
    if _is(causes, ssl.SSLError) and "appears to only use HTTP" in " ".join(map(str, causes)):
        status, reason = "http", "it speaks http and not https: write its address with http://"
    return TransportError(
        f"no connection to {host} through the proxy {without_user(proxy)}: {reason}. Correct GRAPH_PROXY or "
        f"HTTPS_PROXY, or name {host} in NO_PROXY if it can be reached directly",
        sent=False,
        transient=status not in ("403", "407", "http"),
    )


def _refusal(causes: list[BaseException]) -> tuple[str, str]:
    """Return the status with which a proxy refused a tunnel, if it did, and what it said, or the system."""
    answer = re.search(r"Tunnel connection failed: (\d+) ?(.*)", " ".join(map(str, causes)))
    if answer is None:
        return "", f"it refused or could not be reached{_bracketed(_words(causes))}"
    status = answer[1]
    said = quote(re.split(r"['\")]", answer[2])[0], 100)
    what = "it asks for a user and password" if status == "407" else "it refused"
    return status, f"{what} ({f'{status} {said}'.strip()})"


def _of_tls(causes: list[BaseException], host: str, trust: Trust) -> TransportError | None:
    if not _is(causes, urllib3.exceptions.SSLError, requests.exceptions.SSLError, ssl.SSLError):
        return None
    refused = _of_certificate(causes, host, trust)
    if refused is not None or here.sent is not False:
        return refused
    reason = next((str(cause.reason) for cause in causes if isinstance(cause, ssl.SSLError) and cause.reason), "")
    return TransportError(
        f"TLS with {host} failed; does something other than Graph answer there?{_bracketed(quote(reason, 100))}",
        sent=False,
    )


def _of_certificate(causes: list[BaseException], whose: str, trust: Trust) -> TransportError | None:
    for cause in causes:
        if message := getattr(cause, "verify_message", ""):
            code = getattr(cause, "verify_code", 0)
            return TransportError(advice(code, message, whose, trust, time.time()), sent=False, transient=False)
    return None


def _words(causes: list[BaseException]) -> str:
    """Return what the system, or a library for proxies, said in its own words."""
    said = [
        cause.strerror or getattr(cause, "msg", "")
        for cause in causes
        if isinstance(cause, OSError) and not isinstance(cause, (*_LIBRARIES, ssl.SSLError))
    ]
    return quote(next((text for text in said if text), ""), 100)


def _bracketed(text: str) -> str:
    return f" ({text})" if text else ""


_UNREACHED: Final = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
_LATE: Final = (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError, TimeoutError)


def _of_network(causes: list[BaseException], host: str) -> TransportError | None:
    if _is(causes, urllib3.exceptions.NameResolutionError, urllib3.exceptions.LocationParseError):
        return TransportError(
            f"the name {host} cannot be resolved{_bracketed(_words(causes))}: is this machine online, and is the "
            "name right (GRAPH_CLOUD, GRAPH_URL, AZURE_AUTHORITY_HOST)? Behind a proxy, set HTTPS_PROXY",
            sent=False,
        )
    if _is(causes, *_UNREACHED) or (_is(causes, *_LATE) and here.sent is False):
        return TransportError(
            f"no connection to {host}: nothing answers there, or a firewall is in the way"
            f"{_bracketed(_words(causes))}. Behind a proxy, set HTTPS_PROXY",
            sent=False,
        )
    if _is(causes, *_LATE):
        return TransportError(f"{host} took the request but did not answer in time (GRAPH_TIMEOUT, seconds)")
    if _is(causes, urllib3.exceptions.ClosedPoolError):
        return TransportError(f"another thread renewed the connections to {host} just then", sent=False)
    return None


def _of_rest(causes: list[BaseException], host: str, body: bytes | None) -> TransportError:
    if any(_is_from_the_network(cause) for cause in causes):
        return TransportError(
            f"the connection to {host} broke off before the whole answer was there", sent=here.sent is not False
        )
    # A bad URL or header, or a test double that knows no answer. Its text may quote the body or a header.
    first = causes[0]
    quoted = f": {first}" if not body and isinstance(first, requests.RequestException) else ""
    return TransportError(
        f"the request to {host} was not sent ({type(first).__name__}){quoted}", sent=False, transient=False
    )


def _is_from_the_network(cause: BaseException) -> bool:
    if isinstance(cause, requests.RequestException):  # an OSError itself, whatever the reason
        return isinstance(cause, requests.exceptions.ContentDecodingError)
    return isinstance(cause, (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException))


def causes_of(error: BaseException, outer: BaseException | None) -> list[BaseException]:
    """Return an exception with those it wraps: as argument, as ``reason``, or as cause, but ``outer``."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(found) < 20:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and item not in found and item is not outer:
            found.append(item)
            waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
    return found


def without_user(proxy: str) -> str:
    """Return the address of a proxy without the user and password in it."""
    scheme, _, rest = proxy.rpartition("://")
    return f"{scheme or 'http'}://{rest.rpartition('@')[2]}"


# -- what comes from outside ------------------------------------------------------------------------------------


def is_foreign(error: BaseException) -> bool:
    """Tell whether an exception belongs to somebody else: a signal handler, a task queue, a callback, a user.

    Python's own classes are foreign if code raised them that is neither ours nor below ours.
    """
    if not isinstance(error, Exception):
        return True
    if isinstance(error, (*_LIBRARIES, ssl.SSLError, Error)):
        return False
    home = type(error).__module__
    if home != "builtins":
        return not _is_below(home)
    return error.__traceback__ is not None and not _is_below(_where(error.__traceback__))


def _is_below(module: str) -> bool:
    top = module.partition(".")[0]
    return top in _BELOW or top in sys.stdlib_module_names


def _where(traceback: TracebackType) -> str:
    """Return the name of the module that raised an exception."""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return str(traceback.tb_frame.f_globals.get("__name__", ""))


def cut(error: BaseException, outer: BaseException | None) -> None:
    """Take from an exception the frames and causes that know a request: its token, its address, its body.

    Of an error of ours nothing is left but itself. What comes from outside keeps the frames of its own code, and
    its causes, but those of the libraries below. ``outer`` is what the caller was busy with: it stays as it is.
    """
    seen = {id(outer)}
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        current.__traceback__ = _tail(current.__traceback__)
        cause, context = current.__cause__, current.__context__
        if isinstance(current, Error) or isinstance(cause, _LIBRARIES):
            current.__cause__ = None
        if context is not outer and (isinstance(current, Error) or isinstance(context, _LIBRARIES)):
            current.__context__ = None
        current = current.__cause__ or current.__context__


def _tail(traceback: TracebackType | None) -> TracebackType | None:
    """Return the end of a traceback that is neither ours nor below us."""
    tail = traceback
    while traceback is not None:
        if _is_below(str(traceback.tb_frame.f_globals.get("__name__", ""))):
            tail = traceback.tb_next
        traceback = traceback.tb_next
    return tail
