"""Warnings that point to the caller's own line, however deep in leangraph they arise."""

from __future__ import annotations

import sys
import warnings


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Issue a warning at the nearest line outside leangraph."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "leangraph":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
