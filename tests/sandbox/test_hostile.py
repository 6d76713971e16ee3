"""Whatever is sent to whatever the sandbox acts out: an answer below 500 (or an honest 501), and it lives on."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pytest
from graph_calls import Graph
from shares import sample

from leangraph.knowledge import schema
from leangraph.sandbox import Sandbox
from leangraph.sandbox.core.endpoints import ENDPOINTS, Endpoint
from leangraph.sandbox.core.model import ENTITIES

JUNK = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        10**30,
        "",
        "x",
        "http://[",
        "\x00",
        "é" * 300,
        "2020-13-45T99:99:99Z",
        "'; DROP TABLE x",
    ),
    *([], [None], [5], ["x"], ["http://[", "//["], [[]], [{}], [{"x": []}]),
    *({}, {"x": 1}, {"": None}, {"emailAddress": "x"}, {"redirectUris": 5}, {"@odata.id": 5}),
)
NAMES = (
    *("@odata.id", "members@odata.bind", "owners@odata.bind", "manager@odata.bind", "x@odata.bind", "@odata.type"),
    *(
        "addLicenses",
        "removeLicenses",
        "ids",
        "types",
        "groupIds",
        "securityEnabledOnly",
        "keyId",
        "message",
        "Message",
    ),
    *(
        "passwordCredential",
        "principalId",
        "resourceId",
        "appRoleId",
        "clientId",
        "consentType",
        "scope",
        "requests",
    ),
    *(
        "newUserPrincipalName",
        "saveToSentItems",
        "item",
        "name",
        "parentReference",
        "attachments",
        "roleTemplateId",
    ),
)
WRITING = [endpoint for endpoint in ENDPOINTS if endpoint.method != "GET"]


def bodies(endpoint: Endpoint, dice: random.Random) -> list[Any]:
    """Return bodies with the names that the endpoint may know, and values that it does not expect."""
    root = endpoint.path.strip("/").split("/")[0]
    kind = next((one.kind for one in ENTITIES.values() if one.collection == root), "user")
    names = [*NAMES, *schema.properties(kind)]
    one_wrong = [{dice.choice(names): dice.choice(JUNK)} for _ in range(8)]
    many = [{name: dice.choice(JUNK) for name in dice.sample(names, 8)} for _ in range(4)]
    return sample([*dice.sample(JUNK, 4), *one_wrong, *many], 5)


KEPT: dict[str, dict[str, str]] = {}  # keys of the tenants, by their addresses: no reset changes them


@pytest.fixture
def keys(graph: Graph) -> dict[str, str]:
    """An id for each collection, and for anything else."""
    url = graph.sandbox.url
    if url not in KEPT:
        KEPT[url] = read_keys(graph)
    return KEPT[url]


def read_keys(graph: Graph) -> dict[str, str]:
    found = {"": "00000000-0000-4000-8000-000000000000"}
    for name in (
        "users",
        "groups",
        "devices",
        "applications",
        "servicePrincipals",
        "directoryRoles",
        "organization",
    ):
        found[name] = graph.get(f"/{name}", select="id").json()["value"][-1]["id"]
    found["administrativeUnits"] = graph.get("/directory/administrativeUnits").json()["value"][0]["id"]
    found["directoryObjects"] = found["groups"]
    return found


@pytest.mark.parametrize(
    "endpoint", sample(WRITING, 75), ids=lambda endpoint: f"{endpoint.method} {endpoint.path}"
)
def test_no_body_breaks_it(graph_sandbox: Sandbox, graph: Graph, keys: dict[str, str], endpoint: Endpoint) -> None:
    dice = random.Random(endpoint.method + endpoint.path)
    for body in bodies(endpoint, dice):
        before, path = "", []
        for step in endpoint.path.strip("/").split("/"):
            path.append(
                keys.get(before, keys[""]) if step == "{id}" else step.replace("{path}", "a").replace("{id}", "x")
            )
            before = step
        data = json.dumps(body).encode()
        answer = graph(endpoint.method, "/" + "/".join(path), {"Content-Type": "application/json"}, data=data)
        assert answer.status_code < 500 or answer.status_code == 501, (body, answer.text)
        assert graph_sandbox.errors == [], (body, graph_sandbox.errors)
    assert graph.get("/organization").status_code == 200


KEYS = ["%00", "x" * 5000, "'", "%27%27", "..", "%2F", "(", "a=b", "appId=", "💥", "%C3%28"]
KEYED = [
    "/users/{}",
    "/users/{}/memberOf",
    "/users/{}/authentication/methods",
    "/users/{}/messages",
    "/groups/{}/members/{}/$ref",
    "/applications/{}",
    "/servicePrincipals/{}/appRoleAssignments",
    "/directoryObjects/{}",
    "/directory/deletedItems/{}",
    "/directoryRoles/{}",
    "/auditLogs/signIns/{}",
    "/subscribedSkus/{}",
    "/domains/{}",
    "/oauth2PermissionGrants/{}",
    "/reports/getMailboxUsageDetail({})",
]


@pytest.mark.parametrize(("path", "key"), sample([*itertools.product(KEYED, KEYS)], 55))
def test_no_key_breaks_it(graph_sandbox: Sandbox, graph: Graph, path: str, key: str) -> None:
    for method in ("GET", "DELETE", "POST"):
        answer = graph(method, path.format(key, key), allow_redirects=False)
        other = key in (".", "..")  # the client takes dots out of an address: it asks for something else
        assert (other and answer.status_code < 400) or 400 <= answer.status_code < 500 or answer.status_code == 501
    assert graph_sandbox.errors == []
