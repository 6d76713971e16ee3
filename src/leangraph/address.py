"""``graph.users[id].manager``: where a request goes, with the verbs of the client."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from leangraph.errors import ConfigurationError
from leangraph.http.options import call, child, literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from leangraph.client import GraphClient
    from leangraph.http.transport import Reply
    from leangraph.protocols.delta import Delta
    from leangraph.protocols.downloads import Target
    from leangraph.protocols.paging import Pages
    from leangraph.protocols.references import Added, Removed
    from leangraph.protocols.uploads import File
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


class Address:
    """A path, with the verbs of the client but without their first argument. Making one sends nothing.

    ``address.manager`` and ``address["manager"]`` append one segment, the second as a key, encoded;
    ``address / "$ref"`` appends text as it is. ``str(address)`` is the path. Copies, pickles, comparison and
    hash go by the path alone; out of a pickle it has no client: use ``graph.get(str(address))``.
    """

    __slots__ = ("_client", "_path")
    __iter__ = None  # or [] would make it a sequence without end
    __contains__ = None

    def __init__(self, client: GraphClient | None, path: str) -> None:
        self._client = client
        self._path = path

    def __getitem__(self, key: str | int | UUID) -> AnyAddress:
        return self._to(child(self._path, key))

    def __truediv__(self, text: str) -> AnyAddress:
        if not isinstance(text, str):
            return NotImplemented
        slash = "" if text.startswith(":") else "/"  # items/{id}:/name: joins its colon to the id
        return self._to(f"{self._path}{slash}{text.lstrip('/')}")

    def _to(self, path: str) -> AnyAddress:
        return Address(self._client, path)  # type: ignore[return-value]  # which it is to a checker alone

    if not TYPE_CHECKING:  # which knows the segments of each type, by types/__init__.pyi

        def __getattr__(self, name: str) -> Address:
            if name.startswith("_"):  # what copy, pickle, IPython and hasattr probe for
                raise AttributeError(name)
            return self._to(f"{self._path}/{name}")

        def __call__(self, /, *arguments: Any, **keywords: Any) -> Any:
            return called(self, arguments, keywords)

    def get(self, **options: Any) -> Any:
        """Like ``GraphClient.get``."""
        return self._bound.get(self._path, **options)

    def list(self, **options: Any) -> Pages[Any]:
        """Like ``GraphClient.list``."""
        return self._bound.list(self._path, **options)

    def delta(self, **options: Any) -> Delta[Any]:
        """Like ``GraphClient.delta``."""
        return self._bound.delta(self._path, **options)

    def count(self, **options: Any) -> int:
        """Like ``GraphClient.count``."""
        return self._bound.count(self._path, **options)

    def post(self, json: Any = None, **options: Any) -> Any:
        """Like ``GraphClient.post``."""
        return self._bound.post(self._path, json, **options)

    def patch(self, json: Any = None, **options: Any) -> Any:
        """Like ``GraphClient.patch``."""
        return self._bound.patch(self._path, json, **options)

    def put(self, json: Any = None, **options: Any) -> Any:
        """Like ``GraphClient.put``."""
        return self._bound.put(self._path, json, **options)

    def delete(self, **options: Any) -> Any:
        """Like ``GraphClient.delete``."""
        return self._bound.delete(self._path, **options)

    def add(self, ids: Any) -> Added:
        """Relate objects to this one, any number: ``graph.groups[id].members.add(ids)``.

        What is there already and what does not exist is counted, not raised: repeating it does no harm.

        Args:
            ids: object ids, or dicts with an ``id``.

        Raises:
            Error: none of the first twenty could be added, or the next ones could not either.
        """
        from leangraph.protocols import references as relations

        return relations.add(self._bound, self._path, ids)

    def remove(self, ids: Any) -> Removed:
        """Take objects out of this relation, and leave them as they are; arguments and errors as for ``add``."""
        from leangraph.protocols import references as relations

        return relations.remove(self._bound, self._path, ids)

    def request(self, method: str, json: Any = None, **options: Any) -> Reply:
        """Like ``GraphClient.request``."""
        return self._bound.request(method, self._path, json, **options)

    def upload(self, file: File, **options: Any) -> Any:
        """Like ``GraphClient.upload``."""
        return self._bound.upload(self._path, file, **options)

    def download(self, file: Target, **options: Any) -> int | None:
        """Like ``GraphClient.download``."""
        return self._bound.download(self._path, file, **options)

    def content(self, **options: Any) -> bytes:
        """Like ``GraphClient.content``. The segment of that name is ``["content"]``."""
        return self._bound.content(self._path, **options)

    def report(self, **parameters: Any) -> Iterator[dict[str, str]]:
        """Like ``GraphClient.report``: ``graph.reports.getEmailActivityCounts.report(period="D7")``."""
        return self._bound.report(self._path, **parameters)

    @property
    def _bound(self) -> GraphClient:
        if self._client is None:
            raise ConfigurationError(
                f"this address came out of a pickle and has no client: use graph.get({self._path!r})"
            )
        return self._client

    def __dir__(self) -> Iterable[str]:
        from leangraph.knowledge import schema

        return sorted({*super().__dir__(), *schema.following(schema.leads_to(self._path) or "")})

    def __str__(self) -> str:
        return self._path

    def __repr__(self) -> str:
        return f"<Address {self._path}>"

    def __eq__(self, other: object) -> bool:
        return self._path == other._path if isinstance(other, Address) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._path)

    def __copy__(self) -> Address:
        return self

    def __deepcopy__(self, memo: Any) -> Address:
        return self

    def __reduce__(self) -> Any:
        return Address, (None, self._path)


def called(address: Address, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Call an action, whose keywords are the fields of the body, or give a function its arguments.

    ``graph.users[id].assignLicense(addLicenses=[…], removeLicenses=[])`` posts;
    ``graph.reports.getOffice365ActiveUserDetail(period="D7")`` is an address.

    Raises:
        TypeError: Graph has no action or function of that name there, or has both: nothing is sent.
    """
    from leangraph.knowledge import schema

    path = str(address)
    owner, _, segment = path.rpartition("/")
    name = segment.rpartition(".")[2]
    kinds = {operation["kind"] for operation in schema.named(name)}
    if len(kinds) > 1:
        raise TypeError(
            f"{name!r} is an action as well as a function: say {path} with .post({{…}}), .get() or .list()"
        )
    kind = schema.leads_to(owner)
    here = schema.bound(kind, name) if kind else schema.named(name)
    if not here:
        close = schema.alternatives(path) if kind else []
        meant = f"did you mean {' or '.join(close)}? " if close else ""
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
    from leangraph.knowledge import schema

    close = [root for root in ROOTS if root.lower() == name.lower()] or schema.alternatives(f"/{name}")
    meant = f"did you mean {' or '.join(close)}? " if close else ""
    return AttributeError(
        f"Graph v1.0 has no /{name}; {meant}A path that is not listed can still be asked: graph.get('/{name}')"
    )
