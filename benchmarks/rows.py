"""The rows of the table, with the budgets of the design. One more row is one more function here."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import checkers
from benchmarks.common import PAGE
from benchmarks.measure import Duel, Line, absolute, duel, excess, megabytes, percent, processes, ratio, unmeasured
from benchmarks.server import ROOT, Server, serving
from benchmarks.variants import CALLS, QUOTA, THREADS

LOOP, FLOOR = "requests loop", "urllib3 + orjson"
USERS = 99_900
LATENCY = 0.050  # the work per page is as long, see variants.WORK
WORKED = 20 * PAGE  # users of the listings that wait and work: long enough to see, short enough to repeat
SCRIPTS = Path(__file__).resolve().parent / "scripts"

Rows = Callable[[], Iterator[Line]]
ROWS: dict[str, Rows] = {}


def row(function: Rows) -> Rows:
    """Register a function under its name: the word for ``python -m benchmarks``."""
    ROWS[function.__name__.strip("_")] = function
    return function


@row
def token() -> Iterator[Line]:
    """Reading a valid token."""
    with _login_and_graph() as (folder, server):
        at = {"login": server.urls[0], "url": server.urls[1], "ca": str(folder / "ca.pem")}
        done = duel("token_leangraph", "token_msal", rounds=15, **at)
    ours = done.cpu("token_leangraph")
    yield absolute("`holder.token`, valid", ours, most=250e-9)
    yield ratio("`holder.token`, valid", ours, "msal, cached acquire", done.cpu("token_msal"), most=1 / 50)


@row
def get() -> Iterator[Line]:
    """One small GET on an open connection."""
    with serving() as server:
        done = duel("get_loop", "get_leangraph", "get_floor", rounds=25, url=server.urls[0])
    ours = done.cpu("get_leangraph")
    yield ratio("one GET, CPU", ours, LOOP, done.cpu("get_loop"), most=0.50)
    yield ratio("one GET, CPU", ours, FLOOR, done.cpu("get_floor"), most=1.20)


@row
def list_() -> Iterator[Line]:
    """Every user of a large tenant."""
    with serving(users=USERS) as server:
        at = {"url": server.urls[0], "users": USERS}
        done = duel("list_loop", "list_leangraph", "list_floor", rounds=15, **at)
        plain = duel("list_loop", "list_leangraph", rounds=15, without=["orjson"], **at)
    ours = done.cpu("list_leangraph")
    yield ratio("list 99,900, CPU", ours, LOOP, done.cpu("list_loop"), most=0.80)
    yield ratio("list 99,900, CPU", ours, FLOOR, done.cpu("list_floor"), most=1.60)
    what = "list 99,900 without orjson, CPU"
    yield ratio(what, plain.cpu("list_leangraph"), LOOP, plain.cpu("list_loop"), most=0.80)


@row
def compressed() -> Iterator[Line]:
    """The same as Graph sends it: unpacking costs everybody the same, so the ratios come closer to 1."""
    with serving(users=USERS, compress=True) as server:
        at = {"url": server.urls[0], "users": USERS}
        one = duel("get_loop", "get_leangraph", "get_floor", rounds=15, **at)
        all_ = duel("list_loop", "list_leangraph", "list_floor", rounds=11, **at)
    what = "one GET, gzip and chunks, CPU"
    yield ratio(what, one.cpu("get_leangraph"), LOOP, one.cpu("get_loop"))
    yield ratio(what, one.cpu("get_leangraph"), FLOOR, one.cpu("get_floor"))
    what = "list 99,900, gzip and chunks, CPU"
    yield ratio(what, all_.cpu("list_leangraph"), LOOP, all_.cpu("list_loop"))
    yield ratio(what, all_.cpu("list_leangraph"), FLOOR, all_.cpu("list_floor"))


@row
def memory() -> Iterator[Line]:
    """The peak of a process that lists, imports included."""
    with serving(users=USERS) as server:
        yield _memory("list 99,900, peak memory", "", rounds=5, url=server.urls[0], users=USERS)
    with serving(users=WORKED, latency=LATENCY) as server:
        what = "list with a page fetched ahead, peak memory"
        yield _memory(what, "_wait", rounds=3, url=server.urls[0], users=WORKED)


def _memory(what: str, variant: str, *, rounds: int, **at: object) -> Line:
    peaks = [
        [duel(f"list_{who}{variant}", rounds=0, **at).peak for who in ("leangraph", "loop")] for _ in range(rounds)
    ]
    if any(peak is None for pair in peaks for peak in pair):
        return unmeasured(what, "this system does not tell the peak of a process")
    ours, theirs = (list(column) for column in zip(*peaks, strict=True))
    return excess(what, ours, LOOP, theirs, most=10e6, unit=megabytes)


@row
def ahead() -> Iterator[Line]:
    """A listing from afar whose consumer works: the next page comes meanwhile."""
    with serving(users=WORKED, latency=LATENCY) as server:
        at = {"url": server.urls[0], "users": WORKED}
        for work, said in (("wait", "waits"), ("compute", "computes")):
            done = duel(f"list_loop_{work}", f"list_leangraph_{work}", rounds=4, **at)
            what = f"20 pages, 50 ms latency, 50 ms of work that {said}, wall"
            ours, theirs = done.wall(f"list_leangraph_{work}"), done.wall(f"list_loop_{work}")
            yield ratio(what, ours, f"{LOOP}, same work", theirs, most=0.60)


@row
def batch() -> Iterator[Line]:
    """Many small GETs from afar."""
    with serving(latency=LATENCY) as server:
        done = duel("many_loop", "many_threads", "many_batch", rounds=3, url=server.urls[0])
    loop, threads, ours = ([each * CALLS for each in done.wall(f"many_{who}")] for who in _MANY)
    what = "2,000 GETs, 50 ms latency, through `batch`, wall"
    yield ratio(what, ours, f"{LOOP}, one by one (100 calls, times 20)", loop, most=1 / 40)
    yield ratio(what, ours, f"{LOOP} in {THREADS} threads", threads, most=1 / 4)


_MANY = "loop", "threads", "batch"


@row
def quota() -> Iterator[Line]:
    """More calls than the quota allows, by clients that learn of it from the refusals alone."""
    with serving(latency=LATENCY, quota=QUOTA) as server:
        done = duel("quota_threads", "quota_batch", rounds=3, url=server.urls[0])
    yield from _of_quota(done, "quota_threads", f"from {THREADS} threads", most=0.05)
    yield from _of_quota(done, "quota_batch", "through `batch`", most=0.05)


@row
def shared() -> Iterator[Line]:
    """The same from two processes that share a budget, and so are hardly refused anything."""
    with _login_and_graph(latency=LATENCY, quota=QUOTA) as (folder, server):
        at = {"login": server.urls[0], "url": server.urls[1], "ca": str(folder / "ca.pem")}
        done = duel("quota_processes", rounds=2, **at)
    yield from _of_quota(done, "quota_processes", f"from 2 processes with {THREADS} threads each", most=0.01)


def _of_quota(done: Duel, name: str, said: str, *, most: float) -> Iterator[Line]:
    what = f"2,000 GETs {said}, quota of {QUOTA}/s"
    ours = [each * CALLS for each in done.wall(name)]
    yield ratio(f"{what}, wall", ours, "2,000 / 200", [CALLS / QUOTA] * len(ours), most=1.05)
    refused = [count / CALLS for count in done.counts(name)]
    yield absolute(f"{what}, refused calls", refused, most=most, unit=percent)


@row
def imports() -> Iterator[Line]:
    """What an import costs, start and end of the interpreter included."""
    lines = "pass", "import leangraph", "import requests", "from leangraph import GraphClient"
    bare, package, requests, client = (
        [sample.cpu for sample in samples] for samples in processes(*(("-c", line) for line in lines), rounds=25)
    )
    yield excess(f"`{lines[1]}`, CPU", package, "bare interpreter", bare, most=0.030)
    yield ratio(f"`{lines[3]}`, CPU", client, f"`{lines[2]}`", requests, most=1.15)


@row
def words() -> Iterator[Line]:
    """What a shell waits for: help, and the next segment of a path."""
    complete = (
        "import os, sys\n"
        "os.environ.update(_LEANGRAPH_COMPLETE='bash_complete', COMP_WORDS='leangraph list /users/{id}/m', "
        "COMP_CWORD='2')\n"
        "from leangraph.cli import main\nsys.exit(main([]))"
    )
    helped, completed = processes(("-m", "leangraph", "--help"), ("-c", complete), rounds=15)
    yield absolute("`leangraph --help`, CPU", [sample.cpu for sample in helped], most=0.120)
    yield absolute("completion of a path, CPU", [sample.cpu for sample in completed], most=0.150)


@row
def first() -> Iterator[Line]:
    """From a ``.env`` to the first user: a whole process."""
    with _login_and_graph() as (folder, server):
        lines = (
            "AZURE_TENANT_ID=contoso.example",
            "AZURE_CLIENT_ID=11111111-2222-3333-4444-555555555555",
            "AZURE_CLIENT_SECRET=not-a-secret",
            f"AZURE_AUTHORITY_HOST={server.urls[0]}",
            f"GRAPH_URL={server.urls[1]}",
            f"GRAPH_CA_BUNDLE={folder / 'ca.pem'}",
        )
        (folder / ".env").write_text("\n".join(lines) + "\n", encoding="utf-8")
        scripts = ([str(SCRIPTS / "with_leangraph.py")], [str(SCRIPTS / "by_hand.py")])
        ours, theirs = processes(*scripts, rounds=25, cwd=folder)
    against = "script on the same three libraries"
    what = "`.env` to first user, whole process"
    yield ratio(f"{what}, CPU", [s.cpu for s in ours], against, [s.cpu for s in theirs], most=1.10)
    yield ratio(f"{what}, wall", [s.wall for s in ours], against, [s.wall for s in theirs])


@row
def sandbox() -> Iterator[Line]:
    """The sandbox with 100,000 users, and with 64 clients at once."""
    command = [sys.executable, "-m", "benchmarks.tenant"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300, check=True
    )
    found = json.loads(done.stdout)
    yield absolute("sandbox, start with 50 users, wall", found["start of 50"], most=0.060)
    what = "sandbox of 100,000"
    yield absolute(f"{what}, start, wall", [found["start"]], most=6)
    yield absolute(f"{what}, reset, wall", found["reset"], most=0.005)
    yield absolute(f"{what}, walk in pages of 999, its CPU", [found["walk"]], most=2.5)
    yield absolute(f"{what}, the slowest of six filters, its CPU", [max(found["filters"].values())], most=0.040)
    yield absolute(f"{what}, $count, its CPU", [found["count"]], most=0.400)
    yield absolute(f"{what}, peak memory", [found["peak"]], most=250e6, unit=megabytes)
    soak = found["soak"]
    bad = soak["failures"] + found["errors"] + max(found["threads left"], 0)
    asked = f"64 clients for 20 s, {soak['requests']:,} requests: failures, errors, threads left"
    yield absolute(f"{what}, {asked}", [float(bad)], most=0, unit=lambda value: f"{value:.0f}")


@row
def types() -> Iterator[Line]:
    """What checkers need for a script of thirty calls, with the stubs of all of Graph."""
    with tempfile.TemporaryDirectory() as name:
        cold, warm = checkers.mypy(Path(name), rounds=3)
        other = checkers.pyright(Path(name), rounds=3)
    what = "a script of 30 calls: mypy --strict"
    yield absolute(f"{what}, without a cache, CPU", [run.cpu for run in cold], most=10)
    yield absolute(f"{what}, script changed, CPU", [run.cpu for run in warm], most=1)
    yield absolute(f"{what}, without a cache, peak memory", [run.peak for run in cold], most=600e6, unit=megabytes)
    what = "a script of 30 calls: pyright"
    if not other:
        yield unmeasured(what, "pyright is not installed: make test-types does that")
        return
    yield absolute(f"{what}, CPU", [run.cpu for run in other], most=5)
    yield absolute(f"{what}, peak memory", [run.peak for run in other], most=600e6, unit=megabytes)


@contextmanager
def _login_and_graph(**more: float) -> Iterator[tuple[Path, Server]]:
    """A login service and a Graph on two origins, over TLS, and a folder with their authority in it."""
    with tempfile.TemporaryDirectory() as name, serving(tls=True, ports=2, **more) as server:
        folder = Path(name)
        (folder / "ca.pem").write_text(server.authority, encoding="ascii")
        yield folder, server
