"""Microsoft Graph's types, namespace security.

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
class Article(_t.Entity):
    body: FormattedContent
    createdDateTime: DateTime
    imageUrl: str | None
    isFeatured: bool
    lastUpdatedDateTime: DateTime
    summary: FormattedContent
    tags: list[str]
    title: str
    indicators: NotRequired[list[dict[str, Any]]]
class Artifact(_t.Entity):
    pass
class Host(Artifact):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    childHostPairs: NotRequired[list[dict[str, Any]]]
    components: NotRequired[list[dict[str, Any]]]
    cookies: NotRequired[list[dict[str, Any]]]
    hostPairs: NotRequired[list[dict[str, Any]]]
    parentHostPairs: NotRequired[list[dict[str, Any]]]
    passiveDns: NotRequired[list[dict[str, Any]]]
    passiveDnsReverse: NotRequired[list[dict[str, Any]]]
    ports: NotRequired[list[dict[str, Any]]]
    reputation: NotRequired[dict[str, Any]]
    sslCertificates: NotRequired[list[dict[str, Any]]]
    subdomains: NotRequired[list[dict[str, Any]]]
    trackers: NotRequired[list[dict[str, Any]]]
    whois: NotRequired[dict[str, Any]]
class Hostname(Host):
    registrant: str | None
    registrar: str | None
class IpAddress(Host):
    autonomousSystem: AutonomousSystem | None
    countryOrRegion: str | None
    hostingProvider: str | None
    netblock: str | None
class HostComponent(Artifact):
    category: str | None
    firstSeenDateTime: DateTime
    lastSeenDateTime: DateTime
    name: str
    version: str | None
    host: NotRequired[dict[str, Any]]
class HostCookie(Artifact):
    domain: str
    firstSeenDateTime: DateTime
    lastSeenDateTime: DateTime
    name: str
    host: NotRequired[dict[str, Any]]
class HostSslCertificate(Artifact):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    ports: list[HostSslCertificatePort]
    host: NotRequired[dict[str, Any]]
    sslCertificate: NotRequired[dict[str, Any]]
class HostTracker(Artifact):
    firstSeenDateTime: DateTime
    kind: str
    lastSeenDateTime: DateTime
    value: str
    host: NotRequired[dict[str, Any]]
class PassiveDnsRecord(Artifact):
    collectedDateTime: DateTime
    firstSeenDateTime: DateTime
    lastSeenDateTime: DateTime
    recordType: str
    artifact: NotRequired[dict[str, Any]]
    parentHost: NotRequired[dict[str, Any]]
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
    relatedHosts: NotRequired[list[dict[str, Any]]]
class UnclassifiedArtifact(Artifact):
    kind: str
    value: str
class AuditCoreRoot(_t.Entity):
    queries: NotRequired[list[dict[str, Any]]]
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
    records: NotRequired[list[dict[str, Any]]]
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
class AutoAuditingConfiguration(_t.Entity):
    isAutomatic: bool
class Case(_t.Entity):
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    lastModifiedBy: _t.IdentitySet | None
    lastModifiedDateTime: DateTime | None
    status: CaseStatus | None
class EdiscoveryCase(Case):
    closedBy: _t.IdentitySet | None
    closedDateTime: DateTime | None
    externalId: str | None
    caseMembers: NotRequired[list[dict[str, Any]]]
    custodians: NotRequired[list[dict[str, Any]]]
    noncustodialDataSources: NotRequired[list[dict[str, Any]]]
    operations: NotRequired[list[dict[str, Any]]]
    reviewSets: NotRequired[list[dict[str, Any]]]
    searches: NotRequired[list[dict[str, Any]]]
    settings: NotRequired[dict[str, Any]]
    tags: NotRequired[list[dict[str, Any]]]
class CaseOperation(_t.Entity):
    action: CaseAction | None
    completedDateTime: DateTime | None
    createdBy: _t.IdentitySet | None
    createdDateTime: DateTime | None
    percentProgress: int | None
    resultInfo: _t.ResultInfo | None
    status: CaseOperationStatus | None
class EdiscoveryAddToReviewSetOperation(CaseOperation):
    additionalDataOptions: AdditionalDataOptions | None
    cloudAttachmentVersion: CloudAttachmentVersion | None
    documentVersion: DocumentVersion | None
    itemsToInclude: ItemsToInclude | None
    reportFileMetadata: list[ReportFileMetadata]
    reviewSet: NotRequired[dict[str, Any]]
    search: NotRequired[dict[str, Any]]
class EdiscoveryEstimateOperation(CaseOperation):
    indexedItemCount: int | None
    indexedItemsSize: int | None
    mailboxCount: int | None
    reportFileMetadata: list[ReportFileMetadata]
    siteCount: int | None
    statisticsOptions: StatisticsOptions | None
    unindexedItemCount: int | None
    unindexedItemsSize: int | None
    search: NotRequired[dict[str, Any]]
class EdiscoveryExportOperation(CaseOperation):
    description: str | None
    exportFileMetadata: list[ExportFileMetadata]
    exportOptions: ExportOptions | None
    exportStructure: ExportFileStructure | None
    outputName: str | None
    reviewSet: NotRequired[dict[str, Any]]
    reviewSetQuery: NotRequired[dict[str, Any]]
class EdiscoveryHoldOperation(CaseOperation):
    pass
class EdiscoveryHoldPolicySyncOperation(CaseOperation):
    reportFileMetadata: list[ReportFileMetadata]
class EdiscoveryIndexOperation(CaseOperation):
    pass
class EdiscoveryPurgeDataOperation(CaseOperation):
    reportFileMetadata: list[ReportFileMetadata]
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
    search: NotRequired[dict[str, Any]]
class EdiscoveryTagOperation(CaseOperation):
    pass
class CasesRoot(_t.Entity):
    ediscoveryCases: NotRequired[list[dict[str, Any]]]
class CollaborationRoot(_t.Entity):
    analyzedEmails: NotRequired[list[dict[str, Any]]]
class DataSet(_t.Entity):
    createdBy: _t.IdentitySet | None
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
class EdiscoveryReviewSet(DataSet):
    queries: NotRequired[list[dict[str, Any]]]
class DataSource(_t.Entity):
    createdBy: _t.IdentitySet | None
    createdDateTime: DateTime | None
    displayName: str | None
    holdStatus: DataSourceHoldStatus | None
class SiteSource(DataSource):
    site: NotRequired[dict[str, Any]]
class UnifiedGroupSource(DataSource):
    includedSources: SourceType | None
    group: NotRequired[dict[str, Any]]
class UserSource(DataSource):
    email: str
    includedSources: SourceType | None
    siteWebUrl: str | None
class DataSourceContainer(_t.Entity):
    createdDateTime: DateTime | None
    displayName: str | None
    holdStatus: DataSourceHoldStatus | None
    lastModifiedDateTime: DateTime | None
    releasedDateTime: DateTime | None
    status: DataSourceContainerStatus | None
class EdiscoveryCustodian(DataSourceContainer):
    acknowledgedDateTime: DateTime | None
    email: str | None
    lastIndexOperation: NotRequired[dict[str, Any]]
    siteSources: NotRequired[list[dict[str, Any]]]
    unifiedGroupSources: NotRequired[list[dict[str, Any]]]
    userSources: NotRequired[list[dict[str, Any]]]
class EdiscoveryNoncustodialDataSource(DataSourceContainer):
    dataSource: NotRequired[dict[str, Any]]
    lastIndexOperation: NotRequired[dict[str, Any]]
class EdiscoveryCaseMember(_t.Entity):
    displayName: str | None
    recipientType: RecipientType | None
    smtpAddress: str | None
class EdiscoveryCaseSettings(_t.Entity):
    caseType: CaseType
    ocr: OcrSettings | None
    redundancyDetection: RedundancyDetectionSettings | None
    reviewSetSettings: ReviewSetSettings | None
    topicModeling: TopicModelingSettings | None
class FilePlanDescriptor(_t.Entity):
    authority: FilePlanAuthority | None
    category: FilePlanAppliedCategory | None
    citation: FilePlanCitation | None
    department: FilePlanDepartment | None
    filePlanReference: FilePlanReference | None
    authorityTemplate: NotRequired[dict[str, Any]]
    categoryTemplate: NotRequired[dict[str, Any]]
    citationTemplate: NotRequired[dict[str, Any]]
    departmentTemplate: NotRequired[dict[str, Any]]
    filePlanReferenceTemplate: NotRequired[dict[str, Any]]
class FilePlanDescriptorTemplate(_t.Entity):
    createdBy: _t.IdentitySet | None
    createdDateTime: DateTime | None
    displayName: str | None
class AuthorityTemplate(FilePlanDescriptorTemplate):
    pass
class CategoryTemplate(FilePlanDescriptorTemplate):
    subcategories: NotRequired[list[dict[str, Any]]]
class CitationTemplate(FilePlanDescriptorTemplate):
    citationJurisdiction: str | None
    citationUrl: str | None
class DepartmentTemplate(FilePlanDescriptorTemplate):
    pass
class FilePlanReferenceTemplate(FilePlanDescriptorTemplate):
    pass
class SubcategoryTemplate(FilePlanDescriptorTemplate):
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
class HostPair(_t.Entity):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    linkKind: str | None
    childHost: NotRequired[dict[str, Any]]
    parentHost: NotRequired[dict[str, Any]]
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
    host: NotRequired[dict[str, Any]]
    mostRecentSslCertificate: NotRequired[dict[str, Any]]
class HostReputation(_t.Entity):
    classification: HostReputationClassification
    rules: list[HostReputationRule]
    score: int
class IdentityAccounts(_t.Entity):
    accounts: list[Account]
    cloudSecurityIdentifier: str | None
    displayName: str | None
    domain: str | None
    isEnabled: bool
    onPremisesSecurityIdentifier: str | None
class User(IdentityAccounts):
    emailAddress: str | None
    userPrincipalName: str | None
class IdentityContainer(_t.Entity):
    healthIssues: NotRequired[list[dict[str, Any]]]
    identityAccounts: NotRequired[list[dict[str, Any]]]
    sensorCandidateActivationConfiguration: NotRequired[dict[str, Any]]
    sensorCandidates: NotRequired[list[dict[str, Any]]]
    sensors: NotRequired[list[dict[str, Any]]]
    settings: NotRequired[dict[str, Any]]
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
    alerts: NotRequired[list[dict[str, Any]]]
class Indicator(_t.Entity):
    source: IndicatorSource
    artifact: NotRequired[dict[str, Any]]
class ArticleIndicator(Indicator):
    pass
class IntelligenceProfileIndicator(Indicator):
    firstSeenDateTime: DateTime
    lastSeenDateTime: DateTime | None
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
    indicators: NotRequired[list[dict[str, Any]]]
class LabelsRoot(_t.Entity):
    authorities: NotRequired[list[dict[str, Any]]]
    categories: NotRequired[list[dict[str, Any]]]
    citations: NotRequired[list[dict[str, Any]]]
    departments: NotRequired[list[dict[str, Any]]]
    filePlanReferences: NotRequired[list[dict[str, Any]]]
    retentionLabels: NotRequired[list[dict[str, Any]]]
class NetworkAdapter(_t.Entity):
    isEnabled: bool | None
    name: str | None
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
    retentionEventType: NotRequired[dict[str, Any]]
class RetentionEventType(_t.Entity):
    createdBy: _t.IdentitySet | None
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    lastModifiedBy: _t.IdentitySet | None
    lastModifiedDateTime: DateTime | None
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
    descriptors: NotRequired[dict[str, Any]]
    dispositionReviewStages: NotRequired[list[dict[str, Any]]]
    retentionEventType: NotRequired[dict[str, Any]]
class Search(_t.Entity):
    contentQuery: str | None
    createdBy: _t.IdentitySet | None
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    lastModifiedBy: _t.IdentitySet | None
    lastModifiedDateTime: DateTime | None
class EdiscoveryReviewSetQuery(Search):
    pass
class EdiscoverySearch(Search):
    dataSourceScopes: DataSourceScopes | None
    additionalSources: NotRequired[list[dict[str, Any]]]
    addToReviewSetOperation: NotRequired[dict[str, Any]]
    custodianSources: NotRequired[list[dict[str, Any]]]
    lastEstimateStatisticsOperation: NotRequired[dict[str, Any]]
    noncustodialSources: NotRequired[list[dict[str, Any]]]
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
    healthIssues: NotRequired[list[dict[str, Any]]]
class SensorCandidate(_t.Entity):
    computerDnsName: str
    domainName: str
    lastSeenDateTime: DateTime
    senseClientVersion: str
class SensorCandidateActivationConfiguration(_t.Entity):
    activationMode: SensorCandidateActivationMode
class SettingsContainer(_t.Entity):
    autoAuditingConfiguration: NotRequired[dict[str, Any]]
class Subdomain(_t.Entity):
    firstSeenDateTime: DateTime | None
    host: NotRequired[dict[str, Any]]
class Tag(_t.Entity):
    createdBy: _t.IdentitySet | None
    description: str | None
    displayName: str | None
    lastModifiedDateTime: DateTime | None
class EdiscoveryReviewTag(Tag):
    childSelectability: ChildSelectability | None
    childTags: NotRequired[list[dict[str, Any]]]
    parent: NotRequired[dict[str, Any]]
class ThreatIntelligence(_t.Entity):
    articleIndicators: NotRequired[list[dict[str, Any]]]
    articles: NotRequired[list[dict[str, Any]]]
    hostComponents: NotRequired[list[dict[str, Any]]]
    hostCookies: NotRequired[list[dict[str, Any]]]
    hostPairs: NotRequired[list[dict[str, Any]]]
    hostPorts: NotRequired[list[dict[str, Any]]]
    hosts: NotRequired[list[dict[str, Any]]]
    hostSslCertificates: NotRequired[list[dict[str, Any]]]
    hostTrackers: NotRequired[list[dict[str, Any]]]
    intelligenceProfileIndicators: NotRequired[list[dict[str, Any]]]
    intelProfiles: NotRequired[list[dict[str, Any]]]
    passiveDnsRecords: NotRequired[list[dict[str, Any]]]
    sslCertificates: NotRequired[list[dict[str, Any]]]
    subdomains: NotRequired[list[dict[str, Any]]]
    vulnerabilities: NotRequired[list[dict[str, Any]]]
    whoisHistoryRecords: NotRequired[list[dict[str, Any]]]
    whoisRecords: NotRequired[list[dict[str, Any]]]
class TriggerTypesRoot(_t.Entity):
    retentionEventTypes: NotRequired[list[dict[str, Any]]]
class TriggersRoot(_t.Entity):
    retentionEvents: NotRequired[list[dict[str, Any]]]
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
    articles: NotRequired[list[dict[str, Any]]]
    components: NotRequired[list[dict[str, Any]]]
class VulnerabilityComponent(_t.Entity):
    name: str
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
    host: NotRequired[dict[str, Any]]
class WhoisHistoryRecord(WhoisBaseRecord):
    pass
class WhoisRecord(WhoisBaseRecord):
    history: NotRequired[list[dict[str, Any]]]
class Account(Object):
    actions: list[Action]
    identifier: str
    identityProvider: IdentityProvider
class AlertComment(Object):
    comment: str | None
    createdByDisplayName: str | None
    createdDateTime: DateTime
class AlertEvidence(Object):
    createdDateTime: DateTime
    detailedRoles: list[str]
    remediationStatus: EvidenceRemediationStatus
    remediationStatusDetails: str | None
    roles: list[EvidenceRole]
    tags: list[str]
    verdict: EvidenceVerdict
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
class AnalyzedEmailAuthenticationDetail(Object):
    compositeAuthentication: str | None
    dkim: str | None
    dmarc: str | None
    senderPolicyFramework: str | None
class AnalyzedEmailDeliveryDetail(Object):
    action: DeliveryAction | None
    latestThreats: str | None
    location: DeliveryLocation | None
    originalThreats: str | None
class AnalyzedEmailDlpRuleInfo(Object):
    name: str | None
    ruleId: str | None
class AnalyzedEmailExchangeTransportRuleInfo(Object):
    name: str | None
    ruleId: str | None
class AnalyzedEmailRecipientDetail(Object):
    ccRecipients: list[str]
    domainName: str | None
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
class AnalyzedEmailUrl(Object):
    detectionMethod: str | None
    detonationDetails: DetonationDetails | None
    tenantAllowBlockListDetailInfo: str | None
    threatType: ThreatType | None
    url: str | None
class AuditData(Object):
    dynamicProperties: AuditRecordTypeDictionary | None
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
class CompromiseIndicator(Object):
    value: str | None
    verdict: VerdictCategory | None
class CvssSummary(Object):
    score: float
    severity: VulnerabilitySeverity | None
    vectorString: str | None
class DeploymentAccessKeyType(Object):
    deploymentAccessKey: str
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
class DetonationChain(Object):
    childNodes: list[DetonationChain]
    value: str | None
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
class DetonationObservables(Object):
    contactedIps: list[str]
    contactedUrls: list[str]
    droppedfiles: list[str]
Dictionary: TypeAlias = dict[str, Any]
class DispositionReviewStage(Object):
    name: str | None
    reviewersEmailAddresses: list[str]
    stageNumber: str
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
class EventQuery(Object):
    query: str
    queryType: QueryType | None
class ExportFileMetadata(Object):
    downloadUrl: str | None
    fileName: str | None
    size: int | None
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
class FilePlanAppliedCategory(FilePlanDescriptorBase):
    subcategory: FilePlanSubcategory | None
class FilePlanAuthority(FilePlanDescriptorBase):
    pass
class FilePlanCitation(FilePlanDescriptorBase):
    citationJurisdiction: str | None
    citationUrl: str | None
class FilePlanDepartment(FilePlanDescriptorBase):
    pass
class FilePlanReference(FilePlanDescriptorBase):
    pass
class FilePlanSubcategory(FilePlanDescriptorBase):
    pass
class FormattedContent(Object):
    content: str | None
    format: ContentFormat | None
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
class HostPortComponent(Object):
    firstSeenDateTime: DateTime | None
    isRecent: bool | None
    lastSeenDateTime: DateTime | None
    component: NotRequired[dict[str, Any]]
class HostReputationRule(Object):
    description: str
    name: str
    relatedDetailsUrl: str | None
    severity: HostReputationRuleSeverity
class HostSslCertificatePort(Object):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    port: int | None
class HuntingQueryResults(Object):
    results: list[HuntingRowResult]
    schema: list[SinglePropertySchema]
HuntingRowResult: TypeAlias = dict[str, Any]
class Hyperlink(Object):
    name: str
    url: str
class IntelligenceProfileCountryOrRegionOfOrigin(Object):
    code: str
    label: str
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
class RedundancyDetectionSettings(Object):
    isEnabled: bool | None
    maxWords: int | None
    minWords: int | None
    similarityThreshold: int | None
class ReportFileMetadata(Object):
    downloadUrl: str | None
    fileName: str | None
    size: int | None
class ResourceAccessEvent(Object):
    accessDateTime: DateTime | None
    accountId: str | None
    ipAddress: str | None
    resourceIdentifier: str | None
class RetentionDuration(Object):
    pass
class RetentionDurationForever(RetentionDuration):
    pass
class RetentionDurationInDays(RetentionDuration):
    days: int | None
class RetentionEventStatus(Object):
    error: _t.PublicError | None
    status: EventStatusType | None
class SensorDeploymentPackage(Object):
    downloadUrl: str
    version: str
class SensorSettings(Object):
    description: str
    domainControllerDnsNames: list[str]
    isDelayedDeploymentEnabled: bool | None
    networkAdapters: NotRequired[list[dict[str, Any]]]
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
class Stream(Object):
    name: str | None
StringValueDictionary: TypeAlias = dict[str, Any]
class ThreatDetectionDetail(Object):
    confidenceLevel: str | None
    priorityAccountProtection: str | None
    threats: str | None
class TimelineEvent(Object):
    eventDateTime: DateTime | None
    eventDetails: str | None
    eventResult: str | None
    eventSource: EventSource | None
    eventThreats: list[str]
    eventType: TimelineEventType | None
class TopicModelingSettings(Object):
    dynamicallyAdjustTopicCount: bool | None
    ignoreNumbers: bool | None
    isEnabled: bool | None
    topicCount: int | None
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
class WhoisNameserver(Object):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    host: NotRequired[dict[str, Any]]
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
class PartialAnalyzedEmail(_t._PartialEntity, total=False):
    alertIds: list[str]
    attachments: list[PartialAnalyzedEmailAttachment]
    authenticationDetails: PartialAnalyzedEmailAuthenticationDetail | None
    bulkComplaintLevel: str | None
    clientType: str | None
    contexts: list[str]
    detectionMethods: list[str]
    directionality: AntispamDirectionality | None
    distributionList: str | None
    dlpRules: list[PartialAnalyzedEmailDlpRuleInfo]
    emailClusterId: str | None
    exchangeTransportRules: list[PartialAnalyzedEmailExchangeTransportRuleInfo]
    forwardingDetail: str | None
    inboundConnectorFormattedName: str | None
    internetMessageId: str | None
    language: str | None
    latestDelivery: PartialAnalyzedEmailDeliveryDetail | None
    loggedDateTime: DateTime | None
    networkMessageId: str | None
    originalDelivery: PartialAnalyzedEmailDeliveryDetail | None
    overrideSources: list[str]
    phishConfidenceLevel: str | None
    policy: str | None
    policyAction: str | None
    policyType: str | None
    primaryOverrideSource: str | None
    recipientDetail: PartialAnalyzedEmailRecipientDetail | None
    recipientEmailAddress: str | None
    returnPath: str | None
    senderDetail: PartialAnalyzedEmailSenderDetail | None
    sizeInBytes: int | None
    spamConfidenceLevel: str | None
    subject: str | None
    threatDetectionDetails: list[PartialThreatDetectionDetail]
    threatTypes: list[ThreatType]
    timelineEvents: list[PartialTimelineEvent]
    urls: list[PartialAnalyzedEmailUrl]
_PartialArticleKeys = TypedDict("_PartialArticleKeys", {"indicators@odata.bind": list[str]}, total=False)
class PartialArticle(_t._PartialEntity, _PartialArticleKeys, total=False):
    body: PartialFormattedContent | None
    createdDateTime: DateTime | None
    imageUrl: str | None
    isFeatured: bool | None
    lastUpdatedDateTime: DateTime | None
    summary: PartialFormattedContent | None
    tags: list[str]
    title: str | None
    indicators: list[dict[str, Any]]
class _PartialArtifact(_t._PartialEntity, total=False):
    pass
_PartialArtifactKeys = TypedDict("_PartialArtifactKeys", {"childHostPairs@odata.bind": list[str], "components@odata.bind": list[str], "cookies@odata.bind": list[str], "hostPairs@odata.bind": list[str], "parentHostPairs@odata.bind": list[str], "passiveDns@odata.bind": list[str], "passiveDnsReverse@odata.bind": list[str], "ports@odata.bind": list[str], "sslCertificates@odata.bind": list[str], "subdomains@odata.bind": list[str], "trackers@odata.bind": list[str], "whois@odata.bind": str, "host@odata.bind": str, "sslCertificate@odata.bind": str, "artifact@odata.bind": str, "parentHost@odata.bind": str, "relatedHosts@odata.bind": list[str]}, total=False)
class PartialArtifact(_PartialArtifact, _PartialArtifactKeys, total=False):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    childHostPairs: list[dict[str, Any]]
    components: list[dict[str, Any]]
    cookies: list[dict[str, Any]]
    hostPairs: list[dict[str, Any]]
    parentHostPairs: list[dict[str, Any]]
    passiveDns: list[dict[str, Any]]
    passiveDnsReverse: list[dict[str, Any]]
    ports: Any
    reputation: dict[str, Any]
    sslCertificates: list[dict[str, Any]]
    subdomains: list[dict[str, Any]]
    trackers: list[dict[str, Any]]
    whois: dict[str, Any]
    category: str | None
    name: str | None
    version: str | None
    host: dict[str, Any]
    domain: str | None
    registrant: str | None
    registrar: str | None
    sslCertificate: dict[str, Any]
    kind: str | None
    value: str | None
    autonomousSystem: PartialAutonomousSystem | None
    countryOrRegion: str | None
    hostingProvider: str | None
    netblock: str | None
    collectedDateTime: DateTime | None
    recordType: str | None
    artifact: dict[str, Any]
    parentHost: dict[str, Any]
    expirationDateTime: DateTime | None
    fingerprint: str | None
    issueDateTime: DateTime | None
    issuer: PartialSslCertificateEntity | None
    serialNumber: str | None
    sha1: str | None
    subject: PartialSslCertificateEntity | None
    relatedHosts: list[dict[str, Any]]
__PartialHostKeys = TypedDict("__PartialHostKeys", {"childHostPairs@odata.bind": list[str], "components@odata.bind": list[str], "cookies@odata.bind": list[str], "hostPairs@odata.bind": list[str], "parentHostPairs@odata.bind": list[str], "passiveDns@odata.bind": list[str], "passiveDnsReverse@odata.bind": list[str], "ports@odata.bind": list[str], "sslCertificates@odata.bind": list[str], "subdomains@odata.bind": list[str], "trackers@odata.bind": list[str], "whois@odata.bind": str}, total=False)
class _PartialHost(_PartialArtifact, __PartialHostKeys, total=False):
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
class PartialHost(_PartialHost, total=False):
    registrant: str | None
    registrar: str | None
    autonomousSystem: PartialAutonomousSystem | None
    countryOrRegion: str | None
    hostingProvider: str | None
    netblock: str | None
_PartialHostComponentKeys = TypedDict("_PartialHostComponentKeys", {"host@odata.bind": str}, total=False)
class PartialHostComponent(_PartialArtifact, _PartialHostComponentKeys, total=False):
    category: str | None
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    name: str | None
    version: str | None
    host: dict[str, Any]
_PartialHostCookieKeys = TypedDict("_PartialHostCookieKeys", {"host@odata.bind": str}, total=False)
class PartialHostCookie(_PartialArtifact, _PartialHostCookieKeys, total=False):
    domain: str | None
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    name: str | None
    host: dict[str, Any]
_PartialHostSslCertificateKeys = TypedDict("_PartialHostSslCertificateKeys", {"host@odata.bind": str, "sslCertificate@odata.bind": str}, total=False)
class PartialHostSslCertificate(_PartialArtifact, _PartialHostSslCertificateKeys, total=False):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    ports: list[PartialHostSslCertificatePort]
    host: dict[str, Any]
    sslCertificate: dict[str, Any]
_PartialHostTrackerKeys = TypedDict("_PartialHostTrackerKeys", {"host@odata.bind": str}, total=False)
class PartialHostTracker(_PartialArtifact, _PartialHostTrackerKeys, total=False):
    firstSeenDateTime: DateTime | None
    kind: str | None
    lastSeenDateTime: DateTime | None
    value: str | None
    host: dict[str, Any]
_PartialPassiveDnsRecordKeys = TypedDict("_PartialPassiveDnsRecordKeys", {"artifact@odata.bind": str, "parentHost@odata.bind": str}, total=False)
class PartialPassiveDnsRecord(_PartialArtifact, _PartialPassiveDnsRecordKeys, total=False):
    collectedDateTime: DateTime | None
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    recordType: str | None
    artifact: dict[str, Any]
    parentHost: dict[str, Any]
_PartialSslCertificateKeys = TypedDict("_PartialSslCertificateKeys", {"relatedHosts@odata.bind": list[str]}, total=False)
class PartialSslCertificate(_PartialArtifact, _PartialSslCertificateKeys, total=False):
    expirationDateTime: DateTime | None
    fingerprint: str | None
    firstSeenDateTime: DateTime | None
    issueDateTime: DateTime | None
    issuer: PartialSslCertificateEntity | None
    lastSeenDateTime: DateTime | None
    serialNumber: str | None
    sha1: str | None
    subject: PartialSslCertificateEntity | None
    relatedHosts: list[dict[str, Any]]
class PartialAuditCoreRoot(_t._PartialEntity, total=False):
    queries: list[dict[str, Any]]
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
class PartialAuditLogRecord(_t._PartialEntity, total=False):
    administrativeUnits: list[str]
    auditData: dict[str, Any] | None
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
class PartialAutoAuditingConfiguration(_t._PartialEntity, total=False):
    isAutomatic: bool | None
class _PartialCase(_t._PartialEntity, total=False):
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    lastModifiedBy: _t.PartialIdentitySet | None
    lastModifiedDateTime: DateTime | None
    status: CaseStatus | None
class PartialEdiscoveryCase(_PartialCase, total=False):
    closedBy: _t.PartialIdentitySet | None
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
class _PartialCaseOperation(_t._PartialEntity, total=False):
    action: CaseAction | None
    completedDateTime: DateTime | None
    createdBy: _t.PartialIdentitySet | None
    createdDateTime: DateTime | None
    percentProgress: int | None
    resultInfo: _t.PartialResultInfo | None
    status: CaseOperationStatus | None
_PartialCaseOperationKeys = TypedDict("_PartialCaseOperationKeys", {"reviewSet@odata.bind": str, "search@odata.bind": str, "reviewSetQuery@odata.bind": str}, total=False)
class PartialCaseOperation(_PartialCaseOperation, _PartialCaseOperationKeys, total=False):
    additionalDataOptions: AdditionalDataOptions | None
    cloudAttachmentVersion: CloudAttachmentVersion | None
    documentVersion: DocumentVersion | None
    itemsToInclude: ItemsToInclude | None
    reportFileMetadata: list[PartialReportFileMetadata]
    reviewSet: dict[str, Any]
    search: dict[str, Any]
    indexedItemCount: int | None
    indexedItemsSize: int | None
    mailboxCount: int | None
    siteCount: int | None
    statisticsOptions: StatisticsOptions | None
    unindexedItemCount: int | None
    unindexedItemsSize: int | None
    description: str | None
    exportFileMetadata: list[PartialExportFileMetadata]
    exportOptions: ExportOptions | None
    exportStructure: ExportFileStructure | None
    outputName: str | None
    reviewSetQuery: dict[str, Any]
    additionalOptions: AdditionalOptions | None
    displayName: str | None
    exportCriteria: ExportCriteria | None
    exportFormat: ExportFormat | None
    exportLocation: ExportLocation | None
    exportSingleItems: bool | None
_PartialEdiscoveryAddToReviewSetOperationKeys = TypedDict("_PartialEdiscoveryAddToReviewSetOperationKeys", {"reviewSet@odata.bind": str, "search@odata.bind": str}, total=False)
class PartialEdiscoveryAddToReviewSetOperation(_PartialCaseOperation, _PartialEdiscoveryAddToReviewSetOperationKeys, total=False):
    additionalDataOptions: AdditionalDataOptions | None
    cloudAttachmentVersion: CloudAttachmentVersion | None
    documentVersion: DocumentVersion | None
    itemsToInclude: ItemsToInclude | None
    reportFileMetadata: list[PartialReportFileMetadata]
    reviewSet: dict[str, Any]
    search: dict[str, Any]
_PartialEdiscoveryEstimateOperationKeys = TypedDict("_PartialEdiscoveryEstimateOperationKeys", {"search@odata.bind": str}, total=False)
class PartialEdiscoveryEstimateOperation(_PartialCaseOperation, _PartialEdiscoveryEstimateOperationKeys, total=False):
    indexedItemCount: int | None
    indexedItemsSize: int | None
    mailboxCount: int | None
    reportFileMetadata: list[PartialReportFileMetadata]
    siteCount: int | None
    statisticsOptions: StatisticsOptions | None
    unindexedItemCount: int | None
    unindexedItemsSize: int | None
    search: dict[str, Any]
class PartialEdiscoveryIndexOperation(_PartialCaseOperation, total=False):
    pass
class PartialCasesRoot(_t._PartialEntity, total=False):
    ediscoveryCases: list[dict[str, Any]]
class PartialCollaborationRoot(_t._PartialEntity, total=False):
    analyzedEmails: list[dict[str, Any]]
class _PartialDataSet(_t._PartialEntity, total=False):
    createdBy: _t.PartialIdentitySet | None
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
class PartialEdiscoveryReviewSet(_PartialDataSet, total=False):
    queries: list[dict[str, Any]]
class _PartialDataSource(_t._PartialEntity, total=False):
    createdBy: _t.PartialIdentitySet | None
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
_PartialSiteSourceKeys = TypedDict("_PartialSiteSourceKeys", {"site@odata.bind": str}, total=False)
class PartialSiteSource(_PartialDataSource, _PartialSiteSourceKeys, total=False):
    site: dict[str, Any]
_PartialUnifiedGroupSourceKeys = TypedDict("_PartialUnifiedGroupSourceKeys", {"group@odata.bind": str}, total=False)
class PartialUnifiedGroupSource(_PartialDataSource, _PartialUnifiedGroupSourceKeys, total=False):
    includedSources: SourceType | None
    group: dict[str, Any]
class PartialUserSource(_PartialDataSource, total=False):
    email: str | None
    includedSources: SourceType | None
    siteWebUrl: str | None
class _PartialDataSourceContainer(_t._PartialEntity, total=False):
    createdDateTime: DateTime | None
    displayName: str | None
    holdStatus: DataSourceHoldStatus | None
    lastModifiedDateTime: DateTime | None
    releasedDateTime: DateTime | None
    status: DataSourceContainerStatus | None
_PartialEdiscoveryCustodianKeys = TypedDict("_PartialEdiscoveryCustodianKeys", {"lastIndexOperation@odata.bind": str}, total=False)
class PartialEdiscoveryCustodian(_PartialDataSourceContainer, _PartialEdiscoveryCustodianKeys, total=False):
    acknowledgedDateTime: DateTime | None
    email: str | None
    lastIndexOperation: dict[str, Any]
    siteSources: list[dict[str, Any]]
    unifiedGroupSources: list[dict[str, Any]]
    userSources: list[dict[str, Any]]
_PartialEdiscoveryNoncustodialDataSourceKeys = TypedDict("_PartialEdiscoveryNoncustodialDataSourceKeys", {"lastIndexOperation@odata.bind": str}, total=False)
class PartialEdiscoveryNoncustodialDataSource(_PartialDataSourceContainer, _PartialEdiscoveryNoncustodialDataSourceKeys, total=False):
    dataSource: dict[str, Any]
    lastIndexOperation: dict[str, Any]
class PartialEdiscoveryCaseMember(_t._PartialEntity, total=False):
    displayName: str | None
    recipientType: RecipientType | None
    smtpAddress: str | None
class PartialEdiscoveryCaseSettings(_t._PartialEntity, total=False):
    caseType: CaseType | None
    ocr: PartialOcrSettings | None
    redundancyDetection: PartialRedundancyDetectionSettings | None
    reviewSetSettings: ReviewSetSettings | None
    topicModeling: PartialTopicModelingSettings | None
_PartialFilePlanDescriptorKeys = TypedDict("_PartialFilePlanDescriptorKeys", {"authorityTemplate@odata.bind": str, "categoryTemplate@odata.bind": str, "citationTemplate@odata.bind": str, "departmentTemplate@odata.bind": str, "filePlanReferenceTemplate@odata.bind": str}, total=False)
class PartialFilePlanDescriptor(_t._PartialEntity, _PartialFilePlanDescriptorKeys, total=False):
    authority: PartialFilePlanAuthority | None
    category: PartialFilePlanAppliedCategory | None
    citation: PartialFilePlanCitation | None
    department: PartialFilePlanDepartment | None
    filePlanReference: PartialFilePlanReference | None
    authorityTemplate: dict[str, Any]
    categoryTemplate: dict[str, Any]
    citationTemplate: dict[str, Any]
    departmentTemplate: dict[str, Any]
    filePlanReferenceTemplate: dict[str, Any]
class _PartialFilePlanDescriptorTemplate(_t._PartialEntity, total=False):
    createdBy: _t.PartialIdentitySet | None
    createdDateTime: DateTime | None
    displayName: str | None
class PartialAuthorityTemplate(_PartialFilePlanDescriptorTemplate, total=False):
    pass
class PartialCategoryTemplate(_PartialFilePlanDescriptorTemplate, total=False):
    subcategories: list[dict[str, Any]]
class PartialCitationTemplate(_PartialFilePlanDescriptorTemplate, total=False):
    citationJurisdiction: str | None
    citationUrl: str | None
class PartialDepartmentTemplate(_PartialFilePlanDescriptorTemplate, total=False):
    pass
class PartialFilePlanReferenceTemplate(_PartialFilePlanDescriptorTemplate, total=False):
    pass
class PartialSubcategoryTemplate(_PartialFilePlanDescriptorTemplate, total=False):
    pass
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
_PartialHostPairKeys = TypedDict("_PartialHostPairKeys", {"childHost@odata.bind": str, "parentHost@odata.bind": str}, total=False)
class PartialHostPair(_t._PartialEntity, _PartialHostPairKeys, total=False):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    linkKind: str | None
    childHost: dict[str, Any]
    parentHost: dict[str, Any]
_PartialHostPortKeys = TypedDict("_PartialHostPortKeys", {"host@odata.bind": str, "mostRecentSslCertificate@odata.bind": str}, total=False)
class PartialHostPort(_t._PartialEntity, _PartialHostPortKeys, total=False):
    banners: list[PartialHostPortBanner]
    firstSeenDateTime: DateTime | None
    lastScanDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    port: int | None
    protocol: HostPortProtocol | None
    services: list[PartialHostPortComponent]
    status: HostPortStatus | None
    timesObserved: int | None
    host: dict[str, Any]
    mostRecentSslCertificate: dict[str, Any]
class PartialHostReputation(_t._PartialEntity, total=False):
    classification: HostReputationClassification | None
    rules: list[PartialHostReputationRule]
    score: int | None
class _PartialIdentityAccounts(_t._PartialEntity, total=False):
    accounts: list[PartialAccount]
    cloudSecurityIdentifier: str | None
    displayName: str | None
    domain: str | None
    isEnabled: bool | None
    onPremisesSecurityIdentifier: str | None
class PartialIdentityAccounts(_PartialIdentityAccounts, total=False):
    emailAddress: str | None
    userPrincipalName: str | None
class PartialIdentityContainer(_t._PartialEntity, total=False):
    healthIssues: list[dict[str, Any]]
    identityAccounts: list[dict[str, Any]]
    sensorCandidateActivationConfiguration: dict[str, Any]
    sensorCandidates: list[dict[str, Any]]
    sensors: list[dict[str, Any]]
    settings: dict[str, Any]
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
__PartialIndicatorKeys = TypedDict("__PartialIndicatorKeys", {"artifact@odata.bind": str}, total=False)
class _PartialIndicator(_t._PartialEntity, __PartialIndicatorKeys, total=False):
    source: IndicatorSource | None
    artifact: dict[str, Any]
class PartialArticleIndicator(_PartialIndicator, total=False):
    pass
class PartialIntelligenceProfileIndicator(_PartialIndicator, total=False):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
_PartialIntelligenceProfileKeys = TypedDict("_PartialIntelligenceProfileKeys", {"indicators@odata.bind": list[str]}, total=False)
class PartialIntelligenceProfile(_t._PartialEntity, _PartialIntelligenceProfileKeys, total=False):
    aliases: list[str]
    countriesOrRegionsOfOrigin: list[PartialIntelligenceProfileCountryOrRegionOfOrigin]
    description: PartialFormattedContent | None
    firstActiveDateTime: DateTime | None
    kind: IntelligenceProfileKind | None
    summary: PartialFormattedContent | None
    targets: list[str]
    title: str | None
    tradecraft: PartialFormattedContent | None
    indicators: list[dict[str, Any]]
class PartialLabelsRoot(_t._PartialEntity, total=False):
    authorities: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    citations: list[dict[str, Any]]
    departments: list[dict[str, Any]]
    filePlanReferences: list[dict[str, Any]]
    retentionLabels: list[dict[str, Any]]
class PartialNetworkAdapter(_t._PartialEntity, total=False):
    isEnabled: bool | None
    name: str | None
_PartialRetentionEventKeys = TypedDict("_PartialRetentionEventKeys", {"retentionEventType@odata.bind": str}, total=False)
class PartialRetentionEvent(_t._PartialEntity, _PartialRetentionEventKeys, total=False):
    createdBy: _t.PartialIdentitySet | None
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    eventPropagationResults: list[PartialEventPropagationResult]
    eventQueries: list[PartialEventQuery]
    eventStatus: PartialRetentionEventStatus | None
    eventTriggerDateTime: DateTime | None
    lastModifiedBy: _t.PartialIdentitySet | None
    lastModifiedDateTime: DateTime | None
    lastStatusUpdateDateTime: DateTime | None
    retentionEventType: dict[str, Any]
class PartialRetentionEventType(_t._PartialEntity, total=False):
    createdBy: _t.PartialIdentitySet | None
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    lastModifiedBy: _t.PartialIdentitySet | None
    lastModifiedDateTime: DateTime | None
_PartialRetentionLabelKeys = TypedDict("_PartialRetentionLabelKeys", {"retentionEventType@odata.bind": str}, total=False)
class PartialRetentionLabel(_t._PartialEntity, _PartialRetentionLabelKeys, total=False):
    actionAfterRetentionPeriod: ActionAfterRetentionPeriod | None
    behaviorDuringRetentionPeriod: BehaviorDuringRetentionPeriod | None
    createdBy: _t.PartialIdentitySet | None
    createdDateTime: DateTime | None
    defaultRecordBehavior: DefaultRecordBehavior | None
    descriptionForAdmins: str | None
    descriptionForUsers: str | None
    displayName: str | None
    isInUse: bool | None
    labelToBeApplied: str | None
    lastModifiedBy: _t.PartialIdentitySet | None
    lastModifiedDateTime: DateTime | None
    retentionDuration: PartialRetentionDuration | None
    retentionTrigger: RetentionTrigger | None
    descriptors: dict[str, Any]
    dispositionReviewStages: list[dict[str, Any]]
    retentionEventType: dict[str, Any]
class _PartialSearch(_t._PartialEntity, total=False):
    contentQuery: str | None
    createdBy: _t.PartialIdentitySet | None
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    lastModifiedBy: _t.PartialIdentitySet | None
    lastModifiedDateTime: DateTime | None
class PartialEdiscoveryReviewSetQuery(_PartialSearch, total=False):
    pass
_PartialEdiscoverySearchKeys = TypedDict("_PartialEdiscoverySearchKeys", {"addToReviewSetOperation@odata.bind": str, "custodianSources@odata.bind": list[str], "lastEstimateStatisticsOperation@odata.bind": str, "noncustodialSources@odata.bind": list[str]}, total=False)
class PartialEdiscoverySearch(_PartialSearch, _PartialEdiscoverySearchKeys, total=False):
    dataSourceScopes: DataSourceScopes | None
    additionalSources: list[dict[str, Any]]
    addToReviewSetOperation: dict[str, Any]
    custodianSources: list[dict[str, Any]]
    lastEstimateStatisticsOperation: dict[str, Any]
    noncustodialSources: list[dict[str, Any]]
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
class PartialSensorCandidate(_t._PartialEntity, total=False):
    computerDnsName: str | None
    domainName: str | None
    lastSeenDateTime: DateTime | None
    senseClientVersion: str | None
class PartialSensorCandidateActivationConfiguration(_t._PartialEntity, total=False):
    activationMode: SensorCandidateActivationMode | None
class PartialSettingsContainer(_t._PartialEntity, total=False):
    autoAuditingConfiguration: dict[str, Any]
_PartialSubdomainKeys = TypedDict("_PartialSubdomainKeys", {"host@odata.bind": str}, total=False)
class PartialSubdomain(_t._PartialEntity, _PartialSubdomainKeys, total=False):
    firstSeenDateTime: DateTime | None
    host: dict[str, Any]
class _PartialTag(_t._PartialEntity, total=False):
    createdBy: _t.PartialIdentitySet | None
    description: str | None
    displayName: str | None
    lastModifiedDateTime: DateTime | None
_PartialEdiscoveryReviewTagKeys = TypedDict("_PartialEdiscoveryReviewTagKeys", {"childTags@odata.bind": list[str], "parent@odata.bind": str}, total=False)
class PartialEdiscoveryReviewTag(_PartialTag, _PartialEdiscoveryReviewTagKeys, total=False):
    childSelectability: ChildSelectability | None
    childTags: list[dict[str, Any]]
    parent: dict[str, Any]
class PartialThreatIntelligence(_t._PartialEntity, total=False):
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
class PartialTriggerTypesRoot(_t._PartialEntity, total=False):
    retentionEventTypes: list[dict[str, Any]]
class PartialTriggersRoot(_t._PartialEntity, total=False):
    retentionEvents: list[dict[str, Any]]
_PartialVulnerabilityKeys = TypedDict("_PartialVulnerabilityKeys", {"articles@odata.bind": list[str]}, total=False)
class PartialVulnerability(_t._PartialEntity, _PartialVulnerabilityKeys, total=False):
    activeExploitsObserved: bool | None
    commonWeaknessEnumerationIds: list[str]
    createdDateTime: DateTime | None
    cvss2Summary: PartialCvssSummary | None
    cvss3Summary: PartialCvssSummary | None
    description: PartialFormattedContent | None
    exploits: list[PartialHyperlink]
    exploitsAvailable: bool | None
    hasChatter: bool | None
    lastModifiedDateTime: DateTime | None
    priorityScore: int | None
    publishedDateTime: DateTime | None
    references: list[PartialHyperlink]
    remediation: PartialFormattedContent | None
    severity: VulnerabilitySeverity | None
    articles: list[dict[str, Any]]
    components: list[dict[str, Any]]
class PartialVulnerabilityComponent(_t._PartialEntity, total=False):
    name: str | None
__PartialWhoisBaseRecordKeys = TypedDict("__PartialWhoisBaseRecordKeys", {"host@odata.bind": str}, total=False)
class _PartialWhoisBaseRecord(_t._PartialEntity, __PartialWhoisBaseRecordKeys, total=False):
    abuse: PartialWhoisContact | None
    admin: PartialWhoisContact | None
    billing: PartialWhoisContact | None
    domainStatus: str | None
    expirationDateTime: DateTime | None
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    lastUpdateDateTime: DateTime | None
    nameservers: list[PartialWhoisNameserver]
    noc: PartialWhoisContact | None
    rawWhoisText: str | None
    registrant: PartialWhoisContact | None
    registrar: PartialWhoisContact | None
    registrationDateTime: DateTime | None
    technical: PartialWhoisContact | None
    whoisServer: str | None
    zone: PartialWhoisContact | None
    host: dict[str, Any]
class PartialWhoisHistoryRecord(_PartialWhoisBaseRecord, total=False):
    pass
_PartialWhoisRecordKeys = TypedDict("_PartialWhoisRecordKeys", {"history@odata.bind": list[str]}, total=False)
class PartialWhoisRecord(_PartialWhoisBaseRecord, _PartialWhoisRecordKeys, total=False):
    history: list[dict[str, Any]]
class PartialAccount(Object, total=False):
    actions: list[Action]
    identifier: str | None
    identityProvider: IdentityProvider | None
class PartialAlertComment(Object, total=False):
    comment: str | None
    createdByDisplayName: str | None
    createdDateTime: DateTime | None
class PartialAnalyzedEmailAttachment(Object, total=False):
    detonationDetails: PartialDetonationDetails | None
    fileExtension: str | None
    fileName: str | None
    fileSize: int | None
    fileType: str | None
    malwareFamily: str | None
    sha256: str | None
    tenantAllowBlockListDetailInfo: str | None
    threatType: ThreatType | None
class PartialAnalyzedEmailAuthenticationDetail(Object, total=False):
    compositeAuthentication: str | None
    dkim: str | None
    dmarc: str | None
    senderPolicyFramework: str | None
class PartialAnalyzedEmailDeliveryDetail(Object, total=False):
    action: DeliveryAction | None
    latestThreats: str | None
    location: DeliveryLocation | None
    originalThreats: str | None
class PartialAnalyzedEmailDlpRuleInfo(Object, total=False):
    name: str | None
    ruleId: str | None
class PartialAnalyzedEmailExchangeTransportRuleInfo(Object, total=False):
    name: str | None
    ruleId: str | None
class PartialAnalyzedEmailRecipientDetail(Object, total=False):
    ccRecipients: list[str]
    domainName: str | None
class PartialAnalyzedEmailSenderDetail(Object, total=False):
    displayName: str | None
    domainCreationDateTime: DateTime | None
    domainName: str | None
    domainOwner: str | None
    fromAddress: str | None
    ipv4: str | None
    location: str | None
    mailFromAddress: str | None
    mailFromDomainName: str | None
class PartialAnalyzedEmailUrl(Object, total=False):
    detectionMethod: str | None
    detonationDetails: PartialDetonationDetails | None
    tenantAllowBlockListDetailInfo: str | None
    threatType: ThreatType | None
    url: str | None
class PartialAutonomousSystem(Object, total=False):
    name: str | None
    number: int | None
    organization: str | None
    value: str | None
class PartialCompromiseIndicator(Object, total=False):
    value: str | None
    verdict: VerdictCategory | None
class PartialCvssSummary(Object, total=False):
    score: float | None
    severity: VulnerabilitySeverity | None
    vectorString: str | None
class PartialDeploymentAccessKeyType(Object, total=False):
    deploymentAccessKey: str | None
class PartialDetonationBehaviourDetails(Object, total=False):
    actionStatus: str | None
    behaviourCapability: str | None
    behaviourGroup: str | None
    details: str | None
    eventDateTime: DateTime | None
    operation: str | None
    processId: str | None
    processName: str | None
    target: str | None
class PartialDetonationChain(Object, total=False):
    childNodes: list[PartialDetonationChain]
    value: str | None
class PartialDetonationDetails(Object, total=False):
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
class PartialDetonationObservables(Object, total=False):
    contactedIps: list[str]
    contactedUrls: list[str]
    droppedfiles: list[str]
class PartialDispositionReviewStage(Object, total=False):
    name: str | None
    reviewersEmailAddresses: list[str]
    stageNumber: str | None
class PartialEventPropagationResult(Object, total=False):
    location: str | None
    serviceName: str | None
    status: EventPropagationStatus | None
    statusInformation: str | None
class PartialEventQuery(Object, total=False):
    query: str | None
    queryType: QueryType | None
class PartialExportFileMetadata(Object, total=False):
    downloadUrl: str | None
    fileName: str | None
    size: int | None
class _PartialFilePlanDescriptorBase(Object, total=False):
    displayName: str | None
class PartialFilePlanAppliedCategory(_PartialFilePlanDescriptorBase, total=False):
    subcategory: PartialFilePlanSubcategory | None
class PartialFilePlanAuthority(_PartialFilePlanDescriptorBase, total=False):
    pass
class PartialFilePlanCitation(_PartialFilePlanDescriptorBase, total=False):
    citationJurisdiction: str | None
    citationUrl: str | None
class PartialFilePlanDepartment(_PartialFilePlanDescriptorBase, total=False):
    pass
class PartialFilePlanReference(_PartialFilePlanDescriptorBase, total=False):
    pass
class PartialFilePlanSubcategory(_PartialFilePlanDescriptorBase, total=False):
    pass
class PartialFormattedContent(Object, total=False):
    content: str | None
    format: ContentFormat | None
class PartialHostPortBanner(Object, total=False):
    banner: str | None
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    scanProtocol: str | None
    timesObserved: int | None
_PartialHostPortComponentKeys = TypedDict("_PartialHostPortComponentKeys", {"component@odata.bind": str}, total=False)
class PartialHostPortComponent(Object, _PartialHostPortComponentKeys, total=False):
    firstSeenDateTime: DateTime | None
    isRecent: bool | None
    lastSeenDateTime: DateTime | None
    component: dict[str, Any]
class PartialHostReputationRule(Object, total=False):
    description: str | None
    name: str | None
    relatedDetailsUrl: str | None
    severity: HostReputationRuleSeverity | None
class PartialHostSslCertificatePort(Object, total=False):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    port: int | None
class PartialHyperlink(Object, total=False):
    name: str | None
    url: str | None
class PartialIntelligenceProfileCountryOrRegionOfOrigin(Object, total=False):
    code: str | None
    label: str | None
class PartialOcrSettings(Object, total=False):
    isEnabled: bool | None
    maxImageSize: int | None
    timeout: Duration | None
class PartialRedundancyDetectionSettings(Object, total=False):
    isEnabled: bool | None
    maxWords: int | None
    minWords: int | None
    similarityThreshold: int | None
class PartialReportFileMetadata(Object, total=False):
    downloadUrl: str | None
    fileName: str | None
    size: int | None
class _PartialRetentionDuration(Object, total=False):
    pass
class PartialRetentionDuration(_PartialRetentionDuration, total=False):
    days: int | None
class PartialRetentionEventStatus(Object, total=False):
    error: _t.PartialPublicError | None
    status: EventStatusType | None
class PartialSensorDeploymentPackage(Object, total=False):
    downloadUrl: str | None
    version: str | None
class PartialSensorSettings(Object, total=False):
    description: str | None
    domainControllerDnsNames: list[str]
    isDelayedDeploymentEnabled: bool | None
    networkAdapters: list[dict[str, Any]]
class PartialSslCertificateEntity(Object, total=False):
    address: _t.PartialPhysicalAddress | None
    alternateNames: list[str]
    commonName: str | None
    email: str | None
    givenName: str | None
    organizationName: str | None
    organizationUnitName: str | None
    serialNumber: str | None
    surname: str | None
class PartialThreatDetectionDetail(Object, total=False):
    confidenceLevel: str | None
    priorityAccountProtection: str | None
    threats: str | None
class PartialTimelineEvent(Object, total=False):
    eventDateTime: DateTime | None
    eventDetails: str | None
    eventResult: str | None
    eventSource: EventSource | None
    eventThreats: list[str]
    eventType: TimelineEventType | None
class PartialTopicModelingSettings(Object, total=False):
    dynamicallyAdjustTopicCount: bool | None
    ignoreNumbers: bool | None
    isEnabled: bool | None
    topicCount: int | None
class PartialWhoisContact(Object, total=False):
    address: _t.PartialPhysicalAddress | None
    email: str | None
    fax: str | None
    name: str | None
    organization: str | None
    telephone: str | None
_PartialWhoisNameserverKeys = TypedDict("_PartialWhoisNameserverKeys", {"host@odata.bind": str}, total=False)
class PartialWhoisNameserver(Object, _PartialWhoisNameserverKeys, total=False):
    firstSeenDateTime: DateTime | None
    lastSeenDateTime: DateTime | None
    host: dict[str, Any]
AlertField: TypeAlias = Literal["id", "actorDisplayName", "additionalData", "alertPolicyId", "alertWebUrl", "assignedTo", "categories", "category", "classification", "comments", "createdDateTime", "customDetails", "description", "detectionSource", "detectorId", "determination", "evidence", "firstActivityDateTime", "incidentId", "incidentWebUrl", "investigationState", "lastActivityDateTime", "lastUpdateDateTime", "mitreTechniques", "productName", "providerAlertId", "recommendedActions", "resolvedDateTime", "serviceSource", "severity", "status", "systemTags", "tenantId", "threatDisplayName", "threatFamilyName", "title"]
AuditCoreRootField: TypeAlias = Literal["id"]
CasesRootField: TypeAlias = Literal["id"]
CollaborationRootField: TypeAlias = Literal["id"]
IdentityContainerField: TypeAlias = Literal["id"]
IncidentField: TypeAlias = Literal["id", "assignedTo", "classification", "comments", "createdDateTime", "customTags", "description", "determination", "displayName", "incidentWebUrl", "lastModifiedBy", "lastUpdateDateTime", "priorityScore", "redirectIncidentId", "resolvingComment", "severity", "status", "summary", "systemTags", "tenantId"]
LabelsRootField: TypeAlias = Literal["id"]
ThreatIntelligenceField: TypeAlias = Literal["id"]
TriggerTypesRootField: TypeAlias = Literal["id"]
TriggersRootField: TypeAlias = Literal["id"]
