"""azure-cli: ``az login --service-principal``, ``az ad`` and ``az rest``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from common import ADA, CLIENT, GRAPH, SECRET, TENANT, attempt, refused
from shell import run

CONTENT = f"/users/{ADA}/drive/root:/peer.txt:/content"
BIN = os.environ["PEERS_AZ"]
os.environ["AZURE_CORE_COLLECT_TELEMETRY"] = "false"


def az(*words: str) -> Any:
    return run(BIN, *words, "--output", "json", "--only-show-errors")


def rest(method: str, path: str, body: object = None, *more: str) -> Any:
    given = () if body is None else ("--body", json.dumps(body))
    return az("rest", "--method", method, "--url", f"{GRAPH}/v1.0{path}", *given, *more)


def sign_in() -> Any:
    return az(
        "login", "--service-principal", "--username", CLIENT, "--password", SECRET, "--tenant", TENANT,
        "--allow-no-subscriptions",
    )  # fmt: skip


def select() -> bool:
    found = az("ad", "user", "list", "--display-name", "Ada")
    return [each["displayName"] for each in found] == ["Ada Lovelace"]


attempt("sign in", sign_in)
attempt("list users, every page", lambda: len(az("ad", "user", "list")) == 50)
attempt("list with filter and select", select)
attempt("count users", lambda: rest("get", "/users/$count", None, "--headers", "ConsistencyLevel=eventual") == 50)
attempt("get a user", lambda: az("ad", "user", "show", "--id", ADA)["displayName"] == "Ada Lovelace")


def create() -> str:
    made = az(
        "ad", "user", "create", "--display-name", "Peer", "--password", "Compiler-1952",
        "--user-principal-name", "peer@contoso.example",
    )  # fmt: skip
    return str(made["id"])


new = attempt("create a user", create) or "nobody"


def update() -> bool:
    az("ad", "user", "update", "--id", new, "--display-name", "Peer 2")
    return az("ad", "user", "show", "--id", new)["displayName"] == "Peer 2"


attempt("update a user", update)


def members() -> int:
    return len(az("ad", "group", "member", "list", "--group", "Finance"))


before = attempt("list members", members) or 0


def add() -> bool:
    az("ad", "group", "member", "add", "--group", "Finance", "--member-id", new)
    return members() == before + 1


def remove() -> bool:
    az("ad", "group", "member", "remove", "--group", "Finance", "--member-id", new)
    return members() == before


def batch() -> bool:
    asked = {"requests": [{"id": "1", "method": "GET", "url": f"/users/{ADA}"}]}
    return rest("post", "/$batch", asked)["responses"][0]["status"] == 200


def small() -> bool:
    made = rest(
        "put", f"/users/{ADA}/drive/root:/peer.txt:/content", "abc", "--headers", "Content-Type=text/plain"
    )
    return made["name"] == "peer.txt"


def download() -> bool:
    rest("get", CONTENT, None, "--output-file", "down.txt")
    return "abc" in Path("down.txt").read_text(encoding="utf-8")


attempt("add a member", add)
attempt("remove a member", remove)
attempt("batch", batch)
attempt("delta", lambda: len(rest("get", "/users/delta")["value"]) > 5)
attempt("upload a small file", small)
attempt("download", download)
MESSAGE = {"subject": "Peer", "toRecipients": [{"emailAddress": {"address": ADA}}]}
attempt("send mail", lambda: rest("post", f"/users/{ADA}/sendMail", {"message": MESSAGE}))
attempt(
    "list messages", lambda: any(m["subject"] == "Peer" for m in rest("get", f"/users/{ADA}/messages")["value"])
)
attempt("calendar events", lambda: isinstance(rest("get", f"/users/{ADA}/events")["value"], list))
attempt("licenses", lambda: len(rest("get", "/subscribedSkus")["value"]) > 3)
attempt(
    "applications", lambda: len(az("ad", "app", "list", "--all")) > 1 and len(az("ad", "sp", "list", "--all")) > 1
)


def delete() -> bool:
    az("ad", "user", "delete", "--id", new)
    return refused(lambda: az("ad", "user", "show", "--id", new), "does not exist")


attempt("delete a user", delete)
attempt("error 404", lambda: refused(lambda: rest("get", "/users/nobody@contoso.example"), "ResourceNotFound"))
attempt("error 403", lambda: refused(lambda: rest("get", "/users/forbidden@contoso.example"), "RequestDenied"))


def throttled() -> bool:
    """It does not repeat by itself: it says what it was told, and the next command is served."""
    path = "/users/throttled@contoso.example"
    return (
        refused(lambda: rest("get", path), "TooManyRequests") and rest("get", path)["displayName"] == "Throttled"
    )


attempt("error 429", throttled)
