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


_ROLES = "/roleManagement/directory"
_OWN = {"displayName": "own", "isEnabled": True, "rolePermissions": []}
_ELIGIBLE = {
    "action": "adminAssign",
    "directoryScopeId": "/",
    "principalId": "{user}",
    "roleDefinitionId": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
}
MADE = {  # what a collection needs that takes more than an empty body, or has objects that cannot be changed
    f"{_ROLES}/roleDefinitions": (f"{_ROLES}/roleDefinitions", _OWN),
    f"{_ROLES}/roleEligibility": (f"{_ROLES}/roleEligibilityScheduleRequests", _ELIGIBLE),
}


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
        method, parts = example["method"], urlsplit(example["url"].replace(" ", "%20"))
        path = self.with_keys(parts.path.removeprefix("/v1.0"))
        query = f"?{self.with_links(parts.query)}" if parts.query else ""
        headers = dict(filter(usable, example["headers"]))
        body = example["body"]
        if body:
            body = re.sub(r"^(?:[A-Za-z-]+:[^\n]*\n)+\n", "", body)  # some pages show the headers there
            body = re.sub(r"[\w.-]*contoso(?:\.onmicrosoft)?\.com(?!/)", "contoso.example", body)
            body = re.sub(r'("password": *)"[^"]*value[^"]*"', r'\1"Correct-Horse-7"', body)
            body = self.with_ids(path, self.with_links(body))
            if "content-type" not in map(str.lower, headers):
                headers["Content-Type"] = "application/json"
            body = body.encode()
        self.prepare(method, path, parts.query)
        url = f"{self.sandbox.url}/v1.0{path}{query}"
        return self.web.request(method, url, headers=headers, data=body, allow_redirects=False)

    def get(self, path: str) -> Any:
        """Return what a path leads to, ``None`` if it leads nowhere."""
        answer = self.web.get(f"{self.sandbox.url}/v1.0{path}", headers={"ConsistencyLevel": "eventual"})
        return answer.json() if answer.status_code == 200 and answer.content[:1] == b"{" else None

    def post(self, path: str, body: Any) -> Any:
        """Return what a POST has made, ``None`` if it was refused."""
        answer = self.web.post(f"{self.sandbox.url}/v1.0{path}", json=body)
        return answer.json() if answer.status_code in (200, 201) else None

    def prepare(self, method: str, path: str, query: str) -> None:
        """Make what a request takes for granted: the reference that it reads or takes away, the photo."""
        if method == "GET" and path.endswith("/photo/$value"):
            headers = {"Content-Type": "image/jpeg"}
            self.web.put(f"{self.sandbox.url}/v1.0{path}", data=b"\xff\xd8\xff", headers=headers)
        owner, _, name = path.removesuffix("/$ref").rpartition("/")
        if path.endswith("/$ref") and method == "DELETE":
            if query.lower().startswith("$id="):
                owner, name = path.removesuffix("/$ref"), self.with_links(query).rpartition("/")[2]
            self.link(owner, name)
        elif method == "GET" and name in schema.references(str(schema.leads_to(owner))):
            kind = str(schema.leads_to(path))
            if self.home(kind) and not kind.startswith("Collection(") and self.get(path) is None:
                target = f"{self.sandbox.url}/v1.0{self.home(kind)}/{self.get(self.home(kind))['value'][-1]['id']}"
                self.web.put(f"{self.sandbox.url}/v1.0{path}/$ref", json={"@odata.id": target})

    def home(self, kind: str) -> str:
        """Return the path to the collection in which objects of a type live."""
        kind = {"directoryObject": "user"}.get(kind, kind)
        wanted = f"Collection({kind})"
        for root, of in paths()["roots"].items():
            if of == wanted:
                return f"/{root}"
        for root, of in paths()["roots"].items():
            for name, inner in {} if of.startswith("Collection(") else schema.navigation(of).items():
                if inner == wanted:
                    return f"/{root}/{name}"
        return ""

    def link(self, collection: str, key: str) -> None:
        """Make a reference."""
        kind = (schema.leads_to(collection) or "").removeprefix("Collection(").removesuffix(")")
        self.post(f"{collection}/$ref", {"@odata.id": f"{self.sandbox.url}/v1.0{self.home(kind)}/{key}"})

    def with_links(self, text: str) -> str:
        """Return a text whose addresses lead to objects that are there."""

        def replaced(found: re.Match[str]) -> str:
            return f"https://graph.microsoft.com/v1.0{self.with_keys(found[1])}"

        return re.sub(r"https://graph\.microsoft\.com/(?:v1\.0|beta)(/[^\s\"?&#,]+)", replaced, text)

    def with_ids(self, path: str, body: str) -> str:
        """Return a body whose ids, known by the names of their properties, are those of objects that are there."""
        try:
            value = json.loads(body)
        except ValueError:
            return body
        if path.endswith("/removePassword"):
            new = self.post(path.replace("remove", "add"), {"passwordCredential": {}}) or {}
            value["keyId"] = new.get("keyId", value["keyId"])
        elif path == "/directoryRoles":
            value["roleTemplateId"] = self.get("/directoryRoleTemplates")["value"][0]["id"]
        elif path == "/servicePrincipals":
            value["appId"] = self.post("/applications", {"displayName": "somebody else's"})["appId"]
        elif path.endswith("/assignLicense"):
            held = (self.get(path.rpartition("/")[0] + "?$select=assignedLicenses") or {}).get("assignedLicenses")
            sku = (self.get("/subscribedSkus") or {"value": []})["value"][0]
            value["removeLicenses"] = [each["skuId"] for each in held or ()][
                : len(value.get("removeLicenses", ()))
            ]
            for each in value.get("addLicenses", ()):
                plans = [plan["servicePlanId"] for plan in sku["servicePlans"]]
                each |= {"skuId": sku["skuId"], "disabledPlans": plans[: len(each.get("disabledPlans", ()))]}
            value["removeLicenses"] = [one for one in value["removeLicenses"] if one != sku["skuId"]]
        elif path.endswith("/appRoleAssignments"):
            value["principalId"] = path.split("/")[-2]
        known = {"principalId": "/users", "resourceId": "/servicePrincipals"}
        for name in known.keys() & value.keys() if isinstance(value, dict) else ():
            if not path.endswith("/appRoleAssignments") or name != "principalId":
                value[name] = self.first(known[name])
        return json.dumps(value)

    def with_keys(self, path: str) -> str:
        """Return a path whose keys are those of objects that are there."""
        path = re.sub(r"^/me(?=/|$)", "/users/{id}", path, flags=re.IGNORECASE)
        if ":/" in path:
            return path
        asked = ""
        for step in schema.steps(path):
            if step.role == "key":
                other = re.match(r"([A-Za-z]+)=[^=]", step.text)
                key = quote(self.first(asked, other[1] if other else "id"), safe="")
                asked += f"/{step.text if not key else f'{other[1]}={key}' if other else key}"
            else:
                asked += f"/{step.text}"
        return asked

    def first(self, collection: str, name: str = "id") -> str:
        """Return the key of the first object of a collection, which is made if there is none."""
        if collection.lower() == "/directoryobjects":
            collection = "/users"
        for place, (at, body) in MADE.items():
            if collection.startswith(place):
                self.post(at, json.loads(json.dumps(body).replace("{user}", self.first("/users"))))
        if collection.lower() == "/directory/deleteditems":
            gone = self.post(
                "/groups",
                {"displayName": "gone", "groupTypes": ["Unified"], "mailEnabled": True}
                | {"mailNickname": "gone", "securityEnabled": False},
            )["id"]
            self.web.delete(f"{self.sandbox.url}/v1.0/groups/{gone}")
            return str(gone)
        found = (self.get(collection) or {}).get("value")
        if not found:
            owner, _, last = collection.rpartition("/")
            if last in schema.references(str(schema.leads_to(owner))):
                kind = str(schema.leads_to(collection)).removeprefix("Collection(").removesuffix(")")
                if self.home(kind):
                    self.link(collection, self.first(self.home(kind)))
                found = (self.get(collection) or {}).get("value")
            found = found or [self.post(collection, {})]
        return str((found[-1 if collection in MADE else 0] or {}).get(name, ""))


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
