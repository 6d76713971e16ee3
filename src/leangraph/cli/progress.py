"""What goes on, on stderr: a line that rewrites itself on a terminal, and a closing line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

T = TypeVar("T")
EVERY: Final = 0.2  # seconds between two looks
BAR: Final = 24  # characters
WORTH_TELLING: Final = 2.0  # seconds: what was over sooner needs no closing line


class Progress:
    """Counts rows and pages and tells of waits. ``quiet`` says nothing at all, not even warnings."""

    def __init__(self, *, quiet: bool = False, total: int | None = None, what: str = "rows") -> None:
        self._quiet = quiet
        self._live = not quiet and sys.stderr.isatty()
        self.total = total
        self._what = what
        self._begun = self._shown = time.monotonic()
        self._on_screen = False
        self.rows = self.pages = 0
        self.waited = 0.0

    def counted(self, rows: Iterable[T]) -> Iterator[T]:
        """Pass rows on and count them."""
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

    def nap(self, seconds: float) -> None:
        """Wait, and say so: a client's ``sleep``."""
        self.waited += seconds
        if seconds >= 1:
            self.say(f"waiting {seconds:.0f} s, as Graph asks (throttled, or not available)")
        time.sleep(seconds)

    def say(self, text: str) -> None:
        """Print a warning on a line of its own."""
        if not self._quiet:
            self._wipe()
            print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Say how it ended, where that was long enough in coming."""
        self._wipe()
        if not self._quiet and time.monotonic() - self._begun >= WORTH_TELLING:
            print(self._line(), file=sys.stderr)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._shown >= EVERY:
            self._shown = now
            print(f"\r\x1b[K{self._line()}", end="", file=sys.stderr, flush=True)
            self._on_screen = True

    def _wipe(self) -> None:
        if self._on_screen:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._on_screen = False

    def _line(self) -> str:
        took = max(time.monotonic() - self._begun, 0.001)
        parts = [f"{self.rows:,} {self._what}"]
        if self.total:
            done = min(self.rows / self.total, 1.0)
            full = round(BAR * done)
            parts = [f"[{'#' * full}{'.' * (BAR - full)}] {self.rows:,} of {self.total:,} {self._what}"]
        parts += [f"{self.pages:,} pages"] if self.pages else []
        parts.append(f"{self.rows / took:,.0f}/s")
        parts += [f"{self.waited:.0f} s throttled"] if self.waited >= 1 else []
        return ", ".join(parts)
