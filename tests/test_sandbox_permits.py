"""The sandbox's permissions, against what Microsoft's pages say: written by hand, not read from the table.

Sources: the Permissions section of each page of the API reference (user-list, group-post-members, ...) as of
2023 to 2025, and graph-protocol. Where the table that ships with us says something else, ``CORRECTIONS`` in
``permits.py`` has the page; those rows are among these pairs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from leangraph import data
from leangraph.sandbox import permits
from leangraph.sandbox.engine import ENDPOINTS, Endpoint
from leangraph.sandbox.faults import Refusal
from leangraph.sandbox.permits import check, needs, permitted, refusal


@dataclass
class Token:
    roles: tuple[str, ...] = ()
    scp: tuple[str, ...] = ()
    user: str | None = None


def an_app(text: str) -> Token:
    return Token(roles=tuple(text.split()))


def a_user(text: str) -> Token:
    return Token(scp=("openid", "profile", *text.split()), user="ada")


# Method and path; what passes (each by itself, + together); what does not.
APP_ONLY = """
GET    /users
    User.Read.All, User.ReadWrite.All, Directory.Read.All, Directory.ReadWrite.All
    Group.Read.All
GET    /users/$count
    User.Read.All, Directory.Read.All
    Mail.Read
GET    /users/delta
    User.Read.All, User.ReadWrite.All, Directory.Read.All
    Group.Read.All
POST   /users
    User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All
GET    /users/{id}
    User.Read.All, Directory.Read.All
    Mail.Send
PATCH  /users/{id}
    User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All, Directory.Read.All
DELETE /users/{id}
    User.ReadWrite.All
    Directory.ReadWrite.All, User.Read.All
GET    /users/{id}/manager
    User.Read.All, Directory.Read.All, User.ReadWrite.All
    GroupMember.Read.All
PUT    /users/{id}/manager/$ref
    User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All
DELETE /users/{id}/manager/$ref
    User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All
GET    /users/{id}/memberOf
    Directory.Read.All, Directory.ReadWrite.All
    Mail.Read
GET    /users/{id}/memberOf/microsoft.graph.group/$count
    Directory.Read.All
    Mail.Read
POST   /users/{id}/assignLicense
    LicenseAssignment.ReadWrite.All, User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All, Organization.Read.All
POST   /users/{id}/revokeSignInSessions
    Directory.ReadWrite.All
    Directory.Read.All
POST   /users/{id}/checkMemberGroups
    Directory.Read.All
    Mail.Send
POST   /users/{id}/sendMail
    Mail.Send
    Mail.ReadWrite
GET    /users/{id}/messages
    Mail.ReadBasic.All, Mail.Read, Mail.ReadWrite
    Mail.Send
POST   /users/{id}/events
    Calendars.ReadWrite
    Calendars.Read
GET    /groups
    GroupMember.Read.All, Group.Read.All, Group.ReadWrite.All, Directory.Read.All
    User.Read.All
GET    /groups/delta
    GroupMember.Read.All, Group.Read.All, Directory.Read.All
    User.Read.All
POST   /groups
    Group.Create, Group.ReadWrite.All, Directory.ReadWrite.All
    Group.Read.All
PATCH  /groups/{id}
    Group.ReadWrite.All, Directory.ReadWrite.All
    GroupMember.ReadWrite.All, Group.Read.All
DELETE /groups/{id}
    Group.ReadWrite.All
    Directory.ReadWrite.All
GET    /groups/{id}/members
    GroupMember.Read.All, Group.Read.All, Directory.Read.All, GroupMember.ReadWrite.All
    User.Read.All
GET    /groups/{id}/members/microsoft.graph.user
    GroupMember.Read.All
    User.Read.All
POST   /groups/{id}/members/$ref
    GroupMember.ReadWrite.All, Group.ReadWrite.All
    GroupMember.Read.All, User.ReadWrite.All
DELETE /groups/{id}/members/{id}/$ref
    GroupMember.ReadWrite.All, Group.ReadWrite.All, Directory.ReadWrite.All
    GroupMember.Read.All, User.ReadWrite.All
DELETE /groups/{id}/members/{id}
    User.ReadWrite.All
    GroupMember.ReadWrite.All
DELETE /directoryObjects/{id}
    User.ReadWrite.All, Group.ReadWrite.All, Application.ReadWrite.All
    Directory.Read.All
POST   /groups/{id}/owners/$ref
    Group.ReadWrite.All, Directory.ReadWrite.All
    GroupMember.ReadWrite.All
DELETE /groups/{id}/owners/{id}/$ref
    Group.ReadWrite.All, Directory.ReadWrite.All
    Group.Read.All
GET    /auditLogs/signIns
    AuditLog.Read.All + Directory.Read.All
    Directory.Read.All
GET    /auditLogs/directoryAudits
    AuditLog.Read.All + Directory.Read.All, AuditLog.Read.All + Directory.ReadWrite.All
    Directory.Read.All, AuditLog.Read.All
GET    /subscribedSkus
    Organization.Read.All, Directory.Read.All, Organization.ReadWrite.All
    User.ReadWrite.All
GET    /organization
    Organization.Read.All, Directory.Read.All
    Group.Read.All
GET    /organization/{id}
    Organization.Read.All, Directory.Read.All
    Group.Read.All
GET    /domains
    Domain.Read.All, Directory.Read.All
    User.Read.All
GET    /devices
    Device.Read.All, Device.ReadWrite.All, Directory.Read.All
    User.Read.All
DELETE /devices/{id}
    Device.ReadWrite.All
    Device.Read.All
GET    /applications
    Application.Read.All, Application.ReadWrite.OwnedBy, Directory.Read.All
    User.Read.All
GET    /applications(appId='00000000-0000-0000-0000-000000000001')
    Application.Read.All, Directory.Read.All
    User.Read.All
POST   /applications/{id}/addPassword
    Application.ReadWrite.OwnedBy, Application.ReadWrite.All
    Application.Read.All
POST   /servicePrincipals/{id}/appRoleAssignments
    AppRoleAssignment.ReadWrite.All + Application.Read.All, AppRoleAssignment.ReadWrite.All + Directory.Read.All
    AppRoleAssignment.ReadWrite.All, Application.Read.All, Application.ReadWrite.All
GET    /directoryRoles
    RoleManagement.Read.Directory, RoleManagement.ReadWrite.Directory, Directory.Read.All
    User.Read.All
GET    /directory/administrativeUnits
    AdministrativeUnit.Read.All, Directory.Read.All
    User.Read.All
GET    /directory/deletedItems/microsoft.graph.user
    User.Read.All
    Group.Read.All
GET    /directory/deletedItems/microsoft.graph.group
    Group.Read.All
    User.Read.All
POST   /directory/deletedItems/{id}/restore
    User.ReadWrite.All, Group.ReadWrite.All, Application.ReadWrite.OwnedBy, AdministrativeUnit.ReadWrite.All
    User.Read.All
DELETE /directory/deletedItems/{id}
    Application.ReadWrite.OwnedBy, Application.ReadWrite.All
    User.ReadWrite.All, Group.ReadWrite.All
POST   /directoryObjects/getByIds
    Directory.Read.All
    User.Read.All
GET    /reports/getOffice365ActiveUserDetail(period='D7')
    Reports.Read.All
    AuditLog.Read.All
GET    /reports/getOffice365ActiveUserDetail(date=2024-01-31)
    Reports.Read.All
    AuditLog.Read.All
GET    /reports/authenticationMethods/userRegistrationDetails
    AuditLog.Read.All
    Reports.Read.All
POST   /invitations
    User.Invite.All, User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All
GET    /identity/conditionalAccess/policies
    Policy.Read.All
    Directory.Read.All
POST   /identity/conditionalAccess/policies
    Policy.Read.All + Policy.ReadWrite.ConditionalAccess + Application.Read.All
    Policy.Read.All, Policy.ReadWrite.ConditionalAccess, Policy.Read.All + Policy.ReadWrite.ConditionalAccess
DELETE /identity/conditionalAccess/namedLocations/{id}
    Policy.Read.All + Policy.ReadWrite.ConditionalAccess
    Policy.Read.All, Policy.ReadWrite.ConditionalAccess
GET    /drives/{id}/items/{id}
    Files.Read.All, Files.ReadWrite.All, Sites.Read.All, Sites.ReadWrite.All
    User.Read.All
GET    /users/{id}/drive/root:/{path}
    Files.Read.All, Sites.Read.All
    Mail.Read
GET    /users/{id}/drive/root:/{path}:/content
    Files.Read.All, Files.ReadWrite.All
    Mail.Read
PUT    /drives/{id}/root:/{path}:/content
    Files.ReadWrite.All, Sites.ReadWrite.All
    Files.Read.All
POST   /drives/{id}/items/{id}:/{path}:/createUploadSession
    Sites.ReadWrite.All
    Files.Read.All
GET    /drives/{id}/root/children
    Files.Read.All, Sites.Read.All
    User.Read.All
POST   /devices
    -
    Device.ReadWrite.All, Directory.ReadWrite.All
POST   /$batch
    User.Read.All, Mail.Send
    -
"""
FOR_A_USER = """
GET    /me
    User.Read, User.ReadWrite, User.Read.All, Directory.Read.All
    Mail.Read
GET    /users
    User.ReadBasic.All, User.Read.All
    User.Read
GET    /me/memberOf
    User.Read, Directory.Read.All
    Mail.Read
GET    /me/manager
    User.Read.All, Directory.Read.All
    User.Read
POST   /me/sendMail
    Mail.Send
    Mail.ReadWrite
GET    /me/messages
    Mail.ReadBasic, Mail.Read, Mail.ReadWrite
    Mail.Send
GET    /me/drive/root:/{path}
    Files.Read, Files.ReadWrite, Files.Read.All
    User.Read
PUT    /me/drive/root:/{path}:/content
    Files.ReadWrite, Files.ReadWrite.All
    Files.Read
POST   /me/drive/items/{id}/createUploadSession
    Files.ReadWrite, Files.ReadWrite.All, Sites.ReadWrite.All
    Files.Read
GET    /organization/{id}
    User.Read, Organization.Read.All
    Mail.Read
POST   /groups
    Group.ReadWrite.All, Directory.ReadWrite.All
    Group.Read.All
DELETE /devices/{id}
    Directory.AccessAsUser.All
    Device.Read.All
DELETE /directory/deletedItems/{id}
    User.ReadWrite.All, Group.ReadWrite.All, Application.ReadWrite.All
    User.Read.All
POST   /users
    User.ReadWrite.All, Directory.ReadWrite.All
    User.ReadWrite
"""


def cases(text: str) -> list[tuple[str, str, list[str], list[str]]]:
    lines = text.strip("\n").split("\n")
    rows = []
    for head, passing, failing in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        method, path = head.split()
        choices = [[choice.replace("+", " ").strip() for choice in line.split(",")] for line in (passing, failing)]
        rows.append((method, path, *([one for one in choice if one != "-"] for choice in choices)))
    return rows


@pytest.mark.parametrize(("method", "path", "passing", "failing"), cases(APP_ONLY))
def test_an_app_passes_with_what_microsoft_documents_and_with_nothing_less(
    method: str, path: str, passing: list[str], failing: list[str]
) -> None:
    for permissions in passing:
        assert check("enforce", method, path, an_app(permissions)) is None, permissions
    for permissions in failing:
        with pytest.raises(Refusal):
            check("enforce", method, path, an_app(permissions))


@pytest.mark.parametrize(("method", "path", "passing", "failing"), cases(FOR_A_USER))
def test_an_app_for_a_user_passes_with_what_microsoft_documents_and_with_nothing_less(
    method: str, path: str, passing: list[str], failing: list[str]
) -> None:
    for permissions in passing:
        assert check("enforce", method, path, a_user(permissions)) is None, permissions
    for permissions in failing:
        with pytest.raises(Refusal):
            check("enforce", method, path, a_user(permissions))


def test_nothing_passes_without_any_permission() -> None:
    wrong = [
        (method, path)
        for method, path, _, failing in cases(APP_ONLY)
        if failing and permitted(method, path, [], None) is not False
    ]

    assert wrong == []
    assert len(cases(APP_ONLY)) >= 60


def test_application_permissions_do_not_count_for_a_user_nor_the_other_way_round() -> None:
    both = Token(roles=("User.Read.All",), scp=("Mail.Read",), user="ada")

    with pytest.raises(Refusal):
        check("enforce", "GET", "/users", both)
    with pytest.raises(Refusal):
        check("enforce", "GET", "/users", Token(scp=("User.Read.All",)))


# -- finding a path in the table ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "asked", "listed"),
    [
        ("GET", "/users", "/users"),
        ("HEAD", "/users", "/users"),
        ("GET", "/Users/{user-id}/", "/users/{id}"),
        ("GET", "/users/$count", "/users"),
        ("PUT", "/users/{id}/manager/$ref", "/users/{id}/manager"),
        ("GET", "/users/{id}/photo/$value", "/users/{id}/photo"),
        ("GET", "/contacts/{id}/transitiveReports/$count", "/contacts/{id}/transitivereports/$count"),  # listed so
        ("GET", "/groups/{id}/members/microsoft.graph.user/$count", "/groups/{id}/members"),
        ("GET", "/users/microsoft.graph.delta()", "/users/delta"),
        ("GET", "/places/microsoft.graph.room", "/places/microsoft.graph.room"),
        (
            "GET",
            "/reports/getEmailActivityCounts(period='D30')",
            "/reports/getemailactivitycounts(period={value})",
        ),
        ("GET", "/reports/getEmailActivityCounts(…)", "/reports/getemailactivitycounts(period={value})"),
        ("GET", "/applications(appId='x')", "/applications(appid={value})"),
        ("GET", "/servicePrincipals(appId='x')/owners", "/serviceprincipals/{id}/owners"),
        ("GET", "/drives/{id}/root:/{item-path}", "/drives/{id}/root:/{path}"),
        ("GET", "/drives/{id}/root:/{path}:", "/drives/{id}/root:/{path}"),
        ("GET", "/sites/{id}:/{path}:", "/sites/{id}:/{path}"),
        ("PUT", "/drives/{id}/items/{id}:/{path}:/content", "/drives/{id}/items/{id}/content"),
        ("GET", "/drives/{id}/root/children", "/drives/{id}/items/{id}/children"),
        ("POST", "/sites/{id}/drive/root:/{path}:/copy", "/sites/{id}/drive/items/{id}/copy"),
        ("GET", "/groups/{id}/drives/{id}/root", "/drives/{id}/items/{id}"),
        ("POST", "/users/getByIds", "/directoryobjects/getbyids"),
    ],
)
def test_a_path_is_found_however_the_table_spells_it(method: str, asked: str, listed: str) -> None:
    table = data.permissions()["paths"]

    assert needs(method, asked) == table[listed]["GET" if method == "HEAD" else method]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/subscriptions"),
        ("DELETE", "/users"),
        ("GET", "/nothing/like/it"),
        ("GET", "/directory/deletedItems"),
        ("GET", "/users/{id}/displayName"),
    ],
)
def test_what_the_table_lacks_is_unknown_not_guessed(method: str, path: str) -> None:
    assert needs(method, path) is None
    assert permitted(method, path, ["Directory.ReadWrite.All"], None) is None


def test_my_own_paths_are_the_users_ones_for_an_app_with_a_user_and_nothing_for_one_without() -> None:
    for path in ("/me", "/me/sendMail", "/me/licenseDetails", "/me/drive/root/children"):
        found = needs("POST" if path.endswith("Mail") else "GET", path)
        assert found is not None
        assert found["application"] == {"least": [], "others": []}
        assert found["delegated"]["least"]


def test_a_user_scope_reaches_my_own_path_that_is_listed_for_users_only() -> None:
    path = "/transitiveReports/$count"
    assert needs("GET", f"/users/{{id}}{path}") is not None

    assert permitted("GET", f"/me{path}", [], ["User.Read.All"]) is True
    assert permitted("GET", f"/me{path}", [], ["Mail.Read"]) is False


def test_read_and_write_is_good_for_reading() -> None:
    assert permitted("POST", "/directoryObjects/getByIds", ["Directory.ReadWrite.All"], None) is True
    assert permitted("POST", "/directoryObjects/getByIds", ["User.ReadWrite.All"], None) is False


def test_reading_is_not_good_for_changing_although_the_table_lists_it_beside_writing() -> None:
    listed = needs("PATCH", "/search/bookmarks/{id}")
    assert listed is not None
    assert ["SearchConfiguration.Read.All"] in [*listed["application"]["least"], *listed["application"]["others"]]

    assert permitted("PATCH", "/search/bookmarks/{id}", ["SearchConfiguration.Read.All"], None) is False
    assert permitted("PATCH", "/search/bookmarks/{id}", ["SearchConfiguration.ReadWrite.All"], None) is True


def test_every_correction_still_corrects_something_and_names_permissions_that_exist() -> None:
    table = data.permissions()["paths"]
    known = {
        name
        for methods in table.values()
        for found in methods.values()
        for kind in ("application", "delegated")
        for option in (*found[kind]["least"], *found[kind]["others"])
        for name in option
    }
    for row in permits.CORRECTIONS:
        assert needs(row.method, row.path) != table.get(row.path, {}).get(row.method), row
        named = row.application.replace("+", ",") + "," + row.delegated.replace("+", ",")
        assert {name.strip() for name in named.split(",")} - {""} <= known, row


# -- modes and words ----------------------------------------------------------------------------------


def test_off_says_nothing() -> None:
    assert check("off", "DELETE", "/users/{id}", an_app("")) is None


def test_warn_says_what_is_missing_and_lets_it_through() -> None:
    text = check("warn", "POST", "/groups/{id}/members/$ref", an_app("User.Read.All Mail.Send"))

    assert text == (
        "POST /groups/{id}/members/$ref needs one of these application permissions: GroupMember.ReadWrite.All or "
        "Group.ReadWrite.All or Directory.ReadWrite.All. The token has: Mail.Send, User.Read.All."
    )


def test_warn_counts_what_it_leaves_out_and_says_what_goes_together() -> None:
    users = check("warn", "GET", "/users", a_user("Mail.Read"))
    audits = check("warn", "GET", "/auditLogs/directoryAudits", an_app(""))
    devices = check("warn", "POST", "/devices", an_app("Device.ReadWrite.All"))

    assert users is not None
    assert " more. The token has: Mail.Read, openid, profile." in users
    assert "delegated permissions: User.ReadBasic.All or " in users
    assert audits is not None
    assert "AuditLog.Read.All with Directory.Read.All. The token has: none." in audits
    assert devices is not None
    assert "none that exists" in devices


@pytest.mark.parametrize("mode", ["warn", "enforce"])
def test_what_is_unknown_is_let_through_and_said_to_be_unknown(mode: permits.Mode) -> None:
    text = check(mode, "POST", "/subscriptions", an_app(""))

    assert text is not None
    assert "does not say what this needs (what the subscribed resource needs)" in text


def test_a_request_for_me_without_a_user_is_left_to_the_path_which_refuses_it_with_400() -> None:
    assert check("enforce", "GET", "/me", an_app("")) is None
    assert check("enforce", "GET", "/me/messages", an_app("")) is None
    with pytest.raises(Refusal):
        check("enforce", "GET", "/users/{id}/messages", an_app(""))


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/users", "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
        ("/nothing", "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
        ("/drives/{id}/items/{id}", "accessDenied", "Access denied"),
        ("/me/drive/root:/{path}:/content", "accessDenied", "Access denied"),
        ("/users/{id}/messages", "ErrorAccessDenied", "Access is denied. Check credentials and try again."),
        ("/me/sendMail", "ErrorAccessDenied", "Access is denied. Check credentials and try again."),
    ],
)
def test_a_service_refuses_in_its_own_words(path: str, code: str, message: str) -> None:
    reply = refusal(path).reply({"request-id": "r"}, datetime(2024, 1, 1, tzinfo=UTC))

    assert reply.status == 403
    error = json.loads(reply.body)["error"]
    assert (error["code"], error["message"]) == (code, message)


def test_the_client_gets_graphs_words_and_the_note_says_why() -> None:
    with pytest.raises(Refusal) as caught:
        check("enforce", "PATCH", "/users/{id}", an_app("User.Read.All"))

    assert caught.value.status == 403
    assert "User.ReadWrite.All" not in caught.value.message
    assert "needs one of these application permissions: User.ReadWrite.All" in caught.value.__notes__[0]


# -- what the sandbox acts out ------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_what_the_sandbox_acts_out_can_be_looked_up_or_is_said_to_be_unknown(endpoint: Endpoint) -> None:
    """Else: find Microsoft's page and add a row to ``CORRECTIONS``, or the reason to ``UNKNOWN``."""
    unknown = endpoint.path.lower().startswith(tuple(permits.UNKNOWN))

    assert unknown or needs(endpoint.method, endpoint.path) is not None
