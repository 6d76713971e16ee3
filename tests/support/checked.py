"""Scripts for type checkers: what the sampled paths mean, the code of the documentation, and how to run them."""

from __future__ import annotations

import json
import keyword
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from processes import python, run

from leangraph import Address
from leangraph.knowledge import enums, paths, schema

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "support" / "fixtures"
VERBS = {name for name in dir(Address) if name[0] != "_" and callable(getattr(Address, name))}
PYTHON = {  # what a JSON value of OData's types is in Python; that of all others is a str
    "Edm.Boolean": "bool",
    "Edm.Stream": "bytes",
    **dict.fromkeys(("Edm.Byte", "Edm.Int16", "Edm.Int32", "Edm.Int64"), "int"),
    **dict.fromkeys(("Edm.Decimal", "Edm.Double", "Edm.Single"), "float"),
}


# -- what the sampled paths mean --------------------------------------------------------------------------------


def sampled() -> Iterator[tuple[str, str]]:
    """Yield every sampled path that has a type, with the statement that asserts which one."""
    for line in (FIXTURES / "paths.tsv").read_text(encoding="utf-8").splitlines():
        path, kind = line.split("\t")
        said = expression(path)
        if said is not None:
            yield path, statement(*said, kind.replace("microsoft.graph.", ""))


def expression(path: str) -> tuple[str, bool] | None:
    """Return a path in Python, and whether it calls an action.

    ``None`` for what has no type: behind a cast of a complex type, and behind names that are both an action and a
    function, so that they take explicit verbs; reports, which are CSV, whatever the metadata says.
    """
    text, before, action = "graph", "", False
    for segment in path.strip("/").split("/"):
        kind = schema.leads_to(f"{before}/{segment}".replace("{value}", "1"))
        on = schema.leads_to(before.replace("{value}", "1")) if before else None
        before += f"/{segment}"
        name, _, arguments = segment.removesuffix(")").partition("(")
        bare = name.rpartition(".")[2]
        calls = schema.operations(on).get(bare) if on else None
        is_cast = name.removeprefix("microsoft.graph.") in schema.derived(inner(on or ""))
        if segment == "{id}":
            text += '["x"]'
        elif is_cast and on in paths()["types"] and "complex" in paths()["types"][on]:
            return None
        elif is_cast:
            text = f'({text} / "{name}")'
        elif calls is None:
            text = _followed(text, name)
        elif len({one["kind"] for one in schema.named(bare)}) > 1 or kind == "report":
            return None
        else:
            action = calls[0]["kind"] == "action"
            named = ", ".join(f"{one.split('=')[0]}=anything" for one in arguments.split(",") if one)
            text = f"{_followed(text, bare)}({'**fields' if action else named})"
    return text, action


def statement(text: str, action: bool, kind: str) -> str:
    """Return the assertion that what comes back has the type that the metadata says."""
    name = inner(kind)
    value = PYTHON.get(name, "str") if name.startswith("Edm.") else _written(name)
    is_object = name in paths()["types"] or name == "Edm.Stream"
    if action:
        return f"assert_type({text}, {'None' if not kind else _answer(value, kind != name, is_object)})"
    if kind != name:
        return f"assert_type({text}.list(), Pages[{value}])"
    return f"assert_type({text}.get(), {_answer(value, False, is_object)})"


def script(*, written: bool = False) -> str:
    """Return a module of all those assertions, one on a line; or of every fifth call that writes."""
    head = (
        "from typing import Any, assert_type\n"
        "from leangraph import GraphClient, Pages, types as t\n"
        "from leangraph.types import Page, Wrapped\n"
        "graph = GraphClient.from_env()\n"
        "anything: Any = None\n"
        "fields: dict[str, Any] = {}\n"
    )
    return head + "".join(f"{said}\n" for said in (calls()[::5] if written else (said for _, said in sampled())))


def calls() -> list[str]:
    """Return a write for each sampled path that takes one, with a value for whatever the metadata names there."""
    found = []
    for line in (FIXTURES / "paths.tsv").read_text(encoding="utf-8").splitlines():
        path, kind = line.split("\t")
        said, kind = expression(path), kind.replace("microsoft.graph.", "")
        known = paths()["types"].get(inner(kind))
        if said is None:
            continue
        text, action = said
        if action:
            owner, _, name = path.rpartition("/")
            [*_, operation] = schema.bound(
                schema.leads_to(owner.replace("{value}", "1")) or "", name.rpartition(".")[2]
            )
            given = {key: value(kind) for key, kind in operation.get("parameters", {}).items()}
            named = (f"{key}={text}" for key, text in given.items() if not keyword.iskeyword(key))
            found.append(f"{text.removesuffix('(**fields)')}({', '.join(named)})")
        elif known and not known.get("complex") and not known.get("abstract"):
            found.append(f"{text}.{'post' if inner(kind) != kind else 'patch'}({value(inner(kind), 0)})")
    return found


def value(kind: str, depth: int = 1) -> str:
    """Return a value of a type as Python writes it: an object with all its properties, but no deeper than two."""
    name = inner(kind)
    if name != kind:
        return f"[{value(name, depth)}]"
    if name in enums()["members"]:
        return repr(enums()["members"][name][0])
    if name not in paths()["types"]:
        return {"bool": "True", "int": "1", "float": "1.5", "bytes": "'eA=='"}.get(PYTHON.get(name, ""), "'x'")
    if depth > 2 or paths()["types"][name].get("open"):
        return "{}"
    fields = {key: kind for key, kind in schema.properties(name).items() if inner(kind) != "Edm.Stream"}
    return "{" + ", ".join(f"{key!r}: {value(kind, depth + 1)}" for key, kind in fields.items()) + "}"


def inner(kind: str) -> str:
    return kind.removeprefix("Collection(").removesuffix(")")


def _followed(text: str, name: str) -> str:
    return f'({text} / "{name}")' if name in VERBS or keyword.iskeyword(name) else f"{text}.{name}"


def _answer(value: str, many: bool, is_object: bool) -> str:
    return f"Page[{value}]" if many else value if is_object else f"Wrapped[{value}]"


def _written(name: str) -> str:
    if name == "Json":
        return "Any"
    space, _, last = name.rpartition(".")
    return f"t.{space.replace('.', '_')}{'.' * bool(space)}{last[:1].upper()}{last[1:]}"


# -- the code of the documentation ------------------------------------------------------------------------------


def documented() -> dict[str, str]:
    """Return every Python example of the documentation as a module; where ``graph`` is not made, it is there."""
    found = {}
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]:
        text = page.read_text(encoding="utf-8")
        text = re.sub(r"<!-- not run: [^>]* -->\s*```python\n.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        for number, code in enumerate(blocks, 1):
            made = re.search(r"\bgraph(: \w+)? = |\bas graph\b|\bgraph: ", code)
            found[re.sub(r"\W", "_", f"{page.stem.lower()}_{number}")] = code if made else GIVEN + code
    return found


GIVEN = "from leangraph import GraphClient; graph = GraphClient.from_env()\n"


# -- checkers ---------------------------------------------------------------------------------------------------


class Error(NamedTuple):
    """What a checker complained about."""

    file: str
    line: int
    message: str


# Examples may leave out what everybody has a name for (a URL, a store), and use libraries that are not here.
CONFIGURATION = """
[mypy]
strict = true
[mypy-documented.*]
disallow_untyped_defs = false
disallow_untyped_calls = false
disallow_untyped_decorators = false
disallow_incomplete_defs = false
disable_error_code = name-defined, import-not-found, import-untyped, var-annotated
"""


def mypy(folder: Path, *files: str, cache: str = "stubs") -> list[Error]:
    """Check modules in a folder; the next run with the same cache does not read again what has not changed."""
    (folder / "mypy.ini").write_text(CONFIGURATION, encoding="utf-8")
    kept = ROOT / ".mypy_cache" / "tests" / cache
    done = python("-m", "mypy", "--no-error-summary", "--cache-dir", kept, *files, cwd=folder)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(r"^(.+?):(\d+): error: (.*)$", done.stdout, re.MULTILINE)
    assert bool(found) == bool(done.returncode), done.stdout + done.stderr
    return [Error(file, int(line), message) for file, line, message in found]


def pyright_command() -> str | None:
    """Return where pyright is, in the environment's own ``node_modules`` or on the path."""
    local = Path(sys.prefix) / "pyright" / "node_modules" / ".bin"
    return shutil.which("pyright", path=str(local)) or shutil.which("pyright")


def pyright(folder: Path, *files: str, mode: str = "standard") -> list[Error]:
    """Check modules in a folder."""
    command = pyright_command()
    assert command is not None
    settings = {"include": list(files), "typeCheckingMode": mode, "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = run(command, "--outputjson", "--pythonpath", sys.executable, "--project", folder)
    said = json.loads(done.stdout)
    assert said["summary"]["filesAnalyzed"] == len(files), done.stdout
    return [
        Error(Path(one["file"]).name, one["range"]["start"]["line"] + 1, one["message"].split("\n")[0])
        for one in said["generalDiagnostics"]
        if one["severity"] == "error"
    ]
