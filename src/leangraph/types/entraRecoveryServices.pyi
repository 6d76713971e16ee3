"""Microsoft Graph's types, namespace entraRecoveryServices.

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

RecoveryAction: TypeAlias = Literal["softDelete", "update", "restore", "unknownFutureValue"] | str
RecoveryStatus: TypeAlias = Literal["initialized", "running", "successful", "failed", "abandoned", "unknownFutureValue", "calculating", "loadingData"] | str
ResourceTypeName: TypeAlias = Literal["user", "group", "conditionalAccessPolicy", "namedLocationPolicy", "authenticationMethodPolicy", "authorizationPolicy", "authenticationStrengthPolicy", "application", "servicePrincipal", "unknownFutureValue", "oAuth2PermissionGrant", "appRoleAssignment", "organization"] | str
class Recovery(_t.Entity):
 jobs: list[dict[str, Any]]
 snapshots: list[dict[str, Any]]
RecoveryField: TypeAlias = Literal["id"]
class RecoveryAddress(_t.EntitySegments, One[Recovery, dict[str, Any], RecoveryField]):
 jobs: RecoveryJobBaseAddresses
 snapshots: Many[Snapshot, SnapshotAddress, dict[str, Any], str]
class RecoveryChangeObjectBase(_t.Entity):
 displayName: str | None
 entityTypeName: ResourceTypeName
 failureMessage: str | None
 recoveryAction: RecoveryAction
class RecoveryChangeObjectBaseAddress(_t.EntitySegments, One[RecoveryChangeObjectBase, dict[str, Any], str]):
 displayName: Value[str]
 entityTypeName: Value[ResourceTypeName]
 failureMessage: Value[str]
 recoveryAction: Value[RecoveryAction]
class RecoveryJobBase(_t.Entity):
 filteringCriteria: RecoveryJobFilteringCriteriaBase | None
 jobCompletionDateTime: DateTime | None
 jobStartDateTime: DateTime
 status: RecoveryStatus
 targetStateDateTime: DateTime
 totalChangedLinksCalculated: int | None
 totalChangedObjectsCalculated: int | None
class _PartialRecoveryJobBase(_t._PartialEntity, total=False):
 filteringCriteria: PartialRecoveryJobFilteringCriteriaBase | None
 jobCompletionDateTime: DateTime | None
 jobStartDateTime: DateTime | None
 status: RecoveryStatus | None
 targetStateDateTime: DateTime | None
 totalChangedLinksCalculated: int | None
 totalChangedObjectsCalculated: int | None
class RecoveryJobBase_cancel(Callable):
 def __call__(self) -> None: ...
class RecoveryJobBaseSegments(_t.EntitySegments):
 filteringCriteria: RecoveryJobFilteringCriteriaBaseAddress
 jobCompletionDateTime: Value[DateTime]
 jobStartDateTime: Value[DateTime]
 status: Value[RecoveryStatus]
 targetStateDateTime: Value[DateTime]
 totalChangedLinksCalculated: Value[int]
 totalChangedObjectsCalculated: Value[int]
 cancel: RecoveryJobBase_cancel
class RecoveryJobBaseAddress(RecoveryJobBaseSegments, One[RecoveryJobBase, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.entraRecoveryServices.recoveryJob"]) -> RecoveryJobAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.entraRecoveryServices.recoveryPreviewJob"]) -> RecoveryPreviewJobAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class RecoveryJobBaseAddresses(Many[RecoveryJobBase, RecoveryJobBaseAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.entraRecoveryServices.recoveryJob"]) -> Many[RecoveryJob, RecoveryJobAddress, PartialRecoveryJob, str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.entraRecoveryServices.recoveryPreviewJob"]) -> Many[RecoveryPreviewJob, RecoveryPreviewJobAddress, PartialRecoveryPreviewJob, str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class RecoveryJob(RecoveryJobBase):
 totalFailedChanges: int | None
 totalLinksModified: int | None
 totalObjectsModified: int | None
class PartialRecoveryJob(_PartialRecoveryJobBase, total=False):
 totalFailedChanges: int | None
 totalLinksModified: int | None
 totalObjectsModified: int | None
class RecoveryJob_getFailedChanges(Many[RecoveryChangeObjectBase, RecoveryChangeObjectBaseAddress, dict[str, Any], str]):
 def __call__(self) -> Many[RecoveryChangeObjectBase, RecoveryChangeObjectBaseAddress, dict[str, Any], str]: ...
class RecoveryJobAddress(RecoveryJobBaseSegments, One[RecoveryJob, PartialRecoveryJob, str]):
 totalFailedChanges: Value[int]
 totalLinksModified: Value[int]
 totalObjectsModified: Value[int]
 getFailedChanges: RecoveryJob_getFailedChanges
class RecoveryPreviewJob(RecoveryJobBase):
 pass
class PartialRecoveryPreviewJob(_PartialRecoveryJobBase, total=False):
 pass
class RecoveryPreviewJob_getChanges(Many[RecoveryChangeObjectBase, RecoveryChangeObjectBaseAddress, dict[str, Any], str]):
 def __call__(self) -> Many[RecoveryChangeObjectBase, RecoveryChangeObjectBaseAddress, dict[str, Any], str]: ...
class RecoveryPreviewJobAddress(RecoveryJobBaseSegments, One[RecoveryPreviewJob, PartialRecoveryPreviewJob, str]):
 getChanges: RecoveryPreviewJob_getChanges
class Snapshot(_t.Entity):
 createdDateTime: DateTime
 totalChangedObjects: int | None
 recoveryJobs: list[dict[str, Any]]
 recoveryPreviewJobs: list[dict[str, Any]]
class SnapshotAddress(_t.EntitySegments, One[Snapshot, dict[str, Any], str]):
 createdDateTime: Value[DateTime]
 totalChangedObjects: Value[int]
 recoveryJobs: Many[RecoveryJob, RecoveryJobAddress, PartialRecoveryJob, str]
 recoveryPreviewJobs: Many[RecoveryPreviewJob, RecoveryPreviewJobAddress, PartialRecoveryPreviewJob, str]
class EntityTypeAndIds(Object):
 entityIds: list[str]
 entityType: ResourceTypeName
class PartialEntityTypeAndIds(PartialObject, total=False):
 entityIds: list[str]
 entityType: ResourceTypeName | None
class RecoveryJobFilteringCriteriaBase(Object):
 pass
class _PartialRecoveryJobFilteringCriteriaBase(PartialObject, total=False):
 pass
class PartialRecoveryJobFilteringCriteriaBase(_PartialRecoveryJobFilteringCriteriaBase, total=False):
 filterValues: list[PartialEntityTypeAndIds]
 entityTypes: list[ResourceTypeName]
class RecoveryJobFilteringCriteriaBaseAddress(One[RecoveryJobFilteringCriteriaBase, PartialRecoveryJobFilteringCriteriaBase, str]):
 pass
class RecoveryJobEntityNameAndIdsFilter(RecoveryJobFilteringCriteriaBase):
 filterValues: list[EntityTypeAndIds]
class RecoveryJobEntityNamesFilter(RecoveryJobFilteringCriteriaBase):
 entityTypes: list[ResourceTypeName]
