"""Claims challenges of continuous access evaluation: the token is replaced once, by one that has the claims."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from canned import Arrived, Canned, canned
from processes import LIMIT
from requests.structures import CaseInsensitiveDict

from leangraph import Grant, GraphClient, TokenHolder, Unauthorized
from leangraph.net.headers import challenge

CLAIMS = '{"access_token":{"nbf":{"essential":true, "value":"1604106651"}}}'
ODD = '{"access_token":{"x":{"value":"\u00ff?>\u00fe~"}}}'  # needs + and / in base64


def encoded(claims: str, alphabet: bytes = b"+/", *, padded: bool = True) -> str:
    text = base64.b64encode(claims.encode(), alphabet).decode()
    return text if padded else text.rstrip("=")


def headers(text: str) -> CaseInsensitiveDict[str]:
    return CaseInsensitiveDict({"www-authenticate": text})


@pytest.mark.parametrize("claims", [CLAIMS, ODD])
@pytest.mark.parametrize("alphabet", [b"+/", b"-_"])
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize(
    "form",
    [
        'Bearer realm="", error="insufficient_claims", claims="{}"',
        'PoP realm="", authorization_uri="https://x/y, z", nonce="ey==", Bearer realm="", claims="{}"',
        'Bearer claims="{}", authorization_uri=https://login.example/common/oauth2/authorize, realm=""',
        'bearer  error = "insufficient_claims" ,claims={}',
        'Basic realm="x", BEARER Claims="{}", DPoP algs="ES256", claims="bm90IG91cnM="',
    ],
)
def test_the_claims_of_the_bearer_challenge_are_found(
    form: str, claims: str, alphabet: bytes, padded: bool
) -> None:
    if "claims={}" in form and padded and encoded(claims).endswith("="):
        padded = False  # an unquoted value may end in "=", which is padding all the same
    found = challenge(headers(form.replace("{}", encoded(claims, alphabet, padded=padded))))

    assert found == claims


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bearer",
        'Bearer realm=""',
        'PoP claims="e30="',
        'Bearer claims=""',
        'Bearer claims="!!!"',
        'Bearer claims="bm8ganNvbg=="',
        'Bearer claims="W10="',
        'Bearer claims="{}"'.replace("{}", "A" * 99_999),
        "claims=e30=",
        '"' * 5000,
        ", ," * 5000,
    ],
)
def test_what_is_no_challenge_asks_for_no_claims(text: str) -> None:
    assert challenge(headers(text)) is None


def test_no_header_asks_for_no_claims() -> None:
    assert challenge(CaseInsensitiveDict()) is None


class Source:
    """Gives ``token-1``, ``token-2``, … and remembers the claims."""

    def __init__(self) -> None:
        self.claims: list[str | None] = []

    def __call__(self, claims: str | None = None) -> Grant:
        self.claims.append(claims)
        return Grant(f"token-{len(self.claims)}", 3600)


@pytest.fixture
def server() -> Iterator[Canned]:
    def answer(arrived: Arrived) -> tuple[Any, ...]:
        if arrived.headers["authorization"] == "Bearer token-1":
            said = f'PoP realm="", nonce="ey==", Bearer realm="", claims="{encoded(CLAIMS, padded=False)}"'
            return 401, {"error": {"code": "InvalidAuthenticationToken"}}, {"WWW-Authenticate": said}
        return 200, {"value": []}

    with canned(answer) as served:
        yield served


def test_a_challenge_is_answered_with_a_token_that_has_the_claims(server: Canned) -> None:
    source = Source()
    with GraphClient(TokenHolder(source), url=server.url) as graph:
        graph.get("/users")
        graph.get("/users")

    assert [claims and json.loads(claims) for claims in source.claims] == [None, json.loads(CLAIMS)]
    assert [arrived.headers["authorization"] for arrived in server.requests] == [
        "Bearer token-1",
        "Bearer token-2",
        "Bearer token-2",
    ]


def test_a_second_challenge_is_unauthorized(server: Canned) -> None:
    source, said = Source(), f'Bearer claims="{encoded(CLAIMS)}"'
    server.answer = lambda _: (401, {"error": {"code": "x", "message": "told"}}, {"WWW-Authenticate": said})
    with GraphClient(TokenHolder(source), url=server.url) as graph, pytest.raises(Unauthorized, match="told"):
        graph.post("/users", {})

    assert len(server.requests) == len(source.claims) == 2


def test_a_fixed_token_has_nothing_to_answer_with(server: Canned) -> None:
    with (
        GraphClient(TokenHolder.fixed("token-1"), url=server.url) as graph,
        pytest.raises(Unauthorized),
    ):
        graph.get("/users")

    assert len(server.requests) == 1


def test_twenty_threads_with_the_same_challenge_ask_once(server: Canned) -> None:
    source, together = Source(), Barrier(20, timeout=LIMIT)
    answer = server.answer

    def wait(arrived: Arrived) -> tuple[Any, ...]:
        if arrived.headers["authorization"] == "Bearer token-1":
            together.wait()
        return answer(arrived)

    server.answer = wait
    with GraphClient(TokenHolder(source), url=server.url) as graph, ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: graph.get("/users"), range(20)))

    assert len(source.claims) == 2
