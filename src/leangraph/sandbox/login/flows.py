"""The ways to a token, each a function of the form that asks for it.

A user never has to do anything: the sandbox signs in as ``Tenant.user`` and agrees, unless a test lets it
refuse. What the tenant has not consented to is refused all the same.
Sources: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow, -device-code,
-client-creds-grant-flow, -on-behalf-of-flow; RFC 6749, 7636 (PKCE), 8628 (device code).
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ..wire.server import Reply, Request
from . import forms, jose, scopes
from .aadsts import AADSTS, json_reply
from .client_proofs import Ask, authenticate, iso
from .registry import (
    GRAPH,
    USER_TENANTS,
    App,
    Consent,
    Tenant,
    User,
)

if TYPE_CHECKING:
    from .service import TokenService

CODE_LIFE = 600  # seconds
DEVICE_CODE_LIFE = 900
REFRESH_TOKEN_LIFE = 90 * 86400  # since it was given out: a new one comes with every use


@dataclass
class SignIn:
    """A user who signed in to an app: what a code and every refresh token that follows stand for."""

    app: App
    tenant: Tenant
    consent: Consent
    user: User
    scope: str
    at: float
    generation: int
    over: bool = False  # a refresh token was used twice where that ends everything


@dataclass
class Code:
    """An authorization code on its way to the app."""

    sign_in: SignIn
    redirect_uri: str
    challenge: str | None
    method: str
    nonce: str | None
    expires_at: float
    redeemed: bool = False


@dataclass
class DeviceCode:
    app: App
    scope: str
    interval: float
    expires_at: float
    asked_at: float | None = None
    fate: str = ""  # what the user did, once it cannot be undone


@dataclass
class RefreshToken:
    sign_in: SignIn
    at: float
    used: bool = False


@dataclass
class SignIns:
    """Everything under way, and how the user behaves; ``controls.signin`` says how to change it."""

    device_code: str = "approve"
    device_code_interval: float = 5
    authorize: str = "approve"
    rotate_refresh_tokens: str = "lenient"
    codes: dict[str, Code] = field(default_factory=dict, repr=False)
    device_codes: dict[str, DeviceCode] = field(default_factory=dict, repr=False)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict, repr=False)
    users: dict[str, User] = field(default_factory=dict, repr=False)  # by id, for on-behalf-of


# -- the token endpoint ---------------------------------------------------------------------------------


def token(service: TokenService, request: Request, tenant: str) -> Reply:
    """Answer a request to the token endpoint."""
    ask = _ask(request, tenant)
    grant = ask.needed("grant_type")
    flow = FLOWS.get(grant)
    if flow is None:
        raise AADSTS(70003, grant=grant)
    with service.flow_lock:
        return json_reply(flow(service, ask))


def _client_credentials(service: TokenService, ask: Ask) -> dict[str, Any]:
    if ask.tenant.lower() in USER_TENANTS:
        raise AADSTS(9001023, grant="client_credentials", tenant=ask.tenant.lower())
    app, tenant, consent = service.registry.app_in(ask.needed("client_id"), ask.tenant)
    proof = authenticate(app, tenant, service.registry, ask, service.clock(), needed=True)
    wanted = scopes.app_only(ask.needed("scope"), service.registry, ask.origin)
    text, _ = service.issue(
        app.client_id,
        tenant,
        wanted.audience,
        proof=proof,
        roles=scopes.names(consent.roles, wanted.resource, service.registry, ask.origin),
        claims=ask.form.get("claims"),
        object_id=app.object_id(tenant),
    )
    # No `scope`: MSAL files a token under the scope in the answer and would never find it again.
    return service.answer_with(text)


def _authorization_code(service: TokenService, ask: Ask) -> dict[str, Any]:
    app, tenant, _ = service.registry.app_in(ask.needed("client_id"), ask.tenant)
    text = ask.needed("code")
    if app.public and (ask.form.get("client_secret") or ask.form.get("client_assertion")):
        raise AADSTS(700025)
    proof = authenticate(app, tenant, service.registry, ask, service.clock(), needed=not app.public)
    code = service.sign_ins.codes.get(text)
    if code is None or code.sign_in.app is not app or code.sign_in.tenant is not tenant:
        raise AADSTS(9002313, error="invalid_grant")
    if code.redeemed:
        raise AADSTS(54005)
    if service.clock() >= code.expires_at:
        raise AADSTS(70008)
    redirect_uri = ask.needed("redirect_uri")
    if redirect_uri != code.redirect_uri:
        raise AADSTS(500112, uri=redirect_uri, expected=code.redirect_uri)
    if code.challenge is not None:
        _check_verifier(code, ask.form.get("code_verifier"))
    code.redeemed = True
    scope = f"{ask.form.get('scope') or code.sign_in.scope} {_oidc(code.sign_in.scope)}"
    return _delegated(service, ask, code.sign_in, scope, proof, nonce=code.nonce)


def _check_verifier(code: Code, verifier: str | None) -> None:
    if not verifier:
        raise AADSTS(50148)
    made = verifier if code.method == "plain" else jose.base64url(sha256(verifier.encode()).digest())
    if not hmac.compare_digest(made.encode(), (code.challenge or "").encode()):
        raise AADSTS(501481)


def _refresh_token(service: TokenService, ask: Ask) -> dict[str, Any]:
    app, tenant, consent = service.registry.app_in(ask.needed("client_id"), ask.tenant)
    text = ask.needed("refresh_token")
    proof = authenticate(app, tenant, service.registry, ask, service.clock(), needed=not app.public)
    given = service.sign_ins.refresh_tokens.get(text)
    if given is None:
        raise AADSTS(9002313, error="invalid_grant")
    sign_in, now = given.sign_in, service.clock()
    if sign_in.app is not app or sign_in.tenant is not tenant or sign_in.over:
        raise AADSTS(70000, name="refresh_token")
    if given.used and service.sign_ins.rotate_refresh_tokens == "strict":
        sign_in.over = True  # somebody else has it too: nobody keeps it (RFC 9700 §4.14.2)
        raise AADSTS(70000, name="refresh_token")
    _check_alive(service, sign_in)
    if now >= given.at + REFRESH_TOKEN_LIFE:
        raise AADSTS(700082, issued=iso(given.at))
    sign_in.consent = consent
    body = _delegated(service, ask, sign_in, ask.form.get("scope") or sign_in.scope, proof, refreshes=True)
    given.used = True
    return body


def _device_code(service: TokenService, ask: Ask) -> dict[str, Any]:
    app, tenant, consent = service.registry.app_in(ask.needed("client_id"), ask.tenant)
    text = ask.needed("device_code")
    proof = authenticate(app, tenant, service.registry, ask, service.clock(), needed=not app.public)
    code = service.sign_ins.device_codes.get(text)
    if code is None or code.app is not app:
        raise AADSTS(70018)
    if code.fate == "redeemed":
        raise AADSTS(54005)
    user, now = code.fate or service.sign_ins.device_code, service.clock()
    if now >= code.expires_at or user == "expire":
        code.fate = "expire"
        raise AADSTS(70020)
    before, code.asked_at = code.asked_at, now
    if before is not None and now - before < code.interval:
        code.interval += 5  # RFC 8628 §3.5
        raise AADSTS(70016, error="slow_down")
    if user == "decline":
        code.fate = "decline"
        raise AADSTS(65004, error="authorization_declined")
    if user == "pending" or before is None:
        raise AADSTS(70016)
    code.fate = "redeemed"
    sign_in = signed_in(service, app, tenant, consent, code.scope)
    return _delegated(service, ask, sign_in, code.scope, proof)


def _on_behalf_of(service: TokenService, ask: Ask) -> dict[str, Any]:
    if ask.tenant.lower() in USER_TENANTS:
        raise AADSTS(9001023, grant=ask.form["grant_type"], tenant=ask.tenant.lower())
    app, tenant, consent = service.registry.app_in(ask.needed("client_id"), ask.tenant)
    assertion = ask.needed("assertion")
    if ask.needed("requested_token_use") != "on_behalf_of":
        raise AADSTS(90100, name="requested_token_use")
    proof = authenticate(app, tenant, service.registry, ask, service.clock(), needed=True)
    scope = ask.needed("scope")
    given = service.find(assertion)
    if given is None:
        raise AADSTS(50013, reason=_why_unknown(assertion))
    if given.audience.rstrip("/").lower() not in {app.client_id.lower(), app.uri.lower()}:
        raise AADSTS(500131, audience=given.audience, app=app.client_id)
    now = service.clock()
    if now >= given.expires_at:
        raise AADSTS(500133, now=iso(now), expiry=iso(given.expires_at))
    if given.user is None:
        raise AADSTS(7000114, app=app.client_id)
    if given.tenant != tenant.id:
        raise AADSTS(50013, reason="The token issuer doesn't match the tenant.")
    user = service.sign_ins.users[given.user]
    sign_in = SignIn(app, tenant, consent, user, scope, now, given.generation)
    _check_alive(service, sign_in)
    return _delegated(service, ask, sign_in, scope, proof)


FLOWS: dict[str, Callable[[TokenService, Ask], dict[str, Any]]] = {
    "client_credentials": _client_credentials,
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "urn:ietf:params:oauth:grant-type:device_code": _device_code,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": _on_behalf_of,
}


def _delegated(
    service: TokenService,
    ask: Ask,
    sign_in: SignIn,
    scope: str,
    proof: str,
    *,
    nonce: str | None = None,
    refreshes: bool = False,
) -> dict[str, Any]:
    """Return the answer for a user who signed in."""
    app, tenant, user = sign_in.app, sign_in.tenant, sign_in.user
    asked = scopes.delegated(scope, service.registry, ask.origin)
    granted = scopes.grant(asked, app, sign_in.consent, service.registry, ask.origin)
    text, _ = service.issue(
        app.client_id,
        tenant,
        granted.audience,
        proof=proof,
        scp=granted.scp,
        user=user,
        claims=ask.form.get("claims"),
        generation=sign_in.generation,
    )
    body = {**service.answer_with(text), "scope": granted.echo}
    if refreshes or "offline_access" in asked.oidc:
        body["refresh_token"] = refresh_token = f"1.{secrets.token_urlsafe(48)}"
        service.sign_ins.refresh_tokens[refresh_token] = RefreshToken(sign_in, service.clock())
    if "openid" in asked.oidc:
        body["id_token"] = service.id_token(app, tenant, user, ask.origin, nonce)
    if ask.form.get("client_info") == "1":
        body["client_info"] = client_info(sign_in)
    return body


def signed_in(
    service: TokenService, app: App, tenant: Tenant, consent: Consent, scope: str, hint: str | None = None
) -> SignIn:
    """Let the tenant's user sign in now, or the one that the app hints at."""
    user = tenant.user
    if hint and service.find_user is not None and tenant is service.registry.main:
        user = service.find_user(hint)
    if user is None:
        raise AADSTS(50034, user=hint or "(nobody)", tenant=tenant.domain)
    sign_in = SignIn(app, tenant, consent, user, scope, service.clock(), service.generation)
    _check_user(service, sign_in)
    service.sign_ins.users[user["id"]] = user
    return sign_in


def _check_alive(service: TokenService, sign_in: SignIn) -> None:
    """Refuse what was signed in before a revocation, or before a policy that asks for more."""
    ended = service.revoked_at(sign_in.generation, sign_in.user["id"])
    if ended is not None:
        raise AADSTS(50173, issued=iso(sign_in.at), valid_from=iso(ended))
    if service.interaction is not None and sign_in.generation < service.interaction[0]:
        raise AADSTS(50079, resource=GRAPH, extra={"claims": service.interaction[1]})
    _check_user(service, sign_in)


def _check_user(service: TokenService, sign_in: SignIn) -> None:
    """Refuse a user whom the sandbox's own directory has lost or locked out."""
    if service.find_user is None or sign_in.tenant is not service.registry.main:
        return
    user = service.find_user(sign_in.user["id"])
    if user is None:
        raise AADSTS(50034, user=sign_in.user["userPrincipalName"], tenant=sign_in.tenant.domain)
    if user.get("accountEnabled") is False:
        raise AADSTS(50057)


def client_info(sign_in: SignIn) -> str:
    """Return what MSAL makes its account ids of."""
    return jose.base64url(json.dumps({"uid": sign_in.user["id"], "utid": sign_in.tenant.id}).encode())


def _oidc(scope: str) -> str:
    return " ".join(word for word in scope.split() if word.lower() in scopes.OIDC)


def _why_unknown(assertion: str) -> str:
    try:
        jose.parse(assertion)
    except ValueError:
        return "The assertion is malformed."
    return "The key was not found."


def _ask(request: Request, tenant: str) -> Ask:
    """Read the form of a POST; a client's name and password may come by HTTP Basic."""
    if request.method != "POST":
        raise AADSTS(900561, accepted="POST", method=request.method)
    form = forms.read(request)
    named = forms.basic(request)
    if named is not None:
        form = {**form, "client_id": named[0], "client_secret": named[1]}
    return Ask(tenant, request.origin, form)


# -- device code ----------------------------------------------------------------------------------------


def devicecode(service: TokenService, request: Request, tenant: str) -> Reply:
    """Begin a sign-in on another device."""
    ask = _ask(request, tenant)
    app, _, _ = service.registry.app_in(ask.needed("client_id"), tenant)
    scope = ask.needed("scope")
    scopes.delegated(scope, service.registry, ask.origin)
    code = secrets.token_urlsafe(64)
    shown = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ23456789") for _ in range(9))
    interval = service.sign_ins.device_code_interval
    expires_at = service.clock() + DEVICE_CODE_LIFE
    with service.flow_lock:
        service.sign_ins.device_codes[code] = DeviceCode(app, scope, interval, expires_at)
    uri = f"{ask.origin}/common/oauth2/deviceauth"
    return json_reply(
        {
            "user_code": shown,
            "device_code": code,
            "verification_uri": uri,
            "expires_in": DEVICE_CODE_LIFE,
            "interval": interval,
            "message": f"To sign in, use a web browser to open the page {uri} and enter the code {shown} to "
            "authenticate.",
        }
    )
