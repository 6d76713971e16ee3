"""Sessions of a workbook and copies of OneNote sections, as far as they are operations.

Sources: workbook-createsession, workbookoperation-get, section-copytonotebook and onenoteoperation-get in the API
reference.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from ...core import jobs
from ...core.call import Call, bad_request, missing, reply
from ...core.directory import Memory
from ...core.endpoints import on
from ...core.store import Doc
from ...wire.faults import Refusal
from ...wire.server import Reply
from .items import item_of
from .tree import is_file

WORKBOOKS = ("/drives/{id}/items/{id}/workbook", "/users/{id}/drive/items/{id}/workbook")
NOTEBOOKS = ("/users/{id}/onenote", "/groups/{id}/onenote")


def _body(call: Call, **kinds: type) -> Doc:
    """Return a body whose properties are known and of these types."""
    body = call.json()
    for name, value in body.items():
        if not isinstance(value, kinds.get(name, ())):
            bad_request(f"The property '{name}' is not valid.")
    return body


@on(
    "POST",
    *(f"{workbook}/createSession" for workbook in (*WORKBOOKS, "/users/{id}/drive/root:/{path}:/workbook")),
    partly="sessions of any file, with no workbook behind them",
)
def create_session(call: Call) -> Reply:
    body = _body(call, persistChanges=bool)
    item = item_of(call)[1]
    if not is_file(item):
        raise Refusal(400, "invalidRequest", "The item is not a workbook.")
    session = {"id": f"cluster=SANDBOX&session={uuid4()}", "persistChanges": body.get("persistChanges", False)}
    shown = {"@odata.context": f"{call.root}/$metadata#microsoft.graph.workbookSessionInfo", **session}
    if call.prefers("respond-async") is None:
        return reply(shown, 201)
    drive = next(n for n, name in enumerate(call.segments) if name.lower() in ("items", "root"))
    home, sessions = [*call.segments[:drive], "items", item["id"], "workbook"], _sessions(call)

    def work() -> str:
        key = str(uuid4())
        sessions[key] = shown
        return f"{call.root}/{'/'.join(map(quote, home))}/sessionInfoResource(key='{key}')"

    return jobs.start(call, "workbook", work, home=home)


_SESSIONS: Memory[dict[str, Any]] = Memory(lambda directory: {})


def _sessions(call: Call) -> dict[str, Any]:
    return _SESSIONS.of(call.directory)


for _path in WORKBOOKS:
    on("GET", f"{_path}/operations/{{id}}", options=("select",))(lambda call: jobs.poll(call, "workbook"))


@on("GET", *(f"{workbook}/sessionInfoResource(…)" for workbook in WORKBOOKS))
def session_info(call: Call) -> Reply:
    name, _, value = call.key.partition("=")
    found = _sessions(call).get(value.strip("'")) if name == "key" else None
    if found is None:
        raise Refusal(404, "ItemNotFound", "The requested resource doesn't exist.")
    return reply(found)


@on(
    "POST",
    *(f"{notebook}/sections/{{id}}/copyToNotebook" for notebook in NOTEBOOKS),
    partly="notebooks are not there: any section can be copied to any notebook, and the copy cannot be read",
)
def copy_section(call: Call) -> Reply:
    body = _body(call, id=str, groupId=str, renameAs=str)
    kind = {"users": "user", "groups": "group"}.get(call.segments[0].lower())
    if kind and call.store.get(kind, call.keys[0]) is None:
        raise missing(call.keys[0])
    if not body.get("id"):
        bad_request("A value is required for property 'id'.")
    home = call.segments[:-3]
    copy = f"{call.root}/{'/'.join(map(quote, home))}/sections/1-{uuid4()}"
    return jobs.start(call, "operation-location", lambda: copy, home=home)


for _path in NOTEBOOKS:
    on("GET", f"{_path}/operations/{{id}}", options=("select",))(
        lambda call: jobs.poll(call, "operation-location")
    )
