"""The commands for jobs: ``job apply undo``."""

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
    help="""Print what a job is going to do, ask, and do it. JOB is a name, or a file of yours: ./mine.py.

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
@click.option("--resume", is_flag=True, help="Go on after a crash or Ctrl-C: finished steps are left alone.")
@click.option("--retry-failed", is_flag=True, help="With --resume: send the steps that failed once more.")
@click.option("--journal", type=_NEW, help="Default: FILE.journal.")
@_MAX_CHANGES
@takes(SHAPE, YES)
def apply(connect: Connect, progress: Progress, shape: output.Shape, file: Path, **words: Any) -> None:
    if words["retry_failed"] and not words["resume"]:
        raise click.UsageError("--retry-failed goes with --resume")
    jobs.apply_file(connect(), progress, shape, file, **words)


@command(
    "undo",
    """Take back what was done by a plan, or by the run of a journal, as far as that is possible.

    \b
    leangraph undo ada.plan
    """,
)
@_FILE
@click.option("--plan", type=_NEW, help="Save the plan, send nothing.")
@click.option("--journal", type=_NEW, help="Default: FILE.undo.journal.")
@_MAX_CHANGES
@takes(SHAPE, YES)
def undo(connect: Connect, progress: Progress, shape: output.Shape, file: Path, **words: Any) -> None:
    jobs.undo_file(connect(), progress, shape, file, **words)
