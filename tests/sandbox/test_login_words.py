"""What the login host says of what it does not do, and how full its tokens and documents are."""

from __future__ import annotations

import base64
import json

import pytest
import requests
from graph_calls import signed_in, token_call

from leangraph.sandbox import Sandbox


def claims(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/{tenant}/oauth2/token"),
        ("GET", "/{tenant}/oauth2/authorize"),
        ("GET", "/common/userrealm/ada@contoso.example?api-version=1.0"),
        ("GET", "/{tenant}/adminconsent?client_id=x"),
        ("GET", "/{tenant}/oauth2/v2.0/logout"),
        ("POST", "/{tenant}/saml2"),
        ("GET", "/{tenant}/federationmetadata/2007-06/federationmetadata.xml"),
        ("GET", "/{tenant}/.well-known/openid-configuration"),
    ],
)
def test_what_is_not_done_is_said_in_the_sandboxs_own_words(
    graph_sandbox: Sandbox, web: requests.Session, method: str, path: str
) -> None:
    answer = web.request(method, graph_sandbox.url + path.format(tenant=graph_sandbox.tenant_id))

    assert answer.status_code == 501
    assert answer.json()["error"] == "sandbox_not_implemented"
    assert "AADSTS" not in answer.text


@pytest.mark.parametrize("grant", ["password", "urn:ietf:params:oauth:grant-type:saml2-bearer"])
def test_a_grant_that_entra_has_is_not_refused_in_its_words(
    graph_sandbox: Sandbox, web: requests.Session, grant: str
) -> None:
    answer = token_call(graph_sandbox, web, grant_type=grant)

    assert (answer.status_code, answer.json()["error"]) == (501, "sandbox_not_implemented")
    wrong = token_call(graph_sandbox, web, grant_type="wrong").json()
    assert wrong["error_codes"] == [70003]
    assert "error_uri" not in wrong
    assert "error_uri" in token_call(graph_sandbox, web, client_secret="x").json()


def test_tokens_say_what_recorded_ones_say(graph_sandbox: Sandbox, web: requests.Session) -> None:
    own = claims(token_call(graph_sandbox, web).json()["access_token"])
    user = claims(signed_in(graph_sandbox, web, "User.Read")[1]["access_token"])

    for found in (own, user):
        assert {"aio", "idp", "rh", "app_displayname"} <= found.keys()
        assert found["idp"] == found["iss"]
    assert (own["app_displayname"], user["app_displayname"]) == ("sandbox", "cli")


def test_a_tenant_that_is_not_there_has_a_word_of_its_own(graph_sandbox: Sandbox, web: requests.Session) -> None:
    found = web.get(f"{graph_sandbox.url}/nowhere.example/v2.0/.well-known/openid-configuration")
    assert (found.status_code, found.json()["error"], found.json()["error_codes"]) == (
        400,
        "invalid_tenant",
        [90002],
    )
    known = web.get(f"{graph_sandbox.url}/common/v2.0/.well-known/openid-configuration").json()
    assert {"cloud_graph_host_name", "rbac_url", "msgraph_host"} <= known.keys()


def test_azures_own_resource_has_tokens_that_graph_refuses(graph_sandbox: Sandbox, web: requests.Session) -> None:
    scope = "https://management.core.windows.net//.default"
    token = token_call(graph_sandbox, web, scope=scope).json()["access_token"]

    headers = {"Authorization": f"Bearer {token}"}
    assert web.get(f"{graph_sandbox.url}/v1.0/users", headers=headers).status_code == 401
