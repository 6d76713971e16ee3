"""The jobs by name, and what the words of a command line mean to one.

A job is a module with one function: ``plan(graph, …)`` yields steps, ``rows(graph, …)`` yields what it has read.
Its positional parameters are the arguments, its keyword-only ones the options; ``Annotated[int, "…"]`` says what
one is for.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, get_args, get_type_hints

from leangraph.errors import ConfigurationError
from leangraph.rows.read import similar
from leangraph.system import files

JOBS: Final = (
    "audit", "ca-backup", "ca-diff", "ca-restore", "consents", "expiring-secrets", "group-sync",
    "least-permissions", "license-swap", "licenses", "mfa", "offboard", "roles", "rotate-secret", "sign-ins",
    "stale-devices", "stale-guests", "users-create",
)  # fmt: skip


class Parameter(NamedTuple):
    """A word of the command line: ``kind`` is ``bool``, ``int``, ``str`` or ``Path``."""

    name: str
    kind: type
    about: str
    default: Any
    is_option: bool
    required: bool


class Job(NamedTuple):
    """A job: ``function`` yields steps if it ``writes``, else rows; ``reads`` are the requests that it makes."""

    name: str
    about: str
    function: Callable[..., Any]
    writes: bool
    reads: Sequence[str]

    def parameters(self) -> list[Parameter]:
        words = list(inspect.signature(self.function).parameters.values())[1:]
        said = SimpleNamespace(__annotations__={word.name: word.annotation for word in words})
        hints = get_type_hints(said, getattr(self.function, "__globals__", {}), include_extras=True)
        return [_parameter(word, hints.get(word.name, str)) for word in words]


def find(name: str) -> Job:
    """Return a job by its name, or from a file that ends in ``.py``.

    Raises:
        ConfigurationError: there is none, or the file is no job.
    """
    if name.endswith(".py"):
        path = files.resolve(name)
        spec = spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise ConfigurationError(f"there is no file {name}")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    elif name in JOBS:
        module = import_module(f"leangraph.jobs.{name.replace('-', '_')}")
    else:
        close = similar(name, JOBS)
        meant = f"did you mean {' or '.join(close)}? " if close else ""
        raise ConfigurationError(f"there is no job {name}: {meant}a file of your own is ./{name}.py")
    for word in ("plan", "rows"):
        if callable(function := getattr(module, word, None)):
            about = inspect.getdoc(function) or inspect.getdoc(module) or ""
            return Job(Path(name).stem, about, function, word == "plan", getattr(module, "READS", ()))
    raise ConfigurationError(
        f"{name} is not a job: it must define plan(graph, …), which yields steps, or rows(graph, …)"
    )


def _parameter(word: inspect.Parameter, hint: Any) -> Parameter:
    about = next((str(each) for each in getattr(hint, "__metadata__", ())), "")
    bare = hint.__origin__ if about else hint
    kind = next((each for each in get_args(bare) if each is not type(None)), bare)
    is_option = word.kind is inspect.Parameter.KEYWORD_ONLY
    required = word.default is inspect.Parameter.empty
    if kind not in (bool, int, str, Path) or word.kind in (word.VAR_KEYWORD, word.VAR_POSITIONAL):
        raise ConfigurationError(f"the parameter {word.name} of a job must be a bool, an int, a str or a Path")
    return Parameter(word.name, kind, about, None if required else word.default, is_option, required)
