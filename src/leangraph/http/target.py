"""Where a request goes, and what follows from that: pure functions on text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, Unpack, overload
from urllib.parse import parse_qsl, unquote

from leangraph import knowledge
from leangraph.errors import ConfigurationError
from leangraph.http.options import FORBIDDEN, NAMES, Options, quoted, unknown, with_options
from leangraph.knowledge import rules
from leangraph.knowledge.rules import MEMBERSHIPS, OF_A_MAILBOX, OF_THE_DIRECTORY, own_options
from leangraph.net.origin import same_origin, shown_origin

knowledge.refusal = ConfigurationError  # which is all that knowledge has to know of the client

VERSIONS: Final = ("v1.0", "beta")
VERBS: Final = "get list delta count post patch put delete request add remove upload download report".split()
METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS")
EVENTUAL: Final = ("ConsistencyLevel", "eventual")

_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"
# A host without its scheme: graph.microsoft.com/v1.0/me, localhost:8443/me, 127.0.0.1:1/v1.0/me
_HOST = re.compile(
    r"(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]*[A-Za-z0-9](?::\d+)?(?=[/?#]|\Z)|[A-Za-z0-9-]+:\d+(?=[/?#]|\Z)"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
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

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Location):
            return NotImplemented
        return self._core is other._core and self._path == other._path

    def __hash__(self) -> int:
        return hash((id(self._core), self._path))


def path_in(core: object, place: object) -> str:
    """Return the path of an address, or of text, for a request of the client with this core.

    Raises:
        ConfigurationError: the address belongs to another client, which may be another tenant's; or it is neither.
    """
    if isinstance(place, str):
        return place
    if not isinstance(place, Location):
        raise ConfigurationError(
            f"a path is text or an address such as graph.users[id], not {type(place).__name__}: nothing was sent"
        )
    if place._core is not core and place._core is not None:
        raise ConfigurationError(
            f"this address belongs to another client, perhaps of another tenant: {place}. Use its own verbs, or "
            f"its path alone: str(address). Nothing was sent"
        )
    return place._path


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

    @overload
    def __init__(
        self,
        method: Literal["GET", "HEAD", "OPTIONS"],
        path: str | Location,
        *,
        id: str | None = None,
        depends_on: str | Iterable[str] = (),
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self,
        method: Literal["POST", "PATCH", "PUT", "DELETE"],
        path: str | Location,
        json: Any = None,
        *,
        data: bytes | None = None,
        id: str | None = None,
        depends_on: str | Iterable[str] = (),
        idempotent: bool | None = None,
        **options: Unpack[Options],
    ) -> None: ...
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
        if str(method).upper() not in METHODS:
            raise ConfigurationError(f"{method!r} is not one of {', '.join(METHODS)}")
        if not options.keys() <= NAMES:
            raise unknown(options)
        self.method = str(method).upper()
        self.place = path
        self.json = json
        self.data = data
        self.id = id
        if not isinstance(depends_on, Iterable):
            raise ConfigurationError(f"depends_on={depends_on!r} must be the ids of requests, as text")
        self.depends_on = (depends_on,) if isinstance(depends_on, str) else tuple(depends_on)
        self.idempotent = idempotent
        self.options: Mapping[str, Any] = options

    @property
    def path(self) -> str:
        return str(self.place)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path.partition('?')[0]}>"


@lru_cache(maxsize=512)  # most programs ask few paths many times
def address(root: str, version: str, path: str) -> str:
    """Return the URL for a path such as Microsoft's pages give, or for a full URL below ``root``.

    ``root`` is ``https://host`` with nothing behind it. A path may begin with a version of its own. What is
    percent-encoded already stays as it is; a raw ``#``, which would start a fragment, is sent as ``%23``.

    Raises:
        ConfigurationError: another origin, a backslash or control character, a dot segment, or an option that a
            shell has swallowed.
    """
    if FORBIDDEN.search(path):
        raise ConfigurationError(f"{path!r} has a backslash or a control character")
    if full := _as_url(path, root):
        if not same_origin(full, root):
            raise ConfigurationError(
                f"{shown_origin(full)!r} is not {shown_origin(root)!r}, where this client's token may go"
            )
        base, path = root, re.sub(r"^[^/?#]*/?", "", full.partition("://")[2])
    else:
        path = path.lstrip("/")
        first = path.partition("/")[0].partition("?")[0].lower()
        base = root if first in VERSIONS else f"{root}/{version}"
    where, mark, query = path.partition("?")
    if not _PLAIN.match(where):
        where = quoted(where, _PATH_SAFE, escapes=True)
    if ("." in where or "%" in where) and any(unquote(part) in (".", "..") for part in where.split("/")):
        raise ConfigurationError(f"{path!r} has a dot segment: write the path out")
    if query and not _PLAIN.match(query):
        query = quoted(query, _QUERY_SAFE, escapes=True)
    return f"{base}/{where}{mark if query else ''}{query}"


def _as_url(path: str, root: str) -> str:
    """Return a path that names a host as a URL, also where its scheme was left out; "" for any other."""
    if _SCHEME.match(path):
        return path
    host = _HOST.match(path)
    if host is None or host[0].lower() in VERSIONS or path.startswith("microsoft.graph."):
        return ""
    return f"{root.partition('://')[0]}://{path}"


def followed(link: str) -> str:
    """Return a link of Graph's as it is to be followed: whole. A ``#`` in it is no fragment."""
    return link.replace("#", "%23")


class Target(NamedTuple):
    """Where one request goes: its URL, and the headers that go with it."""

    url: str
    headers: dict[str, str] | None


def merged(shared: Mapping[str, str], own: Mapping[str, str] | None) -> dict[str, str]:
    """Return the headers of a request: its own, and the shared ones that it does not have itself, in any case."""
    own = own or {}
    names = {name.lower(): name for name in own}  # the last one of a name counts
    others = {name: value for name, value in shared.items() if name.lower() not in names}
    return {**others, **{name: own[name] for name in names.values()}}


def aim(root: str, version: str, path: str, options: Mapping[str, Any]) -> Target:
    """Return where a request with these options goes, with what the rules for advanced queries demand.

    Raises:
        TypeError: there is no such option.
        ConfigurationError: see ``address``; or an option cannot stand in a query, or is empty where a shell has
            swallowed it.
    """
    if not options.keys() <= NAMES:
        raise _with_segment(unknown(options), path, options)
    named = dict(options)
    headers, params = named.pop("headers", None), named.pop("params", None)
    if headers is not None:
        refuse_unfit(headers)
        headers = dict(headers)  # the caller may go on using it
    if params is not None and not (isinstance(params, Mapping) and all(isinstance(name, str) for name in params)):
        raise ConfigurationError(f"params={params!r} must be a dict with names of text. Nothing was sent")
    if "etag" in named or "prefer" in named:
        headers = _with_headers(named, headers)
    url = address(root, version, path)
    if params and not _BARE.isdisjoint(map(str.lower, params)):
        raise TypeError(
            f"params={dict.fromkeys(params, ...)} goes as it is, and Graph ignores an option without its $: say "
            "filter=…, or params={'$filter': …}"
        )
    if named or params:
        own = own_options(segments(url)) if not _MAY_BE_OWN.isdisjoint(named) else None
        url = with_options(url, params, named, own)
    if "?" in url and _SWALLOWED.search(url):
        raise ConfigurationError(
            f"the query of {path!r} has an option without a name, or an empty $filter: Graph would answer with "
            "everything. In a shell, put a path with $ into single quotes. Nothing was sent"
        )
    if "?" in url or "$" in url or url.find("graph.", len(root)) > 0:  # a query, a count, a cast
        eventual, count = advanced(url[len(root) :])
        if eventual and "consistencylevel" not in map(str.lower, headers or ()):
            headers = {**(headers or {}), EVENTUAL[0]: EVENTUAL[1]}
        if count:
            url = with_options(url, None, {"count": True})
    return Target(url, headers)


def _with_segment(error: TypeError, path: str, options: Mapping[str, Any]) -> TypeError:
    """Say so where the options are those of an action of Graph's that has the name of a verb of ours."""
    from leangraph.knowledge import schema

    with suppress(Exception):  # a hint never hides what it explains
        kind = schema.leads_to(path.removesuffix("/$count")) or ""  # which count appends
        for verb in VERBS:
            for operation in schema.bound(kind, verb) if kind else ():
                if not options.keys().isdisjoint(operation.get("parameters", {})):
                    return TypeError(f"{error}. To call Graph's own {verb}, say (address / {verb!r})(…)")
    return error


# Options of OData that no path has as its own. Source: https://learn.microsoft.com/graph/query-parameters
_BARE: Final = frozenset("select filter expand orderby top count skiptoken deltatoken".split())
_MAY_BE_OWN: Final = frozenset({"search", "format", "deltatoken"})  # the options that rules.own_options knows
# What a shell leaves of "…?$filter=x" in double quotes; and an empty filter
_SWALLOWED = re.compile(r"[?&](?:=|(?:\$|%24)?filter(?:=(?:\+|%20|%09)*)?(?:&|\Z))", re.IGNORECASE)
_AS_HEADERS: Final = {"etag": "If-Match", "prefer": "Prefer"}


def _with_headers(options: dict[str, Any], headers: Mapping[str, str] | None) -> dict[str, str]:
    """Take out of the options what is a header; preferences add up."""
    sent = dict(headers or {})
    for option, name in _AS_HEADERS.items():
        value = options.pop(option, None)
        if value is None:
            continue
        values = value if isinstance(value, (list, tuple)) and option == "prefer" else [value]
        if not all(isinstance(item, str) for item in values):
            raise ConfigurationError(f"{option}={value!r} must be text. Nothing was sent")
        before = [sent.pop(known) for known in list(sent) if known.lower() == name.lower()]
        sent[name] = ", ".join([*before, *values]) if option == "prefer" else value
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


@lru_cache(maxsize=512)
def advanced(url: str) -> tuple[bool, bool]:
    """Tell what an advanced query lacks otherwise: ``ConsistencyLevel: eventual``, and ``$count=true``."""
    path, _, query = url.partition("?")
    options = {name.lower().lstrip("$"): value for name, value in parse_qsl(query, keep_blank_values=True)}
    return rules.advanced(segments(path), options)


# --- the limits a path meets


def mailbox(path: str) -> str:
    """Return whose mailbox a path is of, in lower case; "" if of none.

    Outlook serves four requests at once, per app and mailbox.
    Source: https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits
    """
    parts = segments(path)
    owner, below = ("me", parts[1:2]) if parts[:1] == ["me"] else (":".join(parts[:2]), parts[2:3])
    return owner if parts[:1] in (["me"], ["users"], ["groups"]) and below and below[0] in OF_A_MAILBOX else ""


def service(path: str) -> str:
    """Return the service whose limits a path meets: its mailbox, ``directory``, or its first segment."""
    box = mailbox(path)
    if box:
        return box
    parts = segments(path)
    root = parts[0] if parts else ""
    if root in ("me", "users", "groups", "sites") and any(part in ("drive", "drives") for part in parts[1:3]):
        return "drives"
    return "directory" if root in OF_THE_DIRECTORY else root


# --- what may leave

_ITEM: Final = frozenset({"id", "method", "url", "headers", "body", "dependsOn", "atomicityGroup"})
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\n[\t -~\xa0-\xff]*")


def admit(
    method: str, path: str, json: Any = None, headers: Mapping[str, str] | None = None, *, read_only: bool = False
) -> None:
    """Refuse what must not leave: an unfit header, a write while read-only, a deletion of what was to be removed.

    The items of a ``$batch`` are judged one by one.

    Raises:
        ConfigurationError: names the request and the remedy.
    """
    if headers:
        refuse_unfit(headers)
    parts = segments(path)
    if method == "POST" and parts[-1:] == ["$batch"]:
        items = json.get("requests") if isinstance(json, dict) and len(json) == 1 else None
        for item in items if isinstance(items, (list, tuple)) else [None]:
            known = item if isinstance(item, dict) and item.keys() <= _ITEM else {}  # {} is judged a write
            admit(
                str(known.get("method", "POST")).upper(),
                str(known.get("url", "an item without url")).partition("#")[0],
                known.get("body"),
                known.get("headers"),
                read_only=read_only,
            )
    elif read_only and is_write(method, parts, headers):
        raise ConfigurationError(
            f"{method} {path} is a write, and GRAPH_READ_ONLY refuses writes: nothing was sent"
        )
    elif method == "DELETE" and _deletes_a_member(parts):
        raise ConfigurationError(
            f"DELETE {path} would delete the object itself, not its membership: append /$ref to take it "
            "out, or delete it under its own address. Nothing was sent"
        )


_CONDITIONAL: Final = re.compile(r"conflictbehavior\W{1,6}(?:rename|fail)")


def repeatable(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes | None) -> bool:
    """Tell whether a request whose answer was lost may be sent again: a second time changes nothing more.

    The method decides, unless the content says otherwise: a ``conflictBehavior`` of ``rename`` makes a second
    file, and with ``fail``, ``If-Match`` or ``@odata.bind`` the second time is an error, made by the first.
    POSTs that only read may be repeated.
    """
    if method not in ("PUT", "PATCH", "DELETE"):
        return not is_write(method, segments(path), headers)
    for name, value in ((name.lower(), value) for name, value in headers.items()):
        if name == "if-none-match" or (name == "if-match" and value.strip() != "*"):
            return False
        if name.startswith(("x-http-method", "x-method")):
            return False
    if _CONDITIONAL.search(unquote(query).lower()):
        return False
    if body is None or (method == "PUT" and not body.startswith(b"{")):
        return True
    return b"@odata.bind" not in body and not _CONDITIONAL.search(body.decode(errors="replace").lower())


def is_write(method: str, parts: list[str], headers: Mapping[str, str] | None = None) -> bool:
    """Tell whether a request may change anything, by the ``segments`` of its path."""
    if any(name.lower().startswith(("x-http-method", "x-method")) for name in headers or ()):
        return True
    if method != "POST":
        return method not in ("GET", "HEAD", "OPTIONS")
    return not rules.reads(parts)


def _deletes_a_member(parts: list[str]) -> bool:
    parts = [part for part in parts if not part.startswith("microsoft.graph.")]
    if parts[:1] == ["directory"]:
        parts = parts[1:]
    return len(parts) == 4 and f"{parts[0]}/{parts[2]}" in MEMBERSHIPS and parts[3] != "$ref"


# With one of these, what one side takes for a request is another one, or a part of one, to the other side
_OF_THE_CONNECTION: Final = frozenset(
    (
        "connection content-length expect host keep-alive proxy-authorization proxy-connection te trailer "
        "transfer-encoding upgrade"
    ).split()
)


def refuse_unfit(headers: Mapping[str, str]) -> None:
    """Refuse headers that cannot be sent, or that would replace the token."""
    if not isinstance(headers, Mapping):
        raise ConfigurationError(f"headers must be a dict of text, not {type(headers).__name__}")
    for name, value in headers.items():
        is_text = isinstance(name, str) and isinstance(value, str)
        if not is_text or not _HEADER.fullmatch(f"{name}\n{value}"):
            raise ConfigurationError(f"header {name!r} cannot be sent: give one line of text, latin-1 at most")
        if name.lower() == "authorization":
            raise ConfigurationError("the token comes from the TokenHolder: for one you have, TokenHolder.fixed()")
        if name.lower() in _OF_THE_CONNECTION:
            raise ConfigurationError(
                f"header {name!r} says how a request is sent, which is decided here: leave it out"
            )
