"""``$batch``: any number of requests, twenty at a time, each with a life of its own.

The generator that the caller iterates decides everything: what goes into the next twenty, what is repeated and
when. A few threads carry the bytes and decide nothing.
"""

from __future__ import annotations

import json as jsonlib
import queue
import threading
from base64 import b64decode, urlsafe_b64encode
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from requests.structures import CaseInsensitiveDict

from leangraph.errors import ConfigurationError, Error, GraphError, TransportError
from leangraph.http import pace, retry
from leangraph.http.core import Core
from leangraph.http.target import Location, Request, admit, mailbox, service
from leangraph.http.transport import Reply, failure_of
from leangraph.knowledge import permissions
from leangraph.net.origin import same_origin

SIZE: Final = 20  # items of one batch: more are refused. https://learn.microsoft.com/graph/json-batching
CONCURRENCY: Final = 6  # batches in flight
FIRST: Final = 3  # batches in flight while none has come back
EACH: Final = 10  # and one more for so many that have: a quota, once met, refuses whatever is in flight
AHEAD: Final = 3  # times what is in flight: how far reading runs ahead of what the caller has taken
MAX_BODY: Final = 3_500_000  # bytes of one batch; Graph takes 4 MB


class _Item:
    """One request on its way to a reply."""

    __slots__ = tuple(
        "attempts given harmless links mailbox number path ready request service size url values version waited "
        "wire".split()
    )

    def __init__(self, number: int, given: Any, request: Request, url: str, wire: dict[str, Any]) -> None:
        self.number = number
        self.given = given
        self.request = request
        self.version, self.url = _split(url)
        self.path = f"/{self.version}{self.url.partition('?')[0]}"
        self.mailbox, self.service = mailbox(self.path), service(self.path)
        self.wire = wire
        text = jsonlib.dumps(wire["body"]) if "body" in wire else ""
        self.size = len(text)
        self.harmless = request.idempotent
        if request.method == "PATCH" and self.harmless is None and "@odata.bind" in text:
            self.harmless = False  # adds relations: a second time is an error, not a repetition
        self.attempts, self.waited, self.ready = 0, 0.0, 0.0
        self.values: list[Any] = []  # of the pages so far
        self.links: set[str] = set()


Group = list[_Item]  # what has to travel together, dependencies first


def run(
    requests: Iterable[Any],
    core: Core,
    *,
    ordered: bool = True,
    follow: bool = True,
    concurrency: int = CONCURRENCY,
) -> Generator[Reply, None, None]:
    """Yield a reply for each request. See ``GraphClient.batch``."""
    return _Run(core, ordered=ordered, follow=follow, concurrency=concurrency).replies(requests)


class _Run:
    def __init__(self, core: Core, *, ordered: bool, follow: bool, concurrency: int) -> None:
        self._transport = core.transport
        self._root = core.root
        self._core = core
        self._ordered = ordered
        self._follow = follow
        self._concurrency = concurrency
        self._now = core.transport.clock.now
        self._waiting: deque[Group] = deque()
        self._mailboxes: Counter[str] = Counter()  # items in flight, by mailbox
        self._finished: dict[int, Reply] = {}
        self._read = self._given = self._flying = self._landed = 0
        self._crew = _Crew()

    def replies(self, requests: Iterable[Any]) -> Generator[Reply, None, None]:
        source = self._grouped(self._items(requests))
        exhausted = False
        try:
            while True:
                while not exhausted and self._room():
                    group = next(source, None)
                    if group is None:
                        exhausted = True
                    else:
                        self._waiting.append(group)
                launched = self._launch(exhausted=exhausted)
                yield from self._ready()
                if launched and not exhausted:
                    continue  # there may be room for more
                if self._flying:
                    self._land(self._pause())
                elif self._waiting:
                    self._transport.clock.sleep(self._pause() or 0.0)
                elif exhausted:
                    yield from self._ready()
                    return
        finally:
            self._crew.dismiss()

    def _room(self) -> bool:
        """Tell whether to read on: until twenty may go, and not so far that requests or replies pile up."""
        now = self._now()
        most = SIZE * self._concurrency
        return (
            self._flying < self._concurrency
            and sum(len(group) for group in self._waiting if group[0].ready <= now) < SIZE
            and sum(map(len, self._waiting)) < most
            and self._read - self._given < most * (1 + AHEAD)
        )

    def _grouped(self, items: Iterable[_Item]) -> Iterator[Group]:
        """Bring together what depends on each other; a named request waits for 19 more that might name it."""
        held: list[Group] = []
        for item in items:
            held = yield from self._kept(held, item.number)
            needed = [group for group in held if _needs(item, group)]
            names = {other.request.id for group in needed for other in group}
            missing = [name for name in item.request.depends_on if name not in names]
            taken = item.request.id is not None and any(
                other.request.id == item.request.id for group in held for other in group
            )
            if missing or taken or sum(map(len, needed)) >= SIZE:
                self._refuse(item, missing, taken=taken)
                continue
            if not needed and item.request.id is None:
                yield [item]
                continue
            held = [group for group in held if group not in needed]
            held.append([*(other for group in needed for other in group), item])
        yield from held

    @staticmethod
    def _kept(held: list[Group], number: int) -> Generator[Group, None, list[Group]]:
        for group in held:
            if number - group[-1].number >= SIZE:
                yield group
        return [group for group in held if number - group[-1].number < SIZE]

    def _refuse(self, item: _Item, missing: list[str], *, taken: bool) -> None:
        if missing:
            why = f"depends on {', '.join(map(repr, missing))}, which is none of the 19 requests before it"
        elif taken:
            why = f"has the id {item.request.id!r}, which another request near it has"
        else:
            why = "depends on more requests than the 19 that go into one batch with it"
        self._failed(item, ConfigurationError(f"{item.request!r} {why}. It was not sent"))

    def _items(self, requests: Iterable[Any]) -> Iterator[_Item]:
        """Read the input; what cannot be sent gets its reply here and now."""
        for given in requests:
            number = self._read
            self._read += 1
            request = given if isinstance(given, Request) else None
            try:
                request = request or _get(given)
                yield self._item(number, given, request)
            except Error as error:
                failure = error.with_traceback(None)
                self._finished[number] = Reply(None, CaseInsensitiveDict(), None, error=failure, request=given)

    def _item(self, number: int, given: Any, request: Request) -> _Item:
        target = self._core.target(request.place, request.options)
        wire: dict[str, Any] = {"method": request.method}
        sent = dict(target.headers or {})
        if request.data is not None and (request.json is not None or not isinstance(request.data, bytes)):
            raise ConfigurationError("a request has one body: give either json, or data as bytes")
        if request.json is not None:
            _named(sent, "Content-Type", "application/json")
            wire["body"] = request.json
        elif request.data is not None:
            kind = _named(sent, "Content-Type", "application/octet-stream")
            text = kind.lower().startswith("text/")
            wire["body"] = request.data.decode() if text else urlsafe_b64encode(request.data).decode()
        if sent:
            wire["headers"] = sent
        item = _Item(number, given, request, target.url, wire)
        admit(request.method, item.path, request.json, sent, read_only=self._transport.read_only)
        return item

    # -- what flies -------------------------------------------------------------------------------

    def _launch(self, *, exhausted: bool) -> bool:
        """Send off what may go, in full batches if more is about to come; tell whether anything went."""
        launched = False
        while self._flying < min(self._concurrency, FIRST + self._landed // EACH):
            full = sum(map(len, self._waiting)) >= SIZE
            chunk = self._chunk() if full or exhausted or not self._flying else []
            if not chunk:
                break
            self._send(chunk)
            launched = True
        return launched

    def _send(self, chunk: Group) -> None:
        self._flying += 1
        self._crew.send(lambda: self._carry(chunk))

    def _chunk(self) -> Group:
        """Take the next items that may go: twenty at most, of one version, four a mailbox.

        What depends on each other goes by itself: "fully sequential or fully parallel" is all that Graph takes.
        Source: https://learn.microsoft.com/graph/json-batching
        """
        chunk: Group = []
        size, now, chained = 0, self._now(), False
        kept: deque[Group] = deque()
        while self._waiting and len(chunk) < SIZE and not (chunk and chained):
            group = self._waiting.popleft()
            weight = sum(item.size for item in group)
            boxes = Counter(item.mailbox for item in group if item.mailbox)
            if (
                (not chunk or len(group) == 1)
                and (not chunk or (chunk[0].version == group[0].version and size + weight <= MAX_BODY))
                and group[0].ready <= now
                and all(
                    self._mailboxes[box] + number <= pace.MAILBOX_CONCURRENCY or not self._mailboxes[box]
                    for box, number in boxes.items()
                )
            ):
                self._mailboxes.update(boxes)  # given back when the batch lands
                chunk += group
                size += weight
                chained = len(group) > 1
            else:
                kept.append(group)
        self._waiting.extendleft(reversed(kept))
        return chunk

    def _pause(self) -> float | None:
        """Return the seconds until something that waits may go; ``None`` if nothing waits for a time."""
        now = self._now()
        soonest = min((group[0].ready for group in self._waiting if group[0].ready > now), default=None)
        return None if soonest is None else soonest - now

    def _carry(self, chunk: Group) -> Callable[[], None]:
        """Send one batch, in a thread of the crew; return what is to be done about its answer by the caller's."""
        transport = self._transport
        numbers = {item.number: str(number) for number, item in enumerate(chunk, start=1)}
        needs = _dependencies(chunk)
        requests = []
        for item, need in zip(chunk, needs, strict=True):
            more = {} if need is None else {"dependsOn": [numbers[chunk[need].number]]}
            requests.append({"id": numbers[item.number], "url": item.url, **item.wire, **more})
        paths = {item.service: item.path for item in chunk}
        for name, units in Counter(item.service for item in chunk).items():
            transport.pace.wait(paths[name], units)
        begun = self._now()
        try:
            reply = transport.send("POST", f"{self._root}/{chunk[0].version}/$batch", json={"requests": requests})
        except Error as error:
            failure = error.with_traceback(None)
            return lambda: self._lost(chunk, failure)
        answers = reply.body.get("responses") if isinstance(reply.body, dict) else None
        found = answers if isinstance(answers, list) else []
        by_number = {str(answer.get("id")): answer for answer in found if isinstance(answer, dict)}
        return lambda: self._judge(chunk, [by_number.get(numbers[item.number]) for item in chunk], begun)

    def _fetch(self, item: _Item) -> Callable[[], None]:
        """GET what a redirect leads to: a batch does not follow, a request by itself does."""
        url = f"{self._root}/{item.version}{item.url}"
        try:
            reply = self._transport.send("GET", url, headers=item.wire.get("headers"))
        except Error as error:
            failure = error.with_traceback(None)
            return lambda: self._failed(item, failure)
        reply.request = item.given
        return lambda: self._finish(item, reply)

    def _land(self, patience: float | None) -> None:
        """Wait for something to come back, or until something that waits may go."""
        landed = self._crew.receive(patience)
        while landed is not None:
            self._flying -= 1
            self._landed += 1
            landed()
            landed = self._crew.receive(0.0)

    # -- what comes back --------------------------------------------------------------------------

    def _judge(self, chunk: Group, answers: list[Any], begun: float) -> None:
        """Finish, continue or repeat each item of a batch that came back."""
        now = self._now()  # the same for all, so that what waits as long goes together again
        again: Group = []
        failed: Group = []
        refused: dict[str, list[float]] = {}
        self._mailboxes.subtract(item.mailbox for item in chunk if item.mailbox)
        for item, answer in zip(chunk, answers, strict=True):
            reply, asked = self._reply(item, answer)
            if reply.status == 429 or (reply.status == 503 and asked is not None):
                refused.setdefault(item.service, []).append(asked or 0.0)
            if reply.ok:
                self._succeeded(item, reply)
            elif reply.error is None and item.request.method == "GET":  # it leads elsewhere
                self._flying += 1
                self._crew.send(lambda item=item: self._fetch(item))  # type: ignore[misc]
            elif reply.status == 424 and not _needs(item, failed) and self._goes_along(item):
                again.append(item)
            elif (pause := self._again(item, reply.status, asked)) is not None:
                item.ready = now + pause
                again.append(item)
            else:
                failed.append(item)
                self._finish(item, reply)
        self._waiting.extendleft(reversed(_chains(again)))
        self._learn(chunk, refused, begun)

    def _goes_along(self, item: _Item) -> bool:
        """Tell whether a 424 is repeated: what it depends on is, or it only stood behind what failed."""
        item.attempts += 1
        return item.attempts <= self._transport.policy.max_retries

    def _learn(self, chunk: Group, refused: dict[str, list[float]], begun: float) -> None:
        heard = self._transport.pace.heard
        paths = {item.service: item.path for item in chunk}
        for name, number in Counter(item.service for item in chunk).items():
            waits = refused.get(name, [])
            heard(paths[name], begun, passed=number - len(waits))
            if waits:
                heard(paths[name], begun, passed=0, refused=len(waits), asked=max(waits) or None)

    def _again(self, item: _Item, status: int | None, asked: float | None) -> float | None:
        """Return the seconds until an item is to be repeated, ``None`` if it is not."""
        item.attempts += 1
        pause = self._transport.policy.wait(
            item.attempts, item.request.method, status, asked, waited=item.waited, repeatable=item.harmless
        )
        item.waited += pause or 0.0
        return pause

    def _lost(self, chunk: Group, failure: Error) -> None:
        """Decide what becomes of a batch without an answer."""
        self._mailboxes.subtract(item.mailbox for item in chunk if item.mailbox)
        status = failure.status if isinstance(failure, GraphError) else None
        if status in (400, 413) and len(chains := _chains(chunk)) > 1:  # nothing was done: who is to blame?
            middle = len(chains) // 2
            for half in (chains[:middle], chains[middle:]):
                items = [item for group in half for item in group]
                self._mailboxes.update(item.mailbox for item in items if item.mailbox)
                self._send(items)
            return
        lost = status in retry.UNCERTAIN and getattr(failure, "sent", True) and not _is_refusal(failure)
        if lost and status is not None:
            failure = TransportError(f"the batch was answered by {status}: whether this was done is unknown")
        again, now = [], self._now()
        for item in chunk:
            harmless = item.request.method in ("GET", "HEAD") or bool(item.request.idempotent)
            pause = self._again(item, None, None) if lost and harmless else None
            if pause is None:
                self._failed(item, failure, None if lost else status)
            else:
                item.ready = now + pause
                again.append(item)
        self._waiting.extendleft(reversed(_chains(again)))

    def _reply(self, item: _Item, answer: Any) -> tuple[Reply, float | None]:
        """Return an item's answer as a reply, and the seconds that it asks to wait."""
        if not isinstance(answer, dict) or not isinstance(answer.get("status"), int):
            lost = TransportError(
                "the answer to the batch has none for this request: whether it was done is unknown"
            )
            return Reply(None, CaseInsensitiveDict(), None, error=lost, request=item.given), None
        status = answer["status"]
        said = answer.get("headers")
        headers = CaseInsensitiveDict(said if isinstance(said, dict) else {})
        body = _body(answer.get("body"), headers)
        reply = Reply(status, headers, body, request=item.given)
        if reply.ok or (status in (301, 302, 303, 307, 308) and item.request.method == "GET"):
            return reply, None
        failure = failure_of(status, headers, body, item.request.method, item.path)
        if status == 403:
            failure.because(permissions.explain(item.request.method, item.path, self._transport.holder.token))
        reply.error = failure
        return reply, failure.retry_after

    def _succeeded(self, item: _Item, reply: Reply) -> None:
        body = reply.body
        link = body.get("@odata.nextLink") if isinstance(body, dict) and item.request.method == "GET" else None
        if not (self._follow and isinstance(link, str) and isinstance(body.get("value"), list)):
            if item.values and isinstance(body, dict) and isinstance(body.get("value"), list):
                body["value"] = [*item.values, *body["value"]]
            self._finish(item, reply)
            return
        item.values += body["value"]
        if not same_origin(link, self._root) or link in item.links:
            body["value"] = item.values
            reply.error = TransportError(
                "the link to the next page leads astray: this is not complete", transient=False
            )
            self._finish(item, reply)
            return
        item.links.add(link)
        item.version, item.url = _split(link)
        item.attempts, item.ready = 0, 0.0
        self._waiting.append([item])

    def _failed(self, item: _Item, failure: Error, status: int | None = None) -> None:
        self._finish(item, Reply(status, CaseInsensitiveDict(), None, error=failure, request=item.given))

    def _finish(self, item: _Item, reply: Reply) -> None:
        self._finished[item.number] = reply

    def _ready(self) -> Iterator[Reply]:
        """Hand out what may be: in the order of the input, or all that is there."""
        while self._finished:
            number = self._given if self._ordered else next(iter(self._finished))
            if number not in self._finished:
                return
            self._given += 1
            yield self._finished.pop(number)


def _get(given: Any) -> Request:
    """Return an ``Address``, or a path, as the GET that it means."""
    if not isinstance(given, (str, Location)):
        raise ConfigurationError(f"a batch takes addresses and Request(...), not {type(given).__name__}")
    return Request("GET", given)


def _split(url: str) -> tuple[str, str]:
    """Return version and path with query of a URL below Graph's root."""
    version, _, rest = url.partition("://")[2].partition("/")[2].partition("/")
    return version, f"/{rest}"


def _named(headers: dict[str, str], name: str, default: str) -> str:
    """Return a header's value; where nobody gave one, set the default."""
    found = next((value for key, value in headers.items() if key.lower() == name.lower()), None)
    return headers.setdefault(name, default) if found is None else found


def _needs(item: _Item, group: Group) -> bool:
    return any(other.request.id in item.request.depends_on for other in group if other.request.id is not None)


def _dependencies(chunk: Group) -> list[int | None]:
    """Return for each item the place of the one that it has to wait for.

    Graph takes all on the first, or each on the one before. What is neither goes in a row; who is held up there by
    a failure that is none of its business is sent again.
    """
    places = {item.request.id: at for at, item in enumerate(chunk) if item.request.id is not None}
    needs = [[places[name] for name in item.request.depends_on if name in places] for item in chunk]
    if not any(needs):
        return [None] * len(chunk)
    if all(need == [0] for need in needs[1:]):
        return [None, *[0] * (len(chunk) - 1)]
    return [None, *range(len(chunk) - 1)]


def _chains(items: Group) -> list[Group]:
    """Take items apart, but for those that depend on each other, which are ready when the last of them is."""
    groups: list[Group] = []
    for item in items:
        needed = [group for group in groups if _needs(item, group)]
        groups = [group for group in groups if group not in needed]
        groups.append([*(other for group in needed for other in group), item])
        groups[-1][0].ready = max(other.ready for other in groups[-1])
    return groups


def _is_refusal(failure: Error) -> bool:
    """Tell whether a failure is none of the network's: no token, or refused before it left."""
    return not isinstance(failure, (GraphError, TransportError))


def _body(body: Any, headers: Mapping[str, str]) -> Any:
    """Return an item's body: bytes if it is neither JSON nor text, which come as base64 of either alphabet."""
    kind = headers.get("Content-Type", "").lower()
    if not isinstance(body, str) or not kind or "json" in kind or kind.startswith("text/"):
        return body
    text = body.translate(_STANDARD).rstrip("=")
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return body


_STANDARD: Final = str.maketrans("-_", "+/")


class _Crew:
    """Threads that do one thing at a time; daemons, so that no exit waits for them."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[Callable[[], Any] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._hands = self._busy = 0

    def send(self, order: Callable[[], Any]) -> None:
        self._busy += 1
        if self._busy > self._hands:
            try:
                threading.Thread(target=self._work, name="leangraph-batch", daemon=True).start()
            except RuntimeError:  # no more threads
                if not self._hands:  # not even one: then the caller carries
                    self._results.put(self._tried(order))
                    return
            else:
                self._hands += 1
        self._orders.put(order)

    def receive(self, patience: float | None) -> Any:
        """Return what came back, ``None`` after so many seconds; waits in pieces, or Windows has no Ctrl-C."""
        with suppress(queue.Empty):
            while True:
                try:
                    result = self._results.get(timeout=1.0 if patience is None else patience)
                except queue.Empty:
                    if patience is None:
                        continue
                    raise
                self._busy -= 1
                if isinstance(result, BaseException):
                    raise result
                return result
        return None

    def dismiss(self) -> None:
        for _ in range(self._hands):
            self._orders.put(None)

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            self._results.put(self._tried(order))

    @staticmethod
    def _tried(order: Callable[[], Any]) -> Any:
        try:
            return order()
        except BaseException as error:  # noqa: BLE001 - raised where the caller waits
            return error
