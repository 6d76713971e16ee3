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


class Settings(BaseSettings):
    """What a user decides: arguments first, then the environment, then ``.env``.

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
        validation_alias="AZURE_TENANT_ID",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$",
        description="the Directory (tenant) ID, or a verified domain such as contoso.onmicrosoft.com; "
        "it stands on the Overview page of the app registration in the Entra portal",
    )
    client_id: str = Field(
        validation_alias="AZURE_CLIENT_ID",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="the Application (client) ID on the Overview page of the app registration",
    )
    client_secret: SecretStr = Field(
        validation_alias="AZURE_CLIENT_SECRET",
        min_length=1,
        description="the Value (not the Secret ID) of a client secret, shown once under Certificates & secrets",
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

    def __init__(self, _env_file: Any = ".env", **values: Any) -> None:
        unknown = [name for name in values if name not in _VARIABLE and name not in _PURPOSE]
        if unknown:
            values.clear()  # else this frame shows a secret to whoever prints a traceback with its variables
            raise ConfigurationError(
                f"unknown setting {', '.join(map(repr, unknown))}: the names are {', '.join(_VARIABLE)}"
            )
        values = {_VARIABLE.get(name, name): value for name, value in values.items()}
        problems: list[str] = []
        if _SECRET in values:
            values[_SECRET] = _covered(values[_SECRET])
        try:
            values = {**_read(_env_file), **values}
            super().__init__(_env_file=None, **values)
        except ConfigurationError as error:
            problems = [str(error)]
        except ValidationError as error:
            problems = [_problem(item) for item in error.errors(include_url=False, include_input=False)]
        if problems:  # outside the except blocks: pydantic's exception, which holds the input, is gone
            values.clear()
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
        return (init_settings, _labelled(env_settings))  # what the file says comes with the first

    @model_validator(mode="wrap")
    @classmethod
    def _trust_and_agree(cls, data: Any, handler: Callable[[Any], Settings]) -> Settings:
        sources = {name: getattr(value, "source", _ARGUMENT) for name, value in data.items() if name in _PURPOSE}
        plain = {name: str(value) if isinstance(value, _Sourced) else value for name, value in data.items()}
        for name, reason in _distrusted(plain, sources).items():
            plain[name] = _Refused(reason)
        settings = handler(plain)
        settings._sources = sources
        _check_agreement(settings)
        return settings

    @field_validator("*", mode="before")
    @classmethod
    def _refused(cls, value: Any) -> Any:
        if isinstance(value, _Refused):
            raise _error(value.reason)
        return value

    @field_validator("scopes", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("tenant_id")
    @classmethod
    def _one_tenant(cls, value: str) -> str:
        if value.lower() in _USER_TENANTS:
            raise _error(
                "must name one tenant: an app with a secret cannot sign in to "
                f"'{value.lower()}', which is for users"
            )
        return value

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
        unset = {
            str(field.validation_alias): field.get_default()
            for field in cls.model_fields.values()
            if not field.is_required()
        }
        given = {_VARIABLE.get(name, name): value for name, value in values.items()}
        return cls(_env_file=None, **(unset | given))

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

    __slots__ = ("source",)
    source: str

    @classmethod
    def at(cls, source: str, text: str) -> _Sourced:
        self = cls(text)
        self.source = source
        return self


class _Refused:
    def __init__(self, reason: str) -> None:
        self.reason = reason


_VARIABLE = {name: str(field.validation_alias) for name, field in Settings.model_fields.items()}
_PURPOSE = {str(field.validation_alias): field.description or "" for field in Settings.model_fields.values()}
_SECRET = _VARIABLE["client_secret"]
_ORIGIN = re.compile(  # nothing on which urlsplit and the connection could disagree
    r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f]*:[0-9a-f:.]*\])(:[0-9]{1,5})?/?"
)
_CREDENTIALS = ("AZURE_CLIENT_SECRET",)


def _covered(secret: Any) -> Any:
    """Return a secret so that no frame of ours holds it in the open; what is none, as what is malformed."""
    if isinstance(secret, SecretStr):
        secret = secret.get_secret_value()
    return SecretStr(secret.strip() if isinstance(secret, str) else "")


def _labelled(source: PydanticBaseSettingsSource) -> Callable[[], dict[str, Any]]:
    return lambda: {
        name: _Sourced.at(_ENVIRONMENT, value) if name in _PURPOSE and isinstance(value, str) else value
        for name, value in source().items()
    }


def _read(files: Any) -> dict[str, _Sourced]:
    """Return what the ``.env`` says and the environment does not.

    Nothing is interpolated: a ``${…}`` in a secret is part of it, and a file that anybody may have put here
    has no business with the values of the environment.

    Raises:
        ConfigurationError: the file is there and cannot be read.
    """
    nearer = {name.upper() for name, value in os.environ.items() if value}
    found = {}
    for file in [files] if isinstance(files, (str, os.PathLike)) else files or ():
        lines = io.StringIO(_text(Path(file).expanduser()))
        for key, value in dotenv_values(stream=lines, interpolate=False).items():
            name = key.upper()
            if value and name in _PURPOSE and name not in nearer:
                found[name] = _Sourced.at(str(file), value)
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


def _distrusted(values: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a ``.env`` file may not decide, each with the reason.

    Whoever can put a file into the working directory must not be able to send a secret of the
    environment to a host of their own.
    """
    from_file = {name for name, source in sources.items() if source not in (_ARGUMENT, _ENVIRONMENT)}
    credentials = {name: sources[name] for name in _CREDENTIALS if values.get(name) and name in sources}
    secrets = "".join(f", {credential} from {_the(source)}" for credential, source in credentials.items())
    refused: dict[str, str] = {}
    origins: tuple[str, ...] = ("AZURE_AUTHORITY_HOST", "GRAPH_URL")
    for name in origins:
        host = _host(str(values.get(name, "")))
        known = clouds.of_login_host(host) or clouds.of_graph_host(host) or clouds.is_loopback(host)
        if name in from_file and not known:
            refused[name] = (
                f"comes from {sources[name]}{secrets}: {sources[name]} may name only a Microsoft cloud or this "
                "machine; set it in the environment, or pass it as an argument"
            )
    helpers: tuple[str, ...] = ("GRAPH_PROXY", "GRAPH_CA_BUNDLE")
    for name in helpers:
        for credential, source in credentials.items():
            if name in from_file and source != sources[name]:
                refused[name] = (
                    f"comes from {sources[name]} but {credential} from {_the(source)}: a proxy or a CA bundle in "
                    f"{sources[name]} serves only credentials of the same file; set it where the secret is set"
                )
    return refused


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
