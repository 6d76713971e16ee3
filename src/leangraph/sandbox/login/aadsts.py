"""Entra's refusals: one row for each number, and the JSON they are sent in.

Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes, with the wording
that the service itself was seen to use.
"""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from ..wire.server import Reply

_NOT_FEDERATED = (
    "No matching federated identity record found for presented assertion {claim} '{value}'. Check your federated "
    "identity credential Subject, Audience and Issuer against the presented assertion. "
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)

# number: the OAuth2 error it comes with, and its text. ``invalid_client`` is a 401, all else a 400.
ROWS: dict[int, tuple[str, str]] = {
    28000: (
        "invalid_scope",
        "Provided value for the input parameter scope is not valid because it contains more than one resource. "
        "Scope {scope} is not valid.",
    ),
    28003: (
        "invalid_scope",
        "Provided value for the input parameter scope cannot be empty when requesting an access token.",
    ),
    50011: (
        "invalid_request",
        "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the "
        "application '{app}'. Make sure the redirect URI sent in the request matches one added to your "
        "application in the Azure portal.",
    ),
    500011: (
        "invalid_resource",
        "The resource principal named {resource} was not found in the tenant. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any "
        "user in the tenant. You might have sent your authentication request to the wrong tenant.",
    ),
    500112: (
        "invalid_grant",
        "The reply address '{uri}' does not match the reply address '{expected}' provided when requesting "
        "Authorization code.",
    ),
    50012: (
        "invalid_client",
        "Client assertion contains an invalid signature. [Reason - The algorithm '{algorithm}' is not accepted.]",
    ),
    50013: ("invalid_grant", "Assertion failed signature validation. [Reason - {reason}]"),
    500131: (
        "invalid_grant",
        "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion "
        "was '{audience}' and the expected audience is '{app}' or one of the Application Uris of this application "
        "with App ID '{app}'. The downstream client must request a token for the expected audience (the "
        "application that made the OBO request) and this application should use that token as the assertion.",
    ),
    500133: (
        "invalid_grant",
        "Assertion is not within its valid time range. Ensure that the access token is not expired before using "
        "it for user assertion, or request a new token. Current time: {now}, expiry time of assertion {expiry}.",
    ),
    50027: ("invalid_request", "JWT token is invalid or malformed. [Reason - {reason}]"),
    50034: (
        "invalid_grant",
        "The user account {user} does not exist in the {tenant} directory. To sign into this application, the "
        "account must be added to the directory.",
    ),
    50048: ("invalid_client", "Subject must match the issuer claim in the client assertion."),
    50049: ("invalid_instance", "Unknown or invalid instance."),
    50050: ("invalid_request", "The discovery request is malformed."),
    50057: ("invalid_grant", "The user account is disabled."),
    50079: (
        "interaction_required",
        "Due to a configuration change made by your administrator, or because you moved to a new location, you "
        "must enroll in multi-factor authentication to access '{resource}'.",
    ),
    50147: ("invalid_request", "The size of the code challenge parameter isn't valid."),
    50148: (
        "invalid_grant",
        "The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.",
    ),
    501481: (
        "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    50149: ("invalid_request", "Invalid Code_Challenge_method parameter."),
    50173: (
        "invalid_grant",
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might "
        "have changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date "
        "(before which tokens are not valid) for this user is '{valid_from}'.",
    ),
    50194: (
        "invalid_request",
        "Application '{app}'({name}) is not configured as a multi-tenant application. Usage of the /common "
        "endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific "
        "endpoint or configure the application to be multi-tenant.",
    ),
    54005: (
        "invalid_grant",
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing "
        "refresh token.",
    ),
    65001: (
        "invalid_grant",
        "The user or administrator has not consented to use the application with ID '{app}' named '{name}'. Send "
        "an interactive authorization request for this user and resource.",
    ),
    65004: ("access_denied", "User declined to consent to access the app."),
    70000: ("invalid_grant", "The provided value for the input parameter '{name}' is not valid."),
    700016: (
        "unauthorized_client",
        "Application with identifier '{app}' was not found in the directory '{tenant}'. "
        "This can happen if the application has not been installed by the administrator of the tenant "
        "or consented to by any user in the tenant. You may have sent your authentication request to "
        "the wrong tenant.",
    ),
    700021: (
        "invalid_client",
        "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at "
        "https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    ),
    700022: (
        "invalid_scope",
        "Provided value for the input parameter scope '{scope}' is not valid because it contains more "
        "than one resource.",
    ),
    700023: (
        "invalid_client",
        "Client assertion audience claim does not match Realm issuer. Review the documentation at "
        "https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    ),
    700024: (
        "invalid_client",
        "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {start}, "
        "expiry time of assertion {expiry}. Review the documentation at "
        "https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    ),
    700025: (
        "invalid_client",
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
    700027: (
        "invalid_client",
        "The certificate with identifier used to sign the client assertion is not registered on "
        "application. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', Please visit the "
        "Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{app}'.]",
    ),
    70003: ("unsupported_grant_type", "The app requested an unsupported grant type '{grant}'."),
    700054: (
        "unsupported_response_type",
        "response_type '{kind}' is not enabled for the application.",
    ),
    70007: ("invalid_request", "'{mode}' is not a supported value for the response_mode parameter."),
    70008: (
        "invalid_grant",
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive "
        "authorization request for this user and resource.",
    ),
    700082: (
        "invalid_grant",
        "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for "
        "90.00:00:00.",
    ),
    7000112: ("unauthorized_client", "Application '{app}'({name}) is disabled."),
    7000114: (
        "unauthorized_client",
        "Application '{app}' is not allowed to make application on-behalf-of calls.",
    ),
    7000215: (
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app '{app}'.",
    ),
    7000218: (
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    7000222: (
        "invalid_client",
        "The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys "
        "for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added "
        "security: https://aka.ms/certCreds.",
    ),
    70011: (
        "invalid_scope",
        "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
    ),
    70016: ("authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
    70018: ("bad_verification_code", "Invalid verification code. The 'device_code' was not recognized."),
    70020: (
        "expired_token",
        "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    ),
    700211: ("invalid_client", _NOT_FEDERATED),
    700212: ("invalid_client", _NOT_FEDERATED),
    700213: ("invalid_client", _NOT_FEDERATED),
    90002: (
        "invalid_request",
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing "
        "into the correct cloud. Check with your subscription administrator, this may happen if there "
        "are no active subscriptions for the tenant.",
    ),
    90033: ("temporarily_unavailable", "A transient error has occurred. Please try again."),
    900144: ("invalid_request", "The request body must contain the following parameter: '{name}'."),
    900561: (
        "invalid_request",
        "The endpoint only accepts {accepted} requests. Received a {method} request.",
    ),
    9000411: (
        "invalid_request",
        "The request is not properly formatted. The parameter '{name}' is duplicated.",
    ),
    90055: ("temporarily_unavailable", "Tenant was throttled."),
    900971: ("invalid_request", "No reply address provided."),
    90100: ("invalid_request", "{name} parameter is empty or not valid."),
    9001023: (
        "invalid_request",
        "The grant type '{grant}' is not supported over the /{tenant} endpoint. "
        "Please use a tenant-specific endpoint.",
    ),
    9002313: ("invalid_request", "Invalid request. Request is malformed or invalid."),
    9002332: (
        "invalid_request",
        "Application '{app}'({name}) is configured for use by Microsoft Entra users only. Please do not use the "
        "/consumers endpoint to serve this request.",
    ),
    1002012: (
        "invalid_scope",
        "The provided value for scope {scope} is not valid. Client credential flows must have a scope "
        "value with /.default suffixed to the resource identifier (application ID URI).",
    ),
}

_PAGES = "https://login.microsoftonline.com/error?code="
NO_PAGE = frozenset({70003})  # whose recorded answers have no error_uri


def not_acted_out(what: str) -> Reply:
    """Return 501 in the sandbox's own words, for what Entra ID has and the sandbox has not."""
    said = f"The sandbox does not act this out: {what}."
    return json_reply({"error": "sandbox_not_implemented", "error_description": said}, 501)


class AADSTS(Exception):
    """Entra's no, by its number.

    ``words`` fill the row's text. ``error`` and ``status`` stand in for the row's own, ``extra`` goes
    into the body beside it (``claims``, ``suberror``).
    """

    def __init__(
        self,
        number: int,
        *,
        error: str | None = None,
        status: int | None = None,
        extra: dict[str, str] | None = None,
        **words: object,
    ) -> None:
        usual, text = ROWS[number]
        self.number = number
        self.error = error or usual
        self.status = status or (401 if self.error == "invalid_client" else 400)
        self.text = text.format_map(words)
        self.extra = extra or {}
        super().__init__(f"AADSTS{number}: {self.text}")

    def body(self, correlation: str, now: datetime) -> dict[str, Any]:
        trace = str(uuid4())
        time = now.strftime("%Y-%m-%d %H:%M:%SZ")
        return {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.text}\r\nTrace ID: {trace}\r\n"
            f"Correlation ID: {correlation}\r\nTimestamp: {time}",
            "error_codes": [self.number],
            "timestamp": time,
            "trace_id": trace,
            "correlation_id": correlation,
            **({} if self.number in NO_PAGE else {"error_uri": f"{_PAGES}{self.number}"}),
            **self.extra,
        }

    def reply(self, correlation: str, now: datetime) -> Reply:
        return json_reply(self.body(correlation, now), self.status)

    @classmethod
    def of(cls, status: int) -> "AADSTS":
        """Return what a scripted fault says that names only a status."""
        if status == 401:
            return cls(7000222, app="", status=401)
        if status == 429:
            return cls(90055, status=429)
        return cls(90033 if status >= 500 else 9002313, status=status)


def json_reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(
        status,
        json.dumps(body, separators=(",", ":")).encode(),
        {"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )
