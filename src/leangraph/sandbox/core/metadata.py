"""``/$metadata``: what the sandbox answers by, as CSDL.

Types, members, keys, enumerations, the container, actions and functions come from the knowledge that the package
ships; annotations and the namespaces of callers are left out.

Source: OData Common Schema Definition Language (CSDL) XML Representation 4.01.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from xml.sax.saxutils import quoteattr

from leangraph.knowledge import enums, paths, schema

from ..wire.faults import Refusal
from ..wire.server import Reply, Request
from .call import Call
from .endpoints import on

SCHEMA = "microsoft.graph"
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" '
    'xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
)
EDM = "http://docs.oasis-open.org/odata/ns/edm"


@on("GET", "/$metadata", partly="annotations are left out")
def metadata(call: Call) -> Reply:
    return served(call.request)


def served(request: Request) -> Reply:
    """Answer a request for it; raises Graph's 405."""
    if request.method not in ("GET", "HEAD"):
        raise Refusal.of(405)
    return Reply(200, document(), {"Content-Type": "application/xml"})


@cache
def document() -> bytes:
    """Return the document: one schema for each namespace, the container in the first."""
    spaces: dict[str, list[str]] = {SCHEMA: []}
    for name in paths()["types"]:
        spaces.setdefault(_space(name), []).extend(_type(name))
    for name, members in enums()["members"].items():
        spaces.setdefault(_space(name), []).extend(_enum(name, members))
    for bound, operations in paths()["operations"].items():
        for name, overloads in operations.items():
            for one in overloads:
                space = f"{SCHEMA}.{one['namespace']}" if "namespace" in one else SCHEMA
                spaces.setdefault(space, []).extend(_operation(bound, name, dict(one)))
    spaces[SCHEMA] += _container()
    schemas = [
        f'<Schema Namespace="{space}" xmlns="{EDM}">{"".join(lines)}</Schema>' for space, lines in spaces.items()
    ]
    return f"{HEAD}{''.join(schemas)}</edmx:DataServices></edmx:Edmx>".encode()


def _space(name: str) -> str:
    return f"{SCHEMA}.{name.rpartition('.')[0]}".removesuffix(".")


def _full(kind: str) -> str:
    """Return a type as CSDL names it: ``Collection(microsoft.graph.user)``."""
    if kind.startswith("Collection("):
        return f"Collection({_full(kind.removeprefix('Collection(').removesuffix(')'))})"
    return kind if kind.startswith("Edm.") else f"{SCHEMA}.{kind}"


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value)


def _type(name: str) -> Iterator[str]:
    type_ = paths()["types"][name]
    entity = bool(type_.get("keys")) or any("navigation" in paths()["types"][one] for one in schema.lineage(name))
    entity = entity or "entity" in schema.lineage(name)
    tag = "EntityType" if entity else "ComplexType"
    base = _full(type_["base"]) if "base" in type_ else ""
    more = {"Abstract": "true" if type_.get("abstract") else "", "OpenType": "true" if type_.get("open") else ""}
    yield f"<{tag}{_attributes(Name=name.rpartition('.')[2], BaseType=base, **more)}>"
    keys = type_.get("keys") or (("id",) if name == "entity" else ())
    if keys:
        yield "<Key>" + "".join(f"<PropertyRef{_attributes(Name=key)}/>" for key in keys) + "</Key>"
    filled = schema.filled(name)
    for member, kind in type_.get("properties", {}).items():
        null = "false" if member in filled else ""
        yield f"<Property{_attributes(Name=member, Type=_full(kind), Nullable=null)}/>"
    own = type_.get("references", ())
    for member, kind in type_.get("navigation", {}).items():
        contained = "" if member in own else "true"
        yield f"<NavigationProperty{_attributes(Name=member, Type=_full(kind), ContainsTarget=contained)}/>"
    yield f"</{tag}>"


def _enum(name: str, members: object) -> Iterator[str]:
    yield f"<EnumType{_attributes(Name=name.rpartition('.')[2])}>"
    for number, member in enumerate(members if isinstance(members, list | tuple) else ()):
        yield f"<Member{_attributes(Name=str(member), Value=str(number))}/>"
    yield "</EnumType>"


def _operation(bound: str, name: str, one: dict[str, object]) -> Iterator[str]:
    tag = "Action" if one["kind"] == "action" else "Function"
    yield f"<{tag}{_attributes(Name=name, IsBound='true' if bound else '')}>"
    if bound:
        yield f"<Parameter{_attributes(Name='bindingParameter', Type=_full(bound))}/>"
    given = one.get("parameters")
    for key, kind in given.items() if isinstance(given, dict) else ():
        yield f"<Parameter{_attributes(Name=str(key), Type=_full(str(kind)))}/>"
    if one.get("returns"):
        yield f"<ReturnType{_attributes(Type=_full(str(one['returns'])))}/>"
    yield f"</{tag}>"


def _container() -> Iterator[str]:
    yield '<EntityContainer Name="GraphService">'
    for name, kind in paths()["roots"].items():
        one = kind.removeprefix("Collection(").removesuffix(")")
        if one != kind:
            yield f"<EntitySet{_attributes(Name=name, EntityType=_full(one))}/>"
        else:
            yield f"<Singleton{_attributes(Name=name, Type=_full(kind))}/>"
    for name, overloads in paths()["operations"].get("", {}).items():
        tag = "Action" if overloads[0]["kind"] == "action" else "Function"
        yield f"<{tag}Import{_attributes(Name=name, **{tag: f'{SCHEMA}.{name}'})}/>"
    yield "</EntityContainer>"
