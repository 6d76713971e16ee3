"""The command line as a whole: which commands there are, and what a run of one ends with."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

import click

from leangraph._version import __version__
from leangraph.cli import completion, output
from leangraph.cli.options import CONNECT, SCREEN, unrepeated
from leangraph.errors import Error

INTERRUPTED: Final = 130

# Every command by its section: the file that has it, and one line of help. A file is imported when it is needed.
SECTIONS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "Reading": {
        "list": ("commands.reading", "Print all items of a collection."),
        "get": ("commands.reading", "Print one object or one page."),
        "count": ("commands.reading", "Print how many items a collection has."),
        "report": ("commands.reading", "Print the rows of a usage report."),
        "download": ("commands.reading", "Download a file, a photo, an attachment."),
    },
    "Writing": {
        "post": ("commands.writing", "Create something, or call an action."),
        "patch": ("commands.writing", "Change an object."),
        "put": ("commands.writing", "Replace something, or set a reference."),
        "delete": ("commands.writing", "Delete an object; asks first."),
        "upload": ("commands.writing", "Upload a file of any size to a drive."),
        "batch": ("commands.writing", "Send a file of requests, and resume it."),
        "mail": ("commands.jobs", "Send a message with files attached."),
    },
    "Jobs": {
        "job": ("commands.jobs", "Show the plan of a job, ask, and carry it out."),
        "apply": ("commands.jobs", "Carry out a saved plan."),
        "undo": ("commands.jobs", "Undo what a plan has done."),
        "overview": ("commands.jobs", "Write one page about the tenant."),
    },
    "Copies": {
        "sync": ("commands.copies", "Keep a local copy of a collection in SQLite."),
        "diff": ("commands.copies", "Show what differs between two copies."),
    },
    "Sign-in and permissions": {
        "login": ("commands.signing", "Sign in as a user, for later scripts."),
        "logout": ("commands.signing", "Forget a sign-in that is kept here."),
        "whoami": ("commands.signing", "Show who is signed in, and what they may do."),
        "token": ("commands.signing", "Get a token, and say how long it is valid."),
        "perms": ("commands.signing", "Say which permissions a request needs."),
        "doctor": ("commands.signing", "Check every step from the settings to Graph."),
    },
    "On this machine": {
        "demo": ("commands.machine", "List users of a tenant on this machine."),
        "sandbox": ("commands.machine", "Run a Graph tenant on this machine."),
        "skill": ("commands.machine", "Print a page that teaches an AI agent all this."),
        "types": ("commands.machine", "Write stubs of Graph's types for mypy."),
        "completion": ("commands.machine", "Print the script for a shell's completion."),
    },
}  # fmt: skip
HELP: Final = """Microsoft Graph from the command line.

Tenant and app come from AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, in the environment or in a .env
file. Without a tenant, add --sandbox to any command, or start with `leangraph demo`.

\b
leangraph list /users --select displayName,mail
leangraph get /users/ada@contoso.com
leangraph patch /users/ada@contoso.com -f jobTitle=Countess
leangraph list /groups --to groups.xlsx --sandbox
"""
EXIT_CODES: Final = (
    ("0", "done"),
    ("1", "an error from Graph or the network"),
    ("2", "wrong arguments or settings; nothing was sent"),
    ("3", "not found"),
    ("4", "no sign-in"),
    ("5", "forbidden: a permission is missing"),
    ("6", "throttled for longer than GRAPH_PATIENCE"),
    ("7", "a part failed"),
    ("130", "interrupted"),
)


class Commands(click.Group):
    """The commands in their sections. Options for the connection may stand before the command as well."""

    def __init__(self) -> None:
        super().__init__(
            "leangraph",
            commands={
                name: click.Command(name, short_help=line)
                for entries in SECTIONS.values()
                for name, (_, line) in entries.items()
            },
            help=HELP,
            context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        )
        for option in (*CONNECT, *SCREEN):
            option(self)
        click.version_option(__version__, prog_name="leangraph", message="%(prog)s %(version)s")(self)

    def make_parser(self, ctx: click.Context) -> Any:
        return unrepeated(super().make_parser(ctx), ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for entries in SECTIONS.values() for name in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for entries in SECTIONS.values():
            if cmd_name in entries:
                module = import_module(f"leangraph.cli.{entries[cmd_name][0]}")
                return next(
                    command
                    for command in vars(module).values()
                    if isinstance(command, click.Command) and command.name == cmd_name
                )
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        path = args[0].lstrip("/")
        if args[0] not in self.commands and path.partition("/")[0] in completion.candidates(""):
            raise click.UsageError(f"{args[0]} is a path, not a command: leangraph list /{path}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, entries in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(f"{name:10}", line) for name, (_, line) in entries.items()])
        with formatter.section("Exit codes"):
            formatter.write_dl([(f"{code:10}", line) for code, line in EXIT_CODES])


commands = Commands()


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; no traceback for what users, files or libraries can do."""
    output.prepare_streams()
    words = sys.argv[1:] if argv is None else list(argv)
    if "_LEANGRAPH_COMPLETE" in os.environ:
        completion.prepare()
        commands.main(words, "leangraph")  # which answers the shell, and ends the process
    try:
        return _result(words)
    except click.ClickException as error:
        with suppress(OSError, ValueError):
            error.show()
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        output.tell("interrupted")
        return INTERRUPTED
    except Error as error:
        output.tell(f"error: {output.clean(str(error))}")
        return error.exit_code
    except BrokenPipeError:  # `| head` has seen enough
        _give_up_stdout()
        return 0
    except Exception as error:  # noqa: BLE001 - the last net: one screen, whatever it is
        from leangraph.cli.net import report

        for line in report(error, words):
            output.tell(line)
        _give_up_stdout()
        return 1


def _result(words: list[str]) -> int:
    """Run one command. By click's parts: its ``main`` ends the process where the reader of a pipe has gone."""
    try:
        with commands.make_context("leangraph", words) as context:
            commands.invoke(context)
            code = 0
    except click.exceptions.Exit as end:
        code = end.exit_code
    sys.stdout.flush()
    return code


def _give_up_stdout() -> None:
    """Let what is still to be written go nowhere, where nothing takes it: at its end, Python would try again."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
