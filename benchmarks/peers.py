"""leangraph beside other clients, each in an environment of its own: ``python -m benchmarks.peers``.

Writes ``PEERS.md`` and a chart of each of its rows. Needs a package index, and half an hour on a quiet machine;
``python -m benchmarks.peers one list`` runs some rows and prints them only.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import charts
from benchmarks.__main__ import machine
from benchmarks.common import PAGE
from benchmarks.contenders import names
from benchmarks.measure import megabytes, neutral_environment, seconds
from benchmarks.server import ROOT, Server, serving

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "PEERS.md"
USERS = 99_900
SOME = 9_990  # users, or
FEW = 200  # calls, of which a slow contender's figure is extrapolated
CALLS = 2_000
CHANGES = 10_000
RATE = 200
LATENCY = 0.050
LIMIT = 3600  # seconds that no single measurement should need


@dataclass(frozen=True)
class Contender:
    """One column of the table: its name, what is installed, and the line that brings it in."""

    title: str
    packages: tuple[str, ...]
    line: str
    shown: str  # the library whose version is told


CONTENDERS = {
    "leangraph": Contender("leangraph", (f"{ROOT}[fast]",), "from leangraph import GraphClient", "leangraph"),
    "loop": Contender("requests loop", ("requests",), "import requests", "requests"),
    "floor": Contender("urllib3 + orjson", ("urllib3", "orjson"), "import urllib3, orjson", "urllib3"),
    "o365": Contender("O365", ("O365",), "from O365 import Account", "O365"),
    "office365": Contender(
        "Office365-REST",
        ("Office365-REST-Python-Client",),
        "from office365.graph_client import GraphClient",
        "Office365-REST-Python-Client",
    ),
    "msgraph": Contender(
        "msgraph-sdk", ("msgraph-sdk", "azure-identity"), "from msgraph import GraphServiceClient", "msgraph-sdk"
    ),
}


@dataclass
class Cell:
    """One figure: the median of what was measured, or made of it."""

    values: list[float]
    factor: float = 1.0  # what it was measured on is so much smaller
    note: str = ""
    spoiled: bool = False  # not all was done

    @property
    def value(self) -> float:
        return statistics.median(self.values) * self.factor

    def said(self, unit: Callable[[float], str]) -> str:
        spread = ""
        if len(self.values) > 2:
            low, _, high = statistics.quantiles(self.values, n=4)
            spread = f" ±{(high - low) / 2 / statistics.median(self.values):.0%}"
        return f"{'≈ ' if self.factor != 1 else ''}{unit(self.value)}{spread}{self.note}"


@dataclass
class Row:
    """One row of the table, and one chart."""

    name: str
    title: str
    unit: Callable[[float], str]
    cells: dict[str, Cell] = field(default_factory=dict)

    def best(self) -> str:
        return min(
            (who for who in self.cells if not self.cells[who].spoiled), key=lambda who: self.cells[who].value
        )

    def line(self) -> str:
        best = self.best()
        texts = []
        for who in CONTENDERS:
            cell = self.cells.get(who)
            text = cell.said(self.unit) if cell else "–"
            if cell and who != "leangraph" and not cell.spoiled and "leangraph" in self.cells:
                text += f" ({_times(cell.value / self.cells['leangraph'].value)})"
            texts.append(f"**{text}**" if who == best else text)
        return f"| {self.title} | {' | '.join(texts)} |"


def python(who: str) -> Path:
    """Return the interpreter of a contender, made with its packages at the first call."""
    folder = ROOT / f".venv-bench-{who}"
    found = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / ".ready").exists():
        print(f"installing {', '.join(CONTENDERS[who].packages)}".replace(str(ROOT), "leangraph"), flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *CONTENDERS[who].packages], check=True)
        (folder / ".ready").touch()
    return found


def run(who: str, task: str, server: Server, **more: object) -> dict[str, list[float]]:
    """Let a contender do a task in a fresh process; return CPU, wall, what was done, and the peak memory."""
    order = {"who": who, "task": task, "url": server.urls[0], **more}
    done = subprocess.run(
        [python(who), "-m", "benchmarks.contenders", json.dumps(order)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        timeout=LIMIT,
    )
    answer = json.loads(done.stdout)
    cpu, wall, did = (list(column) for column in zip(*answer["samples"], strict=True))
    return {"cpu": cpu, "wall": wall, "did": did, "peak": [answer["peak"] or math.nan]}


ROWS: dict[str, Callable[[], Iterator[Row]]] = {}


def row(function: Callable[[], Iterator[Row]]) -> Callable[[], Iterator[Row]]:
    ROWS[function.__name__.strip("_")] = function
    return function


@row
def size() -> Iterator[Row]:
    """What pip puts on the disk, its own files left out."""
    found = Row("size", "install size", megabytes)
    for who in CONTENDERS:
        [packages] = (python(who).parent.parent).glob("[Ll]ib/**/site-packages")
        files = (file for file in packages.rglob("*") if file.is_file())
        own = re.compile(r"[\\/](pip|setuptools|_distutils_hack|pkg_resources)([-\\/]|$)")
        kept = (file for file in files if not own.search(str(file)[len(str(packages)) :]))
        found.cells[who] = Cell([float(sum(file.stat().st_size for file in kept))])
    yield found


@row
def import_() -> Iterator[Row]:
    """What the first line of a script costs."""
    found = Row("import", "import, CPU", seconds)
    for who, contender in CONTENDERS.items():
        found.cells[who] = Cell(_process_cpu(python(who), ["-c", contender.line], 7))
    yield found


@row
def first() -> Iterator[Row]:
    """From the start of a process to the first user."""
    found = Row("first", "start to first user, token at hand, whole process, CPU", seconds)
    with serving() as server:
        for who in CONTENDERS:
            order = json.dumps({"who": who, "task": "one", "url": server.urls[0], "rounds": 0})
            found.cells[who] = Cell(_process_cpu(python(who), ["-m", "benchmarks.contenders", order], 7))
    yield found


def _process_cpu(interpreter: Path, words: list[str], rounds: int) -> list[float]:
    """Return what whole processes used, start and end of the interpreter included; the wall time on Windows."""
    from benchmarks.measure import processes

    return [sample.cpu for sample in processes(words, rounds=rounds, python=str(interpreter))[0]]


@row
def one() -> Iterator[Row]:
    """One small GET on an open connection."""
    found = Row("one", "one GET, CPU", seconds)
    with serving() as server:
        for _ in range(5):
            for who in CONTENDERS:
                few = 20 if who == "o365" else FEW  # it pauses 200 ms before each
                cell = found.cells.setdefault(who, Cell([]))
                cell.values += [cpu / few for cpu in run(who, "one", server, number=few)["cpu"]]
    yield found


@row
def list_() -> Iterator[Row]:
    """Every user of a large tenant, and the memory that takes."""
    times, peaks = Row("list", f"list {USERS:,} users, CPU", seconds), Row("memory", "its peak memory", megabytes)
    with serving(users=USERS) as large, serving(users=SOME) as small:
        for turn in range(3):
            for who in CONTENDERS:
                slow = who == "msgraph"
                if slow and turn:
                    continue
                done = run(who, "list", small if slow else large)
                assert done["did"] == [SOME if slow else USERS], f"{who} listed {done['did']}"
                factor = USERS / SOME if slow else 1.0
                times.cells.setdefault(who, Cell([], factor)).values += done["cpu"]
                note = f", at {SOME:,}" if slow else ""
                peaks.cells.setdefault(who, Cell([], note=note)).values += done["peak"]
    yield times
    yield peaks


@row
def lookups() -> Iterator[Row]:
    """Many small GETs from afar."""
    found = Row("lookups", f"{CALLS:,} lookups, 50 ms latency, wall", seconds)
    with serving(latency=LATENCY) as server:
        for who in CONTENDERS:
            few = FEW if who in ("loop", "o365") else CALLS
            done = run(who, "lookups", server, number=few, rounds=1 if few != CALLS else 3)
            assert done["did"] == [few] * len(done["did"]), f"{who} looked up {done['did']}"
            found.cells[who] = Cell(done["wall"], CALLS / few, _HOW.get(who, ""))
    yield found


_HOW = {
    "leangraph": ", batch",
    "loop": ", one by one",
    "floor": ", 16 threads",
    "o365": ", one by one",
    "office365": ", batch, 6 at once",
    "msgraph": ", gather, 16 at once",
}


@row
def quota() -> Iterator[Row]:
    """More calls than the quota allows, sixteen at a time (Office365-REST: by batches)."""
    found = Row("quota", f"{CALLS:,} calls, 16 at once, quota of {RATE}/s, wall", seconds)
    with serving(latency=LATENCY, quota=RATE) as server:
        for who in CONTENDERS:
            _refused(server)
            done = run(who, "threads", server, number=CALLS)
            failed = CALLS - int(done["did"][0])
            note = f", {_refused(server)} × 429" + (f", {failed} failed" if failed else "")
            found.cells[who] = Cell(done["wall"], note=note, spoiled=failed > 0)
    yield found


def _refused(server: Server) -> int:
    with urllib.request.urlopen(f"{server.urls[0]}/quota") as reply:
        return int(json.load(reply)["refused"])


@row
def patch() -> Iterator[Row]:
    """A spreadsheet of changes."""
    found = Row("patch", f"{CHANGES:,} changes from a CSV file, 50 ms latency, wall", seconds)
    with serving(latency=LATENCY) as server, tempfile.TemporaryDirectory() as folder:
        for who in CONTENDERS:
            if who == "o365":  # it cannot change a user
                continue
            few = FEW if who == "loop" else CHANGES
            file = Path(folder) / "changes.csv"
            with file.open("w", encoding="utf-8", newline="") as lines:
                writer = csv.writer(lines)
                writer.writerow(["userPrincipalName", "jobTitle"])
                writer.writerows((upn, "Engineer") for upn in names(few))
            done = run(who, "patch", server, csv=str(file))
            assert done["did"] == [few], f"{who} changed {done['did']}"
            found.cells[who] = Cell(done["wall"], CHANGES / few, _HOW.get(who, ""))
    yield found


SIZES = (1_000, 10_000, 100_000, 1_000_000)
REACH = {"o365": 100_000, "office365": 100_000, "msgraph": 10_000}  # beyond that it is extrapolated


@row
def growth() -> Iterator[Row]:
    """Whether time is linear and memory flat."""
    known: dict[str, float] = {}
    for users in SIZES:
        times = Row(f"growth-{users}", f"list {users:,} users, CPU", seconds)
        peaks = Row(f"peak-{users}", f"list {users:,} users, peak memory", megabytes)
        with serving(users=users) as server:
            for who in CONTENDERS:
                if users > REACH.get(who, users):
                    times.cells[who] = Cell([known[who]], users / REACH[who])
                    continue
                done = run(who, "list", server)
                known[who] = done["cpu"][0]
                times.cells[who], peaks.cells[who] = Cell(done["cpu"]), Cell(done["peak"])
        yield times
        yield peaks


# ------------------------------------------------------------------------------------------------ what comes out


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"any of: {' '.join(ROWS)} (default: all)")
    chosen = parser.parse_args().rows or list(ROWS)
    if unknown := set(chosen) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    neutral_environment()
    rows = []
    for name in chosen:
        for each in ROWS[name]():
            print(each.line(), flush=True)
            rows.append(each)
    if len(chosen) == len(ROWS):
        RESULTS.write_text(_report(rows), encoding="utf-8")
        print("written: benchmarks/PEERS.md")
    return 0


METHOD = """\
All talk to one canned server on loopback, in a process of its own: prebuilt bytes of the size and with the headers
of Graph's. Each contender has an environment and, for each figure, a process of its own, is used the way its own
documentation shows, and has a token already. In brackets: how many times leangraph's figure. ±: half the distance
of the quartiles, where there are three runs or more. Bold: the best of its row.

- ≈ is extrapolated: *one by one* from {few} calls, since each is like the other; listings from the largest
  number of users that was measured.
- *requests loop* and *urllib3 + orjson* do the least that brings the same: no renewal of the token, no errors, no
  log; the latter repeats what is refused (`urllib3.Retry`), the former does not, and its refused calls are lost.
- O365 waits 200 ms before every request unless told otherwise (`requests_delay`); CPU does not count that. It
  has no batch, and cannot change a user.
- Office365-REST sends lookups, changes and the calls against the quota by its `execute_batch`.
- msgraph-sdk sends its calls by `asyncio.gather`, 16 at once. Over plain http it sends no token, and is spared the
  work of adding one.
- Peak memory is that of whole processes, imports included.
"""


def _report(rows: list[Row]) -> str:
    head = f"| what | {' | '.join(contender.title for contender in CONTENDERS.values())} |"
    rule = "| --- " * (len(CONTENDERS) + 1) + "|"
    table = [each for each in rows if "-" not in each.name]
    curve = [each for each in rows if "-" in each.name]
    beaten = [each for each in table if each.best() != "leangraph"]
    where = "; ".join(f"{each.title} ({_winner(each)})" for each in beaten)
    drawn = []
    for each in table:
        values = {CONTENDERS[who].title: cell.value for who, cell in each.cells.items()}
        labels = {CONTENDERS[who].title: each.unit(cell.value) for who, cell in each.cells.items()}
        drawn.append(charts.save(HERE / "charts", each.name, charts.bars(each.title, values, labels)))
    for kind, unit in (("growth", seconds), ("peak", megabytes)):
        lines = {
            contender.title: [
                (users, each.cells[who].value)
                for users, each in zip(SIZES, (e for e in curve if e.name.startswith(kind)), strict=True)
                if who in each.cells
            ]
            for who, contender in CONTENDERS.items()
        }
        title = "list users: CPU" if kind == "growth" else "list users: peak memory"
        drawn.append(charts.save(HERE / "charts", kind, charts.curve(title, lines, unit)))
    parts = [
        "<!-- written by python -m benchmarks.peers -->",
        "# Beside other clients",
        f"Somebody else is best at: {where or 'nothing'}.",
        "\n".join([head, rule, *(each.line() for each in table)]),
        "## Growth",
        "\n".join([head, rule, *(each.line() for each in curve)]),
        "## Charts",
        "\n".join(f"![{name}](charts/{name}.svg)" for name in drawn),
        f"## Machine\n\n{machine()}\n\n{', '.join(map(_version, CONTENDERS))}.",
        f"## Method\n\n{METHOD.format(few=FEW)}",
    ]
    return "\n\n".join(parts)


def _winner(found: Row) -> str:
    best = found.best()
    return f"{CONTENDERS[best].title}, {_times(found.cells[best].value / found.cells['leangraph'].value)}"


def _version(who: str) -> str:
    name = CONTENDERS[who].shown
    script = f"from importlib.metadata import version; print(version({name!r}))"
    done = subprocess.run([python(who), "-c", script], check=True, stdout=subprocess.PIPE, text=True)
    return f"{name} {done.stdout.strip()}"


def _times(value: float) -> str:
    return f"{value:.2g}×" if value < 10 else f"{value:,.0f}×"


if __name__ == "__main__":
    print(f"{datetime.now(UTC):%H:%M}, pages of {PAGE}", flush=True)
    sys.exit(main())
