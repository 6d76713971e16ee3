"""``fan_out`` interrupted so many times, each time somewhere else: prints the longest wait in seconds.

python interrupted.py 100 threads|processes
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import fanned
from processes import restore_sigint

from leangraph import fan_out


def interrupted(where: str, moment: float) -> float:
    """Return the seconds from Ctrl-C to the end of ``fan_out``."""
    sent = [0.0]
    over = threading.Event()

    def interrupt() -> None:
        while not over.is_set():  # Python ignores what is raised in a destructor, Ctrl-C too: then come again
            sent[0] = time.monotonic()
            os.kill(os.getpid(), signal.SIGINT)
            over.wait(5)

    pool = partial(ProcessPoolExecutor, 2, mp_context=get_context("spawn"))
    begun = False
    timer = threading.Timer(moment, interrupt)
    try:
        for _ in fan_out(fanned.double, range(10**7), executor=pool if where == "processes" else None):
            if not begun:
                begun = True
                timer.start()
    except KeyboardInterrupt:
        took = time.monotonic() - sent[0]
    else:
        raise AssertionError("not interrupted")
    finally:
        over.set()
    timer.join()
    return took


if __name__ == "__main__":
    restore_sigint()
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"):  # nothing is sent
        os.environ.setdefault(name, "nobody")
    moments = random.Random(7)
    print(max(interrupted(sys.argv[2], moments.uniform(0.0, 0.1)) for _ in range(int(sys.argv[1]))))
