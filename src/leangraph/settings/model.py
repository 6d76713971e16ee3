"""``Settings``: what the user decides, from all sources and by all rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn, Self, Unpack

from pydantic import PrivateAttr, TypeAdapter, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from leangraph import clouds
from leangraph.clouds import CLOUDS, Cloud
from leangraph.errors import ConfigurationError
from leangraph.settings import rules
from leangraph.settings.fields import PURPOSES, SECRETS, VARIABLES, Fields, Keywords, Refusal, host_of, problem
from leangraph.settings.sources import IMPLICIT, SEARCH, Arguments, DotEnv, Environment, Profile, Search


class Settings(Fields):
    """The user's settings, from arguments first, then the environment, a profile and ``.env``.

    Every field can be given by its name, ``Settings(tenant_id=…)``, or by its variable,
    ``AZURE_TENANT_ID=…``. An empty variable counts as not set. The ``AZURE_*`` names are those of
    azure-identity. Making settings only reads the environment and files, and sends nothing.

    Raises:
        ConfigurationError: one error names every variable that is missing or malformed, and what it should
            hold. It shows no value, because a secret may have been pasted into the wrong variable.
    """

    _origins: dict[str, rules.Origin] = PrivateAttr(default_factory=dict)
    _kind: str = PrivateAttr("")

    def __init__(
        self,
        *,
        _env_file: Any = IMPLICIT,
        _environ: Mapping[str, str] | None = None,
        _profile: Any = None,
        **keywords: Unpack[Keywords],
    ) -> None:
        values: dict[str, Any] = {**keywords}
        del keywords  # else this frame shows a secret to a crash reporter
        unknown = [name for name in values if name not in VARIABLES and name not in PURPOSES]
        if unknown:
            values.clear()  # else this frame shows a secret to whoever prints a traceback with its variables
            raise ConfigurationError(
                f"unknown setting {', '.join(map(repr, unknown))}: the names are {', '.join(VARIABLES)}"
            )
        files = [_env_file] if isinstance(_env_file, (str, os.PathLike)) else _env_file or ()
        search = Search(os.environ if _environ is None else _environ, _profile, files)
        values |= {"_env_file": None, SEARCH: search}
        problems: list[str] = []
        try:
            super().__init__(**values)
        except ConfigurationError as error:
            problems = [str(error)]
        except ValidationError as error:
            problems = [_explain(item) for item in error.errors(include_url=False, include_input=False)]
        if problems:  # outside the except blocks: pydantic's exception, which holds the input, is gone
            values.clear()
            notes = search.notes if any(" missing" in each for each in problems) else []
            del search, _profile
            raise ConfigurationError(_complaint(list(dict.fromkeys(problems)), notes))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Name our own four sources, nearest first: each remembers what it answered."""
        given: dict[str, Any] = init_settings()
        search: Search = given[SEARCH]
        return (
            Arguments(settings_cls, search, given),
            Environment(settings_cls, search),
            Profile(settings_cls, search),
            DotEnv(settings_cls, search),
        )

    @model_validator(mode="wrap")
    @classmethod
    def _judge(cls, data: Any, handler: Callable[[Any], Settings]) -> Settings:
        """Apply the rules about several settings: they need to know who set what."""
        search: Search | None = data.get(SEARCH)
        if search is None:  # by model_validate: the handler calls ``__init__``, which comes here again
            return handler(data)
        origins = search.origins
        values = {name: value for name, value in data.items() if name in PURPOSES}
        chosen, refused = rules.choose_sign_in(values, origins)
        for name in rules.KINDS:  # what farther sources say of other kinds does not count
            if name not in chosen and name not in refused:
                values.pop(name, None)
                origins.pop(name, None)
        kind = rules.KINDS[chosen[-1]] if chosen else ""
        refused |= rules.find_missing(values, origins, kind) | rules.find_distrusted(values, origins, chosen)
        settings = handler({**values, **{name: Refusal(reason) for name, reason in refused.items()}})
        settings._origins = origins
        settings._kind = kind
        contradiction = rules.contradiction(settings.cloud, settings.authority_host, settings.url)
        if contradiction:
            raise problem(contradiction)
        return settings

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Make settings from these variables or keywords only: the environment and ``.env`` are not read."""
        return cls(_env_file=None, _environ={}, **values)

    @classmethod
    def from_profile(cls, name: str, **arguments: Unpack[Keywords]) -> Self:
        """Make settings from ``[profiles.<name>]`` in your ``config.toml``; ``profiles.directory`` is its folder.

        Its keys are the keywords of ``Settings``. Arguments and the environment come first, ``.env`` last. A
        secret may be in that file only if nobody else can read it. It can also be in the operating system's
        keyring, under the service ``leangraph``: ``client_secret = { keyring = "contoso" }``.

        Raises:
            ConfigurationError: there is no such profile, or a setting is missing or malformed.
        """
        from leangraph.settings.profiles import read

        return cls(_profile=(name, read(name, VARIABLES, SECRETS)), **arguments)

    @classmethod
    def read_one(cls, variable: str) -> Any:
        """Return one setting from the environment or ``.env``, or its default; see ``read_one``."""
        search = Search(os.environ, None, IMPLICIT)
        values = Environment(cls, search)()
        if variable not in values:
            values = DotEnv(cls, search)()
        name = next(name for name, alias in VARIABLES.items() if alias == variable)
        field = cls.model_fields[name]
        if variable not in values:
            return field.get_default()
        value: Any = values[variable]
        if not isinstance(value, Refusal):
            kind: Any = field.annotation
            with suppress(ValidationError):
                return TypeAdapter(kind).validate_python(value)
        raise ConfigurationError(f"{variable} is malformed: it should hold {PURPOSES[variable]}")

    def for_tenant(self, tenant_id: str) -> Self:
        """Return the same settings for another tenant."""
        given = {VARIABLES[name]: getattr(self, name) for name in VARIABLES if self._is_set(name)}
        return type(self).from_mapping({**given, "AZURE_TENANT_ID": tenant_id})

    def _is_set(self, name: str) -> bool:
        return bool(getattr(self, name) != type(self).model_fields[name].default)

    @property
    def sign_in_by(self) -> str:
        """The way to sign in: the name of the setting that chose it, such as ``client_secret``."""
        return self._kind

    @property
    def is_user(self) -> bool:
        """Whether a user signs in, not the app itself."""
        return self._kind in rules.OF_USERS

    @property
    def source(self) -> Mapping[str, str]:
        """Where each variable that is set came from: ``arguments``, ``environment`` or the ``.env`` file."""
        return {name: origin.name for name, origin in self._origins.items()}

    @property
    def endpoints(self) -> Cloud:
        """The Microsoft cloud in use: chosen, or recognised by its login or Graph host."""
        if self.cloud:
            return CLOUDS[self.cloud]
        by_graph = clouds.of_graph_host(host_of(self.url))
        by_login = clouds.of_login_host(host_of(self.authority_host))
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
        """The scopes that tokens are requested for."""
        return self.scopes or (self.endpoints.scope,)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            del value  # pydantic's own refusal shows it
            raise ConfigurationError(f"Settings are frozen, {name} cannot be set: make new ones")
        super().__setattr__(name, value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("Settings hold a secret and are not pickled: make them anew where they are needed")


def _explain(item: Mapping[str, Any]) -> str:
    variable = str(item["loc"][0]) if item["loc"] else ""
    purpose = PURPOSES.get(variable, "")
    if item["type"] == "missing":
        return f"{variable} is missing: {purpose}"
    if item["type"] == "leangraph":
        return f"{variable} {item['msg']}".strip()
    return f"{variable} is malformed: it should hold {purpose}"


def _complaint(problems: list[str], notes: list[str]) -> str:
    looked = f" ({'; '.join(notes)})" if notes else ""
    if len(problems) == 1:
        return problems[0] + looked
    return "\n".join([f"{len(problems)} settings need attention{looked}:", *(f"  {line}" for line in problems)])
