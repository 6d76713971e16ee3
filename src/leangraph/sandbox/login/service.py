"""The login host over HTTP: discovery, the endpoints of the flows, and the 401 of the resource.

Sources: Microsoft identity platform, "OAuth 2.0 and OpenID Connect protocols" and "access tokens".
"""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from ..wire import hosts
from ..wire.faults import Refusal
from ..wire.server import Reply, Request
from . import arm, authorize, flows, forms, jose, managed_identity
from .aadsts import AADSTS, json_reply, not_acted_out
from .forms import BadForm
from .ledger import Issued, Ledger, NotAccepted
from .other_provider import ROOT, OtherProvider
from .registry import GRAPH_APP, USER_TENANTS

CACHED = {"Cache-Control": "max-age=86400, private"}
NOT_DONE = [  # what else Entra ID has below a tenant
    ["adminconsent"],
    ["federationmetadata"],
    ["kerberos"],
    ["oauth2", "authorize"],
    ["oauth2", "devicecode"],
    ["oauth2", "logout"],
    ["oauth2", "token"],
    ["oauth2", "v2.0", "adminconsent"],
    ["oauth2", "v2.0", "logout"],
    ["openid", "userinfo"],
    [".well-known"],
    ["discovery", "keys"],
    ["saml2"],
    ["userrealm"],
    ["wsfed"],
]
CLAIMS_CHALLENGE = (
    'PoP realm="", authorization_uri="{origin}/common/oauth2/authorize", client_id="{app}", nonce="{nonce}==", '
    'Bearer realm="", authorization_uri="{origin}/common/oauth2/authorize", client_id="{app}", '
    'error="insufficient_claims", claims="{claims}"'
)


class LoginHost:
    """What the login host answers. ``graph`` returns Graph's root, for a token request that came another way."""

    def __init__(self, ledger: Ledger, graph: Callable[[], str]) -> None:
        self.ledger = ledger
        self.other_provider = OtherProvider(ledger.clock)
        self._graph = graph

    def reset(self) -> None:
        """Forget everything that happened since the start."""
        self.ledger.reset()
        self.other_provider.reset()

    def revoke(self, user: str | None = None) -> None:
        """Refuse every token given out so far, the other provider's too, or those of one user."""
        self.ledger.revoke(user)
        if user is None:
            self.other_provider.revoke()

    # -- the login host ---------------------------------------------------------------------------

    def answer(self, request: Request, segments: list[str]) -> Reply | None:
        """Answer a request to the login host, or return ``None`` for a path it does not know."""
        if request.scheme == "http":
            return managed_identity.answer(self.ledger, request, self._graph())
        if urlsplit(request.origin).hostname == hosts.MANAGEMENT:
            return arm.answer(self.ledger, request, segments)
        tenant, *rest = segments
        if tenant.lower() == ROOT.strip("/"):
            return self.other_provider.answer(request, "/".join(rest))
        correlation = request.headers.get("client-request-id") or str(uuid4())
        try:
            reply = self._route(request, tenant, [part.lower() for part in rest])
        except AADSTS as refused:
            reply = refused.reply(correlation, self.ledger.now())
        except BadForm as bad:
            no = AADSTS(9000411, name=bad.duplicate) if bad.duplicate else AADSTS(9002313)
            reply = no.reply(correlation, self.ledger.now())
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
                return json_reply(self._discovery(request.origin, self._discovered(tenant)), headers=CACHED)
            case ["discovery", "instance"] if tenant.lower() == "common":
                return json_reply(self._instances(request), headers=CACHED)
            case ["discovery", "v2.0", "keys"]:
                self._known(tenant)
                return json_reply({"keys": [jose.public_jwk()]}, headers=CACHED)
            case ["oauth2", "v2.0", "token"]:
                return flows.token(self.ledger, request, tenant)
            case ["oauth2", "v2.0", "devicecode"]:
                return flows.devicecode(self.ledger, request, tenant)
            case ["oauth2", "v2.0", "authorize"]:
                return authorize.authorize(self.ledger, request, tenant)
            case ["oauth2", "deviceauth"] if tenant.lower() == "common":
                return authorize.page(200, "Nothing to do here: the sandbox enters the code by itself.")
        if any(path[: len(known)] == known for known in NOT_DONE):
            return not_acted_out(f"{request.method} /{{tenant}}/{'/'.join(path[:3])}")
        return None

    def scripted(self, request: Request, status: int, correlation: str) -> Reply:
        """Return what a scripted fault says that names only a status, in the language of its place."""
        if request.scheme == "http":
            return managed_identity.scripted(request, status)
        if request.path.lower().startswith(f"{ROOT}/"):
            return self.other_provider.scripted(status)
        return AADSTS.of(status).reply(correlation, self.ledger.now())

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
        return name.lower() if name.lower() in USER_TENANTS else self.ledger.registry.tenant(name).id

    def _discovered(self, name: str) -> str:
        """Do as :meth:`_known`, in the word that the discovery document has for a tenant that is not there."""
        try:
            return self._known(name)
        except AADSTS as no:
            raise AADSTS(no.number, error="invalid_tenant", tenant=name) from None

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
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": hosts.graph_of(urlsplit(origin).netloc),
            "rbac_url": "https://pas.windows.net",
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
        known = hosts.ALIASES if own.hostname in hosts.LOGIN else ((own.hostname, own.hostname),)
        if not any(endpoint.hostname in names for names in known):
            raise AADSTS(50049)
        tenant = endpoint.path.strip("/").partition("/")[0]
        there = request.origin if endpoint.hostname == own.hostname else f"https://{endpoint.hostname}"
        return {
            "tenant_discovery_endpoint": f"{there}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": query["api-version"],
            "metadata": [
                {"preferred_network": names[0], "preferred_cache": names[1], "aliases": sorted(set(names))}
                for names in known
            ],
        }

    # -- the resource -----------------------------------------------------------------------------

    def judge(self, request: Request) -> Issued:
        """Return what is known of the request's token; raise a 401 where Graph would."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            return self.ledger.judge(token.strip() if scheme.lower() == "bearer" else "", request.origin)
        except NotAccepted as no:
            if no.since is not None:
                raise _challenge(request, str(no), no.since) from None
            raise _unauthorized(request, str(no)) from None


def _unauthorized(request: Request, message: str) -> Refusal:
    challenge = (
        f'Bearer realm="", authorization_uri="{request.origin}/common/oauth2/authorize", client_id="{GRAPH_APP}"'
    )
    return Refusal(401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": challenge})


def _challenge(request: Request, message: str, since: float) -> Refusal:
    """Return the claims challenge of continuous access evaluation, in Graph's two-scheme form."""
    wanted = {"access_token": {"nbf": {"essential": True, "value": str(int(since))}}}
    claims = base64.b64encode(json.dumps(wanted).encode()).decode()
    text = CLAIMS_CHALLENGE.format(origin=request.origin, app=GRAPH_APP, nonce="ey", claims=claims)
    return Refusal(
        401,
        "InvalidAuthenticationToken",
        message,
        headers={"WWW-Authenticate": text},
    )
