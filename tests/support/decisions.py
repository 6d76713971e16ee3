"""What the tests of settings share: every variable with a value, an environment to set, and a refusal to read."""

from __future__ import annotations

import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from leangraph import ConfigurationError, Settings

CANARY = "canary8Q~sec.ret_"
TENANT, APP = "contoso.onmicrosoft.com", "11111111-2222-3333-4444-555555555555"
STORE_KEY = "canary-canary-canary-canary-canary"
APP_ONLY = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": APP, "AZURE_CLIENT_SECRET": CANARY}

# Every variable: its keyword, a text for it, and what that means.
VARIABLES: dict[str, tuple[str, str, Any]] = {
    "AZURE_TENANT_ID": ("tenant_id", TENANT, TENANT),
    "AZURE_CLIENT_ID": ("client_id", APP, APP),
    "AZURE_CLIENT_SECRET": ("client_secret", CANARY, SecretStr(CANARY)),
    "AZURE_AUTHORITY_HOST": ("authority_host", "login.microsoftonline.us", "https://login.microsoftonline.us"),
    "GRAPH_CLOUD": ("cloud", "usgov", "usgov"),
    "GRAPH_URL": ("url", "https://GRAPH.microsoft.us/", "https://graph.microsoft.us"),
    "GRAPH_SCOPES": ("scopes", "https://a/.default  b", ("https://a/.default", "b")),
    "GRAPH_VERSION": ("version", "beta", "beta"),
    "GRAPH_CA_BUNDLE": ("ca_bundle", "ca.pem", "ca.pem"),
    "GRAPH_PROXY": ("proxy", "http://user:canary@proxy:3128", SecretStr("http://user:canary@proxy:3128")),
    "GRAPH_TIMEOUT": ("timeout", "7.5", 7.5),
    "GRAPH_MAX_RETRIES": ("max_retries", "3", 3),
    "GRAPH_PATIENCE": ("patience", "12", 12.0),
    "GRAPH_DEADLINE": ("deadline", "77", 77.0),
    "GRAPH_MAX_BODY": ("max_body", "4096", 4096),
    "GRAPH_READ_ONLY": ("read_only", "1", True),
    "GRAPH_PROTECT": ("protect", "ada@contoso.com, x", "ada@contoso.com, x"),
    "AZURE_CLIENT_CERTIFICATE_PASSWORD": ("certificate_password", "canary", SecretStr("canary")),
    "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN": ("send_certificate_chain", "true", True),
    "GRAPH_CLIENT_CAPABILITIES": ("client_capabilities", "cp1,  cp2", ("cp1", "cp2")),
    "GRAPH_TOKEN_STORE": ("token_store", "tokens", "tokens"),
    "GRAPH_TOKEN_STORE_KEY": ("token_store_key", STORE_KEY, SecretStr(STORE_KEY)),
    "GRAPH_STATE_DIR": ("state_dir", "state", "state"),
}
# The kinds of sign-in beside the secret: of all of them, one is set at a time.
KINDS: dict[str, tuple[str, str]] = {
    "AZURE_CLIENT_SECRET_FILE": ("client_secret_file", "client.secret"),
    "AZURE_CLIENT_CERTIFICATE_PATH": ("certificate_path", "app.pem"),
    "AZURE_FEDERATED_TOKEN_FILE": ("federated_token_file", "token.jwt"),
    "GRAPH_OIDC": ("oidc", "github"),
    "GRAPH_MANAGED_IDENTITY": ("managed_identity", "system"),
    "GRAPH_SIGN_IN": ("sign_in", "device"),
    "GRAPH_REFRESH_TOKEN_FILE": ("refresh_token_file", "refresh.token"),
}
TEXTS = {variable: text for variable, (_, text, _) in VARIABLES.items()}
MEANT = {keyword: meaning for keyword, _, meaning in VARIABLES.values()}
MEANT |= dict.fromkeys(keyword for keyword, _ in KINDS.values())
FOR_THE_SAME_FILE = {
    "AZURE_AUTHORITY_HOST", "GRAPH_URL", "GRAPH_CLOUD", "GRAPH_PROXY", "GRAPH_CA_BUNDLE", "GRAPH_TOKEN_STORE",
    "GRAPH_TOKEN_STORE_KEY", "GRAPH_STATE_DIR",
}  # fmt: skip
MALFORMED = {
    "AZURE_TENANT_ID": "not a tenant",
    "AZURE_CLIENT_ID": "not/an/app",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/contoso",
    "GRAPH_CLOUD": "germany",
    "GRAPH_URL": "https://graph.microsoft.com/v1.0",
    "GRAPH_VERSION": "v2.0",
    "GRAPH_TIMEOUT": "soon",
    "GRAPH_MAX_RETRIES": "1.5",
    "GRAPH_PATIENCE": "-1",
    "GRAPH_DEADLINE": "-0.5",
    "GRAPH_MAX_BODY": "-1023",
    "GRAPH_READ_ONLY": "perhaps",
    "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN": "perhaps",
    "GRAPH_TOKEN_STORE_KEY": "too short",
}


class Environment:
    """Sets variables of this process, and writes the ``.env`` of its working directory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            self._monkeypatch.setenv(name, value)

    def file(self, values: dict[str, str] | str, encoding: str = "utf-8") -> None:
        lines = values if isinstance(values, str) else "".join(f"{n}='{v}'\n" for n, v in values.items())
        Path(".env").write_bytes(lines.encode(encoding))


def decided(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.model_fields}


def refusal(**arguments: Any) -> str:
    """Return what ``ConfigurationError`` says, having made sure that nothing of it shows a canary."""
    with pytest.raises(ConfigurationError) as caught:
        Settings(**arguments)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not hasattr(error, "errors")
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    ours = [f"{frame.name} {frame.locals}" for frame in frames if frame.filename != __file__]
    assert ours
    shown = [str(error), repr(error), repr(vars(error)), pickle.dumps(error).decode("latin-1"), *ours]
    assert [text for text in shown if "canary" in text.lower() or ".ret_" in text] == []
    return str(error)
