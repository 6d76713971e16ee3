"""The order of the modules, what they may import and load, and what is shipped: read from the source."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import house
import pytest
from processes import python
from shares import sample

import leangraph

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "leangraph"

# A file imports only files that stand earlier, in functions and under TYPE_CHECKING too; stubs count as modules.
# An entry names the files of a folder, in the order in which they need each other. A new file takes its place here
# first; an ``__init__`` that imports nothing needs none, and ``types``, which is generated, is one entry.
LAYERS = (
    "_version errors clouds",
    "system: text files fork warn log threads",
    "net: headers origin redact certificates content framing failures trust adapter session",
    "settings: fields rules sources profiles model __init__",
    "knowledge: corrections unpack __init__ csdl rules schema permissions advice generate stubs",
    "auth: grant flow bearer azure holder refusals store wire proofs msal users managed azcli oauth2 choose",
    "http: options retry signed target pace reply transport core",
    "protocols: paging completeness batching batch drives content downloads operations delta references reports",
    "protocols: uploads mail",
    "address client scale",
    "rows: journal write database compare read",
    "jobs: step redact guard plan secret apply __init__ people logs policies catalog",
    "jobs: audit ca_backup ca_diff ca_restore consents expiring_secrets group_sync least_permissions license_swap",
    "jobs: licenses mfa offboard roles rotate_secret sign_ins stale_devices stale_guests users_create overview",
    "types",
    "sandbox/wire: folders hosts server faults signed_urls tls webhooks proxy",
    "sandbox/seed: skus people roles untidy contents",
    "sandbox/odata: paths query rules sql",
    "sandbox/rules: limits permissions permits",
    "sandbox/login: aadsts forms jose other_provider registry client_proofs scopes sign_ins ledger flows",
    "sandbox/login: authorize managed_identity arm service",
    "sandbox/core: store directory call endpoints batch jobs model actions page_tokens custom engine audit",
    "sandbox/core: deleted",
    "sandbox/core: relations delta objects subscriptions families metadata places typed_calls typed_writes typed",
    "sandbox/graph: authentication devices directory_objects groups licenses login_apps app_credentials",
    "sandbox/graph: applications organization photos reports roles service_principals permission_grants teams",
    "sandbox/graph: users role_management authentication_methods extensions conditional_access",
    "sandbox/graph: team_contents managed_devices group_settings planner",
    "sandbox/graph/drives: tree items changes office uploads",
    "sandbox/graph: mime drafts mail mailbox_settings calendars invitations",
    "sandbox: pipeline live",
    "sandbox/controls: base checked faults kept loading protocols seeding signin",
    "sandbox: tenant __init__",
    "cli: completion output attempts login net demo doctor progress sandbox sync words bulk mail perms transfer",
    "cli: types options jobs",
    "cli/commands: copies jobs machine reading signing writing",
    "cli: app __init__",
    "pytest_plugin __main__ __pyinstaller/hook-leangraph __pyinstaller/__init__ __init__",
)
OFFENDERS: set[tuple[str, str]] = set()  # known, and to be mended: this list may only shrink
LONG_FILES: set[str] = set()  # over 400 code lines; stays empty
LONG_FUNCTIONS: set[str] = set()  # over 40 code lines; stays empty
SHOWS = {"cli", "__main__"}  # who may print


def name_of(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def room(place: str) -> str:
    return place.split("/", maxsplit=1)[0]


def part_of(module: str) -> str:
    """Return the room of a module; that of the package itself is ``leangraph``."""
    return "leangraph" if module == "leangraph" else module.split(".")[1]


MODULES = {name_of(file): file for file in sorted(PACKAGE.rglob("*.py"))}
FOLDERS = ("src", "tests", "tools", "benchmarks")
FILES = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]


def positions() -> list[str]:
    """Return the places of all files, from the bottom to the top."""
    order = []
    for entry in LAYERS:
        folder, colon, names = entry.rpartition(": ")
        order += [f"{folder}/{name}" if colon else name for name in names.split()]
    return order


ORDER = positions()


@pytest.fixture(scope="module")
def known() -> dict[str, set[str]]:
    """What every file imports."""
    return house.without_types(house.all_imports())


def offences(edges: Mapping[str, set[str]], order: list[str]) -> set[tuple[str, str]]:
    """Return who imports what stands no earlier."""
    at = {name: number for number, name in enumerate(order)}
    return {
        (name, other) for name, known in edges.items() for other in known if at.get(other, -1) >= at.get(name, 0)
    }


# -- who imports whom -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import leangraph.client", {"client"}),
        ("from leangraph import clouds, __version__", {"clouds", "__init__"}),
        ("from leangraph import GraphClient as G", {"client"}),
        ("from leangraph.client import GraphClient", {"client"}),
        ("from . import redact", {"net/redact"}),
        ("from .redact import redact", {"net/redact"}),
        ("from ..client import GraphClient", {"client"}),
        ("from ..sandbox.core.store import Store", {"sandbox/core/store"}),
        ("def f():\n  if 1:\n    from leangraph.client import GraphClient", {"client"}),
        ("from importlib import import_module\nimport_module('leangraph.client')", {"client"}),
        ("if TYPE_CHECKING:\n  from leangraph.client import GraphClient", {"client"}),
        ("if typing.TYPE_CHECKING:\n  pass\nelse:\n  import leangraph.client", {"client"}),
        ("if TYPE_CHECKING:\n  from leangraph.types import User", set()),
        ("if TYPE_CHECKING:\n  if x:\n    from leangraph.types.security import Alert", set()),
        ("if TYPE_CHECKING:\n  import leangraph.types", {"types/__init__"}),
        ("if TYPE_CHECKING:\n  pass\nelse:\n  from leangraph.types import User", {"types/__init__"}),
        ("from leangraph.types import User", {"types/__init__"}),
        ("from leangraph.net import session", set()),  # itself
        ("import requests, os.path\nfrom json import loads", set()),
    ],
)
def test_the_reader_of_imports_reads(source: str, found: set[str]) -> None:
    assert house.imports("net/session", source, leangraph._HOME) == found


def test_the_reader_knows_up_from_down() -> None:
    order = ["errors", "net/redact", "net/session", "client"]

    assert offences({"errors": {"client"}}, order) == {("errors", "client")}
    assert offences({"net/redact": {"net/session"}}, order) == {("net/redact", "net/session")}
    assert offences({"client": {"errors", "net/redact"}, "net/session": {"net/redact"}}, order) == set()


def test_every_file_has_one_place_in_the_order(known: dict[str, set[str]]) -> None:
    needed = {name for name, some in known.items() if some or not name.endswith("/__init__")} | {"__init__"}

    assert needed - {*ORDER} == set(), "has no place in LAYERS"
    assert {*ORDER} - {*known, "__init__"} == set(), "is no longer there: take it out of LAYERS"
    assert len({*ORDER}) == len(ORDER)


def test_a_file_imports_only_files_that_stand_earlier(known: dict[str, set[str]]) -> None:
    """What is mended is taken out of OFFENDERS; nothing is ever added."""
    assert offences(known, ORDER) == OFFENDERS


def test_no_files_know_each_other_in_a_circle(known: dict[str, set[str]]) -> None:
    assert house.circles(known) == []


def test_the_reader_of_circles_reads() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"e"}, "e": {"f", "b"}, "f": {"d"}, "g": {"a"}}

    assert house.circles(edges) == [["b", "c"], ["d", "e", "f"]]


def test_stubs_are_read_too() -> None:
    assert "address" in house.all_imports()["types/__init__"]


def test_sandbox_and_client_share_knowledge_and_no_code(known: dict[str, set[str]]) -> None:
    shown = {"sandbox", "cli", "pytest_plugin", "__main__", "__init__"}
    of_sandbox = house.reach(known, *(name for name in known if room(name) == "sandbox"))
    of_client = house.reach(known, *(name for name in known if room(name) not in shown))

    assert {room(name) for name in of_sandbox} == {"sandbox", "knowledge"}
    assert "sandbox" not in {room(name) for name in of_client}


# -- how large it is ------------------------------------------------------------------------------------------


def test_no_file_grows_too_long() -> None:
    """What is mended is taken out of LONG_FILES; nothing is ever added."""
    assert house.long_files().keys() == LONG_FILES


def test_no_function_grows_too_long() -> None:
    """What is mended is taken out of LONG_FUNCTIONS; nothing is ever added."""
    assert house.long_functions().keys() == LONG_FUNCTIONS


def test_the_counter_of_lines_counts() -> None:
    source = (
        '"""A docstring\nof two lines."""\n\nimport os  # a comment\n\n\nclass A:\n    """Another."""\n\n'
        "    # a comment\n    def f(\n        self,\n    ) -> str:\n        'a docstring'\n"
        "        text = '''\n\n'''\n        def g(): return text\n        return g()\n"
    )

    assert len(house.code_lines(source)) == 10
    assert [*house.functions(source)] == [("A.f", 8), ("A.f.g", 1)]


def test_the_rooms_of_the_client_add_up() -> None:
    sizes = house.rooms()

    assert sizes["client"] == sizes["core"] + sum(sizes[name] for name in house.INNER)
    assert sizes.total() - sizes["client"] > 10_000


# -- what importing gives -------------------------------------------------------------------------------------


def test_every_module_can_be_the_first_to_be_imported() -> None:
    script = (
        "import sys, importlib\n"
        "for name in sys.argv[1:]:\n"
        "    for loaded in [m for m in sys.modules if m.split('.')[0] == 'leangraph']: del sys.modules[loaded]\n"
        "    importlib.import_module(name)\n"
        "    print(name)\n"
    )
    first = sample([name for name in MODULES if not name.endswith("__main__")], 15)

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
    if not re.search(r"open\(|read_text|write_text|TextIOWrapper|TemporaryFile", source):
        return []
    found = []
    for call in ast.walk(house.parsed(source)):
        if not isinstance(call, ast.Call) or any(word.arg in ("encoding", None) for word in call.keywords):
            continue
        name = ast.unparse(call.func)
        last = name.rpartition(".")[2]
        if last in ("read_text", "write_text", "TextIOWrapper"):
            if len(call.args) <= (last != "read_text"):  # the next would be the encoding
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
        ("path.write_text('x', 'utf-16')", False),
        ("path.write_bytes(b'')", False),
        ("os.open('x', os.O_RDONLY)", False),
        ("os.fdopen(4, 'wb')", False),
        ("NamedTemporaryFile()", False),
    ],
)
def test_the_reader_of_calls_reads(call: str, caught: bool) -> None:
    assert careless(call) == ([call] if caught else [])


def test_whoever_opens_text_says_in_which_encoding() -> None:
    assert len(FILES) > 300
    assert [(file, call) for file in FILES for call in careless(house.text(file))] == []


def printing(source: str) -> list[int]:
    """Return the lines that name ``print``."""
    if "print" not in source:
        return []
    return [
        node.lineno for node in ast.walk(house.parsed(source)) if isinstance(node, ast.Name) and node.id == "print"
    ]


def test_a_library_does_not_print() -> None:
    silent = [file for name, file in MODULES.items() if part_of(name) not in SHOWS]

    assert len(silent) > 150
    assert [(file, line) for file in silent for line in printing(house.text(file))] == []


def test_the_reader_of_printing_reads() -> None:
    assert sorted(printing("x = 1\nif x:\n    print(x)\ny = print")) == [3, 4]
    assert printing("blueprint = 1\nfingerprint(2)\nx.print()") == []


def test_one_helper_starts_the_processes_of_tests() -> None:
    """It ends them too, whatever happens."""
    tests = [file for file in FILES if ROOT / "tests" in file.parents and file.name != "processes.py"]

    assert len(tests) > 90
    assert [(file, call) for file in tests for call in starts(house.text(file))] == []


def starts(source: str) -> list[str]:
    """Return the calls that start a process."""
    starting = {
        "subprocess.run",
        "subprocess.Popen",
        "subprocess.check_output",
        "os.fork",
        "multiprocessing.Process",
    }
    if not any(name in source for name in starting):
        return []
    calls = [node for node in ast.walk(house.parsed(source)) if isinstance(node, ast.Call)]
    return [name for name in (ast.unparse(call.func) for call in calls) if name in starting]


def test_the_reader_of_starts_reads() -> None:
    assert starts("import os\nos.fork()\nsubprocess.run(['x'])") == ["os.fork", "subprocess.run"]
    assert starts("processes.run('subprocess.run', 'os.fork()')") == []


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


def test_what_is_imported_is_declared_and_no_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in project["dependencies"]]

    assert sorted(needed) == [
        "cryptography", "msal", "pydantic", "pydantic-settings", "python-dotenv", "requests", "urllib3",
    ]  # fmt: skip
    assert project["requires-python"] == ">=3.11"
    assert {"cli", "fast", "xlsx", "parquet", "keyring", "all"} <= project["optional-dependencies"].keys()


NEEDED = {"msal", "requests", "pydantic_settings", "urllib3", "cryptography", "pydantic", "dotenv"}
BROUGHT_ALONG = {"pydantic_core"}  # by pydantic, in a version that only pydantic can choose
OF_AN_EXTRA = {"click", "jmespath", "truststore", "orjson", "pytest"}
RUNS_US = {"PyInstaller"}  # what imports our hook


def foreign(source: str) -> set[str]:
    """Return the packages that a module imports and that Python does not bring."""
    tree = house.parsed(source)
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"leangraph"}


def test_no_module_imports_what_nobody_installs() -> None:
    expected = NEEDED | BROUGHT_ALONG | OF_AN_EXTRA | RUNS_US
    found = {name: foreign(house.text(file)) - expected for name, file in MODULES.items()}

    assert {name: packages for name, packages in found.items() if packages} == {}
    assert foreign("import os, numpy.linalg\ndef f():\n    from pandas.core import x\nfrom . import y") == {
        "numpy",
        "pandas",
    }
