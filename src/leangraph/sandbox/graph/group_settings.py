"""Settings of groups: one object for each template, with all the values that the template has.

Sources: "groupSettingTemplate", "Create settings", "Update groupSetting" in the API reference, and the page
"group-directory-settings" for names and defaults. Words of the refusal of a second one:
MicrosoftDocs/azure-docs#82180.
"""

from __future__ import annotations

from ..core.call import Call, bad_request
from ..core.families import Family, Write, family
from ..core.model import conflict
from ..core.places import Spot, inside, name_in
from ..core.store import Doc

UNIFIED, GUEST = "62375ab9-6b52-47ed-826b-58e47e0e304b", "08d542b9-071f-4e16-94b0-74abb372e3d9"
TEMPLATES = {  # name, type and default of each value
    UNIFIED: (
        "Group.Unified",
        (
            ("NewUnifiedGroupWritebackDefault", "System.Boolean", "true"),
            ("EnableMIPLabels", "System.Boolean", "false"),
            ("CustomBlockedWordsList", "System.String", ""),
            ("EnableMSStandardBlockedWords", "System.Boolean", "false"),
            ("ClassificationDescriptions", "System.String", ""),
            ("DefaultClassification", "System.String", ""),
            ("PrefixSuffixNamingRequirement", "System.String", ""),
            ("AllowGuestsToBeGroupOwner", "System.Boolean", "false"),
            ("AllowGuestsToAccessGroups", "System.Boolean", "true"),
            ("GuestUsageGuidelinesUrl", "System.String", ""),
            ("GroupCreationAllowedGroupId", "System.Guid", ""),
            ("AllowToAddGuests", "System.Boolean", "true"),
            ("UsageGuidelinesUrl", "System.String", ""),
            ("ClassificationList", "System.String", ""),
            ("EnableGroupCreation", "System.Boolean", "true"),
        ),
    ),
    GUEST: ("Group.Unified.Guest", (("AllowToAddGuests", "System.Boolean", "true"),)),
}


def _templates(call: Call, home: str) -> None:
    store = call.directory.store
    for id_, (name, values) in TEMPLATES.items():
        if store.find(id_) is None:
            shown = [
                {"name": each, "type": kind, "defaultValue": value, "description": ""}
                for each, kind, value in values
            ]
            doc = {"id": id_, "displayName": name, "description": name, "values": shown}
            store.insert("groupSettingTemplate", doc, name_in(home, id_))


def _setting(write: Write) -> Doc:
    """Complete the values of a setting by its template; the words of what is wrong with them are ours."""
    before = write.before or {}
    template = TEMPLATES.get(str(write.doc.get("templateId")).lower())
    if template is None:
        bad_request("Property templateId does not name a template of this directory.", "Request_BadRequest")
    name, known = template
    if write.before is None:
        rows = write.call.directory.store.select(inside(Spot("Collection(groupSetting)", write.home)))
        if any(row.doc["templateId"] == write.doc["templateId"] for row in rows):
            raise conflict("templateId")
    given = {each.get("name"): each.get("value") for each in write.changes.get("values") or []}
    for each in given:
        if each not in {key for key, _, _ in known}:
            bad_request(f"'{str(each)[:100]}' is no value of the template {name}.", "Request_BadRequest")
    old = {each["name"]: each["value"] for each in before.get("values", [])}
    values = {**{key: default for key, _, default in known}, **old, **given}
    return {"displayName": name, "values": [{"name": key, "value": value} for key, value in values.items()]}


family(
    Family("groupSettingTemplate", "/groupSettingTemplates", fill=_templates, methods=("GET",)),
)
for _path in ("/groupSettings", "/groups/{id}/settings"):
    family(
        Family(
            "groupSetting",
            _path,
            required=("templateId",),
            check=_setting,
            partly="settings are kept, and bind nobody; two templates are known, Group.Unified and its guests'",
        )
    )
