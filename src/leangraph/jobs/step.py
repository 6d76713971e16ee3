"""What a job yields: steps, notes, and of how many things it speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from leangraph.errors import ConfigurationError
from leangraph.http.target import Request, segments

ABSENT: Final = None  # what a step expects where nothing may be
NOBODY: Final[Mapping[str, Any]] = {"value": []}  # the same of a search: ``/groups?$filter=displayName eq 'x'``
SECRET: Final = "{secret}"  # noqa: S105 - in a body: where a password goes that is made when the step is applied
ID: Final = "{id}"  # in the undo of a step: the id of what the step has made
Expected: TypeAlias = "Mapping[str, Mapping[str, Any] | None]"
_REFERENCE: Final = re.compile(r"/\$ref$", re.IGNORECASE)
_SIGNS_OUT: Final = frozenset(
    "revokesigninsessions invalidateallrefreshtokens removepassword removekey disable wipe retire".split()
)


class Secret(NamedTuple):
    """A password that stands neither in the plan nor in the journal.

    Attributes:
        file: the private file that keeps it, a line of CSV each; "" throws it away.
        name: whose it is.
        answer: the property of the answer that is the secret (``secretText``); "" makes one for the body, where
            ``SECRET`` stands.
    """

    file: str = ""
    name: str = ""
    answer: str = ""


class Step:
    """One request of a plan, with what has to be known to send it, to leave it out, and to take it back.

    Args:
        request: what is sent. Its path is a path, not an address of a client.
        why: the reason, for people. Names stand in “quotes”: ``redact`` hides what stands there.
        needs: steps that must be done first; if one of them is not, this one is not sent.
        undo: what takes it back. ``{id}`` in it is the id of what the step has made.
        expects: what must be found just before it is sent: values by path, or ``ABSENT``; ``NOBODY`` of a search.
            If something else is there, the step is skipped. What is made by a POST, and has an id that is not
            known before, needs this to be made once whatever happens.
        secret: a password that it sends or brings.
    """

    __slots__ = ("expects", "needs", "request", "secret", "undo", "why")

    def __init__(
        self,
        request: Request,
        why: str,
        needs: Step | Iterable[Step] = (),
        undo: Request | None = None,
        expects: Expected | None = None,
        secret: Secret | None = None,
    ) -> None:
        if not isinstance(request, Request):
            raise ConfigurationError(f"a step takes a Request, not {type(request).__name__}")
        if request.data is not None or request.depends_on:
            raise ConfigurationError(f"{request!r}: a step takes a JSON body, and says what it needs with needs=")
        self.request = request
        self.why = why
        self.needs = (needs,) if isinstance(needs, Step) else tuple(needs)
        self.undo = undo
        self.expects: Expected = dict(expects or {})
        self.secret = secret

    def __repr__(self) -> str:
        return f"<Step {self.request.method} {self.request.path}: {self.why}>"


class Note(NamedTuple):
    """Something that a job leaves alone, and why."""

    what: str
    why: str


class Total(NamedTuple):
    """Of how many things a job speaks: what the percentage of ``--max-changes`` is of."""

    number: int
    what: str


def quoted(name: object) -> str:
    """Return a name for a ``why``, in the quotes by which ``redact`` knows it."""
    return f"“{re.sub('[“”]', chr(39), str(name))}”"


def writes(request: Request) -> bool:
    return request.method not in ("GET", "HEAD", "OPTIONS")


def is_reference(request: Request) -> bool:
    """Tell whether it adds or removes a relation: repeating that does no harm."""
    return bool(_REFERENCE.search(request.path.partition("?")[0]))


def is_repeatable(request: Request) -> bool:
    """Tell whether doing it twice does no harm."""
    bound = isinstance(request.json, dict) and any("@odata.bind" in name for name in request.json)
    if request.idempotent is not None:
        return request.idempotent
    return (request.method != "POST" and not bound) or (request.method == "POST" and is_reference(request))


def shuts_out(request: Request) -> bool:
    """Tell whether it may shut somebody out: deletes, blocks, resets, signs out, takes a role or a secret."""
    body = request.json if isinstance(request.json, dict) else {}
    last = segments(request.path)[-1:] or [""]
    return (
        request.method == "DELETE"
        or body.get("accountEnabled") is False
        or "passwordProfile" in body
        or last[0].rpartition(".")[2].lower() in _SIGNS_OUT
    )


def objects(path: str) -> set[str]:
    """Return what a path names, in lower case: ids and user principal names, with the words between them."""
    named = segments(path)
    keys = [key for part in named for key in re.findall(r"=\s*'?([^',]+)", part)]  # /users(userPrincipalName='…')
    return {part.lower() for part in (*named, *keys)}
