"""Applications and service principals of the sandbox: what Graph makes can sign in, what it takes away cannot."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from graph_calls import EVENTUAL, SCOPE, Graph, app, error, token_call

from leangraph.sandbox import Sandbox

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
NOBODY = "00000000-0000-4000-8000-000000000000"
USER_READ_ALL = "df021288-bdef-4463-88db-98f22de89214"  # Microsoft's
USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"


def new_app(graph: Graph, **changes: Any) -> dict[str, Any]:
    made = graph("POST", "/applications", json={"displayName": "Robot", **changes})
    assert made.status_code == 201, made.text
    return dict(made.json())


def new_principal(graph: Graph, app_id: str) -> str:
    made = graph("POST", "/servicePrincipals", json={"appId": app_id})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def new_secret(graph: Graph, application: dict[str, Any], **credential: Any) -> dict[str, Any]:
    answer = graph(
        "POST", f"/applications/{application['id']}/addPassword", json={"passwordCredential": credential}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def sign_in(graph: Graph, app_id: str, secret: str) -> requests.Response:
    return token_call(graph.sandbox, graph.web, client_id=app_id, client_secret=secret)


def roles(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    return list(claims["roles"])


def graph_principal(graph: Graph) -> dict[str, Any]:
    return dict(graph("GET", f"/servicePrincipals(appId='{GRAPH_APP}')").json())


# -- the seed -----------------------------------------------------------------------------------------


def test_the_sandboxs_own_app_is_there_with_its_permissions(graph_sandbox: Sandbox, graph: Graph) -> None:
    own = graph("GET", f"/applications(appId='{graph_sandbox.client_id}')").json()
    assert own["displayName"] == "sandbox"
    assert own["passwordCredentials"][0]["secretText"] is None
    principal = graph("GET", f"/servicePrincipals(appId='{graph_sandbox.client_id}')").json()
    assigned = graph.get(f"/servicePrincipals/{principal['id']}/appRoleAssignments").json()["value"]
    names = {role["id"]: role["value"] for role in graph_principal(graph)["appRoles"]}
    granted = set(graph_sandbox.app.consents[graph_sandbox.tenant_id].roles)
    assert {names[each["appRoleId"]] for each in assigned} == granted
    claims = jwt.decode(graph.token, options={"verify_signature": False})
    assert claims["oid"] == principal["id"]
    assert graph_sandbox.client_secret not in graph("GET", "/applications").text


def test_graph_itself_offers_its_permissions(graph: Graph) -> None:
    own = graph_principal(graph)
    by_name = {role["value"]: role for role in own["appRoles"]}
    assert by_name["User.Read.All"]["id"] == USER_READ_ALL
    assert len(by_name) > 500
    assert len({role["id"] for role in own["appRoles"]}) == len(by_name)
    scopes = {scope["value"]: scope["id"] for scope in own["oauth2PermissionScopes"]}
    assert scopes["User.Read"] == USER_READ


def test_an_app_that_a_test_adds_is_seen_in_graph(graph_sandbox: Sandbox, graph: Graph) -> None:
    added = graph_sandbox.add_app("Added", roles=["User.Read.All"], scopes=["User.Read", "Mail.Send"])
    assert graph("GET", f"/applications(appId='{added.client_id}')").json()["displayName"] == "Added"
    principal = graph("GET", f"/servicePrincipals(appId='{added.client_id}')").json()["id"]
    (assigned,) = graph.get(f"/servicePrincipals/{principal}/appRoleAssignments").json()["value"]
    assert assigned["appRoleId"] == USER_READ_ALL
    (granted,) = graph.get(f"/servicePrincipals/{principal}/oauth2PermissionGrants").json()["value"]
    assert granted["scope"] == "User.Read Mail.Send"
    graph_sandbox.reset()
    fresh = Graph(graph_sandbox, graph.web, token_call(graph_sandbox, graph.web).json()["access_token"])
    assert fresh("GET", f"/applications(appId='{added.client_id}')").status_code == 404


def test_an_app_consented_to_elsewhere_is_a_principal_there(graph_sandbox: Sandbox, graph: Graph) -> None:
    other = graph_sandbox.add_tenant("fabrikam.example")
    added = graph_sandbox.add_app("Everywhere", roles=["Application.ReadWrite.All"], multi_tenant=True)
    added.consent(other, roles=["Application.ReadWrite.All"])
    token = token_call(
        graph_sandbox, graph.web, "fabrikam.example", client_id=added.client_id, client_secret=added.client_secret
    )
    there = Graph(graph_sandbox, graph.web, token.json()["access_token"])
    principal = there("GET", f"/servicePrincipals(appId='{added.client_id}')").json()
    assert principal["appOwnerOrganizationId"] == graph_sandbox.tenant_id
    assert there("GET", f"/applications(appId='{added.client_id}')").status_code == 404


# -- applications -------------------------------------------------------------------------------------


def test_an_application_is_made_found_changed_and_deleted(graph: Graph) -> None:
    made = new_app(graph, tags=["a"], web={"redirectUris": ["https://robot.contoso.example"]})
    assert made["signInAudience"] == "AzureADMyOrg"
    assert made["publisherDomain"] == "contoso.example"
    assert made["web"]["logoutUrl"] is None  # the rest of a complex property is there as well
    by_key = f"/applications(appId='{made['appId']}')"
    assert graph("GET", by_key).json()["id"] == made["id"]
    assert graph.get(f"/applications/{made['appId']}").status_code == 404  # that is no object's id
    change = {"displayName": "Android", "web": {"homePageUrl": "https://contoso.example"}}
    assert graph("PATCH", by_key, json=change).status_code == 204
    found = graph.get(f"/applications/{made['id']}").json()
    assert (found["displayName"], found["web"]["homePageUrl"]) == ("Android", "https://contoso.example")
    assert found["web"]["redirectUris"] == ["https://robot.contoso.example"]
    assert graph("DELETE", f"/applications/{made['id']}").status_code == 204
    assert graph("GET", by_key).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"displayName": ""},
        {"displayName": "x" * 257},
        {"displayName": None},
        {"signInAudience": "Everybody"},
        {"appId": NOBODY},
        {"identifierUris": ["https://elsewhere.example/api"]},
        {"identifierUris": ["api://somebody-else"]},
        {"appRoles": [{"value": "x"}]},
        {"nonsense": 1},
        {"keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify", "key": "AAAA"}]},
        {"keyCredentials": [{"type": "Symmetric", "usage": "Sign"}]},
        {"passwordCredentials": [{"secretText": "my own"}]},
        {"passwordCredentials": [{"endDateTime": "2001-01-01T00:00:00Z"}]},
    ],
)
def test_what_is_wrong_with_an_application_is_a_400(graph: Graph, change: dict[str, Any]) -> None:
    before = graph.get("/applications/$count", EVENTUAL).text
    assert graph("POST", "/applications", json={"displayName": "Robot", **change}).status_code == 400
    made = new_app(graph)
    assert graph("PATCH", f"/applications/{made['id']}", json=change).status_code == 400
    assert int(graph.get("/applications/$count", EVENTUAL).text) == int(before) + 1


def test_an_identifier_belongs_to_one_application(graph: Graph) -> None:
    uris = ["https://api.contoso.example/robot"]
    made = new_app(graph, identifierUris=uris)
    again = graph("POST", "/applications", json={"displayName": "Other", "identifierUris": uris})
    assert error(again)[2] == "Another object with the same value for property identifierUris already exists."
    own = [*uris, f"api://{made['appId']}"]
    assert graph("PATCH", f"/applications/{made['id']}", json={"identifierUris": own}).status_code == 204
    found = graph.get("/applications", filter=f"identifierUris/any(x:x eq '{uris[0]}')").json()["value"]
    assert [each["id"] for each in found] == [made["id"]]


def test_an_application_has_owners(graph: Graph) -> None:
    user, group = (graph.get(f"/{root}", top="1").json()["value"][0]["id"] for root in ("users", "groups"))
    made = new_app(graph, **{"owners@odata.bind": [f"https://graph.microsoft.com/v1.0/users/{user}"]})
    path = f"/applications/{made['id']}/owners"
    assert [row["id"] for row in graph.get(path).json()["value"]] == [user]
    assert made["id"] in [row["id"] for row in graph.get(f"/users/{user}/ownedObjects").json()["value"]]
    assert graph("POST", f"{path}/$ref", json={"@odata.id": f"/groups/{group}"}).status_code == 400
    assert graph("DELETE", f"{path}/{user}/$ref").status_code == 204


# -- signing in ---------------------------------------------------------------------------------------


def test_what_graph_makes_can_sign_in(graph: Graph) -> None:
    made = new_app(graph)
    secret = new_secret(graph, made, displayName="ci")
    assert (secret["displayName"], secret["hint"]) == ("ci", secret["secretText"][:3])
    assert sign_in(graph, made["appId"], secret["secretText"]).json()["error_codes"] == [700016]
    principal = new_principal(graph, made["appId"])
    assert roles(sign_in(graph, made["appId"], secret["secretText"])) == []
    claims = jwt.decode(
        sign_in(graph, made["appId"], secret["secretText"]).json()["access_token"],
        options={"verify_signature": False},
    )
    assert (claims["appid"], claims["oid"]) == (made["appId"], principal)
    client = app(graph.sandbox, graph.web, client_id=made["appId"], client_credential=secret["secretText"])
    graph.token = client.acquire_token_for_client(SCOPE)["access_token"]
    assert graph.get("/users", top="1").status_code == 200


def test_a_secret_is_shown_once_and_nowhere_again(graph: Graph) -> None:
    made = new_app(graph)
    secret = new_secret(graph, made)
    for path in (
        f"/applications/{made['id']}",
        "/applications",
        f"/applications/{made['id']}/passwordCredentials",
    ):
        assert secret["secretText"] not in graph.get(path).text
    (shown,) = graph.get(f"/applications/{made['id']}").json()["passwordCredentials"]
    assert (shown["keyId"], shown["secretText"]) == (secret["keyId"], None)
    assert secret["secretText"] not in graph.get("/auditLogs/directoryAudits").text


def test_a_secret_may_come_with_the_application(graph: Graph) -> None:
    made = new_app(graph, passwordCredentials=[{"displayName": "first"}])
    (secret,) = made["passwordCredentials"]
    new_principal(graph, made["appId"])
    assert sign_in(graph, made["appId"], secret["secretText"]).status_code == 200
    assert secret["secretText"] not in graph.get(f"/applications/{made['id']}").text


def test_a_removed_secret_is_good_no_longer(graph: Graph) -> None:
    made = new_app(graph)
    new_principal(graph, made["appId"])
    one, two = (new_secret(graph, made) for _ in range(2))
    path = f"/applications/{made['id']}/removePassword"
    assert graph("POST", path, json={"keyId": one["keyId"]}).status_code == 204
    assert sign_in(graph, made["appId"], one["secretText"]).json()["error_codes"] == [7000215]
    assert sign_in(graph, made["appId"], two["secretText"]).status_code == 200
    assert graph("POST", path, json={"keyId": one["keyId"]}).status_code == 400
    assert graph("POST", path, json={"keyId": "no guid"}).status_code == 400
    assert graph("POST", path, json={}).status_code == 400


def test_the_first_secret_of_the_sandboxs_own_app_can_be_removed(graph_sandbox: Sandbox, graph: Graph) -> None:
    own = graph("GET", f"/applications(appId='{graph_sandbox.client_id}')").json()
    key = own["passwordCredentials"][0]["keyId"]
    assert graph("POST", f"/applications/{own['id']}/removePassword", json={"keyId": key}).status_code == 204
    assert token_call(graph_sandbox, graph.web, client_secret="sandbox-secret-x").status_code == 401
    graph_sandbox.reset()
    assert token_call(graph_sandbox, graph.web).status_code == 200


def test_a_secret_of_an_app_that_came_later_can_be_removed(graph_sandbox: Sandbox, graph: Graph) -> None:
    new_secret(graph, new_app(graph))
    added = graph_sandbox.add_app("Later", secrets=["one", "two"])
    own = graph("GET", f"/applications(appId='{added.client_id}')").json()
    one, two = own["passwordCredentials"]
    path = f"/applications/{own['id']}/removePassword"
    assert graph("POST", path, json={"keyId": one["keyId"]}).status_code == 204
    assert sign_in(graph, added.client_id, "one").status_code == 401
    assert sign_in(graph, added.client_id, "two").status_code == 200
    assert graph("POST", path, json={"keyId": two["keyId"]}).status_code == 204
    assert sign_in(graph, added.client_id, "two").status_code == 401


def test_a_secret_ends_when_it_is_said_to(graph_sandbox: Sandbox, graph: Graph) -> None:
    made = new_app(graph)
    new_principal(graph, made["appId"])
    end = datetime.fromtimestamp(graph_sandbox.now() + 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    secret = new_secret(graph, made, endDateTime=end)["secretText"]
    assert sign_in(graph, made["appId"], secret).status_code == 200
    graph_sandbox.advance(3601)
    assert sign_in(graph, made["appId"], secret).json()["error_codes"] == [7000222]


def test_a_secret_lives_two_years_unless_said(graph: Graph) -> None:
    secret = new_secret(graph, new_app(graph))
    start, end = (datetime.fromisoformat(secret[name]) for name in ("startDateTime", "endDateTime"))
    assert timedelta(days=729) <= end - start <= timedelta(days=731)


@pytest.mark.parametrize("form", ["der", "pem"])
def test_a_certificate_that_is_registered_signs_in(graph: Graph, form: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "robot")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    data = certificate.public_bytes(serialization.Encoding.DER) if form == "der" else pem
    credential = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.b64encode(data).decode()}
    made = new_app(graph)
    new_principal(graph, made["appId"])
    path = f"/applications/{made['id']}"
    assert graph("PATCH", path, json={"keyCredentials": [credential]}).status_code == 204
    (shown,) = graph.get(path).json()["keyCredentials"]
    assert (shown["key"], shown["displayName"]) == (None, "CN=robot")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    held = {"private_key": private, "public_certificate": pem.decode()}

    def token() -> dict[str, Any]:
        client = app(graph.sandbox, graph.web, client_id=made["appId"], client_credential=held)
        return dict(client.acquire_token_for_client(SCOPE))

    assert "access_token" in token()
    assert graph("PATCH", path, json={"keyCredentials": [shown]}).status_code == 204  # it stays
    assert "access_token" in token()
    assert graph("PATCH", path, json={"keyCredentials": []}).status_code == 204
    assert "error" in token()


def test_deleting_an_application_ends_its_sign_ins_and_restoring_brings_them_back(graph: Graph) -> None:
    made = new_app(graph)
    secret = new_secret(graph, made)["secretText"]
    principal = new_principal(graph, made["appId"])
    graph("DELETE", f"/applications/{made['id']}")
    assert graph.get(f"/servicePrincipals/{principal}").status_code == 404  # it goes along
    assert sign_in(graph, made["appId"], secret).json()["error_codes"] == [700016]
    for id_ in (made["id"], principal):
        assert graph("POST", f"/directory/deletedItems/{id_}/restore").status_code == 200
    assert sign_in(graph, made["appId"], secret).status_code == 200


def test_reset_forgets_what_graph_made(graph_sandbox: Sandbox, graph: Graph) -> None:
    made = new_app(graph)
    secret = new_secret(graph, made)["secretText"]
    new_principal(graph, made["appId"])
    graph_sandbox.reset()
    assert sign_in(graph, made["appId"], secret).json()["error_codes"] == [700016]


# -- service principals -------------------------------------------------------------------------------


def test_a_principal_takes_over_what_the_application_says(graph: Graph) -> None:
    role = {"id": NOBODY, "value": "Task.Run", "displayName": "x", "allowedMemberTypes": ["Application"]}
    made = new_app(graph, appRoles=[role], identifierUris=["https://api.contoso.example"])
    principal = new_principal(graph, made["appId"])
    found = graph.get(f"/servicePrincipals/{principal}").json()
    assert (found["displayName"], found["appDisplayName"]) == ("Robot", "Robot")
    assert found["servicePrincipalNames"] == ["https://api.contoso.example", made["appId"]]
    assert [each["value"] for each in found["appRoles"]] == ["Task.Run"]
    graph("PATCH", f"/applications/{made['id']}", json={"displayName": "Android", "appRoles": []})
    found = graph.get(f"/servicePrincipals/{principal}").json()
    assert (found["displayName"], found["appDisplayName"], found["appRoles"]) == ("Robot", "Android", [])


def test_there_is_one_principal_of_an_app_and_none_of_nobody(graph: Graph) -> None:
    made = new_app(graph)
    new_principal(graph, made["appId"])
    again = graph("POST", "/servicePrincipals", json={"appId": made["appId"]})
    assert error(again)[:2] == (409, "Request_MultipleObjectsWithSameKeyValue")
    assert error(graph("POST", "/servicePrincipals", json={"appId": GRAPH_APP}))[0] == 409
    nobody = graph("POST", "/servicePrincipals", json={"appId": NOBODY})
    message = f"The appId '{NOBODY}' of the service principal does not reference a valid application object."
    assert error(nobody) == (400, "Request_BadRequest", message)
    assert graph("POST", "/servicePrincipals", json={}).status_code == 400


def test_a_disabled_principal_cannot_sign_in(graph: Graph) -> None:
    made = new_app(graph)
    secret = new_secret(graph, made)["secretText"]
    path = f"/servicePrincipals/{new_principal(graph, made['appId'])}"
    assert graph("PATCH", path, json={"accountEnabled": False}).status_code == 204
    assert sign_in(graph, made["appId"], secret).json()["error_codes"] == [7000112]
    graph("PATCH", path, json={"accountEnabled": True})
    assert sign_in(graph, made["appId"], secret).status_code == 200
    assert graph("PATCH", path, json={"appId": NOBODY}).status_code == 400


def test_a_deleted_principal_cannot_sign_in_and_may_be_made_again(graph: Graph) -> None:
    made = new_app(graph)
    secret = new_secret(graph, made)["secretText"]
    first = new_principal(graph, made["appId"])
    assert graph("DELETE", f"/servicePrincipals/{first}").status_code == 204
    assert sign_in(graph, made["appId"], secret).json()["error_codes"] == [700016]
    assert new_principal(graph, made["appId"]) != first
    assert sign_in(graph, made["appId"], secret).status_code == 200


def test_a_principal_may_have_secrets_of_its_own(graph: Graph) -> None:
    made = new_app(graph)
    principal = new_principal(graph, made["appId"])
    added = graph("POST", f"/servicePrincipals/{principal}/addPassword", json={}).json()
    assert sign_in(graph, made["appId"], added["secretText"]).status_code == 200
    path = f"/servicePrincipals/{principal}/removePassword"
    assert graph("POST", path, json={"keyId": added["keyId"]}).status_code == 204
    assert sign_in(graph, made["appId"], added["secretText"]).status_code == 401


@pytest.mark.usefixtures("acted")
def test_keys_with_a_proof_are_not_acted_out(graph: Graph) -> None:
    made = new_app(graph)
    assert graph("POST", f"/applications/{made['id']}/addKey", json={}).status_code == 501


# -- app roles ----------------------------------------------------------------------------------------


def assign(graph: Graph, path: str, principal: str, resource: str, role: str) -> requests.Response:
    return graph("POST", path, json={"principalId": principal, "resourceId": resource, "appRoleId": role})


@pytest.mark.parametrize("side", ["appRoleAssignments", "appRoleAssignedTo"])
def test_a_role_that_is_assigned_stands_in_the_next_token(graph: Graph, side: str) -> None:
    made = new_app(graph)
    secret = new_secret(graph, made)["secretText"]
    principal, resource = new_principal(graph, made["appId"]), graph_principal(graph)["id"]
    path = f"/servicePrincipals/{principal if side == 'appRoleAssignments' else resource}/{side}"
    answer = assign(graph, path, principal, resource, USER_READ_ALL)
    assert answer.status_code == 201
    assert answer.json()["principalType"] == "ServicePrincipal"
    assert answer.json()["resourceDisplayName"] == "Microsoft Graph"
    assert roles(sign_in(graph, made["appId"], secret)) == ["User.Read.All"]
    twice = assign(graph, path, principal, resource, USER_READ_ALL)
    assert error(twice) == (400, "Request_BadRequest", "Permission being assigned already exists on the object")
    assert graph("DELETE", f"{path}/{answer.json()['id']}").status_code == 204
    assert graph("DELETE", f"{path}/{answer.json()['id']}").status_code == 404
    assert roles(sign_in(graph, made["appId"], secret)) == []


def test_a_role_of_another_api_goes_to_its_tokens_only(graph: Graph) -> None:
    role = {"id": NOBODY, "value": "Task.Run", "displayName": "x", "allowedMemberTypes": ["Application"]}
    api, robot = new_app(graph, displayName="Api", appRoles=[role]), new_app(graph)
    resource, principal = new_principal(graph, api["appId"]), new_principal(graph, robot["appId"])
    secret = new_secret(graph, robot)["secretText"]
    path = f"/servicePrincipals/{principal}/appRoleAssignments"
    assert assign(graph, path, principal, resource, NOBODY).status_code == 201
    assert roles(sign_in(graph, robot["appId"], secret)) == []
    scope = f"api://{api['appId']}/.default"
    there = token_call(graph.sandbox, graph.web, client_id=robot["appId"], client_secret=secret, scope=scope)
    assert roles(there) == ["Task.Run"]


def test_what_is_wrong_with_an_assignment(graph: Graph) -> None:
    principal, resource = new_principal(graph, new_app(graph)["appId"]), graph_principal(graph)["id"]
    path = f"/servicePrincipals/{principal}/appRoleAssignments"
    missing = f"Permission being assigned was not found on application '{GRAPH_APP}'."
    assert error(assign(graph, path, principal, resource, NOBODY)) == (400, "Request_BadRequest", missing)
    assert assign(graph, path, resource, resource, USER_READ_ALL).status_code == 400  # not the path's
    assert assign(graph, path, principal, NOBODY, USER_READ_ALL).status_code == 404
    assert assign(graph, path, principal, resource, "no guid").status_code == 400
    assert graph("POST", path, json={"principalId": principal}).status_code == 400
    user = graph.get("/users", top="1").json()["value"][0]["id"]
    answer = assign(graph, f"/users/{user}/appRoleAssignments", user, resource, USER_READ_ALL)
    assert answer.status_code == 400  # Graph's roles are for apps


def test_people_are_given_access_to_an_app(graph: Graph) -> None:
    resource = new_principal(graph, new_app(graph)["appId"])
    user, group = (graph.get(f"/{root}", top="1").json()["value"][0]["id"] for root in ("users", "groups"))
    anybody = "00000000-0000-0000-0000-000000000000"
    for root, id_ in (("users", user), ("groups", group)):
        assert assign(graph, f"/{root}/{id_}/appRoleAssignments", id_, resource, anybody).status_code == 201
    listed = graph.get(f"/servicePrincipals/{resource}/appRoleAssignedTo").json()["value"]
    assert {(each["principalType"], each["principalId"]) for each in listed} == {("User", user), ("Group", group)}
    path = f"/users/{user}/appRoleAssignments"
    assert len(graph.get(path, filter=f"resourceId eq {resource}").json()["value"]) == 1
    assert graph.get(path, filter=f"resourceId eq {NOBODY}").json()["value"] == []
    assert graph.get(path, filter="principalType eq 'User'").status_code == 501


def test_a_managed_identity_is_granted_roles_in_graph(graph_sandbox: Sandbox, graph: Graph) -> None:
    (machine,) = graph_sandbox.managed_identities
    found = graph("GET", f"/servicePrincipals(appId='{machine.client_id}')").json()
    assert (found["id"], found["servicePrincipalType"]) == (machine.object_id, "ManagedIdentity")
    role = next(each for each in graph_principal(graph)["appRoles"] if each["value"] == "Sites.Selected")
    path = f"/servicePrincipals/{machine.object_id}/appRoleAssignments"
    assert assign(graph, path, machine.object_id, graph_principal(graph)["id"], role["id"]).status_code == 201
    assert "Sites.Selected" in machine.roles


# -- delegated permissions ----------------------------------------------------------------------------


def grant(graph: Graph, client: str, **changes: Any) -> requests.Response:
    body = {"clientId": client, "consentType": "AllPrincipals", "resourceId": graph_principal(graph)["id"]}
    return graph("POST", "/oauth2PermissionGrants", json={**body, "scope": "User.Read Mail.Read", **changes})


def test_scopes_are_granted_changed_and_taken_away(graph_sandbox: Sandbox, graph: Graph) -> None:
    made = new_app(graph)
    principal = new_principal(graph, made["appId"])

    def scopes() -> set[str]:
        apps = graph_sandbox._ledger.registry.apps
        return set(apps[made["appId"]].consents[graph_sandbox.tenant_id].scopes)

    given = grant(graph, principal)
    assert given.status_code == 201
    assert scopes() == {"User.Read", "Mail.Read"}
    path = f"/oauth2PermissionGrants/{given.json()['id']}"
    assert graph.get(path).json()["scope"] == "User.Read Mail.Read"
    assert grant(graph, principal).status_code == 409
    assert graph("PATCH", path, json={"scope": "User.Read Mail.Send"}).status_code == 204
    assert scopes() == {"User.Read", "Mail.Send"}
    assert graph("PATCH", path, json={"clientId": principal}).status_code == 400
    assert graph("DELETE", path).status_code == 204
    assert graph.get(path).status_code == 404
    assert scopes() == set()


def test_a_grant_may_be_one_users(graph: Graph) -> None:
    principal = new_principal(graph, new_app(graph)["appId"])
    user = graph.get("/users", top="1").json()["value"][0]["id"]
    assert grant(graph, principal, consentType="Principal").status_code == 400
    assert grant(graph, principal, principalId=user).status_code == 400
    assert grant(graph, principal, consentType="Principal", principalId=NOBODY).status_code == 404
    assert grant(graph, principal, consentType="Principal", principalId=user).status_code == 201
    assert grant(graph, principal).status_code == 201
    (own,) = graph.get(f"/users/{user}/oauth2PermissionGrants").json()["value"]
    assert own["principalId"] == user
    both = graph.get("/oauth2PermissionGrants", filter=f"clientId eq '{principal}'").json()["value"]
    assert len(both) == 2


@pytest.mark.parametrize(
    "change",
    [{"scope": ""}, {"scope": "Nonsense"}, {"consentType": "Everybody"}, {"scope": None}, {"nonsense": 1}],
)
def test_what_is_wrong_with_a_grant_is_a_400(graph: Graph, change: dict[str, Any]) -> None:
    principal = new_principal(graph, new_app(graph)["appId"])
    assert grant(graph, principal, **change).status_code == 400


# -- a tenant in a file -------------------------------------------------------------------------------


def test_apps_of_a_tenant_in_a_file_outlive_it_but_not_their_secrets(tmp_path: Any) -> None:
    def on(sandbox: Sandbox, web: requests.Session) -> Graph:
        web.trust_env, web.verify = False, sandbox.ca_bundle
        return Graph(sandbox, web, token_call(sandbox, web).json()["access_token"])

    file = tmp_path / "tenant.db"
    with Sandbox(users=3, store=file) as sandbox, requests.Session() as web:
        graph = on(sandbox, web)
        made = new_app(graph)
        secret = new_secret(graph, made)["secretText"]
        principal, resource = new_principal(graph, made["appId"]), graph_principal(graph)["id"]
        assign(graph, f"/servicePrincipals/{principal}/appRoleAssignments", principal, resource, USER_READ_ALL)
    assert secret.encode() not in file.read_bytes()
    with Sandbox(users=3, store=file) as sandbox, requests.Session() as web:
        graph = on(sandbox, web)
        assert graph("GET", f"/applications(appId='{made['appId']}')").status_code == 200
        assert sign_in(graph, made["appId"], secret).json()["error_codes"] == [7000215]
        again = new_secret(graph, made)["secretText"]
        assert roles(sign_in(graph, made["appId"], again)) == ["User.Read.All"]
        graph("DELETE", f"/applications/{made['id']}")
    with Sandbox(users=3, store=file) as sandbox, requests.Session() as web:
        graph = on(sandbox, web)
        for id_ in (made["id"], principal):
            assert graph("POST", f"/directory/deletedItems/{id_}/restore").status_code == 200
        again = new_secret(graph, made)["secretText"]
        assert roles(sign_in(graph, made["appId"], again)) == ["User.Read.All"]


def test_the_sandboxs_own_app_in_a_file_is_as_graph_left_it(tmp_path: Any) -> None:
    file = tmp_path / "tenant.db"
    with Sandbox(users=3, store=file) as sandbox, requests.Session() as web:
        web.trust_env, web.verify = False, sandbox.ca_bundle
        graph = Graph(sandbox, web, token_call(sandbox, web).json()["access_token"])
        own = graph("GET", f"/servicePrincipals(appId='{sandbox.client_id}')").json()["id"]
        path = f"/servicePrincipals/{own}/appRoleAssignments"
        first, *rest = graph.get(path).json()["value"]
        for each in rest:
            assert graph("DELETE", f"{path}/{each['id']}").status_code == 204
    with Sandbox(users=3, store=file) as sandbox, requests.Session() as web:
        web.trust_env, web.verify = False, sandbox.ca_bundle
        answer = token_call(sandbox, web)
        assert len(roles(answer)) == 1
        graph = Graph(sandbox, web, answer.json()["access_token"])
        assert [each["id"] for each in graph.get(path).json()["value"]] == [first["id"]]
        assert graph("DELETE", f"/servicePrincipals/{own}").status_code == 204
    with Sandbox(users=3, store=file) as sandbox, requests.Session() as web:
        web.trust_env, web.verify = False, sandbox.ca_bundle
        assert token_call(sandbox, web).json()["error_codes"] == [700016]
