"""One answer on one connection: where it ends, how long it may take, and whether another may follow it.

``http.client`` reads what servers mean; this reads what they say. A connection goes back to its pool only if
exactly one final answer was read on it, to an end that the answer itself proves, and if nothing came behind it.
"""

from __future__ import annotations

import http.client
import io
import math
import re
import ssl
import threading
import time
from typing import Any, Final

import urllib3

RESTED: Final = 60.0  # seconds: load balancers forget idle connections after as much as that
LARGE: Final = 64 * 1024  # bytes of a request that a server may have refused before it read all of it
_BUFFER: Final = 64 * 1024
_MOST_LINES: Final = 100  # of a head or a trailer, as ``http.client`` allows
_LONGEST_LINE: Final = 64 * 1024
_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*([^\0\r\n]*?)[ \t]*\r?\n")
_STATUS: Final = re.compile(rb"HTTP/1\.([0-9]) ([1-5][0-9][0-9])(?: ([^\0\r\n]*))?\r?\n")
_FRAMING: Final = ("transfer-encoding", "content-length", "connection")


class BadAnswer(http.client.HTTPException):
    """An answer is not framed as HTTP wants it: where it ends is anybody's guess."""


class OutOfTime(TimeoutError):
    """The time for one answer is over, however many of its bytes came."""


class Exchange(threading.local):
    """What the current thread is asking for.

    Attributes:
        ours: whether it is a request of this package.
        secret: whether its address is, too.
        repeatable: whether it may be sent again if its connection turns out to be dead.
        deadline: when its answer has to be there, by ``time.monotonic``.
        sent: whether something of the request may have left; ``None`` if no connection of ours was used.
    """

    ours = False
    secret = False
    repeatable = True
    deadline = math.inf
    sent: bool | None = None


here = Exchange()


class _Timed(io.RawIOBase):
    """The bytes of a socket, until time is up."""

    def __init__(self, sock: Any, deadline: float) -> None:
        self._raw = sock.makefile("rb", buffering=0)
        self._sock = sock
        self._deadline = deadline
        self.peeking = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.peeking:  # what is there already, and no more
            return None
        if self._deadline == math.inf:
            return self._raw.readinto(buffer)  # type: ignore[no-any-return]
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime("no whole answer in the time that one may take")
        timeout = self._sock.gettimeout()
        if timeout is not None and left >= timeout:
            return self._raw.readinto(buffer)  # type: ignore[no-any-return]
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)  # type: ignore[no-any-return]
        except TimeoutError:
            raise OutOfTime("no whole answer in the time that one may take") from None
        finally:
            self._sock.settimeout(timeout)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Source:
    """What ``http.client`` takes for a socket: it only makes a file of it."""

    def __init__(self, sock: Any) -> None:
        self.raw = _Timed(sock, here.deadline)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(self.raw, _BUFFER)


class _Head(http.client.HTTPMessage):
    """Headers as they came: ``items`` need not be prepared for a mail program."""

    def items(self) -> list[tuple[str, str]]:
        return list(self.raw_items())

    def get_payload(self, *_: Any, **__: Any) -> None:
        """Return nothing: what follows the head is the body."""


def _read_head(file: Any) -> _Head:
    """Read headers to the empty line behind them; what is none, or is cut off, is no head."""
    head, name, value = _Head(), "", ""
    for _ in range(_MOST_LINES + 1):
        line = file.readline(_LONGEST_LINE)
        if line[:1] in (b" ", b"\t") and name:  # folded
            value += f" {line.decode('latin-1').strip()}"
            continue
        if name:
            head.set_raw(name, value)
        if line in (b"\r\n", b"\n"):
            return head
        field = _FIELD.fullmatch(line)
        if field is None:
            if len(line) < _LONGEST_LINE and not line.endswith(b"\n"):
                raise http.client.IncompleteRead(b"")
            raise BadAnswer("a line of its head is no header")
        name, value = field[1].decode("latin-1"), field[2].decode("latin-1")
    raise BadAnswer("its head does not end")


class Answer(http.client.HTTPResponse):
    """An answer that knows its end. ``read`` raises ``BadAnswer`` or ``IncompleteRead`` where there is none.

    Attributes:
        delimited: whether it says where it ends, by a length or in chunks; else it ends with its connection.
    """

    def __init__(self, connection: Any, sock: Any, *args: Any, **options: Any) -> None:
        source = _Source(sock)
        self._raw = source.raw
        self._sock = sock
        self._connection = connection
        self._left = 0  # of a chunk
        self._begun = False  # whether a chunk was read, which ends with a line end
        super().__init__(source, *args, **options)  # type: ignore[arg-type]

    def begin(self, *_: Any, **__: Any) -> None:
        """Read the head of the final answer, and decide where its body ends."""
        if self.headers is not None:
            return
        status = 100
        while 100 <= status < 200 and status != 101:  # hints, and work that goes on: the answer follows
            line = self.fp.readline(_LONGEST_LINE)
            if not line:
                raise http.client.RemoteDisconnected("the connection ended without an answer")
            said = _STATUS.fullmatch(line)
            if said is None and not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
                raise http.client.IncompleteRead(b"")
            if said is None:
                raise BadAnswer("it does not begin with a status line of HTTP/1")
            status = int(said[2])
            head = _read_head(self.fp)
        if status < 200:
            raise BadAnswer(f"the status {status} is no answer")
        self.code, self.status, self.reason = status, status, (said[3] or b"").decode("latin-1").strip()
        self.headers = self.msg = head
        self.version = 10 if said[1] == b"0" else 11
        words: dict[str, list[str]] = {name: [] for name in _FRAMING}
        for name, value in head.raw_items():
            if (name := name.lower()) in words:
                words[name] += [part.strip().lower() for part in value.split(",")]
        self._frame(*words.values())

    def _frame(self, codings: list[str], lengths: list[str], connection: list[str]) -> None:  # as in _FRAMING
        if codings and codings != ["chunked"]:
            raise BadAnswer(f"its transfer encoding {', '.join(codings)[:40]!r} is none that was asked for")
        if len(set(lengths)) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise BadAnswer("its lengths contradict each other, or are no numbers")
        self.chunked = bool(codings)
        self.length = int(lengths[0]) if lengths else None
        self._bodiless = self.status in (204, 304) or self._method == "HEAD"  # type: ignore[attr-defined]
        self.delimited = self.chunked or bool(lengths) or self._bodiless
        self.will_close = (
            not self.delimited
            or "close" in connection
            or (self.version == 10 and "keep-alive" not in connection)
            or (self.chunked and (bool(lengths) or self.version == 10))
            or (self.status >= 400 and self._connection.size > LARGE)  # perhaps before it read all of the request
        )
        if self._bodiless:
            self.will_close = self.will_close or self.chunked or bool(self.length)
            self.length, self.chunked = 0, False
        elif self.chunked:
            self.length = None

    # -- the body

    def read(self, amt: int | None = None) -> bytes:
        if self.fp is None:
            return b""
        if amt is not None and amt < 0:
            amt = None
        if self._bodiless:
            self._end()
            return b""
        if self.chunked:
            return self._read_chunks(amt)
        if self.length is None:
            return self._read_all(amt)
        most = self.length if amt is None else min(amt, self.length)
        data = self.fp.read(most) if most else b""
        self.length -= len(data)
        if len(data) < most:
            raise http.client.IncompleteRead(data if amt is None else b"", self.length)
        if not self.length:
            self._end()
        return data

    def read1(self, n: int = -1) -> bytes:
        return self.read(_BUFFER if n < 0 else n)

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _read_all(self, amt: int | None) -> bytes:
        """Read until the connection ends."""
        data = self.fp.read() if amt is None else self.fp.read(amt)
        if amt is None or (amt and not data):
            self._end()
        return data

    def _read_chunks(self, amt: int | None) -> bytes:
        pieces: list[bytes] = []
        wanted = math.inf if amt is None else amt
        while wanted > 0:
            if not self._left and not self._next_chunk():
                break
            piece = self.fp.read(int(min(self._left, wanted, 2**20)))
            if not piece:
                raise http.client.IncompleteRead(b"".join(pieces), self._left)
            self._left -= len(piece)
            wanted -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def _next_chunk(self) -> bool:
        """Go on to the next chunk; tell whether there is one."""
        if self._begun and self._line() != b"\r\n":
            raise BadAnswer("a chunk of it is longer than it says")
        head = _SIZE.fullmatch(self._line())
        if head is None:
            raise BadAnswer("the size of a chunk of it is no number")
        self._begun, self._left = True, int(head[1], 16)
        if self._left:
            return True
        for _ in range(_MOST_LINES):
            if self._line() == b"\r\n":
                self._end()
                return False
        raise BadAnswer("its trailer does not end")

    def _line(self) -> bytes:
        line = self.fp.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            if len(line) < _LONGEST_LINE:
                raise http.client.IncompleteRead(b"")
            raise BadAnswer("a line of its framing is too long")
        return line

    def _end(self) -> None:
        """Let the connection go, to its pool if nothing more came on it."""
        connection, file = self._connection, self.fp
        if not self.will_close:
            if connection.spoiled or self._is_followed():
                connection.close()
            connection.resting_since = time.monotonic()
        self.fp = None  # type: ignore[assignment]
        file.close()

    def _is_followed(self) -> bool:
        """Tell whether bytes behind it were read already. What is still to come shows at the next request."""
        self._raw.peeking = True
        try:
            return bool(self.fp.peek(1)) or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0)
        finally:
            self._raw.peeking = False


class _Watched:
    """What a connection of ours adds to one of urllib3's.

    Attributes:
        resting_since: when its last answer ended, by ``time.monotonic``.
        size: bytes in the body of its current request.
        spoiled: whether its current request was not sent whole.
    """

    resting_since = math.inf
    size = 0
    spoiled = False

    def _answer(self, sock: Any, *args: Any, **options: Any) -> Answer:
        return Answer(self, sock, *args, **options)

    @property
    def is_connected(self) -> bool:
        rested = not here.repeatable and time.monotonic() - self.resting_since > RESTED
        return not rested and super().is_connected  # type: ignore[misc]

    def connect(self) -> None:
        here.sent = False
        super().connect()  # type: ignore[misc]

    def request(self, method: str, url: str, body: Any = None, *args: Any, **options: Any) -> None:
        if self.sock is None:  # type: ignore[attr-defined]
            self.connect()
        here.sent, self.spoiled = True, True
        self.size = len(body) if isinstance(body, (bytes, bytearray)) else 0
        super().request(method, url, body, *args, **options)  # type: ignore[misc]
        self.spoiled = False


_PLAIN: Final = urllib3.connection.HTTPConnection
_TLS: Final = urllib3.connection.HTTPSConnection


class HTTPConnection(_Watched, urllib3.connection.HTTPConnection):
    response_class = _Watched._answer  # type: ignore[assignment]


class HTTPSConnection(_Watched, urllib3.connection.HTTPSConnection):
    response_class = _Watched._answer  # type: ignore[assignment]


class HTTPPool(urllib3.HTTPConnectionPool):
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802 - urllib3's name
        """Our own connections, unless somebody has replaced urllib3's: test doubles do."""
        theirs = urllib3.HTTPConnectionPool.ConnectionCls
        return HTTPConnection if theirs is _PLAIN else theirs


class HTTPSPool(urllib3.HTTPSConnectionPool):
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802 - urllib3's name
        theirs = urllib3.HTTPSConnectionPool.ConnectionCls
        return HTTPSConnection if theirs is _TLS else theirs


POOLS: Final[dict[str, Any]] = {"http": HTTPPool, "https": HTTPSPool}
