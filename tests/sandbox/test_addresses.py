"""Addresses as clients send them, rather than as the pages print them; and whose name the sandbox answers to."""

from __future__ import annotations

import os
import socket
import ssl
import stat
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from graph_calls import Graph
from processes import LIMIT

from leangraph.sandbox import Sandbox
from leangraph.sandbox.odata.paths import split

ADA = "ada.lovelace@contoso.example"
PAGES = (
    "/users",
    f"/users/{ADA}",
    f"/users/{ADA}/memberOf",
    "/users/$count",
    "/groups?$top=2",
    "/directoryRoles",
    f"/users/{ADA}/drive/root/children",
    "/reports/getOffice365ActiveUserDetail(period='D7')",
    "/directory/deletedItems/microsoft.graph.user",
    "/servicePrincipals",
)


def answers_alike(graph: Graph, printed: str, sent: str) -> None:
    """Assert that an address gets the answer of the one that the page prints."""
    headers = {"ConsistencyLevel": "eventual"}
    wanted = graph("GET", printed, headers, allow_redirects=False)
    got = graph("GET", sent, headers, allow_redirects=False)
    assert wanted.status_code in (200, 302)
    assert got.status_code == wanted.status_code, got.text
    if wanted.status_code == 200 and wanted.headers["Content-Type"].startswith("application/json"):
        assert got.json().get("value") == wanted.json().get("value")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda page: "/" + page,  # a base address that ends in a slash: msgraph-sdk 1.x
        lambda page: page.replace("/", "//"),
        lambda page: page.partition("?")[0] + "/" + page[len(page.partition("?")[0]) :],
        str.upper,
        lambda page: page.replace("$", "%24").replace("@", "%40"),  # Kiota
        lambda page: page.replace("(", "%28").replace(")", "%29").replace("=", "%3D").replace("'", "%27"),
    ],
    ids=["slash before", "slashes doubled", "slash behind", "upper case", "encoded", "arguments encoded"],
)
def test_an_address_is_read_as_clients_write_it(graph: Graph, page: str, rewrite) -> None:  # type: ignore[no-untyped-def]
    if "?" in page and "%3D" in rewrite(page):
        pytest.skip("there are no arguments to encode")
    answers_alike(graph, page, rewrite(page))


@pytest.mark.parametrize(
    ("printed", "sent"),
    [
        (f"/users/{ADA}/memberOf/microsoft.graph.group", f"/users/{ADA}/memberOf/graph.group"),
        ("/directory/deletedItems/microsoft.graph.user", "/directory/deletedItems/graph.user"),
        ("/users/delta", "/users/graph.delta()"),
        ("/users/delta", "/users/microsoft.graph.delta"),
        (f"/users/{ADA}/memberOf/microsoft.graph.group/$count", f"/users/{ADA}/memberOf/Graph.Group/%24count"),
    ],
)
def test_a_cast_may_use_the_alias_of_the_namespace(graph: Graph, printed: str, sent: str) -> None:
    count = "?$count=true" if "delta" not in printed and "count" not in printed else ""
    answers_alike(graph, printed + count, sent + count)


def test_a_name_that_only_looks_like_an_alias_is_a_key() -> None:
    assert split("/users/graph.admin@contoso.example") == ["users", "graph.admin@contoso.example"]
    assert split("/users/graph.user@contoso.example") == ["users", "graph.user@contoso.example"]


@pytest.mark.parametrize("name", ["x.txt", "a b/c d.txt", "50%.txt", "ä/ö.txt", "plus+and.txt"])
def test_the_path_of_a_file_may_be_one_encoded_variable(graph: Graph, name: str) -> None:
    drive = graph.get(f"/users/{ADA}/drive").json()["id"]
    encoded = quote(f"root:/{quote(name)}:", safe="%")
    made = graph("PUT", f"/drives/{drive}/items/{encoded}/content", data=b"text")
    assert made.status_code == 201, made.text
    assert made.json()["name"] == name.rpartition("/")[2]
    session = graph("POST", f"/drives/{drive}/items/{encoded}/createUploadSession", json={})
    assert session.status_code == 200, session.text
    again = graph("GET", f"/drives/{drive}/root:/{quote(name)}")
    assert again.json()["id"] == made.json()["id"]


# As recorded from the clients of `make test-peers` in their default configuration, without ids.
SENT = (
    # msgraph-sdk 1.65.0: its base address ends in a slash
    ("/users", "//users"),
    ("/users?$top=7", "//users?$top=7"),
    (f"/users/{ADA}", "//users/ada.lovelace%40contoso.example"),
    (f"/users/{ADA}/messages", "//users/ada.lovelace%40contoso.example/messages"),
    ("/users/$count", "//users/$count"),
    ("/users/delta", "//users/delta()"),
    (
        "/users?$filter=startswith(displayName,'Ada')&$select=displayName,mail",
        "//users?$filter=startswith%28displayName%2C%27Ada%27%29&$select=displayName,mail",
    ),
    # O365 2.1.10
    ("/users?$top=999", "/users?%24top=999"),
    (
        "/users?$top=100&$filter=startswith(displayName,'Ada')&$select=displayName,mail",
        "/users?%24top=100&%24filter=startswith%28displayName%2C+%27Ada%27%29&%24select=displayName%2Cmail",
    ),
)


@pytest.mark.parametrize(("printed", "sent"), SENT)
def test_what_clients_send_by_default_is_served(graph: Graph, printed: str, sent: str) -> None:
    answers_alike(graph, printed, sent)


def test_a_file_is_found_as_the_official_sdk_and_o365_write_it(graph: Graph) -> None:
    drive = graph.get(f"/users/{ADA}/drive").json()["id"]
    made = graph("PUT", f"//drives/{quote(drive)}/items/root%3A%2Fpeer.txt%3A/content", data=b"abc").json()
    for sent in (f"//drives/{quote(drive)}/items/root%3A%2Fpeer.txt%3A", f"/users/{ADA}/drive/root:/peer.txt"):
        assert graph("GET", sent).json()["id"] == made["id"], sent


def test_members_are_cast_as_the_official_sdk_writes_it(graph: Graph) -> None:
    group = graph.get("/groups").json()["value"][0]["id"]
    answers_alike(
        graph,
        f"/groups/{group}/members/microsoft.graph.user?$count=true",
        f"//groups/{group}/members/graph.user?$count=true",
    )


# -- whose name it answers to ---------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", "127.0.0.1.evil.example", "[::2]"])
def test_a_host_that_is_not_its_own_is_misdirected(graph: Graph, host: str) -> None:
    url = f"{graph.sandbox.url}/{graph.sandbox.tenant_id}/v2.0/.well-known/openid-configuration"
    assert graph.web.get(url, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:1", "LOCALHOST:80", "[::1]:5", "login.microsoftonline.com"]
)
def test_a_host_of_its_own_is_served(graph: Graph, host: str) -> None:
    url = f"{graph.sandbox.url}/{graph.sandbox.tenant_id}/v2.0/.well-known/openid-configuration"
    answer = graph.web.get(url, headers={"Host": host})
    assert answer.status_code == 200
    assert answer.json()["issuer"].startswith(f"https://{host}/")


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.1\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\nHost: localhost\n\r\n"]
)
def test_a_line_that_ends_in_a_bare_line_feed_is_refused(graph_sandbox: Sandbox, request_: bytes) -> None:
    address = urlsplit(graph_sandbox.url)
    context = ssl.create_default_context(cafile=graph_sandbox.ca_bundle)
    with (
        socket.create_connection((address.hostname, address.port), timeout=LIMIT) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as peer,
    ):
        peer.sendall(request_)
        assert peer.recv(100).startswith(b"HTTP/1.1 400 ")


def test_pre_authenticated_addresses_are_on_another_host(graph: Graph) -> None:
    url = graph("POST", f"/users/{ADA}/drive/root:/big.bin:/createUploadSession", json={}).json()["uploadUrl"]

    assert urlsplit(url).hostname != urlsplit(graph.sandbox.url).hostname
    assert graph.web.put(url, data=b"abc", headers={"Content-Range": "bytes 0-2/3"}).status_code == 201


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX's")
def test_a_tenant_in_a_file_is_its_owners(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with Sandbox(users=2, store=tmp_path / "tenant.db") as sandbox:
            sandbox.add_user()
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}, modes
