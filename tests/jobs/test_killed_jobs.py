"""Jobs killed with kill -9 and resumed; `make crash` does so at ten moments each."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from killed_jobs import PLANS, disturbed
from shares import sample

from leangraph import Sandbox
from leangraph.jobs.catalog import JOBS, find


def test_every_job_that_writes_is_killed() -> None:
    assert sorted(PLANS) == sorted(name for name in JOBS if find(name).writes)


@pytest.mark.parametrize("name", sample([*PLANS], 2))
def test_a_job_that_is_killed_goes_on(
    name: str, graph_sandbox: Sandbox, graph_client: Any, tmp_path: Path
) -> None:
    disturbed(graph_sandbox, graph_client, name, tmp_path, random.Random())
