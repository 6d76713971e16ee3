"""In Microsoft's place: what a program finds that honours HTTPS_PROXY and a CA file, and what it cannot reach."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import msal
import pytest
import requests

from leangraph import GraphClient, Sandbox, Settings
from leangraph.sandbox.wire import hosts

SCOPE = "https://graph.microsoft.com/.default"


@pytest.fixture
def behind(graph_sandbox: Sandbox) -> Iterator[requests.Session]:
    """A session that knows the proxy and the CA, and nothing of the sandbox."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": graph_sandbox.proxy_env["HTTPS_PROXY"]}
        session.verify = graph_sandbox.ca_bundle
        yield session


def token(sandbox: Sandbox, session: requests.Session, login: str, resource: str) -> requests.Response:
    form = {"grant_type": "client_credentials", "client_id": sandbox.client_id, "scope": f"{resource}/.default"}
    form["client_secret"] = sandbox.client_secret
    return session.post(f"https://{login}/{sandbox.tenant_id}/oauth2/v2.0/token", data=form)


def ask(sandbox: Sandbox, raw: bytes, *, hang_up: bool = True) -> bytes:
    """Send bytes to the proxy and return all that it answers."""
    port = urlsplit(sandbox.proxy_env["HTTPS_PROXY"]).port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        peer.sendall(raw)
        if hang_up:
            peer.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: peer.recv(65536), b""))


def test_bare_msal_and_requests_run_unchanged(graph_sandbox: Sandbox, behind: requests.Session) -> None:
    app = msal.ConfidentialClientApplication(  # instance discovery and all
        graph_sandbox.client_id,
        client_credential=graph_sandbox.client_secret,
        authority=f"https://login.microsoftonline.com/{graph_sandbox.tenant_id}",
        http_client=behind,
    )
    got = app.acquire_token_for_client([SCOPE])["access_token"]
    page = behind.get(
        "https://graph.microsoft.com/v1.0/users?$top=5", headers={"Authorization": f"Bearer {got}"}
    ).json()

    assert page["@odata.nextLink"].startswith("https://graph.microsoft.com/v1.0/users?")
    again = behind.get(page["@odata.nextLink"], headers={"Authorization": f"Bearer {got}"})
    assert len(again.json()["value"]) == 5
    assert graph_sandbox.proxy_refused == []


def test_this_client_runs_in_it_too(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in graph_sandbox.proxy_env.items():
        monkeypatch.setenv(name, value)
    with GraphClient(settings=Settings(_env_file=None)) as graph:
        assert graph.url.startswith("https://graph.microsoft.com")
        assert graph.users.count() == 50


@pytest.mark.parametrize(
    ("login", "graph"),
    [
        ("login.microsoftonline.com", "graph.microsoft.com"),
        ("login.microsoftonline.us", "graph.microsoft.us"),
        ("login.microsoftonline.us", "dod-graph.microsoft.us"),
        ("login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_every_cloud_has_its_hosts_and_takes_its_own_tokens(
    graph_sandbox: Sandbox, behind: requests.Session, login: str, graph: str
) -> None:
    answer = token(graph_sandbox, behind, login, f"https://{graph}")
    assert answer.status_code == 200, answer.text
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert behind.get(f"https://{graph}/v1.0/users", headers=bearer).status_code == 200
    for other in set(hosts.GRAPH) - {graph}:
        assert behind.get(f"https://{other}/v1.0/users", headers=bearer).status_code == 401, other
    found = behind.get(f"https://{login}/{graph_sandbox.tenant_id}/v2.0/.well-known/openid-configuration").json()
    assert found["token_endpoint"].startswith(f"https://{login}/")
    assert found["msgraph_host"] == hosts.graph_of(login)


def test_a_scope_without_a_resource_is_of_the_graph_of_its_cloud(
    graph_sandbox: Sandbox, behind: requests.Session
) -> None:
    graph_sandbox.device_code_interval = 0
    app = graph_sandbox.add_app("cli", public=True)
    client = msal.PublicClientApplication(
        app.client_id,
        authority=f"https://login.microsoftonline.us/{graph_sandbox.tenant_id}",
        http_client=behind,
    )
    got = client.acquire_token_by_device_flow(client.initiate_device_flow(["User.Read"]))
    bearer = {"Authorization": f"Bearer {got['access_token']}"}
    assert behind.get("https://graph.microsoft.us/v1.0/me", headers=bearer).status_code == 200
    assert behind.get("https://graph.microsoft.com/v1.0/me", headers=bearer).status_code == 401


def test_instance_discovery_knows_the_clouds(behind: requests.Session) -> None:
    query = {"api-version": "1.1", "authorization_endpoint": "https://login.microsoftonline.us/x/oauth2/authorize"}
    url = "https://login.microsoftonline.com/common/discovery/instance"
    found = behind.get(url, params=query).json()

    there = "https://login.microsoftonline.us/x/v2.0/.well-known/openid-configuration"
    assert found["tenant_discovery_endpoint"] == there
    first = found["metadata"][0]
    assert (first["preferred_network"], first["preferred_cache"]) == (
        "login.microsoftonline.com",
        "login.windows.net",
    )
    assert {name for each in found["metadata"] for name in each["aliases"]} == set(hosts.LOGIN)
    query["authorization_endpoint"] = "https://login.example.com/x/oauth2/authorize"
    assert behind.get(url, params=query).json()["error"] == "invalid_instance"


@pytest.mark.parametrize("host", ["example.com", "graph.microsoft.com.evil.example", "evil-graph.microsoft.com"])
def test_every_other_host_is_refused_without_being_contacted(
    graph_sandbox: Sandbox, behind: requests.Session, host: str
) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        behind.get(f"https://{host}/")
    assert graph_sandbox.proxy_refused == [f"{host}:443"]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"CONNECT graph.microsoft.com:80 HTTP/1.1\r\n\r\n", b"403"),
        (b"CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n", b"403"),
        (b"CONNECT localhost:22 HTTP/1.1\r\n\r\n", b"403"),
        (b"CONNECT 169.254.169.254:443 HTTP/1.1\r\n\r\n", b"403"),
        (b"CONNECT [::2]:443 HTTP/1.1\r\n\r\n", b"403"),
        (b"GET http://graph.microsoft.com/v1.0/users HTTP/1.1\r\n\r\n", b"403"),
        (b"GET http://example.com/ HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n", b"403"),
        (b"GET / HTTP/1.1\r\nHost: graph.microsoft.com\r\n\r\n", b"400"),
        (b"CONNECT graph.microsoft.com:443 SMTP\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_only_https_to_the_hosts_it_stands_for(graph_sandbox: Sandbox, raw: bytes, status: bytes) -> None:
    answer = ask(graph_sandbox, raw)
    assert answer.split(b" ")[1] == status
    assert b"The sandbox's proxy leads to Microsoft's login and Graph hosts only" in answer


@pytest.mark.parametrize(
    "raw", [b"", b"CONNECT graph", b"CONNECT x:99999 HTTP/1.1\r\n\r\n", b"GET https://[ HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_request_ends_the_connection(graph_sandbox: Sandbox, raw: bytes) -> None:
    assert ask(graph_sandbox, raw) == b""


def test_a_request_for_the_whole_address_is_served(graph_sandbox: Sandbox, behind: requests.Session) -> None:
    """As axios sends it: no CONNECT, the proxy speaks TLS in its place."""
    bearer = token(graph_sandbox, behind, "login.microsoftonline.com", "https://graph.microsoft.com").json()
    head = (
        "GET https://graph.microsoft.com/v1.0/users/$count HTTP/1.1\r\nHost: graph.microsoft.com\r\n"
        f"Authorization: Bearer {bearer['access_token']}\r\nConsistencyLevel: eventual\r\n"
        "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\nConnection: keep-alive\r\n\r\n"
    )
    answer = ask(graph_sandbox, head.encode(), hang_up=False)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n50")
    sent = graph_sandbox.requests[-1].headers
    assert "Proxy-Authorization" not in sent
    assert "Proxy-Connection" not in sent


def test_uploads_go_to_another_host_without_the_token(graph_sandbox: Sandbox, behind: requests.Session) -> None:
    bearer = token(graph_sandbox, behind, "login.microsoftonline.com", "https://graph.microsoft.com").json()
    sent = {"Authorization": f"Bearer {bearer['access_token']}"}
    root = "https://graph.microsoft.com/v1.0/users/ada.lovelace@contoso.example/drive/root:"
    part = {"Content-Range": "bytes 0-2/3"}
    for name, proxies in (("a", behind.proxies), ("b", {"https": ""})):  # a program may honour NO_PROXY or not
        session = behind.post(f"{root}/{name}:/createUploadSession", headers=sent, json={}).json()
        assert urlsplit(session["uploadUrl"]).hostname not in hosts.MICROSOFT
        assert behind.put(session["uploadUrl"], data=b"abc", headers=part, proxies=proxies).status_code in (
            200,
            201,
        )


def test_azure_has_no_subscriptions(graph_sandbox: Sandbox, behind: requests.Session) -> None:
    answer = token(graph_sandbox, behind, "login.microsoftonline.com", "https://management.core.windows.net/")
    sent = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    root = f"https://{hosts.MANAGEMENT}"
    assert behind.get(f"{root}/subscriptions?api-version=2022-12-01", headers=sent).json()["value"] == []
    (tenant,) = behind.get(f"{root}/tenants?api-version=2022-12-01", headers=sent).json()["value"]
    assert tenant["tenantId"] == graph_sandbox.tenant_id
    assert behind.get(f"{root}/subscriptions/x/resourceGroups", headers=sent).status_code == 501
    assert behind.get(f"{root}/subscriptions").status_code == 401
    refused = behind.get("https://graph.microsoft.com/v1.0/users", headers=sent)
    assert refused.status_code == 401


def test_the_proxy_ends_with_the_sandbox() -> None:
    with Sandbox(users=1) as sandbox:
        port = urlsplit(sandbox.proxy_env["HTTPS_PROXY"]).port
        context = ssl.create_default_context(cafile=sandbox.ca_bundle)
        peer = socket.create_connection(("127.0.0.1", port), timeout=10)
        peer.sendall(b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n")
        assert peer.recv(100).startswith(b"HTTP/1.1 200 ")
        inside = context.wrap_socket(peer, server_hostname="graph.microsoft.com")
    with inside:
        assert inside.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
