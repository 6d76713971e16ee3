"""Processes that tests start: Ctrl-C reaches them, no wait for them is endless, and none outlives its test."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest

LIMIT = 300.0  # seconds: only what hangs takes longer, however busy the machine is
SUPPORT = str(Path(__file__).parent)  # what a process needs on its path to import what stands beside this file

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
spawned_pool = partial(ProcessPoolExecutor, mp_context=multiprocessing.get_context("spawn"))


def restore_sigint() -> None:
    """Let SIGINT interrupt this process and those it starts, which inherit it if it is ignored.

    A shell without job control ignores it in what it runs in the background: ``nohup make test &``.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()  # only there it can be set
    if in_main_thread and signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def started(
    *command: object, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start a process with three pipes of UTF-8; kill it, and all that it has started, at the end of the block."""
    restore_sigint()
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="backslashreplace",
        env=env,
        cwd=cwd,
        start_new_session=os.name == "posix",  # a group of its own, which can be killed as a whole
    )
    alarm = threading.Timer(LIMIT, kill, [process])  # ends a read from a pipe, which has no limit of its own
    alarm.daemon = True
    alarm.start()
    try:
        yield process
    finally:
        alarm.cancel()
        kill(process)
        process.wait(LIMIT)
        for pipe in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(BrokenPipeError):  # what was written to it has no reader left
                pipe.close()


def kill(process: subprocess.Popen[str]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the group is empty (macOS: has zombies)
            os.killpg(process.pid, signal.SIGKILL)
    else:
        command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(command, capture_output=True, check=False, timeout=LIMIT)


def run(
    *command: object, text: str = "", env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, ``text`` being its standard input."""
    with started(*command, env=env, cwd=cwd) as process:
        out, err = process.communicate(text, timeout=LIMIT)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def python(
    *words: object, text: str = "", env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, *words, text=text, env=env, cwd=cwd)


def in_fork(work: Callable[[], object], seconds: int = int(LIMIT)) -> int:
    """Return the exit code of a forked child: 0 if its work is true, 1 if not, minus the signal that ended it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(seconds)  # ends a child that hangs
            code = 0 if work() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@contextlib.contextmanager
def bounded_pools() -> Iterator[None]:
    """Kill the workers of process pools if the block hangs: its pools then break, and it ends."""
    alarm = threading.Timer(LIMIT, end_pools)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


def end_pools() -> None:
    """Kill the workers of all process pools of this process."""
    for child in multiprocessing.active_children():
        child.kill()
        child.join(LIMIT)


def eventually(happened: Callable[[], object]) -> bool:
    """Wait until something has happened that a thread or a process does; False if it never does."""
    for _ in range(int(LIMIT * 100)):
        if happened():
            return True
        time.sleep(0.01)
    return bool(happened())
