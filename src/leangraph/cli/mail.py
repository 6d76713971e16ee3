"""``leangraph mail``: a message of words and files, from a mailbox."""

from __future__ import annotations

import mimetypes
import sys
from collections.abc import Sequence
from email.errors import MessageError
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leangraph.cli import words
from leangraph.errors import ConfigurationError
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient


def message(
    to: Sequence[str],
    cc: Sequence[str],
    bcc: Sequence[str],
    subject: str,
    text: str | None,
    html: Path | None,
    attached: Sequence[Path],
) -> EmailMessage:
    """Return the message. Its text is ``text``, else what comes in on standard input, if that is no terminal.

    Raises:
        ConfigurationError: an address or the subject breaks a line, or a file cannot be read.
    """
    made = EmailMessage()
    try:
        for name, addresses in (("To", to), ("Cc", cc), ("Bcc", bcc)):
            if addresses:
                made[name] = ", ".join(addresses)
        made["Subject"] = subject
    except (ValueError, MessageError) as error:
        raise ConfigurationError(f"an address or the subject cannot be sent: {error}") from None
    if text is None and html is None and sys.stdin is not None and not sys.stdin.isatty():
        text = words.read("-")
    made.set_content(text or "")
    if html is not None:
        made.add_alternative(words.read(str(html)), subtype="html")
    for file in attached:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        with files.told(f"{file} cannot be read"):
            made.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    return made


def send(graph: GraphClient, sender: str | None, made: EmailMessage) -> None:
    """Send a message from a mailbox, or from that of whoever is signed in."""
    from leangraph.knowledge import permissions

    if sender is None and not isinstance(permissions.claims_of(graph.token_holder.token).get("scp"), str):
        raise click.UsageError("an app has no mailbox of its own: say --from MAILBOX")
    (graph.me if sender is None else graph.users[sender]).send_message(made)
