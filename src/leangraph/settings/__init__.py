"""What the user decides. Nothing here does more I/O than reading the environment and ``.env``."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from leangraph import clouds
from leangraph.clouds import CLOUDS, Cloud
from leangraph.errors import ConfigurationError

_USER_TENANTS = frozenset({"common", "organizations", "consumers"})
_ARGUMENT, _ENVIRONMENT = "arguments", "environment"

# The kinds of sign-in, each by the variable that chooses it. Within one source, one of them may be set.
_KINDS = {
    "AZURE_CLIENT_SECRET": "client_secret",
    "AZURE_CLIENT_CERTIFICATE_PATH": "certificate_path",
    "AZURE_FEDERATED_TOKEN_FILE": "federated_token_file",
    "GRAPH_OIDC": "oidc",
    "GRAPH_MANAGED_IDENTITY": "managed_identity",
    "GRAPH_SIGN_IN": "sign_in",
    "GRAPH_REFRESH_TOKEN_FILE": "refresh_token_file",
}
_WITH_REFRESH_TOKEN = frozenset({"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"})  # a web app needs both
_TENANTLESS = frozenset({"managed_identity"})
_OF_USERS = frozenset({"sign_in", "refresh_token_file"})


class Settings(BaseSettings):
    """What a user decides: arguments first, then the environment, then a profile, then ``.env``.

    Every field can be given by its name, ``Settings(tenant_id=…)``, or by its variable,
    ``AZURE_TENANT_ID=…``. An empty variable is an unset one. The ``AZURE_*`` names are those of
    azure-identity.

    Raises:
        ConfigurationError: one for all that is missing or malformed, naming each variable and what it
            should hold. No value is ever shown: a secret may have been pasted into the wrong variable.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
        str_strip_whitespace=True,
    )
    # No populate_by_name: it makes pydantic-settings read the variables TIMEOUT, URL and VERSION too.

    tenant_id: str = Field(
        "",
        validate_default=False,
        validation_alias="AZURE_TENANT_ID",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$",
        description="the Directory (tenant) ID, or a verified domain such as contoso.onmicrosoft.com; "
        "it stands on the Overview page of the app registration in the Entra portal",
    )
    client_id: str = Field(
        "",
        validate_default=False,
        validation_alias="AZURE_CLIENT_ID",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="the Application (client) ID on the Overview page of the app registration",
    )
    client_secret: SecretStr | None = Field(
        None,
        validation_alias="AZURE_CLIENT_SECRET",
        min_length=1,
        description="the Value (not the Secret ID) of a client secret, shown once under Certificates & secrets",
    )
    certificate_path: str | None = Field(
        None,
        validation_alias="AZURE_CLIENT_CERTIFICATE_PATH",
        description="a PEM or PFX file with the app's private key and its certificate",
    )
    certificate_password: SecretStr | None = Field(
        None,
        validation_alias="AZURE_CLIENT_CERTIFICATE_PASSWORD",
        min_length=1,
        description="what the private key in AZURE_CLIENT_CERTIFICATE_PATH is encrypted with",
    )
    send_certificate_chain: bool = Field(
        False,
        validation_alias="AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
        description="1 to send the certificate along, for apps that trust a subject name and issuer, else 0",
    )
    federated_token_file: str | None = Field(
        None,
        validation_alias="AZURE_FEDERATED_TOKEN_FILE",
        description="the file with a token of another issuer that the app trusts; AKS sets it in every pod",
    )
    oidc: Literal["github", "azure-pipelines"] | None = Field(
        None,
        validation_alias="GRAPH_OIDC",
        description="github or azure-pipelines: sign in with the token of the CI job this runs in",
    )
    managed_identity: str | None = Field(
        None,
        validation_alias="GRAPH_MANAGED_IDENTITY",
        pattern=r"^(/?[A-Za-z0-9][A-Za-z0-9._/-]*)$",
        description="system, or the client or resource ID of an identity of the Azure machine this runs on",
    )
    sign_in: Literal["device", "browser"] | None = Field(
        None,
        validation_alias="GRAPH_SIGN_IN",
        description="device or browser: a user signs in, with a code on another device or in the browser here",
    )
    refresh_token_file: str | None = Field(
        None,
        validation_alias="GRAPH_REFRESH_TOKEN_FILE",
        description="a file with a refresh token of yours; it is rewritten whenever a new one comes",
    )
    client_capabilities: Annotated[tuple[Annotated[str, Field(pattern=r"^\w+$")], ...] | None, NoDecode] = Field(
        None,
        validation_alias="GRAPH_CLIENT_CAPABILITIES",
        description="what the app can deal with, separated by spaces: cp1 is claims challenges, for tokens that "
        "live longer and can be revoked",
    )
    token_store: str | None = Field(
        None,
        validation_alias="GRAPH_TOKEN_STORE",
        description="a directory in which processes share one app token, encrypted with GRAPH_TOKEN_STORE_KEY",
    )
    token_store_key: SecretStr | None = Field(
        None,
        validation_alias="GRAPH_TOKEN_STORE_KEY",
        min_length=32,
        description="32 random characters or more, with which kept tokens are encrypted",
    )
    authority_host: str | None = Field(
        None,
        validation_alias="AZURE_AUTHORITY_HOST",
        description="the login service, https://host, if GRAPH_CLOUD does not say it already",
    )
    cloud: Literal["public", "usgov", "usgov-dod", "china"] | None = Field(
        None,
        validation_alias="GRAPH_CLOUD",
        description="one of public, usgov, usgov-dod, china",
    )
    url: str | None = Field(
        None,
        validation_alias="GRAPH_URL",
        description="Graph's root without a version, https://host, if GRAPH_CLOUD does not say it already",
    )
    scopes: Annotated[tuple[Annotated[str, Field(pattern=r"^\S+$")], ...] | None, NoDecode] = Field(
        None,
        validation_alias="GRAPH_SCOPES",
        description="scopes separated by spaces; unset means .default of the cloud's Graph",
    )
    version: str = Field(
        clouds.VERSION,
        validation_alias="GRAPH_VERSION",
        pattern=r"^(v1\.0|beta)$",
        description="v1.0 or beta",
    )
    ca_bundle: str | None = Field(
        None,
        validation_alias="GRAPH_CA_BUNDLE",
        description="a PEM file of trusted authorities, or the word system for the operating system's own",
    )
    proxy: SecretStr | None = Field(  # it may carry a password
        None,
        validation_alias="GRAPH_PROXY",
        description="the proxy for everything, http://host:port, instead of HTTPS_PROXY and NO_PROXY",
    )
    timeout: float = Field(
        clouds.TIMEOUT,
        gt=0,
        le=3600,
        validation_alias="GRAPH_TIMEOUT",
        description="seconds to wait for one reply, above 0 and at most 3600",
    )
    max_retries: int = Field(
        clouds.MAX_RETRIES,
        ge=0,
        le=100,
        validation_alias="GRAPH_MAX_RETRIES",
        description="how often one request may be repeated, 0 to 100",
    )
    patience: float = Field(
        clouds.PATIENCE,
        ge=0,
        allow_inf_nan=False,
        validation_alias="GRAPH_PATIENCE",
        description="the longest total wait between the attempts of one request, in seconds, 0 or more",
    )
    read_only: bool = Field(
        False,
        validation_alias="GRAPH_READ_ONLY",
        description="1 to refuse every write before it leaves, 0 to send it",
    )

    _sources: dict[str, str] = PrivateAttr(default_factory=dict)
    _kind: str = PrivateAttr("")

    def __init__(
        self,
        _env_file: Any = ".env",
        _environ: Mapping[str, str] | None = None,
        _profile: Any = None,
        **values: Any,
    ) -> None:
        unknown = [name for name in values if name not in _VARIABLE and name not in _PURPOSE]
        if unknown:
            values.clear()  # else this frame shows a secret to whoever prints a traceback with its variables
            raise ConfigurationError(
                f"unknown setting {', '.join(map(repr, unknown))}: the names are {', '.join(_VARIABLE)}"
            )
        values = {_VARIABLE.get(name, name): value for name, value in values.items()}
        problems: list[str] = []
        for name in _COVERED & values.keys():
            if values[name] is not None:
                values[name] = _covered(values[name])
        nearer: dict[str, Any] = _profile or {}
        try:
            nearer |= _environment(os.environ if _environ is None else _environ)
            values = {**_read(_env_file, nearer), **nearer, **values}
            super().__init__(_env_file=None, **values)
        except ConfigurationError as error:
            problems = [str(error)]
        except ValidationError as error:
            problems = [_problem(item) for item in error.errors(include_url=False, include_input=False)]
        if problems:  # outside the except blocks: pydantic's exception, which holds the input, is gone
            values.clear()
            nearer.clear()
            raise ConfigurationError(_complaint(list(dict.fromkeys(problems))))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[Any, ...]:
        return (init_settings,)  # what the others say comes with the first, which knows what came from where

    @model_validator(mode="wrap")
    @classmethod
    def _trust_and_agree(cls, data: Any, handler: Callable[[Any], Settings]) -> Settings:
        sources = {name: getattr(value, "source", _ARGUMENT) for name, value in data.items() if name in _PURPOSE}
        plain = {name: str(value) if isinstance(value, _Sourced) else value for name, value in data.items()}
        files = {name for name, value in data.items() if getattr(value, "from_file", False)}
        chosen, refused = _choose(plain, sources)
        for name in _KINDS:
            if name not in chosen and name not in refused:
                plain.pop(name, None)
                sources.pop(name, None)
        kind = _KINDS[chosen[-1]] if chosen else ""
        refused |= _lacking(plain, kind, sources) | _distrusted(plain, sources, files, chosen)
        for name, reason in refused.items():
            plain[name] = _Refused(reason)
        settings = handler(plain)
        settings._sources = sources
        settings._kind = kind
        _check_agreement(settings)
        return settings

    @field_validator("*", mode="before")
    @classmethod
    def _refused(cls, value: Any) -> Any:
        if isinstance(value, _Refused):
            raise _error(value.reason)
        return value

    @field_validator("scopes", "client_capabilities", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("authority_host", "url")
    @classmethod
    def _origin(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = (value if "://" in value else f"https://{value}").lower()  # azure-identity takes a bare host as well
        if not _ORIGIN.fullmatch(url) or urlsplit(url).port == 0:  # or a ValueError: malformed as well
            raise _error("must be a plain https://host or https://host:port, without a user, a path or a version")
        if url.startswith("http:") and info.field_name == "authority_host":
            raise _error("must start with https://: MSAL signs in over TLS only")
        if url.startswith("http:") and not clouds.is_loopback(_host(url)):
            raise _error("must start with https:// (plain http is for this machine only)")
        return url.rstrip("/")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Make settings of these variables or keywords alone: neither environment nor ``.env`` counts."""
        return cls(_env_file=None, _environ={}, **values)

    @classmethod
    def from_profile(cls, name: str, **arguments: Any) -> Self:
        """Make settings of ``[profiles.<name>]`` in your ``config.toml``; ``profiles.directory`` says where it is.

        Its keys are the keywords of ``Settings``. Arguments and the environment come first, ``.env`` last. A
        secret may stand there only if nobody else can read the file; or it is kept in the operating system's
        keyring, under the service ``leangraph``: ``client_secret = { keyring = "contoso" }``.

        Raises:
            ConfigurationError: there is no such profile, or one of the above.
        """
        from leangraph.settings.profiles import read

        return cls(_profile=read(name, _VARIABLE, _SECRETS), **arguments)

    def for_tenant(self, tenant_id: str) -> Self:
        """Return the same settings for another tenant."""
        given = {_VARIABLE[name]: getattr(self, name) for name in type(self).model_fields if self._is_set(name)}
        return type(self).from_mapping({**given, "AZURE_TENANT_ID": tenant_id})

    def _is_set(self, name: str) -> bool:
        return bool(getattr(self, name) != type(self).model_fields[name].default)

    @property
    def sign_in_by(self) -> str:
        """The kind of sign-in: the name of the setting that chose it, such as ``client_secret``."""
        return self._kind

    @property
    def is_user(self) -> bool:
        """Whether a user signs in, and not the app itself."""
        return self._kind in _OF_USERS

    @property
    def source(self) -> Mapping[str, str]:
        """Where each given variable came from: ``arguments``, ``environment`` or the ``.env`` file."""
        return dict(self._sources)

    @property
    def endpoints(self) -> Cloud:
        """The Microsoft cloud in use: chosen, or recognised by its login or Graph host."""
        if self.cloud:
            return CLOUDS[self.cloud]
        by_graph = clouds.of_graph_host(_host(self.url))
        by_login = clouds.of_login_host(_host(self.authority_host))
        return by_graph or (by_login[0] if by_login else clouds.PUBLIC)

    @property
    def authority(self) -> str:
        """The sign-in address of the tenant, for example ``https://login.microsoftonline.com/<tenant>``."""
        return f"{self.authority_host or self.endpoints.login}/{self.tenant_id}"

    @property
    def graph_root(self) -> str:
        """Graph's root without a version."""
        return self.url or self.endpoints.graph

    @property
    def token_scopes(self) -> tuple[str, ...]:
        """What tokens are asked for."""
        return self.scopes or (self.endpoints.scope,)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            del value  # pydantic's own refusal shows it
            raise ConfigurationError(f"Settings are frozen, {name} cannot be set: make new ones")
        super().__setattr__(name, value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("Settings hold a secret and are not pickled: make them anew where they are needed")


class _Sourced(str):
    """A value read from a place that is remembered with it."""

    __slots__ = ("from_file", "source")
    source: str
    from_file: bool  # of a .env file, which is trusted less

    @classmethod
    def at(cls, source: str, text: str, *, from_file: bool = False) -> _Sourced:
        self = cls(text)
        self.source = source
        self.from_file = from_file
        return self


class _Refused:
    def __init__(self, reason: str) -> None:
        self.reason = reason


_VARIABLE = {name: str(field.validation_alias) for name, field in Settings.model_fields.items()}
_PURPOSE = {str(field.validation_alias): field.description or "" for field in Settings.model_fields.values()}
_COVERED = frozenset({"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "GRAPH_TOKEN_STORE_KEY"})
_SECRETS = _COVERED | {"GRAPH_PROXY"}  # which may carry a password
_ORIGIN = re.compile(  # nothing on which urlsplit and the connection could disagree
    r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f]*:[0-9a-f:.]*\])(:[0-9]{1,5})?/?"
)


def _covered(secret: Any) -> Any:
    """Return a secret so that no frame of ours holds it in the open; what is none, as what is malformed."""
    if isinstance(secret, SecretStr):
        secret = secret.get_secret_value()
    return SecretStr(secret.strip() if isinstance(secret, str) else "")


def _environment(variables: Mapping[str, str]) -> dict[str, Any]:
    return {
        name.upper(): _Sourced.at(_ENVIRONMENT, value)
        for name, value in variables.items()
        if value and name.upper() in _PURPOSE
    }


def _read(files: Any, nearer: Mapping[str, Any]) -> dict[str, _Sourced]:
    """Return what the ``.env`` says and the environment does not.

    Nothing is interpolated: a ``${…}`` in a secret is part of it, and a file that anybody may have put here
    has no business with the values of the environment.

    Raises:
        ConfigurationError: the file is there and cannot be read.
    """
    found = {}
    for file in [files] if isinstance(files, (str, os.PathLike)) else files or ():
        lines = io.StringIO(_text(Path(file).expanduser()))
        for key, value in dotenv_values(stream=lines, interpolate=False).items():
            name = key.upper()
            if value and name in _PURPOSE and name not in nearer:
                found[name] = _Sourced.at(str(file), value, from_file=True)
    return found


def _text(file: Path) -> str:
    try:
        if file.is_dir() or not file.exists():
            return ""
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
    if "\0" in text:  # UTF-16 without a mark is UTF-8 too, of a sort
        raise ConfigurationError(f"{file} is not UTF-8 text: save it as UTF-8 (PowerShell's > writes UTF-16)")
    return text


def _choose(values: Mapping[str, Any], sources: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the variables of the kind of sign-in, that which names it last; and why there is none.

    The nearest source that sets a kind decides: AKS puts ``AZURE_FEDERATED_TOKEN_FILE`` into every pod's
    environment, and a secret among the arguments is meant all the same.
    """
    found: dict[str, list[str]] = {}
    for name in _KINDS:
        if values.get(name) not in (None, ""):
            found.setdefault(sources[name], []).append(name)
    for source in sorted(found, key=_distance):
        names = found[source]
        if "GRAPH_REFRESH_TOKEN_FILE" in names and len(names) == 2 and _WITH_REFRESH_TOKEN & set(names):
            return names, {}
        if len(names) == 1:
            return names, {}
        return [], {
            names[
                0
            ]: f"and {' and '.join(names[1:])} are set together in {_the(source)}, and each is a way to sign "
            "in: keep one, or pass the one you mean as an argument"
        }
    others = ", ".join(name for name in _KINDS if name != "AZURE_CLIENT_SECRET")
    reason = f"is missing: {_PURPOSE['AZURE_CLIENT_SECRET']}; or another way to sign in, one of {others}"
    if values.get("AZURE_CLIENT_CERTIFICATE_PASSWORD"):
        reason += " (AZURE_CLIENT_CERTIFICATE_PASSWORD is set, and AZURE_CLIENT_CERTIFICATE_PATH is not)"
    return [], {"AZURE_CLIENT_SECRET": reason}


def _distance(source: str) -> int:
    nearest = {_ARGUMENT: 0, _ENVIRONMENT: 1}
    return nearest.get(source, 2 if source.startswith("[profiles.") else 3)


def _lacking(values: Mapping[str, Any], kind: str, sources: Mapping[str, str]) -> dict[str, str]:
    """Return what this kind of sign-in needs, too."""
    refused = {}
    if kind not in _TENANTLESS:
        for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID"):
            if name not in sources:
                refused[name] = f"is missing: {_PURPOSE[name]}"
        tenant = str(values.get("AZURE_TENANT_ID", "")).strip().lower()
        if tenant in _USER_TENANTS and kind not in _OF_USERS:
            refused["AZURE_TENANT_ID"] = (
                f"must name one tenant: an app with a secret cannot sign in to '{tenant}', which is for users"
            )
    if values.get("GRAPH_TOKEN_STORE") and not values.get("GRAPH_TOKEN_STORE_KEY"):
        refused["GRAPH_TOKEN_STORE_KEY"] = f"is missing, and GRAPH_TOKEN_STORE needs it: {_KEY_HOW}"
    return refused


_KEY_HOW = 'make one with python -c "import secrets; print(secrets.token_urlsafe(32))"'


def _distrusted(
    values: Mapping[str, Any], sources: Mapping[str, str], files: set[str], chosen: list[str]
) -> dict[str, str]:
    """Return the variables that a ``.env`` file may not decide, each with the reason.

    Whoever can put a file into the working directory must not be able to send a secret of the
    environment to a host of their own.
    """
    credentials = {name: sources[name] for name in chosen}
    secrets = "".join(f", {credential} from {_the(source)}" for credential, source in credentials.items())
    refused: dict[str, str] = {}
    origins: tuple[str, ...] = ("AZURE_AUTHORITY_HOST", "GRAPH_URL")
    for name in origins:
        host = _host(str(values.get(name, "")))
        known = clouds.of_login_host(host) or clouds.of_graph_host(host) or clouds.is_loopback(host)
        if name in files and not known:
            refused[name] = (
                f"comes from {sources[name]}{secrets}: {sources[name]} may name only a Microsoft cloud or this "
                "machine; set it in the environment, or pass it as an argument"
            )
    ours = {"AZURE_FEDERATED_TOKEN_FILE", "GRAPH_REFRESH_TOKEN_FILE"}
    for name in sorted(ours & files & set(chosen)):
        refused[name] = (
            f"comes from {sources[name]}, which may not name a file with a token in it: set it in the "
            "environment, or pass it as an argument"
        )
    helpers: tuple[str, ...] = ("GRAPH_PROXY", "GRAPH_CA_BUNDLE", "GRAPH_TOKEN_STORE")
    for name in helpers:
        for credential, source in credentials.items():
            if name not in files or name in refused:
                continue
            if source != sources[name]:
                reason = f"{credential} from {_the(source)}"
            elif credential not in ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"):
                reason = f"what {credential} uses from elsewhere"
            else:
                continue
            refused[name] = (
                f"comes from {sources[name]} but {reason}: {_HELPERS[name]} in "
                f"{sources[name]} serves only credentials of the same file; set it where the secret is set"
            )
    return refused


_HELPERS = {
    "GRAPH_PROXY": "a proxy or a CA bundle",
    "GRAPH_CA_BUNDLE": "a proxy or a CA bundle",
    "GRAPH_TOKEN_STORE": "a token store",
}


def _the(source: str) -> str:
    return f"the {source}" if source in (_ARGUMENT, _ENVIRONMENT) else source


def _check_agreement(settings: Settings) -> None:
    chosen = settings.cloud
    login = clouds.of_login_host(_host(settings.authority_host))
    graph = clouds.of_graph_host(_host(settings.url))
    if chosen and login and CLOUDS[chosen] not in login:
        raise _error(_contradiction("GRAPH_CLOUD", chosen, "AZURE_AUTHORITY_HOST", login[0].name))
    if chosen and graph and graph.name != chosen:
        raise _error(_contradiction("GRAPH_CLOUD", chosen, "GRAPH_URL", graph.name))
    if login and graph and graph not in login:
        raise _error(_contradiction("AZURE_AUTHORITY_HOST", login[0].name, "GRAPH_URL", graph.name))


def _contradiction(one: str, cloud: str, other: str, another: str) -> str:
    return f"{one} means the cloud '{cloud}' but {other} the cloud '{another}': drop one of the two"


def _host(url: str | None) -> str:
    try:
        return str(urlsplit(url if url and "://" in url else f"https://{url or ''}").hostname or "")
    except ValueError:
        return ""


def _error(message: str) -> PydanticCustomError:
    return PydanticCustomError("leangraph", message.replace("{", "{{"))


def _problem(item: Mapping[str, Any]) -> str:
    variable = str(item["loc"][0]) if item["loc"] else ""
    purpose = _PURPOSE.get(variable, "")
    if item["type"] == "missing":
        return f"{variable} is missing: {purpose}"
    if item["type"] == "leangraph":
        return f"{variable} {item['msg']}".strip()
    return f"{variable} is malformed: it should hold {purpose}"


def _complaint(problems: list[str]) -> str:
    if len(problems) == 1:
        return problems[0]
    return "\n".join([f"{len(problems)} settings need attention:", *(f"  {problem}" for problem in problems)])
