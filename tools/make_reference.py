"""Write docs/reference.md: every public name with its signature and docstring. `make reference` runs it."""

from __future__ import annotations

import enum
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import leangraph

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
CHAPTERS = {  # in the order in which a reader meets them; a public name that is missing here is an error
    "Client and addresses": "GraphClient Address Pages Options Request Reply Delta Added Removed",
    "Text for OData": "odata literal segment",
    "Settings and token": "Settings TokenHolder Grant Acquire Keep Store RefreshTokenFile on_behalf_of "
    "workload_identity oauth2_client_credentials oauth2_refresh_token token_credential",
    "Errors": "Error ConfigurationError MissingPermission AuthError TransportError GraphError BadRequest "
    "Unauthorized Forbidden NotFound Conflict Gone PreconditionFailed Throttled ServiceError NotOne "
    "OperationFailed PartialFailure StillRunning",
    "Scale and pace": "fan_out Result Budget FileBudget CallBudget RetryPolicy HttpSession",
    "Tests": "Sandbox",
}


def page() -> str:
    named = {name for names in CHAPTERS.values() for name in names.split()}
    if named != set(leangraph.__all__):
        raise SystemExit(f"put into CHAPTERS, or take out: {sorted(named ^ set(leangraph.__all__))}")
    lines = [
        "# Reference",
        "",
        "Every public name of `leangraph`, from its docstring. Written by `make reference`.",
        "",
    ]
    for chapter, names in CHAPTERS.items():
        lines += [f"## {chapter}", ""]
        for name in names.split():
            lines += entry(name, getattr(leangraph, name), "###")
            for member, value in members(getattr(leangraph, name)):
                lines += entry(member, value, "####")
    return "\n".join(lines).rstrip() + "\n"


def members(thing: Any) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of a class, and those it inherits from private classes of ours."""
    if not inspect.isclass(thing) or issubclass(thing, enum.Enum):
        return
    kinds = property | staticmethod | classmethod | FunctionType
    seen = set()
    for kind in thing.__mro__:
        if not kind.__module__.startswith("leangraph") or (
            kind is not thing and kind.__name__ in leangraph.__all__
        ):
            continue  # what it inherits from a public class stands there
        for name, value in vars(kind).items():
            if name.startswith("_") or name in seen or not isinstance(value, kinds):
                continue
            seen.add(name)
            if inspect.getdoc(getattr(thing, name, None)):
                yield f"{thing.__name__}.{name}", value


def entry(name: str, thing: Any, level: str) -> list[str]:
    thing = getattr(thing, "__func__", thing)
    call = signature(thing)
    return [f"{level} `{name}`", "", *([f"```text\n{name}{call}\n```", ""] if call else []), prose(thing), ""]


def signature(thing: Any) -> str:
    """Return the arguments of a function or class without their types; nothing for a property."""
    if isinstance(thing, property) or (inspect.isclass(thing) and issubclass(thing, BaseException)):
        return ""
    try:
        arguments = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return ""
    shown = [argument.replace(annotation=argument.empty) for argument in arguments]
    public = [argument for argument in shown if argument.name not in {"self", "cls"} and argument.name[0] != "_"]
    return re.sub(r"<(?:built-in )?(?:function |method )?([\w.]+)[^>]*>", r"\1", str(inspect.Signature(public)))


def prose(thing: Any) -> str:
    """Return a docstring as Markdown: an item of a list for each argument, attribute and error."""
    lines: list[str] = []
    in_list = False
    for line in (inspect.getdoc(thing) or "").replace("``", "`").splitlines():
        if re.fullmatch(r"(Args|Attributes|Returns|Raises|Yields):", line):
            in_list = True
            lines += [f"**{line.rstrip(':')}**", ""]
        elif in_list and (item := re.fullmatch(r"    (\S[^:]*): (.*)", line)):
            lines.append(f"- `{item[1].strip('`')}`: {item[2]}")
        elif in_list and line.startswith("    "):
            lines.append(f"  {line.strip()}" if lines[-1][:1] in {"-", " "} else line.strip())
        else:
            in_list = in_list and not line
            lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(PAGE.read_text(encoding="utf-8") != page() and "docs/reference.md is out of date: make reference")
    PAGE.write_text(page(), encoding="utf-8")
