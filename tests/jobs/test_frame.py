"""A plan: saved, checked, refused where it does not belong, applied, resumed, taken back."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from leangraph import ConfigurationError, GraphClient, MissingPermission, Request, Sandbox, Settings
from leangraph.cli import main
from leangraph.jobs import ABSENT, NOBODY, SECRET, Note, Plan, Secret, Step, Total, apply, quoted, undo
from leangraph.jobs.guard import Place, Protection, refuse_foreign
from leangraph.jobs.redact import Redaction
from leangraph.jobs.secret import password
from leangraph.rows.journal import Journal

Written = Callable[[], list[tuple[str, str, int | None]]]
OWN_JOB = '''
"""Move people."""
from __future__ import annotations
from typing import Annotated
from leangraph import GraphClient, Request
from leangraph.jobs import Step, Total, quoted

def plan(graph: Any, city: str, *, most: Annotated[int, "How many."] = 3):
    """Move people to CITY."""
    yield Total(graph.users.count(), "users")
    for user in graph.users.list(select=["id", "city", "displayName"], limit=most):
        path = f"/users/{user['id']}"
        yield Step(
            Request("PATCH", path, {"city": city}), f"{quoted(user['displayName'])} moves",
            undo=Request("PATCH", path, {"city": user["city"]}), expects={path: {"city": user["city"]}},
        )
'''


@pytest.fixture
def people(graph_client: Any) -> list[dict[str, Any]]:
    return list(graph_client.users.list(select="id,userPrincipalName,city,accountEnabled"))


def move(user: dict[str, Any], city: str = "Rome", needs: Any = ()) -> Step:
    path = f"/users/{user['id']}"
    return Step(
        Request("PATCH", path, {"city": city}),
        f"{quoted(user['userPrincipalName'])} moves",
        needs=needs,
        undo=Request("PATCH", path, {"city": user.get("city")}),
        expects={path: {"city": user.get("city")}},
    )


def cities(graph: Any) -> dict[str, str | None]:
    return {user["id"]: user.get("city") for user in graph.users.list(select="id,city")}


# -- what a plan is -------------------------------------------------------------------------------------------


def test_a_plan_is_the_same_after_it_was_saved(
    graph_client: Any, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    first = move(people[1])
    second = Step(
        Request("POST", "/users", {"passwordProfile": {"password": SECRET}}, idempotent=True, headers={"X": "y"}),
        "a new one",
        needs=first,
        undo=Request("DELETE", "/users/{id}"),
        expects={"/users/x@y": ABSENT},
        secret=Secret("out.csv", "x@y"),
    )
    plan = Plan(
        graph_client,
        [Total(7, "users"), first, second, Note("the rest", "stays")],
        job="mine",
        reads=["GET /users"],
    )

    plan.save(tmp_path / "plan")
    again = Plan.load(tmp_path / "plan", graph_client)

    assert again.text() == plan.text()
    assert again.table() == plan.table()
    assert [again.needs(step) for step in again.steps] == [[], [1]]
    assert (again.total, again.place, again.notes) == (plan.total, plan.place, plan.notes)
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "plan").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no plan"),
        ("[]\n", "is no plan"),
        ('{"a": 1}\n', "is no plan"),
        ('{"plan": 99}\n', "another version"),
        ('{"redacted": "x"}\n', "can be read, and not applied"),
        ("no json\n", "is not JSON"),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "plan").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=told):
        Plan.load(tmp_path / "plan")


def test_a_step_that_needs_a_later_one_is_refused(
    graph_client: Any, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="must be yielded before it"):
        Plan(graph_client, [move(people[1], needs=move(people[2]))])

    Plan(graph_client, [move(people[1])]).save(tmp_path / "plan")
    lines = (tmp_path / "plan").read_text(encoding="utf-8").replace('"needs": []', '"needs": [1]')
    (tmp_path / "plan").write_text(lines, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is not before it"):
        Plan.load(tmp_path / "plan")


@pytest.mark.parametrize(
    "body",
    [
        {"passwordProfile": {"password": "Geheim-1"}},
        {"a": [{"Password": "x"}]},
        {"secretText": "x"},
        {"newPassword": "x"},
        {"currentPassword": "x"},
        {"clientSecret": "x"},
        {"temporaryAccessPass": "x"},
    ],
)
def test_a_password_in_a_step_is_refused_and_not_repeated(graph_client: Any, body: dict[str, Any]) -> None:
    harmless = Request("PATCH", "/users/x", {"city": "Rome"})
    for step in (
        Step(Request("POST", "/users", body), "new"),
        Step(harmless, "taken back", undo=Request("PATCH", "/users/x", body)),
        Step(harmless, "looked at", expects={"/users/x": body}),
    ):
        with pytest.raises(ConfigurationError, match="holds a password") as caught:
            Plan(graph_client, [step])
        assert "Geheim-1" not in str(caught.value)


@pytest.mark.parametrize("item", [None, "GET /users", {}, Request("GET", "/users")])
def test_a_job_yields_steps_notes_and_totals(graph_client: Any, item: Any) -> None:
    with pytest.raises(ConfigurationError, match="a job yields Step, Note or Total"):
        Plan(graph_client, [item])


def test_the_least_permissions_of_a_plan(graph_client: Any, people: list[dict[str, Any]]) -> None:
    plan = Plan(graph_client, [move(people[1])], reads=["GET /subscribedSkus"])

    assert plan.permissions()["application"] == ["LicenseAssignment.Read.All", "User.ReadWrite.All"]
    assert plan.check() == ()


def test_a_token_that_is_not_enough_is_told(tenant: Sandbox, people: list[dict[str, Any]]) -> None:
    with GraphClient(settings=Settings.from_mapping(tenant.env)) as graph:
        plan = Plan(graph, [move(people[1])], reads=["GET /deviceManagement/managedDevices"])
        tenant.permissions = "off"
        with pytest.raises(MissingPermission, match="DeviceManagementManagedDevices"):
            plan.check(_with_token(graph, ["User.ReadWrite.All"]))


def _with_token(graph: Any, roles: list[str]) -> Any:
    """Return something with the token of an app that has these permissions."""
    import base64
    from types import SimpleNamespace

    claims = base64.urlsafe_b64encode(json.dumps({"roles": roles, "tid": "t"}).encode()).decode().rstrip("=")
    return SimpleNamespace(token_holder=SimpleNamespace(token=f"e30.{claims}.x"))


# -- what is hidden -------------------------------------------------------------------------------------------


def test_a_redacted_plan_names_nobody(graph_client: Any, people: list[dict[str, Any]], tmp_path: Path) -> None:
    steps = [move(user) for user in people[:6]]
    member = Step(
        Request("DELETE", f"/groups/{people[0]['id']}/members/{people[1]['id']}/$ref"),
        f"{quoted('Ada “L”')} leaves",
    )
    plan = Plan(
        graph_client, [*steps, member, Note(quoted("Grace Hopper"), "is ada@contoso.example's boss")], job="mine"
    )

    plan.save(tmp_path / "plan", redact=True)
    text = (tmp_path / "plan").read_text(encoding="utf-8")

    for user in people:
        assert user["id"] not in text
        assert user["userPrincipalName"] not in text
    assert not [word for word in ("Ada", "Grace", "Hopper", "@", "Rome") if word in text]
    assert "PATCH /users/#" in text
    assert "/members/#" in text


def test_the_same_name_has_the_same_mark_in_one_report_only() -> None:
    one, other = Redaction(b"a"), Redaction(b"b")

    assert one.row({"user": "Ada@x.y", "days": 7, "why": "“ada@x.y” left"}) == {
        "user": one.mark("ada@x.y"), "days": 7, "why": f"{one.mark('ada@x.y')} left",
    }  # fmt: skip
    assert one.mark("ada@x.y") != other.mark("ada@x.y")


# -- where it is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("tenant", "other", "the tenant other"),
        ("cloud", "https://127.0.0.1:1", "the tenant at https://127.0.0.1:1"),
        ("identity", "app x", "the identity app x"),
    ],
)
def test_a_plan_of_elsewhere_is_refused(
    graph_client: Any,
    people: list[dict[str, Any]],
    tmp_path: Path,
    written: Written,
    capsys: pytest.CaptureFixture[str],
    tenant: Sandbox,
    field: str,
    value: str,
    told: str,
) -> None:
    plan = Plan(graph_client, [move(people[1])])
    plan.place = plan.place._replace(**{field: value})
    plan.save(tmp_path / "plan")

    with pytest.raises(
        ConfigurationError, match=f"made for {told}, .*start `leangraph sandbox`.*Nothing was sent"
    ):
        apply(Plan.load(tmp_path / "plan"), graph=graph_client, journal=tmp_path / "j")
    assert main(["apply", str(tmp_path / "plan"), "--yes"]) == 2
    assert "moves" not in capsys.readouterr().err  # it is refused before it is shown
    assert written() == []
    assert not (tmp_path / "j").exists()


def test_a_plan_of_another_cloud_is_made_anew() -> None:
    made, here = (Place("t", f"https://graph.microsoft.{end}", "app x") for end in ("com", "us"))

    with pytest.raises(ConfigurationError, match=r"for the cloud https://graph\.microsoft\.com.*make a plan here"):
        refuse_foreign(made, here)


def test_a_client_that_may_only_read_is_refused(
    graph_sandbox: Sandbox, people: list[dict[str, Any]], tmp_path: Path, written: Written
) -> None:
    settings = Settings.from_mapping({**graph_sandbox.env, "GRAPH_READ_ONLY": "1"})
    with GraphClient(settings=settings) as graph, pytest.raises(ConfigurationError, match="may only read"):
        apply(Plan(graph, [move(people[1])]), journal=tmp_path / "j")
    assert written() == []


@pytest.mark.parametrize(
    ("limit", "total", "allowed"),
    [
        ("3", None, True), (3, None, True), ("2", None, False), ("0", None, False), ("6%", 50, True),
        ("5.9%", 50, False), ("100%", 2, False), (None, None, True),
    ],
)  # fmt: skip
def test_more_changes_than_allowed_are_refused(
    graph_client: Any,
    people: list[dict[str, Any]],
    tmp_path: Path,
    limit: Any,
    total: int | None,
    allowed: bool,
) -> None:
    items: list[Any] = [move(user) for user in people[1:4]]
    plan = Plan(graph_client, [*items, *([Total(total, "users")] if total else [])])

    if allowed:
        apply(plan, journal=tmp_path / "j", max_changes=limit).close()
        assert not (tmp_path / "j").exists()  # nothing is begun, made or locked before the first step
    else:
        with pytest.raises(ConfigurationError, match="--max-changes"):
            apply(plan, journal=tmp_path / "j", max_changes=limit)


@pytest.mark.parametrize("limit", ["", "x", "-1", "5.5", "%", "1e3"])
def test_a_limit_that_is_none_is_refused(
    graph_client: Any, people: list[dict[str, Any]], tmp_path: Path, limit: str
) -> None:
    with pytest.raises(ConfigurationError, match="must be a number, or a percentage"):
        apply(Plan(graph_client, [move(people[1])]), journal=tmp_path / "j", max_changes=limit)


# -- whom it leaves alone -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["id", "userPrincipalName"])
@pytest.mark.parametrize("named", ["id", "userPrincipalName"])
def test_the_protected_are_left_alone_however_they_are_named(
    graph_sandbox: Sandbox, people: list[dict[str, Any]], by: str, named: str
) -> None:
    grace = people[5]
    protect = f"nobody@contoso.example, {grace[named].upper()}"
    with GraphClient(settings=Settings.from_mapping({**graph_sandbox.env, "GRAPH_PROTECT": protect})) as graph:
        step = Step(Request("PATCH", f"/users/{grace[by]}", {"city": "Rome"}), "grace")
        after = Step(Request("PATCH", f"/users/{people[1]['id']}", {"city": "Rome"}), "after", needs=step)
        plan = Plan(graph, [step, after, move(people[2])])

    assert len(plan.steps) == 1
    assert [note.what for note in plan.notes] == ["grace", "after"]
    assert "is in GRAPH_PROTECT" in plan.notes[0].why


HARM = {
    "block": lambda user: Request("PATCH", f"/users/{user['id']}", {"accountEnabled": False}),
    "delete": lambda user: Request("DELETE", f"/users/{user['userPrincipalName']}"),
    "reset": lambda user: Request("PATCH", f"/users/{user['id']}", {"passwordProfile": {"password": SECRET}}),
    "revoke": lambda user: Request("POST", f"/users/{user['id']}/revokeSignInSessions"),
    "role": lambda user: Request("DELETE", f"/directoryRoles/x/members/{user['id']}/$ref"),
}


@pytest.mark.parametrize("harm", HARM)
def test_the_last_global_administrator_is_left_alone(
    graph_client: Any, people: list[dict[str, Any]], harm: str
) -> None:
    ada = people[0]
    plan = Plan(
        graph_client, [Step(HARM[harm](ada), "harm", secret=Secret() if harm == "reset" else None), move(ada)]
    )

    assert [step.why for step in plan.steps] == [move(ada).why]  # what harms nobody goes on
    assert "is the last Global Administrator" in plan.notes[0].why


def test_of_two_global_administrators_one_stays(graph_client: Any, people: list[dict[str, Any]]) -> None:
    role = graph_client.get("/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')")
    graph_client.directoryRoles[role["id"]].members.add([people[5]["id"]])

    plan = Plan(graph_client, [Step(HARM["block"](people[n]), f"block {n}") for n in (5, 0)])

    assert [step.why for step in plan.steps] == ["block 5"]


def test_who_is_signed_in_is_left_alone(people: list[dict[str, Any]]) -> None:
    grace = people[5]

    class Client:
        protected = ""
        token_holder = _user_token(grace)

        def list(self, *_: Any, **__: Any) -> list[Any]:
            return []

    step = Step(HARM["block"](grace), "block")
    assert "is who is signed in" in Protection(Client(), [step]).why(step)  # type: ignore[arg-type]


def _user_token(user: dict[str, Any]) -> Any:
    import base64
    from types import SimpleNamespace

    claims = {"oid": user["id"], "upn": user["userPrincipalName"], "scp": "User.ReadWrite.All"}
    text = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return SimpleNamespace(token=f"e30.{text}.x")


# -- what becomes of the steps --------------------------------------------------------------------------------


def test_every_step_is_sent_once_and_what_it_changed_can_be_taken_back(
    graph_client: Any, people: list[dict[str, Any]], tmp_path: Path, written: Written
) -> None:
    before = cities(graph_client)
    plan = Plan(graph_client, [move(user) for user in people])

    outcomes = apply(plan, journal=tmp_path / "j").all()

    assert {(outcome.state, outcome.status) for outcome in outcomes} == {("done", 204)}
    assert sorted(path for _, path, _ in written()) == sorted(f"/users/{user['id']}" for user in people)
    assert set(cities(graph_client).values()) == {"Rome"}
    back = undo(tmp_path / "j", graph_client)
    assert [step.why for step in back.steps] == [f"take back: {step.why}" for step in reversed(plan.steps)]
    assert {outcome.state for outcome in apply(back, journal=tmp_path / "k")} == {"done"}
    assert cities(graph_client) == before


def test_a_step_waits_for_what_it_needs_and_is_stopped_where_that_fails(
    graph_sandbox: Sandbox, graph_client: Any, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    first = Step(Request("PATCH", "/users/nobody@contoso.example", {"city": "x"}), "first")
    second = move(people[1], needs=first)
    third = move(people[2], needs=[second])
    other = move(people[3])
    last = move(people[4], needs=[other])
    outcomes = apply(Plan(graph_client, [first, second, third, other, last]), journal=tmp_path / "j").all()

    states = {outcome.step: outcome.state for outcome in outcomes}
    assert states == {1: "failed", 2: "stopped", 3: "stopped", 4: "done", 5: "done"}
    writes = [each.path for each in graph_sandbox.requests if each.method == "PATCH"]
    assert writes.index(f"/users/{people[3]['id']}") < writes.index(f"/users/{people[4]['id']}")
    assert not any(people[1]["id"] in path for path in writes)


@pytest.mark.parametrize(
    ("expects", "told"),
    [
        (lambda path: {path: {"city": "Atlantis"}}, "city is"),
        (lambda path: {path: ABSENT}, "is there already"),
        (lambda path: {"/users/nobody@contoso.example": {"city": "x"}}, "is no longer there"),
    ],
)
def test_a_step_that_does_not_find_what_it_expected_is_skipped(
    graph_client: Any,
    people: list[dict[str, Any]],
    tmp_path: Path,
    written: Written,
    expects: Any,
    told: str,
) -> None:
    path = f"/users/{people[1]['id']}"
    step = Step(Request("PATCH", path, {"city": "Rome"}), "move", expects=expects(path))
    [outcome] = apply(Plan(graph_client, [step]), journal=tmp_path / "j")

    assert (outcome.state, written()) == ("skipped", [])
    assert told in str(outcome.error)


@pytest.mark.parametrize(("name", "state"), [("Finance", "skipped"), ("Finances", "done")])
def test_what_has_no_id_yet_is_looked_for_by_its_name(
    graph_client: Any, tmp_path: Path, name: str, state: str
) -> None:
    body = {"displayName": name, "mailNickname": "x", "mailEnabled": False, "securityEnabled": True}
    search = f"/groups?$filter=displayName eq '{name}'"
    [outcome] = apply(
        Plan(graph_client, [Step(Request("POST", "/groups", body), "make", expects={search: NOBODY})]),
        journal=tmp_path / "j",
    )

    assert outcome.state == state
    assert graph_client.groups.list(filter=f"displayName eq '{name}'").one()


def test_an_etag_that_no_longer_fits_is_skipped(
    graph_sandbox: Sandbox, graph_client: Any, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    path = f"/users/{people[1]['id']}"
    graph_sandbox.fail("PATCH", path, status=412)
    [outcome] = apply(
        Plan(graph_client, [Step(Request("PATCH", path, {"city": "x"}, etag='W/"1"'), "move")]),
        journal=tmp_path / "j",
    )

    assert (outcome.state, outcome.error) == ("skipped", "it has changed since the plan was made")


def test_what_cannot_be_looked_at_is_not_sent(
    graph_sandbox: Sandbox,
    graph_client: Any,
    people: list[dict[str, Any]],
    tmp_path: Path,
    written: Written,
) -> None:
    graph_sandbox.fail("GET", f"/users/{people[1]['id']}", status=403)
    [outcome] = apply(Plan(graph_client, [move(people[1])]), journal=tmp_path / "j")

    assert (outcome.state, outcome.status, written()) == ("failed", 403, [])


def test_every_step_has_its_client_request_id_in_the_journal_and_in_graphs_log(
    graph_sandbox: Sandbox, graph_client: Any, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    outcomes = apply(Plan(graph_client, [move(user) for user in people[1:4]]), journal=tmp_path / "j").all()

    with closing(sqlite3.connect(tmp_path / "j")) as db:
        kept = [mark for (mark,) in db.execute("SELECT client_request_id FROM rows ORDER BY number")]
    audited = {each["correlationId"] for each in graph_client.auditLogs.directoryAudits.list()}
    assert kept == [outcome.client_request_id for outcome in sorted(outcomes)]
    assert len(set(kept)) == 3
    assert set(kept) <= audited


# -- going on -------------------------------------------------------------------------------------------------


def test_a_run_that_was_left_goes_on_and_repeats_nothing(
    graph_client: Any, people: list[dict[str, Any]], tmp_path: Path, written: Written
) -> None:
    plan = Plan(graph_client, [move(user) for user in people])
    run = apply(plan, journal=tmp_path / "j")
    for _ in range(3):
        next(run)
    run.close()  # which warns of nothing: whatever was sent is noted
    with Journal(tmp_path / "j", resume=True) as journal:
        noted = {plan.steps[row.number - 1].request.path for row in journal.rows("done")}
        assert noted == {path for _, path, _ in written()}
        assert journal.count("sent") == 0
    with pytest.raises(ConfigurationError, match="is there already"):
        apply(plan, journal=tmp_path / "j").all()

    again = apply(plan, journal=tmp_path / "j", resume=True).all()

    assert {outcome.state for outcome in again} <= {"done"}
    assert sorted(path for _, path, _ in written()) == sorted(f"/users/{user['id']}" for user in people)
    assert set(cities(graph_client).values()) == {"Rome"}


@pytest.mark.parametrize(
    ("was_done", "expects", "state"),
    [(True, True, "done"), (False, True, "done"), (False, False, "unknown")],
)
def test_a_step_without_an_answer_is_looked_at_and_else_unknown(
    graph_client: Any, tmp_path: Path, was_done: bool, expects: bool, state: str
) -> None:
    upn = "new@contoso.example"
    body = {"displayName": "New", "accountEnabled": True, "userPrincipalName": upn, "mailNickname": "new",
            "passwordProfile": {"password": SECRET}}  # fmt: skip
    step = Step(
        Request("POST", "/users", body),
        "new",
        expects={f"/users/{upn}": ABSENT} if expects else None,
        secret=Secret(),
    )
    plan = Plan(graph_client, [step])
    with Journal(tmp_path / "j") as journal:
        journal.note("plan", plan.text())
        journal.sent(1, ["POST", "/users", body, []])  # and then the process was killed
    if was_done:
        graph_client.users.post({**body, "passwordProfile": {"password": password()}})

    [outcome] = apply(plan, journal=tmp_path / "j", resume=True)

    assert outcome.state == state
    assert len(list(graph_client.users.list(filter=f"userPrincipalName eq '{upn}'"))) == (state == "done")


def test_a_run_that_was_killed_before_its_first_note_goes_on_too(
    graph_client: Any, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "j").touch()  # as a kill leaves it between the file and what is written in it
    plan = Plan(graph_client, [move(people[1])])

    assert [each.state for each in apply(plan, journal=tmp_path / "j", resume=True)] == ["done"]
    with pytest.raises(ConfigurationError, match="there is no journal"):
        apply(plan, journal=tmp_path / "other", resume=True).all()


def test_steps_that_were_stopped_or_failed_get_another_chance(
    graph_sandbox: Sandbox, graph_client: Any, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    first = move(people[1])
    plan = Plan(graph_client, [first, move(people[2], needs=first)])
    graph_sandbox.fail("PATCH", f"/users/{people[1]['id']}", status=400)
    assert [each.state for each in apply(plan, journal=tmp_path / "j")] == ["failed", "stopped"]

    assert [each.state for each in apply(plan, journal=tmp_path / "j", resume=True)] == ["stopped"]
    again = apply(plan, journal=tmp_path / "j", resume=True, retry_failed=True)
    assert [each.state for each in again] == ["done", "done"]


def test_what_an_earlier_step_has_just_made_is_waited_for(
    graph_sandbox: Sandbox,
    graph_client: Any,
    people: list[dict[str, Any]],
    tmp_path: Path,
    naps: list[float],
) -> None:
    body = {"displayName": "N", "mailNickname": "n", "mailEnabled": False, "securityEnabled": True}
    make = Step(Request("POST", "/groups", body), "make", undo=Request("DELETE", "/groups/{id}"))
    path = f"/users/{people[1]['id']}"
    graph_sandbox.fail("PATCH", path, status=404, times=2)
    plan = Plan(graph_client, [make, Step(Request("PATCH", path, {"city": "Rome"}), "then", needs=make)])

    assert [each.state for each in apply(plan, journal=tmp_path / "j")] == ["done", "done"]
    assert naps == [1.0, 2.0]
    [step] = undo(tmp_path / "j", graph_client).steps
    [group] = graph_client.groups.list(filter="displayName eq 'N'")
    assert step.request.path == f"/groups/{group['id']}"


# -- taking back ----------------------------------------------------------------------------------------------


def test_only_what_was_done_is_taken_back_in_the_other_order(
    graph_client: Any, people: list[dict[str, Any]], tmp_path: Path
) -> None:
    group = next(iter(graph_client.groups.list(filter="displayName eq 'Finance'")))["id"]
    member = next(iter(graph_client.groups[group].members.list()))["id"]
    outsider = people[0]["id"]

    def relate(id_: str) -> Step:
        body = {"@odata.id": f"{graph_client.url}/v1.0/directoryObjects/{id_}"}
        back = Request("DELETE", f"/groups/{group}/members/{id_}/$ref")
        return Step(Request("POST", f"/groups/{group}/members/$ref", body), f"add {id_}", undo=back)

    first = relate(outsider)
    signed_out = Step(Request("POST", f"/users/{people[1]['id']}/revokeSignInSessions"), "sign out", needs=first)
    failed = Step(
        Request("PATCH", "/users/nobody@contoso.example", {"city": "x"}), "fails", undo=Request("GET", "/users")
    )
    changed = move(people[2], needs=signed_out)
    plan = Plan(graph_client, [first, relate(member), signed_out, failed, changed])
    apply(plan, journal=tmp_path / "j").all()
    graph_client.users[people[2]["id"]].patch({"city": "Oslo"})

    back = undo(tmp_path / "j", graph_client)

    assert [step.why for step in back.steps] == [f"take back: {changed.why}", f"take back: add {outsider}"]
    assert {note.what: note.why for note in back.notes} == {
        "sign out": "cannot be undone",
        f"add {member}": "was so before",
    }
    assert [each.state for each in apply(back, journal=tmp_path / "k")] == ["skipped", "done"]
    assert member in {each["id"] for each in graph_client.groups[group].members.list()}
    assert outsider not in {each["id"] for each in graph_client.groups[group].members.list()}


E3 = "05e9a617-0261-4cee-bb44-138d3ef5d965"
NOTHING_TO_DO = {
    "a member who is there": lambda g, u: Request(
        "POST", f"/groups/{g}/members/$ref", {"@odata.id": f"{u['url']}/v1.0/users/{u['in']}"}
    ),
    "a member who is gone": lambda g, u: Request("DELETE", f"/groups/{g}/members/{u['out']}/$ref"),
    "a user who is gone": lambda g, u: Request("DELETE", "/users/00000000-0000-0000-0000-000000000009"),
    "a license that is gone": lambda g, u: Request(
        "POST", f"/users/{u['guest']}/assignLicense", {"addLicenses": [], "removeLicenses": [E3]}
    ),
    "a secret that is gone": lambda g, u: Request(
        "POST", f"/applications/{u['app']}/removePassword", {"keyId": "00000000-0000-0000-0000-000000000009"}
    ),
}


@pytest.mark.parametrize("case", NOTHING_TO_DO)
def test_where_nothing_is_to_be_done_a_step_is_done_and_not_taken_back(
    graph_client: Any, tmp_path: Path, case: str
) -> None:
    group = graph_client.groups.list(filter="displayName eq 'Finance'").one()["id"]
    ids = {
        "url": graph_client.url,
        "in": graph_client.groups[group].members.list().first()["id"],
        "out": graph_client.users["ada.lovelace@contoso.example"].get(select="id")["id"],
        "guest": graph_client.users.list(filter="userType eq 'Guest'").first()["id"],
        "app": graph_client.applications.list().first()["id"],
    }
    step = Step(NOTHING_TO_DO[case](group, ids), "nothing", undo=Request("GET", "/users"))
    [outcome] = apply(Plan(graph_client, [step]), journal=tmp_path / "j")

    assert (outcome.state, outcome.error) == ("done", "was so already")
    assert undo(tmp_path / "j", graph_client).steps == []


def test_the_journal_of_something_else_is_not_taken_back(graph_client: Any, tmp_path: Path) -> None:
    Journal(tmp_path / "j").close()

    with pytest.raises(ConfigurationError, match="is not the journal of a job"):
        undo(tmp_path / "j", graph_client)


# -- passwords ------------------------------------------------------------------------------------------------


def test_passwords_stand_in_one_private_file_and_nowhere_else(
    graph_sandbox: Sandbox, graph_client: Any, tmp_path: Path
) -> None:
    file = tmp_path / "out.csv"

    def make(name: str) -> Step:
        upn = f"{name}@contoso.example"
        body = {"displayName": name, "accountEnabled": True, "userPrincipalName": upn, "mailNickname": name,
                "passwordProfile": {"password": SECRET}}  # fmt: skip
        return Step(
            Request("POST", "/users", body), name, expects={f"/users/{upn}": ABSENT}, secret=Secret(str(file), upn)
        )

    plan = Plan(graph_client, [make("one"), make("two")])
    plan.save(tmp_path / "plan")
    assert {each.state for each in apply(plan, journal=tmp_path / "j")} == {"done"}

    lines = file.read_text(encoding="utf-8").splitlines()
    made = [line.partition(",")[2].strip('"') for line in lines[1:]]
    assert [line.partition(",")[0] for line in lines] == ["name", "one@contoso.example", "two@contoso.example"]
    assert len({*made}) == 2
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for other in (each for each in tmp_path.iterdir() if each != file):
        assert not any(each.encode() in other.read_bytes() for each in made)
    sent = [
        each.json["passwordProfile"]["password"]
        for each in graph_sandbox.requests
        if each.path == "/users" and each.method == "POST" and each.json
    ]
    assert sorted(sent) == sorted(made)


def test_a_file_that_holds_something_else_is_not_written_over(
    graph_client: Any, people: list[dict[str, Any]], tmp_path: Path, written: Written
) -> None:
    file = tmp_path / "diary.txt"
    file.write_text("dear diary\n", encoding="utf-8")
    step = Step(
        Request("PATCH", f"/users/{people[1]['id']}", {"passwordProfile": {"password": SECRET}}),
        "x",
        secret=Secret(str(file), "x"),
    )

    with pytest.raises(ConfigurationError, match="holds something else"):
        apply(Plan(graph_client, [step]), journal=tmp_path / "j").all()
    assert file.read_text(encoding="utf-8") == "dear diary\n"
    assert written() == []


def test_passwords_have_all_kinds_of_characters() -> None:
    made = {password() for _ in range(50)}

    assert len(made) == 50
    assert all(any(map(check, each)) for each in made for check in (str.isupper, str.islower, str.isdigit))


# -- the command line -----------------------------------------------------------------------------------------


@pytest.fixture
def own(tenant: Sandbox, tmp_path: Path) -> str:
    (tmp_path / "mine.py").write_text(OWN_JOB, encoding="utf-8")
    return str(tmp_path / "mine.py")


def rows(capsys: pytest.CaptureFixture[str]) -> Iterator[dict[str, Any]]:
    return map(json.loads, capsys.readouterr().out.splitlines())


def test_an_own_job_runs_from_the_plan_to_the_undo(
    own: str, graph_client: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], written: Written
) -> None:
    before = cities(graph_client)

    assert main(["job", own, "Rome", "--most", "4", "--plan", "a.plan", "--max-changes", "8%"]) == 0
    assert (written(), capsys.readouterr().out) == ([], "")
    assert main(["apply", "a.plan", "--yes", "--max-changes", "8%"]) == 0
    assert [row["state"] for row in rows(capsys)] == ["done"] * 4
    assert main(["apply", "a.plan", "--yes"]) != 0  # the journal is there
    assert "--resume" in capsys.readouterr().err
    assert main(["apply", "a.plan", "--yes", "--resume"]) == 0
    assert "everything was done already: nothing was sent" in capsys.readouterr().err
    assert len(written()) == 4
    assert main(["undo", "a.plan", "--yes"]) == 0
    assert cities(graph_client) == before
    capsys.readouterr()
    assert main(["undo", "a.plan", "--yes"]) != 0
    assert "--resume" in capsys.readouterr().err
    assert main(["undo", "a.plan", "--yes", "--resume"]) == 0
    assert len(written()) == 8
    Path("a.plan.journal").unlink()
    assert main(["undo", "a.plan", "--yes"]) == 2
    assert "was not applied" in capsys.readouterr().err


def test_the_plan_is_printed_and_the_question_can_be_declined(
    own: str, terminal: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str], written: Written
) -> None:
    terminal("n")

    assert main(["job", own, "Rome"]) == 1
    err = capsys.readouterr().err
    assert "“Ada Lovelace” moves" in err
    assert "3 changes in tenant" in err
    assert "nothing was sent" in err
    assert written() == []
    assert list(tmp_path.glob("*.journal")) == []


def test_the_question_can_be_answered(
    own: str, terminal: Callable[[str], None], written: Written, tmp_path: Path
) -> None:
    terminal("y")

    assert main(["job", own, "Rome"]) == 0
    assert len(written()) == 3
    [journal] = tmp_path.glob("mine-*.journal")
    assert main(["undo", str(journal), "--plan", "back.plan"]) == 0
    assert len(Plan.load("back.plan").steps) == 3


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], 2, "no terminal to ask on"),
        (["--yes", "--read-only"], 2, "may only read"),
        (["--yes", "--max-changes", "2"], 2, "allows 2"),
        (["--yes", "--max-changes", "2%"], 2, "of 50 users allows 1"),
        (["--dry-run", "--max-changes", "2"], 2, "allows 2"),
        (["--plan", "x.plan", "--max-changes", "2"], 2, "allows 2"),
    ],
)
def test_what_is_refused_sends_nothing(
    own: str, capsys: pytest.CaptureFixture[str], written: Written, words: list[str], code: int, told: str
) -> None:
    assert main(["job", own, "Rome", *words]) == code
    assert told in capsys.readouterr().err
    assert written() == []


def test_a_step_that_was_not_done_is_exit_code_7(
    own: str, tenant: Sandbox, people: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    tenant.fail("PATCH", f"/users/{people[1]['id']}", status=400)

    assert main(["job", own, "Rome", "--yes"]) == 7
    assert sorted(row["state"] for row in rows(capsys)) == ["done", "done", "failed"]


def test_a_dry_run_prints_the_plan_as_rows(own: str, capsys: pytest.CaptureFixture[str], written: Written) -> None:
    assert main(["job", own, "Rome", "--dry-run"]) == 0
    assert next(rows(capsys))["why"] == "“Ada Lovelace” moves"
    assert main(["job", own, "Rome", "--dry-run", "--redact"]) == 0
    assert "Ada" not in capsys.readouterr().out
    assert written() == []


def test_quiet_shows_no_plan_and_still_names_the_journal(
    own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["job", own, "Rome", "--yes", "-q"]) == 0
    [journal] = tmp_path.glob("mine-*.journal")
    assert capsys.readouterr().err == f"3 done; journal: {journal.name}\n"


def test_a_question_shows_its_plan_quiet_or_not(
    own: str, terminal: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    terminal("n")

    assert main(["job", own, "Rome", "-q"]) == 1
    assert "“Ada Lovelace” moves" in capsys.readouterr().err


def test_rows_in_a_file_are_counted(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["roles"], [own, "Rome", "--dry-run"], [own, "Rome", "--yes"]):
        assert main(["job", *words, "--to", "rows.csv"]) == 0
        number = len(Path("rows.csv").read_text(encoding="utf-8").splitlines()) - 1
        assert f"{number} rows in rows.csv\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["group-snyc"], "did you mean group-sync"),
        (["./nothing.py"], "there is no file ./nothing.py"),
        (["empty.py"], "must define plan"),
    ],
)
def test_what_is_no_job_is_told(
    tenant: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    (tmp_path / "empty.py").write_text("x = 1\n", encoding="utf-8")

    assert main(["job", *words]) == 2
    assert told in capsys.readouterr().err
