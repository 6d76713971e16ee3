"""Tokens for the machine itself, over plain HTTP: as Azure's IMDS and App Service hand them out.

Sources: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
and https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

from __future__ import annotations

import re
from typing import Any

from ..wire.server import Reply, Request
from . import forms, scopes
from .aadsts import AADSTS, json_reply
from .client_proofs import BY_SIGNATURE
from .ledger import Ledger
from .registry import ManagedIdentity

IMDS = "/metadata/identity/oauth2/token"
APP_SERVICE = "/msi/token"
PATHS = [path.strip("/").split("/") for path in (IMDS, APP_SERVICE)]
IDENTITY_HEADER = "sandbox-identity-header"

# How an identity may be named, and by which of its attributes.
IMDS_NAMES = {
    "client_id": "client_id",
    "object_id": "object_id",
    "msi_res_id": "resource_id",
    "mi_res_id": "resource_id",
}
APP_SERVICE_NAMES = {
    "client_id": "client_id",
    "object_id": "object_id",
    "principal_id": "object_id",
    "mi_res_id": "resource_id",
}


def answer(ledger: Ledger, request: Request, graph: str) -> Reply | None:
    """Answer a request to the plain listener, or return ``None`` for a path it does not know.

    ``graph`` is the root of the Graph that the tokens are for.
    """
    path = request.path.rstrip("/").lower()
    if path == IMDS:
        return _imds(ledger, request, graph)
    if path == APP_SERVICE:
        return _app_service(ledger, request, graph)
    return None


def scripted(request: Request, status: int) -> Reply:
    """Return what a scripted fault says that names only a status."""
    text = "As the test wants it"
    if request.path.lower().startswith(APP_SERVICE):
        return json_reply({"statusCode": status, "message": text}, status)
    return json_reply({"error": "unknown", "error_description": text}, status)


def _imds(ledger: Ledger, request: Request, graph: str) -> Reply:
    def no(error: str, text: str, status: int = 400) -> Reply:
        return json_reply({"error": error, "error_description": text}, status)

    if "X-Forwarded-For" in request.headers:
        return no("invalid_request", "Requests that came through a proxy (X-Forwarded-For) are refused")
    if request.headers.get("Metadata") != "true":
        return no("bad_request_102", "Required metadata header not specified")
    if request.method != "GET":
        return no("invalid_request", "Only GET is allowed", 405)
    query = _query(request)
    if query is None or not _since(query.get("api-version", ""), "2018-02-01"):
        return no("invalid_request", "The api-version is missing or not supported")
    if not query.get("resource"):
        return no("invalid_request", "Required query variable 'resource' is missing")
    identity = _identity(ledger, query, IMDS_NAMES)
    if identity is None:
        return no("invalid_request", "Identity not found")
    try:
        body = _token(ledger, identity, query["resource"], graph)
    except AADSTS as refused:
        return no("invalid_resource", str(refused))
    return json_reply(body)


def _app_service(ledger: Ledger, request: Request, graph: str) -> Reply:
    def no(status: int, text: str) -> Reply:
        return json_reply({"statusCode": status, "message": text}, status)

    if request.headers.get("X-IDENTITY-HEADER") != IDENTITY_HEADER:
        return no(401, "The X-IDENTITY-HEADER is missing or wrong.")
    if request.method != "GET":
        return no(405, "Only GET is allowed.")
    query = _query(request)
    if query is None or not _since(query.get("api-version", ""), "2019-08-01"):
        return no(400, "The api-version is missing or not supported.")
    if not query.get("resource"):
        return no(400, "The parameter 'resource' is missing.")
    identity = _identity(ledger, query, APP_SERVICE_NAMES)
    if identity is None:
        return no(
            400,
            "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
        )
    try:
        body = _token(ledger, identity, query["resource"], graph)
    except AADSTS:
        return no(500, "An unexpected error occurred while fetching the AAD token.")
    wanted = ("access_token", "client_id", "expires_on", "not_before", "resource", "token_type")
    return json_reply({name: body[name] for name in wanted})


def _query(request: Request) -> dict[str, str] | None:
    try:
        return forms.fields(request.query)
    except forms.BadForm:
        return None


def _since(version: str, first: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", version) is not None and version >= first


def _identity(ledger: Ledger, query: dict[str, str], names: dict[str, str]) -> ManagedIdentity | None:
    """Return the identity that the query names in one way, or the machine's own if it names none."""
    asked = [(names[name], value) for name, value in query.items() if name in names]
    if len(asked) > 1:
        return None
    for identity in ledger.registry.identities:
        if not asked and not identity.resource_id:
            return identity
        if asked and getattr(identity, asked[0][0]).lower() == asked[0][1].lower() != "":
            return identity
    return None


def _token(ledger: Ledger, identity: ManagedIdentity, resource: str, graph: str) -> dict[str, Any]:
    """Return IMDS's answer; every value in it is text. Raises :class:`AADSTS` for an unknown resource."""
    known = ledger.registry.resource(resource, graph)
    if known is None:
        raise AADSTS(500011, resource=resource)
    token, issued = ledger.issue(
        identity.client_id,
        ledger.registry.main,
        resource,
        proof=BY_SIGNATURE,
        roles=scopes.names(identity.roles, known, ledger.registry, graph),
        object_id=identity.object_id,
    )
    now = int(ledger.clock())
    life = str(ledger.lifetime)
    return {
        "access_token": token,
        "client_id": identity.client_id,
        "expires_in": life,
        "expires_on": str(int(issued.expires_at)),
        "ext_expires_in": life,
        "not_before": str(now),
        "resource": resource,
        "token_type": "Bearer",
    }
