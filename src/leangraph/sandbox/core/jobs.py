"""Operations that take longer than a request, in the four shapes that Graph has for them.

    return jobs.start(call, "monitor", copy, operation="ItemCopy")

The work is done when the job ends: at the poll that finds it has taken its polls and its seconds, or by
``finish_jobs()``. It returns the id or the location of what it made; a :class:`Refusal` of it fails the job.

==================  =======================================  ==========================================
shape               how to find it                           what it says
==================  =======================================  ==========================================
monitor             ``Location`` on another host, no token   ``inProgress completed failed``, 202 or 200
teams               ``Location`` relative, no version        ``inProgress succeeded failed``
workbook            ``Location`` below the workbook          ``running succeeded failed``, always with 200
operation-location  ``Operation-Location``                   ``Running Completed Failed``
==================  =======================================  ==========================================

Sources: https://learn.microsoft.com/graph/long-running-actions-overview, team-post, team-clone,
teamsasyncoperation, workbook-createsession, workbookoperation-get, onenoteoperation-get; states as the metadata
spells them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal
from urllib.parse import quote
from uuid import uuid4

from ..wire.faults import Refusal
from ..wire.server import Reply, Request
from .call import Call, reply
from .directory import Directory, Memory
from .store import Doc

Shape = Literal["monitor", "teams", "workbook", "operation-location"]
Work = Callable[[], str]
LIFETIME = 86_400.0  # seconds that the address of a monitor lives; not documented
STATES = {  # while it runs, when it is done, when it has failed
    "monitor": ("inProgress", "completed", "failed"),
    "teams": ("inProgress", "succeeded", "failed"),
    "workbook": ("running", "succeeded", "failed"),
    "operation-location": ("Running", "Completed", "Failed"),
}


@dataclass
class Job:
    """One operation. ``home`` is the path it lives below, in lower case; ``result`` what its work returned."""

    id: str
    shape: Shape
    operation: str
    home: list[str]
    work: Work
    polls: int
    seconds: float
    created: float
    changed: float
    seen: int = 0
    result: str | None = None
    error: Doc | None = None

    @property
    def ended(self) -> bool:
        return self.result is not None or self.error is not None

    @property
    def state(self) -> str:
        return STATES[self.shape][2 if self.error else 1 if self.ended else 0]


@dataclass
class Jobs:
    """The operations of one tenant, and how they go.

    Attributes:
        polls, seconds: how often a job says that it is not done yet, and how long it takes at least.
        failures: the errors of those that end next.
        monitor_status: of the answer that says a copy is complete; Microsoft's pages show 202.
    """

    polls: int = 1
    seconds: float = 0.0
    monitor_status: int = 202
    failures: deque[Doc] = field(default_factory=deque)
    by_id: dict[str, Job] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def look(self, job: Job, now: float) -> Job:
        """Let a job get on, as it does between two polls."""
        with self.lock:
            if job.seen >= job.polls and now >= job.created + job.seconds:
                self.end(job, now)
            job.seen += 1
        return job

    def end(self, job: Job, now: float) -> None:
        """Do a job's work if it is still to do, or let it fail as scripted."""
        with self.lock:
            if job.ended:
                return
            job.changed = now
            if self.failures:
                job.error = self.failures.popleft()
                return
            try:
                job.result = job.work()
            except Refusal as refused:
                job.error = {"code": refused.code, "message": refused.message}


_JOBS = Memory(lambda directory: Jobs())


def jobs_of(directory: Directory) -> Jobs:
    return _JOBS.of(directory)


def start(
    call: Call,
    shape: Shape,
    work: Work,
    *,
    operation: str = "",
    home: Sequence[str] = (),
    polls: int | None = None,
    seconds: float | None = None,
) -> Reply:
    """Begin a job and answer 202.

    Args:
        work: does it, at the end, and returns the id (``monitor``, ``teams``) or the URL of what it made.
        operation: what it is called: ``ItemCopy``, ``createTeam``; nothing for the other shapes.
        home: segments of the path that its operations live below: ``teams``, ``{id}``; nothing for ``monitor``.
        polls, seconds: in place of those of the sandbox.
    """
    jobs, now = jobs_of(call.directory), call.directory.clock()
    job = Job(
        str(uuid4()),
        shape,
        operation,
        [segment.lower() for segment in home],
        work,
        jobs.polls if polls is None else polls,
        jobs.seconds if seconds is None else seconds,
        now,
        now,
    )
    jobs.by_id[job.id] = job
    directory = call.directory
    below = f"{call.root}/{'/'.join(quote(segment, safe='') for segment in home)}/operations/{job.id}"
    match shape:
        case "monitor":
            answer = partial(_monitor, directory, job)
            url = directory.signed_urls.issue("monitor", answer, LIFETIME)
            headers = {"Location": url}
        case "teams":
            team = f"/teams('{home[-1]}')"
            headers = {"Location": f"{team}/operations('{job.id}')", "Content-Location": team}
        case "workbook":
            headers = {"Location": below}
        case "operation-location":
            headers = {"Operation-Location": below}
    return Reply(202, b"", headers)


def poll(call: Call, shape: Shape) -> Reply:
    """Answer ``…/operations/{id}``; raises Graph's 404."""
    jobs, directory = jobs_of(call.directory), call.directory
    job = jobs.by_id.get(call.key.lower())
    if job is None or job.shape != shape or job.home != [segment.lower() for segment in call.segments[:-2]]:
        raise Refusal(404, "NotFound", "The operation was not found.")
    jobs.look(job, directory.clock())
    body = {"@odata.context": context(call), "id": job.id}
    return reply({**body, "status": job.state, **_SAYS[shape](job, directory)})


def context(call: Call) -> str:
    """Return the ``@odata.context`` of a single object below others: ``…#teams('a')/operations/$entity``."""
    path = call.template.strip("/").removesuffix("/{id}")
    for key in call.keys[-1 - path.count("{id}") : -1]:
        path = path.replace("/{id}", f"('{quote(key)}')", 1)
    return f"{call.root}/$metadata#{path}/$entity"


def _monitor(directory: Directory, job: Job, request: Request) -> Reply:
    if request.method != "GET":
        raise Refusal.of(405)
    jobs = jobs_of(directory)
    jobs.look(job, directory.clock())
    if job.error:
        body = {"operation": job.operation, "percentageComplete": _percent(job), "status": job.state}
        return reply({**body, "error": job.error}, 200)
    if job.ended:
        done = {"percentageComplete": 100.0, "resourceId": job.result, "status": job.state}
        return reply(done, jobs.monitor_status)
    return reply({"operation": job.operation, "percentageComplete": _percent(job), "status": job.state}, 202)


def _percent(job: Job) -> float:
    return round(min(99.0, 100 * job.seen / (job.polls + 1)), 1)


def _teams(job: Job, directory: Directory) -> Doc:
    return {
        "operationType": job.operation,
        "createdDateTime": directory.at(job.created),
        "lastActionDateTime": directory.at(job.changed),
        "attemptsCount": 1,
        "targetResourceId": job.result,
        "targetResourceLocation": f"/teams('{job.result}')" if job.result else None,
        "error": job.error,
    }


def _workbook(job: Job, directory: Directory) -> Doc:
    if job.error:
        return {"error": job.error}
    return {"resourceLocation": job.result} if job.result else {}


def _onenote(job: Job, directory: Directory) -> Doc:
    return {
        "createdDateTime": directory.at(job.created),
        "lastActionDateTime": directory.at(job.changed),
        **_workbook(job, directory),
    }


_SAYS: dict[str, Callable[[Job, Directory], Doc]] = {
    "teams": _teams,
    "workbook": _workbook,
    "operation-location": _onenote,
}
