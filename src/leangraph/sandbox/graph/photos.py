"""Profile photos: one each for a user or a group, once somebody has put it there.

Source: "Get profilePhoto", "Update profilePhoto" and "Delete profilePhoto" in the API reference.
"""

from __future__ import annotations

from ..core import engine
from ..core.call import Call, bad_request
from ..core.endpoints import on
from ..core.model import GROUP, USER
from ..core.store import Doc
from ..seed.people import guid
from ..wire.faults import Refusal
from ..wire.server import Reply

PHOTOS = [f"{owner}/photo/$value" for owner in ("/users/{id}", "/groups/{id}")]
KIND = "profilePhoto"
MAX_SIZE = 4 * 1024 * 1024  # bytes


def _photo(call: Call) -> tuple[str, Doc | None]:
    """Return the id of the owner's photo, and the photo if there is one; raises Graph's 404."""
    owner = engine.find(call, GROUP if call.template.startswith("/groups") else USER, call.key)
    id_ = guid(owner["id"], "photo")
    return id_, call.store.get(KIND, id_)


def _there(call: Call) -> Doc:
    _, doc = _photo(call)
    if doc is None:
        message = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown."
        raise Refusal(404, "ImageNotFound", message)
    return doc


@on("GET", *PHOTOS, partly="in the size it was uploaded, and as bytes only")
def get_photo(call: Call) -> Reply:
    doc = _there(call)
    headers = {"Content-Type": doc["contentType"], "ETag": f'"{doc["content"][:16].upper()}"'}
    return Reply(200, call.store.content(doc["content"]), headers)


@on("PUT", *PHOTOS, partly="any bytes pass for an image")
def put_photo(call: Call) -> Reply:
    kind, data = call.request.headers.get("Content-Type", ""), call.request.body
    if not kind.lower().startswith("image/") or not data:
        bad_request("The photo has to be an image, with its media type as Content-Type.", "ErrorInvalidRequest")
    if len(data) > MAX_SIZE:
        raise Refusal(413, "RequestEntityTooLarge", "The photo is larger than 4 MB.")
    with call.store.atomic():
        id_, old = _photo(call)
        doc = {"id": id_, "contentType": kind, "content": call.store.keep(data)}
        (call.store.insert if old is None else call.store.update)(KIND, doc)
    return Reply(200)


@on("DELETE", *PHOTOS)
def delete_photo(call: Call) -> Reply:
    with call.store.atomic():
        call.store.purge(KIND, _there(call)["id"])
    return Reply(204)
