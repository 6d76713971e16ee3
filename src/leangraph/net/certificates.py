"""Why a certificate was refused, and the advice that fits: by the reason's number, and by who is trusted here."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Final, NamedTuple

from leangraph.net.redact import quote

# The numbers of the three that judge: OpenSSL's X509_V_ERR_…, macOS's errSec…, Windows' CERT_E_….
_TIME: Final = frozenset({9, 10, -67818, -67819, 0x800B0101})
_NAME: Final = frozenset({62, 63, 64, -67602, 0x800B010F})
_UNKNOWN: Final = frozenset({2, 18, 19, 20, 21, 27, -67843, 0x800B0109, 0x800B010A})
_STRICT: Final = frozenset({78, *range(80, 95)})  # RFC 5280, which X509_V_FLAG_X509_STRICT insists on


class Trust(NamedTuple):
    """Whose certificates are accepted.

    Attributes:
        verify: ``True`` for the public authorities (certifi's), a path for those of a bundle, ``system`` for the
            operating system's, ``False`` for everybody.
        source: what named them: a variable, or empty.
        adds: whether the public authorities count besides a bundle.
    """

    verify: bool | str = True
    source: str = ""
    adds: bool = True


PUBLIC: Final = Trust()


def advice(code: int, message: str, whose: str, trust: Trust, now: float) -> str:
    """Return two sentences: what is wrong with a certificate, and what to do about it.

    Args:
        code, message: the reason, as OpenSSL or the operating system has it.
        whose: ``login.microsoftonline.com``, ``the proxy http://…``.
        now: by this machine's clock.
    """
    said = quote(message, 200).rstrip(".")
    certificate = f"the certificate of {whose}"
    if code in _TIME:
        clock = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return (
            f"{certificate} is not trusted ({said}): by this machine's clock it is {clock}. "
            f"If that is wrong, correct the clock; if it is right, the certificate of {whose} has to be renewed"
        )
    if code in _NAME:
        return (
            f"{certificate} is not trusted ({said}): another server answers there, or under another name. "
            "Correct the address (GRAPH_URL, AZURE_AUTHORITY_HOST, GRAPH_PROXY); if it is right, something on "
            "the way answers in its place, such as a sign-in page of this network"
        )
    if code in _UNKNOWN:
        return f"{certificate} is not trusted ({said}). {_of_authority(trust)}"
    if code in _STRICT:
        return (
            f"{certificate} is not trusted ({said}): Python {sys.version_info[0]}.{sys.version_info[1]} insists "
            "on RFC 5280, which it does not keep. "
            f"{'Set' if trust.adds else 'Hand in no session, and set'} GRAPH_CA_BUNDLE to the CA certificate of "
            "whoever issued it (a PEM file), or to system: then that is not insisted on"
        )
    return (
        f"{certificate} is not trusted ({said}). "
        "Whoever issued it has to correct that: its owner, or the company whose proxy inspects TLS"
    )


def _of_authority(trust: Trust) -> str:
    """Return what to do about an authority that nobody here knows."""
    if trust.verify == "system":
        return (
            f"The operating system does not know its authority ({trust.source}=system): have the CA certificate "
            "installed there, or set GRAPH_CA_BUNDLE to a PEM file with it"
        )
    if isinstance(trust.verify, str):
        named = f"{trust.source} names {trust.verify}" if trust.source else f"the session trusts {trust.verify}"
        if trust.adds:
            return (
                f"{named}, where its authority is missing: append the CA certificate of whoever issued it, such "
                "as a company proxy that inspects TLS, or set GRAPH_CA_BUNDLE=system"
            )
        return (
            f"{named} and nobody else: append the missing CA certificate, or the public authorities "
            "(python -m certifi says where they are)"
        )
    return (
        "If a company proxy inspects TLS, set GRAPH_CA_BUNDLE to its CA certificate (a PEM file), or to system "
        "for the operating system's trust store"
    )
