"""The package's logger: silent but for what is missing, unless the program or ``GRAPH_LOG`` says otherwise."""

from __future__ import annotations

import logging
import os

from leangraph.system.warn import warn

log = logging.getLogger("leangraph")
log.addHandler(logging.NullHandler())  # or Python shows the warnings of a library that nobody has configured


class _Shown(logging.StreamHandler):  # type: ignore[type-arg]
    """Standard error, as long as the program has no handler of its own."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers:
            super().emit(record)


def show(level: str) -> None:
    """Show the records from a level on: ``debug``, ``info``, ``warning`` or ``error``."""
    names = ("DEBUG", "INFO", "WARNING", "ERROR")
    if level.strip().upper() not in names:
        warn(f"GRAPH_LOG={level!r} is none of {', '.join(names).lower()}: nothing is shown")
        return
    log.setLevel(level.strip().upper())
    handler = _Shown()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log.addHandler(handler)


if os.environ.get("GRAPH_LOG", "").strip():
    show(os.environ["GRAPH_LOG"])
else:  # that an answer is cut short is told in any case: a script would go on with a part for the whole
    logging.getLogger("leangraph.completeness").addHandler(_Shown())
