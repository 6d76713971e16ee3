"""JSON Web Tokens: made, taken apart and checked (RFC 7515, 7518, 7519).

Own code, on ``cryptography``: what a client's library made must not be checked by that same library.
"""

import base64
import json
import re
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

PADDINGS = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(padding.MGF1(SHA256()), salt_length=SHA256.digest_size),  # RFC 7518 §3.5
}
LATEST = 2**33  # seconds: the year 2242; a later date is a mistake, and datetime would choke on it


class Jwt(NamedTuple):
    """A token taken apart. Nothing is known of its truth until :func:`signed_by` says so."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    def text(self, claim: str) -> str:
        """Return a claim that must be text. Raises ``ValueError``."""
        value = self.claims.get(claim)
        if not isinstance(value, str) or not value:
            raise ValueError(f"the claim '{claim}' must be a string")
        return value

    def time(self, claim: str, default: float | None = None) -> float:
        """Return a claim that must be a time, in seconds. Raises ``ValueError``."""
        value = self.claims.get(claim, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST:
            raise ValueError(f"the claim '{claim}' must be a time in seconds")
        return float(value)


def parse(text: str) -> Jwt:
    """Take a token apart. Raises ``ValueError`` if it is none."""
    parts = text.split(".")
    if len(parts) != 3:
        raise ValueError("a JWT has three parts")
    try:
        header, claims = (json.loads(unbase64url(part)) for part in parts[:2])
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise ValueError("header and claims must be JSON objects")  # noqa: TRY004 - callers catch one kind
    return Jwt(header, claims, f"{parts[0]}.{parts[1]}".encode(), unbase64url(parts[2]))


def signed_by(jwt: Jwt, key: rsa.RSAPublicKey) -> bool:
    """Return whether the owner of ``key`` signed the token, by an algorithm in ``PADDINGS``."""
    try:
        key.verify(jwt.signature, jwt.signed, PADDINGS[jwt.header["alg"]], SHA256())
    except InvalidSignature:
        return False
    return True


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """Return the key of this process: RSA takes up to 180 ms, so it waits for the first token."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def public_jwk() -> dict[str, str]:
    numbers = signing_key().public_key().public_numbers()
    n = base64url(numbers.n.to_bytes(256, "big"))
    kid = base64url(sha256(n.encode()).digest()[:20])
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "x5t": kid, "n": n, "e": "AQAB"}


def public_key(jwk: dict[str, Any]) -> rsa.RSAPublicKey:
    """Return the key that a JWK describes. Raises ``ValueError`` or ``KeyError`` if it is no RSA key."""
    e, n = (int.from_bytes(unbase64url(jwk[name])) for name in ("e", "n"))
    return rsa.RSAPublicNumbers(e, n).public_key()


def sign(claims: dict[str, Any]) -> str:
    """Return a token with these claims, signed by :func:`signing_key`."""
    kid = public_jwk()["kid"]
    header = {"typ": "JWT", "alg": "RS256", "x5t": kid, "kid": kid}
    text = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    signature = signing_key().sign(text.encode(), PADDINGS["RS256"], SHA256())
    return f"{text}.{base64url(signature)}"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    """Decode base64url without padding. Raises ``ValueError``."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
