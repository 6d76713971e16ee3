"""The sandbox as a test or a person meets it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from leangraph.knowledge.permissions import least, properties_of

from .controls.faults import FaultControls
from .controls.protocols import ProtocolControls
from .controls.seeding import SeedControls
from .controls.signin import SignInControls
from .graph import mail
from .live import Live
from .login.ledger import Issued
from .login.registry import Registry
from .pipeline import Fidelity, Recorded
from .rules import permits

SETTINGS = (  # that a snapshot keeps
    "fidelity",
    "permissions",
    "token_lifetime",
    "refresh_in",
    "page_size",
    "empty_pages",
    "throttling",
    "device_code",
    "device_code_interval",
    "authorize",
    "rotate_refresh_tokens",
    "delta_relations",
    "job_polls",
    "job_seconds",
    "monitor_status",
)


class Snapshot(NamedTuple):
    """What a reset returns to, besides the data."""

    registry: Registry
    tokens: Mapping[str, Issued]
    ahead: float
    settings: dict[str, Any]


class Permissions(str):
    """How permissions are checked, as text. Called, it returns the permissions that the recorded requests need."""

    _log: Iterable[Recorded]

    def __new__(cls, mode: str, log: Iterable[Recorded]) -> Self:
        made = super().__new__(cls, mode)
        made._log = log
        return made

    def __call__(self, *, delegated: bool = False) -> list[str]:
        """Return the least permissions that allow every request since the last ``reset``, and every batch item.

        Requests that Microsoft's table does not list are left out; ``leangraph perms --log`` names them.
        """
        calls = [
            (one.method, f"{one.path}?{one.target.partition('?')[2]}", properties_of("", _body(one)))
            for one in self._log
            if one.version and not one.path.endswith("$batch")
        ]
        return least(calls, delegated=delegated)[0]


def _body(record: Recorded) -> object:
    try:
        return record.json if record.body else None
    except ValueError:
        return None


class Sandbox(SignInControls, SeedControls, FaultControls, ProtocolControls):
    """A strict Graph tenant with its own login host. It runs on 127.0.0.1 until ``close``.

    Attributes:
        tenant_id, client_id, client_secret: how to sign in; the same ``seed`` gives the same values.
        errors: errors inside the sandbox itself. A test can assert that there are none.
        limits: Graph's limits; ``throttling`` turns them on.
    """

    def __init__(
        self,
        users: int = 50,
        seed: int = 0,
        *,
        port: int = 0,
        store: str | os.PathLike[str] | None = None,
        fidelity: Fidelity = "typed",
    ) -> None:
        """Describe a tenant.

        Args:
            users: how many there are at the start.
            seed: the same number makes the same tenant.
            port: the port of the login host and Graph; 0 takes a free one.
            fidelity: what happens to a path of v1.0 whose rules the sandbox does not imitate: ``typed`` answers
                from the metadata, without business rules; ``acted`` refuses it with 501.
            store: a file that keeps the tenant after this run. If it exists, its tenant is used as it is.
        """
        if fidelity not in ("acted", "typed"):
            raise ValueError("fidelity must be acted or typed")
        super().__init__(users, seed, port, Path(store) if store is not None else None, fidelity)
        self.tenant_id = self._blueprint.tenant_id
        self.client_id = self._blueprint.client_id
        self.client_secret = self._blueprint.client_secret
        self.errors = self._pipeline.errors
        self._snapshots: list[Snapshot] = []

    # -- life -------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Make the tenant and start to listen. Returns the sandbox."""
        if self._live is not None:
            raise RuntimeError("the sandbox is running already")
        self._live = Live(self._blueprint, self._ledger, self._pipeline)
        return self

    def close(self) -> None:
        """Close all connections and forget everything. You can call it twice."""
        self._pipeline.script.clear()
        self._snapshots.clear()
        self._ledger.seed_with(self._blueprint.registry, {})
        if self._live is not None:
            self._live.close()
            self._live = None

    def __enter__(self) -> Self:
        return self if self._live is not None else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def reset(self) -> None:
        """Return to the last snapshot or to the start: data, faults, log, clock, tokens and every setting."""
        self._running().rewind()
        self._login.reset()
        self.limits.reset()
        self._pipeline.reset()
        self._ahead = 0.0
        if self._snapshots:
            snapshot = self._snapshots[-1]
            self._ahead = snapshot.ahead
            for name, value in snapshot.settings.items():
                setattr(self, name, value)

    def snapshot(self) -> None:
        """Save the tenants as they are now. From now on, ``reset`` returns to this state.

        A snapshot holds the data, who may sign in, access tokens, the clock and the settings. A reset still ends
        links, sessions, subscriptions, refresh tokens, ``limits.override`` and faults. Snapshots can be nested.
        """
        self._running().mark()
        settings = {name: getattr(self, name) for name in SETTINGS}
        settings["permissions"] = str(settings["permissions"])
        made = Snapshot(self._ledger.registry.copy(), self._ledger.still_good(), self._ahead, settings)
        self._snapshots.append(made)
        self._ledger.seed_with(made.registry.copy, made.tokens)

    def forget_snapshot(self) -> None:
        """Drop the last snapshot and return to the one before it, or to the start."""
        if not self._snapshots:
            raise RuntimeError("there is no snapshot to forget")
        self._running().forget()
        self._snapshots.pop()
        if self._snapshots:
            self._ledger.seed_with(self._snapshots[-1].registry.copy, self._snapshots[-1].tokens)
        else:
            self._ledger.seed_with(self._blueprint.registry, {})
        self.reset()

    @property
    def snapshots(self) -> int:
        """The number of snapshots."""
        return len(self._snapshots)

    # -- how to reach it --------------------------------------------------------------------------

    @property
    def ca_bundle(self) -> str:
        """The file with the CA of this sandbox. It is deleted when the sandbox closes."""
        return str(self._running().ca_file)

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that a client needs to use this sandbox."""
        return {
            "AZURE_TENANT_ID": self.tenant_id,
            "AZURE_CLIENT_ID": self.client_id,
            "AZURE_CLIENT_SECRET": self.client_secret,
            "AZURE_AUTHORITY_HOST": self.url,
            "GRAPH_URL": self.url,
            "GRAPH_CA_BUNDLE": self.ca_bundle,
        }

    @property
    def proxy_env(self) -> dict[str, str]:
        """The environment variables that make an unchanged program use the sandbox instead of Microsoft.

        ``HTTPS_PROXY`` leads login.microsoftonline.com, graph.microsoft.com and the hosts of the national clouds
        here and refuses every other host. The CA file is set for Python, OpenSSL, curl and Node.
        """
        proxy, ca = f"http://127.0.0.1:{self._running().proxy.port}", self.ca_bundle
        own = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "GRAPH_CA_BUNDLE")
        return {
            **{name: self.env[name] for name in own},
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1"),
            **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), ca),
        }

    @property
    def proxy_refused(self) -> list[str]:
        """The hosts that the proxy refused, as ``host:port``."""
        return list(self._running().proxy.refused)

    # -- what happens in it -----------------------------------------------------------------------

    @property
    def requests(self) -> list[Recorded]:
        """Every request since the last ``reset``, oldest first."""
        return list(self._pipeline.log)

    @property
    def fidelity(self) -> Fidelity:
        """What happens to a path whose rules the sandbox does not imitate: ``typed`` or ``acted``."""
        return self._pipeline.fidelity

    @fidelity.setter
    def fidelity(self, wanted: Fidelity) -> None:
        if wanted not in ("acted", "typed"):
            raise ValueError("fidelity must be acted or typed")
        self._pipeline.fidelity = wanted

    @property
    def permissions(self) -> Permissions:
        """How the permissions in a token are checked: ``off``, ``warn`` or ``enforce``.

        ``sandbox.permissions()`` returns the least permissions for all requests so far.
        """
        return Permissions(self._pipeline.permissions, self._pipeline.log)

    @permissions.setter
    def permissions(self, mode: permits.Mode) -> None:
        self._pipeline.permissions = mode

    @property
    def warnings(self) -> list[str]:
        """The warnings that ``permissions = "warn"`` gave."""
        return self._pipeline.warnings

    @property
    def typed_requests(self) -> list[Recorded]:
        """The requests that were answered from the metadata alone. A test can assert that there are none."""
        return [each for each in self._pipeline.log if each.fidelity == "typed"]

    @property
    def on_typed(self) -> Callable[[str], object] | None:
        """A function, called once for each family (``/identity/conditionalAccess``) with a ``typed`` answer."""
        return self._pipeline.on_typed

    @on_typed.setter
    def on_typed(self, tell: Callable[[str], object] | None) -> None:
        self._pipeline.on_typed = tell

    @property
    def token_requests(self) -> int:
        """The number of requests to token endpoints."""
        return self._pipeline.token_requests

    def revoke_tokens(self, user: str | None = None) -> None:
        """Refuse all tokens so far. With ``user``, end that user's sign-ins, as revokeSignInSessions does."""
        self._login.revoke(user)

    @property
    def token_lifetime(self) -> int:
        """Seconds that the next tokens are valid."""
        return self._ledger.lifetime

    @token_lifetime.setter
    def token_lifetime(self, seconds: int) -> None:
        self._ledger.lifetime = seconds

    @property
    def refresh_in(self) -> int | None:
        """``refresh_in`` of the next tokens: seconds until a client should renew them; ``None`` leaves it out."""
        return self._ledger.refresh_in

    @refresh_in.setter
    def refresh_in(self, seconds: int | None) -> None:
        self._ledger.refresh_in = seconds

    @property
    def page_size(self) -> int | None:
        """Objects on a page if the request has no ``$top``; ``None`` means Graph's own number."""
        return self._running().directory.page_size

    @page_size.setter
    def page_size(self, number: int | None) -> None:
        self._running().directory.page_size = number

    @property
    def empty_pages(self) -> bool:
        """Whether an empty page with a nextLink follows every full page."""
        return self._running().directory.empty_pages

    @empty_pages.setter
    def empty_pages(self, wanted: bool) -> None:
        self._running().directory.empty_pages = wanted

    @property
    def throttling(self) -> bool:
        """Whether Graph's limits apply; ``limits`` has the limits."""
        return self.limits.enabled

    @throttling.setter
    def throttling(self, wanted: bool) -> None:
        self.limits.enabled = wanted

    def lag(self, reads: int) -> None:
        """From now on, show a write only after ``reads`` reads, as Graph's replicas do; 0 shows it at once."""
        self._running().store.lag(reads)

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """What ``sendMail`` sent, oldest first: ``from``, ``message``, ``saveToSentItems``, ``sentDateTime``."""
        return list(mail.outbox(self._running().directory))

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._running().server.connections
