"""Mail that the sandbox sends: recorded, delivered within the tenant, and never to anywhere else."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from graph_calls import Graph, error, signed_in

from leangraph.sandbox import Sandbox

ADA = "ada.lovelace@contoso.example"
GRACE = "grace.hopper@contoso.example"


def to(*addresses: str) -> list[dict[str, Any]]:
    return [{"emailAddress": {"address": address}} for address in addresses]


def message(*addresses: str, **more: Any) -> dict[str, Any]:
    body = {"contentType": "Text", "content": "The engine can do whatever we know how to order it."}
    return {"subject": "Notes", "body": body, "toRecipients": to(*addresses), **more}


def send(graph: Graph, user: str = ADA, **body: Any) -> requests.Response:
    return graph("POST", f"/users/{user}/sendMail", json={"message": message(GRACE), **body})


def subjects(graph: Graph, path: str, **query: str) -> list[str]:
    answer = graph.get(path, **query)
    assert answer.status_code == 200, answer.text
    return [row["subject"] for row in answer.json()["value"]]


def test_what_is_sent_is_recorded(graph_sandbox: Sandbox, graph: Graph) -> None:
    answer = send(graph)
    assert (answer.status_code, answer.content) == (202, b"")
    (sent,) = graph_sandbox.outbox
    assert (sent["from"], sent["saveToSentItems"]) == (ADA, True)
    assert sent["message"] == message(GRACE)
    graph_sandbox.reset()
    assert graph_sandbox.outbox == []


def test_sender_and_recipient_find_it(graph: Graph) -> None:
    send(graph, message=message(GRACE, "somebody@elsewhere.example", bccRecipients=to(ADA)))
    assert subjects(graph, f"/users/{GRACE}/messages") == ["Notes"]
    assert subjects(graph, f"/users/{GRACE}/mailFolders/inbox/messages") == ["Notes"]
    assert subjects(graph, f"/users/{GRACE}/mailFolders/SentItems/messages") == []
    assert subjects(graph, f"/users/{ADA}/mailFolders/sentitems/messages") == ["Notes"]
    assert len(subjects(graph, f"/users/{ADA}/messages")) == 2  # a blind copy to herself
    (row,) = graph.get(f"/users/{GRACE}/messages").json()["value"]
    one = graph.get(f"/users/{GRACE}/messages/{row['id']}").json()
    assert one["from"]["emailAddress"] == {"address": ADA, "name": "Ada Lovelace"}
    assert (one["isRead"], one["bccRecipients"], one["isDraft"]) == (False, [], False)
    assert one["bodyPreview"].startswith("The engine")
    assert graph.get(f"/users/{ADA}/messages/{row['id']}").status_code == 404  # it is hers, not Ada's


def test_a_copy_is_kept_unless_told_otherwise(graph: Graph) -> None:
    send(graph, saveToSentItems=False)
    assert subjects(graph, f"/users/{ADA}/messages") == []
    assert subjects(graph, f"/users/{GRACE}/messages") == ["Notes"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"message": {"subject": "x"}}, "ErrorInvalidRecipients"),
        ({"message": message("nonsense")}, "ErrorInvalidRecipients"),
        ({"message": {**message(), "ccRecipients": [{}]}}, "ErrorInvalidRecipients"),
        ({"message": message(*[f"n{n}@x.example" for n in range(501)])}, "ErrorExceededMessageLimit"),
        ({"message": None}, "Request_BadRequest"),
        ({"message": "x"}, "Request_BadRequest"),
        ({"message": {**message(GRACE), "nonsense": 1}}, "Request_BadRequest"),
        ({"nonsense": 1}, "BadRequest"),
        ({"saveToSentItems": "yes"}, "Request_BadRequest"),
    ],
)
def test_what_cannot_be_sent(graph_sandbox: Sandbox, graph: Graph, body: dict[str, Any], code: str) -> None:
    assert error(send(graph, **body))[:2] == (400, code)
    assert graph_sandbox.outbox == []


def test_500_recipients_are_not_too_many(graph: Graph) -> None:
    assert send(graph, message=message(*[f"n{n}@x.example" for n in range(500)])).status_code == 202


def test_who_has_no_mailbox(graph_sandbox: Sandbox, graph: Graph) -> None:
    unlicensed = graph_sandbox.add_user()["id"]
    assert error(send(graph, unlicensed))[:2] == (404, "MailboxNotEnabledForRESTAPI")
    assert error(graph.get(f"/users/{unlicensed}/messages"))[:2] == (404, "MailboxNotEnabledForRESTAPI")
    assert error(send(graph, "nobody@contoso.example"))[:2] == (404, "ErrorInvalidUser")


def test_an_app_has_no_mailbox_of_its_own(graph: Graph) -> None:
    answer = graph("POST", "/me/sendMail", json={"message": message(GRACE)})
    assert error(answer)[2] == "/me request is only valid with delegated authentication flow."


def test_a_user_sends_in_her_own_name(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph.token = signed_in(graph_sandbox, graph.web, "Mail.Send", "Mail.Read")[1]["access_token"]
    assert graph("POST", "/me/sendMail", json={"message": message(GRACE)}).status_code == 202
    assert graph_sandbox.outbox[0]["from"] == ADA
    assert subjects(graph, "/me/messages") == ["Notes"]
    graph_sandbox.permissions = "enforce"
    assert graph("POST", "/me/sendMail", json={"message": message(GRACE)}).status_code == 202
    assert graph("POST", "/me/revokeSignInSessions").status_code == 403


def test_messages_come_ten_at_a_time_newest_first(graph_sandbox: Sandbox, graph: Graph) -> None:
    for n in range(12):
        graph_sandbox.advance(60)
        send(graph, message=message(GRACE, subject=f"No. {n}"))
    path = f"/users/{GRACE}/messages"
    page = graph.get(path).json()
    assert [row["subject"] for row in page["value"]] == [f"No. {n}" for n in range(11, 1, -1)]
    assert len(graph.get(page["@odata.nextLink"]).json()["value"]) == 2
    assert subjects(graph, path, top="1", skip="1") == ["No. 10"]
    assert subjects(graph, path, filter="subject eq 'No. 3'") == ["No. 3"]
    assert subjects(graph, path, orderby="receivedDateTime", top="1") == ["No. 0"]
    assert graph.get(path, count="true").json()["@odata.count"] == 12
    assert graph.get(path, filter="hasAttachments eq true").status_code == 501
    assert graph.get(f"/users/{GRACE}/mailFolders/x/messages").status_code == 400
    (row,) = graph.get(path, select="subject", top="1").json()["value"]
    assert set(row) == {"@odata.etag", "subject", "id"}


def test_a_draft_is_sent_once(graph: Graph, graph_sandbox: Sandbox) -> None:
    made = graph("POST", f"/users/{ADA}/messages", json=message(GRACE)).json()

    assert graph("POST", f"/users/{ADA}/messages/{made['id']}/send").status_code == 202
    again = graph("POST", f"/users/{ADA}/messages/{made['id']}/send")

    assert error(again)[:2] == (404, "ErrorItemNotFound")
    assert [sent["message"]["subject"] for sent in graph_sandbox.outbox] == ["Notes"]
    assert subjects(graph, f"/users/{GRACE}/mailFolders/inbox/messages") == ["Notes"]


def test_what_comes_as_mime_has_to_be_base64(graph: Graph, graph_sandbox: Sandbox) -> None:
    for path in ("sendMail", "messages"):
        answer = graph("POST", f"/users/{ADA}/{path}", data=b"Subject: x", headers={"Content-Type": "text/plain"})
        assert error(answer)[:2] == (400, "ErrorMimeContentInvalidBase64String")
    assert graph_sandbox.outbox == []
