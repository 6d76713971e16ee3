"""Upload sessions: a file that comes in ranges, to an address on another host.

A drive and a mailbox have the same idea and different rules, so there is one :class:`Session` and two kinds of it,
of which that for attachments is in :mod:`leangraph.sandbox.graph.drafts`.

Sources: "driveItem: createUploadSession" and outlook-large-attachments; texts and codes of refused ranges as
quoted in https://github.com/OneDrive/onedrive-api-docs/issues/64 and 1332, and OneDrive's list of error codes.
"""

from __future__ import annotations

import re
import threading

from ...core.call import Call, bad_request, not_acted_out, reply
from ...core.directory import Directory, Memory
from ...core.endpoints import on
from ...core.store import Doc
from ...wire.faults import Refusal
from ...wire.server import Reply, Request
from .items import (
    BEHAVIOR,
    SOURCE,
    answer,
    at,
    behavior_of,
    by_path,
    check_tags,
    dates_of,
    spot_of,
)
from .tree import (
    Drive,
    Spot,
    invalid,
    is_file,
    not_found,
)

UNIT = 320 * 1024  # bytes; every range but the last is a multiple
MAX_RANGE = 60 * 1024 * 1024  # bytes; a range has fewer
LIFETIME = 7 * 86_400.0  # seconds; Microsoft's samples say days
CONFLICT = (
    "Another file exists with the same name as the uploaded session. You can redirect the upload session to use a "
    "new filename by calling PUT with the new metadata and @microsoft.graph.sourceUrl attribute."
)
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.IGNORECASE)


class Session:
    """An upload under way. ``received`` bytes of ``total`` are there, in ``pieces``.

    Attributes:
        limit: bytes that one range has to stay below.
        url: the address, once it is open.
    """

    limit = MAX_RANGE

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.until = directory.clock() + LIFETIME
        self.pieces: list[bytes] = []
        self.received = 0
        self.total: int | None = None
        self.closed = False
        self.lock = threading.Lock()
        self.url = directory.signed_urls.issue("upload", self.answer, LIFETIME)

    @property
    def complete(self) -> bool:
        return self.received == self.total

    @property
    def missing(self) -> list[str]:
        return [] if self.complete else [f"{self.received}-"]

    def answer(self, request: Request) -> Reply:
        """Answer a request to the session's address; one after the other."""
        with self.lock:
            if self.closed:
                return self._again(request)
            match request.method:
                case "PUT":
                    return self._put(request)
                case "GET":
                    return reply(self.state())
                case "DELETE":
                    self.close()
                    return Reply(204)
                case "POST":
                    return self.commit()
            raise Refusal.of(405)

    def close(self) -> None:
        self.closed = True
        self.directory.signed_urls.revoke(self.url)
        self.pieces.clear()

    def _again(self, request: Request) -> Reply:
        """Refuse what comes to a session that is over: first for what is wrong with it, then for being too late.

        Source: https://github.com/microsoftgraph/msgraph-sdk-python-core/issues/718, an empty range at the end.
        """
        if request.method == "PUT":
            _fragment(request)
        raise not_found()

    def _put(self, request: Request) -> Reply:
        first, last, total = _fragment(request)
        size = len(request.body)
        if size >= self.limit:
            raise Refusal(
                413,
                "invalidRange",
                f"A fragment has to be smaller than {self.limit} bytes.",
                inner={"code": "maxFragmentLengthExceeded"},
            )
        if total != (self.total or total):
            raise invalid(
                f"The current upload session is for {self.total} total bytes, but the current fragment declares a "
                f"total of {total}."
            )
        if last >= total:
            raise invalid("The fragment ends beyond the total.")
        if first < self.received:
            raise _bad_range("Uploaded fragment overlaps with existing data.", "fragmentOverlap")
        if first > self.received:
            raise _bad_range("Uploaded fragment is out of order.", "fragmentOutOfOrder")
        self.begin(total)
        self.total = total
        self.pieces.append(request.body)
        self.received += size
        return self.finish() if self.complete else self.more(size)

    def begin(self, total: int) -> None:
        """Raise what speaks against a file of so many bytes."""

    def state(self) -> Doc:
        """Return what GET says."""
        return {"expirationDateTime": self.directory.at(self.until), "nextExpectedRanges": self.missing}

    def more(self, size: int) -> Reply:
        """Answer a range of ``size`` bytes that is not the last."""
        raise NotImplementedError

    def finish(self) -> Reply:
        """Answer the last range."""
        raise NotImplementedError

    def commit(self) -> Reply:
        """Answer a POST: what was deferred is to be done."""
        raise Refusal.of(405)


def _fragment(request: Request) -> tuple[int, int, int]:
    """Return first and last byte and the total that a range declares; raises 400 where the body is another."""
    found = _RANGE.fullmatch(request.headers.get("Content-Range", ""))
    if not found:
        raise invalid("The Content-Range header is missing or malformed.")
    first, last, total = map(int, found.groups())
    size = len(request.body)
    if last - first + 1 != size or size == 0:
        message = "Declared fragment length does not match the provided number of bytes"
        raise invalid(message, "fragmentLengthMismatch")
    return first, last, total


def _bad_range(message: str, inner: str) -> Refusal:
    return Refusal(416, "invalidRange", message, inner={"code": inner})


class FileUpload(Session):
    """An upload to a drive. What speaks against the file once it is complete leaves its bytes here.

    Attributes:
        spot: where the file goes.
        deferred: it is made only when asked for.
        crooked: a range was no multiple of 320 KiB, which nobody is told before the end.
    """

    def __init__(
        self, call: Call, drive: Drive, spot: Spot, *, behavior: str, dates: Doc, deferred: bool = False
    ) -> None:
        self.call, self.drive, self.spot = call, drive, spot
        self.behavior, self.dates, self.deferred = behavior, dates, deferred
        self.crooked = False
        super().__init__(call.directory)

    def begin(self, total: int) -> None:
        if self.total is None:
            self.drive.refuse_size(total)

    def more(self, size: int) -> Reply:
        self.crooked |= size % UNIT != 0
        return reply(self.state(), 202)

    def finish(self) -> Reply:
        return reply(self.state(), 202) if self.deferred else self.commit()

    def commit(self) -> Reply:
        return self.save(self.call, self.spot, self.behavior)

    def close(self) -> None:
        super().close()
        _sessions(self.directory).pop(self.url, None)

    def save(self, call: Call, spot: Spot, behavior: str) -> Reply:
        """Make the file, answer with it, and end the session."""
        if not self.complete:
            raise invalid("The upload is not complete.", "uploadSessionIncomplete")
        if self.crooked:
            self.close()
            raise invalid(
                "The upload failed: the size of every fragment but the last has to be a multiple of 320 KiB "
                "(327,680 bytes).",
                "uploadSessionFailed",
            )
        try:
            item, new = self.drive.save(spot, b"".join(self.pieces), behavior, self.dates)
        except Refusal as refused:
            if refused.status == 409:
                raise Refusal(409, refused.code, CONFLICT) from None
            raise
        self.close()
        self.directory.signed_urls.keep(self.url, self.answer)
        return answer(call, self.drive, item, 201 if new else 200)


_ITEM = {"name": str, "fileSize": int, "fileSystemInfo": dict, "description": str}


@on("POST", *at("/createUploadSession"), partly="the source of a file or its media cannot be named")
def create_session(call: Call) -> Reply:
    body = call.json() if call.request.body else {}
    wanted = _parameters(body)
    drive, spot = spot_of(call)
    check_tags(call, spot.item)
    if spot.item is not None and not is_file(spot.item):
        raise invalid("The item is a folder: it has no content.")
    if by_path(call):
        spot = spot.named(wanted.get("name", ""))
    elif wanted.get("name", spot.name) != spot.name:
        raise invalid("The name is not that of the item.")
    if "fileSize" in wanted:
        drive.refuse_size(wanted["fileSize"])
    behavior = behavior_of(call, wanted, "fail")
    deferred = body.get("deferCommit") is True
    session = FileUpload(call, drive, spot, behavior=behavior, dates=dates_of(wanted), deferred=deferred)
    _sessions(call.directory)[session.url] = session
    context = f"{call.root}/$metadata#microsoft.graph.uploadSession"
    return reply({"@odata.context": context, "uploadUrl": session.url, **session.state()})


def _parameters(body: Doc) -> Doc:
    """Return the ``item`` of a body; raises Graph's 400."""
    for name, value in body.items():
        if name not in ("item", "deferCommit"):
            bad_request(
                f"The parameter '{name}' in the request payload is not a valid parameter for the operation "
                "'createUploadSession'."
            )
        if not isinstance(value, dict if name == "item" else bool | None):
            bad_request(f"Cannot convert the value of parameter '{name}'.")
    item: Doc = body.get("item", {})
    for name, value in item.items():
        if name.startswith("@"):
            continue
        if name in ("driveItemSource", "mediaSource"):
            not_acted_out(f"an upload with '{name}'")
        kind = _ITEM.get(name)
        if kind is None:
            bad_request(
                f"The property '{name}' does not exist on type 'microsoft.graph.driveItemUploadableProperties'. "
                "Make sure to only use property names that are defined by the type."
            )
        if not isinstance(value, kind) or isinstance(value, bool):
            bad_request(f"Cannot convert the value of property '{name}'.")
    return item


_SESSIONS: Memory[dict[str, FileUpload]] = Memory(lambda directory: {})


def _sessions(directory: Directory) -> dict[str, FileUpload]:
    return _SESSIONS.of(directory)


@on("PUT", *at(), partly="to commit an upload session, nothing else", options=("select",))
def commit_session(call: Call) -> Reply:
    """Commit a session that could not be, by another name: the path is that of the folder, or of the file."""
    body = call.json()
    for name in body.keys() - {"name", BEHAVIOR, SOURCE}:
        not_acted_out(f"PUT of an item with '{name}'")
    if SOURCE not in body:
        not_acted_out("PUT of an item that does not commit an upload session")
    behavior, name = behavior_of(call, body, "fail"), str(body.get("name", ""))
    session = _sessions(call.directory).get(str(body[SOURCE]))
    drive, spot = spot_of(call)
    if session is None or session.drive.id != drive.id or call.directory.clock() >= session.until:
        inner = {"code": "uploadSessionNotFound"}
        raise Refusal(404, "itemNotFound", "The upload session was not found.", inner=inner)
    check_tags(call, spot.item)
    if spot.item is not None and not is_file(spot.item):
        spot = Spot(None, spot.item, (name or session.spot.name,))
    elif by_path(call):
        spot = spot.named(name)
    with session.lock:
        return session.save(call, spot, behavior)
