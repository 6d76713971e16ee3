"""A server that says, byte for byte, what a test tells it to; and what a crash reporter would see of an error."""

from __future__ import annotations

import json
import socket
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from leangraph import GraphClient, RetryPolicy, TokenHolder

TOKEN = "eyJhbGciOiJub25lIn0.canary-token"
Said = bytes | Iterable[bytes]  # b"" hangs up


class Wire:
    """Attributes: url; heads, the request lines as they came; connections, how many there were."""

    def __init__(self, answer: Callable[[int], Said]) -> None:
        self.answer = answer
        self.heads: list[str] = []
        self.connections = 0
        self.over = threading.Event()
        self._open: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as file:
                while line := file.readline():
                    size = 0
                    while (header := file.readline()).strip():
                        if header.lower().startswith(b"content-length:"):
                            size = int(header[15:])
                    file.read(size)
                    self.heads.append(line.decode().rpartition(" ")[0])
                    said = self.answer(len(self.heads))
                    if said == b"":
                        return
                    for piece in [said] if isinstance(said, bytes) else said:
                        connection.sendall(piece)
        except OSError:
            return

    def close(self) -> None:
        self.over.set()
        self._server.close()
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@contextmanager
def wire(answer: Callable[[int], Said]) -> Iterator[Wire]:
    server = Wire(answer)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def client_of(answer: Callable[[int], Said], **options: Any) -> Iterator[tuple[GraphClient, Wire]]:
    options.setdefault("retry", RetryPolicy(max_retries=0))
    with wire(answer) as server, GraphClient(TokenHolder.fixed(TOKEN), url=server.url, **options) as graph:
        yield graph, server


def reply(body: Any, head: str = "", status: str = "200 OK", kind: str = "application/json") -> bytes:
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
    return lines.encode() + body


def reported(error: BaseException) -> str:
    """Return what a crash reporter that shows local variables would send off."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
