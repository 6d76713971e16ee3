"""A sandbox of 100,000 users in a process of its own: ``python -m benchmarks.tenant`` prints its figures as JSON.

The client that asks runs in a child process: what counts here is the server's CPU and memory.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import threading
import time
from typing import Any

USERS = 100_000
CLIENTS, SOAK = 64, 20.0  # keep-alive TLS clients, and for how many seconds
FILTERS = (
    "startswith(displayName,'Ada')",
    "userPrincipalName eq 'ada.lovelace@contoso.example'",
    "mail eq 'grace.hopper@contoso.example'",
    "department eq 'Finance'",
    "accountEnabled eq false",
    "userType eq 'Guest' and jobTitle eq null",
)
EVENTUAL = {"ConsistencyLevel": "eventual"}


def main() -> int:
    from leangraph.sandbox import Sandbox

    with Sandbox(users=3):  # its imports are done, the first keys made
        pass
    figures: dict[str, Any] = {"start of 50": [], "reset": []}
    for _ in range(5):
        started = time.perf_counter()
        with Sandbox(users=50):
            figures["start of 50"].append(time.perf_counter() - started)
    started = time.perf_counter()
    with Sandbox(users=USERS) as tenant:
        figures["start"] = time.perf_counter() - started
        ask = _Asker(tenant.url, tenant.ca_bundle, _token(tenant))
        ask("warm")
        cpu = time.process_time()
        walked = ask("walk")
        figures["walk"] = time.process_time() - cpu
        assert walked == USERS
        figures["filters"] = {}
        for text in FILTERS:
            ask("page", text)  # the first may build an index
            figures["filters"][text] = _cpu(lambda text=text: ask("page", text))
        figures["count"] = _cpu(lambda: ask("count"))
        for _ in range(5):
            ask("change")
            started = time.perf_counter()
            tenant.reset()
            figures["reset"].append(time.perf_counter() - started)
            ask.token = _token(tenant)
        figures["peak"] = _peak()
        threads = threading.active_count()
        figures["soak"] = ask("soak")
        time.sleep(0.5)
        figures["connections left"] = tenant.connections
        figures["threads left"] = threading.active_count() - threads
        figures["errors"] = len(tenant.errors)
    print(json.dumps(figures))
    return 0


def _cpu(work: Any, times: int = 5) -> float:
    """Return the median CPU seconds of this process while the child asks."""
    found = []
    for _ in range(times):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return statistics.median(found)


def _token(tenant: Any) -> str:
    import requests

    form = {
        "grant_type": "client_credentials",
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    with requests.Session() as session:
        url = f"{tenant.url}/{tenant.tenant_id}/oauth2/v2.0/token"
        return str(session.post(url, data=form, verify=tenant.ca_bundle, timeout=60).json()["access_token"])


def _peak() -> int:
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


class _Asker:
    """The client, in a process of its own."""

    def __init__(self, url: str, ca: str, token: str) -> None:
        self.token = token
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_client, args=(there, url, ca), daemon=True)
        self._process.start()

    def __call__(self, *order: Any) -> Any:
        self._here.send((self.token, order))
        return self._here.recv()


def _client(pipe: Any, url: str, ca: str) -> None:
    import requests

    session = requests.Session()
    session.trust_env = False
    session.verify = ca

    def get(path: str, token: str, **headers: str) -> Any:
        target = path if path.startswith("https:") else f"{url}/v1.0{path}"
        reply = session.get(target, headers={"Authorization": f"Bearer {token}", **headers}, timeout=60)
        reply.raise_for_status()
        return reply

    while True:
        token, (word, *more) = pipe.recv()
        found: Any = None
        if word == "warm":
            get("/users?$top=1", token)
        elif word == "walk":
            found, link = 0, "/users?$top=999"
            while link:
                page = get(link, token).json()
                found += len(page["value"])
                link = page.get("@odata.nextLink", "")
        elif word == "page":
            found = len(get(f"/users?$count=true&$filter={more[0]}", token, **EVENTUAL).json()["value"])
        elif word == "count":
            found = int(get("/users/$count", token, **EVENTUAL).text)
        elif word == "change":
            session.patch(
                f"{url}/v1.0/users/ada.lovelace@contoso.example",
                json={"jobTitle": "x"},
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
            ).raise_for_status()
        elif word == "soak":
            found = _soak(url, ca, token)
        pipe.send(found)


def _soak(url: str, ca: str, token: str) -> dict[str, int]:
    """Ask from many clients at once, each on its own connection, and count what goes wrong."""
    import requests

    counts, lock = {"requests": 0, "failures": 0}, threading.Lock()
    until = time.monotonic() + SOAK

    def one() -> None:
        done = failed = 0
        with requests.Session() as session:
            session.trust_env = False
            session.verify = ca
            while time.monotonic() < until:
                try:
                    reply = session.get(
                        f"{url}/v1.0/users?$top=5", headers={"Authorization": f"Bearer {token}"}, timeout=60
                    )
                    failed += reply.status_code != 200
                except requests.RequestException:
                    failed += 1
                done += 1
        with lock:
            counts["requests"] += done
            counts["failures"] += failed

    threads = [threading.Thread(target=one) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts


if __name__ == "__main__":
    sys.exit(main())
