"""Long-running operations: what Graph took on, asked for until it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from leangraph.errors import (
    ConfigurationError,
    GraphError,
    NotFound,
    OperationFailed,
    PartialFailure,
    StillRunning,
    TransportError,
)
from leangraph.http.options import child
from leangraph.http.reply import Reply
from leangraph.http.signed import ELSEWHERE, SignedUrl
from leangraph.http.target import address, segments
from leangraph.http.transport import Transport
from leangraph.knowledge.rules import job_state
from leangraph.net.headers import retry_after
from leangraph.net.origin import same_origin

State = Literal["running", "done", "partial", "failed"]
Job = Reply | str | Mapping[str, Any]

FIRST_PAUSE: Final = 1.0  # seconds between two looks, where Graph does not say; twice as many each time
LONGEST_PAUSE: Final = 30.0  # seconds, where Graph does not say
# Seconds: not more often. Source: https://learn.microsoft.com/graph/api/resources/teamsasyncoperation
TEAMS_PAUSE: Final = 30.0
NOT_FOUND_AT_FIRST: Final = 3  # how often a job that was just begun may not be found
# Where an object says how a job is. Source: the properties of v1.0 whose values say that something is running
STATUS: Final = ("status", "state", "processingStatus", "provisionStatus")

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def wait(transport: Transport, root: str, version: str, job: Job, *, timeout: float) -> Any:
    """Wait for a job and return what its last answer says; see ``GraphClient.wait``."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout >= 0:
        raise ConfigurationError(f"timeout={timeout!r} must be a number of seconds, 0 or more")
    if isinstance(job, Mapping):  # as ``get`` or ``post`` returned it: no header tells when to look
        job = Reply(200, {}, dict(job))
    pause, unseen = 0.0, 0
    if isinstance(job, Reply):
        if job.error is not None:
            raise job.error
        if job.status != 202 and state_of(job.status, job.body) != "running":
            return _result(job, "the job")
        pause, unseen = _retry_after(job) or FIRST_PAUSE, NOT_FOUND_AT_FIRST
    signed, url = _monitor(job, root, version)
    place = f"{ELSEWHERE}{signed.host}" if signed else url[len(root) :].partition("?")[0]
    least = TEAMS_PAUSE if _is_of_teams(url) else FIRST_PAUSE
    backoff = FIRST_PAUSE
    begun = transport.clock.now()
    while True:
        if pause:
            pause = max(pause, least)
            if transport.clock.now() - begun + pause > timeout:
                raise StillRunning(
                    f"the job is not done after {timeout:g} s, and goes on: wait for it again, with the same "
                    "reply or its address"
                )
            transport.clock.sleep(pause)
        try:
            reply = transport.ask(signed, expected=_REDIRECTS) if signed else transport.send("GET", url)
            unseen = 0
        except NotFound:
            unseen -= 1
            if unseen < 0:
                raise
            reply = Reply(202, {}, None)
        if reply.status in _REDIRECTS:
            return _made(transport, reply)
        if state_of(reply.status, reply.body) != "running":
            return _result(reply, place)
        backoff = min(backoff * 2, LONGEST_PAUSE)
        pause = _retry_after(reply) or backoff


def _monitor(job: Reply | str, root: str, version: str) -> tuple[SignedUrl | None, str]:
    """Return the address to ask how a job is: on another host, or else a URL of Graph's own."""
    link: Any = job
    if isinstance(job, Reply):
        link = job.headers.get("Operation-Location") or job.headers.get("Location") or _own_address(job)
    if not isinstance(link, str) or not link:
        raise ConfigurationError(
            "there is nothing to wait for: give a reply with a Location or Operation-Location (as graph.request "
            "returns it), one whose body is a job with an id and a status, or the address of either"
        )
    if "://" in link.partition("?")[0] and not same_origin(link, root):
        return SignedUrl(link), ""
    return None, address(root, version, link)


def _own_address(reply: Reply) -> str:
    """Return the address of a job that is an object of its own; "" if none is known.

    What a POST has made is a member of the collection that it went to; anything else that was asked for is at its
    own address. Where that is unknown, the object's context tells its collection.
    """
    body = reply.body
    if not isinstance(body, dict) or not word_of(body):
        return ""
    where = reply.url.partition("?")[0]
    if where and reply.status == 200:
        return where
    key = body.get("id")
    if not where:
        service, mark, context = str(body.get("@odata.context", "")).partition("/$metadata#")
        path, single, _ = context.partition("/$entity")
        if mark and single and "(" not in path.replace("('", ""):  # which would be the properties of a $select
            where = f"/{service.rpartition('/')[2]}/{path}"
    return child(where.rstrip("/"), key) if where and isinstance(key, str) and key else ""


def state_of(status: int | None, body: object) -> State:
    """Tell how a job is from what its monitor answered: by its status in the body, whatever the code says.

    Words that mean running are known; any other word is an end. Some jobs say it in a ``state``, or in a status
    with a state, as Print does. Without any word, a 202 is running, and everything else is what the job has made.
    """
    said = word_of(body)
    if said:
        return job_state(said)
    return "running" if status == 202 else "done"


def word_of(body: object) -> str:
    """Return a job's status in lower case, "" if there is none."""
    if not isinstance(body, dict):
        return ""
    for name in STATUS:
        said = body.get(name)
        if isinstance(said, dict):
            said = said.get("state")
        if isinstance(said, str) and said:
            return said.lower()
    return ""


def _result(reply: Reply, place: str) -> Any:
    """Return what a job's last answer says, or raise what went wrong."""
    body = reply.body
    state = state_of(reply.status, body)
    if state not in ("failed", "partial"):
        return body
    status = body["status"] if isinstance(body.get("status"), dict) else {}
    error = body.get("error")
    if not isinstance(error, dict) or not error:
        error = {
            "code": body.get("errorCode") or word_of(body),
            "message": body.get("statusDescription") or status.get("description") or "Graph does not say why",
        }
    kind: type[GraphError] = OperationFailed if state == "failed" else PartialFailure
    failure = kind.of(reply.status or 0, reply.headers, {"error": error}, method="GET", path=place)
    failure.body = body
    raise failure


def _made(transport: Transport, reply: Reply) -> Any:
    """Return what a job has made, where its monitor leads back to Graph."""
    target = reply.headers.get("Location")
    if not target:
        raise TransportError("the job's monitor redirects without an address", transient=False)
    return transport.send("GET", target).body


def _is_of_teams(url: str) -> bool:
    parts = segments(url)
    return parts[-2:-1] == ["operations"] and not {"teams", "team", "chats"}.isdisjoint(parts)


def _retry_after(reply: Reply) -> float | None:
    headers: Mapping[str, str] = reply.headers
    return retry_after(headers, datetime.now(UTC))
