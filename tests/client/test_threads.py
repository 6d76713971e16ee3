"""Work in flight: one outcome for each item, whatever is raised and wherever; and nobody is waited for in vain."""

from __future__ import annotations

import gc
import itertools
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import LIMIT, forks, in_fork

from leangraph.system import threads
from leangraph.system.threads import Flight, Flow, Forked, Outcomes

VALUE: ContextVar[str] = ContextVar("value", default="lost")


class Each:
    """The simplest plan: every item is a task, so many of them at once; what fails is the outcome."""

    def __init__(self, function: Callable[[Any], Any], most: int = 4) -> None:
        self.function = function
        self.most = most
        self.waiting: list[tuple[int, Any]] = []
        self.left: list[Any] = []

    def wants(self, *, ahead: int, flying: int) -> bool:
        return len(self.waiting) + flying < self.most and ahead < 4 * self.most

    def take(self, number: int, item: Any) -> Iterable[tuple[int, Any]]:
        if item == "unfit":
            raise ValueError("unfit")
        self.waiting.append((number, item))
        return ()

    def refuse(self, item: Any, error: Exception) -> Any:
        return repr(error)

    def next(self, *, exhausted: bool, flying: int) -> Any:
        return self.waiting.pop(0) if self.waiting and flying < self.most else None

    def begin(self, flight: Flight[Any], task: Any) -> Iterable[tuple[int, Any]]:
        flight.begin(task, self.function, task[1])
        return ()

    def land(self, task: Any, result: Any, error: Exception | None) -> Iterable[tuple[int, Any]]:
        if result == "unjudged":
            raise KeyError("unjudged")
        return [(task[0], repr(error) if error else result)]

    def lose(self, task: Any, error: BaseException) -> Iterable[tuple[int, Any]]:
        return [(task[0], f"lost: {error!r}")]

    def waits(self) -> bool:
        return bool(self.waiting)

    def pause(self) -> float | None:
        return None

    def sleep(self, seconds: float) -> None:
        pass

    def leave(self, flight: Flight[Any], unread: list[Any], error: BaseException | None) -> None:
        self.left.append((flight.tasks, unread, type(error)))
        flight.dismiss()


def do(item: Any) -> Any:
    if isinstance(item, type):
        raise item("raised")
    return item


def flow(plan: Each, *, ordered: bool = True) -> Flow[Any, Any, Any]:
    return Flow(plan, Flight("leangraph-test", plan.most), ordered=ordered)


ITEMS = st.lists(st.sampled_from([1, 2, 3, "unfit", "unjudged", ValueError, OSError, RecursionError]), max_size=30)


@given(items=ITEMS, ordered=st.booleans(), most=st.integers(1, 5), broken=st.booleans())
def test_every_item_has_one_outcome_whatever_is_raised(
    items: list[Any], ordered: bool, most: int, broken: bool
) -> None:
    def source() -> Iterator[Any]:
        yield from items
        if broken:
            raise LookupError("row 41")

    wanted = []
    for item in items:
        said: Any = f"{item('raised')!r}" if isinstance(item, type) else item
        wanted.append({"unfit": "ValueError('unfit')", "unjudged": "lost: KeyError('unjudged')"}.get(said, said))
    got: list[Any] = []
    try:
        got.extend(flow(Each(do, most), ordered=ordered).outcomes(source()))
    except LookupError:
        assert broken
    else:
        assert not broken

    assert (got if ordered else sorted(got, key=repr)) == (wanted if ordered else sorted(wanted, key=repr))


@pytest.mark.parametrize(
    "exit_", [SystemExit, GeneratorExit, KeyboardInterrupt, type("Stop", (BaseException,), {})]
)
def test_an_exit_out_of_a_task_is_raised_when_all_that_was_done_is_handed_out(exit_: type[BaseException]) -> None:
    gate = threading.Event()

    def late(item: Any) -> Any:
        if item == 3:
            gate.wait(LIMIT)
        return do(item)

    plan = Each(late)
    got: list[Any] = []
    with pytest.raises(exit_):  # noqa: PT012
        for outcome in flow(plan).outcomes([1, exit_, 2, 3, *range(4, 1000)]):
            got.append(outcome)
            gate.set()

    assert got[0] == 1
    assert got[1].startswith("lost: ")
    assert {2, 3} <= set(got[2:])
    assert len(got) < 30  # nothing more was begun


@pytest.mark.parametrize("method", ["wants", "next", "begin", "pause"])
def test_what_a_plan_gets_wrong_itself_is_raised_after_what_was_done(method: str) -> None:
    plan = Each(do)
    original, calls = getattr(plan, method), itertools.count()

    def breaks(*args: Any, **more: Any) -> Any:
        if next(calls) > 11:
            raise OSError("no space left")
        return original(*args, **more)

    setattr(plan, method, breaks)
    got: list[Any] = []
    with pytest.raises(OSError, match="no space"):
        got.extend(flow(plan).outcomes(range(1000)))

    assert got == [*range(len(got))]
    assert got


def test_an_input_that_cannot_be_iterated_says_so() -> None:
    with pytest.raises(TypeError):
        list(flow(Each(do)).outcomes(7))  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["close", "break", "raise"])
def test_a_plan_is_told_how_it_is_left(how: str) -> None:
    plan = Each(do)
    outcomes = flow(plan).outcomes(range(100))
    if how == "close":
        next(outcomes)
        outcomes.close()
    elif how == "break":
        for _ in outcomes:
            break
        del outcomes
    else:
        with pytest.raises(ZeroDivisionError):  # noqa: PT012
            for _ in outcomes:
                raise ZeroDivisionError
        del outcomes
    gc.collect()

    [(flying, unread, error)] = plan.left
    assert error is GeneratorExit
    known = sorted([number for number, _ in (*flying, *plan.waiting)] + unread)
    assert known == [*range(1, 1 + len(known))]  # all that was read, and no outcome twice
    assert flying or unread


# -- threads --------------------------------------------------------------------------------------------------


def land_all(flight: Flight[Any]) -> list[Any]:
    landed = []
    while flight:
        for call in flight.land():
            flight.settle(call)
            landed.append(call)
    return landed


@pytest.mark.parametrize("pool", [False, True])
def test_a_call_sees_the_context_of_whoever_began_it(pool: bool) -> None:
    flight: Flight[int] = Flight("leangraph-test", 2)
    with ThreadPoolExecutor(2) as executor:
        for number in range(10):
            token = VALUE.set(f"kept {number}")
            if pool:
                flight.begin_in(executor, number, VALUE.get)
            else:
                flight.begin(number, VALUE.get)
            VALUE.reset(token)
        landed = land_all(flight)
    flight.dismiss()

    assert sorted((call.task, call.result) for call in landed) == [(n, f"kept {n}") for n in range(10)]


def test_there_are_no_more_threads_than_allowed_and_they_end() -> None:
    flight: Flight[int] = Flight("leangraph-few", 3)
    for number in range(50):
        flight.begin(number, threading.get_ident)
    crew = [thread for thread in threading.enumerate() if thread.name == "leangraph-few"]
    used = {call.result for call in land_all(flight)}
    flight.dismiss()
    for thread in crew:
        thread.join(LIMIT)

    assert len(crew) == 3
    assert len(used) <= 3
    assert all(thread.daemon for thread in crew)
    assert not any(thread.is_alive() for thread in crew)


def test_a_thread_that_is_idle_keeps_nothing_alive() -> None:
    class Big:
        pass

    gone = threading.Event()
    import weakref

    flight: Flight[int] = Flight("leangraph-test", 1)
    big = Big()
    weakref.finalize(big, gone.set)
    flight.begin(1, lambda _: None, big)
    del big
    land_all(flight)
    for _ in range(1000):
        gc.collect()
        if gone.wait(0.01):
            break
    flight.dismiss()

    assert gone.is_set()


def test_without_another_thread_whoever_waits_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_more)

    assert list(flow(Each(do)).outcomes(range(30))) == [*range(30)]


def test_a_lost_signal_costs_a_moment_and_no_outcome() -> None:
    flight: Flight[int] = Flight("leangraph-test", 1)
    flight.begin(1, int, "7")
    while not flight._bell.acquire(timeout=0.01):  # what an interrupt in the wrong place does
        pass

    assert [call.result for call in flight.land()] == [7]
    flight.dismiss()


def test_what_has_not_begun_can_be_taken_back() -> None:
    flight: Flight[int] = Flight("leangraph-test", 1)
    begun, gate = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        gate.wait(LIMIT)

    flight.begin(0, hold)
    begun.wait(LIMIT)
    for number in range(1, 5):
        flight.begin(number, int)
    flight.cancel()
    gate.set()

    assert flight.tasks == [0]
    assert [call.task for call in land_all(flight)] == [0]
    flight.dismiss()


def test_dismissing_waits_as_long_as_it_is_told() -> None:
    flight: Flight[int] = Flight("leangraph-test", 1)
    gate = threading.Event()
    flight.begin(0, gate.wait, LIMIT)  # False, if it is waited for
    flight.dismiss(0.01)
    flight.dismiss()

    gate.set()
    flight.dismiss(None)
    assert [call.result for call in flight.land()] == [True]


@forks
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_knows_that_what_flew_stayed_behind_and_can_begin_anew() -> None:
    flight: Flight[int] = Flight("leangraph-test", 1)
    gate = threading.Event()
    flight.begin(0, gate.wait, LIMIT)

    def child() -> bool:
        [lost] = land_all(flight)
        flight.begin(1, int, "7")
        [new] = land_all(flight)
        return isinstance(lost.error, Forked) and new.result == 7

    assert in_fork(child) == 0
    gate.set()
    assert [call.result for call in land_all(flight)] == [True]
    flight.dismiss()


# -- unread ---------------------------------------------------------------------------------------------------


def test_outcomes_that_nobody_reads_say_so() -> None:
    with pytest.warns(RuntimeWarning, match="nobody read this") as caught:
        Outcomes((n for n in range(3)), "nobody read this")

    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "use",
    [
        list,
        lambda outcomes: outcomes.all(),
        next,
        lambda outcomes: outcomes.close(),
        lambda o: [*zip(o, o, strict=False)],
    ],
)
def test_outcomes_that_somebody_reads_or_closes_say_nothing(use: Callable[[Any], Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use(Outcomes((n for n in range(4)), "nobody read this"))
        Outcomes((n for n in range(4)), "")
        gc.collect()


def test_all_is_a_list_of_what_is_left() -> None:
    outcomes = Outcomes((n for n in range(4)), "")

    assert iter(outcomes) is outcomes
    assert next(outcomes) == 0
    assert outcomes.all() == [1, 2, 3]
    assert outcomes.all() == []


def test_no_wait_is_longer_than_ctrl_c_may_take_on_windows() -> None:
    assert threads.PIECE + threads.GRACE < 1
