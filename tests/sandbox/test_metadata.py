"""``/$metadata`` says what the sandbox answers by, in a form that other programs read."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from graph_calls import Graph

from leangraph.knowledge import enums, paths, schema

NAMES = {"edm": "http://docs.oasis-open.org/odata/ns/edm"}


@pytest.fixture(scope="module")
def read() -> dict[str, ET.Element]:
    from leangraph.sandbox.core.metadata import document

    root = ET.fromstring(document())
    return {space.attrib["Namespace"]: space for space in root.iterfind(".//edm:Schema", NAMES)}


def test_it_is_served(graph: Graph) -> None:
    answer = graph("GET", "/$metadata")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml")
    assert answer.text.startswith("<?xml")
    assert graph.web.get(f"{graph.sandbox.url}/v1.0/$metadata").content == answer.content  # anybody may read it
    assert graph.web.post(f"{graph.sandbox.url}/v1.0/$metadata").status_code == 405
    assert graph("GET", "/$metadata?$top=1").status_code == 400


def test_it_has_every_type_with_its_members(read: dict[str, ET.Element]) -> None:
    for name, known in paths()["types"].items():
        space = f"microsoft.graph.{name.rpartition('.')[0]}".removesuffix(".")
        last = name.rpartition(".")[2]
        found = [
            one
            for tag in ("EntityType", "ComplexType")
            for one in read[space].iterfind(f"edm:{tag}[@Name='{last}']", NAMES)
        ]
        assert len(found) == 1, name
        names = {each.attrib["Name"] for each in found[0] if "Type" in each.attrib}
        assert names == {*known.get("properties", ()), *known.get("navigation", ())}


def test_its_container_and_enumerations_are_whole(read: dict[str, ET.Element]) -> None:
    own = read["microsoft.graph"]
    roots = {
        one.attrib["Name"] for tag in ("EntitySet", "Singleton") for one in own.iterfind(f".//edm:{tag}", NAMES)
    }
    assert roots == set(paths()["roots"])
    user = own.find("edm:EntityType[@Name='user']", NAMES)
    assert user is not None
    assert (user.attrib["BaseType"], user.attrib["OpenType"]) == ("microsoft.graph.directoryObject", "true")
    written = sum(len(space.findall("edm:EnumType", NAMES)) for space in read.values())
    assert written == len(enums()["members"])
    actions = [each.attrib["Name"] for each in own.iterfind("edm:Action", NAMES)]
    assert "assignLicense" in actions
    assert "assignLicense" in schema.operations("user")
