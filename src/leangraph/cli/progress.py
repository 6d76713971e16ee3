"""What goes on, on stderr: a line that rewrites itself, but never while rows are printed on the same screen."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

from leangraph.cli import output
from leangraph.system.text import counted

T = TypeVar("T")
EVERY: Final = 0.2  # seconds between two looks
BAR: Final = 24  # characters
WORTH_TELLING: Final = 2.0  # seconds: what was over sooner needs no closing line


class Progress:
    """Counts rows and pages and tells of waits.

    Args:
        quiet: say nothing but what was lost.
        live: show the line that rewrites itself, if standard error is a terminal.
    """

    def __init__(
        self, *, quiet: bool = False, total: int | None = None, what: str = "row", live: bool = True
    ) -> None:
        self.quiet = quiet
        self._live = live and not quiet and sys.stderr.isatty()
        self.total = total
        self._what = what
        self._begun = self._shown = time.monotonic()
        self._counts = False
        self.rows = self.pages = 0
        self.waited = 0.0

    def counted(self, rows: Iterable[T]) -> Iterator[T]:
        """Pass rows on and count them."""
        self._begun = self._shown = time.monotonic()  # time at a prompt does not count
        self._counts = True
        for row in rows:
            self.rows += 1
            if self._live and self.rows % 16 == 0:
                self._look()
            yield row

    def paged(self, pages: Iterable[dict[str, Any]]) -> Iterator[Any]:
        """Pass the rows of pages on, and count both."""
        for page in pages:
            self.pages += 1
            if self.total is None and isinstance(page.get("@odata.count"), int):
                self.total = page["@odata.count"]
            yield from self.counted(page["value"])

    def moved(self, done: int, total: int | None) -> None:
        """Show how many bytes of a file have gone: a client's ``progress``."""
        if self._live and time.monotonic() - self._shown >= EVERY:
            self._shown = time.monotonic()
            of = f" of {output.size(total)}" if total else ""
            output.rewrite(f"{output.size(done)}{of}")

    def say_written(self, number: int, to: object) -> None:
        """Say how many rows a file has got, if there is one."""
        if to:
            self.say(f"{counted(number, 'row')} in {to}")

    def nap(self, seconds: float) -> None:
        """Wait, and say so: a client's ``sleep``."""
        self.waited += seconds
        if seconds >= 1:
            self.say(
                f"waiting {seconds:.0f} s before the next attempt (throttled, or the service is not available)"
            )
        time.sleep(seconds)

    def say(self, text: str) -> None:
        """Print a line of its own, unless quiet."""
        if not self.quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """Print a line of its own, quiet or not: something was lost or changed."""
        output.tell(text)

    def close(self, *, finished: bool = True) -> None:
        """Say how many rows came, if that took a while."""
        output.wipe()
        if finished and self._counts and not self.quiet and time.monotonic() - self._begun >= WORTH_TELLING:
            self.warn(self._line())

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._shown >= EVERY:
            self._shown = now
            output.rewrite(self._line())

    def _line(self) -> str:
        took = max(time.monotonic() - self._begun, 0.001)
        parts = [counted(self.rows, self._what)]
        if self.total:
            done = min(self.rows / self.total, 1.0)
            full = round(BAR * done)
            parts = [f"[{'#' * full}{'.' * (BAR - full)}] {self.rows:,} of {counted(self.total, self._what)}"]
        parts += [counted(self.pages, "page")] if self.pages else []
        parts.append(f"{self.rows / took:,.0f}/s")
        parts += [f"{self.waited:.0f} s throttled"] if self.waited >= 1 else []
        return ", ".join(parts)
