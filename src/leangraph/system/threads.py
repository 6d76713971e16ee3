"""Work in flight: bounded, and no outcome of it is lost. Under batches, ``fan_out`` and pages fetched ahead.

The thread that iterates decides everything, and it alone can be interrupted. The others only work. Whether a call
is done is read from the call itself: a signal that an interrupt swallowed costs a moment, and never the outcome.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, Protocol, TypeVar

from leangraph.system.warn import warn

PIECE: Final = 0.2  # seconds of one wait: on Windows, Ctrl-C gets through only between two waits
GRACE: Final = 0.5  # seconds that Ctrl-C leaves to the calls that have begun

Item = TypeVar("Item")
Task = TypeVar("Task")
Outcome = TypeVar("Outcome")
Item_contra = TypeVar("Item_contra", contravariant=True)


_Order = tuple[Context, "Call[Any]", Callable[..., Any], tuple[Any, ...], threading.Lock]


class Forked(Exception):
    """A call was in flight when this process was forked off; its thread stayed in the parent."""


class Call(Generic[Task]):
    """A task that was begun. ``result`` or ``error`` is there once ``done`` is true."""

    __slots__ = ("cancel", "done", "error", "result", "task")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None
        self.cancel: Callable[[], object] | None = None  # of an executor that can

    def run(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        try:
            self.result = function(*arguments)
        except BaseException as error:  # noqa: BLE001 - an outcome like any other
            self.error = error
        self.done = True


class Flight(Generic[Task]):
    """The calls that have begun and are not settled, and the threads that run them.

    The threads are daemons, so that no exit waits for them; each call runs in a copy of the ``contextvars`` of
    the caller of ``begin``. Only one thread uses a flight.

    Args:
        name: of the threads.
        threads: how many of them at most; what has no thread waits for one.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._name = name
        self._most = threads
        self._calls: dict[Call[Task], None] = {}  # in the order in which they were begun
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._threads = 0
        self._dismissed = False
        self._orders: SimpleQueue[_Order | None] = SimpleQueue()
        # Released by whoever has finished a call. A plain lock, since an interrupt cannot leave it half acquired.
        self._bell = threading.Lock()
        self._bell.acquire()

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def tasks(self) -> list[Task]:
        """The tasks that have begun and are not settled."""
        return [call.task for call in self._calls]

    def begin(self, task: Task, function: Callable[..., Any], *arguments: Any) -> None:
        """Call a function in one of our threads; if there can be no thread at all, ``land`` calls it."""
        self._notice_fork()
        if self._dismissed:
            self._start()
        call = Call(task)
        self._calls[call] = None
        busy = sum(not other.done for other in self._calls)
        if self._threads < min(busy, self._most):
            with suppress(RuntimeError):  # no more threads
                threading.Thread(target=_work, args=(self._orders,), name=self._name, daemon=True).start()
                self._threads += 1
        self._orders.put((copy_context(), call, function, arguments, self._bell))

    def begin_in(self, executor: Executor, task: Task, function: Callable[..., Any], *arguments: Any) -> None:
        """Call a function in an executor. The context travels to threads only: it cannot be pickled.

        Raises:
            BrokenExecutor, RuntimeError: it takes no more; nothing has begun.
        """
        call = Call(task)
        self._calls[call] = None
        try:
            if type(executor) is ThreadPoolExecutor:
                future = executor.submit(copy_context().run, function, *arguments)
            else:
                future = executor.submit(function, *arguments)
        except Exception:
            del self._calls[call]
            raise
        call.cancel = future.cancel

        bell = self._bell

        def finished(future: Future[Any]) -> None:
            call.run(future.result, ())
            _ring(bell)

        future.add_done_callback(finished)

    def land(self, timeout: float | None = None) -> list[Call[Task]]:
        """Wait until a call is done, or for so many seconds; return those that are. ``settle`` each of them."""
        self._notice_fork()
        if not self._threads:
            self._orders.put(None)
            _work(self._orders)
        end = None if timeout is None else time.monotonic() + timeout
        while not (done := [call for call in self._calls if call.done]) and self._calls:
            left = PIECE if end is None else min(end - time.monotonic(), PIECE)
            if left <= 0:
                break
            self._bell.acquire(timeout=left)
        return done

    def settle(self, call: Call[Task]) -> None:
        """Forget a call: its outcome is known."""
        self._calls.pop(call, None)

    def cancel(self) -> None:
        """Take back what no thread has begun; let an executor cancel what it has not begun, if it can do that."""
        with suppress(Empty):
            while order := self._orders.get_nowait():
                self.settle(order[1])
        for call in list(self._calls):
            if call.cancel is not None:
                call.cancel()

    def dismiss(self, patience: float | None = 0.0) -> None:
        """Let the threads go, once they have done what has begun; wait for it, ``None`` as long as it takes."""
        for _ in range(self._threads):
            self._orders.put(None)
        self._dismissed = True
        end = None if patience is None else time.monotonic() + patience
        while patience != 0 and any(not call.done for call in self._calls):
            self._notice_fork()
            left = PIECE if end is None else min(end - time.monotonic(), PIECE)
            if left <= 0:
                break
            self._bell.acquire(timeout=left)

    def _notice_fork(self) -> None:
        """In a child process, begin anew: the threads stayed in the parent, with all that was in flight."""
        if os.getpid() != self._process:
            self._start()
            for call in self._calls:
                if not call.done:
                    call.run(_forked, ())


def _work(orders: SimpleQueue[_Order | None]) -> None:
    """Follow orders until there is none."""
    while (order := orders.get()) is not None:
        context, call, function, arguments, bell = order
        context.run(call.run, function, arguments)
        _ring(bell)
        del order, context, call, function, arguments  # else an idle thread keeps what it did last


def _ring(bell: threading.Lock) -> None:
    with suppress(RuntimeError):  # it rings already
        bell.release()


def _forked() -> None:
    raise Forked("this was in flight when the process was forked: the parent knows what became of it")


class Plan(Protocol[Item_contra, Task, Outcome]):
    """What a ``Flow`` asks, always in the thread that iterates. Outcomes go by the number of their item."""

    def wants(self, *, ahead: int, flying: int) -> bool:
        """Tell whether to read another item; ``ahead`` counts those read and not handed out."""

    def take(self, number: int, item: Item_contra) -> Iterable[tuple[int, Outcome]]:
        """Take an item in; return what is settled by that already."""

    def refuse(self, item: Item_contra, error: Exception) -> Outcome:
        """Return the outcome of an item that ``take`` failed at."""

    def next(self, *, exhausted: bool, flying: int) -> Task | None:
        """Return the next task that is to begin now."""

    def begin(self, flight: Flight[Task], task: Task) -> Iterable[tuple[int, Outcome]]:
        """Begin a task by ``flight.begin`` or ``flight.begin_in``; return what is settled if it cannot begin."""

    def land(self, task: Task, result: Any, error: Exception | None) -> Iterable[tuple[int, Outcome]]:
        """Judge what became of a task; return the outcomes that are settled by that."""

    def lose(self, task: Task, error: BaseException) -> Iterable[tuple[int, Outcome]]:
        """Return an outcome for each item of a task that could not be judged."""

    def waits(self) -> bool:
        """Tell whether anything that was taken in has not begun."""

    def pause(self) -> float | None:
        """Return the seconds until something that waits may begin; ``None`` if nothing waits for a time."""

    def sleep(self, seconds: float) -> None:
        """Wait, while nothing is in flight."""

    def leave(self, flight: Flight[Task], unread: list[Outcome], error: BaseException | None) -> None:
        """End: begin nothing more. ``error`` is what the iteration is left by, ``None`` at its own end."""


class Flow(Generic[Item, Task, Outcome]):
    """Reads items as they are needed, keeps tasks in flight and hands out one outcome for each item.

    - What taking in or running an item raises is the outcome of that item, and ends nothing.
    - What the input raises is raised when all items before it have been handed out.
    - Whatever else is raised (an exit out of a task, a sleep that is cut short) begins nothing more, and is raised
      when all that was done has been handed out.
    - Only Ctrl-C in the thread that iterates is raised at once.
    """

    def __init__(self, plan: Plan[Item, Task, Outcome], flight: Flight[Task], *, ordered: bool) -> None:
        self._plan = plan
        self._ordered = ordered
        self._flight = flight
        self._finished: dict[int, Outcome] = {}
        self._read = self._handed_out = 0
        self._exhausted = False
        self._may_begin_more = True
        self._failure: BaseException | None = None  # of the input
        self._end: BaseException | None = None  # what ends the flow: nothing begins any more

    def outcomes(self, items: Iterable[Item]) -> Generator[Outcome, None, None]:
        """Yield the outcomes. See ``Flow``."""
        left_by: BaseException | None = None
        try:
            yield from self._outcomes(items)
        except BaseException as error:
            left_by = error
            raise
        finally:
            self._plan.leave(self._flight, list(self._finished.values()), left_by)
            del left_by

    def _outcomes(self, items: Iterable[Item]) -> Generator[Outcome, None, None]:
        source = iter(items)
        while not self._is_over():
            try:
                self._step(source)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - raised below
                self._end = self._end or error
            yield from self._ready()
        for number in sorted(self._finished):  # what waits for one before it that will never come
            yield self._finished.pop(number)
        for failure in (self._end, self._failure):
            if failure is not None:
                raise failure

    def _is_over(self) -> bool:
        if self._flight or self._may_begin_more:
            return False
        return self._end is not None or (self._exhausted and not self._plan.waits())

    def _step(self, source: Iterator[Item]) -> None:
        """Take in what has come back, unless there was room for more; then read on and begin what may begin."""
        if not self._may_begin_more:
            self._wait()
        self._may_begin_more = False
        if self._end is not None:
            return
        while not self._exhausted and self._plan.wants(
            ahead=self._read - self._handed_out, flying=len(self._flight)
        ):
            self._take(source)
        begun = False
        while (task := self._plan.next(exhausted=self._exhausted, flying=len(self._flight))) is not None:
            self._finished.update(self._plan.begin(self._flight, task))
            begun = True
        self._may_begin_more = begun and not self._exhausted

    def _wait(self) -> None:
        if not self._flight:
            self._plan.sleep(self._plan.pause() or 0.0)
            return
        for call in self._flight.land(self._plan.pause() if self._end is None else None):
            self._flight.settle(call)
            error = call.error
            try:
                if error is None or isinstance(error, Exception):
                    self._finished.update(self._plan.land(call.task, call.result, error))
                    continue
                self._end = self._end or error
            except Exception as failure:  # noqa: BLE001 - an outcome of these items
                error = failure
            self._finished.update(self._plan.lose(call.task, error))

    def _take(self, source: Iterator[Item]) -> None:
        try:
            item = next(source)
        except StopIteration:
            self._exhausted = True
            return
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - raised when all before it is handed out
            self._exhausted, self._failure = True, error
            return
        number = self._read
        self._read += 1
        try:
            self._finished.update(self._plan.take(number, item))
        except Exception as error:  # noqa: BLE001 - an outcome of this item
            self._finished[number] = self._plan.refuse(item, error.with_traceback(None))

    def _ready(self) -> Iterator[Outcome]:
        """Hand out what may be: in the order of the input, or all that is there."""
        while self._finished:
            number = self._handed_out if self._ordered else next(iter(self._finished))
            if number not in self._finished:
                return
            self._handed_out += 1
            yield self._finished.pop(number)


class Outcomes(Iterator[Outcome]):
    """The outcomes of many items, made as they are asked for. Nothing begins before the first one is.

    Iterate it once, or take ``all()``. ``close()`` ends it early.

    Args:
        unread: what to warn of if nobody has asked for anything; "" if nothing is lost by that.
    """

    def __init__(self, outcomes: Generator[Outcome, None, None], unread: str) -> None:
        self._outcomes = outcomes
        self._unread = unread

    def __iter__(self) -> Outcomes[Outcome]:
        return self

    def __next__(self) -> Outcome:
        self._unread = ""
        return next(self._outcomes)

    def all(self) -> list[Outcome]:
        """Do everything, and return what became of each item."""
        return list(self)

    def close(self) -> None:
        """Begin nothing more. What has begun cannot be called back."""
        self._unread = ""
        self._outcomes.close()

    def __del__(self) -> None:
        if self._unread and not sys.is_finalizing():
            warn(self._unread, RuntimeWarning)
