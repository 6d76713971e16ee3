"""What the login host remembers of users who sign in: codes under way, refresh tokens, how the user behaves."""

from __future__ import annotations

from dataclasses import dataclass, field

from .registry import App, Consent, Tenant, User


@dataclass
class SignIn:
    """A user who signed in to an app: what a code and every refresh token that follows stand for."""

    app: App
    tenant: Tenant
    consent: Consent
    user: User
    scope: str
    at: float
    generation: int
    over: bool = False  # a refresh token was used twice where that ends everything


@dataclass
class Code:
    """An authorization code on its way to the app."""

    sign_in: SignIn
    redirect_uri: str
    challenge: str | None
    method: str
    nonce: str | None
    expires_at: float
    redeemed: bool = False


@dataclass
class DeviceCode:
    app: App
    scope: str
    interval: float
    expires_at: float
    asked_at: float | None = None
    fate: str = ""  # what the user did, once it cannot be undone


@dataclass
class RefreshToken:
    sign_in: SignIn
    at: float
    used: bool = False


@dataclass
class SignIns:
    """Everything under way, and how the user behaves; ``controls.signin`` says how to change it."""

    device_code: str = "approve"
    device_code_interval: float = 5
    authorize: str = "approve"
    rotate_refresh_tokens: str = "lenient"
    codes: dict[str, Code] = field(default_factory=dict, repr=False)
    device_codes: dict[str, DeviceCode] = field(default_factory=dict, repr=False)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict, repr=False)
    users: dict[str, User] = field(default_factory=dict, repr=False)  # by id, for on-behalf-of
