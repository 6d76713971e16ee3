"""What a request needs and what a token has, offline, by Microsoft's permission table."""

from __future__ import annotations

import base64
import json
import pickle
import re
from pathlib import Path

import pytest
from documented import APP_ONLY, FOR_A_USER, cases

from leangraph import (
    Forbidden,
    GraphClient,
    GraphError,
    MissingPermission,
    Request,
    Sandbox,
    Settings,
    TokenHolder,
)
from leangraph.knowledge import permissions, schema
from leangraph.knowledge.permissions import Held, allows, explain, held, needed, template

FIXTURE = Path(__file__).parents[1] / "support" / "fixtures" / "permissions.tsv"
PATHS = FIXTURE.with_name("paths.tsv").read_text(encoding="utf-8").splitlines()
SAMPLED = [line.split("\t")[0] for line in PATHS[::25]]


def token(**claims: object) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{part}.c2ln"


@pytest.mark.parametrize(("method", "path", "passing", "failing"), cases(APP_ONLY))
def test_an_app_is_allowed_what_microsoft_documents_and_nothing_less(
    method: str, path: str, passing: list[str], failing: list[str]
) -> None:
    need = needed(method, path)
    assert need is not None
    for names in passing:
        assert allows(need, Held(False, frozenset(names.split()))), names
    for names in failing:
        assert not allows(need, Held(False, frozenset(names.split()))), names


@pytest.mark.parametrize(("method", "path", "passing", "failing"), cases(FOR_A_USER))
def test_a_user_is_allowed_what_microsoft_documents_and_nothing_less(
    method: str, path: str, passing: list[str], failing: list[str]
) -> None:
    need = needed(method, path)
    assert need is not None
    for names in passing:
        assert allows(need, Held(True, frozenset(names.split()))), names
    for names in failing:
        assert not allows(need, Held(True, frozenset(names.split()))), names


def test_every_sampled_entry_of_the_table_is_found_with_its_least_permission() -> None:
    rows = [line.split("\t") for line in FIXTURE.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for method, path, *said in rows:
        need = needed(method, path)
        assert need is not None, path
        for ways, text in zip((need.application, need.delegated), said, strict=True):
            if ways is need.application and path.startswith("/me"):
                assert ways == ()  # listed all the same: an app by itself has no /me
                continue
            if method in ("DELETE", "PATCH", "PUT") and ".Read." in text and "ReadWrite" not in text:
                continue  # the table lists what reads beside what writes, and marks the wrong one
            first = {" and ".join(way) for way in ways[: len(text.split(", "))]}
            if text in ("-", "?"):
                wrong += [(method, path, text)] if bool(ways) != (text == "?") else []
            elif first != set(text.split(", ")):
                wrong.append((method, path, text))

    assert wrong == []
    assert len(rows) >= 200


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users", "/users"),
        ("users", "/users"),
        ("/v1.0/users?$top=5", "/users"),
        ("https://graph.microsoft.com/beta/users/ada@contoso.com/manager", "/users/{id}/manager"),
        ("/Users/{user-id}/", "/users/{id}"),
        ("/users('ada@contoso.com')/manager", "/users/{id}/manager"),
        ("/users/delta", "/users/delta"),
        ("/users/microsoft.graph.delta()", "/users/delta"),
        ("/groups/1/members/microsoft.graph.user/$count", "/groups/{id}/members/microsoft.graph.user/$count"),
        ("/applications(appId='x')/owners", "/applications(appid={value})/owners"),
        ("/reports/getEmailActivityCounts(period='D7')", "/reports/getemailactivitycounts(period={value})"),
        ("/me/drive/root:/a b/c.txt:/content", "/me/drive/root:/{path}:/content"),
        ("/drives/b!x/items/01:/new.txt:/content", "/drives/{id}/items/{id}:/{path}:/content"),
        ("/sites/contoso.sharepoint.com,1,2/lists", "/sites/{id}/lists"),
        ("/nowhere/42/thing", "/nowhere/{id}/thing"),
        ("/", "/"),
        ("", "/"),
    ],
)
def test_a_real_path_is_written_as_the_table_writes_it(path: str, expected: str) -> None:
    assert template(path) == expected


@pytest.mark.parametrize("path", SAMPLED)
def test_a_path_is_spelled_as_graph_spells_it_whatever_its_case(path: str) -> None:
    assert schema.spelled(path.replace("/{id}", "/01ABC")) == path
    assert schema.spelled(f"https://graph.microsoft.com/v1.0{path.lower()}?$top=1") == re.sub(
        r"\(.*?\)", lambda arguments: arguments[0].lower(), path
    )


@pytest.mark.parametrize("path", ["/nowhere", "/users/{id}/nothing", "/", "", "/(", "/%00"])
def test_what_the_table_lacks_is_unknown_and_not_guessed(path: str) -> None:
    assert needed("GET", path) is None
    assert "is not in Microsoft's permission table" in explain("GET", path, held("t"))


def test_an_app_has_nothing_to_do_below_me() -> None:
    need = needed("GET", "/me/messages")
    assert need is not None
    assert need.application == ()
    assert "what no permission gives (application)" in explain("GET", "/me/messages", held("t"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (token(roles=["A", "B"]), Held(False, frozenset("AB"))),
        (token(scp="A B"), Held(True, frozenset("AB"))),
        (token(aud="x"), Held(False, frozenset())),
        (token(roles="A"), Held(False, frozenset())),
        ("opaque", None),
        ("a.b.c", None),
        ("a.W10.c", None),
        ("", None),
    ],
)
def test_a_token_says_what_it_has_or_is_opaque(text: str, expected: Held | None) -> None:
    assert held(text) == expected


def test_a_403_says_what_the_call_needs_and_what_the_token_has(graph_sandbox: Sandbox) -> None:
    app = graph_sandbox.add_app(roles=["User.Read.All"])
    graph_sandbox.permissions = "enforce"
    env = graph_sandbox.env | {"AZURE_CLIENT_ID": app.client_id, "AZURE_CLIENT_SECRET": app.client_secret}
    with GraphClient(settings=Settings.from_mapping(env)) as graph:
        with pytest.raises(Forbidden) as caught:
            graph.patch("/users/ada.lovelace@contoso.example", {"jobTitle": "x"})
        reply = next(graph.batch([Request("DELETE", "/users/ada.lovelace@contoso.example")]))

    assert "PATCH /users/{id} needs User.ReadWrite.All" in str(caught.value)
    assert "the token has User.Read.All (application)" in str(caught.value)
    assert "DELETE /users/{id} needs" in str(reply.error)


def test_check_tells_before_the_job_and_sends_nothing(graph_sandbox: Sandbox) -> None:
    app = graph_sandbox.add_app(roles=["User.Read.All"])
    env = graph_sandbox.env | {"AZURE_CLIENT_ID": app.client_id, "AZURE_CLIENT_SECRET": app.client_secret}
    with GraphClient(settings=Settings.from_mapping(env)) as graph:
        assert graph.check("GET /users", "get /users/{id}/manager") == ()
        assert graph.check("GET /nowhere") == ("GET /nowhere",)
        with pytest.raises(MissingPermission, match=r"POST /groups needs Group\.Create") as caught:
            graph.check("GET /users", "POST /groups", "GET /nowhere")

    assert not isinstance(caught.value, GraphError)  # nobody has answered
    assert caught.value.exit_code == 5
    [lacking] = caught.value.lacking
    assert lacking in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert not [request for request in graph_sandbox.requests if request.version]


def test_a_token_that_cannot_be_read_leaves_all_unknown() -> None:
    graph = GraphClient(TokenHolder.fixed("opaque"))

    assert graph.check("GET /users") == ("GET /users",)


def test_no_explanation_shows_a_token() -> None:
    secret = token(roles=["User.Read.All"], sub="canary")

    assert secret not in explain("GET", "/groups", held(secret))
    assert "canary" not in permissions.explain("GET", "/groups", permissions.held(secret))
