"""Drafts, what is attached to them, and photos, asked over real HTTPS."""

from __future__ import annotations

import base64
import os
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
import requests
from graph_calls import Graph, error, token_call

from leangraph.sandbox import Sandbox

ADA = "/users/ada.lovelace@contoso.example"
GRACE = "/users/grace.hopper@contoso.example"
FILE = "#microsoft.graph.fileAttachment"
MB = 1024 * 1024


def ok(response: requests.Response, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    return dict(response.json())


@pytest.fixture
def draft(graph: Graph) -> str:
    """The path of a draft of Ada's."""
    made = ok(graph("POST", f"{ADA}/messages", json={"subject": "Notes"}), 201)
    return f"{ADA}/messages/{quote(made['id'], safe='')}"


def attach(graph: Graph, draft: str, data: bytes = b"hello", **more: Any) -> requests.Response:
    body = {"@odata.type": FILE, "name": "a.txt", "contentBytes": base64.b64encode(data).decode(), **more}
    return graph("POST", f"{draft}/attachments", json=body)


# -- drafts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["drafts", "Drafts", "DRAFTS", "archive"])
def test_a_draft_is_made_in_a_folder_and_found_there(graph: Graph, folder: str) -> None:
    made = ok(graph("POST", f"{ADA}/mailFolders/{folder}/messages", json={"subject": "Here"}), 201)
    for name in (folder.lower(), made["parentFolderId"]):
        found = ok(graph("GET", f"{ADA}/mailFolders/{name}/messages"))["value"]
        assert made["id"] in [each["id"] for each in found]
    others = ok(graph("GET", f"{ADA}/mailFolders/inbox/messages"))["value"]
    assert made["id"] not in [each["id"] for each in others]


def test_a_draft_is_made_in_a_folder_of_ones_own(graph: Graph) -> None:
    folder = ok(graph("POST", f"{ADA}/mailFolders", json={"displayName": "Mine"}), 201)["id"]
    made = ok(graph("POST", f"{ADA}/mailFolders/{folder}/messages", json={"subject": "Here"}), 201)
    assert made["parentFolderId"] == folder
    found = ok(graph("GET", f"{ADA}/mailFolders/{folder}/messages"))["value"]
    assert [each["id"] for each in found] == [made["id"]]
    assert error(graph("POST", f"{ADA}/mailFolders/nowhere/messages", json={}))[:2] == (
        400,
        "ErrorInvalidIdMalformed",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("receivedDateTime", "2020-01-01T00:00:00Z"),
        ("sentDateTime", "2020-01-01T00:00:00Z"),
        ("hasAttachments", True),
        ("bodyPreview", "other"),
    ],
)
def test_what_outlook_sets_by_itself_is_ignored(graph: Graph, name: str, value: Any) -> None:
    made = ok(graph("POST", f"{ADA}/messages", json={"subject": "x", name: value}), 201)
    assert made.get(name) != value


@pytest.mark.parametrize("name", ["extensions", "singleValueExtendedProperties", "multiValueExtendedProperties"])
def test_what_a_draft_does_not_take_along_is_said_to_be_the_sandboxs(graph: Graph, name: str) -> None:
    assert error(graph("POST", f"{ADA}/messages", json={"subject": "x", name: []}))[:2] == (501, "NotImplemented")


def test_a_message_that_is_created_is_a_draft(graph: Graph) -> None:
    to = [{"emailAddress": {"address": "grace.hopper@contoso.example"}}]
    sent = {"subject": "Hi", "body": {"contentType": "HTML", "content": "<b>x</b>"}, "toRecipients": to}
    made = ok(graph("POST", f"{ADA}/messages", json=sent), 201)
    assert (made["isDraft"], made["hasAttachments"], made["subject"]) == (True, False, "Hi")
    assert made["body"] == {"contentType": "html", "content": "<b>x</b>"}
    assert made["toRecipients"] == to
    assert made["ccRecipients"] == []
    path = f"{ADA}/messages/{quote(made['id'], safe='')}"
    found = ok(graph.get(path))
    assert found == made
    assert ok(graph.get(path, select="subject")).keys() == {"@odata.context", "@odata.etag", "id", "subject"}
    assert graph("DELETE", path).status_code == 204
    assert error(graph.get(path))[:2] == (404, "ErrorItemNotFound")


def test_what_was_sent_or_received_is_found_by_its_id_too(graph: Graph) -> None:
    to = [{"emailAddress": {"address": "grace.hopper@contoso.example"}}]
    sent = graph("POST", f"{ADA}/sendMail", json={"message": {"subject": "Hi", "toRecipients": to}})
    assert sent.status_code == 202
    for user in (ADA, GRACE):
        (message,) = ok(graph.get(f"{user}/messages"))["value"]
        found = ok(graph.get(f"{user}/messages/{quote(message['id'], safe='')}"))
        assert (found["subject"], found["isDraft"]) == ("Hi", False)


def test_a_mailbox_takes_a_license(graph_sandbox: Sandbox, graph: Graph) -> None:
    new = graph_sandbox.add_user()["id"]
    assert error(graph("POST", f"/users/{new}/messages", json={}))[:2] == (404, "MailboxNotEnabledForRESTAPI")
    assert error(graph("POST", "/users/nobody/messages", json={}))[:2] == (404, "ErrorInvalidUser")


def test_a_draft_is_in_its_own_mailbox_only(graph: Graph, draft: str) -> None:
    other = draft.replace("ada.lovelace", "grace.hopper")
    assert error(graph.get(other))[:2] == (404, "ErrorItemNotFound")
    assert error(attach(graph, other))[:2] == (404, "ErrorItemNotFound")


@pytest.mark.parametrize(
    "body",
    [
        {"nonsense": 1},
        {"isDraft": False},
        {"subject": 4},
        {"body": {"contentType": "rtf"}},
        {"attachments": "a.txt"},
        {"attachments": ["a.txt"]},
    ],
)
def test_a_draft_that_cannot_be_is_refused(graph: Graph, body: dict[str, Any]) -> None:
    assert graph("POST", f"{ADA}/messages", json=body).status_code == 400


# -- attachments --------------------------------------------------------------------------------------


def test_a_small_file_is_attached_in_one_request(graph: Graph, draft: str) -> None:
    made = ok(attach(graph, draft, contentType="text/plain"), 201)
    assert (made["@odata.type"], made["size"], made["isInline"]) == (FILE, 5, False)
    (shown,) = ok(graph.get(f"{draft}/attachments"))["value"]
    assert base64.b64decode(shown["contentBytes"]) == b"hello"
    (short,) = ok(graph.get(f"{draft}/attachments", select="name"))["value"]
    assert short.keys() == {"@odata.type", "@odata.mediaContentType", "id", "name"}
    one = f"{draft}/attachments/{made['id']}"
    assert ok(graph.get(one))["name"] == "a.txt"
    raw = graph.get(f"{one}/$value")
    assert (raw.content, raw.headers["Content-Type"]) == (b"hello", "text/plain")
    assert ok(graph.get(draft))["hasAttachments"] is True
    assert graph("DELETE", one).status_code == 204
    assert ok(graph.get(draft))["hasAttachments"] is False
    for path in (one, f"{one}/$value"):
        assert error(graph.get(path))[:2] == (404, "ErrorItemNotFound")


def test_a_draft_may_bring_its_attachments(graph: Graph) -> None:
    files = [
        {"@odata.type": FILE, "name": f"{n}.txt", "contentBytes": "eA==", "isInline": n == 0} for n in range(2)
    ]
    made = ok(graph("POST", f"{ADA}/messages", json={"attachments": files}), 201)
    assert made["hasAttachments"] is True
    value = ok(graph.get(f"{ADA}/messages/{made['id']}/attachments"))["value"]
    assert [each["name"] for each in value] == ["0.txt", "1.txt"]
    inline = ok(graph("POST", f"{ADA}/messages", json={"attachments": files[:1]}), 201)
    assert inline["hasAttachments"] is False


def test_one_request_attaches_less_than_3_mib(graph: Graph, draft: str) -> None:
    large = attach(graph, draft, bytes(3 * MB))
    assert error(large)[:2] == (413, "RequestEntityTooLarge")
    assert ok(attach(graph, draft, bytes(3 * MB - 200)), 201)["size"] == 3 * MB - 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"@odata.type": None}, 400),
        ({"@odata.type": "#microsoft.graph.itemAttachment"}, 501),
        ({"@odata.type": "#microsoft.graph.referenceAttachment"}, 501),
        ({"name": None}, 400),
        ({"contentBytes": "not base64!"}, 400),
        ({"size": 4}, 400),
        ({"nonsense": 4}, 400),
    ],
)
def test_an_attachment_that_cannot_be_is_refused(
    graph: Graph, draft: str, change: dict[str, Any], status: int
) -> None:
    assert attach(graph, draft, **change).status_code == status
    assert ok(graph.get(f"{draft}/attachments"))["value"] == []


class Upload:
    """An upload session for an attachment, and requests to its address, without a token."""

    def __init__(self, graph: Graph, draft: str, size: int, **more: Any) -> None:
        item = {"attachmentType": "file", "name": "flower.jpg", "size": size, **more}
        url = f"{draft}/attachments/createUploadSession"
        self.web, self.size = graph.web, size
        self.made = ok(graph("POST", url, json={"AttachmentItem": item}), 201)
        self.url = self.made["uploadUrl"]

    def range(self, data: bytes, start: int, total: int | None = None) -> requests.Response:
        where = f"bytes {start}-{start + len(data) - 1}/{total or self.size}"
        head = {"Content-Range": where, "Content-Type": "application/octet-stream"}
        return self.web.put(self.url, data=data, headers=head)


def test_a_large_file_is_attached_in_ranges_of_any_size(graph_sandbox: Sandbox, graph: Graph, draft: str) -> None:
    data = os.urandom(3 * MB + 7)
    upload = Upload(graph, draft, len(data), contentType="image/jpeg")
    assert urlsplit(upload.url).netloc != urlsplit(graph_sandbox.url).netloc
    assert upload.made["nextExpectedRanges"] == ["0-"]
    middle = ok(upload.range(data[:1_000_001], 0))
    assert middle["NextExpectedRanges"] == ["1000001"]
    assert middle.keys() == {"ExpirationDateTime", "NextExpectedRanges"}
    assert ok(graph.web.get(upload.url))["NextExpectedRanges"] == ["1000001"]
    last = upload.range(data[1_000_001:], 1_000_001)
    assert (last.status_code, last.content) == (201, b"")
    location = unquote(last.headers["Location"])
    assert urlsplit(location).netloc == urlsplit(upload.url).netloc
    id_ = location.rpartition("Attachments('")[2].removesuffix("')")
    shown = ok(graph.get(f"{draft}/attachments/{id_}", select="name,size,contentType"))
    assert (shown["name"], shown["size"], shown["contentType"]) == ("flower.jpg", len(data), "image/jpeg")
    assert graph.get(f"{draft}/attachments/{id_}/$value").content == data
    assert ok(graph.get(draft))["hasAttachments"] is True
    assert graph.web.get(upload.url).status_code == 404


def test_a_range_of_an_attachment_is_smaller_than_4_mb(graph: Graph, draft: str) -> None:
    upload = Upload(graph, draft, 5 * MB)
    assert upload.range(bytes(4 * MB), 0).status_code == 413
    assert ok(upload.range(bytes(4 * MB - 1), 0))["NextExpectedRanges"] == [str(4 * MB - 1)]


def test_ranges_of_an_attachment_come_in_order_and_of_the_size_that_was_said(graph: Graph, draft: str) -> None:
    upload = Upload(graph, draft, 3 * MB)
    assert upload.range(b"x" * 10, 10).status_code == 416
    assert upload.range(b"x" * 10, 0, 3 * MB + 1).status_code == 400
    assert upload.range(b"x" * 10, 0).status_code == 200
    assert upload.range(b"x" * 10, 0).status_code == 416
    assert graph("PUT", upload.url, data=b"x").status_code == 401


def test_an_attachment_session_can_be_cancelled(graph: Graph, draft: str) -> None:
    upload = Upload(graph, draft, 3 * MB)
    assert graph.web.delete(upload.url).status_code == 204
    assert upload.range(b"x", 0).status_code == 404
    upload = Upload(graph, draft, 3 * MB)
    assert graph.web.post(upload.url).status_code == 405
    graph("DELETE", draft)
    upload.range(bytes(2 * MB), 0)
    assert error(upload.range(bytes(MB), 2 * MB))[:2] == (404, "ErrorItemNotFound")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"size": 2_999_999}, 400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"),
        ({"size": 3_000_000}, 201, ""),
        ({"size": 150 * MB}, 201, ""),
        ({"size": 150 * MB + 1}, 400, "ErrorMessageSizeExceeded"),
        ({"size": "3000000"}, 400, "BadRequest"),
        ({"size": None}, 400, "ErrorInvalidParameter"),
        ({"name": None}, 400, "ErrorInvalidParameter"),
        ({"attachmentType": None}, 400, "ErrorInvalidParameter"),
        ({"attachmentType": "item"}, 501, "NotImplemented"),
        ({"nonsense": 4}, 400, "BadRequest"),
        ({"isInline": True, "contentId": "logo"}, 201, ""),
    ],
)
def test_what_an_attachment_session_is_told_is_checked(
    graph: Graph, draft: str, change: dict[str, Any], status: int, code: str
) -> None:
    item = {"attachmentType": "file", "name": "flower.jpg", "size": 3 * MB, **change}
    item = {name: value for name, value in item.items() if value is not None}
    response = graph("POST", f"{draft}/attachments/createUploadSession", json={"AttachmentItem": item})
    assert response.status_code == status
    if code:
        assert error(response)[1] == code


def test_the_parameter_of_an_attachment_session_ignores_case_and_is_the_only_one(graph: Graph, draft: str) -> None:
    url = f"{draft}/attachments/createUploadSession"
    item = {"attachmentType": "file", "name": "a", "size": 3 * MB}
    assert graph("POST", url, json={"attachmentItem": item}).status_code == 201
    for body in ({}, {"AttachmentItem": 4}, {"AttachmentItem": item, "item": item}):
        assert graph("POST", url, json=body).status_code == 400


# -- photos -------------------------------------------------------------------------------------------

JPEG = {"Content-Type": "image/jpeg"}


def test_a_photo_is_there_once_it_was_put(graph_sandbox: Sandbox, graph: Graph) -> None:
    group = ok(graph.get("/groups"))["value"][0]["id"]
    for owner in (ADA, f"/groups/{group}"):
        photo = f"{owner}/photo/$value"
        assert error(graph.get(photo))[:2] == (404, "ImageNotFound")
        for data in (b"\xff\xd8one", b"\xff\xd8two"):
            assert graph("PUT", photo, JPEG, data=data).status_code == 200
            shown = graph.get(photo)
            assert (shown.status_code, shown.content, shown.headers["Content-Type"]) == (200, data, "image/jpeg")
    assert error(graph.get("/users/grace.hopper@contoso.example/photo/$value"))[:2] == (404, "ImageNotFound")
    assert graph("DELETE", f"{ADA}/photo/$value").status_code == 204
    assert error(graph.get(f"{ADA}/photo/$value"))[:2] == (404, "ImageNotFound")
    assert error(graph("DELETE", f"{ADA}/photo/$value"))[:2] == (404, "ImageNotFound")
    assert error(graph.get("/users/nobody/photo/$value"))[:2] == (404, "Request_ResourceNotFound")


def test_a_photo_is_an_image_of_4_mb_at_most(graph: Graph) -> None:
    photo = f"{ADA}/photo/$value"
    assert error(graph("PUT", photo, {"Content-Type": "text/plain"}, data=b"x"))[0] == 400
    assert error(graph("PUT", photo, JPEG, data=b""))[0] == 400
    assert error(graph("PUT", photo, JPEG, data=bytes(4 * MB + 1)))[:2] == (413, "RequestEntityTooLarge")
    assert graph("PUT", photo, JPEG, data=bytes(4 * MB)).status_code == 200


def test_reset_takes_drafts_and_photos_back(graph_sandbox: Sandbox, graph: Graph, draft: str) -> None:
    upload = Upload(graph, draft, 3 * MB)
    graph("PUT", f"{ADA}/photo/$value", JPEG, data=b"\xff\xd8")
    graph_sandbox.reset()
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    assert error(graph.get(draft))[0] == 404
    assert error(graph.get(f"{ADA}/photo/$value"))[0] == 404
    assert upload.range(b"x", 0).status_code == 404
