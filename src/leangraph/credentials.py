"""Ways to get a ``Grant``: each flow is a function that returns ``acquire``, which asks the network.

MSAL does the protocol; what it leaves to its caller (time limits, errors that say something, a secret
that does not travel along in an exception) is added here. It is imported and built on first use.
"""

from __future__ import annotations

import json
import math
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol
from urllib.parse import urlencode, urlsplit

from urllib3.util import Timeout

from leangraph.errors import AuthError, ConfigurationError, Error, TransportError

if TYPE_CHECKING:
    from leangraph.session import HttpSession
    from leangraph.settings import Settings

_TIMEOUT = Timeout(connect=3.05, read=10)  # a token answer is small: later than this it is not coming


class Grant(NamedTuple):
    """One access token as its issuer gave it.

    Attributes:
        token: the bearer token itself.
        expires_in: seconds of life, counted from the moment the request was sent.
        refresh_in: seconds after which the issuer wants it renewed, ``None`` if it did not say.
    """

    token: str
    expires_in: float
    refresh_in: float | None = None

    def __repr__(self) -> str:
        return f"Grant(token=<hidden>, expires_in={self.expires_in!r}, refresh_in={self.refresh_in!r})"


class Acquire(Protocol):
    """What a flow returns and a ``TokenHolder`` takes.

    ``claims`` is a decoded claims challenge (a JSON text), ``None`` without one. Raises ``AuthError`` if
    the sign-in is refused and ``TransportError`` if there was no answer.
    """

    def __call__(self, claims: str | None = None) -> Grant: ...


class Secret(Protocol):
    """Pydantic's ``SecretStr``, or anything else that shows its content on request only."""

    def get_secret_value(self) -> str: ...


def from_settings(settings: Settings, http: HttpSession) -> Acquire:
    """Return the flow that the settings configure."""
    return client_secret(
        settings.authority, settings.client_id, settings.client_secret, settings.token_scopes, http
    )


def client_secret(
    authority: str, client_id: str, secret: Secret, scopes: Sequence[str], http: HttpSession
) -> Acquire:
    """App-only sign-in with a client secret, through ``msal.ConfidentialClientApplication``.

    ``authority`` is ``https://host/tenant``; whether its host may be trusted is for the caller to know:
    MSAL's own check is switched off, since it asks login.microsoftonline.com about every other host.
    """
    if not scopes:  # MSAL would return any token it finds
        raise ConfigurationError("GRAPH_SCOPES must name at least one scope")

    def build(msal: Any, wire: _Wire) -> Any:
        return msal.ConfidentialClientApplication(
            client_id,
            client_credential=secret.get_secret_value(),
            authority=authority,
            instance_discovery=False,  # else a refused secret can surface as a connection error
            azure_region=False,  # else an environment variable adds requests, and a probe without time limit
            http_client=wire,
            http_cache=_Nothing(),  # MSAL repeats a 400 for 60 s and a 5xx for up to an hour
            token_cache=_store_nothing(msal),  # the holder is the cache
        )

    def ask(app: Any, claims: str | None) -> Any:
        return app.acquire_token_for_client(list(scopes), claims_challenge=claims)

    return _MsalFlow(build, ask, http, urlsplit(authority).hostname or authority)


class _MsalFlow:
    """Builds an MSAL application on first use, asks it, and turns what it says into Grant or exception."""

    def __init__(
        self,
        build: Callable[[Any, _Wire], Any],
        ask: Callable[[Any, str | None], Any],
        http: HttpSession,
        host: str,
    ) -> None:
        self._build = build
        self._ask = ask
        self._http = http
        self._host = host
        self._app: Any = None
        self._wire = _Wire(http, host)
        self._lock = threading.Lock()  # the holder asks from one thread at a time; others may not
        self._process = os.getpid()

    def __call__(self, claims: str | None = None) -> Grant:
        if self._process != os.getpid():  # after fork: MSAL's locks and ours may be held by nobody
            self._app, self._wire, self._lock = None, _Wire(self._http, self._host), threading.Lock()
            self._process = os.getpid()
        failure: Error
        with self._lock:
            try:
                if self._app is None:
                    import msal

                    self._app = self._build(msal, self._wire)
                result = self._ask(self._app, claims)
            except (AuthError, ConfigurationError, TransportError) as error:
                failure = error
            except Exception as error:  # noqa: BLE001 - MSAL has no common base class, and its frames hold the secret
                failure = AuthError(f"MSAL could not sign in at {self._host} ({type(error).__name__})")
            else:
                if isinstance(result, dict) and result.get("access_token"):
                    return _grant(result, self._wire.refresh_in)
                failure = explain(result if isinstance(result, dict) else {}, self._wire.status, self._host)
        failure.__context__ = None
        raise failure.with_traceback(None)

    def __repr__(self) -> str:
        return f"<sign-in through MSAL at {self._host}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sign-in flow holds a secret and is not pickled")


class _Wire:
    """The ``http_client`` that MSAL uses: our session, and errors while the answer is still at hand."""

    def __init__(self, http: HttpSession, host: str) -> None:
        self._http = http
        self._host = host
        self.status: int | None = None
        self.refresh_in: float | None = None

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> _Answer:
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        answer = self._exchange("GET", url, dict(headers or {}), None)
        body = answer.json()
        if answer.status_code != 200:
            raise explain(body, answer.status_code, self._host, answer.headers)
        if not {"authorization_endpoint", "token_endpoint"} <= body.keys() and "openid-configuration" in url:
            raise _unusable(self._host, answer)
        return answer

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> _Answer:
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        body = data if isinstance(data, str) else urlencode(data or {})
        form = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        answer = self._exchange("POST", url, form, body.encode())
        result = answer.json()
        if "refresh_in" in result:  # MSAL keeps it to itself, and fails if it is anything but an integer
            self.refresh_in = _seconds(result.pop("refresh_in"))
            answer.text = json.dumps(result)
        return answer

    def close(self) -> None:
        """Leave the session to its owner."""

    def _exchange(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> _Answer:
        self.status = self.refresh_in = None
        headers.setdefault("User-Agent", _user_agent())
        response = self._http.send(method, url, headers, body, timeout=_TIMEOUT)
        text = self._http.read(response).decode("utf-8-sig", "replace")
        self.status = response.status_code
        answer = _Answer(response.status_code, text, response.headers)
        if answer.status_code == 429 or answer.status_code >= 500:
            raise explain(answer.json(), answer.status_code, self._host, answer.headers)
        if not answer.json():
            raise _unusable(self._host, answer)
        return answer


class _Answer:
    """The three attributes of a response that MSAL reads."""

    def __init__(self, status_code: int, text: str, headers: Mapping[str, str]) -> None:
        self.status_code = status_code
        self.text = text
        self.headers = headers

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, an empty one if it is anything else."""
        try:
            body = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return body if isinstance(body, dict) else {}

    def raise_for_status(self) -> None:
        """Do nothing: what is not 200 has been raised already."""


class _Nothing(dict[Any, Any]):
    """A mapping that forgets: MSAL's cache of HTTP answers, switched off."""

    def __setitem__(self, key: Any, value: Any) -> None:
        pass


def _store_nothing(msal: Any) -> Any:
    """Return a token cache that keeps nothing, so that every call asks the issuer.

    With MSAL's own cache on, nothing can be renewed before five minutes of life are left. It must not
    define ``__len__``: MSAL replaces a falsy cache silently.
    """

    class StoreNothing(msal.TokenCache):  # type: ignore[misc]
        def add(self, event: Any, now: Any = None) -> None:
            pass

        def search(self, *_: Any, **__: Any) -> Any:
            return iter(())

    return StoreNothing()


def _grant(result: Mapping[str, Any], refresh_in: float | None) -> Grant:
    expires_in = _seconds(result.get("expires_in"))
    if expires_in is None:
        expires_in = 600.0  # unsaid: MSAL assumes ten minutes too
    return Grant(str(result["access_token"]), expires_in, refresh_in)


def _seconds(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) else None


def _user_agent() -> str:
    from leangraph import __version__

    return f"leangraph/{__version__}"


def _unusable(host: str, answer: _Answer) -> AuthError:
    return AuthError(
        f"{host} answered {answer.status_code}, but not with what a sign-in service sends. "
        "A proxy or captive portal in the way, or a wrong AZURE_AUTHORITY_HOST?",
        status=answer.status_code,
        transient=True,
    )


# What an AADSTS number means for the one who runs the script.
# Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_ADVICE = {
    7000215: "AZURE_CLIENT_SECRET is wrong. It must be the secret's Value, not its Secret ID; the Value is shown "
    "only once, so make a new one under Certificates & secrets if it is lost",
    7000222: "the client secret has expired: make a new one under Certificates & secrets",
    7000218: "no secret was sent, or the app does not take one",
    700016: "no app with this AZURE_CLIENT_ID in the tenant AZURE_TENANT_ID: one of the two is wrong, or an "
    "admin of the tenant has not consented to the app yet",
    7000112: "the app is disabled in this tenant: enable it under Enterprise applications",
    90002: "the tenant in AZURE_TENANT_ID does not exist in this cloud: look at the Directory (tenant) ID on the "
    "app's Overview page, and at GRAPH_CLOUD",
    900023: "AZURE_TENANT_ID is neither a tenant ID nor a verified domain",
    500011: "the API named in GRAPH_SCOPES is unknown in this tenant: is GRAPH_CLOUD right?",
    70011: "GRAPH_SCOPES is not valid for this sign-in",
    1002012: "an app signs in with scopes that end in /.default: correct GRAPH_SCOPES",
    900382: "the tenant lives in another national cloud: set GRAPH_CLOUD",
    90038: "the tenant lives in another national cloud: set GRAPH_CLOUD",
    50196: "Entra sees this app ask for tokens in a loop: keep one client, or one TokenHolder, and use it again",
}


def explain(
    body: Mapping[str, Any], status: int | None, host: str, headers: Mapping[str, str] | None = None
) -> AuthError:
    """Make the exception for an OAuth2 error answer; ``headers`` must ignore case."""
    words = {name: value for name, value in body.items() if isinstance(value, str)}
    code = words.get("error", "")
    said = re.split(r"\r\n|\s+Trace ID:", words.get("error_description", ""), maxsplit=1)[0].strip()
    listed = body.get("error_codes")
    numbers = tuple(number for number in listed if isinstance(number, int)) if isinstance(listed, list) else ()
    advice = next((_ADVICE[number] for number in numbers if number in _ADVICE), "")
    retry_after = _seconds((headers or {}).get("Retry-After"))
    transient = status == 429 or (status or 0) >= 500 or code in ("temporarily_unavailable", "slow_down")
    if transient and not advice:
        advice = "the sign-in service is busy or failing: try again later"
    what = said or code or (f"HTTP status {status}" if status else "an empty answer")
    lines = [f"sign-in at {host} failed: {what}"]
    lines += [f"  {advice}"] if advice else []
    trace, correlation = words.get("trace_id", ""), words.get("correlation_id", "")
    if trace:
        lines.append(f"  trace_id={trace} correlation_id={correlation} timestamp={words.get('timestamp', '')}")
    return AuthError(
        "\n".join(lines),
        code=code,
        error_codes=numbers,
        status=status,
        trace_id=trace,
        correlation_id=correlation,
        retry_after=retry_after,
        transient=transient,
    )
