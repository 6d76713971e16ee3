"""How people sign in: which methods they have registered, and the report about it.

Sources: "userRegistrationDetails" and "authenticationMethod" in the API reference. What a user has registered
stands in the user's document as ``methods``, and what is known of each as ``methodData``: properties that Graph
does not show. How they are changed: :mod:`.authentication_methods`.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ..core import engine
from ..core.call import ONE, Call
from ..core.endpoints import on
from ..core.engine import Items
from ..core.model import USER, Entity, entity
from ..core.store import Doc, Row, Where, of_kind
from ..odata import rules, sql
from ..wire.server import Reply

DETAILS = entity(
    Entity(
        kind="userRegistrationDetails",
        collection="reports/authenticationMethods/userRegistrationDetails",
    )
)
_PREFERRED = {
    "microsoftAuthenticatorPush": "push",
    "mobilePhone": "voiceMobile",
    "softwareOneTimePasscode": "oath",
}
_PASSWORDLESS = frozenset({"fido2SecurityKey", "windowsHelloForBusiness"})


class Method(NamedTuple):
    """A kind of method: its collection below ``authentication``, its type, the id that it has for everybody."""

    segment: str
    kind: str
    id: str = ""


METHODS = {  # by what is registered, in the words of userRegistrationDetails
    "email": Method("emailMethods", "emailAuthenticationMethod", "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"),
    "fido2SecurityKey": Method("fido2Methods", "fido2AuthenticationMethod"),
    "macOsSecureEnclaveKey": Method("platformCredentialMethods", "platformCredentialAuthenticationMethod"),
    "microsoftAuthenticatorPush": Method(
        "microsoftAuthenticatorMethods", "microsoftAuthenticatorAuthenticationMethod"
    ),
    **{
        word: Method("phoneMethods", "phoneAuthenticationMethod", id_)
        for word, id_ in (
            ("mobilePhone", "3179e48a-750b-4051-897c-87b9720928f7"),
            ("alternateMobilePhone", "b6332ec1-7057-4abe-9331-3d72feddfe41"),
            ("officePhone", "e37fc753-ff3b-4958-9484-eaa9425c82bc"),
        )
    },
    "softwareOneTimePasscode": Method("softwareOathMethods", "softwareOathAuthenticationMethod"),
    "temporaryAccessPass": Method("temporaryAccessPassMethods", "temporaryAccessPassAuthenticationMethod"),
    "windowsHelloForBusiness": Method(
        "windowsHelloForBusinessMethods", "windowsHelloForBusinessAuthenticationMethod"
    ),
}
PHONES = {"mobile": "mobilePhone", "alternateMobile": "alternateMobilePhone", "office": "officePhone"}


def _preferred(methods: list[str]) -> str:
    return next((name for method, name in _PREFERRED.items() if method in methods), "none")


def _graph_preferred(methods: Any) -> str:
    return _preferred(json.loads(methods or "[]"))


sql.FUNCTIONS["graph_preferred"] = _graph_preferred


def _details(call: Call, user: Doc) -> Doc:
    methods: list[str] = user.get("methods", [])
    strong = any(method != "email" for method in methods)
    preferred = _preferred(methods)
    return {
        "id": user["id"],
        "isAdmin": call.store.count(_roles_of(user)) > 0,
        "isMfaCapable": strong,
        "isMfaRegistered": strong,
        "isPasswordlessCapable": not _PASSWORDLESS.isdisjoint(methods),
        "isSsprCapable": bool(methods),
        "isSsprEnabled": True,
        "isSsprRegistered": bool(methods),
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "lastUpdatedDateTime": user.get("createdDateTime"),
        "methodsRegistered": methods,
        "systemPreferredAuthenticationMethods": [preferred] if preferred != "none" else [],
        "userDisplayName": user.get("displayName"),
        "userPreferredMethodForSecondaryAuthentication": preferred,
        "userPrincipalName": user.get("userPrincipalName"),
        "userType": str(user.get("userType", "Member")).lower(),
    }


def _roles_of(user: Doc) -> Where:
    links = "SELECT source FROM links WHERE name = 'members' AND target = (SELECT seq FROM objects WHERE id = ?)"
    return of_kind("directoryRole") & Where(f"seq IN ({links})", (user["id"],))


@on(
    "GET",
    "/reports/authenticationMethods/userRegistrationDetails",
    options=("filter", "orderby", "top", "skiptoken", "select"),
)
def registration_details(call: Call) -> Reply:
    rules.refuse_plain(DETAILS.kind, call.query)
    names = engine.select(call.query, DETAILS, single=False)

    def show(row: Row) -> Doc:
        return engine.shown(_details(call, row.doc), DETAILS.kind, names)

    items = Items(DETAILS, of_kind(USER.kind), free=True, context=DETAILS.collection, sized="signIns", show=show)
    return engine.page(call, items)


@on("GET", "/reports/authenticationMethods/userRegistrationDetails/{id}", options=ONE)
def registration_detail(call: Call) -> Reply:
    user = engine.find(call, USER, call.key)
    return engine.one(call, DETAILS, _details(call, user), DETAILS.collection)
