"""The token service: discovery documents, keys and the token endpoint, as Entra ID answers.

Sources: Microsoft identity platform, "OAuth 2.0 client credentials flow" and "error codes".
Tokens are judged on the sandbox's clock, by what was issued: a signature alone proves nothing here.
"""

import base64
import binascii
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote_plus, urlsplit
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from .faults import Refusal
from .server import Reply, Request

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
GRAPH = "https://graph.microsoft.com"
# Resources that exist in every tenant: a token for them is real, and Graph must refuse it.
OTHER_RESOURCES = ("https://management.azure.com", "https://vault.azure.net", "https://storage.azure.com")
USER_TENANTS = ("common", "organizations", "consumers")
CACHED = {"Cache-Control": "max-age=86400, private"}
CLAIMS_CHALLENGE = (
    'PoP realm="", authorization_uri="{origin}/common/oauth2/authorize", client_id="{app}", nonce="{nonce}==", '
    'Bearer realm="", authorization_uri="{origin}/common/oauth2/authorize", client_id="{app}", '
    'error="insufficient_claims", claims="{claims}"'
)


@dataclass
class App:
    """One registered application and what it may do in its tenant."""

    client_id: str
    secret: str
    roles: tuple[str, ...] = ()


@dataclass
class Tenant:
    id: str
    domain: str
    apps: dict[str, App] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Issued:
    """What is remembered of an access token. Times are seconds on the sandbox's clock."""

    number: int
    tenant: str
    app: str
    audience: str
    roles: tuple[str, ...]
    expires_at: float
    takes_challenges: bool


class AADSTS(Exception):
    """Entra's no, by its documented number."""

    def __init__(self, number: int, error: str, text: str, status: int = 400) -> None:
        super().__init__(f"AADSTS{number}: {text}")
        self.number = number
        self.error = error
        self.text = text
        self.status = status

    def reply(self, correlation: str, now: datetime) -> Reply:
        trace = str(uuid4())
        time = now.strftime("%Y-%m-%d %H:%M:%SZ")
        body = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.text}\r\nTrace ID: {trace}\r\n"
            f"Correlation ID: {correlation}\r\nTimestamp: {time}",
            "error_codes": [self.number],
            "timestamp": time,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        return _json(body, self.status)

    @classmethod
    def of(cls, status: int) -> "AADSTS":
        """Return what a scripted fault says that names only a status."""
        if status == 401:
            return cls(7000222, "invalid_client", "The provided client secret keys are expired.", 401)
        if status == 429:
            return cls(90055, "temporarily_unavailable", "Tenant was throttled.", 429)
        if status >= 500:
            return cls(90033, "temporarily_unavailable", "A transient error has occurred.", status)
        return cls(9002313, "invalid_request", "Invalid request. Request is malformed or invalid.", status)


class TokenService:
    """Issues tokens for ``tenants`` and judges them. ``clock`` returns seconds since the epoch."""

    def __init__(self, tenants: list[Tenant], clock: Callable[[], float]) -> None:
        self._tenants = {name: tenant for tenant in tenants for name in (tenant.id, tenant.domain)}
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget every token and every change of temper."""
        self.lifetime = 3599  # seconds
        self.refresh_in: int | None = None
        with self._lock:
            self._issued: dict[str, Issued] = {}
            self._revoked_up_to = 0
            self._revoked_at = 0.0

    def revoke(self) -> None:
        """Refuse every token issued so far."""
        with self._lock:
            self._revoked_up_to = len(self._issued)
            self._revoked_at = self._clock()

    # -- the login host ---------------------------------------------------------------------------

    def answer(self, request: Request, segments: list[str]) -> Reply | None:
        """Answer a request to the login host, or return ``None`` for a path it does not know."""
        correlation = request.headers.get("client-request-id") or str(uuid4())
        try:
            reply = self._route(request, segments)
        except AADSTS as refused:
            reply = refused.reply(correlation, self._now())
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

    def _route(self, request: Request, segments: list[str]) -> Reply | None:
        tenant, *rest = segments
        match [part.lower() for part in rest]:
            case ["v2.0", ".well-known", "openid-configuration"]:
                return _json(self._discovery(request.origin, self._known(tenant)), headers=CACHED)
            case ["discovery", "instance"] if tenant.lower() == "common":
                return _json(self._instances(request), headers=CACHED)
            case ["discovery", "v2.0", "keys"]:
                self._known(tenant)
                return _json({"keys": [_public_key()]}, headers=CACHED)
            case ["oauth2", "v2.0", "token"]:
                return self._token(request, tenant)
        return None

    def _known(self, name: str) -> str:
        """Return the tenant's id, or the name itself where users of any tenant sign in."""
        if name.lower() in USER_TENANTS:
            return name.lower()
        return self._tenant(name).id

    def _tenant(self, name: str) -> Tenant:
        tenant = self._tenants.get(name.lower())
        if tenant is None:
            raise AADSTS(
                90002,
                "invalid_request",
                f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing "
                "into the correct cloud. Check with your subscription administrator, this may happen if there "
                "are no active subscriptions for the tenant.",
            )
        return tenant

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
        query = dict(parse_qsl(request.query, max_num_fields=100))
        endpoint = urlsplit(query.get("authorization_endpoint", ""))
        if "api-version" not in query or not endpoint.hostname:
            raise AADSTS(50050, "invalid_request", "The discovery request is malformed.")
        own = urlsplit(request.origin)
        if endpoint.hostname != own.hostname:
            raise AADSTS(50049, "invalid_instance", "Unknown or invalid instance.")
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

    def _token(self, request: Request, tenant_name: str) -> Reply:
        if request.method != "POST":
            raise AADSTS(
                900561,
                "invalid_request",
                f"The endpoint only accepts POST requests. Received a {request.method} request.",
            )
        form = _form(request)
        grant = _needed(form, "grant_type")
        if grant != "client_credentials":
            raise AADSTS(
                70003,
                "unsupported_grant_type",
                f"The app requested an unsupported grant type '{grant}'. "
                "The sandbox acts out 'client_credentials' only.",
            )
        if tenant_name.lower() in USER_TENANTS:
            raise AADSTS(
                9001023,
                "invalid_request",
                f"The grant type '{grant}' is not supported over the /{tenant_name.lower()} endpoint. "
                "Please use a tenant-specific endpoint.",
            )
        tenant = self._tenant(tenant_name)
        app = self._authenticated(tenant, form)
        audience = self._audience(_needed(form, "scope"), request.origin)
        return self._grant(tenant, app, audience, form)

    def _authenticated(self, tenant: Tenant, form: dict[str, str]) -> App:
        client_id = _needed(form, "client_id")
        app = tenant.apps.get(client_id.lower())
        if app is None:
            raise AADSTS(
                700016,
                "unauthorized_client",
                f"Application with identifier '{client_id}' was not found in the directory '{tenant.domain}'. "
                "This can happen if the application has not been installed by the administrator of the tenant "
                "or consented to by any user in the tenant. You may have sent your authentication request to "
                "the wrong tenant.",
            )
        if form.get("client_assertion"):
            raise AADSTS(
                700027,
                "invalid_client",
                "The certificate with identifier used to sign the client assertion is not registered on "
                f"application. [Reason - The key was not found., Please visit the app '{client_id}'.]",
                401,
            )
        if not form.get("client_secret"):
            raise AADSTS(
                7000218,
                "invalid_client",
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
                401,
            )
        if form["client_secret"] != app.secret:
            raise AADSTS(
                7000215,
                "invalid_client",
                "Invalid client secret provided. Ensure the secret being sent in the request is the client "
                f"secret value, not the client secret ID, for a secret added to app '{client_id}'.",
                401,
            )
        return app

    def _audience(self, scope: str, origin: str) -> str:
        scopes = scope.split()
        if not scopes:
            raise AADSTS(
                28003,
                "invalid_scope",
                "Provided value for the input parameter scope cannot be empty when requesting an access token.",
            )
        resources = {text.removesuffix("/.default") for text in scopes if text.endswith("/.default")}
        if len(resources) > 1:
            raise AADSTS(
                700022,
                "invalid_scope",
                f"Provided value for the input parameter scope '{scope}' is not valid because it contains more "
                "than one resource.",
            )
        if len(scopes) > 1 or not resources:
            raise AADSTS(
                1002012,
                "invalid_scope",
                f"The provided value for scope {scope} is not valid. Client credential flows must have a scope "
                "value with /.default suffixed to the resource identifier (application ID URI).",
            )
        resource = resources.pop()
        if resource.rstrip("/").lower() not in {*graph_audiences(origin), *OTHER_RESOURCES}:
            raise AADSTS(
                500011,
                "invalid_resource",
                f"The resource principal named {resource} was not found in the tenant. This can happen if the "
                "application has not been installed by the administrator of the tenant or consented to by any "
                "user in the tenant. You might have sent your authentication request to the wrong tenant.",
            )
        return resource

    def _grant(self, tenant: Tenant, app: App, audience: str, form: dict[str, str]) -> Reply:
        now = int(self._clock())
        claims: dict[str, Any] = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{tenant.id}/",
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "appid": app.client_id,
            "appidacr": "1",
            "idtyp": "app",
            "oid": str(_object_id(app, tenant)),
            "sub": str(_object_id(app, tenant)),
            "tid": tenant.id,
            "roles": list(app.roles),
            "ver": "1.0",
        }
        takes_challenges = _takes_challenges(form.get("claims"))
        if takes_challenges:
            claims["xms_cc"] = ["cp1"]
        with self._lock:
            number = len(self._issued) + 1
            claims["uti"] = f"sandbox-{number}"  # makes every token another one
            token = _signed(claims)
            self._issued[token] = Issued(
                number, tenant.id, app.client_id, audience, app.roles, now + self.lifetime, takes_challenges
            )
        # No `scope`: MSAL files a token under the scope in the answer and would never find it again.
        body: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": token,
        }
        if self.refresh_in is not None:
            body["refresh_in"] = self.refresh_in
        return _json(body)

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
        if self._clock() >= issued.expires_at:
            raise _unauthorized(request, "Lifetime validation failed, the token is expired.")
        if issued.number <= self._revoked_up_to:
            if issued.takes_challenges:
                raise _challenge(request, self._revoked_at)
            raise _unauthorized(request, "Access token has expired or is not yet valid.")
        return issued

    def label(self, authorization: str) -> str:
        """Return a name for a credential that may be logged: a number, or a hash if it is foreign."""
        scheme, _, token = authorization.partition(" ")
        issued = self._issued.get(token.strip())
        name = f"token-{issued.number}" if issued else f"sha256-{sha256(token.encode()).hexdigest()[:12]}"
        return f"{scheme} {name}"

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def graph_audiences(origin: str) -> set[str]:
    """Return the names under which this Graph is asked for."""
    return {GRAPH, GRAPH_APP, origin.lower()}


def _why_unknown(token: str, origin: str) -> str:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        audience = str(claims["aud"]).rstrip("/").lower()
    except (IndexError, ValueError, KeyError, TypeError):
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


def _form(request: Request) -> dict[str, str]:
    """Return the fields of a token request; client credentials may come by HTTP Basic."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    fields: dict[str, str] = {}
    if kind == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=100)
        except ValueError:
            _malformed()
        for name, value in pairs:
            if name in fields:
                raise AADSTS(
                    9000411,
                    "invalid_request",
                    f"The request is not properly formatted. The parameter '{name}' is duplicated.",
                )
            fields[name] = value
    scheme, _, basic = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(basic, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            _malformed()
        fields = {**fields, "client_id": unquote_plus(user), "client_secret": unquote_plus(password)}
    return fields


def _malformed() -> NoReturn:
    raise AADSTS(9002313, "invalid_request", "Invalid request. Request is malformed or invalid.")


def _needed(form: dict[str, str], name: str) -> str:
    if name not in form:
        raise AADSTS(
            900144, "invalid_request", f"The request body must contain the following parameter: '{name}'."
        )
    return form[name]


def _takes_challenges(claims: str | None) -> bool:
    """Return whether the client declared capability ``cp1``."""
    if not claims:
        return False
    try:
        return "cp1" in json.loads(claims)["access_token"]["xms_cc"]["values"]
    except (KeyError, TypeError):
        return False
    except (ValueError, RecursionError):
        raise AADSTS(9002313, "invalid_request", "The claims parameter is not valid JSON.") from None


def _object_id(app: App, tenant: Tenant) -> str:
    """Return the id of the app's service principal: another one in every tenant."""
    digits = sha256(f"{tenant.id}/{app.client_id}".encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


@cache
def _signing_key() -> rsa.RSAPrivateKey:
    """Return the key of this process: RSA takes up to 180 ms, so it waits for the first token."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _public_key() -> dict[str, str]:
    numbers = _signing_key().public_key().public_numbers()
    n = _base64url(numbers.n.to_bytes(256, "big"))
    kid = _base64url(sha256(n.encode()).digest()[:20])
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "x5t": kid, "n": n, "e": "AQAB"}


def _signed(claims: dict[str, Any]) -> str:
    kid = _public_key()["kid"]
    header = {"typ": "JWT", "alg": "RS256", "x5t": kid, "kid": kid}
    text = ".".join(_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    signature = _signing_key().sign(text.encode(), padding.PKCS1v15(), SHA256())
    return f"{text}.{_base64url(signature)}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(
        status,
        json.dumps(body, separators=(",", ":")).encode(),
        {"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )
