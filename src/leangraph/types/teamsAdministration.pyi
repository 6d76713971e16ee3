"""Microsoft Graph's types, namespace teamsAdministration.

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
class PolicyIdentifierDetail(_t.Entity):
    name: str
    policyId: str
class TeamsAdminRoot(_t.Entity):
    policy: NotRequired[dict[str, Any]]
    telephoneNumberManagement: NotRequired[dict[str, Any]]
    userConfigurations: NotRequired[list[dict[str, Any]]]
class TeamsPolicyAssignment(_t.Entity):
    userAssignments: NotRequired[list[dict[str, Any]]]
class TeamsPolicyUserAssignment(_t.Entity):
    policyId: str | None
    policyType: str
    userId: str
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
    user: NotRequired[dict[str, Any]]
class TelephoneNumberLongRunningOperation(_t.Entity):
    createdDateTime: str
    numbers: list[TelephoneNumberLongRunningOperationDetails]
    status: _t.LongRunningOperationStatus
class TelephoneNumberManagementRoot(_t.Entity):
    numberAssignments: NotRequired[list[dict[str, Any]]]
    operations: NotRequired[list[dict[str, Any]]]
class AssignedTelephoneNumber(Object):
    assignmentCategory: AssignmentCategory
    telephoneNumber: str
class EffectivePolicyAssignment(Object):
    policyAssignment: PolicyAssignment
    policyType: str
class PolicyAssignment(Object):
    assignmentType: AssignmentType
    displayName: str
    groupId: str | None
    policyId: str
class TelephoneNumberLongRunningOperationDetails(Object):
    resourceLocation: str | None
    status: _t.LongRunningOperationStatus | None
    statusDetail: str | None
class PartialNumberAssignment(_t._PartialEntity, total=False):
    activationState: ActivationState | None
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
    numberType: NumberType | None
    operatorId: str | None
    portInStatus: PortInStatus | None
    reverseNumberLookupOptions: list[ReverseNumberLookupOption]
    supportedCustomerActions: list[CustomerAction]
    telephoneNumber: str | None
class PartialPolicyIdentifierDetail(_t._PartialEntity, total=False):
    name: str | None
    policyId: str | None
class PartialTeamsAdminRoot(_t._PartialEntity, total=False):
    policy: dict[str, Any]
    telephoneNumberManagement: dict[str, Any]
    userConfigurations: list[dict[str, Any]]
class PartialTeamsPolicyAssignment(_t._PartialEntity, total=False):
    userAssignments: list[dict[str, Any]]
class PartialTeamsPolicyUserAssignment(_t._PartialEntity, total=False):
    policyId: str | None
    policyType: str | None
    userId: str | None
_PartialTeamsUserConfigurationKeys = TypedDict("_PartialTeamsUserConfigurationKeys", {"user@odata.bind": str}, total=False)
class PartialTeamsUserConfiguration(_t._PartialEntity, _PartialTeamsUserConfigurationKeys, total=False):
    accountType: AccountType | None
    createdDateTime: DateTime | None
    effectivePolicyAssignments: list[PartialEffectivePolicyAssignment]
    featureTypes: list[str]
    isEnterpriseVoiceEnabled: bool | None
    modifiedDateTime: DateTime | None
    telephoneNumbers: list[PartialAssignedTelephoneNumber]
    tenantId: str | None
    userPrincipalName: str | None
    user: dict[str, Any]
class PartialTelephoneNumberLongRunningOperation(_t._PartialEntity, total=False):
    createdDateTime: str | None
    numbers: list[PartialTelephoneNumberLongRunningOperationDetails]
    status: _t.LongRunningOperationStatus | None
class PartialTelephoneNumberManagementRoot(_t._PartialEntity, total=False):
    numberAssignments: list[dict[str, Any]]
    operations: list[dict[str, Any]]
class PartialAssignedTelephoneNumber(Object, total=False):
    assignmentCategory: AssignmentCategory | None
    telephoneNumber: str | None
class PartialEffectivePolicyAssignment(Object, total=False):
    policyAssignment: PartialPolicyAssignment | None
    policyType: str | None
class PartialPolicyAssignment(Object, total=False):
    assignmentType: AssignmentType | None
    displayName: str | None
    groupId: str | None
    policyId: str | None
class PartialTelephoneNumberLongRunningOperationDetails(Object, total=False):
    resourceLocation: str | None
    status: _t.LongRunningOperationStatus | None
    statusDetail: str | None
TeamsAdminRootField: TypeAlias = Literal["id"]
