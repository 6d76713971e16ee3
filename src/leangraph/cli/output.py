"""Rows to text: a table for people, JSON for programs."""

from __future__ import annotations

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, TextIO

from leangraph.cli import writers
from leangraph.errors import ConfigurationError

FORMS: Final = ("table", "json", "jsonl", "csv", "md", "xlsx", "parquet", "sqlite")
FILES: Final = ("xlsx", "parquet", "sqlite")  # which are no text
ENDINGS: Final = {
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".md": "md", ".txt": "table",
    ".xlsx": "xlsx", ".parquet": "parquet", ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite",
}  # fmt: skip
SAMPLE: Final = 100  # rows that are looked at before the columns of a table are fixed
NARROWEST: Final = 12  # characters of a column before the next one is left out

# What a person looks for first, when nobody has said which properties to show.
_FIRST = ("displayName", "userPrincipalName", "mail", "jobTitle", "name", "id")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def prepare_streams() -> None:
    """UTF-8 into pipes and files on every system; on a console, replace what it cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def clean(text: str) -> str:
    """Return text without what a terminal would obey; line breaks stay."""
    return "\n".join(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", line) for line in text.split("\n"))


@dataclass(frozen=True)
class Shape:
    """How rows are to look and where they go, as the options say it."""

    form: str | None = None
    to: Path | None = None
    jmespath: str | None = None
    safe: bool = False
    columns: tuple[str, ...] = ()

    @property
    def chosen(self) -> str:
        """The form: as said, by the file's ending, or a table for a person and JSON lines for a program."""
        if self.form:
            return self.form
        if self.to:
            ending = self.to.suffix.lower()
            if ending not in ENDINGS:
                raise ConfigurationError(
                    f"--to {self.to}: the ending says nothing; give -o, or one of {' '.join(ENDINGS)}"
                )
            return ENDINGS[ending]
        return "table" if sys.stdout.isatty() else "jsonl"


def write(rows: Iterable[Mapping[str, Any]], shape: Shape, *, name: str, warn: Callable[[str], object]) -> None:
    """Write rows as they come. ``name`` is the table's in a database."""
    if shape.jmespath:
        rows = _searched(shape.jmespath, rows, shape)
    form = shape.chosen
    if form in FILES and not shape.to:
        raise ConfigurationError(f"-o {form} needs a file: --to rows.{form}")
    if not shape.to:
        _write_text(rows, form, shape, sys.stdout, warn)
        return
    with writers.replacing(shape.to) as new:
        if form == "xlsx":
            writers.excel(rows, new, shape.columns, warn)
        elif form == "parquet":
            writers.parquet(rows, new, shape.columns, warn)
        elif form == "sqlite":
            writers.sqlite(rows, new, name)
        else:
            with new.open("w", encoding="utf-8", newline="") as out:
                _write_text(rows, form, shape, out, warn)


def _write_text(
    rows: Iterable[Mapping[str, Any]], form: str, shape: Shape, out: TextIO, warn: Callable[[str], object]
) -> None:
    if form == "json":
        writers.whole_json(rows, out)
    elif form == "jsonl":
        writers.jsonl(rows, out)
    elif form == "csv":
        writers.comma_separated(rows, out, shape.columns, warn, safe=shape.safe)
    elif form == "md":
        writers.markdown(rows, out, shape.columns, warn)
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        for line in table(rows, width, shape.columns or None):
            out.write(f"{line}\n")


def _searched(expression: str, rows: Iterable[Any], shape: Shape) -> list[Any]:
    """Return what a JMESPath expression makes of all rows together, as rows."""
    found = searched(expression, list(rows))
    items = found if isinstance(found, list) else [] if found is None else [found]
    if all(isinstance(item, dict) for item in items) or shape.chosen in ("json", "jsonl"):
        return items
    return [{"value": item} for item in items]


def searched(expression: str, value: Any) -> Any:
    import jmespath

    try:
        return jmespath.search(expression, value)
    except jmespath.exceptions.JMESPathError as error:
        raise ConfigurationError(f"--query {expression!r}: {error}") from None


def write_one(value: Any, shape: Shape, *, name: str, warn: Callable[[str], object]) -> None:
    """Write one answer: JSON, or bytes as they are; a page of a collection as rows where a form asks for that."""
    if isinstance(value, bytes):
        if shape.to:
            with writers.replacing(shape.to) as new:
                new.write_bytes(value)
            return
        if sys.stdout.isatty() and b"\0" in value[:1024]:
            raise ConfigurationError(f"{len(value):,} bytes that are no text: write them to a file, --to FILE")
        sys.stdout.flush()
        sys.stdout.buffer.write(value)
        return
    if value is None:
        return
    if shape.jmespath:
        value = searched(shape.jmespath, value)
        shape = replace(shape, jmespath=None)
    page = value.get("value") if isinstance(value, dict) else value
    form = shape.form or (shape.chosen if shape.to else "json")
    if form != "json" or shape.to:
        rows = page if isinstance(page, list) and all(isinstance(row, dict) for row in page) else [value]
        write(rows, replace(shape, form=form), name=name, warn=warn)
    else:
        text = json.dumps(value, ensure_ascii=False, indent=2)
        print(clean(text) if sys.stdout.isatty() else text)


def table(rows: Iterable[Mapping[str, Any]], width: int, columns: Iterable[str] | None = None) -> Iterator[str]:
    """Yield the lines of a table no wider than ``width`` characters.

    The columns are fitted to the first rows; what a later row has too much is cut, with an ellipsis.
    """
    remaining = iter(rows)
    sample = list(islice(remaining, SAMPLE))
    names = [name.strip() for name in columns] if columns else _names(sample)
    if not names:
        return
    shown: list[tuple[str, int]] = []
    left = width
    for name in names:
        wanted = max([_width(name), *(_width(_cell(row.get(name))) for row in sample)])
        if shown and left < min(wanted, NARROWEST):
            break
        fitted = max(1, min(wanted, left))
        shown.append((name, fitted))
        left -= fitted + 2
    yield _line(dict(shown).items(), {name: name for name in names})
    yield "  ".join("-" * size for _, size in shown)
    for row in chain(sample, remaining):
        yield _line(shown, row)


def _names(sample: list[Mapping[str, Any]]) -> list[str]:
    seen = dict.fromkeys(
        name for row in sample for name, value in row.items() if value not in (None, [], "") and name[0] != "@"
    )
    return sorted(seen, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))


def _line(shown: Iterable[tuple[str, int]], row: Mapping[str, Any]) -> str:
    return "  ".join(_fit(_cell(row.get(name)), size) for name, size in shown).rstrip()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _fit(text: str, size: int) -> str:
    if _width(text) > size:
        while text and _width(text) > size - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (size - _width(text))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
