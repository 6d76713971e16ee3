"""Guests: an invitation makes a user of another company's address.

Source: "Create invitation" in the API reference.
"""

from __future__ import annotations

import re
from uuid import uuid4

from ..core.call import Call, bad_request, reply
from ..core.endpoints import on
from ..core.model import USER, Entity
from ..core.objects import store_new
from ..core.store import Doc
from ..wire.server import Reply

INVITATION = Entity(
    "invitation",
    "invitations",
    required=("inviteRedirectUrl", "invitedUserEmailAddress"),
    read_only=frozenset({"id", "inviteRedeemUrl", "status"}),
)


@on("POST", "/invitations", partly="nobody is written to, and the guest accepts nothing; sponsors are left out")
def invite(call: Call) -> Reply:
    body = call.json()
    own = {name: each for name, each in body.items() if not name.startswith("invitedUserSponsors")}
    asked = INVITATION.checked(own)
    INVITATION.needs(asked)
    address = asked["invitedUserEmailAddress"]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        bad_request("The invited user email address is not valid.", "BadRequest")
    if address.lower().endswith(f"@{call.directory.domain}"):
        # Source: "Add guests": an address of the own company is no guest's; the words are ours.
        bad_request("The address belongs to a verified domain of this directory.", "BadRequest")
    user = _guest(call, address) or _new(call, asked, address)
    id_ = str(uuid4())
    shown: Doc = {
        "id": id_,
        "inviteRedeemUrl": f"https://login.microsoftonline.com/redeem?rd={id_}",
        "status": "PendingAcceptance",
        "invitedUserType": "Guest",
        "sendInvitationMessage": False,
        "resetRedemption": False,
        "invitedUserMessageInfo": {"messageLanguage": None, "ccRecipients": [], "customizedMessageBody": None},
        **asked,
        "invitedUser": {"id": user["id"]},
    }
    return reply({"@odata.context": f"{call.root}/$metadata#invitations/$entity", **shown}, 201)


def _upn(call: Call, address: str) -> str:
    return f"{address.replace('@', '_')}#EXT#@{call.directory.domain}"


def _guest(call: Call, address: str) -> Doc | None:
    return call.store.get(USER.kind, _upn(call, address))


def _new(call: Call, asked: Doc, address: str) -> Doc:
    name = asked.get("invitedUserDisplayName") or address.partition("@")[0]
    made = {
        "accountEnabled": True,
        "creationType": "Invitation",
        "displayName": name,
        "externalUserState": "PendingAcceptance",
        "externalUserStateChangeDateTime": call.directory.now(),
        "mail": address,
        "mailNickname": f"{address.replace('@', '_')}#EXT#",
        "userPrincipalName": _upn(call, address),
        "userType": asked.get("invitedUserType") or "Guest",
    }
    return store_new(call, USER, made, {})
