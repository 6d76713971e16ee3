"""Microsoft's Python SDK, as its README builds it: ``GraphServiceClient(ClientSecretCredential(...))``."""

from __future__ import annotations

import asyncio
import re
import traceback
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

from azure.identity import ClientSecretCredential as WithMSAL
from azure.identity.aio import ClientSecretCredential
from common import ADA, CLIENT, GRAPH, LARGE, SECRET, TENANT, tell
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.drives.item.items.item.create_upload_session.create_upload_session_post_request_body import (  # noqa: E501
    CreateUploadSessionPostRequestBody,
)
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.drive_item_uploadable_properties import DriveItemUploadableProperties
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import (
    AssignLicensePostRequestBody,
)
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.models.large_file_upload_session import LargeFileUploadSession
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.large_file_upload import LargeFileUploadTask
from msgraph_core.tasks.page_iterator import PageIterator

Query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"


async def attempt(operation: str, work: Callable[[], Awaitable[Any]]) -> Any:
    try:
        result = await work()
    except Exception:  # noqa: BLE001 - whatever the client raises is what came of it
        tell(operation, False, traceback.format_exc()[-2000:])
        return None
    tell(operation, result is not False and result is not None, result)
    return result


async def main() -> None:  # noqa: PLR0915 - one line after the other, as a reader would try it
    credential = ClientSecretCredential(TENANT, CLIENT, SECRET)
    graph = GraphServiceClient(credential)
    user = graph.users.by_user_id

    async def sign_in() -> bool:
        """Both kinds of azure-identity: the other one goes through MSAL and its instance discovery."""
        scope = f"{GRAPH}/.default"
        other = WithMSAL(TENANT, CLIENT, SECRET).get_token(scope)
        return bool((await credential.get_token(scope)).token and other.token)

    async def pages() -> bool:
        first = await graph.users.get(RequestConfiguration(query_parameters=Query(top=7)))
        seen: list[str] = []
        await PageIterator(first, graph.request_adapter).iterate(lambda each: seen.append(each.id) or True)
        return len(set(seen)) == 50

    async def select() -> bool:
        query = Query(select=["displayName", "mail"], filter="startswith(displayName,'Ada')")
        found = await graph.users.get(RequestConfiguration(query_parameters=query))
        return [each.display_name for each in found.value] == ["Ada Lovelace"]

    async def count() -> bool:
        configuration = RequestConfiguration()
        configuration.headers.add("ConsistencyLevel", "eventual")
        return await graph.users.count.get(configuration) == 50

    async def get() -> bool:
        return (await user(ADA).get()).display_name == "Ada Lovelace"

    async def create() -> str:
        profile = PasswordProfile(password="Compiler-1952", force_change_password_next_sign_in=True)
        body = User(
            account_enabled=True, display_name="Peer", mail_nickname="peer",
            user_principal_name="peer@contoso.example", password_profile=profile,
        )  # fmt: skip
        return str((await graph.users.post(body)).id)

    await attempt("sign in", sign_in)
    await attempt("list users, every page", pages)
    await attempt("list with filter and select", select)
    await attempt("count users", count)
    await attempt("get a user", get)
    new = await attempt("create a user", create) or "nobody"

    async def update() -> bool:
        await user(new).patch(User(job_title="Engineer"))
        configuration = RequestConfiguration(query_parameters=Query(select=["jobTitle"]))
        return (await user(new).get(configuration)).job_title == "Engineer"

    await attempt("update a user", update)
    groups = (await graph.groups.get()).value
    group = next(each for each in groups if each.display_name == "Finance").id
    members = graph.groups.by_group_id(group).members
    before = len((await members.get()).value)

    async def listed() -> bool:
        return before > 5

    async def cast() -> bool:
        configuration: Any = RequestConfiguration()
        configuration.headers.add("ConsistencyLevel", "eventual")
        parameters = type(members.graph_user).GraphUserRequestBuilderGetQueryParameters(count=True)
        configuration.query_parameters = parameters
        return len((await members.graph_user.get(configuration)).value) == before

    async def add() -> bool:
        await members.ref.post(ReferenceCreate(odata_id=f"{GRAPH}/v1.0/directoryObjects/{new}"))
        return len((await members.get()).value) == before + 1

    async def remove() -> bool:
        await members.by_directory_object_id(new).ref.delete()
        return len((await members.get()).value) == before

    await attempt("list members", listed)
    await attempt("cast a relation", cast)
    await attempt("add a member", add)
    await attempt("remove a member", remove)

    async def batch() -> bool | str:
        content, ids = BatchRequestContent(), []
        for name in (ADA, "nobody@contoso.example"):
            item = BatchRequestItem(user(name).to_get_request_information())
            content.add_request(item.id, item)
            ids.append(item.id)
        try:
            await graph.batch.post(content)
        except APIError as error:
            plain = error.response_status_code
        for item in content.requests.values():  # the workaround that its users share
            item.url = re.sub(r"https://[^/]+/v1\.0/+", "/", item.url)
        answers = await graph.batch.post(content)
        assert [answers.get_response_by_id(each).status for each in ids] == [200, 404]
        return "refused: absolute addresses ([#1015])" if plain == 400 else True

    async def delta() -> bool:
        page = await graph.users.delta.get()
        while page.odata_next_link:
            page = await graph.users.delta.with_url(page.odata_next_link).get()
        later = await graph.users.delta.with_url(page.odata_delta_link).get()
        return later.value == []

    await attempt("batch", batch)
    await attempt("delta", delta)
    drive = await user(ADA).drive.get()
    items = graph.drives.by_drive_id(drive.id).items.by_drive_item_id

    async def small() -> bool:
        return (await items("root:/peer.txt:").content.put(b"abc")).size == 3

    async def large() -> bool | str:
        body = CreateUploadSessionPostRequestBody(
            item=DriveItemUploadableProperties(additional_data={"@microsoft.graph.conflictBehavior": "replace"})
        )
        made = await items("root:/large.bin:").create_upload_session.post(body)
        session = LargeFileUploadSession(
            upload_url=made.upload_url, expiration_date_time=made.expiration_date_time, is_cancelled=False,
            next_expected_ranges=made.next_expected_ranges, additional_data=made.additional_data,
        )  # fmt: skip
        task = LargeFileUploadTask(session, graph.request_adapter, BytesIO(LARGE))
        ended = True
        try:
            await task.upload()
        except APIError as error:  # it sends an empty range after the last
            ended = error.response_status_code != 400
        assert (await items("root:/large.bin:").get()).size == len(LARGE)
        return ended or "refused after the last byte ([#718])"

    async def download() -> bool:
        return await items("root:/peer.txt:").content.get() == b"abc"

    await attempt("upload a small file", small)
    await attempt("upload a large file", large)
    await attempt("download", download)

    async def send() -> bool:
        to = [Recipient(email_address=EmailAddress(address=ADA))]
        message = Message(subject="Peer", body=ItemBody(content_type=BodyType.Text, content="x"), to_recipients=to)
        await user(ADA).send_mail.post(SendMailPostRequestBody(message=message, save_to_sent_items=True))
        return True

    async def messages() -> bool:
        found = await user(ADA).messages.get()
        return any(each.subject == "Peer" for each in found.value)

    async def events() -> bool:
        start, end = (DateTimeTimeZone(date_time=f"2027-01-01T1{n}:00:00", time_zone="UTC") for n in (0, 1))
        await user(ADA).events.post(Event(subject="Peer", start=start, end=end))
        return any(each.subject == "Peer" for each in (await user(ADA).events.get()).value)

    async def licenses() -> bool:
        skus = (await graph.subscribed_skus.get()).value
        await user(new).patch(User(usage_location="DE"))
        body = AssignLicensePostRequestBody(add_licenses=[AssignedLicense(sku_id=E5)], remove_licenses=[])
        await user(new).assign_license.post(body)
        details = await user(new).license_details.get()
        return len(skus) > 3 and [each.sku_part_number for each in details.value] == ["SPE_E5"]

    async def applications() -> bool:
        return len((await graph.applications.get()).value) > 1

    async def delete() -> bool:
        await user(new).delete()
        try:
            await user(new).get()
        except ODataError as error:
            return error.response_status_code == 404
        return False

    await attempt("send mail", send)
    await attempt("list messages", messages)
    await attempt("calendar events", events)
    await attempt("licenses", licenses)
    await attempt("applications", applications)
    await attempt("delete a user", delete)

    async def missing() -> bool:
        try:
            await user("nobody@contoso.example").get()
        except ODataError as error:
            return (error.response_status_code, error.error.code) == (404, "Request_ResourceNotFound")
        return False

    async def forbidden() -> bool:
        try:
            await user("forbidden@contoso.example").get()
        except ODataError as error:
            return (error.response_status_code, error.error.code) == (403, "Authorization_RequestDenied")
        return False

    async def throttled() -> bool:
        return (await user("throttled@contoso.example").get()).display_name == "Throttled"

    await attempt("error 404", missing)
    await attempt("error 403", forbidden)
    await attempt("error 429", throttled)
    await credential.close()


asyncio.run(main())
