"""Actions and functions by their own names, and what is known of paths: nothing is sent by mistake."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from canned import Arrived, Canned, canned
from processes import python

from leangraph import Address, BadRequest, ConfigurationError, Error, GraphClient
from leangraph.knowledge import paths, schema

GUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
FIXTURES = Path(__file__).parents[1] / "support" / "fixtures"
SAMPLE = (FIXTURES / "paths.tsv").read_text(encoding="utf-8").splitlines()
BOTH = ["browse", "count", "delta", "preview", "search"]


@pytest.fixture
def server() -> Iterator[Canned]:
    def answer(seen: Arrived) -> tuple[Any, ...]:
        return 200, {"value": [seen.method]}

    with canned(answer) as served:
        yield served


# -- actions --------------------------------------------------------------------------------------------------


def test_an_action_posts_its_keywords_as_the_body(graph: GraphClient, server: Canned) -> None:
    answer = graph.users["a b"].assignLicense(addLicenses=[{"skuId": GUID}], removeLicenses=[])

    [sent] = server.requests
    assert (sent.method, sent.target) == ("POST", "/v1.0/users/a%20b/assignLicense")
    assert json.loads(sent.body) == {"addLicenses": [{"skuId": GUID}], "removeLicenses": []}
    assert answer == {"value": ["POST"]}


def test_every_keyword_of_an_action_is_a_field_of_the_body(graph: GraphClient, server: Canned) -> None:
    graph.me.sendMail(message={}, headers={"a": "b"}, json=1, params=None, select="x", self=2)

    [sent] = server.requests
    assert sent.target == "/v1.0/me/sendMail"
    fields = {"message": {}, "headers": {"a": "b"}, "json": 1, "params": None, "select": "x", "self": 2}
    assert json.loads(sent.body) == fields


def test_an_action_without_arguments_has_no_body(graph: GraphClient, server: Canned) -> None:
    graph.users["x"].revokeSignInSessions()

    [sent] = server.requests
    assert (sent.method, sent.target, sent.body) == ("POST", "/v1.0/users/x/revokeSignInSessions", b"")


@pytest.mark.parametrize(
    ("say", "path"),
    [
        (
            lambda graph: graph.security.cases.ediscoveryCases["x"].close(),
            "/security/cases/ediscoveryCases/x/microsoft.graph.security.close",
        ),
        (
            lambda graph: (graph.security.cases.ediscoveryCases["x"] / "microsoft.graph.security.close")(),
            "/security/cases/ediscoveryCases/x/microsoft.graph.security.close",
        ),
        (  # activate is in two namespaces and in none: the type before it decides
            lambda graph: graph.identityGovernance.lifecycleWorkflows.workflows["w"].activate(subjects=[]),
            "/identityGovernance/lifecycleWorkflows/workflows/w/microsoft.graph.identityGovernance.activate",
        ),
        (
            lambda graph: graph.directory.deletedItems["x"].restore(),
            "/directory/deletedItems/x/restore",
        ),
        (lambda graph: graph.groups["g"].members["u"].assignLicense(), "/groups/g/members/u/assignLicense"),
        (lambda graph: (graph.me.drive / "root:/a:" / "checkin")(comment="x"), "/me/drive/root:/a:/checkin"),
        (lambda graph: (graph.drives["d"].items["i"].workbook.tables / "add")(address="A1"), None),
    ],
)
def test_an_action_is_called_by_its_full_name(
    graph: GraphClient, server: Canned, say: Callable[[GraphClient], Any], path: str | None
) -> None:
    say(graph)

    path = path or "/drives/d/items/i/workbook/tables/add"
    assert [(sent.method, sent.target) for sent in server.requests] == [("POST", f"/v1.0{path}")]


def test_a_name_of_several_namespaces_after_an_unknown_type_is_refused(graph: GraphClient, server: Canned) -> None:
    with pytest.raises(TypeError, match=r"microsoft\.graph\..*activate"):
        (graph.me / "unknown").activate()
    assert server.requests == []


# -- what is neither ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["assignLicence", "assignlicense", "displayName", "members", "x", "call"])
def test_a_misspelled_action_sends_nothing_and_names_the_way_out(
    graph: GraphClient, server: Canned, name: str
) -> None:
    with pytest.raises(TypeError, match=rf"{name}.*\.post\(") as caught:
        getattr(graph.users["x"], name)(addLicenses=[])
    assert server.requests == []
    assert ("did you mean assignLicense" in str(caught.value)) == (name == "assignLicence")


@pytest.mark.parametrize(
    "say",
    [
        lambda graph: graph.users(),
        lambda graph: graph.users["x"](),
        lambda graph: (graph.users / "$ref")(),
        lambda graph: graph.users["revokeSignInSessions"](),  # a key, whatever it is called
        lambda graph: graph.users.revokeSignInSessions(),  # the key was forgotten
        lambda graph: graph.users["x"].getByIds(ids=[]),
        lambda graph: graph.me.manager.close(),
    ],
)
def test_what_is_no_operation_there_is_not_called(graph: GraphClient, server: Canned, say: Any) -> None:
    with pytest.raises(TypeError, match=r"\.post\("):
        say(graph)
    assert server.requests == []


def test_a_body_in_one_piece_goes_by_post(graph: GraphClient, server: Canned) -> None:
    with pytest.raises(TypeError, match=r"\.post\("):
        graph.me.sendMail({"message": {}})
    assert server.requests == []

    graph.me.sendMail.post({"message": {}})
    assert server.targets == ["/v1.0/me/sendMail"]


def test_names_that_are_both_action_and_function_are_those_that_need_a_verb() -> None:
    kinds: dict[str, set[str]] = {}
    for calls in paths()["operations"].values():
        for name, overloads in calls.items():
            kinds.setdefault(name, set()).update(one["kind"] for one in overloads)

    assert sorted(name for name, found in kinds.items() if len(found) == 2) == BOTH


@pytest.mark.parametrize(
    ("say", "path"),
    [
        (lambda graph: graph.drives["d"].root.search(q="x"), "/v1.0/drives/d/root/search(q='x')"),
        (lambda graph: graph.me.drive.search(q="it's"), "/v1.0/me/drive/search(q='it''s')"),
        (lambda graph: graph.me.onenote.pages["p"].preview(), "/v1.0/me/onenote/pages/p/preview"),
    ],
)
def test_a_name_is_judged_by_the_type_at_hand(graph: GraphClient, say: Any, path: str) -> None:
    """Elsewhere each of these names is an action."""
    assert f"/v1.0{say(graph)}" == path


def test_an_action_is_sent_though_its_name_is_a_function_elsewhere(graph: GraphClient, server: Canned) -> None:
    graph.drives["d"].items["i"].preview(page="1")

    assert server.targets == ["/v1.0/drives/d/items/i/preview"]


@pytest.mark.parametrize("verb", ["add", "remove"])
@pytest.mark.parametrize("arguments", [{"address": "Sheet1!A1:D5"}, {}])
def test_a_verb_that_hides_an_action_says_where_it_is(
    graph: GraphClient, server: Canned, verb: str, arguments: dict[str, str]
) -> None:
    own = {
        "add": graph.drives["d"].items["i"].workbook.tables,
        "remove": graph.me["followedSites"],
    }[verb]
    with pytest.raises(TypeError, match=rf"\(address / '{verb}'\)"):
        getattr(own, verb)(**arguments)
    with pytest.raises(TypeError, match=f"{verb} takes ids and nothing else$"):
        getattr(graph.groups["g"].members, verb)(**arguments)
    assert server.requests == []


def test_a_delta_token_goes_by_the_name_that_the_path_has_for_it(graph: GraphClient, server: Canned) -> None:
    for changes in (graph.me.drive.root.delta(token="latest"), graph.users.delta(token="latest")):
        with suppress(Error):
            list(changes)

    assert [target.partition("?")[2] for target in server.targets] == ["token=latest", "$deltatoken=latest"]


# -- functions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("say", "path"),
    [
        (
            lambda graph: graph.reports.getOffice365ActiveUserDetail(period="D7"),
            "/reports/getOffice365ActiveUserDetail(period='D7')",
        ),
        (
            lambda graph: graph.reports.getOffice365ActiveUserDetail(date="2024-02-29"),
            "/reports/getOffice365ActiveUserDetail(date=2024-02-29)",
        ),
        (
            lambda graph: graph.reports.getOffice365ActiveUserDetail(date=date(2024, 2, 29)),
            "/reports/getOffice365ActiveUserDetail(date=2024-02-29)",
        ),
        (lambda graph: graph.me.drive.recent(), "/me/drive/recent"),
        (lambda graph: graph.sites["s"].getByPath(path="/a b/c'd#?%"), None),
        (
            lambda graph: graph.me.reminderView(startDateTime="2024-01-01T00:00:00", endDateTime="x"),
            "/me/reminderView(startDateTime='2024-01-01T00:00:00',endDateTime='x')",
        ),
        (
            lambda graph: graph.drives["d"].root.getActivitiesByInterval(
                startDateTime=datetime(2024, 1, 1, tzinfo=UTC), endDateTime="2024-01-02T00:00:00Z", interval="day"
            ),
            None,
        ),
        (lambda graph: graph.me.drive.items["i"].workbook.worksheets["w"].range(address="A1:B2"), None),
        (lambda graph: graph.sites["s"].getByPath(path=UUID(GUID)), f"/sites/s/getByPath(path={GUID})"),
        (lambda graph: graph.sites.getAllSites(), "/sites/getAllSites"),
    ],
)
def test_a_function_is_an_address_and_sends_nothing(
    graph: GraphClient, server: Canned, say: Callable[[GraphClient], Address], path: str | None
) -> None:
    address = say(graph)

    assert type(address) is Address
    assert path is None or str(address) == path
    assert server.requests == []
    address.get()
    assert server.requests[0].method == "GET"


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("a'b", "path='a''b'"),
        ("/a/b", "path='%2Fa%2Fb'"),
        ("a#b?c&d+e%", "path='a%23b%3Fc%26d%2Be%25'"),
        ("é", "path='%C3%A9'"),
        ("a,b)", "path='a,b%29'"),
        (True, "path=true"),
        (None, "path=null"),
    ],
)
def test_arguments_are_quoted_and_encoded_once(
    graph: GraphClient, server: Canned, value: object, target: str
) -> None:
    graph.sites["s"].getByPath(path=value).lists.get()

    assert server.targets == [f"/v1.0/sites/s/getByPath({target})/lists"]


def test_text_where_a_date_is_due_is_sent_bare_or_not_at_all(graph: GraphClient, server: Canned) -> None:
    for text in ("2024-01-01')/x(", "", "a b", "x/y"):
        with pytest.raises(ConfigurationError, match="is no Date"):
            graph.reports.getOffice365ActiveUserDetail(date=text)
    assert server.requests == []


# -- what follows what ----------------------------------------------------------------------------------------


def test_every_sampled_path_leads_where_microsoft_says() -> None:
    sample = [line.split("\t") for line in SAMPLE]
    for spelled in (str, str.upper):
        wrong = [
            path
            for path, kind in sample
            if schema.leads_to(spelled(path.replace("{value}", "1"))) != kind.replace("microsoft.graph.", "")
        ]
        assert wrong == []
    assert len(sample) >= 2000


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/users('ada@contoso.com')/manager", "directoryObject"),
        ("/beta/users/x", "user"),
        ("v1.0/applications(appId='x')/owners", "Collection(directoryObject)"),
        ("/me/drive/root:/a b/c.txt:/children", "Collection(driveItem)"),
        ("/drives/d/items/i:/new.txt:/content", "Edm.Stream"),
        ("/drives/d/root:/a/b", "driveItem"),
        ("/users/$count", "Edm.Int32"),
        ("/groups/g/members/$ref", ""),
        ("/", None),
        ("/users/x/y.manager", None),
    ],
)
def test_paths_are_read_as_graph_reads_them(path: str, kind: str | None) -> None:
    assert schema.leads_to(path) == kind


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/userz", "users"),
        ("/v1.0/users/x/manger", "manager"),
        ("/users/x/mesages/y/attachments", "messages"),
        ("/me/mailFolders/x/childFolder", "childFolders"),
        ("/groups/g/assignlicenses", "assignLicense"),
        ("/sites/s/List", "lists"),
    ],
)
def test_a_segment_that_does_not_exist_resembles_one_that_does(path: str, meant: str) -> None:
    assert schema.alternatives(path)[0] == meant


@pytest.mark.parametrize("path", ["/users", "/users/anything", "/users/x/qqqqqq", "/qqqqqq", "/users/x/id/y"])
def test_where_nothing_resembles_it_nothing_is_offered(path: str) -> None:
    assert schema.alternatives(path) == []


def test_graphs_400_for_a_segment_says_what_may_have_been_meant(graph_client: GraphClient) -> None:
    with pytest.raises(BadRequest, match=r"segment 'manger'.*\n.*\n.*did you mean manager") as caught:
        graph_client.get("/users/x/manger")
    assert caught.value.code == "BadRequest"

    with pytest.raises(BadRequest) as caught:
        graph_client.get("/users/x/qqqqqq")
    assert "did you mean" not in str(caught.value)


def test_an_item_of_a_batch_says_it_too(graph_client: GraphClient) -> None:
    [reply] = graph_client.batch(["/users/x/manger"])

    assert "did you mean manager" in str(reply.error)


def test_completion_offers_what_may_follow(graph: GraphClient, server: Canned) -> None:
    assert {"manager", "messages", "assignLicense", "displayName", "get"} <= set(dir(graph.users["x"]))
    assert {"getByIds", "list"} <= set(dir(graph.users))
    assert "manager" not in dir(graph.users)
    assert "get" in dir(graph.users / "what is this")
    assert server.requests == []


def test_the_knowledge_is_loaded_when_it_is_needed(tmp_path: Path) -> None:
    script = (
        "from leangraph import GraphClient, TokenHolder, knowledge as data\n"
        "graph = GraphClient(TokenHolder.fixed('x'))\n"
        "graph.users['x'].manager / '$ref'\n"
        "print(data.paths.cache_info().currsize)\n"
        "graph.me.drive.recent()\n"
        "print(data.paths.cache_info().currsize)\n"
    )
    done = python("-c", script, cwd=tmp_path)

    assert done.stdout.split() == ["0", "1"], done.stderr
