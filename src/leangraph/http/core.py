"""What all addresses of one client share, and the one way from a verb to the transport."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Unpack

from leangraph.errors import ConfigurationError
from leangraph.http.options import Options
from leangraph.http.reply import Reply
from leangraph.http.target import Location, Target, aim, path_in
from leangraph.http.transport import Transport


class Core(NamedTuple):
    """One client to its addresses.

    Attributes:
        root: ``https://host``, with nothing behind it.
        version: ``v1.0`` or ``beta``.
        tenant: its ID or domain; "" if nobody has said.
    """

    transport: Transport
    root: str
    version: str
    tenant: str = ""

    def target(self, place: str | Location, options: Mapping[str, Any]) -> Target:
        """Return where a request goes: here every option, of whatever verb or item, is judged."""
        path = place._path if isinstance(place, Location) and place._core is self else path_in(self, place)
        return aim(self.root, self.version, path, options)

    def request(
        self,
        method: str,
        place: str | Location,
        json: Any = None,
        *,
        data: bytes | None = None,
        idempotent: bool | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Send one request and return its reply; see ``GraphClient.request``."""
        if not (isinstance(method, str) and method.isascii() and method.isalpha()):
            raise ConfigurationError(f"{method!r} is not an HTTP method")
        target = self.target(place, options)
        reply = self.transport.send(
            method.upper(), target.url, json=json, data=data, headers=target.headers, idempotent=idempotent
        )
        reply.url = target.url
        return reply
