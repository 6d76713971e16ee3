"""Requests to addresses on this machine: whether one wants to be notified, and the notifications.

``localhost``, 127.0.0.0/8 and ``::1`` only, by https, whatever its certificate, and by http, which Graph would not
take: a sandbox sends nothing anywhere else.

Source: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks; texts of errors as quoted in
public, but for the one about loopback.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import ssl
from typing import NamedTuple
from urllib.parse import SplitResult, quote_plus, urlsplit
from uuid import uuid4

from .faults import Refusal

VALIDATION_SECONDS = 10.0
KEPT = 64 * 1024  # bytes read of what an endpoint answers


def loopback(name: str, text: str) -> SplitResult:
    """Return the address of a subscriber on this machine; raises a 400 for any other."""
    try:
        url = urlsplit(text)
        known = url.scheme in ("http", "https") and _is_loopback(url.hostname or "") and url.port != 0
    except ValueError:
        known = False
    if not known or "@" in url.netloc or not re.fullmatch('[!"$-~]+', text):  # printable, no space, no fragment
        raise Refusal(
            400,
            "InvalidRequest",
            f"The sandbox notifies loopback addresses only, such as https://localhost:8443/: '{name}' is none.",
        )
    return url


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    address = ipaddress.ip_address(host)
    return address in ipaddress.ip_network("127.0.0.0/8") if address.version == 4 else host == "::1"


def validate(url: SplitResult) -> None:
    """Ask an address whether it wants to be notified; raises Graph's 400 where it does not say so in time."""
    token = f"Validation: Testing client application reachability for subscription Request-Id: {uuid4()}"
    # As the real one comes: a plus for a space, and the hexadecimal digits in lower case.
    encoded = re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), quote_plus(token))
    query = "&".join(part for part in (url.query, f"validationToken={encoded}") if part)
    must = "Notification endpoint must respond with 200 OK to validation request."
    try:
        answer = post(url, query, b"", "text/plain; charset=utf-8", VALIDATION_SECONDS)
    except TimeoutError:
        raise Refusal(400, "ValidationError", f"Subscription validation request timed out. {must}") from None
    except (OSError, http.client.HTTPException):
        raise Refusal(400, "ValidationError", f"Subscription validation request failed. {must}") from None
    if answer.status != 200:
        said = http.client.responses.get(answer.status, str(answer.status)).replace(" ", "")
        text = f"Subscription validation request failed. HTTP status code is '{said}'. {must}"
        raise Refusal(400, "ValidationError", text)
    if answer.kind.partition(";")[0].strip().lower() != "text/plain" or answer.body != token.encode():
        raise Refusal(
            400,
            "ValidationError",
            "Subscription validation request failed. Response must exactly match validationToken query parameter.",
        )


class Answer(NamedTuple):
    status: int
    kind: str
    body: bytes


def post(url: SplitResult, query: str, body: bytes, kind: str, seconds: float) -> Answer:
    """Send a request to this machine; raises OSError or HTTPException."""
    host = url.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, url.port, timeout=seconds, context=_any_certificate())
        if url.scheme == "https"
        else http.client.HTTPConnection(host, url.port, timeout=seconds)
    )
    try:
        target = f"{url.path or '/'}{'?' if query else ''}{query}"
        connection.request("POST", target, body, {"Content-Type": kind, "Connection": "close"})
        response = connection.getresponse()
        return Answer(response.status, response.headers.get("Content-Type", ""), response.read(KEPT))
    finally:
        connection.close()


def _any_certificate() -> ssl.SSLContext:
    """Return a context for loopback, where a certificate proves nothing and nobody has one."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
