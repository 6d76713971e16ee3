"""Which permissions a request needs and whether a token has one of them, by Microsoft's permission table.

The table (:func:`leangraph.knowledge.corrected_permissions`) lists most paths in one spelling of several;
:func:`needs` tries the others. Two rules are read into it:

* ``X.ReadWrite.Y`` is good for whatever ``X.Read.Y`` is: permissions are named ``{resource}.{operation}.
  {constraint}``, and ReadWrite is "for read, create, update, and delete operations".
* On PATCH, PUT and DELETE a permission to read does not count by itself, though the table lists many that
  are needed *beside* one to write: Read is "for read operations only". On POST it may: some only ask.

Not seen from here: what the signed-in user may do, directory roles, and permissions that depend on the query
(``signInActivity`` needs ``AuditLog.Read.All`` too) or on the object (a deleted item's type).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from typing import Literal, Protocol

from leangraph.knowledge import Choice, Needs, corrected_permissions, schema
from leangraph.knowledge.corrections import PROPERTIES_READ, UNKNOWN

from ..wire.faults import Refusal
from .limits import workload

Mode = Literal["off", "warn", "enforce"]


class Token(Protocol):
    """What is looked at of an access token: ``scp`` if it speaks for a ``user``, else ``roles``."""

    @property
    def roles(self) -> Iterable[str]: ...
    @property
    def scp(self) -> Iterable[str]: ...
    @property
    def user(self) -> str | None: ...


def needs(method: str, template: str) -> Needs | None:
    """Return what a path needs, ``None`` where Microsoft's table does not say.

    ``template`` is a path below the version with ``{id}`` for every key: ``/groups/{id}/members/$ref``,
    ``/reports/getEmailActivityCounts(period='D7')``, ``/me/drive/root:/{path}:/content``. Below ``/me`` an
    app without a user has nothing.
    """
    return _needs("GET" if method == "HEAD" else method, template)


def permitted(method: str, template: str, roles: Iterable[str], scopes: Iterable[str] | None) -> bool | None:
    """Tell whether a token is enough; ``None`` where the table does not say.

    Args:
        roles: the permissions of an app that speaks for itself.
        scopes: those of an app that speaks for a user; then ``roles`` do not matter.
    """
    choice = _choice_for(method, template, app_only=scopes is None)
    if choice is None:
        return None
    held = set(roles if scopes is None else scopes)
    held |= {name.replace(".ReadWrite", ".Read", 1) for name in held}
    return any(held.issuperset(option) for option in _options(method, choice))


def check(
    mode: Mode, method: str, template: str, token: Token, query: Mapping[str, str] | None = None
) -> str | None:
    """Look at a request's token: return what is to be warned of, if anything.

    ``query`` has the query options: a property that it names may need a permission of its own.

    Raises :class:`Refusal`, Graph's 403, where the mode is ``enforce`` and the token is known not to be
    enough; its note says why, which Graph does not tell.
    """
    if mode == "off":
        return None
    app_only = token.user is None
    if app_only and _is_own(template):
        return None  # which every such path refuses itself, with 400
    held = list(token.roles if app_only else token.scp)
    if permitted(method, template, held, None if app_only else held):
        return _of_properties(mode, method, template, held, query or {})
    choice = _choice_for(method, template, app_only=app_only)
    if choice is None:
        why = next((f" ({why})" for path, why in UNKNOWN.items() if _plain(template).startswith(path)), "")
        return f"{method} {template}: Microsoft's table does not say what this needs{why}; it is let through."
    options = _options(method, choice)
    wanted = [" with ".join(option) for option in options[:4]] or ["none that exists"]
    more = f" or {len(options) - 4} more" if len(options) > 4 else ""
    text = (
        f"{method} {template} needs one of these {'application' if app_only else 'delegated'} permissions: "
        f"{' or '.join(wanted)}{more}. The token has: {', '.join(sorted(held)) or 'none'}."
    )
    if mode == "enforce":
        refused = refusal(template)
        refused.add_note(text)
        raise refused
    return text


def _of_properties(
    mode: Mode, method: str, template: str, held: Collection[str], query: Mapping[str, str]
) -> str | None:
    """Look at the properties that a request reads: see ``check``."""
    texts = (query.get(option, "") for option in ("select", "filter", "orderby"))
    asked = " ".join(re.sub(r"'(?:[^']|'')*'", "", text) for text in texts)
    names = {word.lower() for word in re.findall(r"\w+", asked)} if method == "GET" else set()
    kind = (schema.leads_to(template) or "").removeprefix("Collection(").removesuffix(")") if names else ""
    for ancestor in schema.lineage(kind):
        for name, ways in PROPERTIES_READ.get(ancestor, {}).items():
            if name.lower() in names and not set(ways) & set(held):
                text = f"{method} {template} with {name} needs {' or '.join(ways)} besides."
                if mode == "enforce":
                    refused = refusal(template)
                    refused.add_note(text)
                    raise refused
                return text
    return None


def refusal(template: str) -> Refusal:
    """Return the 403 of the service behind a path."""
    code, message = _WORDS.get(workload(_plain(template).replace(":", "/").strip("/").split("/")), _WORDS[""])
    return Refusal(403, code, message)


_WORDS = {
    "": ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    "files": ("accessDenied", "Access denied"),
    "excel": ("accessDenied", "Access denied"),
    "outlook": ("ErrorAccessDenied", "Access is denied. Check credentials and try again."),
}


# -- looking it up ------------------------------------------------------------------------------------

_READS = re.compile(r"\.Read(Basic)?(\.|$)")
_NONE: Choice = {"least": [], "others": []}


def _choice_for(method: str, template: str, *, app_only: bool) -> Choice | None:
    found = needs(method, template)
    return None if found is None else found["application" if app_only else "delegated"]


def _options(method: str, choice: Choice) -> list[list[str]]:
    options = [list(option) for option in (*choice["least"], *choice["others"])]
    if method in {"PATCH", "PUT", "DELETE"}:
        writing = [option for option in options if not all(_READS.search(name) for name in option)]
        return writing or options
    return options


@lru_cache(maxsize=4096)
def _needs(method: str, template: str) -> Needs | None:
    table = _table()
    for path in _spellings(template):
        found = table.get(path, {}).get(method)
        if found is not None:
            return {**found, "application": _NONE} if _is_own(template) else found
    return None


@cache
def _table() -> Mapping[str, Mapping[str, Needs]]:
    """Return the table with its corrections, and ``name(…)`` for a function with any arguments."""
    table: dict[str, Mapping[str, Needs]] = dict(corrected_permissions())
    for path in list(table):
        if "(" in path:
            table.setdefault(_ARGUMENTS.sub("(…)", path), table[path])
    return table


def _is_own(template: str) -> bool:
    return template.lower().split("/")[1:2] == ["me"]


_ARGUMENTS = re.compile(r"\([^()]*\)")
_REWRITES = [  # from the spelling in the request to one in the table
    (re.compile(pattern), new)
    for pattern, new in (
        (r"/\$(?:ref|count|value)$", ""),
        (r"/microsoft\.graph\.(?:\w+\.)*(?=\w+(?:\(|/|$))", "/"),  # the full name of an operation
        (r"/microsoft\.graph\.[\w.]+(?=/|$)", ""),  # a cast
        (r"\((?!…)[^()]*\)", "(…)"),
        (r"\(\w+=\{value\}\)", "/{id}"),  # another key: applications(appId='…')
        (r"(?:/items/\{id\}|/root):/\{path\}:?", "/items/{id}"),
        (r"((?:^|/)drives?(?:/\{id\})?)/root(?=/|$)", r"\1/items/{id}"),
        (r"^(?:/me|/(?:users|groups|sites)/\{id\})?/(?:drive|drives/\{id\})(?=/|$)", "/drives/{id}"),
        (r"^/me(?=/|$)", "/users/{id}"),
        (r"^/\w+/(?=(?:getbyids|validateproperties)$)", "/directoryobjects/"),
    )
]


def _spellings(template: str) -> list[str]:
    """Return the ways in which the table may list a path, the closest first."""
    found = [_plain(template)]
    for pattern, new in _REWRITES:
        rewritten = [pattern.sub(new, path) for path in found]
        found += [path for path in rewritten if path not in found]
    return found


def _plain(template: str) -> str:
    """Return a path as the table writes it: lower case, ``{id}``, ``{value}`` and ``{path}``."""
    path = "/" + template.lower().strip("/").removesuffix(":")
    path = _ARGUMENTS.sub(_plain_arguments, path)
    path = re.sub(r"/\{[^{}/]*\}", "/{id}", path)
    return path.replace(":/{id}", ":/{path}")


def _plain_arguments(match: re.Match[str]) -> str:
    names = [part.partition("=")[0].strip() for part in match[0][1:-1].split(",") if "=" in part]
    if not names:
        return "" if match[0] == "()" else match[0]
    return "(" + ",".join(f"{name}={{value}}" for name in names) + ")"
