"""Files for tests: what is in them, what lies in a folder, and what only some systems have."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

posix = pytest.mark.skipif(os.name != "posix", reason="modes, links, devices and flock are POSIX")
not_root = pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may write everywhere")


def some_bytes(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())
