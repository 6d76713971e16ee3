"""Short texts that people copy, mount and export: what they pick up on their way is taken off."""

from __future__ import annotations

import re
from typing import Final

_AROUND: Final = re.compile(r"^[\s\ufeff\u200b-\u200f\u2060]+|[\s\ufeff\u200b-\u200f\u2060]+$")
_QUOTES: Final = {'"': '"', "'": "'"}
_OF_WORD_PROCESSORS: Final = {"\u201c": "\u201d", "\u2018": "\u2019"}


def cleaned(value: str, *, quoted: bool = False) -> str:
    """Return a value without blanks, line ends, invisible characters and curly quotes around it.

    Args:
        quoted: without plain quotes as well.
    """
    value = _AROUND.sub("", value)
    quotes = _QUOTES | _OF_WORD_PROCESSORS if quoted else _OF_WORD_PROCESSORS
    if len(value) > 1 and quotes.get(value[0]) == value[-1]:
        value = _AROUND.sub("", value[1:-1])
    return value


def one_line(content: bytes) -> str | None:
    """Return the text of a file that holds one value; ``None`` if it is no UTF-8 text on one line."""
    try:
        text = cleaned(content.decode())
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None


def counted(number: int, what: str) -> str:
    """Return how many there are, as people read it: ``1 change``, ``2,000 changes``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
