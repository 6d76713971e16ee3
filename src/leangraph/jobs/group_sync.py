"""Bring the members of a group in line with a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.errors import ConfigurationError
from leangraph.http.target import Request
from leangraph.jobs import people
from leangraph.jobs.step import Note, Step, Total, quoted
from leangraph.system.text import counted

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /groups?$filter=displayName eq ''", "GET /groups/{id}/members", "GET /users")


def plan(
    graph: GraphClient,
    group: str,
    file: Path,
    *,
    add_only: Annotated[bool, "Remove nobody."] = False,
    allow_empty: Annotated[bool, "Empty the group if the file names nobody."] = False,
    skip_unknown: Annotated[bool, "Leave out rows that match no user, or more than one."] = False,
) -> Iterator[Step | Note | Total]:
    """Bring the members of a group in line with a file: add those that are missing, remove all others.

    FILE is CSV with a column userPrincipalName, mail, employeeId or id. Members that are not users stay.
    """
    select = ["id", "displayName", "groupTypes", "mailEnabled", "onPremisesSyncEnabled", "membershipRule"]
    found = people.one(graph, "groups", group, select, ("displayName", "mail"))
    _refuse(found)
    wanted, faults = people.people(file, people.Directory(graph))
    if not skip_unknown:
        people.refuse(file, faults, "Correct the file, or leave these rows out with --skip-unknown")
    members = list(graph.list(f"/groups/{found['id']}/members", select="id,displayName,userPrincipalName"))
    now = {each["id"]: each for each in members if each.get("@odata.type", "").endswith(".user")}
    wanted_ids = {str(person.user["id"]) for person in wanted}
    if now and not wanted_ids and not add_only and not allow_empty:
        raise ConfigurationError(f"{file} would empty the group {quoted(group)}: if so, say --allow-empty")
    yield Total(len(now), "members")
    relation = f"/groups/{found['id']}/members"
    for id_, name, adds in [
        *((str(person.user["id"]), person.user["userPrincipalName"], True) for person in wanted),
        *((id_, each["userPrincipalName"], False) for id_, each in now.items() if id_ not in wanted_ids),
    ]:
        add = Request("POST", f"{relation}/$ref", people.reference(graph, "directoryObjects", id_))
        remove = Request("DELETE", f"{relation}/{id_}/$ref")
        if adds and id_ not in now:
            yield Step(add, f"add {quoted(name)}: is in the file", undo=remove)
        elif not adds and not add_only:
            yield Step(remove, f"remove {quoted(name)}: is not in the file", undo=add)
    kept = len(wanted_ids & now.keys())
    yield Note(counted(kept, "member"), "in the file already: left alone")
    for each in members:
        if each["id"] not in now:
            yield Note(quoted(each.get("displayName") or each["id"]), "stays: no user")
    yield from (Note(fault, "left out") for fault in faults)


def _refuse(group: dict[str, Any]) -> None:
    """Raise if Graph cannot change the members of a group."""
    name, types = quoted(group["displayName"]), group.get("groupTypes") or []
    why = ""
    if "DynamicMembership" in types:
        why = f"fills itself by its rule: {group.get('membershipRule')}"
    elif group.get("onPremisesSyncEnabled"):
        why = "is synchronised from a local directory: change it there"
    elif group.get("mailEnabled") and "Unified" not in types:
        why = "is a distribution list or mail-enabled security group, which only Exchange changes"
    if why:
        raise ConfigurationError(f"the group {name} {why}")
