"""Drives, their files, downloads, upload sessions and changes, asked over real HTTPS."""

from __future__ import annotations

import base64
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from graph_calls import Graph, error, token_call
from processes import LIMIT

from leangraph.sandbox import Sandbox
from leangraph.sandbox.graph.drives import tree as drive_tree

ADA = "/users/ada.lovelace@contoso.example/drive"
GRACE = "/users/grace.hopper@contoso.example/drive"
UNIT = 320 * 1024
BEHAVIOR = "@microsoft.graph.conflictBehavior"
SOURCE = "@microsoft.graph.sourceUrl"
DOWNLOAD = "@microsoft.graph.downloadUrl"


def ok(response: requests.Response, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    return dict(response.json())


def put(graph: Graph, path: str, data: bytes = b"text", *, drive: str = ADA, **query: str) -> dict[str, Any]:
    """Upload a small file that is new; return its item."""
    response = graph("PUT", f"{drive}/root:/{quote(path)}:/content", data=data, params=query)
    return ok(response, 201)


def folder(graph: Graph, name: str, at: str = f"{ADA}/root") -> dict[str, Any]:
    return ok(graph("POST", f"{at}/children", json={"name": name, "folder": {}}), 201)


def listed(graph: Graph, path: str = f"{ADA}/root", **query: str) -> list[str]:
    return [item["name"] for item in ok(graph.get(f"{path}/children", **query))["value"]]


def content(graph: Graph, path: str) -> bytes:
    response = graph.get(f"{ADA}/{path}/content")
    assert response.status_code == 200
    return response.content


def inner(response: requests.Response) -> str:
    return str(response.json()["error"]["innerError"]["code"])


def signed_in(sandbox: Sandbox, web: requests.Session) -> Graph:
    """Return requests in Ada's name."""
    app = sandbox.add_app("a device", public=True)
    sandbox.device_code_interval = 0
    login = f"{sandbox.url}/{sandbox.tenant_id}/oauth2/v2.0"
    form = {"client_id": app.client_id, "scope": "User.Read"}
    code = ok(web.post(f"{login}/devicecode", data=form))["device_code"]
    form |= {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code}
    web.post(f"{login}/token", data=form)
    return Graph(sandbox, web, ok(web.post(f"{login}/token", data=form))["access_token"])


# -- drives -------------------------------------------------------------------------------------------


def test_a_drive_is_the_same_by_its_owner_and_by_its_id(graph: Graph) -> None:
    drive = ok(graph.get(ADA))
    assert (drive["driveType"], drive["owner"]["user"]["displayName"]) == ("business", "Ada Lovelace")
    assert drive["quota"]["used"] == 0
    assert ok(graph.get(f"/drives/{drive['id']}")) == drive
    assert ok(graph.get(f"{ADA}s"))["value"][0]["id"] == drive["id"]
    assert ok(graph.get(ADA, select="quota")).keys() == {"@odata.context", "quota"}
    assert ok(graph.get(GRACE))["id"] != drive["id"]


def test_members_microsoft_365_groups_and_the_root_site_have_drives(graph: Graph) -> None:
    groups = ok(graph.get("/groups", select="id,groupTypes"))["value"]
    unified = next(each["id"] for each in groups if each["groupTypes"])
    security = next(each["id"] for each in groups if not each["groupTypes"])
    for path in (f"/groups/{unified}/drive", "/sites/root/drive"):
        drive = ok(graph.get(path))
        assert drive["driveType"] == "documentLibrary"
        assert put(graph, "a.txt", drive=path)["parentReference"]["driveId"] == drive["id"]
        assert listed(graph, f"/drives/{drive['id']}/root") == ["a.txt"]
    guest = ok(graph.get("/users", filter="userType eq 'Guest'"))["value"][0]["id"]
    for user in (guest, graph.sandbox.add_user()["id"]):  # who has no license either
        assert error(graph.get(f"/users/{user}/drive")) == (404, "ResourceNotFound", "User's mysite not found.")
    assert error(graph.get(f"/groups/{security}/drive"))[:2] == (404, "ResourceNotFound")
    assert error(graph.get("/sites/contoso/drive"))[:2] == (404, "itemNotFound")
    assert error(graph.get("/users/nobody/drive"))[:2] == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize(
    "change", [lambda id_: id_[:-4] + "AAAA", lambda id_: "b!" + id_[6:], lambda _: "b!%FF", lambda _: "x"]
)
def test_an_id_that_is_no_drives_is_not_found(graph: Graph, change: Any) -> None:
    id_ = ok(graph.get(ADA))["id"]
    assert error(graph.get(f"/drives/{change(id_)}"))[:2] == (404, "itemNotFound")


def test_my_drive_is_that_of_whoever_signed_in(
    graph_sandbox: Sandbox, web: requests.Session, graph: Graph
) -> None:
    assert error(graph.get("/me/drive"))[0] == 400
    me = signed_in(graph_sandbox, web)
    item = put(me, "mine.txt", drive="/me/drive")
    assert item["createdBy"]["user"]["displayName"] == "Ada Lovelace"
    assert ok(graph.get(f"{ADA}/items/{item['id']}"))["name"] == "mine.txt"
    assert "application" in put(graph, "hers.txt")["createdBy"]


def test_what_is_used_counts_against_the_quota(graph: Graph) -> None:
    put(graph, "a/b.bin", b"x" * 1000)
    put(graph, "c.bin", b"x" * 24)
    quota = ok(graph.get(ADA))["quota"]
    assert (quota["used"], quota["remaining"]) == (1024, quota["total"] - 1024)
    assert ok(graph.get(f"{ADA}/root"))["size"] == 1024
    assert ok(graph.get(f"{ADA}/root:/a"))["size"] == 1000


# -- items --------------------------------------------------------------------------------------------


def test_the_root_is_a_folder_with_a_facet_of_its_own(graph: Graph) -> None:
    put(graph, "a/b.txt")
    root = ok(graph.get(f"{ADA}/root"))
    assert (root["root"], root["folder"]["childCount"], root["name"]) == ({}, 1, "root")
    assert root["parentReference"].keys() == {"driveType", "driveId"}
    assert ok(graph.get(f"{ADA}/items/{root['id']}")) == root


def test_an_empty_path_is_the_item_itself(graph: Graph) -> None:
    put(graph, "a/b.txt")
    root = ok(graph.get(f"{ADA}/root"))
    assert ok(graph.get(f"{ADA}/root:/"))["id"] == root["id"]
    assert listed(graph, f"{ADA}/root:/:") == ["a"]
    assert listed(graph, f"{ADA}/root:/a/:") == ["b.txt"]
    assert error(graph("PUT", f"{ADA}/root:/:/content", data=b"x"))[:2] == (400, "invalidRequest")
    assert error(graph("GET", "/users//drive"))[:2] == (404, "Request_ResourceNotFound")  # a user called drive
    assert ok(graph.get(f"{ADA}/items/root"))["id"] == root["id"]  # how the SDKs ask for it


def test_a_file_and_a_folder_show_what_graph_shows_of_them(graph: Graph) -> None:
    item = put(graph, "Some Folder/notes.txt", b"hello")
    assert item["file"] == {"mimeType": "text/plain", "hashes": {"quickXorHash": "aCgDG9jwBgAAAAAABQAAAAAAAAA="}}
    assert item["size"] == 5
    assert item["webUrl"].endswith("/personal/ada_lovelace_contoso_example/Documents/Some%20Folder/notes.txt")
    parent = item["parentReference"]
    assert (parent["name"], parent["path"]) == ("Some Folder", f"/drives/{parent['driveId']}/root:/Some%20Folder")
    assert "folder" not in item
    above = ok(graph.get(f"{ADA}/items/{parent['id']}"))
    assert above["folder"] == {"childCount": 1}
    assert above.keys().isdisjoint({"file", "cTag", DOWNLOAD})


@pytest.mark.parametrize(
    "name",
    [
        "a b.txt",
        "#1 & 2's (new)=.txt",
        "100%.txt",
        "Łukasz – 小龍.txt",
        "delta",
        "$count",
        "children",
        "getByIds",
        "+.txt",
    ],
)
def test_a_path_finds_any_name_that_is_encoded(graph: Graph, name: str) -> None:
    id_ = put(graph, f"sub/{name}", name.encode())["id"]
    path = quote(f"sub/{name}")
    assert ok(graph.get(f"{ADA}/root:/{path}"))["id"] == id_
    assert ok(graph.get(f"{ADA}/root:/{path}:"))["id"] == id_
    parent = ok(graph.get(f"{ADA}/root:/sub"))["id"]
    assert ok(graph.get(f"{ADA}/items/{parent}:/{quote(name)}"))["name"] == name
    assert content(graph, f"root:/{path}:") == name.encode()


def test_names_are_found_in_any_case_and_kept_as_given(graph: Graph) -> None:
    put(graph, "Ärger/Read Me.TXT")
    assert ok(graph.get(f"{ADA}/root:/{quote('äRGER/read me.txt')}"))["name"] == "Read Me.TXT"
    assert (
        error(graph("POST", f"{ADA}/root/children", json={"name": "ärger", "folder": {}}))[1]
        == "nameAlreadyExists"
    )


def test_what_is_not_there_is_not_found(graph: Graph) -> None:
    item = put(graph, "a.txt")
    for path in ("root:/b.txt", "root:/a.txt/b.txt", "root:/x/y", f"items/{item['id']}x"):
        assert error(graph.get(f"{ADA}/{path}"))[:2] == (404, "itemNotFound"), path
    assert error(graph.get(f"{GRACE}/items/{item['id']}"))[:2] == (404, "itemNotFound")
    parent = item["parentReference"]["id"]
    assert error(graph.get(f"{ADA}/items/{parent}%2Fa.txt"))[:2] == (404, "itemNotFound")


@pytest.mark.parametrize(
    "name",
    [
        "a:b",
        "a*",
        "a?b",
        'a"b',
        "a<b",
        "a|b",
        "a\\b",
        " a",
        "a ",
        "~$a.docx",
        "CON",
        "com1",
        "_vti_x",
        ".lock",
        "",
        "x" * 256,
        "a\tb",
    ],
)
def test_reserved_names_are_refused(graph: Graph, name: str) -> None:
    assert error(graph("POST", f"{ADA}/root/children", json={"name": name, "folder": {}}))[:2] == (
        400,
        "invalidRequest",
    )


def test_names_and_paths_have_a_limit(graph: Graph) -> None:
    put(graph, "x" * 255)
    put(graph, "/".join(["y" * 199] * 2))
    put(graph, f"{'z' * 199}/{'z' * 200}")
    long = graph("PUT", f"{ADA}/root:/{'w' * 200}/{'w' * 200}:/content", data=b"")
    assert error(long)[:2] == (400, "invalidRequest")
    assert inner(long) == "pathIsTooLong"
    assert error(graph.get(f"{ADA}/root:/{'w' * 200}"))[0] == 404  # all or nothing
    move = {"parentReference": {"path": f"/drive/root:/{'z' * 199}"}}
    deep = graph(
        "PATCH", f"{ADA}/root:/{'y' * 199}", json=move
    )  # its own path would do, that of what is in it not
    assert (error(deep)[0], inner(deep)) == (400, "pathIsTooLong")


def test_select_names_properties_and_the_address_of_the_content(graph: Graph) -> None:
    put(graph, "a.txt")
    path = f"{ADA}/root:/a.txt"
    assert ok(graph.get(path, select="Name,folder")).keys() == {"@odata.context", "name"}
    assert ok(graph.get(path, select=f"id,{DOWNLOAD}")).keys() == {"@odata.context", "id", DOWNLOAD}
    (item,) = ok(graph.get(f"{ADA}/root/children", select=DOWNLOAD))["value"]
    assert item.keys() == {DOWNLOAD}
    for names in ("color", "@microsoft.graph.color", "name,@odata.type"):
        assert error(graph.get(path, select=names))[:2] == (400, "BadRequest")


def test_children_can_be_expanded(graph: Graph) -> None:
    put(graph, "a/b.txt")
    root = ok(graph.get(f"{ADA}/root", expand="children($select=name)", select="id"))
    assert root["children"] == [{"name": "a"}]
    (a,) = ok(graph.get(f"{ADA}/root/children", expand="children"))["value"]
    assert [child["name"] for child in a["children"]] == ["b.txt"]
    assert error(graph.get(f"{ADA}/root", expand="thumbnails"))[0] == 501


def test_children_come_by_name_in_pages_of_200(graph: Graph) -> None:
    names = sorted(f"file {n:03}.txt" for n in range(201))
    for name in reversed(names):
        put(graph, name)
    page = ok(graph.get(f"{ADA}/root/children", select="name"))
    assert [item["name"] for item in page["value"]] == names[:200]
    rest = ok(graph("GET", page["@odata.nextLink"]))
    assert [item["name"] for item in rest["value"]] == names[200:]
    assert "@odata.nextLink" not in rest


def test_children_can_be_sorted_by_name_only(graph: Graph) -> None:
    for name in ("b", "A", "c"):
        folder(graph, name)
    assert listed(graph) == ["A", "b", "c"]
    assert listed(graph, orderby="name") == ["A", "b", "c"]
    page = ok(graph.get(f"{ADA}/root/children", orderby="Name desc", top="2"))
    assert [item["name"] for item in page["value"]] == ["c", "b"]
    assert [item["name"] for item in ok(graph("GET", page["@odata.nextLink"]))["value"]] == ["A"]
    assert error(graph.get(f"{ADA}/root/children", orderby="size"))[:2] == (400, "invalidRequest")
    assert error(graph.get(f"{ADA}/root/children", filter="name eq 'b'"))[0] == 501
    put(graph, "d.txt")
    assert error(graph.get(f"{ADA}/root:/d.txt:/children"))[:2] == (400, "invalidRequest")


# -- names that are taken -----------------------------------------------------------------------------


def test_a_folder_whose_name_is_taken_fails_unless_told_otherwise(graph: Graph) -> None:
    first = folder(graph, "Reports")
    put(graph, "Reports/a.txt")
    create = {"name": "Reports", "folder": {}}
    assert error(graph("POST", f"{ADA}/root/children", json=create))[:2] == (409, "nameAlreadyExists")
    renamed = [ok(graph("POST", f"{ADA}/root/children", json={**create, BEHAVIOR: "rename"}), 201) for _ in "12"]
    assert [each["name"] for each in renamed] == ["Reports 1", "Reports 2"]
    same = ok(graph("POST", f"{ADA}/root/children", json={**create, BEHAVIOR: "replace"}))
    assert (same["id"], same["folder"]["childCount"]) == (first["id"], 1)
    dotted = {"name": "v1.0", "folder": {}, BEHAVIOR: "rename"}
    names = [ok(graph("POST", f"{ADA}/root/children", json=dotted), 201)["name"] for _ in "12"]
    assert names == ["v1.0", "v1.0 1"]
    there = ok(graph("POST", f"{ADA}/root/children", json=create, params={BEHAVIOR: "rename"}), 201)
    assert there["name"] == "Reports 3"
    assert error(graph("POST", f"{ADA}/root/children", json={**create, BEHAVIOR: "merge"}))[:2] == (
        400,
        "invalidRequest",
    )


def test_a_file_whose_name_is_taken_is_replaced_unless_told_otherwise(graph: Graph) -> None:
    first = put(graph, "a.txt", b"one")
    second = ok(graph("PUT", f"{ADA}/root:/A.TXT:/content", data=b"two"))
    assert (second["id"], second["name"], second["size"]) == (first["id"], "a.txt", 3)
    url = f"{ADA}/root:/a.txt:/content"
    assert error(graph("PUT", url, data=b"three", params={BEHAVIOR: "fail"}))[:2] == (409, "nameAlreadyExists")
    renamed = ok(graph("PUT", url, data=b"four", params={BEHAVIOR: "rename"}), 201)
    assert renamed["name"] == "a 1.txt"
    assert content(graph, "root:/a.txt:") == b"two"
    by_id = ok(graph("PUT", f"{ADA}/items/{first['id']}/content", data=b"five"))
    assert (by_id["id"], content(graph, "root:/a.txt:")) == (first["id"], b"five")


def test_a_file_does_not_take_the_place_of_a_folder(graph: Graph) -> None:
    a = folder(graph, "a")
    put(graph, "b", b"")
    for path in ("root:/a:", f"items/{a['id']}", "root"):
        assert error(graph("PUT", f"{ADA}/{path}/content", data=b"x"))[:2] == (400, "invalidRequest")
    body = {"name": "b", "folder": {}, BEHAVIOR: "replace"}
    assert error(graph("POST", f"{ADA}/root/children", json=body))[:2] == (409, "nameAlreadyExists")
    assert error(graph("PATCH", f"{ADA}/root:/b", json={"name": "a", BEHAVIOR: "replace"}))[0] == 409
    assert error(graph("POST", f"{ADA}/root:/b:/children", json={"name": "c", "folder": {}}))[0] == 400


def test_an_empty_file_can_be_created_but_replaces_nothing(graph: Graph) -> None:
    create = {"name": "a.txt", "file": {}}
    assert ok(graph("POST", f"{ADA}/root/children", json=create), 201)["size"] == 0
    assert error(graph("POST", f"{ADA}/root/children", json={**create, BEHAVIOR: "replace"}))[0] == 409
    assert content(graph, "root:/a.txt:") == b""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "a"}, 400),
        ({"folder": {}}, 400),
        ({"name": "a", "folder": {}, "file": {}}, 400),
        ({"name": 1, "folder": {}}, 400),
        ({"name": "a", "folder": {}, "size": 1}, 400),
        ({"name": "a", "folder": {}, "color": "red"}, 400),
        ({"name": "a", "folder": {}, "fileSystemInfo": {"createdDateTime": "today"}}, 400),
        ({"name": "a", "folder": {}, "description": "b"}, 501),
        ({"name": "a", "file": {}, SOURCE: "https://example.org"}, 501),
    ],
)
def test_what_cannot_be_created_is_refused(graph: Graph, body: dict[str, Any], status: int) -> None:
    assert graph("POST", f"{ADA}/root/children", json=body).status_code == status
    assert listed(graph) == []


def test_of_many_at_once_only_one_takes_the_name(graph_sandbox: Sandbox, graph: Graph) -> None:
    def upload(behavior: str) -> int:
        url = f"{graph_sandbox.url}/v1.0{ADA}/root:/a.txt:/content"
        with requests.Session() as web:
            web.trust_env = False
            web.verify = graph_sandbox.ca_bundle
            head = {"Authorization": f"Bearer {graph.token}"}
            return web.put(url, data=b"x", headers=head, params={BEHAVIOR: behavior}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(upload, ["fail"] * 8)) == [201, *[409] * 7]
        assert list(pool.map(upload, ["rename"] * 8)) == [201] * 8
    assert listed(graph) == [*(f"a {n}.txt" for n in range(1, 9)), "a.txt"]


# -- changing, moving, deleting ------------------------------------------------------------------------


def test_a_new_name_changes_the_tag_of_the_item_and_new_content_both(graph: Graph) -> None:
    item = put(graph, "a.txt")
    renamed = ok(graph("PATCH", f"{ADA}/root:/a.txt", json={"name": "b.txt"}))
    assert (renamed["id"], renamed["cTag"]) == (item["id"], item["cTag"])
    assert renamed["eTag"] != item["eTag"]
    again = ok(graph("PUT", f"{ADA}/root:/b.txt:/content", data=b"new"))
    assert again["cTag"] != renamed["cTag"]
    assert again["eTag"] != renamed["eTag"]
    assert error(graph.get(f"{ADA}/root:/a.txt"))[0] == 404


def test_a_folder_is_moved_with_all_that_is_in_it(graph: Graph) -> None:
    put(graph, "a/b/c.txt", b"deep")
    target = folder(graph, "target")
    moved = ok(graph("PATCH", f"{ADA}/root:/a", json={"parentReference": {"id": target["id"]}, "name": "A2"}))
    assert moved["parentReference"]["id"] == target["id"]
    assert content(graph, "root:/target/A2/b/c.txt:") == b"deep"
    drive = moved["parentReference"]["driveId"]
    back = {"parentReference": {"path": f"/drives/{drive}/root:/target/A2"}}
    assert ok(graph("PATCH", f"{ADA}/root:/target/A2/b/c.txt", json=back))["name"] == "c.txt"
    root = ok(graph.get(f"{ADA}/root"))["id"]
    assert ok(graph("PATCH", f"{ADA}/root:/target/A2/b", json={"parentReference": {"id": root}}))
    assert listed(graph) == ["b", "target"]
    assert listed(graph, f"{ADA}/root:/target/A2:") == ["c.txt"]


def test_moves_that_cannot_be_are_refused(graph: Graph) -> None:
    put(graph, "a/b/c.txt")
    put(graph, "d.txt")
    here = {name: ok(graph.get(f"{ADA}/root:/{name}"))["id"] for name in ("a", "a/b", "d.txt")}
    other = ok(graph.get(GRACE))["id"]
    for path, body, status in (
        ("root:/a", {"parentReference": {"id": here["a/b"]}}, 400),
        ("root:/a", {"parentReference": {"id": here["a"]}}, 400),
        ("root:/a", {"parentReference": {"id": here["d.txt"]}}, 400),
        ("root:/a/b", {"parentReference": {"id": "root"}}, 400),
        ("root:/a/b", {"parentReference": {"driveId": other, "id": here["a"]}}, 400),
        ("root:/a/b", {"parentReference": {}, "name": 4}, 400),
        ("root:/a/b", {"parentReference": {"id": "nothing"}}, 404),
        ("root:/a/b", {"parentReference": {"path": "/drive/root:/nothing"}}, 404),
        ("root:/a", {"name": "d.txt"}, 409),
        ("root:/a", {"size": 4}, 400),
        ("root:/a", {"nonsense": 4}, 400),
        ("root:/a", {"name": "x?"}, 400),
        ("root", {"name": "x"}, 400),
    ):
        assert graph("PATCH", f"{ADA}/{path}", json=body).status_code == status, (path, body)
    assert listed(graph) == ["a", "d.txt"]


def test_a_move_can_replace_a_file_or_find_another_name(graph: Graph) -> None:
    for name, data in (("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")):
        put(graph, name, data)
    assert (
        ok(graph("PATCH", f"{ADA}/root:/a.txt", json={"name": "b.txt", BEHAVIOR: "rename"}))["name"] == "b 1.txt"
    )
    ok(graph("PATCH", f"{ADA}/root:/c.txt", json={"name": "b.txt", BEHAVIOR: "replace"}))
    assert listed(graph) == ["b 1.txt", "b.txt"]
    assert content(graph, "root:/b.txt:") == b"c"
    assert ok(graph("PATCH", f"{ADA}/root:/b.txt", json={"name": "B.TXT"}))["name"] == "B.TXT"


def test_the_dates_of_a_file_on_its_own_machine_are_kept(graph: Graph) -> None:
    put(graph, "a.txt")
    dates = {"createdDateTime": "2001-02-03T04:05:06Z", "lastModifiedDateTime": "2002-02-03T04:05:06Z"}
    changed = ok(graph("PATCH", f"{ADA}/root:/a.txt", json={"fileSystemInfo": dates}))
    assert changed["fileSystemInfo"] == dates
    assert changed["createdDateTime"] > "2020"
    again = ok(graph("PUT", f"{ADA}/root:/a.txt:/content", data=b"new"))["fileSystemInfo"]
    assert again["createdDateTime"] == dates["createdDateTime"]
    assert again["lastModifiedDateTime"] > "2020"


def test_what_is_deleted_is_gone_with_all_that_was_in_it(graph: Graph) -> None:
    item = put(graph, "a/b/c.txt")
    assert graph("DELETE", f"{ADA}/root:/a").status_code == 204
    for path in ("root:/a", "root:/a/b/c.txt", f"items/{item['id']}"):
        assert error(graph.get(f"{ADA}/{path}"))[:2] == (404, "itemNotFound")
    assert error(graph("DELETE", f"{ADA}/root:/a"))[0] == 404
    assert error(graph("DELETE", f"{ADA}/root"))[:2] == (400, "invalidRequest")
    assert put(graph, "a/b/c.txt")["id"] != item["id"]


def test_a_tag_that_does_not_match_is_a_precondition_that_failed(graph: Graph) -> None:
    item = put(graph, "a.txt")
    url = f"{ADA}/root:/a.txt"
    stale = {"If-Match": '"{00000000-0000-0000-0000-000000000000},1"'}
    for method, path, more in (
        ("PATCH", url, {"json": {"name": "b.txt"}}),
        ("DELETE", url, {}),
        ("PUT", f"{url}:/content", {"data": b"x"}),
        ("POST", f"{url}:/createUploadSession", {}),
        ("PUT", f"{ADA}/root:/new.txt:/content", {"data": b"x"}),
    ):
        response = graph(method, path, stale, **more)
        assert error(response)[:2] == (412, "resourceModified"), (method, path)
    for tag in (item["eTag"], item["cTag"], "*", f'"x", W/{item["eTag"]}'):
        assert graph("PATCH", url, {"If-Match": tag}, json={"name": "a.txt"}).status_code in (200, 412)
        item = ok(graph.get(url))
    assert graph("PUT", f"{url}:/content", {"If-None-Match": "*"}, data=b"x").status_code == 412
    assert graph("PUT", f"{url}:/content", {"If-Match": item["cTag"]}, data=b"x").status_code == 200


def test_what_has_not_changed_is_not_sent_again(graph: Graph) -> None:
    item = put(graph, "a.txt")
    url = f"{ADA}/root:/a.txt"
    for path in (url, f"{url}:/content", item[DOWNLOAD]):
        for tag in (item["eTag"], item["cTag"], f"W/{item['eTag']}"):
            head = {"If-None-Match": tag}
            response = graph.web.get(path, headers=head) if path == item[DOWNLOAD] else graph("GET", path, head)
            assert (response.status_code, response.content) == (304, b""), path
    assert graph("GET", url, {"If-None-Match": '"other"'}).status_code == 200
    root = ok(graph.get(f"{ADA}/root"))
    assert graph("GET", f"{ADA}/root/children", {"If-None-Match": root["eTag"]}).status_code == 304


# -- downloads ----------------------------------------------------------------------------------------

TEXT = b"0123456789" * 200


@pytest.fixture
def download(graph: Graph) -> str:
    """The pre-authenticated address of a file of 2,000 bytes."""
    put(graph, "a.txt", TEXT)
    response = graph("GET", f"{ADA}/root:/a.txt:/content", {"Range": "bytes=0-9"}, allow_redirects=False)
    assert response.status_code == 302  # whatever the range
    assert response.content == b""
    return response.headers["Location"]


def test_content_is_elsewhere_and_needs_no_token(graph_sandbox: Sandbox, graph: Graph, download: str) -> None:
    assert urlsplit(download).netloc != urlsplit(graph_sandbox.url).netloc
    response = graph.web.get(download)
    assert (response.status_code, response.content) == (200, TEXT)
    assert response.headers["Content-Type"] == "text/plain"
    assert "Content-Encoding" not in response.headers
    item = ok(graph.get(f"{ADA}/root:/a.txt"))
    assert (item[DOWNLOAD], response.headers["ETag"]) == (download, item["eTag"])
    assert graph("GET", download).status_code == 401
    assert graph.web.head(download).headers["Content-Length"] == "2000"
    assert graph.web.post(download).status_code == 405


@pytest.mark.parametrize(
    ("asked", "status", "where", "data"),
    [
        ("bytes=0-9", 206, "bytes 0-9/2000", TEXT[:10]),
        ("bytes=1990-", 206, "bytes 1990-1999/2000", TEXT[-10:]),
        ("bytes=1999-5000", 206, "bytes 1999-1999/2000", b"9"),
        ("bytes=-5", 206, "bytes 1995-1999/2000", TEXT[-5:]),
        ("bytes=-5000", 206, "bytes 0-1999/2000", TEXT),
        ("bytes=2000-", 416, "bytes */2000", None),
        ("bytes=-0", 416, "bytes */2000", None),
        ("bytes=5-2", 200, None, TEXT),
        ("bytes=0-1,5-6", 200, None, TEXT),
        ("lines=1-2", 200, None, TEXT),
        ("bytes=-", 200, None, TEXT),
    ],
)
def test_a_range_is_honoured_where_the_content_is(
    graph: Graph, download: str, asked: str, status: int, where: str | None, data: bytes | None
) -> None:
    response = graph.web.get(download, headers={"Range": asked})
    assert (response.status_code, response.headers.get("Content-Range")) == (status, where)
    if data is not None:
        assert response.content == data


def test_a_range_of_what_has_changed_since_is_all_of_it(graph: Graph, download: str) -> None:
    tag = ok(graph.get(f"{ADA}/root:/a.txt"))["eTag"]
    part = {"Range": "bytes=0-9", "If-Range": tag}
    assert graph.web.get(download, headers=part).status_code == 206
    graph("PUT", f"{ADA}/root:/a.txt:/content", data=b"new")
    response = graph.web.get(download, headers=part)
    assert (response.status_code, response.content) == (200, b"new")


def test_an_address_lives_for_minutes_and_no_longer_than_the_file(
    graph_sandbox: Sandbox, graph: Graph, download: str
) -> None:
    graph_sandbox.advance(599)
    assert graph.web.get(download).status_code == 200
    graph_sandbox.advance(2)
    assert error(graph.web.get(download))[:2] == (404, "itemNotFound")
    fresh = ok(graph.get(f"{ADA}/root:/a.txt"))[DOWNLOAD]
    assert graph.web.get(fresh).status_code == 200
    graph("DELETE", f"{ADA}/root:/a.txt")
    assert error(graph.web.get(fresh))[:2] == (404, "itemNotFound")


def test_a_folder_has_no_content_and_nothing_is_converted(graph: Graph) -> None:
    folder(graph, "a")
    put(graph, "b.docx")
    assert error(graph.get(f"{ADA}/root:/a:/content"))[:2] == (400, "invalidRequest")
    assert error(graph("GET", f"{ADA}/root:/b.docx:/content?format=pdf"))[0] == 501


def naive_hash(data: bytes) -> str:
    bits = 0
    for n, byte in enumerate(data):
        at = 11 * n % 160
        bits ^= (byte << at | byte << at >> 160) & (1 << 160) - 1
    return base64.b64encode((bits ^ len(data) << 96).to_bytes(20, "little")).decode()


@pytest.mark.parametrize("size", [0, 1, 2, 159, 160, 161, 320, 481, 5000, 70_001])
def test_the_hash_is_microsofts(size: int) -> None:
    data = bytes(n * n % 251 for n in range(size))
    assert drive_tree.quick_xor_hash(data) == naive_hash(data)
    assert drive_tree.quick_xor_hash(b"\x4a") == "SgAAAAAAAAAAAAAAAQAAAAAAAAA="  # as published with rclone's tests


def test_an_upload_in_one_request_has_a_limit(graph_sandbox: Sandbox, graph: Graph) -> None:
    port = int(graph_sandbox.url.rpartition(":")[2])
    context = ssl.create_default_context(cafile=graph_sandbox.ca_bundle)

    def first_line(size: int) -> bytes:
        """Announce a body and see what the server thinks of it; the body itself is never sent."""
        head = f"PUT /v1.0{ADA}/root:/a:/content HTTP/1.1\r\nHost: localhost\r\n"
        head += f"Authorization: Bearer {graph.token}\r\n"
        with (
            socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as raw,
            context.wrap_socket(raw, server_hostname="127.0.0.1") as peer,
        ):
            peer.sendall(f"{head}Content-Length: {size}\r\nExpect: 100-continue\r\n\r\n".encode())
            return peer.recv(65536).partition(b"\r\n")[0]

    limit = 250 * 1024 * 1024
    assert first_line(limit) == b"HTTP/1.1 100 Continue"
    assert first_line(limit + 1) == f"HTTP/1.1 413 {HTTPStatus(413).phrase}".encode()  # Python 3.13 has another
    assert listed(graph) == []


# -- copies -------------------------------------------------------------------------------------------


def polled(graph: Graph, started: requests.Response) -> dict[str, Any]:
    """Follow the monitor to the end; return what it says then."""
    assert (started.status_code, started.content) == (202, b"")
    for _ in range(5):
        said = graph.web.get(started.headers["Location"]).json()
        if said["status"] != "inProgress":
            return dict(said)
    raise AssertionError("it never ends")


def test_a_copy_takes_its_time_and_has_all_that_is_inside(graph_sandbox: Sandbox, graph: Graph) -> None:
    item = put(graph, "a/b/c.txt", b"deep")
    started = graph("POST", f"{ADA}/root:/a:/copy", json={"name": "copy"})
    monitor = started.headers["Location"]
    assert urlsplit(monitor).netloc != urlsplit(graph_sandbox.url).netloc
    first = graph.web.get(monitor)
    assert (first.status_code, first.json()["status"]) == (202, "inProgress")
    assert graph("GET", monitor).status_code == 401
    done = polled(graph, started)
    assert done["status"] == "completed"
    assert ok(graph.get(f"{ADA}/items/{done['resourceId']}"))["name"] == "copy"
    assert content(graph, "root:/copy/b/c.txt:") == b"deep"
    assert ok(graph.get(f"{ADA}/root:/copy/b/c.txt"))["id"] != item["id"]
    assert content(graph, "root:/a/b/c.txt:") == b"deep"


def test_a_copy_may_go_to_another_drive(graph: Graph) -> None:
    put(graph, "a.txt", b"hers")
    target = folder(graph, "inbox", f"{GRACE}/root")
    where = {"parentReference": {"driveId": target["parentReference"]["driveId"], "id": target["id"]}}
    polled(graph, graph("POST", f"{ADA}/root:/a.txt:/copy", json=where))
    assert graph.get(f"{GRACE}/root:/inbox/a.txt:/content").content == b"hers"


def test_a_copy_fails_in_its_monitor_where_the_name_is_taken(graph: Graph) -> None:
    put(graph, "a.txt", b"a")
    put(graph, "b.txt", b"b")
    url = f"{ADA}/root:/a.txt:/copy"
    failed = polled(graph, graph("POST", url, json={"name": "b.txt"}))
    assert (failed["status"], failed["error"]["code"]) == ("failed", "nameAlreadyExists")
    assert content(graph, "root:/b.txt:") == b"b"
    ended = polled(graph, graph("POST", f"{url}?{BEHAVIOR}=rename", json={"name": "b.txt"}))
    assert ok(graph.get(f"{ADA}/items/{ended['resourceId']}"))["name"] == "b 1.txt"
    polled(graph, graph("POST", f"{url}?{BEHAVIOR}=replace", json={"name": "b.txt"}))
    assert content(graph, "root:/b.txt:") == b"a"


def test_a_folder_can_be_copied_into_itself_once(graph: Graph) -> None:
    a = put(graph, "a/b.txt")["parentReference"]["id"]
    where = {"parentReference": {"id": a}, "name": "inside"}
    assert polled(graph, graph("POST", f"{ADA}/root:/a:/copy", json=where))["status"] == "completed"
    assert listed(graph, f"{ADA}/root:/a:") == ["b.txt", "inside"]
    assert listed(graph, f"{ADA}/root:/a/inside:") == ["b.txt"]
    where = {"parentReference": {"path": "/drive/root:/a/inside"}, "name": "deep"}
    assert polled(graph, graph("POST", f"{ADA}/root:/a:/copy", json=where))["status"] == "completed"
    assert listed(graph, f"{ADA}/root:/a/inside/deep:") == ["b.txt", "inside"]
    assert listed(graph, f"{ADA}/root:/a/inside/deep/inside:") == ["b.txt"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("root", {"name": "x"}, 400),
        ("root:/a.txt:", {"nonsense": 1}, 400),
        ("root:/a.txt:", {"parentReference": {"id": "nothing"}}, 404),
        ("root:/a.txt:", {"parentReference": {"driveId": "b!nothing", "id": "nothing"}}, 404),
        ("root:/nothing:", {"name": "x"}, 404),
        ("root:/a.txt:", {"name": "x", "childrenOnly": True}, 501),
    ],
)
def test_a_copy_that_cannot_be_is_refused_at_once(
    graph: Graph, path: str, body: dict[str, Any], status: int
) -> None:
    put(graph, "a.txt")
    assert graph("POST", f"{ADA}/{path}/copy", json=body).status_code == status


# -- upload sessions ----------------------------------------------------------------------------------


class Upload:
    """A session for a path of Ada's, and requests to its address, without a token."""

    def __init__(self, graph: Graph, path: str = "root:/big.bin:", body: dict[str, Any] | None = None) -> None:
        self.web = graph.web
        self.made = ok(graph("POST", f"{ADA}/{path}/createUploadSession", json=body))
        self.url = self.made["uploadUrl"]

    def range(self, data: bytes, start: int, total: int, head: Any = ()) -> requests.Response:
        where = {"Content-Range": f"bytes {start}-{start + len(data) - 1}/{total}", **dict(head)}
        return self.web.put(self.url, data=data, headers=where)

    def state(self) -> requests.Response:
        return self.web.get(self.url)


def replacing(**item: Any) -> dict[str, Any]:
    return {"item": {BEHAVIOR: "replace", **item}}


def test_a_file_comes_in_ranges(graph_sandbox: Sandbox, graph: Graph) -> None:
    data = bytes(n % 251 for n in range(2 * UNIT + 100))
    upload = Upload(graph, "root:/new/big.bin:")
    assert urlsplit(upload.url).netloc != urlsplit(graph_sandbox.url).netloc
    assert upload.made["nextExpectedRanges"] == ["0-"]
    assert ok(upload.state()) == {key: upload.made[key] for key in ("expirationDateTime", "nextExpectedRanges")}
    for n in range(2):
        response = upload.range(data[n * UNIT : (n + 1) * UNIT], n * UNIT, len(data))
        assert ok(response, 202)["nextExpectedRanges"] == [f"{(n + 1) * UNIT}-"]
        assert ok(upload.state())["nextExpectedRanges"] == [f"{(n + 1) * UNIT}-"]
    assert listed(graph) == []
    item = ok(upload.range(data[2 * UNIT :], 2 * UNIT, len(data)), 201)
    assert (item["name"], item["size"]) == ("big.bin", len(data))
    assert item["file"]["hashes"]["quickXorHash"] == drive_tree.quick_xor_hash(data)
    assert content(graph, "root:/new/big.bin:") == data
    assert error(upload.state())[:2] == (404, "itemNotFound")
    assert [r.path[:8] for r in graph_sandbox.requests if r.method == "PUT"] == ["/upload/"] * 3


def test_an_empty_range_after_the_last_is_told_what_is_wrong_with_it(graph: Graph) -> None:
    """Source: https://github.com/microsoftgraph/msgraph-sdk-python-core/issues/718; the file is there by then."""
    upload = Upload(graph)
    ok(upload.range(b"abc", 0, 3), 201)
    late = graph.web.put(upload.url, data=b"", headers={"Content-Range": "bytes 0-2/3"})
    assert error(late)[:2] == (400, "invalidRequest")
    assert error(upload.range(b"abc", 0, 3))[:2] == (404, "itemNotFound")


def test_a_token_for_the_host_of_uploads_does_no_harm_there(graph: Graph) -> None:
    """Kiota's clients ask for one by the name of any host they call."""
    upload = Upload(graph)
    host = token_call(graph.sandbox, graph.web, scope="https://localhost/.default").json()["access_token"]
    assert upload.range(b"x", 0, 1, {"Authorization": f"Bearer {host}"}).status_code == 201
    refused = graph("GET", "/users", {"Authorization": f"Bearer {host}"})
    assert refused.status_code == 401


def test_an_upload_may_replace_an_item_by_id_or_by_path(graph: Graph) -> None:
    item = put(graph, "a.txt", b"old")
    for n, path in enumerate(
        (f"items/{item['id']}", "root:/a.txt:", f"items/{item['parentReference']['id']}:/a.txt:")
    ):
        upload = Upload(graph, path, replacing())
        assert ok(upload.range(b"%d" % n, 0, 1))["id"] == item["id"]
        assert content(graph, "root:/a.txt:") == b"%d" % n
    upload = Upload(graph, "root:/a.txt:", {"item": {BEHAVIOR: "rename", "name": "A.txt"}})
    assert ok(upload.range(b"x", 0, 1), 201)["name"] == "A 1.txt"


def test_a_token_has_no_business_at_an_upload_address(graph: Graph) -> None:
    upload = Upload(graph)
    response = upload.range(b"x", 0, 2, {"Authorization": f"Bearer {graph.token}"})
    assert error(response)[:2] == (401, "unauthenticated")
    assert ok(upload.state())["nextExpectedRanges"] == ["0-"]


@pytest.mark.parametrize(
    ("start", "total", "status", "code", "why"),
    [
        (0, 3 * UNIT, 416, "invalidRange", "fragmentOverlap"),
        (UNIT - 1, 3 * UNIT, 416, "invalidRange", "fragmentOverlap"),
        (UNIT + 1, 3 * UNIT, 416, "invalidRange", "fragmentOutOfOrder"),
        (2 * UNIT, 3 * UNIT, 416, "invalidRange", "fragmentOutOfOrder"),
        (UNIT, 3 * UNIT + 1, 400, "invalidRequest", ""),
    ],
)
def test_a_range_out_of_place_is_refused_and_does_no_harm(
    graph: Graph, start: int, total: int, status: int, code: str, why: str
) -> None:
    upload = Upload(graph)
    upload.range(b"a" * UNIT, 0, 3 * UNIT)
    response = upload.range(b"b" * UNIT, start, total)
    assert error(response)[:2] == (status, code)
    assert response.json()["error"]["innerError"].get("code", "") == why
    assert ok(upload.state())["nextExpectedRanges"] == [f"{UNIT}-"]
    upload.range(b"c" * UNIT, UNIT, 3 * UNIT)
    ok(upload.range(b"d" * UNIT, 2 * UNIT, 3 * UNIT), 201)
    assert content(graph, "root:/big.bin:") == b"a" * UNIT + b"c" * UNIT + b"d" * UNIT


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "0-9/10",
        "bytes 0-9",
        "bytes */10",
        "bytes 0-8/10",
        "bytes 0-10/11",
        "bytes 0-9/9",
        "bytes 9-0/10",
        "bytes 0-9/*",
    ],
)
def test_a_range_that_does_not_say_what_comes_is_refused(graph: Graph, header: str | None) -> None:
    upload = Upload(graph)
    head = {} if header is None else {"Content-Range": header}
    assert error(graph.web.put(upload.url, data=b"x" * 10, headers=head))[:2] == (400, "invalidRequest")
    assert ok(upload.state())["nextExpectedRanges"] == ["0-"]


def test_a_range_is_smaller_than_60_mib(graph: Graph) -> None:
    size = 60 * 1024 * 1024
    upload = Upload(graph)
    refused = upload.range(bytes(size), 0, size + UNIT)
    assert error(refused)[:2] == (413, "invalidRange")
    assert inner(refused) == "maxFragmentLengthExceeded"
    assert ok(upload.range(bytes(size - UNIT), 0, size + UNIT), 202)["nextExpectedRanges"] == [f"{size - UNIT}-"]


def test_an_odd_size_of_ranges_fails_only_at_the_end(graph: Graph) -> None:
    upload = Upload(graph)
    total = 3 * UNIT
    ok(upload.range(bytes(UNIT + 1), 0, total), 202)
    ok(upload.range(bytes(UNIT - 1), UNIT + 1, total), 202)
    response = upload.range(bytes(UNIT), 2 * UNIT, total)
    assert error(response)[:2] == (400, "invalidRequest")
    assert inner(response) == "uploadSessionFailed"
    assert upload.state().status_code == 404
    assert listed(graph) == []


def test_a_range_that_breaks_off_counts_for_nothing(graph: Graph) -> None:
    upload = Upload(graph)
    ok(upload.range(bytes(UNIT), 0, 3 * UNIT), 202)
    where = urlsplit(upload.url)
    context = ssl.create_default_context(cafile=str(graph.sandbox.ca_bundle))
    with (
        socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=LIMIT) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as peer,
    ):
        head = f"PUT {where.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {UNIT}\r\n"
        peer.sendall(f"{head}Content-Range: bytes {UNIT}-{2 * UNIT - 1}/{3 * UNIT}\r\n\r\n".encode())
        peer.sendall(b"x" * (UNIT // 2))
    assert ok(upload.state())["nextExpectedRanges"] == [f"{UNIT}-"]
    ok(upload.range(b"y" * UNIT, UNIT, 3 * UNIT), 202)


def test_a_session_ends_when_it_is_deleted_or_its_time_is_up(graph_sandbox: Sandbox, graph: Graph) -> None:
    upload = Upload(graph)
    upload.range(bytes(UNIT), 0, 2 * UNIT)
    assert graph.web.delete(upload.url).status_code == 204
    for response in (upload.state(), upload.range(bytes(UNIT), UNIT, 2 * UNIT), graph.web.delete(upload.url)):
        assert error(response)[:2] == (404, "itemNotFound")
    upload = Upload(graph)
    graph_sandbox.advance(7 * 86_400 - 5)
    assert upload.state().status_code == 200
    graph_sandbox.advance(6)
    assert error(upload.range(b"x", 0, 1))[:2] == (404, "itemNotFound")


def test_a_deferred_upload_is_made_when_it_is_asked_for(graph: Graph) -> None:
    upload = Upload(graph, body={"deferCommit": True})
    assert error(graph.web.post(upload.url))[:2] == (400, "invalidRequest")
    assert ok(upload.range(b"x" * 10, 0, 10), 202)["nextExpectedRanges"] == []
    assert listed(graph) == []
    assert ok(graph.web.post(upload.url), 201)["size"] == 10
    assert listed(graph) == ["big.bin"]


def test_a_name_taken_meanwhile_is_a_conflict_at_the_end_and_the_bytes_are_kept(graph: Graph) -> None:
    upload = Upload(graph, "root:/docs/big.bin:")
    ok(upload.range(b"a" * UNIT, 0, UNIT + 4), 202)
    put(graph, "docs/big.bin", b"first")
    response = upload.range(b"last", UNIT, UNIT + 4)
    assert error(response)[:2] == (409, "nameAlreadyExists")
    assert SOURCE in error(response)[2]
    assert content(graph, "root:/docs/big.bin:") == b"first"
    assert ok(upload.state())["nextExpectedRanges"] == []
    assert inner(upload.range(b"last", UNIT, UNIT + 4)) == "fragmentOverlap"

    commit = {SOURCE: upload.url, "name": "big.bin", BEHAVIOR: "fail"}
    assert error(graph("PUT", f"{ADA}/root:/docs", json=commit))[:2] == (409, "nameAlreadyExists")
    item = ok(graph("PUT", f"{ADA}/root:/docs", json={**commit, "name": "other.bin"}), 201)
    assert (item["name"], item["parentReference"]["name"]) == ("other.bin", "docs")
    assert content(graph, "root:/docs/other.bin:") == b"a" * UNIT + b"last"
    assert upload.state().status_code == 404
    assert error(graph("PUT", f"{ADA}/root:/docs", json=commit))[:2] == (404, "itemNotFound")


@pytest.mark.parametrize(
    ("path", "more", "name", "status"),
    [
        ("root:/other.bin", {}, "other.bin", 201),
        ("root:/big.bin", {BEHAVIOR: "replace"}, "big.bin", 200),
        ("root:/big.bin", {BEHAVIOR: "rename"}, "big 1.bin", 201),
        ("root", {BEHAVIOR: "rename"}, "big 1.bin", 201),
        ("root:/new/deep.bin", {}, "deep.bin", 201),
    ],
)
def test_a_session_can_be_committed_under_another_path(
    graph: Graph, path: str, more: dict[str, Any], name: str, status: int
) -> None:
    put(graph, "big.bin", b"first")
    upload = Upload(graph)
    assert upload.range(b"second", 0, 6).status_code == 409
    item = ok(graph("PUT", f"{ADA}/{path}", json={SOURCE: upload.url, **more}), status)
    assert item["name"] == name
    assert graph.web.get(item[DOWNLOAD]).content == b"second"


def test_only_a_complete_session_of_the_same_drive_is_committed(graph: Graph) -> None:
    upload = Upload(graph)
    upload.range(bytes(UNIT), 0, 2 * UNIT)
    commit = {SOURCE: upload.url}
    unfinished = graph("PUT", f"{ADA}/root:/a.bin", json=commit)
    assert (error(unfinished)[0], inner(unfinished)) == (400, "uploadSessionIncomplete")
    assert error(graph("PUT", f"{GRACE}/root:/a.bin", json=commit))[:2] == (404, "itemNotFound")
    assert error(graph("PUT", f"{ADA}/root:/a.bin", json={"name": "a"}))[0] == 501
    assert error(graph("PUT", f"{ADA}/root:/a.bin", json={**commit, "file": {}}))[0] == 501


def test_a_folder_that_went_away_meanwhile_cannot_be_uploaded_to(graph: Graph) -> None:
    a = folder(graph, "a")
    upload = Upload(graph, f"items/{a['id']}:/b.bin:")
    graph("DELETE", f"{ADA}/root:/a")
    assert error(upload.range(b"x", 0, 1))[:2] == (404, "itemNotFound")


def test_a_file_has_to_fit(graph: Graph) -> None:
    put(graph, "there.bin", b"x" * 1000)
    left = ok(graph.get(ADA))["quota"]["remaining"]
    url = f"{ADA}/root:/big.bin:/createUploadSession"
    too_big = graph("POST", url, json={"item": {"fileSize": left + 1}})
    assert error(too_big)[:2] == (507, "quotaLimitReached")
    assert error(graph("POST", url, json={"item": {"fileSize": left}}))[0] == 501  # it would fit, but not in here
    upload = Upload(graph, body={"item": {"fileSize": 10**9}})
    assert error(upload.range(b"x", 0, left + 1))[:2] == (507, "quotaLimitReached")
    assert error(upload.range(b"x", 0, 10**9 + 1))[0] == 501
    assert upload.range(bytes(UNIT), 0, 10**9).status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"size": 4}, 400),
        ({"item": 4}, 400),
        ({"deferCommit": "yes"}, 400),
        ({"item": {"color": "red"}}, 400),
        ({"item": {"fileSize": "4"}}, 400),
        ({"item": {"fileSize": True}}, 400),
        ({"item": {"name": 4}}, 400),
        ({"item": {BEHAVIOR: "merge"}}, 400),
        ({"item": {"fileSystemInfo": {"createdDateTime": "today"}}}, 400),
        ({"item": {"mediaSource": {}}}, 501),
        ({}, 200),
        (None, 200),
        ({"item": {"@odata.type": "microsoft.graph.driveItemUploadableProperties", "fileSize": 4}}, 200),
    ],
)
def test_the_options_of_a_session_are_checked(graph: Graph, body: dict[str, Any] | None, status: int) -> None:
    assert graph("POST", f"{ADA}/root:/a.bin:/createUploadSession", json=body).status_code == status


def test_a_session_is_for_a_file(graph: Graph) -> None:
    a, b = folder(graph, "a"), put(graph, "b.txt")
    for path in ("root", "root:/a:", f"items/{a['id']}"):
        assert error(graph("POST", f"{ADA}/{path}/createUploadSession"))[:2] == (400, "invalidRequest")
    url = f"{ADA}/items/{b['id']}/createUploadSession"
    assert error(graph("POST", url, json={"item": {"name": "c.txt"}}))[:2] == (400, "invalidRequest")
    assert graph("POST", url, json={"item": {"name": "b.txt"}}).status_code == 200


def test_the_dates_of_an_upload_are_kept(graph: Graph) -> None:
    dates = {"lastModifiedDateTime": "2002-02-03T04:05:06Z"}
    upload = Upload(graph, body={"item": {"fileSystemInfo": dates}})
    item = ok(upload.range(b"x", 0, 1), 201)
    assert item["fileSystemInfo"]["lastModifiedDateTime"] == dates["lastModifiedDateTime"]


def test_faults_reach_the_other_host_too(graph_sandbox: Sandbox, graph: Graph) -> None:
    upload = Upload(graph)
    graph_sandbox.fail("PUT", "/upload/*", status=503, retry_after=1)
    refused = upload.range(bytes(UNIT), 0, UNIT + 1)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert upload.range(bytes(UNIT), 0, UNIT + 1).status_code == 202


# -- changes ------------------------------------------------------------------------------------------


def rounds(graph: Graph, link: str) -> tuple[list[dict[str, Any]], str]:
    """Follow the pages from a link; return their items and the link of the next round."""
    found: list[dict[str, Any]] = []
    while True:
        page = ok(graph("GET", link))
        found += page["value"]
        if "@odata.deltaLink" in page:
            assert "@odata.nextLink" not in page
            return found, page["@odata.deltaLink"]
        link = page["@odata.nextLink"]


def named(items: list[dict[str, Any]]) -> list[str]:
    return [item.get("name", "-") for item in items]


def test_delta_begins_with_everything_and_goes_on_with_what_changed(graph: Graph) -> None:
    put(graph, "a/b.txt")
    put(graph, "c.txt", drive=GRACE)
    items, link = rounds(graph, f"{ADA}/root/delta")
    assert named(items) == ["root", "a", "b.txt"]
    assert "root" in items[0]
    for item in items:
        assert item.keys().isdisjoint({"cTag", "@removed", "deleted"})
        assert "path" not in item["parentReference"]
    nothing, link = rounds(graph, link)
    assert nothing == []
    changed = ok(graph("PUT", f"{ADA}/root:/a/b.txt:/content", data=b"new"))
    found, link = rounds(graph, link)
    assert named(found) == ["root", "a", "b.txt"]
    assert found[-1]["eTag"] == changed["eTag"]
    assert rounds(graph, link)[0] == []


def test_delta_shows_the_last_state_of_what_changed_twice(graph: Graph) -> None:
    _, link = rounds(graph, f"{ADA}/root/delta?token=latest")
    id_ = put(graph, "a.txt")["id"]
    for name in ("b.txt", "c.txt"):
        ok(graph("PATCH", f"{ADA}/items/{id_}", json={"name": name}))
    assert named(rounds(graph, link)[0]) == ["root", "c.txt"]


def test_a_header_leaves_the_folders_out(graph: Graph) -> None:
    _, link = rounds(graph, f"{ADA}/root/delta?token=latest")
    put(graph, "a/b/c.txt")
    ok(graph("PUT", f"{ADA}/root:/a/b/c.txt:/content", data=b"new"))
    _, after = rounds(graph, link)
    ok(graph("PUT", f"{ADA}/root:/a/b/c.txt:/content", data=b"newer"))
    assert named(ok(graph("GET", after))["value"]) == ["root", "a", "b", "c.txt"]
    assert named(ok(graph("GET", after, {"deltaExcludeParent": "true"}))["value"]) == ["c.txt"]


def test_renaming_a_folder_says_nothing_of_what_is_in_it(graph: Graph) -> None:
    put(graph, "a/b.txt")
    _, link = rounds(graph, f"{ADA}/root/delta")
    ok(graph("PATCH", f"{ADA}/root:/a", json={"name": "z"}))
    assert named(rounds(graph, link)[0]) == ["root", "z"]


def test_what_was_deleted_has_a_facet_and_no_name(graph: Graph) -> None:
    item = put(graph, "a/b.txt")
    _, link = rounds(graph, f"{ADA}/root/delta")
    graph("DELETE", f"{ADA}/root:/a")
    gone = [each for each in rounds(graph, link)[0] if "deleted" in each]
    assert [each["id"] for each in gone] == [item["id"], item["parentReference"]["id"]]
    assert gone[0]["deleted"] == {"state": "deleted"}
    assert gone[0].keys() == {"id", "parentReference", "file", "deleted"}
    assert gone[1].keys() == {"id", "parentReference", "folder", "deleted"}
    assert named(rounds(graph, f"{ADA}/root/delta")[0]) == ["root"]


def test_latest_is_a_link_and_nothing_else(graph: Graph) -> None:
    put(graph, "a.txt")
    for path in (f"{ADA}/root/delta?token=latest", f"{ADA}/root/delta(token='latest')"):
        page = ok(graph("GET", path))
        assert page["value"] == []
        put(graph, f"{len(path)}.txt")
        assert named(rounds(graph, page["@odata.deltaLink"])[0])[-1] == f"{len(path)}.txt"


def test_delta_comes_in_pages_of_200_or_as_asked(graph_sandbox: Sandbox, graph: Graph) -> None:
    for n in range(5):
        put(graph, f"{n}.txt")
    first = ok(graph("GET", f"{ADA}/root/delta?$top=2&$select=name"))
    assert first["value"] == [
        {"name": "root", "id": first["value"][0]["id"]},
        *({"name": f"{n}.txt", "id": first["value"][n + 1]["id"]} for n in range(2)),
    ]
    items, link = rounds(graph, first["@odata.nextLink"])
    assert named(items) == ["2.txt", "3.txt", "4.txt"]
    for n in range(5):
        graph("DELETE", f"{ADA}/root:/{n}.txt")
    graph_sandbox.empty_pages = True
    sizes = []
    while "?" in link:
        page = ok(graph("GET", link))
        sizes.append(len(page["value"]))
        link = page.get("@odata.nextLink", "")
    assert sizes[1::2] == [0] * (len(sizes) // 2)
    assert sum(sizes) >= 5


def test_a_first_round_that_is_written_to_misses_nothing(graph: Graph) -> None:
    for n in range(4):
        put(graph, f"{n}.txt")
    page = ok(graph("GET", f"{ADA}/root/delta?$top=2"))
    ok(graph("PATCH", f"{ADA}/root:/0.txt", json={"name": "zero.txt"}))
    _, link = rounds(graph, page["@odata.nextLink"])
    assert "zero.txt" in named(rounds(graph, link)[0])


def test_a_token_is_good_for_its_drive_and_a_while(graph_sandbox: Sandbox, graph: Graph) -> None:
    _, link = rounds(graph, f"{ADA}/root/delta?$select=name")
    token = link.partition("token=")[2]
    assert ok(graph("GET", f"{ADA}/root/delta(token='{token}')"))["value"] == []
    assert error(graph("GET", f"{GRACE}/root/delta?token={token}"))[:2] == (400, "invalidRequest")
    assert error(graph("GET", f"{ADA}/root/delta?token={token[:-2]}"))[:2] == (400, "invalidRequest")
    graph_sandbox.advance(30 * 86_400 + 1)
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    response = graph("GET", link)
    assert error(response)[:2] == (410, "resyncChangesApplyDifferences")
    assert named(rounds(graph, response.headers["Location"])[0]) == ["root"]
    assert "$select=name" in response.headers["Location"]


def test_a_token_of_before_a_reset_asks_to_upload_differences(graph_sandbox: Sandbox, graph: Graph) -> None:
    put(graph, "a.txt")
    _, link = rounds(graph, f"{ADA}/root/delta")
    graph_sandbox.reset()
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    response = graph("GET", link)
    assert error(response)[:2] == (410, "resyncChangesUploadDifferences")
    assert named(rounds(graph, response.headers["Location"])[0]) == ["root"]


def test_delta_is_of_the_root_and_not_of_a_time(graph: Graph) -> None:
    folder(graph, "a")
    assert error(graph("GET", f"{ADA}/root/delta?token=2021-09-29T20%3A00%3A00Z"))[0] == 501
    assert error(graph("GET", f"{ADA}/root:/a:/delta"))[0] == 501
    assert error(graph("GET", f"{ADA}/root/delta?$filter=name eq 'a'"))[0] == 400


# -- the rest -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "action"),
    [
        ("GET", "permissions"),
        ("POST", "createLink"),
        ("POST", "invite"),
        ("GET", "versions"),
        ("GET", "thumbnails"),
        ("GET", "search(q='a')"),
        ("POST", "checkout"),
        ("POST", "permanentDelete"),
    ],
)
@pytest.mark.usefixtures("acted")
def test_what_is_not_acted_out_says_so(graph: Graph, method: str, action: str) -> None:
    put(graph, "a.txt")
    for path in ("root:/a.txt:", "root"):
        response = graph(method, f"{ADA}/{path}/{action}", json={} if method == "POST" else None)
        assert error(response)[:2] == (501, "NotImplemented")


def test_reads_lag_writes_of_files_too(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.lag(2)
    put(graph, "a.txt")
    assert [graph.get(f"{ADA}/root:/a.txt").status_code for _ in range(3)] == [404, 404, 200]


def test_reset_takes_files_sessions_and_addresses_back(graph_sandbox: Sandbox, graph: Graph) -> None:
    item, upload = put(graph, "a.txt"), Upload(graph)
    upload.range(bytes(UNIT), 0, 2 * UNIT)
    graph_sandbox.reset()
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    assert listed(graph) == []
    assert graph.web.get(item[DOWNLOAD]).status_code == 404
    assert upload.state().status_code == 404
    assert error(graph.get(f"{ADA}/items/{item['id']}"))[0] == 404


def test_a_tenant_in_a_file_keeps_its_files(tmp_path: Path) -> None:
    for expected in ([], ["a.txt"]):
        with Sandbox(users=8, store=tmp_path / "tenant.db") as sandbox, requests.Session() as web:
            web.trust_env = False
            web.verify = sandbox.ca_bundle
            graph = Graph(sandbox, web, token_call(sandbox, web).json()["access_token"])
            assert listed(graph) == expected
            if expected:
                assert content(graph, "root:/a.txt:") == b"kept"
            else:
                put(graph, "a.txt", b"kept")


def test_with_enforce_a_drive_needs_the_permission_for_files(
    graph_sandbox: Sandbox, web: requests.Session
) -> None:
    def token(*roles: str) -> str:
        app = graph_sandbox.add_app("files", roles=roles)
        answer = token_call(graph_sandbox, web, client_id=app.client_id, client_secret=app.client_secret)
        return str(answer.json()["access_token"])

    graph_sandbox.permissions = "enforce"
    reader, writer = (Graph(graph_sandbox, web, token(f"Files.{what}.All")) for what in ("Read", "ReadWrite"))
    put(writer, "a.txt")
    assert listed(reader) == ["a.txt"]
    assert error(reader("DELETE", f"{ADA}/root:/a.txt"))[:2] == (403, "accessDenied")
    assert error(reader("PUT", f"{ADA}/root:/a.txt:/content", data=b"x"))[:2] == (403, "accessDenied")
    assert rounds(reader, f"{ADA}/root/delta(token='latest')")[0] == []
    assert writer("DELETE", f"{ADA}/root:/a.txt").status_code == 204


def test_a_batch_shows_where_content_is_and_uploads_it(graph: Graph) -> None:
    data = base64.b64encode(b"in a batch").decode()
    items = [
        {
            "id": "1",
            "method": "PUT",
            "url": f"{ADA}/root:/a.bin:/content",
            "body": data,
            "headers": {"Content-Type": "application/octet-stream"},
        },
        {"id": "2", "method": "GET", "url": f"{ADA}/root:/a.bin:/content", "dependsOn": ["1"]},
    ]
    replies = {each["id"]: each for each in ok(graph("POST", "/$batch", json={"requests": items}))["responses"]}
    assert replies["1"]["status"] == 201
    assert replies["2"]["status"] == 302
    location = {name.lower(): value for name, value in replies["2"]["headers"].items()}["location"]
    assert graph.web.get(location).content == b"in a batch"
