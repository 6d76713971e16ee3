"""What nobody gets to see: every flow, at every log level, through every failure, searched for what is secret."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import logging
import pickle
import re
import threading
import traceback
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus

import msal
import pytest
import requests
from canned import Arrived, canned
from shares import sample
from signin import DEFAULT, LOGIN, Robot, certificate, configured, pem, public_pem, written

from leangraph import (
    Error,
    Sandbox,
    Settings,
    TokenHolder,
    oauth2_client_credentials,
    oauth2_refresh_token,
    on_behalf_of,
    token_credential,
)
from leangraph.auth.choose import flow_for
from leangraph.auth.store import FileStore, RefreshTokenFile, Sealed, share_between_processes
from leangraph.auth.users import Memory
from leangraph.net import redact
from leangraph.net.session import HttpSession
from leangraph.sandbox.login.registry import FederatedCredential

KEY = "canary-key-of-thirty-two-characters-and-more"
PASSWORD = "canary-password-of-the-key"
SECRET_FIELDS = (
    "client_secret client_assertion assertion refresh_token device_code code code_verifier access_token id_token "
    "client_info value oidcToken"
).split()


class Wiretap(HttpSession):
    """Our session, which notes every secret that goes over the wire, either way."""

    def __init__(self, secrets: set[str], **options: Any) -> None:
        super().__init__(**options)
        self._secrets = secrets

    def send(self, method: str, url: str, headers: Any, body: bytes | None = None, **options: Any) -> Any:
        for name, values in parse_qs((body or b"").decode()).items():
            if name in SECRET_FIELDS:
                self._secrets.update(values)
        return super().send(method, url, headers, body, **options)

    def read(self, response: Any, *limits: Any) -> bytes:
        content = super().read(response, *limits)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = {}
        if isinstance(answer, dict):
            self._secrets.update(str(answer[name]) for name in SECRET_FIELDS if isinstance(answer.get(name), str))
        return content


@pytest.fixture
def secrets(graph_sandbox: Sandbox) -> set[str]:
    return {graph_sandbox.client_secret, graph_sandbox.oauth2.client_secret, KEY, PASSWORD}


@pytest.fixture
def http(graph_sandbox: Sandbox, secrets: set[str]) -> Iterator[Wiretap]:
    session = Wiretap(secrets, ca_bundle=graph_sandbox.ca_bundle)
    yield session
    session.close()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any logger says, formatted as a user's handler would, with tracebacks."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    levels = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield text
    logging.getLogger().removeHandler(handler)
    for logger, level in levels:
        logger.setLevel(level)


@pytest.fixture
def flows(
    graph_sandbox: Sandbox,
    http: Wiretap,
    secrets: set[str],
    tmp_path: Path,
    web: requests.Session,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[dict[str, Callable[[], Any]]]:
    """Make every flow there is, anew each time."""
    box = graph_sandbox
    box.device_code_interval = 0
    runs = itertools.count()
    certified = box.add_app(roles=["User.Read.All"], certificates=[certificate()])
    federated = box.add_app(roles=["User.Read.All"], federated=[FederatedCredential("job")])
    device = box.add_app(public=True, scopes=["User.Read"], redirect_uris=["http://localhost"])
    api = box.add_app(scopes=["User.Read"])
    caller = box.add_app(public=True, scopes=[f"{api.uri}/access"])
    secrets.add(str(api.client_secret))
    monkeypatch.setenv("BROWSER", "robot")
    monkeypatch.setattr(webbrowser, "open", Robot(web).open)
    for name, value in box.managed_identity_env("imds").items():
        monkeypatch.setenv(name, value)
    files = {
        "certificate": written(tmp_path, pem(password=PASSWORD) + public_pem(), "app.pem"),
        "federated": written(tmp_path, box.federated_token("job"), "token.jwt"),
        "refresh": str(tmp_path / "refresh.token"),
    }
    secrets.add((tmp_path / "token.jwt").read_text(encoding="utf-8"))

    def by(app: Any = None, *, keep: Any = None, **kind: Any) -> Any:
        return flow_for(configured(box, app, **kind), http, keep=keep, show=lambda _: None)

    seed = Memory()
    by(device, sign_in="device", keep=seed)()
    on_call = by(caller, sign_in="device", scopes=f"{api.uri}/access")().token
    secrets.add(str(seed.load()))

    def oauth2(kind: str) -> Any:
        url, client = box.oauth2_token_url, box.oauth2
        if kind == "refresh":
            first = client.refresh_token()
            secrets.add(first)
            return oauth2_refresh_token(url, client.client_id, client.client_secret, first, http=http)
        return oauth2_client_credentials(url, client.client_id, client.client_secret, auth=kind, http=http)  # type: ignore[arg-type]

    def brought() -> Any:
        keep = RefreshTokenFile(files["refresh"], sealed=Sealed(KEY))
        keep.save(str(seed.load()))
        return by(device, refresh_token_file=files["refresh"], keep=keep)

    def in_store() -> Any:
        name = f"of run {next(runs)}"  # else they would take what is there
        return share_between_processes(
            by(client_secret=box.client_secret), FileStore(tmp_path / "store"), name, KEY
        )

    def theirs() -> Any:
        credential = TokenHolder(by(client_secret=box.client_secret), sleep=lambda _: None)
        return token_credential(credential, DEFAULT)

    def job(request: Arrived) -> tuple[Any, ...]:
        return 200, {"value": box.federated_token("job")}

    with canned(job) as ci:
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{ci.url}/x?sig=canary-signature")
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-token-of-the-job")
        secrets |= {"canary-signature", "canary-token-of-the-job"}
        yield {
            "secret": lambda: by(client_secret=box.client_secret),
            "certificate": lambda: by(
                certified, certificate_path=files["certificate"], certificate_password=PASSWORD
            ),
            "federated": lambda: by(federated, federated_token_file=files["federated"]),
            "github": lambda: by(federated, oidc="github"),
            "managed identity": lambda: by(managed_identity="system"),
            "device code": lambda: by(device, sign_in="device"),
            "browser": lambda: by(device, sign_in="browser"),
            "refresh token": brought,
            "on behalf of": lambda: on_behalf_of(
                on_call, configured(box, api, client_secret=api.client_secret), http=http
            ),
            "oauth2, post": lambda: oauth2("post"),
            "oauth2, basic": lambda: oauth2("basic"),
            "oauth2, refresh": lambda: oauth2("refresh"),
            "azure-core": theirs,
            "shared": in_store,
        }


def spoken(thing: object) -> list[str]:
    """All that printing, pickling and dumping shows of something."""
    shown = [str(thing), repr(thing), repr(getattr(thing, "__dict__", ""))]
    with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
        shown.append(pickle.dumps(thing).decode("latin-1"))
    return shown


def all_of(error: BaseException) -> list[str]:
    """What loggers, debuggers and crash reporters see of an exception, with its cause and its context."""
    shown = spoken(error)
    assert (error.__cause__, error.__context__) == (None, None)
    with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
    here = {__file__, traceback.__file__}
    for frame in with_locals.stack:
        if frame.filename not in here:
            shown.append(f"{frame.name} {frame.locals}")
    return [*shown, *traceback.format_exception(error)]


MALFORMED: list[dict[str, Any]] = [
    {"body": {"access_token": 5}},
    {"body": {"access_token": ["x"], "expires_in": {}}},
    {"body": {"access_token": "a b", "expires_in": "soon"}},
    {"body": {"error": ["x"], "error_codes": "y"}},
    {"body": {"error": "invalid_client", "error_description": {"a": 1}, "error_codes": [1, "2", None]}},
    {"body": "[" * 5000},
    {"body": "\x00\ufffd"},
    {"body": ""},
]
FAULTS: list[dict[str, Any]] = [
    {"status": 400}, {"status": 401}, {"status": 429}, {"status": 500}, {"html": True},
    {"body": "[1]"}, {"body": {"error": "invalid_grant"}}, {"reset": "before"}, {"reset": "after"},
    {"truncate": True}, *sample(MALFORMED, 2),
]  # fmt: skip
PLACES = {"managed identity": ("GET", "/metadata/identity/oauth2/token"), "oauth2": ("POST", "/oauth2/token")}


def test_no_flow_shows_a_secret_anywhere_at_any_level(
    flows: dict[str, Callable[[], Any]],
    graph_sandbox: Sandbox,
    secrets: set[str],
    log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    shown: list[str] = []
    failures: dict[str, int] = {}
    for name, make in flows.items():
        flow = make()
        holder = TokenHolder(flow, sleep=lambda _: None)
        secrets.add(holder.token)
        for thing in (flow, holder, holder.auth, holder.get_token_info(), holder._current):
            shown += spoken(thing)[:2]
        if name == "browser":
            continue  # a fault there leaves MSAL waiting for a browser that has come and gone
        method, path = PLACES.get(name.split(",")[0], ("POST", LOGIN))
        for fault in FAULTS:
            graph_sandbox.fail(method, path, times=3, **fault)
            flow = make()
            try:
                TokenHolder(flow, sleep=lambda _: None).token  # noqa: B018
            except Error as error:
                failures[name] = failures.get(name, 0) + 1
                shown += all_of(error)
            graph_sandbox._pipeline.script.clear()

    out, err = capfd.readouterr()
    shown += [log.getvalue(), out, err]
    shown += [file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*.token")]  # what is kept

    found = [
        (secret, text[max(0, text.index(secret) - 80) : text.index(secret) + 20])
        for secret in secrets
        if len(secret) > 8
        for text in shown
        if secret in text
    ]
    assert found == []
    assert len(secrets) > 100
    assert failures.keys() == flows.keys() - {"browser"}
    assert "msal." in log.getvalue()
    assert "urllib3.connectionpool DEBUG" in log.getvalue()


class Echo(HttpSession):
    """A service, or a gateway before it, that says back what was sent."""

    form = ""
    said = b""

    def send(self, method: str, url: str, headers: Any, body: bytes | None = None, **options: Any) -> Any:
        response = super().send(method, url, headers, body, **options)
        path = url.partition("?")[0]
        if self.form and path.endswith("/token"):
            response.status_code = 400
            fields = parse_qs((body or b"").decode())
            values = [value for name in SECRET_FIELDS for value in fields.get(name, [])]
            said = f"Not good: {' '.join(values)} {body!r} {headers}"
            self.said = {
                "json": json.dumps({"error": "invalid_client", "error_description": f"You sent {said}"}),
                "html": f"<html><title>{said}</title><body>{said}</body></html>",
                "text": said,
            }[self.form].encode()
        return response

    def read(self, response: Any, *limits: Any) -> bytes:
        content = super().read(response, *limits)
        said, self.said = self.said, b""
        return said or content


@pytest.mark.parametrize("form", ["json", "html", "text"])
def test_what_was_sent_is_not_told_even_if_it_is_said_back(
    graph_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, log: io.StringIO, form: str
) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", graph_sandbox.url)
    for name, value in graph_sandbox.managed_identity_env("app_service").items():
        monkeypatch.setenv(name, value)
    device = graph_sandbox.add_app(public=True, scopes=["User.Read"])
    http = Echo(ca_bundle=graph_sandbox.ca_bundle)
    canary = 'canary/of+odd=signs &"ä".'
    plain = configured(graph_sandbox, client_secret=canary)
    jwt = f"{'c' * 30}.{'d' * 30}.{'e' * 30}"
    flows = {
        "secret": flow_for(plain, http),
        "federated": flow_for(
            configured(graph_sandbox, federated_token_file=written(tmp_path, jwt, "token.jwt")), http
        ),
        "refresh token": flow_for(
            configured(graph_sandbox, device, refresh_token_file="x"), http, keep=Memory(canary)
        ),
        "on behalf of": on_behalf_of(jwt, plain, http=http),
        "oauth2, post": oauth2_client_credentials(graph_sandbox.oauth2_token_url, "id", canary, http=http),
        "oauth2, basic": oauth2_client_credentials(
            graph_sandbox.oauth2_token_url, "id", canary, auth="basic", http=http
        ),
        "oauth2, refresh": oauth2_refresh_token(graph_sandbox.oauth2_token_url, "id", None, canary, http=http),
    }
    http.form = form
    for name, flow in flows.items():
        with pytest.raises(Error) as caught:
            flow()
        told = "".join(all_of(caught.value)) + log.getvalue()
        assert [secret for secret in (canary, jwt, quote_plus(canary)) if secret in told] == [], name
        assert "canary" not in told, name
    http.close()


def test_settings_of_every_kind_show_no_secret_however_they_are_dumped(tmp_path: Path) -> None:
    canary = "canary-canary-canary-canary-canary-canary"
    given = {
        "tenant_id": "t", "client_id": "c", "proxy": f"http://user:{canary}@proxy", "token_store_key": canary,
        "certificate_password": canary,
    }  # fmt: skip
    for kind in ({"client_secret": canary}, {"certificate_path": "app.pem"}):
        settings = Settings.from_mapping({**given, **kind})
        dumped = [
            *spoken(settings),
            settings.model_dump_json(),
            repr(settings.model_dump()),
            repr(settings.source),
        ]
        assert [text for text in dumped if canary in text] == []


# -- the filter -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (
            'https://x:443 "GET /a/b?sig=canary&x=1 HTTP/1.1" 200 None',
            'https://x:443 "GET /a/b?*** HTTP/1.1" 200 None',
        ),
        (
            "Starting new HTTPS connection (1): login.example:443",
            "Starting new HTTPS connection (1): login.example:443",
        ),
        ("{'device_code': 'canary', 'interval': 5}", "{'device_code': ***, 'interval': 5}"),
        ('{"refresh_token": "can\\"ary", "a": 1}', '{"refresh_token": ***, "a": 1}'),
        ("refresh_token=canary&grant_type=refresh_token", "refresh_token=***&grant_type=refresh_token"),
        ("Authorization: Bearer canary.x-y_z~+/=", "Authorization: Bearer ***"),
        ("Authorization: Basic Y2FuYXJ5", "Authorization: Basic ***"),
        ("got eyJ0eXAi.eyJjYW5hcnk.c2ln for you", "got *** for you"),
        ("{'client_info': ['canary', 'canary']}", "{'client_info': ***}"),
        ("client_secret = canary", "client_secret = ***"),
        ("Retry: Retry(total=2, connect=None)", "Retry: Retry(total=2, connect=None)"),
    ],
)
def test_a_line_of_a_log_keeps_all_but_what_is_secret(line: str, left: str) -> None:
    assert redact.redacted(line) == left


@pytest.mark.parametrize("library", ["urllib3.connectionpool", "urllib3.util.retry", "msal.application", "msal"])
def test_what_both_libraries_log_of_our_requests_shows_no_secret(
    graph_sandbox: Sandbox, library: str, caplog: pytest.LogCaptureFixture
) -> None:
    flow_for(Settings.from_mapping(graph_sandbox.env), HttpSession(ca_bundle=graph_sandbox.ca_bundle))()
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger(library)

    with redact.OwnRequests():
        log_secrets(logger)

    assert "canary" not in caplog.text
    assert len([record for record in caplog.records if record.name == library]) == 3
    assert [record for record in caplog.records if record.args] == []


@pytest.mark.parametrize("library", ["urllib3.connectionpool", "urllib3.util.retry", "msal.application", "msal"])
def test_what_both_libraries_log_of_other_requests_is_left_alone(
    graph_sandbox: Sandbox, library: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Their arguments and tracebacks too, whatever of ours is loaded or has signed in."""
    flow_for(Settings.from_mapping(graph_sandbox.env), HttpSession(ca_bundle=graph_sandbox.ca_bundle))()
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    problem = ValueError("theirs")

    logging.getLogger(library).warning("code=%s state=%s", 200, "open", exc_info=problem)

    [record] = caplog.records
    assert (record.getMessage(), record.args) == ("code=200 state=open", (200, "open"))
    assert record.exc_info is not None
    assert record.exc_info[1] is problem


def test_in_the_threads_that_msal_starts_for_a_browser_our_records_are_known_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    redact.cover("msal")
    logger = logging.getLogger("msal.oauth2cli.authcode")
    logger.addFilter(redact._FILTER)

    def say() -> None:
        logger.debug("code=%s", "canary")

    with redact.OwnRequests(all_threads=True):
        thread = threading.Thread(target=say)
        thread.start()
        thread.join()
    assert "canary" not in caplog.text
    say()
    assert "canary" in caplog.text


def log_secrets(logger: logging.Logger) -> None:
    logger.debug("%s %s", "https://x/?sig=canary", {"device_code": "canary"})
    logger.debug("it is %s", "Bearer canary-which-is-no-number")
    logger.error("it failed: refresh_token=canary", exc_info=ValueError("canary"))


def test_other_loggers_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    logging.getLogger("urllib4").debug("https://x/?a=%s", "b")

    assert "https://x/?a=b" in caplog.text


def test_both_libraries_do_log_what_is_secret_without_the_filter(
    graph_sandbox: Sandbox, web: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    """Why it is there. Should this fail one day, the filter may go."""
    caplog.set_level(logging.DEBUG)
    loggers = [
        logging.getLogger(name) for name in logging.root.manager.loggerDict if re.match("msal|urllib3", name)
    ]
    for logger in loggers:
        logger.removeFilter(redact._FILTER)
    try:
        web.get(f"{graph_sandbox.url}/v1.0/users?sig=canary")
        graph_sandbox.fail("POST", LOGIN, body="no JSON, but canary-of-msal")
        app = msal.ConfidentialClientApplication(
            graph_sandbox.client_id,
            graph_sandbox.client_secret,
            authority=f"{graph_sandbox.url}/{graph_sandbox.tenant_id}",
            instance_discovery=False,
            azure_region=False,
            http_client=web,
        )
        with pytest.raises(ValueError, match="Expecting value"):
            app.acquire_token_for_client([DEFAULT])
    finally:
        for logger in loggers:
            logger.addFilter(redact._FILTER)

    assert "sig=canary" in caplog.text
    assert "canary-of-msal" in caplog.text
