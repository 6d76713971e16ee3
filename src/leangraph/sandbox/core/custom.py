"""Properties that a tenant adds to Microsoft's types: directory extensions and schema extensions.

Source: https://learn.microsoft.com/graph/extensibility-overview: ``extension_{appId}_{name}`` once it is
registered with the application, ``ext…_{name}`` once the schema is.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..odata.query import CUSTOM
from ..wire.faults import Refusal
from .call import Call
from .store import Doc, Where, of_kind

MERGED = frozenset({"customSecurityAttributes", "extensionAttributes", "onPremisesExtensionAttributes"})
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "Binary": str,
    "Boolean": bool,
    "DateTime": str,
    "Integer": int,
    "LargeInteger": int,
    "String": str,
}


def is_custom(name: str) -> bool:
    """Tell whether a property may be one that a tenant has added."""
    return CUSTOM.fullmatch(name) is not None


def refuse_unknown(call: Call, kind: str, changes: Doc) -> None:
    """Raise Graph's 400 for a custom property that nobody has registered for a type, or of another type."""
    for name, value in changes.items():
        if not is_custom(name):
            continue
        known = _extension(call, name) or _schema(call, name)
        if known is None or kind.lower() not in (target.lower() for target in known[0]):
            raise Refusal(
                400,
                "Request_BadRequest",
                f"The property '{name}' does not exist on type 'microsoft.graph.{kind}'. Make sure to only use "
                "property names that are defined by the type.",
            )
        if value is not None and not _fits(known[1], value):
            message = f"Cannot convert the value of property '{name}' to type '{known[1]}'."
            raise Refusal(400, "Request_BadRequest", message)


def _extension(call: Call, name: str) -> tuple[list[str], object] | None:
    where = of_kind("extensionProperty") & Where("lower(json_extract(doc, '$.name')) = ?", (name.lower(),))
    for row in call.directory.store.select(where, limit=1):
        kind = row.doc["dataType"]
        return row.doc["targetObjects"], [kind] if row.doc.get("isMultiValued") else kind
    return None


def _schema(call: Call, name: str) -> tuple[list[str], object] | None:
    where = of_kind("schemaExtension") & Where("lower(id) = ?", (name.lower(),))
    for row in call.directory.store.select(where, limit=1):
        return row.doc["targetTypes"], {each["name"].lower(): each["type"] for each in row.doc["properties"]}
    return None


def _fits(kind: object, value: object) -> bool:
    if isinstance(kind, list):
        return isinstance(value, list) and all(_fits(kind[0], each) for each in value)
    if isinstance(kind, dict):
        return isinstance(value, dict) and all(
            "@" in name or (name.lower() in kind and (each is None or _fits(kind[name.lower()], each)))
            for name, each in value.items()
        )
    known = _TYPES.get(str(kind), object)
    return isinstance(value, known) and (known is bool or not isinstance(value, bool))


def merged(before: Doc, changes: Doc) -> Doc:
    """Return the changes with what they leave alone inside custom properties; ``null`` clears one inside."""
    result = dict(changes)
    for name, value in changes.items():
        old = before.get(name)
        if isinstance(value, dict) and isinstance(old, dict) and (name in MERGED or is_custom(name)):
            result[name] = {key: each for key, each in {**old, **value}.items() if each is not None}
    return result
