"""As much of Azure Resource Manager as azure-cli asks on its way to Graph: there are no subscriptions.

Source: https://learn.microsoft.com/rest/api/resources/subscriptions/list and …/tenants/list.
"""

from __future__ import annotations

import json

from ..wire.faults import Refusal
from ..wire.server import Reply, Request
from .aadsts import json_reply
from .ledger import Ledger


def answer(ledger: Ledger, request: Request, segments: list[str]) -> Reply:
    """Answer who a token's tenant is, and that it has no subscriptions."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    issued = ledger.find(token.strip()) if scheme.lower() == "bearer" else None
    if issued is None or "management" not in issued.audience:
        error = {"code": "AuthenticationFailed", "message": "Authentication failed."}
        return Reply(401, json.dumps({"error": error}).encode(), {"Content-Type": "application/json"})
    match [part.lower() for part in segments]:
        case ["subscriptions"] if request.method == "GET":
            return json_reply({"value": [], "count": {"type": "Total", "value": 0}})
        case ["tenants"] if request.method == "GET":
            tenant = {"id": f"/tenants/{issued.tenant}", "tenantId": issued.tenant}
            return json_reply({"value": [tenant]})
    raise Refusal(
        501, "NotImplemented", "The sandbox acts out Microsoft Graph; of Azure there are no subscriptions."
    )
