"""One filter for the logs of the libraries below: at DEBUG, urllib3 shows signed addresses, MSAL device codes.

It is put on their loggers as soon as this package signs anybody in, whatever their level and handlers are.
"""

from __future__ import annotations

import logging
import re

HIDDEN = "***"

# Names whose value is secret, in a query, a form, JSON, or a printed dict.
_NAMES = (
    "access_token|refresh_token|id_token|client_secret|client_assertion|assertion|device_code|code_verifier|code|"
    "password|client_info|secret|sig|tempauth|access_key|nonce|state|code_challenge|user_code|message"
)
_PAIR = re.compile(
    rf"""(["']?\b(?:{_NAMES})["']?\s*[:=]\s*)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|[^\s&,;}}\])"']+)""",
    re.IGNORECASE,
)
_QUERY = re.compile(r"(?<=\?)[^\s\"'<>]+")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+", re.IGNORECASE)


def redacted(text: str) -> str:
    """Return a line of a log without queries, tokens, secrets and codes."""
    text = _QUERY.sub(HIDDEN, text)
    text = _JWT.sub(HIDDEN, text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    return _PAIR.sub(rf"\1{HIDDEN}", text)


class Redact(logging.Filter):
    """Lets every record through, without its secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
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
