"""A drive: files and folders in the store, found by id or by path.

A drive and its root folder are worked out from their owner and stored nowhere, so that nobody's drive costs
anything until a file is in it. An item's alternate key is its folder's id and its own name: that keeps names apart
in any case, finds a path step by step, and has the children of a folder in order.

Sources: "driveItem resource type", "Update", "Move", "Create folder" and "Copy" in the API reference; names and
lengths, https://support.microsoft.com/office/64883a5d-228e-48f5-b3d2-eb39e07630fa.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from mimetypes import MimeTypes
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID, uuid4

from ...core.call import not_acted_out
from ...core.directory import Directory, Memory
from ...core.store import Doc, Order, Store, Where
from ...wire.faults import Refusal
from ...wire.server import Reply, Request

KIND = "driveItem"
BY_NAME = Order("name")
QUOTA = 1024**4  # bytes
MAX_FILE = 10**9  # bytes; SQLite's limit, Microsoft's is 250 GB
MAX_NAME = 255
MAX_PATH = 400  # characters
DOWNLOADABLE = 600.0  # seconds; Microsoft says "a few minutes"
Inside = list[tuple[Doc, "Inside"]]  # of a folder: each item, and what is in that
BEHAVIORS = ("fail", "replace", "rename")
TAKEN = "An item with the same name already exists under the parent."
_RESERVED = re.compile(
    r'["*:<>?/\\|\x00-\x1f]|^[ ]|[ ]$|^~\$|_vti_|^(con|prn|aux|nul|com\d|lpt\d|\.lock|desktop\.ini)$',
    re.IGNORECASE,
)


def invalid(message: str, inner: str = "") -> Refusal:
    return Refusal(400, "invalidRequest", message, inner={"code": inner} if inner else None)


def not_found() -> Refusal:
    return Refusal(404, "itemNotFound", "The resource could not be found.")


def taken() -> Refusal:
    return Refusal(409, "nameAlreadyExists", TAKEN)


class Spot(NamedTuple):
    """Where a path leads.

    Attributes:
        item: what is there, if anything.
        folder: the item it is in; or the last one on the way there.
        missing: the names that do not exist yet, the folders first.
    """

    item: Doc | None
    folder: Doc
    missing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.missing[-1] if self.missing else str((self.item or self.folder)["name"])

    def named(self, name: str = "") -> Spot:
        """Return the same place, or that of another name beside it, whatever is there by the time it is used."""
        return Spot(None, self.folder, (*self.missing[:-1], name or self.name))


_DOWNLOADS: Memory[dict[str, tuple[str, float]]] = Memory(lambda directory: {})  # by the id of the file


@dataclass(frozen=True)
class Drive:
    """One drive, as it is read from ``store``, by somebody.

    Attributes:
        owner: the user or group whose it is; for that of the root site, an object with the id ``root``.
        kind: ``user``, ``group`` or ``site``.
        by: who reads or writes, as an identitySet.
    """

    directory: Directory
    store: Store
    owner: Doc
    kind: str
    by: Doc

    @cached_property
    def id(self) -> str:
        return drive_id(self.directory.tenant, self.owner["id"])

    @property
    def type(self) -> str:
        return "business" if self.kind == "user" else "documentLibrary"

    @property
    def url(self) -> str:
        domain = self.directory.domain
        if self.kind == "user":
            name = re.sub(r"\W", "_", self.owner["userPrincipalName"])
            return f"https://my.{domain}/personal/{quote(name)}/Documents"
        site = f"sites/{quote(self.owner['mailNickname'])}/" if self.kind == "group" else ""
        return f"https://{domain}/{site}Shared%20Documents"

    @cached_property
    def root(self) -> Doc:
        made = self.owner.get("createdDateTime", "2023-01-01T00:00:00Z")
        digest = blake2b(self.id.encode(), digest_size=16).digest()
        return {
            "id": self._item_id(digest),
            "drive": self.id,
            "parent": None,
            "name": "root",
            "createdDateTime": made,
            "lastModifiedDateTime": made,
            "version": 1,
        }

    def _item_id(self, digits: bytes) -> str:
        own = base64.b32encode(blake2b(self.id.encode(), digest_size=4).digest()).decode()[:6]
        return f"01{own}{base64.b32encode(digits).decode().rstrip('=')}"

    # -- finding ----------------------------------------------------------------------------------

    def find(self, id_: str) -> Doc:
        """Return an item by its id, ``root`` among them; raises Graph's 404."""
        if id_ == self.root["id"] or id_.lower() == "root":
            return self.root
        doc = self.store.get(KIND, id_)
        if doc is None or doc["id"] != id_ or doc["drive"] != self.id:
            raise not_found()
        return doc

    def child(self, folder: Doc, name: str) -> Doc | None:
        return self.store.get(KIND, _key(folder["id"], name))

    def walk(self, start: Doc, path: str) -> Spot:
        """Return where a path below an item leads; raises Graph's 404 if that goes through a file."""
        item, folder = start, start
        names = [name for name in path.split("/") if name]
        for number, name in enumerate(names):
            if is_file(item):
                raise not_found()
            folder, found = item, self.child(item, name)
            if found is None:
                return Spot(None, folder, tuple(names[number:]))
            item = found
        return Spot(item, folder)

    def children(self, folder: Doc) -> Iterator[Doc]:
        """Yield what is in a folder, by name."""
        return (row.doc for row in self.store.select(below(folder), orders=[BY_NAME]))

    def descendants(self, folder: Doc) -> Iterator[Doc]:
        """Yield everything under a folder, what is inside another before that."""
        for child in self.children(folder):
            yield from () if is_file(child) else self.descendants(child)
            yield child

    def ancestors(self, item: Doc) -> list[Doc]:
        """Return the folders that an item is in, the outermost, the root, first."""
        found: list[Doc] = []
        while item["parent"] is not None:
            item = self.find(item["parent"])
            found.insert(0, item)
        return found

    def path(self, item: Doc) -> list[str]:
        """Return the names from the root to an item, which is the last."""
        return [each["name"] for each in (*self.ancestors(item)[1:], item) if each["parent"]]

    def size(self, item: Doc) -> int:
        return int(item["size"] if is_file(item) else sum(each.get("size", 0) for each in self.descendants(item)))

    @property
    def left(self) -> int:
        """Return how many bytes still fit."""
        return QUOTA - self.size(self.root)

    def refuse_size(self, size: int) -> None:
        """Raise what a file of so many bytes meets."""
        if size > self.left:
            raise Refusal(507, "quotaLimitReached", "Insufficient Space Available")
        if size > MAX_FILE:
            not_acted_out("a file of more than 1 GB")

    def inside(self, item: Doc) -> Inside:
        """Return all that is in a folder, and what is in that."""
        return [] if is_file(item) else [(child, self.inside(child)) for child in self.children(item)]

    def depth(self, item: Doc) -> int:
        """Return the characters of the longest path below an item."""
        inside = () if is_file(item) else self.children(item)
        return max((1 + len(child["name"]) + self.depth(child) for child in inside), default=0)

    # -- writing: each call makes all of its changes or none ---------------------------------------

    def make_folder(self, folder: Doc, name: str, behavior: str) -> tuple[Doc, bool]:
        """Return a folder of this name in another, and whether it is new."""
        with self.store.atomic():
            there = self.child(folder, name)
            if there is not None and behavior == "replace" and not is_file(there):
                return there, False  # as it is
            name, _ = self._room(folder, name, behavior, of_file=False)
            return self._new(folder, name), True

    def save(self, spot: Spot, data: bytes, behavior: str, dates: Doc | None = None) -> tuple[Doc, bool]:
        """Keep a file: the item of ``spot`` itself, or one of its name, with folders on the way if they lack.

        Returns also whether the file is new.
        """
        with self.store.atomic():
            if spot.item is not None:
                return self.overwrite(self.find(spot.item["id"]), data, dates), False
            folder = self.find(spot.folder["id"])
            for name in spot.missing[:-1]:
                folder, _ = self.make_folder(folder, name, "replace")
            name, there = self._room(folder, spot.missing[-1], behavior, of_file=True)
            if there is not None:
                return self.overwrite(there, data, dates), False
            return self._new(folder, name, **self._content(data), dates=dates or {}), True

    def overwrite(self, item: Doc, data: bytes, dates: Doc | None = None) -> Doc:
        """Give a file new content; what the client said of its last change was of the old."""
        kept = {name: value for name, value in item["dates"].items() if name == "createdDateTime"}
        return self.change(item, {**self._content(data), "dates": {**kept, **(dates or {})}})

    def change(self, item: Doc, changes: Doc) -> Doc:
        """Change an item: its properties, or its ``content``; return what it is now."""
        edition = {"edition": item["edition"] + 1} if "content" in changes else {}
        doc = {
            **item,
            "lastModifiedDateTime": self.directory.now(),
            "lastModifiedBy": self.by,
            "version": item["version"] + 1,
            **edition,
            **changes,
        }
        self.store.update(KIND, doc, _key(doc["parent"], doc["name"]))
        return doc

    def move(self, item: Doc, folder: Doc, name: str, behavior: str, changes: Doc) -> Doc:
        """Rename an item or put it into another folder."""
        with self.store.atomic():
            if is_file(folder) or item["id"] in [each["id"] for each in (*self.ancestors(folder), folder)]:
                raise invalid("An item can only be moved to a folder that is not inside of it.")
            name, there = self._room(
                folder, name, behavior, of_file=is_file(item), own=item["id"], inside=self.depth(item)
            )
            if there is not None:
                self.delete(there)
            return self.change(item, {**changes, "parent": folder["id"], "name": name})

    def copy(self, item: Doc, folder: Doc, name: str, behavior: str, source: Drive) -> Doc:
        """Make a copy of an item of the drive ``source`` with all that is in it."""
        with self.store.atomic():
            name, there = self._room(folder, name, behavior, of_file=is_file(item), inside=source.depth(item))
            if there is not None:
                self.delete(there)
            inside = source.inside(item)  # before the copy is there, which may be in the midst of it
            made = self._new(folder, name, **_copied(item))
            self._graft(made, inside)
            return made

    def _graft(self, folder: Doc, inside: Inside) -> None:
        for item, more in inside:
            self._graft(self._new(folder, item["name"], **_copied(item)), more)

    def delete(self, item: Doc) -> None:
        """Move an item with all that is in it to the recycle bin."""
        with self.store.atomic():
            for each in (*(() if is_file(item) else self.descendants(item)), item):
                self.store.delete(KIND, each["id"], self.directory.now())

    def _content(self, data: bytes) -> Doc:
        return {"content": self.store.keep(data), "size": len(data), "hash": quick_xor_hash(data)}

    def _new(self, folder: Doc, name: str, **more: Any) -> Doc:
        doc = {
            "id": self._item_id(uuid4().bytes),
            "drive": self.id,
            "parent": folder["id"],
            "name": name,
            "createdDateTime": self.directory.now(),
            "createdBy": self.by,
            "lastModifiedDateTime": self.directory.now(),
            "lastModifiedBy": self.by,
            "version": 1,
            "edition": 1,
            "dates": {},
            **more,
        }
        self.store.insert(KIND, doc, _key(folder["id"], name))
        return doc

    def _room(
        self, folder: Doc, name: str, behavior: str, *, of_file: bool, own: str = "", inside: int = 0
    ) -> tuple[str, Doc | None]:
        """Return the name that an item gets in a folder, and what is to give way there.

        Below the item, whose id is ``own`` if it has one, paths go on for ``inside`` more characters. Raises
        Graph's 409 where something has the name already, and its 400 for a name that cannot be.
        """
        self._check_name(folder, name, inside)
        there = self.child(folder, name)
        if there is None or there["id"] == own:
            return name, None
        if behavior == "fail":
            raise taken()
        if behavior == "replace":
            if not (of_file and is_file(there)):
                raise taken()
            return name, there
        stem, dot, ending = name.rpartition(".") if of_file else (name, "", "")
        if not stem:
            stem, dot, ending = name, "", ""
        number = 1
        while self.child(folder, f"{stem} {number}{dot}{ending}") is not None:
            number += 1
        self._check_name(folder, name := f"{stem} {number}{dot}{ending}", inside)
        return name, None

    def _check_name(self, folder: Doc, name: str, inside: int) -> None:
        if is_file(folder):
            raise invalid("The parent is not a folder.")
        if not 0 < len(name) <= MAX_NAME or _RESERVED.search(name):
            raise invalid("The provided name is empty, too long, or has reserved words or characters.")
        if len("/".join([*self.path(folder), name])) + inside > MAX_PATH:
            raise invalid(f"The path is longer than {MAX_PATH} characters.", "pathIsTooLong")

    # -- showing ----------------------------------------------------------------------------------

    def shown(self, item: Doc, names: Iterable[str] | None = None) -> Doc:
        """Return an item as a reply shows it: all of it, or what was asked for and is there."""
        facets = self._facets(item)
        return {name: facets[name]() for name in (facets if names is None else names) if name in facets}

    def _facets(self, item: Doc) -> dict[str, Callable[[], Any]]:
        """Return what an item has; only what is asked for is worked out."""
        found: dict[str, Callable[[], Any]] = {
            "@microsoft.graph.downloadUrl": lambda: self.download_url(item),
            "createdDateTime": lambda: item["createdDateTime"],
            "eTag": lambda: etag(item),
            "id": lambda: item["id"],
            "lastModifiedDateTime": lambda: item["lastModifiedDateTime"],
            "name": lambda: item["name"],
            "webUrl": lambda: "/".join([self.url, *map(quote, self.path(item))]),
            "cTag": lambda: ctag(item),
            "size": lambda: self.size(item),
            "parentReference": lambda: self._parent(item),
            "fileSystemInfo": lambda: {
                "createdDateTime": item["createdDateTime"],
                "lastModifiedDateTime": item["lastModifiedDateTime"],
                **item.get("dates", {}),
            },
        }
        if item["parent"] is None:
            found["root"] = dict
        else:
            found["createdBy"] = lambda: item["createdBy"]
            found["lastModifiedBy"] = lambda: item["lastModifiedBy"]
        if is_file(item):
            found["file"] = lambda: {"mimeType": media_type(item), "hashes": {"quickXorHash": item["hash"]}}
        else:
            found["folder"] = lambda: {"childCount": self.store.count(below(item))}
            del found["cTag"], found["@microsoft.graph.downloadUrl"]  # of files only
        return found

    def _parent(self, item: Doc) -> Doc:
        head = {"driveType": self.type, "driveId": self.id}
        if item["parent"] is None:
            return head
        above = self.ancestors(item)
        path = "".join(f"/{quote(each['name'])}" for each in above[1:])
        return {**head, "id": item["parent"], "name": above[-1]["name"], "path": f"/drives/{self.id}/root:{path}"}

    # -- content ----------------------------------------------------------------------------------

    def download_url(self, item: Doc) -> str:
        """Return the pre-authenticated address of a file's content, the same one while it has time left."""
        urls = _DOWNLOADS.of(self.directory)
        url, until = urls.get(item["id"], ("", 0.0))
        now = self.directory.clock()
        if now > until - DOWNLOADABLE / 2:
            live = Drive(self.directory, self.directory.store, self.owner, self.kind, self.by)
            answer = lambda request: live.download(item["id"], request)  # noqa: E731 - it keeps the id
            url = self.directory.signed_urls.issue("download", answer, DOWNLOADABLE)
            urls[item["id"]] = (url, now + DOWNLOADABLE)
        return url

    def download(self, id_: str, request: Request) -> Reply:
        """Answer a request to the address of a file's content."""
        if request.method not in ("GET", "HEAD"):
            raise Refusal.of(405)
        item = self.find(id_)
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Type": media_type(item),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(item['name'])}",
            "ETag": etag(item),
        }
        if matches(request.headers.get("If-None-Match", ""), item):
            return Reply(304, b"", headers)
        size = item["size"]
        part = wanted(request.headers.get("Range", ""), size)
        condition = request.headers.get("If-Range")
        if part is None or (condition is not None and not matches(condition, item)):
            return Reply(200, self.store.content(item["content"]), headers)
        if not part:
            raise Refusal(
                416,
                "invalidRange",
                "The requested range is not satisfiable.",
                headers={"Content-Range": f"bytes */{size}"},
            )
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        return Reply(206, self.store.content(item["content"], part.start, len(part)), headers)


def drive_id(tenant: str, owner: str) -> str:
    """Return the id of a drive, which holds that of its owner: sixty-four characters for a GUID."""
    proof = blake2b(f"{tenant}/{owner}".encode(), digest_size=12).digest()
    return "b!" + base64.urlsafe_b64encode(proof + owner.encode()).decode().rstrip("=")


def owner_of(id_: str) -> str:
    """Return the owner that an id of a drive names; "" if it is none."""
    text = id_.removeprefix("b!")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[12:].decode()
    except ValueError:
        return ""


def below(folder: Doc) -> Where:
    """Return the condition for what is in a folder: every name that begins with its id and a slash."""
    first = _key(folder["id"], "").casefold()
    return Where("kind = 'driveItem' AND name >= ? AND name < ?", (first, f"{first[:-1]}0"))  # 0 comes after /


def _key(parent: str, name: str) -> str:
    return f"{parent}/{name}"


def _copied(item: Doc) -> Doc:
    return {key: item[key] for key in ("content", "size", "hash", "edition", "dates") if key in item}


def is_file(item: Doc) -> bool:
    return "content" in item


def media_type(item: Doc) -> str:
    return _types().guess_type(item["name"])[0] or "application/octet-stream"


@cache
def _types() -> MimeTypes:
    return MimeTypes()  # Python's own table: what machines know differs from one to the next


def etag(item: Doc) -> str:
    return f'"{{{_guid(item)}}},{item["version"]}"'


def ctag(item: Doc) -> str:
    return f'"c:{{{_guid(item)}}},{item.get("edition", 0)}"'


def _guid(item: Doc) -> str:
    return str(UUID(bytes=base64.b32decode(item["id"][8:] + "======"))).upper()


_TAG = re.compile(r'(?:W/)?("[^"]*")|(\*)')


def matches(header: str, item: Doc) -> bool:
    """Tell whether a list of tags, or ``*``, has the item's: that of all of it or that of its content."""
    own = {etag(item), ctag(item)} if is_file(item) else {etag(item)}
    return any(star or tag in own for tag, star in _TAG.findall(header))


def wanted(header: str, size: int) -> range | None:
    """Return the part that a Range header asks for, empty if there is none such; ``None`` stands for everything.

    One range is honoured; several, or another unit, are ignored (RFC 9110 §14.2).
    """
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header.replace(" ", ""))
    if not found or found[0] == "bytes=-":
        return None
    if not found[1]:
        return range(max(0, size - int(found[2])), size)
    last = int(found[2]) if found[2] else size
    return None if last < int(found[1]) else range(int(found[1]), min(last + 1, size))


def quick_xor_hash(data: bytes) -> str:
    """Return the one hash that business drives have of every file.

    Byte ``n`` is XORed into 160 bits, which turn round, at bit ``11 * n``; so the bytes at ``n + 160`` meet at the
    same place and can be folded into one before. The length goes over the last 64 bits.
    Source: https://learn.microsoft.com/onedrive/developer/code-snippets/quickxorhash
    """
    folded, length = data, len(data)
    while len(folded) > 160:
        half = -(-len(folded) // 320) * 160
        low, high = int.from_bytes(folded[:half], "little"), int.from_bytes(folded[half:], "little")
        folded = (low ^ high).to_bytes(half, "little")
    bits = 0
    for n, byte in enumerate(folded):
        at = 11 * n % 160
        bits ^= byte << at
    bits = (bits & (1 << 160) - 1) ^ (bits >> 160)
    return base64.b64encode((bits ^ length << 96).to_bytes(20, "little")).decode()
