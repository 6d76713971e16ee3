"""One request, from the bytes that came to the reply: recorded, spoiled, charged, judged, answered."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, Literal, Protocol
from uuid import uuid4

from . import graph
from .core import batch, delta, engine, families, metadata, typed  # noqa: F401 - registers its endpoint
from .core.call import Call, not_acted_out, pairs
from .core.directory import Directory
from .core.model import ENTITIES
from .login.ledger import Issued
from .login.registry import FILES
from .login.service import LoginHost
from .odata.paths import split
from .odata.query import ODataError
from .rules import permits
from .rules.limits import Limits, workload
from .wire.faults import Refusal, Script
from .wire.server import Headers, Reply, Request, Spoil
from .wire.signed_urls import SignedUrls

graph.load()
delta.track(ENTITIES.values())

Fidelity = Literal["acted", "typed"]
VERSIONS = ("v1.0", "beta")
LOG = 100_000  # requests remembered; the oldest go first
KEPT_BODY = 1024 * 1024  # bytes of a request's body that are remembered
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
    come after the batch itself, as ``batched``. ``template`` is the path with ``{id}`` for every key;
    ``fidelity`` says how Graph answered: ``acted``, ``typed`` or ``refused``, "" where it was not Graph.
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
    fidelity: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Tenants(Protocol):
    """What a request may be about."""

    @property
    def signed_urls(self) -> SignedUrls: ...

    def directory_of(self, tenant: str) -> Directory: ...


class Pipeline:
    """Answers requests and remembers them. ``now`` returns seconds since the epoch.

    Attributes:
        script: the faults to come.
        log: the requests so far, oldest first.
        token_requests: how often a token endpoint was asked.
        errors: what broke in here, which for the client is a 500.
        on_typed: is told once of each family, ``/identity/conditionalAccess``, that is answered so.
        fidelity: ``typed`` answers what is not acted out by the metadata, ``acted`` refuses it.
        permissions, warnings: what is made of a token's permissions, and what ``warn`` has found.
    """

    def __init__(
        self, login: LoginHost, limits: Limits, now: Callable[[], float], fidelity: Fidelity = "typed"
    ) -> None:
        self._fidelity = fidelity
        self.login = login
        self.limits = limits
        self.now = now
        self.script = Script()
        self.errors: list[BaseException] = []
        self.on_typed: Callable[[str], object] | None = None
        self._told: set[str] = set()
        self._lock = threading.Lock()
        self.log: deque[Recorded] = deque(maxlen=LOG)
        self.warnings: list[str] = []
        self.reset()

    def reset(self) -> None:
        """Forget what was asked, what was scripted and what was found."""
        self.script.clear()
        self.log.clear()
        self.errors.clear()
        self.token_requests = 0
        self.fidelity = self._fidelity
        self.permissions: permits.Mode = "off"
        self.warnings.clear()

    def answer(
        self, tenants: Tenants, request: Request, token: Issued | None = None, *, signed: bool = False
    ) -> Reply:
        """Answer anything; what breaks in here is a 500 for the client and kept in ``errors``.

        ``token`` is that of the batch which the request is an item of.
        """
        ids = {"request-id": str(uuid4())}
        ids["client-request-id"] = request.headers.get("client-request-id") or ids["request-id"]
        segments = split(request.raw_path)
        plain = request.scheme == "http"  # the machine's own tokens; Graph itself is never plain
        version = segments[0].lower() if segments[0].lower() in VERSIONS and not plain and not signed else ""
        login = plain or (not version and not signed and len(segments) > 2)
        record = self._record(request, segments, version, whole=plain or signed)
        record.batched = token is not None
        fault = self.script.take(request.method, record.path)
        let_go = fault is not None and fault.stall and self.script.let_go.wait(fault.stall)
        if fault is not None and (let_go or fault.reset == "before"):
            return Reply(0, spoil=Spoil(reset=True))
        try:
            if fault is not None and fault.status is not None:
                reply = self._scripted(fault.status, ids, request if login else None)
            elif signed:
                reply = tenants.signed_urls.answer(self._without_its_own_token(request))
            elif version:
                reply = self._graph(tenants, record, request, segments[1:], token)
            else:
                reply = self.login.answer(request, segments) or _no_version(segments[0], ids, self._date())
        except Refusal as refused:
            reply = refused.reply(ids, self._date())
        except ODataError as error:
            reply = Refusal(error.status, error.code, str(error)).reply(ids, self._date())
        except Exception as error:  # noqa: BLE001 - the client gets its 500, the test gets the reason
            self.errors.append(error)
            reply = Refusal.of(500).reply(ids, self._date())
        self._dress(reply, ids, graph=bool(version))
        if version:
            record.fidelity = "refused" if reply.status == 501 else record.fidelity
            reply.headers["x-sandbox-fidelity"] = record.fidelity or "acted"
        if fault is not None:
            reply = fault.spoiled(reply)
        if reply.spoil is None or not reply.spoil.reset:
            record.status = reply.status
        return reply

    def _without_its_own_token(self, request: Request) -> Request:
        """Return a request to a pre-authenticated address without a token that was issued for that very host.

        A token of Graph's is refused there; one for the host itself, which kiota's clients ask for, does no harm.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        issued = self.login.ledger.find(token.strip()) if scheme.lower() == "bearer" else None
        if issued is None or issued.audience.rstrip("/") != FILES:
            return request
        kept = [(name, value) for name, value in request.headers.items() if name.lower() != "authorization"]
        return replace(request, headers=Headers(kept))

    def _record(self, request: Request, segments: list[str], version: str, *, whole: bool) -> Recorded:
        headers = dict(request.headers)
        for name, value in headers.items():
            if name.lower() == "authorization":
                headers[name] = self.login.ledger.label(value)
            elif name.lower() == "x-identity-header":
                headers[name] = "***"
        path = re.sub("/{2,}", "/", request.path)
        record = Recorded(
            method=request.method,
            path=path if whole else "/" + path.strip("/").partition("/")[2],
            query=dict(pairs(request.query)),
            headers=Headers(headers.items()),
            body=_SECRETS.sub(rb"\1***", request.body[:KEPT_BODY]),
            target=request.target,
            version=version,
        )
        self.log.append(record)
        if self.login.asks_for_token(request, segments):
            with self._lock:
                self.token_requests += 1
        return record

    def _scripted(self, status: int, ids: dict[str, str], login: Request | None) -> Reply:
        if status < 400:
            return Reply(status, b"", {"Content-Type": "text/plain"})
        if login is not None:
            return self.login.scripted(login, status, ids["client-request-id"])
        return Refusal.of(status).reply(ids, self._date())

    def _graph(
        self, tenants: Tenants, record: Recorded, request: Request, segments: list[str], token: Issued | None
    ) -> Reply:
        if segments == ["$metadata"] and "Authorization" not in request.headers:
            return metadata.served(request)  # which anybody may read
        token = token or self.login.judge(request)
        directory = tenants.directory_of(token.tenant)
        call = Call(directory, request, record.version, segments, token, fidelity=self.fidelity)
        call.again = lambda item: self.answer(tenants, item, token)
        options = {name.lower().lstrip("$"): value for name, value in pairs(request.query)}
        charge = self.limits.charge(
            token.app, token.tenant, request.method, segments, options, size=len(request.body)
        )
        if charge.refusal is not None:
            raise charge.refusal
        endpoint = engine.resolve(call)
        if endpoint is None and self.fidelity == "acted" and not families.acted(call):
            not_acted_out(f"{request.method} {call.template}")
        endpoint = endpoint or typed.endpoint(call)
        record.fidelity = endpoint.fidelity
        if endpoint.fidelity == "typed":
            self._tell(call.template)
        record.template = call.template
        warning = permits.check(self.permissions, request.method, call.template, token, options)
        if warning:
            self.warnings.append(warning)
        with self.limits.mailbox(token.app, box) if (box := _mailbox(call)) else nullcontext():
            call.allow(*endpoint.options)
            reply = endpoint.handler(call)
        reply.headers = {**charge.headers, **reply.headers}
        return reply

    def _tell(self, template: str) -> None:
        """Tell once of each family that it is answered by the metadata alone."""
        family = "/" + "/".join([step for step in template.split("/") if step and step != "{id}"][:2])
        with self._lock:
            new = family not in self._told
            self._told.add(family)
        if new and self.on_typed is not None:
            self.on_typed(family)

    def _dress(self, reply: Reply, ids: dict[str, str], *, graph: bool) -> None:
        common = {"Date": formatdate(self.now(), usegmt=True), "Strict-Transport-Security": "max-age=31536000"}
        own = {"Cache-Control": "no-cache", "OData-Version": "4.0", "x-ms-ags-diagnostic": DIAGNOSTIC, **ids}
        reply.headers = {**common, **(own if graph else {}), **reply.headers}

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
