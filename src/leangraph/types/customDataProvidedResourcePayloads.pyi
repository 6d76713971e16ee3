"""Microsoft Graph's types, namespace customDataProvidedResourcePayloads.

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

class Data(Object):
 pass
class _PartialData(PartialObject, total=False):
 pass
class PartialData(_PartialData, total=False):
 reviewDefinitionId: str | None
 reviewInstanceId: str | None
class DataAddress(One[Data, PartialData, str]):
 pass
class AccessReviewContextDataBase(Data):
 reviewDefinitionId: str
 reviewInstanceId: str
class AccessReviewContextData(AccessReviewContextDataBase):
 pass
class ApplyDecisionContextData(AccessReviewContextDataBase):
 pass
