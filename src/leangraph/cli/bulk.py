"""``leangraph batch``: a file of requests, in batches, on a journal.

The input is JSON lines of ``{"method", "path", "body", "headers"}``, or CSV whose columns fill a template such as
``PATCH /users/{userPrincipalName}``; the columns that the path does not use become the body.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from leangraph.cli import words
from leangraph.errors import ConfigurationError, TransportError
from leangraph.http.options import segment
from leangraph.http.target import Request
from leangraph.rows import read
from leangraph.rows.journal import Journal
from leangraph.rows.write import Warn

if TYPE_CHECKING:
    from leangraph.client import GraphClient
    from leangraph.http.reply import Reply

METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")
AGAIN: Final = frozenset({401, 403, 429, 503})  # turned away before any work: worth another try on resume
REPEATABLE: Final = frozenset({"GET", "PUT", "DELETE", "PATCH"})  # a second time changes nothing more
_PLACE: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Source:
    """The input of a bulk write, as the options describe it.

    Attributes:
        template: method and path, for CSV: ``PATCH /users/{userPrincipalName}``.
        texts, typed: fields of the body as ``-f`` and ``-F`` give them, with ``{Column}`` in them; they replace
            the body that the columns make.
        ignore: leave out the columns that are no properties.
    """

    file: Path
    template: str | None = None
    texts: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    ignore: bool = False
    warn: Warn = lambda _: None

    @property
    def is_csv(self) -> bool:
        return bool(self.template) or self.file.suffix.lower() in (".csv", ".tsv")


class Item(NamedTuple):
    """One row of the input as a request; ``number`` counts from 1, as a spreadsheet's first row of data."""

    number: int
    method: str
    path: str
    body: Any
    headers: dict[str, str]

    def repeatable(self) -> bool:
        """Tell whether doing it twice does no harm; relations that are added are no such thing."""
        bound = isinstance(self.body, dict) and any("@odata.bind" in name for name in self.body)
        return self.method in REPEATABLE and not bound


def items(source: Source) -> Iterator[Item]:
    """Yield the items of a file.

    Raises:
        ConfigurationError: names the row at fault.
    """
    if source.is_csv:
        yield from _from_csv(source)
        return
    for option, given in (
        ("-f", source.texts),
        ("-F", source.typed),
        ("--delimiter", source.delimiter),
        ("--ignore-columns", source.ignore),
    ):
        if given:
            raise ConfigurationError(f"{option} is for CSV with a template, and {source.file} is JSON lines")
    yield from _from_lines(source)


def _from_lines(source: Source) -> Iterator[Item]:
    for number, (at, row) in enumerate(read.json_lines(source.file, source.encoding, source.warn), start=1):
        path = row.get("path", row.get("url")) if isinstance(row, dict) else None
        method = str(row.get("method", "GET")).upper() if isinstance(row, dict) else ""
        if not isinstance(path, str) or method not in METHODS:
            raise ConfigurationError(
                f'{source.file} line {at} is no request: {{"method": "PATCH", "path": "/users/…", "body": {{…}}}}'
            )
        headers = row.get("headers") or {}
        if not isinstance(headers, dict):
            raise ConfigurationError(f"{source.file} line {at}: headers must be an object")
        yield Item(number, method, words.rebased(path), row.get("body"), headers)


def _from_csv(source: Source) -> Iterator[Item]:
    file, template = source.file, source.template
    if not template:
        raise ConfigurationError(
            f"{file} is CSV and needs a template, for example 'PATCH /users/{{userPrincipalName}}'"
        )
    method, _, path = template.strip().partition(" ")
    method, path = method.upper(), path.strip()
    if method not in METHODS or not path:
        raise ConfigurationError(f"the template {template!r} must be a method and a path: 'PATCH /users/{{id}}'")
    needed = _PLACE.findall(path)
    if re.search("[{}]", _PLACE.sub("", path)):
        raise ConfigurationError(f"the template {template!r} has a brace that is not around a column: '{{id}}'")
    with read.table(
        file, encoding=source.encoding, delimiter=source.delimiter, needed=needed, warn=source.warn
    ) as table:
        used = [table.column(name) for name in needed]
        makes_body = method in ("POST", "PATCH", "PUT")
        rest = [column for column in table.columns if column and column not in used]
        columns = []
        if makes_body and not (source.texts or source.typed):
            columns = read.fields(rest, path, ignore=source.ignore, file=file)
        for number, row in table:
            if empty := [name for name in used if not row[name].strip()]:
                raise ConfigurationError(
                    f"{file} row {number} has nothing in {', '.join(empty)}, which the path needs"
                )
            keys = {name: segment(row[column].strip()) for name, column in zip(needed, used, strict=True)}
            address = _PLACE.sub(lambda match, keys=keys: keys[match[1]], path)  # type: ignore[misc]
            body: Any = None
            if makes_body:
                body = (
                    _of_columns(columns, row, number)
                    if not (source.texts or source.typed)
                    else _of_fields(source, row, table)
                )
            yield Item(number, method, address, body, {})


def _of_columns(columns: list[read.Field], row: dict[str, str], number: int) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for column, key, kind in columns:
        if row[column] == "":  # an empty cell leaves what is there
            continue
        value = read.typed(row[column], kind, f"row {number}, {column}")
        if key.endswith("[]") and isinstance(row[column], str) and not isinstance(value, list):
            for part in row[column].split(";"):
                words.put(body, key, read.typed(part.strip(), kind, f"row {number}, {column}"))
            continue
        words.put(body, key, value)
    return body


def _of_fields(source: Source, row: dict[str, str], table: read.Table) -> Any:
    texts = [_filled(field, row, table) for field in source.texts]
    typed = [_filled(field, row, table) for field in source.typed]
    return words.fields(texts, typed, words.plain_value)  # a cell names no file of this machine


def _filled(field: str, row: dict[str, str], table: read.Table) -> str:
    name, equals, template = field.partition("=")
    return f"{name}{equals}{read.filled(template, row, table)}"


def run(
    graph: GraphClient, source: Source, journal: Journal, *, resume: bool, retry_failed: bool = False
) -> Iterator[dict[str, Any]]:
    """Send what is still to be sent and yield a result row for each answer, in the order of the input.

    On ``resume`` finished rows are left alone. A row that was under way when the last run ended is repeated if
    that does no harm, and otherwise reported as unknown. With ``retry_failed`` rows that failed are sent again.
    """
    flying: dict[int, Item] = {}
    order: deque[int] = deque()  # the numbers of what has or gets a result
    noted: dict[int, dict[str, Any]] = {}  # results that wait for one before them

    def requests() -> Iterator[Request]:
        for item in items(source):
            content = [item.method, item.path, item.body, item.headers]
            row = journal.seen(item.number, content) if resume else None
            if row is not None and row.state == "done":
                continue
            if row is not None and row.state == "failed" and not (retry_failed or row.status in AGAIN):
                continue
            if row is not None and row.state != "failed" and not item.repeatable():
                error = "the last run ended before the answer came"
                journal.answered(item.number, "unknown", None, None, error)
                order.append(item.number)
                noted[item.number] = _result(item, "unknown", None, None, error)
                continue
            journal.sent(item.number, content)  # before it leaves
            method: Any = item.method  # which the caller's file decides
            request = Request(method, item.path, item.body, headers=item.headers, idempotent=item.repeatable())
            flying[id(request)] = item
            order.append(item.number)
            yield request

    # As they come, so that each is noted at once: what the journal does not know is unknown after a crash.
    with closing(graph.batch(requests(), follow=False, ordered=False)) as replies:
        for reply in replies:
            item = flying.pop(id(reply.request))
            noted[item.number] = _noted(journal, item, reply)
            while order and order[0] in noted:
                yield noted.pop(order.popleft())
    while order and order[0] in noted:
        yield noted.pop(order.popleft())


def _noted(journal: Journal, item: Item, reply: Reply) -> dict[str, Any]:
    id_ = reply.body.get("id") if reply.ok and isinstance(reply.body, dict) else None
    state: Any = "done" if reply.ok else "unknown" if reply.status is None and _lost(reply.error) else "failed"
    error = str(reply.error).partition("\n")[0] if reply.error else None
    journal.answered(item.number, state, reply.status, id_, error)
    return _result(item, state, reply.status, id_, error)


def _result(item: Item, state: str, status: int | None, id_: str | None, error: str | None) -> dict[str, Any]:
    return {
        "row": item.number,
        "state": state,
        "status": status,
        "method": item.method,
        "path": item.path,
        "id": id_,
        "error": error,
    }


def _lost(error: Exception | None) -> bool:
    return isinstance(error, TransportError) and error.sent


def plan(source: Source) -> Iterator[dict[str, Any]]:
    """Yield what would be sent, with secrets hidden."""
    for item in items(source):
        yield {
            "row": item.number,
            "method": item.method,
            "path": words.shown(item.path),
            "body": words.masked(item.body),
        }
