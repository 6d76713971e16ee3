"""O365: ``Account(..., auth_flow_type="credentials")``, its own classes for users, mail, calendar and drives."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from common import ADA, CLIENT, GRAPH, LARGE, NEW_USER, SECRET, TENANT, attempt, refused
from O365 import Account

ROOT = f"{GRAPH}/v1.0"
account: Any = Account((CLIENT, SECRET), auth_flow_type="credentials", tenant_id=TENANT, main_resource=ADA)
attempt("sign in", account.authenticate)
directory = account.directory(resource="users")
session: Any = account.con


def pages() -> bool:
    return len(list(directory.get_users(limit=None, batch=7))) == 50


def select() -> bool:
    builder = directory.new_query()
    query = builder.select("displayName", "mail") & builder.startswith("displayName", "Ada")
    return [each.display_name for each in directory.get_users(query=query)] == ["Ada Lovelace"]


attempt("list users, every page", pages)
attempt("list with filter and select", select)
attempt("get a user", lambda: directory.get_user(ADA).display_name == "Ada Lovelace")
attempt("create a user", lambda: session.post(f"{ROOT}/users", data=NEW_USER).status_code == 201)
USER = f"{ROOT}/users/{NEW_USER['userPrincipalName']}"
attempt("update a user", lambda: session.patch(USER, data={"jobTitle": "Engineer"}).status_code == 204)
attempt("delete a user", lambda: session.delete(USER).status_code == 204)

groups: Any = account.groups()


def members() -> bool:
    finance = next(each for each in groups.list_groups() if each.display_name == "Finance")
    return len(finance.get_group_members()) > 5


attempt("list members", members)
drive: Any = account.storage().get_default_drive()
folder: Any = drive.get_root_folder()


def upload(name: str, data: bytes) -> bool:
    Path(name).write_bytes(data)
    return bool(folder.upload_file(name).size == len(data))


def download() -> bool:
    item = drive.get_item_by_path("/peer.txt")
    Path("down").mkdir()
    return item.download("down") and Path("down", "peer.txt").read_bytes() == b"abc"


attempt("upload a small file", lambda: upload("peer.txt", b"abc"))
attempt("upload a large file", lambda: upload("large.bin", LARGE))
attempt("download", download)


def send() -> bool:
    message = account.new_message()
    message.to.add(ADA)
    message.subject, message.body = "Peer", "x"
    return bool(message.send())


attempt("send mail", send)
attempt("list messages", lambda: any(each.subject == "Peer" for each in account.mailbox().get_messages(limit=50)))


def events() -> bool:
    calendar = account.schedule().get_default_calendar()
    start = datetime.now(ZoneInfo("UTC")) + timedelta(days=1)
    event = calendar.new_event(subject="Peer")
    event.start, event.end = start, start + timedelta(hours=1)
    assert event.save()
    return any(each.subject == "Peer" for each in calendar.get_events(include_recurring=False))


attempt("calendar events", events)
attempt("error 404", lambda: refused(lambda: directory.get_user("nobody@contoso.example"), "404"))
attempt("error 403", lambda: refused(lambda: directory.get_user("forbidden@contoso.example"), "403"))
attempt("error 429", lambda: directory.get_user("throttled@contoso.example").display_name == "Throttled")
