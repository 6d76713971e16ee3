"""Take the captures of docs/cli.md from real runs on a terminal: `make captures`; with --check, compare them.

A capture is a block of ``text`` whose first line begins with ``$ ``. A comment before the block says how
wide the terminal is (80 otherwise) and what is typed: ``<!-- 200 columns, answer n -->``. Commands run on a
pseudo-terminal against a sandbox, and what differs from run to run is written in one way.

Every way to start is looked at, too: a pipe, cp1252 and C locales and the background print the same bytes.
"""

from __future__ import annotations

import argparse
import difflib
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from fcntl import ioctl
from pathlib import Path

from leangraph import Sandbox

DOCS = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
CAPTURE = re.compile(r"(?:<!-- ([^>]*) -->\n)?```text\n(\$ .*?)```", re.DOTALL)
WIDTH = 80
SECONDS = 60  # without a byte from a command before it is given up
TITLES = "userPrincipalName,jobTitle\nada.lovelace@contoso.example,Countess\nnobody@contoso.example,Nobody\n"
USERS = 2_304
# What differs from run to run, and how it is written.
SAME = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "358db7ff-3dc9-4d13-8ada-9da9bef02141"),
    (r"date=[0-9TZ:.+-]+", "date=2026-11-28T09:00:00"),
    (r"\d+ ms", "12 ms"),
    (r"https://127\.0\.0\.1:\d+", "https://graph.microsoft.com"),
    (r"[\d,]+/s", "1,967/s"),
    (r"(?m)^(\$ .*)?Date: .*$", "Date: Sat, 28 Nov 2026 09:00:00 GMT"),
    (r"/\S*/(titles\.csv)", r"\1"),
)


def environment(tenant: Sandbox, columns: int) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "GRAPH_", "PYTHON"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, **tenant.env, "PATH": path, "TERM": "xterm-256color", "COLUMNS": str(columns)}


def on_terminal(line: str, folder: Path, tenant: Sandbox, columns: int, typed: str = "") -> str:
    """Run a line of shell on a terminal of its own; return what a person sees there in the end."""
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("bash", ["bash", "-c", line], environment(tenant, columns))
    ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    raw = b""
    while select.select([master], [], [], SECONDS)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end has closed
            break
        if not piece:
            break
        raw += piece
        if typed and raw.rstrip().endswith(b"]:"):
            os.write(master, f"{typed}\n".encode())
            typed = ""
    os.close(master)
    os.waitpid(pid, 0)
    return seen(raw.decode())


def seen(raw: str) -> str:
    """Return the text that is left of what was written: a line that was wiped is gone.

    Raises:
        ValueError: an escape sequence that this project never writes.
    """
    lines = []
    for line in raw.replace("\r\n", "\n").split("\n"):
        shown = re.split(r"\r\x1b\[K", line)[-1]
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown):
            raise ValueError(f"what a terminal would obey: {shown!r}")
        lines.append(shown)
    return "\n".join(lines)


def captured(block: str, note: str, tenant: Sandbox, folder: Path) -> str:
    """Return a block as it would be captured now."""
    columns = int(found[1]) if (found := re.search(r"(\d+) columns", note)) else WIDTH
    answer = found[1] if (found := re.search(r"answer (\w+)", note)) else ""
    text = ""
    for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        text += f"$ {line}\n{on_terminal(line, folder, tenant, columns, answer)}".rstrip() + "\n"
    for pattern, same in SAME:
        text = re.sub(pattern, same, text)
    return text


def page(text: str) -> str:
    """Return the page with every capture taken anew; each has a tenant and a folder of its own."""

    def anew(match: re.Match[str]) -> str:
        note = match[1] or ""
        with tempfile.TemporaryDirectory() as folder, Sandbox(users=USERS) as tenant:
            Path(folder, "titles.csv").write_text(TITLES, encoding="utf-8")
            head = f"<!-- {note} -->\n" if note else ""
            return f"{head}```text\n{captured(match[2], note, tenant, Path(folder))}```"

    return CAPTURE.sub(anew, text)


# -- other ways to start --------------------------------------------------------------------------------------

LIST = "leangraph list /users --select displayName,jobTitle --limit 40"
WAYS = {
    "a pipe": f"{LIST} | cat",
    "cp1252": f"PYTHONIOENCODING=cp1252 {LIST} | cat",
    "the C locale": f"LC_ALL=C PYTHONCOERCECLOCALE=0 PYTHONUTF8=0 {LIST} | cat",
    "the background": f"sh -c '{LIST} > out.jsonl & wait'; cat out.jsonl",
    "no terminal": f"{LIST} < /dev/null 2> /dev/null | cat",
}


def problems() -> list[str]:
    """Return where a way to start shows other bytes than the first, or a table is not as wide as the terminal."""
    found = []
    with tempfile.TemporaryDirectory() as folder, Sandbox(users=50) as tenant:
        outputs = {}
        for name, line in WAYS.items():
            done = subprocess.run(
                ["bash", "-c", line], cwd=folder, env=environment(tenant, WIDTH), capture_output=True, check=False
            )
            outputs[name] = done.stdout
            if done.returncode or done.stderr:
                found.append(f"{name}: {done.returncode}, {done.stderr.decode()}")
        first = outputs["a pipe"]
        found += [f"{name} prints other bytes than a pipe" for name, out in outputs.items() if out != first]
        for columns in (80, 200):
            table = on_terminal("leangraph list /users 2> /dev/null", Path(folder), tenant, columns).splitlines()
            if not table or max(map(len, table)) > columns or len(table) < 50:
                wide = max(map(len, table), default=0)
                found.append(f"{columns} columns: a table of {len(table)} lines, {wide} wide")
            locale = f"LC_ALL=C PYTHONCOERCECLOCALE=0 PYTHONUTF8=0 {LIST} -q"
            plain = on_terminal(locale, Path(folder), tenant, columns)
            if "Siobh?n" not in plain and "Siobhán" not in plain:
                found.append(f"the C locale on a terminal of {columns} columns: {plain[:200]!r}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail where the page differs")
    check = parser.parse_args().check
    if shutil.which("bash") is None:
        print("bash is needed", file=sys.stderr)
        return 2
    old = DOCS.read_text(encoding="utf-8")
    new = page(old)
    if not check:
        DOCS.write_text(new, encoding="utf-8")
    differs = list(difflib.unified_diff(old.splitlines(), new.splitlines(), "docs/cli.md", "now", lineterm=""))
    wrong = problems()
    print("\n".join([*differs, *wrong]) or "every capture is as it is now, and every way to start prints the same")
    return 1 if wrong or (check and differs) else 0


if __name__ == "__main__":
    sys.exit(main())
