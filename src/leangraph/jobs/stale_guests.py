"""Shut out guests who no longer come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from leangraph.http.target import Request
from leangraph.jobs import people
from leangraph.jobs.step import Note, Step, Total, quoted

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /users?$select=signInActivity",)


def plan(
    graph: GraphClient,
    *,
    days: Annotated[int, "Days without a sign-in."] = 90,
    delete: Annotated[bool, "Delete the blocked guests. They can be restored for 30 days."] = False,
) -> Iterator[Step | Note | Total]:
    """Block guests who have not signed in for --days. With --delete, delete the guests that are blocked.

    For guests who never signed in, the days count from the invitation.
    """
    before = people.days_ago(days)
    select = "id,userPrincipalName,displayName,accountEnabled,createdDateTime,signInActivity"
    guests = list(graph.list("/users", filter="userType eq 'Guest'", select=select))
    yield Total(len(guests), "guests")
    for guest in guests:
        last = people.last_sign_in(guest)
        since = last or people.moment(guest.get("createdDateTime"))
        path, name = f"/users/{guest['id']}", quoted(guest["userPrincipalName"])
        enabled = guest.get("accountEnabled") is not False
        if since is None:
            yield Note(name, "left alone: when the guest came is not known")
        elif since >= before:
            continue
        elif delete and enabled:
            yield Note(name, "is not blocked yet: run this without --delete first")
        elif delete or enabled:
            why = f"last came {last:%Y-%m-%d}" if last else f"was invited {since:%Y-%m-%d} and never came"
            expects = {path: {"accountEnabled": enabled, "signInActivity": guest.get("signInActivity")}}
            if delete:
                back = Request("POST", f"/directory/deletedItems/{guest['id']}/restore", idempotent=True)
                yield Step(Request("DELETE", path), f"delete {name}, who {why}", undo=back, expects=expects)
            else:
                off, on = (Request("PATCH", path, {"accountEnabled": value}) for value in (False, True))
                yield Step(off, f"block {name}, who {why}", undo=on, expects=expects)
