"""docs/sandbox-endpoints.md says of every endpoint what it is, and names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leangraph import GraphClient, Sandbox
from leangraph.sandbox.core.endpoints import ENDPOINTS

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests" / "sandbox"
PAGE = (ROOT / "docs" / "sandbox-endpoints.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
ROWS = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \| acted \| ([^|]*) \| (?:–|`([^`]+)`) \|$", PAGE, re.MULTILINE)


def test_the_page_has_every_endpoint_as_the_code_has_it() -> None:
    """If this fails: make sandbox-page."""
    told = {(method, path): state.strip() for method, path, state, _ in ROWS}
    real = {(endpoint.method, endpoint.path): endpoint.partly for endpoint in ENDPOINTS}

    assert told == real


def test_the_tests_that_it_names_are_there() -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in TESTS.glob("test_*.py")}
    named = [proof.partition("::") for *_, proof in ROWS if proof]

    assert [name for file, _, name in named if f"def {name}(" not in texts[file]] == []


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.strip().splitlines()[-1][:40])
def test_every_python_example_runs(code: str, graph_sandbox: Sandbox, graph_client: GraphClient) -> None:
    exec(
        compile(code, "testing.md", "exec"), {"__name__": "page", "sandbox": graph_sandbox, "graph": graph_client}
    )
