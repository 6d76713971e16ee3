"""A message that comes as MIME, as the properties that it has as JSON.

Source: https://learn.microsoft.com/graph/outlook-send-mime-message
"""

from __future__ import annotations

import base64
import binascii
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

from ..core.call import Call, bad_request
from ..core.store import Doc
from ..wire.faults import Refusal

MAX_BODY = 4_000_000  # bytes of a request


def from_mime(call: Call) -> Doc | None:
    """Return the message in the body of a call; ``None`` if the body is JSON. Raises Outlook's refusals."""
    kind = call.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "text/plain":
        return None
    if len(call.request.body) > MAX_BODY:
        raise Refusal(413, "RequestEntityTooLarge", "The request body is larger than 4 MB.")
    try:
        content = base64.b64decode(call.request.body, validate=True)
    except binascii.Error:
        bad_request("Invalid base64 string for MIME content.", "ErrorMimeContentInvalidBase64String")
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    text = message.get_body(("html", "plain"))
    return {
        "subject": str(message.get("Subject", "")),
        "body": {
            "contentType": "html" if text is not None and text.get_content_subtype() == "html" else "text",
            "content": text.get_content() if text is not None else "",
        },
        **{f"{name}Recipients": _people(message, name) for name in ("to", "cc", "bcc")},
        "attachments": [_attachment(part) for part in message.iter_attachments()],
    }


def _people(message: EmailMessage, name: str) -> list[Any]:
    return [
        {"emailAddress": {"address": each.addr_spec, "name": each.display_name or each.addr_spec}}
        for header in message.get_all(name, [])
        for each in header.addresses
    ]


def _attachment(part: Message) -> Doc:
    data = part.get_payload(decode=True)
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": part.get_filename() or "attachment",
        "contentType": part.get_content_type(),
        "contentBytes": base64.b64encode(data if isinstance(data, bytes) else b"").decode(),
    }
