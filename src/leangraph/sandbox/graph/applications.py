"""Applications: what a developer registers. One that is made here can sign in once it has a service principal.

Source: the API reference of applications.
"""

from __future__ import annotations

from copy import deepcopy
from urllib.parse import urlsplit
from uuid import uuid4

from ..core import engine
from ..core.call import Call, bad_request
from ..core.deleted import FOLLOWERS, Event, discard, keep_deleted
from ..core.directory import Memory
from ..core.endpoints import on
from ..core.engine import collection
from ..core.model import Entity, conflict, entity, invalid
from ..core.objects import remove, store_new, update
from ..core.relations import Relation, relation, to
from ..core.store import Doc, Row, Where, of_kind
from ..login.registry import App
from ..seed.people import words
from ..wire.server import Reply
from .app_credentials import credentials_of, new_secret, replace_keys
from .login_apps import (
    AUDIENCES,
    DEFAULTS,
    app_of,
    enrol,
    project,
)

APPLICATION = entity(
    Entity(
        kind="application",
        collection="applications",
        unasked=frozenset({"logo"}),
        required=("displayName",),
        read_only=frozenset(
            words(
                "id appId applicationTemplateId certification createdByAppId createdDateTime deletedDateTime "
                "disabledByMicrosoftStatus publisherDomain verifiedPublisher"
            )
        ),
        fixed=frozenset(
            words("displayName identifierUris keyCredentials passwordCredentials signInAudience tags")
        ),
        alternate="appId",
        named=True,
    )
)

collection(APPLICATION)
keep_deleted(APPLICATION)
credentials_of(APPLICATION)


@on("POST", "/applications", partly="an app-only caller does not become the owner")
def create_application(call: Call) -> Reply:
    body = call.json()
    changes = APPLICATION.checked(body)
    APPLICATION.needs(changes)
    app_id = str(uuid4())
    _check(call, changes, app_id)
    app = App(app_id, changes["displayName"])
    given = [new_secret(call, APPLICATION, app, asked) for asked in changes.pop("passwordCredentials", ())]
    keys = replace_keys(call, app, {}, changes.pop("keyCredentials", ()))
    made = {
        **deepcopy(DEFAULTS),
        "appId": app_id,
        "publisherDomain": call.directory.domain,
        "signInAudience": "AzureADMyOrg",
        **_merged(DEFAULTS, changes),
        "keyCredentials": keys,
        "passwordCredentials": [kept for kept, _ in given],
    }
    with call.store.atomic():
        doc = store_new(call, APPLICATION, made, body)
        if call.token.user is not None and not any(name.lower().startswith("owners@") for name in body):
            call.store.link(doc["id"], "owners", call.token.user)
    enrol(call.directory, doc, app)
    shown = [{**kept, "secretText": text} for kept, text in given]
    return engine.created(call, APPLICATION, {**doc, "passwordCredentials": shown})


@on("PATCH", "/applications/{id}")
def update_application(call: Call) -> Reply:
    body = call.json()
    changes = APPLICATION.checked(body)
    if "passwordCredentials" in changes:
        bad_request("Secrets are added and removed with addPassword and removePassword.", "Request_BadRequest")
    before = engine.find(call, APPLICATION, call.key)
    _check(call, changes, before["appId"])
    changes = _merged(before, changes)
    if "keyCredentials" in changes:
        app = app_of(call.directory, before["appId"]) or App(before["appId"])
        changes["keyCredentials"] = replace_keys(call, app, before, changes["keyCredentials"])
    answer = update(call, APPLICATION, changes, body)
    after = engine.find(call, APPLICATION, before["id"])
    project(call.directory, after)
    _tell_the_principal(call, after)
    return answer


on("DELETE", "/applications/{id}")(lambda call: remove(call, APPLICATION))


def _merged(before: Doc, changes: Doc) -> Doc:
    """Return the changes with what they leave alone inside complex properties: ``web`` without ``logoutUrl``."""
    return {
        name: {**before[name], **value}
        if isinstance(value, dict) and isinstance(before.get(name), dict)
        else value
        for name, value in changes.items()
    }


def _check(call: Call, changes: Doc, app_id: str) -> None:
    if not 1 <= len(changes.get("displayName", "x")) <= 256:
        raise invalid("displayName", APPLICATION)
    if changes.get("signInAudience", "AzureADMyOrg") not in AUDIENCES:
        raise invalid("signInAudience", APPLICATION)
    for uri in changes.get("identifierUris", ()):
        _check_uri(call, uri, app_id)
    roles = changes.get("appRoles") or ()
    values = [role["value"] for role in roles if role.get("value")]
    if len(values) != len(set(values)) or not all(role.get("id") for role in roles):
        raise invalid("appRoles", APPLICATION)


def _check_uri(call: Call, uri: str, app_id: str) -> None:
    """Raise Graph's 400 for an identifier that belongs to nobody, or to another app."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise invalid("identifierUris", APPLICATION) from None
    ours = parts.scheme == "api" and (app_id in uri.lower() or call.directory.tenant in uri.lower())
    host = parts.hostname or ""
    domain = call.directory.domain
    if not ours and not (parts.scheme in ("https", "api") and (host == domain or host.endswith(f".{domain}"))):
        bad_request(
            "Values of identifierUris property must use a verified domain of the organization or its subdomain: "
            f"'{uri[:200]}'",
            "Request_BadRequest",
        )
    taken = Where("EXISTS (SELECT 1 FROM json_each(doc, '$.identifierUris') WHERE value = ?)", (uri,))
    rows = call.store.select(of_kind(APPLICATION.kind) & taken)
    if any(row.doc["appId"] != app_id for row in rows):
        raise conflict("identifierUris")


SHARED = {  # what a service principal takes over from its application, and what it is called there
    "displayName": "appDisplayName",
    "appRoles": "appRoles",
    "signInAudience": "signInAudience",
    "tags": "tags",
}


def shared(application: Doc) -> Doc:
    """Return what the service principal of an application shows of it."""
    uris = [
        uri for name in ("web", "publicClient", "spa") for uri in application.get(name, {}).get("redirectUris", ())
    ]
    return {
        **{there: application[here] for here, there in SHARED.items() if here in application},
        "homepage": application.get("web", {}).get("homePageUrl"),
        "oauth2PermissionScopes": application.get("api", {}).get("oauth2PermissionScopes") or [],
        "replyUrls": uris,
        "servicePrincipalNames": [*application.get("identifierUris", ()), application["appId"]],
    }


def _tell_the_principal(call: Call, application: Doc) -> None:
    principal = call.directory.store.get("servicePrincipal", application["appId"])
    if principal is not None:
        changed = {**principal, **shared(application)}
        kept = {name: value for name, value in changed.items() if value is not None}
        call.directory.store.update("servicePrincipal", kept, application["appId"])


_DELETED: Memory[dict[str, App]] = Memory(lambda directory: {})  # with their secrets


def _follow(call: Call, application: Doc, event: Event) -> None:
    """Let the login host forget a deleted app, and with it goes its service principal; or know it again."""
    stash = _DELETED.of(call.directory)
    app_id = application["appId"]
    if event == "deleted":
        principal = call.directory.store.get("servicePrincipal", app_id)
        if principal is not None:
            discard(call, Row(0, "servicePrincipal", None, principal))
        app = call.directory.ledger.registry.apps.pop(app_id.lower(), None)
        if app is not None:
            stash[app_id] = app
    elif event == "restored":
        enrol(call.directory, application, stash.pop(app_id, App(app_id)))


FOLLOWERS[APPLICATION.kind] = _follow

relation(Relation(APPLICATION, "owners", ("user", "servicePrincipal"), to("owners"), link="owners", noun="owner"))
