"""Write the stubs of beta, or of any metadata, on the user's machine, as type checkers find them."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

METADATA: Final = "https://graph.microsoft.com/{}/$metadata"

# Stubs alone: PEP 561. mypy and pyright find the folder once it is installed, or lies on PYTHONPATH.
_PROJECT: Final = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{distribution}"
version = "0"
description = "Stubs written by leangraph types."

[tool.hatch.build.targets.wheel]
packages = ["{folder}"]
"""


def write(to: Path | None, source: str | None, *, beta: bool, say: Callable[[str], object]) -> None:
    """Write a stub package: of v1.0 in place of the shipped ones, or of beta beside them.

    Args:
        to: the folder to write to; ``leangraph-beta-stubs`` or ``leangraph-stubs`` by default.
        source: a file or an address; by default Graph's own metadata.
        say: prints a line.

    Raises:
        ConfigurationError, TransportError: there is no metadata; nothing was written.
    """
    from leangraph.knowledge import generate, stubs

    name = "leangraph-beta-stubs" if beta else "leangraph-stubs"
    folder = "leangraph_beta-stubs" if beta else "leangraph-stubs/types"
    model = generate.read(source or METADATA.format("beta" if beta else "v1.0"))
    made = stubs.files(model, stubs.BETA if beta else stubs.SHIPPED)
    root = to or Path(name)
    texts = {f"{folder}/{file}": text for file, text in made.items() if file.endswith(".pyi")}
    texts["pyproject.toml"] = _PROJECT.format(distribution=name, folder=folder.partition("/")[0])
    if not beta:
        for file in ("_base.pyi", "_verbs.pyi"):  # written by hand: a stub package hides all of what it is of
            texts[f"{folder}/{file}"] = (pkgutil.get_data("leangraph.types", file) or b"").decode()
        texts["leangraph-stubs/py.typed"] = "partial\n"  # everything else is where it was
    for file, text in texts.items():
        target = root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    where = root if root.is_absolute() else f"./{root.as_posix()}"
    say(f"{len(model.types):,} types in {root}; install them beside leangraph: pip install {where}")
    if beta:
        say("while a script is checked, its client comes from there:")
        say("    if TYPE_CHECKING: from leangraph_beta import GraphClient")
        say("    else: from leangraph import GraphClient")
