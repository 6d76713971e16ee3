"""What somebody has registered to sign in with, and how an administrator changes it."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import Graph, error

ROOT = "/users/ada.lovelace@contoso.example/authentication"
GRACE = "/users/grace.hopper@contoso.example/authentication"
PASSWORD = "28c10230-6103-485e-b985-444c60001490"


def words(graph: Graph) -> list[str]:
    report = "/reports/authenticationMethods/userRegistrationDetails"
    ada = graph.get(f"{ROOT.partition('/auth')[0]}", select="id").json()["id"]
    return list(graph.get(f"{report}/{ada}").json()["methodsRegistered"])


@pytest.mark.parametrize(
    ("segment", "word"),
    [
        ("emailMethods", "email"),
        ("fido2Methods", "fido2SecurityKey"),
        ("microsoftAuthenticatorMethods", "microsoftAuthenticatorPush"),
        ("phoneMethods", "mobilePhone"),
        ("platformCredentialMethods", "macOsSecureEnclaveKey"),
        ("softwareOathMethods", "softwareOneTimePasscode"),
        ("windowsHelloForBusinessMethods", "windowsHelloForBusiness"),
    ],
)
def test_a_method_is_listed_read_and_removed(graph: Graph, segment: str, word: str) -> None:
    assert word in words(graph)
    [one] = graph("GET", f"{ROOT}/{segment}").json()["value"]
    found = graph("GET", f"{ROOT}/{segment}/{one['id']}").json()
    assert {**found, "@odata.context": ""} == {**one, "@odata.context": ""}
    assert one["id"] in [each["id"] for each in graph("GET", f"{ROOT}/methods").json()["value"]]

    assert graph("DELETE", f"{ROOT}/{segment}/{one['id']}").status_code == 204
    assert graph("GET", f"{ROOT}/{segment}").json()["value"] == []
    assert graph("GET", f"{ROOT}/methods/{one['id']}").status_code == 404
    assert graph("DELETE", f"{ROOT}/{segment}/{one['id']}").status_code == 404
    assert word not in words(graph)


def test_phones_are_added_and_changed(graph: Graph) -> None:
    phones = f"{ROOT}/phoneMethods"
    new = graph("POST", phones, json={"phoneNumber": "+1 2065555555", "phoneType": "office"})
    assert (new.status_code, new.json()["id"]) == (201, "e37fc753-ff3b-4958-9484-eaa9425c82bc")
    assert "officePhone" in words(graph)
    assert graph("POST", phones, json={"phoneNumber": "+1 2065555555", "phoneType": "office"}).status_code == 400
    assert error(graph("POST", phones, json={"phoneNumber": "x", "phoneType": "mobile"}))[0] == 400
    one = f"{phones}/{new.json()['id']}"
    assert graph("PATCH", one, json={"phoneNumber": "+1 2065550000"}).json()["phoneNumber"] == "+1 2065550000"
    assert graph("POST", f"{one}/enableSmsSignIn").status_code == 204
    assert graph("GET", one).json()["smsSignInState"] == "ready"
    assert graph("POST", f"{one}/disableSmsSignIn").status_code == 204
    assert graph("GET", one).json()["smsSignInState"] == "notEnabled"


def test_an_address_is_added_and_changed(graph: Graph) -> None:
    [old] = graph("GET", f"{ROOT}/emailMethods").json()["value"]
    changed = graph("PATCH", f"{ROOT}/emailMethods/{old['id']}", json={"emailAddress": "a@fabrikam.example"})
    assert changed.json()["emailAddress"] == "a@fabrikam.example"
    graph("DELETE", f"{ROOT}/emailMethods/{old['id']}")
    new = graph("POST", f"{ROOT}/emailMethods", json={"emailAddress": "b@fabrikam.example"})
    assert (new.status_code, new.json()["id"]) == (201, old["id"])


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 201), ({"lifetimeInMinutes": 480, "isUsableOnce": True}, 201), ({"lifetimeInMinutes": 5}, 400)],
)
def test_a_temporary_pass_is_shown_once(graph: Graph, body: dict[str, Any], status: int) -> None:
    passes = f"{GRACE}/temporaryAccessPassMethods"
    new = graph("POST", passes, json=body)
    assert new.status_code == status
    if status == 201:
        assert new.json()["temporaryAccessPass"]
        [kept] = graph("GET", passes).json()["value"]
        assert "temporaryAccessPass" not in kept
        assert kept["lifetimeInMinutes"] == body.get("lifetimeInMinutes", 60)
        assert graph("POST", passes, json=body).status_code == 400


def test_a_password_is_reset(graph: Graph) -> None:
    reset = f"{ROOT}/methods/{PASSWORD}/resetPassword"
    made = graph("POST", reset, json={})
    assert (made.status_code, bool(made.json()["newPassword"])) == (202, True)
    assert "Location" in made.headers
    assert graph("POST", reset, json={"newPassword": "weak"}).status_code == 400
    given = graph("POST", reset, json={"newPassword": "Correct-Horse-7"})
    assert (given.status_code, "newPassword" in given.json()) == (202, False)
