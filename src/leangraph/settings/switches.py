"""Switches that hold for every client, with settings or without: the rules of ``Settings``, and no pydantic."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from leangraph.errors import ConfigurationError

READ_ONLY: Final = "GRAPH_READ_ONLY"
_WORDS: Final = {  # as pydantic reads a bool
    **dict.fromkeys(("1", "t", "true", "y", "yes", "on"), True),
    **dict.fromkeys(("0", "f", "false", "n", "no", "off"), False),
}


def is_read_only(environ: Mapping[str, str] | None = None, file: str = ".env") -> bool:
    """Tell whether the environment, or else the ``.env`` file, forbids writing.

    Raises:
        ConfigurationError: the variable holds neither yes nor no.
    """
    environ = os.environ if environ is None else environ
    said = next((value for name, value in environ.items() if name.upper() == READ_ONLY and value), "")
    said = said or _in_file(Path(file))
    if not said.strip():
        return False
    if said.strip().lower() not in _WORDS:
        raise ConfigurationError(
            f"{READ_ONLY} is malformed: it should hold 1 to refuse every write before it leaves, 0 to send it"
        )
    return _WORDS[said.strip().lower()]


def _in_file(file: Path) -> str:
    """Return what a file says, "" if nothing; the parser is loaded only for a file that names the switch."""
    try:
        content = file.read_bytes()
    except OSError:  # absent, a folder, or not ours to read: the file is optional
        return ""
    if READ_ONLY.lower().encode() not in content.replace(b"\0", b"").lower():  # in UTF-16 too
        return ""
    from io import StringIO

    from dotenv import dotenv_values

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ConfigurationError(f"{file} is not UTF-8 text: save it as UTF-8 (PowerShell's > writes UTF-16)")
    values = dotenv_values(stream=StringIO(text), interpolate=False)
    return next((value for name, value in reversed(values.items()) if name.upper() == READ_ONLY and value), "")
