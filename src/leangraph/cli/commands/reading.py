"""The commands that read: ``list get count report download``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from leangraph.cli import completion, output
from leangraph.cli.options import ASK, FOLLOW, HEADER, INCLUDE, PATH, SHAPE, asked, command, takes

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

Connect = Callable[[], "GraphClient"]


@command(
    "list",
    """Print all items of a collection, from every page.

    \b
    leangraph list /users --select displayName,mail
    leangraph list /groups --filter "startswith(displayName,'Sales')" --limit 5 --sandbox
    leangraph list /users --to users.xlsx
    """,
)
@PATH
@click.option("--limit", type=click.IntRange(0), help="Items in all.")
@takes(ASK, FOLLOW, HEADER, SHAPE)
def list_(connect: Connect, progress: Progress, shape: output.Shape, path: str, **words: Any) -> None:
    from leangraph.cli.words import rebased

    path, options, graph = rebased(path), asked(words), connect()
    _tell_advanced(graph, path, options, progress)
    if words["limit"] is None:
        rows: Iterator[Any] = progress.paged(graph.list(path, **options).pages())
    else:
        progress.total = words["limit"]
        rows = progress.counted(graph.list(path, limit=words["limit"], **options))
    number = output.write(rows, shape, name=_table(path, shape), warn=progress.warn)
    progress.say_written(number, shape.to)


@command(
    "get",
    """Print one object, or one page as Graph sends it.

    \b
    leangraph get /users/ada.lovelace@contoso.example --sandbox
    leangraph get https://graph.microsoft.com/v1.0/organization --query 'value[0].displayName'
    leangraph get /users/ada.lovelace@contoso.example -i       # with status and headers
    """,
)
@PATH
@takes(ASK, FOLLOW, HEADER, INCLUDE, SHAPE)
def get(connect: Connect, progress: Progress, shape: output.Shape, path: str, **words: Any) -> None:
    from leangraph.cli.words import rebased

    path, options, graph = rebased(path), asked(words), connect()
    _tell_advanced(graph, path, options, progress)
    reply = output.with_head(lambda: graph.request("GET", path, **options), shown=words["include"])
    output.write_one(reply.body, shape, name=_table(path, shape), warn=progress.warn)


@command(
    "count",
    """Print how many items a collection has.

    \b
    leangraph count /users --filter "accountEnabled eq false" --sandbox
    """,
)
@PATH
@takes(ASK[1:2], ASK[3:4], HEADER)
def count(connect: Connect, progress: Progress, path: str, **words: Any) -> None:
    from leangraph.cli.words import rebased

    print(connect().count(rebased(path), **asked(words)))


@command(
    "report",
    """Print the rows of a usage report. NAME is the name of its function in /reports.

    \b
    leangraph report getOffice365ActiveUserDetail --period D7
    leangraph report getEmailActivityCounts --period D30 --to mail.xlsx
    leangraph report getTeamsUserActivityUserDetail --date 2026-05-31 -o csv
    """,
)
@click.argument("name", shell_complete=completion.reports)
@click.option("--period", metavar="TEXT", help="D7, D30, D90 or D180.")
@click.option("--date", metavar="DATE", help="One day, such as 2026-05-31, if the report takes one.")
@takes(HEADER, SHAPE)
def report(connect: Connect, progress: Progress, shape: output.Shape, name: str, **words: Any) -> None:
    from leangraph.cli.words import headers, rebased

    path = rebased(name) if "/" in name else completion.report_named(name)
    given = {option: words[option] for option in ("period", "date") if words[option]}
    rows = connect().report(path, headers=headers(words["header"]) or None, **given)
    table = _table(path if "/" in path else f"/reports/{path}", shape)
    number = output.write(progress.counted(rows), shape, name=table, warn=progress.warn)
    progress.say_written(number, shape.to)


@command(
    "download",
    """Download a file: a drive item, the $value of a photo or an attachment, or any other content.

    FILE is by default the item's own name; - is standard output. The file appears when it is complete.

    \b
    leangraph download '/me/drive/root:/reports/2026.xlsx'
    leangraph download '/users/ada@contoso.com/photo/$value' ada.jpg
    leangraph download /drives/ID/items/ID copies/ --verify
    """,
)
@PATH
@click.argument("file", required=False, metavar="[FILE]", type=click.Path(allow_dash=True))
@click.option("--verify", is_flag=True, help="Compare the file with the drive's hash (one more request).")
@takes(HEADER)
def download(connect: Connect, progress: Progress, path: str, file: str | None, **words: Any) -> None:
    from leangraph.cli import transfer
    from leangraph.cli.words import headers, rebased

    transfer.download(
        connect(), rebased(path), file, progress, verify=words["verify"], headers=headers(words["header"]) or None
    )


def _table(path: str, shape: output.Shape) -> str:
    """Return the name of a database's table for a path; nothing else needs one, and what tells it loads slowly."""
    if shape.chosen != "sqlite":
        return ""
    from leangraph.rows.database import name_of

    return name_of(path)


def _tell_advanced(graph: GraphClient, path: str, options: dict[str, Any], progress: Progress) -> None:
    from leangraph.http.options import with_options
    from leangraph.http.target import address, advanced

    query = {name: value for name, value in options.items() if name not in ("headers", "follow")}
    url = with_options(address(graph.url, graph.version, path), None, query)
    eventual, count = advanced(url[len(graph.url) :])
    if eventual:
        progress.say(f"advanced query: ConsistencyLevel: eventual{' and $count=true' if count else ''} added")
