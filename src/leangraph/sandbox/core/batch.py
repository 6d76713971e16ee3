"""JSON batching: up to twenty requests in one, each with a reply of its own.

What is wrong with the batch itself is a 400 for all of it, before anything is done. Its items run one after the
other, those that depend on nothing in the order of the shuffled replies: Graph runs them side by side and promises
no order, so a batch that needs one must say so. One at a time also never takes more than one of the four places
that Outlook has per mailbox.

A connection cannot break inside a batch: a scripted ``reset`` becomes what a gateway makes of it, 503 before the
work was done, 504 after it, as for ``truncate``; a ``slow`` item slows the reply to the whole batch.

Sources: https://learn.microsoft.com/graph/json-batching; texts of errors as quoted in public, else ours.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import NoReturn
from urllib.parse import quote
from uuid import uuid4

from ..wire.faults import Refusal
from ..wire.server import Headers, Reply, Request, Spoil
from .call import Call, bad_request, reply
from .endpoints import on
from .store import Doc

MAX_ITEMS = 20
METHODS = frozenset({"DELETE", "GET", "PATCH", "POST", "PUT"})
WITH_BODY = frozenset({"PATCH", "POST", "PUT"})
# Of the batch itself, or of the connection; the rest of a reply's headers are its item's.
OUTER = frozenset(
    "client-request-id content-encoding date request-id strict-transport-security vary x-ms-ags-diagnostic".split()
)
_LEGAL = "!$%&'()*+,/:;=?@[]~"  # what a URL in a batch may have unencoded, and keeps


@dataclass(frozen=True)
class Item:
    """One request of a batch. ``after`` are the ids it depends on, in lower case."""

    id: str
    request: Request
    after: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.id.lower()


@on("POST", "/$batch")
def batch(call: Call) -> Reply:
    found = call.json().get("requests")
    if not isinstance(found, list) or not found:
        _malformed()
    if len(found) > MAX_ITEMS:
        bad_request(
            f"Number of batch request steps exceeds the maximum value of {MAX_ITEMS}.", "MaximumValueExceeded"
        )
    items = [_item(call, each) for each in found]
    _refuse_twins(items)
    _refuse_order(items)
    order = _shuffled(items, call.directory.tenant)
    replies = _run(call, order)
    slow = sum(each.spoil.slow for each in replies.values() if each.spoil)
    answer = reply({"responses": [_shown(item.id, replies[item.key]) for item in order]})
    return Reply(answer.status, answer.body, answer.headers, Spoil(slow=slow) if slow else None)


# -- what is asked ------------------------------------------------------------------------------------


def _malformed() -> NoReturn:
    bad_request("Invalid batch payload format.")


def _item(call: Call, asked: object) -> Item:
    """Return one item as a request of its own. Unknown members are ignored, as Graph does: ``depends_on`` too."""
    if not isinstance(asked, dict):
        _malformed()
    id_, method, url = (asked.get(name) for name in ("id", "method", "url"))
    if isinstance(id_, int) and not isinstance(id_, bool):  # as CLI for Microsoft 365 sends them
        id_ = str(id_)
    if not (isinstance(id_, str) and id_ and isinstance(method, str) and isinstance(url, str) and url):
        _malformed()
    if method not in METHODS:
        bad_request(f"The method of request Id {id_} is not supported in a batch.")
    headers = _headers(call, asked.get("headers") or {})
    body, kind = asked.get("body"), headers.get("Content-Type")
    if (body is None and method in WITH_BODY) or (body is not None and kind is None):
        bad_request(f"Write request id : {id_} does not contain Content-Type header or body.")
    after = asked.get("dependsOn") or []
    if not isinstance(after, list) or not all(isinstance(each, str) for each in after):
        _malformed()
    request = Request(
        method,
        _target(call, id_, url),
        headers,
        b"" if body is None else _content(body, kind or ""),
        call.request.scheme,
    )
    return Item(id_, request, tuple(each.lower() for each in after))


def _target(call: Call, id_: str, url: str) -> str:
    """Return the item's target below the batch's own version; what follows a ``#`` is lost, as in any URL."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.\-]*://|//", url):
        bad_request(f"The url of request Id {id_} has to be relative.")
    path = url.partition("#")[0].lstrip("/")
    if path.partition("?")[0].strip("/").lower() in ("$batch", "%24batch"):
        bad_request(f"Request Id {id_} is a batch: batches cannot be nested.")
    return f"/{call.version}/{quote(path, safe=_LEGAL)}"


def _headers(call: Call, given: object) -> Headers:
    """Return an item's headers: its own, and of the batch's only where it was sent and by what name."""
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        _malformed()
    outer = call.request.headers
    own = [(name, value) for name, value in given.items() if name.lower() not in ("authorization", "host")]
    own = [(name, _waiting(value) if name.lower() == "prefer" else value) for name, value in own]
    if "client-request-id" in outer and "client-request-id" not in Headers(own):
        own.append(("client-request-id", outer["client-request-id"]))
    return Headers([("Host", outer["Host"]), *own])


def _waiting(prefer: str) -> str:
    """Return a Prefer header without ``respond-async``, which a batch ignores."""
    parts = (part.strip() for part in prefer.split(","))
    return ", ".join(part for part in parts if part.lower() != "respond-async")


def _is_json(kind: str) -> bool:
    media = kind.partition(";")[0].strip().lower()
    return media == "application/json" or media.endswith("+json")


def _is_text(kind: str) -> bool:
    return kind.strip().lower().startswith("text/")


def _content(body: object, kind: str) -> bytes:
    """Return the bytes of an item's body: JSON as it stands, text as a string, anything else in base64."""
    if _is_json(kind):
        return json.dumps(body, ensure_ascii=False).encode()
    if not isinstance(body, str):
        _malformed()
    if _is_text(kind):
        return body.encode()
    text = body.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        _malformed()


def _refuse_twins(items: list[Item]) -> None:
    seen: set[str] = set()
    for item in items:
        if item.key in seen:
            bad_request(f"Request Id {item.id} has to be unique in a batch.")
        seen.add(item.key)


def _refuse_order(items: list[Item]) -> None:
    """Refuse any dependencies but these: none; each on the one before; all on the first."""
    for number, item in enumerate(items):
        if not {each.key for each in items[:number]}.issuperset(item.after):
            bad_request(f"Invalid dependency for request Id {item.id}.")
    rest = items[1:]
    shapes = (
        [() for _ in rest],
        [(before.key,) for before in items[:-1]],
        [(items[0].key,) for _ in rest],
    )
    if [item.after for item in rest] not in shapes:
        bad_request("Batch should be either fully sequential or fully parallel.")


def _shuffled(items: list[Item], seed: str) -> list[Item]:
    """Return the items in an order that is never theirs, and for the same tenant and ids always the same."""
    order = list(items)
    Random(f"{seed}/{[item.key for item in items]}").shuffle(order)  # noqa: S311 - no secret
    return order if order != items else [*order[1:], order[0]]


# -- what is answered ---------------------------------------------------------------------------------


def _run(call: Call, order: list[Item]) -> dict[str, Reply]:
    """Return the reply to each item by its key."""
    again = call.again
    if again is None:
        raise RuntimeError("a batch needs somebody to answer its items")
    by_key = {item.key: item for item in order}
    done: dict[str, Reply] = {}

    def run(item: Item) -> Reply:
        if item.key not in done:
            failed = [key for key in item.after if run(by_key[key]).status >= 400]
            done[item.key] = _depends(call, failed[0]) if failed else _whole(again(item.request), call)
        return done[item.key]

    for item in order:
        run(item)
    return done


def _depends(call: Call, on_: str) -> Reply:
    message = f"Request Id {on_}, which this one depends on, failed."
    return _refused(call, Refusal(424, "FailedDependency", message))


def _refused(call: Call, refusal: Refusal) -> Reply:
    ids = {"request-id": str(uuid4())}
    ids["client-request-id"] = call.request.headers.get("client-request-id") or ids["request-id"]
    return refusal.reply(ids, datetime.fromtimestamp(call.directory.clock(), UTC))


def _whole(answer: Reply, call: Call) -> Reply:
    """Return a reply that arrives, whatever was to happen to it on the way."""
    spoil = answer.spoil or Spoil()
    if spoil.reset or spoil.truncate:
        return _refused(call, Refusal.of(504 if answer.status else 503))
    return answer


def _shown(id_: str, answer: Reply) -> Doc:
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in OUTER}
    if 300 <= answer.status < 400:
        headers = {"location" if name.lower() == "location" else name: value for name, value in headers.items()}
    shown: Doc = {"id": id_, "status": answer.status, "headers": headers}
    if answer.body and answer.status not in (204, 304):
        shown["body"] = _body(answer.body, headers.get("Content-Type", ""))
    return shown


def _body(content: bytes, kind: str) -> object:
    with suppress(ValueError):  # what is not what it says is passed on as bytes
        if _is_json(kind):
            return json.loads(content.decode("utf-8-sig"))
        if _is_text(kind):
            return content.decode("utf-8-sig")
    return base64.b64encode(content).decode()
