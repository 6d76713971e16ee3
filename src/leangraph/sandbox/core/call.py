"""One authorised request: its options, its body, and the answers that every family gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import unquote_plus

from ..login.ledger import Issued
from ..odata import query as odata
from ..wire.faults import Refusal
from ..wire.server import Reply, Request
from .directory import Directory
from .store import Doc, Store

JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
MAX_JSON = 4 * 1024 * 1024  # bytes of one JSON request
MISSING = "Resource '{}' does not exist or one of its queried reference-property objects are not present."
LIST = (  # the options of a collection
    "count",
    "expand",
    "filter",
    "format",
    "orderby",
    "search",
    "select",
    "skip",
    "skiptoken",
    "top",
)
ONE = ("select", "expand")  # of a single object
COUNT = ("filter", "search", "count")  # of ``/$count``


@dataclass
class Call:
    """One authorised request below a version root.

    Attributes:
        segments: the decoded path without its version, as :func:`paths.split` gives it.
        keys: the keys in it, in order: the ``{id}`` of its template.
        template: the path as it was registered, ``/groups/{id}/members``.
        again: answers another request with the same token: what a batch does with its items.
        fidelity: ``acted`` if what no family carries out is refused.
    """

    directory: Directory
    request: Request
    version: str
    segments: list[str]
    token: Issued
    keys: list[str] = field(default_factory=list)
    template: str = ""
    again: Callable[[Request], Reply] | None = None
    fidelity: str = "typed"

    @property
    def key(self) -> str:
        return self.keys[-1]

    @cached_property
    def store(self) -> Store:
        """The tenant's objects; a GET may see them as they were a few reads ago."""
        store = self.directory.store
        return store.as_read() if self.request.method == "GET" else store

    @cached_property
    def query(self) -> odata.Query:
        """The query options. Raises :class:`odata.ODataError`."""
        named = pairs(self.request.query)
        if self.version == "beta":  # which knows them without the dollar sign too
            known = {f"${name}" for name in LIST}
            named = [(f"${name}" if f"${name.lower()}" in known else name, value) for name, value in named]
        return odata.parse(named)

    @cached_property
    def given(self) -> frozenset[str]:
        """The names of the options that were given, without ``$`` and in lower case."""
        _ = self.query
        names = (name.lower() for name, _ in pairs(self.request.query))
        beta = self.version == "beta"
        return frozenset(name.lstrip("$") for name in names if name.startswith("$") or beta)

    @property
    def root(self) -> str:
        return f"{self.request.origin}/{self.version}"

    @property
    def eventual(self) -> bool:
        return self.request.headers.get("ConsistencyLevel", "").lower() == "eventual"

    @property
    def advanced(self) -> bool:
        """Whether both parts of the advanced pair are there."""
        return self.eventual and self.query.count

    def prefers(self, name: str) -> str | None:
        """Return the value of a preference, "" if it has none, ``None`` if it is not asked for."""
        for part in self.request.headers.get("Prefer", "").split(","):
            asked, _, value = part.strip().partition("=")
            if asked.lower() == name.lower():
                return value.strip('"')
        return None

    def allow(self, *names: str) -> None:
        """Refuse the query options that this path does not take."""
        for name in sorted(self.given - {*names, "format"}):
            if name in LIST or name == "deltatoken":
                bad_request(f"'${name}' is not supported by the service.", "Request_BadRequest")

    def json(self) -> Doc:
        """Return the body, an object. Raises Graph's 400s and 413."""
        body = self.request.body
        if not body:
            bad_request("Empty Payload. JSON content expected.")
        kind = self.request.headers.get("Content-Type")
        if kind is None:
            bad_request("Write requests (excluding DELETE) must contain the Content-Type header declaration.")
        if len(body) > MAX_JSON:
            raise Refusal(413, "RequestEntityTooLarge", "The request body is larger than 4 MB.")
        value: object = None
        if kind.partition(";")[0].strip().lower() == "application/json":
            try:
                value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
                json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is no text
            except (ValueError, RecursionError):
                value = None
        if not isinstance(value, dict):
            bad_request(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of "
                "valid JSON format."
            )
        return value


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)  # NaN and Infinity are Python's, not JSON's


def pairs(query: str) -> list[tuple[str, str]]:
    """Return decoded names and values; ``+`` is a space, as Graph reads it."""
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(unquote_plus(name).strip(), unquote_plus(value)) for name, _, value in parts]


def bad_request(message: str, code: str = "BadRequest") -> NoReturn:
    raise Refusal(400, code, message)


def not_acted_out(what: str) -> NoReturn:
    raise Refusal(501, "NotImplemented", f"The sandbox does not act this out: {what}.")


def missing(key: str) -> Refusal:
    """Return Graph's 404 for a directory object."""
    return Refusal(404, "Request_ResourceNotFound", MISSING.format(key))


def reply(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a JSON answer as Graph writes it."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Reply(status, text.encode(), {"Content-Type": JSON, **(headers or {})})
