"""Which flow the settings mean, with what is kept and shared; and the sign-ins that need more than settings."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leangraph.auth import proofs, users
from leangraph.auth.azcli import azure_cli
from leangraph.auth.flow import Flow
from leangraph.auth.grant import Acquire, Keep, Secret
from leangraph.auth.managed import managed_identity
from leangraph.auth.msal import app_only
from leangraph.auth.proofs import Proof
from leangraph.auth.store import FileStore, RefreshTokenFile, Sealed, share_between_processes
from leangraph.clouds import CLOUDS
from leangraph.errors import ConfigurationError
from leangraph.net.redact import quote
from leangraph.net.session import HttpSession
from leangraph.settings import profiles
from leangraph.system import files
from leangraph.system.log import log

if TYPE_CHECKING:
    from leangraph.settings.model import Settings


def flow_for(
    settings: Settings,
    http: HttpSession,
    *,
    keep: Keep | None = None,
    show: Callable[[str], object] | None = None,
) -> Flow:
    """Return the flow that the settings configure.

    Args:
        keep: where the sign-in of a user survives the process.
        show: gets the sentence that leads a user to the sign-in page; standard error by default.
    """
    app = (settings.authority, settings.client_id)
    scopes = settings.token_scopes
    asked: dict[str, Any] = {"capabilities": settings.client_capabilities or ()}
    match settings.sign_in_by:
        case "managed_identity":
            return managed_identity(str(settings.managed_identity), scopes, **asked)
        case "sign_in" if settings.sign_in == "azure-cli":
            return azure_cli(scopes, tenant=settings.tenant_id)
        case "sign_in" if settings.sign_in in ("browser", "broker"):
            broker = settings.sign_in == "broker"
            return users.browser(*app, scopes, http, keep=keep, broker=broker, show=show, **asked)
        case "sign_in":
            return users.device_code(*app, scopes, http, keep=keep, show=show, **asked)
        case "refresh_token_file":
            if keep is None:
                raise ConfigurationError("GRAPH_REFRESH_TOKEN_FILE needs a place to keep the next one")
            has_proof = settings.client_secret or settings.client_secret_file or settings.certificate_path
            proof = proof_for(settings, http) if has_proof else None
            return users.refresh_token(*app, scopes, http, keep, proof=proof, **asked)
    rereads = bool(settings.client_secret_file or settings.certificate_path)
    return app_only(*app, proof_for(settings, http), scopes, http, rereads=rereads, **asked)


def proof_for(settings: Settings, http: HttpSession) -> Proof:
    """Return how the settings let the app prove who it is."""
    if settings.client_secret is not None:
        return proofs.secret(settings.client_secret)
    if settings.client_secret_file:
        return proofs.secret_file(settings.client_secret_file)
    if settings.certificate_path:
        return proofs.certificate(
            settings.certificate_path, settings.certificate_password, chain=settings.send_certificate_chain
        )
    if settings.federated_token_file:
        return proofs.assertion(proofs.token_file(settings.federated_token_file))
    if settings.oidc:
        ask = proofs.github if settings.oidc == "github" else proofs.azure_pipelines
        return proofs.assertion(ask(http))
    raise ConfigurationError("this sign-in needs an app with a secret, a certificate or a federated token")


def source_for(settings: Settings, http: HttpSession, *, show: Callable[[str], object] | None = None) -> Flow:
    """Return the flow that the settings configure, with what they want to be kept or shared."""
    if settings.sign_in_by == "refresh_token_file":
        file = RefreshTokenFile(str(settings.refresh_token_file), variable="GRAPH_REFRESH_TOKEN_FILE")
        return flow_for(settings, http, keep=file)
    if settings.sign_in_by == "sign_in" and settings.sign_in != "azure-cli":
        keep = None
        try:
            keep = users.KeepIfPossible(sign_in_file(settings))
        except ConfigurationError as error:
            log.warning("%s; until then, this sign-in ends with the process", error)
        return flow_for(settings, http, keep=keep, show=show)
    flow = flow_for(settings, http)
    if settings.token_store and settings.token_store_key:
        who = [
            settings.authority.lower(),
            settings.client_id.lower(),
            settings.sign_in_by,
            settings.managed_identity or "",
            sorted(settings.token_scopes),
            sorted(settings.client_capabilities or ()),
        ]
        store = FileStore(settings.token_store)
        return share_between_processes(flow, store, json.dumps(who), settings.token_store_key)
    return flow


# -- where a user's sign-in is kept ---------------------------------------------------------------------------


def sign_in_file(settings: Settings) -> RefreshTokenFile:
    """Return where the sign-in of the settings' user is kept from one run to the next.

    Raises:
        ConfigurationError: there is no key to encrypt it with: neither in the settings nor in a keyring.
    """
    key: str | Secret | None = settings.token_store_key
    if key is None:
        problem = ""
        try:
            ring = profiles.keyring()
            key = ring.get_password(profiles.SERVICE, "token store key")
            if not key:
                key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
                ring.set_password(profiles.SERVICE, "token store key", key)
        except Exception as error:  # noqa: BLE001 - every backend has errors of its own
            problem = (
                str(error) if isinstance(error, ConfigurationError) else f"the keyring failed: {quote(error)}"
            )
        if problem:
            raise ConfigurationError(
                f"a sign-in cannot be kept: {problem}. Set GRAPH_TOKEN_STORE_KEY to 32 random characters or more "
                "to keep it in an encrypted file"
            )
    assert key is not None
    return RefreshTokenFile(sign_in_path(settings), sealed=Sealed(key), variable="GRAPH_STATE_DIR")


def sign_in_path(settings: Settings) -> Path:
    """Return the file that ``sign_in_file`` keeps a sign-in in."""
    who = json.dumps([settings.authority.lower(), settings.client_id.lower()])
    folder = files.expand(settings.state_dir) if settings.state_dir else profiles.directory()
    return folder / f"{hashlib.sha256(who.encode()).hexdigest()[:40]}.sign-in"


# -- sign-ins that need something of the moment: a user's token, a function -----------------------------------


def on_behalf_of(
    user_token: str | Callable[[], str], settings: Settings, *, http: HttpSession | None = None
) -> Acquire:
    """Return a flow for ``TokenHolder``: calls as the user who has called an API of yours.

    ``GraphClient(TokenHolder(on_behalf_of(token, settings)), settings=settings)``, one for each user.

    Args:
        user_token: the token that came with the call, whose audience is your app; or a function that gives it.
        settings: the app, with its secret, certificate or federated token.
    """
    session = http or HttpSession(
        ca_bundle=settings.ca_bundle, proxy=settings.proxy.get_secret_value() if settings.proxy else None
    )
    return users.on_behalf_of(
        settings.authority,
        settings.client_id,
        proof_for(settings, session),
        user_token,
        settings.token_scopes,
        session,
        capabilities=settings.client_capabilities or (),
        close=session.close if http is None else None,
    )


def workload_identity(
    source: Callable[[], str],
    *,
    tenant_id: str,
    client_id: str,
    cloud: str = "public",
    authority_host: str | None = None,
    scopes: Sequence[str] = (),
    ca_bundle: str | None = None,
    proxy: str | None = None,
) -> Acquire:
    """Return a flow for ``TokenHolder``: an app that proves itself by another issuer's token.

    Args:
        source: returns that token, a JWT; called for every request.
        scopes: by default ``.default`` of the cloud's Graph.
    """
    if cloud not in CLOUDS:
        raise ConfigurationError(f"cloud={cloud!r} must be one of {', '.join(CLOUDS)}")
    login = (authority_host or CLOUDS[cloud].login).rstrip("/")
    if not login.startswith("https://"):
        raise ConfigurationError("authority_host must start with https://: MSAL signs in over TLS only")
    session = HttpSession(ca_bundle=ca_bundle, proxy=proxy)
    proof = proofs.assertion(source)
    authority = f"{login}/{tenant_id}"
    return app_only(authority, client_id, proof, scopes or (CLOUDS[cloud].scope,), session, close=session.close)
