"""Office365-REST-Python-Client: ``GraphClient(tenant=...).with_client_secret(...)``."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from common import ADA, CLIENT, LARGE, SECRET, TENANT, attempt, refused
from office365.directory.users.password_profile import PasswordProfile
from office365.directory.users.profile import UserProfile
from office365.graph_client import GraphClient
from office365.runtime.client_request_exception import ClientRequestException

graph: Any = GraphClient(tenant=TENANT).with_client_secret(CLIENT, SECRET)
E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
ada = graph.users[ADA]


def select() -> bool:
    found = (
        graph.users.select(["displayName", "mail"]).filter("startswith(displayName,'Ada')").get().execute_query()
    )
    return [each.display_name for each in found] == ["Ada Lovelace"]


attempt("sign in", lambda: len(graph.users.top(1).get().execute_query()) == 1)
attempt("list users, every page", lambda: len(graph.users.get_all(page_size=7).execute_query()) == 50)
attempt("list with filter and select", select)
attempt("get a user", lambda: graph.users[ADA].get().execute_query().display_name == "Ada Lovelace")


def create() -> str:
    profile = UserProfile(
        userPrincipalName="peer@contoso.example",
        passwordProfile=PasswordProfile(password="Compiler-1952"),
        mailNickname="peer",
        displayName="Peer",
        accountEnabled=True,
    )
    return str(graph.users.add(profile).execute_query().id)


new = attempt("create a user", create)


def update() -> bool:
    graph.users[new].set_property("jobTitle", "Engineer").set_property(
        "usageLocation", "DE"
    ).update().execute_query()
    found = graph.users[new].get().select(["jobTitle"]).execute_query()
    return found.properties["jobTitle"] == "Engineer"


attempt("update a user", update)
group = graph.groups.filter("displayName eq 'Finance'").get().execute_query()[0]
members = group.members.get().execute_query()
before = len(members)


def now() -> int:
    return len(graph.groups[group.id].members.get().execute_query())


def add() -> bool:
    group.members.add(graph.users[new].get().execute_query()).execute_query()
    return now() == before + 1


def remove() -> bool:
    group.members.remove(new).execute_query()
    return now() == before


attempt("list members", lambda: before > 5)
attempt("add a member", add)
attempt("remove a member", remove)


def batch() -> bool:
    one = graph.users[ADA].get()
    two = graph.groups.top(1).get()
    graph.execute_batch()
    return one.display_name == "Ada Lovelace" and len(two) == 1


attempt("batch", batch)
attempt("delta", lambda: len(graph.users.delta.get().execute_query()) > 5)
attempt(
    "upload a small file", lambda: ada.drive.root.upload("peer.txt", b"abc").execute_query().name == "peer.txt"
)


def large() -> bool:
    Path("large.bin").write_bytes(LARGE)
    item = ada.drive.root.resumable_upload("large.bin", chunk_size=320 * 1024 * 8).get().execute_query()
    return item.properties["size"] == len(LARGE)


def download() -> bool:
    with Path("down.txt").open("wb") as file:
        ada.drive.root.get_by_path("peer.txt").download(file).execute_query()
    return Path("down.txt").read_bytes() == b"abc"


def send() -> bool:
    ada.send_mail(subject="Peer", body="x", to_recipients=[ADA], save_to_sent_items=True).execute_query()
    return True


def events() -> bool:
    start = datetime(2027, 1, 1, 10)
    ada.calendar.events.add(subject="Peer", start=start, end=start + timedelta(hours=1)).execute_query()
    return any(each.properties["subject"] == "Peer" for each in ada.calendar.events.get().execute_query())


def licenses() -> bool:
    skus = graph.subscribed_skus.get().execute_query()
    graph.users[new].assign_license([E5], []).execute_query()
    return len(skus) > 3 and len(graph.users[new].license_details.get().execute_query()) == 1


def delete() -> bool:
    graph.users[new].delete_object().execute_query()
    return refused(lambda: graph.users[new].get().execute_query(), "Request_ResourceNotFound")


attempt("upload a large file", large)
attempt("download", download)
attempt("send mail", send)
attempt("list messages", lambda: any(each.subject == "Peer" for each in ada.messages.get().execute_query()))
attempt("calendar events", events)
attempt("licenses", licenses)
attempt("applications", lambda: len(graph.applications.get().execute_query()) > 1)
attempt("delete a user", delete)


def error(name: str, *words: str) -> bool:
    return refused(lambda: graph.users[f"{name}@contoso.example"].get().execute_query(), *words)


attempt("error 404", lambda: error("nobody", "404", "Request_ResourceNotFound"))
attempt("error 403", lambda: error("forbidden", "403", "Authorization_RequestDenied"))


def throttled() -> bool:
    """It repeats what is thrown at it only when told to, by its own ``execute_query_retry``."""
    request = graph.users["throttled@contoso.example"].get()
    found = request.execute_query_retry(max_retry=3, timeout_secs=1, exceptions=(ClientRequestException,))
    return found.display_name == "Throttled"


attempt("error 429", throttled)
