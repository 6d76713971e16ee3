"""An app's private key and certificate, from a PEM or PFX file."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, NamedTuple

from leangraph.errors import ConfigurationError

_FILE, _PASSWORD = "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PASSWORD"


class Found(NamedTuple):
    key: Any
    sha256: str  # of the certificate, in hexadecimal digits
    chain: list[str]  # the certificates in base64, that of the key first

    def __repr__(self) -> str:
        return f"Found({self.sha256})"


def read(path: str, password: bytes | None) -> Found:
    """Read a file with a private key and its certificate.

    Raises:
        ConfigurationError: there is none, it cannot be read, or something is missing in it.
    """
    try:
        content = Path(path).expanduser().read_bytes()
    except OSError as error:
        problem = f"{_FILE} names {path!r}, which cannot be read: {error.strerror}"
    else:
        problem = ""
    if problem:
        raise ConfigurationError(problem)
    try:
        found = _pem(content, password) if b"-----BEGIN" in content else _pfx(content, password)
    except (ValueError, TypeError) as error:
        problem = _explain(str(error), given=password is not None)
    if problem:
        raise ConfigurationError(f"{_FILE}: {problem}")
    return found


def _pem(content: bytes, password: bytes | None) -> Found:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if b"PRIVATE KEY-----" not in content:
        raise ValueError("no private key")
    encrypted = b"ENCRYPTED" in content
    key = load_pem_private_key(content, password if encrypted else None)
    certificates = x509.load_pem_x509_certificates(content) if b"-----BEGIN CERTIFICATE" in content else []
    return _found(key, certificates)


def _pfx(content: bytes, password: bytes | None) -> Found:
    from cryptography.hazmat.primitives.serialization import pkcs12

    key, certificate, others = pkcs12.load_key_and_certificates(content, password)
    if key is None:
        raise ValueError("no private key")
    return _found(key, [*([certificate] if certificate else []), *others])


def _found(key: Any, certificates: list[Any]) -> Found:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not RSA")  # noqa: TRY004
    ours = [each for each in certificates if each.public_key() == key.public_key()]
    if not ours:
        raise ValueError("no certificate")
    chain = [ours[0], *(each for each in certificates if each != ours[0])]
    encoded = [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in chain]
    return Found(key, ours[0].fingerprint(SHA256()).hex(), encoded)


def _explain(said: str, *, given: bool) -> str:
    known = {
        "no private key": "there is no private key in it; it must hold the key and its certificate",
        "no certificate": "there is no certificate for its private key in it; append the certificate's PEM text",
        "not RSA": "its key is no RSA key, and Entra ID takes no other",
    }
    if said in known:
        return known[said]
    if "password" in said.lower() or "decrypt" in said.lower():
        return f"{_PASSWORD} is wrong" if given else f"it is encrypted: set {_PASSWORD}"
    return "it is neither a PEM file (text) nor a PFX file (PKCS #12), or it is damaged"
