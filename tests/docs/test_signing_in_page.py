"""The pages about signing in: each example of variables means the way it stands under, and every block runs."""

from __future__ import annotations

import asyncio
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from leangraph import Sandbox, Settings
from leangraph.settings.fields import PURPOSES, SECRETS, VARIABLES
from leangraph.settings.rules import KINDS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "signing-in.md").read_text(encoding="utf-8")
FRAMEWORKS = (DOCS / "frameworks.md").read_text(encoding="utf-8")
APP = {"AZURE_TENANT_ID": "contoso.onmicrosoft.com", "AZURE_CLIENT_ID": "app"}
SECRET = "canary-canary-canary-canary-canary-canary"
OF_THE_JOB = {"SYSTEM_ACCESSTOKEN", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"}  # of the CI service, not of ours
WAYS = {  # what the examples of a section choose
    "Client secret": {"client_secret", "client_secret_file"},
    "Certificate": {"certificate_path"},
    "Workload identity": {"federated_token_file"},
    "GitHub Actions": {"oidc"},
    "Azure Pipelines": {"oidc"},
    "Managed identity": {"managed_identity"},
    "Browser": {"sign_in"},
    "Broker": {"sign_in"},
    "Device code": {"sign_in"},
    "Azure CLI": {"sign_in"},
    "Refresh token": {"refresh_token_file"},
    "Kept sign-ins": {"sign_in"},
    "One token for many processes": {"client_secret"},
}


def sections(page: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return the blocks of each section, each with its excuse and its language."""
    pattern = r"(?:<!-- not run: ([^>]*) -->\s*)?^```(\S*)\n(.*?)^```"
    parts = re.split(r"^## (.*)$", page, flags=re.MULTILINE)
    return {
        title: re.findall(pattern, text, re.DOTALL | re.MULTILINE)
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def values_of(code: str, language: str) -> dict[str, str]:
    pairs = re.findall(r"([A-Z][A-Z_]+)(?:=|: )([^,}\s]+)", code)
    unknown = {name for name, _ in pairs} - PURPOSES.keys() - OF_THE_JOB
    assert unknown == set(), language
    return {
        name: SECRET if name in SECRETS else APP.get(name, value)
        for name, value in pairs
        if name not in OF_THE_JOB
    }


def test_each_example_of_variables_chooses_the_way_it_stands_under() -> None:
    found: dict[str, set[str]] = {}
    for title, blocks in sections(PAGE).items():
        for _, language, code in blocks:
            if language in ("ini", "yaml"):
                settings = Settings.from_mapping({**APP, **values_of(code, language)})
                found.setdefault(title, set()).add(settings.sign_in_by)

    assert found == WAYS


def test_the_table_names_every_way_and_leads_to_it() -> None:
    table = PAGE[: PAGE.index("\n## ")]
    named = set(re.findall(r"\b(?:AZURE|GRAPH)_[A-Z_]+\b", table))

    assert named <= PURPOSES.keys()
    assert named >= KINDS.keys() - {"AZURE_FEDERATED_TOKEN_FILE"}  # which nobody sets by hand
    assert {f"`GRAPH_SIGN_IN={way}`" for way in ("browser", "broker", "azure-cli", "device")} <= set(
        re.findall(r"`[^`]+`", table)
    )
    rows = re.findall(r"^\| [^|]+ \| \[[^]]+\]\(#[\w-]+\) \|", table, re.MULTILINE)
    assert len(rows) == 16


def test_no_block_is_left_out_without_a_reason() -> None:
    known = {"ini", "yaml", "toml", "python"}
    for page in (PAGE, FRAMEWORKS):
        for blocks in sections(page).values():
            assert [code for excuse, language, code in blocks if language not in known and not excuse] == []


def test_the_profile_has_keywords_of_settings() -> None:
    [code] = [code for _, language, code in sections(PAGE)["Many tenants"] if language == "toml"]

    assert tomllib.loads(code)["profiles"]["contoso"].keys() <= VARIABLES.keys()


class Redis:
    """What the example asks of a Redis client."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.data.get(key)

    def set(self, key: str, value: Any, *, nx: bool = False, ex: int = 0, px: int = 0) -> bool:
        if nx and key in self.data:
            return False
        self.data[key] = value
        return True

    def eval(self, script: str, count: int, key: str, mine: str) -> None:
        if self.data.get(key) == mine:
            del self.data[key]


def test_every_python_block_runs(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**graph_sandbox.env, "REQUESTS_CA_BUNDLE": graph_sandbox.ca_bundle}.items():
        monkeypatch.setenv(name, value)
    partner = graph_sandbox.oauth2
    redis = Redis()
    space = {
        "my_function": lambda: "a.b.c",
        "token_of_the_call": "a.b.c",
        "token_url": graph_sandbox.oauth2_token_url,
        "client_id": partner.client_id,
        "secret": partner.client_secret,
        "first_token": partner.refresh_token(),
        "my_vault": SimpleNamespace(write=lambda _: None),
        "redis": redis,
        "key": SECRET,
        "graph_root": graph_sandbox.url,
    }
    run = 0
    for blocks in sections(PAGE).values():
        for excuse, language, code in blocks:
            if language != "python" or excuse:
                continue
            run += 1
            if "RedisStore" in code:
                space["acquire"] = _source(graph_sandbox)
            named = code.replace("TokenHolder(share_between", "shared = TokenHolder(share_between")
            exec(compile(named, "signing-in.md", "exec"), space)

    assert run == 6
    assert space["shared"].token  # type: ignore[attr-defined]
    assert list(redis.data) == ["graph of contoso"]


def _source(sandbox: Sandbox) -> Callable[..., Any]:
    from leangraph import Grant, GraphClient

    holder = GraphClient(settings=Settings.from_mapping(sandbox.env)).token_holder
    return lambda: Grant(holder.token, holder.expires_in)


# -- frameworks: the lines of theirs are stand-ins, those of ours run ------------------------------------------


def module(monkeypatch: pytest.MonkeyPatch, name: str, **names: Any) -> None:
    made = ModuleType(name)
    vars(made).update(names)
    monkeypatch.setitem(sys.modules, name, made)


class FastAPI:
    def __init__(self, *, lifespan: Any = None) -> None:
        self.lifespan, self.state, self.routes = lifespan, SimpleNamespace(), {}

    def get(self, path: str) -> Callable[[Any], Any]:
        return lambda function: self.routes.setdefault(path, function)


class FunctionApp:
    def route(self, *, route: str) -> Callable[[Any], Any]:
        return lambda function: function


def task(function: Any = None, **_: Any) -> Any:
    return function or (lambda inner: inner)


def test_every_block_about_frameworks_runs(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)
    functions = SimpleNamespace(FunctionApp=FunctionApp, HttpRequest=Any, HttpResponse=str)
    module(monkeypatch, "fastapi", FastAPI=FastAPI)
    module(monkeypatch, "airflow")
    module(monkeypatch, "airflow.decorators", task=task)
    module(monkeypatch, "azure", functions=functions)
    module(monkeypatch, "azure.functions", **vars(functions))
    ada = "ada.lovelace@contoso.example"
    spaces: dict[str, dict[str, Any]] = {}
    for title, blocks in sections(FRAMEWORKS).items():
        space = spaces.setdefault(title, {})
        for _, language, code in blocks:
            assert language == "python"
            exec(compile(code, "frameworks.md", "exec"), space)

    async def serve() -> None:
        app = spaces["FastAPI"]["app"]
        async with app.lifespan(app):
            assert (await app.routes["/people/{upn}"](ada))["displayName"] == "Ada Lovelace"
            assert len(await app.routes["/people"]()) == graph_sandbox.users

    asyncio.run(serve())
    ids = spaces["Airflow"]["disabled_users"]()
    assert spaces["Airflow"]["sign_out"](ids) == []
    request = SimpleNamespace(route_params={"upn": ada})
    assert spaces["Azure Functions"]["person"](request) == "Ada Lovelace"
    spaces["Azure Functions"]["graph"].close()
    spaces["FastAPI"]["http"].close()
