"""Microsoft Graph's types, namespace security.

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

Action: TypeAlias = Literal["disable", "enable", "forcePasswordReset", "revokeAllSessions", "requireUserToSignInAgain", "markUserAsCompromised", "unknownFutureValue"] | str
ActionAfterRetentionPeriod: TypeAlias = Literal["none", "delete", "startDispositionReview", "relabel", "unknownFutureValue"] | str
AdditionalDataOptions: TypeAlias = Literal["allVersions", "linkedFiles", "unknownFutureValue", "advancedIndexing", "listAttachments", "htmlTranscripts", "messageConversationExpansion", "locationsWithoutHits", "allItemsInFolder", "cloudNativeHtmlConversion"] | str
AdditionalOptions: TypeAlias = Literal["none", "teamsAndYammerConversations", "cloudAttachments", "allDocumentVersions", "subfolderContents", "listAttachments", "unknownFutureValue", "htmlTranscripts", "advancedIndexing", "allItemsInFolder", "includeFolderAndPath", "condensePaths", "friendlyName", "splitSource", "includeReport"] | str
AiAgentPlatform: TypeAlias = Literal["unknown", "azureAIFoundry", "copilotStudio", "copilot", "unknownFutureValue"] | str
AlertClassification: TypeAlias = Literal["unknown", "falsePositive", "truePositive", "informationalExpectedActivity", "unknownFutureValue"] | str
AlertDetermination: TypeAlias = Literal["unknown", "apt", "malware", "securityPersonnel", "securityTesting", "unwantedSoftware", "other", "multiStagedAttack", "compromisedAccount", "phishing", "maliciousUserActivity", "notMalicious", "notEnoughDataToValidate", "confirmedActivity", "lineOfBusinessApplication", "unknownFutureValue"] | str
AlertSeverity: TypeAlias = Literal["unknown", "informational", "low", "medium", "high", "unknownFutureValue"] | str
AlertStatus: TypeAlias = Literal["unknown", "new", "inProgress", "resolved", "unknownFutureValue"] | str
AntispamDirectionality: TypeAlias = Literal["unknown", "inbound", "outbound", "intraOrg", "unknownFutureValue"] | str
AntispamTeamsDirection: TypeAlias = Literal["unknown", "inbound", "outbound", "intraorg", "unknownFutureValue"] | str
AuditLogQueryStatus: TypeAlias = Literal["notStarted", "running", "succeeded", "failed", "cancelled", "unknownFutureValue"] | str
AuditLogRecordType: TypeAlias = str
AuditLogUserType: TypeAlias = Literal["Regular", "Reserved", "Admin", "DcAdmin", "System", "Application", "ServicePrincipal", "CustomPolicy", "SystemPolicy", "PartnerTechnician", "Guest", "unknownFutureValue"] | str
BehaviorDuringRetentionPeriod: TypeAlias = Literal["doNotRetain", "retain", "retainAsRecord", "retainAsRegulatoryRecord", "unknownFutureValue"] | str
CaseAction: TypeAlias = Literal["contentExport", "applyTags", "convertToPdf", "index", "estimateStatistics", "addToReviewSet", "holdUpdate", "unknownFutureValue", "purgeData", "exportReport", "exportResult", "holdPolicySync"] | str
CaseOperationStatus: TypeAlias = Literal["notStarted", "submissionFailed", "running", "succeeded", "partiallySucceeded", "failed", "unknownFutureValue"] | str
CaseStatus: TypeAlias = Literal["unknown", "active", "pendingDelete", "closing", "closed", "closedWithError", "unknownFutureValue"] | str
CaseType: TypeAlias = Literal["standard", "premium", "unknownFutureValue"] | str
ChildSelectability: TypeAlias = Literal["One", "Many", "unknownFutureValue"] | str
CloudAttachmentVersion: TypeAlias = Literal["latest", "recent10", "recent100", "all", "unknownFutureValue"] | str
ContainerPortProtocol: TypeAlias = Literal["udp", "tcp", "sctp", "unknownFutureValue"] | str
ContentFormat: TypeAlias = Literal["text", "html", "markdown", "unknownFutureValue"] | str
CorrelationReason: TypeAlias = Literal["repeatedAlertOccurrence", "sameGeography", "similarArtifacts", "sameTargetedAsset", "sameNetworkSegment", "eventSequence", "timeFrame", "sameThreatSource", "similarTTPsOrBehavior", "sameActor", "sameCampaign", "sharedIndicators", "sameAsset", "networkProximity", "eventCasualSequence", "temporalProximity", "lateralMovementPath", "unknownFutureValue"] | str
DataSourceContainerStatus: TypeAlias = Literal["active", "released", "unknownFutureValue"] | str
DataSourceHoldStatus: TypeAlias = Literal["notApplied", "applied", "applying", "removing", "partial", "unknownFutureValue"] | str
DataSourceScopes: TypeAlias = Literal["none", "allTenantMailboxes", "allTenantSites", "allCaseCustodians", "allCaseNoncustodialDataSources", "unknownFutureValue"] | str
DefaultRecordBehavior: TypeAlias = Literal["startLocked", "startUnlocked", "unknownFutureValue"] | str
DefenderAvStatus: TypeAlias = Literal["notReporting", "disabled", "notUpdated", "updated", "unknown", "notSupported", "unknownFutureValue"] | str
DeliveryAction: TypeAlias = Literal["unknown", "deliveredToJunk", "delivered", "blocked", "replaced", "unknownFutureValue"] | str
DeliveryLocation: TypeAlias = Literal["unknown", "inbox_folder", "junkFolder", "deletedFolder", "quarantine", "onprem_external", "failed", "dropped", "others", "unknownFutureValue"] | str
DeploymentStatus: TypeAlias = Literal["upToDate", "outdated", "updating", "updateFailed", "notConfigured", "unreachable", "disconnected", "startFailure", "syncing", "unknownFutureValue"] | str
DetectionSource: TypeAlias = Literal["unknown", "microsoftDefenderForEndpoint", "antivirus", "smartScreen", "customTi", "microsoftDefenderForOffice365", "automatedInvestigation", "microsoftThreatExperts", "customDetection", "microsoftDefenderForIdentity", "cloudAppSecurity", "microsoft365Defender", "azureAdIdentityProtection", "manual", "microsoftDataLossPrevention", "appGovernancePolicy", "appGovernanceDetection", "unknownFutureValue", "microsoftDefenderForCloud", "microsoftDefenderForIoT", "microsoftDefenderForServers", "microsoftDefenderForStorage", "microsoftDefenderForDNS", "microsoftDefenderForDatabases", "microsoftDefenderForContainers", "microsoftDefenderForNetwork", "microsoftDefenderForAppService", "microsoftDefenderForKeyVault", "microsoftDefenderForResourceManager", "microsoftDefenderForApiManagement", "nrtAlerts", "scheduledAlerts", "microsoftDefenderThreatIntelligenceAnalytics", "builtInMl", "microsoftInsiderRiskManagement", "microsoftThreatIntelligence", "microsoftDefenderForAIServices", "securityCopilot", "microsoftSentinel"] | str
DetectionStatus: TypeAlias = Literal["detected", "blocked", "prevented", "unknownFutureValue"] | str
DeviceHealthStatus: TypeAlias = Literal["active", "inactive", "impairedCommunication", "noSensorData", "noSensorDataImpairedCommunication", "unknown", "unknownFutureValue"] | str
DeviceRiskScore: TypeAlias = Literal["none", "informational", "low", "medium", "high", "unknownFutureValue"] | str
DocumentVersion: TypeAlias = Literal["latest", "recent10", "recent100", "all", "unknownFutureValue"] | str
EventPropagationStatus: TypeAlias = Literal["none", "inProcessing", "failed", "success", "unknownFutureValue"] | str
EventSource: TypeAlias = Literal["system", "admin", "user", "unknownFutureValue"] | str
EventStatusType: TypeAlias = Literal["pending", "error", "success", "notAvaliable", "unknownFutureValue"] | str
EvidenceRemediationStatus: TypeAlias = Literal["none", "remediated", "prevented", "blocked", "notFound", "unknownFutureValue", "active", "pendingApproval", "declined", "unremediated", "running", "partiallyRemediated"] | str
EvidenceRole: TypeAlias = Literal["unknown", "contextual", "scanned", "source", "destination", "created", "added", "compromised", "edited", "attacked", "attacker", "commandAndControl", "loaded", "suspicious", "policyViolator", "unknownFutureValue"] | str
EvidenceVerdict: TypeAlias = Literal["unknown", "suspicious", "malicious", "noThreatsFound", "unknownFutureValue"] | str
ExportCriteria: TypeAlias = Literal["searchHits", "partiallyIndexed", "unknownFutureValue"] | str
ExportFileStructure: TypeAlias = Literal["none", "directory", "pst", "unknownFutureValue", "msg"] | str
ExportFormat: TypeAlias = Literal["pst", "msg", "eml", "unknownFutureValue"] | str
ExportLocation: TypeAlias = Literal["responsiveLocations", "nonresponsiveLocations", "unknownFutureValue"] | str
ExportOptions: TypeAlias = Literal["originalFiles", "text", "pdfReplacement", "tags", "unknownFutureValue", "splitSource", "includeFolderAndPath", "friendlyName", "condensePaths"] | str
FileHashAlgorithm: TypeAlias = Literal["unknown", "md5", "sha1", "sha256", "sha256ac", "unknownFutureValue"] | str
GoogleCloudLocationType: TypeAlias = Literal["unknown", "regional", "zonal", "global", "unknownFutureValue"] | str
HealthIssueSeverity: TypeAlias = Literal["low", "medium", "high", "unknownFutureValue"] | str
HealthIssueStatus: TypeAlias = Literal["open", "closed", "suppressed", "unknownFutureValue"] | str
HealthIssueType: TypeAlias = Literal["sensor", "global", "unknownFutureValue"] | str
HostPortProtocol: TypeAlias = Literal["tcp", "udp", "unknownFutureValue"] | str
HostPortStatus: TypeAlias = Literal["open", "filtered", "closed", "unknownFutureValue"] | str
HostReputationClassification: TypeAlias = Literal["unknown", "neutral", "suspicious", "malicious", "unknownFutureValue"] | str
HostReputationRuleSeverity: TypeAlias = Literal["unknown", "low", "medium", "high", "unknownFutureValue"] | str
IdentityProvider: TypeAlias = Literal["entraID", "activeDirectory", "okta", "unknownFutureValue"] | str
IncidentStatus: TypeAlias = Literal["active", "resolved", "inProgress", "redirected", "unknownFutureValue", "awaitingAction"] | str
IndicatorSource: TypeAlias = Literal["microsoft", "osint", "public", "unknownFutureValue"] | str
IntelligenceProfileKind: TypeAlias = Literal["actor", "tool", "unknownFutureValue"] | str
InvestigationState: TypeAlias = Literal["unknown", "terminated", "successfullyRemediated", "benign", "failed", "partiallyRemediated", "running", "pendingApproval", "pendingResource", "queued", "innerFailure", "preexistingAlert", "unsupportedOs", "unsupportedAlertType", "suppressedAlert", "partiallyInvestigated", "terminatedByUser", "terminatedBySystem", "unknownFutureValue"] | str
IoTDeviceImportanceType: TypeAlias = Literal["unknown", "low", "normal", "high", "unknownFutureValue"] | str
ItemsToInclude: TypeAlias = Literal["searchHits", "partiallyIndexed", "unknownFutureValue"] | str
KubernetesPlatform: TypeAlias = Literal["unknown", "aks", "eks", "gke", "arc", "unknownFutureValue"] | str
KubernetesServiceType: TypeAlias = Literal["unknown", "clusterIP", "externalName", "nodePort", "loadBalancer", "unknownFutureValue"] | str
MailboxConfigurationType: TypeAlias = Literal["mailForwardingRule", "owaSettings", "ewsSettings", "mailDelegation", "userInboxRule", "unknownFutureValue"] | str
OnboardingStatus: TypeAlias = Literal["insufficientInfo", "onboarded", "canBeOnboarded", "unsupported", "unknownFutureValue"] | str
ProtocolType: TypeAlias = Literal["tcp", "udp", "unknownFutureValue"] | str
PurgeAreas: TypeAlias = Literal["mailboxes", "teamsMessages", "unknownFutureValue"] | str
PurgeType: TypeAlias = Literal["recoverable", "unknownFutureValue", "permanentlyDelete"] | str
QueryType: TypeAlias = Literal["files", "messages", "unknownFutureValue"] | str
RecipientType: TypeAlias = Literal["user", "roleGroup", "unknownFutureValue"] | str
RemediationAction: TypeAlias = Literal["moveToJunk", "moveToInbox", "hardDelete", "softDelete", "moveToDeletedItems", "unknownFutureValue", "moveToQuarantine"] | str
RemediationSeverity: TypeAlias = Literal["low", "medium", "high", "unknownFutureValue"] | str
RetentionTrigger: TypeAlias = Literal["dateLabeled", "dateCreated", "dateModified", "dateOfEvent", "unknownFutureValue"] | str
ReviewSetSettings: TypeAlias = Literal["none", "disableGrouping", "unknownFutureValue"] | str
SensorCandidateActivationMode: TypeAlias = Literal["manual", "automated", "unknownFutureValue"] | str
SensorHealthStatus: TypeAlias = Literal["healthy", "notHealthyLow", "notHealthyMedium", "notHealthyHigh", "unknownFutureValue"] | str
SensorType: TypeAlias = Literal["adConnectIntegrated", "adcsIntegrated", "adfsIntegrated", "domainControllerIntegrated", "domainControllerStandalone", "unknownFutureValue"] | str
ServicePrincipalType: TypeAlias = Literal["unknown", "application", "managedIdentity", "legacy", "unknownFutureValue"] | str
ServiceSource: TypeAlias = Literal["unknown", "microsoftDefenderForEndpoint", "microsoftDefenderForIdentity", "microsoftDefenderForCloudApps", "microsoftDefenderForOffice365", "microsoft365Defender", "azureAdIdentityProtection", "microsoftAppGovernance", "dataLossPrevention", "unknownFutureValue", "microsoftDefenderForCloud", "microsoftSentinel", "microsoftInsiderRiskManagement", "microsoftThreatIntelligence", "microsoftSecurityForAI"] | str
ServiceStatus: TypeAlias = Literal["stopped", "starting", "running", "disabled", "onboarding", "unknown", "unknownFutureValue"] | str
SourceType: TypeAlias = Literal["mailbox", "site", "unknownFutureValue"] | str
StatisticsOptions: TypeAlias = Literal["includeRefiners", "includeQueryStats", "includeUnindexedStats", "advancedIndexing", "locationsWithoutHits", "unknownFutureValue"] | str
TeamsDeliveryLocation: TypeAlias = Literal["unknown", "teams", "quarantine", "failed", "unknownFutureValue"] | str
TeamsMessageDeliveryAction: TypeAlias = Literal["unknown", "deliveredAsSpam", "delivered", "blocked", "replaced", "unknownFutureValue"] | str
ThreatType: TypeAlias = Literal["unknown", "spam", "malware", "phish", "none", "unknownFutureValue"] | str
TimelineEventType: TypeAlias = Literal["originalDelivery", "systemTimeTravel", "dynamicDelivery", "userUrlClick", "reprocessed", "zap", "quarantineRelease", "air", "unknown", "unknownFutureValue"] | str
VerdictCategory: TypeAlias = Literal["none", "malware", "phish", "siteUnavailable", "spam", "decryptionFailed", "unsupportedUriScheme", "unsupportedFileType", "undefined", "unknownFutureValue"] | str
VmCloudProvider: TypeAlias = Literal["unknown", "azure", "unknownFutureValue"] | str
VulnerabilitySeverity: TypeAlias = Literal["none", "low", "medium", "high", "critical", "unknownFutureValue"] | str
WhoisDomainStatus: TypeAlias = Literal["clientDeleteProhibited", "clientHold", "clientRenewProhibited", "clientTransferProhibited", "clientUpdateProhibited", "unknownFutureValue"] | str
class Alert(_t.Entity):
 actorDisplayName: str | None
 additionalData: Dictionary | None
 alertPolicyId: str | None
 alertWebUrl: str | None
 assignedTo: str | None
 categories: list[str]
 category: str | None
 classification: AlertClassification | None
 comments: list[AlertComment]
 createdDateTime: DateTime | None
 customDetails: Dictionary | None
 description: str | None
 detectionSource: DetectionSource | None
 detectorId: str | None
 determination: AlertDetermination | None
 evidence: list[AlertEvidence]
 firstActivityDateTime: DateTime | None
 incidentId: str | None
 incidentWebUrl: str | None
 investigationState: InvestigationState | None
 lastActivityDateTime: DateTime | None
 lastUpdateDateTime: DateTime | None
 mitreTechniques: list[str]
 productName: str | None
 providerAlertId: str | None
 recommendedActions: str | None
 resolvedDateTime: DateTime | None
 serviceSource: ServiceSource
 severity: AlertSeverity
 status: AlertStatus
 systemTags: list[str]
 tenantId: str | None
 threatDisplayName: str | None
 threatFamilyName: str | None
 title: str | None
AlertField: TypeAlias = Literal["id", "actorDisplayName", "additionalData", "alertPolicyId", "alertWebUrl", "assignedTo", "categories", "category", "classification", "comments", "createdDateTime", "customDetails", "description", "detectionSource", "detectorId", "determination", "evidence", "firstActivityDateTime", "incidentId", "incidentWebUrl", "investigationState", "lastActivityDateTime", "lastUpdateDateTime", "mitreTechniques", "productName", "providerAlertId", "recommendedActions", "resolvedDateTime", "serviceSource", "severity", "status", "systemTags", "tenantId", "threatDisplayName", "threatFamilyName", "title"]
class PartialAlert(_t._PartialEntity, total=False):
 actorDisplayName: str | None
 additionalData: dict[str, Any] | None
 alertPolicyId: str | None
 alertWebUrl: str | None
 assignedTo: str | None
 categories: list[str]
 category: str | None
 classification: AlertClassification | None
 comments: list[PartialAlertComment]
 createdDateTime: DateTime | None
 customDetails: dict[str, Any] | None
 description: str | None
 detectionSource: DetectionSource | None
 detectorId: str | None
 determination: AlertDetermination | None
 evidence: list[dict[str, Any]]
 firstActivityDateTime: DateTime | None
 incidentId: str | None
 incidentWebUrl: str | None
 investigationState: InvestigationState | None
 lastActivityDateTime: DateTime | None
 lastUpdateDateTime: DateTime | None
 mitreTechniques: list[str]
 productName: str | None
 providerAlertId: str | None
 recommendedActions: str | None
 resolvedDateTime: DateTime | None
 serviceSource: ServiceSource | None
 severity: AlertSeverity | None
 status: AlertStatus | None
 systemTags: list[str]
 tenantId: str | None
 threatDisplayName: str | None
 threatFamilyName: str | None
 title: str | None
class Alerts_moveAlerts(Callable):
 def __call__(self, *, alertIds: list[str] | None = ..., incidentId: str | None = ..., alertComment: str | None = ..., newCorrelationReasons: CorrelationReason | None = ...) -> MergeResponse: ...
class AlertAddress(_t.EntitySegments, One[Alert, PartialAlert, AlertField]):
 actorDisplayName: Value[str]
 additionalData: One[Dictionary, dict[str, Any], str]
 alertPolicyId: Value[str]
 alertWebUrl: Value[str]
 assignedTo: Value[str]
 categories: Values[str]
 category: Value[str]
 classification: Value[AlertClassification]
 comments: Values[AlertComment]
 createdDateTime: Value[DateTime]
 customDetails: One[Dictionary, dict[str, Any], str]
 description: Value[str]
 detectionSource: Value[DetectionSource]
 detectorId: Value[str]
 determination: Value[AlertDetermination]
 evidence: Values[AlertEvidence]
 firstActivityDateTime: Value[DateTime]
 incidentId: Value[str]
 incidentWebUrl: Value[str]
 investigationState: Value[InvestigationState]
 lastActivityDateTime: Value[DateTime]
 lastUpdateDateTime: Value[DateTime]
 mitreTechniques: Values[str]
 productName: Value[str]
 providerAlertId: Value[str]
 recommendedActions: Value[str]
 resolvedDateTime: Value[DateTime]
 serviceSource: Value[ServiceSource]
 severity: Value[AlertSeverity]
 status: Value[AlertStatus]
 systemTags: Values[str]
 tenantId: Value[str]
 threatDisplayName: Value[str]
 threatFamilyName: Value[str]
 title: Value[str]
class AlertAddresses(Many[Alert, AlertAddress, PartialAlert, AlertField]):
 moveAlerts: Alerts_moveAlerts
class AnalyzedEmail(_t.Entity):
 alertIds: list[str]
 attachments: list[AnalyzedEmailAttachment]
 authenticationDetails: AnalyzedEmailAuthenticationDetail | None
 bulkComplaintLevel: str | None
 clientType: str | None
 contexts: list[str]
 detectionMethods: list[str]
 directionality: AntispamDirectionality | None
 distributionList: str | None
 dlpRules: list[AnalyzedEmailDlpRuleInfo]
 emailClusterId: str | None
 exchangeTransportRules: list[AnalyzedEmailExchangeTransportRuleInfo]
 forwardingDetail: str | None
 inboundConnectorFormattedName: str | None
 internetMessageId: str | None
 language: str | None
 latestDelivery: AnalyzedEmailDeliveryDetail | None
 loggedDateTime: DateTime | None
 networkMessageId: str | None
 originalDelivery: AnalyzedEmailDeliveryDetail | None
 overrideSources: list[str]
 phishConfidenceLevel: str | None
 policy: str | None
 policyAction: str | None
 policyType: str | None
 primaryOverrideSource: str | None
 recipientDetail: AnalyzedEmailRecipientDetail | None
 recipientEmailAddress: str | None
 returnPath: str | None
 senderDetail: AnalyzedEmailSenderDetail | None
 sizeInBytes: int | None
 spamConfidenceLevel: str | None
 subject: str | None
 threatDetectionDetails: list[ThreatDetectionDetail]
 threatTypes: list[ThreatType]
 timelineEvents: list[TimelineEvent]
 urls: list[AnalyzedEmailUrl]
class AnalyzedEmails_remediate(Callable):
 def __call__(self, *, displayName: str | None = ..., description: str | None = ..., severity: RemediationSeverity | None = ..., action: RemediationAction | None = ..., remediateSendersCopy: bool | None = ..., analyzedEmails: list[dict[str, Any]] | None = ...) -> None: ...
class AnalyzedEmailAddress(_t.EntitySegments, One[AnalyzedEmail, dict[str, Any], str]):
 alertIds: Values[str]
 attachments: Values[AnalyzedEmailAttachment]
 authenticationDetails: AnalyzedEmailAuthenticationDetailAddress
 bulkComplaintLevel: Value[str]
 clientType: Value[str]
 contexts: Values[str]
 detectionMethods: Values[str]
 directionality: Value[AntispamDirectionality]
 distributionList: Value[str]
 dlpRules: Values[AnalyzedEmailDlpRuleInfo]
 emailClusterId: Value[str]
 exchangeTransportRules: Values[AnalyzedEmailExchangeTransportRuleInfo]
 forwardingDetail: Value[str]
 inboundConnectorFormattedName: Value[str]
 internetMessageId: Value[str]
 language: Value[str]
 latestDelivery: AnalyzedEmailDeliveryDetailAddress
 loggedDateTime: Value[DateTime]
 networkMessageId: Value[str]
 originalDelivery: AnalyzedEmailDeliveryDetailAddress
 overrideSources: Values[str]
 phishConfidenceLevel: Value[str]
 policy: Value[str]
 policyAction: Value[str]
 policyType: Value[str]
 primaryOverrideSource: Value[str]
 recipientDetail: AnalyzedEmailRecipientDetailAddress
 recipientEmailAddress: Value[str]
 returnPath: Value[str]
 senderDetail: AnalyzedEmailSenderDetailAddress
 sizeInBytes: Value[int]
 spamConfidenceLevel: Value[str]
 subject: Value[str]
 threatDetectionDetails: Values[ThreatDetectionDetail]
 threatTypes: Values[ThreatType]
 timelineEvents: Values[TimelineEvent]
 urls: Values[AnalyzedEmailUrl]
class AnalyzedEmailAddresses(Many[AnalyzedEmail, AnalyzedEmailAddress, dict[str, Any], str]):
 remediate: AnalyzedEmails_remediate
class Article(_t.Entity):
 body: FormattedContent
 createdDateTime: DateTime
 imageUrl: str | None
 isFeatured: bool
 lastUpdatedDateTime: DateTime
 summary: FormattedContent
 tags: list[str]
 title: str
 indicators: list[dict[str, Any]]
class ArticleAddress(_t.EntitySegments, One[Article, dict[str, Any], str]):
 body: FormattedContentAddress
 createdDateTime: Value[DateTime]
 imageUrl: Value[str]
 isFeatured: Value[bool]
 lastUpdatedDateTime: Value[DateTime]
 summary: FormattedContentAddress
 tags: Values[str]
 title: Value[str]
 indicators: Many[ArticleIndicator, ArticleIndicatorAddress, dict[str, Any], str]
class Artifact(_t.Entity):
 pass
class ArtifactSegments(_t.EntitySegments):
 pass
class ArtifactAddress(ArtifactSegments, One[Artifact, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.host"]) -> HostAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostComponent"]) -> HostComponentAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostCookie"]) -> HostCookieAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostname"]) -> HostnameAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostSslCertificate"]) -> HostSslCertificateAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostTracker"]) -> HostTrackerAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ipAddress"]) -> IpAddressAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.passiveDnsRecord"]) -> PassiveDnsRecordAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.sslCertificate"]) -> SslCertificateAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.unclassifiedArtifact"]) -> UnclassifiedArtifactAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class ArtifactAddresses(Many[Artifact, ArtifactAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.host"]) -> HostAddresses: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostComponent"]) -> Many[HostComponent, HostComponentAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostCookie"]) -> Many[HostCookie, HostCookieAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostname"]) -> Many[Hostname, HostnameAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostSslCertificate"]) -> Many[HostSslCertificate, HostSslCertificateAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostTracker"]) -> Many[HostTracker, HostTrackerAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ipAddress"]) -> Many[IpAddress, IpAddressAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.passiveDnsRecord"]) -> Many[PassiveDnsRecord, PassiveDnsRecordAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.sslCertificate"]) -> Many[SslCertificate, SslCertificateAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.unclassifiedArtifact"]) -> Many[UnclassifiedArtifact, UnclassifiedArtifactAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class Host(Artifact):
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 childHostPairs: list[dict[str, Any]]
 components: list[dict[str, Any]]
 cookies: list[dict[str, Any]]
 hostPairs: list[dict[str, Any]]
 parentHostPairs: list[dict[str, Any]]
 passiveDns: list[dict[str, Any]]
 passiveDnsReverse: list[dict[str, Any]]
 ports: list[dict[str, Any]]
 reputation: dict[str, Any]
 sslCertificates: list[dict[str, Any]]
 subdomains: list[dict[str, Any]]
 trackers: list[dict[str, Any]]
 whois: dict[str, Any]
class HostSegments(ArtifactSegments):
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 childHostPairs: Many[HostPair, HostPairAddress, dict[str, Any], str]
 components: Many[HostComponent, HostComponentAddress, dict[str, Any], str]
 cookies: Many[HostCookie, HostCookieAddress, dict[str, Any], str]
 hostPairs: Many[HostPair, HostPairAddress, dict[str, Any], str]
 parentHostPairs: Many[HostPair, HostPairAddress, dict[str, Any], str]
 passiveDns: Many[PassiveDnsRecord, PassiveDnsRecordAddress, dict[str, Any], str]
 passiveDnsReverse: Many[PassiveDnsRecord, PassiveDnsRecordAddress, dict[str, Any], str]
 ports: Many[HostPort, HostPortAddress, dict[str, Any], str]
 reputation: HostReputationAddress
 sslCertificates: Many[HostSslCertificate, HostSslCertificateAddress, dict[str, Any], str]
 subdomains: Many[Subdomain, SubdomainAddress, dict[str, Any], str]
 trackers: Many[HostTracker, HostTrackerAddress, dict[str, Any], str]
 whois: WhoisRecordAddress
class HostAddress(HostSegments, One[Host, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostname"]) -> HostnameAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ipAddress"]) -> IpAddressAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class HostAddresses(Many[Host, HostAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.hostname"]) -> Many[Hostname, HostnameAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ipAddress"]) -> Many[IpAddress, IpAddressAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class Hostname(Host):
 registrant: str | None
 registrar: str | None
class HostnameAddress(HostSegments, One[Hostname, dict[str, Any], str]):
 registrant: Value[str]
 registrar: Value[str]
class IpAddress(Host):
 autonomousSystem: AutonomousSystem | None
 countryOrRegion: str | None
 hostingProvider: str | None
 netblock: str | None
class IpAddressAddress(HostSegments, One[IpAddress, dict[str, Any], str]):
 autonomousSystem: AutonomousSystemAddress
 countryOrRegion: Value[str]
 hostingProvider: Value[str]
 netblock: Value[str]
class HostComponent(Artifact):
 category: str | None
 firstSeenDateTime: DateTime
 lastSeenDateTime: DateTime
 name: str
 version: str | None
 host: dict[str, Any]
class HostComponentAddress(ArtifactSegments, One[HostComponent, dict[str, Any], str]):
 category: Value[str]
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 name: Value[str]
 version: Value[str]
 host: HostAddress
class HostCookie(Artifact):
 domain: str
 firstSeenDateTime: DateTime
 lastSeenDateTime: DateTime
 name: str
 host: dict[str, Any]
class HostCookieAddress(ArtifactSegments, One[HostCookie, dict[str, Any], str]):
 domain: Value[str]
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 name: Value[str]
 host: HostAddress
class HostSslCertificate(Artifact):
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 ports: list[HostSslCertificatePort]
 host: dict[str, Any]
 sslCertificate: dict[str, Any]
class HostSslCertificateAddress(ArtifactSegments, One[HostSslCertificate, dict[str, Any], str]):
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 ports: Values[HostSslCertificatePort]
 host: HostAddress
 sslCertificate: SslCertificateAddress
class HostTracker(Artifact):
 firstSeenDateTime: DateTime
 kind: str
 lastSeenDateTime: DateTime
 value: str
 host: dict[str, Any]
class HostTrackerAddress(ArtifactSegments, One[HostTracker, dict[str, Any], str]):
 firstSeenDateTime: Value[DateTime]
 kind: Value[str]
 lastSeenDateTime: Value[DateTime]
 value: Value[str]
 host: HostAddress
class PassiveDnsRecord(Artifact):
 collectedDateTime: DateTime
 firstSeenDateTime: DateTime
 lastSeenDateTime: DateTime
 recordType: str
 artifact: dict[str, Any]
 parentHost: dict[str, Any]
class PassiveDnsRecordAddress(ArtifactSegments, One[PassiveDnsRecord, dict[str, Any], str]):
 collectedDateTime: Value[DateTime]
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 recordType: Value[str]
 artifact: ArtifactAddress
 parentHost: HostAddress
class SslCertificate(Artifact):
 expirationDateTime: DateTime | None
 fingerprint: str | None
 firstSeenDateTime: DateTime | None
 issueDateTime: DateTime | None
 issuer: SslCertificateEntity | None
 lastSeenDateTime: DateTime | None
 serialNumber: str | None
 sha1: str | None
 subject: SslCertificateEntity | None
 relatedHosts: list[dict[str, Any]]
class SslCertificateAddress(ArtifactSegments, One[SslCertificate, dict[str, Any], str]):
 expirationDateTime: Value[DateTime]
 fingerprint: Value[str]
 firstSeenDateTime: Value[DateTime]
 issueDateTime: Value[DateTime]
 issuer: SslCertificateEntityAddress
 lastSeenDateTime: Value[DateTime]
 serialNumber: Value[str]
 sha1: Value[str]
 subject: SslCertificateEntityAddress
 relatedHosts: HostAddresses
class UnclassifiedArtifact(Artifact):
 kind: str
 value: str
class UnclassifiedArtifactAddress(ArtifactSegments, One[UnclassifiedArtifact, dict[str, Any], str]):
 kind: Value[str]
 value: Value[str]
class AuditCoreRoot(_t.Entity):
 queries: list[dict[str, Any]]
AuditCoreRootField: TypeAlias = Literal["id"]
class AuditCoreRootAddress(_t.EntitySegments, One[AuditCoreRoot, dict[str, Any], AuditCoreRootField]):
 queries: Many[AuditLogQuery, AuditLogQueryAddress, PartialAuditLogQuery, str]
class AuditLogQuery(_t.Entity):
 administrativeUnitIdFilters: list[str]
 displayName: str | None
 filterEndDateTime: DateTime | None
 filterStartDateTime: DateTime | None
 ipAddressFilters: list[str]
 keywordFilter: str | None
 objectIdFilters: list[str]
 operationFilters: list[str]
 recordTypeFilters: list[AuditLogRecordType]
 serviceFilters: list[str]
 status: AuditLogQueryStatus | None
 userPrincipalNameFilters: list[str]
 records: list[dict[str, Any]]
class PartialAuditLogQuery(_t._PartialEntity, total=False):
 administrativeUnitIdFilters: list[str]
 displayName: str | None
 filterEndDateTime: DateTime | None
 filterStartDateTime: DateTime | None
 ipAddressFilters: list[str]
 keywordFilter: str | None
 objectIdFilters: list[str]
 operationFilters: list[str]
 recordTypeFilters: list[AuditLogRecordType]
 serviceFilters: list[str]
 status: AuditLogQueryStatus | None
 userPrincipalNameFilters: list[str]
 records: list[dict[str, Any]]
class AuditLogQueryAddress(_t.EntitySegments, One[AuditLogQuery, PartialAuditLogQuery, str]):
 administrativeUnitIdFilters: Values[str]
 displayName: Value[str]
 filterEndDateTime: Value[DateTime]
 filterStartDateTime: Value[DateTime]
 ipAddressFilters: Values[str]
 keywordFilter: Value[str]
 objectIdFilters: Values[str]
 operationFilters: Values[str]
 recordTypeFilters: Values[AuditLogRecordType]
 serviceFilters: Values[str]
 status: Value[AuditLogQueryStatus]
 userPrincipalNameFilters: Values[str]
 records: Many[AuditLogRecord, AuditLogRecordAddress, dict[str, Any], str]
class AuditLogRecord(_t.Entity):
 administrativeUnits: list[str]
 auditData: AuditData | None
 auditLogRecordType: AuditLogRecordType | None
 clientIp: str | None
 createdDateTime: DateTime | None
 objectId: str | None
 operation: str | None
 organizationId: str | None
 service: str | None
 userId: str | None
 userPrincipalName: str | None
 userType: AuditLogUserType | None
class AuditLogRecordAddress(_t.EntitySegments, One[AuditLogRecord, dict[str, Any], str]):
 administrativeUnits: Values[str]
 auditData: AuditDataAddress
 auditLogRecordType: Value[AuditLogRecordType]
 clientIp: Value[str]
 createdDateTime: Value[DateTime]
 objectId: Value[str]
 operation: Value[str]
 organizationId: Value[str]
 service: Value[str]
 userId: Value[str]
 userPrincipalName: Value[str]
 userType: Value[AuditLogUserType]
class AutoAuditingConfiguration(_t.Entity):
 isAutomatic: bool
class AutoAuditingConfigurationAddress(_t.EntitySegments, One[AutoAuditingConfiguration, dict[str, Any], str]):
 isAutomatic: Value[bool]
class Case(_t.Entity):
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 lastModifiedBy: _t.IdentitySet | None
 lastModifiedDateTime: DateTime | None
 status: CaseStatus | None
class _PartialCase(_t._PartialEntity, total=False):
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 lastModifiedBy: _t.PartialIdentitySet | dict[str, Any] | None
 lastModifiedDateTime: DateTime | None
 status: CaseStatus | None
class CaseSegments(_t.EntitySegments):
 createdDateTime: Value[DateTime]
 description: Value[str]
 displayName: Value[str]
 lastModifiedBy: _t.IdentitySetAddress
 lastModifiedDateTime: Value[DateTime]
 status: Value[CaseStatus]
class CaseAddress(CaseSegments, One[Case, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryCase"]) -> EdiscoveryCaseAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class CaseAddresses(Many[Case, CaseAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryCase"]) -> Many[EdiscoveryCase, EdiscoveryCaseAddress, PartialEdiscoveryCase, str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class EdiscoveryCase(Case):
 closedBy: _t.IdentitySet | None
 closedDateTime: DateTime | None
 externalId: str | None
 caseMembers: list[dict[str, Any]]
 custodians: list[dict[str, Any]]
 noncustodialDataSources: list[dict[str, Any]]
 operations: list[dict[str, Any]]
 reviewSets: list[dict[str, Any]]
 searches: list[dict[str, Any]]
 settings: dict[str, Any]
 tags: list[dict[str, Any]]
class PartialEdiscoveryCase(_PartialCase, total=False):
 closedBy: _t.PartialIdentitySet | dict[str, Any] | None
 closedDateTime: DateTime | None
 externalId: str | None
 caseMembers: list[dict[str, Any]]
 custodians: list[dict[str, Any]]
 noncustodialDataSources: list[dict[str, Any]]
 operations: list[dict[str, Any]]
 reviewSets: list[dict[str, Any]]
 searches: list[dict[str, Any]]
 settings: dict[str, Any]
 tags: list[dict[str, Any]]
class EdiscoveryCase_close(Callable):
 def __call__(self) -> None: ...
class EdiscoveryCase_reopen(Callable):
 def __call__(self) -> None: ...
class EdiscoveryCaseAddress(CaseSegments, One[EdiscoveryCase, PartialEdiscoveryCase, str]):
 closedBy: _t.IdentitySetAddress
 closedDateTime: Value[DateTime]
 externalId: Value[str]
 caseMembers: Many[EdiscoveryCaseMember, EdiscoveryCaseMemberAddress, PartialEdiscoveryCaseMember, str]
 custodians: EdiscoveryCustodianAddresses
 noncustodialDataSources: EdiscoveryNoncustodialDataSourceAddresses
 operations: CaseOperationAddresses
 reviewSets: Many[EdiscoveryReviewSet, EdiscoveryReviewSetAddress, PartialEdiscoveryReviewSet, str]
 searches: Many[EdiscoverySearch, EdiscoverySearchAddress, PartialEdiscoverySearch, str]
 settings: EdiscoveryCaseSettingsAddress
 tags: EdiscoveryReviewTagAddresses
 close: EdiscoveryCase_close
 reopen: EdiscoveryCase_reopen
class CaseOperation(_t.Entity):
 action: CaseAction | None
 completedDateTime: DateTime | None
 createdBy: _t.IdentitySet | None
 createdDateTime: DateTime | None
 percentProgress: int | None
 resultInfo: _t.ResultInfo | None
 status: CaseOperationStatus | None
class CaseOperationSegments(_t.EntitySegments):
 action: Value[CaseAction]
 completedDateTime: Value[DateTime]
 createdBy: _t.IdentitySetAddress
 createdDateTime: Value[DateTime]
 percentProgress: Value[int]
 resultInfo: _t.ResultInfoAddress
 status: Value[CaseOperationStatus]
class CaseOperationAddress(CaseOperationSegments, One[CaseOperation, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryAddToReviewSetOperation"]) -> EdiscoveryAddToReviewSetOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryEstimateOperation"]) -> EdiscoveryEstimateOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryExportOperation"]) -> EdiscoveryExportOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryHoldOperation"]) -> EdiscoveryHoldOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryHoldPolicySyncOperation"]) -> EdiscoveryHoldPolicySyncOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryIndexOperation"]) -> EdiscoveryIndexOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryPurgeDataOperation"]) -> EdiscoveryPurgeDataOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoverySearchExportOperation"]) -> EdiscoverySearchExportOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryTagOperation"]) -> EdiscoveryTagOperationAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class CaseOperationAddresses(Many[CaseOperation, CaseOperationAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryAddToReviewSetOperation"]) -> Many[EdiscoveryAddToReviewSetOperation, EdiscoveryAddToReviewSetOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryEstimateOperation"]) -> Many[EdiscoveryEstimateOperation, EdiscoveryEstimateOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryExportOperation"]) -> Many[EdiscoveryExportOperation, EdiscoveryExportOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryHoldOperation"]) -> Many[EdiscoveryHoldOperation, EdiscoveryHoldOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryHoldPolicySyncOperation"]) -> Many[EdiscoveryHoldPolicySyncOperation, EdiscoveryHoldPolicySyncOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryIndexOperation"]) -> Many[EdiscoveryIndexOperation, EdiscoveryIndexOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryPurgeDataOperation"]) -> Many[EdiscoveryPurgeDataOperation, EdiscoveryPurgeDataOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoverySearchExportOperation"]) -> Many[EdiscoverySearchExportOperation, EdiscoverySearchExportOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryTagOperation"]) -> Many[EdiscoveryTagOperation, EdiscoveryTagOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class EdiscoveryAddToReviewSetOperation(CaseOperation):
 additionalDataOptions: AdditionalDataOptions | None
 cloudAttachmentVersion: CloudAttachmentVersion | None
 documentVersion: DocumentVersion | None
 itemsToInclude: ItemsToInclude | None
 reportFileMetadata: list[ReportFileMetadata]
 reviewSet: dict[str, Any]
 search: dict[str, Any]
class EdiscoveryAddToReviewSetOperationAddress(CaseOperationSegments, One[EdiscoveryAddToReviewSetOperation, dict[str, Any], str]):
 additionalDataOptions: Value[AdditionalDataOptions]
 cloudAttachmentVersion: Value[CloudAttachmentVersion]
 documentVersion: Value[DocumentVersion]
 itemsToInclude: Value[ItemsToInclude]
 reportFileMetadata: Values[ReportFileMetadata]
 reviewSet: EdiscoveryReviewSetAddress
 search: EdiscoverySearchAddress
class EdiscoveryEstimateOperation(CaseOperation):
 indexedItemCount: int | None
 indexedItemsSize: int | None
 mailboxCount: int | None
 reportFileMetadata: list[ReportFileMetadata]
 siteCount: int | None
 statisticsOptions: StatisticsOptions | None
 unindexedItemCount: int | None
 unindexedItemsSize: int | None
 search: dict[str, Any]
class EdiscoveryEstimateOperationAddress(CaseOperationSegments, One[EdiscoveryEstimateOperation, dict[str, Any], str]):
 indexedItemCount: Value[int]
 indexedItemsSize: Value[int]
 mailboxCount: Value[int]
 reportFileMetadata: Values[ReportFileMetadata]
 siteCount: Value[int]
 statisticsOptions: Value[StatisticsOptions]
 unindexedItemCount: Value[int]
 unindexedItemsSize: Value[int]
 search: EdiscoverySearchAddress
class EdiscoveryExportOperation(CaseOperation):
 description: str | None
 exportFileMetadata: list[ExportFileMetadata]
 exportOptions: ExportOptions | None
 exportStructure: ExportFileStructure | None
 outputName: str | None
 reviewSet: dict[str, Any]
 reviewSetQuery: dict[str, Any]
class EdiscoveryExportOperationAddress(CaseOperationSegments, One[EdiscoveryExportOperation, dict[str, Any], str]):
 description: Value[str]
 exportFileMetadata: Values[ExportFileMetadata]
 exportOptions: Value[ExportOptions]
 exportStructure: Value[ExportFileStructure]
 outputName: Value[str]
 reviewSet: EdiscoveryReviewSetAddress
 reviewSetQuery: EdiscoveryReviewSetQueryAddress
class EdiscoveryHoldOperation(CaseOperation):
 pass
class EdiscoveryHoldOperationAddress(CaseOperationSegments, One[EdiscoveryHoldOperation, dict[str, Any], str]):
 pass
class EdiscoveryHoldPolicySyncOperation(CaseOperation):
 reportFileMetadata: list[ReportFileMetadata]
class EdiscoveryHoldPolicySyncOperationAddress(CaseOperationSegments, One[EdiscoveryHoldPolicySyncOperation, dict[str, Any], str]):
 reportFileMetadata: Values[ReportFileMetadata]
class EdiscoveryIndexOperation(CaseOperation):
 pass
class EdiscoveryIndexOperationAddress(CaseOperationSegments, One[EdiscoveryIndexOperation, dict[str, Any], str]):
 pass
class EdiscoveryPurgeDataOperation(CaseOperation):
 reportFileMetadata: list[ReportFileMetadata]
class EdiscoveryPurgeDataOperationAddress(CaseOperationSegments, One[EdiscoveryPurgeDataOperation, dict[str, Any], str]):
 reportFileMetadata: Values[ReportFileMetadata]
class EdiscoverySearchExportOperation(CaseOperation):
 additionalOptions: AdditionalOptions | None
 cloudAttachmentVersion: CloudAttachmentVersion | None
 description: str | None
 displayName: str | None
 documentVersion: DocumentVersion | None
 exportCriteria: ExportCriteria | None
 exportFileMetadata: list[ExportFileMetadata]
 exportFormat: ExportFormat | None
 exportLocation: ExportLocation | None
 exportSingleItems: bool | None
 search: dict[str, Any]
class EdiscoverySearchExportOperationAddress(CaseOperationSegments, One[EdiscoverySearchExportOperation, dict[str, Any], str]):
 additionalOptions: Value[AdditionalOptions]
 cloudAttachmentVersion: Value[CloudAttachmentVersion]
 description: Value[str]
 displayName: Value[str]
 documentVersion: Value[DocumentVersion]
 exportCriteria: Value[ExportCriteria]
 exportFileMetadata: Values[ExportFileMetadata]
 exportFormat: Value[ExportFormat]
 exportLocation: Value[ExportLocation]
 exportSingleItems: Value[bool]
 search: EdiscoverySearchAddress
class EdiscoveryTagOperation(CaseOperation):
 pass
class EdiscoveryTagOperationAddress(CaseOperationSegments, One[EdiscoveryTagOperation, dict[str, Any], str]):
 pass
class CasesRoot(_t.Entity):
 ediscoveryCases: list[dict[str, Any]]
CasesRootField: TypeAlias = Literal["id"]
class CasesRootAddress(_t.EntitySegments, One[CasesRoot, dict[str, Any], CasesRootField]):
 ediscoveryCases: Many[EdiscoveryCase, EdiscoveryCaseAddress, PartialEdiscoveryCase, str]
class CollaborationRoot(_t.Entity):
 analyzedEmails: list[dict[str, Any]]
CollaborationRootField: TypeAlias = Literal["id"]
class CollaborationRootAddress(_t.EntitySegments, One[CollaborationRoot, dict[str, Any], CollaborationRootField]):
 analyzedEmails: AnalyzedEmailAddresses
class DataSet(_t.Entity):
 createdBy: _t.IdentitySet | None
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
class _PartialDataSet(_t._PartialEntity, total=False):
 createdBy: _t.PartialIdentitySet | dict[str, Any] | None
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
class DataSetSegments(_t.EntitySegments):
 createdBy: _t.IdentitySetAddress
 createdDateTime: Value[DateTime]
 description: Value[str]
 displayName: Value[str]
class DataSetAddress(DataSetSegments, One[DataSet, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryReviewSet"]) -> EdiscoveryReviewSetAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class DataSetAddresses(Many[DataSet, DataSetAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryReviewSet"]) -> Many[EdiscoveryReviewSet, EdiscoveryReviewSetAddress, PartialEdiscoveryReviewSet, str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class EdiscoveryReviewSet(DataSet):
 queries: list[dict[str, Any]]
class PartialEdiscoveryReviewSet(_PartialDataSet, total=False):
 queries: list[dict[str, Any]]
class EdiscoveryReviewSet_addToReviewSet(Callable):
 def __call__(self, *, search: PartialEdiscoverySearch | None = ..., additionalDataOptions: AdditionalDataOptions | None = ..., itemsToInclude: ItemsToInclude | None = ..., cloudAttachmentVersion: CloudAttachmentVersion | None = ..., documentVersion: DocumentVersion | None = ...) -> None: ...
class EdiscoveryReviewSet_export(Callable):
 def __call__(self, *, outputName: str | None = ..., description: str | None = ..., exportOptions: ExportOptions | None = ..., exportStructure: ExportFileStructure | None = ...) -> None: ...
class EdiscoveryReviewSetAddress(DataSetSegments, One[EdiscoveryReviewSet, PartialEdiscoveryReviewSet, str]):
 queries: Many[EdiscoveryReviewSetQuery, EdiscoveryReviewSetQueryAddress, PartialEdiscoveryReviewSetQuery, str]
 addToReviewSet: EdiscoveryReviewSet_addToReviewSet
 export: EdiscoveryReviewSet_export
class DataSource(_t.Entity):
 createdBy: _t.IdentitySet | None
 createdDateTime: DateTime | None
 displayName: str | None
 holdStatus: DataSourceHoldStatus | None
class _PartialDataSource(_t._PartialEntity, total=False):
 createdBy: _t.PartialIdentitySet | dict[str, Any] | None
 createdDateTime: DateTime | None
 displayName: str | None
 holdStatus: DataSourceHoldStatus | None
_PartialDataSourceKeys = TypedDict("_PartialDataSourceKeys", {"site@odata.bind": str, "group@odata.bind": str}, total=False)
class PartialDataSource(_PartialDataSource, _PartialDataSourceKeys, total=False):
 site: dict[str, Any]
 includedSources: SourceType | None
 group: dict[str, Any]
 email: str | None
 siteWebUrl: str | None
class DataSourceSegments(_t.EntitySegments):
 createdBy: _t.IdentitySetAddress
 createdDateTime: Value[DateTime]
 displayName: Value[str]
 holdStatus: Value[DataSourceHoldStatus]
class DataSourceAddress(DataSourceSegments, One[DataSource, PartialDataSource, str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.siteSource"]) -> SiteSourceAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.unifiedGroupSource"]) -> UnifiedGroupSourceAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.userSource"]) -> UserSourceAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class DataSourceAddresses(Many[DataSource, DataSourceAddress, PartialDataSource, str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.siteSource"]) -> Many[SiteSource, SiteSourceAddress, PartialSiteSource, str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.unifiedGroupSource"]) -> Many[UnifiedGroupSource, UnifiedGroupSourceAddress, PartialUnifiedGroupSource, str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.userSource"]) -> Many[UserSource, UserSourceAddress, PartialUserSource, str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class SiteSource(DataSource):
 site: dict[str, Any]
_PartialSiteSourceKeys = TypedDict("_PartialSiteSourceKeys", {"site@odata.bind": str}, total=False)
class PartialSiteSource(_PartialDataSource, _PartialSiteSourceKeys, total=False):
 site: dict[str, Any]
class SiteSourceAddress(DataSourceSegments, One[SiteSource, PartialSiteSource, str]):
 site: _t.SiteAddress
class UnifiedGroupSource(DataSource):
 includedSources: SourceType | None
 group: dict[str, Any]
_PartialUnifiedGroupSourceKeys = TypedDict("_PartialUnifiedGroupSourceKeys", {"group@odata.bind": str}, total=False)
class PartialUnifiedGroupSource(_PartialDataSource, _PartialUnifiedGroupSourceKeys, total=False):
 includedSources: SourceType | None
 group: dict[str, Any]
class UnifiedGroupSourceAddress(DataSourceSegments, One[UnifiedGroupSource, PartialUnifiedGroupSource, str]):
 includedSources: Value[SourceType]
 group: _t.GroupAddress
class UserSource(DataSource):
 email: str
 includedSources: SourceType | None
 siteWebUrl: str | None
class PartialUserSource(_PartialDataSource, total=False):
 email: str | None
 includedSources: SourceType | None
 siteWebUrl: str | None
class UserSourceAddress(DataSourceSegments, One[UserSource, PartialUserSource, str]):
 email: Value[str]
 includedSources: Value[SourceType]
 siteWebUrl: Value[str]
class DataSourceContainer(_t.Entity):
 createdDateTime: DateTime | None
 displayName: str | None
 holdStatus: DataSourceHoldStatus | None
 lastModifiedDateTime: DateTime | None
 releasedDateTime: DateTime | None
 status: DataSourceContainerStatus | None
class _PartialDataSourceContainer(_t._PartialEntity, total=False):
 createdDateTime: DateTime | None
 displayName: str | None
 holdStatus: DataSourceHoldStatus | None
 lastModifiedDateTime: DateTime | None
 releasedDateTime: DateTime | None
 status: DataSourceContainerStatus | None
class DataSourceContainerSegments(_t.EntitySegments):
 createdDateTime: Value[DateTime]
 displayName: Value[str]
 holdStatus: Value[DataSourceHoldStatus]
 lastModifiedDateTime: Value[DateTime]
 releasedDateTime: Value[DateTime]
 status: Value[DataSourceContainerStatus]
class DataSourceContainerAddress(DataSourceContainerSegments, One[DataSourceContainer, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryCustodian"]) -> EdiscoveryCustodianAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryNoncustodialDataSource"]) -> EdiscoveryNoncustodialDataSourceAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class DataSourceContainerAddresses(Many[DataSourceContainer, DataSourceContainerAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryCustodian"]) -> EdiscoveryCustodianAddresses: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryNoncustodialDataSource"]) -> EdiscoveryNoncustodialDataSourceAddresses: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class EdiscoveryCustodian(DataSourceContainer):
 acknowledgedDateTime: DateTime | None
 email: str | None
 lastIndexOperation: dict[str, Any]
 siteSources: list[dict[str, Any]]
 unifiedGroupSources: list[dict[str, Any]]
 userSources: list[dict[str, Any]]
_PartialEdiscoveryCustodianKeys = TypedDict("_PartialEdiscoveryCustodianKeys", {"lastIndexOperation@odata.bind": str}, total=False)
class PartialEdiscoveryCustodian(_PartialDataSourceContainer, _PartialEdiscoveryCustodianKeys, total=False):
 acknowledgedDateTime: DateTime | None
 email: str | None
 lastIndexOperation: dict[str, Any]
 siteSources: list[dict[str, Any]]
 unifiedGroupSources: list[dict[str, Any]]
 userSources: list[dict[str, Any]]
class EdiscoveryCustodian_activate(Callable):
 def __call__(self) -> None: ...
class EdiscoveryCustodian_applyHold(Callable):
 def __call__(self) -> None: ...
class EdiscoveryCustodian_release(Callable):
 def __call__(self) -> None: ...
class EdiscoveryCustodian_removeHold(Callable):
 def __call__(self) -> None: ...
class EdiscoveryCustodian_updateIndex(Callable):
 def __call__(self) -> None: ...
class EdiscoveryCustodians_applyHold(Callable):
 def __call__(self, *, ids: list[str] | None = ...) -> None: ...
class EdiscoveryCustodians_removeHold(Callable):
 def __call__(self, *, ids: list[str] | None = ...) -> None: ...
class EdiscoveryCustodianAddress(DataSourceContainerSegments, One[EdiscoveryCustodian, PartialEdiscoveryCustodian, str]):
 acknowledgedDateTime: Value[DateTime]
 email: Value[str]
 lastIndexOperation: EdiscoveryIndexOperationAddress
 siteSources: Many[SiteSource, SiteSourceAddress, PartialSiteSource, str]
 unifiedGroupSources: Many[UnifiedGroupSource, UnifiedGroupSourceAddress, PartialUnifiedGroupSource, str]
 userSources: Many[UserSource, UserSourceAddress, PartialUserSource, str]
 activate: EdiscoveryCustodian_activate
 applyHold: EdiscoveryCustodian_applyHold
 release: EdiscoveryCustodian_release
 removeHold: EdiscoveryCustodian_removeHold
 updateIndex: EdiscoveryCustodian_updateIndex
class EdiscoveryCustodianAddresses(Many[EdiscoveryCustodian, EdiscoveryCustodianAddress, PartialEdiscoveryCustodian, str]):
 applyHold: EdiscoveryCustodians_applyHold
 removeHold: EdiscoveryCustodians_removeHold
class EdiscoveryNoncustodialDataSource(DataSourceContainer):
 dataSource: dict[str, Any]
 lastIndexOperation: dict[str, Any]
_PartialEdiscoveryNoncustodialDataSourceKeys = TypedDict("_PartialEdiscoveryNoncustodialDataSourceKeys", {"lastIndexOperation@odata.bind": str}, total=False)
class PartialEdiscoveryNoncustodialDataSource(_PartialDataSourceContainer, _PartialEdiscoveryNoncustodialDataSourceKeys, total=False):
 dataSource: dict[str, Any]
 lastIndexOperation: dict[str, Any]
class EdiscoveryNoncustodialDataSource_applyHold(Callable):
 def __call__(self) -> None: ...
class EdiscoveryNoncustodialDataSource_release(Callable):
 def __call__(self) -> None: ...
class EdiscoveryNoncustodialDataSource_removeHold(Callable):
 def __call__(self) -> None: ...
class EdiscoveryNoncustodialDataSource_updateIndex(Callable):
 def __call__(self) -> None: ...
class EdiscoveryNoncustodialDataSources_applyHold(Callable):
 def __call__(self, *, ids: list[str] | None = ...) -> None: ...
class EdiscoveryNoncustodialDataSources_removeHold(Callable):
 def __call__(self, *, ids: list[str] | None = ...) -> None: ...
class EdiscoveryNoncustodialDataSourceAddress(DataSourceContainerSegments, One[EdiscoveryNoncustodialDataSource, PartialEdiscoveryNoncustodialDataSource, str]):
 dataSource: DataSourceAddress
 lastIndexOperation: EdiscoveryIndexOperationAddress
 applyHold: EdiscoveryNoncustodialDataSource_applyHold
 release: EdiscoveryNoncustodialDataSource_release
 removeHold: EdiscoveryNoncustodialDataSource_removeHold
 updateIndex: EdiscoveryNoncustodialDataSource_updateIndex
class EdiscoveryNoncustodialDataSourceAddresses(Many[EdiscoveryNoncustodialDataSource, EdiscoveryNoncustodialDataSourceAddress, PartialEdiscoveryNoncustodialDataSource, str]):
 applyHold: EdiscoveryNoncustodialDataSources_applyHold
 removeHold: EdiscoveryNoncustodialDataSources_removeHold
class EdiscoveryCaseMember(_t.Entity):
 displayName: str | None
 recipientType: RecipientType | None
 smtpAddress: str | None
class PartialEdiscoveryCaseMember(_t._PartialEntity, total=False):
 displayName: str | None
 recipientType: RecipientType | None
 smtpAddress: str | None
class EdiscoveryCaseMemberAddress(_t.EntitySegments, One[EdiscoveryCaseMember, PartialEdiscoveryCaseMember, str]):
 displayName: Value[str]
 recipientType: Value[RecipientType]
 smtpAddress: Value[str]
class EdiscoveryCaseSettings(_t.Entity):
 caseType: CaseType
 ocr: OcrSettings | None
 redundancyDetection: RedundancyDetectionSettings | None
 reviewSetSettings: ReviewSetSettings | None
 topicModeling: TopicModelingSettings | None
class PartialEdiscoveryCaseSettings(_t._PartialEntity, total=False):
 caseType: CaseType | None
 ocr: PartialOcrSettings | None
 redundancyDetection: PartialRedundancyDetectionSettings | None
 reviewSetSettings: ReviewSetSettings | None
 topicModeling: PartialTopicModelingSettings | None
class EdiscoveryCaseSettings_resetToDefault(Callable):
 def __call__(self) -> None: ...
class EdiscoveryCaseSettingsAddress(_t.EntitySegments, One[EdiscoveryCaseSettings, PartialEdiscoveryCaseSettings, str]):
 caseType: Value[CaseType]
 ocr: OcrSettingsAddress
 redundancyDetection: RedundancyDetectionSettingsAddress
 reviewSetSettings: Value[ReviewSetSettings]
 topicModeling: TopicModelingSettingsAddress
 resetToDefault: EdiscoveryCaseSettings_resetToDefault
class FilePlanDescriptor(_t.Entity):
 authority: FilePlanAuthority | None
 category: FilePlanAppliedCategory | None
 citation: FilePlanCitation | None
 department: FilePlanDepartment | None
 filePlanReference: FilePlanReference | None
 authorityTemplate: dict[str, Any]
 categoryTemplate: dict[str, Any]
 citationTemplate: dict[str, Any]
 departmentTemplate: dict[str, Any]
 filePlanReferenceTemplate: dict[str, Any]
class FilePlanDescriptorAddress(_t.EntitySegments, One[FilePlanDescriptor, dict[str, Any], str]):
 authority: FilePlanAuthorityAddress
 category: FilePlanAppliedCategoryAddress
 citation: FilePlanCitationAddress
 department: FilePlanDepartmentAddress
 filePlanReference: FilePlanReferenceAddress
 authorityTemplate: AuthorityTemplateAddress
 categoryTemplate: CategoryTemplateAddress
 citationTemplate: CitationTemplateAddress
 departmentTemplate: DepartmentTemplateAddress
 filePlanReferenceTemplate: FilePlanReferenceTemplateAddress
class FilePlanDescriptorTemplate(_t.Entity):
 createdBy: _t.IdentitySet | None
 createdDateTime: DateTime | None
 displayName: str | None
class FilePlanDescriptorTemplateSegments(_t.EntitySegments):
 createdBy: _t.IdentitySetAddress
 createdDateTime: Value[DateTime]
 displayName: Value[str]
class FilePlanDescriptorTemplateAddress(FilePlanDescriptorTemplateSegments, One[FilePlanDescriptorTemplate, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.authorityTemplate"]) -> AuthorityTemplateAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.categoryTemplate"]) -> CategoryTemplateAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.citationTemplate"]) -> CitationTemplateAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.departmentTemplate"]) -> DepartmentTemplateAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.filePlanReferenceTemplate"]) -> FilePlanReferenceTemplateAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.subcategoryTemplate"]) -> SubcategoryTemplateAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class FilePlanDescriptorTemplateAddresses(Many[FilePlanDescriptorTemplate, FilePlanDescriptorTemplateAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.authorityTemplate"]) -> Many[AuthorityTemplate, AuthorityTemplateAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.categoryTemplate"]) -> Many[CategoryTemplate, CategoryTemplateAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.citationTemplate"]) -> Many[CitationTemplate, CitationTemplateAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.departmentTemplate"]) -> Many[DepartmentTemplate, DepartmentTemplateAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.filePlanReferenceTemplate"]) -> Many[FilePlanReferenceTemplate, FilePlanReferenceTemplateAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.subcategoryTemplate"]) -> Many[SubcategoryTemplate, SubcategoryTemplateAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class AuthorityTemplate(FilePlanDescriptorTemplate):
 pass
class AuthorityTemplateAddress(FilePlanDescriptorTemplateSegments, One[AuthorityTemplate, dict[str, Any], str]):
 pass
class CategoryTemplate(FilePlanDescriptorTemplate):
 subcategories: list[dict[str, Any]]
class CategoryTemplateAddress(FilePlanDescriptorTemplateSegments, One[CategoryTemplate, dict[str, Any], str]):
 subcategories: Many[SubcategoryTemplate, SubcategoryTemplateAddress, dict[str, Any], str]
class CitationTemplate(FilePlanDescriptorTemplate):
 citationJurisdiction: str | None
 citationUrl: str | None
class CitationTemplateAddress(FilePlanDescriptorTemplateSegments, One[CitationTemplate, dict[str, Any], str]):
 citationJurisdiction: Value[str]
 citationUrl: Value[str]
class DepartmentTemplate(FilePlanDescriptorTemplate):
 pass
class DepartmentTemplateAddress(FilePlanDescriptorTemplateSegments, One[DepartmentTemplate, dict[str, Any], str]):
 pass
class FilePlanReferenceTemplate(FilePlanDescriptorTemplate):
 pass
class FilePlanReferenceTemplateAddress(FilePlanDescriptorTemplateSegments, One[FilePlanReferenceTemplate, dict[str, Any], str]):
 pass
class SubcategoryTemplate(FilePlanDescriptorTemplate):
 pass
class SubcategoryTemplateAddress(FilePlanDescriptorTemplateSegments, One[SubcategoryTemplate, dict[str, Any], str]):
 pass
class HealthIssue(_t.Entity):
 additionalInformation: list[str]
 createdDateTime: DateTime
 description: str
 displayName: str | None
 domainNames: list[str]
 healthIssueType: HealthIssueType | None
 issueTypeId: str | None
 lastModifiedDateTime: DateTime
 recommendations: list[str]
 recommendedActionCommands: list[str]
 sensorDNSNames: list[str]
 severity: HealthIssueSeverity | None
 status: HealthIssueStatus | None
class PartialHealthIssue(_t._PartialEntity, total=False):
 additionalInformation: list[str]
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 domainNames: list[str]
 healthIssueType: HealthIssueType | None
 issueTypeId: str | None
 lastModifiedDateTime: DateTime | None
 recommendations: list[str]
 recommendedActionCommands: list[str]
 sensorDNSNames: list[str]
 severity: HealthIssueSeverity | None
 status: HealthIssueStatus | None
class HealthIssueAddress(_t.EntitySegments, One[HealthIssue, PartialHealthIssue, str]):
 additionalInformation: Values[str]
 createdDateTime: Value[DateTime]
 description: Value[str]
 displayName: Value[str]
 domainNames: Values[str]
 healthIssueType: Value[HealthIssueType]
 issueTypeId: Value[str]
 lastModifiedDateTime: Value[DateTime]
 recommendations: Values[str]
 recommendedActionCommands: Values[str]
 sensorDNSNames: Values[str]
 severity: Value[HealthIssueSeverity]
 status: Value[HealthIssueStatus]
class HostPair(_t.Entity):
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 linkKind: str | None
 childHost: dict[str, Any]
 parentHost: dict[str, Any]
class HostPairAddress(_t.EntitySegments, One[HostPair, dict[str, Any], str]):
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 linkKind: Value[str]
 childHost: HostAddress
 parentHost: HostAddress
class HostPort(_t.Entity):
 banners: list[HostPortBanner]
 firstSeenDateTime: DateTime | None
 lastScanDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 port: int
 protocol: HostPortProtocol | None
 services: list[HostPortComponent]
 status: HostPortStatus | None
 timesObserved: int | None
 host: dict[str, Any]
 mostRecentSslCertificate: dict[str, Any]
class HostPortAddress(_t.EntitySegments, One[HostPort, dict[str, Any], str]):
 banners: Values[HostPortBanner]
 firstSeenDateTime: Value[DateTime]
 lastScanDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 port: Value[int]
 protocol: Value[HostPortProtocol]
 services: Values[HostPortComponent]
 status: Value[HostPortStatus]
 timesObserved: Value[int]
 host: HostAddress
 mostRecentSslCertificate: SslCertificateAddress
class HostReputation(_t.Entity):
 classification: HostReputationClassification
 rules: list[HostReputationRule]
 score: int
class HostReputationAddress(_t.EntitySegments, One[HostReputation, dict[str, Any], str]):
 classification: Value[HostReputationClassification]
 rules: Values[HostReputationRule]
 score: Value[int]
class IdentityAccounts(_t.Entity):
 accounts: list[Account]
 cloudSecurityIdentifier: str | None
 displayName: str | None
 domain: str | None
 isEnabled: bool
 onPremisesSecurityIdentifier: str | None
class IdentityAccounts_invokeAction(Callable):
 def __call__(self, *, accountId: str, action: Action, identityProvider: IdentityProvider) -> InvokeActionResult: ...
class IdentityAccountsSegments(_t.EntitySegments):
 accounts: Values[Account]
 cloudSecurityIdentifier: Value[str]
 displayName: Value[str]
 domain: Value[str]
 isEnabled: Value[bool]
 onPremisesSecurityIdentifier: Value[str]
 invokeAction: IdentityAccounts_invokeAction
class IdentityAccountsAddress(IdentityAccountsSegments, One[IdentityAccounts, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.user"]) -> UserAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class IdentityAccountsAddresses(Many[IdentityAccounts, IdentityAccountsAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.user"]) -> Many[User, UserAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class User(IdentityAccounts):
 emailAddress: str | None
 userPrincipalName: str | None
class UserAddress(IdentityAccountsSegments, One[User, dict[str, Any], str]):
 emailAddress: Value[str]
 userPrincipalName: Value[str]
class IdentityContainer(_t.Entity):
 healthIssues: list[dict[str, Any]]
 identityAccounts: list[dict[str, Any]]
 sensorCandidateActivationConfiguration: dict[str, Any]
 sensorCandidates: list[dict[str, Any]]
 sensors: list[dict[str, Any]]
 settings: dict[str, Any]
IdentityContainerField: TypeAlias = Literal["id"]
class IdentityContainerAddress(_t.EntitySegments, One[IdentityContainer, dict[str, Any], IdentityContainerField]):
 healthIssues: Many[HealthIssue, HealthIssueAddress, PartialHealthIssue, str]
 identityAccounts: IdentityAccountsAddresses
 sensorCandidateActivationConfiguration: SensorCandidateActivationConfigurationAddress
 sensorCandidates: SensorCandidateAddresses
 sensors: SensorAddresses
 settings: SettingsContainerAddress
class Incident(_t.Entity):
 assignedTo: str | None
 classification: AlertClassification | None
 comments: list[AlertComment]
 createdDateTime: DateTime
 customTags: list[str]
 description: str | None
 determination: AlertDetermination | None
 displayName: str | None
 incidentWebUrl: str | None
 lastModifiedBy: str | None
 lastUpdateDateTime: DateTime
 priorityScore: int | None
 redirectIncidentId: str | None
 resolvingComment: str | None
 severity: AlertSeverity
 status: IncidentStatus
 summary: str | None
 systemTags: list[str]
 tenantId: str | None
 alerts: list[dict[str, Any]]
IncidentField: TypeAlias = Literal["id", "assignedTo", "classification", "comments", "createdDateTime", "customTags", "description", "determination", "displayName", "incidentWebUrl", "lastModifiedBy", "lastUpdateDateTime", "priorityScore", "redirectIncidentId", "resolvingComment", "severity", "status", "summary", "systemTags", "tenantId"]
_PartialIncidentKeys = TypedDict("_PartialIncidentKeys", {"alerts@odata.bind": list[str]}, total=False)
class PartialIncident(_t._PartialEntity, _PartialIncidentKeys, total=False):
 assignedTo: str | None
 classification: AlertClassification | None
 comments: list[PartialAlertComment]
 createdDateTime: DateTime | None
 customTags: list[str]
 description: str | None
 determination: AlertDetermination | None
 displayName: str | None
 incidentWebUrl: str | None
 lastModifiedBy: str | None
 lastUpdateDateTime: DateTime | None
 priorityScore: int | None
 redirectIncidentId: str | None
 resolvingComment: str | None
 severity: AlertSeverity | None
 status: IncidentStatus | None
 summary: str | None
 systemTags: list[str]
 tenantId: str | None
 alerts: list[dict[str, Any]]
class Incidents_mergeIncidents(Callable):
 def __call__(self, *, incidentIds: list[str] | None = ..., incidentComment: str | None = ..., mergeReasons: CorrelationReason | None = ...) -> MergeResponse: ...
class IncidentAddress(_t.EntitySegments, One[Incident, PartialIncident, IncidentField]):
 assignedTo: Value[str]
 classification: Value[AlertClassification]
 comments: Values[AlertComment]
 createdDateTime: Value[DateTime]
 customTags: Values[str]
 description: Value[str]
 determination: Value[AlertDetermination]
 displayName: Value[str]
 incidentWebUrl: Value[str]
 lastModifiedBy: Value[str]
 lastUpdateDateTime: Value[DateTime]
 priorityScore: Value[int]
 redirectIncidentId: Value[str]
 resolvingComment: Value[str]
 severity: Value[AlertSeverity]
 status: Value[IncidentStatus]
 summary: Value[str]
 systemTags: Values[str]
 tenantId: Value[str]
 alerts: AlertAddresses
class IncidentAddresses(Many[Incident, IncidentAddress, PartialIncident, IncidentField]):
 mergeIncidents: Incidents_mergeIncidents
class Indicator(_t.Entity):
 source: IndicatorSource
 artifact: dict[str, Any]
class IndicatorSegments(_t.EntitySegments):
 source: Value[IndicatorSource]
 artifact: ArtifactAddress
class IndicatorAddress(IndicatorSegments, One[Indicator, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.articleIndicator"]) -> ArticleIndicatorAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.intelligenceProfileIndicator"]) -> IntelligenceProfileIndicatorAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class IndicatorAddresses(Many[Indicator, IndicatorAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.articleIndicator"]) -> Many[ArticleIndicator, ArticleIndicatorAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.intelligenceProfileIndicator"]) -> Many[IntelligenceProfileIndicator, IntelligenceProfileIndicatorAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class ArticleIndicator(Indicator):
 pass
class ArticleIndicatorAddress(IndicatorSegments, One[ArticleIndicator, dict[str, Any], str]):
 pass
class IntelligenceProfileIndicator(Indicator):
 firstSeenDateTime: DateTime
 lastSeenDateTime: DateTime | None
class IntelligenceProfileIndicatorAddress(IndicatorSegments, One[IntelligenceProfileIndicator, dict[str, Any], str]):
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
class IntelligenceProfile(_t.Entity):
 aliases: list[str]
 countriesOrRegionsOfOrigin: list[IntelligenceProfileCountryOrRegionOfOrigin]
 description: FormattedContent
 firstActiveDateTime: DateTime
 kind: IntelligenceProfileKind
 summary: FormattedContent
 targets: list[str]
 title: str
 tradecraft: FormattedContent | None
 indicators: list[dict[str, Any]]
class IntelligenceProfileAddress(_t.EntitySegments, One[IntelligenceProfile, dict[str, Any], str]):
 aliases: Values[str]
 countriesOrRegionsOfOrigin: Values[IntelligenceProfileCountryOrRegionOfOrigin]
 description: FormattedContentAddress
 firstActiveDateTime: Value[DateTime]
 kind: Value[IntelligenceProfileKind]
 summary: FormattedContentAddress
 targets: Values[str]
 title: Value[str]
 tradecraft: FormattedContentAddress
 indicators: Many[IntelligenceProfileIndicator, IntelligenceProfileIndicatorAddress, dict[str, Any], str]
class LabelsRoot(_t.Entity):
 authorities: list[dict[str, Any]]
 categories: list[dict[str, Any]]
 citations: list[dict[str, Any]]
 departments: list[dict[str, Any]]
 filePlanReferences: list[dict[str, Any]]
 retentionLabels: list[dict[str, Any]]
LabelsRootField: TypeAlias = Literal["id"]
class LabelsRootAddress(_t.EntitySegments, One[LabelsRoot, dict[str, Any], LabelsRootField]):
 authorities: Many[AuthorityTemplate, AuthorityTemplateAddress, dict[str, Any], str]
 categories: Many[CategoryTemplate, CategoryTemplateAddress, dict[str, Any], str]
 citations: Many[CitationTemplate, CitationTemplateAddress, dict[str, Any], str]
 departments: Many[DepartmentTemplate, DepartmentTemplateAddress, dict[str, Any], str]
 filePlanReferences: Many[FilePlanReferenceTemplate, FilePlanReferenceTemplateAddress, dict[str, Any], str]
 retentionLabels: Many[RetentionLabel, RetentionLabelAddress, PartialRetentionLabel, str]
class NetworkAdapter(_t.Entity):
 isEnabled: bool | None
 name: str | None
class NetworkAdapterAddress(_t.EntitySegments, One[NetworkAdapter, dict[str, Any], str]):
 isEnabled: Value[bool]
 name: Value[str]
class RetentionEvent(_t.Entity):
 createdBy: _t.IdentitySet | None
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 eventPropagationResults: list[EventPropagationResult]
 eventQueries: list[EventQuery]
 eventStatus: RetentionEventStatus | None
 eventTriggerDateTime: DateTime | None
 lastModifiedBy: _t.IdentitySet | None
 lastModifiedDateTime: DateTime | None
 lastStatusUpdateDateTime: DateTime | None
 retentionEventType: dict[str, Any]
_PartialRetentionEventKeys = TypedDict("_PartialRetentionEventKeys", {"retentionEventType@odata.bind": str}, total=False)
class PartialRetentionEvent(_t._PartialEntity, _PartialRetentionEventKeys, total=False):
 createdBy: _t.PartialIdentitySet | dict[str, Any] | None
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 eventPropagationResults: list[PartialEventPropagationResult]
 eventQueries: list[PartialEventQuery]
 eventStatus: PartialRetentionEventStatus | None
 eventTriggerDateTime: DateTime | None
 lastModifiedBy: _t.PartialIdentitySet | dict[str, Any] | None
 lastModifiedDateTime: DateTime | None
 lastStatusUpdateDateTime: DateTime | None
 retentionEventType: dict[str, Any]
class RetentionEventAddress(_t.EntitySegments, One[RetentionEvent, PartialRetentionEvent, str]):
 createdBy: _t.IdentitySetAddress
 createdDateTime: Value[DateTime]
 description: Value[str]
 displayName: Value[str]
 eventPropagationResults: Values[EventPropagationResult]
 eventQueries: Values[EventQuery]
 eventStatus: RetentionEventStatusAddress
 eventTriggerDateTime: Value[DateTime]
 lastModifiedBy: _t.IdentitySetAddress
 lastModifiedDateTime: Value[DateTime]
 lastStatusUpdateDateTime: Value[DateTime]
 retentionEventType: RetentionEventTypeAddress
class RetentionEventType(_t.Entity):
 createdBy: _t.IdentitySet | None
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 lastModifiedBy: _t.IdentitySet | None
 lastModifiedDateTime: DateTime | None
class PartialRetentionEventType(_t._PartialEntity, total=False):
 createdBy: _t.PartialIdentitySet | dict[str, Any] | None
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 lastModifiedBy: _t.PartialIdentitySet | dict[str, Any] | None
 lastModifiedDateTime: DateTime | None
class RetentionEventTypeAddress(_t.EntitySegments, One[RetentionEventType, PartialRetentionEventType, str]):
 createdBy: _t.IdentitySetAddress
 createdDateTime: Value[DateTime]
 description: Value[str]
 displayName: Value[str]
 lastModifiedBy: _t.IdentitySetAddress
 lastModifiedDateTime: Value[DateTime]
class RetentionLabel(_t.Entity):
 actionAfterRetentionPeriod: ActionAfterRetentionPeriod | None
 behaviorDuringRetentionPeriod: BehaviorDuringRetentionPeriod | None
 createdBy: _t.IdentitySet | None
 createdDateTime: DateTime | None
 defaultRecordBehavior: DefaultRecordBehavior | None
 descriptionForAdmins: str | None
 descriptionForUsers: str | None
 displayName: str | None
 isInUse: bool | None
 labelToBeApplied: str | None
 lastModifiedBy: _t.IdentitySet | None
 lastModifiedDateTime: DateTime | None
 retentionDuration: RetentionDuration | None
 retentionTrigger: RetentionTrigger | None
 descriptors: dict[str, Any]
 dispositionReviewStages: list[dict[str, Any]]
 retentionEventType: dict[str, Any]
_PartialRetentionLabelKeys = TypedDict("_PartialRetentionLabelKeys", {"retentionEventType@odata.bind": str}, total=False)
class PartialRetentionLabel(_t._PartialEntity, _PartialRetentionLabelKeys, total=False):
 actionAfterRetentionPeriod: ActionAfterRetentionPeriod | None
 behaviorDuringRetentionPeriod: BehaviorDuringRetentionPeriod | None
 createdBy: _t.PartialIdentitySet | dict[str, Any] | None
 createdDateTime: DateTime | None
 defaultRecordBehavior: DefaultRecordBehavior | None
 descriptionForAdmins: str | None
 descriptionForUsers: str | None
 displayName: str | None
 isInUse: bool | None
 labelToBeApplied: str | None
 lastModifiedBy: _t.PartialIdentitySet | dict[str, Any] | None
 lastModifiedDateTime: DateTime | None
 retentionDuration: PartialRetentionDuration | None
 retentionTrigger: RetentionTrigger | None
 descriptors: dict[str, Any]
 dispositionReviewStages: list[dict[str, Any]]
 retentionEventType: dict[str, Any]
class RetentionLabelAddress(_t.EntitySegments, One[RetentionLabel, PartialRetentionLabel, str]):
 actionAfterRetentionPeriod: Value[ActionAfterRetentionPeriod]
 behaviorDuringRetentionPeriod: Value[BehaviorDuringRetentionPeriod]
 createdBy: _t.IdentitySetAddress
 createdDateTime: Value[DateTime]
 defaultRecordBehavior: Value[DefaultRecordBehavior]
 descriptionForAdmins: Value[str]
 descriptionForUsers: Value[str]
 displayName: Value[str]
 isInUse: Value[bool]
 labelToBeApplied: Value[str]
 lastModifiedBy: _t.IdentitySetAddress
 lastModifiedDateTime: Value[DateTime]
 retentionDuration: RetentionDurationAddress
 retentionTrigger: Value[RetentionTrigger]
 descriptors: FilePlanDescriptorAddress
 dispositionReviewStages: Many[DispositionReviewStage, DispositionReviewStageAddress, dict[str, Any], str]
 retentionEventType: RetentionEventTypeAddress
class Search(_t.Entity):
 contentQuery: str | None
 createdBy: _t.IdentitySet | None
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 lastModifiedBy: _t.IdentitySet | None
 lastModifiedDateTime: DateTime | None
class _PartialSearch(_t._PartialEntity, total=False):
 contentQuery: str | None
 createdBy: _t.PartialIdentitySet | dict[str, Any] | None
 createdDateTime: DateTime | None
 description: str | None
 displayName: str | None
 lastModifiedBy: _t.PartialIdentitySet | dict[str, Any] | None
 lastModifiedDateTime: DateTime | None
class SearchSegments(_t.EntitySegments):
 contentQuery: Value[str]
 createdBy: _t.IdentitySetAddress
 createdDateTime: Value[DateTime]
 description: Value[str]
 displayName: Value[str]
 lastModifiedBy: _t.IdentitySetAddress
 lastModifiedDateTime: Value[DateTime]
class SearchAddress(SearchSegments, One[Search, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryReviewSetQuery"]) -> EdiscoveryReviewSetQueryAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoverySearch"]) -> EdiscoverySearchAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class SearchAddresses(Many[Search, SearchAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryReviewSetQuery"]) -> Many[EdiscoveryReviewSetQuery, EdiscoveryReviewSetQueryAddress, PartialEdiscoveryReviewSetQuery, str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoverySearch"]) -> Many[EdiscoverySearch, EdiscoverySearchAddress, PartialEdiscoverySearch, str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class EdiscoveryReviewSetQuery(Search):
 pass
class PartialEdiscoveryReviewSetQuery(_PartialSearch, total=False):
 pass
class EdiscoveryReviewSetQuery_applyTags(Callable):
 def __call__(self, *, tagsToAdd: list[PartialEdiscoveryReviewTag] | None = ..., tagsToRemove: list[PartialEdiscoveryReviewTag] | None = ...) -> None: ...
class EdiscoveryReviewSetQuery_export(Callable):
 def __call__(self, *, outputName: str | None = ..., description: str | None = ..., exportOptions: ExportOptions | None = ..., exportStructure: ExportFileStructure | None = ...) -> None: ...
class EdiscoveryReviewSetQueryAddress(SearchSegments, One[EdiscoveryReviewSetQuery, PartialEdiscoveryReviewSetQuery, str]):
 applyTags: EdiscoveryReviewSetQuery_applyTags
 export: EdiscoveryReviewSetQuery_export
class EdiscoverySearch(Search):
 dataSourceScopes: DataSourceScopes | None
 additionalSources: list[dict[str, Any]]
 addToReviewSetOperation: dict[str, Any]
 custodianSources: list[dict[str, Any]]
 lastEstimateStatisticsOperation: dict[str, Any]
 noncustodialSources: list[dict[str, Any]]
_PartialEdiscoverySearchKeys = TypedDict("_PartialEdiscoverySearchKeys", {"addToReviewSetOperation@odata.bind": str, "custodianSources@odata.bind": list[str], "lastEstimateStatisticsOperation@odata.bind": str, "noncustodialSources@odata.bind": list[str]}, total=False)
class PartialEdiscoverySearch(_PartialSearch, _PartialEdiscoverySearchKeys, total=False):
 dataSourceScopes: DataSourceScopes | None
 additionalSources: list[dict[str, Any]]
 addToReviewSetOperation: dict[str, Any]
 custodianSources: list[dict[str, Any]]
 lastEstimateStatisticsOperation: dict[str, Any]
 noncustodialSources: list[dict[str, Any]]
class EdiscoverySearch_estimateStatistics(Callable):
 def __call__(self, *, statisticsOptions: StatisticsOptions | None = ...) -> None: ...
class EdiscoverySearch_exportReport(Callable):
 def __call__(self, *, displayName: str | None = ..., description: str | None = ..., exportCriteria: ExportCriteria | None = ..., exportLocation: ExportLocation | None = ..., additionalOptions: AdditionalOptions | None = ..., cloudAttachmentVersion: CloudAttachmentVersion | None = ..., documentVersion: DocumentVersion | None = ...) -> None: ...
class EdiscoverySearch_exportResult(Callable):
 def __call__(self, *, displayName: str | None = ..., description: str | None = ..., exportCriteria: ExportCriteria | None = ..., exportLocation: ExportLocation | None = ..., additionalOptions: AdditionalOptions | None = ..., exportFormat: ExportFormat | None = ..., exportSingleItems: bool | None = ..., cloudAttachmentVersion: CloudAttachmentVersion | None = ..., documentVersion: DocumentVersion | None = ...) -> None: ...
class EdiscoverySearch_purgeData(Callable):
 def __call__(self, *, purgeType: PurgeType | None = ..., purgeAreas: PurgeAreas | None = ...) -> None: ...
class EdiscoverySearchAddress(SearchSegments, One[EdiscoverySearch, PartialEdiscoverySearch, str]):
 dataSourceScopes: Value[DataSourceScopes]
 additionalSources: DataSourceAddresses
 addToReviewSetOperation: EdiscoveryAddToReviewSetOperationAddress
 custodianSources: DataSourceAddresses
 lastEstimateStatisticsOperation: EdiscoveryEstimateOperationAddress
 noncustodialSources: EdiscoveryNoncustodialDataSourceAddresses
 estimateStatistics: EdiscoverySearch_estimateStatistics
 exportReport: EdiscoverySearch_exportReport
 exportResult: EdiscoverySearch_exportResult
 purgeData: EdiscoverySearch_purgeData
class Sensor(_t.Entity):
 createdDateTime: DateTime
 deploymentStatus: DeploymentStatus
 displayName: str
 domainName: str
 healthStatus: SensorHealthStatus
 openHealthIssuesCount: int
 sensorType: SensorType
 serviceStatus: ServiceStatus
 settings: SensorSettings
 version: str
 healthIssues: list[dict[str, Any]]
_PartialSensorKeys = TypedDict("_PartialSensorKeys", {"healthIssues@odata.bind": list[str]}, total=False)
class PartialSensor(_t._PartialEntity, _PartialSensorKeys, total=False):
 createdDateTime: DateTime | None
 deploymentStatus: DeploymentStatus | None
 displayName: str | None
 domainName: str | None
 healthStatus: SensorHealthStatus | None
 openHealthIssuesCount: int | None
 sensorType: SensorType | None
 serviceStatus: ServiceStatus | None
 settings: PartialSensorSettings | None
 version: str | None
 healthIssues: list[dict[str, Any]]
class Sensors_regenerateDeploymentAccessKey(Callable):
 def __call__(self) -> DeploymentAccessKeyType: ...
class Sensors_getDeploymentAccessKey(DeploymentAccessKeyTypeAddress):
 def __call__(self) -> DeploymentAccessKeyTypeAddress: ...
class Sensors_getDeploymentPackageUri(SensorDeploymentPackageAddress):
 def __call__(self) -> SensorDeploymentPackageAddress: ...
class SensorAddress(_t.EntitySegments, One[Sensor, PartialSensor, str]):
 createdDateTime: Value[DateTime]
 deploymentStatus: Value[DeploymentStatus]
 displayName: Value[str]
 domainName: Value[str]
 healthStatus: Value[SensorHealthStatus]
 openHealthIssuesCount: Value[int]
 sensorType: Value[SensorType]
 serviceStatus: Value[ServiceStatus]
 settings: SensorSettingsAddress
 version: Value[str]
 healthIssues: Many[HealthIssue, HealthIssueAddress, PartialHealthIssue, str]
class SensorAddresses(Many[Sensor, SensorAddress, PartialSensor, str]):
 regenerateDeploymentAccessKey: Sensors_regenerateDeploymentAccessKey
 getDeploymentAccessKey: Sensors_getDeploymentAccessKey
 getDeploymentPackageUri: Sensors_getDeploymentPackageUri
class SensorCandidate(_t.Entity):
 computerDnsName: str
 domainName: str
 lastSeenDateTime: DateTime
 senseClientVersion: str
class SensorCandidates_activate(Callable):
 def __call__(self, *, serverIds: list[str] | None = ...) -> None: ...
class SensorCandidateAddress(_t.EntitySegments, One[SensorCandidate, dict[str, Any], str]):
 computerDnsName: Value[str]
 domainName: Value[str]
 lastSeenDateTime: Value[DateTime]
 senseClientVersion: Value[str]
class SensorCandidateAddresses(Many[SensorCandidate, SensorCandidateAddress, dict[str, Any], str]):
 activate: SensorCandidates_activate
class SensorCandidateActivationConfiguration(_t.Entity):
 activationMode: SensorCandidateActivationMode
class SensorCandidateActivationConfigurationAddress(_t.EntitySegments, One[SensorCandidateActivationConfiguration, dict[str, Any], str]):
 activationMode: Value[SensorCandidateActivationMode]
class SettingsContainer(_t.Entity):
 autoAuditingConfiguration: dict[str, Any]
class SettingsContainerAddress(_t.EntitySegments, One[SettingsContainer, dict[str, Any], str]):
 autoAuditingConfiguration: AutoAuditingConfigurationAddress
class Subdomain(_t.Entity):
 firstSeenDateTime: DateTime | None
 host: dict[str, Any]
class SubdomainAddress(_t.EntitySegments, One[Subdomain, dict[str, Any], str]):
 firstSeenDateTime: Value[DateTime]
 host: HostAddress
class Tag(_t.Entity):
 createdBy: _t.IdentitySet | None
 description: str | None
 displayName: str | None
 lastModifiedDateTime: DateTime | None
class _PartialTag(_t._PartialEntity, total=False):
 createdBy: _t.PartialIdentitySet | dict[str, Any] | None
 description: str | None
 displayName: str | None
 lastModifiedDateTime: DateTime | None
class TagSegments(_t.EntitySegments):
 createdBy: _t.IdentitySetAddress
 description: Value[str]
 displayName: Value[str]
 lastModifiedDateTime: Value[DateTime]
class TagAddress(TagSegments, One[Tag, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryReviewTag"]) -> EdiscoveryReviewTagAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class TagAddresses(Many[Tag, TagAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.ediscoveryReviewTag"]) -> EdiscoveryReviewTagAddresses: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class EdiscoveryReviewTag(Tag):
 childSelectability: ChildSelectability | None
 childTags: list[dict[str, Any]]
 parent: dict[str, Any]
_PartialEdiscoveryReviewTagKeys = TypedDict("_PartialEdiscoveryReviewTagKeys", {"childTags@odata.bind": list[str], "parent@odata.bind": str}, total=False)
class PartialEdiscoveryReviewTag(_PartialTag, _PartialEdiscoveryReviewTagKeys, total=False):
 childSelectability: ChildSelectability | None
 childTags: list[dict[str, Any]]
 parent: dict[str, Any]
class EdiscoveryReviewTags_asHierarchy(EdiscoveryReviewTagAddresses):
 def __call__(self) -> EdiscoveryReviewTagAddresses: ...
class EdiscoveryReviewTagAddress(TagSegments, One[EdiscoveryReviewTag, PartialEdiscoveryReviewTag, str]):
 childSelectability: Value[ChildSelectability]
 childTags: EdiscoveryReviewTagAddresses
 parent: EdiscoveryReviewTagAddress
class EdiscoveryReviewTagAddresses(Many[EdiscoveryReviewTag, EdiscoveryReviewTagAddress, PartialEdiscoveryReviewTag, str]):
 asHierarchy: EdiscoveryReviewTags_asHierarchy
class ThreatIntelligence(_t.Entity):
 articleIndicators: list[dict[str, Any]]
 articles: list[dict[str, Any]]
 hostComponents: list[dict[str, Any]]
 hostCookies: list[dict[str, Any]]
 hostPairs: list[dict[str, Any]]
 hostPorts: list[dict[str, Any]]
 hosts: list[dict[str, Any]]
 hostSslCertificates: list[dict[str, Any]]
 hostTrackers: list[dict[str, Any]]
 intelligenceProfileIndicators: list[dict[str, Any]]
 intelProfiles: list[dict[str, Any]]
 passiveDnsRecords: list[dict[str, Any]]
 sslCertificates: list[dict[str, Any]]
 subdomains: list[dict[str, Any]]
 vulnerabilities: list[dict[str, Any]]
 whoisHistoryRecords: list[dict[str, Any]]
 whoisRecords: list[dict[str, Any]]
ThreatIntelligenceField: TypeAlias = Literal["id"]
class ThreatIntelligenceAddress(_t.EntitySegments, One[ThreatIntelligence, dict[str, Any], ThreatIntelligenceField]):
 articleIndicators: Many[ArticleIndicator, ArticleIndicatorAddress, dict[str, Any], str]
 articles: Many[Article, ArticleAddress, dict[str, Any], str]
 hostComponents: Many[HostComponent, HostComponentAddress, dict[str, Any], str]
 hostCookies: Many[HostCookie, HostCookieAddress, dict[str, Any], str]
 hostPairs: Many[HostPair, HostPairAddress, dict[str, Any], str]
 hostPorts: Many[HostPort, HostPortAddress, dict[str, Any], str]
 hosts: HostAddresses
 hostSslCertificates: Many[HostSslCertificate, HostSslCertificateAddress, dict[str, Any], str]
 hostTrackers: Many[HostTracker, HostTrackerAddress, dict[str, Any], str]
 intelligenceProfileIndicators: Many[IntelligenceProfileIndicator, IntelligenceProfileIndicatorAddress, dict[str, Any], str]
 intelProfiles: Many[IntelligenceProfile, IntelligenceProfileAddress, dict[str, Any], str]
 passiveDnsRecords: Many[PassiveDnsRecord, PassiveDnsRecordAddress, dict[str, Any], str]
 sslCertificates: Many[SslCertificate, SslCertificateAddress, dict[str, Any], str]
 subdomains: Many[Subdomain, SubdomainAddress, dict[str, Any], str]
 vulnerabilities: Many[Vulnerability, VulnerabilityAddress, dict[str, Any], str]
 whoisHistoryRecords: Many[WhoisHistoryRecord, WhoisHistoryRecordAddress, dict[str, Any], str]
 whoisRecords: Many[WhoisRecord, WhoisRecordAddress, dict[str, Any], str]
class TriggerTypesRoot(_t.Entity):
 retentionEventTypes: list[dict[str, Any]]
TriggerTypesRootField: TypeAlias = Literal["id"]
class TriggerTypesRootAddress(_t.EntitySegments, One[TriggerTypesRoot, dict[str, Any], TriggerTypesRootField]):
 retentionEventTypes: Many[RetentionEventType, RetentionEventTypeAddress, PartialRetentionEventType, str]
class TriggersRoot(_t.Entity):
 retentionEvents: list[dict[str, Any]]
TriggersRootField: TypeAlias = Literal["id"]
class TriggersRootAddress(_t.EntitySegments, One[TriggersRoot, dict[str, Any], TriggersRootField]):
 retentionEvents: Many[RetentionEvent, RetentionEventAddress, PartialRetentionEvent, str]
class Vulnerability(_t.Entity):
 activeExploitsObserved: bool
 commonWeaknessEnumerationIds: list[str]
 createdDateTime: DateTime
 cvss2Summary: CvssSummary
 cvss3Summary: CvssSummary
 description: FormattedContent
 exploits: list[Hyperlink]
 exploitsAvailable: bool
 hasChatter: bool
 lastModifiedDateTime: DateTime
 priorityScore: int
 publishedDateTime: DateTime
 references: list[Hyperlink]
 remediation: FormattedContent | None
 severity: VulnerabilitySeverity
 articles: list[dict[str, Any]]
 components: list[dict[str, Any]]
class VulnerabilityAddress(_t.EntitySegments, One[Vulnerability, dict[str, Any], str]):
 activeExploitsObserved: Value[bool]
 commonWeaknessEnumerationIds: Values[str]
 createdDateTime: Value[DateTime]
 cvss2Summary: CvssSummaryAddress
 cvss3Summary: CvssSummaryAddress
 description: FormattedContentAddress
 exploits: Values[Hyperlink]
 exploitsAvailable: Value[bool]
 hasChatter: Value[bool]
 lastModifiedDateTime: Value[DateTime]
 priorityScore: Value[int]
 publishedDateTime: Value[DateTime]
 references: Values[Hyperlink]
 remediation: FormattedContentAddress
 severity: Value[VulnerabilitySeverity]
 articles: Many[Article, ArticleAddress, dict[str, Any], str]
 components: Many[VulnerabilityComponent, VulnerabilityComponentAddress, dict[str, Any], str]
class VulnerabilityComponent(_t.Entity):
 name: str
class VulnerabilityComponentAddress(_t.EntitySegments, One[VulnerabilityComponent, dict[str, Any], str]):
 name: Value[str]
class WhoisBaseRecord(_t.Entity):
 abuse: WhoisContact | None
 admin: WhoisContact | None
 billing: WhoisContact | None
 domainStatus: str | None
 expirationDateTime: DateTime | None
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 lastUpdateDateTime: DateTime | None
 nameservers: list[WhoisNameserver]
 noc: WhoisContact | None
 rawWhoisText: str | None
 registrant: WhoisContact | None
 registrar: WhoisContact | None
 registrationDateTime: DateTime | None
 technical: WhoisContact | None
 whoisServer: str | None
 zone: WhoisContact | None
 host: dict[str, Any]
class WhoisBaseRecordSegments(_t.EntitySegments):
 abuse: WhoisContactAddress
 admin: WhoisContactAddress
 billing: WhoisContactAddress
 domainStatus: Value[str]
 expirationDateTime: Value[DateTime]
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 lastUpdateDateTime: Value[DateTime]
 nameservers: Values[WhoisNameserver]
 noc: WhoisContactAddress
 rawWhoisText: Value[str]
 registrant: WhoisContactAddress
 registrar: WhoisContactAddress
 registrationDateTime: Value[DateTime]
 technical: WhoisContactAddress
 whoisServer: Value[str]
 zone: WhoisContactAddress
 host: HostAddress
class WhoisBaseRecordAddress(WhoisBaseRecordSegments, One[WhoisBaseRecord, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.whoisHistoryRecord"]) -> WhoisHistoryRecordAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.whoisRecord"]) -> WhoisRecordAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class WhoisBaseRecordAddresses(Many[WhoisBaseRecord, WhoisBaseRecordAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.whoisHistoryRecord"]) -> Many[WhoisHistoryRecord, WhoisHistoryRecordAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.security.whoisRecord"]) -> Many[WhoisRecord, WhoisRecordAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class WhoisHistoryRecord(WhoisBaseRecord):
 pass
class WhoisHistoryRecordAddress(WhoisBaseRecordSegments, One[WhoisHistoryRecord, dict[str, Any], str]):
 pass
class WhoisRecord(WhoisBaseRecord):
 history: list[dict[str, Any]]
class WhoisRecordAddress(WhoisBaseRecordSegments, One[WhoisRecord, dict[str, Any], str]):
 history: Many[WhoisHistoryRecord, WhoisHistoryRecordAddress, dict[str, Any], str]
class Account(Object):
 actions: list[Action]
 identifier: str
 identityProvider: IdentityProvider
class PartialAccount(PartialObject, total=False):
 actions: list[Action]
 identifier: str | None
 identityProvider: IdentityProvider | None
class AccountAddress(One[Account, PartialAccount, str]):
 actions: Values[Action]
 identifier: Value[str]
 identityProvider: Value[IdentityProvider]
class AlertComment(Object):
 comment: str | None
 createdByDisplayName: str | None
 createdDateTime: DateTime
class PartialAlertComment(PartialObject, total=False):
 comment: str | None
 createdByDisplayName: str | None
 createdDateTime: DateTime | None
class AlertCommentAddress(One[AlertComment, PartialAlertComment, str]):
 comment: Value[str]
 createdByDisplayName: Value[str]
 createdDateTime: Value[DateTime]
class AlertEvidence(Object):
 createdDateTime: DateTime
 detailedRoles: list[str]
 remediationStatus: EvidenceRemediationStatus
 remediationStatusDetails: str | None
 roles: list[EvidenceRole]
 tags: list[str]
 verdict: EvidenceVerdict
class AlertEvidenceAddress(One[AlertEvidence, dict[str, Any], str]):
 createdDateTime: Value[DateTime]
 detailedRoles: Values[str]
 remediationStatus: Value[EvidenceRemediationStatus]
 remediationStatusDetails: Value[str]
 roles: Values[EvidenceRole]
 tags: Values[str]
 verdict: Value[EvidenceVerdict]
class ActiveDirectoryDomainEvidence(AlertEvidence):
 activeDirectoryDomainName: str | None
 trustedDomains: list[ActiveDirectoryDomainEvidence]
class AiAgentEvidence(AlertEvidence):
 agentId: str | None
 agentName: str | None
 hostingPlatformType: AiAgentPlatform | None
 instructions: str | None
class AmazonResourceEvidence(AlertEvidence):
 amazonAccountId: str | None
 amazonResourceId: str | None
 resourceName: str | None
 resourceType: str | None
class AnalyzedMessageEvidence(AlertEvidence):
 antiSpamDirection: str | None
 attachmentsCount: int | None
 deliveryAction: str | None
 deliveryLocation: str | None
 internetMessageId: str | None
 language: str | None
 networkMessageId: str | None
 p1Sender: EmailSender | None
 p2Sender: EmailSender | None
 receivedDateTime: DateTime | None
 recipientEmailAddress: str | None
 senderIp: str | None
 subject: str | None
 threatDetectionMethods: list[str]
 threats: list[str]
 urlCount: int | None
 urls: list[str]
 urn: str | None
class AzureResourceEvidence(AlertEvidence):
 resourceId: str | None
 resourceName: str | None
 resourceType: str | None
class BlobContainerEvidence(AlertEvidence):
 name: str | None
 storageResource: AzureResourceEvidence | None
 url: str | None
class BlobEvidence(AlertEvidence):
 blobContainer: BlobContainerEvidence | None
 etag: str | None
 fileHashes: list[FileHash]
 name: str | None
 url: str | None
class CloudApplicationEvidence(AlertEvidence):
 appId: int | None
 displayName: str | None
 instanceId: int | None
 instanceName: str | None
 saasAppId: int | None
 stream: Stream | None
class CloudLogonRequestEvidence(AlertEvidence):
 requestId: str | None
class CloudLogonSessionEvidence(AlertEvidence):
 account: UserEvidence | None
 browser: str | None
 deviceName: str | None
 operatingSystem: str | None
 previousLogonDateTime: DateTime | None
 protocol: str | None
 sessionId: str | None
 startUtcDateTime: DateTime | None
 userAgent: str | None
class ContainerEvidence(AlertEvidence):
 args: list[str]
 command: list[str]
 containerId: str | None
 image: ContainerImageEvidence | None
 isPrivileged: bool
 name: str | None
 pod: KubernetesPodEvidence | None
class ContainerImageEvidence(AlertEvidence):
 digestImage: ContainerImageEvidence | None
 imageId: str | None
 registry: ContainerRegistryEvidence | None
class ContainerRegistryEvidence(AlertEvidence):
 registry: str | None
class DeviceEvidence(AlertEvidence):
 azureAdDeviceId: str | None
 defenderAvStatus: DefenderAvStatus | None
 deviceDnsName: str | None
 dnsDomain: str | None
 firstSeenDateTime: DateTime | None
 healthStatus: DeviceHealthStatus | None
 hostName: str | None
 ipInterfaces: list[str]
 lastExternalIpAddress: str | None
 lastIpAddress: str | None
 loggedOnUsers: list[LoggedOnUser]
 mdeDeviceId: str | None
 ntDomain: str | None
 onboardingStatus: OnboardingStatus | None
 osBuild: int | None
 osPlatform: str | None
 rbacGroupId: int | None
 rbacGroupName: str | None
 resourceAccessEvents: list[ResourceAccessEvent]
 riskScore: DeviceRiskScore | None
 version: str | None
 vmMetadata: VmMetadata | None
class DnsEvidence(AlertEvidence):
 dnsServerIp: IpEvidence | None
 domainName: str | None
 hostIpAddress: IpEvidence | None
 ipAddresses: list[IpEvidence]
class FileEvidence(AlertEvidence):
 detectionStatus: DetectionStatus | None
 fileDetails: FileDetails | None
 mdeDeviceId: str | None
class FileHashEvidence(AlertEvidence):
 algorithm: FileHashAlgorithm
 value: str | None
class GitHubOrganizationEvidence(AlertEvidence):
 company: str | None
 displayName: str | None
 email: str | None
 login: str | None
 orgId: str | None
 webUrl: str | None
class GitHubRepoEvidence(AlertEvidence):
 baseUrl: str | None
 login: str | None
 owner: str | None
 ownerType: str | None
 repoId: str | None
class GitHubUserEvidence(AlertEvidence):
 email: str | None
 login: str | None
 name: str | None
 userId: str | None
 webUrl: str | None
class GoogleCloudResourceEvidence(AlertEvidence):
 fullResourceName: str | None
 location: str | None
 locationType: GoogleCloudLocationType | None
 projectId: str | None
 projectNumber: int | None
 resourceName: str | None
 resourceType: str | None
class HostLogonSessionEvidence(AlertEvidence):
 account: UserEvidence | None
 endUtcDateTime: DateTime | None
 host: DeviceEvidence | None
 sessionId: str | None
 startUtcDateTime: DateTime | None
class IoTDeviceEvidence(AlertEvidence):
 deviceId: str | None
 deviceName: str | None
 devicePageLink: str | None
 deviceSubType: str | None
 deviceType: str | None
 importance: IoTDeviceImportanceType | None
 ioTHub: AzureResourceEvidence | None
 ioTSecurityAgentId: str | None
 ipAddress: IpEvidence | None
 isAuthorized: bool | None
 isProgramming: bool | None
 isScanner: bool | None
 macAddress: str | None
 manufacturer: str | None
 model: str | None
 nics: list[NicEvidence]
 operatingSystem: str | None
 owners: list[str]
 protocols: list[str]
 purdueLayer: str | None
 sensor: str | None
 serialNumber: str | None
 site: str | None
 source: str | None
 sourceRef: UrlEvidence | None
 zone: str | None
class IpEvidence(AlertEvidence):
 countryLetterCode: str | None
 ipAddress: str | None
 location: GeoLocation | None
 stream: Stream | None
class KubernetesClusterEvidence(AlertEvidence):
 cloudResource: AlertEvidence | None
 distribution: str | None
 name: str | None
 platform: KubernetesPlatform | None
 version: str | None
class KubernetesControllerEvidence(AlertEvidence):
 labels: Dictionary | None
 name: str | None
 namespace: KubernetesNamespaceEvidence | None
 type: str | None
class KubernetesNamespaceEvidence(AlertEvidence):
 cluster: KubernetesClusterEvidence | None
 labels: Dictionary | None
 name: str | None
class KubernetesPodEvidence(AlertEvidence):
 containers: list[ContainerEvidence]
 controller: KubernetesControllerEvidence | None
 ephemeralContainers: list[ContainerEvidence]
 initContainers: list[ContainerEvidence]
 labels: Dictionary | None
 name: str | None
 namespace: KubernetesNamespaceEvidence | None
 podIp: IpEvidence | None
 serviceAccount: KubernetesServiceAccountEvidence | None
class KubernetesSecretEvidence(AlertEvidence):
 name: str | None
 namespace: KubernetesNamespaceEvidence | None
 secretType: str | None
class KubernetesServiceAccountEvidence(AlertEvidence):
 name: str | None
 namespace: KubernetesNamespaceEvidence | None
class KubernetesServiceEvidence(AlertEvidence):
 clusterIP: IpEvidence | None
 externalIPs: list[IpEvidence]
 labels: Dictionary | None
 name: str | None
 namespace: KubernetesNamespaceEvidence | None
 selector: Dictionary | None
 servicePorts: list[KubernetesServicePort]
 serviceType: KubernetesServiceType
class MailClusterEvidence(AlertEvidence):
 clusterBy: str | None
 clusterByValue: str | None
 emailCount: int | None
 networkMessageIds: list[str]
 query: str | None
 urn: str | None
class MailboxConfigurationEvidence(AlertEvidence):
 configurationId: str | None
 configurationType: MailboxConfigurationType | None
 displayName: str | None
 externalDirectoryObjectId: Guid | None
 mailboxPrimaryAddress: str | None
 upn: str | None
class MailboxEvidence(AlertEvidence):
 displayName: str | None
 primaryAddress: str | None
 upn: str | None
 userAccount: UserAccount | None
class MalwareEvidence(AlertEvidence):
 category: str | None
 files: list[FileEvidence]
 name: str | None
 processes: list[ProcessEvidence]
class NetworkConnectionEvidence(AlertEvidence):
 destinationAddress: IpEvidence | None
 destinationPort: int | None
 protocol: ProtocolType | None
 sourceAddress: IpEvidence | None
 sourcePort: int | None
class NicEvidence(AlertEvidence):
 ipAddress: IpEvidence | None
 macAddress: str | None
 vlans: list[str]
class OauthApplicationEvidence(AlertEvidence):
 appId: str | None
 displayName: str | None
 objectId: str | None
 publisher: str | None
class ProcessEvidence(AlertEvidence):
 detectionStatus: DetectionStatus | None
 imageFile: FileDetails | None
 mdeDeviceId: str | None
 parentProcessCreationDateTime: DateTime | None
 parentProcessId: int | None
 parentProcessImageFile: FileDetails | None
 processCommandLine: str | None
 processCreationDateTime: DateTime | None
 processId: int | None
 userAccount: UserAccount | None
class RegistryKeyEvidence(AlertEvidence):
 registryHive: str | None
 registryKey: str | None
class RegistryValueEvidence(AlertEvidence):
 mdeDeviceId: str | None
 registryHive: str | None
 registryKey: str | None
 registryValue: str | None
 registryValueName: str | None
 registryValueType: str | None
class SasTokenEvidence(AlertEvidence):
 allowedIpAddresses: str | None
 allowedResourceTypes: list[str]
 allowedServices: list[str]
 expiryDateTime: DateTime | None
 permissions: list[str]
 protocol: str | None
 signatureHash: str | None
 signedWith: str | None
 startDateTime: DateTime | None
 storageResource: AzureResourceEvidence | None
class SecurityGroupEvidence(AlertEvidence):
 activeDirectoryObjectGuid: Guid | None
 displayName: str | None
 distinguishedName: str | None
 friendlyName: str | None
 securityGroupId: str | None
 sid: str | None
class ServicePrincipalEvidence(AlertEvidence):
 appId: str | None
 appOwnerTenantId: str | None
 servicePrincipalName: str | None
 servicePrincipalObjectId: str | None
 servicePrincipalType: ServicePrincipalType | None
 tenantId: str | None
class SubmissionMailEvidence(AlertEvidence):
 networkMessageId: str | None
 recipient: str | None
 reportType: str | None
 sender: str | None
 senderIp: str | None
 subject: str | None
 submissionDateTime: DateTime | None
 submissionId: str | None
 submitter: str | None
class TeamsMessageEvidence(AlertEvidence):
 campaignId: str | None
 channelId: str | None
 deliveryAction: TeamsMessageDeliveryAction | None
 deliveryLocation: TeamsDeliveryLocation | None
 files: list[FileEvidence]
 groupId: str | None
 isExternal: bool | None
 isOwned: bool | None
 lastModifiedDateTime: DateTime | None
 messageDirection: AntispamTeamsDirection | None
 messageId: str | None
 owningTenantId: Guid | None
 parentMessageId: str | None
 receivedDateTime: DateTime | None
 recipients: list[str]
 senderFromAddress: str | None
 senderIP: str | None
 sourceAppName: str | None
 sourceId: str | None
 subject: str | None
 suspiciousRecipients: list[str]
 threadId: str | None
 threadType: str | None
 urls: list[UrlEvidence]
class UrlEvidence(AlertEvidence):
 url: str | None
class UserEvidence(AlertEvidence):
 stream: Stream | None
 userAccount: UserAccount | None
class AnalyzedEmailAttachment(Object):
 detonationDetails: DetonationDetails | None
 fileExtension: str | None
 fileName: str | None
 fileSize: int | None
 fileType: str | None
 malwareFamily: str | None
 sha256: str | None
 tenantAllowBlockListDetailInfo: str | None
 threatType: ThreatType | None
class PartialAnalyzedEmailAttachment(PartialObject, total=False):
 detonationDetails: PartialDetonationDetails | None
 fileExtension: str | None
 fileName: str | None
 fileSize: int | None
 fileType: str | None
 malwareFamily: str | None
 sha256: str | None
 tenantAllowBlockListDetailInfo: str | None
 threatType: ThreatType | None
class AnalyzedEmailAttachmentAddress(One[AnalyzedEmailAttachment, PartialAnalyzedEmailAttachment, str]):
 detonationDetails: DetonationDetailsAddress
 fileExtension: Value[str]
 fileName: Value[str]
 fileSize: Value[int]
 fileType: Value[str]
 malwareFamily: Value[str]
 sha256: Value[str]
 tenantAllowBlockListDetailInfo: Value[str]
 threatType: Value[ThreatType]
class AnalyzedEmailAuthenticationDetail(Object):
 compositeAuthentication: str | None
 dkim: str | None
 dmarc: str | None
 senderPolicyFramework: str | None
class PartialAnalyzedEmailAuthenticationDetail(PartialObject, total=False):
 compositeAuthentication: str | None
 dkim: str | None
 dmarc: str | None
 senderPolicyFramework: str | None
class AnalyzedEmailAuthenticationDetailAddress(One[AnalyzedEmailAuthenticationDetail, PartialAnalyzedEmailAuthenticationDetail, str]):
 compositeAuthentication: Value[str]
 dkim: Value[str]
 dmarc: Value[str]
 senderPolicyFramework: Value[str]
class AnalyzedEmailDeliveryDetail(Object):
 action: DeliveryAction | None
 latestThreats: str | None
 location: DeliveryLocation | None
 originalThreats: str | None
class PartialAnalyzedEmailDeliveryDetail(PartialObject, total=False):
 action: DeliveryAction | None
 latestThreats: str | None
 location: DeliveryLocation | None
 originalThreats: str | None
class AnalyzedEmailDeliveryDetailAddress(One[AnalyzedEmailDeliveryDetail, PartialAnalyzedEmailDeliveryDetail, str]):
 action: Value[DeliveryAction]
 latestThreats: Value[str]
 location: Value[DeliveryLocation]
 originalThreats: Value[str]
class AnalyzedEmailDlpRuleInfo(Object):
 name: str | None
 ruleId: str | None
class PartialAnalyzedEmailDlpRuleInfo(PartialObject, total=False):
 name: str | None
 ruleId: str | None
class AnalyzedEmailDlpRuleInfoAddress(One[AnalyzedEmailDlpRuleInfo, PartialAnalyzedEmailDlpRuleInfo, str]):
 name: Value[str]
 ruleId: Value[str]
class AnalyzedEmailExchangeTransportRuleInfo(Object):
 name: str | None
 ruleId: str | None
class PartialAnalyzedEmailExchangeTransportRuleInfo(PartialObject, total=False):
 name: str | None
 ruleId: str | None
class AnalyzedEmailExchangeTransportRuleInfoAddress(One[AnalyzedEmailExchangeTransportRuleInfo, PartialAnalyzedEmailExchangeTransportRuleInfo, str]):
 name: Value[str]
 ruleId: Value[str]
class AnalyzedEmailRecipientDetail(Object):
 ccRecipients: list[str]
 domainName: str | None
class PartialAnalyzedEmailRecipientDetail(PartialObject, total=False):
 ccRecipients: list[str]
 domainName: str | None
class AnalyzedEmailRecipientDetailAddress(One[AnalyzedEmailRecipientDetail, PartialAnalyzedEmailRecipientDetail, str]):
 ccRecipients: Values[str]
 domainName: Value[str]
class AnalyzedEmailSenderDetail(Object):
 displayName: str | None
 domainCreationDateTime: DateTime | None
 domainName: str | None
 domainOwner: str | None
 fromAddress: str | None
 ipv4: str | None
 location: str | None
 mailFromAddress: str | None
 mailFromDomainName: str | None
class PartialAnalyzedEmailSenderDetail(PartialObject, total=False):
 displayName: str | None
 domainCreationDateTime: DateTime | None
 domainName: str | None
 domainOwner: str | None
 fromAddress: str | None
 ipv4: str | None
 location: str | None
 mailFromAddress: str | None
 mailFromDomainName: str | None
class AnalyzedEmailSenderDetailAddress(One[AnalyzedEmailSenderDetail, PartialAnalyzedEmailSenderDetail, str]):
 displayName: Value[str]
 domainCreationDateTime: Value[DateTime]
 domainName: Value[str]
 domainOwner: Value[str]
 fromAddress: Value[str]
 ipv4: Value[str]
 location: Value[str]
 mailFromAddress: Value[str]
 mailFromDomainName: Value[str]
class AnalyzedEmailUrl(Object):
 detectionMethod: str | None
 detonationDetails: DetonationDetails | None
 tenantAllowBlockListDetailInfo: str | None
 threatType: ThreatType | None
 url: str | None
class PartialAnalyzedEmailUrl(PartialObject, total=False):
 detectionMethod: str | None
 detonationDetails: PartialDetonationDetails | None
 tenantAllowBlockListDetailInfo: str | None
 threatType: ThreatType | None
 url: str | None
class AnalyzedEmailUrlAddress(One[AnalyzedEmailUrl, PartialAnalyzedEmailUrl, str]):
 detectionMethod: Value[str]
 detonationDetails: DetonationDetailsAddress
 tenantAllowBlockListDetailInfo: Value[str]
 threatType: Value[ThreatType]
 url: Value[str]
class AuditData(Object):
 dynamicProperties: AuditRecordTypeDictionary | None
class AuditDataAddress(One[AuditData, dict[str, Any], str]):
 dynamicProperties: One[AuditRecordTypeDictionary, dict[str, Any], str]
class A365AiExecuteTool(AuditData):
 pass
class A365AiInferenceCall(AuditData):
 pass
class A365AiInvokeAgent(AuditData):
 pass
class A365AiRunSummary(AuditData):
 pass
class A365SpanOutputs(AuditData):
 pass
class AISpanOutputsAuditRecord(AuditData):
 pass
class AadRiskDetectionAuditRecord(AuditData):
 pass
class AedAuditRecord(AuditData):
 pass
class AgentAdminActivityRecord(AuditData):
 pass
class AgentSettingAdminActivity(AuditData):
 pass
class AiAppInteractionAuditRecord(AuditData):
 pass
class AiExecuteToolAuditRecord(AuditData):
 pass
class AiInteractionsChangeNotificationAuditRecord(AuditData):
 pass
class AiInteractionsExportAuditRecord(AuditData):
 pass
class AiInteractionsSubscriptionAuditRecord(AuditData):
 pass
class AiInvokeAgentAuditRecord(AuditData):
 pass
class AipDiscover(AuditData):
 pass
class AipFileDeleted(AuditData):
 pass
class AipHeartBeat(AuditData):
 pass
class AipProtectionActionLogRequest(AuditData):
 pass
class AipScannerDiscoverEvent(AuditData):
 pass
class AipSensitivityLabelActionLogRequest(AuditData):
 pass
class AirAdminActionInvestigationData(AuditData):
 pass
class AirInvestigationData(AuditData):
 pass
class AirManualInvestigationData(AuditData):
 pass
class AlertSubmissionAuditRecord(AuditData):
 pass
class AlertSubmissionResultDetailAuditRecord(AuditData):
 pass
class AttackSimAdminAuditRecord(AuditData):
 pass
class AttackSimAuditRecord(AuditData):
 pass
class AuditConfigAuditRecord(AuditData):
 pass
class AuditSearchAuditRecord(AuditData):
 pass
class AzfwApplicationRuleAggregationEventRecord(AuditData):
 pass
class AzfwDnsQueryEventRecord(AuditData):
 pass
class AzfwNetworkRuleEventRecord(AuditData):
 pass
class AzureAISearchAuditRecord(AuditData):
 pass
class AzureActiveDirectoryAccountLogonAuditRecord(AuditData):
 pass
class AzureActiveDirectoryAuditRecord(AuditData):
 pass
class AzureActiveDirectoryStsLogonAuditRecord(AuditData):
 pass
class CampaignAuditRecord(AuditData):
 pass
class CcraiPolicyViolationRecord(AuditData):
 pass
class CdpClassifierHealthRecord(AuditData):
 pass
class CdpColdCrawlStatusRecord(AuditData):
 pass
class CdpConsumptionResourceRecord(AuditData):
 pass
class CdpContentExplorerAggregateRecord(AuditData):
 pass
class CdpDlpSensitiveEndpointAuditRecord(AuditData):
 pass
class CdpLogRecord(AuditData):
 pass
class CdpOcrBillingRecord(AuditData):
 pass
class CdpResourceScopeChangeEventRecord(AuditData):
 pass
class CdpdlmaiInteractionInsightsRecord(AuditData):
 pass
class CloudUpdateDeviceConfigAuditRecord(AuditData):
 pass
class CloudUpdateProfileConfigAuditRecord(AuditData):
 pass
class CloudUpdateTenantConfigAuditRecord(AuditData):
 pass
class ComplianceConnectorAuditRecord(AuditData):
 pass
class ComplianceDLMExchangeAuditRecord(AuditData):
 pass
class ComplianceDLMSharePointAuditRecord(AuditData):
 pass
class ComplianceDLPApplicationsAuditRecord(AuditData):
 pass
class ComplianceDLPApplicationsClassificationAuditRecord(AuditData):
 pass
class ComplianceDLPEndpointAuditRecord(AuditData):
 pass
class ComplianceDLPEndpointDiscoveryAuditRecord(AuditData):
 pass
class ComplianceDLPEnforcementAuditRecord(AuditData):
 pass
class ComplianceDLPExchangeAuditRecord(AuditData):
 pass
class ComplianceDLPExchangeClassificationAuditRecord(AuditData):
 pass
class ComplianceDLPExchangeClassificationCdpRecord(AuditData):
 pass
class ComplianceDLPExchangeDiscoveryAuditRecord(AuditData):
 pass
class ComplianceDLPSharePointAuditRecord(AuditData):
 pass
class ComplianceDLPSharePointClassificationAuditRecord(AuditData):
 pass
class ComplianceDLPSharePointClassificationCdpRecord(AuditData):
 pass
class ComplianceDLPSharePointClassificationExtendedAuditRecord(AuditData):
 pass
class ComplianceExchangeOcrAuditRecord(AuditData):
 pass
class ComplianceManagerActionRecord(AuditData):
 pass
class CompliancePolicyGradingSharePointAuditRecord(AuditData):
 pass
class ComplianceSettingsChangeAuditRecord(AuditData):
 pass
class ComplianceSitGradingSharePointAuditRecord(AuditData):
 pass
class ComplianceSupervisionExchangeAuditRecord(AuditData):
 pass
class ConnectedAIAppInteractionAuditRecord(AuditData):
 pass
class ConsumptionResourceAuditRecord(AuditData):
 pass
class ContentStoreMetadataRecord(AuditData):
 pass
class CopilotAgentManagementAuditRecord(AuditData):
 pass
class CopilotForSecurityLoggingAuditRecord(AuditData):
 pass
class CopilotForSecurityTriggerAuditRecord(AuditData):
 pass
class CopilotInteractionAuditRecord(AuditData):
 pass
class CopilotPluginSettingAuditRecord(AuditData):
 pass
class CopilotPromptBookSettingAuditRecord(AuditData):
 pass
class CopilotSessionSharingAuditRecord(AuditData):
 pass
class CopilotSettingAuditRecord(AuditData):
 pass
class CopilotWorkspaceSettingAuditRecord(AuditData):
 pass
class CoreReportingSettingsAuditRecord(AuditData):
 pass
class CortanaBriefingAuditRecord(AuditData):
 pass
class CriticalAssetManagementClassificationRecord(AuditData):
 pass
class CrmEntityOperationAuditRecord(AuditData):
 pass
class CrossTenantAccessPolicyAuditRecord(AuditData):
 pass
class CustomerKeyServiceEncryptionAuditRecord(AuditData):
 pass
class DataCenterSecurityCmdletAuditRecord(AuditData):
 pass
class DataGovernanceAuditRecord(AuditData):
 pass
class DataInsightsRestApiAuditRecord(AuditData):
 pass
class DataLakeExportOperationAuditRecord(AuditData):
 pass
class DataSecurityInvestigationAuditRecord(AuditData):
 pass
class DataShareOperationAuditRecord(AuditData):
 pass
class DefaultAuditData(AuditData):
 pass
class DefenderCaseManagementAuditRecord(AuditData):
 pass
class DefenderPreviewFeaturesRecord(AuditData):
 pass
class DefenderSecurityForAIConfigurationAuditRecord(AuditData):
 pass
class DeployFeatureActivityRecord(AuditData):
 pass
class DeviceDiscoverySettingsAuthenticatedScansRecord(AuditData):
 pass
class DeviceDiscoverySettingsExclusionRecord(AuditData):
 pass
class DeviceDiscoverySettingsRecord(AuditData):
 pass
class DiscoveryAuditRecord(AuditData):
 pass
class DlpEndpointAuditRecord(AuditData):
 pass
class DlpImportResultAuditRecord(AuditData):
 pass
class DlpSensitiveInformationTypeRulePackageCmdletRecord(AuditData):
 pass
class DragonCopilotAccessRecord(AuditData):
 pass
class DragonCopilotAdminRecord(AuditData):
 pass
class DragonCopilotClinicalDataRecord(AuditData):
 pass
class DragonCopilotSessionRecord(AuditData):
 pass
class Dynamics365BusinessCentralAuditRecord(AuditData):
 pass
class EhrConnectorAuditBaseRecord(AuditData):
 pass
class EopSubmissionFeedEntityAuditRecord(AuditData):
 pass
class ExchangeAdminAuditRecord(AuditData):
 pass
class ExchangeAggregatedMailboxAuditRecord(AuditData):
 pass
class ExchangeAggregatedOperationRecord(AuditData):
 pass
class ExchangeMailboxAuditGroupRecord(AuditData):
 pass
class ExchangeMailboxAuditRecord(AuditData):
 pass
class FabricAuditRecord(AuditData):
 pass
class FabricPolicyRecord(AuditData):
 pass
class HealthcareSignalRecord(AuditData):
 pass
class HostedRpaAuditRecord(AuditData):
 pass
class HrSignalAuditRecord(AuditData):
 pass
class HygieneEventRecord(AuditData):
 pass
class InformationBarrierPolicyApplicationAuditRecord(AuditData):
 pass
class InformationWorkerProtectionAuditRecord(AuditData):
 pass
class InsiderRiskScopedUserInsightsRecord(AuditData):
 pass
class InsiderRiskScopedUsersRecord(AuditData):
 pass
class IntegratedAppsAppAdminActivityAuditRecord(AuditData):
 pass
class IntegratedAppsAppSettingsAdminActivityAuditRecord(AuditData):
 pass
class IrmActivityAuditTrailRecord(AuditData):
 pass
class IrmUserDefinedDetectionRecord(AuditData):
 pass
class KaizalaAuditRecord(AuditData):
 pass
class LabelAnalyticsAggregateAuditRecord(AuditData):
 pass
class LabelContentExplorerAuditRecord(AuditData):
 pass
class LargeContentMetadataAuditRecord(AuditData):
 pass
class M365ComplianceConnectorAuditRecord(AuditData):
 pass
class M365SearchSectionsRecord(AuditData):
 pass
class M365daadAuditRecord(AuditData):
 pass
class M365odspAssetMetadataRecord(AuditData):
 pass
class MDASHAuditRecord(AuditData):
 pass
class MailSubmissionData(AuditData):
 pass
class ManagedServicesAuditRecord(AuditData):
 pass
class ManagedTenantsAuditRecord(AuditData):
 pass
class MapgAlertsAuditRecord(AuditData):
 pass
class MapgOnboardAuditRecord(AuditData):
 pass
class MapgPolicyAuditRecord(AuditData):
 pass
class MapgRemediationAuditRecord(AuditData):
 pass
class McasAlertsAuditRecord(AuditData):
 pass
class MdaAuditRecord(AuditData):
 pass
class MdaDataSecuritySignalRecord(AuditData):
 pass
class MdatpAuditRecord(AuditData):
 pass
class MdcEventsRecord(AuditData):
 pass
class MdiAuditRecord(AuditData):
 pass
class MeshWorldsAuditRecord(AuditData):
 pass
class Microsoft365BackupBackupItemAuditRecord(AuditData):
 pass
class Microsoft365BackupBackupPolicyAuditRecord(AuditData):
 pass
class Microsoft365BackupGranularBrowseTaskAuditRecord(AuditData):
 pass
class Microsoft365BackupRestoreItemAuditRecord(AuditData):
 pass
class Microsoft365BackupRestoreTaskAuditRecord(AuditData):
 pass
class Microsoft365CopilotScheduledPromptAuditRecord(AuditData):
 pass
class MicrosoftDefenderExpertsXDRAuditRecord(AuditData):
 pass
class MicrosoftFlowAuditRecord(AuditData):
 pass
class MicrosoftFormsAuditRecord(AuditData):
 pass
class MicrosoftGraphDataConnectConsent(AuditData):
 pass
class MicrosoftGraphDataConnectOperation(AuditData):
 pass
class MicrosoftPurviewDataCatalogOperationRecord(AuditData):
 pass
class MicrosoftPurviewDataMapOperationRecord(AuditData):
 pass
class MicrosoftPurviewMetadataPolicyOperationRecord(AuditData):
 pass
class MicrosoftPurviewPolicyOperationRecord(AuditData):
 pass
class MicrosoftPurviewPrivacyAuditEvent(AuditData):
 pass
class MicrosoftPurviewUnifiedCatalogOperationRecord(AuditData):
 pass
class MicrosoftStreamAuditRecord(AuditData):
 pass
class MicrosoftTeamsAdminAuditRecord(AuditData):
 pass
class MicrosoftTeamsAnalyticsAuditRecord(AuditData):
 pass
class MicrosoftTeamsAuditRecord(AuditData):
 pass
class MicrosoftTeamsDeviceAuditRecord(AuditData):
 pass
class MicrosoftTeamsRetentionLabelActionAuditRecord(AuditData):
 pass
class MicrosoftTeamsSensitivityLabelActionAuditRecord(AuditData):
 pass
class MicrosoftTeamsShiftsAuditRecord(AuditData):
 pass
class MicrosoftTeamsUserConcernAuditRecord(AuditData):
 pass
class MipAutoLabelExchangeItemAuditRecord(AuditData):
 pass
class MipAutoLabelProgressFeedbackAuditRecord(AuditData):
 pass
class MipAutoLabelSharePointItemAuditRecord(AuditData):
 pass
class MipAutoLabelSharePointPolicyLocationAuditRecord(AuditData):
 pass
class MipAutoLabelSimulationSharePointCompletionRecord(AuditData):
 pass
class MipAutoLabelSimulationSharePointProgressRecord(AuditData):
 pass
class MipAutoLabelSimulationStatisticsRecord(AuditData):
 pass
class MipExactDataMatchAuditRecord(AuditData):
 pass
class MipLabelAnalyticsAuditRecord(AuditData):
 pass
class MipLabelAuditRecord(AuditData):
 pass
class MosAgentInfoRecord(AuditData):
 pass
class MosAgentInfoRecordV2(AuditData):
 pass
class Ms365dCustomDetectionAuditRecord(AuditData):
 pass
class Ms365dIncidentAuditRecord(AuditData):
 pass
class Ms365dSuppressionRuleAuditRecord(AuditData):
 pass
class MsdeCustomCollectionAuditRecord(AuditData):
 pass
class MsdeGeneralSettingsAuditRecord(AuditData):
 pass
class MsdeIndicatorsSettingsAuditRecord(AuditData):
 pass
class MsdeResponseActionsAuditRecord(AuditData):
 pass
class MsdeRolesSettingsAuditRecord(AuditData):
 pass
class MspVectorSearchContentMetadataAuditRecord(AuditData):
 pass
class MsticNationStateNotificationRecord(AuditData):
 pass
class MultiStageDispositionAuditRecord(AuditData):
 pass
class MyAnalyticsSettingsAuditRecord(AuditData):
 pass
class NoisyAlertPolicyAuditRecord(AuditData):
 pass
class OfficeNativeAuditRecord(AuditData):
 pass
class OmePortalAuditRecord(AuditData):
 pass
class OnDemandSharePointClassificationAuditRecord(AuditData):
 pass
class OnPremisesFileShareScannerDLPAuditRecord(AuditData):
 pass
class OnPremisesSharePointScannerDLPAuditRecord(AuditData):
 pass
class OneDriveAuditRecord(AuditData):
 pass
class OrganizationalDataInM365AuditRecord(AuditData):
 pass
class OutlookCopilotAutomationAuditRecord(AuditData):
 pass
class OwaGetAccessTokenForResourceAuditRecord(AuditData):
 pass
class P4AIRiskScoreRecord(AuditData):
 pass
class P4aiAssessmentCategoryRecord(AuditData):
 pass
class P4aiAssessmentFabricScannerRecord(AuditData):
 pass
class P4aiAssessmentLocationResultRecord(AuditData):
 pass
class P4aiAssessmentRecord(AuditData):
 pass
class PeopleAdminSettingsAuditRecord(AuditData):
 pass
class PhysicalBadgingSignalAuditRecord(AuditData):
 pass
class PlacesDirectoryAuditRecord(AuditData):
 pass
class PlannerChatMessageAuditRecord(AuditData):
 pass
class PlannerChatMessageListAuditRecord(AuditData):
 pass
class PlannerCopyPlanAuditRecord(AuditData):
 pass
class PlannerGoalAuditRecord(AuditData):
 pass
class PlannerGoalListAuditRecord(AuditData):
 pass
class PlannerPlanAuditRecord(AuditData):
 pass
class PlannerPlanListAuditRecord(AuditData):
 pass
class PlannerPlanSensitivityLabelAuditRecord(AuditData):
 pass
class PlannerRosterAuditRecord(AuditData):
 pass
class PlannerRosterSensitivityLabelAuditRecord(AuditData):
 pass
class PlannerTaskAuditRecord(AuditData):
 pass
class PlannerTaskListAuditRecord(AuditData):
 pass
class PlannerTenantSettingsAuditRecord(AuditData):
 pass
class PolicyConfigChangeAuditRecord(AuditData):
 pass
class PowerAppsAuditAppRecord(AuditData):
 pass
class PowerAppsAuditPlanRecord(AuditData):
 pass
class PowerAppsAuditResourceRecord(AuditData):
 pass
class PowerBIAuditRecord(AuditData):
 pass
class PowerBIDlpAuditRecord(AuditData):
 pass
class PowerPagesSiteAuditRecord(AuditData):
 pass
class PowerPlatformAdminDlpAuditRecord(AuditData):
 pass
class PowerPlatformAdminEnvironmentAuditRecord(AuditData):
 pass
class PowerPlatformAdministratorActivityRecord(AuditData):
 pass
class PowerPlatformLockboxResourceAccessRequestAuditRecord(AuditData):
 pass
class PowerPlatformLockboxResourceCommandAuditRecord(AuditData):
 pass
class PowerPlatformServiceActivityAuditRecord(AuditData):
 pass
class PowerPlatformTenantIsolationRecord(AuditData):
 pass
class PrivaPrivacyAssessmentOperationRecord(AuditData):
 pass
class PrivaPrivacyConsentOperationRecord(AuditData):
 pass
class PrivacyDataMatchAuditRecord(AuditData):
 pass
class PrivacyDataMinimizationRecord(AuditData):
 pass
class PrivacyDigestEmailRecord(AuditData):
 pass
class PrivacyOpenAccessAuditRecord(AuditData):
 pass
class PrivacyPortalAuditRecord(AuditData):
 pass
class PrivacyRemediationActionRecord(AuditData):
 pass
class PrivacyRemediationRecord(AuditData):
 pass
class ProjectAuditRecord(AuditData):
 pass
class ProjectForTheWebAssignedToMeSettingsAuditRecord(AuditData):
 pass
class ProjectForTheWebProjectAuditRecord(AuditData):
 pass
class ProjectForTheWebProjectSettingsAuditRecord(AuditData):
 pass
class ProjectForTheWebRoadmapAuditRecord(AuditData):
 pass
class ProjectForTheWebRoadmapItemAuditRecord(AuditData):
 pass
class ProjectForTheWebRoadmapSettingsAuditRecord(AuditData):
 pass
class ProjectForTheWebTaskAuditRecord(AuditData):
 pass
class PublicFolderAuditRecord(AuditData):
 pass
class PurviewInsiderRiskAlertsRecord(AuditData):
 pass
class PurviewInsiderRiskCasesRecord(AuditData):
 pass
class PurviewMCRecommendationRecord(AuditData):
 pass
class PurviewPostureAgentAuditRecord(AuditData):
 pass
class QuarantineAuditRecord(AuditData):
 pass
class RecordsManagementAuditRecord(AuditData):
 pass
class ReportSubmission(AuditData):
 pass
class ReportSubmissionResultDetail(AuditData):
 pass
class RestrictedModeAuditRecord(AuditData):
 pass
class RetentionPolicyAuditRecord(AuditData):
 pass
class RtiOperationsAgentAuditRecord(AuditData):
 pass
class SbpConfigurationEventRecord(AuditData):
 pass
class SbpUsageEventRecord(AuditData):
 pass
class ScoreEvidence(AuditData):
 pass
class ScorePlatformGenericAuditRecord(AuditData):
 pass
class ScriptRunAuditRecord(AuditData):
 pass
class SearchAuditRecord(AuditData):
 pass
class SecurityComplianceAlertRecord(AuditData):
 pass
class SecurityComplianceCenterEOPCmdletAuditRecord(AuditData):
 pass
class SecurityComplianceInsightsAuditRecord(AuditData):
 pass
class SecurityComplianceRBACAuditRecord(AuditData):
 pass
class SecurityComplianceUserChangeAuditRecord(AuditData):
 pass
class SecurityCopilotIdentityManagementAuditRecord(AuditData):
 pass
class SecurityDevelopmentLifecycleAILogAuditRecord(AuditData):
 pass
class SensitiveInfoRemediationAgentDataRecord(AuditData):
 pass
class SensitivityLabelActionAuditRecord(AuditData):
 pass
class SensitivityLabelPolicyMatchAuditRecord(AuditData):
 pass
class SensitivityLabeledFileActionAuditRecord(AuditData):
 pass
class SentinelAIToolAuditRecord(AuditData):
 pass
class SentinelGraphAuditRecord(AuditData):
 pass
class SentinelJobAuditRecord(AuditData):
 pass
class SentinelKQLOnLakeAuditRecord(AuditData):
 pass
class SentinelLakeDataOnboardingAuditRecord(AuditData):
 pass
class SentinelLakeEncryptionAuditRecord(AuditData):
 pass
class SentinelLakeOnboardingAuditRecord(AuditData):
 pass
class SentinelNotebookOnLakeAuditRecord(AuditData):
 pass
class SentinelPackageAuditRecord(AuditData):
 pass
class SharePointAppPermissionOperationAuditRecord(AuditData):
 pass
class SharePointAuditRecord(AuditData):
 pass
class SharePointCommentOperationAuditRecord(AuditData):
 pass
class SharePointContentSecurityPolicyAuditRecord(AuditData):
 pass
class SharePointContentTypeOperationAuditRecord(AuditData):
 pass
class SharePointESignatureAuditRecord(AuditData):
 pass
class SharePointFieldOperationAuditRecord(AuditData):
 pass
class SharePointFileOperationAuditRecord(AuditData):
 pass
class SharePointListItemOperationAuditRecord(AuditData):
 pass
class SharePointListOperationAuditRecord(AuditData):
 pass
class SharePointSharingOperationAuditRecord(AuditData):
 pass
class SkypeForBusinessCmdletsAuditRecord(AuditData):
 pass
class SkypeForBusinessPSTNUsageAuditRecord(AuditData):
 pass
class SkypeForBusinessUsersBlockedAuditRecord(AuditData):
 pass
class SonarDetonationContentMetadata(AuditData):
 pass
class SonarDetonationEntityAuditRecord(AuditData):
 pass
class SonarFileDetonationEntityAuditRecord(AuditData):
 pass
class SonarSubmissionEntityAuditRecord(AuditData):
 pass
class SonarUrlDetonationEntityAuditRecord(AuditData):
 pass
class SparkCoreCustomLivePoolRecord(AuditData):
 pass
class SubmissionEntityAuditRecord(AuditData):
 pass
class SupervisoryReviewDayXInsightsAuditRecord(AuditData):
 pass
class SyntheticProbeAuditRecord(AuditData):
 pass
class TeamCopilotInteractionAuditRecord(AuditData):
 pass
class TeamsEasyApprovalsAuditRecord(AuditData):
 pass
class TeamsEvalDataHubAdminOperationAuditRecord(AuditData):
 pass
class TeamsEvalDataHubDataAccessAuditRecord(AuditData):
 pass
class TeamsEvalDataHubPermissionChangeAuditRecord(AuditData):
 pass
class TeamsHealthcareAuditRecord(AuditData):
 pass
class TeamsUpdatesAuditRecord(AuditData):
 pass
class TenantAllowBlockListAuditRecord(AuditData):
 pass
class ThreatFinderAuditRecord(AuditData):
 pass
class ThreatIntelligenceAtpContentData(AuditData):
 pass
class ThreatIntelligenceExportAuditRecord(AuditData):
 pass
class ThreatIntelligenceMailData(AuditData):
 pass
class ThreatIntelligenceObjectAuditRecord(AuditData):
 pass
class ThreatIntelligenceUrlClickData(AuditData):
 pass
class TodoAuditRecord(AuditData):
 pass
class TrainableClassifierAuditRecord(AuditData):
 pass
class UamOperationAuditRecord(AuditData):
 pass
class UnifiedGroupAuditRecord(AuditData):
 pass
class UnifiedSimulationMatchedItemAuditRecord(AuditData):
 pass
class UnifiedSimulationSummaryAuditRecord(AuditData):
 pass
class UniversalPrintManagementAuditRecord(AuditData):
 pass
class UniversalPrintPrintJobAuditRecord(AuditData):
 pass
class UrbacAssignmentAuditRecord(AuditData):
 pass
class UrbacEnableStateAuditRecord(AuditData):
 pass
class UrbacRoleAuditRecord(AuditData):
 pass
class UserTrainingAuditRecord(AuditData):
 pass
class UsxWorkspaceOnboardingAuditRecord(AuditData):
 pass
class VfamCreatePolicyAuditRecord(AuditData):
 pass
class VfamDeletePolicyAuditRecord(AuditData):
 pass
class VfamUpdatePolicyAuditRecord(AuditData):
 pass
class VivaAmplifyAuditRecord(AuditData):
 pass
class VivaEngageEventsAuditRecord(AuditData):
 pass
class VivaEngageNetworkAssociationAuditRecord(AuditData):
 pass
class VivaEngageSegmentAuditRecord(AuditData):
 pass
class VivaGlintAdvancedConfigurationAuditRecord(AuditData):
 pass
class VivaGlintAgenticCampaignAuditRecord(AuditData):
 pass
class VivaGlintFeedbackProgramAuditRecord(AuditData):
 pass
class VivaGlintOrganizationalDataAuditRecord(AuditData):
 pass
class VivaGlintPulseProgramAuditRecord(AuditData):
 pass
class VivaGlintPulseProgramRespondentRateAuditRecord(AuditData):
 pass
class VivaGlintQuestionAuditRecord(AuditData):
 pass
class VivaGlintRoleAuditRecord(AuditData):
 pass
class VivaGlintRubiconAuditRecord(AuditData):
 pass
class VivaGlintSupportAccessAuditRecord(AuditData):
 pass
class VivaGlintSystemAuditRecord(AuditData):
 pass
class VivaGlintUserAuditRecord(AuditData):
 pass
class VivaGlintUserGroupAuditRecord(AuditData):
 pass
class VivaGoalsAuditRecord(AuditData):
 pass
class VivaLearningAdminAuditRecord(AuditData):
 pass
class VivaLearningAuditRecord(AuditData):
 pass
class VivaPulseAdminAuditRecord(AuditData):
 pass
class VivaPulseOrganizerAuditRecord(AuditData):
 pass
class VivaPulseReportAuditRecord(AuditData):
 pass
class VivaPulseResponseAuditRecord(AuditData):
 pass
class WdatpAlertsAuditRecord(AuditData):
 pass
class WebContentFilteringAuditRecord(AuditData):
 pass
class Windows365CustomerLockboxAuditRecord(AuditData):
 pass
class WorkplaceAnalyticsAuditRecord(AuditData):
 pass
class YammerAuditRecord(AuditData):
 pass
class YammerUserHidingAuditRecord(AuditData):
 pass
AuditRecordTypeDictionary: TypeAlias = dict[str, Any]
class AutonomousSystem(Object):
 name: str
 number: int
 organization: str
 value: str
class PartialAutonomousSystem(PartialObject, total=False):
 name: str | None
 number: int | None
 organization: str | None
 value: str | None
class AutonomousSystemAddress(One[AutonomousSystem, PartialAutonomousSystem, str]):
 name: Value[str]
 number: Value[int]
 organization: Value[str]
 value: Value[str]
class CompromiseIndicator(Object):
 value: str | None
 verdict: VerdictCategory | None
class PartialCompromiseIndicator(PartialObject, total=False):
 value: str | None
 verdict: VerdictCategory | None
class CompromiseIndicatorAddress(One[CompromiseIndicator, PartialCompromiseIndicator, str]):
 value: Value[str]
 verdict: Value[VerdictCategory]
class CvssSummary(Object):
 score: float
 severity: VulnerabilitySeverity | None
 vectorString: str | None
class PartialCvssSummary(PartialObject, total=False):
 score: float | None
 severity: VulnerabilitySeverity | None
 vectorString: str | None
class CvssSummaryAddress(One[CvssSummary, PartialCvssSummary, str]):
 score: Value[float]
 severity: Value[VulnerabilitySeverity]
 vectorString: Value[str]
class DeploymentAccessKeyType(Object):
 deploymentAccessKey: str
class PartialDeploymentAccessKeyType(PartialObject, total=False):
 deploymentAccessKey: str | None
class DeploymentAccessKeyTypeAddress(One[DeploymentAccessKeyType, PartialDeploymentAccessKeyType, str]):
 deploymentAccessKey: Value[str]
class DetonationBehaviourDetails(Object):
 actionStatus: str | None
 behaviourCapability: str | None
 behaviourGroup: str | None
 details: str | None
 eventDateTime: DateTime | None
 operation: str | None
 processId: str | None
 processName: str | None
 target: str | None
class PartialDetonationBehaviourDetails(PartialObject, total=False):
 actionStatus: str | None
 behaviourCapability: str | None
 behaviourGroup: str | None
 details: str | None
 eventDateTime: DateTime | None
 operation: str | None
 processId: str | None
 processName: str | None
 target: str | None
class DetonationBehaviourDetailsAddress(One[DetonationBehaviourDetails, PartialDetonationBehaviourDetails, str]):
 actionStatus: Value[str]
 behaviourCapability: Value[str]
 behaviourGroup: Value[str]
 details: Value[str]
 eventDateTime: Value[DateTime]
 operation: Value[str]
 processId: Value[str]
 processName: Value[str]
 target: Value[str]
class DetonationChain(Object):
 childNodes: list[DetonationChain]
 value: str | None
class PartialDetonationChain(PartialObject, total=False):
 childNodes: list[PartialDetonationChain]
 value: str | None
class DetonationChainAddress(One[DetonationChain, PartialDetonationChain, str]):
 childNodes: Values[DetonationChain]
 value: Value[str]
class DetonationDetails(Object):
 analysisDateTime: DateTime | None
 compromiseIndicators: list[CompromiseIndicator]
 detonationBehaviourDetails: DetonationBehaviourDetails | None
 detonationBehaviourDetailsV2: str | None
 detonationChain: DetonationChain | None
 detonationObservables: DetonationObservables | None
 detonationScreenshotUri: str | None
 detonationVerdict: str | None
 detonationVerdictReason: str | None
 entityMetadata: str | None
 mitreTechniques: str | None
 staticAnalysis: str | None
 submissionSource: str | None
class PartialDetonationDetails(PartialObject, total=False):
 analysisDateTime: DateTime | None
 compromiseIndicators: list[PartialCompromiseIndicator]
 detonationBehaviourDetails: PartialDetonationBehaviourDetails | None
 detonationBehaviourDetailsV2: str | None
 detonationChain: PartialDetonationChain | None
 detonationObservables: PartialDetonationObservables | None
 detonationScreenshotUri: str | None
 detonationVerdict: str | None
 detonationVerdictReason: str | None
 entityMetadata: str | None
 mitreTechniques: str | None
 staticAnalysis: str | None
 submissionSource: str | None
class DetonationDetailsAddress(One[DetonationDetails, PartialDetonationDetails, str]):
 analysisDateTime: Value[DateTime]
 compromiseIndicators: Values[CompromiseIndicator]
 detonationBehaviourDetails: DetonationBehaviourDetailsAddress
 detonationBehaviourDetailsV2: Value[str]
 detonationChain: DetonationChainAddress
 detonationObservables: DetonationObservablesAddress
 detonationScreenshotUri: Value[str]
 detonationVerdict: Value[str]
 detonationVerdictReason: Value[str]
 entityMetadata: Value[str]
 mitreTechniques: Value[str]
 staticAnalysis: Value[str]
 submissionSource: Value[str]
class DetonationObservables(Object):
 contactedIps: list[str]
 contactedUrls: list[str]
 droppedfiles: list[str]
class PartialDetonationObservables(PartialObject, total=False):
 contactedIps: list[str]
 contactedUrls: list[str]
 droppedfiles: list[str]
class DetonationObservablesAddress(One[DetonationObservables, PartialDetonationObservables, str]):
 contactedIps: Values[str]
 contactedUrls: Values[str]
 droppedfiles: Values[str]
Dictionary: TypeAlias = dict[str, Any]
class DispositionReviewStage(Object):
 name: str | None
 reviewersEmailAddresses: list[str]
 stageNumber: str
class DispositionReviewStageAddress(One[DispositionReviewStage, dict[str, Any], str]):
 name: Value[str]
 reviewersEmailAddresses: Values[str]
 stageNumber: Value[str]
DynamicColumnValue: TypeAlias = dict[str, Any]
class EmailSender(Object):
 displayName: str | None
 domainName: str | None
 emailAddress: str | None
class EventPropagationResult(Object):
 location: str | None
 serviceName: str | None
 status: EventPropagationStatus | None
 statusInformation: str | None
class PartialEventPropagationResult(PartialObject, total=False):
 location: str | None
 serviceName: str | None
 status: EventPropagationStatus | None
 statusInformation: str | None
class EventPropagationResultAddress(One[EventPropagationResult, PartialEventPropagationResult, str]):
 location: Value[str]
 serviceName: Value[str]
 status: Value[EventPropagationStatus]
 statusInformation: Value[str]
class EventQuery(Object):
 query: str
 queryType: QueryType | None
class PartialEventQuery(PartialObject, total=False):
 query: str | None
 queryType: QueryType | None
class EventQueryAddress(One[EventQuery, PartialEventQuery, str]):
 query: Value[str]
 queryType: Value[QueryType]
class ExportFileMetadata(Object):
 downloadUrl: str | None
 fileName: str | None
 size: int | None
class PartialExportFileMetadata(PartialObject, total=False):
 downloadUrl: str | None
 fileName: str | None
 size: int | None
class ExportFileMetadataAddress(One[ExportFileMetadata, PartialExportFileMetadata, str]):
 downloadUrl: Value[str]
 fileName: Value[str]
 size: Value[int]
class FileDetails(Object):
 fileName: str | None
 filePath: str | None
 filePublisher: str | None
 fileSize: int | None
 issuer: str | None
 md5: str | None
 sha1: str | None
 sha256: str | None
 sha256Ac: str | None
 signer: str | None
class FileHash(Object):
 algorithm: FileHashAlgorithm
 value: str | None
class FilePlanDescriptorBase(Object):
 displayName: str | None
class _PartialFilePlanDescriptorBase(PartialObject, total=False):
 displayName: str | None
class FilePlanDescriptorBaseSegments:
 displayName: Value[str]
class FilePlanAppliedCategory(FilePlanDescriptorBase):
 subcategory: FilePlanSubcategory | None
class PartialFilePlanAppliedCategory(_PartialFilePlanDescriptorBase, total=False):
 subcategory: PartialFilePlanSubcategory | None
class FilePlanAppliedCategoryAddress(FilePlanDescriptorBaseSegments, One[FilePlanAppliedCategory, PartialFilePlanAppliedCategory, str]):
 subcategory: FilePlanSubcategoryAddress
class FilePlanAuthority(FilePlanDescriptorBase):
 pass
class PartialFilePlanAuthority(_PartialFilePlanDescriptorBase, total=False):
 pass
class FilePlanAuthorityAddress(FilePlanDescriptorBaseSegments, One[FilePlanAuthority, PartialFilePlanAuthority, str]):
 pass
class FilePlanCitation(FilePlanDescriptorBase):
 citationJurisdiction: str | None
 citationUrl: str | None
class PartialFilePlanCitation(_PartialFilePlanDescriptorBase, total=False):
 citationJurisdiction: str | None
 citationUrl: str | None
class FilePlanCitationAddress(FilePlanDescriptorBaseSegments, One[FilePlanCitation, PartialFilePlanCitation, str]):
 citationJurisdiction: Value[str]
 citationUrl: Value[str]
class FilePlanDepartment(FilePlanDescriptorBase):
 pass
class PartialFilePlanDepartment(_PartialFilePlanDescriptorBase, total=False):
 pass
class FilePlanDepartmentAddress(FilePlanDescriptorBaseSegments, One[FilePlanDepartment, PartialFilePlanDepartment, str]):
 pass
class FilePlanReference(FilePlanDescriptorBase):
 pass
class PartialFilePlanReference(_PartialFilePlanDescriptorBase, total=False):
 pass
class FilePlanReferenceAddress(FilePlanDescriptorBaseSegments, One[FilePlanReference, PartialFilePlanReference, str]):
 pass
class FilePlanSubcategory(FilePlanDescriptorBase):
 pass
class PartialFilePlanSubcategory(_PartialFilePlanDescriptorBase, total=False):
 pass
class FilePlanSubcategoryAddress(FilePlanDescriptorBaseSegments, One[FilePlanSubcategory, PartialFilePlanSubcategory, str]):
 pass
class FormattedContent(Object):
 content: str | None
 format: ContentFormat | None
class PartialFormattedContent(PartialObject, total=False):
 content: str | None
 format: ContentFormat | None
class FormattedContentAddress(One[FormattedContent, PartialFormattedContent, str]):
 content: Value[str]
 format: Value[ContentFormat]
class GeoLocation(Object):
 city: str | None
 countryName: str | None
 latitude: float | None
 longitude: float | None
 state: str | None
class HostPortBanner(Object):
 banner: str
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 scanProtocol: str | None
 timesObserved: int | None
class PartialHostPortBanner(PartialObject, total=False):
 banner: str | None
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 scanProtocol: str | None
 timesObserved: int | None
class HostPortBannerAddress(One[HostPortBanner, PartialHostPortBanner, str]):
 banner: Value[str]
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 scanProtocol: Value[str]
 timesObserved: Value[int]
class HostPortComponent(Object):
 firstSeenDateTime: DateTime | None
 isRecent: bool | None
 lastSeenDateTime: DateTime | None
 component: dict[str, Any]
_PartialHostPortComponentKeys = TypedDict("_PartialHostPortComponentKeys", {"component@odata.bind": str}, total=False)
class PartialHostPortComponent(PartialObject, _PartialHostPortComponentKeys, total=False):
 firstSeenDateTime: DateTime | None
 isRecent: bool | None
 lastSeenDateTime: DateTime | None
 component: dict[str, Any]
class HostPortComponentAddress(One[HostPortComponent, PartialHostPortComponent, str]):
 firstSeenDateTime: Value[DateTime]
 isRecent: Value[bool]
 lastSeenDateTime: Value[DateTime]
 component: HostComponentAddress
class HostReputationRule(Object):
 description: str
 name: str
 relatedDetailsUrl: str | None
 severity: HostReputationRuleSeverity
class PartialHostReputationRule(PartialObject, total=False):
 description: str | None
 name: str | None
 relatedDetailsUrl: str | None
 severity: HostReputationRuleSeverity | None
class HostReputationRuleAddress(One[HostReputationRule, PartialHostReputationRule, str]):
 description: Value[str]
 name: Value[str]
 relatedDetailsUrl: Value[str]
 severity: Value[HostReputationRuleSeverity]
class HostSslCertificatePort(Object):
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 port: int | None
class PartialHostSslCertificatePort(PartialObject, total=False):
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 port: int | None
class HostSslCertificatePortAddress(One[HostSslCertificatePort, PartialHostSslCertificatePort, str]):
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 port: Value[int]
class HuntingQueryResults(Object):
 results: list[HuntingRowResult]
 schema: list[SinglePropertySchema]
HuntingRowResult: TypeAlias = dict[str, Any]
class Hyperlink(Object):
 name: str
 url: str
class PartialHyperlink(PartialObject, total=False):
 name: str | None
 url: str | None
class HyperlinkAddress(One[Hyperlink, PartialHyperlink, str]):
 name: Value[str]
 url: Value[str]
class IntelligenceProfileCountryOrRegionOfOrigin(Object):
 code: str
 label: str
class PartialIntelligenceProfileCountryOrRegionOfOrigin(PartialObject, total=False):
 code: str | None
 label: str | None
class IntelligenceProfileCountryOrRegionOfOriginAddress(One[IntelligenceProfileCountryOrRegionOfOrigin, PartialIntelligenceProfileCountryOrRegionOfOrigin, str]):
 code: Value[str]
 label: Value[str]
class InvokeActionResult(Object):
 accountId: str
 action: Action
 correlationId: str | None
 identityProvider: IdentityProvider
class KubernetesServicePort(Object):
 appProtocol: str | None
 name: str | None
 nodePort: int
 port: int
 protocol: ContainerPortProtocol | None
 targetPort: str | None
class LoggedOnUser(Object):
 accountName: str | None
 domainName: str | None
class MergeResponse(Object):
 targetIncidentId: str
class OcrSettings(Object):
 isEnabled: bool | None
 maxImageSize: int | None
 timeout: Duration | None
class PartialOcrSettings(PartialObject, total=False):
 isEnabled: bool | None
 maxImageSize: int | None
 timeout: Duration | None
class OcrSettingsAddress(One[OcrSettings, PartialOcrSettings, str]):
 isEnabled: Value[bool]
 maxImageSize: Value[int]
 timeout: Value[Duration]
class RedundancyDetectionSettings(Object):
 isEnabled: bool | None
 maxWords: int | None
 minWords: int | None
 similarityThreshold: int | None
class PartialRedundancyDetectionSettings(PartialObject, total=False):
 isEnabled: bool | None
 maxWords: int | None
 minWords: int | None
 similarityThreshold: int | None
class RedundancyDetectionSettingsAddress(One[RedundancyDetectionSettings, PartialRedundancyDetectionSettings, str]):
 isEnabled: Value[bool]
 maxWords: Value[int]
 minWords: Value[int]
 similarityThreshold: Value[int]
class ReportFileMetadata(Object):
 downloadUrl: str | None
 fileName: str | None
 size: int | None
class PartialReportFileMetadata(PartialObject, total=False):
 downloadUrl: str | None
 fileName: str | None
 size: int | None
class ReportFileMetadataAddress(One[ReportFileMetadata, PartialReportFileMetadata, str]):
 downloadUrl: Value[str]
 fileName: Value[str]
 size: Value[int]
class ResourceAccessEvent(Object):
 accessDateTime: DateTime | None
 accountId: str | None
 ipAddress: str | None
 resourceIdentifier: str | None
class RetentionDuration(Object):
 pass
class _PartialRetentionDuration(PartialObject, total=False):
 pass
class PartialRetentionDuration(_PartialRetentionDuration, total=False):
 days: int | None
class RetentionDurationAddress(One[RetentionDuration, PartialRetentionDuration, str]):
 pass
class RetentionDurationForever(RetentionDuration):
 pass
class RetentionDurationInDays(RetentionDuration):
 days: int | None
class RetentionEventStatus(Object):
 error: _t.PublicError | None
 status: EventStatusType | None
class PartialRetentionEventStatus(PartialObject, total=False):
 error: _t.PartialPublicError | None
 status: EventStatusType | None
class RetentionEventStatusAddress(One[RetentionEventStatus, PartialRetentionEventStatus, str]):
 error: _t.PublicErrorAddress
 status: Value[EventStatusType]
class SensorDeploymentPackage(Object):
 downloadUrl: str
 version: str
class PartialSensorDeploymentPackage(PartialObject, total=False):
 downloadUrl: str | None
 version: str | None
class SensorDeploymentPackageAddress(One[SensorDeploymentPackage, PartialSensorDeploymentPackage, str]):
 downloadUrl: Value[str]
 version: Value[str]
class SensorSettings(Object):
 description: str
 domainControllerDnsNames: list[str]
 isDelayedDeploymentEnabled: bool | None
 networkAdapters: list[dict[str, Any]]
class PartialSensorSettings(PartialObject, total=False):
 description: str | None
 domainControllerDnsNames: list[str]
 isDelayedDeploymentEnabled: bool | None
 networkAdapters: list[dict[str, Any]]
class SensorSettingsAddress(One[SensorSettings, PartialSensorSettings, str]):
 description: Value[str]
 domainControllerDnsNames: Values[str]
 isDelayedDeploymentEnabled: Value[bool]
 networkAdapters: Many[NetworkAdapter, NetworkAdapterAddress, dict[str, Any], str]
class SinglePropertySchema(Object):
 name: str | None
 type: str | None
class SslCertificateEntity(Object):
 address: _t.PhysicalAddress | None
 alternateNames: list[str]
 commonName: str | None
 email: str | None
 givenName: str | None
 organizationName: str | None
 organizationUnitName: str | None
 serialNumber: str | None
 surname: str | None
class PartialSslCertificateEntity(PartialObject, total=False):
 address: _t.PartialPhysicalAddress | None
 alternateNames: list[str]
 commonName: str | None
 email: str | None
 givenName: str | None
 organizationName: str | None
 organizationUnitName: str | None
 serialNumber: str | None
 surname: str | None
class SslCertificateEntityAddress(One[SslCertificateEntity, PartialSslCertificateEntity, str]):
 address: _t.PhysicalAddressAddress
 alternateNames: Values[str]
 commonName: Value[str]
 email: Value[str]
 givenName: Value[str]
 organizationName: Value[str]
 organizationUnitName: Value[str]
 serialNumber: Value[str]
 surname: Value[str]
class Stream(Object):
 name: str | None
StringValueDictionary: TypeAlias = dict[str, Any]
class ThreatDetectionDetail(Object):
 confidenceLevel: str | None
 priorityAccountProtection: str | None
 threats: str | None
class PartialThreatDetectionDetail(PartialObject, total=False):
 confidenceLevel: str | None
 priorityAccountProtection: str | None
 threats: str | None
class ThreatDetectionDetailAddress(One[ThreatDetectionDetail, PartialThreatDetectionDetail, str]):
 confidenceLevel: Value[str]
 priorityAccountProtection: Value[str]
 threats: Value[str]
class TimelineEvent(Object):
 eventDateTime: DateTime | None
 eventDetails: str | None
 eventResult: str | None
 eventSource: EventSource | None
 eventThreats: list[str]
 eventType: TimelineEventType | None
class PartialTimelineEvent(PartialObject, total=False):
 eventDateTime: DateTime | None
 eventDetails: str | None
 eventResult: str | None
 eventSource: EventSource | None
 eventThreats: list[str]
 eventType: TimelineEventType | None
class TimelineEventAddress(One[TimelineEvent, PartialTimelineEvent, str]):
 eventDateTime: Value[DateTime]
 eventDetails: Value[str]
 eventResult: Value[str]
 eventSource: Value[EventSource]
 eventThreats: Values[str]
 eventType: Value[TimelineEventType]
class TopicModelingSettings(Object):
 dynamicallyAdjustTopicCount: bool | None
 ignoreNumbers: bool | None
 isEnabled: bool | None
 topicCount: int | None
class PartialTopicModelingSettings(PartialObject, total=False):
 dynamicallyAdjustTopicCount: bool | None
 ignoreNumbers: bool | None
 isEnabled: bool | None
 topicCount: int | None
class TopicModelingSettingsAddress(One[TopicModelingSettings, PartialTopicModelingSettings, str]):
 dynamicallyAdjustTopicCount: Value[bool]
 ignoreNumbers: Value[bool]
 isEnabled: Value[bool]
 topicCount: Value[int]
class UserAccount(Object):
 accountName: str | None
 activeDirectoryObjectGuid: Guid | None
 azureAdUserId: str | None
 displayName: str | None
 domainName: str | None
 resourceAccessEvents: list[ResourceAccessEvent]
 tenantId: str | None
 userPrincipalName: str | None
 userSid: str | None
class VmMetadata(Object):
 cloudProvider: VmCloudProvider
 resourceId: str | None
 subscriptionId: str | None
 vmId: str | None
class WhoisContact(Object):
 address: _t.PhysicalAddress | None
 email: str | None
 fax: str | None
 name: str | None
 organization: str | None
 telephone: str | None
class PartialWhoisContact(PartialObject, total=False):
 address: _t.PartialPhysicalAddress | None
 email: str | None
 fax: str | None
 name: str | None
 organization: str | None
 telephone: str | None
class WhoisContactAddress(One[WhoisContact, PartialWhoisContact, str]):
 address: _t.PhysicalAddressAddress
 email: Value[str]
 fax: Value[str]
 name: Value[str]
 organization: Value[str]
 telephone: Value[str]
class WhoisNameserver(Object):
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 host: dict[str, Any]
_PartialWhoisNameserverKeys = TypedDict("_PartialWhoisNameserverKeys", {"host@odata.bind": str}, total=False)
class PartialWhoisNameserver(PartialObject, _PartialWhoisNameserverKeys, total=False):
 firstSeenDateTime: DateTime | None
 lastSeenDateTime: DateTime | None
 host: dict[str, Any]
class WhoisNameserverAddress(One[WhoisNameserver, PartialWhoisNameserver, str]):
 firstSeenDateTime: Value[DateTime]
 lastSeenDateTime: Value[DateTime]
 host: HostAddress
