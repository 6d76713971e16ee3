"""Each client at the same tasks, used the way its own documentation shows; run by the Python that has it.

    .venv-bench-o365/bin/python -m benchmarks.contenders '{"who": "o365", "task": "one", "rounds": 5, "url": …}'

A contender is a function of the server's URL that returns its tasks. All have a token already; what differs is
what they do with it.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from csv import DictReader
from pathlib import Path

from benchmarks.common import PAGE, TOKEN, peak_memory

THREADS = 16
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}
Rows = list[tuple[str, str]]  # a name, and the job title that it is to get
Tasks = dict[str, Callable[..., int]]


def names(number: int) -> list[str]:
    return [f"adam.example{each:06}@contoso.example" for each in range(number)]


def rows(file: str) -> Rows:
    """Read what a spreadsheet says: who, and what their job is now."""
    with Path(file).open(encoding="utf-8", newline="") as lines:
        return [(row["userPrincipalName"], row["jobTitle"]) for row in DictReader(lines)]


def count(items: Iterable[object]) -> int:
    return sum(1 for _ in items)


def in_threads(call: Callable[..., object], arguments: Iterable[object]) -> int:
    """Return how many calls did not raise."""

    def done(argument: object) -> bool:
        try:
            call(argument)
        except Exception:  # noqa: BLE001 - it is counted
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(done, arguments))


def leangraph(url: str) -> Tasks:
    from leangraph import GraphClient, Request, TokenHolder
    from leangraph.auth.grant import Grant

    def client() -> GraphClient:
        return GraphClient(TokenHolder(lambda claims=None: Grant(TOKEN, 3600.0)), url=url)

    graph = client()

    def lookups(upns: list[str]) -> int:
        return sum(reply.ok for reply in client().batch(f"/users/{upn}" for upn in upns))

    def threads(upns: list[str]) -> int:
        fresh = client()  # knows of no quota
        return in_threads(lambda upn: fresh.users[upn].get(), upns)

    return {
        "one": lambda upn: bool(graph.users[upn].get()["id"]),
        "list": lambda: count(graph.users.list(top=PAGE)),
        "lookups": lookups,
        "threads": threads,
        "patch": lambda rows: sum(
            reply.ok
            for reply in graph.batch(Request("PATCH", f"/users/{upn}", {"jobTitle": title}) for upn, title in rows)
        ),
    }


def loop(url: str) -> Tasks:
    import requests

    own = threading.local()

    def session() -> requests.Session:
        if not hasattr(own, "session"):
            own.session = requests.Session()
        return own.session

    def one(upn: str) -> bool:
        reply = session().get(f"{url}/v1.0/users/{upn}", headers=AUTHORIZATION)
        reply.raise_for_status()
        return bool(reply.json()["id"])

    def listing() -> int:
        total, link = 0, f"{url}/v1.0/users?$top={PAGE}"
        while link:
            page = session().get(link, headers=AUTHORIZATION).json()
            total += count(page["value"])
            link = page.get("@odata.nextLink")
        return total

    def change(row: tuple[str, str]) -> None:
        reply = session().patch(f"{url}/v1.0/users/{row[0]}", json={"jobTitle": row[1]}, headers=AUTHORIZATION)
        reply.raise_for_status()

    return {
        "one": one,
        "list": listing,
        "lookups": lambda upns: sum(map(one, upns)),
        "threads": lambda upns: in_threads(one, upns),
        "patch": lambda rows: count(map(change, rows)),
    }


def floor(url: str) -> Tasks:
    import orjson
    import urllib3

    headers = AUTHORIZATION | {"Accept-Encoding": "gzip, deflate"}
    retry = urllib3.Retry(10, status_forcelist=[429, 503], allowed_methods=None)
    pool = urllib3.PoolManager(maxsize=THREADS, retries=retry)

    def one(upn: str) -> bool:
        return bool(orjson.loads(pool.request("GET", f"{url}/v1.0/users/{upn}", headers=headers).data)["id"])

    def listing() -> int:
        total, link = 0, f"{url}/v1.0/users?$top={PAGE}"
        while link:
            page = orjson.loads(pool.request("GET", link, headers=headers).data)
            total += count(page["value"])
            link = page.get("@odata.nextLink")
        return total

    def change(row: tuple[str, str]) -> None:
        pool.request("PATCH", f"{url}/v1.0/users/{row[0]}", json={"jobTitle": row[1]}, headers=headers)

    return {
        "one": one,
        "list": listing,
        "lookups": lambda upns: in_threads(one, upns),
        "threads": lambda upns: in_threads(one, upns),
        "patch": lambda rows: in_threads(change, rows),
    }


def o365(url: str) -> Tasks:
    from O365 import Account, MSGraphProtocol
    from O365.utils import BaseTokenBackend

    class Held(BaseTokenBackend):
        has_data = True

        def get_access_token(self, *, username: object = None) -> dict[str, str]:
            return {"secret": TOKEN}

    protocol = MSGraphProtocol()
    protocol.service_url = f"{url}/v1.0/"
    account = Account(
        ("client", "secret"), auth_flow_type="credentials", tenant_id="t", token_backend=Held(), protocol=protocol
    )
    directory = account.directory()
    return {
        "one": lambda upn: bool(directory.get_user(upn).object_id),
        "list": lambda: count(directory.get_users(limit=None)),
        "lookups": lambda upns: sum(bool(directory.get_user(upn).object_id) for upn in upns),
        "threads": lambda upns: in_threads(lambda upn: directory.get_user(upn).object_id, upns),
    }


def office365(url: str) -> Tasks:
    from office365 import azure_env
    from office365.graph_client import GraphClient

    azure_env._ENDPOINTS[azure_env.AzureEnvironment.Global]["graph"] = url

    def client() -> GraphClient:
        return GraphClient(lambda: {"tokenType": "Bearer", "accessToken": TOKEN})

    held = client()

    def lookups(upns: list[str]) -> int:
        graph = client()
        users = [graph.users[upn].get() for upn in upns]
        graph.execute_batch(concurrency=6)
        return sum(bool(user.id) for user in users)

    def patch(rows: Rows) -> int:
        graph = client()
        for upn, title in rows:
            graph.users[upn].set_property("jobTitle", title).update()
        graph.execute_batch(concurrency=6)
        return len(rows)

    return {
        "one": lambda upn: bool(held.users[upn].get().execute_query().id),
        "list": lambda: count(client().users.get_all(page_size=PAGE).execute_query()),
        "lookups": lookups,
        "threads": lookups,
        "patch": patch,
    }


def msgraph(url: str) -> Tasks:
    import asyncio

    from kiota_abstractions.authentication import AnonymousAuthenticationProvider
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from msgraph import GraphRequestAdapter, GraphServiceClient
    from msgraph.generated.models.user import User
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder

    adapter = GraphRequestAdapter(AnonymousAuthenticationProvider())  # its own sends no token over plain http
    adapter.base_url = f"{url}/v1.0"
    graph = GraphServiceClient(request_adapter=adapter)
    runner = asyncio.new_event_loop()

    async def one(upn: str) -> bool:
        user = await graph.users.by_user_id(upn).get()
        return bool(user.id)

    async def listing() -> int:
        options = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(top=PAGE)
        users = await graph.users.get(request_configuration=RequestConfiguration(query_parameters=options))
        total = count(users.value)
        while users.odata_next_link:
            users = await graph.users.with_url(users.odata_next_link).get()
            total += count(users.value)
        return total

    async def change(row: tuple[str, str]) -> bool:
        await graph.users.by_user_id(row[0]).patch(User(job_title=row[1]))
        return True

    async def gathered(call: Callable[..., object], arguments: Iterable[object]) -> int:
        free = asyncio.Semaphore(THREADS)

        async def limited(argument: object) -> bool:
            async with free:
                try:
                    return await call(argument)
                except Exception:  # noqa: BLE001 - it is counted
                    return False

        return sum(await asyncio.gather(*map(limited, arguments)))

    return {
        "one": lambda upn: runner.run_until_complete(one(upn)),
        "list": lambda: runner.run_until_complete(listing()),
        "lookups": lambda upns: runner.run_until_complete(gathered(one, upns)),
        "threads": lambda upns: runner.run_until_complete(gathered(one, upns)),
        "patch": lambda rows: runner.run_until_complete(gathered(change, rows)),
    }


CONTENDERS = {each.__name__: each for each in (leangraph, loop, floor, o365, office365, msgraph)}


def main(who: str, task: str, url: str, rounds: int = 1, number: int = 1, csv: str = "") -> dict[str, object]:
    """Return ``[CPU, wall, done]`` of each round, in seconds and calls or users, and the peak memory in bytes."""
    tasks = CONTENDERS[who](url)
    upns = names(number)
    run = {
        "one": lambda: sum(map(tasks["one"], upns)),
        "list": tasks["list"],
        "lookups": lambda: tasks["lookups"](upns),
        "threads": lambda: tasks["threads"](upns),
        "patch": lambda: tasks["patch"](rows(csv)),
    }[task]
    tasks["one"](upns[0])  # connections, caches and whatever loads on first use
    samples = []
    for _ in range(rounds):
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        done = run()
        samples.append((time.process_time() - cpu, time.perf_counter() - wall, done))
    return {"samples": samples, "peak": peak_memory()}


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
