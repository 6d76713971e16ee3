"""What has become of each row of a bulk write, or step of a job: a SQLite file that outlives a crash.

A row is ``sent`` before it leaves and ``done``, ``failed`` or ``unknown`` once its answer is there: whatever
is ``sent`` after a crash may have been done, or not. ``skipped`` are steps that did not find what they expected.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple, Self

from leangraph.errors import ConfigurationError
from leangraph.system import files

State = Literal["sent", "done", "failed", "unknown", "skipped"]
VERSION: Final = 2
_SCHEMA: Final = """
CREATE TABLE rows (
    number INTEGER PRIMARY KEY, hash TEXT NOT NULL, state TEXT NOT NULL, status INTEGER, id TEXT, body TEXT,
    error TEXT, client_request_id TEXT
);
CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL);
"""


class Row(NamedTuple):
    """One item as the journal knows it; ``error`` says why it failed, ``client_request_id`` was sent with it."""

    number: int
    hash: str
    state: State
    status: int | None
    id: str | None
    error: str | None
    client_request_id: str | None


_COLUMNS: Final = ", ".join(Row._fields)


class Journal:
    """The journal of one input; a context manager. One run owns it at a time, from here to ``close``.

    Args:
        file: made anew, private to its owner, unless ``resume``.
        resume: go on with one that is there.
        keep_bodies: write the bodies down, too. They may hold passwords.

    Raises:
        ConfigurationError: another run owns it (the message says which); it is there and is not to be resumed,
            or it is not there and is; it is no journal of ours, or cannot be made.
    """

    def __init__(self, file: str | os.PathLike[str], *, resume: bool = False, keep_bodies: bool = False) -> None:
        self.file = files.resolve(file)
        self._keep_bodies = keep_bodies
        self._lock = files.Lock(self.file)
        with files.told(f"the journal {self.file} cannot be locked"):
            owned = self._lock.acquire()
        if not owned:
            raise ConfigurationError(
                f"the journal {self.file} is in use by {self._lock.holder()}: wait until that run has ended. "
                "Nothing was sent"
            )
        try:
            self._db = self._opened(resume=resume)
        except BaseException:
            self._lock.release()
            raise

    def _opened(self, *, resume: bool) -> sqlite3.Connection:
        there = self.file.exists() and self.file.stat().st_size > 0  # an empty one was killed before it began
        if there and not resume:
            raise ConfigurationError(
                f"the journal {self.file} is there already: go on with --resume, or delete it to start over"
            )
        if not there:
            if resume and not self.file.exists():
                raise ConfigurationError(f"there is no journal {self.file} to resume: leave --resume out to start")
            with files.told(f"the journal {self.file} cannot be made"):
                files.replace(self.file, b"", private=True)
        db: sqlite3.Connection | None = None
        problem = ""
        try:
            db = sqlite3.connect(self.file, isolation_level=None)
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if not there:
                db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
            elif version != VERSION:
                raise sqlite3.DatabaseError  # noqa: TRY301 - said once, below
            db.execute("PRAGMA journal_mode = WAL")  # a commit is then one write: kill -9 loses nothing
            db.execute("PRAGMA synchronous = NORMAL")
            return db
        except sqlite3.DatabaseError as error:
            problem = str(error)
        if db is not None:
            db.close()
        if there:
            raise ConfigurationError(f"{self.file} is no journal of this version, and stays as it is")
        for ending in ("", "-journal", "-wal", "-shm"):  # half made, it would stand in the way of the next run
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        raise ConfigurationError(f"the journal {self.file} cannot be made: {problem}. Nothing was sent")

    def _write(self, sql: str, values: tuple[Any, ...]) -> None:
        problem = ""
        try:
            self._db.execute(sql, [_storable(value) for value in values])
        except sqlite3.Error as error:
            problem = str(error)
        if problem:
            raise ConfigurationError(
                f"the journal {self.file} cannot be written: {problem}. Make room and go on with --resume"
            )

    def seen(self, number: int, item: Any) -> Row | None:
        """Return what is known of a row; raises where the input has changed since."""
        found = self._db.execute(
            f"SELECT {_COLUMNS} FROM rows WHERE number = ?",  # noqa: S608 - ours
            (number,),
        ).fetchone()
        if found is None:
            return None
        row = Row(*found)
        if row.hash != digest(item):
            raise ConfigurationError(
                f"row {number} is not what it was when {self.file} was written: resume with the same input, or "
                "delete the journal to start over"
            )
        return row

    def sent(self, number: int, item: Any, client_request_id: str | None = None) -> None:
        """Note a row before it leaves."""
        text = json.dumps(item, ensure_ascii=False) if self._keep_bodies else None
        self._write(
            "INSERT OR REPLACE INTO rows (number, hash, state, body, client_request_id) "
            "VALUES (?, ?, 'sent', ?, ?)",
            (number, digest(item), text, client_request_id),
        )

    def forget(self, number: int) -> None:
        """Take back the note of a row that did not leave after all."""
        self._write("DELETE FROM rows WHERE number = ?", (number,))

    def answered(self, number: int, state: State, status: int | None, id_: str | None, error: str | None) -> None:
        """Note what has become of a row."""
        self._write(
            "UPDATE rows SET state = ?, status = ?, id = ?, error = ? WHERE number = ?",
            (state, status, id_, error, number),
        )

    def note(self, name: str, text: str) -> None:
        """Keep a text, such as the plan that the rows are of."""
        self._write("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, text))

    def noted(self, name: str) -> str | None:
        found = self._db.execute("SELECT text FROM notes WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def rows(self, *states: State) -> Iterator[Row]:
        """Yield the rows in these states, in order."""
        marks = ", ".join("?" * len(states))
        yield from map(
            Row._make,
            self._db.execute(
                f"SELECT {_COLUMNS} FROM rows WHERE state IN ({marks}) "  # noqa: S608 - ours, and marks
                "ORDER BY number",
                states,
            ),
        )

    def count(self, state: State) -> int:
        return int(self._db.execute("SELECT count(*) FROM rows WHERE state = ?", (state,)).fetchone()[0])

    def close(self) -> None:
        self._db.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def digest(item: Any) -> str:
    """Return a hash of an item: the same for the same request."""
    text = json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


def _storable(value: Any) -> Any:
    """Return a value as SQLite takes it: half of a character pair, as in a name that was cut, is escaped."""
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value
