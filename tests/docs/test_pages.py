"""Every block of every page runs, or says why it does not.

The Python blocks of a page run one after the other, as a reader would run them; ``graph`` is there from the start.
Every line of a shell block has to be a command of ours. ``<!-- not run: reason -->`` before a block leaves it out.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from leangraph import GraphClient, Sandbox, Settings
from leangraph.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ELSEWHERE = {  # pages that need more preparation than this module makes, and where they run
    "cli.md": "docs/test_cli_page.py",
    "scale.md": "client/test_scale.py",
    "testing.md": "docs/test_sandbox_page.py",
    "signing-in.md": "docs/test_signing_in_page.py",
    "frameworks.md": "docs/test_signing_in_page.py",
    "types.md": "support/checked.py",
}
ADA = "ada.lovelace@contoso.example"
OUTPUT = {"text", "mermaid"}  # languages that nobody runs
FILES = {  # what a reader has in the working directory
    "titles.csv": "userPrincipalName,jobTitle\nada.lovelace@contoso.example,Countess\n",
    "hr.csv": "userPrincipalName\nada.lovelace@contoso.example\nlukasz.zolkiewski@contoso.example\n",
    "new.csv": "userPrincipalName,displayName,manager\nnew@contoso.example,New,ada.lovelace@contoso.example\n",
    "2024.xlsx": "a sheet",
    "backup.tar": "a backup",
    "plan.pdf": "a plan",
}


def name_of(page: Path) -> str:
    return page.name


class Block(NamedTuple):
    language: str
    code: str
    excuse: str


def blocks(text: str) -> list[Block]:
    found = re.findall(r"(?:<!-- not run: ([^>]*) -->\s*)?^```(\S*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [Block(language, code, excuse) for excuse, language, code in found]


@pytest.fixture
def at_home(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    partner = {
        "PARTNER_TOKEN_URL": graph_sandbox.oauth2_token_url,
        "PARTNER_SECRET": graph_sandbox.oauth2.client_secret,
        "PARTNER_API": graph_sandbox.oauth2_resource_url,
        "REQUESTS_CA_BUNDLE": graph_sandbox.ca_bundle,
    }
    for name, value in {**graph_sandbox.env, **partner}.items():
        monkeypatch.setenv(name, value)
    for name, text in FILES.items():
        tmp_path.joinpath(name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in ELSEWHERE], ids=name_of)
def test_every_block_runs(page: Path, graph_client: GraphClient) -> None:
    graph_client.put(f"/users/{ADA}/photo/$value", data=b"jpeg", headers={"Content-Type": "image/jpeg"})
    space = {"__name__": page.stem, "graph": graph_client, "settings": Settings()}
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.excuse or block.language in OUTPUT:
            continue
        assert block.language in {"python", "sh"}, f"{page.name}: say why this is not run\n{block.code}"
        if block.language == "python":
            exec(compile(block.code, page.name, "exec"), space)
        else:
            for line in block.code.strip().splitlines():
                run(line)


def run(line: str) -> None:
    """Run a line of a shell block, which has to be one of our commands and to mean the same in any shell."""
    program, *words = shlex.split(line, comments=True)
    assert program == "leangraph", f"say why this is not run: {line}"
    assert "$" not in re.sub(r"'[^']*'", "", line), f"a shell takes $ for a variable outside single quotes: {line}"
    assert main(words) == 0, line


RECIPES = {
    part.partition("\n")[0]: part
    for part in (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8").split("\n## ")[1:]
}


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("title", RECIPES)
def test_the_commands_of_a_recipe_need_no_more_than_it_names(
    title: str, graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [said] = re.findall(r"^Least permissions, app-only (.*)$", RECIPES[title], re.MULTILINE)
    app = graph_sandbox.add_app(roles=re.findall(r"`(.*?)`", said.partition("; delegated")[0]))
    graph_sandbox.permissions = "enforce"
    monkeypatch.setenv("AZURE_CLIENT_ID", app.client_id)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", app.client_secret)
    shell = [block.code for block in blocks(RECIPES[title]) if block.language == "sh" and not block.excuse]

    assert shell
    for line in "".join(shell).splitlines():  # what is only planned on the page is done here
        words = ["--yes" if word == "--dry-run" else word for word in shlex.split(line)[1:]]
        assert main(words) == 0, f"{line}\n{capsys.readouterr()}"


def test_the_pages_that_run_elsewhere_do() -> None:
    for page, module in ELSEWHERE.items():
        assert (ROOT / "docs" / page).exists(), page
        source = (ROOT / "tests" / module).read_text(encoding="utf-8")
        assert page in source or "*.md" in source, page


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, link


def slug(heading: str) -> str:
    """The anchor that GitHub and Zensical give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
