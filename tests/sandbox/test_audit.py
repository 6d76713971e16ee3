"""The sandbox's logs: sign-ins, what was changed, when users last signed in, how they can."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graph_calls import Graph, error, signed_in, token_call

from leangraph.sandbox import Sandbox

ADA = "ada.lovelace@contoso.example"
AUDITS = "/auditLogs/directoryAudits"
SIGN_INS = "/auditLogs/signIns"
DETAILS = "/reports/authenticationMethods/userRegistrationDetails"


def rows(graph: Graph, path: str, **query: str) -> list[dict[str, Any]]:
    answer = graph.get(path, **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


def iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


# -- sign-ins -----------------------------------------------------------------------------------------


def test_sign_ins_come_newest_first_and_from_the_last_thirty_days(graph_sandbox: Sandbox, graph: Graph) -> None:
    found = rows(graph, SIGN_INS)
    times = [row["createdDateTime"] for row in found]
    assert times == sorted(times, reverse=True)
    now = datetime.fromtimestamp(graph_sandbox.now(), UTC)
    assert times[-1] >= iso(now - timedelta(days=31))
    assert times[0] <= iso(now)
    page = graph.get(SIGN_INS).json()
    assert page["@odata.context"].endswith("#auditLogs/signIns")
    assert graph.get(f"{SIGN_INS}/{found[0]['id']}").json()["userId"] == found[0]["userId"]
    assert graph.get(f"{SIGN_INS}/x").status_code == 404


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("userPrincipalName eq 'ADA.lovelace@contoso.example'", lambda row: row["userPrincipalName"] == ADA),
        ("startswith(userPrincipalName,'ada')", lambda row: row["userPrincipalName"].startswith("ada")),
        ("startsWith(appDisplayName,'Microsoft')", lambda row: row["appDisplayName"].startswith("Microsoft")),
        ("status/errorCode eq 50126", lambda row: row["status"]["errorCode"] == 50126),
        ("location/city eq 'Berlin'", lambda row: row["location"]["city"] == "Berlin"),
        ("ipAddress eq '192.0.2.1'", lambda row: row["ipAddress"] == "192.0.2.1"),
        ("status/errorCode eq 0 and clientAppUsed eq 'Browser'", lambda row: row["clientAppUsed"] == "Browser"),
    ],
)
def test_sign_ins_are_filtered(graph: Graph, text: str, true: Any) -> None:
    found = rows(graph, SIGN_INS, filter=text)
    if "errorCode eq 0" in text:
        assert all(row["status"]["errorCode"] == 0 for row in found)
        found = [row for row in found if true(row)]
        expected = [row for row in rows(graph, SIGN_INS) if true(row) and not row["status"]["errorCode"]]
    else:
        expected = [row for row in rows(graph, SIGN_INS) if true(row)]
    assert found == expected
    assert found


def test_sign_ins_of_a_time_are_asked_for(graph_sandbox: Sandbox, graph: Graph) -> None:
    since = iso(datetime.fromtimestamp(graph_sandbox.now(), UTC) - timedelta(days=7))[:10] + "T00:00:00Z"
    later, earlier = (rows(graph, SIGN_INS, filter=f"createdDateTime {op} {since}") for op in ("ge", "le"))
    assert later
    assert earlier
    assert all(row["createdDateTime"] >= since for row in later)
    assert len(later) + len(earlier) == len(rows(graph, SIGN_INS))
    oldest = rows(graph, SIGN_INS, filter=f"createdDateTime ge {since}", orderby="createdDateTime")
    assert oldest == later[::-1]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "createdDateTime gt 2020-01-01"},
        {"filter": "userPrincipalName ne 'x'"},
        {"filter": "contains(userPrincipalName,'x')"},
        {"orderby": "userPrincipalName"},
        {"expand": "x"},
        {"skip": "1"},
        {"count": "true"},
        {"search": '"userDisplayName:x"'},
    ],
)
def test_what_the_log_cannot_be_asked(graph: Graph, query: dict[str, str]) -> None:
    assert graph.get(SIGN_INS, **query).status_code == 400


@pytest.mark.parametrize(("path", "text"), [(SIGN_INS, "userAgent eq 'x'"), (AUDITS, "result eq 'success'")])
def test_a_filter_of_which_the_pages_say_nothing_is_not_refused_as_graph_would(
    graph: Graph, path: str, text: str
) -> None:
    assert graph.get(path, filter=text).status_code == 501


def test_a_page_of_the_log_has_a_thousand_at_most(graph: Graph) -> None:
    with Sandbox(users=400) as sandbox:
        graph.web.verify = sandbox.ca_bundle
        big = Graph(sandbox, graph.web, token_call(sandbox, graph.web).json()["access_token"])
        sizes, url = [], SIGN_INS
        while url:
            page = big("GET", url).json()
            sizes.append(len(page["value"]))
            url = page.get("@odata.nextLink", "")
        assert sizes[0] == 1000 > sum(sizes[1:]) > 0 or sum(sizes) <= 1000
        assert len(big.get(SIGN_INS, top="5").json()["value"]) == 5
        assert len(big.get(SIGN_INS, top="5000").json()["value"]) == min(1000, sum(sizes))


def test_when_a_user_last_signed_in(graph: Graph) -> None:
    people = rows(graph, "/users", select="id,signInActivity", top="999")
    times = [person["signInActivity"] for person in people]
    assert any(each is None for each in times)
    some = next(each for each in times if each)
    assert set(some) == {
        f"last{kind}{what}"
        for kind in ("SignIn", "NonInteractiveSignIn", "SuccessfulSignIn")
        for what in ("DateTime", "RequestId")
    }
    since = sorted(each["lastSignInDateTime"] for each in times if each)[len(people) // 2]
    stale = rows(graph, "/users", filter=f"signInActivity/lastSignInDateTime le {since}", select="id", top="999")
    expected = [row["id"] for row in people if row["signInActivity"] and times_of(row) <= since]
    assert [row["id"] for row in stale] == expected
    assert "signInActivity" not in rows(graph, "/users")[0]


def times_of(row: dict[str, Any]) -> str:
    return str(row["signInActivity"]["lastSignInDateTime"])


@pytest.mark.parametrize(("top", "size"), [("499", 499), ("500", 500), ("501", 500), ("999", 500)])
def test_a_page_with_sign_in_activity_has_500_at_most(graph: Graph, top: str, size: int) -> None:
    with Sandbox(users=600) as sandbox:
        graph.web.verify = sandbox.ca_bundle
        big = Graph(sandbox, graph.web, token_call(sandbox, graph.web).json()["access_token"])
        assert len(rows(big, "/users", select="id,signInActivity", top=top)) == size
        assert len(rows(big, "/users", select="id", top=top)) == min(int(top), 600)


def test_sign_in_activity_is_known_by_id_only(graph: Graph) -> None:
    ada = graph.get(f"/users/{ADA}").json()["id"]
    assert graph.get(f"/users/{ada}", select="signInActivity").status_code == 200
    answer = graph.get(f"/users/{ADA}", select="displayName,signInActivity")
    assert error(answer)[2] == "Get By Key only supports UserId and the key has to be a valid Guid"


# -- who changed what ---------------------------------------------------------------------------------


def test_every_write_is_logged(graph: Graph) -> None:
    ada = graph.get(f"/users/{ADA}").json()["id"]
    body = {"displayName": "Team", "mailEnabled": False, "mailNickname": "team", "securityEnabled": True}
    group = graph("POST", "/groups", json={**body, "owners@odata.bind": [f"/users/{ada}"]}).json()["id"]
    graph("POST", f"/groups/{group}/members/$ref", json={"@odata.id": f"/users/{ada}"})
    graph("DELETE", f"/groups/{group}/members/{ada}/$ref")
    graph("PATCH", f"/users/{ada}", json={"jobTitle": "Countess"})
    graph("POST", f"/users/{ada}/assignLicense", json={"addLicenses": [], "removeLicenses": []})
    graph("POST", f"/users/{ada}/revokeSignInSessions")
    graph("DELETE", f"/users/{ada}")
    graph("POST", f"/directory/deletedItems/{ada}/restore")
    graph("DELETE", f"/groups/{group}")
    made = graph("POST", "/applications", json={"displayName": "Robot"}).json()
    graph("POST", f"/applications/{made['id']}/addPassword", json={})
    graph("POST", "/servicePrincipals", json={"appId": made["appId"]})
    logged = [row["activityDisplayName"] for row in rows(graph, AUDITS)][::-1]
    assert logged == [
        "Add group",
        "Add owner to group",
        "Add member to group",
        "Remove member from group",
        "Update user",
        "Change user license",
        "Update StsRefreshTokenValidFrom Timestamp",
        "Delete user",
        "Restore user",
        "Delete group",
        "Add application",
        "Update application – Certificates and secrets management",
        "Add service principal",
    ]


def test_an_entry_says_who_did_what_to_whom(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph("PATCH", f"/users/{ADA}", {"client-request-id": "my-own"}, json={"jobTitle": "Countess"})
    (entry,) = rows(graph, AUDITS)
    assert (entry["category"], entry["operationType"], entry["result"]) == ("UserManagement", "Update", "success")
    assert entry["correlationId"] == "my-own"
    assert entry["initiatedBy"]["app"]["appId"] == graph_sandbox.client_id
    assert entry["initiatedBy"]["app"]["displayName"] == "sandbox"
    (target,) = entry["targetResources"]
    assert (target["type"], target["userPrincipalName"]) == ("User", ADA)
    assert target["modifiedProperties"] == [
        {
            "displayName": "JobTitle",
            "oldValue": target["modifiedProperties"][0]["oldValue"],
            "newValue": '["Countess"]',
        }
    ]
    assert graph.get(f"{AUDITS}/{entry['id']}").json()["id"] == entry["id"]


def test_a_user_who_did_it_is_named(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph.token = signed_in(graph_sandbox, graph.web, "User.ReadWrite.All")[1]["access_token"]
    assert graph("PATCH", "/me", json={"jobTitle": "Countess"}).status_code == 204
    assert graph.get("/me").json()["jobTitle"] == "Countess"
    (entry,) = rows(graph, AUDITS)
    assert entry["initiatedBy"]["user"]["userPrincipalName"] == ADA
    assert entry["initiatedBy"]["app"] is None


def test_what_failed_is_not_logged_and_passwords_never_are(graph: Graph) -> None:
    graph("PATCH", f"/users/{ADA}", json={"nonsense": 1})
    graph("DELETE", "/users/nobody")
    ada, group = (graph.get(path).json() for path in (f"/users/{ADA}", "/groups"))
    graph(
        "PATCH",
        f"/groups/{group['value'][0]['id']}",
        json={"description": "x", "members@odata.bind": [f"/users/{ada['id']}"] * 2},
    )
    assert rows(graph, AUDITS) == []
    graph("PATCH", f"/users/{ADA}", json={"passwordProfile": {"password": "Compiler-1952"}, "city": "London"})
    assert "Compiler" not in graph.get(AUDITS).text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("activityDisplayName eq 'Update user'", 2),
        ("startswith(activityDisplayName,'Add')", 1),
        ("category eq 'GroupManagement'", 1),
        ("targetResources/any(x:x/displayName eq 'Ada Lovelace')", 1),
        ("initiatedBy/app/displayName eq 'sandbox'", 3),
        ("initiatedBy/user/userPrincipalName eq 'x'", 0),
        ("activityDateTime ge 2020-01-01 and loggedByService eq 'Core Directory'", 3),
        ("activityDateTime le 2020-01-01", 0),
    ],
)
def test_the_log_is_filtered(graph: Graph, text: str, number: int) -> None:
    for user in (ADA, "grace.hopper@contoso.example"):
        graph("PATCH", f"/users/{user}", json={"jobTitle": "Countess"})
    body = {"displayName": "Team", "mailEnabled": False, "mailNickname": "team", "securityEnabled": True}
    graph("POST", "/groups", json=body)
    assert len(rows(graph, AUDITS, filter=text)) == number
    assert len(rows(graph, AUDITS, filter=text, orderby="activityDateTime desc", top="1")) == min(number, 1)


@pytest.mark.parametrize("text", ["activityDisplayName ne 'x'", "nonsense eq 1"])
def test_what_the_log_of_changes_cannot_be_asked(graph: Graph, text: str) -> None:
    assert graph.get(AUDITS, filter=text).status_code == 400


def test_reset_empties_the_log(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph("PATCH", f"/users/{ADA}", json={"jobTitle": "Countess"})
    store = graph_sandbox._live.store  # type: ignore[union-attr]
    graph_sandbox.reset()
    assert store._row("SELECT count(*) FROM objects WHERE kind = 'directoryAudit'")[0] == 0


# -- how people sign in -------------------------------------------------------------------------------


def test_who_has_registered_what(graph: Graph) -> None:
    page = graph.get(DETAILS).json()
    assert page["@odata.context"].endswith("#reports/authenticationMethods/userRegistrationDetails")
    assert len(page["value"]) == 50
    by_name = {row["userPrincipalName"]: row for row in page["value"]}
    assert by_name[ADA]["isAdmin"] is True
    assert {row["userType"] for row in page["value"]} == {"member", "guest"}
    for row in page["value"]:
        strong = [method for method in row["methodsRegistered"] if method != "email"]
        assert row["isMfaRegistered"] == row["isMfaCapable"] == bool(strong)
        assert (row["userPreferredMethodForSecondaryAuthentication"] == "none") == (
            not set(strong) - {"fido2SecurityKey"}
        )
    ada = graph.get(f"{DETAILS}/{by_name[ADA]['id']}").json()
    assert ada["userDisplayName"] == "Ada Lovelace"


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("isMfaRegistered eq true", lambda row: row["isMfaRegistered"]),
        ("isMfaRegistered eq false", lambda row: not row["isMfaRegistered"]),
        ("isPasswordlessCapable eq true", lambda row: row["isPasswordlessCapable"]),
        ("isSsprRegistered eq false", lambda row: not row["isSsprRegistered"]),
        ("isSsprEnabled eq true", lambda row: row["isSsprEnabled"]),
        ("methodsRegistered/any(x:x eq 'email')", lambda row: "email" in row["methodsRegistered"]),
        ("startswith(userDisplayName,'Ada')", lambda row: row["userDisplayName"].startswith("Ada")),
        (f"userPrincipalName eq '{ADA}'", lambda row: row["userPrincipalName"] == ADA),
        (
            "userPreferredMethodForSecondaryAuthentication eq 'push'",
            lambda row: row["userPreferredMethodForSecondaryAuthentication"] == "push",
        ),
    ],
)
def test_registrations_are_filtered(graph: Graph, text: str, true: Any) -> None:
    found = rows(graph, DETAILS, filter=text)
    assert found == [row for row in rows(graph, DETAILS) if true(row)]


def test_registrations_are_sorted_and_selected(graph: Graph) -> None:
    found = rows(graph, DETAILS, orderby="userDisplayName desc", select="id,userDisplayName", top="5")
    assert [set(row) for row in found] == [{"id", "userDisplayName"}] * 5
    assert graph.get(DETAILS, filter="isAdmin eq true").status_code == 501
    assert graph.get(DETAILS, orderby="isMfaCapable").status_code == 400


@pytest.mark.usefixtures("acted")
def test_methods_of_a_user(graph: Graph) -> None:
    person = next(row for row in rows(graph, DETAILS) if "mobilePhone" in row["methodsRegistered"])
    path = f"/users/{person['id']}/authentication"
    methods = graph.get(f"{path}/methods").json()["value"]
    assert methods[0]["@odata.type"] == "#microsoft.graph.passwordAuthenticationMethod"
    assert len(methods) == len(person["methodsRegistered"]) + 1
    for method in methods:
        assert graph.get(f"{path}/methods/{method['id']}").json()["@odata.type"] == method["@odata.type"]
    assert graph.get(f"{path}/methods/x").status_code == 404
    (password,) = graph.get(f"{path}/passwordMethods").json()["value"]
    assert (password["id"], password["password"]) == ("28c10230-6103-485e-b985-444c60001490", None)
    (phone,) = graph.get(f"{path}/phoneMethods").json()["value"]
    assert phone["phoneType"] == "mobile"
    assert graph("POST", f"{path}/phoneMethods", json={"phoneNumber": "+1 1"}).status_code == 400


# -- the end of sign-ins ------------------------------------------------------------------------------


def test_revoking_ends_a_users_refresh_tokens(graph_sandbox: Sandbox, graph: Graph) -> None:
    client, tokens = signed_in(graph_sandbox, graph.web, "User.Read")
    ended = graph("POST", f"/users/{ADA}/revokeSignInSessions")
    assert (ended.status_code, ended.json()["value"]) == (200, True)
    ada = graph.get(f"/users/{ADA}", select="id,signInSessionsValidFromDateTime").json()
    assert ada["signInSessionsValidFromDateTime"]
    renewed = client.acquire_token_by_refresh_token(tokens["refresh_token"], ["User.Read"])
    assert renewed["error"] == "invalid_grant"
    assert graph.get("/users", top="1").status_code == 200  # nobody else's token
    assert graph("POST", "/users/nobody/revokeSignInSessions").status_code == 404
