"""What a request needs, and what a token has: Microsoft's permission table, offline.

The table lists the least permission of nearly every path of v1.0. What it lacks is unknown, and said so.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl

from leangraph.knowledge import schema
from leangraph.knowledge.corrections import PROPERTIES_READ, PROPERTIES_WRITTEN, SUBSCRIBING

if TYPE_CHECKING:
    from leangraph.knowledge import Choice

Way = tuple[str, ...]  # permissions that are needed together; nearly always one

_WRITES: Final = frozenset({"PATCH", "PUT", "DELETE"})
_READS: Final = re.compile(r"\.Read(Basic)?(\.|$)")


class Need(NamedTuple):
    """Ways to be allowed, each of them enough; the least comes first. None at all: it cannot be done so."""

    application: tuple[Way, ...]
    delegated: tuple[Way, ...]


class Held(NamedTuple):
    """What a token says of itself: an app's own has ``roles``, one in a user's name ``scp``.

    Attributes:
        app, tenant: the IDs of the app and of the tenant; "" if the token does not say.
        audience: for whom it is: Graph's address in one of the clouds, or Graph's ID.
    """

    delegated: bool
    names: frozenset[str]
    app: str = ""
    tenant: str = ""
    audience: str = ""


def needed(method: str, path: str, properties: Iterable[str] = ()) -> Need | None:
    """Return what a request needs, ``None`` if Microsoft's table does not say.

    Args:
        path: one of Microsoft's pages (``/users/{id}/manager``) or a real one, with or without its version. The
            properties that its query names count: ``/users?$select=signInActivity``.
        properties: others that are read or written; see ``properties_of``.
    """
    method = method.upper()
    method = "GET" if method == "HEAD" else method
    resource = next((name for name in properties if name.startswith("/")), "")
    if resource and template(path) == "/subscriptions":
        return _subscribing(resource)
    need = _of_table(method, path)
    named = {name.lower() for name in (*properties, *properties_of(path))}
    if need is None or not named:
        return need
    lineage = schema.lineage(schema.item_of(schema.leads_to(path) or ""))
    if method == "GET":
        for kind in lineage:
            for name, ways in PROPERTIES_READ.get(kind, {}).items():
                if name.lower() in named:
                    need = Need(_with(need.application, ways), _with(need.delegated, ways))
    elif method == "PATCH":
        for kind in lineage:
            if kind in PROPERTIES_WRITTEN:
                own = PROPERTIES_WRITTEN[kind]
                need = Need(_for_writing(need.application, named, own), _for_writing(need.delegated, named, own))
    return need


def properties_of(path: str, body: object = None) -> frozenset[str]:
    """Return the names of the properties that a request reads or writes, by its query and its body.

    Of the values nothing is kept, but of a subscription the path of its resource, without keys.
    """
    options = parse_qsl(path.partition("?")[2], keep_blank_values=True)
    found = set(body) if isinstance(body, dict) else set()
    if isinstance(body, dict) and "notificationUrl" in body and isinstance(body.get("resource"), str):
        found.add(schema.spelled(body["resource"]))
    for option, value in options:
        if option.lower().removeprefix("$") in ("select", "filter", "orderby"):
            found |= set(re.findall(r"[A-Za-z_]\w*", re.sub(r"'(?:[^']|'')*'", "", value)))
    return frozenset(name for name in found if isinstance(name, str))


def _subscribing(resource: str) -> Need | None:
    """Return what a subscription needs: mostly what it takes to read its resource."""
    place, kind = resource.lower(), schema.item_of(schema.leads_to(resource) or "")
    known = SUBSCRIBING.get(place) or SUBSCRIBING.get(kind)
    if known is None:
        return needed("GET", resource)
    application, delegated = (tuple((name,) for name in names.split(", ") if name) for names in known)
    return Need(() if place.startswith("/me/") else application, delegated)


def _of_table(method: str, path: str) -> Need | None:
    plain = re.sub(r"(?<!=)\{(?!path\})[^{}/]*\}", "{id}", path.partition("?")[0].lower())
    return _needed(method, template(path)) or _needed(method, plain)  # the second: beyond what the metadata knows


def _with(ways: tuple[Way, ...], others: tuple[str, ...]) -> tuple[Way, ...]:
    """Return the ways with one of the others in each; what needs more than another way does is left out."""
    both = dict.fromkeys(_without_lesser((*way, other)) for way in ways for other in others)
    return tuple(way for way in both if not any(set(other) < set(way) for other in both))


def _without_lesser(way: Way) -> Way:
    """Return a way once each, and without ``X.ReadBasic.All`` where it has ``X.Read.All``."""
    lesser = {name for name in way if name.replace(".ReadBasic", ".Read", 1) in set(way) - {name}}
    return tuple(name for name in dict.fromkeys(way) if name not in lesser)


def _for_writing(ways: tuple[Way, ...], named: Collection[str], own: Mapping[str, str]) -> tuple[Way, ...]:
    """Return the ways to write some properties: those of each alone first, then what is good for all of them."""
    general = tuple(way for way in ways if not set(way) & set(own.values()))
    known = {name.lower(): permission for name, permission in own.items()}
    if not ways or not all(name in known for name in named if not name.startswith("@")):
        return general
    together = tuple(dict.fromkeys(known[name] for name in sorted(named) if name in known))
    return (together, *general) if together else general


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says of itself, unverified; nothing if it cannot be read."""
    try:
        part = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def held(token: str) -> Held | None:
    """Return the permissions that stand in a token; ``None`` if it is none that can be read.

    It is read, not verified: Graph alone can do that.
    """
    claims = claims_of(token)
    if not claims:
        return None
    about = [str(claims.get(name) or "") for name in ("appid", "tid", "aud")]
    about[0] = about[0] or str(claims.get("azp") or "")
    roles, scopes = claims.get("roles"), claims.get("scp")
    if isinstance(scopes, str):
        return Held(True, frozenset(scopes.split()), *about)
    return Held(False, frozenset(map(str, roles if isinstance(roles, list) else ())), *about)


def allows(need: Need, has: Held) -> bool:
    """Tell whether a token is enough. ``X.ReadWrite.Y`` is good for whatever ``X.Read.Y`` is."""
    names = has.names | {name.replace(".ReadWrite", ".Read", 1) for name in has.names}
    return any(names.issuperset(way) for way in (need.delegated if has.delegated else need.application))


def least(requests: Iterable[tuple[str, str, Iterable[str]]], *, delegated: bool) -> tuple[list[str], list[str]]:
    """Return the least set of permissions that allows all of some requests, and the requests that are unknown.

    Args:
        requests: method, path and properties of each.

    That is the least permission of each, without those for whose requests another one of them is enough.
    """
    ways: dict[tuple[Way, ...], None] = {}
    unknown: dict[str, None] = {}
    for method, path, properties in requests:
        need = needed(method, path, properties)
        choices = () if need is None else need.delegated if delegated else need.application
        if choices:
            ways[choices] = None
        else:
            unknown[f"{method.upper()} {schema.spelled(path)}"] = None
    chosen = {name for choices in ways for name in choices[0]}
    for name in sorted(chosen):
        rest = chosen - {name}
        if all(any(rest.issuperset(way) for way in choices) for choices in ways):
            chosen = rest
    return sorted(chosen), list(unknown)


def template(path: str) -> str:
    """Return a path as the table writes it: lower case, ``{id}`` for keys, without version and query."""
    return schema.spelled(path).lower()


@lru_cache(maxsize=1024)
def _needed(method: str, template: str) -> Need | None:
    from leangraph import knowledge as data

    table = data.corrected_permissions()
    for path in _spellings(template):
        found = table.get(path, {}).get(method)
        if found is not None:
            own = template.startswith("/me/") or template == "/me"
            application = () if own else _ways(method, found["application"])
            return Need(application, _ways(method, found["delegated"]))
    return None


def _ways(method: str, choice: Choice) -> tuple[Way, ...]:
    """Return the ways of one kind; for a write, reading is listed beside what writes, and is not enough."""
    ways = [tuple(way) for way in (*choice["least"], *choice["others"])]
    if method in _WRITES:
        ways = [way for way in ways if not all(_READS.search(name) for name in way)] or ways
    return tuple(ways)


_ALIKE: Final = tuple(
    (re.compile(pattern), other)
    for pattern, other in (
        (r"/\$(?:ref|count|value)$", ""),
        (r"/microsoft\.graph\.[\w.]+(?=/|$)", ""),
        (r"(?<=root):/\{path\}:?|(?<=items/\{id\}):/\{path\}:?", ""),
        (r"(drives?(?:/\{id\})?)/root(?=/|$)", r"\1/items/{id}"),
        (r"^(?:/me|/(?:users|groups|sites)/\{id\})?/drives?(?:/\{id\})?(?=/|$)", "/drives/{id}"),
        (r"^/me(?=/|$)", "/users/{id}"),
        (r"^/directory(?=/devicelocalcredentials)", ""),
        (r"\(\w+=\{value\}\)$|\(\w+=\{value\}\)(?=/)", "/{id}"),
        (r"^/\w+/(?=(?:getbyids|validateproperties)$)", "/directoryobjects/"),
    )
)


def _spellings(template: str) -> list[str]:
    """Return the ways in which the table may list a path, the closest first."""
    found = [template]
    for pattern, other in _ALIKE:
        found += [new for path in found if (new := pattern.sub(other, path)) not in found]
    return found


def usual(path: str, ways: Iterable[Way]) -> list[Way]:
    """Return ways with the usual ones for a path first, else in the order of the table."""
    listed = list(ways)
    particular = {name for own in PROPERTIES_WRITTEN.values() for name in own.values()}
    just_that = [way for way in listed[:1] if particular.issuperset(way)]  # it comes first where it is enough
    return just_that + sorted(listed[len(just_that) :], key=lambda way: _oddity(way, path))


_NARROW: Final = re.compile(r"-|\.(Manage|EnableDisable|CrossCloud|IdentityParentedBy|OwnedBy)")


def _oddity(way: Way, path: str) -> int:
    """Return how unusual a way is for a path: 0 for what is named like it, more for what other services grant."""
    words = [step.name.lower().rstrip("s") for step in schema.steps(path) if step.role in ("member", "operation")]
    words = [word for word in words if len(word) > 2]
    odd = 0
    for name in way:
        stem = name.partition(".")[0].lower().partition("-")[0]
        alike = any(stem.startswith(word) or word.startswith(stem) for word in words)
        family = 0 if alike or not words else 1 if stem == "directory" else 2
        odd += family + (2 if _NARROW.search(name) else 0)
    return odd
