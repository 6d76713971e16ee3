"""Every example of docs/cli.md, and of the page for agents, runs against a tenant."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from leangraph import Sandbox
from leangraph.cli import main
from leangraph.cli.app import EXIT_CODES

ROOT = Path(__file__).parents[2]
SKILL = ROOT / "src" / "leangraph" / "cli" / "skill.md"


def blocks(file: Path) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)


BLOCKS = blocks(ROOT / "docs" / "cli.md")
LESSONS = blocks(SKILL)
WRITING = {"patch", "post", "put", "delete", "batch", "upload"}


@pytest.mark.parametrize("block", [*BLOCKS, *LESSONS], ids=[block.split()[1] for block in [*BLOCKS, *LESSONS]])
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


def test_the_page_for_agents_is_printed_and_careful(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["skill"]) == 0
    text = SKILL.read_text(encoding="utf-8")
    assert capsys.readouterr().out == text
    assert re.match(r"---\nname: [a-z-]{1,64}\ndescription: .{1,1024}\n---\n", text)
    assert {code for code, _ in EXIT_CODES} == set(re.findall(r"^\| (\d+) \|", text, re.MULTILINE))
    commands = [line for block in LESSONS for line in block.splitlines()]
    assert len(commands) > 15
    for line in commands:
        reads = line.split()[1] in ("count", "list", "get", "report", "whoami", "sync")
        assert "--sandbox" in line or ("--read-only" in line) == reads, line
        assert "--sandbox" in line or ("--dry-run" in line) == (line.split()[1] in WRITING), line
