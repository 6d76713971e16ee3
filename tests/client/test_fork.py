"""What a child process forgets: locks, pools and counts of its parent."""

from __future__ import annotations

import gc
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

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


def test_a_process_forks_when_no_thread_is_in_the_midst_of_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child would wait for ever for a module that only a thread of its parent was importing."""
    name = "leangraph.protocols.reports"
    begun, forking = threading.Event(), threading.Event()
    known = importlib.util.find_spec(name)
    assert known is not None

    class Slow(importlib.machinery.SourceFileLoader):
        def exec_module(self, module: ModuleType) -> None:
            begun.set()
            forking.wait()
            super().exec_module(module)

    class Finder:
        def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
            if fullname != name or begun.is_set():
                return None
            return importlib.util.spec_from_loader(name, Slow(name, str(known.origin)), origin=known.origin)

    def let_go(_: float) -> None:  # that would be a millisecond
        forking.set()
        thread.join()

    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    monkeypatch.setattr(fork, "sleep", let_go)
    thread = threading.Thread(target=importlib.import_module, args=(name,))
    thread.start()
    begun.wait()
    try:
        assert in_a_child(lambda: hasattr(importlib.import_module(name), "report"))
    finally:
        let_go(0)
