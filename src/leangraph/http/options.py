"""Options and literals to text: pure functions."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypedDict
from urllib.parse import quote

from leangraph.errors import ConfigurationError

SYSTEM_OPTIONS: Final = frozenset(
    ("select filter expand orderby search top skip count format skiptoken deltatoken").split()
)
FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f\\]")


class CommonOptions(TypedDict, total=False):
    """What every verb takes: two headers by name, and the rest as it is."""

    etag: str | None  # If-Match
    prefer: str | Sequence[str] | None
    headers: Mapping[str, str] | None
    params: Mapping[str, Any] | None  # query parameters, verbatim


class Options(CommonOptions, total=False):
    """The query options by name. Each is sent with a ``$``; lists are joined with commas."""

    select: str | Sequence[str] | None
    filter: str | None
    expand: str | Sequence[str] | None
    orderby: str | Sequence[str] | None
    search: str | None
    top: int | None
    skip: int | None
    count: bool | None
    format: str | None
    skiptoken: str | None
    deltatoken: str | None


class Writing(Options, total=False):
    """What a request with a body takes besides."""

    data: bytes | None
    idempotent: bool | None


_KEY_SAFE = "$@'-._~"
_VALUE_SAFE = "$@'(),:;/*!-._~"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LISTS = (list, tuple, set, frozenset)


def literal(value: object) -> str:
    """Return a value as OData writes it in a filter.

    Text is quoted, with ``'`` doubled; GUIDs, numbers, dates, ``true``, ``false`` and ``null`` are bare;
    a datetime needs a zone and is sent in UTC; a list becomes ``('a','b')`` for ``in``.
    Source: https://learn.microsoft.com/graph/filter-query-parameter

    Raises:
        ConfigurationError: the value has no such form.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if _is(value, "uuid", "UUID"):
        return str(value)
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    if _is(value, "decimal", "Decimal") and value.is_finite():  # type: ignore[attr-defined]
        return str(value)
    if isinstance(value, _LISTS) and value and not any(isinstance(item, _LISTS) for item in value):
        items = [literal(item) for item in value]
        return f"({','.join(sorted(items) if isinstance(value, (set, frozenset)) else items)})"
    raise ConfigurationError(
        f"{value!r} has no form in a filter: give text, a number, a bool, None, a UUID, a date, a datetime or a "
        "list of these that is not empty"
    )


def _instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ConfigurationError(f"{value!r} has no time zone: give it one, for example tzinfo=timezone.utc")
    try:
        value = value.astimezone(UTC)
    except OverflowError:
        raise ConfigurationError(f"{value!r} is not within the years 1 to 9999 in UTC") from None
    text = value.isoformat(timespec="microseconds" if value.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _is(value: Any, module: str, name: str) -> bool:
    """Tell whether a value is of a type whose module is not worth loading: who has one has loaded it."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(value, kind)


def odata(template: str, *values: object) -> str:
    """Fill the ``{}`` of a filter with values, each quoted as its type demands.

    ``odata("startswith(displayName,{})", "O'Br")`` is ``startswith(displayName,'O''Br')``.

    Raises:
        ConfigurationError: a ``{}`` stands between quotes, or there are more or fewer than values.
    """
    parts = template.split("{}")
    if len(parts) - 1 != len(values):
        raise ConfigurationError(f"{template!r} has {len(parts) - 1} {{}} for {len(values)} values")
    filled = parts[0]
    quotes = parts[0].count("'")
    for value, part in zip(values, parts[1:], strict=True):
        if quotes % 2:
            raise ConfigurationError(
                f"{template!r} has a {{}} between quotes: leave the quotes out, they are added"
            )
        filled += literal(value) + part
        quotes += part.count("'")
    return filled


def segment(key: object) -> str:
    """Return an id or a name as one path segment: ``/``, ``#``, ``+``, blanks and the like encoded.

    Raises:
        ConfigurationError: the key is empty (which would address the whole collection), or no key.
    """
    if isinstance(key, bool) or not (isinstance(key, (str, int)) or _is(key, "uuid", "UUID")):
        raise ConfigurationError(f"{key!r} is not a key: give an id or a name as text")
    text = str(key)
    if not text.strip() or text in (".", "..") or FORBIDDEN.search(text):
        raise ConfigurationError(
            f"{text!r} is not a key: it is empty, a dot, or has a control character or a backslash"
        )
    if text.startswith("$"):
        raise ConfigurationError(
            f"{text!r} begins with $: address it as graph.users[{text!r}], not in a path of text"
        )
    return quoted(text, "@!,:~-._")


def child(path: str, key: object) -> str:
    """Return the path of one member of a collection.

    A name that begins with ``$`` has to stand in parentheses, without a slash.
    Source: https://learn.microsoft.com/graph/api/user-get
    """
    if isinstance(key, str) and key.startswith("$") and not FORBIDDEN.search(key):
        doubled = key.replace("'", "''")
        return f"{path}('{quoted(doubled, _KEY_SAFE)}')"
    return f"{path}/{segment(key)}"


def call(name: str, arguments: Mapping[str, str]) -> str:
    """Return the segment of a function: ``getByPath(path='%2Fhr')``. The arguments are literals."""
    given = ",".join(f"{key}={quoted(text, _KEY_SAFE + ',:')}" for key, text in arguments.items())
    return f"{name}({given})" if given else name


def with_options(url: str, params: Mapping[str, Any] | None, query: Mapping[str, Any]) -> str:
    """Append query options: ``select=["id", "mail"]`` becomes ``$select=id,mail``.

    The names of ``SYSTEM_OPTIONS`` get their ``$`` in ``query``; all else, and everything in ``params``, goes
    as it is. ``None`` is left out; lists are joined with commas.
    """
    pairs = [(f"${name}" if name in SYSTEM_OPTIONS else name, value) for name, value in query.items()]
    pairs += list((params or {}).items())
    encoded = "&".join(
        f"{quoted(name, _KEY_SAFE)}={quoted(_option(name, value), _VALUE_SAFE)}"
        for name, value in pairs
        if value is not None
    )
    if not encoded:
        return url
    return f"{url}{'&' if '?' in url else '?'}{encoded}"


def _option(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return literal(value)
    if isinstance(value, (int, float, date)) or _is(value, "decimal", "Decimal") or _is(value, "uuid", "UUID"):
        return str(value)
    if isinstance(value, (list, tuple)):
        return ",".join(_option(name, item) for item in value)
    raise ConfigurationError(f"{name}={value!r} cannot stand in a query: give text, a number, a bool or a list")


def quoted(text: str, safe: str, *, escapes: bool = False) -> str:
    """Percent-encode; with ``escapes``, what is encoded already is left alone."""
    if escapes:
        text, safe = _STRAY_PERCENT.sub("%25", text), safe + "%"
    return quote(text, safe=safe, errors="surrogatepass")
