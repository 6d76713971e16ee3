"""A thin Microsoft Graph client wrapped around MSAL.

    from leangraph import GraphClient

    graph = GraphClient.from_env()
    for user in graph.users.list(select=["displayName", "mail"]):
        print(user["displayName"])

Names are loaded on first use, so that ``import leangraph`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from leangraph._version import __version__ as __version__

if TYPE_CHECKING:
    from leangraph.address import Address as Address
    from leangraph.auth.azure import token_credential as token_credential
    from leangraph.auth.choose import on_behalf_of as on_behalf_of
    from leangraph.auth.choose import workload_identity as workload_identity
    from leangraph.auth.grant import Acquire as Acquire
    from leangraph.auth.grant import Grant as Grant
    from leangraph.auth.grant import Keep as Keep
    from leangraph.auth.holder import TokenHolder as TokenHolder
    from leangraph.auth.oauth2 import oauth2_client_credentials as oauth2_client_credentials
    from leangraph.auth.oauth2 import oauth2_refresh_token as oauth2_refresh_token
    from leangraph.auth.store import RefreshTokenFile as RefreshTokenFile
    from leangraph.auth.store import Store as Store
    from leangraph.client import GraphClient as GraphClient
    from leangraph.errors import AuthError as AuthError
    from leangraph.errors import BadRequest as BadRequest
    from leangraph.errors import ConfigurationError as ConfigurationError
    from leangraph.errors import Conflict as Conflict
    from leangraph.errors import Error as Error
    from leangraph.errors import Forbidden as Forbidden
    from leangraph.errors import Gone as Gone
    from leangraph.errors import GraphError as GraphError
    from leangraph.errors import MissingPermission as MissingPermission
    from leangraph.errors import NotFound as NotFound
    from leangraph.errors import NotOne as NotOne
    from leangraph.errors import OperationFailed as OperationFailed
    from leangraph.errors import PartialFailure as PartialFailure
    from leangraph.errors import PreconditionFailed as PreconditionFailed
    from leangraph.errors import ServiceError as ServiceError
    from leangraph.errors import StillRunning as StillRunning
    from leangraph.errors import Throttled as Throttled
    from leangraph.errors import TransportError as TransportError
    from leangraph.errors import Unauthorized as Unauthorized
    from leangraph.http.options import Options as Options
    from leangraph.http.options import literal as literal
    from leangraph.http.options import odata as odata
    from leangraph.http.options import segment as segment
    from leangraph.http.pace import Budget as Budget
    from leangraph.http.pace import CallBudget as CallBudget
    from leangraph.http.pace import FileBudget as FileBudget
    from leangraph.http.reply import Reply as Reply
    from leangraph.http.retry import RetryPolicy as RetryPolicy
    from leangraph.http.target import Request as Request
    from leangraph.net.session import HttpSession as HttpSession
    from leangraph.protocols.delta import Delta as Delta
    from leangraph.protocols.paging import Pages as Pages
    from leangraph.protocols.references import Added as Added
    from leangraph.protocols.references import Removed as Removed
    from leangraph.sandbox.tenant import Sandbox as Sandbox
    from leangraph.scale import Result as Result
    from leangraph.scale import fan_out as fan_out
    from leangraph.settings.model import Settings as Settings

_NAMES = {  # by module
    "address": "Address",
    "auth.azure": "token_credential",
    "auth.choose": "on_behalf_of workload_identity",
    "auth.grant": "Acquire Grant Keep",
    "auth.holder": "TokenHolder",
    "auth.oauth2": "oauth2_client_credentials oauth2_refresh_token",
    "auth.store": "RefreshTokenFile Store",
    "client": "GraphClient",
    "errors": "AuthError BadRequest ConfigurationError Conflict Error Forbidden Gone GraphError "
    "MissingPermission NotFound NotOne OperationFailed PartialFailure PreconditionFailed "
    "ServiceError StillRunning Throttled TransportError Unauthorized",
    "http.options": "Options literal odata segment",
    "http.pace": "Budget CallBudget FileBudget",
    "http.reply": "Reply",
    "http.retry": "RetryPolicy",
    "http.target": "Request",
    "net.session": "HttpSession",
    "protocols.delta": "Delta",
    "protocols.paging": "Pages",
    "protocols.references": "Added Removed",
    "sandbox.tenant": "Sandbox",
    "scale": "Result fan_out",
    "settings.model": "Settings",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'leangraph' has no attribute {name!r}")
    value = getattr(import_module(f"leangraph.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


__all__ = [
    "Acquire",
    "Added",
    "Address",
    "AuthError",
    "BadRequest",
    "Budget",
    "CallBudget",
    "ConfigurationError",
    "Conflict",
    "Delta",
    "Error",
    "FileBudget",
    "Forbidden",
    "Gone",
    "Grant",
    "GraphClient",
    "GraphError",
    "HttpSession",
    "Keep",
    "MissingPermission",
    "NotFound",
    "NotOne",
    "OperationFailed",
    "Options",
    "Pages",
    "PartialFailure",
    "PreconditionFailed",
    "RefreshTokenFile",
    "Removed",
    "Reply",
    "Request",
    "Result",
    "RetryPolicy",
    "Sandbox",
    "ServiceError",
    "Settings",
    "StillRunning",
    "Store",
    "Throttled",
    "TokenHolder",
    "TransportError",
    "Unauthorized",
    "fan_out",
    "literal",
    "oauth2_client_credentials",
    "oauth2_refresh_token",
    "odata",
    "on_behalf_of",
    "segment",
    "token_credential",
    "workload_identity",
]
