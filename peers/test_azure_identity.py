"""azure-identity's credentials get their tokens from the sandbox, and Graph takes them."""

from __future__ import annotations

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, ManagedIdentityCredential

from leangraph.sandbox import Sandbox

SCOPE = "https://graph.microsoft.com/.default"


def users(sandbox: Sandbox, token: str) -> int:
    reply = requests.get(
        f"{sandbox.url}/v1.0/users",
        headers={"Authorization": f"Bearer {token}"},
        verify=sandbox.ca_bundle,
        timeout=30,
    )
    reply.raise_for_status()
    return len(reply.json()["value"])


def secret_credential(sandbox: Sandbox, secret: str) -> ClientSecretCredential:
    return ClientSecretCredential(
        sandbox.tenant_id,
        sandbox.client_id,
        secret,
        authority=sandbox.url,
        disable_instance_discovery=True,
        connection_verify=sandbox.ca_bundle,
    )


def test_a_client_secret(graph_sandbox: Sandbox) -> None:
    credential = secret_credential(graph_sandbox, graph_sandbox.client_secret)

    assert users(graph_sandbox, credential.get_token(SCOPE).token) == 50


def test_a_wrong_secret_is_refused_with_its_number(graph_sandbox: Sandbox) -> None:
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        secret_credential(graph_sandbox, "wrong").get_token(SCOPE)


def test_a_managed_identity_of_app_service(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in graph_sandbox.managed_identity_env("app_service").items():
        monkeypatch.setenv(name, value)

    assert users(graph_sandbox, ManagedIdentityCredential().get_token(SCOPE).token) == 50


def test_a_managed_identity_of_a_machine(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in graph_sandbox.managed_identity_env("imds").items():
        monkeypatch.setenv(name, value)

    assert users(graph_sandbox, ManagedIdentityCredential().get_token(SCOPE).token) == 50
