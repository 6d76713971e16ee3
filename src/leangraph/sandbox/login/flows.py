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
from hashlib import sha256
from typing import Any

from ..wire.server import Reply, Request
from . import forms, jose, scopes
from .aadsts import AADSTS, json_reply, not_acted_out
from .client_proofs import Ask, authenticate, iso
from .ledger import Ledger
from .registry import (
    GRAPH,
    USER_TENANTS,
    App,
    Consent,
    Tenant,
)
from .sign_ins import Code, DeviceCode, RefreshToken, SignIn

CODE_LIFE = 600  # seconds
DEVICE_CODE_LIFE = 900
REFRESH_TOKEN_LIFE = 90 * 86400  # since it was given out: a new one comes with every use

NOT_DONE = frozenset(  # grants that Entra ID knows
    {
        "password",
        "urn:ietf:params:oauth:grant-type:saml1_1-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    }
)


# -- the token endpoint ---------------------------------------------------------------------------------


def token(ledger: Ledger, request: Request, tenant: str) -> Reply:
    """Answer a request to the token endpoint."""
    ask = _ask(request, tenant)
    grant = ask.needed("grant_type")
    flow = FLOWS.get(grant)
    if grant in NOT_DONE:
        return not_acted_out(f"grant_type={grant}")
    if flow is None:
        raise AADSTS(70003, grant=grant)
    with ledger.flow_lock:
        return json_reply(flow(ledger, ask))


def _client_credentials(ledger: Ledger, ask: Ask) -> dict[str, Any]:
    if ask.tenant.lower() in USER_TENANTS:
        raise AADSTS(9001023, grant="client_credentials", tenant=ask.tenant.lower())
    app, tenant, consent = ledger.registry.app_in(ask.needed("client_id"), ask.tenant)
    proof = authenticate(app, tenant, ledger.registry, ask, ledger.clock(), needed=True)
    wanted = scopes.app_only(ask.needed("scope"), ledger.registry, ask.origin)
    text, _ = ledger.issue(
        app.client_id,
        tenant,
        wanted.audience,
        proof=proof,
        roles=scopes.names(consent.roles, wanted.resource, ledger.registry, ask.origin),
        claims=ask.form.get("claims"),
        object_id=app.object_id(tenant),
    )
    # No `scope`: MSAL files a token under the scope in the answer and would never find it again.
    return ledger.answer_with(text)


def _authorization_code(ledger: Ledger, ask: Ask) -> dict[str, Any]:
    app, tenant, _ = ledger.registry.app_in(ask.needed("client_id"), ask.tenant)
    text = ask.needed("code")
    if app.public and (ask.form.get("client_secret") or ask.form.get("client_assertion")):
        raise AADSTS(700025)
    proof = authenticate(app, tenant, ledger.registry, ask, ledger.clock(), needed=not app.public)
    code = ledger.sign_ins.codes.get(text)
    if code is None or code.sign_in.app is not app or code.sign_in.tenant is not tenant:
        raise AADSTS(9002313, error="invalid_grant")
    if code.redeemed:
        raise AADSTS(54005)
    if ledger.clock() >= code.expires_at:
        raise AADSTS(70008)
    redirect_uri = ask.needed("redirect_uri")
    if redirect_uri != code.redirect_uri:
        raise AADSTS(500112, uri=redirect_uri, expected=code.redirect_uri)
    if code.challenge is not None:
        _check_verifier(code, ask.form.get("code_verifier"))
    code.redeemed = True
    scope = f"{ask.form.get('scope') or code.sign_in.scope} {_oidc(code.sign_in.scope)}"
    return _delegated(ledger, ask, code.sign_in, scope, proof, nonce=code.nonce)


def _check_verifier(code: Code, verifier: str | None) -> None:
    if not verifier:
        raise AADSTS(50148)
    made = verifier if code.method == "plain" else jose.base64url(sha256(verifier.encode()).digest())
    if not hmac.compare_digest(made.encode(), (code.challenge or "").encode()):
        raise AADSTS(501481)


def _refresh_token(ledger: Ledger, ask: Ask) -> dict[str, Any]:
    app, tenant, consent = ledger.registry.app_in(ask.needed("client_id"), ask.tenant)
    text = ask.needed("refresh_token")
    proof = authenticate(app, tenant, ledger.registry, ask, ledger.clock(), needed=not app.public)
    given = ledger.sign_ins.refresh_tokens.get(text)
    if given is None:
        raise AADSTS(9002313, error="invalid_grant")
    sign_in, now = given.sign_in, ledger.clock()
    if sign_in.app is not app or sign_in.tenant is not tenant or sign_in.over:
        raise AADSTS(70000, name="refresh_token")
    if given.used and ledger.sign_ins.rotate_refresh_tokens == "strict":
        sign_in.over = True  # somebody else has it too: nobody keeps it (RFC 9700 §4.14.2)
        raise AADSTS(70000, name="refresh_token")
    _check_alive(ledger, sign_in)
    if now >= given.at + REFRESH_TOKEN_LIFE:
        raise AADSTS(700082, issued=iso(given.at))
    sign_in.consent = consent
    body = _delegated(ledger, ask, sign_in, ask.form.get("scope") or sign_in.scope, proof, refreshes=True)
    given.used = True
    return body


def _device_code(ledger: Ledger, ask: Ask) -> dict[str, Any]:
    app, tenant, consent = ledger.registry.app_in(ask.needed("client_id"), ask.tenant)
    text = ask.needed("device_code")
    proof = authenticate(app, tenant, ledger.registry, ask, ledger.clock(), needed=not app.public)
    code = ledger.sign_ins.device_codes.get(text)
    if code is None or code.app is not app:
        raise AADSTS(70018)
    if code.fate == "redeemed":
        raise AADSTS(54005)
    user, now = code.fate or ledger.sign_ins.device_code, ledger.clock()
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
    sign_in = signed_in(ledger, app, tenant, consent, code.scope)
    return _delegated(ledger, ask, sign_in, code.scope, proof)


def _on_behalf_of(ledger: Ledger, ask: Ask) -> dict[str, Any]:
    if ask.tenant.lower() in USER_TENANTS:
        raise AADSTS(9001023, grant=ask.form["grant_type"], tenant=ask.tenant.lower())
    app, tenant, consent = ledger.registry.app_in(ask.needed("client_id"), ask.tenant)
    assertion = ask.needed("assertion")
    if ask.needed("requested_token_use") != "on_behalf_of":
        raise AADSTS(90100, name="requested_token_use")
    proof = authenticate(app, tenant, ledger.registry, ask, ledger.clock(), needed=True)
    scope = ask.needed("scope")
    given = ledger.find(assertion)
    if given is None:
        raise AADSTS(50013, reason=_why_unknown(assertion))
    if given.audience.rstrip("/").lower() not in {app.client_id.lower(), app.uri.lower()}:
        raise AADSTS(500131, audience=given.audience, app=app.client_id)
    now = ledger.clock()
    if now >= given.expires_at:
        raise AADSTS(500133, now=iso(now), expiry=iso(given.expires_at))
    if given.user is None:
        raise AADSTS(7000114, app=app.client_id)
    if given.tenant != tenant.id:
        raise AADSTS(50013, reason="The token issuer doesn't match the tenant.")
    user = ledger.sign_ins.users[given.user]
    sign_in = SignIn(app, tenant, consent, user, scope, now, given.generation)
    _check_alive(ledger, sign_in)
    return _delegated(ledger, ask, sign_in, scope, proof)


FLOWS: dict[str, Callable[[Ledger, Ask], dict[str, Any]]] = {
    "client_credentials": _client_credentials,
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "urn:ietf:params:oauth:grant-type:device_code": _device_code,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": _on_behalf_of,
}


def _delegated(
    ledger: Ledger,
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
    asked = scopes.delegated(scope, ledger.registry, ask.origin)
    granted = scopes.grant(asked, app, sign_in.consent, ledger.registry, ask.origin)
    text, _ = ledger.issue(
        app.client_id,
        tenant,
        granted.audience,
        proof=proof,
        scp=granted.scp,
        user=user,
        claims=ask.form.get("claims"),
        generation=sign_in.generation,
    )
    body = {**ledger.answer_with(text), "scope": granted.echo}
    if refreshes or "offline_access" in asked.oidc:
        body["refresh_token"] = refresh_token = f"1.{secrets.token_urlsafe(48)}"
        ledger.sign_ins.refresh_tokens[refresh_token] = RefreshToken(sign_in, ledger.clock())
    if "openid" in asked.oidc:
        body["id_token"] = ledger.id_token(app, tenant, user, ask.origin, nonce)
    if ask.form.get("client_info") == "1":
        body["client_info"] = client_info(sign_in)
    return body


def signed_in(
    ledger: Ledger, app: App, tenant: Tenant, consent: Consent, scope: str, hint: str | None = None
) -> SignIn:
    """Let the tenant's user sign in now, or the one that the app hints at."""
    user = tenant.user
    if hint and tenant is ledger.registry.main:
        user = ledger.find_user(hint)
    if user is None:
        raise AADSTS(50034, user=hint or "(nobody)", tenant=tenant.domain)
    sign_in = SignIn(app, tenant, consent, user, scope, ledger.clock(), ledger.generation)
    _check_user(ledger, sign_in)
    ledger.sign_ins.users[user["id"]] = user
    return sign_in


def _check_alive(ledger: Ledger, sign_in: SignIn) -> None:
    """Refuse what was signed in before a revocation, or before a policy that asks for more."""
    ended = ledger.revoked_at(sign_in.generation, sign_in.user["id"])
    if ended is not None:
        raise AADSTS(50173, issued=iso(sign_in.at), valid_from=iso(ended))
    if ledger.interaction is not None and sign_in.generation < ledger.interaction[0]:
        raise AADSTS(50079, resource=GRAPH, extra={"claims": ledger.interaction[1]})
    _check_user(ledger, sign_in)


def _check_user(ledger: Ledger, sign_in: SignIn) -> None:
    """Refuse a user whom the sandbox's own directory has lost or locked out."""
    if sign_in.tenant is not ledger.registry.main:
        return
    user = ledger.find_user(sign_in.user["id"])
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


def devicecode(ledger: Ledger, request: Request, tenant: str) -> Reply:
    """Begin a sign-in on another device."""
    ask = _ask(request, tenant)
    app, _, _ = ledger.registry.app_in(ask.needed("client_id"), tenant)
    scope = ask.needed("scope")
    scopes.delegated(scope, ledger.registry, ask.origin)
    code = secrets.token_urlsafe(64)
    shown = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ23456789") for _ in range(9))
    interval = ledger.sign_ins.device_code_interval
    expires_at = ledger.clock() + DEVICE_CODE_LIFE
    with ledger.flow_lock:
        ledger.sign_ins.device_codes[code] = DeviceCode(app, scope, interval, expires_at)
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
