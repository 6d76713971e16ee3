"""The commands for jobs and what comes of them: ``job apply undo mail overview``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from leangraph.cli import jobs, output
from leangraph.cli.options import SHAPE, YES, command, takes

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

Connect = Callable[[], "GraphClient"]
_NEW: Final = click.Path(dir_okay=False, path_type=Path)
_FILE: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_MAX_CHANGES: Final = click.option(
    "--max-changes", metavar="N|%", help="Refuse a plan that changes more than this."
)
job = jobs.JobGroup(
    "job",
    help="""Print what a job is going to do, ask, and do it. JOB is a name, or your own file, such as ./mine.py.

    \b
    leangraph job group-sync Sales hr.csv
    leangraph job offboard ada.lovelace@contoso.example --plan ada.plan
    leangraph job licenses --sandbox
    """,
)


@command(
    "apply",
    """Carry out a plan that a job has saved.

    \b
    leangraph apply ada.plan
    leangraph apply ada.plan --resume
    """,
)
@_FILE
@click.option("--resume", is_flag=True, help="Continue after a crash or Ctrl-C; finished steps are not repeated.")
@click.option("--retry-failed", is_flag=True, help="With --resume: send the failed steps again.")
@click.option("--journal", type=_NEW, help="Default: FILE.journal.")
@_MAX_CHANGES
@takes(SHAPE, YES)
def apply(connect: Connect, progress: Progress, shape: output.Shape, file: Path, **words: Any) -> None:
    if words["retry_failed"] and not words["resume"]:
        raise click.UsageError("--retry-failed goes with --resume")
    jobs.apply_file(connect(), progress, shape, file, **words)


@command(
    "undo",
    """Undo what a plan, or the run of a journal, has done, as far as that is possible.

    \b
    leangraph undo ada.plan
    leangraph undo ada.plan --resume
    """,
)
@_FILE
@click.option("--plan", type=_NEW, help="Save the plan and send nothing.")
@click.option("--resume", is_flag=True, help="Go on after a crash or Ctrl-C: what is taken back is left alone.")
@click.option("--journal", type=_NEW, help="Default: FILE.undo.journal.")
@_MAX_CHANGES
@takes(SHAPE, YES)
def undo(connect: Connect, progress: Progress, shape: output.Shape, file: Path, **words: Any) -> None:
    jobs.undo_file(connect(), progress, shape, file, **words)


@command(
    "mail",
    """Send a message with FILES attached. It may have any size, and come from any mailbox that the app may use.

    \b
    leangraph mail --from reports@contoso.com --to ada@contoso.com --subject "Guests" guests.csv
    leangraph list /users -o md | leangraph mail --from it@contoso.com --to ada@contoso.com --subject Users
    """,
)
@click.option("--to", multiple=True, metavar="ADDRESS", help="May be repeated.")
@click.option("--cc", multiple=True, metavar="ADDRESS", help="May be repeated.")
@click.option("--bcc", multiple=True, metavar="ADDRESS", help="May be repeated.")
@click.option("--subject", required=True)
@click.option("--from", "sender", metavar="MAILBOX", help="The mailbox that sends. An app must name one.")
@click.option("--text", help="The text; by default it is read from standard input.")
@click.option(
    "--html", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file with the text as HTML."
)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@takes()
def mail(connect: Connect, progress: Progress, sender: str | None, files: Any, **words: Any) -> None:
    from leangraph.cli import mail as sending

    made = sending.message(**words, attached=files)
    sending.send(connect(), sender, made)
    progress.say(f"sent to {sum(len(words[name]) for name in ('to', 'cc', 'bcc'))}")


@command(
    "overview",
    """Write one page about the tenant: people, licenses, second factors, roles, secrets, conditional access.

    \b
    leangraph overview --to tenant.html
    leangraph overview --to tenant.html --compare last-month.db
    """,
)
@click.option("--to", required=True, type=_NEW, help="The page: tenant.html.")
@click.option(
    "--compare",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An older database of leangraph sync /users, to show what has changed since.",
)
@takes()
def overview(connect: Connect, progress: Progress, to: Path, compare: Path | None) -> None:
    from leangraph.jobs import overview as page

    page.write(connect(), to, compare)
    progress.say(f"the page is {to}")
