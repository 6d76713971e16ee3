"""The sandbox's ``$batch``, asked over real HTTPS."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests
from graph_calls import EVENTUAL, Graph, error, token_call

from leangraph.sandbox import Sandbox
from leangraph.sandbox.rules.limits import Quota

ADA = "/users/ada.lovelace@contoso.example"
JSON = {"Content-Type": "application/json"}
PAYLOAD = (400, "BadRequest", "Invalid batch payload format.")


def item(id_: str, url: str = ADA, method: str = "GET", **more: Any) -> dict[str, Any]:
    return {"id": id_, "method": method, "url": url, **more}


def send(graph: Graph, *items: Any, **outer: Any) -> requests.Response:
    return graph("POST", "/$batch", json={"requests": list(items)}, **outer)


def batch(graph: Graph, *items: Any, **outer: Any) -> dict[str, dict[str, Any]]:
    answer = send(graph, *items, **outer)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["responses"]}


def statuses(graph: Graph, *items: Any) -> dict[str, int]:
    return {id_: each["status"] for id_, each in batch(graph, *items).items()}


# -- the batch itself -----------------------------------------------------------------------------------------


def test_twenty_items_are_answered_and_one_more_is_refused(graph_sandbox: Sandbox, graph: Graph) -> None:
    twenty = [item(str(number)) for number in range(20)]
    assert set(statuses(graph, *twenty).values()) == {200}
    message = "Number of batch request steps exceeds the maximum value of 20."
    assert error(send(graph, *twenty, item("20"))) == (400, "MaximumValueExceeded", message)
    assert len(graph_sandbox.requests) == 1 + 21 + 1  # nothing of the second was done


@pytest.mark.parametrize("twin", ["a", "A"])
def test_ids_are_unique_without_regard_to_case(graph: Graph, twin: str) -> None:
    found = error(send(graph, item("a"), item(twin)))
    assert found == (400, "BadRequest", f"Request Id {twin} has to be unique in a batch.")
    assert statuses(graph, item("a"), item("b")) == {"a": 200, "b": 200}


@pytest.mark.parametrize("requests_", [None, [], {}, "x", ["x"], [None], 1])
def test_a_payload_without_items_is_refused(graph: Graph, requests_: object) -> None:
    assert error(graph("POST", "/$batch", json={"requests": requests_})) == PAYLOAD


def test_an_id_may_be_a_number(graph: Graph) -> None:
    """CLI for Microsoft 365 sends them so, and is answered."""
    requests_ = [{"id": 1, "method": "GET", "url": "/users"}]
    (answer,) = graph("POST", "/$batch", json={"requests": requests_}).json()["responses"]
    assert (answer["id"], answer["status"]) == ("1", 200)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"id": ""},
        {"id": 1.5},
        {"id": True},
        {"method": None},
        {"url": None},
        {"url": ""},
        {"url": 5},
        {"headers": "x"},
        {"headers": {"Prefer": 1}},
        {"dependsOn": "a"},
        {"dependsOn": [1]},
        {"method": "POST", "body": 5, "headers": {"Content-Type": "text/plain"}},
        {"method": "PUT", "body": {"a": 1}, "headers": {"Content-Type": "image/png"}},
        {"method": "PUT", "body": "not base64!", "headers": {"Content-Type": "image/png"}},
    ],
)
def test_a_malformed_item_is_a_400_for_the_whole(graph_sandbox: Sandbox, graph: Graph, wrong: Any) -> None:
    assert error(send(graph, item("1"), {**item("2"), **wrong})) == PAYLOAD
    assert [request.path for request in graph_sandbox.requests[1:]] == ["/$batch"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"requests": [{"id": "\\ud800"}]}'])
def test_a_body_that_is_no_json_object_is_refused(graph: Graph, data: bytes) -> None:
    assert error(graph("POST", "/$batch", JSON, data=data))[:2] == (400, "BadRequest")
    assert error(graph("POST", "/$batch", {"Content-Type": "text/plain"}, data=b"{}"))[0] == 400


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "get", "X"])
def test_other_methods_are_refused(graph: Graph, method: str) -> None:
    assert error(send(graph, item("1", method=method)))[0] == 400


@pytest.mark.parametrize(
    "url", ["https://graph.microsoft.com/v1.0/users", "HTTP://127.0.0.1/v1.0/users", "//127.0.0.1/v1.0/users"]
)
def test_absolute_urls_are_refused(graph: Graph, url: str) -> None:
    found = error(send(graph, item("7", url)))
    assert found == (400, "BadRequest", "The url of request Id 7 has to be relative.")


@pytest.mark.parametrize("url", ["/$batch", "$batch", "/%24Batch?x=1"])
def test_a_batch_inside_a_batch_is_refused(graph: Graph, url: str) -> None:
    inner = {"requests": [item("1")]}
    assert error(send(graph, item("1", url, "POST", body=inner, headers=JSON)))[0] == 400


def test_only_posting_is_for_batches(graph: Graph) -> None:
    assert error(graph.get("/$batch"))[:2] == (405, "Request_BadRequest")


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
@pytest.mark.parametrize("more", [{}, {"body": {}}, {"headers": JSON}, {"headers": {}, "body": {"a": 1}}])
def test_a_write_needs_a_body_and_its_content_type(graph: Graph, method: str, more: Any) -> None:
    found = error(send(graph, item("w", method=method, **more)))
    assert found == (400, "BadRequest", "Write request id : w does not contain Content-Type header or body.")


def test_an_action_with_an_empty_body_is_let_through(graph: Graph) -> None:
    assert (
        batch(graph, item("1", "/users/x/y", "POST", body={}, headers=JSON))["1"]["status"] == 400
    )  # by its path
    assert statuses(graph, item("1", method="PATCH", body={}, headers=JSON)) == {"1": 204}


def test_what_is_ignored_is_ignored(graph: Graph) -> None:
    odd = {
        "atomicityGroup": "g",
        "depends_on": ["none"],
        "dependsOn": None,
        "headers": {"Prefer": "respond-async"},
    }
    assert statuses(graph, item("1", **odd)) == {"1": 200}


# -- the items ------------------------------------------------------------------------------------------------


def test_replies_never_come_in_the_order_of_the_requests_but_always_in_the_same(graph: Graph) -> None:
    orders = []
    for number in range(2, 21):
        items = [item(str(n)) for n in range(number)]
        first, second = ([each["id"] for each in send(graph, *items).json()["responses"]] for _ in range(2))
        assert first == second != [each["id"] for each in items]
        assert sorted(first) == sorted(each["id"] for each in items)
        orders.append(first)
    assert [each["id"] for each in send(graph, item("1")).json()["responses"]] == ["1"]


def test_another_seed_makes_another_order() -> None:
    found = set()
    for seed in range(4):
        with Sandbox(users=1, seed=seed) as sandbox, requests.Session() as web:
            web.trust_env, web.verify = False, sandbox.ca_bundle
            graph = Graph(sandbox, web, token_call(sandbox, web).json()["access_token"])
            found.add(tuple(batch(graph, *(item(str(number)) for number in range(20)))))
    assert len(found) == 4


def test_items_that_do_not_depend_on_each_other_run_in_any_order(graph_sandbox: Sandbox, graph: Graph) -> None:
    """A script that needs an order and does not say so must not get it by luck."""
    items = [item(str(number), f"/users/{number}") for number in range(20)]
    batch(graph, *items)
    ran = [request.path for request in graph_sandbox.requests if request.batched]
    assert sorted(ran) == sorted(each["url"] for each in items)
    assert ran != [each["url"] for each in items]


@pytest.mark.parametrize("url", ["/users?$top=1", "users?$top=1"])
def test_a_leading_slash_does_not_matter(graph: Graph, url: str) -> None:
    assert len(batch(graph, item("1", url))["1"]["body"]["value"]) == 1


def test_urls_may_hold_what_a_url_cannot(graph_sandbox: Sandbox, graph: Graph) -> None:
    url = "/users?$filter=surname eq 'Åström' or surname eq 'Hopper'&$select=surname&$top=1"
    page = batch(graph, item("1", url))["1"]["body"]
    link = page["@odata.nextLink"]
    assert link.startswith(f"{graph_sandbox.url}/v1.0/users?$filter=surname%20eq%20")
    assert link.isascii()
    found = [*page["value"], *graph("GET", link).json()["value"]]
    assert sorted(user["surname"] for user in found) == ["Hopper", "Åström"]


def test_a_fragment_is_lost_as_in_any_url(graph: Graph) -> None:
    guest = graph.get("/users", filter="userType eq 'Guest'").json()["value"][0]["userPrincipalName"]
    raw, encoded = f"/users/{guest}", f"/users/{guest.replace('#', '%23')}"
    assert statuses(graph, item("raw", raw), item("encoded", encoded)) == {"raw": 404, "encoded": 200}


def test_items_have_headers_of_their_own(graph: Graph) -> None:
    found = batch(
        graph,
        item("with", "/users/$count", headers=EVENTUAL),
        item("without", "/users/$count"),
        headers=EVENTUAL,
    )
    assert (found["with"]["status"], found["with"]["body"]) == (200, "50")
    assert found["without"]["status"] == 400


def test_nobody_else_can_be_asked_in_an_item(graph_sandbox: Sandbox, graph: Graph) -> None:
    headers = {"Authorization": "Bearer other", "Host": "graph.microsoft.com", "X-Own": "1"}
    body = batch(graph, item("1", "/users?$top=1", headers=headers))["1"]["body"]
    assert body["@odata.nextLink"].startswith(graph_sandbox.url)
    inner = next(request for request in graph_sandbox.requests if request.batched)
    assert "authorization" not in inner.headers
    assert inner.headers["X-Own"] == "1"


def test_an_item_shows_the_headers_that_are_its_own(graph: Graph) -> None:
    made = {"displayName": "Batch", "mailEnabled": False, "mailNickname": "batch", "securityEnabled": True}
    found = batch(graph, item("1", "/groups", "POST", body=made, headers=JSON), item("2"))
    headers = found["1"]["headers"]
    assert found["1"]["status"] == 201
    assert headers["Location"].endswith(f"/v1.0/groups/{found['1']['body']['id']}")
    assert headers["Content-Type"].startswith("application/json;odata.metadata=minimal")
    assert set(found["2"]["headers"]) == {
        "Cache-Control",
        "Content-Type",
        "OData-Version",
        "x-ms-resource-unit",
        "x-sandbox-fidelity",
    }


def test_an_answer_without_a_body_has_none(graph: Graph) -> None:
    found = batch(graph, item("1", method="PATCH", body={"jobTitle": "Countess"}, headers=JSON))["1"]
    assert found["status"] == 204
    assert "body" not in found
    assert graph.get(ADA).json()["jobTitle"] == "Countess"


def test_bodies_are_json_text_or_base64(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.fail("GET", "/photo", status=200, body=b"\xff\xd8\xfb\xef", content_type="image/jpeg")
    graph_sandbox.fail("GET", "/text", status=200, body="naïve", content_type="text/plain;charset=utf-8")
    graph_sandbox.fail("GET", "/page", status=502, html=True)
    graph_sandbox.fail("GET", "/json", status=200, body='\ufeff{"a": 1}', content_type="application/json")
    graph_sandbox.fail("GET", "/broken", status=200, body=b'{"a": ', content_type="application/json")
    graph_sandbox.fail("GET", "/empty", status=504, empty=True)
    found = batch(graph, *(item(name, name) for name in ("photo", "text", "page", "json", "broken", "empty")))
    assert found["photo"]["body"] == base64.b64encode(b"\xff\xd8\xfb\xef").decode()
    assert found["text"]["body"] == "naïve"
    assert found["page"]["body"].startswith("<html>")
    assert found["json"]["body"] == {"a": 1}
    assert base64.b64decode(found["broken"]["body"]) == b'{"a": '
    assert "body" not in found["empty"]


def test_bodies_that_are_sent_are_json_text_or_base64(graph_sandbox: Sandbox, graph: Graph) -> None:
    bodies: dict[str, tuple[str, Any, bytes]] = {
        "json": ("application/json", {"a": "ö"}, '{"a": "ö"}'.encode()),
        "text": ("text/csv; charset=utf-8", "a;ö", "a;ö".encode()),
        "standard": ("image/png", "+/+/", b"\xfb\xff\xbf"),
        "url-safe": ("application/octet-stream", "-_-_8A", b"\xfb\xff\xbf\xf0"),
    }
    batch(
        graph,
        *(
            item(name, f"/users/{name}", "PUT", body=body, headers={"content-type": kind})
            for name, (kind, body, _) in bodies.items()
        ),
    )
    seen = {request.path: request.body for request in graph_sandbox.requests if request.batched}
    assert seen == {f"/users/{name}": content for name, (_, _, content) in bodies.items()}


def test_redirects_are_not_followed(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.fail("GET", "/content", status=302, headers={"Location": "https://127.0.0.1/download/x"})
    found = batch(graph, item("1", "/content"))["1"]
    assert found["status"] == 302
    assert found["headers"]["location"] == "https://127.0.0.1/download/x"
    assert "Location" not in found["headers"]


def test_beta_stays_beta(graph_sandbox: Sandbox, graph: Graph) -> None:
    answer = graph("POST", f"{graph_sandbox.url}/beta/$batch", json={"requests": [item("1", "/users?top=1")]})
    page = answer.json()["responses"][0]["body"]
    assert len(page["value"]) == 1
    assert "/beta/users" in page["@odata.nextLink"]


def test_the_root_of_graph_is_not_acted_out_and_breaks_nothing(graph_sandbox: Sandbox, graph: Graph) -> None:
    assert statuses(graph, item("1", "/"), item("2", "?x=1")) == {"1": 501, "2": 501}
    assert error(graph.get(""))[0] == error(graph.get("/"))[0] == 501


def test_an_item_carries_the_client_request_id_of_the_batch(graph: Graph) -> None:
    found = batch(
        graph,
        item("1", "/users/nobody"),
        item("2", "/users/nobody", headers={"client-request-id": "own"}),
        headers={"client-request-id": "outer"},
    )
    ids = {id_: each["body"]["error"]["innerError"]["client-request-id"] for id_, each in found.items()}
    assert ids == {"1": "outer", "2": "own"}


# -- dependencies ---------------------------------------------------------------------------------------------


def patch(id_: str, title: str, after: str = "") -> dict[str, Any]:
    more = {"dependsOn": [after]} if after else {}
    return item(id_, method="PATCH", body={"jobTitle": title}, headers=JSON, **more)


def test_dependents_run_after_what_they_depend_on(graph_sandbox: Sandbox, graph: Graph) -> None:
    chain = [patch("0", "0"), *(patch(str(n), str(n), str(n - 1)) for n in range(1, 20))]
    assert set(statuses(graph, *chain).values()) == {204}
    ran = [request.json["jobTitle"] for request in graph_sandbox.requests if request.batched]
    assert ran == [str(n) for n in range(20)]


def test_all_may_depend_on_the_first(graph_sandbox: Sandbox, graph: Graph) -> None:
    batch(graph, patch("A", "first"), *(patch(str(n), str(n), "a") for n in range(5)))  # in any case
    ran = [request.json["jobTitle"] for request in graph_sandbox.requests if request.batched]
    assert ran[0] == "first"


def test_what_depends_on_a_failure_fails_with_424_and_is_not_run(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.fail("PATCH", ADA, status=503, after=1)
    found = batch(
        graph, patch("1", "one"), patch("2", "two", "1"), patch("3", "three", "2"), patch("4", "four", "3")
    )
    assert {id_: each["status"] for id_, each in found.items()} == {"1": 204, "2": 503, "3": 424, "4": 424}
    assert found["3"]["body"]["error"]["code"] == "FailedDependency"
    assert graph.get(ADA).json()["jobTitle"] == "one"


def test_a_redirect_is_no_failure(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.fail("GET", "/content", status=302)
    assert statuses(graph, item("1", "/content"), patch("2", "x", "1")) == {"1": 302, "2": 204}


@pytest.mark.parametrize(
    "after", [{"2": "9"}, {"1": "2"}, {"1": "1"}, {"2": "3", "3": "1"}], ids=["unknown", "later", "itself", "both"]
)
def test_a_dependency_comes_before_what_depends_on_it(graph: Graph, after: dict[str, str]) -> None:
    items = [patch(id_, "x", after.get(id_, "")) for id_ in ("1", "2", "3")]
    found = error(send(graph, *items))
    assert found == (400, "BadRequest", f"Invalid dependency for request Id {next(iter(after))}.")


@pytest.mark.parametrize(
    "after",
    [
        {"2": ["1"]},
        {"3": ["1"]},
        {"2": ["1"], "4": ["3"]},
        {"2": ["1"], "3": ["2"], "4": ["2"]},
        {"2": ["1"], "3": ["1", "2"], "4": ["3"]},
    ],
)
def test_a_batch_is_fully_sequential_or_fully_parallel(graph: Graph, after: dict[str, list[str]]) -> None:
    items = [item(id_, dependsOn=after.get(id_, [])) for id_ in ("1", "2", "3", "4")]
    message = "Batch should be either fully sequential or fully parallel."
    assert error(send(graph, *items)) == (400, "BadRequest", message)


# -- limits and faults ----------------------------------------------------------------------------------------


def test_a_scripted_fault_meets_one_item(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.fail("GET", ADA, status=429, retry_after=2.5)
    found = batch(graph, item("1"), item("2", "/users/grace.hopper@contoso.example"))
    assert (found["1"]["status"], found["2"]["status"]) == (429, 200)
    assert found["1"]["headers"]["Retry-After"] == "2.5"
    assert found["1"]["body"]["error"]["code"] == "TooManyRequests"


def test_items_are_throttled_one_by_one(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.throttling = True
    graph_sandbox.limits.override = Quota(5, 10)
    found = batch(graph, *(item(str(number)) for number in range(8)))
    refused = [each for each in found.values() if each["status"] == 429]
    assert len(refused) == 3
    assert all(int(each["headers"]["Retry-After"]) >= 1 for each in refused)


def test_outlook_takes_any_number_of_items_for_one_mailbox(graph_sandbox: Sandbox, graph: Graph) -> None:
    """One at a time: a batch alone never meets the limit of four at once."""
    graph_sandbox.throttling = True
    items = [item(str(number), f"{ADA}/messages") for number in range(20)]
    assert 429 not in statuses(graph, *items).values()


@pytest.mark.parametrize(("when", "status", "done"), [("before", 503, 0), ("after", 504, 1)])
def test_a_connection_that_breaks_inside_is_a_gateways_error(
    graph_sandbox: Sandbox, graph: Graph, when: Any, status: int, done: int
) -> None:
    graph_sandbox.fail("PATCH", ADA, reset=when)
    found = batch(graph, patch("1", "changed"), item("2"))
    assert found["1"]["status"] == status
    assert found["1"]["body"]["error"]["code"]
    assert found["2"]["status"] == 200
    assert (graph.get(ADA).json()["jobTitle"] == "changed") == bool(done)


def test_a_truncated_answer_inside_is_a_gateways_error(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.fail("GET", ADA, truncate=True)
    assert statuses(graph, item("1")) == {"1": 504}


def test_a_slow_item_slows_the_batch_and_arrives(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.fail("GET", ADA, slow=0.01)
    assert statuses(graph, item("1"), item("2", "/groups")) == {"1": 200, "2": 200}


def test_the_batch_itself_can_fail_too(graph_sandbox: Sandbox, graph: Graph) -> None:
    graph_sandbox.fail("POST", "/$batch", status=504, html=True)
    assert send(graph, item("1")).status_code == 504
    assert statuses(graph, item("1")) == {"1": 200}


def test_permissions_are_those_of_each_item(graph_sandbox: Sandbox, graph: Graph, web: requests.Session) -> None:
    reader = graph_sandbox.add_app(roles=["User.Read.All"])
    token = token_call(graph_sandbox, web, client_id=reader.client_id, client_secret=reader.client_secret)
    graph_sandbox.permissions = "enforce"
    limited = Graph(graph_sandbox, web, token.json()["access_token"])
    assert statuses(limited, item("1"), item("2", "/groups")) == {"1": 200, "2": 403}


def test_items_are_recorded_as_such_after_their_batch(graph_sandbox: Sandbox, graph: Graph) -> None:
    batch(graph, item("1"), item("2"))
    recorded = [(request.path, request.batched, request.status) for request in graph_sandbox.requests[1:]]
    assert recorded == [("/$batch", False, 200), (ADA, True, 200), (ADA, True, 200)]


def test_a_batch_of_more_than_4_mb_is_refused(graph: Graph) -> None:
    large = {"jobTitle": "x" * (4 * 1024 * 1024)}
    assert send(graph, item("1", method="PATCH", body=large, headers=JSON)).status_code == 413
