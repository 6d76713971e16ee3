"""Downloads that are whole or not there, and go on where they broke off."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from types import TracebackType
from typing import IO, Any, Final, Self

from leangraph.errors import ConfigurationError, Error, GraphError, TransportError
from leangraph.http.reply import Reply, Stream
from leangraph.http.signed import SignedUrl
from leangraph.http.transport import Transport
from leangraph.net.origin import host_of, is_safe, same_origin
from leangraph.protocols.drives import (
    HASHES,
    Hash,
    Progress,
    hash_of,
    is_of_a_drive,
    other_hash,
    other_size,
    reporter,
)
from leangraph.system import files

Target = str | os.PathLike[str] | IO[bytes]

_EXPIRED: Final = frozenset({401, 403, 404, 410})  # what a download address answers when its time is over
_CHANGED: Final = frozenset({412, 416})
_PASSED_ON: Final = frozenset({"accept", "if-none-match", "user-agent"})
_PLAIN: Final = {"Accept": "*/*", "Accept-Encoding": "identity"}  # ranges and lengths count what is stored


def download(
    transport: Transport,
    url: str,
    file: Target,
    *,
    verify: bool = False,
    progress: Progress | None = None,
    headers: Mapping[str, str] | None = None,
) -> int | None:
    """Download what is at a URL of Graph's; see ``Address.download``."""
    return _download(transport, url, None, file, verify=verify, progress=progress, headers=headers)


def download_signed(
    transport: Transport,
    url: str,
    file: Target,
    *,
    verify: bool = False,
    progress: Progress | None = None,
    headers: Mapping[str, str] | None = None,
) -> int | None:
    """Download what is at an address that carries its own permission: no token goes there, nothing shows it."""
    if not is_safe(url):
        raise ConfigurationError(f"an address on {host_of(url)!r} is fetched by https only: nothing was sent")
    if verify:
        raise ConfigurationError("verify= is for drive items: of another address there is nothing to compare with")
    return _download(transport, "", SignedUrl(url), file, verify=False, progress=progress, headers=headers)


def is_elsewhere(path: str, root: str) -> bool:
    """Tell whether a path is in truth an address on another host than Graph's."""
    return path.lower().startswith(("https://", "http://")) and not same_origin(path, root)


def _download(
    transport: Transport,
    url: str,
    address: SignedUrl | None,
    file: Target,
    *,
    verify: bool,
    progress: Progress | None,
    headers: Mapping[str, str] | None,
) -> int | None:
    if any(name.lower() == "range" for name in headers or ()):
        raise ConfigurationError("a download is of the whole: for a part, graph.get(path, headers={'Range': …})")
    place: _Destination = _AtPath(file) if isinstance(file, (str, os.PathLike)) else _InFile(file)
    with place:
        work = _Download(transport, url, address, place, dict(headers or {}), reporter(progress), verify=verify)
        if not work.run():
            return None
        place.keep()
        return work.done


class _Download:
    """One file on its way here."""

    def __init__(
        self,
        transport: Transport,
        url: str,
        address: SignedUrl | None,
        place: _Destination,
        headers: dict[str, str],
        progress: Progress,
        *,
        verify: bool,
    ) -> None:
        self.transport = transport
        self.url = url  # of Graph's, which leads to an address; "" if there is only that
        self.address = address
        self.place = place
        self.headers = {**_PLAIN, **headers}
        self.progress = progress
        self.verify = verify
        self.done = 0
        self.total: int | None = None
        self.whole = False  # whether the answer itself says where it ends
        self.mark = ""  # what tells this content from a later one
        self.name, self.expected = "", ""  # of the hash to compare it with
        self.hash: Hash | None = None

    def run(self) -> bool:
        """Take all bytes, whatever it takes; tell whether there were any to take: not after a 304."""
        if self.verify:
            self.expect()
        patience = self.transport.patience()
        best = 0
        while True:
            reply: Reply | None = None
            if self.address is None:
                reply = self.transport.send("GET", self.url, headers=self.headers, stream=True)
                self.address = reply.body if isinstance(reply.body, SignedUrl) else None
            try:
                reply = self.fetch(self.address) if self.address is not None else reply
                assert reply is not None
                if reply.status == 304:
                    return False
                self.take(reply)
                break
            except (GraphError, TransportError) as error:
                failure = error
            if self.done and not self.mark:
                self.restart()
            if self.done > best:
                best = self.done
                patience.renew()
            patience.wait(failure)
        if self.verify or not self.whole:
            self.compare()
        return True

    def fetch(self, address: SignedUrl) -> Reply:
        """Ask the address. Raises ``TransportError`` where its time is over."""
        expected = {304, *_EXPIRED, *_CHANGED}
        reply = self.transport.signed("GET", address, headers=self.asked(), expected=expected, stream=True)
        if reply.status not in _EXPIRED:
            return reply
        if not self.url:
            raise TransportError(
                f"the address on {address.host} answers {reply.status}: it has expired or never was good",
                transient=False,
            )
        self.address = None  # Graph knows a new one
        raise TransportError(f"the address of the file on {address.host} has expired")

    def asked(self) -> dict[str, str]:
        """Return the headers for the rest, or for all of it."""
        sent = {**_PLAIN, **{name: value for name, value in self.headers.items() if name.lower() in _PASSED_ON}}
        if self.done:
            sent["Range"] = f"bytes={self.done}-"
            if self.mark.startswith('"'):  # a weak tag or a date matches nothing: those are compared in the answer
                sent["If-Match"] = self.mark
        return sent

    def take(self, reply: Reply) -> None:
        """Write what an answer brings. Raises ``TransportError`` where it is short, or of another file."""
        if reply.status in _CHANGED:
            self.restart()
            raise TransportError("the file changed while it was downloaded")
        stream: Stream = reply.body
        try:
            mark = reply.headers.get("ETag") or reply.headers.get("Last-Modified") or ""
            length = reply.headers.get("Content-Length", "")
            encoded = "Content-Encoding" in reply.headers
            rest = int(length) if length.isdecimal() and not encoded else None
            if reply.status == 206:
                self.continued(reply.headers.get("Content-Range", ""), mark)
            elif self.done:
                self.restart()
            if not self.done:
                self.mark = mark
            self.total = None if rest is None else self.done + rest
            chunked = "chunked" in reply.headers.get("Transfer-Encoding", "").lower()
            self.whole = bool(length) or chunked or reply.status == 204
            for piece in stream:
                self.place.write(piece)
                if self.hash is not None:
                    self.hash.update(piece)
                self.done += len(piece)
                self.progress(self.done, self.total)
        finally:
            stream.close()
        if self.total is not None and self.done != self.total:
            raise TransportError(f"{self.done} of {self.total} bytes came")
        if not self.done:
            self.progress(0, 0)

    def continued(self, said: str, mark: str) -> None:
        """Make sure that a 206 is the rest of what was begun."""
        match = re.fullmatch(r"\s*bytes\s+([0-9]+)-[0-9]+/([0-9]+|\*)\s*", said, re.IGNORECASE)
        total = int(match[2]) if match and match[2] != "*" else self.total
        if match and int(match[1]) == self.done and mark in ("", self.mark) and total == self.total:
            return
        self.restart()
        raise TransportError(
            "the file changed while it was downloaded, or another part of it came than was asked for"
        )

    def restart(self) -> None:
        self.place.restart()
        self.done, self.mark, self.total = 0, "", None
        self.hash = HASHES[self.name]() if self.name else None

    def item(self) -> Any:
        """Return the drive item whose content this is; ``None`` if it is that of none."""
        path = self.url.partition("?")[0]
        if is_of_a_drive(path) and path.lower().endswith("/content") and self.url == path:
            return self.transport.send("GET", path[: -len("/content")]).body
        return None

    def expect(self) -> None:
        """Find out which hash to compute."""
        self.name, self.expected = hash_of(self.item())
        self.hash = HASHES[self.name]() if self.name else None

    def compare(self) -> None:
        """Compare with what Graph knows of the drive item."""
        ours = self.hash.hexdigest() if self.hash is not None else ""
        if ours and not other_hash(self.name, self.expected, ours):
            return
        item = self.item()  # it may have changed since the hash was asked for
        name, value = hash_of(item) if self.hash is not None else ("", "")
        if ours and name == self.name:
            problem = other_hash(name, value, ours)
        elif ours and name:
            problem = f"its {self.name} was {self.expected}, and that of what was transferred is {ours}"
        elif isinstance(item, dict) and "size" in item:
            problem = other_size(item, self.done)
        else:
            problem = "there is neither a size nor a hash to compare it with"
        if problem:
            raise TransportError(f"what came may not be the whole file: {problem}", transient=False)


class _Destination:
    """Where a download goes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass

    def write(self, piece: bytes) -> None:
        raise NotImplementedError

    def restart(self) -> None:
        """Take back what was written."""
        raise NotImplementedError

    def keep(self) -> None:
        """Everything is there."""


class _AtPath(_Destination):
    """A file, under another name in the same folder until it is whole."""

    def __init__(self, file: str | os.PathLike[str]) -> None:
        self._name = os.fspath(file)
        path = files.resolve(file)
        if path.exists() and not path.is_file():
            raise ConfigurationError(
                f"{self._name!r} is no file: name one, as no name is taken from the server, or give a file that "
                "is open for writing bytes"
            )
        with files.told(f"{self._name!r} cannot be written"):
            self._new = files.NewFile(file, ending="part")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._new.discard()

    def write(self, piece: bytes) -> None:
        with files.told(f"{self._name!r} cannot be written", Error):
            self._new.stream.write(piece)

    def restart(self) -> None:
        self._new.stream.seek(0)
        self._new.stream.truncate()

    def keep(self) -> None:
        with files.told(f"{self._name!r} cannot be written", Error):
            self._new.commit()


class _InFile(_Destination):
    """A file that the caller has opened; it gets what comes as it comes, and stays open."""

    def __init__(self, file: Any) -> None:
        try:
            file.write(b"")
        except (TypeError, AttributeError, io.UnsupportedOperation):
            file = None
        if file is None:
            raise ConfigurationError("file must be a path, or a file opened for writing bytes: open(…, 'wb')")
        self._file = file
        self._origin = file.tell() if getattr(file, "seekable", lambda: False)() else None

    def write(self, piece: bytes) -> None:
        while piece:  # a raw file may take less than it is given
            taken = self._file.write(piece)
            piece = piece[len(piece) if taken is None else taken :]

    def restart(self) -> None:
        if self._origin is None:
            raise TransportError(
                "the download would have to start over, and what was written to this file cannot be taken back",
                transient=False,
            )
        self._file.seek(self._origin)
        self._file.truncate()
