"""The settings there are: name, variable, form, and what each should hold. One entry is one setting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, TypedDict
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from leangraph import clouds


class Fields(BaseSettings):
    """The fields of ``Settings``, each judged by itself."""

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
    client_secret_file: str | None = Field(
        None,
        validation_alias="AZURE_CLIENT_SECRET_FILE",
        description="a file with a client secret, as containers mount it; read again once that is refused",
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
    sign_in: Literal["device", "browser", "broker", "azure-cli"] | None = Field(
        None,
        validation_alias="GRAPH_SIGN_IN",
        description="device, browser, broker or azure-cli: a user signs in, with a code on another device, in the "
        "browser here, through the operating system, or has done so by az login",
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
    state_dir: str | None = Field(
        None,
        validation_alias="GRAPH_STATE_DIR",
        description="a directory of yours in which sign-ins are kept, if the usual place cannot be written to",
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
        le=86400,
        validation_alias="GRAPH_PATIENCE",
        description="the longest total wait between the attempts of one request, in seconds, 0 to 86400 (a day)",
    )
    deadline: float = Field(
        clouds.DEADLINE,
        gt=0,
        allow_inf_nan=False,
        validation_alias="GRAPH_DEADLINE",
        description="the longest time of one call in all, its attempts and waits included, in seconds, above 0",
    )
    max_body: int = Field(
        clouds.MAX_BODY,
        ge=1024,
        validation_alias="GRAPH_MAX_BODY",
        description="the longest answer that is kept in memory, in bytes, decoded, 1024 or more",
    )
    read_only: bool = Field(
        False,
        validation_alias="GRAPH_READ_ONLY",
        description="1 to refuse every write before it leaves, 0 to send it",
    )
    protect: str = Field(
        "",
        validation_alias="GRAPH_PROTECT",
        description="user principal names or ids that no job may change, separated by commas",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _refuse(cls, value: Any) -> Any:
        if isinstance(value, Refusal):
            raise problem(value.reason)
        return value

    @field_validator("scopes", "client_capabilities", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("authority_host", "url")
    @classmethod
    def _is_plain(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = (value if "://" in value else f"https://{value}").lower()  # azure-identity takes a bare host as well
        if not _ORIGIN.fullmatch(url) or urlsplit(url).port == 0:  # or a ValueError: malformed as well
            raise problem("must be a plain https://host or https://host:port, without a user, a path or a version")
        if url.startswith("http:") and info.field_name == "authority_host":
            raise problem("must start with https://: MSAL signs in over TLS only")
        if url.startswith("http:") and not clouds.is_loopback(host_of(url)):
            raise problem("must start with https:// (plain http is for this machine only)")
        if info.field_name == "url" and clouds.of_login_host(host_of(url)):
            raise problem("names a login service: Graph's root is meant, such as https://graph.microsoft.com")
        if info.field_name == "authority_host" and clouds.of_graph_host(host_of(url)):
            raise problem("names Graph: the login service is meant, such as https://login.microsoftonline.com")
        return url.rstrip("/")


class Keywords(TypedDict, total=False):
    """What ``Settings`` takes: every field by its name, and by its variable, for type checkers."""

    tenant_id: str
    client_id: str
    client_secret: str | SecretStr | None
    client_secret_file: str | None
    certificate_path: str | None
    certificate_password: str | SecretStr | None
    send_certificate_chain: bool | str
    federated_token_file: str | None
    oidc: Literal["github", "azure-pipelines"] | None
    managed_identity: str | None
    sign_in: Literal["device", "browser", "broker", "azure-cli"] | None
    refresh_token_file: str | None
    client_capabilities: str | Sequence[str] | None
    token_store: str | None
    token_store_key: str | SecretStr | None
    state_dir: str | None
    authority_host: str | None
    cloud: Literal["public", "usgov", "usgov-dod", "china"] | None
    url: str | None
    scopes: str | Sequence[str] | None
    version: str
    ca_bundle: str | None
    proxy: str | SecretStr | None
    timeout: float | str
    max_retries: int | str
    patience: float | str
    deadline: float | str
    max_body: int | str
    read_only: bool | str
    protect: str | None
    AZURE_TENANT_ID: str
    AZURE_CLIENT_ID: str
    AZURE_CLIENT_SECRET: str | SecretStr | None
    AZURE_CLIENT_SECRET_FILE: str | None
    AZURE_CLIENT_CERTIFICATE_PATH: str | None
    AZURE_CLIENT_CERTIFICATE_PASSWORD: str | SecretStr | None
    AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: bool | str
    AZURE_FEDERATED_TOKEN_FILE: str | None
    GRAPH_OIDC: Literal["github", "azure-pipelines"] | None
    GRAPH_MANAGED_IDENTITY: str | None
    GRAPH_SIGN_IN: Literal["device", "browser", "broker", "azure-cli"] | None
    GRAPH_REFRESH_TOKEN_FILE: str | None
    GRAPH_CLIENT_CAPABILITIES: str | Sequence[str] | None
    GRAPH_TOKEN_STORE: str | None
    GRAPH_TOKEN_STORE_KEY: str | SecretStr | None
    GRAPH_STATE_DIR: str | None
    AZURE_AUTHORITY_HOST: str | None
    GRAPH_CLOUD: Literal["public", "usgov", "usgov-dod", "china"] | None
    GRAPH_URL: str | None
    GRAPH_SCOPES: str | Sequence[str] | None
    GRAPH_VERSION: str
    GRAPH_CA_BUNDLE: str | None
    GRAPH_PROXY: str | SecretStr | None
    GRAPH_TIMEOUT: float | str
    GRAPH_MAX_RETRIES: int | str
    GRAPH_PATIENCE: float | str
    GRAPH_DEADLINE: float | str
    GRAPH_MAX_BODY: int | str
    GRAPH_READ_ONLY: bool | str
    GRAPH_PROTECT: str | None


class Refusal:
    """Stands in the place of a value that a rule refuses, so that pydantic reports it with all other faults."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def problem(message: str) -> PydanticCustomError:
    """Return the exception by which a validator says ``message``, word for word."""
    return PydanticCustomError("leangraph", message.replace("{", "{{"))


def host_of(url: str | None) -> str:
    """Return the host of an address with or without a scheme; an empty text if there is none."""
    try:
        return str(urlsplit(url if url and "://" in url else f"https://{url or ''}").hostname or "")
    except ValueError:
        return ""


VARIABLES: Final = {name: str(field.validation_alias) for name, field in Fields.model_fields.items()}
PURPOSES: Final = {str(field.validation_alias): field.description or "" for field in Fields.model_fields.values()}
SECRETS: Final = frozenset(  # by variable; the last one may carry a password
    {"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "GRAPH_TOKEN_STORE_KEY", "GRAPH_PROXY"}
)
_ORIGIN = re.compile(  # nothing on which urlsplit and the connection could disagree
    r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f]*:[0-9a-f:.]*\])(:[0-9]{1,5})?/?"
)
