"""Graph's rules against what Microsoft publishes: the filter table, the permission table, the enumerations."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from leangraph import ConfigurationError, GraphClient, Sandbox, Settings, knowledge, odata
from leangraph.http.target import advanced, aim, segments
from leangraph.knowledge import rules, schema

FIXTURES = Path(__file__).parents[1] / "support" / "fixtures"
TABLE = Path(os.environ.get("FILTER_TABLE", FIXTURES / "advanced.tsv"))  # all of it: make check-data
ROOTS = {
    "administrativeUnit": "/directory/administrativeUnits",
    "application": "/applications",
    "device": "/devices",
    "group": "/groups",
    "orgContact": "/contacts",
    "servicePrincipal": "/servicePrincipals",
    "user": "/users",
}
LABELS = {"\u57ce\u5e02": "city", "\u90e8\u95e8": "department"}  # the snapshot's translator went too far
TEXTS = {
    "eq": "{} eq 'x'",
    "startsWith": "startswith({},'x')",
    "ge": "{} ge 2024-01-01T00:00:00Z",
    "le": "{} le 5",
    "eq null": "{} eq null",
}


def cells() -> list[tuple[str, str, str, str]]:
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return [(kind, name, operator, where) for kind, name, operator, where in rows if where != "no"]


def filter_of(label: str, operator: str) -> str:
    """Return a filter as a user writes it, from the label of a property in Microsoft's table."""
    label = LABELS.get(label, label).replace("any (", "any(")
    if label == "extensionAttributes1-15":
        label = "extensionAttributes/extensionAttribute7"
    inside = re.fullmatch(r"(.*)/any\((\w+):(.*)\)", label)
    if inside:
        return f"{inside[1]}/any({inside[2]}:{TEXTS[operator].format(inside[3])})"
    return TEXTS[operator].format(label.replace("1-15", "15"))


# -- advanced queries -----------------------------------------------------------------------------------------


def test_the_pair_is_added_where_the_table_demands_it_and_nowhere_else() -> None:
    wrong = []
    for kind, name, operator, where in cells():
        text = filter_of(name, operator)
        if advanced(f"{ROOTS[kind]}?$filter={text}") != ((True, True) if where == "advanced" else (False, False)):
            wrong.append((kind, text, where))

    assert wrong == []
    assert len(cells()) >= 140


@pytest.mark.parametrize(
    ("path", "text", "needed"),
    [
        ("/users", "CompanyName in ('a', 'b')", True),
        ("/users", "displayName in ('a', 'b')", False),
        ("/users", "employeeHireDate gt 2024-01-01T00:00:00Z", True),
        ("/users", "createdDateTime gt 2024-01-01T00:00:00Z", False),
        ("/users", "startswith( mobilePhone , '+44')", True),
        ("/users", "displayName eq 'companyName eq null'", False),  # what stands in quotes is no filter
        ("/users", "assignedLicenses/any(x:x/skuId eq 1) and assignedPlans/any(y:y/service eq 'x')", True),
        ("/users", "customSecurityAttributes/Engineering/Level eq 'x'", True),
        ("/users", "onPremisesExtensionAttributes/extensionAttribute3 eq 'x'", True),
        ("/me", "companyName eq 'x'", False),
        ("/users/{id}/messages", "subject ne 'x'", False),
        ("/directory/deletedItems/microsoft.graph.user", "companyName eq 'x'", True),
        ("/applications", "requiredResourceAccess/any(r:r/resourceAppId eq 'x')", True),
    ],
)
def test_a_filter_is_read_by_property_and_operator(path: str, text: str, needed: bool) -> None:
    assert advanced(f"{path}?$filter={text}") == (needed, needed)


@pytest.mark.parametrize(
    "path",
    [
        "/servicePrincipals/x/appRoleAssignedTo",
        "/servicePrincipals/x/appRoleAssignments",
        "/groups/x/appRoleAssignments",
        "/users/x/oauth2PermissionGrants",
        "/me/transitiveManagers",
        "/users/x/createdObjects",
        "/oauth2PermissionGrants",
        "/appRoleAssignments",
        "/groups/x/members",
        "/devices/x/registeredOwners",
        "/applications/x/owners",
        "/directory/administrativeUnits/x/members",
    ],
)
def test_counting_directory_objects_and_their_relations_is_advanced(path: str) -> None:
    assert advanced(f"{path}?$count=true") == (True, False)
    assert advanced(f"{path}/$count") == (True, False)


@pytest.mark.parametrize("path", ["/groups/x/acceptedSenders", "/users/x/messages", "/sites", "/groups/x/threads"])
def test_what_exchange_and_sharepoint_keep_is_not(path: str) -> None:
    assert advanced(f"{path}?$count=true") == (False, False)


@pytest.mark.parametrize(
    ("path", "order", "needed"),
    [
        ("/users", "displayName", False),
        ("/users", "userPrincipalName desc", False),
        ("/users", "createdDateTime", True),
        ("/groups", "displayName", False),
        ("/applications", "displayName", True),
        ("/devices", "approximateLastSignInDateTime", True),
    ],
)
def test_sorting_is_advanced_but_for_three_properties(path: str, order: str, needed: bool) -> None:
    assert advanced(f"{path}?$orderby={order}") == (needed, needed)


def test_the_pair_leaves_with_the_request(graph_sandbox: Sandbox, graph_client: GraphClient) -> None:
    graph_sandbox.fail("GET", "/applications", body={"value": []})
    list(graph_client.applications.list(filter="requiredResourceAccess/any(r:r/resourceAppId eq 'x')"))

    sent = graph_sandbox.requests[-1]
    assert sent.headers["ConsistencyLevel"] == "eventual"
    assert sent.query["$count"] == "true"


@pytest.mark.parametrize("cast", ["microsoft.graph.user", "graph.user", "MICROSOFT.graph.user"])
def test_a_cast_is_an_advanced_query_without_any_option(
    graph_sandbox: Sandbox, graph_client: GraphClient, cast: str
) -> None:
    group = graph_client.groups.list(select="id").first()

    assert group is not None
    assert len(list(graph_client.list(f"/groups/{group['id']}/members/{cast}"))) > 0
    assert graph_client.get(f"/groups/{group['id']}/members/{cast}")["value"]
    [reply] = graph_client.batch([f"/groups/{group['id']}/members/{cast}"])
    assert reply.ok


# -- reading and writing --------------------------------------------------------------------------------------


def posts() -> list[tuple[str, bool]]:
    """Return the actions of the permission table, and whether every way to be allowed writes."""
    found = []
    for path, methods in knowledge.permission_table()["paths"].items():
        last = schema.steps(path)[-1] if path != "/" else None
        if "POST" in methods and last and last.role == "operation":
            need = methods["POST"]
            ways = [*need["application"]["least"], *need["delegated"]["least"]]
            found.append(
                (path, bool(ways) and all(re.search(r"ReadWrite|\.Send|\.Manage", n) for w in ways for n in w))
            )
    return found


def test_no_action_that_only_writing_permissions_allow_counts_as_reading() -> None:
    wrong = [path for path, writes in posts() if writes and rules.reads(segments(path))]

    # the two that Microsoft's table gets wrong: see corrections
    assert [
        path for path in wrong if not path.endswith(("/extractsensitivitylabels", "/getstaffavailability"))
    ] == []
    assert len(posts()) >= 1000


def test_every_report_of_intune_can_be_read_while_read_only() -> None:
    reports = [
        name
        for name, calls in schema.operations("deviceManagementReports").items()
        if name.startswith("get") and calls[0]["kind"] == "action"
    ]

    assert len(reports) >= 17
    for name in reports:
        assert rules.reads(segments(f"/deviceManagement/reports/{name}")), name


@pytest.mark.parametrize(
    "path",
    [
        "/me/drive/items/i/preview",
        "/me/drive/items/i/workbook/functions/sum",
        "/drives/d/items/i/workbook/functions/microsoft.graph.vlookup",
        "/users/x/microsoft.graph.getMemberGroups",
        "/search/query",
        "/security/runHuntingQuery",
        "/directoryObjects/validateProperties",
        "/sites/s/drive/items/i/extractSensitivityLabels",
    ],
)
def test_what_reads_by_post_is_allowed_while_read_only(path: str) -> None:
    assert rules.reads(segments(path))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/users",
        "/me/drive/items/i/follow",
        "/me/events/e/forward",
        "/security/cases/ediscoveryCases/c/close",
        "/compliance/ediscovery/cases/c/reviewsets/r/export",
        "/me/drive/items/i/workbook/tables/add",
        "/functions/sum",
        "/deviceManagement/deviceManagementPartners/p/terminate",
        "/identity/riskPrevention/webApplicationFirewalls/verify",
        "/users/x/revokeSignInSessions",
    ],
)
def test_what_may_change_something_is_a_write(path: str) -> None:
    assert not rules.reads(segments(path))


def test_read_only_lets_a_reading_post_through(graph_sandbox: Sandbox) -> None:
    graph_sandbox.fail("POST", "*/preview", body={"getUrl": "https://x"}, status=200)
    with GraphClient(settings=Settings.from_mapping(graph_sandbox.env | {"GRAPH_READ_ONLY": "1"})) as graph:
        assert graph.post("/me/drive/items/i/preview", {}) == {"getUrl": "https://x"}
        with pytest.raises(ConfigurationError, match="is a write"):
            graph.post("/me/drive/items/i/follow", {})


# -- jobs -----------------------------------------------------------------------------------------------------

WORDS = {
    "running": "notStarted running inProgress queued pending inProcessing initialized loadingData updating "
    "waiting deletePending requested canceling delivering submitted unknownFutureValue NOTSTARTED",
    "partial": "partiallySucceeded partiallySuccessful completedWithErrors completedWithError PartialSuccess "
    "partiallyDelivered",
    "failed": "failed submissionFailed deleteFailed canceled cancelled aborted skipped invalid error timedOut "
    "stopped PermanentError limitExceeded deliveryFailed quarantined",
    "done": "completed succeeded success successful complete done ready neverHeardOf",
}


@pytest.mark.parametrize(
    ("state", "word"), [(state, word) for state, words in WORDS.items() for word in words.split()]
)
def test_a_word_that_does_not_mean_running_is_an_end(state: str, word: str) -> None:
    assert rules.job_state(word) == state


def test_every_status_of_a_job_in_the_metadata_has_an_end() -> None:
    """Of each enumeration that a job's status has, some words run and some end; none that ends is waited for."""
    members = knowledge.enums()["members"]
    jobs = {
        kind
        for name, record in knowledge.paths()["types"].items()
        if re.search(r"(?i)(operation|job|request|run|session)(base)?$", name)
        for key, kind in record.get("properties", {}).items()
        if key in ("status", "state") and kind in members
    }
    states = {kind: Counter(rules.job_state(word) for word in members[kind]) for kind in jobs}

    assert len(jobs) >= 20
    assert [kind for kind, found in states.items() if found["running"] == len(members[kind])] == []
    ends = re.compile(r"(?i)succe|fail|complet|cancel|done$|abort|error|expired|terminated$")
    assert {
        word for kind in jobs for word in members[kind] if ends.search(word) and rules.job_state(word) == "running"
    } == set()


# -- dates that are text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("start/dateTime", True),
        ("End/DateTime", True),
        ("dueDateTime/dateTime", True),
        ("createdDateTime", False),
        ("lastModifiedDateTime", False),
        ("signInActivity/lastSignInDateTime", False),
        ("start", False),
        ("", False),
    ],
)
def test_the_metadata_tells_which_dates_are_text(name: str, text: bool) -> None:
    assert rules.is_text_date(name) is text


NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("operator", ["eq", "ne", "gt", "ge", "lt", "le", "GE"])
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("start/dateTime", "'2024-05-01T12:00:00Z'"),
        ("end/dateTime", "'2024-05-01T12:00:00Z'"),
        ("event/start/dateTime", "'2024-05-01T12:00:00Z'"),
        ("receivedDateTime", "2024-05-01T12:00:00Z"),
        ("signInActivity/lastSignInDateTime", "2024-05-01T12:00:00Z"),
    ],
)
def test_a_date_is_quoted_where_the_property_is_text(name: str, operator: str, written: str) -> None:
    assert odata(f"{name} {operator} {{}}", NOON) == f"{name} {operator} {written}"
    assert odata(f"a eq {{}} and {name} {operator} {{}}", NOON, NOON).endswith(f"{operator} {written}")


def test_dates_in_a_list_and_days_are_quoted_too() -> None:
    day = NOON.date()
    assert odata("start/dateTime in {}", [day]) == "start/dateTime in ('2024-05-01')"
    assert odata("birthday eq {}", day) == "birthday eq 2024-05-01"
    assert odata("start/dateTime ge {} and x eq {}", day, "y") == "start/dateTime ge '2024-05-01' and x eq 'y'"


class Template(NamedTuple):
    """What a t-string is made of; ``string.templatelib.Template`` from Python 3.14 on."""

    strings: tuple[str, ...]
    interpolations: tuple[SimpleNamespace, ...]


def hole(value: object, **more: str | None) -> SimpleNamespace:
    return SimpleNamespace(**({"value": value, "expression": "x", "conversion": None, "format_spec": ""} | more))


def test_a_t_string_is_filled_like_a_template() -> None:
    assert odata(Template(("mail eq ", ""), (hole("O'Brien"),))) == "mail eq 'O''Brien'"
    assert odata(Template(("start/dateTime ge ", " and x eq ", ""), (hole(NOON), hole(None)))) == (
        "start/dateTime ge '2024-05-01T12:00:00Z' and x eq null"
    )
    assert odata(Template(("accountEnabled eq true",), ())) == "accountEnabled eq true"


@pytest.mark.parametrize(
    ("template", "values", "message"),
    [
        (Template(("mail eq '", "'"), (hole("x"),)), (), "leave the quotes out"),
        (Template(("mail eq ", ""), (hole("x", conversion="r"),)), (), "odata writes the value itself"),
        (Template(("mail eq ", ""), (hole(5, format_spec="03"),)), (), "odata writes the value itself"),
        (Template(("mail eq ", ""), (hole("x"),)), ("y",), "nothing besides"),
    ],
)
def test_a_t_string_that_would_not_be_written_safely_is_refused(
    template: Template, values: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        odata(template, *values)


@pytest.mark.skipif(sys.version_info < (3, 14), reason="t-strings came with Python 3.14")
def test_a_real_t_string_is_taken() -> None:
    assert eval("""odata(t"mail eq {name}")""", {"odata": odata, "name": "O'Brien"}) == "mail eq 'O''Brien'"


# -- options without a $ --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "options", "query"),
    [
        ("/sites", {"search": "contoso"}, "search=contoso"),
        ("/v1.0/sites", {"search": "*", "top": 5}, "search=*&$top=5"),
        ("/groups/g/sites", {"search": "x"}, "$search=x"),
        ("/users", {"search": '"displayName:x"', "count": True}, "$search=%22displayName:x%22&$count=true"),
        ("/drives/d/items/i/content", {"format": "pdf"}, "format=pdf"),
        ("/me/drive/root:/a.docx:/content", {"format": "pdf"}, "format=pdf"),
        ("/reports/getEmailActivityCounts(period='D7')", {"format": "text/csv"}, "$format=text/csv"),
        ("/me/drive/root/delta", {"deltatoken": "latest"}, "token=latest"),
        ("/drives/d/items/i/delta", {"deltatoken": "x"}, "token=x"),
        ("/sites/s/lists/l/items/delta", {"deltatoken": "x"}, "token=x"),
        ("/sites/delta", {"deltatoken": "latest"}, "token=latest"),
        ("/users/delta", {"deltatoken": "latest"}, "$deltatoken=latest"),
        ("/me/mailFolders/inbox/messages/delta", {"deltatoken": "x"}, "$deltatoken=x"),
    ],
)
def test_an_option_goes_by_the_name_that_the_path_gives_it(path: str, options: dict[str, Any], query: str) -> None:
    assert aim("https://graph.microsoft.com", "v1.0", path, options).url.partition("?")[2] == query
