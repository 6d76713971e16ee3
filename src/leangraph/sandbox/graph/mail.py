"""Mail, as far as it leaves: what was sent is recorded, and lies in the sender's and the recipients' mailboxes.

Sources: "user: sendMail" and "List messages" in the API reference; errors as the Outlook service writes them.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from ..core import engine
from ..core.actions import parameters
from ..core.call import Call, not_acted_out
from ..core.directory import Directory, Memory
from ..core.endpoints import on
from ..core.engine import Items
from ..core.model import USER
from ..core.store import (
    Doc,
    Order,
    Row,
    Where,
    of_kind,
)
from ..odata import rules
from ..seed.people import guid
from ..wire.faults import Refusal
from ..wire.server import Reply
from .drafts import FOLDER, MESSAGE, MESSAGES, attachments_of, folder_id, mailbox, one_message
from .licenses import has_mailbox
from .mime import from_mime

MAX_RECIPIENTS = 500
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_NEWEST = (Order("json_extract(doc, '$.receivedDateTime')", descending=True),)
_SENT = (  # of a draft: what its writer decides
    "subject", "body", "toRecipients", "ccRecipients", "bccRecipients", "importance", "from", "replyTo",
)  # fmt: skip


_OUTBOX: Memory[list[Doc]] = Memory(lambda directory: [])


def outbox(directory: Directory) -> list[Doc]:
    """Return what was sent, oldest first."""
    return _OUTBOX.of(directory)


@on("POST", "/users/{id}/sendMail", partly="attachments are kept with the message and cannot be asked for")
def send_mail(call: Call) -> Reply:
    sender = mailbox(call)
    mime = from_mime(call)
    asked = parameters(call, USER.kind, "Message") if mime is None else {"Message": mime}
    _send(call, sender, asked["Message"], keeps_copy=bool(asked.get("SaveToSentItems", True)))
    return Reply(202)


@on("POST", f"{MESSAGES}/{{id}}/send")
def send_draft(call: Call) -> Reply:
    with call.store.atomic():
        sender, draft = one_message(call)
        if not draft["isDraft"]:
            not_acted_out("sending a message that was sent or received")
        message = {name: draft[name] for name in _SENT if name in draft}
        attached = attachments_of(call, draft)
        _send(call, sender, {**message, "attachments": attached} if attached else message, keeps_copy=True)
        call.store.delete("message", draft["id"], call.directory.now())
    return Reply(202)


def _send(call: Call, sender: Doc, given: Doc, *, keeps_copy: bool) -> None:
    """Deliver a message within the tenant and record it; raises Outlook's refusals."""
    message = MESSAGE.checked({name: value for name, value in given.items() if name != "attachments"})
    recipients = [
        address
        for name in ("toRecipients", "ccRecipients", "bccRecipients")
        for address in _addresses(message, name)
    ]
    if not recipients:
        raise Refusal(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
    if len(recipients) > MAX_RECIPIENTS:
        raise Refusal(400, "ErrorExceededMessageLimit", f"More than {MAX_RECIPIENTS} recipients.")
    sent = _sent(call, sender, message)
    sent["hasAttachments"] = bool(given.get("attachments"))
    with call.store.atomic():
        if keeps_copy:
            _deliver(call, sender, "SentItems", {**sent, "isRead": True})
        for address in dict.fromkeys(address.lower() for address in recipients):
            found = call.store.get(USER.kind, address)
            if found is not None and has_mailbox(found):
                _deliver(call, found, "Inbox", {**sent, "bccRecipients": [], "isRead": False})
    outbox(call.directory).append(
        {
            "from": sender["userPrincipalName"],
            "message": given,
            "saveToSentItems": keeps_copy,
            "sentDateTime": sent["sentDateTime"],
        }
    )


def _sent(call: Call, sender: Doc, message: Doc) -> dict[str, Any]:
    """Return a message as it goes out now."""
    now = call.directory.now()
    me = _person(sender)
    sent: dict[str, Any] = {
        **{"body": {"contentType": "text", "content": ""}, "importance": "normal", "subject": ""},
        **message,
        "from": message.get("from") or me,
        "sender": me,
        "createdDateTime": now,
        "lastModifiedDateTime": now,
        "receivedDateTime": now,
        "sentDateTime": now,
        "internetMessageId": f"<{uuid4()}@{call.directory.domain}>",
        "isDraft": False,
    }
    sent["bodyPreview"] = str(sent["body"].get("content", ""))[:255]
    return sent


def _addresses(message: Doc, name: str) -> list[str]:
    found = []
    for each in message.get(name, []):
        address = (each.get("emailAddress") or {}).get("address")
        if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
            raise Refusal(
                400,
                "ErrorInvalidRecipients",
                f"At least one recipient is not valid., Recipient '{str(address)[:200]}' is not resolved. "
                "All recipients must be resolved before a message can be submitted.",
            )
        found.append(address)
    return found


def _person(user: Doc) -> Doc:
    return {"emailAddress": {"address": user.get("mail"), "name": user.get("displayName")}}


def _folder(user: Doc, name: str) -> str:
    return guid(user["id"], "folder", name)


def _deliver(call: Call, user: Doc, folder: str, message: Doc) -> None:
    made = {"id": f"AAMkA{uuid4().hex}AAA=", "changeKey": uuid4().hex[:16], "conversationId": uuid4().hex}
    call.store.insert(
        MESSAGE.kind, {**message, **made, "owner": user["id"], "parentFolderId": _folder(user, folder)}
    )


# -- reading ------------------------------------------------------------------------------------------

_OPTIONS = ("select", "top", "skip", "filter", "orderby", "count", "skiptoken")


def _messages(call: Call, user: Doc, folder: str = "") -> Reply:
    rules.refuse_plain(MESSAGE.kind, call.query)
    where = of_kind(MESSAGE.kind) & Where("json_extract(doc, '$.owner') = ?", (user["id"],))
    if folder:
        where &= Where("json_extract(doc, '$.parentFolderId') = ?", (folder,))
    names = engine.select(call.query, MESSAGE, single=False)

    def show(row: Row) -> Doc:
        wanted = MESSAGE.shown if names is None else dict.fromkeys([*names, "id"])
        return {
            "@odata.etag": f'W/"{row.doc["changeKey"]}"',
            **{name: MESSAGE.value(row.doc, name) for name in wanted},
        }

    context = f"users('{user['id']}')/messages"
    items = Items(MESSAGE, where, free=True, context=context, sized="messages", orders=_NEWEST, show=show)
    return engine.page(call, items)


@on(
    "GET",
    "/users/{id}/messages",
    partly="drafts, and what was sent through sendMail; no $search",
    options=_OPTIONS,
)
def messages(call: Call) -> Reply:
    return _messages(call, mailbox(call))


@on(
    "GET",
    f"{FOLDER}/messages",
    partly="drafts, and what was sent through sendMail; no $search",
    options=_OPTIONS,
)
def messages_of_folder(call: Call) -> Reply:
    user = mailbox(call)
    return _messages(call, user, folder_id(call, user, call.keys[1]))
