"""The official SDK against the sandbox: list, get, create, patch, members, batch, delta, page iterator."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import GraphClientFactory
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

from leangraph.sandbox import Sandbox

T = TypeVar("T")
Ask = Callable[[Callable[[GraphServiceClient], Awaitable[T]]], T]


@pytest.fixture
def ask(graph_sandbox: Sandbox) -> Ask[Any]:
    """Run a coroutine function with a client of the SDK on the tenant."""

    def run(work: Callable[[GraphServiceClient], Awaitable[Any]]) -> Any:
        async def inside() -> Any:
            context = ssl.create_default_context(cafile=graph_sandbox.ca_bundle)
            async with httpx.AsyncClient(verify=context, base_url=f"{graph_sandbox.url}/v1.0") as plain:
                http = GraphClientFactory.create_with_default_middleware(client=plain, host=graph_sandbox.url)
                credential = ClientSecretCredential(
                    graph_sandbox.tenant_id,
                    graph_sandbox.client_id,
                    graph_sandbox.client_secret,
                    authority=graph_sandbox.url,
                    disable_instance_discovery=True,
                    connection_verify=graph_sandbox.ca_bundle,
                )
                provider = AzureIdentityAuthenticationProvider(
                    credential,
                    scopes=["https://graph.microsoft.com/.default"],
                    allowed_hosts=["127.0.0.1"],
                )
                adapter = GraphRequestAdapter(provider, client=http)
                adapter.base_url = f"{graph_sandbox.url}/v1.0"
                return await work(GraphServiceClient(request_adapter=adapter))

        return asyncio.run(inside())

    return run


def test_users_are_listed_and_one_is_read(ask: Ask[Any]) -> None:
    async def work(graph: GraphServiceClient) -> tuple[int, str | None]:
        users = await graph.users.get()
        ada = await graph.users.by_user_id("ada.lovelace@contoso.example").get()
        return len(users.value), ada.display_name

    assert ask(work) == (50, "Ada Lovelace")


def test_a_user_is_created_and_changed(ask: Ask[Any]) -> None:
    async def work(graph: GraphServiceClient) -> str | None:
        made = await graph.users.post(
            User(
                account_enabled=True,
                display_name="New",
                mail_nickname="new",
                user_principal_name="new@contoso.example",
                password_profile=PasswordProfile(
                    password="Compiler-1952", force_change_password_next_sign_in=True
                ),
            )
        )
        await graph.users.by_user_id(made.id).patch(User(job_title="Engineer"))
        found = await graph.users.by_user_id(made.id).get()
        await graph.users.by_user_id(made.id).delete()
        return found.job_title

    assert ask(work) == "Engineer"


def test_a_missing_user_is_its_error(ask: Ask[Any]) -> None:
    async def work(graph: GraphServiceClient) -> None:
        await graph.users.by_user_id("nobody@contoso.example").get()

    with pytest.raises(ODataError) as caught:
        ask(work)
    assert caught.value.error.code == "Request_ResourceNotFound"


def test_members_of_a_group_are_listed_added_and_removed(graph_sandbox: Sandbox, ask: Ask[Any]) -> None:
    async def work(graph: GraphServiceClient) -> list[int]:
        group = (await graph.groups.get()).value[0]
        members = graph.groups.by_group_id(group.id).members
        before = await members.get()
        user = graph_sandbox.add_user()
        await members.ref.post(ReferenceCreate(odata_id=f"{graph_sandbox.url}/v1.0/directoryObjects/{user['id']}"))
        more = await members.get()
        await members.by_directory_object_id(user["id"]).ref.delete()
        after = await members.get()
        return [len(each.value) for each in (before, more, after)]

    before, more, after = ask(work)
    assert (more, after) == (before + 1, before)


def test_the_page_iterator_brings_everybody(ask: Ask[Any]) -> None:
    async def work(graph: GraphServiceClient) -> int:
        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(top=7)
        first = await graph.users.get(request_configuration=RequestConfiguration(query_parameters=query))
        seen: list[str] = []
        iterator = PageIterator(first, graph.request_adapter)
        await iterator.iterate(lambda user: seen.append(user.id) or True)
        return len(set(seen))

    assert ask(work) == 50


def test_a_batch(ask: Ask[Any]) -> None:
    async def work(graph: GraphServiceClient) -> list[int]:
        wanted = ["ada.lovelace@contoso.example", "nobody@contoso.example"]
        content = BatchRequestContent()
        ids = []
        for name in wanted:
            information = graph.users.by_user_id(name).to_get_request_information()
            item = BatchRequestItem(information)
            content.add_request(item.id, item)
            ids.append(item.id)
        answers = await graph.batch.post(content)
        return [answers.get_response_by_id(each).status for each in ids]

    assert ask(work) == [200, 404]


def test_delta(graph_sandbox: Sandbox, ask: Ask[Any]) -> None:
    async def work(graph: GraphServiceClient) -> tuple[int, list[str | None]]:
        page = await graph.users.delta.get()
        number = len(page.value)
        while page.odata_next_link:
            page = await graph.users.delta.with_url(page.odata_next_link).get()
            number += len(page.value)
        graph_sandbox.add_user(displayName="Later")
        changes = await graph.users.delta.with_url(page.odata_delta_link).get()
        return number, [user.display_name for user in changes.value]

    assert ask(work) == (50, ["Later"])
