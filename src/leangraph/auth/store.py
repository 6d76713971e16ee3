"""Grants kept or shared between processes: one token request for many, and sign-ins that survive the process.

A store has three methods, ``load``, ``store`` and ``lock``; ``FileStore`` is in the box, others (Redis) are a
dozen lines. What they are given is encrypted already. If a store fails, the sign-in goes on without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from leangraph.auth.flow import Flow
from leangraph.auth.grant import Grant, Hidden, Secret, TokenSource
from leangraph.errors import AuthError, ConfigurationError, Error, TransportError
from leangraph.system import files
from leangraph.system.log import log
from leangraph.system.text import one_line

LOCK_PATIENCE = 20.0  # seconds to wait for the process that asks already: longer than a token request takes
SPARE = 60.0  # seconds of life below which a token of another process is not worth taking
NONCE = 12  # bytes, at the start of what is stored
SHORTEST_KEY = 32  # characters
SPACE = 4096  # bytes: no refresh token is as long as that


class Store(Protocol):
    """Where processes share small records.

    Any exception means that it is out of order: the caller goes on without it. ``lock`` yields whether it was
    had; it must end with the process that holds it, or after a time.
    """

    def load(self, key: str) -> bytes | None: ...
    def store(self, key: str, value: bytes, lifetime: float) -> object: ...
    def lock(self, key: str) -> AbstractContextManager[bool]: ...


class FileStore:
    """A directory of records, one file each, private to the user.

    A record is replaced in one step. A lock ends with the process that holds it, however that ends, and nobody
    waits longer than ``patience`` seconds for it.

    Attributes:
        place: the directory, as a message names it.

    Raises:
        ConfigurationError: other users can write to the directory; they could delete records, or bring old ones
            back. Told when it is used.
    """

    def __init__(
        self, directory: str | os.PathLike[str], *, patience: float = LOCK_PATIENCE, suffix: str = "token"
    ) -> None:
        self._directory = files.expand(directory)
        self.place = str(self._directory)
        self._patience = patience
        self._suffix = suffix

    def load(self, key: str) -> bytes | None:
        files.check_trusted(self._directory, "the token store")
        try:
            return self._file(key).read_bytes()
        except FileNotFoundError:
            return None

    def store(self, key: str, value: bytes, lifetime: float = 0.0) -> None:
        """Write a record; ``lifetime`` is for stores that tidy up by themselves."""
        self._make_directory()
        files.replace(self._file(key), value, private=True, in_place=True)

    def remove(self, key: str) -> bool:
        """Remove a record; return whether there was one."""
        try:
            self._file(key).unlink()
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        self._make_directory()
        with files.locked(self._file(key), self._patience) as held:
            yield held

    def _file(self, key: str) -> Path:
        return self._directory / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.{self._suffix}"

    def _make_directory(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.check_trusted(self._directory, "the token store")


# -- encryption -----------------------------------------------------------------------------------------------


class Sealed:
    """Encrypts records with AES-GCM; each can be opened only under the name it was sealed for.

    Raises:
        ConfigurationError: the key is shorter than 32 characters.
    """

    def __init__(self, key: str | Secret) -> None:
        self._key = Hidden(key)
        del key
        if len(self._key.get_secret_value()) < SHORTEST_KEY:
            raise ConfigurationError(f"the key of a token store must have {SHORTEST_KEY} characters or more")

    def seal(self, name: str, value: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + bytes(self._cipher().encrypt(nonce, value, name.encode()))

    def unseal(self, name: str, sealed: bytes) -> bytes | None:
        """Return the content, ``None`` if it was sealed with another key, for another name, or is damaged."""
        from cryptography.exceptions import InvalidTag

        try:
            return bytes(self._cipher().decrypt(sealed[:NONCE], sealed[NONCE:], name.encode()))
        except (InvalidTag, ValueError):
            return None

    def _cipher(self) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(hashlib.sha256(b"leangraph.auth.store\0" + self._key.get_secret_value().encode()).digest())


# -- app tokens, one for many processes -----------------------------------------------------------------------


def share_between_processes(
    acquire: TokenSource,
    store: Store,
    name: str,
    key: str | Secret,
    *,
    wall: Callable[[], float] = time.time,
) -> Flow:
    """Return a flow that asks only if no other process has a good token.

    Args:
        name: whose token it is: the same for those who share it, another for everybody else.
        key: 32 random characters or more; whoever has it can read the tokens.

    With claims the issuer is always asked. A token that this process has had once is not taken a second time:
    asking again means that it was refused or is due for renewal.

    Raises:
        ConfigurationError: the key is too short.
    """
    flow = Flow.of(acquire)
    records = _Records(store, name, Sealed(key), wall)
    taken: list[bytes] = []  # fingerprints of the tokens that this process was given

    def is_new(token: str) -> bool:
        return _fingerprint(token) not in taken

    def usable(claims: str | None) -> tuple[_Record | None, bool]:
        record = records.load() if claims is None else None
        return record, record is not None and record.fresh and is_new(record.grant.token)

    def ask(claims: str | None) -> Grant:
        record, good = usable(claims)
        if not good:
            with records.lock():
                record, good = usable(claims)  # another process may have asked meanwhile
                if not good:
                    record = renew(record, claims)
        assert record is not None
        taken[:] = [*taken[-7:], _fingerprint(record.grant.token)]
        return record.grant

    def renew(old: _Record | None, claims: str | None) -> _Record:
        began = wall()
        try:
            grant = flow(claims=claims)
        except (AuthError, TransportError):
            if old is not None and is_new(old.grant.token):  # due for renewal, but still good
                return old
            raise
        records.save(grant, began)
        return _Record(grant, fresh=True)

    longest = None if flow.longest is None else flow.longest + LOCK_PATIENCE
    return Flow(flow.name, ask, flow.scopes, longest=longest, close=flow.close)


class _Record(NamedTuple):
    grant: Grant
    fresh: bool  # not yet due for renewal


class _Records:
    """One token in a store, which may be out of order at any time: that is logged once, and does no harm."""

    def __init__(self, store: Store, name: str, sealed: Sealed, wall: Callable[[], float]) -> None:
        self._store = store
        self._name = name
        self._sealed = sealed
        self._wall = wall
        self._out_of_order = False

    def load(self) -> _Record | None:
        with self._tolerant():
            stored = self._store.load(self._name)
            content = self._sealed.unseal(self._name, stored) if stored else None
            record: dict[str, Any] = json.loads(content) if content else {"expires_at": 0, "refresh_at": 0}
            left, fresh = record["expires_at"] - self._wall(), record["refresh_at"] - self._wall()
            if left >= SPARE:
                return _Record(Grant(record["token"], left, fresh if fresh > 0 else None), fresh > 0)
        return None

    def save(self, grant: Grant, began: float) -> None:
        life = grant.expires_in
        refresh_in = grant.refresh_in if grant.refresh_in is not None else life - max(300.0, life / 10)
        record = {
            "token": grant.token,
            "expires_at": began + life,
            "refresh_at": began + (refresh_in if 0 < refresh_in < life else life / 2),
        }
        with self._tolerant():
            self._store.store(self._name, self._sealed.seal(self._name, json.dumps(record).encode()), life)
            self._out_of_order = False

    @contextmanager
    def lock(self) -> Iterator[None]:
        with ExitStack() as stack:
            with self._tolerant():
                taken = self._store.lock(self._name)
                taken.__enter__()
                stack.callback(self._release, taken)
            yield

    def _release(self, taken: AbstractContextManager[bool]) -> None:
        with self._tolerant():
            taken.__exit__(None, None, None)

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        try:
            yield
        except ConfigurationError:  # a store that must not be used
            raise
        except Exception as error:  # noqa: BLE001 - a store may raise anything
            first, self._out_of_order = not self._out_of_order, True
            if first:
                problem = str(error) if isinstance(error, Error) else type(error).__name__
                if isinstance(error, OSError):
                    problem = files.reason(error)
                place = getattr(self._store, "place", "")
                log.warning("token store%s out of order (%s): going on without it", place and f" {place}", problem)


def _fingerprint(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


# -- users, kept ----------------------------------------------------------------------------------------------


class RefreshTokenFile:
    """A file with a refresh token, rewritten whenever a new one comes.

    A link is followed, a mode is kept, and a file that is mounted by itself is written in place.

    Args:
        sealed: encrypts it; without, the token is in the file as it is, and the file must be private to the user.
        variable: the setting that named the file, for messages.

    Attributes:
        place: the file, as a message names it.

    Raises:
        ConfigurationError: whatever the system refuses; it names the file and the setting. So does each method.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        sealed: Sealed | None = None,
        patience: float = LOCK_PATIENCE,
        variable: str = "",
    ) -> None:
        self._path = files.expand(path)
        self._sealed = sealed
        self._told = ""  # that others can read it
        self._patience = patience
        self._thread = 0  # that has the lock
        self._variable = variable
        self.place = f"{self._path} ({variable})" if variable else str(self._path)

    def load(self) -> str | None:
        """Return the token; ``None`` if there is none that can be read.

        Raises:
            ConfigurationError: the file is no text, or other users can write to it.
        """
        with files.told(f"{self.place} cannot be read"):
            problem = files.check_trusted(self._path, f"the refresh token in {self.place}")
            try:
                content = self._path.read_bytes()
            except FileNotFoundError:
                return None
        if problem and problem != self._told:
            log.warning("%s", problem)
        self._told = problem
        if self._sealed is not None:
            opened = self._sealed.unseal(self._path.name, content)
            return opened.decode() if opened is not None else None
        return self._text_of(content) or None

    def save(self, refresh_token: str) -> None:
        value = refresh_token.encode()
        content = self._sealed.seal(self._path.name, value) if self._sealed else value
        with self._kept():
            self._make_directory()
            files.replace(self._path, content, private=True, in_place=True)

    def check(self) -> None:
        """Raise ``ConfigurationError`` if ``save`` would; changes nothing but the directory, which is made."""
        with self._kept():
            self._make_directory()
            files.check_writable(self._path, in_place=True, size=SPACE)

    def remove(self) -> bool:
        """Forget the sign-in; return whether there was one."""
        with files.told(f"{self.place} cannot be removed"):
            return files.remove(self._path)

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Hold the file's lock; yield whether it was had in time.

        Raises:
            AuthError: this thread holds it already.
        """
        if self._thread == threading.get_ident():
            raise AuthError("this sign-in asks itself for a token: what it calls must not use its TokenHolder")
        with ExitStack() as stack:
            with self._kept():
                self._make_directory()
                held = stack.enter_context(files.locked(self._path, self._patience))
            self._thread = threading.get_ident()
            try:
                yield held
            finally:
                self._thread = 0

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Tell in one way that the file cannot be written."""
        problem = ""
        try:
            yield
        except OSError as error:
            problem = files.reason(error)
        if problem:
            remedy = f"set {self._variable} to a place" if self._variable else "name a place"
            raise ConfigurationError(
                f"a refresh token cannot be kept in {self.place}: {problem}; {remedy} that can be written"
            )

    def _text_of(self, content: bytes) -> str:
        text = one_line(content)
        if text is None:
            raise ConfigurationError(
                f"{self.place} does not hold a refresh token as UTF-8 text on one line (PowerShell's > writes "
                "UTF-16)"
            )
        return text

    def _make_directory(self) -> None:
        files.resolve(self._path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
