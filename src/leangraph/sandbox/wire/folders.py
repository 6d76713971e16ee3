"""The folder of a running sandbox, with its CA; and what the sandboxes of dead processes left behind."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

_NAME = re.compile(r"leangraph-sandbox-(\d+)-\w+", re.ASCII)


def new() -> Path:
    """Make a folder for this process, and remove those of processes that no longer live."""
    sweep()
    return Path(tempfile.mkdtemp(prefix=f"leangraph-sandbox-{os.getpid()}-"))


def sweep() -> None:
    """Remove the folders of sandboxes whose process is dead; those of other users stay."""
    with contextlib.suppress(OSError):  # a temporary folder that cannot be listed has nothing to offer
        for entry in os.scandir(tempfile.gettempdir()):
            found = _NAME.fullmatch(entry.name)
            if found and entry.is_dir(follow_symlinks=False) and not _lives(int(found[1])):
                shutil.rmtree(entry.path, ignore_errors=True)


def _lives(pid: int) -> bool:
    if sys.platform == "win32":  # where os.kill ends a process whatever the signal
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # may ask what it is, no more
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
