"""What stands between here and Graph, step by step; the first step that fails says what to do."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter

from leangraph.auth import choose, wire
from leangraph.auth.holder import TokenHolder
from leangraph.auth.refusals import CLOCK, explain, unusable
from leangraph.cli.output import clean
from leangraph.client import GraphClient
from leangraph.errors import AuthError, ConfigurationError, Error, Forbidden, TransportError
from leangraph.http.retry import RetryPolicy
from leangraph.knowledge import permissions
from leangraph.net.failures import without_user
from leangraph.net.session import HttpSession
from leangraph.settings import Settings

SHOWN = 8  # permissions of a token that are listed
SECONDS = 5.0  # for a look at a certificate


class Check(NamedTuple):
    """One step.

    Attributes:
        ok: ``None`` if it was not taken, because one before has failed, or if a later one has to tell.
        next: what to do, if it failed.
        exit_code: what the command exits with, if this is the first to fail.
    """

    name: str
    ok: bool | None
    detail: str = ""
    next: str = ""
    exit_code: int = 0


class _Unclear(Error):
    """A step cannot tell what is wrong: a later one can."""


class _Failed(Error):
    """A step found something, and knows what to do."""

    def __init__(self, detail: str, next_step: str, exit_code: int = 1) -> None:
        super().__init__(f"{detail}\n{next_step}")
        self.code = exit_code


@dataclass
class _Found:
    """What the steps so far have found."""

    profile: str | None
    settings: Any = None
    http: Any = None
    headers: Any = None
    claims: dict[str, Any] = field(default_factory=dict)
    holder: Any = None


def checks(profile: str | None = None) -> Iterator[Check]:
    """Yield each step as it is done; after a failure the rest is named and not taken."""
    found = _Found(profile)
    failed = False
    try:
        for name, step in STEPS.items():
            check = Check(name, None) if failed else _take(name, step, found)
            failed = failed or check.ok is False
            yield check
    finally:
        if found.http is not None:
            found.http.close()


def lines(check: Check) -> Iterator[str]:
    """Yield how a person reads it."""
    word = {True: "ok", False: "fail", None: "-"}[check.ok]
    first, *more = check.detail.splitlines() or [""]
    yield f"{word:5} {check.name:12} {first}".rstrip()
    for line in [*more, *([f"-> {check.next}"] if check.next else [])]:
        yield f"{'':18} {line}"


def _take(name: str, step: Callable[[_Found], str], found: _Found) -> Check:
    try:
        return Check(name, True, clean(step(found)))
    except _Unclear as error:
        return Check(name, None, clean(str(error)))
    except _Failed as error:
        failure: Error = error
        code = error.code
    except Error as error:
        failure = error
        code = error.exit_code
    first, _, rest = str(failure).partition("\n")
    if isinstance(failure, ConfigurationError):  # each line of which says what to do
        return Check(name, False, clean(str(failure)), "", code)
    told = " ".join(line.strip() for line in rest.splitlines())
    return Check(name, False, clean(first), clean(told), code)


# -- the steps ------------------------------------------------------------------------------------------------


def _settings(found: _Found) -> str:
    found.settings = settings = Settings.from_profile(found.profile) if found.profile else Settings()
    found.http = HttpSession(ca_bundle=settings.ca_bundle, proxy=_proxy_of(settings))
    by_source: dict[str, list[str]] = {}
    for variable, source in settings.source.items():
        by_source.setdefault(source, []).append(variable)
    return "\n".join(
        [
            f"{settings.endpoints.name} cloud, signs in by {settings.sign_in_by}",
            *(f"from {source}: {', '.join(sorted(names))}" for source, names in by_source.items()),
        ]
    )


def _proxy(found: _Found) -> str:
    proxies = {host: found.http._proxies_for(url).get("https", "") for host, url in _addresses(found).items()}
    named = {host: without_user(proxy) for host, proxy in proxies.items() if proxy}
    return ", ".join(f"{proxy} for {host}" for host, proxy in named.items()) or "none"


def _name(found: _Found) -> str:
    told = []
    for host, url in _addresses(found).items():
        if found.http._proxies_for(url):
            told.append(f"{host}: the proxy looks it up")
            continue
        addresses: list[str] = []
        try:
            looked_up = socket.getaddrinfo(host, urlsplit(url).port or 443, type=socket.SOCK_STREAM)
            addresses = [str(item[4][0]) for item in looked_up]
        except (OSError, UnicodeError):  # the latter for a part that is too long
            pass
        if not addresses:
            raise _Failed(
                f"the name {host} cannot be resolved",
                "is this machine online, and the name right (GRAPH_CLOUD, GRAPH_URL, AZURE_AUTHORITY_HOST)? "
                "Behind a proxy, set HTTPS_PROXY",
            )
        told.append(f"{host} is {addresses[0]}")
    return "\n".join(told)


def _tls(found: _Found) -> str:
    trusted = found.settings.ca_bundle or "certifi's authorities"
    for host, url in _addresses(found).items():
        problem: TransportError | None = None
        try:
            response = found.http.send("GET", f"{url}/", {"User-Agent": wire.user_agent()}, timeout=wire.TIMEOUT)
            found.http.read(response)
            found.headers = response.headers  # in the end, those of the login host
        except TransportError as error:
            problem = error
        if problem is not None:
            certificate, headers = (None, {}) if problem.sent else _look(found, url)
            if certificate is None:
                raise problem
            _judge_certificate(found, host, certificate, headers)
            what, _, advice = str(problem).partition(". ")
            raise _Failed(f"{what}, issued by {certificate.issuer.rfc4514_string()}", advice)
    return f"trusted by {trusted}"


def _judge_certificate(found: _Found, host: str, certificate: Any, headers: Any) -> None:
    """Leave it to the clock if by its server's a certificate is good, and by ours it is not."""
    start, end = certificate.not_valid_before_utc.timestamp(), certificate.not_valid_after_utc.timestamp()
    now = time.time()
    there = now - wire.ahead(headers)
    if not start <= now <= end and start <= there <= end:
        found.headers = headers
        raise _Unclear(f"by this machine's clock, the certificate of {host} is not valid")


def _look(found: _Found, url: str) -> tuple[Any, Any]:
    """Return the certificate that a server shows, trusted or not, and the headers of its answer.

    No certificate if there is none to be had. What it answers is not to be trusted: it is told its own name only.
    """
    from cryptography import x509

    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    through = found.http._proxies_for(url).get("https", "")
    proxy = urlsplit(through)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    near, door = (proxy.hostname, proxy.port or 80) if proxy.hostname else (host, port)
    connection = http.client.HTTPSConnection(near, door, timeout=SECONDS, context=context)
    certificate = None
    try:
        if proxy.hostname:
            connection.set_tunnel(host, port, HTTPAdapter().proxy_headers(through))
        connection.connect()
        shown: Any = connection.sock
        certificate = x509.load_der_x509_certificate(shown.getpeercert(binary_form=True))
        connection.request("GET", "/", headers={"User-Agent": wire.user_agent()})
        return certificate, connection.getresponse().headers
    except (OSError, http.client.HTTPException, ValueError):
        return certificate, {}
    finally:
        connection.close()


def _clock(found: _Found) -> str:
    ahead = wire.ahead(found.headers)
    told = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the server's"
    if abs(ahead) > CLOCK:
        raise _Failed(f"this machine's clock is {told}", "set it: a sign-in allows for five minutes")
    return told if abs(ahead) >= 2 else "right"


def _discovery(found: _Found) -> str:
    if found.settings.sign_in_by == "managed_identity":
        return "not needed: the machine has its own token service"
    url = f"{found.settings.authority}/v2.0/.well-known/openid-configuration"
    host = urlsplit(url).hostname or ""
    answer = wire.Wire(found.http, host).exchange("GET", url, {}, None)
    if answer.status_code != 200:
        raise explain(answer.json(), answer.status_code, host, answer.headers)
    endpoint = answer.json().get("token_endpoint")
    if not isinstance(endpoint, str):
        raise unusable(host, answer.status_code)
    return f"tokens come from {endpoint}"


def _token(found: _Found) -> str:
    settings = found.settings
    if settings.sign_in in ("device", "browser") and not choose.sign_in_file(settings).load():
        raise _Failed("nobody is signed in", "leangraph login", AuthError.exit_code)
    acquire = choose.source_for(settings, found.http)
    grant = acquire()
    found.claims = permissions.claims_of(grant.token)
    found.holder = TokenHolder(lambda claims=None: grant, scopes=settings.token_scopes)
    who = found.claims.get("upn") or found.claims.get("app_displayname") or found.claims.get("appid") or "somebody"
    return f"for {who}, good for {grant.expires_in / 60:.0f} minutes"


def _permissions(found: _Found) -> str:
    scopes, roles = str(found.claims.get("scp", "")).split(), found.claims.get("roles")
    names = scopes or (roles if isinstance(roles, list) else [])
    if not found.claims:
        return "the token does not say"
    if not names:
        raise _Failed(
            "the token has no permission at all",
            "add one in the portal under API permissions (for apps, an application permission), then Grant admin "
            "consent",
            Forbidden.exit_code,
        )
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{'delegated' if scopes else 'application'}: {', '.join(map(str, sorted(names)[:SHOWN]))}{more}"


def _graph(found: _Found) -> str:
    path = "/me?$select=id" if found.settings.is_user else "/users?$top=1&$select=id"
    with GraphClient(
        found.holder, settings=found.settings, session=found.http, retry=RetryPolicy(max_retries=1, patience=5)
    ) as graph:
        try:
            graph.get(path)
        except Forbidden:
            return f"{graph.url} takes the token; GET {path.partition('?')[0]} needs another permission"
        return f"{graph.url} answers GET {path.partition('?')[0]}"


STEPS: dict[str, Callable[[_Found], str]] = {
    "settings": _settings,
    "proxy": _proxy,
    "name": _name,
    "tls": _tls,
    "clock": _clock,
    "discovery": _discovery,
    "token": _token,
    "permissions": _permissions,
    "graph": _graph,
}


def _addresses(found: _Found) -> dict[str, str]:
    """Return the hosts that are asked, each with its origin: the login host first."""
    login = "" if found.settings.sign_in_by == "managed_identity" else found.settings.authority.rpartition("/")[0]
    return {str(urlsplit(url).hostname): url for url in (found.settings.graph_root, login) if url}


def _proxy_of(settings: Settings) -> str | None:
    return settings.proxy.get_secret_value() if settings.proxy else None
