"""How an app proves who it is: secret, certificate, another issuer's token, the token of a CI job.

Each is a function that returns a ``Proof``; what it needs is read when the first token is asked for.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from leangraph import clouds
from leangraph.auth.grant import Hidden, Secret
from leangraph.auth.wire import Wire
from leangraph.errors import AuthError, ConfigurationError, Error
from leangraph.net.redact import quote as quoted
from leangraph.system import files
from leangraph.system.text import one_line

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession

Proof = Callable[[Callable[[], Any]], Any]  # gets a way to find the application; MSAL's ``client_credential``
AssertionSource = Callable[[], str]  # returns a JWT
AUDIENCE = "api://AzureADTokenExchange"


def secret(value: Secret) -> Proof:
    """Prove the app by a client secret."""
    return lambda _: value.get_secret_value()


def secret_file(path: str) -> Proof:
    """Prove the app by a client secret in a file, as containers and vault agents write it; read on first use."""

    def proof(_: Any) -> str:
        text = _text_of(path, "AZURE_CLIENT_SECRET_FILE")
        if not text:
            raise ConfigurationError(f"AZURE_CLIENT_SECRET_FILE names {path!r}, which is empty")
        return text

    return proof


def certificate(path: str, password: Secret | None = None, *, chain: bool = False) -> Proof:
    """Prove the app by a private key with its certificate, of a PEM or PFX file; read on first use.

    Args:
        chain: send the certificates along (``x5c``), for apps that trust a subject name and issuer.
    """

    def proof(app: Callable[[], Any]) -> Any:
        from msal.oauth2cli.assertion import JwtAssertionCreator

        pair = read_certificate(path, password.get_secret_value().encode() if password else None)
        creator = JwtAssertionCreator(
            pair.key,
            "PS256",
            sha256_thumbprint=pair.sha256,
            headers={"x5c": pair.chain} if chain else None,
        )

        def sign() -> Any:  # a new one for every token costs 1 ms, and cannot be too old
            return creator.create_normal_assertion(app().authority.token_endpoint, str(app().client_id))

        return {"client_assertion": sign}

    return proof


def assertion(source: AssertionSource) -> Proof:
    """Prove the app by the token of another issuer that it trusts, asked for anew each time."""

    def ask() -> str:
        reason = ""
        try:
            token = source()
        except Error:
            raise
        except Exception as error:  # noqa: BLE001 - the source may be anybody's function
            reason = f": {type(error).__name__}: {quoted(error)}"
        if reason or not isinstance(token, str) or token.count(".") != 2:
            raise AuthError(f"the source of the federated token gave no JWT{reason}")
        return token.strip()

    return lambda _: {"client_assertion": ask}


# -- where another issuer's token comes from ------------------------------------------------------------------


def token_file(path: str) -> AssertionSource:
    """Read the file anew each time: Kubernetes replaces it every hour."""

    return lambda: _text_of(path, "AZURE_FEDERATED_TOKEN_FILE")


def _text_of(path: str, variable: str) -> str:
    """Return the content of a file with one secret."""
    with files.told(f"{variable} names {path!r}, which cannot be read"):
        text = one_line(files.expand(path).read_bytes())
    if text is None:
        raise ConfigurationError(
            f"{variable} names {path!r}, which is not UTF-8 text on one line (PowerShell's > writes UTF-16)"
        )
    return text


def github(http: HttpSession) -> AssertionSource:
    """Ask GitHub Actions for the job's token; the workflow needs ``permissions: id-token: write``.

    Source: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments
    """

    def ask() -> str:
        values = _variables("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", hint=(
            "does this run in GitHub Actions, in a job with `permissions: id-token: write`?"
        ))  # fmt: skip
        url = f"{values[0]}{'&' if '?' in values[0] else '?'}{urlencode({'audience': AUDIENCE})}"
        return _ask_ci(http, "GET", url, Hidden(values[1]), "value")

    return ask


def azure_pipelines(http: HttpSession) -> AssertionSource:
    """Ask Azure Pipelines for the token of a service connection.

    Source: https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create
    """

    def ask() -> str:
        values = _variables(
            "SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", hint=(
                "does this run in Azure Pipelines, in an AzureCLI@2 or AzurePowerShell@5 task whose env: has "
                "SYSTEM_ACCESSTOKEN: $(System.AccessToken)?"
            ),
        )  # fmt: skip
        url = f"{values[0]}?api-version=7.1&serviceConnectionId={quote(values[2], safe='')}"
        return _ask_ci(http, "POST", url, Hidden(values[1]), "oidcToken")

    return ask


def _variables(*names: str, hint: str) -> list[str]:
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise ConfigurationError(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set: {hint}")
    return [os.environ[name] for name in names]


def _ask_ci(http: HttpSession, method: str, url: str, bearer: Hidden, name: str) -> str:
    host = urlsplit(url).hostname or ""
    if urlsplit(url).scheme != "https" and not clouds.is_loopback(host):
        raise ConfigurationError(f"the address of {host or 'the token service'} must start with https://")
    headers = {"Authorization": f"Bearer {bearer.get_secret_value()}", "Accept": "application/json"}
    answer = Wire(http, host).exchange(method, url, headers, None)
    token = answer.json().get(name)
    if answer.status_code != 200 or not isinstance(token, str):
        raise AuthError(
            f"{host} gave no token for this job (HTTP status {answer.status_code})", status=answer.status_code
        )
    return token


# -- an app's private key and certificate ------------------------------------------------------------------------

_FILE, _PASSWORD = "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PASSWORD"


class _Certificate(NamedTuple):
    """A private key with its certificates."""

    key: Any
    sha256: str  # of the certificate, in hexadecimal digits
    chain: list[str]  # the certificates in base64, that of the key first

    def __repr__(self) -> str:
        return f"<certificate {self.sha256}>"


def read_certificate(path: str, password: bytes | None) -> _Certificate:
    """Read a file with a private key and its certificate.

    Raises:
        ConfigurationError: there is none, it cannot be read, or something is missing in it.
    """
    with files.told(f"{_FILE} names {path!r}, which cannot be read"):
        content = files.expand(path).read_bytes()
    problem = ""
    try:
        certificate = _pem(content, password) if b"-----BEGIN" in content else _pfx(content, password)
    except (ValueError, TypeError) as error:
        problem = _explain_certificate(str(error), given=password is not None)
    if problem:
        raise ConfigurationError(f"{_FILE}: {problem}")
    return certificate


def _pem(content: bytes, password: bytes | None) -> _Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if b"PRIVATE KEY-----" not in content:
        raise ValueError("no private key")
    encrypted = b"ENCRYPTED" in content
    key = load_pem_private_key(content, password if encrypted else None)
    certificates = x509.load_pem_x509_certificates(content) if b"-----BEGIN CERTIFICATE" in content else []
    return _certificate_for(key, certificates)


def _pfx(content: bytes, password: bytes | None) -> _Certificate:
    from cryptography.hazmat.primitives.serialization import pkcs12

    key, certificate, others = pkcs12.load_key_and_certificates(content, password)
    if key is None:
        raise ValueError("no private key")
    return _certificate_for(key, [*([certificate] if certificate else []), *others])


def _certificate_for(key: Any, certificates: list[Any]) -> _Certificate:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not RSA")  # noqa: TRY004
    ours = [each for each in certificates if each.public_key() == key.public_key()]
    if not ours:
        raise ValueError("no certificate")
    chain = [ours[0], *(each for each in certificates if each != ours[0])]
    encoded = [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in chain]
    return _Certificate(key, ours[0].fingerprint(SHA256()).hex(), encoded)


def _explain_certificate(said: str, *, given: bool) -> str:
    known = {
        "no private key": "there is no private key in it; it must hold the key and its certificate",
        "no certificate": "there is no certificate for its private key in it; append the certificate's PEM text",
        "not RSA": "its key is no RSA key, and Entra ID takes no other",
    }
    if said in known:
        return known[said]
    if "password" in said.lower() or "decrypt" in said.lower():
        return f"{_PASSWORD} is wrong" if given else f"it is encrypted: set {_PASSWORD}"
    return "it is neither a PEM file (text) nor a PFX file (PKCS #12), or it is damaged"
