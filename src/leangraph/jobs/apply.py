"""Plans carried out and taken back, on a journal that outlives a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple
from uuid import uuid4

from leangraph.errors import ConfigurationError, GraphError, NotFound, TransportError
from leangraph.http.options import segment
from leangraph.http.target import Request
from leangraph.jobs.guard import Protection, place_of, refuse_foreign, refuse_too_many
from leangraph.jobs.plan import Plan
from leangraph.jobs.secret import Secrets
from leangraph.jobs.step import ABSENT, ID, NOBODY, Note, Step, is_repeatable, writes
from leangraph.protocols import batch
from leangraph.rows.journal import Journal
from leangraph.system.text import counted
from leangraph.system.threads import Outcomes

if TYPE_CHECKING:
    from leangraph.client import GraphClient
    from leangraph.http.reply import Reply

CHUNK: Final = 400  # steps that are looked at, then sent: what they expect is never read much earlier
PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds, until what an earlier step has made can be found
AGAIN: Final = frozenset({401, 403, 429, 503})  # turned away before any work: worth another try on resume
# Graph's words where there is nothing to do: a member who is there or is gone, a license or a secret that is gone.
_SO_ALREADY: Final = (
    "already exist",
    "removed object references do not exist",
    "does not have a corresponding license",
    "No password credential found",
)

State = Literal["done", "failed", "skipped", "unknown", "stopped"]


class Outcome(NamedTuple):
    """What has become of a step.

    Attributes:
        state: ``done``; ``failed``, Graph refused it; ``skipped``, it did not find what it expected; ``unknown``,
            it may have been done; ``stopped``, a step that it needs was not done.
        client_request_id: what Microsoft's support finds the request by.
    """

    step: int
    state: State
    status: int | None
    why: str
    request: str
    error: str | None
    client_request_id: str | None


def apply(
    plan: Plan,
    *,
    journal: str | os.PathLike[str],
    graph: GraphClient | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    max_changes: str | int | None = None,
) -> Outcomes[Outcome]:
    """Return what becomes of each step of a plan, as they are sent: loop over it, or take ``.all()``.

    Args:
        journal: a private file that notes each step; with ``resume`` it goes on where an earlier run has ended.
        graph: for a plan from a file.
        retry_failed: with ``resume``, send the steps that failed once more.
        max_changes: a number, or a share such as ``"5%"``: more steps than that are refused.

    Raises:
        ConfigurationError: it is the plan of another tenant, cloud or identity; the client may only read; there
            are too many changes. At the first step: the journal is in use, or there without ``resume``. Nothing
            was sent.
    """
    client = plan.client(graph)
    refuse(plan, client, max_changes)
    unread = "apply(...) was not iterated, so nothing was sent: loop over it, or use .all()"
    return Outcomes(_outcomes(client, plan, journal, resume=resume, retry_failed=retry_failed), unread)


def refuse(plan: Plan, client: GraphClient, max_changes: str | int | None) -> None:
    """Raise if a client must not apply a plan, or if it changes too much; see ``apply``."""
    refuse_foreign(plan.place, place_of(client))
    refuse_too_many(plan.changes, max_changes, plan.total)
    if client.read_only and plan.changes:
        raise ConfigurationError(
            f"this client may only read, and the plan has {counted(plan.changes, 'change')}. Nothing was sent"
        )


def _outcomes(
    graph: GraphClient, plan: Plan, file: str | os.PathLike[str], *, resume: bool, retry_failed: bool
) -> Generator[Outcome, None, None]:
    with Journal(file, resume=resume) as journal:  # from the first step on: what never ran has nothing to close
        yield from _Run(graph, plan, journal, retry_failed=retry_failed).outcomes()


class _Run:
    """One run over a plan: from one wave of steps that may go to the next."""

    def __init__(self, graph: GraphClient, plan: Plan, journal: Journal, *, retry_failed: bool) -> None:
        self._graph = graph
        self._plan = plan
        self._journal = journal
        self._retry_failed = retry_failed
        self._secrets = Secrets()
        self._states: dict[int, State] = {}
        self._process = os.getpid()  # a child of it writes nothing in the journal
        self._made: set[int] = set()  # steps that have made something in this run
        self._sent_before: set[int] = set()  # by a run that ended before their answer came

    def outcomes(self) -> Generator[Outcome, None, None]:
        noted = self._journal.noted("plan")
        waiting = [pair for pair in enumerate(self._plan.steps, start=1) if not self._is_settled(*pair)]
        if noted is None:
            self._journal.note("plan", self._plan.text())
        elif _essence(noted) != _essence(self._plan.text()):
            raise ConfigurationError(
                f"{self._journal.file} is the journal of another plan, or this one was changed since: apply it "
                "with a journal of its own. Nothing was sent"
            )
        if not self._plan.is_checked:
            protection = Protection(self._graph, [step for _, step in waiting])
            out = {number: why for number, step in waiting if (why := protection.why(step))}
            for number, step in waiting:
                if number in out:
                    yield self._settled(number, step, "skipped", error=f"left out: {out[number]}")
            waiting = [(number, step) for number, step in waiting if number not in out]
        while waiting:
            ready: list[tuple[int, Step]] = []
            later = []
            for number, step in waiting:
                needs = [self._states.get(need) for need in self._plan.needs(step)]
                if any(state not in (None, "done") for state in needs):
                    yield self._settled(number, step, "stopped", error="a step that it needs was not done")
                elif None in needs:
                    later.append((number, step))
                else:
                    ready.append((number, step))
            for at in range(0, len(ready), CHUNK):
                with closing(self._wave(ready[at : at + CHUNK])) as wave:
                    yield from wave
            waiting = later

    def _is_settled(self, number: int, step: Step) -> bool:
        """Take over from the journal what an earlier run has settled."""
        row = self._journal.seen(number, _content(step))
        if row is None:
            return False
        if row.state == "failed" and (self._retry_failed or row.status in AGAIN):
            return False
        if row.state == "sent" or row.state == "unknown":  # noqa: PLR1714 - mypy understands it so
            self._sent_before.add(number)
            return False
        self._states[number] = row.state
        return True

    def _wave(self, steps: list[tuple[int, Step]]) -> Generator[Outcome, None, None]:
        """Send steps that need nothing of each other."""
        found = self._look(step for _, step in steps)
        to_send = []
        for number, step in steps:
            why, failure = _unexpected(step, found)
            before = number in self._sent_before
            if failure is not None:
                yield self._failed(number, step, failure)
            elif why and before and self._secrets.is_lost(step):
                lost = "the secret was made, and the run ended before its text came: take it away and plan anew"
                yield self._settled(number, step, "unknown", error=lost)
            elif why and before:
                yield self._settled(number, step, "done", status=204, note="was done before the last run ended")
            elif why:
                yield self._settled(number, step, "skipped", error=why)
            elif before and not step.expects and not is_repeatable(step.request):
                lost = "the last run ended before the answer came: look whether it was done"
                yield self._settled(number, step, "unknown", error=lost)
            else:
                to_send.append((number, step))
        self._secrets.prepare(step for _, step in to_send)
        for pause in PAUSES:
            again = []
            with closing(self._send(to_send)) as sent:
                for number, step, reply in sent:
                    if self._is_too_early(step, reply) and pause != PAUSES[-1]:
                        again.append((number, step))
                    else:
                        yield self._answered(number, step, reply)
            if not again:
                break
            self._graph._core.transport.clock.sleep(pause)
            to_send = again

    def _look(self, steps: Iterable[Step]) -> dict[str, Reply]:
        """Read what steps expect."""
        asked: dict[str, set[str]] = {}
        for step in steps:
            for path, values in step.expects.items():
                asked.setdefault(path, set()).update({"id"} if values in (ABSENT, NOBODY) else values)
        requests = [Request("GET", path, select=sorted(names), id=None) for path, names in asked.items()]
        paths = {id(request): path for request, path in zip(requests, asked, strict=True)}
        replies = self._graph.batch(requests, ordered=False)
        return {paths[id(reply.request)]: reply for reply in replies}

    def _send(self, steps: Iterable[tuple[int, Step]]) -> Generator[tuple[int, Step, Reply], None, None]:
        flying: dict[int, tuple[int, Step]] = {}

        def requests() -> Iterator[Request]:
            for number, step in steps:
                mark = str(uuid4())
                request = _outgoing(step, self._secrets, mark)
                flying[id(request)] = number, step
                self._journal.sent(number, _content(step), mark)  # before it leaves
                yield request

        def late(reply: Reply) -> None:  # the run is left: what was sent is noted all the same
            number, step = flying[id(reply.request)]
            unsent = isinstance(reply.error, TransportError) and not reply.error.sent
            if os.getpid() != self._process or self._is_too_early(step, reply):
                return
            if not unsent:
                self._answered(number, step, reply)
            elif number not in self._sent_before:
                self._journal.forget(number)

        core = self._graph._core
        with closing(batch.run(requests(), core, follow=False, ordered=False, late=late)) as replies:
            for reply in replies:
                yield (*flying[id(reply.request)], reply)

    def _is_too_early(self, step: Step, reply: Reply) -> bool:
        """Tell whether it did not find what an earlier step has just made."""
        return isinstance(reply.error, NotFound) and bool(self._made & {*self._plan.needs(step)})

    def _answered(self, number: int, step: Step, reply: Reply) -> Outcome:
        if reply.error is None:
            body = reply.body if isinstance(reply.body, dict) else {}
            self._secrets.keep(step, body)  # before the journal says that it is done
            if step.request.method == "POST":
                self._made.add(number)
            return self._settled(number, step, "done", status=reply.status, id_=body.get("id"))
        if _is_done_already(step, reply):
            status = 204 if number in self._sent_before else reply.status  # ours is undone, another's is not
            return self._settled(number, step, "done", status=status, note="was so already")
        return self._failed(number, step, reply.error, reply.status)

    def _failed(self, number: int, step: Step, error: Exception, status: int | None = None) -> Outcome:
        status = status or (error.status if isinstance(error, GraphError) else None)
        if status == 412:
            return self._settled(
                number, step, "skipped", status=status, error="it has changed since the plan was made"
            )
        lost = status is None and isinstance(error, TransportError) and error.sent
        text = str(error).partition("\n")[0]
        return self._settled(number, step, "unknown" if lost else "failed", status=status, error=text)

    def _settled(
        self,
        number: int,
        step: Step,
        state: State,
        *,
        status: int | None = None,
        id_: str | None = None,
        error: str | None = None,
        note: str | None = None,
    ) -> Outcome:
        self._states[number] = state
        mark = None
        if state != "stopped":  # a step that was not begun may be begun by the next run
            row = self._journal.seen(number, _content(step))
            if row is None:
                self._journal.sent(number, _content(step))
            else:
                mark = row.client_request_id
            self._journal.answered(number, state, status, id_, error)
        request = f"{step.request.method} {step.request.path}"
        return Outcome(number, state, status, step.why, request, error or note, mark)


def _essence(text: str) -> list[Any]:
    """Return of the text of a plan what a journal belongs to: where it is for, and its steps."""
    head, *rest = text.split("\n")
    made_for = json.loads(head)
    return [
        made_for["tenant"],
        made_for["cloud"],
        made_for["identity"],
        [x for x in rest if x.startswith('{"step"')],
    ]


def _content(step: Step) -> list[Any]:
    request = step.request
    return [request.method, request.path, request.json, sorted(request.options)]


def _outgoing(step: Step, secrets: Secrets, mark: str) -> Request:
    """Return the request of a step as it leaves: with its password, and a mark that Microsoft's logs keep."""
    request = step.request
    options = {**request.options, "headers": {**request.options.get("headers", {}), "client-request-id": mark}}
    method: Any = request.method
    body = secrets.filled(step)
    if body is None and request.method == "POST":
        body = {}  # a batch takes no POST without a body
    return Request(method, request.path, body, idempotent=request.idempotent, **options)


def _unexpected(step: Step, found: Mapping[str, Reply]) -> tuple[str, Exception | None]:
    """Return how what was found differs from what a step expects, or why it could not be read."""
    for path, values in step.expects.items():
        reply = found[path]
        if isinstance(reply.error, NotFound):
            if values is not ABSENT:
                return f"{path} is no longer there", None
        elif reply.error is not None:
            return "", reply.error
        elif values is ABSENT:
            return f"{path} is there already", None
        else:
            for name, value in values.items():
                now = reply.body.get(name) if isinstance(reply.body, dict) else None
                if values == NOBODY and now:
                    return "an object of that name exists already", None
                if _plain(now) != _plain(value):
                    return f"{name} is {json.dumps(now, ensure_ascii=False)} now", None
    return "", None


def _plain(value: Any) -> Any:
    """Return a value to be compared: null and empty count as absent at any depth, and lists have no order."""
    if isinstance(value, dict):
        parts = {name: _plain(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None} or None
    if isinstance(value, list):
        return sorted(json.dumps(_plain(part), sort_keys=True) for part in value) or None
    return value


def _is_done_already(step: Step, reply: Reply) -> bool:
    """Tell whether nothing was to be done: what was to go is gone, what was to be related is related."""
    if step.request.method == "DELETE" and reply.status == 404:
        return True
    return reply.status == 400 and any(words in str(reply.error) for words in _SO_ALREADY)


# -- taking back ----------------------------------------------------------------------------------------------


def undo(journal: str | os.PathLike[str], graph: GraphClient) -> Plan:
    """Return the plan that takes back what a journal says was done, the last step first.

    What cannot be taken back stands in its notes. What somebody has changed since is skipped when it is applied.

    Raises:
        ConfigurationError: it is no journal of a job, or of another tenant, cloud or identity.
    """
    with Journal(journal, resume=True) as done:
        text = done.noted("plan")
        rows = {row.number: row for row in done.rows("done", "unknown", "sent")}
    if text is None:
        raise ConfigurationError(f"{os.fspath(journal)} is not the journal of a job: it contains no plan")
    lines = (json.loads(line) for line in text.split("\n") if line)  # a name may hold other ends of lines
    plan = Plan.of_lines(lines, os.fspath(journal), graph)
    if max(rows, default=0) > len(plan.steps):
        raise ConfigurationError(
            f"{os.fspath(journal)} is damaged: it has rows of steps that its plan does not have"
        )
    refuse_foreign(plan.place, place_of(graph))
    return Plan(graph, _taken_back(plan, rows), job=f"undo {plan.job}".strip())


def _taken_back(plan: Plan, rows: Mapping[int, Any]) -> Iterator[Step | Note]:
    backs: dict[int, Step] = {}
    for number in sorted(rows, reverse=True):
        step, row = plan.steps[number - 1], rows[number]
        if row.state != "done":
            yield Note(step.why, "whether it was done is unknown: resume the plan first")
        elif row.status is not None and row.status >= 400:
            yield Note(step.why, "was so before")
        elif step.undo is None:
            if writes(step.request):
                yield Note(step.why, "cannot be undone")
        elif row.id is None and ID in f"{step.undo.path}{json.dumps(step.undo.json)}":
            yield Note(step.why, "cannot be undone: the id of the new object is not known")
        else:
            after = [back for other, back in backs.items() if step in plan.steps[other - 1].needs]
            backs[number] = Step(
                _with_id(step.undo, row.id), f"take back: {step.why}", needs=after, expects=_left(step)
            )
            yield backs[number]


def _left(step: Step) -> dict[str, Any]:
    """Return what a change has left behind, where that can be looked at: else it was changed by somebody since."""
    body = step.request.json
    if step.request.method != "PATCH" or not isinstance(body, dict) or step.secret:
        return {}
    return {path: body for path in step.expects if path == step.request.path}


def _with_id(request: Request, id_: str | None) -> Request:
    method: Any = request.method
    if id_ is None:
        return request
    body = json.loads(json.dumps(request.json).replace(ID, id_))
    return Request(
        method, request.path.replace(ID, segment(id_)), body, idempotent=request.idempotent, **request.options
    )
