"""Give what reads a server's words random ones: ``make fuzz``, or ``make fuzz FUZZ_SECONDS=3600`` for each target.

Every target is a file of property tests. Its properties run over and over until its time is over, each time with
another seed and many more examples than ``make test`` takes. The seeds are printed; a failure is printed with the
command that repeats it, and the other targets go on.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGETS = {  # what is read, and the tests that make it up
    "answers, byte by byte": "tests/client/test_framing.py",
    "headers, redirects, errors": "tests/client/test_boundary.py",
    "the pace and all it reads": "tests/client/test_pace.py",
    "times to wait": "tests/client/test_retry.py",
    "addresses": "tests/client/test_origin.py",
    "options and literals": "tests/client/test_query.py",
    "answers to batches": "tests/client/test_batch_outcomes.py",
}
SECONDS = 60.0  # for each target


def fuzz(file: str, seconds: float) -> tuple[list[int], str]:
    """Run the properties of a file until the time is over; return the seeds, and the command that failed."""
    ends = time.monotonic() + seconds
    seeds: list[int] = []
    while (left := ends - time.monotonic()) > 1:
        seeds.append(random.randrange(10**9))
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            f"--hypothesis-seed={seeds[-1]}",
            "-m",
            "hypothesis",
            file,
        ]
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, "LEANGRAPH_TESTS": "full"},
                timeout=left,
                check=False,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
            )
        except subprocess.TimeoutExpired:
            break
        if done.returncode:
            print(done.stdout[-4000:])
            return seeds, " ".join(command)
    return seeds, ""


def main() -> int:
    """Fuzz one target after the other; return 1 if any of them failed."""
    seconds = float(os.environ.get("FUZZ_SECONDS") or SECONDS)
    failed = 0
    for name, file in TARGETS.items():
        seeds, command = fuzz(file, seconds)
        failed += bool(command)
        print(f"{name}: {f'FAILED: {command}' if command else 'nothing found'}; seeds {seeds}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
