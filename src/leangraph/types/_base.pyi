"""What every type is made of."""

from typing import Literal, TypeAlias, TypedDict

Date: TypeAlias = str  # 2024-02-29
DateTime: TypeAlias = str  # 2024-02-29T12:00:00Z
Duration: TypeAlias = str  # PT1H30M
Guid: TypeAlias = str
TimeOfDay: TypeAlias = str  # 12:00:00.0000000

class Removed(TypedDict):
    """Why ``delta`` tells of an object that is gone: ``changed`` can be brought back, ``deleted`` cannot."""

    reason: str

Related = TypedDict("Related", {"@odata.type": str, "@removed": Removed, "id": str})  # an Any here would spread

_Changed = TypedDict("_Changed", {"@removed": Removed}, total=False)

# The service's annotations. What an answer has of them depends on the request, as with properties and ``select``.
_Annotations = TypedDict(
    "_Annotations",
    {
        "@microsoft.graph.conflictBehavior": Literal["fail", "replace", "rename"],
        "@microsoft.graph.downloadUrl": str,
        "@microsoft.graph.sourceUrl": str,
        "@odata.context": str,
        "@odata.editLink": str,
        "@odata.etag": str,
        "@odata.id": str,
        "@odata.mediaContentType": str,
        "@odata.mediaEtag": str,
        "@odata.mediaReadLink": str,
        "@odata.type": str,
        # What delta tells of relations
        "manager@delta": list[Related],
        "members@delta": list[Related],
        "owners@delta": list[Related],
        "scopedRoleMembers@delta": list[Related],
    },
)
PartialObject = TypedDict(
    "PartialObject",
    {
        "@microsoft.graph.conflictBehavior": Literal["fail", "replace", "rename"],
        "@microsoft.graph.sourceUrl": str,
        "@odata.context": str,
        "@odata.etag": str,
        "@odata.id": str,
        "@odata.type": str,
    },
    total=False,
)

class Object(_Annotations, _Changed):
    """What an object may have besides its properties."""
