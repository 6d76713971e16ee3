"""Keep a copy of all users in SQLite: the first run brings everybody, each later run only the changes.

Rows and the link to the next round are stored in one transaction, so a crash leaves both as they were.
(`leangraph sync /users --to tenant.db` does the same from a shell.)

    python delta_into_sqlite.py tenant.db

Permission: User.Read.All (application).
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing

from leangraph import Error, Gone, GraphClient

COLUMNS = ["displayName", "userPrincipalName", "department"]


def update(graph: GraphClient, database: sqlite3.Connection) -> int:
    """Bring ``database`` up to date and return how many changes came."""
    database.execute("CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, document TEXT)")
    database.execute("CREATE TABLE IF NOT EXISTS link (url TEXT)")
    link = database.execute("SELECT url FROM link").fetchone()
    try:
        return _round(graph, database, link[0] if link else None)
    except Gone:  # Graph keeps a link for about a week: then everything comes again
        return _round(graph, database, None)


def _round(graph: GraphClient, database: sqlite3.Connection, link: str | None) -> int:
    changes = graph.delta(link) if link else graph.users.delta(select=COLUMNS)
    count = 0
    with database:  # one transaction
        if link is None:
            database.execute("DELETE FROM users")
        for change in changes:
            count += 1
            if "@removed" in change:
                database.execute("DELETE FROM users WHERE id = ?", [change["id"]])
                continue
            row = database.execute("SELECT document FROM users WHERE id = ?", [change["id"]]).fetchone()
            document = {**(json.loads(row[0]) if row else {}), **change}
            database.execute("INSERT OR REPLACE INTO users VALUES (?, ?)", [change["id"], json.dumps(document)])
        database.execute("DELETE FROM link")
        database.execute("INSERT INTO link VALUES (?)", [changes.link])
    return count


def main() -> int:
    try:
        with GraphClient.from_env() as graph, closing(sqlite3.connect(sys.argv[1])) as database:
            print(update(graph, database), "changes")
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
