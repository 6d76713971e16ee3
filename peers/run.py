"""Run other people's clients against the sandbox, unmodified and behind its proxy, and print what works.

    python peers/run.py [CLIENT ...]     # all of them, or some; writes the table into docs/testing.md if all ran

With PEERS_ADDRESSES=FILE every address that they sent is kept there.

Each client is a script of its own in ``peers/clients`` (or ``peers/node``), run in its own environment. It knows
nothing of the sandbox: HTTPS_PROXY and a CA file lead it there, and every other host is refused.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from leangraph import Sandbox

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGE = ROOT / "docs" / "testing.md"
PYTHON, AZ = ROOT / ".venv-peers" / "bin" / "python", ROOT / ".venv-peers-az" / "bin" / "az"
M365 = HERE / "node" / "node_modules" / ".bin" / "m365"
BEGIN, END = "<!-- peers -->", "<!-- /peers -->"
OPERATIONS = (
    "sign in",
    "list users, every page",
    "list with filter and select",
    "count users",
    "get a user",
    "create a user",
    "update a user",
    "delete a user",
    "list members",
    "add a member",
    "remove a member",
    "cast a relation",
    "batch",
    "delta",
    "upload a small file",
    "upload a large file",
    "download",
    "send mail",
    "list messages",
    "calendar events",
    "licenses",
    "applications",
    "error 404",
    "error 403",
    "error 429",
)
SECONDS = 600


class Client(NamedTuple):
    name: str
    command: tuple[str, ...]


CLIENTS = (
    Client("azure-identity, msgraph-sdk", (str(PYTHON), str(HERE / "clients" / "msgraph_sdk.py"))),
    Client("Office365-REST", (str(PYTHON), str(HERE / "clients" / "office365_rest.py"))),
    Client("O365", (str(PYTHON), str(HERE / "clients" / "o365_account.py"))),
    Client("graph-client, @azure/identity (JS)", ("node", str(HERE / "node" / "graph-client.mjs"))),
    Client("CLI for Microsoft 365", (str(PYTHON), str(HERE / "clients" / "m365.py"))),
    Client("az", (str(PYTHON), str(HERE / "clients" / "az.py"))),
)


def trouble(sandbox: Sandbox) -> None:
    """Put into the tenant what the operations expect: somebody whom nobody may see, and a throttled one."""
    sandbox.add_user(displayName="Throttled", userPrincipalName="throttled@contoso.example")
    for method in ("GET", "PATCH"):
        sandbox.fail(method, "/users/forbidden@contoso.example", status=403, times=99)
    sandbox.fail("GET", "/users/throttled@contoso.example", status=429, retry_after=1)


def outcomes(client: Client) -> tuple[dict[str, tuple[bool, str]], str]:
    """Run one client in a fresh tenant; return what each operation came to, and what went wrong beside them."""
    with Sandbox(users=49) as sandbox, tempfile.TemporaryDirectory() as home:
        trouble(sandbox)
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "GRAPH_"))}
        own = {"HOME": home, "PYTHONPATH": str(HERE / "clients"), "PEERS_AZ": str(AZ), "PEERS_M365": str(M365)}
        done = subprocess.run(
            client.command,
            env={**keep, **own, **sandbox.proxy_env},
            cwd=home,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        found = {}
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                each = json.loads(line)
                found[each["operation"]] = (each["works"], each["detail"])
        wrong = [f"{type(each).__name__}: {each}" for each in sandbox.errors]
        wrong += [f"it asked for {host}" for host in sorted(set(sandbox.proxy_refused))]
        if done.returncode:
            wrong.append(done.stderr[-3000:])
        if file := os.environ.get("PEERS_ADDRESSES"):
            with Path(file).open("a", encoding="utf-8") as out:
                out.writelines(f"{client.name}\t{each.method}\t{each.target}\n" for each in sandbox.requests)
        refused = [f"{each.method} /{each.version}{each.path}" for each in sandbox.requests if each.status == 501]
        return found, "\n".join(wrong + [f"501 for {each}" for each in refused])


def table(results: dict[str, dict[str, tuple[bool, str]]]) -> str:
    """Return the table in Markdown; a dash is an operation that a client has no call for."""
    head = ["operation", *results]
    rows = [head, ["---"] * len(head)]
    for operation in OPERATIONS:
        cells = [found.get(operation) for found in results.values()]
        rows.append([operation, *map(cell_of, cells)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def cell_of(outcome: tuple[bool, str] | None) -> str:
    if outcome is None:
        return "–"
    if outcome[1].startswith("refused"):
        return outcome[1]
    return "yes" if outcome[0] else "**no**"


def main() -> None:
    wanted = sys.argv[1:]
    results: dict[str, dict[str, tuple[bool, str]]] = {}
    failed = False
    for client in CLIENTS:
        if wanted and client.name not in wanted:
            continue
        found, wrong = outcomes(client)
        results[client.name] = found
        bad = {name: detail for name, (works, detail) in found.items() if not works}
        unknown = set(found) - set(OPERATIONS)
        print(f"{client.name}: {len(found) - len(bad)} of {len(found)} operations work")
        for name, detail in bad.items():
            print(f"--- {name}\n{detail}")
        if wrong:
            print(f"--- beside\n{wrong}")
        failed = failed or bool(bad or unknown or not found)
    text = table(results)
    print(f"\n{text}")
    if not wanted:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(
            re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL), encoding="utf-8"
        )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
