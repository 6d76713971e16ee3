"""What the tests of ``fan_out`` run in other processes, which have to import it."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from leangraph import GraphClient, Settings


def double(_: Any, item: int) -> int:
    return 2 * item


def place(_: Any, item: int) -> int:
    time.sleep(0.002)
    return os.getpid()


def same_client(client: GraphClient, item: int) -> tuple[int, int, int]:
    time.sleep(0.002)  # long enough for other threads to take part
    return os.getpid(), threading.get_ident(), id(client)


def name_of(client: GraphClient, upn: str) -> Any:
    return client.users[upn].get(select=["displayName"])["displayName"]


def refuse_odd(_: Any, item: int) -> int:
    if item % 2:
        raise ValueError(f"{item} is odd")
    return item


def raise_at_three(_: Any, item: tuple[type[BaseException], int]) -> int:
    kind, number = item
    if number == 3:
        raise kind("three")
    return number


def die_once(_: Any, item: tuple[int, str]) -> int:
    """Take the process down with the item that has a marker, unless the marker is there already."""
    number, marker = item
    if marker and not Path(marker).exists():
        Path(marker).touch()
        die()
    return number


def die_always(_: Any, item: int) -> int:
    if item == 7:
        die()
    return item


def die() -> None:
    if hasattr(signal, "SIGKILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(9)


class Demanding(Exception):
    """An exception that pickle can write and cannot read."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def awkward(_: Any, item: str) -> Any:
    if item == "lock":
        return threading.Lock()
    if item == "demanding":
        raise Demanding("this", "that")
    return item


def users_of(client: GraphClient, tenant: str) -> int:
    return len(list(client.users.list(select=["id"])))


def in_tenant(tenant: str) -> Settings:
    """Make the settings of a tenant, with the rest from the environment of the worker."""
    return Settings(tenant_id=tenant)


def spend(arguments: tuple[Any, int]) -> None:
    budget, times = arguments
    for _ in range(times):
        budget.take()


def spend_by_client(_: Any, item: tuple[Any, int]) -> None:
    spend(item)


def anybody(_: object) -> Settings:
    return Settings.from_mapping({"tenant_id": "t", "client_id": "c", "client_secret": "s"})
