"""The permissions of Microsoft Graph as its service principal shows them: app roles and delegated scopes.

Names are those of Microsoft's permission table. Ids are Microsoft's for the permissions that scripts about
identities, groups, mail, files and reports ask for; the others have ids of the sandbox's own.
Source of ids: https://learn.microsoft.com/graph/permissions-reference
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from leangraph import knowledge as data

from ..seed.people import guid

# Name, the id as an app role, the id as a delegated scope; "-" where there is none.
_IDS = """
AdministrativeUnit.Read.All 134fd756-38ce-4afd-ba33-e9623dbe66c2 3361d15d-be43-4de6-b441-3c746d05163d
AdministrativeUnit.ReadWrite.All 5eb59dd3-1da2-4329-8733-9dabdc435916 7b8a2d34-6b3f-4542-a343-54651608ad81
AppRoleAssignment.ReadWrite.All 06b708a9-e830-4db3-a914-8e69da51d44f 84bccea3-f856-4a8a-967b-dbe0a3d53a64
Application.Read.All 9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30 c79f8feb-a9db-4090-85f9-90d820caa0eb
Application.ReadWrite.All 1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9 bdfbf15f-ee85-4955-8675-146e8e5296b5
Application.ReadWrite.OwnedBy 18a4783c-866b-4cc7-a460-3d5e5662c884 -
AuditLog.Read.All b0afded3-3588-46d8-8b3d-9842eff778da e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20
Calendars.Read 798ee544-9d2d-430c-a058-570e29e34338 465a38f9-76ea-45b9-9f34-9e8b0d4b0b42
Calendars.ReadWrite ef54d2bf-783f-4e0f-bca1-3210c0444d99 1ec239c2-d7c9-4623-a91a-a9775856bb36
Channel.ReadBasic.All 59a6b24b-4225-4393-8165-ebaec5f55d7a 9d8982ae-4365-4f57-95e9-d6032a4c0b87
ChannelMessage.Read.All 7b2449af-6ccd-4f4d-9f78-e550c193f0d1 767156cb-16ae-4d10-8f8b-41b657c8c8c8
Chat.Read.All 6b7d71aa-70aa-4810-a8d9-5d9fb2830017 -
Contacts.Read 089fe4d0-434a-44c5-8827-41ba8a0b17f5 ff74d97f-43af-4b68-9f2a-b77ee6968c5d
Contacts.ReadWrite 6918b873-d17a-4dc1-b314-35f528134491 d56682ec-c09e-4743-aaf4-1a3aac4caa21
DelegatedPermissionGrant.ReadWrite.All 8e8e4742-1d95-4f68-9d56-6ee75648c72a 41ce6ca6-6826-4807-84f1-1c82854f7ee5
Device.Read.All 7438b122-aefc-4978-80ed-43db9fcc7715 951183d1-1a61-466f-a6d1-1fde911bfd95
Device.ReadWrite.All 1138cb37-bd11-4084-a2b7-9f71582aeddb -
Directory.AccessAsUser.All - 0e263e50-5827-48a4-b97c-d940288653c7
Directory.Read.All 7ab1d382-f21e-4acd-a863-ba3e13f7da61 06da0dbc-49e2-44d2-8312-53f166ab848a
Directory.ReadWrite.All 19dbc75e-c2e2-444c-a770-ec69d8559fc7 c5366453-9fb0-48a5-a156-24f0c49a4b84
Domain.Read.All dbb9058a-0e50-45d7-ae91-66909b5d4664 2f9ee017-59c1-4f1d-9472-bd5529a7b311
Domain.ReadWrite.All 7e05723c-0bb0-42da-be95-ae9f08a6e53c 0b5d694c-a244-4bde-86e6-eb5cd07730fe
Files.Read - 10465720-29dd-4523-a11a-6a75c743c9d9
Files.Read.All 01d4889c-1287-42c6-ac1f-5d1e02578ef6 df85f4d6-205c-4ac5-a5ea-6bf408dba283
Files.ReadWrite - 5c28f0bf-8a70-41f1-8ab2-9032436ddb65
Files.ReadWrite.All 75359482-378d-4052-8f01-80520e7db3cd 863451e7-0667-486c-a5d6-d135439485f0
Group.Create bf7b1a76-6e77-406b-b258-bf5c7720e98f -
Group.Read.All 5b567255-7703-4780-807c-7be8301ae99b 5f8c59db-677d-491f-a6b8-5f174b11ec1d
Group.ReadWrite.All 62a82d76-70ea-41e2-9197-370581804d09 4e46008b-f24c-477d-8fff-7bb4ec7aafe0
GroupMember.Read.All 98830695-27a2-44f7-8c18-0c3ebc9698f6 bc024368-1153-4739-b217-4326f2e966d0
GroupMember.ReadWrite.All dbaae8cf-10b5-4b86-a4a1-f871c94c6695 f81125ac-d3b7-4573-a3b2-7099cc39df9e
LicenseAssignment.ReadWrite.All 5facf0c1-8979-4e95-abcf-ff3d079771c0 f55016cc-149c-447e-8f21-7cf3ec1d6350
Mail.Read 810c84a8-4a9e-49e6-bf7d-12d183f40d01 570282fd-fa5c-430d-a7fd-fc8dc98a9dca
Mail.ReadWrite e2a3a72e-5f79-4c64-b1b1-878b674786c9 024d486e-b451-40bb-833d-3e66d98c5c73
Mail.Send b633e1c5-b582-4048-a93e-9f11b44c7e96 e383f46e-2787-4529-855e-0e479a3ffac0
MailboxSettings.Read 40f97065-369a-49f4-947c-6a255697ae91 87f447af-9fa4-4c32-9dfa-4a57a73d18ce
MailboxSettings.ReadWrite 6931bccd-447a-43d1-b442-00a195474933 818c620a-27a9-40bd-a6a5-d96f7d610b4b
OnlineMeetings.Read.All c1684f21-1984-47fa-9d61-2dc8c296bb70 -
OrgContact.Read.All e1a88a34-94c4-4418-be12-c87b00e26bea 08432d1b-5911-483c-86df-7980af5cdee0
Organization.Read.All 498476ce-e0fe-48b0-b801-37ba7e2685c6 4908d5b9-3fb2-4b1e-9336-1888b7937185
Organization.ReadWrite.All 292d869f-3427-49a8-9dab-8c70152b74e9 46ca0847-7e6b-426e-9775-ea810a948356
Policy.Read.All 246dd0d5-5bd0-4def-940b-0421030a5b68 572fea84-0151-49b2-9301-11cb16974376
Policy.ReadWrite.ConditionalAccess 01c0a623-fc9b-48e9-b794-0756f8e8f067 ad902697-1014-4ef5-81ef-2b4301988e8c
Reports.Read.All 230c1aed-a721-4c5d-9cb4-a90514e508ef 02e97553-ed7b-43d0-ab3c-f8bace0d040c
RoleManagement.Read.Directory 483bed4a-2ad3-4361-a73b-c83ccdbdc53c 741c54c3-0c1e-44a1-818b-3f97ab4e8c83
RoleManagement.ReadWrite.Directory 9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8 d01b97e9-cbc0-49fe-810a-750afd5527a3
Sites.FullControl.All a82116e5-55eb-4c41-a434-62fe8a61c773 5a54b8b3-347c-476d-8f8e-42d5c7424d29
Sites.Read.All 332a536c-c7ef-4017-ab91-336970924f0d 205e70e5-aba6-4c52-a976-6d2d46c48043
Sites.ReadWrite.All 9492366f-7969-46a4-8d15-ed1a20078fff 89fe6a52-be36-487e-b7d8-d061c450a026
Sites.Selected 883ea226-0bf2-4a8f-9f9d-92c9162a727d -
Team.Create 23fc2474-f741-46ce-8465-674744c5c361 7825d5d6-6049-4ce7-bdf6-3b8d53f4bcd0
Team.ReadBasic.All 2280dda6-0bfd-44ee-a2f4-cb867cfc4c1e 485be79e-c497-4b35-9400-0e3fa7f2a5d4
TeamMember.Read.All 660b7406-55f1-41ca-a0ed-0b035e182f3e 2497278c-d82d-46a2-b1ce-39d4cdde5570
TeamMember.ReadWrite.All 0121dc95-1b9f-4aed-8bac-58c5ac466691 4a06efd2-f825-4e34-813e-82a57b03d1ee
User.Invite.All 09850681-111b-4a89-9bed-3f2cae46d706 63dd7cd9-b489-4adf-a28c-ac38b9a0f962
User.Read - e1fe6dd8-ba31-4d61-89e7-88639da4683d
User.Read.All df021288-bdef-4463-88db-98f22de89214 a154be20-db9c-4678-8ab7-66f6cc099a59
User.ReadBasic.All - b340eb25-3456-403f-be2f-af7a0d370277
User.ReadWrite - b4e74841-8e56-480b-be8b-910348b18b4c
User.ReadWrite.All 741f803b-c850-494e-b5df-cde7c675a1ca 204e0828-b5ca-4ad8-b9f3-f32a958e7cc4
UserAuthenticationMethod.Read.All 38d9df27-64da-44fd-b7c5-a6fbac20248f aec28ec7-4d02-4e8c-b864-50163aea77eb
UserAuthenticationMethod.ReadWrite.All 50483e42-d915-4231-9639-7fdb7fd190e5 b7887744-6746-4312-813d-72daeaee7e2d
email - 64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0
offline_access - 7427e0e9-2fba-42fe-b0c0-848c9e6a8182
openid - 37f7f235-527c-4136-accd-4a02d197296e
profile - 14dad69e-099b-42c9-810b-d002981feec1
"""


class Ids(NamedTuple):
    """The ids of a permission: as an app role, and as a delegated scope."""

    role: str
    scope: str


@cache
def ids(name: str) -> Ids:
    """Return the ids under which Graph's service principal lists a permission."""
    role, scope = _known().get(name, ("-", "-"))
    return Ids(
        role if role != "-" else guid("graph", "role", name),
        scope if scope != "-" else guid("graph", "scope", name),
    )


@cache
def _known() -> dict[str, tuple[str, str]]:
    lines = (line.split() for line in _IDS.strip().splitlines())
    return {name: (role, scope) for name, role, scope in lines}


@cache
def names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the permissions that there are for apps, and those for users."""
    table = data.permission_table()
    found: tuple[set[str], set[str]] = (set(), set())
    for name, (role, scope) in _known().items():
        for of, id_ in zip(found, (role, scope), strict=True):
            if id_ != "-":
                of.add(name)
    for methods in table["paths"].values():
        for needs in methods.values():
            for of, choice in zip(found, (needs["application"], needs["delegated"]), strict=True):
                for option in (*choice["least"], *choice["others"]):
                    of.update(option)
    of_one_team_or_chat = set(table["rsc"])
    roles, scopes = (tuple(sorted(each - of_one_team_or_chat)) for each in found)
    return roles, scopes


@cache
def app_roles() -> list[dict[str, Any]]:
    """Return ``appRoles`` of Graph's service principal."""
    return [
        {
            "allowedMemberTypes": ["Application"],
            "description": name,
            "displayName": name,
            "id": ids(name).role,
            "isEnabled": True,
            "origin": "Application",
            "value": name,
        }
        for name in names()[0]
    ]


@cache
def scopes() -> list[dict[str, Any]]:
    """Return ``oauth2PermissionScopes`` of Graph's service principal."""
    return [
        {
            "adminConsentDescription": name,
            "adminConsentDisplayName": name,
            "id": ids(name).scope,
            "isEnabled": True,
            "type": "Admin" if name.endswith(".All") else "User",
            "userConsentDescription": None,
            "userConsentDisplayName": None,
            "value": name,
        }
        for name in names()[1]
    ]
