"""Which secrets and certificates end soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.http.target import Request
from leangraph.jobs import people

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /applications", "GET /servicePrincipals", "GET /applications/{id}/owners",
         "GET /servicePrincipals/{id}/owners")  # fmt: skip
_SELECT = "id,appId,displayName,passwordCredentials,keyCredentials"


def rows(
    graph: GraphClient,
    *,
    days: Annotated[int, "Days from now."] = 30,
    expired: Annotated[bool, "Also list those that have expired already."] = False,
) -> Iterator[dict[str, Any]]:
    """List secrets and certificates of apps and service principals that expire soon, and their owners."""
    now = datetime.now(UTC)
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for collection in ("applications", "servicePrincipals"):
        for app in graph.list(f"/{collection}", select=_SELECT):
            for kind, each in _credentials(app, collection):
                end = people.moment(each.get("endDateTime"))
                left = (end - now).days if end else None
                if left is not None and left <= days and (expired or left >= 0):
                    row = {"app": app["displayName"], "appId": app["appId"], "of": collection[:-1], "kind": kind}
                    row |= {"name": each.get("displayName"), "ends": each["endDateTime"], "daysLeft": left}
                    found.setdefault((collection, app["id"]), []).append(row)
    requests = [Request("GET", f"/{collection}/{id_}/owners", select="id,displayName,userPrincipalName")
                for collection, id_ in found]  # fmt: skip
    for owned, reply in zip(found.values(), graph.batch(requests), strict=True):
        if reply.error is not None:
            raise reply.error
        names = [each.get("userPrincipalName") or each.get("displayName") for each in reply.body["value"]]
        for row in owned:
            row["owners"] = names
    yield from sorted((row for owned in found.values() for row in owned), key=lambda row: row["daysLeft"])


def _credentials(app: dict[str, Any], collection: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the credentials of an app, each once: SAML has its certificate twice, to sign and to verify."""
    yield from (("secret", each) for each in app.get("passwordCredentials") or [])
    signs = any(each.get("usage") == "Sign" for each in app.get("keyCredentials") or [])
    for each in app.get("keyCredentials") or []:
        if collection == "applications" or not signs:
            yield "certificate", each
        elif each.get("usage") == "Sign":
            yield "SAML certificate", each
