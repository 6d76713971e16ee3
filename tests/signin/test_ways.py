"""Ways in that depend on the machine: the broker, a mounted secret; and what a user gets to see."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Any

import msal
import pytest
from signin import Robot, claims, configured, failure_of, written

from leangraph import AuthError, ConfigurationError, Sandbox
from leangraph.auth import users
from leangraph.auth.choose import flow_for
from leangraph.auth.users import Memory
from leangraph.net.session import HttpSession

SCOPE = "https://graph.microsoft.com/.default"


# -- the broker -------------------------------------------------------------------------------------------------

RUNTIME = '''
"""A stand-in for the operating system's broker, as MSAL calls it."""
import json, threading, time

class Response_Status:
    Status_AccountUnusable, Status_InteractionRequired = "unusable", "interaction"

class LogLevel:
    TRACE = DEBUG = INFO = WARNING = ERROR = FATAL = 0

calls, silent = [], [False]  # what was asked; whether the user is known to the operating system

def register_logging_callback(callback): pass
def get_console_window(): return 1
def get_desktop_window(): return 1

class MSALRuntimeAuthParameters:
    def __init__(self, client_id, authority): pass
    def __getattr__(self, name): return lambda *words: None

class CallbackData:
    def __init__(self, is_interactive=False): self.signal = threading.Event()
    def complete(self, result):
        self.result = result
        self.signal.set()

class Failure:
    def get_context(self): return "the device is not compliant access_token=canary"
    def get_status(self): return "interaction"
    def get_error_code(self): return 1
    def get_tag(self): return 2

class Account:
    def get_client_info(self): return ""
    def get_account_id(self): return "account"

class Result:
    def __init__(self, error=None): self.error = error
    def get_telemetry_data(self): return {}
    def get_error(self): return self.error
    def get_id_token(self): return json.dumps({"preferred_username": "ada@contoso.example"})
    def get_raw_id_token(self): return ""
    def get_account(self): return Account()
    def is_pop_authorization(self): return False
    def get_access_token(self): return f"token-{len(calls)}"
    def get_access_token_expiry_time(self): return int(time.time()) + 3600
    def get_granted_scopes(self): return ["User.Read"]

def signin_silently(params, correlation, callback):
    calls.append("silently")
    callback(Result(None if silent[0] else Failure()))

def signin_interactively(window, params, correlation, hint, callback):
    calls.append("with a window")
    silent[0] = True
    callback(Result())
'''


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "pymsalruntime.py").write_text(RUNTIME, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "site")
    for name in ("pymsalruntime", "msal.broker"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import pymsalruntime

    yield pymsalruntime
    for name in ("pymsalruntime", "msal.broker"):
        sys.modules.pop(name, None)
    vars(msal).pop("broker", None)


def test_the_broker_asks_the_user_once_and_renews_without(
    graph_sandbox: Sandbox, http: HttpSession, desktop: Any, runtime: Any
) -> None:
    shown: list[str] = []
    flow = flow_for(configured(graph_sandbox, desktop, sign_in="broker"), http, show=shown.append)

    assert [flow().token for _ in range(3)] == ["token-2", "token-3", "token-4"]
    assert runtime.calls == ["silently", "with a window", "silently", "silently"]
    assert shown == []

    runtime.silent[0] = False  # signed out of the machine, or not compliant any more
    with pytest.raises(AuthError, match="not compliant") as caught:
        flow()
    assert "with a window" not in runtime.calls[2:]  # nobody is asked from a background thread
    assert "GRAPH_SIGN_IN=device or azure-cli" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_without_a_broker_it_is_told_once_and_the_browser_signs_in(
    graph_sandbox: Sandbox, http: HttpSession, desktop: Any, robot: Robot
) -> None:
    shown: list[str] = []
    keep = Memory()
    for _ in range(2):  # runs: the second goes on with what is kept, and has nothing to tell
        flow = flow_for(configured(graph_sandbox, desktop, sign_in="broker"), http, keep=keep, show=shown.append)
        for _ in range(2):
            assert claims(flow().token)["upn"] == "ada.lovelace@contoso.example"

    [said] = shown
    assert "pip install leangraph[broker]" in said
    assert "browser" in said
    assert len(robot.opened) == 1


# -- a secret in a file -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["{}", "{}\n", "{}\r\n", "\ufeff{}", " {} ", "\u200b{}\u200b", "\u00a0{}"], ids=ascii
)
def test_a_secret_in_a_mounted_file_signs_in(
    graph_sandbox: Sandbox, http: HttpSession, tmp_path: Path, form: str
) -> None:
    file = written(tmp_path, form.format(graph_sandbox.client_secret), "secret")
    settings = configured(graph_sandbox, client_secret_file=file)

    assert flow_for(settings, http)().token


def test_a_secret_in_a_file_is_read_again_once_it_is_refused(
    graph_sandbox: Sandbox, http: HttpSession, tmp_path: Path
) -> None:
    file = written(tmp_path, "canary", "secret")
    flow = flow_for(configured(graph_sandbox, client_secret_file=file), http)
    assert failure_of(flow).code == "invalid_client"

    written(tmp_path, graph_sandbox.client_secret, "secret")

    assert flow().token


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"one\ntwo", "on one line"),
        ("canary".encode("utf-16"), "UTF-8"),
        (b"\x00canary", "on one line"),
        (None, "No such file"),
        ("folder", "Is a directory"),
    ],
)
def test_a_file_without_a_secret_names_its_variable(
    graph_sandbox: Sandbox, http: HttpSession, tmp_path: Path, content: Any, said: str
) -> None:
    file = str(tmp_path if content == "folder" else tmp_path / "secret")
    if isinstance(content, bytes):
        file = written(tmp_path, content, "secret")

    error = failure_of(flow_for(configured(graph_sandbox, client_secret_file=file), http))

    assert isinstance(error, ConfigurationError)
    assert f"AZURE_CLIENT_SECRET_FILE names {file!r}" in str(error)
    assert said in str(error) or sys.platform == "win32"
    assert "canary" not in str(error)
    assert graph_sandbox.token_requests == 0


# -- what a user gets to see ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "whole"),
    [
        ("Öffnen Sie https://login.example/device und geben Sie CODE-1 ein.", True),
        ("Use the code CODE-1", False),
        ("Open https://login.example/device", False),
        ("", False),
        (None, False),
    ],
)
def test_the_address_and_the_code_reach_the_user_whole(message: str | None, whole: bool) -> None:
    begun = {"user_code": "CODE-1", "verification_uri": "https://login.example/device", "message": message}

    said = users._code_sentence(begun)

    assert "https://login.example/device" in said
    assert "CODE-1" in said
    assert (said == message) is whole


def test_where_no_browser_can_be_started_the_address_is_shown_whole(
    graph_sandbox: Sandbox, http: HttpSession, desktop: Any, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda *_, **__: False)
    shown: list[str] = []

    def show(text: str) -> None:
        shown.append(text)
        copied = text.rpartition("\n")[2]
        robot.visit(copied)

    flow = flow_for(configured(graph_sandbox, desktop, sign_in="browser"), http, show=show)

    assert claims(flow().token)["upn"] == "ada.lovelace@contoso.example"
    assert "code_challenge=" in shown[0]
    assert "***" not in shown[0]


def test_nobody_in_the_browser_is_one_clear_error(
    graph_sandbox: Sandbox, http: HttpSession, desktop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "BROWSER_TIMEOUT", 0.1)  # MSAL looks once a second
    monkeypatch.setattr(webbrowser, "open", lambda *_, **__: True)

    error = failure_of(flow_for(configured(graph_sandbox, desktop, sign_in="browser"), http))

    assert isinstance(error, AuthError)
    assert "nobody signed in" in str(error)
    assert "GRAPH_SIGN_IN=device, broker or azure-cli" in str(error)


@pytest.mark.parametrize("end", ["decline", "expire"])
def test_a_code_that_comes_to_nothing_names_another_way(
    graph_sandbox: Sandbox, http: HttpSession, end: str
) -> None:
    graph_sandbox.device_code_interval = 0
    graph_sandbox.device_code = end
    app = graph_sandbox.add_app("device", public=True, scopes=["User.Read"])

    error = failure_of(flow_for(configured(graph_sandbox, app, sign_in="device"), http, show=lambda _: None))

    assert "GRAPH_SIGN_IN=browser, broker or azure-cli" in str(error)


def test_without_standard_error_a_code_is_not_lost_in_silence(
    graph_sandbox: Sandbox, http: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    app = graph_sandbox.add_app("device", public=True, scopes=["User.Read"])

    error = failure_of(flow_for(configured(graph_sandbox, app, sign_in="device"), http))

    assert "pass show=" in str(error)
