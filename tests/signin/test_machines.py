"""Managed identity as each platform answers. Every endpoint is ours: none of these tests asks the real one."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from authorities import Authority, head, showing
from canned import Arrived, Canned, canned
from containers import contained, linux, small_disk
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1

from leangraph import AuthError, ConfigurationError, TokenHolder
from leangraph.auth.managed import _explain, managed_identity, moment_of, words_of

SCOPE = "https://graph.microsoft.com/.default"
LATER = int(datetime.now(UTC).timestamp()) + 86400


@pytest.fixture
def endpoint() -> Iterator[Canned]:
    with canned() as server:
        yield server


def imds(url: str) -> dict[str, str]:
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": url}


def app_service(url: str) -> dict[str, str]:
    return {"IDENTITY_ENDPOINT": f"{url}/msi/token", "IDENTITY_HEADER": "canary-header"}


def machine_learning(url: str) -> dict[str, str]:
    return {"MSI_ENDPOINT": f"{url}/msi/token", "MSI_SECRET": "canary-secret"}


PLATFORMS = {"imds": imds, "app service": app_service, "machine learning": machine_learning}


@pytest.fixture(params=PLATFORMS)
def platform(request: Any, endpoint: Canned, monkeypatch: pytest.MonkeyPatch) -> str:
    # Whatever else happens, nobody asks the address of the real service
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", endpoint.url)
    for name, value in PLATFORMS[request.param](endpoint.url).items():
        monkeypatch.setenv(name, value)
    return str(request.param)


FORMS = [
    str,
    int,
    lambda later: datetime.fromtimestamp(later, UTC).strftime("%m/%d/%Y %H:%M:%S +00:00"),
    lambda later: datetime.fromtimestamp(later, UTC).strftime("%m/%d/%Y %I:%M:%S %p +00:00"),
    lambda later: datetime.fromtimestamp(later, UTC).isoformat(),
]


@pytest.mark.parametrize("form", FORMS, ids=["text", "number", "24 hours", "12 hours", "iso"])
def test_a_token_is_had_whatever_the_form_of_its_expiry(platform: str, endpoint: Canned, form: Any) -> None:
    expires_on = form(int(time.time()) + 86400)
    endpoint.answer = lambda _: (
        200,
        {
            "access_token": "t",
            "expires_on": expires_on,
            "expires_in": "86399",
            "resource": "r",
            "token_type": "Bearer",
        },
    )
    grant = managed_identity("system", [SCOPE])()

    assert grant.token == "t"
    assert 86000 < grant.expires_in < 86500


def test_a_token_without_a_moment_has_its_seconds(platform: str, endpoint: Canned) -> None:
    endpoint.answer = lambda _: (
        200,
        {"access_token": "t", "expires_in": 3600, "resource": "r", "token_type": "Bearer"},
    )
    assert 3500 < managed_identity("system", [SCOPE])().expires_in <= 3601  # MSAL counts whole seconds


@pytest.mark.parametrize("refresh_in", [43200, "43200"])
def test_the_time_for_renewal_is_kept(platform: str, endpoint: Canned, refresh_in: Any) -> None:
    now = [0.0]
    answer = {"access_token": "t", "expires_on": str(LATER), "expires_in": "86400", "refresh_in": refresh_in}
    endpoint.answer = lambda _: (200, {**answer, "resource": "r", "token_type": "Bearer"})
    flow = managed_identity("system", [SCOPE])
    assert flow().refresh_in == 43200

    holder = TokenHolder(flow, monotonic=lambda: now[0], wall=lambda: now[0])
    assert holder.token == "t"
    assert holder._current is not None
    assert holder._current.refresh_mono == 43200


HTML = "<html><head><title>404 Not Found</title><style>b{}</style></head><body>Nothing here</body></html>"


@pytest.mark.parametrize(
    ("status", "body", "said", "transient"),
    [
        (404, b"SSO failure: Token not found", "SSO failure: Token not found", True),
        (400, {"statusCode": 400, "message": "No User Assigned or Delegated Managed Identity found"},
         "No User Assigned or Delegated Managed Identity found", False),
        (400, {"error": "invalid_request", "error_description": "no such identity"}, "no such identity", False),
        (400, {"error": {"code": "x", "message": "inner words"}}, "inner words", False),
        (403, HTML.encode(), "404 Not Found", False),
        (403, b"", "no explanation came with it", False),
        (500, b"boom client_secret=canary", "boom", True),
        (410, b"gone for a while", "gone for a while", True),
        (200, b"hello", "hello", False),
        (200, {}, "{}", False),
        (200, b"[]", "[]", False),
    ],
)  # fmt: skip
def test_the_platforms_own_words_are_told(
    platform: str, endpoint: Canned, status: int, body: Any, said: str, transient: bool
) -> None:
    endpoint.answer = lambda _: (status, body)
    with pytest.raises(AuthError) as caught:
        managed_identity("system", [SCOPE])()

    message = str(caught.value)
    assert said in message
    assert "AZURE_AUTHORITY_HOST" not in message
    assert "captive portal" not in message
    assert "scope is not one" not in message
    assert "canary" not in message
    assert caught.value.transient is transient
    assert ("GRAPH_MANAGED_IDENTITY" in message) is not transient


def test_a_long_answer_is_cut(platform: str, endpoint: Canned) -> None:
    endpoint.answer = lambda _: (400, b"x" * 50_000)
    with pytest.raises(AuthError) as caught:
        managed_identity("system", [SCOPE])()
    assert len(str(caught.value)) < 1000


# -- Service Fabric: MSAL sends by itself, and knows the server by its certificate --------------------------------


@contextmanager
def fabric(
    monkeypatch: pytest.MonkeyPatch, folder: Path, body: bytes, status: int = 200, thumbprint: str = ""
) -> Iterator[list[bytes]]:
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        while asked := head(connection):
            heads.append(asked)
            said = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            connection.sendall(said + body)

    leaf = Authority().leaf()
    own = x509.load_pem_x509_certificate(leaf).fingerprint(SHA1()).hex().upper()
    with showing(leaf, folder, talk) as port:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"https://127.0.0.1:{port}/metadata/identity/oauth2/token")
        monkeypatch.setenv("IDENTITY_HEADER", "canary-header")
        monkeypatch.setenv("IDENTITY_SERVER_THUMBPRINT", thumbprint or own)
        yield heads


def test_service_fabric_gives_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer = {"access_token": "t", "expires_on": LATER, "resource": "r", "token_type": "Bearer"}
    with fabric(monkeypatch, tmp_path, json.dumps(answer).encode()) as heads:
        assert managed_identity("system", [SCOPE])().token == "t"

    assert b"resource=https%3A%2F%2Fgraph.microsoft.com" in heads[0]


@pytest.mark.parametrize(
    ("body", "status", "thumbprint", "said"),
    [
        (
            b'{"error": {"code": "ManagedIdentityNotFound", "message": "no such identity"}}',
            404,
            "",
            "no such identi",
        ),
        (b'{"error": {"code": "SecretHeaderNotFound"}}', 400, "", "SecretHeaderNotFound"),
        (b"{}", 200, "", "{}"),
        (b"<html>canary</html>", 502, "", "failed: "),
        (b'{"access_token": "canary-token", "expires_on": "soon", "token_type": "Bearer"}', 200, "", "failed: "),
        (b"{}", 200, "00" * 20, "IDENTITY_SERVER_THUMBPRINT"),
        (b"{}", 200, "canary", "IDENTITY_SERVER_THUMBPRINT must be a SHA-1"),
    ],
)
def test_service_fabric_is_quoted_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: bytes, status: int, thumbprint: str, said: str
) -> None:
    with fabric(monkeypatch, tmp_path, body, status, thumbprint), pytest.raises(AuthError) as caught:
        managed_identity("system", [SCOPE])()

    assert said in str(caught.value)
    assert "GRAPH_MANAGED_IDENTITY" in str(caught.value)
    assert "client id or its secret" not in str(caught.value)
    assert "canary" not in str(caught.value)


# -- Arc: a challenge names a file, which only some users can read -----------------------------------------------


@linux
@pytest.mark.parametrize("body", [b"", b"<html>Unauthorized</html>", b'{"error": "unauthorized_client"}'])
@pytest.mark.parametrize("key", ["there", "missing"])
def test_the_challenge_of_arc_is_answered_whatever_its_body(
    endpoint: Canned, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: bytes, key: str
) -> None:
    folder = Path("/var/opt/azcmagent/tokens")  # where MSAL looks, on a disk of the test's own

    def answer(request: Arrived) -> tuple[Any, ...]:
        if request.headers.get("authorization") == "Basic canary-key":
            return 200, {"access_token": "t", "expires_in": "86400", "resource": "r", "token_type": "Bearer"}
        return 401, body, {"WWW-Authenticate": f"Basic realm={folder}/one.key"}

    endpoint.answer = answer
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{endpoint.url}/metadata/identity/oauth2/token")
    monkeypatch.setenv("IMDS_ENDPOINT", endpoint.url)

    def work() -> str:
        small_disk(Path("/var/opt"), 65536)
        folder.mkdir(parents=True)
        if key == "there":
            (folder / "one.key").write_text("canary-key", encoding="ascii")
        try:
            return managed_identity("system", [SCOPE])().token
        except AuthError as error:
            return str(error)

    said = contained(work, tmp_path / "answer")

    if key == "there":
        assert said == "t"
    else:
        assert "No such file or directory: '/var/opt/azcmagent/tokens/one.key'" in said
        assert "GRAPH_MANAGED_IDENTITY" in said


@pytest.mark.parametrize("challenge", ["", "Bearer", "Basic realm", "Negotiate"])
def test_a_challenge_that_nobody_knows_is_told(
    endpoint: Canned, monkeypatch: pytest.MonkeyPatch, challenge: str
) -> None:
    endpoint.answer = lambda _: (401, b"sorry", {"WWW-Authenticate": challenge} if challenge else {})
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{endpoint.url}/metadata/identity/oauth2/token")
    monkeypatch.setenv("IMDS_ENDPOINT", endpoint.url)

    with pytest.raises(AuthError, match=r"WWW-Authenticate|sorry") as caught:
        managed_identity("system", [SCOPE])()
    assert "GRAPH_MANAGED_IDENTITY" in str(caught.value)


def test_the_key_of_arc_that_may_not_be_read_names_the_group() -> None:
    said = _explain(PermissionError(13, "Permission denied", "/var/opt/azcmagent/tokens/one.key"))

    assert "Permission denied" in said
    assert "himds" in said


def test_cloud_shell_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, endpoint: Canned) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", endpoint.url)
    monkeypatch.setenv("AZUREPS_HOST_ENVIRONMENT", "cloud-shell/1.0")
    with pytest.raises(ConfigurationError, match="GRAPH_SIGN_IN=azure-cli"):
        managed_identity("system", [SCOPE])()
    assert endpoint.requests == []


@pytest.mark.parametrize("value", [None, "", "soon", "13/13/2020 00:00:00", [], {}, "nan"])
def test_what_is_no_moment_is_none(value: Any) -> None:
    assert moment_of(value) is None


@pytest.mark.parametrize("text", ["", " ", "<", "<html>", "<a><b>", "<style>", "\x00"])
def test_words_are_found_in_anything(text: str) -> None:
    assert isinstance(words_of(text, {}), str)
