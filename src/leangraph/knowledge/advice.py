"""What to tell somebody whose request was refused: what was meant, what it needs, what to grant.

Advice is made when an error is read, and may fail: the error is told without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from leangraph import clouds
from leangraph.knowledge import permissions, schema
from leangraph.knowledge.corrections import UNKNOWN

_ADVANCED: Final = "https://aka.ms/graph-docs/advanced-queries"
# Graph's words for a property that it does not know, or cannot filter
_PROPERTY: Final = re.compile(
    r"property (?:named )?'([^']+)'(?:.*? on type '(?:microsoft\.graph\.)?([\w.]+)')?", re.IGNORECASE
)


def of_refusal(code: str, message: str, path: str, advanced: bool | None) -> str:
    """Return what may have been meant by a request that was answered with 400; "" if nobody knows.

    Args:
        code, message: Graph's own.
        advanced: whether it was an advanced query; ``None`` if it did not ask the directory to filter or to sort.
    """
    if "not found for the segment" in message:
        return meant(path)
    if "Get By Key only supports UserId" in message:
        return "these properties can only be read by the user's id: get the id first, and use it in the path"
    if found := _PROPERTY.search(message):
        name = found[1].partition("/")[0]
        kind = found[2] if schema.lineage(found[2] or "") else schema.item_of(schema.leads_to(path) or "")
        near = schema.similar(name, kind)
        if near and name not in near:
            return _meant(near)
    if code.lower() != "request_unsupportedquery" or advanced is None or "page size" in message.lower():
        return ""
    if advanced:
        return f"this was already sent as an advanced query: Graph cannot filter or sort like this ({_ADVANCED})"
    return (
        "some properties need headers={'ConsistencyLevel': 'eventual'}, count=True, and others cannot be filtered "
        f"or sorted at all ({_ADVANCED})"
    )


def meant(path: str) -> str:
    """Ask for the segments that resemble the one at which a path goes astray; "" if nothing does."""
    with suppress(Exception):  # what is asked never hides what it is asked about
        return _meant(schema.alternatives(path))
    return ""


def _meant(near: Sequence[str]) -> str:
    return f"did you mean {' or '.join(near)}?" if near else ""


def explain(method: str, path: str, has: permissions.Held | None, properties: Iterable[str] = ()) -> str:
    """Return what to do about a 403: what the request needs, what the token has (see ``held``), what to grant."""
    need = permissions.needed(method, path, properties)
    where = f"{method} {schema.spelled(path)}"
    if need is None:
        why = unknown(path)
        lines = [
            f"{where} needs {why}"
            if why
            else f"{where} is not in Microsoft's permission table: see its page in the Graph documentation"
        ]
    elif has is None:
        lines = [
            f"{where} needs {any_of(path, need.application)} (application) or "
            f"{any_of(path, need.delegated)} (delegated)"
        ]
    else:
        kind = "delegated" if has.delegated else "application"
        lines = [f"{where} needs {any_of(path, need.delegated if has.delegated else need.application)} ({kind})"]
    if has is not None:
        names = ", ".join(sorted(has.names)) or "no permission at all"
        lines.append(f"the token has {names} ({'delegated' if has.delegated else 'application'})")
        if need is not None and permissions.allows(need, has):
            lines.append(
                "by Microsoft's table this is enough: the tenant's rules may forbid it (roles, policies, licenses)"
            )
        elif need is not None and not has.delegated and not need.application:
            lines.append("no app can do this by itself: sign in as a user")
        elif link := consent_link(has):
            lines.append(f"add it to the app's API permissions, then have an admin consent: {link}")
    return "\n  ".join(lines)


def unknown(path: str) -> str:
    """Return why the table cannot say what a path needs; "" if it just does not."""
    place = permissions.template(path)
    return next((why for beginning, why in UNKNOWN.items() if f"{place}/".startswith(f"{beginning}/")), "")


def consent_link(has: permissions.Held) -> str:
    """Return the address at which an admin consents to what an app asks for; "" if its token does not name it.

    Source: https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
    """
    if not re.fullmatch(r"[\w-]+", has.app) or not re.fullmatch(r"[\w.-]+", has.tenant):
        return ""
    audience = has.audience.rstrip("/")
    login = next((cloud.login for cloud in clouds.CLOUDS.values() if cloud.graph == audience), clouds.PUBLIC.login)
    return f"{login}/{has.tenant}/adminconsent?client_id={has.app}"


def missing(requests: Iterable[str], has: permissions.Held | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return, of requests like ``GET /users``, those that are unknown, and what the forbidden ones lack."""
    unknown, lacking = [], []
    for request in requests:
        method, _, path = request.strip().partition(" ")
        need = permissions.needed(method, path.strip())
        if need is None or has is None:
            unknown.append(request)
        elif not permissions.allows(need, has):
            lacking.append(explain(method.upper(), path.strip(), has))
    return tuple(unknown), tuple(lacking)


def any_of(path: str, ways: tuple[permissions.Way, ...], most: int = 3) -> str:
    """Return ways as a sentence has them, the usual ones first."""
    if not ways:
        return "what no permission gives"
    shown = " or ".join(" with ".join(way) for way in permissions.usual(path, ways)[:most])
    return f"{shown} or {len(ways) - most} more" if len(ways) > most else shown
