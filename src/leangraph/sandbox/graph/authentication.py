"""How people sign in: which methods they have registered, and the report about it.

Sources: "userRegistrationDetails" and "authenticationMethod" in the API reference. What a user has registered
stands in the user's document as ``methods``, a property that Graph does not show.
"""

from __future__ import annotations

import json
from typing import Any

from ..core import engine
from ..core.call import ONE, Call, missing, reply
from ..core.endpoints import on
from ..core.engine import Items
from ..core.model import USER, Entity, entity
from ..core.store import Doc, Row, Where, of_kind
from ..odata import rules, sql
from ..seed.people import guid
from ..wire.server import Reply

DETAILS = entity(
    Entity(
        kind="userRegistrationDetails",
        collection="reports/authenticationMethods/userRegistrationDetails",
    )
)
PASSWORD = "28c10230-6103-485e-b985-444c60001490"  # noqa: S105 - Microsoft's id of everybody's password method
_PREFERRED = {
    "microsoftAuthenticatorPush": "push",
    "mobilePhone": "voiceMobile",
    "softwareOneTimePasscode": "oath",
}
_PASSWORDLESS = frozenset({"fido2SecurityKey", "windowsHelloForBusiness"})
_METHODS = {  # by what is registered: the type of the method in Graph, and what is known of it
    "email": ("emailAuthenticationMethod", "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"),
    "fido2SecurityKey": ("fido2AuthenticationMethod", ""),
    "microsoftAuthenticatorPush": ("microsoftAuthenticatorAuthenticationMethod", ""),
    "mobilePhone": ("phoneAuthenticationMethod", "3179e48a-750b-4051-897c-87b9720928f7"),
    "softwareOneTimePasscode": ("softwareOathAuthenticationMethod", ""),
}


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


def _methods(user: Doc) -> list[Doc]:
    since = user.get("createdDateTime")
    password = {"@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": PASSWORD}
    found = [{**password, "createdDateTime": since, "password": None}]
    for method in user.get("methods", []):
        kind, fixed = _METHODS[method]
        found.append(
            {
                "@odata.type": f"#microsoft.graph.{kind}",
                "id": fixed or guid(user["id"], method),
                **_known_of(user, kind),
            }
        )
    return found


def _known_of(user: Doc, kind: str) -> Doc:
    if kind == "phoneAuthenticationMethod":
        number = user.get("mobilePhone") or next(iter(user.get("businessPhones", [])), None)
        return {"phoneNumber": number, "phoneType": "mobile", "smsSignInState": "notAllowedByPolicy"}
    if kind == "emailAuthenticationMethod":
        return {"emailAddress": user.get("mail")}
    if kind == "softwareOathAuthenticationMethod":
        return {"secretKey": None}
    return {"createdDateTime": user.get("createdDateTime"), "displayName": f"{user.get('givenName')}'s device"}


def _shown(call: Call, user: Doc, name: str, found: list[Doc]) -> Reply:
    context = f"{call.root}/$metadata#users('{user['id']}')/authentication/{name}"
    return reply({"@odata.context": context, "value": found})


@on("GET", "/users/{id}/authentication/methods", partly="cannot be changed; their best known properties only")
def methods(call: Call) -> Reply:
    user = engine.find(call, USER, call.key)
    return _shown(call, user, "methods", _methods(user))


@on("GET", "/users/{id}/authentication/methods/{id}")
def method(call: Call) -> Reply:
    user = engine.find(call, USER, call.keys[0])
    found = next((each for each in _methods(user) if each["id"] == call.keys[1].lower()), None)
    if found is None:
        raise missing(call.keys[1])
    context = f"{call.root}/$metadata#users('{user['id']}')/authentication/methods/$entity"
    return reply({"@odata.context": context, **found})


def _list_of(segment: str, kind: str) -> None:
    @on("GET", f"/users/{{id}}/authentication/{segment}", partly="cannot be changed")
    def one_kind(call: Call) -> Reply:
        user = engine.find(call, USER, call.key)
        wanted = [each for each in _methods(user) if each["@odata.type"] == f"#microsoft.graph.{kind}"]
        plain = [{name: value for name, value in each.items() if name != "@odata.type"} for each in wanted]
        return _shown(call, user, segment, plain)


_list_of("passwordMethods", "passwordAuthenticationMethod")
_list_of("phoneMethods", "phoneAuthenticationMethod")
_list_of("microsoftAuthenticatorMethods", "microsoftAuthenticatorAuthenticationMethod")
_list_of("fido2Methods", "fido2AuthenticationMethod")
