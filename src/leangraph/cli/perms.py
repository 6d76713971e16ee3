"""Which permissions a request needs, or a whole run: the rows of ``leangraph perms``."""

from __future__ import annotations

import re
import sys
from typing import Final, TextIO

import click

from leangraph.cli.words import rebased
from leangraph.knowledge import permissions, schema

_METHODS: Final = "GET|POST|PATCH|PUT|DELETE"


def of_request(method: str, path: str) -> list[dict[str, str]]:
    """Return the rows for one request; leave with 3 if the table does not have it."""
    path = rebased(path)
    need = permissions.needed(method, path)
    if need is None:
        where = schema.spelled(path)
        print(f"{method.upper()} {where}: unknown; Microsoft's permission table does not have it", file=sys.stderr)
        raise click.exceptions.Exit(3)
    return [
        {
            "kind": kind,
            "least": " with ".join(ways[0]) if ways else "not supported",
            "others": ", ".join(" with ".join(way) for way in permissions.usual(path, ways[1:])),
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
