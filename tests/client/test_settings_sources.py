"""What a value picks up on its way, where ``.env`` was looked for, and whom a ``.env`` may serve."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from decisions import APP_ONLY, CANARY, FOR_THE_SAME_FILE, TENANT, VARIABLES, Environment, refusal
from processes import python
from pydantic import SecretStr

from leangraph import ConfigurationError, GraphClient, Settings, TokenHolder
from leangraph.settings import read_one

NAMED = {name: APP_ONLY[name] for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID")}
HARMLESS = ["{}\r", "{}\r\n", "\n{}", "  {}\t", "\ufeff{}", "{}\u200b", "\u00a0{} ", "\u2060{}\ufeff\r\n"]
QUOTED = ['"{}"', "'{}'", "\u201c{}\u201d", "\u2018{}\u2019", '"{}"\r', ' "{} " ']


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    return Environment(monkeypatch)


@pytest.mark.parametrize("damage", [*HARMLESS, *QUOTED], ids=ascii)
@pytest.mark.parametrize("variable", VARIABLES)
def test_what_a_value_picks_up_on_its_way_is_taken_off(
    environment: Environment, variable: str, damage: str
) -> None:
    keyword, text, meaning = VARIABLES[variable]
    environment({**APP_ONLY, "GRAPH_TOKEN_STORE_KEY": VARIABLES["GRAPH_TOKEN_STORE_KEY"][1]})
    environment({variable: damage.format(text)})

    assert getattr(Settings(), keyword) == meaning


@pytest.mark.parametrize("damage", HARMLESS, ids=ascii)
@pytest.mark.parametrize("variable", VARIABLES)
def test_an_argument_picks_up_the_same(variable: str, damage: str) -> None:
    keyword, text, meaning = VARIABLES[variable]
    key = VARIABLES["GRAPH_TOKEN_STORE_KEY"][1]
    given = {**APP_ONLY, "GRAPH_TOKEN_STORE_KEY": key, variable: damage.format(text)}

    assert getattr(Settings.from_mapping(given), keyword) == meaning


@pytest.mark.parametrize("inside", ["\n", "\r", "\x00", "\u200b", "\ufeff", "\ufffd", "\x1b"], ids=ascii)
@pytest.mark.parametrize(
    "variable", [name for name in VARIABLES if name not in ("GRAPH_SCOPES", "GRAPH_CLIENT_CAPABILITIES")]
)
def test_damage_in_the_middle_is_named_without_the_value(variable: str, inside: str) -> None:
    text = VARIABLES[variable][1]
    broken = f"{text[:1]}{inside}{text[1:]}canary"

    said = refusal(**{**APP_ONLY, variable: broken})

    assert f"{variable} is malformed" in said


def test_a_quote_of_a_file_is_part_of_the_secret_if_it_is_quoted_itself(environment: Environment) -> None:
    environment.file({**NAMED, "AZURE_CLIENT_SECRET": '"inner"'})

    assert Settings().client_secret == SecretStr('"inner"')


@pytest.mark.parametrize("quotes", ["\u201c{}\u201d", "\u2018{}\u2019"], ids=ascii)
@pytest.mark.parametrize("place", ["file", "argument"])
def test_the_quotes_of_a_word_processor_are_no_part_of_a_value(
    environment: Environment, quotes: str, place: str
) -> None:
    value = quotes.format("inner")
    if place == "file":
        environment.file({**NAMED, "AZURE_CLIENT_SECRET": value})
        assert Settings().client_secret == SecretStr("inner")
    else:
        assert Settings.from_mapping({**NAMED, "client_secret": value}).client_secret == SecretStr("inner")


@pytest.mark.parametrize(
    "placeholder",
    [
        "$(CANARY)",
        "$(canary.secret)",
        "${CANARY}",
        "${{ secrets.canary }}",
        "%CANARY%",
        "<canary>",
        "{{ canary }}",
    ],
)
@pytest.mark.parametrize("place", ["environment", "file", "argument"])
@pytest.mark.parametrize("variable", ["AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "GRAPH_SCOPES", "GRAPH_READ_ONLY"])
def test_a_placeholder_that_nobody_replaced_is_named_and_not_sent(
    environment: Environment, variable: str, place: str, placeholder: str
) -> None:
    values = {**APP_ONLY, variable: placeholder}
    if place == "file":
        environment.file(values)
    elif place == "environment":
        environment(values)

    said = refusal(**(values if place == "argument" else {}))

    assert f"{variable} is malformed: it is a placeholder" in said
    assert "canary" not in said.lower()


@pytest.mark.parametrize("value", ["a$(b)", "${a}b", "%a", "a%b%", "<a", "a>b<c>", "$b", "{a}"])
def test_a_secret_may_have_signs_of_any_kind(value: str) -> None:
    assert Settings.from_mapping({**NAMED, "client_secret": value}).client_secret == SecretStr(value)


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f"], ids=ascii)
def test_a_blank_that_is_none_inside_a_secret_is_named(blank: str) -> None:
    said = refusal(**{**APP_ONLY, "AZURE_CLIENT_SECRET": f"can{blank}ary"})

    assert "AZURE_CLIENT_SECRET is malformed: it holds" in said
    path = f"my{blank}app.pem"
    assert Settings.from_mapping({**NAMED, "certificate_path": path}).certificate_path == path


# -- where it was looked for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "set AZURE_CLIENT_SECRET=s",
        '$env:AZURE_CLIENT_SECRET = "s"',
        "AZURE_CLIENT_SECRET: s",
        'AZURE_CLIENT_SECRET="s',
    ],
)
def test_a_line_that_is_not_understood_is_told(
    environment: Environment, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    environment.file(f"# a comment\n\nAZURE_TENANT_ID=t\n{line}\n")

    said = refusal(client_id="c")

    assert said.endswith("(.env: line 4 is not NAME=value)")
    assert caplog.text == ""


def test_the_place_that_was_looked_at_is_told() -> None:
    assert f"(no .env in {Path.cwd()})" in refusal()
    assert "(" not in refusal(_env_file=None, **NAMED).partition("AZURE_CLIENT_SECRET")[0]
    assert "no .env" not in refusal(**APP_ONLY, timeout="soon")  # nothing is missing


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a file that cannot be read")
def test_a_file_of_another_user_stops_nobody_who_does_not_need_it(environment: Environment) -> None:
    environment.file(APP_ONLY)
    Path(".env").chmod(0)

    assert Settings(**APP_ONLY).tenant_id == TENANT
    assert ".env cannot be read" in refusal()


def test_a_directory_that_is_gone_stops_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def gone(*_: Any) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", gone)

    assert Settings(**APP_ONLY).tenant_id == TENANT
    assert "(.env cannot be read: Permission denied)" in refusal()


# -- whom a file may serve ------------------------------------------------------------------------------------

BY_FILE = {
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us",
    "GRAPH_URL": "https://graph.microsoft.us",
    "GRAPH_CLOUD": "china",
    "GRAPH_PROXY": "http://canary:3128",
    "GRAPH_CA_BUNDLE": "ca.pem",
    "GRAPH_STATE_DIR": "here",
}


@pytest.mark.parametrize("variable", BY_FILE)
@pytest.mark.parametrize("secret_in", ["environment", "arguments"])
def test_a_file_decides_nothing_about_where_a_secret_from_elsewhere_goes(
    environment: Environment, variable: str, secret_in: str
) -> None:
    environment.file({variable: BY_FILE[variable]})
    if secret_in == "environment":
        environment(APP_ONLY)

    said = refusal(**(APP_ONLY if secret_in == "arguments" else {}))

    assert said.startswith(f"{variable} comes from .env")
    environment.file({**APP_ONLY, variable: BY_FILE[variable]})
    for name in APP_ONLY:
        environment({name: ""})
    assert Settings().source[variable] == ".env"
    assert variable in FOR_THE_SAME_FILE


def test_a_key_of_the_file_is_none_for_a_store_of_the_environment(environment: Environment) -> None:
    environment({**APP_ONLY, "GRAPH_TOKEN_STORE": "store"})
    environment.file({"GRAPH_TOKEN_STORE_KEY": "k" * 32})

    assert refusal().startswith("GRAPH_TOKEN_STORE_KEY comes from .env but GRAPH_TOKEN_STORE from the environment")


@pytest.mark.parametrize(
    "kind", [{"GRAPH_SIGN_IN": "device"}, {"GRAPH_MANAGED_IDENTITY": "system"}, {"GRAPH_OIDC": "github"}], ids=str
)
def test_what_is_kept_elsewhere_is_not_sent_to_a_port_of_this_machine(
    environment: Environment, kind: dict[str, str]
) -> None:
    environment.file({**NAMED, **kind, "GRAPH_URL": "http://127.0.0.1:8080"})

    assert "may not send what is kept elsewhere to this machine" in refusal()


def test_a_sandbox_may_be_named_by_a_file_throughout(environment: Environment) -> None:
    here = {"GRAPH_URL": "https://127.0.0.1:8443", "AZURE_AUTHORITY_HOST": "https://127.0.0.1:8443"}
    environment.file({**NAMED, "GRAPH_SIGN_IN": "device", **here})
    assert Settings().url == "https://127.0.0.1:8443"
    environment.file({**APP_ONLY, **here})
    assert Settings().url == "https://127.0.0.1:8443"


@pytest.mark.parametrize("place", ["file", "arguments"])
@pytest.mark.parametrize(
    ("variable", "host"),
    [
        ("GRAPH_URL", "https://login.microsoftonline.com"),
        ("AZURE_AUTHORITY_HOST", "https://graph.microsoft.com"),
    ],
)
def test_each_host_has_its_role(environment: Environment, variable: str, host: str, place: str) -> None:
    if place == "file":
        environment.file({**APP_ONLY, variable: host})
    said = refusal(**({**APP_ONLY, variable: host} if place == "arguments" else {}))

    assert said.startswith(f"{variable} ")


@pytest.mark.parametrize("port", ["444", "8443", "80"])
def test_a_file_names_no_other_port_of_microsofts_hosts(environment: Environment, port: str) -> None:
    environment.file({**APP_ONLY, "GRAPH_URL": f"https://graph.microsoft.com:{port}"})
    assert refusal().startswith("GRAPH_URL comes from .env")
    environment.file({**APP_ONLY, "GRAPH_URL": "https://graph.microsoft.com:443"})
    assert Settings().url == "https://graph.microsoft.com:443"


# -- one setting alone ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["environment", "file"])
@pytest.mark.parametrize(
    ("value", "meant"),
    [("1", True), ("true", True), ("YES\r", True), ('"1"', True), ("0", False), ("off ", False), ("", False)],
)
def test_one_setting_is_read_as_all_are(environment: Environment, place: str, value: str, meant: bool) -> None:
    if place == "environment":
        environment({"GRAPH_READ_ONLY": value})
    else:
        environment.file(f"GRAPH_READ_ONLY={value}\n")

    assert bool(read_one("GRAPH_READ_ONLY")) is meant
    assert Settings(**APP_ONLY).read_only is meant


@pytest.mark.parametrize("place", ["environment", "file"])
def test_one_setting_that_is_malformed_is_an_error(environment: Environment, place: str) -> None:
    (environment if place == "environment" else environment.file)({"GRAPH_READ_ONLY": "ture"})

    with pytest.raises(ConfigurationError, match="GRAPH_READ_ONLY is malformed"):
        read_one("GRAPH_READ_ONLY")


def test_the_environment_beats_the_file_for_one_setting_too(environment: Environment) -> None:
    environment.file({"GRAPH_READ_ONLY": "1"})
    environment({"graph_read_only": "0"})

    assert read_one("GRAPH_READ_ONLY") is False


def test_pydantic_is_not_loaded_for_a_setting_that_nobody_mentions() -> None:
    script = (
        "import sys; from leangraph.settings import read_one; assert read_one('GRAPH_READ_ONLY') is None; "
        "assert 'pydantic' not in sys.modules and 'dotenv' not in sys.modules"
    )
    done = python("-c", script)

    assert done.returncode == 0, done.stderr


# -- keywords -------------------------------------------------------------------------------------------------


def test_settings_take_keywords_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        Settings("contoso", "app", CANARY)  # type: ignore[misc]


def test_a_holder_alone_is_no_way_around_read_only(environment: Environment) -> None:
    environment.file({"GRAPH_READ_ONLY": "1"})

    with (
        GraphClient(TokenHolder.fixed("x"), url="http://127.0.0.1:9") as client,
        pytest.raises(ConfigurationError, match="GRAPH_READ_ONLY"),
    ):
        client.post("/users", {})
