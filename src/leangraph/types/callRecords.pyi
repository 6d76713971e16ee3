"""Microsoft Graph's types, namespace callRecords.

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
class PartialAdministrativeUnitInfo(PartialObject, total=False):
 id: str | None
class AdministrativeUnitInfoAddress(One[AdministrativeUnitInfo, PartialAdministrativeUnitInfo, str]):
 id: Value[str]
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
class PartialDeviceInfo(PartialObject, total=False):
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
class DeviceInfoAddress(One[DeviceInfo, PartialDeviceInfo, str]):
 captureDeviceDriver: Value[str]
 captureDeviceName: Value[str]
 captureNotFunctioningEventRatio: Value[float]
 cpuInsufficentEventRatio: Value[float]
 deviceClippingEventRatio: Value[float]
 deviceGlitchEventRatio: Value[float]
 howlingEventCount: Value[int]
 initialSignalLevelRootMeanSquare: Value[float]
 lowSpeechLevelEventRatio: Value[float]
 lowSpeechToNoiseEventRatio: Value[float]
 micGlitchRate: Value[float]
 receivedNoiseLevel: Value[int]
 receivedSignalLevel: Value[int]
 renderDeviceDriver: Value[str]
 renderDeviceName: Value[str]
 renderMuteEventRatio: Value[float]
 renderNotFunctioningEventRatio: Value[float]
 renderZeroVolumeEventRatio: Value[float]
 sentNoiseLevel: Value[int]
 sentSignalLevel: Value[int]
 speakerGlitchRate: Value[float]
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
class PartialDirectRoutingLogRow(PartialObject, total=False):
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
class DirectRoutingLogRowAddress(One[DirectRoutingLogRow, PartialDirectRoutingLogRow, str]):
 calleeNumber: Value[str]
 callEndSubReason: Value[int]
 callerNumber: Value[str]
 callType: Value[str]
 correlationId: Value[str]
 duration: Value[int]
 endDateTime: Value[DateTime]
 failureDateTime: Value[DateTime]
 finalSipCode: Value[int]
 finalSipCodePhrase: Value[str]
 id: Value[str]
 inviteDateTime: Value[DateTime]
 mediaBypassEnabled: Value[bool]
 mediaPathLocation: Value[str]
 signalingLocation: Value[str]
 startDateTime: Value[DateTime]
 successfulCall: Value[bool]
 trunkFullyQualifiedDomainName: Value[str]
 userDisplayName: Value[str]
 userId: Value[str]
 userPrincipalName: Value[str]
class Endpoint(Object):
 userAgent: UserAgent | None
class _PartialEndpoint(PartialObject, total=False):
 userAgent: PartialUserAgent | None
class PartialEndpoint(_PartialEndpoint, total=False):
 associatedIdentity: _t.PartialIdentity | dict[str, Any] | None
 cpuCoresCount: int | None
 cpuName: str | None
 cpuProcessorSpeedInMhz: int | None
 feedback: PartialUserFeedback | None
 identity: _t.PartialIdentitySet | dict[str, Any] | None
 name: str | None
class EndpointAddress(One[Endpoint, PartialEndpoint, str]):
 userAgent: UserAgentAddress
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
class PartialFailureInfo(PartialObject, total=False):
 reason: str | None
 stage: FailureStage | None
class FailureInfoAddress(One[FailureInfo, PartialFailureInfo, str]):
 reason: Value[str]
 stage: Value[FailureStage]
FeedbackTokenSet: TypeAlias = dict[str, Any]
class Media(Object):
 calleeDevice: DeviceInfo | None
 calleeNetwork: NetworkInfo | None
 callerDevice: DeviceInfo | None
 callerNetwork: NetworkInfo | None
 label: str | None
 streams: list[MediaStream]
class PartialMedia(PartialObject, total=False):
 calleeDevice: PartialDeviceInfo | None
 calleeNetwork: PartialNetworkInfo | None
 callerDevice: PartialDeviceInfo | None
 callerNetwork: PartialNetworkInfo | None
 label: str | None
 streams: list[PartialMediaStream]
class MediaAddress(One[Media, PartialMedia, str]):
 calleeDevice: DeviceInfoAddress
 calleeNetwork: NetworkInfoAddress
 callerDevice: DeviceInfoAddress
 callerNetwork: NetworkInfoAddress
 label: Value[str]
 streams: Values[MediaStream]
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
class PartialMediaStream(PartialObject, total=False):
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
class MediaStreamAddress(One[MediaStream, PartialMediaStream, str]):
 audioCodec: Value[AudioCodec]
 averageAudioDegradation: Value[float]
 averageAudioNetworkJitter: Value[Duration]
 averageBandwidthEstimate: Value[int]
 averageFreezeDuration: Value[Duration]
 averageJitter: Value[Duration]
 averagePacketLossRate: Value[float]
 averageRatioOfConcealedSamples: Value[float]
 averageReceivedFrameRate: Value[float]
 averageRoundTripTime: Value[Duration]
 averageVideoFrameLossPercentage: Value[float]
 averageVideoFrameRate: Value[float]
 averageVideoPacketLossRate: Value[float]
 endDateTime: Value[DateTime]
 isAudioForwardErrorCorrectionUsed: Value[bool]
 lowFrameRateRatio: Value[float]
 lowVideoProcessingCapabilityRatio: Value[float]
 maxAudioNetworkJitter: Value[Duration]
 maxJitter: Value[Duration]
 maxPacketLossRate: Value[float]
 maxRatioOfConcealedSamples: Value[float]
 maxRoundTripTime: Value[Duration]
 packetUtilization: Value[int]
 postForwardErrorCorrectionPacketLossRate: Value[float]
 rmsFreezeDuration: Value[Duration]
 startDateTime: Value[DateTime]
 streamDirection: Value[MediaStreamDirection]
 streamId: Value[str]
 videoCodec: Value[VideoCodec]
 wasMediaBypassed: Value[bool]
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
class PartialNetworkInfo(PartialObject, total=False):
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
class NetworkInfoAddress(One[NetworkInfo, PartialNetworkInfo, str]):
 bandwidthLowEventRatio: Value[float]
 basicServiceSetIdentifier: Value[str]
 connectionType: Value[NetworkConnectionType]
 delayEventRatio: Value[float]
 dnsSuffix: Value[str]
 ipAddress: Value[str]
 linkSpeed: Value[int]
 macAddress: Value[str]
 networkTransportProtocol: Value[NetworkTransportProtocol]
 port: Value[int]
 receivedQualityEventRatio: Value[float]
 reflexiveIPAddress: Value[str]
 relayIPAddress: Value[str]
 relayPort: Value[int]
 sentQualityEventRatio: Value[float]
 subnet: Value[str]
 traceRouteHops: Values[TraceRouteHop]
 wifiBand: Value[WifiBand]
 wifiBatteryCharge: Value[int]
 wifiChannel: Value[int]
 wifiMicrosoftDriver: Value[str]
 wifiMicrosoftDriverVersion: Value[str]
 wifiRadioType: Value[WifiRadioType]
 wifiSignalStrength: Value[int]
 wifiVendorDriver: Value[str]
 wifiVendorDriverVersion: Value[str]
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
class PartialPstnCallLogRow(PartialObject, total=False):
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
class PstnCallLogRowAddress(One[PstnCallLogRow, PartialPstnCallLogRow, str]):
 callDurationSource: Value[PstnCallDurationSource]
 calleeNumber: Value[str]
 callerNumber: Value[str]
 callId: Value[str]
 callType: Value[str]
 charge: Value[float]
 conferenceId: Value[str]
 connectionCharge: Value[float]
 currency: Value[str]
 destinationContext: Value[str]
 destinationName: Value[str]
 duration: Value[int]
 endDateTime: Value[DateTime]
 id: Value[str]
 inventoryType: Value[str]
 licenseCapability: Value[str]
 operator: Value[str]
 startDateTime: Value[DateTime]
 tenantCountryCode: Value[str]
 usageCountryCode: Value[str]
 userDisplayName: Value[str]
 userId: Value[str]
 userPrincipalName: Value[str]
class TraceRouteHop(Object):
 hopCount: int | None
 ipAddress: str | None
 roundTripTime: Duration | None
class PartialTraceRouteHop(PartialObject, total=False):
 hopCount: int | None
 ipAddress: str | None
 roundTripTime: Duration | None
class TraceRouteHopAddress(One[TraceRouteHop, PartialTraceRouteHop, str]):
 hopCount: Value[int]
 ipAddress: Value[str]
 roundTripTime: Value[Duration]
class UserAgent(Object):
 applicationVersion: str | None
 headerValue: str | None
class _PartialUserAgent(PartialObject, total=False):
 applicationVersion: str | None
 headerValue: str | None
class PartialUserAgent(_PartialUserAgent, total=False):
 azureADAppId: str | None
 communicationServiceId: str | None
 platform: ClientPlatform | None
 productFamily: ProductFamily | None
 role: ServiceRole | None
class UserAgentAddress(One[UserAgent, PartialUserAgent, str]):
 applicationVersion: Value[str]
 headerValue: Value[str]
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
class PartialUserFeedback(PartialObject, total=False):
 rating: UserFeedbackRating | None
 text: str | None
 tokens: dict[str, Any] | None
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
 organizer_v2: dict[str, Any]
 participants_v2: list[dict[str, Any]]
 sessions: list[dict[str, Any]]
CallRecordField: TypeAlias = Literal["id", "endDateTime", "joinWebUrl", "lastModifiedDateTime", "modalities", "organizer", "participants", "startDateTime", "type", "version"]
class CallRecords_getDirectRoutingCalls(Callable):
 def __call__(self, *, fromDateTime: DateTime, toDateTime: DateTime) -> Values[DirectRoutingLogRow]: ...
class CallRecords_getPstnCalls(Callable):
 def __call__(self, *, fromDateTime: DateTime, toDateTime: DateTime) -> Values[PstnCallLogRow]: ...
class CallRecordAddress(_t.EntitySegments, One[CallRecord, dict[str, Any], CallRecordField]):
 endDateTime: Value[DateTime]
 joinWebUrl: Value[str]
 lastModifiedDateTime: Value[DateTime]
 modalities: Values[Modality]
 organizer: _t.IdentitySetAddress
 participants: Values[_t.IdentitySet]
 startDateTime: Value[DateTime]
 type: Value[CallType]
 version: Value[int]
 organizer_v2: OrganizerAddress
 participants_v2: Many[Participant, ParticipantAddress, dict[str, Any], str]
 sessions: Many[Session, SessionAddress, dict[str, Any], str]
class CallRecordAddresses(Many[CallRecord, CallRecordAddress, dict[str, Any], CallRecordField]):
 getDirectRoutingCalls: CallRecords_getDirectRoutingCalls
 getPstnCalls: CallRecords_getPstnCalls
class ParticipantBase(_t.Entity):
 administrativeUnitInfos: list[AdministrativeUnitInfo]
 identity: _t.CommunicationsIdentitySet | None
class ParticipantBaseSegments(_t.EntitySegments):
 administrativeUnitInfos: Values[AdministrativeUnitInfo]
 identity: _t.CommunicationsIdentitySetAddress
class ParticipantBaseAddress(ParticipantBaseSegments, One[ParticipantBase, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.callRecords.organizer"]) -> OrganizerAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.callRecords.participant"]) -> ParticipantAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class ParticipantBaseAddresses(Many[ParticipantBase, ParticipantBaseAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.callRecords.organizer"]) -> Many[Organizer, OrganizerAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.callRecords.participant"]) -> Many[Participant, ParticipantAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class Organizer(ParticipantBase):
 pass
class OrganizerAddress(ParticipantBaseSegments, One[Organizer, dict[str, Any], str]):
 pass
class Participant(ParticipantBase):
 pass
class ParticipantAddress(ParticipantBaseSegments, One[Participant, dict[str, Any], str]):
 pass
class Segment(_t.Entity):
 callee: Endpoint | None
 caller: Endpoint | None
 endDateTime: DateTime
 failureInfo: FailureInfo | None
 media: list[Media]
 startDateTime: DateTime
class SegmentAddress(_t.EntitySegments, One[Segment, dict[str, Any], str]):
 callee: EndpointAddress
 caller: EndpointAddress
 endDateTime: Value[DateTime]
 failureInfo: FailureInfoAddress
 media: Values[Media]
 startDateTime: Value[DateTime]
class Session(_t.Entity):
 callee: Endpoint | None
 caller: Endpoint | None
 endDateTime: DateTime
 failureInfo: FailureInfo | None
 isTest: bool | None
 modalities: list[Modality]
 startDateTime: DateTime
 segments: list[dict[str, Any]]
class SessionAddress(_t.EntitySegments, One[Session, dict[str, Any], str]):
 callee: EndpointAddress
 caller: EndpointAddress
 endDateTime: Value[DateTime]
 failureInfo: FailureInfoAddress
 isTest: Value[bool]
 modalities: Values[Modality]
 startDateTime: Value[DateTime]
 segments: Many[Segment, SegmentAddress, dict[str, Any], str]
class UserIdentity(_t.Identity):
 userPrincipalName: str | None
