"""Writes that settle: references added and removed in twenties, and objects that show once they are made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from leangraph.errors import BadRequest, ConfigurationError, Conflict, Error, GraphError, NotFound, TransportError
from leangraph.http import retry
from leangraph.http.core import Core
from leangraph.http.options import child, segment
from leangraph.http.retry import Attempt
from leangraph.http.target import Request, segments
from leangraph.protocols import batch
from leangraph.system.log import log

AT_ONCE: Final = 20  # references in one PATCH, and requests in one batch
# Where PATCH {"members@odata.bind": […]} adds to what is there; elsewhere references go one by one.
# Source: https://learn.microsoft.com/graph/api/group-post-members
BOUND: Final = frozenset({"groups/members"})
# Where .../add and .../remove are actions of their own, and no references.
ACTIONS: Final = frozenset({"teams/members", "chats/members", "users/followedsites"})
# Status 400 says many things; only its sentence says these two.
_ALREADY: Final = "references already exist"
_ABSENT: Final = "references do not exist"


@dataclass
class Added:
    """What became of each id (or user principal name), each of them in one place, as it was given.

    Attributes:
        added, already: these are related now. One whose first answer was lost counts as ``already``.
        missing: Graph knows no such object. One just made may need a moment; adding again is safe.
        errors: why any other was refused, by id.
    """

    added: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)


@dataclass
class Removed:
    """What became of each id (or user principal name), each of them in one place, as it was given.

    Attributes:
        removed, absent: these are not related now. One whose first answer was lost counts as ``absent``; so does
            a name that no user has.
        errors: why any other was refused, by id.
    """

    removed: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)


def add(core: Core, path: str, ids: Any) -> Added:
    """Relate objects to the owner of the relation at ``path``. See ``Address.add``."""
    relation = _Relation(core, path)
    return _in_twenties(ids, relation, relation.bind if relation.bound else relation.refer, Added())


def remove(core: Core, path: str, ids: Any) -> Removed:
    """Take objects out of the relation at ``path``. See ``Address.remove``."""
    relation = _Relation(core, path)
    return _in_twenties(ids, relation, relation.release, Removed())


class _Relation:
    """One relation of one object, and the three ways to change it."""

    def __init__(self, core: Core, path: str) -> None:
        self._core = core
        self._path = path.partition("?")[0].rstrip("/").removesuffix("/$ref")
        self._owner, _, self._name = self._path.rpartition("/")
        self._proven = False  # that the owner exists: 404 says that of neither end
        parts = segments(self._path)
        kind = f"{parts[0]}/{parts[-1]}" if len(parts) > 2 else ""
        if not kind:
            raise ConfigurationError(f"{path} is no relation of an object, such as graph.groups[id].members")
        if kind in ACTIONS:
            raise ConfigurationError(
                f"{path} holds no references: POST to {path}/add or {path}/remove what Microsoft's pages say"
            )
        self.bound = kind in BOUND and len(parts) == 3

    def prove(self) -> None:
        """Make sure, where nothing has shown it so far, that it is not the owner that does not exist.

        Raises:
            NotFound: it does not.
        """
        if not self._proven:
            try:
                self._core.request("GET", self._owner, select="id")
            except NotFound:
                raise
            except GraphError as error:  # it may be changed, but not read
                log.debug("%s cannot be read, so whether it exists is unknown: %s", self._owner, error)
            self._proven = True

    def resolve(self, keys: list[str], absent: list[str], errors: dict[str, Exception]) -> dict[str, list[str]]:
        """Return the keys by the id of their object. A relation is made by id: the name of a user is looked up.

        Args:
            absent, errors: take the names that no user has, and those that cannot be looked up.
        """
        ids = {key.lower(): [key] for key in keys if "@" not in key}
        names = [key for key in keys if "@" in key]
        requests = [Request("GET", child("/users", name), select="id") for name in names]
        for name, reply in zip(names, batch.run(requests, self._core).all(), strict=True):
            if isinstance(reply.error, NotFound):
                absent.append(name)
            elif reply.error is not None:
                errors[name] = reply.error
            elif isinstance(reply.body, dict) and isinstance(reply.body.get("id"), str):
                ids.setdefault(reply.body["id"].lower(), []).append(name)
            else:
                errors[name] = TransportError(f"{name} was read, and the answer has no id", transient=False)
        return {(id_ if "@" in given[0] else given[0]): given for id_, given in ids.items()}

    def bind(self, ids: list[str], result: Added) -> None:
        """Add with one PATCH, all or nothing; split a refused group in half until the one bad id is found.

        If both halves are refused, several ids are bad, as when all are there already: the rest goes one by one.
        """
        refused = self._patch(ids, result)
        while refused:
            if len(ids) == 1:
                self._sort(ids[0], refused, result)
                return
            middle = len(ids) // 2
            first, second = ids[:middle], ids[middle:]
            error, other = self._patch(first, result), self._patch(second, result)
            if error and other:
                self.refer(ids, result)
                return
            ids, refused = (first, error) if error else (second, other)

    def refer(self, ids: list[str], result: Added) -> None:
        """Add one by one."""
        address = f"{self._path}/$ref"
        requests = [Request("POST", address, {"@odata.id": self._url(key)}, idempotent=True) for key in ids]
        for key, error in zip(ids, self._outcomes(requests), strict=True):
            if error is None:
                self._proven = True
                result.added.append(key)
            else:
                self._sort(key, error, result)

    def release(self, ids: list[str], result: Removed) -> None:
        """Remove one by one: there is no other way."""
        requests = [Request("DELETE", f"{self._path}/{segment(key)}/$ref", idempotent=True) for key in ids]
        for key, error in zip(ids, self._outcomes(requests), strict=True):
            if error is None:
                self._proven = True
                result.removed.append(key)
            elif self._says(error, _ABSENT) or isinstance(error, NotFound):
                result.absent.append(key)
            else:
                result.errors[key] = error

    def _patch(self, ids: list[str], result: Added) -> GraphError | None:
        """Add with one PATCH; return why it was refused, if one of the ids is to blame."""
        body = {f"{self._name}@odata.bind": [self._url(key) for key in ids]}
        try:
            self._core.request("PATCH", self._owner, json=body, idempotent=True)  # there already: is counted below
        except (BadRequest, NotFound, Conflict) as error:
            return error
        self._proven = True
        result.added += ids
        return None

    def _outcomes(self, requests: list[Request]) -> Iterator[Exception | None]:
        """Send requests in one batch; yield what went wrong with each."""
        for request, reply in zip(requests, batch.run(requests, self._core).all(), strict=True):
            error = reply.error
            if isinstance(error, Conflict):  # twenty changes of one object at once get in each other's way
                error = self._failure(request)
            yield error

    def _failure(self, request: Request) -> Error | None:
        try:
            self._core.request(request.method, request.path, json=request.json, idempotent=True)
        except Error as error:
            return error.with_traceback(None)
        return None

    def _sort(self, key: str, error: Exception, result: Added) -> None:
        if self._says(error, _ALREADY):
            result.already.append(key)
        elif isinstance(error, NotFound):
            result.missing.append(key)
        else:
            result.errors[key] = error

    def _says(self, error: Exception, words: str) -> bool:
        said = isinstance(error, (BadRequest, Conflict)) and words in error.message.lower()
        self._proven = self._proven or said
        return said

    def _url(self, key: str) -> str:
        return f"{self._core.root}/{self._core.version}/directoryObjects/{segment(key)}"


Outcome = TypeVar("Outcome", Added, Removed)


def _in_twenties(
    ids: Any, relation: _Relation, change: Callable[[list[str], Outcome], None], result: Outcome
) -> Outcome:
    """Change a relation twenty ids at a time, until one fails for a reason that is not its own."""
    unique = _unique(ids)
    for start in range(0, len(unique), AT_ONCE):
        twenty = unique[start : start + AT_ONCE]
        outcome = type(result)()
        try:
            absent = outcome.missing if isinstance(outcome, Added) else outcome.absent
            given = relation.resolve(twenty, absent, outcome.errors)
            if given:
                change(list(given), outcome)
            _collect(outcome, given, result)
            _raise_the_hopeless(twenty, result.errors, first=not start)
            relation.prove()
        except Exception as error:
            error.add_note(f"{start} of {len(unique)} ids were dealt with before; doing it all again is safe")
            raise
    return result


def _collect(outcome: Outcome, given: Mapping[str, list[str]], result: Outcome) -> None:
    """Add what became of some ids to the result, under the names that were given."""
    for field_name, ids in vars(outcome).items():
        if isinstance(ids, list):
            getattr(result, field_name).extend(key for id_ in ids for key in given.get(id_, [id_]))
    result.errors.update((key, error) for id_, error in outcome.errors.items() for key in given.get(id_, [id_]))


def _unique(ids: Any) -> list[str]:
    """Return each id once, as it was given first; Graph ignores case.

    Raises:
        ConfigurationError: one is no id: nothing was sent.
    """
    several = isinstance(ids, Iterable) and not isinstance(ids, (str, bytes, Mapping))
    unique: dict[str, str] = {}
    for item in ids if several else [ids]:
        key = item.get("id") if isinstance(item, Mapping) else item
        segment(key)
        unique.setdefault(str(key).lower(), str(key))
    return list(unique.values())


def _raise_the_hopeless(ids: list[str], errors: Mapping[str, Exception], *, first: bool) -> None:
    """Raise what all others would meet too: no answer, no token, no patience left; or the first all failed."""
    failed = [errors[key] for key in ids if key in errors]
    for error in failed:
        if not isinstance(error, GraphError) or error.status in (401, 429) or error.status >= 500:
            raise error
    if first and len(failed) == len(ids) > 0:
        raise failed[0]


def settle(core: Core, path: str, body: Any) -> None:
    """Wait until what was made at ``path`` can be read, as long as patience lasts.

    It is made whatever comes of this: nothing is raised, a warning is logged.
    """
    if not isinstance(body, dict) or not isinstance(body.get("id"), str):
        return
    attempt = Attempt(core.transport.policy._replace(max_retries=sys.maxsize))
    while True:
        pause = None
        try:
            core.request("GET", child(path.partition("?")[0].rstrip("/"), body["id"]))
            return
        except Error as error:
            failure = error
        if isinstance(failure, NotFound):
            pause = attempt.again(retry.NO_CONNECTION)  # nothing was lost
        if pause is None:
            log.warning("%s: %s was made, but it does not show yet: %s", path, body["id"], failure)
            return
        core.transport.clock.sleep(pause)
