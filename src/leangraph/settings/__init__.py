"""What the user decides: ``Settings``, which is loaded when it is first used, since pydantic takes a while."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leangraph.settings.model import Settings as Settings


def read_one(variable: str) -> Any:
    """Return one setting by the rules of ``Settings``: from the environment, else from ``.env``, else its default.

    For those who bring a ``TokenHolder`` and no settings. Where neither source mentions the variable, pydantic is
    not loaded, and ``None`` is returned.

    Raises:
        ConfigurationError: it is malformed.
    """
    if not any(name.upper() == variable for name in os.environ):
        try:
            text = Path(".env").read_bytes()
        except OSError:
            text = b""
        if variable.encode() not in text.replace(b"\0", b"").upper():  # in UTF-16 too
            return None
    from leangraph.settings.model import Settings

    return Settings.read_one(variable)


def __getattr__(name: str) -> Any:
    if name != "Settings":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from leangraph.settings.model import Settings

    globals()[name] = Settings
    return Settings
