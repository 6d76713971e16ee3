"""``GraphClient``: everything above, wired."""

from __future__ import annotations

import io
import math
import os
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from leangraph import clouds
from leangraph.address import ROOTS, Address, unknown_root
from leangraph.auth.holder import TokenHolder
from leangraph.errors import ConfigurationError, TransportError
from leangraph.http.options import with_options
from leangraph.http.pace import CallBudget, Clock, Pace
from leangraph.http.retry import RetryPolicy
from leangraph.http.target import EVENTUAL, VERSIONS, address, advanced
from leangraph.http.transport import Reply, Transport
from leangraph.knowledge import permissions
from leangraph.net.origin import is_safe
from leangraph.net.session import HttpSession
from leangraph.protocols import batch
from leangraph.protocols.batch import CONCURRENCY, Request
from leangraph.protocols.paging import Pages

if TYPE_CHECKING:
    import requests

    from leangraph.protocols.delta import Delta
    from leangraph.protocols.downloads import Target
    from leangraph.protocols.uploads import File, Progress
    from leangraph.settings import Settings
    from leangraph.types import Roots
else:
    Roots = object


class GraphClient(Roots):
    """Microsoft Graph: any path of Microsoft's pages, with a token that is always valid.

    Args:
        holder: supplies the tokens; by default one is made from ``settings``.
        url: Graph's root without a version; plain http only for this machine.
        version: ``v1.0`` or ``beta``; one path may differ: ``graph.get("/beta/users")``.
        timeout: seconds to wait for one reply.
        settings: what else the user decided; without them and without a holder, the environment. Of that,
            ``GRAPH_READ_ONLY`` counts even with a holder alone.
        session: a ``requests.Session`` of your own, left open by ``close``.
        retry: the policy, in place of the one that the settings describe.
        budget: spent before every request, to keep clear of Graph's limits; see ``Budget``.
        sleep: how to wait; tests bring their own.

    Every verb takes ``headers``, ``params`` (query parameters, verbatim) and query options by name:
    ``select filter expand orderby search top skip count format skiptoken deltatoken`` get their ``$``,
    all else goes as it is. Lists are joined with commas. Two more become headers: ``etag``, the object's
    ``@odata.etag`` (``If-Match``: is it another by now, nothing is done, and ``PreconditionFailed`` raised), and
    ``prefer``, one preference or a list. What the rules for advanced queries on directory objects demand
    (``ConsistencyLevel: eventual``, ``$count=true``) is added.

    Safe to share between threads; a context manager.

    Raises:
        ConfigurationError: settings or arguments do not add up.
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
        retry: RetryPolicy | None = None,
        budget: CallBudget | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if holder is None and settings is None:
            from leangraph.settings import Settings

            settings = Settings()
        self.url = (url or (settings.graph_root if settings else clouds.PUBLIC.graph)).rstrip("/")
        if not is_safe(self.url) or not re.fullmatch(r"[a-zA-Z]+://[^/?#]+", self.url):
            raise ConfigurationError(
                "url must be https://host without a path or version (plain http is for this machine only)"
            )
        self.version = version or (settings.version if settings else clouds.VERSION)
        if self.version not in VERSIONS:
            raise ConfigurationError(f"version must be one of {', '.join(VERSIONS)}, not {self.version!r}")
        if timeout is not None and not 0 < timeout < math.inf:
            raise ConfigurationError(f"timeout={timeout!r} must be a number of seconds greater than 0")
        http = session if isinstance(session, HttpSession) else _http(session, settings, timeout)
        if holder is None:
            assert settings is not None
            from leangraph.auth.store import source

            holder = TokenHolder(source(settings, http), scopes=settings.token_scopes)
        if retry is None:
            retry = RetryPolicy(settings.max_retries, settings.patience) if settings else RetryPolicy()
        self.token_holder = holder
        self._tenant = settings.tenant_id if settings else ""  # which a fixed token does not say
        clock = Clock(sleep)
        self._transport = Transport(
            http,
            holder,
            self.url,
            policy=retry,
            pace=Pace(clock, budget),
            clock=clock,
            read_only=settings.read_only if settings else _read_only(),
        )

    @classmethod
    def from_env(cls) -> Self:
        """Make a client of the environment and the ``.env`` file in the working directory.

        Raises:
            ConfigurationError: names every variable that is missing or malformed.
        """
        from leangraph.settings import Settings

        return cls(settings=Settings())

    @classmethod
    def for_tenants(
        cls, tenants: Iterable[str], settings: Settings | None = None, **options: Any
    ) -> dict[str, Self]:
        """Make a client for each tenant, by its ID or domain: one app, one session, a token of its own for each.

        Args:
            settings: what all of them share; by default the environment's.
            options: as for the class itself, but not ``holder``.

        The app must be a multi-tenant one to which each tenant has consented. To ``close`` one client drops
        idle connections of all, and none of them stops working.
        """
        if settings is None:
            from leangraph.settings import Settings

            settings = Settings()
        given = options.pop("session", None)
        http = given if isinstance(given, HttpSession) else _http(given, settings, options.get("timeout"))
        return {
            tenant: cls(settings=settings.for_tenant(tenant), session=http, **options)
            for tenant in dict.fromkeys(tenants)
        }

    def get(self, path: str | Address, **options: Any) -> Any:
        """Return what is at the path: a dict for an object or one page, ``bytes`` if it is not JSON."""
        return self.request("GET", path, **options).body

    def list(
        self,
        path: str | Address,
        *,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        **query: Any,
    ) -> Pages[Any]:
        """Return all items of a collection, page by page as they are needed.

        Args:
            limit: how many items in all; ``top`` is the size of a page.
        """
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
            raise ConfigurationError(f"limit={limit!r} must be a number of items, 0 or more")
        url, headers = self._resolve(path, dict(headers or {}), params, query)
        return Pages(
            lambda link: self._transport.send("GET", link, headers=headers).body, url, self.url, limit=limit
        )

    def delta(
        self,
        path: str | Address,
        *,
        state: str | os.PathLike[str] | None = None,
        save: bool = True,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        **query: Any,
    ) -> Delta[Any]:
        """Return what has changed in a collection since the last complete round; see ``Delta``.

        Args:
            path: of the collection, ``/users``, or of its delta function.
            state: the file that keeps where the next round begins.
            save: ``False`` leaves it to ``Delta.save``, for who has to store the changes first.
        """
        from leangraph.protocols.delta import Delta, path_of

        url, headers = self._resolve(path_of(str(path)), dict(headers or {}), params, query)
        return Delta(
            lambda link: self._transport.send("GET", link, headers=headers).body,
            url,
            self.url,
            state=state,
            save=save,
            tenant=self._tenant,
            headers=headers,
        )

    def count(self, path: str | Address, **options: Any) -> int:
        """Return how many items a collection has, by its ``/$count``."""
        where, mark, rest = str(path).partition("?")
        where = where if where.endswith("/$count") else f"{where.rstrip('/')}/$count"
        body = self.get(f"{where}{mark}{rest}", **options)
        text = body.decode("utf-8-sig", "replace").strip() if isinstance(body, bytes) else str(body)
        if not text.isdecimal():
            raise TransportError(f"{where} answered {text[:50]!r} instead of a number", transient=False)
        return int(text)

    def post(
        self, path: str | Address, json: Any = None, *, wait_until_visible: bool = False, **options: Any
    ) -> Any:
        """Create something, or call an action; return the body of the answer. Options as in ``request``.

        Args:
            wait_until_visible: read what was made until it is found, if the answer has an id. It is returned in
                any case; that it does not show in time is a warning in the log.
        """
        body = self.request("POST", path, json, **options).body
        if wait_until_visible:
            from leangraph.protocols.references import settle

            transport = self._transport
            settle(self.get, str(path), body, policy=transport.policy, sleep=transport.clock.sleep)
        return body

    def patch(self, path: str | Address, json: Any = None, **options: Any) -> Any:
        """Change what the body names; ``None`` clears, absent leaves. Graph mostly answers without a body."""
        return self.request("PATCH", path, json, **options).body

    def put(self, path: str | Address, json: Any = None, **options: Any) -> Any:
        """Replace what is at the path, with ``json`` or with ``data`` (bytes)."""
        return self.request("PUT", path, json, **options).body

    def delete(self, path: str | Address, **options: Any) -> Any:
        """Delete what is at the path; gone already, after an attempt whose answer was lost, is success."""
        return self.request("DELETE", path, **options).body

    def request(
        self,
        method: str,
        path: str | Address,
        json: Any = None,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        idempotent: bool | None = None,
        **query: Any,
    ) -> Reply:
        """Send one request and return its reply: status, headers, body.

        Args:
            json: the body as a JSON value.
            data: the body as bytes, instead of ``json``; give its ``Content-Type`` in ``headers``.
            idempotent: ``True`` lets a POST be repeated when its answer was lost, ``False`` forbids it.

        Raises:
            GraphError: Graph answered with an error; its subclass tells which.
            TransportError: no whole answer came.
            AuthError: no token was to be had.
            ConfigurationError: refused before it was sent.
        """
        if not (method.isascii() and method.isalpha()):
            raise ConfigurationError(f"{method!r} is not an HTTP method")
        url, sent = self._resolve(path, headers, params, query)
        return self._transport.send(method.upper(), url, json=json, data=data, headers=sent, idempotent=idempotent)

    def batch(
        self,
        requests: Iterable[Address | Request | str],
        *,
        ordered: bool = True,
        follow: bool = True,
        concurrency: int = CONCURRENCY,
    ) -> Generator[Reply, None, None]:
        """Yield the reply to each request, sent in batches of twenty, several at a time.

        Any number will do, even an endless one: they are read as they are needed. Each request is repeated by
        itself, under the same rules as if it were sent alone. What went wrong stands in ``reply.error`` and is
        not raised, so that no other reply is lost; where no answer came, ``reply.status`` is ``None``.

        Args:
            requests: addresses (a GET each) and ``Request`` values.
            ordered: replies in the order of the requests; else as they come.
            follow: bring all pages of a collection into one ``value``.
            concurrency: batches in flight.
        """
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise ConfigurationError(f"concurrency={concurrency!r} must be a number of batches, 1 or more")
        return batch.run(
            requests,
            self._transport,
            self.url,
            self._resolve,
            ordered=ordered,
            follow=follow,
            concurrency=concurrency,
        )

    def upload(
        self,
        path: str | Address,
        file: File,
        *,
        size: int | None = None,
        chunk: int | None = None,
        conflict: Literal["fail", "replace", "rename"] = "fail",
        session: str | os.PathLike[str] | None = None,
        name: str | None = None,
        content_type: str | None = None,
        verify: bool = True,
        progress: Progress | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Upload a file to a drive, or attach it to a message or event; return the item as Graph sent it.

        A small file takes one request. A larger one goes range by range in an upload session, which survives lost
        connections and, with ``session``, the end of the process. Of a large attachment only the ``id`` is known.

        Args:
            path: of the item, ``/me/drive/root:/reports/2024.xlsx`` or ``/drives/{id}/items/{id}``; or of the
                attachments, ``/me/messages/{id}/attachments``.
            file: a path, bytes, or a file opened for reading bytes, which is read from where it stands.
            size: how many bytes of it; for a file that somebody goes on writing to.
            chunk: bytes of one range, a multiple of 320 KiB: 10 MiB by default; no request is larger.
            conflict: what to do if the name is taken. An item that is named by its id is always replaced.
            session: a file to keep an interrupted upload in, so that the same call goes on with it later. It is
                private, and gone when the upload is done or has no prospect.
            name, content_type: of an attachment; the name is the file's own by default.
            verify: whether what the drive has is compared with what was sent, by its hash or size.
            progress: called with the bytes that have arrived, and all there are.

        Raises:
            Conflict: the name is taken.
            TransportError: the connection did not come back, the file changed meanwhile, or what the drive has
                is not what was sent.
        """
        from leangraph.protocols import drives, uploads

        return uploads.upload(
            self._transport,
            address(self.url, self.version, drives.item_path(str(path))),
            file,
            size=size,
            chunk=chunk,
            conflict=conflict,
            session=session,
            name=name,
            content_type=content_type,
            verify=verify,
            progress=progress,
            headers=headers,
            tenant=self._tenant,
        )

    def download(
        self,
        path: str | Address,
        file: Target,
        *,
        verify: bool = False,
        progress: Progress | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        **query: Any,
    ) -> int | None:
        """Download a file, whole or not at all; return how many bytes it has.

        With ``If-None-Match`` in ``headers`` and nothing new there is nothing to do, and ``None`` is returned.
        It goes on where a connection broke off, and starts over where the file has changed meanwhile.

        Args:
            path: of a drive item, or of anything else that is bytes: a photo's ``/$value``, an attachment's.
            file: a path, where nothing appears before all is there; or a file opened for writing bytes.
            verify: whether to compare it with the hash or size of the drive item too: one more request.
            progress: called with the bytes that came, and all there are (``None`` if unknown).
        """
        from leangraph.protocols import downloads, drives

        url, sent = self._resolve(drives.content_path(str(path)), headers, params, query)
        return downloads.download(self._transport, url, file, verify=verify, progress=progress, headers=sent)

    def content(self, path: str | Address, **options: Any) -> bytes:
        """Return the bytes of a photo, a file or a ``$value``; options as in ``download``."""
        buffer = io.BytesIO()
        self.download(path, buffer, **options)
        return buffer.getvalue()

    def report(
        self, path: str | Address, *, headers: Mapping[str, str] | None = None, **parameters: Any
    ) -> Iterator[dict[str, str]]:
        """Yield the rows of a usage report, by the names of its columns.

        Where the tenant conceals names, a warning says so: what stands in their place are hashes.

        Args:
            path: ``getEmailActivityCounts``, or in full ``/reports/getEmailActivityCounts(period='D7')``.
            parameters: its ``period="D7"`` (or D30, D90, D180) or ``date="2024-05-31"``.
        """
        from leangraph.protocols import reports

        url, sent = self._resolve(reports.report_path(str(path), parameters), headers, None, {})
        return reports.report(self._transport, url, sent)

    def wait(self, job: Reply | str | Address, *, timeout: float = 3600.0) -> Any:
        """Wait until a job is done that Graph took on with 202; return what its monitor says of it in the end.

            reply = graph.request("POST", "/me/drive/items/{id}/copy", {"name": "copy.docx"})
            graph.wait(reply)["resourceId"]

        Args:
            job: the reply, or the address in its ``Location`` or ``Operation-Location``: kept, it can be waited
                for by another process. A monitor on another host needs no token: keep its address private.
            timeout: seconds.

        Raises:
            OperationFailed: it was not done; the error says why.
            PartialFailure: a part of it was not done.
            StillRunning: it takes longer, and goes on.
        """
        from leangraph.protocols import operations

        work = job if isinstance(job, Reply) else str(job)
        return operations.wait(self._transport, self.url, self.version, work, timeout=timeout)

    def check(self, *requests: str) -> tuple[str, ...]:
        """Tell before a job starts whether the token allows it, by Microsoft's permission table; sends nothing.

            graph.check("GET /users", "POST /groups/{id}/members/$ref")

        Returns:
            those requests of which the table, or a token that cannot be read, does not tell.

        Raises:
            Forbidden: names for each request that is not allowed what it needs and what the token has.
            AuthError, TransportError: no token was to be had.
        """
        return permissions.check(requests, self.token_holder.token)

    def close(self) -> None:
        """Close the connections, unless they belong to a session that was handed in."""
        self._transport.http.close()

    def _resolve(
        self,
        path: str | Address,
        headers: Mapping[str, str] | None,
        params: Mapping[str, Any] | None,
        options: Mapping[str, Any],
    ) -> tuple[str, Mapping[str, str] | None]:
        """Return the URL, and the headers with what the rules for advanced queries demand."""
        if not _AS_HEADERS.keys().isdisjoint(options):
            options, headers = _with_headers(options, headers)
        url = address(self.url, self.version, str(path))
        if options or params:
            url = with_options(url, params, options)
        if "$" in url or "?" in url:
            eventual, count = advanced(url[len(self.url) :])
            if eventual and not any(name.lower() == "consistencylevel" for name in headers or ()):
                headers = {**(headers or {}), EVENTUAL[0]: EVENTUAL[1]}
            if count:
                url = with_options(url, None, {"count": True})
        return url, headers

    if not TYPE_CHECKING:  # which knows the roots, by types/__init__.pyi

        def __getattr__(self, name: str) -> Address:
            if name.startswith("_"):
                raise AttributeError(name)
            if name not in ROOTS and vars(self).get("version") != "beta":
                raise unknown_root(name)
            return Address(self, f"/{name}")

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


_AS_HEADERS: Final = {"etag": "If-Match", "prefer": "Prefer"}


def _with_headers(options: Mapping[str, Any], headers: Mapping[str, str] | None) -> tuple[dict[str, Any], Any]:
    """Take out of the options what is no query option but a header; preferences add up."""
    left, sent = dict(options), dict(headers or {})
    for option, name in _AS_HEADERS.items():
        value = left.pop(option, None)
        if value is None:
            continue
        given = [sent.pop(known) for known in list(sent) if known.lower() == name.lower()]
        values = value if isinstance(value, (list, tuple)) else [value]
        sent[name] = ", ".join([*given, *map(str, values)]) if option == "prefer" else value
    return left, sent


def _http(session: requests.Session | None, settings: Settings | None, timeout: float | None) -> HttpSession:
    return HttpSession(
        session,
        ca_bundle=settings.ca_bundle if settings else None,
        proxy=settings.proxy.get_secret_value() if settings and settings.proxy else None,
        timeout=timeout or (settings.timeout if settings else clouds.TIMEOUT),
    )


def _read_only() -> bool:
    """Tell whether the environment forbids writing: who has no settings is kept from it all the same."""
    return os.environ.get("GRAPH_READ_ONLY", "").strip().lower() not in ("", "0", "f", "false", "n", "no", "off")
