"""Runs of ``leangraph`` killed at random moments, and two at once: what is left must be right when one goes on.

python killed.py SECONDS [batch|sync|download|twice …]: each case for so long; prints the seed of each round
"""

from __future__ import annotations

import contextlib
import csv
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from processes import run, started

from leangraph import GraphClient, Sandbox
from leangraph.rows.journal import Journal

CLI = (sys.executable, "-m", "leangraph")
ROWS = 300
KILLS = 3  # of one run, before it may come to its end
DOWNLOAD = "import sys; from leangraph import GraphClient; GraphClient.from_env().download(*sys.argv[1:])"


class Round:
    """A tenant, an empty folder, and chance."""

    def __init__(self, tenant: Sandbox, graph: GraphClient, folder: Path, seed: int) -> None:
        self.tenant, self.graph, self.folder = tenant, graph, folder
        self.chance = random.Random(seed)
        self.env = {**os.environ, **tenant.env}

    def kill(self, *command: object) -> bool:
        """Start a command and kill it some time later; tell whether it had come to its end by then."""
        with started(*command, env=self.env, cwd=self.folder) as process:
            ends = time.monotonic() + self.chance.uniform(0.2, 3.0)
            while process.poll() is None and time.monotonic() < ends:
                time.sleep(0.01)
            return process.poll() is not None

    def finish(self, *command: object, codes: tuple[int, ...] = (0,)) -> None:
        done = run(*command, env=self.env, cwd=self.folder)
        assert done.returncode in codes, done.stderr

    def groups(self, name: str) -> Path:
        """Write a table of groups to be made."""
        with (self.folder / "groups.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["displayName", "mailNickname", "mailEnabled", "securityEnabled"])
            table.writerows([f"{name} {n}", f"{name}-{n}", "false", "true"] for n in range(ROWS))
        return self.folder / "groups.csv"

    def made(self, name: str) -> Counter[str]:
        names = (group["displayName"] for group in self.graph.groups.list(select="displayName"))
        return Counter(each for each in names if each.startswith(f"{name} "))


def judge(at: Round, name: str, journal: Path) -> None:
    """No group is there twice, and each one that the journal calls done is there."""
    made = at.made(name)
    assert max(made.values(), default=0) <= 1, made.most_common(3)
    with Journal(journal, resume=True) as kept:
        states = Counter(row.state for row in kept.rows("sent", "done", "failed", "unknown"))
        done = sum(1 for _ in kept.rows("done"))
    assert states.total() == ROWS, (states, made.total())
    assert done <= made.total() <= done + states["unknown"], (states, made.total())
    assert states["sent"] == 0, states


def batch(at: Round) -> None:
    name = f"g{at.chance.randrange(10**9)}"
    file = at.groups(name)
    journal = file.with_name("groups.csv.journal")
    for _ in range(KILLS):
        at.kill(*CLI, "batch", file, "POST /groups", "--yes", *(["--resume"] if journal.exists() else []))
    at.finish(
        *CLI, "batch", file, "POST /groups", "--yes", *(["--resume"] if journal.exists() else []), codes=(0, 7)
    )
    judge(at, name, journal)


def twice(at: Round) -> None:
    """Two runs of one table: one of them does it, the other is refused or finds it done."""
    name = f"t{at.chance.randrange(10**9)}"
    file = at.groups(name)
    command = (*CLI, "batch", file, "POST /groups", "--yes")
    with started(*command, env=at.env) as first, started(*command, env=at.env) as second:
        codes = []
        for process in (first, second):
            process.communicate(timeout=120)
            codes.append(process.returncode)
    assert sorted(codes) == [0, 2], codes
    assert at.made(name).total() == ROWS
    judge(at, name, file.with_name("groups.csv.journal"))


def sync(at: Round) -> None:
    command = (*CLI, "sync", "/users", "--to", at.folder / "tenant.db", "--select", "displayName,city")
    for _ in range(KILLS):
        at.kill(*command)
        some = [user["id"] for user in at.graph.users.list(select="id", limit=20)]
        for user in at.chance.sample(some, 5):
            at.graph.users[user].patch({"city": f"{at.chance.random()}"})
    at.finish(*command)
    with closing(sqlite3.connect(at.folder / "tenant.db")) as database:
        found = dict(database.execute("SELECT id, city FROM users"))
    assert found == {user["id"]: user.get("city") for user in at.graph.users.list(select="id,city")}
    assert {file.name for file in at.folder.iterdir()} <= {"tenant.db", "tenant.db.lock"}, list(
        at.folder.iterdir()
    )


def download(at: Round) -> None:
    path = f"/users/{next(iter(at.graph.users.list(select='id')))['id']}/drive/root:/big.bin"
    content = at.chance.randbytes(20_000_000)
    at.graph.upload(path, content, conflict="replace")
    command = (sys.executable, "-c", DOWNLOAD, f"{path}:/content", "big.bin")
    for _ in range(KILLS):
        ended = at.kill(*command)
        there = at.folder / "big.bin"
        assert not there.exists() or there.read_bytes() == content
        assert not ended or there.exists()
    at.finish(*command)
    assert (at.folder / "big.bin").read_bytes() == content
    assert [file.name for file in at.folder.iterdir()] == ["big.bin"]


CASES: dict[str, Callable[[Round], None]] = {"batch": batch, "twice": twice, "sync": sync, "download": download}


def main(seconds: float, names: list[str]) -> int:
    first = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(10**6))
    with Sandbox(users=500) as tenant, contextlib.ExitStack() as stack:
        os.environ.update(tenant.env)
        graph = stack.enter_context(GraphClient.from_env())
        for name in names or CASES:
            ends, seed, rounds = time.monotonic() + seconds, first, 0
            while time.monotonic() < ends:
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        CASES[name](Round(tenant, graph, Path(folder), seed))
                    except AssertionError:
                        print(f"{name}: fails with CRASH_SEED={seed}", flush=True)
                        raise
                seed, rounds = seed + 1, rounds + 1
            print(
                f"{name}: {rounds} rounds, seeds {first} to {seed - 1}, nothing lost and nothing done twice",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
