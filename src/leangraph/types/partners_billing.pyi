"""Microsoft Graph's types, namespace partners_billing.

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

AttributeSet: TypeAlias = Literal["full", "basic", "unknownFutureValue"] | str
BillingPeriod: TypeAlias = Literal["current", "last", "unknownFutureValue"] | str
class AzureUsage(_t.Entity):
    billed: NotRequired[dict[str, Any]]
    unbilled: NotRequired[dict[str, Any]]
class BilledReconciliation(_t.Entity):
    pass
class BilledUsage(_t.Entity):
    pass
class Billing(_t.Entity):
    manifests: NotRequired[list[dict[str, Any]]]
    operations: NotRequired[list[dict[str, Any]]]
    reconciliation: NotRequired[dict[str, Any]]
    usage: NotRequired[dict[str, Any]]
class BillingReconciliation(_t.Entity):
    billed: NotRequired[dict[str, Any]]
    unbilled: NotRequired[dict[str, Any]]
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
class Operation(_t.Entity):
    createdDateTime: DateTime
    lastActionDateTime: DateTime
    status: _t.LongRunningOperationStatus | None
class ExportSuccessOperation(Operation):
    resourceLocation: NotRequired[dict[str, Any]]
class FailedOperation(Operation):
    error: _t.PublicError
class RunningOperation(Operation):
    pass
class UnbilledReconciliation(_t.Entity):
    pass
class UnbilledUsage(_t.Entity):
    pass
class Blob(Object):
    name: str
    partitionValue: str
class PartialAzureUsage(_t._PartialEntity, total=False):
    billed: dict[str, Any]
    unbilled: dict[str, Any]
class PartialBilledReconciliation(_t._PartialEntity, total=False):
    pass
class PartialBilledUsage(_t._PartialEntity, total=False):
    pass
class PartialBilling(_t._PartialEntity, total=False):
    manifests: list[dict[str, Any]]
    operations: list[dict[str, Any]]
    reconciliation: dict[str, Any]
    usage: dict[str, Any]
class PartialBillingReconciliation(_t._PartialEntity, total=False):
    billed: dict[str, Any]
    unbilled: dict[str, Any]
class PartialManifest(_t._PartialEntity, total=False):
    blobCount: int | None
    blobs: list[PartialBlob]
    createdDateTime: DateTime | None
    dataFormat: str | None
    eTag: str | None
    partitionType: str | None
    partnerTenantId: str | None
    rootDirectory: str | None
    sasToken: str | None
    schemaVersion: str | None
class _PartialOperation(_t._PartialEntity, total=False):
    createdDateTime: DateTime | None
    lastActionDateTime: DateTime | None
    status: _t.LongRunningOperationStatus | None
_PartialOperationKeys = TypedDict("_PartialOperationKeys", {"resourceLocation@odata.bind": str}, total=False)
class PartialOperation(_PartialOperation, _PartialOperationKeys, total=False):
    resourceLocation: dict[str, Any]
    error: _t.PartialPublicError | None
class PartialUnbilledReconciliation(_t._PartialEntity, total=False):
    pass
class PartialUnbilledUsage(_t._PartialEntity, total=False):
    pass
class PartialBlob(Object, total=False):
    name: str | None
    partitionValue: str | None
