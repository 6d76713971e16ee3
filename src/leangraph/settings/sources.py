"""Where settings come from: arguments, environment, a profile, ``.env``. A source remembers what it answered."""

from __future__ import annotations

import io
import os
import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from dotenv.parser import parse_stream
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from leangraph.errors import ConfigurationError
from leangraph.settings.fields import PURPOSES, SECRETS, VARIABLES, Refusal
from leangraph.settings.rules import (
    ARGUMENTS,
    ENVIRONMENT,
    Origin,
    origin_of_file,
    origin_of_profile,
)
from leangraph.system import files
from leangraph.system.text import cleaned

IMPLICIT: Final = (".env",)  # the file that nobody has named: it is optional
SEARCH = "<search>"  # the key under which a ``Search`` travels with the values; no keyword can be spelled so


class Search:
    """One reading of all sources: where to look, and afterwards who answered what.

    Args:
        environ: the variables of the environment.
        profile: the name of a profile and what stands in it, by variable.
        files: the ``.env`` files, the last of which decides.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        profile: tuple[str, Mapping[str, str]] | None,
        files: Iterable[str | os.PathLike[str]],
    ) -> None:
        self.environ = environ
        self.profile = profile
        self.files = list(files)
        self.is_implicit = files is IMPLICIT
        self.sources: list[Source] = []
        self.notes: list[str] = []  # what may explain that something is missing

    @property
    def origins(self) -> dict[str, Origin]:
        """Who set each variable: the nearest source that did."""
        return {name: origin for source in reversed(self.sources) for name, origin in source.answered.items()}

    def __repr__(self) -> str:
        return "<where settings were looked for>"


class Source(PydanticBaseSettingsSource):
    """One place that says what the user decides.

    Attributes:
        answered: the variables that it set, each with its origin.
    """

    def __init__(self, settings_cls: type[BaseSettings], search: Search) -> None:
        super().__init__(settings_cls)
        self.search = search
        self.answered: dict[str, Origin] = {}
        search.sources.append(self)

    @abstractmethod
    def read(self) -> dict[str, tuple[Any, Origin]]:
        """Return the value of each variable that is set here, and its origin."""

    def __call__(self) -> dict[str, Any]:
        values = self.read()
        self.answered = {name: origin for name, (_, origin) in values.items()}
        return {name: _covered(name, value) for name, (value, _) in values.items()}

    def clean(
        self, values: Mapping[str, str], origin: Origin, *, quoted: bool = False
    ) -> dict[str, tuple[Any, Origin]]:
        """Return texts by variable without what they picked up on their way; what is empty then is not set."""
        clean = {name: cleaned(value, quoted=quoted) for name, value in values.items()}
        return {name: (_judged(name, value), origin) for name, value in clean.items() if value}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Part of pydantic-settings' interface for sources that go field by field, which none of ours does."""
        return None, field_name, False


class Arguments(Source):
    """The keywords of ``Settings``, by field name or by variable. ``None`` unsets what farther sources say."""

    def __init__(self, settings_cls: type[BaseSettings], search: Search, given: Mapping[str, Any]) -> None:
        super().__init__(settings_cls, search)
        self.given = given

    def read(self) -> dict[str, tuple[Any, Origin]]:
        named = {VARIABLES.get(name, name): value for name, value in self.given.items() if name != SEARCH}
        return {
            name: (_judged(name, cleaned(value) or value) if isinstance(value, str) else value, ARGUMENTS)
            for name, value in named.items()
            if name in PURPOSES
        }

    def __call__(self) -> dict[str, Any]:
        return {SEARCH: self.search, **super().__call__()}


class Environment(Source):
    """The environment's variables, whatever the case of their names. An empty one is an unset one."""

    def read(self) -> dict[str, tuple[Any, Origin]]:
        variables = {name.upper(): value for name, value in self.search.environ.items()}
        ours = {name: value for name, value in variables.items() if name in PURPOSES}
        return self.clean(ours, ENVIRONMENT, quoted=True)  # docker's --env-file and cmd's set leave the quotes on


class Profile(Source):
    """One profile of ``config.toml``, which ``profiles.read`` has read."""

    def read(self) -> dict[str, tuple[Any, Origin]]:
        if self.search.profile is None:
            return {}
        name, values = self.search.profile
        return self.clean(values, origin_of_profile(name))


class DotEnv(Source):
    """The ``.env`` files, read when they are asked; what a nearer source says is not taken from them.

    Nothing is interpolated: a ``${…}`` in a secret is part of it, and a file that anybody may have put here has no
    business with the values of the environment.

    Raises:
        ConfigurationError: a file was named and cannot be read. That nobody named is optional: why it says
            nothing is noted in the search.
    """

    def read(self) -> dict[str, tuple[Any, Origin]]:
        values: dict[str, tuple[Any, Origin]] = {}
        for file in self.search.files:
            lines, problem = _lines_of(files.expand(file), file)
            is_demanded = not self.search.is_implicit and not problem.startswith("no ")
            if problem and (is_demanded or _mentions_read_only(files.expand(file))):
                raise ConfigurationError(problem)
            if problem:
                self.search.notes.append(problem)
            unclear = [number for number, key, _ in lines if key is None]
            if unclear:
                numbers = ", ".join(map(str, unclear[:5]))
                which = f"line {numbers} is" if len(unclear) == 1 else f"lines {numbers} are"
                self.search.notes.append(f"{file}: {which} not NAME=value")
            named = {key.upper(): value for _, key, value in lines if key is not None and value}
            ours = {name: value for name, value in named.items() if name in PURPOSES}
            values |= self.clean(ours, origin_of_file(file))
        return {name: value for name, value in values.items() if name not in self.current_state}


def _mentions_read_only(file: Path) -> bool:
    """Tell whether a file names the switch that forbids writing, which must not be overlooked."""
    try:
        return b"graph_read_only" in file.read_bytes().replace(b"\0", b"").lower()
    except OSError:
        return False


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def _lines_of(file: Path, name: object) -> tuple[list[tuple[int, str | None, str]], str]:
    """Return number, key and value of each line of a ``.env`` file, and why there are none.

    A line that is not understood has no key.
    """
    try:
        if file.is_dir() or not file.exists():
            return [], f"no {name} in {Path.cwd()}"
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        return [], f"{name} cannot be read: {error.strerror}"
    if "\0" in text:  # UTF-16 without a mark is UTF-8 too, of a sort
        return [], f"{name} is not UTF-8 text: save it as UTF-8 (PowerShell's > writes UTF-16)"
    lines = []
    for binding in parse_stream(io.StringIO(text)):
        key = None if binding.error else binding.key
        if not binding.error and binding.key is None:
            continue  # a comment or an empty line
        skipped = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
        number = binding.original.line + binding.original.string[:skipped].count("\n")
        lines.append((number, key if key is not None and _NAME.fullmatch(key) else None, binding.value or ""))
    return lines, ""


_DAMAGE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ufeff\u200b-\u200f\u2060\ufffd]")
_BLANK = re.compile(r"[\u00a0\u2007\u202f]")  # looks like a blank; a path may have one
_LISTS = frozenset({"GRAPH_SCOPES", "GRAPH_CLIENT_CAPABILITIES"})  # texts on several lines are lists as well


_PLACEHOLDER = re.compile(r"\$\([\w.-]+\)|\$\{[\w.:-]+\}|\$\{\{[^{}]*\}\}|%\w+%|<[^<>]+>|\{\{[^{}]*\}\}")


def _judged(variable: str, value: str) -> Any:
    """Return a value, or a refusal if it was damaged on its way: what is in the middle cannot be taken off."""
    text = " ".join(value.split()) if variable in _LISTS else value
    if _PLACEHOLDER.fullmatch(text):
        return Refusal("is malformed: it is a placeholder, such as $(NAME) or <name>, that nobody has replaced")
    if not _DAMAGE.search(text) and (variable not in SECRETS or not _BLANK.search(text)):
        return value
    return Refusal("is malformed: it holds a line end or an invisible character in the middle; copy it anew")


def _covered(variable: str, value: Any) -> Any:
    """Return a secret in such a form that no frame of ours shows it; anything else as it is."""
    if variable not in SECRETS or value is None or isinstance(value, Refusal):
        return value
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if variable == "GRAPH_PROXY" and not isinstance(value, str):
        return value  # pydantic refuses it without showing it
    return SecretStr(cleaned(value) if isinstance(value, str) else "")
