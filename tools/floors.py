"""Print the lowest version of each dependency that pyproject.toml allows, as pip takes them: ``msal==1.39``."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def floors(*extras: str) -> list[str]:
    """Return the floors of the package itself and of these extras."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"]]
    for extra in extras:
        needed += project["optional-dependencies"][extra]
    return [re.sub(r">=", "==", each) for each in needed if ">=" in each]


if __name__ == "__main__":
    print("\n".join(floors(*sys.argv[1:])))
