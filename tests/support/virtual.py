"""Time for threads that only passes while all of them wait: the same every time, and at once."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from typing import Any

from processes import LIMIT


class VirtualTime:
    """Runs threads one at a time, and the clock on to whoever waits for the shortest."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._over = threading.Event()
        self._failure: list[BaseException] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        mine = self._enter(seconds)
        self._pass_on()
        assert mine.wait(LIMIT)

    def run(self, *functions: Callable[[], Any]) -> float:
        """Run functions at the same time, in a thread each; return the seconds until all were done."""
        begun, threads = self._now, []
        for function in functions:
            mine = self._enter(0.0)
            threads.append(threading.Thread(target=self._live, args=(mine, function), daemon=True))
            threads[-1].start()
        self._over.clear()
        self._pass_on()
        assert self._over.wait(LIMIT)
        for thread in threads:
            thread.join(LIMIT)
        if self._failure:
            raise self._failure[0]
        return self._now - begun

    def _live(self, mine: threading.Event, function: Callable[[], Any]) -> None:
        assert mine.wait(LIMIT)
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - raised by ``run``
            self._failure.append(error)
        self._pass_on()

    def _enter(self, seconds: float) -> threading.Event:
        event = threading.Event()
        heapq.heappush(self._waiting, (self._now + seconds, next(self._order), event))
        return event

    def _pass_on(self) -> None:
        if not self._waiting:
            self._over.set()
            return
        then, _, event = heapq.heappop(self._waiting)
        self._now = max(self._now, then)
        event.set()
