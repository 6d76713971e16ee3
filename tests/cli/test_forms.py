"""Every form of output against every shape of rows, read back by somebody else's reader."""

from __future__ import annotations

import csv
import json
import math
import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shares import FULL

from leangraph import ConfigurationError
from leangraph.cli import output
from leangraph.rows import database
from leangraph.rows.write import Layout

Rows = list[dict[str, Any]]
REPLACED = "\N{REPLACEMENT CHARACTER}"


def write(rows: Rows, file: Path, **shape: Any) -> list[str]:
    """Write rows and return what was told."""
    told: list[str] = []
    output.write(iter(rows), output.Shape(to=file, **shape), name="users", warn=told.append)
    return told


# -- independent readers: each gives the rows of a file as dicts of column -> value ---------------------------


def read_csv(file: Path) -> Rows:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [dict(row) for row in csv.DictReader(lines)]


def read_json(file: Path) -> Rows:
    return list(json.loads(file.read_text(encoding="utf-8")))


def read_jsonl(file: Path) -> Rows:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def read_xlsx(file: Path) -> Rows:
    with closing(openpyxl.load_workbook(file, read_only=True)) as book:
        header, *rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
        return [dict(zip(header, row, strict=False)) for row in rows]


def read_parquet(file: Path) -> Rows:
    with duckdb.connect() as reader:
        name = str(file).replace("'", "''")
        found = reader.execute(f"SELECT * FROM '{name}'")
        columns = [column[0] for column in found.description or []]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def read_db(file: Path) -> Rows:
    with closing(sqlite3.connect(file)) as reader:
        found = reader.execute("SELECT * FROM users")
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def read_md(file: Path) -> Rows:
    header, _, *rows = [
        [part.strip() for part in line.strip().strip("|").split(" | ")]
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return [dict(zip(header, row, strict=False)) for row in rows]


READERS: dict[str, Callable[[Path], Rows]] = {
    "csv": read_csv,
    "json": read_json,
    "jsonl": read_jsonl,
    "xlsx": read_xlsx,
    "parquet": read_parquet,
    "db": read_db,
    "md": read_md,
}
FORMS = pytest.mark.parametrize("form", READERS)
TABULAR = pytest.mark.parametrize("form", [form for form in READERS if not form.startswith("json")])
MANAGER = {"displayName": "Boss", "id": "9"}


def columns(rows: Rows) -> list[str]:
    return list(rows[0]) if rows else []


# -- which columns there are ----------------------------------------------------------------------------------


@TABULAR
@pytest.mark.parametrize(
    ("rows", "layout", "expected"),
    [
        ([{"id": "1", "name": "a"}], Layout(), ["id", "name"]),
        ([{"id": "1", "name": "a"}], Layout(["name", "id"]), ["name", "id"]),
        ([{"id": "1", "name": "a"}], Layout(["NAME", "Id"]), ["name", "id"]),
        ([{"id": "1", "manager": MANAGER}], Layout(["id"], ["manager"]), ["id", "manager"]),
        ([{"id": "1", "manager": MANAGER}], Layout(["id"], ["Manager($select=id)"]), ["id", "manager"]),
        ([{"id": "1", "extra": 1}], Layout(["id"]), ["id", "extra"]),
        ([{"id": "1", "org": {"costCenter": "7"}}], Layout(["id", "org/costCenter"]), ["id", "org"]),
        ([{"n": "x"}], Layout(["id", "displayName"], [], reshaped=True), ["n"]),
        ([{"id": "1"}, {"id": "2", "late": "x"}], Layout(), ["id", "late"]),
        ([{"id": str(n)} for n in range(1500)] + [{"id": "x", "late": "x"}], Layout(["id"]), ["id", "late"]),
        ([{"id": "1"}], Layout(["id", "mail"]), ["id", "mail"]),
    ],
)
def test_columns_come_from_the_rows(
    form: str, rows: Rows, layout: Layout, expected: list[str], tmp_path: Path
) -> None:
    file = tmp_path / f"x.{form}"
    told = write(rows, file, layout=layout)
    found = READERS[form](file)

    if form == "db":  # where the order is that of the rows, and a column that no row has is none
        assert {*columns(found)} == {name for row in rows for name in row}
    else:
        assert columns(found) == expected
    assert len(found) == len(rows)
    assert told == []


@FORMS
@pytest.mark.parametrize("expression", ["[].{name: displayName}", "[].{N: id, name: displayName}"])
def test_a_query_decides_the_columns(form: str, expression: str, tmp_path: Path) -> None:
    rows = [{"id": "1", "displayName": "Ada"}, {"id": "2", "displayName": "Bob"}]
    file = tmp_path / f"x.{form}"
    write(rows, file, jmespath=expression, layout=Layout(["id", "displayName"]))

    assert [row["name"] for row in READERS[form](file)] == ["Ada", "Bob"]
    assert "displayName" not in columns(READERS[form](file))


@pytest.mark.parametrize("form", ["csv", "md", "xlsx"])
def test_no_rows_leave_the_header_that_was_asked_for(form: str, tmp_path: Path) -> None:
    file = tmp_path / f"x.{form}"
    write([], file, layout=Layout(["id", "mail"], ["manager"]))

    if form == "xlsx":
        with closing(openpyxl.load_workbook(file)) as book:
            assert [cell.value for cell in next(book.active.iter_rows())] == ["id", "mail", "manager"]
    else:
        assert file.read_text(encoding="utf-8").startswith(("id,mail,manager", "| id | mail | manager |"))


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "parquet"])
def test_ten_thousand_columns_are_all_there(form: str, tmp_path: Path) -> None:
    row = {f"p{n}": n for n in range(10_000 if FULL or form != "parquet" else 3_000)}  # DuckDB takes 6 s for them
    file = tmp_path / f"x.{form}"
    told = write([row], file)

    assert columns(READERS[form](file)) == list(row)
    assert told == []


def test_a_view_that_cannot_show_all_properties_says_so(tmp_path: Path) -> None:
    told = write([{f"p{n}": n for n in range(2500)}], tmp_path / "x.db")

    assert told == ["the view users shows 1,900 properties; 600 more are in users_docs only"]


def test_a_sheet_that_is_too_small_is_refused_and_no_file_is_left(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"column 16,384, and there are 16,385"):
        write([{f"p{n}": n for n in range(16_385)}], tmp_path / "x.xlsx")

    assert list(tmp_path.iterdir()) == []


# -- what the cells hold --------------------------------------------------------------------------------------

TEXTS = {
    "plain": "Ada",
    "not ASCII": "Łukasz 小龍 é",
    "not in the first plane": "👩‍👩‍👧 𝔘",
    "quotes": "a\"b'c",
    "separators": "a,b;c\td|e",
    "line breaks": "a\nb\r\nc\rd\x85e\u2028f\u2029g",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x9b\x80",
    "escape sequences": "\x1b]0;pwned\x07\x1b[2J",
    "right to left": "\u202eAda\u2066",
    "a formula": "=1+1",
    "a number": "007",
    "a date": "2024-01-01T00:00:00Z",
    "a boolean": "true",
    "null": "null",
    "JSON": '{"a": 1}',
    "what Excel escapes": "_x0041_ _x000D_",
    "blanks": "  a  ",
    "backslashes": "a\\nb\\",
    "percent and dollar": "%s ${x} %d",
    "a byte order mark": "\ufeffa",
    "not a character": "a\ufffe\uffffb",
}
LOSSY = {"md": TEXTS.keys(), "xlsx": {"not a character"}}  # Markdown is for people


@pytest.mark.parametrize("kind", TEXTS)
@FORMS
def test_a_text_is_read_back_as_it_was_or_the_user_is_told(form: str, kind: str, tmp_path: Path) -> None:
    text = TEXTS[kind]
    file = tmp_path / f"x.{form}"
    told = write([{"id": "1", "text": text}], file)
    [row] = READERS[form](file)
    found = row["text"]
    if form == "xlsx":
        found = openpyxl.utils.escape.unescape(found)

    if kind not in LOSSY.get(form, ()):
        assert found == text
        assert told == []
    elif form != "md":
        assert told


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc00\ud800"])
@FORMS
def test_half_a_character_ends_no_export(form: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / f"x.{form}"
    told = write([{"id": "1", "text": text, f"k{text}": "v"}], file)
    [row] = READERS[form](file)

    if form.startswith("json"):
        assert row == {"id": "1", "text": text, f"k{text}": "v"}
        assert told == []
    else:
        assert row["text"] == "".join(REPLACED if "\ud800" <= char <= "\udfff" else char for char in text)
        assert "v" in row.values()
        assert any("Unicode" in line for line in told)


NUL = "a\0b"


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "db", "parquet"])
def test_a_nul_ends_no_export(form: str, tmp_path: Path) -> None:
    file = tmp_path / f"x.{form}"
    told = write([{"id": "1", "text": NUL, "k\0": "v", "after": "w"}], file)
    [row] = READERS[form](file)

    assert row["after"] == "w"
    if form == "db":  # whose views end a text there
        assert row["text"] == "a"
        assert "NUL" in told[0]
        with closing(sqlite3.connect(file)) as reader:
            [(doc,)] = reader.execute("SELECT doc FROM users_docs")
        row = json.loads(doc)
    assert "v" in row.values()
    assert row["text"] == NUL


NAMES = [
    "",
    " ",
    "a b",
    "Ä",
    "a.b",
    "a[0]",
    'q"q',
    "q'q",
    "back\\slash",
    "tab\t",
    "line\nbreak",
    "$",
    "#",
    "select",
]


@pytest.mark.parametrize("name", NAMES)
@FORMS
def test_a_property_may_have_any_name(form: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / f"x.{form}"
    write([{"id": "1", name: "value"}], file)
    [row] = READERS[form](file)

    assert "value" in row.values()
    assert row["id"] == "1"


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "xlsx", "parquet", "db"])
def test_names_that_differ_by_case_alone_stay_apart(form: str, tmp_path: Path) -> None:
    rows = [{"id": "1", "ID": "2", "fields": {"id": "3", "ID": "4"}}]
    file = tmp_path / f"x.{form}"
    write(rows, file)
    [row] = READERS[form](file)
    values = [json.loads(v) if isinstance(v, str) and v.startswith("{") else v for v in row.values()]

    assert values == ["1", "2", {"id": "3", "ID": "4"}]


NUMBERS = [0, -1, 1.5, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 10**30, 1e300, -0.0, 5e-324]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "xlsx", "parquet", "db"])
def test_a_number_is_read_back_as_it_was_or_the_user_is_told(form: str, number: float, tmp_path: Path) -> None:
    file = tmp_path / f"x.{form}"
    told = write([{"n": number}], file)
    if form == "db":
        with closing(sqlite3.connect(file)) as reader:
            [(doc,)] = reader.execute("SELECT doc FROM users_docs")
        found = json.loads(doc)["n"]
    else:
        [row] = READERS[form](file)
        found = row["n"]

    exact = found == number or (isinstance(found, str) and json.loads(found) == number)
    assert exact
    assert bool(told) == (form == "xlsx" and abs(number) > 2**53)


@pytest.mark.parametrize("value", [math.nan, math.inf])
@FORMS
def test_what_is_no_number_ends_no_export(form: str, value: float, tmp_path: Path) -> None:
    write([{"id": "1", "x": value}], tmp_path / f"x.{form}")

    assert (tmp_path / f"x.{form}").exists()


@pytest.mark.parametrize(
    "values",
    [
        [1, "a"],
        [True, 1],
        [[], ["a"]],
        [["a"], [1]],
        [{"a": 1}, None],
        [1, 1.5],
        [2**60, 1.5],
        [[["deep"]], {"a": {"b": [None]}}],
    ],
)
@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "parquet", "db"])
def test_a_column_may_hold_values_of_several_kinds(form: str, values: list[Any], tmp_path: Path) -> None:
    file = tmp_path / f"x.{form}"
    write([{"id": "1", "x": value} for value in values], file)
    found = [row["x"] for row in READERS[form](file)]

    for value, back in zip(values, found, strict=True):
        plain = isinstance(back, str) and not isinstance(value, str)
        read = json.loads(back) if plain and back else None if back == "" else back
        assert read == value


def test_a_cell_that_excel_cannot_hold_is_cut_and_told(tmp_path: Path) -> None:
    told = write([{"id": "1", "x": "y" * 40_000}, {"id": "2", "x": "y" * 40_000}], tmp_path / "x.xlsx")

    assert told == [
        "row 1, 'x': texts longer than 32,767 characters were cut, as Excel holds no more",
        "2 values in all: texts longer than 32,767 characters were cut, as Excel holds no more",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=8), JSON, max_size=5), min_size=1, max_size=5), st.data())
@settings(deadline=None)
def test_no_rows_that_json_allows_end_an_export(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(list(READERS)))
    file = tmp_path_factory.mktemp("rows") / f"x.{form}"
    if form == "parquet" and not any(name for row in rows for name in row if not name.startswith("@odata.")):
        return  # there are no columns, which is an error of its own
    write(rows, file)

    if form == "db":
        with closing(sqlite3.connect(file)) as reader:
            assert [json.loads(doc) for (doc,) in reader.execute("SELECT doc FROM users_docs")] == rows
            if any(rows):
                assert len(reader.execute("SELECT * FROM users").fetchall()) == len(rows)
    elif form in ("json", "jsonl"):
        assert READERS[form](file) == rows
    elif form == "parquet":
        assert len(READERS[form](file)) == len(rows)


# -- CSV for spreadsheets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1", "\n=1+1", " =1+1", "＝1+1", "\u200b=1", "\xa0+1", "\t-1", "@x", "\rx"])
def test_safe_csv_disarms_cells_and_header(text: str, tmp_path: Path) -> None:
    write([{text: text}], tmp_path / "x.csv", safe=True)

    assert read_csv(tmp_path / "x.csv") == [{f"'{text}": f"'{text}"}]


@pytest.mark.parametrize("text", ["a=1", "1-1", "ada@contoso.example", "a\n=1"])
def test_safe_csv_leaves_other_text_alone(text: str, tmp_path: Path) -> None:
    write([{"x": text}], tmp_path / "x.csv", safe=True)

    assert read_csv(tmp_path / "x.csv") == [{"x": text}]


def test_a_byte_order_mark_is_written_if_it_is_asked_for(tmp_path: Path) -> None:
    for bom, start in ((True, b"\xef\xbb\xbfid"), (False, b"id")):
        write([{"id": "é"}], tmp_path / "x.csv", bom=bom)
        assert (tmp_path / "x.csv").read_bytes().startswith(start)


def test_windows_gets_one_by_itself_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output.sys, "platform", "win32")
    text = tmp_path / "x.csv"
    with text.open("w", encoding="utf-8", newline="") as out:
        output._write_text([{"id": "1"}], "csv", output.Shape(to=text), out, print)

    assert text.read_bytes().startswith(b"\xef\xbb\xbf")


# -- databases ------------------------------------------------------------------------------------------------


def test_a_database_keeps_its_other_tables(tmp_path: Path) -> None:
    file = tmp_path / "tenant.db"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute("CREATE TABLE hr (name TEXT)")
        theirs.execute("INSERT INTO hr VALUES ('Ada')")
        theirs.commit()
    write([{"id": "1"}], file)
    output.write([{"id": "g"}], output.Shape(to=file), name="groups", warn=print)
    write([{"id": "2"}, {"id": "3"}], file)

    with closing(sqlite3.connect(file)) as reader:
        assert reader.execute("SELECT name FROM hr").fetchall() == [("Ada",)]
        assert reader.execute("SELECT id FROM users").fetchall() == [("2",), ("3",)]
        assert reader.execute("SELECT id FROM groups").fetchall() == [("g",)]


def test_append_adds_to_the_table(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    write([{"id": "1"}], file, append=True)
    write([{"id": "2", "late": "x"}], file, append=True)

    assert read_db(file) == [{"id": "1", "late": None}, {"id": "2", "late": "x"}]


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE users (a)", "CREATE TABLE users_docs (a)", "CREATE TABLE Users (a)"]
)
def test_a_table_of_somebody_else_is_not_replaced(sql: str, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute(sql)
        theirs.commit()

    with pytest.raises(ConfigurationError, match="of its own, which stays"):
        write([{"id": "1"}], file)


@pytest.mark.parametrize("option", [{"safe": True}, {"bom": True}, {"append": True}])
@pytest.mark.parametrize("form", ["json", "jsonl", "md", "xlsx", "parquet"])
def test_an_option_that_a_form_cannot_honour_is_refused(
    option: dict[str, bool], form: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="leave it out"):
        write([{"id": "1"}], tmp_path / f"x.{form}", **option)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/users/ada@contoso.com", "users"),
        ("/v1.0/users/x", "users"),
        ("https://graph.microsoft.com/v1.0/groups/x/owners", "owners"),
        ("/reports/getEmailActivityCounts(period='D7')", "getEmailActivityCounts"),
        ("/me", "me"),
        ("/users/x/drive/root:/a/b.txt:/children", "children"),
    ],
)
def test_a_table_is_named_by_the_collection(path: str, name: str) -> None:
    assert database.name_of(path) == name


# -- tables on a screen ---------------------------------------------------------------------------------------


def shown(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


@given(
    st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.text(max_size=60)), max_size=5), st.integers(20, 200)
)
def test_no_line_of_a_table_is_wider_than_the_screen(rows: Rows, width: int) -> None:
    assert all(shown(line) <= width for line in output.table(rows, width))


def test_a_column_without_room_is_told() -> None:
    told: list[str] = []
    rows = [{f"column{n}": "x" * 30 for n in range(8)}]
    lines = list(output.table(rows, 80, warn=told.append))

    assert "column7" not in lines[0]
    assert told == [
        "no room for 5 more columns (column3, column4, column5, column6, column7): --select, or -o json"
    ]


def test_a_long_cell_is_looked_at_only_as_far_as_it_shows() -> None:
    class Long(str):
        looked_at = 0

        def __getitem__(self, part: Any) -> str:
            text = str.__getitem__(self, part)
            Long.looked_at += len(text)
            return text

    list(output.table([{"body": Long("é" * 1_000_000)}], 80))

    assert 0 < Long.looked_at < 10_000
