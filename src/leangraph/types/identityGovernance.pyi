"""Microsoft Graph's types, namespace identityGovernance.

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

ActivationTaskScopeType: TypeAlias = Literal["allTasks", "failedTasks", "unknownFutureValue"] | str
ActivationUserScopeType: TypeAlias = Literal["allUsers", "failedUsers", "unknownFutureValue"] | str
CustomTaskExtensionOperationStatus: TypeAlias = Literal["completed", "failed", "unknownFutureValue"] | str
LifecycleTaskCategory: TypeAlias = Literal["joiner", "leaver", "unknownFutureValue", "mover"] | str
LifecycleWorkflowCategory: TypeAlias = Literal["joiner", "leaver", "unknownFutureValue", "mover"] | str
LifecycleWorkflowProcessingStatus: TypeAlias = Literal["queued", "inProgress", "completed", "completedWithErrors", "canceled", "failed", "unknownFutureValue", "canceling", "quarantined"] | str
MatchMode: TypeAlias = Literal["any", "all", "unknownFutureValue"] | str
MembershipChangeType: TypeAlias = Literal["add", "remove", "unknownFutureValue"] | str
QuarantineType: TypeAlias = Literal["notQuarantined", "countBasedThresholdExceeded", "percentageBasedThresholdExceeded", "multipleConditionsExceeded", "unknownFutureValue"] | str
ValueType: TypeAlias = Literal["enum", "string", "int", "bool", "unknownFutureValue"] | str
WorkflowExecutionType: TypeAlias = Literal["scheduled", "onDemand", "unknownFutureValue", "activatedWithScope", "preview"] | str
WorkflowTriggerTimeBasedAttribute: TypeAlias = Literal["employeeHireDate", "employeeLeaveDateTime", "unknownFutureValue", "createdDateTime"] | str
class CustomTaskExtensionCallbackConfiguration(_t.CustomExtensionCallbackConfiguration):
    authorizedApps: NotRequired[list[dict[str, Any]]]
class CustomTaskExtensionCallbackData(_t.CustomExtensionData):
    operationStatus: CustomTaskExtensionOperationStatus | None
class CustomTaskExtensionCalloutData(_t.CustomExtensionData):
    subject: NotRequired[dict[str, Any]]
    task: NotRequired[dict[str, Any]]
    taskProcessingresult: NotRequired[dict[str, Any]]
    workflow: NotRequired[dict[str, Any]]
class CustomTaskExtension(_t.CustomCalloutExtension):
    callbackConfiguration: _t.CustomExtensionCallbackConfiguration | None
    createdDateTime: DateTime | None
    lastModifiedDateTime: DateTime | None
    createdBy: NotRequired[dict[str, Any]]
    lastModifiedBy: NotRequired[dict[str, Any]]
class Insights(_t.Entity):
    pass
class LifecycleManagementSettings(_t.Entity):
    emailSettings: _t.EmailSettings
    quarantineConfiguration: QuarantineConfiguration | None
    workflowScheduleIntervalInHours: int
class LifecycleWorkflowsContainer(_t.Entity):
    customTaskExtensions: NotRequired[list[dict[str, Any]]]
    deletedItems: NotRequired[dict[str, Any]]
    insights: NotRequired[dict[str, Any]]
    settings: NotRequired[dict[str, Any]]
    taskDefinitions: NotRequired[list[dict[str, Any]]]
    workflows: NotRequired[list[dict[str, Any]]]
    workflowTemplates: NotRequired[list[dict[str, Any]]]
class Run(_t.Entity):
    activatedOnScope: ActivationScope | None
    completedDateTime: DateTime | None
    failedTasksCount: int
    failedUsersCount: int
    lastUpdatedDateTime: DateTime | None
    processingStatus: LifecycleWorkflowProcessingStatus
    scheduledDateTime: DateTime
    startedDateTime: DateTime | None
    successfulUsersCount: int
    totalTasksCount: int
    totalUnprocessedTasksCount: int
    totalUsersCount: int
    workflowExecutionType: WorkflowExecutionType
    reprocessedRuns: NotRequired[list[dict[str, Any]]]
    taskProcessingResults: NotRequired[list[dict[str, Any]]]
    userProcessingResults: NotRequired[list[dict[str, Any]]]
class Task(_t.Entity):
    arguments: list[_t.KeyValuePair]
    category: LifecycleTaskCategory
    continueOnError: bool
    description: str | None
    displayName: str
    executionSequence: int
    isEnabled: bool
    taskDefinitionId: str
    taskProcessingResults: NotRequired[list[dict[str, Any]]]
class TaskDefinition(_t.Entity):
    category: LifecycleTaskCategory
    continueOnError: bool
    description: str | None
    displayName: str
    parameters: list[Parameter]
    version: int
class TaskProcessingResult(_t.Entity):
    completedDateTime: DateTime | None
    createdDateTime: DateTime
    failureReason: str | None
    processingInfo: str | None
    processingStatus: LifecycleWorkflowProcessingStatus
    startedDateTime: DateTime | None
    subject: NotRequired[dict[str, Any]]
    task: NotRequired[dict[str, Any]]
class TaskReport(_t.Entity):
    completedDateTime: DateTime | None
    failedUsersCount: int
    lastUpdatedDateTime: DateTime
    processingStatus: LifecycleWorkflowProcessingStatus
    runId: str | None
    startedDateTime: DateTime | None
    successfulUsersCount: int
    totalUsersCount: int
    unprocessedUsersCount: int
    task: NotRequired[dict[str, Any]]
    taskDefinition: NotRequired[dict[str, Any]]
    taskProcessingResults: NotRequired[list[dict[str, Any]]]
class UserProcessingResult(_t.Entity):
    completedDateTime: DateTime | None
    failedTasksCount: int
    processingStatus: LifecycleWorkflowProcessingStatus
    scheduledDateTime: DateTime
    startedDateTime: DateTime | None
    totalTasksCount: int
    totalUnprocessedTasksCount: int
    workflowExecutionType: WorkflowExecutionType
    workflowVersion: int
    reprocessedRuns: NotRequired[list[dict[str, Any]]]
    subject: NotRequired[dict[str, Any]]
    taskProcessingResults: NotRequired[list[dict[str, Any]]]
class WorkflowTemplate(_t.Entity):
    category: LifecycleWorkflowCategory
    description: str | None
    displayName: str
    executionConditions: WorkflowExecutionConditions | None
    tasks: NotRequired[list[dict[str, Any]]]
class ActivationScope(Object):
    pass
class ActivateGroupScope(ActivationScope):
    group: NotRequired[dict[str, Any]]
class ActivateProcessingResultScope(ActivationScope):
    taskScope: ActivationTaskScopeType
    processingResults: NotRequired[list[dict[str, Any]]]
class ActivateRunScope(ActivationScope):
    taskScope: ActivationTaskScopeType
    userScope: ActivationUserScopeType
    run: NotRequired[dict[str, Any]]
class ActivateUserScope(ActivationScope):
    users: NotRequired[list[dict[str, Any]]]
class CancelScope(Object):
    pass
class CancelRunsScope(CancelScope):
    runs: NotRequired[list[dict[str, Any]]]
class Parameter(Object):
    name: str
    values: list[str]
    valueType: ValueType
class PreviewFailedTask(Object):
    definitionId: str
    failureReason: str
    name: str
    taskId: str
class QuarantineCondition(Object):
    pass
class CountBasedQuarantineCondition(QuarantineCondition):
    threshold: int
class PercentageBasedQuarantineCondition(QuarantineCondition):
    percentage: int
class QuarantineConfiguration(Object):
    conditions: list[QuarantineCondition]
    matchMode: MatchMode
class QuarantineDetails(Object):
    quarantinedDateTime: DateTime | None
    quarantineReason: str | None
    quarantineType: QuarantineType
class RunSummary(Object):
    failedRuns: int
    failedTasks: int
    successfulRuns: int
    totalRuns: int
    totalTasks: int
    totalUsers: int
class TaskReportSummary(Object):
    failedTasks: int
    successfulTasks: int
    totalTasks: int
    unprocessedTasks: int
class TopTasksInsightsSummary(Object):
    failedTasks: int
    failedUsers: int
    successfulTasks: int
    successfulUsers: int
    taskDefinitionDisplayName: str
    taskDefinitionId: str
    totalTasks: int
    totalUsers: int
class TopWorkflowsInsightsSummary(Object):
    failedRuns: int
    failedUsers: int
    successfulRuns: int
    successfulUsers: int
    totalRuns: int
    totalUsers: int
    workflowCategory: LifecycleWorkflowCategory
    workflowDisplayName: str
    workflowId: str
    workflowVersion: int
class TriggerAttribute(Object):
    name: str
class UserSummary(Object):
    failedTasks: int
    failedUsers: int
    successfulUsers: int
    totalTasks: int
    totalUsers: int
class UsersProcessingSummary(Object):
    failedTasks: int
    failedUsers: int
    successfulUsers: int
    totalTasks: int
    totalUsers: int
class WorkflowBase(Object):
    category: LifecycleWorkflowCategory
    createdDateTime: DateTime | None
    description: str | None
    displayName: str
    executionConditions: WorkflowExecutionConditions | None
    isEnabled: bool
    isSchedulingEnabled: bool
    lastModifiedDateTime: DateTime | None
    administrationScopeTargets: NotRequired[list[dict[str, Any]]]
    createdBy: NotRequired[dict[str, Any]]
    lastModifiedBy: NotRequired[dict[str, Any]]
    tasks: NotRequired[list[dict[str, Any]]]
class Workflow(WorkflowBase):
    deletedDateTime: DateTime | None
    id: str
    nextScheduleRunDateTime: DateTime | None
    quarantineDetails: QuarantineDetails
    settings: WorkflowSetting
    version: int | None
    executionScope: NotRequired[list[dict[str, Any]]]
    previewScope: NotRequired[list[dict[str, Any]]]
    runs: NotRequired[list[dict[str, Any]]]
    taskReports: NotRequired[list[dict[str, Any]]]
    userProcessingResults: NotRequired[list[dict[str, Any]]]
    versions: NotRequired[list[dict[str, Any]]]
class WorkflowVersion(WorkflowBase):
    settings: WorkflowSetting
    versionNumber: int
class WorkflowExecutionConditions(Object):
    pass
class OnDemandExecutionOnly(WorkflowExecutionConditions):
    pass
class TriggerAndScopeBasedConditions(WorkflowExecutionConditions):
    scope: _t.SubjectSet | None
    trigger: WorkflowExecutionTrigger | None
class WorkflowExecutionTrigger(Object):
    pass
class AttributeChangeTrigger(WorkflowExecutionTrigger):
    triggerAttributes: list[TriggerAttribute]
class MembershipChangeTrigger(WorkflowExecutionTrigger):
    changeType: MembershipChangeType
class TimeBasedAttributeTrigger(WorkflowExecutionTrigger):
    offsetInDays: int
    timeBasedAttribute: WorkflowTriggerTimeBasedAttribute
class UserInactivityTrigger(WorkflowExecutionTrigger):
    inactivityPeriodInDays: int
class WorkflowSetting(Object):
    quarantineConfiguration: QuarantineConfiguration | None
class WorkflowsInsightsByCategory(Object):
    failedJoinerRuns: int
    failedLeaverRuns: int
    failedMoverRuns: int
    successfulJoinerRuns: int
    successfulLeaverRuns: int
    successfulMoverRuns: int
    totalJoinerRuns: int
    totalLeaverRuns: int
    totalMoverRuns: int
class WorkflowsInsightsSummary(Object):
    failedRuns: int
    failedTasks: int
    failedUsers: int
    successfulRuns: int
    successfulTasks: int
    successfulUsers: int
    totalRuns: int
    totalTasks: int
    totalUsers: int
class GroupBasedSubjectSet(_t.SubjectSet):
    groups: NotRequired[list[dict[str, Any]]]
class RuleBasedSubjectSet(_t.SubjectSet):
    rule: str
class PartialCustomTaskExtensionCallbackData(_t._PartialCustomExtensionData, total=False):
    operationStatus: CustomTaskExtensionOperationStatus | None
_PartialCustomTaskExtensionKeys = TypedDict("_PartialCustomTaskExtensionKeys", {"createdBy@odata.bind": str, "lastModifiedBy@odata.bind": str}, total=False)
class PartialCustomTaskExtension(_t._PartialCustomCalloutExtension, _PartialCustomTaskExtensionKeys, total=False):
    callbackConfiguration: _t.PartialCustomExtensionCallbackConfiguration | None
    createdDateTime: DateTime | None
    lastModifiedDateTime: DateTime | None
    createdBy: dict[str, Any]
    lastModifiedBy: dict[str, Any]
class PartialInsights(_t._PartialEntity, total=False):
    pass
class PartialLifecycleManagementSettings(_t._PartialEntity, total=False):
    emailSettings: _t.PartialEmailSettings | None
    quarantineConfiguration: PartialQuarantineConfiguration | None
    workflowScheduleIntervalInHours: int | None
class PartialLifecycleWorkflowsContainer(_t._PartialEntity, total=False):
    customTaskExtensions: list[dict[str, Any]]
    deletedItems: dict[str, Any]
    insights: dict[str, Any]
    settings: dict[str, Any]
    taskDefinitions: list[dict[str, Any]]
    workflows: list[dict[str, Any]]
    workflowTemplates: list[dict[str, Any]]
_PartialRunKeys = TypedDict("_PartialRunKeys", {"reprocessedRuns@odata.bind": list[str]}, total=False)
class PartialRun(_t._PartialEntity, _PartialRunKeys, total=False):
    activatedOnScope: PartialActivationScope | None
    completedDateTime: DateTime | None
    failedTasksCount: int | None
    failedUsersCount: int | None
    lastUpdatedDateTime: DateTime | None
    processingStatus: LifecycleWorkflowProcessingStatus | None
    scheduledDateTime: DateTime | None
    startedDateTime: DateTime | None
    successfulUsersCount: int | None
    totalTasksCount: int | None
    totalUnprocessedTasksCount: int | None
    totalUsersCount: int | None
    workflowExecutionType: WorkflowExecutionType | None
    reprocessedRuns: list[dict[str, Any]]
    taskProcessingResults: list[dict[str, Any]]
    userProcessingResults: list[dict[str, Any]]
class PartialTask(_t._PartialEntity, total=False):
    arguments: list[_t.PartialKeyValuePair]
    category: LifecycleTaskCategory | None
    continueOnError: bool | None
    description: str | None
    displayName: str | None
    executionSequence: int | None
    isEnabled: bool | None
    taskDefinitionId: str | None
    taskProcessingResults: list[dict[str, Any]]
class PartialTaskDefinition(_t._PartialEntity, total=False):
    category: LifecycleTaskCategory | None
    continueOnError: bool | None
    description: str | None
    displayName: str | None
    parameters: list[PartialParameter]
    version: int | None
_PartialTaskProcessingResultKeys = TypedDict("_PartialTaskProcessingResultKeys", {"subject@odata.bind": str, "task@odata.bind": str}, total=False)
class PartialTaskProcessingResult(_t._PartialEntity, _PartialTaskProcessingResultKeys, total=False):
    completedDateTime: DateTime | None
    createdDateTime: DateTime | None
    failureReason: str | None
    processingInfo: str | None
    processingStatus: LifecycleWorkflowProcessingStatus | None
    startedDateTime: DateTime | None
    subject: dict[str, Any]
    task: dict[str, Any]
_PartialTaskReportKeys = TypedDict("_PartialTaskReportKeys", {"task@odata.bind": str, "taskDefinition@odata.bind": str}, total=False)
class PartialTaskReport(_t._PartialEntity, _PartialTaskReportKeys, total=False):
    completedDateTime: DateTime | None
    failedUsersCount: int | None
    lastUpdatedDateTime: DateTime | None
    processingStatus: LifecycleWorkflowProcessingStatus | None
    runId: str | None
    startedDateTime: DateTime | None
    successfulUsersCount: int | None
    totalUsersCount: int | None
    unprocessedUsersCount: int | None
    task: dict[str, Any]
    taskDefinition: dict[str, Any]
    taskProcessingResults: list[dict[str, Any]]
_PartialUserProcessingResultKeys = TypedDict("_PartialUserProcessingResultKeys", {"reprocessedRuns@odata.bind": list[str], "subject@odata.bind": str}, total=False)
class PartialUserProcessingResult(_t._PartialEntity, _PartialUserProcessingResultKeys, total=False):
    completedDateTime: DateTime | None
    failedTasksCount: int | None
    processingStatus: LifecycleWorkflowProcessingStatus | None
    scheduledDateTime: DateTime | None
    startedDateTime: DateTime | None
    totalTasksCount: int | None
    totalUnprocessedTasksCount: int | None
    workflowExecutionType: WorkflowExecutionType | None
    workflowVersion: int | None
    reprocessedRuns: list[dict[str, Any]]
    subject: dict[str, Any]
    taskProcessingResults: list[dict[str, Any]]
class PartialWorkflowTemplate(_t._PartialEntity, total=False):
    category: LifecycleWorkflowCategory | None
    description: str | None
    displayName: str | None
    executionConditions: PartialWorkflowExecutionConditions | None
    tasks: list[dict[str, Any]]
class _PartialActivationScope(Object, total=False):
    pass
_PartialActivationScopeKeys = TypedDict("_PartialActivationScopeKeys", {"group@odata.bind": str, "processingResults@odata.bind": list[str], "run@odata.bind": str, "users@odata.bind": list[str]}, total=False)
class PartialActivationScope(_PartialActivationScope, _PartialActivationScopeKeys, total=False):
    group: dict[str, Any]
    taskScope: ActivationTaskScopeType | None
    processingResults: list[dict[str, Any]]
    userScope: ActivationUserScopeType | None
    run: dict[str, Any]
    users: list[dict[str, Any]]
class _PartialCancelScope(Object, total=False):
    pass
_PartialCancelScopeKeys = TypedDict("_PartialCancelScopeKeys", {"runs@odata.bind": list[str]}, total=False)
class PartialCancelScope(_PartialCancelScope, _PartialCancelScopeKeys, total=False):
    runs: list[dict[str, Any]]
class PartialParameter(Object, total=False):
    name: str | None
    values: list[str]
    valueType: ValueType | None
class _PartialQuarantineCondition(Object, total=False):
    pass
class PartialQuarantineCondition(_PartialQuarantineCondition, total=False):
    threshold: int | None
    percentage: int | None
class PartialQuarantineConfiguration(Object, total=False):
    conditions: list[PartialQuarantineCondition]
    matchMode: MatchMode | None
class PartialQuarantineDetails(Object, total=False):
    quarantinedDateTime: DateTime | None
    quarantineReason: str | None
    quarantineType: QuarantineType | None
class PartialRunSummary(Object, total=False):
    failedRuns: int | None
    failedTasks: int | None
    successfulRuns: int | None
    totalRuns: int | None
    totalTasks: int | None
    totalUsers: int | None
class PartialTaskReportSummary(Object, total=False):
    failedTasks: int | None
    successfulTasks: int | None
    totalTasks: int | None
    unprocessedTasks: int | None
class PartialTopTasksInsightsSummary(Object, total=False):
    failedTasks: int | None
    failedUsers: int | None
    successfulTasks: int | None
    successfulUsers: int | None
    taskDefinitionDisplayName: str | None
    taskDefinitionId: str | None
    totalTasks: int | None
    totalUsers: int | None
class PartialTopWorkflowsInsightsSummary(Object, total=False):
    failedRuns: int | None
    failedUsers: int | None
    successfulRuns: int | None
    successfulUsers: int | None
    totalRuns: int | None
    totalUsers: int | None
    workflowCategory: LifecycleWorkflowCategory | None
    workflowDisplayName: str | None
    workflowId: str | None
    workflowVersion: int | None
class PartialTriggerAttribute(Object, total=False):
    name: str | None
class PartialUserSummary(Object, total=False):
    failedTasks: int | None
    failedUsers: int | None
    successfulUsers: int | None
    totalTasks: int | None
    totalUsers: int | None
__PartialWorkflowBaseKeys = TypedDict("__PartialWorkflowBaseKeys", {"administrationScopeTargets@odata.bind": list[str], "createdBy@odata.bind": str, "lastModifiedBy@odata.bind": str}, total=False)
class _PartialWorkflowBase(Object, __PartialWorkflowBaseKeys, total=False):
    category: LifecycleWorkflowCategory | None
    createdDateTime: DateTime | None
    description: str | None
    displayName: str | None
    executionConditions: PartialWorkflowExecutionConditions | None
    isEnabled: bool | None
    isSchedulingEnabled: bool | None
    lastModifiedDateTime: DateTime | None
    administrationScopeTargets: list[dict[str, Any]]
    createdBy: dict[str, Any]
    lastModifiedBy: dict[str, Any]
    tasks: list[dict[str, Any]]
_PartialWorkflowKeys = TypedDict("_PartialWorkflowKeys", {"executionScope@odata.bind": list[str], "previewScope@odata.bind": list[str]}, total=False)
class PartialWorkflow(_PartialWorkflowBase, _PartialWorkflowKeys, total=False):
    deletedDateTime: DateTime | None
    id: str | None
    nextScheduleRunDateTime: DateTime | None
    quarantineDetails: PartialQuarantineDetails | None
    settings: PartialWorkflowSetting | None
    version: int | None
    executionScope: list[dict[str, Any]]
    previewScope: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    taskReports: list[dict[str, Any]]
    userProcessingResults: list[dict[str, Any]]
    versions: list[dict[str, Any]]
class PartialWorkflowVersion(_PartialWorkflowBase, total=False):
    settings: PartialWorkflowSetting | None
    versionNumber: int | None
class _PartialWorkflowExecutionConditions(Object, total=False):
    pass
class PartialWorkflowExecutionConditions(_PartialWorkflowExecutionConditions, total=False):
    scope: _t.PartialSubjectSet | None
    trigger: PartialWorkflowExecutionTrigger | None
class _PartialWorkflowExecutionTrigger(Object, total=False):
    pass
class PartialWorkflowExecutionTrigger(_PartialWorkflowExecutionTrigger, total=False):
    triggerAttributes: list[PartialTriggerAttribute]
    changeType: MembershipChangeType | None
    offsetInDays: int | None
    timeBasedAttribute: WorkflowTriggerTimeBasedAttribute | None
    inactivityPeriodInDays: int | None
class PartialWorkflowSetting(Object, total=False):
    quarantineConfiguration: PartialQuarantineConfiguration | None
class PartialWorkflowsInsightsByCategory(Object, total=False):
    failedJoinerRuns: int | None
    failedLeaverRuns: int | None
    failedMoverRuns: int | None
    successfulJoinerRuns: int | None
    successfulLeaverRuns: int | None
    successfulMoverRuns: int | None
    totalJoinerRuns: int | None
    totalLeaverRuns: int | None
    totalMoverRuns: int | None
class PartialWorkflowsInsightsSummary(Object, total=False):
    failedRuns: int | None
    failedTasks: int | None
    failedUsers: int | None
    successfulRuns: int | None
    successfulTasks: int | None
    successfulUsers: int | None
    totalRuns: int | None
    totalTasks: int | None
    totalUsers: int | None
LifecycleWorkflowsContainerField: TypeAlias = Literal["id"]
