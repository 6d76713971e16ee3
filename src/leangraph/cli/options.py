"""Options that commands share, and what they make: a client, the shape of the output, progress."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from leangraph.cli import completion, output

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

Options = Sequence[Callable[[Any], Any]]

SANDBOX = click.option("--sandbox", is_flag=True, help="Use a fresh tenant on this machine instead of yours.")
PROFILE = click.option("--profile", metavar="NAME", help="Use this profile of the configuration file.")
CONNECT: Options = (
    SANDBOX,
    PROFILE,
    click.option("--beta", is_flag=True, help="Use Graph's beta instead of v1.0."),
    click.option("--read-only", is_flag=True, help="Refuse every write before it is sent."),
)
SCREEN: Options = (  # which every command has
    click.option("-q", "--quiet", is_flag=True, help="Print no progress and no hints on stderr."),
    click.option("-v", "--verbose", is_flag=True, help="Print each request on stderr: status, time, request id."),
    click.option("--debug", is_flag=True, help="Like -v, with the log of the libraries in use."),
)
ASK: Options = (
    click.option("--select", metavar="NAMES", help="Properties, separated by commas."),
    click.option("--filter", metavar="TEXT", help="For example \"startswith(displayName,'A')\"."),
    click.option("--orderby", metavar="NAME", help="Property to sort by."),
    click.option("--search", metavar="TEXT", help="For example '\"displayName:ada\"'."),
    click.option("--expand", metavar="NAME", help="Relationship to include."),
    click.option("--top", type=click.IntRange(1), help="Items per page, not the total."),
)
FOLLOW: Options = (
    click.option("--follow", is_flag=True, help="Fetch all expanded objects, where Graph cuts the list short."),
)
HEADER: Options = (
    click.option("--header", multiple=True, metavar="LINE", help="'Name: value'; may be repeated."),
)
INCLUDE: Options = (
    click.option("-i", "--include", is_flag=True, help="Print the status and headers of the answer."),
)
SHAPE: Options = (
    click.option(
        "-o",
        "--output",
        "form",
        type=click.Choice(output.FORMS),
        help="Default: a table on a terminal, JSON lines in a pipe.",
    ),
    click.option(
        "--to",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write to this file; its ending chooses the format.",
    ),
    click.option(
        "--query", "jmespath", metavar="TEXT", help="A JMESPath expression, applied to all rows together."
    ),
    click.option("--safe-csv", is_flag=True, help="Write CSV that no spreadsheet reads as formulas."),
    click.option("--bom/--no-bom", default=None, help="Mark CSV as UTF-8 for Excel. The default on Windows."),
    click.option("--append", is_flag=True, help="Add to the table in a database instead of replacing it."),
)
DRY_RUN: Options = (click.option("--dry-run", is_flag=True, help="Print the request, send nothing."),)
BODY: Options = (
    click.option("-f", "texts", multiple=True, metavar="KEY=VALUE", help="A field of the body, as text."),
    click.option(
        "-F", "typed", multiple=True, metavar="KEY=VALUE", help="A typed field: true, null, 7, @file, @-."
    ),
    click.option(
        "--input",
        "source",
        metavar="FILE",
        type=click.Path(allow_dash=True),
        help="The whole body, JSON or any file; - is stdin.",
    ),
    click.option("--content-type", metavar="TYPE", help="The type of --input, if its name does not show it."),
    *DRY_RUN,
)
YES: Options = (click.option("-y", "--yes", is_flag=True, help="Do not ask."),)
METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")
PATH = click.argument("path", shell_complete=completion.paths)
_CONNECTING: Final = ("sandbox", "profile", "beta", "read_only")
_SCREEN: Final = ("quiet", "verbose", "debug")


class Command(click.Command):
    """A command that loses no option: given twice, or before the command where it means nothing, it is refused."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for option in SCREEN:
            option(self)

    def make_parser(self, ctx: click.Context) -> Any:
        return unrepeated(super().make_parser(ctx), ctx)

    def invoke(self, ctx: click.Context) -> Any:
        for param in self.params:
            if not isinstance(param.type, click.Path | click.File):
                ctx.params[str(param.name)] = _as_text(ctx.params.get(str(param.name)))
        before = ctx.find_root().params if ctx.parent else {}
        for name in (*_CONNECTING, *_SCREEN):
            if before.get(name):
                _take_over(ctx, name, before[name])
        screen = Screen(**{name: bool(ctx.params.pop(name, False)) for name in _SCREEN})
        ctx.meta[__name__] = screen
        with screen.told():
            return super().invoke(ctx)


class Screen(NamedTuple):
    """What a user wants to read on stderr."""

    quiet: bool = False
    verbose: bool = False
    debug: bool = False

    @contextmanager
    def told(self) -> Iterator[None]:
        """Show warnings as lines, and every request if that was asked for."""
        from leangraph.cli import attempts

        with attempts.told(verbose=self.verbose, debug=self.debug):
            yield


def unrepeated(parser: Any, ctx: click.Context) -> Any:
    """Return a parser of click's that refuses values of which nothing would be left.

    An option is given twice, or it is empty: ``--profile "$NAME"`` with no NAME would mean another tenant.
    """
    parse = parser.parse_args

    def parse_args(args: list[str]) -> Any:
        opts, rest, order = parse(args)
        if not ctx.resilient_parsing:
            _refuse_repeated(order)
            for param in order:
                if opts.get(str(param.name)) == "":
                    raise click.UsageError(f"{param.opts[-1]} is empty: give it a value, or leave it out")
        return opts, rest, order

    parser.parse_args = parse_args
    return parser


def _as_text(value: Any) -> Any:
    """Return a value as it was typed: where Python was told of no UTF-8, each byte beyond ASCII is a surrogate."""
    if isinstance(value, tuple):
        return tuple(map(_as_text, value))
    if not isinstance(value, str) or value.isascii() or not re.search("[\ud800-\udfff]", value):
        return value
    try:
        return os.fsencode(value).decode()
    except UnicodeError:
        raise click.UsageError(f"{value!r} is no text in UTF-8") from None


def _refuse_repeated(order: Sequence[click.Parameter]) -> None:
    places: dict[str, click.Option] = {}
    for each in order:
        if not isinstance(each, click.Option) or each.multiple:
            continue
        there = places.setdefault(str(each.name), each)
        is_plain_flag = each.is_flag and not each.secondary_opts
        if order.count(each) > 1 and not is_plain_flag:
            raise click.UsageError(f"{each.opts[-1]} is given more than once: give it once")
        if there is not each:
            raise click.UsageError(f"{there.opts[-1]} and {each.opts[-1]} exclude each other")


def _take_over(ctx: click.Context, name: str, value: Any) -> None:
    """Let an option that stands before the command count for the command."""
    option = f"--{name.replace('_', '-')}"
    if not any(param.name == name and option in param.opts for param in ctx.command.params):
        raise click.UsageError(f"{option} has no effect on `{ctx.info_name}`: leave it out")
    if ctx.params[name] not in (None, False, value):
        raise click.UsageError(f"{option} is given more than once: give it once")
    ctx.params[name] = value


def command(name: str, text: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of a function. ``text`` is its help: no docstring, which Python may be told to drop."""
    return click.command(name, cls=Command, help=text)


def takes(*groups: Options) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command a client (or nothing yet, before it is asked for) and these groups of options."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def command(**words: Any) -> None:
            shape = shape_of(words) if "form" in words else None
            with connected(words) as (connect, progress):
                function(connect, progress, **({"shape": shape} if shape else {}), **words)

        for option in reversed([option for group in (*groups, CONNECT) for option in group]):
            command = option(command)
        return command

    return decorate


def shaped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that asks nothing of Graph the options of ``SHAPE``."""

    @wraps(function)
    def command(**words: Any) -> None:
        function(shape_of(words), **words)

    for option in reversed(SHAPE):
        command = option(command)
    return command


def shape_of(words: dict[str, Any]) -> output.Shape:
    """Take the options of ``SHAPE`` out of a command's words."""
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
    from leangraph.cli.progress import Progress

    sandbox, profile, beta, read_only = (words.pop(name) for name in _CONNECTING)
    if sandbox and profile:
        raise click.UsageError("--sandbox asks a tenant of its own, and no profile: leave one of them out")
    screen: Screen = click.get_current_context().meta[__name__]
    progress = Progress(quiet=screen.quiet, live=not (sys.stdout.isatty() or screen.verbose or screen.debug))
    made: list[GraphClient] = []
    with ExitStack() as open_now:

        def connect() -> GraphClient:
            if not made:
                from leangraph.client import GraphClient
                from leangraph.settings import Settings

                more: dict[str, Any] = {"read_only": True} if read_only else {}
                if sandbox:
                    from leangraph.cli.sandbox import note
                    from leangraph.sandbox import Sandbox

                    tenant = open_now.enter_context(Sandbox())
                    tenant.on_typed = note
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


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is sent, unless the user has said yes already.

    Raises:
        UsageError: there is nobody to ask.
        Exit: the answer is no; it says so, and exits with 1.
    """
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError("this writes, and there is no terminal to ask on: add --yes")
    if not click.confirm(question, err=True):
        output.tell("cancelled: nothing was sent")
        raise click.exceptions.Exit(1)


def asked(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query options and headers among a command's words, as the client takes them."""
    from leangraph.cli.words import headers

    names = ("select", "filter", "orderby", "search", "expand", "top")
    options = {name: words[name] for name in names if words.get(name) is not None}
    found = headers(words.get("header") or ())
    follow = {"follow": True} if words.get("follow") else {}
    return {**options, **follow, **({"headers": found} if found else {})}
