"""Ways to get a ``Grant``: each flow is a function that returns ``acquire``, which asks the network.

``flows`` has Microsoft's, through MSAL; ``oauth2`` everybody else's; ``adapters`` takes other libraries'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leangraph.auth.grant import Acquire as Acquire
from leangraph.auth.grant import Grant as Grant
from leangraph.auth.grant import Keep as Keep
from leangraph.auth.grant import Secret as Secret
from leangraph.errors import ConfigurationError
from leangraph.net.redact import cover

if TYPE_CHECKING:
    from collections.abc import Callable

    from leangraph.auth.msal import Proof
    from leangraph.net.session import HttpSession
    from leangraph.settings import Settings

cover("urllib3")


def from_settings(
    settings: Settings,
    http: HttpSession,
    *,
    keep: Keep | None = None,
    show: Callable[[str], object] | None = None,
) -> Acquire:
    """Return the flow that the settings configure.

    Args:
        keep: where the sign-in of a user survives the process.
        show: gets the sentence that leads a user to the sign-in page; standard error by default.
    """
    from leangraph.auth import msal as flows

    where = (settings.authority, settings.client_id)
    asked: dict[str, Any] = {"capabilities": settings.client_capabilities or ()}
    match settings.sign_in_by:
        case "managed_identity":
            return flows.managed_identity(str(settings.managed_identity), settings.token_scopes, **asked)
        case "sign_in" if settings.sign_in == "browser":
            return flows.browser(*where, settings.token_scopes, http, keep=keep, **asked)
        case "sign_in":
            return flows.device_code(*where, settings.token_scopes, http, keep=keep, show=show, **asked)
        case "refresh_token_file":
            if keep is None:
                raise ConfigurationError("GRAPH_REFRESH_TOKEN_FILE needs a place to keep the next one")
            has_proof = settings.client_secret or settings.certificate_path
            proof = proof_of(settings, http) if has_proof else None
            return flows.refresh_token(*where, settings.token_scopes, http, keep, proof=proof, **asked)
    return flows.app_only(*where[:2], proof_of(settings, http), settings.token_scopes, http, **asked)


def proof_of(settings: Settings, http: HttpSession) -> Proof:
    """Return how the settings let the app prove who it is."""
    from leangraph.auth import federated
    from leangraph.auth import msal as flows

    if settings.client_secret is not None:
        return flows.secret(settings.client_secret)
    if settings.certificate_path:
        return flows.certificate(
            settings.certificate_path, settings.certificate_password, chain=settings.send_certificate_chain
        )
    if settings.federated_token_file:
        return flows.assertion(federated.token_file(settings.federated_token_file))
    if settings.oidc:
        return flows.assertion(
            federated.github(http) if settings.oidc == "github" else federated.azure_pipelines(http)
        )
    raise ConfigurationError("this sign-in needs an app with a secret, a certificate or a federated token")
