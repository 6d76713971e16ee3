"""``leangraph doctor`` names the first thing that is wrong and the next step; ``login`` lasts till ``logout``."""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from authorities import DAY, Authority, not_found, showing
from processes import LIMIT
from signin import claims

from leangraph import GraphClient, Sandbox
from leangraph.cli import main
from leangraph.cli.doctor import STEPS

DISCOVERY = "/v2.0/.well-known/openid-configuration"
NOBODY = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
NOWHERE = f"{'a' * 64}.example"  # no resolver is asked for a part of more than 63 letters
KEY = "canary-key-of-thirty-two-characters-and-more"


class Environment:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            self._monkeypatch.setenv(name, value) if value else self._monkeypatch.delenv(name, raising=False)


@pytest.fixture
def environment(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """That of the sandbox; tests change it."""
    made = Environment(monkeypatch)
    made(graph_sandbox.env)
    return made


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str], graph_sandbox: Sandbox) -> Callable[..., Any]:
    """Run it, and return its exit code with each step by name; nothing of it shows a secret."""

    def run(*options: str) -> tuple[int, dict[str, Any]]:
        code = main(["doctor", *options])
        plain = capsys.readouterr()
        again = main(["doctor", "--json", *options])
        said = capsys.readouterr()
        assert again == code
        steps = [json.loads(line) for line in said.out.splitlines()]
        assert [step["name"] for step in steps] == list(STEPS)
        assert all(step.keys() == {"name", "ok", "detail", "next"} for step in steps)
        failed = [step for step in steps if step["ok"] is False]
        assert len(failed) == (code != 0)
        for step in steps:
            word = {True: "ok", False: "fail", None: "-"}[step["ok"]]
            assert f"{word:5} {step['name']}" in plain.out
            told = re.split(r"\w+_id=", step["next"])[0].strip()  # the ids are of each run
            lines = [_unnumbered(line) for line in [*step["detail"].splitlines(), told]]
            assert all(line in _unnumbered(plain.out) for line in lines)
        shown = plain.out + plain.err + said.out + said.err
        assert graph_sandbox.client_secret not in shown
        assert "canary" not in shown
        assert "eyJ" not in shown
        return code, {step["name"]: step for step in steps}

    return run


def _unnumbered(text: str) -> str:
    """Return a text without its numbers: seconds differ from one run to the next."""
    return re.sub(r"\d+", "0", text)


def failure(found: tuple[int, dict[str, Any]]) -> tuple[int, str, str, str]:
    """Return exit code, step, what is wrong and what to do; all after it was not taken."""
    code, steps = found
    [at] = [name for name, step in steps.items() if step["ok"] is False]
    after = list(steps)[list(steps).index(at) + 1 :]
    assert [steps[name]["ok"] for name in after] == [None] * len(after)
    return code, at, steps[at]["detail"], steps[at]["next"]


def test_where_all_is_well_every_step_says_what_it_found(
    doctor: Callable[..., Any], environment: Environment, graph_sandbox: Sandbox
) -> None:
    Path(".env").write_text("GRAPH_TIMEOUT=7\n", encoding="utf-8")

    code, steps = doctor()

    assert code == 0
    assert [step["ok"] for step in steps.values()] == [True] * len(STEPS)
    said = {name: step["detail"] for name, step in steps.items()}
    assert said["settings"].startswith("public cloud, signs in by client_secret\n")
    assert "from environment: AZURE_AUTHORITY_HOST, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET" in said["settings"]
    assert "from .env: GRAPH_TIMEOUT" in said["settings"]
    assert said["proxy"] == "none"
    assert said["name"] == "127.0.0.1 is 127.0.0.1"
    assert said["tls"] == f"trusted by {graph_sandbox.ca_bundle}"
    assert said["clock"] == "right"
    assert said["discovery"] == f"tokens come from {graph_sandbox.url}/{graph_sandbox.tenant_id}/oauth2/v2.0/token"
    assert "good for 60 minutes" in said["token"]
    assert said["permissions"].startswith(
        "application: AppRoleAssignment.ReadWrite.All, Application.ReadWrite.All"
    )
    assert said["graph"] == f"{graph_sandbox.url} answers GET /users"


@pytest.mark.parametrize(
    ("changes", "code", "step", "said", "next_step"),
    [
        ({"AZURE_TENANT_ID": "", "AZURE_CLIENT_ID": ""}, 2, "settings", "AZURE_TENANT_ID is missing", ""),
        ({"AZURE_CLIENT_SECRET": ""}, 2, "settings", "AZURE_CLIENT_SECRET is missing", ""),
        ({"GRAPH_OIDC": "github"}, 2, "settings", "AZURE_CLIENT_SECRET and GRAPH_OIDC are set", ""),
        ({"GRAPH_CA_BUNDLE": "nowhere.pem"}, 2, "settings", "GRAPH_CA_BUNDLE names 'nowhere.pem'", ""),
        ({"GRAPH_PROXY": "http://user:canary@[::1"}, 2, "settings", "the address of the proxy is malformed", ""),
        ({"GRAPH_URL": f"https://{NOWHERE}"}, 1, "name", f"{NOWHERE} cannot be resolved", "online"),
        ({"AZURE_AUTHORITY_HOST": "https://127.0.0.1:1"}, 1, "tls", "no connection to 127.0.0.1", ""),
        ({"AZURE_TENANT_ID": NOBODY}, 4, "discovery", "AADSTS90002", "AZURE_TENANT_ID does not exist"),
        ({"AZURE_CLIENT_SECRET": "canary"}, 4, "token", "AADSTS7000215", "the secret's Value, not its Secret ID"),
        ({"AZURE_CLIENT_ID": NOBODY}, 4, "token", "AADSTS700016", "no app with this AZURE_CLIENT_ID"),
    ],
)
def test_the_first_thing_that_is_wrong_is_named_with_the_next_step(
    doctor: Callable[..., Any],
    environment: Environment,
    changes: dict[str, str],
    code: int,
    step: str,
    said: str,
    next_step: str,
) -> None:
    environment(changes)

    found = failure(doctor())

    assert found[:2] == (code, step)
    assert said in found[2]
    assert next_step in found[3]
    assert next_step or "\n" not in found[2].strip() or step == "settings"


def test_an_intercepting_authority_is_named_with_the_setting_that_would_trust_it(
    doctor: Callable[..., Any], environment: Environment
) -> None:
    with Sandbox(users=1) as other:  # whose CA we do not trust
        environment({"GRAPH_URL": other.url, "AZURE_AUTHORITY_HOST": other.url})

        code, step, said, next_step = failure(doctor())

    assert (code, step) == (1, "tls")
    assert "the certificate of 127.0.0.1 is not trusted (" in said
    assert "), issued by CN=" in said
    assert "GRAPH_CA_BUNDLE" in next_step
    assert "system" in next_step


class Interceptor:
    """A proxy that opens a tunnel to whatever server it likes."""

    def __init__(self, onto: str) -> None:
        import socket
        from urllib.parse import urlsplit

        target = urlsplit(onto)

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                there = socket.create_connection((str(target.hostname), int(target.port or 443)), 60)
                self.send_response(200)
                self.end_headers()

                def pump(source: socket.socket, sink: socket.socket) -> None:
                    try:
                        while data := source.recv(65536):
                            sink.sendall(data)
                        sink.shutdown(socket.SHUT_WR)
                    except OSError:
                        pass

                back = threading.Thread(target=pump, args=(there, self.connection), daemon=True)
                back.start()
                pump(self.connection, there)
                back.join(LIMIT)
                there.close()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://user:canary@127.0.0.1:{self.server.server_port}"


@pytest.fixture
def interceptor(graph_sandbox: Sandbox) -> Iterator[Interceptor]:
    made = Interceptor(graph_sandbox.url)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_behind_a_proxy_that_inspects_tls_its_authority_is_named(
    doctor: Callable[..., Any], environment: Environment, interceptor: Interceptor
) -> None:
    environment(
        {
            "AZURE_AUTHORITY_HOST": "",
            "GRAPH_URL": "",
            "GRAPH_CA_BUNDLE": "",
            "GRAPH_PROXY": interceptor.url,
        }
    )

    code, steps = doctor()

    assert (code, failure((code, steps))[1]) == (1, "tls")
    assert "issued by CN=" in steps["tls"]["detail"]
    proxy = interceptor.url.replace("user:canary@", "")
    assert steps["proxy"]["detail"] == f"{proxy} for graph.microsoft.com, {proxy} for login.microsoftonline.com"
    assert "graph.microsoft.com: the proxy looks it up" in steps["name"]["detail"]


def test_something_that_speaks_no_tls_is_told_apart(doctor: Callable[..., Any], environment: Environment) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    environment({"AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{server.server_port}"})

    code, step, said, _ = failure(doctor())

    server.shutdown()
    server.server_close()
    assert (code, step) == (1, "tls")
    assert "something other than Graph" in said
    assert ssl.OPENSSL_VERSION  # which words it in its own way, and is not quoted


@pytest.mark.parametrize(("ahead", "direction"), [(7200, "behind"), (-7200, "ahead of")])
def test_a_wrong_clock_is_found_by_the_date_of_the_server(
    doctor: Callable[..., Any], environment: Environment, graph_sandbox: Sandbox, ahead: int, direction: str
) -> None:
    graph_sandbox.advance(ahead)

    code, step, said, next_step = failure(doctor())

    assert (code, step) == (1, "clock")
    assert direction in said
    assert "five minutes" in next_step


@pytest.mark.parametrize(
    ("starts", "ends", "there", "step", "said"),
    [  # in days from now by our clock: when the certificate is valid, and what the server's clock says
        (2, 9, 3, "clock", "this machine's clock is 259"),  # three days behind
        (-9, -2, -3, "clock", "this machine's clock is 259"),
        (-9, -2, 0, "tls", "(certificate has expired): by this machine's clock it is 20"),
        (2, 9, 0, "tls", ", issued by CN=Contoso"),
    ],
)
def test_the_clock_is_told_from_a_certificate_that_has_expired(
    doctor: Callable[..., Any],
    environment: Environment,
    tmp_path: Path,
    starts: int,
    ends: int,
    there: int,
    step: str,
    said: str,
) -> None:
    company = Authority("Contoso")
    (tmp_path / "ca.pem").write_bytes(company.pem)
    leaf = company.leaf(starts=starts * DAY, ends=ends * DAY)
    with showing(leaf, tmp_path, not_found(there * DAY)) as port:
        url = f"https://127.0.0.1:{port}"
        environment({"AZURE_AUTHORITY_HOST": url, "GRAPH_URL": url, "GRAPH_CA_BUNDLE": str(tmp_path / "ca.pem")})

        code, steps = doctor()

    assert failure_of_step(steps) == step
    assert code == 1
    assert said in steps[step]["detail"]
    assert "clock" in steps[step]["next"] + steps[step]["detail"]
    if step == "clock":
        assert (steps["tls"]["ok"], steps["tls"]["detail"]) == (
            None,
            "by this machine's clock, the certificate of 127.0.0.1 is not valid",
        )


def failure_of_step(steps: dict[str, Any]) -> str:
    [failed] = [name for name, step in steps.items() if step["ok"] is False]
    return failed


def test_a_token_without_permissions_is_told_from_one_without_that_permission(
    doctor: Callable[..., Any], environment: Environment, graph_sandbox: Sandbox
) -> None:
    bare = graph_sandbox.add_app()
    environment({"AZURE_CLIENT_ID": bare.client_id, "AZURE_CLIENT_SECRET": bare.client_secret})
    code, step, said, next_step = failure(doctor())
    assert (code, step, said) == (5, "permissions", "the token has no permission at all")
    assert "Grant admin consent" in next_step

    graph_sandbox.permissions = "enforce"
    other = graph_sandbox.add_app(roles=["Mail.Send"])
    environment({"AZURE_CLIENT_ID": other.client_id, "AZURE_CLIENT_SECRET": other.client_secret})
    code, steps = doctor()
    assert code == 0
    assert steps["permissions"]["detail"] == "application: Mail.Send"
    assert "takes the token; GET /users needs another permission" in steps["graph"]["detail"]


def test_graph_itself_may_fail(
    doctor: Callable[..., Any], environment: Environment, graph_sandbox: Sandbox
) -> None:
    graph_sandbox.fail("GET", "/users", times=9, status=400)

    code, step, said, _ = failure(doctor())

    assert (code, step) == (1, "graph")
    assert "400" in said


def test_a_machine_is_looked_at_as_well(
    doctor: Callable[..., Any], environment: Environment, graph_sandbox: Sandbox
) -> None:
    environment({"AZURE_CLIENT_SECRET": "", "GRAPH_MANAGED_IDENTITY": "system"})
    environment(graph_sandbox.managed_identity_env("imds"))

    code, steps = doctor()

    assert code == 0
    assert "own token service" in steps["discovery"]["detail"]


def test_a_profile_is_looked_at(
    doctor: Callable[..., Any], environment: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("leangraph.settings.profiles.directory", lambda: tmp_path)
    (tmp_path / "config.toml").write_text("[profiles.contoso]\nmax_retries = 3\n", encoding="utf-8")

    code, steps = doctor("--profile", "contoso")

    assert code == 0
    assert "from [profiles.contoso]: GRAPH_MAX_RETRIES" in steps["settings"]["detail"]
    assert failure(doctor("--profile", "fabrikam"))[:2] == (2, "settings")


# -- login and logout -----------------------------------------------------------------------------------------


@pytest.fixture
def user(
    environment: Environment, graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Environment:
    """A machine on which a user may sign in."""
    graph_sandbox.device_code_interval = 0
    app = graph_sandbox.add_app("device", public=True, scopes=["User.Read"])
    monkeypatch.setattr("leangraph.settings.profiles.directory", lambda: tmp_path / "home")
    environment({"AZURE_CLIENT_ID": app.client_id, "AZURE_CLIENT_SECRET": "", "GRAPH_TOKEN_STORE_KEY": KEY})
    return environment


def test_a_login_serves_every_script_until_the_logout(
    doctor: Callable[..., Any],
    user: Environment,
    graph_sandbox: Sandbox,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    assert main(["login"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "enter the code" in err
    assert "signed in as ada.lovelace@contoso.example. Scripts use it with GRAPH_SIGN_IN=device" in err

    user({"GRAPH_SIGN_IN": "device"})
    for _ in range(2):
        with GraphClient.from_env() as graph:
            assert graph.get("/me")["userPrincipalName"] == "ada.lovelace@contoso.example"
            assert claims(graph.token_holder.token)["scp"] == "User.Read"
    code, steps = doctor()
    assert (code, steps["permissions"]["detail"]) == (0, "delegated: User.Read")
    assert "ada.lovelace@contoso.example" in steps["token"]["detail"]
    assert "GET /me" in steps["graph"]["detail"]
    assert capsys.readouterr().err == ""

    assert main(["logout"]) == 0
    assert "forgotten" in capsys.readouterr().err
    assert list((tmp_path / "home").glob("*.sign-in")) == []
    assert main(["logout"]) == 0
    assert "nobody was signed in" in capsys.readouterr().err
    assert failure(doctor()) == (4, "token", "nobody is signed in", "leangraph login")


def test_a_second_login_asks_again(user: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["login", "--device"]) == 0
        assert "enter the code" in capsys.readouterr().err


def test_a_login_that_could_not_be_kept_is_told_before_anybody_signs_in(
    user: Environment, no_keyring: None, graph_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    user({"GRAPH_TOKEN_STORE_KEY": ""})

    assert main(["login"]) == 2

    assert "GRAPH_TOKEN_STORE_KEY" in capsys.readouterr().err
    assert graph_sandbox.requests == []


def test_a_login_that_is_declined_is_a_sign_in_that_failed(
    user: Environment, graph_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    graph_sandbox.device_code = "decline"

    assert main(["login"]) == 4
    assert "the user declined" in capsys.readouterr().err


def test_a_login_takes_the_place_of_a_secret_only_for_itself(
    user: Environment, graph_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    user({"AZURE_CLIENT_SECRET": "canary"})

    assert main(["login"]) == 0
    assert "GRAPH_SIGN_IN=device" in capsys.readouterr().err
