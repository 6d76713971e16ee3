"""What a child process forgets: locks, pools and counts of its parent."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable

import pytest
from processes import in_fork

from leangraph.system import fork

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def in_a_child(check: Callable[[], bool]) -> bool:
    """Return what ``check`` tells in a forked child."""
    return in_fork(check) == 0


class Owner:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forks = 0
        fork.register(self)

    def after_fork(self) -> None:
        self.lock = threading.Lock()
        self.forks += 1


def test_a_child_is_told_and_its_parent_is_not() -> None:
    owners = [Owner() for _ in range(3)]

    assert in_a_child(lambda: all(owner.forks == 1 for owner in owners))
    assert all(owner.forks == 0 for owner in owners)


def test_a_child_of_a_child_is_told_as_well() -> None:
    owner = Owner()

    assert in_a_child(lambda: in_a_child(lambda: owner.forks == 2))


def test_a_lock_that_another_thread_holds_is_free_in_the_child() -> None:
    owner = Owner()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with owner.lock:
            held.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        assert in_a_child(lambda: owner.lock.acquire(blocking=False))
    finally:
        done.set()
        thread.join()


def test_the_registry_keeps_nobody_alive() -> None:
    gc.collect()  # what earlier tests left
    before = len(fork._owners)
    owner = Owner()
    assert len(fork._owners) == before + 1
    del owner
    gc.collect()
    assert len(fork._owners) == before


def test_owners_that_come_while_the_process_forks_are_no_error() -> None:
    stop = threading.Event()
    made: list[Owner] = []

    def make() -> None:
        while not stop.is_set():
            made.append(Owner())
            del made[:-50]

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        assert all(in_a_child(lambda: True) for _ in range(20))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
