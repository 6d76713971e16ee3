"""Write docs/sandbox.md: how to use the sandbox, and for each endpoint whether it is real, partly so, or absent.

The table comes from the code (what is registered, and what its author says is lacking) and from a run of the
tests: beside each endpoint stands a test that saw it answer. An endpoint whose code serves several, such as the
lists of all relationships, may be proved by a test of another one; one without any proof stops the tool.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from leangraph import knowledge as data
from leangraph.sandbox.core.endpoints import ENDPOINTS, Endpoint

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "sandbox.md"
PROVES_NOTHING = ("test_hostile.py", "test_pytest_plugin.py")  # junk, and other people's tests
MARK = "<!-- written by tools/make_sandbox_page.py from here on: make sandbox-page -->"


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
        found.setdefault((method, template), re.sub(r"\[.*", "", test.removeprefix("tests/sandbox/")))
    return found


def rows(found: dict[tuple[str, str], str]) -> list[tuple[Endpoint, str]]:
    """Return every endpoint with its proof."""
    by_code: dict[object, str] = {}
    for endpoint in ENDPOINTS:
        test = found.get((endpoint.method, endpoint.path))
        if test:
            by_code.setdefault(_code(endpoint), test)
    proved = [(e, found.get((e.method, e.path)) or by_code.get(_code(e), "")) for e in ENDPOINTS]
    if bare := [f"{e.method} {e.path}" for e, test in proved if not test]:
        sys.exit("no test saw these answer:\n  " + "\n  ".join(sorted(bare)))
    return sorted(proved, key=lambda row: (row[0].path.lower(), row[0].method))


def _code(endpoint: Endpoint) -> object:
    return getattr(endpoint.handler, "__code__", endpoint.handler)


def table(proved: list[tuple[Endpoint, str]]) -> str:
    sections: dict[str, list[str]] = defaultdict(list)
    for endpoint, test in proved:
        state = f"partly: {endpoint.partly}" if endpoint.partly else "real"
        root = endpoint.path.split("/")[1]
        sections[root].append(f"| {endpoint.method} | `{endpoint.path}` | {state} | `{test}` |")
    lines = [f"{len(proved)} endpoints are acted out.\n"]
    for root in sorted(sections, key=str.lower):
        lines += [f"### {root}\n", "| method | path | state | a test that saw it |", "|---|---|---|---|"]
        lines += [*sections[root], ""]
    absent = sorted(set(data.paths()["roots"]) - set(sections), key=str.lower)
    lines += [
        "### Not acted out\n",
        "Every other path that v1.0's metadata knows answers 501 and says so, below these roots all of them: "
        + ", ".join(f"`{name}`" for name in absent)
        + ". `/me` is the signed-in user's `/users/{id}`. What the metadata does not know is Graph's 400.",
    ]
    return "\n".join(lines)


def main() -> int:
    files = (PROJECT / "tests" / "sandbox").glob("test_*.py")
    tests = sorted(str(path.relative_to(PROJECT)) for path in files if path.name not in PROVES_NOTHING)
    head = PAGE.read_text(encoding="utf-8").partition(MARK)[0].rstrip()
    PAGE.write_text(f"{head}\n\n{MARK}\n\n{table(rows(proofs(tests)))}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
