"""What every file that leangraph reads or writes for its user has in common; and files beyond Graph's own."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import random
import stat
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import processes
import pytest
from canned import Arrived, Canned
from disk import names, posix, some_bytes
from quickxor import ring_hash

from leangraph import (
    ConfigurationError,
    Error,
    FileBudget,
    GraphClient,
    GraphError,
    Sandbox,
    TransportError,
)
from leangraph.auth.store import RefreshTokenFile
from leangraph.cli import output
from leangraph.protocols import drives
from leangraph.protocols.content import Content
from leangraph.rows.journal import Journal
from leangraph.system import files

SECRET = "canary-tempauth"
UNIT = 320 * 1024


# -- a file that has an address of its own ----------------------------------------------------------------------


@pytest.mark.parametrize("short", [0, 1, 3])
def test_a_file_that_has_an_address_is_fetched_without_the_token_and_goes_on_where_it_broke_off(
    graph_client: GraphClient,
    graph_sandbox: Sandbox,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    short: int,
) -> None:
    content = some_bytes(300_000)
    path = "/users/ada.lovelace@contoso.example/drive/root:/a b.txt:"
    graph_client.upload(path, content)
    url = graph_client.get(path)["@microsoft.graph.downloadUrl"]
    begun = len(graph_sandbox.requests)
    for _ in range(short):
        graph_sandbox.fail("GET", "/download/*", truncate=True)
    caplog.set_level(logging.DEBUG)

    assert graph_client.download(url, tmp_path / "x.bin") == len(content)

    assert (tmp_path / "x.bin").read_bytes() == content
    sent = graph_sandbox.requests[begun:]
    assert len(sent) == short + 1
    assert [seen for seen in sent if "Authorization" in seen.headers] == []
    assert [seen for seen in sent[1:] if "Range" not in seen.headers] == []
    assert url.rpartition("/")[2] not in caplog.text


def test_an_address_on_another_host_goes_out_as_it_is(
    graph: GraphClient, server: Canned, host: Canned, tmp_path: Path
) -> None:
    target = f"/_layouts/15/download.aspx?UniqueId=1&tempauth={SECRET}&x=%2F+a"
    host.answer = lambda _: (200, b"content")
    graph.download(f"{host.url}{target}", tmp_path / "x")

    assert server.requests == []
    assert [seen.target for seen in host.requests] == [target]
    assert "authorization" not in host.requests[0].headers


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_address_whose_time_is_over_says_so_and_shows_nothing(
    graph: GraphClient, host: Canned, tmp_path: Path, status: int
) -> None:
    host.answer = lambda seen: (status, {"error": {"code": "x", "message": seen.target}})
    with pytest.raises(TransportError, match="has expired or never was good") as caught:
        graph.download(f"{host.url}/x?{SECRET}", tmp_path / "x")

    assert not caught.value.transient
    assert SECRET not in str(caught.value)
    assert len(host.requests) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [400, 500])
def test_whatever_another_host_answers_shows_no_address(
    graph: GraphClient, host: Canned, tmp_path: Path, status: int
) -> None:
    host.answer = lambda seen: (status, {"error": {"code": "x", "message": seen.target}}, {"X-Url": seen.target})
    with pytest.raises(GraphError) as caught:
        graph.download(f"{host.url}/x?{SECRET}", tmp_path / "x")

    assert SECRET not in repr(caught.value) + str(caught.value) + repr(caught.value.body)


@pytest.mark.parametrize(
    ("url", "options", "problem"),
    [
        ("http://files.contoso.com/x", {}, "https only"),
        ("https://files.contoso.com/x", {"verify": True}, "nothing to compare"),
        ("https://files.contoso.com/x", {"select": "id"}, "takes no select"),
        ("https://files.contoso.com/x", {"headers": {"Range": "bytes=0-1"}}, "of the whole"),
        ("ftp://files.contoso.com/x", {}, "token may go"),
    ],
)
def test_what_cannot_be_fetched_is_refused_before_anything_is_sent(
    graph: GraphClient, server: Canned, tmp_path: Path, url: str, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        graph.download(url, tmp_path / "x", **options)

    assert server.requests == []
    assert list(tmp_path.iterdir()) == []


def test_all_other_verbs_stay_with_graph(graph: GraphClient, host: Canned) -> None:
    url = f"{host.url}/x"
    for verb in (
        graph.get,
        graph.delete,
        lambda path: graph.put(path, data=b"x"),
        lambda path: graph.upload(path, b"x"),
    ):
        with pytest.raises(ConfigurationError):
            verb(url)

    assert host.requests == []


# -- an upload that arrives changed -----------------------------------------------------------------------------

OTHER = {"quickXorHash": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}
REWRITTEN = ["a.docx", "a.DOCX", "Q1 b.xlsx", "a.pptx", "a.jpg", "a.JPEG", "a.xlsm", "a.vsdx", "a.doc"]
KEPT = ["a.bin", "a.txt", "a.pdf", "docx", "a.docx.zip", "a.png"]


@pytest.mark.parametrize("size", [200, 5 * 1024 * 1024])
@pytest.mark.parametrize("name", [*REWRITTEN, *KEPT])
def test_what_sharepoint_rewrites_is_told_and_all_else_is_an_error_that_has_the_item(
    graph: GraphClient, server: Canned, host: Canned, name: str, size: int
) -> None:
    item = {"id": "i", "name": name, "size": 5521, "file": {"hashes": OTHER}}
    server.answer = lambda seen: (201, item) if seen.method == "PUT" else (200, {"uploadUrl": f"{host.url}/up"})
    host.answer = lambda seen: (201, item)
    if name in REWRITTEN:
        with pytest.warns(UserWarning, match="SharePoint writes properties") as told:
            assert graph.upload(f"/me/drive/root:/{name}", b"P" * size) == item
        assert [warning.filename for warning in told] == [__file__]
    else:
        with pytest.raises(TransportError, match="not as it was sent") as caught:
            graph.upload(f"/me/drive/root:/{name}", b"P" * size)
        assert caught.value.item == item


def test_a_personal_drive_rewrites_nothing(graph: GraphClient, server: Canned) -> None:
    item = {"id": "i", "name": "a.docx", "file": {"hashes": OTHER}, "parentReference": {"driveType": "personal"}}
    server.answer = lambda _: (201, item)
    with pytest.raises(TransportError):
        graph.upload("/me/drive/root:/a.docx", b"PK")


def test_an_item_that_says_no_name_has_that_of_its_path(graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (201, {"id": "i", "size": 9})
    with pytest.warns(UserWarning, match="SharePoint"):
        graph.upload("/me/drive/root:/a%20b.docx:", b"PK")


# -- one reading, one hash --------------------------------------------------------------------------------------


class Counting(io.BytesIO):
    """A file that counts the bytes read from it."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        return data


@pytest.mark.parametrize("size", [0, 10, UNIT, 4_000_000, 4_000_001, 5 * UNIT * 4 + 7])
def test_a_file_is_read_once_though_its_hash_is_compared(
    graph_client: GraphClient, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sha1Hash", "sha256Hash"):
        monkeypatch.setitem(drives.HASHES, name, pytest.fail)  # nobody compares those
    file = Counting(some_bytes(size))

    item = graph_client.upload("/users/ada.lovelace@contoso.example/drive/root:/a", file, chunk=4 * UNIT)

    assert item["file"]["hashes"]["quickXorHash"]  # else nothing was compared
    assert file.read_bytes == size


@pytest.mark.parametrize("seed", range(40))
def test_the_hash_is_right_in_whatever_order_ranges_are_read(seed: int) -> None:
    chance = random.Random(seed)
    content = some_bytes(chance.randrange(1, 5000), seed)
    source = Content(content, hashed=True)
    place = chance.randrange(len(content))  # an upload that goes on does not begin at the start
    for _ in range(chance.randrange(30)):
        place = chance.choice([place, place, place, chance.randrange(len(content))])
        count = chance.randrange(1, 1 + len(content) - place) if place < len(content) else 0
        assert source.read(place, count) == content[place : place + count]
        place += count

    for _ in range(2):
        assert source.digest("quickXorHash") == ring_hash(content)
        assert source.digest("sha256Hash") == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("seed", range(30))
def test_the_hash_of_business_drives_takes_pieces_in_any_order(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives.QuickXor, "STEP", 3 * 160)
    chance = random.Random(seed)
    content = some_bytes(chance.randrange(1, 4000), seed)
    cuts = sorted({0, len(content), *(chance.randrange(len(content)) for _ in range(chance.randrange(9)))})
    pieces = list(pairwise(cuts))
    chance.shuffle(pieces)
    digest = drives.QuickXor()
    for begin, end in pieces:
        digest.update(content[begin:end], begin)

    assert digest.base64() == ring_hash(content)


def test_a_verified_download_computes_the_hash_that_is_compared_and_no_other(
    graph_client: GraphClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/users/ada.lovelace@contoso.example/drive/root:/a"
    graph_client.upload(path, some_bytes(UNIT))
    for name in ("sha1Hash", "sha256Hash"):
        monkeypatch.setitem(drives.HASHES, name, pytest.fail)

    assert graph_client.download(path, tmp_path / "a", verify=True) == UNIT


def test_a_file_that_changed_after_its_hash_was_asked_for_is_compared_with_the_new_one(
    graph: GraphClient, server: Canned, tmp_path: Path
) -> None:
    old, new = (
        {"id": "1", "size": 3, "file": {"hashes": {"sha256Hash": hashlib.sha256(data).hexdigest()}}}
        for data in (b"old", b"new")
    )
    items = [old, new]
    server.answer = lambda seen: (200, b"new") if seen.target.endswith("/content") else (200, items.pop(0))

    assert graph.download("/me/drive/items/1", tmp_path / "a", verify=True) == 3
    assert items == []

    items[:] = [old, old]
    with pytest.raises(TransportError, match="sha256Hash"):
        graph.download("/me/drive/items/1", tmp_path / "a", verify=True)


# -- every file that is rewritten --------------------------------------------------------------------------------

BIG = "/me/drive/root:/big"
CONTENT = some_bytes(3 * UNIT)


def delta_state(graph: GraphClient, server: Canned, file: Any) -> None:
    server.answer = lambda _: (
        200,
        {"value": [], "@odata.deltaLink": f"{server.url}/v1.0/users/delta?$deltatoken=1"},
    )
    list(graph.users.delta(state=file))


def upload_session(graph: GraphClient, server: Canned, file: Any) -> None:
    """Break an upload off, so that its session is kept."""
    server.answer = lambda seen: (200, {"uploadUrl": f"{server.url}/up?{SECRET}"} if seen.method == "POST" else {})

    def interrupt(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        graph.upload(BIG, CONTENT, chunk=UNIT, session=file, progress=interrupt)


def downloaded(graph: GraphClient, server: Canned, file: Any) -> None:
    server.answer = lambda _: (200, b"content")
    graph.download("/me/photo/$value", file)


def result(graph: GraphClient, server: Canned, file: Any) -> None:
    with output.replacing(Path(file)) as path:
        path.write_bytes(b"content")


def refresh_token(graph: GraphClient, server: Canned, file: Any) -> None:
    kept = RefreshTokenFile(file)
    with kept.lock() as held:
        assert held
        kept.save("secret")
    assert kept.load() == "secret"


def journal(graph: GraphClient, server: Canned, file: Any) -> None:
    there = files.resolve(file).exists() and files.resolve(file).stat().st_size
    with Journal(file, resume=bool(there)) as kept:
        kept.sent(1, ["GET", "/me"])


WRITERS = [delta_state, upload_session, downloaded, result, refresh_token, journal]
PRIVATE = [delta_state, upload_session, refresh_token, journal]
Writer = Callable[[GraphClient, Canned, Any], None]
every = pytest.mark.parametrize("write", WRITERS)


@every
def test_every_file_leaves_nothing_beside_it(
    write: Writer, graph: GraphClient, server: Canned, tmp_path: Path
) -> None:
    write(graph, server, tmp_path / "a")
    write(graph, server, tmp_path / "a")

    assert names(tmp_path) == ["a"]


@every
def test_every_file_may_be_named_from_the_home_folder(
    write: Writer, graph: GraphClient, server: Canned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    write(graph, server, "~/a")

    assert names(tmp_path) == ["a"]


@posix
@every
def test_every_file_may_be_named_by_a_link_which_stays_one(
    write: Writer, graph: GraphClient, server: Canned, tmp_path: Path
) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(Path("far") / "a")
    for _ in range(2):
        write(graph, server, tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "far") == ["a"]
    assert names(tmp_path) == ["far", "link"]


@posix
@pytest.mark.parametrize("write", PRIVATE)
def test_every_file_that_is_ours_is_private(
    write: Writer, graph: GraphClient, server: Canned, tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        write(graph, server, tmp_path / "a")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("write", [downloaded, result])
def test_every_file_that_is_the_users_keeps_its_mode(
    write: Writer, graph: GraphClient, server: Canned, tmp_path: Path
) -> None:
    for mode in (0o600, 0o640, 0o664, 0o666, 0o755):
        (tmp_path / "a").touch()
        (tmp_path / "a").chmod(mode)
        write(graph, server, tmp_path / "a")
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """Return a file that is a mount point, as ``docker -v`` makes one."""
    (tmp_path / "host").touch(mode=0o600)
    (tmp_path / "mounted").touch()
    try:
        done = processes.run("mount", "--bind", tmp_path / "host", tmp_path / "mounted")
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("this machine does not let us mount")
    try:
        yield tmp_path / "mounted"
    finally:
        assert processes.run("umount", tmp_path / "mounted").returncode == 0


@every
def test_every_file_may_be_a_mount_point(write: Writer, graph: GraphClient, server: Canned, mounted: Path) -> None:
    if write is upload_session:
        (mounted.parent / "host").write_text(
            json.dumps({"kind": "leangraph upload session 1", "done": True}), encoding="utf-8"
        )
    for _ in range(2):
        write(graph, server, mounted)

    assert (mounted.parent / "host").stat().st_size > 0
    assert names(mounted.parent) == ["host", "mounted"]


def test_an_upload_that_ends_leaves_a_mount_point_that_the_next_one_can_use(
    graph_client: GraphClient, mounted: Path
) -> None:
    (mounted.parent / "host").write_text(
        json.dumps({"kind": "leangraph upload session 1", "done": True}), encoding="utf-8"
    )
    for _ in range(2):
        graph_client.upload(
            "/users/ada.lovelace@contoso.example/drive/root:/a",
            CONTENT,
            chunk=UNIT,
            session=mounted,
            conflict="replace",
        )

    assert SECRET not in (mounted.parent / "host").read_text(encoding="utf-8")


@every
def test_what_is_wrong_with_a_file_is_an_error_of_ours(
    write: Writer, graph: GraphClient, server: Canned, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    places = [tmp_path / "missing" / "a", tmp_path / "folder"]
    if write is refresh_token:
        pytest.skip("whoever keeps a sign-in turns what it raises into a warning")
    for place in places:
        with pytest.raises(Error):
            write(graph, server, place)

    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("name", ["nofile", "folder", "~/nofile"])
def test_a_file_that_cannot_be_read_is_an_error_of_ours(
    graph: GraphClient, server: Canned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    with pytest.raises(ConfigurationError, match=f"{name}' cannot be read"):
        graph.upload("/me/drive/root:/a", name)

    assert server.requests == []


def test_a_file_is_read_from_the_home_folder(
    graph: GraphClient, server: Canned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a").write_bytes(b"content")
    server.answer = lambda _: (201, {"id": "1", "size": 7})

    graph.upload("/me/drive/root:/a", "~/a")

    assert server.requests[0].body == b"content"


def test_a_budget_is_in_the_home_folder_and_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    FileBudget("~/budget", 10).take()
    assert names(tmp_path) == ["budget"]

    if os.name == "posix":
        (tmp_path / "victim").write_bytes(b"this is no budget")
        (tmp_path / "link").symlink_to("victim")
        with pytest.raises(ConfigurationError, match="it is a link"):
            FileBudget("~/link", 10).take()
        assert (tmp_path / "victim").read_bytes() == b"this is no budget"


# -- who else can write there -----------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o660])
def test_a_session_that_others_can_write_to_is_refused(
    graph: GraphClient, server: Canned, host: Canned, tmp_path: Path, mode: int
) -> None:
    file = tmp_path / "up.session"
    upload_session(graph, server, file)
    state = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**state, "uploadUrl": f"{host.url}/mine"}), encoding="utf-8")
    file.chmod(mode)

    with pytest.raises(ConfigurationError, match=f"chmod 600 {file}"):
        graph.upload(BIG, CONTENT, chunk=UNIT, session=file)

    assert host.requests == []
    assert file.exists()


# -- what a killed process leaves --------------------------------------------------------------------------------

KILLED = """
import sys
from leangraph import GraphClient, TokenHolder
GraphClient(TokenHolder.fixed("t"), url=sys.argv[1]).download("/me/photo/$value", sys.argv[2])
"""


def test_the_next_download_removes_what_killed_ones_have_left(
    graph: GraphClient, server: Canned, tmp_path: Path
) -> None:
    def hang(_: Arrived) -> tuple[Any, ...]:
        server.released.wait(processes.LIMIT)
        return 200, b""

    server.answer = hang
    for number in range(1, 4):
        with processes.started(sys.executable, "-c", KILLED, server.url, tmp_path / "big"):
            assert processes.eventually(lambda number=number: len(server.requests) == number)  # type: ignore[misc]
        assert names(tmp_path) == [".big.part"]  # each run has removed what the one before it left

    server.released.set()
    server.answer = lambda _: (200, b"whole")
    graph.download("/me/photo/$value", tmp_path / "big")

    assert names(tmp_path) == ["big"]
    assert (tmp_path / "big").read_bytes() == b"whole"
