"""Signing in through unmodified MSAL: what is asked of whom, what comes back, and what a refusal says."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest
from processes import LIMIT
from signin import asked, failure_of
from urllib3.util import Timeout

from leangraph import AuthError, ConfigurationError, Grant, Sandbox, Settings, TransportError
from leangraph.auth import wire
from leangraph.auth.choose import flow_for
from leangraph.auth.grant import Acquire
from leangraph.auth.msal import app_only
from leangraph.auth.proofs import secret as secret_proof
from leangraph.auth.refusals import explain
from leangraph.net.session import HttpSession

LOGIN = "/oauth2/v2.0/token"
DISCOVERY = "/v2.0/.well-known/openid-configuration"
NOBODY = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
WHERE = {"GET": DISCOVERY, "POST": LOGIN}
SignIn = Callable[..., Acquire]


class Secret:
    """A secret that knows how often it was looked at."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.looks = 0

    def get_secret_value(self) -> str:
        self.looks += 1
        return self.value


@pytest.fixture
def sign_in(graph_sandbox: Sandbox, http: HttpSession) -> SignIn:
    """Make a flow for the sandbox, with some settings changed."""

    def make(**changes: str) -> Acquire:
        return flow_for(Settings(_env_file=None, **{**graph_sandbox.env, **changes}), http)

    return make


@pytest.fixture
def flow(sign_in: SignIn) -> Acquire:
    return sign_in()


# -- what is asked --------------------------------------------------------------------------------------------


def test_nothing_is_asked_and_the_secret_not_looked_at_before_the_first_token(
    graph_sandbox: Sandbox, http: HttpSession
) -> None:
    secret = Secret(graph_sandbox.client_secret)
    authority = f"{graph_sandbox.url}/{graph_sandbox.tenant_id}"
    flow = app_only(
        authority, graph_sandbox.client_id, secret_proof(secret), ["https://graph.microsoft.com/.default"], http
    )
    assert (graph_sandbox.requests, secret.looks) == ([], 0)

    assert flow().token
    assert flow().token

    assert secret.looks == 1


@pytest.mark.parametrize("env", [{}, {"MSAL_FORCE_REGION": "westeurope"}, {"REGION_NAME": "westeurope"}], ids=str)
def test_each_token_is_one_request_and_nobody_else_is_asked(
    flow: Acquire, graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    """No cache of MSAL's, no instance discovery, no region: the requests are these and no others."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    assert len({flow().token for _ in range(3)}) == 3

    assert asked(graph_sandbox) == [f"GET {DISCOVERY}", *[f"POST {LOGIN}"] * 3]


@pytest.mark.parametrize(
    "fault",
    [{"status": 400}, {"status": 401}, {"status": 429, "retry_after": 60}, {"status": 503, "retry_after": 60}],
    ids=str,
)
def test_a_failure_asks_nobody_else_and_is_not_remembered(
    flow: Acquire, graph_sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    """MSAL would ask for the instance metadata, and repeat its answer from memory for up to an hour."""
    graph_sandbox.fail("POST", LOGIN, **fault)

    with pytest.raises(AuthError):
        flow()
    assert flow().token

    assert asked(graph_sandbox) == [f"GET {DISCOVERY}", *[f"POST {LOGIN}"] * 2]


def test_the_request_says_who_asks_for_what(
    flow: Acquire, graph_sandbox: Sandbox, sandbox_settings: Settings
) -> None:
    flow()

    assert {seen.headers["User-Agent"].partition("/")[0] for seen in graph_sandbox.requests} == {"leangraph"}
    form = parse_qs(graph_sandbox.requests[-1].body.decode())
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == list(sandbox_settings.token_scopes)
    assert "claims" not in form


def test_claims_reach_the_wire_as_they_are(flow: Acquire, graph_sandbox: Sandbox) -> None:
    claims = '{"access_token":{"nbf":{"essential":true, "value":"1800000000"}}}'

    flow(claims=claims)
    flow()

    forms = [parse_qs(seen.body.decode()) for seen in graph_sandbox.requests if seen.method == "POST"]
    assert [form.get("claims") for form in forms] == [[claims], None]


def test_no_scope_is_refused_before_anything_is_asked(http: HttpSession) -> None:
    with pytest.raises(ConfigurationError, match="GRAPH_SCOPES"):
        app_only("https://login.microsoftonline.com/x", "id", secret_proof(Secret("s")), [], http)


def test_a_slow_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (wire.TIMEOUT.connect_timeout, wire.TIMEOUT.read_timeout) == (3.05, 10)
    monkeypatch.setattr(wire, "TIMEOUT", Timeout(connect=LIMIT, read=0.05))
    with Sandbox(users=1) as tenant:
        tenant.fail("GET", DISCOVERY, stall=600)
        http = HttpSession(ca_bundle=tenant.ca_bundle)
        flow = flow_for(Settings(_env_file=None, **tenant.env), http)

        with pytest.raises(TransportError, match="in time"):
            flow()
        http.close()


# -- what comes back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expires_in", "refresh_in"),
    [
        ({"expires_in": 3599}, 3599, None),
        ({"expires_in": "3599"}, 3599, None),
        ({"expires_in": 3599.5}, 3599.5, None),
        ({}, 600, None),
        ({"expires_in": None}, 600, None),
        ({"expires_in": "soon"}, 600, None),
        ({"expires_in": "inf"}, 600, None),
        ({"expires_in": 10**400}, 600, None),
        ({"expires_in": 0}, 0, None),
        ({"expires_in": 86399, "refresh_in": 43199}, 86399, 43199),
        ({"expires_in": "86399", "refresh_in": "43199"}, 86399, 43199),
        ({"expires_in": 86399, "refresh_in": None}, 86399, None),
        ({"expires_in": 86399, "refresh_in": "nan"}, 86399, None),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_grant_has_the_times_that_the_issuer_gave(
    flow: Acquire, graph_sandbox: Sandbox, given: dict[str, Any], expires_in: float, refresh_in: float | None
) -> None:
    graph_sandbox.fail("POST", LOGIN, body={"token_type": "Bearer", "access_token": "a", **given})

    assert flow() == Grant("a", expires_in, refresh_in)


def test_the_time_for_renewal_is_of_this_answer_and_not_of_the_last(flow: Acquire, graph_sandbox: Sandbox) -> None:
    graph_sandbox.refresh_in = 1200
    assert (flow().expires_in, flow().refresh_in) == (3599, 1200)

    graph_sandbox.refresh_in = None
    assert (flow().expires_in, flow().refresh_in) == (3599, None)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_byte_order_mark_does_no_harm(flow: Acquire, graph_sandbox: Sandbox, method: str) -> None:
    graph_sandbox.fail(method, WHERE[method], bom=True)

    assert flow().token


def test_a_grant_shows_its_times_and_hides_its_token() -> None:
    grant = Grant("canary", 5, 3)

    assert f"{grant} {grant!r} {[grant]}".count("Grant(token=<hidden>, expires_in=5, refresh_in=3)") == 3


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy], ids=lambda copied: copied.__name__)
def test_a_flow_is_not_copied_and_shows_no_secret(
    flow: Acquire, graph_sandbox: Sandbox, copied: Callable[[Any], object]
) -> None:
    flow()

    with pytest.raises(TypeError, match="secret"):
        copied(flow)
    assert repr(flow) == "<sign-in through MSAL at 127.0.0.1>"


# -- what a refusal says --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "code", "number", "advice"),
    [
        (
            {"AZURE_CLIENT_SECRET": "wrong"},
            401,
            "invalid_client",
            7000215,
            "the secret's Value, not its Secret ID",
        ),
        ({"AZURE_CLIENT_ID": NOBODY}, 400, "unauthorized_client", 700016, "no app with this AZURE_CLIENT_ID"),
        ({"AZURE_TENANT_ID": NOBODY}, 400, "invalid_tenant", 90002, "AZURE_TENANT_ID does not exist"),
        ({"GRAPH_SCOPES": "User.Read"}, 400, "invalid_scope", 1002012, "correct GRAPH_SCOPES"),
        ({"GRAPH_SCOPES": "https://x.example/.default"}, 400, "invalid_resource", 500011, "is GRAPH_CLOUD right"),
    ],
    ids=["secret", "client", "tenant", "scope", "resource"],
)
def test_a_refusal_says_what_to_correct(
    sign_in: SignIn,
    graph_sandbox: Sandbox,
    changes: dict[str, str],
    status: int,
    code: str,
    number: int,
    advice: str,
) -> None:
    flow = sign_in(**changes)

    error: Any = failure_of(flow)

    assert isinstance(error, AuthError)
    assert (error.status, error.code, error.error_codes, error.transient) == (status, code, (number,), False)
    assert error.retry_after is None
    first, second, third = str(error).split("\n")
    assert first.startswith(f"sign-in at 127.0.0.1 failed: AADSTS{number}: ")
    assert first.endswith(".")  # the ids come once, below
    assert advice in second
    assert third.startswith(f"  trace_id={error.trace_id} correlation_id={error.correlation_id} timestamp=20")
    assert error.trace_id
    assert error.correlation_id
    assert (error.__cause__, error.__context__) == (None, None)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), vars(again)) == (str(error), vars(error))
    assert graph_sandbox.token_requests == (number != 90002)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        ({"status": 429, "retry_after": 7}, 429, 7),
        ({"status": 429}, 429, None),
        ({"status": 503, "retry_after": "2.5"}, 503, 2.5),
        ({"status": 500}, 500, None),
        ({"status": 502, "html": True}, 502, None),
        ({"status": 504, "empty": True}, 504, None),
        ({"status": 429, "retry_after": "soon"}, 429, None),
        ({"status": 429, "retry_after": "nan"}, 429, None),
        ({"status": 429, "retry_after": "inf"}, 429, None),
        ({"status": 429, "retry_after": "Fri, 31 Dec 1999 23:59:59 GMT"}, 429, 0),
    ],
    ids=str,
)
def test_a_service_that_is_busy_says_so_and_for_how_long(
    flow: Acquire,
    graph_sandbox: Sandbox,
    method: str,
    fault: dict[str, Any],
    status: int,
    retry_after: float | None,
) -> None:
    graph_sandbox.fail(method, WHERE[method], **fault)

    with pytest.raises(AuthError, match="try again later") as caught:
        flow()

    assert (caught.value.status, caught.value.retry_after, caught.value.transient) == (status, retry_after, True)
    assert flow().token


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "fault",
    [
        {"html": True},
        {"html": True, "status": 403},
        {"status": 302, "headers": {"Location": "https://portal.example/"}},
        {"body": "{}"},
        {"body": '[{"access_token": "a"}]'},
        {"body": "null"},
        {"body": '"text"'},
        {"body": b"\xff\xfe"},
        {"body": "[" * 100_000},
        {"empty": True, "status": 200},
    ],
    ids=lambda fault: str(fault)[:60],
)
def test_what_no_sign_in_service_sends_names_the_likely_culprit(
    flow: Acquire, graph_sandbox: Sandbox, method: str, fault: dict[str, Any]
) -> None:
    graph_sandbox.fail(method, WHERE[method], **fault)

    with pytest.raises(AuthError, match="captive portal") as caught:
        flow()

    assert caught.value.status == fault.get("status", 200)
    assert caught.value.transient
    assert flow().token


def test_a_discovery_document_of_another_make_names_the_likely_culprit(
    flow: Acquire, graph_sandbox: Sandbox
) -> None:
    graph_sandbox.fail("GET", DISCOVERY, body={"authorization_endpoint": "https://login.example/authorize"})

    with pytest.raises(AuthError, match="AZURE_AUTHORITY_HOST"):
        flow()

    assert flow().token


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("fault", [{"reset": "before"}, {"reset": "after"}, {"truncate": True}], ids=str)
def test_a_lost_answer_is_no_refusal(
    flow: Acquire, graph_sandbox: Sandbox, method: str, fault: dict[str, Any]
) -> None:
    graph_sandbox.fail(method, WHERE[method], **fault)

    with pytest.raises(TransportError) as caught:
        flow()

    assert caught.value.transient
    assert flow().token


@pytest.mark.parametrize(
    "body",
    [
        {"error": "invalid_client"},
        {"error": "invalid_client", "error_codes": None, "error_description": None, "trace_id": None},
        {"error": "invalid_client", "error_codes": 7000215, "error_description": 5},
        {"error": "invalid_client", "error_codes": ["7000215", None, {}], "error_description": ["x"]},
        {"error": {"code": "invalid_client"}},
        {"error": None},
        {"token_type": "Bearer", "access_token": ""},
        {"token_type": "Bearer", "access_token": None},
        {"something": "else"},
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_of_another_make_is_an_error_with_its_status(
    flow: Acquire, graph_sandbox: Sandbox, body: dict[str, Any], status: int
) -> None:
    graph_sandbox.fail("POST", LOGIN, status=status, body=body)

    with pytest.raises(AuthError) as caught:
        flow()

    assert caught.value.status == status
    assert "None" not in str(caught.value)
    assert ("invalid_client" in str(caught.value)) is (body.get("error") == "invalid_client")


@pytest.mark.parametrize("end", ["\r\nTrace ID: a\r\nCorrelation ID: b", " Trace ID: a Correlation ID: b", ""])
def test_the_ids_inside_the_sentence_of_entra_are_not_told_twice(end: str) -> None:
    body = {"error": "invalid_client", "error_description": f"AADSTS7000222: Expired.{end}", "trace_id": "a"}

    assert str(explain(body, 401, "login.example")).split("\n") == [
        "sign-in at login.example failed: AADSTS7000222: Expired.",
        "  the client secret has expired: make a new one under Certificates & secrets",
        "  trace_id=a correlation_id= timestamp=",
    ]


# -- threads and processes ------------------------------------------------------------------------------------


def test_twenty_threads_share_a_flow(flow: Acquire, graph_sandbox: Sandbox) -> None:
    together = threading.Barrier(20)

    def ask(_: int) -> str:
        together.wait(LIMIT)
        return flow().token

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(ask, range(20)))) == 20
    seen = asked(graph_sandbox)  # no lock is held while MSAL asks, so that several may look the service up
    assert seen.count(f"POST {LOGIN}") == 20
    assert set(seen) == {f"GET {DISCOVERY}", f"POST {LOGIN}"}
