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


def trusted(ca_bundle: str | None, session: requests.Session, *, owned: bool) -> bool | str:
    """Return what ``verify`` is to be: ``True`` for certifi, a path, or ``system``."""
    if ca_bundle is None:
        if session.verify is not True or not session.trust_env:
            return session.verify if session.verify is not None else True
        source = next((name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if os.environ.get(name)), "")
        if not source:
            return True
        ca_bundle = os.environ[source]
    else:
        source = "GRAPH_CA_BUNDLE"
    if ca_bundle == "system":
        if not owned:
            raise ConfigurationError("GRAPH_CA_BUNDLE=system needs our own session, not one that is handed in")
        truststore()
        return "system"
    if not Path(ca_bundle).exists():
        raise ConfigurationError(
            f"{source} names {ca_bundle!r}, which does not exist: give the path of a PEM file"
        )
    return ca_bundle


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
    for text in dict.fromkeys(
        (DEFAULT_CA_BUNDLE_PATH, verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH)
    ):
        path = Path(text)
        try:
            context.load_verify_locations(**{"capath" if path.is_dir() else "cafile": str(path)})
        except (ssl.SSLError, OSError) as error:
            problem = f"{path} cannot be read as CA certificates in PEM form ({error.strerror or error})"
        else:
            continue
        raise ConfigurationError(problem)
    return context
