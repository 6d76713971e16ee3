"""One tenant: its objects, its clock, and what the families keep of it besides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from ..login.ledger import Ledger
from ..wire.signed_urls import SignedUrls
from .store import Store, of_kind

T = TypeVar("T")


class Memory(Generic[T]):
    """What a family keeps of each tenant besides objects, until the next reset. ``fresh`` makes it."""

    def __init__(self, fresh: Callable[[Directory], T]) -> None:
        self._fresh = fresh

    def of(self, directory: Directory) -> T:
        memory = directory.memory
        value: T = memory[self] if self in memory else memory.setdefault(self, self._fresh(directory))
        return value


class Directory:
    """One tenant as Graph shows it. ``clock`` returns seconds since the epoch, ``ledger`` knows its tokens."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        seed: int,
        *,
        tenant: str,
        domain: str,
        signed_urls: SignedUrls,
        ledger: Ledger,
    ) -> None:
        self.store = store
        self.signed_urls = signed_urls
        self.ledger = ledger
        self.clock = clock
        self.tenant = tenant
        self.domain = domain
        self.page_key = blake2b(f"{seed}/{tenant}/pages".encode()).digest()
        self.reset()

    def reset(self) -> None:
        self.page_size: int | None = None  # objects on a page without $top; None: what Graph has
        self.page_lifetime = 600.0  # seconds until a nextLink expires
        self.empty_pages = False
        self.memory: dict[Memory[Any], Any] = {}

    @property
    def domains(self) -> frozenset[str]:
        """The verified domains, in lower case: where users may have their names."""
        rows = self.store.select(of_kind("domain"))
        return frozenset(str(row.doc["id"]).lower() for row in rows if row.doc.get("isVerified"))

    def now(self) -> str:
        """Return the time as Graph writes it."""
        return self.at(self.clock())

    @staticmethod
    def at(seconds: float) -> str:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
