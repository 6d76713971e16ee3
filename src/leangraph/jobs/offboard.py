"""Off-board somebody who leaves, in the order in which no door stays open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.errors import NotFound
from leangraph.http.options import segment
from leangraph.http.target import Request
from leangraph.jobs import people
from leangraph.jobs.step import SECRET, Note, Secret, Step, quoted

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /users/{id}", "GET /users/{id}/memberOf", "GET /users/{id}/ownedDevices", "GET /users/{id}/manager")
_SELECT = ("id", "displayName", "userPrincipalName", "accountEnabled", "onPremisesSyncEnabled", "mail",
           "licenseAssignmentStates")  # fmt: skip


def plan(
    graph: GraphClient,
    user: str,
    *,
    forward_to: Annotated[str | None, "Forward mail to this address."] = None,
    reply: Annotated[str | None, "Answer mail with this text."] = None,
    note_from: Annotated[str | None, "Send a note to the manager from this mailbox."] = None,
    keep_licenses: Annotated[bool, "Keep the licenses. Without them, the mailbox is deleted."] = False,
) -> Iterator[Step | Note]:
    """Off-board a user: block, sign out, reset the password; then mail, groups, roles, devices; licenses last."""
    found = people.user(graph, user, _SELECT)
    name, path = quoted(found["userPrincipalName"]), f"/users/{found['id']}"
    doors = list(_close(found, name, path))
    yield from doors
    closed = [step for step in doors if isinstance(step, Step)]
    first: list[Step] = [*closed]

    def then(request: Request, why: str, undo: Request | None = None, **more: Any) -> Step:
        first.append(Step(request, why, needs=closed, undo=undo, **more))
        return first[-1]

    yield from _mail(found, name, path, forward_to, reply, then)
    for other in graph.list(f"{path}/memberOf"):
        yield from _leave(graph, found["id"], name, other, then)
    for device in graph.list(f"{path}/ownedDevices", select="id,displayName,accountEnabled"):
        if device.get("accountEnabled"):
            at = f"/devices/{device['id']}"
            off, on = (Request("PATCH", at, {"accountEnabled": value}) for value in (False, True))
            yield then(off, f"disable the device {quoted(device['displayName'])}", on,
                       expects={at: {"accountEnabled": True}})  # fmt: skip
    if note_from:
        yield _tell(graph, note_from, found, path, closed)
    if not keep_licenses:
        yield from _take_licenses(found, name, path, first)


def _close(user: dict[str, Any], name: str, path: str) -> Iterator[Step | Note]:
    synced = user.get("onPremisesSyncEnabled")
    block: list[Step] = []
    if synced:
        yield Note(f"block and reset {name}", "comes from a local directory: do it there, at once")
    elif user.get("accountEnabled") is False:
        yield Note(f"block {name}", "is blocked already")
    else:
        off, on = (Request("PATCH", path, {"accountEnabled": value}) for value in (False, True))
        block.append(Step(off, f"block {name}", undo=on, expects={path: {"accountEnabled": True}}))
    revoke = Request("POST", f"{path}/revokeSignInSessions", idempotent=True)
    yield from block
    yield Step(revoke, f"sign {name} out everywhere", needs=block)
    if not synced:
        reset = {"passwordProfile": {"forceChangePasswordNextSignIn": True, "password": SECRET}}
        yield Step(
            Request("PATCH", path, reset), f"reset the password of {name}, unknown to all", block, secret=Secret()
        )


def _leave(graph: GraphClient, id_: str, name: str, other: dict[str, Any], then: Any) -> Iterator[Step | Note]:
    kind, what = other.get("@odata.type", "").rpartition(".")[2], quoted(other.get("displayName"))
    at = {"group": "/groups", "directoryRole": "/directoryRoles"}.get(kind, "/directory/administrativeUnits")
    types = other.get("groupTypes") or []
    if "DynamicMembership" in types or other.get("onPremisesSyncEnabled"):
        yield Note(f"{name} in {what}", "stays: the group fills itself, or comes from a local directory")
    elif other.get("mailEnabled") and "Unified" not in types:
        yield Note(f"{name} in {what}", "stays: only Exchange changes distribution lists")
    else:
        relation = f"{at}/{other['id']}/members"
        back = Request("POST", f"{relation}/$ref", people.reference(graph, "directoryObjects", id_))
        yield then(Request("DELETE", f"{relation}/{id_}/$ref"), f"take {name} out of the {kind} {what}", back)


def _tell(graph: GraphClient, sender: str, user: dict[str, Any], path: str, needs: list[Step]) -> Step | Note:
    try:
        manager = graph.get(f"{path}/manager", select="mail,userPrincipalName")
    except NotFound:
        return Note(f"the manager of {quoted(user['userPrincipalName'])}", "is nobody: nobody is told")
    address = manager.get("mail") or manager["userPrincipalName"]
    text = f"The account of {user['displayName']} ({user['userPrincipalName']}) was closed."
    message: dict[str, Any] = {
        "subject": f"Off-boarded: {user['displayName']}",
        "body": {"contentType": "text", "content": text},
        "toRecipients": [{"emailAddress": {"address": address}}],
    }
    request = Request("POST", f"/users/{segment(sender)}/sendMail", {"message": message})
    return Step(request, f"tell the manager, {quoted(address)}", needs=needs)


def _mail(
    user: dict[str, Any], name: str, path: str, forward_to: str | None, reply: str | None, then: Any
) -> Iterator[Step | Note]:
    if user.get("mail"):
        yield Note(f"the mailbox of {name}", "stays as it is: only Exchange makes a shared one of it")
    if forward_to:
        rules = f"{path}/mailFolders/inbox/messageRules"
        rule = {"displayName": "Off-boarded", "sequence": 1, "isEnabled": True, "actions": {
            "forwardTo": [{"emailAddress": {"address": forward_to}}], "stopProcessingRules": True}}  # fmt: skip
        yield then(Request("POST", rules, rule), f"forward mail of {name} to {quoted(forward_to)}",
                   Request("DELETE", f"{rules}/{{id}}"))  # fmt: skip
    if reply:
        setting = {"status": "alwaysEnabled", "internalReplyMessage": reply, "externalReplyMessage": reply}
        body = {"automaticRepliesSetting": setting}
        off = Request("PATCH", f"{path}/mailboxSettings", {"automaticRepliesSetting": {"status": "disabled"}})
        yield then(Request("PATCH", f"{path}/mailboxSettings", body), f"answer mail of {name}", off)


def _take_licenses(user: dict[str, Any], name: str, path: str, first: list[Step]) -> Iterator[Step | Note]:
    for state in user.get("licenseAssignmentStates") or []:
        sku = state["skuId"]
        if state.get("assignedByGroup"):
            yield Note(
                f"license {sku} of {name}", f"comes from the group {state['assignedByGroup']}, and goes with it"
            )
        else:
            back = {"skuId": sku, "disabledPlans": state.get("disabledPlans") or []}
            take, give = (
                Request(
                    "POST",
                    f"{path}/assignLicense",
                    {"addLicenses": add, "removeLicenses": remove},
                    idempotent=True,
                )
                for add, remove in (([], [sku]), ([back], []))
            )
            yield Step(take, f"take license {sku} from {name}", needs=first, undo=give)
