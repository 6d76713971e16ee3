"""No secret in a text: neither in an error of ours nor in what the libraries below log of our requests.

At DEBUG, urllib3 logs the whole address, MSAL device codes and bodies. Records that they write of anybody else's
requests stay as they are, with their arguments and tracebacks.
"""

from __future__ import annotations

import logging
import re
import threading
from types import TracebackType

HIDDEN = "***"
LONGEST_QUOTE = 500  # characters that are quoted of somebody else's text

# Names whose value is secret, in a query, a form, JSON, or a printed dict. Those in ``_WORDS`` are also English:
# "the secret: unset it" is a sentence.
_NAMES = (
    "access_token|refresh_token|id_token|client_secret|client_assertion|device_code|code_verifier|password|"
    "client_info|sig|tempauth|access_key|code_challenge|user_code"
)
_WORDS = "assertion|code|secret|nonce|state|message"
_NAME = rf"""["']?\b(?:{_NAMES})["']?\s*[:=]\s*|["'](?:{_WORDS})["']\s*[:=]\s*|\b(?:{_WORDS})(?:\s*=\s*|:(?!\s))"""
_PAIR = re.compile(
    rf"""({_NAME})(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|[^\s&,;}}\])"']+)""", re.IGNORECASE
)
_QUERY = re.compile(r"(?<=\?)(?=[\w$%])[^\s\"<>]+")  # OData quotes texts with '; a question ends with a blank
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+")
_BEARER = re.compile(  # "bearer tokens" holds none
    r"\b(Bearer|Basic)\s+(?!(?:tokens?|auth\w*)\b)[A-Za-z0-9._~+/=-]+", re.IGNORECASE
)


def redacted(text: str) -> str:
    """Return a text without queries, tokens, secrets and codes."""
    text = _QUERY.sub(HIDDEN, text)
    text = _JWT.sub(HIDDEN, text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    return _PAIR.sub(rf"\1{HIDDEN}", text)


def quote(text: object, longest: int = LONGEST_QUOTE) -> str:
    """Return somebody else's text as an error may show it: on one line, without secrets, not too long."""
    try:
        line = " ".join(redacted(str(text)[: 4 * longest]).split())
    except Exception:  # noqa: BLE001 - an exception whose text cannot be made
        return "its text cannot be read"
    return line if len(line) <= longest else f"{line[:longest]} …"


class OwnRequests:
    """While it is entered, what the libraries below log is about requests of ours; a context manager.

    Args:
        all_threads: so in every thread: MSAL waits for the browser in a thread of its own.
    """

    def __init__(self, *, all_threads: bool = False) -> None:
        self._all_threads = all_threads

    def __enter__(self) -> None:
        global _in_all_threads  # noqa: PLW0603
        _here.depth = getattr(_here, "depth", 0) + 1
        if self._all_threads:
            with _lock:
                _in_all_threads += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        global _in_all_threads  # noqa: PLW0603
        _here.depth -= 1
        if self._all_threads:
            with _lock:
                _in_all_threads -= 1


_here = threading.local()
_lock = threading.Lock()
_in_all_threads = 0


class Redact(logging.Filter):
    """Takes the secrets out of the records about requests of ours, and lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not (getattr(_here, "depth", 0) or _in_all_threads):
            return True
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 - arguments that do not fit may be secret all the same
            text = f"{record.msg} (its values could not be filled in)"
        record.msg, record.args = redacted(text), ()
        record.exc_info = record.exc_text = None  # a traceback of theirs shows what was sent
        return True


_FILTER = Redact()


def cover(library: str) -> None:
    """Put the filter on a library's loggers, those of its modules too: a filter is not inherited."""
    logging.getLogger(library).addFilter(_FILTER)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(f"{library}."):
            logging.getLogger(name).addFilter(_FILTER)
