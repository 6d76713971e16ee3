"""A plan: steps for one tenant, to be read, saved, checked and applied."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from leangraph.errors import ConfigurationError, MissingPermission
from leangraph.http.target import METHODS, Request
from leangraph.jobs.guard import Place, Protection, place_of
from leangraph.jobs.redact import Redaction
from leangraph.jobs.step import SECRET, Note, Secret, Step, Total, writes
from leangraph.knowledge import advice, permissions
from leangraph.rows import read
from leangraph.system import files

if TYPE_CHECKING:
    from leangraph.client import GraphClient

VERSION: Final = 1
_PASSWORD: Final = re.compile(r"(password|passphrase|secret|secretText|accessPass|sharedKey)$", re.IGNORECASE)


class Plan:
    """What a job is going to do.

    Args:
        graph: the client of the tenant; the plan is refused in any other.
        items: what a job yields: steps, notes, a total. Steps that must not be sent become notes, with all that
            needs them.
        job: its name.
        reads: what the job has read, as ``GET /users``: it counts for ``permissions``.

    Attributes:
        steps: in the order in which they are numbered, from 1.
        notes: what is left alone, and why.
        place: tenant, cloud and identity.
        made: when, in UTC.
        is_checked: whether what must not be sent was left out; not yet of a plan from a file, which people edit.
    """

    def __init__(
        self,
        graph: GraphClient,
        items: Iterable[Step | Note | Total],
        *,
        job: str = "",
        reads: Sequence[str] = (),
    ) -> None:
        self._graph: GraphClient | None = graph
        self.job = job
        self.place = place_of(graph)
        self.made = datetime.now(UTC).isoformat(timespec="seconds")
        self.steps: list[Step] = []
        self._numbers: dict[Step, int] = {}
        self.notes: list[Note] = []
        self.total: Total | None = None
        self.reads = list(reads)
        for item in items:
            match item:
                case Step():
                    self._add(item)
                case Note():
                    self.notes.append(item)
                case Total():
                    self.total = item
                case _:
                    raise ConfigurationError(f"a job yields Step, Note or Total, not {type(item).__name__}")
        self._leave_out_the_protected(graph)
        self.is_checked = True

    def _add(self, step: Step) -> None:
        if strange := [need for need in step.needs if need not in self._numbers]:
            raise ConfigurationError(f"{step!r} needs {strange[0]!r}, which must be yielded before it")
        for part in (step.request.json, step.undo and step.undo.json, step.expects):
            _refuse_passwords(part, step)
        self.steps.append(step)
        self._numbers[step] = len(self.steps)

    def _leave_out_the_protected(self, graph: GraphClient) -> None:
        protection = Protection(graph, self.steps)
        out: set[Step] = set()
        for step in self.steps:
            why = "needs what is left out" if out & {*step.needs} else protection.why(step)
            if why:
                out.add(step)
                self.notes.append(Note(step.why, f"left out: {why}"))
        self.steps = [step for step in self.steps if step not in out]
        self._numbers = {step: number for number, step in enumerate(self.steps, start=1)}
        self.reads += [each for each in dict.fromkeys(protection.reads) if each not in self.reads]
        if protection.unsure:
            self.notes.append(Note("the last Global Administrator", protection.unsure))

    @property
    def changes(self) -> int:
        return sum(writes(step.request) for step in self.steps)

    def table(self, *, redact: bool = False) -> list[dict[str, Any]]:
        """Return the plan as rows for people: first the steps, then what is left alone."""
        redaction = Redaction(secrets.token_bytes(16)) if redact else None
        text = redaction.text if redaction else str
        path = redaction.path if redaction else str
        rows: list[dict[str, Any]] = []
        for number, step in enumerate(self.steps, start=1):
            body = redaction.value(step.request.json) if redaction else step.request.json
            rows.append(
                {
                    "step": number,
                    "why": text(step.why),
                    "request": f"{step.request.method} {path(step.request.path)}",
                    "body": None if body is None else json.dumps(body, ensure_ascii=False),
                    "needs": ", ".join(map(str, self.needs(step))),
                    "undo": "yes" if step.undo else "no",
                }
            )
        return rows + [{"step": None, "why": f"{text(note.what)}: {text(note.why)}"} for note in self.notes]

    def needs(self, step: Step) -> list[int]:
        """Return the numbers of the steps that one needs."""
        return sorted(self._numbers[need] for need in step.needs)

    # -- permissions

    def calls(self) -> Iterator[tuple[str, str, frozenset[str]]]:
        """Yield method, path and properties of every request that it takes to make and apply the plan."""
        for line in self.reads:
            method, _, path = line.partition(" ")
            yield method, path, permissions.properties_of(path)
        for step in self.steps:
            request = step.request
            yield request.method, request.path, permissions.properties_of(request.path, request.json)
            for path, values in step.expects.items():
                yield "GET", path, frozenset(values or ())

    def permissions(self) -> dict[str, list[str]]:
        """Return the least permissions for making and applying it: ``application`` and ``delegated``.

        ``unknown`` are the requests that Microsoft's table does not have.
        """
        calls = list(self.calls())
        found = {
            kind: permissions.least(calls, delegated=kind == "delegated") for kind in ("application", "delegated")
        }
        unknown = dict.fromkeys(each for _, unknown in found.values() for each in unknown)
        return {**{kind: names for kind, (names, _) in found.items()}, "unknown": list(unknown)}

    def check(self, graph: GraphClient | None = None) -> tuple[str, ...]:
        """Compare it with what the token allows.

        Returns:
            the requests of which the table, or a token that cannot be read, does not tell.

        Raises:
            MissingPermission: names what is missing.
        """
        has = permissions.held(self.client(graph).token_holder.token)
        lacking, unknown = [], []
        for method, path, properties in dict.fromkeys(self.calls()):
            need = permissions.needed(method, path, properties)
            if need is None or has is None:
                unknown.append(f"{method} {path}")
            elif not permissions.allows(need, has):
                lacking.append(advice.explain(method, path, has, properties))
        if lacking:
            raise MissingPermission(*dict.fromkeys(lacking))
        return tuple(dict.fromkeys(unknown))

    def client(self, graph: GraphClient | None = None) -> GraphClient:
        """Return the client to apply it with."""
        graph = graph or self._graph
        if graph is None:
            raise ConfigurationError("a plan from a file needs a client: graph=GraphClient.from_env()")
        return graph

    # -- files

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield it as JSON objects: what it is, its steps, its notes."""
        yield {
            "plan": VERSION,
            "job": self.job,
            **self.place._asdict(),
            "made": self.made,
            "reads": self.reads,
            "total": self.total,
        }
        for number, step in enumerate(self.steps, start=1):
            yield {
                "step": number,
                "why": step.why,
                **_written(step.request),
                "needs": self.needs(step),
                "undo": _written(step.undo) if step.undo else None,
                "expects": step.expects,
                "secret": step.secret,
            }
        for note in self.notes:
            yield {"note": note.what, "why": note.why}

    def text(self) -> str:
        return _as_lines(self.lines())

    def save(self, file: str | os.PathLike[str], *, redact: bool = False) -> None:
        """Write it to a private file, as JSON lines; redacted, it can be read and not applied."""
        text = self.text()
        if redact:
            text = _as_lines([{"redacted": self.job}, *self.table(redact=True)])
        with files.told(f"the plan cannot be written to {file}"):
            files.replace(file, text.encode(), private=True)

    @classmethod
    def load(cls, file: str | os.PathLike[str], graph: GraphClient | None = None) -> Self:
        """Read a plan from a file.

        Raises:
            ConfigurationError: it is none, or a redacted one.
        """
        path = Path(files.expand(file))
        with files.told(f"the plan {file} cannot be read"):
            path.stat()
        return cls.of_lines((line for _, line in read.json_lines(path, None, lambda _: None)), str(file), graph)

    @classmethod
    def of_lines(cls, lines: Iterable[Any], source: str, graph: GraphClient | None) -> Self:
        """Make a plan of what ``lines`` yields; ``source`` is named in errors."""
        plan = cls.__new__(cls)
        try:
            head, *rest = lines
            if "redacted" in head:
                raise ConfigurationError(f"{source} is a redacted plan: it can be read, and not applied")
            if head["plan"] != VERSION:
                raise ConfigurationError(f"{source} is a plan of another version of leangraph: make it anew")
            _judge("head", head)
            plan._graph = graph
            plan.job, plan.made, plan.reads = head["job"], head["made"], list(head["reads"])
            plan.place = Place(head["tenant"], head["cloud"], head["identity"])
            plan.total = Total(*head["total"]) if head["total"] else None
            plan.steps, plan._numbers, plan.notes = [], {}, []
            plan.is_checked = False
            steps: dict[int, Step] = {}  # by the number that stands there: lines may have been taken out
            for line in rest:
                _judge("step" if "step" in line else "note", line)
                if "note" in line:
                    plan.notes.append(Note(line["note"], line["why"]))
                else:
                    steps[line["step"]] = step = _step(line, steps)
                    plan._add(step)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise ConfigurationError(f"{source} is no plan: {type(error).__name__} {error}") from None
        return plan


def _as_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return JSON lines. Half of a character pair, as in a name that was cut, is escaped."""
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    return text.encode(errors="backslashreplace").decode()


def _written(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = {"method": request.method, "path": request.path}
    more = {"body": request.json, "options": dict(request.options), "idempotent": request.idempotent}
    return found | {name: value for name, value in more.items() if value not in (None, {})}


def _request(line: Mapping[str, Any]) -> Request:
    method: Any = line["method"]
    return Request(
        method, line["path"], line.get("body"), idempotent=line.get("idempotent"), **line.get("options", {})
    )


def _step(line: Mapping[str, Any], before: Mapping[int, Step]) -> Step:
    if line["step"] in before:
        raise ValueError(f"step {line['step']} is there twice")
    if missing := [number for number in line["needs"] if number not in before]:
        raise ValueError(f"step {line['step']} needs step {missing[0]}, which does not stand before it")
    return Step(
        _request(line),
        line["why"],
        needs=[before[number] for number in line["needs"]],
        undo=_request(line["undo"]) if line["undo"] else None,
        expects=line["expects"],
        secret=Secret(*line["secret"]) if line["secret"] else None,
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return type(value) is int and value >= 0


def _all(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(is_right, value))


def _is_request(value: Any) -> bool:
    _judge("request", value)
    return True


# What a line of a plan holds: people edit plans, and nothing of one that was misread may be sent.
_REQUEST: Final[dict[str, Callable[[Any], bool]]] = {
    "method": METHODS.__contains__,
    "path": _is_text,
    "body": lambda _: True,
    "options": lambda value: isinstance(value, dict),
    "idempotent": lambda value: isinstance(value, bool),
}
_FIELDS: Final[dict[str, dict[str, Callable[[Any], bool]]]] = {
    "head": {
        "plan": _is_number,
        **dict.fromkeys(("job", "tenant", "cloud", "identity", "made"), _is_text),
        "reads": _all(_is_text),
        "total": lambda value: (
            value is None or (isinstance(value, list) and [*map(type, value)] == [int, str] and value[0] >= 0)
        ),
    },
    "step": {
        "step": _is_number,
        "why": _is_text,
        **_REQUEST,
        "needs": _all(_is_number),
        "undo": lambda value: value is None or _is_request(value),
        "expects": lambda value: (
            isinstance(value, dict) and all(each is None or isinstance(each, dict) for each in value.values())
        ),
        "secret": lambda value: value is None or (_all(_is_text)(value) and len(value) == len(Secret._fields)),
    },
    "note": {"note": _is_text, "why": _is_text},
    "request": _REQUEST,
}
_OPTIONAL: Final = frozenset({"body", "options", "idempotent"})


def _judge(kind: str, line: Mapping[str, Any]) -> None:
    """Raise if a line has other fields than it should, or one that holds something else."""
    fields = _FIELDS[kind]
    where = f"step {line['step']}" if kind == "step" else f"a {kind}"
    if strange := sorted(line.keys() - fields.keys()):
        raise ValueError(f"{where} has a field {strange[0]!r}, which is none of {', '.join(fields)}")
    if missing := sorted(fields.keys() - line.keys() - _OPTIONAL):
        raise ValueError(f"{where} has no {missing[0]}")
    for name, value in line.items():
        if not fields[name](value):
            raise ValueError(f"{name} of {where} is {json.dumps(value)[:60]}, which is none")


def _refuse_passwords(body: Any, step: Step) -> None:
    """Raise if a body holds a password: plan and journal are kept."""
    if isinstance(body, list):
        for part in body:
            _refuse_passwords(part, step)
    if isinstance(body, dict):
        for name, value in body.items():
            if isinstance(value, str) and _PASSWORD.search(name) and value != SECRET:
                raise ConfigurationError(
                    f"{step!r} holds a password in {name}: put {SECRET!r} there, and secret=Secret(file, name)"
                )
            _refuse_passwords(value, step)
