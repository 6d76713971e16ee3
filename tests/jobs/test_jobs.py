"""Each job on a tenant: its plan against one that was written by hand, its end, and the way back."""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from plans import shown

from leangraph import ConfigurationError, Sandbox
from leangraph.cli import main
from leangraph.jobs import Plan, apply, undo
from leangraph.jobs.catalog import JOBS, find
from leangraph.jobs.consents import risk
from leangraph.knowledge import permissions

Written = Callable[[], list[tuple[str, str, int | None]]]
E3, E5 = "05e9a617-0261-4cee-bb44-138d3ef5d965", "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
TEAMS = "57ff2da0-773e-42df-b2af-ffb7a2317929"
ADA, GRACE = "ada.lovelace@contoso.example", "grace.hopper@contoso.example"


def planned(graph: Any, name: str, *words: Any, **options: Any) -> Plan:
    job = find(name)
    return Plan(graph, job.function(graph, *words, **options), job=name, reads=job.reads)


def done(plan: Plan, journal: Path) -> None:
    outcomes = apply(plan, journal=journal).all()
    assert [each for each in outcomes if each.state != "done"] == []
    assert len(outcomes) == len(plan.steps)


def notes(plan: Plan) -> dict[str, str]:
    return {note.what: note.why for note in plan.notes}


def file_of(folder: Path, *rows: str, encoding: str = "utf-8") -> Path:
    file = folder / "hr.csv"
    file.write_text("\n".join(rows) + "\n", encoding=encoding)
    return file


def state_of(graph: Any) -> dict[str, Any]:
    """Return what jobs change, to compare the tenant before and after."""
    users = graph.users.list(select="id,accountEnabled,usageLocation,assignedLicenses,userPrincipalName")
    groups = {
        each["id"]: {m["id"] for m in graph.groups[each["id"]].members.list()} for each in graph.groups.list()
    }
    roles = {
        each["id"]: {m["id"] for m in graph.directoryRoles[each["id"]].members.list()}
        for each in graph.directoryRoles.list()
    }
    devices = {each["id"]: each["accountEnabled"] for each in graph.devices.list()}

    def plain(user: dict[str, Any]) -> dict[str, Any]:
        held = sorted(json.dumps(each, sort_keys=True) for each in user.get("assignedLicenses") or [])
        return {**user, "assignedLicenses": held}

    return {"users": {u["id"]: plain(u) for u in users}, "groups": groups, "roles": roles, "devices": devices}


# -- what every job keeps -------------------------------------------------------------------------------------

WORDS: dict[str, Callable[[Path], list[str]]] = {
    "audit": lambda _: ["--days", "1"],
    "ca-backup": lambda folder: [str(folder / "ca")],
    "ca-diff": lambda folder: [str(folder / "ca")],
    "ca-restore": lambda folder: [str(folder / "ca")],
    "consents": lambda _: [],
    "expiring-secrets": lambda _: [],
    "group-sync": lambda folder: ["Finance", str(file_of(folder, "upn", ADA))],
    "least-permissions": lambda folder: [str(file_of(folder, "GET /users"))],
    "license-swap": lambda _: ["SPE_E3", "SPE_E5", "--limit", "3"],
    "licenses": lambda _: [],
    "mfa": lambda _: [],
    "offboard": lambda _: [GRACE],
    "roles": lambda _: [],
    "rotate-secret": lambda folder: ["HR Connector", "--keep", str(folder / "new.csv")],
    "sign-ins": lambda _: ["--days", "1"],
    "stale-devices": lambda _: [],
    "stale-guests": lambda _: ["--days", "1"],
    "users-create": lambda folder: [
        str(file_of(folder, "userPrincipalName,displayName,manager", f"new@contoso.example,New,{ADA}")),
        "--passwords", str(folder / "passwords.csv"),
    ],
}  # fmt: skip


def test_every_job_is_tried() -> None:
    assert sorted(WORDS) == sorted(JOBS)


@pytest.fixture
def prepared(tenant: Sandbox, graph_client: Any, tmp_path: Path) -> Any:
    graph_client.post("/identity/conditionalAccess/policies", policy(graph_client))
    assert main(["job", "ca-backup", str(tmp_path / "ca"), "-q"]) == 0
    return graph_client


@pytest.mark.parametrize("name", JOBS)
def test_every_job_runs_to_its_end_from_the_command_line(
    name: str, prepared: Any, tenant: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    words = WORDS[name](tmp_path)
    yes = ["--yes", "--max-changes", "100"] if find(name).writes else []

    assert main(["job", name, *words, *yes]) == 0, capsys.readouterr().err
    out = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row.get("state", "done") for row in out} <= {"done", "enabled"}
    assert out or name in ("ca-diff", "ca-restore", "audit")


@pytest.mark.parametrize("name", JOBS)
def test_every_job_names_the_permissions_it_needs(
    name: str, prepared: Any, tenant: Sandbox, tmp_path: Path
) -> None:
    """What it says of itself covers every request that it was seen to make."""
    words = WORDS[name](tmp_path)
    before = len(tenant.requests)
    job = find(name)
    yes = ["--yes", "--plan", "x.plan"] if job.writes else []
    assert main(["job", name, *words, *yes, "-q"]) == 0

    said = {(line.partition(" ")[0], line.partition(" ")[2].partition("?")[0]) for line in job.reads}
    guards = {"/users/{id}", "/directoryRoles(roleTemplateId={value})/members", "/directoryRoles/{id}/members"}
    made = {
        (each.method, each.template)
        for each in tenant.requests[before:]
        if each.template and not each.path.endswith("/$batch") and each.template not in guards
    }
    plain = {(method, path.replace("{key}", "{id}")) for method, path in said}
    assert made <= plain, made - plain


@pytest.mark.parametrize("name", [name for name in JOBS if not find(name).writes])
def test_jobs_that_read_write_nothing_and_can_be_redacted(
    name: str,
    prepared: Any,
    tenant: Sandbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    written: Written,
) -> None:
    before = written()
    capsys.readouterr()

    assert main(["job", name, *WORDS[name](tmp_path), "--read-only", "--redact"]) == 0
    out = capsys.readouterr().out
    assert written() == before
    assert "contoso.example" not in out
    assert "Lovelace" not in out


# -- group-sync -----------------------------------------------------------------------------------------------


def test_a_group_is_brought_in_line_with_a_file(graph_client: Any, tmp_path: Path, written: Written) -> None:
    group = graph_client.groups.list(filter="displayName eq 'Finance'").one()["id"]
    members = {each["userPrincipalName"]: each["id"] for each in graph_client.groups[group].members.list()}
    stays, *leave = members
    ada = graph_client.users[ADA].get(select="id")["id"]
    before = state_of(graph_client)
    plan = planned(
        graph_client, "group-sync", "Finance", file_of(tmp_path, "Mail;Name", f"{ADA.upper()};x", f"{stays};y")
    )

    assert shown(plan) == [
        (f"add “{ADA}”: is in the file", f"POST /groups/{group}/members/$ref"),
        *(
            (f"remove “{name}”: is not in the file", f"DELETE /groups/{group}/members/{members[name]}/$ref")
            for name in leave
        ),
    ]  # fmt: skip
    assert notes(plan) == {"1 member": "in the file already: left alone"}
    assert plan.total == (len(members), "members")
    done(plan, tmp_path / "j")
    assert {each["id"] for each in graph_client.groups[group].members.list()} == {ada, members[stays]}
    done(undo(tmp_path / "j", graph_client), tmp_path / "k")
    assert state_of(graph_client) == before


@pytest.mark.parametrize(
    "column", ["userPrincipalName", "upn", "E-Mail", "mail", "employeeId", "id", "EMPLOYEE ID"]
)
def test_people_are_known_by_whatever_the_file_calls_them(graph_client: Any, tmp_path: Path, column: str) -> None:
    user = graph_client.users[ADA].get(select="id,userPrincipalName,mail,employeeId")
    key = {"upn": "userPrincipalName", "E-Mail": "mail", "EMPLOYEE ID": "employeeId"}.get(column, column)
    file = file_of(tmp_path, f"{column.replace('E-Mail', 'email')},note", f" {user[key].upper()} ,x")
    plan = planned(graph_client, "group-sync", "Finance", file, add_only=True)

    assert [why for why, _ in shown(plan)] == [f"add “{ADA}”: is in the file"]


HOSTILE = {
    "nobody": (["upn", ADA, "nobody@contoso.example"], "row 2: “nobody@contoso.example” is nobody in this tenant"),
    "a blank cell in a row": (["upn,name", f"{ADA},x", ",Grace"], "row 2 has nothing in upn"),
    "another column": (["name,city", "Ada,London"], "names nobody: it needs a column id, userPrincipalName"),
    "no rows and no header": ([""], "is empty"),
    "a column twice": (["upn,UPN", f"{ADA},{ADA}"], "more than one column"),
    "a cell too many": (["upn,name", f"{ADA},x,y"], "a different number of cells"),
    "an id of nothing": (["id", "00000000-0000-0000-0000-000000000009"], "is nobody in this tenant"),
    "a formula": (["upn", "=cmd|' /C calc'!A0"], "is nobody in this tenant"),
    "a filter": (["upn", "x' or '1' eq '1"], "is nobody in this tenant"),
    "nobody at all": (["upn"], "would empty the group “Finance”: if so, say --allow-empty"),
    "blank rows only": (["upn,name", ",", " , "], "would empty the group"),
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_a_file_with_a_fault_is_refused_with_its_row(
    graph_client: Any, tmp_path: Path, written: Written, fault: str
) -> None:
    rows, told = HOSTILE[fault]
    with pytest.raises(ConfigurationError) as caught:
        planned(graph_client, "group-sync", "Finance", file_of(tmp_path, *rows))
    assert told in str(caught.value)
    assert written() == []


def test_two_people_with_one_number_are_told_apart_by_nobody(
    graph_sandbox: Sandbox, graph_client: Any, tmp_path: Path
) -> None:
    for _ in range(2):
        graph_sandbox.add_user(employeeId="4711")
    with pytest.raises(ConfigurationError, match="“4711” is 2 people"):
        planned(graph_client, "group-sync", "Finance", file_of(tmp_path, "employeeId", "4711"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_duplicates_mixed_ids_and_encodings_do_no_harm(graph_client: Any, tmp_path: Path, encoding: str) -> None:
    ada = graph_client.users[ADA].get(select="id,employeeId")
    rows = [
        "employeeId;name",
        f"{ada['employeeId']};Zoë",
        f"{ada['id']};Ada",
        f"{ADA};Ada",
        ";",
        f" {GRACE} ;Grace",
    ]
    plan = planned(
        graph_client, "group-sync", "Finance", file_of(tmp_path, *rows, encoding=encoding), add_only=True
    )

    assert [why for why, _ in shown(plan)] == [f"add “{ADA}”: is in the file", f"add “{GRACE}”: is in the file"]


def test_unknown_rows_can_be_left_out_and_a_group_can_be_emptied(graph_client: Any, tmp_path: Path) -> None:
    file = file_of(tmp_path, "upn", "nobody@contoso.example")
    plan = planned(graph_client, "group-sync", "Finance", file, skip_unknown=True, allow_empty=True)

    assert {why.partition(" ")[0] for why, _ in shown(plan)} == {"remove"}
    assert notes(plan)["row 1: “nobody@contoso.example” is nobody in this tenant"] == "left out"


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        (
            {"groupTypes": ["DynamicMembership"], "membershipRule": '(user.city -eq "x")'},
            "fills itself by its rule",
        ),
        ({"onPremisesSyncEnabled": True}, "is synchronised from a local directory"),
        ({"mailEnabled": True}, "is a distribution list"),
    ],
)
def test_groups_that_graph_cannot_change_are_refused(
    graph_sandbox: Sandbox, graph_client: Any, tmp_path: Path, properties: dict[str, Any], told: str
) -> None:
    group = graph_sandbox.add_group("Special", **properties)
    with pytest.raises(ConfigurationError, match=told):
        planned(graph_client, "group-sync", group["id"], file_of(tmp_path, "upn", ADA))
    with pytest.raises(ConfigurationError, match="is not there"):
        planned(graph_client, "group-sync", "No such group", file_of(tmp_path, "upn", ADA))


# -- offboard -------------------------------------------------------------------------------------------------


def test_a_leaver_is_shut_out_first_and_licenses_go_last(
    graph_sandbox: Sandbox, graph_client: Any, tmp_path: Path, written: Written
) -> None:
    graph_client.users[GRACE].patch({"accountEnabled": True})
    user = graph_client.users[GRACE].get(select="id,assignedLicenses")
    before = state_of(graph_client)
    plan = planned(graph_client, "offboard", GRACE, note_from=ADA, reply="I have left.")

    whys = [why for why, _ in shown(plan)]
    name = f"“{GRACE}”"
    forwarded = planned(graph_client, "offboard", GRACE, forward_to=ADA)
    rules = f"POST /users/{user['id']}/mailFolders/inbox/messageRules"
    assert (f"forward mail of {name} to “{ADA}”", rules) in shown(forwarded)
    assert whys[:4] == [
        f"block {name}",
        f"sign {name} out everywhere",
        f"reset the password of {name}, unknown to all",
        f"answer mail of {name}",
    ]
    groups = [each for each in graph_client.users[GRACE].memberOf.list() if each["@odata.type"].endswith("group")]
    for group in groups:
        assert f"take {name} out of the group “{group['displayName']}”" in whys
    assert f"take {name} out of the directoryRole “User Administrator”" in whys
    devices = list(graph_client.users[GRACE].ownedDevices.list())
    assert [why for why in whys if why.startswith("disable")] == [
        f"disable the device “{each['displayName']}”" for each in devices if each["accountEnabled"]
    ]
    direct = [each["skuId"] for each in user["assignedLicenses"]]
    assert whys[-len(direct) :] == [f"take license {sku} from {name}" for sku in direct]
    assert all(1 in plan.needs(step) for step in plan.steps[1:])
    assert plan.needs(plan.steps[-1]) == list(range(1, len(plan.steps) - len(direct)))
    done(plan, tmp_path / "j")
    assert graph_client.users[GRACE].get(select="accountEnabled,assignedLicenses") .items() >= {
        "accountEnabled": False, "assignedLicenses": []}.items()  # fmt: skip
    assert list(graph_client.users[GRACE].memberOf.list()) == []
    back = undo(tmp_path / "j", graph_client)
    assert {note.what for note in back.notes if note.why == "cannot be undone"} == {
        whys[1], whys[2], next(why for why in whys if why.startswith("tell the manager")),
    }  # fmt: skip
    done(back, tmp_path / "k")
    assert state_of(graph_client) == before


def test_what_comes_from_elsewhere_is_told(graph_sandbox: Sandbox, graph_client: Any) -> None:
    user = graph_sandbox.add_user(onPremisesSyncEnabled=True, mail="x@contoso.example")
    graph_sandbox.add_group("Local", members=[user["id"]], onPremisesSyncEnabled=True)
    graph_sandbox.add_group("Dynamic", members=[user["id"]], groupTypes=["DynamicMembership"], membershipRule="x")
    graph_sandbox.add_group("List", members=[user["id"]], mailEnabled=True)
    name = f"“{user['userPrincipalName']}”"
    plan = planned(graph_client, "offboard", user["id"], note_from=ADA)

    assert [why for why, _ in shown(plan)] == [f"sign {name} out everywhere"]
    assert notes(plan).keys() == {
        f"block and reset {name}", f"the mailbox of {name}", f"{name} in “Local”", f"{name} in “Dynamic”",
        f"{name} in “List”", f"the manager of {name}",
    }  # fmt: skip


def test_a_license_from_a_group_goes_with_the_group(graph_client: Any) -> None:
    held = graph_client.users.list(select="id,userPrincipalName,licenseAssignmentStates")
    user = next(u for u in held if any(s["assignedByGroup"] for s in u.get("licenseAssignmentStates") or []))
    plan = planned(graph_client, "offboard", user["id"])

    assert any("comes from the group" in why for why in notes(plan).values())


def test_nobody_is_off_boarded_if_the_name_is_wrong(graph_client: Any) -> None:
    with pytest.raises(ConfigurationError, match="is nobody in this tenant"):
        planned(graph_client, "offboard", "nobody@contoso.example")


# -- license-swap ---------------------------------------------------------------------------------------------


@pytest.fixture
def two_with_e3(graph_sandbox: Sandbox, graph_client: Any) -> list[dict[str, Any]]:
    """Two users with E3 and nobody else; Teams is switched off for one, the other has no usageLocation."""
    for user in graph_client.users.list(select="id,assignedLicenses,licenseAssignmentStates"):
        if any(each["skuId"] == E3 for each in user.get("assignedLicenses") or []):
            graph_client.users[user["id"]].assignLicense(addLicenses=[], removeLicenses=[E3])
    one = graph_sandbox.add_user(usageLocation="DE", assignedLicenses=[{"skuId": E3, "disabledPlans": [TEAMS]}])
    other = graph_sandbox.add_user(assignedLicenses=[{"skuId": E3, "disabledPlans": []}])
    return [one, other]


def test_a_license_is_swapped_with_what_is_switched_off(
    graph_client: Any, two_with_e3: list[dict[str, Any]], tmp_path: Path
) -> None:
    one, other = two_with_e3
    before = state_of(graph_client)
    plan = planned(graph_client, "license-swap", "spe_e3", E5, usage_location="PL")

    name, second = f"“{one['userPrincipalName']}”", f"“{other['userPrincipalName']}”"
    assert sorted(shown(plan)) == sorted([
        (f"{name}: spe_e3 becomes {E5}", f"POST /users/{one['id']}/assignLicense"),
        (f"{second} is in PL", f"PATCH /users/{other['id']}"),
        (f"{second}: spe_e3 becomes {E5}", f"POST /users/{other['id']}/assignLicense"),
    ])  # fmt: skip
    done(plan, tmp_path / "j")
    assert graph_client.users[one["id"]].get(select="assignedLicenses")["assignedLicenses"] == [
        {"skuId": E5, "disabledPlans": [TEAMS]}
    ]
    done(undo(tmp_path / "j", graph_client), tmp_path / "k")
    before["users"][other["id"]]["usageLocation"] = "PL"  # Graph does not clear it again
    assert state_of(graph_client) == before


def test_without_seats_nothing_is_swapped(
    graph_sandbox: Sandbox, graph_client: Any, two_with_e3: list[dict[str, Any]]
) -> None:
    graph_sandbox.buy("SPE_E5", -9)
    with pytest.raises(ConfigurationError, match="2 users need SPE_E5, and 1 are free"):
        planned(graph_client, "license-swap", "SPE_E3", "SPE_E5", usage_location="PL")
    assert len(planned(graph_client, "license-swap", "SPE_E3", "SPE_E5", usage_location="PL", limit=1).steps) in (
        1,
        2,
    )
    plan = planned(graph_client, "license-swap", "SPE_E3", "SPE_E5")
    assert notes(plan)[f"“{two_with_e3[1]['userPrincipalName']}”"].startswith("left alone: has no usageLocation")
    with pytest.raises(ConfigurationError, match="the tenant has no NOTHING: it has SPE_E5"):
        planned(graph_client, "license-swap", "NOTHING", "SPE_E5")


def test_licenses_from_groups_are_left_alone_and_listed(graph_client: Any) -> None:
    plan = planned(graph_client, "license-swap", "FLOW_FREE", "SPE_E5")

    assert sum(why == "left alone: has FLOW_FREE from a group" for why in notes(plan).values()) == 3


# -- stale-guests, stale-devices ------------------------------------------------------------------------------


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def guests(graph_sandbox: Sandbox, graph_client: Any) -> dict[str, dict[str, Any]]:
    """The only guests: one who came lately, one who did not for long, one who never came, one who is new."""
    for each in graph_client.users.list(filter="userType eq 'Guest'", select="id"):
        graph_client.users[each["id"]].delete()

    def guest(name: str, created: int, seen: int | None, enabled: bool = True) -> dict[str, Any]:
        activity = {"signInActivity": {"lastSignInDateTime": ago(seen)}} if seen is not None else {}
        return graph_sandbox.add_user(
            userPrincipalName=f"{name}@contoso.example", userType="Guest", createdDateTime=ago(created),
            accountEnabled=enabled, **activity,
        )  # fmt: skip

    return {
        "lately": guest("lately", 900, 5), "gone": guest("gone", 900, 120), "never": guest("never", 200, None),
        "new": guest("new", 10, None), "blocked": guest("blocked", 900, 400, enabled=False),
    }  # fmt: skip


def test_guests_are_blocked_and_those_who_are_are_deleted(
    graph_client: Any, guests: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    before = state_of(graph_client)
    block = planned(graph_client, "stale-guests", days=90)
    delete = planned(graph_client, "stale-guests", days=90, delete=True)

    assert sorted(shown(block)) == [
        (f"block “gone@contoso.example”, who last came {ago(120)[:10]}", f"PATCH /users/{guests['gone']['id']}"),
        (
            f"block “never@contoso.example”, who was invited {ago(200)[:10]} and never came",
            f"PATCH /users/{guests['never']['id']}",
        ),
    ]  # fmt: skip
    assert block.total == (5, "guests")
    assert shown(delete) == [
        (
            f"delete “blocked@contoso.example”, who last came {ago(400)[:10]}",
            f"DELETE /users/{guests['blocked']['id']}",
        )
    ]
    assert {name for name, why in notes(delete).items() if "is not blocked yet" in why} == {
        "“gone@contoso.example”", "“never@contoso.example”",
    }  # fmt: skip
    for n, plan in enumerate((block, delete)):
        done(plan, tmp_path / f"j{n}")
    for n in (1, 0):
        done(undo(tmp_path / f"j{n}", graph_client), tmp_path / f"k{n}")
    assert state_of(graph_client) == before


def test_a_guest_who_came_after_the_plan_was_made_is_left_alone(
    graph_client: Any, guests: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    plan = planned(graph_client, "stale-guests", days=90)
    graph_client.users[guests["gone"]["id"]].patch({"accountEnabled": False})

    states = {each.why.split("“")[1].split("@")[0]: each.state for each in apply(plan, journal=tmp_path / "j")}
    assert states == {"gone": "skipped", "never": "done"}


def test_devices_are_disabled_and_deleted_later(graph_sandbox: Sandbox, graph_client: Any, tmp_path: Path) -> None:
    for each in graph_client.devices.list(select="id"):
        graph_client.devices[each["id"]].delete()
    made = {
        name: graph_sandbox.add_device(
            name, approximateLastSignInDateTime=ago(seen), accountEnabled=on, trustType=trust
        )
        for name, seen, on, trust in [
            ("LATELY", 5, True, "AzureAd"), ("OLD", 100, True, "AzureAd"), ("OFF", 300, False, "AzureAd"),
            ("LOCAL", 300, True, "ServerAd"),
        ]
    }  # fmt: skip
    before = state_of(graph_client)
    plan, later = (planned(graph_client, "stale-devices", days=90, delete=delete) for delete in (False, True))

    assert shown(plan) == [(f"disable “OLD”, last used {ago(100)[:10]}", f"PATCH /devices/{made['OLD']['id']}")]
    assert shown(later) == [(f"delete “OFF”, last used {ago(300)[:10]}", f"DELETE /devices/{made['OFF']['id']}")]
    assert "comes from a local directory" in notes(plan)["“LOCAL”"]
    done(plan, tmp_path / "j")
    done(undo(tmp_path / "j", graph_client), tmp_path / "k")
    assert state_of(graph_client) == before
    done(later, tmp_path / "l")
    assert notes(undo(tmp_path / "l", graph_client)) == {later.steps[0].why: "cannot be undone"}


# -- users-create ---------------------------------------------------------------------------------------------


def test_users_are_created_with_manager_and_groups_and_a_password_in_one_file(
    graph_client: Any, tmp_path: Path, written: Written
) -> None:
    before = state_of(graph_client)
    file = file_of(
        tmp_path, "userPrincipalName;displayName;Job Title;businessPhones;manager;groups",
        f"boss@contoso.example;Boß;CEO;+49 1;{ADA};Finance",
        "new@contoso.example;New;;;boss@contoso.example;Finance; Legal",
        f"{GRACE};Grace;;;;", ";;;;;",
    ).rename(tmp_path / "x.csv")  # fmt: skip
    file.write_text(
        file.read_text(encoding="utf-8").replace("Finance; Legal", '"Finance; Legal"'), encoding="utf-8"
    )
    passwords = tmp_path / "passwords.csv"
    plan = planned(graph_client, "users-create", file, passwords=passwords)

    finance, legal = (
        graph_client.groups.list(filter=f"displayName eq '{n}'").one()["id"] for n in ("Finance", "Legal")
    )
    boss, new = "“boss@contoso.example”", "“new@contoso.example”"
    assert shown(plan) == [
        (f"create {boss}", "POST /users"),
        (f"create {new}", "POST /users"),
        (f"“{ADA}” manages {boss}", "PUT /users/boss@contoso.example/manager/$ref"),
        (f"add {boss} to “Finance”", f"POST /groups/{finance}/members/$ref"),
        (f"{boss} manages {new}", "PUT /users/new@contoso.example/manager/$ref"),
        (f"add {new} to “Finance”", f"POST /groups/{finance}/members/$ref"),
        (f"add {new} to “Legal”", f"POST /groups/{legal}/members/$ref"),
    ]
    assert [plan.needs(step) for step in plan.steps] == [[], [], [1], [1], [1, 2], [2], [2]]
    assert notes(plan) == {f"“{GRACE}”": "is there already"}
    done(plan, tmp_path / "j")
    made = graph_client.users["boss@contoso.example"].get(
        select="displayName,jobTitle,businessPhones,accountEnabled"
    )
    assert (made["displayName"], made["jobTitle"], made["businessPhones"]) == ("Boß", "CEO", ["+49 1"])
    assert graph_client.users["new@contoso.example"].manager.get()["displayName"] == "Boß"
    with passwords.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    assert [row[0] for row in rows] == ["name", "boss@contoso.example", "new@contoso.example"]
    if os.name == "posix":
        assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    done(undo(tmp_path / "j", graph_client), tmp_path / "k")
    assert state_of(graph_client) == before


BAD_USERS = {
    "twice": (["a@contoso.example,A", "A@contoso.example,A"], "row 2: “A@contoso.example” is there twice"),
    "no name": (["a@contoso.example,"], "row 1 needs a userPrincipalName with @ and a displayName"),
    "no address": (["a,A"], "row 1 needs a userPrincipalName with @"),
}


@pytest.mark.parametrize("fault", BAD_USERS)
def test_rows_that_make_no_user_are_refused(graph_client: Any, tmp_path: Path, fault: str) -> None:
    rows, told = BAD_USERS[fault]
    with pytest.raises(ConfigurationError) as caught:
        planned(
            graph_client,
            "users-create",
            file_of(tmp_path, "userPrincipalName,displayName", *rows),
            passwords=tmp_path / "p",
        )
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("userPrincipalName,displayName,password", "passwords are made here"),
        ("userPrincipalName,displayName,jobTitel", "did you mean jobTitle"),
        ("userPrincipalName,name", "has no column displayName"),
        ("userPrincipalName,displayName,employeeOrgData[division]", "only plain properties"),
    ],
)
def test_columns_that_cannot_be_set_are_refused(graph_client: Any, tmp_path: Path, header: str, told: str) -> None:
    row = ",".join(["a@contoso.example", "A", "x"][: header.count(",") + 1])
    with pytest.raises(ConfigurationError, match=told):
        planned(graph_client, "users-create", file_of(tmp_path, header, row), passwords=tmp_path / "p")


# -- rotate-secret --------------------------------------------------------------------------------------------


def secrets_of(graph: Any, name: str = "HR Connector") -> list[str]:
    app = graph.applications.list(filter=f"displayName eq '{name}'").one()
    return [each["keyId"] for each in app["passwordCredentials"]]


def test_the_new_secret_is_kept_before_the_old_one_goes(graph_client: Any, tmp_path: Path) -> None:
    old = secrets_of(graph_client)
    file = tmp_path / "secret.csv"
    plan = planned(graph_client, "rotate-secret", "HR Connector", keep=file, grace=0)

    whys = [why for why, _ in shown(plan)]
    assert whys[0] == "add a secret to “HR Connector”"
    assert [why.partition(" the secret")[0] for why in whys[1:]] == ["take away"] * len(old)
    assert [plan.needs(step) for step in plan.steps] == [[], *([1] for _ in old)]
    done(plan, tmp_path / "j")
    [new] = secrets_of(graph_client)
    assert new not in old
    with file.open(encoding="utf-8", newline="") as text:
        [_, (name, secret)] = list(csv.reader(text))
    app = graph_client.applications.list(filter="displayName eq 'HR Connector'").one()
    assert name.startswith(f"{app['appId']} leangraph ")
    assert secret not in (tmp_path / "j").read_bytes().decode("latin-1")
    assert secret.startswith(app["passwordCredentials"][0]["hint"])


def test_old_secrets_stay_for_the_grace_and_go_later(graph_client: Any, tmp_path: Path) -> None:
    old = secrets_of(graph_client)
    plan = planned(graph_client, "rotate-secret", "HR Connector", keep=tmp_path / "s")
    assert len(plan.steps) == 1
    assert set(notes(plan).values()) == {"stays for 7 days: then run this with --remove-old"}
    done(plan, tmp_path / "j")
    assert len(secrets_of(graph_client)) == len(old) + 1

    assert planned(graph_client, "rotate-secret", "HR Connector", remove_old=True).steps == []
    later = planned(graph_client, "rotate-secret", "HR Connector", remove_old=True, grace=0)
    done(later, tmp_path / "k")
    assert len(secrets_of(graph_client)) == 1
    assert set(secrets_of(graph_client)).isdisjoint(old)


def test_a_certificate_is_added_beside_the_others_and_taken_back(graph_client: Any, tmp_path: Path) -> None:
    pem = certificate(tmp_path / "new.pem")
    app = graph_client.applications.list(filter="displayName eq 'Backup Agent'").one()
    plan = planned(graph_client, "rotate-secret", app["appId"], certificate=pem)
    done(plan, tmp_path / "j")

    now = graph_client.applications[app["id"]].get()["keyCredentials"]
    assert len(now) == len(app["keyCredentials"]) + 1
    assert "new" in {each["displayName"] for each in now}
    (tmp_path / "x.pem").write_text("no certificate", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is no certificate in PEM"):
        planned(graph_client, "rotate-secret", app["appId"], certificate=tmp_path / "x.pem")
    with pytest.raises(ConfigurationError, match="--keep FILE, or --certificate FILE"):
        planned(graph_client, "rotate-secret", app["appId"])


def certificate(file: Path) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "new")])
    begin = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(begin).not_valid_after(begin + timedelta(days=90))
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return file


# -- conditional access ---------------------------------------------------------------------------------------


def policy(graph: Any, name: str = "Require MFA") -> dict[str, Any]:
    return {
        "displayName": name,
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], "excludeUsers": [graph.users[ADA].get(select="id")["id"]]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }


def test_policies_are_saved_compared_and_put_back(graph_client: Any, tmp_path: Path) -> None:
    at = "/identity/conditionalAccess/policies"
    kept, changed, lost = (
        graph_client.post(at, policy(graph_client, name)) for name in ("Kept", "Changed", "Lost/../x")
    )
    saved = list(find("ca-backup").function(graph_client, tmp_path / "ca"))
    assert [Path(row["file"]).parent for row in saved] == [tmp_path / "ca"] * 3
    text = json.loads(Path(saved[0]["file"]).read_text(encoding="utf-8"))
    assert ADA in text["names"].values()
    assert text["policy"].keys() & {"createdDateTime", "modifiedDateTime"} == set()
    grace = graph_client.users[GRACE].get(select="id")["id"]
    graph_client.patch(f"{at}/{changed['id']}", {"state": "disabled"})
    users = {**changed["conditions"]["users"], "excludeUsers": [grace]}
    graph_client.patch(
        f"{at}/{changed['id']}", {"conditions": {**policy(graph_client)["conditions"], "users": users}}
    )
    graph_client.delete(f"{at}/{lost['id']}")

    rows = list(find("ca-diff").function(graph_client, str(tmp_path / "ca")))

    assert [{key: row[key] for key in row if key != "id"} for row in rows] == [
        {"policy": "Changed", "what": "conditions.users.excludeUsers", "added": [GRACE], "removed": [ADA]},
        {"policy": "Changed", "what": "state", "before": "enabled", "after": "disabled"},
        {"policy": "Lost/../x", "what": "is gone"},
    ]
    plan = planned(graph_client, "ca-restore", tmp_path / "ca")
    assert sorted(shown(plan)) == [
        ("make “Lost/../x” anew", f"POST {at}"),
        ("put “Changed” back: conditions, state", f"PATCH {at}/{changed['id']}"),
    ]
    assert notes(plan)["“Kept”"] == "is as it was"
    before = {each["displayName"]: each["state"] for each in graph_client.list(at)}
    done(plan, tmp_path / "j")
    assert {each["displayName"]: each["state"] for each in graph_client.list(at)} == {
        "Kept": "enabled", "Changed": "enabled", "Lost/../x": "disabled",
    }  # fmt: skip
    assert [row["what"] for row in find("ca-diff").function(graph_client, str(tmp_path / "ca"))] == [
        "is gone",
        "was made",
    ]
    done(undo(tmp_path / "j", graph_client), tmp_path / "k")
    assert {each["displayName"]: each["state"] for each in graph_client.list(at)} == before
    assert kept["id"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"policy": {}}', "no json"])
def test_what_is_no_backup_is_refused(graph_client: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no policy that ca-backup has saved"):
        planned(graph_client, "ca-restore", tmp_path / "x.json")


# -- jobs that read -------------------------------------------------------------------------------------------


def test_secrets_that_end_soon_are_found_with_their_owners(graph_client: Any) -> None:
    found = list(find("expiring-secrets").function(graph_client, days=30))
    all_of_them = list(find("expiring-secrets").function(graph_client, days=30, expired=True))

    assert [(row["app"], row["kind"], len(row["owners"])) for row in found] == [
        ("HR Connector", "secret", 0), ("Backup Agent", "certificate", 1),
    ]  # fmt: skip
    assert {"Payroll Sync", "HR Connector"} <= {row["app"] for row in all_of_them if row["daysLeft"] < 0}


def test_sign_ins_come_slice_by_slice_at_the_pace_of_the_log(
    graph_sandbox: Sandbox, graph_client: Any, naps: list[float], tmp_path: Path
) -> None:
    found = list(find("sign-ins").function(graph_client, days=3))

    asked = [each for each in graph_sandbox.requests if each.path == "/auditLogs/signIns"]
    assert len(asked) == 12  # of six hours each
    assert sum(naps) >= 10 * (len(asked) - 5) / 5 - 10
    since = ago(3)
    expected = [each for each in graph_client.auditLogs.signIns.list() if each["createdDateTime"] >= since]
    assert [row["at"] for row in found] == sorted(each["createdDateTime"] for each in expected)
    failed = list(find("sign-ins").function(graph_client, days=30, failed=True))
    assert failed
    assert not any(row["ok"] for row in failed)
    user = found[0]["user"]
    assert {row["user"] for row in find("sign-ins").function(graph_client, days=3, user=user.upper())} == {user}


def test_a_log_goes_on_where_it_was_left(graph_sandbox: Sandbox, graph_client: Any, tmp_path: Path) -> None:
    keep = tmp_path / "kept.jsonl"
    whole = list(find("sign-ins").function(graph_client, days=5))
    run = find("sign-ins").function(graph_client, days=5, keep=keep)
    first = [next(run) for _ in range(3)]
    run.close()
    with keep.open("a", encoding="utf-8") as torn:
        torn.write('{"id": "cut of')  # as kill -9 leaves it
    before = len(graph_sandbox.requests)

    again = list(find("sign-ins").function(graph_client, days=5, keep=keep))

    assert first == whole[:3]
    assert again == whole
    assert len(graph_sandbox.requests) - before < 20
    once_more = len(graph_sandbox.requests)
    assert list(find("sign-ins").function(graph_client, days=5, keep=keep)) == whole
    assert len(graph_sandbox.requests) - once_more <= 1
    with pytest.raises(ConfigurationError, match="keeps something else"):
        list(find("sign-ins").function(graph_client, days=6, keep=keep))


def test_what_was_changed_is_listed_with_who_did_it(graph_client: Any) -> None:
    graph_client.users[GRACE].patch({"jobTitle": "Rear Admiral"})

    found = [row for row in find("audit").function(graph_client, days=1) if row["activity"] == "Update user"]

    assert found[-1]["by"]
    assert found[-1]["target"] == [GRACE]
    assert any(change["name"] == "JobTitle" and "Rear Admiral" in change["to"] for change in found[-1]["changes"])
    assert list(find("audit").function(graph_client, days=1, activity="Add member to group")) == []


def test_consents_are_named_and_risky_ones_come_first(graph_sandbox: Sandbox, graph_client: Any) -> None:
    found = list(find("consents").function(graph_client))

    assert [row["risk"] for row in found] == sorted(
        (row["risk"] for row in found), key=("critical", "high", "low").index
    )
    hr = [row for row in found if row["app"] == "HR Connector"]
    assert {(row["permission"], row["risk"], row["who"]) for row in hr if row["kind"] == "application"} >= {
        ("User.ReadWrite.All", "high", "itself"), ("Group.Read.All", "low", "itself"),
    }  # fmt: skip
    assert not any("-" in row["permission"] for row in found)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("RoleManagement.ReadWrite.Directory", "application", "critical"),
        ("AppRoleAssignment.ReadWrite.All", "delegated", "critical"),
        ("Directory.AccessAsUser.All", "delegated", "critical"), ("full_access_as_app", "application", "critical"),
        ("Mail.Read", "application", "high"), ("Mail.Read", "delegated", "low"),
        ("Sites.FullControl.All", "application", "high"),
        ("User.Read", "delegated", "low"), ("User.Read.All", "application", "low"),
        ("Files.ReadWrite.All", "delegated", "high"),
    ],
)  # fmt: skip
def test_how_risky_a_permission_is(name: str, kind: str, expected: str) -> None:
    assert risk(name, kind) == expected


def test_licenses_are_counted_and_wasted_ones_too(graph_sandbox: Sandbox, graph_client: Any) -> None:
    before = {row["sku"]: row for row in find("licenses").function(graph_client)}
    held = [{"skuId": E5, "disabledPlans": []}]
    graph_sandbox.buy("SPE_E5", 3)
    graph_sandbox.add_user(usageLocation="DE", assignedLicenses=held, accountEnabled=False)
    graph_sandbox.add_user(usageLocation="DE", assignedLicenses=held, createdDateTime=ago(200))
    graph_sandbox.add_user(usageLocation="DE", assignedLicenses=held, createdDateTime=ago(2))

    after = {row["sku"]: row for row in find("licenses").function(graph_client)}["SPE_E5"]

    names = ("bought", "used", "free", "blockedUsers", "unusedUsers", "wasted")
    assert [after[name] - before["SPE_E5"][name] for name in names] == [3, 3, 0, 1, 1, 2]
    assert after["license"] == "Microsoft 365 E5"


def test_who_has_no_second_factor_comes_first_and_admins_before_all(graph_client: Any) -> None:
    found = list(find("mfa").function(graph_client))

    assert [(row["mfa"], not row["isAdmin"]) for row in found] == sorted(
        (row["mfa"], not row["isAdmin"]) for row in found
    )
    assert len(found) == 50
    assert {row["user"] for row in find("mfa").function(graph_client, missing=True)} == {
        row["user"] for row in found if not row["mfa"]
    }


def test_roles_are_listed_with_who_has_and_who_may_take_them(graph_client: Any) -> None:
    grace = graph_client.users[GRACE].get(select="id")["id"]
    graph_client.post(
        "/roleManagement/directory/roleEligibilityScheduleRequests",
        {
            "action": "adminAssign", "justification": "x", "principalId": grace, "directoryScopeId": "/",
            "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10",
            "scheduleInfo": {"startDateTime": ago(0), "expiration": {"type": "afterDuration", "duration": "PT8H"}},
        },
    )  # fmt: skip
    found = list(find("roles").function(graph_client))

    assert [(row["role"], row["kind"], row["who"]) for row in found if row["role"] == "Global Administrator"] == [
        ("Global Administrator", "standing", ADA), ("Global Administrator", "eligible", GRACE),
    ]  # fmt: skip


def test_permissions_that_nobody_needs_are_found(graph_client: Any, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("GET /users 200 12 ms\nGET /teams/{id}/channels 200\n", encoding="utf-8")
    of_teams, _ = permissions.least([("GET", "/teams/{id}/channels", ())], delegated=False)
    found = {row["permission"]: row["advice"] for row in find("least-permissions").function(graph_client, log)}

    assert found["User.ReadBasic.All"] == "add"
    assert {name for name, advice in found.items() if advice != "remove"} == {"User.ReadBasic.All", *of_teams}
    assert found["RoleManagement.ReadWrite.Directory"] == "remove"
    plan = planned(graph_client, "group-sync", "Finance", file_of(tmp_path, "upn", ADA))
    plan.save(tmp_path / "plan")
    of_plan = {
        row["permission"]: row["advice"]
        for row in find("least-permissions").function(graph_client, tmp_path / "plan")
    }
    assert {name for name, advice in of_plan.items() if advice != "remove"} == set(
        plan.permissions()["application"]
    )
    (tmp_path / "empty").write_text("nothing", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="names no request"):
        list(find("least-permissions").function(graph_client, tmp_path / "empty"))
