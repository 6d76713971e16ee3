"""A tenant that stays up: the lines that lead a script to it, and then quiet until Ctrl-C."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from leangraph.sandbox import Sandbox


def serve(
    say: Callable[[str], object],
    *,
    users: int,
    seed: int,
    port: int,
    store: Path | None,
    load: Sequence[Path] = (),
    proxy: bool = False,
    until: threading.Event | None = None,
) -> None:
    """Run a tenant until Ctrl-C, or until an event of the caller's; ``say`` prints a line."""
    ended = until or threading.Event()
    with Sandbox(users=users, seed=seed, port=port, store=store) as tenant:
        tenant.on_typed = note
        kept = f", kept in {store}" if store else ""
        say(f"A Graph tenant with {tenant.users} users runs at {tenant.url}{kept} (this machine only).")
        for file in load:
            say(f"{file}: {tenant.load(file)}")
        for title, line in (("bash, zsh", bash), ("PowerShell", powershell), (".env", dotenv)):
            say(f"\n# {title}")
            for name, value in (tenant.proxy_env if proxy else tenant.env).items():
                say(line(name, value))
        if proxy:
            say("\nPrograms that honour these find the tenant at graph.microsoft.com and")
            say("login.microsoftonline.com; the proxy refuses every other host.")
        say("\n# then, for example\nleangraph list /users --select displayName,mail")
        say("\nCtrl-C ends it, and removes the CA file.")
        while not ended.wait(0.5):  # in pieces: on Windows nothing else lets Ctrl-C through
            pass


def note(family: str) -> None:
    """Say on stderr that a family is answered by the metadata alone; a sandbox calls this once for each."""
    click.echo(f"sandbox: {family} is answered by its types alone; its rules are not carried out", err=True)


def bash(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def powershell(name: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"$env:{name} = '{quoted}'"


def dotenv(name: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{quoted}'"
