"""The code that is measured: what a user would write, with leangraph and without.

A variant is a generator function. It sets itself up, yields how many calls one run makes and the run
itself, and tidies up. Imports stand inside, so that a process pays only for what it measures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import repeat
from typing import NamedTuple

from benchmarks.common import PAGE, TOKEN

AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}
ONE = "/users/adam.example000001@contoso.example"
WORK = 0.050  # seconds of work per page, as much as the latency


class At(NamedTuple):
    """Where the servers are and what they have."""

    url: str = ""
    login: str = ""
    ca: str = ""
    users: int = 0


Variant = Callable[[At], AbstractContextManager[tuple[int, Callable[[], object]]]]
Run = Iterator[tuple[int, Callable[[], object]]]


def _holder():  # type: ignore[no-untyped-def]
    """Return a holder as in real use: a grant that expires, with the clocks consulted at every read."""
    from leangraph import TokenHolder
    from leangraph.auth.grant import Grant

    return TokenHolder(lambda claims=None: Grant(TOKEN, 3600.0))


# -------------------------------------------------------------------------------------------------- the token


@contextmanager
def token_leangraph(_: At) -> Run:
    """Read ``holder.token`` while it is valid; the cost of the loop is included."""
    holder, calls = _holder(), 100_000

    def run() -> None:
        for _ in repeat(None, calls):
            holder.token  # noqa: B018

    yield calls, run


@contextmanager
def token_msal(at: At) -> Run:
    """Ask msal for the token it has in its cache."""
    import msal
    import requests

    calls, scopes = 2_000, [f"{at.url}/.default"]
    with requests.Session() as session:
        session.verify = at.ca
        app = msal.ConfidentialClientApplication(
            "client",
            "secret",
            authority=f"{at.login}/contoso.example",
            instance_discovery=False,
            http_client=session,
        )

        def run() -> None:
            for _ in repeat(None, calls):
                app.acquire_token_for_client(scopes)["access_token"]

        run()
        assert app.acquire_token_for_client(scopes)["token_source"] == "cache"
        yield calls, run


# -------------------------------------------------------------------------------------------------- one GET


@contextmanager
def get_leangraph(at: At) -> Run:
    """One user, with everything the client does for its user switched on."""
    from leangraph import GraphClient

    with GraphClient(_holder(), url=at.url) as graph:

        def run() -> None:
            for _ in repeat(None, 200):
                assert graph.get(ONE)["id"]

        yield 200, run


@contextmanager
def get_loop(at: At) -> Run:
    """One user, as a script on requests asks for it."""
    import requests

    url = f"{at.url}/v1.0{ONE}"
    with requests.Session() as session:

        def run() -> None:
            for _ in repeat(None, 200):
                assert session.get(url, headers=AUTHORIZATION).json()["id"]

        yield 200, run


@contextmanager
def get_floor(at: At) -> Run:
    """One user, with the least Python that brings it."""
    import orjson
    import urllib3

    url = f"{at.url}/v1.0{ONE}"
    headers = AUTHORIZATION | {"Accept-Encoding": "gzip, deflate"}
    with urllib3.PoolManager() as pool:

        def run() -> None:
            for _ in repeat(None, 200):
                assert orjson.loads(pool.request("GET", url, headers=headers).data)["id"]

        yield 200, run


# -------------------------------------------------------------------------------------------------- a listing


def _wait() -> None:
    """Work that waits, as for a database or another service."""
    time.sleep(WORK)


def _compute() -> None:
    """Work that computes: the same amount of CPU, however often another thread interrupts it."""
    end = time.thread_time() + WORK
    while time.thread_time() < end:
        pass


def _consume(users: Iterator[object], expected: int, work: Callable[[], None] | None) -> None:
    count = 0
    for count, _ in enumerate(users, 1):
        if work and count % PAGE == 0:
            work()
    assert count == expected, f"{count} users instead of {expected}"


@contextmanager
def list_leangraph(at: At, work: Callable[[], None] | None = None) -> Run:
    """Every user, through ``graph.list``."""
    from leangraph import GraphClient

    with GraphClient(_holder(), url=at.url) as graph:
        yield 1, lambda: _consume(iter(graph.list("/users", top=PAGE)), at.users, work)


@contextmanager
def list_loop(at: At, work: Callable[[], None] | None = None) -> Run:
    """Every user, by the loop over nextLink that everybody writes."""
    import requests

    def users() -> Iterator[object]:
        url = f"{at.url}/v1.0/users?$top={PAGE}"
        while url:
            page = session.get(url, headers=AUTHORIZATION).json()
            yield from page["value"]
            url = page.get("@odata.nextLink")

    with requests.Session() as session:
        yield 1, lambda: _consume(users(), at.users, work)


@contextmanager
def list_floor(at: At) -> Run:
    """Every user, with the least Python that brings them."""
    import orjson
    import urllib3

    headers = AUTHORIZATION | {"Accept-Encoding": "gzip, deflate"}

    def users() -> Iterator[object]:
        url = f"{at.url}/v1.0/users?$top={PAGE}"
        while url:
            page = orjson.loads(pool.request("GET", url, headers=headers).data)
            yield from page["value"]
            url = page.get("@odata.nextLink")

    with urllib3.PoolManager() as pool:
        yield 1, lambda: _consume(users(), at.users, None)


# -------------------------------------------------------------------------------------------- many small GETs


CALLS = 2_000
THREADS = 16
QUOTA = 200  # calls a second


def _paths(number: int) -> list[str]:
    return [f"/users/adam.example{each:06}@contoso.example" for each in range(number)]


def _once_small(run: Callable[[list[str]], object], paths: list[str]) -> Callable[[], object]:
    """Let the first of several long runs, which only opens connections and loads modules, be a short one."""
    turns = iter([paths[:THREADS]])
    return lambda: run(next(turns, paths))


@contextmanager
def many_loop(at: At) -> Run:
    """Users one by one: a part of the calls, since each is like the other; the figure is that of a call."""
    import requests

    with requests.Session() as session:

        def run(paths: list[str]) -> None:
            for path in paths:
                assert session.get(f"{at.url}/v1.0{path}", headers=AUTHORIZATION).json()["id"]

        yield CALLS // 20, _once_small(run, _paths(CALLS // 20))


@contextmanager
def many_threads(at: At) -> Run:
    """Users from a pool of threads, each with a session of its own."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    import requests

    own = threading.local()

    def ask(path: str) -> str:
        if not hasattr(own, "session"):
            own.session = requests.Session()
        return own.session.get(f"{at.url}/v1.0{path}", headers=AUTHORIZATION).json()["id"]

    with ThreadPoolExecutor(THREADS) as pool:
        yield CALLS, _once_small(lambda paths: [*pool.map(ask, paths)], _paths(CALLS))


@contextmanager
def many_batch(at: At) -> Run:
    """Users through ``graph.batch``."""
    from leangraph import GraphClient

    with GraphClient(_holder(), url=at.url) as graph:

        def run(paths: list[str]) -> None:
            assert sum(reply.ok for reply in graph.batch(paths)) == len(paths)

        yield CALLS, _once_small(run, _paths(CALLS))


@contextmanager
def quota_threads(at: At) -> Run:
    """Users by plain GETs of many threads that share one client; it knows nothing of the quota beforehand."""
    from concurrent.futures import ThreadPoolExecutor

    from leangraph import GraphClient

    def run(paths: list[str]) -> None:
        with GraphClient(_holder(), url=at.url) as graph, ThreadPoolExecutor(THREADS) as pool:
            assert all(user["id"] for user in pool.map(graph.get, paths))

    with _fresh_quota(at) as renewed:
        yield CALLS, _once_small(renewed(run), _paths(CALLS))


@contextmanager
def quota_batch(at: At) -> Run:
    """Users through ``graph.batch``; it knows nothing of the quota beforehand."""
    from leangraph import GraphClient

    def run(paths: list[str]) -> None:
        with GraphClient(_holder(), url=at.url) as graph:
            assert sum(reply.ok for reply in graph.batch(paths)) == len(paths)

    with _fresh_quota(at) as renewed:
        yield CALLS, _once_small(renewed(run), _paths(CALLS))


@contextmanager
def quota_processes(at: At) -> Run:
    """Users by plain GETs of two processes with 16 threads each, which share a budget just below the quota."""
    import multiprocessing
    import os
    import tempfile
    from concurrent.futures import ProcessPoolExecutor
    from pathlib import Path

    from leangraph import FileBudget, fan_out

    os.environ.update(
        AZURE_TENANT_ID="contoso.example",
        AZURE_CLIENT_ID="11111111-2222-3333-4444-555555555555",
        AZURE_CLIENT_SECRET="not-a-secret",
        AZURE_AUTHORITY_HOST=at.login,
        GRAPH_URL=at.url,
        GRAPH_CA_BUNDLE=at.ca,
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool,
        _fresh_quota(at) as renewed,
    ):

        def run(paths: list[str]) -> None:
            file = Path(folder) / "budget"
            file.unlink(missing_ok=True)
            budget = FileBudget(file, 0.98 * QUOTA, QUOTA / 2)
            assert all(result.ok for result in fan_out(_ask, paths, executor=pool, threads=THREADS, budget=budget))

        yield CALLS, _once_small(renewed(run), _paths(CALLS))


def _ask(graph, path: str) -> str:  # type: ignore[no-untyped-def]
    return graph.get(path)["id"]


@contextmanager
def _fresh_quota(at: At) -> Iterator[Callable[[Callable[[list[str]], None]], Callable[[list[str]], int]]]:
    """Give every run a quota that nobody has used, and let it return how many calls were refused."""
    import requests

    with requests.Session() as session:

        def renewed(run: Callable[[list[str]], None]) -> Callable[[list[str]], int]:
            def renewed_run(paths: list[str]) -> int:
                run(paths)
                return session.get(f"{at.url}/quota", verify=at.ca or True).json()["refused"]

            return renewed_run

        yield renewed


VARIANTS: dict[str, Variant] = {
    "token_leangraph": token_leangraph,
    "token_msal": token_msal,
    "get_leangraph": get_leangraph,
    "get_loop": get_loop,
    "get_floor": get_floor,
    "list_leangraph": list_leangraph,
    "list_loop": list_loop,
    "list_floor": list_floor,
    "list_leangraph_wait": partial(list_leangraph, work=_wait),
    "list_loop_wait": partial(list_loop, work=_wait),
    "list_leangraph_compute": partial(list_leangraph, work=_compute),
    "list_loop_compute": partial(list_loop, work=_compute),
    "many_loop": many_loop,
    "many_threads": many_threads,
    "many_batch": many_batch,
    "quota_threads": quota_threads,
    "quota_batch": quota_batch,
    "quota_processes": quota_processes,
}
