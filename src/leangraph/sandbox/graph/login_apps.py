"""Between Graph and the login host: an app that Graph creates can sign in, one that can sign in is seen in Graph.

The login host has what counts (secrets, permissions in force), the directory what is shown of it. No secret is
kept in the directory, so a tenant in a file has its apps again in the next run, but without their secrets.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from ..core.directory import Directory
from ..core.store import Doc, Where, of_kind
from ..login.registry import (
    GRAPH_APP,
    App,
    Certificate,
    Consent,
    ManagedIdentity,
    Registry,
    Secret,
    Tenant,
)
from ..rules import permissions
from ..seed.contents import Row
from ..seed.people import guid

NEVER = "2299-12-31T00:00:00Z"
CREATED = "2023-01-10T08:00:00Z"
AUDIENCES = {  # signInAudience, and whether other tenants may use the app
    "AzureADMyOrg": False,
    "AzureADMultipleOrgs": True,
    "AzureADandPersonalMicrosoftAccount": True,
    "PersonalMicrosoftAccount": True,
}


# -- what the directory shows -------------------------------------------------------------------------


def graph_id(tenant: str) -> str:
    """Return the id of Graph's own service principal."""
    return guid(tenant, GRAPH_APP)


def application_id(tenant: str, app_id: str) -> str:
    """Return the id of an application that was registered at the login host."""
    return guid(tenant, app_id, "application")


def first_rows(registry: Registry, tenant: Tenant, apps: list[App]) -> Iterator[Row]:
    """Yield Graph itself, the machine and ``apps`` as a fresh tenant has them."""
    yield _principal_row(
        graph_id(tenant.id),
        GRAPH_APP,
        "Microsoft Graph",
        owner="f8cdef31-a31e-4b4a-93e4-5f571e91255a",
        names=[f"{GRAPH_APP}/graph.microsoft.com", "https://graph.microsoft.com", GRAPH_APP],
        signInAudience="AzureADMultipleOrgs",
    )
    for identity in registry.identities if tenant is registry.main else ():
        name = identity.resource_id.rpartition("/")[2] or "machine"
        yield _principal_row(
            identity.object_id,
            identity.client_id,
            name,
            owner=tenant.id,
            names=[identity.client_id],
            servicePrincipalType="ManagedIdentity",
        )
        for role in identity.roles:
            yield _assignment_row(tenant, identity.object_id, name, role)
    for app in apps:
        yield from rows_of(app, tenant)


def rows_of(app: App, tenant: Tenant) -> Iterator[Row]:
    """Yield what a tenant shows of an app that can sign in there."""
    home, consent = next(iter(app.consents)), app.consents[tenant.id]
    audience = "AzureADMultipleOrgs" if app.multi_tenant else "AzureADMyOrg"
    if home == tenant.id:
        yield "application", app.client_id, _application(app, tenant, consent, audience)
    principal = app.object_id(tenant)
    yield _principal_row(
        principal,
        app.client_id,
        app.display_name,
        owner=home,
        names=[app.client_id],
        accountEnabled=consent.enabled,
        replyUrls=list(app.redirect_uris),
        signInAudience=audience,
    )
    for role in consent.roles:
        if "/" not in role:  # Graph's own; others name their resource
            yield _assignment_row(tenant, principal, app.display_name, role)
    scopes = " ".join(scope for scope in consent.scopes if "/" not in scope)
    if scopes:
        yield "oAuth2PermissionGrant", None, new_grant(principal, graph_id(tenant.id), scopes)


def _application(app: App, tenant: Tenant, consent: Consent, audience: str) -> Doc:
    access = [
        *({"id": permissions.ids(name).role, "type": "Role"} for name in consent.roles if "/" not in name),
        *({"id": permissions.ids(name).scope, "type": "Scope"} for name in consent.scopes if "/" not in name),
    ]
    return {
        "id": application_id(tenant.id, app.client_id),
        **DEFAULTS,
        "appId": app.client_id,
        "createdDateTime": CREATED,
        "displayName": app.display_name,
        "isFallbackPublicClient": app.public,
        "keyCredentials": [
            key_credential(each, guid(app.client_id, "certificate", n)) for n, each in enumerate(app.certificates)
        ],
        "passwordCredentials": [
            password_credential(each, guid(app.client_id, "secret", n), CREATED)
            for n, each in enumerate(app.secrets)
        ],
        "publisherDomain": tenant.domain,
        "requiredResourceAccess": [{"resourceAppId": GRAPH_APP, "resourceAccess": access}] if access else [],
        "signInAudience": audience,
        "web": {**DEFAULTS["web"], "redirectUris": list(app.redirect_uris)},
    }


DEFAULTS: Doc = {  # of an application
    "api": {
        "acceptMappedClaims": None,
        "knownClientApplications": [],
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": [],
        "requestedAccessTokenVersion": None,
    },
    "info": dict.fromkeys(
        ("logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"), None
    ),
    "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
    "publicClient": {"redirectUris": []},
    "spa": {"redirectUris": []},
    "verifiedPublisher": {"addedDateTime": None, "displayName": None, "verifiedPublisherId": None},
    "web": {
        "homePageUrl": None,
        "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False},
        "logoutUrl": None,
        "redirectUris": [],
    },
}


def _principal_row(id_: str, app_id: str, name: str, *, owner: str, names: list[str], **more: Any) -> Row:
    doc = {
        "id": id_,
        "accountEnabled": True,
        "appDisplayName": name,
        "appId": app_id,
        "appOwnerOrganizationId": owner,
        "appRoleAssignmentRequired": False,
        "createdDateTime": CREATED,
        "displayName": name,
        "servicePrincipalNames": names,
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        **more,
    }
    return "servicePrincipal", app_id, doc


def _assignment_row(tenant: Tenant, principal: str, name: str, role: str) -> Row:
    resource = {"id": graph_id(tenant.id), "displayName": "Microsoft Graph"}
    who = {"id": principal, "displayName": name}
    salt = UUID(guid(principal, role))
    return (
        "appRoleAssignment",
        None,
        new_assignment(who, "ServicePrincipal", resource, permissions.ids(role).role, CREATED, salt),
    )


def new_assignment(principal: Doc, kind: str, resource: Doc, role: str, at: str, salt: UUID | None = None) -> Doc:
    """Return an appRoleAssignment: its id is the principal's, and 16 bytes more."""
    id_ = UUID(principal["id"]).bytes_le + (salt or uuid4()).bytes_le
    return {
        "id": base64.urlsafe_b64encode(id_).decode().rstrip("="),
        "appRoleId": role,
        "createdDateTime": at,
        "principalDisplayName": principal.get("displayName"),
        "principalId": principal["id"],
        "principalType": kind,
        "resourceDisplayName": resource.get("displayName"),
        "resourceId": resource["id"],
    }


def new_grant(client: str, resource: str, scope: str, user: str | None = None) -> Doc:
    """Return an oAuth2PermissionGrant, to everybody or to one user."""
    id_ = UUID(client).bytes_le + UUID(resource).bytes_le + (UUID(user).bytes_le if user else b"")
    return {
        "id": base64.urlsafe_b64encode(id_).decode().rstrip("="),
        "clientId": client,
        "consentType": "Principal" if user else "AllPrincipals",
        "principalId": user,
        "resourceId": resource,
        "scope": scope,
    }


def password_credential(secret: Secret, key_id: str, start: str, name: str | None = None) -> Doc:
    """Return what is shown of a secret once it was given out."""
    end = NEVER if secret.expires_at is None else Directory.at(secret.expires_at)
    return {
        "customKeyIdentifier": None,
        "displayName": name,
        "endDateTime": end,
        "hint": secret.value[:3],
        "keyId": key_id,
        "secretText": None,
        "startDateTime": start,
    }


def key_credential(certificate: Certificate, key_id: str, name: str | None = None) -> Doc:
    """Return what is shown of a certificate."""
    x509 = certificate.certificate
    return {
        "customKeyIdentifier": certificate.thumbprint("x5t").hex().upper(),
        "displayName": name or x509.subject.rfc4514_string(),
        "endDateTime": Directory.at(x509.not_valid_after_utc.timestamp()),
        "key": None,
        "keyId": key_id,
        "startDateTime": Directory.at(x509.not_valid_before_utc.timestamp()),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }


def adopt(directory: Directory, app: App) -> None:
    """Show an app that was registered at the login host, unless Graph knew it before."""
    tenant, store = directory.ledger.registry.tenant(directory.tenant), directory.store
    if tenant.id not in app.consents or any(
        store.find(app.object_id(tenant), deleted=one) for one in (True, False)
    ):
        return
    with store.atomic():
        for kind, name, doc in rows_of(app, tenant):
            store.insert(kind, doc, name)


def recall(directory: Directory) -> None:
    """Let the login host know the apps of a tenant that comes out of a file as they are there, but for secrets."""
    apps = directory.ledger.registry.apps
    for row in directory.store.select(of_kind("application")):
        if row.doc["appId"].lower() not in apps:
            enrol(directory, row.doc, App(row.doc["appId"]))
    for app in apps.values():
        app.consents.pop(directory.tenant, None)
        principal = directory.store.get("servicePrincipal", app.client_id)
        if principal is not None:
            admit(directory, principal)


# -- what the login host knows ------------------------------------------------------------------------


def app_of(directory: Directory, app_id: str) -> App | None:
    """Return the app as the login host knows it."""
    return directory.ledger.registry.apps.get(app_id.lower())


def enrol(directory: Directory, application: Doc, app: App) -> None:
    """Register a new application at the login host. It can do nothing before it has a service principal."""
    directory.ledger.registry.apps[app.client_id.lower()] = app
    project(directory, application)


def project(directory: Directory, application: Doc) -> None:
    """Let the login host know of what was changed of an application."""
    app = app_of(directory, application["appId"])
    if app is None:
        return
    app.display_name = application["displayName"]
    app.multi_tenant = AUDIENCES.get(application.get("signInAudience", ""), False)
    app.public = bool(application.get("isFallbackPublicClient"))
    app.redirect_uris = [
        uri
        for platform in ("web", "publicClient", "spa")
        for uri in (application.get(platform) or {}).get("redirectUris") or ()
    ]


def admit(directory: Directory, principal: Doc) -> None:
    """Let an app sign in to the tenant, and do there what its service principal was given."""
    app = app_of(directory, principal["appId"])
    if app is None:
        return
    app.consents[directory.tenant] = Consent(enabled=bool(principal.get("accountEnabled", True)))
    resources = {row.doc["id"]: row.doc for row in directory.store.select(of_kind("servicePrincipal"))}
    for row in of(directory, "appRoleAssignment", "principalId", principal["id"]):
        resource = resources.get(row["resourceId"])
        name = resource and role_name(resource, row["appRoleId"])
        if resource and name:
            grant(directory, principal, "roles", full_name(resource, name), given=True)
    for row in of(directory, "oAuth2PermissionGrant", "clientId", principal["id"]):
        resource = resources.get(row["resourceId"])
        for name in row["scope"].split() if resource else ():
            grant(directory, principal, "scopes", full_name(resource or {}, name), given=True)


def consent_of(directory: Directory, principal: Doc) -> Consent | ManagedIdentity | None:
    """Return what a service principal may do here: an app, or one of the machine's identities."""
    app = app_of(directory, principal["appId"])
    if app is not None:
        return app.consents.get(directory.tenant)
    identities = directory.ledger.registry.identities
    return next((one for one in identities if one.object_id == principal["id"]), None)


def grant(directory: Directory, principal: Doc, kind: str, name: str, *, given: bool) -> None:
    """Give a permission to an app, or take it away. ``kind`` is ``roles`` or ``scopes``."""
    consent = consent_of(directory, principal)
    if consent is not None and hasattr(consent, kind):
        held = [each for each in getattr(consent, kind) if each != name]
        setattr(consent, kind, (*held, *([name] if given else [])))


def of(directory: Directory, kind: str, name: str, value: str) -> list[Doc]:
    """Return the assignments or grants of which a property is an object's id."""
    return [row.doc for row in directory.store.select(where_of(kind, name, value))]


def where_of(kind: str, name: str, value: str) -> Where:
    if not re.fullmatch("[A-Za-z]+", name):
        raise ValueError(name)
    return of_kind(kind) & Where(f"json_extract(doc, '$.{name}') = ?", (value,))


def role_name(resource: Doc, role: str) -> str | None:
    """Return the name of an app role, ``None`` if the resource has no such role."""
    return next((each["value"] for each in roles_of(resource) if each["id"].lower() == role.lower()), None)


def roles_of(principal: Doc) -> list[Doc]:
    """Return the app roles that a service principal offers."""
    if principal["appId"] == GRAPH_APP:
        return permissions.app_roles()
    return list(principal.get("appRoles") or ())


def scopes_of(principal: Doc) -> list[Doc]:
    """Return the delegated permissions that a service principal offers."""
    if principal["appId"] == GRAPH_APP:
        return permissions.scopes()
    return list(principal.get("oauth2PermissionScopes") or ())


def full_name(resource: Doc, name: str) -> str:
    """Return a permission as the login host writes it: those of others than Graph name their resource."""
    return name if resource["appId"] == GRAPH_APP else f"api://{resource['appId']}/{name}"


def seconds(text: str) -> float:
    """Return Graph's way to write a time in seconds since the epoch; raises ValueError."""
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
