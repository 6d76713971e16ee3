"""The methods that somebody has registered to sign in with: listed, added, changed, removed.

Sources: "authentication methods overview" and the pages of each method in the API reference. What is refused
stands in those pages; words that they do not quote are ours.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from uuid import uuid4

from leangraph.knowledge import schema

from ..core import engine
from ..core.actions import parameters
from ..core.audit import record
from ..core.call import ONE, Call, bad_request, missing, reply
from ..core.endpoints import on
from ..core.model import USER, Entity
from ..core.objects import keep
from ..core.store import Doc
from ..seed.people import guid
from ..wire.server import Reply
from .authentication import METHODS, PHONES
from .users import strong

ROOT = "/users/{id}/authentication"
PASSWORD = "28c10230-6103-485e-b985-444c60001490"  # noqa: S105 - Microsoft's id of everybody's password method
PASS_MINUTES = (10, 43_200)  # that a Temporary Access Pass may live
ADDED = ("emailMethods", "phoneMethods", "temporaryAccessPassMethods")


def _methods(user: Doc) -> dict[str, Doc]:
    """Return what somebody has registered, by its word; the password is everybody's."""
    password = {"@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": PASSWORD}
    since = {"createdDateTime": user.get("createdDateTime")}
    found: dict[str, Doc] = {"password": {**password, **since, "password": None}}
    for word in user.get("methods", []):
        method = METHODS[word]
        own = (user.get("methodData") or {}).get(word) or _known(user, word)
        id_ = {"id": method.id or guid(user["id"], word)}
        found[word] = {"@odata.type": f"#microsoft.graph.{method.kind}", **id_, **since, **own}
    return found


def _known(user: Doc, word: str) -> Doc:
    """Return what is known of a method that was there at first."""
    if word == "mobilePhone":
        number = user.get("mobilePhone") or next(iter(user.get("businessPhones", [])), None)
        return {"phoneNumber": number, "phoneType": "mobile", "smsSignInState": "notAllowedByPolicy"}
    if word == "email":
        return {"emailAddress": user.get("mail")}
    if word == "softwareOneTimePasscode":
        return {"secretKey": None}
    return {"displayName": f"{user.get('givenName')}'s device"}


def _user(call: Call) -> Doc:
    return engine.find(call, USER, call.keys[0])


def _of(user: Doc, segment: str, key: str) -> tuple[str, Doc]:
    """Return a method by its id, with its word; raises Graph's 404."""
    for word, doc in _methods(user).items():
        if doc["id"] == key.lower() and segment in ("methods", _segment(word)):
            return word, doc
    raise missing(key)


def _segment(word: str) -> str:
    return "passwordMethods" if word == "password" else METHODS[word].segment


def _plain(doc: Doc) -> Doc:
    return {name: value for name, value in doc.items() if name != "@odata.type"}


def _register(call: Call, user: Doc, word: str, data: Doc | None) -> None:
    """Keep what a method is now; ``None`` takes it away."""
    words = [each for each in user.get("methods", []) if each != word] + ([word] if data is not None else [])
    kept = {**(user.get("methodData") or {}), word: data}
    after = {**user, "methods": words, "methodData": {name: each for name, each in kept.items() if each}}
    with call.store.atomic():
        keep(call.directory, USER, after)
        verb = "Admin deleted" if data is None else "Admin registered"
        record(call, f"{verb} security info", USER.kind, (USER.kind, user))


def _listed(segment: str) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        user = _user(call)
        every = _methods(user).items()
        value = [
            doc if segment == "methods" else _plain(doc)
            for word, doc in every
            if segment in ("methods", _segment(word))
        ]
        context = f"{call.root}/$metadata#users('{user['id']}')/authentication/{segment}"
        return reply({"@odata.context": context, "value": value})

    return answer


def _shown(call: Call, user: Doc, segment: str, doc: Doc, status: int = 200) -> Reply:
    context = f"{call.root}/$metadata#users('{user['id']}')/authentication/{segment}/$entity"
    body = {"@odata.context": context, **(doc if segment == "methods" else _plain(doc))}
    return reply(body, status)


def _one(segment: str) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        user = _user(call)
        return _shown(call, user, segment, _of(user, segment, call.keys[1])[1])

    return answer


def _removed(segment: str) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        user = _user(call)
        _register(call, user, _of(user, segment, call.keys[1])[0], None)
        return Reply(204)

    return answer


def _body(call: Call, kind: str, *needed: str) -> Doc:
    entity = Entity(kind, kind, required=needed)
    asked = entity.checked(call.json())
    if call.request.method == "POST":
        entity.needs(asked)
    return asked


def _phone(asked: Doc) -> Doc:
    """Source: "Create phoneMethod": "+<country code> <number>x<extension>", one of each type."""
    number = asked.get("phoneNumber")
    if number is not None and not re.fullmatch(r"\+\d{1,3} ?[\d -]{4,20}(x\d+)?", number):
        bad_request("The phone number has to look like '+1 5555551234'.", "invalidPhoneNumber")
    return {"smsSignInState": "notAllowedByPolicy", **asked}


def _pass(asked: Doc, now: str) -> Doc:
    """Source: "Create temporaryAccessPassMethod"."""
    low, high = PASS_MINUTES
    minutes = asked.get("lifetimeInMinutes") or 60
    if not low <= minutes <= high:
        bad_request(f"lifetimeInMinutes has to be from {low} to {high}.", "badRequest")
    made = {"isUsable": True, "isUsableOnce": False, "methodUsabilityReason": "EnabledByPolicy"}
    return {**made, "startDateTime": now, **asked, "lifetimeInMinutes": minutes, "createdDateTime": now}


def _new(call: Call, user: Doc, segment: str) -> tuple[str, Doc]:
    """Return the word and what is kept of a new method; raises Graph's 400."""
    if segment == "emailMethods":
        return "email", _body(call, METHODS["email"].kind, "emailAddress")
    if segment == "phoneMethods":
        asked = _phone(_body(call, METHODS["mobilePhone"].kind, "phoneNumber", "phoneType"))
        if asked["phoneType"] not in PHONES:
            bad_request("phoneType has to be mobile, alternateMobile or office.", "badRequest")
        return PHONES[asked["phoneType"]], asked
    asked = _body(call, METHODS["temporaryAccessPass"].kind) if call.request.body else {}
    return "temporaryAccessPass", {"id": str(uuid4()), **_pass(asked, call.directory.now())}


def _added(segment: str) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        user = _user(call)
        word, data = _new(call, user, segment)
        if word in user.get("methods", []):
            bad_request(f"The user has a method of this type already: {word}.", "badRequest")
        _register(call, user, word, {**data, "createdDateTime": call.directory.now()})
        shown = _methods(_user(call))[word]
        if word == "temporaryAccessPass":
            shown = {**shown, "temporaryAccessPass": secrets.token_urlsafe(6)}  # which is shown once
        return _shown(call, user, segment, shown, 201)

    return answer


def _changed(segment: str) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        user = _user(call)
        word, before = _of(user, segment, call.keys[1])
        asked = _body(call, METHODS[word].kind)
        data = {**_plain(before), **(_phone(asked) if segment == "phoneMethods" else asked)}
        _register(call, user, word, data)
        return _shown(call, user, segment, data)

    return answer


for _name in ("methods", *sorted({each.segment for each in METHODS.values()} | {"passwordMethods"})):
    on("GET", f"{ROOT}/{_name}")(_listed(_name))
    on("GET", f"{ROOT}/{_name}/{{id}}", options=ONE)(_one(_name))
    if _name not in ("methods", "passwordMethods"):
        on("DELETE", f"{ROOT}/{_name}/{{id}}", partly="somebody's default method goes like any other")(
            _removed(_name)
        )
    if _name in ADDED:
        on("POST", f"{ROOT}/{_name}")(_added(_name))
    if _name in ("emailMethods", "phoneMethods"):
        on("PATCH", f"{ROOT}/{_name}/{{id}}")(_changed(_name))


@on(
    "POST",
    f"{ROOT}/methods/{{id}}/resetPassword",
    partly="done at once: the operation has succeeded when it is asked for",
)
def reset_password(call: Call) -> Reply:
    user = _user(call)
    if _of(user, "methods", call.keys[1])[0] != "password":
        raise missing(call.keys[1])
    given = parameters(call, "authenticationMethod").get("newPassword")
    if given is not None and not strong(given):
        bad_request("The specified password does not comply with password complexity requirements.", "badRequest")
    with call.store.atomic():
        keep(call.directory, USER, {**user, "lastPasswordChangeDateTime": call.directory.now()})
        record(call, "Reset user password", USER.kind, (USER.kind, user))
    kind = "passwordResetResponse"
    new = {} if given is not None else {"newPassword": f"{secrets.token_urlsafe(9)}aA1"}
    assert schema.lineage(kind)
    where = f"{call.root}/users/{user['id']}/authentication/operations/{uuid4()}"
    return reply(
        {"@odata.context": f"{call.root}/$metadata#microsoft.graph.{kind}", **new}, 202, {"Location": where}
    )


def _sms(name: str, state: str) -> None:
    @on("POST", f"{ROOT}/phoneMethods/{{id}}/{name}", partly="policies are not asked")
    def set_state(call: Call) -> Reply:
        user = _user(call)
        word, before = _of(user, "phoneMethods", call.keys[1])
        _register(call, user, word, {**_plain(before), "smsSignInState": state})
        return Reply(204)


_sms("enableSmsSignIn", "ready")
_sms("disableSmsSignIn", "notEnabled")
