"""Admin jobs: a plan, then its steps.

A job reads and yields steps; ``Plan`` holds them to be read, saved and checked; ``apply`` carries them out on a
journal; ``undo`` makes the plan that takes them back.
"""

from __future__ import annotations

from leangraph.jobs.apply import Outcome, apply, undo
from leangraph.jobs.plan import Plan
from leangraph.jobs.step import ABSENT, ID, NOBODY, SECRET, Note, Secret, Step, Total, quoted

__all__ = [
    "ABSENT",
    "ID",
    "NOBODY",
    "SECRET",
    "Note",
    "Outcome",
    "Plan",
    "Secret",
    "Step",
    "Total",
    "apply",
    "quoted",
    "undo",
]
