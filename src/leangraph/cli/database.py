"""Rows in SQLite: one JSON document each, and a view with a column for every property."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from leangraph.errors import ConfigurationError

SAMPLE: Final = 10_000  # documents that are looked at for the columns of the view
_MOST_COLUMNS: Final = 1900  # SQLite's limit is 2,000


def opened(file: Path) -> sqlite3.Connection:
    """Open a database; raises where the file is something else."""
    try:
        database = sqlite3.connect(file, isolation_level=None)
        database.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        raise ConfigurationError(f"{file} is no SQLite database that can be written: {error}") from None
    return database


def quoted(name: str) -> str:
    """Return an identifier for SQL, whatever it holds."""
    return '"' + name.replace('"', '""').replace("\0", "") + '"'


def name_of(path: str) -> str:
    """Return a table's name for a path: its last word that is a name, ``members`` for ``/groups/x/members``."""
    parts = [part for part in path.partition("?")[0].strip("/").split("/") if part and part[0] != "$"]
    if len(parts) > 1 and parts[-1].lower() == "delta":
        parts.pop()
    return parts[-1].rpartition(".")[2] if parts else "rows"


def view(database: sqlite3.Connection, table: str, source: str, *, where: str = "1") -> None:
    """Make a view with a column per property of ``doc``; names that differ by case alone stay apart."""
    names = [
        name
        for (name,) in database.execute(
            f"SELECT DISTINCT item.key FROM (SELECT doc FROM {quoted(source)} WHERE {where} LIMIT {SAMPLE}) "  # noqa: S608 - quoted
            "AS part, json_each(part.doc) AS item"
        )
    ]
    columns, taken = [], set()
    for name in names[:_MOST_COLUMNS]:
        column, number = name, 2
        while column.lower() in taken:  # to SQLite, mail and Mail are one column
            column, number = f"{name}_{number}", number + 1
        taken.add(column.lower())
        text = name.replace("'", "''")
        value = f"json_extract(doc, '$.\"{text}\"')"
        if '"' in name or "\\" in name:  # which SQLite's paths cannot say
            value = f"(SELECT value FROM json_each(doc) WHERE key = '{text}')"  # noqa: S608 - quoted
        columns.append(f"{value} AS {quoted(column)}")
    database.execute(f"DROP VIEW IF EXISTS {quoted(table)}")
    if columns:
        database.execute(
            f"CREATE VIEW {quoted(table)} AS SELECT {', '.join(columns)} FROM {quoted(source)} WHERE {where}"  # noqa: S608
        )


def store(database: sqlite3.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows to ``<table>_docs`` and make the view ``<table>``; return how many there were."""
    docs = f"{table}_docs"
    database.execute(f"CREATE TABLE {quoted(docs)} (doc TEXT NOT NULL)")
    database.execute("BEGIN")
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is returned
        database.execute(f"INSERT INTO {quoted(docs)} VALUES (?)", (json.dumps(row, ensure_ascii=False),))  # noqa: S608
    database.execute("COMMIT")
    view(database, table, docs)
    return number
