"""Create users from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.http.options import segment
from leangraph.http.target import Request
from leangraph.jobs import people
from leangraph.jobs.step import ABSENT, SECRET, Note, Secret, Step, Total, quoted
from leangraph.rows import read

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /users", "GET /groups?$filter=displayName eq ''")
RELATED = ("manager", "groups")  # columns that are no properties


def plan(
    graph: GraphClient,
    file: Path,
    *,
    passwords: Annotated[Path, "The private file that gets the passwords."],
    ignore_columns: Annotated[bool, "Leave out columns that are not properties."] = False,
) -> Iterator[Step | Note | Total]:
    """Create the users of a CSV file: userPrincipalName, displayName, and any other property by its name.

    A column manager holds the manager's user principal name. A column groups holds group names, separated by ;.
    Passwords are made when the plan is applied, and written to one private file.
    """
    there = people.Directory(graph)
    wanted, faults = _rows(file, ignore_columns)
    people.refuse(file, faults, "Nothing was sent")
    yield Total(len(wanted), "rows")
    made: dict[str, Step] = {}
    for body, _ in wanted:
        upn = body["userPrincipalName"]
        if there.find(upn):
            yield Note(quoted(upn), "is there already")
            continue
        path = f"/users/{segment(upn)}"
        step = Step(
            Request("POST", "/users", body), f"create {quoted(upn)}", undo=Request("DELETE", path),
            expects={path: ABSENT}, secret=Secret(str(passwords), upn),
        )  # fmt: skip
        made[upn.lower()] = step
        yield step
    ids: dict[str, str] = {}
    for body, related in wanted:
        upn = body["userPrincipalName"]
        if (first := made.get(upn.lower())) is None:
            continue
        path, manager = f"/users/{segment(upn)}", related.get("manager", "")
        if manager:
            needs = [first, *([made[manager.lower()]] if manager.lower() in made else [])]
            request = Request("PUT", f"{path}/manager/$ref", people.reference(graph, "users", manager))
            yield Step(request, f"{quoted(manager)} manages {quoted(upn)}", needs=needs)
        for name in filter(None, (each.strip() for each in related.get("groups", "").split(";"))):
            if name not in ids:
                ids[name] = people.one(graph, "groups", name, ["id"], ("displayName", "mail"))["id"]
            request = Request("POST", f"/groups/{ids[name]}/members/$ref", people.reference(graph, "users", upn))
            yield Step(request, f"add {quoted(upn)} to {quoted(name)}", needs=first)


def _rows(file: Path, ignore: bool) -> tuple[list[tuple[dict[str, Any], dict[str, str]]], list[str]]:
    """Return the bodies of a file with what is related to each, and what is wrong with it."""
    found: dict[str, tuple[dict[str, Any], dict[str, str]]] = {}
    faults = []
    needed = ("userPrincipalName", "displayName")
    with read.table(file, encoding=None, delimiter=None, needed=needed, warn=lambda _: None) as table:
        _ = [table.column(name) for name in needed]
        plain = [column for column in table.columns if column and read.plain(column) not in RELATED]
        secret = [column for column in plain if "password" in read.plain(column)]
        if secret:
            faults.append(f"it has a column {secret[0]}: passwords are made here, take it out")
        fields = [] if secret else read.fields(plain, "/users", ignore=ignore, file=file)
        faults += [f"{column}: only plain properties can be set here" for column, key, _ in fields if "[" in key]
        for number, row in table:
            if not any(cell.strip() for cell in row.values()):
                continue
            where = f"row {number}, "
            body = {key: read.typed(row[column].strip(), kind, where + column) for column, key, kind in fields
                    if row[column].strip()}  # fmt: skip
            upn = str(body.get("userPrincipalName", ""))
            if "@" not in upn or not body.get("displayName"):
                faults.append(f"row {number} needs a userPrincipalName with @ and a displayName")
            elif upn.lower() in found:
                faults.append(f"row {number}: {quoted(upn)} is there twice")
            else:
                more = {"accountEnabled": True, "mailNickname": upn.partition("@")[0], "passwordProfile": {
                    "forceChangePasswordNextSignIn": True, "password": SECRET}}  # fmt: skip
                related = {
                    read.plain(column): row[column].strip() for column in row if read.plain(column) in RELATED
                }
                found[upn.lower()] = ({**more, **body}, related)
    return list(found.values()), faults
