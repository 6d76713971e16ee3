"""A job killed with kill -9 at some moment and resumed, against the same job that nobody disturbs.

python killed_jobs.py ROUNDS: each job that writes, so many times, each time killed somewhere else.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from processes import eventually, kill, started

from leangraph import GraphClient, Sandbox, Settings
from leangraph.jobs import Plan, apply
from leangraph.jobs.catalog import find

ADA, GRACE = "ada.lovelace@contoso.example", "grace.hopper@contoso.example"
POLICIES = "/identity/conditionalAccess/policies"


def rows_of(folder: Path, *rows: str) -> Path:
    file = folder / "rows.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def restored(graph: Any, folder: Path) -> Plan:
    """Return a plan that puts back three policies that are gone."""
    for number in range(3):
        body = {
            "id": f"0000000{number}-0000-4000-8000-000000000000",
            "displayName": f"P{number}",
            "state": "enabled",
        }
        who, what = {"includeUsers": ["All"]}, {"includeApplications": ["All"]}
        conditions = {"clientAppTypes": ["all"], "users": who, "applications": what}
        controls = {"operator": "OR", "builtInControls": ["mfa"]}
        saved = {"policy": {**body, "conditions": conditions, "grantControls": controls}, "names": {}}
        (folder / f"{number}.json").write_text(json.dumps(saved), encoding="utf-8")
    return planned(graph, "ca-restore", folder)


def planned(graph: Any, name: str, *words: Any, **options: Any) -> Plan:
    return Plan(graph, find(name).function(graph, *words, **options), job=name)


def new_users(graph: Any, folder: Path) -> Plan:
    rows = [f"new{n}@contoso.example,New {n},{ADA},Finance" for n in range(30)]
    file = rows_of(folder, "userPrincipalName,displayName,manager,groups", *rows)
    return planned(graph, "users-create", file, passwords=folder / "passwords")


PLANS: dict[str, Callable[[Any, Path], Plan]] = {
    "ca-restore": restored,
    "group-sync": lambda graph, folder: planned(
        graph, "group-sync", "Finance", rows_of(folder, "upn", ADA, GRACE)
    ),
    "license-swap": lambda graph, _: planned(graph, "license-swap", "SPE_E3", "SPE_E5", limit=9),
    "offboard": lambda graph, _: planned(graph, "offboard", "siobhan.o'brien@contoso.example"),
    "rotate-secret": lambda graph, folder: planned(
        graph, "rotate-secret", "HR Connector", keep=folder / "secret", grace=0
    ),
    "stale-devices": lambda graph, _: planned(graph, "stale-devices", days=30),
    "stale-guests": lambda graph, _: planned(graph, "stale-guests", days=1),
    "users-create": new_users,
}


def state_of(graph: Any) -> dict[str, Any]:
    """Return what jobs change; objects that they make have an id of their own each time."""
    users = graph.users.list(select="userPrincipalName,accountEnabled,usageLocation,assignedLicenses")
    groups = list(graph.groups.list(select="id,displayName"))
    apps = graph.applications.list(select="displayName,passwordCredentials")
    return {
        "users": sorted(
            json.dumps({**each, "assignedLicenses": licenses(each)}, sort_keys=True) for each in users
        ),
        "groups": {each["displayName"]: members(graph, each["id"]) for each in groups},
        "devices": {each["id"]: each["accountEnabled"] for each in graph.devices.list()},
        "secrets": {each["displayName"]: len(each["passwordCredentials"]) for each in apps},
        "policies": Counter((each["displayName"], each["state"]) for each in graph.list(POLICIES)),
    }


def licenses(user: Any) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in user.get("assignedLicenses") or [])


def members(graph: Any, group: str) -> list[str]:
    return sorted(each.get("userPrincipalName") or each["id"] for each in graph.groups[group].members.list())


def writes(sandbox: Sandbox) -> list[tuple[str, str, bytes]]:
    """Return every write that Graph has carried out, in order."""
    return [
        (each.method, each.path, each.body)
        for each in sandbox.requests
        if each.method != "GET" and each.batched and each.status is not None and each.status < 300
    ]


def disturbed(sandbox: Sandbox, graph: Any, name: str, folder: Path, chance: random.Random) -> None:
    """Kill a job once and resume it: the tenant is as if nobody had, and nothing that was done was done again."""
    plan = PLANS[name](graph, folder)
    plan.save(folder / "undisturbed")
    assert {each.state for each in apply(plan, journal=folder / "undisturbed.journal")} == {"done"}
    expected, number = state_of(graph), len(writes(sandbox))
    sandbox.reset()
    for left in ("passwords", "secret"):
        (folder / left).unlink(missing_ok=True)
    plan = PLANS[name](graph, folder)
    plan.save(folder / "plan")
    moment = chance.randrange(number + 1)
    command = (sys.executable, "-m", "leangraph", "apply", folder / "plan", "--yes", "-q")
    begun = len(sandbox.requests)
    with started(*command, env={**os.environ, **sandbox.env}, cwd=folder) as process:
        assert eventually(lambda: len(sandbox.requests) > begun and len(writes(sandbox)) >= moment)
        kill(process)
        process.wait()

    resume = (folder / "plan.journal").exists()
    outcomes = apply(plan, journal=folder / "plan.journal", resume=resume).all()

    lost = {each.state for each in outcomes} - {"done"}
    if name == "rotate-secret" and lost:  # the text of the new secret never came: the old one is still good
        assert {each.state for each in outcomes} == {"unknown", "stopped"}
        assert state_of(graph)["secrets"]["HR Connector"] == 3
        return
    assert lost == set(), [each for each in outcomes if each.state != "done"]
    assert state_of(graph) == expected
    repeated = {each: times for each, times in Counter(writes(sandbox)).items() if times > 1}
    harmless = [
        each for each in repeated if each[0] in ("PATCH", "PUT") or each[1].endswith("revokeSignInSessions")
    ]
    assert repeated.keys() == set(harmless), repeated  # what was in flight, and does no harm twice
    if name == "users-create":
        with (folder / "passwords").open(encoding="utf-8", newline="") as text:
            assert len(list(csv.reader(text))) == 31


if __name__ == "__main__":
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    for name in sys.argv[3:] or PLANS:
        for _ in range(int(sys.argv[1])):
            with (
                Sandbox() as tenant,
                tempfile.TemporaryDirectory() as place,
                GraphClient(settings=Settings.from_mapping(tenant.env)) as client,
            ):
                disturbed(tenant, client, name, Path(place), chance)
        print(f"{name}: killed and resumed {sys.argv[1]} times")
