"""How much of ours stands between a call and the socket: counted, never timed."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from canned import canned

import leangraph
from leangraph import GraphClient, TokenHolder

PACKAGE = str(Path(leangraph.__file__).parent)
MOST_ENTERED = 20
MOST_STACKED = 6


def ours(frame: FrameType | None) -> int:
    count = 0
    while frame is not None:
        count += frame.f_code.co_filename.startswith(PACKAGE)
        frame = frame.f_back
    return count


def test_few_functions_stand_between_a_call_and_the_socket() -> None:
    entered: list[str] = []
    stacked: list[int] = []
    sent: list[bool] = []

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" and isinstance(getattr(argument, "__self__", None), socket.socket):
            sent.append(argument.__name__ in ("send", "sendall"))
        elif event == "call" and not any(sent) and frame.f_code.co_filename.startswith(PACKAGE):
            entered.append(frame.f_code.co_name)
            stacked.append(ours(frame))

    with (
        canned(lambda _: (200, {"value": []})) as server,
        GraphClient(TokenHolder.fixed("x"), url=server.url) as graph,
    ):
        list(graph.users.list(filter="accountEnabled eq true"))  # what is loaded on first use is loaded now
        list(graph.users.list(filter="accountEnabled eq true"))
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            list(graph.users.list(filter="accountEnabled eq true"))
        finally:
            sys.setprofile(before)

    assert any(sent)
    assert len(entered) <= MOST_ENTERED, entered
    assert max(stacked) <= MOST_STACKED
    assert entered.count("address") == entered.count("segments") == 0  # it was seen before
