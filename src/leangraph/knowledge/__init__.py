"""What is known of Microsoft Graph v1.0: paths, enums, permissions; read on first use, then kept.

``tools/make_data.py`` writes the files beside this module from Microsoft's own; ``unpack`` describes them, and the
classes here what is made of them. Client, sandbox and command line share them and nothing else: no function here
decides anything about a request. Everything handed out is shared, so treat it as read-only.

Names of types are relative to ``microsoft.graph`` (``user``, ``security.alert``); ``Edm.String`` and
``Collection(user)`` are OData's own notation.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NoReturn, Required, TypedDict

from leangraph.knowledge import unpack

# What is raised where a file is missing or damaged. The client puts its own here: sandbox and client share no code
refusal: type[Exception] = RuntimeError


class Type(TypedDict, total=False):
    """An entity or complex type. What it inherits stands in ``base``; an absent field is empty."""

    complex: bool  # else an entity
    base: str
    abstract: bool
    open: bool  # takes properties that are not listed
    stream: bool  # ``/$value`` is its content
    keys: Sequence[str]  # where declared; everything else inherits ``id`` from ``entity``
    alternate: Sequence[Sequence[str]]  # other keys: ``/applications(appId='…')``
    properties: Mapping[str, str]  # name -> type
    navigation: Mapping[str, str]  # name -> type it leads to
    references: Sequence[str]  # those of ``navigation`` whose targets live elsewhere: ``/$ref``


class Operation(TypedDict, total=False):
    """One overload of an action or function; an absent field is empty."""

    kind: Required[Literal["action", "function"]]
    namespace: str  # ``security`` in ``/microsoft.graph.security.close``
    parameters: Mapping[str, str]  # name -> type, without the binding parameter
    optional: Sequence[str]  # parameters that may be left out
    returns: str
    composable: bool  # a function whose result can be followed by further segments


class Paths(TypedDict):
    """Which paths exist and what they lead to."""

    roots: Mapping[str, str]  # entity sets and singletons: ``users`` -> ``Collection(user)``
    types: Mapping[str, Type]
    operations: Mapping[str, Mapping[str, Sequence[Operation]]]  # bound to; "" if imported unbound


class Enums(TypedDict):
    """The enumerations; a value of one in ``flags`` is any of its members, with commas between them."""

    flags: Sequence[str]
    members: Mapping[str, Sequence[str]]


class Values(TypedDict):
    """What the metadata says of the values of properties, by the type that declares them."""

    computed: Mapping[str, Sequence[str]]  # the service alone sets them
    filled: Mapping[str, Sequence[str]]  # never null


class Choice(TypedDict):
    """Ways to be allowed. Each is a list of the permissions it takes, nearly always one."""

    least: Sequence[Sequence[str]]  # as Microsoft marks them; empty: the table does not say which
    others: Sequence[Sequence[str]]  # the narrower first; with ``least`` empty too: not supported


class Needs(TypedDict):
    """What one method on one path needs, by kind of token."""

    application: Choice
    delegated: Choice  # work or school account
    personal: Choice  # delegated, personal Microsoft account


class Permissions(TypedDict):
    """Microsoft's permission table, v1.0 and beta, by path and method. What it lacks is unknown.

    Paths are in lower case: ``/users/{id}/manager``, ``/places/microsoft.graph.room``,
    ``/reports/getemailactivitycounts(period={value})``, ``/applications(appid={value})``,
    ``/me/drive/root:/{path}:/content`` where ``{path}`` is one or more segments. ``/me`` has entries of
    its own. Most references, counts and media are listed without ``/$ref``, ``/$count``, ``/$value``.
    """

    rsc: Sequence[str]  # resource-specific consent: granted inside one team or chat, not in the tenant
    paths: Mapping[str, Mapping[str, Needs]]


class Rules(TypedDict):
    """Graph's rules, for ``leangraph.knowledge.rules``; names are in lower case.

    ``advanced`` goes from a type and a property to the operators that need an advanced query there.
    """

    roots: Mapping[str, str]  # where directory objects are listed -> their type
    advanced: Mapping[str, Mapping[str, str]]
    relations: Collection[str]
    reading: Collection[str]  # actions that are sent by POST and change nothing
    text_dates: Collection[str]


@cache
def rule_tables() -> Rules:
    """Return the tables of rules: ``rule_tables()["advanced"]["user"]["employeetype"] == "eq"``."""
    data: Rules = _read("rules.json")
    return data


@cache
def paths() -> Paths:
    """Return the paths: ``paths()["types"]["user"]["navigation"]["manager"] == "directoryObject"``."""
    data: Paths = _read("paths.json", unpack.paths)
    return data


@cache
def enums() -> Enums:
    """Return the enums: ``enums()["members"]["bodyType"] == ["text", "html"]``."""
    data: Enums = _read("enums.json", unpack.enums)
    return data


@cache
def values() -> Values:
    """Return what is known of values: ``"accountEnabled" in values()["filled"].get("user", ())``."""
    data: Values = _read("values.json", lambda file: unpack.values(file, paths()["types"]))
    return data


@cache
def permission_table() -> Permissions:
    """Return the permission table.

    ``permission_table()["paths"]["/users"]["GET"]["application"]["least"] == [["User.ReadBasic.All"]]``
    """
    data: Permissions = _read("permissions.json", unpack.permissions)
    return data


@cache
def corrected_permissions() -> Mapping[str, Mapping[str, Needs]]:
    """Return the paths of the permission table with ``corrections.CORRECTIONS`` applied."""
    from leangraph.knowledge.corrections import CORRECTIONS

    table = dict(permission_table()["paths"])
    for row in CORRECTIONS:
        here = table.get(row.path, {})
        known = here.get(row.method) if row.adds else None
        corrected: Needs = {
            "application": _choice(row.application, known and known["application"]),
            "delegated": _choice(row.delegated or row.application, known and known["delegated"]),
            "personal": {"least": [], "others": []},
        }
        table[row.path] = {**here, row.method: corrected}
    return table


def _choice(text: str, known: Choice | None) -> Choice:
    options = [[name.strip() for name in option.split("+") if name.strip()] for option in text.split(",")]
    if known is not None:
        return {"least": known["least"], "others": [*known["others"], *options]}
    return {"least": options[:1], "others": options[1:]}


def is_type(name: str) -> bool:
    """Tell whether there is such an entity or complex type, in a tenth of the time that ``paths`` takes."""
    return _has_record("paths.json", name, '{"', "{}")


def is_enum(name: str) -> bool:
    """Tell whether there is such an enumeration."""
    return _has_record("enums.json", name, '"')


def _has_record(file: str, name: str, *beginnings: str) -> bool:
    content = _content(file)  # in which every record begins its line
    return any(f'\n"{name}":{beginning}'.encode() in content for beginning in beginnings)


def _read(name: str, unpacked: Callable[[dict[str, Any]], Any] = lambda file: file) -> Any:
    try:
        data = json.loads(_content(name))
        return unpacked(data) if isinstance(data, dict) else _fail(name)
    except (ValueError, LookupError, TypeError, AttributeError):  # no JSON, or of another form
        _fail(name)


def _content(name: str) -> bytes:
    """Return a file beside this module, be it in a folder, a zip or a frozen program.

    That is what ``importlib.resources`` does as well, which takes 7 ms to import.
    """
    try:
        content = pkgutil.get_data(__name__, name)
    except OSError:
        content = None
    if content is None:
        _fail(name)
    return content


def _fail(name: str) -> NoReturn:
    raise refusal(
        f"leangraph/knowledge/{name} is missing or damaged: install leangraph again, or add its data files to the "
        "program that it is frozen into"
    )
