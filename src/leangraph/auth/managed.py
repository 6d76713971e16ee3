"""Managed identity: the Azure machine that this runs on signs in by itself."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leangraph.auth.flow import Flow
from leangraph.auth.grant import Grant, seconds
from leangraph.auth.msal import LONGEST, MsalClient, checked_scopes
from leangraph.auth.wire import Answer, Wire
from leangraph.errors import AuthError, ConfigurationError, TransportError
from leangraph.net.headers import retry_after
from leangraph.net.redact import quote

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
    client = MsalClient(_build(identity), "", http, capabilities, MachineWire)

    def acquire(claims: str | None) -> Grant:
        _refuse_cloud_shell()
        try:
            with client.app() as app:
                result = app.acquire_token_for_client(resource=resource, claims_challenge=claims)
            if not result.get("access_token"):
                raise _refusal(result)
            return client.grant(result)
        except TransportError as error:
            failure: AuthError | TransportError = error
            hint = "no managed identity answers here: does this run on Azure, with an identity assigned?"
        except AuthError as error:
            failure = error
            hint = "" if error.transient else _ASSIGNED
        failure.args = (f"{failure.args[0]}\n  {hint}" if hint else failure.args[0],)
        raise failure

    return Flow("managed identity", acquire, (scope,), longest=LONGEST, close=http.close, explain=_explain)


_ASSIGNED = "is this identity assigned to the machine (GRAPH_MANAGED_IDENTITY), and GRAPH_CLOUD right?"


def _refusal(result: dict[str, Any]) -> AuthError:
    """Make the exception for what MSAL makes of an answer that ``MachineWire`` has not seen, or let pass."""
    text = str(result.get("error_description") or result.get("error") or "")
    said = quote(words_of(text, Answer(0, text, {}).json())) or "no explanation came with it"
    return AuthError(f"the managed identity endpoint gave no token: {said}", code=str(result.get("error", "")))


def _explain(error: Exception) -> str:
    """Return what MSAL, or the system, says of this machine, and what to do."""
    hint = _ASSIGNED
    if isinstance(error, PermissionError):
        hint = "Azure Arc shows its key to the members of a group only: add this user to himds"
    return f": {quote(error)}\n  {hint}"


def _build(identity: str) -> Any:
    def build(msal: Any, common: dict[str, Any]) -> Any:
        who = msal.SystemAssignedManagedIdentity()
        if identity.startswith("/"):
            who = msal.UserAssignedManagedIdentity(resource_id=identity)
        elif identity.lower() != "system":
            who = msal.UserAssignedManagedIdentity(client_id=identity)
        names = ("http_client", "http_cache", "token_cache", "client_capabilities")
        arguments = {name: common[name] for name in names}
        if os.environ.get("IDENTITY_SERVER_THUMBPRINT"):  # Service Fabric: MSAL takes nothing else
            arguments["http_client"] = _bare_session()
        return msal.ManagedIdentityClient(who, **arguments)

    return build


def _session_without_proxy() -> HttpSession:
    from leangraph.net.session import HttpSession

    return HttpSession(_bare_session())


def _bare_session() -> Any:
    import requests

    session = requests.Session()
    session.trust_env = False
    return session


def _refuse_cloud_shell() -> None:
    if os.environ.get("AZUREPS_HOST_ENVIRONMENT", "").startswith("cloud-shell"):
        raise ConfigurationError(
            "Azure Cloud Shell has no managed identity of its own: use GRAPH_SIGN_IN=azure-cli, the user that is "
            "signed in there"
        )


class MachineWire(Wire):
    """The endpoint of the machine, which each platform answers in its own shape: JSON, HTML, text, nothing."""

    def judge(self, answer: Answer) -> None:
        """Raise the platform's own words; else put the answer into the shape that MSAL reads."""
        body, status = answer.json(), answer.status_code
        if status == 401 and answer.headers.get("WWW-Authenticate"):
            return  # Arc: MSAL answers the challenge
        if status == 200 and body.get("access_token"):
            self.last.refresh_in = seconds(body.get("refresh_in"))
            moment = moment_of(body.get("expires_on"))
            if moment is not None:
                answer.text = json.dumps({**body, "expires_on": str(round(moment))})
            elif seconds(body.get("expires_in")) is not None:
                until = time.time() + (seconds(body["expires_in"]) or 0.0)
                answer.text = json.dumps({**body, "expires_on": str(round(until))})
            return
        said = quote(words_of(answer.text, body)) or "no explanation came with it"
        raise AuthError(
            f"the managed identity endpoint answered {status}: {said}",
            code=str(body.get("error")) if isinstance(body.get("error"), str) else "",
            status=status,
            retry_after=retry_after(answer.headers, datetime.now(UTC)),
            transient=status in (404, 410, 429) or status >= 500,  # while it is updated: up to 70 s
        )


# Of App Service, Functions on Linux and Azure ML. Source: https://github.com/Azure/azure-cli/issues/19480
_DATES = ("%m/%d/%Y %H:%M:%S %z", "%m/%d/%Y %I:%M:%S %p %z", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p")


def moment_of(value: Any) -> float | None:
    """Return ``expires_on``, a number, a text or a date, in seconds since 1970; a date without zone is UTC."""
    number = seconds(value)
    if number is not None:
        return number
    text = str(value).strip()
    for form in _DATES:
        try:
            moment = datetime.strptime(text, form)
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def words_of(text: str, body: dict[str, Any]) -> str:
    """Return the sentence that a service meant for its reader, whatever it is wrapped in."""
    inner = body.get("error")
    for part in (body, inner if isinstance(inner, dict) else {}):
        for name in ("error_description", "message", "Message", "ExceptionMessage", "error", "code"):
            if isinstance(part.get(name), str) and part[name].strip():
                return str(part[name])
    if text.lstrip().startswith("<"):
        text = re.sub(r"(?is)<(style|script)\b.*?</\1>|<head\b.*?(?=<title)|<[^<>]*>", " ", text)
    return " ".join(text.split())
