"""What the scripts of the clients share: each operation is tried, and what came of it is one line of JSON."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from typing import Any

ADA = "ada.lovelace@contoso.example"
TENANT, CLIENT, SECRET = (os.environ[f"AZURE_{name}"] for name in ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET"))
GRAPH = "https://graph.microsoft.com"
LARGE = os.urandom(5 * 1024 * 1024)  # bytes; more than one request takes
NEW_USER = {
    "accountEnabled": True,
    "displayName": "Peer",
    "mailNickname": "peer",
    "userPrincipalName": "peer@contoso.example",
    "passwordProfile": {"password": "Compiler-1952", "forceChangePasswordNextSignIn": True},
}


def tell(operation: str, works: bool, detail: object = "") -> None:
    print(json.dumps({"operation": operation, "works": works, "detail": str(detail)[:2000]}), flush=True)


def attempt(operation: str, work: Callable[[], Any]) -> Any:
    """Do the work and say whether it went well; what it returns, if not true, is what went wrong."""
    try:
        result = work()
    except Exception:  # noqa: BLE001 - whatever a client raises is what came of it
        tell(operation, False, traceback.format_exc()[-2000:])
        return None
    tell(operation, result is not False and result is not None, result)
    return result


def refused(work: Callable[[], Any], *words: str) -> bool:
    """Tell whether the work ends in an error that shows these words."""
    try:
        work()
    except Exception as error:
        text = f"{type(error).__name__} {error} {getattr(error, 'response', '')} {getattr(error, 'code', '')}"
        text += str(getattr(getattr(error, "response", None), "text", ""))
        missing = [word for word in words if word.lower() not in text.lower()]
        if missing:
            raise AssertionError(f"the error does not show {missing}: {text}") from error
        return True
    raise AssertionError("no error was raised")
