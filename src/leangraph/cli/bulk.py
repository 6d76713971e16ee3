"""``leangraph batch``: a file of requests, in batches, on a journal.

The input is JSON lines of ``{"method", "path", "body", "headers"}``, or CSV whose columns fill a template such as
``PATCH /users/{userPrincipalName}``; the columns that the path does not use become the body.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from leangraph.cli import words
from leangraph.errors import ConfigurationError, TransportError
from leangraph.http.options import segment
from leangraph.http.target import Request
from leangraph.rows.journal import Journal

if TYPE_CHECKING:
    from leangraph.client import GraphClient
    from leangraph.http.reply import Reply

METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")
AGAIN: Final = frozenset({401, 403, 429, 503})  # turned away before any work: worth another try on resume
REPEATABLE: Final = frozenset({"GET", "PUT", "DELETE", "PATCH"})  # a second time changes nothing more


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


def read(file: Path, template: str | None) -> Iterator[Item]:
    """Yield the items of a file.

    Raises:
        ConfigurationError: names the row at fault.
    """
    if file.suffix.lower() == ".csv" or template:
        if not template:
            raise ConfigurationError(
                f"{file} is CSV and needs a template, for example 'PATCH /users/{{userPrincipalName}}'"
            )
        yield from _from_csv(file, template)
    else:
        yield from _from_lines(file)


def _from_lines(file: Path) -> Iterator[Item]:
    with _opened(file) as lines:
        number = 0
        for at, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            number += 1
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ConfigurationError(f"{file} line {at} is not JSON: {error}") from None
            path = row.get("path", row.get("url")) if isinstance(row, dict) else None
            method = str(row.get("method", "GET")).upper() if isinstance(row, dict) else ""
            if not isinstance(path, str) or method not in METHODS:
                raise ConfigurationError(
                    f'{file} line {at} is no request: {{"method": "PATCH", "path": "/users/…", "body": {{…}}}}'
                )
            headers = row.get("headers") or {}
            if not isinstance(headers, dict):
                raise ConfigurationError(f"{file} line {at}: headers must be an object")
            yield Item(number, method, words.rebased(path), row.get("body"), headers)


def _from_csv(file: Path, template: str) -> Iterator[Item]:
    method, _, path = template.strip().partition(" ")
    method, path = method.upper(), path.strip()
    if method not in METHODS or not path:
        raise ConfigurationError(f"the template {template!r} must be a method and a path: 'PATCH /users/{{id}}'")
    with _opened(file) as lines:
        reader = csv.DictReader(lines)
        columns = [name for name in reader.fieldnames or () if name]
        if twice := [name for name, number in Counter(columns).items() if number > 1]:
            raise ConfigurationError(f"{file} has more than one column {', '.join(twice)}: which of them counts?")
        used = re.findall(r"\{([^{}]+)\}", path)
        if missing := [name for name in used if name not in columns]:
            raise ConfigurationError(
                f"{file} has no column {', '.join(missing)}, which the template names; it has {', '.join(columns)}"
            )
        kinds = _kinds(path)
        for number, row in enumerate(reader, start=1):
            if None in row or None in row.values():
                raise ConfigurationError(f"{file} row {number} has another number of cells than the header")
            if empty := [name for name in used if not row[name].strip()]:
                raise ConfigurationError(
                    f"{file} row {number} has nothing in {', '.join(empty)}, which the path needs"
                )
            where = re.sub(r"\{([^{}]+)\}", lambda match, row=row: segment(row[match[1]]), path)  # type: ignore[misc]
            body: dict[str, Any] = {}
            for name in columns:
                if name not in used and row[name] != "":  # an empty cell leaves what is there
                    words.put(
                        body, name, _cell(row[name], kinds.get(name.partition("[")[0].lower(), ""), number, name)
                    )
            yield Item(number, method, where, body if method in ("POST", "PATCH", "PUT") else None, {})


def _opened(file: Path) -> Any:
    try:
        return file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None


def _kinds(path: str) -> dict[str, str]:
    """Return the types of the properties that a body has there, by their names in lower case; none if unknown."""
    from leangraph.knowledge import schema

    inner = (schema.leads_to(path) or "").removeprefix("Collection(").removesuffix(")")
    return {name.lower(): kind for name, kind in schema.properties(inner).items()} if inner else {}


def _cell(text: str, kind: str, number: int, name: str) -> Any:
    """Return a cell as its property wants it; ``null`` clears, lists are separated by semicolons."""
    if text == "null":
        return None
    if kind == "Edm.Boolean" or (not kind and text in ("true", "false")):
        if text.lower() not in ("true", "false", "yes", "no", "1", "0"):
            raise ConfigurationError(f"row {number}, {name}: {text!r} must be true or false")
        return text.lower() in ("true", "yes", "1")
    if kind in ("Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Double", "Edm.Single", "Edm.Decimal"):
        try:
            return int(text) if "." not in text else float(text)
        except ValueError:
            raise ConfigurationError(f"row {number}, {name}: {text!r} must be a number") from None
    if kind == "Collection(Edm.String)":
        return [part.strip() for part in text.split(";") if part.strip()]
    return text


def run(
    graph: GraphClient, file: Path, template: str | None, journal: Journal, *, resume: bool
) -> Iterator[dict[str, Any]]:
    """Send what is still to be sent and yield a result row for each answer, in the order of the input.

    On ``resume`` finished rows are left alone. A row that was under way when the last run ended is repeated where
    that does no harm, and else told as unknown.
    """
    flying: dict[int, Item] = {}
    order: deque[int] = deque()  # the numbers of what was sent
    noted: dict[int, dict[str, Any]] = {}  # results that wait for one before them

    def requests() -> Iterator[Request]:
        for item in read(file, template):
            content = [item.method, item.path, item.body, item.headers]
            row = journal.seen(item.number, content) if resume else None
            if row is not None and (row.state == "done" or (row.state == "failed" and row.status not in AGAIN)):
                continue
            if row is not None and row.state != "failed" and not item.repeatable():
                journal.answered(item.number, "unknown", None, None, "the last run ended before the answer came")
                continue
            journal.sent(item.number, content)  # before it leaves
            request = Request(
                item.method, item.path, item.body, headers=item.headers, idempotent=item.repeatable()
            )
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
    for row in journal.rows("unknown"):
        if resume:
            yield {"row": row.number, "state": "unknown", "status": None, "id": None, "error": row.error}


def _noted(journal: Journal, item: Item, reply: Reply) -> dict[str, Any]:
    id_ = reply.body.get("id") if reply.ok and isinstance(reply.body, dict) else None
    state: Any = "done" if reply.ok else "unknown" if reply.status is None and _lost(reply.error) else "failed"
    error = str(reply.error).partition("\n")[0] if reply.error else None
    journal.answered(item.number, state, reply.status, id_, error)
    return {"row": item.number, "state": state, "status": reply.status, "id": id_, "error": error}


def _lost(error: Exception | None) -> bool:
    return isinstance(error, TransportError) and error.sent


def plan(file: Path, template: str | None) -> Iterator[dict[str, Any]]:
    """Yield what would be sent, with what stands under password, secret and key names hidden."""
    for item in read(file, template):
        yield {"row": item.number, "method": item.method, "path": item.path, "body": words.masked(item.body)}
