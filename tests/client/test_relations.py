"""Writes that settle: any number of references, whatever is there already, and nothing done twice or lost."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from canned import Arrived, Canned

from leangraph import (
    BadRequest,
    ConfigurationError,
    Forbidden,
    GraphClient,
    NotFound,
    PreconditionFailed,
    RetryPolicy,
    Sandbox,
    Settings,
    Throttled,
    TokenHolder,
    TransportError,
)
from leangraph.sandbox import Recorded

NOBODY = "11111111-1111-4111-8111-111111111111"
GROUP = {"displayName": "New", "mailEnabled": False, "mailNickname": "new", "securityEnabled": True}


@pytest.fixture
def people(graph_client: GraphClient) -> list[str]:
    return [user["id"] for user in graph_client.users.list(select="id")]


@pytest.fixture
def group(graph_client: GraphClient) -> str:
    return str(graph_client.groups.post(GROUP)["id"])


class Wire:
    """What Graph was asked since the last ``forget``."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.forget()

    def forget(self) -> None:
        self._before = len(self._sandbox.requests)

    @property
    def requests(self) -> list[Recorded]:
        return [seen for seen in self._sandbox.requests[self._before :] if seen.version]

    @property
    def asked(self) -> list[tuple[str, str, int | None]]:
        """Batches and their items alike, with the last segment of each path."""
        return [(seen.method, seen.path.rpartition("/")[2], seen.status) for seen in self.requests]

    @property
    def trips(self) -> Counter[str]:
        """What went over the network by itself."""
        return Counter(
            f"{seen.method} {seen.path.rpartition('/')[2]}" for seen in self.requests if not seen.batched
        )


@pytest.fixture
def wire(graph_sandbox: Sandbox, people: list[str], group: str) -> Wire:
    """The network from here on: what other fixtures asked is left out."""
    return Wire(graph_sandbox)


@pytest.fixture
def canned_graph(server: Canned, naps: list[float]) -> Iterator[GraphClient]:
    with GraphClient(
        TokenHolder.fixed("canary"), url=server.url, retry=RetryPolicy(random=lambda: 0.0), sleep=naps.append
    ) as client:
        yield client


def members(graph: GraphClient, group: str, relation: str = "members") -> list[str]:
    return sorted(member["id"] for member in graph.list(f"/groups/{group}/{relation}", select="id"))


# -- names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("relation", ["members", "owners"])
@pytest.mark.parametrize("mixed", [False, True])
def test_a_user_may_be_given_by_name(
    graph_client: GraphClient, group: str, people: list[str], relation: str, mixed: bool
) -> None:
    users = list(graph_client.users.list(select=["id", "userPrincipalName"], limit=45))
    names = [user["id"] if mixed and n % 2 else user["userPrincipalName"] for n, user in enumerate(users)]
    nobody = ["nobody@contoso.example", NOBODY]
    address = graph_client.groups[group] / relation
    before = set(members(graph_client, group, relation))

    result = address.add([*names, *nobody])

    assert sorted(result.added + result.already) == sorted(names)
    assert sorted(result.missing) == sorted(nobody)
    assert result.errors == {}
    assert set(members(graph_client, group, relation)) == before | {user["id"] for user in users}

    left = address.remove([*names[1:], "nobody@contoso.example"])

    assert sorted(left.removed) == sorted(names[1:])
    assert left.absent == ["nobody@contoso.example"]
    assert users[0]["id"] in members(graph_client, group, relation)


def test_name_and_id_of_one_user_are_each_told(graph_client: GraphClient, group: str) -> None:
    user = graph_client.users.list(select=["id", "userPrincipalName"]).first()
    both = [user["userPrincipalName"], user["id"], user["id"].upper()]

    result = graph_client.groups[group].members.add(both)

    assert sorted(result.added) == sorted(both[:2])
    assert members(graph_client, group) == [user["id"]]


def test_names_alone_that_nobody_has_change_nothing(graph_client: GraphClient, group: str, wire: Wire) -> None:
    result = graph_client.groups[group].members.add(["a@contoso.example", "b@contoso.example"])

    assert (result.missing, result.added) == (["a@contoso.example", "b@contoso.example"], [])
    assert not [seen for seen in wire.asked if seen[0] == "PATCH"]


# -- add --------------------------------------------------------------------------------------------------------


def test_members_are_added_in_twenties(
    graph_client: GraphClient, wire: Wire, people: list[str], group: str
) -> None:
    result = graph_client.groups[group].members.add(people)

    assert wire.asked == [("PATCH", group, 204)] * 3
    assert [len(seen.json["members@odata.bind"]) for seen in wire.requests] == [20, 20, 10]
    assert (result.added, result.already, result.missing, result.errors) == (people, [], [], {})
    assert members(graph_client, group) == sorted(people)


@pytest.mark.parametrize("place", [0, 7, 19])
def test_one_that_is_there_already_is_found_by_halving(
    graph_client: GraphClient, wire: Wire, people: list[str], group: str, place: int
) -> None:
    graph_client.groups[group].members.add(people[place])
    wire.forget()

    result = graph_client.groups[group].members.add(people[:20])

    assert result.already == [people[place]]
    assert sorted(result.added) == sorted({*people[:20]} - {people[place]})
    assert set(wire.trips) == {f"PATCH {group}"}
    assert len(wire.requests) <= 11
    assert members(graph_client, group) == sorted(people[:20])


def test_adding_all_again_takes_four_requests_for_twenty_and_changes_nothing(
    graph_client: GraphClient, wire: Wire, people: list[str], group: str
) -> None:
    graph_client.groups[group].members.add(people[:40])
    wire.forget()

    result = graph_client.groups[group].members.add(people[:40])

    assert (result.added, sorted(result.already)) == ([], sorted(people[:40]))
    assert wire.trips == {f"PATCH {group}": 6, "POST $batch": 2}
    assert members(graph_client, group) == sorted(people[:40])


def test_new_and_old_and_unknown_are_told_apart(graph_client: GraphClient, people: list[str], group: str) -> None:
    graph_client.groups[group].members.add(people[::3])
    given = [*people[:30], NOBODY, *people[30:]]

    result = graph_client.groups[group].members.add(given)

    assert sorted(result.already) == sorted(people[::3])
    assert result.missing == [NOBODY]
    assert sorted([*result.added, *result.already]) == sorted(people)
    assert result.errors == {}
    assert members(graph_client, group) == sorted(people)


def test_ids_may_be_dicts_or_one_alone_and_count_once(
    graph_client: GraphClient, wire: Wire, people: list[str], group: str
) -> None:
    address = graph_client.groups[group].members
    one, two, three, four = people[:4]

    assert address.add({"id": one, "displayName": "x"}).added == [one]
    assert address.add(two).added == [two]
    assert address.add(UUID(three)).added == [three]
    assert address.add(key for key in [four, four.upper(), {"id": four}]).added == [four]
    assert [len(seen.json["members@odata.bind"]) for seen in wire.requests] == [1, 1, 1, 1]


@pytest.mark.parametrize("ids", [[None], ["a", ""], [{"name": "x"}], {"name": "x"}, [["a"]], 7.5, True], ids=repr)
def test_what_is_no_id_is_refused_before_anything_is_sent(graph_client: GraphClient, wire: Wire, ids: Any) -> None:
    for change in (graph_client.groups["g"].members.add, graph_client.groups["g"].members.remove):
        with pytest.raises(ConfigurationError):
            change(ids)
    assert wire.requests == []


def test_no_ids_are_no_request(graph_client: GraphClient, wire: Wire) -> None:
    assert graph_client.groups["g"].members.add([]).added == []
    assert graph_client.groups["g"].members.remove(iter(())).removed == []
    assert wire.requests == []


def test_owners_are_added_one_by_one_in_a_batch(
    graph_client: GraphClient, wire: Wire, people: list[str], group: str
) -> None:
    result = graph_client.groups[group].owners.add(people[:25])
    again = graph_client.groups[group].owners.add([*people[:25], NOBODY])

    assert (result.added, result.already) == (people[:25], [])
    assert (again.added, again.already, again.missing) == ([], people[:25], [NOBODY])
    assert wire.trips == {"POST $batch": 4}
    assert members(graph_client, group, "owners") == sorted(people[:25])


def test_a_member_of_the_wrong_kind_is_an_error_of_its_own(
    graph_client: GraphClient, people: list[str], group: str
) -> None:
    other = graph_client.groups.post({**GROUP, "mailNickname": "other"})["id"]

    result = graph_client.groups[group].owners.add([other, people[0]])

    assert result.added == [people[0]]
    assert [*result.errors] == [other]
    assert isinstance(result.errors[other], BadRequest)


def test_where_none_of_the_first_twenty_goes_the_reason_is_raised(
    graph_client: GraphClient, wire: Wire, group: str
) -> None:
    groups = [graph_client.groups.post({**GROUP, "mailNickname": f"other{number}"})["id"] for number in range(25)]
    wire.forget()

    with pytest.raises(BadRequest) as caught:
        graph_client.groups[group].owners.add(groups)

    assert caught.value.__notes__ == ["0 of 25 ids were dealt with before; doing it all again is safe"]
    assert wire.trips == {"POST $batch": 1}


def test_a_dynamic_group_refuses_at_once(graph_client: GraphClient, wire: Wire, people: list[str]) -> None:
    rule = {"membershipRule": 'user.department -eq "Sales"', "membershipRuleProcessingState": "On"}
    dynamic = graph_client.groups.post({**GROUP, "groupTypes": ["DynamicMembership"], **rule})["id"]
    wire.forget()

    with pytest.raises(Forbidden):
        graph_client.groups[dynamic].members.add(people)

    assert wire.asked == [("PATCH", dynamic, 403)]


@pytest.mark.parametrize("verb", ["add", "remove"])
@pytest.mark.parametrize("relation", ["members", "owners"])
def test_a_group_that_does_not_exist_is_not_found(
    graph_client: GraphClient, people: list[str], verb: str, relation: str
) -> None:
    address = getattr(graph_client.groups[NOBODY], relation)

    with pytest.raises(NotFound, match=f"GET /v1.0/groups/{NOBODY}"):
        getattr(address, verb)(people)


def test_ids_that_do_not_exist_are_counted_where_the_group_does(
    graph_client: GraphClient, wire: Wire, group: str
) -> None:
    unknown = [str(UUID(int=number)) for number in range(1, 25)]

    assert sorted(graph_client.groups[group].members.add(unknown).missing) == unknown
    assert sorted(graph_client.groups[group].members.remove(unknown).absent) == unknown
    assert wire.trips[f"GET {group}"] == 2


def test_a_group_just_made_takes_members_before_it_can_be_read(
    graph_client: GraphClient, graph_sandbox: Sandbox, people: list[str]
) -> None:
    graph_sandbox.lag(50)
    group = graph_client.groups.post(GROUP)["id"]

    result = graph_client.groups[group].members.add([*people[:3], NOBODY])

    assert (result.added, result.missing) == (people[:3], [NOBODY])


def test_forbidden_is_raised_at_once(
    graph_client: GraphClient, graph_sandbox: Sandbox, wire: Wire, people: list[str], group: str
) -> None:
    graph_sandbox.fail("PATCH", f"/groups/{group}", status=403, after=1)

    with pytest.raises(Forbidden) as caught:
        graph_client.groups[group].members.add(people)

    assert caught.value.__notes__ == ["20 of 50 ids were dealt with before; doing it all again is safe"]
    assert len(wire.requests) == 2


def test_patience_that_ends_is_raised_and_the_rest_is_not_tried(
    graph_client: GraphClient,
    sandbox_settings: Settings,
    graph_sandbox: Sandbox,
    wire: Wire,
    people: list[str],
    group: str,
) -> None:
    graph_sandbox.fail("POST", f"/groups/{group}/owners/$ref", status=429, retry_after=1000, after=22)

    with pytest.raises(Throttled) as caught:
        graph_client.groups[group].owners.add(people)

    assert caught.value.__notes__ == ["20 of 50 ids were dealt with before; doing it all again is safe"]
    assert wire.trips == {"POST $batch": 2}
    with GraphClient(settings=sandbox_settings) as fresh:  # which does not know that the directory is closed
        assert len(members(fresh, group, "owners")) == 39


def test_a_relation_may_be_named_as_microsofts_pages_do(
    graph_client: GraphClient, wire: Wire, people: list[str], group: str
) -> None:
    assert (graph_client.groups[group].members / "$ref").add(people[:2]).added == people[:2]
    assert (graph_client.groups[group].members / "$ref").remove(people[:2]).removed == people[:2]
    assert wire.trips == {f"PATCH {group}": 1, "POST $batch": 1}


def test_only_the_members_of_a_group_itself_are_bound_by_patch(canned_graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (200, {"responses": [{"id": "1", "status": 204}]})

    for address in (canned_graph.groups["1"].team.members, canned_graph.directoryRoles["1"].members):
        assert address.add(NOBODY).added == [NOBODY]

    assert server.targets == ["/v1.0/$batch"] * 2


def test_a_client_that_only_reads_sends_nothing(server: Canned) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GRAPH_READ_ONLY", "1")
        graph = GraphClient(TokenHolder.fixed("canary"), url=server.url)
    with graph:
        for change in (
            graph.groups["g"].members.add,
            graph.groups["g"].owners.add,
            graph.groups["g"].owners.remove,
        ):
            with pytest.raises(ConfigurationError, match="GRAPH_READ_ONLY"):
                change([NOBODY])
    assert server.requests == []


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/groups", "no relation"),
        ("/groups/1", "no relation"),
        ("/teams/1/members", "POST to /teams/1/members/add"),
        ("/users/1/followedSites", "POST to"),
    ],
)
def test_what_is_no_relation_is_refused(canned_graph: GraphClient, server: Canned, path: str, says: str) -> None:
    from leangraph.protocols import references as relations

    for change in (relations.add, relations.remove):
        with pytest.raises(ConfigurationError, match=says):
            change(canned_graph, path, [NOBODY])
    assert server.requests == []


# -- remove -----------------------------------------------------------------------------------------------------


def test_members_are_removed_and_stay_who_they_are(
    graph_client: GraphClient, graph_sandbox: Sandbox, wire: Wire, people: list[str], group: str
) -> None:
    graph_client.groups[group].members.add(people[:45])
    wire.forget()

    result = graph_client.groups[group].members.remove([*people[:25], people[49], NOBODY])

    assert (result.removed, result.absent, result.errors) == (people[:25], [people[49], NOBODY], {})
    assert wire.trips == {"POST $batch": 2}
    assert members(graph_client, group) == sorted(people[25:45])
    assert graph_sandbox.users == 50


def test_removing_again_changes_nothing(graph_client: GraphClient, people: list[str], group: str) -> None:
    graph_client.groups[group].members.add(people[:5])
    graph_client.groups[group].members.remove(people[:5])

    result = graph_client.groups[group].members.remove(people[:5])

    assert (result.removed, result.absent) == ([], people[:5])


# -- when answers are lost --------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [{"reset": "after"}, {"reset": "before"}, {"status": 503}, {"status": 504}])
def test_a_lost_answer_to_twenty_loses_and_doubles_nobody(
    graph_client: GraphClient, graph_sandbox: Sandbox, people: list[str], group: str, trouble: dict[str, Any]
) -> None:
    graph_sandbox.fail("PATCH", f"/groups/{group}", after=1, **trouble)

    result = graph_client.groups[group].members.add(people)

    assert sorted([*result.added, *result.already]) == sorted(people)
    assert bool(result.already) == (trouble == {"reset": "after"})
    assert (result.missing, result.errors) == ([], {})
    assert members(graph_client, group) == sorted(people)


@pytest.mark.parametrize("trouble", [{"reset": "after"}, {"reset": "before"}, {"status": 429}, {"status": 504}])
@pytest.mark.parametrize("path", ["/$batch", "/groups/{}/owners/*"])
def test_a_lost_answer_to_a_batch_loses_and_doubles_nobody(
    graph_client: GraphClient,
    graph_sandbox: Sandbox,
    people: list[str],
    group: str,
    trouble: dict[str, Any],
    path: str,
) -> None:
    graph_client.groups[group].owners.add(people[-1])  # the last owner would have to stay
    for verb, done, done_already, left in (
        ("add", "added", "already", people[:30]),
        ("remove", "removed", "absent", []),
    ):
        graph_sandbox.fail("*", path.format(group), after=1, **trouble)

        result = getattr(graph_client.groups[group].owners, verb)(people[:30])

        assert graph_sandbox.pending_faults == 0
        assert sorted([*getattr(result, done), *getattr(result, done_already)]) == sorted(people[:30])
        assert result.errors == {}
        assert members(graph_client, group, "owners") == sorted([*left, people[-1]])


def test_a_network_that_is_gone_is_raised_and_says_how_far_it_went(
    graph_client: GraphClient, graph_sandbox: Sandbox, people: list[str], group: str
) -> None:
    graph_sandbox.fail("POST", "/$batch", reset="before", after=1, times=100)

    with pytest.raises(TransportError) as caught:
        graph_client.groups[group].owners.add(people)

    assert caught.value.__notes__ == ["20 of 50 ids were dealt with before; doing it all again is safe"]


def test_changes_that_get_in_each_others_way_are_made_one_after_the_other(
    graph_client: GraphClient, graph_sandbox: Sandbox, wire: Wire, people: list[str], group: str
) -> None:
    graph_sandbox.fail("POST", f"/groups/{group}/owners/$ref", status=409, times=3, after=2)

    result = graph_client.groups[group].owners.add(people[:10])

    assert (sorted(result.added), result.errors) == (sorted(people[:10]), {})
    assert wire.trips == {"POST $batch": 1, "POST $ref": 3}


# -- waiting until it shows ------------------------------------------------------------------------------------


def test_what_was_made_is_returned_once_it_can_be_read(
    graph_client: GraphClient, graph_sandbox: Sandbox, wire: Wire, naps: list[float]
) -> None:
    graph_sandbox.lag(3)

    made = graph_client.groups.post(GROUP, wait_until_visible=True)

    assert graph_client.groups[made["id"]].get(select="id")["id"] == made["id"]
    assert naps == [1.0, 2.0, 4.0][: len(naps)]
    assert len(naps) >= 2
    assert [status for method, _, status in wire.asked if method == "POST"] == [201]


def test_what_does_not_show_in_time_is_returned_with_a_warning(
    canned_graph: GraphClient, server: Canned, naps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    server.answer = lambda seen: (201, {"id": "7"}) if seen.method == "POST" else (404,)

    with caplog.at_level(logging.WARNING, "leangraph"):
        assert canned_graph.post("/users", {}, wait_until_visible=True) == {"id": "7"}

    assert naps[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert 240 < sum(naps) <= 300
    [record] = caplog.records
    assert record.getMessage().startswith("/users: 7 was made, but it does not show yet: 404")
    assert [seen.method for seen in server.requests].count("POST") == 1


@pytest.mark.parametrize("answer", [(403, {}), (405,), (500,), (200, b"{", {"Content-Type": "application/json"})])
def test_what_cannot_be_looked_at_is_returned_with_a_warning(
    canned_graph: GraphClient, server: Canned, caplog: pytest.LogCaptureFixture, answer: tuple[Any, ...]
) -> None:
    server.answer = lambda seen: (201, {"id": "7"}) if seen.method == "POST" else answer

    with caplog.at_level(logging.WARNING, "leangraph"):
        assert canned_graph.invitations.post({}, wait_until_visible=True) == {"id": "7"}

    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "answer", [(204,), (202,), (200, {"value": True}), (200, {"id": None}), (200, []), (200, b"text")], ids=repr
)
def test_where_the_answer_has_no_id_there_is_nothing_to_wait_for(
    canned_graph: GraphClient, server: Canned, answer: tuple[Any, ...]
) -> None:
    server.answer = lambda _: answer

    canned_graph.users["1"].post({}, wait_until_visible=True)

    assert [seen.method for seen in server.requests] == ["POST"]


@pytest.mark.parametrize(
    ("path", "looked_at"),
    [("/users", "/v1.0/users/a%2Fb"), ("/users/?x=1", "/v1.0/users/a%2Fb"), ("/beta/x", "/beta/x/a%2Fb")],
)
def test_what_was_made_is_looked_for_in_its_collection(
    canned_graph: GraphClient, server: Canned, path: str, looked_at: str
) -> None:
    server.answer = lambda seen: (201, {"id": "a/b"}) if seen.method == "POST" else (200, {})

    canned_graph.post(path, {}, wait_until_visible=True)

    assert server.targets[1] == looked_at


def test_nobody_waits_unasked(canned_graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (201, {"id": "7"})

    canned_graph.users.post({})

    assert len(server.requests) == 1


# -- preconditions and preferences -----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["patch", "put", "delete", "post"])
def test_an_etag_is_a_precondition(canned_graph: GraphClient, server: Canned, verb: str) -> None:
    def answer(seen: Arrived) -> tuple[Any, ...]:
        return (200, {}) if seen.headers.get("if-match") == 'W/"new"' else (412, {"error": {"code": "x"}})

    server.answer = answer
    change = getattr(canned_graph.planner.tasks["1"], verb)

    change(etag='W/"new"')
    with pytest.raises(PreconditionFailed, match="new ETag"):
        change(etag='W/"old"')
    assert server.targets == ["/v1.0/planner/tasks/1"] * 2


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({"prefer": "return=minimal"}, "return=minimal"),
        ({"prefer": ["return=minimal", 'IdType="ImmutableId"']}, 'return=minimal, IdType="ImmutableId"'),
        ({"prefer": "a", "headers": {"prefer": "b"}}, "b, a"),
        ({"headers": {"Prefer": "b"}}, "b"),
        ({"prefer": None}, None),
    ],
)
def test_preferences_are_headers_of_every_verb(
    canned_graph: GraphClient, server: Canned, options: dict[str, Any], sent: str | None
) -> None:
    server.answer = lambda _: (200, {"value": [], "@odata.deltaLink": f"{server.url}/v1.0/users/delta?t=1"})

    canned_graph.users.get(**options)
    canned_graph.users.patch({"a": None}, **options)
    list(canned_graph.users.list(**options))
    list(canned_graph.users.delta(**options))

    assert [seen.headers.get("prefer") for seen in server.requests] == [sent] * 4
    assert server.targets == ["/v1.0/users"] * 3 + ["/v1.0/users/delta"]


def test_none_clears_and_what_is_absent_stays(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    user = graph_client.users[graph_sandbox.add_user(jobTitle="Chief", department="Research")["id"]]

    user.patch({"jobTitle": None})

    assert json.loads(graph_sandbox.requests[-1].body) == {"jobTitle": None}
    after = user.get(select=["jobTitle", "department"])
    assert (after["jobTitle"], after["department"]) == (None, "Research")


def test_the_example_of_the_page_runs(graph_client: GraphClient, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text(encoding="utf-8")
    section = page.partition("## Writes\n")[2].partition("\n## ")[0]
    [code] = re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    space: dict[str, Any] = {"graph": graph_client}

    exec(code, space)

    assert capsys.readouterr().out == "50 0 [] {}\n"
    assert members(graph_client, space["group"]["id"]) == sorted(space["everybody"][3:])
