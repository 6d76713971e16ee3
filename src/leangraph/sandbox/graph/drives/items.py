"""Drives by their paths: items, children, content, copies, and what has changed.

Every drive can be reached through its owner and by its id, every item by its id and by its path. A drive belongs
to a member with a license for SharePoint, a Microsoft 365 group, or the root site.

Sources: the pages of driveItem in the API reference (get, list-children, post-children, update, move, delete,
copy, put-content, get-content, delta); what ``replace`` does to a folder, and to a file that is created empty:
https://github.com/OneDrive/onedrive-api-docs/issues/1702.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, unquote

from ...core import engine, jobs
from ...core.call import LIST, ONE, Call, bad_request, not_acted_out, pairs, reply
from ...core.endpoints import on
from ...core.engine import Items
from ...core.model import GROUP, USER, Entity, fits
from ...core.store import Doc, Order
from ...seed import skus
from ...wire.faults import Refusal
from ...wire.server import Reply
from .tree import (
    BEHAVIORS,
    KIND,
    QUOTA,
    Drive,
    Spot,
    below,
    etag,
    invalid,
    is_file,
    matches,
    not_found,
    owner_of,
)

DRIVE = Entity("drive", "drives")
ITEM = Entity(KIND, "items")
OWNERS = ("/users/{id}", "/groups/{id}", "/sites/{id}")
DRIVES = (*(f"{owner}/drive" for owner in OWNERS), "/drives/{id}")
PLACES = ("/root", "/root:/{path}", "/items/{id}", "/items/{id}:/{path}")
BEHAVIOR = "@microsoft.graph.conflictBehavior"
SOURCE = "@microsoft.graph.sourceUrl"
DOWNLOAD = "@microsoft.graph.downloadUrl"
PAGE = 200  # items
DELTA_LIFETIME = 30 * 86_400.0  # seconds; "a long time" is all that Microsoft says
SITE = {"id": "root", "displayName": "Communication site"}


def at(action: str = "", places: Sequence[str] = PLACES) -> list[str]:
    """Return the paths of an action on an item, in every drive and for every way to address one."""
    colon = [":" if action and place.endswith("{path}") else "" for place in places]
    return [f"{drive}{place}{mark}{action}" for drive in DRIVES for place, mark in zip(places, colon, strict=True)]


# -- which drive and which item -----------------------------------------------------------------------


def drive_of(call: Call) -> tuple[Drive, list[str]]:
    """Return the drive of a request, and the keys of its path that come after it; raises Graph's 404."""
    kind, keys = call.template.split("/")[1], list(call.keys)
    key = keys.pop(0)
    match kind:
        case "users" | "me":
            return _of_user(call, engine.find(call, USER, key)), keys
        case "groups":
            return _of_group(call, engine.find(call, GROUP, key)), keys
        case "sites":
            if key.lower() != "root":
                raise Refusal(404, "itemNotFound", "Requested site could not be found")
            return _drive(call, SITE, "site"), keys
    return by_id(call, key), keys


def by_id(call: Call, id_: str) -> Drive:
    """Return a drive by its id; raises Graph's 404."""
    owner = owner_of(id_)
    row = call.store.find(owner) if owner else None
    if owner == SITE["id"]:
        drive = _drive(call, SITE, "site")
    elif row is not None and row.kind == "user":
        drive = _of_user(call, row.doc)
    elif row is not None and row.kind == "group":
        drive = _of_group(call, row.doc)
    else:
        raise not_found()
    if drive.id != id_:
        raise not_found()
    return drive


def _of_user(call: Call, user: Doc) -> Drive:
    licenses = user.get("assignedLicenses", [])
    if user.get("userType") == "Guest" or all(plan.service != "SharePoint" for plan in skus.plans(licenses)):
        raise Refusal(404, "ResourceNotFound", "User's mysite not found.")
    return _drive(call, user, "user")


def _of_group(call: Call, group: Doc) -> Drive:
    if "Unified" not in group.get("groupTypes", []):
        raise Refusal(404, "ResourceNotFound", "Resource is not found.")
    return _drive(call, group, "group")


def _drive(call: Call, owner: Doc, kind: str) -> Drive:
    return Drive(call.directory, call.store, owner, kind, _identity(call))


def _identity(call: Call) -> Doc:
    user = call.directory.store.get("user", call.token.user) if call.token.user else None
    if user is None:
        return {"application": {"id": call.token.app}}
    return {"user": {"displayName": user.get("displayName"), "email": user.get("mail"), "id": user["id"]}}


def spot_of(call: Call) -> tuple[Drive, Spot]:
    """Return the drive and the place in it that a request is about; raises Graph's 404."""
    drive, keys = drive_of(call)
    start = drive.find(keys.pop(0)) if "/items/{id}" in call.template else drive.root
    if by_path(call):
        return drive, drive.walk(start, keys.pop(0))
    return drive, Spot(start, drive.find(start["parent"]) if start["parent"] else start)


def by_path(call: Call) -> bool:
    return ":/{path}" in call.template


def item_of(call: Call) -> tuple[Drive, Doc]:
    """Return the drive and the item that a request is about; raises Graph's 404."""
    drive, spot = spot_of(call)
    if spot.item is None:
        raise not_found()
    return drive, spot.item


# -- what a request says ------------------------------------------------------------------------------


def fields(body: Doc, *allowed: str) -> Doc:
    """Return the properties of an item that a body has; raises Graph's 400 for what cannot be set."""
    found: Doc = {}
    for asked, value in body.items():
        if asked.startswith("@"):
            continue
        name = ITEM.canonical.get(asked.lower())
        if name is None:
            bad_request(
                f"The property '{asked}' does not exist on type 'microsoft.graph.driveItem'. Make sure to only "
                "use property names that are defined by the type."
            )
        if name == "description":
            not_acted_out("a description, which only OneDrive Personal has")
        if name not in allowed:
            raise invalid(f"The property '{name}' cannot be set.", "propertyNotUpdateable")
        if not fits(ITEM.properties[name], value):
            bad_request(f"Cannot convert the value of property '{name}' to type '{ITEM.properties[name]}'.")
        found[name] = value
    return found


def behavior_of(call: Call, body: Doc, default: str) -> str:
    """Return what to do about a name that is taken: the body says it, or the URL."""
    options = {name.lower(): value for name, value in pairs(call.request.query)}
    wanted = body.get(BEHAVIOR, options.get(BEHAVIOR.lower(), default))
    if wanted not in BEHAVIORS:
        raise invalid(f"The value of {BEHAVIOR} has to be one of {', '.join(BEHAVIORS)}.")
    return str(wanted)


def dates_of(changes: Doc) -> Doc:
    """Return the ``fileSystemInfo`` of a body; raises Graph's 400."""
    dates = changes.get("fileSystemInfo", {})
    for name, value in dates.items():
        if name not in ("createdDateTime", "lastModifiedDateTime") or not fits("Edm.DateTimeOffset", value):
            raise invalid(f"The value of fileSystemInfo/{name} is not valid.")
    return dict(dates)


def check_tags(call: Call, item: Doc | None) -> None:
    """Raise Graph's 412 where If-Match, or If-None-Match on a write, does not hold."""
    wanted, unwanted = (call.request.headers.get(name) for name in ("If-Match", "If-None-Match"))
    held = wanted is None or (item is not None and matches(wanted, item))
    if not held or (unwanted is not None and item is not None and matches(unwanted, item)):
        raise Refusal(
            412,
            "resourceModified",
            "ETag does not match current item's value.",
            inner={"code": "entityTagDoesNotMatch"},
        )


def _folder(drive: Drive, reference: Doc) -> Doc:
    """Return the folder that a ``parentReference`` names by id or path; raises Graph's 400 or 404."""
    if "id" in reference:
        if reference["id"] == "root":
            raise invalid("The parent has to be named by its own id: 'root' is none.")
        return drive.find(str(reference["id"]))
    _, colon, path = str(reference.get("path", "")).partition("root:")
    if not colon:
        raise invalid("The parentReference has to have an id or a path.")
    found = drive.walk(drive.root, unquote(path)).item
    if found is None:
        raise not_found()
    return found


def _not_the_root(item: Doc) -> None:
    if item["parent"] is None:
        raise invalid("The root folder of a drive cannot be changed, moved, copied or deleted.")


# -- answers ------------------------------------------------------------------------------------------


def answer(call: Call, drive: Drive, item: Doc, status: int = 200) -> Reply:
    """Answer with an item."""
    context = f"{call.root}/$metadata#drives('{quote(drive.id)}')/items/$entity"
    return reply({"@odata.context": context, **_shown(call, drive, item, names_of(call))}, status)


def names_of(call: Call) -> tuple[str, ...] | None:
    """Return what ``$select`` names; the address of the content is no property, and may be selected as well."""
    select = call.query.select
    plain = tuple(name for name in select if not name.startswith("@"))
    if unknown := [name for name in select if name not in plain and name.lower() != DOWNLOAD.lower()]:
        bad_request(
            f"Parsing OData Select and Expand failed: Could not find a property named '{unknown[0]}' on type "
            "'microsoft.graph.driveItem'."
        )
    if not select:
        return None
    names = engine.select(replace(call.query, select=plain), ITEM, single=True) or ()
    return (*names, DOWNLOAD) if len(plain) < len(select) else names


def _shown(call: Call, drive: Drive, item: Doc, names: tuple[str, ...] | None) -> Doc:
    shown = drive.shown(item, names)
    if not call.query.expand:
        return shown
    expand, *others = call.query.expand
    if others:
        not_acted_out(f"expanding '{others[0].name}' of an item")
    if expand.name.lower() != "children":
        not_acted_out(f"expanding '{expand.name}' of an item")
    children = list(drive.children(item))
    if len(children) > PAGE:
        not_acted_out(f"expanding more than {PAGE} children")
    names = engine.select(replace(call.query, select=expand.select), ITEM, single=True)
    return {**shown, "children": [drive.shown(child, names) for child in children]}


# -- drives -------------------------------------------------------------------------------------------


@on("GET", *DRIVES, options=("select",))
def get_drive(call: Call) -> Reply:
    drive, _ = drive_of(call)
    return reply({"@odata.context": f"{call.root}/$metadata#drives/$entity", **_shown_drive(call, drive)})


@on("GET", *(f"{owner}/drives" for owner in OWNERS), options=("select", "top"))
def list_drives(call: Call) -> Reply:
    drive, _ = drive_of(call)
    return reply({"@odata.context": f"{call.root}/$metadata#drives", "value": [_shown_drive(call, drive)]})


def _shown_drive(call: Call, drive: Drive) -> Doc:
    used, owner = QUOTA - drive.left, drive.owner
    who = {"displayName": owner.get("displayName"), "email": owner.get("mail"), "id": owner["id"]}
    made = drive.root["createdDateTime"]
    shown: Doc = {
        "createdDateTime": made,
        "description": "",
        "id": drive.id,
        "lastModifiedDateTime": made,
        "name": "OneDrive" if drive.kind == "user" else "Documents",
        "webUrl": drive.url,
        "driveType": drive.type,
        "createdBy": {"user": {"displayName": "System Account"}},
        "owner": {"user" if drive.kind == "user" else "group": who},
        "quota": {"deleted": 0, "remaining": QUOTA - used, "state": "normal", "total": QUOTA, "used": used},
    }
    names = engine.select(call.query, DRIVE, single=True)
    return {name: shown[name] for name in names or shown if name in shown}


# -- items --------------------------------------------------------------------------------------------

_SHARING = "sharing, versions, thumbnails and personal drives are not there"


@on("GET", *at(), partly=_SHARING, options=ONE)
def get_item(call: Call) -> Reply:
    drive, item = item_of(call)
    if matches(call.request.headers.get("If-None-Match", ""), item):
        return Reply(304, b"", {"ETag": etag(item)})
    return answer(call, drive, item)


@on("PATCH", *at(), partly="moves between drives and descriptions are not acted out", options=("select",))
def update_item(call: Call) -> Reply:
    body = call.json()
    changes = fields(body, "name", "parentReference", "fileSystemInfo")
    behavior, dates = behavior_of(call, body, "fail"), dates_of(changes)
    with call.store.atomic():
        drive, item = item_of(call)
        check_tags(call, item)
        _not_the_root(item)
        reference = changes.get("parentReference") or {"id": item["parent"]}
        if reference.get("driveId", drive.id) != drive.id:
            raise invalid("Items cannot be moved between drives.")
        folder = _folder(drive, reference)
        more = {"dates": {**item["dates"], **dates}} if dates else {}
        item = drive.move(item, folder, str(changes.get("name", item["name"])), behavior, more)
    return answer(call, drive, item)


@on("DELETE", *at(), partly="nothing comes back from the recycle bin")
def delete_item(call: Call) -> Reply:
    with call.store.atomic():
        drive, item = item_of(call)
        check_tags(call, item)
        _not_the_root(item)
        drive.delete(item)
    return Reply(204)


@on(
    "GET",
    *at("/children"),
    partly="$filter and $search are not acted out; $orderby knows the name only",
    options=LIST,
)
def list_children(call: Call) -> Reply:
    for name in call.given & {"filter", "search"}:
        not_acted_out(f"${name} of the items of a folder")
    drive, folder = item_of(call)
    if is_file(folder):
        raise invalid("The item is not a folder.")
    if matches(call.request.headers.get("If-None-Match", ""), folder):
        return Reply(304, b"", {"ETag": etag(folder)})
    names, orders = names_of(call), call.query.orderby
    if any(order.path.lower() != "name" for order in orders):
        raise invalid("The items of a folder can only be sorted by name.", "invalidQueryOption")
    vars(call)["query"] = replace(call.query, orderby=(), select=())  # which are acted out here
    items = Items(
        ITEM,
        below(folder),
        free=True,
        sized="children",
        context=f"drives('{quote(drive.id)}')/items('{folder['id']}')/children",
        orders=(Order("name", orders[0].descending if orders else False),),
        show=lambda row: _shown(call, drive, row.doc, names),
    )
    return engine.page(call, items)


@on("POST", *at("/children"), partly="folders and empty files only", options=("select",))
def create_child(call: Call) -> Reply:
    body = call.json()
    if SOURCE in body:
        not_acted_out("a file that Graph is to fetch from a URL")
    changes = fields(body, "name", "folder", "file", "fileSystemInfo")
    if ("folder" in changes) == ("file" in changes):
        raise invalid("An item is created as a folder or as a file.")
    if "name" not in changes:
        raise invalid("A name has to be given.")
    behavior, dates = behavior_of(call, body, "fail"), dates_of(changes)
    with call.store.atomic():
        drive, folder = item_of(call)
        if "folder" in changes:
            item, new = drive.make_folder(folder, changes["name"], behavior)
        else:
            spot = Spot(None, folder, (changes["name"],))
            item, new = drive.save(spot, b"", "fail" if behavior == "replace" else behavior)
        if dates:
            item = drive.change(item, {"dates": dates})
    return answer(call, drive, item, 201 if new else 200)


# -- content ------------------------------------------------------------------------------------------


@on("GET", *at("/content"), partly="conversions (format=pdf) are not acted out")
def get_content(call: Call) -> Reply:
    if any(name.lower() == "format" for name, _ in pairs(call.request.query)):
        not_acted_out("converting a file")
    drive, item = item_of(call)
    if not is_file(item):
        raise invalid("The item is a folder: it has no content.")
    if matches(call.request.headers.get("If-None-Match", ""), item):
        return Reply(304, b"", {"ETag": etag(item)})
    return Reply(302, b"", {"Location": drive.download_url(item)})


@on("PUT", *at("/content"), options=("select",))
def put_content(call: Call) -> Reply:
    behavior = behavior_of(call, {}, "replace")
    with call.store.atomic():
        drive, spot = spot_of(call)
        check_tags(call, spot.item)
        if spot.item is not None and not is_file(spot.item):
            raise invalid("The item is a folder: it has no content.")
        item, new = drive.save(spot.named() if by_path(call) else spot, call.request.body, behavior)
    return answer(call, drive, item, 201 if new else 200)


@on("POST", *at("/copy"), partly="versions are not copied")
def copy_item(call: Call) -> Reply:
    body = call.json()
    for asked in body:
        if asked in ("childrenOnly", "includeAllVersionHistory"):
            not_acted_out(f"copying with {asked}")
    changes = fields(body, "name", "parentReference")
    behavior = behavior_of(call, body, "fail")
    drive, item = item_of(call)
    _not_the_root(item)
    reference = changes.get("parentReference") or {"id": item["parent"]}
    target = by_id(call, str(reference["driveId"])) if "driveId" in reference else drive
    folder = _folder(target, reference)

    def copy() -> str:
        source, into = drive.find(item["id"]), target.find(folder["id"])
        return str(target.copy(source, into, str(changes.get("name", item["name"])), behavior, drive)["id"])

    return jobs.start(call, "monitor", copy, operation="ItemCopy")
