"""What goes out of a call besides its result: exceptions, log records, and nothing of what was sent."""

from __future__ import annotations

import itertools
import logging
import pickle
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import python
from shares import share
from wire import TOKEN, client_of, reply, reported, wire

from leangraph import (
    ConfigurationError,
    Error,
    GraphClient,
    GraphError,
    RetryPolicy,
    TokenHolder,
    TransportError,
    knowledge,
)
from leangraph.http.target import repeatable
from leangraph.knowledge import permissions

# -- what comes from outside --------------------------------------------------------------------------------------


class Late(Exception):
    """A soft time limit, as task queues have it."""


class LateTimeout(TimeoutError):
    """The same, of a class that networks raise as well."""


class Cancelled(BaseException):
    pass


FOREIGN = [
    Late,
    LateTimeout,
    TimeoutError,
    ValueError,
    KeyError,
    OSError,
    RuntimeError,
    KeyboardInterrupt,
    Cancelled,
]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers that interrupt")
@pytest.mark.parametrize("moment", ["head", "body"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_an_exception_of_a_signal_reaches_its_owner_as_it_is(kind: type[BaseException], moment: str) -> None:
    raised: list[BaseException] = []

    def late(*_: Any) -> None:
        raised.append(kind("late"))
        raise raised[-1]

    def silent(_: int) -> Iterator[bytes]:
        if moment == "body":
            yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        server.over.wait(20)

    before = signal.signal(signal.SIGALRM, late)
    try:
        with client_of(silent, retry=RetryPolicy()) as (graph, server):
            with pytest.raises(kind) as caught:
                graph.get("/users")
            assert caught.value is raised[0]
            assert TOKEN not in reported(caught.value)
            server.answer = lambda _: reply({"mine": True})
            assert graph.get("/users") == {"mine": True}  # and it left nothing behind
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("place", ["sleep", "budget", "hook"])
def test_an_exception_of_a_callback_reaches_its_owner_without_the_token(
    kind: type[BaseException], place: str
) -> None:
    error = kind("mine")

    def raising(*_: Any, **__: Any) -> Any:
        raise error

    class Budget:
        take = raising

    options: dict[str, Any] = {"sleep": {"sleep": raising}, "budget": {"budget": Budget()}, "hook": {}}[place]
    with requests.Session() as session:
        session.hooks["response"].append(raising)
        if place == "hook":
            options["session"] = session
        with client_of(
            lambda n: reply({}, status="503 Busy"), retry=RetryPolicy(), **options
        ) as (graph, _), pytest.raises(kind) as caught:  # fmt: skip
            graph.get("/users")
    assert caught.value is error
    shown = reported(error)
    assert TOKEN not in shown
    assert "raising" in shown  # where it was raised can still be seen


def test_what_the_caller_is_busy_with_keeps_its_frames() -> None:
    with client_of(lambda n: reply({}, status="404 Not Found")) as (graph, _):
        theirs = None
        try:
            int("theirs")
        except ValueError as error:
            theirs = error
            with pytest.raises(GraphError) as caught:
                graph.get("/users")
    assert theirs is not None
    assert theirs.__traceback__ is not None
    assert caught.value.__context__ is theirs


@pytest.mark.parametrize(
    "said",
    [
        reply(b'{"n": 1' + b"0" * 5000 + b"}"),
        reply(b"[" * 100_000 + b"]" * 100_000),
        reply(b'{"x": NaN}'),
        reply(b'{"x": Infinity}'),
        reply(b'{"x": 1e999}'),
        reply(b"{'x': 1}"),
        reply(b"\xff\xfe\xfd"),
        reply(b"", "Location: http://[\r\n", "302 Found"),
        reply({}, "Retry-After: " + "9" * 5000 + "\r\n", "503 Busy"),
        reply({"error": []}, "WWW-Authenticate: " + 'Bearer claims="' * 50 + "\r\n", "401 No"),
        reply({}, "x-ms-throttle-limit-percentage: nan\r\n", "999 Strange"),
        reply(b"\xff" * 100, status="500 No", kind="text/html; charset=nonsense"),
    ],
)
def test_nonsense_of_a_server_is_an_error_of_ours_at_once(said: bytes) -> None:
    naps: list[float] = []
    with client_of(lambda n: said, retry=RetryPolicy(max_retries=2), sleep=naps.append) as (graph, server):
        with pytest.raises(Error) as caught:
            graph.post("/users", {"a": 1})
        assert TOKEN not in reported(caught.value)
        if isinstance(caught.value, TransportError):
            assert (caught.value.sent, caught.value.transient) == (True, False)
            assert len(server.heads) == 1
        assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args


NAMES = "error code message innerError details value status @odata.nextLink id".split()
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    PLAIN | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)
HEADER_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
READ = (
    "Retry-After RateLimit-Reset x-ms-throttle-limit-percentage Location WWW-Authenticate Date Content-Type ETag"
)
STRANGE = ["nan", "1e309", "-1", "inf", "1.2", "Thu, 01 Jan 9999999 00:00:00 GMT", "https://["]
HEADERS = st.dictionaries(st.sampled_from(READ.split()), HEADER_VALUES | st.sampled_from(STRANGE), max_size=4)


@settings(max_examples=share(200))
@given(st.integers(200, 599), HEADERS, VALUES)
def test_whatever_is_in_an_answer_a_call_ends_in_a_value_or_an_error_of_ours(
    status: int, headers: dict[str, str], body: Any
) -> None:
    lines = "".join(f"{name}: {value.strip()}\r\n" for name, value in headers.items())
    said = reply(body, lines, f"{status} X").replace(b"\r\nContent-Type: application/json", b"", 1)
    naps: list[float] = []
    with client_of(lambda n: said, retry=RetryPolicy(2, 60.0), sleep=naps.append) as (graph, _):
        for call in (lambda: graph.get("/users"), lambda: list(itertools.islice(graph.list("/users"), 3))):
            failure: Error | None = None
            try:
                call()
            except Error as error:
                failure = error
            assert failure is None or TOKEN not in reported(failure) + str(failure)
            assert sum(naps) <= 60.0 * 2


# -- a session that is handed in ----------------------------------------------------------------------------------


def test_a_session_that_is_handed_in_does_what_it_does() -> None:
    seen: list[Any] = []

    class Signed(requests.auth.AuthBase):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["X-Signed"] = "yes"
            return request

    class Own(requests.Session):
        def request(self, *args: Any, **options: Any) -> requests.Response:  # type: ignore[override]
            response = super().request(*args, **options)
            seen.append(response.request)
            return response

    with Own() as session, wire(lambda n: reply({})) as server:
        session.headers["X-Team"] = "ops"
        session.params = {"team": "ops"}
        session.auth = Signed()
        session.hooks["response"].append(lambda response, **_: seen.append(response.status_code))
        GraphClient(TokenHolder.fixed(TOKEN), url=server.url, session=session).get("/users")
        status, request = seen
        assert status == 200
        assert (request.headers["X-Team"], request.headers["X-Signed"]) == ("ops", "yes")
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert server.heads == ["GET /v1.0/users?team=ops"]


@pytest.mark.parametrize("rival", ["pair", "header", "callable", "later"])
def test_a_session_that_would_replace_the_token_is_refused(rival: str) -> None:
    class Replacing(requests.auth.AuthBase):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = "Basic eA=="
            return request

    with requests.Session() as session, wire(lambda n: reply({})) as server:
        if rival == "pair":
            session.auth = ("user", "password")
        elif rival == "header":
            session.headers["authorization"] = "Basic eA=="
        elif rival == "callable":
            session.auth = Replacing()

        def use() -> None:
            graph = GraphClient(TokenHolder.fixed(TOKEN), url=server.url, session=session)
            session.auth = session.auth or ("user", "password")
            graph.get("/users")

        with pytest.raises(ConfigurationError, match="handed in sets Authorization"):
            use()
        assert server.heads == []


# -- log records --------------------------------------------------------------------------------------------------


def test_records_of_other_users_of_urllib3_stay_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    library = logging.getLogger("urllib3.connectionpool")
    caplog.set_level(logging.DEBUG)
    with client_of(lambda n: reply({})) as (graph, server):
        graph.get("/users")
        caplog.clear()
        args = (200, "code=secret&state=open", {"a": "?b=c"})
        try:
            int("theirs")
        except ValueError:
            library.warning("code=%s state=%s message=%s", *args, exc_info=True)
        requests.get(f"{server.url}/x?code=theirs", timeout=9)
    mine = caplog.records[0]
    assert (mine.args, mine.exc_info is not None) == (args, True)
    assert any("/x?code=theirs" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("secret", ["mail eq 'secret.person@contoso.example'", "a b", "x'y''z", '"quoted"'])
def test_our_own_requests_show_no_query_in_any_record(caplog: pytest.LogCaptureFixture, secret: str) -> None:
    caplog.set_level(logging.DEBUG)
    with client_of(lambda n: reply({"value": []})) as (graph, _):
        list(graph.users.list(filter=f"displayName eq '{secret}'"))
    text = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "filter" not in text
    assert TOKEN not in text
    assert "/v1.0/users" in text


def test_a_record_has_fields_for_programs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "leangraph")
    answers = [reply({}, "request-id: r1\r\n", "503 Busy"), reply({}, "request-id: r2\r\n")]
    with client_of(lambda n: answers[n - 1], retry=RetryPolicy(), sleep=lambda _: None) as (graph, _):
        graph.get("/users/x?$select=id")
    fields = "method path status attempt request_id".split()
    records: list[Any] = [record for record in caplog.records if hasattr(record, "request_id")]
    assert [[getattr(record, name) for name in fields] for record in records] == [
        ["GET", "/v1.0/users/x", 503, 1, "r1"],
        ["GET", "/v1.0/users/x", 200, 2, "r2"],
    ]
    assert all(record.ms >= 0 for record in records)


@pytest.mark.parametrize("status", ["400 Bad", "401 No", "403 No", "404 Gone", "409 x", "412 x", "500 x"])
def test_advice_is_looked_up_when_somebody_reads_it(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of thousands of errors in a batch, few are read, and a table of permissions takes a while to load."""
    loaded: list[str] = []

    def load(name: str) -> bytes:
        loaded.append(name)
        return content(name)

    content = knowledge._content
    monkeypatch.setattr(knowledge, "_content", load)
    said = reply({"error": {"code": "x", "message": "m"}}, status=status)
    with client_of(lambda n: said) as (graph, _), pytest.raises(GraphError) as caught:
        graph.patch("/users/x/manager?$select=id", {"displayName": "x"})
    assert loaded == []

    for cached in (knowledge.permission_table, knowledge.corrected_permissions, permissions._needed):
        cached.cache_clear()
    str(caught.value)
    assert bool(loaded) == status.startswith("403")


# -- what may be repeated -----------------------------------------------------------------------------------------

REPEATABLE = [
    ("GET", "/users", "", {}, None, True),
    ("POST", "/users", "", {}, b"{}", False),
    ("POST", "/directoryObjects/getByIds", "", {}, b"{}", True),
    ("POST", "/search/query", "", {}, b"{}", True),
    ("PUT", "/d/a:/content", "", {}, b"x", True),
    ("PUT", "/d/a:/content", "@microsoft.graph.conflictBehavior=replace", {}, b"x", True),
    ("PUT", "/d/a:/content", "@microsoft.graph.conflictBehavior=rename", {}, b"x", False),
    ("PUT", "/d/a:/content", "%40microsoft.graph.ConflictBehavior=FAIL", {}, b"x", False),
    ("PUT", "/d/a:/content", "", {"If-Match": '"1"'}, b"x", False),
    ("PUT", "/d/a:/content", "", {"if-match": "*"}, b"x", True),
    ("PUT", "/d/a:/content", "", {"If-None-Match": "*"}, b"x", False),
    ("PUT", "/d/a:/content", "", {}, b"a file that speaks of conflictBehavior: fail", True),
    ("PATCH", "/users/x", "", {}, b'{"city":"x"}', True),
    ("PATCH", "/groups/x", "", {}, b'{"members@odata.bind":[]}', False),
    ("PATCH", "/d/x", "", {}, b'{"@microsoft.graph.conflictBehavior":"fail"}', False),
    ("PATCH", "/d/x", "", {}, b'{"@microsoft.graph.conflictBehavior":"replace"}', True),
    ("PATCH", "/planner/tasks/x", "", {"If-Match": 'W/"1"'}, b"{}", False),
    ("DELETE", "/users/x", "", {}, None, True),
    ("DELETE", "/planner/tasks/x", "", {"If-Match": 'W/"1"'}, None, False),
    ("GET", "/users/x", "", {"X-HTTP-Method": "DELETE"}, None, False),
]


@pytest.mark.parametrize(("method", "path", "query", "headers", "body", "expected"), REPEATABLE)
def test_what_may_be_repeated_is_told_by_method_and_content(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes | None, expected: bool
) -> None:
    assert repeatable(method, f"/v1.0{path}", query, headers, body) == expected


@pytest.mark.parametrize("behavior", ["rename", "fail"])
def test_a_put_that_makes_another_file_is_not_sent_twice(behavior: str) -> None:
    with client_of(lambda n: b"", retry=RetryPolicy(), sleep=lambda _: None) as (graph, server):
        with pytest.raises(TransportError):
            graph.put(f"/me/drive/root:/a:/content?@microsoft.graph.conflictBehavior={behavior}", data=b"x")
        assert len(server.heads) == 1


# -- waits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("used", ["1.0", "1.2", "1.8", "1e300", "nan", "inf", "-1", "x", ""])
def test_a_client_that_is_warned_in_its_first_answer_goes_on(used: str) -> None:
    said = reply({"value": []}, f"x-ms-throttle-limit-percentage: {used}\r\n")
    naps: list[float] = []
    with client_of(lambda n: said if n == 1 else reply({"value": []}), sleep=naps.append) as (graph, server):
        for _ in range(20):
            graph.get("/users")
        assert len(server.heads) == 20
        assert max(naps, default=0.0) <= 60.0


def test_no_first_import_happens_in_a_call() -> None:
    """A process that forks while a thread imports leaves its child a module that is never there."""
    with wire(
        lambda n: reply({"value": [{"id": "1"}]}) if n % 3 else reply({"error": {}}, status="403 No")
    ) as server:
        code = (
            "import sys, threading, leangraph\n"
            f"g = leangraph.GraphClient(leangraph.TokenHolder.fixed('t'), url={server.url!r})\n"
            "before = set(sys.modules)\n"
            "def work():\n"
            "    for _ in range(4):\n"
            "        try: list(g.users.list()); g.post('/users', {})\n"
            "        except leangraph.Error as e: str(e)\n"
            "t = threading.Thread(target=work); t.start(); t.join()\n"
            "print(sorted(set(sys.modules) - before))\n"
        )
        done = python("-c", code)
    assert done.stdout.strip() == "[]", done.stderr
