"""Who may ask for tokens: tenants, the applications registered in them, and managed identities."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from ..wire import hosts
from . import jose
from .aadsts import AADSTS

GRAPH = "https://graph.microsoft.com"
NATIONAL = frozenset(f"https://{host}" for host in hosts.GRAPH) - {GRAPH}
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
# Resources that exist in every tenant: a token for them is real, and Graph must refuse it.
FILES = "https://localhost"  # the host of pre-authenticated addresses, as SharePoint's is one of its own
OTHER_RESOURCES = (
    FILES,
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://storage.azure.com",
    "https://vault.azure.net",
)
USER_TENANTS = ("common", "organizations", "consumers")
TOKEN_EXCHANGE = "api://AzureADTokenExchange"  # noqa: S105 - an audience

User = Mapping[str, Any]


@dataclass
class Secret:
    """A client secret. ``expires_at`` is in seconds on the sandbox's clock; ``None`` is never."""

    value: str = field(default_factory=lambda: f"sandbox-secret-{uuid4()}", repr=False)
    expires_at: float | None = None


@dataclass
class Certificate:
    """A certificate registered with an app; its private key stays with the client."""

    certificate: x509.Certificate = field(repr=False)

    @classmethod
    def of(cls, given: "str | bytes | x509.Certificate | Certificate") -> "Certificate":
        """Return the certificate in a PEM text, or the one given."""
        if isinstance(given, Certificate):
            return given
        if isinstance(given, x509.Certificate):
            made = cls(given)
        else:
            made = cls(x509.load_pem_x509_certificate(given.encode() if isinstance(given, str) else given))
        if not isinstance(made.certificate.public_key(), rsa.RSAPublicKey):
            raise ValueError("Entra ID takes certificates with an RSA key only")  # noqa: TRY004
        return made

    @property
    def key(self) -> rsa.RSAPublicKey:
        key = self.certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        return key

    def thumbprint(self, header: str) -> bytes:
        """Return the hash that a JWT header ``x5t`` or ``x5t#S256`` names the certificate by."""
        return self.certificate.fingerprint(SHA1() if header == "x5t" else SHA256())  # noqa: S303 - a name

    def valid_at(self, time: float) -> bool:
        start, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        return start.timestamp() <= time <= end.timestamp()


@dataclass
class FederatedCredential:
    """Whose tokens an app accepts in place of a secret: exactly this issuer, subject and audience.

    ``key`` is the issuer's public RSA key: as PEM, JWK or JWK set. ``None`` is the sandbox's own provider.
    """

    subject: str
    issuer: str = ""
    audience: str = TOKEN_EXCHANGE
    key: rsa.RSAPublicKey | str | bytes | dict[str, Any] | None = field(default=None, repr=False)
    keys: list[rsa.RSAPublicKey] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.keys = [] if self.key is None else _public_keys(self.key)


@dataclass
class Consent:
    """What one tenant lets an app do: its enterprise application there.

    A permission without a resource is Graph's (``User.Read``); others name theirs
    (``api://<client id>/access_as_user``).
    """

    roles: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    enabled: bool = True


@dataclass
class Tenant:
    """A tenant with so many ``users``. ``user`` is who signs in when an app asks for one; ``None`` is nobody."""

    id: str
    domain: str
    user: User | None = None
    users: int = 0


@dataclass
class App:
    """A registered application. Everything but its id may change while the sandbox runs.

    Attributes:
        public: needs no secret to sign in users, as with "Allow public client flows".
        redirect_uris: exact, but for the port of a loopback address.
        multi_tenant: may be used through ``/common`` and be consented to in other tenants.
        consents: what it may do, by tenant id.
    """

    client_id: str
    display_name: str = "app"
    secrets: list[Secret] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    federated: list[FederatedCredential] = field(default_factory=list)
    public: bool = False
    redirect_uris: list[str] = field(default_factory=list)
    multi_tenant: bool = False
    consents: dict[str, Consent] = field(default_factory=dict)

    @property
    def client_secret(self) -> str:
        """The first secret."""
        return self.secrets[0].value

    @property
    def uri(self) -> str:
        """The name of the app's own API, as in ``<uri>/access_as_user``."""
        return f"api://{self.client_id}"

    def add_secret(self, expires_at: float | None = None) -> str:
        """Give the app one more secret and return it."""
        self.secrets.append(Secret(expires_at=expires_at))
        return self.secrets[-1].value

    def consent(self, tenant: Tenant, roles: Iterable[str] = (), scopes: Iterable[str] = ()) -> Consent:
        """Let the app act in ``tenant``, with exactly these permissions."""
        if self.consents and tenant.id not in self.consents and not self.multi_tenant:
            raise ValueError(
                "a single-tenant app cannot be consented to in another tenant: pass multi_tenant=True"
            )
        self.consents[tenant.id] = consent = Consent(tuple(roles), tuple(scopes))
        return consent

    def object_id(self, tenant: Tenant) -> str:
        """Return the id of the app's service principal: another one in every tenant."""
        return _guid(tenant.id, self.client_id)


@dataclass
class ManagedIdentity:
    """An identity that the machine has, instead of a secret. ``resource_id`` names a user-assigned one."""

    client_id: str
    object_id: str
    roles: tuple[str, ...] = ()
    resource_id: str = ""


class Registry:
    """The tenants, the first of which is the sandbox's own, and every app."""

    def __init__(self, tenant: Tenant, *apps: App, identities: Iterable[ManagedIdentity] = ()) -> None:
        self.main = tenant
        self.tenants: dict[str, Tenant] = {}
        self.apps = {app.client_id.lower(): app for app in apps}
        self.identities = list(identities)
        self.add_tenant(tenant)

    def copy(self) -> "Registry":
        """Return who may sign in now, so that later changes of this one do not reach it."""
        made = Registry(replace(self.main), identities=[replace(one) for one in self.identities])
        for tenant in {each.id: each for each in self.tenants.values()}.values():
            if tenant is not self.main:
                made.add_tenant(replace(tenant))
        for name, app in self.apps.items():
            made.apps[name] = replace(
                app,
                secrets=[replace(one) for one in app.secrets],
                certificates=list(app.certificates),
                federated=list(app.federated),
                redirect_uris=list(app.redirect_uris),
                consents={tenant: replace(one) for tenant, one in app.consents.items()},
            )
        return made

    def add_tenant(self, tenant: Tenant) -> None:
        names = {tenant.id.lower(), tenant.domain.lower()}
        if names & {*self.tenants, *USER_TENANTS}:
            raise ValueError(f"there is a tenant {tenant.domain} already")
        self.tenants.update(dict.fromkeys(names, tenant))

    def tenant(self, name: str) -> Tenant:
        """Return a tenant by id or domain; for ``/common`` and its like, the sandbox's own."""
        if name.lower() in USER_TENANTS:
            return self.main
        tenant = self.tenants.get(name.lower())
        if tenant is None:
            raise AADSTS(90002, tenant=name)
        return tenant

    def app_in(self, client_id: str, tenant_name: str) -> tuple[App, Tenant, Consent]:
        """Return an app, the tenant it is used in, and what it may do there."""
        tenant = self.tenant(tenant_name)
        app = self.apps.get(client_id.lower())
        consent = app.consents.get(tenant.id) if app else None
        if app is None or consent is None:
            raise AADSTS(700016, app=client_id, tenant=tenant.domain)
        if tenant_name.lower() == "consumers":
            raise AADSTS(9002332, app=client_id, name=app.display_name)
        if tenant_name.lower() in USER_TENANTS and not app.multi_tenant:
            raise AADSTS(50194, app=client_id, name=app.display_name)
        if not consent.enabled:
            raise AADSTS(7000112, app=client_id, name=app.display_name)
        return app, tenant, consent

    def resource(self, name: str, origin: str) -> str | None:
        """Return the one spelling of a resource that goes by several; ``None`` if there is none."""
        key = name.rstrip("/").lower()
        if key in graph_audiences(origin) or key in NATIONAL:
            return GRAPH
        if key in OTHER_RESOURCES:
            return key
        app = self.apps.get(key.removeprefix("api://"))
        return app.client_id if app else None

    def permissions(self, granted: Iterable[str], resource: str, origin: str) -> dict[str, str]:
        """Return those of the granted permissions that are ``resource``'s, by their lower-case names."""
        named = ((name, of) for of, _, name in (text.rpartition("/") for text in granted))
        return {name.lower(): name for name, of in named if self.resource(of or GRAPH, origin) == resource}


def graph_at(origin: str) -> str:
    """Return the Graph of the cloud that a login host belongs to: what a scope without a resource is of."""
    host = hosts.graph_of(urlsplit(origin).hostname or "")
    return f"https://{host}" if host in hosts.GRAPH else GRAPH


def graph_audiences(origin: str) -> set[str]:
    """Return the names under which the Graph at ``origin`` is asked for; a national cloud's takes no other's."""
    name = origin.lower()
    return {GRAPH_APP, name} if name in NATIONAL else {GRAPH, GRAPH_APP, name}


def _guid(*parts: str) -> str:
    digits = sha256("/".join(parts).encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _public_keys(key: rsa.RSAPublicKey | str | bytes | dict[str, Any]) -> list[rsa.RSAPublicKey]:
    if isinstance(key, dict):
        return [jose.public_key(each) for each in key.get("keys", [key])]
    if isinstance(key, rsa.RSAPublicKey):
        return [key]
    loaded = load_pem_public_key(key.encode() if isinstance(key, str) else key)
    if not isinstance(loaded, rsa.RSAPublicKey):
        raise ValueError("Entra ID takes other issuers' tokens with an RS256 signature only")  # noqa: TRY004
    return [loaded]
