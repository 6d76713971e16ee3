"""Messages of the standard library, sent from a mailbox: as they are, or by a draft where they are large.

Source: https://learn.microsoft.com/graph/outlook-send-mime-message
"""

from __future__ import annotations

import base64
from contextlib import suppress
from copy import copy
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from leangraph.errors import ConfigurationError, Error, GraphError, NotFound, TransportError
from leangraph.http.target import segments
from leangraph.http.transport import Transport
from leangraph.protocols.uploads import is_unsure, upload

ONE_REQUEST: Final = 2_999_999  # bytes of a message: as base64 they fill the 4 MB that Outlook takes
_RECIPIENTS: Final = ("To", "Cc", "Bcc")
_MIME: Final = {"Content-Type": "text/plain"}  # what says to Graph that the body is MIME in base64


def send_message(transport: Transport, url: str, message: EmailMessage, *, by_draft: bool = False) -> None:
    """Send a message from the mailbox at a URL; see ``Address.send_message``."""
    if not _is_mailbox(url):
        raise ConfigurationError("a message is sent from a mailbox: graph.users[id].send_message(message)")
    if not isinstance(message, EmailMessage):
        raise ConfigurationError("message must be an email.message.EmailMessage of the standard library")
    if not any(message.get_all(name) for name in _RECIPIENTS):
        raise ConfigurationError("the message has no recipient: set its To, Cc or Bcc")
    content = message.as_bytes(policy=SMTP)
    if len(content) <= ONE_REQUEST and not by_draft:
        transport.send("POST", f"{url}/sendMail", data=base64.b64encode(content), headers=_MIME)
        return
    rest, attachments = (message, []) if len(content) <= ONE_REQUEST else _apart(message)
    draft = f"{url}/messages/{_drafted(transport, url, rest)}"
    try:
        for name, kind, data in attachments:
            upload(transport, f"{draft}/attachments", data, name=name, content_type=kind)
        _send(transport, draft)
    except (Error, KeyboardInterrupt) as error:
        if not (isinstance(error, (GraphError, TransportError)) and is_unsure(error)):  # else it may be on its way
            with suppress(Error):
                transport.send("DELETE", draft)
        raise


def _is_mailbox(url: str) -> bool:
    parts = segments(url)
    return parts == ["me"] or (len(parts) == 2 and parts[0] == "users")


def _drafted(transport: Transport, url: str, message: EmailMessage) -> str:
    """Make a draft of a message and return its id. A second one, after a lost answer, is sent to nobody."""
    content = message.as_bytes(policy=SMTP)
    if len(content) > ONE_REQUEST:
        raise ConfigurationError(
            f"the message has {len(content):,} bytes without its attachments, and Outlook takes {ONE_REQUEST:,}: "
            "attach the pictures instead of showing them in the text. Nothing was sent"
        )
    data = base64.b64encode(content)
    reply = transport.send("POST", f"{url}/messages", data=data, headers=_MIME, idempotent=True)
    id_ = reply.body.get("id") if isinstance(reply.body, dict) else None
    if not isinstance(id_, str):
        raise TransportError("Outlook answered without the id of the draft", transient=False)
    return id_


def _apart(message: EmailMessage) -> tuple[EmailMessage, list[tuple[str, str, bytes]]]:
    """Return a message without its attachments, and those: their name, type and bytes."""
    parts = list(message.iter_attachments()) if message.get_content_type() == "multipart/mixed" else []
    rest = copy(message)
    if parts:
        rest.set_payload([part for part in message.iter_parts() if not any(part is each for each in parts)])
    return rest, [_attachment(part, number) for number, part in enumerate(parts, start=1)]


def _attachment(part: Any, number: int) -> tuple[str, str, bytes]:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        return part.get_filename() or f"message-{number}.eml", kind, part.get_content().as_bytes(policy=SMTP)
    data = part.get_payload(decode=True)
    return part.get_filename() or f"attachment-{number}", kind, data or b""


def _send(transport: Transport, draft: str) -> None:
    """Send a draft. That can be repeated: what has been sent is no draft any more, and is not found."""
    patience = transport.patience()
    unsure = False
    while True:
        failure: GraphError | TransportError
        try:
            transport.send("POST", f"{draft}/send")
            return
        except (GraphError, TransportError) as error:
            failure = error
        if unsure and isinstance(failure, NotFound):
            return
        if not is_unsure(failure):
            raise failure.with_traceback(None)
        unsure = True
        patience.wait(failure)
