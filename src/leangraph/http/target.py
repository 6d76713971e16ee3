"""Where a request goes, and what follows from that: pure functions on text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Unpack
from urllib.parse import parse_qsl, unquote

from leangraph.errors import ConfigurationError
from leangraph.http.options import FORBIDDEN, Options, quoted, with_options
from leangraph.knowledge.rules import ADVANCED_PROPERTIES, ADVANCED_RELATIONS, DEFAULT_ORDER
from leangraph.net.origin import host_of, same_origin

VERSIONS: Final = ("v1.0", "beta")
EVENTUAL: Final = ("ConsistencyLevel", "eventual")

_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"
_PLAIN = re.compile(r"[A-Za-z0-9/:@!$&'()*,;=~._-]*\Z")


class Location:
    """A path below the root of one client. ``leangraph.Address`` is its public kind, with verbs.

    ``core`` is whatever belongs to that client alone; ``None`` for a location that came out of a pickle.
    """

    __slots__ = ("_core", "_path")

    def __init__(self, core: object, path: str) -> None:
        self._core = core
        self._path = path

    def __str__(self) -> str:
        return self._path


class Request:
    """One request as a value: an item of a batch.

    Args:
        method: ``GET``, ``POST``, ``PATCH``, ``PUT`` or ``DELETE``.
        path: a path of Microsoft's pages, or an ``Address``.
        json: the body as a JSON value.
        data: the body as bytes, instead of ``json``; give its ``Content-Type`` in ``headers``.
        id: a name for other requests of the batch to depend on.
        depends_on: ids of requests, at most 19 places before, that must have succeeded first.
        idempotent: ``True`` lets it be repeated when its answer was lost; a GET always is.
        options: as the verbs of ``GraphClient`` take them: query options, ``headers``, ``params``, …
    """

    __slots__ = ("data", "depends_on", "id", "idempotent", "json", "method", "options", "place")

    def __init__(
        self,
        method: str,
        path: str | Location,
        json: Any = None,
        *,
        data: bytes | None = None,
        id: str | None = None,
        depends_on: str | Iterable[str] = (),
        idempotent: bool | None = None,
        **options: Unpack[Options],
    ) -> None:
        self.method = str(method).upper()
        self.place = path
        self.json = json
        self.data = data
        self.id = id
        self.depends_on = (depends_on,) if isinstance(depends_on, str) else tuple(depends_on)
        self.idempotent = idempotent
        self.options = options

    @property
    def path(self) -> str:
        return str(self.place)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path.partition('?')[0]}>"


def address(root: str, version: str, path: str) -> str:
    """Return the URL for a path such as Microsoft's pages give, or for a full URL below ``root``.

    ``root`` is ``https://host`` with nothing behind it. A path may begin with a version of its own. What is
    percent-encoded already stays as it is; a raw ``#``, which would start a fragment, is sent as ``%23``.

    Raises:
        ConfigurationError: another origin, a backslash or control character, or a dot segment.
    """
    if FORBIDDEN.search(path):
        raise ConfigurationError(f"{path!r} has a backslash or a control character")
    if "://" in path.partition("?")[0].partition("/")[0] + "//" and re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", path):
        if not same_origin(path, root):
            raise ConfigurationError(
                f"{host_of(path)!r} is not {host_of(root)!r}, where this client's token may go"
            )
        base, path = root, re.sub(r"^[^/?#]*/?", "", path.partition("://")[2])
    else:
        path = path.lstrip("/")
        first = path.partition("/")[0].partition("?")[0].lower()
        base = root if first in VERSIONS else f"{root}/{version}"
    where, mark, query = path.partition("?")
    if not _PLAIN.match(where):
        where = quoted(where, _PATH_SAFE, escapes=True)
    if any(unquote(part) in (".", "..") for part in where.split("/")):
        raise ConfigurationError(f"{path!r} has a dot segment: write the path out")
    if query and not _PLAIN.match(query):
        query = quoted(query, _QUERY_SAFE, escapes=True)
    return f"{base}/{where}{mark if query else ''}{query}"


class Target:
    """Where one request goes: its URL, and the headers that go with it."""

    __slots__ = ("headers", "url")

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.headers = headers


def aim(root: str, version: str, path: str, options: Mapping[str, Any]) -> Target:
    """Return where a request with these options goes, with what the rules for advanced queries demand.

    Raises:
        ConfigurationError: see ``address``; or an option cannot stand in a query.
    """
    named = dict(options)
    headers, params = named.pop("headers", None), named.pop("params", None)
    headers = dict(headers) if headers else None  # the caller may go on using it
    if not _AS_HEADERS.keys().isdisjoint(named):
        headers = _with_headers(named, headers)
    url = address(root, version, path)
    if named or params:
        url = with_options(url, params, named)
    if "$" in url or "?" in url:
        eventual, count = advanced(url[len(root) :])
        if eventual and not any(name.lower() == "consistencylevel" for name in headers or ()):
            headers = {**(headers or {}), EVENTUAL[0]: EVENTUAL[1]}
        if count:
            url = with_options(url, None, {"count": True})
    return Target(url, headers)


_AS_HEADERS: Final = {"etag": "If-Match", "prefer": "Prefer"}


def _with_headers(options: dict[str, Any], headers: Mapping[str, str] | None) -> dict[str, str]:
    """Take out of the options what is a header; preferences add up."""
    sent = dict(headers or {})
    for option, name in _AS_HEADERS.items():
        value = options.pop(option, None)
        if value is None:
            continue
        before = [sent.pop(known) for known in list(sent) if known.lower() == name.lower()]
        values = value if isinstance(value, (list, tuple)) else [value]
        sent[name] = ", ".join([*before, *map(str, values)]) if option == "prefer" else value
    return sent


def segments(path: str) -> list[str]:
    """Return a path's segments for a judgement: decoded, in lower case, keys in parentheses on their own.

    The version, if there is one, is left out: ``/v1.0/Groups('a')/members`` is ``[groups, a, members]``.
    """
    path = path.partition("?")[0]
    if "://" in path:
        path = path.partition("://")[2].partition("/")[2]
    found = [re.sub(r"\('?(.*?)'?\)$", r"/\1", unquote(part)) for part in path.split("/")]
    parts = [part.strip().lower() for part in "/".join(found).split("/") if part.strip()]
    return parts[1:] if parts and parts[0] in VERSIONS else parts


# --- advanced queries on directory objects: https://learn.microsoft.com/graph/aad-advanced-queries

_STRING = re.compile(r"'(?:[^']|'')*'")
_ADVANCED_WORDS = re.compile(r"\bendswith\s*\(|\bne\b|\bnot\b|/\$count\b|\bnull\b|''")


def advanced(url: str) -> tuple[bool, bool]:
    """Tell what an advanced query lacks otherwise: ``ConsistencyLevel: eventual``, and ``$count=true``."""
    path, _, query = url.partition("?")
    parts = segments(path)
    counting = bool(parts) and parts[-1] == "$count"
    if counting:
        del parts[-1]
    cast = parts.pop().rpartition(".")[2] if parts and parts[-1].startswith("microsoft.graph.") else ""
    if parts[:1] == ["directory"]:
        parts = parts[1:]
    if parts == ["deleteditems"]:  # what was deleted keeps the rules of its type
        parts = [f"{cast}s"]
    if parts[:1] == ["me"]:
        parts = ["users", *parts]
    root = parts[0] if parts else ""
    related = len(parts) == 3 and root in ADVANCED_PROPERTIES and parts[2] in ADVANCED_RELATIONS
    if not related and not (len(parts) == 1 and root in ADVANCED_PROPERTIES):
        return False, False
    options = {name.lower().lstrip("$"): value for name, value in parse_qsl(query, keep_blank_values=True)}
    filtered, ordered = options.get("filter", ""), options.get("orderby", "")
    if related:
        both = bool(cast or filtered or ordered)
    else:
        both = (
            bool(filtered and ordered) or _is_advanced_filter(filtered, root) or _is_advanced_order(ordered, root)
        )
    header = both or counting or "search" in options or options.get("count", "").lower() == "true"
    return header, both and not counting and "count" not in options


def _is_advanced_filter(text: str, root: str) -> bool:
    text = _STRING.sub(lambda found: "?" if found[0] != "''" else "''", text).lower()
    return bool(_ADVANCED_WORDS.search(text)) or not ADVANCED_PROPERTIES[root].isdisjoint(
        re.findall(r"[a-z][a-z0-9]*", text)
    )


def _is_advanced_order(text: str, root: str) -> bool:
    names = {item.split()[0].lower() for item in text.split(",") if item.strip()}
    return not names <= DEFAULT_ORDER.get(root, frozenset())
