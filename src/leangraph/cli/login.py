"""Sign a user in once, for every script that follows; and forget it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from leangraph.auth.choose import flow_for, sign_in_file, sign_in_path
from leangraph.auth.store import RefreshTokenFile
from leangraph.auth.users import Memory
from leangraph.errors import ConfigurationError
from leangraph.knowledge import permissions
from leangraph.net.session import HttpSession
from leangraph.settings import Settings

Way = Literal["device", "browser"]


def settings_of(profile: str | None, way: Way | None) -> Settings:
    """Return settings by which a user signs in: as they say, or else with a code on another device."""

    def load(**more: Any) -> Settings:
        return Settings.from_profile(profile, **more) if profile else Settings(**more)

    if way is None:
        try:
            found = load()
        except ConfigurationError:  # perhaps only for want of any way to sign in: the next try tells
            found = None
        if found is not None and found.sign_in_by == "sign_in":
            return found
    return load(sign_in=way or "device")


def login(say: Callable[[str], object], profile: str | None = None, way: Way | None = None) -> None:
    """Let a user sign in, and keep the sign-in; ``say`` prints a line.

    Raises:
        ConfigurationError: it cannot be kept; that is told before anybody signs in.
    """
    settings = settings_of(profile, way)
    file = sign_in_file(settings)
    file.check()
    http = HttpSession(
        ca_bundle=settings.ca_bundle, proxy=settings.proxy.get_secret_value() if settings.proxy else None
    )
    try:
        grant = flow_for(settings, http, keep=Memory(save=file.save), show=say)()
    finally:
        http.close()
    claims = permissions.claims_of(grant.token)
    user = claims.get("upn") or claims.get("preferred_username") or "somebody"
    say(f"signed in as {user}. Scripts use it with GRAPH_SIGN_IN={settings.sign_in}; leangraph logout ends it.")


def logout(say: Callable[[str], object], profile: str | None = None) -> None:
    """Forget the sign-in that is kept."""
    settings = settings_of(profile, None)
    forgotten = RefreshTokenFile(sign_in_path(settings), variable="GRAPH_STATE_DIR").remove()
    say("the sign-in is forgotten on this machine" if forgotten else "nobody was signed in")
