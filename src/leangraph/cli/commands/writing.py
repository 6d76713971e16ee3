"""The commands that write: ``post patch put delete upload batch``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from leangraph.cli import output
from leangraph.cli.options import BODY, DRY_RUN, HEADER, INCLUDE, PATH, SHAPE, YES, command, confirm, takes
from leangraph.system.text import counted

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

Connect = Callable[[], "GraphClient"]
PARTIAL: Final = 7  # the exit code if a part of the rows failed


def _writing(method: str, example: str, *, asks: bool = False) -> click.Command:
    groups = (HEADER, INCLUDE, SHAPE, BODY, YES) if asks else (HEADER, INCLUDE, SHAPE, BODY)

    @takes(*groups)
    def write(connect: Connect, progress: Progress, shape: output.Shape, path: str, **words: Any) -> None:
        from leangraph.cli import words as parts

        path = parts.rebased(path)
        headers = parts.headers(words["header"])
        body = parts.body(words["texts"], words["typed"], words["source"], words["content_type"], headers)
        if body.content_type:
            headers["Content-Type"] = body.content_type
        if words["dry_run"]:
            if words["include"]:
                raise click.UsageError("--include is of an answer, and --dry-run sends nothing")
            request = parts.request(method, path, headers, body)
            output.write_one(request, shape, name="request", warn=progress.warn)
            return
        if asks:
            confirm(f"{method} {path}?", yes=words["yes"])
        graph = connect()
        reply = output.with_head(
            lambda: graph.request(method, path, body.json, data=body.data, headers=headers or None),
            shown=words["include"],
        )
        output.write_one(reply.body, shape, name="reply", warn=progress.warn)

    text = f"{method} to a path, and print the answer.\n\n\b\n{example}"
    return command(method.lower(), text)(PATH(write))


post = _writing(
    "POST",
    "leangraph post /groups -f displayName=Sales -f mailNickname=sales -F mailEnabled=false \\\n"
    "    -F securityEnabled=true --sandbox\n"
    "leangraph post /me/sendMail --input message.txt --content-type text/plain",
)
patch = _writing(
    "PATCH", "leangraph patch /users/ada.lovelace@contoso.example -f jobTitle=Countess -F mobilePhone=null"
)
put = _writing(
    "PUT",
    "leangraph put '/users/{id}/manager/$ref' -f '@odata.id=https://graph.microsoft.com/v1.0/users/{id}'\n"
    "leangraph put '/users/ada@contoso.com/photo/$value' --input ada.jpg",
)
delete = _writing("DELETE", "leangraph delete /users/ada.lovelace@contoso.example --yes", asks=True)


@command(
    "upload",
    """Upload a file of any size to a drive, or attach it to a message or event; print the item.

    FILE may be - for standard input. PATH is the target: an item, or /me/messages/{id}/attachments.

    \b
    leangraph upload 2026.xlsx '/me/drive/root:/reports/2026.xlsx'
    leangraph upload film.mp4 '/drives/ID/root:/film.mp4' --conflict replace --session film.session
    """,
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@PATH
@click.option(
    "--conflict",
    type=click.Choice(("fail", "replace", "rename")),
    help="What to do if the name is taken. Default: fail.",
)
@click.option(
    "--session",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the upload session in this file; the same command then continues an interrupted upload.",
)
@click.option("--name", metavar="NAME", help="The name of an attachment. Default: the file's name.")
@click.option("--content-type", metavar="TYPE", help="Of an attachment.")
@click.option("--no-verify", is_flag=True, help="Do not compare the file in the drive with what was sent.")
@takes(HEADER, SHAPE, DRY_RUN)
def upload(connect: Connect, progress: Progress, shape: output.Shape, file: Path, path: str, **words: Any) -> None:
    from leangraph.cli import transfer
    from leangraph.cli.words import headers, rebased

    path, sent = rebased(path), headers(words["header"])
    options = {name: words[name] for name in ("conflict", "session", "name", "content_type") if words[name]}
    if words["dry_run"]:
        output.write_one(transfer.plan(file, path, sent, options), shape, name="request", warn=progress.warn)
        return
    item = transfer.upload(
        connect(), file, path, progress, verify=not words["no_verify"], headers=sent or None, **options
    )
    output.write_one(item, shape, name="item", warn=progress.warn)


@command(
    "batch",
    """Send a file of requests, in batches, and print the outcome of each row.

    FILE is JSON lines of {"method", "path", "body"}, or CSV with a TEMPLATE. Columns that the template's path does
    not use become the body. An empty cell leaves the property unchanged; null clears it.

    \b
    leangraph batch titles.csv 'PATCH /users/{userPrincipalName}' --yes --to results.csv
    leangraph batch requests.jsonl --resume
    """,
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("template", required=False)
@click.option("--resume", is_flag=True, help="Continue after a crash or Ctrl-C; finished rows are not repeated.")
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="Default: FILE.journal.")
@click.option("--keep-bodies", is_flag=True, help="Write the bodies into the journal; they may hold passwords.")
@click.option("--dry-run", is_flag=True, help="Print the plan and send nothing.")
@click.option("--retry-failed", is_flag=True, help="With --resume: send the failed rows again.")
@click.option("-f", "texts", multiple=True, metavar="KEY=VALUE", help="A field of each body, with {Column}.")
@click.option("-F", "typed", multiple=True, metavar="KEY=VALUE", help="A typed field: true, null, 7.")
@click.option("--ignore-columns", is_flag=True, help="Leave out columns that are not properties.")
@click.option("--delimiter", metavar="CHAR", help="The delimiter of CSV. , ; | and tab are detected.")
@click.option(
    "--encoding", metavar="NAME", help="The encoding of the file. UTF-8, UTF-16 and cp1252 are detected."
)
@takes(SHAPE, YES)
def batch(connect: Connect, progress: Progress, shape: output.Shape, file: Path, **words: Any) -> None:
    from leangraph.cli import bulk
    from leangraph.rows.journal import Journal

    _refuse_unfit(words)
    journal_file = words["journal"] or file.with_name(f"{file.name}.journal")
    _refuse_to_overwrite(shape.to, (file, journal_file))
    names = ("template", "texts", "typed", "encoding", "delimiter")
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
        told = ", ".join(f"{number} {method}" for method, number in methods.items())
        confirm(f"{told} from {file}?", yes=words["yes"])
    graph = connect()
    again = {name: words[name] for name in ("resume", "retry_failed")}
    with Journal(
        journal_file,
        resume=words["resume"],
        keep_bodies=words["keep_bodies"],
    ) as journal:
        try:
            rows = progress.counted(bulk.run(graph, source, journal, **again))
            output.write(rows, shape, name="results", warn=progress.warn)
        except KeyboardInterrupt:
            progress.say(f"{counted(journal.count('done'), 'row')} done; go on with --resume")
            raise
        failed, unknown = journal.count("failed"), journal.count("unknown")
        progress.say(f"{journal.count('done')} done, {failed} failed, {unknown} unknown; journal: {journal.file}")
    if failed or unknown:
        raise click.exceptions.Exit(PARTIAL)


def _refuse_unfit(words: dict[str, Any]) -> None:
    if words["retry_failed"] and not words["resume"]:
        raise click.UsageError("--retry-failed goes with --resume")
    if words["dry_run"]:
        for name in ("resume", "journal", "keep_bodies"):
            if words[name]:
                raise click.UsageError(f"--{name.replace('_', '-')} is for rows that are sent: not with --dry-run")


def _refuse_to_overwrite(to: Path | None, needed: Sequence[Path]) -> None:
    from leangraph.system import files

    for file in needed:
        if to is not None and files.resolve(to) == files.resolve(file):
            raise click.UsageError(f"--to {to} would replace what this run needs: name another file")
