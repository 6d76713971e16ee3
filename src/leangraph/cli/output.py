"""Rows to text: a table for people, JSON for programs."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

from leangraph.errors import ConfigurationError, Error, GraphError
from leangraph.rows import write as forms
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.http.reply import Reply

Row = Mapping[str, Any]
Warn = Callable[[str], object]

FORMS: Final = ("table", "json", "jsonl", "csv", "md", "xlsx", "parquet", "sqlite")
FILES: Final = ("xlsx", "parquet", "sqlite")  # which are no text
ENDINGS: Final = {
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".md": "md", ".txt": "table",
    ".xlsx": "xlsx", ".parquet": "parquet", ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite",
}  # fmt: skip
SAMPLE: Final = 100  # rows that are looked at before the columns of a table are fixed
NARROWEST: Final = 12  # characters of a column before the next one is left out
LONGEST_MARKS: Final = 8  # characters that may share one place: a letter and its accents

# What a person looks for first, when nobody has said which properties to show.
_FIRST = ("displayName", "userPrincipalName", "mail", "jobTitle", "name", "id")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def prepare_streams() -> None:
    """UTF-8 into pipes and files on every system; on a console, replace what it cannot show.

    A stream that is closed, as services and cron jobs do, gets something in its place: nothing else that is
    opened later may get its number, and what writes to it is told.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # the lowest free number is this one
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - stays open
    if sys.stdout is None:
        sys.stdout = cast("TextIO", _Closed())
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class _Closed(io.TextIOBase):
    """Standard output where there is none: what writes to it ends with one line."""

    encoding = "utf-8"

    def write(self, _: str) -> int:
        raise Error("standard output is closed: name a file with --to")


# -- stderr ---------------------------------------------------------------------------------------------------

_rewritten = False  # whether the line with the cursor is one that rewrites itself


def tell(text: str) -> None:
    """Print a line on stderr; nobody may be listening."""
    with suppress(OSError, ValueError):
        wipe()
        print(text, file=sys.stderr, flush=True)


def rewrite(text: str) -> None:
    """Show a line on stderr that the next one takes the place of."""
    global _rewritten  # noqa: PLW0603
    with suppress(OSError, ValueError):
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        _rewritten = True


def wipe() -> None:
    """Take away the line that rewrites itself."""
    global _rewritten  # noqa: PLW0603
    if _rewritten:
        _rewritten = False
        with suppress(OSError, ValueError):
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


# -- stdout ---------------------------------------------------------------------------------------------------


class Screen:
    """A terminal that obeys nothing of what is written to it, whatever form that has."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(clean(text))


def out() -> TextIO:
    """Return standard output: cleaned if a person looks at it, as it is for a program."""
    return cast("TextIO", Screen(sys.stdout)) if sys.stdout.isatty() else sys.stdout


def size(number: int) -> str:
    """Return a number of bytes as people read it."""
    if number < 1_000_000:
        return f"{number:,} byte{'' if number == 1 else 's'}"
    return f"{number / 1e6:,.1f} MB"


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
    bom: bool | None = None  # None: only for a file of CSV on Windows, where Excel opens it
    append: bool = False
    layout: forms.Layout = forms.PLAIN

    @property
    def chosen(self) -> str:
        """The form: as said, by the file's ending, or a table for a person and JSON lines for a program."""
        if self.form:
            return self.form
        if self.to:
            ending = self.to.suffix.lower()
            if ending not in ENDINGS:
                raise ConfigurationError(
                    f"--to {self.to}: the ending names no format; use -o, or one of {' '.join(ENDINGS)}"
                )
            return ENDINGS[ending]
        return "table" if sys.stdout.isatty() else "jsonl"

    def check(self) -> None:
        """Refuse what the form cannot do, before anything is asked.

        Raises:
            ConfigurationError: names the option and what it needs.
        """
        form = self.chosen
        if form in FILES and not self.to:
            raise ConfigurationError(f"-o {form} needs a file: --to rows.{form}")
        needs = (
            (self.safe, "--safe-csv", "csv"),
            (bool(self.bom), "--bom", "csv"),
            (self.append, "--append", "sqlite"),
        )
        for given, option, needed in needs:
            if given and form != needed:
                raise ConfigurationError(f"{option} is for -o {needed} only, and this writes {form}: leave it out")


def write(rows: Iterable[Row], shape: Shape, *, name: str, warn: Warn) -> int:
    """Write rows; return how many there were. ``name`` is the table's in a database."""
    shape.check()
    if shape.jmespath:
        rows = _searched(shape.jmespath, rows, shape)
        shape = replace(shape, layout=shape.layout._replace(reshaped=True))
    form = shape.chosen
    if not shape.to:
        return _write_text(rows, form, shape, out(), warn)
    if form == "sqlite":
        from leangraph.rows import database

        return database.store(files.resolve(shape.to), name, rows, append=shape.append, warn=warn)
    with replacing(shape.to) as new:
        if form == "xlsx":
            return forms.excel(rows, new, shape.layout, warn)
        if form == "parquet":
            return forms.parquet(rows, new, shape.layout, warn)
        with new.open("w", encoding="utf-8", errors="backslashreplace", newline="") as text:
            return _write_text(rows, form, shape, text, warn)


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Give a path to write to, and put what is there in the file's place if all went well."""
    with files.told(f"{file} cannot be written"), files.building(file) as path:
        yield path


def _write_text(rows: Iterable[Row], form: str, shape: Shape, text: TextIO, warn: Warn) -> int:
    if form == "json":
        return forms.whole_json(rows, text)
    if form == "jsonl":
        return forms.jsonl(rows, text)
    if form == "csv":
        bom = shape.bom if shape.bom is not None else bool(shape.to) and sys.platform == "win32"
        return forms.comma_separated(rows, text, shape.layout, warn, safe=shape.safe, bom=bom)
    if form == "md":
        return forms.markdown(rows, text, shape.layout, warn)
    width = terminal_width()
    number = -2  # the header and the line below it
    for number, line in enumerate(table(rows, width, shape.layout, warn), start=-1):  # noqa: B007 - the count
        text.write(f"{line}\n")
    return max(0, number)


def terminal_width() -> int:
    return shutil.get_terminal_size((100, 24)).columns


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


def write_one(value: Any, shape: Shape, *, name: str, warn: Warn) -> None:
    """Write one answer: JSON; text and bytes as they are; a page of a collection as rows if a form asks for it."""
    if isinstance(value, str) and (shape.form or shape.jmespath or shape.append) and _is_table(value):
        value = _table_rows(value)
    if isinstance(value, bytes | str):
        _write_whole(value, shape)
        return
    if value is None:
        return
    if shape.jmespath:
        value = searched(shape.jmespath, value)
        shape = replace(shape, jmespath=None, layout=shape.layout._replace(reshaped=True))
    page = value.get("value") if isinstance(value, dict) else value
    form = shape.form or (shape.chosen if shape.to else "json")
    if form != "json" or shape.to or shape.append or shape.safe or shape.bom:
        rows = page if isinstance(page, list) and all(isinstance(row, dict) for row in page) else [value]
        rows = [row if isinstance(row, dict) else {"value": row} for row in rows]
        write(rows, replace(shape, form=form), name=name, warn=warn)
    else:
        out().write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _is_table(text: str) -> bool:
    """Tell whether a text answer is CSV, as usage reports are: a header of two columns or more, and rows."""
    first, line_end, _ = text.partition("\n")
    return bool(line_end) and "," in first


def _table_rows(text: str) -> list[dict[str, str]]:
    import csv
    import io

    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = next(lines, [])
    return [dict(zip(header, line, strict=False)) for line in lines if line]


def _write_whole(value: bytes | str, shape: Shape) -> None:
    options = {
        "-o": shape.form,
        "--query": shape.jmespath,
        "--append": shape.append,
        "--safe-csv": shape.safe,
        "--bom": shape.bom,
    }
    refused = [option for option, given in options.items() if given]
    if refused:
        what = "text" if isinstance(value, str) else "bytes"
        raise ConfigurationError(f"the answer is {what}, not JSON: leave {', '.join(refused)} out")
    content = value.encode() if isinstance(value, str) else value
    if shape.to:
        with replacing(shape.to) as new:
            new.write_bytes(content)
        return
    stream = out()
    if isinstance(value, str):
        stream.write(value if value.endswith("\n") or not isinstance(stream, Screen) else f"{value}\n")
        return
    write_bytes(content)


def write_bytes(content: bytes) -> None:
    """Write bytes to standard output; a person gets them as text, if they are some."""
    stream = out()
    if isinstance(stream, Screen):
        if b"\0" in content[:1024]:
            raise ConfigurationError(f"{len(content):,} bytes that are no text: write them to a file")
        stream.write(content.decode("utf-8", "replace"))
        return
    stream.flush()
    if not hasattr(stream, "buffer"):  # standard output is closed
        stream.write("")
    stream.buffer.write(content)


def with_head(send: Callable[[], Reply], *, shown: bool) -> Reply:
    """Return a reply; print its status and headers first, those of an error too, if they are to be ``shown``."""
    if not shown:
        return send()
    try:
        reply = send()
    except GraphError as error:
        _head(error.status, error.headers)
        raise
    _head(reply.status or 0, reply.headers)
    return reply


def _head(status: int, headers: Mapping[str, str]) -> None:
    phrase = {each.value: each.phrase for each in HTTPStatus}.get(status, "")
    lines = [f"HTTP/1.1 {status} {phrase}".rstrip(), *(f"{name}: {value}" for name, value in headers.items())]
    out().write("\n".join(lines) + "\n\n")


def table(
    rows: Iterable[Row], width: int, layout: forms.Layout = forms.PLAIN, warn: Warn = lambda _: None
) -> Iterator[str]:
    """Yield the lines of a table no wider than ``width`` characters.

    The columns are fitted to the first rows; what a later row has too much is cut, with an ellipsis. Columns that
    find no room are told.
    """
    remaining = iter(rows)
    sample = list(islice(remaining, SAMPLE))
    names = _names(sample, layout)
    if not names:
        return
    wanted = {
        name: max([_width(name, width)[0], *(_width(_cell(row.get(name), width), width)[0] for row in sample)])
        for name in names
    }
    asked = [] if layout.reshaped else [*map(str.lower, layout.select)]
    ids = [name for name in names[1:] if name.lower() not in asked and _are_ids(row.get(name) for row in sample)]
    kept = {name.partition("(")[0].lower() for name in layout.expand}
    shown = _fitted(wanted, width, ids, {name for name in names if name.lower() in kept})
    hidden = dict.fromkeys(name for name in names if name not in dict(shown))
    yield _line(shown, {name: name for name in names})
    yield "  ".join("-" * size for _, size in shown)
    known = {*names}
    for row in chain(sample, remaining):
        if not row.keys() <= known:
            fresh = [name for name in row if name not in known and name[:1] != "@"]
            known.update(row)
            hidden.update(dict.fromkeys(name for name in fresh if row[name] not in (None, [], "")))
        yield _line(shown, row)
    if hidden:
        some = ", ".join(list(hidden)[:5]) + (", …" if len(hidden) > 5 else "")
        warn(f"no room for {len(hidden)} more column{'s' * (len(hidden) > 1)} ({some}): --select, or -o json")


def _are_ids(values: Iterable[Any]) -> bool:
    """Tell whether a column holds ids and nothing else: of what people look for it is the least."""
    return all(isinstance(value, str) and _ID.fullmatch(value) for value in values if value is not None)


def _fitted(wanted: Mapping[str, int], width: int, ids: list[str], kept: set[str]) -> list[tuple[str, int]]:
    """Return the columns that find room, and how wide they are.

    Ids make room first; then wide columns become narrower; then the last columns are left out, except ``kept``.
    """
    names = list(wanted)

    def room(most: int) -> int:
        return sum(min(wanted[name], most) + 2 for name in names) - 2

    while ids and room(width) > width:
        names.remove(ids.pop())
    for most in range(width, NARROWEST - 1, -1):
        if room(most) <= width:
            return [(name, max(1, min(wanted[name], most))) for name in names]
    shown: list[tuple[str, int]] = []
    least = {name: min(wanted[name], NARROWEST) for name in names}
    left = width - sum(least[name] + 2 for name in kept)
    if left < NARROWEST:
        left, kept = width, set()
    full = False
    for name in names:
        if name in kept:
            left += least[name] + 2
        full = full or left < least[name]
        if not shown or name in kept or not full:
            shown.append((name, max(1, min(wanted[name], left))))
            left -= shown[-1][1] + 2
    return shown


def _names(sample: list[Row], layout: forms.Layout) -> list[str]:
    seen = dict.fromkeys(
        name for row in sample for name, value in row.items() if value not in (None, [], "") and name[:1] != "@"
    )
    if not layout.reshaped and (layout.select or layout.expand):
        return layout.columns(seen)
    return sorted(seen, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))


def _line(shown: Iterable[tuple[str, int]], row: Row) -> str:
    return "  ".join(_fit(_cell(row.get(name), size), size) for name, size in shown).rstrip()


def _cell(value: Any, size: int) -> str:
    """Return the beginning of a cell, as much as can be seen of it and a little more, on one line."""
    if value is None:
        return ""
    if isinstance(value, dict):  # what the service notes of an expanded object
        value = {name: part for name, part in value.items() if name[:1] != "@"}
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[: LONGEST_MARKS * (size + 1)])


def _fit(text: str, size: int) -> str:
    taken, end = _width(text, size)
    if end == len(text):
        return text + " " * (size - taken)
    taken, end = _width(text, size - 1)
    return f"{text[:end]}…" + " " * (size - taken - 1)


def _width(text: str, most: int) -> tuple[int, int]:
    """Return how wide a text is, at most ``most``, and how many of its characters find room in that."""
    if text.isascii():
        end = min(len(text), max(most, 0))
        return end, end
    taken = 0
    for end, char in enumerate(text):
        wide = 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if taken + wide > most:
            return taken, end
        taken += wide
    return taken, len(text)
