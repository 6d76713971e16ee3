"""Make the members of a group the people in an HR file: add who is missing, remove who has left.

    python group_sync.py GROUP-ID people.csv          # shows what would change
    python group_sync.py GROUP-ID people.csv --yes    # changes it

The file needs a column `userPrincipalName`. (`leangraph job group-sync` does more: it takes other columns, keeps a
journal, and can undo.) Permissions: GroupMember.ReadWrite.All and User.Read.All (application).
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

from leangraph import Error, GraphClient


def wanted(graph: GraphClient, file: Path) -> dict[str, str]:
    """Return ids and names of the people in the file. A name that the tenant does not know is an error."""
    with file.open(newline="", encoding="utf-8-sig") as lines:
        names = [row["userPrincipalName"].strip() for row in csv.DictReader(lines)]
    people = {}
    for name, reply in zip(names, graph.batch(graph.users[name] for name in names), strict=True):
        if not reply.ok:
            raise SystemExit(f"{name} cannot be read; nothing was changed: {reply.error}")
        people[reply.body["id"]] = name
    return people


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("group")
    parser.add_argument("file", type=Path)
    parser.add_argument("--yes", action="store_true", help="change the group")
    arguments = parser.parse_args()
    try:
        with GraphClient.from_env() as graph:
            people = wanted(graph, arguments.file)
            members = graph.groups[arguments.group].members
            current = {member["id"] for member in members.list(select="id")}
            add, remove = people.keys() - current, current - people.keys()
            print(f"{len(add)} to add, {len(remove)} to remove, {len(current) - len(remove)} to keep")
            if not people:
                raise SystemExit("the file is empty; it would empty the group")
            if arguments.yes:
                print(members.add(add).errors or "added", members.remove(remove).errors or "removed")
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
