"""Objects as Graph returned them, into the tenant: read from a file or a reply, checked, kept, accounted for."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from leangraph.knowledge import schema

from ..core.directory import Directory
from ..core.model import ENTITIES, Entity
from ..core.objects import keep
from ..core.relations import RELATIONS
from ..core.store import Doc, Row, Where, of_kind
from ..graph import licenses, login_apps, organization
from ..login.registry import App
from ..wire.faults import Refusal
from .base import find
from .checked import one
from .kept import link, store_object

# In this order, as what comes later refers to what came before; each with what an object cannot be without.
NEEDED = {
    "domain": ("id",),
    "subscribedSku": ("skuId", "skuPartNumber", "prepaidUnits"),
    "user": ("userPrincipalName",),
    "device": ("displayName",),
    "application": ("displayName", "appId"),
    "servicePrincipal": ("displayName", "appId"),
    "group": ("displayName",),
    "directoryRole": ("displayName", "roleTemplateId"),
    "administrativeUnit": ("displayName",),
}
MARKS = {  # by what an object is known where nobody says what it is; the first that fits
    "skuPartNumber": "subscribedSku",
    "servicePrincipalType": "servicePrincipal",
    "signInAudience": "application",
    "userPrincipalName": "user",
    "operatingSystem": "device",
    "deviceId": "device",
    "groupTypes": "group",
    "securityEnabled": "group",
    "roleTemplateId": "directoryRole",
    "isVerified": "domain",
}
MADE_UP: dict[str, Doc] = {  # where an export did not ask for it
    "user": {"accountEnabled": True, "userType": "Member"},
    "group": {"groupTypes": [], "mailEnabled": False, "securityEnabled": True},
    "device": {"accountEnabled": True},
    "application": login_apps.DEFAULTS,
    "servicePrincipal": {"accountEnabled": True, "servicePrincipalType": "Application"},
    "subscribedSku": {"capabilityStatus": "Enabled", "servicePlans": []},
}


class NotTaken(NamedTuple):
    """Something of an export that is not in the tenant: a property of an object, or "" for the object itself."""

    where: str
    what: str
    why: str


@dataclass
class Loaded:
    """What became of an export: how many objects of each kind were ``taken``, and all that was ``not_taken``."""

    taken: Counter[str] = field(default_factory=Counter)
    not_taken: list[NotTaken] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.taken.items())) or "nothing"
        reasons = Counter((each.what, each.why) for each in self.not_taken)
        first = {(each.what, each.why): each.where for each in reversed(self.not_taken)}
        lines = [
            f"not taken: {what or 'object'} of {first[what, why]}{f' and {number - 1} more' * (number > 1)}: {why}"
            for (what, why), number in reasons.items()
        ]
        return "\n".join([f"taken: {kinds}", *lines])


def read(file: Path) -> object:
    """Return what a file holds: JSON, or an object on each line. Raises ValueError that names the line."""
    text = file.read_text(encoding="utf-8-sig")
    try:
        return json.loads(text)
    except ValueError as whole:
        rows = []
        for number, line in enumerate(text.splitlines(), 1):
            try:
                rows += [json.loads(line)] if line.strip() else []
            except ValueError as error:
                why = error if rows else whole
                raise ValueError(f"{file}, line {number}: neither JSON nor JSON lines: {why}") from None
        return rows


class Loader:
    """Takes objects into one tenant; what it cannot take stands in the report."""

    def __init__(self, directory: Directory, *, add_domains: bool) -> None:
        self.directory = directory
        self.add_domains = add_domains
        self.report = Loaded()
        self._links: list[tuple[Entity, str, Doc, str, Any]] = []

    def load(self, source: object, kind: str = "") -> Loaded:
        """Keep every object of ``source``, then relate them: a relation may lead to what comes after it."""
        found = [(self._kind(given, told), given) for given, told in self._objects(source, kind)]
        for of in NEEDED:
            for given in (given for name, given in found if name == of):
                self._take(ENTITIES[of], given)
        while self._links:
            entity, where, owner, name, targets = self._links.pop(0)
            for target in targets if isinstance(targets, list) else [targets]:
                self._relate(entity, where, owner, name, target)
        return self.report

    def _note(self, where: str, what: str, why: object) -> None:
        self.report.not_taken.append(NotTaken(where, what, str(why)))

    # -- what there is ----------------------------------------------------------------------------

    def _objects(self, source: object, told: str) -> Iterator[tuple[Doc, str]]:
        """Yield each object with the kind that its page, or the name of its list, says it is."""
        if isinstance(source, str | os.PathLike):
            yield from self._objects(read(Path(source)), told)
        elif isinstance(source, Mapping):
            told = _of_context(source) or told
            if isinstance(source.get("value"), list):
                if "@odata.nextLink" in source:
                    self._note(
                        "the page", "@odata.nextLink", "the collection goes on there; load all of its pages"
                    )
                yield from self._objects(source["value"], told)
            elif source and all(isinstance(rows, list) and _kind_of(name) for name, rows in source.items()):
                for name, rows in source.items():
                    yield from self._objects(rows, name)
            else:
                yield dict(source), told
        elif isinstance(source, Iterable):
            for each in source:
                if isinstance(each, str | bytes):
                    self._note(repr(each)[:60], "", "this is text, not an object")
                else:
                    yield from self._objects(each, told)
        else:
            self._note(repr(source)[:60], "", "this is no object")

    def _kind(self, given: Doc, told: str) -> str:
        named = str(given.get("@odata.type", "")).removeprefix("#microsoft.graph.") or told
        kind = _kind_of(named) if named else next((kind for mark, kind in MARKS.items() if mark in given), "")
        if not kind:
            known = ", ".join(ENTITIES[each].collection for each in NEEDED)
            why = f"{named!r} cannot be loaded" if named else "nothing says what it is, so pass kind="
            self._note(_name(given), "", f"{why}; what can be loaded: {known}")
        return kind

    # -- one object -------------------------------------------------------------------------------

    def _take(self, entity: Entity, given: Doc) -> Doc | None:
        """Keep an object, or change the one that is there, and return its document."""
        where, kind = f"{entity.kind} {_name(given)}", entity.kind
        doc = {
            name: value for each in given.items() for name, value in self._checked(entity, where, *each).items()
        }
        lacking = [name for name in NEEDED[kind] if doc.get(name) in (None, "")]
        if lacking:
            if all(given.get(name) in (None, "") for name in lacking):
                self._note(where, "", f"it has no {' and no '.join(lacking)}")
            return None
        store = self.directory.store
        try:
            with store.atomic():
                before = self._known(entity, doc)
                doc = {**(MADE_UP.get(kind, {}) if before is None else before), **doc}
                if kind == "user":
                    self._licensed(where, before or {}, doc)
                elif kind == "subscribedSku":
                    doc["consumedUnits"] = self._holders(doc["skuId"])
                kept = self._keep(entity, doc, before)
        except (ValueError, Refusal) as no:
            self._note(where, "", no.message if isinstance(no, Refusal) else no)
            return None
        self.report.taken[kind] += 1
        for name, value in given.items():
            told = entity.canonical.get(name.lower())
            if told in entity.derived and value is not None and entity.value(kept, told) != value:
                self._note(where, told, "it follows from other properties here")
            self._relation(entity, where, kept, name, value)
        return kept

    def _checked(self, entity: Entity, where: str, name: str, value: object) -> Doc:
        """Return a property that can be kept; what Graph says about an object, and its relations, are none."""
        if value is None or "@" in name or name in schema.navigation(entity.kind):
            return {}
        if name.lower() == "userprincipalname" and self.add_domains and "@" in str(value):
            self._add_domain(str(value).rpartition("@")[2].lower())
        try:
            return one(entity, name, value, self.directory.domains)
        except ValueError as no:
            self._note(where, name, no)
            return {}

    def _add_domain(self, name: str) -> None:
        if name not in self.directory.domains:
            organization.add_domain(self.directory, name, verified=True)

    def _known(self, entity: Entity, doc: Doc) -> Doc | None:
        """Return the object of the tenant that this one is, by its id or its other key."""
        store, kind = self.directory.store, entity.kind
        if kind == "subscribedSku":
            bought = (row.doc for row in store.select(of_kind(kind)))
            return next((each for each in bought if each["skuId"] == doc["skuId"]), None)
        keys = [doc.get("id"), doc.get(entity.alternate) if entity.alternate else None]
        return next((known for key in keys if key and (known := store.get(kind, str(key)))), None)

    def _keep(self, entity: Entity, doc: Doc, before: Doc | None) -> Doc:
        directory = self.directory
        if before is not None:
            doc["id"] = before["id"]  # as its links know it
            keep(directory, entity, doc)
        elif entity.kind == "domain":
            doc = organization.add_domain(directory, doc["id"].lower(), verified=doc.get("isVerified", True))
        else:
            doc = store_object(directory, entity, doc, seats=False)  # taken one by one before
        if entity.kind == "application" and before is None:
            login_apps.enrol(directory, doc, App(doc["appId"].lower()))
        elif entity.kind == "servicePrincipal":
            login_apps.admit(directory, doc)
        return doc

    # -- licenses ---------------------------------------------------------------------------------

    def _licensed(self, where: str, before: Doc, doc: Doc) -> None:
        """Let a user take the seats that are left, and give back those that are not held any more."""
        held, store = list(before.get("assignedLicenses", [])), self.directory.store
        wanted = {each["skuId"]: each for each in doc.get("assignedLicenses", [])}
        kept = [each for each in held if each["skuId"] in wanted]
        licenses.count(store, held, kept)
        for sku in wanted.keys() - {each["skuId"] for each in kept}:
            try:
                licenses.take(store, [wanted[sku]])
            except Refusal as no:
                self._note(where, "assignedLicenses", no.message)
                continue
            kept.append(wanted[sku])
        doc["assignedLicenses"] = kept
        states = doc.get("licenseAssignmentStates", [])
        doc["licenseAssignmentStates"] = [each for each in states if each.get("assignedByGroup")]

    def _holders(self, sku: str) -> int:
        users = Where(
            "EXISTS (SELECT 1 FROM json_each(doc, '$.assignedLicenses') WHERE json_extract(value, '$.skuId') = ?)",
            (sku,),
        )
        return self.directory.store.count(of_kind("user") & users)

    # -- relations --------------------------------------------------------------------------------

    def _relation(self, entity: Entity, where: str, owner: Doc, name: str, value: Any) -> None:
        """Put a relation by until everything is there."""
        name, at, annotation = name.partition("@")
        if name not in schema.navigation(entity.kind) or not value:
            return
        relation = RELATIONS.get((entity.kind, name.lower()))
        if at and annotation == "odata.nextLink":
            self._note(where, name, "it goes on at its next link: load all of it")
        elif not at or annotation == "delta":
            if relation is None or not relation.link:
                self._note(where, name, "it cannot be set from this end")
            else:
                self._links.append((entity, where, owner, relation.name, value))

    def _relate(self, entity: Entity, where: str, owner: Doc, name: str, given: object) -> None:
        key = str(given.get("id", "")) if isinstance(given, Mapping) else str(given)
        row = find(self.directory.store, key)
        if row is None and isinstance(given, Mapping) and (kind := self._kind(dict(given), "")):
            doc = self._take(ENTITIES[kind], dict(given))
            row = None if doc is None else Row(0, kind, None, doc)
        if row is None:
            self._note(where, name, f"there is no object {key!r} in the tenant")
            return
        try:
            link(self.directory, entity, owner, name, row)
        except ValueError as no:
            self._note(where, name, no)


def _of_context(page: Mapping[str, Any]) -> str:
    """Return the collection that a page says it is of: ``users`` of ``…$metadata#users(displayName)/$entity``."""
    collection = urlsplit(str(page.get("@odata.context", ""))).fragment.partition("(")[0].removesuffix("/$entity")
    return "" if collection == "directoryObjects" else collection


def _kind_of(name: str) -> str:
    """Return the kind meant by its own name, its collection's or a path: ``user``, ``users``, ``/users``."""
    low = name.strip("/").lower()
    kinds = (kind for kind in NEEDED if low in (kind.lower(), ENTITIES[kind].collection.lower()))
    return next(kinds, "")


def _name(given: Mapping[str, Any]) -> str:
    """Return what a reader knows an object by."""
    names = ("userPrincipalName", "displayName", "skuPartNumber", "id")
    return next((str(given[name]) for name in names if given.get(name)), "without a name")
