"""Planner: what has an etag changes only for who names it."""

from __future__ import annotations

from typing import Any

import pytest
from graph_calls import Graph, error


@pytest.mark.parametrize(
    ("path", "body", "change"),
    [
        ("plans", {"title": "Move", "owner": "ebf3b108-5234-4e22-b93d-656d7dae5874"}, {"title": "Stay"}),
        ("buckets", {"name": "Soon", "planId": "p"}, {"name": "Later"}),
        ("tasks", {"title": "Pack", "planId": "p"}, {"percentComplete": 50}),
    ],
)
def test_a_change_names_the_etag(graph: Graph, path: str, body: dict[str, Any], change: dict[str, Any]) -> None:
    answer = graph("POST", f"/planner/{path}", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["@odata.etag"].startswith('W/"')
    one = f"/planner/{path}/{made['id']}"
    status, code, message = error(graph("PATCH", one, json=change))
    assert (status, code, message) == (412, "", "The If-Match header must be specified for this kind of request.")
    old = {"If-Match": made["@odata.etag"]}
    assert graph("PATCH", one, old, json=change).status_code == 204
    assert error(graph("PATCH", one, old, json=change))[0] == 412
    now = graph("GET", one).json()
    assert now.items() >= change.items()
    assert now["@odata.etag"] != made["@odata.etag"]
    (listed,) = graph("GET", f"/planner/{path}").json()["value"]
    assert listed["@odata.etag"] == now["@odata.etag"]
    wanted = {"If-Match": now["@odata.etag"], "Prefer": "return=representation"}
    shown = graph("PATCH", one, wanted, json=change)
    assert (shown.status_code, shown.json()["id"]) == (200, made["id"])
    assert error(graph("DELETE", one))[0] == 412
    assert graph("DELETE", one, {"If-Match": shown.json()["@odata.etag"]}).status_code == 204
    assert graph("GET", one).status_code == 404
    assert graph("POST", f"/planner/{path}", json={}).status_code == 400
