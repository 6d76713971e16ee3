"""``GRAPH_SIGN_IN=azure-cli``: a stand-in for ``az`` on the PATH, and what becomes of its answers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from processes import eventually

from leangraph import AuthError, ConfigurationError, Error, GraphClient, Sandbox, Settings
from leangraph.auth.azcli import azure_cli

SCOPE = "https://graph.microsoft.com/.default"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script of a POSIX shell")
Az = Callable[..., None]


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Az:
    """Put an ``az`` on the PATH, which notes its arguments, and where it runs, and says what it is told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def make(out: str = "", err: str = "", code: int = 0, *, before: str = "") -> None:
        (tmp_path / "out").write_text(out, encoding="utf-8")
        (tmp_path / "err").write_text(err, encoding="utf-8")
        file = folder / "az"
        file.write_text(
            f'#!/bin/sh\n{before}\nprintf "%s\\n" "$PWD" "$@" > {tmp_path}/seen\n'
            f"cat {tmp_path}/out; cat {tmp_path}/err >&2; exit {code}\n",
            encoding="utf-8",
        )
        file.chmod(0o700)

    return make


def answer(**more: Any) -> str:
    return json.dumps({"accessToken": "canary", "expires_on": 1_000_000, "tokenType": "Bearer", **more})


def test_a_client_signs_in_as_the_user_of_the_azure_cli(graph_sandbox: Sandbox, az: Az, tmp_path: Path) -> None:
    app = GraphClient(settings=Settings.from_mapping(graph_sandbox.env))
    az(answer(accessToken=app.token_holder.token, expires_on=4_000_000_000))
    settings = Settings.from_mapping(
        {"GRAPH_SIGN_IN": "azure-cli", "GRAPH_URL": graph_sandbox.url, "GRAPH_CA_BUNDLE": graph_sandbox.ca_bundle}
    )

    with GraphClient(settings=settings) as client:
        assert client.get("/users?$top=1")["value"]

    folder, *arguments = (tmp_path / "seen").read_text(encoding="utf-8").split("\n")[:-1]
    assert arguments == ["account", "get-access-token", "--output", "json", "--scope", SCOPE]
    assert folder == "/"  # no file of the working directory has a say
    app.close()


def test_a_tenant_is_asked_for_if_one_is_set(az: Az, tmp_path: Path) -> None:
    az(answer())
    azure_cli([SCOPE], tenant="contoso.com", wall=lambda: 0.0)()

    assert (tmp_path / "seen").read_text(encoding="utf-8").split("\n")[-3:-1] == ["--tenant", "contoso.com"]


@pytest.mark.parametrize(
    ("said", "expires_in"),
    [
        (answer(), 1_000_000.0),
        (answer(expires_on="1000000"), 1_000_000.0),
        ("WARNING: a new version\n" + answer(), 1_000_000.0),
        ("\ufeff" + answer(), 1_000_000.0),
        (json.dumps({"accessToken": "canary", "expiresOn": "1970-01-01 01:00:00+00:00"}), 3600.0),
        (json.dumps({"accessToken": "canary", "expiresOn": "soon"}), 600.0),
        (json.dumps({"accessToken": "canary"}), 600.0),
    ],
)
def test_every_version_of_the_answer_is_read(az: Az, said: str, expires_in: float) -> None:
    az(said)
    grant = azure_cli([SCOPE], wall=lambda: 0.0)()

    assert (grant.token, grant.expires_in) == ("canary", expires_in)


@pytest.mark.parametrize(
    ("out", "err", "code", "told"),
    [
        ("", "ERROR: Please run 'az login' to setup account.", 1, "run az login, or choose another way"),
        ("", "AADSTS70043: The refresh token has expired. accessToken=canary", 1, "run az login"),
        ("", "", 3, "it ended without a word"),
        ("no JSON", "", 0, "without a token"),
        ("[]", "", 0, "without a token"),
        ("{}", "", 0, "without a token"),
        ('{"accessToken": 5}', "", 0, "without a token"),
        ("", "refresh_token=canary " + "x" * 100_000, 1, "gave no token"),
    ],
)
def test_what_goes_wrong_is_told_with_what_to_do(az: Az, out: str, err: str, code: int, told: str) -> None:
    az(out, err, code)
    with pytest.raises(AuthError) as caught:
        azure_cli([SCOPE])()

    assert told in str(caught.value)
    assert "refresh_token=canary" not in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_one_that_hangs_is_ended(az: Az) -> None:
    az(answer(), before="exec sleep 300")
    with pytest.raises(AuthError, match="took longer than 0 s") as caught:
        azure_cli([SCOPE], timeout=0.2)()
    assert caught.value.transient


def test_what_it_has_started_is_ended_with_it(az: Az, tmp_path: Path) -> None:
    """``az`` is a script that starts Python: as long as that lives, the pipes are open."""
    az(answer(), before=f"sleep 300 &\necho $! > {tmp_path}/pid\nwait")
    with pytest.raises(AuthError, match="took longer"):
        azure_cli([SCOPE], timeout=0.5)()

    number = int((tmp_path / "pid").read_text(encoding="ascii"))
    assert eventually(lambda: not is_running(number))


def is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{number}/stat")  # one that nobody has waited for yet has ended all the same
    return not status.exists() or status.read_text(encoding="ascii").split()[2] != "Z"


@pytest.mark.parametrize(
    ("scope", "tenant"),
    [
        ("https://x&calc/.default", ""),
        ("https://x%PATH%/.default", ""),
        ('https://x"/.default', ""),
        ("https://x^/.default", ""),
        (SCOPE, "contoso.com&calc"),
        (SCOPE, "--debug contoso"),
    ],
)
def test_nothing_that_a_shell_would_understand_is_passed_on(scope: str, tenant: str) -> None:
    with pytest.raises(ConfigurationError, match="letters, digits") as caught:
        azure_cli([scope], tenant=tenant)
    assert "calc" not in str(caught.value)


def test_without_the_azure_cli_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    planted = tmp_path / "az"
    planted.write_text("#!/bin/sh\necho '{}'\n", encoding="utf-8")
    planted.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    for path in ("", ".", f".{os.pathsep}"):  # the working directory is no place for a program
        monkeypatch.setenv("PATH", path)
        with pytest.raises(ConfigurationError, match="there is no az on the PATH"):
            azure_cli([SCOPE])()


@pytest.mark.parametrize("scopes", [["User.Read"], [SCOPE, SCOPE], []])
def test_it_takes_one_scope(scopes: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="GRAPH_SCOPES"):
        azure_cli(scopes)


def test_claims_need_a_user(az: Az) -> None:
    az(answer())
    with pytest.raises(AuthError, match="run az login"):
        azure_cli([SCOPE])(claims="{}")


def test_it_needs_neither_tenant_nor_app_and_no_key(az: Az) -> None:
    settings = Settings.from_mapping({"GRAPH_SIGN_IN": "azure-cli"})

    assert (settings.sign_in_by, settings.tenant_id, settings.client_id) == ("sign_in", "", "")
    with pytest.raises(Error):
        Settings.from_mapping({"GRAPH_SIGN_IN": "device"})
