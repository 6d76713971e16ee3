"""The commands for this machine: ``demo sandbox skill types completion``."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from leangraph.cli import completion, output
from leangraph.cli.options import command


@command(
    "demo",
    """List the users of a tenant on this machine: sign-in through MSAL, several pages, and one 429.

    \b
    leangraph demo
    """,
)
def demo() -> None:
    from leangraph.cli.demo import tell

    tell(click.echo)


@command(
    "sandbox",
    """Run a Graph tenant on this machine until Ctrl-C, and print the settings that a script needs to use it.

    \b
    leangraph sandbox --users 1000
    leangraph sandbox --port 8443 --store tenant.db
    leangraph sandbox --proxy --load users.json
    """,
)
@click.option("--users", type=click.IntRange(0), default=50, show_default=True, help="Users in a fresh tenant.")
@click.option("--seed", type=int, default=0, help="The same number makes the same tenant.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default, chooses a free port.")
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the tenant in this file, and continue with it next time.",
)
@click.option(
    "--load",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Load objects that Graph returned: JSON or JSON lines.",
)
@click.option("--proxy", is_flag=True, help="Run a proxy in Microsoft's place, for programs that use HTTPS_PROXY.")
def sandbox(*, users: int, seed: int, port: int, store: Path | None, load: tuple[Path, ...], proxy: bool) -> None:
    from leangraph.cli.sandbox import serve

    try:
        with suppress(KeyboardInterrupt):  # the way to end it
            serve(click.echo, users=users, seed=seed, port=port, store=store, load=load, proxy=proxy)
    except ValueError as error:  # of a file that is to be loaded
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"port {port}, or {store}: {error.strerror or error}") from None


@command(
    "skill",
    """Print one Markdown file that teaches an AI agent to use this command line.

    \b
    leangraph skill > SKILL.md
    """,
)
def skill() -> None:
    text = Path(__file__).parents[1] / "skill.md"
    output.out().write(text.read_text(encoding="utf-8"))


@command(
    "types",
    """Write the stubs of Graph's types for mypy and pyright, from Graph's current metadata.

    \b
    leangraph types --beta && pip install ./leangraph-beta-stubs
    """,
)
@click.option("--beta", is_flag=True, help="Write beta's types, as a package beside leangraph's own types.")
@click.option("--metadata", metavar="FILE|URL", help="Use other metadata than Graph's. (Graph's needs no token.)")
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="Default: ./leangraph-beta-stubs.")
def types(*, beta: bool, metadata: str | None, to: Path | None) -> None:
    from leangraph.cli import types as stubs

    stubs.write(to, metadata, beta=beta, say=print)


@command(
    "completion",
    """Print the script with which a shell completes commands, options and paths.

    \b
    eval "$(leangraph completion bash)"
    leangraph completion fish | source
    leangraph completion powershell | Out-String | Invoke-Expression
    """,
)
@click.argument("shell", type=click.Choice(completion.SHELLS))
@click.pass_context
def completion_(context: click.Context, shell: str) -> None:
    print(completion.script(context.find_root().command, shell))
