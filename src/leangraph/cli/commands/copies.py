"""The commands for local copies: ``sync diff``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leangraph.cli import output
from leangraph.cli.options import PATH, Screen, command, shaped, takes

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

Connect = Callable[[], "GraphClient"]


@command(
    "sync",
    """Keep a local SQLite copy of a collection. The first run fetches everything, later runs only the changes.

    \b
    leangraph sync /users --to tenant.db --select displayName,mail,accountEnabled
    sqlite3 tenant.db 'select displayName from users where accountEnabled = 0'
    """,
)
@PATH
@click.option("--to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The database.")
@click.option("--select", metavar="NAMES", help="Properties to keep, separated by commas.")
@click.option("--keep-history", is_flag=True, help="From now on, keep the old versions of rows, for `diff`.")
@takes()
def sync(
    connect: Connect, progress: Progress, path: str, to: Path, select: str | None, *, keep_history: bool
) -> None:
    from leangraph.cli.sync import sync as bring
    from leangraph.cli.words import rebased

    done = bring(connect(), rebased(path), to, select, progress.warn, keep_history=keep_history)
    print(
        f"{'everything' if done.everything else 'changes'}: {done.changed:,} changed, {done.removed:,} removed, "
        f"{done.rows:,} rows in {to}"
    )


@command(
    "diff",
    """Show what was added, removed or changed between two copies, or since an earlier round of one copy.

    OLD and NEW are databases of `sync` or of `list --to`. Without NEW, OLD is compared with its own past, which
    `sync --keep-history` keeps. The databases are not changed, and no request goes to Graph.

    \b
    leangraph diff monday.db tuesday.db
    leangraph diff tenant.db --since 2026-11-01 -o md
    leangraph diff tenant.db --of users --to changes.jsonl
    """,
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", required=False, type=click.Path(path_type=Path))
@click.option(
    "--since",
    metavar="ROUND|DATE",
    help="Compare with this round of OLD; by default with the one before the last.",
)
@click.option("--of", multiple=True, metavar="NAME", help="Only this collection; may be repeated.")
@shaped
def diff(shape: output.Shape, old: Path, new: Path | None, since: str | None, of: tuple[str, ...]) -> None:
    from leangraph.rows import compare
    from leangraph.rows.write import Layout

    if since and new:
        raise click.UsageError("--since is the past of one database: leave NEW out")
    rows = compare.differences(old, new, since=since, of=of, warn=output.tell)
    if not shape.jmespath:
        shape = replace(shape, layout=Layout(compare.COLUMNS))
    if shape.chosen in ("table", "md"):
        rows = map(compare.for_people, rows)
    number = output.write(rows, shape, name="differences", warn=output.tell)
    if not number and not click.get_current_context().meta[Screen.__module__].quiet:
        output.tell("no difference")
