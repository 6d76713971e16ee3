"""What a container does to a file system: mounted files, read-only folders, full disks, in a child process."""

from __future__ import annotations

import ctypes
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from processes import in_fork

REFUSED = 77  # exit code of a child that may not mount
_NEWNS, _NEWUSER = 0x20000, 0x10000000
_RDONLY, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 32, 4096, 16384, 1 << 18

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has namespaces for mounts")


def contained(work: Callable[[], Any], answer: Path) -> Any:
    """Return what ``work`` returns, as JSON, in a child whose mounts are its own; ``answer`` is a file for it.

    The test is skipped where this machine does not let us mount.
    """

    def child() -> bool:
        try:
            _unshare()
        except OSError:
            os._exit(REFUSED)
        try:
            result = work()
        except BaseException:  # noqa: BLE001 - the parent tells it
            result = {"raised": traceback.format_exc()}
        answer.write_text(json.dumps(result), encoding="utf-8")
        return True

    code = in_fork(child)
    if code == REFUSED:
        pytest.skip("this machine does not let us mount")
    assert code == 0
    result = json.loads(answer.read_text(encoding="utf-8"))
    assert not isinstance(result, dict) or "raised" not in result, result["raised"]
    return result


def bind(source: Path, target: Path) -> None:
    """Put a file or folder in another's place, as ``docker -v`` does."""
    _mount(source, target, _BIND)


def read_only(folder: Path) -> None:
    bind(folder, folder)
    _mount(folder, folder, _REMOUNT | _BIND | _RDONLY)


def small_disk(folder: Path, size: int = 8192) -> None:
    """Mount an empty disk of a few bytes."""
    _mount("tmpfs", folder, 0, "tmpfs", f"size={size},mode=700")


def _unshare() -> None:
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", _NEWNS | (_NEWUSER if uid else 0))
    if uid:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1", encoding="ascii")
    _mount("none", Path("/"), _REC | _PRIVATE)


def _mount(source: str | Path, target: Path, flags: int, kind: str = "none", data: str = "") -> None:
    words = [os.fsencode(word) for word in (source, target, kind)]
    _call("mount", *words, ctypes.c_ulong(flags), data.encode())


def _call(name: str, *arguments: Any) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
