"""Count how many documented requests the sandbox answers as their pages say: ``make documented DOCUMENTED=FILE``.

The file has a JSON object a line: ``method``, ``url``, ``headers``, ``body`` and ``status``, as a page of
Microsoft's API reference shows one example. Keys in a path are those of somebody else's tenant; each is replaced
by the key of an object that is there, made first if there is none. ``/me`` is asked as ``/users/{id}``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from leangraph.knowledge import paths, schema
from leangraph.sandbox import Sandbox

DIRECTORY = frozenset(
    "administrativeunits applications auditlogs contacts contracts devices directory directoryobjects "
    "directoryroles directoryroletemplates domains groups groupsettings groupsettingtemplates identity "
    "invitations organization oauth2permissiongrants permissiongrants policies reports rolemanagement "
    "schemaextensions serviceprincipals subscribedskus users".split()
)
ELSEWHERE = frozenset(  # members of users and groups that are mail, files, Teams and so on
    "activities calendar calendars calendarview chats cloudpcs contactfolders contacts copilot drive "
    "drives events employeeexperience findmeetingtimes getmailtips inferenceclassification insights "
    "joinedteams mailboxsettings mailfolders messages onenote onlinemeetings outlook people planner "
    "presence sendmail sites team teamwork todo".split()
)


def is_directory(path: str) -> bool:
    segments = path.lower().strip("/").split("/")
    root = "users" if segments[0] == "me" else segments[0]
    return root in DIRECTORY and not ELSEWHERE & {re.split(r"[(:]", segment)[0] for segment in segments[1:4]}


def usable(header: list[str]) -> bool:
    """Tell whether a header of an example can be sent as it is."""
    name, value = header
    own = name.lower() in ("authorization", "host", "content-length")
    return not own and re.fullmatch(r"[\w-]+", name) is not None and value.isascii()


class Asker:
    """Sends examples to a sandbox, each to a tenant as it was at first."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.web = requests.Session()
        self.web.verify = sandbox.ca_bundle
        self.web.trust_env = False

    def sign_in(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
            "scope": "https://graph.microsoft.com/.default",
        }
        answer = self.web.post(f"{self.sandbox.url}/{self.sandbox.tenant_id}/oauth2/v2.0/token", data=form)
        self.web.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def ask(self, example: dict[str, Any]) -> requests.Response:
        self.sandbox.reset()
        self.sign_in()
        parts = urlsplit(example["url"].replace(" ", "%20"))
        path = self.with_keys(parts.path.removeprefix("/v1.0"))
        query = f"?{parts.query}" if parts.query else ""
        headers = dict(filter(usable, example["headers"]))
        body = example["body"]
        user = self.first("/users")
        if body:
            body = re.sub(r"^(?:[A-Za-z-]+:[^\n]*\n)+\n", "", body)  # some pages show the headers there
            body = re.sub(r"[\w.-]*contoso(?:\.onmicrosoft)?\.com", "contoso.example", body)
            body = re.sub(r"(directoryObjects|users)/(\{[^}]*\}|[\w-]+)", rf"\1/{user}", body)
            headers.setdefault("Content-Type", "application/json")
            body = body.encode()
        url = f"{self.sandbox.url}/v1.0{path}{query}"
        if example["method"] == "DELETE" and path.endswith("/$ref"):
            self.link(path)
        return self.web.request(example["method"], url, headers=headers, data=body, allow_redirects=False)

    def link(self, path: str) -> None:
        """Make the reference that an example takes away."""
        collection, _, key = path.removesuffix("/$ref").rpartition("/")
        kind = (schema.leads_to(collection) or "").removeprefix("Collection(").removesuffix(")")
        root = next(
            (name for name, of in paths()["roots"].items() if of == f"Collection({kind})"), "directoryObjects"
        )
        target = {"@odata.id": f"{self.sandbox.url}/v1.0/{root}/{key}"}
        self.web.post(f"{self.sandbox.url}/v1.0{collection}/$ref", json=target)

    def with_keys(self, path: str) -> str:
        """Return a path whose keys are those of objects that are there."""
        path = re.sub(r"^/me(?=/|$)", "/users/{id}", path, flags=re.IGNORECASE)
        if ":" in path:
            return path
        asked = ""
        for step in schema.steps(path):
            if step.role == "key" and not re.match(r"[A-Za-z]+=[^=]", step.text):
                asked += f"/{quote(self.first(asked) or step.text, safe='')}"
            else:
                asked += f"/{step.text}"
        return asked

    def first(self, collection: str) -> str:
        """Return the key of the first object of a collection, which is made if there is none."""
        if collection.lower() == "/directoryobjects":
            collection = "/users"
        url = f"{self.sandbox.url}/v1.0{collection}"
        answer = self.web.get(url, headers={"ConsistencyLevel": "eventual"})
        found = answer.json().get("value") if answer.status_code == 200 else None
        if not found:
            answer = self.web.post(url, json={})
            found = [answer.json()] if answer.status_code == 201 else []
        return str(found[0].get("id", "")) if found else ""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Count the documented examples that are answered as documented.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--list", action="store_true", help="print each that is not answered as documented")
    args = parser.parse_args(argv)
    examples = [json.loads(line) for line in args.file.read_text(encoding="utf-8").splitlines()]
    counts: Counter[str] = Counter()
    with Sandbox(users=20) as sandbox:
        asker = Asker(sandbox)
        for example in examples:
            path = urlsplit(example["url"]).path.removeprefix("/v1.0")
            if not example["url"].startswith("https://graph.microsoft.com/v1.0/"):
                continue
            answer = asker.ask(example)
            directory, right = is_directory(path), answer.status_code == example["status"]
            counts["all"] += 1
            counts["answered"] += answer.status_code < 500
            counts["right"] += right
            counts["directory"] += directory
            counts["directory right"] += directory and right
            if args.list and not right:
                kind = "directory" if directory else "other"
                said = answer.text[:300].replace("\n", " ")
                asked = f"{example['method']} {example['url']}"
                print(kind, example["status"], answer.status_code, asked, said, sep="	")
    for part, whole, text in (
        ("directory right", "directory", "directory examples get the documented status (goal 95 %)"),
        ("answered", "all", "v1.0 examples get an answer, not 501 or 500 (goal 85 %)"),
        ("right", "all", "v1.0 examples get the documented status"),
    ):
        print(f"{100 * counts[part] / max(counts[whole], 1):5.1f} % of {counts[whole]:,} {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
