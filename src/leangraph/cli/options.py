"""Options that commands share, and what they make: a client, the shape of the output, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leangraph.cli import completion, output

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

CONNECT = (
    click.option("--sandbox", is_flag=True, help="Ask a fresh tenant on this machine instead of yours."),
    click.option("--profile", metavar="NAME", help="A profile of the configuration file."),
    click.option("--beta", is_flag=True, help="Graph's beta instead of v1.0."),
    click.option("--read-only", is_flag=True, help="Refuse every write before it leaves."),
    click.option("-q", "--quiet", is_flag=True, help="No progress and no warnings on stderr."),
)
ASK = (
    click.option("--select", metavar="NAMES", help="Properties, separated by commas."),
    click.option("--filter", metavar="TEXT", help="For example \"startswith(displayName,'A')\"."),
    click.option("--orderby", metavar="NAME", help="Property to sort by."),
    click.option("--search", metavar="TEXT", help="For example '\"displayName:ada\"'."),
    click.option("--expand", metavar="NAME", help="Relationship to include."),
    click.option("--top", type=click.IntRange(1), help="Items in a page, not in all."),
)
HEADER = (click.option("--header", multiple=True, metavar="LINE", help="'Name: value'; may be repeated."),)
SHAPE = (
    click.option(
        "-o",
        "--output",
        "form",
        type=click.Choice(output.FORMS),
        help="Default: a table on a terminal, JSON lines in a pipe.",
    ),
    click.option(
        "--to", type=click.Path(dir_okay=False, path_type=Path), help="A file; its ending tells the form."
    ),
    click.option("--query", "jmespath", metavar="TEXT", help="JMESPath, applied to all rows together."),
    click.option("--safe-csv", is_flag=True, help="CSV whose texts no spreadsheet takes for formulas."),
    click.option("--bom/--no-bom", default=None, help="CSV by which Excel knows UTF-8. On Windows the default."),
    click.option("--append", is_flag=True, help="Add to the table in a database; else it is replaced."),
)
BODY = (
    click.option("-f", "texts", multiple=True, metavar="KEY=VALUE", help="A field of the body, as text."),
    click.option("-F", "typed", multiple=True, metavar="KEY=VALUE", help="The same: true, null, 7, @file, @-."),
    click.option("--input", "source", metavar="FILE", help="The whole body as JSON; - is standard input."),
    click.option("--dry-run", is_flag=True, help="Print the request, send nothing."),
)
YES = (click.option("-y", "--yes", is_flag=True, help="Do not ask."),)
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
PATH = click.argument("path", shell_complete=completion.paths)


def takes(*groups: Sequence[Callable[[Any], Any]]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command a client (or nothing yet, before it is asked for) and these groups of options."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def command(**words: Any) -> None:
            with connected(words) as (connect, progress):
                shape = shape_of(words) if "form" in words else None
                function(connect, progress, **({"shape": shape} if shape else {}), **words)

        for option in reversed([option for group in (*groups, CONNECT) for option in group]):
            command = option(command)
        return command

    return decorate


def confirm(question: str, *, yes: bool) -> None:
    """Ask on the terminal, unless ``yes``; leave with 1 if the answer is no.

    Raises:
        click.UsageError: there is no terminal to ask on.
    """
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError("this writes, and there is no terminal to ask on: add --yes")
    if not click.confirm(question, err=True):
        click.echo("cancelled: nothing was sent", err=True)
        raise click.exceptions.Exit(1)


def shape_of(words: dict[str, Any]) -> output.Shape:
    from leangraph.cli.words import outermost
    from leangraph.rows.write import Layout

    names = {
        option: tuple(name.strip() for name in outermost(words.get(option) or "").split(",") if name.strip())
        for option in ("select", "expand")
    }
    form, to, jmespath, safe, bom, append = (
        words.pop(name) for name in ("form", "to", "jmespath", "safe_csv", "bom", "append")
    )
    made = output.Shape(form, to, jmespath, safe, bom, append, Layout(names["select"], names["expand"]))
    if to or form or safe or bom or append:
        made.check()
    return made


@contextmanager
def connected(words: dict[str, Any]) -> Iterator[tuple[Callable[[], GraphClient], Progress]]:
    """Yield what makes the client on first use, and the progress that its waits are told to."""
    from contextlib import ExitStack

    from leangraph.cli.progress import Progress

    sandbox, profile, beta = words.pop("sandbox"), words.pop("profile"), words.pop("beta")
    read_only, quiet = words.pop("read_only"), words.pop("quiet")
    rows_on_screen = words.get("to") is None and sys.stdout is not None and sys.stdout.isatty()
    progress = Progress(quiet=quiet, live=not rows_on_screen)
    made: list[GraphClient] = []
    with ExitStack() as open_now:

        def connect() -> GraphClient:
            if not made:
                from leangraph.client import GraphClient
                from leangraph.settings import Settings

                more: dict[str, Any] = {"read_only": True} if read_only else {}
                if sandbox:
                    from leangraph.sandbox import Sandbox

                    tenant = open_now.enter_context(Sandbox())
                    settings = Settings.from_mapping(tenant.env | more)
                else:
                    settings = Settings.from_profile(profile, **more) if profile else Settings(**more)
                version = "beta" if beta else None
                client = GraphClient(settings=settings, version=version, sleep=progress.nap)
                made.append(open_now.enter_context(client))
            return made[0]

        finished = False
        try:
            yield connect, progress
            finished = True
        finally:
            progress.close(finished=finished)


def asked(words: dict[str, Any]) -> dict[str, Any]:
    """Return the query options and headers among a command's words, as the client takes them."""
    from leangraph.cli.words import headers

    names = ("select", "filter", "orderby", "search", "expand", "top")
    options = {name: words[name] for name in names if words.get(name) is not None}
    found = headers(words.get("header") or ())
    return {**options, **({"headers": found} if found else {})}


def tell_advanced(graph: GraphClient, path: str, options: dict[str, Any], progress: Progress) -> None:
    from leangraph.http.options import with_options
    from leangraph.http.target import address, advanced

    asked = {name: value for name, value in options.items() if name != "headers"}
    url = with_options(address(graph.url, graph.version, path), None, asked)
    eventual, count = advanced(url[len(graph.url) :])
    if eventual:
        progress.say(f"advanced query: ConsistencyLevel: eventual{' and $count=true' if count else ''} added")
