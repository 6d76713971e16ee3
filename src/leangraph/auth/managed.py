"""Managed identity: the Azure machine that this runs on signs in by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leangraph.auth.flow import Flow
from leangraph.auth.grant import Grant
from leangraph.auth.msal import LONGEST, MsalClient, checked_scopes
from leangraph.errors import AuthError, ConfigurationError, TransportError

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession


def managed_identity(identity: str, scopes: Sequence[str], *, capabilities: Sequence[str] = ()) -> Flow:
    """Sign in as the Azure machine this runs on: VM, App Service, Functions, AKS pod, Arc.

    Args:
        identity: ``system``, or the client or resource id of an identity assigned to the machine.
        scopes: one, which ends in ``/.default``. No proxy is used: the metadata service refuses what comes by one.
    """
    [scope] = checked_scopes(scopes)[:1]
    resource = scope.removesuffix("/.default")
    if len(scopes) > 1 or resource == scope:
        raise ConfigurationError(
            "a managed identity takes one scope, which ends in /.default: correct GRAPH_SCOPES"
        )
    http = _session_without_proxy()
    client = MsalClient(_build(identity), "", http, capabilities)

    def acquire(claims: str | None) -> Grant:
        hint = ""
        try:
            with client.app() as app:
                return client.grant(app.acquire_token_for_client(resource=resource, claims_challenge=claims))
        except TransportError as error:
            failure: AuthError | TransportError = error
            hint = "no managed identity answers here: does this run on Azure, with an identity assigned?"
        except AuthError as error:
            failure = error
            if error.status in (404, 410):  # it is being updated: up to 70 s
                error.transient = True
            elif not error.transient:
                hint = "is this identity assigned to the machine (GRAPH_MANAGED_IDENTITY), and GRAPH_CLOUD right?"
        failure.args = (f"{failure.args[0]}\n  {hint}" if hint else failure.args[0],)
        raise failure

    return Flow("managed identity", acquire, (scope,), longest=LONGEST, close=http.close)


def _build(identity: str) -> Any:
    def build(msal: Any, common: dict[str, Any]) -> Any:
        who = msal.SystemAssignedManagedIdentity()
        if identity.startswith("/"):
            who = msal.UserAssignedManagedIdentity(resource_id=identity)
        elif identity.lower() != "system":
            who = msal.UserAssignedManagedIdentity(client_id=identity)
        names = ("http_client", "http_cache", "token_cache", "client_capabilities")
        return msal.ManagedIdentityClient(who, **{name: common[name] for name in names})

    return build


def _session_without_proxy() -> HttpSession:
    import requests

    from leangraph.net.session import HttpSession

    session = requests.Session()
    session.trust_env = False
    return HttpSession(session)
