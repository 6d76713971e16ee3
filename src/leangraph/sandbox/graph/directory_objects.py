"""Objects of the directory whatever their type: by id, many at once, and what they belong to.

Sources: "directoryObject", its "getByIds", "checkMemberGroups", "checkMemberObjects", "getMemberGroups" and
"getMemberObjects" in the API reference.
"""

from __future__ import annotations

from leangraph.knowledge import schema

from ..core import engine
from ..core.actions import parameters
from ..core.call import ONE, Call, bad_request, missing, reply
from ..core.deleted import discard
from ..core.endpoints import on
from ..core.model import DIRECTORY_OBJECT, ENTITIES, GUID
from ..core.objects import CONTAINERS
from ..core.relations import back_all
from ..core.store import Row, Where, of_kind
from ..wire.faults import Refusal
from ..wire.server import Reply

MAX_IDS = 1_000  # of getByIds
MAX_CHECKED = 20
MAX_FOUND = 2_046
OWNERS = (
    "users",
    "groups",
    "devices",
    "servicePrincipals",
    "directoryObjects",
)  # whose memberships can be asked for


def find(call: Call, id_: str) -> Row:
    """Return a live object of the directory by its id; raises Graph's 404."""
    row = call.store.find(id_)
    if row is None or not is_object(row.kind):
        raise missing(id_)
    return row


def is_object(kind: str) -> bool:
    """Tell whether the objects of a kind are of the directory."""
    return DIRECTORY_OBJECT.kind in schema.lineage(kind)


@on("GET", "/directoryObjects/{id}", options=ONE)
def directory_object(call: Call) -> Reply:
    row = find(call, call.key)
    return engine.one(call, ENTITIES[row.kind], row.doc, DIRECTORY_OBJECT.collection, mixed=True)


@on("DELETE", "/directoryObjects/{id}")
def delete_object(call: Call) -> Reply:
    discard(call, find(call, call.key))
    return Reply(204)


@on("POST", "/directoryObjects/getByIds", options=("select",))
def get_by_ids(call: Call) -> Reply:
    asked = parameters(call, "Collection(directoryObject)", "ids")
    ids, types = asked["ids"], asked.get("types")
    if len(ids) > MAX_IDS:
        bad_request(f"The number of ids must not exceed {MAX_IDS}.", "Request_BadRequest")
    for id_ in ids:
        if not GUID.fullmatch(id_):
            bad_request(f"Invalid object identifier '{id_}'.", "Request_BadRequest")
    kinds = {kind.lower(): kind for kind in ENTITIES if is_object(kind)}
    wanted = set(kinds.values())
    if types and DIRECTORY_OBJECT.kind not in types:
        for kind in types:
            if kind.lower() not in kinds and not is_object(kind):
                bad_request(f"Resource type '{kind}' is not valid.", "Request_BadRequest")
        wanted = {kinds[kind.lower()] for kind in types if kind.lower() in kinds}
    names = engine.select(call.query, DIRECTORY_OBJECT, single=False, mixed=True)
    rows = (call.store.find(id_) for id_ in dict.fromkeys(id_.lower() for id_ in ids))
    shown = [engine.shown(row.doc, row.kind, names, mixed=True) for row in rows if row and row.kind in wanted]
    return reply({"@odata.context": f"{call.root}/$metadata#directoryObjects", "value": shown})


# -- memberships --------------------------------------------------------------------------------------


def _member(call: Call) -> Row:
    """Return the object whose memberships are asked for."""
    kind = next((one.kind for one in ENTITIES.values() if call.template.startswith(f"/{one.collection}/")), "user")
    if call.template.startswith(f"/{DIRECTORY_OBJECT.collection}/"):
        return find(call, call.key)
    return Row(0, kind, None, engine.find(call, ENTITIES[kind], call.key))


def _strings(call: Call, values: list[str]) -> Reply:
    return reply({"@odata.context": f"{call.root}/$metadata#Collection(Edm.String)", "value": values})


def _checked(call: Call, name: str, kinds: tuple[str, ...]) -> Reply:
    ids = parameters(call, DIRECTORY_OBJECT.kind, name)[name]
    if len(ids) > MAX_CHECKED:
        bad_request(f"The number of ids must not exceed {MAX_CHECKED}.", "Request_BadRequest")
    member = _member(call)
    among = Where(f"id IN ({', '.join('?' * len(ids))})", tuple(id_.lower() for id_ in ids))
    rows = call.store.select(back_all("members")(member.doc["id"]) & of_kind(*kinds) & among)
    found = {row.doc["id"] for row in rows}
    return _strings(call, [id_ for id_ in ids if id_.lower() in found])


def _listed(call: Call, kinds: tuple[str, ...]) -> Reply:
    asked = parameters(call, DIRECTORY_OBJECT.kind)
    member = _member(call)
    where = back_all("members")(member.doc["id"])
    if asked.get("securityEnabledOnly"):
        if member.kind != "user":
            bad_request("securityEnabledOnly can be true for a user only.", "Request_BadRequest")
        where &= Where("kind = 'group' AND json_extract(doc, '$.securityEnabled') = 1")
    rows = call.store.select(where & of_kind(*kinds), limit=MAX_FOUND + 1)
    if len(rows) > MAX_FOUND:
        raise Refusal(
            400,
            "Directory_ResultSizeLimitExceeded",
            "The result set is larger than the limit for this request. Ask for memberOf, which has pages.",
        )
    return _strings(call, [row.doc["id"] for row in rows])


for _owner in OWNERS:
    on("POST", f"/{_owner}/{{id}}/checkMemberGroups")(lambda call: _checked(call, "groupIds", ("group",)))
    on("POST", f"/{_owner}/{{id}}/checkMemberObjects")(lambda call: _checked(call, "ids", CONTAINERS))
    on("POST", f"/{_owner}/{{id}}/getMemberGroups")(lambda call: _listed(call, ("group",)))
    on("POST", f"/{_owner}/{{id}}/getMemberObjects")(lambda call: _listed(call, CONTAINERS))
