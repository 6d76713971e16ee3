"""Microsoft Graph's types, namespace entraRecoveryServices.

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

RecoveryAction: TypeAlias = Literal["softDelete", "update", "restore", "unknownFutureValue"] | str
RecoveryStatus: TypeAlias = Literal["initialized", "running", "successful", "failed", "abandoned", "unknownFutureValue", "calculating", "loadingData"] | str
ResourceTypeName: TypeAlias = Literal["user", "group", "conditionalAccessPolicy", "namedLocationPolicy", "authenticationMethodPolicy", "authorizationPolicy", "authenticationStrengthPolicy", "application", "servicePrincipal", "unknownFutureValue", "oAuth2PermissionGrant", "appRoleAssignment", "organization"] | str
class Recovery(_t.Entity):
    jobs: NotRequired[list[dict[str, Any]]]
    snapshots: NotRequired[list[dict[str, Any]]]
class RecoveryChangeObjectBase(_t.Entity):
    displayName: str | None
    entityTypeName: ResourceTypeName
    failureMessage: str | None
    recoveryAction: RecoveryAction
class RecoveryJobBase(_t.Entity):
    filteringCriteria: RecoveryJobFilteringCriteriaBase | None
    jobCompletionDateTime: DateTime | None
    jobStartDateTime: DateTime
    status: RecoveryStatus
    targetStateDateTime: DateTime
    totalChangedLinksCalculated: int | None
    totalChangedObjectsCalculated: int | None
class RecoveryJob(RecoveryJobBase):
    totalFailedChanges: int | None
    totalLinksModified: int | None
    totalObjectsModified: int | None
class RecoveryPreviewJob(RecoveryJobBase):
    pass
class Snapshot(_t.Entity):
    createdDateTime: DateTime
    totalChangedObjects: int | None
    recoveryJobs: NotRequired[list[dict[str, Any]]]
    recoveryPreviewJobs: NotRequired[list[dict[str, Any]]]
class EntityTypeAndIds(Object):
    entityIds: list[str]
    entityType: ResourceTypeName
class RecoveryJobFilteringCriteriaBase(Object):
    pass
class RecoveryJobEntityNameAndIdsFilter(RecoveryJobFilteringCriteriaBase):
    filterValues: list[EntityTypeAndIds]
class RecoveryJobEntityNamesFilter(RecoveryJobFilteringCriteriaBase):
    entityTypes: list[ResourceTypeName]
class PartialRecovery(_t._PartialEntity, total=False):
    jobs: list[dict[str, Any]]
    snapshots: list[dict[str, Any]]
class PartialRecoveryChangeObjectBase(_t._PartialEntity, total=False):
    displayName: str | None
    entityTypeName: ResourceTypeName | None
    failureMessage: str | None
    recoveryAction: RecoveryAction | None
class _PartialRecoveryJobBase(_t._PartialEntity, total=False):
    filteringCriteria: PartialRecoveryJobFilteringCriteriaBase | None
    jobCompletionDateTime: DateTime | None
    jobStartDateTime: DateTime | None
    status: RecoveryStatus | None
    targetStateDateTime: DateTime | None
    totalChangedLinksCalculated: int | None
    totalChangedObjectsCalculated: int | None
class PartialRecoveryJobBase(_PartialRecoveryJobBase, total=False):
    totalFailedChanges: int | None
    totalLinksModified: int | None
    totalObjectsModified: int | None
class PartialRecoveryJob(_PartialRecoveryJobBase, total=False):
    totalFailedChanges: int | None
    totalLinksModified: int | None
    totalObjectsModified: int | None
class PartialRecoveryPreviewJob(_PartialRecoveryJobBase, total=False):
    pass
_PartialSnapshotKeys = TypedDict("_PartialSnapshotKeys", {"recoveryJobs@odata.bind": list[str], "recoveryPreviewJobs@odata.bind": list[str]}, total=False)
class PartialSnapshot(_t._PartialEntity, _PartialSnapshotKeys, total=False):
    createdDateTime: DateTime | None
    totalChangedObjects: int | None
    recoveryJobs: list[dict[str, Any]]
    recoveryPreviewJobs: list[dict[str, Any]]
class PartialEntityTypeAndIds(Object, total=False):
    entityIds: list[str]
    entityType: ResourceTypeName | None
class _PartialRecoveryJobFilteringCriteriaBase(Object, total=False):
    pass
class PartialRecoveryJobFilteringCriteriaBase(_PartialRecoveryJobFilteringCriteriaBase, total=False):
    filterValues: list[PartialEntityTypeAndIds]
    entityTypes: list[ResourceTypeName]
RecoveryField: TypeAlias = Literal["id"]
