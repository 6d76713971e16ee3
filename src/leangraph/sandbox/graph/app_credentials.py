"""Secrets and certificates of applications and service principals: shown once, and good at the login host at once.

Sources: "addPassword", "removePassword", "Update application" (keyCredentials) in the API reference.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from cryptography import x509

from ..core import engine
from ..core.actions import parameters
from ..core.audit import record
from ..core.call import Call, bad_request, reply
from ..core.directory import Directory, Memory
from ..core.endpoints import on
from ..core.model import Entity, invalid
from ..core.objects import keep
from ..core.store import Doc
from ..login.registry import App, Certificate, Secret
from ..seed.people import guid
from ..wire.faults import Refusal
from ..wire.server import Reply
from .login_apps import (
    NEVER,
    app_of,
    key_credential,
    password_credential,
    seconds,
)

YEARS = 2  # that a secret lives unless its end is given
_LOGGED = "Update application – Certificates and secrets management"


@dataclass
class _Held:
    """The secrets and certificates of a tenant by their keyIds; what an app has is numbered when first seen."""

    apps: set[str] = field(default_factory=set)
    secrets: dict[str, Secret] = field(default_factory=dict, repr=False)
    certificates: dict[str, Certificate] = field(default_factory=dict, repr=False)


_HELD = Memory(lambda directory: _Held())


def _held(directory: Directory, app: App) -> _Held:
    held = _HELD.of(directory)
    if app.client_id not in held.apps:
        held.apps.add(app.client_id)
        held.secrets |= {guid(app.client_id, "secret", n): each for n, each in enumerate(app.secrets)}
        held.certificates |= {
            guid(app.client_id, "certificate", n): each for n, each in enumerate(app.certificates)
        }
    return held


def new_secret(call: Call, entity: Entity, app: App, asked: Doc) -> tuple[Doc, str]:
    """Give an app one more secret: what is to be kept of it, and the secret itself. Raises Graph's 400."""
    for name in ("secretText", "hint", "keyId"):
        if asked.get(name) is not None:
            raise invalid(f"passwordCredentials/{name}", entity)
    now = call.directory.now()
    start = asked.get("startDateTime") or now
    default = f"{int(now[:4]) + YEARS}{now[4:]}".replace("-02-29", "-02-28")
    end = asked.get("endDateTime") or default
    try:
        begins, expires = seconds(start), seconds(end)
    except (TypeError, ValueError):
        begins = expires = 0.0
    if expires <= begins:
        raise invalid("passwordCredentials/endDateTime", entity)
    key_id = str(uuid4())
    secret = Secret(expires_at=None if end == NEVER else expires)
    _held(call.directory, app).secrets[key_id] = secret
    app.secrets.append(secret)
    return password_credential(secret, key_id, start, asked.get("displayName")), secret.value


def _app(call: Call, doc: Doc) -> App:
    app = app_of(call.directory, doc["appId"])
    if app is None:
        bad_request("The object has no application that could sign in.", "Request_BadRequest")
    return app


def _add(call: Call, entity: Entity) -> Reply:
    asked: Any = parameters(call, entity.kind).get("passwordCredential") or {}
    doc = engine.find(call, entity, call.key)
    app = _app(call, doc)
    kept, text = new_secret(call, entity, app, asked)
    with call.store.atomic():
        credentials = [*doc.get("passwordCredentials", ()), kept]
        keep(call.directory, entity, {**doc, "passwordCredentials": credentials})
        record(call, _LOGGED, entity.kind, (entity.kind, doc))
    shown = {**kept, "secretText": text}
    return reply({"@odata.context": f"{call.root}/$metadata#microsoft.graph.passwordCredential", **shown})


def _remove(call: Call, entity: Entity) -> Reply:
    key_id = parameters(call, entity.kind, "keyId")["keyId"].lower()
    doc = engine.find(call, entity, call.key)
    left = [each for each in doc.get("passwordCredentials", ()) if each["keyId"] != key_id]
    if len(left) == len(doc.get("passwordCredentials", ())):
        bad_request(f"No password credential found with keyId '{key_id}'.", "Request_BadRequest")
    with call.store.atomic():
        keep(call.directory, entity, {**doc, "passwordCredentials": left})
        record(call, _LOGGED, entity.kind, (entity.kind, doc))
    app = app_of(call.directory, doc["appId"])
    if app is not None:
        secret = _held(call.directory, app).secrets.pop(key_id, None)
        app.secrets = [each for each in app.secrets if each is not secret]
    return Reply(204)


def credentials_of(entity: Entity) -> None:
    """Register what concerns the secrets of a type."""
    partly = "a secret is good from the moment it is made, whatever its startDateTime"
    on("POST", f"/{entity.collection}/{{id}}/addPassword", partly=partly)(lambda call: _add(call, entity))
    on("POST", f"/{entity.collection}/{{id}}/removePassword")(lambda call: _remove(call, entity))


def replace_keys(call: Call, app: App, doc: Doc, asked: Iterable[Doc]) -> list[Doc]:
    """Return the key credentials of a create or update, and let the app have exactly those. Raises Graph's 400.

    One with a keyId that is there already stays; a new one brings its certificate as ``key``.
    """
    known = {each["keyId"]: each for each in doc.get("keyCredentials", ())}
    certificates = _held(call.directory, app).certificates
    kept: list[Doc] = []
    for each in asked:
        key_id = str(each.get("keyId") or uuid4()).lower()
        if each.get("key") is None and key_id in known:
            kept.append(known[key_id])
            continue
        if each.get("type") != "AsymmetricX509Cert" or each.get("usage") != "Verify":
            raise _bad_key()
        certificates[key_id] = _certificate(each.get("key"))
        kept.append(key_credential(certificates[key_id], key_id, each.get("displayName")))
    app.certificates = [certificates[each["keyId"]] for each in kept if each["keyId"] in certificates]
    return kept


def _certificate(key: object) -> Certificate:
    try:
        content = base64.b64decode(str(key), validate=True)
        if content.lstrip().startswith(b"-----BEGIN"):
            return Certificate.of(content)
        return Certificate.of(x509.load_der_x509_certificate(content))
    except (binascii.Error, ValueError):
        raise _bad_key() from None


def _bad_key() -> Refusal:
    message = "Invalid value specified for property 'keyCredentials' of resource 'Application'."
    return Refusal(400, "Request_BadRequest", message)
