"""The tenant on one page: people, licenses, second factors, roles, secrets, conditional access, changes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from leangraph.errors import BadRequest, Forbidden
from leangraph.jobs import expiring_secrets, licenses, mfa, people, policies, roles
from leangraph.rows import compare, database
from leangraph.rows.write import needed
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient

STALE: Final = 90  # days without a sign-in
SOON: Final = 60  # days until a secret ends
SHOWN: Final = 50  # rows of a table
_USER: Final = "id,displayName,userPrincipalName,accountEnabled,userType,createdDateTime,signInActivity"
TEMPLATE: Final = Path(__file__).with_suffix(".html")


class Table:
    """A section of the page: rows, or why they could not be read."""

    def __init__(self, read: Callable[[], Iterable[dict[str, Any]]]) -> None:
        self.rows: list[dict[str, Any]] = []
        self.problem = ""
        try:
            self.rows = list(read())
        except (Forbidden, BadRequest) as error:  # a permission or a license is missing: the rest is worth having
            self.problem = str(error).partition("\n")[0]
        self.shown = self.rows[:SHOWN]
        self.more = len(self.rows) - len(self.shown)


def facts(graph: GraphClient, older: Path | None = None) -> dict[str, Any]:
    """Return what stands on the page: plain values and tables.

    Args:
        older: a database of ``leangraph sync /users``, to say what has changed since.
    """
    users = Table(lambda: graph.list("/users", select=_USER, top=500))
    now = datetime.now(UTC)
    organization: dict[str, Any] = next(iter(graph.list("/organization", select="displayName")), {})
    everybody = users.rows

    def number(**wanted: Any) -> int:
        return sum(all(user.get(key) == value for key, value in wanted.items()) for user in everybody)

    second = Table(lambda: mfa.rows(graph))
    return {
        "tenant": organization.get("displayName") or "Tenant",
        "made": f"{now:%Y-%m-%d %H:%M} UTC",
        "numbers": {
            "users": len(everybody),
            "guests": number(userType="Guest"),
            "blocked": number(accountEnabled=False),
        },
        "second": {
            "with": sum(row["mfa"] for row in second.rows),
            "all": len(second.rows),
            "problem": second.problem,
        },
        "licenses": Table(lambda: licenses.rows(graph)),
        "tables": {
            "Administrators": Table(lambda: roles.rows(graph)),
            "Administrators without a second factor": Table(
                lambda: ({"user": row["user"]} for row in second.rows if row["isAdmin"] and not row["mfa"])
            ),
            f"Accounts that nobody used for {STALE} days": Table(lambda: _stale(everybody)),
            f"Secrets and certificates that end within {SOON} days": Table(lambda: _secrets(graph)),
            "Conditional access": Table(lambda: _access(graph)),
            **({"What has changed": Table(lambda: _changes(everybody, older))} if older else {}),
        },
        "problems": [users.problem] if users.problem else [],
    }


def _stale(everybody: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    before = people.days_ago(STALE)
    for user in everybody:
        last = people.last_sign_in(user)
        since = last or people.moment(user.get("createdDateTime"))
        if user.get("accountEnabled") is not False and since is not None and since < before:
            yield {"name": user.get("displayName"), "user": user.get("userPrincipalName"),
                   "last sign-in": f"{last:%Y-%m-%d}" if last else "never"}  # fmt: skip


def _secrets(graph: GraphClient) -> Iterator[dict[str, Any]]:
    for row in expiring_secrets.rows(graph, days=SOON, expired=True):
        yield {"app": row["app"], "kind": row["kind"], "ends": row["ends"][:10], "days": row["daysLeft"],
               "owners": ", ".join(map(str, row["owners"]))}  # fmt: skip


def _access(graph: GraphClient) -> Iterator[dict[str, Any]]:
    for policy in sorted(policies.current(graph).values(), key=lambda each: str(each.get("displayName"))):
        yield {"policy": policy.get("displayName"), "state": policy.get("state")}


def _changes(users: list[dict[str, Any]], older: Path) -> Iterator[dict[str, Any]]:
    """Yield who came, who went, and what became of the others, of the properties that are on this page."""
    with tempfile.TemporaryDirectory() as folder:
        now = Path(folder) / "now.db"
        database.store(now, "users", users, append=False, warn=lambda _: None)
        found = compare.differences(older, now, since=None, of=["users"], warn=lambda _: None)
        for row in found:
            if row["change"] != "changed":
                yield {"change": row["change"], "name": row["name"], "property": "", "before": "", "after": ""}
            elif row["property"] in ("accountEnabled", "displayName", "userType"):
                yield {key: row[key] for key in ("change", "name", "property", "before", "after")}


def page(found: dict[str, Any]) -> str:
    """Return the page as HTML: everything is in it, and nothing is loaded from elsewhere.

    Raises:
        ConfigurationError: Jinja2 is not installed.
    """
    jinja = needed("jinja2", "overview", "the overview")
    environment = jinja.Environment(autoescape=True, undefined=jinja.StrictUndefined, trim_blocks=True)
    return str(environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(found))


def write(graph: GraphClient, file: Path, older: Path | None = None) -> None:
    """Write the page to a private file."""
    needed("jinja2", "overview", "the overview")  # before an hour of reading
    text = page(facts(graph, older))
    with files.told(f"{file} cannot be written"):
        files.replace(file, text.encode("utf-8", "replace"), private=True)
