"""The commands for who one is and what one may do: ``login logout whoami token perms doctor``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

import click

from leangraph.cli import completion, output
from leangraph.cli.options import METHODS, PROFILE, SHAPE, command, takes

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

Connect = Callable[[], "GraphClient"]


@command(
    "login",
    """Sign in as a user. Later scripts that set GRAPH_SIGN_IN use this sign-in.

    \b
    leangraph login
    leangraph login --browser --profile contoso
    """,
)
@click.option(
    "--device", "way", flag_value="device", help="Sign in with a code on any other device (the default)."
)
@click.option("--browser", "way", flag_value="browser", help="Sign in with the browser on this machine.")
@PROFILE
def login(way: Any, profile: str | None) -> None:
    from leangraph.cli import login as signing

    signing.login(output.tell, profile, way)


@command(
    "logout",
    """Forget a sign-in that is kept on this machine.

    \b
    leangraph logout --profile contoso
    """,
)
@PROFILE
def logout(profile: str | None) -> None:
    from leangraph.cli import login as signing

    signing.logout(output.tell, profile)


@command(
    "whoami",
    """Show the app or user that the token belongs to, its tenant, and what it may do.

    \b
    leangraph whoami --sandbox
    """,
)
@takes(SHAPE)
def whoami(connect: Connect, progress: Progress, shape: output.Shape, **_: Any) -> None:
    from leangraph.knowledge import permissions

    graph = connect()
    claims = permissions.claims_of(graph.token_holder.token)
    held = permissions.held(graph.token_holder.token)
    found = {
        "tenant": claims.get("tid"),
        "app": claims.get("appid") or claims.get("azp"),
        "user": claims.get("upn") or claims.get("preferred_username"),
        "permissions": sorted(held.names) if held else None,
        "graph": graph.url,
        "expiresAt": graph.token_holder.expires_at.isoformat() if graph.token_holder.expires_at else None,
    }
    output.write_one(found, shape, name="whoami", warn=progress.warn)


@command(
    "token",
    """Get a token and say how long it is valid.

    \b
    curl -H "Authorization: Bearer $(leangraph token --show)" https://graph.microsoft.com/v1.0/users
    """,
)
@click.option("--show", is_flag=True, help="Print the token itself, which is as good as a password for an hour.")
@takes()
def token(connect: Connect, progress: Progress, *, show: bool) -> None:
    holder = connect().token_holder
    if show:
        print(holder.token)
    else:
        _ = holder.token
        print(f"a token is there, good for {holder.expires_in / 60:.0f} minutes; --show prints it")


@command(
    "perms",
    """Say which permissions a request needs, the least first. This works offline, with Microsoft's table.

    \b
    leangraph perms GET /users/{id}/manager
    leangraph perms GET '/users?$select=signInActivity'
    leangraph perms --log run.log    # the least set for a whole run: a log by -v, or any that names requests
    """,
)
@click.argument("method", required=False, type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path", required=False, shell_complete=completion.paths)
@click.option(
    "--log", type=click.File(encoding="utf-8", errors="replace"), help="Read the requests from a log; - is stdin."
)
@click.option("-o", "--output", "form", type=click.Choice(output.FORMS[:5]), help="Default: as list.")
def perms(method: str | None, path: str | None, log: TextIO | None, form: str | None) -> None:
    if log is not None and method is not None:
        raise click.UsageError("--log takes every request from the log: leave METHOD and PATH out")
    if log is None and (method is None or path is None):
        raise click.UsageError("give METHOD and PATH, or --log FILE")
    from leangraph.cli import perms as need

    rows = need.of_log(log) if log else need.of_request(str(method), str(path))
    output.write(rows, output.Shape(form), name="permissions", warn=output.tell)
    if how := need.consent():
        output.tell(how)


@command(
    "doctor",
    """Check every step from the settings to Graph. The exit code is that of the first problem.

    \b
    leangraph doctor
    leangraph doctor --json --profile contoso
    """,
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each step.")
@PROFILE
def doctor(as_json: bool, profile: str | None) -> None:
    import json

    from leangraph.cli.doctor import checks, lines

    code = 0
    for check in checks(profile):
        told = check._asdict()
        found = told.pop("exit_code")
        code = code or found
        for line in [json.dumps(told, ensure_ascii=False)] if as_json else lines(check):
            print(line, flush=True)
    raise click.exceptions.Exit(code)
