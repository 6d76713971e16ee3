"""Put conditional access policies back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from leangraph.http.options import odata
from leangraph.http.target import Request
from leangraph.jobs import policies
from leangraph.jobs.step import ID, NOBODY, Note, Step, Total, quoted

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = policies.READS[:1]


def plan(
    graph: GraphClient,
    file: Path,
    *,
    enable: Annotated[
        bool, "Restore the old state of a deleted policy; otherwise it is created disabled."
    ] = False,
) -> Iterator[Step | Note | Total]:
    """Restore policies from ca-backup. FILE is one of its files, or the folder. Other policies are not changed."""
    saved, now = policies.load(file), policies.current(graph)
    yield Total(len(now), "policies")
    for id_, each in saved.items():
        wanted = policies.stripped(each["policy"])
        path, name = f"{policies.POLICIES}/{id_}", quoted(wanted["displayName"])
        if id_ not in now:
            body = wanted if enable else {**wanted, "state": "disabled"}
            back = Request("DELETE", f"{policies.POLICIES}/{ID}")
            text = quote(odata("displayName eq {}", wanted["displayName"]))
            yield Step(
                Request("POST", policies.POLICIES, body),
                f"make {name} anew",
                undo=back,
                expects={f"{policies.POLICIES}?$filter={text}": NOBODY},
            )
            yield Note(name, "gets another id: it was deleted")
            continue
        there = policies.stripped(now[id_])
        changes = {key: value for key, value in wanted.items() if there.get(key) != value}
        cleared = {key: None for key in there if key not in wanted}
        if not changes and not cleared:
            yield Note(name, "is as it was")
            continue
        change = {**changes, **cleared}
        before = {key: there.get(key) for key in change}
        yield Step(
            Request("PATCH", path, change),
            f"put {name} back: {', '.join(sorted(change))}",
            undo=Request("PATCH", path, before),
            expects={path: {key: now[id_].get(key) for key in change}},
        )
