"""A holder and its neighbours: azure-core's policy, azure-identity, the official SDK and httpx, all unmodified."""

from __future__ import annotations

import asyncio
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.pipeline import Pipeline
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RedirectPolicy
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest
from azure.identity import ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_core import GraphClientFactory

from leangraph import ConfigurationError, GraphClient, Settings, TokenHolder, token_credential
from leangraph.sandbox import Sandbox

SCOPE = "https://graph.microsoft.com/.default"


@pytest.fixture
def holder(graph_client: GraphClient) -> TokenHolder:
    return graph_client.token_holder


def test_the_holder_is_what_azure_core_calls_a_credential(holder: TokenHolder) -> None:
    assert isinstance(holder, TokenCredential)
    assert isinstance(holder.get_token(SCOPE), AccessToken)  # the official SDK takes no other
    assert holder.token not in repr(holder.get_token(SCOPE))
    assert holder.get_token_info(SCOPE).token == holder.token


def test_azure_cores_policy_sends_the_holders_token(graph_sandbox: Sandbox, holder: TokenHolder) -> None:
    transport = RequestsTransport(connection_verify=graph_sandbox.ca_bundle)
    with Pipeline(transport, [RedirectPolicy(), BearerTokenCredentialPolicy(holder, SCOPE)]) as pipeline:

        def ask(_: int) -> int:
            request = HttpRequest("GET", f"{graph_sandbox.url}/v1.0/users")
            return int(pipeline.run(request).http_response.status_code)

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(ask, range(16))) == {200}
    assert graph_sandbox.token_requests == 1


def test_a_foreign_scope_gets_no_token_of_ours(graph_sandbox: Sandbox, holder: TokenHolder) -> None:
    transport = RequestsTransport(connection_verify=graph_sandbox.ca_bundle)
    policy = BearerTokenCredentialPolicy(holder, "https://vault.azure.net/.default")
    with Pipeline(transport, [policy]) as pipeline, pytest.raises(ConfigurationError, match="vault"):
        pipeline.run(HttpRequest("GET", f"{graph_sandbox.url}/v1.0/users"))

    assert graph_sandbox.requests == []


def test_the_official_sdk_runs_on_the_holder(graph_sandbox: Sandbox, holder: TokenHolder) -> None:
    async def first() -> Any:
        provider = AzureIdentityAuthenticationProvider(holder, scopes=[SCOPE], allowed_hosts=["127.0.0.1"])
        web = GraphClientFactory.create_with_default_middleware(
            client=httpx.AsyncClient(verify=graph_sandbox.ca_bundle, timeout=30)
        )
        adapter = GraphRequestAdapter(provider, client=web)
        adapter.base_url = f"{graph_sandbox.url}/v1.0"
        client = GraphServiceClient(request_adapter=adapter)
        try:
            for _ in range(3):
                found = await client.users.by_user_id("ada.lovelace@contoso.example").get()
            return found
        finally:
            await web.aclose()

    assert asyncio.run(first()).display_name == "Ada Lovelace"
    assert graph_sandbox.token_requests == 1


def test_httpx_takes_the_holder_as_its_auth(graph_sandbox: Sandbox, holder: TokenHolder) -> None:
    context = ssl.create_default_context(cafile=graph_sandbox.ca_bundle)
    with httpx.Client(auth=holder.auth, verify=context, trust_env=False) as web:
        first = web.get(f"{graph_sandbox.url}/v1.0/users")
        holder.invalidate(holder.token)
        second = web.get(f"{graph_sandbox.url}/v1.0/users")

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.request.headers["Authorization"] != second.request.headers["Authorization"]


def test_a_credential_of_azure_identity_fills_a_holder(graph_sandbox: Sandbox) -> None:
    """Which has no lock of its own: 16 cold threads would be several requests."""
    credential = ClientSecretCredential(
        graph_sandbox.tenant_id,
        graph_sandbox.client_id,
        graph_sandbox.client_secret,
        authority=graph_sandbox.url,
        disable_instance_discovery=True,
        connection_verify=graph_sandbox.ca_bundle,
    )
    holder = TokenHolder(token_credential(credential, SCOPE))
    together = threading.Barrier(16)

    def ask(_: int) -> str:
        together.wait(30)
        return holder.token

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1
    assert graph_sandbox.token_requests == 1
    assert 3000 < holder.expires_in < 3700
    settings = Settings.from_mapping(graph_sandbox.env)
    with GraphClient(holder, settings=settings) as graph:
        assert graph.users.count() == 50


def test_a_credential_that_fails_says_whose_and_why(graph_sandbox: Sandbox) -> None:
    credential = ClientSecretCredential(
        graph_sandbox.tenant_id,
        graph_sandbox.client_id,
        "canary",
        authority=graph_sandbox.url,
        disable_instance_discovery=True,
        connection_verify=graph_sandbox.ca_bundle,
    )
    holder = TokenHolder(token_credential(credential, SCOPE))

    with pytest.raises(Exception, match=r"ClientSecretCredential gave no token.*AADSTS7000215") as caught:
        _ = holder.token
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "canary" not in repr(vars(caught.value)) + str(caught.value)
