"""Options and literals to text: pure functions."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypedDict
from urllib.parse import quote

from leangraph.errors import ConfigurationError
from leangraph.knowledge.rules import is_text_date

SYSTEM_OPTIONS: Final = frozenset(
    ("select filter expand orderby search top skip count format skiptoken deltatoken").split()
)
FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f\\]")


class Common(TypedDict, total=False):
    """What every verb takes: two headers by name, and the rest as it is."""

    etag: str | None  # If-Match
    prefer: str | Sequence[str] | None
    headers: Mapping[str, str] | None
    params: Mapping[str, Any] | None  # query parameters, verbatim


class OtherOptions(Common, total=False):
    """The query options but for ``select``, of which a type checker knows the words."""

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


class Options(OtherOptions, total=False):
    """The query options by name. Each is sent with a ``$``; lists are joined with commas."""

    select: str | Sequence[str] | None


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
    if _is(value, "enum", "Enum"):
        return literal(value.value)  # type: ignore[attr-defined]
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


def odata(template: Any, *values: object) -> str:
    """Fill the ``{}`` of a filter with values, each written as Graph wants it there.

    ``odata("startswith(displayName,{})", "O'Br")`` is ``startswith(displayName,'O''Br')``. From Python 3.14 on a
    t-string does the same: ``odata(t"mail eq {address}")``. A date is put in quotes where the property is text to
    Graph, by v1.0's metadata: ``odata("start/dateTime ge {}", now)``.

    Raises:
        ConfigurationError: a ``{}`` stands between quotes, or there are more or fewer than values; a value has no
            such form.
    """
    parts, values = _parts(template, values)
    filled = parts[0]
    quotes = parts[0].count("'")
    for value, part in zip(values, parts[1:], strict=True):
        if quotes % 2:
            raise ConfigurationError(
                f"{''.join(parts)!r} has a {{}} between quotes: leave the quotes out, they are added"
            )
        text = literal(value)
        if isinstance(value, (date, *_LISTS)):
            text = _quoted_date(filled, value, text)
        filled += text + part
        quotes += part.count("'")
    return filled


_COMPARED: Final = re.compile(r"([\w/]+)\s+(?:eq|ne|gt|ge|lt|le|in)\s+\Z", re.IGNORECASE)


def _parts(template: Any, values: tuple[object, ...]) -> tuple[Sequence[str], tuple[object, ...]]:
    """Return the text around the values of a template, and the values."""
    if not isinstance(template, str) and hasattr(template, "interpolations"):  # a t-string
        if values:
            raise ConfigurationError("a t-string has its values in it: give odata nothing besides")
        odd = [one.expression for one in template.interpolations if one.conversion or one.format_spec]
        if odd:
            raise ConfigurationError(f"{{{odd[0]}}} has a conversion or a format: odata writes the value itself")
        return template.strings, tuple(one.value for one in template.interpolations)
    parts = template.split("{}")
    if len(parts) - 1 != len(values):
        raise ConfigurationError(f"{template!r} has {len(parts) - 1} {{}} for {len(values)} values")
    return parts, values


def _quoted_date(before: str, value: object, text: str) -> str:
    """Return the literal of a date or of several, in quotes where what it is compared with is text to Graph."""
    compared = _COMPARED.search(before)
    if compared is None or not is_text_date(compared[1]):
        return text
    if isinstance(value, _LISTS):
        items = [_quoted_date(before, item, literal(item)) for item in value]
        return f"({','.join(sorted(items) if isinstance(value, (set, frozenset)) else items)})"
    return f"'{text}'" if isinstance(value, date) else text


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


def with_options(
    url: str, params: Mapping[str, Any] | None, query: Mapping[str, Any], own: Mapping[str, str] | None = None
) -> str:
    """Append query options: ``select=["id", "mail"]`` becomes ``$select=id,mail``.

    The names of ``SYSTEM_OPTIONS`` get their ``$`` in ``query``, unless the path has an option of its ``own`` for
    that; ``params`` go as they are. ``None`` is left out; lists are joined with commas.
    """
    encoded = []
    for name, value in query.items():
        if value is not None:
            text = value if isinstance(value, str) else _option(name, value)
            spelled = (own or {}).get(name) or (f"${name}" if name in SYSTEM_OPTIONS else quote(name, _KEY_SAFE))
            encoded.append(f"{spelled}={quote(text, _VALUE_SAFE, errors='surrogatepass')}")
    for name, value in (params or {}).items():
        if value is not None:
            text = quote(_option(name, value), _VALUE_SAFE, errors="surrogatepass")
            encoded.append(f"{quote(name, _KEY_SAFE, errors='surrogatepass')}={text}")
    return f"{url}{'&' if '?' in url else '?'}{'&'.join(encoded)}" if encoded else url


def _option(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return literal(value)
    is_decimal = _is(value, "decimal", "Decimal")
    if (isinstance(value, float) and not math.isfinite(value)) or (is_decimal and not value.is_finite()):  # type: ignore[attr-defined]
        raise ConfigurationError(f"{name}={value!r} cannot stand in a query: it is no number")
    if isinstance(value, (int, float, date)) or is_decimal or _is(value, "uuid", "UUID"):
        return str(value)
    if isinstance(value, _LISTS) and not any(isinstance(item, _LISTS) for item in value):
        items = [_option(name, item) for item in value]
        return ",".join(sorted(items) if isinstance(value, (set, frozenset)) else items)
    raise ConfigurationError(f"{name}={value!r} cannot stand in a query: give text, a number, a bool or a list")


NAMES: Final = frozenset(Options.__annotations__)  # every option that every verb takes
# What belongs elsewhere, or has another name in Graph
_ELSEWHERE: Final = {
    "limit": "limit= is for list; top= is the size of a page",
    "page_size": "did you mean top=?",
    "state": "state= is for delta",
    "save": "save= is for delta",
    "follow": "follow= is for get, list, delta and batch",
    "data": "data= is for request, post, patch and put",
    "idempotent": "idempotent= is for what writes: request, post, patch, put, delete",
    "timeout": "timeout= is for GraphClient(…)",
    "max_retries": "GraphClient(retry=RetryPolicy(…)) says how often to repeat",
    "retry": "retry= is for GraphClient(…)",
    "fields": "did you mean select=?",
    "columns": "did you mean select=?",
    "properties": "did you mean select=?",
    "where": "did you mean filter=?",
    "sort": "did you mean orderby=?",
}


def unknown(names: Iterable[str]) -> TypeError:
    """Make the exception for options that no verb takes: Graph would ignore them, and answer with everything."""
    from difflib import get_close_matches

    name = min(set(names) - NAMES)
    advice = _ELSEWHERE.get(name, "")
    plain = name.lower().strip("_$").replace("_", "")
    if not advice and (near := get_close_matches(plain, [*NAMES, *_ELSEWHERE], 1)):
        advice = f"did you mean {near[0]}=?"
    return TypeError(
        f"there is no option {name}=: {advice + ' ' if advice else ''}Other query parameters go in params={{…}}"
    )


# --- bodies


def body_of(json: Any, data: object) -> bytes | None:
    """Return the body of a request, be it sent alone, as an item of a batch or by a job; ``None`` if it has none.

    Values that JSON does not have are written as ``literal`` writes them: a datetime in UTC, dates, and UUIDs as
    text, a Decimal as a number, an enum as its value.

    Raises:
        ConfigurationError: there are two bodies, or one that JSON cannot hold: the message names the field.
    """
    if data is not None:
        if json is not None or not isinstance(data, bytes):
            raise ConfigurationError("a request has one body: give either json, or data as bytes")
        return data
    return None if json is None else json_text(json).encode()


def json_text(value: Any) -> str:
    """Return a value as JSON; see ``body_of``."""
    try:
        if _has_plain_keys(value):
            return _DUMP(value)
    except (TypeError, ValueError, RecursionError):  # found again below, with its field
        pass
    return _written(value, "")


_DUMP: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def _has_plain_keys(value: Any) -> bool:
    """Tell whether all keys are text: the encoder would make text of ``None`` and ``True``."""
    if isinstance(value, dict):
        return all(type(key) is str for key in value) and all(
            _has_plain_keys(item) for item in value.values() if isinstance(item, (dict, list, tuple))
        )
    if isinstance(value, (list, tuple)):
        return all(_has_plain_keys(item) for item in value if isinstance(item, (dict, list, tuple)))
    return True


def _written(value: Any, field: str, depth: int = 0) -> str:
    if depth > _DEEPEST:
        raise ConfigurationError(f"{field.partition('.')[0] or 'the body'} is nested too deeply, or holds itself")
    if isinstance(value, dict):
        parts = []
        for key, item in value.items():
            if not isinstance(key, str):
                raise ConfigurationError(f"{key!r} is a key of {field or 'the body'}: JSON has keys of text only")
            parts.append(f"{_DUMP(key)}:{_written(item, f'{field}.{key}' if field else str(key), depth + 1)}")
        return f"{{{','.join(parts)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join(_written(item, f'{field}[{at}]', depth + 1) for at, item in enumerate(value))}]"
    problem: object = "JSON has no such value"  # the value itself is not shown: it may be a secret
    try:
        if _is(value, "enum", "Enum"):
            return _written(value.value, field, depth + 1)
        if isinstance(value, (datetime, date)) or _is(value, "uuid", "UUID"):
            return _DUMP(literal(value))
        if _is(value, "decimal", "Decimal"):
            return literal(value)
        return _DUMP(value)
    except ConfigurationError as error:
        problem = error
    except (TypeError, ValueError):
        pass
    raise ConfigurationError(
        f"{field or 'the body'} cannot be sent as {type(value).__name__}: {problem}. Nothing was sent"
    )


_DEEPEST: Final = 100  # levels; Graph takes far fewer


def quoted(text: str, safe: str, *, escapes: bool = False) -> str:
    """Percent-encode; with ``escapes``, what is encoded already is left alone."""
    if escapes:
        text, safe = _STRAY_PERCENT.sub("%25", text), safe + "%"
    return quote(text, safe=safe, errors="surrogatepass")
