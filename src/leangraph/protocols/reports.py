"""Usage reports as rows."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

from leangraph.errors import ConfigurationError, TransportError
from leangraph.http.options import literal
from leangraph.http.transport import Transport
from leangraph.protocols.downloads import download

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
            if text.read(1) in ("{", "["):
                raise TransportError("the report came as JSON, not as CSV: use list()", transient=False)
            text.seek(0)
            rows = csv.DictReader(text)
            names = [name for name in rows.fieldnames or () if name.endswith("Principal Name")]
            concealed = False
            for row in rows:
                if not concealed and any(_CONCEALED.fullmatch(row[name] or "") for name in names):
                    concealed = True
                    warnings.warn(_HINT, stacklevel=2)
                yield row
