"""Which settings go together, and who may decide what: plain functions of values and of where they came from.

Each returns the variables it refuses, with the reason. Values and origins are by variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from leangraph import clouds
from leangraph.clouds import CLOUDS
from leangraph.settings.fields import PURPOSES, host_of

# The kinds of sign-in, each by the variable that chooses it. Within one source, one of them may be set.
KINDS: Final = {
    "AZURE_CLIENT_SECRET": "client_secret",
    "AZURE_CLIENT_SECRET_FILE": "client_secret_file",
    "AZURE_CLIENT_CERTIFICATE_PATH": "certificate_path",
    "AZURE_FEDERATED_TOKEN_FILE": "federated_token_file",
    "GRAPH_OIDC": "oidc",
    "GRAPH_MANAGED_IDENTITY": "managed_identity",
    "GRAPH_SIGN_IN": "sign_in",
    "GRAPH_REFRESH_TOKEN_FILE": "refresh_token_file",
}
OF_USERS: Final = frozenset({"sign_in", "refresh_token_file"})
_WITH_REFRESH_TOKEN = frozenset(
    {"AZURE_CLIENT_SECRET", "AZURE_CLIENT_SECRET_FILE", "AZURE_CLIENT_CERTIFICATE_PATH"}
)  # a web app needs both
_WITHOUT_TENANT = frozenset({"managed_identity"})
_FOR_ANY_TENANT = frozenset({"common", "organizations", "consumers"})  # only users can sign in to these
_MAKE_A_KEY = 'make one with python -c "import secrets; print(secrets.token_urlsafe(32))"'

Values = Mapping[str, Any]
Reasons = dict[str, str]


class Origin(NamedTuple):
    """Who set a variable.

    Attributes:
        name: ``arguments``, ``environment``, ``[profiles.<name>]`` or the file.
        distance: 0 is nearest; the nearest one that sets a variable decides.
    """

    name: str
    distance: int

    @property
    def is_file(self) -> bool:
        """Whether it is a ``.env`` file, which is trusted less: whoever can write to the directory made it."""
        return self.distance == _DISTANCE_OF_FILES

    def __str__(self) -> str:
        return f"the {self.name}" if self.distance <= ENVIRONMENT.distance else self.name


_DISTANCE_OF_FILES = 3
ARGUMENTS: Final = Origin("arguments", 0)
ENVIRONMENT: Final = Origin("environment", 1)
Origins = Mapping[str, Origin]


def origin_of_profile(name: str) -> Origin:
    return Origin(f"[profiles.{name}]", 2)


def origin_of_file(file: object) -> Origin:
    return Origin(str(file), _DISTANCE_OF_FILES)


def choose_sign_in(values: Values, origins: Origins) -> tuple[list[str], Reasons]:
    """Return the variables of the sign-in to use, the one that names its kind last, or why there is none.

    The nearest source that sets a kind decides: AKS puts ``AZURE_FEDERATED_TOKEN_FILE`` into the environment of
    every pod, and a secret among the arguments still wins.
    """
    by_origin: dict[Origin, list[str]] = {}
    for name in KINDS:
        if values.get(name) not in (None, ""):
            by_origin.setdefault(origins[name], []).append(name)
    for origin in sorted(by_origin, key=lambda each: each.distance):
        names = by_origin[origin]
        if "GRAPH_REFRESH_TOKEN_FILE" in names and len(names) == 2 and _WITH_REFRESH_TOKEN & set(names):
            return names, {}
        if len(names) == 1:
            return names, {}
        reason = (
            f"and {' and '.join(names[1:])} are set together in {origin}, and each is a way to sign in: keep one, "
            "or pass the one you mean as an argument"
        )
        return [], {names[0]: reason}
    others = ", ".join(name for name in KINDS if name != "AZURE_CLIENT_SECRET")
    reason = f"is missing: {PURPOSES['AZURE_CLIENT_SECRET']}; or another way to sign in, one of {others}"
    if values.get("AZURE_CLIENT_CERTIFICATE_PASSWORD"):
        reason += " (AZURE_CLIENT_CERTIFICATE_PASSWORD is set, and AZURE_CLIENT_CERTIFICATE_PATH is not)"
    return [], {"AZURE_CLIENT_SECRET": reason}


def find_missing(values: Values, origins: Origins, kind: str) -> Reasons:
    """Return what else this kind of sign-in needs."""
    refused = {}
    if kind not in _WITHOUT_TENANT and values.get("GRAPH_SIGN_IN") != "azure-cli":
        for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID"):
            if name not in origins:
                refused[name] = f"is missing: {PURPOSES[name]}"
        tenant = str(values.get("AZURE_TENANT_ID", "")).strip().lower()
        if tenant in _FOR_ANY_TENANT and kind not in OF_USERS:
            refused["AZURE_TENANT_ID"] = (
                f"must name one tenant: an app with a secret cannot sign in to '{tenant}', which is for users"
            )
    if values.get("GRAPH_TOKEN_STORE") and not values.get("GRAPH_TOKEN_STORE_KEY"):
        refused["GRAPH_TOKEN_STORE_KEY"] = f"is missing, and GRAPH_TOKEN_STORE needs it: {_MAKE_A_KEY}"
    return refused


def find_distrusted(values: Values, origins: Origins, chosen: list[str]) -> Reasons:
    """Return the variables that a ``.env`` file may not decide.

    Whoever can put a file into the working directory must not be able to send a secret of the environment to a
    host of their own.
    """
    from_files = {name for name, origin in origins.items() if origin.is_file}
    credentials = {name: origins[name] for name in chosen}
    refused = _distrust_hosts(values, origins, from_files, credentials)
    token_files = {"AZURE_CLIENT_SECRET_FILE", "AZURE_FEDERATED_TOKEN_FILE", "GRAPH_REFRESH_TOKEN_FILE"}
    for name in sorted(token_files & from_files & set(chosen)):
        refused[name] = (
            f"comes from {origins[name]}, which may not name a file with a secret in it: set it in the "
            "environment, or pass it as an argument"
        )
    store, key = origins.get("GRAPH_TOKEN_STORE"), origins.get("GRAPH_TOKEN_STORE_KEY")
    foreign = any(origin != key for origin in credentials.values())
    if store is not None and key is not None and key.is_file and store != key and foreign:
        refused["GRAPH_TOKEN_STORE_KEY"] = (
            f"comes from {key} but GRAPH_TOKEN_STORE from {store}: set the key where the store is set"
        )
    for name, what in _HELPERS.items():
        if name not in from_files or name in refused:
            continue
        for credential, origin in credentials.items():
            if origin != origins[name]:
                reason = f"{credential} from {origin}"
            elif credential not in _IN_THE_FILE_ITSELF:
                reason = f"what {credential} uses from elsewhere"
            else:
                continue
            refused[name] = (
                f"comes from {origins[name]} but {reason}: {what} in {origins[name]} serves only credentials of "
                "the same file; set it where the secret is set"
            )
    return refused


_HELPERS: Final = {
    "GRAPH_PROXY": "a proxy or a CA bundle",
    "GRAPH_CA_BUNDLE": "a proxy or a CA bundle",
    "GRAPH_TOKEN_STORE": "a token store",
    "GRAPH_STATE_DIR": "a token store",
}
_IN_THE_FILE_ITSELF = frozenset({"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"})


def _distrust_hosts(values: Values, origins: Origins, from_files: set[str], credentials: Origins) -> Reasons:
    """Refuse a file's word on where secrets and tokens go: it counts for credentials of the same file only.

    Even then a file names nothing but the Microsoft clouds and this machine; the latter only for what is a
    sandbox's throughout: a sign-in that is kept elsewhere must not go to any program on this machine.
    """
    secrets = "".join(f", {credential} from {origin}" for credential, origin in credentials.items())
    refused: Reasons = {}
    hosts = {name: str(values.get(name, "")) for name in ("AZURE_AUTHORITY_HOST", "GRAPH_URL")}
    is_sandbox = clouds.is_loopback(host_of(hosts["AZURE_AUTHORITY_HOST"]))
    for name in (*hosts, "GRAPH_CLOUD"):
        if name not in from_files:
            continue
        here = origins[name]
        farther = [f"{each} from {origin}" for each, origin in credentials.items() if origin != here]
        if name in hosts and not _is_known(name, hosts[name]):
            reason = f"{secrets}: {here} may name only a Microsoft cloud or this machine"
        elif farther:
            reason = f" but {farther[0]}: {here} decides where secrets go for credentials of the same file only"
        elif name in hosts and clouds.is_loopback(host_of(hosts[name])) and not is_sandbox:
            if not credentials or _IN_THE_FILE_ITSELF & credentials.keys():
                continue
            reason = f"{secrets}: {here} may not send what is kept elsewhere to this machine"
        else:
            continue
        refused[name] = f"comes from {here}{reason}; set it in the environment, or pass it as an argument"
    return refused


def _is_known(name: str, url: str) -> bool:
    """Tell whether a file may name this host: a cloud's in its role and at its port, or this machine."""
    host = host_of(url)
    if clouds.is_loopback(host):
        return True
    of_cloud = clouds.of_login_host(host) if name == "AZURE_AUTHORITY_HOST" else clouds.of_graph_host(host)
    rest = url.lower().removeprefix("https://").rstrip("/").removeprefix(host)
    return bool(of_cloud) and rest in ("", ":443")


def contradiction(cloud: str | None, authority_host: str | None, url: str | None) -> str:
    """Return what is wrong if two of the three name different clouds, else an empty text."""
    login = clouds.of_login_host(host_of(authority_host))
    graph = clouds.of_graph_host(host_of(url))
    if cloud and login and CLOUDS[cloud] not in login:
        return _both("GRAPH_CLOUD", cloud, "AZURE_AUTHORITY_HOST", login[0].name)
    if cloud and graph and graph.name != cloud:
        return _both("GRAPH_CLOUD", cloud, "GRAPH_URL", graph.name)
    if login and graph and graph not in login:
        return _both("AZURE_AUTHORITY_HOST", login[0].name, "GRAPH_URL", graph.name)
    return ""


def _both(one: str, cloud: str, other: str, another: str) -> str:
    return f"{one} means the cloud '{cloud}' but {other} the cloud '{another}': drop one of the two"
