"""A Graph and an Entra ID of prebuilt bytes, in a process of their own.

It answers faster than any client can ask, so what is measured is the client. The replies have the size
and the headers of the real ones; nothing is checked, nothing is computed while the clock runs.

    with serving(users=99_900) as server:
        requests.get(server.urls[0] + "/v1.0/users?$top=999")
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import ipaddress
import json
import math
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.common import PAGE, TOKEN

ROOT = Path(__file__).resolve().parent.parent

_HEADERS = (
    "HTTP/1.1 200 OK\r\n"
    "Cache-Control: no-cache\r\n"
    "Content-Type: application/json;odata.metadata=minimal;odata.streaming=true;"
    "IEEE754Compatible=false;charset=utf-8\r\n"
    "Vary: Accept-Encoding\r\n"
    "Strict-Transport-Security: max-age=31536000\r\n"
    "request-id: 7c1f54a6-1b1a-4f0c-9c2e-2f1a3a0b9c11\r\n"
    "client-request-id: 7c1f54a6-1b1a-4f0c-9c2e-2f1a3a0b9c11\r\n"
    'x-ms-ags-diagnostic: {"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5",'
    '"ScaleUnit":"001","RoleInstance":"AM4PEPF00027A0B"}}\r\n'
    "x-ms-resource-unit: 2\r\n"
    "OData-Version: 4.0\r\n"
    "Date: Mon, 05 Jan 2026 08:00:00 GMT\r\n"
)
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_DONE = b"HTTP/1.1 204 No Content\r\nrequest-id: 7c1f54a6-1b1a-4f0c-9c2e-2f1a3a0b9c11\r\n\r\n"
_TYPE = '{"Content-Type":"application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8"}'
_REFUSAL = {
    "code": "TooManyRequests",
    "message": "Please retry again later.",
    "innerError": {"code": "429", "message": "Please retry after", "status": "429"},
}
_CAP = 1.8  # times a quota: what refused calls may pile up to
_CHUNK = 16 * 1024


# ---------------------------------------------------------------------------------------------- the replies


def _user(number: int) -> dict[str, object]:
    """Return a user with the properties that Graph sends when nothing is selected."""
    given = "Adam" if number % 4 else "Ádám"
    return {
        "businessPhones": [f"+1 425 555 {number % 10_000:04}"],
        "displayName": f"{given} Example {number:06}",
        "givenName": given,
        "jobTitle": "Senior Programme Manager",
        "mail": f"adam.example{number:06}@contoso.example",
        "mobilePhone": None,
        "officeLocation": "18/2111",
        "preferredLanguage": "en-GB",
        "surname": f"Example {number:06}",
        "userPrincipalName": f"adam.example{number:06}@contoso.example",
        "id": str(uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)),
    }


def _packed(body: object, compress: bool) -> bytes:
    """Return a whole reply, headers included; compressed ones are chunked too, as Graph's are."""
    return _framed(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), compress)


def _framed(data: bytes, compress: bool) -> bytes:
    if not compress:
        return f"{_HEADERS}Content-Length: {len(data)}\r\n\r\n".encode() + data
    data = gzip.compress(data, 6)
    chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
    return f"{_HEADERS}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + framed


def _pages(origin: str, users: int, compress: bool) -> Iterator[bytes]:
    for start in range(0, users, PAGE):
        page: dict[str, object] = {"@odata.context": f"{origin}/v1.0/$metadata#users"}
        if start + PAGE < users:
            page["@odata.nextLink"] = f"{origin}/v1.0/users?$top={PAGE}&$skiptoken={start // PAGE + 1}"
        page["value"] = [_user(number) for number in range(start, min(start + PAGE, users))]
        yield _packed(page, compress)


class Replies:
    """Everything one origin can say, built before the first request."""

    def __init__(self, origin: str, users: int, compress: bool, quota: Quota | None = None) -> None:
        one = {"@odata.context": f"{origin}/v1.0/$metadata#users/$entity", **_user(1)}
        self.compress = compress
        self.quota = quota
        self.user = _packed(one, compress)
        self.item = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
        self.pages = list(_pages(origin, users, compress))
        self.token = _packed({"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN}, False)
        login = f"{origin}/contoso.example"
        self.discovery = _packed(
            {
                "issuer": f"{login}/v2.0",
                "authorization_endpoint": f"{login}/oauth2/v2.0/authorize",
                "token_endpoint": f"{login}/oauth2/v2.0/token",
            },
            False,
        )

    def to(self, head: bytes, body: bytes) -> bytes:
        """Return the reply to a request, given everything up to its empty line, and its body."""
        method, target, _ = head.split(b" ", 2)
        path, _, query = target.partition(b"?")
        if path.endswith(b"/$batch"):
            return self._batch(json.loads(body)["requests"])
        if path == b"/quota":  # what it did so far; from here on it is as new
            told = self.quota.forget() if self.quota else {}
            return _packed(told, False)
        if self.quota and path.startswith(b"/v1.0") and (wait := self.quota.take()):
            return _refused(wait)
        if method == b"PATCH":
            return _DONE
        if self.compress and b"gzip" not in head:
            return _NOT_FOUND  # a benchmark that forgot to ask for gzip must not pass for a fast one
        if path.endswith(b"/users") and self.pages:
            link = re.search(rb"skiptoken=(\d+)", query)
            return self.pages[int(link[1]) if link else 0]
        if b"/users/" in path:
            return self.user
        if path.endswith(b"/.well-known/openid-configuration"):
            return self.discovery
        if path.endswith(b"/oauth2/v2.0/token"):
            return self.token
        return _NOT_FOUND

    def _batch(self, items: list[dict[str, object]]) -> bytes:
        """Return the reply to a batch: each item is taken from the quota by itself."""
        answers = []
        for item in items:
            wait = self.quota.take() if self.quota else 0
            if wait:
                answer = f'"status":429,"headers":{{"Retry-After":"{wait}"}},"body":{_REFUSED}'
            elif item["method"] == "PATCH":
                answer = '"status":204,"headers":{},"body":null'
            else:
                answer = f'"status":200,"headers":{_TYPE},"body":{self.item}'
            answers.append(f'{{"id":"{item["id"]}",{answer}}}')
        return _framed(f'{{"responses":[{",".join(answers)}]}}'.encode(), self.compress)


class Quota:
    """So many calls a second, counted as Graph counts: refused calls too, and waits told in whole seconds.

    The bucket holds one second's worth.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._level, self._at, self._calls, self._refused = 0.0, 0.0, 0, 0

    def take(self) -> int:
        """Count a call; return the seconds that it is told to wait, 0 if it is let through."""
        now = time.monotonic()
        level = max(0.0, self._level - (now - self._at) * self.rate) + 1
        self._level, self._at = min(level, _CAP * self.rate), now
        self._calls += 1
        if level <= self.rate:
            return 0
        self._refused += 1
        return max(1, math.ceil((self._level + 1 - self.rate) / self.rate))

    def forget(self) -> dict[str, int]:
        told = {"calls": self._calls, "refused": self._refused}
        self._level, self._calls, self._refused = 0.0, 0, 0
        return told


_REFUSED = json.dumps({"error": _REFUSAL}, separators=(",", ":"))


def _refused(wait: int) -> bytes:
    data = _REFUSED.encode()
    return (
        f"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: {wait}\r\n"
        f"request-id: 7c1f54a6-1b1a-4f0c-9c2e-2f1a3a0b9c11\r\nContent-Length: {len(data)}\r\n\r\n"
    ).encode() + data


# ---------------------------------------------------------------------------------------------- the process


class _Connection(asyncio.Protocol):
    def __init__(self, replies: Replies, latency: float) -> None:
        self._replies, self._latency, self._received = replies, latency, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if length and len(rest) < int(length[1]):
            return
        self._received = b""  # none of the clients sends a second request before the first is answered
        reply = self._replies.to(head, rest)
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._transport.write, reply)
        else:
            self._transport.write(reply)


def _tls() -> tuple[ssl.SSLContext, str]:
    """Return a server's context for 127.0.0.1 and the certificate of the authority made for it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def certificate(name: str, key: ec.EllipticCurvePrivateKey, extensions: list[x509.ExtensionType]) -> bytes:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "benchmark CA")]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.public_key()), critical=False)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(ca, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    ca, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    signs = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"), False
    ) | {"digital_signature": True, "key_cert_sign": True, "encipher_only": False, "decipher_only": False}
    authority = certificate("benchmark CA", ca, [x509.BasicConstraints(True, 0), x509.KeyUsage(**signs)])
    leaf = certificate(
        "127.0.0.1",
        key,
        [
            x509.BasicConstraints(False, None),
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]),
        ],
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:  # ssl reads keys from files only
        pem = Path(folder, "server.pem")
        pem.write_bytes(leaf + private)
        context.load_cert_chain(pem)
    return context, authority.decode()


async def _serve(options: argparse.Namespace) -> None:
    context, authority = _tls() if options.tls else (None, "")
    loop, urls, servers = asyncio.get_running_loop(), [], []
    for _ in range(options.ports):
        box: list[Replies] = []  # the port is known only after it is open, and the replies name it
        server = await loop.create_server(
            lambda box=box: _Connection(box[0], options.latency), "127.0.0.1", 0, ssl=context
        )
        origin = f"http{'s' if context else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        quota = Quota(options.quota) if options.quota else None
        box.append(Replies(origin, options.users, options.compress, quota))
        urls.append(origin)
        servers.append(server)
    print(json.dumps({"urls": urls, "authority": authority}), flush=True)
    await asyncio.Event().wait()


def _end_with_parent() -> None:
    sys.stdin.read()  # returns when the other end of the pipe is gone, whatever became of the parent
    os._exit(0)


# ------------------------------------------------------------------------------------------- the other side


@dataclass(frozen=True)
class Server:
    """A running server: one origin per port, and the authority that signed its certificate."""

    urls: list[str]
    authority: str


@contextlib.contextmanager
def serving(
    *,
    users: int = 0,
    latency: float = 0.0,
    compress: bool = False,
    tls: bool = False,
    ports: int = 1,
    quota: float = 0.0,
) -> Iterator[Server]:
    """Start a server; it ends with this block, or with this process.

    Args:
        users: how many ``/users`` lists.
        latency: seconds between a request and its reply.
        compress: send gzip and chunked transfer encoding; without, plain bytes and their length.
        tls: speak TLS.
        ports: how many origins.
        quota: calls a second that are let through, each item of a batch being one; 0 is no limit.
    """
    words = ["--users", str(users), "--latency", str(latency), "--ports", str(ports)]
    words += ["--quota", str(quota)]
    words += ["--compress"] * compress + ["--tls"] * tls
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin
    assert process.stdout
    try:
        said = process.stdout.readline()
        if not said:
            raise OSError("the canned server did not start; its own message stands above")
        yield Server(**json.loads(said))
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("--users", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--ports", type=int, default=1)
    parser.add_argument("--quota", type=float, default=0.0)
    parser.add_argument("--compress", action="store_true")
    parser.add_argument("--tls", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_serve(_options()))
