"""Microsoft Graph's types, namespace termStore.

Written by `make types` from Microsoft's metadata: names and types, nothing to run.
"""

# A derived type's operation may differ from its base's; a cast overlaps with any other text:
# mypy: disable-error-code="assignment, misc, overload-overlap"
# pyright: reportIncompatibleVariableOverride=false, reportOverlappingOverload=false
from typing import Any, Literal, TypeAlias, TypedDict, overload

from leangraph import types as _t
from leangraph.address import Address as Address
from leangraph.types._base import Date as Date
from leangraph.types._base import DateTime as DateTime
from leangraph.types._base import Duration as Duration
from leangraph.types._base import Guid as Guid
from leangraph.types._base import TimeOfDay as TimeOfDay
from leangraph.types._base import Object as Object
from leangraph.types._base import PartialObject as PartialObject
from leangraph.types._verbs import AnyAddress as AnyAddress
from leangraph.types._verbs import Bytes as Bytes
from leangraph.types._verbs import Callable as Callable
from leangraph.types._verbs import Changing as Changing
from leangraph.types._verbs import Many as Many
from leangraph.types._verbs import One as One
from leangraph.types._verbs import Page as Page
from leangraph.types._verbs import Value as Value
from leangraph.types._verbs import Values as Values
from leangraph.types._verbs import Wrapped as Wrapped

RelationType: TypeAlias = Literal["pin", "reuse", "unknownFutureValue"] | str
TermGroupScope: TypeAlias = Literal["global", "system", "siteCollection", "unknownFutureValue"] | str
class Group(_t.Entity):
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 parentSiteId: str | None
 scope: TermGroupScope | None
 sets: list[dict[str, Any]]
class PartialGroup(_t._PartialEntity, total=False):
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 parentSiteId: str | None
 scope: TermGroupScope | None
 sets: list[dict[str, Any]]
class GroupAddress(_t.EntitySegments, One[Group, PartialGroup, str]):
 createdDateTime: Value[DateTime]
 description: Value[str]
 displayName: Value[str]
 parentSiteId: Value[str]
 scope: Value[TermGroupScope]
 sets: Many[Set, SetAddress, PartialSet, str]
class Relation(_t.Entity):
 relationship: RelationType | None
 fromTerm: dict[str, Any]
 set: dict[str, Any]
 toTerm: dict[str, Any]
_PartialRelationKeys = TypedDict("_PartialRelationKeys", {"fromTerm@odata.bind": str, "set@odata.bind": str, "toTerm@odata.bind": str}, total=False)
class PartialRelation(_t._PartialEntity, _PartialRelationKeys, total=False):
 relationship: RelationType | None
 fromTerm: dict[str, Any]
 set: dict[str, Any]
 toTerm: dict[str, Any]
class RelationAddress(_t.EntitySegments, One[Relation, PartialRelation, str]):
 relationship: Value[RelationType]
 fromTerm: TermAddress
 set: SetAddress
 toTerm: TermAddress
class Set(_t.Entity):
 createdDateTime: DateTime | None
 description: str | None
 localizedNames: list[LocalizedName]
 properties: list[_t.KeyValue]
 children: list[dict[str, Any]]
 parentGroup: dict[str, Any]
 relations: list[dict[str, Any]]
 terms: list[dict[str, Any]]
class PartialSet(_t._PartialEntity, total=False):
 createdDateTime: DateTime | None
 description: str | None
 localizedNames: list[PartialLocalizedName]
 properties: list[_t.PartialKeyValue]
 children: list[dict[str, Any]]
 parentGroup: dict[str, Any]
 relations: list[dict[str, Any]]
 terms: list[dict[str, Any]]
class SetAddress(_t.EntitySegments, One[Set, PartialSet, str]):
 createdDateTime: Value[DateTime]
 description: Value[str]
 localizedNames: Values[LocalizedName]
 properties: Values[_t.KeyValue]
 children: Many[Term, TermAddress, PartialTerm, str]
 parentGroup: GroupAddress
 relations: Many[Relation, RelationAddress, PartialRelation, str]
 terms: Many[Term, TermAddress, PartialTerm, str]
class Store(_t.Entity):
 defaultLanguageTag: str
 languageTags: list[str]
 groups: list[dict[str, Any]]
 sets: list[dict[str, Any]]
StoreField: TypeAlias = Literal["id", "defaultLanguageTag", "languageTags"]
class PartialStore(_t._PartialEntity, total=False):
 defaultLanguageTag: str | None
 languageTags: list[str]
 groups: list[dict[str, Any]]
 sets: list[dict[str, Any]]
class StoreAddress(_t.EntitySegments, One[Store, PartialStore, StoreField]):
 defaultLanguageTag: Value[str]
 languageTags: Values[str]
 groups: Many[Group, GroupAddress, PartialGroup, str]
 sets: Many[Set, SetAddress, PartialSet, str]
class Term(_t.Entity):
 createdDateTime: DateTime | None
 descriptions: list[LocalizedDescription]
 labels: list[LocalizedLabel]
 lastModifiedDateTime: DateTime | None
 properties: list[_t.KeyValue]
 children: list[dict[str, Any]]
 relations: list[dict[str, Any]]
 set: dict[str, Any]
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
class TermAddress(_t.EntitySegments, One[Term, PartialTerm, str]):
 createdDateTime: Value[DateTime]
 descriptions: Values[LocalizedDescription]
 labels: Values[LocalizedLabel]
 lastModifiedDateTime: Value[DateTime]
 properties: Values[_t.KeyValue]
 children: Many[Term, TermAddress, PartialTerm, str]
 relations: Many[Relation, RelationAddress, PartialRelation, str]
 set: SetAddress
class LocalizedDescription(Object):
 description: str | None
 languageTag: str | None
class PartialLocalizedDescription(PartialObject, total=False):
 description: str | None
 languageTag: str | None
class LocalizedDescriptionAddress(One[LocalizedDescription, PartialLocalizedDescription, str]):
 description: Value[str]
 languageTag: Value[str]
class LocalizedLabel(Object):
 isDefault: bool | None
 languageTag: str | None
 name: str | None
class PartialLocalizedLabel(PartialObject, total=False):
 isDefault: bool | None
 languageTag: str | None
 name: str | None
class LocalizedLabelAddress(One[LocalizedLabel, PartialLocalizedLabel, str]):
 isDefault: Value[bool]
 languageTag: Value[str]
 name: Value[str]
class LocalizedName(Object):
 languageTag: str | None
 name: str | None
class PartialLocalizedName(PartialObject, total=False):
 languageTag: str | None
 name: str | None
class LocalizedNameAddress(One[LocalizedName, PartialLocalizedName, str]):
 languageTag: Value[str]
 name: Value[str]
