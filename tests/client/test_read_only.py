"""What never leaves: a write while ``GRAPH_READ_ONLY``, and a deletion that would hit the member itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from canned import Canned, canned

from leangraph import ConfigurationError, GraphClient, Sandbox, Settings, TokenHolder


@pytest.fixture
def server() -> Iterator[Canned]:
    with canned(lambda _: (200, {"value": []})) as served:
        yield served


@pytest.fixture
def reader(server: Canned, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphClient]:
    monkeypatch.setenv("GRAPH_READ_ONLY", "1")
    with GraphClient(TokenHolder.fixed("token"), url=server.url) as client:
        yield client


def refused(client: GraphClient, server: Canned, method: str, path: str, json: Any = None, **options: Any) -> bool:
    """Tell whether a request was refused; what is refused must not have been sent, what is not must."""
    said = ""
    try:
        client.request(method, path, json, **options)
    except ConfigurationError as error:
        said = str(error)
    assert ("othing was sent" in said) == (server.requests == []) == bool(said)
    return bool(said)


def batch(*items: Any) -> dict[str, Any]:
    return {"requests": list(items)}


WRITES = [
    ("POST", "/users"),
    ("PATCH", "/users/x"),
    ("PUT", "/users/x/manager/$ref"),
    ("DELETE", "/users/x"),
    ("MERGE", "/users/x"),
    ("POST", "/users/x/sendMail"),
    ("POST", "/users/x/revokeSignInSessions"),
    ("POST", "/groups/getByIds/members/$ref"),
    ("POST", "/users/x.getMemberGroups"),
    ("POST", "/users/x#/getMemberGroups/assignLicense"),
    ("POST", "/users/x?path=/getByIds"),
    ("POST", "/external/search/query"),
    ("POST", "/"),
]
READS = [
    ("GET", "/users"),
    ("HEAD", "/users"),
    ("get", "/users"),
    ("POST", "/directoryObjects/getByIds"),
    ("POST", "/DirectoryObjects/GETBYIDS/"),
    ("POST", "/directoryObjects/microsoft.graph.getByIds"),
    ("POST", "/users/x/checkMemberGroups"),
    ("POST", "/users('x')/getMemberObjects"),
    ("POST", "/users/x/%67etMemberGroups"),
    ("POST", "/me/findMeetingTimes()"),
    ("POST", "/search/query"),
    ("POST", "/beta/search/query"),
    ("POST", "/security/runHuntingQuery"),
    ("POST", "/security/microsoft.graph.security.runHuntingQuery"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_while_read_only_a_write_is_refused(reader: GraphClient, server: Canned, method: str, path: str) -> None:
    assert refused(reader, server, method, path, {})


@pytest.mark.parametrize(("method", "path"), READS)
def test_while_read_only_a_read_is_sent(reader: GraphClient, server: Canned, method: str, path: str) -> None:
    assert not refused(reader, server, method, path, None if method != "POST" else {})


@pytest.mark.parametrize("name", ["X-HTTP-Method", "x-http-method-override", "X-Method-Override"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/users/x"), ("POST", "/directoryObjects/getByIds")])
def test_while_read_only_no_header_turns_a_read_into_a_write(
    reader: GraphClient, server: Canned, method: str, path: str, name: str
) -> None:
    assert refused(reader, server, method, path, headers={name: "DELETE"})


@pytest.mark.parametrize("path", ["/$batch", "/%24batch", "/v1.0/$Batch", "beta/%24BATCH/", "/v1.0//$batch"])
def test_while_read_only_a_batch_is_judged_item_by_item(reader: GraphClient, server: Canned, path: str) -> None:
    reads = [{"id": str(i), "method": m.upper(), "url": p} for i, (m, p) in enumerate(READS)]

    assert not refused(reader, server, "POST", path, batch(*reads))
    server.requests.clear()
    for method, url in WRITES:
        assert refused(reader, server, "POST", path, batch(*reads, {"id": "w", "method": method, "url": url}))


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {"requests": None},
        {"Requests": [{"id": "1", "method": "GET", "url": "/users"}]},
        {"requests": [], "Requests": [{"id": "1", "method": "DELETE", "url": "/users/x"}]},
        batch("DELETE /users/x"),
        batch({"id": "1", "url": "/users"}),
        batch({"id": "1", "method": "GET", "url": "/users", "Method": "DELETE"}),
        batch({"id": "1", "method": "GET", "url": "/users", "headers": {"X-HTTP-Method-Override": "DELETE"}}),
        batch({"id": "1", "method": "POST", "url": "/users/x#/getMemberGroups"}),
        batch({"id": "1", "method": " delete ", "url": "/users/x"}),
        batch({"id": "1", "method": "POST", "url": "/$batch", "body": batch({"method": "DELETE", "url": "/x"})}),
    ],
    ids=repr,
)
def test_while_read_only_a_batch_that_cannot_be_judged_is_refused(
    reader: GraphClient, server: Canned, body: Any
) -> None:
    assert refused(reader, server, "POST", "/$batch", body)


def test_while_read_only_a_batch_of_bytes_is_refused(reader: GraphClient, server: Canned) -> None:
    assert refused(reader, server, "POST", "/$batch", data=b'{"requests": []}')


@pytest.mark.parametrize("word", ["", " ", "0", "false", "False", "no", "off"])
def test_who_did_not_ask_for_it_is_not_read_only(
    server: Canned, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("GRAPH_READ_ONLY", word)
    with GraphClient(TokenHolder.fixed("token"), url=server.url) as client:
        assert not refused(client, server, "POST", "/users", {})


def test_the_setting_holds_for_the_whole_client(graph_sandbox: Sandbox) -> None:
    settings = Settings(_env_file=None, **graph_sandbox.env, GRAPH_READ_ONLY="true")
    with GraphClient(settings=settings) as graph:
        user = next(iter(graph.users.list(limit=1)))
        for write in (graph.users[user["id"]].delete, graph.users.post, graph.users[user["id"]].patch):
            with pytest.raises(ConfigurationError, match="GRAPH_READ_ONLY"):
                write()

    assert {seen.method for seen in graph_sandbox.requests if seen.version} == {"GET"}


# -- deletions ------------------------------------------------------------------------------------------------

DELETES_THE_MEMBER = [
    "/groups/g/members/u",
    "/groups/g/owners/u",
    "/Groups('g')/Members('u')",
    "/groups/g/members/u/",
    "/groups/g/acceptedSenders/u",
    "/groups/g/rejectedSenders/u",
    "/groups/g/members/u/microsoft.graph.user",
    "/groups/g/members/microsoft.graph.user/u",
    "/groups/g%2Fmembers%2Fu",
    "/%67roups/g/members/u?$select=id",
    "/beta/groups/g/members/u",
    "/directoryRoles/r/members/u",
    "/directoryRoles(roleTemplateId='r')/members/u",
    "/administrativeUnits/a/members/u",
    "/directory/administrativeUnits/a/members/u",
    "/devices/d/registeredOwners/u",
    "/devices/d/registeredUsers/u",
    "/applications/a/owners/u",
    "/servicePrincipals/s/owners/u",
]
DELETES_WHAT_IT_SAYS = [
    "/groups/g/members/u/$ref",
    "/groups/g/owners/u/$ref",
    "/groups/g/acceptedSenders/$ref?$id=https://graph.microsoft.com/v1.0/users/u",
    "/groups/g/members/microsoft.graph.user/u/$ref",
    "/groups/g",
    "/users/u",
    "/users/u/manager/$ref",
    "/teams/t/members/m",
    "/groups/g/team/members/m",
    "/chats/c/members/m",
    "/directory/administrativeUnits/a/scopedRoleMembers/m",
    "/directory/deletedItems/u",
]


@pytest.mark.parametrize("path", DELETES_THE_MEMBER)
def test_a_deletion_that_would_hit_the_member_is_refused(graph: GraphClient, server: Canned, path: str) -> None:
    assert refused(graph, server, "DELETE", path)
    with pytest.raises(ConfigurationError, match=r"/\$ref"):
        graph.delete(path)
    item = {"id": "1", "method": "delete", "url": path.removeprefix("/beta")}
    assert refused(graph, server, "POST", "/%24batch", batch(item))
    assert refused(
        graph, server, "POST", "/$batch", batch({**item, "url": item["url"].partition("?")[0] + "#/$ref"})
    )


@pytest.mark.parametrize("path", DELETES_WHAT_IT_SAYS)
def test_a_deletion_that_does_what_it_says_is_sent(graph: GraphClient, server: Canned, path: str) -> None:
    assert not refused(graph, server, "DELETE", path)
    server.requests.clear()
    assert not refused(graph, server, "POST", "/$batch", batch({"id": "1", "method": "DELETE", "url": path}))


# -- the switch -----------------------------------------------------------------------------------------------

SAID = ["1", "0", "true", "False", "YES", "n", "on", "off", "t", "F", "ture", "2", "-", "nein", "01"]


WORDS = {*"1 t true y yes on 0 f false n no off".split()}  # those that pydantic reads as a bool


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("place", ["environment", "file", "both"])
def test_the_switch_is_read_in_one_way_whoever_brings_the_holder(
    said: str, place: str, server: Canned, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    if place != "file":
        monkeypatch.setenv("graph_read_only" if os.name == "posix" else "GRAPH_READ_ONLY", said)
    if place != "environment":
        other = "0" if said == "1" else "1"  # the environment beats the file
        (tmp_path / ".env").write_text(
            f'GRAPH_READ_ONLY="{said if place == "file" else other}"\n', encoding="utf-8"
        )

    def outcome(make: Callable[[], GraphClient]) -> Any:
        try:
            with make() as graph:
                graph.post("/users", {})
        except ConfigurationError as error:
            return str(error)
        return "sent"

    alone = outcome(lambda: GraphClient(TokenHolder.fixed("x"), url=server.url))
    others = {"tenant_id": "t.example", "client_id": "x", "client_secret": "s", "url": server.url}
    configured = outcome(lambda: GraphClient(TokenHolder.fixed("x"), settings=Settings(**others)))

    assert alone == configured
    assert ("malformed" in alone) == (said.strip().lower() not in WORDS)


@pytest.mark.parametrize("content", [b"\xff\xfeG\0R\0A\0P\0H\0", b"A=\xff", b"", b"GRAPH_READ=1", b"# nothing"])
def test_a_file_that_does_not_name_the_switch_is_not_read(
    content: bytes, server: Canned, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(content)
    with GraphClient(TokenHolder.fixed("x"), url=server.url) as graph:
        graph.post("/users", {})

    assert len(server.requests) == 1


def test_a_file_that_names_the_switch_and_cannot_be_read_is_refused(
    server: Canned, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("GRAPH_READ_ONLY=1", encoding="utf-16")

    with pytest.raises(ConfigurationError, match="UTF-8"):
        GraphClient(TokenHolder.fixed("x"), url=server.url)
