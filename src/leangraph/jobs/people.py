"""Who is meant: users by whatever an HR file calls them, objects by name, and references to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from leangraph.errors import ConfigurationError, NotFound
from leangraph.http.options import odata, segment
from leangraph.jobs.step import quoted
from leangraph.rows import read

if TYPE_CHECKING:
    from leangraph.client import GraphClient

GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
COLUMNS: Final = ("id", "userPrincipalName", "upn", "mail", "email", "employeeId")  # by which a file names people
SHOWN: Final = 10  # faults of a file in one error


class Person(NamedTuple):
    """A row of a file: its number, what it calls somebody, and who that is."""

    row: int
    name: str
    user: Mapping[str, Any]


class Directory:
    """All users of the tenant, by id, principal name, mail and employee number."""

    def __init__(self, graph: GraphClient, select: Sequence[str] = ()) -> None:
        names = dict.fromkeys(["id", "userPrincipalName", "mail", "employeeId", "displayName", *select])
        self.users: list[Mapping[str, Any]] = list(graph.list("/users", select=list(names), top=999))
        self._by: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
        for key in ("id", "userPrincipalName", "mail", "employeeId"):
            index = self._by.setdefault(key, {})
            for user in self.users:
                if user.get(key):
                    index.setdefault(str(user[key]).strip().lower(), []).append(user)

    def find(self, name: str) -> list[Mapping[str, Any]]:
        """Return who has this id, principal name, mail or employee number: nobody, one, or several."""
        name = name.strip().lower()
        keys = (
            ("id",) if GUID.fullmatch(name) else ("userPrincipalName", "mail") if "@" in name else ("employeeId",)
        )
        return next((found for key in keys if (found := self._by[key].get(name))), [])


def people(file: Path, directory: Directory) -> tuple[list[Person], list[str]]:
    """Return who stands in a file, each once, and what is wrong with it, row by row.

    It is CSV with one of ``COLUMNS``; where a row fills several of them, the first one that is filled counts.

    Raises:
        ConfigurationError: it cannot be read, or has none of the columns.
    """
    found: dict[str, Person] = {}
    faults = []
    with read.table(file, encoding=None, delimiter=None, needed=COLUMNS, warn=lambda _: None) as table:
        known = {read.plain(column): column for column in table.columns}
        columns = [known[read.plain(name)] for name in COLUMNS if read.plain(name) in known]
        if not columns:
            raise ConfigurationError(
                f"{file} names nobody: it needs a column {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}, and has "
                f"{', '.join(filter(None, table.columns))}"
            )
        for number, row in table:
            name = next((row[column].strip() for column in columns if row[column].strip()), "")
            matches = directory.find(name) if name else []
            if not name:
                if any(cell.strip() for cell in row.values()):
                    faults.append(f"row {number} has nothing in {', '.join(columns)}")
            elif len(matches) != 1:
                what = "is nobody in this tenant" if not matches else f"is {len(matches)} people"
                faults.append(f"row {number}: {quoted(name)} {what}")
            else:
                found.setdefault(str(matches[0]["id"]), Person(number, name, matches[0]))
    return list(found.values()), faults


def refuse(file: Path, faults: Sequence[str], remedy: str) -> None:
    """Raise if a file has faults."""
    if faults:
        more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise ConfigurationError(f"{file}: {'; '.join(faults[:SHOWN])}{more}. {remedy}")


def one(
    graph: GraphClient, collection: str, name: str, select: Sequence[str], by: Sequence[str]
) -> dict[str, Any]:
    """Return an object of a collection by its id, or by one of some properties.

    Raises:
        ConfigurationError: there is none, or more than one.
    """
    if GUID.fullmatch(name):
        try:
            found = [graph.get(f"/{collection}/{segment(name)}", select=select)]
        except NotFound:
            found = []
        if found or "appId" not in by:
            matches = found
        else:
            matches = list(graph.list(f"/{collection}", filter=odata("appId eq {}", name), select=select))
    else:
        text = " or ".join(odata(f"{key} eq {{}}", name) for key in by if key != "appId")
        matches = list(graph.list(f"/{collection}", filter=text, select=select))
    if len(matches) != 1:
        what = "is not there" if not matches else f"is {len(matches)} of them: give its id"
        raise ConfigurationError(f"{quoted(name)} in /{collection} {what}")
    return dict(matches[0])


def user(graph: GraphClient, name: str, select: Sequence[str]) -> dict[str, Any]:
    """Return a user by id or principal name.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        return dict(graph.get(f"/users/{segment(name)}", select=select))
    except NotFound:
        raise ConfigurationError(f"{quoted(name)} is nobody in this tenant") from None


def reference(graph: GraphClient, collection: str, id_: str) -> dict[str, str]:
    """Return the body that relates something to an object."""
    return {"@odata.id": f"{graph.url}/v1.0/{collection}/{segment(id_)}"}


def days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def moment(text: object) -> datetime | None:
    """Return a time of Graph's, ``None`` for none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def last_sign_in(user: Mapping[str, Any]) -> datetime | None:
    """Return when a user last signed in, with or without being asked for a password."""
    activity = user.get("signInActivity") or {}
    names = ("lastSuccessfulSignInDateTime", "lastSignInDateTime", "lastNonInteractiveSignInDateTime")
    return max(filter(None, (moment(activity.get(name)) for name in names)), default=None)


def slices(begin: datetime, end: datetime, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches of a time, the oldest first."""
    while begin < end:
        yield begin, min(begin + step, end)
        begin += step
