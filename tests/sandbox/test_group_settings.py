"""Settings of groups, by their templates."""

from __future__ import annotations

from graph_calls import Graph, error

UNIFIED = "62375ab9-6b52-47ed-826b-58e47e0e304b"


def test_settings_have_what_their_template_has(graph: Graph) -> None:
    templates = graph("GET", "/groupSettingTemplates").json()["value"]
    template = next(each for each in templates if each["id"] == UNIFIED)
    values = [{"name": "EnableGroupCreation", "value": "false"}]
    made = graph("POST", "/groupSettings", json={"templateId": UNIFIED, "values": values})
    assert made.status_code == 201, made.text
    setting = made.json()
    assert setting["displayName"] == "Group.Unified"
    assert {each["name"] for each in setting["values"]} == {each["name"] for each in template["values"]}
    status, code, message = error(graph("POST", "/groupSettings", json={"templateId": UNIFIED}))
    assert (status, code) == (400, "Request_BadRequest")
    assert message == "Another object with the same value for property templateId already exists."
    path = f"/groupSettings/{setting['id']}"
    change = {"values": [{"name": "AllowToAddGuests", "value": "false"}]}
    assert graph("PATCH", path, json=change).status_code == 204
    now = {each["name"]: each["value"] for each in graph("GET", path).json()["values"]}
    assert (now["AllowToAddGuests"], now["EnableGroupCreation"]) == ("false", "false")
    assert graph("PATCH", path, json={"values": [{"name": "Nonsense", "value": "1"}]}).status_code == 400
    assert graph("DELETE", path).status_code == 204
    assert graph("POST", "/groupSettings", json={"templateId": UNIFIED}).status_code == 201


def test_a_template_has_to_be_known_and_stays(graph: Graph) -> None:
    other = "00000000-0000-0000-0000-000000000001"
    assert graph("POST", "/groupSettings", json={"templateId": other}).status_code == 400
    assert graph("POST", "/groupSettings", json={"values": []}).status_code == 400
    assert graph("DELETE", f"/groupSettingTemplates/{UNIFIED}").status_code == 501


def test_a_group_has_settings_of_its_own(graph: Graph) -> None:
    group = graph.get("/groups", filter="groupTypes/any(x:x eq 'Unified')", top="1").json()["value"][0]["id"]
    guest = "08d542b9-071f-4e16-94b0-74abb372e3d9"
    made = graph("POST", f"/groups/{group}/settings", json={"templateId": guest})
    assert made.status_code == 201, made.text
    assert [each["id"] for each in graph("GET", f"/groups/{group}/settings").json()["value"]] == [
        made.json()["id"]
    ]
    assert graph("GET", "/groupSettings").json()["value"] == []
