"""What is kept on disk, whatever the system refuses: it goes on without, or one error names the setting."""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from containers import bind, contained, linux, read_only, small_disk
from signin import configured, written

from leangraph import AuthError, ConfigurationError, GraphClient, Sandbox, Settings
from leangraph.auth.choose import flow_for, sign_in_file, source_for
from leangraph.auth.store import FileStore, RefreshTokenFile
from leangraph.auth.users import Memory
from leangraph.cli import main
from leangraph.net.session import HttpSession
from leangraph.settings import profiles

KEY = "canary-key-of-thirty-two-characters-and-more"
FILE, STATE = "GRAPH_REFRESH_TOKEN_FILE", "GRAPH_STATE_DIR"


@pytest.fixture
def device(graph_sandbox: Sandbox) -> Any:
    graph_sandbox.device_code_interval = 0
    graph_sandbox.rotate_refresh_tokens = "strict"  # each works once
    return graph_sandbox.add_app("device", public=True, scopes=["User.Read"])


@pytest.fixture
def brought(graph_sandbox: Sandbox, http: HttpSession, device: Any) -> str:
    """A refresh token that somebody has."""
    kept = Memory()
    flow_for(configured(graph_sandbox, device, sign_in="device"), http, keep=kept, show=lambda _: None)()
    return str(kept.load())


def run(settings: Settings, http: HttpSession) -> str:
    """Sign in, as each run of a script does; return what went wrong."""
    try:
        source_for(settings, http, show=lambda _: None)()
    except (AuthError, ConfigurationError) as error:
        return str(error)
    return ""


# -- a refresh token that somebody brings -----------------------------------------------------------------------

Place = Callable[[Path], Path]  # arranges a folder with the file "host" in it, and returns the path to name


def alone(folder: Path) -> Path:
    return folder / "host"


def of_a_link(folder: Path) -> Path:
    (folder / "link").symlink_to(folder / "host")
    return folder / "link"


def mounted(folder: Path) -> Path:
    (folder / "mounted").touch(mode=0o600)
    bind(folder / "host", folder / "mounted")
    return folder / "mounted"


def mounted_in_a_read_only_folder(folder: Path) -> Path:
    (folder / "root").mkdir()
    (folder / "root" / "mounted").touch(mode=0o600)
    read_only(folder / "root")
    bind(folder / "host", folder / "root" / "mounted")
    return folder / "root" / "mounted"


def mounted_behind_a_link(folder: Path) -> Path:
    (folder / "link").symlink_to(mounted(folder))
    return folder / "link"


def mounted_read_only(folder: Path) -> Path:
    read_only(mounted(folder))
    return folder / "mounted"


def in_a_read_only_folder(folder: Path) -> Path:
    (folder / "root").mkdir()
    (folder / "host").rename(folder / "root" / "host")
    read_only(folder / "root")
    return folder / "root" / "host"


def on_a_full_disk(folder: Path) -> Path:
    (folder / "disk").mkdir()
    small_disk(folder / "disk")
    (folder / "disk" / "token").touch(mode=0o600)
    (folder / "disk" / "token").write_bytes((folder / "host").read_bytes())
    (folder / "disk" / "full").write_bytes(bytes(4096))
    return folder / "disk" / "token"


def a_folder(folder: Path) -> Path:
    (folder / "folder").mkdir()
    return folder / "folder"


def below_a_file(folder: Path) -> Path:
    return folder / "host" / "token"


def absent(folder: Path) -> Path:
    return folder / "nowhere" / "token"


@linux
@pytest.mark.parametrize(
    "place", [alone, of_a_link, mounted, mounted_in_a_read_only_folder, mounted_behind_a_link]
)
def test_where_a_refresh_token_can_be_kept_each_run_goes_on(
    graph_sandbox: Sandbox, http: HttpSession, device: Any, brought: str, tmp_path: Path, place: Place
) -> None:
    host = Path(written(tmp_path, brought, "host"))
    host.chmod(0o600)

    def runs() -> list[str]:
        path = place(tmp_path)
        settings = configured(graph_sandbox, device, refresh_token_file=str(path))
        return [run(settings, http) for _ in range(3)]

    assert contained(runs, tmp_path / "answer") == [""] * 3
    assert host.read_text(encoding="utf-8") not in (brought, "")
    assert stat.S_IMODE(host.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@linux
@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (mounted_read_only, "read-only"),
        (in_a_read_only_folder, "read-only"),
        (on_a_full_disk, "No space left on device"),
        (a_folder, "Is a directory"),
        (below_a_file, "Not a directory"),
        (absent, "there is no refresh token"),
    ],
)
def test_where_it_cannot_it_is_not_used_and_the_setting_is_named(
    graph_sandbox: Sandbox,
    http: HttpSession,
    device: Any,
    brought: str,
    tmp_path: Path,
    place: Place,
    reason: str,
) -> None:
    written(tmp_path, brought, "host")
    before = graph_sandbox.token_requests

    def runs() -> list[str]:
        path = place(tmp_path)
        settings = configured(graph_sandbox, device, refresh_token_file=str(path))
        return [str(path), *(run(settings, http) for _ in range(2))]

    path, first, second = contained(runs, tmp_path / "answer")

    assert first == second
    assert f"{path} ({FILE})" in first
    assert reason in first or (reason == "Not a directory" and "File exists" in first)
    assert brought not in first
    assert graph_sandbox.token_requests == before


# -- a sign-in, which is kept if it can be -----------------------------------------------------------------------


def no_room(folder: Path) -> Path:
    (folder / "state").mkdir()
    read_only(folder / "state")
    return folder / "state"


def a_full_disk(folder: Path) -> Path:
    (folder / "state").mkdir()
    small_disk(folder / "state", 4096)
    (folder / "state" / "full").write_bytes(bytes(4096))
    return folder / "state"


def a_file(folder: Path) -> Path:
    (folder / "state").touch()
    return folder / "state"


def below_one(folder: Path) -> Path:
    return a_file(folder) / "deeper"


def a_link_to_nowhere(folder: Path) -> Path:
    (folder / "state").symlink_to(folder / "gone" / "far")
    read_only(folder)
    return folder / "state"


def open_to_all(folder: Path) -> Path:
    (folder / "state").mkdir()
    (folder / "state").chmod(0o777)
    return folder / "state"


@linux
@pytest.mark.parametrize("place", [no_room, a_full_disk, a_file, below_one, a_link_to_nowhere])
def test_a_sign_in_that_cannot_be_kept_is_one_all_the_same(
    graph_sandbox: Sandbox, http: HttpSession, device: Any, tmp_path: Path, place: Place
) -> None:
    (tmp_path / "home").mkdir()

    def work() -> dict[str, Any]:
        said: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("leangraph").addHandler(handler)
        path = place(tmp_path / "home")
        settings = configured(graph_sandbox, device, sign_in="device", token_store_key=KEY, state_dir=str(path))
        shown: list[str] = []
        flow = source_for(settings, http, show=shown.append)
        tokens = [flow().token != "", flow().token != ""]
        return {"said": said, "shown": len(shown), "tokens": tokens}

    found = contained(work, tmp_path / "answer")

    assert found["tokens"] == [True, True]
    assert found["shown"] == 1
    [said] = found["said"]
    assert STATE in said
    assert "this sign-in ends with the process" in said


@linux
def test_a_login_that_cannot_be_kept_is_told_before_anybody_signs_in(
    graph_sandbox: Sandbox,
    device: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    values = {**graph_sandbox.env, "AZURE_CLIENT_ID": device.client_id, "GRAPH_TOKEN_STORE_KEY": KEY}
    del values["AZURE_CLIENT_SECRET"]
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "home").mkdir()

    def work() -> list[int]:
        os.environ[STATE] = str(no_room(tmp_path / "home"))
        return [main(["login"]), main(["logout"])]

    assert contained(work, tmp_path / "answer") == [2, 0]
    assert graph_sandbox.requests == []
    err = capfd.readouterr().err
    assert f"({STATE}): Read-only file system" in err
    assert "nobody was signed in" in err


# -- no home ----------------------------------------------------------------------------------------------------


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without an entry in the list of users, as ``docker run --user 54321`` makes one."""
    for name in ("HOME", "USERPROFILE", "HOMEPATH", "APPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform != "win32":

        def nobody(number: int) -> Any:
            raise KeyError(f"getpwuid(): uid not found: {number}")

        monkeypatch.setattr("pwd.getpwuid", nobody)


def test_without_a_home_a_sign_in_ends_with_the_process(
    homeless: None, graph_sandbox: Sandbox, device: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured(graph_sandbox, device, sign_in="device", token_store_key=KEY)

    with GraphClient(settings=settings) as graph:
        assert graph.get("/me")["userPrincipalName"] == "ada.lovelace@contoso.example"

    assert "this user has no home directory" in caplog.text
    assert STATE in caplog.text
    assert "ends with the process" in caplog.text


def test_without_a_home_the_state_directory_will_do(
    homeless: None, graph_sandbox: Sandbox, device: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured(
        graph_sandbox, device, sign_in="device", token_store_key=KEY, state_dir=str(tmp_path / "state")
    )

    with GraphClient(settings=settings) as graph:
        assert graph.get("/me")["userPrincipalName"] == "ada.lovelace@contoso.example"

    assert caplog.text == ""
    assert sign_in_file(settings).load()


@pytest.mark.parametrize("named", ["", "~/no/such.env", "~nobody-of-this-name/.env"])
def test_without_a_home_settings_are_read_all_the_same(homeless: None, graph_sandbox: Sandbox, named: str) -> None:
    more = {"_env_file": named} if named else {}

    assert Settings(**graph_sandbox.env, **more).tenant_id == graph_sandbox.tenant_id  # type: ignore[arg-type]


def test_without_a_home_a_profile_is_one_clear_error(homeless: None) -> None:
    with pytest.raises(ConfigurationError, match="this user has no home directory"):
        Settings.from_profile("contoso")


@pytest.mark.parametrize(
    ("platform", "variable", "place"),
    [
        ("linux", "XDG_CONFIG_HOME", "leangraph"),
        ("win32", "APPDATA", "leangraph"),
        ("linux", "HOME", ".config/leangraph"),
        ("darwin", "HOME", "Library/Application Support/leangraph"),
        ("win32", "HOME", "AppData/Roaming/leangraph"),
    ],
)
def test_every_system_has_its_place(
    homeless: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str, place: str
) -> None:
    if variable == "HOME" and sys.platform == "win32":
        variable = "USERPROFILE"
    monkeypatch.setattr(profiles.sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))

    assert profiles.directory() == tmp_path / place


# -- a store that is shared -------------------------------------------------------------------------------------


@linux
@pytest.mark.parametrize("place", [no_room, a_full_disk, a_file, below_one])
def test_a_token_store_that_cannot_be_used_is_told_once_and_done_without(
    graph_sandbox: Sandbox, http: HttpSession, tmp_path: Path, place: Place
) -> None:
    (tmp_path / "home").mkdir()

    def work() -> list[Any]:
        said: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("leangraph").addHandler(handler)
        secret = {"client_secret": graph_sandbox.client_secret, "token_store": str(place(tmp_path / "home"))}
        flow = source_for(configured(graph_sandbox, token_store_key=KEY, **secret), http)
        return [flow().token != "", flow().token != "", said]

    *tokens, said = contained(work, tmp_path / "answer")

    assert tokens == [True, True]
    assert len(said) == 1
    assert str(tmp_path / "home" / "state") in said[0]
    assert "going on without it" in said[0]


@pytest.mark.skipif(sys.platform == "win32", reason="there the mode does not say")
@pytest.mark.parametrize("what", ["store", "refresh token", "sign-in"])
def test_what_others_can_write_to_is_refused_with_the_command_that_closes_it(
    graph_sandbox: Sandbox, http: HttpSession, device: Any, tmp_path: Path, what: str
) -> None:
    path = open_to_all(tmp_path)
    if what == "store":
        with pytest.raises(ConfigurationError, match=f"chmod 700 {path}"), FileStore(path).lock("x"):
            pass
        return
    file = Path(written(path, "canary", "token"))
    file.chmod(0o666)

    with pytest.raises(ConfigurationError, match=f"chmod 600 {file}") as caught:
        RefreshTokenFile(file, variable=FILE if what == "refresh token" else STATE).load()
    assert "canary" not in str(caught.value)
