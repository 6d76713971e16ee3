"""Rows in SQLite: one JSON document each, and a view with a column for every property.

A database may hold other tables: only the one that is named is replaced, in one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from leangraph.errors import ConfigurationError
from leangraph.knowledge import schema
from leangraph.rows.write import SURROGATE, Losses, as_json

SYNC: Final = "leangraph_sync"  # the table of ``leangraph sync``: which copies are kept by delta
ROUNDS: Final = "leangraph_rounds"  # when each of its rounds was, and whether it kept a history
COLUMNS: Final = "leangraph_columns"  # the property names that the views show
EXPORTED: Final = ("doc",)  # the columns of <name>_docs, by ``list --to``
SYNCED: Final = ("id", "doc", "removed", "round")  # by ``sync``; round is the one in which the row last changed
MOST_COLUMNS: Final = 1_900  # SQLite's own limit is 2,000


def opened(file: Path) -> sqlite3.Connection:
    """Open a database; raises where the file is something else."""
    database = None
    try:
        database = sqlite3.connect(file, isolation_level=None)
        database.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        raise ConfigurationError(f"{file} is no SQLite database that can be written: {error}") from None
    return database


def quoted(name: str) -> str:
    """Return an identifier for SQL, whatever it holds."""
    return '"' + SURROGATE.sub("\N{REPLACEMENT CHARACTER}", name).replace('"', '""').replace("\0", "") + '"'


def literal(text: str) -> str:
    """Return text for SQL, whatever it holds."""
    return "||char(0)||".join("'" + part.replace("'", "''") + "'" for part in text.split("\0"))


def name_of(path: str) -> str:
    """Return a table's name for a path: its last word that is a name, ``members`` for ``/groups/x/members``.

    A key is no name: ``/users/ada@contoso.com`` is ``users``.
    """
    names = [
        step.name
        for step in schema.steps(path.partition("?")[0])
        if step.role not in ("key", "file", "special") and step.name != "{id}"
    ]
    if len(names) > 1 and names[-1].lower() == "delta":
        names.pop()
    return names[-1].partition("(")[0].rpartition(".")[2] or "rows" if names else "rows"


# -- documents ------------------------------------------------------------------------------------------------


def document(row: Mapping[str, Any], number: int, losses: Losses) -> str:
    """Return a row as JSON that SQLite can read."""
    text = as_json(row)
    if not text.isascii() and SURROGATE.search(text):
        losses.tell("characters that are no valid Unicode were replaced by U+FFFD", number, "doc")
        text = SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    if "\\u0000" in text:
        losses.tell("SQLite ends a text at a NUL character: the view shows only what is before it", number, "doc")
    return text


@contextmanager
def translated(file: Path, what: str = "cannot be written") -> Iterator[None]:
    """Turn what SQLite raises into one error that names the file."""
    problem = ""
    try:
        yield
    except sqlite3.Error as error:
        problem = str(error)
    if problem:
        raise ConfigurationError(f"{file} {what}: {problem}")


@contextmanager
def changed(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a database to change it; after a failure, one that was not there before is not there either.

    Raises:
        ConfigurationError: it is no database, or SQLite cannot write it.
    """
    there = file.exists()
    try:
        with translated(file), closing(opened(file)) as database:
            yield database
    except BaseException:
        if not there:
            for ending in ("", "-journal"):
                file.with_name(file.name + ending).unlink(missing_ok=True)
        raise


def store(
    file: Path, table: str, rows: Iterable[Mapping[str, Any]], *, append: bool, warn: Callable[[str], object]
) -> int:
    """Write rows to ``<table>_docs`` and make the view ``<table>``; return how many rows came.

    All rows are there before the database is touched, and the change is one transaction.

    Args:
        append: add to the rows that are there already.

    Raises:
        ConfigurationError: the file is no database, or has another table of that name.
    """
    losses = Losses(warn)
    with changed(file) as database:
        refuse_foreign(database, file, table, EXPORTED)
        database.execute("CREATE TEMP TABLE spool (doc TEXT NOT NULL)")
        names: dict[str, None] = {}
        number = 0
        database.execute("BEGIN")
        for number, row in enumerate(rows, start=1):
            names.update(dict.fromkeys(row))
            database.execute("INSERT INTO temp.spool VALUES (?)", (document(row, number, losses),))
        database.execute("COMMIT")
        _replace(database, table, names, append=append, warn=warn)
    losses.close()
    return number


def refuse_foreign(database: sqlite3.Connection, file: Path, table: str, columns: Sequence[str]) -> None:
    """Raise if what has a collection's names is not ours to replace.

    Args:
        columns: of ``<table>_docs``: ``EXPORTED`` or ``SYNCED``.
    """
    kinds = dict(database.execute("SELECT lower(name), type FROM sqlite_master"))
    docs = f"{table}_docs"
    there = tuple(row[1] for row in database.execute(f"PRAGMA table_info({quoted(docs)})"))
    if there == SYNCED != columns:
        raise ConfigurationError(
            f"{file} has a copy of {table} that `leangraph sync` keeps: name another file, or run sync"
        )
    taken = docs if there not in ((), columns) else ""
    if kinds.get(table.lower(), "view") != "view" or (table.lower() in kinds and not there):
        taken = table  # a table, or a view of something else
    if taken:
        raise ConfigurationError(f"{file} has a table {taken} of its own, which stays: name another file")


def _replace(
    database: sqlite3.Connection, table: str, names: Iterable[str], *, append: bool, warn: Callable[[str], object]
) -> None:
    docs = quoted(f"{table}_docs")
    database.execute("BEGIN IMMEDIATE")
    try:
        database.execute(f"DROP VIEW IF EXISTS {quoted(table)}")
        if not append:
            database.execute(f"DROP TABLE IF EXISTS {docs}")
        database.execute(f"CREATE TABLE IF NOT EXISTS {docs} (doc TEXT NOT NULL)")
        database.execute(f"INSERT INTO {docs} SELECT doc FROM temp.spool")  # noqa: S608 - quoted
        view(database, table, names, keep=append, warn=warn)
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


# -- views ----------------------------------------------------------------------------------------------------


def view(
    database: sqlite3.Connection,
    table: str,
    names: Iterable[str],
    *,
    warn: Callable[[str], object],
    keep: bool = True,
    where: str = "1",
) -> None:
    """Make a view of ``<table>_docs`` with a column for each property; names that differ by case alone stay apart.

    Args:
        names: of properties that rows have.
        keep: show the properties, too, that the view has shown before.
        where: which rows it shows, in SQL.
    """
    database.execute(f"CREATE TABLE IF NOT EXISTS {COLUMNS} (view TEXT, name TEXT, PRIMARY KEY (view, name))")
    if not keep:
        database.execute(f"DELETE FROM {COLUMNS} WHERE view = ?", (table,))  # noqa: S608 - ours
    held = [(table, SURROGATE.sub("\N{REPLACEMENT CHARACTER}", name)) for name in names]
    database.executemany(f"INSERT OR IGNORE INTO {COLUMNS} VALUES (?, ?)", held)  # noqa: S608 - ours
    shown = database.execute(f"SELECT name FROM {COLUMNS} WHERE view = ? ORDER BY rowid", (table,))  # noqa: S608
    columns, taken = [], set()
    for (name,) in shown:
        column, number = name.replace("\0", "") or "_", 2
        plain = column
        while _folded(column) in taken:  # to SQLite, mail and Mail are one column
            column, number = f"{plain}_{number}", number + 1
        taken.add(_folded(column))
        columns.append(f"{_value(name)} AS {quoted(column)}")
    if len(columns) > MOST_COLUMNS:
        left_out = len(columns) - MOST_COLUMNS
        warn(f"the view {table} shows {MOST_COLUMNS:,} properties; {left_out:,} more are in {table}_docs only")
    database.execute(f"DROP VIEW IF EXISTS {quoted(table)}")
    if columns:
        listed = ", ".join(columns[:MOST_COLUMNS])
        database.execute(
            f"CREATE VIEW {quoted(table)} AS SELECT {listed} FROM {quoted(f'{table}_docs')} WHERE {where}"  # noqa: S608
        )


def _folded(name: str) -> str:
    """Return a name as SQLite compares it: only ASCII letters lose their case."""
    return "".join(char.lower() if char.isascii() else char for char in name)


def _value(name: str) -> str:
    """Return the SQL for a property's value. A path cannot say every name; what it cannot say is looked up."""
    if json.dumps(name, ensure_ascii=False) == f'"{name}"':
        path = literal(f'$."{name}"')
        return f"json_extract(doc, {path})"
    return f"(SELECT value FROM json_each(doc) WHERE key = {literal(name)})"  # noqa: S608 - quoted
