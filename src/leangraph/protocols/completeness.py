"""What ends early inside an answer: it is completed, or a warning tells of it.

Graph cuts what stands inside an object in two ways: with a link to the rest beside it, ``members@odata.nextLink``,
at whatever depth; and what ``$expand`` brings for a directory object after twenty, without a word.
Source: https://learn.microsoft.com/graph/query-parameters#expand
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from leangraph.errors import ConfigurationError, TransportError
from leangraph.http.core import Core
from leangraph.http.options import child
from leangraph.http.reply import Reply
from leangraph.http.target import followed
from leangraph.protocols.paging import Pages

log = logging.getLogger("leangraph.completeness")

CAP: Final = 20  # objects that $expand brings at most for a directory object
NEXT: Final = "@odata.nextLink"


class Expanded(NamedTuple):
    """What one part of ``$expand`` asks for: ``members($select=id)``."""

    path: str
    options: Mapping[str, str]


@dataclass(eq=False)
class Whole:
    """Sees to it that what one request or one listing brings is whole inside, or that somebody is told, once.

    Attributes:
        url, headers: what was asked for, and how.
        follow: whether to ask for the rest, rather than to tell of it.
        told: whether it was told of.
    """

    core: Core
    url: str
    headers: Mapping[str, str] | None = None
    follow: bool = False
    told: bool = False

    def pages(self, url: str) -> Pages[Any]:
        """Return a listing of whose pages somebody is told if anything inside them ends early."""
        return Pages(self.core.transport.send, url, self.core.root, headers=self.headers, look=self.look)

    def look(self, reply: Reply) -> None:
        """Tell of the first thing in an answer that ends early, if it is not to be followed."""
        if not self.follow and not self.told and (what := self.lacks(reply)):
            self._tell(what)

    def lacks(self, reply: Reply) -> str:
        """Return what ends early in an answer, "" if nothing does.

        Nearly none does, and to walk through one takes longer than to parse it: what it holds is counted first.
        """
        if not isinstance(reply.body, dict):
            return ""
        value = reply.body.get("value")
        rows: list[Any] = value if isinstance(value, list) else [reply.body]
        own = rows is value and NEXT in reply.body  # the link to the next page
        if reply.next_links > own:
            for _, annotation in _cuts(rows):
                name = annotation.removesuffix(NEXT) or "value"
                return f"{name!r} inside it is the first part of a longer list"
        for name in (name for row in rows for name in self._capped(row)) if self._expanded else ():
            return f"{name!r} inside it has {CAP} objects, and Graph does not say if there are more"
        return ""

    def answer(self, reply: Reply) -> Any:
        """Return the body of an answer, with all that belongs to it if it is to be followed."""
        body = reply.body
        self.look(reply)
        if not self.follow:
            return body
        if isinstance(body, dict) and isinstance(body.get("value"), list):
            for row in body["value"]:
                self.complete(row)
            self._extend(body, NEXT)
        else:
            self.complete(body, here=True)
        return body

    def completed(self, reply: Reply) -> Reply:
        """Return an answer whose body ``answer`` has completed."""
        self.answer(reply)
        return reply

    def complete(self, row: Any, *, here: bool = False) -> Any:
        """Ask for all that is missing inside an object, put it there, and return the object.

        Args:
            here: whether its address is that of the request; else it is one of a collection.

        Raises:
            GraphError, TransportError: a part could not be had.
        """
        capped = list(self._capped(row))
        for holder, annotation in list(_cuts(row)):
            self._extend(holder, annotation)
        for name in capped:
            wanted = self._expanded.get(name, Expanded(name, {}))
            path = self._address(row, wanted.path, here=here)
            if path is None:
                self._tell(f"{name!r} inside it may go on, and cannot be asked for: select id as well")
                continue
            options = {"params": wanted.options, "headers": self.headers}
            url, headers = self.core.target(path, options)
            row[name] = list(Pages[Any](self.core.transport.send, url, self.core.root, headers=headers))
        return row

    def _extend(self, holder: dict[str, Any], annotation: str) -> None:
        """Append to a list what the link beside it leads to, with what is missing inside that."""
        name, link = annotation.removesuffix(NEXT) or "value", holder.pop(annotation, None)
        if link is not None:
            if not isinstance(link, str):
                raise TransportError(f"the link to the rest of {name!r} is no text: this is not complete")
            holder[name] = [*(holder.get(name) or ()), *map(self.complete, self.pages(followed(link)))]

    def changes(self, rows: Iterable[Any], sliced: dict[Any, dict[str, Any]]) -> Iterator[Any]:
        """Yield the changes of one page, but keep for ``merged`` what has come in slices, if it is to be followed.

        A group with many members comes in several pages, each time with another slice of ``members@delta``.
        Source: https://learn.microsoft.com/graph/delta-query-groups#paging-through-members-in-a-large-group

        Args:
            sliced: the objects of this round that have come with a slice, by id.
        """
        for change in rows:
            known = change if isinstance(change, dict) else {}
            slices, key = [name for name in known if name.endswith("@delta")], known.get("id")
            before = sliced.get(key)
            if self.follow and (slices or (before is not None and "@removed" not in change)):
                both = {name: [*(before or {}).get(name, ()), *change[name]] for name in slices}
                sliced[key] = {**(before or {}), **change, **both}
                continue
            if slices and before is not None:
                self._tell(f"{slices[0]!r} inside it comes in slices: all that come for an object count")
            if slices:
                sliced[key] = {}
            elif before is not None:
                del sliced[key]
            yield self.complete(change) if self.follow else change

    def merged(self, sliced: Mapping[Any, dict[str, Any]]) -> Iterator[Any]:
        """Yield what was kept of a round, each object once."""
        if self.follow:
            yield from map(self.complete, sliced.values())

    @cached_property
    def _expanded(self) -> Mapping[str, Expanded]:
        """Return what ``$expand`` names, without what has a ``$top`` of its own: that is a limit."""
        if "expand" not in self.url:
            return {}
        options = {name.lower().lstrip("$"): value for name, value in parse_qsl(self.url.partition("?")[2])}
        found = {}
        for part in _split(options.get("expand", ""), ","):
            path, _, inside = part.partition("(")
            pairs = (each.partition("=") for each in _split(inside.strip().removesuffix(")"), ";"))
            asked = {f"${name.strip().lstrip('$')}": value for name, _, value in pairs if name.strip()}
            if "$top" not in map(str.lower, asked):
                found[path.strip().partition("/")[0]] = Expanded(path.strip(), asked)
        return found

    def _capped(self, row: Any) -> Iterator[str]:
        """Yield what stops at the cap in an object, if it is one of the directory, or of no type that is known."""
        if not self._expanded or not isinstance(row, dict):
            return
        full = [name for name, items in row.items() if isinstance(items, list) and len(items) == CAP]
        names = [name for name in full if f"{name}{NEXT}" not in row and self._is_expanded(name, row[name])]
        if names:
            from leangraph.knowledge import schema

            line: tuple[str, ...] = ()
            with suppress(ConfigurationError):  # to be told too much is better than nothing at all
                line = schema.lineage(self._kind(row))
            yield from names if not line or "directoryObject" in line else ()

    def _is_expanded(self, name: str, items: list[Any]) -> bool:
        return name in self._expanded or (
            "*" in self._expanded and isinstance(items[0], dict) and "id" in items[0]
        )

    def _kind(self, row: Mapping[str, Any]) -> str:
        """Return the type of an object: what it says itself, or else what the address leads to."""
        from leangraph.knowledge import schema

        said = row.get("@odata.type")
        if isinstance(said, str):
            return said.removeprefix("#microsoft.graph.")
        return schema.item_of(schema.leads_to(self.url) or "")

    def _address(self, row: Mapping[str, Any], relation: str, *, here: bool) -> str | None:
        """Return the path of what is related to an object; ``None`` if the object does not say its id.

        Graph takes one relation from the root: below ``/me/memberOf/{id}`` nothing more.
        """
        from leangraph.knowledge import paths

        version, _, place = self.url[len(self.core.root) + 1 :].partition("?")[0].partition("/")
        if not here or place.count("/") > 1:
            kind, key = f"Collection({self._kind(row)})", row.get("id")
            if not isinstance(key, str) or not key:
                return None
            place = child(next((root for root, to in paths()["roots"].items() if to == kind), place), key)
        return f"/{version}/{place}/{relation}"

    def _tell(self, what: str) -> None:
        if not self.told:
            self.told = True
            place = self.url[len(self.core.root) :].partition("?")[0]
            advice = "" if self.follow else ". follow=True brings all of it (on the command line, --follow)"
            log.warning("%s is not complete: %s%s", place, what, advice, extra={"path": place})


def _cuts(row: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield what goes on elsewhere inside an object: what holds it, and the name of the link to its rest."""
    ahead = [row]
    while ahead:
        node = ahead.pop()
        for key, value in node.items() if isinstance(node, dict) else ((None, item) for item in node):
            if key and key.endswith(NEXT):
                if value is not None:
                    yield node, key
            elif isinstance(value, (dict, list)):
                ahead.append(value)


def _split(text: str, mark: str) -> list[str]:
    """Return the parts of a text between marks, but not those in quotes or in parentheses."""
    parts, depth, quoted = [""], 0, False
    for char in text:
        quoted ^= char == "'"
        depth += 0 if quoted else (char == "(") - (char == ")")
        if char == mark and not quoted and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part.strip()]
