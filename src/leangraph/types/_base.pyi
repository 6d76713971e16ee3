"""What every type is made of."""

from typing import TypeAlias, TypedDict

Date: TypeAlias = str  # 2024-02-29
DateTime: TypeAlias = str  # 2024-02-29T12:00:00Z
Duration: TypeAlias = str  # PT1H30M
Guid: TypeAlias = str
TimeOfDay: TypeAlias = str  # 12:00:00.0000000

class Removed(TypedDict):
    """Why ``delta`` tells of an object that is gone: ``changed`` can be brought back, ``deleted`` cannot."""

    reason: str

Object = TypedDict(
    "Object",
    {
        "@odata.context": str,
        "@odata.etag": str,
        "@odata.id": str,
        "@odata.type": str,
        "@removed": Removed,
    },
    total=False,
)
