"""Rows to files and pipes, one at a time: nothing is kept but a sample for the columns."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, TextIO

from leangraph.errors import ConfigurationError
from leangraph.system import files

Row = Mapping[str, Any]
SAMPLE: Final = 100  # rows that decide on the columns where nobody has said which
MOST_ROWS: Final = 1_048_575  # of an Excel sheet, without its header
MOST_CELL: Final = 32_767  # characters of an Excel cell
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # with these a spreadsheet may take a text for a formula

Warn = Callable[[str], object]


def cell(value: Any) -> str:
    """Return a value as the text of a cell; what has parts as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def columns_of(rows: Iterable[Row], names: Sequence[str] | None) -> tuple[list[str], Iterator[Row]]:
    """Return the columns (as named, or all of the first rows) and all the rows."""
    remaining = iter(rows)
    if names:
        return list(names), remaining
    sample = list(islice(remaining, SAMPLE))
    found = dict.fromkeys(name for row in sample for name in row if not name.startswith("@odata."))
    return list(found), chain(sample, remaining)


def _complete(rows: Iterable[Row], columns: list[str], warn: Warn) -> Iterator[Row]:
    """Pass the rows on, and tell once of a column that came too late."""
    known, told = set(columns), set[str]()
    for number, row in enumerate(rows, start=1):
        if number > SAMPLE and not row.keys() <= known:
            for name in row.keys() - known - told:
                if not name.startswith("@odata."):
                    told.add(name)
                    warn(f"row {number} is the first with {name!r}, which has no column: name it in --select")
        yield row


def jsonl(rows: Iterable[Row], out: TextIO) -> None:
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


def whole_json(rows: Iterable[Row], out: TextIO) -> None:
    separator = "[\n"
    for row in rows:
        out.write(separator + json.dumps(row, ensure_ascii=False))
        separator = ",\n"
    out.write("[]\n" if separator == "[\n" else "\n]\n")


def comma_separated(
    rows: Iterable[Row], out: TextIO, names: Sequence[str] | None, warn: Warn, *, safe: bool = False
) -> None:
    columns, rows = columns_of(rows, names)
    writer = csv.writer(_LineFeeds(out), lineterminator="\r\n")  # so that it quotes both
    writer.writerow(columns)
    for row in _complete(rows, columns, warn):
        texts = [cell(row.get(name)) for name in columns]
        writer.writerow([f"'{text}" if safe and text.startswith(FORMULA) else text for text in texts])


class _LineFeeds:
    """Ends lines as text files do: on Windows the stream makes two characters of one by itself."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, line: str) -> None:
        self._out.write(line.removesuffix("\r\n") + "\n")


def markdown(rows: Iterable[Row], out: TextIO, names: Sequence[str] | None, warn: Warn) -> None:
    columns, rows = columns_of(rows, names)

    def line(texts: Iterable[str]) -> str:
        return "| " + " | ".join(text.replace("|", "\\|").replace("\n", "<br>") for text in texts) + " |\n"

    out.write(line(columns))
    out.write(line("---" for _ in columns))
    for row in _complete(rows, columns, warn):
        out.write(line(cell(row.get(name)) for name in columns))


def excel(rows: Iterable[Row], file: Path, names: Sequence[str] | None, warn: Warn) -> None:
    """Write a workbook; text is never a formula, a link or a number."""
    xlsxwriter = _needed("xlsxwriter", "xlsx", "an Excel file")
    columns, rows = columns_of(rows, names)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(file), options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for number, row in enumerate(_complete(rows, columns, warn), start=1):
            if number > MOST_ROWS:
                raise ConfigurationError(f"an Excel sheet ends at row {MOST_ROWS:,}: take CSV, parquet or sqlite")
            for at, name in enumerate(columns):
                value = row.get(name)
                if isinstance(value, bool):
                    sheet.write_boolean(number, at, value)
                elif isinstance(value, int | float):
                    sheet.write_number(number, at, value)
                elif value is not None:
                    sheet.write_string(number, at, cell(value)[:MOST_CELL])


def parquet(rows: Iterable[Row], file: Path, names: Sequence[str] | None, warn: Warn) -> None:
    """Write parquet with DuckDB, by way of JSON lines next to the file."""
    duckdb = _needed("duckdb", "parquet", "a parquet file")
    path = file.with_name("~rows.jsonl")  # beside it in the folder that ``replacing`` makes
    try:
        with path.open("w", encoding="utf-8") as out:
            for row in rows:
                kept = {name: row.get(name) for name in names} if names else _plain(row)
                out.write(json.dumps(kept, ensure_ascii=False) + "\n")
        if not path.stat().st_size:
            raise ConfigurationError("there are no rows, and parquet without rows has no columns either")
        with duckdb.connect() as database:
            source, target = (str(each).replace("'", "''") for each in (path, file))
            database.execute(
                f"COPY (SELECT * FROM read_json('{source}', format = 'newline_delimited', sample_size = -1, "  # noqa: S608 - quoted
                f"maximum_object_size = 67108864)) TO '{target}' (FORMAT parquet)"
            )
    finally:
        path.unlink(missing_ok=True)


def _plain(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("@odata.")}


def sqlite(rows: Iterable[Row], file: Path, table: str) -> None:
    from contextlib import closing

    from leangraph.cli import database

    with closing(database.opened(file)) as connection:
        database.store(connection, table, rows)


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Give a path to write to, and put what is there in the file's place if all went well."""
    with files.told(f"{file} cannot be written"), files.building(file) as path:
        yield path


def _needed(module: str, extra: str, what: str) -> Any:
    if importlib.util.find_spec(module) is None:
        raise ConfigurationError(f"{what} needs one more package: pip install 'leangraph[{extra}]'")
    return importlib.import_module(module)
