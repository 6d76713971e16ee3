"""The files of knowledge: read from wherever the program is, and never in the way of an error."""

from __future__ import annotations

import base64
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from canned import Canned
from processes import python

import leangraph
from leangraph import (
    BadRequest,
    ConfigurationError,
    Forbidden,
    GraphClient,
    Request,
    RetryPolicy,
    Sandbox,
    TokenHolder,
    knowledge,
)
from leangraph.knowledge import permissions, rules, schema

PACKAGE = Path(leangraph.__file__).parent
TABLES = ("paths.json", "enums.json", "values.json", "permissions.json", "rules.json")
CHILD = """
import json, sys, leangraph
from leangraph import GraphClient, RetryPolicy, Settings
graph = GraphClient(settings=Settings(), retry=RetryPolicy(max_retries=0))
told = [leangraph.__file__]
for work in (
    lambda: graph.users.get(select="displayNam"),
    lambda: graph.groups.get(),
    lambda: list(graph.users.list(filter="displayName eq 'x'", orderby="displayName")),
    lambda: graph.userz,
    lambda: len(list(graph.users.list(select="id"))),
):
    try:
        told.append(str(work()))
    except Exception as error:
        told.append(f"{type(error).__name__} {error}")
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(users=3) as tenant:
        yield tenant


def zipped(folder: Path, without: tuple[str, ...] = ()) -> Path:
    """Write the package to a zip, as a program has it that is one file."""
    with zipfile.ZipFile(folder / "program.zip", "w") as archive:
        for file in PACKAGE.rglob("*"):
            name = file.relative_to(PACKAGE.parent)
            if file.suffix in (".py", ".json") and "sandbox" not in name.parts and file.name not in without:
                archive.write(file, name.as_posix())
    return folder / "program.zip"


@pytest.mark.parametrize("without", [(), TABLES], ids=["whole", "without its tables"])
def test_a_program_in_a_zip_knows_as_much_and_without_its_tables_errors_are_plain(
    sandbox: Sandbox, tmp_path: Path, without: tuple[str, ...]
) -> None:
    program = zipped(tmp_path, without)
    sandbox.fail("GET", "/groups", status=403)

    done = python("-c", CHILD, env={**os.environ, **sandbox.env, "PYTHONPATH": str(program)})

    assert not done.stderr
    home, misspelt, forbidden, advanced, unknown, listed = json.loads(done.stdout)
    assert Path(home).is_relative_to(program)
    assert misspelt.startswith("BadRequest 400")
    assert forbidden.startswith("Forbidden 403")
    assert unknown.startswith("AttributeError Graph v1.0 has no /userz")
    if without:
        assert "did you mean" not in misspelt + unknown
        assert "ConfigurationError leangraph/knowledge/rules.json is missing or damaged" in advanced
    else:
        assert "did you mean displayName" in misspelt
        assert "did you mean users" in unknown
        assert "GET /groups needs " in forbidden
        assert advanced == "[]"
    assert int(listed) >= 3


@pytest.fixture(params=["missing", "cut short", "no JSON", "of another form"])
def damaged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every table is damaged, and none has been read before."""

    def content(_: str, name: str) -> bytes:
        if request.param == "missing":
            raise FileNotFoundError(name)
        return {"cut short": b'{"types": {', "no JSON": b"\xff\xfe", "of another form": b"[]"}[request.param]

    kept = [
        each
        for module in (knowledge, schema, rules, permissions)
        for each in vars(module).values()
        if hasattr(each, "cache_clear")
    ]
    for each in kept:
        each.cache_clear()
    monkeypatch.setattr("pkgutil.get_data", content)
    yield
    for each in kept:
        each.cache_clear()


def refusal(message: str) -> dict[str, Any]:
    return {"error": {"code": "BadRequest", "message": message}}


def get(graph: GraphClient) -> Any:
    return graph.users.get(select="id")


# What the other end answers, what is asked, and what comes of it
FAULTS: dict[str, tuple[tuple[Any, ...], Callable[[GraphClient], Any], type[Exception]]] = {
    "a property": ((400, refusal("Could not find a property named 'x'.")), get, BadRequest),
    "a segment": ((400, refusal("Resource not found for the segment 'x'.")), get, BadRequest),
    "a permission": ((403, refusal("Insufficient privileges")), get, Forbidden),
    "a page of a proxy": ((403, b"<html>", {"Content-Type": "text/html"}), get, Forbidden),
    "an item of a batch": (
        (200, {"responses": [{"id": "1", "status": 403, "body": refusal("Insufficient privileges")}]}),
        lambda graph: raised(graph.batch([Request("GET", "/users")]).all()[0].error),
        Forbidden,
    ),
    "a root": ((), lambda graph: graph.userz, AttributeError),
    "a verb": ((), lambda graph: graph.users.add(), TypeError),
    "an option": ((), lambda graph: graph.users.get(fitler="x"), TypeError),
}


def raised(error: Exception | None) -> None:
    if error is not None:
        raise error


@pytest.fixture
def graph(server: Canned) -> Iterator[GraphClient]:
    claims = base64.urlsafe_b64encode(b'{"roles": ["User.Read.All"]}').decode()
    with GraphClient(
        TokenHolder.fixed(f"e30.{claims}.c2ln"), url=server.url, retry=RetryPolicy(max_retries=0)
    ) as client:
        yield client


@pytest.mark.parametrize("fault", FAULTS)
def test_no_damaged_table_hides_an_error(server: Canned, graph: GraphClient, damaged: None, fault: str) -> None:
    answer, work, kind = FAULTS[fault]
    server.answer = lambda _: answer

    with pytest.raises(kind) as caught:
        work(graph)

    assert str(caught.value)
    assert type(caught.value) is kind


def test_what_cannot_be_decided_without_a_table_names_it(graph: GraphClient, damaged: None) -> None:
    with pytest.raises(ConfigurationError, match=r"rules\.json is missing or damaged: install leangraph"):
        graph.users.get(filter="displayName eq 'x'", orderby="displayName")


def test_what_is_expanded_is_told_of_without_a_table(
    server: Canned, graph: GraphClient, damaged: None, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer = lambda _: (200, {"id": "1", "members": [{"id": str(number)} for number in range(20)]})

    assert graph.get("/groups/1", params={"$expand": "members"})["id"] == "1"

    assert "leangraph.completeness" in caplog.text
