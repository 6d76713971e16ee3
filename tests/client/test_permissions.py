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
from leangraph.cli import main
from leangraph.knowledge import permissions, schema
from leangraph.knowledge.advice import explain
from leangraph.knowledge.permissions import Held, allows, held, needed, template

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
        (token(aud="x"), Held(False, frozenset(), audience="x")),
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
    assert "canary" not in explain("GET", "/groups", permissions.held(secret))


# -- properties that take a permission of their own -----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "enough", "lacks"),
    [
        ("/users?$select=id,signInActivity", "User.Read.All AuditLog.Read.All", "User.Read.All"),
        ("/users?$select=SIGNINACTIVITY", "User.Read.All AuditLog.Read.All", "User.Read.All"),
        (
            "/users?$filter=signInActivity/lastSignInDateTime le 2024-01-01T00:00:00Z",
            "User.Read.All AuditLog.Read.All",
            "User.Read.All",
        ),
        ("/users/x?select=employeeLeaveDateTime", "User.Read.All User-LifeCycleInfo.Read.All", "User.Read.All"),
        (
            "/users?$select=customSecurityAttributes",
            "User.Read.All CustomSecAttributeAssignment.Read.All",
            "User.Read.All",
        ),
        (
            "/users?$orderby=signInActivity/lastSignInDateTime",
            "Directory.Read.All AuditLog.Read.All",
            "User.Read.All",
        ),
        (
            "/servicePrincipals?$select=customSecurityAttributes",
            "Application.Read.All CustomSecAttributeAssignment.ReadWrite.All",
            "Application.Read.All",
        ),
        (
            "/auditLogs/signIns?$select=appliedConditionalAccessPolicies",
            "AuditLog.Read.All Policy.Read.All",
            "AuditLog.Read.All",
        ),
        (
            "/informationProtection/bitlocker/recoveryKeys/x?$select=key",
            "BitlockerKey.Read.All",
            "BitlockerKey.ReadBasic.All",
        ),
        (
            "/directory/deviceLocalCredentials/x?$select=credentials",
            "DeviceLocalCredential.Read.All",
            "DeviceLocalCredential.ReadBasic.All",
        ),
        (
            "/groups/x/members/microsoft.graph.user?$select=signInActivity",
            "GroupMember.Read.All AuditLog.Read.All",
            "GroupMember.Read.All",
        ),
    ],
)
def test_a_property_that_is_read_counts(path: str, enough: str, lacks: str) -> None:
    need = needed("GET", path)
    assert need is not None
    assert allows(need, Held(False, frozenset(enough.split())))
    assert not allows(need, Held(False, frozenset(lacks.split())))


@pytest.mark.parametrize(
    "path", ["/users?$filter=displayName eq 'signInActivity'", "/groups?$select=signInActivity"]
)
def test_a_word_that_is_no_such_property_does_not(path: str) -> None:
    assert needed("GET", path) == needed("GET", path.partition("?")[0])


@pytest.mark.parametrize(
    ("body", "enough", "lacks"),
    [
        (["accountEnabled"], "User.EnableDisableAccount.All", "User-Phone.ReadWrite.All"),
        (["accountEnabled"], "User.ReadWrite.All", "User-Mail.ReadWrite.All"),
        (["mobilePhone", "businessPhones"], "User-Phone.ReadWrite.All", "User.EnableDisableAccount.All"),
        (
            ["accountEnabled", "mobilePhone"],
            "User.EnableDisableAccount.All User-Phone.ReadWrite.All",
            "User.EnableDisableAccount.All",
        ),
        (["accountEnabled", "jobTitle"], "User.ReadWrite.All", "User.EnableDisableAccount.All"),
        (["jobTitle"], "Directory.ReadWrite.All", "User-Phone.ReadWrite.All User.EnableDisableAccount.All"),
        (["passwordProfile", "@odata.type"], "User-PasswordProfile.ReadWrite.All", "User-Mail.ReadWrite.All"),
    ],
)
def test_the_properties_that_are_written_decide(body: list[str], enough: str, lacks: str) -> None:
    need = needed("PATCH", "/users/x", body)
    assert need is not None
    assert allows(need, Held(False, frozenset(enough.split())))
    assert not allows(need, Held(False, frozenset(lacks.split())))


def test_the_permission_for_just_that_comes_first() -> None:
    assert "needs User.EnableDisableAccount.All or User.ReadWrite.All or" in explain(
        "PATCH", "/users/x", None, ["accountEnabled"]
    )


def test_what_was_in_query_and_body_is_named_and_no_value_kept(graph_sandbox: Sandbox) -> None:
    app = graph_sandbox.add_app(roles=["User.Read.All"])
    graph_sandbox.permissions = "enforce"
    env = graph_sandbox.env | {"AZURE_CLIENT_ID": app.client_id, "AZURE_CLIENT_SECRET": app.client_secret}
    with GraphClient(settings=Settings.from_mapping(env)) as graph:
        with pytest.raises(Forbidden) as caught:
            graph.get("/users?$select=signInActivity&$filter=displayName eq 'Canary'")
        with pytest.raises(Forbidden) as written:
            graph.patch("/users/ada.lovelace@contoso.example", {"accountEnabled": False, "canary": "Canary"})
        reply = next(iter(graph.batch([Request("GET", "/users?$select=signInActivity")])))
        assert graph.get("/users?$select=displayName&$top=1")["value"]

    for error in (caught.value, reply.error):
        assert "User.Read.All with AuditLog.Read.All" in str(error)
    assert "needs User.ReadWrite.All or Directory.ReadWrite.All" in str(written.value)
    assert "Canary" not in f"{caught.value}{written.value}"


# -- what it says ---------------------------------------------------------------------------------------------

APP = Held(False, frozenset({"Mail.Read"}), "an-app", "a-tenant", "https://graph.microsoft.com")
USER = Held(True, frozenset({"Mail.Read"}), "an-app", "a-tenant", "https://graph.microsoft.com/")


@pytest.mark.parametrize(
    ("method", "path", "usual"),
    [
        ("GET", "/users", "User.ReadBasic.All or User.Read.All or User.ReadWrite.All or"),
        ("GET", "/users/x/manager", "User.Read.All or User.ReadWrite.All or Directory.Read.All or"),
        ("PATCH", "/users/x", "User.ReadWrite.All or Directory.ReadWrite.All or"),
        (
            "GET",
            "/groups/x/members",
            "GroupMember.ReadBasic.All or Group.ReadBasic.All or",
        ),
        ("POST", "/groups", "Group.Create or Group.ReadWrite.All or Directory.ReadWrite.All or 1 more"),
        ("POST", "/security/auditLog/queries", "AuditLogsQuery.Read.All or"),
        ("GET", "/directory/subscriptions", "Directory.Read.All or Organization.Read.All"),
    ],
)
def test_the_usual_permissions_are_named_before_the_exotic_ones(method: str, path: str, usual: str) -> None:
    assert f"needs {usual}" in explain(method, path, APP)


def test_an_app_is_told_of_permissions_for_apps_and_a_user_of_those_for_users() -> None:
    assert "(delegated)" not in explain("GET", "/me/messages/x/attachments", APP)
    assert "no app can do this by itself: sign in as a user" in explain("GET", "/me/memberOf", APP)
    assert "(application)" not in explain("GET", "/users", USER)
    assert "needs User.Read or" in explain("GET", "/me", USER)
    assert "(application) or" in explain("GET", "/users", None)


def test_paths_are_written_as_graph_writes_them() -> None:
    text = explain("GET", "/auditlogs/signins/66ea54eb", APP)
    assert text.startswith("GET /auditLogs/signIns/{id} needs ")


@pytest.mark.parametrize(
    ("audience", "login"),
    [
        ("https://graph.microsoft.com", "https://login.microsoftonline.com"),
        ("00000003-0000-0000-c000-000000000000", "https://login.microsoftonline.com"),
        ("https://graph.microsoft.us/", "https://login.microsoftonline.us"),
        ("https://microsoftgraph.chinacloudapi.cn", "https://login.partner.microsoftonline.cn"),
    ],
)
def test_what_lacks_comes_with_the_link_at_which_an_admin_consents(audience: str, login: str) -> None:
    has = held(token(roles=["Mail.Read"], appid="an-app", tid="a-tenant", aud=audience))

    assert f"{login}/a-tenant/adminconsent?client_id=an-app" in explain("GET", "/users", has)


@pytest.mark.parametrize(
    "claims", [{"appid": "an-app"}, {"tid": "t"}, {"appid": "a b\n", "tid": "t"}, {"appid": "a", "tid": "../evil"}]
)
def test_a_token_that_does_not_say_of_which_app_it_is_gives_no_link(claims: dict[str, str]) -> None:
    assert "adminconsent" not in explain("GET", "/users", held(token(roles=["Mail.Read"], **claims)))


# -- the least set for a run ----------------------------------------------------------------------------------


def test_the_least_set_allows_all_and_nothing_in_it_is_superfluous() -> None:
    calls = [
        ("GET", "/users", ()),
        ("GET", "/users/x/manager", ()),
        ("GET", "/groups/x/members", ()),
        ("PATCH", "/users/x", ("accountEnabled",)),
        ("GET", "/users?$select=signInActivity", ()),
        ("GET", "/nowhere", ()),
    ]
    for delegated in (False, True):
        names, unknown = permissions.least(calls, delegated=delegated)
        known = [need for need in (needed(*call) for call in calls) if need]

        assert all(allows(need, Held(delegated, frozenset(names))) for need in known)
        for name in names:
            rest = Held(delegated, frozenset(names) - {name})
            assert not all(allows(need, rest) for need in known), name
        assert unknown == ["GET /nowhere"]
    assert not [name for name in names if name.startswith(("Directory.ReadWrite", "User.ReadWrite"))]


def test_the_sandbox_names_the_least_set_for_what_a_run_has_asked(
    graph_sandbox: Sandbox, graph_client: GraphClient
) -> None:
    graph_client.get("/users?$top=1")
    graph_client.patch("/users/ada.lovelace@contoso.example", {"accountEnabled": True})
    list(graph_client.batch([Request("GET", "/groups?$top=1")]))

    assert graph_sandbox.permissions == "off"
    assert graph_sandbox.permissions() == [
        "Group.ReadBasic.All",
        "User.EnableDisableAccount.All",
        "User.ReadBasic.All",
    ]


# -- subscriptions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "application", "delegated"),
    [  # the table of https://learn.microsoft.com/graph/api/subscription-post-subscriptions
        ("users", "User.Read.All", "User.Read.All"),
        ("/users/{id}/messages", "Mail.ReadBasic", "Mail.ReadBasic"),
        ("me/mailFolders('inbox')/messages", "", "Mail.ReadBasic"),
        ("users/x/events", "Calendars.Read", "Calendars.Read"),
        ("me/contacts", "", "Contacts.Read"),
        ("groups", "Group.Read.All", "Group.Read.All"),
        ("groups('x')/conversations", "", "Group.Read.All"),
        ("sites/x/lists/y", "Sites.ReadWrite.All", "Sites.ReadWrite.All"),
        ("drives/x/root", "Files.ReadWrite.All", "Files.ReadWrite.All"),
        ("communications/callRecords", "CallRecords.Read.All", ""),
        ("/communications/presences/x", "", "Presence.Read.All"),
        ("teams/getAllMessages", "ChannelMessage.Read.All", ""),
        ("print/printers/x/jobs", "Printer.Read.All", ""),
        ("print/taskDefinitions/x/tasks", "PrintTaskDefinition.ReadWrite.All", ""),
        (
            "security/alerts?$filter=status eq 'New'",
            "SecurityEvents.ReadWrite.All",
            "SecurityEvents.ReadWrite.All",
        ),
    ],
)
def test_what_a_subscription_needs_depends_on_its_resource(
    resource: str, application: str, delegated: str
) -> None:
    body = {"resource": resource, "notificationUrl": "https://x.example", "changeType": "updated"}
    need = needed("POST", "/subscriptions", permissions.properties_of("", body))

    assert need is not None
    assert need.application[:1] == (((application,),) if application else ())
    assert need.delegated[:1] == (((delegated,),) if delegated else ())


def test_a_subscription_that_is_refused_says_what_its_resource_needs(graph_sandbox: Sandbox) -> None:
    body = {"resource": "/users/canary@contoso.example/messages", "notificationUrl": "https://canary.example"}
    graph_sandbox.fail("POST", "/subscriptions", status=403, times=2)
    with GraphClient(settings=Settings.from_mapping(graph_sandbox.env)) as graph:
        with pytest.raises(
            Forbidden, match=r"POST /subscriptions needs Mail\.ReadBasic or Mail\.Read \(application"
        ) as caught:
            graph.subscriptions.post(body)
        with pytest.raises(Forbidden, match="needs what the subscribed resource needs"):
            graph.post("/subscriptions", {})

    assert "canary" not in str(caught.value)


# -- the command line -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"AZURE_TENANT_ID": "contoso.com", "AZURE_CLIENT_ID": "an-app"},
         "https://login.microsoftonline.com/contoso.com/adminconsent?client_id=an-app"),
        ({"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "an-app", "GRAPH_CLOUD": "china"},
         "https://login.partner.microsoftonline.cn/t/adminconsent?client_id=an-app"),
        ({"AZURE_TENANT_ID": "t"}, ""),
        ({"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "an-app", "GRAPH_CLOUD": "moon"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_perms_says_where_an_admin_consents_if_the_app_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], env: dict[str, str], said: str
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    assert main(["perms", "PATCH", "/users/{id}"]) == 0

    out, err = capsys.readouterr()
    assert json.loads(out.splitlines()[0])["others"].startswith("Directory.ReadWrite.All, ")
    assert said in err if said else not err


def test_perms_says_why_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["perms", "POST", "/subscriptions"]) == 3

    assert "it needs what the subscribed resource needs" in capsys.readouterr().err
