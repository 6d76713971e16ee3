"""The test doubles that users already have still see and answer our traffic, tokens included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests_mock
import responses
import vcr

from leangraph import GraphClient, NotFound, RetryPolicy, Sandbox, Settings, TransportError

LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com/v1.0"
TENANT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
GRANT = {"token_type": "Bearer", "expires_in": 3599, "access_token": "double-token"}
PAGES: list[dict[str, Any]] = [
    {"value": [{"id": "1"}], "@odata.nextLink": f"{GRAPH}/users?$skiptoken=x"},
    {"value": [{"id": "2"}]},
]
SETTINGS = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": TENANT, "AZURE_CLIENT_SECRET": "secret"}


def client(naps: list[float]) -> GraphClient:
    settings = Settings(_env_file=None, **SETTINGS)
    return GraphClient(settings=settings, retry=RetryPolicy(random=lambda: 0.0), sleep=naps.append)


def discovery(tenant: str = TENANT) -> dict[str, str]:
    return {
        "issuer": f"{LOGIN}/{tenant}/v2.0",
        "authorization_endpoint": f"{LOGIN}/{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{LOGIN}/{tenant}/oauth2/v2.0/token",
    }


def test_responses_sees_and_answers_everything(naps: list[float]) -> None:
    with responses.RequestsMock() as double, client(naps) as graph:
        double.get(f"{LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration", json=discovery())
        double.post(f"{LOGIN}/{TENANT}/oauth2/v2.0/token", json=GRANT)
        double.get(f"{GRAPH}/users", status=429, headers={"Retry-After": "2"})
        for page in PAGES:
            double.get(f"{GRAPH}/users", json=page)
        double.patch(f"{GRAPH}/users/1", status=204, match=[responses.matchers.json_params_matcher({"a": None})])
        double.get(f"{GRAPH}/users/3", status=404, json={"error": {"code": "Request_ResourceNotFound"}})

        assert [user["id"] for user in graph.users.list()] == ["1", "2"]
        assert graph.users["1"].patch({"a": None}) is None
        with pytest.raises(NotFound, match="Request_ResourceNotFound"):
            graph.users["3"].get()

        assert naps == [2.0]
        assert double.calls[-1].request.headers["Authorization"] == "Bearer double-token"
        assert "$skiptoken=x" in str(double.calls[-3].request.url)


def test_responses_lets_nothing_else_out(naps: list[float]) -> None:
    with responses.RequestsMock(), client(naps) as graph, pytest.raises(TransportError):
        graph.get("/users")


def test_requests_mock_sees_and_answers_everything(naps: list[float]) -> None:
    with requests_mock.Mocker() as double, client(naps) as graph:
        double.get(f"{LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration", json=discovery())
        token = double.post(f"{LOGIN}/{TENANT}/oauth2/v2.0/token", json=GRANT)
        double.get(f"{GRAPH}/users", [{"status_code": 503}, *({"json": page} for page in PAGES)])
        double.post(f"{GRAPH}/users", status_code=201, json={"id": "3"})
        double.get(f"{GRAPH}/me/photo/$value", content=b"jpeg", headers={"Content-Type": "image/jpeg"})

        assert [user["id"] for user in graph.users.list()] == ["1", "2"]
        assert graph.users.post({"displayName": "Ada"}) == {"id": "3"}
        assert graph.get("/me/photo/$value") == b"jpeg"

        assert naps == [1.0]
        assert token.call_count == 1
        sent = double.request_history[-2]
        assert (sent.json(), sent.headers["Authorization"]) == ({"displayName": "Ada"}, "Bearer double-token")


def test_vcrpy_records_and_replays_everything(tmp_path: Path, naps: list[float]) -> None:
    cassette = tmp_path / "users.yaml"
    recorder = vcr.VCR(
        filter_headers=["Authorization"],
        filter_post_data_parameters=["client_secret"],
        match_on=["method", "scheme", "path", "query"],
    )
    with Sandbox(users=5) as tenant:
        env = {**tenant.env, "GRAPH_CA_BUNDLE": str(tmp_path / "ca.pem")}
        (tmp_path / "ca.pem").write_bytes(Path(tenant.ca_bundle).read_bytes())
        settings = Settings(_env_file=None, **env)
        with recorder.use_cassette(cassette), GraphClient(settings=settings) as graph:
            recorded = list(graph.users.list(top=2, select="id"))
        assert len(recorded) == 5
        assert not tenant.errors

    with (
        recorder.use_cassette(cassette, record_mode="none") as played,
        GraphClient(settings=settings, sleep=naps.append) as graph,
    ):
        assert list(graph.users.list(top=2, select="id")) == recorded
        assert played.play_count == len(played.requests) >= 4  # three pages, and the token
        assert tenant.client_secret not in cassette.read_text(encoding="utf-8")
    assert naps == []
