"""What a test puts into the tenant, and what is there to be tidied up from the start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graph_calls import EVENTUAL, Graph, token_call

from leangraph import Sandbox
from leangraph.sandbox import Secret
from leangraph.sandbox.tenant import SETTINGS

ADA = "ada.lovelace@contoso.example"
E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
F3 = "66b55226-6b4f-492c-910c-a3b7a3c9d993"


def everything(graph: Graph, path: str, **options: str) -> list[dict[str, Any]]:
    answer = graph.get(path, **{"top": "999", **options})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


# -- what a test adds -----------------------------------------------------------------------------------------


def test_a_group_has_the_members_and_owners_it_is_given(graph_sandbox: Sandbox, graph: Graph) -> None:
    new = graph_sandbox.add_user(displayName="New", manager=ADA)
    inner = graph_sandbox.add_group("Inner")
    app = graph_sandbox.add_app("robot")
    group = graph_sandbox.add_group("Outer", members=[ADA, new["id"], new, inner, app], owners=[ADA])

    members = everything(graph, f"/groups/{group['id']}/members")
    assert sorted(str(each["displayName"]) for each in members) == ["Ada Lovelace", "Inner", "New", "robot"]
    assert [each["displayName"] for each in everything(graph, f"/groups/{group['id']}/owners")] == ["Ada Lovelace"]
    assert graph.get(f"/users/{new['id']}/manager").json()["displayName"] == "Ada Lovelace"
    shown = graph.get(f"/groups/{group['id']}").json()
    assert (shown["securityEnabled"], shown["mailEnabled"], shown["mailNickname"]) == (True, False, "outer")


def test_a_team_without_an_owner_can_be_made(graph_sandbox: Sandbox, graph: Graph) -> None:
    team = graph_sandbox.add_group("A team", groupTypes=["Unified"], resourceProvisioningOptions=["Team"])

    assert (team["mail"], team["mailEnabled"]) == ("ateam@contoso.example", True)
    found = everything(graph, "/groups", filter="resourceProvisioningOptions/Any(x:x eq 'Team')")
    assert team["id"] in [each["id"] for each in found]
    assert everything(graph, f"/groups/{team['id']}/owners") == []


def test_a_stale_device_can_be_made(graph_sandbox: Sandbox, graph: Graph) -> None:
    seen = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    device = graph_sandbox.add_device("OLD", owner=ADA, approximateLastSignInDateTime=seen, isManaged=True)

    before = "approximateLastSignInDateTime le 2024-12-31T00:00:00Z"
    assert [each["id"] for each in everything(graph, "/devices", filter=before)] == [device["id"]]
    assert [each["id"] for each in everything(graph, f"/users/{ADA}/ownedDevices")][-1] == device["id"]


def test_an_app_has_secrets_that_end(graph_sandbox: Sandbox, graph: Graph) -> None:
    soon = graph_sandbox.now() + 86_400
    app = graph_sandbox.add_app("robot", secrets=[Secret(expires_at=soon), Secret()], owners=[ADA])

    shown = graph.get(f"/applications(appId='{app.client_id}')").json()
    ends = [each["endDateTime"] for each in shown["passwordCredentials"]]
    assert ends == [datetime.fromtimestamp(soon, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "2299-12-31T00:00:00Z"]
    (owner,) = everything(graph, f"/applications/{shown['id']}/owners")
    assert owner["displayName"] == "Ada Lovelace"


def test_seats_are_bought(graph_sandbox: Sandbox, graph: Graph) -> None:
    def enabled(sku: str) -> int | None:
        skus = graph.get("/subscribedSkus").json()["value"]
        return next((each["prepaidUnits"]["enabled"] for each in skus if each["skuPartNumber"] == sku), None)

    before = enabled("SPE_F1")
    assert before is not None
    assert graph_sandbox.buy("SPE_F1", 3)["prepaidUnits"]["enabled"] == before + 3
    assert graph_sandbox.buy(F3, -1)["prepaidUnits"]["enabled"] == before + 2
    assert (enabled("SPE_F1"), enabled("EMS")) == (before + 2, None)
    ems = graph_sandbox.buy("EMS", 7)
    assert enabled("EMS") == 7
    user = graph_sandbox.add_user(assignedLicenses=[{"skuId": ems["skuId"], "disabledPlans": []}])
    plans = graph.get(f"/users/{user['id']}", select="assignedPlans").json()["assignedPlans"]
    assert {each["service"] for each in plans} == {"SCO", "AADPremiumService"}
    with pytest.raises(ValueError, match=r"SPE_E99.*is none of.*SPE_E5"):
        graph_sandbox.buy("SPE_E99", 1)


def test_a_license_takes_a_seat(graph_sandbox: Sandbox) -> None:
    held = [{"skuId": F3, "disabledPlans": []}]
    graph_sandbox.add_user(assignedLicenses=held)
    before = graph_sandbox.users
    with pytest.raises(ValueError, match="does not have any available licenses"):
        graph_sandbox.add_user(assignedLicenses=held)
    with pytest.raises(ValueError, match="does not correspond to a valid company License"):
        graph_sandbox.add_user(assignedLicenses=[{"skuId": "00000000-0000-0000-0000-000000000000"}])
    assert graph_sandbox.users == before


def test_a_domain_takes_users_once_it_is_verified(graph_sandbox: Sandbox, graph: Graph) -> None:
    upn = "x@other.example"
    with pytest.raises(ValueError, match=r"x@other\.example.*contoso\.example.*add_domain\('other\.example'\)"):
        graph_sandbox.add_user(userPrincipalName=upn)
    body = {"accountEnabled": True, "displayName": "X", "mailNickname": "x", "userPrincipalName": upn}
    body["passwordProfile"] = {"password": "Compiler-1952"}
    assert graph("POST", "/users", json=body).status_code == 400
    graph_sandbox.add_domain("pending.example", verified=False)
    graph_sandbox.add_domain("Other.example")
    assert graph("POST", "/users", json=body).status_code == 201
    assert graph_sandbox.add_user(userPrincipalName="y@OTHER.example")["userPrincipalName"] == "y@OTHER.example"
    names = {each["id"]: each["isVerified"] for each in everything(graph, "/domains")}
    assert names == {"contoso.example": True, "pending.example": False, "other.example": True}
    (organization,) = graph.get("/organization").json()["value"]
    assert [each["name"] for each in organization["verifiedDomains"]] == ["contoso.example", "other.example"]
    with pytest.raises(ValueError, match=r"pending\.example"):
        graph_sandbox.add_user(userPrincipalName="z@pending.example")
    with pytest.raises(ValueError, match="already"):
        graph_sandbox.add_domain("other.example")


@pytest.mark.parametrize(
    ("add", "given", "message"),
    [
        ("add_user", {"nonsense": 1}, "a user has no property 'nonsense'"),
        ("add_user", {"displayNam": "x"}, "did you mean displayName"),
        ("add_user", {"displayName": 5}, r"displayName of a user is of type Edm\.String, not 5"),
        ("add_user", {"businessPhones": "x"}, "businessPhones of a user is of type Collection"),
        ("add_user", {"passwordProfile": {"pass": "x"}}, "passwordProfile"),
        ("add_user", {"userPrincipalName": "nobody"}, "userPrincipalName 'nobody'"),
        ("add_user", {"userPrincipalName": ADA}, "userPrincipalName already exists"),
        ("add_user", {"manager": "nobody"}, "there is no object 'nobody'"),
        ("add_group", {"members": ["nobody"]}, "there is no object 'nobody'"),
        ("add_group", {"owners": [{}]}, "there is no object ''"),
        ("add_group", {"members": ["contoso.example"]}, "a domain cannot be among the members of a group"),
        ("add_group", {"mailEnabled": "yes"}, "mailEnabled"),
        ("add_device", {"operatingSystm": "x"}, "did you mean operatingSystem"),
        ("add_device", {"approximateLastSignInDateTime": "yesterday"}, "approximateLastSignInDateTime"),
        ("add_app", {"owners": ["nobody"]}, "there is no object 'nobody'"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    graph_sandbox: Sandbox, graph: Graph, add: str, given: dict[str, Any], message: str
) -> None:
    kinds = ("users", "groups", "devices", "applications")
    before = [graph.get(f"/{kind}/$count", EVENTUAL).text for kind in kinds]
    with pytest.raises(ValueError, match=message):
        getattr(graph_sandbox, add)(**given)
    assert [graph.get(f"/{kind}/$count", EVENTUAL).text for kind in kinds] == before


def test_reset_takes_everything_back(graph_sandbox: Sandbox, graph: Graph) -> None:
    def state() -> list[str]:
        paths = ("/groups/$count", "/devices/$count", "/applications/$count", "/users/$count")
        return [graph.get(path, EVENTUAL).text for path in paths] + [graph.get("/subscribedSkus").text]

    before = state()
    graph_sandbox.add_user()
    graph_sandbox.add_group()
    graph_sandbox.add_device()
    graph_sandbox.add_app()
    graph_sandbox.add_domain("other.example")
    graph_sandbox.buy("EMS", 1)
    assert all(one != other for one, other in zip(before, state(), strict=True))
    graph_sandbox.reset()
    graph.renew()
    assert state() == before


# -- what wants looking after from the start ------------------------------------------------------------------


def test_some_secrets_are_over_and_some_end_soon(graph_sandbox: Sandbox, graph: Graph) -> None:
    now = datetime.now(UTC)
    ends: dict[str, list[datetime]] = {}
    for app in graph.get("/applications").json()["value"]:
        for each in [*app["passwordCredentials"], *app["keyCredentials"]]:
            ends.setdefault(app["displayName"], []).append(datetime.fromisoformat(each["endDateTime"]))
    assert [name for name, times in ends.items() if max(times) < now] == ["Payroll Sync"]
    soon = now + timedelta(days=30)
    assert {name for name, times in ends.items() if any(now < time < soon for time in times)} == {
        "HR Connector",
        "Backup Agent",
    }
    unowned = graph.get("/applications", expand="owners").json()["value"]
    assert "HR Connector" in [each["displayName"] for each in unowned if not each["owners"]]
    principals = {each["displayName"]: each["accountEnabled"] for each in everything(graph, "/servicePrincipals")}
    assert principals["Payroll Sync"] is True
    assert principals["Badge Printer"] is False
    graph_sandbox.reset()
    graph.renew()
    assert {each["displayName"] for each in graph.get("/applications").json()["value"]} > {*ends}


def test_devices_and_guests_grow_stale(graph: Graph) -> None:
    past = (datetime.now(UTC) - timedelta(days=120)).strftime("%Y-%m-%dT%H:%M:%SZ")
    stale = everything(graph, "/devices", filter=f"approximateLastSignInDateTime le {past}")
    assert len(stale) == 3
    assert {each["accountEnabled"] for each in stale} == {True, False}
    guests = everything(
        graph, "/users", filter="userType eq 'Guest'", select="id,externalUserState,signInActivity"
    )
    assert {each["externalUserState"] for each in guests} == {"Accepted", "PendingAcceptance"}
    signed_in = [each["signInActivity"]["lastSignInDateTime"] for each in guests if each["signInActivity"]]
    assert signed_in
    assert max(signed_in) < past


def test_teams_lose_their_owners(graph: Graph) -> None:
    teams = graph.get("/groups", filter="resourceProvisioningOptions/any(x:x eq 'Team')", expand="owners").json()[
        "value"
    ]
    owners = {each["displayName"]: [one.get("accountEnabled") for one in each["owners"]] for each in teams}
    assert owners["Summer Party 2023"] == []
    assert len(owners) == 3


def test_licenses_come_from_groups_and_fail_to(graph: Graph) -> None:
    groups = everything(graph, "/groups", select="id,displayName,assignedLicenses,hasMembersWithLicenseErrors")
    giving = {each["id"]: each for each in groups if each["assignedLicenses"]}
    assert len(giving) == 2
    users = everything(graph, "/users", select="id,assignedLicenses,licenseAssignmentStates")
    states = {}
    for user in users:
        held = {each["skuId"] for each in user["assignedLicenses"]}
        for state in user["licenseAssignmentStates"]:
            if state["assignedByGroup"]:
                states[user["id"]] = state
                assert state["assignedByGroup"] in giving
                assert (state["skuId"] in held) == (state["state"] == "Active")
    assert sorted(state["error"] for state in states.values()) == ["CountViolation", "None", "None", "None"]
    (failed,) = (state for state in states.values() if state["state"] == "Error")
    assert giving[failed["assignedByGroup"]]["hasMembersWithLicenseErrors"] is True
    user, state = next((user, state) for user, state in states.items() if state["state"] == "Active")
    body = {"addLicenses": [], "removeLicenses": [state["skuId"]]}
    answer = graph("POST", f"/users/{user}/assignLicense", json=body)
    assert answer.status_code == 400
    assert "inherited from a group" in answer.json()["error"]["message"]


def test_some_people_have_a_photo(graph: Graph) -> None:
    photos = [
        graph.get(f"/users/{user['id']}/photo/$value") for user in everything(graph, "/users", select="id")[:12]
    ]
    there = [each for each in photos if each.status_code == 200]
    assert len(there) == 5
    assert all(each.content.startswith(b"\x89PNG") for each in there)


def test_a_small_tenant_is_tidy() -> None:
    with Sandbox(users=7) as sandbox:
        assert len(sandbox._ledger.registry.apps) == 1
        assert sandbox.users == 7


# -- snapshots ------------------------------------------------------------------------------------------------


def test_reset_returns_to_the_last_snapshot_until_it_is_forgotten(graph_sandbox: Sandbox, graph: Graph) -> None:
    def names() -> set[str]:
        graph.renew()
        found = graph.get("/groups", filter="startsWith(displayName, 'Snap')", select="displayName").json()[
            "value"
        ]
        return {each["displayName"] for each in found}

    app = graph_sandbox.add_app("robot")
    graph_sandbox.add_group("Snap 1")
    graph_sandbox.advance(1000)
    graph_sandbox.page_size = 7
    graph_sandbox.permissions = "warn"
    graph_sandbox.snapshot()
    graph_sandbox.add_group("Snap 2")
    app.add_secret()
    graph_sandbox.page_size = None
    graph_sandbox.advance(1000)
    graph_sandbox.snapshot()
    graph_sandbox.add_group("Snap 3")
    graph_sandbox.add_app("another")
    graph_sandbox.reset()
    assert (graph_sandbox.snapshots, names()) == (2, {"Snap 1", "Snap 2"})
    kept = graph.token
    graph_sandbox.snapshot()
    graph_sandbox.revoke_tokens()
    assert graph.get("/users").status_code == 401
    graph_sandbox.reset()
    assert graph.get("/users").status_code == 200
    graph_sandbox.forget_snapshot()
    assert (graph.token, graph.get("/users").status_code) == (kept, 401)
    graph_sandbox.forget_snapshot()
    for _ in range(2):
        assert (graph_sandbox.snapshots, names()) == (1, {"Snap 1"})
        apps = graph_sandbox._ledger.registry.apps
        assert [each.display_name for each in apps.values()][-1] == "robot"
        assert len(apps[app.client_id].secrets) == 1
        assert (graph_sandbox.page_size, graph_sandbox.permissions) == (7, "warn")
        assert 990 < graph_sandbox._ahead < 1010
        graph_sandbox.add_group("Snap 4")
        apps[app.client_id].add_secret()
        graph_sandbox.page_size = 1
        graph_sandbox.reset()
    graph_sandbox.forget_snapshot()
    assert (graph_sandbox.snapshots, names()) == (0, set())
    assert (graph_sandbox.page_size, str(graph_sandbox.permissions), graph_sandbox._ahead) == (None, "off", 0)
    assert app.client_id not in graph_sandbox._ledger.registry.apps
    with pytest.raises(RuntimeError, match="no snapshot"):
        graph_sandbox.forget_snapshot()


def test_a_snapshot_keeps_other_tenants(graph_sandbox: Sandbox, graph: Graph) -> None:
    other = graph_sandbox.add_tenant("fabrikam.example")
    app = graph_sandbox.add_app("robot", roles=["User.ReadWrite.All"], tenant=other)

    def there(name: str) -> list[str]:
        form = {"client_id": app.client_id, "client_secret": app.client_secret}
        graph.token = token_call(graph_sandbox, graph.web, other.id, **form).json()["access_token"]
        if name:
            body = {"accountEnabled": True, "mailNickname": "x", "passwordProfile": {"password": "Compiler-1952"}}
            body |= {"displayName": name, "userPrincipalName": f"{name}@fabrikam.example"}
            assert graph("POST", "/users", json=body).status_code == 201
        return [each["displayName"] for each in graph.get("/users").json()["value"]][10:]

    assert there("one") == ["one"]
    graph_sandbox.snapshot()
    assert there("two") == ["one", "two"]
    graph_sandbox.reset()
    assert there("") == ["one"]
    graph_sandbox.forget_snapshot()
    with pytest.raises(KeyError):
        there("")


def test_every_setting_that_a_snapshot_keeps_is_one(graph_sandbox: Sandbox) -> None:
    assert all(hasattr(graph_sandbox, name) for name in SETTINGS)


def test_a_tenant_in_a_file_has_no_snapshots(tmp_path: Path) -> None:
    with Sandbox(users=1, store=tmp_path / "tenant.db") as sandbox, pytest.raises(RuntimeError, match="file"):
        sandbox.snapshot()
