"""Rows to text: a table for people, JSON for programs."""

from __future__ import annotations

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

FORMS: Final = ("table", "json", "jsonl")
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


def write(rows: Iterable[Mapping[str, Any]], form: str | None, *, select: str | None = None) -> None:
    """Print rows as they come. Without a form: a table on a terminal, JSON lines elsewhere."""
    form = form or ("table" if sys.stdout.isatty() else "jsonl")
    if form == "json":
        print(json.dumps(list(rows), ensure_ascii=False, indent=2))
    elif form == "jsonl":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        for line in table(rows, width, select.split(",") if select else None):
            print(line)


def write_one(value: Any, form: str | None) -> None:
    """Print one answer: JSON, or bytes as they are."""
    if isinstance(value, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(value)
    elif isinstance(value, dict) and isinstance(value.get("value"), list) and form in ("table", "jsonl"):
        write(value["value"], form)
    elif value is not None:
        print(json.dumps(value, ensure_ascii=False, indent=None if form == "jsonl" else 2))


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
