"""The token of the user's own ``az login``, by ``az account get-access-token``."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from leangraph.auth.flow import Flow
from leangraph.auth.grant import TOKEN_LIFE, Grant, seconds
from leangraph.auth.msal import checked_scopes
from leangraph.errors import AuthError, ConfigurationError
from leangraph.net.redact import quote

LONGEST = 60.0  # seconds that az may take: it starts slowly, and may have to renew its own token
_PLAIN = re.compile(r"[A-Za-z0-9:/._~-]+")
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
    for word in filter(None, (scope, tenant)):
        if not _PLAIN.fullmatch(word):  # Windows gives what az.cmd is called with to a shell
            raise ConfigurationError("the Azure CLI takes letters, digits and :/._~- in a scope and a tenant only")
    arguments = ["account", "get-access-token", "--output", "json", "--scope", scope]
    arguments += ["--tenant", tenant] if tenant else []

    def acquire(claims: str | None) -> Grant:
        if claims is not None:
            raise AuthError(f"the API asks for a new sign-in, which the Azure CLI has to make: {_SIGN_IN}")
        code, out, err = _run([_program(), *arguments], timeout)
        if code != 0:
            raise AuthError(f"the Azure CLI gave no token: {_explain(_decoded(err))}")
        return _grant(_decoded(out), wall())

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


def _run(command: list[str], timeout: float) -> tuple[int, bytes, bytes]:
    """Run ``az`` without a shell, in a directory of the system's, so that no file here has a say.

    Returns exit code and what it wrote. On Windows ``az`` is a batch file, which the system runs by ``cmd``; what
    it starts is ended with it.
    """
    problem = ""
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=_system_root() if sys.platform == "win32" else "/",
            env={**os.environ, "AZURE_CORE_NO_COLOR": "true", "PYTHONIOENCODING": "utf-8"},
            start_new_session=sys.platform != "win32",  # a group of its own, which can be ended as a whole
        )
        with process:
            try:
                out, err = process.communicate(timeout=timeout)
            except BaseException:
                _end(process)
                raise
        return process.returncode, out, err
    except subprocess.TimeoutExpired:
        problem = f"it took longer than {timeout:.0f} s"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise AuthError(f"the Azure CLI gave no token: {problem}", transient=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it has started: those hold its pipes open, too."""
    if sys.platform == "win32":
        killer = os.path.join(_system_root(), "System32", "taskkill.exe")  # noqa: PTH118
        subprocess.run([killer, "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)  # noqa: S603
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _system_root() -> str:
    return os.environ.get("SYSTEMROOT", "C:\\Windows")


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
