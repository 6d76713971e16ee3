"""What the package says by itself: nothing, unless the program or ``GRAPH_LOG`` wants to hear it."""

from __future__ import annotations

import os

import pytest
from processes import python
from wire import reply, wire

LINE = "GET /v1.0/users/x 200, "
CODE = """
import logging, sys
from leangraph import GraphClient, TokenHolder
{before}
with GraphClient(TokenHolder.fixed("t"), url=sys.argv[1]) as graph:
    graph.get("/users/x?$filter=secret")
from leangraph.system.log import log
log.warning("heed this")
"""


def said(level: str | None, before: str = "") -> str:
    env = {name: value for name, value in os.environ.items() if name != "GRAPH_LOG"}
    if level:
        env["GRAPH_LOG"] = level
    with wire(lambda n: reply({})) as server:
        done = python(
            "-c", CODE.format(before=before), server.url, env=env | ({"GRAPH_LOG": level} if level else {})
        )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("level", "requests", "warning"),
    [
        (None, 0, 0),
        ("debug", 1, 1),
        (" DEBUG ", 1, 1),
        ("info", 0, 1),
        ("warning", 0, 1),
        ("error", 0, 0),
    ],
)
def test_graph_log_says_from_which_level_on_records_are_shown(
    level: str | None, requests: int, warning: int
) -> None:
    text = said(level)
    assert (text.count(LINE), text.count("heed this")) == (requests, warning)
    assert "secret" not in text
    assert bool(text) == bool(requests or warning)


def test_a_word_that_is_no_level_is_named() -> None:
    text = said("loud")
    assert "GRAPH_LOG='loud' is none of debug, info, warning, error" in text
    assert LINE not in text


def test_a_program_that_shows_records_itself_gets_each_once() -> None:
    assert said("debug", "logging.basicConfig(level='DEBUG')").count(LINE) == 1
    assert said(None, "logging.basicConfig(level='DEBUG')").count(LINE) == 1
