"""Certificate authorities of a test, with leaves of any kind; and servers and proxies here that show them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from processes import LIMIT

DAY = timedelta(days=1)
Talk = Callable[[socket.socket], object]


class Authority:
    """A CA, which signs itself or is signed by ``above``."""

    def __init__(self, name: str = "Contoso inspects TLS", above: Authority | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.above = above or self
        builder = self._builder(self.subject, self.key, datetime.now(UTC) - DAY, datetime.now(UTC) + DAY)
        builder = builder.issuer_name(self.above.subject)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(self._usage(True), critical=True)
        self.certificate = builder.sign(self.above.key, SHA256())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def leaf(
        self,
        *names: str,
        starts: timedelta = -DAY,
        ends: timedelta = DAY,
        key_identifier: bool = True,
    ) -> bytes:
        """Return a key with its certificate, and what lies between it and the root, as PEM.

        Args:
            starts, ends: its validity, counted from now.
            key_identifier: whether it names the key of its authority, as RFC 5280 wants.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        own = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "leaf")])
        builder = self._builder(own, key, now + starts, now + ends).issuer_name(self.subject)
        known = [_general_name(name) for name in names or ("127.0.0.1",)]
        builder = builder.add_extension(x509.SubjectAlternativeName(known), critical=False)
        builder = builder.add_extension(self._usage(False), critical=True)
        if key_identifier:
            identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
            builder = builder.add_extension(identifier, critical=False)
        signed = builder.sign(self.key, SHA256())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        between = b"" if self.above is self else self.pem
        return pem + signed.public_bytes(Encoding.PEM) + between

    def _builder(self, subject: x509.Name, key: Any, start: datetime, end: datetime) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        return builder.add_extension(identifier, critical=False)

    def _usage(self, signs: bool) -> x509.KeyUsage:
        return x509.KeyUsage(not signs, False, False, False, False, signs, signs, False, False)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@contextmanager
def showing(leaf: bytes, folder: Path, talk: Talk | None = None) -> Iterator[int]:
    """Serve TLS with this certificate; yields the port. ``talk`` answers a connection, by default with 404."""
    file = folder / "leaf.pem"
    file.write_bytes(leaf)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def over_tls(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            (talk or not_found())(tls)

    with listening(over_tls) as port:
        yield port


def not_found(ahead: timedelta = timedelta()) -> Talk:
    """Return what answers each request with 404, by a clock that is ``ahead`` of ours."""

    def talk(connection: socket.socket) -> None:
        while head(connection):
            date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
            connection.sendall(f"HTTP/1.1 404 Not Found\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n".encode())

    return talk


def tunnel(answer: bytes, port: int = 0) -> Talk:
    """Return a proxy that answers ``CONNECT`` so, and then leads to a port of this machine if one is named."""

    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(answer)
        if port:
            with socket.create_connection(("127.0.0.1", port)) as there:
                back = threading.Thread(target=_pump, args=(there, connection), daemon=True)
                back.start()
                _pump(connection, there)
                back.join(LIMIT)

    return talk


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def listening(talk: Talk) -> Iterator[int]:
    """Let ``talk`` have each connection that comes, in a thread of its own, and close it; yields the port."""
    server = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            talk(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)  # wakes accept, except where close does
        server.close()
        thread.join(LIMIT)


def head(connection: socket.socket) -> bytes:
    """Read as far as the blank line after the headers."""
    read = b""
    while b"\r\n\r\n" not in read:
        more = connection.recv(65536)
        if not more:
            return read
        read += more
    return read
