"""What both ends of a measurement have to know; light, since it is part of what is measured."""

from __future__ import annotations

import sys
from pathlib import Path

PAGE = 999  # the largest page Graph gives of users
TOKEN = "eyJ0" + "t" * 1600  # as long as a real app-only token


def peak_memory() -> int | None:
    """Return the most memory this process has held, in bytes; ``None`` where nobody tells."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux, getrusage would report the parent's peak if that is the larger one
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
