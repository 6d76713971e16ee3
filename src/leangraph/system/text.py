"""Short texts that people copy, mount and export: what they pick up on their way is taken off."""

from __future__ import annotations

import re
from typing import Final

_AROUND: Final = re.compile(r"^[\s\ufeff\u200b-\u200f\u2060]+|[\s\ufeff\u200b-\u200f\u2060]+$")
_QUOTES: Final = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019"}


def cleaned(value: str, *, quoted: bool = False) -> str:
    """Return a value without blanks, line ends and invisible characters around it, and quotes if told so."""
    value = _AROUND.sub("", value)
    if quoted and len(value) > 1 and _QUOTES.get(value[0]) == value[-1]:
        value = _AROUND.sub("", value[1:-1])
    return value


def one_line(content: bytes) -> str | None:
    """Return the text of a file that holds one value; ``None`` if it is no UTF-8 text on one line."""
    try:
        text = cleaned(content.decode())
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
