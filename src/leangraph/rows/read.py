"""Tables and lines that people bring: found encoding and delimiter, columns by name, cells typed by metadata."""

from __future__ import annotations

import codecs
import csv
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO

from leangraph.errors import ConfigurationError
from leangraph.knowledge import schema
from leangraph.rows.write import Warn
from leangraph.system import files

PIECE: Final = 1 << 20  # bytes that are looked at together
DELIMITERS: Final = (",", ";", "\t", "|")
NUMBERS: Final = frozenset(f"Edm.{name}" for name in "Byte SByte Int16 Int32 Int64 Double Single Decimal".split())
WHOLE: Final = frozenset(f"Edm.{name}" for name in "Byte SByte Int16 Int32 Int64".split())
YES, NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


def opened(file: Path, encoding: str | None, warn: Warn) -> TextIO:
    """Open a text file: UTF-8 (with a byte order mark or without), UTF-16, or else cp1252, which is told.

    Raises:
        ConfigurationError: it cannot be read, or is text in none of these encodings.
    """
    path = files.expand(file)
    with files.told(f"{file} cannot be read"):
        name = encoding or _encoding_of(path)
        if name is None:
            raise ConfigurationError(
                f"{file} is no text in UTF-8, UTF-16 or cp1252: name its encoding, --encoding"
            )
        _check_encoding(path, name, file)
        if name == "cp1252" and not encoding:
            warn(f"{file} is not UTF-8: it is read as cp1252, in which Excel saves CSV (or name its --encoding)")
        return path.open(encoding=name, newline="")


def _encoding_of(path: Path) -> str | None:
    with path.open("rb") as content:
        start = content.read(PIECE)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1:2] == b"\0" or start[:1] == b"\0":  # no mark, but ASCII in two bytes each
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    return next((name for name in ("utf-8-sig", "cp1252") if _fault(path, name) is None), None)


def _check_encoding(path: Path, name: str, file: Path) -> None:
    try:
        "".encode(name)  # there are codecs for other things than text
        fault = _fault(path, name)
    except (LookupError, ValueError):
        raise ConfigurationError(f"--encoding {name!r} is no encoding that Python knows") from None
    if fault is not None:
        raise ConfigurationError(f"{file} line {fault} is not {name} text: name its encoding, --encoding")


def _fault(path: Path, name: str) -> int | None:
    """Return the first line that is no text in an encoding, ``None`` if all are."""
    decoder = codecs.getincrementaldecoder(name)()
    line = 1
    with path.open("rb") as content:
        while True:
            piece = content.read(PIECE)
            try:
                line += decoder.decode(piece, final=not piece).count("\n")
            except UnicodeError as error:
                start = error.start if isinstance(error, UnicodeDecodeError) else 0
                return line + piece[:start].count(b"\n")
            if not piece:
                return None


# -- JSON lines -----------------------------------------------------------------------------------------------


def json_lines(file: Path, encoding: str | None, warn: Warn) -> Iterator[tuple[int, Any]]:
    """Yield the number of each line that is not empty, and its value.

    Raises:
        ConfigurationError: names the line that is no JSON.
    """
    with opened(file, encoding, warn) as lines:
        for at, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            yield at, value_of(line, f"{file} line {at}")


def value_of(text: str, what: str, hint: str = "") -> Any:
    """Return the value of a JSON text, all of it: no number that has no end, no name that is there twice.

    Raises:
        ConfigurationError: it is no such text; ``what`` says where it came from, ``hint`` what else it may be.
    """
    problem = ""
    try:
        return json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_without_repetition
        )
    except RecursionError:
        problem = "it is nested too deeply"
    except ValueError as error:  # a number of too many digits is one as well
        problem = str(error).partition(";")[0]
    raise ConfigurationError(f"{what} is not JSON: {problem}{hint}")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"the name {twice!r} is there twice, and one of its values would be lost")
    return made


# -- CSV ------------------------------------------------------------------------------------------------------


def plain(name: str) -> str:
    """Return a name as columns are compared: without case and blanks."""
    return re.sub(r"\s+", "", name).lower()


class Table:
    """A CSV file with a header, whose rows are dicts by the names of its columns.

    Args:
        needed: names of columns, by which the delimiter is recognised.

    Raises:
        ConfigurationError: it cannot be read, has no header, or two columns have one name.
    """

    def __init__(
        self, file: Path, *, encoding: str | None, delimiter: str | None, needed: Iterable[str], warn: Warn
    ) -> None:
        if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
            raise ConfigurationError(f"--delimiter {delimiter!r} must be one character, such as ;")
        self._file = file
        self._lines = opened(file, encoding, warn)
        try:
            self._rows = csv.reader(self._lines, delimiter=delimiter or self._delimiter(needed))
            self.columns = [name.strip() for name in next(self._rows, [])]
            self._check_columns()
        except BaseException:
            self.close()
            raise

    def _check_columns(self) -> None:
        seen = Counter(map(plain, self.columns))
        twice = [name for name in dict.fromkeys(self.columns) if name and seen[plain(name)] > 1]
        if twice:
            raise ConfigurationError(
                f"{self._file} has more than one column {', '.join(twice)}: which one counts?"
            )
        if not any(self.columns):
            raise ConfigurationError(f"{self._file} is empty: its first line must name the columns")

    def _delimiter(self, needed: Iterable[str]) -> str:
        header = self._lines.readline()
        self._lines.seek(0)
        names = {plain(name) for name in needed}

        def fit(delimiter: str) -> tuple[int, int]:
            columns = next(csv.reader([header], delimiter=delimiter), [])
            return len(names & {plain(name) for name in columns}), len(columns)

        return max(DELIMITERS, key=fit)

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the number of each row, from 1 on, and its cells.

        Raises:
            ConfigurationError: names the row that does not fit the header.
        """
        number, problem = 0, ""
        while True:
            number += 1
            try:
                cells = next(self._rows)
            except StopIteration:
                return
            except csv.Error as error:
                problem = str(error)
            if problem:
                raise ConfigurationError(f"{self._file} row {number} is not CSV: {problem}")
            if not cells:  # an empty line
                number -= 1
                continue
            if len(cells) != len(self.columns):
                raise ConfigurationError(
                    f"{self._file} row {number} has a different number of cells than the header: {len(cells)}, "
                    f"not {len(self.columns)}"
                )
            yield number, dict(zip(self.columns, cells, strict=True))

    def column(self, name: str) -> str:
        """Return the column that a template names, compared without case and blanks.

        Raises:
            ConfigurationError: there is none.
        """
        found = next((column for column in self.columns if plain(column) == plain(name)), None)
        if found is None:
            close = similar(name, self.columns)
            meant = f"; did you mean {' or '.join(close)}?" if close else ""
            there = ", ".join(self.columns)
            raise ConfigurationError(
                f"{self._file} has no column {name}, which the template names; it has {there}{meant}"
            )
        return found

    def close(self) -> None:
        self._lines.close()


def similar(name: str, names: Iterable[str]) -> list[str]:
    known = {plain(each): each for each in names if each}
    return [known[match] for match in get_close_matches(plain(name), known, n=3, cutoff=0.6)]


# -- columns as properties ------------------------------------------------------------------------------------


class Field(NamedTuple):
    """Where the cells of a column go in a body, and of which type they are there."""

    column: str
    key: str  # as ``words.put`` takes it: passwordProfile[password], businessPhones[]
    kind: str  # "" if unknown


def fields(columns: Sequence[str], path: str, *, ignore: bool, file: Path) -> list[Field]:
    """Return a field for each column, spelled and typed by the metadata.

    Args:
        path: where the body goes.
        ignore: leave out the columns that are no properties; else they are refused.

    Raises:
        ConfigurationError: a column is no property there.
    """
    kind = (schema.leads_to(path) or "").removeprefix("Collection(").removesuffix(")")
    known = bool(kind) and bool(schema.properties(kind))
    found, unknown = [], []
    for column in columns:
        field = _field(column, kind) if known else Field(column, column, "")
        if field is not None:
            found.append(field)
        else:
            unknown.append(column)
    if unknown and not ignore:
        hints = []
        for column in unknown:
            close = similar(column.partition("[")[0], schema.properties(kind))
            hints.append(f"{column!r}" + (f" (did you mean {' or '.join(close)}?)" if close else ""))
        raise ConfigurationError(
            f"{file} has columns that are no properties of {kind}: {', '.join(hints)}. Rename them, or leave them "
            "out with --ignore-columns"
        )
    return found


def _field(column: str, kind: str) -> Field | None:
    """Return where a column goes below a type; ``None`` if it is no property."""
    first, *rest = re.findall(r"[^\[\]]+|\[\]", column) or [column]
    key, inner = "", kind
    for step in (first, *rest):
        if step == "[]":
            key += "[]"
            inner = inner.removeprefix("Collection(").removesuffix(")")
            continue
        members = {**schema.properties(inner), **schema.navigation(inner)} if inner else {}
        name = next((known for known in members if plain(known) == plain(step)), None)
        if name is None and members and not _is_open(step):
            return None
        spelled = step.strip() if name is None else name
        key += f"[{spelled}]" if key else spelled
        inner = members.get(spelled, "")
    return Field(column, key, inner)


def _is_open(name: str) -> bool:
    """Tell whether a name is an annotation or an extension, of which the metadata knows nothing."""
    return "@" in name or name.lower().startswith(("extension_", "ext")) or "_" in name


def typed(text: str, kind: str, where: str) -> Any:
    """Return a cell as its property wants it; ``null`` clears, the members of a list stand between semicolons.

    Raises:
        ConfigurationError: the cell is no value of that type; ``where`` says which cell it is.
    """
    if text == "null":
        return None
    if kind.startswith("Collection("):
        inner = kind[len("Collection(") : -1]
        return [typed(part.strip(), inner, where) for part in text.split(";") if part.strip()]
    if kind == "Edm.Boolean" or (not kind and text in ("true", "false")):
        if text.strip().lower() not in YES | NO:
            raise ConfigurationError(f"{where}: {text!r} must be true or false")
        return text.strip().lower() in YES
    if kind in NUMBERS:
        pattern = r"[+-]?\d{1,19}" if kind in WHOLE else r"[+-]?\d{1,300}(\.\d+)?([eE][+-]?\d{1,3})?"
        if not re.fullmatch(pattern, text.strip(), re.ASCII):
            raise ConfigurationError(f"{where}: {text!r} must be a {'whole ' if kind in WHOLE else ''}number")
        return int(text) if re.fullmatch(r"[+-]?\d+", text.strip()) else float(text)
    if kind and not kind.startswith("Edm.") and text[:1] in "{[":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise ConfigurationError(f"{where}: {text!r} begins like JSON but is not JSON") from None
    return text


def filled(template: str, row: Mapping[str, str], table: Table) -> str:
    """Return a text with each ``{Column}`` replaced by the row's cell."""
    return re.sub(r"\{([^{}]+)\}", lambda match: row[table.column(match[1])], template)


def table(
    file: Path, *, encoding: str | None, delimiter: str | None, needed: Iterable[str], warn: Warn
) -> closing[Table]:
    """Open a ``Table`` as a context manager."""
    return closing(Table(file, encoding=encoding, delimiter=delimiter, needed=needed, warn=warn))
