"""HTTP/1.1 on loopback, over TLS or plain: bytes to :class:`Request`, :class:`Reply` to bytes.

Its own reader instead of ``http.server``'s: a sandbox must refuse what a strict server refuses
(RFC 9112) and spoil a reply on demand, and both want the bytes in hand. One thread per connection,
which also does the TLS handshake, so that a peer that never finishes one holds up nobody else.
"""

import gzip
import re
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedReader
from typing import cast
from urllib.parse import unquote

from .hosts import is_own

HANDSHAKE_SECONDS = 10.0
IDLE_SECONDS = 300.0  # longer than any client keeps a connection: never the first to hang up
BACKLOG = 512
MAX_LINE = 16 * 1024  # bytes; Graph's own links stay far below
MAX_HEAD = 64 * 1024
MAX_HEADERS = 100
MAX_BODY = 250 * 1024 * 1024  # bytes; a file that is uploaded in one request
GZIP_FROM = 1024  # bytes of body; below, the header costs more than it saves
DRAIN = 4 * 1024 * 1024  # bytes read after a refusal, so that the peer gets to see our answer

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FRAMING = frozenset({"content-length", "connection"})


class Headers(Mapping[str, str]):
    """Header fields whose names ignore case; a repeated field is joined by ``", "``."""

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields: dict[str, tuple[str, str]] = {}
        for name, value in fields:
            key = name.lower()
            known = self._fields.get(key)
            self._fields[key] = (known[0], f"{known[1]}, {value}") if known else (name, value)

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __repr__(self) -> str:
        return f"Headers({dict(self)})"


@dataclass(slots=True)
class Request:
    """One request as it came. ``target`` is still encoded, ``path`` is its decoded path."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    scheme: str = "https"

    @property
    def raw_path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        return unquote(self.raw_path)

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def origin(self) -> str:
        """Scheme and host by the name the client used: links in answers must lead back there."""
        return f"{self.scheme}://{self.headers['Host']}"


@dataclass(slots=True)
class Spoil:
    """How the bytes of one reply go wrong on the wire. Times are in seconds."""

    reset: bool = False
    truncate: bool = False
    slow: float = 0.0


@dataclass(slots=True)
class Reply:
    """One answer. ``Content-Length`` and ``Connection`` are the server's business."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    spoil: Spoil | None = None


class BadHTTP(Exception):
    """The peer does not speak HTTP as we read it; the connection ends with ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__(HTTPStatus(status).phrase)
        self.status = status


class Server:
    """Accepts connections and hands every request to ``handle``, until :meth:`close`.

    ``handle`` must not raise; what goes wrong outside it is handed to ``on_error``. Without a
    ``context`` it speaks plain HTTP.
    """

    def __init__(
        self,
        handle: Callable[[Request], Reply],
        context: ssl.SSLContext | None,
        *,
        port: int = 0,
        on_error: Callable[[BaseException], None],
    ) -> None:
        self._handle = handle
        self._context = context
        self._on_error = on_error
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="sandbox-accept", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, hang up on everybody and wait for their threads."""
        self.closing.set()
        with suppress(OSError):  # closing a socket wakes accept() on no platform; a caller does
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join(5)
        self._listener.close()
        with self._lock:
            open_now = list(self._open.items())
        for connection, _ in open_now:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in open_now:
            thread.join(5)

    @property
    def connections(self) -> int:
        with self._lock:
            return len(self._open)

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError as error:  # out of descriptors, or the peer gave up in the queue
                if self.closing.wait(0.05):
                    return
                self._on_error(error)
                continue
            if self.closing.is_set():
                raw.close()
                return
            thread = threading.Thread(target=self._serve, args=(raw,), name="sandbox", daemon=True)
            with self._lock:
                self._open[raw] = thread
            thread.start()

    def _serve(self, raw: socket.socket) -> None:
        # TLS gets a duplicate, as wrap_socket empties the socket it is given: `raw` stays a handle
        # on the connection that close() may shut down and a reset may linger from any thread.
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.settimeout(HANDSHAKE_SECONDS)
            with self._peer(raw) as peer:
                peer.settimeout(IDLE_SECONDS)
                with cast(BufferedReader, peer.makefile("rb", 64 * 1024)) as reader:
                    self._converse(raw, peer, reader)
        except OSError:  # the peer left, or never spoke TLS: its own affair
            pass
        except Exception as error:  # noqa: BLE001 - a thread must end quietly, the test must know
            self._on_error(error)
        finally:
            with self._lock:
                self._open.pop(raw, None)
            raw.close()

    def _peer(self, raw: socket.socket) -> socket.socket:
        if self._context is None:
            return raw.dup()
        peer = self._context.wrap_socket(raw.dup(), server_side=True, do_handshake_on_connect=False)
        try:
            peer.settimeout(HANDSHAKE_SECONDS)
            peer.do_handshake()
        except BaseException:
            peer.close()
            raise
        return peer

    def _converse(self, raw: socket.socket, peer: socket.socket, reader: BufferedReader) -> None:
        while not self.closing.is_set():
            try:
                request = _read_request(reader, peer)
            except BadHTTP as bad:
                peer.sendall(_bytes(_refusal(bad.status), keep=False))
                _drain(raw, peer, reader)
                return
            if request is None:
                return
            request.scheme = "https" if self._context else "http"
            reply = self._handle(request)
            spoil = reply.spoil or Spoil()
            if spoil.reset:
                _reset(raw)
                return
            keep = not spoil.truncate and _keeps_alive(request)
            reply = _compressed(reply, request)
            data = _bytes(reply, keep=keep, head=request.method == "HEAD")
            if spoil.truncate:
                data = data[: len(data) - (len(reply.body) + 1) // 2]
            if spoil.slow:
                self._trickle(peer, data, spoil.slow)
            else:
                peer.sendall(data)
            if not keep:
                return

    def _trickle(self, peer: socket.socket, data: bytes, seconds: float) -> None:
        step = max(1, len(data) // 20)
        for start in range(0, len(data), step):
            if self.closing.wait(seconds * step / len(data)):
                return
            peer.sendall(data[start : start + step])


def _read_request(reader: BufferedReader, peer: socket.socket) -> Request | None:
    """Read one request; ``None`` at the end of the connection. Raises :class:`BadHTTP`."""
    line = _line(reader, MAX_LINE, too_long=414)
    if line == b"":  # one empty line before a request is forgiven (RFC 9112 §2.2)
        line = _line(reader, MAX_LINE, too_long=414)
    if not line:
        return None
    try:
        method, target, version = line.decode("ascii").split(" ")
    except ValueError:
        raise BadHTTP(400) from None
    if version not in {"HTTP/1.1", "HTTP/1.0"}:
        raise BadHTTP(505 if re.fullmatch(r"HTTP/\d\.\d", version) else 400)
    if not _TOKEN.fullmatch(method) or not target.startswith("/") or not target.isprintable():
        raise BadHTTP(400)
    headers = _read_headers(reader)
    if "Host" not in headers:
        if version == "HTTP/1.1":
            raise BadHTTP(400)
        headers = Headers([*headers.items(), ("Host", "localhost"), ("Connection", "close")])
    elif not re.fullmatch(r"[\w.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?", headers["Host"], re.ASCII):
        raise BadHTTP(400)
    elif not is_own(headers["Host"]):
        raise BadHTTP(421)
    elif version == "HTTP/1.0" and "Connection" not in headers:
        headers = Headers([*headers.items(), ("Connection", "close")])
    return Request(method, target, headers, _read_body(reader, peer, headers))


def _line(reader: BufferedReader, limit: int, too_long: int) -> bytes | None:
    """Return a line without its end, or ``None`` if the peer hung up."""
    line = reader.readline(limit + 2)
    if not line.endswith(b"\n"):
        if len(line) > limit:
            raise BadHTTP(too_long)
        return None
    if not line.endswith(b"\r\n"):  # two ideas of where a line ends are how requests are smuggled
        raise BadHTTP(400)
    return line[:-2]


def _read_headers(reader: BufferedReader) -> Headers:
    fields: list[tuple[str, str]] = []
    size = 0
    while True:
        line = _line(reader, MAX_HEAD, too_long=431)
        if line is None:
            raise BadHTTP(400)
        if not line:
            break
        size += len(line)
        if size > MAX_HEAD or len(fields) >= MAX_HEADERS:
            raise BadHTTP(431)
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not _TOKEN.fullmatch(name) or "\r" in value or "\0" in value:
            raise BadHTTP(400)
        fields.append((name, value.strip(" \t")))
    single = [name.lower() for name, _ in fields if name.lower() in {"host", "content-length"}]
    if len(single) != len(set(single)):
        raise BadHTTP(400)
    return Headers(fields)


def _read_body(reader: BufferedReader, peer: socket.socket, headers: Headers) -> bytes:
    length = headers.get("Content-Length")
    coding = headers.get("Transfer-Encoding")
    if coding is not None:
        if coding.lower() != "chunked":
            raise BadHTTP(501)
        if length is not None:  # two lengths are how requests are smuggled (RFC 9112 §6.3)
            raise BadHTTP(400)
    elif length is None:
        return b""
    elif not re.fullmatch(r"[0-9]{1,19}", length):
        raise BadHTTP(400)
    elif int(length) > MAX_BODY:
        raise BadHTTP(413)
    if headers.get("Expect", "").lower() == "100-continue":
        peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if coding is not None:
        return _read_chunks(reader)
    return _exactly(reader, int(length or 0))


def _read_chunks(reader: BufferedReader) -> bytes:
    body = bytearray()
    while True:
        line = _line(reader, 1024, too_long=400) or b""
        size = line.partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,16}", size):
            raise BadHTTP(400)
        count = int(size, 16)
        if len(body) + count > MAX_BODY:
            raise BadHTTP(413)
        if count == 0:
            _read_headers(reader)  # trailers
            return bytes(body)
        body += _exactly(reader, count)
        if _line(reader, 2, too_long=400) != b"":
            raise BadHTTP(400)


def _exactly(reader: BufferedReader, count: int) -> bytes:
    data = reader.read(count)
    if len(data) < count:
        raise BadHTTP(400)
    return data


def _keeps_alive(request: Request) -> bool:
    return "close" not in request.headers.get("Connection", "").lower()


def _compressed(reply: Reply, request: Request) -> Reply:
    if len(reply.body) < GZIP_FROM or "Content-Encoding" in reply.headers:
        return reply
    if "Accept-Ranges" in reply.headers:  # its parts are counted in the bytes as they are
        return reply
    if not re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0+)?\s*(,|$))", request.headers.get("Accept-Encoding", "")):
        return reply
    body = gzip.compress(reply.body, compresslevel=1, mtime=0)
    headers = {**reply.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Reply(reply.status, body, headers, reply.spoil)


def _bytes(reply: Reply, *, keep: bool, head: bool = False) -> bytes:
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items() if name.lower() not in _FRAMING]
    if reply.status not in {204, 304}:
        lines.append(f"Content-Length: {len(reply.body)}")
    lines.append("Connection: keep-alive" if keep else "Connection: close")
    body = b"" if head or reply.status in {204, 304} else reply.body
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


def _refusal(status: int) -> Reply:
    phrase = HTTPStatus(status).phrase
    page = f"<html><head><title>{phrase}</title></head><body><h2>{phrase}</h2></body></html>"
    return Reply(status, page.encode(), {"Content-Type": "text/html; charset=us-ascii"})


def _reset(raw: socket.socket) -> None:
    """Make the close that follows a TCP reset, as a broken middlebox would."""
    layout = "hh" if sys.platform == "win32" else "ii"
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(layout, 1, 0))


def _drain(raw: socket.socket, peer: socket.socket, reader: BufferedReader) -> None:
    """Read on for a moment: closing with unread input would reset the connection at once."""
    with suppress(OSError):
        peer.settimeout(1.0)
        raw.shutdown(socket.SHUT_WR)
        left = DRAIN
        while left > 0 and (data := reader.read1(64 * 1024)):
            left -= len(data)
