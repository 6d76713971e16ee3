"""The sandbox, asked over real HTTPS by the unmodified ``msal`` and ``requests``."""

import base64
import json
import os
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from graph_calls import EVENTUAL, SCOPE, Graph, app, error, names, token_call
from processes import LIMIT

from leangraph.sandbox import Sandbox

GRACE = {
    "accountEnabled": True,
    "displayName": "Grace Murray",
    "mailNickname": "grace.murray",
    "userPrincipalName": "grace.murray@contoso.example",
    "passwordProfile": {"password": "Compiler-1952", "forceChangePasswordNextSignIn": True},
}


@pytest.fixture
def sandbox(graph_sandbox: Sandbox) -> Sandbox:
    return graph_sandbox


@pytest.fixture
def graph(sandbox: Sandbox, web: requests.Session) -> "Graph":
    return Graph(sandbox, web, app(sandbox, web).acquire_token_for_client(SCOPE)["access_token"])


def talk(sandbox: Sandbox, data: bytes) -> bytes:
    """Send raw bytes inside TLS and return everything that comes back."""
    context = ssl.create_default_context(cafile=sandbox.ca_bundle)
    port = int(sandbox.url.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as peer,
    ):
        peer.sendall(data)
        answer = b""
        while piece := peer.recv(65536):
            answer += piece
        return answer


# -- life ---------------------------------------------------------------------------------------------


def test_it_leaves_nothing_behind() -> None:
    before = set(threading.enumerate())
    with Sandbox(users=3) as sandbox:
        ca = Path(sandbox.ca_bundle)
        assert [file.name for file in ca.parent.iterdir()] == ["ca.pem"]
        assert b"PRIVATE" not in ca.read_bytes()
    assert not ca.parent.exists()
    assert set(threading.enumerate()) <= before


def test_it_starts_without_with_and_closes_twice() -> None:
    sandbox = Sandbox(users=3).start()
    with pytest.raises(RuntimeError, match="running already"):
        sandbox.start()
    sandbox.close()
    sandbox.close()
    with pytest.raises(RuntimeError, match="not running"):
        _ = sandbox.url


def test_the_same_seed_makes_the_same_tenant_whatever_its_size() -> None:
    with Sandbox(users=5, seed=7) as small, Sandbox(users=9, seed=7) as big, Sandbox(users=5) as other:
        ids = [(each.tenant_id, each.client_id, each.client_secret) for each in (small, big, other)]
        people = [[row["id"] for row in everybody(each)] for each in (small, big, other)]
    assert ids[0] == ids[1] != ids[2]
    assert people[0] == people[1][:5] != people[2]


def everybody(sandbox: Sandbox) -> list[dict[str, Any]]:
    with requests.Session() as web:
        web.trust_env = False
        web.verify = sandbox.ca_bundle
        token = token_call(sandbox, web).json()["access_token"]
        return list(Graph(sandbox, web, token).get("/users").json()["value"])


def test_the_environment_it_offers_is_complete(sandbox: Sandbox) -> None:
    assert sandbox.env == {
        "AZURE_TENANT_ID": sandbox.tenant_id,
        "AZURE_CLIENT_ID": sandbox.client_id,
        "AZURE_CLIENT_SECRET": sandbox.client_secret,
        "AZURE_AUTHORITY_HOST": sandbox.url,
        "GRAPH_URL": sandbox.url,
        "GRAPH_CA_BUNDLE": sandbox.ca_bundle,
    }
    assert "sandbox" in sandbox.client_secret


def test_reset_returns_to_the_seeded_state(sandbox: Sandbox, graph: Graph) -> None:
    graph("DELETE", "/users/ada.lovelace@contoso.example")
    sandbox.add_user(displayName="Extra")
    sandbox.fail("*", "*", status=500, times=9)
    sandbox.advance(5000)
    sandbox.page_size, sandbox.token_lifetime = 7, 60
    assert (sandbox.users, sandbox.pending_faults) == (50, 9)

    sandbox.reset()

    assert (sandbox.users, sandbox.pending_faults, sandbox.requests, sandbox.token_requests) == (50, 0, [], 0)
    assert (sandbox.page_size, sandbox.token_lifetime) == (None, 3599)
    graph.token = token_call(sandbox, graph.web).json()["access_token"]
    assert graph.get("/users/ada.lovelace@contoso.example").status_code == 200


# -- TLS and HTTP ---------------------------------------------------------------------------------------


def test_the_certificate_passes_the_strict_rules_of_python_3_13(sandbox: Sandbox) -> None:
    context = ssl.create_default_context(cafile=sandbox.ca_bundle)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    port = int(sandbox.url.rpartition(":")[2])
    for name in ("127.0.0.1", "::1", "localhost"):
        with (
            socket.create_connection(("127.0.0.1", port)) as raw,
            context.wrap_socket(raw, server_hostname=name) as peer,
        ):
            assert peer.version() == "TLSv1.3"
    ca = x509.load_pem_x509_certificate(Path(sandbox.ca_bundle).read_bytes())
    assert ca.extensions.get_extension_for_class(x509.BasicConstraints).critical


def test_peers_that_never_finish_the_handshake_hold_up_nobody(sandbox: Sandbox, graph: Graph) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
    try:
        graph.web.close()  # drops the pooled connection: a new handshake must get through
        assert graph.get("/users", top="1").status_code == 200
    finally:
        for peer in idle:
            peer.close()


def test_a_connection_is_kept_and_large_bodies_are_compressed(sandbox: Sandbox, graph: Graph) -> None:
    graph.get("/users")
    open_now = sandbox.connections
    large, small = graph.get("/users"), graph.get("/users", top="1", select="id")
    assert large.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in small.headers
    assert "Content-Encoding" not in graph("GET", "/users", {"Accept-Encoding": "gzip;q=0"}).headers
    assert sandbox.connections <= open_now


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /v1.0/users HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1.0/users HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
        (b"GET users HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nBad Name: b\r\n\r\n", 400),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 200 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET / HTTP/1.0\r\n\r\n", 404),
    ],
)
def test_malformed_http_is_refused_and_the_server_lives_on(
    sandbox: Sandbox, graph: Graph, sent: bytes, status: int
) -> None:
    assert talk(sandbox, sent).startswith(b"HTTP/1.1 %d " % status)
    assert graph.get("/users", top="1").status_code == 200


def test_a_chunked_body_is_read(graph: Graph) -> None:
    pieces = iter([json.dumps(GRACE).encode()[:50], json.dumps(GRACE).encode()[50:]])
    made = graph("POST", "/users", {"Content-Type": "application/json"}, data=pieces)
    assert made.status_code == 201


def test_what_breaks_inside_is_a_500_and_kept(sandbox: Sandbox, graph: Graph) -> None:
    assert sandbox._live is not None
    sandbox._live.directory.page_size = "many"  # type: ignore[assignment]
    assert error(graph.get("/users"))[:2] == (500, "InternalServerError")
    assert [type(problem) for problem in sandbox.errors] == [TypeError]
    sandbox.errors.clear()


# -- the token service ----------------------------------------------------------------------------------


def test_msal_gets_a_token_once_and_finds_it_again(sandbox: Sandbox, web: requests.Session) -> None:
    client = app(sandbox, web)
    first, again = (client.acquire_token_for_client(SCOPE) for _ in range(2))
    assert first["access_token"] == again["access_token"]
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 3599)
    assert "scope" not in first
    assert sandbox.token_requests == 1


def test_msal_discovers_the_instance_by_the_sandbox_itself(sandbox: Sandbox, web: requests.Session) -> None:
    client = app(
        sandbox,
        web,
        tenant="contoso.example",
        instance_discovery=f"{sandbox.url}/common/discovery/instance",
    )
    assert "access_token" in client.acquire_token_for_client(SCOPE)
    assert client.authority.tenant == sandbox.tenant_id  # the domain was resolved
    endpoint = "https://login.evil.example/x/oauth2/v2.0/authorize"
    refused = web.get(
        f"{sandbox.url}/common/discovery/instance",
        params={"api-version": "1.1", "authorization_endpoint": endpoint},
    )
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_instance")


def test_the_token_is_a_jwt_whose_signature_the_keys_verify(sandbox: Sandbox, web: requests.Session) -> None:
    import jwt

    token = token_call(sandbox, web).json()["access_token"]
    keys = web.get(f"{sandbox.url}/{sandbox.tenant_id}/discovery/v2.0/keys").json()["keys"]
    claims = jwt.decode(token, jwt.PyJWK(keys[0]).key, ["RS256"], audience="https://graph.microsoft.com")
    assert claims["tid"] == sandbox.tenant_id
    assert claims["appid"] == sandbox.client_id
    assert claims["iss"] == f"https://sts.windows.net/{sandbox.tenant_id}/"
    assert "User.ReadWrite.All" in claims["roles"]
    assert claims["exp"] - claims["iat"] == 3599


def test_two_tokens_are_never_the_same(sandbox: Sandbox, web: requests.Session) -> None:
    assert len({token_call(sandbox, web).json()["access_token"] for _ in range(5)}) == 5


def test_the_secret_may_come_by_http_basic(sandbox: Sandbox, web: requests.Session) -> None:
    url = f"{sandbox.url}/{sandbox.tenant_id}/oauth2/v2.0/token"
    form = {"grant_type": "client_credentials", "scope": SCOPE[0]}
    assert web.post(url, data=form, auth=(sandbox.client_id, sandbox.client_secret)).status_code == 200
    assert web.post(url, data=form, auth=(sandbox.client_id, "wrong")).status_code == 401


@pytest.mark.parametrize(
    ("changes", "status", "name", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": None}, 401, "invalid_client", 7000218),
        ({"client_assertion": "a.b.c"}, 400, "invalid_request", 900144),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, 400, "unauthorized_client", 700016),
        ({"client_id": None}, 400, "invalid_request", 900144),
        ({"grant_type": None}, 400, "invalid_request", 900144),
        ({"grant_type": "wrong"}, 400, "unsupported_grant_type", 70003),
        ({"scope": None}, 400, "invalid_request", 900144),
        ({"scope": ""}, 400, "invalid_scope", 28003),
        ({"scope": "https://graph.microsoft.com/User.Read"}, 400, "invalid_scope", 1002012),
        ({"scope": SCOPE[0] + " https://vault.azure.net/.default"}, 400, "invalid_scope", 700022),
        ({"scope": "https://nobody.example/.default"}, 400, "invalid_resource", 500011),
        ({"tenant": "fabrikam.example"}, 400, "invalid_request", 90002),
        ({"tenant": "common"}, 400, "invalid_request", 9001023),
        ({"scope": [SCOPE[0], SCOPE[0]]}, 400, "invalid_request", 9000411),
    ],
)
def test_entra_refuses_with_its_documented_number(
    sandbox: Sandbox, web: requests.Session, changes: dict[str, Any], status: int, name: str, number: int
) -> None:
    response = token_call(sandbox, web, **changes)
    body = response.json()
    assert (response.status_code, body["error"], body["error_codes"]) == (status, name, [number])
    lines = body["error_description"].split("\r\n")
    assert lines[0].startswith(f"AADSTS{number}: ")
    assert [line.partition(":")[0] for line in lines[1:]] == ["Trace ID", "Correlation ID", "Timestamp"]
    assert body.keys() >= {"timestamp", "trace_id", "correlation_id"}


def test_an_unknown_tenant_has_no_discovery_document(sandbox: Sandbox, web: requests.Session) -> None:
    with pytest.raises(ValueError, match="Unable to get authority configuration"):
        app(sandbox, web, tenant="fabrikam.example")


@pytest.mark.parametrize(
    "resource", ["https://graph.microsoft.com", "{url}", "00000003-0000-0000-c000-000000000000"]
)
def test_graph_is_known_by_three_names(sandbox: Sandbox, graph: Graph, resource: str) -> None:
    scope = resource.format(url=sandbox.url) + "/.default"
    graph.token = token_call(sandbox, graph.web, scope=scope).json()["access_token"]
    assert graph.get("/users").status_code == 200


def test_refresh_in_reaches_msal(sandbox: Sandbox, web: requests.Session) -> None:
    sandbox.refresh_in = 1800
    assert token_call(sandbox, web).json()["refresh_in"] == 1800


# -- what Graph says to tokens ----------------------------------------------------------------------------


def test_graph_says_why_a_token_is_no_good(sandbox: Sandbox, graph: Graph) -> None:
    def refusal(authorization: str) -> str:
        response = graph("GET", "/users", {"Authorization": authorization})
        assert error(response)[:2] == (401, "InvalidAuthenticationToken")
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
        return error(response)[2]

    assert graph.web.get(f"{sandbox.url}/v1.0/users").status_code == 401
    assert refusal("Bearer") == "Access token is empty."
    assert refusal("Bearer nonsense") == "CompactToken parsing failed with error code: 80049217"
    foreign = base64.urlsafe_b64encode(json.dumps({"aud": "https://elsewhere.example"}).encode()).decode()
    assert refusal(f"Bearer e30.{foreign}.x") == "Access token validation failure. Invalid audience."
    vault = token_call(sandbox, graph.web, scope="https://vault.azure.net/.default").json()["access_token"]
    assert refusal(f"Bearer {vault}") == "Access token validation failure. Invalid audience."
    sandbox.advance(3598 - 10)
    assert graph.get("/users").status_code == 200
    sandbox.advance(12)
    assert refusal(f"Bearer {graph.token}") == "Lifetime validation failed, the token is expired."


def test_revoked_tokens_are_refused_and_new_ones_are_not(sandbox: Sandbox, graph: Graph) -> None:
    sandbox.revoke_tokens()
    assert error(graph.get("/users"))[:2] == (401, "InvalidAuthenticationToken")
    graph.token = token_call(sandbox, graph.web).json()["access_token"]
    assert graph.get("/users").status_code == 200


def test_a_client_that_takes_challenges_gets_one(sandbox: Sandbox, graph: Graph) -> None:
    client = app(sandbox, graph.web, client_capabilities=["cp1"])
    graph.token = client.acquire_token_for_client(SCOPE)["access_token"]
    sandbox.revoke_tokens()
    challenge = graph.get("/users").headers["WWW-Authenticate"]
    assert challenge.startswith("PoP ")
    claims = base64.b64decode(challenge.rpartition('claims="')[2].rstrip('"')).decode()
    assert "nbf" in json.loads(claims)["access_token"]
    graph.token = client.acquire_token_for_client(SCOPE, claims_challenge=claims)["access_token"]
    assert graph.get("/users").status_code == 200


# -- every answer -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/users", "/nonsense"])
def test_every_answer_has_graphs_headers(graph: Graph, path: str) -> None:
    answer = graph.get(path, {"client-request-id": "my-own-id"})
    assert answer.headers["client-request-id"] == "my-own-id"
    assert answer.headers["request-id"]
    assert answer.headers["Date"].endswith(" GMT")
    assert "ServerInfo" in json.loads(answer.headers["x-ms-ags-diagnostic"])
    assert answer.headers["Content-Type"].startswith("application/json")
    unasked = graph.get(path).headers
    assert unasked["client-request-id"] == unasked["request-id"]


def test_an_error_carries_the_ids_inside_too(graph: Graph) -> None:
    answer = graph.get("/nonsense", {"client-request-id": "mine"})
    inner = answer.json()["error"]["innerError"]
    assert inner["request-id"] == answer.headers["request-id"]
    assert (inner["client-request-id"], len(inner["date"])) == ("mine", len("2023-07-14T08:43:39"))


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/nonsense", (400, "BadRequest", "Resource not found for the segment 'nonsense'.")),
        ("GET", "/users/x/nonsense", (400, "BadRequest", "Resource not found for the segment 'nonsense'.")),
        (
            "PUT",
            "/users",
            (405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."),
        ),
        (
            "GET",
            "/me",
            (400, "BadRequest", "/me request is only valid with delegated authentication flow."),
        ),
        (
            "GET",
            "/users/nobody",
            (
                404,
                "Request_ResourceNotFound",
                "Resource 'nobody' does not exist or one of its queried reference-property objects are "
                "not present.",
            ),
        ),
    ],
)
def test_unknown_paths_are_refused_in_graphs_words(
    graph: Graph, method: str, path: str, found: tuple[int, str, str]
) -> None:
    assert error(graph(method, path)) == found


def test_a_path_without_a_version_is_not_found(sandbox: Sandbox, graph: Graph) -> None:
    assert error(graph("GET", f"{sandbox.url}/users")) == (404, "ResourceNotFound", "Invalid version: users")


@pytest.mark.usefixtures("acted")
def test_what_is_not_acted_out_says_so(graph: Graph) -> None:
    for request in (
        "GET /deviceManagement/deviceConfigurations",
        "POST /groups/validateProperties",
        "GET /me/todo",
    ):
        method, path = request.split()
        status, code, message = error(graph(method, path))
        assert (status, code) == (501, "NotImplemented")
        assert "sandbox does not act this out" in message


# -- users: reading ---------------------------------------------------------------------------------------


def test_a_list_has_the_default_properties_and_a_context(sandbox: Sandbox, graph: Graph) -> None:
    page = graph.get("/users").json()
    assert page["@odata.context"] == f"{sandbox.url}/v1.0/$metadata#users"
    assert len(page["value"]) == 50 == sandbox.users
    assert set(page["value"][0]) == {
        "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone",
        "officeLocation", "preferredLanguage", "surname", "userPrincipalName",
    }  # fmt: skip


def test_the_seeded_people_are_everybodys_edge_cases(graph: Graph) -> None:
    people = graph.get("/users", select="displayName,userPrincipalName,userType").json()["value"]
    assert any("'" in person["displayName"] for person in people)
    assert any(not person["displayName"].isascii() for person in people)
    assert any("#EXT#" in person["userPrincipalName"] for person in people if person["userType"] == "Guest")
    assert len({person["userPrincipalName"] for person in people}) == 50


def test_select_takes_any_case_and_names_unknown_properties(sandbox: Sandbox, graph: Graph) -> None:
    page = graph.get("/users", select="DISPLAYNAME,Id", top="1").json()
    assert page["@odata.context"].endswith("#users(displayName,id)")
    assert list(page["value"][0]) == ["displayName", "id"]
    assert error(graph.get("/users", select="nonsense"))[0] == 400
    assert error(graph.get("/users", select="aboutMe"))[:2] == (501, "NotImplemented")
    assert graph.get("/users/ada.lovelace@contoso.example", select="aboutMe").json()["aboutMe"] is None


@pytest.mark.parametrize(
    "url", ["/USERS?$TOP=2", "/users?%24top=2", "/users?%24Top=2&$select=id", "/users/?$top=2"]
)
def test_names_ignore_case_and_the_dollar_may_be_encoded(graph: Graph, url: str) -> None:
    assert len(graph("GET", url).json()["value"]) == 2


def test_only_beta_takes_options_without_the_dollar(sandbox: Sandbox, graph: Graph) -> None:
    assert len(graph("GET", "/users?top=2").json()["value"]) == 50
    assert len(graph("GET", f"{sandbox.url}/beta/users?top=2").json()["value"]) == 2


@pytest.mark.parametrize(("top", "status"), [("0", 400), ("1", 200), ("999", 200), ("1000", 400), ("x", 400)])
def test_a_page_has_1_to_999_objects(graph: Graph, top: str, status: int) -> None:
    answer = graph.get("/users", top=top)
    assert answer.status_code == status
    if top == "1000":
        message = "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."
        assert error(answer) == (400, "Request_UnsupportedQuery", message)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("displayName eq 'Ada Lovelace'", 1),
        ("DISPLAYNAME EQ 'ada lovelace'", 1),
        ("displayName eq 'Siobhán O''Brien'", 1),
        ("startswith(displayName,'Siobhán O''B')", 1),
        ("startsWith(displayName, 'ada') and accountEnabled eq true", 1),
        ("givenName eq 'Ada' or givenName eq 'Grace'", 2),
        ("(givenName eq 'Ada' or givenName eq 'Grace') and surname eq 'Hopper'", 1),
        ("employeeId eq '1' and userType eq 'Member'", 0),
        ("displayName eq 'nobody'", 0),
    ],
)
def test_filter_finds(graph: Graph, text: str, count: int) -> None:
    assert len(names(graph.get("/users", filter=text))) == count


def test_a_plus_is_a_space(graph: Graph) -> None:
    assert names(graph("GET", "/users?$filter=displayName+eq+%27Ada%20Lovelace%27")) == ["Ada Lovelace"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "displayName",
        "displayName eq",
        "displayName eq 'x",
        "displayName eq 'x' and",
        "nonsense eq 'x'",
        "startswith(displayName)",
        "((((",
        "x" * 10_000,
        "(" * 1000 + "displayName eq 'x'" + ")" * 1000,
    ],
)
def test_a_bad_filter_is_a_400(graph: Graph, text: str) -> None:
    assert graph.get("/users", filter=text).status_code == 400


def test_advanced_queries_need_the_pair(graph: Graph) -> None:
    status, code, message = error(graph.get("/users", filter="endsWith(mail,'x')"))
    assert (status, code) == (400, "Request_UnsupportedQuery")
    assert message.startswith("Operator 'endsWith' is not supported because the required parameters")
    both = {"filter": "startswith(displayName,'A')", "orderby": "displayName"}
    assert error(graph.get("/users", **both))[1] == "Request_UnsupportedQuery"
    assert graph.get("/users", EVENTUAL, count="true", **both).status_code == 200


def test_count_is_dropped_silently_without_the_header(graph: Graph) -> None:
    assert "@odata.count" not in graph.get("/users", count="true").json()
    first = graph.get("/users", EVENTUAL, count="true", top="20").json()
    assert first["@odata.count"] == 50
    assert "@odata.count" not in graph.get(first["@odata.nextLink"], EVENTUAL).json()


def test_the_count_segment_is_plain_text_and_needs_the_header(graph: Graph) -> None:
    assert error(graph.get("/users/$count")) == (
        400,
        "Request_BadRequest",
        "$count is not currently supported.",
    )
    answer = graph.get("/users/$count", EVENTUAL)
    assert (answer.text, answer.headers["Content-Type"]) == ("50", "text/plain")
    assert graph.get("/users/$count", EVENTUAL, filter="givenName eq 'Ada'").text == "1"


@pytest.mark.parametrize("by", ["displayName", "userPrincipalName", "displayName desc"])
def test_orderby_sorts_across_pages(graph: Graph, by: str) -> None:
    name = by.split(" ", maxsplit=1)[0]
    found: list[str] = []
    url: str | None = f"/users?$orderby={by}&$top=7&$select=displayName,userPrincipalName"
    while url:
        page = graph("GET", url).json()
        found += [row[name] for row in page["value"]]
        url = page.get("@odata.nextLink")

    def folded(text: str) -> str:
        return "".join(letter.lower() if letter.isascii() else letter for letter in text)

    assert found == sorted(found, key=folded, reverse=by.endswith("desc"))
    assert len(found) == 50
    assert error(graph.get("/users", orderby="mail"))[1] == "Request_UnsupportedQuery"


@pytest.mark.parametrize("key", ["ADA.Lovelace@contoso.example", "('ada.lovelace@contoso.example')"])
def test_a_user_is_found_by_upn_in_any_case_and_form(sandbox: Sandbox, graph: Graph, key: str) -> None:
    path = f"/users{key}" if key.startswith("(") else f"/users/{key}"
    user = graph.get(path).json()
    assert user["displayName"] == "Ada Lovelace"
    assert user["@odata.context"] == f"{sandbox.url}/v1.0/$metadata#users/$entity"
    assert graph.get(f"/users/{user['id']}").json() == user
    assert list(graph.get(path, select="mail").json()) == ["@odata.context", "mail"]


def test_quotes_and_hashes_in_a_key_are_decoded(graph: Graph) -> None:
    assert graph("GET", "/users('siobhan.o''brien@contoso.example')").json()["surname"] == "O'Brien"
    guest = graph.get("/users", filter="userType eq 'Guest'").json()["value"][0]["userPrincipalName"]
    assert graph("GET", f"/users/{guest.replace('#', '%23')}").json()["userPrincipalName"] == guest


# -- paging -----------------------------------------------------------------------------------------------


def test_every_object_comes_once(sandbox: Sandbox, graph: Graph) -> None:
    sandbox.page_size = 20
    seen: list[str] = []
    sizes = []
    url: str | None = "/users?$select=id"
    while url:
        page = graph("GET", url).json()
        sizes.append(len(page["value"]))
        seen += [user["id"] for user in page["value"]]
        url = page.get("@odata.nextLink")
        assert url is None or url.startswith(f"{sandbox.url}/v1.0/users?$select=id&$skiptoken=")
    assert sizes == [20, 20, 10]
    assert len(set(seen)) == 50


def test_an_empty_page_may_come_in_between(sandbox: Sandbox, graph: Graph) -> None:
    sandbox.empty_pages = True
    sizes, url = [], "/users?$top=20"
    while url:
        page = graph("GET", url).json()
        sizes.append(len(page["value"]))
        url = page.get("@odata.nextLink", "")
    assert sizes == [20, 0, 20, 0, 10]


def test_a_page_link_belongs_to_its_query_and_expires(sandbox: Sandbox, graph: Graph) -> None:
    def expired(answer: requests.Response) -> bool:
        return error(answer)[:2] == (400, "Directory_ExpiredPageToken")

    link = graph.get("/users", EVENTUAL, count="true", top="20").json()["@odata.nextLink"]
    assert graph.get(link, EVENTUAL).status_code == 200
    assert graph.get(link.replace("$", "%24"), EVENTUAL).status_code == 200
    assert expired(graph.get(link))  # page 1 had the header
    assert expired(graph.get(link.replace("$top=20", "$top=10").replace("%24top=20", "%24top=10"), EVENTUAL))
    assert expired(graph.get(link.replace("/users", "/groups"), EVENTUAL))
    assert expired(graph.get("/users", EVENTUAL, count="true", top="20", skiptoken="RFNwdAIAAQ"))
    sandbox.advance(601)
    assert expired(graph.get(link, EVENTUAL))


def test_options_given_twice_are_refused(graph: Graph) -> None:
    link = graph.get("/users", top="20").json()["@odata.nextLink"]
    assert error(graph("GET", link, params={"$top": "20"}))[0] == 400


def test_links_lead_to_the_host_the_client_used(sandbox: Sandbox, graph: Graph) -> None:
    url = sandbox.url.replace("127.0.0.1", "localhost") + "/v1.0/users?$top=1"
    assert graph("GET", url).json()["@odata.nextLink"].startswith(url)


# -- users: writing ---------------------------------------------------------------------------------------


def test_a_user_is_created_changed_and_deleted(sandbox: Sandbox, graph: Graph) -> None:
    made = graph("POST", "/users", json=GRACE)
    assert made.status_code == 201
    user = made.json()
    assert user["userPrincipalName"] == GRACE["userPrincipalName"]
    assert user["@odata.context"].endswith("/$metadata#users/$entity")
    assert "passwordProfile" not in user
    path = f"/users/{user['id']}"
    assert graph.get(path, select="passwordProfile").json()["passwordProfile"] is None
    assert sandbox.users == 51

    changed = graph("PATCH", path, json={"jobTitle": "Rear Admiral", "businessPhones": ["+1 1"]})
    assert (changed.status_code, changed.content) == (204, b"")
    assert graph.get(path).json()["jobTitle"] == "Rear Admiral"
    graph("PATCH", path, json={"jobTitle": None})
    assert graph.get(path).json()["jobTitle"] is None
    assert graph.get(path).json()["businessPhones"] == ["+1 1"]

    assert graph("DELETE", path).status_code == 204
    assert graph.get(path).status_code == graph("DELETE", path).status_code == 404
    assert sandbox.users == 50
    assert graph("POST", "/users", json=GRACE).status_code == 201  # the name is free again


@pytest.mark.parametrize("missing", ["accountEnabled", "displayName", "mailNickname", "passwordProfile"])
def test_creating_needs_what_graph_needs(graph: Graph, missing: str) -> None:
    body = {name: value for name, value in GRACE.items() if name != missing}
    found = (400, "Request_BadRequest", f"A value is required for property '{missing}' of resource 'User'.")
    assert error(graph("POST", "/users", json=body)) == found


@pytest.mark.parametrize(
    "change",
    [
        {"userPrincipalName": "grace@elsewhere.example"},
        {"userPrincipalName": "gr ace@contoso.example"},
        {"passwordProfile": {"password": "short"}},
        {"id": "1"},
        {"createdDateTime": "2020-01-01T00:00:00Z"},
        {"nonsense": 1},
        {"displayName": 5},
        {"businessPhones": "1"},
        {"accountEnabled": "yes"},
    ],
)
def test_bad_values_are_refused(graph: Graph, change: dict[str, Any]) -> None:
    assert graph("POST", "/users", json={**GRACE, **change}).status_code == 400
    assert graph("PATCH", "/users/ada.lovelace@contoso.example", json=change).status_code == 400


def test_a_second_user_of_the_same_name_is_a_conflict(sandbox: Sandbox, graph: Graph) -> None:
    body = {**GRACE, "userPrincipalName": "ADA.lovelace@contoso.example"}
    message = "Another object with the same value for property userPrincipalName already exists."
    answer = graph("POST", "/users", json=body)
    assert error(answer) == (400, "Request_BadRequest", message)
    assert answer.json()["error"]["details"][0]["code"] == "ObjectConflict"
    other = sandbox.add_user(displayName="Other")
    twin = graph("PATCH", f"/users/{other['id']}", json={"userPrincipalName": body["userPrincipalName"]})
    assert error(twin)[2] == message


def test_a_name_cannot_be_cleared(graph: Graph) -> None:
    assert graph("PATCH", "/users/ada.lovelace@contoso.example", json={"displayName": None}).status_code == 400


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b'{"displayName": NaN}', "application/json"),
        (b'{"displayName": "\\ud800"}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"{}", "text/plain"),
        (b"{}", None),
    ],
)
def test_a_bad_body_is_a_400(graph: Graph, data: bytes, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = graph("POST", "/users", headers, data=data)
    assert (answer.status_code, error(answer)[1]) == (400, "BadRequest")


def test_an_oversized_body_is_a_413(graph: Graph) -> None:
    body = {**GRACE, "city": "x" * (4 * 1024 * 1024)}
    assert graph("POST", "/users", json=body).status_code == 413


# -- groups -----------------------------------------------------------------------------------------------


def test_groups_and_their_members_are_there(sandbox: Sandbox, graph: Graph) -> None:
    group = graph.get("/groups", filter="displayName eq 'Sales'").json()["value"][0]
    assert graph.get(f"/groups/{group['id']}").json()["displayName"] == "Sales"
    page = graph.get(f"/groups/{group['id']}/members", top="3").json()
    assert page["@odata.context"] == f"{sandbox.url}/v1.0/$metadata#directoryObjects"
    assert {member["@odata.type"] for member in page["value"]} == {"#microsoft.graph.user"}
    rest = graph("GET", page["@odata.nextLink"]).json()["value"]
    assert len(page["value"]) + len(rest) == int(graph.get(f"/groups/{group['id']}/members/$count", EVENTUAL).text)


# -- faults -----------------------------------------------------------------------------------------------


def test_a_fault_comes_as_often_as_asked_and_says_when_to_come_back(sandbox: Sandbox, graph: Graph) -> None:
    sandbox.fail("GET", "/users", status=429, times=2, retry_after=0.5)
    answers = [graph.get("/users") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == ["0.5", "0.5", None]
    assert error(answers[0])[1] == "TooManyRequests"
    assert answers[0].json()["error"]["innerError"]["request-id"] == answers[0].headers["request-id"]


def test_a_fault_concerns_its_method_and_path_only(sandbox: Sandbox, graph: Graph) -> None:
    sandbox.fail("POST", "/users", status=500)
    sandbox.fail("*", "/groups/*", status=503, after=1)
    assert graph.get("/users").status_code == 200
    assert graph.get("/groups/x").status_code == 404
    assert graph("PATCH", "/groups/x").status_code == 503
    assert graph("POST", "/users", json=GRACE).status_code == 500
    assert sandbox.users == 50
    assert sandbox.pending_faults == 0


def test_a_fault_at_the_login_host_speaks_its_language(sandbox: Sandbox, web: requests.Session) -> None:
    sandbox.fail("POST", "/oauth2/v2.0/token", status=429, retry_after=60)
    answer = token_call(sandbox, web)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert answer.json()["error"] == "temporarily_unavailable"
    assert token_call(sandbox, web).status_code == 200
    sandbox.fail("GET", "*openid-configuration", status=503)
    assert web.get(f"{sandbox.url}/common/v2.0/.well-known/openid-configuration").status_code == 503
    assert sandbox.token_requests == 2


def test_a_fault_may_bring_any_body(sandbox: Sandbox, graph: Graph) -> None:
    sandbox.fail("GET", "/users", status=504, html=True)
    sandbox.fail("GET", "/users", status=502, empty=True)
    sandbox.fail("GET", "/users", status=400, body={"error": {"code": ""}}, headers={"X-Extra": "1"})
    sandbox.fail("GET", "/users", html=True)
    html, empty, own, portal = (graph.get("/users") for _ in range(4))
    assert (html.status_code, html.headers["Content-Type"]) == (504, "text/html")
    assert (empty.status_code, empty.content) == (502, b"")
    assert (own.json(), own.headers["X-Extra"]) == ({"error": {"code": ""}}, "1")
    assert (portal.status_code, portal.headers["Content-Type"]) == (200, "text/html")


def test_a_byte_order_mark_may_come_first(sandbox: Sandbox, graph: Graph) -> None:
    sandbox.fail("GET", "/users", bom=True)
    answer = graph.get("/users", top="1", select="id")
    assert answer.content.startswith(b"\xef\xbb\xbf{")
    assert json.loads(answer.content.decode("utf-8-sig"))["value"]


@pytest.mark.parametrize(("when", "created"), [("before", 0), ("after", 1)])
def test_a_connection_breaks_before_or_after_the_work(
    sandbox: Sandbox, graph: Graph, when: Any, created: int
) -> None:
    sandbox.fail("POST", "/users", reset=when)
    with pytest.raises(requests.ConnectionError):
        graph("POST", "/users", json=GRACE)
    assert sandbox.users == 50 + created
    assert sandbox.requests[-1].status is None


@pytest.mark.parametrize("top", ["1", "50"])
def test_a_body_may_stop_half_way(sandbox: Sandbox, graph: Graph, top: str) -> None:
    sandbox.fail("GET", "/users", truncate=True)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        graph.get("/users", top=top)


def test_a_reply_may_be_late_or_slow(sandbox: Sandbox, graph: Graph) -> None:
    sandbox.fail("GET", "/users", stall=600)
    with pytest.raises(requests.ReadTimeout):
        graph("GET", "/users", timeout=(LIMIT, 0.05))
    sandbox.fail("GET", "/users", slow=0.05)
    assert len(graph.get("/users").json()["value"]) == 50


def test_a_stalled_reply_does_not_hold_up_the_end() -> None:
    with Sandbox(users=1) as sandbox, requests.Session() as web:
        web.trust_env, web.verify = False, sandbox.ca_bundle
        sandbox.fail("*", "*", stall=600)
        with pytest.raises(requests.ReadTimeout):
            web.get(f"{sandbox.url}/v1.0/users", timeout=(LIMIT, 0.05))


def test_a_fault_must_say_what_goes_wrong(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="say what goes wrong"):
        sandbox.fail("GET", "/users")


# -- the log ----------------------------------------------------------------------------------------------


def test_requests_are_recorded_without_their_secrets(sandbox: Sandbox, graph: Graph) -> None:
    graph("POST", "/users", json=GRACE)
    graph.get("/users", filter="displayName eq 'x'")
    discovery, token, post, get = sandbox.requests
    assert discovery.path == "/v2.0/.well-known/openid-configuration"
    assert (token.method, token.path, token.status) == ("POST", "/oauth2/v2.0/token", 200)
    assert b"client_secret=***" in token.body
    assert (post.path, post.version, post.status, post.json) == ("/users", "v1.0", 201, GRACE)
    assert post.headers["authorization"] == "Bearer token-1"
    assert (get.path, get.query, get.body) == ("/users", {"$filter": "displayName eq 'x'"}, b"")
    everything = repr(sandbox.requests)
    assert graph.token not in everything
    assert sandbox.client_secret not in everything


def test_a_foreign_token_is_recorded_by_its_hash(sandbox: Sandbox, graph: Graph) -> None:
    graph.token = "somebody-elses-token"
    graph.get("/users")
    assert sandbox.requests[-1].headers["Authorization"].startswith("Bearer sha256-")
    assert "somebody" not in repr(sandbox.requests[-1])


# -- many at once -----------------------------------------------------------------------------------------


def test_many_threads_at_once_lose_nothing(sandbox: Sandbox, graph: Graph) -> None:
    headers = {"Authorization": f"Bearer {graph.token}"}

    def work(number: int) -> list[int]:
        with requests.Session() as web:
            web.trust_env, web.verify = False, sandbox.ca_bundle
            name = f"worker{number}"
            body = {**GRACE, "mailNickname": name, "userPrincipalName": f"{name}@contoso.example"}
            post = web.post(f"{sandbox.url}/v1.0/users", json=body, headers=headers)
            got = [web.get(f"{sandbox.url}/v1.0/users?$top=5", headers=headers) for _ in range(5)]
            return [
                post.status_code,
                *(answer.status_code for answer in got),
                token_call(sandbox, web).status_code,
            ]

    with ThreadPoolExecutor(24) as pool:
        results = list(pool.map(work, range(24)))
    assert all(result == [201, 200, 200, 200, 200, 200, 200] for result in results)
    assert sandbox.users == 74
    assert sandbox.token_requests == 25


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="file modes are POSIX's")
def test_the_folder_is_for_its_owner_only(sandbox: Sandbox) -> None:
    assert Path(sandbox.ca_bundle).parent.stat().st_mode & 0o077 == 0
