"""``GraphClient``: what a user says, and what leaves."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from canned import Canned
from processes import LIMIT, python

from leangraph import (
    Address,
    ConfigurationError,
    Error,
    GraphClient,
    NotFound,
    Sandbox,
    Settings,
    TokenHolder,
    TransportError,
    odata,
)

# -- what a user says -----------------------------------------------------------------------------------------


def test_the_lines_of_the_design_work(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    upn = graph_sandbox.add_user(displayName="O'Brien", jobTitle="Clerk")["userPrincipalName"]

    assert graph_client.users[upn].get(select=["displayName", "mail"])["displayName"] == "O'Brien"
    found = graph_client.users.list(filter=odata("startswith(displayName,{})", "O'Br"))
    assert [user["userPrincipalName"] for user in found] == [upn]
    graph_client.users[upn].patch({"jobTitle": None})
    assert graph_client.get(f"/users/{upn}", select="jobTitle")["jobTitle"] is None
    assert graph_client.users.count() == graph_client.count("/users") == graph_sandbox.users
    assert graph_client.users[upn].delete() is None
    with pytest.raises(NotFound):
        graph_client.users[upn].get()
    assert graph_client.token_holder.token


def test_from_env_takes_what_the_environment_says(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)
    with GraphClient.from_env() as one, GraphClient() as other:
        assert one.get("/users") == other.get("/users")


def test_a_token_and_an_address_are_all_it_needs(server: Canned) -> None:
    script = (
        "import sys; from leangraph import GraphClient, TokenHolder;"
        "print(GraphClient(TokenHolder.fixed('token'), url=sys.argv[1]).get('/users'), 'pydantic' in sys.modules)"
    )
    ended = python("-c", script, server.url)

    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "{'value': []} False", "")


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ({}, ""),
        ({"params": {}}, ""),
        ({"params": None, "select": None}, ""),
        ({"select": ["id", "mail"], "top": 5}, "?$select=id,mail&$top=5"),
        ({"filter": "a eq 'b&c'"}, "?$filter=a%20eq%20'b%26c'"),
        ({"orderby": "x", "skip": 1, "format": "json"}, "?$orderby=x&$skip=1&$format=json"),
        ({"expand": "a", "skiptoken": "s", "deltatoken": "d"}, "?$expand=a&$skiptoken=s&$deltatoken=d"),
        ({"count": False}, "?$count=false"),
        ({"params": {"includeHiddenFolders": True}}, "?includeHiddenFolders=true"),
        ({"params": {"$select": "id", "json": "x", "headers": "y"}}, "?$select=id&json=x&headers=y"),
        ({"params": {"startDateTime": datetime(2026, 1, 2, tzinfo=UTC)}}, "?startDateTime=2026-01-02T00:00:00Z"),
    ],
    ids=repr,
)
def test_query_options_get_their_dollar_and_params_go_verbatim(
    graph: GraphClient, server: Canned, options: dict[str, Any], target: str
) -> None:
    graph.get("/things", **options)
    list(graph.list("/things", **options))
    list(Address(graph._core, "/things").list(**options))
    graph.post("/things", {}, **options)

    assert server.targets == ["/v1.0/things" + target] * 4


@pytest.mark.parametrize(
    ("options", "headers", "target", "level"),
    [
        ({"search": '"displayName:a"'}, {}, "?$search=%22displayName:a%22", "eventual"),
        ({"count": True}, {}, "?$count=true", "eventual"),
        ({"filter": "endswith(mail,'a')"}, {}, "?$filter=endswith(mail,'a')&$count=true", "eventual"),
        (
            {"filter": "endswith(mail,'a')", "count": True},
            {},
            "?$filter=endswith(mail,'a')&$count=true",
            "eventual",
        ),
        ({"count": True}, {"consistencylevel": "session"}, "?$count=true", "session"),
        ({"filter": "id eq 'a'"}, {}, "?$filter=id%20eq%20'a'", None),
    ],
)
def test_what_advanced_queries_demand_is_added(
    graph: GraphClient,
    server: Canned,
    options: dict[str, Any],
    headers: dict[str, str],
    target: str,
    level: str | None,
) -> None:
    graph.users.get(headers=headers, **options)

    assert server.targets == ["/v1.0/users" + target]
    assert server.requests[0].headers.get("consistencylevel") == level


@pytest.mark.parametrize("method", ["post", "patch", "put"])
def test_json_is_positional_or_a_keyword(graph: GraphClient, server: Canned, method: str) -> None:
    getattr(graph, method)("/x", {"a": 1})
    getattr(graph, method)("/x", json={"a": 1})
    getattr(graph.users["x"], method)({"a": 1})
    graph.request(method, graph.users["x"], {"a": 1})
    getattr(graph, method)("/x", data=b'{"a":1}', headers={"Content-Type": "application/json"})
    getattr(graph, method)("/x")

    *with_body, without = server.requests
    assert {(seen.method, seen.body, seen.headers["content-type"]) for seen in with_body} == {
        (method.upper(), b'{"a":1}', "application/json")
    }
    assert (without.body, without.headers["content-length"]) == (b"", "0")
    assert "content-type" not in without.headers


def test_a_request_returns_the_whole_reply(graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (202, None, {"Location": "/jobs/1"})
    reply = graph.request("post", "/x", {})

    assert (reply.status, reply.headers["location"], reply.body, reply.ok) == (202, "/jobs/1", None, True)
    assert repr(reply) == "<Reply 202>"


@pytest.mark.parametrize("method", ["", "GET /v1.0/me HTTP/1.1\r\nX: ", "GET ", "GÉT", "X-Y"])
def test_a_method_that_is_none_is_refused(graph: GraphClient, server: Canned, method: str) -> None:
    with pytest.raises(ConfigurationError, match="method"):
        graph.request(method, "/users")

    assert server.requests == []


@pytest.mark.parametrize("content", [b"50", b"\xef\xbb\xbf50", b" 50\r\n"])
@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_count_is_a_number(graph: GraphClient, server: Canned, content: bytes, kind: str) -> None:
    server.answer = lambda _: (200, content, {"Content-Type": kind})

    assert graph.count("/users", filter="id ne 'x'") == 50
    assert graph.groups["g"].members.count() == 50
    assert graph.count("/users/$count?$filter=x") == 50
    assert server.targets == [
        "/v1.0/users/$count?$filter=id%20ne%20'x'",
        "/v1.0/groups/g/members/$count",
        "/v1.0/users/$count?$filter=x",
    ]
    assert server.requests[0].headers["consistencylevel"] == "eventual"


@pytest.mark.parametrize("content", [b"", b"many", b"-1", b"<html>canary</html>", "²".encode()])
def test_a_count_that_is_no_number_is_an_error(graph: GraphClient, server: Canned, content: bytes) -> None:
    server.answer = lambda _: (200, content, {"Content-Type": "text/plain"})

    with pytest.raises(TransportError, match="instead of a number"):
        graph.count("/users?$filter=a")


# -- how it is made -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example:80",
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com?x",
        "https://graph.microsoft.com#x",
        "https://user@graph.microsoft.com",
        "https://evil\\@graph.microsoft.com",
        "https://",
        "ftp://graph.microsoft.com",
        "graph.microsoft.com",
        "https://graph.microsoft.com:port",
        "https://graph.microsoft.com\n",
    ],
)
def test_an_address_that_is_no_safe_root_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="url"):
        GraphClient(TokenHolder.fixed("token"), url=url)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.9.9.9", "http://[::1]:80", "HTTPS://Graph.Microsoft.com/"]
)
def test_an_address_that_is_safe_is_taken(url: str) -> None:
    with GraphClient(TokenHolder.fixed("token"), url=url) as graph:
        assert graph.url == url.rstrip("/")


@pytest.mark.parametrize(
    "options", [{"version": "v2.0"}, {"timeout": 0}, {"timeout": -1}, {"timeout": float("nan")}]
)
def test_an_argument_that_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        GraphClient(TokenHolder.fixed("token"), **options)


def test_arguments_beat_settings(sandbox_settings: Settings, server: Canned) -> None:
    holder = TokenHolder.fixed("mine")
    with GraphClient(holder, url=server.url, version="beta", timeout=7, settings=sandbox_settings) as graph:
        graph.get("/users")
        assert graph.token_holder is holder

    assert server.targets == ["/beta/users"]
    assert server.requests[0].headers["authorization"] == "Bearer mine"


def test_one_path_may_have_another_version(graph: GraphClient, server: Canned) -> None:
    graph.get("/beta/users")
    graph.get(f"{server.url}/beta/users")

    assert server.targets == ["/beta/users"] * 2


def test_a_timeout_is_kept(server: Canned) -> None:
    server.answer = lambda _: (200, server.released.wait(LIMIT))
    with (
        GraphClient(TokenHolder.fixed("t"), url=server.url, timeout=0.1) as graph,
        pytest.raises(TransportError, match="in time"),
    ):
        graph.post("/x", {})


def test_a_session_of_ones_own_is_used_and_left_open(server: Canned) -> None:
    with requests.Session() as session:
        closed: list[None] = []
        session.close = lambda: closed.append(None)  # type: ignore[method-assign]
        with GraphClient(TokenHolder.fixed("token"), url=server.url, session=session) as graph:
            graph.get("/users")
        assert closed == []
        graph.close()
        assert session.get(server.url).status_code == 200
        del session.close


def test_a_closed_client_opens_again_when_it_is_used(graph: GraphClient, server: Canned) -> None:
    with graph as same:
        assert same is graph
        graph.get("/users")
    graph.close()
    graph.get("/users")

    assert len(server.requests) == 2


def test_closing_leaves_no_connection_open(sandbox_settings: Settings, graph_sandbox: Sandbox) -> None:
    before = graph_sandbox.connections
    with GraphClient(settings=sandbox_settings) as graph:
        graph.get("/users")
        assert graph_sandbox.connections == before + 1  # the token came over the same one

    assert not graph._core.transport.http._session.adapters["https://"].poolmanager.pools


def test_sixteen_threads_share_a_client(graph_client: GraphClient, graph_sandbox: Sandbox) -> None:
    ids = [user["id"] for user in graph_client.users.list(select="id")]

    def all_of_them(start: int) -> list[str]:
        return [graph_client.users[ids[(start + i) % 50]].get(select="id")["id"] for i in range(50)]

    with ThreadPoolExecutor(16) as pool:
        for start, got in enumerate(pool.map(all_of_them, range(16))):
            assert got == ids[start:] + ids[:start]
    assert graph_sandbox.token_requests == 1
    assert graph_sandbox.connections <= 18


# -- what tools do with it ------------------------------------------------------------------------------------


def test_roots_are_addresses_and_others_ask_what_was_meant(graph: GraphClient, server: Canned) -> None:
    assert isinstance(graph.users, Address)
    with pytest.raises(AttributeError, match="did you mean users"):
        _ = graph.userz
    assert not hasattr(graph, "_private")
    assert not hasattr(graph, "__wrapped__")
    assert {"users", "groups", "get", "list"} <= set(dir(graph))
    assert server.requests == []


def test_beta_knows_roots_that_we_do_not(server: Canned) -> None:
    with GraphClient(TokenHolder.fixed("token"), url=server.url, version="beta") as graph:
        graph.dataClassification.get()

    assert server.targets == ["/beta/dataClassification"]


@pytest.mark.parametrize("copies", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_is_not_copied(graph: GraphClient, copies: Any) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        copies(graph)


def test_what_was_never_made_has_no_attributes() -> None:
    with pytest.raises(AttributeError):
        _ = GraphClient.__new__(GraphClient).token_holder


def test_no_text_of_a_client_has_a_secret(sandbox_settings: Settings, graph_sandbox: Sandbox) -> None:
    with GraphClient(settings=sandbox_settings) as graph:
        reply = graph.request("GET", "/users")
        with pytest.raises(Error) as caught:
            graph.get("/users/nobody")
        texts = [
            graph,
            graph.users,
            graph.users.list(),
            reply,
            graph._core.transport,
            graph.token_holder,
            caught.value,
        ]
        said = f"{texts}{vars(graph)}{vars(graph._core.transport)}{caught.value}{vars(caught.value)}"

    assert graph_sandbox.client_secret not in said
    assert graph.token_holder.token not in said
    assert repr(graph) == f"<GraphClient {graph_sandbox.url}/v1.0>"
