"""A holder of tokens that are not Microsoft's: plain OAuth2, whatever the service answers."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import pytest
import requests
from canned import Arrived, Canned, canned
from signin import failure_of

from leangraph import (
    AuthError,
    ConfigurationError,
    Grant,
    Sandbox,
    TokenHolder,
    TransportError,
    oauth2_client_credentials,
    oauth2_refresh_token,
    token_credential,
)
from leangraph.auth.users import Memory

SECRET = "canary+of /the=client"
Answer = Callable[[Arrived], tuple[Any, ...]]


@pytest.fixture
def service() -> Iterator[Canned]:
    with canned(lambda _: (200, {"access_token": "a-token", "token_type": "Bearer", "expires_in": 60})) as served:
        yield served


def form(request: Arrived) -> dict[str, list[str]]:
    return parse_qs(request.body.decode())


@pytest.mark.parametrize("auth", ["post", "basic"])
@pytest.mark.parametrize("scope", ["read write", ["read", "write"], ("read", "write")])
def test_an_api_with_an_identity_provider_of_its_own_is_used(
    graph_sandbox: Sandbox, web: requests.Session, auth: Any, scope: Any
) -> None:
    partner = graph_sandbox.oauth2
    holder = TokenHolder(
        oauth2_client_credentials(
            graph_sandbox.oauth2_token_url,
            partner.client_id,
            partner.client_secret,
            scope=scope,
            auth=auth,
            ca_bundle=graph_sandbox.ca_bundle,
        )
    )
    assert graph_sandbox.requests == []

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(lambda _: holder.token, range(50)))) == 1
    answer = web.get(graph_sandbox.oauth2_resource_url, auth=holder.auth)

    assert answer.json() == {"client_id": partner.client_id, "scope": "read write"}
    assert graph_sandbox.token_requests == 1

    partner.revoke()
    assert web.get(graph_sandbox.oauth2_resource_url, auth=holder.auth).status_code == 200
    assert graph_sandbox.token_requests == 2


def test_id_and_secret_go_where_they_are_wanted_and_are_encoded_first(service: Canned) -> None:
    oauth2_client_credentials(service.url, "my app", SECRET, auth="post", extra={"audience": "https://a"})()
    oauth2_client_credentials(service.url, "my app", SECRET, auth="basic", scope="x")()

    by_form, by_header = service.requests
    assert form(by_form) == {
        "grant_type": ["client_credentials"],
        "client_id": ["my app"],
        "client_secret": [SECRET],
        "audience": ["https://a"],
    }
    assert "authorization" not in by_form.headers
    assert form(by_header) == {"grant_type": ["client_credentials"], "scope": ["x"]}
    kind, _, value = by_header.headers["authorization"].partition(" ")
    assert (kind, base64.b64decode(value)) == ("Basic", b"my+app:canary%2Bof+%2Fthe%3Dclient")
    assert by_form.headers["accept"] == "application/json"
    assert by_form.headers["user-agent"].startswith("leangraph/")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(3600, 3600), ("3600", 3600), (None, 600), ("soon", 600), (59.5, 59.5), (0, 0), ("-5", -5)],
)
def test_the_life_of_a_token_is_a_number_a_text_or_missing(service: Canned, said: Any, seconds: float) -> None:
    service.answer = lambda _: (200, {"access_token": "a", **({} if said is None else {"expires_in": said})})

    assert oauth2_client_credentials(service.url, "c", SECRET)().expires_in == seconds


def test_the_life_counts_from_the_request_and_a_wrong_clock_does_no_harm(service: Canned) -> None:
    now = [0.0]

    def answer(_: Arrived) -> tuple[Any, ...]:
        now[0] += 5  # it takes the service five seconds
        return 200, {"access_token": f"token-{len(service.requests)}", "expires_in": "1000"}

    service.answer = answer
    wall = [1e9]
    flow = oauth2_client_credentials(service.url, "c", SECRET)
    holder = TokenHolder(flow, monotonic=lambda: now[0], wall=lambda: wall[0] + now[0])
    assert holder.token == "token-1"
    assert holder.expires_in == 995

    wall[0] -= 7200  # the clock was two hours fast, and is set right
    now[0] += 990
    assert holder.token == "token-2"


@pytest.mark.parametrize(
    ("answer", "code", "transient", "said"),
    [
        ((401, {"error": "invalid_client"}), "invalid_client", False, "client id or its secret is wrong"),
        ((400, {"error": "invalid_scope", "error_description": "no such"}), "invalid_scope", False, "no such"),
        ((503, {"error": "temporarily_unavailable"}), "temporarily_unavailable", True, "try again later"),
        ((429, b"", {"Retry-After": "7"}), "", True, "429"),
        ((500, b"<html><title>Oops</title></html>"), "", True, "500"),
        ((403, b"<html>blocked</html>"), "", True, "proxy or captive portal"),
        ((200, b"<html>log in</html>"), "", True, "proxy or captive portal"),
        ((200, b"[1]"), "", True, "proxy or captive portal"),
        ((200, {"token_type": "Bearer"}), "", False, "200"),
        ((200, {"access_token": "a", "token_type": "mac"}), "", False, "only bearer tokens"),
        ((302, {"x": 1}, {"Location": "https://elsewhere.example"}), "", False, "302"),
    ],
)
def test_an_error_is_told_whatever_its_shape(
    service: Canned, answer: tuple[Any, ...], code: str, transient: bool, said: str
) -> None:
    service.answer = lambda _: answer

    error = failure_of(oauth2_client_credentials(service.url, "c", SECRET))

    assert isinstance(error, AuthError)
    assert (error.code, error.transient, error.status in (None, answer[0])) == (code, transient, True)
    assert said in str(error)
    assert error.retry_after == (7 if answer[0] == 429 else None)
    assert len(service.requests) == 1  # a redirect is not followed with a secret in the form


@pytest.mark.parametrize("url", ["http://api.example/token", "ftp://x/", "https://", "", "https://u@api.example/"])
def test_a_secret_is_not_sent_in_the_open(url: str) -> None:
    with pytest.raises(ConfigurationError, match="token_url must be https://"):
        oauth2_client_credentials(url, "c", SECRET)


def test_another_kind_of_authentication_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'post' or 'basic'"):
        oauth2_client_credentials("https://api.example", "c", SECRET, auth="digest")  # type: ignore[arg-type]


def test_a_flow_shows_no_secret(service: Canned) -> None:
    flow = oauth2_client_credentials(service.url, "c", SECRET)
    flow()

    assert repr(flow) == "<sign-in at 127.0.0.1>"
    with pytest.raises(TypeError, match="secret"):
        pickle.dumps(flow)


def test_nobody_there_is_no_refusal() -> None:
    with canned() as served:
        url = served.url

    assert isinstance(failure_of(oauth2_client_credentials(url, "c", SECRET)), TransportError)


# -- refresh tokens -------------------------------------------------------------------------------------------


def partner(sandbox: Sandbox, token: Any, **options: Any) -> Any:
    client = sandbox.oauth2
    return oauth2_refresh_token(
        sandbox.oauth2_token_url,
        client.client_id,
        client.client_secret,
        token,
        ca_bundle=sandbox.ca_bundle,
        **options,
    )


def test_each_new_refresh_token_is_saved_before_its_access_token_is_out(graph_sandbox: Sandbox) -> None:
    """The partner takes each one once, and ends everything when it sees one twice."""
    first = graph_sandbox.oauth2.refresh_token("read")
    saved: list[str] = []
    flow = partner(graph_sandbox, first, save=saved.append)

    for number in range(1, 4):
        assert flow().token
        assert len(saved) == number
    assert len({first, *saved}) == 4

    assert partner(graph_sandbox, saved[-1])().token  # the next run


def test_twenty_threads_use_a_refresh_token_once(graph_sandbox: Sandbox) -> None:
    holder = TokenHolder(partner(graph_sandbox, graph_sandbox.oauth2.refresh_token()))

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(lambda _: holder.token, range(20)))) == 1
    assert graph_sandbox.token_requests == 1


def test_a_refresh_token_that_was_used_twice_is_the_end_and_nobody_is_asked_again(graph_sandbox: Sandbox) -> None:
    first = graph_sandbox.oauth2.refresh_token()
    flow = partner(graph_sandbox, first)
    flow()
    failure_of(partner(graph_sandbox, first))  # a thief

    error = failure_of(flow)
    before = graph_sandbox.token_requests

    assert (error.code, error.transient) == ("invalid_grant", False)
    assert "sign in again" in str(error)
    assert str(failure_of(flow)) == str(error)
    assert graph_sandbox.token_requests == before


@pytest.mark.parametrize("fault", [{"status": 503}, {"reset": "before"}, {"html": True}, {"status": 401}], ids=str)
def test_any_other_failure_leaves_the_refresh_token_good(graph_sandbox: Sandbox, fault: dict[str, Any]) -> None:
    flow = partner(graph_sandbox, graph_sandbox.oauth2.refresh_token())
    graph_sandbox.fail("POST", "/oauth2/token", **fault)

    failure_of(flow)

    assert graph_sandbox.pending_faults == 0
    assert flow().token


def test_a_service_that_gives_no_new_one_means_the_old_one(service: Canned) -> None:
    saved: list[str] = []
    flow = oauth2_refresh_token(service.url, "c", None, "the-first", save=saved.append)
    flow()
    flow()

    assert [form(request)["refresh_token"] for request in service.requests] == [["the-first"]] * 2
    assert "client_secret" not in form(service.requests[0])
    assert saved == []


def test_without_a_refresh_token_nobody_is_asked(service: Canned) -> None:
    assert failure_of(oauth2_refresh_token(service.url, "c", None, Memory())).code == "invalid_grant"
    assert service.requests == []


# -- other libraries ------------------------------------------------------------------------------------------


class TheirToken(NamedTuple):
    token: str
    expires_on: int


class TheirCredential:
    """The shape of azure-core's ``TokenCredential``; the real ones are in peers."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked: list[Any] = []

    def get_token(self, *scopes: str, **options: Any) -> TheirToken:
        self.asked.append((scopes, options))
        if self.failure:
            raise self.failure
        return TheirToken("theirs", 5000)


def test_a_credential_of_azure_is_a_source() -> None:
    theirs = TheirCredential()
    flow = token_credential(theirs, "https://a/.default", wall=lambda: 1400.0)

    assert flow() == Grant("theirs", 3600.0)
    flow(claims="{}")

    assert theirs.asked == [(("https://a/.default",), {}), (("https://a/.default",), {"claims": "{}"})]
    assert repr(flow) == "<sign-in through TheirCredential>"


def test_what_a_credential_of_azure_raises_does_not_get_out_with_its_request() -> None:
    error = failure_of(token_credential(TheirCredential(ValueError("Bearer canary eyJcanary.canary.x")), "s"))

    assert isinstance(error, AuthError)
    assert "TheirCredential gave no token: ValueError" in str(error)
    assert "canary" not in str(error)


def test_what_is_no_credential_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match="no get_token"):
        token_credential(object(), "scope")
    with pytest.raises(ConfigurationError, match="name the scope"):
        token_credential(TheirCredential())


def test_a_holder_knows_the_scopes_of_its_flow_and_refuses_foreign_ones(service: Canned) -> None:
    holder = TokenHolder(oauth2_client_credentials(service.url, "c", SECRET, scope="read"))

    assert holder.get_token("read").token == "a-token"
    assert holder.get_token_info("read", options={}).token == "a-token"
    for ask in (holder.get_token, holder.get_token_info):
        with pytest.raises(ConfigurationError, match="not for write"):
            ask("write")


def test_token_info_has_the_shape_of_azure_core_and_hides_its_token(service: Canned) -> None:
    holder = TokenHolder(oauth2_client_credentials(service.url, "c", SECRET), wall=lambda: 1000.0)

    info = holder.get_token_info("anything", options={"claims": '{"a":1}', "tenant_id": "t", "enable_cae": True})

    assert (info.token, info.token_type, info.refresh_on) == ("a-token", "Bearer", None)
    assert 1055 <= info.expires_on <= 1060
    assert "a-token" not in repr(info)
    assert form(service.requests[-1])["claims"] == ['{"a":1}']
