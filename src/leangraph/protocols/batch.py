"""``$batch``: any number of requests, twenty at a time, each with a life of its own.

``batching`` decides what goes into one batch and reads what comes out. Here, in the thread that iterates the
replies, ``_Batches`` decides what is sent when. The threads of its ``Flow`` only carry bytes.
"""

from __future__ import annotations

import json as jsonlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, NamedTuple, TypeAlias

from requests.structures import CaseInsensitiveDict

from leangraph.errors import ConfigurationError, GraphError, TransportError
from leangraph.http import retry
from leangraph.http.core import Core
from leangraph.http.reply import Hint, Reply, lacks
from leangraph.http.retry import Attempt
from leangraph.http.target import Location, Request, admit, followed, is_write, merged, segments
from leangraph.net.origin import same_origin
from leangraph.protocols.batching import (
    REDIRECTS,
    SIZE,
    Answer,
    Group,
    Grouping,
    Item,
    answers_to,
    chains,
    chosen,
    dependencies,
    needs,
    next_page,
    reply_of,
)
from leangraph.protocols.completeness import Whole
from leangraph.system.threads import Flight, Flow, Outcomes
from leangraph.system.warn import warn

CONCURRENCY: Final = 6  # batches in flight
CONCURRENCY_AT_FIRST: Final = 3  # batches in flight while none has come back
ANSWERED_PER_MORE: Final = 10  # one more for so many that have: a quota that is met refuses all that is in flight
READ_AHEAD: Final = 3  # times what is in flight: how far reading runs ahead of what the caller has taken

LAST: Final = 30.0  # seconds that leaving early waits at most for what is in flight

Late: TypeAlias = Callable[[Reply], object]
Settled = list[tuple[int, Reply]]


def run(
    requests: Iterable[Any],
    core: Core,
    *,
    ordered: bool = True,
    follow: bool | None = None,
    concurrency: int = CONCURRENCY,
    late: Late | None = None,
) -> Outcomes[Reply]:
    """Return a reply for each request. See ``GraphClient.batch``.

    Whoever gives ``late`` gets there, when the iteration is left early, each reply that it has not read, and an
    error with ``sent`` false for what was read and not sent. What is in flight is waited for, at most ``LAST``.
    """
    plan = _Batches(core, follow=follow, concurrency=concurrency, late=late)
    flow: Flow[Any, _Task, Reply] = Flow(plan, Flight("leangraph-batch", 2 * concurrency), ordered=ordered)
    known = requests if isinstance(requests, Sequence) else None
    unread = "graph.batch(...) was not iterated, so nothing was sent: loop over it, or use .all()"
    return Outcomes(flow.outcomes(requests), unread if known is None or any(map(_is_write, known)) else "")


def _is_write(given: Any) -> bool:
    return isinstance(given, Request) and is_write(given.method, segments(given.path))


# -- the plan -------------------------------------------------------------------------------------------------


@dataclass
class _Task:
    """What one call carries: a batch, or the way to the reply of a single item that a batch does not lead to."""

    items: Group
    alone: Callable[[Group], Reply] | None = None
    landed: bool = False


class _Carried(NamedTuple):
    """What came of sending a batch.

    Attributes:
        items: those that were sent.
        answers, hints: to each of them; advice to go with an error.
        begun: when they went off.
        kept: why those of a service were not sent, by service.
        next_links: in all answers; see ``Reply``.
    """

    items: Group
    answers: list[Answer | None]
    hints: list[Hint]
    begun: float
    kept: dict[str, Exception]
    next_links: int = 0


class _Batches:
    """What is sent next, and what becomes of it: the ``Plan`` of a ``Flow``."""

    def __init__(self, core: Core, *, follow: bool | None, concurrency: int, late: Late | None) -> None:
        self._core = core
        self._late = late
        self._transport = core.transport
        self._root = core.root
        self._follow = follow  # ``None``: the pages, but nothing inside them
        self._told = False  # that something inside is not complete
        self._concurrency = concurrency
        self._now = core.transport.clock.now
        self._grouping = Grouping()
        self._waiting: deque[Group] = deque()
        self._urgent: deque[_Task] = deque()  # sent whatever else is in flight
        self._mailboxes: Counter[str] = Counter()  # items in flight, by mailbox
        self._answered = 0  # batches
        self._fault: Exception | None = None  # ends the flow

    def wants(self, *, ahead: int, flying: int) -> bool:
        """Tell whether to read on: until twenty may go, and not so far that requests or replies pile up."""
        most = SIZE * self._concurrency
        if flying >= self._concurrency or ahead >= most * (1 + READ_AHEAD):
            return False
        now = self._now()
        return (
            sum(len(group) for group in self._waiting if group[0].ready <= now) < SIZE
            and sum(map(len, self._waiting)) < most
        )

    def take(self, number: int, item: Any) -> Settled:
        self._waiting += self._grouping.release(number)
        self._waiting += self._grouping.add(self._item(number, item))
        return []

    def refuse(self, item: Any, error: Exception) -> Reply:
        return Reply(None, CaseInsensitiveDict(), None, error=error, request=item)

    def next(self, *, exhausted: bool, flying: int) -> _Task | None:
        """Return what may go now, in full batches if more is about to come."""
        if self._fault is not None:
            raise self._fault
        if self._urgent:
            return self._urgent.popleft()
        if exhausted:
            self._waiting += self._grouping.release(None)
        most = min(self._concurrency, CONCURRENCY_AT_FIRST + self._answered // ANSWERED_PER_MORE)
        if flying >= most or not (exhausted or not flying or sum(map(len, self._waiting)) >= SIZE):
            return None
        items = chosen(self._waiting, self._now(), self._mailboxes)
        return _Task(items) if items else None

    def begin(self, flight: Flight[_Task], task: _Task) -> Settled:
        self._mailboxes.update(item.mailbox for item in task.items if item.mailbox)  # until the task lands
        flight.begin(task, task.alone or self._carry, task.items)
        return []

    def land(self, task: _Task, result: Any, error: Exception | None) -> Settled:
        self._landed(task)
        if error is not None:
            return self._failed(task, error.with_traceback(None))  # its frames know the token
        if task.alone:
            result.request = task.items[0].given
            return [(task.items[0].number, result)]
        items, answers, hints, begun, kept, next_links = result
        for item in items:
            item.next_links += next_links
        replies = [self._read(*each) for each in zip(items, answers, hints, strict=True)]
        try:
            self._learn(items, replies, begun)
        except Exception as fault:  # noqa: BLE001 - raised by ``next``, when all that was done is handed out
            self._fault = fault
        not_sent = [(item.number, item.reply(kept[item.service])) for item in task.items if item.service in kept]
        return [*not_sent, *self._judged(items, replies)]

    def lose(self, task: _Task, error: BaseException) -> Settled:
        self._landed(task)
        lost = TransportError(f"{type(error).__name__} cut this short: whether it was done is unknown")
        return [(item.number, item.reply(lost)) for item in task.items]

    def waits(self) -> bool:
        return bool(self._waiting or self._urgent or self._grouping.held)

    def pause(self) -> float | None:
        now = self._now()
        soonest = min((group[0].ready for group in self._waiting if group[0].ready > now), default=None)
        return None if soonest is None else soonest - now

    def sleep(self, seconds: float) -> None:
        self._transport.clock.sleep(seconds)

    def leave(self, flight: Flight[_Task], unread: list[Reply], error: BaseException | None) -> None:
        """Begin nothing more; say what the caller cannot know of writes."""
        begun = flight.tasks
        flight.cancel()
        cancelled = [task for task in begun if not any(task is other for other in flight.tasks)]
        late = self._late if error is not None else None
        flight.dismiss(LAST if late else 0.0)
        if late:
            replies = [*unread, *self._last(flight, cancelled)]
            unread = []
            for reply in replies:
                late(reply)
        flying = sum(item.is_write for task in flight.tasks for item in task.items)
        answered = sum(_is_write(reply.request) for reply in unread)
        if error is not None and (flying or answered):
            warn(
                f"graph.batch(...) was left early: {flying} writes are in flight, and may or may not be done; "
                f"{answered} writes were answered, and nobody has read their replies",
                RuntimeWarning,
            )

    def _last(self, flight: Flight[_Task], cancelled: list[_Task]) -> Iterator[Reply]:
        """Yield what has come back, and an error for each item of which is known that it was not done."""
        for call in flight.land(0.0):
            flight.settle(call)
            if call.error is None or isinstance(call.error, Exception):
                yield from (reply for _, reply in self.land(call.task, call.result, call.error))
        tasks = [task.items for task in (*cancelled, *self._urgent) if not task.alone]
        left = TransportError("the batch was left before this was sent", sent=False)
        for item in chain.from_iterable([*tasks, *self._waiting, *self._grouping.held]):
            if not item.attempt.uncertain:
                yield item.reply(left)

    # -- what goes out

    def _item(self, number: int, given: Any) -> Item:
        """Judge a request as if it went alone, and write it as an item.

        Raises:
            ConfigurationError, TypeError: it must not be sent.
        """
        request = given if isinstance(given, Request) else _get(given)
        target = self._core.target(request.place, request.options)
        if self._transport.shared:
            target = target._replace(headers=merged(self._transport.shared, target.headers))
        item = Item(number, given, request, target, self._transport.policy)
        admit(request.method, item.path, request.json, item.headers, read_only=self._transport.read_only)
        return item

    def _carry(self, items: Group) -> _Carried:
        """Send one batch, in a thread: those of the items that the pace lets go."""
        transport = self._transport
        kept = self._take_turns(items)
        items = [item for item in items if item.service not in kept]
        begun = self._now()
        if not items:
            return _Carried(items, [], [], begun, kept)
        needs = [None if need is None else need + 1 for need in dependencies(items)]
        texts = [item.text(number, need) for number, (item, need) in enumerate(zip(items, needs, strict=True), 1)]
        text = f'{{"requests":[{",".join(texts)}]}}'
        url = f"{self._root}/{items[0].version}/$batch"
        body: dict[str, Any] = {"data": text.encode(), "headers": {"Content-Type": "application/json"}}
        if transport.read_only:  # which judges what is in it once more
            body = {"json": jsonlib.loads(text)}
        work = Attempt(transport.policy, "POST", repeatable=False)  # each item is repeated by itself
        work.waited = waited = max(item.attempt.waited for item in items)
        try:
            reply = transport.send("POST", url, work=work, **body)
        finally:  # what the batch waited, each of them did
            for item in items:
                item.attempt.waited += work.waited - waited
        answers = answers_to(items, reply.body)
        hints = [_hint(item, answer, work.token) for item, answer in zip(items, answers, strict=True)]
        return _Carried(items, answers, hints, begun, kept, reply.next_links)

    def _take_turns(self, items: Group) -> dict[str, Exception]:
        """Wait until the items may go, of their patience; return why those of a service may not.

        Items that depend on each other stay together: what holds up one of them is raised.
        """
        kept: dict[str, Exception] = {}
        together = any(need is not None for need in dependencies(items))
        paths = {item.service: item.path for item in items}
        for service, units in Counter(item.service for item in items).items():
            begun = self._now()
            patience = min(item.attempt.patience for item in items)
            try:
                self._transport.pace.wait(paths[service], units, limit=patience)
            except Exception as error:  # of the pace, or whatever a budget raises
                if together:
                    raise
                kept[service] = error.with_traceback(None)
            waited = self._now() - begun
            for item in items:
                item.attempt.waited += waited
        return kept

    def _fetch(self, items: Group) -> Reply:
        """GET what a redirect leads to: a batch does not follow, a request by itself does."""
        [item] = items
        return self._transport.send("GET", f"{self._root}/{item.version}{item.url}", headers=item.headers)

    # -- what comes back

    def _landed(self, task: _Task) -> None:
        if not task.landed:
            task.landed = True
            self._answered += 1
            self._mailboxes.subtract(item.mailbox for item in task.items if item.mailbox)

    def _read(self, item: Item, answer: Answer | None, hint: Hint) -> Reply:
        try:
            return reply_of(item, answer, hint, self._root)
        except Exception as error:  # noqa: BLE001 - whatever is in an answer costs its own item and no other
            said = f"the answer to this request cannot be read ({type(error).__name__})"
            return item.reply(TransportError(f"{said}: whether it was done is unknown"))

    def _judged(self, items: Group, replies: list[Reply]) -> Settled:
        """Settle, continue or repeat each item of a batch that came back."""
        now = self._now()  # the same for all, so that what waits as long goes together again
        settled: Settled = []
        again: Group = []
        failed: Group = []
        for item, reply, need in zip(items, replies, dependencies(items), strict=True):
            status = reply.status
            if reply.error is None and (status in REDIRECTS):
                self._urgent.append(_Task([item], self._fetch))
            elif reply.error is None:
                settled += self._succeeded(item, reply)
            else:
                pause = None
                if status != 424:
                    asked = reply.error.retry_after if isinstance(reply.error, GraphError) else None
                    pause = item.attempt.again(status, asked)
                elif need is not None and not needs(item, failed):  # what it needs is repeated, or it only
                    pause = item.attempt.again(retry.NO_CONNECTION)  # stood behind a failure: it was not begun
                if pause is None:
                    failed.append(item)
                    settled.append((item.number, reply))
                else:
                    item.ready = now + pause
                    again.append(item)
        self._waiting.extendleft(reversed(chains(again)))
        return settled

    def _succeeded(self, item: Item, reply: Reply) -> Settled:
        body, link = reply.body, None if self._follow is False else next_page(item, reply)
        if link is not None and same_origin(link, self._root) and link not in item.links:
            item.values += body["value"] or []
            item.links.add(link)
            item.go_to(followed(link))
            item.attempt.progress()
            item.ready = 0.0
            self._waiting.append([item])
            return []
        if item.links and isinstance(body, dict) and isinstance(body.get("value", ""), list | None):
            body["value"] = [*item.values, *(body["value"] or [])]
        if link is not None:
            reply.error = TransportError(
                "the link to the next page leads to another host, or back: this is not complete", transient=False
            )
            return [(item.number, reply)]
        return self._whole(item, reply)

    def _whole(self, item: Item, reply: Reply) -> Settled:
        """Settle what is complete inside, too; ask for the rest of what is not, or tell of it."""
        reply.next_links = item.next_links
        follow = bool(self._follow) and item.request.method == "GET"
        whole = Whole(self._core, reply.url, item.headers, follow, self._told)
        if follow and whole.lacks(reply):
            self._urgent.append(_Task([item], lambda _: whole.completed(reply)))
            return []
        whole.look(reply)
        self._told = whole.told
        return [(item.number, reply)]

    def _failed(self, task: _Task, error: Exception) -> Settled:
        """Decide what becomes of a batch without an answer."""
        status = error.status if isinstance(error, GraphError) else None
        if task.alone or not isinstance(error, (GraphError, TransportError)):  # or none of the network's
            return [(item.number, item.reply(error, status)) for item in task.items]
        if status in (400, 413) and len(groups := chains(task.items)) > 1:  # nothing was done: which is to blame?
            middle = len(groups) // 2
            for half in (groups[:middle], groups[middle:]):
                self._urgent.append(_Task([item for group in half for item in group]))
            return []
        if status not in retry.UNCERTAIN or not getattr(error, "sent", True):
            return [(item.number, item.reply(error, status)) for item in task.items]
        transient = getattr(error, "transient", True)
        if status is not None:
            error = TransportError(f"the batch was answered by {status}: whether this was done is unknown")
        settled: Settled = []
        again, now = [], self._now()
        for item in task.items:
            harmless = item.request.method in ("GET", "HEAD") or bool(item.request.idempotent)
            pause = item.attempt.again(None, transient=transient) if harmless else None
            if pause is None:
                settled.append((item.number, item.reply(error)))
            else:
                item.ready = now + pause
                again.append(item)
        self._waiting.extendleft(reversed(chains(again)))
        return settled

    def _learn(self, items: Group, replies: list[Reply], begun: float) -> None:
        """Tell the pace which items were let through, and which were refused."""
        heard = self._transport.pace.heard
        refused: dict[str, list[float]] = {}
        for item, reply in zip(items, replies, strict=True):
            asked = reply.error.retry_after if isinstance(reply.error, GraphError) else None
            if reply.status == 429 or (reply.status == 503 and asked is not None):
                refused.setdefault(item.service, []).append(asked or 0.0)
        paths = {item.service: item.path for item in items}
        for service, number in Counter(item.service for item in items).items():
            waits = refused.get(service, [])
            heard(paths[service], begun, passed=number - len(waits))
            if waits:
                heard(paths[service], begun, passed=0, refused=len(waits), asked=max(waits) or None)


def _get(given: Any) -> Request:
    """Return an ``Address``, or a path, as the GET that it means."""
    if not isinstance(given, (str, Location)):
        raise ConfigurationError(f"a batch takes addresses and Request(...), not {type(given).__name__}")
    return Request("GET", given)


def _hint(item: Item, answer: Answer | None, token: str) -> Hint:
    """Say, when it is read, what a request that was forbidden needs, and what the token has that was sent."""
    if answer is None or answer.status != 403:
        return ""
    return lacks(item.request.method, f"/{item.version}{item.url}", token, item.body)
