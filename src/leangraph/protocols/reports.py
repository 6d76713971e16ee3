"""Usage reports as rows."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Final, TextIO
from urllib.parse import quote

from leangraph.errors import ConfigurationError, TransportError
from leangraph.http.options import literal
from leangraph.http.transport import Transport
from leangraph.protocols.downloads import download
from leangraph.system.warn import warn

_IN_MEMORY: Final = 8 * 1024 * 1024  # bytes of a report before it goes to a temporary file

_CONCEALED: Final = re.compile(r"[0-9A-Fa-f]{32}")
_HINT: Final = (
    "this tenant conceals the names of users, groups and sites in reports: those in this one are hashes. An admin "
    "changes that in the admin center (Settings, Org settings, Reports), or with "
    "graph.patch('/admin/reportSettings', {'displayConcealedNames': False})"
)


def report_path(path: str, parameters: Mapping[str, object]) -> str:
    """Return ``/reports/getX(period='D7')``; a date stands without quotes."""
    where, mark, options = path.partition("?")
    where = where if "/" in where else f"/reports/{where}"
    given = ",".join(f"{name}={_argument(value)}" for name, value in parameters.items() if value is not None)
    if given and where.endswith(")"):
        raise ConfigurationError(f"{path!r} has its parameters already: leave out {given}")
    return f"{where}({given}){mark}{options}" if given else f"{where}{mark}{options}"


def _argument(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return value
    return quote(literal(value), safe="'")


def report(transport: Transport, url: str, headers: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Yield the rows of a report; see ``GraphClient.report``. All of it is here before the first row is."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        download(transport, url, spool, headers=headers)
        spool.seek(0)
        with io.TextIOWrapper(spool, encoding="utf-8-sig", newline="") as text:
            rows = _rows(text)
            concealed = False
            while True:
                try:
                    row = next(rows, None)
                except (UnicodeDecodeError, csv.Error) as error:
                    problem = f"the report is no CSV in UTF-8: {error}"
                    break
                if row is None:
                    return
                if not concealed and _is_concealed(row):
                    concealed = True
                    warn(_HINT)
                yield row
    raise TransportError(problem, transient=False)


def _rows(text: TextIO) -> Iterator[dict[str, str]]:
    if text.read(1) in ("{", "["):
        raise TransportError("the report came as JSON, not as CSV: use list()", transient=False)
    text.seek(0)
    lines = csv.reader(text)
    columns = next(lines, [])
    names = distinct(columns)
    if names != columns:
        renamed = ", ".join(f"{name!r}" for name, column in zip(names, columns, strict=True) if name != column)
        warn(f"the report has columns of the same name: the later ones are called {renamed}")
    for cells in lines:
        if len(cells) > len(names):
            raise TransportError(f"a row of the report has {len(cells)} cells, and the header {len(names)}")
        if cells:  # else the line is empty
            yield dict(zip_longest(names, cells, fillvalue=""))


def distinct(columns: Iterable[str]) -> list[str]:
    """Return names of which no two are the same: the second ``Date`` is ``Date_2``."""
    columns = list(columns)
    names: list[str] = []
    taken = set(columns)
    for column in columns:
        name, number = column, 2
        while name in names or (name != column and name in taken):
            name, number = f"{column}_{number}", number + 1
        names.append(name)
    return names


def _is_concealed(row: Mapping[str, str]) -> bool:
    return any(name.endswith("Principal Name") and _CONCEALED.fullmatch(value) for name, value in row.items())
