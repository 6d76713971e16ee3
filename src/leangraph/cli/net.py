"""The last net of the command line: what nobody foresaw becomes one screen and a report without secrets."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress

from leangraph._version import __version__
from leangraph.net.redact import redacted


def report(error: Exception, words: Sequence[str]) -> Iterator[str]:
    """Yield the lines to print; where a report can be written, they name it.

    The report has the traceback without the values of variables, and neither bodies nor the values of options.
    """
    kind = type(error).__name__
    said = redacted(str(error)).strip().partition("\n")[0][:300]
    if isinstance(error, MemoryError):
        yield "error: there is not enough memory for this answer: ask for less with --select, --top or --limit"
        return
    if isinstance(error, OSError) and error.errno is not None:
        where = f" ({error.filename})" if isinstance(error.filename, str) else ""
        yield f"error: {error.strerror or said}{where}"
        return
    yield f"error: leangraph failed ({kind}: {said}). This is a bug in leangraph."
    file = ""
    with suppress(OSError):
        number, file = tempfile.mkstemp(prefix="leangraph-report-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as out:
            out.write("\n".join(_lines(error, words)))
    if file:
        yield f"{file} has the details, without secrets. Please send it to the maintainers."


def _lines(error: Exception, words: Sequence[str]) -> Iterator[str]:
    command = next((word for word in words if not word.startswith("-")), "")
    options = sorted({word.partition("=")[0] for word in words if word.startswith("-")})
    yield f"leangraph {__version__}, Python {sys.version.split()[0]}, {platform.platform()}"
    yield f"command: {command} {' '.join(options)}"
    yield ""
    for line in traceback.format_exception(error):
        yield redacted(line.rstrip("\n"))
