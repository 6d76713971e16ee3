"""``leangraph job``, ``apply`` and ``undo``: a plan is shown, confirmed and carried out."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from leangraph.cli import options, output
from leangraph.cli.options import SHAPE, YES, confirm, takes
from leangraph.errors import ConfigurationError
from leangraph.system.text import counted

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient
    from leangraph.jobs import Plan
    from leangraph.jobs.catalog import Job, Parameter

PARTIAL: Final = 7
SHOWN: Final = 60  # rows of a plan before a question: the rest is counted
_SQLITE: Final = b"SQLite format 3\0"
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_WRITING: Final = (
    click.option("--plan", "plan_file", type=_FILE, help="Save the plan for leangraph apply, and send nothing."),
    click.option("--dry-run", is_flag=True, help="Print the plan and send nothing."),
    click.option("--journal", type=_FILE, help="The journal. Default: the job's name and the time."),
    click.option("--max-changes", metavar="N|%", help="Refuse a plan that changes more than this."),
)
_REDACT: Final = (click.option("--redact", is_flag=True, help="Replace names with marks, to share the output."),)


class Again(NamedTuple):
    """Whether a run goes on where an earlier one has ended."""

    resume: bool = False
    retry_failed: bool = False


class JobGroup(click.Group):
    """The jobs as commands; each is loaded when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from leangraph.jobs.catalog import JOBS

        return sorted(JOBS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole first sentence of each job: click would cut it off."""
        from leangraph.jobs.catalog import find

        lines = [(name, find(name).about.split("\n\n")[0].replace("\n", " ")) for name in self.list_commands(ctx)]
        with formatter.section("Jobs"):
            formatter.write_dl(lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from leangraph.jobs.catalog import find

        return _command(find(cmd_name))


def _command(job: Job) -> click.Command:
    @takes(SHAPE, _REDACT, *((_WRITING, YES) if job.writes else ()))
    def command(connect: Callable[[], GraphClient], progress: Progress, shape: output.Shape, **words: Any) -> None:
        own = {name: words.pop(name) for name in names}
        own = {name: value for name, value in own.items() if value is not None}
        if job.writes:
            _write(job, connect(), progress, shape, own, **words)
        else:
            _read(job, connect(), progress, shape, own, **words)

    parameters = job.parameters()
    names = [each.name for each in parameters]
    for each in reversed(parameters):
        command = _decorator(each)(command)
    return options.command(job.name, job.about)(command)


def _decorator(word: Parameter) -> Callable[[Any], Any]:
    kind: Any = click.Path(path_type=Path) if word.kind is Path else word.kind
    if not word.is_option:
        return click.argument(word.name, type=kind, required=word.required)
    flag = f"--{word.name.replace('_', '-')}"
    if word.kind is bool:
        return click.option(flag, word.name, is_flag=True, default=word.default, help=word.about)
    return click.option(
        flag,
        word.name,
        type=kind,
        required=word.required,
        default=word.default,
        show_default=word.default is not None,
        help=word.about,
    )


def _read(
    job: Job, graph: GraphClient, progress: Progress, shape: output.Shape, own: dict[str, Any], *, redact: bool
) -> None:
    from leangraph.jobs.redact import Redaction

    rows: Iterator[Any] = progress.counted(job.function(graph, **own))
    if redact:
        rows = map(Redaction(secrets.token_bytes(16)).row, rows)
    number = output.write(rows, shape, name=job.name.replace("-", "_"), warn=progress.warn)
    progress.say_written(number, shape.to)


def _write(
    job: Job,
    graph: GraphClient,
    progress: Progress,
    shape: output.Shape,
    own: dict[str, Any],
    *,
    plan_file: Path | None,
    dry_run: bool,
    journal: Path | None,
    max_changes: str | None,
    redact: bool,
    yes: bool,
) -> None:
    from leangraph.jobs import Plan
    from leangraph.jobs.guard import refuse_too_many

    plan = Plan(graph, job.function(graph, **own), job=job.name, reads=job.reads)
    if dry_run:
        number = output.write(plan.table(redact=redact), shape, name="plan", warn=progress.warn)
        progress.say_written(number, shape.to)
    refuse_too_many(plan.changes, max_changes, plan.total)
    if dry_run:
        return
    if plan_file:
        plan.save(plan_file, redact=redact)
        for note in plan.notes:
            progress.say(f"{note.what}: {note.why}")
        progress.say(
            f"{counted(len(plan.steps), 'step')} in {plan_file}; carry them out with: leangraph apply {plan_file}"
        )
        return
    file = journal or Path(f"{job.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.journal")
    carry_out(plan, progress, shape, journal=file, max_changes=max_changes, yes=yes)


def apply_file(
    graph: GraphClient,
    progress: Progress,
    shape: output.Shape,
    file: Path,
    *,
    resume: bool,
    retry_failed: bool,
    journal: Path | None,
    max_changes: str | None,
    yes: bool,
) -> None:
    from leangraph.jobs import Plan

    plan = Plan.load(file, graph)
    journal = journal or _journal_of(file)
    again = Again(resume, retry_failed)
    carry_out(plan, progress, shape, journal=journal, max_changes=max_changes, yes=yes, again=again)


def undo_file(
    graph: GraphClient,
    progress: Progress,
    shape: output.Shape,
    file: Path,
    *,
    plan: Path | None,
    resume: bool,
    journal: Path | None,
    max_changes: str | None,
    yes: bool,
) -> None:
    from leangraph.jobs import undo

    with file.open("rb") as stream:
        is_journal = stream.read(len(_SQLITE)) == _SQLITE
    done = file if is_journal else _journal_of(file)
    if not done.exists():
        raise ConfigurationError(
            f"there is no journal {done}: this was not applied, or with --journal; then undo takes that journal"
        )
    back = undo(done, graph)
    if plan:
        back.save(plan)
        progress.say(f"{counted(len(back.steps), 'step')} in {plan}; carry them out with: leangraph apply {plan}")
        return
    journal = journal or file.with_name(f"{file.name}.undo.journal")
    carry_out(back, progress, shape, journal=journal, max_changes=max_changes, yes=yes, again=Again(resume=resume))


def _journal_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.journal")


def carry_out(
    plan: Plan,
    progress: Progress,
    shape: output.Shape,
    *,
    journal: Path,
    max_changes: str | None,
    yes: bool,
    again: Again = Again(),  # noqa: B008 - it does not change
) -> None:
    """Show a plan, ask, apply it, and leave with 7 if not every step was done."""
    from leangraph.jobs.apply import apply, refuse

    refuse(plan, plan.client(), max_changes)
    if not (progress.quiet and yes):  # nobody answers a question without its plan
        _show(plan, progress)
    if not plan.steps:
        progress.say("there is nothing to do")
        return
    if plan.changes:
        confirm(f"{counted(plan.changes, 'change')} in tenant {plan.place.tenant}?", yes=yes)
    progress.total = len(plan.steps)
    counts: dict[str, int] = {}

    def rows() -> Iterator[dict[str, Any]]:
        for outcome in apply(plan, journal=journal, max_changes=max_changes, **again._asdict()):
            counts[outcome.state] = counts.get(outcome.state, 0) + 1
            yield outcome._asdict()

    try:
        number = output.write(progress.counted(rows()), shape, name="results", warn=progress.warn)
        progress.say_written(number, shape.to)
    finally:
        if counts:  # told quiet or not: without the journal's name, nothing can be undone
            told = ", ".join(f"{number} {state}" for state, number in counts.items())
            progress.warn(f"{told}; journal: {journal}")
    if not counts:
        progress.say(_nothing_left(journal, len(plan.steps)))
    if counts.keys() - {"done"}:
        raise click.exceptions.Exit(PARTIAL)


def _nothing_left(journal: Path, steps: int) -> str:
    from leangraph.rows.journal import Journal

    with Journal(journal, resume=True) as seen:
        done = seen.count("done")
    if done == steps:
        return "everything was done already: nothing was sent"
    return f"nothing was sent: {done} of {counted(steps, 'step')} done before, the others failed or were skipped"


def _show(plan: Plan, progress: Progress) -> None:
    """Print the plan on standard error: what comes out is what became of it."""
    rows = plan.table()
    width = output.terminal_width()
    for line in output.table(islice(rows, SHOWN), width):
        print(output.clean(line), file=sys.stderr)
    if len(rows) > SHOWN:
        progress.warn(f"… and {len(rows) - SHOWN} more: --dry-run prints all of them")
