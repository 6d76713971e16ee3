"""What has outgrown its budget, read from the source: `make house` prints it, tests/docs/test_layout.py tests it.

Code lines are lines that are neither blank nor a comment nor part of a docstring.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import leangraph

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "leangraph"
LONG_FILE = 400  # code lines
LONG_FUNCTION = 40
BUDGETS = {"core": 3_600, "protocols": 1_800, "client": 5_800}  # code lines
APART = ("rows", "jobs", "fs", "sandbox", "cli", "types")  # rooms of their own; all else is the client
NEITHER = ("pytest_plugin", "__main__")
INNER = ("protocols", "mail and notifications", "scale")  # of the client; the rest of it is the core
LATER = ("protocols/mail", "protocols/notifications")
NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def files(suffix: str = ".py") -> list[Path]:
    return sorted(PACKAGE.rglob(f"*{suffix}"))


def place(file: Path) -> str:
    """Return the name of a file below the package: ``http/target``; that of a package is ``http/__init__``."""
    return file.relative_to(PACKAGE).with_suffix("").as_posix()


# -- lines ----------------------------------------------------------------------------------------------------


@cache
def code_lines(source: str) -> frozenset[int]:
    """Return the numbers of the code lines."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body:
                case [ast.Expr(value=ast.Constant(value=str())) as docstring, *_]:
                    lines -= {*range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1)}
    return frozenset(lines)


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Yield every function, with those around it in its name, and how many code lines it has."""
    lines = code_lines(source)

    def inside(node: ast.AST, outer: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{outer}{child.name}", len(lines & {*range(child.lineno, (child.end_lineno or 0) + 1)})
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            yield from inside(child, f"{outer}{child.name}." if named else outer)

    return inside(parsed(source), "")


@cache
def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def long_files() -> dict[str, int]:
    sizes = {place(file): len(code_lines(text(file))) for file in files()}
    return {name: size for name, size in sizes.items() if size > LONG_FILE}


def long_functions() -> dict[str, int]:
    return {
        f"{place(file)}:{name}": size
        for file in files()
        for name, size in functions(text(file))
        if size > LONG_FUNCTION
    }


def rooms() -> Counter[str]:
    """Return the code lines of each room, and of those that have a budget together."""
    found: Counter[str] = Counter()
    for file in files():
        room, size = place(file).split("/")[0], len(code_lines(text(file)))
        if room in APART:
            found[room] += size
        elif room not in NEITHER:
            found["client"] += size
            room = "mail and notifications" if place(file) in LATER else room
            found[room if room in INNER else "core"] += size
    return found


# -- imports --------------------------------------------------------------------------------------------------


def statements(tree: ast.AST, *, of_types: bool = False) -> Iterator[ast.AST]:
    """Yield every statement and expression, but imports of ``leangraph.types`` under ``TYPE_CHECKING``.

    Stubs describe what stands below them: this is the only exception.
    """
    for child in ast.iter_child_nodes(tree):
        home = child.module if isinstance(child, ast.ImportFrom) else None
        if of_types and home is not None and (home == "leangraph.types" or home.startswith("leangraph.types.")):
            continue
        yield child
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            yield child.test
            for part in child.body:
                yield from statements(ast.Module([part], []), of_types=True)
            for part in child.orelse:
                yield from statements(ast.Module([part], []), of_types=of_types)
        else:
            yield from statements(child, of_types=of_types)


@cache
def modules() -> dict[str, str]:
    """Return the place of every module by its name."""
    places = [place(file) for file in files()]
    return {f"leangraph/{name}".removesuffix("/__init__").replace("/", "."): name for name in places}


def imports(name: str, source: str, lazy: Mapping[str, str]) -> set[str]:
    """Return the places that a module imports anywhere in it, ``name`` being its own.

    Args:
        lazy: where the names that the package itself loads on first use come from.
    """
    package = f"leangraph/{name}".rpartition("/")[0].replace("/", ".")
    found: set[str] = set()
    for node in statements(parsed(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                named = f"leangraph.{lazy[alias.name]}" if home == "leangraph" and alias.name in lazy else None
                inner = named or f"{home}.{alias.name}"
                found.add(inner if inner in modules() else home)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found |= {str(word.value) for word in node.args if isinstance(word, ast.Constant)}
    return {modules()[each] for each in found if each in modules()} - {name}


def top(stub: str) -> str:
    """Return what stands before the first class: large stubs take long to read, and import nothing after it."""
    head, *rest = re.split(r"^(?=@|class )", stub, maxsplit=1, flags=re.MULTILINE)
    return stub if rest and re.search(r"^\s*(import|from)\s", rest[0], re.MULTILINE) else head


@cache
def all_imports() -> dict[str, set[str]]:
    """Return what every file imports; what a stub imports too counts as its module's."""
    found: dict[str, set[str]] = {name: set() for name in modules().values()}
    for file in [*files(), *files(".pyi")]:
        name = place(file)
        source = text(file) if file.suffix == ".py" else top(text(file))
        found.setdefault(name, set()).update(imports(name, source, leangraph._HOME))
    return found


def reach(edges: Mapping[str, set[str]], *starts: str) -> set[str]:
    """Return what files import, and what that imports, and so on."""
    seen: set[str] = set()
    ahead = [*starts]
    while ahead:
        new = edges.get(ahead.pop(), set()) - seen
        seen |= new
        ahead += new
    return seen


def circles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of files that know each other in a circle."""
    reached = {name: reach(edges, name) for name in edges}
    groups = {
        frozenset(other for other in reached[name] if name in reached.get(other, ()))
        for name in edges
        if name in reached[name]
    }
    return sorted(sorted(group) for group in groups)


def without_types(edges: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Take the generated types for one file, and leave out the package itself, which shows everything."""

    def one(name: str) -> str:
        return "types" if name.split("/", maxsplit=1)[0] == "types" else name

    merged: dict[str, set[str]] = {}
    for name, known in edges.items():
        if name != "__init__":
            merged.setdefault(one(name), set()).update({one(each) for each in known} - {one(name)})
    return merged


def main() -> int:
    found = rooms()
    for room, size in sorted(found.items(), key=lambda item: -item[1]):
        budget = f" of {BUDGETS[room]:,}" if room in BUDGETS else ""
        print(f"{size:>7,}{budget} code lines: {room}")
    for title, long in (("file", long_files()), ("function", long_functions())):
        for name, size in sorted(long.items(), key=lambda item: -item[1]):
            print(f"{size:>7} lines of a {title}: {name}")
    for circle in circles(without_types(all_imports())):
        print("circle:", ", ".join(circle))
    return 0


if __name__ == "__main__":
    sys.exit(main())
