"""What every control stands on: the parts of a sandbox, whether it runs or not."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..core.directory import Directory
from ..core.objects import PRINCIPALS
from ..core.store import Row, Store
from ..live import Blueprint, Live
from ..login.ledger import Ledger
from ..login.registry import App, User
from ..login.service import LoginHost
from ..pipeline import Fidelity, Pipeline
from ..rules.limits import Limits

Reference = str | App | Mapping[str, Any]  # an object by id, name or app; or as Graph or ``add_…`` returned it


class Controls:
    """A sandbox without anything to say to it."""

    def __init__(self, users: int, seed: int, port: int, store: Path | None, fidelity: Fidelity) -> None:
        self._blueprint = Blueprint(users, seed, port, store)
        self._ahead = 0.0
        self._live: Live | None = None
        self._ledger = Ledger(self._blueprint.registry, self.now, self._user_named)
        self._login = LoginHost(self._ledger, lambda: self.url)
        self.limits = Limits(self.now, users=users)
        self._pipeline = Pipeline(self._login, self.limits, self.now, fidelity)

    def _running(self) -> Live:
        if self._live is None:
            raise RuntimeError("the sandbox is not running: use `with Sandbox() as sandbox:` or call start()")
        return self._live

    def _user_named(self, name: str) -> User | None:
        return self._live.store.get("user", name) if self._live is not None else None

    @property
    def _directory(self) -> Directory:
        return self._running().directory

    def _find(self, reference: Reference) -> Row:
        """Return the object that a test means; raises ValueError for one that is not there."""
        if isinstance(reference, App):
            key = reference.object_id(self._ledger.registry.main)
        else:
            key = reference if isinstance(reference, str) else str(reference.get("id", ""))
        row = find(self._directory.store, key)
        if row is None:
            raise ValueError(f"there is no object {key!r} in the tenant: give an id, a user name or an object")
        return row

    @property
    def url(self) -> str:
        """The root of Graph, without a version. It is also the address of the login host."""
        return self._running().origin("graph")

    def now(self) -> float:
        """Return the sandbox's own time, in seconds since the epoch."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward. Tokens and page links expire by this clock."""
        self._ahead += seconds


def find(store: Store, key: str) -> Row | None:
    """Return an object by its id or name."""
    row = store.find(key)
    named = ((kind, store.get(kind, key)) for kind in PRINCIPALS)
    return row or next((Row(0, kind, None, doc) for kind, doc in named if doc is not None), None)
