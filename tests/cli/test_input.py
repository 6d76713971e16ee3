"""Bulk input as people bring it: encodings, delimiters, columns, cells and files that are none of it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leangraph import ConfigurationError
from leangraph.cli import bulk, main
from leangraph.cli.bulk import Source, items

TEMPLATE = "PATCH /users/{userPrincipalName}"


def bodies(file: Path, template: str = TEMPLATE, **options: Any) -> list[Any]:
    return [item.body for item in items(Source(file, template, **options))]


# -- encodings and delimiters ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_is_read_in_the_encoding_it_has(encoding: str, line_end: str, tmp_path: Path) -> None:
    told: list[str] = []
    text = line_end.join(["userPrincipalName,city", "ada@contoso.example,Köln", ""])
    file = tmp_path / "x.csv"
    file.write_bytes(text.encode(encoding))

    assert bodies(file, warn=told.append) == [{"city": "Köln"}]
    assert bool(told) == (encoding == "cp1252")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_json_lines_are_read_in_the_encoding_they_have(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    line = json.dumps({"method": "PATCH", "path": "/users/x", "body": {"city": "Köln"}}, ensure_ascii=False)
    file.write_bytes(f"{line}\n".encode(encoding))

    assert [item.body for item in items(Source(file))] == [{"city": "Köln"}]


def test_an_encoding_that_does_not_fit_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"userPrincipalName,city\na,b\nc,M\xfcnchen\n")

    with pytest.raises(ConfigurationError, match=r"line 3 is not utf-8 text.*--encoding"):
        bodies(file, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no encoding that Python knows"):
        bodies(file, encoding="klingon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("given", [True, False])
def test_the_delimiter_is_found_or_given(delimiter: str, given: bool, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(delimiter.join(["userPrincipalName", "city"]) + f"\na{delimiter}b\n", encoding="utf-8")

    assert bodies(file, delimiter=delimiter if given else None) == [{"city": "b"}]


# -- columns --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cells", "body"),
    [
        ("UserPrincipalName, City", "a,b", {"city": "b"}),
        ("userprincipalname,Job Title", "a,Countess", {"jobTitle": "Countess"}),
        ("userPrincipalName,businessPhones[]", "a,+49 1", {"businessPhones": ["+49 1"]}),
        ("userPrincipalName,businessPhones[]", "a,+49 1;+49 2", {"businessPhones": ["+49 1", "+49 2"]}),
        ("userPrincipalName,businessPhones", "a,+49 1;+49 2", {"businessPhones": ["+49 1", "+49 2"]}),
        ("userPrincipalName,accountEnabled", "a,no", {"accountEnabled": False}),
        ("userPrincipalName,employeeOrgData[costCenter]", "a,007", {"employeeOrgData": {"costCenter": "007"}}),
        (
            "userPrincipalName,passwordProfile[forceChangePasswordNextSignIn]",
            "a,true",
            {"passwordProfile": {"forceChangePasswordNextSignIn": True}},
        ),
        ("userPrincipalName,PasswordProfile[Password]", "a,007", {"passwordProfile": {"password": "007"}}),
        ("userPrincipalName,extension_abc_x", "a,7", {"extension_abc_x": "7"}),
        ("userPrincipalName,manager@odata.bind", "a,https://x", {"manager@odata.bind": "https://x"}),
        ("userPrincipalName,postalCode", "a,01234", {"postalCode": "01234"}),
        ("userPrincipalName,city", "a,null", {"city": None}),
        ("userPrincipalName,city", "a,", {}),
    ],
)
def test_columns_are_spelled_and_cells_typed_by_the_metadata(
    header: str, cells: str, body: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "x.csv"
    file.write_text(f"{header}\n{cells}\n", encoding="utf-8")

    assert bodies(file) == [body]


def test_a_column_that_is_no_property_is_refused_or_left_out(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("userPrincipalName,jobTitel,Notes\na,b,c\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"'jobTitel' \(did you mean jobTitle.*'Notes'.*--ignore-columns"):
        bodies(file)
    assert bodies(file, ignore=True) == [{}]


def test_a_template_fills_the_fields_of_the_body(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("Group,User Id,Note\ng1,u1,x\n", encoding="utf-8")
    texts = ("@odata.id=https://graph.microsoft.com/v1.0/users/{UserId}",)
    [item] = items(Source(file, "POST /groups/{group}/members/$ref", texts=texts))

    assert item.path == "/groups/g1/members/$ref"
    assert item.body == {"@odata.id": "https://graph.microsoft.com/v1.0/users/u1"}


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("accountEnabled", "perhaps", "row 1, accountEnabled: 'perhaps' must be true or false"),
        ("passwordProfile[forceChangePasswordNextSignIn]", "7", "must be true or false"),
    ],
)
def test_a_cell_of_the_wrong_type_names_its_row_and_column(
    column: str, cell: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.csv"
    file.write_text(f"userPrincipalName,{column}\na,{cell}\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=said.replace("[", r"\[").replace("]", r"\]")):
        bodies(file)


# -- whatever a file holds ------------------------------------------------------------------------------------


@given(st.binary(max_size=200), st.sampled_from([".csv", ".jsonl"]))
@settings(deadline=None)
def test_no_file_is_a_traceback(tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str) -> None:
    file = tmp_path_factory.mktemp("input") / f"x{ending}"
    file.write_bytes(content)
    with suppress(ConfigurationError):
        list(bulk.plan(Source(file, "PATCH /users/{id}" if ending == ".csv" else None)))


@pytest.mark.parametrize(
    "words",
    [
        ["-F", f"a={'9' * 5000}"],
        ["--input", "deep.json"],
        ["--input", "latin.json"],
        ["--input", "missing.json"],
    ],
)
def test_no_body_is_a_traceback(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("deep.json").write_text("[" * 100_000, encoding="utf-8")
    Path("latin.json").write_bytes(b'{"city": "M\xfcnchen"}')

    assert main(["post", "/users", *words, "--dry-run"]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(
    "name",
    [
        "password", "pwd", "passphrase", "pin", "clientState", "temporaryAccessPass", "connectionString",
        "client_secret", "access_token", "privateKey", "Authorization",
    ],
)  # fmt: skip
def test_a_dry_run_hides_secrets_wherever_they_stand(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    canary = "S3CRET"
    assert (
        main(["post", f"/users?{name}={canary}&x=1", "-f", f"{name}={canary}", "-f", "city=Bonn", "--dry-run"])
        == 0
    )
    printed = capsys.readouterr().out

    assert canary not in printed
    assert "Bonn" in printed
    assert "x=1" in printed
