"""The sandbox's token service, asked by the unmodified ``msal``, and by hand for what MSAL never does."""

import base64
import json
import re
import threading
import time
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import LIMIT
from shares import share
from signin import certificate, claims, key, pem, pfx, public_pem

from leangraph.sandbox import Sandbox
from leangraph.sandbox.login.registry import App, FederatedCredential, Secret

GRAPH = "https://graph.microsoft.com"
DEFAULT = [f"{GRAPH}/.default"]
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-all"
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
HERE = "http://localhost:8400"
ONCE = {"exit_condition": lambda flow: True}  # MSAL's own way to poll once, without its sleep


@pytest.fixture
def sandbox(graph_sandbox: Sandbox) -> Sandbox:
    return graph_sandbox


@pytest.fixture
def post(sandbox: Sandbox, web: requests.Session) -> "Post":
    return Post(sandbox, web)


class Post:
    """A request to the token endpoint; fields that are ``None`` are left out."""

    def __init__(self, sandbox: Sandbox, web: requests.Session) -> None:
        self.sandbox = sandbox
        self.web = web

    def __call__(
        self, grant: str | None = "client_credentials", *, tenant: str = "", **form: Any
    ) -> requests.Response:
        url = f"{self.sandbox.url}/{tenant or self.sandbox.tenant_id}/oauth2/v2.0/token"
        sent = {"grant_type": grant, **form}
        return self.web.post(url, data={name: value for name, value in sent.items() if value is not None})

    def app_only(self, app: App, **form: Any) -> requests.Response:
        credential = {} if "client_assertion" in form else {"client_secret": app.client_secret}
        return self(**{"client_id": app.client_id, "scope": DEFAULT[0], **credential, **form})

    def signed(self, app: App, assertion: str, **form: Any) -> requests.Response:
        return self.app_only(app, client_assertion_type=JWT_BEARER, client_assertion=assertion, **form)


def body(response: requests.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return dict(response.json())


def refusal(response: requests.Response) -> tuple[int, str, int]:
    found = response.json()
    assert found["error_description"].startswith(f"AADSTS{found['error_codes'][0]}: ")
    return response.status_code, found["error"], found["error_codes"][0]


def confidential(
    sandbox: Sandbox, web: requests.Session, app: App, credential: Any = None, tenant: str = ""
) -> msal.ConfidentialClientApplication:
    return msal.ConfidentialClientApplication(
        app.client_id,
        client_credential=credential or app.client_secret,
        authority=f"{sandbox.url}/{tenant or sandbox.tenant_id}",
        instance_discovery=False,
        http_client=web,
    )


def public(sandbox: Sandbox, web: requests.Session, app: App, tenant: str = "") -> msal.PublicClientApplication:
    return msal.PublicClientApplication(
        app.client_id,
        authority=f"{sandbox.url}/{tenant or sandbox.tenant_id}",
        instance_discovery=False,
        http_client=web,
    )


def graph(sandbox: Sandbox, web: requests.Session, token: str, path: str = "/users?$top=1") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return web.get(f"{sandbox.url}/v1.0{path}", headers=headers).status_code


# -- keys -------------------------------------------------------------------------------------------------


def thumbprint(made: x509.Certificate, algorithm: Any) -> str:
    return base64.urlsafe_b64encode(made.fingerprint(algorithm)).decode()


def assertion(
    sandbox: Sandbox,
    app: App,
    *,
    signer: int = 0,
    named: int = 0,
    algorithm: str = "PS256",
    headers: Mapping[str, Any] | None = None,
    life: tuple[float, float] = (-10, 600),
    **changes: Any,
) -> str:
    """Return a client assertion as a certificate's owner signs it; ``changes`` with ``None`` drop claims."""
    now = sandbox.now()
    made = {
        "aud": f"{sandbox.url}/{sandbox.tenant_id}/oauth2/v2.0/token",
        "iss": app.client_id,
        "sub": app.client_id,
        "jti": "one",
        "nbf": now + life[0],
        "exp": now + life[1],
        **changes,
    }
    sent = {name: value for name, value in made.items() if value is not None}
    if headers is None:
        headers = {"x5t#S256": thumbprint(certificate(named), hashes.SHA256())}
    signing: Any = {"none": None, "HS256": "x" * 32}.get(algorithm, key(signer))
    return jwt.encode(sent, signing, algorithm, headers=dict(headers))


@pytest.fixture
def certified(sandbox: Sandbox) -> App:
    return sandbox.add_app("with a certificate", roles=["User.Read.All"], certificates=[certificate()])


# -- secrets ----------------------------------------------------------------------------------------------


def test_each_app_gets_the_roles_it_was_granted(sandbox: Sandbox, web: requests.Session) -> None:
    app = sandbox.add_app("narrow", roles=["User.Read.All", "api://elsewhere/Do.All"])
    token = confidential(sandbox, web, app).acquire_token_for_client(DEFAULT)["access_token"]
    found = claims(token)
    assert (found["appid"], found["roles"], found["idtyp"], found["ver"]) == (
        app.client_id, ["User.Read.All"], "app", "1.0",
    )  # fmt: skip
    assert "scp" not in found
    assert graph(sandbox, web, token) == 200


def test_any_of_several_secrets_will_do_until_it_expires(sandbox: Sandbox, post: Post) -> None:
    app = sandbox.add_app(secrets=["first", Secret("second", expires_at=sandbox.now() + 100)])
    third = app.add_secret()
    for secret in ("first", "second", third):
        assert post.app_only(app, client_secret=secret).status_code == 200
    sandbox.advance(101)
    assert refusal(post.app_only(app, client_secret="second")) == (401, "invalid_client", 7000222)
    assert refusal(post.app_only(app, client_secret="third")) == (401, "invalid_client", 7000215)
    assert post.app_only(app, client_secret="first").status_code == 200


def test_secrets_show_in_no_repr(sandbox: Sandbox) -> None:
    app = sandbox.add_app(secrets=["hush-hush"])
    assert "hush-hush" not in repr(app) + repr(app.secrets) + repr(sandbox._ledger.registry.apps)
    assert sandbox.client_secret not in repr(sandbox.app)


# -- certificates -----------------------------------------------------------------------------------------


def credential(kind: str, folder: Path) -> dict[str, Any]:
    """Return what MSAL takes for a certificate, in each of its spellings."""
    sha1 = certificate().fingerprint(hashes.SHA1()).hex()
    if kind == "pem":
        return {"private_key": pem(), "public_certificate": public_pem()}
    if kind == "thumbprint":
        return {"private_key": pem(), "thumbprint": sha1}
    if kind == "thumbprint and certificate":
        return {"private_key": pem(), "thumbprint": sha1, "public_certificate": public_pem()}
    file = folder / "client.pfx"
    file.write_bytes(pfx(password="pass"))
    return {
        "private_key_pfx_path": str(file),
        "passphrase": "pass",
        "public_certificate": kind == "pfx with chain",
    }


@pytest.mark.parametrize("kind", ["pem", "thumbprint", "thumbprint and certificate", "pfx", "pfx with chain"])
def test_msal_signs_in_with_a_certificate(
    sandbox: Sandbox, web: requests.Session, certified: App, tmp_path: Path, kind: str
) -> None:
    client = confidential(sandbox, web, certified, credential(kind, tmp_path))
    result = client.acquire_token_for_client(DEFAULT)
    assert claims(result["access_token"])["appidacr"] == "2"
    assert graph(sandbox, web, result["access_token"]) == 200
    sent = dict(parse_qsl(sandbox.requests[-2].body.decode()))
    assert sent["client_assertion"] == "***"


def test_msal_hears_that_its_certificate_is_not_registered(sandbox: Sandbox, web: requests.Session) -> None:
    app = sandbox.add_app(certificates=[public_pem(1)])
    result = confidential(
        sandbox, web, app, {"private_key": pem(), "public_certificate": public_pem()}
    ).acquire_token_for_client(DEFAULT)
    assert (result["error"], result["error_codes"]) == ("invalid_client", [700027])
    assert certificate().fingerprint(hashes.SHA1()).hex() not in result["error_description"]
    assert certificate().fingerprint(hashes.SHA256()).hex().upper() in result["error_description"]


@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
@pytest.mark.parametrize(("header", "by"), [("x5t", hashes.SHA1()), ("x5t#S256", hashes.SHA256())])
def test_both_algorithms_and_both_thumbprints_are_taken(
    sandbox: Sandbox, post: Post, certified: App, algorithm: str, header: str, by: Any
) -> None:
    headers = {header: thumbprint(certificate(), by)}
    sent = assertion(sandbox, certified, algorithm=algorithm, headers=headers)
    assert post.signed(certified, sent).status_code == 200


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"named": 1}, (401, "invalid_client", 700027)),
        ({"signer": 1}, (401, "invalid_client", 700027)),
        ({"algorithm": "none"}, (401, "invalid_client", 50012)),
        ({"algorithm": "HS256"}, (401, "invalid_client", 50012)),
        ({"algorithm": "RS512"}, (401, "invalid_client", 50012)),
        ({"headers": {}}, (400, "invalid_request", 50027)),
        ({"headers": {"x5t#S256": "%%%"}}, (400, "invalid_request", 50027)),
        ({"headers": {"x5t": ["a"]}}, (400, "invalid_request", 50027)),
        ({"aud": "https://login.microsoftonline.com/x/oauth2/v2.0/token"}, (401, "invalid_client", 700023)),
        ({"aud": ["a", "b"]}, (400, "invalid_request", 50027)),
        ({"aud": None}, (400, "invalid_request", 50027)),
        ({"sub": "somebody"}, (401, "invalid_client", 50048)),
        ({"iss": "00000000-0000-0000-0000-000000000000"}, (401, "invalid_client", 700021)),
        ({"iss": "https://ci.example"}, (401, "invalid_client", 700211)),
        ({"iss": None}, (400, "invalid_request", 50027)),
        ({"jti": None}, (400, "invalid_request", 50027)),
        ({"exp": None}, (400, "invalid_request", 50027)),
        ({"exp": "tomorrow"}, (400, "invalid_request", 50027)),
        ({"exp": True}, (400, "invalid_request", 50027)),
        ({"exp": 1e300}, (400, "invalid_request", 50027)),
        ({"exp": float("nan")}, (400, "invalid_request", 50027)),
        ({"nbf": -1}, (400, "invalid_request", 50027)),
        ({"life": (-1000, -400)}, (401, "invalid_client", 700024)),
        ({"life": (400, 1000)}, (401, "invalid_client", 700024)),
    ],
)
def test_a_wrong_assertion_is_refused_for_what_is_wrong_with_it(
    sandbox: Sandbox, post: Post, certified: App, changes: dict[str, Any], found: tuple[int, str, int]
) -> None:
    assert post.signed(certified, assertion(sandbox, certified)).status_code == 200
    assert refusal(post.signed(certified, assertion(sandbox, certified, **changes))) == found


@pytest.mark.parametrize("life", [(-1000, -200), (200, 1000)])
def test_two_clocks_may_differ_by_five_minutes(
    sandbox: Sandbox, post: Post, certified: App, life: tuple[float, float]
) -> None:
    assert post.signed(certified, assertion(sandbox, certified, life=life)).status_code == 200


def test_nbf_may_be_left_out_as_msal_does(sandbox: Sandbox, post: Post, certified: App) -> None:
    assert post.signed(certified, assertion(sandbox, certified, nbf=None)).status_code == 200


@pytest.mark.parametrize(
    ("text", "number"),
    [("a.b.c", 50027), ("", 7000218), ("x", 50027), ("e30.e30.e30", 50027), ("W10.W10.x", 50027), ("....", 50027)],
)
def test_what_is_no_jwt_is_no_assertion(
    sandbox: Sandbox, post: Post, certified: App, text: str, number: int
) -> None:
    assert post.signed(certified, text).json()["error_codes"] == [number]


def test_an_assertion_must_say_what_it_is(sandbox: Sandbox, post: Post, certified: App) -> None:
    sent = assertion(sandbox, certified)
    missing = post.app_only(certified, client_assertion=sent)
    assert refusal(missing) == (400, "invalid_request", 900144)
    saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
    wrong = post.app_only(certified, client_assertion=sent, client_assertion_type=saml)
    assert refusal(wrong) == (400, "invalid_request", 90100)


def test_an_assertion_is_for_one_tenant_under_any_of_its_names(
    sandbox: Sandbox, post: Post, certified: App
) -> None:
    by_name = f"{sandbox.url}/contoso.example/oauth2/v2.0/token"
    assert post.signed(certified, assertion(sandbox, certified, aud=by_name)).status_code == 200
    certified.multi_tenant = True
    other = sandbox.add_tenant("fabrikam.example")
    certified.consent(other)
    assert refusal(post.signed(certified, assertion(sandbox, certified), tenant=other.id))[2] == 700023


def test_a_certificate_ends_with_its_own_time(sandbox: Sandbox, post: Post, certified: App) -> None:
    sandbox.advance(99 * 86400)
    assert post.signed(certified, assertion(sandbox, certified)).status_code == 200
    sandbox.advance(2 * 86400)
    refused = post.signed(certified, assertion(sandbox, certified))
    assert refusal(refused) == (401, "invalid_client", 700027)
    assert "The key used is expired." in refused.json()["error_description"]


def test_an_elliptic_certificate_cannot_be_registered(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="RSA"):
        sandbox.add_app(certificates=[certificate(-1)])


# -- federated credentials --------------------------------------------------------------------------------


def test_msal_signs_in_with_another_issuers_token(sandbox: Sandbox, web: requests.Session) -> None:
    app = sandbox.add_app(roles=["User.Read.All"], federated=[FederatedCredential("repo:contoso/app:main")])
    made = {"client_assertion": lambda: sandbox.federated_token("repo:contoso/app:main")}
    token = confidential(sandbox, web, app, made).acquire_token_for_client(DEFAULT)["access_token"]
    assert claims(token)["roles"] == ["User.Read.All"]
    assert graph(sandbox, web, token) == 200


@pytest.mark.parametrize(
    ("subject", "more", "found"),
    [
        ("job", {}, None),
        ("JOB", {}, (401, "invalid_client", 700213)),
        ("other", {}, (401, "invalid_client", 700213)),
        ("job", {"audience": "api://else"}, (401, "invalid_client", 700212)),
        ("job", {"lifetime": -400}, (401, "invalid_client", 700024)),
        ("job", {"lifetime": -200}, None),
    ],
)
def test_issuer_subject_and_audience_must_be_exactly_those_on_record(
    sandbox: Sandbox, post: Post, subject: str, more: dict[str, Any], found: tuple[int, str, int] | None
) -> None:
    app = sandbox.add_app(federated=[FederatedCredential("job")])
    response = post.signed(app, sandbox.federated_token(subject, **more))
    assert (refusal(response) if found else response.status_code) == (found or 200)


def test_the_record_of_a_foreign_issuer_has_its_key(sandbox: Sandbox, post: Post) -> None:
    numbers = key().public_key().public_numbers()
    jwk = {
        "kty": "RSA",
        "n": base64.urlsafe_b64encode(numbers.n.to_bytes(256, "big")).rstrip(b"=").decode(),
        "e": "AQAB",
    }
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    as_pem = key().public_key().public_bytes(serialization.Encoding.PEM, spki)
    issuer = "https://ci.example"
    for form in (jwk, {"keys": [jwk]}, as_pem, as_pem.decode(), key().public_key()):
        app = sandbox.add_app(federated=[FederatedCredential("job", issuer, key=form)])
        said = {"iss": issuer, "sub": "job", "aud": "api://AzureADTokenExchange"}
        assert post.signed(app, assertion(sandbox, app, algorithm="RS256", headers={}, **said)).status_code == 200
        forged = assertion(sandbox, app, algorithm="RS256", headers={}, signer=1, **said)
        assert refusal(post.signed(app, forged)) == (401, "invalid_client", 50013)
        assert refusal(post.signed(app, assertion(sandbox, app, headers={}, **said)))[2] == 50012


def test_the_sandboxs_own_issuer_can_be_looked_up(sandbox: Sandbox, web: requests.Session) -> None:
    found = web.get(f"{sandbox.federated_issuer}/.well-known/openid-configuration").json()
    keys = web.get(found["jwks_uri"]).json()["keys"]
    token = sandbox.federated_token("job")
    said = jwt.decode(token, jwt.PyJWK(keys[0]).key, ["RS256"], audience="api://AzureADTokenExchange")
    assert (said["iss"], said["sub"]) == (sandbox.federated_issuer, "job") == (found["issuer"], "job")


# -- tenants and apps -------------------------------------------------------------------------------------


def test_an_app_is_unknown_where_nobody_consented_to_it(sandbox: Sandbox, post: Post) -> None:
    other = sandbox.add_tenant("fabrikam.example")
    app = sandbox.add_app("wide", roles=["User.Read.All"], multi_tenant=True)
    refused = post.app_only(app, tenant="fabrikam.example")
    assert refusal(refused) == (400, "unauthorized_client", 700016)
    assert "fabrikam.example" in refused.json()["error_description"]

    app.consent(other, roles=["Group.Read.All"])

    tokens = [body(post.app_only(app, tenant=name))["access_token"] for name in (sandbox.tenant_id, other.id)]
    ours, theirs = map(claims, tokens)
    assert (ours["tid"], ours["roles"]) == (sandbox.tenant_id, ["User.Read.All"])
    assert (theirs["tid"], theirs["roles"]) == (other.id, ["Group.Read.All"])
    assert ours["oid"] != theirs["oid"]


def test_a_single_tenant_app_stays_in_its_tenant(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="multi_tenant"):
        sandbox.add_app().consent(sandbox.add_tenant("fabrikam.example"))


@pytest.mark.parametrize("name", ["contoso.example", "CONTOSO.example", "common"])
def test_a_tenant_has_a_name_of_its_own(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(ValueError, match="already"):
        sandbox.add_tenant(name)


def test_a_disabled_app_is_refused(sandbox: Sandbox, post: Post) -> None:
    app = sandbox.add_app()
    app.consents[sandbox.tenant_id].enabled = False
    assert refusal(post.app_only(app)) == (400, "unauthorized_client", 7000112)


@pytest.mark.parametrize(
    ("tenant", "multi_tenant", "number"),
    [
        ("common", False, 50194),
        ("organizations", False, 50194),
        ("consumers", True, 9002332),
        ("nowhere", True, 90002),
    ],
)
def test_users_of_any_tenant_sign_in_to_a_multi_tenant_app_only(
    sandbox: Sandbox, web: requests.Session, tenant: str, multi_tenant: bool, number: int
) -> None:
    app = sandbox.add_app(public=True, multi_tenant=multi_tenant)
    url = f"{sandbox.url}/{tenant}/oauth2/v2.0/devicecode"
    assert refusal(web.post(url, data={"client_id": app.client_id, "scope": "User.Read"}))[2] == number


@pytest.mark.parametrize("tenant", ["common", "organizations"])
def test_common_leads_a_user_home(sandbox: Sandbox, web: requests.Session, tenant: str) -> None:
    sandbox.device_code_interval = 0
    app = sandbox.add_app(public=True, multi_tenant=True)
    client = public(sandbox, web, app, tenant)
    result = client.acquire_token_by_device_flow(client.initiate_device_flow(["User.Read"]))
    assert claims(result["access_token"])["tid"] == sandbox.tenant_id


def test_a_user_of_an_added_tenant_signs_in_there(sandbox: Sandbox, web: requests.Session) -> None:
    sandbox.device_code_interval = 0
    other = sandbox.add_tenant("fabrikam.example")
    app = sandbox.add_app(public=True, tenant=other)
    client = public(sandbox, web, app, "fabrikam.example")
    result = client.acquire_token_by_device_flow(client.initiate_device_flow(["User.Read"]))
    assert other.user is not None
    assert result["id_token_claims"]["preferred_username"] == other.user["userPrincipalName"]
    assert other.user["userPrincipalName"].endswith("@fabrikam.example")
    assert result["id_token_claims"]["tid"] == other.id


def test_reset_forgets_apps_tenants_and_tempers(sandbox: Sandbox, web: requests.Session, post: Post) -> None:
    app = sandbox.add_app()
    sandbox.add_tenant("fabrikam.example")
    sandbox.app.secrets.clear()
    sandbox.app.consents.clear()
    sandbox.user = None
    sandbox.managed_identities.clear()
    sandbox.device_code, sandbox.device_code_interval = "decline", 0
    sandbox.authorize, sandbox.rotate_refresh_tokens = "decline", "strict"
    sandbox.oauth2.expires_in, sandbox.oauth2.scopes = None, ()

    sandbox.reset()

    assert refusal(post.app_only(app))[2] == 700016
    assert web.get(f"{sandbox.url}/fabrikam.example/v2.0/.well-known/openid-configuration").status_code == 400
    assert post.app_only(sandbox.app).status_code == 200
    assert sandbox.app.client_id == sandbox.client_id
    assert sandbox.user is not None
    assert sandbox.user["userPrincipalName"] == "ada.lovelace@contoso.example"
    assert len(sandbox.managed_identities) == 1
    assert (sandbox.device_code, sandbox.device_code_interval) == ("approve", 5)
    assert (sandbox.authorize, sandbox.rotate_refresh_tokens) == ("approve", "lenient")
    assert (sandbox.oauth2.expires_in, sandbox.oauth2.scopes) == (3600, ("read", "write"))


def test_a_misspelt_behaviour_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="approve, decline, expire, pending"):
        sandbox.device_code = "reject"


# -- device code ------------------------------------------------------------------------------------------


@pytest.fixture
def device(sandbox: Sandbox) -> App:
    return sandbox.add_app("a device", public=True, scopes=["User.Read", "User.Read.All"])


class Device:
    """A device that polls for its user."""

    def __init__(self, post: Post, app: App, scope: str = "User.Read openid offline_access") -> None:
        url = f"{post.sandbox.url}/{post.sandbox.tenant_id}/oauth2/v2.0/devicecode"
        self.post = post
        self.app = app
        self.said = body(post.web.post(url, data={"client_id": app.client_id, "scope": scope}))

    def poll(self, after: float = 0, **form: Any) -> requests.Response:
        self.post.sandbox.advance(after)
        form = {"client_id": self.app.client_id, "device_code": self.said["device_code"], **form}
        return self.post(DEVICE_CODE, **form)


def test_msal_signs_in_with_a_device_code(sandbox: Sandbox, web: requests.Session, device: App) -> None:
    sandbox.device_code_interval = 0
    client = public(sandbox, web, device)
    flow = client.initiate_device_flow(["User.Read.All"])
    assert flow["user_code"] in flow["message"]
    assert flow["verification_uri"] in flow["message"]
    assert web.get(flow["verification_uri"]).status_code == 200

    flow["interval"] = 1  # MSAL looks at the exit condition only while it waits
    pending = client.acquire_token_by_device_flow(flow, **ONCE)
    assert pending["error"] == "authorization_pending"
    result = client.acquire_token_by_device_flow(flow)

    assert claims(result["access_token"])["scp"] == "User.Read.All"
    assert graph(sandbox, web, result["access_token"]) == 200
    (account,) = client.get_accounts()
    assert account["username"] == "ada.lovelace@contoso.example"
    assert client.acquire_token_silent(["User.Read.All"], account)["access_token"] == result["access_token"]


def test_a_device_that_polls_too_fast_must_slow_down(post: Post, device: App) -> None:
    asking = Device(post, device)
    assert (asking.said["interval"], asking.said["expires_in"]) == (5, 900)
    assert refusal(asking.poll()) == (400, "authorization_pending", 70016)
    assert refusal(asking.poll(4))[1] == "slow_down"
    assert refusal(asking.poll(6))[1] == "slow_down"  # the interval has grown to 10
    assert body(asking.poll(15))["access_token"]


def test_a_device_at_the_right_pace_is_let_in(post: Post, device: App) -> None:
    asking = Device(post, device)
    assert refusal(asking.poll())[1] == "authorization_pending"
    found = body(asking.poll(5))
    assert found["scope"] == "User.Read openid"
    assert found.keys() >= {"access_token", "refresh_token", "id_token"}
    assert "client_info" not in found
    assert refusal(asking.poll(5)) == (400, "invalid_grant", 54005)


@pytest.mark.parametrize(
    ("behaviour", "found"),
    [
        ("decline", (400, "authorization_declined", 65004)),
        ("expire", (400, "expired_token", 70020)),
        ("pending", (400, "authorization_pending", 70016)),
    ],
)
def test_the_user_may_do_something_else(
    sandbox: Sandbox, post: Post, device: App, behaviour: str, found: tuple[int, str, int]
) -> None:
    sandbox.device_code = behaviour
    asking = Device(post, device)
    assert refusal(asking.poll()) == found
    assert refusal(asking.poll(5)) == found
    sandbox.device_code = "approve"
    if behaviour == "pending":
        assert body(asking.poll(5))["access_token"]
    else:  # that code is done with
        assert refusal(asking.poll(5)) == found


def test_a_device_code_lives_fifteen_minutes(post: Post, device: App) -> None:
    early, late = Device(post, device), Device(post, device)
    assert refusal(early.poll(870))[1] == "authorization_pending"
    assert body(early.poll(20))["access_token"]
    assert refusal(late.poll(20)) == (400, "expired_token", 70020)


def test_a_device_code_belongs_to_its_app(sandbox: Sandbox, post: Post, device: App) -> None:
    asking = Device(post, device)
    other = sandbox.add_app(public=True)
    assert refusal(asking.poll(client_id=other.client_id)) == (400, "bad_verification_code", 70018)
    assert refusal(asking.poll(device_code="x"))[2] == 70018
    assert refusal(asking.poll(device_code=None))[2] == 900144


def test_an_app_that_keeps_secrets_must_send_one(sandbox: Sandbox, post: Post) -> None:
    app = sandbox.add_app()
    asking = Device(post, app)
    assert refusal(asking.poll()) == (401, "invalid_client", 7000218)
    assert refusal(asking.poll(client_secret="wrong"))[2] == 7000215
    assert refusal(asking.poll(client_secret=app.client_secret))[2] == 70016


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ({"client_id": "x", "scope": "User.Read"}, 700016),
        ({"scope": "User.Read"}, 900144),
        ({"client_id": None}, 900144),
        ({"client_id": None, "scope": " "}, 28003),
        ({"client_id": None, "scope": "https://nobody.example/Read"}, 500011),
    ],
)
def test_a_device_must_ask_properly(
    sandbox: Sandbox, web: requests.Session, device: App, form: dict[str, Any], number: int
) -> None:
    url = f"{sandbox.url}/{sandbox.tenant_id}/oauth2/v2.0/devicecode"
    if form.get("client_id", "") is None:
        form = {**form, "client_id": device.client_id}
    assert refusal(web.post(url, data=form))[2] == number
    assert refusal(web.get(url)) == (400, "invalid_request", 900561)


# -- what is asked for ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "scp", "echo"),
    [
        ("User.Read", "User.Read", "User.Read"),
        ("user.read", "User.Read", "user.read"),
        (f"{GRAPH}/User.Read User.Read.All", "User.Read User.Read.All", f"{GRAPH}/User.Read User.Read.All"),
        (".default", "User.Read User.Read.All", f"{GRAPH}/User.Read {GRAPH}/User.Read.All .default"),
        (
            f"{GRAPH}/.default openid",
            "User.Read User.Read.All",
            f"{GRAPH}/User.Read {GRAPH}/User.Read.All {GRAPH}/.default openid",
        ),
        ("openid profile", "", "openid profile"),
    ],
)
def test_a_user_token_has_the_scopes_that_were_asked_for(
    post: Post, device: App, scope: str, scp: str, echo: str
) -> None:
    asking = Device(post, device, scope)
    asking.poll()
    found = body(asking.poll(5))
    said = claims(found["access_token"])
    assert (said["scp"], found["scope"], said["idtyp"], said["aud"]) == (scp, echo, "user", GRAPH)
    assert said["upn"] == "ada.lovelace@contoso.example"
    assert "roles" not in said
    assert "refresh_token" not in found
    assert ("id_token" in found) == ("openid" in scope)


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ("Mail.Read", (400, "invalid_grant", 65001)),
        ("User.Read Mail.Read", (400, "invalid_grant", 65001)),
        ("https://vault.azure.net/user_impersonation", (400, "invalid_grant", 65001)),
        ("https://vault.azure.net/.default", (400, "invalid_grant", 65001)),
        ("User.Read https://vault.azure.net/user_impersonation", (400, "invalid_scope", 28000)),
        ("User.Read .default", (400, "invalid_scope", 70011)),
    ],
)
def test_what_nobody_consented_to_is_refused(
    post: Post, device: App, scope: str, found: tuple[int, str, int]
) -> None:
    asking = Device(post, device, scope)
    asking.poll()
    refused = asking.poll(5)
    assert refusal(refused) == found
    assert refused.json().get("suberror") == ("consent_required" if found[2] == 65001 else None)


def test_nobody_signs_in_where_nobody_is(sandbox: Sandbox, post: Post, device: App) -> None:
    sandbox.user = None
    asking = Device(post, device)
    asking.poll()
    assert refusal(asking.poll(5)) == (400, "invalid_grant", 50034)


def test_another_user_may_sign_in(sandbox: Sandbox, post: Post, device: App) -> None:
    sandbox.user = sandbox.add_user(displayName="Somebody Else")
    asking = Device(post, device)
    asking.poll()
    said = claims(body(asking.poll(5))["id_token"])
    assert (said["name"], said["oid"]) == ("Somebody Else", sandbox.user["id"])


def test_a_user_may_be_named(sandbox: Sandbox, web: requests.Session, post: Post, desktop: App) -> None:
    sandbox.user = "SIOBHAN.o'brien@contoso.example"
    code = back(ask(sandbox, web, desktop))["code"]
    assert claims(body(redeem(post, desktop, code))["id_token"])["name"] == "Siobhán O'Brien"
    code = back(ask(sandbox, web, desktop, login_hint="zoe.astrom@contoso.example"))["code"]
    assert claims(body(redeem(post, desktop, code))["id_token"])["name"] == "Zoë Åström"
    assert (
        "AADSTS50034" in back(ask(sandbox, web, desktop, login_hint="nobody@contoso.example"))["error_description"]
    )
    with pytest.raises(ValueError, match="no user"):
        sandbox.user = "nobody@contoso.example"


# -- authorization code -----------------------------------------------------------------------------------


class Form(HTMLParser):
    """The hidden fields of a page, and where its form goes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.action = found["action"] or ""
        elif tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"] or ""] = found["value"] or ""


class Robot:
    """A browser without a screen: it follows the sign-in page and submits the form it finds."""

    def __init__(self, web: requests.Session) -> None:
        self._web = web

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        threading.Thread(target=self._browse, args=(url,)).start()
        return True

    def _browse(self, url: str) -> None:
        form = Form(self._web.get(url).text)
        with requests.Session() as session:
            session.trust_env = False
            session.post(form.action, data=form.fields)


@pytest.fixture
def desktop(sandbox: Sandbox) -> App:
    return sandbox.add_app("desktop", public=True, redirect_uris=["http://localhost"])


@pytest.fixture
def site(sandbox: Sandbox) -> App:
    return sandbox.add_app("site", redirect_uris=["https://site.example/back"])


def ask(sandbox: Sandbox, web: requests.Session, app: App, tenant: str = "", **changes: Any) -> requests.Response:
    query = {
        "client_id": app.client_id,
        "response_type": "code",
        "redirect_uri": HERE,
        "scope": "openid offline_access User.Read",
        "state": "a state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    sent = {name: value for name, value in query.items() if value is not None}
    url = f"{sandbox.url}/{tenant or sandbox.tenant_id}/oauth2/v2.0/authorize"
    return web.get(url, params=sent, allow_redirects=False)


def back(response: requests.Response) -> dict[str, str]:
    """Return what a redirect brings back in its query."""
    assert response.status_code == 302, response.text
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


def redeem(post: Post, app: App, code: str, **changes: Any) -> requests.Response:
    form = {
        "client_id": app.client_id,
        "code": code,
        "redirect_uri": HERE,
        "code_verifier": VERIFIER,
        "scope": "openid offline_access User.Read",
        **changes,
    }
    return post("authorization_code", **form)


def test_msal_signs_in_with_a_browser(
    sandbox: Sandbox, web: requests.Session, desktop: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", "robot")  # else MSAL looks for Edge
    monkeypatch.setattr(webbrowser, "open", Robot(web).open)
    result = public(sandbox, web, desktop).acquire_token_interactive(["User.Read"], timeout=60)
    assert result["id_token_claims"]["preferred_username"] == "ada.lovelace@contoso.example"
    assert graph(sandbox, web, result["access_token"]) == 200


@pytest.mark.parametrize("kind", ["public", "confidential"])
def test_msal_redeems_a_code_that_came_by_a_form(
    sandbox: Sandbox, web: requests.Session, desktop: App, site: App, kind: str
) -> None:
    if kind == "public":
        client, redirect_uri = public(sandbox, web, desktop), HERE
    else:
        client, redirect_uri = confidential(sandbox, web, site), "https://site.example/back"
    flow = client.initiate_auth_code_flow(["User.Read"], redirect_uri=redirect_uri, response_mode="form_post")
    form = Form(web.get(flow["auth_uri"]).text)
    assert form.action == redirect_uri
    result = client.acquire_token_by_auth_code_flow(flow, form.fields)
    assert claims(result["access_token"])["scp"] == "User.Read"
    assert claims(result["access_token"])["appidacr"] == ("0" if kind == "public" else "1")
    assert result["id_token_claims"]["oid"] == sandbox.user["id"] if sandbox.user else False
    assert graph(sandbox, web, result["access_token"]) == 200


def test_msal_hears_that_the_user_declined(sandbox: Sandbox, web: requests.Session, desktop: App) -> None:
    sandbox.authorize = "decline"
    client = public(sandbox, web, desktop)
    flow = client.initiate_auth_code_flow(["User.Read"], redirect_uri=HERE, response_mode="form_post")
    result = client.acquire_token_by_auth_code_flow(flow, Form(web.get(flow["auth_uri"]).text).fields)
    assert result["error"] == "access_denied"
    assert "AADSTS65004" in result["error_description"]


def test_the_id_token_is_signed_and_carries_the_nonce(
    sandbox: Sandbox, web: requests.Session, post: Post, desktop: App
) -> None:
    code = back(ask(sandbox, web, desktop, nonce="once"))["code"]
    found = body(redeem(post, desktop, code, client_info="1"))
    keys = web.get(f"{sandbox.url}/{sandbox.tenant_id}/discovery/v2.0/keys").json()["keys"]
    said = jwt.decode(found["id_token"], jwt.PyJWK(keys[0]).key, ["RS256"], audience=desktop.client_id)
    assert sandbox.user is not None
    assert said["iss"] == f"{sandbox.url}/{sandbox.tenant_id}/v2.0"
    assert (said["nonce"], said["oid"], said["tid"]) == ("once", sandbox.user["id"], sandbox.tenant_id)
    assert said["preferred_username"] == sandbox.user["userPrincipalName"]
    padded = found["client_info"] + "=" * (-len(found["client_info"]) % 4)
    info = json.loads(base64.urlsafe_b64decode(padded))
    assert info == {"uid": sandbox.user["id"], "utid": sandbox.tenant_id}


def test_the_answer_comes_back_as_it_was_asked_for(sandbox: Sandbox, web: requests.Session, desktop: App) -> None:
    by_query = ask(sandbox, web, desktop)
    assert by_query.headers["Location"].startswith(f"{HERE}?code=")
    assert back(by_query)["state"] == "a state"
    by_fragment = ask(sandbox, web, desktop, response_mode="fragment").headers["Location"]
    assert dict(parse_qsl(urlsplit(by_fragment).fragment))["state"] == "a state"
    hostile = '"><script>alert(1)</script>'
    page = ask(sandbox, web, desktop, response_mode="form_post", state=hostile)
    assert (page.status_code, Form(page.text).fields["state"]) == (200, hostile)
    assert hostile not in page.text
    assert ".submit()" in page.text


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"code_verifier": VERIFIER[::-1]}, 501481),
        ({"code_verifier": CHALLENGE}, 501481),
        ({"code_verifier": None}, 50148),
        ({"code_verifier": ""}, 50148),
        ({"redirect_uri": "http://localhost:8401"}, 500112),
        ({"redirect_uri": None}, 900144),
        ({"code": "x"}, 9002313),
        ({"code": None}, 900144),
        ({"scope": "Mail.Read"}, 65001),
    ],
)
def test_a_code_is_redeemed_by_whom_it_was_made_for(
    sandbox: Sandbox, web: requests.Session, post: Post, desktop: App, changes: dict[str, Any], number: int
) -> None:
    code = back(ask(sandbox, web, desktop))["code"]
    assert refusal(redeem(post, desktop, **{"code": code, **changes}))[2] == number


def test_a_code_belongs_to_its_app_and_tenant(
    sandbox: Sandbox, web: requests.Session, post: Post, desktop: App
) -> None:
    code = back(ask(sandbox, web, desktop))["code"]
    other = sandbox.add_app(public=True, redirect_uris=["http://localhost"])
    assert refusal(redeem(post, other, code)) == (400, "invalid_grant", 9002313)
    assert body(redeem(post, desktop, code))["access_token"]


def test_the_challenge_may_be_plain_or_absent(
    sandbox: Sandbox, web: requests.Session, post: Post, desktop: App
) -> None:
    for method in ("plain", None):
        code = back(ask(sandbox, web, desktop, code_challenge=VERIFIER, code_challenge_method=method))["code"]
        assert refusal(redeem(post, desktop, code, code_verifier=VERIFIER[::-1]))[2] == 501481
        assert redeem(post, desktop, code).status_code == 200
    code = back(ask(sandbox, web, desktop, code_challenge=None, code_challenge_method=None))["code"]
    assert redeem(post, desktop, code, code_verifier=None).status_code == 200


def test_a_code_works_once(sandbox: Sandbox, web: requests.Session, post: Post, desktop: App) -> None:
    code = back(ask(sandbox, web, desktop))["code"]
    assert redeem(post, desktop, code).status_code == 200
    assert refusal(redeem(post, desktop, code)) == (400, "invalid_grant", 54005)


@pytest.mark.parametrize(("seconds", "status"), [(590, 200), (610, 400)])
def test_a_code_lives_ten_minutes(
    sandbox: Sandbox, web: requests.Session, post: Post, desktop: App, seconds: float, status: int
) -> None:
    code = back(ask(sandbox, web, desktop))["code"]
    sandbox.advance(seconds)
    found = redeem(post, desktop, code)
    assert found.status_code == status
    assert status == 200 or refusal(found) == (400, "invalid_grant", 70008)


def test_a_site_must_prove_itself_and_a_desktop_must_not(
    sandbox: Sandbox, web: requests.Session, post: Post, desktop: App, site: App
) -> None:
    code = back(ask(sandbox, web, desktop))["code"]
    assert refusal(redeem(post, desktop, code, client_secret="x")) == (401, "invalid_client", 700025)
    code = back(ask(sandbox, web, site, redirect_uri=None))["code"]
    there = {"redirect_uri": "https://site.example/back"}
    assert refusal(redeem(post, site, code, **there))[2] == 7000218
    assert refusal(redeem(post, site, code, client_secret="x", **there))[2] == 7000215
    assert redeem(post, site, code, client_secret=site.client_secret, **there).status_code == 200


@pytest.mark.parametrize(
    ("registered", "asked", "taken"),
    [
        ("http://localhost", "http://localhost", True),
        ("http://localhost", "http://localhost:1", True),
        ("http://localhost", "http://localhost:65535/", True),
        ("http://localhost:3000/back", "http://localhost:4000/back", True),
        ("http://127.0.0.1/back", "http://127.0.0.1:4000/back", True),
        ("https://site.example/back", "https://site.example/back", True),
        ("myapp://auth", "myapp://auth", True),
        ("http://localhost", "http://localhost:1/other", False),
        ("http://localhost", "http://127.0.0.1:1", False),
        ("http://localhost", "https://localhost:1", False),
        ("http://localhost", "http://localhost:99999", False),
        ("http://localhost", "http://localhost:1/?a=b", False),
        ("http://localhost", "http://me@localhost:1", False),
        ("http://localhost", "http://localhost:1@evil.example", False),
        ("http://localhost", "http://localhost:1\r\nSet-Cookie: a=b", False),
        ("http://localhost", "http://local\thost:1", False),
        ("http://localhost", "http://localhost.evil.example", False),
        ("https://site.example/back", "https://site.example/back/", False),
        ("https://site.example/back", "https://site.example:444/back", False),
        ("https://site.example/back", "HTTPS://site.example/back", False),
    ],
)
def test_nothing_goes_to_an_address_that_nobody_registered(
    sandbox: Sandbox, web: requests.Session, registered: str, asked: str, taken: bool
) -> None:
    app = sandbox.add_app(public=True, redirect_uris=[registered])
    answer = ask(sandbox, web, app, redirect_uri=asked)
    if taken:
        assert answer.headers["Location"].startswith(f"{asked}?code=")
    else:
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
        assert "AADSTS50011" in answer.text
        assert not {"Location", "Set-Cookie"} & set(answer.headers)


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"client_id": "x"}, 700016),
        ({"client_id": None}, 900144),
        ({"redirect_uri": None}, None),
        ({"response_mode": "carrier_pigeon"}, 70007),
    ],
)
def test_before_the_address_is_known_to_be_good_the_user_reads_of_errors(
    sandbox: Sandbox, web: requests.Session, desktop: App, changes: dict[str, Any], number: int | None
) -> None:
    answer = ask(sandbox, web, desktop, **changes)
    if number is None:
        assert answer.headers["Location"].startswith("http://localhost?code=")
    else:
        assert (answer.status_code, "Location" in answer.headers) == (400, False)
        assert f"AADSTS{number}" in answer.text


def test_an_app_with_several_addresses_must_name_one(sandbox: Sandbox, web: requests.Session) -> None:
    app = sandbox.add_app(redirect_uris=["https://a.example", "https://b.example"])
    assert "AADSTS900971" in ask(sandbox, web, app, redirect_uri=None).text
    assert "AADSTS50194" in ask(sandbox, web, app, "common", redirect_uri="https://a.example").text


@pytest.mark.parametrize(
    ("changes", "error", "number"),
    [
        ({"response_type": "token"}, "unsupported_response_type", 700054),
        ({"response_type": "code id_token"}, "unsupported_response_type", 700054),
        ({"response_type": None}, "invalid_request", 900144),
        ({"scope": None}, "invalid_request", 900144),
        ({"scope": ""}, "invalid_scope", 28003),
        ({"scope": "Mail.Read"}, "interaction_required", 65001),
        ({"scope": "https://nobody.example/Read"}, "invalid_resource", 500011),
        ({"code_challenge_method": "S512"}, "invalid_request", 50149),
        ({"code_challenge": "short"}, "invalid_request", 50147),
        ({"code_challenge": None}, "invalid_request", 50147),
    ],
)
def test_other_errors_go_back_to_the_app_with_its_state(
    sandbox: Sandbox, web: requests.Session, desktop: App, changes: dict[str, Any], error: str, number: int
) -> None:
    found = back(ask(sandbox, web, desktop, **changes))
    assert (found["error"], found["state"]) == (error, "a state")
    assert found["error_description"].startswith(f"AADSTS{number}: ")
    assert "code" not in found


def test_one_sign_in_may_lead_to_several_resources(sandbox: Sandbox, web: requests.Session, post: Post) -> None:
    vault = "https://vault.azure.net/user_impersonation"
    app = sandbox.add_app(public=True, redirect_uris=["http://localhost"], scopes=["User.Read", vault])
    code = back(ask(sandbox, web, app, scope=f"User.Read {vault} offline_access"))["code"]
    assert refusal(redeem(post, app, code, scope=None))[2] == 28000
    code = back(ask(sandbox, web, app, scope=f"User.Read {vault} offline_access"))["code"]
    first = body(redeem(post, app, code, scope="User.Read"))
    form = {"client_id": app.client_id, "refresh_token": first["refresh_token"], "scope": vault}
    assert claims(body(post("refresh_token", **form))["access_token"])["aud"] == "https://vault.azure.net"


# -- refresh tokens ---------------------------------------------------------------------------------------


class Signed:
    """An app with a user signed in."""

    def __init__(self, sandbox: Sandbox, post: Post, claims: str | None = None) -> None:
        self.app = sandbox.add_app(public=True)
        self.post = post
        asking = Device(post, self.app)
        asking.poll()
        self.answer = body(asking.poll(5, claims=claims))

    def refresh(self, token: str, **form: Any) -> requests.Response:
        return self.post("refresh_token", **{"client_id": self.app.client_id, "refresh_token": token, **form})


@pytest.fixture
def signed(sandbox: Sandbox, post: Post) -> Signed:
    return Signed(sandbox, post)


def test_msal_refreshes_silently(sandbox: Sandbox, web: requests.Session, device: App) -> None:
    sandbox.device_code_interval = 0
    client = public(sandbox, web, device)
    first = client.acquire_token_by_device_flow(client.initiate_device_flow(["User.Read"]))
    (account,) = client.get_accounts()
    again = client.acquire_token_silent(["User.Read"], account, force_refresh=True)
    assert again["access_token"] != first["access_token"]
    other = client.acquire_token_silent(["User.Read.All"], account)  # another scope: the refresh token again
    assert claims(other["access_token"])["scp"] == "User.Read.All"
    moved = public(sandbox, web, device).acquire_token_by_refresh_token(first["refresh_token"], ["User.Read"])
    assert graph(sandbox, web, moved["access_token"]) == 200


def test_a_refresh_token_works_again_as_entra_lets_it(signed: Signed) -> None:
    old = signed.answer["refresh_token"]
    new = body(signed.refresh(old))["refresh_token"]
    assert new != old
    assert signed.refresh(old).status_code == signed.refresh(new).status_code == 200


def test_with_strict_rotation_a_second_use_ends_everything(sandbox: Sandbox, signed: Signed) -> None:
    sandbox.rotate_refresh_tokens = "strict"
    old = signed.answer["refresh_token"]
    new = body(signed.refresh(old))["refresh_token"]
    newer = body(signed.refresh(new))["refresh_token"]
    assert refusal(signed.refresh(old)) == (400, "invalid_grant", 70000)
    assert refusal(signed.refresh(newer)) == (400, "invalid_grant", 70000)


@pytest.mark.parametrize(("days", "status"), [(89, 200), (91, 400)])
def test_a_refresh_token_idle_for_ninety_days_is_dead(
    sandbox: Sandbox, signed: Signed, days: int, status: int
) -> None:
    sandbox.advance(days * 86400)
    found = signed.refresh(signed.answer["refresh_token"])
    assert found.status_code == status
    assert status == 200 or refusal(found) == (400, "invalid_grant", 700082)


def test_use_keeps_a_sign_in_alive(sandbox: Sandbox, signed: Signed) -> None:
    token = signed.answer["refresh_token"]
    for _ in range(3):
        sandbox.advance(60 * 86400)
        token = body(signed.refresh(token))["refresh_token"]


def test_a_refresh_token_belongs_to_its_app(sandbox: Sandbox, signed: Signed) -> None:
    other = sandbox.add_app(public=True)
    token = signed.answer["refresh_token"]
    assert refusal(signed.refresh(token, client_id=other.client_id)) == (400, "invalid_grant", 70000)
    assert refusal(signed.refresh("x")) == (400, "invalid_grant", 9002313)
    assert refusal(signed.refresh(token, refresh_token=None))[2] == 900144
    assert refusal(signed.refresh(token, scope="Mail.Read"))[2] == 65001
    assert refusal(signed.refresh(token, client_secret="x"))[2] == 7000215


def test_a_refresh_sees_what_the_tenant_thinks_now(sandbox: Sandbox, signed: Signed) -> None:
    token = signed.answer["refresh_token"]
    signed.app.consent(sandbox.tenant, scopes=["Mail.Read"])
    assert refusal(signed.refresh(token))[2] == 65001
    assert claims(body(signed.refresh(token, scope="Mail.Read"))["access_token"])["scp"] == "Mail.Read"


def test_revocation_ends_sign_ins_and_leaves_new_ones_alone(
    sandbox: Sandbox, web: requests.Session, post: Post, signed: Signed
) -> None:
    sandbox.revoke_tokens()
    refused = signed.refresh(signed.answer["refresh_token"])
    assert refusal(refused) == (400, "invalid_grant", 50173)
    assert "TokensValidFrom" in refused.json()["error_description"]
    assert graph(sandbox, web, signed.answer["access_token"]) == 401
    anew = Signed(sandbox, post)
    assert graph(sandbox, web, anew.answer["access_token"]) == 200
    assert anew.refresh(anew.answer["refresh_token"]).status_code == 200


def test_one_users_sign_ins_may_be_revoked(sandbox: Sandbox, web: requests.Session, post: Post) -> None:
    ada = Signed(sandbox, post)
    aware = Signed(sandbox, post, claims='{"access_token":{"xms_cc":{"values":["CP1"]}}}')
    sandbox.user = sandbox.add_user(displayName="Else")
    other = Signed(sandbox, post)
    machine = body(post.app_only(sandbox.app))["access_token"]

    sandbox.revoke_tokens(claims(ada.answer["access_token"])["oid"])

    assert refusal(ada.refresh(ada.answer["refresh_token"]))[2] == 50173
    assert refusal(aware.refresh(aware.answer["refresh_token"]))[2] == 50173
    assert graph(sandbox, web, ada.answer["access_token"]) == 200  # to its end, as without CAE
    headers = {"Authorization": f"Bearer {aware.answer['access_token']}"}
    challenged = web.get(f"{sandbox.url}/v1.0/users", headers=headers)
    assert challenged.status_code == 401
    assert "insufficient_claims" in challenged.headers["WWW-Authenticate"]
    assert other.refresh(other.answer["refresh_token"]).status_code == 200
    assert graph(sandbox, web, machine) == 200


def test_a_user_who_is_gone_or_locked_out_gets_no_more_tokens(
    sandbox: Sandbox, web: requests.Session, post: Post, signed: Signed
) -> None:
    assert sandbox.user is not None
    url = f"{sandbox.url}/v1.0/users/{sandbox.user['id']}"
    headers = {"Authorization": f"Bearer {body(post.app_only(sandbox.app))['access_token']}"}
    token = signed.answer["refresh_token"]
    assert signed.refresh(token).status_code == 200
    assert web.patch(url, json={"accountEnabled": False}, headers=headers).status_code == 204
    assert refusal(signed.refresh(token)) == (400, "invalid_grant", 50057)
    assert web.patch(url, json={"accountEnabled": True}, headers=headers).status_code == 204
    assert signed.refresh(token).status_code == 200
    assert web.delete(url, headers=headers).status_code == 204
    assert refusal(signed.refresh(token)) == (400, "invalid_grant", 50034)


def test_graph_may_revoke_a_user_while_a_token_request_waits_for_graph(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, signed: Signed
) -> None:
    assert sandbox._live is not None
    assert sandbox.user is not None
    store, waits = sandbox._live.store, threading.Event()

    def find(name: str) -> Any:
        waits.set()
        return store.get("user", name)

    monkeypatch.setattr(sandbox._ledger, "find_user", find)
    asking = threading.Thread(target=signed.refresh, args=(signed.answer["refresh_token"],), daemon=True)
    revoking = threading.Thread(target=sandbox.revoke_tokens, args=(sandbox.user["id"],), daemon=True)
    with store.atomic():  # as a write in Graph has it
        asking.start()
        assert waits.wait(LIMIT)
        revoking.start()
        revoking.join(LIMIT)
        assert not revoking.is_alive()
    asking.join(LIMIT)
    assert not asking.is_alive()


def test_what_graph_asks_about_a_token_is_answered(sandbox: Sandbox, post: Post) -> None:
    assert sandbox.user is not None
    delegated = sandbox._ledger.find(Signed(sandbox, post).answer["access_token"])
    own = sandbox._ledger.find(body(post.app_only(sandbox.app))["access_token"])
    assert delegated is not None
    assert own is not None
    assert (delegated.tenant, delegated.user, delegated.scp) == (
        sandbox.tenant_id, sandbox.user["id"], ("User.Read",),
    )  # fmt: skip
    assert delegated.roles == ()
    assert (own.tenant, own.user, own.scp) == (sandbox.tenant_id, None, ())
    assert "User.ReadWrite.All" in own.roles


# -- on behalf of -----------------------------------------------------------------------------------------


class Middle:
    """A web API between a user's app and Graph."""

    def __init__(self, sandbox: Sandbox, post: Post) -> None:
        self.api = sandbox.add_app("api", scopes=["User.Read", "Mail.Read"], roles=["User.Read.All"])
        self.scope = f"{self.api.uri}/access_as_user"
        self.app = sandbox.add_app("front", public=True, scopes=[self.scope, "User.Read"])
        self.post = post

    def user_token(self, scope: str = "") -> str:
        asking = Device(self.post, self.app, scope or self.scope)
        asking.poll()
        return str(body(asking.poll(5))["access_token"])

    def exchange(self, assertion: str | None, **changes: Any) -> requests.Response:
        form = {
            "client_id": self.api.client_id,
            "client_secret": self.api.client_secret,
            "assertion": assertion,
            "requested_token_use": "on_behalf_of",
            "scope": f"{GRAPH}/User.Read",
            **changes,
        }
        return self.post(ON_BEHALF_OF, **form)


@pytest.fixture
def middle(sandbox: Sandbox, post: Post) -> Middle:
    return Middle(sandbox, post)


def test_msal_acts_on_behalf_of_a_user(sandbox: Sandbox, web: requests.Session, middle: Middle) -> None:
    token = middle.user_token()
    assert claims(token)["aud"] == middle.api.uri
    assert claims(token)["scp"] == "access_as_user"
    client = confidential(sandbox, web, middle.api)
    result = client.acquire_token_on_behalf_of(token, [f"{GRAPH}/User.Read"])
    said = claims(result["access_token"])
    assert sandbox.user is not None
    assert (said["oid"], said["appid"], said["scp"]) == (sandbox.user["id"], middle.api.client_id, "User.Read")
    assert graph(sandbox, web, result["access_token"]) == 200
    (account,) = client.get_accounts()
    again = client.acquire_token_silent([f"{GRAPH}/User.Read"], account, force_refresh=True)
    assert graph(sandbox, web, again["access_token"]) == 200


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"assertion": None}, (400, "invalid_request", 900144)),
        ({"requested_token_use": None}, (400, "invalid_request", 900144)),
        ({"requested_token_use": "pleasure"}, (400, "invalid_request", 90100)),
        ({"assertion": "nonsense"}, (400, "invalid_grant", 50013)),
        ({"assertion": "e30.e30.e30"}, (400, "invalid_grant", 50013)),
        ({"client_secret": None}, (401, "invalid_client", 7000218)),
        ({"client_secret": "wrong"}, (401, "invalid_client", 7000215)),
        ({"scope": None}, (400, "invalid_request", 900144)),
        ({"scope": "Files.Read"}, (400, "invalid_grant", 65001)),
        ({"tenant": "common"}, (400, "invalid_request", 9001023)),
    ],
)
def test_an_exchange_must_be_asked_for_properly(
    middle: Middle, changes: dict[str, Any], found: tuple[int, str, int]
) -> None:
    token = middle.user_token()
    assert middle.exchange(token).status_code == 200
    assert refusal(middle.exchange(**{"assertion": token, **changes})) == found


def test_only_a_users_token_for_this_very_app_can_be_exchanged(post: Post, middle: Middle) -> None:
    for_graph = middle.user_token("User.Read")
    refused = middle.exchange(for_graph)
    assert refusal(refused) == (400, "invalid_grant", 500131)
    assert middle.api.client_id in refused.json()["error_description"]
    of_an_app = body(post.app_only(post.sandbox.app, scope=f"{middle.api.client_id}/.default"))["access_token"]
    assert refusal(middle.exchange(of_an_app)) == (400, "unauthorized_client", 7000114)


@pytest.mark.parametrize(("seconds", "status"), [(3500, 200), (3600, 400)])
def test_an_expired_assertion_is_refused(sandbox: Sandbox, middle: Middle, seconds: float, status: int) -> None:
    token = middle.user_token()
    sandbox.advance(seconds)
    found = middle.exchange(token)
    assert found.status_code == status
    assert status == 200 or refusal(found) == (400, "invalid_grant", 500133)


def test_a_revoked_user_is_not_acted_for(sandbox: Sandbox, middle: Middle) -> None:
    token = middle.user_token()
    sandbox.revoke_tokens()
    assert refusal(middle.exchange(token)) == (400, "invalid_grant", 50173)


def test_a_policy_sends_the_user_back_with_claims(
    sandbox: Sandbox, web: requests.Session, post: Post, middle: Middle
) -> None:
    token, signed = middle.user_token(), Signed(sandbox, post)
    sandbox.require_interaction('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}')

    result = confidential(sandbox, web, middle.api).acquire_token_on_behalf_of(token, [f"{GRAPH}/User.Read"])
    assert (result["error"], result["error_codes"]) == ("interaction_required", [50079])
    assert json.loads(result["claims"]) == {"access_token": {"acrs": {"essential": True, "value": "c1"}}}
    assert refusal(signed.refresh(signed.answer["refresh_token"])) == (400, "interaction_required", 50079)

    assert middle.exchange(middle.user_token()).status_code == 200  # who signed in anew has done it
    assert graph(sandbox, web, signed.answer["access_token"]) == 200


# -- managed identity -------------------------------------------------------------------------------------


@pytest.fixture
def machine(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def on(source: Any) -> None:
        for name, value in sandbox.managed_identity_env(source).items():
            monkeypatch.setenv(name, value)

    return on


@pytest.mark.parametrize("source", ["imds", "app_service"])
def test_msal_asks_the_machine_for_its_own_token(
    sandbox: Sandbox, web: requests.Session, machine: Callable[..., None], source: str
) -> None:
    machine(source)
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=web)
    result = client.acquire_token_for_client(resource=GRAPH)
    assert 3500 < result["expires_in"] <= 3600
    said = claims(result["access_token"])
    assert (said["appid"], said["idtyp"]) == (sandbox.managed_identities[0].client_id, "app")
    assert "User.ReadWrite.All" in said["roles"]
    assert graph(sandbox, web, result["access_token"]) == 200
    assert client.acquire_token_for_client(resource=GRAPH)["access_token"] == result["access_token"]
    assert sandbox.token_requests == 1


@pytest.mark.parametrize("source", ["imds", "app_service"])
@pytest.mark.parametrize("name", ["client_id", "object_id", "resource_id"])
def test_msal_asks_for_one_of_several_identities(
    sandbox: Sandbox, web: requests.Session, machine: Callable[..., None], source: str, name: str
) -> None:
    machine(source)
    sandbox.add_managed_identity("first")
    second = sandbox.add_managed_identity("second", roles=["Group.Read.All"])
    wanted = msal.UserAssignedManagedIdentity(**{name: getattr(second, name)})
    result = msal.ManagedIdentityClient(wanted, http_client=web).acquire_token_for_client(resource=GRAPH)
    assert claims(result["access_token"])["roles"] == ["Group.Read.All"]

    stranger = msal.UserAssignedManagedIdentity(**{name: "00000000-0000-0000-0000-000000000000"})
    refused = msal.ManagedIdentityClient(stranger, http_client=web).acquire_token_for_client(resource=GRAPH)
    said = "Identity not found" if source == "imds" else "No User Assigned"
    assert said in refused["error_description"]


def test_graph_is_known_to_the_machine_by_three_names(
    sandbox: Sandbox, web: requests.Session, machine: Callable[..., None]
) -> None:
    machine("imds")
    for name in (GRAPH, sandbox.url, "00000003-0000-0000-c000-000000000000", f"{GRAPH}/"):
        client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=web)
        assert graph(sandbox, web, client.acquire_token_for_client(resource=name)["access_token"]) == 200


IMDS = "/metadata/identity/oauth2/token"
ASKED = {"api-version": "2018-02-01", "resource": GRAPH}


@pytest.mark.parametrize(
    ("headers", "query", "found"),
    [
        ({}, ASKED, (400, "bad_request_102")),
        ({"Metadata": "True"}, ASKED, (400, "bad_request_102")),
        ({"Metadata": "true", "X-Forwarded-For": "10.0.0.1"}, ASKED, (400, "invalid_request")),
        ({"Metadata": "true"}, {"resource": GRAPH}, (400, "invalid_request")),
        ({"Metadata": "true"}, {**ASKED, "api-version": "2017-09-01"}, (400, "invalid_request")),
        ({"Metadata": "true"}, {"api-version": "2018-02-01"}, (400, "invalid_request")),
        ({"Metadata": "true"}, {**ASKED, "resource": "https://nobody.example"}, (400, "invalid_resource")),
        ({"Metadata": "true"}, {**ASKED, "resource": [GRAPH, GRAPH]}, (400, "invalid_request")),
        ({"Metadata": "true"}, {**ASKED, "client_id": "a", "object_id": "b"}, (400, "invalid_request")),
        ({"Metadata": "true"}, {**ASKED, "mi_res_id": ""}, (400, "invalid_request")),
    ],
)
def test_imds_refuses_what_azure_refuses(
    sandbox: Sandbox,
    web: requests.Session,
    headers: dict[str, str],
    query: dict[str, str],
    found: tuple[int, str],
) -> None:
    good = web.get(f"{sandbox.managed_identity_url}{IMDS}", params=ASKED, headers={"Metadata": "true"})
    assert body(good).keys() == {
        "access_token", "client_id", "expires_in", "expires_on", "ext_expires_in", "not_before", "resource",
        "token_type",
    }  # fmt: skip
    assert all(isinstance(value, str) for value in good.json().values())
    answer = web.get(f"{sandbox.managed_identity_url}{IMDS}", params=query, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == found
    assert answer.json()["error_description"]
    assert web.post(f"{sandbox.managed_identity_url}{IMDS}", headers={"Metadata": "true"}).status_code == 405


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"X-IDENTITY-HEADER": "wrong"}, {}, 401),
        ({"X-IDENTITY-HEADER": None}, {}, 401),
        ({}, {"api-version": "2017-09-01"}, 400),
        ({}, {"resource": ""}, 400),
        ({}, {"resource": "https://nobody.example"}, 500),
        ({}, {"client_id": "x"}, 400),
        ({}, {"client_id": "x", "principal_id": "y"}, 400),
    ],
)
def test_app_service_refuses_in_its_own_words(
    sandbox: Sandbox, web: requests.Session, headers: dict[str, Any], query: dict[str, str], status: int
) -> None:
    env = sandbox.managed_identity_env("app_service")
    right = {"X-IDENTITY-HEADER": env["IDENTITY_HEADER"]}
    asked = {"api-version": "2019-08-01", "resource": GRAPH}
    before = int(time.time())
    good = body(web.get(env["IDENTITY_ENDPOINT"], params=asked, headers=right))
    assert before + 3599 <= int(good["expires_on"]) <= time.time() + 3600
    assert "expires_in" not in good
    answer = web.get(env["IDENTITY_ENDPOINT"], params={**asked, **query}, headers={**right, **headers})
    assert (answer.status_code, answer.json()["statusCode"]) == (status, status)
    assert answer.json()["message"]
    assert env["IDENTITY_HEADER"] not in repr(sandbox.requests)


def test_a_machine_may_have_no_identity_of_its_own(
    sandbox: Sandbox, web: requests.Session, machine: Callable[..., None]
) -> None:
    machine("imds")
    sandbox.managed_identities.clear()
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=web)
    assert client.acquire_token_for_client(resource=GRAPH)["error_description"] == "Identity not found"


def test_without_tls_there_is_neither_graph_nor_a_login(
    sandbox: Sandbox, web: requests.Session, post: Post
) -> None:
    token = body(post.app_only(sandbox.app))["access_token"]
    plain, headers = sandbox.managed_identity_url, {"Authorization": f"Bearer {token}"}
    assert web.get(f"{plain}/v1.0/users", headers=headers).status_code == 404
    assert web.get(f"{plain}/{sandbox.tenant_id}/v2.0/.well-known/openid-configuration").status_code == 404
    assert web.get(f"{sandbox.url}{IMDS}", headers={"Metadata": "true"}, params=ASKED).status_code == 404


def test_the_plain_listener_opens_when_asked_for_and_closes_with_the_rest(web: requests.Session) -> None:
    before = set(threading.enumerate())
    with Sandbox(users=1) as sandbox:
        listeners = [thread.name for thread in set(threading.enumerate()) - before]
        assert listeners.count("sandbox-accept") == 1
        url = sandbox.managed_identity_url
        assert url == sandbox.managed_identity_url
        assert web.get(f"{url}{IMDS}").status_code == 400
    assert set(threading.enumerate()) == before
    with pytest.raises(requests.ConnectionError):
        web.get(f"{url}{IMDS}")


def test_the_machine_may_suffer_faults_too(sandbox: Sandbox, web: requests.Session) -> None:
    sandbox.fail("GET", IMDS, status=410)
    url, headers = f"{sandbox.managed_identity_url}{IMDS}", {"Metadata": "true"}
    gone = web.get(url, params=ASKED, headers=headers)
    assert (gone.status_code, sorted(gone.json())) == (410, ["error", "error_description"])
    assert web.get(url, params=ASKED, headers=headers).status_code == 200
    assert (sandbox.requests[-1].path, sandbox.requests[-1].query["resource"]) == (IMDS, GRAPH)
    env = sandbox.managed_identity_env("app_service")
    sandbox.fail("GET", "/msi/token", status=503, retry_after=1)
    busy = web.get(env["IDENTITY_ENDPOINT"])
    assert (busy.status_code, busy.headers["Retry-After"], busy.json()["statusCode"]) == (503, "1", 503)


# -- an issuer that is not Microsoft ----------------------------------------------------------------------


def plain(sandbox: Sandbox, web: requests.Session, **form: Any) -> requests.Response:
    sent = {
        "grant_type": "client_credentials",
        "client_id": sandbox.oauth2.client_id,
        "client_secret": sandbox.oauth2.client_secret,
        **form,
    }
    return web.post(
        sandbox.oauth2_token_url, data={name: value for name, value in sent.items() if value is not None}
    )


def resource(sandbox: Sandbox, web: requests.Session, token: str) -> requests.Response:
    return web.get(sandbox.oauth2_resource_url, headers={"Authorization": f"Bearer {token}"})


def test_a_plain_client_gets_a_token_that_opens_its_resource(sandbox: Sandbox, web: requests.Session) -> None:
    found = body(plain(sandbox, web, scope="read"))
    assert {name: found[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer", "expires_in": 3600, "scope": "read",
    }  # fmt: skip
    assert "refresh_token" not in found
    assert body(resource(sandbox, web, found["access_token"])) == {"client_id": "partner-app", "scope": "read"}
    sandbox.advance(3601)
    expired = resource(sandbox, web, found["access_token"])
    assert (expired.status_code, 'error="invalid_token"' in expired.headers["WWW-Authenticate"]) == (401, True)
    assert web.get(sandbox.oauth2_resource_url).status_code == 401
    assert sandbox.token_requests == 1


def test_the_plain_client_may_use_http_basic(sandbox: Sandbox, web: requests.Session) -> None:
    sandbox.oauth2.client_id, sandbox.oauth2.client_secret = "a:b", "p%:+ü"
    form = {"grant_type": "client_credentials"}
    from urllib.parse import quote_plus

    login = (quote_plus("a:b"), quote_plus("p%:+ü"))
    answer = web.post(sandbox.oauth2_token_url, data=form, auth=login)
    assert body(answer)["scope"] == "read write"
    assert (answer.headers["Cache-Control"], "x-ms-request-id" in answer.headers) == ("no-store", False)
    twice = web.post(sandbox.oauth2_token_url, data={**form, "client_secret": "x"}, auth=login)
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "read admin"}, 400, "invalid_scope"),
        ({"scope": ["read", "write"]}, 400, "invalid_request"),
        ({"grant_type": "refresh_token"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
    ],
)
def test_the_plain_endpoint_refuses_by_the_book(
    sandbox: Sandbox, web: requests.Session, form: dict[str, Any], status: int, error: str
) -> None:
    answer = plain(sandbox, web, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert "AADSTS" not in answer.text
    assert web.get(sandbox.oauth2_token_url).status_code == 405


@pytest.mark.parametrize("said", [120, "120", None])
def test_the_plain_endpoint_may_say_how_long_in_several_ways(
    sandbox: Sandbox, web: requests.Session, said: Any
) -> None:
    sandbox.oauth2.expires_in = said
    found = body(plain(sandbox, web))
    assert found.get("expires_in") == said
    life = 3600 if said is None else 120
    sandbox.advance(life - 10)
    assert resource(sandbox, web, found["access_token"]).status_code == 200
    sandbox.advance(20)
    assert resource(sandbox, web, found["access_token"]).status_code == 401


def test_a_plain_refresh_token_works_once_and_a_second_use_ends_its_family(
    sandbox: Sandbox, web: requests.Session
) -> None:
    def refresh(token: str, **more: str) -> requests.Response:
        return plain(sandbox, web, grant_type="refresh_token", refresh_token=token, **more)

    first, apart = sandbox.oauth2.refresh_token(), sandbox.oauth2.refresh_token("read")
    found = body(refresh(first, scope="read"))
    assert found["scope"] == "read"
    second = found["refresh_token"]
    assert body(refresh(second))["scope"] == "read write"  # narrowing is for one access token
    assert refresh(first).json()["error"] == "invalid_grant"
    assert refresh(second).json()["error"] == "invalid_grant"
    assert refresh(apart, scope="write").json()["error"] == "invalid_scope"
    assert refresh(apart).status_code == 200


def test_entra_and_the_other_issuer_do_not_take_each_others_tokens(
    sandbox: Sandbox, web: requests.Session, post: Post
) -> None:
    token = body(plain(sandbox, web))["access_token"]
    assert graph(sandbox, web, token) == 401
    assert resource(sandbox, web, body(post.app_only(sandbox.app))["access_token"]).status_code == 401
    sandbox.revoke_tokens()
    assert resource(sandbox, web, token).status_code == 401


# -- the log, faults and the clock ------------------------------------------------------------------------


def test_no_secret_of_any_flow_is_recorded(
    sandbox: Sandbox, web: requests.Session, post: Post, desktop: App
) -> None:
    code = back(ask(sandbox, web, desktop))["code"]
    found = body(redeem(post, desktop, code))
    refresh_token = {"client_id": desktop.client_id, "refresh_token": found["refresh_token"]}
    assert post("refresh_token", **refresh_token).status_code == 200
    asking = Device(post, desktop)
    asking.poll(code=asking.said["device_code"])
    post(ON_BEHALF_OF, assertion=found["access_token"])
    plain(sandbox, web, refresh_token=sandbox.oauth2.refresh_token())
    resource(sandbox, web, body(plain(sandbox, web))["access_token"])
    written = repr(sandbox.requests)
    for secret in (code, VERIFIER, found["refresh_token"], found["access_token"], asking.said["device_code"]):
        assert secret not in written
    assert sandbox.oauth2.client_secret not in written


def test_every_endpoint_may_be_made_to_fail(sandbox: Sandbox, web: requests.Session, desktop: App) -> None:
    sandbox.fail("POST", "/oauth2/v2.0/devicecode", status=503)
    sandbox.fail("GET", "/oauth2/v2.0/authorize", status=500)
    sandbox.fail("POST", "/oauth2/token", status=429, retry_after=7)
    form = {"client_id": desktop.client_id, "scope": "User.Read"}
    answers = [
        web.post(f"{sandbox.url}/common/oauth2/v2.0/devicecode", data=form),
        ask(sandbox, web, desktop),
        plain(sandbox, web),
    ]
    assert [answer.status_code for answer in answers] == [503, 500, 429]
    assert all(answer.json()["error"] == "temporarily_unavailable" for answer in answers)
    assert ["AADSTS" in answer.text for answer in answers] == [True, True, False]


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, "invalid_request"), (401, "invalid_client"), (429, "temporarily_unavailable"), (500, "server_error")],
)
def test_a_scripted_fault_of_the_other_issuer_speaks_plain_oauth2(
    sandbox: Sandbox, web: requests.Session, status: int, error: str
) -> None:
    sandbox.fail("POST", "/oauth2/token", status=status)
    answer = plain(sandbox, web)
    assert (answer.status_code, answer.json()["error"], "AADSTS" in answer.text) == (status, error, False)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_tokens_live_as_long_as_the_sandbox_was_told(sandbox: Sandbox, web: requests.Session, post: Post) -> None:
    sandbox.token_lifetime, sandbox.refresh_in = 60, 30
    signed = Signed(sandbox, post)
    assert (signed.answer["expires_in"], signed.answer["refresh_in"]) == (60, 30)
    assert graph(sandbox, web, signed.answer["access_token"]) == 200
    sandbox.advance(61)
    assert graph(sandbox, web, signed.answer["access_token"]) == 401


# -- whatever is sent -------------------------------------------------------------------------------------

fuzzed = settings(
    max_examples=share(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)
words = st.sampled_from(
    [
        "client_credentials",
        "authorization_code",
        "refresh_token",
        ON_BEHALF_OF,
        DEVICE_CODE,
        JWT_BEARER,
        "",
        ".default",
    ]
)
texts = st.one_of(words, st.text(max_size=40))
names = st.sampled_from(
    "grant_type client_id client_secret scope code redirect_uri code_verifier refresh_token device_code assertion "
    "requested_token_use client_assertion client_assertion_type claims client_info".split()
)


def answered(sandbox: Sandbox, response: requests.Response) -> None:
    assert 400 <= response.status_code < 500
    assert response.json()["error"]
    assert sandbox.errors == []


@fuzzed
@given(
    form=st.dictionaries(names, texts),
    known=st.booleans(),
    tenant=st.sampled_from(["", "common", "contoso.example"]),
)
def test_any_form_gets_an_answer(
    sandbox: Sandbox, post: Post, form: dict[str, str], known: bool, tenant: str
) -> None:
    if known:
        form = {**form, "client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
        form.setdefault("scope", "nothing")
    answered(sandbox, post(None, tenant=tenant, **form))
    answered(sandbox, post.web.post(sandbox.oauth2_token_url, data=form))


@fuzzed
@given(
    data=st.one_of(st.binary(max_size=200), st.text(alphabet="a=&%;+0é\x00", max_size=60).map(str.encode)),
    kind=st.sampled_from(["application/x-www-form-urlencoded", "application/json", "x"]),
    login=st.one_of(st.none(), st.text(alphabet=st.characters(max_codepoint=126, min_codepoint=33), max_size=30)),
)
def test_any_bytes_get_an_answer(
    sandbox: Sandbox, web: requests.Session, data: bytes, kind: str, login: str
) -> None:
    headers = {"Content-Type": kind, **({"Authorization": f"Basic {login}"} if login else {})}
    for url in (f"{sandbox.url}/{sandbox.tenant_id}/oauth2/v2.0/token", sandbox.oauth2_token_url):
        answered(sandbox, web.post(url, data=data, headers=headers))


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
parts = st.dictionaries(
    st.sampled_from(["alg", "x5t", "x5t#S256", "aud", "iss", "sub", "exp", "nbf", "jti", "crit"]), json_values
)


@fuzzed
@given(header=parts, said=parts, signature=st.text(alphabet="Ab-_=.", max_size=8), ours=st.booleans())
def test_any_assertion_gets_an_answer(
    sandbox: Sandbox,
    post: Post,
    header: dict[str, Any],
    said: dict[str, Any],
    signature: str,
    ours: bool,
) -> None:
    app = sandbox.add_app(certificates=[certificate()], federated=[FederatedCredential("job")])
    if ours:
        said = {"iss": app.client_id, "sub": app.client_id, "aud": "x", "exp": 1, **said}
        header = {"alg": "PS256", **header}
    coded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, said))
    text = ".".join([*coded, signature])
    answered(sandbox, post.signed(app, text))
    answered(sandbox, post(ON_BEHALF_OF, client_id=app.client_id, assertion=text, scope="x"))


def test_deep_nesting_is_no_way_in(sandbox: Sandbox, post: Post, certified: App) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
    assert refusal(post.signed(certified, f"{deep}.{deep}.x"))[2] == 50027
    assert refusal(post.app_only(sandbox.app, claims="[" * 100_000))[2] == 9002313


@fuzzed
@given(
    query=st.dictionaries(
        st.sampled_from(
            "response_type redirect_uri response_mode scope code_challenge code_challenge_method".split()
        ),
        st.one_of(
            texts, st.sampled_from(["http://localhost:1", "code", "http://[", "query", "User.Read", "S256"])
        ),
    )
)
def test_any_query_sends_the_browser_home_or_nowhere(
    sandbox: Sandbox, web: requests.Session, query: dict[str, str]
) -> None:
    answer = ask(sandbox, web, sandbox.app, **query)
    assert answer.status_code in {200, 302, 400}
    if answer.status_code == 302:
        assert re.match(r"http://localhost(:\d+)?/?[?#]", answer.headers["Location"])
    assert sandbox.errors == []


def test_many_threads_poll_and_refresh_without_losing_a_token(sandbox: Sandbox, post: Post) -> None:
    sandbox.rotate_refresh_tokens = "strict"
    signed = Signed(sandbox, post)
    found: list[int] = []

    def use() -> None:
        with suppress(requests.RequestException), requests.Session() as session:
            session.trust_env, session.verify = False, sandbox.ca_bundle
            form = {
                "grant_type": "refresh_token",
                "client_id": signed.app.client_id,
                "refresh_token": signed.answer["refresh_token"],
            }
            url = f"{sandbox.url}/{sandbox.tenant_id}/oauth2/v2.0/token"
            found.append(session.post(url, data=form).status_code)

    threads = [threading.Thread(target=use) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200] + [400] * 11
