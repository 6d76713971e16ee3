"""``leangraph sync``: a local copy of a collection, kept by delta.

Each row is a JSON document in ``<name>_docs``; the view ``<name>`` has a column per property. The link to the next
round is written in the same transaction as the rows of this one: a crash leaves both as they were.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from leangraph.errors import ConfigurationError, GraphError
from leangraph.rows import database
from leangraph.rows.write import Losses
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient

STATE = database.SYNC


class Synced(NamedTuple):
    """What a round has brought."""

    changed: int
    removed: int
    rows: int
    everything: bool  # rather than changes alone


def sync(
    graph: GraphClient, path: str, file: Path, select: str | None, warn: Callable[[str], object] = lambda _: None
) -> Synced:
    """Bring the copy up to date: everything at first and after a reset, else what has changed.

    Raises:
        ConfigurationError: the file is no such copy, or is one of something else.
    """
    from leangraph.protocols.delta import judge, path_of

    file = files.resolve(file)
    with database.translated(file), closing(database.opened(file)) as db:
        name = database.name_of(path)
        docs = f"{name}_docs"
        _refuse_foreign(db, file, name)
        db.execute(
            f"CREATE TABLE IF NOT EXISTS {STATE} (name TEXT PRIMARY KEY, source TEXT NOT NULL, link TEXT NOT NULL)"
        )
        db.execute(
            f"CREATE TABLE IF NOT EXISTS {database.quoted(docs)} "
            "(id TEXT PRIMARY KEY, doc TEXT NOT NULL, removed TEXT, round INTEGER NOT NULL)"
        )
        source = json.dumps([graph.url, graph.version, path_of(path), select or ""])
        found = db.execute(f"SELECT source, link FROM {STATE} WHERE name = ?", (name,))  # noqa: S608 - ours
        known = found.fetchone()
        if known and known[0] != source:
            raise ConfigurationError(
                f"{file} has a copy of {name} from another path, selection or tenant: name another file, or "
                "delete this one"
            )
        if known:
            try:
                return _round(graph, db, name, source, known[1], {}, warn, everything=False)
            except GraphError as error:
                if judge(error, kept=True) != "reset":
                    raise
        options = {"select": select} if select else {}
        return _round(graph, db, name, source, path, options, warn, everything=True)


def _refuse_foreign(db: sqlite3.Connection, file: Path, name: str) -> None:
    """Raise if what has these names in the database is not a copy of ours."""
    kinds = dict(db.execute("SELECT lower(name), type FROM sqlite_master"))
    docs = f"{name}_docs"
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({database.quoted(docs)})")]
    if kinds.get(name.lower(), "view") != "view" or (columns and columns != ["id", "doc", "removed", "round"]):
        taken = docs if columns else name
        raise ConfigurationError(
            f"{file} has a table {taken} that is no copy kept by sync, and it stays: name another file"
        )


def _round(
    graph: GraphClient,
    db: sqlite3.Connection,
    name: str,
    source: str,
    begin: str,
    options: dict[str, Any],
    warn: Callable[[str], object],
    *,
    everything: bool,
) -> Synced:
    docs = database.quoted(f"{name}_docs")
    delta = graph.delta(begin, follow=True, **options)
    changed = removed = 0
    names: dict[str, None] = {}
    losses = Losses(warn)
    db.execute("BEGIN IMMEDIATE")
    try:
        number = db.execute(f"SELECT coalesce(max(round), 0) + 1 FROM {docs}").fetchone()[0]  # noqa: S608 - quoted
        for change in delta:
            if "@removed" in change or "deleted" in change:
                removed += 1
                reason = (change.get("@removed") or {}).get("reason", "deleted")
                db.execute(
                    f"UPDATE {docs} SET removed = ?, round = ? WHERE id = ?",  # noqa: S608
                    (reason, number, change["id"]),
                )
            else:
                changed += 1
                doc = _merged(db, docs, change, number, anew=everything or delta.resynced)
                names.update(dict.fromkeys(doc))
                db.execute(
                    f"INSERT OR REPLACE INTO {docs} VALUES (?, ?, NULL, ?)",  # noqa: S608
                    (change["id"], database.document(doc, changed, losses), number),
                )
        if everything or delta.resynced:  # what has not come again is there no more
            gone = db.execute(
                f"UPDATE {docs} SET removed = 'missing' WHERE round < ? AND removed IS NULL",  # noqa: S608
                (number,),
            )
            removed += gone.rowcount
        db.execute(f"INSERT OR REPLACE INTO {STATE} VALUES (?, ?, ?)", (name, source, delta.link))  # noqa: S608
        database.view(db, name, names, warn=warn, where="removed IS NULL")
        rows = db.execute(f"SELECT count(*) FROM {docs} WHERE removed IS NULL").fetchone()[0]  # noqa: S608
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    losses.close()
    return Synced(changed, removed, rows, everything or delta.resynced)


def _merged(
    db: sqlite3.Connection, docs: str, change: dict[str, Any], number: int, *, anew: bool
) -> dict[str, Any]:
    """Return what a change makes of a row: what it does not name stays (``members@delta`` comes in slices).

    When everything comes ``anew``, what was there before this round does not.
    """
    found = db.execute(
        f"SELECT doc FROM {docs} WHERE id = ? AND removed IS NULL AND round >= ?",  # noqa: S608
        (change["id"], number if anew else 0),
    ).fetchone()
    doc = {**(json.loads(found[0]) if found else {}), **change}
    for name, slices in change.items():
        if name.endswith("@delta") and isinstance(slices, list):
            doc.pop(name)
            members = {each["id"]: each for each in json.loads(found[0]).get(name[:-6], [])} if found else {}
            for each in slices:
                if "@removed" in each:
                    members.pop(each["id"], None)
                else:
                    members[each["id"]] = each
            doc[name[:-6]] = list(members.values())
    return doc
