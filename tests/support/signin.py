"""What the tests of signing in share: keys, certificates, a browser without a screen, and who is asked."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from leangraph import Error, Sandbox, Settings
from leangraph.auth.grant import Acquire

LOGIN = "/oauth2/v2.0/token"
DEFAULT = "https://graph.microsoft.com/.default"


def key(number: int = 0) -> Any:
    """Return one of a few private keys: elliptic if the number is negative, else of RSA."""
    return _key(number)


@cache  # making one takes a while
def _key(number: int) -> Any:
    return rsa.generate_private_key(65537, 2048) if number >= 0 else ec.generate_private_key(ec.SECP256R1())


def certificate(number: int = 0) -> x509.Certificate:
    """Return the certificate of a key, with 100 days to go."""
    return _certificate(number)


@cache
def _certificate(number: int) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"client {number}")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key(number).public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=100))
    return builder.sign(key(number), hashes.SHA256())


def encryption(password: str) -> Any:
    if not password:
        return serialization.NoEncryption()
    return serialization.BestAvailableEncryption(password.encode())


def pem(number: int = 0, password: str = "") -> str:
    form = serialization.PrivateFormat.PKCS8
    return key(number).private_bytes(serialization.Encoding.PEM, form, encryption(password)).decode()


def public_pem(number: int = 0) -> str:
    return certificate(number).public_bytes(serialization.Encoding.PEM).decode()


def pfx(number: int = 0, password: str = "", chain: tuple[int, ...] = ()) -> bytes:
    others = [certificate(each) for each in chain] or None
    return pkcs12.serialize_key_and_certificates(
        b"client", key(number), certificate(number), others, encryption(password)
    )


def written(folder: Path, content: str | bytes, name: str = "app.pem") -> str:
    file = folder / name
    file.touch(mode=0o600)  # as who keeps a secret in a file does
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def configured(sandbox: Sandbox, app: Any = None, **kind: Any) -> Settings:
    """Return settings for an app of the sandbox, signed in to as ``kind`` says."""
    env = {name: value for name, value in sandbox.env.items() if name != "AZURE_CLIENT_SECRET"}
    if app is not None:
        env["AZURE_CLIENT_ID"] = app.client_id
    return Settings.from_mapping({**env, **kind})


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def asked(sandbox: Sandbox) -> list[str]:
    return [f"{seen.method} {seen.path}" for seen in sandbox.requests]


def failure_of(acquire: Acquire) -> Any:
    with pytest.raises(Error) as caught:
        acquire()
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    return caught.value


class Form(HTMLParser):
    """The hidden fields of a page, and where its form goes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.action = found["action"] or ""
        elif tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"] or ""] = found["value"] or ""


class Robot:
    """A browser without a screen: it follows the sign-in page and submits the form it finds."""

    def __init__(self, web: requests.Session) -> None:
        self._web = web
        self.opened: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        return self.visit(url)

    def visit(self, url: str) -> bool:
        self.opened.append(url)
        threading.Thread(target=self._browse, args=(url,)).start()
        return True

    def _browse(self, url: str) -> None:
        form = Form(self._web.get(url).text)
        with requests.Session() as session:
            session.trust_env = False
            session.post(form.action, data=form.fields)
