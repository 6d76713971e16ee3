"""What to tell somebody whose token is not enough: what a request needs, what the token has, what to grant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from leangraph import clouds
from leangraph.knowledge import permissions, schema


def explain(method: str, path: str, has: permissions.Held | None, properties: Iterable[str] = ()) -> str:
    """Return what to do about a 403: what the request needs, what the token has (see ``held``), what to grant."""
    need = permissions.needed(method, path, properties)
    where = f"{method} {schema.spelled(path)}"
    if need is None:
        lines = [f"{where} is not in Microsoft's permission table: see its page in the Graph documentation"]
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
                "that is enough by the table: the tenant's own rules may forbid it (roles, policies, licenses)"
            )
        elif need is not None and not has.delegated and not need.application:
            lines.append("no app can do this by itself: sign in as a user")
        elif link := consent_link(has):
            lines.append(f"add it to the app's API permissions, then have an admin consent: {link}")
    return "\n  ".join(lines)


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
