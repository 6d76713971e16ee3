"""The command ``leangraph``: words in, rows out."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence

MISSING = """the command line needs two more packages, click and jmespath. One of these brings them:
  uvx 'leangraph[cli]' demo
  pipx install 'leangraph[cli]'
  pip install 'leangraph[cli]'"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    ``EXIT_CODES`` in ``cli/app.py`` says what they mean.
    """
    if importlib.util.find_spec("click") is None:
        print(MISSING, file=sys.stderr)
        return 2
    from leangraph.cli.app import run

    return run(argv)
