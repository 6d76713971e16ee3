"""Which permissions a request needs, or a whole run: the rows of ``leangraph perms``."""

from __future__ import annotations

import re
import sys
from typing import Final, TextIO

import click

from leangraph import clouds
from leangraph.cli.words import rebased
from leangraph.errors import ConfigurationError
from leangraph.knowledge import advice, permissions, schema

_METHODS: Final = "GET|POST|PATCH|PUT|DELETE"


def of_request(method: str, path: str) -> list[dict[str, str]]:
    """Return the rows for one request; leave with 3 if the table does not have it."""
    path = rebased(path)
    need = permissions.needed(method, path)
    if need is None:
        why = advice.unknown(path)
        why = f"it needs {why}" if why else "Microsoft's permission table does not have it"
        print(f"{method.upper()} {schema.spelled(path)}: unknown; {why}", file=sys.stderr)
        raise click.exceptions.Exit(3)
    return [
        {
            "kind": kind,
            "least": " with ".join(ways[0]) if ways else "not supported",
            "others": ", ".join(" with ".join(way) for way in permissions.usual(path, ways) if way != ways[0]),
        }
        for kind, ways in (("application", need.application), ("delegated", need.delegated))
    ]


def of_log(log: TextIO) -> list[dict[str, str]]:
    """Return the rows for every request that a log names; leave with 3 if it names none."""
    calls = [(found[1], found[2], ()) for found in re.finditer(rf"\b({_METHODS}) (\S*/\S+)", log.read())]
    if not calls:
        print("the log names no request such as GET /users", file=sys.stderr)
        raise click.exceptions.Exit(3)
    rows = []
    for kind in ("application", "delegated"):
        names, unknown = permissions.least(calls, delegated=kind == "delegated")
        rows.append({"kind": kind, "least": ", ".join(names), "unknown": ", ".join(unknown)})
    return rows


def consent() -> str:
    """Return how an admin consents to what the app of the settings lacks; "" if they name no app."""
    from leangraph.settings import read_one

    try:
        tenant, app = read_one("AZURE_TENANT_ID"), read_one("AZURE_CLIENT_ID")
        cloud = clouds.CLOUDS[read_one("GRAPH_CLOUD") or "public"]
    except ConfigurationError:  # which matters to whoever connects
        return ""
    link = advice.consent_link(permissions.Held(False, frozenset(), app or "", tenant or "", cloud.graph))
    return f"what the app lacks, add to its API permissions; an admin consents at {link}" if link else ""
