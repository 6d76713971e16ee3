"""CLI for Microsoft 365, with an app's secret."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from common import ADA, CLIENT, SECRET, TENANT, attempt, refused
from shell import run

BIN = os.environ["PEERS_M365"]


def m365(*words: str) -> Any:
    return run(BIN, *words, "--output", "json")


def request(method: str, path: str, *more: str) -> Any:
    url = f"https://graph.microsoft.com/v1.0{path}"
    return m365("request", "--method", method, "--url", url, "--accept", "application/json", *more)


attempt(
    "sign in",
    lambda: m365("login", "--authType", "secret", "--appId", CLIENT, "--tenant", TENANT, "--secret", SECRET),
)
attempt("list users, every page", lambda: len(m365("entra", "user", "list")) == 50)


def select() -> bool:
    found = m365("entra", "user", "list", "--displayName", "Ada", "--properties", "displayName,mail")
    return [each["displayName"] for each in found] == ["Ada Lovelace"]


attempt("list with filter and select", select)
attempt("get a user", lambda: m365("entra", "user", "get", "--userName", ADA)["displayName"] == "Ada Lovelace")


def create() -> str:
    made = m365(
        "entra", "user", "add", "--displayName", "Peer", "--userName", "peer@contoso.example",
        "--password", "Compiler-1952", "--usageLocation", "DE",
    )  # fmt: skip
    return str(made["id"])


new = attempt("create a user", create)


def update() -> bool:
    m365("entra", "user", "set", "--id", new, "--jobTitle", "Engineer")
    return m365("entra", "user", "get", "--id", new, "--properties", "jobTitle")["jobTitle"] == "Engineer"


attempt("update a user", update)
group = m365("entra", "group", "get", "--displayName", "Finance")["id"]


def members() -> int:
    return len(m365("entra", "group", "member", "list", "--groupId", group))


before = attempt("list members", members) or 0


def add() -> bool:
    m365("entra", "group", "member", "add", "--groupId", group, "--userIds", new, "--role", "Member")
    return members() == before + 1


def remove() -> bool:
    m365("entra", "group", "member", "remove", "--groupId", group, "--userIds", new, "--role", "Member", "--force")
    return members() == before


attempt("add a member", add)
attempt("remove a member", remove)
CONTENT = f"/users/{ADA}/drive/root:/peer.txt:/content"
attempt("upload a small file", lambda: request("put", CONTENT, "--content-type", "text/plain", "--body", "abc"))


def download() -> bool:
    request("get", CONTENT, "--filePath", "down.txt")
    return Path("down.txt").read_text(encoding="utf-8").strip('"') == "abc"


attempt("download", download)


def send() -> Any:
    return m365(
        "outlook", "mail", "send", "--sender", ADA, "--to", ADA, "--subject", "Peer", "--bodyContents", "x"
    )  # fmt: skip


def messages() -> bool:
    found = m365("outlook", "message", "list", "--folderName", "inbox", "--userName", ADA)
    return any(each["subject"] == "Peer" for each in found)


attempt("send mail", send)
attempt("list messages", messages)
attempt("calendar events", lambda: isinstance(m365("outlook", "event", "list", "--userName", ADA), list))


attempt("licenses", lambda: len(m365("entra", "license", "list")) > 3)  # those of a user it shows to a user only
attempt("applications", lambda: len(m365("entra", "app", "list")) > 1)


def delete() -> bool:
    m365("entra", "user", "remove", "--id", new, "--force")
    return refused(lambda: m365("entra", "user", "get", "--id", new), new)


attempt("delete a user", delete)
attempt("error 404", lambda: refused(lambda: request("get", "/users/nobody@contoso.example"), "404"))
attempt("error 403", lambda: refused(lambda: request("get", "/users/forbidden@contoso.example"), "403"))
attempt("error 429", lambda: request("get", "/users/throttled@contoso.example")["displayName"] == "Throttled")
