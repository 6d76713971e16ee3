"""The README is short, and every setting is told. That its blocks run: test_pages.py."""

from __future__ import annotations

from pathlib import Path

from leangraph import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_every_setting_stands_on_its_page_and_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`{name}`" in SETTINGS, name
        assert f"`{field.validation_alias}`" in SETTINGS, name
        if field.validation_alias not in ("AZURE_AUTHORITY_HOST", "GRAPH_URL", "GRAPH_SCOPES"):
            assert str(field.validation_alias) in example, name


def test_the_example_file_is_all_unset_or_commented_out() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        "AZURE_TENANT_ID=",
        "AZURE_CLIENT_ID=",
        "AZURE_CLIENT_SECRET=",
    ]


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150
