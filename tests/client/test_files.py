"""Files: what goes up is what lies there, what comes down is whole, and no address that is a key is shown."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import json
import logging
import os
import pickle
import re
import stat
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from canned import TOKEN, Arrived, Canned, client_on
from disk import posix, some_bytes
from graph_calls import Graph, token_call
from processes import python
from quickxor import ring_hash
from requests.adapters import HTTPAdapter
from shares import sample

from leangraph import (
    Address,
    BadRequest,
    ConfigurationError,
    Conflict,
    Error,
    GraphClient,
    GraphError,
    NotFound,
    PreconditionFailed,
    RetryPolicy,
    Sandbox,
    ServiceError,
    Settings,
    Throttled,
    TransportError,
)
from leangraph.http.signed import SignedUrl
from leangraph.protocols import drives, reports, uploads
from leangraph.protocols.content import Content

UNIT = 320 * 1024
SECRET = "canary-tempauth"  # part of every address that is a key


def content(graph: GraphClient, path: str | Address, **options: Any) -> bytes:
    """Download into memory."""
    buffer = io.BytesIO()
    graph.download(path, buffer, **options)
    return buffer.getvalue()


@pytest.fixture
def scripted(server: Canned, naps: list[float]) -> Iterator[GraphClient]:
    with client_on(server, naps) as client:
        yield client


# -- paths ----------------------------------------------------------------------------------------------------

DRIVE_PATHS = [
    ("/me/drive/root:/a b/#1.docx", "/me/drive/root:/a b/#1.docx:", "/me/drive/root:/a b/#1.docx:/content"),
    ("/me/drive/root:/a.txt:", "/me/drive/root:/a.txt:", "/me/drive/root:/a.txt:/content"),
    ("/me/drive/root:/a.txt:/content", "/me/drive/root:/a.txt:", "/me/drive/root:/a.txt:/content"),
    ("/me/drive/root:/a.txt:/Content", "/me/drive/root:/a.txt:", "/me/drive/root:/a.txt:/Content"),
    ("/drives/b!x/items/01A", "/drives/b!x/items/01A", "/drives/b!x/items/01A/content"),
    ("/drives/b!x/items/01A/", "/drives/b!x/items/01A", "/drives/b!x/items/01A/content"),
    ("/drives/b!x/items/01A/content", "/drives/b!x/items/01A", "/drives/b!x/items/01A/content"),
    (
        "/drives/b!x/items/01A:/new.bin",
        "/drives/b!x/items/01A:/new.bin:",
        "/drives/b!x/items/01A:/new.bin:/content",
    ),
    (
        "/sites/contoso.sharepoint.com:/sites/a:/drive/root:/f.txt",
        "/sites/contoso.sharepoint.com:/sites/a:/drive/root:/f.txt:",
        "/sites/contoso.sharepoint.com:/sites/a:/drive/root:/f.txt:/content",
    ),
    (
        "/teams/1/channels/19:a@thread.tacv2/filesFolder",
        None,
        "/teams/1/channels/19:a@thread.tacv2/filesFolder/content",
    ),
    (
        "https://graph.microsoft.com/v1.0/me/drive/root:/a",
        "https://graph.microsoft.com/v1.0/me/drive/root:/a:",
        None,
    ),
]


@pytest.mark.parametrize(("path", "item", "content"), DRIVE_PATHS)
def test_a_drive_item_may_be_named_in_every_way_that_microsoft_has(
    path: str, item: str | None, content: str | None
) -> None:
    if item is not None:
        assert drives.item_path(path) == item
    if content is not None:
        assert drives.content_path(path) == content


def test_the_path_of_a_session_is_that_of_its_item() -> None:
    assert drives.item_path("/me/drive/root:/a.txt:/createUploadSession") == "/me/drive/root:/a.txt:"
    assert drives.item_path("/me/messages/1/attachments/createUploadSession") == "/me/messages/1/attachments"


@pytest.mark.parametrize(
    "path",
    [
        "/me/photo/$value",
        "/users/a@b.c/photos/48x48/$value",
        "/me/messages/1/attachments/2/$value",
        "/me/messages/1/$value",
        "/drives/1/items/2/content?format=pdf",
        "/drives/1/items/2/thumbnails/0/small/content",
        "/drives/1/items/2/versions/1.0/content",
        "/reports/getEmailActivityCounts(period='D7')",
    ],
)
def test_what_is_content_already_is_asked_for_as_it_is(path: str) -> None:
    assert drives.content_path(path) == path


def test_an_upload_takes_no_query_options(scripted: GraphClient, server: Canned) -> None:
    with pytest.raises(ConfigurationError, match="query options"):
        scripted.upload("/me/drive/root:/a.txt:/content?@microsoft.graph.conflictBehavior=rename", b"x")

    assert server.requests == []


@pytest.mark.parametrize(
    ("path", "parameters", "url"),
    [
        ("getEmailActivityCounts", {"period": "D7"}, "/reports/getEmailActivityCounts(period='D7')"),
        ("/reports/getX", {"date": "2024-05-31"}, "/reports/getX(date=2024-05-31)"),
        ("/beta/reports/getX", {"period": "D30", "date": None}, "/beta/reports/getX(period='D30')"),
        ("getX(period='D7')", {}, "/reports/getX(period='D7')"),
        ("getX?$format=text/csv", {"period": "D7"}, "/reports/getX(period='D7')?$format=text/csv"),
        ("getX", {"a": "x/y?z", "n": 5}, "/reports/getX(a='x%2Fy%3Fz',n=5)"),
        ("getX", {}, "/reports/getX"),
    ],
)
def test_a_report_may_be_named_with_its_parameters(path: str, parameters: dict[str, Any], url: str) -> None:
    assert reports.report_path(path, parameters) == url


def test_a_report_takes_its_parameters_once() -> None:
    with pytest.raises(ConfigurationError, match="has its parameters"):
        reports.report_path("getX(period='D7')", {"period": "D7"})


# -- ranges that a session lacks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"nextExpectedRanges": ["26-"]}, [(26, 100)]),
        ({"nextExpectedRanges": ["12-54", "77-"]}, [(12, 55), (77, 100)]),
        ({"nextExpectedRanges": ["77-", "12-54"]}, [(12, 55), (77, 100)]),
        ({"NextExpectedRanges": ["20"]}, [(20, 100)]),
        ({"nextExpectedRanges": ["0-99"]}, [(0, 100)]),
        ({"nextExpectedRanges": ["90-1000"]}, [(90, 100)]),
        ({"nextExpectedRanges": ["100-"]}, []),
        ({"nextExpectedRanges": []}, []),
        ({"nextExpectedRanges": None}, None),
        ({"nextExpectedRanges": "26-"}, None),
        ({"id": "1"}, None),
        ([], None),
        (None, None),
        (b"26-", None),
    ],
)
def test_what_a_session_lacks_is_read_in_every_spelling(body: Any, expected: Any) -> None:
    assert uploads._expected(body, 100) == expected


@pytest.mark.parametrize("text", ["-26", "a-b", "1-2-3", "", None, {}])
def test_ranges_that_are_none_are_an_error(text: Any) -> None:
    with pytest.raises(TransportError, match="ranges"):
        uploads._expected({"nextExpectedRanges": [text]}, 100)


# -- hashes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 2, 19, 20, 21, 159, 160, 161, 319, 320, 321, 1000, 4800, 4801])
def test_the_hash_of_business_drives_is_the_ring_that_microsoft_describes(size: int) -> None:
    data = some_bytes(size, size)
    digest = drives.QuickXor()
    digest.update(data)

    assert digest.hexdigest() == ring_hash(data)


@pytest.mark.parametrize("step", [1, 7, 160, 161, 999])
def test_the_hash_of_business_drives_does_not_depend_on_the_pieces(step: int) -> None:
    data = some_bytes(3000)
    digest = drives.QuickXor()
    for start in range(0, len(data), step):
        digest.update(data[start : start + step])

    assert digest.hexdigest() == ring_hash(data)


def test_the_hash_of_one_byte_is_known() -> None:
    digest = drives.QuickXor()
    digest.update(b"\x4a")

    assert base64.b64decode(digest.hexdigest()) == b"\x4a" + bytes(11) + b"\x01" + bytes(7)


def hashes(data: bytes) -> dict[str, str]:
    quick = drives.QuickXor()
    quick.update(data)
    return {
        "quickXorHash": quick.hexdigest(),
        "sha1Hash": hashlib.sha1(data).hexdigest().upper(),
        "sha256Hash": hashlib.sha256(data).hexdigest().upper(),
    }


@pytest.mark.parametrize("name", ["quickXorHash", "sha1Hash", "sha256Hash"])
def test_a_hash_decides_whatever_the_size_says(name: str) -> None:
    source = Content(b"content")
    right, wrong = hashes(b"content")[name], hashes(b"Content")[name]

    assert uploads._difference({"size": 99, "file": {"hashes": {name: right}}}, source) == ""
    assert name in uploads._difference({"size": 7, "file": {"hashes": {name: wrong}}}, source)


@pytest.mark.parametrize(
    ("item", "differs"),
    [
        ({"size": 7}, False),
        ({"size": 8}, True),
        ({"size": 8, "file": {"hashes": {"crc32Hash": "00000000"}}}, True),
        ({"size": 7, "file": {"hashes": {"sha1Hash": None, "quickXorHash": ""}}}, False),
        ({"size": 7, "file": {"hashes": None}}, False),
        ({"size": 7, "file": None}, False),
        ({}, False),
        (None, False),
    ],
)
def test_without_a_hash_the_size_decides(item: Any, differs: bool) -> None:
    assert bool(uploads._difference(item, Content(b"content"))) is differs


# -- what can be uploaded -------------------------------------------------------------------------------------


class Pipe(io.RawIOBase):
    """A stream that gives a little at a time and cannot go back."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._rest[: min(len(buffer), 1000)]
        buffer[: len(piece)] = piece
        self._rest = self._rest[len(piece) :]
        return len(piece)


class Dribble(io.BytesIO):
    """A file whose reads are short."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size, 10) if size is not None and size > 0 else size)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path,
        str,
        lambda path: path.open("rb"),
        lambda path: path.open("rb", buffering=0),
        lambda path: path.read_bytes(),
        lambda path: bytearray(path.read_bytes()),
        lambda path: memoryview(path.read_bytes()),
        lambda path: io.BytesIO(path.read_bytes()),
        lambda path: Dribble(path.read_bytes()),
        lambda path: Pipe(path.read_bytes()),
    ],
    ids="Path str file unbuffered bytes bytearray memoryview BytesIO dribble pipe".split(),
)
def test_bytes_come_from_anything_that_has_some(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    (tmp_path / "a.bin").write_bytes(some_bytes(5000))
    file = make(tmp_path / "a.bin")
    with Content(file) as source:
        assert source.size == 5000
        assert source.read(0, 5000) == some_bytes(5000)
        assert source.read(4990, 10) == some_bytes(5000)[4990:]
    if hasattr(file, "close"):
        assert not file.closed
        file.close()


def test_a_file_is_read_from_where_it_stands_and_as_far_as_was_said() -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(3)

    with Content(file, 4) as source:
        assert (source.size, source.read(0, 4), source.read(2, 2)) == (4, b"3456", b"56")


def test_a_pipe_is_read_as_far_as_was_said() -> None:
    pipe = Pipe(some_bytes(5000))
    with Content(pipe, 1500) as source:
        assert source.read(0, 1500) == some_bytes(5000)[:1500]
    assert pipe.read(10) == some_bytes(5000)[1500:1510]


@pytest.mark.parametrize("file", [io.StringIO("text"), 5, None, object()])
def test_what_has_no_bytes_is_refused(scripted: GraphClient, server: Canned, file: Any) -> None:
    with pytest.raises(ConfigurationError, match="bytes"):
        scripted.upload("/me/drive/root:/a.txt", file)

    assert server.requests == []


@pytest.mark.parametrize("size", [11, -1, True, 1.5])
def test_a_size_that_cannot_be_is_refused(scripted: GraphClient, server: Canned, size: Any) -> None:
    with pytest.raises(ConfigurationError, match="size"):
        scripted.upload("/me/drive/root:/a.txt", b"0123456789", size=size)

    assert server.requests == []


@pytest.mark.parametrize("chunk", [0, -UNIT, 1, UNIT + 1, 10_000_000, 60 * 1024 * 1024])
def test_a_range_must_be_a_multiple_of_320_kib_below_60_mib(
    scripted: GraphClient, server: Canned, chunk: int
) -> None:
    with pytest.raises(ConfigurationError, match="multiple of 327680"):
        scripted.upload("/me/drive/root:/a.txt", b"x", chunk=chunk)

    assert server.requests == []


def test_conflict_is_one_of_three_words(scripted: GraphClient, server: Canned) -> None:
    with pytest.raises(ConfigurationError, match="fail, replace, rename"):
        scripted.upload("/me/drive/root:/a.txt", b"x", conflict="overwrite")  # type: ignore[arg-type]

    assert server.requests == []


def test_a_name_is_for_attachments(scripted: GraphClient, server: Canned) -> None:
    with pytest.raises(ConfigurationError, match="the path says the name"):
        scripted.upload("/me/drive/root:/a.txt", b"x", name="b.txt")

    assert server.requests == []


# -- upload, with a server that says word by word what it answers ---------------------------------------------


class Session:
    """An upload session whose answers a test writes down; Graph itself gives out its address."""

    def __init__(self, server: Canned, host: Canned) -> None:
        self.begun = 0
        self.server = server
        self.host = host
        self.item: tuple[Any, ...] = (404, {"error": {"code": "itemNotFound"}})
        self.said: list[tuple[Any, ...]] = []
        server.answer = self.graph
        host.answer = lambda _: self.said.pop(0)

    def graph(self, request: Arrived) -> tuple[Any, ...]:
        if request.method == "GET":
            return self.item
        self.begun += 1
        return 200, {"uploadUrl": f"{self.host.url}/up/{self.begun}?{SECRET}", "nextExpectedRanges": ["0-"]}

    @property
    def ranges(self) -> list[str]:
        """What was asked of the session: the ranges of a PUT, else the method."""
        return [
            seen.headers["content-range"].removeprefix("bytes ").partition("/")[0]
            if seen.method == "PUT"
            else seen.method
            for seen in self.host.requests
        ]

    @property
    def stored(self) -> bytes:
        """What the ranges make, laid over one another in the order they came."""
        puts = [seen for seen in self.host.requests if seen.method == "PUT"]
        whole = bytearray(max(int(put.headers["content-range"].partition("/")[2]) for put in puts))
        for put in puts:
            start = int(put.headers["content-range"].removeprefix("bytes ").partition("-")[0])
            whole[start : start + len(put.body)] = put.body
        return bytes(whole)


@pytest.fixture
def session(server: Canned, host: Canned) -> Iterator[Session]:
    yield Session(server, host)
    assert [seen for seen in host.requests if "authorization" in seen.headers] == []
    assert [
        seen for seen in host.requests if TOKEN.encode() in repr((seen.target, seen.headers)).encode() + seen.body
    ] == []


DATA = some_bytes(13 * UNIT)  # more than fits into one request
ITEM = {"id": "1", "size": len(DATA)}
BIG = "/me/drive/root:/big.bin"


def lacks(*ranges: str, status: int = 202) -> tuple[int, dict[str, Any]]:
    return status, {"expirationDateTime": "2030-01-01T00:00:00Z", "nextExpectedRanges": [*ranges]}


def span(first: int, last: int) -> str:
    """Return the range of the units from ``first`` up to, but without, ``last``."""
    return f"{first * UNIT}-{last * UNIT - 1}"


def test_a_session_is_filled_range_by_range(scripted: GraphClient, session: Session, server: Canned) -> None:
    session.said = [lacks(f"{6 * UNIT}-"), lacks(f"{12 * UNIT}-"), (201, ITEM)]

    assert scripted.upload(BIG, DATA, chunk=6 * UNIT) == ITEM

    assert session.ranges == [span(0, 6), span(6, 12), span(12, 13)]
    assert session.stored == DATA
    assert {seen.headers["content-range"].partition("/")[2] for seen in session.host.requests} == {str(len(DATA))}
    [create] = server.requests
    assert create.target == "/v1.0/me/drive/root:/big.bin:/createUploadSession"
    assert json.loads(create.body) == {"item": {"@microsoft.graph.conflictBehavior": "fail"}}
    assert create.headers["authorization"] == f"Bearer {TOKEN}"


def test_without_being_told_a_range_is_ten_mebibytes(scripted: GraphClient, session: Session) -> None:
    data = bytes(22 * 1024 * 1024)
    session.said = [lacks("10485760-"), lacks("20971520-"), (201, {"id": "1", "size": len(data)})]

    scripted.upload(BIG, data)

    assert session.ranges == ["0-10485759", "10485760-20971519", "20971520-23068671"]


@pytest.mark.parametrize(("size", "in_one"), [(3_999_999, True), (4_000_000, True), (4_000_001, False)])
def test_four_megabytes_take_one_request_and_more_a_session(
    scripted: GraphClient, session: Session, server: Canned, size: int, in_one: bool
) -> None:
    session.said = [(201, {"id": "1", "size": size})]
    if in_one:
        server.answer = lambda _: (201, {"id": "1", "size": size})

    scripted.upload(BIG, bytes(size))

    assert [seen.method for seen in server.requests] == ["PUT" if in_one else "POST"]


def test_no_request_is_larger_than_the_range_asked_for(scripted: GraphClient, session: Session) -> None:
    session.said = [lacks(f"{UNIT}-"), (201, {"id": "1", "size": UNIT + 1})]

    scripted.upload(BIG, bytes(UNIT + 1), chunk=UNIT)

    assert session.ranges == [f"0-{UNIT - 1}", f"{UNIT}-{UNIT}"]


def test_the_ranges_that_the_session_lacks_are_sent_and_no_others(scripted: GraphClient, session: Session) -> None:
    session.said = [
        lacks(span(1, 2), f"{12 * UNIT}-"),  # several
        lacks(f"{12 * UNIT}-"),
        lacks("100-200"),  # a gap that is no multiple, which nobody mentioned before
        lacks(span(2, 3)),
        (200, ITEM),
    ]

    assert scripted.upload(BIG, DATA, chunk=12 * UNIT) == ITEM

    assert session.ranges == [span(0, 12), span(1, 2), span(12, 13), "100-200", span(2, 3)]


def test_a_session_that_does_not_say_what_it_lacks_is_asked(scripted: GraphClient, session: Session) -> None:
    session.said = [(202, {}), lacks(f"{12 * UNIT}-", status=200), (201, ITEM)]

    scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert session.ranges == [span(0, 12), "GET", span(12, 13)]


def test_a_range_that_is_there_already_is_not_sent_again(
    scripted: GraphClient, session: Session, naps: list[float]
) -> None:
    refusal = (416, {"error": {"code": "invalidRange", "innerError": {"code": "fragmentOverlap"}}})
    session.said = [refusal, lacks(f"{3 * UNIT}-", status=200), (201, ITEM)]

    scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert session.ranges == [span(0, 12), "GET", span(3, 13)]
    assert naps == []


@pytest.mark.parametrize("refusal", [(416, {"error": {"code": "invalidRange"}}), lacks("0-")], ids=["416", "202"])
def test_a_session_that_keeps_nothing_is_given_up(
    session: Session, server: Canned, naps: list[float], refusal: tuple[Any, ...]
) -> None:
    session.host.answer = lambda seen: lacks("0-", status=200) if seen.method == "GET" else refusal
    graph = client_on(server, naps, retry=RetryPolicy(max_retries=3, random=lambda: 0.0))
    with graph, pytest.raises(TransportError, match="does not keep"):
        graph.upload(BIG, DATA, chunk=12 * UNIT)

    assert session.ranges.count(span(0, 12)) == 4
    assert session.ranges[-1] == "DELETE"
    assert naps == [1, 2, 4]


@pytest.mark.parametrize("status", [429, 503])
def test_a_range_that_is_turned_away_waits_as_long_as_was_asked_and_comes_again(
    scripted: GraphClient, session: Session, naps: list[float], status: int
) -> None:
    session.said = [(status, b"", {"Retry-After": "7"}), lacks(f"{12 * UNIT}-"), (status, b""), (201, ITEM)]

    scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert session.ranges == [span(0, 12), span(0, 12), span(12, 13), span(12, 13)]
    assert naps == [7, 1]


def test_patience_is_for_each_range_anew(session: Session, server: Canned, naps: list[float]) -> None:
    throttled = (429, b"", {"Retry-After": "100"})
    session.said = [(202, {"nextExpectedRanges": [f"{number * UNIT}-"]}) for number in range(1, 13)]
    session.said = [answer for said in [*session.said, (201, ITEM)] for answer in (throttled, throttled, said)]
    with client_on(server, naps, retry=RetryPolicy(max_retries=2, patience=200, random=lambda: 0.0)) as graph:
        graph.upload(BIG, DATA, chunk=UNIT)

    assert naps == [100] * 26


@pytest.mark.parametrize("status", [500, 502, 504])
def test_after_an_uncertain_answer_the_session_is_asked(
    scripted: GraphClient, session: Session, naps: list[float], status: int
) -> None:
    session.said = [(status, b"<html>"), lacks(f"{12 * UNIT}-", status=200), (201, ITEM)]

    scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert session.ranges == [span(0, 12), "GET", span(12, 13)]
    assert naps == [1]


@pytest.mark.parametrize("status", [405, 501])
def test_a_session_that_cannot_be_asked_gets_the_range_again(
    scripted: GraphClient, session: Session, status: int
) -> None:
    session.said = [(500, b""), (status, b""), lacks(f"{12 * UNIT}-"), (201, ITEM)]

    scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert session.ranges == [span(0, 12), "GET", span(0, 12), span(12, 13)]


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("place", [0, 1])
def test_an_upload_whose_session_is_gone_starts_over(
    scripted: GraphClient, session: Session, server: Canned, status: int, place: int
) -> None:
    gone = (status, {"error": {"code": "itemNotFound"}})
    session.said = [*[lacks(f"{12 * UNIT}-")][:place], gone, lacks(f"{12 * UNIT}-"), (201, ITEM)]

    assert scripted.upload(BIG, DATA, chunk=12 * UNIT) == ITEM

    assert [seen.method for seen in server.requests] == ["POST", "POST"]
    assert [seen.target.partition("?")[0] for seen in session.host.requests][-2:] == ["/up/2", "/up/2"]


def test_an_upload_starts_over_once(scripted: GraphClient, session: Session, server: Canned) -> None:
    session.host.answer = lambda _: (404, b"")
    with pytest.raises(TransportError, match="forgotten twice"):
        scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((409, {"error": {"code": "nameAlreadyExists", "message": "taken"}}), Conflict),
        ((507, {"error": {"code": "quotaLimitReached", "message": "full"}}), ServiceError),
        ((412, {"error": {"code": "resourceModified", "message": "changed"}}), PreconditionFailed),
        ((400, {"error": {"code": "invalidRequest", "message": "odd"}}), BadRequest),
        ((401, {"error": {"code": "unauthenticated"}}), TransportError),
        ((403, {"error": {"code": "accessDenied"}}), TransportError),
        ((302, b"", {"Location": "https://example.invalid/elsewhere"}), GraphError),
    ],
)
def test_a_session_that_is_refused_is_cancelled(
    scripted: GraphClient, session: Session, answer: tuple[Any, ...], error: type[Error]
) -> None:
    session.said = [answer, (204, None)]
    with pytest.raises(error) as caught:
        scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert type(caught.value) is error
    assert session.ranges == [span(0, 12), "DELETE"]


def test_who_interrupts_an_upload_leaves_no_session_behind(scripted: GraphClient, session: Session) -> None:
    def interrupt(done: int, total: int | None) -> None:
        if done:
            raise KeyboardInterrupt

    session.said = [lacks(f"{12 * UNIT}-"), (204, None)]
    with pytest.raises(KeyboardInterrupt):
        scripted.upload(BIG, DATA, chunk=12 * UNIT, progress=interrupt)

    assert session.ranges == [span(0, 12), "DELETE"]


def test_a_session_that_cannot_be_cancelled_hides_no_error(scripted: GraphClient, session: Session) -> None:
    session.said = [(409, {"error": {"code": "nameAlreadyExists"}}), (500, b"")]
    with pytest.raises(Conflict):
        scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert session.ranges == [span(0, 12), "DELETE"]


@pytest.mark.parametrize(
    "url", ["http://example.com/up", "ftp://127.0.0.1/up", "https://a@b/up", "/up", "", None, 5], ids=repr
)
def test_an_address_that_is_not_https_gets_no_bytes(
    scripted: GraphClient, server: Canned, host: Canned, url: Any
) -> None:
    server.answer = lambda _: (200, {"uploadUrl": url})
    with pytest.raises(TransportError, match="not https"):
        scripted.upload(BIG, DATA)

    assert host.requests == []


def test_what_is_read_only_uploads_nothing(session: Session, server: Canned, tmp_path: Path) -> None:
    session.said = [lacks(f"{12 * UNIT}-"), (500, b""), (500, b"")]
    with client_on(server, retry=RetryPolicy(max_retries=0)) as graph, pytest.raises(GraphError):
        graph.upload(BIG, DATA, chunk=12 * UNIT, session=tmp_path / "kept")
    before = len(session.host.requests)
    os.environ["GRAPH_READ_ONLY"] = "1"
    with client_on(server) as graph:
        for data in (DATA, b"small"):
            with pytest.raises(ConfigurationError, match="READ_ONLY"):
                graph.upload(BIG, data, chunk=12 * UNIT)
        session.said = [lacks(f"{12 * UNIT}-", status=200)]
        with pytest.raises(ConfigurationError, match="READ_ONLY"):
            graph.upload(BIG, DATA, chunk=12 * UNIT, session=tmp_path / "kept")
    del os.environ["GRAPH_READ_ONLY"]

    assert session.host.requests[before:] == []


def test_what_the_caller_adds_goes_to_graph_and_not_to_the_session(
    scripted: GraphClient, session: Session, server: Canned
) -> None:
    session.said = [(201, ITEM)]
    scripted.upload(BIG, DATA, headers={"If-Match": '"1"'})

    assert server.requests[0].headers["if-match"] == '"1"'
    assert "if-match" not in session.host.requests[0].headers


def test_an_item_that_is_named_by_its_id_is_replaced(
    scripted: GraphClient, session: Session, server: Canned
) -> None:
    session.said = [(200, ITEM)]
    scripted.upload("/drives/1/items/2", DATA)
    server.answer = lambda _: (200, {"id": "1", "size": 1})
    scripted.upload("/drives/1/items/2/content", b"x")

    assert json.loads(server.requests[0].body) == {"item": {"@microsoft.graph.conflictBehavior": "replace"}}
    assert (server.requests[1].method, server.requests[1].target) == ("PUT", "/v1.0/drives/1/items/2/content")


@pytest.mark.parametrize(
    ("conflict", "query"),
    [
        ("fail", "?@microsoft.graph.conflictBehavior=fail"),
        ("rename", "?@microsoft.graph.conflictBehavior=rename"),
        ("replace", ""),
    ],
)
def test_a_small_file_says_in_its_address_what_to_do_if_the_name_is_taken(
    scripted: GraphClient, server: Canned, conflict: Any, query: str
) -> None:
    server.answer = lambda _: (201, {"id": "1", "size": 4})
    scripted.upload("/me/drive/root:/a b.txt", b"text", conflict=conflict, content_type="text/plain")

    [put] = server.requests
    assert (put.method, put.target) == ("PUT", f"/v1.0/me/drive/root:/a%20b.txt:/content{query}")
    assert (put.body, put.headers["content-type"]) == (b"text", "text/plain")


@pytest.mark.parametrize(
    "said",
    [
        [lacks(), lacks(status=200)],
        [lacks(), (404, b"")],
        [(416, b""), lacks(status=200)],
        [(416, b""), lacks(f"{len(DATA)}-", status=200)],
    ],
)
def test_a_session_that_has_everything_and_made_nothing_of_it_is_begun_anew(
    scripted: GraphClient, session: Session, server: Canned, said: list[Any]
) -> None:
    session.said = [*said, (201, ITEM)]

    assert scripted.upload(BIG, DATA) == ITEM

    assert [seen.method for seen in server.requests] == ["POST", "GET", "POST"]  # is it there after all?


# -- the answer to the last range is lost ---------------------------------------------------------------------


@pytest.mark.parametrize("conflict", ["fail", "replace"])
def test_a_lost_last_answer_is_found_by_the_hash_of_what_is_there(
    scripted: GraphClient, session: Session, server: Canned, conflict: Any
) -> None:
    item = {**ITEM, "file": {"hashes": {"quickXorHash": hashes(DATA)["quickXorHash"]}}}
    session.item = (200, item)
    session.said = [(502, b""), (404, b"")]

    assert scripted.upload(BIG, DATA, conflict=conflict) == item

    assert [seen.method for seen in server.requests] == ["POST", "GET"]


@pytest.mark.parametrize(
    "there", [{"size": len(DATA)}, {"size": len(DATA), "file": {"hashes": {"sha1Hash": "00"}}}, None]
)
def test_what_is_not_proved_to_be_ours_is_no_success(
    scripted: GraphClient, session: Session, server: Canned, there: Any
) -> None:
    if there is not None:
        session.item = (200, there)
    session.said = [(502, b""), (404, b""), (409, {"error": {"code": "nameAlreadyExists"}}), (204, None)]
    with pytest.raises(Conflict):
        scripted.upload(BIG, DATA)

    assert [seen.method for seen in server.requests] == ["POST", "GET", "POST"]


def test_a_lost_answer_in_the_middle_is_no_reason_to_look_what_is_there(
    scripted: GraphClient, session: Session, server: Canned
) -> None:
    session.said = [(502, b""), (404, b""), lacks(f"{12 * UNIT}-"), (201, ITEM)]
    scripted.upload(BIG, DATA, chunk=12 * UNIT)

    assert [seen.method for seen in server.requests] == ["POST", "POST"]


def test_a_file_that_may_be_there_under_any_name_is_not_uploaded_twice(
    scripted: GraphClient, session: Session, server: Canned
) -> None:
    session.said = [(502, b""), (404, b""), (404, b"")]
    with pytest.raises(TransportError, match="look whether"):
        scripted.upload(BIG, DATA, conflict="rename")

    assert [seen.method for seen in server.requests] == ["POST"]


def test_a_small_file_whose_answer_is_lost_is_found(scripted: GraphClient, server: Canned) -> None:
    item = {"id": "1", "file": {"hashes": {"sha256Hash": hashes(b"text")["sha256Hash"]}}}
    said = [(504, b""), (404, b""), (502, b""), (200, item)]  # not there yet; then it is
    server.answer = lambda _: said.pop(0)

    assert scripted.upload("/me/drive/root:/a.txt", b"text") == item

    assert [seen.method for seen in server.requests] == ["PUT", "GET", "PUT", "GET"]


def test_a_conflict_with_ourselves_is_none(scripted: GraphClient, server: Canned) -> None:
    item = {"id": "1", "file": {"hashes": {"sha256Hash": hashes(b"text")["sha256Hash"]}}}
    said = [(504, b""), (404, b""), (409, {"error": {"code": "nameAlreadyExists"}}), (200, item)]
    server.answer = lambda _: said.pop(0)

    assert scripted.upload("/me/drive/root:/a.txt", b"text") == item


def test_a_condition_that_our_own_lost_attempt_has_broken_is_none(scripted: GraphClient, server: Canned) -> None:
    item = {"id": "1", "file": {"hashes": {"sha256Hash": hashes(b"text")["sha256Hash"]}}}
    said = [(504, b""), (404, b""), (412, {"error": {"code": "resourceModified"}}), (200, item)]
    server.answer = lambda _: said.pop(0)
    options: Any = {"conflict": "replace", "headers": {"if-match": '"1"'}}

    assert scripted.upload("/me/drive/root:/a.txt", b"text", **options) == item

    server.answer = lambda _: (412, {"error": {"code": "resourceModified"}})
    with pytest.raises(PreconditionFailed):
        scripted.upload("/me/drive/root:/a.txt", b"text", **options)


def test_a_conflict_with_somebody_else_is_one_even_if_the_file_is_the_same(
    scripted: GraphClient, server: Canned
) -> None:
    server.answer = lambda _: (409, {"error": {"code": "nameAlreadyExists"}})
    with pytest.raises(Conflict):
        scripted.upload("/me/drive/root:/a.txt", b"text")

    assert [seen.method for seen in server.requests] == ["PUT"]


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"1"'}])
def test_a_small_file_that_gets_a_new_name_each_time_is_sent_once(
    scripted: GraphClient, server: Canned, headers: dict[str, str]
) -> None:
    server.answer = lambda _: (504, b"")
    with pytest.raises(ServiceError):
        scripted.upload("/me/drive/root:/a.txt", b"text", conflict="rename", headers=headers)

    assert len(server.requests) == 1


def test_a_small_file_that_replaces_is_sent_until_it_is_there(scripted: GraphClient, server: Canned) -> None:
    said = [(504, b""), (502, b""), (200, {"id": "1", "size": 4})]
    server.answer = lambda _: said.pop(0)
    scripted.upload("/me/drive/root:/a.txt", b"text", conflict="replace")

    assert [seen.method for seen in server.requests] == ["PUT"] * 3


# -- what the drive has is not what was sent ------------------------------------------------------------------

SPOILED = [
    {"size": len(DATA) - 1},
    {"size": len(DATA), "file": {"hashes": {"quickXorHash": "AAAA"}}},
    {"size": len(DATA), "file": {"hashes": {"sha256Hash": "00"}}},
]


@pytest.mark.parametrize("item", SPOILED, ids=["size", "quickXorHash", "sha256Hash"])
def test_a_file_that_arrived_otherwise_is_an_error_unless_that_is_expected(
    scripted: GraphClient, session: Session, item: Any
) -> None:
    session.said = [(201, item), (201, item)]
    with pytest.raises(TransportError, match=r"not as it was sent.*verify=False"):
        scripted.upload(BIG, DATA)

    assert scripted.upload(BIG, DATA, verify=False) == item


def test_a_small_file_that_arrived_otherwise_is_an_error_too(scripted: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (201, {"id": "1", "size": 3})
    with pytest.raises(TransportError, match="has 3 bytes, and 4"):
        scripted.upload("/me/drive/root:/a.txt", b"text")


@pytest.mark.parametrize("name", ["quickXorHash", "sha1Hash", "sha256Hash"])
def test_a_file_that_arrived_as_it_was_sent_is_believed(
    scripted: GraphClient, session: Session, name: str
) -> None:
    item = {"id": "1", "size": 0, "file": {"hashes": {name: hashes(DATA)[name]}}}  # drives may count otherwise
    session.said = [(201, item)]

    assert scripted.upload(BIG, DATA) == item


# -- the file changes meanwhile -------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["append", "cut", "touch", "overwrite"])
def test_a_file_that_changes_while_it_is_uploaded_is_an_error_and_nothing_is_kept(
    scripted: GraphClient, session: Session, tmp_path: Path, change: str
) -> None:
    file = tmp_path / "log.bin"
    file.write_bytes(DATA)
    os.utime(file, ns=(10**18, 10**18))

    def meanwhile(done: int, total: int | None) -> None:
        if done == UNIT:
            if change == "append":
                with file.open("ab") as more:
                    more.write(b"more")
            elif change == "cut":
                os.truncate(file, 3 * UNIT)
            elif change == "overwrite":
                with file.open("r+b") as same:
                    same.write(b"other")
            else:
                os.utime(file)

    session.host.answer = lambda seen: (
        (204, None)
        if seen.method == "DELETE"
        else lacks(f"{int(seen.headers['content-range'].partition('-')[2].partition('/')[0]) + 1}-")
    )
    with pytest.raises(TransportError, match="changed while it was uploaded"):
        scripted.upload(BIG, file, chunk=UNIT, progress=meanwhile, session=tmp_path / "kept")

    assert session.ranges == [span(0, 1), "DELETE"]
    assert not (tmp_path / "kept").exists()


def test_a_file_that_grows_is_uploaded_as_far_as_was_said(
    scripted: GraphClient, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "log.bin"
    file.write_bytes(DATA)

    def meanwhile(done: int, total: int | None) -> None:
        with file.open("ab") as more:
            more.write(b"more")

    session.said = [lacks(f"{2 * UNIT}-"), (201, {"id": "1", "size": 3 * UNIT})]
    scripted.upload(BIG, file, size=3 * UNIT, chunk=2 * UNIT, progress=meanwhile)

    assert session.stored == DATA[: 3 * UNIT]


def test_a_file_that_is_replaced_by_another_is_uploaded_as_it_was(
    scripted: GraphClient, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(DATA)
    opened = file.open("rb")  # as Windows replaces no file that is open, it is unlinked on POSIX only
    if os.name == "posix":
        (tmp_path / "new").write_bytes(b"new")
        (tmp_path / "new").replace(file)
    session.said = [lacks(f"{12 * UNIT}-"), (201, ITEM)]
    with opened:
        scripted.upload(BIG, opened, chunk=12 * UNIT)

    assert session.stored == DATA


# -- progress -------------------------------------------------------------------------------------------------


def test_progress_tells_what_has_arrived(scripted: GraphClient, session: Session, server: Canned) -> None:
    told: list[tuple[int, int | None]] = []
    session.said = [lacks(f"{6 * UNIT}-"), (429, b""), lacks(f"{12 * UNIT}-"), (201, ITEM)]
    scripted.upload(BIG, DATA, chunk=6 * UNIT, progress=lambda *numbers: told.append(numbers))
    server.answer = lambda _: (201, {"id": "1", "size": 4})
    scripted.upload(BIG, b"text", progress=lambda *numbers: told.append(numbers))

    total = len(DATA)
    assert told == [(0, total), (6 * UNIT, total), (12 * UNIT, total), (total, total), (4, 4)]


# -- an upload that outlives its process ----------------------------------------------------------------------


def interrupted(
    server: Canned,
    session: Session,
    kept: Path,
    data: Any = DATA,
    *,
    path: str = BIG,
    last: bool = True,
    **options: Any,
) -> None:
    """Leave a session behind that has twelve units and is kept in a file, before or after the last was sent."""

    def interrupt(done: int, total: int | None) -> None:
        if done and not last:
            raise KeyboardInterrupt

    session.said = [lacks(f"{12 * UNIT}-"), (500, b""), (500, b"")]
    graph = client_on(server, retry=RetryPolicy(max_retries=0))
    with graph, pytest.raises(GraphError if last else KeyboardInterrupt):
        graph.upload(path, data, session=kept, progress=interrupt, **{"chunk": 12 * UNIT, **options})
    session.host.requests.clear()
    server.requests.clear()


def test_an_interrupted_upload_goes_on_where_it_broke_off(
    scripted: GraphClient, session: Session, server: Canned, tmp_path: Path
) -> None:
    kept, told = tmp_path / "kept", []
    interrupted(server, session, kept)
    session.said = [lacks(f"{12 * UNIT}-", status=200), (201, ITEM)]

    assert scripted.upload(BIG, DATA, session=kept, progress=lambda *numbers: told.append(numbers)) == ITEM

    assert session.ranges == ["GET", span(12, 13)]
    assert server.requests == []
    assert told == [(12 * UNIT, len(DATA)), (len(DATA), len(DATA))]
    assert not kept.exists()


def test_a_kept_session_is_private_and_written_in_one_step(
    session: Session, server: Canned, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.touch(mode=0o644)
    kept.unlink()
    old = os.umask(0)
    try:
        interrupted(server, session, kept)
    finally:
        os.umask(old)

    assert SECRET in kept.read_text(encoding="utf-8")
    assert [file.name for file in tmp_path.iterdir()] == ["kept"]
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("conflict", ["fail", "replace", "rename"])
def test_a_session_that_has_expired_meanwhile_starts_over(
    scripted: GraphClient, session: Session, server: Canned, tmp_path: Path, last: bool, conflict: Any
) -> None:
    interrupted(server, session, tmp_path / "kept", last=last, conflict=conflict)
    session.said = [(404, b""), lacks(f"{12 * UNIT}-"), (201, ITEM)]
    again = lambda: scripted.upload(BIG, DATA, chunk=12 * UNIT, conflict=conflict, session=tmp_path / "kept")  # noqa: E731
    if last and conflict == "rename":  # it may be there, under any name
        with pytest.raises(TransportError, match="look whether"):
            again()
        assert session.ranges == ["GET"]
    else:
        assert again() == ITEM
        assert [seen.method for seen in server.requests] == (["GET", "POST"] if last else ["POST"])
        assert session.ranges == ["GET", span(0, 12), span(12, 13)]

    assert not (tmp_path / "kept").exists()


def test_an_upload_that_was_done_though_nobody_heard_of_it_is_found(
    scripted: GraphClient, session: Session, server: Canned, tmp_path: Path
) -> None:
    interrupted(server, session, tmp_path / "kept")
    session.item = (200, {**ITEM, "file": {"hashes": hashes(DATA)}})
    session.said = [(404, b"")]

    assert scripted.upload(BIG, DATA, session=tmp_path / "kept")["id"] == "1"

    assert [seen.method for seen in server.requests] == ["GET"]
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("as_path", [True, False])
def test_a_file_that_has_changed_since_is_uploaded_anew(
    scripted: GraphClient, session: Session, server: Canned, tmp_path: Path, as_path: bool
) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(DATA)
    interrupted(server, session, tmp_path / "kept", file if as_path else DATA)
    other = some_bytes(len(DATA), 1)
    file.write_bytes(other)
    os.utime(file, ns=(1, 1))
    session.said = [(204, None), (201, ITEM)]

    scripted.upload(BIG, file if as_path else other, session=tmp_path / "kept")

    assert session.ranges == ["DELETE", span(0, 13)]
    assert session.stored == other


@pytest.mark.parametrize(
    ("path", "options", "differs"),
    [
        ("/me/drive/root:/other.bin", {}, "path"),
        (BIG, {"conflict": "replace"}, "conflict"),
        ("/beta/me/drive/root:/big.bin", {}, "path"),
    ],
)
def test_the_session_of_another_upload_is_left_alone(
    scripted: GraphClient, session: Session, server: Canned, tmp_path: Path, path: str, options: Any, differs: str
) -> None:
    interrupted(server, session, tmp_path / "kept")
    with pytest.raises(ConfigurationError, match=f"differs in {differs}"):
        scripted.upload(path, DATA, session=tmp_path / "kept", **options)

    assert (tmp_path / "kept").exists()
    assert server.requests == session.host.requests == []


def test_the_session_of_another_tenant_is_left_alone(session: Session, server: Canned, tmp_path: Path) -> None:
    interrupted(server, session, tmp_path / "kept")
    settings = Settings.from_mapping(
        {
            "AZURE_TENANT_ID": "11111111-1111-1111-1111-111111111111",
            "AZURE_CLIENT_ID": "x",
            "AZURE_CLIENT_SECRET": "y",
        }
    )
    with (
        client_on(server, settings=settings) as graph,
        pytest.raises(ConfigurationError, match="differs in tenant"),
    ):
        graph.upload(BIG, DATA, session=tmp_path / "kept")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        b"[]",
        b"{}",
        b'{"kind": "leangraph upload session 1"}',
        b'{"kind": "leangraph upload session 1", "of": {}, "uploadUrl": "http://example.com/"}',
        b'{"kind": "leangraph upload session 1", "of": {}, "uploadUrl": 5}',
        b'{"kind": "leangraph delta state 1", "of": {}, "deltaLink": "https://graph.microsoft.com/"}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
    ids=lambda content: content[:60],
)
def test_a_file_that_is_no_session_is_left_alone(
    scripted: GraphClient, server: Canned, session: Session, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "kept").write_bytes(content)
    with pytest.raises(ConfigurationError, match="no upload session of ours"):
        scripted.upload(BIG, DATA, session=tmp_path / "kept")

    assert (tmp_path / "kept").read_bytes() == content
    assert server.requests == []


def test_a_session_that_cannot_be_written_is_cancelled(
    scripted: GraphClient, session: Session, tmp_path: Path
) -> None:
    session.said = [(204, None)]
    with pytest.raises(ConfigurationError, match="cannot be written"):
        scripted.upload(BIG, DATA, session=tmp_path / "missing" / "kept")

    assert session.ranges == ["DELETE"]


@pytest.mark.parametrize(
    ("answer", "stays"),
    [
        ((409, {"error": {"code": "nameAlreadyExists"}}), False),
        ((400, {"error": {"code": "invalidRequest"}}), False),
        ((429, b""), True),
        ((503, b""), True),
        ((507, {"error": {"code": "quotaLimitReached"}}), True),
        ((403, b""), True),
    ],
)
def test_a_session_is_kept_as_long_as_going_on_has_a_prospect(
    session: Session, server: Canned, tmp_path: Path, answer: tuple[Any, ...], stays: bool
) -> None:
    session.host.answer = lambda seen: (204, None) if seen.method == "DELETE" else answer
    with client_on(server, retry=RetryPolicy(max_retries=0)) as graph, pytest.raises(Error):
        graph.upload(BIG, DATA, session=tmp_path / "kept")

    assert (tmp_path / "kept").exists() is stays
    assert ("DELETE" in session.ranges) is not stays


# -- attachments ----------------------------------------------------------------------------------------------

ATTACHMENTS = "/users/ada@contoso.com/messages/AAMk/attachments"


def test_a_small_attachment_takes_one_request(scripted: GraphClient, server: Canned, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    server.answer = lambda _: (201, {"id": "1", "size": 150})  # Outlook counts what is around it as well

    assert scripted.upload(ATTACHMENTS, tmp_path / "report.pdf") == {"id": "1", "size": 150}

    [post] = server.requests
    assert (post.method, post.target) == ("POST", "/v1.0/users/ada@contoso.com/messages/AAMk/attachments")
    assert json.loads(post.body) == {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "report.pdf",
        "contentBytes": base64.b64encode(b"%PDF").decode(),
    }


def test_an_attachment_may_be_empty_and_have_a_name_and_type_of_its_own(
    scripted: GraphClient, server: Canned
) -> None:
    server.answer = lambda _: (201, {"id": "1"})
    scripted.upload(ATTACHMENTS, b"", name="a.txt", content_type="text/plain")

    body = json.loads(server.requests[0].body)
    assert (body["name"], body["contentType"], body["contentBytes"]) == ("a.txt", "text/plain", "")


@pytest.mark.parametrize(("size", "in_one"), [(2_999_999, True), (3_000_000, False)])
def test_an_attachment_of_three_megabytes_takes_a_session(
    scripted: GraphClient, session: Session, server: Canned, size: int, in_one: bool
) -> None:
    session.said = [(201, None, {"Location": f"{session.host.url}/Attachments('A')"})]
    if in_one:
        server.answer = lambda _: (201, {"id": "A"})

    assert scripted.upload(ATTACHMENTS, bytes(size), name="a")["id"] == "A"

    assert [seen.target.rpartition("/")[2] for seen in server.requests] == [
        "attachments" if in_one else "createUploadSession"
    ]


@pytest.mark.parametrize(
    ("location", "id_"),
    [
        (
            "https://outlook.office.com/api/v2.0/Users('a@b')/Messages('AAMk')/Attachments('AAMkAD%2Fk=')",
            "AAMkAD/k=",
        ),
        ("https://outlook.office.com/api/gv1.0/users('a@b')/messages('x')/attachments('AAMk-_=')", "AAMk-_="),
        ("https://outlook.office.com/api/v2.0/Users/1/Messages/2/Attachments/AAMk=", "AAMk="),
    ],
)
def test_a_large_attachment_goes_by_outlooks_rules(
    scripted: GraphClient, session: Session, server: Canned, location: str, id_: str
) -> None:
    data = some_bytes(7_000_001)
    answers = [
        (200, {"ExpirationDateTime": "2030-01-01", "NextExpectedRanges": ["3145728"]}),
        (200, {"ExpirationDateTime": "2030-01-01", "NextExpectedRanges": ["6291456"]}),
        (201, None, {"Location": location}),
    ]
    session.said = answers

    assert scripted.upload(ATTACHMENTS, data, name="big.bin", content_type="x/y") == {"id": id_}

    assert json.loads(server.requests[0].body) == {
        "AttachmentItem": {"attachmentType": "file", "name": "big.bin", "size": 7_000_001, "contentType": "x/y"}
    }
    assert session.ranges == ["0-3145727", "3145728-6291455", "6291456-7000000"]
    assert session.stored == data
    assert {seen.headers["content-type"] for seen in session.host.requests} == {"application/octet-stream"}


def test_a_range_of_an_attachment_may_be_any_number_below_four_megabytes(
    scripted: GraphClient, session: Session
) -> None:
    session.said = [
        (200, {"NextExpectedRanges": ["3999999"]}),
        (201, None, {"Location": "https://x/Attachments('A')"}),
    ]
    scripted.upload(ATTACHMENTS, bytes(4_000_000), name="a", chunk=3_999_999)
    with pytest.raises(ConfigurationError, match="less than 4000000"):
        scripted.upload(ATTACHMENTS, bytes(4_000_000), name="a", chunk=4_000_000)

    assert session.ranges == ["0-3999998", "3999999-3999999"]


@pytest.mark.parametrize("file", [b"x", io.BytesIO(b"x")])
def test_an_attachment_needs_a_name(scripted: GraphClient, server: Canned, file: Any) -> None:
    with pytest.raises(ConfigurationError, match="needs a name"):
        scripted.upload(ATTACHMENTS, file)

    assert server.requests == []


def test_a_small_attachment_whose_answer_is_lost_is_not_attached_twice(
    scripted: GraphClient, server: Canned
) -> None:
    server.answer = lambda _: (504, b"")
    with pytest.raises(ServiceError):
        scripted.upload(ATTACHMENTS, b"x", name="a")

    assert len(server.requests) == 1


def test_a_large_attachment_whose_last_answer_is_lost_is_not_attached_twice(
    scripted: GraphClient, session: Session, server: Canned
) -> None:
    session.said = [(504, b""), (404, b"")]
    with pytest.raises(TransportError, match="look whether"):
        scripted.upload(ATTACHMENTS, bytes(3_000_000), name="a")

    assert [seen.method for seen in server.requests] == ["POST"]


def test_tasks_have_a_protocol_of_their_own(scripted: GraphClient, server: Canned) -> None:
    with pytest.raises(ConfigurationError, match="attachments of tasks"):
        scripted.upload("/me/todo/lists/1/tasks/2/attachments", b"x", name="a")

    assert server.requests == []


# -- upload, with the sandbox ---------------------------------------------------------------------------------


class Drive:
    """A drive of the sandbox, looked at past our client."""

    def __init__(self, graph: Graph, sandbox: Sandbox) -> None:
        self.graph = graph
        self.sandbox = sandbox
        self.path = f"/users/{graph.get('/users', top='1').json()['value'][0]['id']}/drive"

    def at(self, name: str) -> str:
        return f"{self.path}/root:/{name}"

    def item(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.graph.get(f"{self.at(name)}:").json()
        return found

    def stored(self, name: str) -> bytes:
        content: bytes = self.graph.web.get(self.item(name)["@microsoft.graph.downloadUrl"]).content
        return content

    def put(self, name: str, data: bytes) -> dict[str, Any]:
        answer = self.graph("PUT", f"{self.at(name)}:/content", data=data)
        assert answer.status_code in (200, 201)
        made: dict[str, Any] = answer.json()
        return made

    @property
    def names(self) -> list[str]:
        return [item["name"] for item in self.graph.get(f"{self.path}/root/children").json()["value"]]

    def elsewhere(self, kind: str, method: str = "*") -> list[Any]:
        return [
            seen
            for seen in self.sandbox.requests
            if seen.path.startswith(f"/{kind}/") and method in ("*", seen.method)
        ]

    def ranges(self) -> list[str]:
        return [
            seen.headers["Content-Range"].removeprefix("bytes ").partition("/")[0]
            for seen in self.elsewhere("upload", "PUT")
        ]


@pytest.fixture
def drive(graph_sandbox: Sandbox, web: requests.Session) -> Iterator[Drive]:
    """A drive, and at the end the proof that no token went where none belongs."""
    token = token_call(graph_sandbox, web).json()["access_token"]
    yield Drive(Graph(graph_sandbox, web, token), graph_sandbox)
    apart = [seen for seen in graph_sandbox.requests if re.match("/(upload|download|monitor|report)/", seen.path)]
    assert [seen for seen in apart if "Authorization" in seen.headers] == []
    assert graph_sandbox.pending_faults == 0


CONTENT = some_bytes(7 * UNIT - 1000)  # seven ranges of 320 KiB, the last one not quite
UNITS = 7


@pytest.mark.parametrize("size", [0, 1, UNIT - 1, UNIT, UNIT + 1, 2 * UNIT, 3 * UNIT + 7])
def test_what_was_sent_is_what_the_drive_has(graph_client: GraphClient, drive: Drive, size: int) -> None:
    data = some_bytes(size)

    item = graph_client.upload(drive.at("a b #1.bin"), data, chunk=UNIT)

    assert (item["name"], item["size"]) == ("a b #1.bin", size)
    assert drive.stored("a%20b%20%231.bin") == data
    assert len(drive.elsewhere("upload")) == (0 if size <= UNIT else -(-size // UNIT))


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize("place", range(UNITS))
def test_a_connection_that_drops_at_any_range_loses_nothing_and_doubles_nothing(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, place: int, reset: Any
) -> None:
    graph_sandbox.fail("PUT", "/upload/*", reset=reset, after=place)

    item = graph_client.upload(drive.at("a.bin"), CONTENT, chunk=UNIT)

    assert item["size"] == len(CONTENT)
    assert drive.names == ["a.bin"]
    assert drive.stored("a.bin") == CONTENT
    assert drive.item("a.bin")["eTag"].endswith(',1"')  # it was made once, and never replaced
    sent_again = [f"{place * UNIT}-{min((place + 1) * UNIT, len(CONTENT)) - 1}"] if reset == "before" else []
    assert sorted(drive.ranges()) == sorted(
        [f"{at * UNIT}-{min((at + 1) * UNIT, len(CONTENT)) - 1}" for at in range(UNITS)] + sent_again
    )


@pytest.mark.parametrize("conflict", ["fail", "replace"])
def test_a_connection_that_drops_at_every_range_before_and_after_the_work_loses_nothing(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, naps: list[float], conflict: Any
) -> None:
    for _ in range(UNITS):
        graph_sandbox.fail("PUT", "/upload/*", reset="before")
        graph_sandbox.fail("PUT", "/upload/*", reset="after")

    graph_client.upload(drive.at("a.bin"), CONTENT, chunk=UNIT, conflict=conflict)

    assert drive.stored("a.bin") == CONTENT
    assert drive.item("a.bin")["eTag"].endswith(',1"')
    assert len(drive.ranges()) == 2 * UNITS
    assert len(naps) == 2 * UNITS  # nobody hammers


@pytest.mark.parametrize(
    "fault",
    [
        {"truncate": True},
        {"slow": 0.3},
        {"stall": 0.1},
        {"status": 500},
        {"status": 504, "html": True},
        {"bom": True},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_an_answer_that_is_late_or_broken_loses_nothing(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, fault: Any
) -> None:
    for passed in (0, 2, 4):  # what an earlier fault takes passes no later one: the first, the fourth, the last
        graph_sandbox.fail("PUT", "/upload/*", after=passed, **fault)

    graph_client.upload(drive.at("a.bin"), CONTENT, chunk=UNIT)

    assert drive.stored("a.bin") == CONTENT
    assert drive.item("a.bin")["eTag"].endswith(',1"')


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_losing_the_answer_that_begins_or_describes_a_session_loses_nothing(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, method: str, reset: Any
) -> None:
    graph_sandbox.fail(
        "POST" if method == "POST" else "GET",
        "*/createuploadsession" if method == "POST" else "/upload/*",
        reset=reset,
    )
    if method == "GET":
        graph_sandbox.fail("PUT", "/upload/*", reset="after")

    graph_client.upload(drive.at("a.bin"), CONTENT, chunk=UNIT)

    assert drive.stored("a.bin") == CONTENT


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize("conflict", ["fail", "replace"])
def test_a_small_file_survives_a_dropped_connection(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, conflict: Any, reset: Any
) -> None:
    graph_sandbox.fail("PUT", "*/content", reset=reset)

    graph_client.upload(drive.at("a.bin"), b"small", conflict=conflict)

    assert drive.names == ["a.bin"]
    assert drive.stored("a.bin") == b"small"


@pytest.mark.parametrize("status", [429, 503])
def test_an_upload_host_that_is_busy_is_waited_for(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, naps: list[float], status: int
) -> None:
    graph_sandbox.fail("PUT", "/upload/*", status=status, retry_after=2.5, after=1, times=2)
    graph_sandbox.fail("PUT", "/upload/*", status=status, after=3)

    graph_client.upload(drive.at("a.bin"), CONTENT, chunk=UNIT)

    assert naps == [2.5, 2.5, 1]
    assert drive.stored("a.bin") == CONTENT


def test_an_upload_host_that_asks_for_more_patience_than_there_is_raises_what_it_said(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, naps: list[float]
) -> None:
    graph_sandbox.fail("PUT", "/upload/*", status=429, retry_after=3600)
    with pytest.raises(Throttled) as caught:
        graph_client.upload(drive.at("a.bin"), CONTENT, chunk=UNIT)

    assert caught.value.retry_after == 3600
    assert naps == []
    assert [seen.method for seen in drive.elsewhere("upload")] == ["PUT", "DELETE"]
    assert drive.names == []


def test_a_session_that_expires_half_way_starts_over(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive
) -> None:
    def meanwhile(done: int, total: int | None) -> None:
        if done == 3 * UNIT and not expired:
            expired.append(True)
            graph_sandbox.advance(8 * 86_400)

    expired: list[bool] = []
    graph_client.upload(drive.at("a.bin"), CONTENT, chunk=UNIT, progress=meanwhile)

    assert expired
    assert len(drive.ranges()) == 3 + 1 + UNITS
    assert content(graph_client, drive.at("a.bin")) == CONTENT


def test_a_name_that_is_taken_is_a_conflict_however_large_the_file(
    graph_client: GraphClient, drive: Drive
) -> None:
    drive.put("a.bin", b"first")
    for data in (b"second", CONTENT):
        with pytest.raises(Conflict):
            graph_client.upload(drive.at("a.bin"), data, chunk=UNIT)

    assert drive.stored("a.bin") == b"first"
    assert drive.elsewhere("upload")[-1].method == "DELETE"


@pytest.mark.parametrize("data", [b"second", CONTENT], ids=["small", "large"])
def test_a_name_that_is_taken_is_given_way_or_taken_over_on_demand(
    graph_client: GraphClient, drive: Drive, data: bytes
) -> None:
    drive.put("a.bin", b"first")

    renamed = graph_client.upload(drive.at("a.bin"), data, chunk=UNIT, conflict="rename")
    replaced = graph_client.upload(drive.at("a.bin"), data, chunk=UNIT, conflict="replace")
    by_id = graph_client.upload(f"{drive.path}/items/{replaced['id']}", b"third")

    assert renamed["name"] not in ("a.bin", "")
    assert sorted(drive.names) == sorted(["a.bin", renamed["name"]])
    assert replaced["name"] == by_id["name"] == "a.bin"
    assert drive.stored("a.bin") == b"third"


def test_a_condition_holds_for_an_upload(graph_client: GraphClient, drive: Drive) -> None:
    old = drive.put("a.bin", b"first")["eTag"]
    drive.put("a.bin", b"second")
    for data in (b"third", CONTENT):
        with pytest.raises(PreconditionFailed):
            graph_client.upload(drive.at("a.bin"), data, chunk=UNIT, conflict="replace", headers={"If-Match": old})

    assert drive.stored("a.bin") == b"second"


def test_an_address_uploads_and_downloads_too(graph_client: GraphClient, drive: Drive, tmp_path: Path) -> None:
    address = graph_client.users[drive.path.split("/")[2]].drive.root / ":/a b.bin:"

    address.upload(CONTENT, chunk=UNIT)

    assert content(graph_client, address) == CONTENT
    assert address.download(tmp_path / "a.bin") == len(CONTENT)
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_attachments_of_every_size_arrive(graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive) -> None:
    mailbox, graph = drive.path.removesuffix("/drive"), drive.graph
    draft = graph("POST", f"{mailbox}/messages", json={"subject": "with files"}).json()["id"]
    where = f"{mailbox}/messages/{draft}/attachments"
    graph_sandbox.fail("PUT", "/upload/*", reset="before", after=1)
    graph_sandbox.fail("PUT", "/upload/*", reset="after", after=1)
    sizes = [0, 10, 2_999_999, 3_000_000, 7_000_001]

    ids = [graph_client.upload(where, some_bytes(size), name=f"{size}.bin")["id"] for size in sizes]

    for size, id_ in zip(sizes, ids, strict=True):
        assert graph("GET", f"{where}/{id_}/$value").content == some_bytes(size)
    assert len(graph("GET", where).json()["value"]) == len(sizes)


KILLED = """
import os, sys
from leangraph import GraphClient
path, file, kept = sys.argv[1:]
def die(done, total):
    if done >= 3 * 327_680:
        os._exit(9)  # as kill -9 does: nothing is tidied up
GraphClient.from_env().upload(path, file, chunk=327_680, session=kept, progress=die)
"""


def test_an_upload_goes_on_after_its_process_was_killed(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path
) -> None:
    file, kept = tmp_path / "a.bin", tmp_path / "kept"
    file.write_bytes(CONTENT)
    killed = python("-c", KILLED, drive.at("a.bin"), file, kept, env={**os.environ, **graph_sandbox.env})
    assert killed.returncode == 9, killed.stderr
    assert len(drive.ranges()) == 3
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    graph_client.upload(drive.at("a.bin"), file, chunk=UNIT, session=kept)

    assert len(drive.ranges()) == UNITS
    assert [
        seen.path for seen in graph_sandbox.requests if seen.path.lower().endswith("/createuploadsession")
    ] != []
    assert drive.stored("a.bin") == CONTENT
    assert not kept.exists()


# -- download -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 1_000_000])
def test_what_comes_down_is_what_lies_there(
    graph_client: GraphClient, drive: Drive, tmp_path: Path, size: int
) -> None:
    told: list[tuple[int, int | None]] = []
    drive.put("a.bin", some_bytes(size))

    got = graph_client.download(
        drive.at("a.bin"), tmp_path / "a.bin", progress=lambda *numbers: told.append(numbers)
    )

    assert got == size
    assert (tmp_path / "a.bin").read_bytes() == some_bytes(size)
    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]
    assert len(drive.elsewhere("download")) == 1


@pytest.mark.parametrize("fault", [{"truncate": True}, {"reset": "after"}, {"reset": "before"}], ids=repr)
def test_a_download_goes_on_where_it_broke_off(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path, fault: Any
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", times=3, **fault)

    graph_client.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    asked = [seen.headers.get("Range") for seen in drive.elsewhere("download")]
    starts = [int(text.removeprefix("bytes=").removesuffix("-")) for text in asked if text]
    assert len(asked) == 4
    if "truncate" in fault:
        assert asked[0] is None
        assert len(starts) == 3
        assert starts == sorted(set(starts))  # each time further on
        assert starts[0] > len(CONTENT) // 2 - 70_000
        assert {seen.headers["If-Match"] for seen in drive.elsewhere("download")[1:]} == {
            drive.item("a.bin")["eTag"]
        }
    else:
        assert starts == []
    assert (
        len([seen for seen in graph_sandbox.requests if seen.path.endswith("/content")]) == 2
    )  # its PUT, one GET


def test_a_download_that_gets_on_is_not_given_up(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive, naps: list[float]
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True, times=4)
    with GraphClient(settings=sandbox_settings, retry=RetryPolicy(max_retries=1), sleep=naps.append) as graph:
        assert content(graph, drive.at("a.bin")) == CONTENT

    assert len(naps) == 4


def test_a_rest_of_another_whole_is_not_taken(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive
) -> None:
    def meanwhile(seconds: float) -> None:
        if graph_sandbox.pending_faults == 0 and "Range" not in drive.elsewhere("download")[-1].headers:
            said = f"bytes {buffer.tell()}-{len(CONTENT) - 1}/{len(CONTENT) + 1}"
            graph_sandbox.fail("GET", "/download/*", headers={"Content-Range": said})

    buffer = io.BytesIO()
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    with GraphClient(settings=sandbox_settings, sleep=meanwhile) as graph:
        graph.download(drive.at("a.bin"), buffer)

    assert buffer.getvalue() == CONTENT
    assert ["Range" in seen.headers for seen in drive.elsewhere("download")] == [False, True, False]


def test_slow_bytes_are_waited_for(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", slow=0.5)

    graph_client.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert len(drive.elsewhere("download")) == 1


def test_a_body_that_is_always_short_is_never_success(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path, naps: list[float]
) -> None:
    drive.put("a.bin", b"0123456789")
    (tmp_path / "a.bin").write_bytes(b"as it was")
    graph_sandbox.fail("GET", "/download/*", truncate=True, times=3)
    graph = GraphClient(settings=sandbox_settings, retry=RetryPolicy(max_retries=2), sleep=naps.append)
    with graph, pytest.raises(TransportError):
        graph.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == b"as it was"
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


class Lenient(HTTPAdapter):
    """Counts no bytes, as urllib3 did not before its second version."""

    def send(self, *arguments: Any, **options: Any) -> requests.Response:
        response = super().send(*arguments, **options)
        response.raw.enforce_content_length = False
        return response


def test_a_body_that_ends_early_without_an_error_is_short_all_the_same(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive, naps: list[float]
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    session = requests.Session()
    session.mount("https://", Lenient())
    with session, GraphClient(settings=sandbox_settings, session=session, sleep=naps.append) as graph:
        assert content(graph, drive.at("a.bin")) == CONTENT

    assert len(naps) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_address_that_has_expired_is_asked_for_anew_and_the_download_goes_on(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path, status: int
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    graph_sandbox.fail("GET", "/download/*", status=status)

    graph_client.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    asked = [seen.method for seen in graph_sandbox.requests if seen.path.endswith("/content")]
    assert asked == ["PUT", "GET", "GET"]
    first, refused, last = drive.elsewhere("download")
    assert "Range" not in first.headers
    assert refused.headers["Range"] == last.headers["Range"]


def test_an_address_whose_time_is_over_is_another_one_afterwards(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    with GraphClient(settings=sandbox_settings, sleep=lambda _: graph_sandbox.advance(3600)) as graph:
        graph.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert len({seen.path for seen in drive.elsewhere("download")}) == 2


def test_an_address_that_is_never_good_ends_in_an_error(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path, naps: list[float]
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", status=403, times=3)
    graph = GraphClient(settings=sandbox_settings, retry=RetryPolicy(max_retries=2), sleep=naps.append)
    with graph, pytest.raises(TransportError, match="the address of the file on localhost has expired"):
        graph.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_deleted_meanwhile_is_not_found(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    with (
        GraphClient(
            settings=sandbox_settings, sleep=lambda _: drive.graph("DELETE", f"{drive.at('a.bin')}:")
        ) as graph,
        pytest.raises(NotFound),
    ):
        graph.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [len(CONTENT), len(CONTENT) + UNIT, 1000], ids=["same", "longer", "shorter"])
def test_a_file_that_changes_while_it_is_downloaded_starts_over(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path, size: int
) -> None:
    other = some_bytes(size, 1)
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    waits: list[float] = []

    def meanwhile(seconds: float) -> None:
        if not waits:
            drive.put("a.bin", other)
        waits.append(seconds)

    with GraphClient(settings=sandbox_settings, sleep=meanwhile) as graph:
        assert graph.download(drive.at("a.bin"), tmp_path / "a.bin") == size

    assert (tmp_path / "a.bin").read_bytes() == other


@pytest.mark.parametrize("status", [412, 416])
def test_a_condition_that_no_longer_holds_starts_over(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path, status: int
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    graph_sandbox.fail("GET", "/download/*", status=status)

    graph_client.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert "Range" not in drive.elsewhere("download")[-1].headers


@pytest.mark.parametrize(
    ("headers", "goes_on"),
    [
        ({"ETag": 'W/"1"'}, True),
        ({"ETag": "", "Last-Modified": "Wed, 01 May 2024 10:00:00 GMT"}, True),
        ({"ETag": ""}, False),
    ],
    ids=["weak", "date", "nothing"],
)
def test_what_cannot_be_told_from_a_later_version_starts_over(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path, headers: Any, goes_on: bool
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True, headers=headers)
    graph_sandbox.fail("GET", "/download/*", headers=headers)

    graph_client.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    _, second = drive.elsewhere("download")
    assert ("Range" in second.headers) is goes_on
    assert "If-Match" not in second.headers


@pytest.mark.parametrize("said", ["bytes 5-{last}/{size}", "bytes {half}-{last}/99", "bytes", "items 0-1/2", ""])
def test_a_part_that_was_not_asked_for_is_not_taken_for_the_rest(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path, said: str
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    size = len(CONTENT)
    graph_sandbox.fail(
        "GET",
        "/download/*",
        headers={"Content-Range": said.format(last=size - 1, size=size, half=size // 2)},
    )

    graph_client.download(drive.at("a.bin"), tmp_path / "a.bin")

    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert "Range" not in drive.elsewhere("download")[-1].headers


@pytest.mark.parametrize("status", [429, 503])
def test_a_download_host_that_is_busy_is_waited_for(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, naps: list[float], status: int
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", status=status, retry_after=4, times=2)
    graph_sandbox.fail("GET", "/download/*", status=status)

    assert content(graph_client, drive.at("a.bin")) == CONTENT
    assert naps == [4, 4, 4]  # the third is the policy's own: twice doubled


def test_whoever_has_the_newest_version_gets_nothing_and_keeps_it(
    graph_client: GraphClient, drive: Drive, tmp_path: Path
) -> None:
    tag = drive.put("a.bin", b"same")["eTag"]
    (tmp_path / "a.bin").write_bytes(b"same")
    before = (tmp_path / "a.bin").stat().st_mtime_ns

    got = graph_client.download(drive.at("a.bin"), tmp_path / "a.bin", headers={"If-None-Match": tag})

    assert got is None
    assert (tmp_path / "a.bin").stat().st_mtime_ns == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_a_download_is_of_the_whole(scripted: GraphClient, server: Canned, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Range"):
        scripted.download("/me/drive/items/1", tmp_path / "a", headers={"range": "bytes=0-9"})

    assert server.requests == []


def test_on_request_the_hash_is_compared_as_well(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path
) -> None:
    drive.put("a.bin", CONTENT)
    for headers in ({}, {"ETag": ""}):  # goes on, starts over
        graph_sandbox.fail("GET", "/download/*", truncate=True, headers=headers)
        graph_client.download(drive.at("a.bin"), tmp_path / "a.bin", verify=True)
        assert (tmp_path / "a.bin").read_bytes() == CONTENT

    graph_sandbox.fail("GET", "/download/*", body=CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    with pytest.raises(TransportError, match="quickXorHash"):
        graph_client.download(drive.at("a.bin"), tmp_path / "b.bin", verify=True)
    assert not (tmp_path / "b.bin").exists()


# -- where a download goes ------------------------------------------------------------------------------------


def test_no_name_is_taken_from_the_server(scripted: GraphClient, server: Canned, tmp_path: Path) -> None:
    server.answer = lambda _: (200, b"x", {"Content-Disposition": 'attachment; filename="../../evil.sh"'})
    with pytest.raises(ConfigurationError, match="no name is taken from the server"):
        scripted.download("/me/drive/items/1", tmp_path)
    scripted.download("/me/drive/items/1", tmp_path / "mine")

    assert len(server.requests) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


@posix
def test_a_device_is_not_replaced_by_a_file(scripted: GraphClient, server: Canned) -> None:
    with pytest.raises(ConfigurationError, match="is no file"):
        scripted.download("/me/drive/items/1", os.devnull)

    assert server.requests == []


def test_a_directory_that_is_missing_is_noticed_before_anything_is_asked(
    scripted: GraphClient, server: Canned, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=r"missing.a' cannot be written: No such file"):
        scripted.download("/me/drive/items/1", tmp_path / "missing" / "a")

    assert server.requests == []


@posix
def test_a_file_that_is_replaced_keeps_its_permissions_and_its_links(
    scripted: GraphClient, server: Canned, tmp_path: Path
) -> None:
    server.answer = lambda _: (200, b"new")
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to(tmp_path / "real")

    scripted.download("/me/drive/items/1", tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640


@posix
def test_a_new_file_has_the_permissions_that_the_user_is_used_to(
    scripted: GraphClient, server: Canned, tmp_path: Path
) -> None:
    server.answer = lambda _: (200, b"new")
    old = os.umask(0o027)
    try:
        scripted.download("/me/drive/items/1", tmp_path / "a")
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_who_interrupts_a_download_leaves_nothing_behind(
    graph_client: GraphClient, drive: Drive, tmp_path: Path, error: type[BaseException]
) -> None:
    def interrupt(done: int, total: int | None) -> None:
        raise error

    drive.put("a.bin", CONTENT)
    (tmp_path / "a.bin").write_bytes(b"as it was")
    with pytest.raises(error):
        graph_client.download(drive.at("a.bin"), tmp_path / "a.bin", progress=interrupt)

    assert (tmp_path / "a.bin").read_bytes() == b"as it was"
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]
    assert content(graph_client, drive.at("a.bin")) == CONTENT  # the connection was given up, not reused


def test_an_open_file_gets_the_bytes_where_it_stands(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True, headers={"ETag": ""})
    with (tmp_path / "a.tar").open("w+b") as file:
        file.write(b"before")
        assert graph_client.download(drive.at("a.bin"), file) == len(CONTENT)
        file.write(b"after")

    assert (tmp_path / "a.tar").read_bytes() == b"before" + CONTENT + b"after"


def test_an_open_file_keeps_nothing_of_a_longer_version(
    sandbox_settings: Settings, graph_sandbox: Sandbox, drive: Drive, tmp_path: Path
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True)
    graph = GraphClient(settings=sandbox_settings, sleep=lambda _: drive.put("a.bin", b"short"))
    with graph, (tmp_path / "a").open("wb") as file:
        file.write(b"before ")
        graph.download(drive.at("a.bin"), file)

    assert (tmp_path / "a").read_bytes() == b"before short"


class Drain(io.RawIOBase):
    """A file that cannot go back, and takes a little at a time."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data[:50_000])
        self.taken += piece
        return len(piece)


def test_a_file_that_cannot_go_back_gets_the_rest_and_never_anything_twice(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive
) -> None:
    drive.put("a.bin", CONTENT)
    graph_sandbox.fail("GET", "/download/*", truncate=True, times=2)
    whole, broken = Drain(), Drain()
    graph_client.download(drive.at("a.bin"), whole)
    graph_sandbox.fail("GET", "/download/*", truncate=True, headers={"ETag": ""})
    with pytest.raises(TransportError, match="cannot be taken back"):
        graph_client.download(drive.at("a.bin"), broken)

    assert bytes(whole.taken) == CONTENT
    assert CONTENT.startswith(bytes(broken.taken))


@pytest.mark.parametrize("file", [io.StringIO(), io.BufferedReader(io.BytesIO()), 5, None, object()])
def test_what_takes_no_bytes_is_refused(scripted: GraphClient, server: Canned, file: Any) -> None:
    with pytest.raises(ConfigurationError, match="writing bytes"):
        scripted.download("/me/drive/items/1", file)

    assert server.requests == []


# -- what needs no redirect -----------------------------------------------------------------------------------


def test_a_photo_comes_as_it_is_even_if_it_looks_like_json(scripted: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (200, b'{"a": 1}', {"Content-Type": "application/json", "ETag": 'W/"1"'})

    assert content(scripted, "/me/photo/$value") == b'{"a": 1}'
    assert content(scripted, scripted.me.photo / "$value") == b'{"a": 1}'

    first, _ = server.requests
    assert first.target == "/v1.0/me/photo/$value"
    assert (first.headers["accept"], first.headers["accept-encoding"]) == ("*/*", "identity")
    assert first.headers["authorization"] == f"Bearer {TOKEN}"


def test_what_graph_itself_sends_starts_over_when_it_breaks_off(
    graph_client: GraphClient, graph_sandbox: Sandbox, drive: Drive
) -> None:
    mailbox, graph = drive.path.removesuffix("/drive"), drive.graph
    draft = graph("POST", f"{mailbox}/messages", json={"subject": "with a file"}).json()["id"]
    where = f"{mailbox}/messages/{draft}/attachments"
    id_ = graph_client.upload(where, CONTENT, name="a.bin")["id"]
    graph_sandbox.fail("GET", "*/$value", truncate=True, times=2)

    assert content(graph_client, f"{where}/{id_}/$value") == CONTENT

    asked = [seen for seen in graph_sandbox.requests if seen.path.endswith("/$value")]
    assert len(asked) == 3
    assert [seen for seen in asked if "Range" in seen.headers] == []


def test_what_is_not_there_is_not_found(scripted: GraphClient, server: Canned, tmp_path: Path) -> None:
    server.answer = lambda _: (404, {"error": {"code": "ImageNotFound", "message": "no photo"}})
    with pytest.raises(NotFound, match="no photo"):
        content(scripted, "/me/photo/$value")
    with pytest.raises(NotFound):
        scripted.download("/me/drive/items/1", tmp_path / "a")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "location", ["http://example.com/file", "ftp://127.0.0.1/file", "https://a:b@127.0.0.1/file"]
)
def test_a_file_is_fetched_from_https_only(
    scripted: GraphClient, server: Canned, tmp_path: Path, location: str
) -> None:
    server.answer = lambda _: (302, b"", {"Location": location})
    with pytest.raises(TransportError, match="not https"):
        scripted.download("/me/drive/items/1", tmp_path / "a")

    assert len(server.requests) == 1


def test_a_redirect_within_graph_keeps_the_token_and_one_off_it_does_not(
    scripted: GraphClient, server: Canned, host: Canned
) -> None:
    where = {
        "/v1.0/me/drive/items/1/content": (302, b"", {"Location": "/v1.0/drives/2/items/1/content"}),
        "/v1.0/drives/2/items/1/content": (302, b"", {"Location": f"{host.url}/a?{SECRET}"}),
    }
    server.answer = lambda seen: where[seen.target]
    host.answer = lambda seen: (
        (302, b"", {"Location": f"{host.url}/b?{SECRET}"}) if seen.target.startswith("/a") else (200, b"file")
    )

    assert content(scripted, "/me/drive/items/1") == b"file"

    assert [seen.headers.get("authorization") for seen in server.requests] == [f"Bearer {TOKEN}"] * 2
    assert [seen.headers.get("authorization") for seen in host.requests] == [None] * 2


def test_an_address_that_leads_back_to_graph_is_no_file(
    scripted: GraphClient, server: Canned, host: Canned
) -> None:
    server.answer = lambda _: (302, b"", {"Location": f"{host.url}/a"})
    host.answer = lambda _: (302, b"", {"Location": f"{server.url}/v1.0/users"})
    with pytest.raises(GraphError):
        content(scripted, "/me/drive/items/1")

    assert len(server.requests) == 1


def test_only_what_is_harmless_goes_along_to_another_host(
    scripted: GraphClient, server: Canned, host: Canned
) -> None:
    server.answer = lambda _: (302, b"", {"Location": f"{host.url}/a"})
    host.answer = lambda _: (200, b"file")
    content(scripted, "/me/drive/items/1", headers={"Prefer": "canary", "Accept": "image/png"})

    assert server.requests[0].headers["prefer"] == "canary"
    assert "prefer" not in host.requests[0].headers
    assert host.requests[0].headers["accept"] == "image/png"


# -- reports --------------------------------------------------------------------------------------------------

REPORT = (
    "\ufeffReport Refresh Date,User Principal Name,Display Name,Is Deleted\r\n"
    '2024-05-31,ada@contoso.com,"Lovelace, Ada",False\r\n'
    '2024-05-31,zoë@contoso.com,"Zoë\r\n""Z""",True\r\n'
)
ROWS = [
    {
        "Report Refresh Date": "2024-05-31",
        "User Principal Name": "ada@contoso.com",
        "Display Name": "Lovelace, Ada",
        "Is Deleted": "False",
    },
    {
        "Report Refresh Date": "2024-05-31",
        "User Principal Name": "zoë@contoso.com",
        "Display Name": 'Zoë\r\n"Z"',
        "Is Deleted": "True",
    },
]


@pytest.fixture
def reporting(server: Canned, host: Canned) -> Canned:
    server.answer = lambda _: (302, b"", {"Location": f"{host.url}/report?{SECRET}", "Content-Type": "text/plain"})
    host.answer = lambda _: (200, REPORT.encode(), {"Content-Type": "application/octet-stream"})
    return host


def test_a_report_is_rows_by_the_names_of_their_columns(
    scripted: GraphClient, server: Canned, reporting: Canned
) -> None:
    rows = scripted.report("getOffice365ActiveUserDetail", period="D7")

    assert server.requests == []  # nothing is asked before the first row is
    assert list(rows) == ROWS
    assert server.requests[0].target == "/v1.0/reports/getOffice365ActiveUserDetail(period='D7')"
    assert "authorization" not in reporting.requests[0].headers


def test_a_report_has_an_address_too(scripted: GraphClient, server: Canned, reporting: Canned) -> None:
    assert list(scripted.reports.getX.report(date="2024-05-31")) == ROWS
    assert list(scripted.report("/reports/getX(period='D7')")) == ROWS

    assert [seen.target for seen in server.requests] == [
        "/v1.0/reports/getX(date=2024-05-31)",
        "/v1.0/reports/getX(period='D7')",
    ]


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (["User", "Date", "Date"], ["User", "Date", "Date_2"]),
        (["Date", "Date", "Date"], ["Date", "Date_2", "Date_3"]),
        (["Date", "Date_2", "Date"], ["Date", "Date_2", "Date_3"]),
        (["Date", "Date", "Date_2"], ["Date", "Date_3", "Date_2"]),
        (["", ""], ["", "_2"]),
        (["Date", "date"], ["Date", "date"]),
    ],
)
def test_columns_of_the_same_name_lose_nothing(
    scripted: GraphClient, reporting: Canned, columns: list[str], names: list[str]
) -> None:
    cells = [f"{number}" for number in range(len(columns))]
    reporting.answer = lambda _: (200, f"{','.join(columns)}\r\n{','.join(cells)}\r\n".encode())
    if names == columns:
        rows = list(scripted.report("getX", period="D7"))
    else:
        with pytest.warns(UserWarning, match="columns of the same name") as caught:
            rows = list(scripted.report("getX", period="D7"))
        assert [warning.filename for warning in caught] == [__file__]

    assert rows == [dict(zip(names, cells, strict=True))]


def test_a_row_that_is_short_has_empty_cells_and_one_that_is_long_is_an_error(
    scripted: GraphClient, reporting: Canned
) -> None:
    reporting.answer = lambda _: (200, b"a,b\r\n\r\n1\r\n1,2,3\r\n")
    rows = iter(scripted.report("getX", period="D7"))

    assert next(rows) == {"a": "1", "b": ""}
    with pytest.raises(TransportError, match="3 cells, and the header 2"):
        next(rows)


@pytest.mark.parametrize(
    "content",
    [
        "Name\r\nMüller\r\n".encode("latin-1"),
        b"\xff\xfeN\0a\0",
        b"Name\r\n" + b"x" * 200_000 + b"\r\n",
        b'a,b\r\n"' + b"y\r\n" * 100_000,
    ],
    ids=["latin-1", "utf-16", "cell", "quote"],
)
def test_a_report_that_cannot_be_read_is_an_error_of_ours(
    scripted: GraphClient, reporting: Canned, content: bytes
) -> None:
    reporting.answer = lambda _: (200, content)
    with pytest.raises(TransportError, match="no CSV in UTF-8") as caught:
        list(scripted.report("getX", period="D7"))

    assert caught.value.__context__ is None


def test_a_report_without_rows_has_none(scripted: GraphClient, reporting: Canned) -> None:
    for content in (REPORT.splitlines()[0] + "\r\n", "", "\ufeff"):
        reporting.answer = lambda _, content=content: (200, content.encode())  # type: ignore[misc]
        assert list(scripted.report("getX", period="D7")) == []


def test_concealed_names_are_said_once(scripted: GraphClient, reporting: Canned) -> None:
    rows = "".join(f"2024-05-31,{hashlib.md5(bytes([n])).hexdigest().upper()},x,False\r\n" for n in range(5))
    reporting.answer = lambda _: (200, (REPORT.splitlines()[0] + "\r\n" + rows).encode())

    with pytest.warns(UserWarning, match="conceals the names") as caught:
        assert len(list(scripted.report("getX", period="D7"))) == 5

    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_a_hash_elsewhere_is_no_concealed_name(scripted: GraphClient, reporting: Canned) -> None:
    text = "Report Refresh Date,User Principal Name,Report Id\r\n2024-05-31,ada@contoso.com," + "0" * 32 + "\r\n"
    reporting.answer = lambda _: (200, text.encode())

    assert len(list(scripted.report("getX", period="D7"))) == 1


def test_a_report_that_is_json_says_what_to_use_instead(scripted: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (200, {"value": []})
    with pytest.raises(TransportError, match=r"use list\(\)"):
        list(scripted.report("/beta/reports/getX(period='D7')?$format=application/json"))


def test_a_report_that_is_not_read_to_its_end_leaves_nothing_open(
    scripted: GraphClient, reporting: Canned
) -> None:
    rows = scripted.report("getX", period="D7")
    assert next(rows) == ROWS[0]
    rows.close()  # type: ignore[attr-defined]

    assert list(scripted.report("getX", period="D7")) == ROWS


def test_a_report_that_does_not_exist_says_so(scripted: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (400, {"error": {"code": "InvalidArgument", "message": "no such period"}})
    with pytest.raises(BadRequest, match="no such period"):
        next(scripted.report("getX", period="D8"))


def test_a_report_of_the_sandbox_comes_whole_whatever_happens_on_its_way(
    graph_client: GraphClient, graph_sandbox: Sandbox, naps: list[float]
) -> None:
    graph_sandbox.fail("GET", "/reports/*", status=429, retry_after=3)
    graph_sandbox.fail("GET", "/report/*", truncate=True)
    graph_sandbox.fail("GET", "/report/*", reset="after")
    graph_sandbox.fail("GET", "/report/*", status=404)  # its time is over

    rows = list(graph_client.report("getOffice365ActiveUserDetail", period="D7"))

    names = {user["userPrincipalName"] for user in graph_client.users.list(select=["userPrincipalName"])}
    assert {row["User Principal Name"] for row in rows} == names
    assert next(iter(rows[0])) == "Report Refresh Date"  # without the mark that the file begins with
    assert naps[0] == 3
    apart = [seen for seen in graph_sandbox.requests if seen.path.startswith("/report/")]
    assert len(apart) == 4
    assert [seen for seen in apart if "Authorization" in seen.headers] == []
    with pytest.raises(BadRequest, match="D7, D30, D90 or D180"):
        list(graph_client.report("getOffice365ActiveUserDetail", period="D8"))


def test_a_photo_of_the_sandbox_is_what_was_put(graph_client: GraphClient, drive: Drive) -> None:
    photo = f"{drive.path.removesuffix('/drive')}/photo/$value"
    graph_client.put(photo, data=CONTENT, headers={"Content-Type": "image/jpeg"})

    assert content(graph_client, photo) == CONTENT


def test_the_examples_of_the_page_run(
    graph_client: GraphClient, drive: Drive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text(encoding="utf-8")
    section = page.partition("## Files\n")[2].partition("\n## ")[0]
    copy, percent, backup, attachment, message, report = re.findall(
        r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE
    )
    space: dict[str, Any] = {"graph": graph_client}
    for name in ("2024.xlsx", "backup.tar", "plan.pdf"):
        Path(name).write_bytes(CONTENT)
    graph_client.put(
        "/users/ada.lovelace@contoso.example/photo/$value", data=b"jpeg", headers={"Content-Type": "image/jpeg"}
    )

    for code in (copy, percent, backup, attachment, message, report):
        exec(code, space)

    assert Path("copy.xlsx").read_bytes() == drive.stored("backup.tar") == CONTENT
    assert space["photo"] == b"jpeg"
    assert drive.stored(space["segment"]("50%25 of #1.txt")) == b"content"
    assert len(capsys.readouterr().out.splitlines()) == graph_client.users.count()


# -- an address that is a key is never shown ------------------------------------------------------------------


def said_in_frames(error: BaseException) -> str:
    """Return what a logger of variables would write of our own frames."""
    found = []
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "leangraph" in frame.f_code.co_filename and frame.f_code.co_filename != __file__:
                found.append(repr(frame.f_locals))
        error = error.__context__  # type: ignore[assignment]
    return "".join(found)


PLAIN = b"x" * len(DATA)  # quick to show

FAILURES: list[Callable[[Session], None]] = [
    lambda session: session.said.extend([(409, {"error": {"code": "nameAlreadyExists"}}), (204, None)]),
    lambda session: session.said.extend([(500, b"")] * 3),
    lambda session: session.said.extend([(401, b""), (204, None)]),
    lambda session: session.said.extend([(404, b"")] * 2),
    lambda session: session.said.extend([(302, b"", {"Location": f"{session.host.url}/?{SECRET}"}), (204, None)]),
    lambda session: session.said.extend([(400, f"GET /up/1?{SECRET} is bad".encode()), (204, None)]),
    lambda session: session.said.extend(
        [(400, {"error": {"code": "a", "message": f"/up/1?{SECRET}"}}), (204, None)]
    ),
    lambda session: setattr(session.host, "answer", lambda _: 1 / 0),  # the connection breaks
]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(("keep", "fails"), sample([*itertools.product((True, False), FAILURES)], 9))
def test_no_log_error_or_frame_has_the_address_of_an_upload(
    session: Session,
    server: Canned,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    fails: Callable[[Session], None],
    keep: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    fails(session)
    with client_on(server, retry=RetryPolicy(max_retries=1)) as graph, pytest.raises(Error) as caught:
        graph.upload(BIG, PLAIN, chunk=12 * UNIT, session=tmp_path / "kept" if keep else None)

    error = caught.value
    assert SECRET in session.host.requests[0].target
    assert "urllib3.connectionpool" in caplog.text or caplog.text  # somebody does log
    for shown in (caplog.text, str(error), repr(error), repr(vars(error)), said_in_frames(error)):
        assert SECRET not in shown
        assert TOKEN not in shown


@pytest.mark.parametrize("status", [404, 500, 400])
def test_no_log_error_or_frame_has_the_address_of_a_download(
    server: Canned, host: Canned, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answer = lambda _: (302, b"", {"Location": f"{host.url}/file?{SECRET}"})
    host.answer = lambda seen: (status, f"{seen.target} is not good".encode())
    with client_on(server, retry=RetryPolicy(max_retries=1)) as graph, pytest.raises(Error) as caught:
        graph.download("/me/drive/items/1", tmp_path / "a")

    error = caught.value
    assert SECRET in host.requests[0].target
    for shown in (caplog.text, str(error), repr(error), repr(vars(error)), said_in_frames(error)):
        assert SECRET not in shown
        assert TOKEN not in shown


def test_where_graph_redirects_to_is_in_no_header_of_the_reply(
    scripted: GraphClient, server: Canned, host: Canned
) -> None:
    server.answer = lambda _: (302, b"", {"Location": f"{host.url}/file?{SECRET}", "request-id": "1"})

    reply = scripted._core.transport.send("GET", f"{server.url}/v1.0/me/drive/items/1/content", stream=True)

    assert isinstance(reply.body, SignedUrl)
    assert reply.headers["request-id"] == "1"
    assert SECRET not in repr(reply) + repr(reply.headers) + repr(reply.body)


@pytest.mark.parametrize("status", [500, 401, 302])
def test_the_frames_of_one_failed_request_do_not_know_its_address(
    scripted: GraphClient, host: Canned, status: int
) -> None:
    host.answer = lambda _: (status, b"", {"Location": f"{host.url}/other?{SECRET}"})
    with pytest.raises(Error) as caught:
        scripted._core.transport.signed("PUT", SignedUrl(f"{host.url}/up?{SECRET}"), data=b"x")

    assert said_in_frames(caught.value)
    assert SECRET not in said_in_frames(caught.value) + repr(vars(caught.value))


def test_an_address_is_neither_shown_nor_pickled() -> None:
    address = SignedUrl(f"https://upload.example.com/x?{SECRET}")

    assert repr(address) == str(address) == "<SignedUrl on upload.example.com>"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(address)
