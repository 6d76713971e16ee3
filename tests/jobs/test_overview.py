"""The tenant on one page: what stands on it, that nothing on it acts, and what it does without a permission."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from leangraph import ConfigurationError, Sandbox
from leangraph.cli import main
from leangraph.jobs import overview

HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "{{ 7 * 7 }}",
    "</style><script src=//evil.example></script>", "&lt;b&gt;", "javascript:alert(1)", "\u202egnp.exe", "a\x00b",
)  # fmt: skip


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def written(tmp_path: Path, *words: str) -> Page:
    assert main(["overview", "--to", str(tmp_path / "tenant.html"), *words]) == 0
    return Page((tmp_path / "tenant.html").read_text(encoding="utf-8"))


def test_the_page_tells_what_is_in_the_tenant(tenant: Sandbox, graph_client: Any, tmp_path: Path) -> None:
    page = written(tmp_path)
    text = re.sub(r"\s+", " ", page.text)

    assert f"{graph_client.users.count()}users" in text.replace(" ", "")
    for expected in ("Contoso", "Microsoft 365 E5", "Global Administrator", "HR Connector", "second factor"):
        assert expected in text


def test_nothing_on_the_page_acts_or_is_loaded(tenant: Sandbox, tmp_path: Path) -> None:
    for name in HOSTILE:
        tenant.add_user(displayName=name, createdDateTime="2020-01-01T00:00:00Z")
    page = written(tmp_path)

    assert {tag for tag, _ in page.tags} & {"script", "iframe", "object", "embed", "img", "form", "base"} == set()
    assert [name for _, given in page.tags for name in given if name.startswith("on")] == []
    loaded = [
        given[name] for _, given in page.tags for name in ("src", "href", "xlink:href", "style") if name in given
    ]
    assert loaded == ["data:,"]
    for name in HOSTILE[:7]:
        assert name in page.text


def test_what_has_changed_since_an_older_copy(tenant: Sandbox, graph_client: Any, tmp_path: Path) -> None:
    select = "id,displayName,userPrincipalName,accountEnabled,userType,createdDateTime"
    assert main(["sync", "/users", "--to", "old.db", "--select", select]) == 0
    tenant.add_user(displayName="Newcomer")
    graph_client.users["ada.lovelace@contoso.example"].patch({"accountEnabled": False})
    rows = overview.facts(graph_client, Path("old.db"))["tables"]["What has changed"].rows

    assert {"change": "added", "name": "Newcomer", "property": "", "before": "", "after": ""} in rows
    assert [(row["property"], row["name"]) for row in rows if row["change"] == "changed"] == [
        ("accountEnabled", "Ada Lovelace")
    ]
    assert len(rows) == 2


def test_what_may_not_be_read_is_told_and_the_rest_is_there(tenant: Sandbox, tmp_path: Path) -> None:
    tenant.fail("GET", "/roleManagement/directory/roleDefinitions", status=403)
    tenant.fail("GET", "/reports/authenticationMethods/userRegistrationDetails", status=403)
    page = written(tmp_path)

    assert page.text.count("ot readable: 403") == 2
    assert "Microsoft 365 E5" in page.text


def test_without_jinja_nothing_is_read(
    graph_client: Any, tenant: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    before = len(tenant.requests)
    with pytest.raises(ConfigurationError, match="leangraph\\[overview\\]"):
        overview.write(graph_client, tmp_path / "x.html")
    assert len(tenant.requests) == before
