"""docs/sandbox.md says of every endpoint what it is, and names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

from leangraph.sandbox.core.endpoints import ENDPOINTS

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests" / "sandbox"
PAGE = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \| (real|partly: [^|]+) \| `([^`]+)` \|$", PAGE, re.MULTILINE)


def test_the_page_has_every_endpoint_as_the_code_has_it() -> None:
    """If this fails: make sandbox-page."""
    told = {(method, path): state.strip() for method, path, state, _ in ROWS}
    real = {
        (endpoint.method, endpoint.path): f"partly: {endpoint.partly}" if endpoint.partly else "real"
        for endpoint in ENDPOINTS
    }

    assert told == real


def test_the_tests_that_it_names_are_there() -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in TESTS.glob("test_*.py")}
    missing = {
        proof for *_, proof in ROWS if f"def {proof.partition('::')[2]}(" not in texts[proof.partition("::")[0]]
    }

    assert missing == set()
