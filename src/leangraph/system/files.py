"""Files on this machine: replace one whole, lock one, tell whether one is private.

Whatever leangraph rewrites goes through here: links are followed to their target, ``~`` is expanded, mode and
owner are kept, and a crash leaves either the old content or the new.
Functions raise ``OSError``; ``told`` turns that into an error of ours.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from leangraph.errors import ConfigurationError, Error

PathName = str | os.PathLike[str]

POLL: Final = 0.05  # seconds between two attempts to get what another process holds
WINDOWS_TRIES: Final = 40  # two seconds: on Windows a file that somebody is reading cannot be replaced
SLOTS: Final = 8  # names for unfinished files beside one target; few, so that no folder has to be searched
LONGEST: Final = 200  # bytes of a name that still leave room for our endings: file systems allow 255
BEYOND: Final = 1 << 20  # the byte that Windows locks: where it is locked, nobody could read
PRIVATE: Final = 0o600
_NEW: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_LOOK: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_MOUNTED: Final = frozenset({errno.EBUSY, errno.EXDEV})  # of a mount point, which is only written in place
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


# -- names ----------------------------------------------------------------------------------------------------


def expand(file: PathName) -> Path:
    """Return the path with ``~`` expanded. A ``~name`` that is no user is a file name."""
    return Path(os.path.expanduser(os.fspath(file)))  # noqa: PTH111 - Path.expanduser raises for unknown users


def resolve(file: PathName) -> Path:
    """Return where a file really is: ``~`` expanded and every link followed, even if nothing is there yet."""
    return Path(os.path.realpath(expand(file)))


@contextmanager
def told(what: str, kind: type[Error] = ConfigurationError) -> Iterator[None]:
    """Turn an ``OSError`` into an error of ours: ``what`` and the system's reason."""
    try:
        yield
    except OSError as error:
        raise kind(f"{what}: {reason(error)}") from None


def reason(error: OSError) -> str:
    """Return the system's words for what went wrong, without the path, which our message has already."""
    return error.strerror or str(error) or type(error).__name__


# -- who else can read or write it -----------------------------------------------------------------------------


def is_private(file: PathName) -> bool:
    """Tell whether a file is its user's own and closed to others. On Windows the mode does not say: False."""
    if sys.platform == "win32":
        return False
    state = expand(file).stat()
    return state.st_uid == os.getuid() and not stat.S_IMODE(state.st_mode) & 0o077


def writable_by_others(file: PathName) -> str:
    """Return what to do about a file or folder that another user can change; "" if none can, or Windows decides.

    Whoever owns a file may change it; root may change every file, and may trust any owner.
    """
    if sys.platform == "win32":
        return ""
    state = expand(file).stat()
    if os.getuid() and state.st_uid not in (0, os.getuid()):
        return f"another user owns {file}: make it your own, or name another"
    return f"other users can write to {file}: {_chmod(file, state)}" if state.st_mode & 0o022 else ""


def readable_by_others(file: PathName) -> str:
    """Return what to do about a file that another user can read; "" if none can, or Windows decides."""
    if sys.platform == "win32":
        return ""
    state = expand(file).stat()
    return f"other users can read {file}: {_chmod(file, state)}" if state.st_mode & 0o044 else ""


def check_trusted(file: PathName, what: str) -> str:
    """Judge a file or folder that holds secrets: refuse it if others can write to it.

    Args:
        what: what it is, for the message: ``the upload session``.

    Returns:
        What to do if others can read it; "" if they cannot, or if nothing is there.

    Raises:
        ConfigurationError: others can write to it: what stands there may not be the user's.
    """
    try:
        if problem := writable_by_others(file):
            raise ConfigurationError(f"{what} is not used: {problem}, if what is there is yours")
        return readable_by_others(file)
    except FileNotFoundError:
        return ""


def _chmod(file: PathName, state: os.stat_result) -> str:
    return f"chmod {'700' if stat.S_ISDIR(state.st_mode) else '600'} {os.fspath(file)}"


# -- replacing ------------------------------------------------------------------------------------------------


def replace(file: PathName, content: bytes, *, private: bool = False, in_place: bool = False) -> None:
    """Replace the content of a file in one step, or make the file.

    Args:
        private: the file is its owner's alone; else a new one follows the umask, and an old one keeps its mode.
        in_place: where the folder takes no new files, write to the old file itself, which a crash can spoil.
    """
    target = resolve(file)
    try:
        new = NewFile(target, private=private)
    except OSError as error:
        if not (in_place and error.errno in _FORBIDDEN and _may_write(target)):
            raise
        new = None
    if new is not None:
        with new:
            new.stream.write(content)
        return
    with _open_in_place(target) as there:
        there.write(content)
        _finish(there)


def remove(file: PathName) -> bool:
    """Remove a file (of a link, its target); return whether there was one. A mount point is emptied instead."""
    target = resolve(file)
    try:
        target.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        if not target.exists():  # where nothing may be removed, Linux says so first
            return False
        if error.errno not in _MOUNTED | _FORBIDDEN or not _may_write(target):
            raise
        with _open_in_place(target) as there:
            _finish(there)
    return True


def check_writable(file: PathName, *, in_place: bool = False, size: int = 0) -> None:
    """Raise ``OSError`` if ``replace`` would with ``size`` bytes; changes nothing."""
    target = resolve(file)
    try:
        new = NewFile(target, private=True)
    except OSError as error:
        if not (in_place and error.errno in _FORBIDDEN and _may_write(target)):
            raise
        return
    try:
        if size:  # a full disk or a quota may tell only then
            new.stream.write(bytes(size))
            _finish(new.stream, cut=False)
    finally:
        new.discard()


def _open_in_place(target: Path) -> BinaryIO:
    """Open a file to write to it, locked; a thread of this process may have locked it already, by ``Lock``."""
    there = target.open("r+b")
    if (os.getpid(), target) not in _locked_itself:
        lock(there.fileno())
    return there


_locked_itself: set[tuple[int, Path]] = set()  # by process: files that are locked by no file beside them


def _may_write(target: Path) -> bool:
    return target.is_file() and os.access(target, os.W_OK)


class NewFile:
    """The content that a file is to have, written beside it; a context manager.

    At the end of the block it takes the file's place in one step and is on the disk; after an exception, or
    ``discard()``, the old file stays. What a process that was killed has left is removed by the next one that
    writes the same file.

    Attributes:
        stream: a binary file to write to; it can seek and truncate.
    """

    def __init__(self, file: PathName, *, private: bool = False, ending: str = "new") -> None:
        self.target = resolve(file)
        _refuse_unfit(self.target)
        self._private = private
        mode = PRIVATE if private or self.target.exists() else 0o666
        self._path, number = _claim(self.target, ending, lambda path: os.open(path, _NEW | os.O_EXCL, mode))
        self.stream: BinaryIO = os.fdopen(number, "w+b")

    def commit(self) -> None:
        """Put it in the file's place."""
        try:
            _finish(self.stream, cut=False)
            _keep_mode(self._path, self.target, private=self._private)
            if os.name == "nt":
                self.stream.close()  # Windows renames no open file
            _move(self._path, self.target)
        except BaseException:
            self.discard()
            raise
        self.stream.close()  # on POSIX not before: until then nobody takes it for what a dead process left

    def discard(self) -> None:
        """Leave the file as it was."""
        if os.name == "nt":
            _close(self.stream)
            self._path.unlink(missing_ok=True)
        elif not self.stream.closed:
            self._path.unlink(missing_ok=True)  # while it is locked, nobody else uses its name
            _close(self.stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self.discard()
        elif not self.stream.closed:
            self.commit()


@contextmanager
def building(file: PathName) -> Iterator[Path]:
    """Give a path for a library that writes a file by its name; what is there in the end takes the file's place.

    The path is in a folder of its own, where the library may make other files as well.
    """
    target = resolve(file)
    _refuse_unfit(target)
    folder, number = _claim(target, "new", _make_folder)
    try:
        path = folder / target.name
        yield path
        with path.open("r+b") as built:
            _finish(built, cut=False)
        _keep_mode(path, target)
        _move(path, target)
    finally:
        if os.name == "nt":
            os.close(number)
            shutil.rmtree(folder, ignore_errors=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(number)


def _refuse_unfit(target: Path) -> None:
    """Refuse to replace what is no file, and what is read-only."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")


def _finish(stream: BinaryIO, *, cut: bool = True) -> None:
    """Make sure that what was written is on the disk, and that nothing old is left behind it."""
    if cut:
        stream.truncate()
    stream.flush()
    os.fsync(stream.fileno())


def _close(stream: BinaryIO) -> None:
    with suppress(OSError):  # what a full disk does not take is not wanted any more
        stream.close()


def _keep_mode(new: Path, target: Path, *, private: bool = False) -> None:
    if os.name == "nt":
        return
    try:
        state = target.stat()
    except FileNotFoundError:
        return
    there = new.stat()
    if (there.st_uid, there.st_gid) != (state.st_uid, state.st_gid):
        with suppress(OSError):  # only root may give a file away
            os.chown(new, state.st_uid, state.st_gid)
    new.chmod(stat.S_IMODE(state.st_mode) & (0o700 if private else 0o777))


def _move(new: Path, target: Path, sleep: Callable[[float], object] = time.sleep) -> None:
    """Put a file in another's place, in one step if the system allows it."""
    for left in range(WINDOWS_TRIES, -1, -1):
        try:
            new.replace(target)
            break
        except OSError as error:
            if error.errno in _MOUNTED:
                _write_in_place(new, target)
                return
            if not isinstance(error, PermissionError) or sys.platform != "win32" or not left:
                raise
        sleep(POLL)
    if os.name != "nt":  # there the rename itself is on the disk
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write_in_place(new: Path, target: Path) -> None:
    with _open_in_place(target) as there, new.open("rb") as content:
        shutil.copyfileobj(content, there)
        _finish(there)
    new.unlink()


# -- what an unfinished write leaves ---------------------------------------------------------------------------


def beside(target: Path, ending: str) -> Path:
    """Return the name of a hidden file beside another: ``.name.ending``."""
    name = target.name
    if len(os.fsencode(name)) > LONGEST:
        name = f"{name[:40]}.{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"
    return target.with_name(f".{name}.{ending}")


def _claim(target: Path, ending: str, make: Callable[[Path], int]) -> tuple[Path, int]:
    """Make something new beside a file and lock it: the lock ends with this process, however that ends.

    There are few names, and whatever stands there unlocked is what a dead process left: it is removed.
    """
    claimed: tuple[Path, int] | None = None
    for slot in range(SLOTS):
        path = beside(target, f"{slot}.{ending}" if slot else ending)
        _remove_if_dead(path)
        claimed = claimed or _claimed(path, make)
    if claimed is None:  # so many write it at once, or the file system knows no locks
        path = beside(target, f"{secrets.token_hex(6)}.{ending}")
        claimed = path, make(path)
    return claimed


def _claimed(path: Path, make: Callable[[Path], int]) -> tuple[Path, int] | None:
    try:
        number = make(path)
    except FileExistsError:
        return None
    try:
        ours = os.name == "nt" or (_try_lock(number) and _is_at(number, path))  # Windows removes no open file
    except OSError:  # no locks here: then nobody can take it for a dead one's either
        ours = True
    if not ours:  # another process was faster and took it for a dead one's
        os.close(number)
        return None
    return path, number


def _make_folder(path: Path) -> int:
    path.mkdir(mode=0o700)
    return os.open(path / "lock", _NEW, PRIVATE) if os.name == "nt" else os.open(path, _LOOK)


def _remove_if_dead(path: Path) -> None:
    """Remove what stands there if it is ours and no process holds it; what cannot be removed is left."""
    if not os.path.lexists(path):
        return
    with suppress(OSError):
        if os.name == "nt":
            (path / "lock" if path.is_dir() else path).unlink(missing_ok=True)  # fails while it is open
            _remove(path)
            return
        number = os.open(path, _LOOK)
        try:
            if os.fstat(number).st_uid == os.getuid() and _try_lock(number) and _is_at(number, path):
                _remove(path)
        finally:
            os.close(number)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_at(number: int, path: Path) -> bool:
    """Tell whether an open file is still what a path leads to."""
    try:
        return os.path.samestat(os.fstat(number), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


# -- locks ----------------------------------------------------------------------------------------------------

if sys.platform == "win32":
    import msvcrt

    def _try_lock(number: int) -> bool:
        os.lseek(number, BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(number, 0, os.SEEK_SET)
        return True

    def lock(number: int) -> None:
        """Wait until nobody else holds an open file, and hold it."""
        while not _try_lock(number):
            time.sleep(0.001)  # LK_LOCK looks once a second only

    def unlock(number: int) -> None:
        """Let go of an open file."""
        os.lseek(number, BEYOND, os.SEEK_SET)
        with suppress(OSError):
            msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
        os.lseek(number, 0, os.SEEK_SET)

else:
    import fcntl

    def _try_lock(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                return False
            raise
        return True

    def lock(number: int) -> None:
        """Wait until nobody else holds an open file, and hold it."""
        fcntl.flock(number, fcntl.LOCK_EX)

    def unlock(number: int) -> None:
        """Let go of an open file, for a child of a fork as well."""
        fcntl.flock(number, fcntl.LOCK_UN)


class Lock:
    """The lock of a file, which one thread of one process has at a time: a file beside it, ``.name.lock``.

    It ends with the process that holds it, however that ends, and leaves no file behind. The file itself need not
    be there. Where the folder takes no new files, the file itself is locked.
    """

    def __init__(
        self,
        file: PathName,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._target = resolve(file)
        self._path = beside(self._target, "lock")
        self._clock = clock
        self._sleep = sleep
        self._number: int | None = None
        self._process = 0

    def acquire(self, patience: float | None = 0.0) -> bool:
        """Take it; return whether it was had within ``patience`` seconds (``None``: wait as long as it takes)."""
        deadline = None if patience is None else self._clock() + patience
        while True:
            number, beside_it = self._open()
            try:
                held = self._wait(number, deadline)
                ours = held and (not beside_it or os.name == "nt" or _is_at(number, self._path))
                if ours and beside_it:
                    os.ftruncate(number, 0)
                    os.write(number, f"process {os.getpid()} on {socket.gethostname()}".encode())
            except BaseException:
                os.close(number)
                raise
            if ours:
                self._number, self._process = number, os.getpid()
                if not beside_it:
                    _locked_itself.add((self._process, self._target))
                return True
            os.close(number)
            if not held:
                return False

    def _open(self) -> tuple[int, bool]:
        """Open what is locked; say whether it is a file of its own."""
        try:
            return os.open(self._path, _NEW, PRIVATE), True
        except OSError as error:
            if error.errno not in _FORBIDDEN or not self._target.is_file():
                raise
        return os.open(self._target, _LOOK), False

    def _wait(self, number: int, deadline: float | None) -> bool:
        while not _try_lock(number):
            if deadline is not None and self._clock() >= deadline:
                return False
            self._sleep(POLL * (0.5 + secrets.randbelow(1000) / 1000))
        return True

    def release(self) -> None:
        """Let go of it. In the child of a fork the parent keeps it."""
        number, self._number = self._number, None
        if number is None:
            return
        _locked_itself.discard((self._process, self._target))
        if self._process != os.getpid():
            os.close(number)
            return
        if os.name != "nt" and _is_at(number, self._path):
            self._path.unlink(missing_ok=True)
        unlock(number)
        os.close(number)
        if os.name == "nt":
            with suppress(OSError):  # another process has it open already
                self._path.unlink(missing_ok=True)

    def holder(self) -> str:
        """Return who has it, for a message: ``process 4711 on hostname``."""
        with suppress(OSError):
            return self._path.read_text(encoding="utf-8", errors="replace") or "another process"
        return "another process"


@contextmanager
def locked(file: PathName, patience: float | None = None) -> Iterator[bool]:
    """Hold the lock of a file; yield whether it was had within ``patience`` seconds (``None``: wait for it)."""
    held = Lock(file)
    taken = held.acquire(patience)
    try:
        yield taken
    finally:
        if taken:
            held.release()


@contextmanager
def open_locked(file: PathName) -> Iterator[BinaryIO]:
    """Open a small file for updates in place, made private if there is none; nobody else has it open in this way.

    A link is refused, for what it leads to is not ours to write to.
    """
    path = expand(file)
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link")
    with os.fdopen(os.open(path, _NEW, PRIVATE), "r+b") as opened:
        lock(opened.fileno())
        try:
            yield opened
        finally:
            opened.flush()
            unlock(opened.fileno())
