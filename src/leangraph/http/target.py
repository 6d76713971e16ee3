"""Where a request goes, and what follows from that: pure functions on text."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

from leangraph.errors import ConfigurationError
from leangraph.http.options import FORBIDDEN, quoted
from leangraph.knowledge.rules import ADVANCED_PROPERTIES, ADVANCED_RELATIONS, DEFAULT_ORDER
from leangraph.net.origin import host_of, same_origin

VERSIONS: Final = ("v1.0", "beta")
EVENTUAL: Final = ("ConsistencyLevel", "eventual")

_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"
_PLAIN = re.compile(r"[A-Za-z0-9/:@!$&'()*,;=~._-]*\Z")


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
