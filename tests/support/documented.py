"""Permissions that Microsoft documents, taken by hand from its pages, not from the table that ships with us."""

from __future__ import annotations

# Method and path; what passes (each by itself, + together); what does not.
APP_ONLY = """
GET    /users
    User.Read.All, User.ReadWrite.All, Directory.Read.All, Directory.ReadWrite.All
    Group.Read.All
GET    /users/$count
    User.Read.All, Directory.Read.All
    Mail.Read
GET    /users/delta
    User.Read.All, User.ReadWrite.All, Directory.Read.All
    Group.Read.All
POST   /users
    User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All
GET    /users/{id}
    User.Read.All, Directory.Read.All
    Mail.Send
PATCH  /users/{id}
    User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All, Directory.Read.All
DELETE /users/{id}
    User.ReadWrite.All
    Directory.ReadWrite.All, User.Read.All
GET    /users/{id}/manager
    User.Read.All, Directory.Read.All, User.ReadWrite.All
    GroupMember.Read.All
PUT    /users/{id}/manager/$ref
    User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All
DELETE /users/{id}/manager/$ref
    User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All
GET    /users/{id}/memberOf
    Directory.Read.All, Directory.ReadWrite.All
    Mail.Read
GET    /users/{id}/memberOf/microsoft.graph.group/$count
    Directory.Read.All
    Mail.Read
POST   /users/{id}/assignLicense
    LicenseAssignment.ReadWrite.All, User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All, Organization.Read.All
POST   /users/{id}/revokeSignInSessions
    Directory.ReadWrite.All
    Directory.Read.All
POST   /users/{id}/checkMemberGroups
    Directory.Read.All
    Mail.Send
POST   /users/{id}/sendMail
    Mail.Send
    Mail.ReadWrite
GET    /users/{id}/messages
    Mail.ReadBasic.All, Mail.Read, Mail.ReadWrite
    Mail.Send
POST   /users/{id}/events
    Calendars.ReadWrite
    Calendars.Read
GET    /groups
    GroupMember.Read.All, Group.Read.All, Group.ReadWrite.All, Directory.Read.All
    User.Read.All
GET    /groups/delta
    GroupMember.Read.All, Group.Read.All, Directory.Read.All
    User.Read.All
POST   /groups
    Group.Create, Group.ReadWrite.All, Directory.ReadWrite.All
    Group.Read.All
PATCH  /groups/{id}
    Group.ReadWrite.All, Directory.ReadWrite.All
    GroupMember.ReadWrite.All, Group.Read.All
DELETE /groups/{id}
    Group.ReadWrite.All
    Directory.ReadWrite.All
GET    /groups/{id}/members
    GroupMember.Read.All, Group.Read.All, Directory.Read.All, GroupMember.ReadWrite.All
    User.Read.All
GET    /groups/{id}/members/microsoft.graph.user
    GroupMember.Read.All
    User.Read.All
POST   /groups/{id}/members/$ref
    GroupMember.ReadWrite.All, Group.ReadWrite.All
    GroupMember.Read.All, User.ReadWrite.All
DELETE /groups/{id}/members/{id}/$ref
    GroupMember.ReadWrite.All, Group.ReadWrite.All, Directory.ReadWrite.All
    GroupMember.Read.All, User.ReadWrite.All
DELETE /groups/{id}/members/{id}
    User.ReadWrite.All
    GroupMember.ReadWrite.All
DELETE /directoryObjects/{id}
    User.ReadWrite.All, Group.ReadWrite.All, Application.ReadWrite.All
    Directory.Read.All
POST   /groups/{id}/owners/$ref
    Group.ReadWrite.All, Directory.ReadWrite.All
    GroupMember.ReadWrite.All
DELETE /groups/{id}/owners/{id}/$ref
    Group.ReadWrite.All, Directory.ReadWrite.All
    Group.Read.All
GET    /auditLogs/signIns
    AuditLog.Read.All + Directory.Read.All
    Directory.Read.All
GET    /auditLogs/directoryAudits
    AuditLog.Read.All + Directory.Read.All, AuditLog.Read.All + Directory.ReadWrite.All
    Directory.Read.All, AuditLog.Read.All
GET    /subscribedSkus
    Organization.Read.All, Directory.Read.All, Organization.ReadWrite.All
    User.ReadWrite.All
GET    /organization
    Organization.Read.All, Directory.Read.All
    Group.Read.All
GET    /organization/{id}
    Organization.Read.All, Directory.Read.All
    Group.Read.All
GET    /domains
    Domain.Read.All, Directory.Read.All
    User.Read.All
GET    /devices
    Device.Read.All, Device.ReadWrite.All, Directory.Read.All
    User.Read.All
DELETE /devices/{id}
    Device.ReadWrite.All
    Device.Read.All
GET    /applications
    Application.Read.All, Application.ReadWrite.OwnedBy, Directory.Read.All
    User.Read.All
GET    /applications(appId='00000000-0000-0000-0000-000000000001')
    Application.Read.All, Directory.Read.All
    User.Read.All
POST   /applications/{id}/addPassword
    Application.ReadWrite.OwnedBy, Application.ReadWrite.All
    Application.Read.All
POST   /servicePrincipals/{id}/appRoleAssignments
    AppRoleAssignment.ReadWrite.All + Application.Read.All, AppRoleAssignment.ReadWrite.All + Directory.Read.All
    AppRoleAssignment.ReadWrite.All, Application.Read.All, Application.ReadWrite.All
GET    /directoryRoles
    RoleManagement.Read.Directory, RoleManagement.ReadWrite.Directory, Directory.Read.All
    User.Read.All
GET    /directory/administrativeUnits
    AdministrativeUnit.Read.All, Directory.Read.All
    User.Read.All
GET    /directory/deletedItems/microsoft.graph.user
    User.Read.All
    Group.Read.All
GET    /directory/deletedItems/microsoft.graph.group
    Group.Read.All
    User.Read.All
POST   /directory/deletedItems/{id}/restore
    User.ReadWrite.All, Group.ReadWrite.All, Application.ReadWrite.OwnedBy, AdministrativeUnit.ReadWrite.All
    User.Read.All
DELETE /directory/deletedItems/{id}
    Application.ReadWrite.OwnedBy, Application.ReadWrite.All
    User.ReadWrite.All, Group.ReadWrite.All
POST   /directoryObjects/getByIds
    Directory.Read.All
    User.Read.All
GET    /reports/getOffice365ActiveUserDetail(period='D7')
    Reports.Read.All
    AuditLog.Read.All
GET    /reports/getOffice365ActiveUserDetail(date=2024-01-31)
    Reports.Read.All
    AuditLog.Read.All
GET    /reports/authenticationMethods/userRegistrationDetails
    AuditLog.Read.All
    Reports.Read.All
POST   /invitations
    User.Invite.All, User.ReadWrite.All, Directory.ReadWrite.All
    User.Read.All
GET    /identity/conditionalAccess/policies
    Policy.Read.All
    Directory.Read.All
POST   /identity/conditionalAccess/policies
    Policy.Read.All + Policy.ReadWrite.ConditionalAccess + Application.Read.All
    Policy.Read.All, Policy.ReadWrite.ConditionalAccess, Policy.Read.All + Policy.ReadWrite.ConditionalAccess
DELETE /identity/conditionalAccess/namedLocations/{id}
    Policy.Read.All + Policy.ReadWrite.ConditionalAccess
    Policy.Read.All, Policy.ReadWrite.ConditionalAccess
GET    /drives/{id}/items/{id}
    Files.Read.All, Files.ReadWrite.All, Sites.Read.All, Sites.ReadWrite.All
    User.Read.All
GET    /users/{id}/drive/root:/{path}
    Files.Read.All, Sites.Read.All
    Mail.Read
GET    /users/{id}/drive/root:/{path}:/content
    Files.Read.All, Files.ReadWrite.All
    Mail.Read
PUT    /drives/{id}/root:/{path}:/content
    Files.ReadWrite.All, Sites.ReadWrite.All
    Files.Read.All
POST   /drives/{id}/items/{id}:/{path}:/createUploadSession
    Sites.ReadWrite.All
    Files.Read.All
GET    /drives/{id}/root/children
    Files.Read.All, Sites.Read.All
    User.Read.All
POST   /devices
    -
    Device.ReadWrite.All, Directory.ReadWrite.All
POST   /$batch
    User.Read.All, Mail.Send
    -
"""
FOR_A_USER = """
GET    /me
    User.Read, User.ReadWrite, User.Read.All, Directory.Read.All
    Mail.Read
GET    /users
    User.ReadBasic.All, User.Read.All
    User.Read
GET    /me/memberOf
    User.Read, Directory.Read.All
    Mail.Read
GET    /me/manager
    User.Read.All, Directory.Read.All
    User.Read
POST   /me/sendMail
    Mail.Send
    Mail.ReadWrite
GET    /me/messages
    Mail.ReadBasic, Mail.Read, Mail.ReadWrite
    Mail.Send
GET    /me/drive/root:/{path}
    Files.Read, Files.ReadWrite, Files.Read.All
    User.Read
PUT    /me/drive/root:/{path}:/content
    Files.ReadWrite, Files.ReadWrite.All
    Files.Read
POST   /me/drive/items/{id}/createUploadSession
    Files.ReadWrite, Files.ReadWrite.All, Sites.ReadWrite.All
    Files.Read
GET    /organization/{id}
    User.Read, Organization.Read.All
    Mail.Read
POST   /groups
    Group.ReadWrite.All, Directory.ReadWrite.All
    Group.Read.All
DELETE /devices/{id}
    Directory.AccessAsUser.All
    Device.Read.All
DELETE /directory/deletedItems/{id}
    User.ReadWrite.All, Group.ReadWrite.All, Application.ReadWrite.All
    User.Read.All
POST   /users
    User.ReadWrite.All, Directory.ReadWrite.All
    User.ReadWrite
"""


def cases(text: str) -> list[tuple[str, str, list[str], list[str]]]:
    lines = text.strip("\n").split("\n")
    rows = []
    for head, passing, failing in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        method, path = head.split()
        choices = [[choice.replace("+", " ").strip() for choice in line.split(",")] for line in (passing, failing)]
        rows.append((method, path, *([one for one in choice if one != "-"] for choice in choices)))
    return rows
