"""``fan_out``: one function over many items or tenants, on threads or on any executor.

The generator that the caller iterates reads the input, hands it out and gives back the results; workers only
work. What travels to a worker is the function, some items, and the *name* of a configuration: a client is made
where it is used, and no secret leaves the process that has it.
"""

from __future__ import annotations

import functools
import os
import pickle  # what comes out of it went into it in a worker of the caller's own executor
import threading
import time
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from types import CellType, FunctionType, MethodType
from typing import Any, Final, Generic, TypeVar, cast

from leangraph.auth.holder import TokenHolder
from leangraph.client import GraphClient
from leangraph.errors import ConfigurationError, Error, TransportError
from leangraph.http.pace import CallBudget
from leangraph.settings import Settings
from leangraph.system.threads import GRACE, Flight, Flow, Outcomes

T = TypeVar("T")
R = TypeVar("R")

NAME: Final = "leangraph-fan-out"  # of our threads
THREADS: Final = 16  # unless the caller says otherwise
TASKS_PER_WORKER: Final = 2  # handed out at a time, so that no worker waits for its next one
READ_AHEAD: Final = 4  # times what is handed out: how far reading runs ahead of what the caller has taken
TASK_SECONDS: Final = 0.25  # what a task for another process should take: it gets as many items as that needs
LONGEST_TASK: Final = 2.0  # seconds after which such a task begins no other item: closing waits no longer
MOST_ITEMS: Final = 1000  # of a task
TRIES_TOGETHER: Final = 2  # a task that died so often is taken apart, and each of its items runs alone
MOST_BREAKS: Final = 5  # pools in a row that broke before anything was done
CLIENTS_KEPT: Final = 64  # of one process; the one that was unused longest goes first

Settled = Iterable[tuple[int, "Result[Any, Any]"]]
Choice = str | Settings | None  # a profile's name, settings, or the environment
Configure = Choice | Callable[[Any], Choice]


class Result(Generic[T, R]):
    """The outcome of one item.

    Attributes:
        item: the item as you passed it.
        value: what the function returned; ``None`` if it raised an error.
        error: what the function raised; ``None`` if it did not.
    """

    __slots__ = ("error", "item", "value")

    def __init__(self, item: T, value: R | None = None, error: BaseException | None = None) -> None:
        self.item = item
        self.value = value
        self.error = error

    @property
    def ok(self) -> bool:
        return self.error is None

    def __repr__(self) -> str:
        return f"<Result of {self.item!r}: {'ok' if self.ok else type(self.error).__name__}>"


def fan_out(
    function: Callable[[GraphClient, T], R],
    items: Iterable[T],
    *,
    settings: Configure = None,
    executor: Executor | Callable[[], Executor] | None = None,
    ordered: bool = True,
    workers: int | None = None,
    threads: int = 1,
    budget: CallBudget | None = None,
    progress: Callable[[int, int | None], object] | None = None,
) -> Outcomes[Result[T, R]]:
    """Call ``function(client, item)`` for every item, many at a time; yield a ``Result`` for each.

        for result in fan_out(last_sign_in, upns):
            print(result.item, result.value if result.ok else result.error)

    The input is read as it is needed, and may be endless. What the function raises is the result's ``error``.
    If you end the iteration, also by Ctrl-C, no more items are started, and those already started are finished.

    If a process dies (out of memory, or killed), its items are run again, so the function must be safe to call
    twice. This needs an executor that survives a dead process, as Dask's does, or a function that makes a new one,
    such as ``functools.partial(ProcessPoolExecutor, 4)``. If you pass a ``ProcessPoolExecutor`` itself and it
    breaks, every remaining item gets an error, whose ``sent`` says whether the pool had received the item. An item
    that kills every process that runs it gets an error too.

    Args:
        settings: the name of a profile; ``None`` for the worker's own environment; or a function of an item,
            called in the worker, that returns either of these or ``Settings``: one client per tenant.
            ``Settings`` themselves may hold a secret, so they work only with threads of this process.
        executor: where to run: any ``concurrent.futures.Executor``, or a function that makes one; by default
            threads of this process. Threads share one client for each configuration.
        ordered: yield results in the order of the items; ``False`` yields them as they come.
        workers: how many threads (16), or how many workers an executor has, if it does not say so itself.
        threads: how many threads in each worker of an executor.
        budget: shared by all clients; for several processes, a ``FileBudget`` or a ``Budget`` that was
            ``split``.
        progress: called with the number of results so far and the total (``None`` if the input has no length).

    Raises:
        ConfigurationError: before anything runs, if a secret would be sent to a process or an argument is wrong.
    """
    _check(function, settings, executor, {"workers": workers, "threads": threads})
    local = _is_local(executor)
    home = _Clients(budget, _Stop()) if local else None
    if home is not None and not callable(settings):
        home.of(settings)  # what is wrong with it is said now, and not once for every item
    job = _Job(os.urandom(16), function, settings, budget, threads, home)
    source, total = iter(items), _number(items)
    tell = None if progress is None else lambda done: progress(done, total)
    unread = (
        "" if total == 0 else "fan_out(...) was not iterated, and so did nothing: loop over it, or take .all()"
    )
    return Outcomes(_results(job, source, executor, workers, ordered, tell), unread)


def _number(items: Iterable[Any]) -> int | None:
    """Return how many items there are, if the input says that: a listing of Graph's does not."""
    with suppress(TypeError):
        return len(items)  # type: ignore[arg-type]
    return None


def _check(function: Any, settings: Any, executor: Any, numbers: dict[str, Any]) -> None:
    """Refuse what does not add up, and a secret that would have to travel."""
    for name, number in numbers.items():
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise ConfigurationError(f"{name}={number!r} must be a whole number, 1 or more")
    if not callable(function):
        raise ConfigurationError(f"fan_out calls function(client, item), and {function!r} cannot be called")
    if executor is not None and not isinstance(executor, Executor) and not callable(executor):
        raise ConfigurationError(
            f"executor must be a concurrent.futures.Executor or make one, not {type(executor).__name__}; "
            "Dask's is Client(...).get_executor()"
        )
    if not _is_local(executor):
        for what, value in (("settings", settings), ("function", function)):
            if held := _secret(value):
                raise ConfigurationError(f"{what}: {_REFUSED.format(held)}")


def _is_local(executor: Any) -> bool:
    """Tell whether the work stays in this interpreter; a subclass of ThreadPoolExecutor has others."""
    return executor is None or type(executor) is ThreadPoolExecutor


def _results(
    job: _Job,
    items: Iterable[Any],
    executor: Executor | Callable[[], Executor] | None,
    workers: int | None,
    ordered: bool,
    tell: Callable[[int], object] | None,
) -> Generator[Result[Any, Any], None, None]:
    workers = workers or (THREADS if executor is None else None)
    make = (lambda: executor) if isinstance(executor, Executor) else executor
    plan = _FanOut(job, make, workers=workers, owned=make is executor)
    flow: Flow[Any, _Task, Result[Any, Any]] = Flow(plan, Flight(NAME, workers or 1), ordered=ordered)
    with closing(flow.outcomes(items)) as results:
        for number, result in enumerate(results, start=1):
            if tell is not None:
                tell(number)
            yield result


# -- what travels ---------------------------------------------------------------------------------------------

_REFUSED: Final = (
    "{} does not travel to another process, since it may hold a secret. Give the name of a profile, or nothing "
    "for the environment that the worker has itself, or a function of the item that makes Settings there"
)


def _secret(value: Any, depth: int = 2) -> str:
    """Name what must not travel, be it the value itself or something in it; "" if nothing is."""
    if isinstance(value, (Settings, TokenHolder, GraphClient)):
        return type(value).__name__
    kind = type(value)
    if kind.__module__.partition(".")[0] == "msal" or kind.__name__ in ("Grant", "SecretStr", "SecretBytes"):
        return kind.__name__
    inner: Iterable[Any] = ()
    if isinstance(value, functools.partial):
        inner = (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, (list, tuple)):
        inner = value
    elif isinstance(value, MethodType):
        inner = (value.__self__,)
    elif isinstance(value, FunctionType):
        inner = [cell.cell_contents for cell in value.__closure__ or () if cell != CellType()]
    return next((held for each in inner if (held := _secret(each, depth - 1))), "") if depth else ""


@dataclass(frozen=True)
class _Job:
    """What a worker has to know: the same for all tasks of a run."""

    run: bytes
    function: Callable[[GraphClient, Any], Any]
    settings: Configure
    budget: CallBudget | None
    threads: int
    home: _Clients | None  # of this process; None for workers elsewhere

    def client(self, item: Any) -> GraphClient:
        clients = _clients_of(self) if self.home is None else self.home
        return clients.of(self.settings(item) if callable(self.settings) else self.settings)


class _Items:
    """A list that is nothing but itself: Dask would look into each item of a plain one."""

    __slots__ = ("all",)

    def __init__(self, items: list[Any]) -> None:
        self.all = items


def _here(job: _Job, item: Any) -> tuple[Any, BaseException | None]:
    """Do one item: return the value, or what was raised, an exit of the function included."""
    try:
        return job.function(job.client(item), item), None
    except (KeyboardInterrupt, _Stopped):  # the end of everything, and not of this item
        raise
    except BaseException as error:  # noqa: BLE001 - it is the result
        return None, error


def _elsewhere(job: _Job, given: _Items) -> bytes:
    """Run a task in a worker: return the seconds it took and, for each item begun, what became of it.

    That is a pickle for each: one that cannot travel must not take the others along. Together they are one lump,
    for Dask sends each part of anything else by itself.
    """
    begun, items = time.perf_counter(), given.all
    waiting = deque(enumerate(items))
    done: dict[int, bytes] = {}

    def pull() -> None:
        while not done or time.perf_counter() < begun + LONGEST_TASK:
            try:
                number, item = waiting.popleft()
            except IndexError:
                return
            done[number] = _pickled(job, item)

    if job.threads == 1 or len(items) == 1:
        pull()
    else:
        _together(pull, min(job.threads, len(items)))
    return pickle.dumps((time.perf_counter() - begun, [done[number] for number in range(len(done))]))


def _together(function: Callable[[], None], threads: int) -> None:
    """Call a function in so many threads, and wait for all."""
    flight: Flight[None] = Flight(NAME, threads)
    try:
        for _ in range(threads):
            flight.begin(None, function)
        while flight:
            for call in flight.land():
                flight.settle(call)
                if call.error is not None:
                    raise call.error
    finally:
        flight.dismiss()


def _pickled(job: _Job, item: Any) -> bytes:
    value, error = _here(job, item)
    if error is not None and not isinstance(error, Error):
        error.add_note("in the worker:\n" + "".join(traceback.format_tb(error.__traceback__)[1:]))
    try:
        data = pickle.dumps((value, error))
        if error is not None:
            pickle.loads(data)  # noqa: S301 - many exceptions can be pickled, and not be made again
    except Exception as failure:  # noqa: BLE001 - whatever a __reduce__ may raise
        what = type(value if error is None else error).__name__
        said = f"the worker's {what} cannot travel back ({failure})" + (f": {error}" if error else "")
        return pickle.dumps((None, TransportError(said, transient=False)))
    return data


# -- the clients of a process ---------------------------------------------------------------------------------


class _Stop(threading.Event):
    """A way to wait that ends when all is to end."""

    def sleep(self, seconds: float) -> None:
        if self.wait(seconds):
            raise _Stopped


class _Stopped(BaseException):
    """Raised where a function waits for Graph, when nobody waits for the function any more."""


class _Clients:
    """One client for each configuration, made once and shared by the threads of this process."""

    def __init__(self, budget: CallBudget | None, stop: _Stop | None = None) -> None:
        self.stop = stop
        self._budget = budget
        self._sleep: Callable[[float], object] = stop.sleep if stop else time.sleep
        self._lock = threading.Lock()
        self._made: OrderedDict[Choice, GraphClient] = OrderedDict()

    def of(self, choice: Choice) -> GraphClient:
        with self._lock:
            client = self._made.get(choice)
            if client is None:
                settings = choice if isinstance(choice, Settings) else _settings(choice)
                client = self._made[choice] = GraphClient(
                    settings=settings, budget=self._budget, sleep=self._sleep
                )
                if len(self._made) > CLIENTS_KEPT:
                    self._made.popitem(last=False)  # not closed: somebody may be in the middle of a request
            self._made.move_to_end(choice)
            return client

    def close(self) -> None:
        with self._lock:
            while self._made:
                self._made.popitem()[1].close()


def _settings(choice: object) -> Settings:
    if choice is None:
        return Settings()
    if isinstance(choice, str):
        return Settings.from_profile(choice)
    raise ConfigurationError(
        f"settings must be the name of a profile, Settings or None, not {type(choice).__name__}"
    )


_clients_lock = threading.Lock()
_clients_by_run: OrderedDict[bytes, _Clients] = OrderedDict()  # by run, in a worker's process


def _clients_of(job: _Job) -> _Clients:
    """Return the clients that this process has for a run; of several runs at once, the last four."""
    with _clients_lock:
        if job.run not in _clients_by_run:
            _clients_by_run[job.run] = _Clients(job.budget)
            if len(_clients_by_run) > 4:
                _clients_by_run.popitem(last=False)
        return _clients_by_run[job.run]


# -- handing out and taking back ------------------------------------------------------------------------------


@dataclass
class _Task:
    numbers: list[int]  # of its items
    items: list[Any]
    tries: int = 0  # executors that died with it

    @property
    def alone(self) -> bool:
        return self.tries >= TRIES_TOGETHER

    def part(self, start: int, stop: int | None = None, tries: int | None = None) -> _Task:
        tries = self.tries if tries is None else tries
        return _Task(self.numbers[start:stop], self.items[start:stop], tries)

    def apart(self, tries: int) -> list[_Task]:
        return [self.part(at, at + 1, tries) for at in range(len(self.items))]

    def fail(self, error: BaseException) -> Settled:
        return [(number, Result(item, error=error)) for number, item in zip(self.numbers, self.items, strict=True)]


class _FanOut:
    """What runs next, and what becomes of it: the ``Plan`` of a ``Flow``.

    Args:
        make: makes the executor; ``None`` for threads of the flight itself.
        owned: whether the executor is ours, to be made anew when it breaks and shut down in the end.
    """

    def __init__(
        self, job: _Job, make: Callable[[], Executor] | None, *, workers: int | None, owned: bool
    ) -> None:
        self._job = job
        self._make = make
        self._executor = None if make is None else make()
        self._slots = TASKS_PER_WORKER * (
            workers or getattr(self._executor, "_max_workers", None) or os.cpu_count() or 1
        )
        self._owned = owned
        self._broken: BaseException | None = None  # the executor, for good
        self._breaks = 0  # in a row
        self._size = 1 if job.home is not None else job.threads  # items of the next task
        self._fresh = _Task([], [])  # read and not begun
        self._again: deque[_Task] = deque()  # to be run before anything fresh
        self._alone = False  # whether a task that must be alone is in flight
        self._flying = 0
        self._death: BaseException | None = None  # of the executor: nothing begins before all has come back
        self._dead: list[_Task] = []  # tasks that were in flight then

    def wants(self, *, ahead: int, flying: int) -> bool:
        return (
            len(self._fresh.items) < self._size
            and flying + len(self._again) < self._slots
            and ahead < READ_AHEAD * self._slots * self._size
        )

    def take(self, number: int, item: Any) -> Settled:
        if self._job.home is None and (held := _secret(item)):
            return [(number, self.refuse(item, ConfigurationError(f"this item: {_REFUSED.format(held)}")))]
        self._fresh.numbers.append(number)
        self._fresh.items.append(item)
        return ()

    def refuse(self, item: Any, error: Exception) -> Result[Any, Any]:
        return Result(item, error=error)

    def next(self, *, exhausted: bool, flying: int) -> _Task | None:
        if flying >= self._slots or self._alone or self._death is not None:
            return None
        if self._again:
            return None if flying and self._again[0].alone else self._again.popleft()
        if self._fresh.items and (len(self._fresh.items) >= self._size or exhausted or not flying):
            task, self._fresh = self._fresh, _Task([], [])
            return task
        return None

    def begin(self, flight: Flight[_Task], task: _Task) -> Settled:
        if self._broken is not None:  # an executor that died may have had it before
            return task.fail(_died(self._broken) if task.tries else _unsent(self._broken))
        function, argument = (_elsewhere, _Items(task.items)) if self._job.home is None else (_here, task.items[0])
        if self._make is None:
            flight.begin(task, function, self._job, argument)
        else:
            try:
                if self._executor is None:
                    self._executor = self._make()
                flight.begin_in(self._executor, task, function, self._job, argument)
            except BrokenExecutor as error:
                self._again.appendleft(task)
                self._death = error
                return () if self._flying else self._bury()
        self._flying += 1
        self._alone = task.alone
        return ()

    def land(self, task: _Task, result: Any, error: Exception | None) -> Settled:
        self._flying -= 1
        self._alone = False
        settled: Settled = ()
        if isinstance(error, (BrokenExecutor, CancelledError)):
            self._death = error
            self._dead.append(task)
        elif self._job.home is None:
            settled = self._unpacked(task, result, error)
        else:
            settled = [(task.numbers[0], Result(task.items[0], *(result or (None, error))))]
        if self._death is not None and (not self._flying or isinstance(error, CancelledError)):
            return [*settled, *self._bury()]
        return settled

    def lose(self, task: _Task, error: BaseException) -> Settled:
        return task.fail(error)

    def waits(self) -> bool:
        return bool(self._again or self._fresh.items)

    def pause(self) -> float | None:
        return None  # nothing waits for a time

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def leave(self, flight: Flight[_Task], unread: list[Any], error: BaseException | None) -> None:
        """Begin nothing more, and wait for what has begun; where Ctrl-C is the reason, not for long."""
        home, hurried = self._job.home, isinstance(error, KeyboardInterrupt)
        if self._make is None or isinstance(self._executor, (ThreadPoolExecutor, ProcessPoolExecutor)):
            flight.cancel()  # Dask would say it is, and go on with it
        if home is not None and home.stop is not None and flight:
            home.stop.set()
        flight.dismiss(GRACE if hurried else None)
        if self._owned and self._executor is not None:
            self._executor.shutdown(wait=self._broken is None and not hurried, cancel_futures=True)
        if home is not None:
            home.close()

    def _unpacked(self, task: _Task, result: Any, error: Exception | None) -> Settled:
        """Return what a worker made of a task, and queue what it did not come to."""
        if error is None:
            try:
                took, done = pickle.loads(result)  # noqa: S301 - see above
            except Exception as failure:  # noqa: BLE001 - an executor's own
                error = failure
        if error is not None:  # or else the task could not travel
            if len(task.items) == 1:
                return task.fail(error)
            self._again.extendleft(reversed(task.apart(task.tries)))  # to find the item that is to blame
            return ()
        self._breaks = 0
        if len(done) < len(task.items):
            self._again.appendleft(task.part(len(done)))
        if not task.alone:
            wanted = TASK_SECONDS * len(done) / max(took, 1e-6)
            self._size = max(self._job.threads, min(int(wanted), 4 * self._size, MOST_ITEMS))
        return [
            (number, Result(item, *_loaded(outcome)))
            for number, item, outcome in zip(task.numbers, task.items, done, strict=False)
        ]

    def _bury(self) -> Settled:
        """Run again what was in flight in an executor that died; once it is given up, say what is known of each.

        An item that was handed to it may have been done, whenever its death was noticed.
        """
        death, dead = self._death or BrokenExecutor(), self._dead
        self._death, self._dead = None, []
        self._mend(death)
        settled: list[tuple[int, Result[Any, Any]]] = []
        for task in sorted(dead, key=lambda task: task.numbers, reverse=True):
            if self._broken is not None or (task.alone and len(task.items) == 1):
                settled += task.fail(_died(death))
            elif task.tries + 1 >= TRIES_TOGETHER:
                self._again.extendleft(reversed(task.apart(TRIES_TOGETHER)))
            else:
                self._again.appendleft(task.part(0, tries=task.tries + 1))
        return settled

    def _mend(self, death: BaseException) -> None:
        self._breaks += 1
        if not self._owned or self._breaks >= MOST_BREAKS:
            self._broken = death
        elif self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def _loaded(data: bytes) -> tuple[Any, BaseException | None]:
    try:
        return cast("tuple[Any, BaseException | None]", pickle.loads(data))  # noqa: S301 - see above
    except Exception as error:  # noqa: BLE001 - whatever a class of the caller's may raise
        return None, TransportError(f"what the worker returned cannot be made here ({error})", transient=False)


def _died(death: BaseException) -> TransportError:
    return TransportError(
        f"the process at work on this item died, and its pool with it ({death}): whether it was done is unknown. "
        "Give executor= a function that makes the pool: then such items are run again in a new one"
    )


def _unsent(death: BaseException) -> TransportError:
    return TransportError(f"this was not begun: the executor broke before ({death})", sent=False)
