"""Somebody else's credential as a flow, by its shape: nothing of azure is imported."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from leangraph.auth.grant import Acquire, Flow, Grant
from leangraph.errors import AuthError, ConfigurationError
from leangraph.net.redact import redacted


def token_credential(credential: Any, *scopes: str, wall: Callable[[], float] = time.time) -> Acquire:
    """Return a flow for ``TokenHolder`` of any azure-core ``TokenCredential``, such as azure-identity's.

    Raises:
        ConfigurationError: it has no ``get_token``, or no scope was named.
    """
    if not callable(getattr(credential, "get_token", None)):
        raise ConfigurationError(
            f"{type(credential).__name__} has no get_token: it is no azure-core TokenCredential"
        )
    if not scopes:
        raise ConfigurationError(
            "name the scope that the tokens are for, such as https://graph.microsoft.com/.default"
        )

    def acquire(claims: str | None) -> Grant:
        said = ""
        try:
            found = credential.get_token(*scopes, **({"claims": claims} if claims else {}))
            return Grant(str(found.token), float(found.expires_on) - wall())
        except Exception as error:  # noqa: BLE001 - a credential may raise anything, with the request in it
            said = f"{type(error).__name__}: {redacted(str(getattr(error, 'message', '') or error)[:500])}"
        raise AuthError(f"{type(credential).__name__} gave no token: {said}")

    return Flow(f"sign-in through {type(credential).__name__}", acquire, scopes)
