"""Sign-ins that no setting can choose, for they need something of the moment: a user's token, a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from leangraph.auth import msal as flows
from leangraph.auth import proof_of
from leangraph.auth.grant import Acquire
from leangraph.clouds import CLOUDS
from leangraph.errors import ConfigurationError

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession
    from leangraph.settings import Settings


def on_behalf_of(
    user_token: str | Callable[[], str], settings: Settings, *, http: HttpSession | None = None
) -> Acquire:
    """Return a flow for ``TokenHolder``: calls as the user who has called an API of yours.

    ``GraphClient(TokenHolder(on_behalf_of(token, settings)), settings=settings)``, one for each user.

    Args:
        user_token: the token that came with the call, whose audience is your app; or a function that gives it.
        settings: the app, with its secret, certificate or federated token.
    """
    http = http or _session(settings)
    return flows.on_behalf_of(
        settings.authority,
        settings.client_id,
        proof_of(settings, http),
        user_token,
        settings.token_scopes,
        http,
        capabilities=settings.client_capabilities or (),
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
    from leangraph.net.session import HttpSession

    if cloud not in CLOUDS:
        raise ConfigurationError(f"cloud={cloud!r} must be one of {', '.join(CLOUDS)}")
    login = (authority_host or CLOUDS[cloud].login).rstrip("/")
    if not login.startswith("https://"):
        raise ConfigurationError("authority_host must start with https://: MSAL signs in over TLS only")
    return flows.app_only(
        f"{login}/{tenant_id}",
        client_id,
        flows.assertion(source),
        scopes or (CLOUDS[cloud].scope,),
        HttpSession(ca_bundle=ca_bundle, proxy=proxy),
    )


def _session(settings: Settings) -> HttpSession:
    from leangraph.net.session import HttpSession

    return HttpSession(
        ca_bundle=settings.ca_bundle, proxy=settings.proxy.get_secret_value() if settings.proxy else None
    )
