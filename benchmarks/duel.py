"""Run variants in turns inside one process and print what each run took, as JSON.

    python -m benchmarks.duel '{"names": ["get_leangraph", "get_loop"], "rounds": 9, "at": {"url": …}}'

Every round runs every variant once, every other round in reverse order, so that a slow spell of the
machine or a growing heap hits all alike. The garbage collector stays on, as in a script, and every run
starts from a collected heap.
"""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import time

from benchmarks.common import peak_memory
from benchmarks.variants import VARIANTS, At


def main(names: list[str], rounds: int, at: dict[str, object], without: list[str]) -> dict[str, object]:
    """Return the samples and the peak of this process.

    A sample is ``[CPU seconds, wall seconds, count]``: times per call, and the number that the run returned, if
    it did.
    """
    for module in without:
        sys.modules[module] = None  # type: ignore[assignment]  # importing it raises ImportError from now on
    samples: dict[str, list[tuple[float, float, int | None]]] = {name: [] for name in names}
    with contextlib.ExitStack() as stack:
        runs = {name: stack.enter_context(VARIANTS[name](At(**at))) for name in names}
        for _, run in runs.values():
            run()  # connections, caches and whatever loads on first use
        for turn in range(rounds):
            for name in names if turn % 2 == 0 else reversed(names):
                calls, run = runs[name]
                gc.collect()
                wall, cpu = time.perf_counter(), time.process_time()
                told = run()
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                samples[name].append((cpu / calls, wall / calls, told if isinstance(told, int) else None))
    return {"samples": samples, "peak": peak_memory()}


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
