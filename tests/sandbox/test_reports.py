"""Usage reports of the sandbox, and the tenant they are about."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from graph_calls import Graph, error

from leangraph.sandbox import Sandbox
from leangraph.sandbox.graph.reports import REPORTS

ADA = "ada.lovelace@contoso.example"


def report(graph: Graph, call: str) -> list[dict[str, str]]:
    answer = graph("GET", f"/reports/{call}", allow_redirects=False)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Content-Type"] == "text/plain"
    file = graph.web.get(answer.headers["Location"])
    assert (file.status_code, file.headers["Content-Type"]) == (200, "application/octet-stream")
    assert file.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("period", ["D7", "D30", "D90", "D180"])
@pytest.mark.parametrize("name", list(REPORTS))
def test_every_report_has_every_period(graph: Graph, name: str, period: str) -> None:
    rows = report(graph, f"{name}(period='{period}')")
    assert rows
    assert next(iter(rows[0])) == "Report Refresh Date"
    if "Report Period" in rows[0]:
        assert rows[0]["Report Period"] == period[1:]


@pytest.mark.parametrize(
    "argument",
    [
        "period='D8'",
        "period='D'",
        "period=D7",
        "period=''",
        "date=2020-01-01",
        "date='{today}'",
        "date=2026-13-45",
        "",
    ],
)
def test_other_arguments_are_refused(graph_sandbox: Sandbox, graph: Graph, argument: str) -> None:
    today = datetime.fromtimestamp(graph_sandbox.now(), UTC).date()
    call = f"getOffice365ActiveUserDetail({argument.format(today=today)})"
    assert graph("GET", f"/reports/{call}", allow_redirects=False).status_code == 400


@pytest.mark.parametrize(("days", "status"), [(0, 302), (30, 302), (31, 400), (-1, 400)])
def test_a_day_goes_back_thirty_days(graph_sandbox: Sandbox, graph: Graph, days: int, status: int) -> None:
    day = datetime.fromtimestamp(graph_sandbox.now(), UTC).date() - timedelta(days)
    path = f"/reports/getOffice365ActiveUserDetail(date={day})"
    assert graph("GET", path, allow_redirects=False).status_code == status


def test_only_some_reports_have_single_days(graph_sandbox: Sandbox, graph: Graph) -> None:
    day = datetime.fromtimestamp(graph_sandbox.now(), UTC).date()
    answer = graph("GET", f"/reports/getMailboxUsageDetail(date={day})", allow_redirects=False)
    assert error(answer)[0] == 400


def test_a_report_of_a_day_has_who_was_active_that_day(graph_sandbox: Sandbox, graph: Graph) -> None:
    everybody = report(graph, "getOffice365ActiveUserDetail(period='D30')")
    refreshed = everybody[0]["Report Refresh Date"]
    day = sorted(row["Exchange Last Activity Date"] for row in everybody)[-1]
    that_day = report(graph, f"getOffice365ActiveUserDetail(date={day})")
    expected = [row["User Principal Name"] for row in everybody if day in row.values() and row]
    active = [row["User Principal Name"] for row in that_day]
    assert set(active) <= set(expected)
    assert active
    assert day <= refreshed


def test_a_report_is_about_the_tenants_own_people(graph: Graph) -> None:
    rows = report(graph, "getOffice365ActiveUserDetail(period='D7')")
    by_name = {row["User Principal Name"]: row for row in rows}
    assert len(by_name) == 50
    assert by_name[ADA]["Display Name"] == "Ada Lovelace"
    assert by_name[ADA]["Has Exchange License"] == "True"
    assert by_name[ADA]["Assigned Products"].startswith("MICROSOFT 365 E5")
    services = report(graph, "getOffice365ServicesUserCounts(period='D7')")
    licensed = sum(row["Has Exchange License"] == "True" for row in rows)
    assert int(services[0]["Exchange Active"]) + int(services[0]["Exchange Inactive"]) == licensed
    assert len(report(graph, "getOffice365ActiveUserCounts(period='D30')")) == 30
    mailboxes = report(graph, "getMailboxUsageDetail(period='D7')")
    assert len(mailboxes) == licensed


def test_who_was_deleted_of_late_is_in_it_still(graph: Graph) -> None:
    graph("DELETE", f"/users/{ADA}")
    by_name = {
        row["User Principal Name"]: row for row in report(graph, "getOffice365ActiveUserDetail(period='D7')")
    }
    assert by_name[ADA]["Is Deleted"] == "True"
    assert by_name[ADA]["Deleted Date"]


def test_the_address_needs_no_token_and_takes_none(graph: Graph) -> None:
    path = "/reports/getMailboxUsageDetail(period='D7')"
    url = graph("GET", path, allow_redirects=False).headers["Location"]
    assert not url.startswith(graph.sandbox.url)
    assert graph("GET", url).status_code == 401
    assert graph.web.get(url).status_code == 200
    graph.sandbox.advance(299)
    assert graph.web.get(url).status_code == 200
    graph.sandbox.advance(2)
    assert graph.web.get(url).status_code == 404


def test_what_has_not_changed_is_not_sent_again(graph: Graph) -> None:
    path = "/reports/getMailboxUsageDetail(period='D7')"
    url = graph("GET", path, allow_redirects=False).headers["Location"]
    tag = graph.web.get(url).headers["ETag"]
    assert graph("GET", path, {"If-None-Match": tag}, allow_redirects=False).status_code == 304
    graph("DELETE", f"/users/{ADA}")
    assert graph("GET", path, {"If-None-Match": tag}, allow_redirects=False).status_code == 302


def test_a_report_takes_no_options(graph: Graph) -> None:
    path = "/reports/getMailboxUsageDetail(period='D7')?$top=5"
    assert graph("GET", path, allow_redirects=False).status_code == 400


@pytest.mark.usefixtures("acted")
def test_other_reports_are_not_acted_out(graph: Graph) -> None:
    assert error(graph("GET", "/reports/getYammerActivityCounts(period='D7')"))[:2] == (501, "NotImplemented")


# -- the tenant ---------------------------------------------------------------------------------------


def test_the_organization_is_the_tenant(graph_sandbox: Sandbox, graph: Graph) -> None:
    (own,) = graph.get("/organization").json()["value"]
    assert (own["id"], own["displayName"]) == (graph_sandbox.tenant_id, "Contoso")
    assert own["verifiedDomains"][0]["name"] == "contoso.example"
    path = f"/organization/{own['id']}"
    assert graph.get(path, select="displayName").json()["displayName"] == "Contoso"
    assert graph("PATCH", path, json={"technicalNotificationMails": ["it@contoso.example"]}).status_code == 204
    assert graph.get(path).json()["technicalNotificationMails"] == ["it@contoso.example"]
    assert graph("PATCH", path, json={"displayName": "Fabrikam"}).status_code == 400
    assert graph.get("/organization/x").status_code == 404


@pytest.mark.usefixtures("acted")
def test_there_is_one_domain(graph: Graph) -> None:
    (domain,) = graph.get("/domains").json()["value"]
    assert (domain["id"], domain["isDefault"], domain["isVerified"]) == ("contoso.example", True, True)
    assert graph.get("/domains/contoso.example").json()["isInitial"] is True
    assert graph.get("/domains/fabrikam.example").status_code == 404
    assert graph("POST", "/domains", json={"id": "fabrikam.example"}).status_code == 501


def test_another_tenant_has_contents_of_its_own(graph_sandbox: Sandbox, graph: Graph) -> None:
    from graph_calls import token_call

    other = graph_sandbox.add_tenant("fabrikam.example", users=3)
    added = graph_sandbox.add_app("Everywhere", roles=["Directory.Read.All"], multi_tenant=True)
    added.consent(other, roles=["Directory.Read.All"])
    token = token_call(
        graph_sandbox, graph.web, "fabrikam.example", client_id=added.client_id, client_secret=added.client_secret
    )
    there = Graph(graph_sandbox, graph.web, token.json()["access_token"])
    assert there.get("/organization").json()["value"][0]["id"] == other.id
    assert [row["id"] for row in there.get("/domains").json()["value"]] == ["fabrikam.example"]
    assert len(there.get("/users").json()["value"]) == 3
