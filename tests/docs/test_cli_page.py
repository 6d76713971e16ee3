"""Every example of docs/cli.md runs, against a tenant."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from leangraph import Sandbox
from leangraph.cli import main

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=[block.split()[1] for block in BLOCKS])
def test_every_example_runs(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, block: str
) -> None:
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    rows = "userPrincipalName,jobTitle\nada.lovelace@contoso.example,Countess\ngrace.hopper@contoso.example,null\n"
    tmp_path.joinpath("titles.csv").write_text(rows, encoding="utf-8")
    tmp_path.joinpath("ada.jpg").write_bytes(b"\xff\xd8\xff\xe0\xff\xd9")
    tmp_path.joinpath("mime.txt").write_text("TUlNRS1WZXJzaW9uOiAxLjA=", encoding="utf-8")

    for line in block.strip().splitlines():
        program, *words = shlex.split(line)
        assert program == "leangraph"
        assert main(words) == 0, line


def test_there_are_examples() -> None:
    assert sum(len(block.strip().splitlines()) for block in BLOCKS) >= 25
