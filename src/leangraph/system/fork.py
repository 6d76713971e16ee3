"""What a child process has to forget after ``fork``: one registry for every lock, pool and count.

A lock may be held by a thread that does not exist in the child, a socket belongs to the parent as well, and a
budget that is counted in both is spent twice. Whoever owns such a thing registers it here when it is made.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from time import monotonic, sleep
from typing import Final, Protocol

_LAZY: Final = frozenset({"leangraph", "msal", "cryptography"})  # what is imported when it is needed
LONGEST_IMPORT: Final = 10.0  # seconds: a fork waits no longer


class Forgetful(Protocol):
    """Something that has to be renewed in a child process."""

    def after_fork(self) -> None:
        """Replace locks and let go of what belongs to the parent; called in the child, before anything else runs.

        It must not take a lock, close a socket, or wait.
        """


_owners: weakref.WeakSet[Forgetful] = weakref.WeakSet()
_lock = threading.Lock()  # held while the process forks: the child's copy of the set is whole


def register(owner: Forgetful) -> None:
    """Call ``owner.after_fork()`` in every child process, as long as somebody holds the owner."""
    with _lock:
        _owners.add(owner)


def _before() -> None:
    """Let threads finish what they import: a child would wait for ever for a module whose importer it lacks."""
    until = monotonic() + LONGEST_IMPORT
    while monotonic() < until and any(map(_is_half_imported, list(sys.modules))):
        sleep(0.001)
    _lock.acquire()


def _is_half_imported(name: str) -> bool:
    spec = getattr(sys.modules.get(name), "__spec__", None) if name.partition(".")[0] in _LAZY else None
    return getattr(spec, "_initializing", False)


def _in_the_child() -> None:
    _lock.release()  # by the thread that took it, the only one that the child has
    for owner in list(_owners):
        owner.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_lock.release, after_in_child=_in_the_child)
