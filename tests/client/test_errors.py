"""What an error says: class, code, sentence, ids and the next step, whatever Graph or a gateway sent."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

import leangraph
from leangraph import (
    AuthError,
    BadRequest,
    ConfigurationError,
    Conflict,
    Error,
    Forbidden,
    Gone,
    GraphError,
    MissingPermission,
    NotFound,
    NotOne,
    OperationFailed,
    PartialFailure,
    PreconditionFailed,
    ServiceError,
    StillRunning,
    Throttled,
    TransportError,
    Unauthorized,
)


def of(body: object, status: int = 400, **headers: str) -> GraphError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return GraphError.of(status, CaseInsensitiveDict(named), body, method="GET", path="/v1.0/users")


def head(error: GraphError) -> str:
    return str(error).splitlines()[0]


def nested(depth: int, **innermost: Any) -> dict[str, Any]:
    level: dict[str, Any] = innermost
    for _ in range(depth):
        level = {"code": "Outer", "innerError": level}
    return {"error": level}


# -- which class ----------------------------------------------------------------------------------------------

CLASSES = {
    400: BadRequest, 401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 410: Gone,
    412: PreconditionFailed, 429: Throttled, 500: ServiceError, 501: ServiceError, 502: ServiceError,
    503: ServiceError, 504: ServiceError, 507: ServiceError, 509: ServiceError, 599: ServiceError,
}  # fmt: skip
EXIT_CODES = {
    Error: 1, ConfigurationError: 2, MissingPermission: 5, AuthError: 4, TransportError: 1,
    GraphError: 1, BadRequest: 1,
    Unauthorized: 4, Forbidden: 5, NotFound: 3, Conflict: 1, Gone: 1, PreconditionFailed: 1, Throttled: 6,
    ServiceError: 1, PartialFailure: 1, OperationFailed: 1, StillRunning: 1, NotOne: 3,
}  # fmt: skip


@pytest.mark.parametrize("status", [*range(300, 600)])
def test_every_status_has_its_class(status: int) -> None:
    error = of(None, status)

    assert type(error) is CLASSES.get(status, ServiceError if status >= 500 else GraphError)
    assert error.status == status


def test_every_error_has_its_exit_code_and_is_an_error_of_ours() -> None:
    ours = {thing for thing in map(leangraph.__getattr__, leangraph.__all__) if isinstance(thing, type)}

    assert {thing for thing in ours if issubclass(thing, BaseException)} == set(EXIT_CODES)
    assert {kind: kind.exit_code for kind in EXIT_CODES} == EXIT_CODES
    assert all(issubclass(kind, Error) for kind in EXIT_CODES)
    assert all(issubclass(kind, GraphError) for kind in CLASSES.values())


# -- what Graph says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        ({"code": "A", "message": "told"}, "A", "400 A for GET /v1.0/users: told"),
        ({"code": "A", "message": " told\n"}, "A", "400 A for GET /v1.0/users: told"),
        ({"code": "", "message": "told"}, "", "400 for GET /v1.0/users: told"),
        ({"code": None, "message": "told"}, "", "400 for GET /v1.0/users: told"),
        ({"message": "told"}, "", "400 for GET /v1.0/users: told"),
        ({"code": 400, "message": "told"}, "400", "400 400 for GET /v1.0/users: told"),
        ({"code": "-2147024809, odd", "message": "told"}, "-2147024809, odd", "odd for GET /v1.0/users: told"),
        ({"code": ["A"], "message": "told"}, "", "400 for GET /v1.0/users: told"),
        ({"code": {"value": "A"}, "message": "told"}, "", "400 for GET /v1.0/users: told"),
        ({"code": "A", "message": {"lang": "en", "value": "told"}}, "A", "400 A for GET /v1.0/users: told"),
    ],
)
def test_the_first_line_has_status_code_request_and_graphs_own_sentence(
    error: dict[str, Any], code: str, said: str
) -> None:
    got = of({"error": error})

    assert (got.code, got.message) == (code, "told")
    assert head(got).endswith(said)


@pytest.mark.parametrize("inner", ["innerError", "innererror"])
@pytest.mark.parametrize(
    ("outer", "within", "code", "shown"),
    [
        ("A", {"code": "B"}, "B", "A / B"),
        ("A", {"code": "B", "innererror": {"code": "C"}}, "C", "A / B / C"),
        ("A", {"code": "B", "innerError": {"code": "C"}}, "C", "A / B / C"),
        ("A", {"innerError": {"code": "C"}}, "C", "A / C"),
        ("A", {"code": "A"}, "A", "A"),
        ("", {"code": "B"}, "B", "B"),
        ("A", {"code": ""}, "A", "A"),
        ("TooManyRequests", {"code": "429"}, "TooManyRequests", "TooManyRequests"),
        ("A", {"code": 5}, "A", "A"),
        ("7", {"code": 8}, "8", "7 / 8"),
        ("A", {"innerError": None, "innererror": {"code": "C"}}, "C", "A / C"),
        ("A", {"innerError": "text"}, "A", "A"),
        ("A", {"innerError": [{"code": "C"}]}, "A", "A"),
        ("A", "text", "A", "A"),
        ("A", None, "A", "A"),
    ],
)
def test_the_code_is_the_innermost_one_that_says_something(
    inner: str, outer: str, within: object, code: str, shown: str
) -> None:
    error = of({"error": {"code": outer, "message": "told", inner: within}})

    assert error.code == code
    assert head(error) == f"400 {shown} for GET /v1.0/users: told"


def test_ids_come_from_the_headers_and_the_innermost_error_that_has_them_counts_more() -> None:
    headers = {"request_id": "r-1", "client_request_id": "c-1", "date": "Thu, 01 Jan 2026 00:00:00 GMT"}
    empty = {"request-id": "", "client-request-id": 5, "date": None}
    inner = {"request-id": "r-2", "client-request-id": "c-2", "date": "2026-01-01T00:00:00", "innererror": empty}

    outside = of({"error": {"code": "A", "message": "told"}}, **headers)
    inside = of({"error": {"code": "A", "message": "told", "innerError": inner}}, **headers)

    assert (outside.request_id, outside.client_request_id, outside.date) == tuple(headers.values())
    assert (inside.request_id, inside.client_request_id, inside.date) == ("r-2", "c-2", "2026-01-01T00:00:00")
    assert str(outside).endswith("request_id=r-1 client_request_id=c-1 date=Thu, 01 Jan 2026 00:00:00 GMT")
    assert str(inside).endswith("request_id=r-2 client_request_id=c-2 date=2026-01-01T00:00:00")


def test_details_are_kept_as_they_came_and_told_line_by_line() -> None:
    details = [
        {"code": "ObjectConflict", "target": "mail", "message": "taken"},
        {"code": "Two", "message": {"value": "v3"}, "blockedWord": "x"},
        {"target": ["deep"], "other": 1},
        "text",
        None,
    ]

    error = of({"error": {"code": "A", "message": "told", "details": details}})

    assert error.details == details
    assert str(error).splitlines()[1:] == ["  mail ObjectConflict taken", "  Two v3"]


@pytest.mark.parametrize("details", [None, "text", {"code": "x"}, 5])
def test_details_that_are_no_list_are_none(details: object) -> None:
    assert of({"error": {"message": "told", "details": details}}).details == []


def test_an_error_of_oauth_is_understood() -> None:
    error = of({"error": "invalid_request", "error_description": "told"})

    assert (error.code, error.message) == ("invalid_request", "told")
    assert of({"error": "invalid_request"}).code == "invalid_request"
    assert "invalid_request" in str(of({"error": "invalid_request"}))


def test_the_answer_is_at_hand_without_cookies_and_what_graph_asked_for() -> None:
    headers = CaseInsensitiveDict({"X-Odd": "1", "SET-cookie": "canary", "Retry-After": "7"})

    error = GraphError.of(429, headers, b"body", method="GET", path="/x", retry_after=7.0)

    assert (error.headers, error.body) == ({"X-Odd": "1", "Retry-After": "7"}, b"body")
    assert (error.retry_after, error.method, error.path) == (7.0, "GET", "/x")


# -- what comes instead ---------------------------------------------------------------------------------------

PAGE = "an HTML page came instead of Graph's answer"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "no explanation came with it"),
        ("", "no explanation came with it"),
        (b"", "no explanation came with it"),
        (b"\xef\xbb\xbf", "no explanation came with it"),
        (b" \n", "no explanation came with it"),
        ([], "[]"),
        (["told"], "['told']"),
        ({}, "{}"),
        (0, "0"),
        (False, "False"),
        ("told", "told"),
        (" told\n\ttwice ", "told twice"),
        (b"\xef\xbb\xbftold", "told"),
        ("\ufefftold", "told"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("the limit is < 5 <MB>", "the limit is < 5 <MB>"),
        ({"error": {}}, "{'error': {}}"),
        ({"error": []}, "{'error': []}"),
        ({"error": None}, "{'error': None}"),
        ({"error": {"code": "A", "message": ["odd"]}}, "{'error': {'code': 'A', 'message': ['odd']}}"),
        ({"Message": "An error has occurred."}, "{'Message': 'An error has occurred.'}"),
        ("<html><body>no</body></html>", PAGE),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><title>Blocked</title>", f"{PAGE}: Blocked"),
        ("\ufeff<html><TITLE lang='en'>Blocked</TITLE>", f"{PAGE}: Blocked"),
        ("<html><title>\n  502 Bad\n  Gateway\n</title>", f"{PAGE}: 502 Bad Gateway"),
        ("<!-- İİİİİİİ --><title>Blocked</title>", f"{PAGE}: Blocked"),
        ("<html><title>cut sho", f"{PAGE}: cut sho"),
        ("<html><title></title>", PAGE),
    ],
    ids=repr,
)
def test_whatever_comes_instead_of_an_error_is_told_on_one_line(body: object, said: str) -> None:
    error = of(body, 502, request_id="r-1")

    assert head(error).split("GET /v1.0/users: ")[1] == error.message == said
    assert str(error).splitlines()[1:] == ["  request_id=r-1"]


@pytest.mark.parametrize("body", ["x" * 10_000, b"x" * 10_000, ["x" * 10_000], f"<title>{'x' * 10_000}</title>"])
def test_a_long_answer_is_told_in_short_and_kept_in_full(body: object) -> None:
    error = of(body)

    assert len(head(error)) < 300
    assert error.body == body


@pytest.mark.parametrize("depth", [5, 25, 500, 5_000, 100_000])
def test_an_error_nested_without_end_is_still_an_error(depth: int) -> None:
    error = of(nested(depth, code="Innermost", message="told"), 500, request_id="r-1")

    assert error.code == ("Innermost" if depth < 20 else "Outer")
    assert head(error).startswith("500 Outer")
    assert str(error).endswith("request_id=r-1")
    assert len(str(error)) < 400


@pytest.mark.parametrize("place", ["message", "code", "details", "request-id", "innerError"])
def test_no_part_of_an_error_may_be_nested_without_end(place: str) -> None:
    abyss: Any = []
    for _ in range(100_000):
        abyss = [abyss]
    part = [{"code": "A", "message": abyss, "target": abyss}] if place == "details" else abyss

    error = of({"error": {"message": "told", place: part}}, request_id="r-1")

    assert str(error).startswith("400 for GET /v1.0/users: ") or place == "details"
    assert error.request_id == "r-1"


KEYS = st.sampled_from(
    "error code message innerError innererror details target request-id client-request-id date value "
    "error_description other".split()
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("<title>x")
BODIES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5))
ERRORS = st.fixed_dictionaries({"error": st.dictionaries(KEYS, BODIES)})


@given(BODIES | ERRORS | st.binary(), st.integers(300, 599))
def test_every_body_makes_an_error_that_names_the_request_and_can_travel(body: object, status: int) -> None:
    error = of(body, status, request_id="r-1")

    assert str(error).startswith(f"{status} ")
    assert "for GET /v1.0/users: " in str(error)
    assert error.message
    assert all(isinstance(text, str) for text in (error.code, error.message, error.request_id, error.date))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


# -- what to do next ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "step"),
    [
        (401, "InvalidAuthenticationToken", "another API or cloud"),
        (403, "Authorization_RequestDenied", "API permissions"),
        (429, "TooManyRequests", "GRAPH_PATIENCE"),
        (412, "", "read the object again"),
        (400, "Directory_ExpiredPageToken", "the listing must start again"),
        (400, "DIRECTORY_EXPIREDPAGETOKEN", "the listing must start again"),
    ],
)
def test_the_reader_is_told_what_to_do_next(status: int, code: str, step: str) -> None:
    first, second = str(of({"error": {"code": code, "message": "told"}}, status)).splitlines()

    assert first.endswith("told")
    assert step in second


@pytest.mark.parametrize("status", [400, 404, 409, 410, 500, 503])
def test_where_the_sentence_says_it_all_nothing_is_added(status: int) -> None:
    assert str(of({"error": {"code": "A", "message": "told"}}, status)) == f"{status} A for GET /v1.0/users: told"


def test_an_item_of_a_batch_without_a_request_is_told_too() -> None:
    assert str(GraphError.of(404, {}, {"error": {"code": "A", "message": "told"}})) == "404 A: told"


def test_because_adds_a_line_and_changes_nothing_else() -> None:
    error = of({"error": {"code": "A", "message": "told"}}, 404)

    same = error.because("one").because("two")

    assert same is error
    assert str(error).splitlines() == ["404 A for GET /v1.0/users: told", "  one", "  two"]
    assert (error.message, error.code, error.status) == ("told", "A", 404)


# -- travelling -----------------------------------------------------------------------------------------------

AUTH = AuthError(
    "no", code="invalid_client", error_codes=(7000215,), status=401, trace_id="t", correlation_id="c",
    retry_after=5.0, transient=True,
)  # fmt: skip
EXAMPLES = [
    Error("no"),
    ConfigurationError("no"),
    MissingPermission("PATCH /users/{id} needs it"),
    AUTH,
    AuthError("no"),
    TransportError("no"),
    TransportError("no", sent=False, transient=False),
    GraphError("no"),
    *(of({"error": {"code": "A", "message": "told", "details": [{"code": "B"}]}}, status) for status in CLASSES),
    of({"error": {"code": "A"}}, 404).because("for a reason"),
    of({"value": [{"id": "1"}, {"id": "2", "error": {"code": "A"}}]}, 207),
    OperationFailed.of(200, {}, {"error": {"code": "A", "message": "told"}}),
    StillRunning("no"),
    NotOne("no"),
]


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_in_another_process(error: Error, travel: Any) -> None:
    arrived = travel(error)

    assert arrived is not error
    assert type(arrived) is type(error)
    assert (arrived.args, str(arrived), vars(arrived)) == (error.args, str(error), vars(error))


def test_every_class_of_error_has_travelled() -> None:
    assert {type(error) for error in EXAMPLES} == set(EXIT_CODES)


def test_what_nobody_said_is_empty_not_absent() -> None:
    bare = GraphError("no")
    assert (bare.status, bare.code, bare.message, bare.details, bare.retry_after) == (0, "", "no", [], None)
    assert (bare.request_id, bare.method, bare.path, bare.headers, bare.body) == ("", "", "", {}, None)
    sign_in, lost = AuthError("no"), TransportError("no")
    assert (sign_in.code, sign_in.error_codes, sign_in.status, sign_in.transient) == ("", (), None, False)
    assert (lost.sent, lost.transient) == (True, True)


def test_two_errors_share_no_details() -> None:
    GraphError("no").details.append("x")
    GraphError("no").headers["x"] = "y"

    assert GraphError("no").details == []
    assert GraphError("no").headers == {}
