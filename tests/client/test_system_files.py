"""The room that writes files: whole or not at all, through links, with their modes, under locks that end."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import processes
import pytest
from disk import names, not_root, posix

from leangraph.errors import ConfigurationError
from leangraph.system import files


def by_replace(file: Path | str, content: bytes) -> None:
    files.replace(file, content)


def by_stream(file: Path | str, content: bytes) -> None:
    with files.NewFile(file) as new:
        new.stream.write(content)


def by_name(file: Path | str, content: bytes) -> None:
    with files.building(file) as path:
        path.write_bytes(content)


WRITERS = [by_replace, by_stream, by_name]
Writer = Callable[[Path | str, bytes], None]
writers = pytest.mark.parametrize("write", WRITERS)


@writers
@pytest.mark.parametrize("old", [None, b"", b"old", b"o" * 100_000])
def test_what_is_written_is_there_and_nothing_else_is(write: Writer, old: bytes | None, tmp_path: Path) -> None:
    if old is not None:
        (tmp_path / "a").write_bytes(old)

    write(tmp_path / "a", b"new")

    assert (tmp_path / "a").read_bytes() == b"new"
    assert names(tmp_path) == ["a"]


@writers
@pytest.mark.parametrize("name", ["a" * 255, "ä" * 127, ".hidden", "with space", "~", "a.new"])
def test_every_name_that_a_file_may_have_can_be_replaced(write: Writer, name: str, tmp_path: Path) -> None:
    write(tmp_path / name, b"1")
    write(tmp_path / name, b"2")

    assert (tmp_path / name).read_bytes() == b"2"
    assert names(tmp_path) == [name]


@writers
def test_a_tilde_is_the_home_folder(write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    write("~/a", b"1")

    assert (tmp_path / "a").read_bytes() == b"1"


def test_a_tilde_with_a_name_of_nobody_is_a_file_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    files.replace("~no such user", b"1")

    assert names(tmp_path) == ["~no such user"]


@posix
@writers
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_its_target_is_replaced(write: Writer, there: bool, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    if there:
        (tmp_path / "far" / "target").write_bytes(b"old")
    (tmp_path / "second").symlink_to(Path("far") / "target")
    (tmp_path / "link").symlink_to("second")

    write(tmp_path / "link", b"new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "far" / "target").read_bytes() == b"new"
    assert names(tmp_path / "far") == ["target"]


@posix
@writers
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o666, 0o755])
def test_the_mode_of_a_file_is_kept(write: Writer, mode: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(mode)

    write(tmp_path / "a", b"new")

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@posix
@writers
def test_a_new_file_follows_the_umask(write: Writer, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "a", b"new")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@posix
def test_a_new_private_file_is_its_owners_alone_from_the_start(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with files.NewFile(tmp_path / "a", private=True) as new:
            new.stream.write(b"secret")
            modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in names(tmp_path)}
    finally:
        os.umask(before)

    assert list(modes.values()) == [0o600]
    assert files.is_private(tmp_path / "a")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666])
def test_a_private_file_that_others_could_read_is_private_when_it_is_rewritten(mode: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(mode)

    files.replace(tmp_path / "a", b"secret", private=True)

    assert files.is_private(tmp_path / "a")


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can give a file away")
@writers
def test_the_owner_of_a_file_is_kept(write: Writer, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    os.chown(tmp_path / "a", 1234, 2345)

    write(tmp_path / "a", b"new")

    state = (tmp_path / "a").stat()
    assert (state.st_uid, state.st_gid) == (1234, 2345)


@writers
def test_after_an_exception_the_old_file_is_there_and_nothing_else(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "a", b"new")

    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@writers
def test_a_folder_is_not_replaced(write: Writer, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    with pytest.raises(IsADirectoryError):
        write(tmp_path / "a", b"new")

    assert names(tmp_path) == ["a"]


@posix
@writers
def test_a_pipe_is_not_replaced(write: Writer, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")

    with pytest.raises(OSError, match="no regular file"):
        write(tmp_path / "a", b"new")

    assert stat.S_ISFIFO((tmp_path / "a").stat().st_mode)


@writers
def test_a_read_only_file_is_not_replaced(write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write to every file

    with pytest.raises(PermissionError):
        write(tmp_path / "a", b"new")
    with pytest.raises(PermissionError):
        files.check_writable(tmp_path / "a")

    assert (tmp_path / "a").read_bytes() == b"old"


def test_looking_whether_a_file_can_be_written_changes_nothing(tmp_path: Path) -> None:
    files.check_writable(tmp_path / "a")
    assert names(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        files.check_writable(tmp_path / "no folder" / "a")


# -- where renaming does not do ---------------------------------------------------------------------------------


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """Return a file that is a mount point, as ``docker -v`` makes one."""
    (tmp_path / "host").write_bytes(b"old and longer than the new one")
    (tmp_path / "mounted").touch()
    try:
        done = processes.run("mount", "--bind", tmp_path / "host", tmp_path / "mounted")
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("this machine does not let us mount")
    try:
        yield tmp_path / "mounted"
    finally:
        assert processes.run("umount", tmp_path / "mounted").returncode == 0


@writers
def test_a_file_that_is_a_mount_point_is_written_in_place(write: Writer, mounted: Path) -> None:
    write(mounted, b"new")

    assert (mounted.parent / "host").read_bytes() == b"new"
    assert names(mounted.parent) == ["host", "mounted"]


@writers
@pytest.mark.parametrize("code", [errno.EBUSY, errno.EXDEV])
def test_where_a_rename_is_refused_as_for_a_mount_point_the_file_is_written_in_place(
    write: Writer, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(self: Path, target: Path) -> None:
        raise OSError(code, os.strerror(code))

    (tmp_path / "a").write_bytes(b"old and longer than the new one")
    number = (tmp_path / "a").stat().st_ino
    monkeypatch.setattr(Path, "replace", replace)
    write(tmp_path / "a", b"new")

    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_ino == number
    assert names(tmp_path) == ["a"]


@not_root
def test_in_a_folder_that_takes_no_new_files_a_file_is_written_in_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old and longer")
    tmp_path.chmod(0o500)
    try:
        files.check_writable(tmp_path / "a", in_place=True)
        files.replace(tmp_path / "a", b"new", in_place=True)
        assert (tmp_path / "a").read_bytes() == b"new"
        for file, in_place in [("a", False), ("b", True)]:
            with pytest.raises(PermissionError):
                files.check_writable(tmp_path / file, in_place=in_place)
            with pytest.raises(PermissionError):
                files.replace(tmp_path / file, b"newer", in_place=in_place)
    finally:
        tmp_path.chmod(0o700)


READ_ONLY_FOLDER = """
import subprocess, sys
from pathlib import Path
from leangraph.system import files
folder = Path(sys.argv[1])
for command in (["mount", "--bind", folder, folder], ["mount", "-o", "remount,bind,ro", folder],
                ["mount", "--bind", folder.parent / "host", folder / "a"]):
    if subprocess.run(command).returncode:
        sys.exit(77)
with files.locked(folder / "a") as held:  # there is no room for a lock beside it
    files.check_writable(folder / "a", in_place=True, size=5)
    files.replace(folder / "a", b"newer", in_place=True)
    print(held, (folder / "a").read_bytes())
    files.remove(folder / "a")
files.replace(folder / "a", b"last", in_place=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has namespaces for mounts")
def test_who_holds_a_mounted_file_in_a_read_only_folder_writes_to_it(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").touch()
    (tmp_path / "host").write_bytes(b"old")
    command = ["unshare", "-rm", sys.executable, "-c", READ_ONLY_FOLDER, tmp_path / "folder"]
    try:
        done = processes.run(*command)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this machine does not let us mount")

    assert (done.returncode, done.stdout, done.stderr) == (0, "True b'newer'\n", "")
    assert (tmp_path / "host").read_bytes() == b"last"


def test_windows_waits_until_a_reader_lets_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.replace
    naps: list[float] = []

    def replace(self: Path, target: Path) -> Path:
        if len(naps) < 3:
            raise PermissionError(errno.EACCES, "it is being used by another process")
        return original(self, target)

    (tmp_path / "new").write_bytes(b"new")
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(sys, "platform", "win32")
    files._move(tmp_path / "new", tmp_path / "a", naps.append)

    assert naps == [files.POLL] * 3
    assert (tmp_path / "a").read_bytes() == b"new"


def test_windows_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(self: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "it is being used by another process")

    naps: list[float] = []
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(PermissionError):
        files._move(tmp_path / "new", tmp_path / "a", naps.append)

    assert len(naps) == files.WINDOWS_TRIES


# -- what a killed process leaves -------------------------------------------------------------------------------

HANGS = {
    "stream": (
        "with files.NewFile(sys.argv[1], ending='part') as new:\n"
        "    new.stream.write(b'half')\n    new.stream.flush()\n    wait()"
    ),
    "name": "with files.building(sys.argv[1]) as path:\n    path.write_bytes(b'half')\n    wait()",
    "lock": "with files.locked(sys.argv[1]):\n    wait()",
}


@contextmanager
def hanging(kind: str, file: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that is in the middle of its work when the block begins, and is killed at its end."""
    code = (
        "import sys\nfrom leangraph.system import files\n"
        "def wait():\n    print('x', flush=True)\n    sys.stdin.read()\n"
    )
    with processes.started(sys.executable, "-c", code + HANGS[kind], file) as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == "x", process.communicate(timeout=60)
        yield process


@pytest.mark.parametrize("kind", ["stream", "name"])
@pytest.mark.parametrize("killed", [1, 3])
@pytest.mark.parametrize("write", [by_stream, by_name])
def test_the_next_run_removes_what_killed_ones_have_left(
    kind: str, killed: int, write: Writer, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        for _ in range(killed):
            stack.enter_context(hanging(kind, tmp_path / "a"))
    assert len(names(tmp_path)) == killed

    with files.NewFile(tmp_path / "a", ending="part" if kind == "stream" else "new") as new:
        new.stream.write(b"whole")
    write(tmp_path / "a", b"whole")

    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("kind", ["stream", "name"])
def test_what_a_living_process_writes_is_left_alone(kind: str, tmp_path: Path) -> None:
    with hanging(kind, tmp_path / "a") as process:
        for _ in range(3):
            with files.NewFile(tmp_path / "a", ending="part" if kind == "stream" else "new") as new:
                new.stream.write(b"ours")
        assert len(names(tmp_path)) == 2
        process.communicate(timeout=processes.LIMIT)  # its input ends, and so does its work

    assert process.returncode == 0
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"half"  # who ends last wins


@posix
def test_what_stands_there_and_is_a_link_is_no_left_over(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / ".a.new").symlink_to("victim")

    files.replace(tmp_path / "a", b"new")

    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert (tmp_path / "a").read_bytes() == b"new"
    assert not (tmp_path / "a").is_symlink()


def test_more_writers_than_names_do_not_disturb_one_another(tmp_path: Path) -> None:
    news = [files.NewFile(tmp_path / "a") for _ in range(files.SLOTS + 3)]
    for number, new in enumerate(news):
        new.stream.write(str(number).encode())
    for new in news:
        new.commit()

    assert (tmp_path / "a").read_bytes() == str(len(news) - 1).encode()
    assert names(tmp_path) == ["a"]


def test_threads_that_write_the_same_file_leave_one_whole_content(tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for _ in range(20):
                files.replace(tmp_path / "a", bytes([number]) * 5000)
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    content = (tmp_path / "a").read_bytes()
    assert failures == []
    assert len(content) == 5000
    assert len(set(content)) == 1
    assert names(tmp_path) == ["a"]


# -- locks ----------------------------------------------------------------------------------------------------


def test_a_lock_is_had_once_at_a_time_and_leaves_no_file(tmp_path: Path) -> None:
    with files.locked(tmp_path / "a") as first, files.locked(tmp_path / "a", 0.0) as second:
        assert (first, second) == (True, False)
        assert names(tmp_path) == [".a.lock"]
    with files.locked(tmp_path / "a", 0.0) as again:
        assert again

    assert names(tmp_path) == []


def test_a_lock_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with files.locked(tmp_path / "a"):
        assert not files.Lock(tmp_path / "a", clock=lambda: now[0], sleep=sleep).acquire(20.0)

    assert 20.0 <= now[0] <= 21.0


def test_a_lock_says_who_holds_it(tmp_path: Path) -> None:
    with hanging("lock", tmp_path / "a") as process:
        lock = files.Lock(tmp_path / "a")
        assert not lock.acquire()
        assert lock.holder().startswith(f"process {process.pid} on ")


def test_a_lock_ends_with_the_process_that_is_killed(tmp_path: Path) -> None:
    with hanging("lock", tmp_path / "a"):
        pass

    with files.locked(tmp_path / "a", 0.0) as held:
        assert held
    assert names(tmp_path) == []


@posix
def test_two_names_of_one_file_have_one_lock(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(Path("far") / "a")

    with files.locked(tmp_path / "link"), files.locked(tmp_path / "far" / "a", 0.0) as held:
        assert not held


def test_a_file_that_is_called_like_a_lock_is_not_its_own_lock(tmp_path: Path) -> None:
    (tmp_path / "x.lock").write_bytes(b"content")

    with files.locked(tmp_path / "x.lock") as held:
        assert held
        assert (tmp_path / "x.lock").read_bytes() == b"content"

    assert (tmp_path / "x.lock").read_bytes() == b"content"


@posix
@pytest.mark.parametrize("take", [files.locked, lambda file: files.open_locked(file.with_name(".a.lock"))])
def test_no_lock_is_taken_through_a_link(take: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / ".a.lock").symlink_to("victim")

    with pytest.raises(OSError, match=r"link|symbolic"), take(tmp_path / "a"):  # type: ignore[attr-defined]
        pass

    assert (tmp_path / "victim").read_bytes() == b"mine"


@processes.forks
def test_the_child_of_a_fork_does_not_let_go_of_its_parents_lock(tmp_path: Path) -> None:
    with files.locked(tmp_path / "a"):
        lock = files.Lock(tmp_path / "b")
        assert lock.acquire()
        assert processes.in_fork(lambda: lock.release() is None) == 0
        assert not files.Lock(tmp_path / "b").acquire()
        lock.release()
        assert files.Lock(tmp_path / "b").acquire()


@not_root
def test_where_a_folder_takes_no_new_files_the_file_itself_is_locked(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    tmp_path.chmod(0o500)
    try:
        with files.locked(tmp_path / "a") as first, files.locked(tmp_path / "a", 0.0) as second:
            assert (first, second) == (True, False)
        assert (tmp_path / "a").read_bytes() == b"content"
    finally:
        tmp_path.chmod(0o700)


def test_many_threads_take_turns(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(10):
            with files.locked(tmp_path / "a"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * 40


# -- who else -------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("mode", "private", "writable", "readable"),
    [
        (0o600, True, False, False),
        (0o400, True, False, False),
        (0o640, False, False, True),
        (0o604, False, False, True),
        (0o620, False, True, False),
        (0o602, False, True, False),
        (0o666, False, True, True),
        (0o700, True, False, False),
        (0o777, False, True, True),
    ],
)
@pytest.mark.parametrize("folder", [False, True])
def test_who_else_can_read_or_write_is_read_from_the_mode(
    mode: int, private: bool, writable: bool, readable: bool, folder: bool, tmp_path: Path
) -> None:
    file = tmp_path / "a"
    if folder:
        file.mkdir()
    else:
        file.touch()
    file.chmod(mode)
    remedy = f"chmod {700 if folder else 600} {file}"

    assert files.is_private(file) is private
    assert (remedy in files.writable_by_others(file)) is writable
    assert (remedy in files.readable_by_others(file)) is readable
    assert bool(files.writable_by_others(file)) is writable


@posix
def test_a_file_of_another_user_is_not_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").touch(mode=0o600)
    owner = (tmp_path / "a").stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    assert not files.is_private(tmp_path / "a")
    assert owner == 0 or "another user owns" in files.writable_by_others(tmp_path / "a")

    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert files.writable_by_others(tmp_path / "a") == ""


def test_an_error_of_the_system_becomes_one_of_ours_with_its_reason(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match="the state x cannot be read: No such file") as caught,
        files.told("the state x cannot be read"),
    ):
        (tmp_path / "none").read_bytes()

    assert caught.value.__suppress_context__
