"""The commands. Each yields rows and knows nothing of output; what is heavy loads when it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from leangraph._version import __version__
from leangraph.cli import completion, output
from leangraph.cli.jobs import JobGroup
from leangraph.cli.options import (
    ASK,
    BODY,
    HEADER,
    METHODS,
    PATH,
    SHAPE,
    YES,
    asked,
    confirm,
    takes,
    tell_advanced,
)
from leangraph.errors import Error

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

PARTIAL, INTERRUPTED = 7, 130


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; no traceback for what users, files or libraries can do."""
    output.prepare_streams()
    words = None if argv is None else list(argv)
    try:
        code = commands.main(args=words, prog_name="leangraph", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code if isinstance(code, int) else 0  # of click's own Exit
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        _tell("interrupted")
        return INTERRUPTED
    except Error as error:
        _tell(f"error: {output.clean(str(error))}")
        return error.exit_code
    except BrokenPipeError:  # `| head` has seen enough
        return _reader_gone()
    except SystemExit as end:  # click's way to say the same
        return _reader_gone() if isinstance(end.__context__, BrokenPipeError) else int(end.code or 0)
    except Exception as error:  # noqa: BLE001 - the last net: one screen, whatever it is
        from leangraph.cli.net import report

        for line in report(error, sys.argv[1:] if words is None else words):
            _tell(line)
        return 1


def _tell(line: str) -> None:
    with suppress(OSError, ValueError):  # nobody may be listening
        print(line, file=sys.stderr)


def _reader_gone() -> int:
    """End quietly: what is still to be flushed goes nowhere."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="leangraph", message="%(prog)s %(version)s")
def commands() -> None:
    """Microsoft Graph from the command line.

    Tenant and app come from AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, in the environment or
    in a .env file. Without a tenant, add --sandbox to any command, or start with `leangraph demo`.
    """


# -- reading ------------------------------------------------------------------------------------------


@commands.command("list")
@PATH
@click.option("--limit", type=click.IntRange(0), help="Items in all.")
@takes(ASK, HEADER, SHAPE)
def list_(
    connect: Callable[[], GraphClient], progress: Progress, shape: output.Shape, path: str, **words: Any
) -> None:
    """Print all items of a collection, every page of it.

    \b
    leangraph list /users --select displayName,mail
    leangraph list /groups --filter "startswith(displayName,'Sales')" --limit 5 --sandbox
    leangraph list /users --to users.xlsx
    """
    from leangraph.cli.words import rebased
    from leangraph.rows.database import name_of

    path, options, graph = rebased(path), asked(words), connect()
    tell_advanced(graph, path, options, progress)
    if words["limit"] is None:
        rows: Iterator[Any] = progress.paged(graph.list(path, **options).pages())
    else:
        progress.total = words["limit"]
        rows = progress.counted(graph.list(path, limit=words["limit"], **options))
    number = output.write(rows, shape, name=name_of(path), warn=progress.warn)
    if shape.to:
        progress.say(f"{number:,} row{'' if number == 1 else 's'} in {shape.to}")


@commands.command()
@PATH
@takes(ASK, HEADER, SHAPE)
def get(
    connect: Callable[[], GraphClient], progress: Progress, shape: output.Shape, path: str, **words: Any
) -> None:
    """Print one object, or one page as it comes.

    \b
    leangraph get /users/ada.lovelace@contoso.example --sandbox
    leangraph get https://graph.microsoft.com/v1.0/organization --query 'value[0].displayName'
    """
    from leangraph.cli.words import rebased
    from leangraph.rows.database import name_of

    path, options, graph = rebased(path), asked(words), connect()
    tell_advanced(graph, path, options, progress)
    output.write_one(graph.get(path, **options), shape, name=name_of(path), warn=progress.warn)


@commands.command()
@PATH
@takes(ASK[1:2], ASK[3:4], HEADER)
def count(connect: Callable[[], GraphClient], progress: Progress, path: str, **words: Any) -> None:
    """Print how many items a collection has.

    \b
    leangraph count /users --filter "accountEnabled eq false" --sandbox
    """
    from leangraph.cli.words import rebased

    print(connect().count(rebased(path), **asked(words)))


# -- writing ------------------------------------------------------------------------------------------


def _writing(method: str, example: str, *, asks: bool = False) -> None:
    groups = (HEADER, SHAPE, BODY, YES) if asks else (HEADER, SHAPE, BODY)

    @takes(*groups)
    def write(
        connect: Callable[[], GraphClient], progress: Progress, shape: output.Shape, path: str, **words: Any
    ) -> None:
        from leangraph.cli import words as parts

        path = parts.rebased(path)
        body = parts.body(words["texts"], words["typed"], words["source"])
        headers = parts.headers(words["header"])
        if words["dry_run"]:
            request = {
                "method": method,
                "path": parts.shown(path),
                "headers": parts.masked(headers),
                "body": parts.masked(body),
            }
            output.write_one(request, output.Shape(), name="request", warn=progress.warn)
            return
        if asks:
            confirm(f"{method} {path}?", yes=words["yes"])
        reply = connect().request(method, path, body, headers=headers or None)
        output.write_one(reply.body, shape, name="reply", warn=progress.warn)

    write.__doc__ = f"{method} to a path, and print the answer.\n\n\b\n{example}"
    commands.command(method.lower())(PATH(write))


_writing("POST", "leangraph post /groups -f displayName=Sales -f mailNickname=sales -F mailEnabled=false \\\n"
         "    -F securityEnabled=true --sandbox")  # fmt: skip
_writing("PATCH", "leangraph patch /users/ada.lovelace@contoso.example -f jobTitle=Countess -F mobilePhone=null")
_writing("PUT", "leangraph put '/users/{id}/manager/$ref' -f '@odata.id=https://graph.microsoft.com/v1.0/users/…'")
_writing("DELETE", "leangraph delete /users/ada.lovelace@contoso.example --yes", asks=True)


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("template", required=False)
@click.option("--resume", is_flag=True, help="Go on after a crash or Ctrl-C: finished rows are left alone.")
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="Default: FILE.journal.")
@click.option("--keep-bodies", is_flag=True, help="Write the bodies into the journal; they may hold passwords.")
@click.option("--dry-run", is_flag=True, help="Print the plan, send nothing.")
@click.option("--retry-failed", is_flag=True, help="With --resume: send the rows that failed once more.")
@click.option("-f", "texts", multiple=True, metavar="KEY=VALUE", help="A field of each body, with {Column}.")
@click.option("-F", "typed", multiple=True, metavar="KEY=VALUE", help="The same: true, null, 7.")
@click.option("--ignore-columns", is_flag=True, help="Leave out columns that are no properties.")
@click.option("--delimiter", metavar="CHAR", help="Of CSV; found by itself if it is , ; | or a tab.")
@click.option("--encoding", metavar="NAME", help="Of the file; UTF-8, UTF-16 and cp1252 are found by themselves.")
@takes(SHAPE, YES)
def batch(
    connect: Callable[[], GraphClient], progress: Progress, shape: output.Shape, file: Path, **words: Any
) -> None:
    """Send a file of requests, in batches, and print what became of each row.

    FILE is JSON lines of {"method", "path", "body"}, or CSV with a TEMPLATE; columns that the template's path does
    not use become the body. An empty cell leaves what is there, null clears it.

    \b
    leangraph batch titles.csv 'PATCH /users/{userPrincipalName}' --yes --to results.csv
    leangraph batch requests.jsonl --resume
    """
    from leangraph.cli import bulk
    from leangraph.rows.journal import Journal

    names = ("template", "texts", "typed", "encoding", "delimiter")
    if words["retry_failed"] and not words["resume"]:
        raise click.UsageError("--retry-failed goes with --resume")
    source = bulk.Source(
        file, **{name: words[name] for name in names}, ignore=words["ignore_columns"], warn=progress.warn
    )
    if words["dry_run"]:
        output.write(bulk.plan(source), shape, name="plan", warn=progress.warn)
        return
    methods: dict[str, int] = {}
    for item in bulk.items(source):  # all of it, before any of it leaves
        methods[item.method] = methods.get(item.method, 0) + 1
    progress.total = sum(methods.values())
    if methods.keys() - {"GET"}:
        confirm(f"{', '.join(f'{n} {method}' for method, n in methods.items())} from {file}?", yes=words["yes"])
    graph = connect()
    again = {name: words[name] for name in ("resume", "retry_failed")}
    with Journal(
        words["journal"] or file.with_name(f"{file.name}.journal"),
        resume=words["resume"],
        keep_bodies=words["keep_bodies"],
    ) as journal:
        try:
            rows = progress.counted(bulk.run(graph, source, journal, **again))
            output.write(rows, shape, name="results", warn=progress.warn)
        except KeyboardInterrupt:
            progress.say(f"{journal.count('done')} rows are done; go on with --resume")
            raise
        failed, unknown = journal.count("failed"), journal.count("unknown")
        progress.say(f"{journal.count('done')} done, {failed} failed, {unknown} unknown; journal: {journal.file}")
    if failed or unknown:
        raise click.exceptions.Exit(PARTIAL)


@commands.command()
@PATH
@click.option("--to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The database.")
@click.option("--select", metavar="NAMES", help="Properties to keep, separated by commas.")
@takes()
def sync(connect: Callable[[], GraphClient], progress: Progress, path: str, to: Path, select: str | None) -> None:
    """Keep a local SQLite copy of a collection: everything at first, later what has changed.

    \b
    leangraph sync /users --to tenant.db --select displayName,mail,accountEnabled
    sqlite3 tenant.db 'select displayName from users where accountEnabled = 0'
    """
    from leangraph.cli.sync import sync as bring
    from leangraph.cli.words import rebased

    done = bring(connect(), rebased(path), to, select, progress.warn)
    print(
        f"{'everything' if done.everything else 'changes'}: {done.changed:,} changed, {done.removed:,} removed, "
        f"{done.rows:,} rows in {to}"
    )


# -- jobs ---------------------------------------------------------------------------------------------

JOURNAL = click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="Default: FILE.journal.")
MAX_CHANGES = click.option("--max-changes", metavar="N|%", help="Refuse a plan that changes more than this.")


@commands.group("job", cls=JobGroup)
def job() -> None:
    """Print what a job is going to do, ask, and do it. JOB is a name, or a file of yours: ./mine.py.

    \b
    leangraph job group-sync Sales hr.csv
    leangraph job offboard ada.lovelace@contoso.example --plan ada.plan
    leangraph job licenses --sandbox
    """


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--resume", is_flag=True, help="Go on after a crash or Ctrl-C: finished steps are left alone.")
@click.option("--retry-failed", is_flag=True, help="With --resume: send the steps that failed once more.")
@JOURNAL
@MAX_CHANGES
@takes(SHAPE, YES)
def apply(
    connect: Callable[[], GraphClient], progress: Progress, shape: output.Shape, file: Path, **words: Any
) -> None:
    """Carry out a plan that a job has saved.

    \b
    leangraph apply ada.plan
    leangraph apply ada.plan --resume
    """
    from leangraph.cli import jobs

    if words["retry_failed"] and not words["resume"]:
        raise click.UsageError("--retry-failed goes with --resume")
    jobs.apply_file(connect(), progress, shape, file, **words)


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--plan", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan, send nothing.")
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="Default: FILE.undo.journal.")
@MAX_CHANGES
@takes(SHAPE, YES)
def undo(
    connect: Callable[[], GraphClient], progress: Progress, shape: output.Shape, file: Path, **words: Any
) -> None:
    """Take back what was done by a plan, or by the run of a journal, as far as that is possible.

    \b
    leangraph undo ada.plan
    """
    from leangraph.cli import jobs

    jobs.undo_file(connect(), progress, shape, file, **words)


# -- permissions and tokens ---------------------------------------------------------------------------


@commands.command()
@click.argument("method", required=False, type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path", required=False, shell_complete=completion.paths)
@click.option(
    "--log", type=click.File(encoding="utf-8", errors="replace"), help="Of every request in a log; - for stdin."
)
@click.option("-o", "--output", "form", type=click.Choice(output.FORMS[:5]), help="Default: as list.")
def perms(method: str | None, path: str | None, log: TextIO | None, form: str | None) -> None:
    """Say which permissions a request needs, the least first; offline, by Microsoft's table.

    \b
    leangraph perms GET /users/{id}/manager
    leangraph perms GET '/users?$select=signInActivity'
    leangraph perms --log run.log    the least set for a whole run, of a log such as GRAPH_LOG=debug writes
    """
    if (log is None) == (method is None or path is None):
        raise click.UsageError("give METHOD and PATH, or --log FILE")
    from leangraph.cli import perms as need

    rows = need.of_log(log) if log else need.of_request(str(method), str(path))
    output.write(rows, output.Shape(form), name="permissions", warn=print)


@commands.command()
@click.option("--beta", is_flag=True, help="Of beta, for a package beside leangraph's own types.")
@click.option(
    "--metadata", metavar="FILE|URL", help="Metadata of your own; by default Graph's, which takes no token."
)
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="Default: ./leangraph-beta-stubs.")
def types(*, beta: bool, metadata: str | None, to: Path | None) -> None:
    """Write the stubs of Graph's types for mypy and pyright, from its metadata of today.

    \b
    leangraph types --beta && pip install ./leangraph-beta-stubs
    """
    from leangraph.cli import types as stubs

    stubs.write(to, metadata, beta=beta, say=print)


@commands.command()
@takes(SHAPE)
def whoami(connect: Callable[[], GraphClient], progress: Progress, shape: output.Shape, **_: Any) -> None:
    """Say which app or user the token is of, in which tenant, and what it may do."""
    from leangraph.knowledge import permissions

    graph = connect()
    claims = permissions.claims_of(graph.token_holder.token)
    held = permissions.held(graph.token_holder.token)
    found = {
        "tenant": claims.get("tid"),
        "app": claims.get("appid") or claims.get("azp"),
        "user": claims.get("upn") or claims.get("preferred_username"),
        "permissions": sorted(held.names) if held else None,
        "graph": graph.url,
        "expiresAt": graph.token_holder.expires_at.isoformat() if graph.token_holder.expires_at else None,
    }
    output.write_one(found, shape, name="whoami", warn=progress.warn)


@commands.command()
@click.option("--show", is_flag=True, help="Print the token itself, which is as good as a password for an hour.")
@takes()
def token(connect: Callable[[], GraphClient], progress: Progress, *, show: bool) -> None:
    """Get a token and say how long it is good for.

    \b
    curl -H "Authorization: Bearer $(leangraph token --show)" https://graph.microsoft.com/v1.0/users
    """
    holder = connect().token_holder
    if show:
        print(holder.token)
    else:
        _ = holder.token
        print(f"a token is there, good for {holder.expires_in / 60:.0f} minutes; --show prints it")


# -- signing in ---------------------------------------------------------------------------------------

PROFILE = click.option("--profile", metavar="NAME", help="A profile of the configuration file.")


@commands.command()
@click.option("--device", "way", flag_value="device", help="With a code on any other device: the default.")
@click.option("--browser", "way", flag_value="browser", help="In the browser of this machine.")
@PROFILE
def login(way: Any, profile: str | None) -> None:
    """Sign in as a user, for every script that follows with GRAPH_SIGN_IN.

    \b
    leangraph login
    leangraph login --browser --profile contoso
    """
    from leangraph.cli import login as signing

    signing.login(lambda line: click.echo(line, err=True), profile, way)


@commands.command()
@PROFILE
def logout(profile: str | None) -> None:
    """Forget a sign-in that is kept on this machine.

    \b
    leangraph logout --profile contoso
    """
    from leangraph.cli import login as signing

    signing.logout(lambda line: click.echo(line, err=True), profile)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each step.")
@PROFILE
def doctor(as_json: bool, profile: str | None) -> None:
    """Look for what stands between here and Graph; the exit code is that of the first thing found.

    \b
    leangraph doctor
    leangraph doctor --json --profile contoso
    """
    import json

    from leangraph.cli.doctor import checks, lines

    code = 0
    for check in checks(profile):
        told = check._asdict()
        found = told.pop("exit_code")
        code = code or found
        for line in [json.dumps(told, ensure_ascii=False)] if as_json else lines(check):
            print(line, flush=True)
    raise click.exceptions.Exit(code)


# -- tenants on this machine --------------------------------------------------------------------------


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


@commands.command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion_(shell: str) -> None:
    """Print what makes a shell complete commands, options and paths.

    \b
    eval "$(leangraph completion bash)"
    """
    print(completion.script(commands, shell))
