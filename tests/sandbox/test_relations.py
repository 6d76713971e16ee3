"""Users and groups of the sandbox: managers, members, owners, and what Graph refuses of them."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import EVENTUAL, Graph, error, names

from leangraph.sandbox import Sandbox

ADA = "ada.lovelace@contoso.example"
GRACE = "grace.hopper@contoso.example"
GROUP = {"displayName": "Team", "mailEnabled": False, "mailNickname": "team", "securityEnabled": True}
UNIFIED = {**GROUP, "groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": False}
ROOT = "https://graph.microsoft.com/v1.0"
TWICE = "One or more added object references already exist for the following modified properties: 'members'."
ABSENT = "One or more removed object references do not exist for the following modified properties: 'members'."


def new_group(graph: Graph, **changes: Any) -> str:
    made = graph("POST", "/groups", json={**GROUP, **changes})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def group_named(graph: Graph, name: str) -> str:
    return str(graph.get("/groups", filter=f"displayName eq '{name}'").json()["value"][0]["id"])


def ids(graph: Graph, path: str, **query: str) -> list[str]:
    answer = graph.get(path, **query)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["value"]]


def users(graph: Graph, number: int) -> list[str]:
    return ids(graph, "/users", top=str(number), select="id")


def bound(*ids: str) -> list[str]:
    return [f"{ROOT}/directoryObjects/{id_}" for id_ in ids]


def add(graph: Graph, group: str, id_: str, kind: str = "members") -> Any:
    return graph("POST", f"/groups/{group}/{kind}/$ref", json={"@odata.id": bound(id_)[0]})


# -- the seed -----------------------------------------------------------------------------------------


def test_everybody_has_a_manager_but_the_first_and_the_guests(graph: Graph) -> None:
    people = graph.get("/users", select="id,userType,displayName").json()["value"]
    boss = {person["id"]: graph.get(f"/users/{person['id']}/manager", select="id") for person in people}
    without = [person for person in people if boss[person["id"]].status_code == 404]
    assert without[0]["displayName"] == "Ada Lovelace"
    assert {person["userType"] for person in without[1:]} == {"Guest"}
    for person in people[1:]:  # upwards, everybody comes to the first
        at, steps = person["id"], 0
        while boss[at].status_code == 200:
            at, steps = boss[at].json()["id"], steps + 1
            assert steps < 10
        assert at == people[0]["id"] or person["userType"] == "Guest"


def test_reports_are_the_other_side_of_managers(graph: Graph) -> None:
    reports = graph.get(f"/users/{ADA}/directReports", top="999").json()["value"]
    assert len(reports) > 1
    assert {row["@odata.type"] for row in reports} == {"#microsoft.graph.user"}
    for report in reports:
        assert graph.get(f"/users/{report['id']}/manager").json()["userPrincipalName"] == ADA


def test_members_of_a_nested_group_are_members_at_one_remove(graph: Graph) -> None:
    outer = group_named(graph, "Back Office")
    direct = graph.get(f"/groups/{outer}/members").json()["value"]
    assert {row["displayName"] for row in direct} == {"Finance", "IT"}
    inner = {id_ for group in direct for id_ in ids(graph, f"/groups/{group['id']}/members", top="999")}
    everybody = ids(graph, f"/groups/{outer}/transitiveMembers", top="999")
    assert set(everybody) == inner | {group["id"] for group in direct}
    someone = sorted(inner)[0]
    assert outer in ids(graph, f"/users/{someone}/transitiveMemberOf")
    assert outer not in ids(graph, f"/users/{someone}/memberOf")


def test_the_seed_does_not_depend_on_how_many_there_are() -> None:
    def manager(sandbox: Sandbox) -> Any:
        store = sandbox._live.store  # type: ignore[union-attr]
        rows = store._rows(
            "SELECT a.id, b.id FROM links l JOIN objects a ON a.seq = l.source JOIN objects b ON b.seq = l.target "
            "WHERE l.name = 'manager'"
        )
        return dict(rows)

    with Sandbox(users=12) as small, Sandbox(users=80) as big:
        few, many = manager(small), manager(big)
    assert few.items() < many.items()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_tenant_may_be_nearly_empty(number: int) -> None:
    with Sandbox(users=number) as sandbox:
        assert sandbox.users == number


# -- managers -----------------------------------------------------------------------------------------


def test_a_manager_is_set_changed_and_taken_away(graph: Graph) -> None:
    one, two, three = users(graph, 3)
    path = f"/users/{two}/manager/$ref"
    assert graph("PUT", path, json={"@odata.id": f"{ROOT}/users/{three}"}).status_code == 204
    assert graph.get(f"/users/{two}/manager").json()["id"] == three
    assert graph("PUT", path, json={"@odata.id": f"{ROOT}/users/{one}"}).status_code == 204
    assert graph.get(path).json()["@odata.id"].endswith(f"/directoryObjects/{one}")
    assert graph("DELETE", path).status_code == 204
    assert error(graph("DELETE", path))[:2] == (404, "Request_ResourceNotFound")
    assert graph.get(f"/users/{two}/manager").status_code == 404


def test_a_manager_can_be_asked_for_with_the_user_and_filtered_by(graph: Graph) -> None:
    (report,) = graph.get(f"/users/{ADA}/directReports", top="1").json()["value"]
    assert graph.get(f"/users/{report['id']}", expand="manager").json()["manager"]["userPrincipalName"] == ADA
    boss = graph.get(f"/users/{ADA}").json()["id"]
    found = ids(graph, "/users", filter=f"manager/id eq '{boss}'", top="999")
    assert set(found) == set(ids(graph, f"/users/{ADA}/directReports", top="999"))


def test_nobody_is_his_own_manager_and_a_group_is_nobodys(graph: Graph) -> None:
    one, group = users(graph, 1)[0], new_group(graph)
    for target in (one, group):
        answer = graph("PUT", f"/users/{one}/manager/$ref", json={"@odata.id": bound(target)[0]})
        assert error(answer)[:2] == (400, "Request_BadRequest")


# -- members ------------------------------------------------------------------------------------------


def test_a_member_comes_once_and_goes_once(graph: Graph) -> None:
    group, (one, two) = new_group(graph), users(graph, 2)
    assert add(graph, group, one).status_code == 204
    assert error(add(graph, group, one)) == (400, "Request_BadRequest", TWICE)
    assert ids(graph, f"/groups/{group}/members") == [one]
    path = f"/groups/{group}/members/{one}/$ref"
    assert graph("DELETE", path).status_code == 204
    assert error(graph("DELETE", path)) == (400, "Request_BadRequest", ABSENT)
    assert error(graph("DELETE", f"/groups/{group}/members/{two}/$ref"))[2] == ABSENT
    assert graph("DELETE", f"/groups/{group}/members/nobody/$ref").status_code == 404


def test_an_unknown_member_is_404_and_a_wrong_one_400(graph: Graph) -> None:
    group = new_group(graph)
    unknown = "00000000-0000-4000-8000-000000000000"
    assert error(add(graph, group, unknown))[:2] == (404, "Request_ResourceNotFound")
    assert error(add(graph, group, group))[0] == 400
    sign_in = graph.get("/auditLogs/signIns", top="1").json()["value"][0]["id"]
    assert error(add(graph, group, sign_in))[0] == 400
    for body in ({}, {"@odata.id": "nonsense"}, {"@odata.id": 5}):
        assert error(graph("POST", f"/groups/{group}/members/$ref", json=body))[0] == 400


@pytest.mark.parametrize(
    "form", ["{root}/users/{id}", "{root}/directoryObjects/{id}", "/users/{id}", "users/{id}"]
)
def test_a_reference_may_be_written_in_several_ways(graph: Graph, form: str) -> None:
    group, (one,) = new_group(graph), users(graph, 1)
    url = form.format(root=ROOT, id=one)
    assert graph("POST", f"/groups/{group}/members/$ref", json={"@odata.id": url}).status_code == 204


def test_twenty_members_at_once_and_not_one_more(graph: Graph) -> None:
    people = users(graph, 21)
    group = new_group(graph)
    answer = graph("PATCH", f"/groups/{group}", json={"members@odata.bind": bound(*people)})
    assert error(answer)[:2] == (400, "Request_BadRequest")
    assert ids(graph, f"/groups/{group}/members") == []
    assert graph("PATCH", f"/groups/{group}", json={"members@odata.bind": bound(*people[:20])}).status_code == 204
    assert ids(graph, f"/groups/{group}/members") == people[:20]


def test_the_twenty_are_all_relations_of_a_new_group(graph: Graph) -> None:
    people = users(graph, 21)
    body = {**GROUP, "owners@odata.bind": bound(people[0]), "members@odata.bind": bound(*people[1:])}
    before = len(ids(graph, "/groups", top="999"))
    assert error(graph("POST", "/groups", json=body))[0] == 400
    assert len(ids(graph, "/groups", top="999")) == before
    body["members@odata.bind"] = bound(*people[1:20])
    made = graph("POST", "/groups", json=body).json()["id"]
    assert len(ids(graph, f"/groups/{made}/members")) == 19
    assert ids(graph, f"/groups/{made}/owners") == people[:1]


@pytest.mark.parametrize("wrong", ["twice", "present", "unknown"])
def test_one_wrong_reference_leaves_everything_as_it_was(graph: Graph, wrong: str) -> None:
    one, two, three = users(graph, 3)
    group = new_group(graph)
    add(graph, group, one)
    more = {
        "twice": [two, three, two],
        "present": [two, one],
        "unknown": [two, "0" * 8 + "-0000" * 3 + "-" + "0" * 12],
    }
    body = {"displayName": "Renamed", "members@odata.bind": bound(*more[wrong])}
    assert graph("PATCH", f"/groups/{group}", json=body).status_code in (400, 404)
    assert ids(graph, f"/groups/{group}/members") == [one]
    assert graph.get(f"/groups/{group}").json()["displayName"] == "Team"


def test_a_dynamic_group_takes_nobody_by_hand(graph: Graph) -> None:
    guests, (one,) = group_named(graph, "Guests"), users(graph, 1)
    refused = (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    assert error(add(graph, guests, one)) == refused
    assert error(graph("PATCH", f"/groups/{guests}", json={"members@odata.bind": bound(one)})) == refused
    (guest,) = ids(graph, f"/groups/{guests}/members", top="1")
    assert error(graph("DELETE", f"/groups/{guests}/members/{guest}/$ref")) == refused


def test_what_can_be_a_member_of_what(graph: Graph) -> None:
    security, inner, unified = new_group(graph), new_group(graph), new_group(graph, **UNIFIED)
    device = graph.get("/devices", top="1").json()["value"][0]["id"]
    principal = graph.get("/servicePrincipals", top="1").json()["value"][0]["id"]
    for member in (inner, device, principal, users(graph, 1)[0]):
        assert add(graph, security, member).status_code == 204
    assert add(graph, security, unified).status_code == 400
    for member in (inner, device, principal):
        assert add(graph, unified, member).status_code == 400
    assert add(graph, unified, users(graph, 1)[0]).status_code == 204
    kinds = {row["@odata.type"] for row in graph.get(f"/groups/{security}/members").json()["value"]}
    assert len(kinds) == 4


def test_without_ref_the_member_itself_is_deleted(graph_sandbox: Sandbox, graph: Graph) -> None:
    group, (one, two) = new_group(graph), users(graph, 2)
    add(graph, group, one)
    assert graph("DELETE", f"/groups/{group}/members/{two}").status_code == 404
    assert graph_sandbox.users == 50
    assert graph("DELETE", f"/groups/{group}/members/{one}").status_code == 204
    assert graph.get(f"/users/{one}").status_code == 404
    assert one in ids(graph, "/directory/deletedItems/microsoft.graph.user")


def test_a_cast_filters_members_and_needs_the_pair(graph: Graph) -> None:
    outer = group_named(graph, "Back Office")
    path = f"/groups/{outer}/members/microsoft.graph.group"
    assert error(graph.get(path))[:2] == (400, "Request_UnsupportedQuery")
    assert names(graph.get(path, EVENTUAL, count="true")) == ["Finance", "IT"]
    assert graph.get(f"{path}/$count", EVENTUAL).text == "2"
    assert graph.get(f"/groups/{outer}/members/microsoft.graph.user/$count", EVENTUAL).text == "0"


def test_references_can_be_listed(graph: Graph) -> None:
    outer = group_named(graph, "Back Office")
    found = graph("GET", f"/groups/{outer}/members/$ref").json()["value"]
    assert {row["@odata.id"].rpartition("/")[2] for row in found} == set(ids(graph, f"/groups/{outer}/members"))


# -- owners -------------------------------------------------------------------------------------------


def test_the_last_owner_stays(graph: Graph) -> None:
    group, (one, two) = new_group(graph), users(graph, 2)
    for owner in (one, two):
        assert add(graph, group, owner, "owners").status_code == 204
    assert graph("DELETE", f"/groups/{group}/owners/{one}/$ref").status_code == 204
    message = "The group must have at least one owner, hence this owner cannot be removed."
    assert error(graph("DELETE", f"/groups/{group}/owners/{two}/$ref")) == (400, "Request_BadRequest", message)
    assert ids(graph, f"/groups/{group}/owners") == [two]
    assert group in ids(graph, f"/users/{two}/ownedObjects", top="999")


def test_a_group_owns_nothing(graph: Graph) -> None:
    assert add(graph, new_group(graph), new_group(graph), "owners").status_code == 400


# -- groups -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"mailNickname": "x" * 65},
        {"mailNickname": "two words"},
        {"mailNickname": "a@b"},
        {"mailNickname": ""},
        {"displayName": "x" * 257},
        {"displayName": None},
        {"groupTypes": ["Nonsense"]},
        {"groupTypes": ["Unified"]},  # which is mail-enabled
        {"groupTypes": ["DynamicMembership"]},  # without a rule
        {"mailEnabled": True},  # no Microsoft 365 group
        {"securityEnabled": False},
        {"nonsense": 1},
        {"createdDateTime": "2020-01-01T00:00:00Z"},
        {"nonsense@odata.bind": []},
        {"members@odata.bind": "no list"},
        {"allowExternalSenders": True},  # only later
    ],
)
def test_what_is_wrong_with_a_new_group_is_a_400(graph: Graph, change: dict[str, Any]) -> None:
    assert graph("POST", "/groups", json={**GROUP, **change}).status_code == 400


@pytest.mark.parametrize("length", [1, 64])
def test_a_nickname_has_1_to_64_letters(graph: Graph, length: int) -> None:
    assert graph("POST", "/groups", json={**GROUP, "mailNickname": "x" * length}).status_code == 201


def test_two_microsoft_365_groups_have_two_nicknames(graph: Graph) -> None:
    assert graph("POST", "/groups", json=UNIFIED).status_code == 201
    again = graph("POST", "/groups", json={**UNIFIED, "mailNickname": "TEAM"})
    message = "Another object with the same value for property mailNickname already exists."
    assert error(again) == (400, "Request_BadRequest", message)
    assert graph("POST", "/groups", json=GROUP).status_code == 201  # no mail, no conflict


def test_a_microsoft_365_group_has_an_address(graph: Graph) -> None:
    made = graph("POST", "/groups", json=UNIFIED).json()
    assert (made["mail"], made["proxyAddresses"]) == ("team@contoso.example", ["SMTP:team@contoso.example"])
    assert made["visibility"] == "Public"


def test_a_dynamic_group_is_made_with_its_rule(graph: Graph) -> None:
    body = {**GROUP, "groupTypes": ["DynamicMembership"], "membershipRule": 'user.city -eq "Berlin"'}
    assert graph("POST", "/groups", json=body).json()["membershipRule"] == body["membershipRule"]


def test_whether_roles_can_be_assigned_is_said_once(graph: Graph) -> None:
    group = new_group(graph, isAssignableToRole=True)
    assert graph("PATCH", f"/groups/{group}", json={"isAssignableToRole": False}).status_code == 400


def test_a_group_is_renewed(graph_sandbox: Sandbox, graph: Graph) -> None:
    group = new_group(graph)
    before = graph.get(f"/groups/{group}").json()["renewedDateTime"]
    graph_sandbox.advance(60)
    assert graph("POST", f"/groups/{group}/renew").status_code == 204
    assert graph.get(f"/groups/{group}").json()["renewedDateTime"] > before


# -- users --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"usageLocation": "DE"}, 204),
        ({"usageLocation": "Germany"}, 400),
        ({"usageLocation": None}, 400),
        ({"userType": "Guest"}, 204),
        ({"userType": "Visitor"}, 400),
        ({"mailNickname": "x" * 64}, 204),
        ({"mailNickname": "x" * 65}, 400),
        ({"assignedLicenses": []}, 400),
        ({"passwordProfile": {"forceChangePasswordNextSignIn": True}}, 204),
        ({"passwordProfile": {"nonsense": 1}}, 400),
        ({"passwordProfile": {"forceChangePasswordNextSignIn": "yes"}}, 400),
        ({"identities": [{"signInType": "emailAddress", "issuer": 5}]}, 400),
        ({"aboutMe": "x"}, 501),
    ],
)
def test_what_a_user_can_be_changed_to(graph: Graph, change: dict[str, Any], status: int) -> None:
    assert graph("PATCH", f"/users/{ADA}", json=change).status_code == status


def test_a_new_user_may_have_a_manager_from_the_start(graph: Graph) -> None:
    (boss,) = users(graph, 1)
    body = {
        "accountEnabled": True,
        "displayName": "New",
        "mailNickname": "new",
        "userPrincipalName": "new@contoso.example",
        "passwordProfile": {"password": "Compiler-1952"},
        "manager@odata.bind": f"{ROOT}/users/{boss}",
    }
    made = graph("POST", "/users", json=body).json()["id"]
    assert graph.get(f"/users/{made}/manager").json()["id"] == boss


@pytest.mark.parametrize("action", ["changePassword", "exportPersonalData", "reprocessLicenseAssignment"])
@pytest.mark.usefixtures("acted")
def test_other_actions_say_that_they_are_not_acted_out(graph: Graph, action: str) -> None:
    assert error(graph("POST", f"/users/{GRACE}/{action}", json={}))[:2] == (501, "NotImplemented")


@pytest.mark.parametrize(
    ("path", "filter"),
    [
        ("/applications", "owners/$count eq 0 or owners/$count eq 1"),
        ("/servicePrincipals", "owners/$count eq 0"),
        ("/groups", "members/$count ge 1"),
        ("/groups", "membershipRuleProcessingState eq 'On'"),
        ("/groups", "transitiveMembers/$count gt 0"),
        ("/users", "ownedObjects/$count ge 1"),
        ("/users", "registeredDevices/$count eq 0"),
        ("/users", "memberOf/$count ne 0"),
        ("/users", "passwordPolicies eq 'DisablePasswordExpiration'"),
        ("/applications", "requiredResourceAccess/any(r:r/resourceAppId eq 'x')"),
        ("/servicePrincipals", "appRoleAssignmentRequired eq true"),
        ("/devices", "mdmAppId eq 'x'"),
    ],
)
def test_what_the_documents_filter_by_is_filtered(graph: Graph, path: str, filter: str) -> None:
    answer = graph.get(path, EVENTUAL, filter=filter, count="true")

    assert answer.status_code == 200, answer.text
    assert answer.json()["@odata.count"] <= int(graph("GET", f"{path}/$count", EVENTUAL).text.lstrip("\ufeff"))


def test_a_relations_members_are_counted(graph: Graph) -> None:
    groups = graph.get("/groups", EVENTUAL, filter="members/$count ge 1", count="true").json()["value"]
    assert groups
    for group in groups:
        assert graph("GET", f"/groups/{group['id']}/members").json()["value"]
    empty = graph("POST", "/groups", json=NEW_GROUP).json()["id"]
    none = graph.get("/groups", EVENTUAL, filter="members/$count eq 0", count="true").json()["value"]
    assert empty in [each["id"] for each in none]
    assert graph.get("/groups", filter="members/$count eq 0").status_code == 400


NEW_GROUP = {"displayName": "Empty", "mailEnabled": False, "mailNickname": "empty", "securityEnabled": True}
