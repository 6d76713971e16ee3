"""What a refused sign-in means for the one who runs the script, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from leangraph.errors import AuthError
from leangraph.net.headers import retry_after

CLOCK = 300.0  # seconds that Entra ID lets two clocks differ

_SIGN_IN_AGAIN = "the user has to sign in again: leangraph login"
_ENDED = f"this sign-in has ended (revoked, aged out, or the password has changed): {_SIGN_IN_AGAIN}"
_MORE = "the tenant demands more of the user than this sign-in had (MFA, a managed device, …): leangraph login, or"
_BUSY = "the sign-in service is busy or failing: try again later"
_CLOUD = "the tenant lives in another national cloud: set GRAPH_CLOUD"
_API = "the API named in GRAPH_SCOPES is unknown in this tenant, or switched off there: is GRAPH_CLOUD right?"
_DISABLED = "the app is disabled in this tenant: enable it under Enterprise applications"

# What an AADSTS number means. Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
_BY_NUMBER: dict[tuple[int, ...], str] = {
    (
        7000215,
    ): "AZURE_CLIENT_SECRET is wrong. It must be the secret's Value, not its Secret ID; the Value is shown "
    "only once, so make a new one under Certificates & secrets if it is lost",
    (7000222,): "the client secret has expired: make a new one under Certificates & secrets",
    (7000218,): "no secret was sent, or the app does not take one. To sign in a user without a secret, switch on "
    "Authentication, Allow public client flows; else set AZURE_CLIENT_SECRET or a certificate",
    (700025,): "the app is a public client and takes no secret: unset AZURE_CLIENT_SECRET",
    (700016,): "no app with this AZURE_CLIENT_ID in the tenant AZURE_TENANT_ID: one of the two is wrong, or an "
    "admin of the tenant has not consented to the app yet",
    (700027,): "the certificate does not fit the app: upload its public part under Certificates & secrets, "
    "Certificates; if it is there, it has expired or belongs to another key",
    (
        50012,
        50013,
        50027,
    ): "the assertion is not one that Entra ID trusts: a wrong key, certificate, or issuer. For "
    "on-behalf-of, it must be a token for this very app, not for Graph",
    (500131,): "the user's token is for another app: on-behalf-of needs one whose audience is this app",
    (500133,): "the user's token has expired: ask the caller for a new one; if it is new, this machine's clock is "
    "wrong",
    (700024,): "the assertion is outside its time window: this machine's clock is wrong, or the federated token "
    "is too old",
    (700023,): "the assertion is for another token endpoint: is AZURE_AUTHORITY_HOST right?",
    (
        700211,
        700212,
        700213,
        700021,
    ): "the app does not trust this token: issuer, subject and audience must be exactly "
    "those under Certificates & secrets, Federated credentials",
    (7000112, 70001): _DISABLED,
    (7000114,): "on-behalf-of is for users: the token that was passed in is an app's own",
    (
        90002,
    ): "the tenant in AZURE_TENANT_ID does not exist in this cloud: look at the Directory (tenant) ID on the "
    "app's Overview page, and at GRAPH_CLOUD",
    (900023,): "AZURE_TENANT_ID is neither a tenant ID nor a verified domain",
    (500011, 50001, 650057): _API,
    (
        70011,
        700022,
        28000,
        28002,
        28003,
    ): "GRAPH_SCOPES is not valid for this sign-in: it takes scopes of one API, or one that ends in /.default",
    (1002012,): "an app signs in with scopes that end in /.default: correct GRAPH_SCOPES",
    (900144, 90100): "the request lacks a parameter: update msal and leangraph, or check GRAPH_SCOPES",
    (9001023, 50194, 9002332): "this sign-in needs one tenant: set AZURE_TENANT_ID to its ID or domain",
    (65001,): "nobody has consented to these permissions: have an admin press Grant admin consent under API "
    "permissions, or sign in again and agree (leangraph login)",
    (65004,): "the user declined: sign in again and agree",
    (50074, 50076, 50079, 50158): f"{_MORE} for a script without a user, an app permission",
    (53000, 53001, 53002, 53003): f"{_MORE} an exception in the tenant's conditional access policy",
    (50173, 70008, 700082, 70043, 50132, 50133, 70000, 9002313): _ENDED,
    (50034,): "no such user in this tenant: is AZURE_TENANT_ID right?",
    (50057,): "the user's account is disabled",
    (70018,): "the device code is not known: start again",
    (70019, 70020): "the code was not entered in time: start again",
    (50011,): "add http://localhost under Authentication, Mobile and desktop applications",
    (
        50196,
    ): "Entra sees this app ask for tokens in a loop: keep one client, or one TokenHolder, and use it again",
    (90033, 90024, 90012, 50033, 50087): _BUSY,
    (90055,): "the tenant asks for too many tokens: try again later; keep one TokenHolder, or share its tokens "
    "(GRAPH_TOKEN_STORE)",
    (90038, 900382, 900432): _CLOUD,
    (50049, 50050): "the login host is not one of Microsoft's: look at AZURE_AUTHORITY_HOST",
}
_ADVICE = {number: advice for numbers, advice in _BY_NUMBER.items() for number in numbers}
_TRANSIENT = frozenset({90033, 90024, 90012, 50033, 50087, 90055})
_OF_TIME = frozenset({700024, 500133, 50013})

# The words of OAuth2, for those who send no number.
_BY_CODE = {
    "invalid_client": "the client id or its secret is wrong",
    "invalid_grant": "the code, refresh token or assertion is expired, revoked or used up: sign in again",
    "invalid_scope": "this client may not have this scope",
    "unauthorized_client": "this client may not sign in this way",
    "access_denied": "the user, or the service, declined",
    "authorization_declined": "the user declined: sign in again and agree",
    "expired_token": "the code was not entered in time: start again",
}
ENDED = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})


def explain(
    body: Mapping[str, Any],
    status: int | None,
    host: str,
    headers: Mapping[str, str] | None = None,
    *,
    ahead: float = 0.0,
) -> AuthError:
    """Make the exception for an OAuth2 error answer; ``headers`` must ignore case.

    ``ahead`` is by how many seconds this machine's clock is ahead of the server's.
    """
    words = {name: value for name, value in body.items() if isinstance(value, str)}
    code = words.get("error", "")
    said = re.split(r"\r\n|\s+Trace ID:", words.get("error_description", ""), maxsplit=1)[0].strip()
    listed = body.get("error_codes")
    numbers = tuple(number for number in listed if isinstance(number, int)) if isinstance(listed, list) else ()
    if not numbers:
        numbers = tuple(int(number) for number in re.findall(r"\bAADSTS(\d{1,9})\b", said))
    asked = retry_after(headers or {}, datetime.now(UTC))
    busy = status == 429 or (status or 0) >= 500 or code in ("temporarily_unavailable", "slow_down")
    transient = busy or not _TRANSIENT.isdisjoint(numbers)
    advice = [_known(_ADVICE, numbers) or (_BUSY if busy else "") or ("" if numbers else _BY_CODE.get(code, ""))]
    if abs(ahead) > CLOCK and not _OF_TIME.isdisjoint(numbers):
        direction = "ahead of" if ahead > 0 else "behind"
        advice.append(f"this machine's clock is {abs(ahead):.0f} s {direction} the server's: correct it")
    what = said or code or (f"HTTP status {status}" if status else "an empty answer")
    lines = [f"sign-in at {host} failed: {what}", *(f"  {text}" for text in advice if text)]
    trace, correlation = words.get("trace_id", ""), words.get("correlation_id", "")
    if trace:
        lines.append(f"  trace_id={trace} correlation_id={correlation} timestamp={words.get('timestamp', '')}")
    return AuthError(
        "\n".join(lines),
        code=code,
        error_codes=numbers,
        status=status,
        trace_id=trace,
        correlation_id=correlation,
        retry_after=asked,
        transient=transient,
        claims=words.get("claims", ""),
    )


def unusable(host: str, status: int) -> AuthError:
    """Make the exception for an answer that no sign-in service sends."""
    return AuthError(
        f"{host} answered {status}, but not with what a sign-in service sends. "
        "A proxy or captive portal in the way, or a wrong AZURE_AUTHORITY_HOST?",
        status=status,
        transient=True,
    )


def _known(advice: Mapping[int, str], numbers: Iterable[int]) -> str:
    return next((advice[number] for number in numbers if number in advice), "")
