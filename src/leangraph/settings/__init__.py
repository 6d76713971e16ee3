"""What the user decides: ``Settings``, which is loaded when it is first used, since pydantic takes a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leangraph.settings.model import Settings as Settings


def __getattr__(name: str) -> Any:
    if name != "Settings":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from leangraph.settings.model import Settings

    globals()[name] = Settings
    return Settings
