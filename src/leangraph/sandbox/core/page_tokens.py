"""Where a list goes on: the opaque tokens in next links.

A page token says where to go on, until when, and whether an empty page comes first. It is sealed together with the
query it belongs to, so that another query cannot use it.
"""

from __future__ import annotations

import base64
import binascii
import json
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, unquote_plus

from .call import Call, bad_request, pairs

Position = tuple[Any, int]  # the sort key and the number of the last row that was shown; or None and rows skipped


def next_link(call: Call, after: Position | None, *, blank: bool) -> str:
    token = sealed(call, [after, blank, call.directory.clock() + call.directory.page_lifetime])
    kept = [part for part in call.request.query.split("&") if part and not _is_token(part)]
    query = "&".join([*kept, f"$skiptoken={quote(token)}"])
    return f"{call.request.origin}{call.request.raw_path}?{query}"


def resume(call: Call) -> tuple[Position | None, bool]:
    if not call.query.skiptoken:
        return None, False
    state = opened(call, call.query.skiptoken)
    if state is None or call.directory.clock() >= state[2]:
        bad_request(
            "The specified page token value has expired and can no longer be included in your request.",
            "Directory_ExpiredPageToken",
        )
    after, blank, _ = state
    return (after[0], after[1]), blank


def sealed(call: Call, state: Any) -> str:
    """Return an opaque token of a JSON value, good for this call's path and query only."""
    text = json.dumps(state).encode()
    return base64.urlsafe_b64encode(_seal(call, text) + text).decode().rstrip("=")


def opened(call: Call, token: str) -> Any:
    """Return the value inside a token, ``None`` if it is not ours or belongs to another query."""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    seal, text = content[:16], content[16:]
    return json.loads(text) if seal == _seal(call, text) else None


def _seal(call: Call, state: bytes) -> bytes:
    query = sorted((name.lower(), value) for name, value in pairs(call.request.query) if not _is_token(name))
    path = [segment.lower() for segment in call.segments]
    bound = json.dumps([path, query, call.eventual]).encode() + b"\0" + state
    return blake2b(bound, key=call.directory.page_key, digest_size=16).digest()


def _is_token(part: str) -> bool:
    return unquote_plus(part.partition("=")[0]).lower().lstrip("$") in ("skiptoken", "deltatoken")
