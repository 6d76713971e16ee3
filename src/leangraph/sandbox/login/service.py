"""The token service: what the login host answers, which tokens it issued, and what they are worth.

Tokens are judged on the sandbox's clock, by what was issued: a signature alone proves nothing here.
Sources: Microsoft identity platform, "OAuth 2.0 and OpenID Connect protocols" and "access tokens".
"""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from ..wire.faults import Refusal
from ..wire.server import Reply, Request
from . import authorize, flows, forms, jose, managed_identity
from .aadsts import AADSTS, json_reply
from .forms import BadForm
from .other_provider import ROOT, OtherProvider
from .registry import (
    GRAPH_APP,
    USER_TENANTS,
    App,
    Registry,
    Tenant,
    User,
    graph_audiences,
)

__all__ = ["AADSTS", "App", "Issued", "Tenant", "TokenService"]

CACHED = {"Cache-Control": "max-age=86400, private"}
CLAIMS_CHALLENGE = (
    'PoP realm="", authorization_uri="{origin}/common/oauth2/authorize", client_id="{app}", nonce="{nonce}==", '
    'Bearer realm="", authorization_uri="{origin}/common/oauth2/authorize", client_id="{app}", '
    'error="insufficient_claims", claims="{claims}"'
)


@dataclass(frozen=True, slots=True)
class Issued:
    """What is remembered of an access token. Times are seconds on the sandbox's clock.

    ``user`` is the id of the one in whose name it speaks, and then ``scp`` says what it may; an app's
    own token has ``roles``. ``generation`` counts revocations: an older one is out.
    """

    number: int
    tenant: str
    app: str
    audience: str
    roles: tuple[str, ...]
    expires_at: float
    takes_challenges: bool
    scp: tuple[str, ...] = ()
    user: str | None = None
    generation: int = 0


class TokenService:
    """Issues tokens and judges them. ``clock`` returns seconds since the epoch.

    ``seed`` makes the tenants and apps that are there after every :meth:`reset`.

    Attributes:
        find_user: looks up, by id or name, who is in the sandbox's own tenant; ``None`` asks nobody.
        app_added: is told of an app that a test adds.
        origin: where Graph is, for a token request that came another way.
    """

    def __init__(self, seed: Callable[[], Registry], clock: Callable[[], float]) -> None:
        self._seed = seed
        self.clock = clock
        # A flow may wait for the directory, and the directory for a revocation: hence two locks.
        self.flow_lock = threading.RLock()
        self._lock = threading.Lock()
        self.find_user: Callable[[str], User | None] | None = None
        self.app_added: Callable[[App], None] | None = None
        self.origin = ""
        self.idp = OtherProvider(clock)
        self.reset()

    def reset(self) -> None:
        """Forget every token, app and tenant that was added, and every change of temper."""
        with self.flow_lock, self._lock:
            self.lifetime = 3599  # seconds
            self.refresh_in: int | None = None
            self.registry = self._seed()
            self.sign_ins = flows.SignIns()
            self.generation = 0
            self.interaction: tuple[int, str] | None = None
            self._issued: dict[str, Issued] = {}
            self._revoked: dict[str | None, tuple[int, float]] = {}
            self.idp.reset()

    # -- revocation -------------------------------------------------------------------------------

    def revoke(self, user: str | None = None) -> None:
        """Refuse every token issued so far, or those of one user, as Graph's revokeSignInSessions does.

        A user's access tokens live on unless their client takes challenges; refresh tokens die at once.
        """
        with self._lock:
            self.generation += 1
            self._revoked[user] = (self.generation, self.clock())
            if user is None:
                self.idp.revoke()

    def require_interaction(self, claims: str) -> None:
        """Let everyone who signed in so far have to do it again, with more than before."""
        with self._lock:
            self.generation += 1
            self.interaction = (self.generation, claims)

    def revoked_at(self, generation: int, user: str | None) -> float | None:
        """Return when the sign-ins of ``generation`` ended, ``None`` if they did not."""
        ends = [self._revoked[name] for name in {None, user} if name in self._revoked]
        return max((time for end, time in ends if generation < end), default=None)

    # -- issuing ----------------------------------------------------------------------------------

    def issue(
        self,
        client_id: str,
        tenant: Tenant,
        audience: str,
        *,
        proof: str,
        roles: tuple[str, ...] = (),
        scp: tuple[str, ...] = (),
        user: User | None = None,
        claims: str | None = None,
        generation: int | None = None,
        object_id: str = "",
    ) -> tuple[str, Issued]:
        """Make an access token of Graph's kind (v1.0) and remember it. ``claims`` is the request's."""
        takes_challenges = _takes_challenges(claims)
        now = int(self.clock())
        body: dict[str, Any] = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{tenant.id}/",
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "appid": client_id,
            "appidacr": proof,
            "tid": tenant.id,
            "ver": "1.0",
        }
        if user is None:
            body |= {"idtyp": "app", "oid": object_id, "sub": object_id, "roles": list(roles)}
        else:
            body |= {
                "idtyp": "user",
                "oid": user["id"],
                "sub": _pairwise(user["id"], client_id),
                "name": user.get("displayName"),
                "upn": user["userPrincipalName"],
                "unique_name": user["userPrincipalName"],
                "scp": " ".join(scp),
            }
        if takes_challenges:
            body["xms_cc"] = ["cp1"]
        with self._lock:
            number = len(self._issued) + 1
            body["uti"] = f"sandbox-{number}"  # makes every token another one
            token = jose.sign(body)
            issued = Issued(
                number,
                tenant.id,
                client_id,
                audience,
                roles,
                now + self.lifetime,
                takes_challenges,
                scp,
                user["id"] if user else None,
                self.generation if generation is None else generation,
            )
            self._issued[token] = issued
        return token, issued

    def answer_with(self, token: str) -> dict[str, Any]:
        """Return what every token answer says."""
        body: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": token,
        }
        if self.refresh_in is not None:
            body["refresh_in"] = self.refresh_in
        return body

    def id_token(self, app: App, tenant: Tenant, user: User, origin: str, nonce: str | None) -> str:
        """Return who signed in, for the app to read."""
        now = int(self.clock())
        claims: dict[str, Any] = {
            "aud": app.client_id,
            "iss": f"{origin}/{tenant.id}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "name": user.get("displayName"),
            "oid": user["id"],
            "preferred_username": user["userPrincipalName"],
            "sub": _pairwise(user["id"], app.client_id),
            "tid": tenant.id,
            "ver": "2.0",
        }
        return jose.sign(claims if nonce is None else {**claims, "nonce": nonce})

    def find(self, token: str) -> Issued | None:
        """Return what is known of an access token."""
        return self._issued.get(token)

    # -- the login host ---------------------------------------------------------------------------

    def answer(self, request: Request, segments: list[str]) -> Reply | None:
        """Answer a request to the login host, or return ``None`` for a path it does not know."""
        if request.scheme == "http":
            return managed_identity.answer(self, request)
        tenant, *rest = segments
        if tenant.lower() == ROOT.strip("/"):
            return self.idp.answer(request, "/".join(rest))
        correlation = request.headers.get("client-request-id") or str(uuid4())
        try:
            reply = self._route(request, tenant, [part.lower() for part in rest])
        except AADSTS as refused:
            reply = refused.reply(correlation, self.now())
        except BadForm as bad:
            no = AADSTS(9000411, name=bad.duplicate) if bad.duplicate else AADSTS(9002313)
            reply = no.reply(correlation, self.now())
        if reply is not None:
            reply.headers = {
                "Cache-Control": "no-store, no-cache",
                "Pragma": "no-cache",
                "x-ms-request-id": str(uuid4()),
                "x-ms-ests-server": "2.1.0 - sandbox",
                "x-ms-clitelem": "1,0,0,,",
                "client-request-id": correlation,
                **reply.headers,
            }
        return reply

    def _route(self, request: Request, tenant: str, path: list[str]) -> Reply | None:
        match path:
            case ["v2.0", ".well-known", "openid-configuration"]:
                return json_reply(self._discovery(request.origin, self._known(tenant)), headers=CACHED)
            case ["discovery", "instance"] if tenant.lower() == "common":
                return json_reply(self._instances(request), headers=CACHED)
            case ["discovery", "v2.0", "keys"]:
                self._known(tenant)
                return json_reply({"keys": [jose.public_jwk()]}, headers=CACHED)
            case ["oauth2", "v2.0", "token"]:
                return flows.token(self, request, tenant)
            case ["oauth2", "v2.0", "devicecode"]:
                return flows.devicecode(self, request, tenant)
            case ["oauth2", "v2.0", "authorize"]:
                return authorize.authorize(self, request, tenant)
            case ["oauth2", "deviceauth"] if tenant.lower() == "common":
                return authorize.page(200, "Nothing to do here: the sandbox enters the code by itself.")
        return None

    def scripted(self, request: Request, status: int, correlation: str) -> Reply:
        """Return what a scripted fault says that names only a status, in the language of its place."""
        if request.scheme == "http":
            return managed_identity.scripted(request, status)
        if request.path.lower().startswith(f"{ROOT}/"):
            return self.idp.scripted(status)
        return AADSTS.of(status).reply(correlation, self.now())

    def asks_for_token(self, request: Request, segments: list[str]) -> bool:
        """Return whether the request goes to an endpoint that gives out access tokens."""
        path = [part.lower() for part in segments]
        if request.scheme == "http":
            return path in managed_identity.PATHS
        return request.method == "POST" and (
            path[1:] == ["oauth2", "v2.0", "token"] or path == [ROOT.strip("/"), "oauth2", "token"]
        )

    def _known(self, name: str) -> str:
        """Return the tenant's id, or the name itself where users of any tenant sign in."""
        return name.lower() if name.lower() in USER_TENANTS else self.registry.tenant(name).id

    def _discovery(self, origin: str, tenant: str) -> dict[str, Any]:
        oauth = f"{origin}/{tenant}/oauth2/v2.0"
        issuer = "{tenantid}" if tenant in USER_TENANTS else tenant
        return {
            "token_endpoint": f"{oauth}/token",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            "jwks_uri": f"{origin}/{tenant}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{origin}/{issuer}/v2.0",
            "request_uri_parameter_supported": False,
            "userinfo_endpoint": f"{origin}/oidc/userinfo",
            "authorization_endpoint": f"{oauth}/authorize",
            "device_authorization_endpoint": f"{oauth}/devicecode",
            "http_logout_supported": True,
            "frontchannel_logout_supported": True,
            "end_session_endpoint": f"{oauth}/logout",
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "tid", "ver"],
            "tenant_region_scope": "WW",
            "cloud_instance_name": urlsplit(origin).hostname,
            "msgraph_host": urlsplit(origin).netloc,
        }

    def _instances(self, request: Request) -> dict[str, Any]:
        query = forms.fields(request.query)
        try:
            endpoint = urlsplit(query.get("authorization_endpoint", ""))
        except ValueError:
            raise AADSTS(50050) from None
        if "api-version" not in query or not endpoint.hostname:
            raise AADSTS(50050)
        own = urlsplit(request.origin)
        if endpoint.hostname != own.hostname:
            raise AADSTS(50049)
        tenant = endpoint.path.strip("/").partition("/")[0]
        return {
            "tenant_discovery_endpoint": f"{request.origin}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": query["api-version"],
            "metadata": [
                {
                    "preferred_network": own.hostname,
                    "preferred_cache": own.hostname,
                    "aliases": [own.hostname],
                }
            ],
        }

    # -- the resource -----------------------------------------------------------------------------

    def judge(self, request: Request) -> Issued:
        """Return what is known of the request's token; raise a 401 where Graph would."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise _unauthorized(request, "Access token is empty.")
        issued = self._issued.get(token)
        if issued is None:
            raise _unauthorized(request, _why_unknown(token, request.origin))
        if issued.audience.rstrip("/").lower() not in graph_audiences(request.origin):
            raise _unauthorized(request, "Access token validation failure. Invalid audience.")
        if self.clock() >= issued.expires_at:
            raise _unauthorized(request, "Lifetime validation failed, the token is expired.")
        with self._lock:
            ended = self.revoked_at(issued.generation, issued.user)
            for_all = self.revoked_at(issued.generation, None)
        if ended is not None and issued.takes_challenges:
            raise _challenge(request, ended)
        if for_all is not None:
            raise _unauthorized(request, "Access token has expired or is not yet valid.")
        return issued

    def label(self, authorization: str) -> str:
        """Return a name for a credential that may be logged: a number, or a hash if it is foreign."""
        scheme, _, token = authorization.partition(" ")
        issued = self._issued.get(token.strip())
        name = f"token-{issued.number}" if issued else f"sha256-{sha256(token.encode()).hexdigest()[:12]}"
        return f"{scheme} {name}"

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)


def _why_unknown(token: str, origin: str) -> str:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        audience = str(claims["aud"]).rstrip("/").lower()
    except (IndexError, ValueError, KeyError, TypeError, RecursionError):
        return "CompactToken parsing failed with error code: 80049217"
    if audience not in graph_audiences(origin):
        return "Access token validation failure. Invalid audience."
    return "Access token validation failure."


def _unauthorized(request: Request, message: str) -> Refusal:
    challenge = (
        f'Bearer realm="", authorization_uri="{request.origin}/common/oauth2/authorize", client_id="{GRAPH_APP}"'
    )
    return Refusal(401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": challenge})


def _challenge(request: Request, since: float) -> Refusal:
    """Return the claims challenge of continuous access evaluation, in Graph's two-scheme form."""
    wanted = {"access_token": {"nbf": {"essential": True, "value": str(int(since))}}}
    claims = base64.b64encode(json.dumps(wanted).encode()).decode()
    text = CLAIMS_CHALLENGE.format(origin=request.origin, app=GRAPH_APP, nonce="ey", claims=claims)
    return Refusal(
        401,
        "InvalidAuthenticationToken",
        "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
        "TokenIssuedBeforeRevocationTimestamp",
        headers={"WWW-Authenticate": text},
    )


def _takes_challenges(claims: str | None) -> bool:
    """Return whether the client declared capability ``cp1``."""
    if not claims:
        return False
    try:
        values = json.loads(claims)["access_token"]["xms_cc"]["values"]
    except (KeyError, TypeError):
        return False
    except (ValueError, RecursionError):
        raise AADSTS(9002313) from None
    return isinstance(values, list) and any(isinstance(each, str) and each.lower() == "cp1" for each in values)


def _pairwise(user: str, client_id: str) -> str:
    """Return the user's name for one app: another one in every app."""
    return jose.base64url(sha256(f"{user}/{client_id}".encode()).digest())
