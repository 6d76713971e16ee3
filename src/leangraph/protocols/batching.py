"""What goes into one ``$batch``, and what an answer says: plain functions that send nothing."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from requests.structures import CaseInsensitiveDict

from leangraph.errors import ConfigurationError, TransportError
from leangraph.http.options import json_text
from leangraph.http.pace import MAILBOX_CONCURRENCY
from leangraph.http.reply import Hint, Reply, failure_of
from leangraph.http.retry import Attempt, RetryPolicy
from leangraph.http.target import Request, Target, is_write, mailbox, segments, service

SIZE: Final = 20  # items of one batch: more are refused. https://learn.microsoft.com/graph/json-batching
MAX_BODY: Final = 3_500_000  # bytes of one batch; Graph takes 4 MB
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class Item:
    """One request on its way to a reply.

    What it sends is written at once: what the caller does with the body afterwards changes nothing.

    Raises:
        ConfigurationError: it has no such form.
    """

    __slots__ = tuple(
        "attempt body given headers is_limited is_write links mailbox next_links number path ready request "
        "service url values version".split()
    )

    def __init__(self, number: int, given: Any, request: Request, target: Target, policy: RetryPolicy) -> None:
        self.number = number
        self.given = given
        self.request = request
        self.go_to(target.url)
        self.path = f"/{self.version}{self.url.partition('?')[0]}"
        self.mailbox, self.service = mailbox(self.path), service(self.path)
        options = parse_qsl(target.url.partition("?")[2])
        self.is_limited = any(name.lower().lstrip("$") == "top" for name, _ in options)
        self.headers, self.body = _written(request, dict(target.headers or {}))
        self.is_write = is_write(request.method, segments(self.path), self.headers)
        repeatable = request.idempotent
        if request.method == "PATCH" and repeatable is None and "@odata.bind" in self.body:
            repeatable = False  # adds relations: a second time is an error, not a repetition
        self.attempt = Attempt(policy, request.method, repeatable=repeatable)
        self.ready = 0.0  # when it may go, by the clock of the transport
        self.values: list[Any] = []  # of the pages so far
        self.links: set[str] = set()
        self.next_links = 0  # see ``Reply``: in all batches that brought a part of it

    def go_to(self, url: str) -> None:
        """Take version and path with query from a URL below Graph's root."""
        self.version, _, rest = url.partition("://")[2].partition("/")[2].partition("/")
        self.url = f"/{rest}"

    def text(self, number: int, need: int | None) -> str:
        """Return the item as JSON, with its number in the batch and that of the one it has to wait for."""
        about: dict[str, Any] = {"id": str(number), "method": self.request.method, "url": self.url}
        if need is not None:
            about["dependsOn"] = [str(need)]
        if self.headers:
            about["headers"] = self.headers
        text = json_text(about)
        return f'{text[:-1]},"body":{self.body}}}' if self.body else text

    def reply(self, error: Exception, status: int | None = None) -> Reply:
        """Return the reply that is no answer of its own."""
        return Reply(status, CaseInsensitiveDict(), None, error=error, request=self.given)


def _written(request: Request, headers: dict[str, str]) -> tuple[dict[str, str], str]:
    """Return the headers of an item, and its body as JSON; "" for none. Bytes travel as base64, or as text."""
    if request.data is not None:
        if request.json is not None or not isinstance(request.data, bytes):
            raise ConfigurationError("a request has one body: give either json, or data as bytes")
        kind = _named(headers, "Content-Type", "application/octet-stream")
        text = kind.lower().startswith("text/")
        return headers, json_text(request.data.decode() if text else urlsafe_b64encode(request.data).decode())
    if request.json is None:
        return headers, ""
    _named(headers, "Content-Type", "application/json")
    return headers, json_text(request.json)


def _named(headers: dict[str, str], name: str, default: str) -> str:
    """Return a header's value; where nobody gave one, set the default."""
    value = next((value for key, value in headers.items() if key.lower() == name.lower()), None)
    return headers.setdefault(name, default) if value is None else value


Group = list[Item]  # what has to travel together, dependencies first


class Grouping:
    """Brings together what depends on each other; a named request waits for 19 more that might name it."""

    def __init__(self) -> None:
        self.held: list[Group] = []

    def release(self, number: int | None) -> list[Group]:
        """Return the groups that the request with this number cannot join any more; ``None``: that none can."""
        free = [group for group in self.held if number is None or number - group[-1].number >= SIZE]
        self.held = [group for group in self.held if group not in free]
        return free

    def add(self, item: Item) -> list[Group]:
        """Take an item in; return it as a group if it waits for nothing.

        Raises:
            ConfigurationError: what it depends on is not there, or its name is taken.
        """
        request = item.request
        needed = [group for group in self.held if needs(item, group)]
        names = {other.request.id for group in needed for other in group}
        if missing := [name for name in request.depends_on if name not in names]:
            listed = ", ".join(map(repr, missing))
            raise _not_sent(request, f"depends on {listed}, which is none of the 19 requests before it")
        if request.id is not None and any(o.request.id == request.id for group in self.held for o in group):
            raise _not_sent(request, f"has the id {request.id!r}, which another request near it has")
        if sum(map(len, needed)) >= SIZE:
            raise _not_sent(request, "depends on more requests than the 19 that go into one batch with it")
        if not needed and request.id is None:
            return [[item]]
        self.held = [group for group in self.held if group not in needed]
        self.held.append([*(other for group in needed for other in group), item])
        return []


def _not_sent(request: Request, why: str) -> ConfigurationError:
    return ConfigurationError(f"{request!r} {why}. It was not sent")


def needs(item: Item, group: Group) -> bool:
    return any(other.request.id in item.request.depends_on for other in group if other.request.id is not None)


def chains(items: Group) -> list[Group]:
    """Take items apart, but for those that depend on each other, which are ready when the last of them is."""
    groups: list[Group] = []
    for item in items:
        needed = [group for group in groups if needs(item, group)]
        groups = [group for group in groups if group not in needed]
        groups.append([*(other for group in needed for other in group), item])
        groups[-1][0].ready = max(other.ready for other in groups[-1])
    return groups


def dependencies(items: Group) -> list[int | None]:
    """Return for each item the place of the one that it has to wait for.

    Graph takes all on the first, or each on the one before. Anything else is put in a row; an item that a failure
    holds up there without depending on it is sent again.
    """
    places = {item.request.id: at for at, item in enumerate(items) if item.request.id is not None}
    needed = [[places[name] for name in item.request.depends_on if name in places] for item in items]
    if not any(needed):
        return [None] * len(items)
    if all(need == [0] for need in needed[1:]):
        return [None, *[0] * (len(items) - 1)]
    return [None, *range(len(items) - 1)]


def chosen(waiting: deque[Group], now: float, flying: Counter[str]) -> Group:
    """Take the next items that may go: twenty at most, of one version, four a mailbox.

    What depends on each other goes by itself: "fully sequential or fully parallel" is all that Graph takes.
    Source: https://learn.microsoft.com/graph/json-batching

    Args:
        flying: how many items of each mailbox are in flight.
    """
    taken: Group = []
    size, chained, boxes = 0, False, Counter(flying)
    kept: deque[Group] = deque()
    while waiting and len(taken) < SIZE and not (taken and chained):
        group = waiting.popleft()
        weight = sum(len(item.body) for item in group)
        more = Counter(item.mailbox for item in group if item.mailbox)
        fits = not taken or (
            len(group) == 1 and taken[0].version == group[0].version and size + weight <= MAX_BODY
        )
        free = all(not boxes[box] or boxes[box] + n <= MAILBOX_CONCURRENCY for box, n in more.items())
        if fits and free and group[0].ready <= now:
            boxes.update(more)
            taken += group
            size += weight
            chained = len(group) > 1
        else:
            kept.append(group)
    waiting.extendleft(reversed(kept))
    return taken


# -- answers --------------------------------------------------------------------------------------------------


class Answer(NamedTuple):
    status: int
    headers: CaseInsensitiveDict[str]
    body: Any


def answers_to(items: Group, body: Any) -> list[Answer | None]:
    """Return the answer to each item; ``None`` where there is none, or two, or one that says nothing."""
    responses = body.get("responses") if isinstance(body, dict) else None
    by_id: dict[str, list[Any]] = {}
    for response in responses if isinstance(responses, list) else ():
        if isinstance(response, dict):
            by_id.setdefault(str(response.get("id")), []).append(response)
    return [_answer(by_id.get(str(number), ())) for number in range(1, len(items) + 1)]


def _answer(responses: Sequence[dict[str, Any]]) -> Answer | None:
    """Read what an item was answered. Nothing of it is sure to be of the type that is documented."""
    if len(responses) != 1:
        return None
    [response] = responses
    status, said = response.get("status"), response.get("headers")
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        return None
    headers = CaseInsensitiveDict(
        (name, str(value))
        for name, value in (said.items() if isinstance(said, dict) else ())
        if isinstance(value, (str, int, float)) and not isinstance(value, bool)
    )
    return Answer(status, headers, _body(response.get("body"), headers))


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


def reply_of(item: Item, answer: Answer | None, hint: Hint, root: str) -> Reply:
    """Make the reply of an answer, with the error that the request would have raised by itself."""
    if answer is None:
        return item.reply(
            TransportError("the answer to the batch has none for this request: whether it was done is unknown")
        )
    status, headers, body = answer
    reply = Reply(status, headers, body, request=item.given, url=f"{root}/{item.version}{item.url}")
    if reply.ok or (status in REDIRECTS and item.request.method == "GET"):
        return reply
    if status == 404 and item.request.method == "DELETE" and item.attempt.uncertain:
        return Reply(204, headers, None, request=item.given)  # an attempt whose answer was lost has done it
    method, query = item.request.method, item.url.partition("?")[2]
    reply.error = failure = failure_of(status, headers, body, method, item.path, query=query, sent=item.headers)
    if hint:
        failure.because(hint)
    elif status == 412 and item.attempt.uncertain:
        failure.because("an attempt before, whose answer was lost, may have made the change: read it again")
    return reply


def next_page(item: Item, reply: Reply) -> str | None:
    """Return the link to the next page, if there is one and it is to be followed."""
    if item.request.method != "GET" or item.is_limited or not isinstance(reply.body, dict):
        return None
    link = reply.body.get("@odata.nextLink")
    is_page = link is not None and isinstance(reply.body.get("value", ""), list | None)
    return str(link) if is_page else None  # what is no text leads nowhere, and is refused as such
