"""Microsoft Graph's types, namespace termStore.

Written by `make types` from Microsoft's metadata: names and types, nothing to run.
"""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from leangraph import types as _t
from leangraph.types._base import Date as Date
from leangraph.types._base import DateTime as DateTime
from leangraph.types._base import Duration as Duration
from leangraph.types._base import Guid as Guid
from leangraph.types._base import TimeOfDay as TimeOfDay
from leangraph.types._base import Object as Object

RelationType: TypeAlias = Literal["pin", "reuse", "unknownFutureValue"] | str
TermGroupScope: TypeAlias = Literal["global", "system", "siteCollection", "unknownFutureValue"] | str
class Group(_t.Entity):
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    parentSiteId: str | None
    scope: TermGroupScope | None
    sets: NotRequired[list[dict[str, Any]]]
class Relation(_t.Entity):
    relationship: RelationType | None
    fromTerm: NotRequired[dict[str, Any]]
    set: NotRequired[dict[str, Any]]
    toTerm: NotRequired[dict[str, Any]]
class Set(_t.Entity):
    createdDateTime: DateTime | None
    description: str | None
    localizedNames: list[LocalizedName]
    properties: list[_t.KeyValue]
    children: NotRequired[list[dict[str, Any]]]
    parentGroup: NotRequired[dict[str, Any]]
    relations: NotRequired[list[dict[str, Any]]]
    terms: NotRequired[list[dict[str, Any]]]
class Store(_t.Entity):
    defaultLanguageTag: str
    languageTags: list[str]
    groups: NotRequired[list[dict[str, Any]]]
    sets: NotRequired[list[dict[str, Any]]]
class Term(_t.Entity):
    createdDateTime: DateTime | None
    descriptions: list[LocalizedDescription]
    labels: list[LocalizedLabel]
    lastModifiedDateTime: DateTime | None
    properties: list[_t.KeyValue]
    children: NotRequired[list[dict[str, Any]]]
    relations: NotRequired[list[dict[str, Any]]]
    set: NotRequired[dict[str, Any]]
class LocalizedDescription(Object):
    description: str | None
    languageTag: str | None
class LocalizedLabel(Object):
    isDefault: bool | None
    languageTag: str | None
    name: str | None
class LocalizedName(Object):
    languageTag: str | None
    name: str | None
class PartialGroup(_t._PartialEntity, total=False):
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    parentSiteId: str | None
    scope: TermGroupScope | None
    sets: list[dict[str, Any]]
_PartialRelationKeys = TypedDict("_PartialRelationKeys", {"fromTerm@odata.bind": str, "set@odata.bind": str, "toTerm@odata.bind": str}, total=False)
class PartialRelation(_t._PartialEntity, _PartialRelationKeys, total=False):
    relationship: RelationType | None
    fromTerm: dict[str, Any]
    set: dict[str, Any]
    toTerm: dict[str, Any]
class PartialSet(_t._PartialEntity, total=False):
    createdDateTime: DateTime | None
    description: str | None
    localizedNames: list[PartialLocalizedName]
    properties: list[_t.PartialKeyValue]
    children: list[dict[str, Any]]
    parentGroup: dict[str, Any]
    relations: list[dict[str, Any]]
    terms: list[dict[str, Any]]
class PartialStore(_t._PartialEntity, total=False):
    defaultLanguageTag: str | None
    languageTags: list[str]
    groups: list[dict[str, Any]]
    sets: list[dict[str, Any]]
_PartialTermKeys = TypedDict("_PartialTermKeys", {"set@odata.bind": str}, total=False)
class PartialTerm(_t._PartialEntity, _PartialTermKeys, total=False):
    createdDateTime: DateTime | None
    descriptions: list[PartialLocalizedDescription]
    labels: list[PartialLocalizedLabel]
    lastModifiedDateTime: DateTime | None
    properties: list[_t.PartialKeyValue]
    children: list[dict[str, Any]]
    relations: list[dict[str, Any]]
    set: dict[str, Any]
class PartialLocalizedDescription(Object, total=False):
    description: str | None
    languageTag: str | None
class PartialLocalizedLabel(Object, total=False):
    isDefault: bool | None
    languageTag: str | None
    name: str | None
class PartialLocalizedName(Object, total=False):
    languageTag: str | None
    name: str | None
StoreField: TypeAlias = Literal["id", "defaultLanguageTag", "languageTags"]
