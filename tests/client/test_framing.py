"""The result of a call is its own answer and no other: where it ends, and which connection is used again."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shares import share
from wire import client_of, reply

from leangraph import Error, GraphError, RetryPolicy, TransportError
from leangraph.net import framing
from leangraph.net.content import Damaged, decoded
from leangraph.net.session import HttpSession

OK = reply({"mine": True})
THEIRS = reply({"theirs": True})


def head(status: str, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


CHUNKED = head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked")
# What a server may say in place of one plain answer, and whether a value comes of it
ODD: dict[str, tuple[bytes, bool]] = {
    "a second answer behind the first": (OK + THEIRS, True),
    "bytes behind the first": (OK + b"x", True),
    "a line end behind the first": (OK + b"\r\n", True),
    "early hints": (head("103 Early Hints", "Link: </x>") + OK, True),
    "still at work": (head("102 Processing") * 3 + OK, True),
    "go on": (head("100 Continue") + OK, True),
    "another protocol": (head("101 Switching Protocols", "Upgrade: x") + OK, False),
    "a 204 with a length": (head("204 No Content", "Content-Length: 16") + b'{"theirs": true}', True),
    "a 204 with chunks": (head("204 No Content", "Transfer-Encoding: chunked") + b"1\r\nx\r\n0\r\n\r\n", True),
    "a 304 with a body": (head("304 Not Modified", "Content-Length: 16") + b'{"theirs": true}', True),
    "two lengths": (head("200 OK", "Content-Length: 2", "Content-Length: 18") + b'{}{"theirs": true}', False),
    "two lengths in one line": (head("200 OK", "Content-Length: 2, 18") + b'{}{"theirs": true}', False),
    "the same length twice": (head("200 OK", "Content-Length: 2", "Content-Length: 2") + b"{}", True),
    "a negative length": (head("200 OK", "Content-Length: -2") + b"{}", False),
    "a length with a sign": (head("200 OK", "Content-Length: +2") + b"{}", False),
    "a length in Python's manner": (head("200 OK", "Content-Length: 0_2") + b"{}", False),
    "no number for a length": (head("200 OK", "Content-Length: two") + b"{}", False),
    "a length and chunks": (
        head("200 OK", "Content-Length: 2", "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n",
        True,
    ),
    "chunks of gzip": (head("200 OK", "Transfer-Encoding: gzip, chunked") + b"2\r\n{}\r\n0\r\n\r\n", False),
    "chunked twice": (head("200 OK", "Transfer-Encoding: chunked, chunked") + b"2\r\n{}\r\n0\r\n\r\n", False),
    "a trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n", True),
    "an extension": (CHUNKED + b"2;a=b\r\n{}\r\n0\r\n\r\n", True),
    "a chunk that is longer than it says": (CHUNKED + b"2\r\n{}x\r\n0\r\n\r\n", False),
    "a chunk with a sign": (CHUNKED + b"+2\r\n{}\r\n0\r\n\r\n", False),
    "a chunk of less than nothing": (CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", False),
    "a chunk in Python's manner": (CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n", False),
    "chunks without line ends": (CHUNKED + b"2\n{}\n0\n\n", False),
    "an answer behind the chunks": (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n" + THEIRS, True),
    "a header without a colon": (head("200 OK", "nonsense", "Content-Length: 2") + b"{}", False),
    "a header without a name": (head("200 OK", ": x", "Content-Length: 2") + b"{}", False),
    "a header within a header": (head("200 OK", "X: a\rContent-Length: 0", "Content-Length: 2") + b"{}", False),
    "a NUL in a header": (head("200 OK", "X: a\0b", "Content-Length: 2") + b"{}", False),
    "a folded header": (head("200 OK", "X: a", "\tb", "Content-Length: 2") + b"{}", True),
    "a folded length": (head("200 OK", "Content-Length:", " 2") + b"{}", True),
    "line ends of another kind": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", True),
    "a head without end": (head("200 OK", *["X: x"] * 101, "Content-Length: 2") + b"{}", False),
    "an old server that keeps the connection": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}", True,
    ),
    "an old server": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", True),
    "another service": (b"ICY 200 OK\r\nContent-Length: 2\r\n\r\n{}", False),
    "no status line": (b"<html>\n\n", False),
    "a status that does not exist": (head("600 x", "Content-Length: 2") + b"{}", False),
    "a status of four digits": (head("2000 OK", "Content-Length: 2") + b"{}", False),
    "a status in words": (head("OK", "Content-Length: 2") + b"{}", False),
    "a status without a reason": (head("200", "Content-Length: 2") + b"{}", True),
    "an empty line before the answer": (b"\r\n" + head("200 OK", "Content-Length: 2") + b"{}", False),
    "a status line without end": (b"HTTP/1.1 200 " + b"x" * 70000, False),
    "a version that does not exist": (b"HTTP/3.7 200 OK\r\nContent-Length: 2\r\n\r\n{}", False),
    "a head that begins with a blank": (head("200 OK", " folded: x", "Content-Length: 2") + b"{}", False),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_after_anything_but_one_plain_answer_the_next_call_still_gets_its_own(odd: str) -> None:
    said, fine = ODD[odd]
    with client_of(lambda n: said if n == 1 else reply({"n": n}), timeout=5) as (graph, server):
        began = time.monotonic()
        if fine:
            graph.get("/users")
        else:
            with pytest.raises(TransportError) as caught:
                graph.get("/users")
            assert not caught.value.transient
        assert [graph.get("/users")["n"] for _ in range(3)] == [2, 3, 4]
        assert time.monotonic() - began < 60
    assert len(server.heads) == 4  # what is malformed is not asked for again


@pytest.mark.parametrize("kind", ["plain", "chunked", "empty", "204", "hints"])
def test_after_one_plain_answer_the_connection_is_used_again(kind: str) -> None:
    answers = {
        "plain": OK,
        "chunked": CHUNKED + b"2\r\n{}\r\n0\r\n\r\n",
        "empty": head("200 OK", "Content-Length: 0"),
        "204": head("204 No Content"),
        "hints": head("103 Early Hints") + OK,
    }
    with client_of(lambda n: answers[kind]) as (graph, server):
        for _ in range(5):
            graph.get("/users")
        assert server.connections == 1


def test_a_refusal_that_may_have_come_before_the_request_was_read_ends_its_connection() -> None:
    with client_of(lambda n: reply({"error": {"code": "x"}}, status="413 Too Large")) as (graph, server):
        for _ in range(2):
            with pytest.raises(GraphError):
                graph.put("/me/photo/$value", data=b"x" * (framing.LARGE + 1))
        assert server.connections == 2


@pytest.mark.parametrize("end", range(1, len(head("200 OK", "Content-Length: 0", "X: y")) + 1))
def test_a_head_that_is_cut_off_is_no_answer(end: int) -> None:
    """Without its length, an answer would be taken to end where the connection does: with nothing in it."""
    whole = head("200 OK", "Content-Length: 0", "X: y")

    def answer(n: int) -> Iterator[bytes]:
        yield whole[:end]
        raise OSError  # and hang up

    with client_of(answer, timeout=5, retry=RetryPolicy(max_retries=0)) as (graph, _):
        if end == len(whole):
            assert graph.get("/users") is None
            return
        with pytest.raises(TransportError) as caught:
            graph.get("/users")
    assert caught.value.transient


BYTES = [OK, THEIRS, b"HTTP/1.1 ", b"200 OK\r\n", b"\r\n", b"0\r\n", b"2\r\n", b"{}", b"x", b"\0", b"\xff"]
BYTES += [b"Content-Length: 2\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b": \r\n"]


@settings(max_examples=share(150))
@given(st.lists(st.sampled_from(BYTES) | st.binary(max_size=8), max_size=12))
def test_whatever_bytes_come_the_call_ends_in_a_value_or_an_error_of_ours(pieces: list[bytes]) -> None:
    said = b"".join(pieces)

    def answer(n: int) -> Iterator[bytes]:
        yield said
        raise OSError  # and hang up

    with client_of(answer, timeout=5) as (graph, _), suppress(Error):
        graph.get("/users")


# -- whole, or an error ------------------------------------------------------------------------------------------

TEXT = json.dumps({"value": [{"id": str(n)} for n in range(500)]}).encode()


def packed(text: bytes, wbits: int) -> bytes:
    coder = zlib.compressobj(wbits=wbits)
    return coder.compress(text) + coder.flush()


CODINGS = {
    "gzip": ("gzip", gzip.compress(TEXT)),
    "two members": ("gzip", gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:])),
    "padded": ("GZip", gzip.compress(TEXT) + b"\0" * 20),
    "zlib": ("deflate", packed(TEXT, 15)),
    "raw deflate": ("deflate", packed(TEXT, -15)),
    "plain": ("identity", TEXT),
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", [1, 7, 64, 10**6])
def test_what_was_packed_is_unpacked(coding: str, size: int) -> None:
    name, data = CODINGS[coding]
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    if coding in ("zlib", "raw deflate") and size == 1:
        pieces = [data[:2], *pieces[2:]]  # as a connection is read: in full pieces
    assert b"".join(decoded(pieces, name)) == TEXT


@pytest.mark.parametrize("coding", [name for name in CODINGS if name not in ("plain", "padded")])
def test_content_that_ends_before_its_coding_does_is_never_taken_for_whole(coding: str) -> None:
    name, data = CODINGS[coding]
    first = len(gzip.compress(TEXT[:99])) if coding == "two members" else 0  # which is whole in itself
    for end in [end for end in range(3, len(data), 11) if end != first]:
        cut = data[:end]
        with client_of(lambda n, cut=cut: reply(cut, f"Content-Encoding: {name}\r\n")) as (graph, _):  # type: ignore[misc]
            with pytest.raises(TransportError, match="not complete"):
                graph.get("/users")
            with pytest.raises(Damaged):
                list(decoded([cut], name))


@pytest.mark.parametrize("kind", ["text/plain", "image/png", "application/octet-stream"])
def test_what_ends_with_its_connection_proves_nothing_unless_it_is_json(kind: str) -> None:
    def ending(body: bytes, kind: str) -> Any:
        def answer(_: int) -> Iterator[bytes]:
            yield head("200 OK", f"Content-Type: {kind}", "Connection: close") + body
            raise OSError

        return answer

    with client_of(ending(b"12", kind)) as (graph, _), pytest.raises(TransportError, match="where it ends"):
        graph.get("/users/$count")
    with client_of(ending(b'{"a": 1}', "application/json")) as (graph, _):
        assert graph.get("/users") == {"a": 1}
    with client_of(ending(b'{"a": 1', "application/json")) as (graph, _), pytest.raises(TransportError):
        graph.get("/users")


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "nonsense"])
def test_a_coding_that_nobody_asked_for_is_named(coding: str) -> None:
    with client_of(lambda n: reply(b"x", f"Content-Encoding: {coding}\r\n")) as (graph, server):
        with pytest.raises(TransportError, match="none that was asked for"):
            graph.get("/users")
        assert len(server.heads) == 1


# -- no larger, and no longer ------------------------------------------------------------------------------------


def bomb(megabytes: int) -> bytes:
    coder = zlib.compressobj(9, wbits=31)
    return b"".join([*(coder.compress(b" " * 2**20) for _ in range(megabytes)), coder.flush()])


@pytest.mark.parametrize("packing", ["Content-Encoding: gzip\r\n", ""])
def test_an_answer_is_kept_up_to_a_size_that_counts_when_it_is_unpacked(packing: str) -> None:
    body = bomb(4) if packing else b" " * 2**22
    with client_of(lambda n: reply(body, packing)) as (_, server):
        for limit, fits in ((2**22 - 1, False), (2**22, True)):
            http = HttpSession(max_body=limit)
            response = http.send("GET", server.url, {})
            if fits:
                assert len(http.read(response)) == 2**22
            else:
                with pytest.raises(TransportError, match="GRAPH_MAX_BODY") as caught:
                    http.read(response)
                assert not caught.value.transient
            http.close()


def test_the_answer_to_an_error_is_cut_and_stays_that_error() -> None:
    with client_of(lambda n: reply(bomb(64), "Content-Encoding: gzip\r\n", "404 Not Found", "text/html")) as (
        graph,
        _,
    ):
        with pytest.raises(GraphError) as caught:
            graph.get("/users")
        assert caught.value.status == 404
        assert len(caught.value.body) <= 2**20


@pytest.mark.parametrize("part", ["body", "head", "chunks"])
def test_an_answer_that_drips_ends_with_its_time(part: str) -> None:
    starts = {
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        "head": b"HTTP/1.1 200 OK\r\nX: ",
        "chunks": CHUNKED,
    }

    def drip(_: int) -> Iterator[bytes]:
        yield starts[part]
        while not server.over.wait(0.02):
            yield b"1" if part != "chunks" else b"1\r\nx\r\n"

    with client_of(drip, retry=RetryPolicy(deadline=0.4)) as (graph, server):
        with pytest.raises(TransportError, match="GRAPH_DEADLINE") as caught:
            graph.get("/users")
        assert not caught.value.transient
        assert len(server.heads) == 1


# -- connections that have rested ---------------------------------------------------------------------------------


def test_what_may_not_be_repeated_takes_no_connection_that_has_rested(monkeypatch: pytest.MonkeyPatch) -> None:
    with client_of(lambda n: reply({})) as (graph, server):
        graph.get("/users")
        graph.post("/users", {})
        assert server.connections == 1
        monkeypatch.setattr(framing, "RESTED", -1.0)
        graph.get("/users")
        graph.patch("/users/x", {})
        assert server.connections == 1
        graph.post("/users", {})
        assert server.connections == 2
        graph.put("/users/x", {}, headers={"If-Match": "1"})
        assert server.connections == 3


def test_sockets_are_kept_alive() -> None:
    import socket

    with client_of(lambda n: reply({})) as (_, server):
        http = HttpSession()
        response = http.send("GET", server.url, {})
        [connection] = [response.raw._connection]
        assert connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        http.read(response)
        http.close()
