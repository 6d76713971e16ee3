"""Actions and functions of the metadata that no family acts out: parameters, status, and a result of their type.

Source: OData 4.01 part 1, 11.5: an action without a result is 204, everything else 200 with its type.
"""

from __future__ import annotations

from urllib.parse import quote

from leangraph.knowledge import schema

from ..odata.paths import inner
from ..wire.faults import Refusal
from ..wire.server import Reply
from . import page_tokens
from .call import Call, bad_request, reply
from .model import fits
from .places import Spot, family, inside
from .store import Doc

DELTA = "delta"
# What is not 200 or 204, by type and action: the "Response" section of each page of the API reference.
STATUS = {
    202: {
        "event": "accept cancel decline forward tentativelyAccept",
        "message": "forward reply replyAll send",
        "post": "forward reply",
        "conversationThread": "reply",
        "call": "redirect transfer",
        "team": "archive unarchive clone",
        "security.dataSourceContainer": "release",
        "security.ediscoveryCustodian": "activate",
        "security.ediscoveryNoncustodialDataSource": "release",
        "onenotePage": "copyToSection",
        "onenoteSection": "copyToNotebook copyToSectionGroup",
        "notebook": "copyNotebook",
    },
    201: {"message": "createForward createReply createReplyAll", "Collection(contentType)": "addCopy"},
    200: {"group": "resetUnseenCount subscribeByMail unsubscribeByMail"},
}
_STATUS = {
    (kind, name): status
    for status, kinds in STATUS.items()
    for kind, names in kinds.items()
    for name in names.split()
}
ZERO = {"Edm.Boolean": False, "Edm.String": "", "Edm.Int32": 0, "Edm.Int64": 0, "Edm.Double": 0.0, "Edm.Int16": 0}


def result(call: Call, spot: Spot) -> Reply:
    """Answer an action or a function with what it returns when there is nothing to tell."""
    kind = spot.calls[0]["kind"]
    if call.request.method != ("POST" if kind == "action" else "GET"):
        raise Refusal.of(405)
    if kind == "action":
        _parameters(call, spot)
    returns = spot.calls[0].get("returns", "")
    bound = spot.owner.kind if spot.owner is not None else ""
    if bound == "reportRoot" and returns in ("report", "Edm.Stream") and spot.name.startswith("get"):
        return _report(call)
    documented = _STATUS.get((bound, spot.name), 200 if returns else 204)
    if not returns:
        return Reply(documented)
    if returns == "Edm.Stream":
        return Reply(200, b"", {"Content-Type": "application/octet-stream"})
    context = f"{call.root}/$metadata#{spot.kind}"
    if returns.startswith("Collection("):
        if spot.name == DELTA and spot.owner is not None and spot.owner.many:
            return _delta(call, spot.owner)
        return reply({"@odata.context": context, "value": []})
    owner = spot.owner
    if owner is not None and owner.row is not None and owner.type in family(returns):
        return reply({"@odata.context": context, **_plain(owner.row.doc)}, documented)
    if returns in ZERO or returns.startswith("Edm."):
        return reply({"@odata.context": context, "value": ZERO.get(returns, "")})
    lists: Doc = {
        name: [] for name, of in schema.properties(inner(returns)).items() if of.startswith("Collection(")
    }
    return reply({"@odata.context": context, **lists}, documented)


def _report(call: Call) -> Reply:
    """Lead to a report without rows: of its columns we know those that every report has.

    Source: https://learn.microsoft.com/graph/api/resources/report, "302 Found" with a pre-authenticated address.
    """
    table = "\ufeffReport Refresh Date,Report Period\r\n".encode()
    answer = Reply(200, table, {"Content-Type": "application/octet-stream"})
    url = call.directory.signed_urls.issue("report", lambda request: answer, 300.0)
    return Reply(302, b"", {"Location": url, "Content-Type": "text/plain"})


def _delta(call: Call, collection: Spot) -> Reply:
    """Answer a delta query in one page: everything at first, then what changed since the link was given out."""
    since = 0
    if call.query.deltatoken:
        state = page_tokens.opened(call, call.query.deltatoken)
        if not isinstance(state, int):
            raise Refusal(410, "resyncRequired", "Resync required.")
        since = state
    now = call.store.last_change
    where = inside(collection)
    changed = call.store.changed_in(where, collection.home.casefold(), since) if since else None
    rows = [(str(row.doc["id"]), row) for row in call.store.select(where)] if changed is None else changed
    value = [
        {"@odata.type": f"#microsoft.graph.{row.kind}", **_plain(row.doc)}
        if row is not None
        else {"id": id_, "@removed": {"reason": "deleted"}}
        for id_, row in rows
    ]
    token = quote(page_tokens.sealed(call, now))
    link = f"{call.request.origin}{call.request.raw_path}?$deltatoken={token}"
    return reply(
        {"@odata.context": f"{call.root}/$metadata#{collection.kind}", "value": value, "@odata.deltaLink": link}
    )


def _plain(doc: Doc) -> Doc:
    return {name: value for name, value in doc.items() if not name.startswith("@")}


def _parameters(call: Call, spot: Spot) -> Doc:
    """Return an action's parameters; raises the 400s of Graph's OData library for names and types."""
    body = call.json() if call.request.body else {}
    known = {name.lower(): (name, of) for one in spot.calls for name, of in one.get("parameters", {}).items()}
    given: Doc = {}
    for key, value in body.items():
        if "@" in key:
            continue
        if key.lower() not in known:
            no = f"is not a valid parameter for the operation '{spot.name}'."
            bad_request(f"The parameter '{key[:200]}' in the request payload {no}")
        name, of = known[key.lower()]
        if value is not None and not fits(of, value):
            bad_request(f"Cannot convert the value of parameter '{name}' to type '{of}'.", "Request_BadRequest")
        given[name] = value
    return given
