"""Write the stubs of every type, address, action and function of Microsoft Graph: ``make types``.

The v1.0 metadata goes in, a file or https://graph.microsoft.com/v1.0/$metadata itself; out come the stubs and
the few run-time modules under ``src/leangraph/types``, and the lists in ``docs/types.md``. What is written, and
why so, stands in ``leangraph.knowledge.stubs``.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from leangraph.errors import Error
from leangraph.knowledge import generate, stubs
from leangraph.knowledge.generate import Model, is_hidden

PROJECT = Path(__file__).resolve().parent.parent
TYPES = "src/leangraph/types"
GUIDE = "docs/types.md"


def hidden(model: Model) -> dict[str, list[str]]:
    """Return the segments that cannot be attributes: name -> the types that they follow."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in model.reached:
        for key in model.members(name):
            found[key].add(name)
    for binding in model.operations:
        for key in model.calls(binding):
            found[key].add(binding)
    return {key: sorted(found[key]) for key in sorted(found) if is_hidden(key)}


def guide(model: Model, page: str) -> str:
    """Return the page with its lists written anew; everything outside them is written by hand."""
    rows = [f"| `{key}` | {', '.join(f'`{name}`' for name in names)} |" for key, names in hidden(model).items()]
    both = " ".join(f"`{name}`" for name in model.ambiguous)
    lists = {"hidden": "\n".join(["| segment | after |", "|---|---|", *rows]), "both": both}
    for name, text in lists.items():
        before, mark, rest = page.partition(f"<!-- {name}: written by make types -->\n")
        if mark:
            page = f"{before}{mark}\n{text}\n\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    return page


def files(model: Model, page: str) -> dict[str, str]:
    """Return every generated file: path inside the project -> text. ``page`` is the guide as it is."""
    made = {GUIDE: guide(model, page)} if page else {}
    return made | {f"{TYPES}/{name}": text for name, text in stubs.files(model).items()}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Rewrite the stubs from Microsoft's metadata.")
    parser.add_argument("--metadata", required=True, metavar="FILE or https://…/$metadata")
    parser.add_argument("--into", type=Path, default=PROJECT, metavar="DIR", help="project to write to")
    args = parser.parse_args(argv)
    try:
        model = generate.read(args.metadata)
    except Error as error:
        print(
            f"error: {error}\n"
            "Name a file or https://graph.microsoft.com/v1.0/$metadata with --metadata. Nothing was changed.",
            file=sys.stderr,
        )
        return 2
    page = PROJECT / GUIDE
    for name, content in files(model, page.read_text(encoding="utf-8") if page.exists() else "").items():
        target: Path = args.into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")
        print(f"{name}: {len(content.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
