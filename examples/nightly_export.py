"""Export every user to a CSV file, every night.

The export is written under another name first, so that a run that fails leaves yesterday's file as it was.

    python nightly_export.py users.csv

Permission: User.Read.All (application).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from leangraph import Error, GraphClient

COLUMNS = ["displayName", "userPrincipalName", "mail", "department", "accountEnabled"]


def export(graph: GraphClient, target: Path) -> int:
    """Write all users to ``target`` and return how many there are."""
    part = target.with_name(target.name + ".new")
    rows = 0
    with part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        for user in graph.users.list(select=COLUMNS):
            writer.writerow(dict(user))
            rows += 1
    part.replace(target)
    return rows


def main() -> int:
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "users.csv")
    try:
        with GraphClient.from_env() as graph:
            print(export(graph, target), "users in", target)
    except Error as error:
        print(f"error: {error}", file=sys.stderr)  # the message says what to do; cron sends it to you
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
