"""Measure and write ``RESULTS.md``: ``python -m benchmarks``, or some rows only: ``… get list``."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.measure import HEAD, Line, neutral_environment
from benchmarks.rows import ROWS

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
LIBRARIES = ("leangraph", "requests", "urllib3", "msal", "pydantic-settings", "pydantic", "orjson")
OTHERS = (
    "Beside O365, Office365-REST-Python-Client and msgraph-sdk: [PEERS.md](PEERS.md). "
    "Why it is as it is: [performance](../docs/performance.md)."
)
METHOD = """\
Every figure of leangraph stands beside the same work done without it, in the same minute and on the same
machine. The runs alternate, each round yields one ratio (or difference), and the table gives their median
and quartiles: noise of the machine hits both sides of a pair, so it moves a ratio less than the figures.

- Replies come from a canned server in its own process, on loopback: prebuilt bytes of the size and with the
  headers of Graph's. The client's CPU counts, threads included; the server's does not.
- *requests loop*: `requests.Session().get(url, headers=…).json()`, then the nextLink. *urllib3 + orjson*: the
  least Python that brings the same. Both without retry, renewal of the token, errors or log; leangraph
  with everything on, and a token holder that looks at the clocks for every request.
- Everybody asks for gzip. Replies are plain unless the row says *gzip and chunks*, as Graph itself sends:
  decompression then costs everybody the same, and all ratios come closer to 1.
- orjson is installed except where the row says *without*: there, importing it fails in that process.
- *Fetched ahead* is compared with the requests loop doing the same work, since leangraph has no switch
  that turns it off. Work that waits sleeps 50 ms per page, work that computes burns 50 ms of its
  thread's CPU.
- *One by one* is measured on 100 of the 2,000 calls, since each is like the other, and counted twenty times.
- The quota is a bucket of one second's worth; a refused call counts against it too, and is told to wait a whole
  number of seconds. The client is new in every run: it knows of no quota until it is refused.
- Peak memory is that of whole processes, imports included.
- Imports and the whole process are measured from outside, from start to exit, with `.pyc` files warm.
- The garbage collector stays on, and every run starts from a collected heap.
"""


def main() -> int:
    """Run the rows named, or all, and return 0 unless one of them broke; a missed budget is a result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"any of: {' '.join(ROWS)} (default: all)")
    names = parser.parse_args().rows or list(ROWS)
    if unknown := set(names) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    if isinstance(sys.stdout, type(sys.__stdout__)):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may know no ≤ and no µ
    neutral_environment()

    start, lines, broken = time.monotonic(), [], []
    for name in names:
        try:
            for line in ROWS[name]():
                lines.append(line)
                print(_said(line), flush=True)
        except (subprocess.SubprocessError, OSError) as error:  # its own traceback is on stderr already
            broken.append(name)
            print(f"{name}: did not run ({type(error).__name__})", flush=True)
    summary = _summary(lines, broken)
    print(f"\n{summary} {time.monotonic() - start:.0f} s.")
    if len(names) == len(ROWS):
        RESULTS.write_text(_report(lines, summary), encoding="utf-8")
        print("written: benchmarks/RESULTS.md")
    return 1 if broken else 0


def _said(line: Line) -> str:
    against = f" against {line.against} ({line.theirs})" if line.theirs else f" {line.against}".rstrip()
    budget = f", budget {line.budget}: {line.verdict.strip('*')}" if line.budget else ""
    spread = f" [{line.spread}]" if line.spread else ""
    return f"{line.what.replace('`', '')}: {line.ours}{against}: {line.result}{spread}{budget}"


def _summary(lines: list[Line], broken: list[str]) -> str:
    missed = [line for line in lines if line.holds is False]
    held = sum(line.holds is True for line in lines)
    said = f"{held} budgets held, {len(missed)} missed"
    said += ": " + "; ".join(f"{line.what} ({line.result}, {line.budget})" for line in missed) if missed else ""
    return f"{said}." + (f" Did not run: {', '.join(broken)}." if broken else "")


def _report(lines: list[Line], summary: str) -> str:
    table = [HEAD, ["---"] * len(HEAD), *(line.cells() for line in lines)]
    rows = ["| " + " | ".join(cells) + " |" for cells in table]
    parts = [
        "# Benchmarks",
        f"**{summary}**",
        OTHERS,
        "\n".join(rows),
        f"## Machine\n\n{machine()}\n\n{_versions()}",
        f"## Method\n\n{METHOD}",
    ]
    return "<!-- written by python -m benchmarks -->\n\n" + "\n\n".join(parts)


def _versions() -> str:
    versions = []
    for library in LIBRARIES:
        try:
            versions.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            versions.append(f"no {library}")
    return f"{', '.join(versions)}."


def machine() -> str:
    """Say when and on what it was measured."""
    return (
        f"{datetime.now(UTC).date()}. {_processor()}, {os.cpu_count()} cores; "
        f"{_system()}, {platform.machine()}; "
        f"{platform.python_implementation()} {platform.python_version()}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown processor"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


if __name__ == "__main__":
    sys.exit(main())
