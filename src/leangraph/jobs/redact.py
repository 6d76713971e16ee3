"""Plans and reports to be passed on: the same name is the same mark everywhere, and nobody reads which it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import unquote

from leangraph.knowledge import schema

_WHO: Final = re.compile(
    r"“[^”]*”|[^\s\"'“”(),;<>/]+@[^\s\"'“”(),;<>/]+|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE
)
_TELLING: Final = re.compile(
    r"name$|mail|^(user|owner|owners|principal|upn|who|app|group|device|by|target|ip|ipaddress|city|location|"
    r"what|subject|id|members?)$|id$|phone|title$|address",
    re.IGNORECASE,
)


class Redaction:
    """Marks in place of names, for one report: ``salt`` keeps them from being guessed."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt[:16]

    def mark(self, name: str) -> str:
        plain = name.strip("“”").lower().encode("utf-8", "surrogatepass")
        return f"#{blake2b(plain, digest_size=4, key=self._salt).hexdigest()}"

    def text(self, text: str) -> str:
        """Return a text without the names in quotes, addresses and ids in it."""
        return _WHO.sub(lambda match: self.mark(match[0]), text)

    def path(self, path: str) -> str:
        """Return a path whose keys are marks; its query is left out."""
        path = path.partition("?")[0]
        named, shown = path.split("/"), schema.spelled(unquote(path)).split("/")
        if len(named) != len(shown):
            return self.text(unquote(path))
        return "/".join(
            part if part == known or "{" not in known else self.mark(unquote(part))
            for part, known in zip(named, shown, strict=True)
        )

    def value(self, value: Any) -> Any:
        """Return a value of a body: every text in it is a mark."""
        if isinstance(value, Mapping):
            return {key: self.value(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(part) for part in value]
        return self.mark(value) if isinstance(value, str) else value

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of a report: columns that name somebody are marks, others lose the names in them."""
        return {
            name: self.value(value)
            if _TELLING.search(name)
            else self.text(value)
            if isinstance(value, str)
            else self.value(value)
            if isinstance(value, (list, dict))
            else value
            for name, value in row.items()
        }
