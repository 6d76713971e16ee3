"""What can be said of an address, by what it leads to. At run time all of these are ``leangraph.Address``."""

from collections.abc import Iterator, Mapping, Sequence
from email.message import EmailMessage
from os import PathLike
from typing import Any, Generic, TypedDict, TypeVar, Unpack
from uuid import UUID

from leangraph.address import Address, Verbs
from leangraph.http.options import Writing
from leangraph.http.reply import Reply
from leangraph.protocols.content import File
from leangraph.protocols.delta import Delta
from leangraph.protocols.downloads import Target
from leangraph.protocols.paging import Pages
from leangraph.protocols.references import Added, Removed

Item = TypeVar("Item")  # what is there, as it is read
Body = TypeVar("Body")  # as it is written: nothing is required
Inside = TypeVar("Inside")  # the address of one item
Field = TypeVar("Field")  # the words of select

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
    def request(self, method: str, json: Any = None, **options: Unpack[Writing]) -> Reply: ...
    def add(self, ids: Any) -> Added: ...
    def remove(self, ids: Any) -> Removed: ...
    def send_message(self, message: EmailMessage, *, by_draft: bool = False) -> None: ...
    def upload(self, file: File, **options: Any) -> Any: ...
    def download(self, file: Target, **options: Any) -> int | None: ...
    def report(self, **parameters: Any) -> Iterator[dict[str, str]]: ...

class One(Common, Generic[Item, Body, Field]):
    """The address of an object."""

    def get(
        self,
        *,
        select: Sequence[Field] | tuple[str, ...] | str | None = None,
        expand: Sequence[str] | str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Item: ...
    def patch(self, json: Body = ..., **options: Any) -> Any: ...
    def put(self, json: Body = ..., **options: Any) -> Any: ...

class Many(Common, Generic[Item, Inside, Body, Field]):
    """The address of a collection."""

    def __getitem__(self, key: str | int | UUID) -> Inside: ...  # type: ignore[override]
    def get(
        self,
        *,
        select: Sequence[Field] | tuple[str, ...] | str | None = None,
        filter: str | None = None,
        expand: Sequence[str] | str | None = None,
        orderby: Sequence[str] | str | None = None,
        search: str | None = None,
        top: int | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Page[Item]: ...
    def list(
        self,
        *,
        limit: int | None = None,
        select: Sequence[Field] | tuple[str, ...] | str | None = None,
        filter: str | None = None,
        expand: Sequence[str] | str | None = None,
        orderby: Sequence[str] | str | None = None,
        search: str | None = None,
        top: int | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Pages[Item]: ...
    def delta(
        self,
        *,
        state: str | PathLike[str] | None = None,
        save: bool = True,
        select: Sequence[Field] | tuple[str, ...] | str | None = None,
        filter: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Delta[Item]: ...
    def count(
        self,
        *,
        filter: str | None = None,
        search: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> int: ...
    def post(self, json: Body = ..., *, wait_until_visible: bool = False, **options: Any) -> Item: ...

class Value(Common, Generic[Item]):
    """The address of a property that is no object."""

    def get(self, **options: Any) -> Wrapped[Item]: ...

class Values(Common, Generic[Item]):
    """The address of a property that is a list."""

    def get(self, **options: Any) -> Page[Item]: ...
    def list(self, *, limit: int | None = None, **options: Any) -> Pages[Item]: ...

class Bytes(Common):
    """The address of a file's bytes."""

    def get(self, **options: Any) -> bytes: ...
    def put(self, json: None = None, *, data: bytes | None = None, **options: Any) -> Any: ...
