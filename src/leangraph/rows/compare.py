"""What differs between two databases of ``sync`` or ``list --to``, or between one and its own past."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from leangraph.errors import ConfigurationError
from leangraph.rows import database
from leangraph.rows.database import EXPORTED, ROUNDS, SYNC, SYNCED, quoted
from leangraph.rows.write import Warn, as_json
from leangraph.system import files

COLUMNS: Final = ("change", "collection", "name", "property", "before", "after", "id")
_NAMES: Final = ("displayName", "userPrincipalName", "name", "subject", "mail", "skuPartNumber")


def differences(
    old: Path, new: Path | None, *, since: str | None, of: Sequence[str], warn: Warn
) -> Iterator[dict[str, Any]]:
    """Yield a row for each object that was added or removed, and for each property that has changed.

    A row has ``change`` (``added``, ``removed``, ``changed``), ``collection``, ``name``, ``property``, ``before``,
    ``after`` and ``id``. Of a list of objects, such as members, there is a row for each one that came or went.

    Args:
        new: ``None`` compares the database with its own past.
        since: a round of ``sync`` or a date: that past; by default the round before the last.
        of: names of collections; all of them by default.

    Raises:
        ConfigurationError: they cannot be read or compared.
    """
    newer = new or old
    with closing(sqlite3.connect(":memory:", uri=True)) as db:
        for side, file in (("old", old), ("new", newer)):
            _attach(db, side, file)
        with database.translated(newer, "cannot be compared"):
            shared = _shared(db, old, newer, of, warn)
            for name in shared:
                past = _past(db, old, name, since) if new is None else None
                if new is not None:
                    _tell_selection(db, name, warn)
                yield from _of_collection(db, name, past)


def _attach(db: sqlite3.Connection, side: str, file: Path) -> None:
    path = files.resolve(file)
    problem = "" if path.is_file() else "there is no such file"
    if not problem:
        try:
            db.execute(f"ATTACH ? AS {side}", (f"{path.as_uri()}?mode=ro",))
            db.execute(f"SELECT count(*) FROM {side}.sqlite_master").fetchone()  # noqa: S608 - ours
        except sqlite3.Error as error:
            problem = str(error)
    if problem:
        raise ConfigurationError(f"{file} cannot be read as a database: {problem}")


def _shared(db: sqlite3.Connection, old: Path, new: Path, of: Sequence[str], warn: Warn) -> list[str]:
    """Return the collections that both have; tell of the others."""
    theirs = {side: set(_collections(db, side)) for side in ("old", "new")}
    both = sorted(theirs["old"] & theirs["new"])
    for name in of:
        if name not in both:
            raise ConfigurationError(f"--of {name}: it is not in both; {', '.join(both)} would be")
    if not both:
        raise ConfigurationError(f"{old} and {new} have no collection in common that sync or list --to has made")
    for name in sorted(theirs["old"] ^ theirs["new"]):
        if not of:
            warn(f"{name} is in {old if name in theirs['old'] else new} only, and is not compared")
    return [name for name in both if name in of or not of]


def _collections(db: sqlite3.Connection, side: str) -> Iterator[str]:
    tables = db.execute(f"SELECT name FROM {side}.sqlite_master WHERE type = 'table'").fetchall()  # noqa: S608 - ours
    for (table,) in tables:
        if table.endswith("_docs") and _columns(db, side, table) in (EXPORTED, SYNCED):
            yield table[: -len("_docs")]


def _columns(db: sqlite3.Connection, side: str, table: str) -> tuple[str, ...]:
    return tuple(row[1] for row in db.execute(f"PRAGMA {side}.table_info({quoted(table)})"))


def _past(db: sqlite3.Connection, file: Path, name: str, since: str | None) -> int:
    """Return the round whose state is meant."""
    rounds: list[tuple[int, str, int]] = []
    if db.execute("SELECT 1 FROM old.sqlite_master WHERE name = ?", (ROUNDS,)).fetchone():
        rounds = db.execute(
            f"SELECT round, at, history FROM old.{ROUNDS} WHERE name = ? ORDER BY round",  # noqa: S608 - ours
            (name,),
        ).fetchall()
    kept = [number for number, _, history in rounds if history]
    if not kept:
        raise ConfigurationError(
            f"{file} has no history of {name}: `leangraph sync --keep-history` keeps one, from then on"
        )
    if since is None:
        return rounds[-1][0] - 1
    if since.isdecimal():
        number = int(since)
    else:
        number = max((number for number, at, _ in rounds if at[: len(since)] <= since), default=0)
    if not kept[0] - 1 <= number <= rounds[-1][0]:
        begun = {number: at for number, at, _ in rounds}[kept[0]]
        raise ConfigurationError(
            f"--since {since}: the history of {name} begins with round {kept[0]}, of {begun}, and ends with round "
            f"{rounds[-1][0]}, of {rounds[-1][1]}"
        )
    return number


def _tell_selection(db: sqlite3.Connection, name: str, warn: Warn) -> None:
    selected = []
    for side in ("old", "new"):
        if db.execute(f"SELECT 1 FROM {side}.sqlite_master WHERE name = ?", (SYNC,)).fetchone():  # noqa: S608 - ours
            found = db.execute(f"SELECT source FROM {side}.{SYNC} WHERE name = ?", (name,)).fetchone()  # noqa: S608
            selected += [json.loads(found[0])[-1]] if found else []
    if len(set(selected)) > 1:
        warn(f"{name}: the copies have different properties ({' and '.join(selected)}), which show as changes")


def _of_collection(db: sqlite3.Connection, name: str, past: int | None) -> Iterator[dict[str, Any]]:
    before, after = _state(db, "old", name, past), _state(db, "new", name, None)
    found = db.execute(
        f"WITH a AS MATERIALIZED ({before}), b AS MATERIALIZED ({after}) "  # noqa: S608 - quoted
        "SELECT 'added', id, NULL, doc FROM b WHERE id NOT IN (SELECT id FROM a) "
        "UNION ALL SELECT 'removed', id, doc, NULL FROM a WHERE id NOT IN (SELECT id FROM b) "
        "UNION ALL SELECT 'changed', a.id, a.doc, b.doc FROM a JOIN b ON a.id = b.id WHERE a.doc <> b.doc"
    )
    for change, id_, one, other in found:
        was, now = (json.loads(text) if text else {} for text in (one, other))
        head = {"change": change, "collection": name, "name": _label(now or was, id_)}
        if change != "changed":
            yield {**head, "property": None, "before": was or None, "after": now or None, "id": id_}
            continue
        for key, left, right in _changes(was, now):
            yield {**head, "property": key, "before": left, "after": right, "id": id_}


def _state(db: sqlite3.Connection, side: str, name: str, past: int | None) -> str:
    """Return SQL for the ids and documents of a collection, now or after a round."""
    docs = f"{side}.{quoted(f'{name}_docs')}"
    if _columns(db, side, f"{name}_docs") == EXPORTED:  # of which rows that were appended twice count once
        return (
            f"SELECT id, doc FROM (SELECT json_extract(doc, '$.id') AS id, doc, max(rowid) FROM {docs} "  # noqa: S608
            "GROUP BY 1) WHERE id IS NOT NULL"
        )
    if past is None:
        return f"SELECT id, doc FROM {docs} WHERE removed IS NULL"  # noqa: S608 - quoted
    return (
        f"SELECT id, doc FROM {docs} WHERE removed IS NULL AND round <= {past} "  # noqa: S608 - quoted
        f"UNION ALL SELECT id, doc FROM {side}.{quoted(f'{name}_history')} "
        f"WHERE removed IS NULL AND round <= {past} AND until > {past}"
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield each property that differs. Null and absent are one; annotations of the service do not count."""
    for key in dict.fromkeys((*before, *after)):
        left, right = before.get(key), after.get(key)
        if key.startswith("@odata.") or _same(left, right):
            continue
        if _has_ids(left) and _has_ids(right):
            lefts, rights = ({each["id"]: each for each in side or ()} for side in (left, right))
            for id_ in dict.fromkeys((*lefts, *rights)):
                if not _same(lefts.get(id_), rights.get(id_)):
                    yield key, lefts.get(id_), rights.get(id_)
        else:
            yield key, left, right


def _same(left: Any, right: Any) -> bool:
    return left is right or as_json(left, sort_keys=True) == as_json(right, sort_keys=True)


def _has_ids(value: Any) -> bool:
    items = value if isinstance(value, list) else [] if value is None else [None]
    return all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in items)


def _label(row: Any, otherwise: Any = None) -> Any:
    """Return what a person calls an object."""
    if not isinstance(row, dict):
        return otherwise
    return next((row[name] for name in _NAMES if row.get(name)), row.get("id", otherwise))


def for_people(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without whole objects: a member by its name, and of what was added or removed nothing more."""
    if row["change"] != "changed":
        return {**row, "before": None, "after": None}
    return {**row, "before": _label(row["before"], row["before"]), "after": _label(row["after"], row["after"])}
