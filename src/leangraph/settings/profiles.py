"""Profiles for people with many tenants, and where what is theirs stands on each system."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import tomllib
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from leangraph.errors import ConfigurationError
from leangraph.system import files

SERVICE = "leangraph"  # under which entries stand in the keyring


def directory() -> Path:
    """Return where ``config.toml`` and kept sign-ins are: the place that the operating system has for it.

    Raises:
        ConfigurationError: this user has no home, as in many containers.
    """
    variable = {"win32": "APPDATA", "darwin": ""}.get(sys.platform, "XDG_CONFIG_HOME")
    if os.environ.get(variable):
        return Path(os.environ[variable]) / "leangraph"
    try:
        home = Path.home()
    except RuntimeError:
        home = None
    if home is None:
        raise ConfigurationError(
            "this user has no home directory: set HOME to one, or GRAPH_STATE_DIR to where sign-ins are to be kept"
        )
    below = {"win32": "AppData/Roaming", "darwin": "Library/Application Support"}.get(sys.platform, ".config")
    return home / below / "leangraph"


def keyring() -> Any:
    """Return the module ``keyring``.

    Raises:
        ConfigurationError: it is not installed, or this machine has nothing for it to keep secrets in.
    """
    if importlib.util.find_spec("keyring") is None:
        raise ConfigurationError(
            "the operating system's keyring needs one more package: pip install leangraph[keyring]"
        )
    module = importlib.import_module("keyring")
    if not module.get_keyring().priority > 0:
        raise ConfigurationError("this machine has no keyring (on a server, that is usual)")
    return module


def read(name: str, variables: Mapping[str, str], secrets: Set[str]) -> dict[str, str]:
    """Return what a profile says, by variable.

    Raises:
        ConfigurationError: the file cannot be read, has no such profile, an unknown or malformed key in it, or a
            secret where others can read it. No value is ever shown.
    """
    try:
        return _read(name, variables, secrets)
    except ConfigurationError as error:
        failure = error.with_traceback(None)  # its frames show the profile
    raise failure


def _read(name: str, variables: Mapping[str, str], secrets: Set[str]) -> dict[str, str]:
    file = directory() / "config.toml"
    source = f"[profiles.{name}]"
    profile = _table(file, name)
    values: dict[str, str] = {}
    for key, value in profile.items():
        variable = variables.get(key)
        if variable is None:
            raise ConfigurationError(
                f"{source} in {file}: {key!r} is no setting: the names are {', '.join(variables)}"
            )
        if variable in secrets:
            value = _secret(key, value, file, source)  # noqa: PLW2901
        text = _text(value)
        if text is None:
            raise ConfigurationError(f"{source} in {file}: {key} must be a text, a number or a list of texts")
        if text:
            values[variable] = text
    return values


def _table(file: Path, name: str) -> dict[str, Any]:
    problem = ""
    profiles: Any = {}
    try:
        profiles = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("profiles", {})
    except FileNotFoundError:
        problem = f"there is no {file}: write [profiles.{name}] into it"
    except tomllib.TOMLDecodeError as error:
        problem = f"{file} is no TOML: {error}"
    except UnicodeDecodeError:
        problem = f"{file} is not UTF-8 text"
    except OSError as error:
        problem = f"{file} cannot be read: {error.strerror}"
    if problem:
        raise ConfigurationError(problem)
    profile = profiles.get(name) if isinstance(profiles, dict) else None
    if not isinstance(profile, dict):
        known = ", ".join(sorted(profiles)) if isinstance(profiles, dict) and profiles else "none"
        raise ConfigurationError(f"there is no [profiles.{name}] in {file}; there are: {known}")
    return profile


def _secret(key: str, value: Any, file: Path, source: str) -> Any:
    """Return a secret of a profile: from the keyring, or from the file if that is the owner's alone."""
    if isinstance(value, dict):
        entry = value.get("keyring")
        if not isinstance(entry, str) or len(value) != 1:
            raise ConfigurationError(f'{source} in {file}: {key} must be a text or {{ keyring = "entry" }}')
        secret = keyring().get_password(SERVICE, entry)
        if not secret:
            raise ConfigurationError(
                f"{source}: the keyring has no entry {entry!r} for {SERVICE}: keyring set {SERVICE} {entry}"
            )
        return secret
    if not files.is_private(file):
        how = (
            f'put it into the keyring: {key} = {{ keyring = "entry" }}'
            if sys.platform == "win32"
            else f"chmod 600 {file}"
        )
        raise ConfigurationError(f"{source}: {key} may not stand in {file}, which others can read: {how}")
    return value


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float, str)):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    return None
