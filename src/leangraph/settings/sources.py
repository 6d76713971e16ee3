"""Where settings come from: arguments, environment, a profile, ``.env``. A source remembers what it answered."""

from __future__ import annotations

import io
import os
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from leangraph.errors import ConfigurationError
from leangraph.settings.fields import PURPOSES, SECRETS, VARIABLES
from leangraph.settings.rules import (
    ARGUMENTS,
    ENVIRONMENT,
    Origin,
    origin_of_file,
    origin_of_profile,
)

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
        self.sources: list[Source] = []

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
        return {name: (value, ARGUMENTS) for name, value in named.items() if name in PURPOSES}

    def __call__(self) -> dict[str, Any]:
        return {SEARCH: self.search, **super().__call__()}


class Environment(Source):
    """The environment's variables, whatever the case of their names. An empty one is an unset one."""

    def read(self) -> dict[str, tuple[Any, Origin]]:
        variables = {name.upper(): value for name, value in self.search.environ.items() if value}
        return {name: (value, ENVIRONMENT) for name, value in variables.items() if name in PURPOSES}


class Profile(Source):
    """One profile of ``config.toml``, which ``profiles.read`` has read."""

    def read(self) -> dict[str, tuple[Any, Origin]]:
        if self.search.profile is None:
            return {}
        name, values = self.search.profile
        origin = origin_of_profile(name)
        return {variable: (value, origin) for variable, value in values.items()}


class DotEnv(Source):
    """The ``.env`` files, read when they are asked; what a nearer source says is not taken from them.

    Nothing is interpolated: a ``${…}`` in a secret is part of it, and a file that anybody may have put here has no
    business with the values of the environment.

    Raises:
        ConfigurationError: a file is there and cannot be read.
    """

    def read(self) -> dict[str, tuple[Any, Origin]]:
        values = {}
        for file in self.search.files:
            lines = io.StringIO(_text_of(Path(file).expanduser()))
            for key, value in dotenv_values(stream=lines, interpolate=False).items():
                name = key.upper()
                if value and name in PURPOSES and name not in self.current_state:
                    values[name] = (value, origin_of_file(file))
        return values


def _text_of(file: Path) -> str:
    try:
        if file.is_dir() or not file.exists():
            return ""
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
    if "\0" in text:  # UTF-16 without a mark is UTF-8 too, of a sort
        raise ConfigurationError(f"{file} is not UTF-8 text: save it as UTF-8 (PowerShell's > writes UTF-16)")
    return text


def _covered(variable: str, value: Any) -> Any:
    """Return a secret in such a form that no frame of ours shows it; anything else as it is."""
    if variable not in SECRETS or value is None:
        return value
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if variable == "GRAPH_PROXY" and not isinstance(value, str):
        return value  # pydantic refuses it without showing it
    return SecretStr(value.strip() if isinstance(value, str) else "")
