"""The sandbox's long-running operations, asked over real HTTPS."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from graph_calls import Graph, error, token_call

from leangraph.sandbox import Sandbox
from leangraph.sandbox.core import jobs
from leangraph.sandbox.core.call import Call, missing
from leangraph.sandbox.login.ledger import Issued
from leangraph.sandbox.wire.server import Headers, Request

ADA = "ada.lovelace@contoso.example"
ASYNC = {"Prefer": "respond-async"}
TEMPLATE = "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"


def start_copy(graph: Graph, key: str = "item") -> str:
    """Begin a job that no path has; what copies drive items is tested with drives."""
    directory = graph.sandbox._running().directory
    request = Request("POST", "/v1.0/copy", Headers([("Host", "127.0.0.1")]))
    token = Issued(1, directory.tenant, "app", "", (), 0.0, False)

    def work() -> str:
        if key == "full":
            raise missing("folder")
        directory.memory["copied"] = key
        return f"{key}-copy"

    answer = jobs.start(Call(directory, request, "v1.0", ["copy"], token), "monitor", work, operation="ItemCopy")
    assert (answer.status, answer.body) == (202, b"")
    return answer.headers["Location"]


def owner(sandbox: Sandbox, name: str = ADA, role: str = "owner") -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": [role] if role else [],
        "user@odata.bind": f"{sandbox.url}/v1.0/users('{name}')",
    }


def team(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    body = {"template@odata.bind": TEMPLATE, "displayName": "My Team", "members": [owner(sandbox)]}
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def new_group(graph: Graph, **more: Any) -> str:
    """Make a Microsoft 365 group, which nobody owns unless told."""
    body = {"displayName": "Ours", "mailEnabled": True, "mailNickname": "ours", "securityEnabled": False}
    return str(graph("POST", "/groups", json={**body, "groupTypes": ["Unified"], **more}).json()["id"])


def made_team(graph: Graph, **changes: Any) -> str:
    answer = graph("POST", "/teams", json=team(graph.sandbox, **changes))
    assert answer.status_code == 202, answer.text
    graph.sandbox.finish_jobs()
    return answer.headers["Content-Location"].removeprefix("/teams('").removesuffix("')")


def as_ada(sandbox: Sandbox, web: requests.Session) -> Graph:
    """Return requests in the name of the first user."""
    app = sandbox.add_app(public=True)
    sandbox.device_code_interval = 0
    login = f"{sandbox.url}/{sandbox.tenant_id}/oauth2/v2.0"
    form = {"client_id": app.client_id, "scope": "User.Read"}
    form["device_code"] = web.post(f"{login}/devicecode", data=form).json()["device_code"]
    form["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code"
    web.post(f"{login}/token", data=form)
    return Graph(sandbox, web, web.post(f"{login}/token", data=form).json()["access_token"])


# -- the monitor ----------------------------------------------------------------------------------------------


def test_a_monitor_is_polled_on_another_host_without_a_token(graph_sandbox: Sandbox, graph: Graph) -> None:
    url = start_copy(graph)
    assert url.startswith("https://localhost:")
    assert not url.startswith(graph_sandbox.url)
    assert error(graph("GET", url))[0] == 401  # a token has no business there
    first, last = graph.web.get(url), graph.web.get(url)
    assert (first.status_code, last.status_code) == (202, 202)
    assert first.json() == {"operation": "ItemCopy", "percentageComplete": 50.0, "status": "inProgress"}
    assert last.json() == {"percentageComplete": 100.0, "resourceId": "item-copy", "status": "completed"}
    assert graph.web.get(url).json() == last.json()
    assert graph.web.post(url).status_code == 405
    assert graph.web.get(f"{url}x").status_code == 404


def test_a_monitor_may_say_200_when_it_is_done(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.monitor_status = 200
    url = start_copy(graph)
    assert [graph.web.get(url).status_code for _ in range(2)] == [202, 200]


def test_the_work_is_done_at_the_end(graph_sandbox: Sandbox, graph: Graph) -> None:
    memory = graph_sandbox._running().directory.memory
    url = start_copy(graph)
    graph.web.get(url)
    assert "copied" not in memory
    graph.web.get(url)
    assert memory.pop("copied") == "item"
    graph.web.get(url)
    assert "copied" not in memory  # and only once


def test_what_the_work_refuses_fails_the_job(graph: Graph) -> None:
    url = start_copy(graph, "full")
    graph.web.get(url)
    answer = graph.web.get(url)
    assert answer.status_code == 200
    assert answer.json()["status"] == "failed"
    assert answer.json()["error"]["code"] == "Request_ResourceNotFound"
    assert "'folder' does not exist" in answer.json()["error"]["message"]


@pytest.mark.parametrize("polls", [0, 3])
def test_a_job_takes_as_many_polls_as_it_is_told(graph_sandbox: Sandbox, graph: Graph, polls: int) -> None:
    graph_sandbox.job_polls = polls
    url = start_copy(graph)
    graph_sandbox.job_polls = 9  # of the next one
    shown = [graph.web.get(url).json() for _ in range(polls + 1)]
    assert [each["status"] for each in shown] == ["inProgress"] * polls + ["completed"]
    percent = [each["percentageComplete"] for each in shown]
    assert percent == sorted(set(percent))


def test_a_job_takes_as_long_as_it_is_told(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.job_polls, graph_sandbox.job_seconds = 0, 60
    url = start_copy(graph)
    assert graph.web.get(url).json()["status"] == "inProgress"
    graph_sandbox.advance(61)
    assert graph.web.get(url).json()["status"] == "completed"


def test_jobs_fail_as_scripted(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.job_polls = 0
    graph_sandbox.fail_job("nameAlreadyExists", "Name already exists", times=2)
    shown = [graph.web.get(start_copy(graph)).json() for _ in range(3)]
    assert [each["status"] for each in shown] == ["failed", "failed", "completed"]
    assert shown[0]["error"] == {"code": "nameAlreadyExists", "message": "Name already exists"}
    assert graph_sandbox._running().directory.memory["copied"] == "item"


def test_jobs_that_nobody_polls_can_be_ended(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.job_seconds = 1_000
    url = start_copy(graph)
    graph_sandbox.finish_jobs()
    graph_sandbox.finish_jobs()
    assert graph_sandbox._running().directory.memory["copied"] == "item"
    assert graph.web.get(url).json()["status"] == "completed"


def test_a_reset_forgets_jobs_and_how_they_go(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.job_polls, graph_sandbox.job_seconds, graph_sandbox.monitor_status = 5, 9, 200
    graph_sandbox.fail_job(times=9)
    url = start_copy(graph)
    graph_sandbox.reset()
    assert (graph_sandbox.job_polls, graph_sandbox.job_seconds, graph_sandbox.monitor_status) == (1, 0, 202)
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    assert graph.web.get(url).status_code == 404
    graph_sandbox.job_polls = 0
    assert graph.web.get(start_copy(graph)).json()["status"] == "completed"


# -- teams ----------------------------------------------------------------------------------------------------


def test_a_team_is_made_by_an_operation_with_a_relative_location(graph_sandbox: Sandbox, graph: Graph) -> None:
    answer = graph("POST", "/teams", json=team(graph_sandbox, description="Ours", visibility="private"))
    assert (answer.status_code, answer.content) == (202, b"")
    place, where = answer.headers["Content-Location"], answer.headers["Location"]
    id_ = place.removeprefix("/teams('").removesuffix("')")
    assert where.startswith(f"{place}/operations('")
    assert graph.get(f"/groups/{id_}").status_code == 404
    assert graph.web.get(f"{graph_sandbox.url}/v1.0{where}").status_code == 401  # it wants the token

    running, done = graph.get(where).json(), graph.get(where).json()
    assert running["status"] == "inProgress"
    assert (running["targetResourceId"], running["targetResourceLocation"]) == (None, None)
    assert done["status"] == "succeeded"
    assert (done["operationType"], done["error"], done["attemptsCount"]) == ("createTeam", None, 1)
    assert (done["targetResourceId"], done["targetResourceLocation"]) == (id_, place)
    assert done["@odata.context"] == f"{graph_sandbox.url}/v1.0/$metadata#teams('{id_}')/operations/$entity"
    group = graph.get(f"/groups/{id_}").json()
    assert (group["displayName"], group["description"], group["visibility"]) == ("My Team", "Ours", "Private")
    assert (group["resourceProvisioningOptions"], group["mailNickname"]) == (["Team"], "myteam")
    owners = graph.get(f"/groups/{id_}/owners").json()["value"]
    assert [each["userPrincipalName"] for each in owners] == [ADA]
    assert graph.get(f"/groups/{id_}/members").json()["value"] == owners


def test_a_team_that_cannot_be_made(graph_sandbox: Sandbox, graph: Graph) -> None:
    where = graph("POST", "/teams", json=team(graph_sandbox)).headers["Location"]
    graph_sandbox.fail_job("BadGateway", "Failed to execute Teams backend request")
    graph.get(where)
    failed = graph.get(where)
    assert (failed.status_code, failed.json()["status"]) == (200, "failed")
    assert failed.json()["error"] == {"code": "BadGateway", "message": "Failed to execute Teams backend request"}
    assert failed.json()["targetResourceId"] is None
    assert graph.get("/groups", filter="displayName eq 'My Team'").json()["value"] == []


def test_an_operation_is_found_below_its_own_team(graph_sandbox: Sandbox, graph: Graph) -> None:
    first, second = (graph("POST", "/teams", json=team(graph_sandbox)).headers for _ in range(2))
    operation = first["Location"].partition("/operations")[2]
    assert graph.get(first["Location"].lower()).status_code == 200
    assert graph.get(first["Location"].replace("('", "/").replace("')", "")).status_code == 200
    assert error(graph.get(f"{second['Content-Location']}/operations{operation}"))[0] == 404
    assert error(graph.get(f"{first['Content-Location']}/operations/none"))[0] == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"template@odata.bind": None},
        {"template@odata.bind": 5},
        {"displayName": None},
        {"displayName": 5},
        {"nonsense": 1},
        {"id": "x"},
        {"members": None},
        {"members": "x"},
        {"members": ["x"]},
        {"members": [{"@odata.type": "#microsoft.graph.user"}]},
    ],
)
def test_a_team_needs_what_graph_needs(graph_sandbox: Sandbox, graph: Graph, changes: Any) -> None:
    assert error(graph("POST", "/teams", json=team(graph_sandbox, **changes)))[0] == 400


def test_members_of_a_team_must_exist_and_one_must_own_it(graph_sandbox: Sandbox, graph: Graph) -> None:
    nobody = team(graph_sandbox, members=[owner(graph_sandbox, "nobody@contoso.example")])
    assert error(graph("POST", "/teams", json=nobody))[0] == 404
    boss = team(graph_sandbox, members=[owner(graph_sandbox, role="boss")])
    assert error(graph("POST", "/teams", json=boss))[0] == 400
    unowned = team(graph_sandbox, members=[owner(graph_sandbox, role="")])
    assert error(graph("POST", "/teams", json=unowned))[0] == 400


def test_a_user_owns_the_team_that_is_made_in_their_name(
    graph_sandbox: Sandbox, graph: Graph, web: requests.Session
) -> None:
    grace = owner(graph_sandbox, "grace.hopper@contoso.example", role="")
    id_ = made_team(as_ada(graph_sandbox, web), members=[grace])
    names = [
        sorted(each["userPrincipalName"] for each in graph.get(f"/groups/{id_}/{relation}").json()["value"])
        for relation in ("owners", "members")
    ]
    assert names == [[ADA], [ADA, "grace.hopper@contoso.example"]]


@pytest.mark.parametrize("part", ["channels", "installedApps"])
def test_parts_of_a_team_that_are_not_acted_out(graph_sandbox: Sandbox, graph: Graph, part: str) -> None:
    assert error(graph("POST", "/teams", json=team(graph_sandbox, **{part: []})))[0] == 501


def test_a_group_becomes_a_team(graph_sandbox: Sandbox, graph: Graph) -> None:
    made = {"displayName": "Nobody's", "mailEnabled": True, "mailNickname": "n", "securityEnabled": False}
    group = graph("POST", "/groups", json={**made, "groupTypes": ["Unified"]}).json()["id"]
    bound = {"template@odata.bind": TEMPLATE, "group@odata.bind": f"{graph_sandbox.url}/v1.0/groups('{group}')"}
    assert error(graph("POST", "/teams", json=bound))[0] == 400  # nobody owns it
    reference = {"@odata.id": f"{graph_sandbox.url}/v1.0/users/{ADA}"}
    assert graph("POST", f"/groups/{group}/owners/$ref", json=reference).status_code == 204
    assert error(graph("POST", "/teams", json={**bound, "displayName": "x"}))[0] == 400
    answer = graph("POST", "/teams", json=bound)
    assert answer.headers["Content-Location"] == f"/teams('{group}')"
    graph_sandbox.finish_jobs()
    assert graph.get(answer.headers["Location"]).json()["status"] == "succeeded"
    assert graph.get(f"/groups/{group}").json()["resourceProvisioningOptions"] == ["Team"]
    assert error(graph("POST", "/teams", json=bound))[0] == 409


def test_a_group_that_is_gone_before_it_is_a_team(graph_sandbox: Sandbox, graph: Graph) -> None:
    group = new_group(graph, **{"owners@odata.bind": [f"{graph_sandbox.url}/v1.0/users/{ADA}"]})
    body = {"template@odata.bind": TEMPLATE, "group@odata.bind": f"/groups/{group}"}
    where = graph("POST", "/teams", json=body).headers["Location"]
    graph("DELETE", f"/groups/{group}")
    graph_sandbox.finish_jobs()
    assert graph.get(where).json()["status"] == "failed"


def test_a_team_is_cloned(graph_sandbox: Sandbox, graph: Graph) -> None:
    grace = owner(graph_sandbox, "grace.hopper@contoso.example", role="")
    source = made_team(graph, members=[owner(graph_sandbox), grace], visibility="private")
    body = {"displayName": "Copy", "partsToClone": "apps, members"}
    answer = graph("POST", f"/teams/{source}/clone", json=body)
    assert answer.status_code == 202
    graph_sandbox.finish_jobs()
    done = graph.get(answer.headers["Location"]).json()
    assert (done["operationType"], done["status"]) == ("cloneTeam", "succeeded")
    group = graph.get(f"/groups/{done['targetResourceId']}").json()
    assert (group["displayName"], group["description"], group["visibility"]) == ("Copy", "Copy", "Private")
    assert len(graph.get(f"/groups/{group['id']}/members").json()["value"]) == 2
    empty = graph("POST", f"/teams/{source}/clone", json={**body, "partsToClone": "apps"}).headers["Location"]
    graph_sandbox.finish_jobs()
    bare = graph.get(empty).json()["targetResourceId"]
    assert graph.get(f"/groups/{bare}/members").json()["value"] == []


@pytest.mark.parametrize(
    "changes",
    [{"displayName": ""}, {"partsToClone": ""}, {"partsToClone": "apps,x"}, {"x": "y"}, {"visibility": 1}],
)
def test_a_clone_needs_what_graph_needs(graph: Graph, changes: Any) -> None:
    source = made_team(graph)
    body = {"displayName": "Copy", "partsToClone": "members", **changes}
    assert error(graph("POST", f"/teams/{source}/clone", json=body))[0] == 400


def test_only_a_team_is_cloned(graph: Graph) -> None:
    group = new_group(graph)
    body = {"displayName": "Copy", "partsToClone": "members"}
    found = error(graph("POST", f"/teams/{group}/clone", json=body))
    assert found == (404, "NotFound", f"No team found with Group Id {group}")


# -- workbooks ------------------------------------------------------------------------------------------------


@pytest.fixture
def workbook(graph: Graph) -> str:
    """Return the path of a workbook."""
    answer = graph("PUT", f"/users/{ADA}/drive/root:/Book.xlsx:/content", data=b"PK")
    assert answer.status_code == 201
    return f"/users/{ADA}/drive/items/{answer.json()['id']}/workbook"


def test_a_session_is_made_at_once_unless_asked_otherwise(graph: Graph, workbook: str) -> None:
    answer = graph("POST", f"{workbook}/createSession", json={"persistChanges": True})
    assert answer.status_code == 201
    assert answer.json()["persistChanges"] is True
    assert answer.json()["id"]


def test_a_session_is_made_by_an_operation_on_graph(graph_sandbox: Sandbox, graph: Graph, workbook: str) -> None:
    answer = graph("POST", f"{workbook}/createSession", ASYNC, json={"persistChanges": True})
    assert (answer.status_code, answer.content) == (202, b"")
    where = answer.headers["Location"]
    assert where.startswith(f"{graph_sandbox.url}/v1.0/users/")
    assert "/workbook/operations/" in where
    running, done = graph.get(where), graph.get(where)
    assert (running.status_code, done.status_code) == (200, 200)
    assert running.json().keys() == {"@odata.context", "id", "status"}
    assert [answer.json()["status"] for answer in (running, done)] == ["running", "succeeded"]
    session = graph.get(done.json()["resourceLocation"])
    assert (session.status_code, session.json()["persistChanges"]) == (200, True)
    assert error(graph.get(done.json()["resourceLocation"].replace("key='", "key='x")))[0] == 404
    assert error(graph.get(f"{where}0"))[0] == 404


def test_a_failed_session_is_a_200(graph_sandbox: Sandbox, graph: Graph, workbook: str) -> None:
    where = graph("POST", f"{workbook}/createSession", ASYNC, json={}).headers["Location"]
    graph_sandbox.fail_job("internalServerError", "The workbook cannot be opened.")
    graph_sandbox.finish_jobs()
    answer = graph.get(where)
    assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    assert answer.json()["error"] == {"code": "internalServerError", "message": "The workbook cannot be opened."}
    assert "resourceLocation" not in answer.json()


def test_a_session_takes_what_graph_takes(graph: Graph, workbook: str) -> None:
    for body in ({"persistChanges": "yes"}, {"x": 1}):
        assert error(graph("POST", f"{workbook}/createSession", json=body))[0] == 400
    for other in (ADA, workbook.split("/")[-2]):
        path = workbook.replace(other, "nobody")
        assert error(graph("POST", f"{path}/createSession", json={}))[0] == 404
    folder = graph.get(f"/users/{ADA}/drive/root").json()["id"]
    path = f"/users/{ADA}/drive/items/{folder}/workbook"
    assert error(graph("POST", f"{path}/createSession", json={}))[0] == 400


def test_a_workbook_is_found_by_its_path_and_by_its_drive(
    graph_sandbox: Sandbox, graph: Graph, workbook: str
) -> None:
    drive = graph.get(f"/users/{ADA}/drive").json()["id"]
    by_drive = workbook.replace(f"/users/{ADA}/drive", f"/drives/{drive}")
    for path in (by_drive, f"/users/{ADA}/drive/root:/Book.xlsx:/workbook"):
        where = graph("POST", f"{path}/createSession", ASYNC, json={}).headers["Location"]
        assert workbook.partition("/items/")[2] in where
        graph_sandbox.finish_jobs()
        done = graph.get(where).json()
        assert done["status"] == "succeeded"
        assert graph.get(done["resourceLocation"]).status_code == 200


def test_a_batch_does_not_wait_for_operations(graph: Graph, workbook: str) -> None:
    headers = {"Content-Type": "application/json", "Prefer": "return=representation, respond-async"}
    item = {"id": "1", "method": "POST", "url": f"{workbook}/createSession", "headers": headers, "body": {}}
    answer = graph("POST", "/$batch", json={"requests": [item]})
    assert answer.json()["responses"][0]["status"] == 201


def test_a_users_own_workbook(graph_sandbox: Sandbox, graph: Graph, workbook: str, web: requests.Session) -> None:
    own = workbook.replace(f"/users/{ADA}", "/me")
    assert error(graph("POST", f"{own}/createSession", json={}))[0] == 400  # an app is nobody
    ada = as_ada(graph_sandbox, web)
    where = ada("POST", f"{own}/createSession", ASYNC, json={}).headers["Location"]
    assert "/v1.0/me/drive/" in where
    graph_sandbox.finish_jobs()
    done = ada.get(where).json()
    assert done["status"] == "succeeded"
    assert ada.get(done["resourceLocation"]).status_code == 200


# -- OneNote --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["users", "groups"])
def test_a_section_is_copied_by_an_operation_in_another_header(
    graph_sandbox: Sandbox, graph: Graph, kind: str
) -> None:
    key = graph.get(f"/{kind}").json()["value"][0]["id"]
    body = {"id": "1-notebook", "renameAs": "Copy"}
    answer = graph("POST", f"/{kind}/{key}/onenote/sections/1-x/copyToNotebook", json=body)
    assert (answer.status_code, answer.content) == (202, b"")
    assert "Location" not in answer.headers
    where = answer.headers["Operation-Location"]
    assert where.startswith(f"{graph_sandbox.url}/v1.0/{kind}/{key}/onenote/operations/")
    states = [graph.get(where).json() for _ in range(2)]
    assert [each["status"] for each in states] == ["Running", "Completed"]
    assert "resourceLocation" not in states[0]
    assert states[1]["resourceLocation"].startswith(f"{graph_sandbox.url}/v1.0/{kind}/{key}/onenote/sections/1-")


def test_a_section_that_cannot_be_copied(graph_sandbox: Sandbox, graph: Graph) -> None:
    path = f"/users/{ADA}/onenote/sections/1-x/copyToNotebook"
    where = graph("POST", path, json={"id": "1-n"}).headers["Operation-Location"]
    graph_sandbox.fail_job("19999", "Something failed.")
    graph_sandbox.finish_jobs()
    answer = graph.get(where)
    assert (answer.status_code, answer.json()["status"]) == (200, "Failed")
    assert answer.json()["error"] == {"code": "19999", "message": "Something failed."}
    assert error(graph("POST", path, json={}))[0] == 400
    assert error(graph("POST", path, json={"id": 1}))[0] == 400
    assert error(graph("POST", path.replace(ADA, "nobody"), json={"id": "1-n"}))[0] == 404


def test_operations_are_of_their_shape(graph: Graph) -> None:
    path = f"/users/{ADA}/onenote/sections/1-x/copyToNotebook"
    where = graph("POST", path, json={"id": "1-n"}).headers["Operation-Location"]
    operation = where.rpartition("/")[2]
    assert graph.get(where).status_code == 200
    assert error(graph.get(f"/users/{ADA}/drive/items/1/workbook/operations/{operation}"))[0] == 404
