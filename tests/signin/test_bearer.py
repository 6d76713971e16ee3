"""Where a token may go: ``holder.auth`` for requests and httpx."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
from canned import Arrived, Canned, canned

from leangraph import ConfigurationError, Grant, TokenHolder
from leangraph.auth.flow import Flow

GRAPH = "https://graph.microsoft.com"


def of_graph() -> TokenHolder:
    return TokenHolder(Flow("graph", lambda _: Grant("canary", 3600), (f"{GRAPH}/.default",)))


def of_nobody() -> TokenHolder:
    return TokenHolder(lambda: Grant("canary", 3600))


def header(auth: Any, url: str, library: str) -> str | None:
    if library == "requests":
        return requests.Request("GET", url, auth=auth).prepare().headers.get("Authorization")
    request = httpx.Request("GET", url)
    next(auth.auth_flow(request))
    return request.headers.get("Authorization")


@pytest.mark.parametrize("library", ["requests", "httpx"])
@pytest.mark.parametrize(
    ("holder", "url", "goes"),
    [
        (of_graph, f"{GRAPH}/v1.0/me", True),
        (of_graph, f"{GRAPH}:443/v1.0/me", True),
        (of_graph, "https://GRAPH.microsoft.com/v1.0/me", True),
        (of_graph, "http://127.0.0.1:8080/v1.0/me", True),
        (of_graph, "http://localhost/x", True),
        (of_graph, "http://graph.microsoft.com/v1.0/me", False),
        (of_graph, "https://attacker.example/v1.0/me", False),
        (of_graph, "https://graph.microsoft.com.attacker.example/", False),
        (of_graph, "https://graph.microsoft.us/v1.0/me", False),
        (of_nobody, "https://api.example/x", True),
        (of_nobody, "http://api.example/x", False),
        (lambda: TokenHolder.fixed("canary"), "http://attacker.example/x", False),
        (lambda: TokenHolder.fixed("canary"), "https://api.example/x", True),
    ],
)
def test_a_token_goes_over_https_and_to_its_own_audience(holder: Any, url: str, goes: bool, library: str) -> None:
    if goes:
        assert header(holder().auth, url, library) == "Bearer canary"
    else:
        with pytest.raises(ConfigurationError, match="the token is not sent to"):
            header(holder().auth, url, library)


@pytest.mark.parametrize("library", ["requests", "httpx"])
def test_auth_for_binds_one_origin(library: str) -> None:
    auth = of_nobody().auth_for("https://api.example/some/path")

    assert header(auth, "https://api.example/x", library) == "Bearer canary"
    for url in (
        "https://api.example:8443/x",
        "https://other.example/",
        "http://127.0.0.1/",
        "http://api.example/",
    ):
        with pytest.raises(ConfigurationError, match="the token is not sent to"):
            header(auth, url, library)


@pytest.mark.parametrize("url", ["http://api.example", "api.example", "", "https://user@api.example", "ftp://x"])
def test_auth_for_takes_a_safe_origin_only(url: str) -> None:
    with pytest.raises(ConfigurationError, match="auth_for takes"):
        of_nobody().auth_for(url)


# -- httpx, after a 401 ---------------------------------------------------------------------------------------


@pytest.fixture
def service() -> Iterator[Canned]:
    with canned() as server:
        yield server


def counting() -> tuple[TokenHolder, list[str | None]]:
    asked: list[str | None] = []

    def acquire(claims: str | None = None) -> Grant:
        asked.append(claims)
        return Grant(f"token-{len(asked)}", 3600)

    return TokenHolder(acquire), asked


def refusing(*tokens: str) -> Any:
    def answer(seen: Arrived) -> Any:
        return (401,) if seen.headers["authorization"].removeprefix("Bearer ") in tokens else (200, {})

    return answer


@pytest.mark.parametrize("content", [None, b"bytes"])
def test_after_a_401_httpx_sends_the_same_once_more_with_a_new_token(service: Canned, content: Any) -> None:
    service.answer = refusing("token-1")
    holder, asked = counting()

    answer = httpx.post(service.url, auth=holder.auth, content=content, trust_env=False)

    assert (answer.status_code, len(asked)) == (200, 2)
    assert [seen.body for seen in service.requests] == [content or b""] * 2


def test_a_second_401_is_the_answer(service: Canned) -> None:
    service.answer = refusing("token-1", "token-2")
    holder, asked = counting()

    assert httpx.get(service.url, auth=holder.auth, trust_env=False).status_code == 401
    assert len(asked) == 2


def test_what_was_streamed_is_not_sent_again(service: Canned) -> None:
    service.answer = refusing("token-1")
    holder, _ = counting()

    assert httpx.post(service.url, auth=holder.auth, content=iter([b"a"]), trust_env=False).status_code == 401
    assert len(service.requests) == 1


def test_a_fixed_token_is_not_sent_again(service: Canned) -> None:
    service.answer = refusing("fixed")

    auth = TokenHolder.fixed("fixed").auth

    assert httpx.get(service.url, auth=auth, trust_env=False).status_code == 401
    assert len(service.requests) == 1


def test_the_asynchronous_client_repeats_too(service: Canned) -> None:
    service.answer = refusing("token-1")
    holder, _ = counting()

    async def ask() -> int:
        async with httpx.AsyncClient(auth=holder.auth, trust_env=False) as client:
            return (await client.get(service.url)).status_code

    assert asyncio.run(ask()) == 200
