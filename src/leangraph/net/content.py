"""The content of an answer: decoded as far as its coding says, whole, and no larger than may be kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

PIECE: Final = 64 * 1024  # bytes that are read at a time where they are not kept
DECODED: Final = 1024 * 1024  # bytes that are decoded at a time, however small they were packed
_GZIP: Final = frozenset({"gzip", "x-gzip"})


class Damaged(Exception):
    """The bytes of an answer are not what its ``Content-Encoding`` says, or end before it does.

    Attributes:
        short: whether only the end is missing.
    """

    def __init__(self, message: str, *, short: bool = False) -> None:
        super().__init__(message)
        self.short = short


class TooLarge(Exception):
    """An answer that is kept in memory has more bytes than were allowed."""


def decoded(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Yield what encoded pieces hold.

    Raises:
        Damaged: the coding is none that was asked for, or the content is not whole. A decoder that has not
            reached its end has not seen all of it, however long the encoded bytes were said to be.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        yield from pieces
        return
    if coding not in _GZIP and coding != "deflate":
        raise Damaged(f"its Content-Encoding {coding[:40]!r} is none that was asked for")
    inflate: Any = None
    begun = over = False
    for piece in pieces:
        rest = b"" if over else piece  # what follows the last member is padding
        while rest:
            if inflate is None:
                if begun and (coding == "deflate" or not rest.startswith(b"\x1f")):
                    over = True
                    break
                if coding == "deflate" and len(rest) < 2:
                    raise Damaged("it is no deflate")
                inflate = zlib.decompressobj(_window(coding, rest))
            begun = True
            yield from _inflated(inflate, rest)
            rest = inflate.unused_data
            if inflate.eof:
                inflate = None
    if begun and inflate is not None:
        raise Damaged(f"it ends before its {coding} does", short=True)


def _window(coding: str, start: bytes) -> int:
    """Return zlib's ``wbits``: deflate comes with a header of zlib's, or, against the standard, without."""
    if coding in _GZIP:
        return 31
    return 15 if start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0 else -15


def _inflated(inflate: Any, data: bytes) -> Iterator[bytes]:
    while True:
        try:
            piece = inflate.decompress(data, DECODED)
        except zlib.error:
            raise Damaged("it is not what its Content-Encoding says") from None
        if piece:
            yield piece
        data = inflate.unconsumed_tail
        if inflate.eof or (not data and len(piece) < DECODED):
            return


def whole(pieces: Iterable[bytes], limit: int) -> bytes:
    """Return all pieces in one. Raises ``TooLarge`` beyond ``limit`` bytes."""
    parts: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TooLarge(f"it has more than {limit:,} bytes")
        parts.append(piece)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def start(pieces: Iterable[bytes], limit: int) -> bytes:
    """Return the first bytes, ``limit`` of them at most: enough to tell what went wrong."""
    parts: list[bytes] = []
    left = limit
    for piece in pieces:
        parts.append(piece[:left])
        left -= len(piece)
        if left <= 0:
            break
    return b"".join(parts)
