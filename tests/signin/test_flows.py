"""Every way to sign in to Entra ID, through unmodified MSAL, against a token service that verifies it all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import requests
from canned import Arrived, canned
from signin import (
    DEFAULT,
    LOGIN,
    Robot,
    asked,
    certificate,
    claims,
    configured,
    failure_of,
    pem,
    pfx,
    public_pem,
    written,
)

from leangraph import (
    AuthError,
    ConfigurationError,
    GraphClient,
    Sandbox,
    Settings,
    TokenHolder,
    TransportError,
    on_behalf_of,
    workload_identity,
)
from leangraph.auth import proofs
from leangraph.auth.choose import flow_for
from leangraph.auth.grant import Acquire
from leangraph.auth.refusals import _BY_NUMBER, explain
from leangraph.auth.store import RefreshTokenFile
from leangraph.auth.users import Memory
from leangraph.net.session import HttpSession
from leangraph.sandbox.login.registry import App, FederatedCredential

Flow = Callable[..., Acquire]


@pytest.fixture
def flow(graph_sandbox: Sandbox, http: HttpSession) -> Flow:
    """Make the flow of settings for an app of the sandbox."""

    def make(app: App | None = None, *, keep: Any = None, show: Any = None, **kind: Any) -> Acquire:
        return flow_for(configured(graph_sandbox, app, **kind), http, keep=keep, show=show)

    return make


def last_form(sandbox: Sandbox) -> dict[str, list[str]]:
    return parse_qs([seen for seen in sandbox.requests if seen.method == "POST"][-1].body.decode())


# -- a certificate --------------------------------------------------------------------------------------------


@pytest.fixture
def certified(graph_sandbox: Sandbox) -> App:
    return graph_sandbox.add_app("certified", roles=["User.Read.All"], certificates=[certificate()])


FILES: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "PEM": (lambda: pem() + public_pem(), ""),
    "PEM, certificate first": (lambda: public_pem() + pem(), ""),
    "PEM, with a chain": (lambda: public_pem(1) + public_pem() + pem(), ""),
    "PEM, encrypted": (lambda: pem(password="canary") + public_pem(), "canary"),
    "PEM, with a needless password": (lambda: pem() + public_pem(), "canary"),
    "PEM, with Windows' line ends": (lambda: (pem() + public_pem()).replace("\n", "\r\n"), ""),
    "PFX": (pfx, ""),
    "PFX, encrypted": (lambda: pfx(password="canary"), "canary"),
    "PFX, with a chain": (lambda: pfx(password="canary", chain=(1,)), "canary"),
}


@pytest.mark.parametrize("file", FILES)
def test_a_certificate_signs_in_from_any_file(
    flow: Flow, graph_sandbox: Sandbox, certified: App, tmp_path: Path, file: str
) -> None:
    """The sandbox verifies the signature; a certificate it does not know it refuses, as the next test shows."""
    content, password = FILES[file]
    kind = {"certificate_path": written(tmp_path, content()), "certificate_password": password or None}

    token = flow(certified, **kind)().token

    assert (claims(token)["appid"], claims(token)["appidacr"]) == (certified.client_id, "2")


def test_the_key_of_another_certificate_is_refused_and_the_portal_page_named(
    flow: Flow, certified: App, tmp_path: Path
) -> None:
    error = failure_of(flow(certified, certificate_path=written(tmp_path, pem(1) + public_pem(1))))

    assert (error.code, error.error_codes, error.status) == ("invalid_client", (700027,), 401)
    assert "upload its public part under Certificates & secrets" in str(error)


@pytest.mark.parametrize(("chain", "sent"), [(False, None), (True, 2)])
def test_the_assertion_is_signed_anew_with_sha_256_and_sends_the_chain_on_demand_only(
    certified: App, tmp_path: Path, chain: bool, sent: int | None
) -> None:
    seen: list[dict[str, Any]] = []
    spoken = {"authorization_endpoint": "https://x", "token_endpoint": "https://login.example/t/oauth2/v2.0/token"}

    class Spy(HttpSession):
        """A session whose server keeps the assertions: the sandbox shows nobody's."""

        def send(self, method: str, url: str, headers: Any, body: bytes | None = None, **_: Any) -> Any:
            response = requests.Response()
            response.status_code = 200
            form = parse_qs((body or b"").decode())
            if "client_assertion" in form:
                text = form["client_assertion"][0]
                verified = jwt.decode(
                    text, certificate().public_key(), ["PS256"], audience=spoken["token_endpoint"]
                )
                seen.append({**jwt.get_unverified_header(text), **verified})
            answer = {"access_token": "a", "expires_in": 9} if body else spoken
            response._content = json.dumps(answer).encode()
            return response

    settings = Settings.from_mapping(
        {
            "tenant_id": "t",
            "client_id": "app",
            "certificate_path": written(tmp_path, public_pem() + public_pem(1) + pem()),
            "send_certificate_chain": chain,
        }
    )
    acquire = flow_for(settings, Spy())
    acquire()
    acquire()

    assert [one["alg"] for one in seen] == ["PS256"] * 2
    assert seen[0]["jti"] != seen[1]["jti"]
    assert seen[0]["exp"] - seen[0]["iat"] == pytest.approx(600, abs=1)
    assert "x5t#S256" in seen[0]
    assert "x5t" not in seen[0]
    assert seen[0]["iss"] == seen[0]["sub"] == "app"
    assert (len(seen[0]["x5c"]) if sent else seen[0].get("x5c")) == sent


@pytest.mark.parametrize(
    ("content", "password", "said"),
    [
        (None, "", "cannot be read: No such file"),
        (lambda: "canary", "", "neither a PEM file (text) nor a PFX"),
        (lambda: b"\x00\xffcanary", "", "neither a PEM file (text) nor a PFX"),
        (public_pem, "", "no private key in it"),
        (pem, "", "no certificate for its private key"),
        (lambda: pem() + public_pem(1), "", "no certificate for its private key"),
        (lambda: pem(-1) + public_pem(-1), "", "no RSA key"),
        (lambda: pem(password="canary") + public_pem(), "", "encrypted: set AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        (lambda: pem(password="canary") + public_pem(), "x", "AZURE_CLIENT_CERTIFICATE_PASSWORD is wrong"),
        (lambda: pfx(password="canary"), "", "encrypted: set AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        (lambda: pfx(password="canary"), "x", "AZURE_CLIENT_CERTIFICATE_PASSWORD is wrong"),
        (lambda: pem()[:300] + "\n-----END PRIVATE KEY-----\n" + public_pem(), "", "damaged"),
    ],
)
def test_a_certificate_file_that_will_not_do_says_what_is_wrong_with_it(
    flow: Flow, graph_sandbox: Sandbox, certified: App, tmp_path: Path, content: Any, password: str, said: str
) -> None:
    path = written(tmp_path, content()) if content else str(tmp_path / "nowhere.pem")

    error = failure_of(flow(certified, certificate_path=path, certificate_password=password or None))

    assert isinstance(error, ConfigurationError)
    assert str(error).startswith("AZURE_CLIENT_CERTIFICATE_PA")
    assert said in str(error)
    assert "canary" not in repr(error)
    assert graph_sandbox.token_requests == 0


def test_a_certificate_that_has_expired_is_refused(
    flow: Flow, graph_sandbox: Sandbox, certified: App, tmp_path: Path
) -> None:
    """By the server's clock, at which our assertion is too old as well: it looks at the certificate first."""
    graph_sandbox.advance(101 * 86400)

    error = failure_of(flow(certified, certificate_path=written(tmp_path, pem() + public_pem())))

    assert error.error_codes == (700027,)
    assert "it has expired" in str(error)


def test_a_clock_that_is_wrong_is_named_with_how_wrong_it_is(
    flow: Flow, graph_sandbox: Sandbox, certified: App, tmp_path: Path
) -> None:
    graph_sandbox.advance(7200)

    error = failure_of(flow(certified, certificate_path=written(tmp_path, pem() + public_pem())))

    assert error.error_codes == (700024,)
    assert re.search(r"this machine's clock is 7\d\d\d s behind the server's: correct it", str(error))


@pytest.mark.parametrize(
    ("ahead", "said"), [(301, "301 s ahead of"), (-301, "301 s behind"), (300, ""), (-300, ""), (0, "")]
)
def test_five_minutes_are_within_what_two_clocks_may_differ(ahead: float, said: str) -> None:
    text = str(explain({"error": "invalid_client", "error_codes": [700024]}, 401, "h", ahead=ahead))

    assert ("the server's: correct it" in text) is bool(said)
    assert said in text


def test_a_read_certificate_shows_no_key() -> None:
    found = proofs._pem((pem() + public_pem()).encode(), None)

    assert repr(found) == f"<certificate {found.sha256}>"


# -- another issuer's token -----------------------------------------------------------------------------------


@pytest.fixture
def federated(graph_sandbox: Sandbox) -> App:
    return graph_sandbox.add_app(roles=["User.Read.All"], federated=[FederatedCredential("job")])


def test_a_token_file_is_read_anew_for_each_token(
    flow: Flow, graph_sandbox: Sandbox, federated: App, tmp_path: Path
) -> None:
    path = written(tmp_path, f"\ufeff{graph_sandbox.federated_token('job')}\n", "token")
    acquire = flow(federated, federated_token_file=path)
    assert claims(acquire().token)["appid"] == federated.client_id

    written(tmp_path, graph_sandbox.federated_token("job", lifetime=-900), "token")
    error = failure_of(acquire)
    assert error.error_codes == (700024,)
    assert "too old" in str(error)

    written(tmp_path, graph_sandbox.federated_token("job"), "token")
    assert acquire().token


@pytest.mark.parametrize(("subject", "number"), [("other job", 700213), ("JOB", 700213)])
def test_a_job_that_the_app_does_not_trust_is_refused_and_the_record_named(
    flow: Flow, graph_sandbox: Sandbox, federated: App, tmp_path: Path, subject: str, number: int
) -> None:
    path = written(tmp_path, graph_sandbox.federated_token(subject))

    error = failure_of(flow(federated, federated_token_file=path))

    assert error.error_codes == (number,)
    assert "Federated credentials" in str(error)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"\xff\xfe\x00", "not UTF-8 text"), ("no jwt", "gave no JWT"), ("", "gave no JWT")],
)
def test_a_token_file_without_a_token_is_one_clear_error(
    flow: Flow, graph_sandbox: Sandbox, federated: App, tmp_path: Path, content: Any, said: str
) -> None:
    path = str(tmp_path / "nowhere") if content is None else written(tmp_path, content)

    error = failure_of(flow(federated, federated_token_file=path))

    assert said in str(error)
    assert graph_sandbox.token_requests == 0


def test_any_function_may_give_the_token(graph_sandbox: Sandbox, federated: App) -> None:
    given = []

    def source() -> str:
        given.append(graph_sandbox.federated_token("job"))
        return given[-1]

    acquire = workload_identity(
        source,
        tenant_id=graph_sandbox.tenant_id,
        client_id=federated.client_id,
        authority_host=graph_sandbox.url,
        ca_bundle=graph_sandbox.ca_bundle,
    )
    assert given == []

    with GraphClient(
        TokenHolder(acquire), url=graph_sandbox.url, settings=configured(graph_sandbox, client_secret="unused")
    ) as graph:
        assert graph.users.count() == graph_sandbox.users

    assert len(given) == 1
    for wrong in ({"cloud": "germany"}, {"authority_host": "http://127.0.0.1"}):
        with pytest.raises(ConfigurationError):
            workload_identity(source, tenant_id="t", client_id="c", **wrong)


class Ci:
    """GitHub's and Azure DevOps' token services, on this machine."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.status = 200

    def __call__(self, request: Arrived) -> tuple[Any, ...]:
        if request.headers.get("authorization") != "Bearer canary-of-the-job":
            return 401, {}
        if request.target.startswith("/github?x=1&"):
            assert parse_qs(request.target)["audience"] == ["api://AzureADTokenExchange"]
            return self.status, {"count": 1, "value": self.sandbox.federated_token("job")}
        assert (request.method, request.target) == ("POST", "/ado?api-version=7.1&serviceConnectionId=a%20b")
        return self.status, {"oidcToken": self.sandbox.federated_token("job")}


CI = {
    "github": {
        "ACTIONS_ID_TOKEN_REQUEST_URL": "{}/github?x=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary-of-the-job",
    },
    "azure-pipelines": {
        "SYSTEM_OIDCREQUESTURI": "{}/ado",
        "SYSTEM_ACCESSTOKEN": "canary-of-the-job",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "a b",
    },
}


@pytest.mark.parametrize("oidc", CI)
def test_a_job_of_a_ci_service_signs_in_with_the_token_of_the_job(
    flow: Flow, graph_sandbox: Sandbox, federated: App, monkeypatch: pytest.MonkeyPatch, oidc: str
) -> None:
    service = Ci(graph_sandbox)
    acquire = flow(federated, oidc=oidc)
    for name in CI[oidc]:
        monkeypatch.delenv(name, raising=False)
    with canned(service) as served:
        error = failure_of(acquire)
        assert isinstance(error, ConfigurationError)
        assert all(name in str(error) for name in CI[oidc])

        for name, value in CI[oidc].items():
            monkeypatch.setenv(name, value.format(served.url))
        assert claims(acquire().token)["appid"] == federated.client_id

        service.status = 403
        error = failure_of(acquire)
        assert (error.status, error.transient) == (403, False)
        service.status = 503
        assert failure_of(acquire).transient


@pytest.mark.parametrize("oidc", CI)
def test_the_token_of_a_job_goes_nowhere_in_the_open(
    flow: Flow, federated: App, monkeypatch: pytest.MonkeyPatch, oidc: str
) -> None:
    for name, value in CI[oidc].items():
        monkeypatch.setenv(name, value.format("http://ci.example"))

    assert "must start with https://" in str(failure_of(flow(federated, oidc=oidc)))


# -- the machine ----------------------------------------------------------------------------------------------


@pytest.fixture
def machine(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run on Azure: on a VM or pod, or in App Service."""

    def run(source: Any) -> None:
        for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"):
            monkeypatch.delenv(name, raising=False)
        for name, value in graph_sandbox.managed_identity_env(source).items():
            monkeypatch.setenv(name, value)

    return run


@pytest.mark.parametrize("source", ["imds", "app_service"])
@pytest.mark.parametrize("who", ["system", "client_id", "resource_id"])
def test_a_machine_signs_in_as_itself_or_as_an_identity_assigned_to_it(
    flow: Flow, graph_sandbox: Sandbox, machine: Callable[..., None], source: str, who: str
) -> None:
    assigned = graph_sandbox.add_managed_identity("worker", roles=["User.Read.All"])
    machine(source)
    named = "system" if who == "system" else getattr(assigned, who)

    grant = flow(managed_identity=named)()

    expected = graph_sandbox.managed_identities[0] if who == "system" else assigned
    assert claims(grant.token)["appid"] == expected.client_id
    assert grant.expires_in == pytest.approx(3599, abs=5)
    assert {seen.headers["User-Agent"].partition("/")[0] for seen in graph_sandbox.requests} == {"leangraph"}


@pytest.mark.parametrize("source", ["imds", "app_service"])
def test_no_proxy_stands_between_a_machine_and_its_identity(
    graph_sandbox: Sandbox, machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """A proxy that is set for everything, by the environment and by us, is asked for nothing."""
    machine(source)
    with canned(lambda _: (502, {})) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setattr("leangraph.clouds.is_loopback", lambda host: False)  # as on a pod network
        settings = configured(graph_sandbox, managed_identity="system", proxy=proxy.url)
        assert flow_for(settings, HttpSession(proxy=proxy.url))().token

        assert proxy.requests == []


@pytest.mark.parametrize("source", ["imds", "app_service"])
def test_an_identity_that_the_machine_does_not_have_is_named(
    flow: Flow, machine: Callable[..., None], source: str
) -> None:
    machine(source)

    error = failure_of(flow(managed_identity="3f2504e0-4f89-41d3-9a0c-0305e82c3301"))

    assert isinstance(error, AuthError)
    assert "assigned to the machine (GRAPH_MANAGED_IDENTITY)" in str(error)


@pytest.mark.parametrize(
    ("status", "transient"), [(400, False), (403, False), (404, True), (410, True), (429, True), (500, True)]
)
def test_what_passes_by_itself_at_the_metadata_service_is_told_apart(
    flow: Flow, graph_sandbox: Sandbox, machine: Callable[..., None], status: int, transient: bool
) -> None:
    machine("imds")
    graph_sandbox.fail("GET", "/metadata/identity/oauth2/token", status=status)
    acquire = flow(managed_identity="system")

    assert failure_of(acquire).transient is transient
    assert acquire().token


def test_elsewhere_than_on_azure_it_says_so(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    with canned() as served:
        nobody = served.url
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", nobody)

    error = failure_of(flow(managed_identity="system"))

    assert isinstance(error, TransportError)
    assert "does this run on Azure" in str(error)


@pytest.mark.parametrize("scopes", ["User.Read", "https://a/.default https://b/.default"])
def test_a_machine_asks_for_one_api_as_a_whole(flow: Flow, scopes: str) -> None:
    with pytest.raises(ConfigurationError, match="GRAPH_SCOPES"):
        flow(managed_identity="system", scopes=scopes)


# -- a user, by a code on another device ----------------------------------------------------------------------


@pytest.fixture
def device(graph_sandbox: Sandbox) -> App:
    graph_sandbox.device_code_interval = 0
    return graph_sandbox.add_app("device", public=True, scopes=["User.Read", "User.Read.All"])


class Kept(Memory):
    """A refresh token that remembers what was done to it."""

    def __init__(self, *tokens: str) -> None:
        super().__init__(*tokens)
        self.saved: list[str] = []

    def save(self, refresh_token: str) -> None:
        self.saved.append(refresh_token)
        super().save(refresh_token)


def test_a_user_signs_in_with_a_code_once_and_is_not_asked_again(
    flow: Flow, graph_sandbox: Sandbox, device: App
) -> None:
    shown: list[str] = []
    acquire = flow(device, sign_in="device", show=shown.append)

    first, second = acquire(), acquire()

    assert claims(first.token)["upn"] == "ada.lovelace@contoso.example"
    assert claims(first.token)["scp"] == "User.Read User.Read.All"
    assert first.token != second.token
    assert len(shown) == 1
    assert "/common/oauth2/deviceauth" in shown[0]
    assert last_form(graph_sandbox)["grant_type"] == ["refresh_token"]


def test_the_code_is_shown_on_standard_error(flow: Flow, device: App, capsys: pytest.CaptureFixture[str]) -> None:
    flow(device, sign_in="device")()

    out, err = capsys.readouterr()
    assert out == ""
    assert "enter the code" in err


@pytest.mark.parametrize(
    ("behaviour", "code", "said"),
    [
        ("decline", "authorization_declined", "the user declined"),
        ("expire", "expired_token", "not entered in time"),
    ],
)
def test_a_user_who_does_not_want_to_ends_it(
    flow: Flow, graph_sandbox: Sandbox, device: App, behaviour: str, code: str, said: str
) -> None:
    graph_sandbox.device_code = behaviour

    error = failure_of(flow(device, sign_in="device", show=lambda _: None))

    assert (error.code, error.transient) == (code, False)
    assert said in str(error)


@pytest.mark.parametrize("fault", [{"status": 503}, {"reset": "before"}, {"html": True}, {"status": 429}], ids=str)
def test_a_moments_failure_does_not_void_the_code(
    graph_sandbox: Sandbox, http: HttpSession, device: App, fault: dict[str, Any]
) -> None:
    from leangraph.auth.users import device_code

    naps: list[float] = []
    shown: list[str] = []
    graph_sandbox.fail("POST", LOGIN, times=2, **fault)
    settings = configured(graph_sandbox, device, sign_in="device")

    acquire = device_code(
        settings.authority, device.client_id, [DEFAULT], http, show=shown.append, sleep=naps.append
    )

    assert acquire().token
    assert (len(shown), len(naps)) == (1, 2)


def test_a_user_of_another_tenant_cannot_sign_in_here(flow: Flow, graph_sandbox: Sandbox) -> None:
    graph_sandbox.device_code_interval = 0
    other = graph_sandbox.add_tenant("fabrikam.example")
    app = graph_sandbox.add_app(public=True, tenant=other)

    error = failure_of(flow(app, sign_in="device", show=lambda _: None))

    assert error.error_codes == (700016,)
    assert "AZURE_TENANT_ID" in str(error)


def test_an_app_that_keeps_secrets_is_told_to_allow_public_clients(flow: Flow, graph_sandbox: Sandbox) -> None:
    graph_sandbox.device_code_interval = 0

    error = failure_of(flow(graph_sandbox.add_app(), sign_in="device", show=lambda _: None))

    assert error.error_codes == (7000218,)
    assert "Allow public client flows" in str(error)


def test_a_sign_in_that_is_kept_asks_nobody(flow: Flow, graph_sandbox: Sandbox, device: App) -> None:
    kept = Kept()
    flow(device, sign_in="device", keep=kept, show=lambda _: None)()
    shown: list[str] = []

    assert flow(device, sign_in="device", keep=kept, show=shown.append)().token

    assert shown == []
    assert len(kept.saved) == 2


@pytest.mark.parametrize("end", ["revoked", "disabled", "policy"])
def test_a_sign_in_that_has_ended_asks_at_the_start_and_never_afterwards(
    flow: Flow, graph_sandbox: Sandbox, device: App, end: str
) -> None:
    """A renewal runs in the background, where nobody would see the code."""
    kept = Kept()
    shown: list[str] = []
    acquire = flow(device, sign_in="device", keep=kept, show=shown.append)
    acquire()

    def ends() -> None:
        if end == "revoked":
            graph_sandbox.revoke_tokens(graph_sandbox.user["id"])
        elif end == "policy":
            graph_sandbox.require_interaction()
        else:
            with GraphClient(settings=Settings.from_mapping(graph_sandbox.env)) as graph:
                graph.users["ada.lovelace@contoso.example"].patch({"accountEnabled": False})

    ends()
    before = graph_sandbox.token_requests
    error = failure_of(acquire)
    again = failure_of(acquire)

    assert error.code in ("invalid_grant", "interaction_required")
    assert (str(again), again.error_codes, again.transient) == (str(error), error.error_codes, False)
    assert graph_sandbox.token_requests == before + 1  # it is over, and nobody is asked whether it is
    assert len(shown) == 1
    assert bool(error.claims) is (end == "policy")
    if end != "disabled":
        assert "leangraph login" in str(error)
        assert flow(device, sign_in="device", keep=kept, show=shown.append)().token
        assert len(shown) == 2


# -- a user, in the browser -----------------------------------------------------------------------------------


def test_a_user_signs_in_with_the_browser_and_pkce(
    flow: Flow, graph_sandbox: Sandbox, desktop: App, robot: Robot
) -> None:
    acquire = flow(desktop, sign_in="browser")

    assert claims(acquire().token)["upn"] == "ada.lovelace@contoso.example"
    assert claims(acquire().token)["upn"] == "ada.lovelace@contoso.example"

    [opened] = robot.opened
    assert "code_challenge_method=S256" in opened


def test_a_user_who_declines_in_the_browser_ends_it(
    flow: Flow, graph_sandbox: Sandbox, desktop: App, robot: Robot
) -> None:
    graph_sandbox.authorize = "decline"

    error = failure_of(flow(desktop, sign_in="browser"))

    assert error.code == "access_denied"
    assert "the user declined" in str(error)


def test_an_app_without_the_loopback_address_is_told_to_add_it(
    flow: Flow, graph_sandbox: Sandbox, web: requests.Session
) -> None:
    """Entra ID shows that to the user, on a page, and MSAL waits in vain: the sentence is for both."""
    assert "http://localhost" in str(explain({"error": "x", "error_codes": [50011]}, 400, "h"))


# -- on behalf of ---------------------------------------------------------------------------------------------


@pytest.fixture
def api(graph_sandbox: Sandbox) -> App:
    return graph_sandbox.add_app("an API of ours", scopes=["User.Read"])


@pytest.fixture
def caller_token(graph_sandbox: Sandbox, http: HttpSession, api: App) -> str:
    """What somebody who calls our API sends along."""
    graph_sandbox.device_code_interval = 0
    caller = graph_sandbox.add_app("caller", public=True, scopes=[f"{api.uri}/access"])
    settings = configured(graph_sandbox, caller, sign_in="device", scopes=f"{api.uri}/access")
    return flow_for(settings, http, show=lambda _: None)().token


def test_an_api_calls_graph_as_its_user(
    graph_sandbox: Sandbox, http: HttpSession, api: App, caller_token: str
) -> None:
    settings = configured(graph_sandbox, api, client_secret=api.client_secret)
    acquire = on_behalf_of(caller_token, settings, http=http)

    said = claims(acquire().token)
    assert (said["upn"], said["scp"], said["appid"]) == (
        "ada.lovelace@contoso.example",
        "User.Read",
        api.client_id,
    )
    assert acquire().token
    assert last_form(graph_sandbox)["grant_type"] == ["refresh_token"]  # outlives the caller's token
    assert caller_token not in f"{acquire!r}"


def test_a_token_for_graph_is_none_for_the_api(
    flow: Flow, graph_sandbox: Sandbox, http: HttpSession, api: App, device: App
) -> None:
    for_graph = flow(device, sign_in="device", show=lambda _: None)().token
    settings = configured(graph_sandbox, api, client_secret=api.client_secret)

    error = failure_of(on_behalf_of(lambda: for_graph, settings, http=http))

    assert error.error_codes == (500131,)
    assert "audience is this app" in str(error)


def test_a_callers_token_that_has_expired_is_told_apart(
    graph_sandbox: Sandbox, http: HttpSession, api: App, caller_token: str
) -> None:
    settings = configured(graph_sandbox, api, client_secret=api.client_secret)
    graph_sandbox.advance(4000)

    error = failure_of(on_behalf_of(caller_token, settings, http=http))

    assert error.error_codes == (500133,)
    assert "has expired" in str(error)
    assert "behind the server's" in str(error)  # which it is, as far as anybody can tell


def test_claims_for_the_user_come_along(
    graph_sandbox: Sandbox, http: HttpSession, api: App, caller_token: str
) -> None:
    settings = configured(graph_sandbox, api, client_secret=api.client_secret)
    graph_sandbox.require_interaction()

    error = failure_of(on_behalf_of(caller_token, settings, http=http))

    assert error.code == "interaction_required"
    assert "access_token" in json.loads(error.claims)


def test_who_has_no_app_of_his_own_calls_on_behalf_of_nobody(graph_sandbox: Sandbox, device: App) -> None:
    with pytest.raises(ConfigurationError, match="needs an app with a secret"):
        on_behalf_of("x", configured(graph_sandbox, device, sign_in="device"))


# -- a refresh token you bring --------------------------------------------------------------------------------


@pytest.fixture
def brought(flow: Flow, graph_sandbox: Sandbox, device: App) -> str:
    """A refresh token that somebody has."""
    kept = Kept()
    flow(device, sign_in="device", keep=kept, show=lambda _: None)()
    return kept.saved[0]


def test_a_refresh_token_is_rotated_in_its_file_before_the_access_token_is_out(
    flow: Flow, graph_sandbox: Sandbox, device: App, brought: str, tmp_path: Path
) -> None:
    graph_sandbox.rotate_refresh_tokens = "strict"  # each works once, and a second use ends it all
    path = tmp_path / "refresh.token"
    path.write_text(f"{brought}\n", encoding="utf-8")
    path.chmod(0o600)
    for _ in range(2):  # two runs
        acquire = flow(device, refresh_token_file=str(path), keep=RefreshTokenFile(path))
        for _ in range(2):
            before = path.read_text(encoding="utf-8").strip()
            assert claims(acquire().token)["upn"] == "ada.lovelace@contoso.example"
            assert path.read_text(encoding="utf-8") != before


def test_a_web_app_uses_its_refresh_token_with_its_secret(
    flow: Flow, graph_sandbox: Sandbox, http: HttpSession, tmp_path: Path, api: App, caller_token: str
) -> None:
    settings = configured(graph_sandbox, api, client_secret=api.client_secret)
    kept = Kept()
    acquire = on_behalf_of(caller_token, settings, http=http)
    acquire()
    with pytest.raises(AuthError) as caught:
        flow(api, refresh_token_file="x", keep=Kept("none"))()
    assert caught.value.error_codes == (7000218,)

    both = {"refresh_token_file": "x", "client_secret": api.client_secret}
    error = failure_of(flow(api, keep=Kept("none"), **both))

    assert error.code == "invalid_grant"
    assert kept.saved == []


def test_a_new_refresh_token_that_cannot_be_kept_is_an_error_and_is_not_lost(
    flow: Flow, graph_sandbox: Sandbox, device: App, brought: str
) -> None:
    graph_sandbox.rotate_refresh_tokens = "strict"

    class Full(Kept):
        def save(self, refresh_token: str) -> None:
            super().save(refresh_token)
            if len(self.saved) == 1:
                raise OSError(28, "No space left on device")

    kept = Full(brought)
    acquire = flow(device, refresh_token_file="x", keep=kept)

    error = failure_of(acquire)
    assert "could not be kept" in str(error)
    assert "No space left" in str(error)
    assert acquire().token
    assert len(kept.saved) == 2


@pytest.mark.parametrize("fault", [{"reset": "before"}, {"status": 503}, {"html": True}], ids=str)
def test_a_failure_of_transport_does_not_end_a_sign_in(
    flow: Flow, graph_sandbox: Sandbox, device: App, brought: str, fault: dict[str, Any]
) -> None:
    acquire = flow(device, refresh_token_file="x", keep=Kept(brought))
    graph_sandbox.fail("POST", LOGIN, **fault)

    assert failure_of(acquire).transient
    assert acquire().token


@pytest.mark.parametrize("wrong", ["unknown", "", "revoked", "aged"])
def test_a_refresh_token_that_is_no_good_ends_it_for_good(
    flow: Flow, graph_sandbox: Sandbox, device: App, brought: str, wrong: str
) -> None:
    kept = Kept({"unknown": "1.unknown", "": ""}.get(wrong, brought))
    if wrong == "revoked":
        graph_sandbox.revoke_tokens(graph_sandbox.user["id"])
    elif wrong == "aged":
        graph_sandbox.advance(91 * 86400)
    acquire = flow(device, refresh_token_file="x", keep=kept)
    before = graph_sandbox.token_requests

    error = failure_of(acquire)
    again = failure_of(acquire)

    assert (error.code, error.transient) == ("invalid_grant", False)
    assert str(again) == str(error)
    assert graph_sandbox.token_requests == before + (wrong != "")


# -- what is asked for, whatever the way ----------------------------------------------------------------------


def test_capabilities_are_off_by_default_and_go_out_with_every_token(
    flow: Flow, graph_sandbox: Sandbox, device: App, brought: str
) -> None:
    for kind in ({"client_secret": graph_sandbox.client_secret}, {"refresh_token_file": "x"}):
        app = device if "refresh_token_file" in kind else None
        keep = Kept(brought)
        flow(app, keep=keep, **kind)()
        assert "claims" not in last_form(graph_sandbox)

        acquire = flow(app, keep=keep, client_capabilities="cp1", **kind)
        acquire()
        assert json.loads(last_form(graph_sandbox)["claims"][0]) == {
            "access_token": {"xms_cc": {"values": ["cp1"]}}
        }
        acquire(claims='{"access_token":{"nbf":{"essential":true,"value":"1"}}}')
        assert json.loads(last_form(graph_sandbox)["claims"][0]) == {
            "access_token": {"nbf": {"essential": True, "value": "1"}, "xms_cc": {"values": ["cp1"]}}
        }


def test_claims_without_capabilities_go_out_as_they_are(
    flow: Flow, graph_sandbox: Sandbox, device: App, brought: str
) -> None:
    acquire = flow(device, keep=Kept(brought), refresh_token_file="x")
    acquire(claims='{"a":  1}')

    assert last_form(graph_sandbox)["claims"] == ['{"a":  1}']


def test_clients_of_many_tenants_share_one_session_and_no_token(graph_sandbox: Sandbox) -> None:
    other = graph_sandbox.add_tenant("fabrikam.example")
    app = graph_sandbox.add_app("wide", roles=["User.Read.All"], multi_tenant=True)
    app.consent(other, roles=["User.Read.All"])
    settings = configured(graph_sandbox, app, client_secret=app.client_secret)

    clients = GraphClient.for_tenants([graph_sandbox.tenant_id, other.id, other.id], settings)

    assert list(clients) == [graph_sandbox.tenant_id, other.id]
    assert graph_sandbox.requests == []
    tokens = [client.token_holder.token for client in clients.values()]
    assert [claims(token)["tid"] for token in tokens] == [graph_sandbox.tenant_id, other.id]
    assert len({client._core.transport.http for client in clients.values()}) == 1
    clients[other.id].close()
    assert clients[graph_sandbox.tenant_id].users.count() == graph_sandbox.users
    clients[graph_sandbox.tenant_id].close()


# -- what a refusal says --------------------------------------------------------------------------------------

NUMBERS = (
    "7000215 7000222 7000218 700027 50012 50013 500133 700016 7000112 70001 90002 500011 50001 650057 70011 "
    "700022 28002 28003 1002012 900144 9001023 50194 65001 50074 50076 50079 50158 53000 53001 53002 53003 50173 "
    "70008 700082 70043 50132 50133 50196 90033 90024 90012 50033 50087 90055 90038 900382 900432 50049 50050"
)


@pytest.mark.parametrize("number", [int(number) for number in NUMBERS.split()])
def test_every_number_worth_knowing_has_its_advice(number: int) -> None:
    body = {
        "error": "invalid_grant",
        "error_description": f"AADSTS{number}: Something.\r\nTrace ID: t",
        "trace_id": "the-trace",
        "correlation_id": "the-correlation",
    }

    for with_list in ({"error_codes": [number]}, {}):  # some answers name it in the sentence only
        error = explain({**body, **with_list}, 400, "login.example")
        first, advice, ids = str(error).split("\n")
        assert first == f"sign-in at login.example failed: AADSTS{number}: Something."
        assert len(advice) > 20
        assert ids.startswith("  trace_id=the-trace correlation_id=the-correlation")
        assert error.error_codes == (number,)
        assert error.transient is (number in (90033, 90024, 90012, 50033, 50087, 90055))


def test_no_number_has_two_pieces_of_advice() -> None:
    numbers = [number for numbers in _BY_NUMBER for number in numbers]

    assert len(numbers) == len(set(numbers))


def test_a_refusal_asks_the_token_service_once(flow: Flow, graph_sandbox: Sandbox) -> None:
    failure_of(flow(client_secret="wrong"))

    assert asked(graph_sandbox)[-1] == f"POST {LOGIN}"
    assert graph_sandbox.token_requests == 1
