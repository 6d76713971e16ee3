"""Sign-in and audit logs: slice by slice, no faster than they allow, kept as they come."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from leangraph.errors import ConfigurationError
from leangraph.jobs import people
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient

# Source: https://learn.microsoft.com/graph/throttling-limits ("Identity and access reports")
CALLS, SECONDS = 5, 10.0
SLICE: Final = timedelta(hours=6)


def read(
    graph: GraphClient, path: str, time: str, days: int, more: str = "", keep: Path | None = None
) -> Iterator[Any]:
    """Yield the entries of a log, the oldest slice first.

    Args:
        time: the property that says when something happened.
        more: a filter besides.
        keep: a private file of what has come: with it, a run that was ended goes on where it was.
    """
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=0 if keep else 1)  # what is kept is whole
    begin = end - timedelta(days=days)
    kept = _Kept(keep, f"{path} {more} {days}") if keep else None
    if kept is not None:
        yield from kept.entries
        begin, end = max(kept.until or begin, begin), max(kept.until or end, end)
    sent: deque[float] = deque(maxlen=CALLS)
    clock = graph._core.transport.clock
    for first, last in people.slices(begin, end, SLICE):
        text = f"{time} ge {first:%Y-%m-%dT%H:%M:%SZ} and {time} le {last:%Y-%m-%dT%H:%M:%SZ}"  # no lt is taken
        entries: list[Any] = []
        pages = graph.list(path, filter=f"{text} and {more}" if more else text).pages()
        while True:
            if len(sent) == CALLS and (wait := sent[0] + SECONDS - clock.now()) > 0:
                clock.sleep(wait)
            sent.append(clock.now())
            page = next(pages, None)
            if page is None:
                sent.pop()  # nothing was sent for this
                break
            entries += [each for each in page["value"] if (people.moment(each.get(time)) or first) < last]
        entries.sort(key=lambda entry: str(entry.get(time)))
        if kept is not None:
            kept.add(entries, last)
        yield from entries


class _Kept:
    """A file of JSON lines: a head, then the entries of each slice and where it ends."""

    def __init__(self, file: Path, of: str) -> None:
        self._file = file
        self.entries: list[Any] = []
        self.until: datetime | None = None
        with files.told(f"{file} cannot be read"):
            there = file.exists()
            lines = file.read_text(encoding="utf-8").split("\n") if there else []
        try:
            found = [json.loads(line) for line in lines if line.endswith("}")]
            if found and found[0] != {"log": of}:
                raise ConfigurationError(f"{file} keeps something else: name another file, or delete it")
        except ValueError:
            raise ConfigurationError(f"{file} was not written by this job: name another file") from None
        waiting: list[Any] = []
        for line in found[1:]:
            if "until" in line and len(line) == 1:
                self.entries += waiting
                waiting, self.until = [], datetime.fromisoformat(line["until"])
            else:
                waiting.append(line)
        end = [{"until": self.until.isoformat()}] if self.until else []
        done = [{"log": of}, *self.entries, *end]
        with files.told(f"{file} cannot be written"):
            files.replace(file, _lines(done), private=True)

    def add(self, entries: list[Any], until: datetime) -> None:
        with files.told(f"{self._file} cannot be written"), self._file.open("ab") as out:
            out.write(_lines([*entries, {"until": until.isoformat()}]))


def _lines(rows: list[Any]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode(errors="backslashreplace")
