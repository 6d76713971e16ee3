"""What can be said of an address, by what it leads to. At run time all of these are ``leangraph.Address``."""

from collections.abc import Iterator, Mapping, Sequence
from email.message import EmailMessage
from os import PathLike
from typing import Any, Generic, Literal, TypeAlias, TypedDict, TypeVar, Unpack
from uuid import UUID

from leangraph.address import Address, Verbs
from leangraph.http.options import Options, OtherOptions, Writing
from leangraph.http.reply import Reply
from leangraph.protocols.content import File
from leangraph.protocols.delta import Delta
from leangraph.protocols.downloads import Target
from leangraph.protocols.drives import Progress
from leangraph.protocols.paging import Pages
from leangraph.protocols.references import Added, Removed

Item = TypeVar("Item")  # what is there, as it is read
Body = TypeVar("Body")  # as it is written: nothing is required
Inside = TypeVar("Inside")  # the address of one item
Field = TypeVar("Field")  # the words of select

# The relations that delta tells of. Source: https://learn.microsoft.com/graph/delta-query-overview
Tracked: TypeAlias = Literal["manager", "members", "owners", "scopedRoleMembers"]

# A list in select is checked word by word; text and tuples are taken as they are.

class Wrapped(TypedDict, Generic[Item]):
    """A value that is no object, as Graph sends it."""

    value: Item

_Links = TypedDict(
    "_Links",
    {"@odata.context": str, "@odata.count": int, "@odata.nextLink": str, "@odata.deltaLink": str},
    total=False,
)

class Page(_Links, Generic[Item]):
    """One page of a collection."""

    value: list[Item]

class AnyAddress(Verbs, Address):
    """An address of which nothing is known: every segment may follow."""

    def __getattr__(self, name: str) -> AnyAddress: ...
    def __call__(self, **arguments: Any) -> Any: ...

class Common(Address):
    """The verbs that are the same everywhere."""

    def post(self, json: Any = None, *, wait_until_visible: bool = False, **options: Unpack[Writing]) -> Any: ...
    def patch(self, json: Any = None, **options: Unpack[Writing]) -> Any: ...
    def put(self, json: Any = None, **options: Unpack[Writing]) -> Any: ...
    def delete(self, **options: Unpack[Writing]) -> Any: ...
    def request(
        self, method: str, json: Any = None, *, follow: bool = False, **options: Unpack[Writing]
    ) -> Reply: ...
    def add(self, ids: Any) -> Added: ...
    def remove(self, ids: Any) -> Removed: ...
    def send_message(self, message: EmailMessage, *, by_draft: bool = False) -> None: ...
    def upload(
        self,
        file: File,
        *,
        size: int | None = None,
        chunk: int | None = None,
        conflict: Literal["fail", "replace", "rename"] = "fail",
        session: str | PathLike[str] | None = None,
        name: str | None = None,
        content_type: str | None = None,
        verify: bool = True,
        progress: Progress | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any: ...
    def download(
        self, file: Target, *, verify: bool = False, progress: Progress | None = None, **options: Unpack[Options]
    ) -> int | None: ...
    def report(
        self, *, headers: Mapping[str, str] | None = None, **parameters: Any
    ) -> Iterator[dict[str, str]]: ...

class Callable(Common):
    """The address of an action or function, before it is called."""

    def get(self, *, follow: bool = False, **options: Unpack[Options]) -> Any: ...
    def list(
        self, *, limit: int | None = None, follow: bool = False, **options: Unpack[Options]
    ) -> Pages[Any]: ...

class One(Common, Generic[Item, Body, Field]):
    """The address of an object."""

    def get(
        self,
        *,
        follow: bool = False,
        select: Sequence[Field] | tuple[str, ...] | str | None = None,
        **options: Unpack[OtherOptions],
    ) -> Item: ...
    def patch(self, json: Body = ..., **options: Unpack[Writing]) -> Any: ...
    def put(self, json: Body = ..., **options: Unpack[Writing]) -> Any: ...

class Changing(Address, Generic[Item]):
    """The address of an object that says itself what has changed in it."""

    def delta(
        self,
        *,
        state: str | PathLike[str] | None = None,
        save: bool = True,
        token: str | None = None,
        follow: bool = False,
        **options: Unpack[Options],
    ) -> Delta[Item]: ...

class Many(Common, Generic[Item, Inside, Body, Field]):
    """The address of a collection."""

    def __getitem__(self, key: str | int | UUID) -> Inside: ...  # type: ignore[override]
    def get(
        self,
        *,
        follow: bool = False,
        select: Sequence[Field] | tuple[str, ...] | str | None = None,
        **options: Unpack[OtherOptions],
    ) -> Page[Item]: ...
    def list(
        self,
        *,
        limit: int | None = None,
        follow: bool = False,
        select: Sequence[Field] | tuple[str, ...] | str | None = None,
        **options: Unpack[OtherOptions],
    ) -> Pages[Item]: ...
    def delta(
        self,
        *,
        state: str | PathLike[str] | None = None,
        save: bool = True,
        token: str | None = None,
        follow: bool = False,
        select: Sequence[Field | Tracked] | tuple[str, ...] | str | None = None,
        **options: Unpack[OtherOptions],
    ) -> Delta[Item]: ...
    def count(self, **options: Unpack[Options]) -> int: ...
    def post(self, json: Body = ..., *, wait_until_visible: bool = False, **options: Unpack[Writing]) -> Item: ...

class Value(Common, Generic[Item]):
    """The address of a property that is no object."""

    def get(self, **options: Unpack[Options]) -> Wrapped[Item]: ...

class Values(Common, Generic[Item]):
    """The address of a property that is a list."""

    def get(self, *, follow: bool = False, **options: Unpack[Options]) -> Page[Item]: ...
    def list(
        self, *, limit: int | None = None, follow: bool = False, **options: Unpack[Options]
    ) -> Pages[Item]: ...

class Bytes(Common):
    """The address of a file's bytes."""

    def get(self, **options: Unpack[Options]) -> bytes: ...
