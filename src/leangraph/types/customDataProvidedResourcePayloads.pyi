"""Microsoft Graph's types, namespace customDataProvidedResourcePayloads.

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

class Data(Object):
    pass
class AccessReviewContextDataBase(Data):
    reviewDefinitionId: str
    reviewInstanceId: str
class AccessReviewContextData(AccessReviewContextDataBase):
    pass
class ApplyDecisionContextData(AccessReviewContextDataBase):
    pass
class _PartialData(Object, total=False):
    pass
class PartialData(_PartialData, total=False):
    reviewDefinitionId: str | None
    reviewInstanceId: str | None
