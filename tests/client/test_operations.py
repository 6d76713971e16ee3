"""Long-running operations: waited for in every shape, at Graph's pace, and a failure is never a success."""

from __future__ import annotations

import contextlib
import json
import logging
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from canned import Arrived, Canned

from leangraph import (
    ConfigurationError,
    GraphClient,
    GraphError,
    NotFound,
    OperationFailed,
    PartialFailure,
    Reply,
    Request,
    RetryPolicy,
    Sandbox,
    ServiceError,
    StillRunning,
    TokenHolder,
    TransportError,
)
from leangraph.protocols import operations

TOKEN = "canary-token"
SECRET = "canary-tempauth"


@pytest.fixture
def graph(server: Canned, naps: list[float]) -> Iterator[GraphClient]:
    policy = RetryPolicy(max_retries=2, random=lambda: 0.0)
    with GraphClient(TokenHolder.fixed(TOKEN), url=server.url, retry=policy, sleep=naps.append) as client:
        yield client


def accepted(location: str, name: str = "Location", **headers: str) -> Reply:
    return Reply(202, {name: location, **{key.replace("_", "-"): value for key, value in headers.items()}}, None)


def says(*answers: tuple[Any, ...]) -> Any:
    """Answer with these, one after the other."""
    left = list(answers)
    return lambda _: left.pop(0)


RUNNING = (202, {"operation": "ItemCopy", "percentageComplete": 20, "status": "inProgress"})
DONE = (202, {"percentageComplete": 100.0, "resourceId": "01A", "status": "completed"})


# -- what a status means --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (202, {"status": "inProgress"}, "running"),
        (200, {"status": "inProgress"}, "running"),
        (202, {"status": "notStarted"}, "running"),
        (202, {"status": "updating"}, "running"),
        (202, {"status": "waiting"}, "running"),
        (200, {"status": "running"}, "running"),
        (200, {"status": "Running"}, "running"),
        (200, {"status": "NotStarted"}, "running"),
        (200, {"status": "unknownFutureValue"}, "running"),
        (200, {"status": {"state": "running", "description": ""}}, "running"),
        (202, {"status": "completed"}, "done"),
        (200, {"status": "completed"}, "done"),
        (200, {"status": "Completed"}, "done"),
        (200, {"status": "succeeded"}, "done"),
        (200, {"status": {"state": "succeeded"}}, "done"),
        (200, {"status": "failed"}, "failed"),
        (202, {"status": "failed"}, "failed"),
        (200, {"status": "Failed"}, "failed"),
        (202, {"status": "deleteFailed"}, "failed"),
        (200, {"status": "cancelled"}, "failed"),
        (200, {"status": "skipped"}, "failed"),
        (200, {"status": {"state": "failed"}}, "failed"),
        (200, {"state": "delivering"}, "running"),
        (200, {"state": "delivered"}, "done"),
        (200, {"state": "partiallyDelivered"}, "partial"),
        (200, {"processingStatus": "canceling"}, "running"),
        (200, {"processingStatus": "completedWithErrors"}, "partial"),
        (200, {"provisionStatus": "Running"}, "running"),
        (200, {"provisionStatus": "Failed"}, "failed"),
        (200, {"status": None, "state": "running"}, "running"),
        (200, {"status": "succeeded", "state": "running"}, "done"),
        (200, {"state": "WA"}, "done"),
        (202, None, "running"),
        (202, {}, "running"),
        (200, {"id": "1"}, "done"),
        (200, {"id": "1", "status": None}, "done"),
        (200, {"id": "1", "status": 5}, "done"),
        (200, b"text", "done"),
        (204, None, "done"),
        (201, {"id": "1"}, "done"),
    ],
)
def test_how_a_job_is_stands_in_the_status_of_the_body(status: int, body: Any, state: str) -> None:
    assert operations.state_of(status, body) == state


# -- the four shapes ------------------------------------------------------------------------------------------


def test_a_monitor_on_another_host_is_asked_without_the_token(
    graph: GraphClient, server: Canned, host: Canned, naps: list[float]
) -> None:
    host.answer = says(RUNNING, RUNNING, DONE)

    assert graph.wait(accepted(f"{host.url}/monitor/1?{SECRET}")) == DONE[1]

    assert host.targets == [f"/monitor/1?{SECRET}"] * 3
    assert server.requests == []
    assert naps == [1, 2, 4]


def test_a_relative_address_is_below_the_version(graph: GraphClient, server: Canned, naps: list[float]) -> None:
    done = {"status": "succeeded", "targetResourceLocation": "/teams('1')"}
    server.answer = says((200, {"status": "inProgress"}), (200, done))

    assert graph.wait(accepted("/teams('1')/operations('2')", Content_Location="/teams('1')")) == done

    assert server.targets == ["/v1.0/teams('1')/operations('2')"] * 2
    assert {seen.headers["authorization"] for seen in server.requests} == {f"Bearer {TOKEN}"}
    assert naps == [30, 30]


def test_an_address_on_graph_is_asked_with_the_token(graph: GraphClient, server: Canned) -> None:
    done = {"id": "2", "status": "succeeded", "resourceLocation": "x"}
    server.answer = says((200, {"id": "2", "status": "running"}), (200, done))

    assert graph.wait(accepted(f"{server.url}/beta/me/drive/items/1/workbook/operations/2")) == done

    assert server.targets == ["/beta/me/drive/items/1/workbook/operations/2"] * 2
    assert {seen.headers["authorization"] for seen in server.requests} == {f"Bearer {TOKEN}"}


def test_operation_location_goes_before_location(graph: GraphClient, server: Canned) -> None:
    server.answer = says((200, {"status": "Completed", "resourceLocation": "x"}))
    reply = accepted(f"{server.url}/v1.0/me/onenote/operations/1", "Operation-Location", Location="/elsewhere")

    assert graph.wait(reply) == {"status": "Completed", "resourceLocation": "x"}

    assert server.targets == ["/v1.0/me/onenote/operations/1"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_monitor_that_leads_to_what_was_made_brings_it(
    graph: GraphClient, server: Canned, host: Canned, status: int
) -> None:
    server.answer = lambda _: (200, {"id": "01A", "name": "copy", "status": "whatever it has"})
    host.answer = says(RUNNING, (status, b"", {"Location": f"{server.url}/v1.0/drives/1/items/01A"}))

    assert graph.wait(accepted(f"{host.url}/monitor/1"))["name"] == "copy"

    assert [(seen.target, seen.headers["authorization"]) for seen in server.requests] == [
        ("/v1.0/drives/1/items/01A", f"Bearer {TOKEN}")
    ]


def test_a_job_that_makes_something_without_a_status_is_done(graph: GraphClient, host: Canned) -> None:
    host.answer = says((202, None), (200, {"id": "01A"}))

    assert graph.wait(accepted(f"{host.url}/monitor/1")) == {"id": "01A"}


# -- failure --------------------------------------------------------------------------------------------------

FAILED = {"status": "failed", "error": {"code": "nameAlreadyExists", "message": "Name already exists"}}


@pytest.mark.parametrize("status", [200, 202])
def test_a_job_that_failed_says_what_failed_whatever_the_code(
    graph: GraphClient, host: Canned, status: int
) -> None:
    host.answer = says(RUNNING, (status, FAILED))
    with pytest.raises(OperationFailed) as caught:
        graph.wait(accepted(f"{host.url}/monitor/1?{SECRET}"))

    error = caught.value
    assert (error.status, error.code, error.message) == (status, "nameAlreadyExists", "Name already exists")
    assert "nameAlreadyExists" in str(error)
    assert SECRET not in str(error) + repr(vars(error))
    assert isinstance(error, GraphError)
    assert type(pickle.loads(pickle.dumps(error))) is OperationFailed


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"status": "failed", "errorCode": "quotaLimitReached"}, "quotaLimitReached", "Graph does not say why"),
        ({"status": "failed", "statusDescription": "no room"}, "failed", "no room"),
        ({"status": {"state": "failed", "description": "out of paper"}}, "failed", "out of paper"),
        ({"status": "Failed", "error": None}, "failed", "Graph does not say why"),
        ({"status": "cancelled", "error": {}}, "cancelled", "Graph does not say why"),
        ({"status": "failed", "error": {"code": "", "message": "no"}}, "", "no"),
    ],
)
def test_a_job_may_say_in_many_ways_why_it_failed(
    graph: GraphClient, server: Canned, body: Any, code: str, message: str
) -> None:
    server.answer = says((200, body))
    with pytest.raises(OperationFailed) as caught:
        graph.wait(f"{server.url}/v1.0/print/operations/1")

    assert (caught.value.code, caught.value.message, caught.value.path) == (
        code,
        message,
        "/v1.0/print/operations/1",
    )


def test_a_monitor_that_fails_is_asked_again_and_then_given_up(
    graph: GraphClient, host: Canned, naps: list[float]
) -> None:
    host.answer = says(RUNNING, (503, b"", {"Retry-After": "7"}), RUNNING, *[(500, b"")] * 3)
    with pytest.raises(ServiceError):
        graph.wait(accepted(f"{host.url}/monitor/1?{SECRET}"))

    assert naps == [1, 2, 7, 4, 1, 2]


@pytest.mark.parametrize("status", [401, 403])
def test_a_monitor_that_refuses_us_says_nothing_about_our_token(
    graph: GraphClient, server: Canned, host: Canned, status: int
) -> None:
    host.answer = lambda _: (status, {"error": {"code": "unauthenticated"}})
    with pytest.raises(TransportError, match="refused its own address"):
        graph.wait(accepted(f"{host.url}/monitor/1"))

    assert len(host.requests) == 1


# -- pace -----------------------------------------------------------------------------------------------------


def test_graph_says_when_to_look_again(graph: GraphClient, host: Canned, naps: list[float]) -> None:
    host.answer = says((*RUNNING, {"Retry-After": "5.5"}), RUNNING, (*RUNNING, {"Retry-After": "0"}), DONE)
    graph.wait(accepted(f"{host.url}/monitor/1", Retry_After="10"))

    assert naps == [10, 5.5, 4, 8]


def test_without_being_told_it_looks_less_and_less_often_down_to_every_half_minute(
    graph: GraphClient, host: Canned, naps: list[float]
) -> None:
    host.answer = says(*[RUNNING] * 8, DONE)
    graph.wait(accepted(f"{host.url}/monitor/1"))

    assert naps == [1, 2, 4, 8, 16, 30, 30, 30, 30]


@pytest.mark.parametrize(
    "location",
    [
        "/teams('1')/operations('2')",
        "/teams/1/operations/2",
        "/groups/1/team/operations/2",
        "/chats/1/operations/2",
    ],
)
def test_teams_is_asked_every_half_minute_at_most(
    graph: GraphClient, server: Canned, naps: list[float], location: str
) -> None:
    running = (200, {"status": "inProgress"})
    server.answer = says((*running, {"Retry-After": "1"}), running, (*running, {"Retry-After": "45"}), (200, {}))
    graph.wait(accepted(location, Retry_After="2"))

    assert naps == [30, 30, 30, 45]


def test_who_brings_an_address_need_not_wait_first(graph: GraphClient, host: Canned, naps: list[float]) -> None:
    host.answer = says(DONE)

    assert graph.wait(f"{host.url}/monitor/1") == DONE[1]

    assert naps == []


# -- how long -------------------------------------------------------------------------------------------------


def test_a_job_that_takes_too_long_goes_on_and_can_be_waited_for_again(
    graph: GraphClient, host: Canned, naps: list[float]
) -> None:
    host.answer = says(RUNNING, RUNNING, DONE)
    reply = accepted(f"{host.url}/monitor/1?{SECRET}")
    with pytest.raises(StillRunning, match="after 5 s") as caught:
        graph.wait(reply, timeout=5)

    assert naps == [1, 2]  # the next look would have been too late: it is not waited for in vain
    assert SECRET not in repr(vars(caught.value)) + str(caught.value)
    assert graph.wait(reply.headers["Location"]) == DONE[1]


def test_without_time_an_address_is_looked_at_once(graph: GraphClient, host: Canned, naps: list[float]) -> None:
    host.answer = says(DONE, RUNNING)

    assert graph.wait(f"{host.url}/monitor/1", timeout=0) == DONE[1]
    with pytest.raises(StillRunning):
        graph.wait(f"{host.url}/monitor/1", timeout=0)

    assert naps == []


@pytest.mark.parametrize("timeout", [-1, float("nan"), "5", None, True])
def test_a_timeout_is_a_number_of_seconds(graph: GraphClient, host: Canned, timeout: Any) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        graph.wait(f"{host.url}/monitor/1", timeout=timeout)

    assert host.requests == []


# -- words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    "complete done stopped successful PermanentError submissionFailed whatever aWordOfNextYear".split(),
)
def test_a_word_that_does_not_mean_running_is_an_end(graph: GraphClient, server: Canned, word: str) -> None:
    server.answer = lambda _: (200, {"status": word})
    with contextlib.suppress(OperationFailed):  # some of them say that it failed
        assert graph.wait("/security/cases/ediscoveryCases/c/operations/o", timeout=4) == {"status": word}

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "word", "partiallySucceeded partiallySuccessful completedWithErrors completedWithError".split()
)
def test_a_job_that_did_a_part_is_a_partial_failure_with_all_that_was_said(
    graph: GraphClient, server: Canned, word: str
) -> None:
    body = {"status": word, "resultInfo": {"message": "3 mailboxes are gone"}, "id": "o"}
    server.answer = lambda _: (200, body)
    with pytest.raises(PartialFailure) as caught:
        graph.wait("/security/cases/ediscoveryCases/c/operations/o", timeout=4)

    assert caught.value.body == body
    assert caught.value.failures == []
    assert len(server.requests) == 1


# -- jobs that are objects ------------------------------------------------------------------------------------

EXPORTS = "/deviceManagement/reports/exportJobs"


@pytest.mark.parametrize("how", ["reply", "address", "text", "read", "made", "batch"])
def test_a_job_that_is_an_object_of_its_own_is_asked_at_its_own_address(
    graph: GraphClient, server: Canned, naps: list[float], how: str
) -> None:
    context = f"https://graph.microsoft.com/v1.0/$metadata#{EXPORTS[1:]}/$entity"
    job = {"@odata.context": context, "id": "j_1", "status": "notStarted"}
    if how in ("reply", "batch"):
        del job["@odata.context"]
    looks = [(200, {**job, "status": "inProgress"}), (200, {**job, "status": "completed", "url": "x"})]

    def answer(seen: Arrived) -> tuple[Any, ...]:
        if seen.method == "POST":
            return (
                (200, {"responses": [{"id": "1", "status": 201, "body": job}]})
                if "batch" in seen.target
                else (201, job)
            )
        return looks.pop(0)

    server.answer = answer
    given: dict[str, Any] = {
        "reply": lambda: graph.request("POST", EXPORTS, {"reportName": "Devices"}),
        "address": lambda: graph.deviceManagement.reports.exportJobs["j_1"],
        "text": lambda: f"{EXPORTS}/j_1",
        "read": lambda: graph.request("GET", f"{EXPORTS}/j_1"),
        "made": lambda: graph.post(EXPORTS, {"reportName": "Devices"}),
        "batch": lambda: next(graph.batch([Request("POST", EXPORTS, {})])),
    }
    if how == "read":
        looks.insert(0, (200, job))
    assert graph.wait(given[how]())["url"] == "x"

    assert {seen.target for seen in server.requests if seen.method == "GET"} == {f"/v1.0{EXPORTS}/j_1"}
    assert looks == []
    assert naps == ([2] if how in ("address", "text") else [1, 2])


@pytest.mark.parametrize(
    ("context", "path"),
    [
        (
            "https://graph.microsoft.com/v1.0/$metadata#security/auditLog/queries/$entity",
            "/v1.0/security/auditLog/queries/7",
        ),
        ("https://graph.microsoft.com/beta/$metadata#print/operations/$entity", "/beta/print/operations/7"),
        (
            "https://graph.microsoft.com/v1.0/$metadata#teams('1')/operations/$entity",
            "/v1.0/teams('1')/operations/7",
        ),
        ("https://evil.example/v1.0/$metadata#security/x/$entity", "/v1.0/security/x/7"),
    ],
)
def test_an_object_is_found_by_its_context_below_our_own_root(
    graph: GraphClient, server: Canned, context: str, path: str
) -> None:
    server.answer = lambda _: (200, {"status": "succeeded"})
    graph.wait({"@odata.context": context, "id": "7", "status": "running"})

    assert server.targets == [path]


@pytest.mark.parametrize(
    "job",
    [
        {"id": "7", "status": "running"},
        {"id": "7", "status": "running", "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#print/x"},
        {"id": "7", "status": "running", "@odata.context": "https://g/v1.0/$metadata#users(id,status)/$entity"},
        {"id": None, "status": "running", "@odata.context": "https://g/v1.0/$metadata#print/x/$entity"},
        {"id": "7", "status": "running", "@odata.context": None},
    ],
)
def test_an_object_that_does_not_say_where_it_is_is_nothing_to_wait_for(
    graph: GraphClient, server: Canned, job: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError, match="nothing to wait for"):
        graph.wait(job)

    assert server.requests == []


# -- what there is to wait for --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "job", [Reply(202, {}, None), Reply(200, {}, {"status": "running"}), "", Reply(202, {}, {})]
)
def test_without_an_address_there_is_nothing_to_wait_for(graph: GraphClient, server: Canned, job: Any) -> None:
    with pytest.raises(ConfigurationError, match="nothing to wait for"):
        graph.wait(job)

    assert server.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {}, {"id": "1"}),
        Reply(201, {"Location": "/x"}, {"id": "1"}),
        Reply(200, {}, {"status": "succeeded", "id": "1"}),
    ],
)
def test_what_is_done_already_is_not_waited_for(graph: GraphClient, server: Canned, reply: Reply) -> None:
    assert graph.wait(reply)["id"] == "1"

    assert server.requests == []


def test_what_has_failed_already_is_an_error(graph: GraphClient) -> None:
    with pytest.raises(OperationFailed, match="nameAlreadyExists"):
        graph.wait(Reply(200, {}, FAILED))


def test_what_a_batch_could_not_do_is_an_error(graph: GraphClient) -> None:
    lost = TransportError("lost")
    with pytest.raises(TransportError, match="lost"):
        graph.wait(Reply(None, {}, None, error=lost))


@pytest.mark.parametrize(
    "location", ["http://example.com/monitor", "ftp://127.0.0.1/x", "https://a@example.com/", "https://x\\@y/"]
)
def test_a_monitor_is_asked_over_https_only(graph: GraphClient, server: Canned, location: str) -> None:
    with pytest.raises(TransportError, match="not https"):
        graph.wait(accepted(location))

    assert server.requests == []


def test_a_redirect_without_an_address_is_an_error(graph: GraphClient, host: Canned) -> None:
    host.answer = says((302, b""))
    with pytest.raises(TransportError, match="redirects without an address"):
        graph.wait(f"{host.url}/monitor/1")


def test_a_job_that_was_just_begun_may_not_be_found_at_first(
    graph: GraphClient, server: Canned, naps: list[float]
) -> None:
    missing = (404, {"error": {"code": "NotFound"}})
    server.answer = says(missing, missing, (200, {"status": "succeeded"}))

    graph.wait(accepted("/teams('1')/operations('2')"))

    assert naps == [30, 30, 30]


@pytest.mark.parametrize(("fresh", "looks"), [(True, 4), (False, 1)])
def test_a_job_that_is_never_found_is_not_found(
    graph: GraphClient, server: Canned, fresh: bool, looks: int
) -> None:
    server.answer = lambda _: (404, {"error": {"code": "NotFound"}})
    location = "/me/drive/items/1/workbook/operations/2"
    with pytest.raises(NotFound):
        graph.wait(accepted(location) if fresh else location)

    assert len(server.requests) == looks


def test_a_job_that_was_seen_and_is_gone_is_not_found(graph: GraphClient, server: Canned) -> None:
    server.answer = says((200, {"status": "running"}), (404, {"error": {"code": "NotFound"}}))
    with pytest.raises(NotFound):
        graph.wait(accepted("/me/drive/items/1/workbook/operations/2"))

    assert len(server.requests) == 2


def test_an_address_of_ours_can_be_waited_for(graph: GraphClient, server: Canned) -> None:
    server.answer = says((200, {"status": "succeeded"}))

    assert graph.wait(graph.teams["1"].operations["2"]) == {"status": "succeeded"}


def test_no_log_has_the_address_of_a_monitor(
    graph: GraphClient, host: Canned, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    host.answer = says(RUNNING, (500, b""), DONE)
    graph.wait(accepted(f"{host.url}/monitor/1?{SECRET}"))

    assert "GET an address on 127.0.0.1" in caplog.text
    assert SECRET not in caplog.text


# -- 207 ------------------------------------------------------------------------------------------------------

ADDED = {
    "value": [
        {"@odata.type": "#microsoft.graph.aadUserConversationMemberResult", "userId": "1", "error": None},
        {
            "@odata.type": "#microsoft.graph.aadUserConversationMemberResult",
            "userId": "2",
            "error": {"code": "NotFound", "message": "Failed to find the user"},
        },
        {"id": "3", "error": {"code": "Forbidden", "message": "No"}},
        "odd",
    ]
}


def test_what_was_done_in_part_is_an_error_that_lists_what_was_not(graph: GraphClient, server: Canned) -> None:
    server.answer = lambda _: (207, ADDED)
    with pytest.raises(PartialFailure) as caught:
        graph.post("/teams/1/members/add", {"values": []})

    error = caught.value
    assert error.failures == ADDED["value"][1:3]
    assert error.body == ADDED
    assert str(error).splitlines()[:3] == [
        "207 for POST /v1.0/teams/1/members/add: 2 of 4 were not done",
        "  2 NotFound Failed to find the user",
        "  3 Forbidden No",
    ]
    assert len(server.requests) == 1  # what was done is not done again


@pytest.mark.parametrize(
    "body", [{"value": [{"userId": "1", "error": None}, {"userId": "2"}]}, {"value": []}, {"a": 1}, [], None, b"x"]
)
def test_a_207_without_failures_is_a_success(graph: GraphClient, server: Canned, body: Any) -> None:
    server.answer = lambda _: (207, body)

    assert graph.post("/teams/1/members/add", {}) == body


def test_a_job_that_was_done_in_part_is_an_error(graph: GraphClient, server: Canned) -> None:
    server.answer = says((207, ADDED))
    with pytest.raises(PartialFailure):
        graph.wait(f"{server.url}/v1.0/operations/1")


def test_a_207_within_a_batch_is_an_error_of_its_own(graph: GraphClient, server: Canned) -> None:
    def answer(request: Arrived) -> tuple[int, Any]:
        ids = [item["id"] for item in json.loads(request.body)["requests"]]
        bodies = [{"status": 207, "body": ADDED}, {"status": 200, "body": {"id": "1"}}]
        return 200, {"responses": [{"id": id_, **body} for id_, body in zip(ids, bodies, strict=True)]}

    server.answer = answer
    first, second = graph.batch([Request("POST", "/teams/1/members/add", {}), "/users/1"])

    assert isinstance(first.error, PartialFailure)
    assert first.error.failures == ADDED["value"][1:3]
    assert not first.ok
    assert second.ok


# -- with the sandbox -----------------------------------------------------------------------------------------


@pytest.fixture
def user(graph_client: GraphClient) -> dict[str, Any]:
    found: dict[str, Any] = next(iter(graph_client.users.list(limit=1)))
    return found


@pytest.fixture
def file(graph_client: GraphClient, user: dict[str, Any]) -> Any:
    """The address of a file."""
    item = graph_client.upload(f"/users/{user['id']}/drive/root:/a.txt", b"text")
    return graph_client.drives[item["parentReference"]["driveId"]] / f"items/{item['id']}"


@pytest.mark.parametrize("status", [200, 202])
def test_a_copy_is_waited_for(
    graph_client: GraphClient, graph_sandbox: Sandbox, file: Any, naps: list[float], status: int
) -> None:
    graph_sandbox.job_polls, graph_sandbox.monitor_status = 3, status

    done = graph_client.wait((file / "copy").request("POST", {"name": "b.txt"}))

    assert graph_client.get(f"{str(file).rpartition('/')[0]}/{done['resourceId']}")["name"] == "b.txt"
    assert naps == [1, 2, 4, 8]
    looks = [seen for seen in graph_sandbox.requests if seen.path.startswith("/monitor/")]
    assert len(looks) == 4
    assert [seen for seen in looks if "Authorization" in seen.headers] == []


def test_a_copy_that_cannot_be_made_says_why(graph_client: GraphClient, graph_sandbox: Sandbox, file: Any) -> None:
    with pytest.raises(OperationFailed, match="nameAlreadyExists"):
        graph_client.wait((file / "copy").request("POST", {"name": "a.txt"}))
    graph_sandbox.fail_job("generalException", "out of luck")
    with pytest.raises(OperationFailed, match="out of luck"):
        graph_client.wait((file / "copy").request("POST", {"name": "b.txt"}))


def test_a_job_may_be_lost_sight_of_and_found_again(
    graph_client: GraphClient, graph_sandbox: Sandbox, file: Any
) -> None:
    graph_sandbox.job_polls = 3
    reply = (file / "copy").request("POST", {"name": "b.txt"})
    graph_sandbox.fail("GET", "/monitor/*", reset="after", after=1)
    graph_sandbox.fail("GET", "/monitor/*", truncate=True)
    with pytest.raises(StillRunning):
        graph_client.wait(reply, timeout=2)

    assert "resourceId" in graph_client.wait(reply.headers["Location"])


def test_a_team_is_waited_for(graph_client: GraphClient, user: dict[str, Any], naps: list[float]) -> None:
    owner = {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": ["owner"],
        "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{user['id']}')",
    }
    body = {
        "template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')",
        "displayName": "Team A",
        "description": "x",
        "members": [owner],
    }

    done = graph_client.wait(graph_client.teams.request("POST", body))

    assert graph_client.get(f"/groups/{done['targetResourceId']}")["displayName"] == "Team A"
    assert naps == [30, 30]


def test_a_workbook_is_waited_for_and_fails_with_200(
    graph_client: GraphClient, graph_sandbox: Sandbox, file: Any
) -> None:
    def create() -> Reply:
        return (file / "workbook/createSession").request(
            "POST", {"persistChanges": True}, headers={"Prefer": "respond-async"}
        )

    done = graph_client.wait(create())
    assert "id" in graph_client.get(done["resourceLocation"])

    graph_sandbox.fail_job("internalError", "the workbook is broken")
    with pytest.raises(OperationFailed, match="the workbook is broken") as caught:
        graph_client.wait(create())
    assert caught.value.status == 200


def test_a_section_is_waited_for_by_operation_location(graph_client: GraphClient, user: dict[str, Any]) -> None:
    sections = graph_client.users[user["id"]].onenote.sections["1-a"]

    done = graph_client.wait((sections / "copyToNotebook").request("POST", {"id": "1-b"}))

    assert done["status"] == "Completed"
    assert "resourceLocation" in done


def test_the_example_of_the_page_runs(graph_client: GraphClient, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text(encoding="utf-8")
    section = page.partition("## Long-running operations\n")[2].partition("\n## ")[0]
    [code] = re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    graph_client.upload("/users/ada.lovelace@contoso.example/drive/root:/reports/2024.xlsx", b"sheet")

    exec(code, {"graph": graph_client})

    assert capsys.readouterr().out == "copy.xlsx\n"
