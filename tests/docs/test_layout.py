"""The order of the modules, what they may import and load, and what is shipped: read from the source."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

import pytest
from processes import python

import leangraph

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "leangraph"

# Imports run from the top of this list to its bottom, never up. A new module takes its place here first.
ORDER = (
    "_version errors clouds system knowledge net settings auth http protocols "
    "address client rows scale types sandbox cli pytest_plugin"
).split()
SHARED = "knowledge"  # facts of Microsoft's metadata, and no decision: anybody may read them, it imports nobody
SHOWS = {"cli", "__main__"}  # who may print


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def part_of(module: str) -> str:
    """Return the entry of the list that a module belongs to; the package itself is ``leangraph``."""
    return "leangraph" if module == "leangraph" else module.split(".")[1]


MODULES = {name_of(file): file for file in sorted(PACKAGE.rglob("*.py"))}
FOLDERS = ("src", "tests", "tools", "benchmarks")
FILES = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs: everything but the blocks under ``TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            yield from (node for other in child.orelse for node in (other, *nodes(other)))
        else:
            yield child
            yield from nodes(child)


def imports(module: str, source: str) -> set[str]:
    """Return the modules of ours that a module imports anywhere in it, functions included."""
    package = module if module in MODULES and MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in nodes(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                lazy = leangraph._HOME.get(alias.name) if home == "leangraph" else None
                inner = f"leangraph.{lazy}" if lazy else f"{home}.{alias.name}"
                found.add(inner if inner in MODULES else home)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found |= {str(word.value) for word in node.args if isinstance(word, ast.Constant)}
    return {name for name in found if name.split(".")[0] == "leangraph"}


IMPORTS = {name: imports(name, file.read_text(encoding="utf-8")) for name, file in MODULES.items()}


def goes_up(module: str, imported: str) -> bool:
    one, other = part_of(module), part_of(imported)
    if one == other or other in ("leangraph", "_version", SHARED) or one == "__main__":
        return False
    return one in ("leangraph", SHARED) or ORDER.index(other) > ORDER.index(one)


# -- who imports whom -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import leangraph.client", {"leangraph.client"}),
        ("from leangraph import clouds, __version__", {"leangraph.clouds", "leangraph"}),
        ("from leangraph import GraphClient as G", {"leangraph.client"}),
        ("from leangraph.client import GraphClient", {"leangraph.client"}),
        ("from . import client", {"leangraph.client"}),
        ("from .sandbox.core.store import Store", {"leangraph.sandbox.core.store"}),
        ("def f():\n  if 1:\n    from leangraph.client import GraphClient", {"leangraph.client"}),
        ("from importlib import import_module\nimport_module('leangraph.client')", {"leangraph.client"}),
        ("if TYPE_CHECKING:\n  from leangraph.client import GraphClient", set()),
        ("if typing.TYPE_CHECKING:\n  pass\nelse:\n  import leangraph.client", {"leangraph.client"}),
        ("import requests, os.path\nfrom json import loads", set()),
    ],
)
def test_the_reader_of_imports_reads(source: str, found: set[str]) -> None:
    assert imports("leangraph.errors", source) == found


def test_the_reader_knows_up_from_down() -> None:
    assert goes_up("leangraph.errors", "leangraph.clouds")
    assert goes_up("leangraph.knowledge.schema", "leangraph.errors")
    assert goes_up("leangraph.http.transport", "leangraph.sandbox.core.store")
    assert goes_up("leangraph", "leangraph.errors")
    assert not goes_up("leangraph.clouds", "leangraph.errors")
    assert not goes_up("leangraph.cli.demo", "leangraph.sandbox")
    assert not goes_up("leangraph.http.target", "leangraph.knowledge")


def test_every_module_has_its_place_in_the_order() -> None:
    assert {part_of(name) for name in MODULES} <= {*ORDER, "leangraph", "__main__", SHARED}
    assert {"errors", "settings", "http", "client", "sandbox", "cli"} <= {part_of(name) for name in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_those_above_it(module: str) -> None:
    assert [imported for imported in sorted(IMPORTS[module]) if goes_up(module, imported)] == []


def test_sandbox_and_client_share_data_and_no_code() -> None:
    of_sandbox = {name for module in MODULES if part_of(module) == "sandbox" for name in IMPORTS[module]}
    of_client = {
        name
        for module in MODULES
        if part_of(module) in ORDER[: ORDER.index("sandbox")]
        for name in IMPORTS[module]
    }

    assert {part_of(name) for name in of_sandbox} <= {"sandbox", SHARED}
    assert "sandbox" not in {part_of(name) for name in of_client}


def test_the_package_itself_imports_nothing_of_ours_before_it_is_asked() -> None:
    assert IMPORTS["leangraph"] == {"leangraph._version"}  # which imports nothing
    assert IMPORTS["leangraph._version"] == set()


def test_every_module_can_be_the_first_to_be_imported() -> None:
    script = (
        "import sys, importlib\n"
        "for name in sys.argv[1:]:\n"
        "    for loaded in [m for m in sys.modules if m.split('.')[0] == 'leangraph']: del sys.modules[loaded]\n"
        "    importlib.import_module(name)\n"
        "    print(name)\n"
    )
    first = [name for name in MODULES if not name.endswith("__main__")]

    assert run(script, *first).split() == first


# -- what importing costs, and what it gives ------------------------------------------------------------------


def run(script: str, *arguments: str) -> str:
    done = python("-W", "error", "-c", script, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = set(run("import leangraph, sys; print(*sys.modules)").split())

    assert "leangraph" in loaded
    assert {name for name in loaded if name.startswith("leangraph.")} == {"leangraph._version"}
    assert not {"requests", "urllib3", "msal", "pydantic", "pydantic_settings", "cryptography", "ssl"} & loaded


def typed_names() -> dict[str, str]:
    """Return the names in the ``TYPE_CHECKING`` block of the package, each with its module."""
    [block] = [
        node
        for node in ast.parse(MODULES["leangraph"].read_text(encoding="utf-8")).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    assert all(isinstance(node, ast.ImportFrom) for node in block.body)
    return {
        str(alias.asname): f"{node.module}.{alias.name}"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_type_checkers_and_the_interpreter_see_the_same_names() -> None:
    at_run_time = {name: f"leangraph.{home}.{name}" for name, home in leangraph._HOME.items()}

    assert typed_names() == at_run_time
    assert leangraph.__all__ == sorted(at_run_time)
    assert set(leangraph.__all__) <= set(dir(leangraph))


@pytest.mark.parametrize("name", leangraph.__all__)
def test_every_name_imports_from_where_it_is_said_to_be(name: str) -> None:
    space: dict[str, Any] = {}
    exec(f"from leangraph import {name}", space)

    assert space[name].__module__ == f"leangraph.{leangraph._HOME[name]}"
    assert inspect.getdoc(space[name])


def test_a_star_brings_exactly_what_is_promised() -> None:
    space: dict[str, Any] = {}
    exec("from leangraph import *", space)

    assert space.keys() - {"__builtins__"} == set(leangraph.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(leangraph, "GraphClinet")
    with pytest.raises(ImportError, match="GraphClinet"):
        exec("from leangraph import GraphClinet")


# -- habits ---------------------------------------------------------------------------------------------------


def careless(source: str) -> list[str]:
    """Return the calls that read or write text without saying in which encoding."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or any(word.arg in ("encoding", None) for word in call.keywords):
            continue
        name = ast.unparse(call.func)
        last = name.rpartition(".")[2]
        if last in ("read_text", "write_text", "TextIOWrapper"):
            found.append(ast.unparse(call))
        elif last in ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile") and name != "os.open":
            of_path = last == "open" and "." in name and name.partition(".")[0] not in ("io", "gzip")
            place = 0 if of_path or last.endswith("File") else 1
            modes = [word.value for word in call.keywords if word.arg == "mode"] or call.args[place : place + 1]
            binary = any(isinstance(mode, ast.Constant) and "b" in str(mode.value) for mode in modes)
            if not binary and (modes or last in ("open", "fdopen")):  # a temporary file is binary unless told
                found.append(ast.unparse(call))
    return found


@pytest.mark.parametrize(
    ("call", "caught"),
    [
        ("open('x')", True),
        ("open('x', 'w')", True),
        ("open('x', mode='a')", True),
        ("open('b')", True),
        ("io.open('x')", True),
        ("Path('x').open()", True),
        ("path.open('w')", True),
        ("path.read_text()", True),
        ("Path('x').write_text('y')", True),
        ("os.fdopen(4, 'w')", True),
        ("NamedTemporaryFile('w')", True),
        ("io.TextIOWrapper(raw)", True),
        ("open('x', encoding='utf-8')", False),
        ("open('x', 'rb')", False),
        ("path.open('wb')", False),
        ("path.open(mode='rb')", False),
        ("path.read_text(encoding='utf-8')", False),
        ("path.write_bytes(b'')", False),
        ("os.open('x', os.O_RDONLY)", False),
        ("os.fdopen(4, 'wb')", False),
        ("NamedTemporaryFile()", False),
    ],
)
def test_the_reader_of_calls_reads(call: str, caught: bool) -> None:
    assert careless(call) == ([call] if caught else [])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_whoever_opens_text_says_in_which_encoding(file: Path) -> None:
    assert careless(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", [name for name in MODULES if part_of(name) not in SHOWS])
def test_a_library_does_not_print(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))

    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "print"] == []


@pytest.mark.parametrize(
    "file", [file for file in FILES if ROOT / "tests" in file.parents], ids=lambda file: file.name
)
def test_one_helper_starts_the_processes_of_tests(file: Path) -> None:
    """It ends them too, whatever happens."""
    starting = {
        "subprocess.run",
        "subprocess.Popen",
        "subprocess.check_output",
        "os.fork",
        "multiprocessing.Process",
    }
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]

    assert file.name == "processes.py" or not starting & {ast.unparse(call.func) for call in calls}


# -- what is shipped ------------------------------------------------------------------------------------------


def test_windows_can_unpack_every_path_of_the_wheel() -> None:
    shipped = [
        file.relative_to(SOURCE).as_posix()
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    ]
    shipped += [f"leangraph-{leangraph.__version__}.dist-info/{name}" for name in ("licenses/LICENSE", "RECORD")]

    assert "leangraph/py.typed" in shipped
    assert [path for path in shipped if len(path) > 80] == []
    lower = [path.lower() for path in shipped]
    assert len(set(lower)) == len(lower)  # neither Windows nor macOS tells a from A


def test_three_packages_are_needed_and_no_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in project["dependencies"]]

    assert sorted(needed) == ["msal", "pydantic-settings", "requests"]
    assert project["requires-python"] == ">=3.11"
    assert {"cli", "fast", "xlsx", "parquet", "keyring", "all"} <= project["optional-dependencies"].keys()


NEEDED = {"msal", "requests", "pydantic_settings"}
BROUGHT_ALONG = {"urllib3", "cryptography", "pydantic", "pydantic_core", "dotenv"}
OF_AN_EXTRA = {"click", "jmespath", "truststore", "orjson", "pytest"}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_imports_what_nobody_installs(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    foreign = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"leangraph"}

    assert foreign <= NEEDED | BROUGHT_ALONG | OF_AN_EXTRA
