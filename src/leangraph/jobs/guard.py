"""What bounds the damage: whose plan it is, how much it may change, and whom it leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from leangraph import clouds
from leangraph.errors import ConfigurationError, Forbidden, NotFound
from leangraph.http.options import segment
from leangraph.jobs.step import Step, Total, objects, shuts_out, writes
from leangraph.knowledge import permissions
from leangraph.system.text import counted

if TYPE_CHECKING:
    from leangraph.client import GraphClient

# Source: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
GLOBAL_ADMINISTRATOR: Final = "62e90394-69f5-4237-9190-012177145e10"
ADMINISTRATORS: Final = f"/directoryRoles(roleTemplateId='{GLOBAL_ADMINISTRATOR}')/members"
A_SANDBOX_ENDS: Final = (
    "a sandbox ends with its command: start `leangraph sandbox` in another terminal, and plan and apply there"
)


class Place(NamedTuple):
    """Where a plan belongs: the tenant, the root of its cloud, and who made it (``app …`` or ``user …``)."""

    tenant: str
    cloud: str
    identity: str


def place_of(graph: GraphClient) -> Place:
    """Return where a client is, by its token."""
    claims = permissions.claims_of(graph.token_holder.token)
    app = claims.get("appid") or claims.get("azp") or ""
    is_user = isinstance(claims.get("scp"), str)
    identity = f"user {claims.get('oid') or claims.get('sub')}" if is_user else f"app {app}" if app else ""
    return Place(str(claims.get("tid") or graph._core.tenant), graph.url, identity)


def refuse_foreign(made: Place, here: Place) -> None:
    """Raise if a plan was made for another tenant or cloud, or by another identity."""
    local = any(clouds.is_loopback(urlsplit(place.cloud).hostname or "") for place in (made, here))
    for name, one, other in zip(
        ("tenant", "tenant at" if local else "cloud", "identity"), made, here, strict=True
    ):
        if one != other:
            raise ConfigurationError(
                f"the plan was made for the {name} {one or '(unknown)'}, and this is {other or '(unknown)'}: "
                f"{A_SANDBOX_ENDS if local else 'make a plan here'}. Nothing was sent"
            )


def refuse_too_many(number: int, limit: str | int | None, total: Total | None) -> None:
    """Raise if there are more changes than ``--max-changes`` allows: a number, or a share as ``5%``."""
    if limit is None:
        return
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", str(limit))
    if match is None or (not match[2] and "." in match[1]):
        raise ConfigurationError(f"max-changes {limit!r} must be a number, or a percentage such as 5%")
    most = float(match[1])
    if match[2]:
        if total is None:
            raise ConfigurationError(f"this job gives no total for {limit}: give --max-changes a number")
        most = total.number * most / 100
    if number > most:
        of = f" of {total.number:,} {total.what}" if match[2] and total else ""
        raise ConfigurationError(
            f"the plan has {counted(number, 'change')}, and --max-changes {limit}{of} allows {int(most):,}. "
            "Nothing was sent"
        )


class Protection:
    """Tells which steps must not be sent: what concerns those in ``GRAPH_PROTECT``, and what would shut out
    whoever is signed in or the last Global Administrator.

    Attributes:
        reads: the requests that it took to know.
        unsure: why it cannot tell who is a Global Administrator; "" if it can.
    """

    def __init__(self, graph: GraphClient, steps: Iterable[Step]) -> None:
        self.reads: list[str] = []
        self.unsure = ""
        self._graph = graph
        named = [name for name in re.split(r"[,;\s]+", graph.protected) if name]
        self._protected = {name: why for each in named for name, why in self._known(each, "is in GRAPH_PROTECT")}
        claims = permissions.claims_of(graph.token_holder.token)
        mine = [str(claims[name]) for name in ("oid", "upn", "preferred_username") if claims.get(name)]
        self._own = {name.lower(): "is who is signed in" for name in mine}
        self._mine = {*self._own} if isinstance(claims.get("scp"), str) else set()
        harmful = any(shuts_out(step.request) and self._concerns_people(step) for step in steps)
        self._administrators = self._global_administrators() if harmful else []

    @staticmethod
    def _concerns_people(step: Step) -> bool:
        return bool(
            objects(step.request.path) & {"me", "users", "directoryobjects", "rolemanagement"}
        ) or step.request.path.lower().startswith("/directoryroles")

    def why(self, step: Step) -> str:
        """Return why a step must not be sent, "" if it may. Ask in the order of the plan, each step once."""
        request = step.request
        if not writes(request):
            return ""
        named = objects(request.path)
        if "me" in named:
            named |= self._mine
        known = self._protected if not shuts_out(request) else {**self._own, **self._protected}
        for name in sorted(named & known.keys()):
            return f"{name} {known[name]}"
        if shuts_out(request) and (out := [names for names in self._administrators if names & named]):
            if len(self._administrators) == len(out):
                return f"{min(out[0], key=len)} is the last Global Administrator"
            self._administrators = [names for names in self._administrators if names not in out]
        return ""

    def _known(self, name: str, why: str) -> Iterator[tuple[str, str]]:
        """Yield the names that somebody has: a plan may use the id where the setting has the address."""
        yield name.lower(), why
        try:
            self.reads.append("GET /users/{id}")
            found = self._graph.get(f"/users/{segment(name)}", select="id,userPrincipalName")
        except (NotFound, Forbidden):  # another kind of object, or none: the name as it is has to do
            return
        yield from ((str(found[key]).lower(), why) for key in ("id", "userPrincipalName") if found.get(key))

    def _global_administrators(self) -> list[set[str]]:
        self.reads.append(f"GET {ADMINISTRATORS}")
        try:
            members = list(self._graph.list(ADMINISTRATORS, select="id,userPrincipalName,accountEnabled"))
        except NotFound:  # the role was never activated: nobody has it
            return []
        except Forbidden:
            self.unsure = "the Global Administrators cannot be read: that needs RoleManagement.Read.Directory"
            return []
        return [
            {str(each[key]).lower() for key in ("id", "userPrincipalName") if each.get(key)}
            for each in members
            if each.get("accountEnabled") is not False and each.get("userPrincipalName")
        ]
