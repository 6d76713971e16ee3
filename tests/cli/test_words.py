"""Words in: pasted paths, fields as ``gh api`` takes them, bodies from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import python

from leangraph import ConfigurationError, Sandbox
from leangraph.cli import main, words

TEXT = st.text(alphabet=st.characters(exclude_characters="[]=", exclude_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize(
    ("pasted", "path"),
    [
        ("/users", "/users"),
        ("users/a", "users/a"),
        ("https://graph.microsoft.com/v1.0/users?$top=5", "/v1.0/users?$top=5"),
        ("https://graph.microsoft.us/beta/me", "/beta/me"),
        ("https://graph.microsoft.com", "/"),
        ("GET /users/{id}/manager", "/users/{id}/manager"),
        ("GET https://graph.microsoft.com/v1.0/me", "/v1.0/me"),
        ("https://evil.example/v1.0/users", "https://evil.example/v1.0/users"),
        ("https://graph.microsoft.com.evil.example/v1.0", "https://graph.microsoft.com.evil.example/v1.0"),
        ("https://graph.microsoft.com@evil.example/v1.0", "https://graph.microsoft.com@evil.example/v1.0"),
    ],
)
def test_a_pasted_url_of_graph_is_asked_of_the_root_in_use(pasted: str, path: str) -> None:
    assert words.rebased(pasted) == path


def test_a_url_of_another_host_is_refused_and_sends_nothing(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)

    assert main(["get", "https://evil.example/v1.0/users"]) == 2
    assert "evil.example" in capsys.readouterr().err
    assert graph_sandbox.requests == []


@pytest.mark.parametrize(
    ("texts", "typed", "expected"),
    [
        (["a=1", "b=true"], [], {"a": "1", "b": "true"}),
        (["a="], ["b="], {"a": "", "b": ""}),
        (["a=x=y"], [], {"a": "x=y"}),
        ([], ["a=1", "b=-2.5", "c=1e3"], {"a": 1, "b": -2.5, "c": 1000.0}),
        ([], ["a=true", "b=false", "c=null"], {"a": True, "b": False, "c": None}),
        ([], ["a=007", "b=+1", "c=NaN", "d=1."], {"a": "007", "b": "+1", "c": "NaN", "d": "1."}),
        (["p[password]=x"], ["p[force]=true"], {"p": {"password": "x", "force": True}}),
        (["a[]=1", "a[]=2"], [], {"a": ["1", "2"]}),
        ([], ["r[][id]=1", "r[][n]=2", "r[][id]=3"], {"r": [{"id": 1, "n": 2}, {"id": 3}]}),
        (["@odata.id=https://x/y"], [], {"@odata.id": "https://x/y"}),
        ([], [], None),
    ],
)
def test_fields_become_a_body(texts: list[str], typed: list[str], expected: Any) -> None:
    assert words.body(texts, typed, None).json == expected


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["a"], "key=value"),
        (["=x"], "key=value"),
        (["a[=x"], "not a key"),
        (["a]b=x"], "not a key"),
        (["[a]=x"], "not a key"),
        (["a=1", "a=2"], "given twice"),
        (["a=1", "a[b]=2"], "once as a value"),
        (["a[b]=1", "a=2"], "given twice"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(texts: list[str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        words.body(texts, [], None)


@given(key=TEXT, text=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_arrives_as_it_was_given(key: str, text: str) -> None:
    assert words.body([f"{key}={text}"], [], None).json == {key: text}


def test_a_value_may_stand_in_a_file(tmp_path: Path) -> None:
    tmp_path.joinpath("x.txt").write_text("ünï\n", encoding="utf-8")

    assert words.value(f"@{tmp_path / 'x.txt'}") == "ünï"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        words.value(f"@{tmp_path / 'none'}")


def test_a_whole_body_comes_from_a_file_or_standard_input(tmp_path: Path, graph_sandbox: Sandbox) -> None:
    file = tmp_path / "body.json"
    file.write_text('\ufeff{"a": [1]}', encoding="utf-8")
    assert words.body([], [], str(file)).json == {"a": [1]}
    with pytest.raises(ConfigurationError, match="leave -f and -F out"):
        words.body(["a=1"], [], str(file))
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is not JSON"):
        words.body([], [], str(file))

    command = ["-m", "leangraph", "patch", "/users/x", "--input", "-", "--dry-run"]
    done = python(*command, text='{"jobTitle": "ü"}')
    assert json.loads(done.stdout)["body"] == {"jobTitle": "ü"}


def test_what_stands_under_a_secrets_name_is_masked() -> None:
    body = {
        "displayName": "Ada",
        "passwordProfile": {"password": "Canary-1", "forceChangePasswordNextSignIn": True},
        "keyCredentials": [{"key": "Canary-2", "type": "x"}],
        "clientSecret": "Canary-3",
        "pins": [{"tokens": ["Canary-4", "Canary-5"]}],
    }
    shown = words.masked(body)

    assert "Canary" not in json.dumps(shown)
    assert (shown["displayName"], shown["passwordProfile"]["forceChangePasswordNextSignIn"]) == ("Ada", True)


@pytest.mark.parametrize("line", ["novalue", ": x", ""])
def test_a_header_is_a_name_and_a_value(line: str) -> None:
    assert words.headers(["If-Match: *", "Prefer:a=b:c"]) == {"If-Match": "*", "Prefer": "a=b:c"}
    with pytest.raises(ConfigurationError, match="--header"):
        words.headers([line])
