"""How long Graph asks us to wait, whether a request is repeated, and how long we wait before."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from leangraph import RetryPolicy
from leangraph.http.retry import NO_CONNECTION, Attempt
from leangraph.net.headers import retry_after

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEVER_RANDOM, MOST_RANDOM = (lambda: 0.0), (lambda: 1.0)


def asked(text: str | None, reset: str | None = None, now: datetime = NOW) -> float | None:
    headers = {"retry-after": text, "ratelimit-reset": reset}
    return retry_after(CaseInsensitiveDict({k: v for k, v in headers.items() if v is not None}), now)


# -- what Graph asks for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("0.0", 0.0),
        (" 7 ", 7.0),
        ("2.542", 2.542),
        ("2.5420000000000003", 2.5420000000000003),  # how a double prints itself
        ("0.000000000000000000001", 1e-21),
        ("30,120", 120.0),
        ("120, 30", 120.0),
        ("2.5,2.25", 2.5),
        ("9999999999", 9_999_999_999.0),
        ("1" + "0" * 300, 1e300),
    ],
)
def test_a_number_of_seconds_or_a_list_of_them_is_understood(text: str, seconds: float) -> None:
    assert asked(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Thu, 01 Jan 2026 00:00:10 GMT", 10.0),
        ("Thu, 01 Jan 2026 00:00:10 -0000", 10.0),
        ("Thu, 01 Jan 2026 02:00:10 +0200", 10.0),
        ("Thursday, 01-Jan-26 00:00:10 GMT", 10.0),
        ("Thu Jan  1 00:00:10 2026", 10.0),
        ("Thu, 01 Jan 2026 00:00:00 GMT", 0.0),
        ("Wed, 31 Dec 2025 23:59:59 GMT", 0.0),
        ("Sat, 01 Jan 0001 00:00:00 +2300", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 251_635_075_199.0),
    ],
)
def test_a_date_is_the_time_until_then_and_nothing_if_it_is_past(text: str, seconds: float) -> None:
    assert asked(text) == seconds


def test_a_date_counts_from_the_present_moment_in_any_time_zone() -> None:
    assert asked("Thu, 01 Jan 2026 00:00:10 GMT", now=NOW + timedelta(seconds=2.5)) == 7.5


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "soon", "-5", "+5", ".5", "5.", "1e3", "0x10", "5 s", "5;q=1", "1 2", "1_000", "3,soon", "3,,4",
        "inf", "Infinity", "nan", "NaN", "9" * 400, "²", "2026-01-01T00:00:10Z", "Thu, 01 Jan", "GMT", "\x00",
        "Wed, 21 Oct 99999999999999999999 07:28:00 GMT", "Wed, 21 Oct 2026 99:28:00 GMT", "1 Jan 1 3000000000:0",
    ],
    ids=repr,
)  # fmt: skip
def test_anything_else_is_silence(text: str) -> None:
    assert asked(text) is None


def test_no_header_is_silence() -> None:
    assert asked(None) is None


@pytest.mark.parametrize(
    ("text", "reset", "seconds"),
    [
        ("10", "31", 31.0),
        ("31", "10", 31.0),
        (None, "31", 31.0),
        ("10", "soon", 10.0),
        ("10", "-1", 10.0),
        ("soon", "31", 31.0),
        ("Thu, 01 Jan 2026 00:00:10 GMT", "31", 31.0),
        ("soon", "later", None),
    ],
)
def test_sharepoints_reset_counts_where_it_is_longer(text: str | None, reset: str, seconds: float | None) -> None:
    assert asked(text, reset) == seconds


@given(st.floats(0, 1e15))
@example(1e-7)
@example(5e-324)
def test_no_number_is_too_long_to_be_heard(seconds: float) -> None:
    assert asked(f"{seconds:.30f}") == pytest.approx(seconds, rel=1e-9, abs=1e-29)


@given(st.integers(0, 10**200), st.integers(0, 10**200))
def test_of_several_numbers_the_longest_counts(one: int, other: int) -> None:
    assert asked(f"{one}, {other}") == asked(f"{other},{one}") == float(max(one, other))


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))
def test_every_http_date_is_understood(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)

    assert asked(format_datetime(moment, usegmt=True)) == max(0.0, (moment - NOW).total_seconds())


DATES = st.from_regex(r"\A\w{0,3},? ?[0-9]{1,12} (Jan|FEB|x) -?[0-9]{0,12} [0-9:]{0,14} ?([+-][0-9]{0,9}|GMT)?\Z")


@given(st.text(st.characters(codec="latin-1")) | DATES, st.text(st.characters(codec="latin-1")))
@example("-0 JAN 0 3000000000:0", "")
def test_no_header_whatsoever_raises_or_makes_time_run_backwards(text: str, reset: str) -> None:
    seconds = asked(text, reset)

    assert seconds is None or 0 <= seconds < float("inf")


# -- which failures are repeated ------------------------------------------------------------------------------

METHODS = ["GET", "HEAD", "PUT", "DELETE", "PATCH", "POST", "OPTIONS", "MERGE"]
HARMLESS = {"GET", "HEAD", "PUT", "DELETE", "PATCH"}
REFUSED = [NO_CONNECTION, 425, 429, 503, 509]
UNCERTAIN = [None, 408, 500, 502, 504]
FINAL = [200, 302, 400, 401, 403, 404, 405, 409, 410, 412, 413, 422, 423, 424, 501, 505, 507, 599]


def repeats(method: str, status: int | None, repeatable: bool | None = None, wish: float | None = None) -> bool:
    return RetryPolicy().wait(1, method, status, wish, repeatable=repeatable) is not None


@pytest.mark.parametrize("wish", [None, 0.0, 1.0])
@pytest.mark.parametrize("repeatable", [None, True, False])
@pytest.mark.parametrize("status", REFUSED)
def test_what_was_refused_before_any_work_is_repeated_whatever_it_is(
    status: int, repeatable: bool | None, wish: float | None
) -> None:
    assert [method for method in METHODS if repeats(method, status, repeatable, wish)] == METHODS


@pytest.mark.parametrize("wish", [None, 0.0, 1.0])
@pytest.mark.parametrize("status", UNCERTAIN)
def test_what_is_perhaps_done_is_repeated_only_where_that_does_no_harm(
    status: int | None, wish: float | None
) -> None:
    assert {method for method in METHODS if repeats(method, status, None, wish)} == HARMLESS
    assert {method for method in METHODS if repeats(method, status, True, wish)} == set(METHODS)
    assert {method for method in METHODS if repeats(method, status, False, wish)} == set()


@pytest.mark.parametrize("wish", [None, 0.0, 1.0])
@pytest.mark.parametrize("repeatable", [None, True, False])
@pytest.mark.parametrize("status", FINAL)
def test_any_other_answer_is_final(status: int, repeatable: bool | None, wish: float | None) -> None:
    if status < 500 or wish is None:
        assert not any(repeats(method, status, repeatable, wish) for method in METHODS)


@pytest.mark.parametrize("status", [status for status in FINAL if status >= 500])
def test_a_service_that_says_when_to_come_back_is_believed(status: int) -> None:
    assert {method for method in METHODS if repeats(method, status, None, 1.0)} == HARMLESS
    assert {method for method in METHODS if repeats(method, status, False, 1.0)} == set()


# -- how long we wait -----------------------------------------------------------------------------------------


def pauses(policy: RetryPolicy, wishes: Iterator[float | None]) -> Iterator[tuple[float | None, float]]:
    """Yield what was asked and what was waited, until the policy gives up."""
    waited, attempt = 0.0, 1
    for wish in wishes:
        pause = policy.wait(attempt, "GET", 429, wish, waited=waited)
        if pause is None:
            return
        yield wish, pause
        waited, attempt = waited + pause, attempt + 1


def unasked(policy: RetryPolicy) -> list[float]:
    return [pause for _, pause in pauses(policy, iter([None] * 50))]


def test_without_a_wish_the_pauses_double_up_to_a_minute() -> None:
    policy = RetryPolicy(max_retries=12, patience=1e6, random=NEVER_RANDOM)

    assert unasked(policy) == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]


def test_a_request_is_repeated_as_often_as_max_retries_says() -> None:
    for most in (0, 1, 8, 100):
        assert len(unasked(RetryPolicy(max_retries=most, patience=1e9))) == min(most, 50)
        policy = RetryPolicy(max_retries=most)
        assert policy.wait(most + 1, "GET", 429, 0.0) is None
        assert most == 0 or policy.wait(most, "GET", 429, 0.0) is not None


def test_by_default_that_is_eight_times_within_five_minutes() -> None:
    assert (RetryPolicy().max_retries, RetryPolicy().patience) == (8, 300.0)


@pytest.mark.parametrize("chance", [NEVER_RANDOM, lambda: 0.5, MOST_RANDOM])
@pytest.mark.parametrize(("wish", "waited"), [(300.0, 0.0), (0.0, 300.0), (100.0, 200.0), (250.0, 0.0)])
def test_what_fits_our_patience_is_waited_for_whatever_chance_says(
    wish: float, waited: float, chance: object
) -> None:
    pause = RetryPolicy(random=chance).wait(1, "GET", 429, wish, waited=waited)  # type: ignore[arg-type]

    assert pause is not None
    assert wish <= pause <= 300.0 - waited


@pytest.mark.parametrize(
    ("wish", "waited"),
    [(300.001, 0.0), (0.001, 300.0), (100.0, 200.001), (1e300, 0.0), (float("inf"), 0.0), (None, 299.001)],
)
def test_what_does_not_fit_our_patience_is_not_waited_for_at_all(wish: float | None, waited: float) -> None:
    assert RetryPolicy(random=NEVER_RANDOM).wait(1, "GET", 429, wish, waited=waited) is None


def test_even_endless_patience_does_not_wait_for_ever() -> None:
    policy = RetryPolicy(patience=float("inf"))

    assert policy.wait(1, "GET", 429, float("inf")) is None
    assert policy.wait(1, "GET", 429, 1e6) is not None


def test_rounding_does_not_shorten_the_wait() -> None:
    assert 4.0 - 2.7 < 1.3 <= 4.0 - 2.7 + 1e-9
    assert RetryPolicy(patience=4.0, random=MOST_RANDOM).wait(1, "GET", 429, 1.3, waited=2.7) == 1.3


def test_no_patience_means_no_waiting() -> None:
    policy = RetryPolicy(patience=0.0)

    assert policy.wait(1, "GET", 429, None) is None
    assert policy.wait(1, "GET", 429, 0.001) is None
    assert policy.wait(1, "GET", 429, 0.0) == 0.0


@pytest.mark.parametrize(
    ("attempt", "wish", "least", "most"),
    [
        (1, None, 1.0, 1.25),
        (3, None, 4.0, 5.0),
        (9, None, 60.0, 75.0),
        (1, 0.0, 0.0, 0.25),
        (1, 0.5, 0.5, 0.75),
        (5, 1.0, 1.0, 1.25),
        (1, 100.0, 100.0, 125.0),
    ],
)
def test_chance_adds_up_to_a_quarter_and_takes_nothing_away(
    attempt: int, wish: float | None, least: float, most: float
) -> None:
    assert RetryPolicy(99, random=NEVER_RANDOM).wait(attempt, "GET", 429, wish) == least
    assert RetryPolicy(99, random=MOST_RANDOM).wait(attempt, "GET", 429, wish) == most


@pytest.mark.parametrize("wish", [None, 0.0, 2.5, 120.0])
def test_callers_that_failed_together_come_back_one_by_one(wish: float | None) -> None:
    assert len({RetryPolicy().wait(1, "GET", 429, wish) for _ in range(100)}) > 90


POLICIES = st.builds(
    lambda retries, patience, chance: RetryPolicy(retries, patience, lambda: chance),
    st.integers(0, 20), st.floats(0, 1e6), st.floats(0, 1),
)  # fmt: skip


@given(POLICIES, st.lists(st.none() | st.floats(0, 1e4), max_size=25))
def test_never_less_than_asked_and_never_more_in_all_than_our_patience(
    policy: RetryPolicy, wishes: list[float | None]
) -> None:
    done = list(pauses(policy, iter(wishes)))

    assert all(pause >= (wish or 0.0) for wish, pause in done)
    assert sum(pause for _, pause in done) <= policy.patience * (1 + 1e-12)
    assert len(done) <= policy.max_retries


@given(POLICIES, st.integers(1, 20), st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_wish_is_granted_if_and_only_if_it_fits(
    policy: RetryPolicy, attempt: int, wish: float, waited: float
) -> None:
    granted = policy.wait(attempt, "POST", 503, wish, waited=waited) is not None

    assert granted == (attempt <= policy.max_retries and waited + wish <= policy.patience)


@given(st.integers(1, 10**6), st.sampled_from(METHODS), st.sampled_from([*REFUSED, *UNCERTAIN, *FINAL]))
def test_no_number_of_attempts_makes_the_pause_overflow(attempt: int, method: str, status: int | None) -> None:
    pause = RetryPolicy(10**6, random=MOST_RANDOM).wait(attempt, method, status, None, repeatable=True)

    assert (pause is None) == (status in FINAL)
    assert pause is None or 1.0 <= pause <= 75.0


def test_a_policy_is_a_value() -> None:
    policy = RetryPolicy(3, 7.0)

    assert pickle.loads(pickle.dumps(policy)).patience == copy.copy(policy).patience == 7.0
    with pytest.raises(AttributeError):
        policy.patience = 8.0  # type: ignore[misc]


# -- one piece of work, and what it has cost --------------------------------------------------------------------


@given(POLICIES, st.lists(st.tuples(st.none() | st.floats(0, 1e4), st.booleans()), max_size=25))
def test_an_attempt_counts_what_its_policy_asks_for(
    policy: RetryPolicy, failures: list[tuple[float | None, bool]]
) -> None:
    work, failed, waited = Attempt(policy, "POST"), 0, 0.0
    for wish, progress in failures:
        if progress:
            work.progress()
            failed, waited = 0, 0.0
        failed += 1
        expected = policy.wait(failed, "POST", 429, wish, waited=waited)
        assert work.again(429, wish) == expected
        waited += expected or 0.0
        assert (work.failed, work.waited) == (failed, waited)


@pytest.mark.parametrize("status", [*REFUSED, *UNCERTAIN, *FINAL])
@pytest.mark.parametrize("repeatable", [True, False])
def test_what_cannot_succeed_in_a_moment_is_not_tried_again(status: int | None, repeatable: bool) -> None:
    assert Attempt(RetryPolicy(), repeatable=repeatable).again(status, transient=False) is None


@pytest.mark.parametrize("status", [*REFUSED, *UNCERTAIN, *FINAL])
def test_an_attempt_remembers_whether_it_may_have_been_done(status: int | None) -> None:
    work = Attempt(RetryPolicy())
    work.again(status)
    work.again(429)
    work.progress()
    assert work.uncertain == (status in UNCERTAIN)


@pytest.mark.parametrize("status", list(UNCERTAIN))
def test_what_may_not_be_repeated_is_not(status: int | None) -> None:
    assert Attempt(RetryPolicy(), "GET", repeatable=False).again(status) is None
    assert Attempt(RetryPolicy(), "POST", repeatable=True).again(status) is not None
    assert Attempt(RetryPolicy(), "POST").again(status) is None
