"""The rooms of the sandbox: which may import which, and that no imports run in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest
from graph_calls import Graph

from leangraph.sandbox.core.call import LIST
from leangraph.sandbox.core.endpoints import ENDPOINTS

ROOT = Path(__file__).parents[2] / "src" / "leangraph" / "sandbox"
# From the bottom to the top: a room imports from itself and from those before it.
ROOMS = "wire odata seed rules login core graph pipeline live controls tenant".split()


def module_of(file: Path) -> str:
    return ".".join(("sandbox", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


MODULES = {module_of(file): file for file in sorted(ROOT.rglob("*.py"))}


def imported_by(module: str) -> set[str]:
    """Return the modules of the sandbox that a module imports: at the top, in functions, for type checkers."""
    file = MODULES[module]
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            home = resolve_name("." * node.level + (node.module or ""), package)
            names |= {
                f"{home}.{alias.name}" if f"{home}.{alias.name}" in MODULES else home for alias in node.names
            }
    return names - {module}


IMPORTS = {module: imported_by(module) for module in MODULES}


def room(module: str) -> int:
    return ROOMS.index(module.split(".")[1]) if "." in module else len(ROOMS)


@pytest.mark.parametrize("module", MODULES)
def test_a_room_imports_only_from_those_before_it(module: str) -> None:
    assert [name for name in IMPORTS[module] if room(name) > room(module)] == []


def test_no_imports_run_in_a_circle() -> None:
    order = list(TopologicalSorter(IMPORTS).static_order())

    assert set(order) == set(MODULES)


# -- what a path takes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", LIST)
def test_a_path_refuses_the_options_that_it_does_not_declare(graph: Graph, option: str) -> None:
    value = {"top": "1", "skip": "1", "count": "true", "filter": "id eq 'a'", "search": '"a:b"'}.get(option, "id")
    refused = set()
    for endpoint in ENDPOINTS:
        path = endpoint.path.replace("{path}", "a.txt").replace("{id}", "ffffffff-0000-4000-8000-000000000000")
        if option in (*endpoint.options, "format") or "(…)" in path or not path.startswith("/"):
            continue
        answer = graph(endpoint.method, path, params={f"${option}": value})
        assert answer.status_code == 400, f"{endpoint.method} {path} takes ${option}"
        assert answer.json()["error"]["message"] == f"'${option}' is not supported by the service."
        refused.add(path)
    assert option == "format" or len(refused) > 50
