"""Give an app a new secret or certificate, and take the old secret away later."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from leangraph.errors import ConfigurationError
from leangraph.http.target import Request
from leangraph.jobs import people
from leangraph.jobs.step import Note, Secret, Step, quoted
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient

READS = ("GET /applications/{id}", "GET /applications?$filter=displayName eq ''")
_SELECT = ("id", "appId", "displayName", "passwordCredentials", "keyCredentials")


def plan(
    graph: GraphClient,
    app: str,
    *,
    keep: Annotated[Path | None, "The private file that keeps the new secret."] = None,
    certificate: Annotated[Path | None, "A certificate (PEM) instead of a secret."] = None,
    days: Annotated[int, "Days that the new secret is valid."] = 180,
    grace: Annotated[int, "Days that the old secret stays beside the new one; 0 removes it at once."] = 7,
    remove_old: Annotated[bool, "Only remove secrets that were replaced --grace days ago."] = False,
) -> Iterator[Step | Note]:
    """Give APP (name, appId or id) a new secret, write it to a private file, and remove the old one later."""
    found = people.one(graph, "applications", app, _SELECT, ("displayName", "appId"))
    path, name = f"/applications/{found['id']}", quoted(found["displayName"])
    old = sorted(found.get("passwordCredentials") or [], key=lambda each: str(each.get("startDateTime")))
    first: list[Step] = []
    if remove_old:
        newest = people.moment(old[-1].get("startDateTime")) if old else None
        old = old[:-1]
        if newest is None or newest > people.days_ago(grace):
            yield Note(name, f"nothing is taken away: no secret has been there for {grace} days")
            return
    elif certificate is not None:
        now = found.get("keyCredentials") or []
        kept = [{key: each[key] for key in each if key != "key"} for each in now]
        change, back = (
            Request("PATCH", path, {"keyCredentials": keys}) for keys in ([*kept, _key(certificate)], kept)
        )
        first = [Step(change, f"add the certificate {certificate.name} to {name}", undo=back,
                      expects={path: {"keyCredentials": now}})]  # fmt: skip
    else:
        first = [_new_secret(found, old, keep, days)]
    yield from first
    for each in old:
        what = f"the secret {each.get('hint') or ''}… of {name} that ends {str(each.get('endDateTime'))[:10]}"
        if grace and not remove_old:
            yield Note(what, f"stays for {grace} days: then run this with --remove-old")
        else:
            request = Request("POST", f"{path}/removePassword", {"keyId": each["keyId"]}, idempotent=True)
            yield Step(request, f"take away {what}", needs=first)


def _key(file: Path) -> dict[str, Any]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    with files.told(f"the certificate {file} cannot be read"):
        content = file.read_bytes()
    try:
        der = x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
    except ValueError:
        raise ConfigurationError(f"{file} is no certificate in PEM") from None
    return {"type": "AsymmetricX509Cert", "usage": "Verify", "displayName": file.stem,
            "key": base64.b64encode(der).decode()}  # fmt: skip


def _new_secret(app: dict[str, Any], old: list[dict[str, Any]], keep: Path | None, days: int) -> Step:
    if keep is None:
        raise ConfigurationError("a new secret must be kept: --keep FILE, or --certificate FILE")
    made, path = datetime.now(UTC), f"/applications/{app['id']}"
    label = f"leangraph {made:%Y-%m-%d %H:%M:%S}"
    credential = {"displayName": label, "endDateTime": (made + timedelta(days=days)).isoformat()}
    return Step(
        Request("POST", f"{path}/addPassword", {"passwordCredential": credential}),
        f"add a secret to {quoted(app['displayName'])}",
        expects={path: {"passwordCredentials": old}},
        secret=Secret(str(keep), f"{app['appId']} {label}", "secretText"),
    )
