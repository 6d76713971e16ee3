"""``leangraph mail``: words and files become a message from a mailbox."""

from __future__ import annotations

import base64
import io
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from leangraph import Sandbox
from leangraph.cli import main

ADA, GRACE = "ada.lovelace@contoso.example", "grace.hopper@contoso.example"


def test_words_and_files_become_a_message(tenant: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "gäste.csv").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "page.html").write_text("<p>Grüße</p>", encoding="utf-8")
    words = ["--from", ADA, "--to", GRACE, "--to", ADA, "--cc", "x@fabrikam.example", "--subject", "Gäste"]

    assert main(["mail", *words, "--text", "Grüße", "--html", "page.html", "gäste.csv"]) == 0

    [sent] = [each for each in tenant.requests if each.path.endswith("/sendMail")]
    made = message_from_bytes(base64.b64decode(sent.body), policy=policy.default)
    assert sent.path == f"/users/{ADA}/sendMail"
    assert (made["To"], made["Cc"], made["Subject"]) == (f"{GRACE}, {ADA}", "x@fabrikam.example", "Gäste")
    assert made.get_body(("plain",)).get_content().strip() == "Grüße"  # type: ignore[union-attr]
    assert made.get_body(("html",)).get_content().strip() == "<p>Grüße</p>"  # type: ignore[union-attr]
    assert [(part.get_filename(), part.get_content()) for part in made.iter_attachments()] == [
        ("gäste.csv", "a,b\n")
    ]


def test_the_text_comes_from_a_pipe(tenant: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("aus dem Rohr: ä\n".encode()), encoding="utf-8"))

    assert main(["mail", "--from", ADA, "--to", GRACE, "--subject", "x"]) == 0
    [sent] = [each for each in tenant.requests if each.path.endswith("/sendMail")]
    made = message_from_bytes(base64.b64decode(sent.body), policy=policy.default)
    assert made.get_content().strip() == "aus dem Rohr: ä"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", GRACE, "--subject", "x", "--text", "x"], "an app has no mailbox of its own"),
        (["--from", ADA, "--subject", "x", "--text", "x"], "has no recipient"),
        (["--from", ADA, "--to", GRACE, "--text", "x"], "--subject"),
        (["--from", ADA, "--to", f"{GRACE}\nBcc: all@x.y", "--subject", "x", "--text", "x"], "cannot be sent"),
        (["--from", ADA, "--to", GRACE, "--subject", "x\nBcc: all@x.y", "--text", "x"], "cannot be sent"),
        (["--from", ADA, "--to", GRACE, "--subject", "x", "nothing.csv"], "does not exist"),
    ],
)
def test_what_cannot_be_sent_is_told(
    tenant: Sandbox, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert main(["mail", *words]) == 2
    assert told in capsys.readouterr().err
    assert not [each for each in tenant.requests if each.path.endswith("/sendMail")]
