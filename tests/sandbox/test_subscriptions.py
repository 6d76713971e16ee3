"""The sandbox's change notifications: subscribing over real HTTPS, and a subscriber that listens."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from graph_calls import Graph, error, token_call
from processes import LIMIT

from leangraph.sandbox import Sandbox
from leangraph.sandbox.core import subscriptions
from leangraph.sandbox.core.subscriptions import RESOURCES, resource_of
from leangraph.sandbox.wire import webhooks
from leangraph.sandbox.wire.tls import server_context

ADA = "/users/ada.lovelace@contoso.example"
HOUR, DAY = 3_600, 86_400
MUST = "Notification endpoint must respond with 200 OK to validation request."


class Heard(NamedTuple):
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, strict_parsing=True)

    @property
    def notes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.body)["value"]
        return found


class Subscriber:
    """An endpoint on this machine that does as Microsoft's pages say, until it is told otherwise."""

    def __init__(self, tls: Path | None = None) -> None:
        self.heard: list[Heard] = []
        self.validation: dict[str, Any] = {}  # what differs from a good answer
        self.status = 202
        self.closing = threading.Event()
        subscriber = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                subscriber.answer(self)

            def log_message(self, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = server_context(tls).wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'http' if tls is None else 'https'}://localhost:{self.server.server_port}/notify"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        heard = Heard(handler.path, dict(handler.headers), handler.rfile.read(length))
        self.heard.append(heard)
        body, status, kind, more = b"", self.status, "text/plain", {}
        if "validationToken" in heard.target:
            change = self.validation
            if change.get("silent"):
                self.closing.wait(LIMIT)
            status, kind = change.get("status", 200), change.get("kind", "text/plain; charset=utf-8")
            body = change.get("body", heard.query["validationToken"][0].encode())
            more = change.get("headers", {})
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **more}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    endpoint = Subscriber()
    yield endpoint
    endpoint.close()


def at(sandbox: Sandbox, seconds: float) -> str:
    return (datetime.fromtimestamp(sandbox.now(), UTC) + timedelta(seconds=seconds)).isoformat()


def asked(subscriber: Subscriber, sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    body = {
        "changeType": "updated,deleted",
        "notificationUrl": subscriber.url,
        "resource": "users",
        "expirationDateTime": at(sandbox, DAY),
        "clientState": "a secret",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def subscribe(graph: Graph, subscriber: Subscriber, **changes: Any) -> dict[str, Any]:
    answer = graph("POST", "/subscriptions", json=asked(subscriber, graph.sandbox, **changes))
    assert answer.status_code == 201, answer.text
    subscriber.heard.clear()
    found: dict[str, Any] = answer.json()
    return found


def refused(graph: Graph, subscriber: Subscriber, **changes: Any) -> tuple[int, str, str]:
    return error(graph("POST", "/subscriptions", json=asked(subscriber, graph.sandbox, **changes)))


def ends(subscription: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(subscription["expirationDateTime"])


# -- subscribing ----------------------------------------------------------------------------------------------


def test_an_address_is_asked_before_it_is_notified(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    answer = graph("POST", "/subscriptions", json=asked(subscriber, graph_sandbox))
    assert answer.status_code == 201
    (heard,) = subscriber.heard
    assert heard.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert heard.body == b""
    assert heard.target.startswith("/notify?validationToken=Validation%3a+Testing+client+application")
    made = answer.json()
    assert answer.headers["Location"] == f"{graph_sandbox.url}/v1.0/subscriptions/{made['id']}"
    assert made.pop("@odata.context") == f"{graph_sandbox.url}/v1.0/$metadata#subscriptions/$entity"
    expected = asked(subscriber, graph_sandbox)
    assert {name: made[name] for name in expected if name != "expirationDateTime"} == {
        name: value for name, value in expected.items() if name != "expirationDateTime"
    }
    assert (made["applicationId"], made["latestSupportedTlsVersion"]) == (graph_sandbox.client_id, "v1_2")
    assert made["creatorId"]
    assert made["encryptionCertificate"] is None


def test_an_address_with_tls_may_have_any_certificate(
    graph_sandbox: Sandbox, graph: Graph, tmp_path: Path
) -> None:
    endpoint = Subscriber(tmp_path / "another-ca.pem")
    try:
        subscribe(graph, endpoint)
        graph("PATCH", ADA, json={"jobTitle": "Countess"})
        (sent,) = graph_sandbox.deliver_notifications()
        assert sent.ok
        assert [note["changeType"] for note in endpoint.heard[0].notes] == ["updated"]
    finally:
        endpoint.close()


def test_an_address_keeps_its_query(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    url = f"{subscriber.url}?key=a%2Bb"
    answer = graph("POST", "/subscriptions", json=asked(subscriber, graph_sandbox, notificationUrl=url))
    assert answer.status_code == 201
    assert subscriber.heard[0].query["key"] == ["a+b"]
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    graph_sandbox.deliver_notifications()
    assert subscriber.heard[1].target == "/notify?key=a%2Bb"


def test_both_addresses_are_asked_and_the_same_one_twice(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    body = asked(subscriber, graph_sandbox, lifecycleNotificationUrl=f"{subscriber.url}/lifecycle")
    assert graph("POST", "/subscriptions", json=body).json()["lifecycleNotificationUrl"].endswith("/lifecycle")
    assert [heard.target.partition("?")[0] for heard in subscriber.heard] == ["/notify", "/notify/lifecycle"]
    subscriber.heard.clear()
    body = asked(subscriber, graph_sandbox, resource="groups", lifecycleNotificationUrl=subscriber.url)
    assert graph("POST", "/subscriptions", json=body).status_code == 201
    assert len(subscriber.heard) == 2


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ({"status": 404}, f"Subscription validation request failed. HTTP status code is 'NotFound'. {MUST}"),
        ({"status": 202}, f"Subscription validation request failed. HTTP status code is 'Accepted'. {MUST}"),
        ({"status": 302, "headers": {"Location": "/notify?x"}}, "HTTP status code is 'Found'."),
        ({"body": b"Validation%3a+Testing"}, "Response must exactly match validationToken query parameter."),
        ({"body": b""}, "Response must exactly match validationToken query parameter."),
        ({"kind": "application/json"}, "Response must exactly match validationToken query parameter."),
    ],
)
def test_an_address_that_answers_otherwise_is_refused(
    graph: Graph, subscriber: Subscriber, validation: dict[str, Any], message: str
) -> None:
    subscriber.validation = validation
    status, code, text = refused(graph, subscriber)
    assert (status, code) == (400, "ValidationError")
    assert message in text
    assert graph.get("/subscriptions").json()["value"] == []


def test_an_address_that_answers_late_or_not_at_all_is_refused(
    graph: Graph, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Subscriber()
    nobody.close()
    found = refused(graph, nobody)
    assert found == (400, "ValidationError", f"Subscription validation request failed. {MUST}")
    assert webhooks.VALIDATION_SECONDS == 10
    monkeypatch.setattr(webhooks, "VALIDATION_SECONDS", 0.05)
    subscriber.validation = {"silent": True}
    found = refused(graph, subscriber)
    assert found == (400, "ValidationError", f"Subscription validation request timed out. {MUST}")


@pytest.mark.parametrize(
    "url",
    [
        "https://webhook.azurewebsites.net/notify",
        "https://10.0.0.1/notify",
        "http://169.254.169.254/metadata",
        "https://localhost.example/notify",
        "https://127.0.0.1.example/notify",
        "https://127.1/",
        "https://[::2]/",
        "https://[::ffff:127.0.0.1]/",
        "https://0.0.0.0/",
        "ftp://localhost/",
        "localhost:80",
        "/notify",
        "https://user@localhost/",
        "https://localhost:0/",
        "https://localhost:x/",
        "https://localhost/#x",
        "https://localhost/a b",
        "https://localhost/ä",
        "https://localhost/\r\nX: y",
        "",
    ],
)
def test_only_loopback_is_ever_notified(graph: Graph, subscriber: Subscriber, url: str) -> None:
    status, code, message = refused(graph, subscriber, notificationUrl=url)
    assert (status, code) == (400, "InvalidRequest")
    assert message.startswith("The sandbox notifies loopback addresses only, such as https://localhost:8443/: ")
    assert refused(graph, subscriber, lifecycleNotificationUrl=url or "x")[0] == 400
    assert subscriber.heard == []


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST"])
def test_loopback_has_several_names(graph: Graph, subscriber: Subscriber, host: str) -> None:
    assert subscribe(graph, subscriber, notificationUrl=subscriber.url.replace("localhost", host))


@pytest.mark.parametrize(
    "changes",
    [
        {"changeType": None},
        {"notificationUrl": None},
        {"resource": None},
        {"expirationDateTime": None},
        {"changeType": 5},
        {"changeType": "created"},
        {"changeType": "updated,updated"},
        {"changeType": "updated;deleted"},
        {"changeType": ""},
        {"resource": "nonsense"},
        {"resource": "https://graph.microsoft.com/v1.0/users"},
        {"resource": ""},
        {"resource": "me/drive/root", "changeType": "created"},
        {"expirationDateTime": "tomorrow"},
        {"expirationDateTime": "2035-01-01T00:00:00"},
        {"expirationDateTime": "2020-01-01T00:00:00Z"},
        {"clientState": "x" * 129},
        {"encryptionCertificateId": "x" * 129},
        {"latestSupportedTlsVersion": "v2_0"},
        {"encryptionCertificate": "x"},
        {"encryptionCertificate": base64.b64encode(b"x").decode()},
        {"includeResourceData": True},
        {"resource": "me/messages"},
        {"id": "x"},
        {"applicationId": "x"},
        {"nonsense": 1},
    ],
)
def test_what_graph_refuses_is_refused(graph: Graph, subscriber: Subscriber, changes: dict[str, Any]) -> None:
    assert refused(graph, subscriber, **changes)[0] == 400
    assert subscriber.heard == []


def test_what_is_just_short_enough_is_taken(graph: Graph, subscriber: Subscriber) -> None:
    subscribe(graph, subscriber, clientState="x" * 128, encryptionCertificateId="x" * 128)


def test_what_is_subscribed_to_must_exist(graph: Graph, subscriber: Subscriber) -> None:
    assert refused(graph, subscriber, resource="/users/nobody@contoso.example")[:2] == (404, "ResourceNotFound")
    assert refused(graph, subscriber, resource="groups/nobody/members")[0] == 404
    assert refused(graph, subscriber, resource="users('nobody')/messages", changeType="created")[0] == 404
    subscribe(graph, subscriber, resource=f"users('{ADA[7:]}')")


@pytest.mark.parametrize("seconds", [1, 44 * 60, 46 * 60])
def test_less_than_45_minutes_become_45(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber, seconds: int
) -> None:
    made = subscribe(graph, subscriber, expirationDateTime=at(graph_sandbox, seconds))
    left = ends(made).timestamp() - graph_sandbox.now()
    assert left == pytest.approx(max(seconds, 45 * 60), abs=60)


@pytest.mark.parametrize(
    ("resource", "minutes"),
    [("users", 41_760), (f"{ADA}/messages", 10_080), ("chats/getAllMessages", 4_320), ("security/alerts", 43_200)],
)
def test_each_resource_has_its_longest_life(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber, resource: str, minutes: int
) -> None:
    longer = at(graph_sandbox, 60 * minutes + 30)
    assert refused(graph, subscriber, resource=resource, changeType="updated", expirationDateTime=longer) == (
        400,
        "ExtensionError",
        f"Subscription expiration can only be {minutes} minutes in the future.",
    )
    shorter = at(graph_sandbox, 60 * minutes - 30)
    subscribe(graph, subscriber, resource=resource, changeType="updated", expirationDateTime=shorter)


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("users", 0),
        ("/Groups/x/members", 0),
        ("users('x')/mailFolders('inbox')/messages", 1),
        ("me/events", 1),
        ("drives/x/root", 2),
        ("teams/x/channels/y/messages", 3),
        ("teams/getAllMessages", 3),
        ("teams/x", 4),
        ("communications/callRecords", 5),
        ("security/alerts?$filter=status eq 'New'", 6),
        ("communications/presences/x", 7),
    ],
)
def test_what_can_be_subscribed_to(path: str, row: int) -> None:
    assert resource_of(path) is RESOURCES[row]


@pytest.mark.parametrize("path", ["", "/", "devices", "users/x/y", "groups/x/owners", "me/messages/x", "print"])
def test_what_cannot_be_subscribed_to(path: str) -> None:
    assert resource_of(path) is None


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "subscriber")])
    day = datetime(2024, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + timedelta(days=9))
    return base64.b64encode(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def test_a_certificate_is_checked_and_not_echoed(graph: Graph, subscriber: Subscriber) -> None:
    good = certificate(rsa.generate_private_key(65537, 2048))
    made = subscribe(graph, subscriber, encryptionCertificate=good, encryptionCertificateId="mine")
    assert (made["encryptionCertificate"], made["encryptionCertificateId"]) == (None, "mine")
    found = graph.get(f"/subscriptions/{made['id']}").json()
    assert found["encryptionCertificate"] is None
    curve = certificate(ec.generate_private_key(ec.SECP256R1()))
    assert refused(graph, subscriber, resource="groups", encryptionCertificate=curve)[0] == 400
    rich = {"resource": f"{ADA}/messages", "changeType": "created", "includeResourceData": True}
    assert refused(graph, subscriber, **rich)[0] == 400
    more = {"encryptionCertificate": good, "encryptionCertificateId": "mine"}
    assert refused(graph, subscriber, **rich, **more)[:2] == (501, "NotImplemented")


def test_the_same_twice_is_a_conflict(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    made = subscribe(graph, subscriber)
    message = f"Subscription Id {made['id']} already exists for the requested combination"
    assert refused(graph, subscriber) == (409, "ObjectIdentifierInUse", message)
    subscribe(graph, subscriber, changeType="updated")
    graph_sandbox.advance(0.9 * HOUR)
    subscribe(graph, subscriber, resource="groups")


# -- keeping one ----------------------------------------------------------------------------------------------


def test_a_subscription_is_found_renewed_and_deleted(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    made = subscribe(graph, subscriber)
    path = f"/subscriptions/{made['id']}"
    assert graph.get(path).json() == made
    listed = graph.get("/subscriptions").json()
    assert listed["@odata.context"] == f"{graph_sandbox.url}/v1.0/$metadata#subscriptions"
    assert listed["value"] == [{name: value for name, value in made.items() if name != "@odata.context"}]

    renewed = graph("PATCH", path, json={"expirationDateTime": at(graph_sandbox, 2 * DAY)})
    assert renewed.status_code == 200
    assert ends(renewed.json()) - ends(made) == pytest.approx(timedelta(days=1), abs=timedelta(minutes=1))
    assert graph.get(path).json() == renewed.json()
    assert subscriber.heard == []  # nobody is asked again

    assert graph("POST", f"{path}/reauthorize").status_code == 204
    assert graph("DELETE", path).status_code == 204
    for answer in (graph.get(path), graph("DELETE", path), graph("POST", f"{path}/reauthorize")):
        assert error(answer)[:2] == (404, "ResourceNotFound")
    assert error(graph("PATCH", path, json={"expirationDateTime": at(graph_sandbox, DAY)}))[0] == 404
    assert graph.get("/subscriptions").json()["value"] == []


def test_renewing_has_the_same_limits(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    path = f"/subscriptions/{subscribe(graph, subscriber)['id']}"
    for seconds in (60 * 41_760 + 30, -1):
        assert error(graph("PATCH", path, json={"expirationDateTime": at(graph_sandbox, seconds)}))[0] == 400
    short = graph("PATCH", path, json={"expirationDateTime": at(graph_sandbox, 5)}).json()
    assert ends(short).timestamp() - graph_sandbox.now() == pytest.approx(45 * 60, abs=60)
    assert error(graph("PATCH", path, json={"expirationDateTime": None}))[0] == 400


@pytest.mark.parametrize(
    "change",
    [
        {"lifecycleNotificationUrl": "https://localhost/"},
        {"changeType": "updated"},
        {"clientState": "x"},
        {"x": 1},
    ],
)
def test_nothing_else_can_be_changed(graph: Graph, subscriber: Subscriber, change: dict[str, str]) -> None:
    path = f"/subscriptions/{subscribe(graph, subscriber)['id']}"
    assert error(graph("PATCH", path, json=change))[0] == 400


def test_a_new_address_is_asked_first(graph: Graph, subscriber: Subscriber) -> None:
    made = subscribe(graph, subscriber)
    path = f"/subscriptions/{made['id']}"
    moved = graph("PATCH", path, json={"notificationUrl": f"{subscriber.url}/new"})
    assert moved.json()["notificationUrl"] == f"{subscriber.url}/new"
    assert subscriber.heard[0].target.startswith("/notify/new?validationToken=")
    subscriber.validation = {"status": 500}
    assert error(graph("PATCH", path, json={"notificationUrl": subscriber.url}))[1] == "ValidationError"
    assert error(graph("PATCH", path, json={"notificationUrl": "https://example.com/"}))[0] == 400
    assert graph.get(path).json() == moved.json()


def test_a_subscription_ends(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    made = subscribe(graph, subscriber, expirationDateTime=at(graph_sandbox, 50 * 60))
    graph_sandbox.advance(49 * 60)
    assert graph.get(f"/subscriptions/{made['id']}").status_code == 200
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    graph_sandbox.advance(2 * 60)
    assert error(graph.get(f"/subscriptions/{made['id']}"))[0] == 404
    assert graph.get("/subscriptions").json()["value"] == []
    assert graph_sandbox.deliver_notifications() == []
    subscribe(graph, subscriber)  # no twin any more


def test_each_app_sees_its_own(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber, web: requests.Session
) -> None:
    made = subscribe(graph, subscriber)
    app = graph_sandbox.add_app(roles=["User.Read.All"])
    answer = token_call(graph_sandbox, web, client_id=app.client_id, client_secret=app.client_secret)
    other = Graph(graph_sandbox, web, answer.json()["access_token"])
    assert other.get("/subscriptions").json()["value"] == []
    assert error(other.get(f"/subscriptions/{made['id']}"))[0] == 404
    assert error(other("DELETE", f"/subscriptions/{made['id']}"))[0] == 404
    assert subscribe(other, subscriber)["id"] != made["id"]


def test_a_reset_forgets_subscriptions(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    subscribe(graph, subscriber)
    graph_sandbox.reset()
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    assert graph.get("/subscriptions").json()["value"] == []
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    assert graph_sandbox.deliver_notifications() == []


# -- being notified -------------------------------------------------------------------------------------------


def test_a_change_is_delivered_when_asked_for(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    graph("PATCH", ADA, json={"city": "before"})
    made = subscribe(graph, subscriber)
    assert graph_sandbox.deliver_notifications() == []
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    assert subscriber.heard == []
    (sent,) = graph_sandbox.deliver_notifications()
    assert (sent.url, sent.status, sent.ok) == (subscriber.url, 202, True)
    (heard,) = subscriber.heard
    assert heard.headers["Content-Type"] == "application/json"
    assert heard.notes == sent.body["value"]
    (note,) = heard.notes
    id_ = graph.get(ADA).json()["id"]
    assert note.pop("id")
    data = note.pop("resourceData")
    assert note == {
        "changeType": "updated",
        "clientState": "a secret",
        "resource": f"Users/{id_}",
        "subscriptionExpirationDateTime": made["expirationDateTime"],
        "subscriptionId": made["id"],
        "tenantId": graph_sandbox.tenant_id,
    }
    assert {name: data[name] for name in ("@odata.type", "@odata.id", "id", "organizationId")} == {
        "@odata.type": "#Microsoft.Graph.User",
        "@odata.id": f"Users/{id_}",
        "id": id_,
        "organizationId": graph_sandbox.tenant_id,
    }
    assert graph_sandbox.deliver_notifications() == []


def kinds(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [
        (note["resourceData"]["id"], note["changeType"])
        for sent in sandbox.deliver_notifications()
        for note in sent.body["value"]
    ]


def test_made_and_soft_deleted_is_updated_and_gone_for_good_is_deleted(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    subscribe(graph, subscriber)
    id_ = graph_sandbox.add_user()["id"]
    assert kinds(graph_sandbox) == [(id_, "updated")]
    graph("DELETE", f"/users/{id_}")
    assert kinds(graph_sandbox) == [(id_, "updated")]
    graph("POST", f"/directory/deletedItems/{id_}/restore")
    assert kinds(graph_sandbox) == [(id_, "updated")]
    graph("DELETE", f"/users/{id_}")
    graph("DELETE", f"/directory/deletedItems/{id_}")
    assert kinds(graph_sandbox) == [(id_, "updated"), (id_, "deleted")]


@pytest.mark.parametrize(("wanted", "heard"), [("updated", 1), ("deleted", 0)])
def test_only_what_was_asked_for_is_told(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber, wanted: str, heard: int
) -> None:
    subscribe(graph, subscriber, changeType=wanted)
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    assert len(kinds(graph_sandbox)) == heard


def test_one_user_is_told_of_alone(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    subscribe(graph, subscriber, resource=f"{ADA}")
    graph("PATCH", "/users/grace.hopper@contoso.example", json={"jobTitle": "x"})
    assert kinds(graph_sandbox) == []
    graph("PATCH", ADA, json={"jobTitle": "x"})
    assert kinds(graph_sandbox) == [(graph.get(ADA).json()["id"], "updated")]


@pytest.mark.parametrize("members", [False, True])
def test_members_of_a_group_come_along(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber, members: bool
) -> None:
    group = graph.get("/groups").json()["value"][0]["id"]
    user = graph_sandbox.add_user()["id"]
    subscribe(graph, subscriber, resource=f"groups/{group}/members" if members else "groups")
    graph("PATCH", f"/groups/{group}", json={"description": "x"})
    assert len(kinds(graph_sandbox)) == (0 if members else 1)
    reference = {"@odata.id": f"{graph_sandbox.url}/v1.0/users/{user}"}
    graph("POST", f"/groups/{group}/members/$ref", json=reference)
    (sent,) = graph_sandbox.deliver_notifications()
    data = sent.body["value"][0]["resourceData"]
    assert (data["@odata.type"], data["@odata.id"]) == ("#Microsoft.Graph.Group", f"Groups/{group}")
    assert data["members@delta"] == [{"id": user}]
    graph("DELETE", f"/groups/{group}/members/{user}/$ref")
    (sent,) = graph_sandbox.deliver_notifications()
    assert sent.body["value"][0]["resourceData"]["members@delta"] == [{"id": user, "@removed": "deleted"}]


def test_one_request_may_be_for_several_subscriptions(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    first = subscribe(graph, subscriber)
    second = subscribe(graph, subscriber, resource=ADA, clientState="another")
    elsewhere = subscribe(graph, subscriber, resource="groups", notificationUrl=f"{subscriber.url}/groups")
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    group = graph.get("/groups").json()["value"][0]["id"]
    graph("PATCH", f"/groups/{group}", json={"description": "x"})
    sent = {each.url: each.body["value"] for each in graph_sandbox.deliver_notifications()}
    ids = {url: {note["subscriptionId"] for note in notes} for url, notes in sent.items()}
    assert ids == {subscriber.url: {first["id"], second["id"]}, f"{subscriber.url}/groups": {elsewhere["id"]}}
    assert {note["clientState"] for note in sent[subscriber.url]} == {"a secret", "another"}


def test_what_is_not_taken_is_sent_again_for_four_hours(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    graph_sandbox.token_lifetime = DAY
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    subscribe(graph, subscriber)
    subscriber.status = 500
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    (sent,) = graph_sandbox.deliver_notifications()
    assert (sent.status, sent.ok) == (500, False)
    graph_sandbox.advance(4 * HOUR - 1)
    assert len(kinds(graph_sandbox)) == 1
    graph("PATCH", ADA, json={"jobTitle": "again"})
    subscriber.status = 200
    assert len(kinds(graph_sandbox)) == 1
    assert kinds(graph_sandbox) == []


def test_after_four_hours_it_is_lost(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    graph_sandbox.token_lifetime = DAY
    graph.token = token_call(graph_sandbox, graph.web).json()["access_token"]
    subscribe(graph, subscriber)
    subscriber.status = 503
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    graph_sandbox.deliver_notifications()
    graph_sandbox.advance(4 * HOUR)
    assert len(kinds(graph_sandbox)) == 1
    assert kinds(graph_sandbox) == []
    subscriber.status = 202
    graph("PATCH", ADA, json={"jobTitle": "new"})
    assert len(kinds(graph_sandbox)) == 1


def test_who_does_not_answer_in_three_seconds_has_not_taken_it(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    assert subscriptions.DELIVERY_SECONDS == 3
    subscribe(graph, subscriber)
    graph("PATCH", ADA, json={"jobTitle": "Countess"})
    subscriber.close()
    (sent,) = graph_sandbox.deliver_notifications()
    assert (sent.status, sent.ok) == (None, False)


# -- the lifecycle --------------------------------------------------------------------------------------------


def test_reauthorization_is_asked_of_whoever_wants_to_hear_of_it(
    graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber
) -> None:
    deaf = subscribe(graph, subscriber)
    url = f"{subscriber.url}/lifecycle"
    made = subscribe(graph, subscriber, resource="groups", lifecycleNotificationUrl=url)
    (sent,) = graph_sandbox.send_lifecycle_event("reauthorizationRequired")
    assert (sent.url, sent.ok) == (url, True)
    assert subscriber.heard[0].notes == [
        {
            "subscriptionId": made["id"],
            "subscriptionExpirationDateTime": made["expirationDateTime"],
            "clientState": "a secret",
            "tenantId": graph_sandbox.tenant_id,
            "lifecycleEvent": "reauthorizationRequired",
        }
    ]
    assert len(graph_sandbox.send_lifecycle_event("reauthorizationRequired", made["id"])) == 1
    with pytest.raises(ValueError, match="no live subscription"):
        graph_sandbox.send_lifecycle_event("reauthorizationRequired", deaf["id"])


def test_a_removed_subscription_is_gone(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    mail = subscribe(
        graph,
        subscriber,
        resource=f"{ADA}/messages",
        changeType="created",
        lifecycleNotificationUrl=subscriber.url,
    )
    users = subscribe(graph, subscriber, lifecycleNotificationUrl=subscriber.url)
    with pytest.raises(ValueError, match="hears of subscriptionRemoved"):
        graph_sandbox.send_lifecycle_event("subscriptionRemoved", users["id"])
    (sent,) = graph_sandbox.send_lifecycle_event("subscriptionRemoved")
    assert [note["subscriptionId"] for note in sent.body["value"]] == [mail["id"]]
    assert [each["id"] for each in graph.get("/subscriptions").json()["value"]] == [users["id"]]


def test_only_outlook_misses_anything(graph_sandbox: Sandbox, graph: Graph, subscriber: Subscriber) -> None:
    subscribe(graph, subscriber, lifecycleNotificationUrl=subscriber.url)
    assert graph_sandbox.send_lifecycle_event("missed") == []
    subscribe(
        graph, subscriber, resource=f"{ADA}/events", changeType="created", lifecycleNotificationUrl=subscriber.url
    )
    (sent,) = graph_sandbox.send_lifecycle_event("missed")
    assert [note["lifecycleEvent"] for note in sent.body["value"]] == ["missed"]
