"""What a tenant adds to Microsoft's objects, and reads, writes and filters by then."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import EVENTUAL, Graph

ADA = "/users/ada.lovelace@contoso.example"


def directory_extension(graph: Graph, **more: Any) -> tuple[str, str]:
    """Return the path to the extensions of an app, and the name of a new one for users."""
    app = graph("GET", "/applications").json()["value"][0]
    path = f"/applications/{app['id']}/extensionProperties"
    body = {"name": "jobGroup", "dataType": "String", "targetObjects": ["User"], **more}
    new = graph("POST", path, json=body)
    assert new.status_code == 201, new.text
    assert new.json()["name"] == f"extension_{app['appId'].replace('-', '')}_jobGroup"
    return path, new.json()["name"]


def test_a_directory_extension_is_registered_written_read_and_filtered(graph: Graph) -> None:
    strange = "extension_" + "0" * 32 + "_jobGroup"
    assert graph("PATCH", ADA, json={strange: "x"}).status_code == 400
    path, name = directory_extension(graph)
    assert graph("PATCH", ADA, json={name: "Managers"}).status_code == 204
    assert graph.get(ADA, select=f"id,{name}").json()[name] == "Managers"
    listed = graph.get("/users", select=f"id,{name}").json()["value"]
    assert [each[name] for each in listed if name in each] == ["Managers"]
    for headers, more in (({}, {}), (EVENTUAL, {"count": "true"})):
        found = graph.get("/users", headers, filter=f"{name} eq 'managers'", select="displayName", **more)
        assert [each["displayName"] for each in found.json()["value"]] == ["Ada Lovelace"]
    assert name not in graph("GET", ADA).json()
    assert graph("PATCH", ADA, json={name: 5}).status_code == 400
    group = graph("GET", "/groups").json()["value"][0]["id"]
    assert graph("PATCH", f"/groups/{group}", json={name: "x"}).status_code == 400
    available = graph("POST", "/directoryObjects/getAvailableExtensionProperties", json={}).json()["value"]
    assert [each["name"] for each in available] == [name]
    assert graph("PATCH", ADA, json={name: None}).status_code == 204
    assert name not in graph.get(ADA, select=name).json()
    one = graph("GET", path).json()["value"][0]["id"]
    assert graph("DELETE", f"{path}/{one}").status_code == 204


@pytest.mark.parametrize(
    "body", [{"dataType": "Text"}, {"targetObjects": ["Cat"]}, {"name": "a b"}, {"name": None}]
)
def test_a_directory_extension_has_rules(graph: Graph, body: dict[str, Any]) -> None:
    app = graph("GET", "/applications").json()["value"][0]["id"]
    whole = {"name": "a", "dataType": "String", "targetObjects": ["User"], **body}
    assert graph("POST", f"/applications/{app}/extensionProperties", json=whole).status_code == 400


def test_a_schema_is_made_used_and_published(graph: Graph) -> None:
    body = {
        "id": "courses",
        "description": "Courses",
        "targetTypes": ["Group"],
        "properties": [{"name": "courseId", "type": "Integer"}, {"name": "name", "type": "String"}],
    }
    new = graph("POST", "/schemaExtensions", json=body)
    assert new.status_code == 201, new.text
    name = new.json()["id"]
    assert (name[:3], name[11:], new.json()["status"]) == ("ext", "_courses", "InDevelopment")
    group = f"/groups/{graph('GET', '/groups').json()['value'][0]['id']}"
    assert graph("PATCH", group, json={name: {"courseId": 1, "name": "a"}}).status_code == 204
    assert graph("PATCH", group, json={name: {"name": "b"}}).status_code == 204
    assert graph.get(group, select=name).json()[name] == {"courseId": 1, "name": "b"}
    assert graph("PATCH", group, json={name: {"courseId": "x"}}).status_code == 400
    assert graph("PATCH", group, json={name: {"nonsense": 1}}).status_code == 400
    found = graph.get("/groups", EVENTUAL, filter=f"{name}/courseId eq 1", count="true").json()
    assert found["@odata.count"] == 1
    one = f"/schemaExtensions/{name}"
    assert graph("PATCH", one, json={"status": "Available"}).status_code == 204
    assert graph("PATCH", one, json={"status": "InDevelopment"}).status_code == 400
    assert graph("DELETE", one).status_code == 400
    assert graph("PATCH", one, json={"status": "Deprecated"}).status_code == 204
    assert graph("DELETE", one).status_code == 204


def test_open_extensions_are_found_by_their_names(graph: Graph) -> None:
    body = {"@odata.type": "#microsoft.graph.openTypeExtension", "extensionName": "com.contoso.x", "theme": "dark"}
    for owner in (ADA, "/users/grace.hopper@contoso.example"):
        new = graph("POST", f"{owner}/extensions", json=body)
        assert (new.status_code, new.json()["id"]) == (201, "com.contoso.x")
    one = f"{ADA}/extensions/com.contoso.x"
    assert graph("GET", one).json()["theme"] == "dark"
    assert graph("PATCH", one, json={"theme": "light"}).status_code == 204
    assert graph.get(ADA, expand="extensions", select="id").json()["extensions"][0]["theme"] == "light"
    assert graph("GET", "/users/grace.hopper@contoso.example/extensions/com.contoso.x").json()["theme"] == "dark"
    assert graph("POST", f"{ADA}/extensions", json=body).status_code == 409
    assert graph("DELETE", one).status_code == 204
    assert graph("GET", one).status_code == 404


def test_devices_have_fifteen_attributes(graph: Graph) -> None:
    device = f"/devices/{graph('GET', '/devices').json()['value'][0]['id']}"
    for number in (1, 2):
        body = {"extensionAttributes": {f"extensionAttribute{number}": "x"}}
        assert graph("PATCH", device, json=body).status_code == 204
    shown = graph.get(device, select="extensionAttributes").json()["extensionAttributes"]
    assert shown == {"extensionAttribute1": "x", "extensionAttribute2": "x"}
    found = graph.get(
        "/devices", EVENTUAL, filter="extensionAttributes/extensionAttribute1 eq 'x'", count="true"
    ).json()
    assert found["@odata.count"] == 1


def test_security_attributes_are_defined_and_set(graph: Graph) -> None:
    sets, definitions = "/directory/attributeSets", "/directory/customSecurityAttributeDefinitions"
    assert graph("POST", sets, json={"id": "Engineering"}).json()["id"] == "Engineering"
    body = {
        "attributeSet": "Engineering",
        "isCollection": False,
        "isSearchable": True,
        "name": "Project",
        "status": "Available",
        "type": "String",
        "usePreDefinedValuesOnly": False,
    }
    new = graph("POST", definitions, json=body)
    assert (new.status_code, new.json()["id"]) == (201, "Engineering_Project")
    assert graph("POST", definitions, json={**body, "attributeSet": "Nobody"}).status_code == 404
    assert graph("PATCH", f"{definitions}/Engineering_Project", json={"name": "x"}).status_code == 400
    assert graph("DELETE", f"{sets}/Engineering").status_code == 501  # Graph has no such thing
    kind = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue"
    for word in ("Alpine", "Baker"):
        value = {"Engineering": {"@odata.type": kind, "Project": word}}
        assert graph("PATCH", ADA, json={"customSecurityAttributes": value}).status_code == 204
    shown = graph.get(ADA, select="customSecurityAttributes").json()["customSecurityAttributes"]
    assert shown == {"Engineering": {"@odata.type": kind, "Project": "Baker"}}
