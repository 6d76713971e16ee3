"""``python -m leangraph`` is the command ``leangraph``."""

import sys

from leangraph.cli import main

sys.exit(main())
