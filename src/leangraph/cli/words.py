"""Words in: paths as people paste them, fields as ``gh api`` takes them, bodies from files."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from leangraph import clouds
from leangraph.errors import ConfigurationError
from leangraph.system import files

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
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise ConfigurationError(f"--header {line!r} must be 'Name: value'")
        if name.strip().lower() in map(str.lower, found):
            raise ConfigurationError(f"--header {name.strip()} is given more than once: put both values into one")
        found[name.strip()] = value.strip()
    return found


def outermost(names: str) -> str:
    """Return a list of names without what stands in parentheses: ``manager($select=id,mail)`` is ``manager``."""
    while (shorter := re.sub(r"\([^()]*\)", "", names)) != names:
        names = shorter
    return names


class Body(NamedTuple):
    """What is sent: ``json`` or ``data``, or nothing.

    Attributes:
        content_type: of ``data``; "" if a header says it.
    """

    json: Any = None
    data: bytes | None = None
    content_type: str = ""


def body(
    texts: Sequence[str],
    typed: Sequence[str],
    source: str | None,
    content_type: str | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Body:
    """Return the body that ``-f``, ``-F``, ``--input`` and ``--content-type`` describe.

    Raises:
        ConfigurationError: they do not go together, or it cannot be read.
    """
    if source is None:
        if content_type:
            raise ConfigurationError("--content-type is that of --input: leave it out")
        return Body(fields(texts, typed, value))
    if texts or typed:
        raise ConfigurationError("--input is the whole body: leave -f and -F out")
    named = next((text for name, text in headers.items() if name.lower() == "content-type"), None)
    if named and content_type:
        raise ConfigurationError("--content-type and a header Content-Type: which one counts?")
    return _whole(source, content_type or "", named or "")


def _whole(source: str, content_type: str, in_headers: str) -> Body:
    """Return what a file holds: JSON if it is said to be, or is, and else bytes of the type that it has."""
    content = read_bytes(source)
    said = content_type or in_headers
    if said and not _is_json(said):
        return Body(data=content, content_type=content_type)
    guess = "" if said else guessed(source)
    if guess and not guess.startswith("text/") and not _is_json(guess):
        return Body(data=content, content_type=guess)
    if guess.startswith("text/") and content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return Body(data=content, content_type=guess)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"--input {source} is not UTF-8 text: name its --content-type") from None
    hint = "" if said else "; if it is something else, name its --content-type"
    found = parsed(text, f"--input {source}", hint)
    if found is None:
        raise ConfigurationError(f"--input {source} is null, which is no body: leave it out")
    return Body(found)


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def guessed(name: str) -> str:
    """Return the content type that a file's ending tells, on every system the same; "" if it tells none."""
    import mimetypes

    return mimetypes.MimeTypes().types_map[True].get(Path(name).suffix.lower(), "")


def fields(texts: Iterable[str], typed: Iterable[str], typing: Callable[[str], Any]) -> dict[str, Any] | None:
    """Return the object that ``-f`` and ``-F`` describe, ``None`` for none; ``typing`` reads what ``-F`` gives."""
    made: dict[str, Any] = {}
    typed = list(typed)
    if sum(field.partition("=")[2] == "@-" for field in typed) > 1:
        raise ConfigurationError("@- is given more than once, and standard input can be read once")
    for option, given, convert in (("-f", texts, str), ("-F", typed, typing)):
        for field in given:
            key, equals, text = field.partition("=")
            if not equals or not key:
                raise ConfigurationError(f"{option} {key!r} must be key=value")
            put(made, key, convert(text))
    return made or None


def request(method: str, path: str, headers: Mapping[str, str], body: Body) -> dict[str, Any]:
    """Return a request to be shown, with secrets hidden."""
    content = masked(body.json)
    if body.data is not None:
        content = f"{len(body.data):,} bytes"
    return {"method": method, "path": shown(path), "headers": masked(dict(headers)), "body": content}


def parsed(text: str, what: str, hint: str = "") -> Any:
    """Return the value of a JSON text; see ``value_of``, which is loaded when there is some."""
    from leangraph.rows.read import value_of

    return value_of(text, what, hint)


def value(text: str) -> Any:
    """Return a typed value: JSON's words and numbers, ``@file`` or ``@-`` for what stands there, else text."""
    return read(text[1:]).rstrip("\r\n") if text.startswith("@") else plain_value(text)


def plain_value(text: str) -> Any:
    """Return a typed value that names no file: JSON's words and numbers, else text."""
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
        return read_bytes(name).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{name} is not UTF-8 text") from None


def read_bytes(name: str) -> bytes:
    """Return what a file holds, or standard input for ``-``."""
    if name == "-":
        if sys.stdin is None:
            raise ConfigurationError("standard input is closed: name a file")
        return sys.stdin.buffer.read()
    with files.told(f"{name} cannot be read"):
        return files.expand(name).read_bytes()


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
