"""What the ``scope`` of a request asks for, of which resource, and what of it is granted."""

from collections.abc import Iterable
from typing import NamedTuple

from .aadsts import AADSTS
from .registry import GRAPH, App, Consent, Registry, graph_at

OIDC = frozenset({"openid", "profile", "email", "offline_access"})


class Wanted(NamedTuple):
    """One scope: as it was written, the name it gave its resource, which that is, and the permission."""

    text: str
    audience: str
    resource: str
    name: str


class Granted(NamedTuple):
    """What an access token for a user may say, and the ``scope`` that the answer repeats."""

    audience: str
    scp: tuple[str, ...]
    echo: str


class Scopes(NamedTuple):
    """A delegated ``scope`` taken apart."""

    text: str
    oidc: frozenset[str]
    wanted: tuple[Wanted, ...]


def delegated(text: str, registry: Registry, origin: str) -> Scopes:
    """Read what is asked in a user's name; several resources may be named until a token is due."""
    words = text.split()
    if not words:
        raise AADSTS(28003)
    oidc = frozenset(word.lower() for word in words) & OIDC
    wanted = tuple(_wanted(word, registry, origin) for word in words if word.lower() not in OIDC)
    return Scopes(text, oidc, wanted)


def grant(scopes: Scopes, app: App, consent: Consent, registry: Registry, origin: str) -> Granted:
    """Return what of it the tenant has consented to: everything, or it is a no."""
    resources = {wanted.resource for wanted in scopes.wanted}
    if len(resources) > 1:
        raise AADSTS(28000, scope=scopes.text)
    oidc = sorted(scopes.oidc - {"offline_access"})
    if not scopes.wanted:  # sign-in alone: a token of little use, for Graph
        return Granted(graph_at(origin), (), " ".join(oidc))
    (resource,) = resources
    audience = scopes.wanted[0].audience
    had = registry.permissions(consent.scopes, resource, origin)
    names = [wanted.name.lower() for wanted in scopes.wanted]
    if ".default" in names:
        if len(names) > 1:
            raise AADSTS(70011, scope=f"{scopes.text}, as .default cannot be combined with other scopes,")
        scp = tuple(had.values())
        echo = [f"{audience.rstrip('/')}/{name}" for name in scp] + [scopes.wanted[0].text]
    else:
        scp = tuple(had[name] for name in names if name in had)
        echo = [wanted.text for wanted in scopes.wanted]
    if not scp or (".default" not in names and len(scp) < len(names)):
        raise AADSTS(65001, app=app.client_id, name=app.display_name, extra={"suberror": "consent_required"})
    return Granted(audience, scp, " ".join([*echo, *oidc]))


def app_only(text: str, registry: Registry, origin: str) -> Wanted:
    """Read the one ``<resource>/.default`` that an app may ask for in its own name."""
    words = text.split()
    if not words:
        raise AADSTS(28003)
    resources = {word.removesuffix("/.default") for word in words if word.endswith("/.default")}
    if len(resources) > 1:
        raise AADSTS(700022, scope=text)
    if len(words) > 1 or not resources:
        raise AADSTS(1002012, scope=text)
    return _wanted(words[0], registry, origin)


def names(granted: Iterable[str], resource: str, registry: Registry, origin: str) -> tuple[str, ...]:
    """Return the names of the granted permissions that are ``resource``'s."""
    return tuple(registry.permissions(granted, resource, origin).values())


def _wanted(word: str, registry: Registry, origin: str) -> Wanted:
    if not word.isprintable():
        raise AADSTS(70011, scope=word)
    audience, slash, name = word.rpartition("/")
    resource = registry.resource(audience, origin) if slash else GRAPH
    if not name:
        raise AADSTS(70011, scope=word)
    if resource is None:
        raise AADSTS(500011, resource=audience)
    return Wanted(word, audience if slash else graph_at(origin), resource, name)
