"""azure-core's shapes: a ``TokenHolder`` as one of its credentials, and one of its credentials as a flow.

Everything goes by shape: nothing of azure is imported.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from leangraph.auth.flow import Flow
from leangraph.auth.grant import Acquire, Grant
from leangraph.errors import AuthError, ConfigurationError
from leangraph.net.redact import quote


class AccessToken(NamedTuple):
    """What azure-core expects of ``get_token``; ``expires_on`` counts seconds since 1970."""

    token: str
    expires_on: int

    def __repr__(self) -> str:
        return f"AccessToken(token=<hidden>, expires_on={self.expires_on})"


class AccessTokenInfo(NamedTuple):
    """What azure-core expects of ``get_token_info``; the times count seconds since 1970."""

    token: str
    expires_on: int
    token_type: str = "Bearer"  # noqa: S105 - a kind, no secret
    refresh_on: int | None = None

    def __repr__(self) -> str:
        return f"AccessTokenInfo(token=<hidden>, expires_on={self.expires_on})"


def access_token(token: str, expires_on: float) -> AccessToken:
    """Make the answer to ``get_token``: if azure-core is loaded, one of its kind: its SDKs take no other."""
    kind = _kind_for(getattr(sys.modules.get("azure.core.credentials"), "AccessToken", None))
    return kind(token, round(min(expires_on, 2**53)))


@cache
def _kind_for(theirs: Any) -> type[AccessToken]:
    if theirs is None:
        return AccessToken
    return type("AccessToken", (theirs,), {"__slots__": (), "__repr__": AccessToken.__repr__})


def token_credential(credential: Any, *scopes: str, wall: Callable[[], float] = time.time) -> Acquire:
    """Return a flow for ``TokenHolder`` of any azure-core ``TokenCredential``, such as azure-identity's.

    Raises:
        ConfigurationError: it has no ``get_token``, or no scope was named.
    """
    kind = type(credential).__name__
    if not callable(getattr(credential, "get_token", None)):
        raise ConfigurationError(f"{kind} has no get_token: it is no azure-core TokenCredential")
    if not scopes:
        raise ConfigurationError(
            "name the scope that the tokens are for, such as https://graph.microsoft.com/.default"
        )

    def acquire(claims: str | None) -> Grant:
        try:
            answer = credential.get_token(*scopes, **({"claims": claims} if claims else {}))
            return Grant(str(answer.token), float(answer.expires_on) - wall())
        except Exception as error:  # noqa: BLE001 - a credential may raise anything
            reason = f"{type(error).__name__}: {quote(getattr(error, 'message', '') or error)}"
        raise AuthError(f"{kind} gave no token: {reason}")

    return Flow(f"sign-in through {kind}", acquire, scopes)
