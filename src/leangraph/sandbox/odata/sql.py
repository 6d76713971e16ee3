"""A filter, a search or an order as SQL over JSON documents, and the functions and indexes that it needs."""

import re
import sqlite3
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from leangraph.knowledge import schema

from .query import (
    COLLECTION,
    PROPERTY_PATH,
    And,
    AnyOf,
    Call,
    Compare,
    In,
    IsOf,
    Node,
    Not,
    Or,
    Order,
    Types,
    Value,
    malformed,
)

_INSTANT = "strftime('%Y-%m-%dT%H:%M:%fZ', {})"  # fixed width, UTC, milliseconds
_ASCII = "".join(map(chr, range(128)))
_SQL = {"eq": "IS", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def to_sql(tree: Node | None, types: Types | None = None) -> tuple[str, list[object]]:
    """Return a WHERE expression over ``doc``, a column of JSON, and the values for its question marks.

    Property names found in ``types`` count in any case, others as written. No tree asks for everything. What
    :func:`parse_search` returned needs :func:`register`.
    """
    writer = _Writer(types or {}, [])
    return ("1" if tree is None else writer.node(tree)), writer.values


def order_by(orders: Iterable[Order], types: Types | None = None, tie: str = "id") -> list[tuple[str, bool]]:
    """Return what to sort by as (SQL expression, descending), the last of it the column ``tie``.

    Case does not count, null comes first. The expressions are those of INDEXES.
    """
    keys = []
    for path, descending in orders:
        field = (types or {}).get(path.lower())
        dated = field.type == "Edm.DateTimeOffset" if field else path.endswith("DateTime")
        keys.append(((_INSTANT if dated else "lower({})").format(_place(path, types or {})), descending))
    return [*keys, (tie, False)]


FUNCTIONS: dict[str, Callable[..., str | None]] = {}  # what queries may call, by name; modules add theirs


def register(connection: sqlite3.Connection) -> None:
    """Install the SQL functions that ``$search`` and computed properties need."""
    connection.create_function("graph_search", 2, _search, deterministic=True)
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)


class _Writer(NamedTuple):
    types: Types
    values: list[object]

    def node(self, node: Node) -> str:
        match node:
            case And(parts):
                return f"({' AND '.join(map(self.node, parts))})"
            case Or(parts):
                return f"({' OR '.join(map(self.node, parts))})"
            case Not(part):
                return f"NOT {self.node(part)}"
            case IsOf(kind):
                kinds = sorted({kind, *schema.derived(kind)})
                return f"(kind IN ({', '.join(map(self.bind, kinds))}))"
            case AnyOf(path, part):
                field = self.types.get(path.lower())
                place = field.sql if field and field.sql else f"doc, '{_json_path(_spelled(path, self.types))}'"
                each = f"json_each({place}) AS item"
                where = f" AND {self.node(part)}" if part else ""
                return f"EXISTS (SELECT 1 FROM {each} WHERE item.key IS NOT NULL{where})"  # noqa: S608
            case Call(name, path, text):
                field = self.types.get(path.lower())
                if field and field.type == COLLECTION:  # of $search
                    return self.node(AnyOf(path, Call(name, f"{path}[]", text)))
                return self.call(name, _place(path, self.types), text)
            case Compare(path, op, value):
                return self.compare(_place(path, self.types), op, value)
            case In(path, values):
                return self.among(_place(path, self.types), values)

    def bind(self, value: object) -> str:
        self.values.append(value)
        return "?"

    def compare(self, place: str, op: str, value: Value) -> str:
        """Write a comparison that is true or false, never null; an index on its left side can answer ``eq``."""
        if op == "ne":
            return f"NOT {self.compare(place, 'eq', value)}"
        if op == "has":  # flags are written "a,b"
            flags = f"',' || replace(lower({place}), ' ', '') || ','"
            return f"coalesce(instr({flags}, {self.bind(f',{_lower(str(value))},')}) > 0, 0)"
        if value is None:
            return f"({place} IS NULL)" if op == "eq" else "0"
        if isinstance(value, str) and op == "eq" and not value.isascii():
            return f"({self.pattern(place, value)} AND {place} IS NOT NULL)"
        if isinstance(value, str | UUID):
            place, mark = _folded(place), self.bind(_lower(str(value)))
        elif isinstance(value, date):
            place, mark = _INSTANT.format(place), _INSTANT.format(self.bind(value.isoformat()))
        else:
            mark = self.bind(value)
        return f"({place} IS {mark})" if op == "eq" else f"coalesce({place} {_SQL[op]} {mark}, 0)"

    def among(self, place: str, values: tuple[Value, ...]) -> str:
        plain = [value for value in values if isinstance(value, str | UUID) and str(value).isascii()]
        parts = [self.compare(place, "eq", value) for value in values if value not in plain]
        if plain:
            marks = ", ".join([self.bind(str(value).lower()) for value in plain])
            parts.append(f"({_folded(place)} IN ({marks}) AND {place} IS NOT NULL)")
        return f"({' OR '.join(parts)})"

    def call(self, name: str, place: str, text: str) -> str:
        """Write a function of a string, null where the string is."""
        if name == "search":  # Python is slow: it is asked only about text that holds the word, or symbols
            word = max(filter(str.isalnum, _wanted(text)), key=len, default="")
            hopeful = f"({place} LIKE {self.bind(f'%{word}%')} OR {place} GLOB '*[^A-Za-z0-9 ]*')"
            return f"({hopeful} AND graph_search({place}, {self.bind(text)}))"
        if not text.isascii():
            return self.pattern(
                place, text, "" if name == "startswith" else "*", "" if name == "endswith" else "*"
            )
        place, text = f"lower({place})", text.lower()
        if name == "startswith" or not text:
            return self.beginning(place, text)
        if name == "endswith":
            return f"(substr({place}, {self.bind(-len(text))}) = {self.bind(text)})"
        return f"(instr({place}, {self.bind(text)}) > 0)"

    def beginning(self, place: str, text: str) -> str:
        """Write a range, for the sake of indexes: from "ab" until before "ac"."""
        first = f"{place} >= {self.bind(text)}"
        return f"({first} AND {place} < {self.bind(text[:-1] + chr(ord(text[-1]) + 1))})" if text else f"({first})"

    def pattern(self, place: str, text: str, before: str = "", after: str = "") -> str:
        """Match text beyond ASCII, where SQLite's ``lower`` ends; an index helps with how it begins."""
        start = "" if before else text[: len(text) - len(text.lstrip(_ASCII))]
        likely = f"{self.beginning(f'lower({place})', start.lower())} AND " if start else ""
        return f"({likely}{place} GLOB {self.bind(before + _glob(text) + after)})"


def _spelled(path: str, types: Types) -> str:
    field = types.get(path.lower())
    return field.path if field else path


def _place(path: str, types: Types) -> str:
    """Return the SQL expression of the property at ``path``."""
    field = types.get(path.lower())
    if field and field.sql:
        return field.sql
    if path.lower().endswith("/$count"):
        counted = types.get(path[:-7].lower())
        if counted and counted.sql:
            return f"coalesce(json_array_length({counted.sql}), 0)"
        return f"coalesce(json_array_length(doc, '{_json_path(_spelled(path[:-7], types))}'), 0)"
    owner, item, rest = _spelled(path, types).partition("[]")
    if not item:
        return f"json_extract(doc, '{_json_path(owner)}')"
    if not rest:
        return "item.value"
    return f"CASE item.type WHEN 'object' THEN json_extract(item.value, '{_json_path(rest[1:])}') END"


def _folded(place: str) -> str:
    """Return the SQL of a text in lower case; the store's own column of ids needs nothing done to it."""
    return place if place == "id" else f"lower({place})"


def _json_path(path: str) -> str:
    """Return a JSON path that is safe inside a SQL string. A cast (``microsoft.graph.x``) is passed over."""
    if not re.fullmatch(PROPERTY_PATH, path, re.ASCII):
        raise malformed(f"The query has a property name that is not valid: '{path[:200]}'.")
    return "$" + "".join(f'."{name}"' for name in path.split("/") if "." not in name)


def _lower(text: str) -> str:
    """Return ``text`` as SQLite's ``lower`` would, which knows ASCII only."""
    return re.sub("[A-Z]+", lambda capitals: capitals[0].lower(), text)


def _glob(text: str) -> str:
    """Return a GLOB pattern for ``text`` in any case, letters beyond ASCII included."""
    pattern = ""
    for letter in text:
        cases = sorted({case for case in (letter, letter.lower(), letter.upper()) if len(case) == 1})
        pattern += f"[{''.join(cases)}]" if len(cases) > 1 or letter in "*?[" else letter
    if len(pattern.encode()) > 50_000:  # SQLite takes no longer one
        raise malformed(f"The query compares with a text that is too long: '{text[:200]}...'.")
    return pattern


# What has an index, in what form it is compared, and how many of OF_A_KIND share a value that is asked for.
OF_A_KIND = 5_000
INDEXED = {
    "displayName": ("lower({})", 2),
    "userPrincipalName": ("lower({})", 1),
    "mail": ("lower({})", 1),
    "employeeId": ("lower({})", 1),
    "department": ("lower({})", 600),
    "jobTitle": ("lower({})", 250),
    "userType": ("lower({})", 750),
    "accountEnabled": ("{}", 750),
}
# In the words of to_sql, for the schema of the store.
INDEXES = tuple(
    f"CREATE INDEX objects_{name.lower()} ON objects (kind, deleted, {form.format(_place(name, {}))})"
    for name, (form, _) in INDEXED.items()
)


# --- The words of $search


def _search(value: object, text: str) -> bool | None:
    """Tell whether every piece of ``text`` begins a piece of ``value``, in any order."""
    if not isinstance(value, str):
        return None
    pieces = set(_pieces(value))
    pieces.update("".join(filter(str.isalnum, _pieces(run))) for run in value.split())  # hello-world: helloworld
    return all(any(piece.startswith(wanted) for piece in pieces) for wanted in _wanted(text))


@lru_cache(maxsize=64)
def _wanted(text: str) -> tuple[str, ...]:
    return tuple(_pieces(text))


def _pieces(text: str) -> list[str]:
    """Split, in lower case, at spaces, digits, symbols and where lower case turns upper; symbols are pieces."""
    pieces, last, kind = [""], "", ""
    for letter in text:
        now = "letter" if letter.isalpha() else "digit" if letter.isdigit() else "symbol"
        if now == "symbol" or now != kind or (last.islower() and letter.isupper()):
            pieces.append("")
        pieces[-1] += letter
        last, kind = letter, now
    return [piece.lower() for piece in pieces if piece.strip()]
