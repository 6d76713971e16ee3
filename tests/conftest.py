"""What the tests share: a sandbox tenant, a client on it, and clocks that do not pass time."""

from __future__ import annotations

import gc
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
import requests
from graph_calls import Graph, token_call
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring
from processes import restore_sigint
from shares import set_profile, some_cases

from leangraph import GraphClient, RetryPolicy, Sandbox, Settings
from leangraph.net import trust

restore_sigint()
set_profile()  # before any test module is read


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cases",
        type=int,
        metavar="N",
        help="run N cases of each test that has more, always the same",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse names that differ from process to process: workers that run the tests together need the same.

    Then keep as many cases of each test as ``--cases`` says.
    """
    if unstable := [item.nodeid for item in items if re.search(r" at 0x[0-9a-f]{6,}", item.nodeid)]:
        raise pytest.UsageError(f"give these cases ids: {unstable}")
    most = config.getoption("--cases")
    if most is not None:
        kept = set(some_cases([item.nodeid for item in items], most))
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in kept])
        items[:] = [item for item in items if item.nodeid in kept]


def pytest_collection_finish() -> None:
    """Keep what lasts as long as the run out of garbage collections, which then take no time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust one of the public authorities: reading all of them takes a client 40 ms, and no test meets them."""
    first, end, _ = (
        Path(trust.DEFAULT_CA_BUNDLE_PATH).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----\n")
    )
    bundle = tmp_path_factory.mktemp("public") / "authority.pem"
    bundle.write_text(first + end, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trust, "DEFAULT_CA_BUNDLE_PATH", str(bundle))
        yield


@pytest.fixture(scope="session")
def _empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def _own_environment(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _empty_folder: Path
) -> Iterator[None]:
    """Keep the developer's own settings, proxies and ``.env`` out of the tests.

    The working directory is ``tmp_path`` if a test has one, else one that is emptied after the test.
    """
    for name in list(os.environ):
        if name.upper().startswith(("AZURE_", "GRAPH_", "MSAL_")) or name.upper() in (
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "NO_PROXY",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
        ):
            monkeypatch.delenv(name)
    own = "tmp_path" in request.fixturenames
    monkeypatch.chdir(request.getfixturevalue("tmp_path") if own else _empty_folder)
    yield
    if not own:
        for left in _empty_folder.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Note for docs/sandbox-endpoints.md what a test has seen the sandbox do; see tools/make_sandbox_page.py."""
    file = os.environ.get("LEANGRAPH_PROOFS")
    for tenant in getattr(item, "funcargs", {}).values() if file else ():
        if isinstance(tenant, Sandbox) and tenant._live is not None:
            seen = {(r.method, r.template) for r in tenant.requests if r.template and r.status and r.status < 400}
            with Path(str(file)).open("a", encoding="utf-8") as out:
                out.writelines(f"{item.nodeid}\t{method}\t{template}\n" for method, template in sorted(seen))


@pytest.fixture
def graph_sandbox(graph_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The fixture that the package brings; what went wrong inside the tenant fails the test."""
    yield graph_sandbox
    assert not graph_sandbox.errors


@pytest.fixture
def acted(request: pytest.FixtureRequest) -> None:
    """What no family acts out is refused, rather than answered by the metadata."""
    name = "sandbox" if "sandbox" in request.fixturenames else "graph_sandbox"
    request.getfixturevalue(name).fidelity = "acted"


@pytest.fixture
def tenant(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox that the environment, also that of other processes, leads to."""
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)
    return graph_sandbox


@pytest.fixture(scope="session")
def _web() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def web(graph_sandbox: Sandbox, _web: requests.Session) -> requests.Session:
    """A session that trusts the sandbox, and nothing from the environment; its connections outlive a test."""
    _web.verify = graph_sandbox.ca_bundle
    return _web


@pytest.fixture
def graph(graph_sandbox: Sandbox, web: requests.Session) -> Graph:
    """Requests to the tenant, without any client of ours: ``graph.get("/users", top="5")``."""
    return Graph(graph_sandbox, web, token_call(graph_sandbox, web).json()["access_token"])


@pytest.fixture
def naps() -> list[float]:
    """The waits of ``graph_client``, in seconds; nobody really waits."""
    return []


@pytest.fixture
def sandbox_settings(graph_sandbox: Sandbox) -> Settings:
    return Settings(_env_file=None, **graph_sandbox.env)


@pytest.fixture
def graph_client(sandbox_settings: Settings, naps: list[float]) -> Iterator[GraphClient]:
    with GraphClient(
        settings=sandbox_settings, retry=RetryPolicy(random=lambda: 0.0), sleep=naps.append
    ) as client:
        yield client


@pytest.fixture
def memory_keyring() -> Iterator[KeyringBackend]:
    """A keyring of this process, in place of the operating system's."""

    class InMemory(KeyringBackend):
        priority = 1

        def __init__(self) -> None:
            super().__init__()
            self.entries: dict[tuple[str, str], str] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self.entries.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.entries[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del self.entries[service, username]

    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    """A machine that has nothing to keep secrets in."""
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)
