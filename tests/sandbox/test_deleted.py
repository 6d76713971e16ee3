"""The sandbox's deleted items: what goes there, how it comes back, and what is gone for good."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import EVENTUAL, Graph, error, names

from leangraph.sandbox import Sandbox

ADA = "ada.lovelace@contoso.example"
BIN = "/directory/deletedItems"
UNIFIED = {
    "displayName": "Team",
    "groupTypes": ["Unified"],
    "mailEnabled": True,
    "mailNickname": "team",
    "securityEnabled": False,
}
SECURITY = {**UNIFIED, "groupTypes": [], "mailEnabled": False, "securityEnabled": True}


def made(graph: Graph, path: str, body: dict[str, Any]) -> str:
    answer = graph("POST", path, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def user_id(graph: Graph, name: str = ADA) -> str:
    return str(graph.get(f"/users/{name}").json()["id"])


def test_a_deleted_user_is_listed_found_and_restored(graph_sandbox: Sandbox, graph: Graph) -> None:
    ada = user_id(graph)
    assert graph("DELETE", f"/users/{ada}").status_code == 204
    page = graph.get(f"{BIN}/microsoft.graph.user", select="id,displayName,deletedDateTime").json()
    assert page["@odata.context"].endswith("#users(id,displayName,deletedDateTime)")
    (found,) = page["value"]
    assert (found["id"], found["displayName"]) == (ada, "Ada Lovelace")
    assert found["deletedDateTime"]
    one = graph.get(f"{BIN}/{ada}").json()
    assert (one["@odata.type"], one["id"]) == ("#microsoft.graph.user", ada)
    assert graph_sandbox.users == 49

    back = graph("POST", f"{BIN}/{ada}/restore")
    assert back.status_code == 200
    assert (back.json()["@odata.type"], back.json()["id"]) == ("#microsoft.graph.user", ada)
    assert back.json()["@odata.context"].endswith("#directoryObjects/$entity")
    assert graph.get(f"/users/{ADA}", select="deletedDateTime").json()["deletedDateTime"] is None
    assert graph.get(f"{BIN}/{ada}").status_code == 404
    assert graph_sandbox.users == 50


def test_a_restored_user_is_still_a_member_and_a_manager(graph: Graph) -> None:
    ada = user_id(graph)
    groups = graph.get(f"/users/{ada}/memberOf").json()["value"]
    reports = graph.get(f"/users/{ada}/directReports").json()["value"]
    group = groups[0]["id"]
    graph("DELETE", f"/users/{ada}")
    members = graph.get(f"/groups/{group}/members", top="999").json()["value"]
    assert ada not in [row["id"] for row in members]
    assert graph.get(f"/users/{reports[0]['id']}/manager").status_code == 404
    graph("POST", f"{BIN}/{ada}/restore")
    assert graph.get(f"/users/{ada}/memberOf").json()["value"] == groups
    assert graph.get(f"/users/{ada}/directReports").json()["value"] == reports


def test_what_is_deleted_for_good_does_not_come_back(graph: Graph) -> None:
    ada = user_id(graph)
    assert error(graph("DELETE", f"{BIN}/{ada}"))[:2] == (404, "Request_ResourceNotFound")  # still alive
    graph("DELETE", f"/users/{ada}")
    assert graph("DELETE", f"{BIN}/{ada}").status_code == 204
    assert graph("DELETE", f"{BIN}/{ada}").status_code == 404
    assert graph("POST", f"{BIN}/{ada}/restore").status_code == 404
    assert names(graph.get(f"{BIN}/microsoft.graph.user")) == []


def test_a_name_that_was_taken_meanwhile_is_in_the_way(graph_sandbox: Sandbox, graph: Graph) -> None:
    ada = user_id(graph)
    graph("DELETE", f"/users/{ada}")
    graph_sandbox.add_user(userPrincipalName=ADA)
    answer = graph("POST", f"{BIN}/{ada}/restore")
    message = "Another object with the same value for property userPrincipalName already exists."
    assert error(answer) == (400, "Request_BadRequest", message)
    assert graph.get(f"{BIN}/{ada}").status_code == 200
    graph_sandbox.add_user(userPrincipalName="augusta@contoso.example")
    for bad in ("augusta@contoso.example", "ada@elsewhere.example"):
        assert graph("POST", f"{BIN}/{ada}/restore", json={"newUserPrincipalName": bad}).status_code == 400
    assert graph("POST", f"{BIN}/{ada}/restore", json={"nonsense": 1}).status_code == 400


def test_a_user_may_come_back_under_another_name(graph_sandbox: Sandbox, graph: Graph) -> None:
    ada = user_id(graph)
    graph("DELETE", f"/users/{ada}")
    body = {"newUserPrincipalName": "ada.byron@contoso.example", "autoReconcileProxyConflict": True}
    assert graph("POST", f"{BIN}/{ada}/restore", json=body).status_code == 200
    assert user_id(graph, "ada.byron@contoso.example") == ada
    assert graph.get(f"/users/{ADA}").status_code == 404


def test_a_security_group_is_gone_at_once_and_another_is_not(graph: Graph) -> None:
    security, unified = made(graph, "/groups", SECURITY), made(graph, "/groups", UNIFIED)
    for group in (security, unified):
        assert graph("DELETE", f"/groups/{group}").status_code == 204
    listed = graph.get(f"{BIN}/microsoft.graph.group").json()["value"]
    assert [row["id"] for row in listed] == [unified]
    assert graph("POST", f"{BIN}/{security}/restore").status_code == 404
    assert graph("POST", f"{BIN}/{unified}/restore").status_code == 200


def test_thirty_days_and_no_longer(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.token_lifetime = 100 * 86_400
    graph = graph_with_a_new_token(graph_sandbox, graph)
    ada = user_id(graph)
    graph("DELETE", f"/users/{ada}")
    graph_sandbox.advance(30 * 86_400 - 60)
    assert graph.get(f"{BIN}/{ada}").status_code == 200
    graph_sandbox.advance(120)
    assert graph.get(f"{BIN}/{ada}").status_code == 404
    assert names(graph.get(f"{BIN}/microsoft.graph.user")) == []
    assert graph("POST", f"{BIN}/{ada}/restore").status_code == 404


def graph_with_a_new_token(sandbox: Sandbox, graph: Graph) -> Graph:
    from graph_calls import token_call

    return Graph(sandbox, graph.web, token_call(sandbox, graph.web).json()["access_token"])


def test_the_list_is_filtered_sorted_counted_and_paged(graph: Graph) -> None:
    people = graph.get("/users", top="3", select="id,displayName").json()["value"]
    for person in people:
        graph("DELETE", f"/users/{person['id']}")
    path = f"{BIN}/microsoft.graph.user"
    assert names(graph.get(path, orderby="displayName")) == sorted(person["displayName"] for person in people)
    assert names(graph.get(path, filter="startswith(displayName,'Ada')")) == ["Ada Lovelace"]
    assert error(graph.get(path, orderby="deletedDateTime"))[0] == 400
    assert len(names(graph.get(path, EVENTUAL, orderby="deletedDateTime desc", count="true"))) == 3
    assert graph.get(f"{path}/$count", EVENTUAL).text == "3"
    first = graph.get(path, top="2").json()
    assert len(first["value"]) == 2
    assert len(graph.get(first["@odata.nextLink"]).json()["value"]) == 1
    assert graph.get(path, top="1000").status_code == 400


@pytest.mark.parametrize(
    ("collection", "body", "kind"),
    [
        ("/applications", {"displayName": "App"}, "application"),
        ("/directory/administrativeUnits", {"displayName": "Unit"}, "administrativeUnit"),
    ],
)
def test_other_objects_come_back_too(graph: Graph, collection: str, body: dict[str, Any], kind: str) -> None:
    id_ = made(graph, collection, body)
    graph("DELETE", f"{collection}/{id_}")
    assert [row["id"] for row in graph.get(f"{BIN}/microsoft.graph.{kind}").json()["value"]] == [id_]
    assert graph("POST", f"{BIN}/{id_}/restore").json()["@odata.type"] == f"#microsoft.graph.{kind}"
    assert graph.get(f"{collection}/{id_}").status_code == 200


def test_a_device_does_not_come_back(graph: Graph) -> None:
    device = graph.get("/devices", top="1").json()["value"][0]["id"]
    assert graph("DELETE", f"/devices/{device}").status_code == 204
    assert graph.get(f"{BIN}/{device}").status_code == 404


def test_reset_empties_the_bin(graph_sandbox: Sandbox, graph: Graph) -> None:
    ada = user_id(graph)
    graph("DELETE", f"/users/{ada}")
    graph_sandbox.reset()
    fresh = graph_with_a_new_token(graph_sandbox, graph)
    assert names(fresh.get(f"{BIN}/microsoft.graph.user")) == []
    assert fresh.get(f"/users/{ADA}").status_code == 200
