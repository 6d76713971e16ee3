"""Whom to trust: the public authorities, those of a bundle besides, or the operating system's."""

from __future__ import annotations

import importlib
import importlib.util
import os
import ssl
from pathlib import Path
from typing import Any

import requests
import urllib3
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from leangraph.errors import ConfigurationError
from leangraph.net.certificates import Trust
from leangraph.system import files


def trusted(ca_bundle: str | None, session: requests.Session, *, owned: bool) -> Trust:
    """Return whom to accept: what is named, else what the session or the environment says."""
    source = "GRAPH_CA_BUNDLE"
    if ca_bundle is None:
        if session.verify is not True or not session.trust_env:
            return Trust(session.verify if session.verify is not None else True, adds=owned)
        source = next((name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)), "")
        if not source:
            return Trust(adds=owned)
        ca_bundle = os.environ[source]
    if ca_bundle == "system":
        if not owned:
            raise ConfigurationError("GRAPH_CA_BUNDLE=system needs our own session, not one that is handed in")
        truststore()
        return Trust("system", source)
    path = files.expand(ca_bundle)
    if not path.exists():
        raise ConfigurationError(
            f"{source} names {ca_bundle!r}, which does not exist: give the path of a PEM file"
        )
    return Trust(str(path), source, owned)


def truststore() -> Any:
    if importlib.util.find_spec("truststore") is None:
        raise ConfigurationError("GRAPH_CA_BUNDLE=system needs truststore: pip install truststore")
    return importlib.import_module("truststore")


def tls_context(verify: bool | str) -> ssl.SSLContext:
    if verify == "system":
        context: ssl.SSLContext = truststore().SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return context
    context = urllib3.util.ssl_.create_urllib3_context()
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context.verify_mode = ssl.CERT_REQUIRED
    if isinstance(verify, str):  # whom a user names is trusted: without a root above, and whatever RFC 5280 wants
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # Python 3.13 and later insist on it
        _load(context, Path(verify))
    _load(context, Path(DEFAULT_CA_BUNDLE_PATH))
    return context


def _load(context: ssl.SSLContext, path: Path) -> None:
    try:
        context.load_verify_locations(**{"capath" if path.is_dir() else "cafile": str(path)})
        return
    except (ssl.SSLError, OSError) as error:
        problem = f"{path} cannot be read as CA certificates in PEM form ({error.strerror or error})"
    raise ConfigurationError(problem)
