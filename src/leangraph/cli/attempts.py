"""What ``-v`` and ``--debug`` show on stderr: each attempt of a request, without secrets. Warnings are lines."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from leangraph._version import __version__
from leangraph.cli import output
from leangraph.net.redact import redacted

_OURS: Final = "leangraph"
_BELOW: Final = ("urllib3", "msal", "requests")  # whose records --debug shows as well


class _Lines(logging.Handler):
    """Prints each record as one line or more, cleaned of secrets and of what a terminal would obey."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 - arguments that do not fit their text may be anybody's
            text = str(record.msg)
        if record.name != _OURS:
            text = f"{record.name}: {text}"
        elif record.levelno >= logging.WARNING:
            text = f"warning: {text}"
        output.tell(output.clean(redacted(text)))


@contextmanager
def told(*, verbose: bool, debug: bool) -> Iterator[None]:
    """Within it, log records and warnings are lines on stderr, however Python was started."""
    handler = _Lines()
    names = (_OURS, *(_BELOW if debug else ()))
    before = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    if debug:
        import platform

        output.tell(f"leangraph {__version__}, Python {sys.version.split()[0]}, {platform.platform()}")
    for logger, _ in before:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG if verbose or debug else logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("always", category=UserWarning)  # the others are for developers
            warnings.showwarning = _show
            yield
    finally:
        for logger, level in before:
            logger.removeHandler(handler)
            logger.setLevel(level)


def _show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
    output.tell(output.clean(redacted(f"warning: {message}")))
