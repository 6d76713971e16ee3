"""What a type checker costs whoever uses leangraph: processes from start to end, on the script of the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.server import ROOT

SCRIPT = ROOT / "tests" / "support" / "fixtures" / "typed" / "good.py"


class Run(NamedTuple):
    """One run of a checker: CPU seconds (on Windows wall seconds), peak of its memory in bytes."""

    cpu: float
    peak: float


def mypy(folder: Path, rounds: int) -> tuple[list[Run], list[Run]]:
    """Return runs without a cache, and runs with one after the script was changed."""
    script = Path(shutil.copy(SCRIPT, folder))
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", script.name]
    cold, warm = [], []
    for _ in range(rounds):
        shutil.rmtree(folder / ".mypy_cache", ignore_errors=True)
        cold.append(_run(command, folder))
        script.write_text(script.read_text(encoding="utf-8") + "print(graph.users.count())\n", encoding="utf-8")
        warm.append(_run(command, folder))
    return cold, warm


def pyright(folder: Path, rounds: int) -> list[Run]:
    """Return runs, none if pyright is not installed: it has no cache, and every run is cold."""
    local = Path(sys.prefix) / "pyright" / "node_modules" / ".bin"
    command = shutil.which("pyright", path=str(local)) or shutil.which("pyright")
    if command is None:
        return []
    shutil.copy(SCRIPT, folder)
    (folder / "pyrightconfig.json").write_text(json.dumps({"include": [SCRIPT.name]}), encoding="utf-8")
    arguments = [command, "--pythonpath", sys.executable, "--project", str(folder)]
    return [_run(arguments, folder) for _ in range(rounds)]


def _run(command: Sequence[str], folder: Path) -> Run:
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        if not hasattr(os, "wait4"):  # Windows, which does not tell what a child used
            code, cpu, peak = process.wait(), time.perf_counter() - start, float("nan")
        else:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = code = os.waitstatus_to_exitcode(status)
            cpu = used.ru_utime + used.ru_stime
            peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if code:
        raise OSError(f"{command[0]} says: {said.decode(errors='replace')}")
    return Run(cpu, peak)
