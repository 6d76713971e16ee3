"""Microsoft Graph's types, namespace partners_billing.

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

AttributeSet: TypeAlias = Literal["full", "basic", "unknownFutureValue"] | str
BillingPeriod: TypeAlias = Literal["current", "last", "unknownFutureValue"] | str
class AzureUsage(_t.Entity):
 billed: dict[str, Any]
 unbilled: dict[str, Any]
class AzureUsageAddress(_t.EntitySegments, One[AzureUsage, dict[str, Any], str]):
 billed: BilledUsageAddress
 unbilled: UnbilledUsageAddress
class BilledReconciliation(_t.Entity):
 pass
class BilledReconciliation_export(Callable):
 def __call__(self, *, invoiceId: str | None = ..., attributeSet: AttributeSet | None = ...) -> Operation: ...
class BilledReconciliationAddress(_t.EntitySegments, One[BilledReconciliation, dict[str, Any], str]):
 export: BilledReconciliation_export
class BilledUsage(_t.Entity):
 pass
class BilledUsage_export(Callable):
 def __call__(self, *, invoiceId: str | None = ..., attributeSet: AttributeSet | None = ...) -> Operation: ...
class BilledUsageAddress(_t.EntitySegments, One[BilledUsage, dict[str, Any], str]):
 export: BilledUsage_export
class Billing(_t.Entity):
 manifests: list[dict[str, Any]]
 operations: list[dict[str, Any]]
 reconciliation: dict[str, Any]
 usage: dict[str, Any]
class BillingAddress(_t.EntitySegments, One[Billing, dict[str, Any], str]):
 manifests: Many[Manifest, ManifestAddress, dict[str, Any], str]
 operations: OperationAddresses
 reconciliation: BillingReconciliationAddress
 usage: AzureUsageAddress
class BillingReconciliation(_t.Entity):
 billed: dict[str, Any]
 unbilled: dict[str, Any]
class BillingReconciliationAddress(_t.EntitySegments, One[BillingReconciliation, dict[str, Any], str]):
 billed: BilledReconciliationAddress
 unbilled: UnbilledReconciliationAddress
class Manifest(_t.Entity):
 blobCount: int
 blobs: list[Blob]
 createdDateTime: DateTime
 dataFormat: str
 eTag: str
 partitionType: str
 partnerTenantId: str
 rootDirectory: str
 sasToken: str
 schemaVersion: str
class ManifestAddress(_t.EntitySegments, One[Manifest, dict[str, Any], str]):
 blobCount: Value[int]
 blobs: Values[Blob]
 createdDateTime: Value[DateTime]
 dataFormat: Value[str]
 eTag: Value[str]
 partitionType: Value[str]
 partnerTenantId: Value[str]
 rootDirectory: Value[str]
 sasToken: Value[str]
 schemaVersion: Value[str]
class Operation(_t.Entity):
 createdDateTime: DateTime
 lastActionDateTime: DateTime
 status: _t.LongRunningOperationStatus | None
class OperationSegments(_t.EntitySegments):
 createdDateTime: Value[DateTime]
 lastActionDateTime: Value[DateTime]
 status: Value[_t.LongRunningOperationStatus]
class OperationAddress(OperationSegments, One[Operation, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.partners.billing.exportSuccessOperation"]) -> ExportSuccessOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.partners.billing.failedOperation"]) -> FailedOperationAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.partners.billing.runningOperation"]) -> RunningOperationAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class OperationAddresses(Many[Operation, OperationAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.partners.billing.exportSuccessOperation"]) -> Many[ExportSuccessOperation, ExportSuccessOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.partners.billing.failedOperation"]) -> Many[FailedOperation, FailedOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.partners.billing.runningOperation"]) -> Many[RunningOperation, RunningOperationAddress, dict[str, Any], str]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class ExportSuccessOperation(Operation):
 resourceLocation: dict[str, Any]
class ExportSuccessOperationAddress(OperationSegments, One[ExportSuccessOperation, dict[str, Any], str]):
 resourceLocation: ManifestAddress
class FailedOperation(Operation):
 error: _t.PublicError
class FailedOperationAddress(OperationSegments, One[FailedOperation, dict[str, Any], str]):
 error: _t.PublicErrorAddress
class RunningOperation(Operation):
 pass
class RunningOperationAddress(OperationSegments, One[RunningOperation, dict[str, Any], str]):
 pass
class UnbilledReconciliation(_t.Entity):
 pass
class UnbilledReconciliation_export(Callable):
 def __call__(self, *, currencyCode: str | None = ..., billingPeriod: BillingPeriod | None = ..., attributeSet: AttributeSet | None = ...) -> Operation: ...
class UnbilledReconciliationAddress(_t.EntitySegments, One[UnbilledReconciliation, dict[str, Any], str]):
 export: UnbilledReconciliation_export
class UnbilledUsage(_t.Entity):
 pass
class UnbilledUsage_export(Callable):
 def __call__(self, *, currencyCode: str | None = ..., billingPeriod: BillingPeriod | None = ..., attributeSet: AttributeSet | None = ...) -> Operation: ...
class UnbilledUsageAddress(_t.EntitySegments, One[UnbilledUsage, dict[str, Any], str]):
 export: UnbilledUsage_export
class Blob(Object):
 name: str
 partitionValue: str
class PartialBlob(PartialObject, total=False):
 name: str | None
 partitionValue: str | None
class BlobAddress(One[Blob, PartialBlob, str]):
 name: Value[str]
 partitionValue: Value[str]
