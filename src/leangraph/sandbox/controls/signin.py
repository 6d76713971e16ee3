"""What a test may say about signing in: apps, tenants, users, and how they behave."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal
from uuid import uuid4

from cryptography import x509

from ..graph.login_apps import application_id
from ..login.managed_identity import APP_SERVICE, IDENTITY_HEADER
from ..login.other_provider import ROOT, OtherProvider
from ..login.registry import (
    TOKEN_EXCHANGE,
    App,
    Certificate,
    FederatedCredential,
    ManagedIdentity,
    Secret,
    Tenant,
    User,
)
from ..seed import people
from .base import Controls, Reference

POLICY = json.dumps(
    {"access_token": {"polids": {"essential": True, "values": ["9ab03e19-ed42-4168-b6b7-7001fb3e933a"]}}},
    separators=(",", ":"),
)


class _Behaviour:
    """An attribute that says how users and the login host behave; one of a few words."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, controls: SignInControls, owner: type | None = None) -> str:
        value: str = getattr(controls._ledger.sign_ins, self._name)
        return value

    def __set__(self, controls: SignInControls, value: str) -> None:
        if value not in self._words:
            raise ValueError(f"{self._name} must be one of {', '.join(self._words)}")
        setattr(controls._ledger.sign_ins, self._name, value)


class SignInControls(Controls):
    """The part of a sandbox that is about signing in. ``reset()`` undoes all of it.

    Attributes:
        device_code: what the user does with a device code: ``"approve"`` or ``"decline"`` it, let it
            ``"expire"``, or leave it ``"pending"``.
        authorize: what the user does in the browser: ``"approve"`` or ``"decline"``.
        rotate_refresh_tokens: with ``"lenient"`` a used refresh token stays valid, as in Entra ID; with
            ``"strict"`` it works once, and a second use ends the whole sign-in.
    """

    device_code = _Behaviour("approve", "decline", "expire", "pending")
    authorize = _Behaviour("approve", "decline")
    rotate_refresh_tokens = _Behaviour("lenient", "strict")

    # -- apps and tenants -------------------------------------------------------------------------

    @property
    def app(self) -> App:
        """The app that the sandbox starts with."""
        return next(iter(self._ledger.registry.apps.values()))

    @property
    def tenant(self) -> Tenant:
        """The sandbox's own tenant, whose directory Graph shows."""
        return self._ledger.registry.main

    def add_app(
        self,
        display_name: str = "app",
        *,
        roles: Iterable[str] = (),
        scopes: Iterable[str] = ("User.Read",),
        secrets: Iterable[str | Secret] | None = None,
        certificates: Iterable[str | bytes | x509.Certificate] = (),
        federated: Iterable[FederatedCredential] = (),
        public: bool = False,
        redirect_uris: Iterable[str] = (),
        multi_tenant: bool = False,
        tenant: Tenant | None = None,
        owners: Iterable[Reference] = (),
    ) -> App:
        """Register an app and consent to it in ``tenant``; default: the sandbox's own tenant.

        Args:
            roles, scopes: the application and delegated permissions that are granted in the tenant.
            secrets: the app's secrets. Without any credential, the app gets one secret. A secret that expires
                is ``Secret(expires_at=sandbox.now() + seconds)``.
            certificates: in PEM, with RSA keys.
            federated: the credentials whose tokens it accepts; the default issuer is ``federated_issuer``.
            public: whether it can sign in users without a secret.
            redirect_uris: must match exactly, except the port of ``http://localhost`` and 127.0.0.1.
            owners: the owners of the application, in the sandbox's own tenant.
            multi_tenant: whether other tenants may consent to it, by ``app.consent(tenant, roles=…)``.
        """
        whose = [self._find(each).doc["id"] for each in owners]
        trusted = [replace(each, issuer=each.issuer or self.federated_issuer) for each in federated]
        app = App(
            str(uuid4()),
            display_name,
            certificates=[Certificate.of(each) for each in certificates],
            federated=trusted,
            public=public,
            redirect_uris=list(redirect_uris),
            multi_tenant=multi_tenant,
        )
        if secrets is None:
            secrets = [] if public or app.certificates or trusted else [Secret()]
        app.secrets = [each if isinstance(each, Secret) else Secret(each) for each in secrets]
        app.consent(tenant or self.tenant, roles, scopes)
        self._ledger.registry.apps[app.client_id] = app
        if self._live is not None:
            self._live.adopt(app)
            for owner in whose:
                self._live.store.link(application_id(self.tenant.id, app.client_id), "owners", owner)
        return app

    def add_tenant(self, domain: str, *, users: int = 10, user: User | None = None) -> Tenant:
        """Add a tenant without any app. ``user`` signs in there; default: its first user."""
        first = next(people.users(self._blueprint.seed_of(domain), users, domain), None)
        tenant = Tenant(str(uuid4()), domain, user or first, users)
        self._ledger.registry.add_tenant(tenant)
        return tenant

    # -- users ------------------------------------------------------------------------------------

    @property
    def user(self) -> User | None:
        """The user who signs in if an app asks for one; at first the first user. ``None`` means nobody.

        You can set it to an id, a user name, or a user as ``sandbox.add_user(…)`` and Graph return it.
        """
        return self.tenant.user

    @user.setter
    def user(self, user: User | str | None) -> None:
        if isinstance(user, str):
            found = self._user_named(user)
            if found is None:
                raise ValueError(f"there is no user {user}")
            user = found
        self.tenant.user = user

    @property
    def device_code_interval(self) -> float:
        """Seconds that a client must wait between two polls; with 0 a test can poll at once."""
        return self._ledger.sign_ins.device_code_interval

    @device_code_interval.setter
    def device_code_interval(self, seconds: float) -> None:
        self._ledger.sign_ins.device_code_interval = seconds

    def require_interaction(self, claims: str = POLICY) -> None:
        """Make a policy demand more: sign-ins made so far now get ``interaction_required`` with ``claims``."""
        self._ledger.require_interaction(claims)

    # -- tokens from elsewhere --------------------------------------------------------------------

    @property
    def federated_issuer(self) -> str:
        """The issuer of ``federated_token``."""
        return f"{self.url}{ROOT}"

    def federated_token(self, subject: str, *, audience: str = TOKEN_EXCHANGE, lifetime: float = 600) -> str:
        """Return a token as a CI service gives it to its jobs. An app can accept it instead of a secret."""
        return self._login.other_provider.federated_token(self.federated_issuer, subject, audience, lifetime)

    @property
    def oauth2(self) -> OtherProvider:
        """An identity provider that is not Microsoft's: its one client, and how it answers."""
        return self._login.other_provider

    @property
    def oauth2_token_url(self) -> str:
        """The token endpoint of ``oauth2``."""
        return f"{self.url}{ROOT}/oauth2/token"

    @property
    def oauth2_resource_url(self) -> str:
        """An API that accepts only tokens of ``oauth2``."""
        return f"{self.url}{ROOT}/oauth2/resource"

    @property
    def managed_identity_url(self) -> str:
        """The address of the machine's metadata service, over plain HTTP. Reading this opens the port."""
        return self._running().origin("machine")

    def managed_identity_env(self, source: Literal["imds", "app_service"] = "imds") -> dict[str, str]:
        """Return the environment variables that make a client behave as on Azure."""
        if source == "imds":
            return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": self.managed_identity_url}
        endpoint = f"{self.managed_identity_url}{APP_SERVICE}"
        return {"IDENTITY_ENDPOINT": endpoint, "IDENTITY_HEADER": IDENTITY_HEADER}

    @property
    def managed_identities(self) -> list[ManagedIdentity]:
        """The identities of the machine; at first only its own. An empty list means that it has none."""
        return self._ledger.registry.identities

    def add_managed_identity(self, name: str, *, roles: Iterable[str] = ()) -> ManagedIdentity:
        """Assign one more identity to the machine. Requests for it must name it."""
        resource_id = (
            f"/subscriptions/{uuid4()}/resourceGroups/sandbox/providers/Microsoft.ManagedIdentity/"
            f"userAssignedIdentities/{name}"
        )
        identity = ManagedIdentity(str(uuid4()), str(uuid4()), tuple(roles), resource_id)
        self.managed_identities.append(identity)
        return identity
