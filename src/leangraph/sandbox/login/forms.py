"""What a token endpoint is sent: form fields, and a client's name and password by HTTP Basic."""

import base64
import binascii
from urllib.parse import parse_qsl, unquote_plus

from ..wire.server import Request

MAX_FIELDS = 100


class BadForm(Exception):
    """The request is no form we can read. ``duplicate`` names a field that came twice."""

    def __init__(self, duplicate: str | None = None) -> None:
        super().__init__(duplicate or "malformed")
        self.duplicate = duplicate


def read(request: Request) -> dict[str, str]:
    """Return the fields of a posted form, empty if the body is something else. Raises :class:`BadForm`."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    try:
        return fields(request.body.decode())
    except UnicodeDecodeError:
        raise BadForm from None


def fields(text: str) -> dict[str, str]:
    """Return what a form or a query says. Raises :class:`BadForm`."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise BadForm from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise BadForm(name)
        found[name] = value
    return found


def basic(request: Request) -> tuple[str, str] | None:
    """Return who asks, by HTTP Basic; both are form-encoded (RFC 6749 §2.3.1). Raises :class:`BadForm`."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise BadForm from None
    return unquote_plus(name), unquote_plus(password)
