"""An identity provider that is not Microsoft's: plain OAuth2 with one client, one API and strict rules.

It also issues the tokens that an app may present as a federated credential, as a CI service would.
Sources: RFC 6749 (OAuth 2.0), RFC 6750 (bearer tokens), RFC 9700 §4.14 (rotation of refresh tokens).
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ..wire.server import Reply, Request
from . import forms, jose
from .aadsts import json_reply

ROOT = "/idp"
PRIVATE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass
class _Grant:
    """What an access or a refresh token stands for; ``family`` came from the same first refresh token."""

    scope: tuple[str, ...]
    expires_at: float
    family: str = ""
    used: bool = False


class _No(Exception):
    """An error of RFC 6749 §5.2."""

    def __init__(self, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.error = error
        self.status = status


class OtherProvider:
    """The provider. A test may change its attributes; :meth:`reset` restores them.

    Attributes:
        client_id, client_secret: the one client.
        scopes: what it may ask for; without ``scope`` it gets all of them.
        expires_in: what answers say, an int, a text or ``None`` for nothing; unsaid, a token lives an hour.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.client_id = "partner-app"
        self.client_secret = "sandbox-secret-of-the-partner"  # noqa: S105 - a secret for nobody
        self.scopes: tuple[str, ...] = ("read", "write")
        self.expires_in: int | str | None = 3600
        with self._lock:
            self._tokens: dict[str, _Grant] = {}
            self._refresh_tokens: dict[str, _Grant] = {}
            self._dead: set[str] = set()

    def revoke(self) -> None:
        """Refuse every access token issued so far."""
        with self._lock:
            self._tokens.clear()

    def refresh_token(self, *scope: str) -> str:
        """Return a first refresh token, as somebody's consent would have brought it; each works once."""
        return self._new_refresh_token(scope or self.scopes, str(uuid4()))

    def federated_token(self, issuer: str, subject: str, audience: str, lifetime: float) -> str:
        """Return a signed statement about who runs, in the way of a CI service or Kubernetes."""
        now = int(self._clock())
        times = {"iat": now, "nbf": now, "exp": int(now + lifetime)}
        return jose.sign({"iss": issuer, "sub": subject, "aud": audience, "jti": str(uuid4()), **times})

    # -- one request ------------------------------------------------------------------------------

    def answer(self, request: Request, path: str) -> Reply | None:
        """Answer a request below ``/idp``, or return ``None`` for a path it does not know."""
        issuer = f"{request.origin}{ROOT}"
        match path:
            case "oauth2/token":
                return self._token_endpoint(request)
            case "oauth2/resource":
                return self._resource(request)
            case "oauth2/keys":
                return json_reply({"keys": [jose.public_jwk()]})
            case ".well-known/openid-configuration":
                return json_reply(
                    {
                        "issuer": issuer,
                        "token_endpoint": f"{issuer}/oauth2/token",
                        "jwks_uri": f"{issuer}/oauth2/keys",
                        "grant_types_supported": ["client_credentials", "refresh_token"],
                        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                    }
                )
        return None

    def scripted(self, status: int) -> Reply:
        """Return what a scripted fault says that names only a status."""
        error = {401: "invalid_client", 429: "temporarily_unavailable", 503: "temporarily_unavailable"}.get(
            status, "server_error" if status >= 500 else "invalid_request"
        )
        return _refusal(_No(error, "as the test wants it", status))

    def _token_endpoint(self, request: Request) -> Reply:
        if request.method != "POST":
            return json_reply({"error": "invalid_request"}, 405, {"Allow": "POST", **PRIVATE})
        try:
            return json_reply(self._token(request), headers=PRIVATE)
        except forms.BadForm:
            return _refusal(_No("invalid_request", "the request is malformed or repeats a parameter"))
        except _No as no:
            return _refusal(no)

    def _token(self, request: Request) -> dict[str, Any]:
        form = forms.read(request)
        self._authenticate(form, forms.basic(request))
        match form.get("grant_type"):
            case None:
                raise _No("invalid_request", "grant_type is missing")
            case "client_credentials":
                return self._answer(self._narrowed(form, self.scopes))
            case "refresh_token":
                return self._refreshed(form)
            case _:
                raise _No("unsupported_grant_type", "the sandbox knows client_credentials and refresh_token")

    def _authenticate(self, form: dict[str, str], basic: tuple[str, str] | None) -> None:
        if basic is not None and "client_secret" in form:
            raise _No("invalid_request", "the client must authenticate in one way only")
        sent = basic or (form.get("client_id"), form.get("client_secret"))
        if sent != (self.client_id, self.client_secret):
            raise _No("invalid_client", "unknown client or wrong secret", 401)

    def _narrowed(self, form: dict[str, str], most: tuple[str, ...]) -> tuple[str, ...]:
        asked = tuple(form.get("scope", "").split())
        if not set(asked) <= set(most):
            raise _No("invalid_scope", f"the scope must be of: {' '.join(most)}")
        return asked or most

    def _refreshed(self, form: dict[str, str]) -> dict[str, Any]:
        with self._lock:
            grant = self._refresh_tokens.get(form.get("refresh_token", ""))
            if grant is None or grant.family in self._dead:
                raise _No("invalid_grant", "the refresh token is unknown or revoked")
            if grant.used:
                self._dead.add(grant.family)
                raise _No("invalid_grant", "the refresh token was used before: all that came of it are revoked")
            scope = self._narrowed(form, grant.scope)
            grant.used = True
        return {**self._answer(scope), "refresh_token": self._new_refresh_token(grant.scope, grant.family)}

    def _answer(self, scope: tuple[str, ...]) -> dict[str, Any]:
        token = secrets.token_urlsafe(32)
        life = 3600 if self.expires_in is None else int(self.expires_in)
        with self._lock:
            self._tokens[token] = _Grant(scope, self._clock() + life)
        body: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "scope": " ".join(scope)}
        return body if self.expires_in is None else {**body, "expires_in": self.expires_in}

    def _new_refresh_token(self, scope: tuple[str, ...], family: str) -> str:
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._refresh_tokens[token] = _Grant(scope, 0, family)
        return token

    def _resource(self, request: Request) -> Reply:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return json_reply({"error": "unauthorized"}, 401, {"WWW-Authenticate": 'Bearer realm="sandbox"'})
        grant = self._tokens.get(token.strip())
        if grant is None or self._clock() >= grant.expires_at:
            challenge = 'Bearer realm="sandbox", error="invalid_token", error_description="unknown or expired"'
            return json_reply({"error": "invalid_token"}, 401, {"WWW-Authenticate": challenge})
        return json_reply({"client_id": self.client_id, "scope": " ".join(grant.scope)})


def _refusal(no: _No) -> Reply:
    headers = {"WWW-Authenticate": 'Basic realm="sandbox"'} if no.status == 401 else {}
    return json_reply({"error": no.error, "error_description": str(no)}, no.status, {**PRIVATE, **headers})
