"""What the README promises runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leangraph import Sandbox, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.strip().splitlines()[-1][:40])
def test_every_python_example_runs(code: str, graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = {
        "PARTNER_TOKEN_URL": graph_sandbox.oauth2_token_url,
        "PARTNER_SECRET": graph_sandbox.oauth2.client_secret,
        "PARTNER_API": graph_sandbox.oauth2_resource_url,
        "REQUESTS_CA_BUNDLE": graph_sandbox.ca_bundle,
    }
    for name, value in {**graph_sandbox.env, **partner}.items():
        monkeypatch.setenv(name, value)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})


def test_every_setting_stands_in_the_readme_and_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`{name}`" in README, name
        assert f"`{field.validation_alias}`" in README, name
        if field.validation_alias not in ("AZURE_AUTHORITY_HOST", "GRAPH_URL", "GRAPH_SCOPES"):
            assert str(field.validation_alias) in example, name


def test_the_example_file_is_all_unset_or_commented_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        "AZURE_TENANT_ID=",
        "AZURE_CLIENT_ID=",
        "AZURE_CLIENT_SECRET=",
    ]


def test_relative_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", README):
        if "://" not in link:
            assert (ROOT / link).exists(), link
