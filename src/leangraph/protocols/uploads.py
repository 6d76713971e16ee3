"""Uploads that go on where they broke off: of files to a drive, and of attachments."""

from __future__ import annotations

import base64
import json as jsonlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from leangraph.errors import (
    ConfigurationError,
    Conflict,
    Error,
    GraphError,
    NotFound,
    PreconditionFailed,
    ServiceError,
    TransportError,
)
from leangraph.http import retry
from leangraph.http.options import with_options
from leangraph.http.reply import Reply
from leangraph.http.signed import SignedUrl
from leangraph.http.target import admit, refuse_unfit, segments
from leangraph.http.transport import Patience, Transport
from leangraph.net.origin import is_safe
from leangraph.protocols.content import Content, File, UploadEnded
from leangraph.protocols.drives import Progress, hash_of, may_be_rewritten, other_hash, other_size, reporter
from leangraph.system import files
from leangraph.system.warn import warn

CONFLICTS: Final = ("fail", "replace", "rename")
_CONDITIONS: Final = frozenset({"if-match", "if-none-match"})
_GONE: Final = frozenset({404, 410})
_OCTETS: Final = "application/octet-stream"
_KIND: Final = "leangraph upload session 1"
_DONE: Final = {"kind": _KIND, "done": True}  # what stands in a session file that could not be removed


class Limits(NamedTuple):
    """What a service takes, in bytes."""

    small: int  # up to here one request does
    unit: int  # a range is a multiple of it, the last one excepted
    chunk: int  # a range, if the caller does not say
    most: int  # a range must be smaller


# https://learn.microsoft.com/graph/api/driveitem-createuploadsession; 4 MB is what older texts allow one PUT
DRIVE: Final = Limits(4_000_000, 320 * 1024, 32 * 320 * 1024, 60 * 1024 * 1024)
# https://learn.microsoft.com/graph/outlook-large-attachments
ATTACHMENT: Final = Limits(2_999_999, 1, 3 * 1024 * 1024, 4_000_000)


def upload(
    transport: Transport,
    url: str,
    file: File,
    *,
    size: int | None = None,
    chunk: int | None = None,
    conflict: str = "fail",
    session: str | os.PathLike[str] | None = None,
    name: str | None = None,
    content_type: str | None = None,
    verify: bool = True,
    progress: Progress | None = None,
    headers: Mapping[str, str] | None = None,
    tenant: str = "",
) -> Any:
    """Upload a file to the URL of a drive item, or of a message's attachments; see ``GraphClient.upload``."""
    refuse_unfit(headers or {})
    attached = segments(url)[-1:] == ["attachments"]
    limits = ATTACHMENT if attached else DRIVE
    _check_arguments(transport, url, limits, chunk=chunk, conflict=conflict, name=name)
    with Content(file, size, hashed=verify and not attached) as content:
        work = _Upload(
            transport,
            url,
            content,
            chunk=chunk or limits.chunk,
            conflict=conflict if url.endswith(":") else "replace",  # an id names what there is
            name=(name or content.name) if attached else "",
            content_type=content_type,
            headers=dict(headers or {}),
            progress=reporter(progress),
        )
        if attached and not work.name:
            raise ConfigurationError("an attachment needs a name: name='report.pdf'")
        item = work.run(limits, session, tenant)
        problem = _difference(item, content) if verify and not attached else ""
    if problem:
        _tell_difference(item, url, problem)
    return item


def _check_arguments(
    transport: Transport, url: str, limits: Limits, *, chunk: int | None, conflict: str, name: str | None
) -> None:
    path = f"/{url.partition('://')[2].partition('/')[2]}"
    admit("PUT", path, read_only=transport.read_only)  # the address of a session would not tell
    if conflict not in CONFLICTS:
        raise ConfigurationError(f"conflict={conflict!r} must be one of {', '.join(CONFLICTS)}")
    if chunk is not None and (not isinstance(chunk, int) or chunk % limits.unit or not 0 < chunk < limits.most):
        raise ConfigurationError(
            f"chunk={chunk!r} must be a multiple of {limits.unit} bytes, and less than {limits.most}"
        )
    if limits is ATTACHMENT and "todo" in segments(url):
        raise ConfigurationError("attachments of tasks have a protocol of their own, which this does not speak")
    if name is not None and limits is not ATTACHMENT:
        raise ConfigurationError("name= is for attachments: in a drive, the path says the name")


def _tell_difference(item: Any, url: str, problem: str) -> None:
    """Warn of a file that the drive has changed; raise where no drive does that."""
    if may_be_rewritten(item, url):
        warn(
            f"the drive has changed the file as it arrived ({problem}): SharePoint writes properties into Office "
            "files and pictures. verify=False says nothing of it"
        )
        return
    failure = TransportError(
        f"the drive has the file, but not as it was sent: {problem}. The error's item is what it has now; "
        "verify=False does not compare",
        transient=False,
    )
    failure.item = item
    raise failure


class _Upload:
    """One file on its way."""

    def __init__(
        self,
        transport: Transport,
        url: str,
        content: Content,
        *,
        chunk: int,
        conflict: str,
        name: str,
        content_type: str | None,
        headers: dict[str, str],
        progress: Progress,
    ) -> None:
        self.transport = transport
        self.url = url
        self.content = content
        self.chunk = chunk
        self.conflict = conflict
        self.name = name  # of an attachment; in a drive the path says it
        self.content_type = content_type
        self.headers = headers
        self.progress = progress
        self.unsure = False  # whether all may have arrived, though no answer says so
        self.address: SignedUrl | None = None

    def run(self, limits: Limits, session: str | os.PathLike[str] | None, tenant: str) -> Any:
        """Upload it in the way that its size asks for."""
        if self.content.size > (limits.small if self.name else min(limits.small, self.chunk)):
            return self.in_ranges(UploadSessionFile(session, None if session is None else self.purpose(tenant)))
        item = self.attach() if self.name else self.put()
        self.progress(self.content.size, self.content.size)
        return item

    def purpose(self, tenant: str) -> dict[str, str]:
        """Return what a kept session is good for."""
        host, _, path = self.url.partition("://")[2].partition("/")
        where = {"host": host.lower(), "tenant": tenant.lower(), "path": path, "name": self.name}
        return {**where, "conflict": self.conflict, "file": self.content.fingerprint()}

    # -- in one request

    def put(self) -> Any:
        """Upload a small file to a drive. Repeated where the first may have been done, it must not do harm."""
        options = {} if self.conflict == "replace" else {"@microsoft.graph.conflictBehavior": self.conflict}
        url = with_options(f"{self.url}/content", options, {})
        headers = {"Content-Type": self.content_type or _OCTETS, **self.headers}
        harmless = self.conflict == "replace" and not any(name.lower() in _CONDITIONS for name in self.headers)
        patience = self.transport.patience()
        while True:
            failure: GraphError | TransportError
            try:
                return self.transport.send(
                    "PUT",
                    url,
                    data=self.content.read(0, self.content.size),  # in no variable of ours, which some log
                    headers=headers,
                    idempotent=harmless,
                ).body
            except (Conflict, PreconditionFailed, ServiceError, TransportError) as error:
                failure = error
            refused = isinstance(failure, (Conflict, PreconditionFailed))  # by what an attempt before has made?
            self.unsure = self.unsure or (not refused and is_unsure(failure))
            if harmless or self.conflict == "rename" or not self.unsure:
                raise failure.with_traceback(None)
            found = self.landed()
            if found is not None:
                return found
            patience.wait(failure, "PUT")

    def attach(self) -> Any:
        """Upload a small attachment. It is not repeated when its answer was lost: that might attach it twice."""
        kind = {"contentType": self.content_type} if self.content_type else {}
        body = {"@odata.type": "#microsoft.graph.fileAttachment", "name": self.name, **kind}
        body["contentBytes"] = base64.b64encode(self.content.read(0, self.content.size)).decode()
        return self.transport.send("POST", self.url, json=body, headers=self.headers).body

    # -- by session

    def in_ranges(self, kept: UploadSessionFile) -> Any:
        """Upload range by range, in a session that may have begun in an earlier process."""
        self.address, self.unsure, outdated = kept.read()
        self.cancel(outdated)
        try:
            found = self.from_session_to_session(kept)
        except BaseException as error:
            if not kept.keeps or _is_final(error):
                self.cancel(self.address)
                kept.clear()
            raise
        kept.clear()
        return found

    def from_session_to_session(self, kept: UploadSessionFile) -> Any:
        for _ in range(2):  # one that is gone is begun again, once
            if self.address is not None:
                missing = self.ask(self.address, None)
            else:
                self.address, missing = self.begin(kept), [(0, self.content.size)]
            reply = self.send(self.address, missing, kept) if missing else None
            if reply is not None:
                return self.result(reply)
            self.address = None
            found = self.unheard()
            if found is not None:
                return found
        raise UploadEnded("the upload session was forgotten twice: nothing was uploaded")

    def begin(self, kept: UploadSessionFile) -> SignedUrl:
        """Begin a session. A second one does no harm: the first is forgotten by itself."""
        body: dict[str, Any] = {"item": {"@microsoft.graph.conflictBehavior": self.conflict}}
        if self.name:
            kind = {"contentType": self.content_type} if self.content_type else {}
            size = self.content.size
            body = {"AttachmentItem": {"attachmentType": "file", "name": self.name, "size": size, **kind}}
        url = f"{self.url}/createUploadSession"
        reply = self.transport.send("POST", url, json=body, headers=self.headers, idempotent=True)
        address = SignedUrl(reply.body.pop("uploadUrl", None) if isinstance(reply.body, dict) else None)
        try:
            kept.write(address)
        except ConfigurationError:
            self.cancel(address)
            raise
        return address

    def send(self, address: SignedUrl, missing: list[tuple[int, int]], kept: UploadSessionFile) -> Reply | None:
        """Send what is missing; return the last answer, or ``None`` if the session is gone."""
        size = self.content.size
        patience = self.transport.patience()
        left = _length(missing)
        self.progress(size - left, size)
        while True:
            reply = self.send_range(address, missing, kept, patience)
            expected: list[tuple[int, int]] | None = None
            if reply is not None and reply.status in _GONE:
                return None
            if reply is not None and reply.status != 416:
                expected = _expected(reply.body, size)
                if reply.status == 201 or (isinstance(reply.body, dict) and "id" in reply.body):
                    self.progress(size, size)
                    return reply
                self.unsure = self.unsure or expected == []
            missing = expected or self.ask(address, missing) or []
            if not missing:
                return None
            if _length(missing) < left:
                left = _length(missing)
                patience.renew()
                self.progress(size - left, size)
            elif reply is not None:
                patience.wait(TransportError(f"{address.host} accepts ranges of the file but does not keep them"))

    def send_range(
        self,
        address: SignedUrl,
        missing: list[tuple[int, int]],
        kept: UploadSessionFile,
        patience: Patience,
    ) -> Reply | None:
        """Send the first range that is missing; return ``None`` if no answer says whether it arrived."""
        start, stop = missing[0]
        stop = min(stop, start + self.chunk)
        last = len(missing) == 1 and stop == missing[0][1]
        if last:  # a later process that goes on with this must know that it may be done
            kept.write(address, last=True)
        headers = {"Content-Range": f"bytes {start}-{stop - 1}/{self.content.size}", "Content-Type": _OCTETS}
        while True:
            try:
                return self.transport.signed(
                    "PUT",
                    address,
                    headers=headers,
                    data=self.content.read(start, stop - start),  # in no variable of ours, which some log
                    expected={*_GONE, 416},
                )
            except (GraphError, TransportError) as error:
                failure = error
            self.unsure = self.unsure or (last and is_unsure(failure))
            patience.wait(failure, "PUT")
            if is_unsure(failure):  # else it was turned away before any work
                return None

    def ask(self, address: SignedUrl, known: list[tuple[int, int]] | None) -> list[tuple[int, int]] | None:
        """Return what the session lacks: ``None`` if it is gone, ``known`` if it cannot be asked."""
        reply = self.transport.ask(address, expected={*_GONE, 405, 501})
        if reply.status in (405, 501):
            return known or [(0, self.content.size)]
        found = _expected(reply.body, self.content.size) if reply.status not in _GONE else None
        self.unsure = self.unsure or found == []
        return found

    def result(self, reply: Reply) -> Any:
        """Return the item as Graph sent it; Outlook says the id of an attachment, and that in ``Location``."""
        if not self.name:
            return reply.body
        last = reply.headers.get("Location", "").partition("?")[0].rstrip("/").rpartition("/")[2]
        return {"id": unquote(re.sub(r"^\w+\('(.*)'\)$", r"\1", last))}  # Attachments('AAMk…')

    def unheard(self) -> Any:
        """Return what a session that is gone has left behind, if its last answer may have been lost."""
        if not self.unsure:
            return None
        if self.name or self.conflict == "rename":
            raise UploadEnded(
                "the last answer was lost, and with it the name or id: look whether the file is there before you "
                "upload it again"
            )
        found, self.unsure = self.landed(), False
        return found

    def landed(self) -> Any:
        """Return the item, if what is there now is proved by its hash to be what was sent."""
        try:
            item = self.transport.send("GET", self.url).body
        except NotFound:
            return None
        return item if hash_of(item)[0] and not _difference(item, self.content) else None

    def cancel(self, address: SignedUrl | None) -> None:
        """Give a session up, as far as it can be reached; otherwise it expires."""
        if address is not None:
            with suppress(Error):
                self.transport.signed("DELETE", address)


def is_unsure(failure: GraphError | TransportError) -> bool:
    """Tell whether a failed request may have been done all the same."""
    if isinstance(failure, TransportError):
        return failure.sent
    return failure.status in retry.UNCERTAIN


def _is_final(error: BaseException) -> bool:
    """Tell whether going on later has no prospect."""
    if isinstance(error, GraphError):
        return 400 <= error.status < 500 and error.status != 429
    return isinstance(error, UploadEnded)


def _length(ranges: list[tuple[int, int]]) -> int:
    return sum(stop - start for start, stop in ranges)


def _expected(body: object, size: int) -> list[tuple[int, int]] | None:
    """Return what a session lacks, as (start, stop), lowest first; ``None`` if the answer does not say.

    Drives send ``12345-55232`` and ``77829-``, Outlook ``2097152``, each in its own spelling of the name.
    """
    names = {name.lower(): value for name, value in body.items()} if isinstance(body, dict) else {}
    said = names.get("nextexpectedranges")
    if not isinstance(said, list):
        return None
    found = [re.fullmatch(r"\s*([0-9]+)\s*(?:-\s*([0-9]*)\s*)?", str(text)) for text in said]
    if None in found:
        raise TransportError("the upload session expects ranges that are none", transient=False)
    pairs = [(int(one[1]), min(int(one[2]) + 1 if one[2] else size, size)) for one in found if one]
    return sorted((start, stop) for start, stop in pairs if start < stop)


class UploadSessionFile:
    """The file that keeps a session for a later process. The address in it is a credential: it is private.

    Without a file nothing is kept.
    """

    def __init__(
        self, file: str | os.PathLike[str] | None = None, purpose: Mapping[str, str] | None = None
    ) -> None:
        self._file = files.expand(file or "")
        self._purpose = dict(purpose or {})
        self.keeps = file is not None

    def read(self) -> tuple[SignedUrl | None, bool, SignedUrl | None]:
        """Return the session to go on with, whether it may be done, and one that the file has outlived."""
        if not self.keeps:
            return None, False, None
        try:
            files.check_trusted(self._file, "the upload session")
            content = self._file.read_bytes()
        except FileNotFoundError:
            return None, False, None
        except OSError as error:
            raise ConfigurationError(f"the session {self._file} cannot be read: {files.reason(error)}") from None
        state: Any = None
        with suppress(ValueError, RecursionError):
            state = jsonlib.loads(content)
        if state == _DONE:
            return None, False, None
        of = state.get("of") if isinstance(state, dict) and state.get("kind") == _KIND else None
        if not isinstance(of, dict) or not is_safe(str(state.get("uploadUrl"))):
            raise ConfigurationError(
                f"{self._file} is no upload session of ours, and stays as it is: name another file, or delete it"
            )
        others = [name for name, value in self._purpose.items() if of.get(name) != value]
        if others not in ([], ["file"]):
            raise ConfigurationError(
                f"{self._file} keeps an upload that differs in {' and '.join(others)}: name another file, or "
                "delete it to give that upload up"
            )
        address = SignedUrl(state.pop("uploadUrl"))
        return (None, False, address) if others else (address, bool(state.get("last")), None)

    def write(self, address: SignedUrl, *, last: bool = False) -> None:
        if not self.keeps:
            return
        state = {"kind": _KIND, "of": self._purpose, "last": last, "uploadUrl": address.url}
        with files.told(f"the session {self._file} cannot be written"):
            files.replace(self._file, jsonlib.dumps(state, indent=1).encode(), private=True)

    def clear(self) -> None:
        if self.keeps:
            with suppress(OSError):  # the upload is done: what is left does no harm
                files.remove(self._file)
                if self._file.exists():  # a mount point: it cannot be removed
                    files.replace(self._file, jsonlib.dumps(_DONE).encode(), private=True)


def _difference(item: Any, content: Content) -> str:
    """Say in what an item differs from what was sent. A hash decides; without one, the size."""
    name, value = hash_of(item)
    if not name:
        return other_size(item, content.size)
    try:
        ours = content.digest(name)
    except UploadEnded:  # it has changed since it was sent: nothing is left to compare with but the size
        return other_size(item, content.size)
    return other_hash(name, value, ours)
