"""What the objects of the sandbox look like: Microsoft's types, and what the metadata does not say of them.

Sources: the properties and who can set them, from each resource's page of the API reference; default property
sets, from "List users" and its kin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from leangraph import knowledge as data
from leangraph.knowledge import schema

from ..odata.query import CUSTOM
from ..seed.people import words
from ..wire.faults import Refusal
from .store import Doc

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
PROPERTY_OF_KEY = re.compile(r"([A-Za-z]\w*)=(.*)", re.DOTALL)  # appId='…', an alternate key
_NUMBERS = frozenset(
    {"Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Byte", "Edm.Double", "Edm.Single", "Edm.Decimal"}
)


@dataclass(frozen=True)
class Entity:
    """One type of Microsoft's, as the directory keeps it.

    Attributes:
        kind: the type's name, ``user``.
        collection: the root where its objects live, ``users``.
        default: what a reply has unasked; empty for everything but ``unasked``.
        required: what a new object must bring.
        read_only: what no request may set.
        alone: what only a single object can be asked for.
        fixed: what cannot be cleared with ``null``.
        alternate: the property that is a second key, ``userPrincipalName``.
        named: that key has to be named: ``applications(appId='…')``, where ``users/ada@contoso.example`` will do.
        derived: what follows from the document instead of standing in it; modules add theirs.
        extra: properties that Graph shows and the metadata lacks, with their types.
    """

    kind: str
    collection: str
    default: tuple[str, ...] = ()
    unasked: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    read_only: frozenset[str] = frozenset({"id"})
    alone: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    alternate: str | None = None
    named: bool = False
    derived: dict[str, Callable[[Doc], Any]] = field(default_factory=dict, compare=False)
    extra: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def title(self) -> str:
        return self.kind[:1].upper() + self.kind[1:]

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """Every structural property and its type."""
        return {**schema.properties(self.kind), **self.extra}

    @cached_property
    def canonical(self) -> Mapping[str, str]:
        """Names in lower case, and as Microsoft writes them."""
        return {name.lower(): name for name in self.properties}

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """What a reply has unasked."""
        return self.default or tuple(name for name in self.properties if name not in self.alone | self.unasked)

    def empty(self, name: str) -> Any:
        """Return what a property without a value looks like: a new empty list, or ``None``."""
        return [] if self.properties[name].startswith("Collection") else None

    def value(self, doc: Doc, name: str) -> Any:
        """Return a property as a reply shows it."""
        if name in self.derived:
            return self.derived[name](doc)
        return doc[name] if name in doc else self.empty(name)

    def checked(self, body: Doc) -> Doc:
        """Return the properties of a create or update as the metadata spells them.

        Raises :class:`Refusal` with Graph's 400 for what does not exist, cannot be set, or has another type.
        Annotations (``@odata.type``) are left out, references (``members@odata.bind``) are the caller's.
        """
        changes: Doc = {}
        for asked, value in body.items():
            if asked.startswith("@") or "@odata.bind" in asked:
                continue
            name = self.canonical.get(asked.lower())
            if name is None and CUSTOM.fullmatch(asked):  # whether it is registered is asked when it is kept
                changes[asked] = value
                continue
            if name is None:
                raise Refusal(
                    400,
                    "Request_BadRequest",
                    f"The property '{asked}' does not exist on type 'microsoft.graph.{self.kind}'. Make sure to "
                    "only use property names that are defined by the type.",
                )
            if name in self.read_only:
                raise Refusal(400, "Request_BadRequest", f"Property '{name}' is read-only and cannot be set.")
            if value is None and name in self.fixed:
                raise invalid(name, self)
            if value is not None and not fits(self.properties[name], value):
                kind = self.properties[name]
                raise Refusal(
                    400, "Request_BadRequest", f"Cannot convert the value of property '{name}' to type '{kind}'."
                )
            changes[name] = value
        return changes

    def needs(self, changes: Doc) -> None:
        """Raise Graph's 400 for the first property that a new object lacks."""
        for name in self.required:
            if changes.get(name) is None:
                raise Refusal(
                    400,
                    "Request_BadRequest",
                    f"A value is required for property '{name}' of resource '{self.title}'.",
                )


def invalid(name: str, entity: Entity) -> Refusal:
    """Return Graph's 400 for a value that a property does not take."""
    return Refusal(
        400, "Request_BadRequest", f"Invalid value specified for property '{name}' of resource '{entity.title}'."
    )


def conflict(name: str, status: int = 400, code: str = "Request_BadRequest") -> Refusal:
    """Return Graph's refusal of a second object with the same value of a key."""
    message = f"Another object with the same value for property {name} already exists."
    detail = {"code": "ObjectConflict", "target": name, "message": message}
    return Refusal(status, code, message, details=[detail])


def fits(kind: str, value: object) -> bool:
    """Tell whether a JSON value is of this type, through and through."""
    if kind.startswith("Collection("):
        inner = kind.removeprefix("Collection(").removesuffix(")")
        return isinstance(value, list) and all(fits(inner, item) for item in value)
    if kind == "Edm.Boolean":
        return isinstance(value, bool)
    if kind in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "Edm.Guid":
        return isinstance(value, str) and GUID.fullmatch(value) is not None
    if kind == "Edm.DateTimeOffset":
        return isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value) is not None
    if kind.startswith("Edm.") or kind in data.enums()["members"]:
        return isinstance(value, str)
    return isinstance(value, dict) and _fits_inside(kind, value)


def _fits_inside(kind: str, value: Doc) -> bool:
    """Tell whether every property of an object is one of its type's, and fits."""
    type_ = data.paths()["types"].get(kind)
    if type_ is None or type_.get("open"):
        return True
    known = _members(kind)
    return all(
        "@" in name
        or (
            name.lower() in known
            and (each is None or known[name.lower()] == "" or fits(known[name.lower()], each))
        )
        for name, each in value.items()
    )


@cache
def _members(kind: str) -> Mapping[str, str]:
    """Return what an object of a type may have, by lower-case name; "" is the type of a relation."""
    family = (kind, *schema.derived(kind))
    relations = {name.lower(): "" for one in family for name in schema.navigation(one)}
    return {**relations, **{name.lower(): of for one in family for name, of in schema.properties(one).items()}}


USER = Entity(
    kind="user",
    collection="users",
    default=(
        "businessPhones",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
        "id",
    ),
    required=("accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"),
    read_only=frozenset(
        words(
            "id assignedLicenses assignedPlans authorizationInfo createdDateTime creationType "
            "deletedDateTime externalUserState externalUserStateChangeDateTime imAddresses "
            "isManagementRestricted lastPasswordChangeDateTime legalAgeGroupClassification "
            "licenseAssignmentStates onPremisesDistinguishedName onPremisesDomainName "
            "onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName "
            "onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName "
            "provisionedPlans proxyAddresses securityIdentifier serviceProvisioningErrors "
            "signInActivity signInSessionsValidFromDateTime"
        )
    ),
    alone=frozenset(
        words(
            "aboutMe birthday hireDate interests mailboxSettings mySite pastProjects preferredName "
            "responsibilities schools skills"
        )
    ),
    fixed=frozenset(words("accountEnabled displayName mailNickname usageLocation userPrincipalName")),
    alternate="userPrincipalName",
)

GROUP = Entity(
    kind="group",
    collection="groups",
    unasked=frozenset(words("assignedLabels assignedLicenses hasMembersWithLicenseErrors isArchived")),
    required=("displayName", "mailEnabled", "mailNickname", "securityEnabled"),
    read_only=frozenset(
        words(
            "id createdDateTime deletedDateTime expirationDateTime hasMembersWithLicenseErrors isArchived "
            "licenseProcessingState mail onPremisesDomainName onPremisesLastSyncDateTime "
            "onPremisesNetBiosName onPremisesProvisioningErrors onPremisesSamAccountName "
            "onPremisesSecurityIdentifier onPremisesSyncEnabled proxyAddresses renewedDateTime "
            "securityIdentifier serviceProvisioningErrors assignedLicenses isManagementRestricted"
        )
    ),
    alone=frozenset(
        words(
            "allowExternalSenders autoSubscribeNewMembers hideFromAddressLists hideFromOutlookClients "
            "isSubscribedByMail unseenCount"
        )
    ),
    fixed=frozenset(words("displayName mailEnabled mailNickname securityEnabled")),
)

# Every kind that objects of the directory may have; other modules add theirs with :func:`entity`.
ENTITIES: dict[str, Entity] = {}


def entity(new: Entity) -> Entity:
    """Make a type known, so that a mixed collection can show its objects."""
    ENTITIES[new.kind] = new
    return new


entity(USER)
entity(GROUP)
DIRECTORY_OBJECT = Entity("directoryObject", "directoryObjects")  # what a mixed collection is of
