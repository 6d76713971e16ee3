"""``leangraph sync``: a local copy of a collection, kept by delta.

Each row is a JSON document in ``<name>_docs``; the view ``<name>`` has a column per property. The link to the next
round is written in the same transaction as the rows of this one: a crash leaves both as they were. With a history,
``<name>_history`` has what rows were before: the round from which on they were so, and the one ``until`` which.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from leangraph.errors import ConfigurationError, GraphError
from leangraph.rows import database
from leangraph.rows.write import Losses, Warn
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
    graph: GraphClient,
    path: str,
    file: Path,
    select: str | None,
    warn: Warn = lambda _: None,
    *,
    keep_history: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Synced:
    """Bring the copy up to date: everything at first and after a reset, else what has changed.

    Args:
        keep_history: keep what rows were before, from now on; a copy that has a history goes on with it.

    Raises:
        ConfigurationError: the file is no such copy, or is one of something else.
    """
    from leangraph.protocols.delta import judge, path_of

    file = files.resolve(file)
    with database.changed(file) as db:
        name = database.name_of(path)
        database.refuse_foreign(db, file, name, database.SYNCED)
        source = json.dumps([graph.url, graph.version, path_of(path), select or ""])
        copy = _Copy(db, name, source, warn, now)
        copy.prepare(keep_history=keep_history)
        found = db.execute(f"SELECT source, link FROM {STATE} WHERE name = ?", (name,))  # noqa: S608 - ours
        known = found.fetchone()
        if known and known[0] != source:
            raise ConfigurationError(
                f"{file} has a copy of {name} from a different path, --select or tenant: name another file, or "
                "delete this one"
            )
        if known:
            try:
                return _round(graph, copy, known[1], {}, everything=False)
            except GraphError as error:
                if judge(error, kept=True) != "reset":
                    raise
        options = {"select": select} if select else {}
        return _round(graph, copy, path, options, everything=True)


def _round(graph: GraphClient, copy: _Copy, begin: str, options: dict[str, Any], *, everything: bool) -> Synced:
    """Take one round into the copy, in one transaction."""
    delta = graph.delta(begin, follow=True, **options)
    copy.begin()
    try:
        for change in delta:
            copy.take(change, anew=everything or delta.resynced)
        if everything or delta.resynced:
            copy.remove_unseen()
        rows = copy.finish(str(delta.link))
        copy.db.execute("COMMIT")
    except BaseException:
        copy.db.execute("ROLLBACK")
        raise
    copy.losses.close()
    return Synced(copy.changed, copy.removed, rows, everything or delta.resynced)


class _Copy:
    """The tables of one collection, and what a round does to them."""

    def __init__(
        self, db: sqlite3.Connection, name: str, source: str, warn: Warn, now: Callable[[], datetime]
    ) -> None:
        self.db, self.name, self.source, self.warn, self.now = db, name, source, warn, now
        self.docs = database.quoted(f"{name}_docs")
        self.past = database.quoted(f"{name}_history")
        self.losses = Losses(warn)
        self.has_history = False
        self.changed = self.removed = self.number = 0
        self.names: dict[str, None] = {}

    def prepare(self, *, keep_history: bool) -> None:
        for table in (
            f"{STATE} (name TEXT PRIMARY KEY, source TEXT NOT NULL, link TEXT NOT NULL)",
            f"{database.ROUNDS} (name TEXT, round INTEGER, at TEXT, history INTEGER, PRIMARY KEY (name, round))",
            f"{self.docs} (id TEXT PRIMARY KEY, doc TEXT NOT NULL, removed TEXT, round INTEGER NOT NULL)",
        ):
            self.db.execute(f"CREATE TABLE IF NOT EXISTS {table}")
        if keep_history:
            self.db.execute(
                f"CREATE TABLE IF NOT EXISTS {self.past} "
                "(id TEXT, doc TEXT NOT NULL, removed TEXT, round INTEGER NOT NULL, until INTEGER NOT NULL)"
            )
        kinds = dict(self.db.execute("SELECT name, type FROM sqlite_master"))
        self.has_history = f"{self.name}_history" in kinds
        self.db.execute("CREATE TEMP TABLE seen (id TEXT PRIMARY KEY)")

    def begin(self) -> None:
        self.changed = self.removed = 0
        self.names, self.losses = {}, Losses(self.warn)
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("DELETE FROM temp.seen")
        last = self.db.execute(
            f"SELECT max((SELECT coalesce(max(round), 0) FROM {self.docs}), "  # noqa: S608 - quoted
            f"(SELECT coalesce(max(round), 0) FROM {database.ROUNDS} WHERE name = ?))",
            (self.name,),
        )
        self.number = last.fetchone()[0] + 1

    def take(self, change: Mapping[str, Any], *, anew: bool) -> None:
        """Take in one change. When everything comes ``anew``, what was there before this round does not count."""
        id_ = change["id"]
        if "@removed" in change or "deleted" in change:
            self.removed += 1
            reason = (change.get("@removed") or {}).get("reason", "deleted")
            self._keep("id = ?", id_)
            self.db.execute(
                f"UPDATE {self.docs} SET removed = ?, round = ? WHERE id = ?",  # noqa: S608 - quoted
                (reason, self.number, id_),
            )
            return
        self.changed += 1
        found = self.db.execute(f"SELECT doc, removed FROM {self.docs} WHERE id = ?", (id_,)).fetchone()  # noqa: S608
        counts = found is not None and found[1] is None
        if anew:
            fresh = self.db.execute("INSERT OR IGNORE INTO temp.seen VALUES (?)", (id_,)).rowcount
            old = found[0] if counts and not fresh else None
        else:
            old = found[0] if counts else None
        doc = _merged(json.loads(old) if old else {}, change)
        self.names.update(dict.fromkeys(doc))
        text = database.document(doc, self.changed, self.losses)
        if counts and found[0] == text:
            return
        self._keep("id = ?", id_)
        self.db.execute(
            f"INSERT OR REPLACE INTO {self.docs} VALUES (?, ?, NULL, ?)",  # noqa: S608 - quoted
            (id_, text, self.number),
        )

    def remove_unseen(self) -> None:
        """Mark what has not come again when everything has come: it is there no more."""
        unseen = "removed IS NULL AND id NOT IN (SELECT id FROM temp.seen)"
        self._keep(unseen)
        gone = self.db.execute(
            f"UPDATE {self.docs} SET removed = 'missing', round = ? WHERE {unseen}",  # noqa: S608 - quoted
            (self.number,),
        )
        self.removed += gone.rowcount

    def _keep(self, which: str, *values: str) -> None:
        """Put what rows were until this round into the history, if there is one."""
        if self.has_history:
            self.db.execute(
                f"INSERT INTO {self.past} SELECT id, doc, removed, round, ? FROM {self.docs} "  # noqa: S608 - quoted
                f"WHERE {which} AND round < ?",
                (self.number, *values, self.number),
            )

    def finish(self, link: str) -> int:
        """Note the round and where the next one begins; return how many rows there are now."""
        self.db.execute(f"INSERT OR REPLACE INTO {STATE} VALUES (?, ?, ?)", (self.name, self.source, link))  # noqa: S608
        self.db.execute(
            f"INSERT INTO {database.ROUNDS} VALUES (?, ?, ?, ?)",  # noqa: S608 - ours
            (self.name, self.number, self.now().isoformat(timespec="seconds"), int(self.has_history)),
        )
        database.view(self.db, self.name, self.names, warn=self.warn, where="removed IS NULL")
        count = self.db.execute(f"SELECT count(*) FROM {self.docs} WHERE removed IS NULL")  # noqa: S608 - quoted
        return int(count.fetchone()[0])


def _merged(old: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change makes of a row: what it does not name stays (``members@delta`` comes in slices)."""
    doc = {**old, **change}
    for name, slices in change.items():
        if name.endswith("@delta") and isinstance(slices, list):
            doc.pop(name)
            members = {each["id"]: each for each in old.get(name[:-6], [])}
            for each in slices:
                if "@removed" in each:
                    members.pop(each["id"], None)
                else:
                    members[each["id"]] = each
            doc[name[:-6]] = list(members.values())
    return doc
