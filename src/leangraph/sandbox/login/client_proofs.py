"""How an app proves who it is: by a secret, by a certificate's signature, or by another issuer's token.

Sources: https://learn.microsoft.com/entra/identity-platform/certificate-credentials and
https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from . import jose
from .aadsts import AADSTS
from .registry import (
    App,
    Certificate,
    FederatedCredential,
    Registry,
    Tenant,
)

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SKEW = 300  # seconds that two clocks may differ

# How the client proved itself, as the claim ``appidacr`` says it.
NOT_AT_ALL, BY_SECRET, BY_SIGNATURE = "0", "1", "2"


@dataclass(frozen=True, slots=True)
class Ask:
    """One form that was posted to a login endpoint. ``tenant`` is the name in its path."""

    tenant: str
    origin: str
    form: dict[str, str]

    def needed(self, name: str) -> str:
        if name not in self.form:
            raise AADSTS(900144, name=name)
        return self.form[name]


def authenticate(app: App, tenant: Tenant, registry: Registry, ask: Ask, now: float, *, needed: bool) -> str:
    """Return how the app proved who it is; what it sends is checked even where nothing is needed."""
    if ask.form.get("client_assertion"):
        kind = ask.needed("client_assertion_type")
        if kind != JWT_BEARER:
            raise AADSTS(90100, name="client_assertion_type")
        _check_assertion(app, tenant, registry, ask, now)
        return BY_SIGNATURE
    if ask.form.get("client_secret"):
        _check_secret(app, ask.form["client_secret"], now)
        return BY_SECRET
    if needed:
        raise AADSTS(7000218)
    return NOT_AT_ALL


def _check_secret(app: App, sent: str, now: float) -> None:
    known = [secret for secret in app.secrets if secret.value == sent]
    if not known:
        raise AADSTS(7000215, app=app.client_id)
    if all(secret.expires_at is not None and secret.expires_at <= now for secret in known):
        raise AADSTS(7000222, app=app.client_id)


def _check_assertion(app: App, tenant: Tenant, registry: Registry, ask: Ask, now: float) -> None:
    try:
        jwt = jose.parse(ask.form["client_assertion"])
        issuer, subject, audience = jwt.text("iss"), jwt.text("sub"), jwt.text("aud")
        start, end = jwt.time("nbf", default=0.0), jwt.time("exp")
    except ValueError as wrong:
        _malformed(str(wrong))
    algorithm = jwt.header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in jose.PADDINGS:
        raise AADSTS(50012, algorithm=algorithm)
    if issuer.lower() == app.client_id.lower():
        if subject != issuer:
            raise AADSTS(50048)
        _check_certificate(app, jwt, now)
        endpoints = _endpoints(ask, tenant, registry)
        if audience.lower() not in endpoints:
            raise AADSTS(700023)
    else:
        _check_federated(app, jwt, issuer, subject, audience)
    if not start - SKEW <= now < end + SKEW:
        raise AADSTS(700024, now=iso(now), start=iso(start), expiry=iso(end))


def _check_certificate(app: App, jwt: jose.Jwt, now: float) -> None:
    try:
        jwt.text("jti")
        name = next((name for name in ("x5t#S256", "x5t") if name in jwt.header), None)
        if name is None:
            _malformed("No certificate thumbprint specified in token header.")
        thumbprint = jose.unbase64url(str(jwt.header[name]).rstrip("="))  # MSAL for Python pads it
    except ValueError as wrong:
        _malformed(str(wrong))
    certificate = next(_named(app, name, thumbprint), None)
    if certificate is None:
        reason = "The key was not found."
    elif not jose.signed_by(jwt, certificate.key):
        reason = "The provided signature value did not match the expected signature value."
    elif not certificate.valid_at(now):
        reason = "The key used is expired."
    else:
        return
    raise AADSTS(700027, reason=reason, thumbprint=thumbprint.hex().upper(), app=app.client_id)


def _named(app: App, header: str, thumbprint: bytes) -> Iterator[Certificate]:
    return (each for each in app.certificates if each.thumbprint(header) == thumbprint)


def _check_federated(app: App, jwt: jose.Jwt, issuer: str, subject: str, audience: str) -> None:
    """Check another issuer's token against the app's records; all three names must be exactly right."""
    if "://" not in issuer:  # no issuer of tokens, but another app
        raise AADSTS(700021)
    records = [record for record in app.federated if record.issuer == issuer]
    if not records:
        raise AADSTS(700211, claim="issuer", value=issuer)
    records = [record for record in records if record.subject == subject]
    if not records:
        raise AADSTS(700213, claim="subject", value=subject)
    records = [record for record in records if record.audience == audience]
    if not records:
        raise AADSTS(700212, claim="audience", value=audience)
    if jwt.header["alg"] != "RS256":
        raise AADSTS(50012, algorithm=jwt.header["alg"])
    if not any(_signed(jwt, record) for record in records):
        reason = "The provided signature value did not match the expected signature value."
        raise AADSTS(50013, error="invalid_client", reason=reason)


def _signed(jwt: jose.Jwt, record: FederatedCredential) -> bool:
    keys = record.keys or [jose.signing_key().public_key()]
    return any(jose.signed_by(jwt, key) for key in keys)


def _endpoints(ask: Ask, tenant: Tenant, registry: Registry) -> set[str]:
    """Return the addresses that are this token endpoint, by every name of the tenant."""
    names = {ask.tenant.lower(), *(name for name, known in registry.tenants.items() if known is tenant)}
    return {f"{ask.origin}/{name}/oauth2/v2.0/token".lower() for name in names}


def iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def _malformed(reason: str) -> NoReturn:
    raise AADSTS(50027, reason=reason)
