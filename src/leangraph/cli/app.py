"""The commands. Each yields rows and knows nothing of output; what is heavy loads when it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leangraph import __version__
from leangraph.cli import output
from leangraph.errors import Error

if TYPE_CHECKING:
    from leangraph.client import GraphClient

INTERRUPTED = 130


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; no traceback for what a user can cause."""
    output.prepare_streams()
    try:
        commands.main(args=None if argv is None else list(argv), prog_name="leangraph", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="leangraph", message="%(prog)s %(version)s")
def commands() -> None:
    """Microsoft Graph from the command line.

    Tenant and app come from AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, in the environment or
    in a .env file. Without a tenant, add --sandbox to any command, or start with `leangraph demo`.
    """


def _query_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option("--select", metavar="NAMES", help="Properties, separated by commas."),
            click.option("--filter", metavar="TEXT", help="For example \"startswith(displayName,'A')\"."),
            click.option("--orderby", metavar="NAME", help="Property to sort by."),
            click.option("--search", metavar="TEXT", help="For example '\"displayName:ada\"'."),
            click.option("--expand", metavar="NAME", help="Relationship to include."),
            click.option("--top", type=click.IntRange(1), help="Items in a page, not in all."),
            click.option(
                "-o",
                "--output",
                "form",
                type=click.Choice(output.FORMS),
                help="Default: a table on a terminal, JSON lines in a pipe.",
            ),
            click.option("--sandbox", is_flag=True, help="Ask a fresh tenant on this machine instead of yours."),
        )
    ):
        command = option(command)
    return command


@commands.command("list")
@click.argument("path")
@click.option("--limit", type=click.IntRange(0), help="Items in all.")
@_query_options
def list_(path: str, form: str | None, sandbox: bool, **options: Any) -> None:
    """Print all items of a collection, every page of it.

    \b
    leangraph list /users --select displayName,mail
    leangraph list /groups --filter "startswith(displayName,'Sales')" --limit 5 --sandbox
    """
    with _client(sandbox=sandbox) as graph:
        rows = graph.list(path, **options)
        output.write(rows, form, select=options["select"])


@commands.command()
@click.argument("path")
@_query_options
def get(path: str, form: str | None, sandbox: bool, **options: Any) -> None:
    """Print one object, or one page as it comes.

    \b
    leangraph get /users/ada.lovelace@contoso.example --sandbox
    """
    with _client(sandbox=sandbox) as graph:
        output.write_one(graph.get(path, **options), form)


@commands.command()
def demo() -> None:
    """List users of a tenant on this machine, through MSAL, across a page boundary and a 429."""
    from leangraph.cli.demo import tell

    tell(click.echo)


@commands.command()
@click.option("--users", type=click.IntRange(0), default=50, show_default=True, help="Users in a fresh tenant.")
@click.option("--seed", type=int, default=0, help="The same number makes the same tenant.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default, takes a free one.")
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the tenant in this file, and take it up again.",
)
def sandbox(users: int, seed: int, port: int, store: Path | None) -> None:
    """Run a Graph tenant on this machine until Ctrl-C, and print what leads a script to it.

    \b
    leangraph sandbox --users 1000
    leangraph sandbox --port 8443 --store tenant.db
    """
    from leangraph.cli.sandbox import serve

    try:
        with suppress(KeyboardInterrupt):  # the way to end it
            serve(click.echo, users=users, seed=seed, port=port, store=store)
    except OSError as error:
        raise click.UsageError(f"port {port}, or {store}: {error.strerror or error}") from None


@contextmanager
def _client(*, sandbox: bool) -> Iterator[GraphClient]:
    from leangraph.client import GraphClient

    if not sandbox:
        with GraphClient.from_env() as graph:
            yield graph
        return
    from leangraph.sandbox import Sandbox
    from leangraph.settings import Settings

    with Sandbox() as tenant, GraphClient(settings=Settings.from_mapping(tenant.env)) as graph:
        yield graph
