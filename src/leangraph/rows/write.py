"""Rows to files and pipes. Columns come from the rows, and nothing that a form cannot hold is left out unsaid."""

from __future__ import annotations

import csv
import importlib.util
import json
import math
import pickle
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self, TextIO

from leangraph.errors import ConfigurationError
from leangraph.system import files

Row = Mapping[str, Any]
Warn = Callable[[str], object]

LOT: Final = 1_000  # rows that are kept in memory before they go into a file
MOST_ROWS: Final = 1_048_575  # of an Excel sheet, without its header
MOST_COLUMNS: Final = 16_384  # of an Excel sheet
MOST_CELL: Final = 32_767  # characters of an Excel cell
EXACT: Final = 2**53  # beyond it, Excel and other readers of floating-point numbers lose digits
# What a spreadsheet may take for a formula: the first character that shows, in halfwidth or fullwidth form.
_UNSEEN: Final = r"[\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*"
FORMULA: Final = re.compile(rf"{_UNSEEN}[=+\-@＝＋－＠]|[\t\r]")
SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
NOT_IN_XML: Final = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


_PLAIN: Final = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps makes one for every value
_SORTED: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


class Layout(NamedTuple):
    """What the request says of the columns. The rows have the last word.

    Attributes:
        select, expand: names in the order in which they were asked for; case does not count.
        reshaped: whether a query has made other rows of the answer: then these names mean nothing.
    """

    select: Sequence[str] = ()
    expand: Sequence[str] = ()
    reshaped: bool = False

    def columns(self, names: Iterable[str]) -> list[str]:
        """Return the columns for rows with these names: in the order asked for, then as they came."""
        there = {name: None for name in names if not name.startswith("@odata.")}
        if self.reshaped:
            return list(there)
        spelled = {name.lower(): name for name in reversed(there)}
        asked = [name.partition("/")[0].partition("(")[0].strip() for name in (*self.select, *self.expand)]
        first = dict.fromkeys(spelled.get(name.lower(), name) for name in asked if name)
        return list({**first, **there})


PLAIN: Final = Layout()


class Losses:
    """Tells of what a form cannot hold: the first case of each kind at once, their number in the end."""

    def __init__(self, warn: Warn) -> None:
        self._warn = warn
        self._counts: Counter[str] = Counter()

    def tell(self, kind: str, row: int, column: str) -> None:
        """Count one value. ``kind`` says what was done to it."""
        self._counts[kind] += 1
        if self._counts[kind] == 1:
            self._warn(f"row {row}, {column!r}: {kind}")

    def close(self) -> None:
        for kind, number in self._counts.items():
            if number > 1:
                self._warn(f"{number:,} values in all: {kind}")


class Spool:
    """All rows of an answer, read to the end so that every column is known: few in memory, the others in a file.

    A context manager, which can be iterated any number of times.

    Attributes:
        columns: their names, as ``Layout.columns`` puts them.
        number: how many rows there are.
    """

    def __init__(self, rows: Iterable[Row], layout: Layout) -> None:
        self._file: IO[bytes] | None = None
        self._lots = self.number = 0
        self._last: list[Row] = []
        names: dict[str, None] = {}
        try:
            for row in rows:
                if not row.keys() <= names.keys():
                    names.update(dict.fromkeys(row))
                self._last.append(row)
                if len(self._last) == LOT:
                    self._store()
        except BaseException:
            self.close()
            raise
        self.number = self._lots * LOT + len(self._last)
        self.columns = layout.columns(names)

    def _store(self) -> None:
        with files.told(f"the folder for temporary files, {tempfile.gettempdir()}, does not take the rows"):
            self._file = self._file or tempfile.TemporaryFile(prefix="leangraph-")  # noqa: SIM115 - closed by close()
            pickle.dump(self._last, self._file, protocol=5)
            self._file.flush()
        self._lots += 1
        self._last = []

    def __iter__(self) -> Iterator[Row]:
        if self._file is not None:
            self._file.seek(0)
            for _ in range(self._lots):
                yield from pickle.load(self._file)  # noqa: S301 - our own, in a file that has no name
        yield from self._last

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def as_json(value: Any, *, sort_keys: bool = False) -> str:
    """Return a value as JSON. Half of a character pair stays, and is escaped where the text is encoded."""
    return _SORTED(value) if sort_keys else _PLAIN(value)


def cell(value: Any) -> str:
    """Return a value as the text of a cell; what has parts as JSON."""
    if value is None:
        return ""
    if value is True or value is False:  # the two kinds that fill most columns are no work for an encoder
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) else as_json(value)


def held(text: str, row: int, column: str, losses: Losses, unfit: re.Pattern[str] = SURROGATE) -> str:
    """Return a text without the characters that a form cannot hold, and tell of them."""
    if text.isascii() or not unfit.search(text):
        return text
    losses.tell("characters that are no valid Unicode were replaced by U+FFFD", row, column)
    return unfit.sub("\N{REPLACEMENT CHARACTER}", text)


def jsonl(rows: Iterable[Row], out: TextIO) -> int:
    """Write a line of JSON for each row, as the rows come; return how many there were."""
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is returned
        out.write(as_json(row) + "\n")
    return number


def whole_json(rows: Iterable[Row], out: TextIO) -> int:
    """Write a JSON array, as the rows come; return how many there were."""
    number = 0
    for number, row in enumerate(rows, start=1):
        out.write(("[\n" if number == 1 else ",\n") + as_json(row))
    out.write("\n]\n" if number else "[]\n")
    return number


def comma_separated(
    rows: Iterable[Row], out: TextIO, layout: Layout, warn: Warn, *, safe: bool = False, bom: bool = False
) -> int:
    """Write CSV with a header; return how many rows there were.

    Args:
        safe: put ``'`` before whatever a spreadsheet takes for a formula, in the header too.
        bom: begin with a byte order mark, by which Excel knows UTF-8.
    """
    losses = Losses(warn)
    writer = csv.writer(_LineFeeds(out), lineterminator="\r\n")  # so that it quotes both

    def texts(values: Iterable[Any], number: int) -> list[str]:
        row = [value if type(value) is str else cell(value) for value in values]
        whole = "".join(row)  # looked at once, which is much faster than cell by cell
        if not whole.isascii() and SURROGATE.search(whole):
            row = [held(text, number, name, losses) for name, text in zip(spool.columns, row, strict=True)]
        return [f"'{text}" if FORMULA.match(text) else text for text in row] if safe else row

    with Spool(rows, layout) as spool:
        if bom:
            out.write("\ufeff")
        writer.writerow(texts(spool.columns, 0))
        for number, row in enumerate(spool, start=1):
            writer.writerow(texts(map(row.get, spool.columns), number))
        losses.close()
        return spool.number


class _LineFeeds:
    """Ends lines as text files do: on Windows the stream makes two characters of one by itself."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, line: str) -> None:
        self._out.write(line.removesuffix("\r\n") + "\n")


def markdown(rows: Iterable[Row], out: TextIO, layout: Layout, warn: Warn) -> int:
    """Write a Markdown table; return how many rows there were."""
    losses = Losses(warn)

    def line(texts: Iterable[str]) -> str:
        return "| " + " | ".join(map(_inline, texts)) + " |\n"

    with Spool(rows, layout) as spool:
        out.write(line(held(name, 0, name, losses) for name in spool.columns))
        out.write(line("---" for _ in spool.columns))
        for number, row in enumerate(spool, start=1):
            out.write(line(held(cell(row.get(name)), number, name, losses) for name in spool.columns))
        losses.close()
        return spool.number


def _inline(text: str) -> str:
    """Return text that stays in its cell: backslashes and bars escaped, every kind of line break as ``<br>``."""
    escaped = text.replace("\\", "\\\\").replace("|", "\\|")
    return re.sub(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "<br>", escaped)


# -- Excel ----------------------------------------------------------------------------------------------------


def excel(rows: Iterable[Row], file: Path, layout: Layout, warn: Warn) -> int:
    """Write a workbook; text is never a formula, a link or a number. Return how many rows there were.

    Raises:
        ConfigurationError: more rows or columns than a sheet holds.
    """
    xlsxwriter = needed("xlsxwriter", "xlsx", "an Excel file")
    options = {
        "constant_memory": True,
        "tmpdir": str(file.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    losses = Losses(warn)
    with Spool(rows, layout) as spool:
        for what, number, most in (("row", spool.number, MOST_ROWS), ("column", len(spool.columns), MOST_COLUMNS)):
            if number > most:
                raise ConfigurationError(
                    f"an Excel sheet ends at {what} {most:,}, and there are {number:,}: use CSV, parquet or sqlite"
                )
        with _translated(file, xlsxwriter.exceptions.XlsxWriterException):
            _workbook(xlsxwriter, file, options, spool, losses)
        losses.close()
        return spool.number


def _workbook(xlsxwriter: Any, file: Path, options: Mapping[str, Any], spool: Spool, losses: Losses) -> None:
    book = xlsxwriter.Workbook(str(file), options)
    try:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for at, name in enumerate(spool.columns):
            sheet.write_string(0, at, _excel_text(name, 0, name, losses), bold)
        for number, row in enumerate(spool, start=1):
            for at, name in enumerate(spool.columns):
                _excel_cell(sheet, number, at, name, row.get(name), losses)
    except BaseException:
        with suppress(Exception):  # it closes its files; that it cannot finish the book is known
            book.close()
        raise
    book.close()


@contextmanager
def _translated(file: Path, *kinds: type[Exception]) -> Iterator[None]:
    """Turn what a library raises into one error that names the file; of a full disk, the system says it best."""
    problem = ""
    try:
        yield
    except kinds as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else error.__context__
        problem = files.reason(cause) if isinstance(cause, OSError) else str(error).partition("\n")[0]
    if problem:
        raise ConfigurationError(f"{file.name} cannot be written: {problem}")


def _excel_cell(sheet: Any, number: int, at: int, name: str, value: Any, losses: Losses) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(number, at, value)
    elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= EXACT:
        sheet.write_number(number, at, value)
    else:
        if isinstance(value, int | float):
            losses.tell("numbers that Excel would round are written as text", number, name)
        sheet.write_string(number, at, _excel_text(cell(value), number, name, losses))


def _excel_text(text: str, number: int, name: str, losses: Losses) -> str:
    text = held(text, number, name, losses, NOT_IN_XML)
    if len(text) > MOST_CELL:
        losses.tell(f"texts longer than {MOST_CELL:,} characters were cut, as Excel holds no more", number, name)
        return text[:MOST_CELL]
    return text


# -- Parquet --------------------------------------------------------------------------------------------------


def parquet(rows: Iterable[Row], file: Path, layout: Layout, warn: Warn) -> int:
    """Write Parquet through DuckDB; return how many rows there were.

    A column of one kind has its type: BOOLEAN, BIGINT, DOUBLE, VARCHAR, or VARCHAR[] for lists of text. All
    else is VARCHAR: text as it is, other values as JSON.
    """
    duckdb = needed("duckdb", "parquet", "a parquet file")
    losses = Losses(warn)
    lines = file.with_name("~rows.jsonl")  # beside it, in a folder that is removed
    with Spool(rows, layout) as spool:
        if not spool.number or not spool.columns:
            raise ConfigurationError("there are no rows, and parquet without rows has no columns either")
        kinds = _kinds(spool)
        with lines.open("w", encoding="utf-8") as out:
            for number, row in enumerate(spool, start=1):
                values = {
                    f"c{at}": _parquet_value(row[name], kinds[name], number, name, losses)
                    for at, name in enumerate(spool.columns)
                    if row.get(name) is not None
                }
                out.write(json.dumps(values) + "\n")
        names = _distinct(spool.columns, losses)
        with _translated(file, duckdb.Error), duckdb.connect() as database:
            database.execute("SET threads = 1; SET preserve_insertion_order = true")
            types = ", ".join(f"c{at}: '{kinds[name]}'" for at, name in enumerate(spool.columns))
            wanted = ", ".join(f'c{at} AS "{name}"' for at, name in enumerate(names))
            source, target = (str(each).replace("'", "''") for each in (lines, file))
            database.execute(
                f"COPY (SELECT {wanted} FROM read_json('{source}', format = 'newline_delimited', "  # noqa: S608 - quoted
                f"maximum_object_size = 67108864, columns = {{{types}}})) TO '{target}' "
                "(FORMAT parquet, ROW_GROUP_SIZE 20000)"
            )
        losses.close()
        return spool.number


def _kinds(spool: Spool) -> dict[str, str]:
    """Return the type of each column: what all of its values have in common."""
    seen: dict[str, set[str]] = {name: set() for name in spool.columns}
    for row in spool:
        for name, value in row.items():
            if value is not None and name in seen:
                seen[name].add(_kind(value))
    return {name: _common(kinds) for name, kinds in seen.items()}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int):
        return "SMALL" if abs(value) <= EXACT else "BIGINT" if -(2**63) <= value < 2**63 else "VARCHAR"
    if isinstance(value, float):
        return "DOUBLE" if math.isfinite(value) else "VARCHAR"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "VARCHAR[]"
    return "VARCHAR"


def _common(kinds: set[str]) -> str:
    if kinds <= {"SMALL", "BIGINT"} and kinds:
        return "BIGINT"
    if kinds <= {"SMALL", "DOUBLE"} and kinds:
        return "DOUBLE"
    return kinds.pop() if len(kinds) == 1 else "VARCHAR"


def _parquet_value(value: Any, kind: str, number: int, name: str, losses: Losses) -> Any:
    if kind == "VARCHAR":
        return held(cell(value), number, name, losses)
    if kind == "VARCHAR[]":
        return [held(item, number, name, losses) for item in value]
    return value


def _distinct(columns: Sequence[str], losses: Losses) -> list[str]:
    """Return names that DuckDB tells apart, quoted for SQL: it ignores case, and takes no empty one."""
    found: dict[str, str] = {}
    for column in columns:
        name = held(column, 0, column, losses).replace("\0", "\N{REPLACEMENT CHARACTER}") or "_"
        number = 2
        fresh = name
        while fresh.lower() in found:
            fresh, number = f"{name}_{number}", number + 1
        if fresh != column:
            losses.tell("names that parquet cannot hold side by side were changed", 0, column)
        found[fresh.lower()] = fresh.replace('"', '""')
    return list(found.values())


def needed(module: str, extra: str, what: str) -> Any:
    """Return an optional module, or say how to install it."""
    if importlib.util.find_spec(module) is None:
        raise ConfigurationError(f"{what} needs one more package: pip install 'leangraph[{extra}]'")
    return importlib.import_module(module)
