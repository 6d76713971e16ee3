"""Which tokens were given out, and what they are worth: issued, revoked, judged. No HTTP.

Tokens are judged on the sandbox's clock, by what was issued: a signature alone proves nothing here.
Source: Microsoft identity platform, "access tokens".
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from . import jose
from .aadsts import AADSTS
from .registry import App, Registry, Tenant, User, graph_audiences
from .sign_ins import SignIns


@dataclass(frozen=True, slots=True)
class Issued:
    """What is remembered of an access token. Times are seconds on the sandbox's clock.

    ``user`` is the id of the one in whose name it speaks, and then ``scp`` says what it may; an app's
    own token has ``roles``. ``generation`` counts revocations: an older one is out.
    """

    number: int
    tenant: str
    app: str
    audience: str
    roles: tuple[str, ...]
    expires_at: float
    takes_challenges: bool
    scp: tuple[str, ...] = ()
    user: str | None = None
    generation: int = 0


class NotAccepted(Exception):
    """A token is not accepted. ``since`` is when it was revoked, for a client that takes challenges."""

    def __init__(self, reason: str, since: float | None = None) -> None:
        super().__init__(reason)
        self.since = since


class Ledger:
    """The tokens of one sandbox. ``clock`` returns seconds since the epoch.

    ``seed`` makes the tenants and apps that are there after every :meth:`reset`; ``find_user`` looks up, by id or
    name, who is in the sandbox's own tenant.
    """

    def __init__(
        self,
        seed: Callable[[], Registry],
        clock: Callable[[], float],
        find_user: Callable[[str], User | None],
    ) -> None:
        self._seed = seed
        self._kept: Mapping[str, Issued] = {}
        self.clock = clock
        self.find_user = find_user
        # A flow may wait for the directory, and the directory for a revocation: hence two locks.
        self.flow_lock = threading.RLock()
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget every token, app and tenant that was added, and every change of temper."""
        with self.flow_lock, self._lock:
            self.lifetime = 3599  # seconds
            self.refresh_in: int | None = None
            self.registry = self._seed()
            self.sign_ins = SignIns()
            self.generation = 0
            self.interaction: tuple[int, str] | None = None
            self._issued: dict[str, Issued] = dict(self._kept)
            self._revoked: dict[str | None, tuple[int, float]] = {}

    def seed_with(self, seed: Callable[[], Registry], kept: Mapping[str, Issued]) -> None:
        """From now on let :meth:`reset` return to what ``seed`` makes, and to the tokens that are ``kept``."""
        self._seed, self._kept = seed, kept

    def still_good(self) -> Mapping[str, Issued]:
        """Return the access tokens that nobody has revoked, as a reset keeps them."""
        with self._lock:
            return {
                token: replace(issued, generation=0)
                for token, issued in self._issued.items()
                if self.revoked_at(issued.generation, issued.user) is None
            }

    # -- revocation -------------------------------------------------------------------------------

    def revoke(self, user: str | None = None) -> None:
        """Refuse every token issued so far, or those of one user, as Graph's revokeSignInSessions does.

        A user's access tokens live on unless their client takes challenges; refresh tokens die at once.
        """
        with self._lock:
            self.generation += 1
            self._revoked[user] = (self.generation, self.clock())

    def require_interaction(self, claims: str) -> None:
        """Let everyone who signed in so far have to do it again, with more than before."""
        with self._lock:
            self.generation += 1
            self.interaction = (self.generation, claims)

    def revoked_at(self, generation: int, user: str | None) -> float | None:
        """Return when the sign-ins of ``generation`` ended, ``None`` if they did not."""
        ends = [self._revoked[name] for name in {None, user} if name in self._revoked]
        return max((time for end, time in ends if generation < end), default=None)

    # -- issuing ----------------------------------------------------------------------------------

    def issue(
        self,
        client_id: str,
        tenant: Tenant,
        audience: str,
        *,
        proof: str,
        roles: tuple[str, ...] = (),
        scp: tuple[str, ...] = (),
        user: User | None = None,
        claims: str | None = None,
        generation: int | None = None,
        object_id: str = "",
    ) -> tuple[str, Issued]:
        """Make an access token of Graph's kind (v1.0) and remember it. ``claims`` is the request's."""
        takes_challenges = _takes_challenges(claims)
        now = int(self.clock())
        body = {**self._whose(client_id, tenant, audience, now), "appidacr": proof}
        body |= _of_app(object_id, roles) if user is None else _of_user(user, client_id, scp)
        if takes_challenges:
            body["xms_cc"] = ["cp1"]
        with self._lock:
            number = len(self._issued) + 1
            body["uti"] = f"sandbox-{number}"  # makes every token another one
            token = jose.sign(body)
            issued = Issued(
                number,
                tenant.id,
                client_id,
                audience,
                roles,
                now + self.lifetime,
                takes_challenges,
                scp,
                user["id"] if user else None,
                self.generation if generation is None else generation,
            )
            self._issued[token] = issued
        return token, issued

    def _whose(self, client_id: str, tenant: Tenant, audience: str, now: int) -> dict[str, Any]:
        issuer, app = f"https://sts.windows.net/{tenant.id}/", self.registry.apps.get(client_id)
        return {
            "aud": audience,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "aio": secrets.token_urlsafe(30),
            "app_displayname": app.display_name if app is not None else "sandbox",
            "appid": client_id,
            "idp": issuer,
            "rh": f"1.{secrets.token_urlsafe(24)}.",
            "tid": tenant.id,
            "ver": "1.0",
        }

    def answer_with(self, token: str) -> dict[str, Any]:
        """Return what every token answer says."""
        body: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": token,
        }
        if self.refresh_in is not None:
            body["refresh_in"] = self.refresh_in
        return body

    def id_token(self, app: App, tenant: Tenant, user: User, origin: str, nonce: str | None) -> str:
        """Return who signed in, for the app to read."""
        now = int(self.clock())
        claims: dict[str, Any] = {
            "aud": app.client_id,
            "iss": f"{origin}/{tenant.id}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "name": user.get("displayName"),
            "oid": user["id"],
            "preferred_username": user["userPrincipalName"],
            "sub": _pairwise(user["id"], app.client_id),
            "tid": tenant.id,
            "ver": "2.0",
        }
        return jose.sign(claims if nonce is None else {**claims, "nonce": nonce})

    def find(self, token: str) -> Issued | None:
        """Return what is known of an access token."""
        return self._issued.get(token)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    # -- judging ----------------------------------------------------------------------------------

    def judge(self, token: str, origin: str) -> Issued:
        """Return what is known of a token sent to the Graph at ``origin``; or raise :class:`NotAccepted`."""
        if not token:
            raise NotAccepted("Access token is empty.")
        issued = self._issued.get(token)
        if issued is None:
            raise NotAccepted(_why_unknown(token, origin))
        if issued.audience.rstrip("/").lower() not in graph_audiences(origin):
            raise NotAccepted("Access token validation failure. Invalid audience.")
        if self.clock() >= issued.expires_at:
            raise NotAccepted("Lifetime validation failed, the token is expired.")
        with self._lock:
            ended = self.revoked_at(issued.generation, issued.user)
            for_all = self.revoked_at(issued.generation, None)
        if ended is not None and issued.takes_challenges:
            raise NotAccepted(
                "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
                "TokenIssuedBeforeRevocationTimestamp",
                ended,
            )
        if for_all is not None:
            raise NotAccepted("Access token has expired or is not yet valid.")
        return issued

    def label(self, authorization: str) -> str:
        """Return a name for a credential that may be logged: a number, or a hash if it is foreign."""
        scheme, _, token = authorization.partition(" ")
        issued = self._issued.get(token.strip())
        name = f"token-{issued.number}" if issued else f"sha256-{sha256(token.encode()).hexdigest()[:12]}"
        return f"{scheme} {name}"


def _why_unknown(token: str, origin: str) -> str:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        audience = str(claims["aud"]).rstrip("/").lower()
    except (IndexError, ValueError, KeyError, TypeError, RecursionError):
        return "CompactToken parsing failed with error code: 80049217"
    if audience not in graph_audiences(origin):
        return "Access token validation failure. Invalid audience."
    return "Access token validation failure."


def _of_app(object_id: str, roles: tuple[str, ...]) -> dict[str, Any]:
    return {"idtyp": "app", "oid": object_id, "sub": object_id, "roles": list(roles)}


def _of_user(user: User, client_id: str, scp: tuple[str, ...]) -> dict[str, Any]:
    return {
        "idtyp": "user",
        "oid": user["id"],
        "sub": _pairwise(user["id"], client_id),
        "name": user.get("displayName"),
        "upn": user["userPrincipalName"],
        "unique_name": user["userPrincipalName"],
        "scp": " ".join(scp),
    }


def _takes_challenges(claims: str | None) -> bool:
    """Return whether the client declared capability ``cp1``."""
    if not claims:
        return False
    try:
        values = json.loads(claims)["access_token"]["xms_cc"]["values"]
    except (KeyError, TypeError):
        return False
    except (ValueError, RecursionError):
        raise AADSTS(9002313) from None
    return isinstance(values, list) and any(isinstance(each, str) and each.lower() == "cp1" for each in values)


def _pairwise(user: str, client_id: str) -> str:
    """Return the user's name for one app: another one in every app."""
    return jose.base64url(sha256(f"{user}/{client_id}".encode()).digest())
