"""What a refused request is told: what fits, and nothing that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from leangraph import BadRequest, GraphClient, Request, RetryPolicy, Sandbox, Settings

ADA = "ada.lovelace@contoso.example"
UNSUPPORTED = "Unsupported or invalid query filter clause specified for property '{}' of resource 'User'."


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(users=3) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def graph(sandbox: Sandbox) -> Iterator[GraphClient]:
    with GraphClient(settings=Settings.from_mapping(sandbox.env), retry=RetryPolicy(max_retries=0)) as client:
        yield client


def advice_for(error: Exception) -> str:
    return "\n".join(line for line in str(error).splitlines()[1:] if "request_id=" not in line)


def refused(graph: GraphClient, sandbox: Sandbox, path: str, code: str, message: str, **options: Any) -> str:
    sandbox.fail("GET", path.partition("?")[0], status=400, body={"error": {"code": code, "message": message}})
    with pytest.raises(BadRequest) as caught:
        graph.get(path, **options)
    return advice_for(caught.value)


@pytest.mark.parametrize(
    ("path", "message", "options", "advice"),
    [
        (
            "/users",
            UNSUPPORTED.format("displayName"),
            {"filter": "displayName eq 'x'"},
            "some properties need headers=",
        ),
        (
            "/groups",
            "Sorting not supported for current query.",
            {"orderby": "mail"},
            "this was already sent as an advanced query",
        ),
        ("/me/memberOf", UNSUPPORTED.format("x"), {"filter": "x eq 'x'"}, "as an advanced query"),
        ("/users", "Invalid page size specified: '5000'. Must be between 1 and 999 inclusive.", {"top": 5000}, ""),
        ("/users", "Invalid page size specified: '5000'.", {"top": 5000, "filter": "displayName eq 'x'"}, ""),
        ("/auditLogs/signIns", "Operator 'LessThan'.", {"filter": "createdDateTime lt 2024-01-01T00:00:00Z"}, ""),
        ("/me/messages", UNSUPPORTED.format("x"), {"filter": "x eq 'x'"}, ""),
        ("/users/x/drive/root/children", UNSUPPORTED.format("x"), {"filter": "x eq 'x'"}, ""),
        ("/users", "The query is too long.", {"select": "id"}, ""),
    ],
)
def test_advanced_queries_are_mentioned_where_they_may_help_and_nowhere_else(
    graph: GraphClient, sandbox: Sandbox, path: str, message: str, options: dict[str, Any], advice: str
) -> None:
    said = refused(graph, sandbox, path, "Request_UnsupportedQuery", message, **options)

    assert advice in said
    assert ("advanced" in said) is bool(advice)


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("Could not find a property named 'displayNam' on type 'microsoft.graph.user'.", "displayName"),
        ("Could not find a property named 'manger' on type 'microsoft.graph.user'.", "manager"),
        ("Invalid filter clause: Could not find a property named 'acountEnabled' on type 'microsoft.graph.user'.",
         "accountEnabled"),
        ("Could not find a property named 'lastSignInDate' on type 'microsoft.graph.signInActivity'.",
         "lastSignInDateTime"),
        ("The property 'jobTitel' does not exist on type 'microsoft.graph.user'. Make sure to …", "jobTitle"),
        ("Could not find a property named 'Mial' on type 'Microsoft.OutlookServices.Whatever'.", "mail"),
        ("Invalid property 'userPrincipalname2'.", "userPrincipalName"),
        (UNSUPPORTED.format("acountEnabled"), "accountEnabled"),
        ("Could not find a property named 'zzzzzzzzzzzz' on type 'microsoft.graph.user'.", ""),
        ("One or more property values specified are invalid.", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_misspelt_property_is_met_with_those_it_resembles(
    graph: GraphClient, sandbox: Sandbox, message: str, meant: str
) -> None:
    said = refused(graph, sandbox, "/users", "BadRequest", message, select="id")

    assert said.strip().startswith(f"did you mean {meant}") if meant else not said


VERBS: dict[str, Callable[[GraphClient], Any]] = {
    "select": lambda graph: graph.users.get(select=["displayNam"]),
    "list": lambda graph: graph.users.list(select=["displayNam"]).first(),
    "patch": lambda graph: graph.users[ADA].patch({"displayNam": "x"}),
    "batch": lambda graph: raised(graph.batch([Request("GET", "/users", select="displayNam")]).all()[0].error),
}


def raised(error: Exception | None) -> None:
    if error is not None:
        raise error


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_was_meant(graph: GraphClient, verb: str) -> None:
    with pytest.raises(BadRequest) as caught:
        VERBS[verb](graph)

    assert "did you mean displayName?" in str(caught.value)


def test_what_is_read_by_id_alone_says_so(graph: GraphClient) -> None:
    with pytest.raises(BadRequest, match="only be read by the user's id"):
        graph.users[ADA].get(select="signInActivity")


def test_a_key_that_is_called_is_told_from_a_function(graph: GraphClient) -> None:
    with pytest.raises(TypeError, match=r"/users is no function: for the object with this key say \['x'\]"):
        graph.users("x")  # type: ignore[operator]
