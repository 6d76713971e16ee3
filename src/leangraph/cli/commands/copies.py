"""The commands for local copies: ``sync``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leangraph.cli.options import PATH, command, takes

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

Connect = Callable[[], "GraphClient"]


@command(
    "sync",
    """Keep a local SQLite copy of a collection: everything at first, later what has changed.

    \b
    leangraph sync /users --to tenant.db --select displayName,mail,accountEnabled
    sqlite3 tenant.db 'select displayName from users where accountEnabled = 0'
    """,
)
@PATH
@click.option("--to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The database.")
@click.option("--select", metavar="NAMES", help="Properties to keep, separated by commas.")
@takes()
def sync(connect: Connect, progress: Progress, path: str, to: Path, select: str | None) -> None:
    from leangraph.cli.sync import sync as bring
    from leangraph.cli.words import rebased

    done = bring(connect(), rebased(path), to, select, progress.warn)
    print(
        f"{'everything' if done.everything else 'changes'}: {done.changed:,} changed, {done.removed:,} removed, "
        f"{done.rows:,} rows in {to}"
    )
