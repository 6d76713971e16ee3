"""Passwords of steps: made here or brought by Graph, kept in one private file, and nowhere else."""

from __future__ import annotations

import csv
import io
import secrets
import string
from collections.abc import Iterable, Mapping
from typing import Any, Final

from leangraph.errors import ConfigurationError
from leangraph.jobs.step import SECRET, Step
from leangraph.system import files

LENGTH: Final = 24  # characters
KINDS: Final = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!#%+-.=_")
HEADER: Final = ["name", "secret"]


def password() -> str:
    """Return a password that Entra ID takes: of all four kinds of characters."""
    while True:
        made = "".join(secrets.choice("".join(KINDS)) for _ in range(LENGTH))
        if all(set(made) & set(kind) for kind in KINDS):
            return made


class Secrets:
    """The secrets of one run. A file is written before the request leaves: what was sent is always known."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, str]] = {}  # by file, then by name
        self._thrown: dict[Step, str] = {}

    def prepare(self, steps: Iterable[Step]) -> None:
        """Make the passwords that steps send, and keep them.

        Raises:
            ConfigurationError: a file cannot be written, or is another's.
        """
        changed = set()
        for step in steps:
            if step.secret is None:
                continue
            if not step.secret.file:
                self._thrown.setdefault(step, password())
            else:
                kept = self._of(step.secret.file)  # also where Graph brings it: now, not when it is too late
                changed.add(step.secret.file)
                if not step.secret.answer:
                    kept.setdefault(step.secret.name, password())
        for file in changed:
            self._write(file)

    def filled(self, step: Step) -> Any:
        """Return the body of a step with its password in place."""
        secret = step.secret
        if secret is None or secret.answer:
            return step.request.json
        made = self._of(secret.file)[secret.name] if secret.file else self._thrown[step]
        return _filled(step.request.json, made)

    def is_lost(self, step: Step) -> bool:
        """Tell whether Graph has made a secret that nobody knows."""
        secret = step.secret
        return bool(secret and secret.answer and secret.name not in self._of(secret.file))

    def keep(self, step: Step, answer: Mapping[str, Any]) -> None:
        """Keep the secret that an answer brings."""
        secret = step.secret
        if secret is not None and secret.answer and secret.file:
            self._of(secret.file)[secret.name] = str(answer.get(secret.answer))
            self._write(secret.file)

    def _of(self, file: str) -> dict[str, str]:
        if file not in self._kept:
            with files.told(f"the file of secrets {file} cannot be read"):
                path = files.resolve(file)
                text = path.read_text(encoding="utf-8") if path.exists() else ""
            rows = list(csv.reader(io.StringIO(text, newline="")))
            if rows and rows[0] != HEADER:
                raise ConfigurationError(
                    f"{file} holds something else than secrets: name another file. Nothing was sent"
                )
            self._kept[file] = {row[0]: row[1] for row in rows[1:] if len(row) > 1}
        return self._kept[file]

    def _write(self, file: str) -> None:
        out = io.StringIO(newline="")
        csv.writer(out).writerows([HEADER, *self._kept[file].items()])
        with files.told(f"the file of secrets {file} cannot be written"):
            files.replace(file, out.getvalue().encode(), private=True)


def _filled(body: Any, made: str) -> Any:
    if isinstance(body, dict):
        return {name: _filled(part, made) for name, part in body.items()}
    if isinstance(body, list):
        return [_filled(part, made) for part in body]
    return made if body == SECRET else body
