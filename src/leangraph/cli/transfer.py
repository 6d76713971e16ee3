"""``leangraph upload`` and ``download``: what the words mean; the client does the rest."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from leangraph.cli import output
from leangraph.cli.words import masked
from leangraph.errors import ConfigurationError
from leangraph.protocols import drives

if TYPE_CHECKING:
    from leangraph.cli.progress import Progress
    from leangraph.client import GraphClient

_IN_MEMORY: Final = 8 * 1024 * 1024  # bytes of a download for a pipe before it goes to a temporary file
# What a name from the server must not have: parts of a path, what a terminal or Windows would obey.
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]|^\.|[. ]$')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)


def download(
    graph: GraphClient,
    path: str,
    file: str | None,
    progress: Progress,
    *,
    verify: bool,
    headers: Mapping[str, str] | None,
) -> None:
    """Download to a file, to the item's own name (in a folder), or for ``-`` to standard output.

    Raises:
        ConfigurationError: there is no name for the file, or a file of that name that the user has not named.
    """
    options: dict[str, Any] = {"verify": verify, "progress": progress.moved}
    if headers:
        options["headers"] = headers
    if file == "-":
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            if graph.download(path, spool, **options) is None:
                progress.say("not changed since: nothing was downloaded")
                return
            spool.seek(0)
            while piece := spool.read(1 << 20):
                output.write_bytes(piece)
        return
    target = Path(file) if file else Path()
    if file is None or target.is_dir():
        target /= _own_name(graph, path)
        if target.exists():
            raise ConfigurationError(f"{target} is there already: name it to replace it, or name another file")
    done = graph.download(path, target, **options)
    if done is None:
        progress.say("not changed since: nothing was downloaded")
    else:
        progress.say(f"{output.size(done)} in {output.clean(str(target))}")


def _own_name(graph: GraphClient, path: str) -> str:
    """Return the name that a path ends with, or else the item's. It is fit for a file on every system."""
    where = path.partition("?")[0].rstrip("/")
    by_path = re.search(r":/([^:]+?):?(?:/content)?$", where)
    if by_path:
        name = PurePosixPath(unquote(by_path[1])).name
    elif drives.is_of_a_drive(where):
        name = _asked(graph, drives.item_path(where))
    elif re.search(r"/attachments/[^/]+/\$value$", where):
        name = _asked(graph, where.removesuffix("/$value"))
    else:
        raise ConfigurationError(f"{where} does not say a name: name the FILE to write")
    if not name or _UNFIT.search(name) or _DEVICES.fullmatch(name):
        raise ConfigurationError(f"{name!r} is no name for a file here: name the FILE to write")
    return name


def _asked(graph: GraphClient, path: str) -> str:
    item = graph.get(path, select="name")
    return str(item.get("name") or "") if isinstance(item, dict) else ""


def upload(graph: GraphClient, file: Path, path: str, progress: Progress, **options: Any) -> Any:
    """Upload a file, or standard input for ``-``; return the item.

    Raises:
        ConfigurationError: an option means nothing for this path.
    """
    check(path, options)
    content: Any = file
    if str(file) == "-":
        if sys.stdin is None:
            raise ConfigurationError("standard input is closed: name a file")
        content = sys.stdin.buffer
    return graph.upload(path, content, progress=progress.moved, **options)


def check(path: str, options: Mapping[str, Any]) -> None:
    where = drives.item_path(path)
    attached = where.rpartition("/")[2].lower() == "attachments"
    for name in ("name", "content_type"):
        if options.get(name) and not attached:
            raise ConfigurationError(
                f"--{name.replace('_', '-')} is for attachments: a drive takes it from the path"
            )
    conflict = options.get("conflict")
    if conflict and attached:
        raise ConfigurationError("--conflict is for drives: attachments may have one name")
    if conflict in ("fail", "rename") and not where.endswith(":"):
        raise ConfigurationError(f"--conflict {conflict}: an item that is named by its id is always replaced")


def plan(file: Path, path: str, headers: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what would be uploaded."""
    check(path, options)
    if str(file) != "-" and not file.is_file():
        raise ConfigurationError(f"{file} is no file that can be read")
    size = None if str(file) == "-" else file.stat().st_size
    told = {name: str(value) for name, value in options.items()}
    return {
        "method": "PUT",
        "path": drives.item_path(path),
        "headers": masked(dict(headers)),
        "bytes": size,
        **told,
    }
