"""What Microsoft's permission table gets wrong or lacks, by Microsoft's own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Correction(NamedTuple):
    """What Microsoft's page says of a path. ``,`` stands between choices, ``+`` joins what goes together.

    Attributes:
        page: its name below https://learn.microsoft.com/graph/api/.
        delegated: the same as ``application`` where it is empty.
        adds: the table's own choices hold as well.
    """

    method: str
    path: str
    page: str
    application: str
    delegated: str = ""
    adds: bool = False


_OWNED = "Application.ReadWrite.OwnedBy"
_MEMBERS = "GroupMember.ReadWrite.All, Group.ReadWrite.All, Directory.ReadWrite.All"
_OWNERS = "Group.ReadWrite.All, Directory.ReadWrite.All"
_OBJECTS = "User.DeleteRestore.All, User.ReadWrite.All, Group.ReadWrite.All, Application.ReadWrite.All"
_DELETED = "User.Read.All, Group.Read.All, Application.Read.All, AdministrativeUnit.Read.All, Directory.Read.All"
_RESTORED = "Group.ReadWrite.All, Application.ReadWrite.All, AdministrativeUnit.ReadWrite.All"
_GONE = "User.ReadWrite.All, Group.ReadWrite.All, Application.ReadWrite.All"
_UNITS = "AdministrativeUnit.Read.All, Directory.Read.All"
_ORGANIZATION = "Organization.Read.All, Directory.Read.All"
_AUDITS = "AuditLog.Read.All + Directory.Read.All"
_POLICIES = "Policy.Read.All + Policy.ReadWrite.ConditionalAccess"
_POLICIES_FOR_APPS = f"{_POLICIES} + Application.Read.All"
_ASSIGN = "AppRoleAssignment.ReadWrite.All"
_ROLES = f"{_ASSIGN} + Application.Read.All, {_ASSIGN} + Directory.Read.All"
_ATTACHED = "/users/{id}/messages/{id}/attachments"
_BIN, _CA, _APP = "/directory/deleteditems", "/identity/conditionalaccess", "/serviceprincipals/{id}"

CORRECTIONS = (
    # Adding is missing; a device, an orgContact or a servicePrincipal needs a second permission, by its type.
    Correction("POST", "/groups/{id}/members/$ref", "group-post-members", _MEMBERS),
    # What is listed for the member itself is for its reference. Without /$ref the object is what goes.
    Correction("DELETE", "/groups/{id}/members/{id}/$ref", "group-delete-members", _MEMBERS),
    Correction("DELETE", "/groups/{id}/members/{id}", "group-delete-members", f"{_OBJECTS}, Device.ReadWrite.All"),
    Correction("DELETE", "/groups/{id}/owners/{id}/$ref", "group-delete-owners", _OWNERS),
    Correction("DELETE", "/groups/{id}/owners/{id}", "group-delete-owners", _OBJECTS),
    Correction("DELETE", "/directoryobjects/{id}", "directoryobject-delete", f"{_OBJECTS}, Device.ReadWrite.All"),
    # Deleted items are missing, and of restoring them all but users. No app can delete users or groups for good.
    *(
        Correction("GET", f"{_BIN}/microsoft.graph.{kind}", "directory-deleteditems-list", names)
        for kind, names in {
            "user": "User.Read.All, Directory.Read.All",
            "group": "Group.Read.All, Directory.Read.All",
            "application": f"Application.Read.All, {_OWNED}, Directory.Read.All",
            "serviceprincipal": f"Application.Read.All, {_OWNED}, Directory.Read.All",
            "administrativeunit": "AdministrativeUnit.Read.All, Directory.Read.All",
        }.items()
    ),
    Correction("GET", f"{_BIN}/{{id}}", "directory-deleteditems-get", f"{_DELETED}, {_OWNED}", _DELETED),
    Correction(
        "POST",
        f"{_BIN}/{{id}}/restore",
        "directory-deleteditems-restore",
        f"{_RESTORED}, {_OWNED}",
        _RESTORED,
        adds=True,
    ),
    Correction(
        "DELETE", f"{_BIN}/{{id}}", "directory-deleteditems-delete", f"Application.ReadWrite.All, {_OWNED}", _GONE
    ),
    # What is needed together is listed as if either would do.
    Correction("GET", "/auditlogs/directoryaudits", "directoryaudit-list", _AUDITS),
    Correction("GET", "/auditlogs/directoryaudits/{id}", "directoryaudit-get", _AUDITS),
    Correction("POST", f"{_CA}/policies", "conditionalaccessroot-post-policies", _POLICIES_FOR_APPS),
    Correction("PATCH", f"{_CA}/policies/{{id}}", "conditionalaccesspolicy-update", _POLICIES_FOR_APPS),
    Correction("DELETE", f"{_CA}/policies/{{id}}", "conditionalaccesspolicy-delete", _POLICIES),
    Correction("POST", f"{_CA}/namedlocations", "conditionalaccessroot-post-namedlocations", _POLICIES),
    Correction("PATCH", f"{_CA}/namedlocations/{{id}}", "ipnamedlocation-update", _POLICIES),
    Correction("DELETE", f"{_CA}/namedlocations/{{id}}", "namedlocation-delete", _POLICIES),
    # Application.ReadWrite.All is listed: by itself it would let an app give itself any permission.
    Correction("POST", f"{_APP}/approleassignments", "serviceprincipal-post-approleassignments", _ROLES),
    Correction("POST", f"{_APP}/approleassignedto", "serviceprincipal-post-approleassignedto", _ROLES),
    # Only device management is listed.
    Correction(
        "GET", "/organization/{id}", "organization-get", _ORGANIZATION, f"User.Read, {_ORGANIZATION}", adds=True
    ),
    # Committing an upload session by another name is on the page of the session. A delta token may be an argument.
    Correction(
        "PUT",
        "/drives/{id}/items/{id}",
        "driveitem-createuploadsession",
        "Sites.ReadWrite.All",
        "Files.ReadWrite, Files.ReadWrite.All, Sites.ReadWrite.All",
    ),
    Correction(
        "GET",
        "/drives/{id}/items/{id}/delta(…)",
        "driveitem-delta",
        "Files.Read.All, Files.ReadWrite.All, Sites.Read.All, Sites.ReadWrite.All",
        "Files.Read, Files.ReadWrite, Files.Read.All, Files.ReadWrite.All, Sites.Read.All, Sites.ReadWrite.All",
    ),
    # Attachments are listed below folders of folders only.
    Correction("GET", f"{_ATTACHED}/{{id}}", "attachment-get", "Mail.Read"),
    Correction("DELETE", f"{_ATTACHED}/{{id}}", "attachment-delete", "Mail.ReadWrite"),
    # Calendars are listed below calendar groups only.
    Correction("GET", "/users/{id}/calendar", "calendar-get", "Calendars.Read"),
    Correction("GET", "/users/{id}/calendars/{id}", "calendar-get", "Calendars.Read"),
    Correction("PATCH", "/users/{id}/calendars/{id}", "calendar-update", "Calendars.ReadWrite"),
    # It is listed where administrative units are no longer.
    Correction("GET", "/directory/administrativeunits/delta", "administrativeunit-delta", _UNITS),
    # It is missing. Its page has the table elsewhere: what the page of the organization's licenses says.
    Correction("GET", "/directory/subscriptions", "subscribedsku-list", _ORGANIZATION),
    Correction("GET", "/directory/subscriptions/{id}", "subscribedsku-get", _ORGANIZATION),
    # A token is enough: each item of a batch needs its own.
    Correction("POST", "/$batch", "../json-batching", "+"),
)
UNKNOWN = {  # below these paths the table cannot say what is needed
    "/$metadata": "anybody may read it",
    "/subscriptions": "what the subscribed resource needs",
    "/teams/{id}/operations": "Microsoft has a page for the operations of chats only",
    "/policies/conditionalaccesspolicies": "Microsoft's table has the policies below /identity only",
    "/users/{id}/manageddevices": "Microsoft's table has the devices below /deviceManagement only",
    "/drives/{id}/items/{id}/workbook": "Microsoft's pages have workbooks below /me only",
    "/users/{id}/drive/items/{id}/workbook/sessioninforesource": "it has no page",
    "/me/drive/items/{id}/workbook/sessioninforesource": "it has no page",
    **{
        f"/{owner}/extensions": "an open extension needs what its owner needs"
        for owner in (
            "devices/{id}",
            "groups/{id}",
            "groups/{id}/events/{id}",
            "organization/{id}",
            "users/{id}",
            "users/{id}/contacts/{id}",
            "users/{id}/events/{id}",
            "users/{id}/messages/{id}",
            "users/{id}/todo/lists/{id}",
            "users/{id}/todo/lists/{id}/tasks/{id}",
        )
    },
}
# What subscribing takes where that is not what reading takes, by type or path: application, delegated; "" is none.
# Source: https://learn.microsoft.com/graph/api/subscription-post-subscriptions
SUBSCRIBING = {
    "/chats/getallmessages": ("Chat.Read.All", ""),
    "/teams/getallmessages": ("ChannelMessage.Read.All", ""),
    "callRecords.callRecord": ("CallRecords.Read.All", ""),
    "contact": ("Contacts.Read", "Contacts.Read"),
    "conversation": ("", "Group.Read.All"),
    "driveItem": ("Files.ReadWrite.All", "Files.ReadWrite.All"),
    "event": ("Calendars.Read", "Calendars.Read"),
    "group": ("Group.Read.All", "Group.Read.All"),
    "list": ("Sites.ReadWrite.All", "Sites.ReadWrite.All"),
    "message": ("Mail.ReadBasic, Mail.Read", "Mail.ReadBasic, Mail.Read"),
    "presence": ("", "Presence.Read.All"),
    "printer": ("Printer.Read.All, Printer.ReadWrite.All", ""),
    "printJob": ("Printer.Read.All, Printer.ReadWrite.All", ""),
    "printTask": ("PrintTaskDefinition.ReadWrite.All", ""),
    "alert": ("SecurityEvents.ReadWrite.All", "SecurityEvents.ReadWrite.All"),
    "user": ("User.Read.All", "User.Read.All"),
}

# --- properties that take a permission of their own, by their pages below https://learn.microsoft.com/graph/api/

_ATTRIBUTES = ("CustomSecAttributeAssignment.Read.All", "CustomSecAttributeAssignment.ReadWrite.All")
# Beside what the path needs, one of these
PROPERTIES_READ: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "user": {  # resources/user
        "signInActivity": ("AuditLog.Read.All",),
        "employeeLeaveDateTime": ("User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All"),
        "customSecurityAttributes": _ATTRIBUTES,
        "mailboxSettings": ("MailboxSettings.Read", "MailboxSettings.ReadWrite"),  # user-get-mailboxsettings
    },
    "servicePrincipal": {"customSecurityAttributes": _ATTRIBUTES},  # resources/serviceprincipal
    "signIn": {  # signin-list: without one of them it comes empty
        "appliedConditionalAccessPolicies": ("Policy.Read.ConditionalAccess", "Policy.Read.All"),
    },
    "bitlockerRecoveryKey": {"key": ("BitlockerKey.Read.All",)},  # bitlockerrecoverykey-get
    "deviceLocalCredentialInfo": {
        "credentials": ("DeviceLocalCredential.Read.All",)
    },  # devicelocalcredentialinfo-get
}
# Enough where nothing else is written: user-update
PROPERTIES_WRITTEN: Mapping[str, Mapping[str, str]] = {
    "user": {
        "accountEnabled": "User.EnableDisableAccount.All",
        "passwordProfile": "User-PasswordProfile.ReadWrite.All",
        "otherMails": "User-Mail.ReadWrite.All",
        "businessPhones": "User-Phone.ReadWrite.All",
        "mobilePhone": "User-Phone.ReadWrite.All",
        "identities": "User.ManageIdentities.All",
    },
}

# --- advanced queries: https://learn.microsoft.com/graph/aad-advanced-queries

# Labels of the filter table that are no properties, or are translated in its snapshot
FILTER_LABELS = {
    ("device", "extensionAttributes1-15"): "extensionAttributes/extensionAttribute1-15",
    ("user", "\u57ce\u5e02"): "city",
    ("user", "\u90e8\u95e8"): "department",
}
# The types that the page names, and the two that it links to as their general form
ADVANCED_TYPES = frozenset(
    (
        "administrativeUnit appRoleAssignment application device group oAuth2PermissionGrant orgContact "
        "servicePrincipal user directoryObject directoryRole"
    ).split()
)
RELATIONS = frozenset({"transitiveManagers", "transitiveReports"})  # on the page, and not in the metadata
# Exchange keeps these. Source: https://learn.microsoft.com/graph/api/group-list-acceptedsenders
RELATIONS_OF_EXCHANGE = frozenset({"acceptedSenders", "rejectedSenders"})
# What sorts without an advanced query: the page's second table
DEFAULT_ORDER = {"user": frozenset({"displayname", "userprincipalname"}), "group": frozenset({"displayname"})}
# Source: https://learn.microsoft.com/graph/custom-security-attributes-examples
ADVANCED_BEGINNINGS = {"user": ("customsecurityattributes/",), "servicePrincipal": ("customsecurityattributes/",)}

# --- actions that read, by their pages below https://learn.microsoft.com/graph/api/

READING = frozenset(
    (
        "validateProperties "  # directoryobject-validateproperties: 204 if the names are free
        "isMemberOf getUserOwnedObjects checkGrantedPermissionsForApp "  # the table has no row
        "evaluateDynamicMembership "  # group-evaluatedynamicmembership: beta
        "extractSensitivityLabels "  # driveitem-extractsensitivitylabels: the rows of paths by name are wrong
        "getStaffAvailability "  # bookingbusiness-getstaffavailability: the row of its old address is wrong
        "retrieveDeviceAppInstallationStatusReport"  # intune-reporting: a file
    ).split()
)

# --- options that are no OData, by their pages below https://learn.microsoft.com/graph/api/

OWN_OPTIONS = {
    "sites": {"search": "search"},  # site-search: with a $ it is 400, or finds nothing
    "content": {"format": "format"},  # driveitem-get-content-format: with a $ the file comes as it is
}
# Where delta takes token=: driveitem-delta, listitem-delta, site-delta; elsewhere it takes $deltatoken=
DELTA_WITH_TOKEN = frozenset({"drive", "drives", "sites", "lists", "shares"})
