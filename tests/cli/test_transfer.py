"""Files and raw answers: ``upload``, ``download``, ``report``, ``--input`` of any bytes, ``-i``."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from leangraph import GraphClient, Sandbox
from leangraph.cli import completion, main, transfer, words

ADA = "ada.lovelace@contoso.example"
DRIVE = f"/users/{ADA}/drive/root:"
Run = pytest.CaptureFixture[str]
PNG = b"\x89PNG\r\n\x1a\n\0\xff"


@pytest.fixture
def film(tenant: Sandbox, graph_client: GraphClient, tmp_path: Path) -> Path:
    file = tmp_path / "here.bin"
    file.write_bytes(PNG * 1000)
    graph_client.upload(f"{DRIVE}/films/a b.bin:", file)
    return file


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))


# -- upload ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [3, 5_000_000])
def test_a_file_is_uploaded_and_its_item_printed(
    tenant: Sandbox, graph_client: GraphClient, tmp_path: Path, capsys: Run, size: int
) -> None:
    file = tmp_path / "x.bin"
    file.write_bytes(b"\0\xff\n" * (size // 3))

    assert main(["upload", str(file), f"{DRIVE}/new.bin"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "new.bin"
    assert graph_client.get(f"{DRIVE}/new.bin:/content") == file.read_bytes()
    assert main(["upload", str(file), f"{DRIVE}/new.bin"]) == 1
    assert "nameAlreadyExists" in capsys.readouterr().err
    assert main(["upload", str(file), f"{DRIVE}/new.bin", "--conflict", "replace", "--query", "name"]) == 0
    assert capsys.readouterr().out == '"new.bin"\n'


def test_standard_input_is_uploaded(
    tenant: Sandbox, graph_client: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, PNG)

    assert main(["upload", "-", f"{DRIVE}/piped.png"]) == 0
    assert graph_client.get(f"{DRIVE}/piped.png:/content") == PNG


@pytest.mark.parametrize(
    ("path", "more", "said"),
    [
        (f"{DRIVE}/a.bin", ["--name", "x"], "--name is for attachments"),
        (f"{DRIVE}/a.bin", ["--content-type", "x/y"], "--content-type is for attachments"),
        ("/me/messages/1/attachments", ["--conflict", "fail"], "--conflict is for drives"),
        ("/drives/1/items/2", ["--conflict", "rename"], "always replaced"),
        (f"{DRIVE}/a.bin?x=1", [], "query options"),
        (f"{DRIVE}/a.bin", ["--read-only"], "nothing was sent"),
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_an_upload_that_cannot_be_as_it_was_asked_for_is_refused(
    tenant: Sandbox, film: Path, capsys: Run, path: str, more: list[str], said: str, dry: list[str]
) -> None:
    before = len(tenant.requests)
    if dry and "--read-only" in more:
        pytest.skip("a dry run sends nothing anyway")

    assert main(["upload", str(film), path, *more, *dry]) == 2
    assert said in capsys.readouterr().err
    assert len(tenant.requests) == before


def test_a_dry_run_says_what_would_be_uploaded(tenant: Sandbox, film: Path, capsys: Run) -> None:
    before = len(tenant.requests)
    assert main(["upload", str(film), f"{DRIVE}/a.bin", "--dry-run", "--conflict", "replace"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "method": "PUT",
        "path": f"{DRIVE}/a.bin:",
        "headers": {},
        "bytes": len(PNG) * 1000,
        "conflict": "replace",
    }
    assert len(tenant.requests) == before
    assert main(["upload", "nowhere.bin", f"{DRIVE}/a.bin", "--dry-run"]) == 2
    assert main(["upload", "nowhere.bin", f"{DRIVE}/a.bin"]) == 2


# -- download -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["path", "content", "id"])
def test_a_download_has_the_items_own_name(
    tenant: Sandbox, graph_client: GraphClient, film: Path, by: str, capsys: Run
) -> None:
    item = graph_client.get(f"{DRIVE}/films/a b.bin:")
    path = {
        "path": f"{DRIVE}/films/a b.bin",
        "content": f"{DRIVE}/films/a%20b.bin:/content",
        "id": f"/drives/{item['parentReference']['driveId']}/items/{item['id']}",
    }[by]

    assert main(["download", path]) == 0
    assert Path("a b.bin").read_bytes() == film.read_bytes()
    assert "10,000 bytes in a b.bin" in capsys.readouterr().err
    assert main(["download", path]) == 2
    assert "is there already" in capsys.readouterr().err
    Path("folder").mkdir()
    assert main(["download", path, "folder", "--verify"]) == 0
    assert Path("folder", "a b.bin").read_bytes() == film.read_bytes()
    Path("b.bin").write_bytes(b"old")
    assert main(["download", path, "b.bin"]) == 0
    assert Path("b.bin").read_bytes() == film.read_bytes()


def test_a_download_goes_into_a_pipe(tenant: Sandbox, film: Path, capsysbinary: Any) -> None:
    assert main(["download", f"{DRIVE}/films/a b.bin", "-"]) == 0
    assert capsysbinary.readouterr().out == film.read_bytes()


@pytest.mark.parametrize(
    "name", ["../up", "a/b", "a\\b", ".bashrc", "", "CON", "nul.txt", "a\x1b[2J", "x.", "C:x"]
)
def test_a_name_from_the_server_that_is_none_is_not_taken(
    tenant: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: Run, name: str
) -> None:
    monkeypatch.setattr(transfer, "_asked", lambda graph, path: name)

    assert main(["download", "/drives/1/items/2"]) == 2
    assert "name the FILE" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_what_has_no_name_wants_one(tenant: Sandbox, capsys: Run) -> None:
    assert main(["download", f"/users/{ADA}/photo/$value"]) == 2
    assert "name the FILE" in capsys.readouterr().err
    assert main(["download", f"{DRIVE}/nothing.bin", "x.bin"]) == 3
    assert list(Path().iterdir()) == []


# -- reports --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["getOffice365ActiveUserDetail", "--period", "D7"],
        ["GETOFFICE365ActiveUserDetail", "--period", "D7"],
        ["Office365ActiveUserDetail(period='D7')"],
        ["/reports/getOffice365ActiveUserDetail(period='D7')"],
    ],
)
def test_a_report_is_rows_like_any_other_answer(tenant: Sandbox, capsys: Run, words: list[str]) -> None:
    assert main(["report", *words, "-o", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 10
    assert "User Principal Name" in rows[0]

    assert main(["report", *words, "--to", "x.db", "-q"]) == 0
    assert main(["report", *words, "--query", "length(@)", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [len(rows)]


def test_a_report_that_is_not_there_is_told_before_anything_is_asked(tenant: Sandbox, capsys: Run) -> None:
    assert main(["report", "getOffice365ActiveUserDetials", "--period", "D7"]) == 2
    assert "did you mean getOffice365ActiveUserDetail" in capsys.readouterr().err
    assert main(["report", "getMailboxUsageDetail(period='D7')", "--period", "D30"]) == 2
    assert "leave out period" in capsys.readouterr().err
    assert tenant.requests == []
    assert "getMailboxUsageDetail" in [item.value for item in completion.reports(None, None, "getmailbox")]


# -- bodies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "options", "headers", "expected"),
    [
        ("a.png", PNG, "", {}, words.Body(data=PNG, content_type="image/png")),
        ("a.json", b'{"a": 1}', "", {}, words.Body({"a": 1})),
        ("a", b"\xef\xbb\xbf[1]", "", {}, words.Body([1])),
        ("a.txt", b'{"a": 1}', "", {}, words.Body({"a": 1})),
        ("a.txt", b"TUlNRQ==", "", {}, words.Body(data=b"TUlNRQ==", content_type="text/plain")),
        ("a.html", b"<p>", "", {}, words.Body(data=b"<p>", content_type="text/html")),
        ("a.png", b"{}", "application/json", {}, words.Body({})),
        ("a.json", b"{", "text/plain", {}, words.Body(data=b"{", content_type="text/plain")),
        ("a", PNG, "", {"content-type": "image/jpeg"}, words.Body(data=PNG)),
        ("a", b"{}", "", {"Content-Type": "application/json; charset=utf-8"}, words.Body({})),
        ("a", b"", "application/octet-stream", {}, words.Body(data=b"", content_type="application/octet-stream")),
    ],
)
def test_an_input_is_sent_as_what_it_is(
    tmp_path: Path, name: str, content: bytes, options: str, headers: dict[str, str], expected: words.Body
) -> None:
    (tmp_path / name).write_bytes(content)

    assert words.body([], [], str(tmp_path / name), options, headers) == expected


@pytest.mark.parametrize(
    ("command", "content", "said"),
    [
        ("--input body", PNG, "body is not UTF-8 text: name its --content-type"),
        ("--input body", b"text", "is not JSON: .*name its --content-type"),
        ("--input body --content-type application/json", b"text", "is not JSON"),
        ("--input body --content-type a/b --header Content-Type:a/b", b"", "which one counts"),
        ("--input body", b"null", "null, which is no body"),
        ("--input body", b'{"a": {"b": 1, "b": 2}}', "the name 'b' is there twice"),
        ("--input body", b'{"a": NaN}', "NaN is no JSON"),
        ("--input body", b"[1e999]", "the number 1e999 is too large"),
        ("--content-type a/b -f a=b", b"", "--content-type is that of --input"),
        ("-F a=@- -F b=@-", b"", "can be read once"),
        ("--header A:1 --header a:2", b"", "--header a is given more than once"),
        ("--input nowhere", b"", "nowhere cannot be read"),
    ],
)
def test_an_input_that_is_unclear_is_refused(
    tenant: Sandbox, capsys: Run, command: str, content: bytes, said: str
) -> None:
    Path("body").write_bytes(content)

    assert main(["post", "/users", *command.split()]) == 2
    assert re.search(said, capsys.readouterr().err)
    assert tenant.requests == []


def test_a_photo_goes_out_as_it_is(tenant: Sandbox, capsysbinary: Any) -> None:
    jpeg = b"\xff\xd8\xff\xe0" + b"\0" * 100 + b"\xff\xd9"
    Path("ada.jpg").write_bytes(jpeg)

    assert main(["put", f"/users/{ADA}/photo/$value", "--input", "ada.jpg"]) == 0
    assert tenant.requests[-1].headers["content-type"] == "image/jpeg"
    assert main(["get", f"/users/{ADA}/photo/$value"]) == 0
    assert capsysbinary.readouterr().out == jpeg


def test_standard_input_may_be_any_bytes(tenant: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: Run) -> None:
    stdin(monkeypatch, b"TUlNRS1WZXJzaW9uOiAxLjA=")
    more = ["--input", "-", "--content-type", "text/plain"]

    assert main(["post", "/me/sendMail", *more, "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "method": "POST",
        "path": "/me/sendMail",
        "headers": {"Content-Type": "text/plain"},
        "body": "24 bytes",
    }


def test_a_cell_of_a_table_names_no_file_of_this_machine(tenant: Sandbox, capsys: Run) -> None:
    Path("secret").write_text("canary", encoding="utf-8")
    Path("x.csv").write_text("id,title\n1,@secret\n", encoding="utf-8")

    assert main(["batch", "x.csv", "PATCH /users/{id}", "-F", "jobTitle={title}", "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out)["body"] == {"jobTitle": "@secret"}


# -- status and headers ---------------------------------------------------------------------------------------


def test_status_and_headers_come_before_the_answer(tenant: Sandbox, capsys: Run) -> None:
    assert main(["get", f"/users/{ADA}", "--select", "displayName", "-i"]) == 0
    head, _, body = capsys.readouterr().out.partition("\n\n")
    assert head.startswith("HTTP/1.1 200 OK\n")
    assert "\nrequest-id: " in head.lower()
    assert json.loads(body)["displayName"] == "Ada Lovelace"

    group = [
        "-f",
        "displayName=S",
        "-f",
        "mailNickname=s",
        "-F",
        "mailEnabled=false",
        "-F",
        "securityEnabled=true",
    ]
    assert main(["post", "/groups", *group, "--include"]) == 0
    assert "\nlocation: " in capsys.readouterr().out.partition("\n\n")[0].lower()


def test_those_of_an_error_are_there_too(tenant: Sandbox, capsys: Run) -> None:
    assert main(["get", "/users/nobody", "-i"]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("HTTP/1.1 404 Not Found\n")
    assert err.startswith("error: 404")


def test_they_stay_on_the_screen_where_the_answer_goes_into_a_file(tenant: Sandbox, capsys: Run) -> None:
    assert main(["get", "/users?$top=2", "-i", "--to", "x.csv"]) == 0
    assert capsys.readouterr().out.startswith("HTTP/1.1 200 OK\n")
    assert Path("x.csv").read_text(encoding="utf-8").startswith("businessPhones,")


def test_a_dry_run_has_no_answer_to_include(tenant: Sandbox) -> None:
    assert main(["post", "/groups", "-f", "a=b", "-i", "--dry-run"]) == 2
