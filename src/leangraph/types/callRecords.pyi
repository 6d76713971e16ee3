"""Microsoft Graph's types, namespace callRecords.

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

AudioCodec: TypeAlias = Literal["unknown", "invalid", "cn", "pcma", "pcmu", "amrWide", "g722", "g7221", "g7221c", "g729", "multiChannelAudio", "muchv2", "opus", "satin", "satinFullband", "rtAudio8", "rtAudio16", "silk", "silkNarrow", "silkWide", "siren", "xmsRta", "unknownFutureValue"] | str
CallType: TypeAlias = Literal["unknown", "groupCall", "peerToPeer", "unknownFutureValue"] | str
ClientPlatform: TypeAlias = Literal["unknown", "windows", "macOS", "iOS", "android", "web", "ipPhone", "roomSystem", "surfaceHub", "holoLens", "unknownFutureValue"] | str
FailureStage: TypeAlias = Literal["unknown", "callSetup", "midcall", "unknownFutureValue"] | str
MediaStreamDirection: TypeAlias = Literal["callerToCallee", "calleeToCaller"] | str
Modality: TypeAlias = Literal["audio", "video", "videoBasedScreenSharing", "data", "screenSharing", "unknownFutureValue"] | str
NetworkConnectionType: TypeAlias = Literal["unknown", "wired", "wifi", "mobile", "tunnel", "unknownFutureValue"] | str
NetworkTransportProtocol: TypeAlias = Literal["unknown", "udp", "tcp", "unknownFutureValue"] | str
ProductFamily: TypeAlias = Literal["unknown", "teams", "skypeForBusiness", "lync", "unknownFutureValue", "azureCommunicationServices"] | str
PstnCallDurationSource: TypeAlias = Literal["microsoft", "operator"] | str
ServiceRole: TypeAlias = Literal["unknown", "customBot", "skypeForBusinessMicrosoftTeamsGateway", "skypeForBusinessAudioVideoMcu", "skypeForBusinessApplicationSharingMcu", "skypeForBusinessCallQueues", "skypeForBusinessAutoAttendant", "mediationServer", "mediationServerCloudConnectorEdition", "exchangeUnifiedMessagingService", "mediaController", "conferencingAnnouncementService", "conferencingAttendant", "audioTeleconferencerController", "skypeForBusinessUnifiedCommunicationApplicationPlatform", "responseGroupServiceAnnouncementService", "gateway", "skypeTranslator", "skypeForBusinessAttendant", "responseGroupService", "voicemail", "unknownFutureValue"] | str
UserFeedbackRating: TypeAlias = Literal["notRated", "bad", "poor", "fair", "good", "excellent", "unknownFutureValue"] | str
VideoCodec: TypeAlias = Literal["unknown", "invalid", "av1", "h263", "h264", "h264s", "h264uc", "h265", "rtvc1", "rtVideo", "xrtvc1", "unknownFutureValue"] | str
WifiBand: TypeAlias = Literal["unknown", "frequency24GHz", "frequency50GHz", "frequency60GHz", "unknownFutureValue"] | str
WifiRadioType: TypeAlias = Literal["unknown", "wifi80211a", "wifi80211b", "wifi80211g", "wifi80211n", "wifi80211ac", "wifi80211ax", "unknownFutureValue"] | str
class AdministrativeUnitInfo(Object):
    id: str | None
class DeviceInfo(Object):
    captureDeviceDriver: str | None
    captureDeviceName: str | None
    captureNotFunctioningEventRatio: float | None
    cpuInsufficentEventRatio: float | None
    deviceClippingEventRatio: float | None
    deviceGlitchEventRatio: float | None
    howlingEventCount: int | None
    initialSignalLevelRootMeanSquare: float | None
    lowSpeechLevelEventRatio: float | None
    lowSpeechToNoiseEventRatio: float | None
    micGlitchRate: float | None
    receivedNoiseLevel: int | None
    receivedSignalLevel: int | None
    renderDeviceDriver: str | None
    renderDeviceName: str | None
    renderMuteEventRatio: float | None
    renderNotFunctioningEventRatio: float | None
    renderZeroVolumeEventRatio: float | None
    sentNoiseLevel: int | None
    sentSignalLevel: int | None
    speakerGlitchRate: float | None
class DirectRoutingLogRow(Object):
    calleeNumber: str | None
    callEndSubReason: int | None
    callerNumber: str | None
    callType: str | None
    correlationId: str | None
    duration: int | None
    endDateTime: DateTime | None
    failureDateTime: DateTime | None
    finalSipCode: int | None
    finalSipCodePhrase: str | None
    id: str | None
    inviteDateTime: DateTime | None
    mediaBypassEnabled: bool | None
    mediaPathLocation: str | None
    signalingLocation: str | None
    startDateTime: DateTime | None
    successfulCall: bool | None
    trunkFullyQualifiedDomainName: str | None
    userDisplayName: str | None
    userId: str | None
    userPrincipalName: str | None
class Endpoint(Object):
    userAgent: UserAgent | None
class ParticipantEndpoint(Endpoint):
    associatedIdentity: _t.Identity | None
    cpuCoresCount: int | None
    cpuName: str | None
    cpuProcessorSpeedInMhz: int | None
    feedback: UserFeedback | None
    identity: _t.IdentitySet | None
    name: str | None
class ServiceEndpoint(Endpoint):
    pass
class FailureInfo(Object):
    reason: str | None
    stage: FailureStage
FeedbackTokenSet: TypeAlias = dict[str, Any]
class Media(Object):
    calleeDevice: DeviceInfo | None
    calleeNetwork: NetworkInfo | None
    callerDevice: DeviceInfo | None
    callerNetwork: NetworkInfo | None
    label: str | None
    streams: list[MediaStream]
class MediaStream(Object):
    audioCodec: AudioCodec | None
    averageAudioDegradation: float | None
    averageAudioNetworkJitter: Duration | None
    averageBandwidthEstimate: int | None
    averageFreezeDuration: Duration | None
    averageJitter: Duration | None
    averagePacketLossRate: float | None
    averageRatioOfConcealedSamples: float | None
    averageReceivedFrameRate: float | None
    averageRoundTripTime: Duration | None
    averageVideoFrameLossPercentage: float | None
    averageVideoFrameRate: float | None
    averageVideoPacketLossRate: float | None
    endDateTime: DateTime | None
    isAudioForwardErrorCorrectionUsed: bool | None
    lowFrameRateRatio: float | None
    lowVideoProcessingCapabilityRatio: float | None
    maxAudioNetworkJitter: Duration | None
    maxJitter: Duration | None
    maxPacketLossRate: float | None
    maxRatioOfConcealedSamples: float | None
    maxRoundTripTime: Duration | None
    packetUtilization: int | None
    postForwardErrorCorrectionPacketLossRate: float | None
    rmsFreezeDuration: Duration | None
    startDateTime: DateTime | None
    streamDirection: MediaStreamDirection
    streamId: str | None
    videoCodec: VideoCodec | None
    wasMediaBypassed: bool | None
class NetworkInfo(Object):
    bandwidthLowEventRatio: float | None
    basicServiceSetIdentifier: str | None
    connectionType: NetworkConnectionType
    delayEventRatio: float | None
    dnsSuffix: str | None
    ipAddress: str | None
    linkSpeed: int | None
    macAddress: str | None
    networkTransportProtocol: NetworkTransportProtocol
    port: int | None
    receivedQualityEventRatio: float | None
    reflexiveIPAddress: str | None
    relayIPAddress: str | None
    relayPort: int | None
    sentQualityEventRatio: float | None
    subnet: str | None
    traceRouteHops: list[TraceRouteHop]
    wifiBand: WifiBand
    wifiBatteryCharge: int | None
    wifiChannel: int | None
    wifiMicrosoftDriver: str | None
    wifiMicrosoftDriverVersion: str | None
    wifiRadioType: WifiRadioType
    wifiSignalStrength: int | None
    wifiVendorDriver: str | None
    wifiVendorDriverVersion: str | None
class PstnCallLogRow(Object):
    callDurationSource: PstnCallDurationSource | None
    calleeNumber: str | None
    callerNumber: str | None
    callId: str | None
    callType: str | None
    charge: float | None
    conferenceId: str | None
    connectionCharge: float | None
    currency: str | None
    destinationContext: str | None
    destinationName: str | None
    duration: int | None
    endDateTime: DateTime | None
    id: str | None
    inventoryType: str | None
    licenseCapability: str | None
    operator: str | None
    startDateTime: DateTime | None
    tenantCountryCode: str | None
    usageCountryCode: str | None
    userDisplayName: str | None
    userId: str | None
    userPrincipalName: str | None
class TraceRouteHop(Object):
    hopCount: int | None
    ipAddress: str | None
    roundTripTime: Duration | None
class UserAgent(Object):
    applicationVersion: str | None
    headerValue: str | None
class ClientUserAgent(UserAgent):
    azureADAppId: str | None
    communicationServiceId: str | None
    platform: ClientPlatform
    productFamily: ProductFamily
class ServiceUserAgent(UserAgent):
    role: ServiceRole
class UserFeedback(Object):
    rating: UserFeedbackRating
    text: str | None
    tokens: FeedbackTokenSet | None
class CallRecord(_t.Entity):
    endDateTime: DateTime
    joinWebUrl: str | None
    lastModifiedDateTime: DateTime
    modalities: list[Modality]
    organizer: _t.IdentitySet | None
    participants: list[_t.IdentitySet]
    startDateTime: DateTime
    type: CallType
    version: int
    organizer_v2: NotRequired[dict[str, Any]]
    participants_v2: NotRequired[list[dict[str, Any]]]
    sessions: NotRequired[list[dict[str, Any]]]
class ParticipantBase(_t.Entity):
    administrativeUnitInfos: list[AdministrativeUnitInfo]
    identity: _t.CommunicationsIdentitySet | None
class Organizer(ParticipantBase):
    pass
class Participant(ParticipantBase):
    pass
class Segment(_t.Entity):
    callee: Endpoint | None
    caller: Endpoint | None
    endDateTime: DateTime
    failureInfo: FailureInfo | None
    media: list[Media]
    startDateTime: DateTime
class Session(_t.Entity):
    callee: Endpoint | None
    caller: Endpoint | None
    endDateTime: DateTime
    failureInfo: FailureInfo | None
    isTest: bool | None
    modalities: list[Modality]
    startDateTime: DateTime
    segments: NotRequired[list[dict[str, Any]]]
class UserIdentity(_t.Identity):
    userPrincipalName: str | None
class PartialAdministrativeUnitInfo(Object, total=False):
    id: str | None
class PartialDeviceInfo(Object, total=False):
    captureDeviceDriver: str | None
    captureDeviceName: str | None
    captureNotFunctioningEventRatio: float | None
    cpuInsufficentEventRatio: float | None
    deviceClippingEventRatio: float | None
    deviceGlitchEventRatio: float | None
    howlingEventCount: int | None
    initialSignalLevelRootMeanSquare: float | None
    lowSpeechLevelEventRatio: float | None
    lowSpeechToNoiseEventRatio: float | None
    micGlitchRate: float | None
    receivedNoiseLevel: int | None
    receivedSignalLevel: int | None
    renderDeviceDriver: str | None
    renderDeviceName: str | None
    renderMuteEventRatio: float | None
    renderNotFunctioningEventRatio: float | None
    renderZeroVolumeEventRatio: float | None
    sentNoiseLevel: int | None
    sentSignalLevel: int | None
    speakerGlitchRate: float | None
class PartialDirectRoutingLogRow(Object, total=False):
    calleeNumber: str | None
    callEndSubReason: int | None
    callerNumber: str | None
    callType: str | None
    correlationId: str | None
    duration: int | None
    endDateTime: DateTime | None
    failureDateTime: DateTime | None
    finalSipCode: int | None
    finalSipCodePhrase: str | None
    id: str | None
    inviteDateTime: DateTime | None
    mediaBypassEnabled: bool | None
    mediaPathLocation: str | None
    signalingLocation: str | None
    startDateTime: DateTime | None
    successfulCall: bool | None
    trunkFullyQualifiedDomainName: str | None
    userDisplayName: str | None
    userId: str | None
    userPrincipalName: str | None
class _PartialEndpoint(Object, total=False):
    userAgent: PartialUserAgent | None
class PartialEndpoint(_PartialEndpoint, total=False):
    associatedIdentity: _t.PartialIdentity | None
    cpuCoresCount: int | None
    cpuName: str | None
    cpuProcessorSpeedInMhz: int | None
    feedback: PartialUserFeedback | None
    identity: _t.PartialIdentitySet | None
    name: str | None
class PartialFailureInfo(Object, total=False):
    reason: str | None
    stage: FailureStage | None
class PartialMedia(Object, total=False):
    calleeDevice: PartialDeviceInfo | None
    calleeNetwork: PartialNetworkInfo | None
    callerDevice: PartialDeviceInfo | None
    callerNetwork: PartialNetworkInfo | None
    label: str | None
    streams: list[PartialMediaStream]
class PartialMediaStream(Object, total=False):
    audioCodec: AudioCodec | None
    averageAudioDegradation: float | None
    averageAudioNetworkJitter: Duration | None
    averageBandwidthEstimate: int | None
    averageFreezeDuration: Duration | None
    averageJitter: Duration | None
    averagePacketLossRate: float | None
    averageRatioOfConcealedSamples: float | None
    averageReceivedFrameRate: float | None
    averageRoundTripTime: Duration | None
    averageVideoFrameLossPercentage: float | None
    averageVideoFrameRate: float | None
    averageVideoPacketLossRate: float | None
    endDateTime: DateTime | None
    isAudioForwardErrorCorrectionUsed: bool | None
    lowFrameRateRatio: float | None
    lowVideoProcessingCapabilityRatio: float | None
    maxAudioNetworkJitter: Duration | None
    maxJitter: Duration | None
    maxPacketLossRate: float | None
    maxRatioOfConcealedSamples: float | None
    maxRoundTripTime: Duration | None
    packetUtilization: int | None
    postForwardErrorCorrectionPacketLossRate: float | None
    rmsFreezeDuration: Duration | None
    startDateTime: DateTime | None
    streamDirection: MediaStreamDirection | None
    streamId: str | None
    videoCodec: VideoCodec | None
    wasMediaBypassed: bool | None
class PartialNetworkInfo(Object, total=False):
    bandwidthLowEventRatio: float | None
    basicServiceSetIdentifier: str | None
    connectionType: NetworkConnectionType | None
    delayEventRatio: float | None
    dnsSuffix: str | None
    ipAddress: str | None
    linkSpeed: int | None
    macAddress: str | None
    networkTransportProtocol: NetworkTransportProtocol | None
    port: int | None
    receivedQualityEventRatio: float | None
    reflexiveIPAddress: str | None
    relayIPAddress: str | None
    relayPort: int | None
    sentQualityEventRatio: float | None
    subnet: str | None
    traceRouteHops: list[PartialTraceRouteHop]
    wifiBand: WifiBand | None
    wifiBatteryCharge: int | None
    wifiChannel: int | None
    wifiMicrosoftDriver: str | None
    wifiMicrosoftDriverVersion: str | None
    wifiRadioType: WifiRadioType | None
    wifiSignalStrength: int | None
    wifiVendorDriver: str | None
    wifiVendorDriverVersion: str | None
class PartialPstnCallLogRow(Object, total=False):
    callDurationSource: PstnCallDurationSource | None
    calleeNumber: str | None
    callerNumber: str | None
    callId: str | None
    callType: str | None
    charge: float | None
    conferenceId: str | None
    connectionCharge: float | None
    currency: str | None
    destinationContext: str | None
    destinationName: str | None
    duration: int | None
    endDateTime: DateTime | None
    id: str | None
    inventoryType: str | None
    licenseCapability: str | None
    operator: str | None
    startDateTime: DateTime | None
    tenantCountryCode: str | None
    usageCountryCode: str | None
    userDisplayName: str | None
    userId: str | None
    userPrincipalName: str | None
class PartialTraceRouteHop(Object, total=False):
    hopCount: int | None
    ipAddress: str | None
    roundTripTime: Duration | None
class _PartialUserAgent(Object, total=False):
    applicationVersion: str | None
    headerValue: str | None
class PartialUserAgent(_PartialUserAgent, total=False):
    azureADAppId: str | None
    communicationServiceId: str | None
    platform: ClientPlatform | None
    productFamily: ProductFamily | None
    role: ServiceRole | None
class PartialUserFeedback(Object, total=False):
    rating: UserFeedbackRating | None
    text: str | None
    tokens: dict[str, Any] | None
class PartialCallRecord(_t._PartialEntity, total=False):
    endDateTime: DateTime | None
    joinWebUrl: str | None
    lastModifiedDateTime: DateTime | None
    modalities: list[Modality]
    organizer: _t.PartialIdentitySet | None
    participants: list[_t.PartialIdentitySet]
    startDateTime: DateTime | None
    type: CallType | None
    version: int | None
    organizer_v2: dict[str, Any]
    participants_v2: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
class _PartialParticipantBase(_t._PartialEntity, total=False):
    administrativeUnitInfos: list[PartialAdministrativeUnitInfo]
    identity: _t.PartialCommunicationsIdentitySet | None
class PartialOrganizer(_PartialParticipantBase, total=False):
    pass
class PartialParticipant(_PartialParticipantBase, total=False):
    pass
class PartialSegment(_t._PartialEntity, total=False):
    callee: PartialEndpoint | None
    caller: PartialEndpoint | None
    endDateTime: DateTime | None
    failureInfo: PartialFailureInfo | None
    media: list[PartialMedia]
    startDateTime: DateTime | None
class PartialSession(_t._PartialEntity, total=False):
    callee: PartialEndpoint | None
    caller: PartialEndpoint | None
    endDateTime: DateTime | None
    failureInfo: PartialFailureInfo | None
    isTest: bool | None
    modalities: list[Modality]
    startDateTime: DateTime | None
    segments: list[dict[str, Any]]
CallRecordField: TypeAlias = Literal["id", "endDateTime", "joinWebUrl", "lastModifiedDateTime", "modalities", "organizer", "participants", "startDateTime", "type", "version"]
