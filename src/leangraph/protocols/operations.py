"""Long-running operations: what Graph took on with 202, asked for until it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from leangraph.errors import (
    ConfigurationError,
    NotFound,
    OperationFailed,
    PartialFailure,
    StillRunning,
    TransportError,
)
from leangraph.http.reply import Reply
from leangraph.http.signed import ELSEWHERE, SignedUrl
from leangraph.http.target import address, segments
from leangraph.http.transport import Transport
from leangraph.knowledge import rules
from leangraph.net.headers import retry_after
from leangraph.net.origin import same_origin

State = Literal["running", "done", "partial", "failed"]

FIRST: Final = 1.0  # seconds between two looks, where Graph does not say; twice as many each time
LONGEST: Final = 30.0
OF_TEAMS: Final = 30.0  # no oftener. Source: https://learn.microsoft.com/graph/api/resources/teamsasyncoperation
UNSEEN: Final = 3  # how often a job that was just begun may not be found

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def wait(transport: Transport, root: str, version: str, job: Reply | str, *, timeout: float) -> Any:
    """Wait for a job and return what its last answer says; see ``GraphClient.wait``."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout >= 0:
        raise ConfigurationError(f"timeout={timeout!r} must be a number of seconds, 0 or more")
    pause, unseen = 0.0, 0
    if isinstance(job, Reply):
        if job.error is not None:
            raise job.error
        if job.status != 202 and state_of(job.status, job.body) != "running":
            return _result(job, "the job")
        pause, unseen = _asked(job) or FIRST, UNSEEN
    address, url = _monitor(job, root, version)
    least = OF_TEAMS if _is_of_teams(url) else FIRST
    backoff = FIRST
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
            reply = transport.ask(address, expected=_REDIRECTS) if address else transport.send("GET", url)
            unseen = 0
        except NotFound:
            unseen -= 1
            if unseen < 0:
                raise
            reply = Reply(202, {}, None)
        if reply.status in _REDIRECTS:
            return _made(transport, reply)
        if state_of(reply.status, reply.body) != "running":
            return _result(reply, f"{ELSEWHERE}{address.host}" if address else url[len(root) :].partition("?")[0])
        backoff = min(backoff * 2, LONGEST)
        pause = _asked(reply) or backoff


def _monitor(job: Reply | str, root: str, version: str) -> tuple[SignedUrl | None, str]:
    """Return the address to ask how a job is: on another host, or else a URL of Graph's own."""
    link: Any = job
    if isinstance(job, Reply):
        link = job.headers.get("Operation-Location") or job.headers.get("Location")
    if not isinstance(link, str) or not link:
        raise ConfigurationError(
            "there is nothing to wait for: give a reply with a Location or Operation-Location (as graph.request "
            "returns it), or that address"
        )
    if "://" in link.partition("?")[0] and not same_origin(link, root):
        return SignedUrl(link), ""
    return None, address(root, version, link)


def state_of(status: int | None, body: object) -> State:
    """Tell how a job is from what its monitor answered: by ``status`` in the body, whatever the code says.

    Drive says completed or failed, Teams and Excel succeeded or failed; print has a ``state`` in its status.
    Without any, a 202 is running, and everything else is what the job has made.
    """
    word = word_of(body)
    if not word:
        return "running" if status == 202 else "done"
    return rules.job_state(word)


def word_of(body: object) -> str:
    """Return a job's status in lower case, "" if there is none."""
    said = body.get("status") if isinstance(body, dict) else None
    if isinstance(said, dict):
        said = said.get("state")
    return said.lower() if isinstance(said, str) else ""


def _result(reply: Reply, where: str) -> Any:
    """Return what a job's last answer says, or raise what went wrong."""
    body = reply.body
    state = state_of(reply.status, body)
    if state not in ("failed", "partial"):
        return body
    status = body["status"] if isinstance(body["status"], dict) else {}
    error = body.get("error")
    if not isinstance(error, dict) or not error:
        error = {
            "code": body.get("errorCode") or word_of(body),
            "message": body.get("statusDescription") or status.get("description") or "Graph does not say why",
        }
    kind = OperationFailed if state == "failed" else PartialFailure
    raise kind.of(reply.status or 0, reply.headers, {**body, "error": error}, method="GET", path=where)


def _made(transport: Transport, reply: Reply) -> Any:
    """Return what a job has made, where its monitor leads back to Graph."""
    target = reply.headers.get("Location")
    if not target:
        raise TransportError("the job's monitor redirects, and does not say whereto", transient=False)
    return transport.send("GET", target).body


def _is_of_teams(url: str) -> bool:
    parts = segments(url)
    return parts[-2:-1] == ["operations"] and not {"teams", "team", "chats"}.isdisjoint(parts)


def _asked(reply: Reply) -> float | None:
    headers: Mapping[str, str] = reply.headers
    return retry_after(headers, datetime.now(UTC))
