"""The settings of a mailbox: time zone, language, working hours, automatic replies.

Source: "mailboxSettings" in the API reference, with the defaults that its examples show.
"""

from __future__ import annotations

from ..core.call import Call, bad_request, reply
from ..core.endpoints import on
from ..core.model import USER, fits
from ..core.objects import keep
from ..core.store import Doc
from ..wire.server import Reply
from .drafts import mailbox

PATH = "/users/{id}/mailboxSettings"
PARTS = (
    "automaticRepliesSetting",
    "dateFormat",
    "delegateMeetingMessageDeliveryOptions",
    "language",
    "timeFormat",
    "timeZone",
    "userPurpose",
    "workingHours",
)
READ_ONLY = frozenset({"archiveFolder", "userPurpose"})


def _settings(call: Call, user: Doc) -> Doc:
    at = {"dateTime": f"{call.directory.now()[:13]}:00:00.0000000", "timeZone": "UTC"}
    usual = {
        "archiveFolder": "archive",
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "none",
            "scheduledStartDateTime": at,
            "scheduledEndDateTime": at,
            "internalReplyMessage": "",
            "externalReplyMessage": "",
        },
        "dateFormat": "yyyy-MM-dd",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "language": {"locale": "en-US", "displayName": "English (United States)"},
        "timeFormat": "HH:mm",
        "timeZone": "UTC",
        "userPurpose": "user",
        "workingHours": {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "UTC"},
        },
    }
    return {**usual, **(user.get("mailboxSettings") or {})}


def _shown(call: Call, user: Doc, settings: Doc) -> Reply:
    context = f"{call.root}/$metadata#users('{user['id']}')/mailboxSettings"
    return reply({"@odata.context": context, **settings})


@on("GET", PATH, options=("select",))
def get_settings(call: Call) -> Reply:
    user = mailbox(call)
    names = {name.lower() for name in call.query.select}
    settings = _settings(call, user)
    return _shown(
        call, user, {name: each for name, each in settings.items() if not names or name.lower() in names}
    )


@on("PATCH", PATH, partly="automatic replies are kept and never sent")
def set_settings(call: Call) -> Reply:
    user, body = mailbox(call), call.json()
    if not fits("mailboxSettings", body) or READ_ONLY & body.keys():
        bad_request("Cannot convert the payload to type 'mailboxSettings'.", "Request_BadRequest")
    before = _settings(call, user)
    changes = {name: each for name, each in body.items() if not name.startswith("@")}
    for name, each in changes.items():
        if isinstance(each, dict) and isinstance(before.get(name), dict):
            changes[name] = {**before[name], **each}
    keep(call.directory, USER, {**user, "mailboxSettings": {**(user.get("mailboxSettings") or {}), **changes}})
    return _shown(call, user, {**before, **changes})


for _part in PARTS:

    @on("GET", f"{PATH}/{_part}")
    def get_part(call: Call, part: str = _part) -> Reply:
        user = mailbox(call)
        value = _settings(call, user)[part]
        context = f"{call.root}/$metadata#users('{user['id']}')/mailboxSettings/{part}"
        return reply({"@odata.context": context, **(value if isinstance(value, dict) else {"value": value})})
