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
from documented import APP_ONLY, FOR_A_USER, cases

from leangraph import knowledge as data
from leangraph.knowledge import corrections
from leangraph.sandbox.core.endpoints import ENDPOINTS
from leangraph.sandbox.rules import permits
from leangraph.sandbox.rules.permits import check, needs, permitted, refusal
from leangraph.sandbox.wire.faults import Refusal


@dataclass
class Token:
    roles: tuple[str, ...] = ()
    scp: tuple[str, ...] = ()
    user: str | None = None


def an_app(text: str) -> Token:
    return Token(roles=tuple(text.split()))


def a_user(text: str) -> Token:
    return Token(scp=("openid", "profile", *text.split()), user="ada")


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
    table = data.permission_table()["paths"]

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
    table = data.permission_table()["paths"]
    known = {
        name
        for methods in table.values()
        for found in methods.values()
        for kind in ("application", "delegated")
        for option in (*found[kind]["least"], *found[kind]["others"])
        for name in option
    }
    for row in corrections.CORRECTIONS:
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


def test_what_the_sandbox_acts_out_can_be_looked_up_or_is_said_to_be_unknown() -> None:
    """Else: find Microsoft's page and add a row to ``CORRECTIONS``, or the reason to ``UNKNOWN``."""
    unknown = tuple(corrections.UNKNOWN)

    assert len(ENDPOINTS) > 500
    assert [
        f"{endpoint.method} {endpoint.path}"
        for endpoint in ENDPOINTS
        if not endpoint.path.lower().startswith(unknown) and needs(endpoint.method, endpoint.path) is None
    ] == []
