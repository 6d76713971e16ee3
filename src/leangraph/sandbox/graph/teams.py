"""Teams as far as they are operations: making one, from nothing, from a group or from another team.

Sources: team-post, team-clone and teamsAsyncOperation in the API reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import uuid4

from leangraph.knowledge import schema

from ..core import jobs
from ..core.call import Call, bad_request, not_acted_out
from ..core.endpoints import on
from ..core.model import GROUP, Entity
from ..core.objects import keep
from ..core.relations import referenced
from ..core.store import Doc, Row
from ..seed.people import words
from ..wire.faults import Refusal
from ..wire.server import Reply

TEAM = Entity(
    "team",
    "teams",
    required=("displayName",),
    read_only=frozenset(words("id createdDateTime internalId isArchived summary tenantId webUrl")),
)
PARTS = frozenset(words("apps channels members settings tabs"))
CLONE = frozenset(words("classification description displayName mailNickname partsToClone visibility"))
FROM_GROUP = ("displayName", "members", "specialization", "visibility")  # what a team has from its group


@on("POST", "/teams", partly="the group and its members are made; templates, channels, apps and settings are not")
def create_team(call: Call) -> Reply:
    body = call.json()
    inner = {name.lower() for name in schema.navigation("team")}
    for name in body:
        if name.lower() in inner - {"members"}:
            not_acted_out(f"'{name}' of a new team")
    changes = TEAM.checked({name: value for name, value in body.items() if name.lower() not in inner})
    if not isinstance(body.get("template@odata.bind"), str):
        bad_request("A value is required for property 'template@odata.bind' of resource 'Team'.")
    if "group@odata.bind" in body:
        for name in FROM_GROUP:
            if name in body:
                bad_request(f"'{name}' cannot be set: a team has it from its group.")
        return _from_group(call, referenced(call, body["group@odata.bind"], ("group",)))
    TEAM.needs(changes)
    owners, members = _people(call, body.get("members", []))
    group = _group(call, changes)
    return _start(call, "createTeam", group, owners, [*owners, *members])


@on("POST", "/teams/{id}/clone", partly="members can be cloned; channels, tabs, apps and settings are not there")
def clone_team(call: Call) -> Reply:
    body = call.json()
    source = call.store.get("group", call.key)
    if source is None or not is_team(source):
        raise Refusal(404, "NotFound", f"No team found with Group Id {call.key}")
    for name, value in body.items():
        if name not in CLONE or not isinstance(value, str):
            bad_request(f"The property '{name}' is not valid.")
    for name in ("displayName", "partsToClone"):
        if not body.get(name):
            bad_request(f"A value is required for property '{name}'.")
    parts = {part.strip().lower() for part in body["partsToClone"].split(",")}
    if not parts <= PARTS:
        bad_request(f"The property 'partsToClone' takes {', '.join(sorted(PARTS))}.")
    group = _group(call, {"description": body["displayName"], "visibility": source.get("visibility"), **body})
    owners, members = (
        call.store.targets(source["id"], name) if "members" in parts else [] for name in ("owners", "members")
    )
    return _start(call, "cloneTeam", group, owners, members)


on("GET", "/teams/{id}/operations/{id}", options=("select",))(lambda call: jobs.poll(call, "teams"))


def is_team(group: Doc) -> bool:
    return "Team" in group.get("resourceProvisioningOptions", [])


def _people(call: Call, members: object) -> tuple[list[str], list[str]]:
    """Return the ids of a new team's owners and other members; an app must name an owner."""
    owners = [call.token.user] if call.token.user else []
    others: list[str] = []
    for member in _checked(members):
        user = referenced(call, member.get("user@odata.bind"), ("user",)).doc["id"]
        (owners if "owner" in member.get("roles", ()) else others).append(user)
    if not owners:
        bad_request("An owner has to be among the members of a team that an app makes for itself.")
    return owners, others


def _checked(members: object) -> list[Doc]:
    found: list[Doc] = members if isinstance(members, list) else [{}]
    for each in found:
        kind, roles = (each.get("@odata.type"), each.get("roles", [])) if isinstance(each, dict) else ("", [])
        if kind != "#microsoft.graph.aadUserConversationMember" or roles not in ([], ["owner"], ["guest"]):
            bad_request("Each of the members has to be an aadUserConversationMember with the roles it has.")
    return found


def _group(call: Call, asked: Doc) -> Doc:
    """Return the group behind a new team."""
    name = str(asked["displayName"])
    nickname = re.sub(r"[^a-z0-9]", "", name.lower())[:64] or "team"
    now = call.directory.now()
    return {
        "id": str(uuid4()),
        "createdDateTime": now,
        "renewedDateTime": now,
        "displayName": name,
        "description": asked.get("description"),
        "classification": asked.get("classification"),
        "groupTypes": ["Unified"],
        "mail": f"{nickname}@{call.directory.domain}",
        "mailEnabled": True,
        "mailNickname": nickname,
        "resourceProvisioningOptions": ["Team"],
        "securityEnabled": False,
        "visibility": str(asked.get("visibility") or "Public").capitalize(),
    }


def _start(call: Call, operation: str, group: Doc, owners: Iterable[str], members: Iterable[str]) -> Reply:
    directory = call.directory

    def work() -> str:
        with directory.store.atomic():
            keep(directory, GROUP, group, new=True)
            for name, ids in (("owners", owners), ("members", members)):
                for id_ in ids:
                    directory.store.link(group["id"], name, id_)
        return str(group["id"])

    return jobs.start(call, "teams", work, operation=operation, home=("teams", group["id"]))


def _from_group(call: Call, group: Row) -> Reply:
    directory, id_ = call.directory, group.doc["id"]
    if is_team(group.doc):
        raise Refusal(409, "Conflict", "The group is already provisioned as a team.")
    if not call.store.targets(id_, "owners"):
        bad_request("The group has to have an owner.")

    def work() -> str:
        with directory.store.atomic():
            doc = directory.store.get("group", id_)
            if doc is None:
                raise Refusal(404, "NotFound", f"No group found with Id {id_}")
            keep(directory, GROUP, {**doc, "resourceProvisioningOptions": ["Team"]})
        return str(id_)

    return jobs.start(call, "teams", work, operation="createTeam", home=("teams", id_))
