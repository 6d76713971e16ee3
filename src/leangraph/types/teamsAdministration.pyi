"""Microsoft Graph's types, namespace teamsAdministration.

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

AccountType: TypeAlias = Literal["user", "resourceAccount", "guest", "sfbOnPremUser", "unknown", "unknownFutureValue", "ineligibleUser"] | str
ActivationState: TypeAlias = Literal["activated", "assignmentPending", "assignmentFailed", "updatePending", "updateFailed", "unknownFutureValue"] | str
AssignmentCategory: TypeAlias = Literal["primary", "private", "alternate", "unknownFutureValue"] | str
AssignmentStatus: TypeAlias = Literal["unassigned", "internalError", "userAssigned", "conferenceAssigned", "voiceApplicationAssigned", "thirdPartyAppAssigned", "policyAssigned", "unknownFutureValue"] | str
AssignmentType: TypeAlias = Literal["direct", "group", "unknownFutureValue"] | str
CustomerAction: TypeAlias = Literal["locationUpdate", "release", "unknownFutureValue"] | str
NumberCapability: TypeAlias = Literal["conferenceAssignment", "voiceApplicationAssignment", "userAssignment", "teamsPhoneMobile", "unknownFutureValue"] | str
NumberSource: TypeAlias = Literal["online", "onPremises", "unknownFutureValue"] | str
NumberType: TypeAlias = Literal["internalError", "directRouting", "callingPlan", "operatorConnect", "unknownFutureValue"] | str
PortInStatus: TypeAlias = Literal["completed", "firmOrderCommitmentAccepted", "unknownFutureValue"] | str
ReverseNumberLookupOption: TypeAlias = Literal["skipInternalVoip", "unknownFutureValue"] | str
class NumberAssignment(_t.Entity):
 activationState: ActivationState
 assignmentCategory: AssignmentCategory | None
 assignmentStatus: AssignmentStatus | None
 assignmentTargetId: str | None
 capabilities: list[NumberCapability]
 city: str | None
 civicAddressId: str | None
 isoCountryCode: str | None
 locationId: str | None
 networkSiteId: str | None
 numberSource: NumberSource | None
 numberType: NumberType
 operatorId: str
 portInStatus: PortInStatus | None
 reverseNumberLookupOptions: list[ReverseNumberLookupOption]
 supportedCustomerActions: list[CustomerAction]
 telephoneNumber: str
class NumberAssignments_assignNumber(Callable):
 def __call__(self, *, telephoneNumber: str, assignmentTargetId: str, numberType: NumberType, assignmentCategory: AssignmentCategory | None = ..., locationId: str | None = ...) -> None: ...
class NumberAssignments_unassignNumber(Callable):
 def __call__(self, *, telephoneNumber: str | None = ..., numberType: NumberType | None = ...) -> None: ...
class NumberAssignments_updateNumber(Callable):
 def __call__(self, *, telephoneNumber: str, locationId: str | None = ..., networkSiteId: str | None = ..., reverseNumberLookupOptions: list[str] | None = ...) -> None: ...
class NumberAssignmentAddress(_t.EntitySegments, One[NumberAssignment, dict[str, Any], str]):
 activationState: Value[ActivationState]
 assignmentCategory: Value[AssignmentCategory]
 assignmentStatus: Value[AssignmentStatus]
 assignmentTargetId: Value[str]
 capabilities: Values[NumberCapability]
 city: Value[str]
 civicAddressId: Value[str]
 isoCountryCode: Value[str]
 locationId: Value[str]
 networkSiteId: Value[str]
 numberSource: Value[NumberSource]
 numberType: Value[NumberType]
 operatorId: Value[str]
 portInStatus: Value[PortInStatus]
 reverseNumberLookupOptions: Values[ReverseNumberLookupOption]
 supportedCustomerActions: Values[CustomerAction]
 telephoneNumber: Value[str]
class NumberAssignmentAddresses(Many[NumberAssignment, NumberAssignmentAddress, dict[str, Any], str]):
 assignNumber: NumberAssignments_assignNumber
 unassignNumber: NumberAssignments_unassignNumber
 updateNumber: NumberAssignments_updateNumber
class PolicyIdentifierDetail(_t.Entity):
 name: str
 policyId: str
class PolicyIdentifierDetailAddress(_t.EntitySegments, One[PolicyIdentifierDetail, dict[str, Any], str]):
 name: Value[str]
 policyId: Value[str]
class TeamsAdminRoot(_t.Entity):
 policy: dict[str, Any]
 telephoneNumberManagement: dict[str, Any]
 userConfigurations: list[dict[str, Any]]
TeamsAdminRootField: TypeAlias = Literal["id"]
class TeamsAdminRootAddress(_t.EntitySegments, One[TeamsAdminRoot, dict[str, Any], TeamsAdminRootField]):
 policy: TeamsPolicyAssignmentAddress
 telephoneNumberManagement: TelephoneNumberManagementRootAddress
 userConfigurations: Many[TeamsUserConfiguration, TeamsUserConfigurationAddress, dict[str, Any], str]
class TeamsPolicyAssignment(_t.Entity):
 userAssignments: list[dict[str, Any]]
class TeamsPolicyAssignment_getPolicyId(Callable):
 def __call__(self, *, type: str, name: str) -> Many[PolicyIdentifierDetail, PolicyIdentifierDetailAddress, dict[str, Any], str]: ...
class TeamsPolicyAssignmentAddress(_t.EntitySegments, One[TeamsPolicyAssignment, dict[str, Any], str]):
 userAssignments: TeamsPolicyUserAssignmentAddresses
 getPolicyId: TeamsPolicyAssignment_getPolicyId
class TeamsPolicyUserAssignment(_t.Entity):
 policyId: str | None
 policyType: str
 userId: str
class TeamsPolicyUserAssignments_assign(Callable):
 def __call__(self, *, value: list[dict[str, Any]]) -> None: ...
class TeamsPolicyUserAssignments_unassign(Callable):
 def __call__(self, *, value: list[dict[str, Any]]) -> None: ...
class TeamsPolicyUserAssignmentAddress(_t.EntitySegments, One[TeamsPolicyUserAssignment, dict[str, Any], str]):
 policyId: Value[str]
 policyType: Value[str]
 userId: Value[str]
class TeamsPolicyUserAssignmentAddresses(Many[TeamsPolicyUserAssignment, TeamsPolicyUserAssignmentAddress, dict[str, Any], str]):
 assign: TeamsPolicyUserAssignments_assign
 unassign: TeamsPolicyUserAssignments_unassign
class TeamsUserConfiguration(_t.Entity):
 accountType: AccountType
 createdDateTime: DateTime
 effectivePolicyAssignments: list[EffectivePolicyAssignment]
 featureTypes: list[str]
 isEnterpriseVoiceEnabled: bool | None
 modifiedDateTime: DateTime
 telephoneNumbers: list[AssignedTelephoneNumber]
 tenantId: str
 userPrincipalName: str
 user: dict[str, Any]
class TeamsUserConfigurationAddress(_t.EntitySegments, One[TeamsUserConfiguration, dict[str, Any], str]):
 accountType: Value[AccountType]
 createdDateTime: Value[DateTime]
 effectivePolicyAssignments: Values[EffectivePolicyAssignment]
 featureTypes: Values[str]
 isEnterpriseVoiceEnabled: Value[bool]
 modifiedDateTime: Value[DateTime]
 telephoneNumbers: Values[AssignedTelephoneNumber]
 tenantId: Value[str]
 userPrincipalName: Value[str]
 user: _t.UserAddress
class TelephoneNumberLongRunningOperation(_t.Entity):
 createdDateTime: str
 numbers: list[TelephoneNumberLongRunningOperationDetails]
 status: _t.LongRunningOperationStatus
class TelephoneNumberLongRunningOperationAddress(_t.EntitySegments, One[TelephoneNumberLongRunningOperation, dict[str, Any], str]):
 createdDateTime: Value[str]
 numbers: Values[TelephoneNumberLongRunningOperationDetails]
 status: Value[_t.LongRunningOperationStatus]
class TelephoneNumberManagementRoot(_t.Entity):
 numberAssignments: list[dict[str, Any]]
 operations: list[dict[str, Any]]
class TelephoneNumberManagementRootAddress(_t.EntitySegments, One[TelephoneNumberManagementRoot, dict[str, Any], str]):
 numberAssignments: NumberAssignmentAddresses
 operations: Many[TelephoneNumberLongRunningOperation, TelephoneNumberLongRunningOperationAddress, dict[str, Any], str]
class AssignedTelephoneNumber(Object):
 assignmentCategory: AssignmentCategory
 telephoneNumber: str
class PartialAssignedTelephoneNumber(PartialObject, total=False):
 assignmentCategory: AssignmentCategory | None
 telephoneNumber: str | None
class AssignedTelephoneNumberAddress(One[AssignedTelephoneNumber, PartialAssignedTelephoneNumber, str]):
 assignmentCategory: Value[AssignmentCategory]
 telephoneNumber: Value[str]
class EffectivePolicyAssignment(Object):
 policyAssignment: PolicyAssignment
 policyType: str
class PartialEffectivePolicyAssignment(PartialObject, total=False):
 policyAssignment: PartialPolicyAssignment | None
 policyType: str | None
class EffectivePolicyAssignmentAddress(One[EffectivePolicyAssignment, PartialEffectivePolicyAssignment, str]):
 policyAssignment: PolicyAssignmentAddress
 policyType: Value[str]
class PolicyAssignment(Object):
 assignmentType: AssignmentType
 displayName: str
 groupId: str | None
 policyId: str
class PartialPolicyAssignment(PartialObject, total=False):
 assignmentType: AssignmentType | None
 displayName: str | None
 groupId: str | None
 policyId: str | None
class PolicyAssignmentAddress(One[PolicyAssignment, PartialPolicyAssignment, str]):
 assignmentType: Value[AssignmentType]
 displayName: Value[str]
 groupId: Value[str]
 policyId: Value[str]
class TelephoneNumberLongRunningOperationDetails(Object):
 resourceLocation: str | None
 status: _t.LongRunningOperationStatus | None
 statusDetail: str | None
class PartialTelephoneNumberLongRunningOperationDetails(PartialObject, total=False):
 resourceLocation: str | None
 status: _t.LongRunningOperationStatus | None
 statusDetail: str | None
class TelephoneNumberLongRunningOperationDetailsAddress(One[TelephoneNumberLongRunningOperationDetails, PartialTelephoneNumberLongRunningOperationDetails, str]):
 resourceLocation: Value[str]
 status: Value[_t.LongRunningOperationStatus]
 statusDetail: Value[str]
