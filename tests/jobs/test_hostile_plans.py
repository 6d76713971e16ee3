"""Plans that somebody has edited, journals that belong elsewhere, names that break lines; runs that are left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leangraph import ConfigurationError, GraphClient, Request, Sandbox, Settings
from leangraph.jobs import Note, Plan, Step, Total, apply, undo
from leangraph.jobs.guard import Protection
from leangraph.rows.journal import Journal

Written = Callable[[], list[tuple[str, str, int | None]]]
ODD: list[Any] = [None, 5, True, "x", [], {}, [1], {"a": 1}, 1.5, -1, [[]], {"a": None}]
# By field: what it may hold of ODD. Nothing else of it is a plan, wherever it stands.
TAKEN: dict[str, list[Any]] = {
    "plan": [],
    **{field: ["x"] for field in ("job", "made", "why", "note", "tenant", "cloud", "identity")},
    "reads": [[]],
    "total": [None],
    "step": [5],
    "method": [],
    "path": ["x"],
    "body": ODD,
    "options": [{}],
    "idempotent": [True],
    "needs": [[]],
    "undo": [None],
    "expects": [{}, {"a": None}],
    "secret": [None],
    "unknown": [],
}
_HEAD = ("plan", "job", "tenant", "cloud", "identity", "made", "reads", "total", "unknown")
_STEP = "step why method path body options idempotent needs undo expects secret unknown".split()
_NOTE = ("note", "why", "unknown")


def plan_of(graph: Any, *more: Any) -> Plan:
    body = {"city": "Rome"}
    path = "/users/grace.hopper@contoso.example"
    step = Step(Request("PATCH", path, body), "moves", undo=Request("PATCH", path, {"city": None}))
    return Plan(graph, [Total(8, "users"), step, *more, Note("the rest", "stays")], job="mine")


def saved(file: Path, lines: list[Any]) -> Path:
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("at", "field"),
    [(at, field) for at, fields in enumerate((_HEAD, _STEP, _NOTE)) for field in fields],
)
def test_a_plan_with_an_odd_value_anywhere_is_refused_when_it_is_read(
    graph_client: Any, tmp_path: Path, at: int, field: str
) -> None:
    lines = list(plan_of(graph_client).lines())
    for value in ODD:
        edited = [line | {field: value} if at == number else line for number, line in enumerate(lines)]
        file = saved(tmp_path / "plan", json.loads(json.dumps(edited)))
        if any(value is each for each in TAKEN[field]) or (value in TAKEN[field] and type(value) is not bool):
            plan = Plan.load(file, graph_client)
            assert plan.table(redact=True)
            assert plan.permissions()
        else:
            with pytest.raises(ConfigurationError, match=r"is no plan|another version"):
                Plan.load(file, graph_client)


@pytest.mark.parametrize("field", ["plan", "tenant", "reads", "method", "needs", "expects", "undo", "why"])
def test_a_plan_without_one_of_its_fields_is_refused(graph_client: Any, tmp_path: Path, field: str) -> None:
    lines = [
        {name: value for name, value in line.items() if name != field} for line in plan_of(graph_client).lines()
    ]

    with pytest.raises(ConfigurationError, match="is no plan"):
        Plan.load(saved(tmp_path / "plan", lines), graph_client)


def edited(graph: Any, keep: list[int]) -> list[Any]:
    """Return a plan of four steps, of which the last needs the third, with those of its lines that are kept."""
    third = Step(Request("PATCH", "/users/c", {}), "c")
    rest = [Step(Request("PATCH", f"/users/{name}", {}), name) for name in "ab"]
    plan = Plan(graph, [*rest, third, Step(Request("PATCH", "/users/d", {}), "d", needs=third)])
    head, *lines = plan.lines()
    return [head, *(lines[number - 1] for number in keep)]


@pytest.mark.parametrize(
    ("keep", "needs"),
    [
        ([1, 2, 3, 4], [[], [], [], [3]]),
        ([2, 3, 4], [[], [], [2]]),  # a line was taken out: what is needed is found by its number
        ([3, 4], [[], [1]]),
        ([3, 1, 4], [[], [], [1]]),
        ([1, 2, 4], "needs step 3, which does not stand before it"),
        ([4, 3], "needs step 3, which does not stand before it"),
        ([1, 1], "step 1 is there twice"),
    ],
)
def test_lines_may_be_taken_out_of_a_plan(graph_client: Any, tmp_path: Path, keep: list[int], needs: Any) -> None:
    file = saved(tmp_path / "plan", edited(graph_client, keep))

    if isinstance(needs, str):
        with pytest.raises(ConfigurationError, match=needs):
            Plan.load(file, graph_client)
    else:
        plan = Plan.load(file, graph_client)
        assert [plan.needs(step) for step in plan.steps] == needs


@pytest.mark.parametrize(
    "path",
    [
        "/users/{id}",
        "/users/{upn}",
        "/v1.0/Users/{UPN}",
        "/users('{id}')",
        "/users(userPrincipalName='{upn}')",
        "{root}/v1.0/users/{id}",
        "/directoryObjects/{id}",
        "/users/%67race.hopper%40contoso.example",
    ],
)
def test_the_protected_are_left_alone_by_a_plan_that_was_edited(
    graph_sandbox: Sandbox, tmp_path: Path, written: Written, path: str
) -> None:
    upn = "grace.hopper@contoso.example"
    with GraphClient(settings=Settings.from_mapping({**graph_sandbox.env, "GRAPH_PROTECT": upn})) as graph:
        id_ = graph.users[upn].get(select="id")["id"]
        named = path.format(id=id_, upn=upn, UPN=upn.upper(), root=graph.url)
        other = Step(Request("PATCH", "/users/ada.lovelace@contoso.example", {"city": "Rome"}), "other")
        head, step = Plan(graph, [other]).lines()
        after = {**step, "step": 2, "path": named, "why": "grace"}, {**step, "step": 3, "needs": [2]}
        plan = Plan.load(saved(tmp_path / "plan", [head, step, *after]), graph)

        outcomes = {each.step: each for each in apply(plan, journal=tmp_path / "j")}

    assert {step: each.state for step, each in outcomes.items()} == {1: "done", 2: "skipped", 3: "stopped"}
    assert "is in GRAPH_PROTECT" in str(outcomes[2].error)
    assert [path for _, path, _ in written()] == ["/users/ada.lovelace@contoso.example"]


def test_me_is_who_is_signed_in() -> None:
    import base64

    class Client:
        protected = ""
        claims = base64.urlsafe_b64encode(b'{"oid": "o1", "scp": "x"}').decode().rstrip("=")
        token_holder = type("Holder", (), {"token": f"e30.{claims}.x"})

        def list(self, *_: Any, **__: Any) -> list[Any]:
            return []

    steps = [
        Step(Request("PATCH", path, {"accountEnabled": False}), "out") for path in ("/me", "/v1.0/Me", "/users/o2")
    ]
    protection = Protection(Client(), steps)  # type: ignore[arg-type]  # which needs no more of it

    assert [protection.why(step) for step in steps] == ["o1 is who is signed in"] * 2 + [""]


# -- journals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["a step more", "another undo", "other needs", "another why"])
def test_the_journal_of_another_plan_is_refused(
    graph_client: Any, tmp_path: Path, written: Written, change: str
) -> None:
    other = Step(Request("PATCH", "/users/ada.lovelace@contoso.example", {"city": "Rome"}), "other")
    head, first, second, *notes = plan_of(graph_client, other).lines()
    plan = Plan.load(saved(tmp_path / "plan", [head, first, second, *notes]), graph_client)
    assert len(apply(plan, journal=tmp_path / "j").all()) == 2
    before = written()

    after = {
        "a step more": [first, second, {**second, "step": 3, "path": "/users/x"}],
        "another undo": [{**first, "undo": None}, second],
        "other needs": [first, {**second, "needs": [1]}],
        "another why": [first, {**second, "why": "because"}],
    }[change]
    plan = Plan.load(saved(tmp_path / "plan", [head, *after]), graph_client)
    with pytest.raises(ConfigurationError, match="is the journal of another plan, or this one was changed since"):
        apply(plan, journal=tmp_path / "j", resume=True).all()
    assert written() == before


@pytest.mark.parametrize(
    "name", ["a\u2028b", "a\x85b", "a\x0bb", "a\x1cb", "cut \ud83d", "\udc00", "a\r\nb", "\x00"]
)
def test_no_name_breaks_a_plan_or_its_journal(graph_client: Any, tmp_path: Path, name: str) -> None:
    path = "/users/grace.hopper@contoso.example"
    step = Step(
        Request("PATCH", path, {"city": "Rome"}), f"moves {name}", undo=Request("PATCH", path, {"city": name})
    )
    plan = Plan(graph_client, [step, Note(name, name)], job=name)
    plan.save(tmp_path / "plan")
    plan.save(tmp_path / "redacted", redact=True)

    again = Plan.load(tmp_path / "plan", graph_client)
    assert again.steps[0].undo is not None
    assert again.steps[0].undo.json == {"city": name}
    assert [each.state for each in apply(again, journal=tmp_path / "j")] == ["done"]
    [back] = undo(tmp_path / "j", graph_client).steps
    assert back.request.json == {"city": name}
    with Journal(tmp_path / "k") as journal:
        journal.sent(1, [name], name)
        journal.answered(1, "failed", 400, name, name)
        assert journal.seen(1, [name]) is not None


def test_what_was_sent_is_noted_when_a_run_is_left(graph_client: Any, tmp_path: Path, written: Written) -> None:
    body = {"mailNickname": "n", "mailEnabled": False, "securityEnabled": True}
    steps = [Step(Request("POST", "/groups", {**body, "displayName": f"n{k}"}), "new") for k in range(70)]
    plan = Plan(graph_client, steps)
    run = apply(plan, journal=tmp_path / "j")
    next(run)
    run.close()

    with Journal(tmp_path / "j", resume=True) as journal:
        states = {state: journal.count(state) for state in ("sent", "unknown", "done")}
    assert states == {"sent": 0, "unknown": 0, "done": len(written())}
    again = apply(plan, journal=tmp_path / "j", resume=True).all()
    assert {outcome.state for outcome in again} <= {"done"}
    assert len(written()) == len(steps)
