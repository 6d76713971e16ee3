"""A proxy on loopback that leads Microsoft's hosts to the sandbox, and nobody anywhere else.

A program that honours ``HTTPS_PROXY`` asks it to ``CONNECT graph.microsoft.com:443`` and speaks TLS with the
sandbox; one whose library sends ``GET https://…`` to a proxy instead (axios) is served as well. No name is
resolved, and nothing is called but the sandbox's own listeners.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from .hosts import LOOPBACK, MICROSOFT
from .server import BACKLOG, HANDSHAKE_SECONDS, IDLE_SECONDS, MAX_HEAD

PIECE = 64 * 1024  # bytes relayed at a time


class Target(NamedTuple):
    """Where a request to the proxy wants to go; ``head`` is what goes there in place of a CONNECT's answer."""

    host: str
    port: int
    head: bytes = b""


class Proxy:
    """Accepts connections until :meth:`close`. ``ports`` returns the sandbox's listeners, Graph's first.

    Attributes:
        refused: the hosts that were asked for and are not the sandbox's, each as ``host:port``.
    """

    def __init__(self, ports: Callable[[], list[int]]) -> None:
        self._ports = ports
        self.refused: list[str] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="sandbox-proxy-accept", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and hang up on everybody."""
        self._closing.set()
        with suppress(OSError):  # closing a socket wakes accept() on no platform; a caller does
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join(5)
        self._listener.close()
        with self._lock:
            still_open = list(self._open)
        for each in still_open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                if self._closing.wait(0.05):
                    return
                continue
            if self._closing.is_set():
                client.close()
                return
            threading.Thread(target=self._serve, args=(client,), name="sandbox-proxy", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, ValueError), self._known(client):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.settimeout(HANDSHAKE_SECONDS)
            head, rest = _head(client)
            target = _target(head)
            port = None if target is None else self._port(target)
            if target is None or port is None:
                client.sendall(self._refusal(target))
                return
            with socket.create_connection(("127.0.0.1", port), HANDSHAKE_SECONDS) as server, self._known(server):
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if target.head:
                    with _inside_tls(server, target.host) as inside:
                        _relay(client, inside, target.head + rest)
                else:
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    _relay(client, server, rest)

    @contextmanager
    def _known(self, connection: socket.socket) -> Iterator[None]:
        """Keep a connection where :meth:`close` finds it."""
        with self._lock:
            self._open.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connection)

    def _port(self, target: Target) -> int | None:
        """Return the listener that a host stands for, ``None`` for any other host."""
        own = self._ports()
        if target.host in MICROSOFT and target.port == 443:
            return own[0]
        return target.port if target.host in LOOPBACK and target.port in own else None

    def _refusal(self, target: Target | None) -> bytes:
        asked = f"{target.host}:{target.port}" if target is not None else "this"
        if target is not None:
            with self._lock:
                self.refused.append(asked)
        text = f"The sandbox's proxy leads to Microsoft's login and Graph hosts only; {asked} was not contacted.\n"
        status = b"403 Forbidden" if target is not None else b"400 Bad Request"
        head = b"HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        return head % (status, len(text)) + text.encode()


def _head(client: socket.socket) -> tuple[bytes, bytes]:
    """Read a request up to the empty line; return that and what came after it."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(PIECE)
        if not piece or len(data) > MAX_HEAD:
            raise ValueError("no request")
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _target(head: bytes) -> Target | None:
    """Return where a request to a proxy wants to go, ``None`` if it is no such request."""
    line, _, fields = head.decode("latin-1").partition("\r\n")
    method, _, rest = line.partition(" ")
    address, _, version = rest.rpartition(" ")
    url = urlsplit(f"//{address}" if method == "CONNECT" else address)
    host = (url.hostname or "").lower()
    if not host or not version.startswith("HTTP/1"):
        return None
    if method == "CONNECT":
        return Target(host, url.port or 443)
    if url.scheme != "https":
        return Target(host, url.port or 80)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    kept = [each for each in fields.split("\r\n") if not re.match("(proxy-.*|connection):", each, re.IGNORECASE)]
    lines = [f"{method} {path} {version}", *kept, "Connection: close"]  # one request for each connection
    return Target(host, url.port or 443, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))


def _inside_tls(server: socket.socket, host: str) -> ssl.SSLSocket:
    """Speak TLS with a listener of our own, on this machine: there is nobody to tell apart."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(server, server_hostname=host)


def _relay(client: socket.socket, server: socket.socket, first: bytes) -> None:
    """Carry bytes both ways until either side hangs up."""
    for each in (client, server):
        each.settimeout(IDLE_SECONDS)
    if first:
        server.sendall(first)
    other = {client: server, server: client}
    while True:
        waiting = [each for each in other if isinstance(each, ssl.SSLSocket) and each.pending()]
        ready = waiting or select.select(list(other), [], [], IDLE_SECONDS)[0]
        if not ready:
            return
        for each in ready:
            data = each.recv(PIECE)
            if not data:
                return
            other[each].sendall(data)
