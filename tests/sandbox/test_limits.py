"""The sandbox's throttling: Graph's documented numbers, on both sides of each limit. No clock but ours."""

from __future__ import annotations

import itertools
import json
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from processes import LIMIT
from shares import sample

from leangraph.sandbox.rules.limits import (
    LIMITS,
    SIZES,
    SOURCES,
    Charge,
    Limits,
    Quota,
    use,
)
from leangraph.sandbox.wire.faults import Refusal

APP = "9a3d526c-b3c1-4479-ba74-197b5c5751ae"
TENANT = "0785ef7c-2d7a-4542-b048-95bcab406e0b"


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0  # a real one: floats are coarser there than near zero

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    made = Limits(clock, users=50)
    made.enabled = True
    return made


def call(limits: Limits, request: str, *, app: str = APP, tenant: str = TENANT, size: int = 0) -> Charge:
    """Charge ``GET /users?select=id``."""
    method, _, target = request.partition(" ")
    path, _, query = target.partition("?")
    options = dict(part.split("=", 1) for part in query.split("&") if part)
    return limits.charge(app, tenant, method, path.strip("/").split("/"), options, size)


def passed(limits: Limits, request: str, times: int, **who: str) -> int:
    """Return how many of so many calls are let through."""
    return sum(call(limits, request, **who).refusal is None for _ in range(times))


def refusal(charge: Charge) -> Refusal:
    assert charge.refusal is not None
    return charge.refusal


def body(refused: Refusal) -> Any:
    reply = refused.reply({"request-id": "r", "client-request-id": "c"}, datetime(2023, 11, 14, tzinfo=UTC))
    return json.loads(reply.body)


# -- what a call costs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "cost"),
    [
        ("GET /users", 2),
        ("GET /Users", 2),
        ("GET /users/ada@contoso.com", 1),
        ("GET /users/delta", 1),
        ("GET /users/$count", 1),
        ("GET /me", 1),
        ("GET /me/memberOf", 2),
        ("GET /users/ada@contoso.com/memberOf", 2),
        ("GET /users/ada@contoso.com/memberOf/microsoft.graph.group", 2),
        ("GET /users/1/transitiveMemberOf", 2),
        ("GET /users/1/licenseDetails", 2),
        ("GET /me/ownedObjects", 2),
        ("GET /users/1/manager", 1),
        ("GET /applications", 2),
        ("GET /applications/1", 1),
        ("GET /applications/1/extensionProperties", 2),
        ("GET /contracts", 3),
        ("GET /domains", 1),
        ("GET /domains/contoso.com/domainNameReferences", 4),
        ("GET /groups", 1),
        ("GET /groups/1/members", 3),
        ("GET /groups/1/members/microsoft.graph.user", 3),
        ("GET /groups/1/transitiveMembers", 5),
        ("GET /oauth2PermissionGrants", 2),
        ("GET /oauth2PermissionGrants/1", 2),
        ("GET /servicePrincipals", 1),
        ("GET /servicePrincipals/1/appRoleAssignments", 2),
        ("GET /subscribedSkus", 3),
        ("POST /directoryObjects/getByIds", 5),
        ("POST /users/1/checkMemberGroups", 4),
        ("POST /me/checkMemberObjects", 4),
        ("POST /groups/1/getMemberObjects", 2),
        ("POST /users/1/getMemberGroups", 2),
        ("POST /users", 1),
        ("PATCH /users/1", 1),
        ("GET /users?select=id", 1),
        ("GET /users?expand=manager", 3),
        ("GET /users?expand=manager&select=id", 2),
        ("GET /users?top=19", 1),
        ("GET /users?top=20", 2),
        ("GET /users?top=oops", 2),
        ("GET /groups/1/transitiveMembers?select=id&top=5", 3),
        ("GET /users?select=id&top=5", 1),  # never below 1
        ("GET /users/1?select=id", 1),
        ("POST /directoryObjects/getByIds?select=id", 2),
    ],
)
def test_a_directory_call_costs_what_microsofts_table_says(limits: Limits, request_: str, cost: int) -> None:
    charge = call(limits, request_)

    assert charge.cost == cost
    assert charge.headers["x-ms-resource-unit"] == str(cost)


@pytest.mark.parametrize(
    ("request_", "cost"),
    [
        ("GET /drives/1/items/2", 1),
        ("GET /me/drive", 1),
        ("GET /drives/1/items/2/content", 1),
        ("GET /drives/1/root/delta?token=abc", 1),
        ("GET /drives/1/root/delta(token='abc')", 1),
        ("GET /drives/1/root/delta", 2),
        ("GET /drives/1/items/2/children", 2),
        ("GET /sites/1/lists/2/items", 2),
        ("GET /sites/1/lists/2/items/3", 1),
        ("GET /drives/1/root/search(q='x')", 2),
        ("PUT /drives/1/items/2/content", 2),
        ("PATCH /drives/1/items/2", 2),
        ("DELETE /drives/1/items/2", 2),
        ("GET /drives/1/items/2/permissions", 5),
        ("GET /drives/1/items/2?expand=permissions", 5),
        ("POST /drives/1/items/2/invite", 5),
        ("GET /me/drive/root/:/children", 1),  # a file of that name
        ("GET /me/drive/root/:/permissions/children", 2),  # below a folder of that name
    ],
)
def test_a_call_for_files_costs_what_sharepoint_says(limits: Limits, request_: str, cost: int) -> None:
    charge = call(limits, request_)

    assert charge.cost == cost
    assert "x-ms-resource-unit" not in charge.headers


@pytest.mark.parametrize(
    "request_", ["POST /users", "PATCH /users/1", "PUT /users/1/manager/$ref", "DELETE /users/1"]
)
def test_a_change_costs_a_write_as_well(request_: str) -> None:
    method, path = request_.split()

    assert use(method, path.strip("/").split("/"), {}).writes == 1


def test_a_post_that_only_asks_costs_no_write() -> None:
    assert use("POST", ["directoryObjects", "getByIds"], {}).writes == 0
    assert use("POST", ["users", "1", "checkMemberGroups"], {}).writes == 0
    assert use("GET", ["users"], {}).writes == 0


# -- limits, on both sides ----------------------------------------------------------------------------

AUDIT = "GET /auditLogs/signIns"


def test_the_sixth_report_in_ten_seconds_is_refused(limits: Limits, clock: Clock) -> None:
    assert passed(limits, AUDIT, 5) == 5
    clock.now += 9.9
    assert refusal(call(limits, AUDIT)).status == 429


def test_ten_seconds_later_reports_are_there_again(limits: Limits, clock: Clock) -> None:
    assert passed(limits, AUDIT, 5) == 5
    clock.now += 10

    assert passed(limits, AUDIT, 6) == 5


@pytest.mark.parametrize(
    "report", ["/auditLogs/directoryAudits", "/reports/authenticationMethods/usersRegisteredByFeature"]
)
def test_all_reports_of_the_directory_share_one_limit(limits: Limits, report: str) -> None:
    assert passed(limits, AUDIT, 4) == 4

    assert passed(limits, f"GET {report}", 2) == 1


def test_a_refused_call_counts_as_well_so_only_waiting_helps(limits: Limits, clock: Clock) -> None:
    passed(limits, AUDIT, 5)
    for _ in range(20):
        clock.now += 1
        assert call(limits, AUDIT).refusal is not None
    clock.now += float(refusal(call(limits, AUDIT)).headers["Retry-After"])

    assert call(limits, AUDIT).refusal is None


@pytest.mark.parametrize(("users", "quota"), [(49, 3_500), (50, 5_000), (500, 5_000), (501, 8_000)])
def test_the_directory_quota_grows_with_the_tenant(limits: Limits, users: int, quota: int) -> None:
    limits.users = users

    assert passed(limits, "GET /groups/1", quota + 1) == quota


def test_units_are_what_is_counted_not_calls(limits: Limits) -> None:
    assert passed(limits, "GET /groups/1/transitiveMembers", 1_001) == 1_000


def test_the_bucket_fills_up_evenly(limits: Limits, clock: Clock) -> None:
    passed(limits, "GET /groups/1", 5_000)
    clock.now += 1

    assert passed(limits, "GET /groups/1", 501) == 500


def test_another_app_and_another_tenant_have_quotas_of_their_own(limits: Limits) -> None:
    passed(limits, "GET /groups/1", 5_000)

    assert call(limits, "GET /groups/1").refusal is not None
    assert call(limits, "GET /groups/1", app="other").refusal is None
    assert call(limits, "GET /groups/1", tenant="other").refusal is None


def test_writes_are_refused_while_reads_go_on(limits: Limits) -> None:
    assert passed(limits, "PATCH /users/1", 3_001) == 3_000

    refused = refusal(call(limits, "PATCH /users/1"))
    assert refused.headers["x-ms-throttle-scope"] == f"Tenant_Application/Write/{APP}/{TENANT}"
    assert refused.headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert call(limits, "GET /users/1").refusal is None


def test_all_apps_share_the_writes_of_their_tenant(limits: Limits) -> None:
    for app in "abcdef":
        assert passed(limits, "PATCH /users/1", 3_000, app=app) == 3_000

    refused = refusal(call(limits, "PATCH /users/1", app="g"))
    assert refused.headers["x-ms-throttle-scope"] == f"Tenant/Write/g/{TENANT}"


def test_an_app_has_one_limit_for_all_of_its_tenants(limits: Limits) -> None:
    let_through = sum(passed(limits, AUDIT, 5, tenant=str(number)) for number in range(25))

    assert let_through == 122
    refused = refusal(call(limits, AUDIT, tenant="25"))
    assert refused.headers["x-ms-throttle-scope"] == f"Application/ReadWrite/{APP}/25"


def test_who_asks_for_sign_in_activity_has_ten_calls_a_minute(limits: Limits, clock: Clock) -> None:
    assert passed(limits, "GET /users?select=id,signInActivity", 11) == 10
    assert call(limits, "GET /users").refusal is None
    assert call(limits, "GET /users?filter=signInActivity/lastSignInDateTime le 2024-01-01T00:00:00Z").refusal
    clock.now += 60
    assert call(limits, "GET /users?select=signInActivity").refusal is None


@pytest.mark.parametrize("path", ["/identityProtection/riskyUsers", "/identity/conditionalAccess/policies"])
def test_identity_protection_takes_one_call_a_second_and_never_says_how_long_to_wait(
    limits: Limits, clock: Clock, path: str
) -> None:
    assert call(limits, f"GET {path}").refusal is None
    clock.now += 0.5
    refused = refusal(call(limits, f"GET {path}", app="another"))  # the limit is the tenant's
    assert "Retry-After" not in refused.headers

    clock.now += 0.5
    assert call(limits, f"GET {path}").refusal is not None  # the refused call counted
    clock.now += 1
    assert call(limits, f"GET {path}").refusal is None


def test_each_usage_report_has_fourteen_calls_in_ten_minutes_to_itself(limits: Limits, clock: Clock) -> None:
    assert passed(limits, "GET /reports/getTeamsUserActivityCounts(period='D7')", 10) == 10
    assert passed(limits, "GET /reports/getTeamsUserActivityCounts(period='D30')", 5) == 4
    assert passed(limits, "GET /reports/getEmailActivityCounts(period='D7')", 14) == 14
    clock.now += 600
    assert call(limits, "GET /reports/getTeamsUserActivityCounts(period='D7')").refusal is None


def test_all_apps_share_forty_calls_for_a_usage_report(limits: Limits) -> None:
    path = "GET /reports/getEmailActivityCounts(period='D7')"

    assert [passed(limits, path, 14, app=app) for app in "abc"] == [14, 14, 12]


def test_a_usage_report_as_json_has_a_limit_of_its_own(limits: Limits) -> None:
    assert passed(limits, "GET /reports/getEmailActivityCounts(period='D7')?format=application/json", 101) == 100


def test_a_tenant_takes_150_invitations_in_five_seconds(limits: Limits, clock: Clock) -> None:
    assert passed(limits, "POST /invitations", 100) + passed(limits, "POST /invitations", 100, app="b") == 150
    clock.now += 5
    assert call(limits, "POST /invitations").refusal is None


@pytest.mark.parametrize(
    ("request_", "quota"),
    [
        ("GET /subscriptions", 25),
        ("GET /subscriptions/1", 500),
        ("POST /subscriptions", 500),
        ("PATCH /subscriptions/1", 500),
        ("POST /subscriptions/1/reauthorize", 1_000),
    ],
)
def test_subscriptions_have_a_limit_for_each_kind_of_call(
    limits: Limits, clock: Clock, request_: str, quota: int
) -> None:
    assert passed(limits, request_, quota + 1) == quota
    clock.now += 20
    assert passed(limits, request_, 1) == 1


def test_a_mailbox_takes_ten_thousand_calls_in_ten_minutes(limits: Limits) -> None:
    assert passed(limits, "GET /users/Ada@contoso.com/messages", 10_001) == 10_000

    refused = refusal(call(limits, "GET /users/ada@contoso.com/events"))
    assert refused.headers["x-ms-throttle-scope"] == f"Tenant_Application/ReadWrite/{APP}/ada@contoso.com"
    assert call(limits, "GET /users/bob@contoso.com/messages").refusal is None
    assert call(limits, "GET /users/ada@contoso.com").refusal is None  # the directory's, not the mailbox's


def test_a_mailbox_takes_150_megabytes_in_five_minutes(limits: Limits, clock: Clock) -> None:
    megabytes = 3 * 1024 * 1024
    for _ in range(50):
        assert call(limits, "POST /users/1/messages", size=megabytes).refusal is None

    assert call(limits, "POST /users/1/messages", size=megabytes).refusal is not None
    assert call(limits, "GET /users/1/messages").refusal is None
    clock.now += 300
    assert call(limits, "POST /users/1/messages", size=megabytes).refusal is None


def test_one_team_takes_four_calls_a_second(limits: Limits) -> None:
    assert passed(limits, "GET /teams/1/channels", 5) == 4
    assert passed(limits, "GET /teams/2/channels", 1) == 1


def test_every_limit_is_met_by_some_call_and_says_where_it_comes_from() -> None:
    calls = [
        "GET /users?select=signInActivity", "GET /auditLogs/signIns", "GET /identityProtection/riskyUsers",
        "POST /invitations", "GET /me/messages", "GET /reports/getEmailActivityCounts(period='D7')",
        "GET /reports/getEmailActivityCounts(period='D7')?format=application/json", "GET /subscriptions",
        "GET /subscriptions/1", "POST /subscriptions/1/reauthorize", "GET /teams/1", "POST /chats/1/messages",
        "GET /me/drive/items/1/workbook/tables", "GET /me/onenote/notebooks", "GET /users/1/extensions/x",
        "GET /drives/1",
    ]  # fmt: skip
    met = set()
    for one in calls:
        method, _, target = one.partition(" ")
        path, _, query = target.partition("?")
        options = dict(part.split("=", 1) for part in query.split("&") if part)
        met |= set(use(method, path.strip("/").split("/"), options).limits)

    assert {limit.service for limit in LIMITS} == met
    for limit in LIMITS:
        assert SOURCES[limit.source][1].startswith("https://learn.microsoft.com/")
        assert len(limit.quotas) in (1, len(SIZES.get(limit.source, ())) + 1)


# -- how it is said -----------------------------------------------------------------------------------


def test_the_refusal_is_the_one_in_microsofts_documentation(limits: Limits) -> None:
    passed(limits, AUDIT, 5)

    refused = refusal(call(limits, AUDIT))

    assert body(refused) == {
        "error": {
            "code": "TooManyRequests",
            "message": "Please retry again later.",
            "innerError": {
                "code": "429",
                "message": "Please retry after",
                "status": "429",
                "date": "2023-11-14T00:00:00",
                "request-id": "r",
                "client-request-id": "c",
            },
        }
    }
    assert refused.headers == {
        "Retry-After": "10",
        "x-ms-throttle-scope": f"Tenant_Application/ReadWrite/{APP}/{TENANT}",
        "x-ms-throttle-information": "RequestLimitExceeded",
    }


@pytest.mark.parametrize(("style", "header"), [("whole", "9"), ("fractional", "8.500"), ("absent", None)])
def test_retry_after_is_written_as_asked_for(limits: Limits, clock: Clock, style: Any, header: str | None) -> None:
    limits.retry_after = style
    call(limits, AUDIT)
    clock.now += 1
    passed(limits, AUDIT, 4)
    clock.now += 1.5

    # The refused call counts: it is the fifth, and four came a second after the first.
    assert refusal(call(limits, AUDIT)).headers.get("Retry-After") == header


def test_from_four_fifths_of_the_quota_on_replies_say_how_much_is_used(limits: Limits) -> None:
    charges = [call(limits, "GET /groups/1") for _ in range(5_000)]

    assert [charge.percentage for charge in charges[3_998:4_000]] == [None, 0.8]
    assert "x-ms-throttle-limit-percentage" not in charges[3_998].headers
    assert charges[4_499].headers["x-ms-throttle-limit-percentage"] == "0.9"
    assert charges[-1].percentage == 1.0


def test_what_is_reported_ends_at_1_8_however_many_calls_are_refused(limits: Limits) -> None:
    for _ in range(12_000):
        charge = call(limits, "GET /groups/1")

    assert charge.percentage == 1.8
    refused = refusal(charge)
    assert refused.headers["x-ms-throttle-limit-percentage"] == "1.8"
    assert refused.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert refused.headers["Retry-After"] == "9"  # 4,001 units too many, at 500 a second


def test_sharepoint_says_what_is_left_of_the_minute_from_four_fifths_on(limits: Limits) -> None:
    charges = [call(limits, "GET /drives/1") for _ in range(1_250)]

    assert charges[998].headers == {}
    assert charges[999].headers == {
        "RateLimit-Limit": "1250",
        "RateLimit-Remaining": "250",
        "RateLimit-Reset": "48",
    }
    assert charges[-1].headers["RateLimit-Remaining"] == "0"
    assert {charge.percentage for charge in charges} == {None}


def test_sharepoint_refuses_in_its_own_words(limits: Limits) -> None:
    assert passed(limits, "GET /drives/1/root/children", 626) == 625

    refused = refusal(call(limits, "GET /drives/1"))

    assert body(refused)["error"]["code"] == "activityLimitReached"
    assert body(refused)["error"]["innerError"]["code"] == "throttledRequest"
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert int(refused.headers["RateLimit-Reset"]) >= int(refused.headers["Retry-After"])


def test_sharepoints_quota_grows_with_the_tenant(limits: Limits) -> None:
    limits.users = 1_001

    assert passed(limits, "GET /drives/1", 2_501) == 2_500


# -- a quota of one's own -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_", ["GET /users", AUDIT, "GET /identityProtection/riskyUsers", "GET /planner/plans/1"]
)
def test_an_override_counts_calls_of_every_kind_and_nothing_else(
    limits: Limits, clock: Clock, request_: str
) -> None:
    limits.override = Quota(calls=200, per=1.0)

    assert passed(limits, request_, 201) == 200
    refused = refusal(call(limits, request_))
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["x-ms-throttle-limit-percentage"] == "1.01"
    clock.now += 1
    assert passed(limits, request_, 1) == 1


def test_two_thousand_calls_pass_a_quota_of_200_a_second_within_ten_seconds(limits: Limits, clock: Clock) -> None:
    limits.override = Quota(200, 1.0)
    start = clock.now
    for _ in range(2_000):
        while (charge := call(limits, "GET /users/1")).refusal is not None:
            clock.now += float(charge.refusal.headers["Retry-After"])

    assert clock.now - start == 10  # the first 200 at once; the nine that were refused cost another second


def test_without_being_enabled_nothing_is_refused_and_costs_are_still_told(clock: Clock) -> None:
    limits = Limits(clock, users=50)
    limits.override = Quota(1, 60)

    assert passed(limits, "GET /users", 100) == 100
    assert call(limits, "GET /users").headers == {"x-ms-resource-unit": "2"}


def test_a_batch_costs_what_its_items_cost_and_nothing_itself(limits: Limits) -> None:
    limits.override = Quota(1, 60)

    assert passed(limits, "POST /$batch", 5) == 5
    assert passed(limits, "GET /users", 2) == 1


def test_after_a_reset_nothing_is_used_and_every_setting_is_as_it_was(limits: Limits) -> None:
    limits.override, limits.retry_after, limits.concurrent = Quota(1, 60), "absent", 1
    passed(limits, "GET /users", 2)

    limits.reset()

    assert (limits.enabled, limits.override, limits.retry_after) == (False, None, "whole")
    assert (limits.concurrent, limits.users) == (4, 50)
    limits.enabled = True
    assert passed(limits, "GET /users", 2) == 2


# -- four at once in a mailbox ------------------------------------------------------------------------


def test_the_fifth_request_at_once_in_a_mailbox_is_refused(limits: Limits) -> None:
    with (
        limits.mailbox(APP, "ada"),
        limits.mailbox(APP, "Ada"),
        limits.mailbox(APP, "ada"),
        limits.mailbox(APP, "ada"),
    ):
        with pytest.raises(Refusal) as caught, limits.mailbox(APP, "ada"):
            pass
        with limits.mailbox(APP, "bob"), limits.mailbox("another app", "ada"):
            pass

    assert caught.value.status == 429
    assert body(caught.value)["error"]["code"] == "ApplicationThrottled"
    assert body(caught.value)["error"]["message"] == "Application is over its MailboxConcurrency limit."
    assert caught.value.headers == {"Retry-After": "1"}


def test_a_place_in_a_mailbox_is_free_again_even_after_an_error(limits: Limits) -> None:
    limits.concurrent = 1
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limits.mailbox(APP, "ada"):
            raise ZeroDivisionError


def test_a_place_in_a_mailbox_is_not_taken_by_a_refused_request(limits: Limits) -> None:
    limits.concurrent = 1
    with limits.mailbox(APP, "ada"):
        for _ in range(3):
            with pytest.raises(Refusal), limits.mailbox(APP, "ada"):
                pass
    with limits.mailbox(APP, "ada"):
        pass


def test_without_being_enabled_a_mailbox_takes_any_number_at_once(limits: Limits) -> None:
    limits.enabled = False
    limits.concurrent = 1
    with limits.mailbox(APP, "ada"), limits.mailbox(APP, "ada"):
        pass


# -- whatever comes -----------------------------------------------------------------------------------


def test_no_ten_seconds_ever_see_more_than_five_reports(limits: Limits, clock: Clock) -> None:
    dice = random.Random(7)
    times = []
    for _ in range(2_000):
        clock.now += dice.choice((0.0, 0.1, 1.9, 2.0, 2.1, 7.0, 11.0))
        if call(limits, AUDIT).refusal is None:
            times.append(clock.now)

    assert len(times) > 500
    assert all(later - earlier > 9.99 for earlier, later in zip(times, times[5:], strict=False))


CALLS = [AUDIT, "GET /groups/1/transitiveMembers", "PATCH /users/1", "GET /drives/1"]


@pytest.mark.parametrize(("request_", "style"), sample([*itertools.product(CALLS, ["whole", "fractional"])], 3))
def test_who_waits_as_long_as_told_is_let_through(limits: Limits, clock: Clock, request_: str, style: Any) -> None:
    limits.retry_after = style
    dice = random.Random(11)
    refused = 0
    for _ in range(30):
        for _ in range(dice.randrange(1, 2_000)):
            charge = call(limits, request_)
        if charge.refusal is not None:
            refused += 1
            clock.now += float(charge.refusal.headers["Retry-After"])
            assert call(limits, request_).refusal is None
        clock.now += dice.random()

    assert refused > 5


def test_the_rounding_of_a_clock_costs_nobody_a_second(limits: Limits, clock: Clock) -> None:
    for _ in range(50):
        clock.now += 100 / 7
        passed(limits, AUDIT, 5)
        for _ in range(10):
            clock.now += 0.1  # which is a second, give or take
        assert refusal(call(limits, AUDIT)).headers["Retry-After"] == "9"
        clock.now += 9
        assert call(limits, AUDIT).refusal is None


def test_of_several_limits_that_refuse_the_one_to_wait_for_longest_is_named(limits: Limits) -> None:
    passed(limits, "PATCH /users/1", 3_000)
    passed(limits, "GET /groups/1", 7_000)

    refused = refusal(call(limits, "PATCH /users/1"))

    assert refused.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert refused.headers["Retry-After"] == "9"


def test_threads_do_not_get_more_than_the_quota_together(limits: Limits) -> None:
    limits.override = Quota(100, 1.0)
    found: list[int] = []

    def ask() -> None:
        found.append(passed(limits, "GET /users", 50))

    in_parallel(ask, 8)

    assert sum(found) == 100


def test_threads_find_four_places_in_a_mailbox(limits: Limits) -> None:
    inside = threading.Barrier(5)
    outcomes: list[bool] = []

    def enter() -> None:
        try:
            with limits.mailbox(APP, "ada"):
                outcomes.append(True)
                inside.wait(LIMIT)
        except Refusal:
            outcomes.append(False)
            inside.wait(LIMIT)

    in_parallel(enter, 5)

    assert sorted(outcomes) == [False, True, True, True, True]


def in_parallel(function: Callable[[], None], number: int) -> None:
    threads = [threading.Thread(target=function) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
