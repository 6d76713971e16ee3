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

__version__ = "0.1.0"

if TYPE_CHECKING:
    from leangraph.address import Address as Address
    from leangraph.batch import Request as Request
    from leangraph.client import GraphClient as GraphClient
    from leangraph.credentials.adapters import token_credential as token_credential
    from leangraph.credentials.direct import on_behalf_of as on_behalf_of
    from leangraph.credentials.direct import workload_identity as workload_identity
    from leangraph.credentials.grant import Grant as Grant
    from leangraph.credentials.oauth2 import oauth2_client_credentials as oauth2_client_credentials
    from leangraph.credentials.oauth2 import oauth2_refresh_token as oauth2_refresh_token
    from leangraph.delta import Delta as Delta
    from leangraph.errors import AuthError as AuthError
    from leangraph.errors import BadRequest as BadRequest
    from leangraph.errors import ConfigurationError as ConfigurationError
    from leangraph.errors import Conflict as Conflict
    from leangraph.errors import Error as Error
    from leangraph.errors import Forbidden as Forbidden
    from leangraph.errors import Gone as Gone
    from leangraph.errors import GraphError as GraphError
    from leangraph.errors import NotFound as NotFound
    from leangraph.errors import OperationFailed as OperationFailed
    from leangraph.errors import PartialFailure as PartialFailure
    from leangraph.errors import PreconditionFailed as PreconditionFailed
    from leangraph.errors import ServiceError as ServiceError
    from leangraph.errors import StillRunning as StillRunning
    from leangraph.errors import Throttled as Throttled
    from leangraph.errors import TransportError as TransportError
    from leangraph.errors import Unauthorized as Unauthorized
    from leangraph.pace import Budget as Budget
    from leangraph.pace import FileBudget as FileBudget
    from leangraph.paging import Pages as Pages
    from leangraph.query import literal as literal
    from leangraph.query import odata as odata
    from leangraph.query import segment as segment
    from leangraph.retry import RetryPolicy as RetryPolicy
    from leangraph.sandbox import Sandbox as Sandbox
    from leangraph.scale import Result as Result
    from leangraph.scale import fan_out as fan_out
    from leangraph.settings import Settings as Settings
    from leangraph.token import TokenHolder as TokenHolder
    from leangraph.transport import Reply as Reply

_HOME = {
    "Address": "address",
    "GraphClient": "client",
    "Grant": "credentials.grant",
    "oauth2_client_credentials": "credentials.oauth2",
    "oauth2_refresh_token": "credentials.oauth2",
    "on_behalf_of": "credentials.direct",
    "token_credential": "credentials.adapters",
    "workload_identity": "credentials.direct",
    "Delta": "delta",
    "Pages": "paging",
    "Budget": "pace",
    "FileBudget": "pace",
    "Request": "batch",
    "literal": "query",
    "odata": "query",
    "segment": "query",
    "RetryPolicy": "retry",
    "Sandbox": "sandbox",
    "Result": "scale",
    "fan_out": "scale",
    "Settings": "settings",
    "TokenHolder": "token",
    "Reply": "transport",
    **dict.fromkeys(
        (
            "AuthError",
            "BadRequest",
            "ConfigurationError",
            "Conflict",
            "Error",
            "Forbidden",
            "Gone",
            "GraphError",
            "NotFound",
            "OperationFailed",
            "PartialFailure",
            "PreconditionFailed",
            "ServiceError",
            "StillRunning",
            "Throttled",
            "TransportError",
            "Unauthorized",
        ),
        "errors",
    ),
}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'leangraph' has no attribute {name!r}")
    value = getattr(import_module(f"leangraph.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


__all__ = sorted(_HOME)  # noqa: PLE0605
