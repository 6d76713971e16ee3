"""The command ``leangraph``: words in, rows out."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 ok, 1 Graph error, 2 usage, 3 not found, 4 sign-in, 5 forbidden, 6 throttled out, 7 partial,
    130 interrupted.
    """
    if importlib.util.find_spec("click") is None:
        print("the command line needs one more package: pip install 'leangraph[cli]'", file=sys.stderr)
        return 2
    from leangraph.cli.app import run

    return run(argv)
