"""How the rows are measured and said: interleaved runs, ratios pair by pair, medians and quartiles."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.server import ROOT

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LIMIT = 600  # seconds that no single measurement should need


def neutral_environment() -> None:
    """Forget what would change a measurement: proxies, trust stores, credentials, Python's own switches."""
    for name in list(os.environ):
        upper = name.upper()
        if (
            upper.startswith(("AZURE_", "GRAPH_", "MSAL_", "SSL_CERT", "PYTHON"))
            or upper.endswith(("_PROXY", "CA_BUNDLE"))
            or upper == "REGION_NAME"
        ):
            del os.environ[name]


@dataclass(frozen=True)
class Sample:
    """One run of one variant, in seconds per call, and what else it counted."""

    cpu: float
    wall: float
    count: int | None = None


@dataclass(frozen=True)
class Duel:
    """What the variants of one process took, round by round, and the peak memory of that process."""

    samples: dict[str, list[Sample]]
    peak: int | None

    def cpu(self, name: str) -> list[float]:
        return [sample.cpu for sample in self.samples[name]]

    def wall(self, name: str) -> list[float]:
        return [sample.wall for sample in self.samples[name]]

    def counts(self, name: str) -> list[float]:
        return [float(sample.count) for sample in self.samples[name] if sample.count is not None]


def duel(*names: str, rounds: int, without: Sequence[str] = (), **at: object) -> Duel:
    """Run variants in turns in one fresh process; ``without`` names modules it cannot import."""
    order = {"names": names, "rounds": rounds, "at": at, "without": without}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.duel", json.dumps(order)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        timeout=LIMIT,
    )
    answer = json.loads(done.stdout)
    return Duel({name: [Sample(*s) for s in runs] for name, runs in answer["samples"].items()}, answer["peak"])


def processes(
    *commands: Sequence[str], rounds: int, cwd: Path = ROOT, python: str = sys.executable
) -> list[list[Sample]]:
    """Run whole Python processes in turns, from start to exit, and return the samples of each command.

    Where the operating system does not say what a child used (Windows), CPU is the wall time.
    """
    samples: list[list[Sample]] = [[] for _ in commands]
    turns = list(zip(samples, commands, strict=True))
    for turn in range(-1, rounds):  # the first turn writes the .pyc files and fills the disk cache
        for taken, command in turns if turn % 2 == 0 else reversed(turns):
            used = _children_cpu()
            start = time.perf_counter()
            # A pipe, whose end says at once that the child is gone: without one, a wait that has a timeout
            # looks every 50 ms only.
            subprocess.run([python, *command], check=True, stdout=subprocess.PIPE, cwd=cwd, timeout=LIMIT)
            wall = time.perf_counter() - start
            if turn >= 0:
                taken.append(Sample(_children_cpu() - used if resource else wall, wall))
    return samples


def _children_cpu() -> float:
    if not resource:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --------------------------------------------------------------------------------------------- what comes out


@dataclass(frozen=True)
class Line:
    """One line of the table, every cell as it is printed."""

    what: str
    against: str
    ours: str
    theirs: str
    result: str
    spread: str
    pairs: int
    budget: str
    holds: bool | None  # None: nobody promised anything

    @property
    def verdict(self) -> str:
        return {True: "yes", False: "**missed**", None: ""}[self.holds]

    def cells(self) -> list[str]:
        return [
            self.what,
            self.ours,
            self.against,
            self.theirs,
            self.result,
            self.spread,
            str(self.pairs or ""),
            self.budget,
            self.verdict,
        ]


HEAD = ["what", "leangraph", "against", "its figure", "median", "quartiles", "pairs", "budget", "holds"]


def seconds(value: float) -> str:
    """Say a duration in the unit that suits it."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if abs(value) * factor >= 1:
            return f"{_digits(value * factor)} {unit}"
    return f"{_digits(value * 1e9)} ns"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.1f} MB"


def percent(value: float) -> str:
    return f"{value:.1%}"


def ratio(what: str, ours: list[float], against: str, theirs: list[float], *, most: float | None = None) -> Line:
    """Compare pair by pair; the budget is the largest ratio allowed."""
    each = [our / their for our, their in zip(ours, theirs, strict=True)]
    median = statistics.median(each)
    return Line(
        what,
        against,
        seconds(statistics.median(ours)),
        seconds(statistics.median(theirs)),
        _times(median, near=most),
        _quartiles(each, _times),
        len(each),
        "" if most is None else f"≤ {_times(most)}",
        None if most is None else median <= most,
    )


def excess(
    what: str, ours: list[float], against: str, theirs: list[float], *, most: float | None, unit=seconds
) -> Line:
    """Subtract pair by pair; the budget is the largest difference allowed."""
    each = [our - their for our, their in zip(ours, theirs, strict=True)]
    median = statistics.median(each)
    return Line(
        what,
        against,
        unit(statistics.median(ours)),
        unit(statistics.median(theirs)),
        f"{'+' * (median >= 0)}{unit(median)}",
        _quartiles(each, unit),
        len(each),
        "" if most is None else f"≤ + {unit(most)}",
        None if most is None else median <= most,
    )


def absolute(what: str, ours: list[float], *, most: float, unit=seconds) -> Line:
    """Hold a figure against a budget of its own."""
    median = statistics.median(ours)
    said, spread = unit(median), _quartiles(ours, unit)
    return Line(what, "", said, "", said, spread, len(ours), f"≤ {unit(most)}", median <= most)


def unmeasured(what: str, why: str) -> Line:
    return Line(what, why, "", "", "not measured", "", 0, "", None)


def _times(value: float, near: float | None = None) -> str:
    """Say a ratio, with one more digit where rounding would hide on which side of its budget it is."""
    digits = 3 if near is not None and value != near and abs(value - near) < 0.005 else 2
    return f"{value:.{digits}f}×" if value >= 0.1 else f"1/{1 / value:.0f}"


def _quartiles(values: list[float], say) -> str:
    if len(values) < 2:
        return ""
    low, _, high = statistics.quantiles(values, n=4)
    return f"{say(low)} – {say(high)}"


def _digits(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
