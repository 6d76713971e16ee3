"""A Microsoft Graph tenant on your own machine: real HTTPS, real SQLite, nobody's data.

    with Sandbox(users=50) as sandbox:
        os.environ.update(sandbox.env)  # and run your script

It shares no code with the client, only the specification, so a misreading cannot cancel itself out.
"""

import json
import os
import re
import shutil
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from uuid import uuid4

from . import graph
from .controls.protocols import ProtocolControls
from .controls.signin import SignInControls
from .core import batch, delta  # noqa: F401 - registers its endpoint
from .core.engine import Call, Directory, pairs
from .core.model import ENTITIES
from .core.store import Store, of_kind
from .graph import login_apps, mail, users
from .login.registry import (
    App,
    ManagedIdentity,
    Registry,
    Secret,
    Tenant,
)
from .login.service import Issued, TokenService
from .odata.paths import split
from .odata.query import ODataError
from .rules import permits
from .rules.limits import Limits, workload
from .seed import contents, people
from .wire.faults import Refusal, Script
from .wire.server import (
    Headers,
    Reply,
    Request,
    Server,
    Spoil,
)
from .wire.signed_urls import SignedUrls
from .wire.tls import server_context

__all__ = ["Recorded", "Sandbox"]

graph.load()
delta.track(ENTITIES.values())

VERSIONS = ("v1.0", "beta")
LOG = 100_000  # requests remembered; the oldest go first
KEPT_BODY = 1024 * 1024  # bytes of a request's body that are remembered
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
DIAGNOSTIC = json.dumps(
    {
        "ServerInfo": {
            "DataCenter": "Loopback",
            "Slice": "E",
            "Ring": "0",
            "ScaleUnit": "000",
            "RoleInstance": "SANDBOX",
        }
    },
    separators=(",", ":"),
)
_SECRETS = re.compile(
    rb"((?:^|&)(?:client_secret|client_assertion|assertion|refresh_token|password|code|code_verifier|device_code)=)"
    rb"[^&]*"
)


@dataclass(slots=True)
class Recorded:
    """One request as it was answered. ``status`` is ``None`` while, or if, no answer was sent.

    ``path`` is decoded and starts below the version (or the tenant, at the login host), just as
    :meth:`Sandbox.fail` wants it; requests to another host's addresses begin with their kind, as in
    ``/upload/…``. Secrets are masked; ``Authorization`` names the token by number. The items of a batch
    come after the batch itself, as ``batched``. ``template`` is the path with ``{id}`` for every key.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: Headers
    body: bytes
    target: str
    version: str
    status: int | None = None
    batched: bool = False
    template: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Sandbox(SignInControls, ProtocolControls):
    """A strict Graph tenant with its own login host, on 127.0.0.1 until :meth:`close`.

    Attributes:
        tenant_id, client_id, client_secret: how to sign in; the same for the same ``seed``.
        errors: what went wrong inside the sandbox itself. A test may assert that it is empty.
        permissions: what is made of a token's permissions: ``off``, ``warn`` or ``enforce``.
        warnings: what ``warn`` has found.
        limits: Graph's limits; ``throttling`` turns them on.
    """

    def __init__(
        self, users: int = 50, seed: int = 0, *, port: int = 0, store: str | os.PathLike[str] | None = None
    ) -> None:
        """Describe a tenant.

        Args:
            users: how many there are at the start.
            seed: the same number makes the same tenant.
            port: of the login host and Graph; 0 takes a free one.
            store: a file that keeps the tenant beyond this run; one that exists is taken up as it is.
        """
        self._number = users
        self._seed = seed
        self._port = port
        self._file = Path(store) if store is not None else None
        self.tenant_id = people.guid(seed, "tenant")
        self.client_id = people.guid(seed, "app")
        self.client_secret = f"sandbox-secret-{people.guid(seed, 'secret')}"
        self.errors: list[BaseException] = []
        self._ahead = 0.0
        self._log: deque[Recorded] = deque(maxlen=LOG)
        self._token_requests = 0
        self._lock = threading.Lock()
        self._script = Script()
        self._tokens = TokenService(self._registry, self.now)
        self.limits = Limits(self.now, users=users)
        self.permissions: permits.Mode = "off"
        self.warnings: list[str] = []
        self._live: _Live | None = None

    # -- life -------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Make the tenant and listen. Returns itself."""
        if self._live is not None:
            raise RuntimeError("the sandbox is running already")
        self._live = _Live(self)
        return self

    def close(self) -> None:
        """Hang up on everybody and forget everything. May be called twice."""
        self._script.clear()
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
        """Go back to the seeded state: data, faults, log, clock, tokens and every setting."""
        live = self._running()
        live.rewind()
        self._tokens.reset()
        self.limits.reset()
        self.permissions = "off"
        self.warnings.clear()
        self._script.clear()
        self._log.clear()
        self._token_requests = 0
        self._ahead = 0.0
        self.errors.clear()

    def _seed_of(self, domain: str) -> str:
        """Return the seed of another tenant of this sandbox."""
        return f"{self._seed}/{domain}"

    def _registry(self) -> Registry:
        """Return who may sign in to a fresh tenant: one app, its first user, and the machine itself."""
        user = next(people.users(self._seed, self._number), None)
        tenant = Tenant(self.tenant_id, people.DOMAIN, user)
        app = App(self.client_id, "sandbox", [Secret(self.client_secret)], redirect_uris=["http://localhost"])
        app.consent(tenant, ROLES, ("User.Read", *ROLES))
        machine = ManagedIdentity(people.guid(self._seed, "machine"), people.guid(self._seed, "machine-sp"), ROLES)
        return Registry(tenant, app, identities=[machine])

    # -- how to reach it --------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Graph's root without a version; the login host is the same."""
        return f"https://127.0.0.1:{self._running().server.port}"

    @property
    def ca_bundle(self) -> str:
        """The file with the throw-away CA. It goes when the sandbox closes."""
        return str(self._running().ca_file)

    @property
    def env(self) -> dict[str, str]:
        """The environment that leads a client here."""
        return {
            "AZURE_TENANT_ID": self.tenant_id,
            "AZURE_CLIENT_ID": self.client_id,
            "AZURE_CLIENT_SECRET": self.client_secret,
            "AZURE_AUTHORITY_HOST": self.url,
            "GRAPH_URL": self.url,
            "GRAPH_CA_BUNDLE": self.ca_bundle,
        }

    # -- what happens in it -----------------------------------------------------------------------

    def fail(
        self,
        method: str,
        path: str,
        *,
        status: int | None = None,
        times: int = 1,
        after: int = 0,
        retry_after: float | str | None = None,
        body: bytes | str | dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str | None = None,
        html: bool = False,
        empty: bool = False,
        bom: bool = False,
        reset: Literal["before", "after"] | None = None,
        truncate: bool = False,
        slow: float = 0.0,
        stall: float = 0.0,
    ) -> None:
        """Let requests fail: the next ``times`` that match, once ``after`` of them have passed.

        ``method`` may be ``"*"``; ``path`` starts below the version or the tenant (``/users``,
        ``/oauth2/v2.0/token``) and may have the wildcards of :mod:`fnmatch`. Faults scripted first
        come first. Without ``status`` and ``body`` the work is done and only its reply suffers.

        Args:
            status: answer with it, without doing the work; the body is Graph's (or Entra's) own.
            retry_after: the header's value, verbatim.
            body, html, empty: answer with this, a gateway's page or nothing; status 200 unless given.
            bom: put a byte order mark before the body.
            reset: drop the connection ``"before"`` or ``"after"`` the work was done.
            truncate: stop half-way through the body, short of Content-Length.
            slow: take so many seconds to send the reply, piece by piece.
            stall: wait so many seconds before doing anything.
        """
        self._script.add(
            method,
            path,
            status=status,
            times=times,
            after=after,
            retry_after=retry_after,
            body=body,
            headers=headers,
            content_type=content_type,
            html=html,
            empty=empty,
            bom=bom,
            reset=reset,
            truncate=truncate,
            slow=slow,
            stall=stall,
        )

    @property
    def pending_faults(self) -> int:
        """How many requests are still to suffer from :meth:`fail`."""
        return self._script.pending

    @property
    def requests(self) -> list[Recorded]:
        """Every request since the last :meth:`reset`, oldest first."""
        return list(self._log)

    @property
    def token_requests(self) -> int:
        """How often a token endpoint was asked."""
        return self._token_requests

    def now(self) -> float:
        """Return the sandbox's own time, in seconds since the epoch."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock: tokens and page links expire by it."""
        self._ahead += seconds

    def revoke_tokens(self, user: str | None = None) -> None:
        """Refuse every token issued so far; or end one user's sign-ins, as revokeSignInSessions does."""
        self._tokens.revoke(user)

    @property
    def token_lifetime(self) -> int:
        """Seconds that the next tokens live."""
        return self._tokens.lifetime

    @token_lifetime.setter
    def token_lifetime(self, seconds: int) -> None:
        self._tokens.lifetime = seconds

    @property
    def refresh_in(self) -> int | None:
        """Seconds after which the next tokens ask to be renewed; ``None`` leaves it out."""
        return self._tokens.refresh_in

    @refresh_in.setter
    def refresh_in(self, seconds: int | None) -> None:
        self._tokens.refresh_in = seconds

    @property
    def page_size(self) -> int | None:
        """Objects on a page whose request has no ``$top``; ``None`` is Graph's own number."""
        return self._running().directory.page_size

    @page_size.setter
    def page_size(self, number: int | None) -> None:
        self._running().directory.page_size = number

    @property
    def empty_pages(self) -> bool:
        """Whether an empty page with a nextLink comes after every full one."""
        return self._running().directory.empty_pages

    @empty_pages.setter
    def empty_pages(self, wanted: bool) -> None:
        self._running().directory.empty_pages = wanted

    @property
    def throttling(self) -> bool:
        """Whether Graph's limits hold; see :attr:`limits` for how many calls they let through."""
        return self.limits.enabled

    @throttling.setter
    def throttling(self, wanted: bool) -> None:
        self.limits.enabled = wanted

    def lag(self, reads: int) -> None:
        """From now on let a write show only after so many reads, as Graph's replicas do; 0 shows it at once."""
        self._running().store.lag(reads)

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """What ``sendMail`` sent, oldest first: ``from``, ``message``, ``saveToSentItems``, ``sentDateTime``."""
        return list(mail.outbox(self._running().directory))

    @property
    def users(self) -> int:
        """How many users there are now."""
        return self._running().store.count(of_kind("user"))

    def add_user(self, **properties: Any) -> dict[str, Any]:
        """Add a user; what is not given is made up. Returns all of its properties."""
        alias = f"user-{uuid4().hex[:8]}"
        made_up = {
            "accountEnabled": True,
            "displayName": alias,
            "mailNickname": alias,
            "userPrincipalName": f"{alias}@{people.DOMAIN}",
        }
        return users.add_user(self._running().directory, {**made_up, **properties})

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._running().server.connections

    def _running(self) -> "_Live":
        if self._live is None:
            raise RuntimeError("the sandbox is not running: use `with Sandbox() as sandbox:` or call start()")
        return self._live

    # -- one request ------------------------------------------------------------------------------

    def _answer(
        self, live: "_Live", request: Request, token: Issued | None = None, *, elsewhere: bool = False
    ) -> Reply:
        """Answer anything; what breaks in here is a 500 for the client and kept in ``errors``.

        ``token`` is that of the batch which the request is an item of.
        """
        ids = {"request-id": str(uuid4())}
        ids["client-request-id"] = request.headers.get("client-request-id") or ids["request-id"]
        segments = split(request.raw_path)
        plain = request.scheme == "http"  # the machine's own tokens; Graph itself is never plain
        version = segments[0].lower() if segments[0].lower() in VERSIONS and not plain and not elsewhere else ""
        login = plain or (not version and not elsewhere and len(segments) > 2)
        record = self._record(request, segments, version, whole=plain or elsewhere)
        record.batched = token is not None
        fault = self._script.take(request.method, record.path)
        let_go = fault is not None and fault.stall and self._script.let_go.wait(fault.stall)
        if fault is not None and (let_go or fault.reset == "before"):
            return Reply(0, spoil=Spoil(reset=True))
        try:
            if fault is not None and fault.status is not None:
                reply = self._scripted(fault.status, ids, request if login else None)
            elif elsewhere:
                reply = live.signed_urls.answer(request)
            elif version:
                reply = self._graph(live, record, request, segments[1:], token or self._tokens.judge(request))
            else:
                reply = self._tokens.answer(request, segments) or _no_version(segments[0], ids, self._date())
        except Refusal as refused:
            reply = refused.reply(ids, self._date())
        except ODataError as error:
            reply = Refusal(error.status, error.code, str(error)).reply(ids, self._date())
        except Exception as error:  # noqa: BLE001 - the client gets its 500, the test gets the reason
            self.errors.append(error)
            reply = Refusal.of(500).reply(ids, self._date())
        self._dress(reply, ids, graph=bool(version))
        if fault is not None:
            reply = fault.spoiled(reply)
        if reply.spoil is None or not reply.spoil.reset:
            record.status = reply.status
        return reply

    def _record(self, request: Request, segments: list[str], version: str, *, whole: bool) -> Recorded:
        headers = dict(request.headers)
        for name, value in headers.items():
            if name.lower() == "authorization":
                headers[name] = self._tokens.label(value)
            elif name.lower() == "x-identity-header":
                headers[name] = "***"
        record = Recorded(
            method=request.method,
            path=request.path if whole else "/" + request.path.strip("/").partition("/")[2],
            query=dict(pairs(request.query)),
            headers=Headers(headers.items()),
            body=_SECRETS.sub(rb"\1***", request.body[:KEPT_BODY]),
            target=request.target,
            version=version,
        )
        self._log.append(record)
        if self._tokens.asks_for_token(request, segments):
            with self._lock:
                self._token_requests += 1
        return record

    def _scripted(self, status: int, ids: dict[str, str], login: Request | None) -> Reply:
        if status < 400:
            return Reply(status, b"", {"Content-Type": "text/plain"})
        if login is not None:
            return self._tokens.scripted(login, status, ids["client-request-id"])
        return Refusal.of(status).reply(ids, self._date())

    def _graph(
        self, live: "_Live", record: Recorded, request: Request, segments: list[str], token: Issued
    ) -> Reply:
        directory = live.directory_of(token.tenant)
        call = Call(directory, request, record.version, segments, token)
        call.again = lambda item: self._answer(live, item, token)
        options = {name.lower().lstrip("$"): value for name, value in pairs(request.query)}
        charge = self.limits.charge(
            token.app, token.tenant, request.method, segments, options, size=len(request.body)
        )
        if charge.refusal is not None:
            raise charge.refusal
        handler = directory.resolve(call)
        record.template = call.template
        warning = permits.check(self.permissions, request.method, call.template, token)
        if warning:
            self.warnings.append(warning)
        with self.limits.mailbox(token.app, box) if (box := _mailbox(call)) else nullcontext():
            reply = handler(call)
        reply.headers = {**charge.headers, **reply.headers}
        return reply

    def _dress(self, reply: Reply, ids: dict[str, str], *, graph: bool) -> None:
        common = {"Date": formatdate(self.now(), usegmt=True), "Strict-Transport-Security": "max-age=31536000"}
        own = {"Cache-Control": "no-cache", "OData-Version": "4.0", "x-ms-ags-diagnostic": DIAGNOSTIC, **ids}
        reply.headers = {**common, **(own if graph else {}), **reply.headers}

    def _plain_url(self) -> str:
        """Return the root of the listener without TLS, which opens now if it was not there."""
        live = self._running()
        with self._lock:
            if live.plain is None:
                live.plain = Server(lambda request: self._answer(live, request), None, on_error=self.errors.append)
        return f"http://127.0.0.1:{live.plain.port}"

    def _date(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)


def _mailbox(call: Call) -> str:
    """Return the id of the user whose mailbox a call is about; "" for none."""
    if workload(call.segments) != "outlook":
        return ""
    name = call.token.user or "" if call.segments[0].lower() == "me" else call.segments[1]
    user = call.directory.store.get("user", name)
    return str(user["id"]) if user else name


def _no_version(segment: str, ids: dict[str, str], now: datetime) -> Reply:
    return Refusal(404, "ResourceNotFound", f"Invalid version: {segment}").reply(ids, now)


class _Live:
    """What exists only while a sandbox runs."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        folder = tempfile.mkdtemp(prefix="leangraph-sandbox-")
        # A sandbox that nobody closed leaves nothing behind either, and without a warning.
        self._sweep = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.ca_file = Path(folder, "ca.pem")
        self._context = server_context(self.ca_file)
        self._lock = threading.Lock()
        self.plain: Server | None = None
        self._other: Server | None = None
        self.signed_urls = SignedUrls(self._signed_root, sandbox.now)
        self._directories: dict[str, Directory] = {}
        self.directory = self.directory_of(sandbox.tenant_id)
        self.store = self.directory.store
        sandbox._tokens.find_user = lambda name: self.store.get("user", name)
        sandbox._tokens.app_added = self._adopt
        try:
            self.server = self._serving(sandbox._answer, port=sandbox._port)
        except BaseException:
            self.close()
            raise

    def _serving(self, answer: Callable[..., Reply], port: int = 0, **options: bool) -> Server:
        return Server(
            lambda request: answer(self, request, **options),
            self._context,
            port=port,
            on_error=self._sandbox.errors.append,
        )

    def _signed_root(self) -> str:
        """Return the origin of pre-authenticated addresses: another port, which opens now if it was not there."""
        with self._lock:
            if self._other is None:
                self._other = self._serving(self._sandbox._answer, elsewhere=True)
        return f"https://127.0.0.1:{self._other.port}"

    def directory_of(self, tenant: str) -> Directory:
        """Return a tenant's directory; one that nobody has asked yet is filled now."""
        with self._lock:
            found = self._directories.get(tenant)
            if found is None:
                found = self._directories[tenant] = self._filled(tenant)
        return found

    def _filled(self, tenant_id: str) -> Directory:
        sandbox = self._sandbox
        own = tenant_id == sandbox.tenant_id
        tenant = sandbox._tokens.registry.tenant(tenant_id)
        store = Store(sandbox._file if own else None)
        number: int = sandbox._number if own else tenant.users
        seed = sandbox._seed if own else sandbox._seed_of(tenant.domain)
        plan = contents.Plan(seed, number, tenant_id, tenant.domain, sandbox.now())
        registry = sandbox._tokens.registry
        apps = [app for app in registry.apps.values() if tenant_id in app.consents]
        # Only the first is there after a reset: the login host forgets the others as well.
        seeded = apps[:1] if own else apps
        store.seed(*contents.fresh(plan, login_apps.first_rows(registry, tenant, seeded)))
        directory = Directory(
            store,
            sandbox.now,
            sandbox._seed,
            tenant=tenant_id,
            domain=tenant.domain,
            signed_urls=self.signed_urls,
            login=sandbox._tokens,
        )
        for app in apps:
            login_apps.adopt(directory, app)
        if store.lasting:
            login_apps.recall(directory)
        return directory

    def _adopt(self, app: App) -> None:
        """Let Graph show an app that a test has added, in the tenants that are there already."""
        with self._lock:
            shown = [each for name, each in self._directories.items() if name in app.consents]
        for each in shown:
            login_apps.adopt(each, app)

    def rewind(self) -> None:
        """Go back to the seeded state, and forget the other tenants."""
        self.store.rewind()
        self.signed_urls.reset()
        self.directory.reset()
        with self._lock:
            for tenant in [*self._directories.keys() - {self._sandbox.tenant_id}]:
                self._directories.pop(tenant).store.close()

    def close(self) -> None:
        for server in (self.plain, self._other, getattr(self, "server", None)):
            if server is not None:
                server.close()
        for each in self._directories.values():
            each.store.close()
        self._sweep()
