"""What has changed in a drive: its delta query."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import quote

from ...core import page_tokens
from ...core.call import Call, not_acted_out, pairs, reply
from ...core.delta import tokens_of
from ...core.endpoints import on
from ...core.store import Doc, Where
from ...wire.faults import Refusal
from ...wire.server import Headers, Reply, Request
from .items import DELTA_LIFETIME, PAGE, at, drive_of, names_of
from .tree import (
    KIND,
    Drive,
    invalid,
    is_file,
)


@dataclass(frozen=True)
class Round:
    """What a delta token holds.

    Attributes:
        generation, issued: which life of the tenant it belongs to, and when it began.
        select, top: the options of the first request.
        since: the last change that was seen.
        until: the last change of this round; ``None`` before it begins.
        after: the number of the last item that was shown, while everything there is is shown.
        blank: an empty page comes first.
    """

    generation: str
    issued: float
    select: list[str] | None
    top: int | None
    since: int
    until: int | None = None
    after: int | None = None
    blank: bool = False


@on(
    "GET",
    *at("/delta", ("/root",)),
    *at("/delta(…)", ("/root",)),
    partly="of the whole drive; not from a point in time, nor what was shared",
    options=("select", "top"),
)
def delta(call: Call) -> Reply:
    drive, keys = drive_of(call)
    options = {name.lower(): value for name, value in pairs(call.request.query)}
    token = keys[-1].partition("=")[2].strip("'") if keys else options.get("token", "")
    if re.match(r"\d{4}-\d\d-\d\dT", token):
        not_acted_out("changes since a point in time")
    last = call.store.last_change
    if token in ("", "latest"):
        names = names_of(call)
        here = Round(
            tokens_of(call.directory).generation,
            call.directory.clock(),
            None if names is None else list(names),
            call.query.top,
            last,
            after=0,
        )
        if token:
            return _delta_page(call, drive, here, [], None)
    else:
        here = _opened(call, drive, token)
    if here.blank:
        return _delta_page(call, drive, here, [], replace(here, blank=False))
    size = here.top or call.directory.page_size or PAGE
    if here.after is not None:
        value, following = _everything(call, drive, here, size)
    else:
        here = here if here.until is not None else replace(here, until=last)
        value, following = _changes(call, drive, here, size)
    if following is not None and call.directory.empty_pages:
        following = replace(following, blank=True)
    return _delta_page(call, drive, here, value, following)


def _everything(call: Call, drive: Drive, here: Round, size: int) -> tuple[list[Doc], Round | None]:
    where = Where("kind = 'driveItem' AND json_extract(doc, '$.drive') = ?", (drive.id,))
    rows = call.store.select(where, after=(None, here.after or 0), limit=size + 1)
    value = [_present(drive, row.doc, here) for row in rows[:size]]
    if not here.after:
        value.insert(0, _present(drive, drive.root, here))
    return value, replace(here, after=rows[size - 1].seq) if len(rows) > size else None


def _changes(call: Call, drive: Drive, here: Round, size: int) -> tuple[list[Doc], Round | None]:
    """Return a page of the items that have changed, each after the folders it is in, and what comes next."""
    store, since, until = call.store, here.since, here.until or 0
    alone = "deltaExcludeParent" in call.request.headers
    found: dict[str, Doc] = {}
    while since < until and len(found) < size:
        changed, since = store.changes(KIND, since, until, size)
        for change in changed:
            row = store.find(change.id)
            gone = store.find(change.id, deleted=True) if row is None else None
            doc = row.doc if row else gone.doc if gone else None
            if doc is None or doc["drive"] != drive.id:
                continue
            for folder in () if alone else (drive.ancestors(doc) if row else [drive.root]):
                found.setdefault(folder["id"], _present(drive, folder, here))
            found[change.id] = _present(drive, doc, here) if row else _deleted(drive, doc)
    return list(found.values()), replace(here, since=since) if since < until else None


def _present(drive: Drive, item: Doc, here: Round) -> Doc:
    """Return an item as delta shows it: by its id, not by its path, which renaming a folder would change."""
    shown = drive.shown(item, here.select if here.select is None else [*here.select, "id"])
    shown.pop("cTag", None)
    if "parentReference" in shown:
        shown["parentReference"] = {key: each for key, each in shown["parentReference"].items() if key != "path"}
    return shown


def _deleted(drive: Drive, item: Doc) -> Doc:
    where = {"driveType": drive.type, "driveId": drive.id, "id": item["parent"]}
    facet: Doc = {"file": {}} if is_file(item) else {"folder": {}}
    return {"id": item["id"], "parentReference": where, **facet, "deleted": {"state": "deleted"}}


def _opened(call: Call, drive: Drive, token: str) -> Round:
    """Return the round that a token leads to; raises Graph's 400, or its 410 with where to start over."""
    state: Any = page_tokens.opened(_home(call, drive), token)
    if state is None:
        raise invalid("The provided delta token is not valid.")
    here, tokens = Round(**state), tokens_of(call.directory)
    start = _start(call, drive, here)
    if here.generation in tokens.gone:
        refusal, location = tokens.gone[here.generation]
        headers = {**refusal.headers, **({"Location": start} if location else {})}
        raise Refusal(refusal.status, refusal.code, refusal.message, headers=headers)
    if here.generation != tokens.generation or here.since > call.store.last_change:
        code, why = "resyncChangesUploadDifferences", "The server's state is not the one that the token is of."
    elif call.directory.clock() >= here.issued + DELTA_LIFETIME:
        code, why = "resyncChangesApplyDifferences", "The token is too old."
    else:
        return here
    raise Refusal(410, code, f"Resync required. {why}", headers={"Location": start})


def _home(call: Call, drive: Drive) -> Call:
    """Return the call that tokens are sealed for, however this one spells its path."""
    request = Request("GET", "/delta", Headers())
    return Call(call.directory, request, call.version, ["drives", drive.id, "delta"], call.token)


def _start(call: Call, drive: Drive, here: Round) -> str:
    options = {"$select": ",".join(here.select or ()), "$top": str(here.top or "")}
    query = "&".join(f"{name}={quote(value, safe=',@')}" for name, value in options.items() if value)
    return f"{call.root}/drives/{drive.id}/root/delta" + (f"?{query}" if query else "")


def _delta_page(call: Call, drive: Drive, here: Round, value: list[Doc], following: Round | None) -> Reply:
    """Answer one page; without a ``following`` one the round is complete, and the link leads to the next."""
    seen = here.until if here.until is not None else here.since
    state = following or replace(here, since=seen, until=None, after=None, blank=False)
    token = page_tokens.sealed(_home(call, drive), asdict(replace(state, issued=call.directory.clock())))
    name = "@odata.deltaLink" if following is None else "@odata.nextLink"
    body = {
        "@odata.context": f"{call.root}/$metadata#Collection(driveItem)",
        name: f"{call.root}/drives/{drive.id}/root/delta?token={quote(token)}",
        "value": value,
    }
    return reply(body)
