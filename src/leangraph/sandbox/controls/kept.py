"""How an object that a test brings is kept, and related to another."""

from __future__ import annotations

from uuid import uuid4

from ..core.directory import Directory
from ..core.model import USER, Entity
from ..core.objects import keep
from ..core.relations import RELATIONS
from ..core.store import Doc, Row
from ..graph import users
from ..wire.faults import Refusal


def store_object(directory: Directory, entity: Entity, doc: Doc, *, seats: bool = True) -> Doc:
    """Store a new object; raises ValueError where another has its key, or no seat is left for its license."""
    try:
        if entity is USER and seats:
            return users.add_user(directory, doc)
        kept = {"id": str(uuid4()), "createdDateTime": directory.now(), **doc}
        kept = {name: value for name, value in kept.items() if name in entity.properties}
        keep(directory, entity, kept, new=True)
    except Refusal as no:
        raise ValueError(no.message) from None
    return kept


def link(directory: Directory, entity: Entity, owner: Doc, name: str, target: Row) -> None:
    """Relate two objects; raises ValueError where Microsoft's metadata or Entra ID has no such relation."""
    relation = RELATIONS.get((entity.kind, name.lower()))
    if relation is None or not relation.link:
        raise ValueError(f"{name} of a {entity.kind} cannot be set")
    if target.kind not in relation.kinds:
        raise ValueError(f"a {target.kind} cannot be among the {name} of a {entity.kind}")
    if owner["id"] == target.doc["id"]:
        raise ValueError(f"an object cannot be among its own {name}")
    directory.store.link(owner["id"], relation.link, target.doc["id"])
