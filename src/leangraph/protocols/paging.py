"""Every page of a collection: ``@odata.nextLink``, followed verbatim, an empty page too."""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from typing import Any, Final, Generic, NoReturn, TypeVar, cast, overload

from leangraph.errors import BadRequest, Gone, NotOne, TransportError
from leangraph.http.reply import Reply
from leangraph.net.origin import same_origin, shown_origin
from leangraph.system.threads import Flight, Forked

T = TypeVar("T")
D = TypeVar("D")
Page = dict[str, Any]

SLOW: Final = 0.020  # seconds: from a page on that made us wait this long, the next one is fetched ahead


class Pages(Generic[T]):
    """All items of a collection. No request is sent before you ask for the first item.

    You can iterate it several times: each time the listing starts again. It is not a snapshot: if data changes
    meanwhile, Graph may repeat an item or leave one out. ``first()`` tells whether there is an item. Pass
    ``list(pages)`` to ``len``, ``pandas.DataFrame.from_records`` or ``pyarrow.Table.from_pylist``, or to index it.

    Raises, while iterating:
        GraphError, TransportError, AuthError: a page could not be fetched. If its page token has expired, the
            error says so; start the listing again.
    """

    def __init__(
        self,
        send: Callable[..., Reply],
        url: str,
        root: str,
        *,
        headers: Mapping[str, str] | None = None,
        limit: int | None = None,
        look: Callable[[Reply], object] | None = None,
        complete: Callable[[Any], Any] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._send = send
        self._headers = headers
        self._look = look  # at each answer
        self._complete = complete  # each item, when it is needed
        self._url = url
        self._root = root
        self._limit = limit
        self._clock = clock
        self._begun = False
        self._first: Page | None = None  # fetched by ``count``, not used yet
        self._count: int | None = None
        self._walks: weakref.WeakSet[Generator[Any, None, None]] = weakref.WeakSet()

    def __iter__(self) -> Generator[T, None, None]:
        walk = self._walk(self._limit)
        self._walks.add(walk)
        return walk

    @overload
    def first(self) -> T | None: ...
    @overload
    def first(self, default: D) -> T | D: ...
    def first(self, default: Any = None) -> Any:
        """Return the first item, or the default if there is none."""
        with closing(self._walk(1)) as items:
            return next(items, default)

    def one(self) -> T:
        """Return the only item.

        Raises:
            NotOne: there is none, or there are several.
        """
        with closing(self._walk(2)) as items:
            some: list[T] = list(items)
        if len(some) == 1:
            return some[0]
        raise NotOne(
            f"{self!r} has {'several items' if some else 'no item'}, where exactly one was wanted. If that is no "
            "error, use first(), or loop over it"
        )

    def pages(self) -> Generator[Page, None, None]:
        """Iterate over the pages, as Graph sent them, instead of the items."""
        walk = self._walk(self._limit, whole=True)
        self._walks.add(walk)
        return walk

    @property
    def count(self) -> int | None:
        """The total that Graph gave, with ``count=True``. Reading this fetches the first page."""
        if not self._begun:
            self._first = self._page(self._url)
        return self._count

    def close(self) -> None:
        """End all iterations, without waiting for a page that is being fetched ahead."""
        for walk in list(self._walks):
            walk.close()

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a listing is neither true nor false before it is asked for: to know whether there is an item, use "
            "pages.first() is not None; for a list, list(pages)"
        )

    def __len__(self) -> NoReturn:
        raise TypeError(
            "the length of a listing is known only at its end: use len(list(pages)), or list(…, count=True).count"
        )

    def __getitem__(self, place: object) -> NoReturn:
        raise TypeError("a listing has no index: use pages.first(), or list(pages)[…]")

    def __repr__(self) -> str:
        return f"<Pages of {self._url[len(self._root) :].partition('?')[0]}>"

    def _walk(self, limit: int | None, *, whole: bool = False) -> Generator[Any, None, None]:
        """Yield the items of each page, or ``whole`` pages."""
        if limit is not None and self._limit is not None:
            limit = min(limit, self._limit)
        link: Any = self._url
        left: Any = math.inf if limit is None else limit
        page, self._first = self._first, None
        fetch: Callable[[str], Page] = self._page
        seen: set[int] = set()
        slow = False
        while link is not None and left > 0:
            mark = hash(str(link))
            if mark in seen:
                raise TransportError(
                    f"{self!r}: the link to the next page leads back to a page that was there: this never ends",
                    transient=False,
                )
            seen.add(mark)
            begun = self._clock()
            if page is None:
                page = fetch(link)
            slow = slow or self._clock() - begun > SLOW
            left -= len(page["value"])
            link = page.get("@odata.nextLink")
            fetch = _ahead(self._page, link) if slow and link is not None and left > 0 else self._page
            items = page["value"] if left >= 0 or whole else page["value"][:left]
            completed = map(self._complete, items) if self._complete else items
            if whole:
                page["value"] = list(completed)
                yield page
            else:
                yield from completed
            page = None

    def _page(self, link: str) -> Page:
        """Fetch one page. The token goes to Graph's own origin only, whatever a link says."""
        if not isinstance(link, str) or not (link.startswith(f"{self._root}/") or same_origin(link, self._root)):
            raise TransportError(
                f"{self!r}: the next page is said to be at {shown_origin(str(link))!r}, and this token is for "
                f"{shown_origin(self._root)!r} only: the listing is not complete",
                transient=False,
            )
        try:
            reply = self._send("GET", link, headers=self._headers)
        except (BadRequest, Gone) as error:
            if link != self._url and "start again" not in str(error):
                error.because("the listing stopped at a page token; it must start again")
            raise
        page = reply.body
        if self._look:
            self._look(reply)
        if isinstance(page, dict) and page.get("value", ()) is None:
            page["value"] = []  # how some services write an empty page
        if not isinstance(page, dict) or not isinstance(page.get("value"), list):
            raise TransportError(
                f"{self!r}: the answer is not a page of a collection; use get() for a single object",
                transient=False,
            )
        self._begun = True
        self._count = page.get("@odata.count", self._count)
        return page


def _ahead(fetch: Callable[[str], Page], link: str) -> Callable[[str], Page]:
    """Start to fetch and parse one page in a thread of its own; return what takes the place of ``fetch``.

    What went wrong in it is raised where the page is needed, and forgotten if it never is.
    """
    flight: Flight[str] = Flight("leangraph-page", 1)
    flight.begin(link, fetch, link)
    flight.dismiss()

    def result(link: str) -> Page:
        [call] = flight.land()
        flight.settle(call)
        if isinstance(call.error, Forked):
            return fetch(link)
        if call.error is not None:
            raise call.error
        return cast("Page", call.result)

    return result
