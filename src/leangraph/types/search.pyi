"""Microsoft Graph's types, namespace search.

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

AnswerState: TypeAlias = Literal["published", "draft", "excluded", "unknownFutureValue"] | str
class SearchAnswer(_t.Entity):
 description: str | None
 displayName: str
 lastModifiedBy: IdentitySet | None
 lastModifiedDateTime: DateTime | None
 webUrl: str | None
class _PartialSearchAnswer(_t._PartialEntity, total=False):
 description: str | None
 displayName: str | None
 lastModifiedBy: PartialIdentitySet | dict[str, Any] | None
 lastModifiedDateTime: DateTime | None
 webUrl: str | None
class SearchAnswerSegments(_t.EntitySegments):
 description: Value[str]
 displayName: Value[str]
 lastModifiedBy: IdentitySetAddress
 lastModifiedDateTime: Value[DateTime]
 webUrl: Value[str]
class SearchAnswerAddress(SearchAnswerSegments, One[SearchAnswer, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.search.acronym"]) -> AcronymAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.search.bookmark"]) -> BookmarkAddress: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.search.qna"]) -> QnaAddress: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class SearchAnswerAddresses(Many[SearchAnswer, SearchAnswerAddress, dict[str, Any], str]):
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.search.acronym"]) -> Many[Acronym, AcronymAddress, PartialAcronym, AcronymField]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.search.bookmark"]) -> Many[Bookmark, BookmarkAddress, PartialBookmark, BookmarkField]: ...
 @overload
 def __truediv__(self, text: Literal["microsoft.graph.search.qna"]) -> Many[Qna, QnaAddress, PartialQna, QnaField]: ...
 @overload
 def __truediv__(self, text: str) -> AnyAddress: ...
class Acronym(SearchAnswer):
 standsFor: str | None
 state: AnswerState
AcronymField: TypeAlias = Literal["id", "description", "displayName", "lastModifiedBy", "lastModifiedDateTime", "webUrl", "standsFor", "state"]
class PartialAcronym(_PartialSearchAnswer, total=False):
 standsFor: str | None
 state: AnswerState | None
class AcronymAddress(SearchAnswerSegments, One[Acronym, PartialAcronym, AcronymField]):
 standsFor: Value[str]
 state: Value[AnswerState]
class Bookmark(SearchAnswer):
 availabilityEndDateTime: DateTime | None
 availabilityStartDateTime: DateTime | None
 categories: list[str]
 groupIds: list[str]
 isSuggested: bool | None
 keywords: AnswerKeyword | None
 languageTags: list[str]
 platforms: list[_t.DevicePlatformType]
 powerAppIds: list[str]
 state: AnswerState
 targetedVariations: list[AnswerVariant]
BookmarkField: TypeAlias = Literal["id", "description", "displayName", "lastModifiedBy", "lastModifiedDateTime", "webUrl", "availabilityEndDateTime", "availabilityStartDateTime", "categories", "groupIds", "isSuggested", "keywords", "languageTags", "platforms", "powerAppIds", "state", "targetedVariations"]
class PartialBookmark(_PartialSearchAnswer, total=False):
 availabilityEndDateTime: DateTime | None
 availabilityStartDateTime: DateTime | None
 categories: list[str]
 groupIds: list[str]
 isSuggested: bool | None
 keywords: PartialAnswerKeyword | None
 languageTags: list[str]
 platforms: list[_t.DevicePlatformType]
 powerAppIds: list[str]
 state: AnswerState | None
 targetedVariations: list[PartialAnswerVariant]
class BookmarkAddress(SearchAnswerSegments, One[Bookmark, PartialBookmark, BookmarkField]):
 availabilityEndDateTime: Value[DateTime]
 availabilityStartDateTime: Value[DateTime]
 categories: Values[str]
 groupIds: Values[str]
 isSuggested: Value[bool]
 keywords: AnswerKeywordAddress
 languageTags: Values[str]
 platforms: Values[_t.DevicePlatformType]
 powerAppIds: Values[str]
 state: Value[AnswerState]
 targetedVariations: Values[AnswerVariant]
class Qna(SearchAnswer):
 availabilityEndDateTime: DateTime | None
 availabilityStartDateTime: DateTime | None
 groupIds: list[str]
 isSuggested: bool | None
 keywords: AnswerKeyword | None
 languageTags: list[str]
 platforms: list[_t.DevicePlatformType]
 state: AnswerState
 targetedVariations: list[AnswerVariant]
QnaField: TypeAlias = Literal["id", "description", "displayName", "lastModifiedBy", "lastModifiedDateTime", "webUrl", "availabilityEndDateTime", "availabilityStartDateTime", "groupIds", "isSuggested", "keywords", "languageTags", "platforms", "state", "targetedVariations"]
class PartialQna(_PartialSearchAnswer, total=False):
 availabilityEndDateTime: DateTime | None
 availabilityStartDateTime: DateTime | None
 groupIds: list[str]
 isSuggested: bool | None
 keywords: PartialAnswerKeyword | None
 languageTags: list[str]
 platforms: list[_t.DevicePlatformType]
 state: AnswerState | None
 targetedVariations: list[PartialAnswerVariant]
class QnaAddress(SearchAnswerSegments, One[Qna, PartialQna, QnaField]):
 availabilityEndDateTime: Value[DateTime]
 availabilityStartDateTime: Value[DateTime]
 groupIds: Values[str]
 isSuggested: Value[bool]
 keywords: AnswerKeywordAddress
 languageTags: Values[str]
 platforms: Values[_t.DevicePlatformType]
 state: Value[AnswerState]
 targetedVariations: Values[AnswerVariant]
class AnswerKeyword(Object):
 keywords: list[str]
 matchSimilarKeywords: bool | None
 reservedKeywords: list[str]
class PartialAnswerKeyword(PartialObject, total=False):
 keywords: list[str]
 matchSimilarKeywords: bool | None
 reservedKeywords: list[str]
class AnswerKeywordAddress(One[AnswerKeyword, PartialAnswerKeyword, str]):
 keywords: Values[str]
 matchSimilarKeywords: Value[bool]
 reservedKeywords: Values[str]
class AnswerVariant(Object):
 description: str | None
 displayName: str | None
 languageTag: str | None
 platform: _t.DevicePlatformType | None
 webUrl: str | None
class PartialAnswerVariant(PartialObject, total=False):
 description: str | None
 displayName: str | None
 languageTag: str | None
 platform: _t.DevicePlatformType | None
 webUrl: str | None
class AnswerVariantAddress(One[AnswerVariant, PartialAnswerVariant, str]):
 description: Value[str]
 displayName: Value[str]
 languageTag: Value[str]
 platform: Value[_t.DevicePlatformType]
 webUrl: Value[str]
class Identity(Object):
 displayName: str | None
 id: str | None
class PartialIdentity(PartialObject, total=False):
 displayName: str | None
 id: str | None
class IdentityAddress(One[Identity, PartialIdentity | dict[str, Any], str]):
 displayName: Value[str]
 id: Value[str]
class IdentitySet(Object):
 application: Identity | None
 device: Identity | None
 user: Identity | None
class PartialIdentitySet(PartialObject, total=False):
 application: PartialIdentity | dict[str, Any] | None
 device: PartialIdentity | dict[str, Any] | None
 user: PartialIdentity | dict[str, Any] | None
class IdentitySetAddress(One[IdentitySet, PartialIdentitySet | dict[str, Any], str]):
 application: IdentityAddress
 device: IdentityAddress
 user: IdentityAddress
