"""Words in: paths as people paste them, fields as ``gh api`` takes them, bodies from files."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from leangraph import clouds
from leangraph.errors import ConfigurationError

# Names whose values are secrets, in bodies, headers and queries alike.
_SECRET = re.compile(
    r"pass(word|wd|phrase|code)?$|password|^pwd$|secret|key|token|credential|^pin$|^code$|clientstate|assertion|"
    r"connectionstring|accesspass|authorization|cookie|signature|^sig$|tempauth",
    re.IGNORECASE,
)
HIDDEN = "***"


def rebased(path: str) -> str:
    """Return a path for a URL of any known Graph root, as Graph Explorer and documentation pages give it.

    It is asked of the root in use; a URL of another host stays as it is, and is refused later. Words that a
    documentation page puts before it (``GET /users``) are dropped.
    """
    path = re.sub(r"^\s*(GET|POST|PATCH|PUT|DELETE)\s+", "", path.strip())
    match = re.match(r"https://([^/]+)(/.*)?$", path)
    if match and clouds.of_graph_host(match[1]):
        return match[2] or "/"
    return path


def headers(lines: Iterable[str]) -> dict[str, str]:
    """Return headers given as ``Name: value``."""
    found = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise ConfigurationError(f"--header {line!r} must be 'Name: value'")
        found[name.strip()] = value.strip()
    return found


def outermost(names: str) -> str:
    """Return a list of names without what stands in parentheses: ``manager($select=id,mail)`` is ``manager``."""
    while (shorter := re.sub(r"\([^()]*\)", "", names)) != names:
        names = shorter
    return names


def body(texts: Iterable[str], typed: Iterable[str], source: str | None) -> Any:
    """Return the body that ``-f``, ``-F`` and ``--input`` describe, ``None`` for none."""
    texts, typed = list(texts), list(typed)
    if source is not None:
        if texts or typed:
            raise ConfigurationError("--input is the whole body: leave -f and -F out")
        return parsed(read(source), f"--input {source}")
    fields: dict[str, Any] = {}
    for option, given, convert in (("-f", texts, str), ("-F", typed, value)):
        for field in given:
            key, equals, text = field.partition("=")
            if not equals or not key:
                raise ConfigurationError(f"{option} {key!r} must be key=value")
            put(fields, key, convert(text))
    return fields or None


def parsed(text: str, what: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ConfigurationError: it is none; ``what`` says where it came from.
    """
    problem = ""
    try:
        return json.loads(text)
    except RecursionError:
        problem = "it is nested too deeply"
    except ValueError as error:  # a number of too many digits is one as well
        problem = str(error).partition(";")[0]
    raise ConfigurationError(f"{what} is not JSON: {problem}")


def value(text: str) -> Any:
    """Return a typed value: JSON's words and numbers, ``@file`` or ``@-`` for what stands there, else text."""
    if text.startswith("@"):
        return read(text[1:]).rstrip("\r\n")
    if text in ("true", "false", "null") or re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", text):
        return parsed(text, "a value of -F")
    return text


def put(fields: dict[str, Any], key: str, item: Any) -> None:
    """Set a nested key: ``passwordProfile[password]``, ``emails[]``, ``rows[][id]`` (a new element each time).

    Raises:
        ConfigurationError: the key is malformed, or was something else before.
    """
    match = re.fullmatch(r"([^\[\]]+)((?:\[[^\[\]]*\])*)", key)
    if not match:
        raise ConfigurationError(f"{key!r} is not a key: write it like name, profile[password] or emails[]")
    steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    place: Any = fields
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        fresh: Any = item if following is None else [] if following == "" else {}
        if isinstance(place, list):
            if step:
                if not place or not isinstance(place[-1], dict) or step in place[-1]:
                    place.append({})
                place = place[-1]
            else:
                last = place[-1] if place else None
                if not (following and isinstance(last, dict) and following not in last):
                    place.append(fresh)
                place = place[-1]
                continue
        if not isinstance(place, dict) or (following is None and step in place):
            raise ConfigurationError(
                f"{key!r} is given twice, or once as a value and once as something with parts"
            )
        place = place.setdefault(step, fresh)


def read(name: str) -> str:
    """Return the text of a file, or of standard input for ``-``."""
    try:
        if name == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{name} is not UTF-8 text") from None


def masked(item: Any, name: str = "") -> Any:
    """Return a body or headers to be shown: whatever stands under the name of a secret is hidden."""
    if isinstance(item, dict):
        return {key: masked(part, key if _SECRET.search(key) else name) for key, part in item.items()}
    if isinstance(item, list):
        return [masked(part, name) for part in item]
    secret = isinstance(item, str | int | float) and not isinstance(item, bool) and _SECRET.search(name)
    return HIDDEN if secret else item


def shown(path: str) -> str:
    """Return a path to be shown: the values of query options that are secrets are hidden."""
    where, mark, query = path.partition("?")
    pairs = []
    for pair in query.split("&"):
        name, equals, _ = pair.partition("=")
        pairs.append(
            f"{name}={HIDDEN}" if equals and _SECRET.search(name.lstrip("$")) and name[:1] != "$" else pair
        )
    return f"{where}{mark}{'&'.join(pairs)}"
