"""What is in a team: itself as its group shows it, its members, its channels and their messages.

Sources: "Get team", "Add member to team", "Create channel", "Send chatMessage in a channel" and "chatMessage" in
the API reference. NameAlreadyExists: microsoftgraph/microsoft-graph-docs#6168.
"""

from __future__ import annotations

import base64
from itertools import count
from urllib.parse import quote

from ..core.call import Call, bad_request, not_acted_out, reply
from ..core.endpoints import on
from ..core.families import Family, Write, family
from ..core.places import Spot, inside, name_in
from ..core.relations import referenced
from ..core.store import Doc
from ..seed.people import guid
from ..wire.faults import Refusal
from ..wire.server import Reply
from .teams import is_team

CHANNELS = "/teams/{id}/channels"
MEMBER = "aadUserConversationMember"
SETTINGS = {  # of a team that nobody changed, as "Get team" shows them
    "memberSettings": (
        "allowCreateUpdateChannels allowCreatePrivateChannels allowDeleteChannels allowAddRemoveApps "
        "allowCreateUpdateRemoveTabs allowCreateUpdateRemoveConnectors"
    ),
    "messagingSettings": (
        "allowUserEditMessages allowUserDeleteMessages allowOwnerDeleteMessages allowTeamMentions "
        "allowChannelMentions"
    ),
}


def _group(call: Call, id_: str) -> Doc:
    group = call.directory.store.get("group", id_)
    if group is None or not is_team(group):
        raise Refusal(404, "NotFound", f"No team found with Group Id {id_}")
    return group


@on("GET", "/teams/{id}", partly="settings are those of a new team", options=("select",))
def get_team(call: Call) -> Reply:
    group = _group(call, call.key)
    names = {name.lower() for name in call.query.select}
    doc: Doc = {
        "id": group["id"],
        "createdDateTime": group.get("createdDateTime"),
        "displayName": group.get("displayName"),
        "description": group.get("description"),
        "classification": group.get("classification"),
        "specialization": "none",
        "visibility": str(group.get("visibility") or "Public").lower(),
        "isArchived": False,
        "tenantId": call.directory.tenant,
        "internalId": _general(group["id"]),
        "webUrl": f"https://teams.microsoft.com/l/team/{quote(_general(group['id']), safe='')}/conversations",
        **{name: dict.fromkeys(settings.split(), True) for name, settings in SETTINGS.items()},
    }
    shown = {name: each for name, each in doc.items() if not names or name.lower() in names or name == "id"}
    return reply({"@odata.context": f"{call.root}/$metadata#teams/$entity", **shown})


# -- members --------------------------------------------------------------------------------------------------


def _people(call: Call, home: str) -> None:
    """Let the members of a team be those of its group."""
    store, team = call.directory.store, home.split("/")[1]
    owners = set(store.targets(team, "owners"))
    wanted = {_member_id(team, user): user for user in owners | set(store.targets(team, "members"))}
    known = {row.doc["id"]: row.doc for row in store.select(inside(Spot("Collection(conversationMember)", home)))}
    for id_ in known.keys() - wanted.keys():
        store.purge(MEMBER, id_)
    for id_, user in wanted.items():
        row = store.find(user)
        roles = ["owner"] if user in owners else []
        if row is None or row.kind != "user":
            continue
        if id_ not in known:
            store.insert(MEMBER, _member(call, team, row.doc, roles), name_in(home, id_))
        elif known[id_].get("roles", []) != roles:
            store.update(MEMBER, {**known[id_], "roles": roles}, name_in(home, id_))


def _member_id(team: str, user: str) -> str:
    return base64.b64encode(f"{team}##{user}".encode()).decode()


def _member(call: Call, team: str, user: Doc, roles: list[str]) -> Doc:
    whose = {"userId": user["id"], "displayName": user.get("displayName"), "email": user.get("mail")}
    first = {"visibleHistoryStartDateTime": "0001-01-01T00:00:00Z", "tenantId": call.directory.tenant}
    return {"id": _member_id(team, user["id"]), "roles": roles, **whose, **first}


def _check_member(write: Write) -> Doc:
    roles = write.doc.get("roles") or []
    if write.kind != MEMBER or roles not in ([], ["owner"], ["guest"]):
        bad_request("A member has to be an aadUserConversationMember with the roles it has.", "BadRequest")
    if write.before is not None:
        return {"roles": roles}
    user = referenced(write.call, write.body.get("user@odata.bind"), ("user",)).doc
    return _member(write.call, write.home.split("/")[1], user, roles)


def _join(write: Write, doc: Doc) -> None:
    store, team = write.call.directory.store, write.home.split("/")[1]
    store.link(team, "members", doc["userId"])
    if "owner" in doc.get("roles", ()):
        store.link(team, "owners", doc["userId"])
    else:
        store.unlink(team, "owners", doc["userId"])


def _leave(call: Call, doc: Doc) -> None:
    team = base64.b64decode(doc["id"]).decode().partition("##")[0]
    for name in ("owners", "members"):
        call.directory.store.unlink(team, name, doc["userId"])


family(
    Family(
        "conversationMember",
        "/teams/{id}/members",
        check=_check_member,
        after=_join,
        remove=_leave,
        fill=_people,
        silent=False,
        partly="the last owner can leave",
    )
)


# -- channels and messages ------------------------------------------------------------------------------------


def _general(team: str) -> str:
    return f"19:{guid(team, 'general').replace('-', '')}@thread.tacv2"


def _channels(call: Call, home: str) -> None:
    """Give a team the channel that every team has."""
    store, team = call.directory.store, home.split("/")[1]
    id_ = _general(team)
    if store.find(id_) is None:
        group = store.get("group", team) or {}
        doc = {"id": id_, "displayName": "General", "createdDateTime": group.get("createdDateTime")}
        store.insert("channel", {**doc, **_of_channel(call, team, id_)}, name_in(home, id_))


def _of_channel(call: Call, team: str, id_: str) -> Doc:
    url = f"https://teams.microsoft.com/l/channel/{quote(id_, safe='')}/x?groupId={team}"
    return {"membershipType": "standard", "isArchived": False, "tenantId": call.directory.tenant, "webUrl": url}


def _check_channel(write: Write) -> Doc:
    name = str(write.doc["displayName"])
    if write.before is None or name != write.before.get("displayName"):
        home = write.home if write.before is None else write.home.rpartition("/")[0]
        rows = write.call.directory.store.select(inside(Spot("Collection(channel)", home)))
        if any(row.doc["displayName"].lower() == name.lower() for row in rows):
            message = "Channel name already existed, please use other name"
            raise Refusal(400, "NameAlreadyExists", message)
    if write.before is not None:
        return {}
    if write.doc.get("membershipType", "standard") != "standard":
        not_acted_out(f"a channel that is {write.doc['membershipType']}")
    team = write.home.split("/")[1]
    id_ = f"19:{guid(team, name, write.call.directory.now()).replace('-', '')}@thread.tacv2"
    return {"id": id_, **_of_channel(write.call, team, id_)}


def _keep_general(call: Call, doc: Doc) -> None:
    """Source: "Delete a channel in Teams": the General channel cannot be deleted; the words are ours."""
    if doc["displayName"] == "General":
        bad_request("The General channel of a team cannot be deleted.", "BadRequest")


family(
    Family(
        "channel",
        CHANNELS,
        required=("displayName",),
        check=_check_channel,
        remove=_keep_general,
        fill=_channels,
        partly="standard channels only",
    )
)


@on("GET", "/teams/{id}/primaryChannel")
def primary_channel(call: Call) -> Reply:
    group = _group(call, call.key)
    _channels(call, f"teams/{group['id']}/channels")
    row = call.directory.store.find(_general(group["id"]))
    assert row is not None
    return reply({"@odata.context": f"{call.root}/$metadata#channels/$entity", **row.doc})


def _check_message(write: Write) -> Doc:
    body = write.doc.get("body") or {}
    if not body.get("content"):
        bad_request("Missing body content.", "BadRequest")
    if write.before is not None:
        return {"lastEditedDateTime": write.call.directory.now()}
    store, path = write.call.directory.store, write.home.split("/")
    sender = store.find(write.call.token.user) if write.call.token.user else None
    if sender is None:  # "Application permissions are only supported for migration"
        not_acted_out("a message that an application sends, which migration is for")
    first = int(write.call.directory.clock() * 1000)
    id_ = next(str(each) for each in count(first) if store.find(str(each)) is None)
    whose = {"id": sender.doc["id"], "displayName": sender.doc.get("displayName"), "userIdentityType": "aadUser"}
    made = {
        "id": id_,
        "etag": id_,
        "messageType": "message",
        "importance": "normal",
        "locale": "en-us",
        "from": {"application": None, "device": None, "user": whose},
        "channelIdentity": {"teamId": path[1], "channelId": path[3]},
        "body": {"contentType": "text", **body},
    }
    reply_to = {"replyToId": path[5]} if path[-1].lower() == "replies" else {}
    return {
        **made,
        **{name: write.changes[name] for name in ("importance", "locale") if name in write.changes},
        **reply_to,
    }


for _path in (f"{CHANNELS}/{{id}}/messages", f"{CHANNELS}/{{id}}/messages/{{id}}/replies"):
    family(Family("chatMessage", _path, check=_check_message, methods=("GET", "POST", "PATCH")))
