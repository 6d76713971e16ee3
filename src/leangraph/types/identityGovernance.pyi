"""Microsoft Graph's types, namespace identityGovernance.

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
 authorizedApps: list[dict[str, Any]]
class CustomTaskExtensionCallbackData(_t.CustomExtensionData):
 operationStatus: CustomTaskExtensionOperationStatus | None
class PartialCustomTaskExtensionCallbackData(_t._PartialCustomExtensionData, total=False):
 operationStatus: CustomTaskExtensionOperationStatus | None
class CustomTaskExtensionCalloutData(_t.CustomExtensionData):
 subject: dict[str, Any]
 task: dict[str, Any]
 taskProcessingresult: dict[str, Any]
 workflow: dict[str, Any]
class CustomTaskExtension(_t.CustomCalloutExtension):
 callbackConfiguration: _t.CustomExtensionCallbackConfiguration | None
 createdDateTime: DateTime | None
 lastModifiedDateTime: DateTime | None
 createdBy: dict[str, Any]
 lastModifiedBy: dict[str, Any]
_PartialCustomTaskExtensionKeys = TypedDict("_PartialCustomTaskExtensionKeys", {"createdBy@odata.bind": str, "lastModifiedBy@odata.bind": str}, total=False)
class PartialCustomTaskExtension(_t._PartialCustomCalloutExtension, _PartialCustomTaskExtensionKeys, total=False):
 callbackConfiguration: _t.PartialCustomExtensionCallbackConfiguration | None
 createdDateTime: DateTime | None
 lastModifiedDateTime: DateTime | None
 createdBy: dict[str, Any]
 lastModifiedBy: dict[str, Any]
class CustomTaskExtensionAddress(_t.CustomCalloutExtensionSegments, One[CustomTaskExtension, PartialCustomTaskExtension, str]):
 callbackConfiguration: _t.CustomExtensionCallbackConfigurationAddress
 createdDateTime: Value[DateTime]
 lastModifiedDateTime: Value[DateTime]
 createdBy: _t.UserAddress
 lastModifiedBy: _t.UserAddress
class Insights(_t.Entity):
 pass
class Insights_topTasksProcessedSummary(Callable):
 def __call__(self, *, startDateTime: DateTime, endDateTime: DateTime) -> Values[TopTasksInsightsSummary]: ...
class Insights_topWorkflowsProcessedSummary(Callable):
 def __call__(self, *, startDateTime: DateTime, endDateTime: DateTime) -> Values[TopWorkflowsInsightsSummary]: ...
class Insights_workflowsProcessedByCategory(Callable):
 def __call__(self, *, startDateTime: DateTime, endDateTime: DateTime) -> WorkflowsInsightsByCategoryAddress: ...
class Insights_workflowsProcessedSummary(Callable):
 def __call__(self, *, startDateTime: DateTime, endDateTime: DateTime) -> WorkflowsInsightsSummaryAddress: ...
class InsightsAddress(_t.EntitySegments, One[Insights, dict[str, Any], str]):
 topTasksProcessedSummary: Insights_topTasksProcessedSummary
 topWorkflowsProcessedSummary: Insights_topWorkflowsProcessedSummary
 workflowsProcessedByCategory: Insights_workflowsProcessedByCategory
 workflowsProcessedSummary: Insights_workflowsProcessedSummary
class LifecycleManagementSettings(_t.Entity):
 emailSettings: _t.EmailSettings
 quarantineConfiguration: QuarantineConfiguration | None
 workflowScheduleIntervalInHours: int
class PartialLifecycleManagementSettings(_t._PartialEntity, total=False):
 emailSettings: _t.PartialEmailSettings | None
 quarantineConfiguration: PartialQuarantineConfiguration | None
 workflowScheduleIntervalInHours: int | None
class LifecycleManagementSettingsAddress(_t.EntitySegments, One[LifecycleManagementSettings, PartialLifecycleManagementSettings, str]):
 emailSettings: _t.EmailSettingsAddress
 quarantineConfiguration: QuarantineConfigurationAddress
 workflowScheduleIntervalInHours: Value[int]
class LifecycleWorkflowsContainer(_t.Entity):
 customTaskExtensions: list[dict[str, Any]]
 deletedItems: dict[str, Any]
 insights: dict[str, Any]
 settings: dict[str, Any]
 taskDefinitions: list[dict[str, Any]]
 workflows: list[dict[str, Any]]
 workflowTemplates: list[dict[str, Any]]
LifecycleWorkflowsContainerField: TypeAlias = Literal["id"]
class LifecycleWorkflowsContainerAddress(_t.EntitySegments, One[LifecycleWorkflowsContainer, dict[str, Any], LifecycleWorkflowsContainerField]):
 customTaskExtensions: Many[CustomTaskExtension, CustomTaskExtensionAddress, PartialCustomTaskExtension, str]
 deletedItems: _t.DeletedItemContainerAddress
 insights: InsightsAddress
 settings: LifecycleManagementSettingsAddress
 taskDefinitions: Many[TaskDefinition, TaskDefinitionAddress, dict[str, Any], str]
 workflows: Many[Workflow, WorkflowAddress, PartialWorkflow, str]
 workflowTemplates: Many[WorkflowTemplate, WorkflowTemplateAddress, dict[str, Any], str]
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
 reprocessedRuns: list[dict[str, Any]]
 taskProcessingResults: list[dict[str, Any]]
 userProcessingResults: list[dict[str, Any]]
class Runs_summary(Callable):
 def __call__(self, *, startDateTime: DateTime, endDateTime: DateTime) -> RunSummaryAddress: ...
class RunAddress(_t.EntitySegments, One[Run, dict[str, Any], str]):
 activatedOnScope: ActivationScopeAddress
 completedDateTime: Value[DateTime]
 failedTasksCount: Value[int]
 failedUsersCount: Value[int]
 lastUpdatedDateTime: Value[DateTime]
 processingStatus: Value[LifecycleWorkflowProcessingStatus]
 scheduledDateTime: Value[DateTime]
 startedDateTime: Value[DateTime]
 successfulUsersCount: Value[int]
 totalTasksCount: Value[int]
 totalUnprocessedTasksCount: Value[int]
 totalUsersCount: Value[int]
 workflowExecutionType: Value[WorkflowExecutionType]
 reprocessedRuns: RunAddresses
 taskProcessingResults: Many[TaskProcessingResult, TaskProcessingResultAddress, dict[str, Any], str]
 userProcessingResults: UserProcessingResultAddresses
class RunAddresses(Many[Run, RunAddress, dict[str, Any], str]):
 summary: Runs_summary
class Task(_t.Entity):
 arguments: list[_t.KeyValuePair]
 category: LifecycleTaskCategory
 continueOnError: bool
 description: str | None
 displayName: str
 executionSequence: int
 isEnabled: bool
 taskDefinitionId: str
 taskProcessingResults: list[dict[str, Any]]
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
class TaskAddress(_t.EntitySegments, One[Task, PartialTask, str]):
 arguments: Values[_t.KeyValuePair]
 category: Value[LifecycleTaskCategory]
 continueOnError: Value[bool]
 description: Value[str]
 displayName: Value[str]
 executionSequence: Value[int]
 isEnabled: Value[bool]
 taskDefinitionId: Value[str]
 taskProcessingResults: Many[TaskProcessingResult, TaskProcessingResultAddress, dict[str, Any], str]
class TaskDefinition(_t.Entity):
 category: LifecycleTaskCategory
 continueOnError: bool
 description: str | None
 displayName: str
 parameters: list[Parameter]
 version: int
class TaskDefinitionAddress(_t.EntitySegments, One[TaskDefinition, dict[str, Any], str]):
 category: Value[LifecycleTaskCategory]
 continueOnError: Value[bool]
 description: Value[str]
 displayName: Value[str]
 parameters: Values[Parameter]
 version: Value[int]
class TaskProcessingResult(_t.Entity):
 completedDateTime: DateTime | None
 createdDateTime: DateTime
 failureReason: str | None
 processingInfo: str | None
 processingStatus: LifecycleWorkflowProcessingStatus
 startedDateTime: DateTime | None
 subject: dict[str, Any]
 task: dict[str, Any]
class TaskProcessingResult_resume(Callable):
 def __call__(self, *, source: str | None = ..., type: str | None = ..., data: PartialCustomTaskExtensionCallbackData) -> None: ...
class TaskProcessingResultAddress(_t.EntitySegments, One[TaskProcessingResult, dict[str, Any], str]):
 completedDateTime: Value[DateTime]
 createdDateTime: Value[DateTime]
 failureReason: Value[str]
 processingInfo: Value[str]
 processingStatus: Value[LifecycleWorkflowProcessingStatus]
 startedDateTime: Value[DateTime]
 subject: _t.UserAddress
 task: TaskAddress
 resume: TaskProcessingResult_resume
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
 task: dict[str, Any]
 taskDefinition: dict[str, Any]
 taskProcessingResults: list[dict[str, Any]]
class TaskReports_summary(Callable):
 def __call__(self, *, startDateTime: DateTime, endDateTime: DateTime) -> TaskReportSummaryAddress: ...
class TaskReportAddress(_t.EntitySegments, One[TaskReport, dict[str, Any], str]):
 completedDateTime: Value[DateTime]
 failedUsersCount: Value[int]
 lastUpdatedDateTime: Value[DateTime]
 processingStatus: Value[LifecycleWorkflowProcessingStatus]
 runId: Value[str]
 startedDateTime: Value[DateTime]
 successfulUsersCount: Value[int]
 totalUsersCount: Value[int]
 unprocessedUsersCount: Value[int]
 task: TaskAddress
 taskDefinition: TaskDefinitionAddress
 taskProcessingResults: Many[TaskProcessingResult, TaskProcessingResultAddress, dict[str, Any], str]
class TaskReportAddresses(Many[TaskReport, TaskReportAddress, dict[str, Any], str]):
 summary: TaskReports_summary
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
 reprocessedRuns: list[dict[str, Any]]
 subject: dict[str, Any]
 taskProcessingResults: list[dict[str, Any]]
class UserProcessingResults_summary(Callable):
 def __call__(self, *, startDateTime: DateTime, endDateTime: DateTime) -> UserSummaryAddress: ...
class UserProcessingResultAddress(_t.EntitySegments, One[UserProcessingResult, dict[str, Any], str]):
 completedDateTime: Value[DateTime]
 failedTasksCount: Value[int]
 processingStatus: Value[LifecycleWorkflowProcessingStatus]
 scheduledDateTime: Value[DateTime]
 startedDateTime: Value[DateTime]
 totalTasksCount: Value[int]
 totalUnprocessedTasksCount: Value[int]
 workflowExecutionType: Value[WorkflowExecutionType]
 workflowVersion: Value[int]
 reprocessedRuns: RunAddresses
 subject: _t.UserAddress
 taskProcessingResults: Many[TaskProcessingResult, TaskProcessingResultAddress, dict[str, Any], str]
class UserProcessingResultAddresses(Many[UserProcessingResult, UserProcessingResultAddress, dict[str, Any], str]):
 summary: UserProcessingResults_summary
class WorkflowTemplate(_t.Entity):
 category: LifecycleWorkflowCategory
 description: str | None
 displayName: str
 executionConditions: WorkflowExecutionConditions | None
 tasks: list[dict[str, Any]]
class WorkflowTemplateAddress(_t.EntitySegments, One[WorkflowTemplate, dict[str, Any], str]):
 category: Value[LifecycleWorkflowCategory]
 description: Value[str]
 displayName: Value[str]
 executionConditions: WorkflowExecutionConditionsAddress
 tasks: Many[Task, TaskAddress, PartialTask, str]
class ActivationScope(Object):
 pass
class _PartialActivationScope(PartialObject, total=False):
 pass
_PartialActivationScopeKeys = TypedDict("_PartialActivationScopeKeys", {"group@odata.bind": str, "processingResults@odata.bind": list[str], "run@odata.bind": str, "users@odata.bind": list[str]}, total=False)
class PartialActivationScope(_PartialActivationScope, _PartialActivationScopeKeys, total=False):
 group: dict[str, Any]
 taskScope: ActivationTaskScopeType | None
 processingResults: list[dict[str, Any]]
 userScope: ActivationUserScopeType | None
 run: dict[str, Any]
 users: list[dict[str, Any]]
class ActivationScopeAddress(One[ActivationScope, PartialActivationScope, str]):
 pass
class ActivateGroupScope(ActivationScope):
 group: dict[str, Any]
class ActivateProcessingResultScope(ActivationScope):
 taskScope: ActivationTaskScopeType
 processingResults: list[dict[str, Any]]
class ActivateRunScope(ActivationScope):
 taskScope: ActivationTaskScopeType
 userScope: ActivationUserScopeType
 run: dict[str, Any]
class ActivateUserScope(ActivationScope):
 users: list[dict[str, Any]]
class CancelScope(Object):
 pass
class _PartialCancelScope(PartialObject, total=False):
 pass
_PartialCancelScopeKeys = TypedDict("_PartialCancelScopeKeys", {"runs@odata.bind": list[str]}, total=False)
class PartialCancelScope(_PartialCancelScope, _PartialCancelScopeKeys, total=False):
 runs: list[dict[str, Any]]
class CancelRunsScope(CancelScope):
 runs: list[dict[str, Any]]
class Parameter(Object):
 name: str
 values: list[str]
 valueType: ValueType
class PartialParameter(PartialObject, total=False):
 name: str | None
 values: list[str]
 valueType: ValueType | None
class ParameterAddress(One[Parameter, PartialParameter, str]):
 name: Value[str]
 values: Values[str]
 valueType: Value[ValueType]
class PreviewFailedTask(Object):
 definitionId: str
 failureReason: str
 name: str
 taskId: str
class QuarantineCondition(Object):
 pass
class _PartialQuarantineCondition(PartialObject, total=False):
 pass
class PartialQuarantineCondition(_PartialQuarantineCondition, total=False):
 threshold: int | None
 percentage: int | None
class QuarantineConditionAddress(One[QuarantineCondition, PartialQuarantineCondition, str]):
 pass
class CountBasedQuarantineCondition(QuarantineCondition):
 threshold: int
class PercentageBasedQuarantineCondition(QuarantineCondition):
 percentage: int
class QuarantineConfiguration(Object):
 conditions: list[QuarantineCondition]
 matchMode: MatchMode
class PartialQuarantineConfiguration(PartialObject, total=False):
 conditions: list[PartialQuarantineCondition]
 matchMode: MatchMode | None
class QuarantineConfigurationAddress(One[QuarantineConfiguration, PartialQuarantineConfiguration, str]):
 conditions: Values[QuarantineCondition]
 matchMode: Value[MatchMode]
class QuarantineDetails(Object):
 quarantinedDateTime: DateTime | None
 quarantineReason: str | None
 quarantineType: QuarantineType
class PartialQuarantineDetails(PartialObject, total=False):
 quarantinedDateTime: DateTime | None
 quarantineReason: str | None
 quarantineType: QuarantineType | None
class QuarantineDetailsAddress(One[QuarantineDetails, PartialQuarantineDetails, str]):
 quarantinedDateTime: Value[DateTime]
 quarantineReason: Value[str]
 quarantineType: Value[QuarantineType]
class RunSummary(Object):
 failedRuns: int
 failedTasks: int
 successfulRuns: int
 totalRuns: int
 totalTasks: int
 totalUsers: int
class PartialRunSummary(PartialObject, total=False):
 failedRuns: int | None
 failedTasks: int | None
 successfulRuns: int | None
 totalRuns: int | None
 totalTasks: int | None
 totalUsers: int | None
class RunSummaryAddress(One[RunSummary, PartialRunSummary, str]):
 failedRuns: Value[int]
 failedTasks: Value[int]
 successfulRuns: Value[int]
 totalRuns: Value[int]
 totalTasks: Value[int]
 totalUsers: Value[int]
class TaskReportSummary(Object):
 failedTasks: int
 successfulTasks: int
 totalTasks: int
 unprocessedTasks: int
class PartialTaskReportSummary(PartialObject, total=False):
 failedTasks: int | None
 successfulTasks: int | None
 totalTasks: int | None
 unprocessedTasks: int | None
class TaskReportSummaryAddress(One[TaskReportSummary, PartialTaskReportSummary, str]):
 failedTasks: Value[int]
 successfulTasks: Value[int]
 totalTasks: Value[int]
 unprocessedTasks: Value[int]
class TopTasksInsightsSummary(Object):
 failedTasks: int
 failedUsers: int
 successfulTasks: int
 successfulUsers: int
 taskDefinitionDisplayName: str
 taskDefinitionId: str
 totalTasks: int
 totalUsers: int
class PartialTopTasksInsightsSummary(PartialObject, total=False):
 failedTasks: int | None
 failedUsers: int | None
 successfulTasks: int | None
 successfulUsers: int | None
 taskDefinitionDisplayName: str | None
 taskDefinitionId: str | None
 totalTasks: int | None
 totalUsers: int | None
class TopTasksInsightsSummaryAddress(One[TopTasksInsightsSummary, PartialTopTasksInsightsSummary, str]):
 failedTasks: Value[int]
 failedUsers: Value[int]
 successfulTasks: Value[int]
 successfulUsers: Value[int]
 taskDefinitionDisplayName: Value[str]
 taskDefinitionId: Value[str]
 totalTasks: Value[int]
 totalUsers: Value[int]
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
class PartialTopWorkflowsInsightsSummary(PartialObject, total=False):
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
class TopWorkflowsInsightsSummaryAddress(One[TopWorkflowsInsightsSummary, PartialTopWorkflowsInsightsSummary, str]):
 failedRuns: Value[int]
 failedUsers: Value[int]
 successfulRuns: Value[int]
 successfulUsers: Value[int]
 totalRuns: Value[int]
 totalUsers: Value[int]
 workflowCategory: Value[LifecycleWorkflowCategory]
 workflowDisplayName: Value[str]
 workflowId: Value[str]
 workflowVersion: Value[int]
class TriggerAttribute(Object):
 name: str
class PartialTriggerAttribute(PartialObject, total=False):
 name: str | None
class UserSummary(Object):
 failedTasks: int
 failedUsers: int
 successfulUsers: int
 totalTasks: int
 totalUsers: int
class PartialUserSummary(PartialObject, total=False):
 failedTasks: int | None
 failedUsers: int | None
 successfulUsers: int | None
 totalTasks: int | None
 totalUsers: int | None
class UserSummaryAddress(One[UserSummary, PartialUserSummary, str]):
 failedTasks: Value[int]
 failedUsers: Value[int]
 successfulUsers: Value[int]
 totalTasks: Value[int]
 totalUsers: Value[int]
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
 administrationScopeTargets: list[dict[str, Any]]
 createdBy: dict[str, Any]
 lastModifiedBy: dict[str, Any]
 tasks: list[dict[str, Any]]
__PartialWorkflowBaseKeys = TypedDict("__PartialWorkflowBaseKeys", {"administrationScopeTargets@odata.bind": list[str], "createdBy@odata.bind": str, "lastModifiedBy@odata.bind": str}, total=False)
class _PartialWorkflowBase(PartialObject, __PartialWorkflowBaseKeys, total=False):
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
class WorkflowBaseSegments:
 category: Value[LifecycleWorkflowCategory]
 createdDateTime: Value[DateTime]
 description: Value[str]
 displayName: Value[str]
 executionConditions: WorkflowExecutionConditionsAddress
 isEnabled: Value[bool]
 isSchedulingEnabled: Value[bool]
 lastModifiedDateTime: Value[DateTime]
 administrationScopeTargets: _t.DirectoryObjectAddresses
 createdBy: _t.UserAddress
 lastModifiedBy: _t.UserAddress
 tasks: Many[Task, TaskAddress, PartialTask, str]
class Workflow(WorkflowBase):
 deletedDateTime: DateTime | None
 id: str
 nextScheduleRunDateTime: DateTime | None
 quarantineDetails: QuarantineDetails
 settings: WorkflowSetting
 version: int | None
 executionScope: list[dict[str, Any]]
 previewScope: list[dict[str, Any]]
 runs: list[dict[str, Any]]
 taskReports: list[dict[str, Any]]
 userProcessingResults: list[dict[str, Any]]
 versions: list[dict[str, Any]]
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
class Workflow_activate(Callable):
 def __call__(self, *, subjects: list[_t.PartialUser | dict[str, Any]] | None = ...) -> None: ...
class Workflow_activateWithScope(Callable):
 def __call__(self, *, scope: PartialActivationScope | None = ...) -> None: ...
class Workflow_cancelProcessing(Callable):
 def __call__(self, *, scope: PartialCancelScope | None = ...) -> None: ...
class Workflow_clearQuarantine(Callable):
 def __call__(self) -> Workflow: ...
class Workflow_createNewVersion(Callable):
 def __call__(self, *, workflow: PartialWorkflow | None = ...) -> Workflow: ...
class Workflow_previewTaskFailures(Callable):
 def __call__(self) -> Page[PreviewFailedTask]: ...
class Workflow_previewWorkflow(Callable):
 def __call__(self, *, subjects: list[dict[str, Any]] | None = ...) -> None: ...
class Workflow_restore(Callable):
 def __call__(self) -> Workflow: ...
class WorkflowAddress(WorkflowBaseSegments, One[Workflow, PartialWorkflow, str]):
 deletedDateTime: Value[DateTime]
 id: Value[str]
 nextScheduleRunDateTime: Value[DateTime]
 quarantineDetails: QuarantineDetailsAddress
 settings: WorkflowSettingAddress
 version: Value[int]
 executionScope: UserProcessingResultAddresses
 previewScope: _t.DirectoryObjectAddresses
 runs: RunAddresses
 taskReports: TaskReportAddresses
 userProcessingResults: UserProcessingResultAddresses
 versions: Many[WorkflowVersion, WorkflowVersionAddress, dict[str, Any], str]
 activate: Workflow_activate
 activateWithScope: Workflow_activateWithScope
 cancelProcessing: Workflow_cancelProcessing
 clearQuarantine: Workflow_clearQuarantine
 createNewVersion: Workflow_createNewVersion
 previewTaskFailures: Workflow_previewTaskFailures
 previewWorkflow: Workflow_previewWorkflow
 restore: Workflow_restore
class WorkflowVersion(WorkflowBase):
 settings: WorkflowSetting
 versionNumber: int
class WorkflowVersionAddress(WorkflowBaseSegments, One[WorkflowVersion, dict[str, Any], str]):
 settings: WorkflowSettingAddress
 versionNumber: Value[int]
class WorkflowExecutionConditions(Object):
 pass
class _PartialWorkflowExecutionConditions(PartialObject, total=False):
 pass
class PartialWorkflowExecutionConditions(_PartialWorkflowExecutionConditions, total=False):
 scope: _t.PartialSubjectSet | None
 trigger: PartialWorkflowExecutionTrigger | None
class WorkflowExecutionConditionsAddress(One[WorkflowExecutionConditions, PartialWorkflowExecutionConditions, str]):
 pass
class OnDemandExecutionOnly(WorkflowExecutionConditions):
 pass
class TriggerAndScopeBasedConditions(WorkflowExecutionConditions):
 scope: _t.SubjectSet | None
 trigger: WorkflowExecutionTrigger | None
class WorkflowExecutionTrigger(Object):
 pass
class _PartialWorkflowExecutionTrigger(PartialObject, total=False):
 pass
class PartialWorkflowExecutionTrigger(_PartialWorkflowExecutionTrigger, total=False):
 triggerAttributes: list[PartialTriggerAttribute]
 changeType: MembershipChangeType | None
 offsetInDays: int | None
 timeBasedAttribute: WorkflowTriggerTimeBasedAttribute | None
 inactivityPeriodInDays: int | None
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
class PartialWorkflowSetting(PartialObject, total=False):
 quarantineConfiguration: PartialQuarantineConfiguration | None
class WorkflowSettingAddress(One[WorkflowSetting, PartialWorkflowSetting, str]):
 quarantineConfiguration: QuarantineConfigurationAddress
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
class PartialWorkflowsInsightsByCategory(PartialObject, total=False):
 failedJoinerRuns: int | None
 failedLeaverRuns: int | None
 failedMoverRuns: int | None
 successfulJoinerRuns: int | None
 successfulLeaverRuns: int | None
 successfulMoverRuns: int | None
 totalJoinerRuns: int | None
 totalLeaverRuns: int | None
 totalMoverRuns: int | None
class WorkflowsInsightsByCategoryAddress(One[WorkflowsInsightsByCategory, PartialWorkflowsInsightsByCategory, str]):
 failedJoinerRuns: Value[int]
 failedLeaverRuns: Value[int]
 failedMoverRuns: Value[int]
 successfulJoinerRuns: Value[int]
 successfulLeaverRuns: Value[int]
 successfulMoverRuns: Value[int]
 totalJoinerRuns: Value[int]
 totalLeaverRuns: Value[int]
 totalMoverRuns: Value[int]
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
class PartialWorkflowsInsightsSummary(PartialObject, total=False):
 failedRuns: int | None
 failedTasks: int | None
 failedUsers: int | None
 successfulRuns: int | None
 successfulTasks: int | None
 successfulUsers: int | None
 totalRuns: int | None
 totalTasks: int | None
 totalUsers: int | None
class WorkflowsInsightsSummaryAddress(One[WorkflowsInsightsSummary, PartialWorkflowsInsightsSummary, str]):
 failedRuns: Value[int]
 failedTasks: Value[int]
 failedUsers: Value[int]
 successfulRuns: Value[int]
 successfulTasks: Value[int]
 successfulUsers: Value[int]
 totalRuns: Value[int]
 totalTasks: Value[int]
 totalUsers: Value[int]
class GroupBasedSubjectSet(_t.SubjectSet):
 groups: list[dict[str, Any]]
class RuleBasedSubjectSet(_t.SubjectSet):
 rule: str
