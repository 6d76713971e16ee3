"""Planner: plans, buckets and tasks, each of which changes only for who has seen what it is now.

Sources: "Planner resource versioning" of the page "planner-overview", and the pages "Create …" for what is
required.
Words: pnp/pnpjs#1033 for no If-Match, Softeria/ms-365-mcp-server#290 for one of before; both are 412.
"""

from __future__ import annotations

import base64
from uuid import uuid4

from ..core.call import Call
from ..core.families import Family, Write, family
from ..core.store import Doc
from ..wire.faults import Refusal

ETAG = "@odata.etag"
MADE: dict[str, Doc] = {
    "plannerPlan": {},
    "plannerBucket": {"orderHint": "8585"},
    "plannerTask": {"percentComplete": 0, "priority": 5, "assignments": {}, "appliedCategories": {}},
}


def _etag() -> str:
    return f'W/"{base64.b64encode(uuid4().bytes).decode()}"'


def _refuse_old(call: Call, doc: Doc) -> None:
    given = call.request.headers.get("If-Match")
    if given is None:
        raise Refusal(412, "", "The If-Match header must be specified for this kind of request.")
    if given not in (doc.get(ETAG), "*"):
        raise Refusal(412, "", "The If-Match header contains an invalid value.")


def _check(write: Write) -> Doc:
    if write.before is not None:
        _refuse_old(write.call, write.before)
        return {ETAG: _etag()}
    made = {name: each for name, each in MADE[write.kind].items() if write.doc.get(name) is None}
    return {**made, ETAG: _etag()}


for _kind, _path, _required in (
    ("plannerPlan", "plans", ("title",)),
    ("plannerBucket", "buckets", ("name", "planId")),
    ("plannerTask", "tasks", ("planId",)),
):
    family(
        Family(
            _kind,
            f"/planner/{_path}",
            required=_required,
            check=_check,
            remove=_refuse_old,
            partly="what a plan, a bucket or a user has is not listed below them",
        )
    )
