"""What uploads and downloads know of drive items: their paths, and the hashes that Graph keeps."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Final, Protocol
from urllib.parse import unquote

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


Progress = Callable[[int, "int | None"], object]  # the bytes that have arrived, and all there are


def reporter(progress: Progress | None) -> Progress:
    """Return what is told of progress; what cannot be called is refused before anything is sent."""
    if progress is not None and not callable(progress):
        raise ConfigurationError(f"progress={progress!r} must be a function of two numbers")
    return progress or (lambda done, total: None)


# -- hashes ---------------------------------------------------------------------------------------------------


class Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class QuickXor:
    """The hash of business drives: each byte is XORed in, eleven bits further round a ring of 160 than the last.

    After 160 bytes the ring is back where it was, so that whole blocks are folded onto one another first.
    Source: https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash
    """

    BLOCK: Final = 160  # bytes
    STEP: Final = 100 * BLOCK  # bytes that become one number at a time: the fastest, for it stays in the cache

    def __init__(self) -> None:
        self._columns = 0  # blocks, as one number; they are folded in the end
        self._length = 0

    def update(self, data: bytes | memoryview, /, place: int | None = None) -> None:
        """Take in the bytes that follow, or those at a place: in any order, but each of them once."""
        place = self._length if place is None else place
        start = place % self.BLOCK
        self._length = max(self._length, place + len(data))
        view = memoryview(data)
        first = view[: self.BLOCK - start]
        columns = self._columns ^ int.from_bytes(first, "little") << 8 * start
        for step in range(len(first), len(data), self.STEP):
            columns ^= int.from_bytes(view[step : step + self.STEP], "little")
        self._columns = columns

    def base64(self) -> str:
        columns = 0
        for step in range(0, self._columns.bit_length(), 8 * self.BLOCK):
            columns ^= (self._columns >> step) & ((1 << 8 * self.BLOCK) - 1)
        ring = self._length << 96  # the length goes into the last eight bytes
        for place, byte in enumerate(columns.to_bytes(self.BLOCK, "little")):
            turned = byte << (11 * place % 160)
            ring ^= (turned & ((1 << 160) - 1)) ^ (turned >> 160)
        return base64.b64encode((ring & ((1 << 160) - 1)).to_bytes(20, "little")).decode()

    hexdigest = base64


HASHES: Final[dict[str, Callable[[], Hash]]] = {  # the first of them that an item has is compared
    "quickXorHash": QuickXor,
    "sha1Hash": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256Hash": hashlib.sha256,
}


def hash_of(item: object) -> tuple[str, str]:
    """Return the name and value of the hash to compare an item by; empty if Graph has none that we can compute."""
    facet = item.get("file") if isinstance(item, dict) else None
    hashes = facet.get("hashes") if isinstance(facet, dict) else None
    known = hashes if isinstance(hashes, dict) else {}
    for name in HASHES:
        if isinstance(known.get(name), str) and known[name]:
            return name, known[name]
    return "", ""


def other_hash(name: str, value: str, ours: str) -> str:
    """Say how a hash of Graph's differs from ours; "" if it does not."""
    same = ours == value if name == "quickXorHash" else ours.lower() == value.lower()
    return "" if same else f"its {name} is {value}, and that of what was transferred {ours}"


def other_size(item: Any, size: int) -> str:
    """Say how the size of an item differs from ours; "" if it does not, or if Graph does not say."""
    there = item.get("size") if isinstance(item, dict) else None
    return "" if there in (None, size) else f"it has {there} bytes, and {size} were transferred"


_REWRITTEN: Final = frozenset(
    (
        "doc docm docx dot dotm dotx jpeg jpg mpp one potm potx ppam pps ppsm ppsx ppt pptm pptx pub vsd vsdx xla "
        "xlam xls xlsb xlsm xlsx xlt xltm xltx"
    ).split()
)


def may_be_rewritten(item: Any, path: str) -> bool:
    """Tell whether a drive may change such a file as it arrives: SharePoint writes properties into it.

    That concerns Office files and pictures in business drives; a personal drive keeps every byte.
    """
    item = item if isinstance(item, dict) else {}
    parent = item.get("parentReference")
    personal = isinstance(parent, dict) and parent.get("driveType") == "personal"
    name = item.get("name") if isinstance(item.get("name"), str) else unquote(path.rstrip(":/").rpartition("/")[2])
    return not personal and PurePosixPath(name).suffix.lower()[1:] in _REWRITTEN
