"""The token of the user's own ``az login``, by ``az account get-access-token``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from leangraph.auth.flow import Flow
from leangraph.auth.grant import TOKEN_LIFE, Grant, seconds
from leangraph.auth.msal import checked_scopes
from leangraph.errors import AuthError, ConfigurationError
from leangraph.net.redact import quote

LONGEST = 60.0  # seconds that az may take: it starts slowly, and may have to renew its own token
_SIGN_IN = "run az login, or choose another way with GRAPH_SIGN_IN"


def azure_cli(
    scopes: Sequence[str],
    *,
    tenant: str = "",
    wall: Callable[[], float] = time.time,
    timeout: float = LONGEST,
) -> Flow:
    """Sign in as whoever has signed in to the Azure CLI.

    Args:
        scopes: one, which ends in ``/.default``.
        tenant: its ID or domain; by default that of the CLI's current subscription.
        timeout: seconds that ``az`` may take.
    """
    [scope] = checked_scopes(scopes)[:1]
    if len(scopes) > 1 or not scope.endswith("/.default"):
        raise ConfigurationError("the Azure CLI takes one scope, which ends in /.default: correct GRAPH_SCOPES")
    arguments = ["account", "get-access-token", "--output", "json", "--scope", scope]
    arguments += ["--tenant", tenant] if tenant else []

    def acquire(claims: str | None) -> Grant:
        if claims is not None:
            raise AuthError(f"the API asks for a new sign-in, which the Azure CLI has to make: {_SIGN_IN}")
        done = _run([_program(), *arguments], timeout)
        if done.returncode != 0:
            raise AuthError(f"the Azure CLI gave no token: {_explain(_decoded(done.stderr))}")
        return _grant(_decoded(done.stdout), wall())

    return Flow("sign-in through the Azure CLI", acquire, (scope,), longest=timeout)


def _program() -> str:
    """Return the path of ``az``; not one in the working directory, where anybody may have put it."""
    path = os.pathsep.join(part for part in os.get_exec_path() if part and os.path.isabs(part))  # noqa: PTH117
    program = shutil.which("az", path=path)
    if program is None or not os.path.isabs(program):  # noqa: PTH117 - Windows looks in the working directory as well
        raise ConfigurationError(
            "GRAPH_SIGN_IN=azure-cli needs the Azure CLI, and there is no az on the PATH: install it "
            "(https://aka.ms/install-azure-cli), or choose another way"
        )
    return program


def _run(command: list[str], timeout: float) -> subprocess.CompletedProcess[bytes]:
    """Run ``az`` without a shell, in a directory of the system's, so that no file here has a say.

    On Windows ``az`` is a batch file, which the system runs by ``cmd``; its arguments hold no secret.
    """
    problem = ""
    try:
        return subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
            cwd=os.environ.get("SYSTEMROOT", "C:\\") if sys.platform == "win32" else "/",
            env={**os.environ, "AZURE_CORE_NO_COLOR": "true", "PYTHONIOENCODING": "utf-8"},
        )
    except subprocess.TimeoutExpired:
        problem = f"it took longer than {timeout:.0f} s"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise AuthError(f"the Azure CLI gave no token: {problem}", transient=True)


def _decoded(output: bytes) -> str:
    return output.decode("utf-8", "replace").lstrip("\ufeff")


def _explain(said: str) -> str:
    text = quote(said.strip() or "it ended without a word")
    if "az login" in said or "AADSTS" in said or "not logged in" in said.lower():
        return f"{text}\n  {_SIGN_IN}"
    return text


def _grant(output: str, now: float) -> Grant:
    """Read the answer. ``expires_on`` counts seconds since 1970; older versions give a local time only.

    Source: https://learn.microsoft.com/cli/azure/account#az-account-get-access-token
    """
    answer: Any = None
    try:
        answer = json.loads(output[output.find("{") :])
    except (ValueError, RecursionError):
        answer = None
    token = answer.get("accessToken") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        raise AuthError("the Azure CLI answered, but without a token: update it (az upgrade)")
    until = seconds(answer.get("expires_on"))
    if until is None:
        try:
            until = datetime.fromisoformat(str(answer.get("expiresOn"))).timestamp()
        except (ValueError, OverflowError, OSError):
            until = now + TOKEN_LIFE
    return Grant(token, until - now)
