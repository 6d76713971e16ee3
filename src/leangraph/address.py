"""``graph.users[id].manager``: where a request goes, with the verbs of the client."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack

from leangraph.errors import ConfigurationError, TransportError
from leangraph.http.core import Core
from leangraph.http.options import NAMES, Options, Writing, call, child, literal, unknown
from leangraph.http.reply import Reply
from leangraph.http.target import Location
from leangraph.protocols.completeness import Whole
from leangraph.protocols.paging import Pages

if TYPE_CHECKING:
    from email.message import EmailMessage
    from uuid import UUID

    from leangraph.protocols.content import File
    from leangraph.protocols.delta import Delta
    from leangraph.protocols.downloads import Target
    from leangraph.protocols.drives import Progress
    from leangraph.protocols.references import Added, Removed
    from leangraph.types._verbs import AnyAddress

# The entity sets and singletons of v1.0. Source: https://graph.microsoft.com/v1.0/$metadata
ROOTS: Final = tuple(
    (
        "admin agreementAcceptances agreements appCatalogs appRoleAssignments applicationTemplates "
        "applications auditLogs authenticationMethodConfigurations authenticationMethodsPolicy "
        "certificateBasedAuthConfiguration chats communications compliance connections contacts contracts "
        "copilot dataPolicyOperations deviceAppManagement deviceManagement devices directory directoryObjects "
        "directoryRoleTemplates directoryRoles domainDnsRecords domains drive drives education "
        "employeeExperience external filterOperators functions groupLifecyclePolicies groupSettingTemplates "
        "groupSettings groups identity identityGovernance identityProtection identityProviders "
        "informationProtection invitations me oauth2PermissionGrants organization permissionGrants places "
        "planner policies print privacy reports roleManagement schemaExtensions scopedRoleMemberships search "
        "security servicePrincipals shares sites solutions storage subscribedSkus subscriptions teams "
        "teamsTemplates teamwork tenantRelationships users"
    ).split()
)


# Parameters whose literals have no quotes.
_BARE: Final = frozenset(
    f"Edm.{name}" for name in "Boolean Date DateTimeOffset Decimal Double Guid Int16 Int32 Int64 TimeOfDay".split()
)


class Verbs(Location):
    """What can be done at a location, each verb once. ``Address`` has them all."""

    __slots__ = ()

    _core: Core | None

    def get(self, *, follow: bool = False, **options: Unpack[Options]) -> Any:
        """Return what is here: a dict for an object or one page, ``str`` for text, else ``bytes``.

        Args:
            follow: join all pages of a collection, and fetch expanded lists in full, which Graph may cut short.
        """
        return self.request("GET", follow=follow, **options).body

    def list(self, *, limit: int | None = None, follow: bool = False, **options: Unpack[Options]) -> Pages[Any]:
        """Return all items of a collection, page by page as they are needed.

        Args:
            limit: how many items in all; ``top`` is the size of a page.
            follow: fetch expanded lists in full, which Graph may cut short. Without it, the logger
                ``leangraph.completeness`` warns once if a list is cut.
        """
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
            raise ConfigurationError(f"limit={limit!r} must be a number of items, 0 or more")
        core = self._core or self._client
        url, headers = core.target(self, options)
        whole = Whole(core, url, headers, follow=follow)
        complete = whole.complete if follow else None
        return Pages(
            core.transport.send, url, core.root, headers=headers, limit=limit, look=whole.look, complete=complete
        )

    def delta(
        self,
        *,
        state: str | os.PathLike[str] | None = None,
        save: bool = True,
        token: str | None = None,
        follow: bool = False,
        **options: Unpack[Options],
    ) -> Delta[Any]:
        """Return what has changed in a collection, or from its delta function, since the last complete round.

        See ``Delta``.

        Args:
            state: the file that stores where the next round begins.
            save: with ``False`` you call ``Delta.save`` yourself, after you have stored the changes.
            token: where to begin; ``latest`` begins now. It is sent under the name that the path uses.
            follow: fetch lists inside objects in full; an object with ``members@delta`` then comes once, with all
                of them, at the end of the round. Without it, the logger ``leangraph.completeness`` warns once.
        """
        from leangraph.protocols.delta import Delta, path_of

        core = self._client
        if token is not None:
            options = {**options, "deltatoken": token}
        url, headers = core.target(path_of(self._path), options)
        whole = Whole(core, url, headers, follow=follow)
        return Delta(whole, url, core.root, state=state, save=save, tenant=core.tenant, headers=headers)

    def count(self, **options: Unpack[Options]) -> int:
        """Return how many items a collection has, from its ``/$count``."""
        path, mark, query = self._path.partition("?")
        path = path if path.endswith("/$count") else f"{path.rstrip('/')}/$count"
        body = self._client.request("GET", f"{path}{mark}{query}", **options).body
        text = (body.decode("utf-8-sig", "replace") if isinstance(body, bytes) else str(body)).strip()
        if not text.isdecimal():
            raise TransportError(f"{path} answered {text[:50]!r} instead of a number", transient=False)
        return int(text)

    def post(self, json: Any = None, *, wait_until_visible: bool = False, **options: Unpack[Writing]) -> Any:
        """Create something, or call an action; return the body of the answer. Options as in ``request``.

        If Graph sends no body, only the address of a job or of the new object, the ``Reply`` itself is returned:
        ``graph.wait(graph.teams.post({…}))``.

        Args:
            wait_until_visible: if the answer has an id, read the new object until it is found. The object is
                returned in any case; if it was not found in time, the log has a warning.
        """
        body = _result(self.request("POST", json, **options))
        if wait_until_visible:
            from leangraph.protocols.references import settle

            core = self._client
            settle(core, self._path, body)
        return body

    def patch(self, json: Any = None, **options: Unpack[Writing]) -> Any:
        """Change the properties in the body; ``None`` clears one. Graph mostly answers without a body."""
        return _result(self.request("PATCH", json, **options))

    def put(self, json: Any = None, **options: Unpack[Writing]) -> Any:
        """Replace what is here, with ``json`` or with ``data`` (bytes)."""
        return _result(self.request("PUT", json, **options))

    def delete(self, **options: Unpack[Writing]) -> Any:
        """Delete what is here. A 404 after an attempt whose answer was lost counts as success."""
        return _result(self.request("DELETE", **options))

    def request(self, method: str, json: Any = None, *, follow: bool = False, **options: Unpack[Writing]) -> Reply:
        """Send one request and return its reply: status, headers, body.

        Args:
            follow: complete the body, as ``get`` does.
            json: the body as a JSON value.
            data: the body as bytes, instead of ``json``; give its ``Content-Type`` in ``headers``.
            idempotent: ``True`` lets a POST be repeated if its answer is lost; ``False`` forbids any repetition.

        Raises:
            GraphError: Graph answered with an error; the subclass says which.
            TransportError: no complete answer came.
            AuthError: no token could be obtained.
            ConfigurationError: the request was refused before it was sent.
        """
        core = self._client
        reply = core.request(method, self, json, **options)
        asked = {name: value for name, value in options.items() if name in NAMES} if follow else {}
        Whole(core, reply.url, core.target(self, asked).headers if follow else None, follow).answer(reply)
        return reply

    def add(self, ids: Any = None, **others: Any) -> Added:
        """Add any number of objects to this relation: ``graph.groups[id].members.add(ids)``.

        Objects that are there already or do not exist are counted and raise no error, so you can call it again.

        Args:
            ids: object ids, or dicts with an ``id``.

        Raises:
            Error: none of the first twenty could be added, or the sign-in, the network or Graph itself failed.
        """
        from leangraph.protocols import references

        self._refuse_call("add", ids, others)
        return references.add(self._client, self._path, ids)

    def remove(self, ids: Any = None, **others: Any) -> Removed:
        """Remove objects from this relation; they are not deleted. Arguments and errors as for ``add``."""
        from leangraph.protocols import references

        self._refuse_call("remove", ids, others)
        return references.remove(self._client, self._path, ids)

    def send_message(self, message: EmailMessage, *, by_draft: bool = False) -> None:
        """Send an ``EmailMessage`` from this mailbox: ``graph.users[id].send_message(message)``.

        A message of up to 3 MB takes one request and ``Mail.Send``. For a larger one, a draft is created and each
        attachment is uploaded to it; that needs ``Mail.ReadWrite`` too.

        Args:
            by_draft: use a draft for a small message too. If an answer is lost, the request is repeated and the
                message is still sent only once. Without a draft, the error says that it may have been sent.

        Raises:
            ConfigurationError: this is not a mailbox, or the message has no recipient or too long a text.
        """
        from leangraph.protocols import mail

        core = self._client
        mail.send_message(core.transport, core.target(self._path, {}).url, message, by_draft=by_draft)

    def upload(
        self,
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

        The address is that of the item, ``/me/drive/root:/reports/2024.xlsx`` or ``/drives/{id}/items/{id}``, or
        that of the attachments, ``/me/messages/{id}/attachments``.

        A small file takes one request. A larger one is sent range by range in an upload session, which survives
        lost connections and, with ``session``, the end of the process. For a large attachment, Graph returns only
        the ``id``.

        Args:
            file: a path, bytes, or an open binary file, which is read from its current position.
            size: how many bytes to upload; for a file that is still being written.
            chunk: bytes of one range, a multiple of 320 KiB; 10 MiB by default. No request is larger.
            conflict: what to do if the name is taken. An item named by its id is always replaced.
            session: a file to keep the session in, so that the same call can continue an interrupted upload. It is
                private, and is removed when the upload is done or cannot continue.
            name, content_type: of an attachment; the name is the file's own by default.
            verify: whether to compare the file in the drive with what was sent, by hash or size.
            progress: called with the number of bytes that have arrived and the total.

        Raises:
            Conflict: the name is taken.
            TransportError: the connection did not come back, the file changed during the upload, or the file in
                the drive differs from what was sent.
        """
        from leangraph.protocols import drives, uploads

        core = self._client
        return uploads.upload(
            core.transport,
            core.target(drives.item_path(self._path), {}).url,
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
            tenant=core.tenant,
        )

    def download(
        self,
        file: Target,
        *,
        verify: bool = False,
        progress: Progress | None = None,
        **options: Unpack[Options],
    ) -> int | None:
        """Download the whole file or nothing; return its size in bytes.

        The address is that of a drive item, or of anything else that is bytes: the ``/$value`` of a photo or an
        attachment.

        With ``If-None-Match`` in ``headers``, ``None`` is returned if nothing has changed.
        After a lost connection the download continues; if the file has changed, it starts over.
        An https address on another host that carries its own permission, such as an item's
        ``@microsoft.graph.downloadUrl`` or the ``url`` of an export job, is fetched without the token.

        Args:
            file: a path, which gets the file only when it is complete; or a file opened for writing bytes.
            verify: whether to compare it with the hash or size of the drive item too: one more request.
            progress: called with the number of bytes received and the total (``None`` if unknown).
        """
        from leangraph.protocols import downloads, drives

        core = self._client
        if downloads.is_elsewhere(self._path, core.root):
            if not options.keys() <= NAMES:
                raise unknown(options)
            if others := options.keys() - {"headers"}:
                raise ConfigurationError(f"an address on another host takes no {', '.join(sorted(others))}")
            return downloads.download_signed(
                core.transport, self._path, file, verify=verify, progress=progress, headers=options.get("headers")
            )
        target = core.target(drives.content_path(self._path), options)
        return downloads.download(
            core.transport, target.url, file, verify=verify, progress=progress, headers=target.headers
        )

    def report(self, *, headers: Mapping[str, str] | None = None, **parameters: Any) -> Iterator[dict[str, str]]:
        """Yield the rows of a usage report: dicts with the column names as keys.

        The address is that of the report, ``graph.reports.getEmailActivityCounts``, with or without parameters.

        If the tenant conceals names, you get hashes instead, and a warning says so.

        Args:
            parameters: of the report: ``period="D7"`` (or D30, D90, D180) or ``date="2024-05-31"``.
        """
        from leangraph.protocols import reports

        core = self._client
        target = core.target(reports.report_path(self._path, parameters), {"headers": headers})
        return reports.report(core.transport, target.url, target.headers)

    def _refuse_call(self, name: str, ids: Any, others: Mapping[str, Any]) -> None:
        if ids is None or others:
            from leangraph.knowledge import schema

            own = ""
            with suppress(Exception):  # a hint never hides what it explains
                if schema.bound(schema.leads_to(self._path) or "", name):
                    own = f". To call Graph's own {name} at {self._path}, say (address / {name!r})(…)"
            raise TypeError(f"{name} takes ids and nothing else{own}")

    @property
    def _client(self) -> Core:
        if self._core is None:
            raise ConfigurationError(
                f"this address came out of a pickle and has no client: use graph.get({self._path!r})"
            )
        return self._core


def _result(reply: Reply) -> Any:
    """Return the body of an answer; the answer itself where all that it says stands in its ``Location``."""
    if reply.body is None and ("Location" in reply.headers or "Operation-Location" in reply.headers):
        return reply
    return reply.body


if TYPE_CHECKING:
    _Base = Location  # which verbs there are says the class of each address in types/: one with fewer is no error
else:
    _Base = Verbs


class Address(_Base):
    """A path with the verbs of the client, without their first argument. Making one sends nothing.

    ``address.manager`` and ``address["manager"]`` append one segment; the second form encodes it, as a key.
    ``address / "$ref"`` appends text unchanged. ``str(address)`` is the path. Two addresses are equal if client
    and path are the same. A pickle holds only the path and no client: use ``graph.get(address)``.
    """

    __slots__ = ()
    __iter__ = None  # or [] would make it a sequence without end
    __contains__ = None

    def __getitem__(self, key: str | int | UUID) -> AnyAddress:
        return self._to(child(self._path, key))

    def __truediv__(self, text: str) -> AnyAddress:
        if not isinstance(text, str):
            return NotImplemented
        slash = "" if text.startswith(":") else "/"  # items/{id}:/name: joins its colon to the id
        return self._to(f"{self._path}{slash}{text.lstrip('/')}")

    def _to(self, path: str) -> AnyAddress:
        return Address(self._core, path)  # type: ignore[return-value]  # which it is to a checker alone

    if not TYPE_CHECKING:  # which knows the segments of each type, by types/__init__.pyi

        def __getattr__(self, name: str) -> Address:
            if name.startswith("_"):  # what copy, pickle, IPython and hasattr probe for
                raise AttributeError(name)
            return self._to(f"{self._path}/{name}")

        def __call__(self, /, *arguments: Any, **keywords: Any) -> Any:
            return called(self, arguments, keywords)

    def __dir__(self) -> Iterable[str]:
        from leangraph.knowledge import schema

        return sorted({*super().__dir__(), *schema.following(schema.leads_to(self._path) or "")})

    def __repr__(self) -> str:
        return f"<Address {self._path}>"

    def __copy__(self) -> Address:
        return self

    def __deepcopy__(self, memo: Any) -> Address:
        return self

    def __reduce__(self) -> Any:
        return type(self), (None, self._path)


def called(address: Address, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Call an action, whose keywords are the fields of the body, or give a function its arguments.

    ``graph.users[id].assignLicense(addLicenses=[…], removeLicenses=[])`` posts;
    ``graph.reports.getOffice365ActiveUserDetail(period="D7")`` is an address.

    Raises:
        TypeError: Graph has no action or function of that name there, or has both: nothing is sent.
    """
    from leangraph.knowledge import advice, schema

    path = str(address)
    owner, _, segment = path.rpartition("/")
    name = segment.rpartition(".")[2]
    kind = schema.leads_to(owner)
    here = schema.bound(kind, name) if kind else schema.named(name)
    kinds = {operation["kind"] for operation in here}
    if len(kinds) > 1:
        raise TypeError(
            f"{name!r} is an action as well as a function there: say {path} with .post({{…}}), .get() or .list()"
        )
    if not here:
        if len(arguments) == 1 and not keywords and isinstance(arguments[0], (str, int)):
            raise TypeError(f"{path} is no function: for the object with this key say [{arguments[0]!r}]")
        meant = f"{advice.meant(path)} ".lstrip() if kind else ""
        raise TypeError(
            f"Graph v1.0 has no action and no function {path}: {meant}To send it all the same, say .post({{…}})"
        )
    if arguments:
        raise TypeError(f"{path} takes its arguments by name; to send a body as it is, say .post({{…}})")
    spaces = {operation.get("namespace", "") for operation in here}
    if segment == name and spaces != {""}:
        if len(spaces) > 1:
            raise TypeError(f"{name!r} has several meanings: say / 'microsoft.graph.….{name}'")
        segment = f"microsoft.graph.{spaces.pop()}.{name}"
    if kinds == {"action"}:
        return address._to(f"{owner}/{segment}").post(dict(keywords) or None)
    types = {key: kind for operation in here for key, kind in operation.get("parameters", {}).items()}
    literals = {key: _argument(value, types.get(key, "")) for key, value in keywords.items()}
    return address._to(f"{owner}/{call(segment, literals)}")


def _argument(value: object, kind: str) -> str:
    """Return an argument as a literal; text is bare where the parameter is a date or a number."""
    if isinstance(value, str) and kind in _BARE:
        if not re.fullmatch(r"[\w.:+-]+", value):
            raise ConfigurationError(f"{value!r} is no {kind.removeprefix('Edm.')}")
        return value
    return literal(value)


def unknown_root(name: str) -> AttributeError:
    """Make the exception for ``graph.userz``."""
    from leangraph.knowledge import advice

    close = next((root for root in ROOTS if root.lower() == name.lower()), "")
    meant = f"did you mean {close}?" if close else advice.meant(f"/{name}")
    return AttributeError(
        f"Graph v1.0 has no /{name}; {meant}{' ' if meant else ''}A path that is not listed can still be asked: "
        f"graph.get('/{name}')"
    )
