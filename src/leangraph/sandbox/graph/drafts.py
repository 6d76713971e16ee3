"""Drafts of messages and what is attached to them, small or by an upload session.

Sources: "Create message", "Add attachment" and "Get attachment" in the API reference; outlook-large-attachments;
what the sizes really are, https://github.com/microsoftgraph/msgraph-sdk-java/pull/52. One request takes what its
4 MB of JSON have room for, a little less than 3 MiB; from 3 MB on both ways are open, as they are at Graph.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from leangraph.knowledge import schema

from ..core import engine
from ..core.call import Call, bad_request, not_acted_out, reply
from ..core.directory import Directory
from ..core.endpoints import on
from ..core.model import USER, Entity
from ..core.store import Doc, Where
from ..seed.people import guid, words
from ..wire.faults import Refusal
from ..wire.server import Reply
from .drives.uploads import Session
from .licenses import has_mailbox
from .mime import from_mime

MESSAGE = Entity(
    "message",
    "messages",
    read_only=frozenset(
        words(
            "id bodyPreview changeKey conversationId conversationIndex createdDateTime hasAttachments isDraft "
            "lastModifiedDateTime parentFolderId receivedDateTime sentDateTime uniqueBody webLink"
        )
    ),
    unasked=frozenset(words("internetMessageHeaders uniqueBody")),
)
ATTACHMENT = Entity(
    "fileAttachment",
    "attachments",
    required=("name",),
    read_only=frozenset({"id", "lastModifiedDateTime", "size"}),
)
MESSAGES = "/users/{id}/messages"
# What Outlook sets by itself. Source: the request of "Create message" in a folder brings these along, and is 201.
IGNORED = frozenset({"receiveddatetime", "sentdatetime", "hasattachments", "bodypreview"})
FOLDER = "/users/{id}/mailFolders/{id}"
# Source: "Well-known folder names" of the page "mailFolder".
FOLDERS = {
    name.lower(): name
    for name in words(
        "archive clutter conflicts conversationhistory deleteditems Drafts Inbox junkemail "
        "localfailures msgfolderroot outbox recoverableitemsdeletions scheduled searchfolders SentItems "
        "serverfailures syncissues"
    )
}
LARGE = 3_000_000  # bytes; from here on a session is taken
MAX_SIZE = 150 * 1024 * 1024  # bytes
MAX_RANGE = 4 * 1024 * 1024  # bytes; a range has fewer
_FILE = "#microsoft.graph.fileAttachment"


def mailbox(call: Call) -> Doc:
    """Return the user whose mailbox it is; raises the Outlook service's 404s."""
    user = call.store.get(USER.kind, call.keys[0])
    if user is None:
        raise Refusal(404, "ErrorInvalidUser", f"The requested user '{call.keys[0]}' is invalid.")
    if not has_mailbox(user):
        raise Refusal(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    return user


def one_message(call: Call) -> tuple[Doc, Doc]:
    """Return whose mailbox it is, and the message; raises Graph's 404."""
    owner = mailbox(call)
    doc = call.store.get("message", call.keys[1])
    if doc is None or doc["owner"] != owner["id"]:
        raise _missing()
    return owner, doc


def folder_id(call: Call, owner: Doc, name: str) -> str:
    """Return the id of a mail folder, by its well-known name or by its id; raises Outlook's 400."""
    known = FOLDERS.get(name.lower())
    if known is not None:
        return guid(owner["id"], "folder", known)
    if any(name == guid(owner["id"], "folder", each) for each in FOLDERS.values()):
        return name
    made = call.store.find(name)
    if made is None or made.kind != "mailFolder":
        bad_request("Id is malformed.", "ErrorInvalidIdMalformed")
    return name


def _missing() -> Refusal:
    return Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def _id() -> str:
    """Return an id as Outlook makes them: long, and case counts."""
    return f"AAMkA{secrets.token_urlsafe(60)}AAA="


# -- messages -----------------------------------------------------------------------------------------


def _properties(body: Doc) -> Doc:
    """Return what a draft keeps of a body."""
    relations = {name.lower() for name in schema.navigation("message")}
    for name in body:
        if name.lower() in relations:
            not_acted_out(f"'{name}' of a new message")
    return MESSAGE.checked({name: value for name, value in body.items() if name.lower() not in IGNORED})


@on("POST", f"{FOLDER}/messages", partly="drafts only: nothing is received, moved or changed")
@on("POST", MESSAGES, partly="drafts only: nothing is received, moved or changed")
def create_draft(call: Call) -> Reply:
    mime = from_mime(call)
    body = call.json() if mime is None else mime
    attached = body.pop("attachments", [])
    changes = _properties(body)
    files = [_file(each) for each in _list(attached)]
    owner = mailbox(call)
    folder = folder_id(call, owner, call.keys[1] if len(call.keys) > 1 else "drafts")
    now, id_ = call.directory.now(), _id()
    text = _body(changes)
    doc = {
        "id": id_,
        "owner": owner["id"],
        "createdDateTime": now,
        "lastModifiedDateTime": now,
        "changeKey": secrets.token_urlsafe(12),
        "conversationId": _id(),
        "flag": {"flagStatus": "notFlagged"},
        "importance": "normal",
        "inferenceClassification": "focused",
        "internetMessageId": f"<{secrets.token_hex(16)}@{call.directory.domain}>",
        "isDraft": True,
        "isRead": True,
        "parentFolderId": folder,
        "isDeliveryReceiptRequested": False,
        "isReadReceiptRequested": False,
        "subject": "",
        "webLink": f"https://mail.{call.directory.domain}/?ItemID={quote(id_, safe='')}",
        **changes,
        "body": text,
        "bodyPreview": text["content"][:255],
        "hasAttachments": False,
    }
    with call.store.atomic():
        call.store.insert("message", doc)
        for each, data in files:
            doc, _ = _attach(call.directory, doc, each, data)
    return _answer(call, owner, doc, 201)


def _body(changes: Doc) -> Doc:
    given = changes.get("body") or {}
    kind = str(given.get("contentType", "text")).lower()
    if kind not in ("text", "html"):
        bad_request("The value of property 'contentType' has to be text or html.", "ErrorInvalidRequest")
    return {"contentType": kind, "content": str(given.get("content", ""))}


@on("GET", f"{MESSAGES}/{{id}}", options=("select",))
def get_message(call: Call) -> Reply:
    owner, doc = one_message(call)
    return _answer(call, owner, doc)


@on("DELETE", f"{MESSAGES}/{{id}}")
def delete_message(call: Call) -> Reply:
    with call.store.atomic():
        _, doc = one_message(call)
        call.store.delete("message", doc["id"], call.directory.now())
    return Reply(204)


def _answer(call: Call, owner: Doc, doc: Doc, status: int = 200) -> Reply:
    names = engine.select(call.query, MESSAGE, single=True)
    context = f"{call.root}/$metadata#users('{quote(owner['id'])}')/messages/$entity"
    tag = f'W/"{doc["changeKey"]}"'
    return reply({"@odata.context": context, "@odata.etag": tag, **_shown(MESSAGE, doc, names)}, status)


def _shown(entity: Entity, doc: Doc, names: Iterable[str] | None) -> Doc:
    wanted = entity.shown if names is None else dict.fromkeys([*names, "id"])
    return {name: doc.get(name, entity.empty(name)) for name in wanted}


# -- attachments --------------------------------------------------------------------------------------


@on("GET", f"{MESSAGES}/{{id}}/attachments", options=("select",))
def list_attachments(call: Call) -> Reply:
    owner, message = one_message(call)
    where = Where("kind = 'fileAttachment' AND json_extract(doc, '$.message') = ?", (message["id"],))
    value = [_shown_attachment(call, row.doc) for row in call.store.select(where)]
    return reply({"@odata.context": _context(call, owner, message), "value": value})


@on("POST", f"{MESSAGES}/{{id}}/attachments", partly="files only: no items, no references")
def add_attachment(call: Call) -> Reply:
    file, data = _file(call.json())
    with call.store.atomic():
        owner, message = one_message(call)
        message, doc = _attach(call.directory, message, file, data)
    context = f"{_context(call, owner, message)}/$entity"
    return reply({"@odata.context": context, **_shown_attachment(call, doc)}, 201)


@on("GET", f"{MESSAGES}/{{id}}/attachments/{{id}}", options=("select",))
def get_attachment(call: Call) -> Reply:
    owner, message, doc = _attachment(call)
    context = f"{_context(call, owner, message)}/$entity"
    return reply({"@odata.context": context, **_shown_attachment(call, doc)})


@on("GET", f"{MESSAGES}/{{id}}/attachments/{{id}}/$value")
def get_attached_bytes(call: Call) -> Reply:
    _, _, doc = _attachment(call)
    kind = doc["contentType"] or "application/octet-stream"
    return Reply(200, call.store.content(doc["content"]), {"Content-Type": kind})


@on("DELETE", f"{MESSAGES}/{{id}}/attachments/{{id}}")
def delete_attachment(call: Call) -> Reply:
    with call.store.atomic():
        _, message, doc = _attachment(call)
        call.store.purge("fileAttachment", doc["id"])
        where = Where("kind = 'fileAttachment' AND json_extract(doc, '$.message') = ?", (message["id"],))
        left = any(not row.doc["isInline"] for row in call.store.select(where))
        call.store.update("message", {**message, "hasAttachments": left})
    return Reply(204)


def _attachment(call: Call) -> tuple[Doc, Doc, Doc]:
    owner, message = one_message(call)
    doc = call.store.get("fileAttachment", call.keys[2])
    if doc is None or doc["message"] != message["id"]:
        raise _missing()
    return owner, message, doc


def _context(call: Call, owner: Doc, message: Doc) -> str:
    return f"{call.root}/$metadata#users('{quote(owner['id'])}')/messages('{quote(message['id'])}')/attachments"


def _shown_attachment(call: Call, doc: Doc) -> Doc:
    names = engine.select(call.query, ATTACHMENT, single=True)
    head = {"@odata.type": _FILE, "@odata.mediaContentType": doc["contentType"]}
    if names is None or "contentBytes" in names:
        doc = {**doc, "contentBytes": base64.b64encode(call.store.content(doc["content"])).decode()}
    return {**head, **_shown(ATTACHMENT, doc, names)}


def attachments_of(call: Call, message: Doc) -> list[Doc]:
    """Return what is attached to a message, as it would be sent along with it."""
    where = Where("kind = 'fileAttachment' AND json_extract(doc, '$.message') = ?", (message["id"],))
    return [
        {
            "@odata.type": _FILE,
            "name": row.doc["name"],
            "contentType": row.doc["contentType"],
            "contentBytes": base64.b64encode(call.store.content(row.doc["content"])).decode(),
        }
        for row in call.store.select(where)
    ]


def _list(attached: Any) -> list[Any]:
    if not isinstance(attached, list):
        bad_request("The value of 'attachments' has to be a list.")
    return attached


def _file(body: Any) -> tuple[Doc, bytes]:
    """Return the properties and the bytes of an attachment that comes in one request; raises Graph's refusals."""
    if not isinstance(body, dict):
        bad_request("An attachment has to be an object.")
    kind = body.get("@odata.type")
    if kind in ("#microsoft.graph.itemAttachment", "#microsoft.graph.referenceAttachment"):
        not_acted_out(f"attachments of the type {kind}")
    if kind != _FILE:
        bad_request(f"The @odata.type of an attachment has to be given: {_FILE}.")
    changes = ATTACHMENT.checked(body)
    ATTACHMENT.needs(changes)
    try:
        data = base64.b64decode(changes.pop("contentBytes", None) or "", validate=True)
    except binascii.Error:
        bad_request("Cannot convert the literal of 'contentBytes' to the expected type 'Edm.Binary'.")
    return changes, data


def _attach(directory: Directory, message: Doc, file: Doc, data: bytes) -> tuple[Doc, Doc]:
    """Attach a file to a message; return both as they are now."""
    store = directory.store
    doc = {
        "contentType": None,
        "isInline": False,
        **file,
        "id": _id(),
        "message": message["id"],
        "lastModifiedDateTime": directory.now(),
        "size": len(data),
        "content": store.keep(data),
    }
    store.insert("fileAttachment", doc)
    has = message["hasAttachments"] or not doc["isInline"]
    message = {**message, "hasAttachments": has, "lastModifiedDateTime": directory.now()}
    store.update("message", message)
    return message, doc


# -- upload sessions ----------------------------------------------------------------------------------


class AttachmentUpload(Session):
    """An upload to a message: other words than a drive's, and no unit that ranges have to be a multiple of."""

    limit = MAX_RANGE

    def __init__(self, directory: Directory, owner: Doc, message: Doc, file: Doc, size: int) -> None:
        self.owner, self.message, self.file = owner, message, file
        super().__init__(directory)
        self.total = size

    def state(self) -> Doc:
        starts = [each.removesuffix("-") for each in self.missing]
        return {"ExpirationDateTime": self.directory.at(self.until), "NextExpectedRanges": starts}

    def more(self, size: int) -> Reply:
        return reply(self.state())

    def finish(self) -> Reply:
        store = self.directory.store
        with store.atomic():
            message = store.get("message", self.message["id"])
            if message is None:
                raise _missing()
            _, doc = _attach(self.directory, message, self.file, b"".join(self.pieces))
        self.close()
        host, _, _ = self.url.partition("/upload/")
        who = f"{self.owner['id']}@{self.directory.tenant}"
        path = f"/api/v2.0/Users('{who}')/Messages('{message['id']}')/Attachments('{doc['id']}')"
        return Reply(201, b"", {"Location": f"{host}{path}"})


_ITEM = {"attachmentType": str, "name": str, "size": int, "isInline": bool, "contentId": str, "contentType": str}


@on("POST", f"{MESSAGES}/{{id}}/attachments/createUploadSession", partly="files only: no items, no references")
def create_session(call: Call) -> Reply:
    body = {name.lower(): value for name, value in call.json().items()}
    item = body.pop("attachmentitem", None)
    if body or not isinstance(item, dict):
        bad_request("The body has to have AttachmentItem, and nothing else.", "ErrorInvalidParameter")
    for name, value in item.items():
        kind = _ITEM.get(name)
        if kind is None:
            bad_request(f"The property '{name}' does not exist on type 'microsoft.graph.attachmentItem'.")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            bad_request(f"Cannot convert the value of property '{name}'.")
    if missing := [name for name in ("attachmentType", "name", "size") if name not in item]:
        bad_request(f"A value is required for property '{missing[0]}'.", "ErrorInvalidParameter")
    if item["attachmentType"] != "file":
        not_acted_out(f"an upload session for attachmentType '{item['attachmentType']}'")
    if item["size"] < LARGE:
        code = "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"
        bad_request("The attachment size is less than the minimum.", code)
    if item["size"] > MAX_SIZE:
        bad_request("The message exceeds the maximum supported size.", "ErrorMessageSizeExceeded")
    owner, message = one_message(call)
    file = {name: item[name] for name in ("name", "isInline", "contentId", "contentType") if name in item}
    session = AttachmentUpload(call.directory, owner, message, file, item["size"])
    answer = {
        "@odata.context": f"{call.root}/$metadata#microsoft.graph.uploadSession",
        "uploadUrl": session.url,
        "expirationDateTime": call.directory.at(session.until),
        "nextExpectedRanges": ["0-"],
    }
    return reply(answer, 201)
