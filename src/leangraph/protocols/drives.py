"""What uploads and downloads know of drive items: their paths, and the hashes that Graph keeps."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any, Final, Protocol

from leangraph.errors import ConfigurationError
from leangraph.http.target import segments


def item_path(path: str) -> str:
    """Return the path of a drive item, or of a collection of attachments, without what is done to it.

    ``/me/drive/root:/a.txt:/content`` is ``/me/drive/root:/a.txt:``, and so is ``/me/drive/root:/a.txt``.
    """
    where, _, options = path.partition("?")
    if options:
        raise ConfigurationError(f"{path!r} has query options, which this verb does not take")
    return _closed(re.sub(r"(?i)/(content|createUploadSession)$", "", where.rstrip("/")))


def content_path(path: str) -> str:
    """Return the path of what is to be downloaded: of a drive item, its ``/content``."""
    where, mark, options = path.partition("?")
    where = _closed(where.rstrip("/"))
    last = where.rpartition("/")[2].lower()
    if is_of_a_drive(where) and last not in ("content", "contentstream") and not last.startswith("$"):
        where += "/content"
    return f"{where}{mark}{options}"


def _closed(where: str) -> str:
    """Put the second colon behind a name: ``root:/a b.txt`` needs it before anything can follow."""
    is_open = False
    for part in where.split("/")[1:]:
        is_open ^= part.endswith(":")
    return f"{where}:" if is_open else where


def is_of_a_drive(path: str) -> bool:
    return not {"drive", "drives", "driveitem", "shares", "filesfolder"}.isdisjoint(segments(path))


# -- hashes ---------------------------------------------------------------------------------------------------


class Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class QuickXor:
    """The hash of business drives: each byte is XORed in, eleven bits further round a ring of 160 than the last.

    After 160 bytes the ring is back where it was, so that whole blocks are folded onto one another first.
    Source: https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash
    """

    BLOCK = 160  # bytes

    def __init__(self) -> None:
        self._columns = 0  # a block, as a number
        self._length = 0

    def update(self, data: bytes, /) -> None:
        shift = self._length % self.BLOCK
        self._length += len(data)
        number = int.from_bytes(data, "little") << 8 * shift
        blocks = -(-(len(data) + shift) // self.BLOCK)
        while blocks > 1:
            blocks = -(-blocks // 2)
            half = 8 * self.BLOCK * blocks
            number = (number >> half) ^ (number & ((1 << half) - 1))
        self._columns ^= number

    def base64(self) -> str:
        ring = self._length << 96  # the length goes into the last eight bytes
        for place, byte in enumerate(self._columns.to_bytes(self.BLOCK, "little")):
            turned = byte << (11 * place % 160)
            ring ^= (turned & ((1 << 160) - 1)) ^ (turned >> 160)
        return base64.b64encode((ring & ((1 << 160) - 1)).to_bytes(20, "little")).decode()

    hexdigest = base64


HASHES: Final[dict[str, Callable[[], Hash]]] = {
    "sha256Hash": hashlib.sha256,
    "sha1Hash": lambda: hashlib.sha1(usedforsecurity=False),
    "quickXorHash": QuickXor,
}


def hashes_of(item: object) -> dict[str, str]:
    """Return the hashes that Graph has of an item, those we can compute, the best first."""
    facet = item.get("file") if isinstance(item, dict) else None
    hashes = facet.get("hashes") if isinstance(facet, dict) else None
    found = hashes if isinstance(hashes, dict) else {}
    return {name: found[name] for name in HASHES if isinstance(found.get(name), str) and found[name]}


def other_hash(name: str, value: str, digest: Hash) -> str:
    ours = digest.hexdigest()
    same = ours == value if name == "quickXorHash" else ours.lower() == value.lower()
    return "" if same else f"its {name} is {value}, and that of what was transferred {ours}"


def other_size(item: Any, size: int) -> str:
    there = item.get("size") if isinstance(item, dict) else None
    return "" if there in (None, size) else f"it has {there} bytes, and {size} were transferred"
