"""What the package says by itself: that an answer is cut short. The rest is for whoever wants it."""

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
logging.getLogger("leangraph.completeness").warning("cut short")
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
    ("level", "requests", "warnings"),
    [
        (None, 0, ["cut short"]),  # which is told in any case
        ("debug", 1, ["heed this", "cut short"]),
        (" DEBUG ", 1, ["heed this", "cut short"]),
        ("info", 0, ["heed this", "cut short"]),
        ("warning", 0, ["heed this", "cut short"]),
        ("error", 0, []),
    ],
)
def test_graph_log_says_from_which_level_on_records_are_shown(
    level: str | None, requests: int, warnings: list[str]
) -> None:
    text = said(level)
    assert text.count(LINE) == requests
    assert [word for word in ("heed this", "cut short") for _ in range(text.count(word))] == warnings
    assert "secret" not in text


def test_a_word_that_is_no_level_is_named() -> None:
    text = said("loud")
    assert "GRAPH_LOG='loud' is none of debug, info, warning, error" in text
    assert LINE not in text


def test_a_program_that_shows_records_itself_gets_each_once() -> None:
    assert said("debug", "logging.basicConfig(level='DEBUG')").count(LINE) == 1
    for level in (None, "debug"):
        text = said(level, "logging.basicConfig(level='DEBUG')")
        assert [text.count(word) for word in (LINE, "heed this", "cut short")] == [1, 1, 1]
