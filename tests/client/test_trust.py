"""A certificate or a proxy that will not do: what is said fits the reason, and what is configured already."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from authorities import DAY, Authority, head, listening, not_found, showing, tunnel
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from leangraph import ConfigurationError, Error, TransportError
from leangraph.net import trust
from leangraph.net.certificates import Trust, advice
from leangraph.net.session import HttpSession
from leangraph.net.trust import tls_context

HOST = "graph.microsoft.com"
SECRET = "canary-password"
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.fixture(scope="module")
def company() -> Authority:
    return Authority()


def failure(http: HttpSession, url: str) -> Error:
    with http_closing(http), pytest.raises(Error) as caught:
        http.read(http.send("GET", url, {"Authorization": f"Bearer {SECRET}"}))
    assert SECRET not in str(caught.value)
    if isinstance(caught.value, TransportError):
        assert not caught.value.sent
    return caught.value


class http_closing:
    def __init__(self, http: HttpSession) -> None:
        self._http = http

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._http.close()


# -- the reason decides ---------------------------------------------------------------------------------------

REASONS: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {  # of a leaf: what is said, and what is not
    "early": ({"starts": 3 * DAY, "ends": 9 * DAY}, ["not yet valid", "correct the clock", "{today}"], ["proxy"]),
    "late": ({"starts": -9 * DAY, "ends": -3 * DAY}, ["expired", "correct the clock", "{today}"], ["proxy"]),
    "name": ({"names": ["elsewhere.example"]}, ["mismatch", "GRAPH_URL", "sign-in page"], ["GRAPH_CA_BUNDLE"]),
    "strict": ({"key_identifier": False}, [], []),
}


@pytest.mark.parametrize("way", ["directly", "by a proxy"])
@pytest.mark.parametrize("reason", REASONS)
def test_the_advice_fits_the_reason(company: Authority, tmp_path: Path, reason: str, way: str) -> None:
    kind, said, unsaid = REASONS[reason]
    kind = dict(kind)
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(company.pem)
    host = "127.0.0.1" if way == "directly" else HOST
    leaf = company.leaf(*kind.pop("names", [host]), **kind)

    with showing(leaf, tmp_path) as port, listening(tunnel(CONNECTED, port)) as proxy:
        http = HttpSession(
            ca_bundle=str(bundle), proxy=None if way == "directly" else f"http://u:{SECRET}@127.0.0.1:{proxy}"
        )
        url = f"https://127.0.0.1:{port}/" if way == "directly" else f"https://{HOST}/"
        if not said:  # nothing is wrong with it: whoever names an authority need not keep RFC 5280
            assert http.send("GET", url, {}).status_code == 404
            http.close()
            return
        error = failure(http, url)

    assert isinstance(error, TransportError)
    assert not error.transient
    assert f"the certificate of {host} is not trusted" in str(error)
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    assert all(text.replace("{today}", today) in str(error) for text in said), str(error)
    assert not any(text in str(error) for text in unsaid), str(error)


def test_an_authority_alone_may_be_named_without_the_root_above_it(tmp_path: Path) -> None:
    below = Authority("Contoso issues", above=Authority("Contoso root"))
    (tmp_path / "ca.pem").write_bytes(below.pem)

    with showing(below.leaf(), tmp_path) as port:
        http = HttpSession(ca_bundle=str(tmp_path / "ca.pem"))
        assert http.send("GET", f"https://127.0.0.1:{port}/", {}).status_code == 404
        http.close()


def test_rfc_5280_is_insisted_on_where_nobody_was_named_only(tmp_path: Path, company: Authority) -> None:
    (tmp_path / "ca.pem").write_bytes(company.pem)
    is_strict = sys.version_info >= (3, 13)

    assert bool(tls_context(True).verify_flags & ssl.VERIFY_X509_STRICT) == is_strict
    assert not tls_context(str(tmp_path / "ca.pem")).verify_flags & ssl.VERIFY_X509_STRICT


# -- what is configured decides -------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["nothing", "GRAPH_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "system", "session"])
def test_an_unknown_authority_is_advised_on_by_what_is_configured(
    company: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(Authority("somebody else").pem)
    session = requests.Session() if named == "session" else None
    if named == "REQUESTS_CA_BUNDLE":
        monkeypatch.setenv(named, str(bundle))
    if session is not None:
        session.verify = str(bundle)
    ca_bundle = {"GRAPH_CA_BUNDLE": str(bundle), "system": "system"}.get(named)

    with showing(company.leaf(), tmp_path) as port:
        said = str(failure(HttpSession(session, ca_bundle=ca_bundle), f"https://127.0.0.1:{port}/"))

    assert "the certificate of 127.0.0.1 is not trusted" in said
    assert {
        "nothing": "If a company proxy inspects TLS, set GRAPH_CA_BUNDLE to its CA certificate",
        "GRAPH_CA_BUNDLE": f"GRAPH_CA_BUNDLE names {bundle}, where its authority is missing: append",
        "REQUESTS_CA_BUNDLE": f"REQUESTS_CA_BUNDLE names {bundle}, where its authority is missing: append",
        "system": "The operating system does not know its authority (GRAPH_CA_BUNDLE=system)",
        "session": f"the session trusts {bundle} and nobody else: append",
    }[named] in said
    assert ("set GRAPH_CA_BUNDLE to its" in said) == (named == "nothing")


def test_a_bundle_adds_to_the_public_authorities(
    company: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust, "DEFAULT_CA_BUNDLE_PATH", DEFAULT_CA_BUNDLE_PATH)  # all of them, for once
    (tmp_path / "ca.pem").write_bytes(company.pem)
    public = {each["serialNumber"] for each in tls_context(True).get_ca_certs()}

    both = {each["serialNumber"] for each in tls_context(str(tmp_path / "ca.pem")).get_ca_certs()}

    assert len(public) > 50
    assert both - public == {f"{company.certificate.serial_number:040X}"[-len(next(iter(both - public))) :]}
    assert public < both


@pytest.mark.parametrize("variable", ["GRAPH_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_bundle_may_be_in_the_home_of_its_user(
    company: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    (tmp_path / "ca.pem").write_bytes(company.pem)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "~/ca.pem")

    with showing(company.leaf(), tmp_path) as port:
        http = HttpSession(ca_bundle="~/ca.pem" if variable == "GRAPH_CA_BUNDLE" else None)
        assert http.send("GET", f"https://127.0.0.1:{port}/", {}).status_code == 404
        http.close()


@pytest.mark.parametrize("code", [-1, 0, 1, 7, 23, 24, 26, 66, 67, 68, 79, 99, 0x800B0100])
def test_any_other_reason_is_quoted(code: int) -> None:
    said = advice(code, "some reason\r\nof?code=canary its own", HOST, Trust(), 0.0)

    assert said.startswith(f"the certificate of {HOST} is not trusted (some reason of?*** its own). Whoever ")
    assert "GRAPH_CA_BUNDLE" not in said


@pytest.mark.parametrize("code", [78, 80, 85, 92, 94])
@pytest.mark.parametrize("adds", [True, False])
def test_strictness_is_named_with_what_is_not_strict(code: int, adds: bool) -> None:
    said = advice(code, "Missing Authority Key Identifier", HOST, Trust(True, "", adds), 0.0)

    assert "RFC 5280" in said
    assert "et GRAPH_CA_BUNDLE to the CA certificate" in said
    assert ("Hand in no session" in said) == (not adds)


@pytest.mark.parametrize("code", [9, 10, -67818, -67819, 0x800B0101])
def test_every_system_has_numbers_of_its_own_for_a_wrong_clock(code: int) -> None:
    assert "by this machine's clock it is 1970-01-01 00:00 UTC. " in advice(code, "expired", HOST, Trust(), 0.0)


def test_a_long_reason_is_cut() -> None:
    assert len(advice(0, "x" * 9999, HOST, Trust(), 0.0)) < 500


# -- proxies --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "said", "transient"),
    [
        (b"HTTP/1.1 403 Host not on the list\r\n\r\n", "it refused (403 Host not on the list)", False),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "asks for a user and password (407 ", False),
        (b"HTTP/1.1 503 No DNS, password=canary-password\r\n\r\n", "(503 No DNS, password=***)", True),
        (b"HTTP/1.1 502 " + b"x" * 900 + b"\r\n\r\n", f"(502 {'x' * 100} …)", True),
        (b"HTTP/1.1 502\r\n\r\n", "it refused (502)", True),
        (b'HTTP/1.1 500 It\'s "broken"\r\n\r\n', "it refused (500 It", True),
        (b"", "it refused or could not be reached", True),
    ],
)
def test_the_words_of_a_proxy_are_quoted(answer: bytes, said: str, transient: bool) -> None:
    with listening(tunnel(answer)) as port:
        error = failure(HttpSession(proxy=f"http://u:{SECRET}@127.0.0.1:{port}"), f"https://{HOST}/")

    assert isinstance(error, TransportError)
    assert f"through the proxy http://127.0.0.1:{port}: " in str(error)
    assert said in str(error)
    assert "GRAPH_PROXY" in str(error)
    assert error.transient is transient


def test_a_proxy_that_nobody_answers_at_is_told_in_the_words_of_the_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert "refused)" in str(failure(HttpSession(proxy=f"http://127.0.0.1:{port}"), f"https://{HOST}/"))


def test_a_proxy_that_speaks_no_tls_is_not_tried_again() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listening(talk) as port:
        error = failure(HttpSession(proxy=f"https://u:{SECRET}@127.0.0.1:{port}"), f"https://{HOST}/")

    assert isinstance(error, TransportError)
    assert "speaks http and not https: write its address with http://" in str(error)
    assert not error.transient


@pytest.mark.parametrize("whose", ["proxy", "host"])
def test_the_certificate_of_a_proxy_is_told_from_that_of_the_host(
    company: Authority, tmp_path: Path, whose: str
) -> None:
    (tmp_path / "ca.pem").write_bytes(company.pem)
    (tmp_path / "inner").mkdir()
    leaf = (Authority() if whose == "proxy" else company).leaf()
    inner = (Authority() if whose == "host" else company).leaf(HOST)
    with (
        showing(inner, tmp_path / "inner") as port,
        showing(leaf, tmp_path, tunnel(CONNECTED, port)) as proxy,
    ):
        error = failure(
            HttpSession(ca_bundle=str(tmp_path / "ca.pem"), proxy=f"https://u:{SECRET}@127.0.0.1:{proxy}"),
            f"https://{HOST}/",
        )

    named = f"the proxy https://127.0.0.1:{proxy}" if whose == "proxy" else HOST
    assert f"the certificate of {named} is not trusted" in str(error)
    assert not getattr(error, "transient", True)


def test_a_socks_proxy_names_the_package_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    error = failure(HttpSession(proxy=f"socks5h://u:{SECRET}@127.0.0.1:1"), f"https://{HOST}/")

    assert isinstance(error, ConfigurationError)
    assert "pip install requests[socks]" in str(error)


def test_a_proxy_of_an_unknown_kind_is_refused() -> None:
    error = failure(HttpSession(proxy=f"ftp://u:{SECRET}@127.0.0.1:1"), f"https://{HOST}/")

    assert isinstance(error, ConfigurationError)
    assert "the proxy ftp://127.0.0.1:1 is of an unknown kind" in str(error)


# -- the words of the system ----------------------------------------------------------------------------------


def test_no_connection_is_told_in_the_words_of_the_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert "refused)" in str(failure(HttpSession(), f"https://127.0.0.1:{port}/"))


def test_a_name_that_is_not_found_is_told_in_the_words_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    assert "(Temporary failure in name resolution)" in str(failure(HttpSession(), f"https://{HOST}/"))


@pytest.mark.parametrize(
    "hello", [b"HTTP/1.1 200 OK\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x46"], ids=["no TLS", "protocol_version"]
)
def test_a_handshake_that_fails_is_told_with_its_reason(hello: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4)
        connection.sendall(hello)

    with listening(talk) as port:
        said = str(failure(HttpSession(), f"https://127.0.0.1:{port}/"))

    assert "TLS with 127.0.0.1 failed; " in said
    assert "WRONG_VERSION_NUMBER" in said or "PROTOCOL_VERSION" in said or "RECORD_LAYER" in said


@pytest.fixture
def later() -> Iterator[int]:
    with listening(not_found(timedelta(days=3))) as port:
        yield port


def test_a_server_of_the_tests_has_a_clock(later: int) -> None:
    with socket.create_connection(("127.0.0.1", later)) as there:
        there.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert (datetime.now(UTC) + timedelta(days=3)).strftime("%d %b %Y") in head(there).decode()
