"""Microsoft Graph's types, namespace externalConnectors.

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
class ExternalActivity(_t.Entity):
    startDateTime: DateTime
    type: ExternalActivityType
    performedBy: NotRequired[dict[str, Any]]
class ExternalActivityResult(ExternalActivity):
    error: _t.PublicError | None
class ExternalConnection(_t.Entity):
    activitySettings: ActivitySettings | None
    configuration: Configuration | None
    connectorId: str | None
    contentCategory: ContentCategory
    description: str | None
    name: str | None
    searchSettings: SearchSettings | None
    state: ConnectionState | None
    groups: NotRequired[list[dict[str, Any]]]
    items: NotRequired[list[dict[str, Any]]]
    operations: NotRequired[list[dict[str, Any]]]
    schema: NotRequired[dict[str, Any]]
class ExternalGroup(_t.Entity):
    description: str | None
    displayName: str | None
    members: NotRequired[list[dict[str, Any]]]
class ExternalItem(_t.Entity):
    acl: list[Acl]
    content: ExternalItemContent | None
    informationProtectionLabel: ExternalItemInformationProtectionLabel | None
    properties: Properties | None
    activities: NotRequired[list[dict[str, Any]]]
class Identity(_t.Entity):
    type: IdentityType | None
class Schema(_t.Entity):
    baseType: str
    properties: list[Property]
class Acl(Object):
    accessType: AccessType
    type: AclType
    value: str
class ActivitySettings(Object):
    urlToItemResolvers: list[UrlToItemResolverBase]
class Configuration(Object):
    authorizedAppIds: list[str]
class DisplayTemplate(Object):
    id: str
    layout: Any
    priority: int
    rules: list[PropertyRule]
class External(Object):
    connections: NotRequired[list[dict[str, Any]]]
class ExternalItemContent(Object):
    type: ExternalItemContentType
    value: str | None
class ExternalItemInformationProtectionLabel(Object):
    sensitivityLabelId: str | None
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
class PropertyRule(Object):
    operation: RuleOperation
    property: str
    values: list[str]
    valuesJoinedBy: _t.BinaryOperator
class SearchSettings(Object):
    searchResultTemplates: list[DisplayTemplate]
class UrlMatchInfo(Object):
    baseUrls: list[str]
    urlPattern: str | None
class UrlToItemResolverBase(Object):
    priority: int | None
class ItemIdResolver(UrlToItemResolverBase):
    itemId: str
    urlMatchInfo: UrlMatchInfo | None
class PartialConnectionOperation(_t._PartialEntity, total=False):
    error: _t.PartialPublicError | None
    status: ConnectionOperationStatus | None
__PartialExternalActivityKeys = TypedDict("__PartialExternalActivityKeys", {"performedBy@odata.bind": str}, total=False)
class _PartialExternalActivity(_t._PartialEntity, __PartialExternalActivityKeys, total=False):
    startDateTime: DateTime | None
    type: ExternalActivityType | None
    performedBy: dict[str, Any]
class PartialExternalActivity(_PartialExternalActivity, total=False):
    error: _t.PartialPublicError | None
class PartialExternalConnection(_t._PartialEntity, total=False):
    activitySettings: PartialActivitySettings | None
    configuration: PartialConfiguration | None
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
class PartialExternalGroup(_t._PartialEntity, total=False):
    description: str | None
    displayName: str | None
    members: list[dict[str, Any]]
class PartialExternalItem(_t._PartialEntity, total=False):
    acl: list[PartialAcl]
    content: PartialExternalItemContent | None
    informationProtectionLabel: PartialExternalItemInformationProtectionLabel | None
    properties: dict[str, Any] | None
    activities: list[dict[str, Any]]
class PartialIdentity(_t._PartialEntity, total=False):
    type: IdentityType | None
class PartialSchema(_t._PartialEntity, total=False):
    baseType: str | None
    properties: list[PartialProperty]
class PartialAcl(Object, total=False):
    accessType: AccessType | None
    type: AclType | None
    value: str | None
class PartialActivitySettings(Object, total=False):
    urlToItemResolvers: list[PartialUrlToItemResolverBase]
class PartialConfiguration(Object, total=False):
    authorizedAppIds: list[str]
class PartialDisplayTemplate(Object, total=False):
    id: str | None
    layout: Any
    priority: int | None
    rules: list[PartialPropertyRule]
class PartialExternal(Object, total=False):
    connections: list[dict[str, Any]]
class PartialExternalItemContent(Object, total=False):
    type: ExternalItemContentType | None
    value: str | None
class PartialExternalItemInformationProtectionLabel(Object, total=False):
    sensitivityLabelId: str | None
class PartialProperty(Object, total=False):
    aliases: list[str]
    description: str | None
    isQueryable: bool | None
    isRefinable: bool | None
    isRetrievable: bool | None
    isSearchable: bool | None
    labels: list[Label]
    name: str | None
    type: PropertyType | None
class PartialPropertyRule(Object, total=False):
    operation: RuleOperation | None
    property: str | None
    values: list[str]
    valuesJoinedBy: _t.BinaryOperator | None
class PartialSearchSettings(Object, total=False):
    searchResultTemplates: list[PartialDisplayTemplate]
class PartialUrlMatchInfo(Object, total=False):
    baseUrls: list[str]
    urlPattern: str | None
class _PartialUrlToItemResolverBase(Object, total=False):
    priority: int | None
class PartialUrlToItemResolverBase(_PartialUrlToItemResolverBase, total=False):
    itemId: str | None
    urlMatchInfo: PartialUrlMatchInfo | None
ConnectionOperationField: TypeAlias = Literal["id", "error", "status"]
ExternalField: TypeAlias = str
ExternalConnectionField: TypeAlias = Literal["id", "activitySettings", "configuration", "connectorId", "contentCategory", "description", "name", "searchSettings", "state"]
ExternalGroupField: TypeAlias = Literal["id", "description", "displayName"]
ExternalItemField: TypeAlias = Literal["id", "acl", "content", "informationProtectionLabel", "properties"]
SchemaField: TypeAlias = Literal["id", "baseType", "properties"]
