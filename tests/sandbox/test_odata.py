"""The query language of the sandbox: what it reads, what it refuses and how, and what its SQL finds."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import odata_oracle as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shares import share

from leangraph.sandbox.odata import query as odata
from leangraph.sandbox.odata import rules as support
from leangraph.sandbox.odata import sql
from leangraph.sandbox.odata.query import (
    And,
    AnyOf,
    Call,
    Compare,
    In,
    Not,
    ODataError,
    Or,
    Order,
)

SKU = "184efa21-98c3-4e5d-95ab-d07053a96e67"
NOON = datetime(2021, 1, 2, 12, tzinfo=UTC)


# --- Reading


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("displayName eq 'Ada'", Compare("displayName", "eq", "Ada")),
        ("displayName EQ 'O''Brien'", Compare("displayName", "eq", "O'Brien")),
        ("displayName eq ''", Compare("displayName", "eq", "")),
        ("displayName eq ' a  and (b) '", Compare("displayName", "eq", " a  and (b) ")),
        ("city ne null", Compare("city", "ne", None)),
        ("accountEnabled eq TRUE", Compare("accountEnabled", "eq", True)),
        ("accountEnabled eq false", Compare("accountEnabled", "eq", False)),
        ("size gt -5", Compare("size", "gt", -5)),
        ("size lt 1.5e3", Compare("size", "lt", 1500.0)),
        ("size eq 99999999999999999999", Compare("size", "eq", 1e20)),
        (f"appOwnerOrganizationId eq {SKU.upper()}", Compare("appOwnerOrganizationId", "eq", UUID(SKU))),
        ("createdDateTime ge 2021-11-01", Compare("createdDateTime", "ge", date(2021, 11, 1))),
        ("createdDateTime le 2021-01-02T12:00:00Z", Compare("createdDateTime", "le", NOON)),
        ("createdDateTime le 2021-01-02T14:00+02:00", Compare("createdDateTime", "le", NOON)),
        ("createdDateTime le 2021-01-02T12:00:00.0000000Z", Compare("createdDateTime", "le", NOON)),
        ("scenarios has 'secureFoundation'", Compare("scenarios", "has", "secureFoundation")),
        ("department in ('Retail', 'Sales')", In("department", ("Retail", "Sales"))),
        ("companyName in (null,'Microsoft')", In("companyName", (None, "Microsoft"))),
        ("startsWith(displayName , 'a')", Call("startswith", "displayName", "a")),
        ("ENDSWITH(mail,'@x.y') eq true", Call("endswith", "mail", "@x.y")),
        ("contains(mail,'x') eq false", Not(Call("contains", "mail", "x"))),
        ("contains(mail,'x') ne true", Not(Call("contains", "mail", "x"))),
        ("groupTypes/any(c:c eq 'Unified')", AnyOf("groupTypes", Compare("groupTypes[]", "eq", "Unified"))),
        ("otherMails/any(x:startswith(x,'a'))", AnyOf("otherMails", Call("startswith", "otherMails[]", "a"))),
        (
            f"assignedLicenses/ANY (s : s/skuId eq {SKU})".replace("/ANY (", "/ANY("),
            AnyOf("assignedLicenses", Compare("assignedLicenses[]/skuId", "eq", UUID(SKU))),
        ),
        ("proxyAddresses/any()", AnyOf("proxyAddresses", None)),
        ("proxyAddresses/any (p:p eq 'x')", AnyOf("proxyAddresses", Compare("proxyAddresses[]", "eq", "x"))),
        ("assignedLicenses/$count eq 0", Compare("assignedLicenses/$count", "eq", 0)),
        (
            "onPremisesExtensionAttributes/extensionAttribute1 eq 'x'",
            Compare("onPremisesExtensionAttributes/extensionAttribute1", "eq", "x"),
        ),
        (
            "contains(scope/microsoft.graph.accessReviewQueryScope/query, './members')",
            Call("contains", "scope/microsoft.graph.accessReviewQueryScope/query", "./members"),
        ),
        (
            "a eq 1 or b eq 2 and c eq 3",
            Or((Compare("a", "eq", 1), And((Compare("b", "eq", 2), Compare("c", "eq", 3))))),
        ),
        (
            "(a eq 1 OR b eq 2)and(c eq 3)",
            And((Or((Compare("a", "eq", 1), Compare("b", "eq", 2))), Compare("c", "eq", 3))),
        ),
        ("NOT startswith(a,'x') and b eq 2", And((Not(Call("startswith", "a", "x")), Compare("b", "eq", 2)))),
        ("not(not (a eq 1))", Not(Not(Compare("a", "eq", 1)))),
        ("not not startswith(a,'x')", Call("startswith", "a", "x")),
    ],
)
def test_a_filter_is_read_as_a_tree(text: str, tree: odata.Node) -> None:
    assert odata.parse_filter(text) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Syntax error at position 0 in ''."),
        ("displayName", "Syntax error at position 11 in 'displayName'."),
        ("displayName eq", "Syntax error at position 14 in 'displayName eq'."),
        ("displayName eq Ada", "Syntax error at position 15 in 'displayName eq Ada'."),
        ("displayName is 'Ada'", "Syntax error at position 12 in 'displayName is 'Ada''."),
        (
            "displayName eq 'Ada",
            "Syntax error: character ''' is not valid at position 15 in 'displayName eq 'Ada'.",
        ),
        (
            'displayName eq "Ada"',
            "Syntax error: character '\"' is not valid at position 15 in 'displayName eq \"Ada\"'.",
        ),
        ("'Ada' eq displayName", "Syntax error at position 0 in ''Ada' eq displayName'."),
        ("(a eq 1", "Syntax error at position 7 in '(a eq 1'."),
        ("a eq 1)", "Syntax error at position 6 in 'a eq 1)'."),
        ("a eq 1 b eq 2", "Syntax error at position 7 in 'a eq 1 b eq 2'."),
        ("a in ()", "Syntax error at position 6 in 'a in ()'."),
        ("a in 'x'", "Syntax error at position 5 in 'a in 'x''."),
        ("startswith('m',a)", "Syntax error at position 11 in 'startswith('m',a)'."),
        ("startswith(a,b)", "Syntax error at position 13 in 'startswith(a,b)'."),
        ("a/any(x)", "Syntax error at position 7 in 'a/any(x)'."),
        ("tolower(a) eq 'x'", odata._UNKNOWN_FUNCTION.format("tolower")),
        ("not a eq 'x'", odata._BAD_NOT),
        ("not a/$count eq 0", odata._BAD_NOT),
        ("a ge 2021-01-02T12:00:00", odata._BAD_DATE.format("2021-01-02T12:00:00")),
        ("a ge 2021-02-30", odata._BAD_DATE.format("2021-02-30")),
        ("a ge 9999-12-31T23:59:59-01:00", odata._BAD_DATE.format("9999-12-31T23:59:59-01:00")),
    ],
)
def test_a_filter_that_is_malformed_is_a_bad_request(text: str, message: str) -> None:
    with pytest.raises(ODataError) as caught:
        odata.parse_filter(text)

    assert (caught.value.status, caught.value.code) == (400, "BadRequest")
    assert caught.value.message == f"Invalid filter clause: {message}"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("a/all(x:x eq 'y')", "Request_UnsupportedQuery", "Unsupported property filter clause operator 'All'."),
        ("a/any(x:x/b/any(y:y eq 1))", "Request_UnsupportedQuery", "lambda inside a lambda"),
        ("a/any(x:y eq 1)", "BadRequest", "'y' where 'x' should come first"),
    ],
)
def test_lambdas_that_graph_does_not_know_are_refused(text: str, code: str, message: str) -> None:
    with pytest.raises(ODataError, match=message) as caught:
        odata.parse_filter(text)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('"displayName:wa"', Call("search", "displayName", "wa")),
        ('"Description: one two "', Call("search", "Description", "one two")),
        ('"mail:a:b"', Call("startswith", "mail", "a:b")),
        (r'"displayName:say \"hi\\"', Call("search", "displayName", 'say "hi\\')),
        (
            '"mail:a" OR "mail:b" AND NOT "mail:c"',
            Or(
                (
                    Call("startswith", "mail", "a"),
                    And((Call("startswith", "mail", "b"), Not(Call("startswith", "mail", "c")))),
                )
            ),
        ),
        (
            '("mail:a" OR "mail:b") AND "mail:c"',
            And(
                (
                    Or((Call("startswith", "mail", "a"), Call("startswith", "mail", "b"))),
                    Call("startswith", "mail", "c"),
                )
            ),
        ),
    ],
)
def test_a_search_is_read_as_a_tree(text: str, tree: odata.Node) -> None:
    assert odata.parse_search(text) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("displayName:room", "Syntax error: character ':' is not valid at position 11 in 'displayName:room'."),
        ("room", "Syntax error at position 0 in 'room'."),
        ('"room"', 'The query wants "property:text" at position 0 of $search, \'"room"\'.'),
        ('"mail:"', 'The query wants "property:text" at position 0 of $search, \'"mail:"\'.'),
        ('"mail:a" or "mail:b"', 'Syntax error at position 9 in \'"mail:a" or "mail:b"\'.'),
        ('"mail:a" "mail:b"', 'Syntax error at position 9 in \'"mail:a" "mail:b"\'.'),
        ('"mail:a', "Syntax error: character '\"' is not valid at position 0 in '\"mail:a'."),
        ("", "Syntax error at position 0 in ''."),
    ],
)
def test_a_search_that_is_malformed_is_a_bad_request(text: str, message: str) -> None:
    with pytest.raises(ODataError) as caught:
        odata.parse_search(text)

    assert (caught.value.code, caught.value.message) == ("BadRequest", message)


def test_query_options_are_read_in_any_case_and_the_rest_is_passed_over() -> None:
    query = odata.parse(
        parse_qsl(
            "$filter=startswith(givenName,+'J')&%24COUNT=true&$Top=5&$skip=2&$select=id,%20mail&$orderby=mail%20DESC,id"
            "&$expand=manager($select=id,displayName)&$search=%22mail:a%22&$skiptoken=X'4'&$format=json&api=1&api=2",
            keep_blank_values=True,
        )
    )

    assert query == odata.Query(
        filter=Call("startswith", "givenName", "J"),
        search=Call("startswith", "mail", "a"),
        orderby=(Order("mail", descending=True), Order("id")),
        select=("id", "mail"),
        expand=(odata.Expand("manager", ("id", "displayName")),),
        top=5,
        skip=2,
        count=True,
        skiptoken="X'4'",
    )
    assert query.where == And((Call("startswith", "givenName", "J"), Call("startswith", "mail", "a")))


def test_no_options_ask_for_everything() -> None:
    assert odata.parse([]) == odata.Query()
    assert sql.to_sql(odata.Query().where) == ("1", [])
    assert odata.parse([("$select", ""), ("$expand", "manager"), ("$count", "false")]) == odata.Query(
        expand=(odata.Expand("manager"),)
    )


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("$top=ten", "BadRequest", "Invalid value 'ten' for $top query option found. "
         "The $top query option requires a non-negative integer value."),
        ("$skip=-1", "BadRequest", "Invalid value '-1' for $skip query option found. "
         "The $skip query option requires a non-negative integer value."),
        ("$top=9999999999999999999999", "BadRequest", "Invalid value '9999999999999999999999' for $top"),
        ("$count=True", "BadRequest", "Invalid value 'True' for $count query option found. "
         "Valid values are 'false', 'true'."),
        ("$top=1&$TOP=2", "BadRequest", "Query option '$top' was specified more than once, "
         "but it must be specified at most once."),
        ("$foo=1", "BadRequest", "The query parameter '$foo' is not supported."),
        ("$select=id,@odata.type", "BadRequest", "Parsing OData Select and Expand failed: "
         "Term '@odata.type' is not valid in a $select or $expand expression."),
        ("$select=id,", "BadRequest", "Parsing OData Select and Expand failed: Term '' is not valid"),
        ("$orderby=displayName up", "BadRequest", "The query has a $orderby that is not valid: 'displayName up'."),
        ("$orderby=", "BadRequest", "The query has a $orderby that is not valid: ''."),
        ("$expand=members($nothing=1)", "BadRequest", "The query has an $expand that is not"),
        ("$expand=members($select=id;$select=id)", "BadRequest", "The query has an $expand that is not"),
        ("$expand=members(", "BadRequest", "The query has an $expand that is not"),
        ("$expand=a,", "BadRequest", "The query has an $expand that is not"),
        ("$expand=", "BadRequest", "The query has an $expand that is not"),
    ],
)  # fmt: skip
def test_query_options_that_are_malformed_are_refused(query: str, code: str, message: str) -> None:
    with pytest.raises(ODataError) as caught:
        odata.parse(parse_qsl(query, keep_blank_values=True))

    assert caught.value.code == code
    assert caught.value.message.startswith(message)


# --- Hostile input: the work is bounded by MAX_LENGTH, MAX_DEPTH and MAX_LEAVES, not by the clock


def outcome(function: Callable[..., Any], *args: object, **options: Any) -> Any:
    """Return what the function returns, or the ODataError it raises."""
    try:
        return function(*args, **options)
    except ODataError as error:
        return error


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1000 + "a eq 1" + ")" * 1000,
        "not (" * 1000 + "a eq 1" + ")" * 1000,
        "(" * 5000,
        "a/any(x:" * 1000,
        "startswith(" * 900,
        " or ".join(["a eq 1"] * 900),
        "a in (" + ",".join("1" * 3000) + ")",
        "not " * 2400 + "a",
        "'" * 9999,
        "a eq '" + "''" * 4990,
        "a eq " + "9" * 9000,
        "a eq " + "-" * 9000,
        "a" * 9999,
        "a/" * 4999 + "a",
        "a eq 1 or " * 999,
        "a eq 'x'" + " " * 20_000,
        "a eq '\0'",
        "a eq '\ud800'",
        "é eq 1",
    ],
)
def test_hostile_filters_are_a_clean_error_or_a_query_that_runs(text: str) -> None:
    answer = outcome(odata.parse_filter, text)

    if isinstance(answer, ODataError):
        assert len(answer.message) < 600
    else:
        with closing(database([{"a": "x"}])) as connection:
            found(connection, answer)


def test_the_deepest_and_widest_tree_that_is_read_is_one_that_sqlite_takes() -> None:
    wide = " or ".join(["startswith(a,'x')"] * 20)
    deep = wide
    while True:  # every bracket that is allowed, each with as much around it as possible
        longer = f"not ((a eq 'x' or a eq 'y') and b/any(x:x eq '1') and ({deep}))"
        try:
            odata.parse_filter(longer)
        except ODataError:
            break
        deep = longer
    with closing(database([{"a": "x", "b": ["1"]}])) as connection:
        for text in (
            deep,
            " or ".join(["startswith(a,'x')"] * odata.MAX_LEAVES),
            "(" * 20 + "a eq 'x'" + ")" * 20,
        ):
            found(connection, odata.parse_filter(text))


@pytest.mark.parametrize("limit", ["depth", "leaves", "length"])
def test_limits_hold_on_both_sides(limit: str) -> None:
    allowed, refused = {
        "depth": tuple("(" * n + "a eq 1" + ")" * n for n in (odata.MAX_DEPTH, odata.MAX_DEPTH + 1)),
        "leaves": tuple(" or ".join(["a eq 1"] * n) for n in (odata.MAX_LEAVES, odata.MAX_LEAVES + 1)),
        "length": tuple(f"a eq '{'x' * (n - 7)}'" for n in (odata.MAX_LENGTH, odata.MAX_LENGTH + 1)),
    }[limit]

    odata.parse_filter(allowed)
    with pytest.raises(ODataError):
        odata.parse_filter(refused)


@pytest.mark.parametrize("letter", ["\0", "\ud800"])
def test_letters_that_sqlite_does_not_take_are_refused(letter: str) -> None:
    with pytest.raises(ODataError, match="not valid"):
        odata.parse_filter(f"a eq '{letter}'")


def test_a_text_too_long_for_a_pattern_is_refused() -> None:
    with pytest.raises(ODataError, match="too long"):
        sql.to_sql(Compare("a", "eq", "é" * 9000))


WORDS = st.sampled_from(
    "( ) , : ' '' 'x' and or not NOT eq ne in has any/ a/any( x: x a a/b $count a/$count startswith( "
    "contains(a,'b') "
    f'null true 1 -1.5 2021-01-01 2021-01-01T00:00:00Z {SKU} " \\ é " "mail:x" AND OR'.split()
)
JUNK = st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join))


@given(JUNK)
def test_any_text_is_a_tree_or_a_clean_error(text: str) -> None:
    for parse in (odata.parse_filter, odata.parse_search):
        answer = outcome(parse, text)
        if isinstance(answer, ODataError):
            assert answer.code in {"BadRequest", "Request_UnsupportedQuery"}
        else:
            with closing(database([{"a": "x", "x": [1]}])) as connection:
                found(connection, answer)
    for option in odata._OPTIONS:
        assert isinstance(outcome(odata.parse, [(option, text)]), ODataError | odata.Query)


# --- Refusing


@pytest.mark.parametrize(
    ("resource", "options"),
    [
        ("user", "$filter=aboutMe eq 'x'"),
        ("user", "$filter=skills/any(s:s eq 'x')"),
        ("user", "$filter=skills/$count eq 0"),
        ("user", "$filter=startswith(aboutMe,'x')"),
        ("user", "$filter=authorizationInfo/certificateUserIds/any(s:s eq 'x')"),
        ("group", "$filter=isArchived eq true"),
    ],
)
def test_what_the_tables_leave_out_is_not_refused_in_the_words_of_graph(resource: str, options: str) -> None:
    for eventual in (False, True):
        refusal = refused(resource, f"{options}&$count=true", eventual=eventual)
        assert refusal is not None
        if eventual or "/$count" not in options:
            assert refusal[0] == "NotImplemented", refusal


def refused(resource: str, options: str, *, eventual: bool = False, **where: bool) -> tuple[str, str] | None:
    query = odata.parse(parse_qsl(options, keep_blank_values=True))
    error = outcome(support.refuse, resource, query, eventual=eventual, **where)
    return error and (error.code, error.message)


def no(message: str, code: str = "Request_UnsupportedQuery") -> tuple[str, str]:
    return code, message


def clause(name: str, resource: str = "User") -> tuple[str, str]:
    return no(
        f"Unsupported or invalid query filter clause specified for property '{name}' of resource '{resource}'."
    )


def operator(name: str) -> tuple[str, str]:
    return no(f"Unsupported property filter clause operator '{name}'.")


ENDS = no(
    "Operator 'endsWith' is not supported because the required parameters might be missing. Try adding "
    "$count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/"
    "advanced-queries for more information"
)
NOT = no(ENDS[1].replace("endsWith", "not"))
NOT_EQUAL = no("Filter operator 'NotEqualsMatch' is not supported.")
COUNT = no("$count is not currently supported.", "Request_BadRequest")
SORT = no("Sorting not supported for current query.")
MANY = no(
    "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15."
)


def test_the_documented_refusals_word_for_word() -> None:
    assert refused("user", "", counting=True) == COUNT
    assert refused("user", "$count=true") is None  # 200, and the count is silently missing
    assert refused("application", '$search="displayName:Browser"') == no(
        "Request with $search query parameter only works through MSGraph with a special request header: "
        "'ConsistencyLevel: eventual'"
    )
    assert refused("user", "$filter=endsWith(userPrincipalName,'%23EXT%23@contoso.com')") == ENDS
    assert refused("group", "$filter=createdDateTime ge 2021-11-01&$count=true", eventual=True) == clause(
        "createdDateTime", "Group"
    )


@pytest.mark.parametrize(
    ("resource", "condition", "without"),
    [
        ("user", "endswith(mail,'x')", ENDS),
        ("user", "proxyAddresses/any(p:endswith(p,'x'))", ENDS),
        ("user", "not(userType eq 'Member')", NOT),
        ("group", "NOT groupTypes/any(c:c eq 'Unified')", NOT),
        ("user", "accountEnabled ne true", NOT_EQUAL),
        ("user", "companyName ne null and NOT(companyName eq 'Microsoft')", NOT_EQUAL),
        ("user", "assignedLicenses/$count eq 0", COUNT),
        ("user", "not(assignedLicenses/$count ne 1)", NOT),
        ("user", "companyName eq 'x'", clause("companyName")),
        ("user", "startswith(mobilePhone,'25')", clause("mobilePhone")),
        ("user", "businessPhones/any(p:startswith(p,'44'))", clause("businessPhones")),
        ("user", f"assignedPlans/any(a:a/servicePlanId eq {SKU})", clause("assignedPlans/servicePlanId")),
        ("user", "employeeOrgData/division eq 'x'", clause("employeeOrgData/division")),
        ("user", "department eq null", clause("department")),
        ("user", "department in ('x',null)", clause("department")),
        ("user", "department eq ''", clause("department")),
        ("device", "registrationDateTime ge 2021-01-02T12:00:00Z", clause("registrationDateTime", "Device")),
        ("device", "extensionAttributes/extensionAttribute15 eq 'x'",
         clause("extensionAttributes/extensionAttribute15", "Device")),
        ("application", "web/redirectUris/any(u:startswith(u,'http://'))",
         clause("web/redirectUris", "Application")),
        ("servicePrincipal", f"appOwnerOrganizationId eq {SKU}",
         clause("appOwnerOrganizationId", "ServicePrincipal")),
        ("user", " or ".join(["id eq 'x'"] * 16), MANY),
        ("user", f"id in ({','.join(['%27x%27'] * 16)})", MANY),
    ],
)  # fmt: skip
def test_an_advanced_filter_needs_header_and_count_both(
    resource: str, condition: str, without: tuple[str, str]
) -> None:
    assert refused(resource, f"$filter={condition}") == without
    assert refused(resource, f"$filter={condition}", eventual=True) == without
    assert refused(resource, f"$filter={condition}&$count=true") == without
    assert refused(resource, f"$filter={condition}&$count=true", eventual=True) is None
    assert refused(resource, f"$filter={condition}", eventual=True, counting=True) is None  # /users/$count


@pytest.mark.parametrize(
    ("resource", "options"),
    [
        ("user", "$filter=userType eq 'Guest'&$orderby=displayName"),
        ("user", "$orderby=createdDateTime desc"),
        ("user", "$orderby=displayName,deletedDateTime"),
        ("group", "$orderby=deletedDateTime"),
        ("application", "$orderby=displayName"),
        ("device", "$orderby=approximateLastSignInDateTime"),
    ],
)
def test_an_advanced_sort_needs_header_and_count_both(resource: str, options: str) -> None:
    assert refused(resource, options) == SORT
    assert refused(resource, options, eventual=True) == SORT
    assert refused(resource, f"{options}&$count=true") == SORT
    assert refused(resource, f"{options}&$count=true", eventual=True) is None


@pytest.mark.parametrize(
    ("resource", "options"),
    [
        ("user", "$filter=displayname eq 'x' and startswith(USERPRINCIPALNAME,'a')"),
        ("user", "$filter=department in ('Retail','Sales') or createdDateTime ge 2021-01-01"),
        ("user", f"$filter=assignedLicenses/any(s:s/skuId eq {SKU})"),
        ("user", "$filter=identities/any(c:c/issuerAssignedId eq 'j@x.com' and c/issuer eq 'b2c')"),
        ("user", "$filter=manager/id eq 'x'"),
        ("user", "$filter=" + " or ".join(["id eq 'x'"] * 15)),
        ("user", "$orderby=userPrincipalName desc&$expand=manager"),
        ("group", "$filter=groupTypes/any(c:c eq 'Unified') and mailEnabled eq true"),
        ("group", "$orderby=displayName"),
        ("device", "$filter=approximateLastSignInDateTime le 2021-01-01T00:00:00Z and isManaged eq true"),
        ("application", "$filter=tags/any(t:startswith(t,'x'))"),
        ("servicePrincipal", "$filter=servicePrincipalNames/any(n:n eq 'x') and startswith(displayName,'a')"),
        ("auditLog", "$top=5&$select=id"),
    ],
)  # fmt: skip
def test_a_default_query_works_with_and_without_the_pair(resource: str, options: str) -> None:
    assert refused(resource, options) is None
    if "$expand" not in options:
        assert refused(resource, f"{options}&$count=true", eventual=True) is None


@pytest.mark.parametrize(
    ("resource", "options", "error"),
    [
        ("user", "$filter=nonsense eq 'x'", clause("nonsense")),
        ("user", "$filter=startswith(employeeId,'1')", clause("employeeId")),
        ("user", "$filter=endswith(displayName,'x')", clause("displayName")),
        ("user", "$filter=city ge 'a'", clause("city")),
        ("user", "$filter=accountEnabled eq null", clause("accountEnabled")),
        ("user", "$filter=proxyAddresses eq 'x'", clause("proxyAddresses")),
        ("user", "$filter=displayName/any(x:x eq 'y')", clause("displayName")),
        ("user", "$filter=proxyAddresses/any()", clause("proxyAddresses")),
        ("user", "$filter=proxyAddresses/any(p:p ne 'x')", clause("proxyAddresses")),
        ("user", "$filter=assignedPlans/any(s:s/foo eq null)", clause("assignedPlans/foo")),
        ("user", "$filter=assignedLicenses/$count gt 0", clause("assignedLicenses/$count")),
        ("user", "$filter=assignedLicenses/$count eq 2", clause("assignedLicenses/$count")),
        ("user", "$filter=displayName/$count eq 0", clause("displayName/$count")),
        ("user", "$filter=contains(displayName,'x')", operator("Contains")),
        ("user", "$filter=createdDateTime gt 2021-01-01", operator("GreaterThan")),
        ("user", "$filter=createdDateTime lt 2021-01-01", operator("LessThan")),
        ("user", "$filter=userType has 'x'", operator("Has")),
        ("device", "$filter=physicalIds/any(p:startswith(p,'x'))", clause("physicalIds", "Device")),
        ("auditLog", "$filter=id eq 'x'", no("Filtered searches against this resource are not supported.")),
        ("user", "$orderby=mail", SORT),
        ("group", "$orderby=createdDateTime", SORT),
        ("auditLog", "$orderby=id", SORT),
        ("user", '$search="aboutMe:x"', clause("aboutMe")),
        ("user", '$search="accountEnabled:x"', clause("accountEnabled")),
        ("user", '$search="assignedLicenses:x"', clause("assignedLicenses")),
        ("user", "$skip=10", no("'$skip' is not supported by the service.", "Request_BadRequest")),
        ("user", "$expand=manager", no("The query has $expand, which is not supported in advanced queries.")),
    ],
)  # fmt: skip
def test_what_no_header_helps_is_refused(resource: str, options: str, error: tuple[str, str]) -> None:
    assert refused(resource, f"{options}&$count=true", eventual=True) == error


@pytest.mark.parametrize(
    ("condition", "left", "right", "kind"),
    [
        (f"id eq {SKU}", "String", "Guid", "Equal"),
        (f"assignedLicenses/any(s:s/skuId eq '{SKU}')", "Guid", "String", "Equal"),
        ("accountEnabled eq 'true'", "Boolean", "String", "Equal"),
        ("createdDateTime ge '2021-01-01'", "DateTimeOffset", "String", "GreaterThanOrEqual"),
        ("employeeId ne 5", "String", "Int32", "NotEqual"),
        ("employeeId in ('5',5.5)", "String", "Double", "Equal"),
        ("displayName eq 2021-01-01", "String", "Date", "Equal"),
        ("displayName eq 2021-01-01T00:00:00Z", "String", "DateTimeOffset", "Equal"),
        ("displayName eq true", "String", "Boolean", "Equal"),
    ],
)
def test_a_literal_of_the_wrong_type_is_refused(condition: str, left: str, right: str, kind: str) -> None:
    assert refused("user", f"$filter={condition}") == no(
        "Invalid filter clause: A binary operator with incompatible types was detected. "
        f"Found operand types 'Edm.{left}' and 'Edm.{right}' for operator kind '{kind}'.",
        "BadRequest",
    )


def test_a_search_needs_the_header_only_even_with_a_default_filter() -> None:
    assert refused("group", '$filter=mailEnabled eq true&$search="displayName:OneVideo"', eventual=True) is None
    assert refused("user", '$search="proxyAddresses:smtp"', eventual=True) is None
    assert refused("user", '$search="displayName:x"&$orderby=displayName', eventual=True) is None


def test_relations_are_filtered_and_sorted_with_the_pair_only() -> None:
    reference = no("The specified filter to the reference property query is currently not supported.")
    for options, without in (("$filter=userType eq 'Guest'", reference), ("$orderby=displayName", SORT)):
        assert refused("user", options, relation=True) == without
        assert refused("user", options, eventual=True, relation=True) == without
        assert refused("user", f"{options}&$count=true", eventual=True, relation=True) is None
    assert refused("directoryObject", "$top=5", relation=True) is None


def test_pages_have_the_sizes_of_graph() -> None:
    assert support.page_size("users") == 100
    assert support.page_size("users", 999) == 999
    assert support.page_size("users", 1) == 1
    for top in (0, 1000):
        with pytest.raises(ODataError) as caught:
            support.page_size("users", top)
        assert caught.value.code == "Request_UnsupportedQuery"
        assert (
            caught.value.message == f"Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."
        )
    assert support.page_size("users", 999, ["signInActivity"]) == 500
    assert support.page_size("messages") == 10
    assert support.page_size("messages", 5000) == 1000
    assert support.page_size("directoryRoles", 5) is None


# --- Finding: what SQLite answers is what the oracle says


def database(docs: list[dict[str, Any]]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    sql.register(connection)
    connection.execute(
        "CREATE TABLE objects "
        "(seq INTEGER PRIMARY KEY, kind TEXT, id TEXT UNIQUE, name TEXT, deleted TEXT, doc TEXT)"
    )
    connection.executemany(
        "INSERT INTO objects (kind, id, doc) VALUES ('user', ?, ?)",
        [
            (doc.get("id", f"{number:04}").lower(), json.dumps(doc, ensure_ascii=False))
            for number, doc in enumerate(docs)
        ],
    )
    return connection


def found(connection: sqlite3.Connection, tree: odata.Node | None, types: odata.Types | None = None) -> list[int]:
    where, values = sql.to_sql(tree, types)
    rows = connection.execute(f"SELECT seq - 1 FROM objects WHERE {where} ORDER BY seq", values)
    return [number for (number,) in rows]


LETTERS = "aAbBkKzéÉåÅß李1 '*?[]^%_-\\\"$"
TEXT = st.sampled_from(["", "a", "A", "ab", "é", "É", "aÉb", "é[", "*", "%", "Ab-a 1"]) | st.text(
    LETTERS, max_size=6
)
GUIDS = st.sampled_from([SKU, "7" * 8 + "-aaaa-bbbb-cccc-" + "d" * 12])
ZONES = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
INSTANTS = st.datetimes(datetime(1999, 12, 30), datetime(2000, 1, 2), timezones=ZONES).map(
    lambda when: when.replace(microsecond=when.microsecond // 1000 * 1000)
)
MAYBE = st.none()

STRINGS = ("displayName", "mail", "description", "onPremisesExtensionAttributes/extensionAttribute1")
DOCS = st.fixed_dictionaries(
    {},
    optional={
        "displayName": MAYBE | TEXT,
        "mail": MAYBE | TEXT,
        "description": MAYBE | TEXT,
        "onPremisesExtensionAttributes": MAYBE
        | st.fixed_dictionaries({}, optional={"extensionAttribute1": MAYBE | TEXT}),
        "accountEnabled": MAYBE | st.booleans(),
        "size": MAYBE | st.integers(-3, 3) | st.sampled_from([-1.5, 2.25]),
        "owner": MAYBE | GUIDS | GUIDS.map(str.upper),
        "createdDateTime": MAYBE | INSTANTS.map(lambda when: when.isoformat(timespec="milliseconds")),
        "scenarios": MAYBE | st.sampled_from(["a", "A, b", "ab,c"]),
        "proxyAddresses": MAYBE | st.lists(MAYBE | TEXT, max_size=3),
        "assignedLicenses": MAYBE
        | st.lists(
            st.fixed_dictionaries({}, optional={"skuId": MAYBE | GUIDS, "service": MAYBE | TEXT}), max_size=3
        ),
    },
)
COMPARES = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
NAMES = st.sampled_from(["startswith", "endswith", "contains"])


def strings(paths: st.SearchStrategy[str]) -> st.SearchStrategy[odata.Node]:
    return st.one_of(
        st.builds(Compare, paths, COMPARES, MAYBE | TEXT),
        st.builds(In, paths, st.lists(MAYBE | TEXT, min_size=1, max_size=4).map(tuple)),
        st.builds(Call, NAMES, paths, TEXT),
    )


def joined(leaves: st.SearchStrategy[odata.Node]) -> st.SearchStrategy[odata.Node]:
    """Combine leaves as the parser would: no ``and`` directly in an ``and``."""
    return st.recursive(
        leaves,
        lambda nodes: st.one_of(
            st.builds(Not, nodes),
            st.lists(nodes.filter(lambda node: not isinstance(node, And)), min_size=2, max_size=3)
            .map(tuple)
            .map(And),
            st.lists(nodes.filter(lambda node: not isinstance(node, Or)), min_size=2, max_size=3)
            .map(tuple)
            .map(Or),
        ),
        max_leaves=5,
    )


def collection(path: str, part: st.SearchStrategy[odata.Node]) -> st.SearchStrategy[odata.Node]:
    return st.builds(AnyOf, st.just(path), MAYBE | joined(part))


FILTERS = joined(
    st.one_of(
        strings(st.sampled_from(STRINGS)),
        st.builds(Compare, st.just("accountEnabled"), st.sampled_from(["eq", "ne"]), MAYBE | st.booleans()),
        st.builds(Compare, st.just("size"), COMPARES, MAYBE | st.integers(-3, 3) | st.just(-1.5)),
        st.builds(Compare, st.just("owner"), COMPARES, MAYBE | GUIDS.map(UUID)),
        st.builds(
            Compare, st.just("createdDateTime"), COMPARES, MAYBE | INSTANTS.map(lambda when: when.astimezone(UTC))
        ),
        st.builds(Compare, st.just("createdDateTime"), COMPARES, st.dates(date(1999, 12, 30), date(2000, 1, 2))),
        st.builds(Compare, st.just("scenarios"), st.just("has"), st.sampled_from(["a", "B", "bc"])),
        st.builds(Compare, st.just("assignedLicenses/$count"), COMPARES, st.integers(0, 2)),
        collection("proxyAddresses", strings(st.just("proxyAddresses[]"))),
        collection(
            "assignedLicenses",
            strings(st.just("assignedLicenses[]/service"))
            | st.builds(Compare, st.just("assignedLicenses[]/skuId"), st.just("eq"), GUIDS.map(UUID)),
        ),
    )
)


def written(node: odata.Node, *, inside: bool = False) -> str:
    """Write a tree as $filter text, independently of the parser."""
    match node:
        case And(parts) | Or(parts):
            word = " and " if isinstance(node, And) else " or "
            return word.join(f"({written(part, inside=inside)})" for part in parts)
        case Not(part):
            return f"not ({written(part, inside=inside)})"
        case AnyOf(path, part):
            return f"{path}/any({'' if part is None else 'x:' + written(part, inside=True)})"
        case Compare(path, op, value):
            return f"{_name(path, inside)} {op} {_literal(value)}"
        case In(path, values):
            return f"{_name(path, inside)} in ({', '.join(map(_literal, values))})"
        case Call(name, path, text):
            return f"{name}({_name(path, inside)},{_literal(text)})"


def _name(path: str, inside: bool) -> str:
    return "x" + path.partition("[]")[2] if inside else path


def _literal(value: odata.Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            doubled = value.replace("'", "''")
            return f"'{doubled}'"
        case datetime():
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
    return str(value)


@settings(max_examples=share(500))
@given(FILTERS, st.lists(DOCS, min_size=1, max_size=8))
def test_sql_finds_what_the_oracle_finds(tree: odata.Node, docs: list[dict[str, Any]]) -> None:
    assert odata.parse_filter(written(tree)) == tree
    with closing(database(docs)) as connection:
        assert found(connection, tree) == [n for n, doc in enumerate(docs) if oracle.matches(tree, doc)]


SEARCHES = joined(
    st.builds(Call, st.just("search"), st.sampled_from(["displayName", "description"]), TEXT.filter(str.strip))
    | st.builds(Call, st.just("startswith"), st.just("mail"), TEXT.filter(str.strip))
)


@settings(max_examples=share(150))
@given(SEARCHES, st.lists(DOCS, min_size=1, max_size=8))
def test_search_finds_what_the_oracle_finds(tree: odata.Node, docs: list[dict[str, Any]]) -> None:
    with closing(database(docs)) as connection:
        assert found(connection, tree) == [n for n, doc in enumerate(docs) if oracle.matches(tree, doc)]


@settings(max_examples=share(50))
@given(st.lists(DOCS, max_size=8), st.booleans())
def test_rows_sort_without_regard_to_case_and_null_first(docs: list[dict[str, Any]], descending: bool) -> None:
    keys = sql.order_by([Order("DISPLAYNAME", descending)], support.TYPES["user"])
    order = ", ".join(f"{sql} {'DESC' if down else 'ASC'}" for sql, down in keys)
    with closing(database(docs)) as connection:
        rows = [number for (number,) in connection.execute(f"SELECT seq - 1 FROM objects ORDER BY {order}")]

    ranks = sorted(range(len(docs)), key=lambda n: oracle.sort_key(docs[n], "displayName"), reverse=descending)
    expected = [oracle.sort_key(docs[n], "displayName") for n in ranks]
    assert [oracle.sort_key(docs[n], "displayName") for n in rows] == expected
    ties = [(oracle.sort_key(docs[n], "displayName"), n) for n in rows]
    assert all(one[1] < two[1] for one, two in pairwise(ties) if one[0] == two[0])


ADA = {
    "id": "AB-1",
    "displayName": "Ada Lovelace",
    "accountEnabled": True,
    "createdDateTime": "2021-01-02T14:00:00+02:00",
}
ZOE = {
    "id": "ab-2",
    "displayName": "ZOË O'Brien",
    "department": "Sales",
    "proxyAddresses": ["SMTP:zoe@x.y"],
    "manager": None,
}
BOT = {
    "id": "ab-3",
    "displayName": "OneVideo-bot 7",
    "description": "é[*?]^",
    "department": None,
    "scenarios": "A, B",
    "assignedLicenses": [{"skuId": SKU}, {}],
}


@pytest.fixture(scope="module")
def tenant() -> Iterator[sqlite3.Connection]:
    with closing(database([ADA, ZOE, BOT])) as connection:
        yield connection


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("DISPLAYNAME eq 'ada lovelace'", "A"),
        ("displayName eq 'zoë o''brien'", "Z"),
        ("startswith(displayName,'ZOË')", "Z"),
        ("endswith(displayName,'BRIEN')", "Z"),
        ("id eq 'ab-1'", "A"),
        ("id in ('AB-2','x','ab-3')", "ZB"),
        ("department eq null", "AB"),
        ("department ne null", "Z"),
        ("department ne 'sales'", "AB"),
        ("not (department eq 'sales')", "AB"),
        ("startswith(department,'s')", "Z"),
        ("not startswith(department,'x')", "Z"),  # null is left out on either side
        ("not (department eq 'é')", "AZB"),
        ("not (department in ('a','é'))", "AZB"),
        ("startswith(displayName,'n') or startswith(displayName,'y')", ""),
        ("contains(displayName,'oË')", "Z"),
        ("endswith(description,'É[*?]^')", "B"),
        ("description eq 'é[x?]^' or startswith(description,'é[a')", ""),
        ("displayName ge 'ZO'", "Z"),
        ("scenarios has 'b'", "B"),
        ("accountEnabled ne true", "ZB"),
        ("createdDateTime eq 2021-01-02T12:00:00Z", "A"),
        ("createdDateTime ge 2021-01-02T12:00:00.001Z", ""),
        ("createdDateTime ge 2021-01-02 and createdDateTime le 2021-01-03", "A"),
        ("not (createdDateTime ge 2021-01-02)", "ZB"),
        ("proxyAddresses/any(p:startswith(p,'smtp:zoe'))", "Z"),
        ("proxyaddresses/$count eq 0", "AB"),
        ("assignedLicenses/$count ne 0", "B"),
        (f"assignedLicenses/any(s:s/SKUID eq {SKU.upper()})", "B"),
        ("not assignedLicenses/any()", "AZ"),
        ("manager/any(x:x eq null)", ""),
        ("displayName/any()", ""),
    ],
)
def test_a_filter_finds(tenant: sqlite3.Connection, condition: str, names: str) -> None:
    rows = found(tenant, odata.parse_filter(condition), support.TYPES["user"])

    assert "".join("AZB"[row] for row in rows) == names


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ('"displayName:lovelace ADA"', "A"),
        ('"displayName:love"', "A"),
        ('"displayName:lace"', ""),  # not "contains"
        ('"displayName:OneVideo"', "B"),
        ('"displayName:video"', "B"),
        ('"displayName:7"', "B"),
        ('"displayName:onevideobot"', "B"),  # what symbols alone keep apart is one word too
        ('"displayName:o\'b"', "Z"),
        ('"displayName:zoë"', "Z"),
        ('"displayName:ada" OR "displayName:zoë"', "AZ"),
        ('NOT "displayName:ada"', "ZB"),
        ('"proxyAddresses:smtp:zoe"', "Z"),
        ('"id:AB-"', "AZB"),
    ],
)
def test_a_search_finds(tenant: sqlite3.Connection, search: str, names: str) -> None:
    rows = found(tenant, odata.parse_search(search), support.TYPES["user"])

    assert "".join("AZB"[row] for row in rows) == names


@pytest.mark.parametrize(
    ("value", "pieces"),
    [
        ("hello world", "hello world"),
        ("helloWORLD", "hello world"),
        ("HELLOworld", "helloworld"),
        ("HelloWORld", "hello world"),
        ("hello.world", "hello . world"),
        ("hello123world", "hello 123 world"),
        ("李四(David Li)", "李四 ( david li )"),
    ],
)
def test_search_text_is_split_as_documented(value: str, pieces: str) -> None:
    assert sql._pieces(value) == pieces.split()


def test_what_the_store_keeps_elsewhere_is_found_there(tenant: sqlite3.Connection) -> None:
    manager = "(SELECT 'boss' WHERE objects.id = 'ab-2')"
    types = {**support.TYPES["user"], "manager/id": odata.Field("manager/id", sql=manager)}

    assert found(tenant, odata.parse_filter("Manager/Id eq 'BOSS'"), types) == [1]


@pytest.mark.parametrize(
    "condition", ["{} eq 'x'", "{} eq 'zoë'", "startswith({},'x')", "startswith({},'zoë')", "{} in ('x','y')"]
)
@pytest.mark.parametrize(
    "name", ["displayName", "userPrincipalName", "mail", "employeeId", "department", "jobTitle"]
)
def test_the_indexes_are_used(tenant: sqlite3.Connection, name: str, condition: str) -> None:
    plan = plan_of(tenant, condition.format(name))

    assert f"USING INDEX objects_{name.lower()} (kind=? AND deleted=? AND <expr>" in plan


def test_what_is_no_text_has_an_index_too(tenant: sqlite3.Connection) -> None:
    assert "USING INDEX objects_accountenabled (kind=?" in plan_of(tenant, "accountEnabled eq false")


@pytest.mark.parametrize("condition", ["id eq 'X'", "id in ('X','y')"])
def test_ids_are_found_by_the_stores_own_column(tenant: sqlite3.Connection, condition: str) -> None:
    assert "(id=?)" in plan_of(tenant, condition)


def plan_of(tenant: sqlite3.Connection, text: str) -> str:
    tenant.execute("SAVEPOINT before")
    for statement in sql.INDEXES:
        tenant.execute(statement)
    where, values = sql.to_sql(odata.parse_filter(text), support.TYPES["user"])
    plan = tenant.execute(
        f"EXPLAIN QUERY PLAN SELECT doc FROM objects WHERE kind = 'user' AND deleted IS NULL AND {where}", values
    ).fetchall()
    tenant.execute("ROLLBACK TO before")
    return str(plan[0][-1])


def test_names_never_reach_the_sql_unchecked() -> None:
    for path in ("a' OR 1", 'a"', "a/../b", "", "a[]/b'"):
        with pytest.raises(ODataError, match="not valid"):
            sql.to_sql(Compare(path, "eq", 1))
