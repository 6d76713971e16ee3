"""``fan_out``: every item has one result, in whatever process it was, and whatever became of it."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import pickle
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import fanned
import pytest
from processes import LIMIT, SUPPORT, bounded_pools, end_pools, eventually, python, spawned_pool, started
from pydantic import SecretStr
from shares import FULL, sample

from leangraph import (
    Budget,
    ConfigurationError,
    FileBudget,
    GraphClient,
    NotFound,
    Sandbox,
    Settings,
    TokenHolder,
    TransportError,
    fan_out,
)

MANY = 100_000 if FULL else 20_000
PROCESSES = partial(spawned_pool, 2)


@pytest.fixture(autouse=True)
def _no_pool_hangs() -> Iterator[None]:
    with bounded_pools():
        yield


@pytest.fixture(scope="module", autouse=True)
def _no_pool_is_left() -> Iterator[None]:
    yield
    end_pools()


@pytest.fixture
def environment(tenant: Sandbox) -> Sandbox:
    return tenant


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment for clients that send nothing."""
    monkeypatch.setenv("AZURE_TENANT_ID", "contoso.example")
    monkeypatch.setenv("AZURE_CLIENT_ID", "app")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "not-a-secret")


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    pool = PROCESSES()
    yield pool
    with bounded_pools():
        pool.shutdown()


def upns(sandbox: Sandbox, client: GraphClient) -> list[str]:
    return [user["userPrincipalName"] for user in client.users.list(select=["userPrincipalName"])]


def someone(sandbox: Sandbox) -> str:
    return sandbox.user["userPrincipalName"]


# -- results --------------------------------------------------------------------------------------------------


def test_every_item_has_its_result_in_order(environment: Sandbox, graph_client: GraphClient) -> None:
    names = {
        user["userPrincipalName"]: user["displayName"]
        for user in graph_client.users.list(select=["userPrincipalName", "displayName"])
    }

    results = list(fan_out(fanned.name_of, names))

    assert [(result.item, result.value) for result in results] == list(names.items())
    assert all(result.ok and result.error is None for result in results)


def test_threads_share_one_client_and_its_token(environment: Sandbox) -> None:
    seen = {id(result.value) for result in fan_out(lambda client, _: client, range(100))}
    before = environment.token_requests
    list(fan_out(lambda client, _: client.get("/users", top=1), range(40)))

    assert len(seen) == 1
    assert environment.token_requests == before + 1


def test_an_error_is_a_value_and_not_the_end(environment: Sandbox) -> None:
    results = list(fan_out(fanned.name_of, ["nobody@contoso.example", "../me", someone(environment)]))

    assert [type(result.error) for result in results] == [NotFound, NotFound, type(None)]
    assert results[0].value is None
    assert results[2].ok
    assert "NotFound" in repr(results[0])


@pytest.mark.usefixtures("nobody")
def test_unordered_results_come_when_they_are_there() -> None:
    given = threading.Event()

    def first_waits(_: Any, item: int) -> int:
        if item == 0:
            assert given.wait(LIMIT)
        return item

    results = fan_out(first_waits, range(3), ordered=False)
    early = {next(results).value, next(results).value}
    given.set()

    assert early == {1, 2}
    assert [result.value for result in results] == [0]


@pytest.mark.usefixtures("nobody")
def test_the_input_may_be_endless_and_is_read_as_needed() -> None:
    read = 0

    def numbers() -> Iterator[int]:
        nonlocal read
        while True:
            read += 1
            yield read

    results = fan_out(fanned.double, numbers(), workers=2)
    first = [result.value for result in itertools.islice(results, 500)]
    results.close()

    assert first == [2 * number for number in range(1, 501)]
    assert 500 <= read <= 520


@pytest.mark.usefixtures("nobody")
def test_what_the_input_raises_comes_after_the_results_before_it() -> None:
    def broken() -> Iterator[int]:
        yield from (1, 2, 3)
        raise LookupError("no more")

    results, values = fan_out(fanned.double, broken()), []
    with pytest.raises(LookupError, match="no more"):
        values.extend(result.value for result in results)

    assert values == [2, 4, 6]


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(("items", "total"), [(range(3), 3), (iter(range(3)), None), ([], 0)])
def test_progress_is_told(items: Any, total: int | None) -> None:
    told: list[Any] = []

    results = list(fan_out(fanned.double, items, progress=lambda done, of: told.append((done, of))))

    assert told == [(number, total) for number in range(1, len(results) + 1)]


# -- where it runs --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("where", ["threads", "own threads", "processes"])
def test_a_hundred_thousand_items_give_the_same_everywhere(where: str, pool: Executor) -> None:
    executor: Any = {"threads": None, "own threads": ThreadPoolExecutor(3), "processes": pool}[where]

    results = fan_out(fanned.double, iter(range(MANY)), executor=executor)

    assert all(result.value == 2 * number == 2 * result.item for number, result in enumerate(results))
    assert next(results, None) is None


@pytest.mark.usefixtures("nobody")
def test_a_client_is_made_once_in_each_process_and_shared_by_its_threads(pool: Executor) -> None:
    found = [result.value for result in fan_out(fanned.same_client, range(200), executor=pool, threads=4)]
    clients = {(process, client) for process, _, client in found}

    assert os.getpid() not in {process for process, _ in clients}
    assert len(clients) == len({process for process, _ in clients})
    assert len({(process, thread) for process, thread, _ in found}) > len(clients)


def test_other_processes_use_their_own_environment(environment: Sandbox, graph_client: GraphClient) -> None:
    names = upns(environment, graph_client)

    results = list(fan_out(fanned.name_of, names, executor=PROCESSES, threads=4))

    assert [result.item for result in results if result.ok] == names


@pytest.mark.usefixtures("nobody")
def test_an_executor_that_was_handed_in_stays_open() -> None:
    with ThreadPoolExecutor(1) as threads:
        assert [result.value for result in fan_out(fanned.double, [1], executor=threads)] == [2]
        assert threads.submit(int, "3").result() == 3


@pytest.mark.usefixtures("nobody")
def test_an_error_of_another_process_comes_back_with_its_place(pool: Executor) -> None:
    results = list(fan_out(fanned.refuse_odd, range(50), executor=pool))

    assert [result.item for result in results if not result.ok] == list(range(1, 50, 2))
    assert str(results[3].error) == "3 is odd"
    assert any("refuse_odd" in note for note in results[3].error.__notes__)


@pytest.mark.usefixtures("nobody")
def test_what_cannot_travel_back_is_an_error_of_that_item_only(pool: Executor) -> None:
    results = list(fan_out(fanned.awkward, ["fine", "lock", "demanding", "fine"], executor=pool))

    assert [result.value for result in results] == ["fine", None, None, "fine"]
    assert "lock cannot travel back" in str(results[1].error)
    assert "this that" in str(results[2].error)


@pytest.mark.usefixtures("nobody")
def test_what_cannot_travel_there_is_an_error_of_that_item_only(pool: Executor) -> None:
    results = list(fan_out(fanned.awkward, [*"abc", (lock for lock in ()), *"def"], executor=pool))

    assert [result.value for result in results] == [*"abc", None, *"def"]
    assert "generator" in str(results[3].error)


# -- death ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nobody")
def test_a_killed_process_loses_no_item(tmp_path: Path) -> None:
    items = [(number, str(tmp_path / "died") if number == 300 else "") for number in range(1000)]

    results = list(fan_out(fanned.die_once, items, executor=PROCESSES))

    assert (tmp_path / "died").exists()
    assert [result.value for result in results] == list(range(1000))


@pytest.mark.usefixtures("nobody")
def test_an_item_that_kills_every_process_has_an_error_and_no_other_has() -> None:
    results = list(fan_out(fanned.die_always, range(12), executor=PROCESSES))

    assert [result.item for result in results if not result.ok] == [7]
    assert isinstance(results[7].error, TransportError)
    assert "died" in str(results[7].error)


class Recorded(ProcessPoolExecutor):
    """A pool that keeps the items it was given."""

    given: ClassVar[set[Any]]

    def submit(self, function: Any, job: Any, items: Any) -> Any:  # type: ignore[override]
        future = super().submit(function, job, items)
        self.given |= set(items.all)
        return future


@pytest.fixture
def recorded() -> partial[Recorded]:
    Recorded.given = set()
    return partial(Recorded, 2, mp_context=multiprocessing.get_context("spawn"))


@pytest.mark.usefixtures("nobody")
def test_of_a_broken_pool_that_was_handed_in_every_item_left_has_an_error(recorded: partial[Recorded]) -> None:
    with recorded() as pool:
        results = list(fan_out(fanned.die_always, range(1000), executor=pool))

    assert [result.item for result in results] == list(range(1000))
    assert {type(result.error) for result in results if not result.ok} == {TransportError}
    assert not results[7].ok
    assert all(result.ok or result.error.sent == (result.item in Recorded.given) for result in results)


class Brittle(Executor):
    """Takes some tasks and breaks; either its futures are the first to tell, or the next ``submit`` is."""

    def __init__(self, tasks: int, submit_first: bool) -> None:
        self.tasks, self.submit_first = tasks, submit_first
        self.futures: list[Future[Any]] = []
        self.given: set[int] = set()

    def submit(self, function: Any, job: Any, items: Any) -> Future[Any]:  # type: ignore[override]
        if len(self.futures) == self.tasks:
            threading.Timer(0.01, self.fail).start()
            raise BrokenExecutor("broken")
        self.futures.append(Future())
        self.given |= set(items.all)
        if len(self.futures) == self.tasks and not self.submit_first:
            self.fail()
        return self.futures[-1]

    def fail(self) -> None:
        for future in self.futures:
            if not future.done():
                future.set_exception(BrokenExecutor("broken"))


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("submit_first", [False, True], ids=["futures first", "submit first"])
@pytest.mark.parametrize("tasks", [1, 2, 3])
def test_whoever_notices_first_what_was_handed_out_may_have_been_done(tasks: int, submit_first: bool) -> None:
    pool = Brittle(tasks, submit_first)

    results = list(fan_out(fanned.double, range(40), executor=pool, workers=2))

    assert [result.item for result in results] == list(range(40))
    assert 0 < len(pool.given) < 40
    assert {result.item for result in results if result.error.sent} == pool.given


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("workers", sample([8, 2, 1], 1))
def test_pools_that_never_start_are_given_up(recorded: partial[Recorded], workers: int) -> None:
    made: list[Executor] = []

    def make() -> Executor:
        made.append(recorded(initializer=fanned.die))
        return made[-1]

    results = list(fan_out(fanned.double, range(100), executor=make, workers=workers))

    assert {type(result.error) for result in results} == {TransportError}
    assert len(made) == 5  # one death counts once, whoever notices it
    assert {result.item for result in results if result.error.sent} == Recorded.given < set(range(100))


# -- the end --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nobody")
def test_closing_begins_nothing_more_and_waits_for_what_has_begun() -> None:
    begun, done = [], []

    def slow(_: Any, item: int) -> int:
        begun.append(item)
        time.sleep(0.01)
        done.append(item)
        return item

    results = fan_out(slow, itertools.count(), workers=4)
    next(results)
    results.close()

    assert sorted(begun) == sorted(done)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("leangraph-fan-out")]


def test_closing_does_not_wait_for_what_graph_wants_to_be_waited_for(
    environment: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPH_PATIENCE", str(100 * LIMIT))
    environment.fail("GET", "/groups", status=429, retry_after=50 * LIMIT, times=100)
    paths = itertools.chain(["/users"], itertools.repeat("/groups"))

    results = fan_out(lambda client, path: client.get(path), paths, workers=2)
    next(results)
    assert eventually(lambda: environment.pending_faults < 100)
    closing = threading.Thread(target=results.close, daemon=True)
    closing.start()
    closing.join(LIMIT)

    assert not closing.is_alive()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process alone")
@pytest.mark.parametrize("executor", ["None", "partial(ProcessPoolExecutor, 2, mp_context=get_context('spawn'))"])
def test_ctrl_c_ends_it(executor: str, tmp_path: Path) -> None:
    script = (
        "import itertools, sys, fanned\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from functools import partial\n"
        "from multiprocessing import get_context\n"
        "from leangraph import fan_out\n"
        "if __name__ == '__main__':\n"
        f"    for result in fan_out(fanned.place, itertools.count(), executor={executor}):\n"
        "        if result.item == 100: print('running', flush=True)\n"
    )
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    environment = {
        **os.environ,
        "AZURE_TENANT_ID": "t",
        "AZURE_CLIENT_ID": "c",
        "AZURE_CLIENT_SECRET": "s",
        "PYTHONPATH": os.pathsep.join([SUPPORT, *sys.path]),
    }
    with started(sys.executable, tmp_path / "script.py", env=environment) as process:
        assert process.stdout.readline() == "running\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LIMIT)

    assert process.returncode == -signal.SIGINT
    assert said.rstrip().endswith("KeyboardInterrupt")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process alone")
@pytest.mark.parametrize(("where", "times"), [("threads", 5), ("processes", 2)])
def test_ctrl_c_ends_it_wherever_it_comes(where: str, times: int) -> None:
    environment = {
        **os.environ,
        "AZURE_TENANT_ID": "t",
        "AZURE_CLIENT_ID": "c",
        "AZURE_CLIENT_SECRET": "s",
        "PYTHONPATH": os.pathsep.join([SUPPORT, *sys.path]),
    }
    done = python(Path(SUPPORT) / "interrupted.py", times, where, env=environment)

    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < LIMIT


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("where", ["threads", "own threads", "processes"])
@pytest.mark.parametrize("kind", [SystemExit, GeneratorExit, ValueError, RecursionError])
def test_whatever_the_function_raises_is_the_error_of_its_item(
    where: str, kind: type[BaseException], pool: Executor
) -> None:
    executor: Any = {"threads": None, "own threads": ThreadPoolExecutor(3), "processes": pool}[where]

    results = list(fan_out(fanned.raise_at_three, [(kind, n) for n in range(30)], executor=executor))

    assert [result.item[1] for result in results if not result.ok] == [3]
    assert type(results[3].error) is kind
    assert [result.value for result in results if result.ok] == [n for n in range(30) if n != 3]


CONTEXT: ContextVar[str] = ContextVar("context", default="lost")


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor(2)], ids=["own", "pool"])
def test_the_function_sees_the_context_of_whoever_iterates(executor: Executor | None) -> None:
    CONTEXT.set("kept")
    results = list(fan_out(lambda client, _: CONTEXT.get(), range(50), executor=executor))

    assert {result.value for result in results} == {"kept"}


@pytest.mark.usefixtures("nobody")
def test_a_run_that_nobody_reads_says_so_and_all_reads_it() -> None:
    with pytest.warns(RuntimeWarning, match=r"fan_out\(...\) was not iterated"):
        fan_out(fanned.double, [1])
    fan_out(fanned.double, [])

    assert [result.value for result in fan_out(fanned.double, range(3)).all()] == [0, 2, 4]


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("where", ["threads", "processes"])
@pytest.mark.parametrize("kind", [SystemExit, LookupError])
def test_whatever_the_input_raises_comes_after_all_results_before_it(
    where: str, kind: type[BaseException], pool: Executor
) -> None:
    def broken() -> Iterator[int]:
        yield from range(1000)
        raise kind("no more")

    values: list[int] = []
    with pytest.raises(kind, match="no more"):
        values.extend(
            r.value for r in fan_out(fanned.double, broken(), executor=pool if where == "processes" else None)
        )

    assert values == [2 * number for number in range(1000)]


@pytest.mark.usefixtures("nobody")
def test_items_that_may_not_travel_do_not_hold_up_what_may(sandbox_settings: Settings, pool: Executor) -> None:
    """So many are refused in a row that reading stops before there is a full task."""
    items = [*range(500), *[sandbox_settings] * 30_000, *range(10)]
    results = list(fan_out(fanned.double, items, executor=pool))

    assert [result.ok for result in results] == [isinstance(item, int) for item in items]


# -- configuration --------------------------------------------------------------------------------------------


def held(kind: str, settings: Settings) -> Any:
    return {
        "settings": settings,
        "holder": TokenHolder.fixed("abc"),
        "client": GraphClient(TokenHolder.fixed("abc")),
        "secret": SecretStr("abc"),
        "inside": {"tenant": "t", "secret": SecretStr("abc")},
        "pair": ("t", settings),
    }[kind]


SECRETS = pytest.mark.parametrize("kind", ["settings", "holder", "client", "secret", "inside", "pair"])


@SECRETS
def test_a_secret_among_the_items_is_refused_with_the_remedy(
    kind: str, sandbox_settings: Settings, pool: Executor, environment: Sandbox
) -> None:
    items = ["one", held(kind, sandbox_settings), "two"]

    results = list(fan_out(fanned.awkward, items, executor=pool))

    assert [result.value for result in results] == ["one", None, "two"]
    assert isinstance(results[1].error, ConfigurationError)
    assert "name of a profile" in str(results[1].error)


@SECRETS
def test_a_secret_in_the_function_is_refused_before_anything_runs(
    kind: str, sandbox_settings: Settings, pool: Executor
) -> None:
    secret = held(kind, sandbox_settings)

    for function in (partial(fanned.awkward, secret), partial(fanned.awkward, item=secret), lambda *_: secret):
        with pytest.raises(ConfigurationError, match="does not travel"):
            fan_out(function, [1], executor=pool)


def test_settings_do_not_travel_but_serve_threads(
    sandbox_settings: Settings, graph_sandbox: Sandbox, pool: Executor
) -> None:
    with pytest.raises(ConfigurationError, match="name of a profile"):
        fan_out(fanned.double, [1], settings=sandbox_settings, executor=pool)

    upn = someone(graph_sandbox)
    assert [result.ok for result in fan_out(fanned.name_of, [upn], settings=sandbox_settings)] == [True]


def test_no_task_for_another_process_holds_a_secret(environment: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []

    class Spy(ProcessPoolExecutor):
        def submit(self, *arguments: Any, **more: Any) -> Any:
            sent.append(pickle.dumps((arguments, more)))
            return super().submit(*arguments, **more)

    with Spy(1, mp_context=multiprocessing.get_context("spawn")) as spy:
        results = list(fan_out(fanned.name_of, [someone(environment)], executor=spy))

    assert [result.ok for result in results] == [True]
    assert sent
    assert not any(environment.client_secret.encode() in data for data in sent)


def test_a_missing_setting_is_said_at_once_on_threads() -> None:
    with pytest.raises(ConfigurationError, match="AZURE_TENANT_ID"):
        fan_out(fanned.double, range(10))


def test_a_profile_is_named_and_read_by_the_worker(
    environment: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from leangraph.settings import profiles

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    file = profiles.directory() / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"[profiles.lab]\ntenant_id = {json.dumps(environment.tenant_id)}\n", encoding="utf-8")
    monkeypatch.delenv("AZURE_TENANT_ID")

    [known] = fan_out(fanned.name_of, [someone(environment)], settings="lab", executor=PROCESSES)
    [unknown] = fan_out(fanned.name_of, [someone(environment)], settings="lob", executor=PROCESSES)

    [by_item] = fan_out(fanned.users_of, ["lab"], settings=str)

    assert known.ok
    assert by_item.ok
    assert isinstance(unknown.error, ConfigurationError)


@pytest.mark.parametrize(
    "options", [{"workers": 0}, {"workers": True}, {"threads": 0}, {"threads": 1.5}, {"executor": 3}]
)
def test_arguments_that_do_not_add_up_are_refused(options: dict[str, Any], sandbox_settings: Settings) -> None:
    with pytest.raises(ConfigurationError):
        fan_out(fanned.double, [1], settings=sandbox_settings, **options)
    with pytest.raises(ConfigurationError, match="cannot be called"):
        fan_out("double", [1], settings=sandbox_settings)  # type: ignore[arg-type]


# -- tenants --------------------------------------------------------------------------------------------------


def tenants(sandbox: Sandbox, number: int) -> dict[str, int]:
    """Add tenants that know the app of the environment, of different size."""
    app = sandbox.app
    app.multi_tenant = True
    sizes = {}
    for each in range(number):
        tenant = sandbox.add_tenant(f"tenant{each}.example", users=each % 3 + 1)
        app.consent(tenant, ["User.ReadWrite.All", "Directory.ReadWrite.All"])
        sizes[tenant.id] = each % 3 + 1
    return sizes


def test_one_report_over_twenty_tenants_in_two_processes(environment: Sandbox) -> None:
    sizes = tenants(environment, 19)
    unknown = "00000000-0000-0000-0000-000000000001"
    places = [*sizes, unknown]

    results = list(fan_out(fanned.users_of, places, settings=fanned.in_tenant, executor=PROCESSES, threads=4))

    assert {result.item: result.value for result in results if result.ok} == sizes
    assert [result.item for result in results if not result.ok] == [unknown]


def test_a_tenant_whose_quota_is_used_up_does_not_hold_up_the_others(environment: Sandbox) -> None:
    sizes = tenants(environment, 4)
    environment.throttling = True
    environment.limits.override = quota(10, 3600)
    [busy, *others] = sizes
    for _ in range(10):
        with GraphClient(settings=fanned.in_tenant(busy)) as client:
            client.get("/users", select="id")

    def patient(tenant: str) -> Settings:
        return Settings(tenant_id=tenant, patience=1.0)

    results = list(fan_out(fanned.users_of, sizes, settings=patient))

    assert [result.item for result in results if not result.ok] == [busy]
    assert [result.item for result in results if result.ok] == others


def quota(calls: int, per: float) -> Any:
    from leangraph.sandbox.rules.limits import Quota

    return Quota(calls, per)


# -- budgets --------------------------------------------------------------------------------------------------


def test_a_budget_is_shared_by_all_clients_of_this_process(environment: Sandbox) -> None:
    spent: list[float] = []

    class Counted:
        def take(self, units: float = 1.0) -> None:
            spent.append(units)

    list(fan_out(lambda client, _: client.get("/users", top=1), range(30), budget=Counted()))

    assert spent == [1.0] * 30


def test_a_budget_does_not_travel_unless_it_is_a_share(pool: Executor, environment: Sandbox) -> None:
    whole = list(fan_out(fanned.double, [1, 2], executor=pool, budget=Budget(10)))
    share = list(fan_out(fanned.double, [1, 2], executor=pool, budget=Budget(10).split(2)))

    assert ["split" in str(result.error) for result in whole] == [True, True]
    assert [result.value for result in share] == [2, 4]


def test_processes_share_a_file_budget(tmp_path: Path, pool: Executor) -> None:
    budget = FileBudget(tmp_path / "budget", rate=1e-6, burst=500)
    jobs: Callable[[Any, Any], Any] = fanned.spend_by_client

    results = list(fan_out(jobs, [(budget, 50)] * 6, executor=pool, settings=fanned.anybody, threads=3))

    assert all(result.ok for result in results)
    assert left(tmp_path / "budget") == pytest.approx(200, abs=0.01)


def left(file: Path) -> float:
    import struct

    tokens: float = struct.unpack("<dd", file.read_bytes())[0]
    return tokens


# -- what is promised -----------------------------------------------------------------------------------------


def test_every_python_example_of_the_page_runs(environment: Sandbox, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    space: dict[str, Any] = {"__name__": "scale_page"}

    for code in examples:
        exec(compile(code, "scale.md", "exec"), space)

    assert len(examples) == 4
