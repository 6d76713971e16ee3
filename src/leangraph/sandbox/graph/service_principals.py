"""Service principals: an application's presence in a tenant. With one it can sign in there; Graph has one too.

Source: the API reference of service principals.
"""

from __future__ import annotations

from ..core import engine
from ..core.call import Call, bad_request
from ..core.deleted import FOLLOWERS, Event, keep_deleted
from ..core.endpoints import on
from ..core.engine import collection
from ..core.model import Entity, entity
from ..core.objects import CONTAINERS, remove, store_new, update
from ..core.relations import (
    Relation,
    back,
    back_all,
    relation,
    to,
)
from ..core.store import Doc
from ..login.registry import Consent
from ..seed.people import words
from ..wire.faults import Refusal
from ..wire.server import Reply
from .app_credentials import credentials_of
from .applications import APPLICATION, shared
from .login_apps import (
    admit,
    app_of,
    consent_of,
    roles_of,
    scopes_of,
)

PRINCIPAL = entity(
    Entity(
        kind="servicePrincipal",
        collection="servicePrincipals",
        required=("appId",),
        read_only=frozenset(
            words(
                "id appDescription appDisplayName appOwnerOrganizationId appRoles applicationTemplateId "
                "createdByAppId createdDateTime deletedDateTime disabledByMicrosoftStatus keyCredentials "
                "oauth2PermissionScopes passwordCredentials resourceSpecificApplicationPermissions "
                "servicePrincipalType signInAudience verifiedPublisher"
            )
        ),
        unasked=frozenset({"customSecurityAttributes"}),
        fixed=frozenset(words("accountEnabled appId displayName")),
        alternate="appId",
        named=True,
        derived={"appRoles": roles_of, "oauth2PermissionScopes": scopes_of},
    )
)

collection(PRINCIPAL)
keep_deleted(PRINCIPAL)
credentials_of(PRINCIPAL)


@on("POST", "/servicePrincipals")
def create_principal(call: Call) -> Reply:
    body = call.json()
    changes = PRINCIPAL.checked(body)
    PRINCIPAL.needs(changes)
    app_id = changes["appId"].lower()
    app = app_of(call.directory, app_id)
    application = call.store.get(APPLICATION.kind, app_id)
    if call.store.get(PRINCIPAL.kind, app_id) is not None:
        message = (
            "The service principal cannot be created, updated, or restored because the service principal name "
            f"{app_id} is already in use."
        )
        raise Refusal(409, "Request_MultipleObjectsWithSameKeyValue", message)
    if app is None or (application is None and not app.multi_tenant):
        bad_request(
            f"The appId '{app_id}' of the service principal does not reference a valid application object.",
            "Request_BadRequest",
        )
    tenant = call.directory.ledger.registry.tenant(call.directory.tenant)
    made = {
        "accountEnabled": True,
        "appDisplayName": app.display_name,
        "appOwnerOrganizationId": next(iter(app.consents), tenant.id),
        "appRoleAssignmentRequired": False,
        "displayName": app.display_name,
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMultipleOrgs" if app.multi_tenant else "AzureADMyOrg",
        **(shared(application) if application else {}),
        **changes,
        "appId": app_id,
    }
    same = app.object_id(tenant)
    if not any(call.store.find(same, deleted=deleted) for deleted in (False, True)):
        made["id"] = same  # which its tokens say as well
    doc = store_new(call, PRINCIPAL, made, body)
    admit(call.directory, doc)
    return engine.created(call, PRINCIPAL, doc)


@on("PATCH", "/servicePrincipals/{id}")
def update_principal(call: Call) -> Reply:
    body = call.json()
    changes = PRINCIPAL.checked(body)
    if "appId" in changes:
        bad_request("Property 'appId' is read-only and cannot be set.", "Request_BadRequest")
    before = engine.find(call, PRINCIPAL, call.key)
    answer = update(call, PRINCIPAL, changes, body)
    consent = consent_of(call.directory, before)
    if isinstance(consent, Consent) and "accountEnabled" in changes:
        consent.enabled = changes["accountEnabled"]
    return answer


on("DELETE", "/servicePrincipals/{id}")(lambda call: remove(call, PRINCIPAL))


def _follow(call: Call, principal: Doc, event: Event) -> None:
    """Let the app sign in to this tenant no longer; or again, with what it could do before."""
    app = app_of(call.directory, principal["appId"])
    if event == "restored":
        admit(call.directory, principal)
    elif app is not None:
        app.consents.pop(call.directory.tenant, None)


FOLLOWERS[PRINCIPAL.kind] = _follow

relation(Relation(PRINCIPAL, "owners", ("user", "servicePrincipal"), to("owners"), link="owners", noun="owner"))
relation(Relation(PRINCIPAL, "memberOf", CONTAINERS, back("members")))
relation(Relation(PRINCIPAL, "transitiveMemberOf", CONTAINERS, back_all("members")))
relation(Relation(PRINCIPAL, "ownedObjects", ("group", "application", "servicePrincipal"), back("owners")))
