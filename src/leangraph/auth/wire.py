"""Our session in the shape that MSAL wants of an ``http_client``, and errors while the answer is at hand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote_plus, urlencode

from urllib3.util import Timeout

from leangraph.auth.grant import seconds
from leangraph.auth.refusals import explain, unusable
from leangraph.errors import AuthError
from leangraph.net.redact import HIDDEN, OwnRequests, cover

if TYPE_CHECKING:
    from leangraph.net.session import HttpSession

LONGEST = 30.0  # seconds for a whole answer
LARGEST = 1024 * 1024  # bytes of one: no token is as long as that
TIMEOUT = Timeout(connect=3.05, read=10)  # a token answer is small: later than this it is not coming
FORM = "application/x-www-form-urlencoded"


class LastAnswer(threading.local):
    """What the last answer to this thread said beside its body; MSAL keeps these to itself.

    Attributes:
        status: its HTTP status.
        ahead: by how many seconds our clock was ahead of the server's.
        refresh_in: seconds after which the token is to be renewed, if it said so.
    """

    status: int | None = None
    ahead: float = 0.0
    refresh_in: float | None = None


class Wire:
    """The ``http_client`` that MSAL uses. Threads may share one: what was answered is kept for each by itself."""

    def __init__(self, http: HttpSession, host: str) -> None:
        cover("urllib3")
        self._http = http
        self._host = host
        self.last = LastAnswer()

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Answer:
        answer = self.exchange("GET", _with(url, params), dict(headers or {}), None)
        if "openid-configuration" in url:
            body = answer.json()
            if answer.status_code != 200:
                raise explain(body, answer.status_code, self._host, answer.headers)
            if not {"authorization_endpoint", "token_endpoint"} <= body.keys():
                raise unusable(self._host, answer.status_code)
        return answer

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Answer:
        body = data if isinstance(data, str) else urlencode(data or {})
        form = {"Content-Type": FORM, **(headers or {})}
        answer = self.exchange("POST", _with(url, params), form, body.encode())
        result = answer.json()
        if "refresh_in" in result:  # MSAL fails if it is anything but an integer
            self.last.refresh_in = seconds(result.pop("refresh_in"))
            answer.text = json.dumps(result)
        return answer

    def close(self) -> None:
        """Leave the session to its owner."""

    def exchange(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        """Send one request and return its answer, a JSON object.

        Raises:
            AuthError: it is anything else, or the service is busy.
            TransportError: there was none.
        """
        self.last.status = self.last.refresh_in = None
        self.last.ahead = 0.0
        headers.setdefault("User-Agent", user_agent())
        with OwnRequests():
            response = self._http.send(method, url, headers, body, timeout=TIMEOUT, within=LONGEST)
            text = self._http.read(response, LARGEST).decode("utf-8-sig", "replace")
        if response.status_code != 200:
            text = _without_what_was_sent(text, headers, body)
        self.last.status = response.status_code
        self.last.ahead = ahead(response.headers)
        answer = Answer(response.status_code, text, response.headers)
        self.judge(answer)
        return answer

    def judge(self, answer: Answer) -> None:
        """Raise what an answer means that MSAL would not understand."""
        if answer.status_code == 429 or answer.status_code >= 500:
            raise explain(answer.json(), answer.status_code, self._host, answer.headers)
        if not answer.json():
            raise unusable(self._host, answer.status_code)

    def refusal(self, result: Any) -> AuthError:
        """Make the exception for what MSAL returned instead of a token."""
        return explain(
            result if isinstance(result, dict) else {}, self.last.status, self._host, ahead=self.last.ahead
        )


class Answer:
    """The three attributes of a response that MSAL reads."""

    def __init__(self, status_code: int, text: str, headers: Mapping[str, str]) -> None:
        self.status_code = status_code
        self.text = text
        self.headers = headers

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, an empty one if it is anything else."""
        try:
            body = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return body if isinstance(body, dict) else {}

    def raise_for_status(self) -> None:
        """Do nothing: what is not 200 has been raised already."""


def ahead(headers: Mapping[str, str]) -> float:
    """Return by how many seconds this machine's clock is ahead of a server's ``Date``; 0 without one."""
    try:
        there = parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return 0.0
    return time.time() - there


def user_agent() -> str:
    from leangraph._version import __version__

    return f"leangraph/{__version__}"


_SECRET_FIELDS = frozenset(
    "client_secret client_assertion assertion refresh_token code device_code code_verifier password".split()
)
_OPEN_HEADERS = frozenset("accept content-type content-length user-agent metadata".split())


def _without_what_was_sent(text: str, headers: Mapping[str, str], body: bytes | None) -> str:
    """Return an answer without the secrets of its request, which some services and gateways echo."""
    sent = [value for name, value in parse_qsl((body or b"").decode()) if name in _SECRET_FIELDS]
    for name, value in headers.items():
        if name.lower() not in _OPEN_HEADERS and not name.lower().startswith(("x-client-", "x-ms-")):
            sent += [value, value.rpartition(" ")[2]]
    for value in filter(lambda each: len(each) > 3, sent):
        for form in (value, quote_plus(value), json.dumps(value)[1:-1]):
            text = text.replace(form, HIDDEN)
    return text


def _with(url: str, params: Mapping[str, str] | None) -> str:
    return url + ("&" if "?" in url else "?") + urlencode(params) if params else url
