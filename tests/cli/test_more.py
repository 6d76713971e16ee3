"""The other commands: permissions, tokens, writes that ask, completion, what ``--help`` costs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
import pytest
from processes import python

from leangraph import GraphClient, Sandbox
from leangraph.cli import app, completion, main


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_perms_names_the_least_permission_offline(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["perms", "get", "/users/{id}/manager", "-o", "json"]) == 0
    rows = said(capsys)
    assert [(row["kind"], row["least"]) for row in rows] == [
        ("application", "User.Read.All"),
        ("delegated", "User.Read.All"),
    ]


def test_perms_says_unknown_and_does_not_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["perms", "GET", "/nowhere/at/all"]) == 3
    assert "unknown" in capsys.readouterr().err


def test_perms_names_the_least_set_for_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "run.log"
    log.write_text(
        "12:00 DEBUG leangraph GET /v1.0/users 200, 12 ms\n"
        "GET https://graph.microsoft.com/v1.0/groups/1/members?$top=5\nnothing at all\nPOST /nowhere\n",
        encoding="utf-8",
    )
    assert main(["perms", "--log", str(log), "-o", "json"]) == 0

    application, delegated = json.loads(capsys.readouterr().out)
    assert application["least"] == "GroupMember.ReadBasic.All, User.ReadBasic.All"
    assert (application["unknown"], delegated["kind"]) == ("POST /nowhere", "delegated")

    log.write_text("nothing\n", encoding="utf-8")
    assert main(["perms", "--log", str(log)]) == 3


@pytest.mark.parametrize("words", [[], ["GET"], ["GET", "/users", "--log", "-"]])
def test_perms_wants_a_request_or_a_log(words: list[str]) -> None:
    assert main(["perms", *words]) == 2


def test_whoami_reads_the_token(tenant: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["whoami"]) == 0
    found = said(capsys)
    assert (found["tenant"], found["app"], found["user"]) == (tenant.tenant_id, tenant.client_id, None)
    assert "User.ReadWrite.All" in found["permissions"]


def test_a_token_is_printed_only_when_it_is_asked_for(tenant: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token"]) == 0
    assert "eyJ" not in capsys.readouterr().out
    assert main(["token", "--show"]) == 0
    assert capsys.readouterr().out.startswith("eyJ")


def test_an_object_is_made_changed_and_deleted(
    tenant: Sandbox, graph_client: GraphClient, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["-f", "displayName=Sales 2", "-f", "mailNickname=sales2", "-F", "mailEnabled=false"]
    assert main(["post", "/groups", *words, "-F", "securityEnabled=true"]) == 0
    group = said(capsys)["id"]
    assert main(["patch", f"/groups/{group}", "-f", "description=New"]) == 0
    assert graph_client.groups[group].get()["description"] == "New"
    user = graph_client.get("/users/ada.lovelace@contoso.example")["id"]
    reference = f"@odata.id={tenant.url}/v1.0/directoryObjects/{user}"
    assert main(["put", "/users/grace.hopper@contoso.example/manager/$ref", "-f", reference]) == 0
    assert main(["delete", f"/groups/{group}", "--yes"]) == 0
    assert main(["get", f"/groups/{group}"]) == 3


def test_a_deletion_is_asked_about_and_refused_where_nobody_can_be_asked(
    tenant: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    done = python("-m", "leangraph", "delete", "/users/ada.lovelace@contoso.example")
    assert (done.returncode, tenant.requests) == (2, [])
    assert "add --yes" in done.stderr


@pytest.mark.parametrize("method", ["post", "patch", "put", "delete"])
def test_a_dry_run_shows_the_request_and_sends_nothing(
    tenant: Sandbox, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    words = ["/users/x", "-f", "passwordProfile[password]=Canary-1", "--header", "If-Match: *", "--dry-run"]
    assert main([method, *words]) == 0
    assert said(capsys) == {
        "method": method.upper(),
        "path": "/users/x",
        "headers": {"If-Match": "*"},
        "body": {"passwordProfile": {"password": "***"}},
    }
    assert tenant.requests == []


def test_read_only_refuses_writes(tenant: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["patch", "/users/x", "-f", "a=b", "--read-only"]) == 2
    assert "nothing was sent" in capsys.readouterr().err


def test_what_an_advanced_query_needs_is_added_and_said(
    tenant: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "/users", "--filter", "endswith(mail,'example')", "--limit", "1"]) == 0
    assert "ConsistencyLevel: eventual and $count=true added" in capsys.readouterr().err
    assert main(["list", "/users", "--filter", "endswith(mail,'example')", "--limit", "1", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_beta_asks_beta(tenant: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["get", "/users", "--top", "1", "--beta"]) == 0
    assert tenant.requests[-1].version == "beta"


def test_a_count_is_a_number(tenant: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["count", "/users", "--filter", "userType eq 'Guest'"]) == 0
    assert capsys.readouterr().out.strip().isdigit()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/use", ["/users"]),
        ("us", ["/users"]),
        ("/users/", ["/users/{id}", "/users/$count", "/users/delta"]),
        (
            "/users/{id}/mana",
            ["/users/{id}/managedAppRegistrations", "/users/{id}/managedDevices", "/users/{id}/manager"],
        ),
        ("/users/ada@x/manag", ["/users/ada@x/manager"]),
        ("/identity/conditionalAccess/po", ["/identity/conditionalAccess/policies"]),
        ("/nowhere/", []),
    ],
)
def test_a_path_goes_on_as_the_metadata_says(typed: str, offered: list[str]) -> None:
    found = [item.value for item in completion.paths(None, None, typed)]

    assert set(offered) <= set(found)
    assert bool(offered) == bool(found)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "_LEANGRAPH_COMPLETE" in capsys.readouterr().out


def test_completion_answers_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom leangraph.cli import main\n"
        "try:\n    main([])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'msal', 'requests', 'pydantic'} & set(sys.modules)), file=sys.stderr)\n"
    )
    env = {
        **os.environ,
        "_LEANGRAPH_COMPLETE": "bash_complete",
        "COMP_WORDS": "leangraph list /groups/{id}/own",
        "COMP_CWORD": "2",
    }
    done = python("-c", code, env=env)
    assert "plain,/groups/{id}/owners" in done.stdout
    assert done.stderr.strip() == "[]"


def test_every_command_has_an_example_in_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    context = click.Context(app.commands)
    found = {name: app.commands.get_command(context, name) for name in app.commands.list_commands(context)}

    assert [name for name, command in found.items() if "leangraph " not in str(command and command.help)] == []
