"""Grants kept or shared between processes: one token request for many, and sign-ins that survive the process.

A store has three methods, ``load``, ``store`` and ``lock``; ``FileStore`` is in the box, others (Redis) are a
dozen lines. What they are given is encrypted already. A store that fails is done without.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from leangraph.auth import Acquire, Grant, Secret, from_settings
from leangraph.auth.grant import Flow, Hidden
from leangraph.errors import AuthError, ConfigurationError, Error, TransportError
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession
    from leangraph.settings import Settings

log = logging.getLogger("leangraph")

PATIENCE = 20.0  # seconds to wait for whoever asks already: longer than a token request takes
SPARE = 60.0  # seconds of life below which a shared token is not worth taking
NONCE = 12  # bytes, at the start of what is stored


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
    """

    def __init__(
        self, directory: str | os.PathLike[str], *, patience: float = PATIENCE, suffix: str = "token"
    ) -> None:
        self._directory = files.expand(directory)
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
        files.check_trusted(self._directory, "the token store")
        files.replace(self._file(key), value, private=True, in_place=True)

    def remove(self, key: str) -> bool:
        """Remove a record; return whether there was one."""
        return files.remove(self._file(key))

    @contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        self._make_directory()
        with files.locked(self._file(key), self._patience) as held:
            yield held

    def _file(self, key: str) -> Path:
        return self._directory / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.{self._suffix}"

    def _make_directory(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)


# -- encryption -----------------------------------------------------------------------------------------------


class Sealed:
    """Encrypts records with AES-GCM; each can be opened only under the name it was sealed for."""

    def __init__(self, key: str | Secret) -> None:
        self._key = Hidden(key)

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


# -- app tokens, shared ---------------------------------------------------------------------------------------


def shared(
    acquire: Acquire,
    store: Store,
    name: str,
    key: str | Secret,
    *,
    wall: Callable[[], float] = time.time,
) -> Acquire:
    """Return a flow that asks only if no other process has a good token.

    Args:
        name: whose token it is: the same for those who share it, another for everybody else.
        key: 32 characters or more that nobody knows who is not to read the tokens.

    With claims the issuer is always asked. A token that this process has had once is not taken a second time:
    asking again means that it is refused or grows old.
    """
    records = _Records(store, name, Sealed(key), wall)
    had: list[bytes] = []  # fingerprints of what this process was given

    def new(token: str) -> bool:
        return _print(token) not in had

    def ask(claims: str | None) -> Grant:
        found = records.load() if claims is None else None
        if found is None or not found.fresh or not new(found.grant.token):
            with records.lock():
                found = records.load() if claims is None else None  # another may have asked meanwhile
                if found is None or not found.fresh or not new(found.grant.token):
                    found = asked(found, claims)
        had[:] = [*had[-7:], _print(found.grant.token)]
        return found.grant

    def asked(old: _Found | None, claims: str | None) -> _Found:
        began = wall()
        try:
            grant = acquire(claims=claims)
        except (AuthError, TransportError):
            if old is not None and new(old.grant.token):  # it grows old, and is better than none
                return old
            raise
        records.keep(grant, began)
        return _Found(grant, fresh=True)

    return Flow(repr(acquire).strip("<>"), ask, getattr(acquire, "scopes", ()))


class _Found(NamedTuple):
    grant: Grant
    fresh: bool  # not yet due for renewal


class _Records:
    """One token in a store, which may be out of order at any time: that is logged once, and no matter."""

    def __init__(self, store: Store, name: str, sealed: Sealed, wall: Callable[[], float]) -> None:
        self._store = store
        self._name = name
        self._sealed = sealed
        self._wall = wall
        self._out_of_order = False

    def load(self) -> _Found | None:
        with self._whatever_happens():
            found = self._store.load(self._name)
            content = self._sealed.unseal(self._name, found) if found else None
            record: dict[str, Any] = json.loads(content) if content else {"expires_at": 0, "refresh_at": 0}
            left, fresh = record["expires_at"] - self._wall(), record["refresh_at"] - self._wall()
            if left >= SPARE:
                return _Found(Grant(record["token"], left, fresh if fresh > 0 else None), fresh > 0)
        return None

    def keep(self, grant: Grant, began: float) -> None:
        life = grant.expires_in
        refresh_in = grant.refresh_in if grant.refresh_in is not None else life - max(300.0, life / 10)
        record = {
            "token": grant.token,
            "expires_at": began + life,
            "refresh_at": began + (refresh_in if 0 < refresh_in < life else life / 2),
        }
        with self._whatever_happens():
            self._store.store(self._name, self._sealed.seal(self._name, json.dumps(record).encode()), life)
            self._out_of_order = False

    @contextmanager
    def lock(self) -> Iterator[None]:
        with ExitStack() as held:
            with self._whatever_happens():
                taken = self._store.lock(self._name)
                taken.__enter__()
                held.callback(self._release, taken)
            yield

    def _release(self, taken: AbstractContextManager[bool]) -> None:
        with self._whatever_happens():
            taken.__exit__(None, None, None)

    @contextmanager
    def _whatever_happens(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a store may raise anything
            if not self._out_of_order:
                problem = str(error) if isinstance(error, Error) else type(error).__name__
                log.warning("token store out of order (%s): going on without it", problem)
            self._out_of_order = True


def _print(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


# -- users, kept ----------------------------------------------------------------------------------------------


class RefreshTokenFile:
    """A file with a refresh token, rewritten whenever a new one comes.

    Args:
        sealed: encrypts it; without, the token stands there as it is, in a file private to the user.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, sealed: Sealed | None = None, patience: float = PATIENCE
    ) -> None:
        self._path = files.expand(path)
        self._sealed = sealed
        self._told = ""  # that others can read it
        self._patience = patience
        self._here = threading.RLock()

    def load(self) -> str | None:
        """Return the token; ``None`` if there is none that can be read.

        Raises:
            ConfigurationError: others can write to the file.
        """
        problem = files.check_trusted(self._path, "the refresh token")
        if problem and problem != self._told:
            log.warning("%s", problem)
        self._told = problem
        try:
            found = self._path.read_bytes()
        except FileNotFoundError:
            return None
        if self._sealed is None:
            return found.decode("utf-8-sig", "replace").strip() or None
        content = self._sealed.unseal(self._path.name, found)
        return content.decode() if content is not None else None

    def save(self, refresh_token: str) -> None:
        value = refresh_token.encode()
        _Named(self._path).store("", self._sealed.seal(self._path.name, value) if self._sealed else value)

    def remove(self) -> bool:
        """Forget the sign-in; return whether there was one."""
        return _Named(self._path).remove("")

    @contextmanager
    def lock(self) -> Iterator[bool]:
        with self._here, _Named(self._path, patience=self._patience).lock("") as held:
            yield held


class _Named(FileStore):
    """A store of one record, in a file that has its name from the user."""

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        super().__init__(path.parent, patience=patience)
        self._path = path

    def store(self, key: str, value: bytes, lifetime: float = 0.0) -> None:
        self._make_directory()  # its folder is the user's: whether it is private is not ours to say
        files.replace(self._path, value, private=True, in_place=True)

    def _file(self, key: str) -> Path:
        return self._path


def sign_in_file(settings: Settings) -> RefreshTokenFile:
    """Return where the sign-in of the settings' user is kept from one run to the next.

    Raises:
        ConfigurationError: there is no key to encrypt it with: neither in the settings nor in a keyring.
    """
    from leangraph.settings.profiles import SERVICE, keyring

    key: str | Secret | None = settings.token_store_key
    if key is None:
        problem = ""
        try:
            ring = keyring()
            key = ring.get_password(SERVICE, "token store key")
            if not key:
                key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
                ring.set_password(SERVICE, "token store key", key)
        except Exception as error:  # noqa: BLE001 - every backend has errors of its own
            problem = str(error) if isinstance(error, ConfigurationError) else f"the keyring failed: {error}"
        if problem:
            raise ConfigurationError(
                f"a sign-in cannot be kept: {problem}. Set GRAPH_TOKEN_STORE_KEY to 32 random characters or more "
                "to keep it in an encrypted file"
            )
    assert key is not None
    return RefreshTokenFile(sign_in_path(settings), sealed=Sealed(key))


def sign_in_path(settings: Settings) -> Path:
    from leangraph.settings.profiles import directory

    who = json.dumps([settings.authority.lower(), settings.client_id.lower()])
    return directory() / f"{hashlib.sha256(who.encode()).hexdigest()[:40]}.sign-in"


# -- by the settings ------------------------------------------------------------------------------------------


def source(settings: Settings, http: HttpSession, *, show: Callable[[str], object] | None = None) -> Acquire:
    """Return the flow that the settings configure, with what they want to be kept or shared."""
    if settings.sign_in_by == "refresh_token_file":
        return from_settings(settings, http, keep=RefreshTokenFile(str(settings.refresh_token_file)))
    if settings.sign_in_by == "sign_in":
        keep = None
        try:
            keep = sign_in_file(settings)
        except ConfigurationError as error:
            log.warning("%s; until then, this sign-in ends with the process", error)
        return from_settings(settings, http, keep=keep, show=show)
    acquire = from_settings(settings, http)
    if settings.token_store and settings.token_store_key:
        who = [
            settings.authority.lower(),
            settings.client_id.lower(),
            settings.sign_in_by,
            settings.managed_identity or "",
            sorted(settings.token_scopes),
            sorted(settings.client_capabilities or ()),
        ]
        return shared(acquire, FileStore(settings.token_store), json.dumps(who), settings.token_store_key)
    return acquire
