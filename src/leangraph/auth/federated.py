"""Where an app without a secret finds a token of another issuer: a file, GitHub Actions, Azure Pipelines."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from leangraph import clouds
from leangraph.auth.grant import Hidden
from leangraph.auth.wire import Wire
from leangraph.errors import AuthError, ConfigurationError

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession

AUDIENCE = "api://AzureADTokenExchange"
Source = Callable[[], str]


def token_file(path: str) -> Source:
    """Read the file anew each time: Kubernetes replaces it every hour."""

    def read() -> str:
        problem = ""
        try:
            return Path(path).expanduser().read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            problem = getattr(error, "strerror", None) or "it is not text"
        raise ConfigurationError(f"AZURE_FEDERATED_TOKEN_FILE names {path!r}, which cannot be read: {problem}")

    return read


def github(http: HttpSession) -> Source:
    """Ask GitHub Actions for the job's token; the workflow needs ``permissions: id-token: write``.

    Source: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments
    """

    def ask() -> str:
        found = _variables("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", hint=(
            "does this run in GitHub Actions, in a job with `permissions: id-token: write`?"
        ))  # fmt: skip
        url = f"{found[0]}{'&' if '?' in found[0] else '?'}{urlencode({'audience': AUDIENCE})}"
        return _asked(http, "GET", url, Hidden(found[1]), "value")

    return ask


def azure_pipelines(http: HttpSession) -> Source:
    """Ask Azure Pipelines for the token of a service connection.

    Source: https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create
    """

    def ask() -> str:
        found = _variables(
            "SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", hint=(
                "does this run in Azure Pipelines, in an AzureCLI@2 or AzurePowerShell@5 task whose env: has "
                "SYSTEM_ACCESSTOKEN: $(System.AccessToken)?"
            ),
        )  # fmt: skip
        url = f"{found[0]}?api-version=7.1&serviceConnectionId={quote(found[2], safe='')}"
        return _asked(http, "POST", url, Hidden(found[1]), "oidcToken")

    return ask


def _variables(*names: str, hint: str) -> list[str]:
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise ConfigurationError(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set: {hint}")
    return [os.environ[name] for name in names]


def _asked(http: HttpSession, method: str, url: str, bearer: Hidden, name: str) -> str:
    host = urlsplit(url).hostname or ""
    if urlsplit(url).scheme != "https" and not clouds.is_loopback(host):
        raise ConfigurationError(f"the address of {host or 'the token service'} must start with https://")
    headers = {"Authorization": f"Bearer {bearer.get_secret_value()}", "Accept": "application/json"}
    answer = Wire(http, host).exchange(method, url, headers, None)
    token = answer.json().get(name)
    if answer.status_code != 200 or not isinstance(token, str):
        raise AuthError(
            f"{host} gave no token for this job (HTTP status {answer.status_code})", status=answer.status_code
        )
    return token
