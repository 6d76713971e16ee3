"""What exists only while a sandbox runs: its listeners, its tenants, its files."""

from __future__ import annotations

import shutil
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

from .core.directory import Directory
from .core.store import Store
from .graph import login_apps
from .login.ledger import Ledger
from .login.registry import App, ManagedIdentity, Registry, Secret, Tenant
from .pipeline import Pipeline
from .seed import contents, people, untidy
from .wire import folders
from .wire.proxy import Proxy
from .wire.server import Server
from .wire.signed_urls import SignedUrls
from .wire.tls import server_context

Role = Literal[
    "graph", "signed", "machine"
]  # of a listener: pre-authenticated addresses; the machine's own tokens
ROLES = (
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "AuditLog.Read.All",
    "Device.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Files.ReadWrite.All",
    "Group.ReadWrite.All",
    "Mail.ReadWrite",
    "Mail.Send",
    "Organization.Read.All",
    "Reports.Read.All",
    "RoleManagement.ReadWrite.Directory",
    "Sites.ReadWrite.All",
    "User.ReadWrite.All",
)


@dataclass(frozen=True)
class Blueprint:
    """What a sandbox is made from. ``file`` keeps the tenant beyond this run; ``made`` is when, in seconds."""

    users: int
    seed: int
    port: int = 0
    file: Path | None = None
    made: float = field(default_factory=time.time)

    @cached_property
    def tenant_id(self) -> str:
        return people.guid(self.seed, "tenant")

    @cached_property
    def client_id(self) -> str:
        return people.guid(self.seed, "app")

    @cached_property
    def client_secret(self) -> str:
        return f"sandbox-secret-{people.guid(self.seed, 'secret')}"

    def seed_of(self, domain: str) -> str:
        """Return the seed of another tenant of this sandbox."""
        return f"{self.seed}/{domain}"

    def registry(self) -> Registry:
        """Return who may sign in to a fresh tenant: its apps, its first user, and the machine itself."""
        user = next(people.users(self.seed, self.users), None)
        tenant = Tenant(self.tenant_id, people.DOMAIN, user)
        app = App(self.client_id, "sandbox", [Secret(self.client_secret)], redirect_uris=["http://localhost"])
        app.consent(tenant, ROLES, ("User.Read", *ROLES))
        machine = ManagedIdentity(people.guid(self.seed, "machine"), people.guid(self.seed, "machine-sp"), ROLES)
        return Registry(tenant, app, *self._neglected(tenant), identities=[machine])

    def _neglected(self, tenant: Tenant) -> Iterator[App]:
        """Yield the apps whose credentials want looking after."""
        for each in untidy.APPS if self.users >= untidy.FROM else ():
            ends = [self.made + days * untidy.DAY for days in each.secrets]
            values = [f"sandbox-secret-{people.guid(self.seed, each.name, n)}" for n in range(len(ends))]
            app = App(people.guid(self.seed, each.name), each.name, [*map(Secret, values, ends)])
            app.consent(tenant, each.roles).enabled = each.enabled
            yield app


class Live:
    """A running sandbox. ``ledger`` knows who may sign in, ``pipeline`` answers."""

    def __init__(self, blueprint: Blueprint, ledger: Ledger, pipeline: Pipeline) -> None:
        self._blueprint = blueprint
        self._ledger = ledger
        self._pipeline = pipeline
        folder = folders.new()
        # A sandbox that nobody closed leaves nothing behind either, and without a warning.
        self._sweep = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.ca_file = Path(folder, "ca.pem")
        self._context = server_context(self.ca_file)
        self._lock = threading.Lock()
        self._servers: dict[str, Server] = {}
        self._proxy: Proxy | None = None
        self.signed_urls = SignedUrls(lambda: self.origin("signed"), ledger.clock)
        self._directories: dict[str, Directory] = {}
        self._marked: list[list[str]] = []  # the tenants that were there at each mark
        try:
            self.directory = self.directory_of(blueprint.tenant_id)
            self.server = self._listener("graph", blueprint.port)
        except BaseException:
            self.close()
            raise

    @property
    def store(self) -> Store:
        """The objects of the sandbox's own tenant."""
        return self.directory.store

    def origin(self, role: Role) -> str:
        """Return where a listener is, which opens now if it was not there.

        Pre-authenticated addresses have a host name of their own, as Microsoft's have: a client that sends its
        token to Graph's host must not send it to them.
        """
        scheme = "http" if role == "machine" else "https"
        host = "localhost" if role == "signed" else "127.0.0.1"
        return f"{scheme}://{host}:{self._listener(role).port}"

    @property
    def proxy(self) -> Proxy:
        """The proxy that leads Microsoft's hosts here; it opens when first asked for."""
        ports = [self._listener("graph").port, self._listener("signed").port]
        with self._lock:
            if self._proxy is None:
                self._proxy = Proxy(lambda: ports)
            return self._proxy

    def _listener(self, role: Role, port: int = 0) -> Server:
        with self._lock:
            if role not in self._servers:
                answer = partial(self._pipeline.answer, self, signed=role == "signed")
                context = None if role == "machine" else self._context
                self._servers[role] = Server(answer, context, port=port, on_error=self._pipeline.errors.append)
            return self._servers[role]

    def directory_of(self, tenant: str) -> Directory:
        """Return a tenant's directory; one that nobody has asked yet is filled now."""
        with self._lock:
            found = self._directories.get(tenant)
            if found is None:
                found = self._directories[tenant] = self._filled(tenant)
        return found

    def _filled(self, tenant_id: str) -> Directory:
        blueprint, registry, clock = self._blueprint, self._ledger.registry, self._ledger.clock
        own = tenant_id == blueprint.tenant_id
        tenant = registry.tenant(tenant_id)
        store = Store(blueprint.file if own else None)
        number = blueprint.users if own else tenant.users
        seed = blueprint.seed if own else blueprint.seed_of(tenant.domain)
        plan = contents.Plan(seed, number, tenant_id, tenant.domain, clock())
        apps = [app for app in registry.apps.values() if tenant_id in app.consents]
        # What a test added is gone after a reset: the login host forgets it as well.
        seeded = [app for app in apps if app.client_id in blueprint.registry().apps] if own else apps
        store.seed(*contents.fresh(plan, login_apps.first_rows(registry, tenant, seeded)))
        directory = Directory(
            store,
            clock,
            blueprint.seed,
            tenant=tenant_id,
            domain=tenant.domain,
            signed_urls=self.signed_urls,
            ledger=self._ledger,
        )
        for app in apps:
            login_apps.adopt(directory, app)
        if store.lasting:
            login_apps.recall(directory)
        return directory

    def adopt(self, app: App) -> None:
        """Let Graph show an app that a test has added, in the tenants that are there already."""
        with self._lock:
            shown = [each for name, each in self._directories.items() if name in app.consents]
        for each in shown:
            login_apps.adopt(each, app)

    def mark(self) -> None:
        """Remember the data of every tenant that is there: :meth:`rewind` returns to it."""
        with self._lock:
            self._marked.append(list(self._directories))
            for name in self._marked[-1]:
                self._directories[name].store.mark()

    def forget(self) -> None:
        """Forget the last mark, and everything since the one before."""
        self.rewind()
        with self._lock:
            for name in self._marked.pop():
                self._directories[name].store.forget()
        self.rewind()

    def rewind(self) -> None:
        """Go back to the seeded state, or to the last mark, and forget the tenants that came after it."""
        self.signed_urls.reset()
        if self._proxy is not None:
            self._proxy.refused.clear()
        kept = self._marked[-1] if self._marked else [self._blueprint.tenant_id]
        with self._lock:
            for tenant in [*self._directories]:
                if tenant in kept:
                    self._directories[tenant].store.rewind()
                    self._directories[tenant].reset()
                else:
                    self._directories.pop(tenant).store.close()

    def close(self) -> None:
        """Hang up on everybody and delete what lies on the disk."""
        if self._proxy is not None:
            self._proxy.close()
        for server in self._servers.values():
            server.close()
        for each in self._directories.values():
            each.store.close()
        self._sweep()
