"""``fan_out`` on Dask, with worker processes of its own: ``make test-peers``, which installs it, runs this."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fanned
import pytest
from distributed import Client, LocalCluster
from processes import SUPPORT

from leangraph import ConfigurationError, GraphClient, Sandbox, Settings, fan_out

pytestmark = pytest.mark.filterwarnings("default")  # Dask's own are not ours to fix
MANY = 100_000


@pytest.fixture
def dask(graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name, value in graph_sandbox.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", SUPPORT)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_a_hundred_thousand_items_give_the_same_on_dask(dask: Client) -> None:
    results = fan_out(fanned.double, iter(range(MANY)), executor=dask.get_executor())

    assert [result.value for result in results] == [2 * number for number in range(MANY)]


def test_workers_of_dask_have_their_own_environment(dask: Client, graph_client: GraphClient) -> None:
    names = {
        user["userPrincipalName"]: user["displayName"]
        for user in graph_client.users.list(select=["userPrincipalName", "displayName"])
    }

    results = list(fan_out(fanned.name_of, names, executor=dask.get_executor(), threads=4))

    assert {result.item: result.value for result in results} == names


def test_a_killed_worker_of_dask_loses_no_item(dask: Client) -> None:
    victims = list(dask.run(os.getpid).values())
    results, values = fan_out(fanned.place, range(3000), executor=dask.get_executor()), []

    for number, result in enumerate(results):
        values.append(result)
        if number == 500:
            os.kill(victims[0], 9)

    assert [result.item for result in values] == list(range(3000))
    assert all(result.ok for result in values)
    assert len({result.value for result in values}) >= 2


def test_a_closure_on_dask_works_and_one_with_a_secret_is_refused(
    dask: Client, sandbox_settings: Settings
) -> None:
    ten, secret = 10, sandbox_settings

    def add(_: Any, item: int) -> int:
        return item + ten

    def tell(_: Any, item: int) -> str:
        return secret.client_id

    assert [result.value for result in fan_out(add, range(3), executor=dask.get_executor())] == [10, 11, 12]
    with pytest.raises(ConfigurationError, match="name of a profile"):
        fan_out(tell, range(3), executor=dask.get_executor())


def test_closing_on_dask_begins_nothing_more(dask: Client, tmp_path: Path) -> None:
    log = tmp_path / "log"

    def note(_: Any, item: int) -> int:
        with log.open("ab") as file:
            file.write(b".")
        time.sleep(0.01)
        return item

    results = fan_out(note, iter(range(10_000)), executor=dask.get_executor())
    next(results)
    results.close()
    begun = log.stat().st_size
    time.sleep(0.5)

    assert log.stat().st_size == begun < 10_000
