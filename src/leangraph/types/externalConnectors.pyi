"""Microsoft Graph's types, namespace externalConnectors.

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

AccessType: TypeAlias = Literal["grant", "deny", "unknownFutureValue"] | str
AclType: TypeAlias = Literal["user", "group", "everyone", "everyoneExceptGuests", "externalGroup", "unknownFutureValue"] | str
ConnectionOperationStatus: TypeAlias = Literal["unspecified", "inprogress", "completed", "failed", "unknownFutureValue"] | str
ConnectionState: TypeAlias = Literal["draft", "ready", "obsolete", "limitExceeded", "unknownFutureValue"] | str
ContentCategory: TypeAlias = Literal["uncategorized", "knowledgeBase", "wikis", "fileRepository", "qna", "crm", "dashboard", "people", "media", "email", "messaging", "meetingTranscripts", "taskManagement", "learningManagement", "unknownFutureValue"] | str
ExternalActivityType: TypeAlias = Literal["viewed", "modified", "created", "commented", "unknownFutureValue"] | str
ExternalItemContentType: TypeAlias = Literal["text", "html", "unknownFutureValue"] | str
IdentityType: TypeAlias = Literal["user", "group", "externalGroup", "unknownFutureValue"] | str
Label: TypeAlias = Literal["title", "url", "createdBy", "lastModifiedBy", "authors", "createdDateTime", "lastModifiedDateTime", "fileName", "fileExtension", "unknownFutureValue", "containerName", "containerUrl", "iconUrl", "assignedToPeople", "closedBy", "closedDate", "priority", "sprintName", "tags", "severity", "state", "dueDate", "itemParentId", "itemPath", "itemType", "numberOfReactions", "parentUrl", "priorityNormalized", "reportedBy", "secondaryId", "personEmails", "personAddresses", "personAnniversaries", "personName", "personNote", "personPhones", "personCurrentPosition", "personWebAccounts", "personWebSite", "personSkills", "personProjects", "personAccount", "personAwards", "personCertifications", "personAssistants", "personColleagues", "personManager", "personAlternateContacts", "personEmergencyContacts", "personEducationalActivities", "personInterests", "personLanguages", "personPublications", "personPatents", "personWorkPositions"] | str
PropertyType: TypeAlias = Literal["string", "int64", "double", "dateTime", "boolean", "stringCollection", "int64Collection", "doubleCollection", "dateTimeCollection", "unknownFutureValue", "principal", "principalCollection"] | str
RuleOperation: TypeAlias = Literal["null", "equals", "notEquals", "contains", "notContains", "lessThan", "greaterThan", "startsWith", "unknownFutureValue"] | str
class ConnectionOperation(_t.Entity):
 error: _t.PublicError | None
 status: ConnectionOperationStatus | None
ConnectionOperationField: TypeAlias = Literal["id", "error", "status"]
class ConnectionOperationAddress(_t.EntitySegments, One[ConnectionOperation, dict[str, Any], ConnectionOperationField]):
 error: _t.PublicErrorAddress
 status: Value[ConnectionOperationStatus]
class ExternalActivity(_t.Entity):
 startDateTime: DateTime
 type: ExternalActivityType
 performedBy: dict[str, Any]
class ExternalActivitySegments(_t.EntitySegments):
 startDateTime: Value[DateTime]
 type: Value[ExternalActivityType]
 performedBy: IdentityAddress
class ExternalActivityAddress(ExternalActivitySegments, One[ExternalActivity, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.externalConnectors.externalActivityResult"]) -> ExternalActivityResultAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class ExternalActivityAddresses(Many[ExternalActivity, ExternalActivityAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.externalConnectors.externalActivityResult"]) -> Many[ExternalActivityResult, ExternalActivityResultAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class ExternalActivityResult(ExternalActivity):
 error: _t.PublicError | None
class ExternalActivityResultAddress(ExternalActivitySegments, One[ExternalActivityResult, dict[str, Any], str]):
 error: _t.PublicErrorAddress
class ExternalConnection(_t.Entity):
 activitySettings: ActivitySettings | None
 configuration: Configuration | None
 connectorId: str | None
 contentCategory: ContentCategory
 description: str | None
 name: str | None
 searchSettings: SearchSettings | None
 state: ConnectionState | None
 groups: list[dict[str, Any]]
 items: list[dict[str, Any]]
 operations: list[dict[str, Any]]
 schema: dict[str, Any]
ExternalConnectionField: TypeAlias = Literal["id", "activitySettings", "configuration", "connectorId", "contentCategory", "description", "name", "searchSettings", "state"]
class PartialExternalConnection(_t._PartialEntity, total=False):
 activitySettings: PartialActivitySettings | None
 configuration: PartialConfiguration | dict[str, Any] | None
 connectorId: str | None
 contentCategory: ContentCategory | None
 description: str | None
 name: str | None
 searchSettings: PartialSearchSettings | None
 state: ConnectionState | None
 groups: list[dict[str, Any]]
 items: list[dict[str, Any]]
 operations: list[dict[str, Any]]
 schema: dict[str, Any]
class ExternalConnectionAddress(_t.EntitySegments, One[ExternalConnection, PartialExternalConnection, ExternalConnectionField]):
 activitySettings: ActivitySettingsAddress
 configuration: ConfigurationAddress
 connectorId: Value[str]
 contentCategory: Value[ContentCategory]
 description: Value[str]
 name: Value[str]
 searchSettings: SearchSettingsAddress
 state: Value[ConnectionState]
 groups: Many[ExternalGroup, ExternalGroupAddress, PartialExternalGroup, ExternalGroupField]
 items: Many[ExternalItem, ExternalItemAddress, PartialExternalItem, ExternalItemField]
 operations: Many[ConnectionOperation, ConnectionOperationAddress, dict[str, Any], ConnectionOperationField]
 schema: SchemaAddress
class ExternalGroup(_t.Entity):
 description: str | None
 displayName: str | None
 members: list[dict[str, Any]]
ExternalGroupField: TypeAlias = Literal["id", "description", "displayName"]
class PartialExternalGroup(_t._PartialEntity, total=False):
 description: str | None
 displayName: str | None
 members: list[dict[str, Any]]
class ExternalGroupAddress(_t.EntitySegments, One[ExternalGroup, PartialExternalGroup, ExternalGroupField]):
 description: Value[str]
 displayName: Value[str]
 members: Many[Identity, IdentityAddress, PartialIdentity, str]
class ExternalItem(_t.Entity):
 acl: list[Acl]
 content: ExternalItemContent | None
 informationProtectionLabel: ExternalItemInformationProtectionLabel | None
 properties: Properties | None
 activities: list[dict[str, Any]]
ExternalItemField: TypeAlias = Literal["id", "acl", "content", "informationProtectionLabel", "properties"]
class PartialExternalItem(_t._PartialEntity, total=False):
 acl: list[PartialAcl]
 content: PartialExternalItemContent | None
 informationProtectionLabel: PartialExternalItemInformationProtectionLabel | None
 properties: dict[str, Any] | None
 activities: list[dict[str, Any]]
class ExternalItem_addActivities(Callable):
 def __call__(self, *, activities: list[dict[str, Any]]) -> Page[ExternalActivityResult]: ...
class ExternalItemAddress(_t.EntitySegments, One[ExternalItem, PartialExternalItem, ExternalItemField]):
 acl: Values[Acl]
 content: ExternalItemContentAddress
 informationProtectionLabel: ExternalItemInformationProtectionLabelAddress
 properties: One[Properties, dict[str, Any], str]
 activities: ExternalActivityAddresses
 addActivities: ExternalItem_addActivities
class Identity(_t.Entity):
 type: IdentityType | None
class PartialIdentity(_t._PartialEntity, total=False):
 type: IdentityType | None
class IdentityAddress(_t.EntitySegments, One[Identity, PartialIdentity, str]):
 type: Value[IdentityType]
class Schema(_t.Entity):
 baseType: str
 properties: list[Property]
SchemaField: TypeAlias = Literal["id", "baseType", "properties"]
class PartialSchema(_t._PartialEntity, total=False):
 baseType: str | None
 properties: list[PartialProperty]
class SchemaAddress(_t.EntitySegments, One[Schema, PartialSchema, SchemaField]):
 baseType: Value[str]
 properties: Values[Property]
class Acl(Object):
 accessType: AccessType
 type: AclType
 value: str
class PartialAcl(PartialObject, total=False):
 accessType: AccessType | None
 type: AclType | None
 value: str | None
class AclAddress(One[Acl, PartialAcl, str]):
 accessType: Value[AccessType]
 type: Value[AclType]
 value: Value[str]
class ActivitySettings(Object):
 urlToItemResolvers: list[UrlToItemResolverBase]
class PartialActivitySettings(PartialObject, total=False):
 urlToItemResolvers: list[PartialUrlToItemResolverBase]
class ActivitySettingsAddress(One[ActivitySettings, PartialActivitySettings, str]):
 urlToItemResolvers: Values[UrlToItemResolverBase]
class Configuration(Object):
 authorizedAppIds: list[str]
class PartialConfiguration(PartialObject, total=False):
 authorizedAppIds: list[str]
class ConfigurationAddress(One[Configuration, PartialConfiguration | dict[str, Any], str]):
 authorizedAppIds: Values[str]
class DisplayTemplate(Object):
 id: str
 layout: Any
 priority: int
 rules: list[PropertyRule]
class PartialDisplayTemplate(PartialObject, total=False):
 id: str | None
 layout: Any
 priority: int | None
 rules: list[PartialPropertyRule]
class DisplayTemplateAddress(One[DisplayTemplate, PartialDisplayTemplate, str]):
 id: Value[str]
 layout: _t.JsonAddress
 priority: Value[int]
 rules: Values[PropertyRule]
class External(Object):
 connections: list[dict[str, Any]]
ExternalField: TypeAlias = str
class ExternalAddress(One[External, dict[str, Any], ExternalField]):
 connections: Many[ExternalConnection, ExternalConnectionAddress, PartialExternalConnection, ExternalConnectionField]
class ExternalItemContent(Object):
 type: ExternalItemContentType
 value: str | None
class PartialExternalItemContent(PartialObject, total=False):
 type: ExternalItemContentType | None
 value: str | None
class ExternalItemContentAddress(One[ExternalItemContent, PartialExternalItemContent, str]):
 type: Value[ExternalItemContentType]
 value: Value[str]
class ExternalItemInformationProtectionLabel(Object):
 sensitivityLabelId: str | None
class PartialExternalItemInformationProtectionLabel(PartialObject, total=False):
 sensitivityLabelId: str | None
class ExternalItemInformationProtectionLabelAddress(One[ExternalItemInformationProtectionLabel, PartialExternalItemInformationProtectionLabel, str]):
 sensitivityLabelId: Value[str]
class Principal(Object):
 email: str | None
 entraDisplayName: str | None
 entraId: str | None
 externalId: str | None
 externalName: str | None
 tenantId: str | None
 upn: str | None
Properties: TypeAlias = dict[str, Any]
class Property(Object):
 aliases: list[str]
 description: str | None
 isQueryable: bool | None
 isRefinable: bool | None
 isRetrievable: bool | None
 isSearchable: bool | None
 labels: list[Label]
 name: str
 type: PropertyType
class PartialProperty(PartialObject, total=False):
 aliases: list[str]
 description: str | None
 isQueryable: bool | None
 isRefinable: bool | None
 isRetrievable: bool | None
 isSearchable: bool | None
 labels: list[Label]
 name: str | None
 type: PropertyType | None
class PropertyAddress(One[Property, PartialProperty, str]):
 aliases: Values[str]
 description: Value[str]
 isQueryable: Value[bool]
 isRefinable: Value[bool]
 isRetrievable: Value[bool]
 isSearchable: Value[bool]
 labels: Values[Label]
 name: Value[str]
 type: Value[PropertyType]
class PropertyRule(Object):
 operation: RuleOperation
 property: str
 values: list[str]
 valuesJoinedBy: _t.BinaryOperator
class PartialPropertyRule(PartialObject, total=False):
 operation: RuleOperation | None
 property: str | None
 values: list[str]
 valuesJoinedBy: _t.BinaryOperator | None
class PropertyRuleAddress(One[PropertyRule, PartialPropertyRule, str]):
 operation: Value[RuleOperation]
 property: Value[str]
 values: Values[str]
 valuesJoinedBy: Value[_t.BinaryOperator]
class SearchSettings(Object):
 searchResultTemplates: list[DisplayTemplate]
class PartialSearchSettings(PartialObject, total=False):
 searchResultTemplates: list[PartialDisplayTemplate]
class SearchSettingsAddress(One[SearchSettings, PartialSearchSettings, str]):
 searchResultTemplates: Values[DisplayTemplate]
class UrlMatchInfo(Object):
 baseUrls: list[str]
 urlPattern: str | None
class PartialUrlMatchInfo(PartialObject, total=False):
 baseUrls: list[str]
 urlPattern: str | None
class UrlToItemResolverBase(Object):
 priority: int | None
class _PartialUrlToItemResolverBase(PartialObject, total=False):
 priority: int | None
class PartialUrlToItemResolverBase(_PartialUrlToItemResolverBase, total=False):
 itemId: str | None
 urlMatchInfo: PartialUrlMatchInfo | None
class UrlToItemResolverBaseAddress(One[UrlToItemResolverBase, PartialUrlToItemResolverBase, str]):
 priority: Value[int]
class ItemIdResolver(UrlToItemResolverBase):
 itemId: str
 urlMatchInfo: UrlMatchInfo | None
