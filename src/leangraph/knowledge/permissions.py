"""What a request needs, and what a token has: Microsoft's permission table, offline.

The table lists the least permission of nearly every path of v1.0. What it lacks is unknown, and said so.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from leangraph.knowledge import schema

if TYPE_CHECKING:
    from leangraph.knowledge import Choice

Way = tuple[str, ...]  # permissions that are needed together; nearly always one

_WRITES: Final = frozenset({"PATCH", "PUT", "DELETE"})
_READS: Final = re.compile(r"\.Read(Basic)?(\.|$)")


class Need(NamedTuple):
    """Ways to be allowed, each of them enough; the least comes first. None at all: it cannot be done so."""

    application: tuple[Way, ...]
    delegated: tuple[Way, ...]


class Held(NamedTuple):
    """What a token says of itself: an app's own has ``roles``, one in a user's name ``scp``."""

    delegated: bool
    names: frozenset[str]


def needed(method: str, path: str) -> Need | None:
    """Return what a request needs, ``None`` if Microsoft's table does not say.

    ``path`` is one of Microsoft's pages (``/users/{id}/manager``) or a real one, with or without its version.
    """
    method = method.upper()
    method = "GET" if method == "HEAD" else method
    plain = re.sub(
        r"(?<!=)\{(?!path\})[^{}/]*\}", "{id}", path.lower()
    )  # as the table has it, beyond what the metadata knows
    return _needed(method, template(path)) or _needed(method, plain)


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says of itself, unverified; nothing if it cannot be read."""
    try:
        part = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def held(token: str) -> Held | None:
    """Return the permissions that stand in a token; ``None`` if it is none that can be read.

    It is read, not verified: Graph alone can do that.
    """
    claims = claims_of(token)
    if not claims:
        return None
    roles, scopes = claims.get("roles"), claims.get("scp")
    if isinstance(scopes, str):
        return Held(True, frozenset(scopes.split()))
    return Held(False, frozenset(map(str, roles if isinstance(roles, list) else ())))


def allows(need: Need, has: Held) -> bool:
    """Tell whether a token is enough. ``X.ReadWrite.Y`` is good for whatever ``X.Read.Y`` is."""
    names = has.names | {name.replace(".ReadWrite", ".Read", 1) for name in has.names}
    return any(names.issuperset(way) for way in (need.delegated if has.delegated else need.application))


def explain(method: str, path: str, has: Held | None) -> str:
    """Return what to do about a 403: what the request needs, what the token has (see ``held``), what to grant."""
    need = needed(method, path)
    where = f"{method} {template(path)}"
    lines = []
    if need is None:
        lines.append(f"{where} is not in Microsoft's permission table: see its page in the Graph documentation")
    else:
        lines.append(
            f"{where} needs {_any_of(need.application)} (application) or {_any_of(need.delegated)} (delegated)"
        )
    if has is not None:
        kind = "delegated" if has.delegated else "application"
        lines.append(f"the token has {', '.join(sorted(has.names)) or 'no permission at all'} ({kind})")
        if need is not None and allows(need, has):
            lines.append(
                "that is enough by the table: the tenant's own rules may forbid it (roles, policies, licenses)"
            )
    return "\n  ".join(lines)


def check(requests: Iterable[str], token: str) -> tuple[list[str], list[str]]:
    """Return the requests of which nothing can be told, and what each lacks of those that are not allowed."""
    has, unknown, lacking = held(token), [], []
    for request in requests:
        method, _, path = request.strip().partition(" ")
        need = needed(method, path.strip())
        if need is None or has is None:
            unknown.append(request)
        elif not allows(need, has):
            lacking.append(explain(method.upper(), path.strip(), has))
    return unknown, lacking


def template(path: str) -> str:
    """Return a path as the table writes it: lower case, ``{id}`` for keys, without version and query."""
    return schema.spelled(path).lower()


@lru_cache(maxsize=1024)
def _needed(method: str, template: str) -> Need | None:
    from leangraph import knowledge as data

    table = data.corrected_permissions()
    for path in _spellings(template):
        found = table.get(path, {}).get(method)
        if found is not None:
            own = template.startswith("/me/") or template == "/me"
            application = () if own else _ways(method, found["application"])
            return Need(application, _ways(method, found["delegated"]))
    return None


def _ways(method: str, choice: Choice) -> tuple[Way, ...]:
    """Return the ways of one kind; for a write, reading is listed beside what writes, and is not enough."""
    ways = [tuple(way) for way in (*choice["least"], *choice["others"])]
    if method in _WRITES:
        ways = [way for way in ways if not all(_READS.search(name) for name in way)] or ways
    return tuple(ways)


_ALIKE: Final = tuple(
    (re.compile(pattern), other)
    for pattern, other in (
        (r"/\$(?:ref|count|value)$", ""),
        (r"/microsoft\.graph\.[\w.]+(?=/|$)", ""),
        (r"(?<=root):/\{path\}:?|(?<=items/\{id\}):/\{path\}:?", ""),
        (r"(drives?(?:/\{id\})?)/root(?=/|$)", r"\1/items/{id}"),
        (r"^(?:/me|/(?:users|groups|sites)/\{id\})?/drives?(?:/\{id\})?(?=/|$)", "/drives/{id}"),
        (r"^/me(?=/|$)", "/users/{id}"),
        (r"\(\w+=\{value\}\)$|\(\w+=\{value\}\)(?=/)", "/{id}"),
        (r"^/\w+/(?=(?:getbyids|validateproperties)$)", "/directoryobjects/"),
    )
)


def _spellings(template: str) -> list[str]:
    """Return the ways in which the table may list a path, the closest first."""
    found = [template]
    for pattern, other in _ALIKE:
        found += [new for path in found if (new := pattern.sub(other, path)) not in found]
    return found


def _any_of(ways: tuple[Way, ...], most: int = 3) -> str:
    if not ways:
        return "what no permission gives"
    shown = " or ".join(" with ".join(way) for way in ways[:most])
    return f"{shown} or {len(ways) - most} more" if len(ways) > most else shown
