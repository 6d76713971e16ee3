"""What has changed since the last run: ``delta``, and the state that survives between two runs."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Mapping
from contextlib import suppress
from typing import Any, Final, Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from leangraph.errors import ConfigurationError, Error, GraphError, TransportError
from leangraph.http.options import with_options
from leangraph.http.target import address, segments
from leangraph.net.origin import same_origin, shown_origin
from leangraph.protocols.completeness import Whole
from leangraph.system import files
from leangraph.system.log import log

T = TypeVar("T")


_KIND: Final = "leangraph delta state 1"  # the 1 changes when an older version could misread the file
AGAIN: Final = "everything comes again"
_NO_PAGE: Final = "directory_expiredpagetoken"
_TOKENS: Final = frozenset({"$deltatoken", "$skiptoken", "deltatoken", "skiptoken", "token"})
_OF_SHAREPOINT: Final = frozenset({"drive", "drives", "sites", "shares", "lists"})  # these say token=latest
_NO_MATTER: Final = ("odata.maxpagesize", "return=", "respond-async")  # preferences that change no row's meaning


class Delta(Generic[T]):
    """The changes since the last complete round. No request is sent before you ask for the first change.

    Iterate it to get the changes in the order in which Graph sends them. If an object comes twice, the last one
    counts; but every slice of ``members@delta`` counts. A removed object has ``@removed``, in a drive ``deleted``.
    Without a state, and after a reset, you get all objects.

    The state moves only when a round was read to its end. After a ``break``, an error or a kill, you get the same
    changes again. Without a file, the next iteration continues where the last complete one ended.

    Attributes:
        resync: why all objects come again. Graph's code (for a drive, ``resyncChangesApplyDifferences`` if the
            server wins, ``resyncChangesUploadDifferences`` if you keep what only you have); ``state`` if the file
            was written for another path, other options or another tenant; empty if only changes come. It is set
            before the first change. If Graph resets during a round, it is set then, and all objects follow.

    Raises, while iterating:
        ConfigurationError: the file cannot be read or written, or holds no delta state; nothing was sent.
        GraphError, TransportError, AuthError: a page could not be fetched; the state is unchanged.
        Error: the state could not be written after the last change; the next run returns the same changes.
    """

    def __init__(
        self,
        whole: Whole,
        url: str,
        root: str,
        *,
        state: str | os.PathLike[str] | None = None,
        save: bool = True,
        tenant: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.resync = ""
        self._whole = whole
        self._url = url
        self._root = root
        self._file = None if state is None else StateFile(state, _purpose(url, root, tenant, headers or {}))
        self._save = save
        self._complete: str | None = None  # where the last complete round ended, saved or not

    @property
    def resynced(self) -> bool:
        """Whether all objects come again. An object that does not come no longer exists."""
        return bool(self.resync)

    @property
    def link(self) -> str | None:
        """Where the next round begins; ``None`` before the first complete round.

        If you store it yourself, continue with ``graph.delta(link)``, and start over if that raises ``Gone``.
        """
        return self._complete or (self._file.read(self._root).link if self._file else None)

    def __iter__(self) -> Generator[T, None, None]:
        begin = self._begin()
        tried: set[str] = set()
        while True:
            came = False
            link: Any = None
            sliced: dict[Any, dict[str, Any]] = {}
            try:
                for page in self._whole.pages(begin).pages():
                    came = True
                    link = page.get("@odata.deltaLink")
                    yield from self._whole.changes(page["value"], sliced)
                yield from self._whole.merged(sliced)
                break
            except GraphError as error:
                remedy = judge(error, amid=came, kept=not came and begin != self._url)
                if not remedy or remedy in tried:
                    raise
                tried.add(remedy)
                if remedy == "reset":
                    begin, self.resync = self._fresh(error), error.code or "resyncRequired"
                log.warning("%r: %s: %s", self, "this round again" if remedy == "replay" else AGAIN, error.code)
        self._end(link)

    def latest(self) -> None:
        """Start from now: skip all objects and changes up to this moment."""
        self._begin(anew=True)
        name = "token" if _OF_SHAREPOINT.intersection(segments(self._url)) else "$deltatoken"
        url = with_options(self._url, {name: "latest"}, {})
        link = None
        for page in self._whole.pages(url).pages():
            link = page.get("@odata.deltaLink")
        self._end(link)

    def save(self) -> None:
        """Write the state of the last complete round. With ``save=False``, call it after you stored the changes.

        Raises:
            ConfigurationError: there is no file to write to, or no round was read to its end.
            Error: the file could not be written.
        """
        if self._file is None:
            raise ConfigurationError("there is no file to save to: name one, delta(state='users.delta.json')")
        if self._complete is None:
            raise ConfigurationError("the round is not complete: consume all changes, then save")
        self._file.write(self._complete)

    def __repr__(self) -> str:
        return f"<Delta of {self._url[len(self._root) :].partition('?')[0]}>"

    def _begin(self, *, anew: bool = False) -> str:
        """Return where this round begins; whatever is wrong with the file shows before anything is sent."""
        self.resync = ""
        if self._file is None:
            return self._complete or self._url
        self._file.check()
        found = self._file.read(self._root)
        if found.misfit and not anew:
            self.resync = "state"
            log.warning("%r: %s: %s", self, AGAIN, found.misfit)
        return found.link or self._url

    def _fresh(self, error: GraphError) -> str:
        """Return where everything starts anew: where Graph says, if that keeps our options, else as at first."""
        target = next((value for name, value in error.headers.items() if name.lower() == "location"), "")
        if not target:
            return self._url
        if "://" not in target.partition("?")[0]:
            version = self._url[len(self._root) + 1 :].partition("/")[0]
            target = address(self._root, version, target)
        return self._ours(target) if _options(self._url).items() <= _options(target).items() else self._url

    def _end(self, link: Any) -> None:
        if link is None:
            raise TransportError(
                f"{self!r}: the last page says neither where the next one is nor where the next round begins: the "
                "state stays what it was",
                transient=False,
            )
        self._complete = self._ours(link)
        if self._save and self._file is not None:
            self._file.write(self._complete)

    def _ours(self, link: Any) -> str:
        if not isinstance(link, str) or not same_origin(link, self._root):
            raise TransportError(
                f"{self!r}: the next round is said to begin at {shown_origin(str(link))!r}, and this token is "
                f"for {shown_origin(self._root)!r} only: the state stays what it was",
                transient=False,
            )
        return link


def path_of(path: str) -> str:
    """Return the path of a collection's delta function, whether it was named or not."""
    where, mark, options = path.partition("?")
    where = where.rstrip("/")
    last = where.rpartition("/")[2].lower().partition("(")[0]
    named = last in ("delta", "microsoft.graph.delta")
    return f"{where if named else f'{where}/delta'}{mark}{options}"


def judge(error: GraphError, *, amid: bool = False, kept: bool = False) -> str:
    """Return what helps: ``reset`` (everything again), ``replay`` (this round again), or nothing.

    A reset is a 410, or a 4xx with one of the codes that services use for it; and any 400 to a kept link, for
    Graph made all of that: it was seen with ``Request_UnsupportedQuery`` for a link of more than 30 days.
    Source: https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset

    Args:
        amid: whether pages of this round have come already.
        kept: whether this was the answer to the link that a former round ended with.
    """
    outer = error.body.get("error") if isinstance(error.body, dict) else None
    outermost = outer.get("code") if isinstance(outer, dict) else ""
    codes = [str(code).lower() for code in (error.code, outermost)]
    if amid and _NO_PAGE in codes:
        return "replay"
    lost = any(code.startswith(("resync", "syncstate")) or code == _NO_PAGE for code in codes)
    gone = error.status == 410 or (error.status == 400 and kept)
    return "reset" if gone or (400 <= error.status < 500 and lost) else ""


def _options(url: str) -> dict[str, str]:
    pairs = parse_qsl(url.partition("?")[2], keep_blank_values=True)
    return {name.lower(): value for name, value in pairs if name.lower() not in _TOKENS}


def _purpose(url: str, root: str, tenant: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Return what a state holds for, and nothing else."""
    said = ",".join(value for name, value in headers.items() if name.lower() == "prefer").lower().split(",")
    prefer = sorted(part.strip() for part in said if part.strip() and not part.strip().startswith(_NO_MATTER))
    return {
        "origin": root.lower(),
        "tenant": tenant.lower(),
        "path": url[len(root) :].partition("?")[0],
        "options": "&".join(f"{name}={value}" for name, value in sorted(_options(url).items())),
        "prefer": ",".join(prefer),
    }


class Found(NamedTuple):
    link: str | None
    misfit: str = ""  # why what is there does not count


class StateFile:
    """The file that carries a link from one run to the next; only its owner can read it.

    It is replaced in one step, once all is on the disk: who is killed amid that leaves the old one.
    """

    def __init__(self, file: str | os.PathLike[str], purpose: Mapping[str, str]) -> None:
        self._file = files.resolve(file)
        self._purpose = dict(purpose)

    def read(self, root: str) -> Found:
        """Return the link, if the file is there and was written for the same.

        Raises:
            ConfigurationError: it cannot be read, or holds something else: it is not ours to overwrite.
        """
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return Found(None)
        except OSError as error:
            raise ConfigurationError(f"the state {self._file} cannot be read: {files.reason(error)}") from None
        if not content.strip():
            return Found(None, f"{self._file} is empty")
        state: Any = None
        with suppress(ValueError, RecursionError):
            state = json.loads(content)
        link = state.get("deltaLink") if isinstance(state, dict) and state.get("kind") == _KIND else None
        of = state.get("of") if link else None
        if not isinstance(link, str) or not isinstance(of, dict):
            raise ConfigurationError(
                f"{self._file} is not a delta state, or is damaged, and was not changed: name another file, or "
                "delete it to start over with everything"
            )
        others = [name for name, value in self._purpose.items() if of.get(name) != value]
        if others:
            return Found(None, f"{self._file} does not fit: {', '.join(others)} changed")
        if not same_origin(link, root):
            raise ConfigurationError(
                f"the state {self._file} leads to {shown_origin(link)!r}, where this client's token must not go: "
                "delete it to start over with everything"
            )
        return Found(link)

    def check(self) -> None:
        """Find out now, and not when all changes have come, whether the state can be written."""
        try:
            files.check_writable(self._file)
        except OSError as error:
            raise ConfigurationError(
                f"the state {self._file} cannot be written ({files.reason(error)}): name a file in a folder that "
                "exists and that you may write to; nothing was sent"
            ) from None

    def write(self, link: str) -> None:
        text = json.dumps({"kind": _KIND, "of": self._purpose, "deltaLink": link}, indent=1)
        try:
            files.replace(self._file, text.encode(), private=True)
        except OSError as error:
            raise Error(
                f"all changes came, but the state {self._file} could not be written ({files.reason(error)}): the "
                "next run will bring them again"
            ) from None
