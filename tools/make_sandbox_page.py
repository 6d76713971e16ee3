"""Write docs/sandbox-endpoints.md: for each endpoint what is acted out of it, and the test that asserts it.

The table comes from the code (what is registered, and what its author says is lacking) and from a run of the
tests. A test proves an endpoint if the endpoint answered it and the test names it: the last word of the path
stands in the test's own code or in its case. An endpoint that no test names is told to have no test of its own.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path

from leangraph import knowledge as data
from leangraph.sandbox.core.endpoints import ENDPOINTS

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "sandbox-endpoints.md"
PROVES_NOTHING = ("test_hostile.py", "test_pytest_plugin.py")  # junk, and other people's tests
HEAD = """# The sandbox's endpoints

Written by `make sandbox-page`; [testing.md](testing.md) says how to use the sandbox. *Acted*: the rules of Graph's
page are carried out, but for what the column says. The last column names a test that asserts on it;
a dash is one that is served by the same code as others and has no test of its own.
"""
COLUMNS = "| method | path | fidelity | what is not acted out | asserted by |"


def proofs(tests: list[str]) -> dict[tuple[str, str], str]:
    """Run tests and return the first that saw each method and template answer."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "proofs.tsv")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "LEANGRAPH_PROOFS": str(file)}
        if subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode:
            sys.exit("the tests fail: a page that claims proofs is not written")
        lines = file.read_text(encoding="utf-8").splitlines()
    found: dict[tuple[str, str], str] = {}
    for line in sorted(lines):
        test, method, template = line.split("\t")
        if names(test, template):
            found.setdefault((method, template), re.sub(r"\[.*", "", test.removeprefix("tests/sandbox/")))
    return found


@cache
def sources(file: str) -> dict[str, str]:
    """Return the text of each test function in a file."""
    text = (PROJECT / file).read_text(encoding="utf-8")
    functions = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
    return {node.name: str(ast.get_source_segment(text, node)) for node in functions}


def names(test: str, template: str) -> bool:
    """Tell whether a test's code or its case names what the template ends in, and asserts something."""
    file, _, name = test.partition("::")
    text = sources(file).get(name.partition("[")[0], "")
    steps = [step for step in re.split(r"[/:]+", template) if step and not step.startswith("{")]
    wanted = steps[-2:] if steps[-1].startswith("$") else steps[-1:]
    words = [word.partition("(")[0].lower() for word in wanted]
    return "assert" in text and all(word in f"{text} {name}".lower() for word in words)


def table(found: dict[tuple[str, str], str]) -> str:
    sections: dict[str, list[str]] = defaultdict(list)
    for endpoint in sorted(ENDPOINTS, key=lambda one: (one.path.lower(), one.method)):
        test = found.get((endpoint.method, endpoint.path))
        root, proof = endpoint.path.split("/")[1], f"`{test}`" if test else "–"
        cells = (endpoint.method, f"`{endpoint.path}`", endpoint.fidelity, endpoint.partly, proof)
        sections[root].append(f"| {' | '.join(cells)} |")
    proved = sum((endpoint.method, endpoint.path) in found for endpoint in ENDPOINTS)
    lines = [f"{len(ENDPOINTS)} endpoints are acted out; {proved} have a test of their own.\n"]
    for root in sorted(sections, key=str.lower):
        lines += [f"## {root}\n", COLUMNS, "|---|---|---|---|---|", *sections[root], ""]
    absent = sorted(set(data.paths()["roots"]) - set(sections), key=str.lower)
    lines += [
        "## Typed\n",
        "Every other path that v1.0's metadata knows is answered by its types, below these roots all of them: "
        + ", ".join(f"`{name}`" for name in absent)
        + ". `tests/sandbox/test_typed.py` sweeps every type. `/me` is the signed-in user's `/users/{id}`. "
        "What the metadata does not know is Graph's 400.",
    ]
    return "\n".join(lines)


def main() -> int:
    files = (PROJECT / "tests" / "sandbox").glob("test_*.py")
    tests = sorted(str(path.relative_to(PROJECT)) for path in files if path.name not in PROVES_NOTHING)
    PAGE.write_text(f"{HEAD}\n{table(proofs(tests))}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
