"""Signing in outside Microsoft: plain OAuth2, RFC 6749, so that a ``TokenHolder`` manages any API's tokens."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote_plus, urlencode, urlsplit

from leangraph import clouds
from leangraph.auth.flow import Flow
from leangraph.auth.grant import Acquire, Grant, Hidden, Keep, Secret, grant_of
from leangraph.auth.msal import LONGEST
from leangraph.auth.refusals import explain
from leangraph.auth.store import LOCK_PATIENCE
from leangraph.auth.users import KeptSignIn, Memory
from leangraph.auth.wire import FORM, Wire
from leangraph.errors import AuthError, ConfigurationError

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession

Auth = Literal["post", "basic"]


def oauth2_client_credentials(
    token_url: str,
    client_id: str,
    client_secret: str | Secret,
    *,
    scope: str | Iterable[str] = (),
    auth: Auth = "post",
    extra: Mapping[str, str] | None = None,
    ca_bundle: str | None = None,
    http: HttpSession | None = None,
) -> Acquire:
    """Return a flow for ``TokenHolder``: the tokens of one client, by its id and secret.

    Args:
        token_url: the token endpoint, ``https://…``; plain http only for this machine.
        scope: a text or several; without any, the service decides.
        auth: where id and secret go: ``post`` in the form, ``basic`` in the header.
        extra: more fields of the form, such as ``{"audience": "https://api.example"}``.
        ca_bundle: a PEM file of trusted authorities, or ``system``.

    Raises:
        ConfigurationError: the address or ``auth`` is none of these. Nothing is asked before the first token.
    """
    client = _OAuth2Client(token_url, client_id, client_secret, scope, auth, extra, ca_bundle, http)

    def acquire(claims: str | None) -> Grant:
        return client.ask({"grant_type": "client_credentials"}, claims)[0]

    return Flow(client.name, acquire, client.scopes, longest=LONGEST, close=client.close)


def oauth2_refresh_token(
    token_url: str,
    client_id: str,
    client_secret: str | Secret | None,
    refresh_token: str | Secret | Keep,
    *,
    save: Callable[[str], object] | None = None,
    scope: str | Iterable[str] = (),
    auth: Auth = "post",
    extra: Mapping[str, str] | None = None,
    ca_bundle: str | None = None,
    http: HttpSession | None = None,
) -> Acquire:
    """Return a flow for ``TokenHolder``: the tokens that follow from a refresh token you have.

    Args:
        refresh_token: the token, or where it is kept (``RefreshTokenFile``, or anything with its methods).
        save: gets each new refresh token, before the access token is handed out that came with it. Without
            it, a service that takes each one once locks the next run out.

    Once the service has refused the refresh token (``invalid_grant``), every call raises that ``AuthError``
    without asking, until another refresh token is kept; after a failed connection, a ``TransportError``, the same
    one is sent again.
    """
    client = _OAuth2Client(token_url, client_id, client_secret, scope, auth, extra, ca_bundle, http)
    bare = isinstance(refresh_token, str) or hasattr(refresh_token, "get_secret_value")
    keep: Any = Memory(refresh_token, save) if bare else refresh_token  # type: ignore[arg-type]

    def exchange(token: str, claims: str | None) -> tuple[Grant, str | None]:
        return client.ask({"grant_type": "refresh_token", "refresh_token": token}, claims)

    longest = LONGEST + LOCK_PATIENCE
    return Flow(client.name, KeptSignIn(keep, exchange), client.scopes, longest=longest, close=client.close)


class _OAuth2Client:
    """One client of a token endpoint."""

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str | Secret | None,
        scope: str | Iterable[str],
        auth: str,
        extra: Mapping[str, str] | None,
        ca_bundle: str | None,
        http: HttpSession | None,
    ) -> None:
        parts = urlsplit(token_url)
        host = parts.hostname or ""
        if not host or parts.username or not (parts.scheme == "https" or clouds.is_loopback(host)):
            raise ConfigurationError("token_url must be https://host/path (plain http is for this machine only)")
        if auth not in ("post", "basic"):
            raise ConfigurationError(f"auth={auth!r} must be 'post' or 'basic'")
        self.name = f"sign-in at {host}"
        self.scopes = tuple(scope.split() if isinstance(scope, str) else scope)
        self._url = token_url
        self._host = host
        self._id = client_id
        self._secret = Hidden(client_secret) if client_secret else None
        self._auth = auth
        self._extra = dict(extra or {})
        self._ca_bundle = ca_bundle
        self._given = http
        self._own: HttpSession | None = None

    def close(self) -> None:
        """Close the session, unless it was handed in."""
        if self._own is not None:
            self._own.close()

    def ask(self, form: dict[str, str], claims: str | None) -> tuple[Grant, str | None]:
        """Post a form, with what proves the client; return the grant and the refresh token that came with it."""
        headers = {"Content-Type": FORM, "Accept": "application/json"}
        fields = {**self._extra, **form}
        if self.scopes:
            fields["scope"] = " ".join(self.scopes)
        if claims:
            fields["claims"] = claims
        value = self._secret.get_secret_value() if self._secret else ""
        if self._auth == "basic" and value:  # both are form-encoded first: RFC 6749 §2.3.1
            pair = f"{quote_plus(self._id)}:{quote_plus(value)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields |= {"client_id": self._id, **({"client_secret": value} if value else {})}
        wire = Wire(self._session(), self._host)
        answer = wire.exchange("POST", self._url, headers, urlencode(fields).encode())
        body = answer.json()
        if answer.status_code != 200 or not body.get("access_token"):
            raise explain(body, answer.status_code, self._host, answer.headers)
        kind = body.get("token_type")
        if isinstance(kind, str) and kind.lower() != "bearer":
            raise AuthError(f"{self._host} gives tokens of type {kind[:40]!r}, and only bearer tokens can be used")
        following = body.get("refresh_token")
        return grant_of(body), following if isinstance(following, str) and following else None

    def _session(self) -> HttpSession:
        if self._given is not None:
            return self._given
        if self._own is None:
            from leangraph.net.session import HttpSession

            self._own = HttpSession(ca_bundle=self._ca_bundle)
        return self._own
