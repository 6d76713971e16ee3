"""Compare conditional access policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from leangraph.jobs import policies

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = policies.READS
TENANT: Final = "tenant"


def rows(graph: GraphClient, before: str, after: str = TENANT) -> Iterator[dict[str, Any]]:
    """Compare two backups of conditional access, or a backup with the tenant as it is now (`tenant`)."""
    old, new = _of(graph, before), _of(graph, after)
    both = {**old, **new}
    for id_ in sorted(both, key=lambda id_: str(both[id_]["policy"]["displayName"])):
        one, other = old.get(id_), new.get(id_)
        name = (other or one or {})["policy"]["displayName"]
        if one is None or other is None:
            yield {"policy": name, "what": "was made" if one is None else "is gone", "id": id_}
            continue
        known = {**one["names"], **other["names"]}
        left, right = _flat(one["policy"]), _flat(other["policy"])
        for field in sorted(left.keys() | right.keys()):
            was, now = left.get(field), right.get(field)
            if was != now:
                yield {"policy": name, "what": field, **_change(was, now, known), "id": id_}


def _of(graph: GraphClient, place: str) -> dict[str, dict[str, Any]]:
    if place != TENANT:
        return policies.load(Path(place))
    found = policies.current(graph)
    known = policies.names(graph, list(found.values()))
    return {
        id_: {"policy": {"id": id_, **policies.stripped(policy)}, "names": known} for id_, policy in found.items()
    }


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    """Return the fields of a policy by their whole name; lists have no order, and empty ones are none."""
    if isinstance(value, Mapping):
        parts = (_flat(part, f"{name}.{key}".strip(".")) for key, part in value.items())
        return {key: each for part in parts for key, each in part.items()}
    if isinstance(value, list):
        value = sorted(map(str, value))
    return {name: value} if value not in ([], None) else {}


def _change(was: Any, now: Any, names: Mapping[str, str]) -> dict[str, Any]:
    def named(value: Any) -> Any:
        return [named(each) for each in value] if isinstance(value, list) else names.get(str(value), value)

    if isinstance(was or now, list):
        one, other = set(was or []), set(now or [])
        return {"added": named(sorted(other - one)), "removed": named(sorted(one - other))}
    return {"before": named(was), "after": named(now)}
