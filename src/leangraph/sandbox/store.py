"""Directory objects as JSON documents in SQLite, in memory.

One connection under one lock: SQLite then answers every thread, and a savepoint around everything a
test does makes going back as cheap as what the test changed, however many objects there are.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

Doc = dict[str, Any]

# `name` is the alternate key that Graph finds an object by (a user's userPrincipalName), casefolded.
SCHEMA = """
CREATE TABLE objects (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE, name TEXT, deleted TEXT,
    doc TEXT NOT NULL
);
CREATE TABLE links (
    source TEXT NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (source, name, target)
) WITHOUT ROWID;
CREATE INDEX links_back ON links (target, name);
"""
# Made after the seed: building an index in one go is faster than keeping it while 100,000 rows come.
INDEXES = """
CREATE UNIQUE INDEX objects_name ON objects (kind, name) WHERE deleted IS NULL AND name IS NOT NULL;
CREATE INDEX objects_kind ON objects (kind, deleted, seq);
"""


class Where(NamedTuple):
    """A condition on a row of ``objects``, and the values for its question marks."""

    sql: str
    values: tuple[Any, ...] = ()

    def __and__(self, other: "Where") -> "Where":
        return Where(f"({self.sql}) AND ({other.sql})", self.values + other.values)


class Order(NamedTuple):
    """Sort by one property, as people sort names: case does not count."""

    path: str
    descending: bool = False


class Row(NamedTuple):
    seq: int
    kind: str
    key: str | None
    doc: Doc


EVERYTHING = Where("1")


class Duplicate(Exception):
    """Another live object has the same alternate key."""


class Store:
    """The objects of one tenant and the links between them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def seed(self, rows: Iterable[tuple[str, str | None, Doc]], links: Iterable[tuple[str, str, str]]) -> None:
        """Fill an empty store and remember it as the state that :meth:`rewind` returns to.

        A row is kind, alternate key and document; a link is source id, name and target id.
        """
        encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        with self._lock:
            self._db.execute("BEGIN")
            self._db.executemany(
                "INSERT INTO objects (kind, id, name, doc) VALUES (?, ?, ?, ?)",
                ((kind, doc["id"], name and name.casefold(), encode(doc)) for kind, name, doc in rows),
            )
            self._db.executemany("INSERT INTO links VALUES (?, ?, ?)", links)
            self._db.execute("COMMIT")
            self._db.executescript(INDEXES)
            self._db.execute("SAVEPOINT seeded")

    def rewind(self) -> None:
        """Undo everything since :meth:`seed`."""
        with self._lock:
            self._db.execute("ROLLBACK TO seeded")

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Keep every change made inside, or none. Nests; other threads wait."""
        with self._lock:
            self._db.execute("SAVEPOINT step")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK TO step")
                raise
            finally:
                self._db.execute("RELEASE step")

    def insert(self, kind: str, doc: Doc, name: str | None = None) -> None:
        """Add an object. Raises :class:`Duplicate`."""
        try:
            with self._lock:
                self._db.execute(
                    "INSERT INTO objects (kind, id, name, doc) VALUES (?, ?, ?, ?)",
                    (kind, doc["id"], name and name.casefold(), _text(doc)),
                )
        except sqlite3.IntegrityError:
            raise Duplicate from None

    def update(self, kind: str, doc: Doc, name: str | None = None) -> None:
        """Replace an object's document. Raises :class:`Duplicate`."""
        try:
            with self._lock:
                self._db.execute(
                    "UPDATE objects SET doc = ?, name = ? WHERE kind = ? AND id = ?",
                    (_text(doc), name and name.casefold(), kind, doc["id"]),
                )
        except sqlite3.IntegrityError:
            raise Duplicate from None

    def delete(self, kind: str, id_: str, when: str) -> None:
        """Move an object to the deleted items."""
        with self._lock:
            self._db.execute(
                "UPDATE objects SET deleted = ?, doc = json_set(doc, '$.deletedDateTime', ?) "
                "WHERE kind = ? AND id = ?",
                (when, when, kind, id_),
            )

    def get(self, kind: str, key: str) -> Doc | None:
        """Return a live object by its id or its alternate key."""
        with self._lock:
            row = self._db.execute(
                "SELECT doc FROM objects WHERE kind = ? AND deleted IS NULL AND id = ? UNION ALL "
                "SELECT doc FROM objects WHERE kind = ? AND deleted IS NULL AND name = ? LIMIT 1",
                (kind, key.lower(), kind, key.casefold()),
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def select(
        self, where: Where, *, order: Order | None = None, after: tuple[Any, int] | None = None, limit: int
    ) -> list[Row]:
        """Return live objects in order, those that come ``after`` a row's sort key and ``seq``."""
        key = f"coalesce(json_extract(doc, '{order.path}'), '') COLLATE NOCASE" if order else "NULL"
        way, beyond = ("DESC", "<") if order and order.descending else ("ASC", ">")
        if after is None:
            later = Where("1")
        elif order:
            later = Where(f"({key}, seq) {beyond} (?, ?)", after)
        else:
            later = Where("seq > ?", after[1:])
        sql, values = where & later
        sort = f"{key} {way}, seq {way}" if order else "seq"
        with self._lock:
            rows = self._db.execute(
                f"SELECT seq, kind, {key}, doc FROM objects WHERE deleted IS NULL AND {sql} "  # noqa: S608 - our own text; values are bound
                f"ORDER BY {sort} LIMIT ?",
                (*values, limit),
            ).fetchall()
        return [Row(seq, kind, value, json.loads(doc)) for seq, kind, value, doc in rows]

    def count(self, where: Where) -> int:
        with self._lock:
            number: int = self._db.execute(
                f"SELECT count(*) FROM objects WHERE deleted IS NULL AND ({where.sql})",  # noqa: S608 - as above
                where.values,
            ).fetchone()[0]
        return number


def _text(doc: Doc) -> str:
    return json.dumps(doc, ensure_ascii=False, separators=(",", ":"))
