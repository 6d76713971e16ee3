"""Literals, segments, query options and links: pure functions on text."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote

from leangraph.errors import ConfigurationError
from leangraph.net.origin import host_of, same_origin

SYSTEM_OPTIONS: Final = frozenset(
    ("select filter expand orderby search top skip count format skiptoken deltatoken").split()
)
VERSIONS: Final = ("v1.0", "beta")
EVENTUAL: Final = ("ConsistencyLevel", "eventual")

_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"
_KEY_SAFE = "$@'-._~"
_VALUE_SAFE = "$@'(),:;/*!-._~"
_PLAIN = re.compile(r"[A-Za-z0-9/:@!$&'()*,;=~._-]*\Z")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")
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
    if not text.strip() or text in (".", "..") or _FORBIDDEN.search(text):
        raise ConfigurationError(
            f"{text!r} is not a key: it is empty, a dot, or has a control character or a backslash"
        )
    if text.startswith("$"):
        raise ConfigurationError(
            f"{text!r} begins with $: address it as graph.users[{text!r}], not in a path of text"
        )
    return _quoted(text, "@!,:~-._")


def child(path: str, key: object) -> str:
    """Return the path of one member of a collection.

    A name that begins with ``$`` has to stand in parentheses, without a slash.
    Source: https://learn.microsoft.com/graph/api/user-get
    """
    if isinstance(key, str) and key.startswith("$") and not _FORBIDDEN.search(key):
        doubled = key.replace("'", "''")
        return f"{path}('{_quoted(doubled, _KEY_SAFE)}')"
    return f"{path}/{segment(key)}"


def call(name: str, arguments: Mapping[str, str]) -> str:
    """Return the segment of a function: ``getByPath(path='%2Fhr')``. The arguments are literals."""
    given = ",".join(f"{key}={_quoted(text, _KEY_SAFE + ',:')}" for key, text in arguments.items())
    return f"{name}({given})" if given else name


def address(root: str, version: str, path: str) -> str:
    """Return the URL for a path such as Microsoft's pages give, or for a full URL below ``root``.

    ``root`` is ``https://host`` with nothing behind it. A path may begin with a version of its own. What is
    percent-encoded already stays as it is; a raw ``#``, which would start a fragment, is sent as ``%23``.

    Raises:
        ConfigurationError: another origin, a backslash or control character, or a dot segment.
    """
    if _FORBIDDEN.search(path):
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
        where = _quoted(where, _PATH_SAFE, escapes=True)
    if any(unquote(part) in (".", "..") for part in where.split("/")):
        raise ConfigurationError(f"{path!r} has a dot segment: write the path out")
    if query and not _PLAIN.match(query):
        query = _quoted(query, _QUERY_SAFE, escapes=True)
    return f"{base}/{where}{mark if query else ''}{query}"


def with_options(url: str, params: Mapping[str, Any] | None, query: Mapping[str, Any]) -> str:
    """Append query options: ``select=["id", "mail"]`` becomes ``$select=id,mail``.

    The names of ``SYSTEM_OPTIONS`` get their ``$`` in ``query``; all else, and everything in ``params``, goes
    as it is. ``None`` is left out; lists are joined with commas.
    """
    pairs = [(f"${name}" if name in SYSTEM_OPTIONS else name, value) for name, value in query.items()]
    pairs += list((params or {}).items())
    encoded = "&".join(
        f"{_quoted(name, _KEY_SAFE)}={_quoted(_option(name, value), _VALUE_SAFE)}"
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


def _quoted(text: str, safe: str, *, escapes: bool = False) -> str:
    """Percent-encode; with ``escapes``, what is encoded already is left alone."""
    if escapes:
        text, safe = _STRAY_PERCENT.sub("%25", text), safe + "%"
    return quote(text, safe=safe, errors="surrogatepass")


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

_ADVANCED_PROPERTIES: Final[dict[str, frozenset[str]]] = {
    root: frozenset(names.lower().split())
    for root, names in {
        "users": "assignedPlans businessPhones companyName employeeHireDate employeeOrgData employeeType "
        "faxNumber mobilePhone officeLocation onPremisesExtensionAttributes onPremisesSamAccountName "
        "passwordProfile postalCode preferredLanguage provisionedPlans showInAddressList streetAddress",
        "groups": "description expirationDateTime onPremisesSamAccountName preferredLanguage",
        "devices": "extensionAttributes registrationDateTime",
        "applications": "description web",
        "serviceprincipals": "appOwnerOrganizationId description homepage",
        "administrativeunits": "description",
        "contacts": "",
        "directoryobjects": "",
        "directoryroles": "",
    }.items()
}
_DEFAULT_ORDER: Final[dict[str, frozenset[str]]] = {
    "users": frozenset({"displayname", "userprincipalname"}),
    "groups": frozenset({"displayname"}),
}
_RELATIONS: Final = frozenset(
    (
        "members transitivemembers memberof transitivememberof owners ownedobjects owneddevices "
        "registereddevices registeredowners registeredusers directreports transitivereports createdobjects"
    ).split()
)
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
    related = len(parts) == 3 and root in _ADVANCED_PROPERTIES and parts[2] in _RELATIONS
    if not related and not (len(parts) == 1 and root in _ADVANCED_PROPERTIES):
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
    return bool(_ADVANCED_WORDS.search(text)) or not _ADVANCED_PROPERTIES[root].isdisjoint(
        re.findall(r"[a-z][a-z0-9]*", text)
    )


def _is_advanced_order(text: str, root: str) -> bool:
    names = {item.split()[0].lower() for item in text.split(",") if item.strip()}
    return not names <= _DEFAULT_ORDER.get(root, frozenset())
