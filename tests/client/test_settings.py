"""What the user decides: where it comes from, what is refused and how that is told, and what never shows."""

from __future__ import annotations

import copy
import json
import os
import pickle
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import pytest
from decisions import (
    APP,
    APP_ONLY,
    CANARY,
    FOR_THE_SAME_FILE,
    KINDS,
    MALFORMED,
    MEANT,
    STORE_KEY,
    TENANT,
    TEXTS,
    VARIABLES,
    Environment,
    decided,
    refusal,
)
from processes import LIMIT, python
from pydantic import SecretStr

from leangraph import ConfigurationError, Settings
from leangraph.clouds import is_loopback
from leangraph.settings import rules


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    return Environment(monkeypatch)


# -- where it comes from --------------------------------------------------------------------------------------


def test_every_setting_is_in_the_table_of_this_test() -> None:
    keywords = {str(field.validation_alias): name for name, field in Settings.model_fields.items()}

    assert {variable: keyword for variable, (keyword, *_) in [*VARIABLES.items(), *KINDS.items()]} == keywords


def test_every_setting_is_read_from_the_environment(environment: Environment) -> None:
    environment(TEXTS)

    settings = Settings()

    assert decided(settings) == MEANT
    assert settings.source == dict.fromkeys(VARIABLES, "environment")


def test_every_setting_is_read_from_the_file(environment: Environment) -> None:
    environment.file(TEXTS)

    settings = Settings()

    assert decided(settings) == MEANT
    assert settings.source == dict.fromkeys(VARIABLES, ".env")


def test_every_setting_is_a_keyword_argument_by_either_name() -> None:
    by_keyword = Settings(**{keyword: text for keyword, text, _ in VARIABLES.values()})

    assert decided(by_keyword) == decided(Settings(**TEXTS)) == decided(Settings(**MEANT)) == MEANT
    assert by_keyword.source == Settings(**TEXTS).source == dict.fromkeys(VARIABLES, "arguments")


def test_what_nobody_decides_has_its_default() -> None:
    settings = Settings(**APP_ONLY)

    rest = {name: value for name, value in decided(settings).items() if name not in ("tenant_id", "client_id")}
    assert rest == {
        "client_secret": SecretStr(CANARY), "authority_host": None, "cloud": None, "url": None, "scopes": None,
        "version": "v1.0", "ca_bundle": None, "proxy": None, "timeout": 100.0, "max_retries": 8,
        "patience": 300.0, "deadline": 900.0, "max_body": 134217728, "read_only": False, "protect": "",
        "certificate_password": None, "send_certificate_chain": False,
        "client_capabilities": None, "token_store": None, "token_store_key": None, "state_dir": None,
        **dict.fromkeys(keyword for keyword, _ in KINDS.values()),
    }  # fmt: skip


@pytest.mark.parametrize("variable", VARIABLES)
def test_arguments_beat_the_environment_and_the_environment_beats_the_file(
    environment: Environment, variable: str
) -> None:
    worse = {variable: MALFORMED.get(variable, "worse")}
    environment.file({**TEXTS, **worse})
    environment({**TEXTS, **worse})
    assert decided(Settings(**{variable: TEXTS[variable]})) == MEANT

    environment(TEXTS)
    assert decided(Settings()) == MEANT


def test_the_nearer_source_is_not_asked_for_what_only_a_farther_one_says(environment: Environment) -> None:
    environment.file({"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": "x", "AZURE_CLIENT_SECRET": "y"})
    environment({"AZURE_CLIENT_ID": APP, "AZURE_CLIENT_SECRET": "y"})

    settings = Settings(client_secret=CANARY)

    assert (settings.tenant_id, settings.client_id, settings.client_secret.get_secret_value()) == (
        TENANT,
        APP,
        CANARY,
    )
    assert list(settings.source.values()).count(".env") == 1
    assert settings.source["AZURE_CLIENT_ID"] == "environment"
    assert settings.source["AZURE_CLIENT_SECRET"] == "arguments"


@pytest.mark.parametrize("variable", VARIABLES)
def test_an_empty_variable_is_an_unset_one(environment: Environment, variable: str) -> None:
    environment({**TEXTS, variable: ""})
    environment.file({variable: TEXTS[variable]})

    if variable not in FOR_THE_SAME_FILE:  # else the file's word would not count for this secret
        assert decided(Settings()) == MEANT
    environment.file(f"{variable}=\n")
    if variable in (*APP_ONLY, "GRAPH_TOKEN_STORE_KEY"):
        assert refusal().startswith(f"{variable} is missing")
    else:
        keyword = VARIABLES[variable][0]
        assert decided(Settings()) == {**MEANT, keyword: Settings.model_fields[keyword].default}


@pytest.mark.parametrize("variable", VARIABLES)
def test_an_empty_line_of_the_file_takes_nothing_away(environment: Environment, variable: str) -> None:
    environment(TEXTS)
    environment.file(f"{variable}=\n")

    assert decided(Settings()) == MEANT


def test_none_as_an_argument_unsets_what_the_environment_says(environment: Environment) -> None:
    environment(TEXTS)

    settings = Settings(cloud=None, url=None, authority_host=None, scopes=None, proxy=None)

    assert (settings.cloud, settings.url, settings.scopes, settings.proxy) == (None, None, None, None)
    assert settings.graph_root == "https://graph.microsoft.com"


@pytest.mark.parametrize("unknown", ["tennant_id", "AZURE_TENANT", "azure_tenant_id", "_secrets_dir", "timeouts"])
def test_an_unknown_keyword_is_refused_and_the_known_ones_are_named(unknown: str) -> None:
    said = refusal(**APP_ONLY, proxy="http://user:canary@proxy", **{unknown: CANARY})

    assert repr(unknown) in said
    assert all(keyword in said for keyword in MEANT)


STRAYS = {"TIMEOUT": "77", "URL": "https://evil.com", "VERSION": "beta", "TENANT_ID": "x", "CLOUD": "china",
          "PROXY": "http://evil.com", "SCOPES": "x", "READ_ONLY": "1", "PATIENCE": "x"}  # fmt: skip


@pytest.mark.parametrize("place", ["environment", "file"])
def test_a_stray_variable_is_not_ours(environment: Environment, place: str) -> None:
    (environment if place == "environment" else environment.file)({**APP_ONLY, **STRAYS})

    settings = Settings()

    assert (settings.timeout, settings.url, settings.version, settings.cloud) == (100.0, None, "v1.0", None)
    assert (settings.tenant_id, settings.proxy, settings.scopes, settings.read_only) == (TENANT, None, None, False)
    assert settings.source.keys() == APP_ONLY.keys()


def test_another_file_or_none_can_be_named(environment: Environment) -> None:
    environment.file(APP_ONLY)
    Path(".env").rename("mine.env")

    assert Settings(_env_file="mine.env").source == dict.fromkeys(APP_ONLY, "mine.env")
    assert Settings(_env_file=Path("mine.env")).tenant_id == TENANT
    assert Settings(_env_file=[".env", "mine.env"]).tenant_id == TENANT
    for elsewhere in (None, ".env", "nowhere/.env"):
        assert "3 settings" in refusal(_env_file=elsewhere)


def test_the_file_is_that_of_the_working_directory_and_of_no_other(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.file(APP_ONLY)
    Path("below").mkdir()
    monkeypatch.chdir("below")

    assert "AZURE_TENANT_ID is missing" in refusal()


def test_a_directory_named_like_the_file_is_no_file(environment: Environment) -> None:
    Path(".env").mkdir()  # as `python -m venv .env` makes one

    assert Settings(**APP_ONLY).tenant_id == TENANT


# -- how the file is written ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_editors_utf_8_is_read(environment: Environment, encoding: str, newline: str) -> None:
    lines = [f"AZURE_TENANT_ID={TENANT}", f"AZURE_CLIENT_ID={APP}", "# Schlüssel", "AZURE_CLIENT_SECRET=gehëim"]
    environment.file(newline.join(lines), encoding)

    settings = Settings()

    assert (settings.tenant_id, settings.client_id) == (TENANT, APP)
    assert settings.client_secret.get_secret_value() == "gehëim"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_file_in_another_encoding_is_one_clear_error(environment: Environment, encoding: str) -> None:
    comment = "# Schlüssel\n" if encoding == "latin-1" else ""
    environment.file(comment + "".join(f"{name}={value}\n" for name, value in APP_ONLY.items()), encoding)

    said = refusal(proxy="http://user:canary@proxy")

    assert said.startswith("3 settings need attention (.env is not UTF-8 text: save it as UTF-8")
    assert Settings(**APP_ONLY).tenant_id == TENANT  # nobody asked for the file, and it is not needed
    assert refusal(**APP_ONLY, _env_file=".env").startswith(".env is not UTF-8 text: save it as UTF-8")


@pytest.mark.skipif(sys.platform == "win32", reason="a socket is no file there")
def test_a_file_that_cannot_be_read_is_one_clear_error() -> None:
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(".env")

        said = refusal(**APP_ONLY, _env_file=".env")
        unsaid = refusal(tenant_id="t")
        assert Settings(**APP_ONLY).tenant_id == TENANT

    assert said.startswith(".env cannot be read: ")
    assert "\n" not in said
    assert unsaid.startswith("2 settings need attention (.env cannot be read: ")


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in directories")
def test_a_file_may_be_a_pipe_that_a_password_manager_fills(environment: Environment) -> None:
    os.mkfifo(".env")
    text = "".join(f"{name}={value}\n" for name, value in APP_ONLY.items())
    manager = threading.Thread(target=lambda: Path(".env").write_text(text, encoding="utf-8"), daemon=True)
    manager.start()

    assert Settings().client_secret.get_secret_value() == CANARY
    manager.join(LIMIT)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("'a$b#c'", "a$b#c"),
        ("'a #b'", "a #b"),
        ("'$HOME'", "$HOME"),
        ("'a${AZURE_CLIENT_ID}b'", "a${AZURE_CLIENT_ID}b"),
        ("'a${NOWHERE:-b}c'", "a${NOWHERE:-b}c"),
        ("'${'", "${"),
        ("'a\"b'", 'a"b'),
        (r"'a\'b'", "a'b"),
        (r"'a\nb'", r"a\nb"),
        (r"'a\\b'", r"a\b"),
        ("'a=b&c%20d+e'", "a=b&c%20d+e"),
        ("'{\"a\": 1}'", '{"a": 1}'),
        ("a~b.c_d-e", "a~b.c_d-e"),
        ("a${AZURE_CLIENT_ID}b", "a${AZURE_CLIENT_ID}b"),
        ('"a${AZURE_CLIENT_ID}b"', "a${AZURE_CLIENT_ID}b"),
        ("a#b", "a#b"),
        ("a # a comment", "a"),
        ("12345", "12345"),
    ],
)
def test_a_secret_of_the_file_is_what_stands_there(environment: Environment, written: str, read: str) -> None:
    environment.file(f"AZURE_TENANT_ID={TENANT}\nAZURE_CLIENT_ID={APP}\nAZURE_CLIENT_SECRET={written}\n")

    assert Settings().client_secret.get_secret_value() == read


def test_the_file_cannot_quote_a_secret_of_the_environment(environment: Environment) -> None:
    environment({"AZURE_CLIENT_SECRET": "canary", "AZURE_TENANT_ID": TENANT})
    environment.file("AZURE_CLIENT_ID=${AZURE_CLIENT_SECRET}\n")

    assert "AZURE_CLIENT_ID is malformed" in refusal()


# -- what is refused, and how that is told --------------------------------------------------------------------


def test_all_that_is_missing_is_named_at_once_with_what_it_should_hold() -> None:
    first, *lines = refusal().splitlines()

    assert first == f"3 settings need attention (no .env in {Path.cwd()}):"
    assert [line.split()[:3] for line in lines] == [[name, "is", "missing:"] for name in APP_ONLY]
    for line, purpose in zip(lines, ("Directory (tenant) ID", "Application (client) ID", "Value"), strict=True):
        assert purpose in line


@pytest.mark.parametrize("place", ["environment", "file", "arguments"])
def test_all_that_is_malformed_is_named_at_once(environment: Environment, place: str) -> None:
    arguments = MALFORMED if place == "arguments" else {}
    if place != "arguments":
        (environment if place == "environment" else environment.file)(MALFORMED)

    first, *lines = refusal(**arguments).splitlines()

    assert first.startswith(f"{len(MALFORMED) + 1} settings need attention")
    assert {line.split()[0] for line in lines} == {*MALFORMED, "AZURE_CLIENT_SECRET"}
    for value in MALFORMED.values():
        assert value not in "\n".join(lines)


def test_what_is_missing_malformed_and_impossible_comes_in_one_error() -> None:
    said = refusal(
        tenant_id="common", client_secret=["canary"], authority_host="http://localhost", timeout="0", scopes=[1, 2]
    )

    first, *lines = said.splitlines()
    assert first == f"6 settings need attention (no .env in {Path.cwd()}):"
    assert [line.split()[0] for line in lines] == [
        *APP_ONLY,
        "AZURE_AUTHORITY_HOST",
        "GRAPH_SCOPES",
        "GRAPH_TIMEOUT",
    ]


@pytest.mark.parametrize("variable", MALFORMED)
def test_one_fault_is_one_line_that_names_the_variable_and_not_the_value(variable: str) -> None:
    said = refusal(**{**APP_ONLY, variable: MALFORMED[variable]})

    assert said.startswith(f"{variable} ")
    assert "\n" not in said
    assert len(said) > len(variable) + 20
    assert f"{MALFORMED[variable]} " not in said


@pytest.mark.parametrize(
    ("keyword", "good", "bad"),
    [
        (
            "timeout",
            ["0.001", 1, 3600],
            ["0", 0, "-1", "nan", "inf", "-inf", float("nan"), 3600.1, "", None],
        ),
        ("patience", ["0", 0.5, 86400], ["-0.001", 86400.1, "1e308", "nan", "inf", float("inf"), "x", None]),
        ("max_retries", ["0", 100], ["-1", 101, "1.5", "nan", "x", None]),
        ("read_only", ["1", "true", "YES", "on", True, "0", "false", "No", "off"], ["2", "ja", "x", None]),
        ("version", ["v1.0", "beta"], ["V1.0", "v1", "1.0", "beta/", "v1.0\nbeta", ""]),
        ("cloud", ["public", "usgov", "usgov-dod", "china", None], ["Public", "germany", "", "us"]),
        (
            "tenant_id",
            ["a", "contoso.com", APP],
            ["", ".", "-a", "a b", "a/b", "a?b", "a\nb", "ä", "a@b", None, 5],
        ),
        ("client_id", ["a", "a-b_c.d"], ["", "-a", "a b", "a/b", "a\n\nb", "ä", None, 5]),
        ("ca_bundle", ["ca.pem", "system", None], [5, ["ca.pem"]]),
    ],
)
def test_every_limit_has_two_sides(keyword: str, good: list[Any], bad: list[Any]) -> None:
    [variable] = [variable for variable, (word, _, _) in VARIABLES.items() if word == keyword]
    for value in good:
        assert Settings(**{**APP_ONLY, variable: value}).source[variable] == "arguments"
    for value in bad:
        assert refusal(**{**APP_ONLY, variable: value}).startswith(f"{variable} is malformed"), value


@pytest.mark.parametrize("tenant", ["common", "organizations", "consumers", "Common", "ORGANIZATIONS"])
def test_an_app_with_a_secret_needs_a_tenant_of_its_own(tenant: str) -> None:
    said = refusal(**{**APP_ONLY, "tenant_id": tenant})

    assert said.startswith("AZURE_TENANT_ID must name one tenant")
    assert tenant.lower() in said


def test_a_tenant_whose_name_begins_alike_is_one() -> None:
    assert Settings(**{**APP_ONLY, "tenant_id": "common.contoso.com"}).tenant_id == "common.contoso.com"


@pytest.mark.parametrize(
    ("given", "scopes"),
    [
        ("a", ("a",)),
        ("a b", ("a", "b")),
        (" a,b ,\tc\n", ("a", "b", "c")),
        (["a", "b"], ("a", "b")),
        (("a",), ("a",)),
        ("", ("https://graph.microsoft.com/.default",)),
        ([], ("https://graph.microsoft.com/.default",)),
        (None, ("https://graph.microsoft.com/.default",)),
    ],
)
def test_scopes_are_text_or_a_list(given: object, scopes: tuple[str, ...]) -> None:
    assert Settings(**APP_ONLY, scopes=given).token_scopes == scopes


@pytest.mark.parametrize("given", [5, [5], [""], ["a b"], {"a": 1}, b"a"])
def test_scopes_that_are_neither_are_refused(given: object) -> None:
    assert refusal(**APP_ONLY, scopes=given).startswith("GRAPH_SCOPES is malformed")


# -- secrets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    [["canary"], ("canary",), {"canary": "canary"}, {"canary"}, b"canary", bytearray(b"canary"), 5, 1.5, True,
     None, "", "  ", Path("canary"), SecretStr(""), SecretStr(" ")],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("keyword", ["client_secret", "AZURE_CLIENT_SECRET"])
def test_a_secret_that_is_no_text_is_refused_unseen(keyword: str, secret: object) -> None:
    said = refusal(tenant_id=TENANT, client_id=APP, **{keyword: secret})

    assert said.startswith("AZURE_CLIENT_SECRET ")
    assert "the Value (not the Secret ID)" in said
    assert "\n" not in said


def test_a_number_as_a_secret_is_not_shown_either() -> None:
    assert "424242" not in refusal(tenant_id=TENANT, client_id=APP, client_secret=424242424242)


@pytest.mark.parametrize("proxy", [["canary"], {"canary": 1}, 5])
def test_a_proxy_that_is_no_text_is_refused_unseen(proxy: object) -> None:
    assert refusal(**APP_ONLY, proxy=proxy).startswith("GRAPH_PROXY is malformed")


@pytest.mark.parametrize("place", ["environment", "file", "arguments"])
@pytest.mark.parametrize("variable", MALFORMED)
def test_a_secret_pasted_into_the_wrong_variable_is_refused_unseen(
    environment: Environment, variable: str, place: str
) -> None:
    wrong = {**APP_ONLY, variable: CANARY}
    if place != "arguments":
        (environment if place == "environment" else environment.file)(wrong)

    said = refusal(**(wrong if place == "arguments" else {}))

    assert said.startswith(variable)


@pytest.mark.parametrize(
    "wrong", [{"tenant_id": "common"}, {"cloud": "usgov", "url": "https://graph.microsoft.com"}]
)
def test_where_all_is_well_formed_and_does_not_agree_the_secret_does_not_show(wrong: dict[str, str]) -> None:
    refusal(**{"tenant_id": TENANT, "client_id": APP, "client_secret": CANARY, **wrong}, proxy="http://a:canary@b")


def test_a_secret_is_given_only_to_who_asks_for_it() -> None:
    settings = Settings(**APP_ONLY, proxy="http://user:canary@proxy:3128")

    for shown in (
        str(settings), repr(settings), repr(vars(settings)), repr(dict(settings)), str(settings.source),
        repr(settings.model_dump()), settings.model_dump_json(), json.dumps(settings.model_dump(mode="json")),
        repr(copy.copy(settings)), repr(copy.deepcopy(settings)), settings.authority, settings.graph_root,
    ):  # fmt: skip
        assert "canary" not in shown
    assert settings.client_secret.get_secret_value() == CANARY


@pytest.mark.parametrize("given", [f" {CANARY}\r\n", SecretStr(CANARY), SecretStr(f"{CANARY}\n")])
def test_blanks_around_a_secret_are_not_part_of_it(environment: Environment, given: Any) -> None:
    assert Settings(**{**APP_ONLY, "AZURE_CLIENT_SECRET": given}).client_secret.get_secret_value() == CANARY
    if isinstance(given, str):
        environment({**APP_ONLY, "AZURE_CLIENT_SECRET": given})
        assert Settings().client_secret.get_secret_value() == CANARY


@pytest.mark.parametrize("travel", [pickle.dumps, copy.copy, copy.deepcopy])
def test_settings_are_copied_and_never_pickled(travel: Any) -> None:
    settings = Settings(**APP_ONLY)

    if travel is pickle.dumps:
        with pytest.raises(TypeError, match="not pickled"):
            travel(settings)
    else:
        assert travel(settings) == settings


@pytest.mark.parametrize("name", ["client_secret", "tenant_id", "proxy", "nonsense"])
def test_settings_are_frozen_and_do_not_show_what_was_to_be_set(name: str) -> None:
    settings = Settings(**APP_ONLY)

    with pytest.raises(ConfigurationError, match="frozen") as caught:
        setattr(settings, name, "canary")

    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    assert "canary" not in str(caught.value) + repr([f.locals for f in frames if f.filename != __file__])
    assert decided(settings) == decided(Settings(**APP_ONLY))
    assert caught.value.__context__ is None


def test_pydantics_own_ways_in_are_no_way_around() -> None:
    assert Settings.model_validate(APP_ONLY).tenant_id == TENANT
    with pytest.raises(ConfigurationError) as caught:
        Settings.model_validate({**APP_ONLY, "client_secret": ["canary"]})
    assert "canary" not in str(caught.value)


# -- clouds ---------------------------------------------------------------------------------------------------

CLOUDS = {
    "public": ("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "usgov": ("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "usgov-dod": ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": ("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
}
OTHER_NAMES = {
    "https://login.microsoft.com": "public",
    "https://login.windows.net": "public",
    "https://sts.windows.net": "public",
    "https://login-us.microsoftonline.com": "usgov",
    "https://login.usgovcloudapi.net": "usgov",
    "https://login.chinacloudapi.cn": "china",
}


def drives(settings: Settings) -> tuple[str, str, tuple[str, ...]]:
    return settings.authority, settings.graph_root, settings.token_scopes


@pytest.mark.parametrize("cloud", CLOUDS)
def test_one_choice_drives_login_host_graph_root_and_scope(environment: Environment, cloud: str) -> None:
    login, graph = CLOUDS[cloud]
    environment({"GRAPH_CLOUD": cloud})
    expected = (f"{login}/{TENANT}", graph, (f"{graph}/.default",))

    assert drives(Settings(**APP_ONLY)) == expected
    assert drives(Settings(**APP_ONLY, authority_host=login, url=graph)) == expected
    environment({"GRAPH_CLOUD": ""})
    assert drives(Settings(**APP_ONLY, authority_host=login, url=graph)) == expected
    assert drives(Settings(**APP_ONLY, url=graph)) == expected
    if cloud != "usgov-dod":  # whose login host is that of usgov
        assert drives(Settings(**APP_ONLY, authority_host=login)) == expected


def test_without_a_choice_it_is_the_public_cloud() -> None:
    assert drives(Settings(**APP_ONLY)) == drives(Settings(**APP_ONLY, cloud="public"))


@pytest.mark.parametrize("host", OTHER_NAMES)
def test_a_cloud_is_known_by_every_name_of_its_login_host(host: str) -> None:
    graph = CLOUDS[OTHER_NAMES[host]][1]

    assert drives(Settings(**APP_ONLY, authority_host=host)) == (f"{host}/{TENANT}", graph, (f"{graph}/.default",))


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("other", CLOUDS)
def test_two_settings_that_mean_different_clouds_are_refused(cloud: str, other: str) -> None:
    login, graph = CLOUDS[other]
    pairs: list[tuple[dict[str, str], list[str], bool]] = [
        ({"cloud": cloud, "authority_host": login}, ["GRAPH_CLOUD", "AZURE_AUTHORITY_HOST"], False),
        ({"cloud": cloud, "url": graph}, ["GRAPH_CLOUD", "GRAPH_URL"], True),
        ({"authority_host": CLOUDS[cloud][0], "url": graph}, ["AZURE_AUTHORITY_HOST", "GRAPH_URL"], False),
    ]
    for arguments, named, strict in pairs:
        if cloud == other or (not strict and CLOUDS[cloud][0] == login):
            assert Settings(**APP_ONLY, **arguments).graph_root in (CLOUDS[cloud][1], graph)
        else:
            said = refusal(**APP_ONLY, **arguments)
            assert all(name in said for name in named)
            assert "drop one of the two" in said


def test_a_cloud_and_a_host_of_ones_own_agree() -> None:
    settings = Settings(
        **APP_ONLY, cloud="usgov", authority_host="https://localhost:8443", url="https://[::1]:8443"
    )

    assert drives(settings) == (
        f"https://localhost:8443/{TENANT}",
        "https://[::1]:8443",
        ("https://graph.microsoft.us/.default",),
    )


def test_scopes_of_ones_own_beat_those_of_the_cloud() -> None:
    assert Settings(**APP_ONLY, cloud="china", scopes="api://x/.default").token_scopes == ("api://x/.default",)


# -- hosts ----------------------------------------------------------------------------------------------------

MICROSOFT = [host for pair in CLOUDS.values() for host in pair] + [*OTHER_NAMES]
LOOPBACK = ["https://localhost", "https://LocalHost:8443", "https://127.0.0.1:8443", "https://127.255.0.1",
            "https://[::1]", "https://[::1]:8443", "https://[0:0:0:0:0:0:0:1]"]  # fmt: skip
ELSEWHERE = [
    "https://evil.com", "https://graph.microsoft.com.evil.com", "https://evilgraph.microsoft.com",
    "https://graph.microsoft.co", "https://login.microsoftonline.com.evil.com", "https://microsoft.com",
    "https://localhost.evil.com", "https://127.0.0.1.evil.com", "https://localhost.localdomain", "https://127.1",
    "https://2130706433", "https://0x7f000001", "https://0.0.0.0", "https://128.0.0.1", "https://[::2]",
    "https://[::]", "https://[::ffff:127.0.0.1]", "https://10.0.0.1", "graph.evil.com", "https://evil.com:443",
    "https://xn--grph-5qa.microsoft.com",
]  # fmt: skip
TRICKS = [
    "https://evil.com\\@graph.microsoft.com", "https://graph.microsoft.com\\@evil.com", "https://\\evil.com",
    "https://user@graph.microsoft.com", "https://user:canary@graph.microsoft.com",
    "https://graph.microsoft.com@evil.com", "https://graph.microsoft.com#@evil.com",
    "https://graph.microsoft.com?@evil.com", "https://graph.microsoft.com;x", "https://graph.microsoft.com.",
    "https://.graph.microsoft.com", "https://graph.microsoft.com%2eevil.com", "https://graph.microsoft.com%00",
    "https://graph.micro soft.com", "https://graph.microsoft.com\t.evil.com",
    "https://graph.microsoft.com\n.evil.com", "https://graph.microsoft.com\x00",
    "https://gr\u00e4ph.microsoft.com", "https://graph\u3002microsoft.com", "https://graph.microsoft.com:",
    "https://graph.microsoft.com:x", "https://graph.microsoft.com:65536", "https://graph.microsoft.com:0",
    "https://graph.microsoft.com:1:2", "https:graph.microsoft.com", "https:/graph.microsoft.com",
    "https:///graph.microsoft.com", "//graph.microsoft.com", "https://", "https://:443", "https://[::1",
    "https://[::1]x", "https://[fe80::1%25eth0]", "https://[127.0.0.1]", "ftp://graph.microsoft.com",
    "file:///etc/passwd", "javascript:alert(1)", "https://https://graph.microsoft.com", "https://a_~b",
]  # fmt: skip
HOSTS = ["AZURE_AUTHORITY_HOST", "GRAPH_URL"]


@pytest.mark.parametrize("host", [*LOOPBACK, *MICROSOFT])
def test_microsofts_hosts_and_this_machine_may_be_named_by_the_file(environment: Environment, host: str) -> None:
    variable = "GRAPH_URL" if "graph" in host else "AZURE_AUTHORITY_HOST"
    environment.file({**APP_ONLY, variable: host})

    settings = Settings()

    assert settings.source[variable] == ".env"
    assert (settings.url or settings.authority_host) == host.lower()


@pytest.mark.parametrize("variable", HOSTS)
@pytest.mark.parametrize("host", ELSEWHERE)
def test_any_other_host_may_be_named_by_anybody_but_the_file(
    environment: Environment, variable: str, host: str
) -> None:
    environment(APP_ONLY)
    environment.file({variable: host})

    said = refusal()

    assert said.startswith(f"{variable} comes from .env")
    assert "AZURE_CLIENT_SECRET from the environment" in said
    assert "evil" not in said
    url = host if "://" in host else f"https://{host}"
    assert getattr(Settings(**{variable: host}), VARIABLES[variable][0]) == url
    environment({variable: host})
    assert getattr(Settings(), VARIABLES[variable][0]) == url


@pytest.mark.parametrize("variable", HOSTS)
@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
def test_what_is_no_plain_origin_is_refused_whoever_names_it(
    environment: Environment, variable: str, trick: str
) -> None:
    assert refusal(**APP_ONLY, **{variable: trick}).startswith(f"{variable} ")
    if "\n" not in trick and "\x00" not in trick:
        environment(APP_ONLY)
        environment.file({variable: trick})
        assert refusal().startswith(f"{variable} ")


def test_both_sources_are_named_where_all_stands_in_the_same_file(environment: Environment) -> None:
    environment.file({**APP_ONLY, "GRAPH_URL": "https://evil.com"})

    assert refusal().startswith("GRAPH_URL comes from .env, AZURE_CLIENT_SECRET from .env: ")


@pytest.mark.parametrize("url", ["graph.microsoft.com/v1.0", "https://graph.microsoft.com/beta/", "https://x/a"])
def test_the_root_of_graph_has_neither_path_nor_version(url: str) -> None:
    said = refusal(**APP_ONLY, url=url)

    assert said.startswith("GRAPH_URL must be a plain https://host")
    assert "version" in said


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("http://localhost:8099", True),
        ("http://127.0.0.1:8099", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8099", True),
        ("http://graph.microsoft.com", False),
        ("http://localhost.evil.com", False),
        ("http://127.0.0.1.evil.com", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("http://[::2]", False),
        ("HTTP://Graph.Microsoft.Com", False),
    ],
)
def test_plain_http_is_for_this_machine_only_and_never_for_signing_in(host: str, allowed: bool) -> None:
    if allowed:
        assert Settings(**APP_ONLY, url=host).graph_root == host
    else:
        assert "https://" in refusal(**APP_ONLY, url=host)
    assert refusal(**APP_ONLY, authority_host=host).startswith("AZURE_AUTHORITY_HOST must start with https://")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.0", True),
        ("127.255.255.255", True),
        ("::1", True),
        ("[::1]", True),
        ("126.255.255.255", False),
        ("128.0.0.0", False),
        ("::", False),
        ("::2", False),
        ("::ffff:127.0.0.1", False),
        ("localhost.", False),
        ("localhost.localdomain", False),
        ("127.1", False),
        ("127.0.0.1.nip.io", False),
        ("０127.0.0.1", False),
        ("", False),
    ],
)
def test_this_machine_is_exactly_localhost_and_its_addresses(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


# -- proxy and CA bundle of the file --------------------------------------------------------------------------

HELPERS = {
    "GRAPH_PROXY": "http://user:canary@evil.com:3128",
    "GRAPH_CA_BUNDLE": "evil.pem",
    "GRAPH_TOKEN_STORE": "evil",
}
WITH_KEY = {**APP_ONLY, "GRAPH_TOKEN_STORE_KEY": STORE_KEY}


@pytest.mark.parametrize("variable", HELPERS)
@pytest.mark.parametrize("secret_from", ["the environment", "the arguments"])
def test_a_proxy_or_ca_bundle_of_the_file_does_not_serve_a_secret_from_elsewhere(
    environment: Environment, variable: str, secret_from: str
) -> None:
    environment({"GRAPH_TOKEN_STORE_KEY": STORE_KEY})
    environment.file({**APP_ONLY, variable: HELPERS[variable]})
    if secret_from == "the environment":
        environment({"AZURE_CLIENT_SECRET": CANARY})

    said = refusal(**({"client_secret": CANARY} if secret_from == "the arguments" else {}))

    assert said.startswith(f"{variable} comes from .env but AZURE_CLIENT_SECRET from {secret_from}")
    assert "evil" not in said


@pytest.mark.parametrize("variable", HELPERS)
@pytest.mark.parametrize(
    ("secret_in", "helper_in"),
    [
        ("file", "file"),
        ("file", "environment"),
        ("file", "arguments"),
        ("environment", "environment"),
        ("environment", "arguments"),
        ("arguments", "environment"),
        ("arguments", "arguments"),
    ],
)
def test_any_other_proxy_or_ca_bundle_serves(
    environment: Environment, variable: str, secret_in: str, helper_in: str
) -> None:
    values: dict[str, dict[str, str]] = {"file": {}, "environment": {}, "arguments": {}}
    values[secret_in] |= WITH_KEY
    values[helper_in][variable] = HELPERS[variable]
    environment.file(values["file"])
    environment(values["environment"])

    settings = Settings(**values["arguments"])

    assert settings.source[variable] == {"file": ".env"}.get(helper_in, helper_in)
    assert settings.proxy or settings.ca_bundle == "evil.pem" or settings.token_store == "evil"


def test_a_name_in_small_letters_does_not_slip_through(environment: Environment) -> None:
    environment(APP_ONLY)
    environment.file("graph_url=https://evil.com\nGraph_Proxy=http://evil.com\nazure_Authority_host=evil.com\n")

    assert [line.split()[0] for line in refusal().splitlines()[1:]] == [*HOSTS, "GRAPH_PROXY"]


def test_all_that_the_file_may_not_decide_is_named_with_all_else_at_once(environment: Environment) -> None:
    environment({"AZURE_CLIENT_SECRET": CANARY, "AZURE_TENANT_ID": "common"})
    environment.file({**HELPERS, **dict.fromkeys(HOSTS, "https://evil.com"), "GRAPH_TIMEOUT": "0"})

    named = {line.split()[0] for line in refusal().splitlines()[1:]}

    assert named == {
        *HOSTS, *HELPERS, "GRAPH_TIMEOUT", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "GRAPH_TOKEN_STORE_KEY",
    }  # fmt: skip


# -- ways to sign in ------------------------------------------------------------------------------------------

NAMED = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": APP}
TOKEN_FILES = {"AZURE_CLIENT_SECRET_FILE", "AZURE_FEDERATED_TOKEN_FILE", "GRAPH_REFRESH_TOKEN_FILE"}
SIGN_INS = {"AZURE_CLIENT_SECRET": ("client_secret", CANARY), **KINDS}
PAIRS = [(one, other) for one in SIGN_INS for other in SIGN_INS if one < other]


def test_one_test_names_the_kinds_that_there_are() -> None:
    assert {variable: keyword for variable, (keyword, _) in SIGN_INS.items()} == rules.KINDS


@pytest.mark.parametrize("variable", SIGN_INS)
@pytest.mark.parametrize("place", ["environment", "file", "arguments"])
def test_one_variable_chooses_the_kind_of_sign_in(environment: Environment, variable: str, place: str) -> None:
    keyword, text = SIGN_INS[variable]
    given = {**NAMED, variable: text}
    if place != "arguments":
        (environment if place == "environment" else environment.file)(given)
    if place == "file" and variable in TOKEN_FILES:
        assert refusal().startswith(f"{variable} comes from .env, which may not name a file with a secret")
        return

    settings = Settings(**(given if place == "arguments" else {}))

    assert settings.sign_in_by == keyword
    assert settings.source[variable] == {"file": ".env"}.get(place, place)
    others = [name for name, _ in SIGN_INS.values() if name != keyword]
    assert [getattr(settings, name) for name in others] == [None] * len(others)


@pytest.mark.parametrize(("near", "far"), [(one, other) for pair in PAIRS for one, other in (pair, pair[::-1])])
@pytest.mark.parametrize("places", [("arguments", "environment"), ("environment", "file"), ("arguments", "file")])
def test_the_nearest_source_decides_and_what_farther_ones_say_is_void(
    environment: Environment, near: str, far: str, places: tuple[str, str]
) -> None:
    """AKS puts AZURE_FEDERATED_TOKEN_FILE into the environment of every pod."""
    values: dict[str, dict[str, str]] = {"file": {}, "environment": {}, "arguments": {}}
    values[places[0]] = {**NAMED, near: SIGN_INS[near][1]}
    values[places[1]][far] = SIGN_INS[far][1]
    environment.file(values["file"])
    environment(values["environment"])

    settings = Settings(**values["arguments"])

    assert settings.sign_in_by == SIGN_INS[near][0]
    assert getattr(settings, SIGN_INS[far][0]) is None
    assert far not in settings.source


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("place", ["environment", "file", "arguments"])
def test_two_kinds_in_one_source_are_refused_and_both_named(
    environment: Environment, one: str, other: str, place: str
) -> None:
    given = {**NAMED, one: SIGN_INS[one][1], other: SIGN_INS[other][1]}
    if place != "arguments":
        (environment if place == "environment" else environment.file)(given)
    web_app = {one, other} in (
        {"GRAPH_REFRESH_TOKEN_FILE", "AZURE_CLIENT_SECRET"},
        {"GRAPH_REFRESH_TOKEN_FILE", "AZURE_CLIENT_SECRET_FILE"},
        {"GRAPH_REFRESH_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH"},
    )
    if web_app and place != "file":  # which proves itself with every use of a refresh token
        settings = Settings(**(given if place == "arguments" else {}))
        assert settings.sign_in_by == "refresh_token_file"
        assert settings.client_secret or settings.client_secret_file or settings.certificate_path
        return

    said = refusal(**(given if place == "arguments" else {}))

    if not web_app:
        named = [one, other] if list(SIGN_INS).index(one) < list(SIGN_INS).index(other) else [other, one]
        source = {"file": ".env"}.get(place, f"the {place}")
        assert said.startswith(f"{named[0]} and {named[1]} are set together in {source}, and each is a way")


def test_three_kinds_are_all_named() -> None:
    said = refusal(**NAMED, client_secret=CANARY, sign_in="device", oidc="github")

    assert said.startswith("AZURE_CLIENT_SECRET and GRAPH_OIDC and GRAPH_SIGN_IN are set together")


def test_without_any_kind_all_are_named() -> None:
    said = refusal(**NAMED)

    assert said.startswith("AZURE_CLIENT_SECRET is missing")
    assert all(variable in said for variable in SIGN_INS)
    assert "PASSWORD" not in said
    assert "AZURE_CLIENT_CERTIFICATE_PATH is not" in refusal(**NAMED, certificate_password="canary")


def test_a_machine_needs_neither_tenant_nor_app() -> None:
    settings = Settings(managed_identity="system")

    assert (settings.tenant_id, settings.client_id) == ("", "")
    for identity in (APP, "/subscriptions/1/resourceGroups/x/providers/y"):
        assert Settings(managed_identity=identity).managed_identity == identity
    for wrong in (" ", "a b", "https://x", "//x", "\u00e4"):
        assert refusal(managed_identity=wrong).startswith("GRAPH_MANAGED_IDENTITY is malformed")


@pytest.mark.parametrize("kind", SIGN_INS)
def test_only_users_sign_in_to_any_tenant(kind: str) -> None:
    given = {**NAMED, "AZURE_TENANT_ID": "organizations", kind: SIGN_INS[kind][1]}
    if kind in ("GRAPH_SIGN_IN", "GRAPH_REFRESH_TOKEN_FILE", "GRAPH_MANAGED_IDENTITY"):
        assert Settings(**given).tenant_id == "organizations"
    else:
        assert refusal(**given).startswith("AZURE_TENANT_ID must name one tenant")


@pytest.mark.parametrize("helper", HELPERS)
@pytest.mark.parametrize("kind", ["GRAPH_OIDC", "GRAPH_MANAGED_IDENTITY", "GRAPH_SIGN_IN"])
def test_a_helper_of_the_file_serves_no_credential_that_stands_outside_it(
    environment: Environment, helper: str, kind: str
) -> None:
    environment.file({**WITH_KEY, "AZURE_CLIENT_SECRET": "", kind: SIGN_INS[kind][1], helper: HELPERS[helper]})

    assert refusal().startswith(f"{helper} comes from .env but what {kind} uses from elsewhere")


def test_a_certificate_of_the_file_may_use_the_proxy_of_the_file(environment: Environment) -> None:
    environment.file({**NAMED, "AZURE_CLIENT_CERTIFICATE_PATH": "app.pem", "GRAPH_PROXY": "http://proxy"})

    assert Settings().proxy == SecretStr("http://proxy")


def test_nothing_but_the_mapping_counts(environment: Environment) -> None:
    environment({**TEXTS})
    environment.file(TEXTS)

    assert Settings.from_mapping(APP_ONLY).source == dict.fromkeys(APP_ONLY, "arguments")
    with pytest.raises(ConfigurationError, match="AZURE_TENANT_ID is missing"):
        Settings.from_mapping({"client_id": "x", "client_secret": "y"})


def test_the_same_settings_serve_another_tenant() -> None:
    given = {**TEXTS, "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.us"}

    other = Settings(**given).for_tenant("fabrikam.com")

    assert decided(other) == {**MEANT, "tenant_id": "fabrikam.com"}
    with pytest.raises(ConfigurationError, match="AZURE_TENANT_ID"):
        other.for_tenant("not a tenant")


# -- profiles -------------------------------------------------------------------------------------------------


class Profiles:
    """The user's ``config.toml``, private to its owner unless a mode is given."""

    def __init__(self, home: Path) -> None:
        self.file = home / "leangraph" / "config.toml"

    def __call__(self, text: str, mode: int = 0o600) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(text, encoding="utf-8")
        self.file.chmod(mode)


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Profiles:
    monkeypatch.setattr("leangraph.settings.profiles.directory", lambda: tmp_path / "home" / "leangraph")
    return Profiles(tmp_path / "home")


PROFILE = f"""
[profiles.contoso]
tenant_id = "{TENANT}"
client_id = "{APP}"
client_secret = "{CANARY}"
timeout = 7.5
read_only = true
scopes = ["https://a/.default", "b"]
[profiles.machine]
managed_identity = "system"
"""
private_files = pytest.mark.skipif(sys.platform == "win32", reason="a mode does not say who can read a file there")


def profile_refusal(name: str, **arguments: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_profile(name, **arguments)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    ours = repr([f"{frame.name} {frame.locals}" for frame in frames if frame.filename != __file__])
    assert "canary" not in f"{caught.value!r} {caught.value.__context__!r} {ours}"
    return str(caught.value)


@private_files
def test_a_profile_says_what_the_environment_does_not(environment: Environment, profiles: Profiles) -> None:
    profiles(PROFILE)
    environment({"GRAPH_TIMEOUT": "9"})
    environment.file({"GRAPH_MAX_RETRIES": "3", "GRAPH_READ_ONLY": "0", "AZURE_TENANT_ID": "worse"})

    settings = Settings.from_profile("contoso", version="beta")

    assert (settings.tenant_id, settings.timeout, settings.max_retries) == (TENANT, 9.0, 3)
    assert (settings.read_only, settings.version, settings.scopes) == (True, "beta", ("https://a/.default", "b"))
    assert settings.client_secret == SecretStr(CANARY)
    assert settings.source["AZURE_TENANT_ID"] == "[profiles.contoso]"
    assert settings.source["GRAPH_TIMEOUT"] == "environment"
    assert settings.source["GRAPH_MAX_RETRIES"] == ".env"
    assert Settings.from_profile("machine").sign_in_by == "managed_identity"


@private_files
def test_the_kind_of_a_profile_beats_that_of_the_file_only(environment: Environment, profiles: Profiles) -> None:
    profiles(PROFILE)
    environment.file({**NAMED, "GRAPH_SIGN_IN": "device"})
    assert Settings.from_profile("contoso").sign_in_by == "client_secret"

    environment({"GRAPH_OIDC": "github"})
    assert Settings.from_profile("contoso").sign_in_by == "oidc"
    assert Settings.from_profile("contoso", sign_in="browser").sign_in_by == "sign_in"


@private_files
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o666])
def test_a_secret_in_a_file_that_others_can_read_is_refused(profiles: Profiles, mode: int) -> None:
    profiles(PROFILE, mode)

    said = profile_refusal("contoso")

    assert "client_secret may not stand in" in said
    assert "chmod 600" in said
    assert Settings.from_profile("machine").sign_in_by == "managed_identity"  # which has no secret


@pytest.mark.parametrize("system", ["win32"])
def test_on_windows_no_file_holds_a_secret(
    profiles: Profiles, system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles(PROFILE)
    monkeypatch.setattr(sys, "platform", system)

    assert "keyring" in profile_refusal("contoso")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no [profiles.contoso]"),
        ("[profiles.fabrikam]\n[profiles.tailspin]", "there are: fabrikam, tailspin"),
        ("profiles = 5", "there are: none"),
        ("[profiles]\ncontoso = 5", "there is no [profiles.contoso]"),
        ("[profiles.contoso", "is no TOML"),
        ("[profiles.contoso]\ntennant_id = 'canary'", "'tennant_id' is no setting"),
        ("[profiles.contoso]\ntenant_id = {a = 'canary'}", "tenant_id must be a text"),
        ("[profiles.contoso]\nscopes = [1]", "scopes must be a text"),
        ("[profiles.contoso]\nclient_secret = {keyring = 5}", "client_secret must be a text or { keyring"),
        ("[profiles.contoso]\nclient_secret = ['canary']\n", "AZURE_TENANT_ID is missing"),
        ("[profiles.contoso]\ntenant_id = 'a canary'\n", "AZURE_TENANT_ID is malformed"),
    ],
)
@private_files
def test_a_profile_that_is_not_in_order_is_one_clear_error(profiles: Profiles, text: str, said: str) -> None:
    profiles(text)

    assert said in profile_refusal("contoso")


def test_without_the_file_its_place_is_named(profiles: Profiles) -> None:
    assert str(profiles.file) in profile_refusal("contoso")


def test_a_secret_lives_in_the_keyring(profiles: Profiles, memory_keyring: Any) -> None:
    profiles(PROFILE.replace(f'"{CANARY}"', '{ keyring = "of contoso" }'), mode=0o644)
    assert "keyring set leangraph of contoso" in profile_refusal("contoso")

    memory_keyring.set_password("leangraph", "of contoso", CANARY)

    assert Settings.from_profile("contoso").client_secret == SecretStr(CANARY)


def test_a_machine_without_a_keyring_says_so(profiles: Profiles, no_keyring: Any) -> None:
    profiles('[profiles.contoso]\nclient_secret = { keyring = "x" }')

    assert "no keyring" in profile_refusal("contoso")


# -- cost -----------------------------------------------------------------------------------------------------


def test_loading_settings_and_making_a_client_of_them_asks_no_network(environment: Environment) -> None:
    script = (
        "import sys\n"
        "from leangraph import GraphClient\n"
        "def forbid(event, arguments):\n"
        "    if event.startswith(('socket.connect', 'socket.getaddrinfo', 'socket.gethostby', 'socket.bind')):\n"
        "        raise SystemExit(f'{event} {arguments}')\n"
        "sys.addaudithook(forbid)\n"
        "with GraphClient.from_env() as graph: print(graph)\n"
        "try: graph.token_holder.token\n"
        "except SystemExit as seen: print('then', str(seen).split()[0])\n"
    )
    environment({**APP_ONLY, "GRAPH_CLOUD": "china"})
    done = python("-c", script)

    assert done.stdout.splitlines() == [
        "<GraphClient https://microsoftgraph.chinacloudapi.cn/v1.0>",
        "then socket.getaddrinfo",
    ], done.stderr
