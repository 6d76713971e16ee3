"""What an app may do, against what it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.errors import ConfigurationError
from leangraph.http.options import odata
from leangraph.jobs.plan import Plan
from leangraph.knowledge import permissions
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /servicePrincipals", "GET /servicePrincipals/{id}/appRoleAssignments")
_REQUEST = re.compile(r"\b(GET|POST|PATCH|PUT|DELETE) (/\S+)")
_GRAPH = "00000003-0000-0000-c000-000000000000"


def rows(
    graph: GraphClient,
    file: Path,
    *,
    app: Annotated[str | None, "The appId of the app. Default: the app that is signed in."] = None,
) -> Iterator[dict[str, Any]]:
    """Compare the permissions an app has with those it needs. FILE is a log (GRAPH_LOG=debug) or a plan."""
    calls = _calls(file)
    need, unknown = permissions.least(calls, delegated=False)
    app = app or permissions.claims_of(graph.token_holder.token).get("appid")
    if not app:
        raise ConfigurationError("the token does not say of which app it is: name it with --app")
    [principal] = graph.list("/servicePrincipals", filter=odata("appId eq {}", app), select="id,displayName")
    [resource] = graph.list("/servicePrincipals", filter=odata("appId eq {}", _GRAPH), select="id,appRoles")
    values = {role["id"]: role["value"] for role in resource["appRoles"]}
    given = graph.list(f"/servicePrincipals/{principal['id']}/appRoleAssignments")
    has = {
        values.get(each["appRoleId"], each["appRoleId"]) for each in given if each["resourceId"] == resource["id"]
    }
    for name in sorted({*need, *has}):
        what = "keep" if name in need and name in has else "add" if name in need else "remove"
        yield {"app": principal["displayName"], "permission": name, "advice": what}
    for request in unknown:
        yield {"app": principal["displayName"], "permission": None, "advice": "look up", "request": request}


def _calls(file: Path) -> list[tuple[str, str, frozenset[str]]]:
    with files.told(f"{file} cannot be read"):
        text = file.read_text(encoding="utf-8", errors="replace")
    if text.startswith('{"plan"'):
        return list(Plan.load(file).calls())
    found = [(method, path, permissions.properties_of(path)) for method, path in _REQUEST.findall(text)]
    if not found:
        raise ConfigurationError(f"{file} names no request such as GET /users")
    return found
