"""Microsoft Graph's types, namespace search.

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

AnswerState: TypeAlias = Literal["published", "draft", "excluded", "unknownFutureValue"] | str
class SearchAnswer(_t.Entity):
    description: str | None
    displayName: str
    lastModifiedBy: IdentitySet | None
    lastModifiedDateTime: DateTime | None
    webUrl: str | None
class Acronym(SearchAnswer):
    standsFor: str | None
    state: AnswerState
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
class AnswerKeyword(Object):
    keywords: list[str]
    matchSimilarKeywords: bool | None
    reservedKeywords: list[str]
class AnswerVariant(Object):
    description: str | None
    displayName: str | None
    languageTag: str | None
    platform: _t.DevicePlatformType | None
    webUrl: str | None
class Identity(Object):
    displayName: str | None
    id: str | None
class IdentitySet(Object):
    application: Identity | None
    device: Identity | None
    user: Identity | None
class _PartialSearchAnswer(_t._PartialEntity, total=False):
    description: str | None
    displayName: str | None
    lastModifiedBy: PartialIdentitySet | None
    lastModifiedDateTime: DateTime | None
    webUrl: str | None
class PartialAcronym(_PartialSearchAnswer, total=False):
    standsFor: str | None
    state: AnswerState | None
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
class PartialAnswerKeyword(Object, total=False):
    keywords: list[str]
    matchSimilarKeywords: bool | None
    reservedKeywords: list[str]
class PartialAnswerVariant(Object, total=False):
    description: str | None
    displayName: str | None
    languageTag: str | None
    platform: _t.DevicePlatformType | None
    webUrl: str | None
class PartialIdentity(Object, total=False):
    displayName: str | None
    id: str | None
class PartialIdentitySet(Object, total=False):
    application: PartialIdentity | None
    device: PartialIdentity | None
    user: PartialIdentity | None
AcronymField: TypeAlias = Literal["id", "description", "displayName", "lastModifiedBy", "lastModifiedDateTime", "webUrl", "standsFor", "state"]
BookmarkField: TypeAlias = Literal["id", "description", "displayName", "lastModifiedBy", "lastModifiedDateTime", "webUrl", "availabilityEndDateTime", "availabilityStartDateTime", "categories", "groupIds", "isSuggested", "keywords", "languageTags", "platforms", "powerAppIds", "state", "targetedVariations"]
QnaField: TypeAlias = Literal["id", "description", "displayName", "lastModifiedBy", "lastModifiedDateTime", "webUrl", "availabilityEndDateTime", "availabilityStartDateTime", "groupIds", "isSuggested", "keywords", "languageTags", "platforms", "state", "targetedVariations"]
