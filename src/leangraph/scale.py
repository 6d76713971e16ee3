"""``fan_out``: one function over many items or tenants, on threads or on any executor.

The generator that the caller iterates reads the input, hands it out and gives back the results; workers only
work. What travels to a worker is the function, some items, and the *name* of a configuration: a client is made
where it is used, and no secret leaves the process that has it.
"""

from __future__ import annotations

import functools
import os
import pickle  # what comes out of it went into it in a worker of the caller's own executor
import queue
import threading
import time
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sized
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from dataclasses import dataclass
from itertools import islice
from types import CellType, FunctionType, MethodType
from typing import Any, Final, Generic, TypeVar, cast

from leangraph.auth.holder import TokenHolder
from leangraph.client import GraphClient
from leangraph.errors import ConfigurationError, Error, TransportError
from leangraph.http.pace import CallBudget
from leangraph.settings import Settings

T = TypeVar("T")
R = TypeVar("R")

THREADS: Final = 16  # at work where nobody says otherwise
SLOTS: Final = 2  # times the workers: tasks handed out, so that nobody waits for the next one
AHEAD: Final = 4  # times what is handed out: how far reading runs ahead of what the caller has taken
GOAL: Final = 0.25  # seconds that a task for another process should take; a task has as many items as that needs
SLICE: Final = 2.0  # seconds after which such a task begins no item more: a stop has to wait no longer
MOST: Final = 1000  # items of a task
TRIES: Final = 2  # tasks that died so often are taken apart, and their items run alone
GIVE_UP: Final = 5  # pools in a row that broke before anything was done
KEPT: Final = 64  # clients of one process; the longest unused go first

Choice = str | Settings | None  # a profile's name, settings, or the environment
Configure = Choice | Callable[[Any], Choice]


class Result(Generic[T, R]):
    """What became of one item.

    Attributes:
        item: as it was given.
        value: what the function returned; ``None`` if it failed.
        error: what it raised; ``None`` if it did not.
    """

    __slots__ = ("error", "item", "value")

    def __init__(self, item: T, value: R | None = None, error: Exception | None = None) -> None:
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
) -> Generator[Result[T, R], None, None]:
    """Call ``function(client, item)`` for every item, many at a time; yield a ``Result`` for each.

        for result in fan_out(last_sign_in, upns):
            print(result.item, result.value if result.ok else result.error)

    The input is read as it is needed, and may be endless. What the function raises is the result's ``error``.
    Ending the iteration, also by Ctrl-C, begins nothing more and waits for what has begun.

    Where a process dies (its memory, an administrator), its items are run again: the function should bear being
    called twice. That needs an executor that survives it, as Dask's does, or a function that makes a new one,
    such as ``functools.partial(ProcessPoolExecutor, 4)``. Of a broken ``ProcessPoolExecutor`` that was handed in
    every item left has an error. An item that kills one process after the other has an error too.

    Args:
        settings: the name of a profile; ``None`` for the worker's own environment; or a function of an item that
            returns either, or ``Settings`` made on the spot, and is called in the worker: one client per tenant.
            ``Settings`` themselves may hold a secret, and serve only threads of this process.
        executor: where to run: any ``concurrent.futures.Executor``, a function that makes one, or nothing for
            threads of this process. Threads share one client for each configuration.
        ordered: results in the order of the items; else as they come.
        workers: how many threads (16), or how many workers an executor has, if it does not say so itself.
        threads: how many threads in each worker of an executor.
        budget: of all clients; where there are several processes, a ``FileBudget``, or a ``Budget`` that was
            ``split``.
        progress: called with how many results there are, and how many there will be if the input says that.

    Raises:
        ConfigurationError: before anything runs: a secret would have to travel, or arguments do not add up.
    """
    for name, number in (("workers", workers), ("threads", threads)):
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise ConfigurationError(f"{name}={number!r} must be a whole number, 1 or more")
    if not callable(function):
        raise ConfigurationError(f"fan_out calls function(client, item), and {function!r} cannot be called")
    local = executor is None or type(executor) is ThreadPoolExecutor  # its subclass is of other interpreters
    if not local:
        for what, value in (("settings", settings), ("function", function)):
            if held := _secret(value):
                raise ConfigurationError(f"{what}: {_REFUSED.format(held)}")
    make = _maker(executor, workers or THREADS)
    home = _Clients(budget, _Stop()) if local else None
    if home is not None and not callable(settings):
        home.of(settings)  # what is wrong with it is said now, and not once for every item
    job = _Job(os.urandom(16), function, settings, budget, threads, home)
    run = _Run(job, make, workers=workers, owned=not isinstance(executor, Executor), ordered=ordered)
    total = len(items) if isinstance(items, Sized) else None
    return _counted(run.results(iter(items)), total, progress)


def _maker(executor: Executor | Callable[[], Executor] | None, threads: int) -> Callable[[], Executor]:
    if executor is None:
        return lambda: ThreadPoolExecutor(threads, thread_name_prefix="leangraph-fan-out")
    if isinstance(executor, Executor):
        return lambda: executor
    if callable(executor):
        return executor
    raise ConfigurationError(
        f"executor must be a concurrent.futures.Executor or make one, not {type(executor).__name__}; "
        "Dask's is Client(...).get_executor()"
    )


def _counted(
    results: Generator[Result[T, R], None, None],
    total: int | None,
    progress: Callable[[int, int | None], object] | None,
) -> Generator[Result[T, R], None, None]:
    try:
        for number, result in enumerate(results, start=1):
            if progress is not None:
                progress(number, total)
            yield result
    finally:
        results.close()


# -- what travels ---------------------------------------------------------------------------------------------

_REFUSED: Final = (
    "{} does not travel to another process, since it may hold a secret. Give the name of a profile, or nothing "
    "for the environment that the worker has itself, or a function of the item that makes Settings there"
)


def _secret(value: Any, depth: int = 2) -> str:
    """Name what must not travel, be it the value itself or something in it; "" if nothing is found."""
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


def _work(job: _Job, given: _Items) -> Any:
    """Run a task: return the seconds it took and, for each item begun, what became of it.

    From another process, that is a pickle for each: one that cannot travel must not take the others along.
    """
    begun, items = time.perf_counter(), given.all
    waiting = deque(enumerate(items))
    done: dict[int, Any] = {}
    finish = _plain if job.home is not None else _pickled

    def pull() -> None:
        while not done or time.perf_counter() < begun + SLICE:
            try:
                number, item = waiting.popleft()
            except IndexError:
                return
            done[number] = finish(job, item)

    if job.threads == 1 or len(items) == 1:
        pull()
    else:
        with ThreadPoolExecutor(min(job.threads, len(items))) as pool:
            for future in [pool.submit(pull) for _ in range(min(job.threads, len(items)))]:
                future.result()
    result = time.perf_counter() - begun, [done[number] for number in range(len(done))]
    return result if job.home is not None else pickle.dumps(result)  # one lump: Dask sends each part by itself


def _plain(job: _Job, item: Any) -> tuple[Any, Exception | None]:
    try:
        return job.function(job.client(item), item), None
    except Exception as error:  # noqa: BLE001 - it is the result
        return None, error


def _pickled(job: _Job, item: Any) -> bytes:
    value, error = _plain(job, item)
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
    """Thrown where a function waits for Graph when nobody waits for the function any more."""


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
                if len(self._made) > KEPT:
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


_elsewhere_lock = threading.Lock()
_elsewhere: OrderedDict[bytes, _Clients] = OrderedDict()  # by run, in a worker's process


def _clients_of(job: _Job) -> _Clients:
    """Return the clients that this process has for a run; of several runs at once, the last four."""
    with _elsewhere_lock:
        if job.run not in _elsewhere:
            _elsewhere[job.run] = _Clients(job.budget)
            if len(_elsewhere) > 4:
                _elsewhere.popitem(last=False)
        return _elsewhere[job.run]


# -- handing out and taking back ------------------------------------------------------------------------------


@dataclass
class _Task:
    first: int  # number of its first item
    items: list[Any]
    tries: int = 0

    @property
    def alone(self) -> bool:
        return self.tries >= TRIES


class _Run:
    def __init__(
        self, job: _Job, make: Callable[[], Executor], *, workers: int | None, owned: bool, ordered: bool
    ) -> None:
        self._job = job
        self._make = make
        self._workers = workers
        self._slots = 0  # known when there is an executor
        self._owned = owned
        self._ordered = ordered
        self._executor: Executor | None = None
        self._broken: BaseException | None = None  # it, for good
        self._breaks = 0  # in a row
        self._size = 1 if job.home is not None else job.threads  # items of the next task
        self._read = self._given = 0
        self._waiting: deque[_Task] = deque()  # to be run (again), before any new one
        self._flying: dict[Future[Any], _Task] = {}
        self._landed: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._finished: dict[int, Result[Any, Any]] = {}

    def results(self, items: Iterator[Any]) -> Generator[Result[Any, Any], None, None]:
        failure: Exception | None = None
        exhausted = False
        self._executor = self._make()
        workers = self._workers or getattr(self._executor, "_max_workers", None) or os.cpu_count() or 1
        self._slots = SLOTS * workers
        try:
            while True:
                while not exhausted and self._room():
                    task = _Task(self._read, [])
                    try:
                        task.items.extend(islice(items, self._size))
                    except Exception as error:  # noqa: BLE001 - of the input: raised when all before it is done
                        failure = error
                    exhausted = failure is not None or len(task.items) < self._size
                    self._read += len(task.items)
                    self._admit(task)
                self._submit()
                while (number := self._next()) is not None:
                    self._given += 1
                    yield self._finished.pop(number)
                if self._flying:
                    self._land()
                elif exhausted and not self._waiting and not self._finished:
                    break
        finally:
            self._end()
        if failure is not None:
            raise failure

    def _room(self) -> bool:
        ahead = self._read - self._given
        return len(self._flying) + len(self._waiting) < self._slots and ahead < AHEAD * self._slots * self._size

    def _next(self) -> int | None:
        number = self._given if self._ordered else next(iter(self._finished), None)
        return number if number in self._finished else None

    def _admit(self, task: _Task) -> None:
        """Queue a task, without the items that must not travel."""
        if self._job.home is None:
            for number, item in enumerate(task.items):
                if held := _secret(item):
                    refusal = ConfigurationError(f"this item: {_REFUSED.format(held)}")
                    self._finished[task.first + number] = Result(item, error=refusal)
                    self._admit_part(task, 0, number)
                    self._admit(_Task(task.first + number + 1, task.items[number + 1 :]))
                    return
        self._admit_part(task, 0, len(task.items))

    def _admit_part(self, task: _Task, start: int, stop: int) -> None:
        if start < stop:
            self._waiting.append(_Task(task.first + start, task.items[start:stop], task.tries))

    def _submit(self) -> None:
        while self._waiting and len(self._flying) < self._slots:
            if self._flying and (self._waiting[0].alone or any(task.alone for task in self._flying.values())):
                return
            task = self._waiting.popleft()
            if self._broken is not None:
                self._fail(task, _unsent(self._broken))
                continue
            try:
                if self._executor is None:
                    self._executor = self._make()
                future = self._executor.submit(_work, self._job, _Items(task.items))
            except BrokenExecutor as error:
                self._waiting.appendleft(task)
                self._mend(error)
                continue
            self._flying[future] = task
            future.add_done_callback(self._landed.put)

    def _land(self) -> None:
        """Take in what has come back, one at least; waits in pieces, or Windows has no Ctrl-C."""
        while True:
            try:
                future = self._landed.get(timeout=1.0)
                break
            except queue.Empty:
                continue
        lost: list[_Task] = []
        death: BaseException | None = None
        while True:
            task = self._flying.pop(future)
            try:
                result = future.result()
                took, done = result if self._job.home is not None else pickle.loads(result)  # noqa: S301
            except (BrokenExecutor, CancelledError) as error:
                lost.append(task)
                death = error
            except Exception as error:  # noqa: BLE001 - the task could not travel, or an executor's own
                self._untravelled(task, error)
            else:
                self._breaks = 0
                self._judge(task, took, done)
            if death is not None and self._flying and not isinstance(death, CancelledError):
                future = self._landed.get()  # all that were handed out fail together
                continue
            try:
                future = self._landed.get_nowait()
            except queue.Empty:
                break
        if death is not None:
            self._lost(lost, death)

    def _judge(self, task: _Task, took: float, done: list[Any]) -> None:
        for number, (item, outcome) in enumerate(zip(task.items, done, strict=False)):
            value, error = _loaded(outcome) if self._job.home is None else outcome
            self._finished[task.first + number] = Result(item, value, error)
        if len(done) < len(task.items):
            self._waiting.appendleft(_Task(task.first + len(done), task.items[len(done) :], task.tries))
        if self._job.home is None and not task.alone:
            wanted = GOAL * len(done) / max(took, 1e-6)
            self._size = max(self._job.threads, min(int(wanted), 4 * self._size, MOST))

    def _untravelled(self, task: _Task, error: Exception) -> None:
        """Find the item to blame for a task that failed as a whole; if there is but one, it is that."""
        if len(task.items) == 1:
            self._fail(task, error)
        else:
            self._waiting.extendleft(reversed(_apart(task, task.tries)))

    def _lost(self, tasks: list[_Task], death: BaseException) -> None:
        """Run again what was at work in an executor that died."""
        self._mend(death)
        for task in sorted(tasks, key=lambda task: task.first, reverse=True):
            if self._broken is not None or (task.alone and len(task.items) == 1):
                self._fail(task, _died(death))
            elif task.tries + 1 >= TRIES:
                self._waiting.extendleft(reversed(_apart(task, TRIES)))
            else:
                self._waiting.appendleft(_Task(task.first, task.items, task.tries + 1))

    def _mend(self, death: BaseException) -> None:
        self._breaks += 1
        if not self._owned or self._breaks >= GIVE_UP:
            self._broken = death
        elif self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _fail(self, task: _Task, error: Exception) -> None:
        for number, item in enumerate(task.items, start=task.first):
            self._finished[number] = Result(item, error=error)

    def _end(self) -> None:
        """Begin nothing more, and wait for what has begun."""
        home = self._job.home
        if isinstance(self._executor, (ThreadPoolExecutor, ProcessPoolExecutor)):
            for future in [*self._flying]:
                future.cancel()  # Dask would say it is, and go on with it
        if home is not None and home.stop is not None and self._flying:
            home.stop.set()
        while self._flying:
            try:
                self._flying.pop(self._landed.get(timeout=1.0), None)
            except queue.Empty:
                continue
        if self._owned and self._executor is not None:
            self._executor.shutdown(wait=self._broken is None, cancel_futures=True)
        if home is not None:
            home.close()


def _apart(task: _Task, tries: int) -> list[_Task]:
    return [_Task(task.first + number, [item], tries) for number, item in enumerate(task.items)]


def _loaded(data: bytes) -> tuple[Any, Exception | None]:
    try:
        return cast("tuple[Any, Exception | None]", pickle.loads(data))  # noqa: S301 - see above
    except Exception as error:  # noqa: BLE001 - whatever a class of the caller's may raise
        return None, TransportError(f"what the worker returned cannot be made here ({error})", transient=False)


def _died(death: BaseException) -> TransportError:
    return TransportError(
        f"the process at work on this item died, and its pool with it ({death}): whether it was done is unknown. "
        "Give executor= a function that makes the pool: then such items are run again in a new one"
    )


def _unsent(death: BaseException) -> TransportError:
    return TransportError(f"this was not begun: the executor broke before ({death})", sent=False)
