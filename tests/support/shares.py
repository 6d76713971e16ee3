"""How much is run: ``make test`` a share of each kind of input, ``make test-full`` all of it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings

T = TypeVar("T")

FULL = os.environ.get("LEANGRAPH_TESTS") == "full"


def share(number: int) -> int:
    """Return how many examples of ``number`` are run: all, or a fifth."""
    return number if FULL else -(-number // 5)


def sample(cases: Sequence[T], most: int) -> list[T]:
    """Return all cases, or ``most`` of them at even distances, for cases that are all alike."""
    number = min(most, len(cases))
    return list(cases) if FULL else [cases[at * len(cases) // number] for at in range(number)]


def some_cases(tests: Sequence[str], most: int) -> Iterator[str]:
    """Yield tests by name; of those that differ in their parameters only, ``most`` at random, always the same."""
    of_one: dict[str, list[str]] = {}
    for test in tests:
        of_one.setdefault(test.partition("[")[0], []).append(test)
    for name, cases in of_one.items():
        yield from cases if len(cases) <= most else random.Random(name).sample(cases, most)


def set_profile() -> None:
    """Set Hypothesis up: no test fails because the machine is busy."""
    busy = (HealthCheck.too_slow,)
    settings.register_profile(
        "leangraph", max_examples=share(100), deadline=None, suppress_health_check=busy, print_blob=True
    )
    settings.load_profile("leangraph")
