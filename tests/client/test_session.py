"""The one session: whom it trusts, which way it goes, what its failures say, and what they must not hold."""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import ssl
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from authorities import head
from canned import Canned
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, Hash
from processes import LIMIT, forks, python
from requests.adapters import HTTPAdapter

from leangraph import (
    ConfigurationError,
    Error,
    GraphClient,
    GraphError,
    RetryPolicy,
    Sandbox,
    Settings,
    TokenHolder,
    TransportError,
)
from leangraph.net import adapter as adapter_module
from leangraph.net import session as session_module
from leangraph.net.session import HttpSession

TOKEN, SECRET, PASSWORD = "canary-token", "canary-secret", "canary-password"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
BODY = f"client_secret={SECRET}".encode()
LOGIN, GRAPH = "login.microsoftonline.com", "graph.microsoft.com"
TENANT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SIGN_IN = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": TENANT, "AZURE_CLIENT_SECRET": SECRET}


@pytest.fixture
def http() -> Iterator[HttpSession]:
    session = HttpSession()
    yield session
    session.close()


@pytest.fixture(autouse=True)
def _nobody_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve the names of this machine only, so that a test with another host fails instead of asking it."""
    resolve = socket.getaddrinfo

    def only_here(host: str, *arguments: Any, **options: Any) -> Any:
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is not this machine")
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", only_here)


@contextmanager
def listener(talk: Callable[[socket.socket], object]) -> Iterator[int]:
    """Let ``talk`` have each connection that comes, one after the other, and close it; yields the port."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(10)
                talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = listening.getsockname()[1]
    try:
        yield port
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)  # wakes accept, except where close does
        listening.close()
        thread.join(LIMIT)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


# -- what an error must not hold ------------------------------------------------------------------------------


def parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what can be reached from a value; from an exception also the variables of its frames."""
    if isinstance(value, dict):
        for name, each in list(value.items()):
            yield " key", name
            yield f"[{name!r}]", each
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (("[]", each) for each in list(value))
    elif hasattr(value, "__dict__") and not callable(value):
        yield ".__dict__", vars(value)
    if isinstance(value, BaseException):
        yield from ((f".{name}", getattr(value, name, None)) for name in ("args", "__cause__", "__context__"))
        for frame, _ in traceback.walk_tb(value.__traceback__):
            if frame.f_code.co_filename != __file__:
                for name, each in list(frame.f_locals.items()):
                    if name != "self":  # a session may keep the password of its proxy
                        yield f" in {frame.f_code.co_qualname}: {name}", each


def held_by(error: BaseException, *canaries: str) -> list[str]:
    """Return where an exception holds a request, or one of the canaries."""
    found: list[str] = []
    seen: dict[int, Any] = {}
    waiting: list[tuple[str, Any, int]] = [(type(error).__name__, error, 0)]
    while waiting:
        where, value, depth = waiting.pop()
        if id(value) in seen or depth > 12 or isinstance(value, type | TokenHolder | Settings):
            continue
        seen[id(value)] = value
        if isinstance(value, requests.PreparedRequest | requests.Request):
            found.append(f"{where}: {value}")
        if isinstance(value, str | bytes | BaseException):
            text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            found += [f"{where}: {canary}" for canary in canaries if canary in text]
        waiting += [(where + name, each, depth + 1) for name, each in parts(value)]
    return found


def failure(http: HttpSession, url: str, method: str = "POST", body: bytes | None = BODY) -> TransportError:
    """Send what must not be found again, and return the one clear error that comes of it."""
    with pytest.raises(TransportError) as caught:
        http.read(http.send(method, url, HEADERS, body))
    error = caught.value
    del caught

    assert held_by(error, TOKEN, SECRET, PASSWORD) == []
    assert "\n" not in str(error)
    return error


def test_the_search_for_what_an_error_holds_finds_it(server: Canned) -> None:
    with pytest.raises(requests.ConnectionError) as caught:
        requests.post(f"http://127.0.0.1:{closed_port()}", headers=HEADERS, data=BODY, timeout=LIMIT)

    places = " ".join(held_by(caught.value, TOKEN, SECRET))
    assert "PreparedRequest" in places
    assert TOKEN in places
    assert SECRET in places


# -- trust ----------------------------------------------------------------------------------------------------


def fixed(sandbox: Sandbox, **options: Any) -> GraphClient:
    return GraphClient(TokenHolder.fixed(TOKEN), url=sandbox.url, retry=RetryPolicy(0), **options)


def settings_of(sandbox: Sandbox, **changes: str | None) -> Settings:
    env = {**sandbox.env, **changes}
    return Settings(_env_file=None, **{name: value for name, value in env.items() if value is not None})


def test_an_unknown_ca_is_one_clear_message_for_graph_and_sign_in_alike(graph_sandbox: Sandbox) -> None:
    clients = fixed(graph_sandbox), GraphClient(settings=settings_of(graph_sandbox, GRAPH_CA_BUNDLE=None))
    for graph in clients:
        with graph, pytest.raises(TransportError, match=r"certificate of 127\.0\.0\.1 is not trusted") as caught:
            graph.get("/users")
        said = str(caught.value)
        assert "GRAPH_CA_BUNDLE" in said
        assert "system" in said
        assert (caught.value.sent, caught.value.transient) == (False, False)
        assert held_by(caught.value, graph_sandbox.client_secret) == []

    assert graph_sandbox.requests == []


@pytest.mark.parametrize("bundle", ["no/such/file.pem", "\0", ""])
def test_a_bundle_that_is_not_there_is_refused_at_once(tmp_path: Path, bundle: str) -> None:
    with pytest.raises(ConfigurationError, match=r"GRAPH_CA_BUNDLE names .* does not exist.*PEM file"):
        HttpSession(ca_bundle=str(tmp_path / "absent" / bundle))


@pytest.mark.parametrize(
    "content",
    [b"", b"not a certificate", b"\xff\xfe\x00", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"],
)
def test_a_bundle_that_is_no_pem_is_refused_at_once_by_its_name(
    graph_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(content)
    refused = pytest.raises(ConfigurationError, match=r"ca\.pem cannot be read as CA certificates in PEM form")
    with refused:
        GraphClient(settings=settings_of(graph_sandbox, GRAPH_CA_BUNDLE=str(bundle)))
    with refused, requests.Session() as session:
        HttpSession(session, ca_bundle=str(bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with refused:
        HttpSession()

    assert graph_sandbox.requests == []


def test_a_directory_of_hashed_certificates_is_a_bundle(graph_sandbox: Sandbox, tmp_path: Path) -> None:
    content = Path(graph_sandbox.ca_bundle).read_bytes()
    http = HttpSession(ca_bundle=str(tmp_path))
    assert "not trusted" in str(failure(http, graph_sandbox.url))  # an empty one trusts nobody

    (tmp_path / f"{openssl_hash(x509.load_pem_x509_certificate(content).subject)}.0").write_bytes(content)
    http = HttpSession(ca_bundle=str(tmp_path))
    assert http.send("GET", graph_sandbox.url, {}).status_code in (400, 401, 404)
    http.close()


def openssl_hash(name: x509.Name) -> str:
    """Hash a name of one UTF8String as OpenSSL names the files of a directory: lower case, without its frame."""
    (attribute,) = name
    text = str(attribute.value).lower().encode()
    oid = attribute.oid.dotted_string.split(".")
    value = bytes([6, 3, int(oid[0]) * 40 + int(oid[1]), int(oid[2]), int(oid[3]), 12, len(text)]) + text
    digest = Hash(SHA1())
    digest.update(bytes([0x31, len(value) + 2, 0x30, len(value)]) + value)
    return digest.finalize()[3::-1].hex()


@pytest.fixture(params=["missing", "somebody else's"])
def bogus(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bundle that corporate machines have in their environment, and that does not help here."""
    bundle = tmp_path / "bogus.pem"
    if request.param != "missing":
        bundle.write_bytes(Inspector().certificate)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(bundle))
    return str(bundle)


def test_the_environments_bundle_never_overrides_ours(
    graph_sandbox: Sandbox, sandbox_settings: Settings, bogus: str
) -> None:
    with GraphClient(settings=sandbox_settings) as graph:
        assert graph.get("/users", top=1)["value"]  # with a token that came over the same session

    assert graph_sandbox.token_requests == 1


def test_nor_does_it_in_a_session_that_is_handed_in(
    graph_sandbox: Sandbox, sandbox_settings: Settings, bogus: str
) -> None:
    class Own(requests.Session):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            return super().send(request, **options)

    for session in (requests.Session(), Own()):
        with session, GraphClient(settings=sandbox_settings, session=session) as graph:
            assert graph.get("/users", top=1)["value"]

    for trust in ({"verify": graph_sandbox.ca_bundle}, {"verify": graph_sandbox.ca_bundle, "trust_env": False}):
        with requests.Session() as session:
            vars(session).update(trust)
            http = HttpSession(session)  # without a GRAPH_CA_BUNDLE its own choice stands
            assert http.read(http.send("GET", graph_sandbox.url, {}))


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_without_ours_the_environments_bundle_counts(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, graph_sandbox.ca_bundle)
    with GraphClient(settings=settings_of(graph_sandbox, GRAPH_CA_BUNDLE=None)) as graph:
        assert graph.get("/users", top=1)["value"]

    monkeypatch.setenv(name, "no/such.pem")
    with pytest.raises(ConfigurationError, match=rf"{name} names 'no/such\.pem', which does not exist"):
        HttpSession()


def test_system_is_the_trust_of_the_operating_system(graph_sandbox: Sandbox) -> None:
    http = HttpSession(ca_bundle="system")

    assert "not trusted" in str(failure(http, graph_sandbox.url))
    assert type(pool_of(http, graph_sandbox.url).conn_kw["ssl_context"]).__module__.startswith("truststore")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="only OpenSSL reads SSL_CERT_FILE")
def test_system_reads_what_the_operating_system_reads(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, bogus: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", graph_sandbox.ca_bundle)
    with GraphClient(settings=settings_of(graph_sandbox, GRAPH_CA_BUNDLE="system")) as graph:
        assert graph.get("/users", top=1)["value"]


def test_system_needs_truststore_and_a_session_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with requests.Session() as session, pytest.raises(ConfigurationError, match="handed in"):
        HttpSession(session, ca_bundle="system")
    monkeypatch.setitem(sys.modules, "truststore", None)
    with pytest.raises(ConfigurationError, match="pip install truststore"):
        HttpSession(ca_bundle="system")


def test_a_tls_context_is_made_once_and_certifis_when_it_is_needed(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    another, together = threading.Event(), threading.Barrier(8)
    make = adapter_module.tls_context

    def slowly(trust: Any) -> ssl.SSLContext:
        made.append(trust)
        if trust is True:
            another.set() if len(made) > 2 else another.wait(0.2)  # time enough for a second thread to come in
        return make(trust)

    def ask(http: HttpSession) -> None:
        together.wait(LIMIT)
        failure(http, graph_sandbox.url.replace("127.0.0.1", "localhost"))

    monkeypatch.setattr(adapter_module, "tls_context", slowly)
    monkeypatch.setattr(session_module, "tls_context", slowly)
    http = HttpSession(ca_bundle=graph_sandbox.ca_bundle)
    for host in ("127.0.0.1", "localhost"):
        http.read(http.send("GET", graph_sandbox.url.replace("127.0.0.1", host), {}))
        http.renew_connections()
    http.close()
    assert made == [graph_sandbox.ca_bundle]

    http = HttpSession()
    assert made == [graph_sandbox.ca_bundle]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, [http] * 8))
    failure(http, graph_sandbox.url)
    assert made == [graph_sandbox.ca_bundle, True]


# -- proxies --------------------------------------------------------------------------------------------------


class Inspector:
    """What many companies have: a proxy that opens TLS, with a CA of its own, and answers for everybody."""

    def __init__(self) -> None:
        self.tunnels: list[bytes] = []  # the heads of CONNECT requests
        self.requests: list[bytes] = []  # the heads of what came through them
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Contoso inspects TLS")])
        now = datetime.now(UTC)
        usage = dict.fromkeys(
            "content_commitment key_encipherment data_encipherment key_agreement crl_sign encipher_only "
            "decipher_only".split(),
            False,
        )
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(LOGIN), x509.DNSName(GRAPH)]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, SHA256())
        )
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM)
        self.key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.ca_bundle = ""
        self.url = ""

    @contextmanager
    def __call__(self, directory: Path) -> Iterator[Inspector]:
        (directory / "leaf.pem").write_bytes(self.key + self.certificate)
        (directory / "inspector.pem").write_bytes(self.certificate)
        self.ca_bundle = str(directory / "inspector.pem")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(directory / "leaf.pem")
        with listener(self.start) as port:
            self.url = f"http://user:{PASSWORD}@127.0.0.1:{port}"
            yield self

    def start(self, connection: socket.socket) -> None:
        threading.Thread(target=self.talk, args=(connection.dup(),), daemon=True).start()

    def talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.tunnels.append(head(connection))
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self.context.wrap_socket(connection, server_side=True) as tls:
                while asked := head(tls):
                    start, _, rest = asked.partition(b"\r\n\r\n")
                    length = int((re.search(rb"(?i)content-length: (\d+)", start) or (b"", b"0"))[1])
                    while len(rest) < length:
                        rest += tls.recv(65536)
                    self.requests.append(start)
                    body = json.dumps(self.answer(start.decode())).encode()
                    kind = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    tls.sendall(kind % len(body) + body)

    def answer(self, start: str) -> dict[str, Any]:
        if "openid-configuration" in start:
            base = f"https://{LOGIN}/{TENANT}"
            names = ("authorization_endpoint", "token_endpoint", "issuer")
            return {name: f"{base}/oauth2/v2.0/{name}" for name in names}
        if start.startswith("POST"):
            return {"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN}
        return {"value": []}


@pytest.fixture
def inspector(tmp_path: Path) -> Iterator[Inspector]:
    with Inspector()(tmp_path) as proxy:
        yield proxy


@pytest.mark.parametrize("how", ["GRAPH_PROXY", "HTTPS_PROXY", "ALL_PROXY", "session"])
def test_sign_in_and_graph_go_through_the_same_proxy_and_it_sees_no_secret(
    inspector: Inspector, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    chosen = {"GRAPH_PROXY": inspector.url} if how == "GRAPH_PROXY" else {}
    settings = Settings(_env_file=None, **SIGN_IN, **chosen, GRAPH_CA_BUNDLE=inspector.ca_bundle)
    if how.endswith("S_PROXY") or how == "ALL_PROXY":
        monkeypatch.setenv(how, inspector.url)
    session = requests.Session() if how == "session" else None
    if session is not None:
        session.proxies = {"https": inspector.url}
    with GraphClient(settings=settings, session=session) as graph:
        assert [graph.get("/users"), graph.get("/users")] == [{"value": []}] * 2
    if session is not None:
        session.close()

    assert [tunnel.partition(b"\r\n")[0] for tunnel in inspector.tunnels] == [
        f"CONNECT {LOGIN}:443 HTTP/1.{http_minor(inspector)}".encode(),
        f"CONNECT {GRAPH}:443 HTTP/1.{http_minor(inspector)}".encode(),
    ]
    for tunnel in inspector.tunnels:
        assert b"Proxy-Authorization: Basic " in tunnel
        assert TOKEN.encode() not in tunnel
    assert [request.partition(b" HTTP")[0].partition(b"?")[0] for request in inspector.requests] == [
        f"GET /{TENANT}/v2.0/.well-known/openid-configuration".encode(),
        f"POST /{TENANT}/oauth2/v2.0/token_endpoint".encode(),
        b"GET /v1.0/users",
        b"GET /v1.0/users",
    ]
    assert all(b"Proxy-Authorization" not in request for request in inspector.requests)


def http_minor(inspector: Inspector) -> int:
    return 0 if b"HTTP/1.0" in inspector.tunnels[0] else 1  # Python 3.12 began to say 1.1


def test_a_proxy_that_inspects_tls_is_the_first_guess_for_an_unknown_ca(inspector: Inspector) -> None:
    http = HttpSession(proxy=inspector.url)
    error = failure(http, f"https://{GRAPH}/v1.0/users")

    assert f"certificate of {GRAPH} is not trusted" in str(error)
    assert "company proxy inspects TLS, set GRAPH_CA_BUNDLE" in str(error)
    assert inspector.requests == []


def test_this_machine_is_asked_directly_whatever_the_environment_says(
    graph_sandbox: Sandbox, sandbox_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    with GraphClient(settings=sandbox_settings) as graph:
        assert graph.get("/users", top=1)["value"]
    with GraphClient(settings=settings_of(graph_sandbox, GRAPH_PROXY="http://127.0.0.1:9")) as graph:
        assert graph.get("/users", top=1)["value"]
    with GraphClient(TokenHolder.fixed(TOKEN), settings=sandbox_settings) as graph, pytest.raises(GraphError):
        graph.get("/users")  # 401, from the tenant itself

    assert graph_sandbox.token_requests == 2


class Recorder(HTTPAdapter):
    """Remembers what it is given to send, and sends nothing: for hosts that are not on this machine."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        self.seen.append({"url": request.url, "headers": request.headers, **options})
        response = requests.Response()
        response.status_code = 204
        response._content = b""
        return response


OURS, THEIRS = "http://ours.example:1", "http://theirs.example:2"


@pytest.mark.parametrize(
    ("environment", "proxy", "own", "url", "expected"),
    [
        ({}, None, {}, "https://graph.microsoft.com", None),
        ({}, OURS, {}, "https://graph.microsoft.com/v1.0/users?x=1", OURS),
        ({"HTTPS_PROXY": THEIRS}, None, {}, "https://graph.microsoft.com/v1.0/users", THEIRS),
        ({"https_proxy": THEIRS}, None, {}, "https://graph.microsoft.com:8443/x", THEIRS),
        ({"ALL_PROXY": THEIRS}, None, {}, "https://graph.microsoft.com", THEIRS),
        ({"HTTP_PROXY": THEIRS}, None, {}, "https://graph.microsoft.com", None),
        ({"HTTPS_PROXY": THEIRS}, OURS, {}, "https://graph.microsoft.com", OURS),
        (
            {"HTTPS_PROXY": THEIRS, "NO_PROXY": "graph.microsoft.com"},
            None,
            {},
            "https://graph.microsoft.com",
            None,
        ),
        ({"HTTPS_PROXY": THEIRS, "NO_PROXY": ".microsoft.com"}, None, {}, "https://graph.microsoft.com/x", None),
        ({"HTTPS_PROXY": THEIRS, "NO_PROXY": "microsoft.us"}, None, {}, "https://graph.microsoft.com", THEIRS),
        ({"HTTPS_PROXY": THEIRS, "NO_PROXY": "*"}, OURS, {}, "https://graph.microsoft.com", OURS),
        ({"HTTPS_PROXY": THEIRS, "NO_PROXY": "10.0.0.0/8"}, None, {}, "https://10.1.2.3/x", None),
        ({"HTTPS_PROXY": THEIRS}, None, {"https": OURS}, "https://graph.microsoft.com", OURS),
        ({}, None, {"https": OURS, "no_proxy": "graph.microsoft.com"}, "https://graph.microsoft.com", None),
        ({}, None, {"https": None}, "https://graph.microsoft.com", None),  # type: ignore[dict-item]
        # the metadata service refuses what a proxy forwards, and this machine needs none
        (
            {"HTTP_PROXY": THEIRS, "ALL_PROXY": THEIRS},
            OURS,
            {"http": OURS},
            "http://169.254.169.254/metadata",
            None,
        ),
        ({"HTTP_PROXY": THEIRS}, OURS, {}, "http://169.254.169.254:80/metadata?x=1", None),
        ({"HTTP_PROXY": THEIRS}, OURS, {}, "http://169.254.169.254?x=1", None),
        ({"HTTP_PROXY": THEIRS}, OURS, {"http": OURS}, "http://localhost:8099/x", None),
        ({"HTTP_PROXY": THEIRS}, OURS, {}, "http://LOCALHOST/x", None),
        ({"HTTP_PROXY": THEIRS}, OURS, {}, "http://127.0.0.53/x", None),
        ({"HTTPS_PROXY": THEIRS}, OURS, {}, "https://[::1]:8443/x", None),
        ({"HTTPS_PROXY": THEIRS}, OURS, {}, "https://localhost.evil.example/x", OURS),
        ({"HTTPS_PROXY": THEIRS}, OURS, {}, "https://169.254.169.254.evil.example/x", OURS),
    ],
)
def test_each_host_has_its_way(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    proxy: str | None,
    own: dict[str, str],
    url: str,
    expected: str | None,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    recorder = Recorder()
    with requests.Session() as session:
        session.proxies = own
        session.mount("http://", recorder)
        session.mount("https://", recorder)
        http = HttpSession(session, proxy=proxy)
        http.send("GET", url, {})
        http.send("GET", url, {})

    assert [requests.utils.select_proxy(url, seen["proxies"]) or None for seen in recorder.seen] == [expected] * 2


def test_a_session_without_trust_in_the_environment_has_no_proxy_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", THEIRS)
    recorder = Recorder()
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", recorder)
        HttpSession(session).send("GET", "https://graph.microsoft.com", {})

    assert recorder.seen[0]["proxies"] == {}


@pytest.fixture(params=["GRAPH_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
def through(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], HttpSession]:
    """Make a session that goes through a proxy, in each of the ways to say so."""

    def make(proxy: str) -> HttpSession:
        if request.param == "GRAPH_PROXY":
            return HttpSession(proxy=proxy)
        monkeypatch.setenv(request.param, proxy)
        return HttpSession()

    return make


@pytest.mark.parametrize(
    ("answer", "said", "transient"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
            "user and password",
            False,
        ),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "refused", False),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>canary-token</html>", "refused", True),
        (b"HTTP/1.0 503 Service Unavailable\r\n\r\n", "refused", True),
        (b"", "refused", True),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "refused", True),
    ],
)
def test_a_proxy_that_refuses_is_named_without_its_password(
    through: Callable[[str], HttpSession], answer: bytes, said: str, transient: bool
) -> None:
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heads.append(head(connection))
        connection.sendall(answer)

    with listener(talk) as port:
        error = failure(through(f"http://user:{PASSWORD}@127.0.0.1:{port}"), f"https://{GRAPH}/v1.0/403/ 407?407")

    assert f"no connection to {GRAPH} through the proxy http://127.0.0.1:{port}: " in str(error)
    assert said in str(error).partition(". Correct")[0]
    assert "GRAPH_PROXY or HTTPS_PROXY" in str(error)
    assert (error.sent, error.transient) == (False, transient)
    assert len(heads) == 1
    assert heads[0].startswith(f"CONNECT {GRAPH}:443 ".encode())
    assert TOKEN.encode() not in heads[0]


def test_a_proxy_that_is_not_there_is_named_without_its_password(through: Callable[[str], HttpSession]) -> None:
    port = closed_port()
    error = failure(through(f"http://user:{PASSWORD}@127.0.0.1:{port}"), f"https://{GRAPH}/v1.0/users")

    assert f"no connection to {GRAPH} through the proxy http://127.0.0.1:{port}: " in str(error)
    assert "could not be reached" in str(error)
    assert (error.sent, error.transient) == (False, True)


@pytest.mark.parametrize(
    "proxy",
    [
        f"http://user:{PASSWORD}#x@proxy.example:8080",
        f"http://user:{PASSWORD}/x@proxy.example:8080",
        f"http://user:{PASSWORD}?x@proxy.example:8080",
        f"http://user:{PASSWORD}@proxy.example:port",
        f"http://user:{PASSWORD}@",
        f"user:{PASSWORD}@proxy.example:99999999",
        f"http://user:{PASSWORD}@[::1",
    ],
)
def test_a_malformed_proxy_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, through: Callable[[str], HttpSession], proxy: str
) -> None:
    told = r"GRAPH_PROXY or HTTPS_PROXY to http://host:port"
    with pytest.raises(ConfigurationError, match=told) as caught:
        through(proxy).send("POST", f"https://{GRAPH}/v1.0/users", HEADERS, BODY)
    assert held_by(caught.value, TOKEN, SECRET, PASSWORD) == []

    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with (
        GraphClient(settings=Settings(_env_file=None, **SIGN_IN)) as graph,
        pytest.raises(ConfigurationError, match=told) as caught,
    ):
        graph.get("/users")
    assert held_by(caught.value, SECRET, PASSWORD) == []


def test_sign_in_says_the_same_about_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    with listener(talk) as port:
        settings = Settings(_env_file=None, **SIGN_IN, GRAPH_PROXY=f"http://user:{PASSWORD}@127.0.0.1:{port}")
        for holder, host in ((None, LOGIN), (TokenHolder.fixed(TOKEN), GRAPH)):
            with GraphClient(holder, settings=settings) as graph, pytest.raises(TransportError) as caught:
                graph.get("/users")
            assert f"no connection to {host} through the proxy http://127.0.0.1:{port}: " in str(caught.value)
            assert held_by(caught.value, SECRET) == []
            assert PASSWORD not in str(caught.value)


# -- failures -------------------------------------------------------------------------------------------------


def test_a_name_that_cannot_be_resolved_is_one_clear_message(http: HttpSession) -> None:
    error = failure(http, f"https://{GRAPH}/v1.0/users")

    assert f"the name {GRAPH} cannot be resolved" in str(error)
    for remedy in ("online", "GRAPH_CLOUD", "AZURE_AUTHORITY_HOST", "HTTPS_PROXY"):
        assert remedy in str(error)
    assert (error.sent, error.transient) == (False, True)


@pytest.mark.parametrize("host", [f"graph.{'x' * 64}.example", "graph..microsoft.com", "gra_\u0308ph.example"])
def test_a_name_that_no_host_can_have_is_one_clear_message(http: HttpSession, host: str) -> None:
    error = failure(http, f"https://{host}/v1.0/users?{PASSWORD}")

    assert f"the name {host} cannot be resolved" in str(error)
    assert error.sent is False


def test_a_port_that_nobody_listens_at_is_one_clear_message(http: HttpSession) -> None:
    error = failure(http, f"http://127.0.0.1:{closed_port()}/v1.0/users")

    assert "no connection to 127.0.0.1: nothing answers there" in str(error)
    assert (error.sent, error.transient) == (False, True)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_was_said(answer: bytes) -> None:
    released = threading.Event()

    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(answer)
        released.wait(LIMIT)

    with listener(talk) as port:
        error = failure(HttpSession(timeout=0.1), f"http://127.0.0.1:{port}/")
        released.set()

    assert "127.0.0.1 took the request but did not answer in time (GRAPH_TIMEOUT" in str(error)
    assert (error.sent, error.transient) == (True, True)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n",
        b"\0" * 100,
    ],
)
def test_an_answer_that_breaks_off_may_belong_to_work_that_was_done(http: HttpSession, answer: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(answer)

    with listener(talk) as port:
        error = failure(http, f"http://127.0.0.1:{port}/")

    assert "the connection to 127.0.0.1 broke off before the whole answer was there" in str(error)
    assert (error.sent, error.transient) == (True, True)


def test_what_is_no_http_says_so_and_is_not_asked_again(http: HttpSession) -> None:
    with listener(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")) as port:
        error = failure(http, f"http://127.0.0.1:{port}/")

    assert "it does not begin with a status line of HTTP/1. Does something other than Graph answer there?" in str(
        error
    )
    assert (error.sent, error.transient) == (True, False)


@pytest.mark.parametrize("fault", [{"reset": "after"}, {"reset": "before"}, {"truncate": True}])
def test_a_tenant_that_hangs_up_says_no_more_than_that(graph_sandbox: Sandbox, fault: dict[str, Any]) -> None:
    graph_sandbox.fail("POST", "*", times=9, **fault)
    http = HttpSession(ca_bundle=graph_sandbox.ca_bundle)
    error = failure(http, f"{graph_sandbox.url}/v1.0/users")
    http.close()

    assert "broke off" in str(error)
    assert error.sent


def test_tls_with_what_does_not_speak_it_is_one_clear_message(http: HttpSession) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listener(talk) as port:
        error = failure(http, f"https://127.0.0.1:{port}/")

    assert "TLS with 127.0.0.1 failed; does something other than Graph answer there?" in str(error)


@pytest.mark.parametrize("ending", ["silence", "end", "reset"])
def test_until_tls_is_agreed_on_nothing_was_sent(ending: str) -> None:
    released = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        if ending == "silence":
            released.wait(LIMIT)
        elif ending == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with listener(talk) as port:
        error = failure(HttpSession(timeout=0.2 if ending == "silence" else 30), f"https://127.0.0.1:{port}/")
        released.set()

    assert (error.sent, error.transient) == (False, True)


def test_what_the_caller_is_busy_with_is_not_taken_for_the_cause(http: HttpSession, server: Canned) -> None:
    server.answer = lambda _: (200, b"no gzip", {"Content-Encoding": "gzip"})
    errors: list[TransportError] = []
    with listener(lambda connection: connection.recv(65536)) as port:
        for url in (f"http://127.0.0.1:{port}/", server.url):
            try:
                requests.get(f"https://127.0.0.1:{port}", timeout=LIMIT)
            except requests.exceptions.SSLError:
                with pytest.raises(TransportError, match=r"broke off|Content-Encoding") as caught:
                    http.read(http.send("POST", url, HEADERS, BODY))
                errors.append(caught.value)

    assert [error.sent for error in errors] == [True, True]
    for error in errors:
        assert isinstance(error.__context__, requests.exceptions.SSLError)  # the caller's own, as Python has it
        error.__context__ = None
        assert held_by(error, TOKEN, SECRET) == []


@pytest.mark.parametrize("ending", ["garbage", "end", "reset"])
def test_what_breaks_after_the_request_may_belong_to_work_that_was_done_behind_a_proxy_too(
    inspector: Inspector, ending: str
) -> None:
    arrived: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with inspector.context.wrap_socket(connection, server_side=True) as tls:
            asked = head(tls)
            while not asked.endswith(BODY):
                asked += tls.recv(65536)
            arrived.append(asked)
            if ending == "garbage":
                socket.socket.sendall(tls, b"this is no TLS record at all")
                socket.socket.recv(tls, 1)  # what the client has to say about it
            elif ending == "reset":
                tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with listener(talk) as port:
        http = HttpSession(ca_bundle=inspector.ca_bundle, proxy=f"http://127.0.0.1:{port}")
        error = failure(http, f"https://{GRAPH}/v1.0/users")

    assert arrived[0].startswith(b"POST /v1.0/users")
    assert f"the connection to {GRAPH} broke off" in str(error)
    assert (error.sent, error.transient) == (True, True)


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}\n", f"Bearer {TOKEN}☃"], ids=ascii)
def test_a_header_that_cannot_be_sent_is_not_repeated(http: HttpSession, server: Canned, header: str) -> None:
    with pytest.raises(TransportError, match="was not sent") as caught:
        http.send("GET", server.url, {"Authorization": header})

    assert held_by(caught.value, TOKEN) == []
    assert (caught.value.sent, caught.value.transient) == (False, False)
    assert server.requests == []


def test_a_double_that_knows_no_answer_may_say_so_but_not_repeat_a_body() -> None:
    class Double(requests.Session):
        def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
            raise requests.ConnectionError(f"no answer known for {request.body!r}")

    with Double() as session:
        http = HttpSession(session)
        with pytest.raises(TransportError, match=r"was not sent \(\w+\): no answer known for None"):
            http.send("GET", "https://graph.microsoft.com", HEADERS)
        assert "was not sent" in str(failure(http, "https://graph.microsoft.com"))


@pytest.mark.parametrize("failing", ["graph", "throttled", "tls", "connection", "answer", "proxy", "sign-in"])
def test_no_error_of_a_client_holds_a_request_or_a_token_not_even_in_its_frames(
    graph_sandbox: Sandbox, sandbox_settings: Settings, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    settings = sandbox_settings
    if failing == "graph":
        graph_sandbox.fail("GET", "/users", status=403)
    elif failing == "throttled":
        graph_sandbox.fail("GET", "/users", status=429, retry_after=999)
    elif failing == "answer":
        graph_sandbox.fail("GET", "/users", reset="after", times=9)
    elif failing == "sign-in":
        graph_sandbox.fail("GET", "/users", status=401)
    elif failing == "tls":
        settings = settings_of(graph_sandbox, GRAPH_CA_BUNDLE=None)
    elif failing == "proxy":
        settings = settings_of(graph_sandbox, GRAPH_URL=f"https://{GRAPH}")
        monkeypatch.setenv("HTTPS_PROXY", "http://a:b#c@d")
    elif failing == "connection":
        settings = settings_of(graph_sandbox, GRAPH_URL=f"https://127.0.0.1:{closed_port()}")
    options: dict[str, Any] = {"settings": settings, "retry": RetryPolicy(2), "sleep": lambda _: None}
    with GraphClient(settings=sandbox_settings) as other:
        token = other.token_holder.token
    if failing == "sign-in":
        tokens = iter([token])

        def acquire(claims: str | None = None) -> Any:
            from leangraph import AuthError, Grant

            for each in tokens:
                return Grant(each, 3600)
            raise AuthError("no more tokens")

        holder = TokenHolder(acquire)
    else:
        holder = TokenHolder.fixed(token)
    with GraphClient(holder, **options) as graph, pytest.raises(Error) as caught:
        graph.get("/users", headers={"Prefer": "x"})

    assert held_by(caught.value, token, graph_sandbox.client_secret) == []


# -- connections ----------------------------------------------------------------------------------------------


def pool_of(http: HttpSession, url: str) -> Any:
    """Return urllib3's pool for an address, as the next request will find it."""
    request = requests.PreparedRequest()
    request.url = url
    adapter = http._session.get_adapter(url)
    assert isinstance(adapter, HTTPAdapter)
    return adapter.get_connection_with_tls_context(request, True)


@pytest.mark.parametrize(("at_once", "kept"), [(63, 63), (64, 64), (65, 64)])
def test_sixty_four_connections_are_kept(http: HttpSession, server: Canned, at_once: int, kept: int) -> None:
    for _ in range(2):
        unread = [http.send("GET", server.url, {}) for _ in range(at_once)]  # each holds its connection
        for response in unread:
            http.read(response)

    assert pool_of(http, server.url).num_connections == at_once + (at_once - kept)
    assert len(server.requests) == 2 * at_once


def test_a_body_that_was_read_gives_its_connection_back(http: HttpSession, server: Canned) -> None:
    answers: Iterator[tuple[Any, ...]] = iter(
        [
            (200, {"a": 1}),
            (204,),
            (200, b""),
            (304,),
            (200, gzip.compress(b"zipped"), {"Content-Encoding": "gzip"}),
            (500, b"no"),
        ]
    )
    server.answer = lambda _: next(answers)
    read = [
        http.read(http.send(method, server.url, {})) for method in ("GET", "GET", "HEAD", "GET", "GET", "POST")
    ]

    assert read == [b'{"a": 1}', b"", b"", b"", b"zipped", b"no"]
    assert pool_of(http, server.url).num_connections == 1


def test_no_cookie_is_kept_by_a_session_of_ours(server: Canned) -> None:
    class Own(requests.Session):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            return super().send(request, **options)

    server.answer = lambda _: (200, {}, {"Set-Cookie": "x-ms-gateway-slice=estsfd; path=/"})
    own, handed, patched = HttpSession(), requests.Session(), Own()
    for http in (own, HttpSession(handed), HttpSession(patched)):
        for _ in range(3):
            http.read(http.send("GET", server.url, {}))
    assert not own._session.cookies
    for session in (own, handed, patched):
        session.close()

    sent = ["cookie" in seen.headers for seen in server.requests]
    assert sent == [False] * 3 + [False, True, True] * 2  # a session that is handed in keeps what it gets


@pytest.mark.parametrize(
    ("tail", "target"),
    [
        ("/a/b?c=d", "/a/b?c=d"),
        ("", "/"),
        ("?sig=x/y", "/?sig=x/y"),
        ("/a#fragment", "/a"),
        ("#fragment/x", "/"),
        ("/a?b#c", "/a?b"),
        ("/x//a", "/x//a"),
        ("/a%2fb%20c?d=%C3%A9+f", "/a%2Fb%20c?d=%C3%A9+f"),
    ],
)
def test_what_stands_behind_the_host_is_the_target(
    http: HttpSession, server: Canned, tail: str, target: str
) -> None:
    http.read(http.send("GET", server.url + tail, {}))

    assert server.targets == [target]


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("GET", None, None),
        ("HEAD", None, None),
        ("POST", None, "0"),
        ("DELETE", None, "0"),
        ("PUT", b"", "0"),
        ("POST", b"abc", "3"),
        ("GET", b"abc", "3"),
    ],
)
def test_a_body_says_how_long_it_is(
    http: HttpSession, server: Canned, method: str, body: bytes | None, length: str | None
) -> None:
    http.read(http.send(method, server.url, {"x-own": "1"}, body))

    [seen] = server.requests
    assert (seen.method, seen.headers.get("content-length"), seen.body) == (method, length, body or b"")
    assert "transfer-encoding" not in seen.headers
    assert seen.headers["x-own"] == "1"


def test_renewed_connections_are_new_and_what_is_under_way_is_finished(server: Canned) -> None:
    http = HttpSession()
    http.read(http.send("GET", server.url, {}))
    before = pool_of(http, server.url)
    unread = http.send("GET", server.url, {})
    http.renew_connections()

    assert http.read(unread) == b'{"value": []}'
    http.read(http.send("GET", server.url, {}))
    after = pool_of(http, server.url)
    assert after is not before
    assert (before.num_connections, after.num_connections) == (1, 1)
    http.close()


def test_a_pool_that_was_closed_behind_the_back_of_a_thread_is_not_used_for_ever(server: Canned) -> None:
    http = HttpSession()
    pool_of(http, server.url)
    http._session.get_adapter(server.url).poolmanager.clear()  # renew_connections of a thread that met a 503

    for _ in range(2):
        assert http.read(http.send("GET", server.url, {})) == b'{"value": []}'
    http.close()


def test_what_a_closed_pool_keeps_from_being_sent_was_not_sent(
    http: HttpSession, server: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = http._session.get_adapter(server.url)
    find = adapter.get_connection_with_tls_context

    def find_and_lose(*arguments: Any, **options: Any) -> Any:
        pool = find(*arguments, **options)
        pool.close()
        return pool

    monkeypatch.setattr(adapter, "get_connection_with_tls_context", find_and_lose)
    error = failure(http, server.url)

    assert (error.sent, error.transient) == (False, True)
    assert server.requests == []


def test_threads_that_renew_all_the_time_lose_no_request(graph_sandbox: Sandbox) -> None:
    http = HttpSession(ca_bundle=graph_sandbox.ca_bundle)
    retried: list[TransportError] = []

    def ask(number: int) -> int:
        if number % 5 == 0:
            http.renew_connections()
        while True:
            try:
                response = http.send("GET", f"{graph_sandbox.url}/v1.0/users", {})
                http.read(response)
            except TransportError as error:
                assert not error.sent  # noqa: PT017
                retried.append(error)
            else:
                return response.status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(100))) == {401}
    http.close()


def test_a_session_that_is_handed_in_keeps_what_it_has(server: Canned) -> None:
    with requests.Session() as session:
        adapter = HTTPAdapter(pool_maxsize=3)
        session.mount("http://", adapter)
        http = HttpSession(session)
        http.read(http.send("GET", server.url, {}))
        pool = pool_of(http, server.url)
        http.renew_connections()
        http.close()

        assert session.get_adapter(server.url) is adapter
        assert pool_of(http, server.url) is pool
        http.read(http.send("GET", server.url, {}))
        assert (pool.num_connections, pool.num_requests) == (1, 2)
        assert session.get(server.url, timeout=LIMIT).status_code == 200


def test_the_certificate_and_the_verify_of_a_handed_in_session_are_passed_on() -> None:
    recorder = Recorder()
    with requests.Session() as session:
        session.mount("https://", recorder)
        session.cert = ("client.pem", "client.key")
        session.verify = False
        HttpSession(session, timeout=3).send("GET", "https://graph.microsoft.com", {})

    [seen] = recorder.seen
    assert (seen["cert"], seen["verify"], seen["stream"]) == (("client.pem", "client.key"), False, True)
    assert (seen["timeout"].connect_timeout, seen["timeout"].read_timeout) == (3, 3)


@pytest.mark.parametrize(("timeout", "connect"), [(0.5, 0.5), (5.0, 5.0), (100.0, 5.0)])
def test_a_connection_is_waited_for_five_seconds_at_most(timeout: float, connect: float) -> None:
    recorder = Recorder()
    with requests.Session() as session:
        session.mount("https://", recorder)
        HttpSession(session, timeout=timeout).send("GET", "https://graph.microsoft.com", {})

    [seen] = recorder.seen
    assert (seen["timeout"].connect_timeout, seen["timeout"].read_timeout) == (connect, timeout)


FORK = """
import os, signal, threading
from leangraph import GraphClient

def ask():
    for _ in range(20):
        assert graph.get("/users?$top=1")["value"] == first
    http.read(http.send("GET", graph.url.replace("127.0.0.1", "localhost"), {}))

def hold():
    with adapter._lock, adapter.poolmanager.pools.lock:
        held.set()
        forked.wait(300)

graph = GraphClient.from_env()
http = graph._core.transport.http
adapter = http._session.get_adapter("https://")
first = graph.get("/users?$top=1")["value"]
held, forked = threading.Event(), threading.Event()
threading.Thread(target=hold).start()
assert held.wait(300)
child = os.fork()
if not child:
    signal.alarm(300)  # whoever hangs ends, even without a parent
    ask()  # what was locked in the parent stays locked here
    os._exit(0)
forked.set()
ask()
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@forks
def test_after_a_fork_parent_and_child_both_go_on(graph_sandbox: Sandbox) -> None:
    environment = {**os.environ, **graph_sandbox.env, "GRAPH_MAX_RETRIES": "0"}
    ended = python("-W", "ignore::DeprecationWarning", "-c", FORK, env=environment)

    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "0", "")
    assert [seen.status for seen in graph_sandbox.requests if seen.version] == [200] * 41
    assert graph_sandbox.token_requests == 1
