"""What is in a team: members, channels, messages."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from graph_calls import Graph, error, signed_in

from leangraph.sandbox import Sandbox

ADA, GRACE = "ada.lovelace@contoso.example", "grace.hopper@contoso.example"


@pytest.fixture
def team(graph: Graph) -> str:
    found = graph.get("/groups", filter="resourceProvisioningOptions/any(x:x eq 'Team')").json()["value"]
    return f"/teams/{found[0]['id']}"


def member(graph: Graph, user: str, *roles: str) -> dict[str, Any]:
    kind = "#microsoft.graph.aadUserConversationMember"
    return {
        "@odata.type": kind,
        "roles": list(roles),
        "user@odata.bind": f"{graph.sandbox.url}/v1.0/users('{user}')",
    }


def test_a_team_is_its_group(graph: Graph, team: str) -> None:
    shown = graph("GET", team).json()
    group = graph("GET", f"/groups/{shown['id']}").json()
    assert (shown["displayName"], shown["isArchived"]) == (group["displayName"], False)
    assert graph("GET", f"/groups/{shown['id']}/team").json()["id"] == shown["id"]
    assert set(graph.get(team, select="displayName").json()) == {"@odata.context", "id", "displayName"}
    other = graph.get("/groups", filter="securityEnabled eq true", top="1").json()["value"][0]["id"]
    assert graph("GET", f"/teams/{other}").status_code == 404


def test_members_of_a_team_are_those_of_its_group(graph: Graph, team: str) -> None:
    group = team.replace("teams", "groups")
    user = graph("GET", f"/users/{GRACE}").json()["id"]
    for each in graph("GET", f"{team}/members").json()["value"]:
        if each["userId"] == user:
            assert graph("DELETE", f"{team}/members/{each['id']}").status_code == 204
    made = graph("POST", f"{team}/members", json=member(graph, user, "owner"))
    assert made.status_code == 201, made.text
    assert (made.json()["userId"], made.json()["roles"]) == (user, ["owner"])
    assert user in [each["id"] for each in graph("GET", f"{group}/owners").json()["value"]]
    path = f"{team}/members/{made.json()['id']}"
    change = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": []}
    changed = graph("PATCH", path, json=change)
    assert (changed.status_code, changed.json()["roles"]) == (200, [])
    assert user not in [each["id"] for each in graph("GET", f"{group}/owners").json()["value"]]
    assert user in [each["id"] for each in graph("GET", f"{group}/members").json()["value"]]
    assert graph("DELETE", path).status_code == 204
    assert user not in [each["id"] for each in graph("GET", f"{group}/members").json()["value"]]
    assert user not in [each["userId"] for each in graph("GET", f"{team}/members").json()["value"]]
    assert error(graph("POST", f"{team}/members", json=member(graph, user, "king")))[0] == 400


def test_channels(graph: Graph, team: str) -> None:
    (general,) = graph("GET", f"{team}/channels").json()["value"]
    assert general["displayName"] == "General"
    assert graph("GET", f"{team}/primaryChannel").json()["id"] == general["id"]
    made = graph("POST", f"{team}/channels", json={"displayName": "Plans", "description": "x"})
    assert made.status_code == 201, made.text
    path = f"{team}/channels/{made.json()['id']}"
    assert graph("GET", path).json()["membershipType"] == "standard"
    again = graph("POST", f"{team}/channels", json={"displayName": "plans"})
    assert error(again)[:2] == (400, "NameAlreadyExists")
    assert error(graph("PATCH", path, json={"displayName": "General"}))[:2] == (400, "NameAlreadyExists")
    assert graph("POST", f"{team}/channels", json={"description": "x"}).status_code == 400
    secret = {"displayName": "Secret", "membershipType": "private"}
    assert graph("POST", f"{team}/channels", json=secret).status_code == 501
    assert graph.get(f"{team}/channels", filter="displayName eq 'Plans'").json()["value"][0]["id"] in path
    assert graph("DELETE", path).status_code == 204
    assert graph("DELETE", f"{team}/channels/{general['id']}").status_code == 400


def test_messages_are_of_who_is_signed_in(
    graph_sandbox: Sandbox, web: requests.Session, graph: Graph, team: str
) -> None:
    channel = f"{team}/channels/{graph('GET', f'{team}/primaryChannel').json()['id']}"
    body = {"body": {"content": "Hello"}}
    assert error(graph("POST", f"{channel}/messages", json=body))[:2] == (501, "NotImplemented")
    ada = Graph(graph_sandbox, web, signed_in(graph_sandbox, web, "ChannelMessage.Send")[1]["access_token"])
    made = ada("POST", f"{channel}/messages", json=body)
    assert made.status_code == 201, made.text
    message = made.json()
    assert (message["messageType"], message["from"]["user"]["userIdentityType"]) == ("message", "aadUser")
    assert message["body"] == {"contentType": "text", "content": "Hello"}
    answer = ada("POST", f"{channel}/messages/{message['id']}/replies", json=body).json()
    assert answer["replyToId"] == message["id"]
    replies = graph("GET", f"{channel}/messages/{message['id']}/replies").json()["value"]
    assert [each["id"] for each in replies] == [answer["id"]]
    assert [each["id"] for each in graph("GET", f"{channel}/messages").json()["value"]] == [message["id"]]
    assert ada("POST", f"{channel}/messages", json={}).status_code == 400
