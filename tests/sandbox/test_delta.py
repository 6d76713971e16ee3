"""The sandbox's delta queries, asked over real HTTPS."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import requests
from graph_calls import Graph, error, token_call

from leangraph.sandbox import Sandbox

ADA = "/users/ada.lovelace@contoso.example"
DAY = 86_400
GROUP = {  # of the type that can be restored
    "displayName": "New",
    "groupTypes": ["Unified"],
    "mailEnabled": True,
    "mailNickname": "new",
    "securityEnabled": False,
}
EXPIRED_PAGE = (
    400,
    "Directory_ExpiredPageToken",
    "The specified page token value has expired and can no longer be included in your request.",
)


class Walk:
    """A client that follows a delta query: ``value`` is what the last round brought, ``pages`` its sizes."""

    def __init__(self, graph: Graph, path: str, **headers: str) -> None:
        self.graph = graph
        self.link = path
        self.headers = headers
        self()

    def __call__(self, **headers: str) -> list[dict[str, Any]]:
        self.value: list[dict[str, Any]] = []
        self.pages: list[int] = []
        self.links: list[str] = []
        while True:
            self.links.append(self.link)
            answer = self.graph("GET", self.link, {**self.headers, **headers})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            self.value += page["value"]
            self.pages.append(len(page["value"]))
            last = "@odata.deltaLink" in page
            assert ("@odata.nextLink" in page) != last
            self.link = page["@odata.deltaLink" if last else "@odata.nextLink"]
            if last:
                return self.value

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.value]


def restore(graph: Graph, id_: str) -> None:
    assert graph("POST", f"/directory/deletedItems/{id_}/restore").status_code == 200


def purge(graph: Graph, id_: str) -> None:
    assert graph("DELETE", f"/directory/deletedItems/{id_}").status_code == 204


def path_of(user: dict[str, Any]) -> str:
    return f"/users/{user['id']}"


def user(graph: Graph, path: str = ADA) -> dict[str, Any]:
    found: dict[str, Any] = graph.get(path).json()
    return found


def new_group(graph: Graph) -> str:
    return str(graph("POST", "/groups", json=GROUP).json()["id"])


def add(graph: Graph, group: str, *ids: str) -> None:
    for id_ in ids:
        url = f"{graph.sandbox.url}/v1.0/directoryObjects/{id_}"
        assert graph("POST", f"/groups/{group}/members/$ref", json={"@odata.id": url}).status_code == 204


def remove(graph: Graph, group: str, id_: str) -> None:
    assert graph("DELETE", f"/groups/{group}/members/{id_}/$ref").status_code == 204


def everybody(graph: Graph, number: int) -> list[str]:
    return [each["id"] for each in graph.get("/users", top=str(number), select="id").json()["value"]]


# -- the first round ------------------------------------------------------------------------------------------


def test_the_first_round_brings_everything_that_is_there(graph_sandbox: Sandbox, graph: Graph) -> None:
    first = graph("GET", "/users/delta").json()
    assert list(first) == ["@odata.context", "@odata.deltaLink", "value"]
    assert first["@odata.context"] == f"{graph_sandbox.url}/v1.0/$metadata#users"
    assert len({each["id"] for each in first["value"]}) == len(first["value"]) == 50
    ada = next(each for each in first["value"] if each["displayName"] == "Ada Lovelace")
    assert ada == {name: value for name, value in user(graph).items() if name in ada}
    assert "accountEnabled" not in ada


def test_what_was_never_set_is_absent(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta")
    guest = next(each for each in walk.value if "#EXT#" in each["userPrincipalName"])
    assert "jobTitle" not in guest
    assert user(graph, f"/users/{guest['id']}")["jobTitle"] is None


@pytest.mark.parametrize("name", ["delta", "delta()", "microsoft.graph.delta()", "microsoft.graph.delta", "Delta"])
def test_the_function_has_several_spellings_and_one_token(graph: Graph, name: str) -> None:
    walk = Walk(graph, f"/users/{name}")
    assert "/v1.0/users/delta?$deltatoken=" in walk.link
    assert len(walk.value) == 50
    token = walk.link.partition("=")[2]
    assert graph("GET", f"/users/{name}?$deltatoken={token}").json()["value"] == []


def test_pages_have_as_many_as_the_sandbox_says(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.page_size = 20
    walk = Walk(graph, "/users/delta")
    assert walk.pages == [20, 20, 10]
    assert len(set(walk.ids)) == 50
    assert [link.partition("?")[2][:11] for link in walk.links[1:]] == ["$skiptoken="] * 2


def test_pages_have_200_unless_told() -> None:
    with Sandbox(users=201) as sandbox, requests.Session() as web:
        web.trust_env, web.verify = False, sandbox.ca_bundle
        graph = Graph(sandbox, web, token_call(sandbox, web).json()["access_token"])
        assert Walk(graph, "/users/delta?$select=id").pages == [200, 1]


def test_an_empty_page_may_come_after_a_full_one(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.page_size, graph_sandbox.empty_pages = 20, True
    assert Walk(graph, "/users/delta").pages == [20, 0, 20, 0, 10]


def test_a_page_may_be_asked_for_again(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.page_size = 20
    walk = Walk(graph, "/users/delta?$select=id")
    for link in walk.links:
        assert graph("GET", link).json()["value"] == graph("GET", link).json()["value"]
    graph("PATCH", ADA, json={"jobTitle": "x"})
    link = Walk(graph, "/users/delta").link
    assert graph("GET", link).json()["value"] == graph("GET", link).json()["value"]


def test_what_is_gone_before_the_first_round_is_not_in_it(graph: Graph) -> None:
    graph("DELETE", ADA)
    assert len(Walk(graph, "/users/delta").value) == 49


def test_what_changes_amid_the_first_round_comes_in_the_next(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.page_size = 20
    walk = Walk(graph, "/users/delta?$deltatoken=latest")
    first = graph("GET", "/users/delta").json()
    seen, unseen = first["value"][0]["id"], everybody(graph, 999)[40]
    graph("DELETE", f"/users/{seen}")
    graph("DELETE", f"/users/{unseen}")
    made = graph_sandbox.add_user(displayName="Late")["id"]
    walk.link = first["@odata.nextLink"]
    walk()
    assert unseen not in walk.ids
    assert made in walk.ids
    again = {each["id"]: each for each in walk()}
    assert again[seen]["@removed"] == again[unseen]["@removed"] == {"reason": "changed"}
    assert again[made]["displayName"] == "Late"


def test_from_now_on_brings_nothing_but_the_link(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$deltaToken=latest&$select=jobTitle")
    assert (walk.value, walk.pages) == ([], [0])
    graph("PATCH", ADA, json={"city": "London"})
    assert walk() == []
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    assert walk() == [{"id": user(graph)["id"], "jobTitle": "Countess"}]


# -- the rounds after it --------------------------------------------------------------------------------------


def test_without_a_change_a_round_is_empty_and_leads_on(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta")
    assert walk() == walk() == []
    assert walk.pages == [0]


def test_a_change_brings_all_that_is_tracked(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta")
    before = next(each for each in walk.value if each["displayName"] == "Ada Lovelace")
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    assert walk() == [{**before, "jobTitle": "Countess"}]
    assert walk() == []


def test_what_was_cleared_is_null(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$select=jobTitle,businessPhones,city")
    graph("PATCH", ADA, json={"jobTitle": None, "businessPhones": []})
    city = user(graph, f"{ADA}?$select=city")["city"]
    assert walk() == [{"id": user(graph)["id"], "jobTitle": None, "businessPhones": [], "city": city}]


def test_minimal_brings_what_has_changed(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta")
    id_ = user(graph)["id"]
    graph("PATCH", ADA, json={"jobTitle": "Countess", "mobilePhone": None, "city": "London"})
    answer = graph("GET", walk.link, {"Prefer": "return=minimal"})
    assert answer.headers["Preference-Applied"] == "return=minimal"
    assert "Preference-Applied" not in graph("GET", walk.link).headers
    expected = {"id": id_, "jobTitle": "Countess"}
    if "mobilePhone" in next(each for each in walk.value if each["id"] == id_):
        expected["mobilePhone"] = None
    assert answer.json()["value"] == [expected]
    assert len(walk()[0]) > 5  # the link itself is the same


def test_minimal_means_nothing_in_the_first_round(graph: Graph) -> None:
    full, minimal = Walk(graph, "/users/delta"), Walk(graph, "/users/delta", Prefer="return=minimal")
    assert minimal.value == full.value


def test_a_new_object_comes_whole(graph_sandbox: Sandbox, graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$select=displayName,jobTitle")
    made = graph_sandbox.add_user(displayName="New", jobTitle="x")
    graph("PATCH", path_of(made), json={"jobTitle": "y"})
    whole = [{"id": made["id"], "displayName": "New", "jobTitle": "y"}]
    assert graph("GET", walk.link, {"Prefer": "return=minimal"}).json()["value"] == whole
    assert walk() == whole


def test_soft_deletion_restoring_and_purging(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$select=displayName")
    id_ = user(graph)["id"]
    graph("DELETE", ADA)
    assert walk() == [{"id": id_, "@removed": {"reason": "changed"}}]
    restore(graph, id_)
    assert walk() == [{"id": id_, "displayName": "Ada Lovelace"}]
    graph("DELETE", ADA)
    purge(graph, id_)
    assert walk() == [{"id": id_, "@removed": {"reason": "deleted"}}]
    assert walk() == []


def test_what_comes_and_goes_within_a_round_is_removed(graph_sandbox: Sandbox, graph: Graph) -> None:
    walk = Walk(graph, "/users/delta")
    made = graph_sandbox.add_user()
    graph("DELETE", path_of(made))
    assert walk() == [{"id": made["id"], "@removed": {"reason": "changed"}}]


def test_changes_come_in_pages_too(graph_sandbox: Sandbox, graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$select=jobTitle")
    ids = everybody(graph, 25)
    for id_ in ids:
        graph("PATCH", f"/users/{id_}", json={"jobTitle": "same"})
    graph_sandbox.page_size = 10
    walk()
    assert walk.pages == [10, 10, 5]
    assert sorted(walk.ids) == sorted(ids)
    assert walk() == []


def test_changes_amid_a_round_wait_for_the_next(graph_sandbox: Sandbox, graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$select=jobTitle")
    ids = everybody(graph, 3)
    graph_sandbox.page_size = 1
    for id_ in ids[:2]:
        graph("PATCH", f"/users/{id_}", json={"jobTitle": "x"})
    page = graph("GET", walk.link).json()
    graph("PATCH", f"/users/{ids[2]}", json={"jobTitle": "x"})
    walk.link = page["@odata.nextLink"]
    assert walk() == [{"id": ids[1], "jobTitle": "x"}]
    assert walk() == [{"id": ids[2], "jobTitle": "x"}]


def test_only_what_is_selected_is_tracked(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$select=displayName,JobTitle")
    assert walk.value[0].keys() == {"displayName", "jobTitle", "id"}
    graph("PATCH", ADA, json={"city": "London"})
    assert walk() == []
    graph("PATCH", ADA, json={"jobTitle": "Countess", "city": "Paris"})
    assert walk() == [{"displayName": "Ada Lovelace", "jobTitle": "Countess", "id": user(graph)["id"]}]


def test_a_filter_tracks_only_its_ids(graph: Graph) -> None:
    ids = everybody(graph, 3)
    clause = " or ".join(f"id eq '{id_}'" for id_ in ids[:2])
    walk = Walk(graph, f"/users/delta?$select=jobTitle&$filter={quote(clause)}")
    assert walk.ids == ids[:2]
    for id_ in ids:
        graph("PATCH", f"/users/{id_}", json={"jobTitle": "x"})
    assert sorted(walk() and walk.ids) == sorted(ids[:2])
    graph("DELETE", f"/users/{ids[0]}")
    graph("DELETE", f"/users/{ids[2]}")
    assert walk() == [{"id": ids[0], "@removed": {"reason": "changed"}}]


def test_reads_that_lag_show_in_a_later_round(graph_sandbox: Sandbox, graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$select=jobTitle")
    graph_sandbox.lag(1)
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    assert walk() == []
    assert [each["jobTitle"] for each in walk()] == ["Countess"]


@pytest.mark.parametrize(
    "collection",
    [
        "applications",
        "devices",
        "directory/administrativeUnits",
        "directoryRoles",
        "groups",
        "oauth2PermissionGrants",
        "servicePrincipals",
    ],
)
def test_every_collection_of_the_directory_has_its_delta(graph: Graph, collection: str) -> None:
    listed = graph.get(f"/{collection}").json()["value"]
    walk = Walk(graph, f"/{collection}/delta")
    assert listed
    assert [each["id"] for each in listed] == walk.ids
    for each, whole in zip(walk.value, listed, strict=True):
        told = {name: value for name, value in each.items() if not name.endswith("@delta")}
        assert told == {name: whole[name] for name in told}
        assert all(whole[name] in (None, []) for name in whole.keys() - told.keys())
    assert walk() == []


@pytest.mark.parametrize("collection", ["directory/administrativeUnits", "directoryRoles"])
def test_members_of_roles_and_units_are_tracked(graph: Graph, collection: str) -> None:
    walk = Walk(graph, f"/{collection}/delta")
    owner, user = walk.ids[-1], everybody(graph, 50)[-1]
    url = f"{graph.sandbox.url}/v1.0/users/{user}"
    assert graph("POST", f"/{collection}/{owner}/members/$ref", json={"@odata.id": url}).status_code == 204
    (found,) = walk()
    assert found["id"] == owner
    assert found["members@delta"] == [{"@odata.type": "#microsoft.graph.user", "id": user}]


# -- options --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "option", ["$top=5", "$orderby=displayName", "$expand=manager", '$search="a:b"', "$skip=1"]
)
def test_other_options_are_refused(graph: Graph, option: str) -> None:
    assert error(graph("GET", f"/users/delta?{option}"))[0] == 400


@pytest.mark.parametrize("number", [50, 51])
def test_a_filter_takes_fifty_ids(graph: Graph, number: int) -> None:
    clause = " or ".join(f"id eq '{n}'" for n in range(number))
    answer = graph("GET", f"/users/delta?$filter={quote(clause)}")
    assert answer.status_code == (200 if number == 50 else 400)


@pytest.mark.parametrize(
    "clause",
    [
        "displayName eq 'Ada'",
        "id ne 'x'",
        "startswith(id,'x')",
        "id eq 'x' and id eq 'y'",
        "not(id eq 'x')",
        "id in ('x')",
        "id eq 0c3cae02-e969-4f18-84bb-aac4e6e758e7",
        "id eq null",
    ],
)
def test_a_filter_is_by_id_only(graph: Graph, clause: str) -> None:
    assert error(graph("GET", f"/users/delta?$filter={quote(clause)}"))[:2] == (400, "Request_UnsupportedQuery")


def test_a_select_is_checked(graph: Graph) -> None:
    assert error(graph("GET", "/users/delta?$select=nonsense"))[0] == 400
    assert error(graph("GET", "/users/delta?$select=memberOf"))[0] == 400  # a relation that has no changes
    assert error(graph("GET", "/users/delta?$select=skills"))[:2] == (
        501,
        "NotImplemented",
    )  # elsewhere


def test_a_token_goes_with_nothing_else(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta")
    assert error(graph("GET", f"{walk.link}&$select=id"))[0] == 400
    assert error(graph("GET", f"{walk.link}&$skiptoken=x"))[0] == 400
    assert graph("GET", f"{walk.link}&$format=json").status_code == 200


# -- groups and other relations -------------------------------------------------------------------------------


def test_groups_come_with_their_members(graph: Graph) -> None:
    walk = Walk(graph, "/groups/delta")
    for group in walk.value:
        members = graph.get(f"/groups/{group['id']}/members", top="999", select="id").json()["value"]
        told = group.get("members@delta", [])
        assert sorted(member["id"] for member in told) == sorted(member["id"] for member in members)
        assert bool(told) == (group["displayName"] != "Temporary Access")  # which has no members
        kind = "#microsoft.graph.group" if group["displayName"] == "Back Office" else "#microsoft.graph.user"
        assert all(member["@odata.type"] == kind for member in told)


def test_a_group_without_members_has_no_delta_of_them(graph: Graph) -> None:
    empty = new_group(graph)
    found = next(each for each in Walk(graph, "/groups/delta").value if each["id"] == empty)
    assert found["displayName"] == "New"
    assert "members@delta" not in found


def test_members_that_come_and_go(graph: Graph) -> None:
    group = new_group(graph)
    first, second, third = everybody(graph, 3)
    add(graph, group, first)
    walk = Walk(graph, "/groups/delta")
    add(graph, group, second, third)
    remove(graph, group, first)
    remove(graph, group, third)
    (found,) = walk()
    assert found["displayName"] == "New"
    gone = {"@removed": {"reason": "deleted"}}
    kind = "#microsoft.graph.user"
    assert sorted(found["members@delta"], key=lambda each: str(each["id"])) == sorted(
        [
            {"@odata.type": kind, "id": first, **gone},
            {"@odata.type": kind, "id": second},
            {"@odata.type": kind, "id": third, **gone},
        ],
        key=lambda each: str(each["id"]),
    )
    assert walk() == []


def test_minimal_leaves_only_the_members(graph: Graph) -> None:
    group = new_group(graph)
    walk = Walk(graph, "/groups/delta")
    (first,) = everybody(graph, 1)
    add(graph, group, first)
    found = graph("GET", walk.link, {"Prefer": "return=minimal"}).json()["value"]
    assert found == [{"id": group, "members@delta": [{"@odata.type": "#microsoft.graph.user", "id": first}]}]


def test_a_deleted_user_stays_a_member_until_gone_for_good(graph_sandbox: Sandbox, graph: Graph) -> None:
    group = new_group(graph)
    made = graph_sandbox.add_user()["id"]
    add(graph, group, made)
    walk = Walk(graph, "/groups/delta")
    graph("DELETE", f"/users/{made}")
    assert walk() == []
    purge(graph, made)
    (found,) = walk()
    removed = {"@odata.type": "#microsoft.graph.user", "id": made, "@removed": {"reason": "deleted"}}
    assert (found["id"], found["members@delta"]) == (group, [removed])


def test_a_restored_group_brings_its_members_back(graph: Graph) -> None:
    group = new_group(graph)
    (first,) = everybody(graph, 1)
    add(graph, group, first)
    walk = Walk(graph, "/groups/delta")
    graph("DELETE", f"/groups/{group}")
    assert walk() == [{"id": group, "@removed": {"reason": "changed"}}]
    restore(graph, group)
    (found,) = walk()
    assert [member["id"] for member in found["members@delta"]] == [first]
    assert "@removed" not in found["members@delta"][0]


def test_members_are_tracked_unless_something_else_is_selected(graph: Graph) -> None:
    group = new_group(graph)
    names, members, both, owners = (
        Walk(graph, f"/groups/delta?$select={names}")
        for names in ("displayName", "members", "displayName,members", "owners")
    )
    (first,) = everybody(graph, 1)
    add(graph, group, first)
    added = [{"@odata.type": "#microsoft.graph.user", "id": first}]
    assert names() == owners() == []
    assert members() == [{"id": group, "members@delta": added}]
    assert both() == [{"id": group, "displayName": "New", "members@delta": added}]
    url = f"{graph.sandbox.url}/v1.0/users/{first}"
    graph("POST", f"/groups/{group}/owners/$ref", json={"@odata.id": url})
    assert members() == []
    assert owners() == [{"id": group, "owners@delta": added}]


def test_a_manager_is_tracked_where_selected(graph: Graph) -> None:
    walk = Walk(graph, "/users/delta?$select=displayName,manager")
    first, second = everybody(graph, 3)[1:]

    def appoint(id_: str) -> None:
        url = f"{graph.sandbox.url}/v1.0/users/{id_}"
        assert graph("PUT", f"{ADA}/manager/$ref", json={"@odata.id": url}).status_code == 204

    def shown() -> dict[str, bool]:
        (found,) = walk()
        assert found["displayName"] == "Ada Lovelace"
        return {each["id"]: "@removed" not in each for each in found["manager@delta"]}

    appoint(first)
    assert shown() == {first: True}
    appoint(second)
    assert shown() == {first: False, second: True}
    assert not any("manager@delta" in each for each in Walk(graph, "/users/delta").value)


@pytest.mark.parametrize("room", [1, 3, 7])
def test_a_big_group_comes_on_several_pages(graph_sandbox: Sandbox, graph: Graph, room: int) -> None:
    group = new_group(graph)
    ids = everybody(graph, 10)
    add(graph, group, *ids)
    graph_sandbox.delta_relations = room
    walk = Walk(graph, f"/groups/delta?$filter=id eq '{group}'")
    slices = [each["members@delta"] for each in walk.value]
    assert [len(each) for each in slices] == [room] * (10 // room) + ([10 % room] if 10 % room else [])
    assert sorted(member["id"] for each in slices for member in each) == sorted(ids)
    assert {each["displayName"] for each in walk.value} == {"New"}

    for id_ in ids:
        remove(graph, group, id_)
    gone = [member for each in walk() for member in each["members@delta"]]
    assert sorted(member["id"] for member in gone) == sorted(ids)
    assert all("@removed" in member for member in gone)
    assert len(walk.pages) == -(-10 // room)
    assert walk() == []


def test_every_group_comes_whole_however_little_room_there_is(graph_sandbox: Sandbox, graph: Graph) -> None:
    whole = {each["id"]: each.get("members@delta", []) for each in Walk(graph, "/groups/delta").value}
    graph_sandbox.page_size, graph_sandbox.delta_relations, graph_sandbox.empty_pages = 3, 5, True
    merged: dict[str, list[Any]] = {}
    for each in Walk(graph, "/groups/delta").value:
        merged.setdefault(each["id"], []).extend(each.get("members@delta", []))
    assert merged == whole


def test_a_group_that_is_deleted_amid_its_pages_does_not_hide_the_next(
    graph_sandbox: Sandbox, graph: Graph
) -> None:
    graph_sandbox.delta_relations = 2
    page = graph("GET", "/groups/delta").json()
    first = page["value"][0]["id"]
    graph("DELETE", f"/groups/{first}")
    walk = Walk(graph, page["@odata.nextLink"])
    assert first not in walk.ids
    others = {each["id"] for each in graph.get("/groups").json()["value"]}
    assert others == set(walk.ids)
    sizes = dict.fromkeys(others, 0)
    for each in walk.value:
        sizes[each["id"]] += len(each.get("members@delta", []))
    for id_, size in sizes.items():
        assert size == len(graph.get(f"/groups/{id_}/members").json()["value"])


def test_relations_have_room_for_one_at_least(graph_sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="at least"):
        graph_sandbox.delta_relations = 0
    assert graph_sandbox.delta_relations == 1_000


# -- tokens ---------------------------------------------------------------------------------------------------


def test_a_token_lives_seven_days(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.token_lifetime = 30 * DAY
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    graph_sandbox.page_size = 20
    page = graph("GET", "/users/delta").json()["@odata.nextLink"]
    walk = Walk(graph, "/users/delta")
    graph_sandbox.advance(7 * DAY - 1)
    assert graph("GET", page).status_code == graph("GET", walk.link).status_code == 200
    graph_sandbox.advance(1)
    assert error(graph("GET", walk.link))[:2] == (400, "syncStateNotFound")
    assert error(graph("GET", page)) == EXPIRED_PAGE


def test_each_round_begins_the_seven_days_anew(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.token_lifetime = 30 * DAY
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    walk = Walk(graph, "/users/delta")
    for _ in range(3):
        graph_sandbox.advance(6 * DAY)
        walk()


@pytest.mark.parametrize(
    "query", ["", "?$select=jobTitle,displayName", "?$filter=id%20eq%20%27a%27%20or%20id%20eq%20%27b%27"]
)
def test_a_reset_says_where_to_begin_again(graph_sandbox: Sandbox, graph: Graph, query: str) -> None:
    walk = Walk(graph, f"/users/delta{query}")
    fresh = list(walk.value)
    graph("PATCH", ADA, json={"officeLocation": "elsewhere"})
    graph_sandbox.expire_delta_tokens()
    answer = graph("GET", walk.link)
    assert error(answer)[:2] == (410, "resyncRequired")
    location = answer.headers["Location"]
    assert location == f"{graph_sandbox.url}/v1.0/users/delta{query or '?'}{'&' if query else ''}$deltatoken="
    again = Walk(graph, location)
    assert len(again.value) == len(fresh)
    assert [each.keys() for each in again.value] == [each.keys() for each in fresh]
    assert again() == []
    assert error(graph("GET", walk.link))[0] == 410  # the old one stays dead


def test_a_reset_amid_a_round(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.page_size = 20
    link = graph("GET", "/users/delta").json()["@odata.nextLink"]
    graph_sandbox.expire_delta_tokens()
    assert graph("GET", link).status_code == 410


def test_a_reset_keeps_relations_and_comes_in_other_forms(graph_sandbox: Sandbox, graph: Graph) -> None:
    groups, users = Walk(graph, "/groups/delta?$select=displayName,members"), Walk(graph, "/users/delta")
    message = "DeltaLink older than 30 days is not supported."
    graph_sandbox.expire_delta_tokens(status=400, code="Request_UnsupportedQuery", message=message)
    answer = graph("GET", groups.link)
    assert error(answer) == (400, "Request_UnsupportedQuery", message)
    assert "$select=displayName,members&" in answer.headers["Location"]
    later = Walk(graph, "/users/delta")
    graph_sandbox.expire_delta_tokens(code="syncStateNotFound", location=False)
    assert "Location" not in graph("GET", later.link).headers
    assert error(graph("GET", users.link))[1] == "Request_UnsupportedQuery"


def test_a_token_is_of_its_collection_and_kind(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.page_size = 20
    page = graph("GET", "/users/delta").json()["@odata.nextLink"]
    walk = Walk(graph, "/users/delta")
    assert error(graph("GET", walk.link.replace("/users/", "/groups/")))[1] == "syncStateNotFound"
    assert error(graph("GET", walk.link.replace("deltatoken", "skiptoken"))) == EXPIRED_PAGE
    assert error(graph("GET", page.replace("skiptoken", "deltatoken")))[1] == "syncStateNotFound"
    assert error(graph("GET", "/users/delta?$deltatoken=nonsense"))[:2] == (400, "syncStateNotFound")
    assert error(graph("GET", "/users/delta?$deltatoken=%FF%00"))[:2] == (400, "syncStateNotFound")
    assert error(graph("GET", "/users/delta?$skiptoken=nonsense")) == EXPIRED_PAGE
    assert error(graph("GET", "/users/delta?$skiptoken=latest")) == EXPIRED_PAGE
    assert error(graph("GET", walk.link[:-4] + "AAAA"))[1] == "syncStateNotFound"


def test_a_token_of_another_tenant_is_none(graph_sandbox: Sandbox, graph: Graph, web: requests.Session) -> None:
    other = graph_sandbox.add_tenant("fabrikam.example")
    app = graph_sandbox.add_app(roles=["User.Read.All"], tenant=other)
    made = token_call(graph_sandbox, web, other.id, client_id=app.client_id, client_secret=app.client_secret)
    there = Graph(graph_sandbox, web, made.json()["access_token"])
    link = Walk(there, "/users/delta").link
    assert error(graph("GET", link))[1] == "syncStateNotFound"


def test_no_token_outlives_a_reset_of_the_sandbox(graph_sandbox: Sandbox, graph: Graph) -> None:
    walk = Walk(graph, "/users/delta")
    graph_sandbox.reset()
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    assert error(graph("GET", walk.link))[1] == "syncStateNotFound"


def test_a_tenant_in_a_file_keeps_its_tokens(tmp_path: Any) -> None:
    link = ""
    for run in range(2):
        with Sandbox(users=3, store=tmp_path / "tenant.db") as sandbox, requests.Session() as web:
            web.trust_env, web.verify = False, sandbox.ca_bundle
            graph = Graph(sandbox, web, token_call(sandbox, web).json()["access_token"])
            if not run:
                link = Walk(graph, "/users/delta?$select=jobTitle").link.partition("/v1.0")[2]
                graph("PATCH", ADA, json={"jobTitle": "Countess"})
                continue
            assert [each["jobTitle"] for each in Walk(graph, link).value] == ["Countess"]
    with Sandbox(users=3, store=tmp_path / "another.db") as sandbox, requests.Session() as web:
        web.trust_env, web.verify = False, sandbox.ca_bundle
        graph = Graph(sandbox, web, token_call(sandbox, web).json()["access_token"])
        graph("PATCH", ADA, json={"jobTitle": "Countess"})
        ahead = Walk(graph, "/users/delta?$deltatoken=latest").link.partition("/v1.0")[2]
    with Sandbox(users=3, store=tmp_path / "a third.db") as sandbox, requests.Session() as web:
        web.trust_env, web.verify = False, sandbox.ca_bundle
        graph = Graph(sandbox, web, token_call(sandbox, web).json()["access_token"])
        assert error(graph("GET", ahead))[1] == "syncStateNotFound"


def test_a_scripted_410_works_as_anywhere(graph_sandbox: Sandbox, graph: Graph) -> None:
    walk = Walk(graph, "/users/delta")
    graph_sandbox.fail("GET", "/users/delta", status=410, headers={"Location": "/users/delta"})
    answer = graph("GET", walk.link)
    assert (answer.status_code, answer.headers["Location"]) == (410, "/users/delta")
    assert walk() == []


def test_delta_works_in_a_batch_and_in_beta(graph_sandbox: Sandbox, graph: Graph) -> None:
    item = {"id": "1", "method": "GET", "url": "/users/delta?$select=id"}
    answer = graph("POST", f"{graph_sandbox.url}/beta/$batch", json={"requests": [item]})
    page = answer.json()["responses"][0]["body"]
    assert len(page["value"]) == 50
    assert page["@odata.deltaLink"].startswith(f"{graph_sandbox.url}/beta/users/delta?")
    assert Walk(graph, page["@odata.deltaLink"]).value == []
