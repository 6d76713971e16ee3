"""Tokens that processes share, and sign-ins that survive one: asked for once, encrypted, and never in the way."""

from __future__ import annotations

import json
import logging
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from processes import LIMIT, started
from signin import configured, failure_of

from leangraph import AuthError, ConfigurationError, Grant, GraphClient, Sandbox, Settings, TransportError
from leangraph.auth.choose import sign_in_file, source_for
from leangraph.auth.store import FileStore, RefreshTokenFile, Sealed, share_between_processes
from leangraph.net.session import HttpSession

KEY = "canary-key-of-thirty-two-characters-and-more"
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and signals are those of POSIX")


class Source:
    """Gives tokens one after the other, and raises what stands among them."""

    def __init__(self, *script: Grant | Exception) -> None:
        self.script = list(script)
        self.claims: list[str | None] = []

    def __call__(self, claims: str | None = None) -> Grant:
        self.claims.append(claims)
        item = self.script.pop(0)
        if isinstance(item, Exception):
            raise item
        return item


def grants(number: int = 9, life: float = 3600, refresh_in: float | None = None) -> list[Grant]:
    return [Grant(f"canary-token-{i}", life, refresh_in) for i in range(number)]


@pytest.fixture
def now() -> list[float]:
    return [1e9]


@pytest.fixture
def process(tmp_path: Path, now: list[float]) -> Callable[..., Any]:
    """Make what one more process has: a flow of its own over the same directory."""

    def make(source: Any, *, name: str = "n", key: str = KEY, store: Any = None) -> Any:
        return share_between_processes(
            source, store or FileStore(tmp_path / "store"), name, key, wall=lambda: now[0]
        )

    return make


def files(folder: Path) -> list[Path]:
    return sorted(file for file in (folder / "store").glob("*") if file.suffix == ".token")


# -- a token for many -----------------------------------------------------------------------------------------


def test_the_second_process_asks_nobody(process: Callable[..., Any], now: list[float]) -> None:
    first, second = Source(*grants()), Source()
    assert process(first)() == Grant("canary-token-0", 3600)
    now[0] += 100

    grant = process(second)()

    assert (grant.token, grant.expires_in) == ("canary-token-0", 3500)
    assert grant.refresh_in == 3600 - 360 - 100
    assert second.claims == []


@pytest.mark.parametrize(
    ("life", "refresh_in", "age", "taken"),
    [
        (3600, None, 3239, True),
        (3600, None, 3240, False),
        (3600, 1800, 1799, True),
        (3600, 1800, 1800, False),
        (200, None, 99, True),
        (200, None, 100, False),
        (110, 109, 50, True),
        (110, 109, 51, False),  # less than a minute is not worth it
    ],
)
def test_a_shared_token_is_taken_until_it_is_due_for_renewal(
    process: Callable[..., Any], now: list[float], life: float, refresh_in: float | None, age: float, taken: bool
) -> None:
    process(Source(*grants(1, life, refresh_in)))()
    now[0] += age
    second = Source(Grant("new", 3600))

    assert process(second)().token == ("canary-token-0" if taken else "new")
    assert process(Source())().token == ("canary-token-0" if taken else "new")  # which it has stored


def test_the_same_token_is_not_given_to_a_process_twice(process: Callable[..., Any]) -> None:
    """Whoever asks again has seen it refused, or renews it."""
    first, second = Source(*grants()), Source(*grants())
    one, other = process(first), process(second)
    assert (one().token, other().token) == ("canary-token-0", "canary-token-0")

    assert one().token == "canary-token-1"
    assert other().token == "canary-token-1"  # what the first one has had meanwhile
    assert second.claims == []


def test_claims_are_for_the_issuer(process: Callable[..., Any]) -> None:
    process(Source(*grants()))()
    second = Source(Grant("with claims", 3600))

    assert process(second)(claims="{}").token == "with claims"
    assert second.claims == ["{}"]
    assert process(Source())().token == "with claims"


@pytest.mark.parametrize("error", [AuthError("no", transient=True), TransportError("no")])
def test_a_token_that_grows_old_is_better_than_none(
    process: Callable[..., Any], now: list[float], error: Exception
) -> None:
    process(Source(*grants()))()
    now[0] += 3300
    second = process(Source(error, error, Grant("new", 3600)))

    assert second().token == "canary-token-0"
    assert failure_of(second) is error  # it has that one, and keeps it as long as it is good
    assert second().token == "new"


def test_a_refusal_is_told_where_there_is_nothing_better(process: Callable[..., Any]) -> None:
    assert str(failure_of(process(Source(AuthError("no"))))) == "no"


# -- what lies there ------------------------------------------------------------------------------------------


def test_a_record_is_encrypted_and_private(process: Callable[..., Any], tmp_path: Path) -> None:
    process(Source(*grants()), name="contoso")()

    [file] = files(tmp_path)
    content = file.read_bytes()
    assert b"canary" not in content
    assert b"contoso" not in content
    assert "contoso" not in file.name
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_two_records_of_the_same_are_not_alike() -> None:
    sealed = Sealed(KEY)

    assert sealed.seal("a", b"x") != sealed.seal("a", b"x")
    assert sealed.unseal("a", sealed.seal("a", b"x")) == b"x"
    assert repr(sealed.__dict__) == "{'_key': <hidden>}"


@pytest.mark.parametrize("change", ["name", "key", "bit", "cut", "empty"])
def test_a_record_is_good_for_its_own_name_and_key_only(
    process: Callable[..., Any], tmp_path: Path, change: str
) -> None:
    process(Source(*grants()), name="a")()
    [file] = files(tmp_path)
    content = file.read_bytes()
    other: dict[str, Any] = {}
    if change == "name":  # somebody puts one record in the place of another
        process(Source(Grant("of b", 3600)), name="b")()
        [target] = [each for each in files(tmp_path) if each != file]
        target.write_bytes(content)
        other = {"name": "b"}
    elif change == "key":
        other = {"key": KEY[::-1]}
    else:
        changed = {
            "bit": content[:-1] + bytes([content[-1] ^ 1]),
            "cut": content[:20],
            "empty": b"",
            "text": b"{}",
        }
        file.write_bytes(changed[change])
    second = Source(Grant("asked for", 3600))

    assert process(second, **other)().token == "asked for"


# -- out of order ---------------------------------------------------------------------------------------------


class Broken:
    def __init__(self, *methods: str) -> None:
        self.methods = methods

    def load(self, key: str) -> bytes | None:
        self._perhaps("load")
        return None

    def store(self, key: str, value: bytes, lifetime: float) -> None:
        self._perhaps("store")

    @contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        self._perhaps("lock")
        yield False
        self._perhaps("unlock")

    def _perhaps(self, method: str) -> None:
        if method in self.methods:
            raise RuntimeError("canary: redis://:password@host is down")


@pytest.mark.parametrize(
    "methods", [["load"], ["store"], ["lock"], ["unlock"], ["load", "store", "lock"]], ids=str
)
def test_a_store_that_is_down_is_done_without_and_told_once(
    process: Callable[..., Any], methods: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    acquire = process(Source(*grants()), store=Broken(*methods))

    assert [acquire().token for _ in range(3)] == ["canary-token-0", "canary-token-1", "canary-token-2"]

    told = [record.getMessage() for record in caplog.records if "out of order" in record.getMessage()]
    assert told[0] == "token store out of order (RuntimeError): going on without it"
    assert len(told) == 1 or methods in (["load"], ["lock"], ["unlock"])  # a store that works in between
    assert "canary" not in caplog.text


def test_a_directory_that_cannot_be_made_is_done_without(process: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file in the way", encoding="utf-8")

    assert process(Source(*grants()))().token == "canary-token-0"


# -- locks ----------------------------------------------------------------------------------------------------

HOLDS = """
import sys, time
from leangraph.auth.store import FileStore
with FileStore(sys.argv[1]).lock("n") as held:
    print(held, flush=True)
    time.sleep(600)
"""


@contextmanager
def holding(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with started(sys.executable, "-c", HOLDS, folder) as held:
        assert held.stdout.readline() == "True\n"
        yield held


def test_the_lock_of_a_process_that_died_holds_nobody_up(tmp_path: Path) -> None:
    with holding(tmp_path) as other:
        with FileStore(tmp_path, patience=0.1).lock("n") as held:
            assert not held
        other.kill()
        other.wait(LIMIT)

        with FileStore(tmp_path, patience=60).lock("n") as held:
            assert held


@posix
def test_the_lock_of_a_process_that_hangs_holds_nobody_up_for_ever(
    process: Callable[..., Any], tmp_path: Path
) -> None:
    with holding(tmp_path / "store") as other:
        os.kill(other.pid, signal.SIGSTOP)

        store = FileStore(tmp_path / "store", patience=0.2)
        assert process(Source(*grants()), store=store)().token == "canary-token-0"


def test_threads_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        with FileStore(tmp_path, patience=60).lock("n") as held:
            assert held
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.005)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)

    assert most == [1] * 8


def test_what_is_not_there_is_none_and_removed_is_told(tmp_path: Path) -> None:
    store = FileStore(tmp_path)

    assert store.load("n") is None
    assert not store.remove("n")
    store.store("n", b"x")
    assert store.load("n") == b"x"
    assert store.remove("n")
    assert [file.name for file in tmp_path.iterdir()] == []


def test_a_write_that_fails_leaves_the_record_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(tmp_path)
    store.store("n", b"before")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.store("n", b"after")

    assert store.load("n") == b"before"
    assert len(list(tmp_path.iterdir())) == 1


# -- processes ------------------------------------------------------------------------------------------------

COLD = """
import sys
from leangraph import GraphClient
with GraphClient.from_env() as graph:
    sys.stdin.readline()  # all at once
    print(graph.token_holder.token[-20:], flush=True)
"""


def test_eight_cold_processes_make_one_token_request(graph_sandbox: Sandbox, tmp_path: Path) -> None:
    shared_by_all = {"GRAPH_TOKEN_STORE": str(tmp_path / "store"), "GRAPH_TOKEN_STORE_KEY": KEY}
    env = {**os.environ, **graph_sandbox.env, **shared_by_all}
    graph_sandbox.fail("POST", "/oauth2/v2.0/token", stall=0.2)
    with ExitStack() as stack:
        processes = [stack.enter_context(started(sys.executable, "-c", COLD, env=env)) for _ in range(8)]
        for each in processes:
            each.stdin.write("go\n")
            each.stdin.flush()
        said = {each.communicate(timeout=LIMIT)[0] for each in processes}

    assert len(said) == 1
    assert graph_sandbox.token_requests == 1


def test_apps_tenants_and_scopes_do_not_share(graph_sandbox: Sandbox, tmp_path: Path) -> None:
    store = {"token_store": str(tmp_path / "store"), "token_store_key": KEY}
    app = graph_sandbox.add_app(roles=["User.Read.All"])
    http = HttpSession(ca_bundle=graph_sandbox.ca_bundle)
    settings = [
        configured(graph_sandbox, client_secret=graph_sandbox.client_secret, **store),
        configured(graph_sandbox, app, client_secret=app.client_secret, **store),
        configured(graph_sandbox, client_secret=graph_sandbox.client_secret, client_capabilities="cp1", **store),
    ]

    tokens = [source_for(each, http)().token for each in settings for _ in range(2)]

    assert len(set(tokens)) == 3
    assert graph_sandbox.token_requests == 3
    http.close()


# -- refresh tokens -------------------------------------------------------------------------------------------


def test_a_file_with_a_refresh_token_is_read_and_rewritten_private(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("\ufeff canary \r\n", encoding="utf-8")
    file.chmod(0o600)
    kept = RefreshTokenFile(file)

    assert kept.load() == "canary"
    with kept.lock() as held:
        assert held
        kept.save("new")
    assert file.read_bytes() == b"new"
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept.remove()
    assert kept.load() is None
    assert not kept.remove()


def test_a_sealed_file_does_not_show_its_refresh_token(tmp_path: Path) -> None:
    kept = RefreshTokenFile(tmp_path / "mine", sealed=Sealed(KEY))
    kept.save("canary")

    assert b"canary" not in (tmp_path / "mine").read_bytes()
    assert kept.load() == "canary"
    assert RefreshTokenFile(tmp_path / "mine", sealed=Sealed(KEY[::-1])).load() is None


ROTATES = """
import sys
from leangraph import oauth2_refresh_token
from leangraph.auth.store import RefreshTokenFile
url, secret, file, ca = sys.argv[1:]
flow = oauth2_refresh_token(url, "partner-app", secret, RefreshTokenFile(file, patience=60), ca_bundle=ca)
for _ in range(4):
    flow()
"""


def test_processes_that_share_a_refresh_token_never_use_one_twice(graph_sandbox: Sandbox, tmp_path: Path) -> None:
    """The partner ends everything when it sees one twice."""
    partner = graph_sandbox.oauth2
    file = tmp_path / "partner.token"
    file.write_text(partner.refresh_token(), encoding="utf-8")
    file.chmod(0o600)
    command = [
        sys.executable, "-c", ROTATES, graph_sandbox.oauth2_token_url, partner.client_secret, file,
        graph_sandbox.ca_bundle,
    ]  # fmt: skip
    with ExitStack() as stack:
        processes = [stack.enter_context(started(*command)) for _ in range(4)]
        assert [(each.wait(LIMIT), each.stderr.read()) for each in processes] == [(0, "")] * 4

    assert graph_sandbox.token_requests == 16


# -- sign-ins -------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("leangraph.settings.profiles.directory", lambda: tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def device(graph_sandbox: Sandbox) -> Any:
    graph_sandbox.device_code_interval = 0
    return graph_sandbox.add_app("device", public=True, scopes=["User.Read", "User.Read.All"])


def test_a_sign_in_survives_the_process_under_a_key_of_the_keyring(
    graph_sandbox: Sandbox, device: Any, home: Path, memory_keyring: Any
) -> None:
    settings = configured(graph_sandbox, device, sign_in="device")
    shown: list[str] = []
    for _ in range(3):  # runs
        http = HttpSession(ca_bundle=graph_sandbox.ca_bundle)
        assert source_for(settings, http, show=shown.append)().token
        http.close()

    assert len(shown) == 1
    assert len(memory_keyring.entries) == 1
    [file] = home.glob("*.sign-in")
    kept = sign_in_file(settings).load()
    assert kept
    assert kept.encode() not in file.read_bytes()


def test_without_a_keyring_the_users_own_key_will_do(
    graph_sandbox: Sandbox, device: Any, home: Path, no_keyring: None
) -> None:
    settings = configured(graph_sandbox, device, sign_in="device", token_store_key=KEY)
    sign_in_file(settings).save("canary")

    assert sign_in_file(settings).load() == "canary"
    [file] = home.glob("*.sign-in")
    assert b"canary" not in file.read_bytes()


def test_without_any_key_a_sign_in_ends_with_the_process_and_that_is_told(
    graph_sandbox: Sandbox, device: Any, home: Path, no_keyring: None, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured(graph_sandbox, device, sign_in="device")
    with pytest.raises(ConfigurationError, match="Set GRAPH_TOKEN_STORE_KEY"):
        sign_in_file(settings)
    caplog.set_level(logging.WARNING)

    with GraphClient(settings=settings) as graph:
        assert graph.get("/me")["userPrincipalName"] == "ada.lovelace@contoso.example"

    assert "no keyring" in caplog.text
    assert "ends with the process" in caplog.text
    assert not home.exists()


def test_users_of_other_apps_and_tenants_have_files_of_their_own(graph_sandbox: Sandbox, home: Path) -> None:
    for tenant in ("a.example", "b.example"):
        for client in ("one", "two"):
            given = {"tenant_id": tenant, "client_id": client, "sign_in": "device", "token_store_key": KEY}
            sign_in_file(Settings.from_mapping(given)).save(json.dumps([tenant, client]))

    assert len(list(home.glob("*.sign-in"))) == 4
