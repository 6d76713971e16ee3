"""What a test or an export says of an object, held against Microsoft's metadata before it is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from ..core.model import Entity, fits
from ..core.store import Doc


def checked(entity: Entity, given: Mapping[str, Any], domains: Collection[str]) -> Doc:
    """Return the properties as the metadata spells them; what Graph calls read-only may be given here.

    Raises ValueError for the first name that the type does not have, value of another type, or user name in a
    domain that is not among ``domains``.
    """
    taken: Doc = {}
    for name, value in given.items():
        taken.update(one(entity, name, value, domains))
    return taken


def one(entity: Entity, name: str, value: object, domains: Collection[str]) -> Doc:
    """Return one property, checked like :func:`checked`."""
    known = entity.canonical.get(name.lower())
    if known is None:
        similar = get_close_matches(name.lower(), entity.canonical, n=1)
        hint = f"; did you mean {entity.canonical[similar[0]]}?" if similar else ""
        raise ValueError(f"a {entity.kind} has no property {name!r}{hint}")
    value = _plain(value)
    if value is not None and not fits(entity.properties[known], value):
        raise ValueError(f"{known} of a {entity.kind} is of type {entity.properties[known]}, not {value!r}")
    if known == "userPrincipalName" and isinstance(value, str):
        _check_domain(value, domains)
    return {known: value}


def _check_domain(upn: str, domains: Collection[str]) -> None:
    local, _, domain = upn.rpartition("@")
    if not local or domain.lower() not in domains:
        raise ValueError(
            f"userPrincipalName {upn!r}: the tenant has the domains {', '.join(sorted(domains))}; "
            f"call sandbox.add_domain({domain!r}) first"
        )


def _plain(value: object) -> object:
    """Return a value as JSON has it: times in UTC as Graph writes them."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, date | UUID) else value
