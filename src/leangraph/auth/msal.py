"""Microsoft's ways to sign in, through MSAL, which is imported and built on first use.

What MSAL leaves to its caller (time limits, errors that say something, a secret that does not travel along
in an exception) is added here and in ``wire``.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from leangraph.auth.grant import Acquire, Flow, Grant, Hidden, Keep, Secret, grant, seconds
from leangraph.auth.refusals import ENDED
from leangraph.auth.wire import Wire
from leangraph.errors import AuthError, ConfigurationError, TransportError
from leangraph.net.redact import cover

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession

Build = Callable[[Any, dict[str, Any]], Any]  # msal and the arguments every application gets: an application
Ask = Callable[[Any, str | None], Any]  # an application and claims: what MSAL answers
Proof = Callable[[Any], Any]  # a way to find the application, for its audience: MSAL's ``client_credential``
BROWSER_TIMEOUT = 300  # seconds to wait for somebody to sign in


# -- the app itself -------------------------------------------------------------------------------------------


def app_only(
    authority: str,
    client_id: str,
    proof: Proof,
    scopes: Sequence[str],
    http: HttpSession,
    *,
    capabilities: Sequence[str] = (),
) -> Acquire:
    """Sign in as an app, which proves who it is by ``secret``, ``certificate`` or ``assertion``.

    ``authority`` is ``https://host/tenant``; whether its host may be trusted is for the caller to know:
    MSAL's own check is switched off, since it asks login.microsoftonline.com about every other host.
    """
    wanted = _checked(scopes)

    client = _Client(confidential(client_id, proof), authority, http, capabilities)

    def acquire(claims: str | None) -> Grant:
        with client.app() as app:
            return client.grant(app.acquire_token_for_client(wanted, claims_challenge=claims))

    return Flow(client.name, acquire, tuple(wanted))


def client_secret(
    authority: str, client_id: str, secret_: Secret, scopes: Sequence[str], http: HttpSession
) -> Acquire:
    """App-only sign-in with a client secret."""
    return app_only(authority, client_id, secret(secret_), scopes, http)


def secret(value: Secret) -> Proof:
    return lambda _: value.get_secret_value()


def certificate(path: str, password: Secret | None = None, *, chain: bool = False) -> Proof:
    """Prove the app by a private key with its certificate, of a PEM or PFX file; read on first use.

    Args:
        chain: send the certificates along (``x5c``), for apps that trust a subject name and issuer.
    """

    def proof(app: Callable[[], Any]) -> Any:
        from msal.oauth2cli.assertion import JwtAssertionCreator

        from leangraph.auth.certificates import read

        found = read(path, password.get_secret_value().encode() if password else None)
        creator = JwtAssertionCreator(
            found.key,
            "PS256",
            sha256_thumbprint=found.sha256,
            headers={"x5c": found.chain} if chain else None,
        )

        def sign() -> Any:  # a new one for every token costs 1 ms, and cannot be too old
            return creator.create_normal_assertion(app().authority.token_endpoint, client_id_of(app()))

        return {"client_assertion": sign}

    return proof


def assertion(source: Callable[[], str]) -> Proof:
    """Prove the app by the token of another issuer that it trusts, asked for anew each time."""

    def proof(_: Any) -> Any:
        def ask() -> str:
            found = source()
            if not isinstance(found, str) or found.count(".") != 2:
                raise AuthError("the source of the federated token gave no JWT")
            return found.strip()

        return {"client_assertion": ask}

    return proof


def client_id_of(app: Any) -> str:
    return str(app.client_id)


def confidential(client_id: str, proof: Proof) -> Build:
    def build(msal: Any, common: dict[str, Any]) -> Any:
        made: list[Any] = []
        credential = proof(lambda: made[0])
        # azure_region=False: else an environment variable adds requests, and a probe without time limit
        app = msal.ConfidentialClientApplication(
            client_id, client_credential=credential, azure_region=False, **common
        )
        made.append(app)
        return app

    return build


def public(client_id: str) -> Build:
    def build(msal: Any, common: dict[str, Any]) -> Any:
        return msal.PublicClientApplication(client_id, **common)

    return build


# -- the machine ----------------------------------------------------------------------------------------------


def managed_identity(identity: str, scopes: Sequence[str], *, capabilities: Sequence[str] = ()) -> Acquire:
    """Sign in as the Azure machine this runs on: VM, App Service, Functions, AKS pod, Arc.

    Args:
        identity: ``system``, or the client or resource id of an identity assigned to the machine.
        scopes: one, which ends in ``/.default``. No proxy is used: the metadata service refuses what comes by one.
    """
    [scope] = _checked(scopes)[:1]
    resource = scope.removesuffix("/.default")
    if len(scopes) > 1 or resource == scope:
        raise ConfigurationError(
            "a managed identity takes one scope, which ends in /.default: correct GRAPH_SCOPES"
        )

    def build(msal: Any, common: dict[str, Any]) -> Any:
        who = msal.SystemAssignedManagedIdentity()
        if identity.startswith("/"):
            who = msal.UserAssignedManagedIdentity(resource_id=identity)
        elif identity.lower() != "system":
            who = msal.UserAssignedManagedIdentity(client_id=identity)
        return msal.ManagedIdentityClient(
            who,
            http_client=common["http_client"],
            http_cache=common["http_cache"],
            token_cache=common["token_cache"],
            client_capabilities=common["client_capabilities"],
        )

    client = _Client(build, "", _direct(), capabilities)

    def acquire(claims: str | None) -> Grant:
        hint = ""
        try:
            with client.app() as app:
                return client.grant(app.acquire_token_for_client(resource=resource, claims_challenge=claims))
        except TransportError as error:
            failure: AuthError | TransportError = error
            hint = "no managed identity answers here: does this run on Azure, with an identity assigned?"
        except AuthError as error:
            failure = error
            if error.status in (404, 410):  # it is being updated: up to 70 s
                error.transient = True
            elif not error.transient:
                hint = "is this identity assigned to the machine (GRAPH_MANAGED_IDENTITY), and GRAPH_CLOUD right?"
        failure.args = (f"{failure.args[0]}\n  {hint}" if hint else failure.args[0],)
        raise failure

    return Flow("managed identity", acquire, (scope,))


def _direct() -> HttpSession:
    """Return a session that uses no proxy, whoever has set one."""
    import requests

    from leangraph.net.session import HttpSession

    session = requests.Session()
    session.trust_env = False
    return HttpSession(session)


# -- a user ---------------------------------------------------------------------------------------------------


def device_code(
    authority: str,
    client_id: str,
    scopes: Sequence[str],
    http: HttpSession,
    *,
    show: Callable[[str], object] | None = None,
    keep: Keep | None = None,
    capabilities: Sequence[str] = (),
    sleep: Callable[[float], object] = time.sleep,
) -> Acquire:
    """Sign in a user on any other device: ``show`` gets the sentence with the address and the code.

    What is kept from an earlier sign-in is used first. The user is asked once at most: when that sign-in
    has ended, the flow says so, and asks nobody from a background thread.
    """
    wanted = _checked(scopes)
    tell = show or _to_stderr

    def ask(app: Any, claims: str | None) -> Any:
        begun = app.initiate_device_flow(wanted, claims_challenge=claims)
        if "device_code" not in begun:
            return begun
        tell(str(begun.get("message", "")))
        begun["interval"] = math.ceil(seconds(begun.get("interval")) or 0)  # MSAL counts with it
        pause: float = begun["interval"]
        while True:
            try:
                return app.acquire_token_by_device_flow(begun, claims_challenge=claims)
            except (AuthError, TransportError) as error:  # a moment's failure does not void the code
                if not error.transient or time.time() >= begun["expires_at"]:
                    raise
                pause = max(pause, getattr(error, "retry_after", None) or 0.0)
            sleep(pause)

    return _of_user(public(client_id), ask, authority, wanted, http, keep, capabilities)


def browser(
    authority: str,
    client_id: str,
    scopes: Sequence[str],
    http: HttpSession,
    *,
    port: int | None = None,
    login_hint: str | None = None,
    keep: Keep | None = None,
    capabilities: Sequence[str] = (),
) -> Acquire:
    """Sign in a user in the browser of this machine: authorization code with PKCE, back to ``http://localhost``."""
    wanted = _checked(scopes)

    def ask(app: Any, claims: str | None) -> Any:
        return app.acquire_token_interactive(
            wanted, timeout=BROWSER_TIMEOUT, port=port, login_hint=login_hint, claims_challenge=claims
        )

    return _of_user(public(client_id), ask, authority, wanted, http, keep, capabilities)


def on_behalf_of(
    authority: str,
    client_id: str,
    proof: Proof,
    user_token: str | Callable[[], str],
    scopes: Sequence[str],
    http: HttpSession,
    *,
    capabilities: Sequence[str] = (),
) -> Acquire:
    """Sign in as the user who called an API of yours, with the token that came with the call."""
    wanted = _checked(scopes)
    source = user_token if callable(user_token) else Hidden(user_token).get_secret_value

    def ask(app: Any, claims: str | None) -> Any:
        return app.acquire_token_on_behalf_of(source(), wanted, claims_challenge=claims)

    return _of_user(confidential(client_id, proof), ask, authority, wanted, http, None, capabilities)


def refresh_token(
    authority: str,
    client_id: str,
    scopes: Sequence[str],
    http: HttpSession,
    keep: Keep,
    *,
    proof: Proof | None = None,
    capabilities: Sequence[str] = (),
) -> Acquire:
    """Sign in with a refresh token you bring; each new one is kept before its access token is handed out."""
    build = confidential(client_id, proof) if proof else public(client_id)
    return _of_user(build, None, authority, _checked(scopes), http, keep, capabilities)


def _of_user(
    build: Build,
    first: Ask | None,
    authority: str,
    scopes: list[str],
    http: HttpSession,
    keep: Keep | None,
    capabilities: Sequence[str],
) -> Flow:
    client = _Client(build, authority, http, capabilities)
    kept = keep or Memory()
    ended: list[AuthError] = []
    given: list[bool] = []

    def renewed(app: Any, claims: str | None) -> Any:
        token = kept.load()
        if not token:
            return {"error": "invalid_grant", "error_description": "there is no refresh token"}
        asked = _claims(claims, capabilities)
        return app.acquire_token_by_refresh_token(token, scopes, data={"claims": asked} if asked else {})

    def acquire(claims: str | None) -> Grant:
        if ended:
            raise ended[0]
        with kept.lock(), client.app() as app:
            result = renewed(app, claims)
            if _is_over(result):
                if first is None or given:  # asking the user again is for whoever is there, not for a thread
                    ended.append(client.refusal(result))
                    raise ended[0]
                result = first(app, claims)
            made = client.grant(result)
            if result.get("refresh_token"):
                _save(kept, result["refresh_token"])
            given.append(True)
            return made

    return Flow(client.name, acquire, tuple(scopes))


def _is_over(result: Any) -> bool:
    return isinstance(result, dict) and result.get("error") in ENDED


def _save(kept: Keep, token: str) -> None:
    """Keep a refresh token; if that fails the sign-in fails, for the one on disk may have been used up."""
    problem = ""
    try:
        kept.save(token)
        return
    except (OSError, ConfigurationError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise AuthError(f"the new refresh token could not be kept ({problem}), so its access token is not used")


class Memory:
    """A refresh token that lives as long as the process."""

    def __init__(self, token: str | Secret | None = None, save: Callable[[str], object] | None = None) -> None:
        self._token = Hidden(token) if token else None
        self._save = save

    def load(self) -> str | None:
        return self._token.get_secret_value() if self._token else None

    def save(self, refresh_token: str) -> None:
        self._token = Hidden(refresh_token)
        if self._save is not None:
            self._save(refresh_token)

    def lock(self) -> AbstractContextManager[object]:
        return nullcontext()


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


# -- MSAL -----------------------------------------------------------------------------------------------------


class _Client:
    """Builds an MSAL application on first use, asks it from one thread at a time, and survives ``fork``."""

    def __init__(self, build: Build, authority: str, http: HttpSession, capabilities: Sequence[str]) -> None:
        self.host = urlsplit(authority).hostname or authority or "the managed identity endpoint"
        self.name = f"sign-in through MSAL at {self.host}"
        self._build = build
        self._authority = authority
        self._http = http
        self._capabilities = list(capabilities)
        self._clear()

    def _clear(self) -> None:
        self._app: Any = None
        self._wire = Wire(self._http, self.host)
        self._lock = threading.Lock()  # the holder asks from one thread at a time; others may not
        self._process = os.getpid()

    @contextmanager
    def app(self) -> Iterator[Any]:
        """Give the application to one thread, until it has read what the answer said."""
        if self._process != os.getpid():  # after fork: MSAL's locks and ours may be held by nobody
            self._clear()
        with self._lock:
            if self._app is None:
                self._app = self._make()
            yield self._app

    def _make(self) -> Any:
        import msal

        cover("msal")
        common = {
            "authority": self._authority,
            "instance_discovery": False,  # else a refused secret can surface as a connection error
            "http_client": self._wire,
            "http_cache": _Nothing(),  # MSAL repeats a 400 for 60 s and a 5xx for up to an hour
            "token_cache": _store_nothing(msal),  # the holder is the cache
            "client_capabilities": self._capabilities or None,
        }
        return self._build(msal, common)

    def grant(self, result: Any) -> Grant:
        """Make a grant of what MSAL returned, or raise what it means."""
        if isinstance(result, dict) and result.get("access_token"):
            return grant(result, self._wire.refresh_in)
        raise self.refusal(result)

    def refusal(self, result: Any) -> AuthError:
        return self._wire.refusal(result)


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


def _checked(scopes: Iterable[str]) -> list[str]:
    found = [scopes] if isinstance(scopes, str) else list(scopes)
    if not found:  # MSAL would return any token it finds
        raise ConfigurationError("GRAPH_SCOPES must name at least one scope")
    return found


def _claims(challenge: str | None, capabilities: Sequence[str]) -> str | None:
    """Return challenge and capabilities as one: MSAL does so in every call but the one by refresh token."""
    if not capabilities:
        return challenge
    merged = json.loads(challenge) if challenge else {}
    merged.setdefault("access_token", {})["xms_cc"] = {"values": list(capabilities)}
    return json.dumps(merged)
