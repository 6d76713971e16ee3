"""MSAL, which is imported and built on first use, and the sign-in of an app through it.

What MSAL leaves to its caller (time limits, errors that say something, a secret that does not travel along
in an exception) is added here and in ``wire``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from leangraph.auth.flow import Flow
from leangraph.auth.grant import Grant, grant_of
from leangraph.auth.proofs import Proof
from leangraph.auth.wire import Wire
from leangraph.errors import AuthError, ConfigurationError
from leangraph.net.redact import OwnRequests, cover
from leangraph.system import fork

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession

Build = Callable[[Any, dict[str, Any]], Any]  # msal and the arguments every application gets: an application
LONGEST = 60.0  # seconds of one token request at most: discovery, an assertion's source and the request itself


def app_only(
    authority: str,
    client_id: str,
    proof: Proof,
    scopes: Sequence[str],
    http: HttpSession,
    *,
    capabilities: Sequence[str] = (),
    rereads: bool = False,
    close: Callable[[], object] | None = None,
) -> Flow:
    """Sign in as an app, which proves by ``proof`` who it is.

    ``authority`` is ``https://host/tenant``; the caller knows whether its host may be trusted: MSAL's own check is
    switched off, since it asks login.microsoftonline.com about every other host.

    Args:
        rereads: the proof comes from a file, which may have been replaced: after a refusal it is read again.
    """
    wanted = checked_scopes(scopes)
    client = MsalClient(confidential(client_id, proof), authority, http, capabilities)

    def acquire(claims: str | None) -> Grant:
        try:
            with client.app() as app:
                return client.grant(app.acquire_token_for_client(wanted, claims_challenge=claims))
        except AuthError as error:
            if rereads and error.code == "invalid_client":
                client.forget()
            raise

    return Flow(client.name, acquire, tuple(wanted), longest=LONGEST, close=close)


def confidential(client_id: str, proof: Proof) -> Build:
    """Return how to build the application of an app that can keep a secret."""

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


def public(client_id: str, **more: Any) -> Build:
    """Return how to build the application of a program on a user's machine."""

    def build(msal: Any, common: dict[str, Any]) -> Any:
        return msal.PublicClientApplication(client_id, **common, **more)

    return build


def checked_scopes(scopes: Iterable[str]) -> list[str]:
    """Return the scopes as MSAL wants them.

    Raises:
        ConfigurationError: there is none; MSAL would return any token it finds.
    """
    wanted = [scopes] if isinstance(scopes, str) else list(scopes)
    if not wanted:
        raise ConfigurationError("GRAPH_SCOPES must name at least one scope")
    return wanted


class MsalClient:
    """Builds an MSAL application on first use, anew after ``fork``. Threads may share it: no lock is held.

    Attributes:
        host: of the login service.
        name: of the sign-in, for messages.
    """

    def __init__(
        self,
        build: Build,
        authority: str,
        http: HttpSession,
        capabilities: Sequence[str],
        wire: type[Wire] = Wire,
    ) -> None:
        self._kind_of_wire = wire
        self.host = urlsplit(authority).hostname or authority or "the managed identity endpoint"
        self.name = f"sign-in through MSAL at {self.host}"
        self._build = build
        self._authority = authority
        self._http = http
        self._capabilities = list(capabilities)
        self.after_fork()
        fork.register(self)

    def after_fork(self) -> None:
        """Forget the application: MSAL's locks may be held by threads that stayed in the parent."""
        self.forget()
        self._wire = self._kind_of_wire(self._http, self.host)

    def forget(self) -> None:
        """Build the application anew when it is needed next."""
        self._app: Any = None

    @contextmanager
    def app(self, *, all_threads: bool = False) -> Iterator[Any]:
        """Give the application, and keep secrets out of what MSAL logs meanwhile.

        Args:
            all_threads: MSAL starts threads of its own.
        """
        app = self._app
        if app is None:
            app = self._app = self._make()
        with OwnRequests(all_threads=all_threads):
            yield app

    def _make(self) -> Any:
        import msal

        cover("msal")
        common = {
            "authority": self._authority,
            "instance_discovery": False,  # else a refused secret can surface as a connection error
            "http_client": self._wire,
            "http_cache": _NoCache(),  # MSAL repeats a 400 for 60 s and a 5xx for up to an hour
            "token_cache": _store_nothing(msal),  # the holder is the cache
            "client_capabilities": self._capabilities or None,
        }
        return self._build(msal, common)

    def grant(self, result: Any) -> Grant:
        """Make a grant of what MSAL returned, or raise what it means."""
        if isinstance(result, dict) and result.get("access_token"):
            return grant_of(result, self._wire.last.refresh_in)
        raise self.refusal(result)

    def refusal(self, result: Any) -> AuthError:
        """Make the exception for what MSAL returned in place of a token."""
        return self._wire.refusal(result)


class _NoCache(dict[Any, Any]):
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
