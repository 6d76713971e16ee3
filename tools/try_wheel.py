"""Build the wheel and try it as a stranger would: `make wheel`.

Its size and its paths are within the budgets. In empty environments, pip, uvx and pipx lead to a command that
lists users of the sandbox. Without the extra `cli`, the command says how to install it. The steps of the
Dockerfile run here as they would in a container, since not every machine has docker.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 1_275_000  # docs/performance.md says why
LONGEST_PATH = 80  # characters; Windows allows 260 in all


def run(*words: object, code: int = 0, **variables: str) -> str:
    environment = {**os.environ, **variables}
    done = subprocess.run(  # noqa: PLW1510
        [*map(str, words)], capture_output=True, encoding="utf-8", env=environment, timeout=300
    )
    if done.returncode != code:
        sys.exit(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    [wheel] = folder.glob("leangraph-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        longest = max(archive.namelist(), key=len)
    print(f"wheel: {wheel.stat().st_size:,} bytes, longest path {len(longest)} characters")
    if wheel.stat().st_size > MOST_BYTES or len(longest) > LONGEST_PATH:
        sys.exit(f"the budget is {MOST_BYTES:,} bytes and {LONGEST_PATH} characters: {longest}")
    return wheel


def environment(folder: Path, *packages: object) -> Path:
    """Make an empty environment with these packages; return the directory of its commands."""
    begin = time.monotonic()
    run(sys.executable, "-m", "venv", folder)
    commands = folder / ("Scripts" if sys.platform == "win32" else "bin")
    run(commands / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
    print(f"pip install {' '.join(map(str, packages))}: {time.monotonic() - begin:.1f} s")
    return commands


def serve(folder: Path) -> None:
    """Install what the Dockerfile installs, and let its entry point serve another program."""
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    extras = re.search(r"pip install --no-cache-dir '\.\[([\w,]+)\]'", steps)
    entry = re.search(r"^ENTRYPOINT (\[.*\])$", steps, re.MULTILINE)
    if not extras or not entry:
        sys.exit("the Dockerfile has other steps than these")
    commands = environment(folder / "image", f"leangraph[{extras[1]}] @ {next(folder.glob('*.whl')).as_uri()}")
    program, *words = json.loads(entry[1])
    with subprocess.Popen([commands / program, *words], stdout=subprocess.PIPE, encoding="utf-8") as server:
        try:
            said = "".join(iter(server.stdout.readline, "# then, for example\n"))  # type: ignore[union-attr]
            variables = dict(re.findall(r"^export (\w+)=(\S+)$", said, re.MULTILINE))
            run(commands / "leangraph", "list", "/users", "--limit", "1", **variables)
        finally:
            server.terminate()
    print("the Dockerfile's entry point serves a tenant")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        with_cli = f"leangraph[cli] @ {wheel.as_uri()}"

        bare = environment(folder / "bare", wheel)
        run(bare / "python", "-c", "import leangraph; leangraph.GraphClient, leangraph.Sandbox")
        said = run(bare / "leangraph", "demo", code=2)
        if "uvx 'leangraph[cli]'" not in said or "pipx install 'leangraph[cli]'" not in said:
            sys.exit(f"a bare install says: {said}")

        full = environment(folder / "full", with_cli)
        for words in (["demo"], ["list", "/users", "--sandbox", "--limit", "1"]):
            run(full / "leangraph", *words)

        tools = environment(folder / "tools", "uv", "pipx")
        begin = time.monotonic()
        run(tools / "uvx", "--from", with_cli, "leangraph", "demo", UV_CACHE_DIR=str(folder / "cache"))
        print(f"uvx leangraph demo: {time.monotonic() - begin:.1f} s")
        home = {"PIPX_HOME": str(folder / "pipx"), "PIPX_BIN_DIR": str(folder / "commands")}
        run(tools / "pipx", "install", with_cli, **home)
        run(shutil.which("leangraph", path=str(folder / "commands")), "--version")
        print("pip, uvx and pipx install a command that works")
        serve(folder)


if __name__ == "__main__":
    main()
