"""Give what reads a server's words random ones, for a while: ``make fuzz``, or ``make fuzz FUZZ_SECONDS=3600``.

Each round runs every property test once more, with another seed and many more examples than ``make test`` takes. A
failure is printed with the seed that repeats it.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = (  # what is read, by the test that makes it up
    "tests/client/test_framing.py",
    "tests/client/test_boundary.py",
    "tests/client/test_pace.py",
    "tests/client/test_retry.py",
    "tests/client/test_origin.py",
    "tests/client/test_query.py",
    "tests/client/test_batch.py",
)
PROPERTIES = "whatever or any or every or never or no_number"  # in the names of the tests that make up their input


def main() -> int:
    """Run rounds until the time is over; return 0, or 1 if one failed."""
    seconds = float(os.environ.get("FUZZ_SECONDS", "120"))
    ends = time.monotonic() + seconds
    rounds = 0
    while (left := ends - time.monotonic()) > 1:
        seed = random.randrange(10**9)
        command = [sys.executable, "-m", "pytest", "-x", f"--hypothesis-seed={seed}", "-k", PROPERTIES, *TESTS]
        try:
            done = subprocess.run(
                command, cwd=ROOT, env={**os.environ, "LEANGRAPH_TESTS": "full"}, timeout=left, check=False
            )
        except subprocess.TimeoutExpired:
            break
        rounds += 1
        if done.returncode:
            print(f"round {rounds} failed: {' '.join(command)}")
            return 1
    print(f"{rounds} rounds and a part of one, in {seconds:.0f} s: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
