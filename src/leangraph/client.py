"""``GraphClient``: everything above, wired."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, Unpack

from leangraph import clouds
from leangraph.address import ROOTS, Address, unknown_root
from leangraph.auth.holder import TokenHolder
from leangraph.errors import ConfigurationError, MissingPermission
from leangraph.http.core import Core
from leangraph.http.options import Options, Writing
from leangraph.http.pace import CallBudget, Clock, Pace
from leangraph.http.reply import Reply
from leangraph.http.retry import RetryPolicy
from leangraph.http.target import VERSIONS, Request, path_in, refuse_unfit
from leangraph.http.transport import Transport
from leangraph.knowledge import advice, permissions
from leangraph.net.origin import is_safe
from leangraph.net.session import HttpSession
from leangraph.protocols import batch
from leangraph.protocols.batch import CONCURRENCY
from leangraph.protocols.paging import Pages
from leangraph.settings import read_one
from leangraph.system.threads import Outcomes

if TYPE_CHECKING:
    import requests

    from leangraph.protocols.content import File
    from leangraph.protocols.delta import Delta
    from leangraph.protocols.downloads import Target
    from leangraph.settings import Settings
    from leangraph.types import AnyAddress, Roots
else:
    Roots = object


class GraphClient(Roots):
    """Microsoft Graph: any path that Microsoft documents, with a token that is always valid.

    Args:
        holder: supplies the tokens; by default one is made from ``settings``.
        url: Graph's root without a version; plain http only for this machine.
        version: ``v1.0`` or ``beta``; a single path can name the other one: ``graph.get("/beta/users")``.
        timeout: seconds to wait for one reply.
        settings: all other settings. Without ``settings`` and ``holder`` they come from the environment and
            ``.env``. ``GRAPH_READ_ONLY`` is read from there even if only a holder is given.
        session: a ``requests.Session`` of your own; ``close`` leaves it open.
        headers: sent with every request, and with every item of a batch; a request's own headers win.
        retry: the retry policy, instead of the one in the settings.
        budget: asked before every request, to stay below Graph's limits; see ``Budget``.
        sleep: the function that waits; tests pass their own.

    Every verb takes the query options by name, and no others: ``select filter expand orderby search top skip count
    format skiptoken deltatoken`` get their ``$``; lists are joined with commas. ``params`` holds any other query
    parameters, verbatim, and ``headers`` the headers. Two options become headers: ``etag``, the object's
    ``@odata.etag`` (``If-Match``: if the object has changed since, the request fails with ``PreconditionFailed``),
    and ``prefer``, one preference or a list. If an advanced query on directory objects needs
    ``ConsistencyLevel: eventual`` and ``$count=true``, they are added.

    A client can be shared between threads, and is a context manager.

    Raises:
        ConfigurationError: settings or arguments are wrong or contradict each other.
        TypeError: raised by every verb for an option that does not exist.
    """

    def __init__(
        self,
        holder: TokenHolder | None = None,
        *,
        url: str | None = None,
        version: str | None = None,
        timeout: float | None = None,
        settings: Settings | None = None,
        session: requests.Session | HttpSession | None = None,
        headers: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
        budget: CallBudget | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        _refuse_unfit(holder, url, settings, session, retry, budget, sleep)
        if holder is None and settings is None:
            from leangraph.settings import Settings

            settings = Settings()
        self.url = _root(url or (settings.graph_root if settings else clouds.PUBLIC.graph))
        self.version = version or (settings.version if settings else clouds.VERSION)
        if self.version not in VERSIONS:
            raise ConfigurationError(f"version must be one of {', '.join(VERSIONS)}, not {self.version!r}")
        refuse_unfit(headers or {})
        http = _http(session, settings, timeout)
        self._owns_holder = holder is None
        self.token_holder = _holder(settings, http) if holder is None else holder
        clock = Clock(sleep)
        transport = Transport(
            http,
            self.token_holder,
            self.url,
            policy=retry if retry is not None else RetryPolicy.of(settings) if settings else RetryPolicy(),
            pace=Pace(clock, budget),
            clock=clock,
            read_only=settings.read_only if settings else bool(read_one("GRAPH_READ_ONLY")),
            headers=headers,
        )
        # A fixed token does not say whose it is. ``protected`` is whom no job changes.
        tenant, self.protected = (settings.tenant_id, settings.protect) if settings else ("", _protected())
        self._core = Core(transport, self.url, self.version, tenant)

    @classmethod
    def from_env(cls) -> Self:
        """Make a client from the environment and the ``.env`` file in the working directory.

        Raises:
            ConfigurationError: names every variable that is missing or malformed.
        """
        from leangraph.settings import Settings

        return cls(settings=Settings())

    @classmethod
    def for_tenants(
        cls, tenants: Iterable[str], settings: Settings | None = None, **options: Any
    ) -> dict[str, Self]:
        """Make a client for each tenant, by its ID or domain: one app, one session, one token per tenant.

        Args:
            settings: shared by all of them; by default from the environment.
            options: the arguments of the class, except ``holder``.

        The app must be a multi-tenant one to which each tenant has consented. If you ``close`` one client,
        the idle connections of all are dropped, but the others still work.
        """
        if isinstance(tenants, (str, bytes)):
            raise ConfigurationError(f"tenants={tenants!r} must be a list of tenants: [{tenants!r}]")
        if settings is None:
            from leangraph.settings import Settings

            settings = Settings()
        http = _http(options.pop("session", None), settings, options.pop("timeout", None))
        return {
            tenant: cls(settings=settings.for_tenant(tenant), session=http, **options)
            for tenant in dict.fromkeys(tenants)
        }

    def get(self, path: str | Address, *, follow: bool = False, **options: Unpack[Options]) -> Any:
        """Return what is at the path: a dict for an object or one page, ``bytes`` if it is not JSON.

        See ``Address.get``.
        """
        return self._at(path).get(follow=follow, **options)

    def list(
        self, path: str | Address, *, limit: int | None = None, follow: bool = False, **options: Unpack[Options]
    ) -> Pages[Any]:
        """Return all items of a collection; see ``Address.list``."""
        return self._at(path).list(limit=limit, follow=follow, **options)

    def delta(
        self,
        path: str | Address,
        *,
        state: str | os.PathLike[str] | None = None,
        save: bool = True,
        token: str | None = None,
        follow: bool = False,
        **options: Unpack[Options],
    ) -> Delta[Any]:
        """Return what has changed in a collection since the last complete round; see ``Address.delta``."""
        return self._at(path).delta(state=state, save=save, token=token, follow=follow, **options)

    def count(self, path: str | Address, **options: Unpack[Options]) -> int:
        """Return how many items a collection has, from its ``/$count``."""
        return self._at(path).count(**options)

    def post(
        self,
        path: str | Address,
        json: Any = None,
        *,
        wait_until_visible: bool = False,
        **options: Unpack[Writing],
    ) -> Any:
        """Create something, or call an action; return the body of the answer. See ``Address.post``."""
        return self._at(path).post(json, wait_until_visible=wait_until_visible, **options)

    def patch(self, path: str | Address, json: Any = None, **options: Unpack[Writing]) -> Any:
        """Change the properties in the body; ``None`` clears one. Graph mostly answers without a body."""
        return self._at(path).patch(json, **options)

    def put(self, path: str | Address, json: Any = None, **options: Unpack[Writing]) -> Any:
        """Replace what is at the path, with ``json`` or with ``data`` (bytes)."""
        return self._at(path).put(json, **options)

    def delete(self, path: str | Address, **options: Unpack[Writing]) -> Any:
        """Delete what is at the path. A 404 after an attempt whose answer was lost counts as success."""
        return self._at(path).delete(**options)

    def request(
        self,
        method: str,
        path: str | Address,
        json: Any = None,
        *,
        follow: bool = False,
        **options: Unpack[Writing],
    ) -> Reply:
        """Send one request and return its reply: status, headers, body. See ``Address.request``."""
        return self._at(path).request(method, json, follow=follow, **options)

    def upload(self, path: str | Address, file: File, **options: Any) -> Any:
        """Upload a file to a drive item, or attach it to a message or event. See ``Address.upload``."""
        return self._at(path).upload(file, **options)

    def download(self, path: str | Address, file: Target, **options: Any) -> int | None:
        """Download the whole file or nothing; return its size in bytes. See ``Address.download``."""
        return self._at(path).download(file, **options)

    def report(self, path: str | Address, **parameters: Any) -> Iterator[dict[str, str]]:
        """Yield the rows of a usage report: ``graph.report("getEmailActivityCounts", period="D7")``.

        See ``Address.report``.
        """
        return self._at(path).report(**parameters)

    def batch(
        self,
        requests: Iterable[Address | Request | str],
        *,
        ordered: bool = True,
        follow: bool | None = None,
        concurrency: int = CONCURRENCY,
    ) -> Outcomes[Reply]:
        """Return the replies to requests, sent in batches of twenty, several at a time, as you ask for them.

        The input may be of any length, even endless: it is read as it is needed. Each request is retried alone,
        by the same rules as a single request. An error is in ``reply.error`` and is not raised, so that no other
        reply is lost. If no answer came, ``reply.status`` is ``None``.

        Args:
            requests: addresses (a GET each) and ``Request`` values.
            ordered: return replies in the order of the requests; ``False`` returns them as they come.
            follow: ``True`` joins all pages of a collection into one ``value`` and fetches expanded lists in full;
                ``False`` does neither. By default pages are joined, and one warning says if a list is cut short.
            concurrency: how many batches are in flight at a time.
        """
        if isinstance(requests, (str, bytes, Mapping)) or not isinstance(requests, Iterable):
            raise ConfigurationError("batch takes a list of requests: for one, [request]. Nothing was sent")
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise ConfigurationError(f"concurrency={concurrency!r} must be a number of batches, 1 or more")
        return batch.run(requests, self._core, ordered=ordered, follow=follow, concurrency=concurrency)

    def wait(self, job: Reply | str | Address | Mapping[str, Any], *, timeout: float = 3600.0) -> Any:
        """Wait until a job that Graph runs is done; return the last answer of its monitor.

            reply = graph.request("POST", "/me/drive/items/{id}/copy", {"name": "copy.docx"})
            graph.wait(reply)["resourceId"]

        Args:
            job: the reply, or the address in its ``Location`` or ``Operation-Location``. Another process can wait
                for that address too. A monitor on another host needs no token: keep its address private. If the
                job is an object with an ``id`` and a ``status``: the reply that created it, its address, or what
                ``get`` or ``post`` returned, if that has an ``@odata.context``.
            timeout: seconds.

        Raises:
            OperationFailed: the job failed; the error says why.
            PartialFailure: a part of the job was not done.
            StillRunning: the job takes longer than ``timeout``, and continues.
        """
        from leangraph.protocols import operations

        work = job if isinstance(job, (Reply, Mapping)) else path_in(self._core, job)
        return operations.wait(self._core.transport, self.url, self.version, work, timeout=timeout)

    def check(self, *requests: str) -> tuple[str, ...]:
        """Check that the token allows these requests, by Microsoft's permission table.

        Nothing is sent to Graph. If there is no token yet, one is requested.

            graph.check("GET /users", "POST /groups/{id}/members/$ref")

        Returns:
            the requests that cannot be checked: the table does not list them, or the token cannot be read.

        Raises:
            MissingPermission: names, for each request not allowed, what is needed and what the token has.
            AuthError, TransportError: there is no token, and none could be obtained.
        """
        if not all(isinstance(one, str) for one in requests):
            raise ConfigurationError('check takes requests as text: check("GET /users")')
        unknown, lacking = advice.missing(requests, permissions.held(self.token_holder.token))
        if lacking:
            raise MissingPermission(*lacking)
        return unknown

    @property
    def read_only(self) -> bool:
        """Whether every write is refused before it is sent."""
        return self._core.transport.read_only

    def close(self) -> None:
        """Close the connections and the sign-in that the client made; a session or holder of yours stays open."""
        self._core.transport.http.close()
        if self._owns_holder:
            self.token_holder.close()

    def _at(self, path: str | Address) -> AnyAddress:
        return Address(self._core, path_in(self._core, path))  # type: ignore[return-value]  # which it is to a checker alone

    if not TYPE_CHECKING:  # which knows the roots, by types/__init__.pyi

        def __getattr__(self, name: str) -> Address:
            if name.startswith("_"):
                raise AttributeError(name)
            if name not in ROOTS and vars(self).get("version") != "beta":
                raise unknown_root(name)
            address = vars(self)[name] = Address(self._core, f"/{name}")  # it does not change: once is enough
            return address

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *ROOTS})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<GraphClient {self.url}/{self.version}>"

    def __reduce__(self) -> Any:
        raise TypeError("a GraphClient holds a secret and is not pickled: make one where it is needed")


def _protected() -> str:
    return str(read_one("GRAPH_PROTECT") or "")


def _refuse_unfit(holder: Any, url: Any, settings: Any, session: Any, retry: Any, budget: Any, sleep: Any) -> None:
    """Refuse what is no such thing now, and not at the first request."""
    problems = {
        "holder must be a TokenHolder: for a token that you have, TokenHolder.fixed(token)": holder is None
        or isinstance(holder, TokenHolder),
        "url must be text, https://host": url is None or isinstance(url, str),
        "settings must be Settings": settings is None or hasattr(settings, "graph_root"),
        "session must be a requests.Session": session is None or hasattr(session, "send"),
        "retry must be a RetryPolicy": retry is None or isinstance(retry, RetryPolicy),
        "budget must have take(units), as Budget has": budget is None or callable(getattr(budget, "take", None)),
        "sleep must be a function of seconds": callable(sleep),
    }
    for problem, is_right in problems.items():
        if not is_right:
            raise ConfigurationError(problem)
    if retry is not None:
        retry.check()


def _root(url: str) -> str:
    url = url.rstrip("/")
    if not is_safe(url) or not re.fullmatch(r"[a-zA-Z]+://[^/?#]+", url):
        raise ConfigurationError(
            "url must be https://host without a path or version (plain http is for this machine only)"
        )
    return url


def _holder(settings: Settings | None, http: HttpSession) -> TokenHolder:
    from leangraph.auth.choose import source_for

    assert settings is not None
    return TokenHolder(source_for(settings, http), scopes=settings.token_scopes)


def _http(
    session: requests.Session | HttpSession | None, settings: Settings | None, timeout: float | None
) -> HttpSession:
    is_number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if timeout is not None and not (is_number and 0 < timeout <= threading.TIMEOUT_MAX):
        raise ConfigurationError(f"timeout={timeout!r} must be a number of seconds greater than 0")
    if isinstance(session, HttpSession):
        if timeout is not None:
            raise ConfigurationError("timeout= is for a session that is made here: the HttpSession has its own")
        return session
    return HttpSession(
        session,
        ca_bundle=settings.ca_bundle if settings else None,
        proxy=settings.proxy.get_secret_value() if settings and settings.proxy else None,
        timeout=timeout or (settings.timeout if settings else clouds.TIMEOUT),
        max_body=settings.max_body if settings else clouds.MAX_BODY,
    )
