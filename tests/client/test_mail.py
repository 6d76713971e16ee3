"""Messages of the standard library, sent from a mailbox."""

from __future__ import annotations

import base64
import itertools
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from shares import sample

from leangraph import ConfigurationError, Error, GraphClient, Sandbox, TransportError
from leangraph.protocols import mail

ADA = "ada.lovelace@contoso.example"
GRACE = "grace.hopper@contoso.example"


def message(*sizes: int, html: bool = False) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Bcc"] = ADA, f"Grace Höpper <{GRACE}>", "zoe.astrom@contoso.example"
    made["Subject"] = "Notes – nº 1"
    made.set_content("Grüße\n")
    if html:
        made.add_alternative("<p>Grüße</p>", subtype="html")
    for number, size in enumerate(sizes):
        made.add_attachment(
            bytes([number]) * size, maintype="application", subtype="pdf", filename=f"{number} ä.pdf"
        )
    return made


def attached(sent: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [
        (each["name"], each["contentType"], len(base64.b64decode(each["contentBytes"])))
        for each in sent["message"].get("attachments", [])
    ]


SIZES: list[tuple[tuple[int, ...], bool]] = [
    ((), True),
    ((10, 20), True),
    ((2_000_000,), True),
    ((3_500_000,), False),
    ((10, 2_500_000, 3_200_000), False),
]


@pytest.mark.parametrize(
    ("attachments", "by_draft", "html"), sample([*itertools.product(SIZES, (False, True), (False, True))], 7)
)
def test_a_message_of_any_size_arrives_with_all_that_it_has(
    graph_client: GraphClient,
    graph_sandbox: Sandbox,
    attachments: tuple[tuple[int, ...], bool],
    by_draft: bool,
    html: bool,
) -> None:
    sizes, one_request = attachments
    graph_client.users[ADA].send_message(message(*sizes, html=html), by_draft=by_draft)

    [sent] = graph_sandbox.outbox
    assert sent["message"]["subject"] == "Notes – nº 1"
    assert "Grüße" in sent["message"]["body"]["content"]
    assert sent["message"]["body"]["contentType"] == ("html" if html else "text")
    assert [each["emailAddress"]["address"] for each in sent["message"]["toRecipients"]] == [GRACE]
    assert len(sent["message"]["bccRecipients"]) == 1
    assert attached(sent) == [(f"{n} ä.pdf", "application/pdf", size) for n, size in enumerate(sizes)]
    posted = [seen.path for seen in graph_sandbox.requests if seen.method == "POST" and "/users/" in seen.path]
    assert (posted == [f"/users/{ADA}/sendMail"]) is (one_request and not by_draft)
    assert [each for each in graph_client.users[ADA].messages.list() if each["isDraft"]] == []


@pytest.mark.parametrize("extra", [0, 1])
def test_the_limit_of_one_request_is_kept(
    graph_client: GraphClient, graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, extra: int
) -> None:
    made = message(1000)
    monkeypatch.setattr(mail, "ONE_REQUEST", len(made.as_bytes(policy=mail.SMTP)) - extra)
    graph_client.users[ADA].send_message(made)

    posted = [seen.path for seen in graph_sandbox.requests if seen.path.endswith("/sendMail")]
    assert len(posted) == 1 - extra
    assert len(graph_sandbox.outbox) == 1


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize("path", ["*/messages", "*/send", "*/attachments", "*/createUploadSession"])
def test_by_a_draft_a_lost_answer_sends_nothing_twice(
    graph_client: GraphClient, graph_sandbox: Sandbox, path: str, reset: str
) -> None:
    graph_sandbox.fail("POST", path, reset=reset)
    if path == "*/attachments":  # an attachment might be there twice: that is an error, and nothing is sent
        with pytest.raises(TransportError):
            graph_client.users[ADA].send_message(message(10, 3_500_000))
        assert graph_sandbox.outbox == []
        return
    graph_client.users[ADA].send_message(message(10, 3_500_000))

    assert len(graph_sandbox.outbox) == 1
    assert len(attached(graph_sandbox.outbox[0])) == 2


def test_in_one_request_a_lost_answer_is_an_error_that_says_so(
    graph_client: GraphClient, graph_sandbox: Sandbox
) -> None:
    graph_sandbox.fail("POST", "*/sendMail", reset="after")
    with pytest.raises(TransportError) as caught:
        graph_client.users[ADA].send_message(message())

    assert caught.value.sent
    assert len(graph_sandbox.outbox) == 1


def test_a_draft_that_cannot_be_sent_is_removed(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    graph_sandbox.fail("POST", "*/send", status=403)
    with pytest.raises(Error):
        graph_client.users[ADA].send_message(message(), by_draft=True)

    assert list(graph_client.users[ADA].messages.list()) == []
    assert graph_sandbox.outbox == []


def test_what_cannot_be_sent_is_refused_before_anything_leaves(
    graph_client: GraphClient, graph_sandbox: Sandbox, tmp_path: Path
) -> None:
    nobody = EmailMessage()
    nobody.set_content("x")
    wide = message()
    wide.set_content(f"{'x' * 69}\n" * 57_000)
    cases: list[tuple[Any, Any, str]] = [
        (graph_client.users[ADA], nobody, "no recipient"),
        (graph_client.users[ADA], wide, "without its attachments"),
        (graph_client.users[ADA], "To: x", "EmailMessage"),
        (graph_client.groups["1"], message(), "from a mailbox"),
        (graph_client.users[ADA].messages, message(), "from a mailbox"),
    ]
    for address, made, problem in cases:
        with pytest.raises(ConfigurationError, match=problem):
            address.send_message(made)

    assert [seen for seen in graph_sandbox.requests if seen.method == "POST" and "/users/" in seen.path] == []
