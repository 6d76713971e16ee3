"""What is uploaded: bytes from anywhere that can be read again, and their hash."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final, Self

from leangraph.errors import ConfigurationError, TransportError
from leangraph.protocols.drives import HASHES, QuickXor
from leangraph.system import files

File = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes]
_BUFFER: Final = 1024 * 1024


class UploadEnded(TransportError):
    """What ends an upload for good: its session is not worth keeping."""

    def __init__(self, message: str) -> None:
        super().__init__(message, transient=False)


class Content:
    """What is uploaded: so many bytes, which can be read again whenever they must be.

    A stream that cannot go back is copied to a temporary file first.
    """

    def __init__(self, file: File, size: int | None = None, *, hashed: bool = False) -> None:
        if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 0):
            raise ConfigurationError(f"size={size!r} must be a number of bytes, 0 or more")
        self.name = ""
        self._close: Callable[[], object] = lambda: None
        self._hash = QuickXor() if hashed else None  # the one that drives have; others are computed afterwards
        self._hashed: tuple[int, int] | None = None  # from where to where the bytes are in it
        if isinstance(file, (str, os.PathLike)):
            with files.told(f"{os.fspath(file)!r} cannot be read"):
                opened: Any = files.expand(file).open("rb")
            self.name, self._close = Path(file).name, opened.close
        elif isinstance(file, (bytes, bytearray, memoryview)):
            opened = io.BytesIO(file)
        else:
            opened, name = file, getattr(file, "name", None)
            self.name = Path(name).name if isinstance(name, str) and not name.startswith("<") else ""
        try:
            self._open(opened, size)
        except BaseException:
            self._close()
            raise

    def _open(self, opened: Any, size: int | None) -> None:
        if not hasattr(opened, "read") or not isinstance(opened.read(0), bytes):
            raise ConfigurationError(
                "file must be a path, bytes, or a file opened for reading bytes: open(…, 'rb')"
            )
        if not opened.seekable():
            copy: Any = tempfile.TemporaryFile()  # noqa: SIM115 - closed by ``__exit__``
            self._close = copy.close
            _copy(opened, copy, size)
            copy.seek(0)
            opened = copy
        self._file = opened
        self._origin = opened.tell()
        there = opened.seek(0, os.SEEK_END) - self._origin
        self._watch = size is None  # who says how much there is may go on writing behind that
        self.size = max(there, 0) if size is None else size
        self._stamp = self._look()
        if there < self.size:
            raise ConfigurationError(f"size={size} is more than the {there} bytes that the file has")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, start: int, count: int) -> bytes:
        """Return exactly these bytes, and hash them on the way if they are the next.

        Raises ``TransportError`` if the file is not what it was at first.
        """
        self._file.seek(self._origin + start)
        pieces = []
        left = count
        while left and (piece := self._file.read(left)):
            pieces.append(piece)
            left -= len(piece)
        if left or self._look() != self._stamp:
            raise UploadEnded(
                "the file changed while it was uploaded, and nothing of it is kept. Upload it again when nobody "
                "writes to it, or say with size= how much of it counts"
            )
        data = pieces.pop() if len(pieces) == 1 else b"".join(pieces)
        if self._hash is not None:
            begin, end = self._hashed or (start, start)
            if start <= end < start + count:  # a range that is sent again is not hashed again
                self._hash.update(memoryview(data)[end - start :], end)
                self._hashed = begin, start + count
        return data

    def digest(self, name: str) -> str:
        """Return a hash of all bytes. What was hashed while it was sent is not read again."""
        if name != "quickXorHash" or self._hash is None:
            other = HASHES[name]()
            for piece in self.pieces(0, self.size):
                other.update(piece)
            return other.hexdigest()
        begin, end = self._hashed or (0, 0)
        ours, self._hash = self._hash, None
        for piece in self.pieces(end, self.size):
            ours.update(piece, end)
            end += len(piece)
        place = 0
        for piece in self.pieces(0, begin):
            ours.update(piece, place)
            place += len(piece)
        self._hash, self._hashed = ours, (0, self.size)
        return ours.hexdigest()

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        for place in range(start, stop, _BUFFER):
            yield self.read(place, min(_BUFFER, stop - place))

    def fingerprint(self) -> str:
        """Return what tells this content from another: size and time of change, or else a hash."""
        if self._stamp is not None:
            return f"{self.size} {self._stamp[1]}"
        digest = hashlib.sha256()
        for piece in self.pieces(0, self.size):
            digest.update(piece)
        return f"{self.size} {digest.hexdigest()}"

    def _look(self) -> tuple[int, int] | None:
        if not self._watch:
            return None
        try:
            found = os.fstat(self._file.fileno())
        except (AttributeError, OSError):  # no file of the operating system
            return None
        return found.st_size, found.st_mtime_ns


def _copy(source: Any, target: Any, size: int | None) -> None:
    left = size
    while left is None or left > 0:
        piece = source.read(_BUFFER if left is None else min(_BUFFER, left))
        if not piece:
            return
        target.write(piece)
        left = None if left is None else left - len(piece)
