"""Options before and after the command, twice, or without meaning; ``-v``; help; how Python was started."""

from __future__ import annotations

import json
import os
import re
import warnings
from pathlib import Path

import click
import pytest
from processes import python
from shares import sample

from leangraph import Sandbox
from leangraph.cli import app, main
from leangraph.system.warn import warn

Run = pytest.CaptureFixture[str]
CONTEXT = click.Context(app.commands, info_name="leangraph")
COMMANDS = app.commands.list_commands(CONTEXT)


# -- where options stand --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["{} count /users", "count {} /users", "count /users {}"])
def test_connection_options_stand_before_or_after_the_command(tenant: Sandbox, words: str, capsys: Run) -> None:
    assert main(words.format("--beta -q").split()) == 0
    assert tenant.requests[-1].version == "beta"
    assert capsys.readouterr().err == ""

    assert main(words.format("--verbose").split()) == 0
    assert "GET /v1.0/users/$count 200" in capsys.readouterr().err

    assert main(words.format("--profile nowhere").split()) == 2
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["--read-only patch /users/x -f a=b", "patch /users/x -f a=b --read-only"])
def test_read_only_counts_wherever_it_stands(tenant: Sandbox, words: str) -> None:
    assert main(words.split()) == 2
    assert tenant.requests == []


def test_the_sandbox_option_may_stand_first(capsys: Run) -> None:
    assert main(["--sandbox", "count", "/users"]) == 0
    assert capsys.readouterr().out == "50\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--beta perms GET /users", "--beta has no effect on `perms`"),
        ("--sandbox demo", "--sandbox has no effect on `demo`"),
        ("--read-only login", "--read-only has no effect on `login`"),
        ("--profile a --profile b count /users", "--profile is given more than once"),
        ("--profile a count /users --profile b", "--profile is given more than once"),
        ("list /users --select a --select b", "--select is given more than once"),
        ("list /users -o csv --output json", "--output is given more than once"),
        ("list /users --bom --no-bom", "--bom is given more than once"),
        ("login --device --browser", "--device and --browser exclude each other"),
        ("count /users --sandbox --profile a", "leave one of them out"),
        ("get /users --limit 3", "No such option"),
        ("batch x.csv --retry-failed", "goes with --resume"),
        ("batch x.csv --resume --dry-run", "not with --dry-run"),
        ("batch x.csv --journal j --dry-run", "not with --dry-run"),
        ("batch x.jsonl --ignore-columns --dry-run", "--ignore-columns is for CSV"),
        ("batch x.jsonl --delimiter ; --dry-run", "--delimiter is for CSV"),
        ("batch x.csv PATCH_/users/{id} --delimiter ;; --dry-run", "--delimiter"),
        ("perms GET /users --log x.csv", "leave METHOD and PATH out"),
        ("perms GET --log x.csv", "leave METHOD and PATH out"),
        ("get /users -o xlsx", "needs a file"),
        ("get /users -o json --append", "--append is for -o sqlite only"),
        ("count /users --profile ~", "--profile is empty"),
        ("--profile ~ count /users", "--profile is empty"),
        ("list /users --query ~", "--query is empty"),
        ("list /users --to ~", "--to is empty"),
        ("get ~", "path is empty"),
        ("batch x.csv PATCH_/users/{id} --to x.csv --yes", "would replace what this run needs"),
        ("batch x.csv PATCH_/users/{id} --to ./x.csv.journal -o csv --yes", "would replace what this run needs"),
        ("batch x.csv PATCH_/users/{ --dry-run", "a brace that is not around a column"),
        ("batch x.csv PATCH_/users/{} --dry-run", "a brace that is not around a column"),
        ("batch x.csv PATCH_/users/{id} --dry-run --encoding rot13", "no encoding that Python knows"),
        ("batch x.csv PATCH_/users/{id} --dry-run --encoding base64", "no encoding that Python knows"),
        ("batch x.csv PATCH_/users/{id} --dry-run --encoding utf-16", "line 1 is not utf-16 text"),
    ],
)
def test_no_option_is_dropped_in_silence(tenant: Sandbox, capsys: Run, words: str, said: str) -> None:
    Path("x.csv").write_text("id;a\n1;2\n", encoding="utf-8")
    Path("x.jsonl").write_text("{}\n", encoding="utf-8")

    assert main([word.replace("_", " ").replace("~", "") for word in words.split()]) == 2
    assert said in capsys.readouterr().err
    assert tenant.requests == []


def test_a_dry_run_is_written_as_it_was_asked_for(tenant: Sandbox, capsys: Run) -> None:
    assert main(["post", "/groups", "-f", "a=b", "--dry-run", "--query", "body.a"]) == 0
    assert capsys.readouterr().out == '"b"\n'
    assert main(["post", "/groups", "-f", "a=b", "--dry-run", "--to", "plan.json"]) == 0
    assert "POST" in Path("plan.json").read_text(encoding="utf-8")


# -- what is told of requests ---------------------------------------------------------------------------------


def test_each_attempt_is_told_without_secrets(
    tenant: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: Run
) -> None:
    tenant.fail("GET", "/users", status=503, retry_after=0, times=1)

    assert main(["get", "/users?access_token=canary", "--top", "1", "-v"]) == 0
    told = capsys.readouterr().err.splitlines()
    pattern = r"GET /v1\.0/users {}, \d+ ms, attempt {}, request-id [0-9a-f-]{{36}}"
    assert re.match(pattern.format(503, 1), told[0])
    assert re.fullmatch(pattern.format(200, 2), told[1])
    assert "canary" not in str(told)


def test_debug_tells_more_and_no_secret_either(tenant: Sandbox, capsys: Run) -> None:
    assert main(["get", "/users?access_token=canary", "--top", "1", "--debug"]) == 0
    told = capsys.readouterr().err
    secrets = (tenant.env["AZURE_CLIENT_SECRET"], "canary", "eyJ")

    assert told.startswith("leangraph ")
    assert "urllib3.connectionpool: " in told
    assert "GET /v1.0/users 200" in told
    assert not any(secret in told for secret in secrets)
    assert main(["get", "/users", "--top", "1"]) == 0
    assert capsys.readouterr().err == ""  # of the next run, nothing


def test_what_a_run_has_told_says_which_permissions_it_needs(tenant: Sandbox, capsys: Run) -> None:
    assert main(["list", "/users", "--limit", "1", "-v"]) == 0
    Path("run.log").write_text(capsys.readouterr().err, encoding="utf-8")

    assert main(["perms", "--log", "run.log", "--query", "[0].least"]) == 2  # which is offline, and has no --query
    assert main(["perms", "--log", "run.log", "-o", "csv"]) == 0
    assert "User.ReadBasic.All" in capsys.readouterr().out


def test_a_warning_is_one_line(tenant: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: Run) -> None:
    monkeypatch.setattr("leangraph.cli.words.rebased", lambda path: warn(f"careful with {path}\x1b[2J") or path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as python -W ignore does

        assert main(["count", "/users"]) == 0
    assert capsys.readouterr().err == "warning: careful with /users\ufffd[2J\n"


# -- help -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_help_is_whole(monkeypatch: pytest.MonkeyPatch, capsys: Run, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)

    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert "..." not in said.replace("[ARGS]...", "")
    for section in (*app.SECTIONS, "Exit codes"):
        assert f"\n{section}:\n" in said
    if columns != "40":
        for entries in app.SECTIONS.values():
            for name, (_, line) in entries.items():
                assert f"\n  {name:10}  {line}\n" in said
        assert "\n  7           a part failed\n" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_the_options_of_all(name: str) -> None:
    command = app.commands.get_command(CONTEXT, name)
    assert command is not None
    said = command.get_help(click.Context(command, CONTEXT, info_name=name))

    assert f"leangraph {name}" in said
    if not isinstance(command, click.Group):  # whose commands have them
        assert re.search(r"-q, --quiet.*-v, --verbose.*--debug", said, re.DOTALL)


def test_a_word_that_is_nearly_one_is_recognised(capsys: Run) -> None:
    assert main(["lst", "/users"]) == 2
    assert "list" in capsys.readouterr().err


# -- how it was started ---------------------------------------------------------------------------------------


def started_as(*words: str, tenant: Sandbox, **more: str) -> tuple[int, str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = python(*words, env={**env, **tenant.env, **more})
    return done.returncode, done.stdout, done.stderr


STARTS = {
    "-O": (["-O"], {}),
    "-OO": (["-OO"], {}),
    "-X utf8": (["-X", "utf8"], {}),
    "-X utf8=0": (["-X", "utf8=0"], {}),
    "-W error": (["-W", "error"], {}),
    "-u -B": (["-u", "-B"], {}),
    "cp1252": ([], {"PYTHONIOENCODING": "cp1252:strict"}),
    "ascii": ([], {"PYTHONIOENCODING": "ascii"}),
    "C locale": ([], {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    "Latin-1 locale": ([], {"LC_ALL": "de_DE.ISO-8859-1"}),
    "Turkish": ([], {"LANG": "tr_TR.UTF-8"}),
}


@pytest.mark.parametrize("how", sample([*STARTS], 6))
def test_nothing_depends_on_how_python_was_started(tenant: Sandbox, how: str) -> None:
    options, more = STARTS[how]
    script = (
        "from leangraph.cli import main\n"
        "main(['--help']); main(['list', '--help'])\n"
        "main(['list', '/users', '--select', 'displayName', '--limit', '5', '-o', 'csv'])\n"
        "main(['get', '/users/nob\\xf6dy', '-i', '--query', 'x'])\n"
        "main(['list', '/users', '--select', 'displayName', '--limit', '5', '--to', 'x.csv'])\n"
        "import pathlib; print(pathlib.Path('x.csv').read_bytes())\n"
    )
    ids = r"[0-9a-f]{8}-[0-9a-f-]{27}|(?i:date[:=]).*"
    expected, found = (
        [re.sub(ids, "…", str(part)) for part in started_as(*start, "-c", script, tenant=tenant, **env)]
        for start, env in (([], {}), (options, more))
    )

    assert "Siobhán O'Brien" in expected[1]
    assert found == expected


@pytest.mark.skipif(os.name == "nt", reason="there, arguments are no bytes")
@pytest.mark.parametrize("how", ["C locale", "-X utf8"])
def test_words_are_what_was_typed(tenant: Sandbox, how: str) -> None:
    options, more = STARTS[how]
    command = ["patch", "/users/Köln", "-f", "city=Köln 小", "--dry-run", "--to", "Köln.json"]
    code, _, err = started_as(*options, "-m", "leangraph", *command, tenant=tenant, **more)
    assert (code, err) == (0, "")
    assert json.loads(Path("Köln.json").read_text(encoding="utf-8"))[0]["body"] == {"city": "Köln 小"}

    code, _, err = started_as(*options, "-m", "leangraph", "get", "/users/\udcff", tenant=tenant, **more)
    assert code == 2
    assert "is no text in UTF-8" in err


def test_the_module_is_the_command() -> None:
    done = python("-m", "leangraph", "--help")

    assert done.stdout.startswith("Usage: leangraph [OPTIONS] COMMAND")
    assert python("-m", "leangraph", "lst").stderr.startswith("Usage: leangraph ")


def test_powershell_completes_words_with_and_without_quotes(capsys: Run) -> None:
    assert main(["completion", "powershell"]) == 0
    said = capsys.readouterr().out
    assert "Register-ArgumentCompleter -Native -CommandName leangraph " in said
    assert "%" not in said.replace("| ForEach-Object", "")

    for word, expected in (("/users/{id}/man", "/users/{id}/manager\t"), ("--sel", "--select\t")):
        env = {
            **os.environ,
            "_LEANGRAPH_COMPLETE": "powershell_complete",
            "COMP_WORDS": json.dumps(["leangraph", "list"]),
            "COMP_WORD": word,
        }
        assert expected in python("-m", "leangraph", env=env).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("users", "leangraph list /users"),
        ("/users/x/messages --beta", "leangraph list /users/x/messages"),
        ("lst /users", "Did you mean 'list'"),
    ],
)
def test_a_path_without_a_verb_is_told_the_command(words: str, said: str, capsys: Run) -> None:
    assert main(words.split()) == 2
    assert said in capsys.readouterr().err
